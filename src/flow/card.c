/*
 * card.c - the model card: what a person should know before using a model.
 */
#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "model.h"
#include "study.h"

static void put_measures(struct json *json, const struct model *model)
{
    const struct measures *measures = &model->measures;
    json_key(json, LIT("measures"));
    json_map_begin(json);
    json_key(json, LIT("rows"));
    json_u64(json, measures->rows);
    json_key(json, LIT("auc"));
    json_f64(json, measures->rows == 0 ? NOT_KNOWN : measures->auc);
    json_key(json, LIT("log_loss"));
    json_f64(json, measures->rows == 0 ? NOT_KNOWN : measures->log_loss);
    json_key(json, LIT("brier"));
    json_f64(json, measures->rows == 0 ? NOT_KNOWN : measures->brier);
    json_key(json, LIT("rmse"));
    json_f64(json, measures->rows == 0 ? NOT_KNOWN : measures->rmse);
    json_key(json, LIT("r2"));
    json_f64(json, measures->rows == 0 ? NOT_KNOWN : measures->r2);
    json_key(json, LIT("calibration"));
    json_list_begin(json);
    for (size_t c = 0; c < measures->calibration_count; c++) {
        json_map_begin(json);
        json_key(json, LIT("rows"));
        json_u64(json, measures->calibration[c].rows);
        json_key(json, LIT("predicted"));
        json_f64(json, measures->calibration[c].predicted);
        json_key(json, LIT("observed"));
        json_f64(json, measures->calibration[c].observed);
        json_map_end(json);
    }
    json_list_end(json);
    json_map_end(json);
}

enum candor_status card_members(struct job *job, struct json *json, const struct model *model)
{
    struct card card;
    TRY(model_card(job, model, &card));
    json_key(json, LIT("target"));
    json_text(json, model->target);
    json_key(json, LIT("task"));
    json_text(json, model->task == TASK_BINARY ? STR("binary") : STR("regression"));
    json_key(json, LIT("data_digest"));
    json_hex(json, (struct bytes){model->data_digest, sizeof model->data_digest});
    json_key(json, LIT("seed"));
    json_u64(json, model->seed);
    json_key(json, LIT("degrees_of_freedom"));
    json_f64(json, model->freedom);
    put_measures(json, model);
    json_key(json, LIT("limits"));
    json_list_begin(json);
    for (size_t l = 0; l < card.limit_count; l++) {
        json_text(json, card.limit[l]);
    }
    json_list_end(json);
    json_key(json, LIT("notes"));
    json_map_begin(json);
    for (size_t n = 0; n < model->note_count; n++) {
        json_key_str(json, model->note[n].key);
        json_text(json, model->note[n].text);
    }
    json_map_end(json);
    return CANDOR_OK;
}

/* ---- as a page ----------------------------------------------------------------------------- */

static void put_fact(struct buf *html, struct lit name, struct str text)
{
    buf_lit(html, LIT("<tr><th scope=\"row\">"));
    buf_lit(html, name);
    buf_lit(html, LIT("</th><td>"));
    html_text(html, text);
    buf_lit(html, LIT("</td></tr>"));
}

static void put_number(struct job *job, struct buf *html, struct lit name, double value)
{
    put_fact(html, name,
             value == value ? str_format(job->arena, "%.4f", value) : STR("not measured"));
}

static void put_held_out(struct job *job, struct buf *html, const struct model *model)
{
    const bool is_measured = model->measures.rows > 0;
    put_fact(html, LIT("Rows held out"),
             str_format(job->arena, "%llu", (unsigned long long)model->measures.rows));
    if (model->task == TASK_BINARY) {
        put_number(job, html, LIT("AUC, held out"), is_measured ? model->measures.auc : NOT_KNOWN);
        put_number(job, html, LIT("Log loss, held out"),
                   is_measured ? model->measures.log_loss : NOT_KNOWN);
    } else {
        put_number(job, html, LIT("RMSE, held out"),
                   is_measured ? model->measures.rmse : NOT_KNOWN);
        put_number(job, html, LIT("R², held out"), is_measured ? model->measures.r2 : NOT_KNOWN);
    }
}

