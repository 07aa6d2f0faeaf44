/*
 * show_fair.c - fairness on a terminal: gaps with their verdicts, scores by group, data before training.
 */
#include <math.h>

#include "cli.h"

enum { NAMES_MAX = 28 };

static void put_cell(double value)
{
    if (isnan(value)) {
        put(" %9s", "undefined");
    } else {
        put(" %9.4f", value);
    }
}

static const struct value *at(const struct value *map, const char *one, const char *other)
{
    return value_get(value_get(map, one), other);
}

static double end_of(const struct value *interval, size_t which)
{
    return interval != NULL && interval->count == 2 ? interval->item[which].number : (double)NAN;
}

/* ---- gaps ---------------------------------------------------------------------------------- */

static void put_gap(const struct value *gap)
{
    const struct str verdict = value_text_at(gap, "verdict");
    const struct value *simultaneous = value_get(gap, "simultaneous");
    const bool is_bad = str_is(verdict, "fail");
    if (isnan(number_at(gap, "value"))) {
        put("  %-31s undefined: %.*s\n", text_at(gap, "measure"),
            STR_ARG(value_text_at(gap, "undefined")));
        return;
    }
    put("  %-31s %7.4f  %7.4f to %7.4f  %9.4f  %6.4f  %s%.*s%s (limit %g)\n",
        text_at(gap, "measure"), number_at(gap, "value"), end_of(simultaneous, 0),
        end_of(simultaneous, 1), number_at(gap, "null_mean"), number_at(gap, "p"),
        is_bad ? bad() : bold(), STR_ARG(verdict), plain(), number_at(gap, "limit"));
    put("  %s%31s %.*s %.0f/%.0f against %.*s %.0f/%.0f%s\n", faint(), "",
        STR_ARG(value_text_at(value_get(gap, "low"), "group")),
        number_at(value_get(gap, "low"), "numerator"),
        number_at(value_get(gap, "low"), "denominator"),
        STR_ARG(value_text_at(value_get(gap, "high"), "group")),
        number_at(value_get(gap, "high"), "numerator"),
        number_at(value_get(gap, "high"), "denominator"), plain());
}

static void put_scores(const struct value *by)
{
    const struct value *groups = value_get(by, "groups");
    if (groups == NULL || groups->count == 0 || value_get(&groups->item[0], "scores") == NULL) {
        return;
    }
    put("  %-28s %9s %9s %9s %9s %9s\n", "scores", "auc", "ece", "large", "slope", "brier");
    for (size_t g = 0; g < groups->count && g < NAMES_MAX; g++) {
        const struct value *scores = value_get(&groups->item[g], "scores");
        put("  %-28.*s", STR_ARG(groups->key[g]));
        put_cell(number_at(value_get(scores, "auc"), "value"));
        put_cell(number_at(value_get(scores, "ece10_equal_width"), "value"));
        put_cell(number_at(value_get(scores, "calibration_in_the_large"), "value"));
        put_cell(number_at(value_get(scores, "calibration_slope"), "value"));
        put_cell(number_at(value_get(scores, "brier"), "value"));
        put("\n");
    }
}

static void put_numbers(const struct value *numbers)
{
    for (size_t a = 0; a < numbers->count; a++) {
        const struct value *groups = value_get(&numbers->item[a], "groups");
        put("%s%.*s%s\n  %-28s %8s %12s %12s %12s %12s\n", bold(), STR_ARG(numbers->key[a]),
            plain(), "", "count", "mean label", "mean score", "residual", "rmse");
        for (size_t g = 0; groups != NULL && g < groups->count; g++) {
            const struct value *one = &groups->item[g];
            put("  %-28.*s %8llu %12.5g %12.5g %12.5g %12.5g\n", STR_ARG(groups->key[g]),
                (unsigned long long)count_at(one, "count"), number_at(one, "mean_label"),
                number_at(one, "mean_score"), number_at(one, "residual"), number_at(one, "rmse"));
        }
        if (isnan(number_at(value_get(&numbers->item[a], "ks"), "value"))) {
            put("  one group only, so nothing is compared\n");
            continue;
        }
        put("  residuals apart by %.5g, rmse by %.5g, scores by %.4f (Kolmogorov-Smirnov, p "
            "%.4f)\n",
            number_at(value_get(&numbers->item[a], "residual_difference"), "value"),
            number_at(value_get(&numbers->item[a], "rmse_difference"), "value"),
            number_at(value_get(&numbers->item[a], "ks"), "value"),
            number_at(value_get(&numbers->item[a], "ks"), "p"));
    }
}

static void put_ranking(const struct value *ranking)
{
    const struct value *groups = value_get(ranking, "groups");
    if (groups == NULL) {
        return;
    }
    put("  ranking: NDKL %.4f, least exposure over most %.4f; share of all and of the first %llu\n",
        number_at(ranking, "ndkl"), number_at(ranking, "exposure_ratio"),
        (unsigned long long)count_at(ranking, "top"));
    for (size_t g = 0; g < groups->count && g < NAMES_MAX; g++) {
        put("  %-28.*s %9.4f %9.4f\n", STR_ARG(groups->key[g]),
            number_at(&groups->item[g], "share_all"), number_at(&groups->item[g], "share_top"));
    }
}

