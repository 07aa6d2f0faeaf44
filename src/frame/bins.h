/*
 * bins.h - the second door of the frame room: a table whose values are bins, a byte a value, which is
 * all that a learner walks over.
 *
 *   bins.c      every value of a feature has a bin
 *   ranges.c    which numbers share a bin, without sorting them all
 *   lookup.c    the bins of many rows
 *   cuts.c      from numbers to bins, many at a time; finder.c where cuts are too many for it
 *   binned.c    a table of bins
 *   binner.c    a table larger than memory: pass one counts, pass two gives bins
 *   sketch.c    how numbers are spread, from one pass
 */
#ifndef FRAME_BINS_H
#define FRAME_BINS_H

#include "base.h"
#include "frame.h"

/* ---- bins.c -------------------------------------------------------------------------------- */

#define MODEL_FEATURES_MAX 4096
#define MODEL_CELLS_MAX 65536 /* bins of all features together */
#define BINS_MAX 256          /* of one feature, so that a bin number fits into a byte */
#define BIN_MISSING 0

/*
 * A feature and its bins. Bin 0 is missing; bins 1 .. value_count hold values; a category or an ordinal
 * has one more bin for what was not seen, or too rarely to stand alone.
 *
 *   number     bin v + 1 holds low[v] .. high[v], as seen in training; x falls into the last v whose
 *              cut[v] <= x
 *   category   bin v + 1 holds level[v]; level is ascending by bytes
 *   ordinal    bin rank[v] + 1 holds level[v]; level is ascending by bytes, rank is its place in order
 */
