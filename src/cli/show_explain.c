/*
 * show_explain.c - why a row has its score, and a model as rules, for people on a terminal.
 */
#include <math.h>
#include <string.h>

#include "cli.h"

enum { SHOWN_MAX = 12, HALF = 12, NAME_WIDTH = 30, VALUE_WIDTH = 26 };

/* ---- layout -------------------------------------------------------------------------------- */

/* What lowers grows to the left of the middle, what raises to the right. */
static void put_two_sided_bar(double share)
{
    const double size = fabs(share);
    const unsigned full = (unsigned)(size * HALF + 0.5);
    if (share < 0) {
        put("%*s%s", (int)(HALF - full), "", bad());
        for (unsigned i = 0; i < full; i++) {
            put("█");
        }
        put("%s│%*s", plain(), HALF, "");
    } else {
        put("%*s│%s", HALF, "", good());
        put_bar(size, HALF);
        put("%s", plain());
    }
}

/* ---- contributions ------------------------------------------------------------------------- */

/* The largest contribution that is below the last one shown; of equals the first. */
static size_t next_largest(const struct value *list, const bool *is_shown)
{
    size_t best = SIZE_MAX;
    for (size_t c = 0; c < list->count; c++) {
        const double size = fabs(number_at(&list->item[c], "contribution"));
        if (!is_shown[c] &&
            (best == SIZE_MAX || size > fabs(number_at(&list->item[best], "contribution")))) {
            best = c;
        }
    }
    return best;
}

/* How much a contribution multiplies: the odds of a chance, the mean of counts and amounts. */
static void put_factor(const char *task, double contribution)
{
    if (strcmp(task, "binary") == 0) {
        put("  %sodds × %.2f%s", faint(), exp(contribution), plain());
    } else if (strcmp(task, "count") == 0 || strcmp(task, "amount") == 0) {
        put("  %s× %.2f%s", faint(), exp(contribution), plain());
    }
}

static void put_contribution(const struct value *item, double largest, const char *task)
{
    const double contribution = number_at(item, "contribution");
    put("  ");
    put_padded(text_at(item, "feature"), NAME_WIDTH);
    put(" ");
    put_padded(text_at(item, "value")[0] == '\0' ? "not known" : text_at(item, "value"),
               VALUE_WIDTH);
    put(" ");
    put_two_sided_bar(largest > 0 ? contribution / largest : 0);
    put(" %+8.4f", contribution);
    put_factor(task, contribution);
    put("\n");
}

static void put_contributions(struct invocation *invocation, const struct value *report)
{
    const struct value *list = value_get(report, "contributions");
    if (list == NULL || list->count == 0) {
        return;
    }
    bool *is_shown = NEW_ARRAY(invocation->job->arena, list->count, bool);
    double rest = 0;
    double largest = 0;
    for (size_t c = 0; c < list->count; c++) {
        rest += number_at(&list->item[c], "contribution");
        largest = fmax(largest, fabs(number_at(&list->item[c], "contribution")));
    }
    size_t shown = 0;
    for (; shown < SHOWN_MAX && shown < list->count; shown++) {
        const size_t next = next_largest(list, is_shown);
        is_shown[next] = true;
        rest -= number_at(&list->item[next], "contribution");
        put_contribution(&list->item[next], largest, text_at(report, "task"));
    }
    if (shown < list->count) {
        put("  %s%zu smaller ones together %+.4f%s\n", faint(), list->count - shown, rest, plain());
    }
}

/* ---- the score ----------------------------------------------------------------------------- */

static void put_interval(const struct value *map, const char *key)
{
    const struct value *interval = value_get(map, key);
    if (interval != NULL && interval->count == 2 && interval->item[0].kind == VALUE_NUMBER &&
        interval->item[1].kind == VALUE_NUMBER) {
        put("%s(95 %% sure: %.4f to %.4f)%s", faint(), interval->item[0].number,
            interval->item[1].number, plain());
    }
}

static void put_score(const struct value *report)
{
    const char *task = text_at(report, "task");
    put("Row %llu, %s%s%s%s: %s%.4f%s", (unsigned long long)count_at(report, "row"),
        strcmp(task, "binary") == 0 || strcmp(task, "classes") == 0 ? "chance of " : "",
        text_at(report, "target"), text_at(report, "positive")[0] != '\0' ? " = " : "",
        text_at(report, "positive"), bold(), number_at(report, "score"), plain());
    put("  ");
    put_interval(report, "score_ci");
    put("\n%sLink %.4f = base %.4f (the average of training) + what follows%s\n\n", faint(),
        number_at(report, "link"), number_at(report, "base"), plain());
}

