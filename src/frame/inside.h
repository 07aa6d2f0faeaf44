/*
 * inside.h - what the files of this room share.
 */
#ifndef CANDOR_FRAME_INSIDE_H
#define CANDOR_FRAME_INSIDE_H

#include "frame.h"

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

/* The different values of a column, ascending, and how many rows have each. */
struct runs {
    double *value;
    double *rows;
    size_t count;
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

/* ---- bins.c -------------------------------------------------------------------------------- */

/* Levels and how many rows have each. */
struct level_counts {
    const struct str *level;
    const uint64_t *rows;
    size_t level_count;
};

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

#endif
