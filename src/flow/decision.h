/*
 * decision.h - a decision as it is recorded (account.c), read again and shown. Inside the room only.
 */
#ifndef CANDOR_FLOW_DECISION_H
#define CANDOR_FLOW_DECISION_H

#include "flow.h"

/* A decision as it is kept, sealed: enough to explain it again from its record alone. */
struct decision {
    uint8_t id[16];
    int64_t time;
    int64_t as_of;
    bool has_epoch; /* older records have none: they are not handed over */
    uint32_t epoch; /* of the subject's consents, when it was decided */
    struct str campaign;
    struct str purpose;
    struct str channel;
    struct str code; /* withhold_name, or the permit's code */
    bool send;
    struct str offer;
    bool has_score;
    double score;
    const char *score_withheld; /* why who asked is not told it; NULL; never of a record */
    struct doubt doubt;
    double threshold; /* that the score did not reach; 0: none was, or an older record */
    double base;
    struct digest model;
    size_t term_count;
    struct str *term;  /* feature names */
    struct str *value; /* as text */
    struct cell *cell; /* as it was */
    double *contribution;
    size_t reason_count;
    struct str reason[WEIGH_REASONS_MAX];
    uint64_t ledger_index; /* filled when it is written or read */
    struct bytes payload;  /* salt and bytes, filled by decision_find */
    uint8_t salt[32];
};

/* keyscores.c: leave in the decision what the holder of the present key may be told of its score. */
CANDOR_MUST_USE enum candor_status key_scores_tell(struct job *job, struct candor *candor,
                                                   struct txn *txn, const struct campaign *campaign,
                                                   const struct facts *facts,
                                                   struct decision *decision);

/* Build it from what was weighed, put it on the ledger and into the store, in the transaction. */
CANDOR_MUST_USE enum candor_status decision_record_new(struct job *job, struct candor *candor,
                                                       struct txn *txn, struct subject subject,
                                                       const struct campaign *campaign,
                                                       const struct weighed *weighed,
                                                       struct decision *decision);
CANDOR_MUST_USE enum candor_status decision_read(struct job *job, struct bytes payload,
                                                 struct decision *decision);
/* The decision as a map, or as members of the open map. */
void decision_json(struct json *json, struct arena *arena, const struct decision *decision);
void decision_members(struct json *json, struct arena *arena, const struct decision *decision);
/* "receipt": index, proof file and checkpoint, verifiable offline. */
CANDOR_MUST_USE enum candor_status receipt_json(struct job *job, struct candor *candor,
                                                struct json *json, uint64_t index);

#endif
