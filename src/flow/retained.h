/*
 * retained.h - what stays and what goes: what the files about retention share, inside the flow room
 * only.
 */
#ifndef CANDOR_FLOW_RETAINED_H
#define CANDOR_FLOW_RETAINED_H

#include "flow.h"

/* ---- hold.c -------------------------------------------------------------------------------- */

struct holds {
    struct hold *hold;
    size_t count;
};
/* Those in force. */
CANDOR_MUST_USE enum candor_status holds_load(struct job *job, struct txn *txn,
                                              struct holds *holds);
/* CANDOR_REFUSED when a hold stops the erasure of this subject: the message says which. */
CANDOR_MUST_USE enum candor_status holds_allow_erasure(struct job *job, struct txn *txn,
                                                       struct subject subject);

/* ---- trained.c ----------------------------------------------------------------------------- */

/*
 * From whom a model was learnt, so that it is known how many of them are gone: a document "trained" of
 * its name, and "trained_published" of the one that was published.
 *
 *     version u8 = 1 | time u64le | oldest outcome u64le | count u32le | count times slot u32le, ascending | count times a
 *     byte: 1 when retention has deleted data since that the model was learnt from
 */
struct trained {
    int64_t time;
    int64_t oldest; /* outcome learnt from: features were computed at each one's time */
    size_t count;
    uint32_t *slot;
    uint8_t *has_lost;
    bool is_changed;
};
CANDOR_MUST_USE enum candor_status trained_put(struct job *job, struct txn *txn, struct lit kind,
                                               struct str model, const struct trained *trained);
/* Unknown, of a model learnt by an older program: count is 0. */
CANDOR_MUST_USE enum candor_status trained_load(struct job *job, struct txn *txn, struct lit kind,
                                                struct str model, struct trained *trained);
/* Note that data of this subject went. */
void trained_lose(struct trained *trained, uint32_t slot);

/* What is left of it. */
struct trained_state {
    uint64_t subjects;
    uint64_t erased;
    uint64_t lost_data; /* of those that are left */
    double share;       /* erased or without their data */
    bool retrain;       /* more than the threshold */
};
CANDOR_MUST_USE enum candor_status trained_state(struct job *job, const struct candor *candor,
                                                 struct txn *txn, struct lit kind, struct str model,
                                                 struct trained_state *state);
/* "training": of the model as it was learnt last, and as it is published. */
CANDOR_MUST_USE enum candor_status trained_json(struct job *job, const struct candor *candor,
                                                struct txn *txn, struct str model,
                                                struct json *json);
/* A model is published: what it was learnt from goes with it. */
CANDOR_MUST_USE enum candor_status trained_publish(struct job *job, struct txn *txn,
                                                   struct str model);

/* ---- retention.c, retention_report.c ------------------------------------------------------- */

struct retained {
    bool dry;
    uint8_t id[16]; /* of the run: object of its entries */
    uint64_t subjects;
    uint64_t changed;
    uint64_t *field; /* values deleted, by field */
    uint64_t *event; /* events deleted, by kind */
    uint64_t decisions;
    uint64_t contacts;
    uint64_t chats; /* records of chats with language models */
    uint64_t quarantine;
    uint64_t erased;       /* subjects who were inactive */
    uint64_t clocks;       /* values whose time was not known: it begins now */
    uint64_t held;         /* subjects of whom a legal hold keeps something */
    uint64_t restricted;   /* subjects who restricted the use of their data: left alone */
    uint64_t measurements; /* of quality */
    uint64_t first;        /* on the ledger */
    uint64_t last;
    bool has_entries;
};
CANDOR_MUST_USE enum candor_status retention_walk(struct job *job, struct candor *candor,
                                                  struct retained *retained);
/* An entry of the run. */
void retained_take(struct retained *retained, uint64_t index);
/* All that is deleted or would be. */
uint64_t retained_total(const struct candor *candor, const struct retained *retained);
void retained_members(struct job *job, const struct candor *candor, struct json *json,
                      const struct retained *retained);
/* "retention": members of candor audit: what is past its time now, and when the last run was. */
CANDOR_MUST_USE enum candor_status retention_audit(struct job *job, struct candor *candor,
                                                   struct json *json, size_t *findings);

#endif
