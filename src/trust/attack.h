/*
 * attack.h - the second door of the trust room: what somebody who means harm could do with a model.
 *
 *   evasion.c    the best score that a few changed fields can give, exactly
 *   theft.c      how much of a model one who asks for scores has seen
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

/* ---- theft.c ------------------------------------------------------------------------------- */

/*
 * A model that is a sum has as many unknowns as it has cells. Who sees the scores of two rows that differ
 * in one field alone knows the difference of two cells; who knows enough of them has the table. The meter
 * keeps, of one who asks, which cells of each field are joined by such rows (a star around the rest of
 * the row), whatever else was asked in between: decoys do not dilute it. Rows are remembered by a hash of
 * their other fields, the latest THEFT_STARS of each field: its size is fixed, and it forgets.
 *
 * Counting is all that tells of rows as they come: they look like anybody's.
 */
#define THEFT_STARS 1024
#define THEFT_FREE 3 /* values that anybody may try beside the first */

struct theft_meter;

/* Every scorer of the model has as many unknowns: bins but one of each feature, and the cells of pairs. */
uint64_t theft_unknowns(const struct model *model);
/* It stands in the arena and borrows nothing. */
struct theft_meter *theft_begin(struct arena *arena, const struct model *model);
/* A score of this row was told. bin: one per feature. */
void theft_told(struct theft_meter *meter, const uint8_t *bin);
/* So many scores were told before the meter was there. */
void theft_told_before(struct theft_meter *meter, uint64_t count);
uint64_t theft_count(const struct theft_meter *meter);
/* The share of the differences between cells, of those that training has seen, that rows one change apart
 * have told: 0 .. 1. */
double theft_exposed(const struct theft_meter *meter);
/*
 * The same of stars alone that grew beyond THEFT_FREE: whoever takes a table apart tries value after value in
 * one row; whoever scores customers again, or wonders what would be if, tries few of each.
 */
double theft_swept(const struct theft_meter *meter);

#endif