static void put_facts(struct job *job, struct buf *html, const struct model *model,
                      const struct digest *digest)
{
    buf_lit(html, LIT("<section><h2>What it is</h2><table><tbody>"));
    put_fact(html, LIT("Predicts"),
             model->task == TASK_BINARY
                 ? str_format(job->arena, "the chance of “%.*s”", STR_ARG(model->positive))
                 : STR("a number"));
    put_fact(html, LIT("Form"), STR("a sum of one table per feature, and per pair of features"));
    put_fact(html, LIT("Rows learnt from"),
             str_format(job->arena, "%llu", (unsigned long long)model->rows_train));
    put_held_out(job, html, model);
    put_fact(html, LIT("Seed"), str_format(job->arena, "%llu", (unsigned long long)model->seed));
    put_fact(html, LIT("Digest of the data"),
             hex_of(job->arena, (struct bytes){model->data_digest, sizeof model->data_digest}));
    put_fact(html, LIT("Digest of the model"),
             hex_of(job->arena, (struct bytes){digest->byte, sizeof digest->byte}));
    buf_lit(html, LIT("</tbody></table></section>"));
}

enum { DRIVERS_SHOWN = 20 };

static void put_drivers(struct buf *html, const struct model *model, const struct card *card)
{
    buf_lit(html, LIT("<section><h2>What drives it</h2><ol class=\"stairs\">"));
    for (size_t t = 0; t < card->term_count && t < DRIVERS_SHOWN; t++) {
        const double widest = card->term[0].importance;
        buf_lit(html, LIT("<li><div class=\"row\"><span class=\"name\">"));
        html_text(html, model->term[card->term[t].term].name);
        buf_format(html,
                   "</span><span class=\"bar\" aria-hidden=\"true\"><i style=\"width:%.2f%%\"></i>"
                   "</span><b class=\"count\">%.3f</b></div></li>",
                   widest > 0 ? 100 * card->term[t].importance / widest : 0,
                   card->term[t].importance);
    }
    buf_lit(html, LIT("</ol></section>"));
}

static enum candor_status card_page(struct job *job, const struct model *model,
                                    const struct digest *digest, struct str *page)
{
    struct card card;
    struct buf html = buf_begin(job->arena);
    TRY(model_card(job, model, &card));
    buf_lit(&html, LIT("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
                       "name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta "
                       "name=\"color-scheme\" content=\"light dark\"><title>Model card: "));
    html_text(&html, model->target);
    buf_lit(&html, LIT("</title><style>"));
    buf_lit(&html, page_style());
    buf_lit(&html, LIT("</style></head><body><main><header><p class=\"state\">Model card</p><h1>"));
    html_text(&html, model->target);
    buf_lit(&html, LIT("</h1></header>"));
    put_facts(job, &html, model, digest);
    put_drivers(&html, model, &card);
    buf_lit(&html, LIT("<section><h2>Limits</h2><ul class=\"reasons\">"));
    for (size_t l = 0; l < card.limit_count; l++) {
        buf_lit(&html, LIT("<li>"));
        html_text(&html, card.limit[l]);
        buf_lit(&html, LIT("</li>"));
    }
    buf_lit(&html, LIT("</ul></section></main></body></html>\n"));
    *page = buf_text(&html);
    return CANDOR_OK;
}

enum candor_status candor_card(struct job *job, const char *model_path, const char *html_path,
                               struct candor_text *report)
{
    struct model *model = NULL;
    struct digest digest;
    bool is_signed = false;
    struct answer answer;
    TRY(path_may_be_written(job, NULL, html_path));
    TRY(paths_differ(job, html_path, model_path));
    TRY(study_model(job, model_path, &model, &digest, &is_signed));
    if (html_path != NULL) {
        struct str page;
        TRY(card_page(job, model, &digest, &page));
        TRY(file_replace(job, str_of(html_path), bytes_of(page), 0644));
    }
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    TRY(card_members(job, &answer.json, model));
    TRY(drivers_json(job, &answer.json, NULL, model));
    json_key(&answer.json, LIT("rows_train"));
    json_u64(&answer.json, model->rows_train);
    json_key(&answer.json, LIT("digest"));
    json_hex(&answer.json, (struct bytes){digest.byte, sizeof digest.byte});
    json_key(&answer.json, LIT("signed"));
    json_bool(&answer.json, is_signed);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
