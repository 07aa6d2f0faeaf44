/*
 * weighing.h - what weigh.c does for walks that are no plan: audience.c, modelview.c.
 */
#ifndef CANDOR_FLOW_WEIGHING_H
#define CANDOR_FLOW_WEIGHING_H

#include "flow.h"

struct raw_value; /* frame.h */

/* Dates are days since 1970; missing is not a number. */
struct raw_value raw_of_cell(const struct cell *cell);

/* Some of everybody in one stay in the home: those that follow the cursor, 0 to begin with. What a visit
 * makes in the job's arena ends with it. */
#define PEOPLE_STEP 500
struct people_walk {
    uint64_t cursor;
    uint64_t seen;
    bool is_over;
    void *visitor;
    enum candor_status (*visit)(struct job *job, struct candor *candor, struct txn *txn,
                                struct subject subject, void *visitor);
};
/* CANDOR_CANCELLED, and what a visit fails with. */
CANDOR_MUST_USE enum candor_status people_step(struct job *job, struct candor *candor,
                                               struct txn *txn, struct people_walk *walk);

/* A walk over everybody: each is weighed for a campaign that candor.yaml need not have. */
struct weigh_walk {
    const struct campaign *campaign;
    const char *doing; /* for whoever listens */
    uint64_t total;    /* for them too */
    void *visitor;
    /* Before each step; NULL: nothing is to be asked then. */
    enum candor_status (*step)(struct job *job, struct candor *candor, struct txn *txn,
                               void *visitor);
    /* What it is given ends with the visit. */
    void (*visit)(struct job *job, void *visitor, const struct weighed *weighed);
    struct people_walk people; /* the walk's own */
};

/* A step is some hundred people and one stay in the home, so that decisions come in between: not to be
 * called within it. CANDOR_CANCELLED. */
CANDOR_MUST_USE enum candor_status weigh_walk_run(struct job *job, struct candor *candor,
                                                  struct weigh_walk *walk);

#endif
