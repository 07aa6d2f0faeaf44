/*
 * boardevidence.c - what reviewers see beside their vote: the thing itself in figures and words, how it
 * treats groups, the law, and what changed since the version that was approved before.
 *
 * All of what was proposed stands at the end as it was written: that is what the digest covers.
 */
#include <math.h>

#include "boardpages.h"

/* ---- a model -------------------------------------------------------------------------------- */

static struct str figure_of(struct arena *arena, const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value == NULL || value->kind != VALUE_NUMBER ? STR("")
                                                        : str_format(arena, "%.3f", value->number);
}

static struct str interval_of(struct arena *arena, const struct value *measures, const char *key)
{
    const struct value *pair = value_get(value_get(measures, "interval"), key);
    if (pair == NULL || pair->count != 2) {
        return STR("");
    }
    return word_with(arena, W_INTERVAL, str_format(arena, "%.3f", pair->item[0].number),
                     str_format(arena, "%.3f", pair->item[1].number));
}

static void put_measures(struct buf *html, const struct value *card)
{
    static const struct {
        const char *key;
        enum word name;
    } row[] = {{"auc", W_BOARD_AUC},
               {"log_loss", W_BOARD_LOG_LOSS},
               {"brier", W_BOARD_BRIER},
               {"rmse", W_BOARD_RMSE}};
    struct arena *arena = html->arena;
    const struct value *measures = value_get(card, "measures");
    html_lit(html, LIT("<dl class=\"figures\">"));
    site_figure(html, W_BOARD_ROWS, site_count(arena, site_whole(card, "rows_train")), STR(""));
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct str value = figure_of(arena, measures, row[i].key);
        if (value.len > 0) {
            site_figure(html, row[i].name, value, interval_of(arena, measures, row[i].key));
        }
    }
    html_lit(html, LIT("</dl>"));
}

static void put_drivers(struct buf *html, const struct value *drivers)
{
    struct arena *arena = html->arena;
    if (site_size(drivers) == 0) {
        return;
    }
    say_in(html, LIT("<h3>"), W_BOARD_DRIVERS, LIT("</h3><ol class=\"stairs\">"));
    for (size_t i = 0; i < drivers->count && i < 8; i++) {
        const double share = site_number(&drivers->item[i], "share");
        html_lit(html, LIT("<li>"));
        page_row(html, site_text(&drivers->item[i], "label"), share, site_percent(arena, share));
        html_lit(html, LIT("</li>"));
    }
    html_lit(html, LIT("</ol>"));
}

static void put_model(struct site *site, struct buf *html, const struct value *card)
{
    const struct value *fairness = value_get(card, "fairness");
    const struct value *limits = value_get(card, "limits");
    const struct value *calibration = value_get(value_get(card, "measures"), "calibration");
    put_measures(html, card);
    html_lit(html, LIT("<dl class=\"pairs\">"));
    site_fact(html, W_BOARD_LEARNS, site_text(value_get(card, "purpose"), "title"));
    site_fact(html, W_BOARD_PROTECTED, site_text(value_get(card, "data"), "protected"));
    site_fact(html, W_BOARD_REPAIR, site_text(fairness, "repair"));
    site_fact(html, W_BOARD_CALIBRATION_ERROR,
              figure_of(html->arena, value_get(card, "measures"), "calibration_error"));
    site_fact(html, W_BOARD_DATA_DIGEST, site_text(card, "data_digest"));
    html_lit(html, LIT("</dl>"));
    html_lit(html, LIT("<p>"));
    site_link(html, site_path(site->job->arena, "/models/", site_text(card, "model"), ""),
              str_from(word(W_BOARD_TO_MODEL)));
    html_lit(html, LIT("</p>"));
    put_drivers(html, value_get(card, "drivers"));
    if (site_size(calibration) > 0) {
        say_in(html, LIT("<h3>"), W_BOARD_CALIBRATION, LIT("</h3>"));
        say_in(html, LIT("<p class=\"small\">"), W_BOARD_CALIBRATION_LEAD,
               LIT("</p><div class=\"picture\">"));
        boardpage_calibration(html, calibration);
        html_lit(html, LIT("</div>"));
    }
    if (site_size(limits) > 0) {
        say_in(html, LIT("<h3>"), W_BOARD_LIMITS, LIT("</h3><ul class=\"reasons\">"));
        for (size_t i = 0; i < limits->count; i++) {
            page_tag(html, LIT("<li>"), limits->item[i].text, LIT("</li>"));
        }
        html_lit(html, LIT("</ul>"));
    }
}

/* ---- a campaign ----------------------------------------------------------------------------- */

