/*
 * cardpage.c - the model card as a page. What is not known is said to be not known, not left out.
 */
#include "chart.h"
#include "frame.h"
#include "model.h"
#include "review.h"
#include "shapes.h"
#include "text.h"

enum { DRIVERS_SHOWN = 20 };

/* ---- pieces -------------------------------------------------------------------------------- */

static void put_fact(struct buf *html, struct lit name, struct str text)
{
    buf_lit(html, LIT("<tr><th scope=\"row\">"));
    buf_lit(html, name);
    page_tag(html, LIT("</th><td>"), text, LIT("</td></tr>"));
}

static void put_facts_begin(struct buf *html, struct lit title)
{
    buf_lit(html, LIT("<section><h2>"));
    buf_lit(html, title);
    buf_lit(html, LIT("</h2><table class=\"facts\"><tbody>"));
}

static void put_facts_end(struct buf *html)
{
    buf_lit(html, LIT("</tbody></table></section>"));
}

/* "training_purpose" reads better as "training purpose". */
struct str key_words(struct arena *arena, struct str key)
{
    struct buf words = buf_begin(arena);
    for (size_t i = 0; i < key.len; i++) {
        const char c = key.ptr[i];
        buf_u8(&words, (uint8_t)(c == '_' || c == '.' ? ' ' : c));
    }
    return buf_text(&words);
}

/* As a row is named: with a capital, beside rows that have one. */
struct str note_label(struct arena *arena, struct str key)
{
    char *label = NEW_ARRAY(arena, key.len + 1, char);
    const struct str words = key_words(arena, key);
    bytes_copy(label, words.ptr, words.len);
    if (words.len > 0 && label[0] >= 'a' && label[0] <= 'z') {
        label[0] = (char)(label[0] - 'a' + 'A');
    }
    return (struct str){label, words.len};
}

/*
 * What a program noted is JSON: "feature: age; act: set; 3 cells". Other notes are as they are. Digests and
 * numbers of 17 digits stand in candor card --json.
 */
struct str note_words(struct job *job, struct str note)
{
    const struct value *map = NULL;
    struct buf words = buf_begin(job->arena);
    if (!str_starts(note, STR("{"))) {
        return note;
    }
    if (json_read(job, bytes_of(note), NULL, "the note", &map) != CANDOR_OK) {
        job_forgive(job);
        return note;
    }
    for (size_t k = 0; k < map->count; k++) {
        const struct value *item = &map->item[k];
        const struct str key = key_words(job->arena, map->key[k]);
        buf_lit(&words, k == 0 ? LIT("") : LIT("; "));
        switch (item->kind) {
        case VALUE_NUMBER:
            buf_format(&words, "%.*s: %.4g", STR_ARG(key), item->number);
            break;
        case VALUE_TEXT:
            buf_format(&words, "%.*s: %.*s", STR_ARG(key), STR_ARG(item->text));
            break;
        case VALUE_BOOL:
            buf_format(&words, "%.*s: %s", STR_ARG(key), item->boolean ? "yes" : "no");
            break;
        case VALUE_NULL:
            buf_format(&words, "%.*s: none", STR_ARG(key));
            break;
        case VALUE_LIST:
        case VALUE_MAP:
            buf_format(&words, "%.*s: %zu", STR_ARG(key), item->count);
            break;
        }
    }
    return buf_text(&words);
}

/* The notes of a part as rows; what is said when there are none. */
static void put_notes(struct buf *html, struct job *job, const struct model *model,
                      enum card_part part)
{
    for (size_t n = 0; n < model->note_count; n++) {
        if (card_part_of(model->note[n].key) == part) {
            page_tag(html, LIT("<tr><th scope=\"row\">"),
                     note_label(job->arena, model->note[n].key), LIT("</th><td>"));
            page_tag(html, LIT(""), note_words(job, model->note[n].text), LIT("</td></tr>"));
        }
    }
}

static bool has_notes(const struct model *model, enum card_part part)
{
    for (size_t n = 0; n < model->note_count; n++) {
        if (card_part_of(model->note[n].key) == part) {
            return true;
        }
    }
    return false;
}

