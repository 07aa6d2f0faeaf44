/*
 * insight_quality.c - how good the data is: the scores of each source and field over time against what is
 * asked, and the rows that wait in quarantine, by reason.
 */
#include "insight.h"

#include <math.h>

enum { SOURCES_MAX = 64, POINTS_MAX = 60, REASONS_MAX = 200, ROWS_SHOWN = 20, SCORES = 5 };

static const struct {
    const char *name;
    enum word word;
} score_row[SCORES] = {{"completeness", W_DATA_COMPLETENESS},
                       {"validity", W_DATA_VALIDITY},
                       {"uniqueness", W_DATA_UNIQUENESS},
                       {"consistency", W_DATA_CONSISTENCY},
                       {"timeliness", W_DATA_TIMELINESS}};

/* ---- one line -------------------------------------------------------------------------------- */

/* What a measuring says of a source (field empty), or of one of its fields. */
static const struct value *scores_of(const struct value *measured, struct str field)
{
    return value_get(field.len == 0 ? measured
                                    : site_find(value_get(measured, "fields"), "field", field),
                     "scores");
}

static double score_in(const struct value *measured, struct str field, const char *score)
{
    const struct value *one = value_get(scores_of(measured, field), score);
    const struct value *number = value_get(one, "score");
    return number != NULL && number->kind == VALUE_NUMBER ? number->number : (double)NAN;
}

/* The last POINTS_MAX scores of a source, oldest first. */
static size_t points_of(const struct value *history, struct str source, struct str field,
                        const char *score, double point[POINTS_MAX])
{
    size_t count = 0;
    for (size_t i = history->count; i > 0 && count < POINTS_MAX; i--) {
        const struct value *measured = &history->item[i - 1];
        if (str_equal(site_text(measured, "source"), source)) {
            point[count++] = score_in(measured, field, score);
        }
    }
    for (size_t i = 0; i < count / 2; i++) {
        const double first = point[i];
        point[i] = point[count - 1 - i];
        point[count - 1 - i] = first;
    }
    return count;
}

static double least_in(const struct value *map, const char *score)
{
    const struct value *least = value_get(value_get(map, "least"), score);
    return least != NULL && least->kind == VALUE_NUMBER ? least->number : (double)NAN;
}

/* "98.9 %, at least 95 %" with its line over time. */
static void put_score(struct site *site, struct buf *html, const double *point, size_t count,
                      double least)
{
    struct arena *arena = site->job->arena;
    const double now = point[count - 1];
    const bool is_short = !isnan(least) && now < least;
    page_tag(html, is_short ? LIT("<b class=\"short\">") : LIT("<b>"),
             site_percent(arena, floor(now * 1000) / 1000), LIT("</b> "));
    if (count > 1) {
        insight_spark(html, point, count, least,
                      word_with(arena, W_DATA_SPARK, site_percent(arena, point[0]),
                                site_percent(arena, now)));
    }
    if (!isnan(least)) {
        say_with_in(html, is_short ? LIT("<small class=\"short\">") : LIT("<small>"),
                    is_short ? W_DATA_SHORT : W_DATA_LEAST, site_percent(arena, least), STR(""),
                    LIT("</small>"));
    }
}

/* ---- sources --------------------------------------------------------------------------------- */

static size_t sources_of(const struct value *history, struct str source[SOURCES_MAX])
{
    size_t count = 0;
    for (size_t i = history->count; i > 0 && count < SOURCES_MAX; i--) {
        const struct str name = site_text(&history->item[i - 1], "source");
        bool is_new = true;
        for (size_t s = 0; s < count; s++) {
            is_new = is_new && !str_equal(source[s], name);
        }
        if (is_new) {
            source[count++] = name;
        }
    }
    return count;
}

static struct str source_words(struct str source)
{
    return str_is(source, "held") ? str_from(word(W_DATA_HELD)) : source;
}

static const enum word quality_column[] = {W_DATA_SOURCE,      W_DATA_COMPLETENESS,
                                           W_DATA_VALIDITY,    W_DATA_UNIQUENESS,
                                           W_DATA_CONSISTENCY, W_DATA_TIMELINESS};
