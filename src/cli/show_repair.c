/*
 * show_repair.c - what equal treatment costs, and where a gap comes from, as tables.
 */
#include <math.h>

#include "cli.h"

enum { NAME_WIDTH = 24, BAR_WIDTH = 16, WARNINGS_MAX = 20 };

static void put_number(const struct value *map, const char *key)
{
    const double number = number_at(map, key);
    if (isnan(number)) {
        put(" %10s", "-");
    } else {
        put(" %10.4f", number);
    }
}

static void put_warnings(const struct value *report)
{
    const struct value *warnings = value_get(report, "warnings");
    for (size_t w = 0; warnings != NULL && w < warnings->count && w < WARNINGS_MAX; w++) {
        put("%sWarning: %s%s\n", faint(), warnings->item[w].text.ptr, plain());
    }
}

/* ---- mitigate ------------------------------------------------------------------------------ */

static void put_outcome(const struct value *report, const char *key, const char *words)
{
    const struct value *outcome = value_get(report, key);
    if (outcome != NULL) {
        put("  ");
        put_padded(words, NAME_WIDTH);
        put_number(outcome, "accuracy");
        put_number(outcome, "disparity");
        put("\n");
    }
}

static void put_outcomes(const struct value *report)
{
    if (value_get(report, "after") == NULL) {
        return;
    }
    put("%s%s%s at most %.4g\n  %-24s %10s %10s\n", bold(), text_at(report, "constraint"), plain(),
        number_at(report, "limit"), "", "accuracy", "difference");
    put_outcome(report, "before", "before");
    put_outcome(report, "after", "after");
    put_outcome(report, "held_out_before", "held out, before");
    put_outcome(report, "held_out_after", "held out, after");
    if (value_get(report, "cost_of_determinism") != NULL) {
        put("  Nobody is decided by lot; a lot would gain %.5f at most.\n",
            number_at(report, "cost_of_determinism"));
    }
}

static void put_thresholds(const struct value *report)
{
    const struct value *list = value_get(report, "thresholds");
    if (list == NULL) {
        return;
    }
    put("  %-24s %10s %10s %10s\n", "group", "yes from", "rows", "selected");
    for (size_t i = 0; i < list->count; i++) {
        put("  ");
        put_padded(text_at(&list->item[i], "group"), NAME_WIDTH);
        put_number(&list->item[i], "from");
        put(" %10llu %10llu\n", (unsigned long long)count_at(&list->item[i], "count"),
            (unsigned long long)count_at(&list->item[i], "selected"));
    }
}

static void put_frontier(const struct value *report)
{
    const struct value *list = value_get(report, "frontier");
    if (list == NULL || list->count == 0) {
        return;
    }
    const bool has_lot = value_get(&list->item[0], "accuracy_by_lot") != NULL;
    put("%sFrontier%s\n  %10s %10s %10s%s\n", bold(), plain(), "limit", "difference", "accuracy",
        has_lot ? "     by lot" : "");
    for (size_t i = 0; i < list->count; i++) {
        put(" ");
        put_number(&list->item[i], "limit");
        put_number(&list->item[i], "disparity");
        put_number(&list->item[i], "accuracy");
        if (has_lot) {
            put_number(&list->item[i], "accuracy_by_lot");
        }
        put("\n");
    }
}

static void put_cells(const struct value *report)
{
    const struct value *list = value_get(report, "cells");
    if (list == NULL || list->count == 0) {
        return;
    }
    const bool is_weight = value_get(&list->item[0], "weight") != NULL;
    put("  %-24s %6s %10s %10s\n", "group", "label", "rows", is_weight ? "weight" : "rows after");
    for (size_t i = 0; i < list->count; i++) {
        put("  ");
        put_padded(text_at(&list->item[i], "group"), NAME_WIDTH);
        put(" %6llu %10llu", (unsigned long long)count_at(&list->item[i], "label"),
            (unsigned long long)count_at(&list->item[i], "count"));
        if (is_weight) {
            put_number(&list->item[i], "weight");
        } else {
            put(" %10llu", (unsigned long long)count_at(&list->item[i], "count_after"));
        }
        put("\n");
    }
}

void show_mitigate(struct invocation *invocation, const struct value *report)
{
    (void)invocation;
    put_outcomes(report);
    put_thresholds(report);
    put_cells(report);
    put_frontier(report);
    put_warnings(report);
    put("Written: %s\n", text_at(report, "file"));
}

/* ---- fairness why -------------------------------------------------------------------------- */

static double largest_of(const struct value *list, const char *key)
{
    double most = 0;
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        most = fmax(most, fabs(number_at(&list->item[i], key)));
    }
    return most;
}

static void put_columns(const struct value *group)
{
    const struct value *list = value_get(group, "columns");
    const double most = largest_of(list, "adds");
    put("  %-24s %10s %29s\n", "column", "adds", "decision gap without");
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *column = &list->item[i];
        put("  ");
        put_padded(text_at(column, "column"), NAME_WIDTH);
        put(" %+10.4f ", number_at(column, "adds"));
        put_bar(most > 0 ? fabs(number_at(column, "adds")) / most : 0, BAR_WIDTH);
        put_number(column, "decision_gap_without");
        put("\n");
    }
}

static void put_bins(const struct value *group)
{
    const struct value *list = value_get(group, "terms");
    put("  %-24s %-24s %8s %8s %10s\n", "term", "bin", "share", "theirs", "adds");
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *bins = value_get(&list->item[i], "bins");
        for (size_t b = 0; bins != NULL && b < bins->count; b++) {
            put("  ");
            put_padded(b == 0 ? text_at(&list->item[i], "term") : "", NAME_WIDTH);
            put(" ");
            put_padded(text_at(&bins->item[b], "bin"), NAME_WIDTH);
            put(" %8.4f %8.4f %+10.4f\n", number_at(&bins->item[b], "share"),
                number_at(&bins->item[b], "share_reference"), number_at(&bins->item[b], "adds"));
        }
    }
}

void show_why(struct invocation *invocation, const struct value *report)
{
    const struct value *groups = value_get(report, "groups");
    (void)invocation;
    for (size_t g = 0; groups != NULL && g < groups->count; g++) {
        const struct value *group = &groups->item[g];
        put("%s%s%s (%llu rows) compared with %s (%llu rows), in %s\n", bold(),
            text_at(group, "group"), plain(), (unsigned long long)count_at(group, "rows"),
            text_at(report, "reference"), (unsigned long long)count_at(group, "rows_reference"),
            text_at(report, "scale"));
        put("  Mean %+.4f against %+.4f: a gap of %+.4f, which is the sum of the columns.\n",
            number_at(group, "mean_link"), number_at(group, "mean_link_reference"),
            number_at(group, "gap"));
        if (value_get(group, "decision_gap") != NULL) {
            put("  Decided yes: %.4f against %.4f, a gap of %+.4f\n",
                number_at(group, "selection_rate"), number_at(group, "selection_rate_reference"),
                number_at(group, "decision_gap"));
        }
        put_columns(group);
        put_bins(group);
    }
}
