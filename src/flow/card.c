/*
 * card.c - the model card: what a person should know before using a model, as JSON; cardpage.c is its
 * page. What the model itself does not know stands in its notes, which are put where they belong.
 */
#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "model.h"
#include "numeric.h"
#include "review.h"
#include "shapes.h"
#include "study.h"

static const double normal_95 = 1.959963984540054;

/* ---- measures ------------------------------------------------------------------------------ */

/* What a measure is, and the values that it can have. */
struct measure_kind {
    const char *key;
    const char *name;
    double least;
    double most;
};

static struct measured spread(const struct measure_kind *kind, double value, double sd)
{
    return (struct measured){
        .key = kind->key,
        .name = kind->name,
        .value = value,
        .low = isnan(sd) ? NOT_KNOWN : fmax(value - normal_95 * sd, kind->least),
        .high = isnan(sd) ? NOT_KNOWN : fmin(value + normal_95 * sd, kind->most),
    };
}

/* A rate near 0 or 1 has an interval that is not symmetric: Wilson's. */
static struct measured accuracy_of(const struct measures *measures)
{
    struct measured accuracy = {"accuracy", "Accuracy", measures->accuracy, NOT_KNOWN, NOT_KNOWN};
    if (!isnan(measures->accuracy) && measures->rows > 0) {
        const double hits = round(measures->accuracy * (double)measures->rows);
        const struct interval interval =
            wilson_interval((struct rate){(uint64_t)hits, measures->rows}, 0.95);
        accuracy.low = interval.low;
        accuracy.high = interval.high;
    }
    return accuracy;
}

size_t measured_of(const struct model *model, struct measured measured[MEASURED_MAX])
{
    static const struct measure_kind auc = {"auc", "AUC", 0, 1};
    static const struct measure_kind mean_auc = {"auc", "AUC, mean of each class against the rest",
                                                 0, 1};
    static const struct measure_kind log_loss = {"log_loss", "Log loss", 0, HUGE_VAL};
    static const struct measure_kind brier = {"brier", "Brier score", 0, 2};
    static const struct measure_kind rmse = {"rmse", "RMSE", 0, HUGE_VAL};
    static const struct measure_kind r2 = {"r2", "R\xc2\xb2", -HUGE_VAL, 1};
    static const struct measure_kind deviance = {"deviance", "Mean deviance", 0, HUGE_VAL};
    const struct measures *m = &model->measures;
    const bool has_chances = model->task == TASK_BINARY || model->task == TASK_CLASSES;
    size_t count = 0;
    if (m->rows == 0) {
        return 0;
    }
    if (has_chances) {
        measured[count++] =
            spread(model->task == TASK_BINARY ? &auc : &mean_auc, m->auc, m->sd.auc);
        measured[count++] = spread(&log_loss, m->log_loss, m->sd.log_loss);
        measured[count++] = spread(&brier, m->brier, m->sd.brier);
        measured[count++] = accuracy_of(m);
        return count;
    }
    if (model->task != TASK_REGRESSION) {
        measured[count++] = spread(&deviance, m->deviance, m->sd.deviance);
    }
    measured[count++] = spread(&rmse, m->rmse, m->sd.rmse);
    measured[count++] = spread(&r2, m->r2, m->sd.r2);
    return count;
}

static void put_calibration(struct json *json, const struct measures *measures)
{
    json_key(json, LIT("calibration_error"));
    json_f64(json, calibration_error(measures));
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
}

/* Each measure, or null, and the 95 % intervals of those that the task has. */
static void put_measures(struct json *json, const struct model *model)
{
    const struct measures *m = &model->measures;
    const bool is_known = m->rows > 0;
    struct measured measured[MEASURED_MAX];
    const size_t count = measured_of(model, measured);
    const struct {
        struct lit key;
        double value;
    } all[] = {{LIT("auc"), m->auc},          {LIT("log_loss"), m->log_loss},
               {LIT("brier"), m->brier},      {LIT("accuracy"), m->accuracy},
               {LIT("rmse"), m->rmse},        {LIT("r2"), m->r2},
               {LIT("deviance"), m->deviance}};
    json_key(json, LIT("measures"));
    json_map_begin(json);
    json_key(json, LIT("rows"));
    json_u64(json, m->rows);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        json_key(json, all[i].key);
        json_f64(json, is_known ? all[i].value : NOT_KNOWN);
    }
    json_key(json, LIT("interval"));
    json_map_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_key_str(json, str_of(measured[i].key));
        json_list_begin(json);
        json_f64(json, measured[i].low);
        json_f64(json, measured[i].high);
        json_list_end(json);
    }
    json_map_end(json);
    put_calibration(json, m);
    json_map_end(json);
}