static const enum word field_column[] = {W_AUD_FIELD,       W_DATA_COMPLETENESS, W_DATA_VALIDITY,
                                         W_DATA_UNIQUENESS, W_DATA_CONSISTENCY,  W_DATA_TIMELINESS};

struct line {
    struct str title;
    struct str source;
    struct str field;          /* empty: the whole source */
    const struct value *asked; /* a map with "least" */
};

static void put_line(struct site *site, struct buf *html, const struct value *history,
                     const struct site_table *table, const struct line *line)
{
    site_cell_begin(html, table, 0);
    html_text(html, line->title);
    site_cell_end(html, 0);
    for (size_t q = 0; q < SCORES; q++) {
        double point[POINTS_MAX];
        const size_t count =
            points_of(history, line->source, line->field, score_row[q].name, point);
        if (count == 0 || isnan(point[count - 1])) {
            html_lit(html, LIT("<td class=\"none\">\xe2\x80\x93</td>"));
            continue;
        }
        site_cell_begin(html, table, q + 1);
        put_score(site, html, point, count, least_in(line->asked, score_row[q].name));
        site_cell_end(html, q + 1);
    }
    html_lit(html, LIT("</tr>"));
}

static void put_sources(struct site *site, struct buf *html, const struct value *history,
                        const struct value *inventory)
{
    const struct site_table table = {quality_column, SCORES + 1, 0};
    const struct value *standards = value_get(inventory, "quality");
    struct str source[SOURCES_MAX];
    const size_t count = sources_of(history, source);
    site_table_begin(html, W_DATA_SOURCES, &table);
    for (size_t s = 0; s < count; s++) {
        const struct value *own = site_find(value_get(standards, "sources"), "name", source[s]);
        const struct line line = {
            .title = source_words(source[s]),
            .source = source[s],
            .field = STR(""),
            .asked = str_is(source[s], "held") ? standards : own,
        };
        put_line(site, html, history, &table, &line);
    }
    site_table_end(html);
}

/* ---- fields ---------------------------------------------------------------------------------- */

/* What is held, if that was measured; else the last file of subjects. */
static struct str source_of_fields(const struct value *history)
{
    struct str source = STR("");
    if (site_find(history, "source", STR("held")) != NULL) {
        return STR("held");
    }
    for (size_t i = 0; i < history->count; i++) {
        if (str_is(site_text(&history->item[i], "kind"), "subjects")) {
            source = site_text(&history->item[i], "source");
        }
    }
    return source;
}

static void put_fields(struct site *site, struct buf *html, const struct value *history,
                       const struct value *inventory)
{
    const struct site_table table = {field_column, SCORES + 1, 0};
    const struct value *list = value_get(inventory, "fields");
    const struct str source = source_of_fields(history);
    if (source.len == 0) {
        return;
    }
    say_with_in(html, LIT("<h3 class=\"apart\">"), W_DATA_BY_FIELD, source_words(source), STR(""),
                LIT("</h3>"));
    site_table_begin(html, W_DATA_FIELDS, &table);
    for (size_t i = 0; i < site_size(list); i++) {
        const struct value *field = &list->item[i];
        if (site_text(field, "event").len == 0) {
            const struct line line = {site_text(field, "label"), source, site_text(field, "name"),
                                      field};
            put_line(site, html, history, &table, &line);
        }
    }
    site_table_end(html);
}

void insight_put_quality(struct site *site, struct buf *html, const struct value *inventory)
{
    struct candor_text report;
    html_lit(html, LIT("<section>"));
    insight_heading(html, W_DATA_QUALITY, W_DATA_QUALITY_LEAD);
    if (candor_quality_history(site->job, site->candor, NULL, &report) != CANDOR_OK) {
        insight_withheld(site, html);
        html_lit(html, LIT("</section>"));
        return;
    }
    const struct value *history = value_get(site_read(site, &report), "history");
    if (site_size(history) == 0) {
        page_notice(html, PAGE_NOTICE_PLAIN, str_from(word(W_DATA_NOT_MEASURED)));
    } else {
        put_sources(site, html, history, inventory);
        put_fields(site, html, history, inventory);
    }
    html_lit(html, LIT("</section>"));
}

