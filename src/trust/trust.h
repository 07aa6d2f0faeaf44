/*
 * trust.h - the door of the trust room: is it fair, and can it be said why?
 *
 *   fairness.c  rates of groups and the measures between them, with intervals
 *   reasons.c   what is told together; tell.h, a second door, puts it in words
 *   recourse.c  the smallest realistic change that turns a decision
 *   rules.c     if-then rules that summarise a model; rules_text.c puts them in words
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

/* The standard deviation of each summand of a row. sd holds term_count. */
void contribution_sds(const struct model *model, size_t class, const uint8_t *bin, double *sd);

/* One feature, or two that are told together because their pair says much. */
struct reason_group {
    size_t feature_count; /* 1 or 2 */
    size_t feature[2];
    double contribution; /* with the pairs: all groups together add up to link - base */
    double sd;           /* as if its terms were independent */
};

/*
 * Fold pairs into features. contribution and sd hold one number per term; group has room for
 * feature_count. Returns how many groups there are.
 */
size_t reason_groups(struct arena *arena, const struct model *model, const double *contribution,
                     const double *sd, struct reason_group *group);

/* ---- recourse.c ---------------------------------------------------------------------------- */

#define RECOURSE_CHANGES_MAX 6
#define RECOURSE_PLANS_MAX 8
#define RECOURSE_LOOKS 50000000 /* some seconds */
#define RECOURSE_SUPPORT 0.001  /* of the training weight; at least five rows */
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
    size_t looks_max;   /* at actions, in one search; 0: RECOURSE_LOOKS */
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

/* ---- rules.c ------------------------------------------------------------------------------- */

#define RULES_MAX 200
#define RULE_CONDITIONS_MAX 6

/* What the rules are read from. */
struct rules_data {
    size_t row_count;
    const uint8_t *bin;  /* bin[row * feature_count + feature] */
    const double *link;  /* link[row * class_count + class], as the model says */
    const double *mean;  /* the same: chances, or the number */
    const double *label; /* what happened: 0 or 1, the index of the class, or the number; NaN: not
                          * known; NULL: of no row */
};

struct rules_options {
    size_t rule_max;      /* 1 .. RULES_MAX */
    size_t condition_max; /* of one rule, 1 .. RULE_CONDITIONS_MAX; three can be kept in mind */
};

struct rule_condition {
    size_t feature;
    bool holds[BINS_MAX]; /* of the feature's bins: neighbours where there is an order */
};

/* If all conditions hold, the outcome is expected. Without conditions it always is. */
struct rule {
    size_t condition_count;
    struct rule_condition condition[RULE_CONDITIONS_MAX];
    uint32_t outcome; /* 1 yes, 0 no; the class; 1 higher, 0 not higher than the middle */
    uint64_t rows;
    double support; /* share of all rows */
    double score;   /* what the model says of them on average; the chance of the outcome's class */
    double
        observed; /* the mean of the label: share of yes or of the class, or the number; or NaN */
    double precision; /* share of the rows for which the outcome is true: by label, else by model */
    struct interval precision_interval; /* Wilson, 95 % */
    double lift;                        /* precision / the share of that outcome in all rows */
    uint32_t rank;                      /* rules stand by rank, then by weight */
    double weight;
    size_t first_row;
};

struct rules_fidelity {
    double agreement;       /* share of the rows on which rule and model decide the same */
    double always_the_same; /* what the most frequent decision alone would reach */
    double r2;       /* of the rules' mean link values against the link; of chances for classes */
    double accuracy; /* share of known labels that are as the rule says; NaN without */
};

struct rules {
    size_t rule_count;
    struct rule *rule;       /* every row falls under exactly one */
    bool by_label;           /* precision and lift are those of what happened, not of the model */
    double middle;           /* of numbers: the mean prediction */
    const bool *const *seen; /* seen[feature][bin]: some row is there */
    struct rules_fidelity fidelity;
};

/*
 * A few rules that say nearly what the model says of these rows.
 *
 * CANDOR_BAD_INPUT   no rows; an option out of bounds
 * CANDOR_CANCELLED   job->cancelled was set
 */
CANDOR_MUST_USE enum candor_status rules_find(struct job *job, const struct model *model,
                                              const struct rules_data *data,
                                              const struct rules_options *options,
                                              struct rules *rules);

/* ---- rules_text.c -------------------------------------------------------------------------- */

enum condition_operator {
    CONDITION_AT_LEAST, /* low */
    CONDITION_AT_MOST,  /* high */
    CONDITION_BELOW,    /* high, which itself does not count */
    CONDITION_BETWEEN,  /* low and high, both count */
    CONDITION_FROM_TO,  /* low counts, high does not */
    CONDITION_IS,       /* level[0], or low */
    CONDITION_IS_NOT,   /* level[0] */
    CONDITION_IN,       /* the levels */
    CONDITION_NOT_IN,
    CONDITION_MISSING,
    CONDITION_KNOWN, /* not missing */
};

/* A condition in words, exact for the rows that the rules were read from. */
struct condition_words {
    enum condition_operator operator;
    bool or_missing; /* rows without a value fulfil it too */
    bool is_number;  /* else levels */
    double low;
    double high;
    size_t level_count;
    struct str *level;
};

/* column: of the feature in the table that the rules were read from; NULL: none is at hand. */
struct condition_words condition_words(struct arena *arena, const struct model *model,
                                       const struct rules *rules,
                                       const struct rule_condition *condition,
                                       const struct column *column, size_t row_count);

const char *condition_operator_name(enum condition_operator operator); /* "<=", "in" */

/* "age >= 37 (or missing)" */
struct str condition_text(struct arena *arena, struct str feature,
                          const struct condition_words *words);

/* "Yes", "not Yes", "setosa"; "high", "low" */
struct str rule_outcome(struct arena *arena, const struct model *model, uint32_t outcome);

#endif
