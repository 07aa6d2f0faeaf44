/*
 * study_use.c - what a model says of the rows of a CSV file: scores, and why.
 */
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "study.h"
#include "trust.h"

/* ---- score --------------------------------------------------------------------------------- */

enum candor_status candor_score(struct job *job, const char *model_path, const char *data_path,
                                const char *out_path, struct candor_text *report)
{
    struct model *model = NULL;
    struct digest digest;
    bool is_signed = false;
    struct table table;
    struct binding *binding = NULL;
    double *mean = NULL;
    TRY(path_may_be_written(job, NULL, out_path));
    TRY(paths_differ(job, out_path, data_path));
    TRY(paths_differ(job, out_path, model_path));
    TRY(study_model(job, model_path, &model, &digest, &is_signed));
    TRY(table_read(job, data_path, NULL, &table));
    TRY(during(job, model_bind(job, model, table.frame, &binding), "%s does not fit %s", data_path,
               model_path));
    TRY_ALLOC(job, mean, table.row_count, double);
    binding_score(binding, 0, NULL, mean);
    struct buf csv = buf_begin(job->arena);
    buf_lit(&csv, LIT("row,score\n"));
    for (size_t row = 0; row < table.row_count; row++) {
        csv_put_u64(&csv, row);
        buf_u8(&csv, ',');
        csv_put_f64(&csv, mean[row]);
        buf_u8(&csv, '\n');
    }
    if (out_path != NULL) {
        TRY(file_replace(job, str_of(out_path), buf_all(&csv), 0644));
        struct answer answer;
        answer_begin(job, &answer);
        json_map_begin(&answer.json);
        json_key(&answer.json, LIT("rows"));
        json_u64(&answer.json, table.row_count);
        json_key(&answer.json, LIT("file"));
        json_text(&answer.json, str_of(out_path));
        json_map_end(&answer.json);
        answer_end(&answer, report);
        return CANDOR_OK;
    }
    *report = text_of(job, buf_text(&csv));
    return CANDOR_OK;
}

/* ---- explain ------------------------------------------------------------------------------- */

static struct str value_shown(struct job *job, const struct frame *frame,
                              const struct model_feature *feature, size_t row)
{
    const struct column *column = frame_find(frame, feature->name);
    if (column == NULL) {
        return STR("");
    }
    if (column->kind == COLUMN_CATEGORY) {
        const uint32_t code = column->code[row];
        return code == CODE_MISSING ? STR("") : column->level[code];
    }
    const double number = column->number[row];
    return number == number ? str_from_double(job->arena, number) : STR("");
}

static void put_explanation(struct job *job, struct json *json, const struct model *model,
                            const struct frame *frame, size_t row, const double *contribution,
                            double link)
{
    struct reason_part *part = NEW_ARRAY(job->arena, model->feature_count, struct reason_part);
    struct str reason[CANDOR_REASONS_MAX];
    json_map_begin(json);
    json_key(json, LIT("row"));
    json_u64(json, row);
    json_key(json, LIT("score"));
    json_f64(json, model_mean(model, link));
    json_key(json, LIT("base"));
    json_f64(json, model->base);
    json_key(json, LIT("link"));
    json_f64(json, link);
    json_key(json, LIT("contributions"));
    json_list_begin(json);
    for (size_t t = 0; t < model->term_count; t++) {
        struct str shown = {NULL, 0};
        const struct term *term = &model->term[t];
        shown = value_shown(job, frame, &model->feature[term->feature[0]], row);
        if (term->feature_count == 2) {
            const struct str second =
                value_shown(job, frame, &model->feature[term->feature[1]], row);
            shown = str_format(job->arena, "%.*s & %.*s", STR_ARG(shown), STR_ARG(second));
        } else {
            part[t] = (struct reason_part){
                .label = term->name, .value = shown, .contribution = contribution[t]};
        }
        json_map_begin(json);
        json_key(json, LIT("feature"));
        json_text(json, term->name);
        json_key(json, LIT("value"));
        json_text(json, shown);
        json_key(json, LIT("contribution"));
        json_f64(json, contribution[t]);
        json_map_end(json);
    }
    json_list_end(json);
    const bool raising = link >= model->base;
    const size_t reasons =
        reasons_of(job->arena, part, model->feature_count, raising, reason, CANDOR_REASONS_MAX);
    json_key(json, LIT("reasons"));
    json_list_begin(json);
    for (size_t r = 0; r < reasons; r++) {
        json_text(json, reason[r]);
    }
    json_list_end(json);
    json_key(json, LIT("recourse"));
    json_list_begin(json);
    json_list_end(json);
    json_map_end(json);
}

enum candor_status candor_explain(struct job *job, const char *model_path, const char *data_path,
                                  uint64_t row, struct candor_text *report)
{
    struct model *model = NULL;
    struct digest digest;
    bool is_signed = false;
    struct table table;
    struct binding *binding = NULL;
    struct answer answer;
    TRY(study_model(job, model_path, &model, &digest, &is_signed));
    TRY(table_read(job, data_path, NULL, &table));
    if (row >= table.row_count) {
        return fail(job, CANDOR_BAD_INPUT, "row %llu of %zu; rows count from 0",
                    (unsigned long long)row, table.row_count);
    }
    TRY(during(job, model_bind(job, model, table.frame, &binding), "%s does not fit %s", data_path,
               model_path));
    uint8_t *bin = NEW_ARRAY(job->arena, model->feature_count, uint8_t);
    double *contribution = NEW_ARRAY(job->arena, model->term_count, double);
    binding_bin_row(binding, (size_t)row, bin);
    const double link = model_contributions(model, 0, bin, contribution);
    answer_begin(job, &answer);
    put_explanation(job, &answer.json, model, table.frame, (size_t)row, contribution, link);
    answer_end(&answer, report);
    return CANDOR_OK;
}
