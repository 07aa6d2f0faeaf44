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
struct long_work; /* longwork.h */
/* In the home, but others come in between: whoever is changed then is to be asked again, dataset_settle. */
CANDOR_MUST_USE enum candor_status dataset_gather_long(struct job *job, struct long_work *work,
                                                       const struct model_spec *spec,
                                                       struct dataset *dataset);

/* What one subject gives to learn from; target NULL: nothing, which is counted. */
struct given {
    const struct permit *permit;
    struct event *event;
    size_t event_count;
    const struct event *target;
};
CANDOR_MUST_USE enum candor_status dataset_given(struct job *job, struct candor *candor,
                                                 struct txn *txn, const struct model_spec *spec,
                                                 struct subject subject, struct dataset *dataset,
                                                 struct given *given);
/* Does the event say how what the model foretells came out? */
bool dataset_is_target(const struct model_spec *spec, const struct event *event);
/* The number of a text among those that were met; a new one gets the next. */
struct levels {
    struct map *of;
    struct str *level;
    size_t count;
    size_t room;
};
uint32_t levels_code(struct arena *arena, struct levels *levels, struct str text);

/*
 * dataset_drop.c: in the home, ask again whoever was changed since they were gathered or asked. Rows of those
 * who no longer allow it, whose outcome was deleted, or who were erased are taken out, with every trace of
 * their values: what is left is what gathering again would give. *dropped counts what changed.
 */
CANDOR_MUST_USE enum candor_status dataset_settle(struct job *job, struct long_work *work,
                                                  const struct model_spec *spec,
                                                  struct dataset *dataset, size_t *dropped);
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
