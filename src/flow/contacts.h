/*
 * contacts.h - a signed plan's people by messages to a webhook, inside the flow room only.
 *
 *   contacts.c        what waits: batches, and how far a campaign has come
 *   contacts_send.c   a batch becomes a message, asked again just before it is posted
 */
#ifndef CANDOR_FLOW_CONTACTS_H
#define CANDOR_FLOW_CONTACTS_H

#include "handing.h"
#include "outgoing.h"
#include "plan.h"

#define CONTACTS_IN_BATCH 100

/* As it waits in the queue: who they are is looked up when it is sent, and stands nowhere before. */
struct contacts_batch {
    struct str campaign;
    struct digest plan;
    struct hand_row row[CONTACTS_IN_BATCH];
    size_t row_count;
    uint32_t dropped; /* so far, on the way */
};

struct bytes contacts_write(struct job *job, const struct contacts_batch *batch);
/* CANDOR_CORRUPT: it is none. */
CANDOR_MUST_USE enum candor_status contacts_read(struct job *job, struct bytes bytes,
                                                 struct contacts_batch *batch);

/* CANDOR_REFUSED: the plan's people are on their way to a webhook. */
CANDOR_MUST_USE enum candor_status contacts_must_not_wait(struct job *job, struct txn *txn,
                                                          const struct plan *plan);
/*
 * Who is in the message may have said no since it was queued, or in the last try: each permit is asked
 * again, contacts are on the ledger and durable when this returns, and body is what may leave. Its own
 * transaction. *is_empty: nobody is left, and nothing need be sent.
 *
 * CANDOR_NOT_FOUND  the message was forgotten meanwhile, or could not be signed
 * CANDOR_REFUSED    candor.yaml has changed since the plan, or a fence of a hand-over does not hold any more
 */
CANDOR_MUST_USE enum candor_status contacts_compose(struct job *job, struct candor *candor,
                                                    const struct outgoing *message,
                                                    struct bytes *body, bool *is_empty);
/* A batch was taken; or forgotten, and nobody in it counts as handed over. With the last one the campaign is
 * sent. In the open transaction, which has an entry of its own. */
CANDOR_MUST_USE enum candor_status contacts_settled(struct job *job, struct candor *candor,
                                                    struct txn *txn, const struct outgoing *message,
                                                    bool is_taken);

#endif
