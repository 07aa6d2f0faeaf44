/*
 * parity_compat.c - the same sums as Fairlearn and AIF360 put them together.
 *
 * What they make of an empty denominator is written out here and nowhere else: Fairlearn calls such a rate
 * 0; AIF360 calls it 0 when nobody was selected and NaN when nobody has the label, and lets Python's max
 * decide by the order of its arguments whether a NaN is seen.
 */
#include <math.h>

#include "parity.h"

#define NOT_KNOWN ((double)NAN)

static double value_of(const struct parity_group *group, enum parity_rate rate)
{
    return parity_value(parity_share(group, rate));
}

static double or_zero(double value)
{
    return isnan(value) ? 0 : value;
}

static bool weighs_nothing(const struct parity_group *group)
{
    return !(parity_share(group, PARITY_ACCURACY).trials > 0);
}

/* ---- Fairlearn ----------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum parity_rate rate;
} fairlearn_rate[FAIRLEARN_RATES] = {
    {"selection_rate", PARITY_SELECTION_RATE},
    {"tpr", PARITY_TPR},
    {"fpr", PARITY_FPR},
    {"tnr", PARITY_TNR},
    {"fnr", PARITY_FNR},
    {"accuracy", PARITY_ACCURACY},
    {"precision", PARITY_PPV},
};

void fairlearn_rates(const struct parity_group *group, struct parity_named rate[FAIRLEARN_RATES])
{
    for (size_t r = 0; r < FAIRLEARN_RATES; r++) {
        rate[r] = (struct parity_named){fairlearn_rate[r].name,
                                        or_zero(value_of(group, fairlearn_rate[r].rate))};
    }
}

struct spread {
    double difference;
    double ratio;
};

static struct spread between(const struct parity_cells *cells, enum parity_rate rate)
{
    double low = (double)INFINITY;
    double high = -(double)INFINITY;
    for (size_t g = 0; g < cells->group_count; g++) {
        const double value = or_zero(value_of(&cells->group[g], rate));
        low = fmin(low, value);
        high = fmax(high, value);
    }
    return (struct spread){high - low, high > 0 ? low / high : NOT_KNOWN};
}

/* Pandas' min passes over a NaN, so a group of 0 against 0 does not count. */
static struct spread to_overall(const struct parity_cells *cells, enum parity_rate rate)
{
    const double overall = or_zero(value_of(&cells->group[cells->group_count], rate));
    struct spread spread = {0, NOT_KNOWN};
    for (size_t g = 0; g < cells->group_count; g++) {
        const double value = or_zero(value_of(&cells->group[g], rate));
        const double ratio = value / overall;
        spread.difference = fmax(spread.difference, fabs(value - overall));
        spread.ratio = fmin(spread.ratio, ratio > 1 ? 1 / ratio : ratio);
    }
    return spread;
}

/* Python's min(one, other): the other only if it is less, which a NaN never is nor has. */
static double python_min(double one, double other)
{
    return other < one ? other : one;
}

static double python_max(double one, double other)
{
    return other > one ? other : one;
}

/* Pandas' mean passes over a NaN. */
static double pandas_mean(double one, double other)
{
    return isnan(one) ? other : isnan(other) ? one : (one + other) / 2;
}

static void put_spreads(const char *const name[8], struct spread selection, struct spread tpr,
                        struct spread fpr, struct parity_named value[8])
{
    const double made[8] = {
        selection.difference,
        selection.ratio,
        python_max(tpr.difference, fpr.difference),
        (tpr.difference + fpr.difference) / 2,
        python_min(tpr.ratio, fpr.ratio),
        pandas_mean(tpr.ratio, fpr.ratio),
        tpr.difference,
        tpr.ratio,
    };
    for (size_t v = 0; v < 8; v++) {
        value[v] = (struct parity_named){name[v], made[v]};
    }
}

enum candor_status fairlearn_values(struct job *job, const struct parity_cells *cells,
                                    struct parity_named value[FAIRLEARN_VALUES])
{
    static const char *const first[8] = {
        "demographic_parity_difference",  "demographic_parity_ratio", "equalized_odds_difference",
        "equalized_odds_difference_mean", "equalized_odds_ratio",     "equalized_odds_ratio_mean",
        "equal_opportunity_difference",   "equal_opportunity_ratio"};
    static const char *const second[8] = {
        "to_overall demographic_parity_difference", "to_overall demographic_parity_ratio",
        "to_overall equalized_odds_difference",     "to_overall equalized_odds_difference_mean",
        "to_overall equalized_odds_ratio",          "to_overall equalized_odds_ratio_mean",
        "to_overall equal_opportunity_difference",  "to_overall equal_opportunity_ratio"};
    for (size_t g = 0; g < cells->group_count; g++) {
        if (weighs_nothing(&cells->group[g])) {
            return fail(job, CANDOR_BAD_INPUT,
                        "group %zu weighs nothing, where Fairlearn raises ZeroDivisionError", g);
        }
    }
    put_spreads(first, between(cells, PARITY_SELECTION_RATE), between(cells, PARITY_TPR),
                between(cells, PARITY_FPR), value);
    put_spreads(second, to_overall(cells, PARITY_SELECTION_RATE), to_overall(cells, PARITY_TPR),
                to_overall(cells, PARITY_FPR), value + 8);
    const struct spread precision = between(cells, PARITY_PPV);
    value[16] = (struct parity_named){"precision_difference", precision.difference};
    value[17] = (struct parity_named){"precision_ratio", precision.ratio};
    value[18] =
        (struct parity_named){"accuracy_difference", between(cells, PARITY_ACCURACY).difference};
    return CANDOR_OK;
}

