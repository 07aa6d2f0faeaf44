/*
 * trust.h - the door of the trust room: is it fair, and can it be said why?
 *
 *   fairness.c  rates of groups and the measures between them, with intervals
 *   reasons.c   contributions turned into plain sentences
 *
 * The room opens base, numeric and learn. It is pure and sees no identity.
 */
#ifndef CANDOR_TRUST_H
#define CANDOR_TRUST_H

#include "base.h"
#include "numeric.h"

/* ---- fairness.c ---------------------------------------------------------------------------- */

/* One row per subject of the audit. */
struct audit_rows {
    size_t row_count;
    const uint8_t *label;    /* 0 or 1; NULL: unknown, and only selection is measured */
    const uint8_t *decision; /* 0 or 1 */
    const double *score;     /* 0 .. 1; NULL: none, and calibration is undefined */
    const uint32_t *group;   /* 0 .. group_count - 1; UINT32_MAX: in no group */
    size_t group_count;
};

/* Which rates are kept of a group, and between which groups are compared. */
enum group_measure {
    GROUP_SELECTION_RATE, /* P(decision) */
    GROUP_TPR,            /* P(decision | label 1) */
    GROUP_FPR,            /* P(decision | label 0) */
    GROUP_PPV,            /* P(label 1 | decision) */
    GROUP_NPV,            /* P(label 0 | no decision) */
    GROUP_ACCURACY,       /* P(decision = label) */
    GROUP_MEASURES,
};

const char *group_measure_name(enum group_measure measure); /* "selection_rate" */

/* A rate with an empty denominator is NaN and its interval 0 .. 1. */
struct group_rates {
    uint64_t count;
    uint64_t true_positive, false_positive, true_negative, false_negative;
    struct rate counted[GROUP_MEASURES];
    double rate[GROUP_MEASURES];
    struct interval interval[GROUP_MEASURES]; /* Wilson, 95 % */
    double calibration; /* mean score - share of label 1; NaN without score or label or rows */
    struct interval calibration_interval; /* normal, 95 % */
    double mean_score;
};

enum fairness_measure {
    DEMOGRAPHIC_PARITY_DIFFERENCE,
    DEMOGRAPHIC_PARITY_RATIO,
    EQUAL_OPPORTUNITY_DIFFERENCE, /* of tpr */
    EQUALIZED_ODDS_DIFFERENCE,    /* the larger of tpr's and fpr's */
    EQUALIZED_ODDS_RATIO,         /* the smaller of tpr's and fpr's */
    PREDICTIVE_PARITY_DIFFERENCE, /* of ppv */
    ACCURACY_DIFFERENCE,
    FAIRNESS_MEASURES,
};

const char *fairness_measure_name(enum fairness_measure measure);

/*
 * Largest difference, or smallest ratio, between groups; the interval is that of the two groups
 * which differ most (differences: Newcombe 1998, method 10; ratios: Katz et al. 1978, or the bounds
 * of Wilson's where Katz's has none: no hits in one, no misses in both). Groups whose rate is undefined
 * are left out; fewer than two defined groups give NaN, and so does a ratio of nothing to nothing.
 */
struct fairness_value {
    double value;
    struct interval interval;
    size_t low_group; /* SIZE_MAX when undefined */
    size_t high_group;
};

struct fairness {
    struct group_rates overall;
    struct group_rates *group; /* group_count */
    size_t group_count;
    struct fairness_value value[FAIRNESS_MEASURES];
};

/* CANDOR_NO_MEMORY. Definitions: Fairlearn 0.8 `metrics`, with undefined rates left out, not 0. */
CANDOR_MUST_USE enum candor_status fairness_measure(struct job *job, const struct audit_rows *rows,
                                                    struct fairness *fairness);

/*
 * Weights that make label and group independent: P(group) P(label) / P(group, label). Kamiran and
 * Calders 2012, section 4. Rows in no group weigh 1.
 */
CANDOR_MUST_USE enum candor_status fairness_reweigh(struct job *job, const struct audit_rows *rows,
                                                    double *weight);

/* ---- reasons.c ----------------------------------------------------------------------------- */

/* One summand of a score, in words. */
struct reason_part {
    struct str label;    /* "Purchases in a year" */
    struct str value;    /* "12"; empty: not known */
    struct str unit;     /* "EUR", or empty */
    struct str raises;   /* template when it raises the score: "{label}: {value}"; empty: default.
                          * A value that is not known has the default sentence. */
    struct str lowers;   /* template when it lowers it */
    double contribution; /* on the link scale, against the average person */
};

/*
 * Sentences for the strongest contributions of one direction, strongest first; those under a
 * twentieth of the strongest are not worth a sentence. They say what was seen, never why it is so.
 * Returns how many were written, at most reason_max.
 */
size_t reasons_of(struct arena *arena, const struct reason_part *part, size_t part_count,
                  bool raising, struct str *reason, size_t reason_max);

#endif
