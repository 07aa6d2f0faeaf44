/*
 * frame.h - the door of the frame room: tables of features without identities, and their bins.
 *
 *   frame.c     columns side by side
 *   column.c    columns from text: number, date or category, by content
 *   types.c     what a person says that a column is
 *   sketch.c    how numbers are spread, from one pass
 *   binner.c    a table larger than memory: pass one counts, pass two gives bins
 *   target.c    what is to be predicted
 *   bins.c      every value of a feature has a bin
 *   ranges.c    which numbers share a bin, without sorting them all
 *   lookup.c    the bins of many rows
 *   cuts.c      from numbers to bins, many at a time; finder.c where cuts are too many for it
 *   binned.c    a table whose values are bins: a byte a value, all that a learner walks over
 *
 * The room is pure: it opens no file and sees no identity.
 */
#ifndef FRAME_H
#define FRAME_H

#include "base.h"

/* ---- frame.c ------------------------------------------------------------------------------- */

#define FRAME_ROWS_MAX ((size_t)1 << 31)
#define FRAME_COLUMNS_MAX 4096
#define CODE_MISSING UINT32_MAX

enum column_kind {
    COLUMN_NUMBER = 1,
    COLUMN_CATEGORY = 2, /* levels without order */
    COLUMN_ORDINAL = 3,  /* levels in order: level[0] is the least */
};

struct column {
    struct str name;
    struct str source; /* of a part of a date: the column that holds the date; else "" */
    enum column_kind kind;
    const double *number;    /* COLUMN_NUMBER: row_count values, NaN is missing, none is infinite */
    const uint32_t *code;    /* else: row_count indexes into level, or CODE_MISSING */
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

/* level[0] is the least. */
CANDOR_MUST_USE enum candor_status frame_add_ordinal_column(struct job *job, struct frame *frame,
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

/* What a person says that a column is. */
enum column_type_kind {
    TYPE_BY_CONTENT = 0,
    TYPE_NUMBER = COLUMN_NUMBER,
    TYPE_CATEGORY = COLUMN_CATEGORY,
    TYPE_ORDINAL = COLUMN_ORDINAL,
    TYPE_DATE,
    TYPE_DROP, /* not read at all */
};

struct column_type {
    enum column_type_kind kind;
    const struct str *level; /* TYPE_ORDINAL: all levels, the least first */
    size_t level_count;
};

/*
 * A column that is being read as text, cell by cell. Missing are, after trimming: the empty cell, NA,
 * NaN and ?. A column is of numbers, or of dates, when all that is not missing is, unless its type says
 * what it is. That is decided after TEXTS_UNTIL_DECIDED different texts at the latest; whole numbers turn
 * out to be categories later, too.
 *
 * A date or an instant (ISO 8601) is no feature itself. It becomes six columns of numbers: "COL (year)",
 * "COL (month)", "COL (weekday)" from Monday 1 to Sunday 7, "COL (day of month)", "COL (hour)", missing
 * without a clock, and "COL (days)" since 1970.
 */
struct text_column;

#define TEXTS_UNTIL_DECIDED 4096
#define COLUMNS_OF_TEXT_MAX 6

/* Whether a feature of this name is the column, or a part of it when it is a date. */
bool is_of_column(struct str feature, struct str column);

/* kind 0: by content. rows_expected is a hint; 0 when unknown. */
CANDOR_MUST_USE enum candor_status text_column_begin(struct job *job, struct str name,
                                                     enum column_kind kind, size_t rows_expected,
                                                     struct text_column **column);
/* NULL: by content. */
CANDOR_MUST_USE enum candor_status text_column_begin_as(struct job *job, struct str name,
                                                        const struct column_type *type,
                                                        struct text_column **column);

/*
 * Add the cell of the next row; it is copied.
 *
 * CANDOR_BAD_INPUT  not a number in a column of numbers, not a date in one of dates, not among the levels
 *                   of an ordinal; the message names column and row
 * CANDOR_TOO_LARGE  more than LEVELS_MAX different texts
 */
CANDOR_MUST_USE enum candor_status text_column_add(struct job *job, struct text_column *column,
                                                   struct str cell);

/* Add what was read to the frame: one column, six of dates, none when dropped. Rows must be those of the
 * frame. The column cannot be used afterwards. */
CANDOR_MUST_USE enum candor_status text_column_end(struct job *job, struct text_column *column,
                                                   struct frame *frame);

/* ---- types.c ------------------------------------------------------------------------------- */

struct value;

/*
 * The type of a column from a document of types: number, category, date, drop, ordinal [low, medium, high],
 * or a list [low, medium, high], which is an ordinal. Without an entry: by content.
 *
 * CANDOR_BAD_INPUT  another word; a level twice, no level, an empty one; the message names the line
 * CANDOR_TOO_LARGE  more levels than there are bins for
 */
CANDOR_MUST_USE enum candor_status column_type_of(struct job *job, const struct value *types,
                                                  struct str name, struct column_type *type);

/* ---- target.c ------------------------------------------------------------------------------ */

enum task {
    TASK_BINARY = 1,     /* a chance: link is the logit */
    TASK_REGRESSION = 2, /* a number, by squared error: link is the number */
    TASK_COUNT = 3,      /* a count of 0 or more, Poisson: link is the logarithm of the mean */
    TASK_AMOUNT = 4,     /* an amount above 0, Gamma: link is the logarithm of the mean */
    TASK_CLASSES = 5,    /* one of several: a link value for each class, chances by softmax */
};

#define CLASSES_MAX 64

const char *task_name(enum task task); /* "binary", "count" ... */

struct target {
    enum task task;
    struct str name;
    struct str positive;          /* TASK_BINARY: the value that counts as 1 ... */
    struct str negative;          /* ... and the one that is 0; "" when there are several */
    size_t class_count;           /* TASK_CLASSES: at least 3; else 1 */
    const struct str *class_name; /* TASK_CLASSES, ascending by bytes */
    const double *value;          /* one per row: 0 or 1, a number, or the index of the class */
};

/*
 * Read a column as the target. task 0: by content. Two different values are binary; more are regression
 * when they are numbers and classes when they are categories. positive "" means: of two, the one that
 * says so (1, yes, y, true, t, positive, in any case), else the rarer; a positive that is named makes the
 * task binary.
 *
 * CANDOR_BAD_INPUT  a missing value; one value only; positive is not among the values; a count that is
 *                   negative or an amount that is not above 0; text where the task needs numbers
 * CANDOR_TOO_LARGE  more than CLASSES_MAX classes
 */
CANDOR_MUST_USE enum candor_status target_of_column(struct job *job, const struct frame *frame,
                                                    struct str name, struct str positive,
                                                    enum task task, struct target *target);

/* The target of the rows that frame_take keeps. */
CANDOR_MUST_USE enum candor_status target_take(struct job *job, const struct target *target,
                                               size_t row_count, const bool *keep,
                                               struct target *part);

/* ---- bins.c -------------------------------------------------------------------------------- */

#define MODEL_FEATURES_MAX 1024
#define BINS_MAX 256 /* of one feature, so that a bin number fits into a byte */
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