/* ---- AIF360 -------------------------------------------------------------------------------- */

/* One group, or all but one. */
static struct parity_group side(const struct parity_cells *cells, size_t group, size_t without)
{
    struct parity_group sum = {0};
    for (size_t g = 0; g < cells->group_count; g++) {
        if (group == SIZE_MAX ? g == without : g != group) {
            continue;
        }
        const struct parity_group *one = &cells->group[g];
        for (size_t o = 0; o < PARITY_OUTCOMES; o++) {
            sum.mass[o] += one->mass[o];
            sum.mass_square[o] += one->mass_square[o];
        }
        sum.score[0] += one->score[0];
        sum.score[1] += one->score[1];
    }
    return sum;
}

struct contrast {
    struct parity_group low;  /* unprivileged */
    struct parity_group high; /* privileged */
};

static double contrast_difference(const struct contrast *contrast, enum parity_rate rate,
                                  bool is_zero)
{
    const double low = value_of(&contrast->low, rate);
    const double high = value_of(&contrast->high, rate);
    return is_zero ? or_zero(low) - or_zero(high) : low - high;
}

/* Where AIF360 has an infinity or a NaN, there is no value. */
static double finite_or_none(double value)
{
    return isfinite(value) ? value : NOT_KNOWN;
}

static double contrast_ratio(const struct contrast *contrast, enum parity_rate rate, bool is_zero)
{
    const double low = value_of(&contrast->low, rate);
    const double high = value_of(&contrast->high, rate);
    return finite_or_none(is_zero ? or_zero(low) / or_zero(high) : low / high);
}

static double error_rate(const struct parity_group *group)
{
    const struct parity_share right = parity_share(group, PARITY_ACCURACY);
    return right.trials > 0 ? (group->mass[OUTCOME_FP] + group->mass[OUTCOME_FN]) / right.trials
                            : NOT_KNOWN;
}

/* The mean score of a label: AIF360's generalised rates. */
static double mean_score(const struct parity_group *group, size_t label)
{
    const double mass = group->mass[label * 2] + group->mass[label * 2 + 1];
    return mass > 0 ? group->score[label] / mass : NOT_KNOWN;
}

/* The entropy between two groups: everybody has the mean benefit of the group. */
static double between_entropy(const struct contrast *plain, double alpha)
{
    double n[2];
    double benefit[2];
    double sum = 0;
    for (size_t s = 0; s < 2; s++) {
        const struct parity_group *group = s == 0 ? &plain->low : &plain->high;
        const double *mass = group->mass;
        n[s] = mass[0] + mass[1] + mass[2] + mass[3];
        benefit[s] = (mass[OUTCOME_TN] + mass[OUTCOME_TP] + 2 * mass[OUTCOME_FP]) / n[s];
    }
    const double mean = (n[0] * benefit[0] + n[1] * benefit[1]) / (n[0] + n[1]);
    for (size_t s = 0; s < 2; s++) {
        const double ratio = benefit[s] / mean;
        const double term = ratio > 0 ? ratio * log_of(ratio) : 0;
        sum += n[s] * (alpha == 1 ? term : pow(ratio, alpha) - 1);
    }
    return sum / (n[0] + n[1]) / (alpha == 1 ? 1 : alpha * (alpha - 1));
}

static double whole_entropy(const struct contrast *plain, double alpha)
{
    double mass[PARITY_OUTCOMES];
    for (size_t o = 0; o < PARITY_OUTCOMES; o++) {
        mass[o] = plain->low.mass[o] + plain->high.mass[o];
    }
    return parity_entropy(mass, alpha);
}

