/*
 * show_plan.c - a plan on a terminal: the same story as its page.
 */
#include <math.h>
#include <string.h>

#include "cli.h"

static void put_stairs(const struct value *stairs)
{
    char counted[32];
    const double all = number_at(&stairs->item[0], "count");
    for (size_t s = 0; s < stairs->count; s++) {
        const struct value *stair = &stairs->item[s];
        const struct value *left = value_get(stair, "left_out");
        put("  %-36s ", text_at(stair, "label"));
        put_bar(all > 0 ? number_at(stair, "count") / all : 0, 24);
        put(" %s%8s%s\n", bold(), count_text(count_at(stair, "count"), counted), plain());
        for (size_t l = 0; left != NULL && l < left->count; l++) {
            put("    %s%-24.*s −%s%s\n", faint(), STR_ARG(left->key[l]),
                count_text((uint64_t)left->item[l].integer, counted), plain());
        }
    }
}

static void put_people(const struct value *people)
{
    static const char *const number[] = {"One person", "Two people", "Three people"};
    const size_t count = people == NULL ? 0 : people->count;
    if (count == 0 || count > sizeof number / sizeof number[0]) {
        return;
    }
    put("\n%s%s%s\n", bold(), number[count - 1], plain());
    for (size_t p = 0; p < count; p++) {
        const struct value *person = &people->item[p];
        const struct value *reasons = value_get(person, "reasons");
        put("  %sCustomer %s.%s %s\n", bold(), text_at(person, "person"), plain(),
            text_at(person, "headline"));
        for (size_t r = 0; reasons != NULL && r < reasons->count; r++) {
            put("    • %s\n", reasons->item[r].text.ptr);
        }
    }
}

static void put_rate(const char *name, double responses, double of, double widest)
{
    put("  %-36s ", name);
    if (of > 0) {
        put_bar(widest > 0 ? responses / of / widest : 0, 24);
        put(" %5.1f %% of %.0f\n", 100 * responses / of, of);
    } else {
        put("nobody\n");
    }
}

static void put_results(const struct value *report, const struct value *results)
{
    const struct value *ci = value_get(results, "ci");
    const struct value *import = value_get(report, "import");
    const double contacted = number_at(results, "contacted");
    const double holdout = number_at(results, "holdout");
    const double responses = number_at(results, "contacted_responses");
    const double without = number_at(results, "holdout_responses");
    const double widest =
        fmax(contacted > 0 ? responses / contacted : 0, holdout > 0 ? without / holdout : 0);
    put("\n%sDid it work?%s\n", bold(), plain());
    put_rate("Contacted", responses, contacted, widest);
    put_rate("Set aside", without, holdout, widest);
    if (ci != NULL && ci->count == 2 && ci->item[0].kind == VALUE_NUMBER) {
        put("  Lift %s%+.1f points%s (95 %% interval %+.1f to %+.1f): about %.0f responses "
            "gained.\n",
            bold(), 100 * number_at(results, "lift"), plain(), 100 * ci->item[0].number,
            100 * ci->item[1].number, number_at(results, "extra_responses"));
    } else {
        put("  There is nobody to compare with, so what contacting changed is not known.\n");
    }
    if (contacted < number_at(report, "handed_over") || holdout < number_at(report, "holdout")) {
        put("  %sOutcomes are known of %.0f of %.0f handed over and %.0f of %.0f set aside: a file "
            "of "
            "those who responded only would mislead.%s\n",
            bad(), contacted, number_at(report, "handed_over"), holdout,
            number_at(report, "holdout"), plain());
    }
    put("  %llu complained, %llu unsubscribed, %llu have said no since.\n",
        (unsigned long long)count_at(results, "complaints"),
        (unsigned long long)count_at(results, "unsubscribes"),
        (unsigned long long)count_at(results, "refusals"));
    if (count_at(import, "bad_rows") + count_at(import, "unknown_subjects") +
            count_at(import, "not_in_plan") >
        0) {
        put("  Left out: %llu rows that cannot be read or stand twice, %llu about nobody we know, "
            "%llu "
            "about people who were not contacted.\n",
            (unsigned long long)count_at(import, "bad_rows"),
            (unsigned long long)count_at(import, "unknown_subjects"),
            (unsigned long long)count_at(import, "not_in_plan"));
    }
}

static void put_expected(const struct value *report)
{
    const struct value *expected = value_get(report, "expected");
    const struct value *ci = value_get(expected, "ci");
    char counted[32];
    put("\n  Set aside at random to measure what contacting changes: %s\n",
        count_text(count_at(report, "holdout"), counted));
    if (!isnan(number_at(expected, "responses")) && ci != NULL && ci->count == 2) {
        put("  Expected responses: %s%.0f%s (%.0f to %.0f)", bold(),
            number_at(expected, "responses"), plain(), ci->item[0].number, ci->item[1].number);
        if (!isnan(number_at(expected, "cost"))) {
            put(", cost %.2f", number_at(expected, "cost"));
        }
        put("\n");
    }
}

static void put_fairness(const struct value *fairness)
{
    if (!bool_at(fairness, "checked")) {
        return;
    }
    put("\n%sIs it fair?%s %s%s%s %s\n", bold(), plain(),
        bool_at(fairness, "passed") ? good() : bad(),
        bool_at(fairness, "passed") ? "Passes." : "Does not pass.", plain(),
        text_at(fairness, "sentence"));
}

void show_plan(struct invocation *invocation, const struct value *report)
{
    const struct value *results = value_get(report, "results");
    const struct value *stairs = value_get(report, "staircase");
    put("%s%s%s %s(%s)%s\n\n", bold(), text_at(report, "title"), plain(), faint(),
        text_at(report, "state"), plain());
    if (stairs != NULL && stairs->count > 0) {
        put_stairs(stairs);
    }
    put_expected(report);
    put_fairness(value_get(report, "fairness"));
    put_people(value_get(report, "people"));
    if (results != NULL) {
        put_results(report, results);
    }
    put("\n%sdigest %s%s\n", faint(), text_at(report, "digest"), plain());
    if (strcmp(text_at(report, "state"), "planned") == 0) {
        put("%sNothing is sent. Another operator signs it: candor --operator NAME approve %s%s\n",
            faint(), text_at(report, "campaign"), plain());
    }
    (void)invocation;
}
