/*
 * boardkpis.c - the key figures of those who answer for the company: does it work, is it fair, is it lawful,
 * is it safe, and whither does it go; and the board pack, to print.
 *
 * Each figure stands as a number, as a line over twelve periods of thirty days, and in a table; what calls
 * for action says so in a word and by a shape. Looking puts nothing on the ledger; making a pack does.
 */
#include <math.h>

#include "boardpages.h"

#include "candor_board.h"
#include "candor_reports.h"

enum { PERIODS = 12, DAYS = 30 };

static const struct {
    const char *key;
    enum word name;
} figure_row[] = {
    {"contacts", W_KPI_CONTACTS},
    {"decisions", W_KPI_DECISIONS},
    {"plans_signed", W_KPI_PLANS_SIGNED},
    {"alarms", W_KPI_ALARMS},
    {"audits", W_KPI_AUDITS},
    {"human_reviews", W_KPI_HUMAN_REVIEWS},
    {"board_votes", W_KPI_BOARD_VOTES},
    {"consents_given", W_KPI_CONSENTS_GIVEN},
    {"consents_taken_back", W_KPI_CONSENTS_TAKEN_BACK},
    {"erasures", W_KPI_ERASURES},
    {"requests", W_KPI_REQUESTS},
    {"requests_in_time", W_KPI_REQUESTS_IN_TIME},
    {"requests_open", W_KPI_REQUESTS_OPEN},
    {"requests_overdue", W_KPI_REQUESTS_OVERDUE},
    {"looks", W_KPI_LOOKS},
    {"logins_failed", W_KPI_LOGINS_FAILED},
    {"second_signatures", W_KPI_SECOND_SIGNATURES},
    {"key_changes", W_KPI_KEY_CHANGES},
    {"incidents", W_KPI_INCIDENTS},
    {"incidents_open", W_KPI_INCIDENTS_OPEN},
    {"authority_told_late", W_KPI_AUTHORITY_LATE},
    {"operators", W_KPI_OPERATORS},
    {"training_lapsed", W_KPI_TRAINING_LAPSED},
    {"witnesses", W_KPI_WITNESSES},
};

static struct str name_of(struct str key)
{
    for (size_t i = 0; i < sizeof figure_row / sizeof figure_row[0]; i++) {
        if (str_is(key, figure_row[i].key)) {
            return str_from(word(figure_row[i].name));
        }
    }
    return key;
}

static struct str limit_of(struct str limit)
{
    return str_is(limit, "none_allowed")     ? str_from(word(W_KPI_LIMIT_NONE))
           : str_is(limit, "all")            ? str_from(word(W_KPI_LIMIT_ALL))
           : str_is(limit, "at_least_one")   ? str_from(word(W_KPI_LIMIT_ONE))
           : str_is(limit, "twice_the_mean") ? str_from(word(W_KPI_LIMIT_TWICE))
                                             : STR("");
}

static void put_verdict(struct buf *html, struct str verdict)
{
    if (str_is(verdict, "good")) {
        boardpage_badge(html, BADGE_GOOD, str_from(word(W_KPI_GOOD)));
    } else if (str_is(verdict, "watch")) {
        boardpage_badge(html, BADGE_WATCH, str_from(word(W_KPI_WATCH)));
    } else if (str_is(verdict, "bad")) {
        boardpage_badge(html, BADGE_BAD, str_from(word(W_KPI_BAD)));
    }
}

static struct str shown(struct arena *arena, const struct value *value, struct str unit)
{
    if (value == NULL || value->kind != VALUE_NUMBER) {
        return STR("\xe2\x80\x93");
    }
    return str_is(unit, "share") ? site_percent(arena, value->number)
                                 : site_count(arena, (int64_t)value->number);
}

/* ---- one figure ------------------------------------------------------------------------------- */