struct model_feature {
    struct str name;
    enum column_kind kind;
    size_t value_count; /* 0 .. BINS_MAX - 1, or - 2 for levels */
    size_t bin_count;   /* value_count + 1, or + 2 for levels */
    const double *low;  /* number: low[v] <= high[v] < low[v + 1] */
    const double *high;
    const double *cut;       /* number: cut[0] = -infinity; high[v - 1] < cut[v] <= low[v] */
    const struct str *level; /* category, ordinal */
    const uint8_t *rank;     /* ordinal: a permutation of 0 .. value_count - 1; else NULL */
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

/*
 * Make the bins of a column: each different value its own, up to values_max of them (2 .. 255); else
 * quantiles, with heavy values kept alone, or the most frequent levels.
 */
CANDOR_MUST_USE enum candor_status feature_of_column(struct job *job, const struct column *column,
                                                     size_t row_count, size_t values_max,
                                                     struct model_feature *feature);

/*
 * Join neighbouring items into places 0, 1, 2 ... of about 1 / quantiles of the weight each; an item
 * that weighs as much stands alone. Returns the number of places, at most 2 * quantiles - 1.
 */
size_t share_out(const double *weight, size_t count, size_t quantiles, uint8_t *place);

/* The cut between two neighbouring values: high < cut <= low. */
double cut_between(double high, double low);

/* ---- cuts.c -------------------------------------------------------------------------------- */

/* The cuts of a feature of numbers, laid out for searching; each begins at a cache line. */
struct cuts {
    const double *mark;
    const double *cut;
    const double *tree;
    unsigned levels; /* of the tree */
};

struct cuts cuts_of(struct arena *arena, const struct model_feature *feature);

/* feature_bin of each number. */
void cuts_bins(const struct cuts *cuts, const double *number, size_t count, uint8_t *bin);

/* The same for a number of each of count features. */
void cuts_bins_of_row(const struct cuts *cuts, const double *number, size_t count, uint8_t *bin);

/* ---- lookup.c ------------------------------------------------------------------------------ */

/* A feature that has found its column. */
struct lookup {
    const struct model_feature *feature;
    const struct column *column;
    const uint8_t *bin_of_code; /* column of categories: the bin of each level */
    const double
        *level_number; /* column of numbers, feature of categories: its levels as numbers */
    struct cuts cuts;  /* both of numbers, for AVX-512 */
    const struct finder *finder; /* and for the others */
};

/* CANDOR_BAD_INPUT  the feature is a number, and the column has text that is none */
CANDOR_MUST_USE enum candor_status lookup_begin(struct job *job,
                                                const struct model_feature *feature,
                                                const struct column *column, size_t row_count,
                                                struct lookup *lookup);

/* The bins of rows first .. first + count - 1. */
void lookup_bins(const struct lookup *lookup, size_t first, size_t count, uint8_t *bin);

/* ---- binned.c ------------------------------------------------------------------------------ */

/* What a learner walks over. The memory is the job's. */
struct binned {
    size_t row_count;
    size_t feature_count;
    const struct model_feature *feature;
    const uint8_t *const *bin; /* bin[feature][row] */
};

struct bin_options {
    unsigned values_max; /* of one feature that get a bin of their own, 2 .. 255; 0: 255 */
    size_t
        cells_wanted; /* of all features together, and no more than half the rows: those that have many share what there is; 0: no limit */
    unsigned threads; /* 0: all */
    const bool *use;  /* one per column; NULL: all columns are features */
    const bool *keep; /* one per row: those that decide on the bins; NULL: all. All rows get bins */
};

/*
 * Bin the columns of a frame. The same rows give the same bins on any number of threads.
 *
 * CANDOR_BAD_INPUT  no column is left
 * CANDOR_TOO_LARGE  more than MODEL_FEATURES_MAX columns
 */
CANDOR_MUST_USE enum candor_status binned_of_frame(struct job *job, const struct frame *frame,
                                                   const struct bin_options *options,
                                                   struct binned *binned);

/* Divide the rows: those of is_test go to test, the others stay, each in their order. */
CANDOR_MUST_USE enum candor_status binned_divide(struct job *job, struct binned *binned,
                                                 const bool *is_test, struct binned *test);

/* Leave out the features whose keep is false. */
CANDOR_MUST_USE enum candor_status binned_leave(struct job *job, struct binned *binned,
                                                const bool *keep);

/* ---- binner.c ------------------------------------------------------------------------------ */

#define SKETCH_EXACT_MAX 65536 /* different values of a column that are counted exactly */

/*
 * The same for a table that is larger than memory: its rows go by twice. In the first pass they are
 * counted, in the second they get their bins, and about a byte a value is all that is kept. As long as no
 * column of numbers has more than SKETCH_EXACT_MAX different values, the bins are those of
 * binned_of_frame.
 */
struct binner;

struct binner_column {
    struct str name;
    struct column_type type;
};

/* Columns of TYPE_DROP are not looked at. options->use and keep are not used. */
CANDOR_MUST_USE enum candor_status binner_begin(struct job *job, const struct binner_column *column,
                                                size_t column_count,
                                                const struct bin_options *options,
                                                struct binner **binner);

/*
 * Pass one: a row of column_count cells. A row that is not counted has a say only in what kind a column is.
 *
 * As text_column_add; there is no limit to different texts: beyond 131,072 of them the rarest are
 * forgotten, which changes no count by more than 2 / 131,072 of the rows.
 */
CANDOR_MUST_USE enum candor_status binner_count(struct job *job, struct binner *binner,
                                                const struct str *cell, bool is_counted);
/* Many numbers of one column, which is of TYPE_NUMBER. */
CANDOR_MUST_USE enum candor_status binner_count_numbers(struct job *job, struct binner *binner,
                                                        size_t column, const double *number,
                                                        size_t count);

/*
 * Between the passes: the features, and room for the bins of row_count rows.
 *
 * CANDOR_BAD_INPUT  no column is left
 * CANDOR_TOO_LARGE  more than MODEL_FEATURES_MAX features; more levels of an ordinal than there are bins
 */
CANDOR_MUST_USE enum candor_status binner_decide(struct job *job, struct binner *binner,
                                                 size_t row_count);

/*
 * Pass two: the same rows again, from the first to the last.
 *
 * CANDOR_BUSY  more rows than were decided on, or a cell that is no number any more: the table has changed
 */
CANDOR_MUST_USE enum candor_status binner_bin(struct job *job, struct binner *binner,
                                              const struct str *cell);
void binner_bin_numbers(struct binner *binner, size_t column, size_t first_row,
                        const double *number, size_t count);

/* After pass two. CANDOR_BUSY: rows are missing. */
CANDOR_MUST_USE enum candor_status binner_end(struct job *job, struct binner *binner,
                                              struct binned *binned);

/* What is worth telling a person about the columns. */
struct column_remark {
    struct str column;
    enum {
        REMARK_IDENTIFIER = 1, /* nearly every row has a text of its own */
        REMARK_APPROXIMATE,    /* its quantiles or levels were estimated */
    } what;
    double error; /* REMARK_APPROXIMATE: share of the rows */
};

CANDOR_MUST_USE enum candor_status binner_remarks(struct job *job, const struct binner *binner,
                                                  struct column_remark **remark, size_t *count);
CANDOR_MUST_USE enum candor_status frame_remarks(struct job *job, const struct frame *frame,
                                                 const bool *use, struct column_remark **remark,
                                                 size_t *count);

#endif
