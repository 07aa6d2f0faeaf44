/*
 * plan.h - a plan in the making: shared by plan.c (the walk) and planning.c (what it adds up to).
 */
#ifndef CANDOR_FLOW_PLAN_H
#define CANDOR_FLOW_PLAN_H

#include "flow.h"

#define PLANNING_PEOPLE 3

struct planning {
    const struct campaign *campaign;
    size_t campaign_index;
    const struct published *published; /* NULL: no model */
    struct plan_row *row;
    struct weighed *weighed; /* facts are NULL but while a subject is being recorded */
    size_t row_count;
    double cutoff;
    struct plan_fairness fairness;
    double *drive; /* sum of |contribution| per feature, over the chosen */
    double *lean;  /* sum of contribution, with its sign */
    uint64_t drive_count;
    size_t wanted[PLANNING_PEOPLE]; /* rows to show; NONE */
};

CANDOR_MUST_USE enum candor_status planning_begin(struct job *job, struct candor *candor,
                                                  struct txn *txn, struct planning *planning);
/* Compare the chosen by protected attribute; may change nothing but planning->fairness. */
CANDOR_MUST_USE enum candor_status planning_compare(struct job *job, struct candor *candor,
                                                    struct txn *txn, struct planning *planning);
/* While row i is being recorded its facts are there: add up what drives, and note whom to show. */
void planning_look(struct planning *planning, size_t i);
CANDOR_MUST_USE enum candor_status planning_summarise(struct job *job, struct candor *candor,
                                                      struct planning *planning, struct plan *plan);
struct str plan_row_sentence(const struct plan_row *row);
struct str plan_row_code(const struct plan_row *row); /* "send", "holdout", "no_consent" ... */

#endif