static struct str series_words(struct arena *arena, const struct value *values, struct str unit)
{
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < values->count; i++) {
        buf_str(&buf, i == 0 ? STR("") : STR(", "));
        buf_str(&buf, shown(arena, &values->item[i], unit));
    }
    return word_with(arena, W_KPI_SERIES, buf_text(&buf), STR(""));
}

static void put_card(struct buf *html, const struct value *figure)
{
    struct arena *arena = html->arena;
    const struct value *values = value_get(figure, "values");
    const struct str unit = site_text(figure, "unit");
    const struct str name = name_of(site_text(figure, "figure"));
    page_tag(html, LIT("<article><h3>"), name, LIT("</h3>"));
    page_tag(html, LIT("<p class=\"now\">"), shown(arena, value_get(figure, "now"), unit),
             LIT("</p>"));
    if (values != NULL && values->count > 1) {
        boardpage_series(html, name, series_words(arena, values, unit), values);
    } else {
        say_in(html, LIT("<p class=\"small\">"), W_KPI_AT_THIS_INSTANT, LIT("</p>"));
    }
    html_lit(html, LIT("<p class=\"small\">"));
    put_verdict(html, site_text(figure, "verdict"));
    page_tag(html, LIT(" "), limit_of(site_text(figure, "limit")), LIT("</p></article>"));
}

/* On a telephone each figure is a card that names its periods. */
static void put_table(struct buf *html, const struct value *tree, const char *group)
{
    struct arena *arena = html->arena;
    const struct value *figures = value_get(tree, "figures");
    const struct value *ends = value_get(tree, "ends");
    say_in(html, LIT("<details><summary>"), W_KPI_AS_TABLE, LIT("</summary>"));
    say_in(html, LIT("<table class=\"list stack periods\"><caption>"), W_KPI_TABLE,
           LIT("</caption><thead><tr>"));
    say_in(html, LIT("<th scope=\"col\">"), W_KPI_UNTIL, LIT("</th>"));
    for (size_t i = 0; i < site_size(ends); i++) {
        page_tag(html, LIT("<th scope=\"col\" class=\"number\">"), ends->item[i].text,
                 LIT("</th>"));
    }
    html_lit(html, LIT("</tr></thead><tbody>"));
    for (size_t i = 0; i < site_size(figures); i++) {
        const struct value *values = value_get(&figures->item[i], "values");
        if (!str_is(site_text(&figures->item[i], "group"), group) || values == NULL ||
            values->count == 0) {
            continue;
        }
        page_tag(html, LIT("<tr><th scope=\"row\">"),
                 name_of(site_text(&figures->item[i], "figure")), LIT("</th>"));
        for (size_t p = 0; p < values->count; p++) {
            page_tag(html, LIT("<td class=\"number\" data-label=\""),
                     p < site_size(ends) ? ends->item[p].text : STR(""), LIT("\"><span>"));
            page_tag(html, LIT(""),
                     shown(arena, &values->item[p], site_text(&figures->item[i], "unit")),
                     LIT("</span></td>"));
        }
        html_lit(html, LIT("</tr>"));
    }
    html_lit(html, LIT("</tbody></table></details>"));
}

/* ---- campaigns -------------------------------------------------------------------------------- */

static struct str points_or_dash(struct arena *arena, const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value == NULL || value->kind != VALUE_NUMBER ? STR("\xe2\x80\x93")
                                                        : site_points(arena, value->number);
}

