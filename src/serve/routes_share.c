/*
 * routes_share.c - the routes about recipients: exports, recalls, whose copy a file is.
 */
#include "serving.h"

const struct route routes_share[] = {
    {.method = NET_POST,
     .pattern = "/v1/share/exports",
     .call = CALL_SHARE_EXPORT,
     .act = "share",
     .name = WORDS("share_export"),
     .summary =
         WORDS("Give a recipient what those who allow it agreed to: the rows are in 'csv', on "
               "record before they are answered."),
     .member = {{"recipient", MEMBER_TEXT, true, WORDS("As in candor.yaml.")},
                {"fields", MEMBER_TEXT, true, WORDS("With commas.")},
                {"purpose", MEMBER_TEXT, false, WORDS("When the recipient has several.")},
                {"min_group", MEMBER_COUNT, false,
                 WORDS("Without names and addresses: rows that look alike; 5 without.")}}},
    {.method = NET_GET,
     .pattern = "/v1/share/recalls",
     .call = CALL_RECALL_LIST,
     .act = "share",
     .name = WORDS("recall_list"),
     .summary = WORDS("What recipients must be told, and how far that has come."),
     .member = {{"recipient", MEMBER_QUERY, false, WORDS("Only this one.")}}},
    {.method = NET_POST,
     .pattern = "/v1/share/recalls/{request}/acknowledge",
     .call = CALL_RECALL_ACKNOWLEDGE,
     .act = "share",
     .name = WORDS("recall_acknowledge"),
     .summary = WORDS("A recipient has done what it was told."),
     .member = {{"reference", MEMBER_TEXT, false, WORDS("Theirs: no personal data.")}}},
    {.method = NET_POST,
     .pattern = "/v1/share/trace",
     .call = CALL_SHARE_TRACE,
     .act = "share",
     .is_raw = true,
     .name = WORDS("share_trace"),
     .summary = WORDS("Whose copy a file is, also a part of it: the CSV is the body.")},
    {.pattern = NULL},
};
