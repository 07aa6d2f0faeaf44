/*
 * dataset.h - rows to learn from: shared by dataset.c, train.c and audit.c.
 */
#ifndef CANDOR_FLOW_DATASET_H
#define CANDOR_FLOW_DATASET_H

#include "flow.h"

struct frame;

struct dataset {
    struct arena *arena;
    struct frame *frame;
    uint32_t *slot;  /* of each row's subject; ascending */
    uint8_t *label;  /* 0 or 1 */
    bool *is_test;   /* held out: one in five, by the subject's random id */
    uint32_t *group; /* by the first protected field; UINT32_MAX: not known or not allowed */
    struct str *group_name;
    size_t group_count;
    size_t row_count;
    int64_t oldest_target; /* the earliest moment at which features were computed */
    uint64_t subjects;
    uint64_t refused[PERMIT_CODES]; /* left out, by reason */
    uint64_t without_outcome;
};

CANDOR_MUST_USE enum candor_status dataset_gather(struct job *job, struct candor *candor,
                                                  struct txn *txn, const struct model_spec *spec,
                                                  struct dataset *dataset);
/* SHA-256 over the rows as they were learnt from: what a model card names its data by. */
struct digest dataset_digest(struct job *job, const struct dataset *data);

struct fairness;
struct audit_rows;
/* train.c: who of those held out would be among the best fifth? score has one per held-out row. rows, if not
 * NULL: the rows that were measured. */
CANDOR_MUST_USE enum candor_status audit_scores(struct job *job, const struct dataset *data,
                                                const double *score, struct fairness *fairness,
                                                struct audit_rows *measured);

#endif
