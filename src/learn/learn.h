/*
 * learn.h - the door of the learn room: from a frame of features to a model that explains itself.
 *
 *   frame.c     tables of features without identities
 *   column.c    columns from text: number or category, by content
 *   target.c    what is to be predicted
 *   bins.c      every value of a feature has a bin
 *   fit.c       the additive model from rows; design.c, rows.c, newton.c, pairs.c and
 *               tables.c do the work
 *   model.c     the model as a thing: its notes, its importances
 *   score.c     link values, probabilities, contributions
 *   measure.c   how good predictions are on rows that were held out
 *   file.c      the bytes of a model
 *   card.c      what a person should know before using a model
 *
 * A model is a sum that can be read: base, plus one table value per feature, plus one per pair of
 * features. The value in the table is the contribution; there is nothing else to explain.
 *
 * The room is pure: it opens no file and sees no identity. Its sums do not depend on the order of the
 * rows or on the number of threads, so the same data gives the same bytes.
 */
#ifndef LEARN_H
#define LEARN_H

#include "base.h"

/* ---- frame.c ------------------------------------------------------------------------------- */

#define FRAME_ROWS_MAX ((size_t)1 << 31)
#define FRAME_COLUMNS_MAX 4096
#define CODE_MISSING UINT32_MAX

enum column_kind { COLUMN_NUMBER = 1, COLUMN_CATEGORY = 2 };

struct column {
    struct str name;
    enum column_kind kind;
    const double *number;    /* COLUMN_NUMBER: row_count values, NaN is missing, none is infinite */
    const uint32_t *code;    /* COLUMN_CATEGORY: row_count indexes into level, or CODE_MISSING */
    const struct str *level; /* level_count different names */
    size_t level_count;
};

/* Rows and columns; the memory is the job's. column has room for column_max, column_count are there. */
struct frame {
    size_t row_count;
    size_t column_count;
    size_t column_max;
    struct column *column;
};

/*
 * CANDOR_TOO_LARGE  above FRAME_ROWS_MAX or FRAME_COLUMNS_MAX
 */
CANDOR_MUST_USE enum candor_status frame_begin(struct job *job, size_t row_count, size_t column_max,
                                               struct frame **frame);

/*
 * Add a column. The arrays are borrowed: they hold row_count items and outlive the frame.
 *
 * CANDOR_BAD_INPUT  a name twice or empty, an infinite number, a code without a level, a level twice,
 *                   a name or level that is not UTF-8
 * CANDOR_TOO_LARGE  there are column_max columns already
 */
CANDOR_MUST_USE enum candor_status frame_add_number_column(struct job *job, struct frame *frame,
                                                           struct str name, const double *number);
CANDOR_MUST_USE enum candor_status frame_add_category_column(struct job *job, struct frame *frame,
                                                             struct str name, const uint32_t *code,
                                                             const struct str *level,
                                                             size_t level_count);

/* The column of that name, or NULL. */
const struct column *frame_find(const struct frame *frame, struct str name);

/* The rows whose keep is true, in their order, as a frame of their own. */
CANDOR_MUST_USE enum candor_status frame_take(struct job *job, const struct frame *frame,
                                              const bool *keep, struct frame **part);

/* ---- column.c ------------------------------------------------------------------------------ */

#define LEVELS_MAX ((size_t)1 << 20) /* different texts in one column */

/*
 * A column that is being read as text, cell by cell. Missing are, after trimming: the empty cell, NA,
 * NaN and ?. A column is of numbers when all that is not missing is a number, unless kind says which.
 */
struct text_column;

/* kind 0: by content. rows_expected is a hint; 0 when unknown. */
CANDOR_MUST_USE enum candor_status text_column_begin(struct job *job, struct str name,
                                                     enum column_kind kind, size_t rows_expected,
                                                     struct text_column **column);

/*
 * Add the cell of the next row; it is copied.
 *
 * CANDOR_BAD_INPUT  not a number in a column of numbers; the message names column and row
 * CANDOR_TOO_LARGE  more than LEVELS_MAX different texts
 */
CANDOR_MUST_USE enum candor_status text_column_add(struct job *job, struct text_column *column,
                                                   struct str cell);

/* Add what was read to the frame, as frame_add_*_column. Rows must be those of the frame. */
CANDOR_MUST_USE enum candor_status text_column_end(struct job *job, struct text_column *column,
                                                   struct frame *frame);

/* ---- target.c ------------------------------------------------------------------------------ */

enum task {
    TASK_BINARY = 1,     /* a chance: link is the logit */
    TASK_REGRESSION = 2, /* a number: link is the number */
};

struct target {
    enum task task;
    struct str name;
    struct str
        positive; /* TASK_BINARY: the value that counts as 1, and the one that is 0 ("" when */
    struct str negative; /* there are several) */
    const double *value; /* one per row: 0 or 1, or a number */
};

