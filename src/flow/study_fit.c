/*
 * study_fit.c - a model from a CSV file, with no home. A data scientist's first minute with Candor.
 *
 * Columns to protect are kept out of the model and named in its notes, so that the model says itself
 * what it was not shown.
 */
#include <assert.h>
#include <math.h>

#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "marked.h"
#include "model.h"
#include "study.h"
#include "trust.h"

enum { MACHINE_SHARE = 2 };

static_assert(CANDOR_PAIRS_AUTO == PAIRS_AUTO, "one number of pairs for all who ask for none");

struct fitting {
    const struct candor_fit *asked;
    struct fit_data data;
    struct model *model;
    uint64_t memory;      /* bytes: no more than this, said before training */
    uint64_t memory_peak; /* what it was */
    struct digest digest;
    size_t file_len;
    double seconds;
};

/* ---- memory -------------------------------------------------------------------------------- */

/* What was held so far is still held when training begins, and the rows to test are scored after it. */
static uint64_t memory_needed(const struct fit_data *data, const struct fit_options *options)
{
    const bool is_classes = data->train_target->task == TASK_CLASSES;
    const uint64_t classes = is_classes ? data->train_target->class_count : 1;
    return host_memory_peak() + fit_memory(data->train, data->train_target, options) +
           data->test->row_count * 3 * sizeof(double) * classes;
}

static enum candor_status check_memory(struct job *job, struct fitting *fitting,
                                       const struct fit_options *options)
{
    const uint64_t asked = fitting->asked->memory_max;
    const uint64_t allowed = asked > 0 ? asked : host_memory() / MACHINE_SHARE;
    fitting->memory = memory_needed(&fitting->data, options);
    const unsigned long long megabytes = fitting->memory / 1000000 + 1;
    if (fitting->memory > allowed) {
        return fail(job, CANDOR_TOO_LARGE,
                    "training on %zu rows and %zu features needs up to %llu MB; %s %s",
                    fitting->data.train->row_count, fitting->data.train->feature_count, megabytes,
                    asked > 0 ? "--memory allows" : "half of this machine's memory is",
                    size_words(job, allowed));
    }
    const struct str what = str_format(job->arena, "training needs up to %llu MB; rows", megabytes);
    job_say_progress(job, str_z(job->arena, what), fitting->data.train->row_count, 0);
    return CANDOR_OK;
}

/* ---- learning ------------------------------------------------------------------------------ */

static uint64_t ticks(void *context)
{
    (void)context;
    return host_ticks();
}

static enum candor_status options_of(struct job *job, const struct fitting *fitting,
                                     struct fit_options *options)
{
    const struct candor_fit *asked = fitting->asked;
    const struct binned *binned = fitting->data.train;
    int *word = NULL;
    struct pair_ban *ban = NULL;
    TRY(shapes_of_words(job, asked, binned, &word));
    enum shape *shape = NEW_ARRAY(job->arena, binned->feature_count + 1, enum shape);
    for (size_t f = 0; f < binned->feature_count; f++) {
        shape[f] = (enum shape)word[f];
    }
    *options = (struct fit_options){
        .seed = asked->seed,
        .threads = asked->threads,
        .bins_max = asked->bins,
        .pairs_max = asked->pairs,
        .weight = fitting->data.weight,
        .shape = asked->monotone == NULL && asked->shape == NULL ? NULL : shape,
        .time_limit_ms = asked->time_limit_ms,
        .ticks_ns = ticks,
    };
    TRY(bans_of_words(job, asked->no_pair, binned, &ban, &options->ban_count));
    options->ban = ban;
    return CANDOR_OK;
}

/* What the model says of a row that is binned: a number, a chance, or one chance for each class. */
static void score_row(const struct model *model, const uint8_t *bin, double *mean)
{
    if (model->task != TASK_CLASSES) {
        *mean = model_mean(model, model_score_bins(model, 0, bin));
        return;
    }
    for (size_t c = 0; c < model->class_count; c++) {
        mean[c] = model_score_bins(model, c, bin);
    }
    model_chances(model, mean, mean);
}

