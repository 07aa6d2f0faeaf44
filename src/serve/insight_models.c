/*
 * insight_models.c - models: which there are, and of one what drives it, how good it is, whether it
 * treats groups alike, whether people still look like those it learnt from, and its card.
 */
#include "insight.h"

#include <math.h>

enum { SHOWN_AT_ONCE = 6 };

/* A model's page, with what was just measured; NULL: nothing was. */
struct model_page {
    const struct value *card;
    const struct value *shapes;
    const struct value *fairness;
    const struct value *drift;
    const struct value *monitors; /* NULL: not theirs to see */
};

static struct str model_path(struct arena *arena, struct str name)
{
    return site_path(arena, "/models/", name, "");
}

static struct str number_words(struct arena *arena, const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value == NULL || value->kind != VALUE_NUMBER ? str_from(word(W_UNKNOWN))
                                                        : str_format(arena, "%.3f", value->number);
}

static enum word state_of(const struct value *model)
{
    return site_flag(model, "published") ? W_MOD_PUBLISHED : W_MOD_PROPOSED;
}

/* ---- the list -------------------------------------------------------------------------------- */

static void put_model_row(struct site *site, struct buf *html, const struct site_table *table,
                          const struct value *model)
{
    struct arena *arena = site->job->arena;
    const struct value *training = value_get(model, "training");
    site_cell_begin(html, table, 0);
    page_tag(html, LIT("<a href=\""), model_path(arena, site_text(model, "model")), LIT("\">"));
    page_tag(html, LIT(""), site_text(model, "model"), LIT("</a>"));
    site_cell_end(html, 0);
    const struct str cell[] = {
        STR(""), str_from(word(state_of(model))), number_words(arena, model, "auc"),
        site_count(arena, site_whole(model, "rows_train")),
        site_flag(training, "retrain") ? str_from(word(W_MOD_RETRAIN))
                                       : site_percent(arena, site_number(training, "share_gone"))};
    for (size_t i = 1; i < table->column_count; i++) {
        site_cell_begin(html, table, i);
        html_text(html, cell[i]);
        site_cell_end(html, i);
    }
    html_lit(html, LIT("</tr>"));
}