static void put_part(struct buf *html, struct job *job, const struct model *model,
                     enum card_part part, struct lit title, struct lit nothing)
{
    if (has_notes(model, part)) {
        put_facts_begin(html, title);
        put_notes(html, job, model, part);
        put_facts_end(html);
        return;
    }
    buf_lit(html, LIT("<section><h2>"));
    buf_lit(html, title);
    buf_lit(html, LIT("</h2><p class=\"note\">"));
    buf_lit(html, nothing);
    buf_lit(html, LIT("</p></section>"));
}

static struct str count_text(struct arena *arena, uint64_t count)
{
    struct buf text = buf_begin(arena);
    page_count(&text, count);
    return buf_text(&text);
}

/* ---- sections ------------------------------------------------------------------------------ */

static struct str predicts(struct arena *arena, const struct model *model)
{
    switch (model->task) {
    case TASK_BINARY:
        return str_format(arena, "the chance of \xe2\x80\x9c%.*s\xe2\x80\x9d",
                          STR_ARG(model->positive));
    case TASK_REGRESSION:
        return STR("a number");
    case TASK_COUNT:
        return STR("a count of 0 or more");
    case TASK_AMOUNT:
        return STR("an amount above 0");
    case TASK_CLASSES:
        break;
    }
    struct buf text = buf_begin(arena);
    buf_format(&text, "the chances of %zu classes: ", model->class_count);
    for (size_t c = 0; c < model->class_count; c++) {
        buf_str(&text, c == 0 ? STR("") : STR(", "));
        buf_str(&text, model->class_name[c]);
    }
    return buf_text(&text);
}

static void put_what(struct buf *html, struct job *job, const struct model *model,
                     const struct digest *digest)
{
    struct arena *arena = job->arena;
    put_facts_begin(html, LIT("What it is"));
    put_fact(html, LIT("Predicts"), predicts(arena, model));
    put_fact(html, LIT("Form"),
             str_format(arena, "a sum of %zu tables of one feature and %zu of two",
                        model->feature_count, model->term_count - model->feature_count));
    put_notes(html, job, model, CARD_PURPOSE);
    put_fact(html, LIT("Rows learnt from"), count_text(arena, model->rows_train));
    put_fact(html, LIT("Numbers really learnt"),
             str_format(arena, "%.0f (effective degrees of freedom)", model->freedom));
    put_notes(html, job, model, CARD_DATA);
    put_fact(html, LIT("Seed"), str_format(arena, "%llu", (unsigned long long)model->seed));
    put_fact(html, LIT("Digest of the data"),
             hex_of(arena, (struct bytes){model->data_digest, sizeof model->data_digest}));
    put_fact(html, LIT("Digest of the model"),
             hex_of(arena, (struct bytes){digest->byte, sizeof digest->byte}));
    put_facts_end(html);
}

static struct str number_text(struct arena *arena, double value)
{
    return isnan(value) ? STR("not known") : tick_text(arena, value, false);
}

static void put_measures(struct buf *html, struct arena *arena, const struct model *model)
{
    struct measured measured[MEASURED_MAX];
    const size_t count = measured_of(model, measured);
    buf_lit(html, LIT("<section><h2>How good it is</h2>"));
    if (count == 0) {
        buf_lit(html,
                LIT("<p class=\"note\">No rows were held out, so how good it is on new rows is "
                    "not known.</p></section>"));
        return;
    }
    page_tag(html, LIT("<p>Measured on "), count_text(arena, model->measures.rows),
             LIT(" rows that it has not seen.</p><table class=\"numbers\"><thead><tr><th>Measure"
                 "</th><th>Value</th><th>95&nbsp;% interval</th></tr></thead><tbody>"));
    for (size_t i = 0; i < count; i++) {
        page_tag(html, LIT("<tr><th scope=\"row\">"), str_of(measured[i].name), LIT("</th>"));
        page_tag(html, LIT("<td>"), number_text(arena, measured[i].value), LIT("</td>"));
        page_tag(html, LIT("<td>"),
                 isnan(measured[i].low) ? STR("not known")
                                        : str_format(arena, "%.*s to %.*s",
                                                     STR_ARG(number_text(arena, measured[i].low)),
                                                     STR_ARG(number_text(arena, measured[i].high))),
                 LIT("</td></tr>"));
    }
    buf_lit(html, LIT("</tbody></table></section>"));
}

