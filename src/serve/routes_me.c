/*
 * routes_me.c - pages of the dashboard of a subject, under /me/.
 */
#include "site_me.h"

#define ME(method, pattern, name, page) PAGE(method, pattern, name, CANDOR_SUBJECT, NULL, page)

const struct route routes_me[] = {
    {ME(NET_GET, "/me/", "me_choices", me_choices)},
    {ME(NET_POST, "/me/choice", "me_choice", me_choice_post)},
    {ME(NET_POST, "/me/wishes", "me_wishes", me_wishes_post)},
    {ME(NET_POST, "/me/stop", "me_stop", me_stop_post)},
    {ME(NET_GET, "/me/data", "me_data", me_data)},
    {ME(NET_GET, "/me/data/{id}", "me_field", me_field)},
    {ME(NET_POST, "/me/data/{id}", "me_field_post", me_field_post)},
    {ME(NET_GET, "/me/messages", "me_messages", me_messages)},
    {ME(NET_GET, "/me/messages/{index}", "me_message", me_message)},
    {ME(NET_GET, "/me/messages/{index}/proof", "me_message_proof", me_message_proof)},
    {ME(NET_POST, "/me/messages/{index}/feedback", "me_feedback", me_feedback_post)},
    {ME(NET_POST, "/me/messages/{index}/review", "me_review", me_review_post)},
    {ME(NET_GET, "/me/people", "me_people", me_people)},
    {ME(NET_POST, "/me/people/{index}", "me_look", me_look_post)},
    {ME(NET_GET, "/me/rights", "me_rights", me_rights)},
    {ME(NET_POST, "/me/rights", "me_right", me_right_post)},
    {ME(NET_POST, "/me/limits", "me_limit", me_limit_post)},
    {ME(NET_POST, "/me/requests/{request}", "me_request", me_request_post)},
    {ME(NET_GET, "/me/download/{id}", "me_download", me_download)},
    {ME(NET_GET, "/me/leave", "me_leave", me_leave)},
    {ME(NET_POST, "/me/leave", "me_leave_post", me_leave_post)},
    {ME(NET_GET, "/me/receipts", "me_receipts", me_receipts)},
    {ME(NET_GET, "/me/receipts/{number}", "me_receipt", me_receipt)},
    {ME(NET_GET, "/me/receipts/{number}/file", "me_receipt_file", me_receipt_file)},
    {.pattern = NULL},
};