struct outcome insight_models(struct site *site)
{
    static const enum word column[] = {W_MOD_NAME, W_MOD_STATE, W_MOD_AUC_SHORT, W_MOD_ROWS,
                                       W_MOD_GONE};
    const struct site_table table = {column, 5, 4U | 8U | 16U};
    struct buf html = buf_begin(site->job->arena);
    struct candor_text report;
    const enum candor_status status = candor_model_list(site->job, site->candor, &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *list = value_get(site_read(site, &report), "models");
    site_begin(site, &html, str_from(word(W_MOD_TITLE)), "/models");
    say_in(&html, LIT("<p class=\"lead\">"), W_MOD_LEAD, LIT("</p>"));
    if (site_size(list) == 0) {
        page_notice(&html, PAGE_NOTICE_PLAIN, str_from(word(W_MOD_EMPTY)));
        console_put_training(site, &html);
        return site_end(&html);
    }
    site_table_begin(&html, W_MOD_TITLE, &table);
    for (size_t i = 0; i < list->count; i++) {
        put_model_row(site, &html, &table, &list->item[i]);
    }
    site_table_end(&html);
    console_put_training(site, &html);
    return site_end(&html);
}

/* ---- one model: figures ---------------------------------------------------------------------- */

static struct str interval_words(struct arena *arena, const struct value *measures, const char *key)
{
    const struct value *both = value_get(value_get(measures, "interval"), key);
    if (both == NULL || both->kind != VALUE_LIST || both->count != 2 ||
        both->item[0].kind != VALUE_NUMBER || both->item[1].kind != VALUE_NUMBER) {
        return STR("");
    }
    return word_with(arena, W_MOD_BETWEEN, str_format(arena, "%.3f", both->item[0].number),
                     str_format(arena, "%.3f", both->item[1].number));
}

static void put_figures(struct site *site, struct buf *html, const struct value *card)
{
    struct arena *arena = site->job->arena;
    const struct value *measures = value_get(card, "measures");
    html_lit(html, LIT("<dl class=\"figures\">"));
    if (value_get(measures, "auc") != NULL) {
        site_figure(html, W_MOD_AUC, number_words(arena, measures, "auc"),
                    interval_words(arena, measures, "auc"));
    } else {
        site_figure(html, W_BOARD_RMSE, number_words(arena, measures, "rmse"), STR(""));
    }
    site_figure(html, W_MOD_CALIBRATION, number_words(arena, measures, "calibration_error"),
                str_from(word(W_MOD_CALIBRATION_HINT)));
    site_figure(
        html, W_MOD_ROWS, site_count(arena, site_whole(card, "rows_train")),
        word_with(arena, W_MOD_HELD_OUT, site_count(arena, site_whole(measures, "rows")), STR("")));
    site_figure(html, W_MOD_GONE,
                site_percent(arena, site_number(value_get(card, "training"), "share_gone")),
                site_flag(value_get(card, "training"), "retrain") ? str_from(word(W_MOD_RETRAIN))
                                                                  : STR(""));
    html_lit(html, LIT("</dl>"));
}

/* ---- one model: what drives it --------------------------------------------------------------- */

static void put_driver(struct site *site, struct buf *html, const struct value *term, double most)
{
    const double share = site_number(term, "share");
    html_lit(html, LIT("<li>"));
    page_row(html, site_text(term, "label"), most > 0 ? share / most : 0,
             site_percent(site->job->arena, share));
    html_lit(html, LIT("</li>"));
}

/* The picture is SVG of our own library, which escapes by construction. */
static void put_picture(struct buf *html, const struct value *term)
{
    page_tag(html, LIT("<article><h3>"), site_text(term, "label"), LIT("</h3>"));
    page_tag(html, LIT("<p>"), site_text(term, "says"), LIT("</p>"));
    buf_str(html, site_text(term, "svg"));
    html_lit(html, LIT("</article>"));
}

static bool has_picture(const struct value *term)
{
    return site_text(term, "svg").len > 0;
}

static void put_pictures(struct buf *html, const struct value *terms, size_t from, size_t to)
{
    html_lit(html, LIT("<div class=\"pictures\">"));
    for (size_t t = from; t < to && t < terms->count; t++) {
        if (has_picture(&terms->item[t])) {
            put_picture(html, &terms->item[t]);
        }
    }
    html_lit(html, LIT("</div>"));
}

static void put_drivers(struct site *site, struct buf *html, const struct value *shapes)
{
    const struct value *terms = value_get(shapes, "terms");
    html_lit(html, LIT("<section id=\"pictures\">"));
    insight_heading(html, W_MOD_DRIVERS, W_MOD_DRIVERS_LEAD);
    if (site_size(terms) == 0) {
        say_in(html, LIT("<p>"), W_MOD_NO_DRIVERS, LIT("</p></section>"));
        return;
    }
    html_lit(html, LIT("<ol class=\"stairs relative\">"));
    for (size_t t = 0; t < terms->count; t++) {
        put_driver(site, html, &terms->item[t], site_number(&terms->item[0], "share"));
    }
    html_lit(html, LIT("</ol>"));
    page_tag(html, LIT("<p class=\"note\">"), site_text(shapes, "unit"), LIT("</p>"));
    say_in(html, LIT("<p class=\"note\">"), W_MOD_READING, LIT("</p>"));
    const bool is_all = site_query(site, "pictures").len > 0;
    put_pictures(html, terms, 0, is_all ? terms->count : SHOWN_AT_ONCE);
    if (!is_all && terms->count > SHOWN_AT_ONCE && has_picture(&terms->item[SHOWN_AT_ONCE])) {
        page_tag(html, LIT("<p><a href=\""),
                 model_path(site->job->arena, site_text(shapes, "model")),
                 LIT("?pictures=all#pictures\">"));
        say_in(html, LIT(""), W_MOD_MORE, LIT("</a></p>"));
    }
    html_lit(html, LIT("</section>"));
}

/* ---- one model: fairness, drift, card -------------------------------------------------------- */

static void put_checks(struct site *site, struct buf *html, const struct model_page *page)
{
    struct arena *arena = site->job->arena;
    const struct str name = site_text(page->card, "model");
    html_lit(html, LIT("<section id=\"fairness\">"));
    insight_heading(html, W_MOD_FAIRNESS, W_MOD_FAIRNESS_LEAD);
    if (page->fairness != NULL) {
        insight_put_fairness(site, html, page->fairness, name);
    }
    if (site_may(site, "audit")) {
        insight_act(site, html,
                    str_format(arena, "%.*s#fairness", STR_ARG(model_path(arena, name))),
                    LIT("fairness"), W_MOD_MEASURE_FAIRNESS);
    }
    html_lit(html, LIT("</section><section id=\"drift\">"));
    insight_heading(html, W_MOD_DRIFT, W_MOD_DRIFT_LEAD);
    if (page->drift != NULL) {
        insight_put_drift(site, html, page->drift, page->shapes);
    }
    insight_put_monitor(site, html, page->monitors, name);
    if (!site_flag(page->card, "published")) {
        say_in(html, LIT("<p>"), W_MOD_DRIFT_LATER, LIT("</p>"));
    } else if (site_may(site, "audit")) {
        insight_act(site, html, str_format(arena, "%.*s#drift", STR_ARG(model_path(arena, name))),
                    LIT("drift"), W_MOD_MEASURE_DRIFT);
    }
    html_lit(html, LIT("</section>"));
}

/* What a note is about; notes of other names stand as they are. */
static struct str note_words(struct arena *arena, struct str key)
{
    static const struct {
        const char *key;
        enum word word;
    } row[] = {{"title", W_CARD_TITLE},
               {"training_purpose", W_CARD_TRAINING},
               {"uses_purpose", W_CARD_USES},
               {"protected", W_CARD_PROTECTED},
               {"repair", W_CARD_REPAIR}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(key, row[i].key)) {
            return str_from(word(row[i].word));
        }
    }
    return site_spaced(arena, key);
}