static enum candor_status measure_test(struct job *job, struct fitting *fitting)
{
    const struct binned *test = fitting->data.test;
    const struct model *model = fitting->model;
    double *mean = NULL;
    uint8_t bin[MODEL_FEATURES_MAX];
    if (test->row_count == 0) {
        return CANDOR_OK;
    }
    const size_t width = model->task == TASK_CLASSES ? model->class_count : 1;
    TRY_ALLOC(job, mean, size_mul(test->row_count, width), double);
    for (size_t row = 0; row < test->row_count; row++) {
        for (size_t f = 0; f < test->feature_count; f++) {
            bin[f] = test->bin[f][row];
        }
        score_row(model, bin, mean + row * width);
    }
    return measure(job, fitting->data.test_target, mean, test->row_count,
                   &fitting->model->measures);
}

/* After the fit, before it is measured. */
static enum candor_status put_watermark(struct job *job, struct fitting *fitting)
{
    const struct candor_fit *asked = fitting->asked;
    const struct binned *train = fitting->data.train;
    const double delta = asked->watermark_delta == 0 ? WATERMARK_DELTA : asked->watermark_delta;
    struct secret *key = NULL;
    double *link = NULL;
    uint8_t bin[MODEL_FEATURES_MAX];
    if (asked->watermark == NULL) {
        return CANDOR_OK;
    }
    TRY(mark_key(job, asked->watermark, true, &key));
    TRY(mark_put(job, key, delta, &fitting->model));
    TRY_ALLOC(job, link, train->row_count + 1, double);
    for (size_t row = 0; row < train->row_count; row++) {
        for (size_t f = 0; f < train->feature_count; f++) {
            bin[f] = train->bin[f][row];
        }
        link[row] = model_score_bins(fitting->model, 0, bin);
    }
    return deciles_again(job, link, train->row_count, fitting->model);
}

static enum candor_status learn(struct job *job, struct fitting *fitting)
{
    struct fit_options options;
    TRY(options_of(job, fitting, &options));
    TRY(check_memory(job, fitting, &options));
    const uint64_t began = host_ticks();
    TRY(fit_binned(job, fitting->data.train, fitting->data.train_target, &options,
                   &fitting->model));
    fitting->seconds = (double)(host_ticks() - began) / 1e9;
    TRY(put_watermark(job, fitting));
    TRY(measure_test(job, fitting));
    fitting->memory_peak = host_memory_peak();
    return CANDOR_OK;
}

/* ---- the model file ------------------------------------------------------------------------ */

static enum candor_status note_said(struct job *job, struct model *model, struct str key,
                                    const char *said)
{
    return said == NULL ? CANDOR_OK : model_note(job, model, key, str_of(said));
}

/* Every name of a list is a feature of the model. */
static enum candor_status are_features(struct job *job, const struct model *model, const char *list,
                                       const char *option)
{
    struct str rest = str_of(list);
    while (rest.ptr != NULL) {
        const struct str name = str_trim(str_cut(&rest, ','));
        bool is_there = name.len == 0;
        for (size_t i = 0; i < model->feature_count && !is_there; i++) {
            is_there = str_equal(model->feature[i].name, name);
        }
        if (!is_there) {
            return fail(job, CANDOR_BAD_INPUT, "%s: the model uses no column '%.*s'", option,
                        STR_ARG(name));
        }
    }
    return CANDOR_OK;
}

/* What a person cannot change, or only one way: recourse reads it from the model's notes. */
static enum candor_status note_moves(struct job *job, const struct fitting *fitting)
{
    const struct {
        struct str key;
        const char *option;
        const char *list;
    } move[] = {
        {STR("fixed"), "--fixed", fitting->asked->fixed},
        {STR("only_up"), "--only-up", fitting->asked->only_up},
        {STR("only_down"), "--only-down", fitting->asked->only_down},
    };
    for (size_t m = 0; m < sizeof move / sizeof move[0]; m++) {
        if (move[m].list != NULL) {
            TRY(are_features(job, fitting->model, move[m].list, move[m].option));
            TRY(model_note(job, fitting->model, move[m].key, str_of(move[m].list)));
        }
    }
    return CANDOR_OK;
}

