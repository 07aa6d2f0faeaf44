/*
 * model.h - the door of the model room: a model that can be read, used and kept.
 *
 *   model.c     the model as a thing: its notes, its importances
 *   score.c     link values, probabilities, contributions
 *   compiled.c  the same for those in a hurry: one row
 *   strips.c    many rows
 *   measure.c   how good predictions are on rows that were held out
 *   file.c      the bytes of a model; file_read.c reads them
 *   check.c     what holds of every model, whoever made it
 *   to_json.c   a model as JSON that says everything; of_json.c reads it back
 *   to_onnx.c   a model as a graph for ONNX Runtime; onnx.c writes its bytes
 *   to_c.c      a model as one C file that needs nothing else
 *   run.c       what a model was learnt from, as bins
 *
 * The second door, review.h, is for whoever judges and changes a model.
 *
 * A model is a sum that can be read: base, plus one table value per feature, plus one per pair of
 * features. The value in the table is the contribution; there is nothing else to explain.
 *
 * The room is pure: it opens no file and sees no identity.
 */
#ifndef MODEL_H
#define MODEL_H

#include "base.h"
#include "bins.h"
#include "frame.h"

/* ---- model.c ------------------------------------------------------------------------------- */

#define MODEL_PAIRS_MAX 256
#define MODEL_TERMS_MAX (MODEL_FEATURES_MAX + MODEL_PAIRS_MAX)
#define PAIR_AXIS_MAX 32
#define PAIR_CELLS_MAX 256 /* of a pair that is learnt here: a cell of a row is a byte */

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

/* TASK_CLASSES: value and sd hold class_count planes, value[class * cell_count + cell]. */

#define FACTORS_MAX 16
#define DECILES 9
#define CALIBRATION_MAX 10

struct calibration {
    uint64_t rows;
    double predicted; /* mean probability; count, amount: mean prediction */
    double observed;  /* share of label 1; count, amount: mean of what happened */
};

/* The standard deviation of each measure, had other rows been held out; NaN when not known. */
struct measure_sd {
    double auc; /* DeLong et al. 1988; of classes, all of them together */
    double log_loss;
    double brier;
    double rmse; /* this and r2 by the delta method */
    double r2;
    double deviance;
};

/* What does not apply is NaN. Without rows, nothing was held out and nothing is known. */
struct measures {
    uint64_t rows;
    double auc;
    double
        log_loss; /* also of TASK_CLASSES, whose auc is the mean of each class against the rest */
    double brier; /* of classes: the squared distance summed over the classes */
    double accuracy; /* share of rows whose likeliest outcome happened; at a chance of 1/2: yes */
    double rmse;
    double r2;
    double deviance; /* TASK_COUNT, TASK_AMOUNT: mean unit deviance */
    struct measure_sd sd;
    size_t calibration_count;
    struct calibration calibration[CALIBRATION_MAX]; /* tenths of the rows by score, ascending;
                                                        of classes, by the largest chance */
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
    size_t class_count;           /* TASK_CLASSES: 3 .. CLASSES_MAX; else 1 */
    const struct str *class_name; /* TASK_CLASSES; else NULL */
    const double *class_base;     /* class_count mean link values over the training rows */
    double base;                  /* class_base[0] */
    double base_sd;               /* standard deviation of base; the same for each class */
    double dispersion; /* variance of a row around its mean: squared error, Gamma; else 1 */
    size_t feature_count;
    const struct model_feature *feature;
    size_t term_count;
    const struct term *term;
    const double *table; /* the values of all terms, one after the other; classes: plane by plane */
    const uint32_t *start; /* where each term begins in a plane of table */
    size_t cell_count;     /* of all terms: the length of a plane */

    /*
     * What the standard deviations of single cells do not say: how the terms move together. The
     * variance of a link value is base_sd^2 + sum of sd^2 of its cells
     *     + sum over f of factor_sign[f] * (S_f^2 - sum of squares of its factor values),
     * S_f being the sum of factor[f * cell_count + cell] over its cells. TASK_CLASSES: none.
     */
    size_t factor_count; /* 0 .. FACTORS_MAX */
    const double *factor_sign;
    const float *factor;

