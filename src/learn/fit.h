/*
 * fit.h - how the files of the learner share their work. Inside the room only; outside there is
 * learn.h.
 *
 *   bins.c      values to bins                       lookup
 *   design.c    which cell each row is in, and what holds neighbouring cells together
 *   rows.c      everything that walks over rows: scores, gradients, sums by cell and pair of cells
 *   newton.c    everything that does not: steps, smoothing
 *   system.c    the matrix of a step; wide.c, a step without it
 *   derive.c    what one row says: loss, gradient, curvature
 *   screen.c    which pairs of features deserve a table
 *   pairs.c     the tables of those pairs
 *   purify.c    what is left of them without their margins
 *   fit.c       the order of it all
 *   left.c      what was left out, said in the model
 *   tables.c    from unknowns to tables that a person can read; deciles.c, of their scores
 */
#ifndef LEARN_FIT_H
#define LEARN_FIT_H

#include "learn.h"
#include "numeric.h"

/* ---- design.c ------------------------------------------------------------------------------ */

/* One group of unknowns: row r touches unknown start + cell[r], and no other of the block. */
struct block {
    const uint8_t *cell;
    size_t cell_count; /* 0 .. BINS_MAX; 0: nothing is learnt of it, and there is no cell */
    size_t start;
};

/* One entry of a symmetric matrix, on or below the diagonal; places count within the block. */
struct penalty_entry {
    uint16_t row;
    uint16_t column;
    double value;
};

/* lambda / 2 * b' S b is added to the loss, b being the unknowns of the block. */
struct penalty {
    size_t block;
    size_t rank;                   /* unknowns that S touches */
    const struct penalty *partner; /* of two that touch the same unknowns, the other; else NULL */
    const double *eigenvalue;      /* with a partner: rank, in an order that both share */
    size_t entry_count;
    struct penalty_entry *entry;
    double lambda;
    double freedom; /* unknowns that it leaves free; in: those of an earlier fit, or 0 */
};

/* ---- hold.c -------------------------------------------------------------------------------- */

/* A shape that a block must keep; see enum shape. */
struct hold {
    size_t block;
    enum shape shape;
    size_t count;    /* values; their unknowns follow that of the missing bin */
    const double *x; /* count, ascending */
};

/*
 * CANDOR_BAD_INPUT  the feature has no order
 */
CANDOR_MUST_USE enum candor_status hold_begin(struct job *job, const struct model_feature *feature,
                                              size_t block, enum shape shape, struct hold *hold);

/* What breaking the shape costs; b are the unknowns of the block. */
double hold_cost(const struct hold *hold, const double *b);
/* Add minus its gradient to right, and its curvature to a, whose rows of the block begin at start. */
void hold_gradient(const struct hold *hold, const double *b, double *right);
void hold_curvature(const struct hold *hold, const double *b, size_t start, struct matrix a);
/* The curvature for one block alone, each bend as stiff as a step: the same is held, and it can be solved. */
void hold_prior(const struct hold *hold, const double *b, struct matrix a);
/* Take that curvature times a vector of the block out of into. */
void hold_product(const struct hold *hold, const double *b, const double *vector, double *into);

/* Bring a table to the nearest one that keeps the shape exactly, with the same weighted mean. */
void hold_exactly(const struct hold *hold, double *value, const double *weight);

#define NEWTON_RIDGE 1e-4 /* on every unknown, so that empty cells have an answer */

/* What bounds the work and the memory of a fit: memory.c counts on these. */
enum {
    SCREEN_FEATURES_MAX = 64, /* of which all pairs are screened */
    PAIR_CELLS_LEAST = 36,    /* of one pair */
    PAIR_CELLS_WANTED = 2000, /* of all pairs together, but for the least of each */
    TABLE_CELLS_MAX = 4096,   /* of the matrix of a step; more go by products */
};

struct design {
    size_t row_count;
    size_t block_count;
    struct block *block;
    size_t penalty_count;
    struct penalty *penalty;
    size_t hold_count;
    struct hold *hold;
    size_t cell_count; /* of all blocks: the unknowns beside the intercept */
};

