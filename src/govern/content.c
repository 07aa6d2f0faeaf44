/*
 * content.c - the life of a piece of content as a table.
 *
 * DEPLOY stands in two rows only: what is approved, and what was deployed already and is approved still.
 * test_content.c walks every list of acts of a small company through this table and the board.
 */
#include "content.h"

enum { NO = CONTENT_STATES };

static const unsigned char next[CONTENT_STATES][CONTENT_EVENTS] = {
    [CONTENT_SCANNED] = {CONTENT_SCANNED, CONTENT_IN_REVIEW, NO, NO, NO, NO, NO, CONTENT_RETIRED},
    [CONTENT_IN_REVIEW] = {CONTENT_SCANNED, NO, CONTENT_APPROVED, CONTENT_CHANGES_REQUESTED,
                           CONTENT_REJECTED, CONTENT_SCANNED, NO, CONTENT_RETIRED},
    [CONTENT_APPROVED] = {CONTENT_SCANNED, NO, NO, NO, NO, CONTENT_SCANNED, CONTENT_DEPLOYED,
                          CONTENT_RETIRED},
    [CONTENT_CHANGES_REQUESTED] = {CONTENT_SCANNED, NO, NO, NO, NO, NO, NO, CONTENT_RETIRED},
    [CONTENT_REJECTED] = {CONTENT_SCANNED, NO, NO, NO, NO, NO, NO, CONTENT_RETIRED},
    [CONTENT_DEPLOYED] = {CONTENT_SCANNED, NO, NO, NO, NO, CONTENT_SCANNED, CONTENT_DEPLOYED,
                          CONTENT_RETIRED},
    [CONTENT_RETIRED] = {CONTENT_SCANNED, NO, NO, NO, NO, NO, NO, NO},
};

const char *content_state_name(enum content_state state)
{
    static const char *const name[CONTENT_STATES] = {
        "scanned", "in_review", "approved", "changes_requested", "rejected", "deployed", "retired"};
    must((unsigned)state < CONTENT_STATES);
    return name[state];
}

bool content_step(enum content_state *state, enum content_event event)
{
    must((unsigned)*state < CONTENT_STATES);
    must((unsigned)event < CONTENT_EVENTS);
    const unsigned char to = next[*state][event];
    if (to == NO) {
        return false;
    }
    *state = (enum content_state)to;
    return true;
}

static enum content_event event_of(enum board_state state)
{
    switch (state) {
    case BOARD_APPROVED:
        return CONTENT_APPROVE;
    case BOARD_CHANGES_REQUESTED:
        return CONTENT_ASK_CHANGES;
    case BOARD_REJECTED:
        return CONTENT_REJECT;
    case BOARD_IN_REVIEW:
    case BOARD_WITHDRAWN:
    case BOARD_VOID:
    case BOARD_LAPSED:
    case BOARD_STATES:
        break;
    }
    return CONTENT_UNDO;
}

enum content_state content_stand(const struct content_life *life)
{
    enum content_state state = CONTENT_SCANNED;
    if (life->has_review) {
        (void)content_step(&state,
                           CONTENT_PROPOSE); /* what the table does not have changes nothing */
        if (life->review != BOARD_IN_REVIEW) {
            (void)content_step(&state, event_of(life->review));
        }
    }
    if (life->is_deployed) {
        (void)content_step(&state, CONTENT_DEPLOY);
    }
    if (life->is_retired) {
        (void)content_step(&state, CONTENT_RETIRE);
    }
    return state;
}
