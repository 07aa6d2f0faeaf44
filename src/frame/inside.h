/*
 * inside.h - what the files of this room share.
 */
#ifndef CANDOR_FRAME_INSIDE_H
#define CANDOR_FRAME_INSIDE_H

#include "bins.h"

/* Levels and how many rows have each. */
struct level_counts {
    const struct str *level;
    const uint64_t *rows;
    size_t level_count;
};

/* ---- frame.c ------------------------------------------------------------------------------- */

/* Add a column whose codes and levels are known to be in order. */
CANDOR_MUST_USE enum candor_status frame_add_read(struct job *job, struct frame *frame,
                                                  struct column column);

/* ---- sketch.c ------------------------------------------------------------------------------ */

/* How numbers are spread, from one pass and in bounded memory: exact up to SKETCH_EXACT_MAX different
 * values, then with a known bound on the error of every rank. The same values in the same order give the same
 * sketch. It ends with the job. */
struct sketch;

/* The different values, ascending, and how many rows have each. */
struct runs {
    double *value;
    double *rows;
    size_t count;
};

CANDOR_MUST_USE enum candor_status sketch_begin(struct job *job, struct sketch **sketch);
/* NaN is passed over. CANDOR_NO_MEMORY: of no further use. */
CANDOR_MUST_USE enum candor_status sketch_add(struct job *job, struct sketch *sketch,
                                              const double *value, size_t count);
CANDOR_MUST_USE enum candor_status sketch_add_rows(struct job *job, struct sketch *sketch,
                                                   double value, uint64_t rows);
/* Add what another has seen, which stays usable but not the same inside. */
CANDOR_MUST_USE enum candor_status sketch_merge(struct job *job, struct sketch *into,
                                                struct sketch *from);
bool sketch_is_exact(const struct sketch *sketch);
uint64_t sketch_rows(const struct sketch *sketch);
/* For any number, the rows at or below it by the runs differ from the truth by so many at most. */
uint64_t sketch_error(const struct sketch *sketch);
CANDOR_MUST_USE enum candor_status sketch_runs(struct job *job, struct sketch *sketch,
                                               struct runs *runs);

/* ---- finder.c ------------------------------------------------------------------------------ */

#define FINDER_CUTS_MAX 2047

enum finder_kind {
    FINDER_HALVES = 0, /* halve what is left */
    FINDER_EVEN,       /* cells of equal width */
    FINDER_BITS,       /* cells of equal width in the bits: for values of many magnitudes */
};

/* How many of some ascending cuts are <= x, for many x. */
struct finder {
    const double *cut; /* count of them, then NaN */
    size_t count;
    enum finder_kind kind;
    unsigned steps; /* the most cuts in one cell */
    double low;
    double scale;
    uint64_t key_low;
    unsigned shift;
    size_t last;          /* cell */
    const uint16_t *base; /* of each cell: the cuts in the cells before it */
};

/* cut: finite, ascending, none twice. cells 0: no table; else about so many, which pay off when many
 * more values are to be found. */
CANDOR_MUST_USE enum candor_status finder_begin(struct job *job, const double *cut, size_t count,
                                                size_t cells, struct finder *finder);

/* found[i]: the cuts <= number[i]; of NaN, any number. */
void finder_find(const struct finder *finder, const double *number, size_t count, uint16_t *found);

/* ---- ranges.c ------------------------------------------------------------------------------ */

/* The bins of a number, before they have a place in the arena. */
struct ranges {
    double low[BINS_MAX];
    double high[BINS_MAX];
    size_t count;
};

struct range_options {
    size_t values_max; /* up to so many different values are a bin each */
    size_t quantiles;  /* more are shared out into so many; at most BINS_MAX / 2 */
};

/* What is shared out: the rows that are kept (NULL: all) and not missing. */
struct numbers {
    const double *number;
    const bool *keep;
    size_t row_count;
};

/* Memory for one column after the other; it is the job's. */
struct range_room;
CANDOR_MUST_USE enum candor_status range_room_begin(struct job *job, struct range_room **room);

/*
 * The bins that a column of numbers asks for. A thread may bring a job and a room of its own.
 */
CANDOR_MUST_USE enum candor_status ranges_of_numbers(struct job *job, struct range_room *room,
                                                     const struct numbers *numbers,
                                                     const struct range_options *options,
                                                     struct ranges *ranges);

/* The same from values that are counted already. */
CANDOR_MUST_USE enum candor_status ranges_of_runs(struct job *job, const struct runs *runs,
                                                  const struct range_options *options,
                                                  struct ranges *ranges);

