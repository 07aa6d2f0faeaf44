/*
 * routes_board.c - pages of the review board, under /board/. What each may show or take, the library
 * decides once more.
 */
#include "boardpages.h"

#define READ(the_pattern, the_name, the_act, the_page) \
    { \
        PAGE(NET_GET, the_pattern, the_name, CANDOR_OPERATOR, the_act, the_page) \
    }
#define FORM(the_pattern, the_name, the_act, the_page) \
    { \
        PAGE(NET_POST, the_pattern, the_name, CANDOR_OPERATOR, the_act, the_page) \
    }

const struct route routes_board[] = {
    READ("/board/", "page_board", "ledger.read", boardpage_queues),
    READ("/board/reviews/{id}", "page_board_review", "ledger.read", boardpage_review),
    FORM("/board/reviews/{id}", "page_board_review_post", "ledger.read", boardpage_review_post),
    READ("/board/propose", "page_board_propose", "ledger.read", boardpage_propose),
    FORM("/board/propose", "page_board_propose_post", "ledger.read", boardpage_propose_post),
    READ("/board/requests/{id}", "page_board_request", "subject.read", boardpage_request),
    FORM("/board/requests/{id}", "page_board_request_post", "subject.change",
         boardpage_request_post),
    FORM("/board/requests/{id}/copy", "page_board_request_copy", "subject.read",
         boardpage_request_copy),
    READ("/board/incidents/new", "page_board_incident_new", "audit", boardpage_incident_new),
    FORM("/board/incidents/new", "page_board_incident_new_post", "audit",
         boardpage_incident_new_post),
    READ("/board/incidents/{id}", "page_board_incident", "audit", boardpage_incident),
    FORM("/board/incidents/{id}", "page_board_incident_post", "subject.change",
         boardpage_incident_post),
    READ("/board/incidents/{id}/draft", "page_board_draft", "subject.read", boardpage_draft),
    READ("/board/decisions/{id}", "page_board_human", "subject.read", boardpage_human),
    FORM("/board/decisions/{id}", "page_board_human_post", "subject.change", boardpage_human_post),
    FORM("/board/second/{id}", "page_board_second", "ledger.read", boardpage_second_post),
    READ("/board/kpis", "page_board_kpis", "audit", boardpage_kpis),
    FORM("/board/pack", "page_board_pack", "audit", boardpage_pack_post),
    READ("/board/ledger/{id}", "page_board_entry", "ledger.read", boardpage_entry),
    {.pattern = NULL},
};
