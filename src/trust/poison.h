/*
 * poison.h - the third door of the trust room: rows that somebody may have put or changed on purpose.
 *
 *   poison_flip.c   how likely each label is the wrong one
 *   poison_coarse.c columns as a few places each, and cells of one to three of them
 *   poison_scan.c   every such cell, looked at for labels that cannot be chance
 *   poison_find.c   from cells to findings and rows
 *   poison_flood.c  rows that come again and again, rows that are like no other
 *
 * A learner's prediction for a row comes from outside, from a fit that did not see the row.
 */
#ifndef TRUST_POISON_H
#define TRUST_POISON_H

#include "base.h"
#include "bins.h"
#include "numeric.h"

/* ---- poison_flip.c ------------------------------------------------------------------------- */

/* How often labels are turned, as far as the data tells. */
struct flip_rates {
    double zero_to_one; /* share of true zeros that say 1 */
    double one_to_zero;
    bool
        is_guarded; /* nobody is a certain 1 here: the upper rate cannot be known, and is the lower one */
};

/*
 * Rates from the ends of out-of-fold chances: the mean of the lowest fiftieth, and what is missing to 1
 * in the highest two-hundredth. The upper end counts only when more than a fiftieth of the rows lie
 * within a tenth of it and is above .55; without such rows the rates cannot be told apart, and both are the
 * lower one.
 *
 * chance   of label 1, count of them, none NaN
 */
CANDOR_MUST_USE enum candor_status flip_rates_of(struct job *job, const double *chance,
                                                 size_t count, struct flip_rates *rates);

/* The chance that a row says 1, given the chance that it truly is one. */
double flip_chance(const struct flip_rates *rates, double clean);

/* The chance that the label of a row was turned, given its out-of-fold chance. */
double flip_posterior(const struct flip_rates *rates, double chance, bool label);

/* ---- poison_coarse.c ----------------------------------------------------------------------- */

#define CELL_FEATURES_MAX 3
#define POISON_PLACES 16        /* of a column; place 0 is missing */
#define POISON_COLUMNS_MAX 4096 /* looked at alone */
#define POISON_PAIRED_MAX 256   /* of them in pairs: the first ones */
#define POISON_TRIPLED_MAX 40   /* and in threes */

/* Columns as places: neighbouring numbers share one, and so do the rare levels. */
struct coarse {
    size_t row_count;
    size_t column_count;
    const struct model_feature *feature;
    uint8_t **place; /* place[column][row], below POISON_PLACES */
    uint8_t (*of_bin)[BINS_MAX];
};

/* CANDOR_TOO_LARGE: above POISON_COLUMNS_MAX columns */
CANDOR_MUST_USE enum candor_status coarse_of(struct job *job, const struct binned *binned,
                                             struct coarse *coarse);

/* One to three columns and a place of each. */
struct corner {
    unsigned feature_count;
    uint16_t feature[CELL_FEATURES_MAX]; /* ascending */
    uint8_t place[CELL_FEATURES_MAX];
};

bool corner_holds(const struct coarse *coarse, const struct corner *cell, size_t row);

/* "country: Ireland; hours: 36 to 39" */
struct str corner_text(struct arena *arena, const struct coarse *coarse, const struct corner *cell);

/* ---- poison_scan.c ------------------------------------------------------------------------- */

#define POISON_CELL_ROWS_MIN 20   /* fewer rows of a label are no finding */
#define POISON_CELL_SHARE_MAX 0.1 /* of the rows: what is larger is no hiding place */
#define POISON_EXCESS_MIN 0.25    /* of the rows of the cell that nothing else accounts for */
#define POISON_Z_MIN 7.0
#define POISON_FALSE_ALARM 0.01 /* of clean data sets, all cells together */
#define POISON_LATER 1.25       /* strength of a second finding: the first one bent the model */
#define POISON_CANDIDATES 1024

/* What the scan looks at. Without a reference, chance is asked; with one, is_reference. */
struct scan {
    const struct coarse *coarse; /* rows of the data, then those of the reference */
    const uint8_t *label;        /* 0 or 1, of all these rows */
    const double *chance;        /* out of fold, of label 1; NULL: compare with the reference */
    size_t data_count;           /* rows of the data; the rest is the reference */
    unsigned threads;            /* 0: all */
};

