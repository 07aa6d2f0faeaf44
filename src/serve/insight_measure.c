/*
 * insight_measure.c - what was measured just now: a model's fairness by group, and its drift.
 *
 * A group of fewer people than GROUP_LEAST is named without figures: they would be about single people.
 */
#include "insight.h"

#include <math.h>

enum { GROUP_LEAST = 10 };

/* ---- fairness -------------------------------------------------------------------------------- */

static struct str rate_words(struct site *site, const struct value *group, const char *key)
{
    const struct value *value = value_get(group, key);
    const bool is_known = value != NULL && value->kind == VALUE_NUMBER;
    return site_whole(group, "count") < GROUP_LEAST || !is_known
               ? STR("\xe2\x80\x93")
               : site_percent(site->job->arena, value->number);
}

static void put_groups(struct site *site, struct buf *html, const struct value *groups)
{
    static const enum word column[] = {W_MOD_GROUP, W_MOD_PEOPLE, W_MOD_SELECTED, W_MOD_TPR,
                                       W_MOD_PPV};
    const struct site_table table = {column, 5, 0};
    struct arena *arena = site->job->arena;
    site_table_begin(html, W_MOD_FAIRNESS, &table);
    for (size_t g = 0; g < site_size(groups); g++) {
        const struct value *group = &groups->item[g];
        const int64_t count = site_whole(group, "count");
        const struct str cell[] = {
            site_text(group, "value"),
            count < GROUP_LEAST
                ? word_with(arena, W_AUD_FEW, site_count(arena, GROUP_LEAST), STR(""))
                : site_count(arena, count),
            rate_words(site, group, "selection_rate"), rate_words(site, group, "tpr"),
            rate_words(site, group, "ppv")};
        site_table_row(html, &table, cell);
    }
    site_table_end(html);
}

static void put_one(struct site *site, struct buf *html, const struct value *one)
{
    const bool is_finding = site_flag(one, "finding");
    const bool is_enough = site_flag(one, "enough_evidence");
    say_in(html, is_finding ? LIT("<p class=\"verdict bad\">") : LIT("<p class=\"verdict\">"),
           is_finding  ? W_MOD_UNFAIR
           : is_enough ? W_MOD_FAIR
                       : W_MOD_MAYBE_FAIR,
           LIT("</p>"));
    say_with_in(html, LIT("<p class=\"note\">"), W_MOD_COMPARED, site_text(one, "attribute"),
                site_text(one, "decision"), LIT("</p>"));
    put_groups(site, html, value_get(one, "groups"));
}

void insight_put_fairness(struct site *site, struct buf *html, const struct value *audit,
                          struct str model)
{
    const struct value *one = site_find(value_get(audit, "fairness"), "model", model);
    if (one == NULL) {
        say_in(html, LIT("<p class=\"verdict\">"), W_MOD_NOT_MEASURED, LIT("</p>"));
        return;
    }
    put_one(site, html, one);
}

/* ---- drift ----------------------------------------------------------------------------------- */

static struct str verdict_words(struct str verdict)
{
    return str_from(word(str_is(verdict, "drifted")    ? W_MOD_DRIFTED
                         : str_is(verdict, "shifting") ? W_MOD_SHIFTING
                                                       : W_MOD_STABLE));
}

static struct str moved_words(struct site *site, const struct value *feature)
{
    struct arena *arena = site->job->arena;
    const struct value *share = value_get(feature, "moved_most_share");
    if (share == NULL || share->count != 2) {
        return STR("");
    }
    return str_format(arena, "%.*s: %.*s \xe2\x86\x92 %.*s",
                      STR_ARG(site_text(feature, "moved_most")),
                      STR_ARG(site_percent(arena, share->item[0].number)),
                      STR_ARG(site_percent(arena, share->item[1].number)));
}

static struct str label_of(const struct value *shapes, struct str feature)
{
    const struct value *found = site_find(value_get(shapes, "terms"), "term", feature);
    return found == NULL ? feature : site_text(found, "label");
}

void insight_put_drift(struct site *site, struct buf *html, const struct value *drift,
                       const struct value *shapes)
{
    static const enum word column[] = {W_AUD_FIELD, W_MOD_VERDICT, W_MOD_PSI, W_MOD_MOVED};
    const struct site_table table = {column, 4, 0};
    struct arena *arena = site->job->arena;
    const struct value *features = value_get(drift, "features");
    const int64_t drifted = site_whole(drift, "drifted");
    say_with_in(html,
                drifted > 0 ? LIT("<p class=\"verdict bad\">") : LIT("<p class=\"verdict good\">"),
                drifted > 0 ? W_MOD_HAS_DRIFTED : W_MOD_HAS_NOT, site_count(arena, drifted),
                site_count(arena, site_whole(drift, "rows")), LIT("</p>"));
    site_table_begin(html, W_MOD_DRIFT, &table);
    const struct value *score = value_get(drift, "score");
    if (score != NULL && score->kind == VALUE_MAP) {
        const struct str cell[] = {str_from(word(W_MOD_SCORE)),
                                   verdict_words(site_text(score, "verdict")),
                                   str_format(arena, "%.3f", site_number(score, "psi")), STR("")};
        site_table_row(html, &table, cell);
    }
    for (size_t f = 0; f < site_size(features); f++) {
        const struct value *one = &features->item[f];
        const struct str cell[] = {
            label_of(shapes, site_text(one, "feature")), verdict_words(site_text(one, "verdict")),
            str_format(arena, "%.3f", site_number(one, "psi")), moved_words(site, one)};
        site_table_row(html, &table, cell);
    }
    site_table_end(html);
}