/*
 * One block per feature. Values of a number are held together with their neighbours, since near values
 * mean near effects; categories, and the missing bin, are each held to zero.
 *
 * bin        bin[feature]: a bin per row
 * is_idle    features that get no cell, or NULL: none
 */
CANDOR_MUST_USE enum candor_status design_of_features(
    struct job *job, const struct model_feature *feature, size_t feature_count,
    const uint8_t *const *bin, const bool *is_idle, size_t row_count, struct design *design);

/* Whether steps are found without a table of the matrix. row_count: of all parties. */
bool design_is_wide(const struct design *design, uint64_t row_count);

/* One axis of a pair of features: bins joined into few places. */
struct axis {
    size_t count;                 /* places, below PAIR_AXIS_MAX */
    size_t first;                 /* places first .. count - 1 are ordered; count: none */
    uint8_t place[BINS_MAX];      /* of each bin; count: never seen in training */
    double margin[PAIR_AXIS_MAX]; /* of each place: what the pair left to the single feature */
};

struct pair {
    size_t feature[2];
    struct axis axis[2];
    const uint8_t *cell; /* of each row */
    size_t start;        /* of its cells among the unknowns of all pairs */
    double lambda[2];    /* smoothing along each axis */
    double freedom;
    double *value; /* axis[0].count * axis[1].count cells */
    double *sd;
    double *weight;
};

#define GRID_HOLD 0.05 /* holds the level of a grid, which the single features already carry */

/* The penalty along one axis of a grid: entry (row, column), and its eigenvalues in some order. */
double grid_entry(const struct axis *axis, size_t row, size_t column);
double grid_eigenvalue(const struct axis *axis, size_t index);

/* One block per pair: its cells are held together along both axes, by a penalty each. */
CANDOR_MUST_USE enum candor_status design_of_pairs(struct job *job, const struct pair *pair,
                                                   size_t pair_count, size_t row_count,
                                                   struct design *design);

/* ---- derive.c ------------------------------------------------------------------------------ */

/* Sums of rows in units of the rows. */
struct rows_whole {
    int64_t loss;
    int64_t gradient;
    int64_t curvature;
};

/* Some rows side by side: what goes in, and where their derivatives go. */
struct strip {
    size_t count;
    const double *score;
    const double *target;
    const double *weight;
    double gradient_scale; /* 1 / unit */
    double curvature_scale;
    double loss_scale;
    int32_t *gradient;
    int32_t *curvature;
};

/* Fill the derivatives of each row and add them to sum. */
void strip_derive(enum task task, const struct strip *strip, struct rows_whole *sum);

/* ---- rows.c -------------------------------------------------------------------------------- */

/*
 * The rows of a fit. gradient and curvature are the first derivative of each row's log likelihood by
 * its score, and minus the second, in whole numbers: gradient_unit and curvature_unit say what 1 means.
 * Whole numbers add up the same way in any order.
 */
struct rows {
    unsigned threads;
    enum task task;
    size_t row_count;
    const double *target; /* 0 or 1; a count; an amount; for regression best with variance 1 */
    const double *weight; /* mean 1; NULL: all 1 */
    const double *offset; /* added to each score; NULL: none */
    double weight_count;  /* rows of weight above 0, of all parties */
    const struct reducer *reducer;
    double gradient_unit;
    double curvature_unit;
    double loss_unit;
    int32_t *gradient;
    int32_t *curvature;
    struct rows_whole *piece; /* sums of each piece of rows */
};

/* Sums and maxima over all parties; no reducer: these are all. */
CANDOR_MUST_USE enum candor_status reduce_add(struct job *job, const struct reducer *reducer,
                                              int64_t *value, size_t count);
CANDOR_MUST_USE enum candor_status reduce_most(struct job *job, const struct reducer *reducer,
                                               double *value, size_t count);

/* Fill what follows reducer. */
CANDOR_MUST_USE enum candor_status rows_begin(struct job *job, struct rows *rows);

/* Another offset for the same rows; NULL: none. */
CANDOR_MUST_USE enum candor_status rows_set_offset(struct job *job, struct rows *rows,
                                                   const double *offset);

/* Sums over all rows. */
struct rows_total {
    double loss; /* negative log likelihood, but for a constant, or half the squared error */
    double gradient;
    double curvature;
};