/* Sums over the rows of a cell. */
struct cell_sums {
    double rows[2];      /* of the data, by label */
    double reference[2]; /* of the reference, by label */
    double residual;     /* sum of label - chance */
    double variance;     /* sum of chance (1 - chance) */
};

/* A cell with more rows of a label than there should be. */
struct candidate {
    struct corner cell;
    bool label;
    double strength; /* 1 is the threshold of the alarm */
    double expected; /* rows of that label, had nothing happened */
    struct cell_sums sums;
};

struct scanned {
    size_t candidate_count;
    struct candidate *candidate; /* the strongest first; at most POISON_CANDIDATES */
    size_t asked;                /* cells that could be there */
    uint64_t cells;              /* that were looked at */
    double inflation; /* how much wider than chance all cells lie: the model is not perfect */
    double threshold; /* blind: the z of an alarm; reference: -ln of the chance of one */
    size_t tripled;   /* columns of which all threes were looked at */
    struct cell_sums (*single)[POISON_PLACES]; /* by column and place */
    struct cell_sums all;
};

/*
 * Look at all cells of one, two and three columns.
 *
 * Blind, a cell's residual is compared with that of the value it shares most with (the efficient score of
 * the cell beside that value's own effect), in units of its deviation. With a reference, the rows of the
 * cell with the label are compared with the reference's share of the two: exact by the binomial, bounded
 * after Chernoff 1952. Both are held against all cells together (Bonferroni).
 *
 * CANDOR_CANCELLED  job->cancelled was set
 */
CANDOR_MUST_USE enum candor_status scan_cells(struct job *job, const struct scan *scan,
                                              struct scanned *scanned);

/* Fill strength, label and expected of a candidate from its sums; strength 0: nothing to see. */
void candidate_weigh(const struct scan *scan, const struct scanned *scanned,
                     struct candidate *candidate);

/* ---- poison_find.c ------------------------------------------------------------------------- */

#define POISON_FINDINGS_MAX 32
#define FINDING_NONE UINT8_MAX

struct finding {
    struct corner cell;
    bool label;
    uint64_t rows;   /* of the data, in the cell, with the label, in no stronger finding */
    uint64_t others; /* in the cell with the other label */
    double expected; /* of the rows */
    double strength; /* at least 1 */
    uint64_t reference[2];
};

struct findings {
    size_t count;
    struct finding finding[POISON_FINDINGS_MAX]; /* the strongest first */
    uint8_t *of_row; /* one for each row of the data: an index, or FINDING_NONE */
    uint64_t suspects;
};

/* Take the strongest cell, put its rows aside, weigh the others again without them; and again. */
CANDOR_MUST_USE enum candor_status find_cells(struct job *job, const struct scan *scan,
                                              struct scanned *scanned, struct findings *findings);

/* ---- poison_flood.c ------------------------------------------------------------------------ */

#define FLOOD_ROWS_MIN 30
#define FLOOD_TIMES 8 /* larger than the group at FLOOD_RANK */
#define FLOOD_RANK 50
#define FLOODS_MAX 16

/* Rows that are the same in all columns, or in all but one. */
struct flood {
    size_t first_row;
    uint64_t rows;
    size_t free_column; /* SIZE_MAX: none, they are the same in all */
    bool label;
};

struct floods {
    size_t count;
    struct flood flood[FLOODS_MAX]; /* the largest first */
    uint8_t *of_row;                /* an index, or FINDING_NONE */
    uint64_t rows;
    uint64_t duplicates; /* rows that are the same as an earlier one, floods or not */
};

/* Groups of equal rows much larger than the other groups of the data. label: of each row. */
CANDOR_MUST_USE enum candor_status find_floods(struct job *job, const struct binned *binned,
                                               const uint8_t *label, struct floods *floods);

/*
 * How many pairs of values each row has that would be common if the columns had nothing to do with each
 * other, and that at most one other row has.
 *
 * odd   one for each of the first row_count rows
 */
CANDOR_MUST_USE enum candor_status count_odd_pairs(struct job *job, const struct coarse *coarse,
                                                   size_t row_count, uint16_t *odd);

#endif
