/*
 * study_use.c - what a model says of the rows of a CSV file: scores.
 */
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "study.h"

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
