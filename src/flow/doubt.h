/*
 * doubt.h - rows that do not look like anybody's: doubt.c, doubt_config.c, pace.c, unverified.c.
 *
 * What a model was learnt from says which values go together (trust/usual.c). Before a score decides, the row is
 * held against that, and against how often the person changed what they say of themselves. candor.yaml says what
 * follows: the field is left out of the score, a person looks, or the answer is no.
 */
#ifndef CANDOR_FLOW_DOUBT_H
#define CANDOR_FLOW_DOUBT_H

#include "base.h"

struct candor;
struct cell;
struct facts;
struct frame;
struct inventory;
struct json;
struct model;
struct model_spec;
struct profile;
struct published;
struct subject;
struct txn;
struct usual;
struct value;

/* What is done with a row, from the mildest. Numbers are kept in records. */
enum doubt_verdict { DOUBT_ACCEPT, DOUBT_FALL_BACK, DOUBT_REVIEW, DOUBT_REFUSE, DOUBT_VERDICTS };
enum doubt_cause { DOUBT_NONE, DOUBT_TOGETHER, DOUBT_RARE, DOUBT_CHANGES, DOUBT_CAUSES };
const char *doubt_verdict_name(enum doubt_verdict verdict); /* "fall_back" */
const char *doubt_cause_name(enum doubt_cause cause);       /* "together" */

/* `plausible` of a model. */
struct doubt_rule {
    bool is_on;
    double rate[DOUBT_VERDICTS]; /* of clean rows that each may come upon; 0: never */
    uint32_t days;               /* 0: changes are not counted */
    uint32_t changes_max;        /* of unverified fields, in so many days; 0: any number */
    double distance_max;         /* the sum of how far they went, pace.c; 0: any */
    enum doubt_verdict on_changes;
};

/* `unverified` of a model: what people say of themselves. */
struct unverified_rule {
    const size_t *feature; /* of the inventory */
    size_t count;
    bool has_cap;
    double cap;       /* of the link, up or down */
    double share_max; /* without a cap: of refusals that one of these may turn */
};

struct doubt {
    enum doubt_verdict verdict;
    enum doubt_cause cause;
    double rate;        /* of the rows of training that are as odd; 1 when it is not that */
    struct str feature; /* names; "" when there is none */
    struct str other;   /* beside which it is odd */
    uint32_t changes;   /* of unverified fields lately */
    uint32_t days;
    size_t left_count; /* what the score does without */
    struct str *left;
};

/* ---- doubt_config.c ---- */

/* CANDOR_BAD_INPUT, with the line. spec has its features. */
CANDOR_MUST_USE enum candor_status doubt_read_rules(struct job *job,
                                                    const struct inventory *inventory,
                                                    const struct value *model,
                                                    struct model_spec *spec);

/* ---- doubt.c ---- */

/* What is usual among these rows, kept beside the model; nothing is kept of too few. */
CANDOR_MUST_USE enum candor_status doubt_keep(struct job *job, struct txn *txn, struct str name,
                                              const struct model *model, const struct frame *rows,
                                              const uint8_t digest[32]);
/* Into a published model, in the job's arena; usual NULL: there is none. */
CANDOR_MUST_USE enum candor_status doubt_load(struct job *job, const struct candor *candor,
                                              struct txn *txn, struct published *published);
/* Judge facts that were scored, and score them without what is left out; the doubt is in the arena. */
void doubt_judge(struct arena *arena, const struct published *published, const struct doubt *paced,
                 struct facts *facts);
/* The contributions of a score without these features, and its link value. */
double doubt_leave_out(const struct model *model, const struct str *left, size_t left_count,
                       double *contribution);
void doubt_json(struct json *json, const struct doubt *doubt);
/* As it stands in a decision's record. */
void doubt_write(const struct doubt *doubt, struct buf *buf);
void doubt_read(struct arena *arena, struct reader *reader, struct doubt *doubt);

/* ---- pace.c ---- */

/* A profile is about to be kept: remember which watched fields changed, and how far. */
CANDOR_MUST_USE enum candor_status pace_note(struct job *job, const struct candor *candor,
                                             struct txn *txn, struct subject subject,
                                             const struct cell *before, const struct cell *after);
/* How often and how far lately, by the rule of a model; into a doubt whose verdict is ACCEPT if all is well. */
CANDOR_MUST_USE enum candor_status pace_judge(struct job *job, struct txn *txn,
                                              struct subject subject, const struct doubt_rule *rule,
                                              struct doubt *doubt);

/* ---- unverified.c ---- */

/* How much one unverified field turns, before and after its cap; -1: not measured. */
struct capped {
    bool is_capped;
    double cap;
    double turned[2];
    double accuracy[2];
    double auc[2];
    uint64_t refused;
};
struct dataset;
/* Cap what the model says of unverified fields, by the rule; test has the rows that were held out. */
CANDOR_MUST_USE enum candor_status unverified_cap(struct job *job,
                                                  const struct inventory *inventory,
                                                  const struct unverified_rule *rule,
                                                  const struct frame *test, const double *label,
                                                  struct model **model, struct capped *capped);
/* Before a model is published: what it says of them is capped as candor.yaml has it now. CANDOR_REFUSED. */
CANDOR_MUST_USE enum candor_status unverified_require(struct job *job,
                                                      const struct inventory *inventory,
                                                      const struct unverified_rule *rule,
                                                      const struct model *model);
void capped_json(struct json *json, const struct capped *capped);

#endif
