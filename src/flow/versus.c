/*
 * versus.c - `candor compare`: two models, and where they say different things.
 *
 * Without data it compares what is in the models: terms on the link scale, importances, measures. With
 * rows that neither has seen it also says which one is better there, and whether that could be chance:
 * both are asked about the same rows, so the difference is judged row by row and not from two intervals.
 */
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "numeric.h"
#include "review.h"
#include "shapes.h"
#include "study.h"

static const double normal_95 = 1.959963984540054;

/* ---- rows ---------------------------------------------------------------------------------- */

/* The target's values as the models know them: classes by the model's own numbers. */
enum candor_status study_target(struct job *job, const struct model *model,
                                const struct frame *frame, const char *column,
                                struct target *target)
{
    TRY(during(job,
               target_of_column(job, frame, str_of(column), model->positive, model->task, target),
               "--target"));
    if (model->task != TASK_CLASSES) {
        return CANDOR_OK;
    }
    double *value = NULL;
    TRY_ALLOC(job, value, frame->row_count, double);
    for (size_t row = 0; row < frame->row_count; row++) {
        const struct str name = target->class_name[(size_t)target->value[row]];
        size_t class = 0;
        while (class < model->class_count && !str_equal(model->class_name[class], name)) {
            class ++;
        }
        if (class == model->class_count) {
            return fail(job, CANDOR_BAD_INPUT,
                        "--target: row %zu has a class that the models do not know", row);
        }
        value[row] = (double)class;
    }
    target->class_count = model->class_count;
    target->class_name = model->class_name;
    target->value = value;
    return CANDOR_OK;
}

struct judged {
    const struct target *target;
    size_t rows;
    size_t classes;
    double *mean[2];
};

static enum candor_status compare_areas(struct job *job, const struct judged *judged,
                                        struct versus *versus)
{
    double *placement[2];
    double variance = 0;
    if (judged->target->task != TASK_BINARY) {
        return CANDOR_OK;
    }
    for (size_t m = 0; m < 2; m++) {
        const struct predictions of = {
            .label = judged->target->value, .score = judged->mean[m], .count = judged->rows};
        TRY_ALLOC(job, placement[m], judged->rows, double);
        TRY(auc_placements(job, &of, placement[m], &versus->auc[m]));
        if (isnan(versus->auc[m])) {
            return CANDOR_OK;
        }
    }
    for (size_t m = 0; m < 2; m++) {
        variance += auc_covariance(judged->target->value, judged->rows, placement[m],
                                   versus->auc[m], placement[m], versus->auc[m]);
    }
    variance -= 2 * auc_covariance(judged->target->value, judged->rows, placement[0],
                                   versus->auc[0], placement[1], versus->auc[1]);
    const double difference = versus->auc[1] - versus->auc[0];
    const double half = normal_95 * sqrt(fmax(variance, 0));
    versus->auc_low = isnan(variance) ? NOT_KNOWN : difference - half;
    versus->auc_high = isnan(variance) ? NOT_KNOWN : difference + half;
    return CANDOR_OK;
}

static enum candor_status compare_losses(struct job *job, const struct judged *judged,
                                         struct versus *versus)
{
    double *loss[2];
    double *difference;
    const size_t rows = judged->rows;
    TRY_ALLOC(job, difference, rows, double);
    for (size_t m = 0; m < 2; m++) {
        TRY_ALLOC(job, loss[m], rows, double);
        for (size_t row = 0; row < rows; row++) {
            loss[m][row] = unit_loss(judged->target, row, judged->mean[m] + row * judged->classes);
        }
        versus->loss[m] = mean_of(loss[m], NULL, rows);
    }
    for (size_t row = 0; row < rows; row++) {
        difference[row] = loss[1][row] - loss[0][row];
    }
    const double mean = mean_of(difference, NULL, rows);
    const double sd =
        rows < 2 ? NOT_KNOWN : sqrt(variance_of(difference, NULL, rows) / (double)(rows - 1));
    versus->loss_low = mean - normal_95 * sd;
    versus->loss_high = mean + normal_95 * sd;
    return CANDOR_OK;
}

static size_t decision_of(const double *chance, size_t classes)
{
    size_t most = 0;
    if (classes == 1) {
        return chance[0] >= 0.5;
    }
    for (size_t c = 1; c < classes; c++) {
        most = chance[c] > chance[most] ? c : most;
    }
    return most;
}

