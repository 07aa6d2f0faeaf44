/*
 * repair.h - the second door of the trust room: what makes decisions of groups more alike, and what it
 * costs.
 *
 *   stairs.c      what each threshold of a group does: the staircase of its ROC curve, and its hull
 *   hull.c        the best that could be done if people were decided by lot
 *   thresholds.c  the best that can be done without a lot
 *   plugin.c      one rule for all that does not ask for the group
 *   flatten.c     a model whose tables say no more of the group
 *   gap.c         which column makes how much of a gap
 *
 * Reweighing stands in fairness.c. Rows with group UINT32_MAX are in no group and take no part.
 */
#ifndef TRUST_REPAIR_H
#define TRUST_REPAIR_H

#include "base.h"
#include "trust.h"

struct model;
struct binding;

/* ---- stairs.c ------------------------------------------------------------------------------ */

/* What must not differ by more than a limit between the largest and the smallest group. */
enum parity {
    EQUAL_SELECTION, /* P(decision): demographic parity */
    EQUAL_TPR,       /* P(decision | label 1): equal opportunity */
    EQUAL_FPR,       /* P(decision | label 0) */
    EQUAL_ODDS,      /* both: equalised odds, relaxed by the limit */
    EQUALS,
};

/* "demographic_parity", "equal_opportunity", "fpr_parity", "equalized_odds". */
const char *parity_name(enum parity parity);
/* CANDOR_BAD_INPUT  not one of these names; the message lists them */
CANDOR_MUST_USE enum candor_status parity_of_name(struct job *job, struct str name,
                                                  enum parity *parity);

/* ---- thresholds.c -------------------------------------------------------------------------- */

#define ODDS_POINTS_MAX 60000 /* thresholds of all groups that the exact search for odds looks at */

struct group_threshold {
    double from; /* decided yes from this score on: between two scores that were seen */
    uint64_t count;
    uint64_t positives;
    uint64_t true_positive;
    uint64_t false_positive;
};

/* Accuracies are shares of the rows that are in a group. */
struct thresholds {
    size_t rows;
    size_t group_count;
    struct group_threshold *group;
    double one;             /* the best single threshold, for rows in no group, too */
    double accuracy_one;    /* ... and its accuracy */
    double accuracy_free;   /* of the best thresholds without a constraint */
    double accuracy_by_lot; /* the exact optimum, were people at the margin decided by lot */
    double accuracy;        /* of these thresholds */
    double disparity;       /* the largest rate less the smallest, of these thresholds */
    bool is_exact; /* false: more than ODDS_POINTS_MAX thresholds, so some were passed over */
};

/*
 * One threshold a group, so that accuracy is the largest that any such thresholds have within the limit
 * on the disparity. Nobody is decided by lot: equal scores in a group have equal decisions. What this
 * costs is accuracy_by_lot - accuracy. A rate without a denominator constrains nothing.
 *
 * rows   label and score (finite) are there; decision is not used
 * limit  0 .. 1, of the difference
 *
 * The optimum by lot is that of Hardt, Price and Srebro 2016, section 4, with a limit instead of
 * equality: of a sum of concave functions. Exact but for rounding.
 *
 * CANDOR_BAD_INPUT  nobody is in a group
 * CANDOR_NO_MEMORY
 */
CANDOR_MUST_USE enum candor_status thresholds_fit(struct job *job, const struct audit_rows *rows,
                                                  enum parity parity, double limit,
                                                  struct thresholds *thresholds);

/* The decisions of other rows by them; a row in no group by `one`. */
void thresholds_decide(const struct thresholds *thresholds, const double *score,
                       const uint32_t *group, size_t row_count, uint8_t *decision);

/* ---- gap.c --------------------------------------------------------------------------------- */

/* One cell of a term: what share of each side it has, and how much of the gap it makes. */
struct gap_cell {
    double share[2];
    double adds; /* (share[0] - share[1]) * its value */
};

struct gap_term {
    double adds; /* of all its cells: mean contribution of side 0 less that of side 1 */
    const struct gap_cell *cell; /* cell_count of the term */
};

/* A column: its own term, and half of each pair that it is in. */
struct gap_column {
    double adds;
    double selection
        [2]; /* shares that are decided yes when the column says the same of everybody ... */
    double decision_gap; /* ... and side 0 less side 1 */
};