/* ---- date.c -------------------------------------------------------------------------------- */

enum date_part { DATE_YEAR, DATE_MONTH, DATE_WEEKDAY, DATE_DAY_OF_MONTH, DATE_HOUR, DATE_DAYS };
#define DATE_PARTS 6

/* ISO 8601: a date, or a date and a clock. Years 1 to 9999. packed is a whole number. */
bool date_read(struct str text, double *packed);
/* NaN of NaN; the hour of a date without a clock is NaN. */
double date_part_of(double packed, enum date_part part);
/* "signup (year)" */
struct str date_part_name(struct arena *arena, struct str column, enum date_part part);

/* ---- dictionary.c -------------------------------------------------------------------------- */

/* Different texts and their codes, in the order they came. */
struct dictionary;
struct dictionary *dictionary_begin(struct arena *arena);
CANDOR_MUST_USE enum candor_status dictionary_add(struct job *job, struct dictionary *dictionary,
                                                  struct str text, uint32_t *code, bool *is_new);
/* CODE_MISSING: it is not there. */
uint32_t dictionary_find(const struct dictionary *dictionary, struct str text);
size_t dictionary_count(const struct dictionary *dictionary);
const struct str *dictionary_texts(const struct dictionary *dictionary);

/* ---- column.c ------------------------------------------------------------------------------ */

/*
 * The same reader of cells that keeps no rows: it counts. What is not counted only has a say in what kind
 * the column is.
 */
CANDOR_MUST_USE enum candor_status text_count_begin(struct job *job, struct str name,
                                                    const struct column_type *type,
                                                    struct text_column **column);
CANDOR_MUST_USE enum candor_status text_count_add(struct job *job, struct text_column *column,
                                                  struct str cell, bool is_counted);

/* Many numbers of a column that is said to be of numbers; NaN is missing. */
CANDOR_MUST_USE enum candor_status text_count_numbers(struct job *job, struct text_column *column,
                                                      const double *number, size_t count);

/* What was counted. Numbers and dates: a sketch, dates packed. Else levels. */
struct text_counts {
    enum column_type_kind kind; /* decided */
    struct sketch *sketch;
    struct level_counts levels;
    uint64_t level_error; /* a level may have had so many rows more than is said */
    uint64_t rows;        /* counted and not missing */
    uint64_t different;   /* levels, or somewhat more when some were forgotten */
};
CANDOR_MUST_USE enum candor_status text_count_end(struct job *job, struct text_column *column,
                                                  struct text_counts *counts);

/* A cell as a number: of a column of numbers, or a packed date. NaN: missing. false: neither. */
bool number_of_cell(enum column_type_kind kind, struct str cell, double *number);
/* The text of a cell; ptr NULL: missing. */
struct str text_of_cell(struct str cell);

/* ---- bins.c -------------------------------------------------------------------------------- */

/* keep may be NULL: all rows. */
CANDOR_MUST_USE enum candor_status level_counts_of_column(struct job *job,
                                                          const struct column *column,
                                                          const bool *keep, size_t row_count,
                                                          struct level_counts *counts);

/* The most frequent levels, of those that have rows; among equals, the first by bytes. */
void feature_of_levels(struct job *job, struct str name, const struct level_counts *counts,
                       size_t values_max, struct model_feature *feature);

/* CANDOR_TOO_LARGE  more levels have rows than there are bins for */
CANDOR_MUST_USE enum candor_status feature_of_order(struct job *job, struct str name,
                                                    const struct level_counts *counts,
                                                    struct model_feature *feature);

/* A feature of a number from its ranges. */
void feature_of_ranges(struct job *job, struct str name, const struct ranges *ranges,
                       struct model_feature *feature);

/* ---- binned.c ------------------------------------------------------------------------------ */

/* How many bins a feature is to get. */
struct feature_wish {
    bool wanted; /* make it, or make it anew */
    struct range_options options;
};

/* Whatever knows how columns are spread. make fills the wanted ones of count features. */
struct feature_maker {
    size_t count;
    size_t row_count;
    enum candor_status (*make)(struct job *job, void *context, const struct feature_wish *wish,
                               struct model_feature *feature);
    void *context;
};

/* Features as large as they ask for, or, when they ask for too many cells together, smaller. */
CANDOR_MUST_USE enum candor_status features_make(struct job *job, const struct feature_maker *maker,
                                                 const struct bin_options *options,
                                                 struct model_feature **feature);

#endif