/*
 * Read a column as the target. Two different values are binary; more are regression when they are
 * numbers. positive "" means: of two, the one that says so (1, yes, y, true, t, positive, in any case),
 * else the rarer.
 *
 * CANDOR_BAD_INPUT  a missing value; one value only; more than two categories and no positive;
 *                   positive is not among the values
 */
CANDOR_MUST_USE enum candor_status target_of_column(struct job *job, const struct frame *frame,
                                                    struct str name, struct str positive,
                                                    struct target *target);

/* The target of the rows that frame_take keeps. */
CANDOR_MUST_USE enum candor_status target_take(struct job *job, const struct target *target,
                                               size_t row_count, const bool *keep,
                                               struct target *part);

/* ---- bins.c -------------------------------------------------------------------------------- */

#define BINS_MAX 256 /* of one feature, so that a bin number fits into a byte */
#define BIN_MISSING 0

/*
 * A feature and its bins. Bin 0 is missing; bins 1 .. value_count hold values; a category has one
 * more bin for what was not seen, or too rarely to stand alone. Value v is in bin v + 1:
 *
 *   number     low[v] .. high[v], as seen in training; x falls into the last v whose cut[v] <= x
 *   category   level[v], ascending by bytes
 */
struct model_feature {
    struct str name;
    enum column_kind kind;
    size_t value_count; /* 0 .. BINS_MAX - 1, or - 2 for categories */
    size_t bin_count;   /* value_count + 1, or + 2 for categories */
    const double *low;  /* number: low[v] <= high[v] < low[v + 1] */
    const double *high;
    const double *cut;       /* number: cut[0] = -infinity; high[v - 1] < cut[v] <= low[v] */
    const struct str *level; /* category */
};

/* One value from outside: number for a number (NaN: missing), text for a category (ptr NULL: missing). */
struct raw_value {
    double number;
    struct str text;
};

/* The bin of a value. A feature without values knows only bin 0. */
uint8_t feature_bin(const struct model_feature *feature, struct raw_value value);

/* What a bin holds, for people: "37", "37 to 41", "single", "missing", "another value". */
struct str feature_bin_label(struct arena *arena, const struct model_feature *feature, size_t bin);

/* ---- model.c ------------------------------------------------------------------------------- */

#define MODEL_FEATURES_MAX 1024
#define MODEL_PAIRS_MAX 256
#define MODEL_CELLS_MAX 4096 /* cells of all single features together */
#define PAIR_AXIS_MAX 16

/*
 * One summand. A term of one feature has a cell per bin. A term of two has axis_count[0] *
 * axis_count[1] cells; the cell of bins a, b is axis[0][a] * axis_count[1] + axis[1][b].
 */
struct term {
    struct str name;      /* "age", or "age & job" */
    size_t feature_count; /* 1 or 2 */
    size_t feature[2];
    size_t cell_count;
    size_t axis_count[2];
    const uint8_t *axis[2]; /* NULL for a term of one feature */
    const double *value;    /* contribution of each cell, on the link scale; weighted mean 0 */
    const double *sd;       /* its standard deviation: posterior covariance, given the smoothing */
    const double *weight;   /* share of the training weight in each cell; adds up to 1 */
};

#define CALIBRATION_MAX 10

struct calibration {
    uint64_t rows;
    double predicted; /* mean probability */
    double observed;  /* share of label 1 */
};

/* What does not apply is NaN. Without rows, nothing was held out and nothing is known. */
struct measures {
    uint64_t rows;
    double auc;
    double log_loss;
    double brier;
    double rmse;
    double r2;
    size_t calibration_count;
    struct calibration calibration[CALIBRATION_MAX]; /* tenths of the rows by score, ascending */
};

struct note {
    struct str key;
    struct str text;
};

#define NOTES_MAX 1024

/*
 * A fitted model. Terms 0 .. feature_count - 1 are those of the single features in order; pairs follow.
 * Between fit_additive and model_write a caller may fill what is marked; from then on it is constant.
 */
struct model {
    enum task task;
    struct str target;
    struct str positive;
    struct str negative;
    double base; /* the mean link value over the training rows */
    size_t feature_count;
    const struct model_feature *feature;
    size_t term_count;
    const struct term *term;
    const double *table;   /* the values of all terms, one after the other */
    const uint32_t *start; /* where each term begins in table */

    uint64_t rows_train;
    uint64_t seed;
    double freedom;  /* effective degrees of freedom: how many numbers were really learnt */
    uint32_t rounds; /* Newton rounds used */

    uint8_t data_digest[32];  /* filled by the caller: BLAKE2b or SHA-256 of what was read */
    struct measures measures; /* filled by the caller: on rows that were held out */
    size_t note_count;        /* filled with model_note */
    struct note *note;        /* ascending by key */
};