    /* The drift baseline beside the weights of the cells: the link values, sorted, at the tenths of the
     * training rows (TASK_CLASSES: of the class with the largest link); NaN when not known. */
    double link_decile[DECILES];

    uint64_t rows_train;
    uint64_t seed;
    double freedom;  /* effective degrees of freedom: how many numbers were really learnt */
    uint32_t rounds; /* Newton rounds used */

    /* What the fit left out, which the file says in its notes: one for each feature, or NULL when none. */
    const bool *is_held;     /* held at zero: it showed no more than chance on its own */
    const bool *is_unpaired; /* another that was not considered for pairs */

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

/* Mean |contribution| over the training weight; of classes, the mean over the classes. */
double term_importance(const struct model *model, const struct term *term);

/* "age & job" */
struct str pair_name(struct arena *arena, const struct model_feature *left,
                     const struct model_feature *right);

/* The cuts of a number whose bins hold low .. high; count of them. */
const double *model_cuts(struct arena *arena, const double *low, const double *high, size_t count);

/* Fill table, start and cell_count from the terms, and base from class_base. */
CANDOR_MUST_USE enum candor_status model_index(struct job *job, struct model *model);

/* ---- score.c ------------------------------------------------------------------------------- */

/* From the link value to the probability, or to the number itself. Not for TASK_CLASSES. */
double model_mean(const struct model *model, double link);

/* The same of many, to the same bits. In place is fine. */
void model_means(const struct model *model, const double *link, size_t count, double *mean);

/* TASK_CLASSES: from class_count link values to as many chances that add up to 1. In place is fine. */
void model_chances(const struct model *model, const double *link, double *chance);

/* The bins of one row of raw values, in the order of the features. bin holds feature_count. */
void model_bin_row(const struct model *model, const struct raw_value *value, uint8_t *bin);

/* The cell of a row in a term. bin holds feature_count. */
size_t term_cell(const struct term *term, const uint8_t *bin);

/* The definition: base plus one table value per term, in the order of the terms. class: 0 unless
 * TASK_CLASSES. */
double model_score_bins(const struct model *model, size_t class, const uint8_t *bin);

/* The standard deviation of that link value: what was learnt might have come out otherwise. */
double model_score_sd(const struct model *model, size_t class, const uint8_t *bin);

/* The same, with the summands: base + contribution[0] + ... in this order is the link value, exactly.
 * contribution holds term_count. */
double model_contributions(const struct model *model, size_t class, const uint8_t *bin,
                           double *contribution);

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

/* All rows. link and mean hold row_count * class_count, row by row, or are NULL when not wanted. */
void binding_score(const struct binding *binding, unsigned threads, double *link, double *mean);

/* ---- compiled.c, strips.c ------------------------------------------------------------------ */

/*
 * A model laid out for scoring. It borrows the model, is constant and may be used by many threads;
 * its functions take no memory and no lock, and give the bits of those in score.c.
 */
struct scorer;

CANDOR_MUST_USE enum candor_status scorer_of(struct job *job, const struct model *model,
                                             const struct scorer **scorer);

/* As model_bin_row. */
void scorer_bin_row(const struct scorer *scorer, const struct raw_value *value, uint8_t *bin);

/* The cell of each term, counted through all terms: what follows asks for them. cell holds
 * term_count. */
void scorer_cells(const struct scorer *scorer, const uint8_t *bin, uint32_t *cell);

/* As model_contributions and model_score_sd. */
double scorer_contributions(const struct scorer *scorer, size_t class, const uint32_t *cell,
                            double *contribution);
double scorer_sd(const struct scorer *scorer, size_t class, const uint32_t *cell);

#define SCORER_STRIP 1024 /* rows that are worked on together */

/* The link values of many binned rows: bin[feature][row], as in struct binned. */
void scorer_links(const struct scorer *scorer, size_t class, const uint8_t *const *bin,
                  size_t row_count, double *link);

/* ---- measure.c ----------------------------------------------------------------------------- */

/*
 * Measure predictions on rows that the model has not seen. mean is the model_mean of each row;
 * TASK_CLASSES: class_count chances a row. A class that no row has is left out of the mean area.
 */
CANDOR_MUST_USE enum candor_status measure(struct job *job, const struct target *target,
                                           const double *mean, size_t row_count,
                                           struct measures *measures);

/* Measures of no rows: everything is unknown. */
struct measures measures_none(void);

/* The loss of one prediction, from which the measures come: log loss of chances (mean holds
 * class_count), squared error of numbers, unit deviance of counts and amounts. */
double unit_loss(const struct target *target, size_t row, const double *mean);

/* The mean distance between what was predicted and what happened over the tenths, weighted by their
 * rows (expected calibration error); NaN without tenths. */
double calibration_error(const struct measures *measures);

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

/* ---- check.c ------------------------------------------------------------------------------- */

/*
 * Whether a model is one: every index inside its table, every value finite, names and pairs each once
 * and in order, weights that add up to 1. The message names the place: features[3].value[7].
 *
 * status  what to fail with: CANDOR_CORRUPT for bytes, CANDOR_BAD_INPUT for what a person wrote
 */
CANDOR_MUST_USE enum candor_status model_check(struct job *job, enum candor_status status,
                                               const struct model *model);

/* ---- to_json.c, of_json.c, to_onnx.c, to_c.c ----------------------------------------------- */

/* Append the model as JSON. What model_of_json makes of it is written byte for byte as the model. */
void model_to_json(const struct model *model, struct buf *buf);

/*
 * Read such JSON. name is what the document is called in messages, which name the place in it.
 *
 * CANDOR_BAD_INPUT  no JSON, another format or version, or no sound model
 * CANDOR_TOO_LARGE  beyond the limits of text.h, or MODEL_FILE_LEN_MAX
 */
CANDOR_MUST_USE enum candor_status model_of_json(struct job *job, struct bytes bytes,
                                                 const char *name, struct model **model);

/*
 * Append the model as an ONNX graph (operators 13, ai.onnx.ml 2). An input per feature, of shape rows x
 * 1: double for a number (NaN is missing), text for levels ("" is missing). Outputs: score (rows x 1,
 * or rows x classes), link, contributions (rows x terms, or rows x terms x classes), and of classes
 * class, the most likely.
 *
 * CANDOR_BAD_INPUT  a level is the empty text, which cannot be told from missing
 */
CANDOR_MUST_USE enum candor_status model_to_onnx(struct job *job, const struct model *model,
                                                 struct buf *buf);

/*
 * Append the model as one C99 file (also C++) that needs libm alone. name begins what it defines; what
 * cannot stand in a name of C becomes '_'.
 *
 * CANDOR_BAD_INPUT  a level is the empty text, which stands for missing
 * CANDOR_TOO_LARGE  a level longer than a text in C may be
 */
CANDOR_MUST_USE enum candor_status model_to_c(struct job *job, const struct model *model,
                                              struct str name, struct buf *buf);

/* ---- run.c --------------------------------------------------------------------------------- */

#define RUN_FILE_LEN_MAX ((size_t)16 << 30)

/* What a model was learnt from. It holds no identities, but rows of people. */
struct run {
    struct model *model;
    struct binned binned; /* features: those of the model */
    struct target target;
    const double *weight; /* NULL: all 1 */
};

void run_write(const struct run *run, struct buf *buf);
bool run_is_run(struct bytes bytes); /* by the first bytes */

/*
 * Read what run_write wrote, and nothing else. Bins are views of the bytes.
 *
 * CANDOR_CORRUPT    not the bytes of a run, cut short, or contradicting themselves
 * CANDOR_BAD_INPUT  written by a newer version
 */
CANDOR_MUST_USE enum candor_status run_read(struct job *job, struct bytes bytes, struct run *run);

/*
 * The rows of both, those of the left one first; the model is the left one's.
 *
 * CANDOR_BAD_INPUT  other features, bins or outcomes
 * CANDOR_TOO_LARGE  more than FRAME_ROWS_MAX rows
 */
CANDOR_MUST_USE enum candor_status run_join(struct job *job, const struct run *left,
                                            const struct run *right, struct run *joined);

#endif