/* ---- quarantine ------------------------------------------------------------------------------ */

struct waiting {
    struct str source;
    struct str field;
    struct str code;
    int64_t count;
};

static void add_waiting(const struct value *row, struct waiting *reason, size_t *count)
{
    const struct waiting one = {site_text(row, "source"), site_text(row, "field"),
                                site_text(row, "code"), 1};
    for (size_t i = 0; i < *count; i++) {
        if (str_equal(reason[i].source, one.source) && str_equal(reason[i].field, one.field) &&
            str_equal(reason[i].code, one.code)) {
            reason[i].count++;
            return;
        }
    }
    if (*count < REASONS_MAX) {
        reason[(*count)++] = one;
    }
}

static void put_waiting(struct site *site, struct buf *html, const struct value *rows)
{
    static const enum word column[] = {W_DATA_SOURCE, W_AUD_FIELD, W_DATA_REASON, W_DATA_ROWS};
    const struct site_table table = {column, 4, 8U};
    struct arena *arena = site->job->arena;
    struct waiting *reason = NEW_ARRAY(arena, REASONS_MAX, struct waiting);
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        add_waiting(&rows->item[i], reason, &count);
    }
    site_table_begin(html, W_DATA_QUARANTINE, &table);
    for (size_t i = 0; i < count; i++) {
        const struct str cell[] = {reason[i].source, reason[i].field,
                                   site_spaced(arena, reason[i].code),
                                   site_count(arena, reason[i].count)};
        site_table_row(html, &table, cell);
    }
    site_table_end(html);
}

/* The oldest, one by one; the others follow when these are done. */
static void put_rows(struct site *site, struct buf *html, const struct value *rows)
{
    static const enum word column[] = {W_DATA_ROW, W_DATA_SOURCE, W_COLUMN_LINE, W_AUD_FIELD,
                                       W_DATA_REASON};
    static const struct site_table table = {column, 5, 4U};
    struct arena *arena = site->job->arena;
    const size_t shown = rows->count < ROWS_SHOWN ? rows->count : ROWS_SHOWN;
    say_in(html, LIT("<h3 class=\"apart\">"), W_DATA_ROW_BY_ROW, LIT("</h3>"));
    say_with_in(html, LIT("<p class=\"note\">"), W_DATA_ROW_SHOWN,
                site_count(arena, (int64_t)shown), site_count(arena, (int64_t)rows->count),
                LIT("</p>"));
    site_table_begin(html, W_DATA_ROW_BY_ROW, &table);
    for (size_t i = 0; i < shown; i++) {
        const struct value *row = &rows->item[i];
        const struct str number = str_format(arena, "%lld", (long long)site_whole(row, "row"));
        site_cell_begin(html, &table, 0);
        site_link(html, site_path(arena, "/data/quarantine/", number, ""),
                  word_with(arena, W_DATA_ROW_TITLE, number, STR("")));
        site_cell_end(html, 0);
        site_cell(html, &table, 1, site_text(row, "source"));
        site_cell(html, &table, 2, site_count(arena, site_whole(row, "line")));
        site_cell(html, &table, 3, site_text(row, "field"));
        site_cell(html, &table, 4, site_spaced(arena, site_text(row, "code")));
        html_lit(html, LIT("</tr>"));
    }
    site_table_end(html);
}

void insight_put_quarantine(struct site *site, struct buf *html)
{
    struct candor_text report;
    html_lit(html, LIT("<section id=\"quarantine\">"));
    insight_heading(html, W_DATA_QUARANTINE, W_DATA_QUARANTINE_LEAD);
    if (candor_quality_list(site->job, site->candor, &report) != CANDOR_OK) {
        insight_withheld(site, html);
        html_lit(html, LIT("</section>"));
        return;
    }
    const struct value *rows = value_get(site_read(site, &report), "quarantine");
    if (site_size(rows) == 0) {
        say_in(html, LIT("<p>"), W_DATA_QUARANTINE_EMPTY, LIT("</p>"));
    } else {
        put_waiting(site, html, rows);
        put_rows(site, html, rows);
    }
    html_lit(html, LIT("</section>"));
}
