/*
 * fairness.c - rates of groups and the measures between them.
 *
 * Every measure is a comparison of one kind of rate between the group where it is lowest and the
 * group where it is highest. A rate without a denominator is undefined: it is NaN, takes no part in
 * any comparison, and is never called zero.
 */
#include <math.h>
#include <string.h>

#include "trust.h"

#define NOT_KNOWN ((double)NAN) /* the macro NAN is a float */

static const double z95 = 1.959963984540054;

const char *group_measure_name(enum group_measure measure)
{
    static const char *const name[GROUP_MEASURES] = {"selection_rate", "tpr", "fpr", "ppv", "npv",
                                                     "accuracy"};
    must(measure < GROUP_MEASURES);
    return name[measure];
}

const char *fairness_measure_name(enum fairness_measure measure)
{
    static const char *const name[FAIRNESS_MEASURES] = {
        "demographic_parity_difference", "demographic_parity_ratio", "equal_opportunity_difference",
        "equalized_odds_difference",     "equalized_odds_ratio",     "predictive_parity_difference",
        "accuracy_difference",
    };
    must(measure < FAIRNESS_MEASURES);
    return name[measure];
}

/* ---- counting ------------------------------------------------------------------------------ */

/* Sums for calibration: the differences score - label and their squares. */
struct gap {
    double score;
    double sum;
    double square;
};

static void count_row(const struct audit_rows *rows, size_t row, struct group_rates *rates,
                      struct gap *gap)
{
    const bool decided = rows->decision[row] != 0;
    rates->count++;
    rates->counted[GROUP_SELECTION_RATE].hits += decided;
    rates->counted[GROUP_SELECTION_RATE].trials++;
    if (rows->score != NULL) {
        gap->score += rows->score[row];
    }
    if (rows->label == NULL) {
        return;
    }
    const bool label = rows->label[row] != 0;
    rates->true_positive += decided && label;
    rates->false_positive += decided && !label;
    rates->false_negative += !decided && label;
    rates->true_negative += !decided && !label;
    if (rows->score != NULL) {
        const double difference = rows->score[row] - (label ? 1.0 : 0.0);
        gap->sum += difference;
        gap->square += difference * difference;
    }
}

static void finish_calibration(const struct audit_rows *rows, struct group_rates *rates,
                               const struct gap *gap)
{
    const double n = (double)rates->count;
    rates->mean_score = rows->score == NULL || rates->count == 0 ? NOT_KNOWN : gap->score / n;
    rates->calibration = NOT_KNOWN;
    rates->calibration_interval = (struct interval){NOT_KNOWN, NOT_KNOWN};
    if (rows->score == NULL || rows->label == NULL || rates->count == 0) {
        return;
    }
    rates->calibration = gap->sum / n;
    if (rates->count > 1) {
        const double variance = (gap->square - gap->sum * gap->sum / n) / (n - 1);
        const double spread = z95 * sqrt(fmax(variance, 0) / n);
        rates->calibration_interval =
            (struct interval){rates->calibration - spread, rates->calibration + spread};
    }
}

static void finish_rates(const struct audit_rows *rows, struct group_rates *rates,
                         const struct gap *gap)
{
    const uint64_t tp = rates->true_positive;
    const uint64_t fp = rates->false_positive;
    const uint64_t tn = rates->true_negative;
    const uint64_t fn = rates->false_negative;
    rates->counted[GROUP_TPR] = (struct rate){tp, tp + fn};
    rates->counted[GROUP_FPR] = (struct rate){fp, fp + tn};
    rates->counted[GROUP_PPV] = (struct rate){tp, tp + fp};
    rates->counted[GROUP_NPV] = (struct rate){tn, tn + fn};
    rates->counted[GROUP_ACCURACY] = (struct rate){tp + tn, tp + tn + fp + fn};
    for (size_t m = 0; m < GROUP_MEASURES; m++) {
        const struct rate rate = rates->counted[m];
        rates->rate[m] = rate.trials == 0 ? NOT_KNOWN : (double)rate.hits / (double)rate.trials;
        rates->interval[m] = wilson_interval(rate, 0.95);
    }
    finish_calibration(rows, rates, gap);
}

/* ---- comparing ----------------------------------------------------------------------------- */

static bool find_extremes(const struct fairness *fairness, enum group_measure measure, size_t *low,
                          size_t *high)
{
    *low = SIZE_MAX;
    *high = SIZE_MAX;
    for (size_t g = 0; g < fairness->group_count; g++) {
        const double rate = fairness->group[g].rate[measure];
        if (isnan(rate)) {
            continue;
        }
        if (*low == SIZE_MAX || rate < fairness->group[*low].rate[measure]) {
            *low = g;
        }
        if (*high == SIZE_MAX || rate >= fairness->group[*high].rate[measure]) {
            *high = g;
        }
    }
    return *low != SIZE_MAX && *low != *high;
}

static struct fairness_value undefined(void)
{
    return (struct fairness_value){NOT_KNOWN, {NOT_KNOWN, NOT_KNOWN}, SIZE_MAX, SIZE_MAX};
}

