/*
 * learn.h - the door of the learn room: from binned rows to a model that explains itself.
 *
 *   fit.c       the order of it all
 *   design.c    which cell each row is in, and what holds neighbouring cells together
 *   take.c      weights and targets, checked
 *   derive.c    what one row says; rows.c, all that walks over rows
 *   hold.c      shapes that a person knows
 *   newton.c    steps and smoothing; factors.c, how terms move together
 *   classes.c   one of several
 *   system.c    the matrix of a step; wide.c, a step without it
 *   screen.c    which features and pairs deserve a table; pairs.c and purify.c make it
 *   tables.c    from unknowns to tables that a person can read; deciles.c, of the scores
 *   left.c      what the fit left out, said in the model
 *   memory.c    how much training takes at most
 *
 * The room is pure. Its sums do not depend on the order of the rows or on the number of threads, so
 * the same data gives the same bytes.
 */
#ifndef LEARN_H
#define LEARN_H

#include "base.h"
#include "frame.h"
#include "model.h"

/* ---- fit.c --------------------------------------------------------------------------------- */

#define PAIRS_AUTO 20

/* The matrices of a fit take 24 bytes for each two cells: 28 MB for so many, which features share. */
#define FIT_CELLS_WANTED 1536

/* What a person knows about the shape of a feature's effect on the link. */
enum shape {
    SHAPE_FREE = 0,
    SHAPE_UP,      /* never falls from value to value */
    SHAPE_DOWN,    /* never rises */
    SHAPE_CONVEX,  /* its slope, by the values themselves, never falls */
    SHAPE_CONCAVE, /* its slope never rises */
};

/*
 * Adds vectors over all parties of a fit: machines, or organisations behind secure aggregation. Each
 * party runs the same fit over its own rows with the same features, and since whole numbers add up
 * exactly every party gets the model that one fit over all rows would give, bit for bit.
 */
struct reducer {
    /* Replace value[i] by its sum over all parties. */
    enum candor_status (*add)(struct job *job, void *context, int64_t *value, size_t count);
    /* Replace value[i] by its maximum over all parties. */
    enum candor_status (*most)(struct job *job, void *context, double *value, size_t count);
    void *context;
};

/* A pair of features that must not get a table of its own. */
struct pair_ban {
    size_t feature[2]; /* any order */
};

struct fit_options {
    uint64_t seed;           /* recorded; nothing in this learner is drawn by chance */
    unsigned threads;        /* 0: all */
    unsigned bins_max;       /* values of one feature that get a bin of their own; 0: 255 */
    unsigned pairs_max;      /* pairs of features to add; 0: none */
    const double *weight;    /* one per row, not negative; NULL: all 1. Only their ratios matter */
    const bool *use;         /* one per column; NULL: all columns are features */
    const enum shape *shape; /* one per column; NULL: all free. Not for levels without order */
    const struct pair_ban *ban; /* columns by index */
    size_t ban_count;
    uint64_t time_limit_ms; /* of training; 0: none. Then what is there is finished and said so */
    uint64_t (*ticks_ns)(void *); /* the clock for it; NULL: no limit */
    void *ticks_context;
    const struct reducer *reducer; /* NULL: these rows are all */
};

/*
 * Fit the additive model: penalised Newton steps on binned sums, the smoothing of each term by
 * restricted maximum likelihood inside the loop. Wood and Fasiolo 2017 (Fellner-Schall); Li and Wood
 * 2019 (discretised covariates). The model lives in the job's arena.
 *
 * frame     the features, without the target
 * target    one value per row
 *
 * CANDOR_BAD_INPUT   no rows, no columns, one class only, all targets equal, a weight that is negative
 *                    or not finite, a shape for a feature without order
 * CANDOR_TOO_LARGE   more features or cells than MODEL_FEATURES_MAX and MODEL_CELLS_MAX
 * CANDOR_CANCELLED   job->cancelled was set
 */
CANDOR_MUST_USE enum candor_status fit_additive(struct job *job, const struct frame *frame,
                                                const struct target *target,
                                                const struct fit_options *options,
                                                struct model **model);

/* The same over rows that are binned already; the options that name columns name features. */
CANDOR_MUST_USE enum candor_status fit_binned(struct job *job, const struct binned *binned,
                                              const struct target *target,
                                              const struct fit_options *options,
                                              struct model **model);

/* ---- memory.c ------------------------------------------------------------------------------ */

/* Bytes that fit_binned takes at most beside what is held when it is called. */
uint64_t fit_memory(const struct binned *binned, const struct target *target,
                    const struct fit_options *options);

#endif