static void put_lift(struct buf *html, const struct value *campaigns)
{
    static const enum word column[] = {W_COLUMN_CAMPAIGN, W_COLUMN_CONTACTED, W_COLUMN_LIFT,
                                       W_KPI_VERDICT};
    static const struct site_table table = {column, 4, 2U | 4U};
    struct arena *arena = html->arena;
    if (site_size(campaigns) == 0) {
        say_in(html, LIT("<p>"), W_KPI_NO_CAMPAIGN, LIT("</p>"));
        return;
    }
    site_table_begin(html, W_KPI_LIFT, &table);
    for (size_t i = 0; i < campaigns->count; i++) {
        const struct value *one = &campaigns->item[i];
        const struct value *lift = value_get(one, "lift");
        site_cell(html, &table, 0, site_text(one, "title"));
        site_cell(html, &table, 1, shown(arena, value_get(one, "contacts"), STR("count")));
        site_cell_begin(html, &table, 2);
        page_tag(html, LIT("<b>"), points_or_dash(arena, one, "lift"), LIT("</b>"));
        if (lift != NULL && lift->kind == VALUE_NUMBER) {
            page_tag(html, LIT(" <span class=\"small under\">"),
                     word_with(arena, W_INTERVAL, points_or_dash(arena, one, "lift_low"),
                               points_or_dash(arena, one, "lift_high")),
                     LIT("</span>"));
        }
        site_cell_end(html, 2);
        site_cell_begin(html, &table, 3);
        put_verdict(html, site_text(one, "lift_verdict"));
        site_cell_end(html, 3);
        html_lit(html, LIT("</tr>"));
    }
    site_table_end(html);
}

static void put_fairness(struct buf *html, const struct value *campaigns)
{
    static const enum word column[] = {W_COLUMN_CAMPAIGN, W_KPI_MEASURE, W_KPI_VALUE, W_KPI_LIMIT,
                                       W_KPI_VERDICT};
    static const struct site_table table = {column, 5, 4U | 8U};
    struct arena *arena = html->arena;
    if (site_size(campaigns) == 0) {
        return;
    }
    site_table_begin(html, W_KPI_FAIRNESS, &table);
    for (size_t i = 0; i < campaigns->count; i++) {
        const struct value *one = &campaigns->item[i];
        const struct value *value = value_get(one, "fairness_value");
        const bool is_known = value != NULL && value->kind == VALUE_NUMBER;
        const struct str dash = STR("\xe2\x80\x93");
        site_cell(html, &table, 0, site_text(one, "title"));
        site_cell(html, &table, 1,
                  is_known ? boardpage_spaced(arena, site_text(one, "fairness"))
                           : str_from(word(W_FAIR_NOT_CHECKED)));
        site_cell(html, &table, 2, is_known ? str_format(arena, "%.3f", value->number) : dash);
        site_cell(html, &table, 3,
                  is_known ? str_format(arena, "%.3f", site_number(one, "fairness_limit")) : dash);
        site_cell_begin(html, &table, 4);
        put_verdict(html, site_text(one, "fairness_verdict"));
        site_cell_end(html, 4);
        html_lit(html, LIT("</tr>"));
    }
    site_table_end(html);
}

/* ---- the page --------------------------------------------------------------------------------- */

static void put_group(struct buf *html, const struct value *tree, const char *group,
                      enum word title)
{
    const struct value *figures = value_get(tree, "figures");
    const struct value *campaigns = value_get(tree, "campaigns");
    boardpage_section(html, title);
    if (str_is(str_of(group), "performance")) {
        put_lift(html, campaigns);
    } else if (str_is(str_of(group), "fairness")) {
        put_fairness(html, campaigns);
    }
    html_lit(html, LIT("<div class=\"cards\">"));
    for (size_t i = 0; i < site_size(figures); i++) {
        if (str_is(site_text(&figures->item[i], "group"), group)) {
            put_card(html, &figures->item[i]);
        }
    }
    html_lit(html, LIT("</div>"));
    put_table(html, tree, group);
    boardpage_section_end(html);
}

