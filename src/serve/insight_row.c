/*
 * insight_row.c - one row in quarantine: what is wrong with it, and putting it right or discarding it.
 *
 * Its values are sealed. Who may see people can open them, which is on the ledger and in the access log of
 * those it is about; who may import can replace one without seeing the others.
 */
#include "candor_inventory.h"
#include "insight.h"

#define HIDDEN STR("\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2")

/* What the page says beside the row. */
struct row_page {
    struct str error;
    unsigned code;
    bool shows_values;
};

static bool row_of(const struct site *site, uint64_t *row)
{
    return str_to_uint64(site->ask->parameter[0], row);
}

static struct str path_of(const struct site *site)
{
    return site_path(site->job->arena, "/data/quarantine/", site->ask->parameter[0], "");
}

/* ---- the page ------------------------------------------------------------------------------ */

static void put_facts(struct site *site, struct buf *html, const struct value *row)
{
    struct arena *arena = site->job->arena;
    html_lit(html, LIT("<dl class=\"pairs\">"));
    site_fact(html, W_DATA_SOURCE, site_text(row, "source"));
    site_fact(html, W_COLUMN_LINE, site_count(arena, site_whole(row, "line")));
    site_fact(html, W_AUD_FIELD, site_text(row, "field"));
    site_fact(html, W_DATA_REASON, site_spaced(arena, site_text(row, "code")));
    site_fact(html, W_DATA_ROW_UNTIL, site_text(row, "stays_until"));
    html_lit(html, LIT("</dl>"));
}

static void put_values(struct buf *html, const struct value *row, bool shows_values)
{
    static const enum word column[] = {W_DATA_ROW_COLUMN, W_DATA_ROW_VALUE};
    static const struct site_table table = {column, 2, 0};
    const struct value *list = value_get(row, "columns");
    site_table_begin(html, W_DATA_ROW_VALUES, &table);
    for (size_t i = 0; i < site_size(list); i++) {
        const struct str cell[] = {site_text(&list->item[i], "column"),
                                   shows_values ? site_text(&list->item[i], "value") : HIDDEN};
        site_table_row(html, &table, cell);
    }
    site_table_end(html);
}

/* The column that broke the rule comes first. */
static void put_columns(struct site *site, struct buf *html, const struct value *row)
{
    const struct value *list = value_get(row, "columns");
    struct str *choice = NEW_ARRAY(site->job->arena, site_size(list) + 1, struct str);
    for (size_t i = 0; i < site_size(list); i++) {
        choice[i] = site_text(&list->item[i], "column");
    }
    const struct str sent = site_field(site, "column");
    const struct page_field field = {.name = LIT("column"),
                                     .label = word(W_DATA_ROW_COLUMN),
                                     .value = sent.len > 0 ? sent : site_text(row, "field")};
    page_select(html, &field, choice, site_size(list));
}

static void put_mending(struct site *site, struct buf *html, const struct value *row,
                        const struct row_page *page)
{
    const struct page_field value = {.name = LIT("value"),
                                     .label = word(W_DATA_ROW_RIGHT),
                                     .hint = word(W_DATA_ROW_RIGHT_HINT),
                                     .error = page->error,
                                     .is_optional = true};
    site_heading(html, W_DATA_ROW_MEND);
    site_form_to(site, html, path_of(site));
    put_columns(site, html, row);
    page_field(html, &value);
    html_lit(html, LIT("<div class=\"acts\">"));
    page_answer(html, LIT("act"), LIT("mend"), word(W_DATA_ROW_TAKE), PAGE_BUTTON_MAIN);
    page_answer(html, LIT("act"), LIT("drop"), word(W_DATA_ROW_DROP), PAGE_BUTTON_DANGER);
    html_lit(html, LIT("</div>"));
    page_form_end(html);
}

static struct outcome row_page(struct site *site, uint64_t number, const struct row_page *page)
{
    struct candor_text report;
    struct buf html = buf_begin(site->job->arena);
    const enum candor_status status =
        candor_quality_show(site->job, site->candor, number, page->shows_values, &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *row = site_read(site, &report);
    site_begin(site, &html,
               word_with(site->job->arena, W_DATA_ROW_TITLE, site->ask->parameter[0], STR("")),
               "/data");
    say_in(&html, LIT("<p class=\"lead\">"), W_DATA_ROW_LEAD, LIT("</p>"));
    put_facts(site, &html, row);
    put_values(&html, row, page->shows_values);
    if (!page->shows_values && site_may(site, "subject.read")) {
        insight_act(site, &html, path_of(site), LIT("show"), W_DATA_ROW_SHOW);
    }
    if (site_may(site, "import")) {
        put_mending(site, &html, row, page);
    }
    html_lit(&html, LIT("<p>"));
    page_link(&html, LIT("/data#quarantine"), word(W_DATA_ROW_BACK));
    html_lit(&html, LIT("</p>"));
    return site_end_with(&html, page->code == 0 ? 200 : page->code);
}

struct outcome insight_row(struct site *site)
{
    uint64_t number = 0;
    const struct row_page page = {.error = STR("")};
    return row_of(site, &number) ? row_page(site, number, &page)
                                 : site_refusal(site, 404, str_from(word(W_NOT_FOUND)),
                                                str_from(word(W_DATA_ROW_NONE)));
}

/* ---- what the buttons do ------------------------------------------------------------------- */

static struct outcome refused(struct site *site, uint64_t number, enum candor_status status)
{
    if (status != CANDOR_BAD_INPUT) {
        return site_failure(site, status);
    }
    const struct row_page page = {.code = 400, .error = site_said(site, status)};
    return row_page(site, number, &page);
}

/* The value is kept, and the row tried again under the rules of today. */
static struct outcome mend(struct site *site, uint64_t number)
{
    struct candor_text report;
    const char *column = str_z(site->job->arena, site_field(site, "column"));
    enum candor_status status = candor_quality_repair(site->job, site->candor, number, column,
                                                      site_field_z(site, "value"), &report);
    if (status == CANDOR_OK) {
        status = candor_quality_reimport(site->job, site->candor, number, &report);
    }
    if (status != CANDOR_OK) {
        return refused(site, number, status);
    }
    if (site_whole(site_read(site, &report), "stay") > 0) {
        const struct row_page page = {.code = 400, .error = str_from(word(W_DATA_ROW_STAYS))};
        return row_page(site, number, &page);
    }
    return site_go_saying(site, "/data", "row-in");
}

struct outcome insight_row_post(struct site *site)
{
    struct candor_text report;
    uint64_t number = 0;
    const struct str act = site_field(site, "act");
    if (!row_of(site, &number)) {
        return site_stale(site);
    }
    if (str_is(act, "mend")) {
        return mend(site, number);
    }
    if (str_is(act, "show")) {
        const struct row_page page = {.error = STR(""), .shows_values = true};
        return row_page(site, number, &page);
    }
    if (!str_is(act, "drop")) {
        return site_stale(site);
    }
    const enum candor_status status = candor_quality_drop(site->job, site->candor, number, &report);
    return status == CANDOR_OK ? site_go_saying(site, "/data", "row-gone")
                               : refused(site, number, status);
}