static void put_notes(struct site *site, struct buf *html, const struct value *card)
{
    static const struct {
        const char *part;
        enum word word;
    } row[] = {{"purpose", W_MOD_CARD_PURPOSE},   {"data", W_MOD_CARD_DATA},
               {"fairness", W_MOD_CARD_FAIRNESS}, {"privacy", W_MOD_CARD_PRIVACY},
               {"changes", W_MOD_CARD_CHANGES},   {"approval", W_MOD_CARD_APPROVAL}};
    html_lit(html, LIT("<dl class=\"glossary\">"));
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct value *part = value_get(card, row[i].part);
        if (part == NULL || part->kind != VALUE_MAP || part->count == 0) {
            continue;
        }
        say_in(html, LIT("<dt>"), row[i].word, LIT("</dt>"));
        for (size_t n = 0; n < part->count; n++) {
            page_tag(html, LIT("<dd><span>"), note_words(site->job->arena, part->key[n]),
                     LIT(":</span> "));
            page_tag(html, LIT(""), part->item[n].text, LIT("</dd>"));
        }
    }
    say_in(html, LIT("<dt>"), W_MOD_CARD_DIGEST, LIT("</dt>"));
    page_tag(html, LIT("<dd><code>"), site_text(card, "digest"), LIT("</code></dd>"));
    say_in(html, LIT("<dt>"), W_MOD_CARD_DATA_DIGEST, LIT("</dt>"));
    page_tag(html, LIT("<dd><code>"), site_text(card, "data_digest"), LIT("</code></dd></dl>"));
}

static void put_card(struct site *site, struct buf *html, const struct value *card)
{
    const struct value *limits = value_get(card, "limits");
    html_lit(html, LIT("<section>"));
    insight_heading(html, W_MOD_CARD, W_MOD_CARD_LEAD);
    html_lit(html, LIT("<ul class=\"reasons\">"));
    for (size_t i = 0; i < site_size(limits); i++) {
        page_tag(html, LIT("<li>"), limits->item[i].text, LIT("</li>"));
    }
    html_lit(html, LIT("</ul>"));
    put_notes(site, html, card);
    html_lit(html, LIT("</section>"));
}

/* ---- one model: the page --------------------------------------------------------------------- */

static enum candor_status read_model(struct site *site, const char *name, struct model_page *page)
{
    struct candor_text card;
    struct candor_text shapes;
    struct candor_text monitors;
    size_t alarms = 0;
    TRY(candor_model_show(site->job, site->candor, name, &card));
    TRY(candor_model_shapes(site->job, site->candor, name, &shapes));
    page->card = site_read(site, &card);
    page->shapes = site_read(site, &shapes);
    if (candor_monitors(site->job, site->candor, &alarms, &monitors) == CANDOR_OK) {
        page->monitors = site_read(site, &monitors);
    } else {
        job_forgive(site->job); /* the page is whole without it */
    }
    return CANDOR_OK;
}

static struct outcome model_page(struct site *site, struct model_page *page)
{
    struct buf html = buf_begin(site->job->arena);
    const enum candor_status status =
        read_model(site, str_z(site->job->arena, site->ask->parameter[0]), page);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct str title = site_text(value_get(page->card, "purpose"), "title");
    site_begin(site, &html, title.len > 0 ? title : site_text(page->card, "model"), "/models");
    say_in(&html, LIT("<p class=\"state\">"), state_of(page->card), LIT("</p>"));
    if (!site_flag(page->card, "published") && site_may(site, "publish")) {
        console_put_publishing(site, &html, site_text(page->card, "model"));
    }
    put_figures(site, &html, page->card);
    put_drivers(site, &html, page->shapes);
    put_checks(site, &html, page);
    put_card(site, &html, page->card);
    return site_end(&html);
}

struct outcome insight_model(struct site *site)
{
    struct model_page page = {0};
    return model_page(site, &page);
}

struct outcome insight_model_post(struct site *site)
{
    struct model_page page = {0};
    struct candor_text report;
    size_t findings = 0;
    const struct str act = site_field(site, "act");
    const char *name = str_z(site->job->arena, site->ask->parameter[0]);
    const bool is_drift = str_is(act, "drift");
    if (!is_drift && !str_is(act, "fairness")) {
        return site_stale(site);
    }
    const enum candor_status status =
        is_drift ? candor_model_drift(site->job, site->candor, name, &findings, &report)
                 : candor_audit(site->job, site->candor, "fairness", &findings, &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    *(is_drift ? &page.drift : &page.fairness) = site_read(site, &report);
    return model_page(site, &page);
}
