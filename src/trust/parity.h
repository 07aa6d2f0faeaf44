/*
 * parity.h - groups compared: a second door of the trust room, beside trust.h.
 *
 *   parity_cells.c    one pass over rows into (group x score bin) cells; rates of groups from them
 *   parity_score.c    how good a score is within each group: AUC, calibration, log loss
 *   parity_gap.c      intervals, the largest gap, its null, its simultaneous interval, the verdict
 *   parity_compat.c   the same rates as Fairlearn 0.13 and AIF360 0.6 put them together
 *   parity_number.c   rankings and predicted numbers instead of decisions
 *   parity_data.c     before training: representation, base rates, proxies
 *
 * What has no denominator is NaN here and null with its reason outside; it is never 0.
 */
#ifndef CANDOR_PARITY_H
#define CANDOR_PARITY_H

#include "numeric.h"
#include "trust.h"

/* ---- parity_cells.c ------------------------------------------------------------------------ */

/* A row's outcome: label * 2 + decision. */
enum parity_outcome { OUTCOME_TN, OUTCOME_FP, OUTCOME_FN, OUTCOME_TP, PARITY_OUTCOMES };

enum parity_rate {
    PARITY_BASE_RATE,
    PARITY_SELECTION_RATE,
    PARITY_ACCURACY,
    PARITY_TPR,
    PARITY_FPR,
    PARITY_TNR,
    PARITY_FNR,
    PARITY_PPV,
    PARITY_NPV,
    PARITY_FDR,
    PARITY_FOR,
    PARITY_RATES,
};

/* How a rate is made: which outcomes it counts, of which. Bits 1 << enum parity_outcome. */
struct parity_rule {
    const char *name;        /* "tpr" */
    const char *formula;     /* "TP / (TP + FN)" */
    const char *denominator; /* "label 1": what is missing when it is undefined */
    uint8_t hit;
    uint8_t trial;
};

const struct parity_rule *parity_rule(enum parity_rate rate);

/* Sums over the rows of one group. */
struct parity_group {
    uint64_t count;                      /* rows, whatever they weigh */
    double mass[PARITY_OUTCOMES];        /* sums of weights; counts without weights */
    double mass_square[PARITY_OUTCOMES]; /* sums of squared weights */
    double score[2];                     /* weight * score, by label */
    double score_square;                 /* weight * score^2 */
};

/* Sums over the rows of one group whose scores are in one bin. */
struct parity_cell {
    double mass[2]; /* by label */
    double score;   /* weight * score */
};

struct parity_cells {
    size_t group_count;
    size_t bin_count; /* of equal width over 0 .. 1; a multiple of 10, or 1 without scores */
    struct parity_group
        *group;               /* group_count + 1: the last is of all rows, also those in no group */
    struct parity_cell *cell; /* (group_count + 1) * bin_count, group by group */
    uint64_t unscored;        /* rows left out since their score is NaN */
    bool has_label;           /* else everything but selection is undefined */
    bool has_score;
    bool is_weighted;
};

/*
 * One pass over the rows; weight NULL: each counts 1. 500 bins up to 256 groups, 100 up to 4,096, 10
 * beyond, so that the cells of a common audit stay in the cache. Sums are taken in the order of rows.
 *
 * CANDOR_BAD_INPUT  a score outside 0 .. 1, a weight that is negative or not finite
 * CANDOR_TOO_LARGE  more than 2^32 - 1 rows
 */
CANDOR_MUST_USE enum candor_status parity_count(struct job *job, const struct audit_rows *rows,
                                                const double *weight, struct parity_cells *cells);

/*
 * The cells of coarser groups: those of the attributes and their smaller intersections from those of all
 * attributes together, without another pass. into[g] is the new group of g, UINT32_MAX: none.
 */
CANDOR_MUST_USE enum candor_status parity_fold(struct job *job, const struct parity_cells *cells,
                                               const uint32_t *into, size_t group_count,
                                               struct parity_cells *folded);

/* A rate as its parts. size is the number of trials, or Kish's effective number with weights:
 * (sum w)^2 / sum w^2. */
struct parity_share {
    double hits;
    double trials;
    double size;
};

struct parity_share parity_share(const struct parity_group *group, enum parity_rate rate);
double parity_value(struct parity_share share); /* NaN without trials */

/*
 * Generalised entropy of the benefits 1 + decision - label of these rows, whose squares are not zero
 * inequality: mean((b / mean)^alpha - 1) / (alpha (alpha - 1)); alpha 1: Theil, alpha 2: half the squared
 * coefficient of variation. Speicher et al. 2018. NaN without rows, or when nobody has a benefit.
 */