static void put_campaign_figures(struct site *site, struct buf *html, struct str name)
{
    struct candor_text report;
    struct arena *arena = site->job->arena;
    if (candor_campaign_show(site->job, site->candor, str_z(arena, name), &report) != CANDOR_OK) {
        job_forgive(
            site->job); /* reviewers without the act "plan" see what the review itself has */
        return;
    }
    const struct value *campaign = site_read(site, &report);
    const struct value *plan = value_get(campaign, "plan");
    if (plan == NULL || plan->kind != VALUE_MAP) {
        return;
    }
    html_lit(html, LIT("<dl class=\"figures\">"));
    site_figure(html, W_FIGURE_CUSTOMERS, site_count(arena, site_whole(campaign, "customers")),
                STR(""));
    site_figure(html, W_COLUMN_ALLOWED, site_count(arena, site_whole(campaign, "allowed")),
                STR(""));
    site_figure(html, W_COLUMN_CHOSEN, site_count(arena, site_whole(campaign, "chosen")), STR(""));
    site_figure(html, W_BOARD_HOLDOUT, site_count(arena, site_whole(campaign, "holdout")), STR(""));
    html_lit(html, LIT("</dl><p>"));
    site_link(html, console_path(arena, name, ""), str_from(word(W_BOARD_TO_CAMPAIGN)));
    html_lit(html, LIT("</p>"));
}

static void put_plan(struct site *site, struct buf *html, struct str name,
                     const struct value *evidence)
{
    struct arena *arena = site->job->arena;
    const struct value *plan = value_get(evidence, "plan");
    if (plan == NULL || plan->kind != VALUE_MAP) {
        say_in(html, LIT("<p class=\"notice\">"), W_BOARD_NO_PLAN, LIT("</p>"));
        return;
    }
    put_campaign_figures(site, html, name);
    html_lit(html, LIT("<dl class=\"pairs\">"));
    site_fact(html, W_BOARD_PLANNED_BY, site_text(plan, "author"));
    site_fact(html, W_BOARD_PLANNED_ON, site_day(site_text(plan, "made")));
    site_fact(html, W_BOARD_CONTACTS, site_count(arena, site_whole(plan, "contacts")));
    html_lit(html, LIT("</dl>"));
    say_in(html, LIT("<h3>"), W_BOARD_FAIRNESS, LIT("</h3><p>"));
    boardpage_badge(html,
                    !site_flag(plan, "fairness_checked") ? BADGE_WATCH
                    : site_flag(plan, "fairness_passed") ? BADGE_GOOD
                                                         : BADGE_BAD,
                    str_from(word(!site_flag(plan, "fairness_checked") ? W_FAIR_NOT_CHECKED
                                  : site_flag(plan, "fairness_passed") ? W_FAIR_PASSED
                                                                       : W_FAIR_FAILED)));
    page_tag(html, LIT("</p><p>"), site_text(plan, "fairness"), LIT("</p>"));
}

/* ---- words people are asked in --------------------------------------------------------------- */

static void put_notice(struct buf *html, const struct value *notice)
{
    const struct value *translations = value_get(notice, "translations");
    page_tag(html, LIT("<blockquote class=\"words\"><p>"), site_text(notice, "wording"),
             LIT("</p></blockquote>"));
    html_lit(html, LIT("<dl class=\"pairs\">"));
    site_fact(html, W_BOARD_NOTICE_TITLE, site_text(notice, "title"));
    site_fact(html, W_BOARD_NOTICE_BASIS,
              boardpage_spaced(html->arena, site_text(notice, "basis")));
    site_fact(html, W_BOARD_NOTICE_VERSION, site_text(notice, "version"));
    site_fact(html, W_BOARD_NOTICE_LANGUAGE, site_text(notice, "language"));
    html_lit(html, LIT("</dl>"));
    for (size_t i = 0; i < site_size(translations); i++) {
        page_tag(html, LIT("<h3>"), site_text(&translations->item[i], "language"), LIT("</h3>"));
        page_tag(html, LIT("<blockquote class=\"words\"><p>"),
                 site_text(&translations->item[i], "wording"), LIT("</p></blockquote>"));
    }
}

/* ---- copy, a page or code --------------------------------------------------------------------- */

static void put_findings(struct buf *html, const struct value *findings)
{
    static const enum word column[] = {W_BOARD_CONTENT_LINE, W_BOARD_CONTENT_FINDING,
                                       W_BOARD_CONTENT_SEVERITY, W_BOARD_CONTENT_RULE};
    const struct site_table table = {column, 4, 1};
    if (site_size(findings) == 0) {
        say_in(html, LIT("<p>"), W_BOARD_CONTENT_CLEAN, LIT("</p>"));
        return;
    }
    site_table_begin(html, W_BOARD_CONTENT_FOUND, &table);
    for (size_t i = 0; i < findings->count; i++) {
        const struct value *one = &findings->item[i];
        const struct str cell[] = {site_count(html->arena, site_whole(one, "line")),
                                   site_text(one, "message"), site_text(one, "severity"),
                                   site_text(one, "rule")};
        site_table_row(html, &table, cell);
    }
    site_table_end(html);
}

