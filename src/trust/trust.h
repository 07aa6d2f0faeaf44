/*
 * trust.h - the door of the trust room: is it fair, and can it be said why?
 *
 *   fairness.c  rates of groups and the measures between them, with intervals
 *   reasons.c   contributions turned into plain sentences
 *   recourse.c  the smallest realistic change that turns a decision
 *   rules.c     if-then rules that summarise a model
 *
 * The room opens base, numeric, frame and model. It is pure and sees no identity.
 */
#ifndef CANDOR_TRUST_H
#define CANDOR_TRUST_H

#include "base.h"
#include "model.h"
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

/* ---- recourse.c ---------------------------------------------------------------------------- */

#define RECOURSE_CHANGES_MAX 6
#define RECOURSE_PLANS_MAX 8
#define RECOURSE_SUPPORT 0.001 /* of the training weight; at least five rows */
#define RECOURSE_CHANGE_COST 0.05
#define RECOURSE_LEVEL_COST 0.5

/* How a feature may change. Protected attributes are no features of a model; what stands in for them
 * is MOVE_NONE. */
enum recourse_move {
    MOVE_ANY = 0,
    MOVE_NONE,
    MOVE_UP, /* age only rises; not for levels without order */
    MOVE_DOWN,
};

struct recourse_options {
    double threshold;               /* of the score: below it is no, from it on is yes */
    const enum recourse_move *move; /* one per feature; NULL: all may change any way */
    size_t changes_max;             /* features that change at once, 1 .. RECOURSE_CHANGES_MAX */
    size_t plans_max;               /* 0 .. RECOURSE_PLANS_MAX */
    double support_min; /* share of the training weight that a new value needs; 0: the default */
};

struct recourse_plan {
    size_t change_count;
    size_t feature[RECOURSE_CHANGES_MAX]; /* ascending */
    uint8_t bin[RECOURSE_CHANGES_MAX];    /* what each changes to */
    double cost;
    double link; /* after the changes, by the scorer */
    double score;
};

struct recourse {
    bool raises;       /* the score is below the threshold now */
    bool is_proven;    /* each plan is the cheapest; without plans: there is none */
    size_t plan_count; /* 0: no realistic change turns the decision */
    struct recourse_plan plan[RECOURSE_PLANS_MAX]; /* the cheapest first */
};

/*
 * The cheapest realistic changes that take the score of a row over the threshold, or below it when it
 * is there. The first plan is the cheapest of all; each further one is the cheapest of those that do
 * not change all that an earlier one changes. Realistic: recourse_has_support, and every pair table has
 * seen the changed values together with the others.
 *
 * bin    of the row, one per feature
 *
 * CANDOR_BAD_INPUT   classes; a threshold that no score has; a direction for levels without order;
 *                    changes_max out of bounds
 * CANDOR_CANCELLED   job->cancelled was set
 */
CANDOR_MUST_USE enum candor_status recourse_find(struct job *job, const struct model *model,
                                                 const struct recourse_options *options,
                                                 const uint8_t *bin, struct recourse *recourse);

/*
 * The cost of one change: RECOURSE_CHANGE_COST, plus the share of training values between the middles of
 * the two bins, or RECOURSE_LEVEL_COST for levels without order and from values that are not known.
 */
double recourse_cost(const struct model *model, size_t feature, size_t from, size_t to);

/* The share of the training weight that a new value needs. */
double recourse_support(const struct model *model, const struct recourse_options *options);

/* The bin holds a value that training saw, and it, with two neighbours on either side where there is an
 * order, has that share of the weight. */
bool recourse_has_support(const struct model *model, size_t feature, size_t bin, double support);

/* A value of the bin: the nearest to the present number (NaN: none), or the level. */
struct raw_value recourse_value(const struct model_feature *feature, size_t bin, double present);

#endif