void put_audit(struct arena *arena, const struct value *report)
{
    const struct value *by = at(report, "audit", "by");
    const struct value *numbers = value_get(report, "numbers");
    (void)arena;
    if (numbers != NULL) {
        put_numbers(numbers);
    }
    for (size_t a = 0; by != NULL && a < by->count; a++) {
        const struct value *gaps = value_get(&by->item[a], "gaps");
        put("\n%s%.*s%s, the largest gaps: with the interval for all pairs at once, the gap that "
            "chance "
            "alone would make, and its p\n",
            bold(), STR_ARG(by->key[a]), plain());
        put("  %s%-31s %7s  %18s  %7s  %6s  %s%s\n", faint(), "", "gap", "95 % of all pairs",
            "by chance", "p", "verdict", plain());
        for (size_t g = 0; gaps != NULL && g < gaps->count; g++) {
            put_gap(&gaps->item[g]);
        }
        put_scores(&by->item[a]);
        put_ranking(value_get(&by->item[a], "ranking"));
    }
}

/* ---- as a library has it ------------------------------------------------------------------- */

static void put_library_values(const struct value *values, struct str who, const char *against)
{
    for (size_t v = 0; values != NULL && v < values->count; v++) {
        put("  %.*s%s%-46.*s", STR_ARG(who), against, STR_ARG(values->key[v]));
        if (values->item[v].kind == VALUE_NUMBER) {
            put_cell(values->item[v].number);
        } else {
            put_cell((double)NAN);
        }
        put("\n");
    }
}

static void put_each(const struct value *groups, const char *against)
{
    for (size_t g = 0; groups != NULL && g < groups->count && g < NAMES_MAX; g++) {
        put_library_values(&groups->item[g], groups->key[g], against);
    }
}

void put_compat(const struct value *report)
{
    const struct value *by = at(report, "compat", "by");
    for (size_t a = 0; by != NULL && a < by->count; a++) {
        put("\n%s%.*s%s, as %s has it\n", bold(), STR_ARG(by->key[a]), plain(),
            text_at(value_get(report, "compat"), "library"));
        put_library_values(value_get(&by->item[a], "values"), STR(""), "");
        put_each(value_get(&by->item[a], "against_reference"), " against the reference: ");
        put_each(value_get(&by->item[a], "against_rest"), " against the rest: ");
    }
}

/* ---- before training ----------------------------------------------------------------------- */

static void put_groups(const struct value *cut)
{
    const struct value *groups = value_get(cut, "groups");
    put("  %-28s %8s %8s %10s %10s  %s\n", "", "rows", "share", "population", "base rate", "95 %");
    for (size_t g = 0; groups != NULL && g < groups->count && g < NAMES_MAX; g++) {
        const struct value *one = &groups->item[g];
        const double population = number_at(one, "population");
        put("  %-28.*s %8llu %8.4f", STR_ARG(groups->key[g]),
            (unsigned long long)count_at(one, "count"), number_at(one, "share"));
        if (isnan(population)) {
            put(" %10s", "");
        } else {
            put(" %10.4f", population);
        }
        put(" %10.4f  %s%.4f to %.4f%s\n", number_at(one, "base_rate"), faint(),
            end_of(value_get(one, "base_rate_ci"), 0), end_of(value_get(one, "base_rate_ci"), 1),
            plain());
    }
    if (groups != NULL && groups->count > NAMES_MAX) {
        put("  %s... and %zu more groups; --json has all%s\n", faint(), groups->count - NAMES_MAX,
            plain());
    }
}

static void put_proxies(const struct value *list, const char *title)
{
    if (list == NULL || list->count == 0) {
        return;
    }
    put("  %-36s %8s %8s %8s %8s\n", title, "share", "chance", "auc", "p");
    for (size_t p = 0; p < list->count && p < 6; p++) {
        const struct value *one = &list->item[p];
        const double auc = number_at(one, "auc");
        if (isnan(number_at(one, "share"))) {
            put("  %-36s undefined: %.*s\n", text_at(one, "column"),
                STR_ARG(value_text_at(one, "undefined")));
            continue;
        }
        put("  %-36s %8.4f %8.4f", text_at(one, "column"), number_at(one, "share"),
            number_at(one, "share_by_chance"));
        if (isnan(auc)) {
            put(" %8s", "");
        } else {
            put(" %8.4f", auc);
        }
        put(" %8.3f\n", number_at(one, "p"));
    }
}

static void put_sentences(const struct value *list, const char *before)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        put("%s%.*s\n", before, STR_ARG(list->item[i].text));
    }
}

void show_fairness_data(struct invocation *invocation, const struct value *report)
{
    const struct value *by = value_get(report, "by");
    (void)invocation;
    for (size_t a = 0; by != NULL && a < by->count; a++) {
        put("%s%.*s%s\n", bold(), STR_ARG(by->key[a]), plain());
        put_groups(&by->item[a]);
        put_proxies(value_get(&by->item[a], "proxies"), "what tells it");
        put_proxies(value_get(&by->item[a], "proxy_pairs"), "and in pairs");
    }
    const struct value *advice = value_get(report, "advice");
    if (advice != NULL && advice->count > 0) {
        put("\n%sAdvice%s\n", bold(), plain());
        put_sentences(advice, "  - ");
    }
    put_sentences(value_get(report, "warnings"), "Warning: ");
}