/* ---- notes --------------------------------------------------------------------------------- */

/* Where a note belongs, by how its key begins. */
static const struct {
    const char *start;
    enum card_part part;
} place[] = {
    {"title", CARD_PURPOSE},        {"purpose", CARD_PURPOSE},   {"training_purpose", CARD_PURPOSE},
    {"uses_purpose", CARD_PURPOSE}, {"consent", CARD_DATA},      {"rows", CARD_DATA},
    {"protected", CARD_DATA},       {"dropped", CARD_DATA},      {"fairness", CARD_FAIRNESS},
    {"repair", CARD_FAIRNESS},      {"epsilon", CARD_PRIVACY},   {"delta", CARD_PRIVACY},
    {"privacy", CARD_PRIVACY},      {"edit.", CARD_CHANGES},     {"constraint.", CARD_CHANGES},
    {"monotone", CARD_CHANGES},     {"shape", CARD_CHANGES},     {"no pair", CARD_CHANGES},
    {"weight", CARD_DATA},          {"held_at_zero", CARD_DATA}, {"not_paired", CARD_DATA},
    {"merge", CARD_CHANGES},        {"approved", CARD_APPROVAL}, {"approver", CARD_APPROVAL},
};

enum card_part card_part_of(struct str key)
{
    for (size_t i = 0; i < sizeof place / sizeof place[0]; i++) {
        if (str_starts(key, str_of(place[i].start))) {
            return place[i].part;
        }
    }
    return CARD_OTHER;
}

static void put_part(struct json *json, const struct model *model, enum card_part part)
{
    json_map_begin(json);
    for (size_t n = 0; n < model->note_count; n++) {
        if (card_part_of(model->note[n].key) == part) {
            json_key_str(json, model->note[n].key);
            json_text(json, model->note[n].text);
        }
    }
    json_map_end(json);
}

static void put_notes(struct json *json, const struct model *model)
{
    const struct {
        struct lit key;
        enum card_part part;
    } part[] = {{LIT("purpose"), CARD_PURPOSE},   {LIT("data"), CARD_DATA},
                {LIT("fairness"), CARD_FAIRNESS}, {LIT("privacy"), CARD_PRIVACY},
                {LIT("changes"), CARD_CHANGES},   {LIT("approval"), CARD_APPROVAL}};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        json_key(json, part[i].key);
        put_part(json, model, part[i].part);
    }
    json_key(json, LIT("notes"));
    json_map_begin(json);
    for (size_t n = 0; n < model->note_count; n++) {
        json_key_str(json, model->note[n].key);
        json_text(json, model->note[n].text);
    }
    json_map_end(json);
}

/* ---- the card ------------------------------------------------------------------------------ */

static void put_drift_baseline(struct json *json, const struct model *model)
{
    json_key(json, LIT("link_deciles"));
    json_list_begin(json);
    for (size_t d = 0; d < DECILES; d++) {
        json_f64(json, model->link_decile[d]);
    }
    json_list_end(json);
}

enum candor_status card_members(struct job *job, struct json *json, const struct model *model)
{
    struct card card;
    TRY(model_card(job, model, &card));
    json_key(json, LIT("target"));
    json_text(json, model->target);
    json_key(json, LIT("task"));
    json_text(json, str_of(task_name(model->task)));
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
    put_drift_baseline(json, model);
    put_notes(json, model);
    return CANDOR_OK;
}

enum candor_status candor_card(struct job *job, const char *model_path, const char *html_path,
                               struct candor_text *report)
{
    struct model *model = NULL;
    struct digest digest;
    bool is_signed = false;
    struct card card;
    struct answer answer;
    TRY(path_may_be_written(job, html_path));
    TRY(paths_differ(job, html_path, model_path));
    TRY(study_model(job, model_path, &model, &digest, &is_signed));
    TRY(model_card(job, model, &card));
    if (html_path != NULL) {
        const struct str page = card_page(job, &card, &digest);
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
