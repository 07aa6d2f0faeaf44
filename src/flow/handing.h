/*
 * handing.h - handing people over, inside the flow room only.
 *
 *   hand.c      one person: asked again, recorded, put down
 *   send.c      a plan's people in a file
 *   contacts.c  the same in messages to a webhook
 */
#ifndef CANDOR_FLOW_HANDING_H
#define CANDOR_FLOW_HANDING_H

#include "flow.h"

/* Somebody of a signed plan. */
struct hand_row {
    struct subject subject;
    struct str offer;
    struct str offer_title;
    uint64_t ledger_index; /* of the decision */
};

/* What is handed over of them. */
struct hand_line {
    const struct hand_row *row;
    struct str identifier;
    struct str address;
    struct str unsubscribe; /* a link; empty where nobody can reach us */
};

/* A hand-over in progress, and who was dropped on the way. */
struct handing {
    const struct campaign *campaign;
    size_t campaign_index;
    const struct digest *plan;
    void (*put)(struct handing *handing, const struct hand_line *line);
    struct buf lines;
    struct json json; /* over lines, where put writes JSON */
    uint64_t handed;
    uint64_t dropped;
};

/* Ask again, put down the contact once, and put the line; or count who may not be contacted any more. */
CANDOR_MUST_USE enum candor_status hand_one(struct job *job, struct candor *candor, struct txn *txn,
                                            struct handing *handing, const struct hand_row *row);

#endif
