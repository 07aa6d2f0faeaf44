/*
 * attack.h - the second door of the trust room: what somebody who means harm could do with a model.
 *
 *   evasion.c    the best score that a few changed fields can give, exactly
 *
 * Pure, as the room is.
 */
#ifndef CANDOR_TRUST_ATTACK_H
#define CANDOR_TRUST_ATTACK_H

#include "base.h"
#include "model.h"

/* ---- evasion.c ----------------------------------------------------------------------------- */

#define EVASION_CHANGES_MAX 6

/* What somebody may pretend. */
struct evasion_options {
    const bool *may_change; /* one per feature; NULL: all of them */
    size_t changes_max;     /* fields at once, 1 .. EVASION_CHANGES_MAX */
    double support_min;     /* share of the training weight that a value needs
                             * (recourse_has_support); 0: any value that has a bin */
    bool lowers;            /* who wants to be refused: the least score instead */
};

/* A model laid out for such questions. It borrows the model; of one thread at a time. */
struct evader;

/* CANDOR_BAD_INPUT  classes; changes_max out of bounds */
CANDOR_MUST_USE enum candor_status evader_of(struct job *job, const struct model *model,
                                             const struct evasion_options *options,
                                             struct evader **evader);

/*
 * The best link value that up to k changed fields give, for k from 0 (as it is) to changes_max; exact but
 * for the rounding of a sum in another order. It takes no memory.
 *
 * bin   of the row, one per feature
 * link  changes_max + 1 of them
 */
void evader_row(struct evader *evader, const uint8_t *bin, double *link);

#endif