/* What is over its limit stands first, by name. */
static void put_alerts(struct buf *html, const struct value *tree, size_t unreviewed)
{
    struct buf names = buf_begin(html->arena);
    const struct value *figures = value_get(tree, "figures");
    size_t count = 0;
    for (size_t i = 0; i < site_size(figures); i++) {
        if (str_is(site_text(&figures->item[i], "verdict"), "bad")) {
            buf_str(&names, count++ == 0 ? STR("") : STR("; "));
            buf_str(&names, name_of(site_text(&figures->item[i], "figure")));
        }
    }
    if (site_whole(tree, "unfair_plans") > 0) {
        buf_str(&names, count++ == 0 ? STR("") : STR("; "));
        buf_str(&names, str_from(word(W_KPI_UNFAIR)));
    }
    if (unreviewed > 0) {
        buf_str(&names, count++ == 0 ? STR("") : STR("; "));
        buf_str(&names, str_from(word(W_KPI_UNREVIEWED)));
    }
    html_lit(html,
             count == 0 ? LIT("<p class=\"verdict good\">") : LIT("<p class=\"verdict bad\">"));
    if (count == 0) {
        say(html, W_KPI_ALL_WELL);
    } else {
        say_with(html, W_KPI_ALERTS, site_count(html->arena, (int64_t)count), buf_text(&names));
    }
    html_lit(html, LIT("</p>"));
}

static void put_pack(struct site *site, struct buf *html)
{
    boardpage_section(html, W_KPI_PACK);
    say_in(html, LIT("<p>"), W_KPI_PACK_LEAD, LIT("</p>"));
    site_form(site, html, LIT("/board/pack"));
    html_lit(html, LIT("<div class=\"acts\">"));
    page_answer(html, LIT("act"), LIT("html"), word(W_KPI_PACK_HTML), PAGE_BUTTON_MAIN);
    page_answer(html, LIT("act"), LIT("pdf"), word(W_KPI_PACK_PDF), PAGE_BUTTON_EQUAL);
    page_answer(html, LIT("act"), LIT("json"), word(W_KPI_PACK_JSON), PAGE_BUTTON_EQUAL);
    html_lit(html, LIT("</div>"));
    page_form_end(html);
    boardpage_section_end(html);
}

struct outcome boardpage_kpis(struct site *site)
{
    struct candor_text report;
    struct candor_text status_report;
    size_t unreviewed = 0;
    struct buf html = buf_begin(site->job->arena);
    enum candor_status status =
        candor_report_figures(site->job, site->candor, PERIODS, DAYS, &report);
    if (status == CANDOR_OK) {
        status = candor_board_status(site->job, site->candor, &unreviewed, &status_report);
    }
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *tree = site_read(site, &report);
    site_begin(site, &html, str_from(word(W_KPI_TITLE)), "/board/");
    say_in(&html, LIT("<p class=\"lead\">"), W_KPI_LEAD, LIT("</p>"));
    put_alerts(&html, tree, unreviewed);
    boardpage_alarms(site, &html);
    put_group(&html, tree, "performance", W_KPI_PERFORMANCE);
    put_group(&html, tree, "fairness", W_KPI_FAIR);
    put_group(&html, tree, "privacy", W_KPI_PRIVACY);
    put_group(&html, tree, "security", W_KPI_SECURITY);
    put_pack(site, &html);
    return site_end(&html);
}

/* ---- the pack --------------------------------------------------------------------------------- */

struct outcome boardpage_pack_post(struct site *site)
{
    static const struct {
        const char *format;
        const char *type;
        const char *name;
    } row[] = {{"html", NULL, NULL},
               {"pdf", "application/pdf", "board-pack.pdf"},
               {"json", "application/json", "board-pack.json"}};
    struct candor_text report;
    const struct str act = site_field(site, "act");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (!str_is(act, row[i].format)) {
            continue;
        }
        const struct candor_report_order order = {.kind = "board", .format = row[i].format};
        const enum candor_status status = candor_report(site->job, site->candor, &order, &report);
        if (status != CANDOR_OK) {
            return site_failure(site, status);
        }
        return row[i].type == NULL
                   ? site_document(site, (struct str){report.ptr, report.len})
                   : site_file(site, row[i].type,
                               (struct bytes){(const uint8_t *)report.ptr, report.len},
                               row[i].name);
    }
    return site_stale(site);
}