static enum candor_status write_model(struct job *job, struct fitting *fitting)
{
    struct model *model = fitting->model;
    const struct candor_fit *asked = fitting->asked;
    bytes_copy(model->data_digest, fitting->data.digest.byte, sizeof model->data_digest);
    TRY(note_said(job, model, STR("protected"), asked->protect));
    TRY(note_said(job, model, STR("dropped"), asked->drop));
    TRY(note_said(job, model, STR("weight"), asked->weight));
    TRY(note_said(job, model, STR("monotone"), asked->monotone));
    TRY(note_said(job, model, STR("shape"), asked->shape));
    TRY(note_said(job, model, STR("no pair"), asked->no_pair));
    TRY(note_moves(job, fitting));
    TRY(recipe_note(job, asked, model));
    if (fitting->data.merge_note.ptr != NULL) {
        TRY(model_note(job, model, STR("merge"), fitting->data.merge_note));
    }
    const struct run run = {model, *fitting->data.train, *fitting->data.train_target,
                            fitting->data.weight};
    TRY(run_save(job, asked->run_path, &run));
    const struct bytes file = modelfile_write(job, model, NULL, &fitting->digest);
    fitting->file_len = file.len;
    return file_replace(job, str_of(asked->out_path), file, 0644);
}

/* ---- the report ---------------------------------------------------------------------------- */

static void put_number(struct json *json, struct lit key, double number)
{
    json_key(json, key);
    json_f64(json, number);
}

static void put_count(struct json *json, struct lit key, uint64_t count)
{
    json_key(json, key);
    json_u64(json, count);
}

static void put_task(struct json *json, const struct model *model)
{
    json_key(json, LIT("task"));
    json_text(json, str_of(task_name(model->task)));
    if (model->task == TASK_BINARY) {
        json_key(json, LIT("positive"));
        json_text(json, model->positive);
    }
    if (model->task == TASK_CLASSES) {
        json_key(json, LIT("classes"));
        json_list_begin(json);
        for (size_t c = 0; c < model->class_count; c++) {
            json_text(json, model->class_name[c]);
        }
        json_list_end(json);
    }
}

/* Those that belong to the task, unknown ones as null. */
static void put_measures(struct json *json, const struct model *model)
{
    struct measures measures = measures_none();
    if (model->measures.rows > 0) {
        measures = model->measures;
    }
    switch (model->task) {
    case TASK_BINARY:
        put_number(json, LIT("auc"), measures.auc);
        put_number(json, LIT("log_loss"), measures.log_loss);
        put_number(json, LIT("brier"), measures.brier);
        return;
    case TASK_CLASSES:
        put_number(json, LIT("auc"), measures.auc);
        put_number(json, LIT("log_loss"), measures.log_loss);
        return;
    case TASK_REGRESSION:
        put_number(json, LIT("rmse"), measures.rmse);
        put_number(json, LIT("r2"), measures.r2);
        return;
    case TASK_COUNT:
    case TASK_AMOUNT:
        put_number(json, LIT("deviance"), measures.deviance);
        put_number(json, LIT("rmse"), measures.rmse);
        put_number(json, LIT("r2"), measures.r2);
        return;
    }
}

/* The names of the features that are marked. */
static void put_marked(struct json *json, struct lit key, const struct model *model,
                       const bool *mark)
{
    json_key(json, key);
    json_list_begin(json);
    for (size_t f = 0; f < model->feature_count && mark != NULL; f++) {
        if (mark[f]) {
            json_text(json, model->feature[f].name);
        }
    }
    json_list_end(json);
}