double parity_entropy(const double mass[PARITY_OUTCOMES], double alpha);

/* ---- parity_score.c ------------------------------------------------------------------------ */

enum parity_score_measure {
    SCORE_MEAN,
    SCORE_BRIER,
    SCORE_IN_THE_LARGE, /* share of label 1 - mean score */
    SCORE_ECE_WIDTH,    /* ten bins of equal width */
    SCORE_ECE_MASS,     /* ten bins of equal count; NaN with weights and from cells */
    SCORE_AUC,
    SCORE_AVERAGE_PRECISION, /* NaN from cells */
    SCORE_LOG_LOSS,          /* NaN from cells */
    SCORE_INTERCEPT,         /* of label on logit(score), maximum likelihood */
    SCORE_SLOPE,
    PARITY_SCORES,
};

const char *parity_score_name(enum parity_score_measure measure);
const char *parity_score_formula(enum parity_score_measure measure);

struct parity_score {
    double value[PARITY_SCORES];
    double auc_error;    /* how far the AUC may be from the exact one: 0 when exact */
    struct interval auc; /* Hanley and McNeil 1982, 95 %, around the value */
};

/* From cells; the AUC is exact but for pairs in one bin, which count half. group may be group_count. */
struct parity_score parity_score_of_cells(const struct parity_cells *cells, size_t group);

/* From rows, sorted once: exact, score has group_count + 1 items and the last is of all rows. */
CANDOR_MUST_USE enum candor_status parity_score_exact(struct job *job,
                                                      const struct audit_rows *rows,
                                                      const double *weight,
                                                      struct parity_score *score);

/* ---- parity_gap.c -------------------------------------------------------------------------- */

/* Wilson's interval with z standard deviations; NaN without trials. */
struct interval parity_wilson(struct parity_share share, double z);
/* Of first - second: Newcombe 1998, method 10; NaN when either has no trials. */
struct interval parity_newcombe(struct parity_share first, struct parity_share second, double z);
/* Of first / second: Katz et al. 1978; where a count is 0 or both are full, bounds of Wilson's. NaN when
 * the ratio is undefined. */
struct interval parity_katz(struct parity_share first, struct parity_share second, double z);

enum parity_verdict {
    PARITY_OPEN, /* the interval holds the limit: not enough evidence */
    PARITY_PASS, /* the whole interval is within the limit */
    PARITY_FAIL, /* the whole interval is beyond it */
    PARITY_UNDEFINED,
};

const char *parity_verdict_name(enum parity_verdict verdict); /* "not enough evidence" */

struct parity_asked {
    const struct parity_share *share; /* one per group; without trials: left out */
    size_t group_count;
    bool is_ratio;     /* smallest over largest, else largest minus smallest */
    double limit;      /* a difference may be this much, a ratio must be this much */
    double confidence; /* of the simultaneous interval: 0.95 */
    uint64_t seed;
    size_t permutations; /* 0: no null */
};

struct parity_gap {
    double value;
    size_t low; /* SIZE_MAX when undefined */
    size_t high;
    size_t compared;              /* groups with a rate */
    struct interval pair;         /* of these two alone */
    struct interval simultaneous; /* of the largest true gap, whichever pair has it */
    double z;                     /* standard deviations in which it holds for all pairs */
    double p;                     /* share of permutations with at least this gap; NaN: no null */
    double null_mean;             /* the gap to expect when groups do not matter */
    double null_95;               /* the gap that 19 of 20 permutations stay below */
    enum parity_verdict verdict;
};

/*
 * The largest gap between any two groups. It is biased upward, so its null comes with it: group labels
 * dealt anew among the trials, as hypergeometric counts. z is the quantile of the largest standardised
 * difference of any pair (Tukey 1953 for unequal variances, by simulation; from 65 groups on the
 * studentised range, which is never too narrow: Hayter 1984), and each pair has Newcombe's or Katz's
 * interval with it: all pairs are covered at once with the confidence, so the largest true gap is too.
 * CANDOR_NO_MEMORY.
 */
CANDOR_MUST_USE enum candor_status parity_gap(struct job *job, const struct parity_asked *asked,
                                              struct parity_gap *gap);

/* ---- parity_pairs.c ------------------------------------------------------------------------ */

/* The z alone, of so many groups whose rates have these standard deviations. */
CANDOR_MUST_USE enum candor_status parity_simultaneous_z(struct job *job, const double *deviation,
                                                         size_t count, double confidence,
                                                         uint64_t seed, double *z);

