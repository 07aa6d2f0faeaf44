/*
 * show_model.c - answers about models as people want to read them on a terminal.
 */
#include <math.h>
#include <string.h>

#include "cli.h"

enum { NAME_WIDTH = 34 };

/* ---- shapes -------------------------------------------------------------------------------- */

static double largest(const struct value *list, const char *key)
{
    double most = 0;
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        most = fmax(most, number_at(&list->item[i], key));
    }
    return most;
}

void show_shapes(struct invocation *invocation, const struct value *report)
{
    const struct value *term = value_get(report, "terms");
    const double most = largest(term, "importance");
    (void)invocation;
    for (size_t t = 0; term != NULL && t < term->count; t++) {
        const double importance = number_at(&term->item[t], "importance");
        put_padded(text_at(&term->item[t], "term"), NAME_WIDTH);
        put(" ");
        put(" ");
        put_bar(most > 0 ? importance / most : 0, 24);
        put(importance > 0 && importance < 0.001 ? " < 0.001\n" : " %.3f\n", importance);
    }
    if (value_get(report, "files") != NULL) {
        put("%llu pictures written.\n", (unsigned long long)count_at(report, "files"));
    }
    put("%sWith --html FILE: a picture of each. With --json: all numbers.%s\n", faint(), plain());
}

/* ---- compare ------------------------------------------------------------------------------- */

static double number_of(const struct value *map, const char *key, size_t index)
{
    const struct value *list = value_get(map, key);
    const bool is_there = list != NULL && list->kind == VALUE_LIST && index < list->count &&
                          list->item[index].kind == VALUE_NUMBER;
    return is_there ? list->item[index].number : (double)NAN;
}

static void put_judged(const struct value *data, const char *key, const char *difference,
                       const char *interval)
{
    const double first = number_of(data, key, 0);
    if (!isnan(first)) {
        put("  %-14s A %.5f   B %.5f   B - A %+.5f (95 %%: %+.5f to %+.5f)\n", key, first,
            number_of(data, key, 1), number_at(data, difference), number_of(data, interval, 0),
            number_of(data, interval, 1));
    }
}

static void put_data(const struct value *data)
{
    static const char *const loss[] = {"log_loss", "deviance", "squared_error"};
    char rows[32];
    put("On %s rows that both were asked about\n", count_text(count_at(data, "rows"), rows));
    put_judged(data, "auc", "auc_difference", "auc_difference_interval");
    for (size_t i = 0; i < sizeof loss / sizeof loss[0]; i++) {
        put_judged(data, loss[i], "loss_difference", "loss_difference_interval");
    }
    if (!isnan(number_at(data, "decisions_changed"))) {
        put("  %.2f %% of the rows are decided otherwise (95 %%: %.2f to %.2f %%)\n",
            100 * number_at(data, "decisions_changed"),
            100 * number_of(data, "decisions_changed_interval", 0),
            100 * number_of(data, "decisions_changed_interval", 1));
    }
    put("\n");
}

void show_compare(struct invocation *invocation, const struct value *report)
{
    const struct value *term = value_get(report, "terms");
    const struct value *data = value_get(report, "data");
    const double most = largest(term, "difference");
    (void)invocation;
    if (data != NULL && data->kind == VALUE_MAP) {
        put_data(data);
    }
    put("Where they differ, for an average row\n");
    size_t same = 0;
    for (size_t t = 0; term != NULL && t < term->count; t++) {
        const struct value *in = value_get(&term->item[t], "in");
        const bool is_in_both =
            in != NULL && in->count == 2 && in->item[0].boolean && in->item[1].boolean;
        if (is_in_both && number_at(&term->item[t], "largest") == 0) {
            same++;
            continue;
        }
        put("  ");
        put_padded(text_at(&term->item[t], "term"), NAME_WIDTH);
        put(" ");
        put_bar(most > 0 ? number_at(&term->item[t], "difference") / most : 0, 16);
        put(" %.4f", number_at(&term->item[t], "difference"));
        if (is_in_both) {
            put("  %smost at %s: %+.3g, %+.3g%s\n", faint(), text_at(&term->item[t], "largest_at"),
                number_of(&term->item[t], "values_there", 0),
                number_of(&term->item[t], "values_there", 1), plain());
        } else {
            put("  %sonly in %s%s\n", faint(),
                in != NULL && in->count == 2 && in->item[0].boolean ? "A" : "B", plain());
        }
    }
    if (same > 0) {
        put("  %s%zu say%s the same in both%s\n", faint(), same, same == 1 ? "s" : "", plain());
    }
}

/* ---- retrain ------------------------------------------------------------------------------- */

void show_retrain(struct invocation *invocation, const struct value *report)
{
    const struct value *warning = value_get(report, "warnings");
    show_fit(invocation, value_get(report, "fit"));
    put("\nAgainst the model before (A; the new one is B)\n");
    show_compare(invocation, value_get(report, "compare"));
    for (size_t w = 0; warning != NULL && w < warning->count; w++) {
        put("%sNote:%s %.*s\n", bold(), plain(), STR_ARG(warning->item[w].text));
    }
}

/* ---- edit ---------------------------------------------------------------------------------- */

/* What is shown with four decimals: less than half of the last one is nothing, and has no sign. */
static double shown_at(const struct value *map, const char *key)
{
    const double number = number_at(map, key);
    return fabs(number) < 0.00005 ? 0 : number;
}

