/*
 * share.h - data that goes to recipients: shared by share*.c, and by the files that change what went.
 */
#ifndef CANDOR_FLOW_SHARE_H
#define CANDOR_FLOW_SHARE_H

#include "flow.h"
#include "recipient.h"

#define PSEUDONYM_LEN 16
#define PSEUDONYM_COLUMN "pseudonym"
#define SHARED_FIELDS_MAX 128

/* ---- share.c ------------------------------------------------------------------------------- */

/*
 * A subject's name towards one recipient: BLAKE2b-128, under a secret of the home, of the recipient's name
 * and the subject's random id. The same each time; two recipients cannot find out that they know the same
 * person, and nobody without the home's key can tell who it is.
 */
CANDOR_MUST_USE enum candor_status pseudonym_of(struct job *job, struct candor *candor,
                                                struct str recipient, struct subject subject,
                                                uint8_t pseudonym[PSEUDONYM_LEN]);
/* The recipient in a question: OURSELVES where the purpose itself is sharing with them. */
size_t share_recipient(const struct inventory *inventory, size_t purpose,
                       const struct recipient *recipient);
/* Where a subject's row stands in every file for a recipient: ascending. */
CANDOR_MUST_USE enum candor_status order_mark(struct job *job, struct candor *candor,
                                              struct str recipient, struct subject subject,
                                              uint64_t *mark);
/* "disclosures": what went where. */
CANDOR_MUST_USE enum candor_status disclosures_json(struct job *job, struct candor *candor,
                                                    struct txn *txn, struct subject subject,
                                                    struct json *json);

/* ---- share_check.c ------------------------------------------------------------------------- */

struct shared_row {
    struct subject subject;
    uint8_t pseudonym[PSEUDONYM_LEN];
    uint64_t mark;
    struct str *cell; /* one for each field */
};

struct shared {
    const struct recipient *recipient;
    size_t purpose;
    size_t field[SHARED_FIELDS_MAX]; /* of the inventory */
    size_t field_count;
    struct shared_row *row;
    size_t row_count;
    uint64_t subjects;
    uint64_t refused[PERMIT_CODES]; /* left out, by reason */
    uint64_t min_group;
};

/* CANDOR_REFUSED: personal data where none is declared, or a small group. No value is in the message. */
CANDOR_MUST_USE enum candor_status share_check(struct job *job, const struct candor *candor,
                                               const struct shared *shared);

/* ---- share_recall.c ------------------------------------------------------------------------ */

/* A recipient has done what it was told; reference is theirs. CANDOR_EXISTS: it was acknowledged before. */
CANDOR_MUST_USE enum candor_status recall_settle(struct job *job, struct candor *candor,
                                                 struct txn *txn, const uint8_t id[16],
                                                 struct str reference);

/* ---- share_webhook.c ----------------------------------------------------------------------- */

struct outgoing;
struct candor_header;
#define WEBHOOK_HEADERS 3

/* Is every recipient's address one that may be used? CANDOR_BAD_INPUT, with the line. */
CANDOR_MUST_USE enum candor_status config_webhooks(struct job *job, const struct value *root,
                                                   const struct inventory *inventory);
/* Queue the message to a recipient with an address; body is what it is told. Others are told by hand. */
CANDOR_MUST_USE enum candor_status webhook_queue(struct job *job, const struct candor *candor,
                                                 struct txn *txn, struct str recipient,
                                                 const uint8_t recall[16], struct bytes body);
/* It need not be sent any more. */
CANDOR_MUST_USE enum candor_status webhook_forget(struct job *job, const struct candor *candor,
                                                  struct txn *txn, struct str recipient,
                                                  const uint8_t recall[16]);
/* Of a recipient, or of one of `webhooks`; empty: there is none. */
struct str webhook_address(const struct candor *candor, struct str name);

/* ---- share_secret.c ------------------------------------------------------------------------ */

/* "v1," and the signature of one message, as Standard Webhooks has it; time in seconds. */
struct str webhook_signature(struct arena *arena, const struct secret *secret, struct str id,
                             struct str time, struct bytes body);
/* The headers of a message, made as it is sent: WEBHOOK_HEADERS of them, with a signature for each secret
 * that is valid. CANDOR_NOT_FOUND: the receiver has no secret yet. */
CANDOR_MUST_USE enum candor_status webhook_sign(struct job *job, const struct candor *candor,
                                                const struct outgoing *message,
                                                struct candor_header *header);
/* How many secrets of this receiver are valid: 2 while one is renewed. */
CANDOR_MUST_USE enum candor_status webhook_secrets(struct job *job, const struct candor *candor,
                                                   struct str receiver, size_t *count);

/* ---- share_recall.c, behind a message that was taken ---------------------------------------- */

/* The recipient has the message; answer may say that it has done so: {"acknowledged": true,
 * "reference": TEXT}. In the open transaction. */
CANDOR_MUST_USE enum candor_status recall_taken(struct job *job, struct candor *candor,
                                                struct txn *txn, const uint8_t recall[16],
                                                struct str answer);

enum recall { RECALL_CORRECTION, RECALL_ERASURE, RECALL_WITHDRAWAL };

/*
 * Queue a message to everybody who got data of the subject, in the transaction of the change.
 *
 * field     of a correction: only those who got it; NULL: all
 * purpose   of a withdrawal: only those who got data for it; EVERY: all
 */
CANDOR_MUST_USE enum candor_status recall_queue(struct job *job, struct candor *candor,
                                                struct txn *txn, struct subject subject,
                                                enum recall recall, const struct field *field,
                                                size_t purpose);

#endif
