/*
 * routes_report.c - the routes about reports.
 */
#include "serving.h"

const struct route routes_report[] = {
    {.method = NET_GET,
     .pattern = "/v1/reports/{name}",
     .call = CALL_REPORT,
     .act = "audit",
     .is_document = true,
     .name = WORDS("report"),
     .summary =
         WORDS("What really ran, as a document: ropa, dpia, card, board, dsar, consent, ccpa "
               "or ai-act. Made when it is asked for, and put on the ledger."),
     .member = {{"format", MEMBER_QUERY, false,
                 WORDS(
                     "json, text, html or pdf; without it as the Accept header says, else json.")},
                {"model", MEMBER_QUERY, false, WORDS("Of a card: the model's name.")},
                {"from", MEMBER_QUERY, false,
                 WORDS("The first day, as 2026-01-31; a year before the last without.")},
                {"until", MEMBER_QUERY, false, WORDS("The last day; now without.")}}},
    {.pattern = NULL},
};