void show_edit(struct invocation *invocation, const struct value *report)
{
    const struct value *cell = value_get(report, "cells");
    const struct value *pair = value_get(report, "pairs_unchanged");
    const struct value *warning = value_get(report, "warnings");
    (void)invocation;
    put("%s: what %s%s%s adds to the link\n", text_at(report, "note"), bold(),
        text_at(report, "feature"), plain());
    for (size_t c = 0; cell != NULL && c < cell->count; c++) {
        put("  ");
        put_padded(text_at(&cell->item[c], "cell"), NAME_WIDTH);
        put(" ");
        put(" %+.4f to %+.4f  %s%.1f %% of the training rows; their link moves by %+.4f%s\n",
            shown_at(&cell->item[c], "before"), shown_at(&cell->item[c], "after"), faint(),
            100 * number_at(&cell->item[c], "share"), shown_at(&cell->item[c], "change"), plain());
    }
    put("All cells give their mean of %+.4g to the base, so other rows stay as they are.\n",
        number_at(report, "moved_to_base"));
    for (size_t p = 0; pair != NULL && p < pair->count; p++) {
        put("%sNote:%s the pair %.*s still says what it said.\n", bold(), plain(),
            STR_ARG(pair->item[p].text));
    }
    for (size_t w = 0; warning != NULL && w < warning->count; w++) {
        put("%sNote:%s %.*s\n", bold(), plain(), STR_ARG(warning->item[w].text));
    }
}

/* ---- drift --------------------------------------------------------------------------------- */

static void put_drift(const char *name, const struct value *drift)
{
    const char *verdict = text_at(drift, "verdict");
    const bool is_bad = strcmp(verdict, "drifted") == 0;
    put("  ");
    put_padded(name, NAME_WIDTH);
    put(" ");
    put("%s%-9s%s PSI %.3f",
        is_bad                           ? bad()
        : strcmp(verdict, "stable") == 0 ? good()
                                         : bold(),
        verdict, plain(), number_at(drift, "psi"));
    if (strcmp(verdict, "stable") != 0 && text_at(drift, "moved_most")[0] != '\0') {
        put("  %smost: %s, %.1f %% then, %.1f %% now%s", faint(), text_at(drift, "moved_most"),
            100 * number_of(drift, "moved_most_share", 0),
            100 * number_of(drift, "moved_most_share", 1), plain());
    }
    put("\n");
}

static double number_or(const struct value *map, const char *key, double otherwise)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind != VALUE_NULL ? number_at(map, key) : otherwise;
}

static void put_column_drift(const struct value *column)
{
    const char *verdict = text_at(column, "verdict");
    put("  ");
    put_padded(text_at(column, "column"), NAME_WIDTH);
    put(" ");
    put("%s%-10s%s",
        strcmp(verdict, "drifted") == 0  ? bad()
        : strcmp(verdict, "stable") == 0 ? good()
                                         : bold(),
        verdict, plain());
    if (text_at(column, "reason")[0] != '\0') {
        put("  %s\n", text_at(column, "reason"));
        return;
    }
    put(" %5.1f %% moved  PSI %.3f", 100 * number_or(column, "moved", 0),
        number_or(column, "psi", 0));
    if (number_or(column, "ks", -1) >= 0) {
        put("  KS %.3f  %smean %.6g, was %.6g%s", number_at(column, "ks"), faint(),
            number_or(column, "mean_now", 0), number_or(column, "mean_before", 0), plain());
    } else if (count_at(column, "new_levels") > 0) {
        put("  %s%.1f %% in %llu new values%s", faint(), 100 * number_at(column, "new_share"),
            (unsigned long long)count_at(column, "new_levels"), plain());
    }
    put("\n");
}

static void show_drift_tables(const struct value *report, const struct value *columns)
{
    char then[32];
    char now[32];
    put("%s rows against %s\n\n", count_text(count_at(report, "rows"), now),
        count_text(count_at(report, "rows_reference"), then));
    for (size_t c = 0; c < columns->count; c++) {
        put_column_drift(&columns->item[c]);
    }
    put("\n%sDrifted: surely not chance, and one row in ten sits elsewhere; shifting: one in "
        "twenty.%s\n",
        faint(), plain());
}

void show_drift(struct invocation *invocation, const struct value *report)
{
    char then[32];
    char now[32];
    const struct value *feature = value_get(report, "features");
    const struct value *score = value_get(report, "score");
    const struct value *columns = value_get(report, "columns");
    (void)invocation;
    if (columns != NULL) {
        show_drift_tables(report, columns);
        return;
    }
    if (feature == NULL) {
        put("nobody allows the model to look at them, so nothing is compared\n");
        return;
    }
    put("%s rows against the %s of the training\n\n", count_text(count_at(report, "rows"), now),
        count_text(count_at(report, "rows_train"), then));
    for (size_t f = 0; feature != NULL && f < feature->count; f++) {
        put_drift(text_at(&feature->item[f], "feature"), &feature->item[f]);
    }
    if (score != NULL && score->kind == VALUE_MAP) {
        put_drift("(the score)", score);
    }
    put("\n%sPSI below 0.1: stable; from 0.1: shifting, watch it; from 0.25: drifted, measure the\n"
        "model again and train it anew. What chance alone may do is called stable.%s\n",
        faint(), plain());
}