static size_t put_rates(const struct contrast *contrast, struct parity_named *value)
{
    const double tpr = contrast_difference(contrast, PARITY_TPR, false);
    const double fpr = contrast_difference(contrast, PARITY_FPR, false);
    const double ppv = contrast_difference(contrast, PARITY_PPV, true);
    const double omission = contrast_difference(contrast, PARITY_FOR, true);
    const double low_error = error_rate(&contrast->low);
    const double high_error = error_rate(&contrast->high);
    const struct parity_named made[] = {
        {"statistical_parity_difference",
         contrast_difference(contrast, PARITY_SELECTION_RATE, false)},
        {"disparate_impact", contrast_ratio(contrast, PARITY_SELECTION_RATE, false)},
        {"equal_opportunity_difference", tpr},
        {"average_odds_difference", (fpr + tpr) / 2},
        {"average_abs_odds_difference", (fabs(fpr) + fabs(tpr)) / 2},
        {"equalized_odds_difference", python_max(fabs(fpr), fabs(tpr))},
        {"average_predictive_value_difference", (ppv + omission) / 2},
        {"true_positive_rate_difference", tpr},
        {"false_positive_rate_difference", fpr},
        {"false_negative_rate_difference", contrast_difference(contrast, PARITY_FNR, false)},
        {"false_omission_rate_difference", omission},
        {"false_discovery_rate_difference", contrast_difference(contrast, PARITY_FDR, true)},
        {"false_positive_rate_ratio", contrast_ratio(contrast, PARITY_FPR, false)},
        {"false_negative_rate_ratio", contrast_ratio(contrast, PARITY_FNR, false)},
        {"false_omission_rate_ratio", contrast_ratio(contrast, PARITY_FOR, true)},
        {"false_discovery_rate_ratio", contrast_ratio(contrast, PARITY_FDR, true)},
        {"error_rate_difference", low_error - high_error},
        {"error_rate_ratio", finite_or_none(low_error / high_error)},
        {"ppv_difference", ppv},
        {"label_statistical_parity_difference",
         contrast_difference(contrast, PARITY_BASE_RATE, false)},
        {"label_disparate_impact", contrast_ratio(contrast, PARITY_BASE_RATE, false)},
    };
    const size_t count = sizeof made / sizeof made[0];
    memcpy(value, made, sizeof made);
    return count;
}

static size_t put_entropies(const struct contrast *plain, struct parity_named *value)
{
    const double theil = whole_entropy(plain, 1);
    const double second = whole_entropy(plain, 2);
    const double between_theil = between_entropy(plain, 1);
    const double between_second = between_entropy(plain, 2);
    const struct parity_named made[] = {
        {"theil_index", theil},
        {"generalized_entropy_index_alpha2", second},
        {"coefficient_of_variation", sqrt(2 * second)},
        {"between_group_theil_index", between_theil},
        {"between_all_groups_theil_index", between_theil},
        {"between_group_generalized_entropy_index_alpha2", between_second},
        {"between_group_coefficient_of_variation", sqrt(2 * between_second)},
        {"between_all_groups_coefficient_of_variation", sqrt(2 * between_second)},
    };
    memcpy(value, made, sizeof made);
    return sizeof made / sizeof made[0];
}

static size_t put_generalized(const struct contrast *contrast, bool has_score,
                              struct parity_named *value)
{
    double rate[2][2]; /* by label, privileged */
    for (size_t label = 0; label < 2; label++) {
        rate[label][0] = has_score ? mean_score(&contrast->low, label) : NOT_KNOWN;
        rate[label][1] = has_score ? mean_score(&contrast->high, label) : NOT_KNOWN;
    }
    const struct parity_named made[] = {
        {"generalized_equalized_odds_difference",
         python_max(fabs(rate[0][0] - rate[0][1]), fabs(rate[1][0] - rate[1][1]))},
        {"generalized_true_positive_rate_priv", rate[1][1]},
        {"generalized_true_positive_rate_unpriv", rate[1][0]},
        {"generalized_false_positive_rate_priv", rate[0][1]},
        {"generalized_false_positive_rate_unpriv", rate[0][0]},
    };
    memcpy(value, made, sizeof made);
    return sizeof made / sizeof made[0];
}

void aif360_values(const struct parity_cells *cells, const struct parity_cells *plain,
                   size_t unprivileged, size_t privileged, struct parity_named value[AIF360_VALUES])
{
    const struct contrast contrast = {side(cells, unprivileged, SIZE_MAX),
                                      side(cells, privileged, unprivileged)};
    const struct contrast counted = {side(plain, unprivileged, SIZE_MAX),
                                     side(plain, privileged, unprivileged)};
    size_t count = put_rates(&contrast, value);
    count += put_entropies(&counted, value + count);
    count += put_generalized(&contrast, cells->has_score, value + count);
    must(count == AIF360_VALUES);
}

double parity_differential(const struct parity_cells *cells, bool of_labels)
{
    const enum parity_rate rate = of_labels ? PARITY_BASE_RATE : PARITY_SELECTION_RATE;
    double widest = cells->group_count < 2 ? NOT_KNOWN : 0;
    for (size_t outcome = 0; outcome < 2; outcome++) {
        double low = (double)INFINITY;
        double high = -(double)INFINITY;
        for (size_t g = 0; g < cells->group_count; g++) {
            const struct parity_share share = parity_share(&cells->group[g], rate);
            const double hits = outcome == 1 ? share.hits : share.trials - share.hits;
            const double logged = log_of((hits + 0.5) / (share.trials + 1));
            low = fmin(low, logged);
            high = fmax(high, logged);
        }
        widest = fmax(widest, high - low);
    }
    return cells->group_count < 2 ? NOT_KNOWN : widest;
}
