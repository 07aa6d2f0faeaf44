/*
 * content.h - another door of the govern room: the life of a piece of content.
 *
 *     scanned -> in review -> approved -> deployed -> retired
 *                    |-> changes requested, rejected
 *
 * What may follow what is a table (content.c), and where a piece stands is a fold over what is known of
 * exactly its present bytes. Whether it is approved is never kept: board.h says so at each instant.
 */
#ifndef CANDOR_CONTENT_H
#define CANDOR_CONTENT_H

#include "board.h"

enum content_state {
    CONTENT_SCANNED,
    CONTENT_IN_REVIEW,
    CONTENT_APPROVED,
    CONTENT_CHANGES_REQUESTED,
    CONTENT_REJECTED,
    CONTENT_DEPLOYED,
    CONTENT_RETIRED,
    CONTENT_STATES,
};
const char *content_state_name(enum content_state state); /* "in_review" */

enum content_event {
    CONTENT_SUBMIT, /* other bytes under the same name: all begins again */
    CONTENT_PROPOSE,
    CONTENT_APPROVE,
    CONTENT_ASK_CHANGES,
    CONTENT_REJECT,
    CONTENT_UNDO, /* the review was withdrawn, has lapsed or is void */
    CONTENT_DEPLOY,
    CONTENT_RETIRE,
    CONTENT_EVENTS,
};

/* Take the event, if the table has it; false: not in this state, which is as it was. */
bool content_step(enum content_state *state, enum content_event event);

/* What is known of the present bytes. */
struct content_life {
    bool has_review; /* the newest over exactly these bytes stands in `review` */
    enum board_state review;
    bool is_deployed; /* exactly these bytes were */
    bool is_retired;
};
enum content_state content_stand(const struct content_life *life);

#endif
