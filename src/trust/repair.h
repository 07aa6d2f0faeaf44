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
    PARITY_SELECTION, /* P(decision): demographic parity */
    PARITY_TPR,       /* P(decision | label 1): equal opportunity */
    PARITY_FPR,       /* P(decision | label 0) */
    PARITY_ODDS,      /* both: equalised odds, relaxed by the limit */
    PARITIES,
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
    bool is_exact;          /* false: more than ODDS_POINTS_MAX thresholds, so some were passed over */
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

#endif