/* ---- watched ------------------------------------------------------------------------------- */

static const struct value *monitor_named(const struct value *monitors, struct str name)
{
    const struct value *list = monitors == NULL ? NULL : value_get(monitors, "monitors");
    for (size_t m = 0; m < site_size(list); m++) {
        if (str_equal(site_text(&list->item[m], "monitor"), name)) {
            return &list->item[m];
        }
    }
    return NULL;
}

static void put_alarms(struct buf *html, const struct value *monitor)
{
    const struct value *alarms = value_get(monitor, "alarms");
    html_lit(html, site_size(alarms) > 0 ? LIT("<ul class=\"reasons\">") : LIT(""));
    for (size_t a = site_size(alarms); a > 0; a--) {
        const struct value *alarm = &alarms->item[a - 1];
        page_tag(html, LIT("<li><strong>"), site_text(alarm, "column"), LIT("</strong> "));
        page_tag(html, LIT(""), site_text(alarm, "way"), LIT(" "));
        page_tag(html, LIT("<span class=\"note\">"), site_text(alarm, "time"), LIT("</span></li>"));
    }
    html_lit(html, site_size(alarms) > 0 ? LIT("</ul>") : LIT(""));
}

static void put_outcomes(struct site *site, struct buf *html, const struct value *outcomes)
{
    struct arena *arena = site->job->arena;
    const struct value *observed = outcomes == NULL ? NULL : value_get(outcomes, "observed");
    const struct value *expected = outcomes == NULL ? NULL : value_get(outcomes, "expected");
    if (observed == NULL || expected == NULL || site_whole(outcomes, "rows") == 0) {
        return;
    }
    say_with_in(html, LIT("<p>"), W_MOD_OUTCOMES, site_count(arena, site_whole(outcomes, "rows")),
                site_percent(arena, site_number(outcomes, "level")), LIT(" "));
    say_with_in(html, LIT(""), W_MOD_OBSERVED, site_percent(arena, site_number(observed, "rate")),
                site_percent(arena, site_number(expected, "rate")), LIT(" "));
    say_with_in(html, LIT(""), W_MOD_OBSERVED_AUC,
                str_format(arena, "%.3f", site_number(observed, "auc")),
                str_format(arena, "%.3f", site_number(expected, "auc")), LIT("</p>"));
    put_alarms(html, outcomes);
}

static struct str verdict_said(struct str verdict)
{
    return str_from(word(str_is(verdict, "accept")      ? W_MOD_VERDICT_ACCEPT
                         : str_is(verdict, "fall_back") ? W_MOD_VERDICT_FALL_BACK
                         : str_is(verdict, "review")    ? W_MOD_VERDICT_REVIEW
                                                        : W_MOD_VERDICT_REFUSE));
}

static struct str cause_said(struct str cause)
{
    return str_from(word(str_is(cause, "together")  ? W_MOD_CAUSE_TOGETHER
                         : str_is(cause, "rare")    ? W_MOD_CAUSE_RARE
                         : str_is(cause, "changes") ? W_MOD_CAUSE_CHANGES
                                                    : W_MOD_CAUSE_NONE));
}

static void put_verdicts(struct site *site, struct buf *html, const struct value *monitor)
{
    static const enum word column[] = {W_MOD_JUDGED, W_MOD_CAUSE, W_MOD_THESE_DAYS,
                                       W_MOD_DAYS_BEFORE};
    static const struct site_table table = {column, 4, 4U | 8U};
    struct arena *arena = site->job->arena;
    const struct value *verdicts = value_get(monitor, "verdicts");
    if (site_size(verdicts) == 0) {
        return;
    }
    site_table_begin(html, W_MOD_VERDICTS, &table);
    for (size_t v = 0; v < verdicts->count; v++) {
        const struct value *one = &verdicts->item[v];
        const struct str cell[] = {verdict_said(site_text(one, "verdict")),
                                   cause_said(site_text(one, "cause")),
                                   site_count(arena, site_whole(one, "now")),
                                   site_count(arena, site_whole(one, "before"))};
        site_table_row(html, &table, cell);
    }
    site_table_end(html);
}

void insight_put_monitor(struct site *site, struct buf *html, const struct value *monitors,
                         struct str model)
{
    struct arena *arena = site->job->arena;
    const struct value *monitor =
        monitor_named(monitors, str_format(arena, "model %.*s", STR_ARG(model)));
    if (monitor == NULL) {
        return;
    }
    const struct value *expected = value_get(monitor, "expected");
    say_with_in(html, LIT("<p>"), W_MOD_WATCHED, site_count(arena, site_whole(monitor, "rows")),
                site_percent(arena, site_number(monitor, "level")), LIT("</p>"));
    put_alarms(html, monitor);
    if (expected != NULL) {
        say_with_in(html, LIT("<p>"), W_MOD_EXPECTED,
                    site_percent(arena, site_number(expected, "rate")),
                    str_format(arena, "%.3f", site_number(expected, "auc")), LIT("</p>"));
    }
    put_outcomes(site, html,
                 monitor_named(monitors, str_format(arena, "outcomes of %.*s", STR_ARG(model))));
    put_verdicts(site, html, monitor);
}