/* A model of the rows: score = offset + intercept + unknown[start + cell] of each block. */
struct scorer {
    const struct design *design;
    double intercept;
    const double *unknown;
};

/* Score every row, and fill gradient and curvature. scorer NULL: the offset is the score. */
CANDOR_MUST_USE enum candor_status rows_evaluate(struct job *job, struct rows *rows,
                                                 const struct scorer *scorer,
                                                 struct rows_total *total);

/* The scores of a few rows that follow each other, offset included. */
void rows_strip_scores(const struct rows *rows, const struct scorer *scorer, size_t first,
                       size_t count, double *score);

/* The score of every row, offset included. */
void rows_scores(const struct rows *rows, const struct scorer *scorer, double *score);

/*
 * deciles.c: the deciles of those scores, of the rows here, each to the range of scores divided by
 * 2^32. gradient and curvature are gone afterwards. decile: DECILES
 */
void rows_deciles(struct rows *rows, const struct scorer *scorer, double *decile);

/* Pearson's statistic at the last evaluation: the sum of gradient^2 / curvature. */
CANDOR_MUST_USE enum candor_status rows_pearson(struct job *job, const struct rows *rows,
                                                double *pearson);

/* Sums by cell and by pair of cells: one vector, so that one reduction adds it all. */
struct sums {
    const struct design *design;
    size_t length;      /* of gradient, curvature and all of cross together */
    int64_t *gradient;  /* cell_count */
    int64_t *curvature; /* cell_count */
    int64_t **cross; /* cross[i * (i - 1) / 2 + j], j < i: curvature by cell of j, then cell of i;
                        NULL: not wanted */
};

CANDOR_MUST_USE enum candor_status sums_begin(struct job *job, const struct design *design,
                                              bool with_pairs, struct sums *sums);

/* The share of the weight in each cell. */
CANDOR_MUST_USE enum candor_status rows_shares(struct job *job, const struct rows *rows,
                                               const uint8_t *cell, size_t cell_count,
                                               double *share);

/* with_curvature false: gradients only, the rest stays. */
CANDOR_MUST_USE enum candor_status rows_sum(struct job *job, const struct rows *rows,
                                            struct sums *sums, bool with_curvature);

/* The sums of one block, of these rows only. */
void rows_sum_block(const struct rows *rows, const struct block *block, int64_t *gradient,
                    int64_t *curvature);

/* The sums of any whole numbers, one per row, by the cells of a block, of these rows only. */
void rows_sum_values(const struct rows *rows, const struct block *block, const int32_t *value,
                     int64_t *sum);

/* ---- system.c ------------------------------------------------------------------------------ */

/* The matrix of a step at some unknowns. */
struct system {
    const struct design *design;
    const double *border; /* Z'W1 */
    double curvature;     /* 1'W1 */
    const double *unknown;
};

/* Fill the square of a block on the diagonal, lower triangle, at row and column at of a. */
void system_fill_block(const struct system *system, size_t index, struct matrix a, size_t at);

/* Take the penalties times a vector out of into. */
void system_take_penalties(const struct design *design, const double *vector, double *into);

/* b' S b, and what all penalties together cost. */
double penalty_form(const struct design *design, const struct penalty *penalty,
                    const double *unknown);
double system_penalty(const struct design *design, const double *unknown);

/*
 * How many unknowns each penalty leaves to the rows before any is seen, beside the shapes as they are held at
 * these unknowns.
 *
 * freedom  one for each penalty
 */
CANDOR_MUST_USE enum candor_status prior_freedom(struct job *job, const struct design *design,
                                                 const double *unknown, double *freedom);

/* ---- newton.c ------------------------------------------------------------------------------ */

/* When training has to come to an end. */
struct deadline {
    uint64_t at_ns;
    uint64_t (*ticks_ns)(void *context);
    void *context;
    bool *was_met; /* set when something was left out because of it */
};

/* Whether it is past; NULL never is. Who asks leaves something out, so the answer yes is remembered. */
bool deadline_is_past(const struct deadline *deadline);

/* ---- wide.c -------------------------------------------------------------------------------- */