static struct fairness_value difference_of(const struct fairness *fairness,
                                           enum group_measure measure)
{
    size_t low = 0;
    size_t high = 0;
    if (!find_extremes(fairness, measure, &low, &high)) {
        return undefined();
    }
    const struct group_rates *lowest = &fairness->group[low];
    const struct group_rates *highest = &fairness->group[high];
    return (struct fairness_value){
        .value = highest->rate[measure] - lowest->rate[measure],
        .interval = newcombe_interval(highest->counted[measure], lowest->counted[measure], 0.95),
        .low_group = low,
        .high_group = high,
    };
}

/* Katz's interval needs hits on both sides, and a miss on one: without, its width would be infinite
 * or nothing, so it reaches as far as Wilson's intervals allow. */
static struct interval ratio_interval(struct rate low, struct rate high, double ratio)
{
    const bool all_hit = low.hits == low.trials && high.hits == high.trials;
    if (low.hits == 0 || all_hit) {
        const struct interval of_low = wilson_interval(low, 0.95);
        const struct interval of_high = wilson_interval(high, 0.95);
        return (struct interval){of_low.low / of_high.high, of_low.high / of_high.low};
    }
    const double spread = z95 * sqrt(1 / (double)low.hits - 1 / (double)low.trials +
                                     1 / (double)high.hits - 1 / (double)high.trials);
    const double lower = ratio * exp(-spread);
    const double upper = ratio * exp(spread);
    return (struct interval){lower, upper};
}

static struct fairness_value ratio_of(const struct fairness *fairness, enum group_measure measure)
{
    size_t low = 0;
    size_t high = 0;
    if (!find_extremes(fairness, measure, &low, &high) ||
        fairness->group[high].counted[measure].hits == 0) {
        return undefined();
    }
    const struct group_rates *lowest = &fairness->group[low];
    const struct group_rates *highest = &fairness->group[high];
    const double ratio = lowest->rate[measure] / highest->rate[measure];
    return (struct fairness_value){
        .value = ratio,
        .interval = ratio_interval(lowest->counted[measure], highest->counted[measure], ratio),
        .low_group = low,
        .high_group = high,
    };
}

static struct fairness_value larger(struct fairness_value one, struct fairness_value other)
{
    return isnan(one.value) || other.value > one.value ? other : one;
}

static struct fairness_value smaller(struct fairness_value one, struct fairness_value other)
{
    return isnan(one.value) || other.value < one.value ? other : one;
}

static void compare(struct fairness *fairness)
{
    struct fairness_value *value = fairness->value;
    value[DEMOGRAPHIC_PARITY_DIFFERENCE] = difference_of(fairness, GROUP_SELECTION_RATE);
    value[DEMOGRAPHIC_PARITY_RATIO] = ratio_of(fairness, GROUP_SELECTION_RATE);
    value[EQUAL_OPPORTUNITY_DIFFERENCE] = difference_of(fairness, GROUP_TPR);
    value[EQUALIZED_ODDS_DIFFERENCE] =
        larger(difference_of(fairness, GROUP_TPR), difference_of(fairness, GROUP_FPR));
    value[EQUALIZED_ODDS_RATIO] =
        smaller(ratio_of(fairness, GROUP_TPR), ratio_of(fairness, GROUP_FPR));
    value[PREDICTIVE_PARITY_DIFFERENCE] = difference_of(fairness, GROUP_PPV);
    value[ACCURACY_DIFFERENCE] = difference_of(fairness, GROUP_ACCURACY);
}

enum candor_status fairness_measure(struct job *job, const struct audit_rows *rows,
                                    struct fairness *fairness)
{
    struct gap *gap = NULL;
    struct gap overall_gap = {0};
    *fairness = (struct fairness){.group_count = rows->group_count};
    TRY_ALLOC(job, fairness->group, rows->group_count + 1, struct group_rates);
    TRY_ALLOC(job, gap, rows->group_count + 1, struct gap);
    for (size_t row = 0; row < rows->row_count; row++) {
        count_row(rows, row, &fairness->overall, &overall_gap);
        const uint32_t group = rows->group[row];
        if (group != UINT32_MAX) {
            must(group < rows->group_count);
            count_row(rows, row, &fairness->group[group], &gap[group]);
        }
    }
    finish_rates(rows, &fairness->overall, &overall_gap);
    for (size_t g = 0; g < rows->group_count; g++) {
        finish_rates(rows, &fairness->group[g], &gap[g]);
    }
    compare(fairness);
    return CANDOR_OK;
}

/* ---- reweighing ---------------------------------------------------------------------------- */

enum candor_status fairness_reweigh(struct job *job, const struct audit_rows *rows, double *weight)
{
    struct cell {
        uint64_t count[2]; /* by label */
    } *cell = NULL;
    uint64_t label_count[2] = {0, 0};
    uint64_t total = 0;
    must(rows->label != NULL);
    TRY_ALLOC(job, cell, rows->group_count + 1, struct cell);
    for (size_t row = 0; row < rows->row_count; row++) {
        if (rows->group[row] != UINT32_MAX) {
            const size_t label = rows->label[row] != 0;
            cell[rows->group[row]].count[label]++;
            label_count[label]++;
            total++;
        }
    }
    for (size_t row = 0; row < rows->row_count; row++) {
        weight[row] = 1;
        if (rows->group[row] != UINT32_MAX) {
            const uint64_t *group = cell[rows->group[row]].count;
            const size_t label = rows->label[row] != 0;
            weight[row] = (double)(group[0] + group[1]) * (double)label_count[label] /
                          ((double)total * (double)group[label]);
        }
    }
    return CANDOR_OK;
}