/*
 * Set a note: purposes, protected columns, whatever must travel with the model. Key and text are
 * UTF-8 and copied; the key is not empty.
 *
 * CANDOR_TOO_LARGE  NOTES_MAX notes are there already
 */
CANDOR_MUST_USE enum candor_status model_note(struct job *job, struct model *model, struct str key,
                                              struct str text);
/* The text of a note; ptr NULL when there is none. */
struct str model_note_of(const struct model *model, struct str key);

/* Mean |contribution| over the training weight. */
double term_importance(const struct term *term);

/* ---- fit.c --------------------------------------------------------------------------------- */

#define PAIRS_AUTO 12

struct fit_options {
    uint64_t seed;        /* recorded; nothing in this learner is drawn by chance */
    unsigned threads;     /* 0: all */
    unsigned bins_max;    /* values of one feature that get a bin of their own; 0: 255 */
    unsigned pairs_max;   /* pairs of features to add; 0: none */
    const double *weight; /* one per row, not negative; NULL: all 1. Only their ratios matter */
    const bool *use;      /* one per column; NULL: all columns are features */
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
 *                    or not finite
 * CANDOR_TOO_LARGE   more features or cells than MODEL_FEATURES_MAX and MODEL_CELLS_MAX
 * CANDOR_CANCELLED   job->cancelled was set
 */
CANDOR_MUST_USE enum candor_status fit_additive(struct job *job, const struct frame *frame,
                                                const struct target *target,
                                                const struct fit_options *options,
                                                struct model **model);

/* ---- score.c ------------------------------------------------------------------------------- */

/* From the link value to the probability, or to the number itself. */
double model_mean(const struct model *model, double link);

/* The bins of one row of raw values, in the order of the features. bin holds feature_count. */
void model_bin_row(const struct model *model, const struct raw_value *value, uint8_t *bin);

/* The fast path: base plus one look-up per term, in the order of the terms. */
double model_score_bins(const struct model *model, const uint8_t *bin);

/* The same, with the summands: base + contribution[0] + ... in this order is the link value, exactly.
 * contribution holds term_count. */
double model_contributions(const struct model *model, const uint8_t *bin, double *contribution);

struct score {
    double link;
    double mean; /* probability, or the number */
};
struct score model_score_row(const struct model *model, const struct raw_value *value);

/* A model that has found its features in a frame. */
struct binding;

/*
 * Columns are found by name; others are ignored. A column of numbers serves a feature that is a
 * category by the level that is the same number, and the other way round if its levels are numbers.
 *
 * CANDOR_BAD_INPUT  a feature has no column, or text stands where numbers must be
 */
CANDOR_MUST_USE enum candor_status model_bind(struct job *job, const struct model *model,
                                              const struct frame *frame, struct binding **binding);

void binding_bin_row(const struct binding *binding, size_t row, uint8_t *bin);

/* All rows: bin[row * feature_count + feature]. threads 0: all. */
void binding_bin(const struct binding *binding, unsigned threads, uint8_t *bin);

/* All rows. link and mean hold row_count, or are NULL when not wanted. */
void binding_score(const struct binding *binding, unsigned threads, double *link, double *mean);

/* ---- measure.c ----------------------------------------------------------------------------- */

/* Measure predictions (model_mean of each row) on rows that the model has not seen. */
CANDOR_MUST_USE enum candor_status measure(struct job *job, const struct target *target,
                                           const double *mean, size_t row_count,
                                           struct measures *measures);

/* ---- file.c -------------------------------------------------------------------------------- */

#define MODEL_FILE_LEN_MAX ((size_t)256 << 20)

/* Append the bytes of the model. Digest and signature are put around them elsewhere. */
void model_write(const struct model *model, struct buf *buf);

/*
 * Read what model_write wrote, and nothing else. The model lives in the job's arena.
 *
 * CANDOR_CORRUPT    not the bytes of a model, cut short, or contradicting themselves
 * CANDOR_BAD_INPUT  written by a newer version
 */
CANDOR_MUST_USE enum candor_status model_read(struct job *job, struct bytes bytes,
                                              struct model **model);

/* ---- card.c -------------------------------------------------------------------------------- */

struct card_term {
    size_t term;
    double importance;
    double share; /* of all importances; 0 when nothing was learnt */
};

/* What a person should know before using the model; all of it follows from the model. */
struct card {
    const struct model *model;
    size_t term_count;
    struct card_term *term; /* the most important first */
    size_t limit_count;
    struct str *limit; /* sentences: where the model should not be trusted, and why */
};

CANDOR_MUST_USE enum candor_status model_card(struct job *job, const struct model *model,
                                              struct card *card);

#endif