/* A matrix that is known by what it does to a vector. Before wide_solve, system is set. */
struct wide {
    const struct design *design;
    struct rows *rows; /* their curvature is that of the matrix */
    struct system system;
    const struct deadline *deadline; /* or NULL */
    struct matrix *factor;           /* of the square of each block */
    double *row_score;
    int32_t *row_whole;
    double *piece_most;
    int64_t *sum;
    double *residual;
    double *direction;
    double *image;
};

CANDOR_MUST_USE enum candor_status wide_begin(struct job *job, const struct design *design,
                                              struct rows *rows, struct wide *wide);

/*
 * Solve for right, in place, until what is left of it is below tolerance of what it was.
 *
 * CANDOR_CANCELLED  job->cancelled was set
 */
CANDOR_MUST_USE enum candor_status wide_solve(struct job *job, struct wide *wide, double tolerance,
                                              double *right);

/* The inverse of the square of each block, as newton.covariance: what blocks share is left out. */
CANDOR_MUST_USE enum candor_status wide_covariance(struct job *job, const struct wide *wide,
                                                   double **covariance);

#define FACTORS_EACH 6 /* of the single features, and of the pairs */

/* What the squares of the covariance around the diagonal do not say; see struct model. */
struct factors {
    size_t count;
    double sign[FACTORS_EACH];
    double *factor; /* factor[f * cell_count + i], for the unknowns */
};

struct newton {
    const struct design *design;
    struct rows *rows;
    bool is_wide;                    /* by wide.c: no factors, covariance by block */
    const char *doing;               /* what is said while it works */
    unsigned smoothings_max;         /* rounds that update the smoothing */
    const struct deadline *deadline; /* NULL: none */
    bool is_draft; /* only unknowns, smoothing and scale matter: another fit starts from them */
    double intercept;
    double *unknown;     /* cell_count: in, the start; out, the fit */
    double **covariance; /* out: of the unknowns of each block, the lower triangle by columns */
    double intercept_variance; /* out: of the mean score; it does not covary with the rest */
    double scale;              /* out: variance of a row; 1 of chances */
    struct factors factors;    /* out */
    double freedom;
    uint32_t rounds;
};

/* factors.c */

/*
 * Find the factors of the covariance.
 *
 * square    of each block, as newton.covariance, before scale
 */
CANDOR_MUST_USE enum candor_status factors_find(struct job *job, const struct design *design,
                                                struct root root, double *const *square,
                                                double scale, struct factors *factors);

/*
 * Minimise loss + penalties, and choose the lambda of each penalty of the design.
 *
 * CANDOR_CANCELLED  job->cancelled was set
 */
CANDOR_MUST_USE enum candor_status newton_fit(struct job *job, struct newton *newton);

/* ---- screen.c, pairs.c, purify.c ----------------------------------------------------------- */

struct pairs {
    size_t count;
    struct pair *pair; /* ascending by feature[0], then feature[1] */
    double freedom;
    uint32_t rounds;
    struct factors factors;
    size_t unknown_count; /* of factors */
};

/* What pairs are made from. The rows' derivatives are those of the fitted single features. */
struct pairs_input {
    struct rows *rows;
    const struct model_feature *feature;
    size_t feature_count;
    const uint8_t *const *bin;
    const double *share;      /* of the weight in each bin: share[feature * BINS_MAX + bin] */
    const double *importance; /* of each feature alone; below 0: in no pair */
    const double *score;      /* of each row, by the single features */
    double scale;             /* variance of a row; 1 of chances */
    const enum shape *shape;  /* of each feature, or NULL: those with one are in no pair */
    const struct pair_ban *ban;
    size_t ban_count;
    size_t pairs_max;
    const struct deadline *deadline; /* or NULL */
    bool *is_unpaired;               /* out: false for each feature that was considered; or NULL */
};

/* The places of a feature along an axis of at most this many, beside missing. */
struct axis screen_axis(const struct pairs_input *input, size_t feature, size_t places);

struct chosen_pair {
    size_t feature[2]; /* ascending */
    double gain;
};

/* The pairs_max that gain most, or fewer: the rest of the list is forgotten. In the order of features. */
size_t pairs_choose(struct chosen_pair *pair, size_t count, size_t pairs_max);

