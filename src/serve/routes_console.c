/*
 * routes_console.c - pages of the marketer's console: today, campaigns, plans, import, messages to others.
 */
#include "console.h"

const struct route routes_console[] = {
    {PAGE(NET_GET, "/", "page_today", CANDOR_OPERATOR, NULL, console_today)},
    {PAGE(NET_GET, "/campaigns", "page_campaigns", CANDOR_OPERATOR, NULL, console_campaigns)},
    {PAGE(NET_GET, "/campaigns/new", "page_campaign_new", CANDOR_OPERATOR, "plan", console_edit)},
    {PAGE(NET_POST, "/campaigns/new", "page_campaign_new_post", CANDOR_OPERATOR, "plan",
          console_edit_post)},
    {PAGE(NET_GET, "/campaigns/{name}/edit", "page_campaign_edit", CANDOR_OPERATOR, "plan",
          console_edit)},
    {PAGE(NET_POST, "/campaigns/{name}/edit", "page_campaign_edit_post", CANDOR_OPERATOR, "plan",
          console_edit_post)},
    {PAGE(NET_GET, "/campaigns/{name}", "page_campaign", CANDOR_OPERATOR, NULL, console_campaign)},
    {PAGE(NET_POST, "/campaigns/{name}", "page_campaign_post", CANDOR_OPERATOR, NULL,
          console_campaign_post)},
    {PAGE(NET_GET, "/campaigns/{name}/people", "page_campaign_people", CANDOR_OPERATOR,
          "subject.read", console_people)},
    {PAGE(NET_GET, "/campaigns/{name}/page", "page_campaign_page", CANDOR_OPERATOR, NULL,
          console_page)},
    {PAGE(NET_POST, "/campaigns/{name}/results", "page_campaign_results", CANDOR_OPERATOR,
          "results", console_results_post),
     .is_upload = true},
    {PAGE(NET_POST, "/models", "page_models_post", CANDOR_OPERATOR, NULL, console_models_post)},
    {PAGE(NET_GET, "/import", "page_import", CANDOR_OPERATOR, "import", console_import)},
    {PAGE(NET_POST, "/import", "page_import_post", CANDOR_OPERATOR, "import", console_import_post),
     .is_upload = true},
    {PAGE(NET_GET, "/outgoing", "page_outgoing", CANDOR_OPERATOR, "consent", console_outgoing)},
    {PAGE(NET_POST, "/outgoing", "page_outgoing_post", CANDOR_OPERATOR, "consent",
          console_outgoing_post)},
    {.pattern = NULL},
};