static void compare_decisions(const struct judged *judged, struct versus *versus)
{
    const enum task task = judged->target->task;
    struct rate changed = {0, judged->rows};
    if (task != TASK_BINARY && task != TASK_CLASSES) {
        return;
    }
    for (size_t row = 0; row < judged->rows; row++) {
        const size_t at = row * judged->classes;
        changed.hits += decision_of(judged->mean[0] + at, judged->classes) !=
                        decision_of(judged->mean[1] + at, judged->classes);
    }
    const struct interval interval = wilson_interval(changed, 0.95);
    versus->changed = (double)changed.hits / (double)changed.trials;
    versus->changed_low = interval.low;
    versus->changed_high = interval.high;
}

/* Of the table, only the rows that a fit of it holds out. */
static enum candor_status keep_held_out(struct job *job, const struct candor_fit *fit,
                                        struct table *table)
{
    bool *is_test = NULL;
    if (fit == NULL) {
        return CANDOR_OK;
    }
    TRY(held_out_rows(job, fit, table->row_count, &is_test));
    must(is_test != NULL);
    TRY(frame_take(job, table->frame, is_test, &table->frame));
    table->row_count = table->frame->row_count;
    return CANDOR_OK;
}

static enum candor_status judge(struct job *job, const struct candor_compare *asked,
                                const struct candor_fit *fit, struct versus *versus)
{
    struct table table;
    struct target target;
    const struct model *first = versus->model[0];
    const struct table_asked reading = {{first, versus->model[1]}, asked->target};
    TRY(table_read(job, asked->data_path, &reading, &table));
    TRY(keep_held_out(job, fit, &table));
    if (table.row_count == 0) {
        return CANDOR_OK;
    }
    TRY(study_target(job, first, table.frame, asked->target, &target));
    struct judged judged = {
        .target = &target, .rows = table.row_count, .classes = first->class_count};
    for (size_t m = 0; m < 2; m++) {
        struct binding *binding = NULL;
        TRY(during(job, model_bind(job, versus->model[m], table.frame, &binding),
                   "%s does not fit model %.*s", asked->data_path, STR_ARG(versus->name[m])));
        TRY_ALLOC(job, judged.mean[m], size_mul(table.row_count, judged.classes), double);
        binding_score(binding, 0, NULL, judged.mean[m]);
    }
    versus->row_count = table.row_count;
    TRY(compare_areas(job, &judged, versus));
    TRY(compare_losses(job, &judged, versus));
    compare_decisions(&judged, versus);
    return CANDOR_OK;
}

/* ---- as JSON ------------------------------------------------------------------------------- */

struct lit loss_word(const struct model *model)
{
    switch (model->task) {
    case TASK_BINARY:
    case TASK_CLASSES:
        return LIT("log_loss");
    case TASK_COUNT:
    case TASK_AMOUNT:
        return LIT("deviance");
    case TASK_REGRESSION:
        break;
    }
    return LIT("squared_error");
}

static void put_two(struct json *json, struct lit key, double first, double second)
{
    json_key(json, key);
    json_list_begin(json);
    json_f64(json, first);
    json_f64(json, second);
    json_list_end(json);
}

