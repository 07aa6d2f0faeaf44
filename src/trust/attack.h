/*
 * attack.h - the second door of the trust room: what somebody who means harm could do with a model.
 *
 *   evasion.c    the best score that a few changed fields can give, exactly
 *   evasion_cap.c  how many refusals that turns, and the cap that leaves it few
 *   theft.c      how much of a model one who asks for scores has seen
 *   watermark.c  a mark that only the holder of a key can find, and its proof
 *   usual.c      which values go together, and which never did
 *
 * Pure, as the room is.
 */
#ifndef CANDOR_TRUST_ATTACK_H
#define CANDOR_TRUST_ATTACK_H

#include "base.h"
#include "bins.h"
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

/* ---- evasion_cap.c ------------------------------------------------------------------------- */

/* Rows, and who of them is refused: below a score, or all but the best share of them. */
struct evasion_rows {
    const uint8_t *bin; /* bin[row * feature_count + feature] */
    size_t row_count;
    double least; /* of the mean; without a share */
    double share; /* 0: least says it */
};

struct evasion_turned {
    uint64_t refused;
    uint64_t rows[EVASION_CHANGES_MAX + 1]; /* of them, that up to k changes turn */
};

/* CANDOR_BAD_INPUT as evader_of; CANDOR_CANCELLED */
CANDOR_MUST_USE enum candor_status evasion_turned(struct job *job, const struct model *model,
                                                  const struct evasion_options *options,
                                                  const struct evasion_rows *rows,
                                                  struct evasion_turned *turned);
/* model_edit's cap on each feature that is declared. */
CANDOR_MUST_USE enum candor_status evasion_cap(struct job *job, struct model *model,
                                               const bool *is_declared, double cap,
                                               struct model **capped);
/*
 * By halving, to a hundredth: a cap that leaves one changed field (of asked->may_change) no more than this
 * share of the refusals; the next larger one that was tried leaves more. *is_found false: not even 0 does.
 */
CANDOR_MUST_USE enum candor_status evasion_cap_within(struct job *job, struct model *model,
                                                      const struct evasion_options *asked,
                                                      const struct evasion_rows *rows,
                                                      double share_max, bool *is_found,
                                                      double *cap);

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

/* ---- watermark.c --------------------------------------------------------------------------- */

#define WATERMARK_CELLS_MIN 32

struct watermark_cell {
    size_t feature;
    size_t bin;
};

/* What is secret: the sign of each cell, +1 or -1. */
struct watermark {
    const struct watermark_cell *cell; /* feature after feature */
    const int8_t *sign;
    size_t count;
    double delta; /* of the link, above 0 */
};

/* The cells that a mark is put on: the same of a model with its mark and without.
 *
 * CANDOR_BAD_INPUT  classes; fewer than WATERMARK_CELLS_MIN cells */
CANDOR_MUST_USE enum candor_status watermark_cells(struct job *job, const struct model *model,
                                                   struct watermark_cell **cell, size_t *count);
/* A model with the mark; its measures are not known any more. */
CANDOR_MUST_USE enum candor_status watermark_put(struct job *job, const struct model *model,
                                                 const struct watermark *mark,
                                                 struct model **marked);

/* How far a suspect differs from our marked model without its mark, one number for each cell: */
void watermark_in_model(const struct model *model, const struct watermark *mark,
                        const struct model *suspect, double *x);
/* The same of answers to rows: bins of our model, and link values that were answered (NaN: none). */
CANDOR_MUST_USE enum candor_status watermark_in_answers(struct job *job, const struct model *model,
                                                        const struct watermark *mark,
                                                        const uint8_t *bin, const double *link,
                                                        size_t row_count, double *x);

struct watermark_proof {
    size_t cells; /* that say something */
    size_t agree; /* of them, with their sign */
    double z;
    double log10_p; /* at most this for whatever was not copied: Hoeffding; 0: no evidence */
};
CANDOR_MUST_USE enum candor_status watermark_prove(struct job *job, const struct watermark *mark,
                                                   const double *x, struct watermark_proof *proof);

/* ---- usual.c ------------------------------------------------------------------------------- */

#define USUAL_FEATURES_MAX 64 /* of a model; the others are not looked at */
#define USUAL_GROUPS 16       /* of a field's values */
#define USUAL_LEVELS 48       /* of surprise */
#define USUAL_LEAST 5         /* rows: fewer are kept as none, so that no few people are told of */
#define USUAL_ROWS_MIN 500

/* Rows as bins, as a model has them. */
struct usual_table {
    const struct model_feature *feature;
    size_t feature_count;
    const double
        *importance;    /* one per feature: which are looked at when there are many; or NULL */
    const uint8_t *bin; /* bin[row * feature_count + feature] */
    size_t row_count;
};

/* Counts of pairs of groups, and how much surprise is too much. Constant, for many threads. */
struct usual;

/* CANDOR_BAD_INPUT  fewer than USUAL_ROWS_MIN rows, or than two features */
CANDOR_MUST_USE enum candor_status usual_of(struct job *job, const struct usual_table *table,
                                            struct usual **usual);

/* What is odd about a row. */
struct strange {
    size_t level; /* 0 .. USUAL_LEVELS: nothing .. as odd as hardly any */
    double
        rate; /* the share of the rows of training that were as odd, each left out of the counts */
    size_t
        feature;  /* of the model, that is most surprising beside all others; SIZE_MAX at level 0 */
    size_t other; /* beside which it is least usual; SIZE_MAX: beside none, it is rare by itself */
    double lift;  /* how often the two stood together, of how often by chance; 1: as by chance */
    uint8_t level_of[USUAL_FEATURES_MAX]; /* of each field that is looked at */
};

/* bin: one per feature of the model. Takes no memory. */
void usual_look(const struct usual *usual, const uint8_t *bin, struct strange *strange);

/* The least level that no more than this share of the rows of training came up to: 1 .. USUAL_LEVELS + 1,
 * the last of which none does. */
size_t usual_level(const struct usual *usual, double rate);
/* The share that came up to a level; 1 of level 0. */
double usual_share(const struct usual *usual, size_t level);

size_t usual_fields(const struct usual *usual);
size_t usual_feature(const struct usual *usual, size_t field); /* of the model */

/* As bytes, and back, for a model of the same features.
 *
 * CANDOR_CORRUPT  no such bytes, or of other features
 */
void usual_write(const struct usual *usual, struct buf *buf);
CANDOR_MUST_USE enum candor_status usual_read(struct job *job, struct bytes bytes,
                                              const struct model_feature *feature,
                                              size_t feature_count, struct usual **usual);

#endif
