/*
 * show_watch.c - what is watched, and what an attacker would look at, as people want to read it on a
 * terminal.
 */
#include <string.h>

#include "cli.h"

enum { NAME_WIDTH = 24, BAR = 10 };

/* ---- monitors ------------------------------------------------------------------------------ */

/* What came of it lately, and what was to be expected; without outcomes only that. */
static void put_performance(const struct value *monitor)
{
    char rows[32];
    const struct value *observed = value_get(monitor, "observed");
    const struct value *expected = value_get(monitor, "expected");
    if (expected == NULL || count_at(expected, "rows") == 0) {
        return;
    }
    if (observed == NULL) {
        put("      %sto be expected, by the score: yes %.1f %%, AUC %.3f, right from a half on "
            "%.1f %%%s\n",
            faint(), 100 * number_at(expected, "rate"), number_at(expected, "auc"),
            100 * number_at(expected, "accuracy"), plain());
        return;
    }
    put("      %s%s outcomes lately: yes %.1f %% (expected %.1f %%), AUC %.3f (%.3f)%s\n", faint(),
        count_text(count_at(observed, "rows"), rows), 100 * number_at(observed, "rate"),
        100 * number_at(expected, "rate"), number_at(observed, "auc"), number_at(expected, "auc"),
        plain());
}

static void put_groups(const struct value *monitor)
{
    char rows[32];
    const struct value *groups = value_get(monitor, "groups");
    for (size_t g = 0; groups != NULL && g < groups->count; g++) {
        const struct value *group = &groups->item[g];
        const struct value *before = value_get(group, "chosen_before");
        put("      %s%s: chosen %.1f %% of %s lately", faint(), text_at(group, "group"),
            100 * number_at(group, "chosen"), count_text(count_at(group, "rows"), rows));
        if (before != NULL && before->kind == VALUE_NUMBER) {
            put(", %.1f %% before", 100 * before->number);
        }
        put("%s\n", plain());
    }
}

static void put_verdicts(const struct value *monitor)
{
    char now[32];
    char before[32];
    const struct value *verdicts = value_get(monitor, "verdicts");
    for (size_t v = 0; verdicts != NULL && v < verdicts->count; v++) {
        const struct value *verdict = &verdicts->item[v];
        const bool has_cause = strcmp(text_at(verdict, "cause"), "none") != 0;
        put("      %s%s%s%s: %s in these thirty days, %s in those before%s\n", faint(),
            text_at(verdict, "verdict"), has_cause ? ", " : "",
            has_cause ? text_at(verdict, "cause") : "", count_text(count_at(verdict, "now"), now),
            count_text(count_at(verdict, "before"), before), plain());
    }
}

static void put_monitor(const struct value *monitor)
{
    char rows[32];
    const bool is_learning = strcmp(text_at(monitor, "state"), "learning") == 0;
    const struct value *alarms = value_get(monitor, "alarms");
    put("  ");
    put_padded(text_at(monitor, "monitor"), NAME_WIDTH);
    put(" %8s rows  ", count_text(count_at(monitor, "rows"), rows));
    if (is_learning) {
        put("%slearns what is usual%s\n", faint(), plain());
    } else if (strcmp(text_at(monitor, "state"), "damaged") == 0) {
        put("%swhat was kept is damaged: it begins anew%s\n", bad(), plain());
    } else {
        const double level = number_at(monitor, "level");
        put("%s%3.0f %%%s of an alarm\n", level >= 0.75 ? bold() : faint(), 100 * level, plain());
    }
    put_performance(monitor);
    put_groups(monitor);
    put_verdicts(monitor);
    for (size_t a = 0; alarms != NULL && a < alarms->count; a++) {
        put("      %s!%s %s  %s: %s, at row %s\n", bad(), plain(),
            text_at(&alarms->item[a], "time"), text_at(&alarms->item[a], "column"),
            text_at(&alarms->item[a], "way"), count_text(count_at(&alarms->item[a], "row"), rows));
    }
}

void show_monitors(struct invocation *invocation, const struct value *report)
{
    char rows[32];
    const struct value *monitors = value_get(report, "monitors");
    (void)invocation;
    for (size_t m = 0; monitors != NULL && m < monitors->count; m++) {
        put_monitor(&monitors->item[m]);
    }
    put("\n%sEach raises one false alarm in %s rows, about; after an alarm it learns what is usual "
        "now.%s\n",
        faint(), count_text(count_at(report, "rows_for_one_false_alarm"), rows), plain());
}

/* ---- security ------------------------------------------------------------------------------ */

static void put_weakness(const struct value *item, const char *severity)
{
    const bool is_fine = strcmp(severity, "none") == 0;
    put("%s%-6s%s ",
        is_fine                         ? good()
        : strcmp(severity, "high") == 0 ? bad()
                                        : bold(),
        is_fine ? "ok" : severity, plain());
    put_padded(text_at(item, "file"), NAME_WIDTH);
    put(" %s\n", text_at(item, "sentence"));
    if (text_at(item, "fix")[0] != '\0') {
        put("       %*s %s-> %s%s\n", NAME_WIDTH, "", faint(), text_at(item, "fix"), plain());
    }
}

void show_security(const struct value *security)
{
    static const char *const severity[] = {"high", "medium", "low", "none"};
    for (size_t s = 0; s < sizeof severity / sizeof severity[0]; s++) {
        for (size_t i = 0; i < security->count; i++) {
            if (strcmp(text_at(&security->item[i], "severity"), severity[s]) == 0) {
                put_weakness(&security->item[i], severity[s]);
            }
        }
    }
}