/* Choose at most pairs_max pairs that explain what the single features leave. */
CANDOR_MUST_USE enum candor_status screen_pairs(struct job *job, const struct pairs_input *input,
                                                struct chosen_pair **chosen, size_t *count);

/* Choose pairs and fit their tables. */
CANDOR_MUST_USE enum candor_status pairs_fit(struct job *job, const struct pairs_input *input,
                                             struct pairs *pairs);

/* Fit the tables of pairs that are chosen already; none is left out. */
CANDOR_MUST_USE enum candor_status pairs_fit_chosen(struct job *job,
                                                    const struct pairs_input *input,
                                                    const struct chosen_pair *chosen, size_t count,
                                                    struct pairs *pairs);

/* What the pairs add to the score of each row, before pairs_purify. */
void pairs_scores(const struct pairs *pairs, size_t row_count, double *score);

/* Move what depends on one feature alone from the tables into the margins. Lengerich et al. 2020. */
void pairs_purify(struct pairs *pairs);

/* Take out of the cells of a pair what depends on one feature alone, nearly: three half sweeps. */
void pair_purify_vector(const struct pair *pair, double *value);

/* Fill sd with what is uncertain of the pair beyond its margins. covariance: lower triangle. */
CANDOR_MUST_USE enum candor_status pair_deviations(struct job *job, struct pair *pair,
                                                   const double *covariance);

/* Add the margins that belong to a feature to its values. */
void pairs_add_margins(const struct pairs *pairs, size_t feature, size_t bin_count, double *value);

/* ---- fit.c, tables.c ----------------------------------------------------------------------- */

struct fitting {
    const struct fit_options *options;
    const struct model_feature *feature;
    size_t feature_count;
    const uint8_t *const *bin; /* bin[feature]: one per row */
    bool *is_idle;             /* features held at zero: they showed nothing of their own */
    bool *is_unpaired;         /* others that were not considered for pairs; NULL: no pairs */
    size_t idle_count;
    double *share; /* of the weight in each bin: share[feature * BINS_MAX + bin] */
    struct rows rows;
    uint64_t row_count; /* of all parties */
    double target_mean; /* of a regression: the target is (value - mean) / unit */
    double target_unit;
    struct deadline deadline;
    bool was_late; /* something was left out because of it */
    struct design design;
    struct newton newton;
    struct pairs pairs;
};

/* screen.c: of many features, mark those whose own effect is no more than chance makes. */
CANDOR_MUST_USE enum candor_status screen_features(struct job *job, struct fitting *fitting);

/* take.c: check weights and target, fill rows, target_mean, target_unit, row_count and the start. */
CANDOR_MUST_USE enum candor_status take_rows(struct job *job, const struct target *target,
                                             struct fitting *fitting);

/* The steps of a fit, in this order. */
CANDOR_MUST_USE enum candor_status fill_shares(struct job *job, struct fitting *fitting);
CANDOR_MUST_USE enum candor_status hold_shapes(struct job *job, struct fitting *fitting);
CANDOR_MUST_USE enum candor_status fit_mains(struct job *job, struct fitting *fitting);
CANDOR_MUST_USE enum candor_status fit_pairs(struct job *job, struct fitting *fitting);

/* What pairs are made from, when the single features are fitted. score: of each row, kept. */
CANDOR_MUST_USE enum candor_status pairs_input_of(struct job *job, struct fitting *fitting,
                                                  const double *score, struct pairs_input *input);

/* classes.c: a fit for each class beside the others. fitting has its rows and shares. */
CANDOR_MUST_USE enum candor_status fit_classes(struct job *job, const struct fitting *fitting,
                                               const struct target *target, struct model **model);

/* tables.c: fill the terms of a model, one plane, and add to base what moves there. */
void make_terms(struct job *job, const struct fitting *fitting, struct term *term, double *base);

/* left.c: say in the model which features the fit left out, and why. */
CANDOR_MUST_USE enum candor_status note_left_out(struct job *job, const struct fitting *fitting,
                                                 struct model *model);

/* Fill the model from what was fitted; the derivatives of the rows are gone afterwards. */
CANDOR_MUST_USE enum candor_status make_model(struct job *job, struct fitting *fitting,
                                              const struct target *target, struct model *model);

#endif