static void put_chances(const struct value *report)
{
    const struct value *chances = value_get(report, "chances");
    if (chances == NULL) {
        return;
    }
    put("\nChances of all classes\n");
    for (size_t c = 0; c < chances->count; c++) {
        put("  %-24.*s ", STR_ARG(chances->key[c]));
        put_bar(chances->item[c].number, 24);
        put(" %5.1f %%\n", 100 * chances->item[c].number);
    }
}

/* ---- reasons and recourse ------------------------------------------------------------------ */

static void put_heading(const struct value *explanation, const char *key)
{
    put("\n%s\n", text_at(value_get(explanation, "headings"), key));
}

static void put_reasons(const struct value *explanation, const char *key)
{
    const struct value *list = value_get(explanation, key);
    if (list == NULL || list->count == 0) {
        return;
    }
    put_heading(explanation, key);
    for (size_t r = 0; r < list->count; r++) {
        put("  • %s%+8.4f%s  %s\n", faint(), number_at(&list->item[r], "contribution"), plain(),
            text_at(&list->item[r], "sentence"));
    }
}

static void put_remainder(const struct value *explanation, const char *key)
{
    const struct value *remainder = value_get(explanation, key);
    if (remainder != NULL && remainder->kind == VALUE_MAP) {
        put("  • %s%+8.4f%s  %s\n", faint(), number_at(remainder, "contribution"), plain(),
            text_at(remainder, "sentence"));
    }
}

/* What the reasons add up to, and what they are compared with. */
static void put_sum(const struct value *explanation)
{
    put("    %s%+8.4f  = %s%s\n", faint(), number_at(explanation, "sum"),
        text_at(explanation, "score"), plain());
    put("  %s%s\n  %s%s\n", faint(), text_at(explanation, "baseline"),
        text_at(explanation, "limits"), plain());
}

static void put_recourse(const struct value *report)
{
    const struct value *plans = value_get(report, "recourse");
    put_heading(value_get(report, "explanation"), "turning");
    put("  %s%s%s\n", faint(), text_at(report, "recourse_note"), plain());
    for (size_t p = 0; plans != NULL && p < plans->count; p++) {
        const struct value *plan = &plans->item[p];
        put("  %zu. %s%s%s", p + 1, bold(), text_at(plan, "sentence"), plain());
        put("\n     score %.4f  ", number_at(plan, "score"));
        put_interval(plan, "score_ci");
        put("\n");
    }
}

void show_explain(struct invocation *invocation, const struct value *report)
{
    const struct value *explanation = value_get(report, "explanation");
    if (text_at(report, "class")[0] != '\0') {
        put("Class %s%s%s. ", bold(), text_at(report, "class"), plain());
    }
    put_score(report);
    put_contributions(invocation, report);
    put_chances(report);
    put_reasons(explanation, "reasons");
    put_reasons(explanation, "against");
    put_remainder(explanation, "rest");
    put_remainder(explanation, "unnamed");
    put_sum(explanation);
    put_recourse(report);
}

/* ---- rules --------------------------------------------------------------------------------- */

static void put_rule(const struct value *rule, size_t number, bool is_number)
{
    char counted[32];
    const char *text = text_at(rule, "text");
    const char *then = strstr(text, ", then ");
    const double observed = number_at(rule, "observed");
    put("%s%2zu.%s %.*s\n", faint(), number, plain(), then == NULL ? 6 : (int)(then - text), text);
    put("    then %s%s%s", bold(), text_at(rule, "prediction"), plain());
    if (is_number) {
        put(", %.6g by the model", number_at(rule, "score"));
        if (!isnan(observed)) {
            put(", %.6g in fact", observed);
        }
    } else {
        put(" ");
        put_bar(number_at(rule, "precision"), 10);
        put(" %5.1f %%", 100 * number_at(rule, "precision"));
        put("  lift %.2f", number_at(rule, "lift"));
    }
    put("  %s%s rows, %.1f %% of all%s\n", faint(), count_text(count_at(rule, "rows"), counted),
        100 * number_at(rule, "support"), plain());
}