/* Where the largest difference, or the smallest ratio, of all pairs can be at this z. All have trials. */
CANDOR_MUST_USE enum candor_status parity_simultaneous(struct job *job,
                                                       const struct parity_share *share,
                                                       size_t share_count, bool is_ratio, double z,
                                                       struct interval *interval);

/* ---- parity_compat.c ----------------------------------------------------------------------- */

/* A value by its name in the library; NaN where it has none. */
struct parity_named {
    const char *name;
    double value;
};

#define FAIRLEARN_RATES 7   /* selection_rate, tpr, fpr, tnr, fnr, accuracy, precision */
#define FAIRLEARN_VALUES 19 /* eight between groups, eight to overall, three more */

/* Fairlearn 0.13 MetricFrame: a rate without denominator is 0. */
void fairlearn_rates(const struct parity_group *group, struct parity_named rate[FAIRLEARN_RATES]);
/* First between groups, then "to_overall ", then precision and accuracy. CANDOR_BAD_INPUT: a group
 * weighs nothing, where Fairlearn raises. */
CANDOR_MUST_USE enum candor_status fairlearn_values(struct job *job,
                                                    const struct parity_cells *cells,
                                                    struct parity_named value[FAIRLEARN_VALUES]);

#define AIF360_VALUES 34

/*
 * AIF360 0.6: one group against another, or with SIZE_MAX against all the others. Rates of an empty set
 * of predictions are 0, those of an empty set of labels NaN; entropies ignore weights.
 *
 * plain   the same rows without weights
 */
void aif360_values(const struct parity_cells *cells, const struct parity_cells *plain,
                   size_t unprivileged, size_t privileged,
                   struct parity_named value[AIF360_VALUES]);

/* Largest absolute log ratio of smoothed shares of mass 1 or 0 (concentration 1) over pairs of groups:
 * of decisions, or of labels. Foulds et al. 2020. */
double parity_differential(const struct parity_cells *cells, bool of_labels);

/* ---- parity_number.c ----------------------------------------------------------------------- */

/* Rows ranked by score, best first; ties in the order of rows. */
struct parity_ranking {
    double *exposure;  /* mean of 1 / log2(1 + rank), by group; NaN of none */
    double *share_all; /* of the rows that are in a group */
    double *share_top; /* of the first top of them */
    double ndkl;       /* 0: every beginning of the ranking is like the whole. Geyik et al. 2019 */
    double exposure_ratio; /* the least group's over the most's */
    double skew;           /* the least ln(share_top / share_all); -inf when a group is absent */
    size_t top;
};

CANDOR_MUST_USE enum candor_status parity_rank(struct job *job, const struct audit_rows *rows,
                                               size_t top, struct parity_ranking *ranking);

struct parity_number_group {
    uint64_t count;
    double weight;
    double mean_label;
    double mean_score;
    double residual; /* mean of score - label */
    struct interval residual_interval;
    double rmse;
};

struct parity_numbers {
    struct parity_number_group *group; /* group_count + 1; the last of all */
    double ks;                         /* the largest distance between the scores of two groups */
    size_t ks_one, ks_other;           /* of these; SIZE_MAX: none */
    double ks_p;                       /* asymptotic, Bonferroni over pairs */
};

/* Predicted numbers; rows->label and decision are not looked at. KS does not use weights. */
CANDOR_MUST_USE enum candor_status parity_numbers(struct job *job, const struct audit_rows *rows,
                                                  const double *label, const double *weight,
                                                  struct parity_numbers *numbers);

/* ---- parity_data.c ------------------------------------------------------------------------- */

/* A feature as codes 0 .. level_count - 1; missing is a level of its own. */
struct parity_codes {
    const uint32_t *code;
    size_t level_count;
};

/* How well codes tell groups apart. */
struct parity_proxy {
    double chi2;
    double cramers_v; /* Bergsma's correction: cramers_v_corrected */
    double cramers_v_corrected;
    double information; /* mutual information in nats */
    double share;       /* of the entropy of the groups */
    double auc; /* of two groups, by the share of one in each level; NaN of more. In the sample. */
    double p;   /* share of permutations with at least this information */
    double null_mean; /* of share */
};

/* group UINT32_MAX: the row is left out. permutations 0: p and null_mean are NaN. */
CANDOR_MUST_USE enum candor_status parity_proxy(struct job *job, const struct parity_codes *codes,
                                                const uint32_t *group, size_t group_count,
                                                size_t row_count, uint64_t seed,
                                                size_t permutations, struct parity_proxy *proxy);

#endif