struct gap {
    uint64_t rows[2];
    double mean_link[2];         /* as the rows have it */
    double gap;                  /* mean_link[0] - mean_link[1] */
    double sum;                  /* of all terms; the gap but for rounding */
    const struct gap_term *term; /* term_count of the model */
    double selection[2];
    double decision_gap;
    const struct gap_column *column; /* feature_count of the model */
};

/*
 * Which column, and which of its values, makes how much of the gap between the mean link values of two
 * sides. In an additive model that is no estimate: the means add up as the summands do. A column is
 * neutralised by giving everybody the mean contribution of both sides, of it and of its pairs.
 *
 * bin    row_count * feature_count, row by row, as binding_bin fills it
 * side   0 or 1; others are left out
 * from   decided yes from this link value on
 *
 * CANDOR_BAD_INPUT  a side without rows; a model of classes
 */
CANDOR_MUST_USE enum candor_status gap_explain(struct job *job, const struct model *model,
                                               const uint8_t *bin, size_t row_count,
                                               const uint32_t *side, double from, struct gap *gap);

/* ---- plugin.c ------------------------------------------------------------------------------ */

/*
 * The best rule that does not see the side of whom it decides about: yes when
 *     chance - 1/2 - price[0] * pull[0] - price[1] * pull[1] >= 0.
 * A pull says how much more likely than chance somebody is on side 0, as a share of a rate's denominator;
 * the price is what a difference of that rate costs. Menon and Williamson 2018, section 4; the pulls of
 * odds are those of Hardt's rates.
 *
 * Both rates alike is more than prices can do where columns tell the side: those who are known to be on
 * one side have a ROC curve of their own, and two curves cross where they cross. A lot would get below the
 * better of them. Here the chance gives way instead, price[2] of it, to one that knows less: of a model
 * without the columns that tell the side best.
 */
struct plugin_rows {
    size_t row_count;
    const double *chance;  /* of label 1 */
    const double *pull[2]; /* [1] is NULL but for EQUAL_ODDS */
    const uint8_t *label;
    const uint32_t *side; /* 0 or 1; others are left out of measuring */
    const double *duller; /* the chance that knows less; NULL: price[2] is 0 */
};

/*
 * The pulls of rows. What the chances of side 0 are of, and which pull they make:
 *   EQUAL_SELECTION  of everybody: [0]
 *   EQUAL_TPR        of those with label 1: [0]
 *   EQUAL_FPR        of those with label 0: [0]
 *   EQUAL_ODDS       of those with label 0: [0]; of those with label 1: [1]
 */
void plugin_pull(enum parity which, const double *chance, const double *of_side, size_t row_count,
                 double share_of_side, double share_of_label, double *pull);

struct plugin_point {
    double price[3];
    double accuracy;
    double disparity;
    bool is_found;
};

bool plugin_decides(const struct plugin_rows *rows, size_t row, const double price[3]);

/* Accuracy and disparity of given prices on rows; NaN without rows, or without a rate's denominator. */
void plugin_measure(const struct plugin_rows *rows, enum parity parity, const double price[3],
                    struct plugin_point *point);

/*
 * For each limit, ascending, the most accurate prices whose disparity on these rows is not above. With one
 * pull that is exact: every price at which somebody's decision turns is looked at. With two, the second
 * price takes PLUGIN_GRID values, for each of PLUGIN_DULLER shares of the duller chance.
 */
#define PLUGIN_GRID 101
#define PLUGIN_DULLER 5
CANDOR_MUST_USE enum candor_status plugin_frontier(struct job *job, const struct plugin_rows *rows,
                                                   enum parity parity, const double *limit,
                                                   size_t limit_count, struct plugin_point *point);

/* ---- flatten.c ----------------------------------------------------------------------------- */

/*
 * Tables that say less of the group: in each term the values move so that the mean contribution is the
 * same for every group, by the smallest sum of squares over the rows. Cells whose mix of groups is that of
 * all rows stay as they are; those that stand in for a group move most.
 *
 * strength  0 .. 1: this share of each difference goes
 * term      which terms move: term_count; NULL: all
 */
struct flattening {
    const struct model *model;
    const uint8_t *bin; /* row_count * feature_count */
    size_t row_count;
    const uint32_t *group;
    size_t group_count;
    const bool *term;
};

/* moved[start[term] + cell]: what is added to each value at strength 1. */
CANDOR_MUST_USE enum candor_status flatten_moves(struct job *job, const struct flattening *asked,
                                                 double **moved);
CANDOR_MUST_USE enum candor_status flatten_model(struct job *job, const struct model *model,
                                                 const double *moved, double strength,
                                                 struct model **flat);

#endif
