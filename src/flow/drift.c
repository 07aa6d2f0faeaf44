/*
 * drift.c - `candor drift`: do these rows still look like those that the model was trained on?
 */
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "review.h"
#include "shapes.h"
#include "study.h"

/* ---- counting ------------------------------------------------------------------------------ */

struct drifting {
    const struct model *model;
    struct table table;
    struct binding *binding;
    uint64_t *count; /* BINS_MAX per feature: rows in each bin */
};

static enum candor_status count_bins(struct job *job, struct drifting *drifting)
{
    const size_t features = drifting->model->feature_count;
    uint8_t *bin;
    TRY_ALLOC(job, bin, size_mul(drifting->table.row_count, features) + 1, uint8_t);
    TRY_ALLOC(job, drifting->count, size_mul(features + 1, BINS_MAX), uint64_t);
    binding_bin(drifting->binding, 0, bin);
    for (size_t row = 0; row < drifting->table.row_count; row++) {
        for (size_t f = 0; f < features; f++) {
            drifting->count[f * BINS_MAX + bin[row * features + f]]++;
        }
    }
    return CANDOR_OK;
}

/* The share of the rows with a number beyond all that training had. */
static double share_outside(const struct drifting *drifting, size_t feature)
{
    const struct model_feature *of = &drifting->model->feature[feature];
    const struct column *column = frame_find(drifting->table.frame, of->name);
    size_t outside = 0;
    if (column == NULL || of->kind != COLUMN_NUMBER || column->kind != COLUMN_NUMBER ||
        of->value_count == 0) {
        return 0;
    }
    for (size_t row = 0; row < drifting->table.row_count; row++) {
        const double value = column->number[row];
        outside += value < of->low[0] || value > of->high[of->value_count - 1];
    }
    return (double)outside / (double)drifting->table.row_count;
}

/* Of classes, the largest link of each row moves to the front. */
static enum candor_status links_of(struct job *job, const struct drifting *drifting, double **links)
{
    const size_t classes = drifting->model->class_count;
    const size_t rows = drifting->table.row_count;
    double *link;
    TRY_ALLOC(job, link, size_mul(rows, classes), double);
    binding_score(drifting->binding, 0, link, NULL);
    for (size_t row = 0; row < rows; row++) {
        double most = link[row * classes];
        for (size_t c = 1; c < classes; c++) {
            most = fmax(most, link[row * classes + c]);
        }
        link[row] = most;
    }
    *links = link;
    return CANDOR_OK;
}

static enum candor_status outside_of(struct job *job, const struct drifting *drifting,
                                     double **outside)
{
    TRY_ALLOC(job, *outside, drifting->model->feature_count + 1, double);
    for (size_t f = 0; f < drifting->model->feature_count; f++) {
        (*outside)[f] = share_outside(drifting, f);
    }
    return CANDOR_OK;
}

/* ---- as JSON ------------------------------------------------------------------------------- */

static void put_two(struct json *json, struct lit key, const double value[2])
{
    json_key(json, key);
    json_list_begin(json);
    json_f64(json, value[0]);
    json_f64(json, value[1]);
    json_list_end(json);
}

static void put_drift(struct json *json, const struct drift *drift)
{
    json_key(json, LIT("verdict"));
    json_text(json, str_of(drift_word(drift)));
    json_key(json, LIT("psi"));
    json_f64(json, drift->psi);
    json_key(json, LIT("chi2"));
    json_f64(json, drift->chi_square);
    json_key(json, LIT("freedom"));
    json_u64(json, drift->freedom);
    json_key(json, LIT("chi2_p"));
    json_f64(json, drift->p);
}

size_t drift_features_json(struct job *job, struct json *json, const struct drift_counts *counts)
{
    size_t drifted = 0;
    json_key(json, LIT("features"));
    json_list_begin(json);
    for (size_t f = 0; f < counts->model->feature_count; f++) {
        const struct drift drift =
            model_drift_of(job->arena, counts->model, f, counts->count + f * BINS_MAX);
        drifted += drift_is_much(&drift) ? 1 : 0;
        json_map_begin(json);
        json_key(json, LIT("feature"));
        json_text(json, drift.name);
        put_drift(json, &drift);
        put_two(json, LIT("missing"), drift.missing);
        put_two(json, LIT("unseen"), drift.unseen);
        if (counts->outside != NULL) {
            json_key(json, LIT("outside"));
            json_f64(json, counts->outside[f]);
        }
        json_key(json, LIT("moved_most"));
        json_text(json, drift.most);
        put_two(json, LIT("moved_most_share"), drift.most_share);
        json_map_end(json);
    }
    json_list_end(json);
    return drifted;
}

size_t drift_score_json(struct json *json, const struct model *model, const double *link,
                        size_t row_count)
{
    struct drift drift;
    json_key(json, LIT("score"));
    if (!model_drift_of_links(model, link, row_count, &drift)) {
        json_null(json);
        return 0;
    }
    json_map_begin(json);
    put_drift(json, &drift);
    json_map_end(json);
    return drift_is_much(&drift) ? 1 : 0;
}

void drift_limits_json(struct json *json, const struct model *model, uint64_t rows)
{
    json_key(json, LIT("rows_train"));
    json_u64(json, model->rows_train);
    json_key(json, LIT("rows"));
    json_u64(json, rows);
    json_key(json, LIT("shifting_from"));
    json_f64(json, DRIFT_SOME);
    json_key(json, LIT("drifted_from"));
    json_f64(json, DRIFT_MUCH);
}

static enum candor_status drift_of_model(struct job *job, const char *model_path,
                                         const char *data_path, size_t *drifted,
                                         struct candor_text *report)
{
    struct drifting drifting = {0};
    struct model *model = NULL;
    struct digest digest;
    bool is_signed = false;
    double *link = NULL;
    double *outside = NULL;
    struct answer answer;
    TRY(study_model(job, model_path, &model, &digest, &is_signed));
    if (model->rows_train == 0) {
        return fail(job, CANDOR_BAD_INPUT, "%s does not say how many rows it was trained on",
                    model_path);
    }
    drifting.model = model;
    const struct table_asked asked = {{model}, NULL};
    TRY(table_read(job, data_path, &asked, &drifting.table));
    TRY(during(job, model_bind(job, model, drifting.table.frame, &drifting.binding),
               "%s does not fit %s", data_path, model_path));
    TRY(count_bins(job, &drifting));
    TRY(links_of(job, &drifting, &link));
    TRY(outside_of(job, &drifting, &outside));
    const struct drift_counts counts = {model, drifting.count, outside};
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    drift_limits_json(&answer.json, model, drifting.table.row_count);
    *drifted = drift_features_json(job, &answer.json, &counts);
    *drifted += drift_score_json(&answer.json, model, link, drifting.table.row_count);
    json_key(&answer.json, LIT("drifted"));
    json_u64(&answer.json, *drifted);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_drift(struct job *job, const char *reference_path, const char *data_path,
                                size_t *drifted, struct candor_text *report)
{
    bool is_model = false;
    *drifted = 0;
    TRY(modelfile_is(job, reference_path, &is_model));
    if (is_model) {
        return drift_of_model(job, reference_path, data_path, drifted, report);
    }
    const struct candor_drift_tables question = {.reference_path = reference_path,
                                                 .current_path = data_path};
    return candor_drift_tables(job, &question, drifted, report);
}