static void put_fit(struct json *json, const struct fitting *fitting)
{
    const struct model *model = fitting->model;
    json_map_begin(json);
    put_count(json, LIT("rows_train"), fitting->data.train->row_count);
    put_count(json, LIT("rows_test"), fitting->data.test->row_count);
    put_count(json, LIT("features"), model->feature_count);
    put_count(json, LIT("pairs"), model->term_count - model->feature_count);
    put_marked(json, LIT("held_at_zero"), model, model->is_held);
    put_marked(json, LIT("not_paired"), model, model->is_unpaired);
    json_key(json, LIT("cut_short"));
    json_bool(json, model_note_of(model, STR("time_limit")).ptr != NULL);
    put_task(json, model);
    put_measures(json, model);
    put_number(json, LIT("train_seconds"), fitting->seconds);
    json_key(json, LIT("epsilon"));
    json_null(json);
    json_key(json, LIT("delta"));
    json_null(json);
    put_count(json, LIT("model_bytes"), fitting->file_len);
    put_count(json, LIT("memory_bytes"), fitting->memory);
    put_count(json, LIT("memory_peak_bytes"), fitting->memory_peak);
    json_key(json, LIT("streamed"));
    json_bool(json, fitting->data.is_streamed);
    json_key(json, LIT("digest"));
    json_hex(json, (struct bytes){fitting->digest.byte, sizeof fitting->digest.byte});
    json_key(json, LIT("warnings"));
    json_list_begin(json);
    for (size_t w = 0; w < fitting->data.warning_count; w++) {
        json_text(json, fitting->data.warning[w]);
    }
    const struct str stopped = model_note_of(model, STR("time_limit"));
    if (stopped.ptr != NULL) {
        json_text(json, stopped);
    }
    json_list_end(json);
}

static enum candor_status check_asked(struct job *job, const struct candor_fit *fit)
{
    if (fit->bins != 0 && (fit->bins < 2 || fit->bins >= BINS_MAX)) {
        return fail(job, CANDOR_BAD_INPUT, "--bins is 2 to %d", BINS_MAX - 1);
    }
    if (fit->bins != 0 && fit->like_path != NULL) {
        return fail(job, CANDOR_BAD_INPUT, "--bins and --like both say which bins to use");
    }
    if (!(fit->holdout >= 0 && fit->holdout < 1)) {
        return fail(job, CANDOR_BAD_INPUT, "--holdout is a share of the rows: 0 up to below 1");
    }
    if (fit->holdout > 0 && fit->split_path != NULL) {
        return fail(job, CANDOR_BAD_INPUT, "--split and --holdout both say which rows to hold out");
    }
    return CANDOR_OK;
}

enum candor_status fit_data_report(struct job *job, const struct candor_fit *fit,
                                   const struct fit_data *data, struct json *json)
{
    struct fitting fitting = {.asked = fit, .data = *data};
    TRY(learn(job, &fitting));
    TRY(write_model(job, &fitting));
    put_fit(json, &fitting);
    TRY(drivers_json(job, json, NULL, fitting.model));
    json_map_end(json);
    return CANDOR_OK;
}

enum candor_status fit_report(struct job *job, const struct candor_fit *fit, struct json *json)
{
    struct fit_data data;
    TRY(crypto_start(job));
    TRY(check_asked(job, fit));
    TRY(path_may_be_written(job, fit->out_path));
    TRY(paths_differ(job, fit->out_path, fit->data_path));
    TRY(paths_differ(job, fit->out_path, fit->split_path));
    TRY(path_may_be_written(job, fit->run_path));
    TRY(paths_differ(job, fit->run_path, fit->data_path));
    TRY(paths_differ(job, fit->run_path, fit->out_path));
    TRY(paths_differ(job, fit->out_path, fit->like_path));
    TRY(paths_differ(job, fit->run_path, fit->like_path));
    TRY(fit_data_read(job, fit, &data));
    return fit_data_report(job, fit, &data, json);
}

enum candor_status candor_fit(struct job *job, const struct candor_fit *fit,
                              struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    TRY(fit_report(job, fit, &answer.json));
    answer_end(&answer, report);
    return CANDOR_OK;
}