void show_rules(struct invocation *invocation, const struct value *report)
{
    char counted[32];
    const struct value *rules = value_get(report, "rules");
    const struct value *fidelity = value_get(report, "fidelity");
    const bool is_number = value_get(report, "middle") != NULL;
    (void)invocation;
    put("%s%s%s in %zu rules, read from %s rows. Each row falls under exactly one.\n", bold(),
        text_at(report, "target"), plain(), rules == NULL ? 0 : rules->count,
        count_text(count_at(report, "rows"), counted));
    if (is_number) {
        put("High is above %.6g, the mean prediction.\n", number_at(report, "middle"));
    } else {
        put("Bars and lift: how often it is true, %s.\n",
            strcmp(text_at(report, "precision_by"), "label") == 0
                ? "by what happened"
                : "by the model, since the data has no labels");
    }
    put("\n");
    for (size_t r = 0; rules != NULL && r < rules->count; r++) {
        put_rule(&rules->item[r], r + 1, is_number);
    }
    put("\nThe rules decide as the model does on %s%.1f %%%s of the rows %s(always the same "
        "answer: "
        "%.1f %%)%s\nand tell %.1f %% of how its link values differ (R²).\n",
        bold(), 100 * number_at(fidelity, "agreement"), plain(), faint(),
        100 * number_at(fidelity, "always_the_same"), plain(), 100 * number_at(fidelity, "r2"));
}

/* ---- evasion ------------------------------------------------------------------------------- */

static void put_turned(const struct value *turned)
{
    put("  %llu field%s  ", (unsigned long long)count_at(turned, "changes"),
        count_at(turned, "changes") == 1 ? ": " : "s:");
    put_bar(number_at(turned, "any"), 20);
    put(" %5.1f %%", 100 * number_at(turned, "any"));
    if (value_get(turned, "declared") != NULL) {
        put("   of declared fields ");
        put_bar(number_at(turned, "declared"), 20);
        put(" %5.1f %%", 100 * number_at(turned, "declared"));
    }
    put("\n");
}

static void put_cap(const struct value *cap)
{
    const struct value *size = value_get(cap, "cap");
    if (size == NULL || size->kind != VALUE_NUMBER) {
        put("  none   ");
    } else {
        put("  %-6g ", size->number);
    }
    put("one field turns %s%5.1f %%%s of refusals", bold(), 100 * number_at(cap, "turned"),
        plain());
    if (value_get(cap, "accuracy") != NULL) {
        put("   accuracy %.4f   AUC %.4f", number_at(cap, "accuracy"), number_at(cap, "auc"));
    }
    put("\n");
}

static void put_caps(const struct value *caps, const struct value *within)
{
    put("\nWhat a cap on the declared fields would do (candor edit --feature NAME --cap VALUE):\n");
    for (size_t c = 0; c < caps->count; c++) {
        put_cap(&caps->item[c]);
    }
    if (within != NULL && within->kind == VALUE_MAP) {
        put("\nWithin the limit:\n");
        put_cap(within);
    } else if (within != NULL) {
        put("\nNo cap keeps to the limit: the pairs with declared fields say too much.\n");
    }
}

void show_evasion(struct invocation *invocation, const struct value *report)
{
    char rows[32];
    char refused[32];
    const struct value *turned = value_get(report, "turned");
    const struct value *field = value_get(report, "fields");
    const struct value *caps = value_get(report, "caps");
    (void)invocation;
    put("Of %s rows %s are refused (score below %g). Who may pretend turns, at best:\n\n",
        count_text(count_at(report, "rows"), rows),
        count_text(count_at(report, "refused"), refused), number_at(report, "threshold"));
    for (size_t k = 0; turned != NULL && k < turned->count; k++) {
        put_turned(&turned->item[k]);
    }
    put("\nOne field alone:\n");
    for (size_t f = 0; field != NULL && f < field->count; f++) {
        put("  ");
        put_padded(text_at(&field->item[f], "feature"), NAME_WIDTH);
        put(" ");
        put_bar(number_at(&field->item[f], "share"), 20);
        put(" %5.1f %%%s\n", 100 * number_at(&field->item[f], "share"),
            bool_at(&field->item[f], "is_declared") ? "  declared" : "");
    }
    if (caps != NULL) {
        put_caps(caps, value_get(report, "cap_within_limit"));
    }
    if (caps != NULL && value_get(report, "pairs_of_declared")->count > 0) {
        put("\n%sA cap does not reach pairs with declared fields; fit with --no-pair to have "
            "none.%s\n",
            faint(), plain());
    }
}