static void put_content(struct buf *html, const struct value *content)
{
    const bool is_unmarked = site_flag(content, "mark_needed") && !site_flag(content, "mark_there");
    if (is_unmarked) {
        say_in(html, LIT("<p class=\"verdict\">"), W_BOARD_CONTENT_UNMARKED, LIT("</p>"));
    }
    html_lit(html, LIT("<dl class=\"pairs\">"));
    site_fact(html, W_BOARD_CONTENT_FILE, site_text(content, "file"));
    site_fact(html, W_BOARD_CONTENT_SOURCE, site_text(content, "source"));
    site_fact(html, W_BOARD_CONTENT_MODEL, site_text(content, "model"));
    site_fact(html, W_BOARD_CONTENT_PURPOSE, site_text(content, "purpose"));
    site_fact(html, W_BOARD_CONTENT_MARKET, site_text(content, "market"));
    html_lit(html, LIT("</dl>"));
    say_in(html, LIT("<h3>"), W_BOARD_CONTENT_FOUND, LIT("</h3>"));
    put_findings(html, value_get(content, "findings"));
    say_in(html, LIT("<h3>"), W_BOARD_CONTENT_TEXT, LIT("</h3>"));
    page_tag(html, LIT("<pre class=\"sheet\" tabindex=\"0\">"), site_text(content, "text"),
             LIT("</pre>"));
}

/* ---- what changed ---------------------------------------------------------------------------- */

static void put_difference_line(struct buf *html, struct str line)
{
    if (str_starts(line, STR("-"))) {
        page_tag(html, LIT("<del>"), line, LIT("</del>\n"));
    } else if (str_starts(line, STR("+"))) {
        page_tag(html, LIT("<ins>"), line, LIT("</ins>\n"));
    } else {
        page_tag(html, LIT(""), line, LIT("\n"));
    }
}

static void put_difference(struct buf *html, const struct value *evidence)
{
    const struct value *before = value_get(evidence, "approved_before");
    boardpage_section(html, W_BOARD_CHANGES);
    if (before == NULL || before->kind != VALUE_MAP) {
        say_in(html, LIT("<p>"), W_BOARD_FIRST, LIT("</p>"));
        boardpage_section_end(html);
        return;
    }
    const struct value *lines = value_get(before, "difference");
    const struct str id = site_text(before, "id");
    html_lit(html, LIT("<p>"));
    say(html, W_BOARD_AGAINST);
    html_lit(html, LIT(" "));
    site_link(html, site_path(html->arena, "/board/reviews/", id, ""), str_slice(id, 0, 8));
    html_lit(html, LIT("</p>"));
    if (site_size(lines) == 0) {
        say_in(html, LIT("<p>"), W_BOARD_SAME, LIT("</p>"));
    } else {
        html_lit(html, LIT("<pre class=\"sheet\" tabindex=\"0\">"));
        for (size_t i = 0; i < lines->count; i++) {
            put_difference_line(html, lines->item[i].text);
        }
        html_lit(html, LIT("</pre>"));
    }
    boardpage_section_end(html);
}

static void put_exhibit(struct buf *html, const struct value *review, const struct value *exhibit)
{
    struct buf text = buf_begin(html->arena);
    struct json json;
    json_begin(&json, &text, true);
    json_value(&json, exhibit);
    json_end(&json);
    say_in(html, LIT("<details><summary>"), W_BOARD_EXHIBIT, LIT("</summary>"));
    html_lit(html, LIT("<p class=\"small\">"));
    say_with(html, W_BOARD_DIGEST, site_text(review, "digest"), STR(""));
    page_tag(html, LIT("</p><pre class=\"sheet\" tabindex=\"0\">"), buf_text(&text),
             LIT("</pre></details>"));
}

void boardpage_evidence(struct site *site, struct buf *html, const struct value *review)
{
    const struct value *evidence = value_get(review, "evidence");
    const struct value *exhibit = value_get(evidence, "exhibit");
    const struct str kind = site_text(review, "kind");
    const struct str law = site_text(evidence, "law");
    if (exhibit == NULL) {
        return;
    }
    boardpage_section(html, W_BOARD_EVIDENCE);
    if (law.len > 0) {
        page_tag(html, LIT("<p class=\"verdict\">"), law, LIT("</p>"));
    }
    if (str_is(kind, "model")) {
        put_model(site, html, exhibit);
    } else if (str_is(kind, "campaign")) {
        put_plan(site, html, site_text(review, "name"), evidence);
    } else if (str_is(kind, "notice")) {
        put_notice(html, exhibit);
    } else if (str_is(kind, "content")) {
        put_content(html, exhibit);
    } else {
        say_in(html, LIT("<p>"), W_BOARD_POLICY, LIT("</p>"));
    }
    put_exhibit(html, review, exhibit);
    boardpage_section_end(html);
    put_difference(html, evidence);
}