static void put_calibration(struct buf *html, struct arena *arena, const struct model *model)
{
    const struct measures *measures = &model->measures;
    const bool has_chances = model->task == TASK_BINARY || model->task == TASK_CLASSES;
    if (measures->rows == 0 || measures->calibration_count == 0) {
        return;
    }
    buf_lit(html, LIT("<section><h2>Does a prediction mean what it says?</h2><p>"));
    html_text(html, str_format(arena,
                               "The rows in %zu groups by what was predicted. On the dotted line, "
                               "as much happens as was predicted. On average they are %.3g apart "
                               "(expected calibration error).",
                               measures->calibration_count, calibration_error(measures)));
    buf_lit(html, LIT("</p><div class=\"narrow\">"));
    plot_calibration(html, arena, measures, has_chances);
    buf_lit(html, LIT("</div></section>"));
}

static void put_drivers(struct buf *html, struct arena *arena, const struct card *card)
{
    const double widest = card->term_count > 0 ? card->term[0].importance : 0;
    buf_lit(html, LIT("<section><h2>What drives it</h2><ol class=\"stairs\">"));
    for (size_t t = 0; t < card->term_count && t < DRIVERS_SHOWN; t++) {
        const struct card_term *ranked = &card->term[t];
        page_tag(html, LIT("<li><div class=\"row\"><span class=\"name\">"),
                 card->model->term[ranked->term].name, LIT("</span>"));
        page_bar(html, widest > 0 ? ranked->importance / widest : 0);
        page_tag(html, LIT("<b class=\"count\">"), importance_text(arena, ranked->importance),
                 LIT("</b></div></li>"));
    }
    buf_lit(html, LIT("</ol>"));
    if (card->term_count > DRIVERS_SHOWN) {
        buf_format(html, "<p class=\"note\">And %zu more that matter less.</p>",
                   card->term_count - DRIVERS_SHOWN);
    }
    buf_lit(html, LIT("</section>"));
}

static void put_limits(struct buf *html, const struct card *card)
{
    buf_lit(html, LIT("<section><h2>Limits</h2><ul class=\"reasons\">"));
    for (size_t l = 0; l < card->limit_count; l++) {
        page_tag(html, LIT("<li>"), card->limit[l], LIT("</li>"));
    }
    buf_lit(html, LIT("</ul></section>"));
}

static void put_baseline(struct buf *html, struct arena *arena, const struct model *model)
{
    buf_lit(html, LIT("<section><h2>Drift baseline</h2><p>The model remembers the share of its "
                      "training rows in every bin of every feature; candor drift compares new rows "
                      "with them.</p>"));
    if (!isnan(model->link_decile[0])) {
        struct buf deciles = buf_begin(arena);
        for (size_t d = 0; d < DECILES; d++) {
            buf_format(&deciles, d == 0 ? "%.3g" : ", %.3g", model->link_decile[d]);
        }
        page_tag(html, LIT("<p class=\"note\">Link values at the tenths of the training rows: "),
                 buf_text(&deciles), LIT("</p>"));
    }
    buf_lit(html, LIT("</section>"));
}

struct str card_page(struct job *job, const struct card *card, const struct digest *digest)
{
    struct arena *arena = job->arena;
    const struct model *model = card->model;
    struct buf html = buf_begin(arena);
    page_begin(&html, LIT("Model card"), model->target);
    buf_lit(&html, LIT("</header>"));
    put_what(&html, job, model, digest);
    put_measures(&html, arena, model);
    put_calibration(&html, arena, model);
    put_drivers(&html, arena, card);
    put_part(&html, job, model, CARD_FAIRNESS, LIT("Fairness"),
             LIT("No comparison of groups is recorded in this model."));
    put_part(&html, job, model, CARD_PRIVACY, LIT("Privacy"),
             LIT("It was trained without differential privacy: no epsilon is recorded."));
    put_part(&html, job, model, CARD_CHANGES, LIT("Constraints and changes by people"),
             LIT("None: all shapes are as they were learnt."));
    put_limits(&html, card);
    put_baseline(&html, arena, model);
    put_part(&html, job, model, CARD_APPROVAL, LIT("Approval"),
             LIT("Nobody has approved this model yet."));
    if (has_notes(model, CARD_OTHER)) {
        put_part(&html, job, model, CARD_OTHER, LIT("Other notes"), LIT(""));
    }
    page_end(&html);
    return buf_text(&html);
}