static void put_models(struct json *json, const struct versus *versus)
{
    json_key(json, LIT("models"));
    json_list_begin(json);
    for (size_t m = 0; m < 2; m++) {
        const struct model *model = versus->model[m];
        struct measured measured[MEASURED_MAX];
        const size_t count = measured_of(model, measured);
        json_map_begin(json);
        json_key(json, LIT("file"));
        json_text(json, versus->name[m]);
        json_key(json, LIT("digest"));
        json_hex(json, (struct bytes){versus->digest[m].byte, sizeof versus->digest[m].byte});
        json_key(json, LIT("rows_train"));
        json_u64(json, model->rows_train);
        json_key(json, LIT("features"));
        json_u64(json, model->feature_count);
        json_key(json, LIT("pairs"));
        json_u64(json, model->term_count - model->feature_count);
        json_key(json, LIT("measures"));
        json_map_begin(json);
        for (size_t i = 0; i < count; i++) {
            json_key_str(json, str_of(measured[i].key));
            json_f64(json, measured[i].value);
        }
        json_map_end(json);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_terms(struct json *json, const struct versus *versus)
{
    json_key(json, LIT("terms"));
    json_list_begin(json);
    for (size_t i = 0; i < versus->difference_count; i++) {
        const struct term_difference *term = &versus->difference[i];
        json_map_begin(json);
        json_key(json, LIT("term"));
        json_text(json, term->name);
        json_key(json, LIT("in"));
        json_list_begin(json);
        json_bool(json, term->is_in[0]);
        json_bool(json, term->is_in[1]);
        json_list_end(json);
        put_two(json, LIT("importance"), term->importance[0], term->importance[1]);
        json_key(json, LIT("difference"));
        json_f64(json, term->mean);
        json_key(json, LIT("largest"));
        json_f64(json, term->most);
        json_key(json, LIT("largest_at"));
        json_text(json, term->most_at);
        if (versus->model[0]->task == TASK_CLASSES) {
            json_key(json, LIT("largest_class"));
            json_text(json, versus->model[0]->class_name[term->most_class]);
        }
        put_two(json, LIT("values_there"), term->most_value[0], term->most_value[1]);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_data(struct json *json, const struct versus *versus)
{
    json_key(json, LIT("data"));
    if (versus->row_count == 0) {
        json_null(json);
        return;
    }
    json_map_begin(json);
    json_key(json, LIT("rows"));
    json_u64(json, versus->row_count);
    put_two(json, LIT("auc"), versus->auc[0], versus->auc[1]);
    json_key(json, LIT("auc_difference"));
    json_f64(json, versus->auc[1] - versus->auc[0]);
    put_two(json, LIT("auc_difference_interval"), versus->auc_low, versus->auc_high);
    put_two(json, loss_word(versus->model[0]), versus->loss[0], versus->loss[1]);
    json_key(json, LIT("loss_difference"));
    json_f64(json, versus->loss[1] - versus->loss[0]);
    put_two(json, LIT("loss_difference_interval"), versus->loss_low, versus->loss_high);
    json_key(json, LIT("decisions_changed"));
    json_f64(json, versus->changed);
    put_two(json, LIT("decisions_changed_interval"), versus->changed_low, versus->changed_high);
    json_map_end(json);
}

/* ---- the command --------------------------------------------------------------------------- */

static struct str file_name(const char *path)
{
    struct str rest = str_of(path);
    struct str name = rest;
    while (rest.ptr != NULL) {
        const struct str part = str_cut(&rest, '/');
        name = part.len > 0 ? part : name;
    }
    return name;
}

static enum candor_status read_models(struct job *job, const struct candor_compare *asked,
                                      struct versus *versus)
{
    const char *const path[2] = {asked->first_path, asked->second_path};
    for (size_t m = 0; m < 2; m++) {
        struct model *model = NULL;
        bool is_signed = false;
        TRY(path_may_be_written(job, asked->html_path));
        TRY(paths_differ(job, asked->html_path, path[m]));
        TRY(study_model(job, path[m], &model, &versus->digest[m], &is_signed));
        versus->model[m] = model;
        versus->name[m] = file_name(path[m]);
    }
    return CANDOR_OK;
}

enum candor_status compare_report(struct job *job, const struct candor_compare *asked,
                                  const struct candor_fit *fit, struct json *json)
{
    struct versus versus = {
        .auc = {NOT_KNOWN, NOT_KNOWN},
        .auc_low = NOT_KNOWN,
        .auc_high = NOT_KNOWN,
        .changed = NOT_KNOWN,
        .changed_low = NOT_KNOWN,
        .changed_high = NOT_KNOWN,
    };
    struct term_difference *difference = NULL;
    if ((asked->data_path == NULL) != (asked->target == NULL)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "rows to compare on need both: DATA and --target COL, what really happened");
    }
    if (asked->split_path != NULL && asked->data_path == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "--split needs DATA and --target: which rows to ask");
    }
    TRY(read_models(job, asked, &versus));
    TRY(model_differences(job, versus.model[0], versus.model[1], &difference,
                          &versus.difference_count));
    versus.difference = difference;
    if (asked->data_path != NULL) {
        TRY(paths_differ(job, asked->html_path, asked->data_path));
        TRY(paths_differ(job, asked->html_path, asked->split_path));
        TRY(judge(job, asked, fit, &versus));
        if (asked->split_path != NULL && versus.row_count == 0) {
            return fail(job, CANDOR_BAD_INPUT, "--split holds out no row: all its numbers are 0");
        }
    }
    if (asked->html_path != NULL) {
        const struct str page = versus_page(job, &versus);
        TRY(file_replace(job, str_of(asked->html_path), bytes_of(page), 0644));
    }
    json_map_begin(json);
    put_models(json, &versus);
    put_terms(json, &versus);
    put_data(json, &versus);
    json_map_end(json);
    return CANDOR_OK;
}

enum candor_status candor_compare(struct job *job, const struct candor_compare *asked,
                                  struct candor_text *report)
{
    const struct candor_fit held_out = {.split_path = asked->split_path};
    struct answer answer;
    answer_begin(job, &answer);
    TRY(compare_report(job, asked, asked->split_path == NULL ? NULL : &held_out, &answer.json));
    answer_end(&answer, report);
    return CANDOR_OK;
}
