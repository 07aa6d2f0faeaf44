/*
 * study_fit.c - a model from a CSV file, with no home. A data scientist's first minute with Candor.
 *
 * Columns to protect are kept out of the model and named in its notes, so that the model says itself
 * what it was not shown.
 */
#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "model.h"
#include "study.h"
#include "trust.h"

enum { SPLIT_LEN_MAX = 1 << 28 };

/* One 0 (train) or 1 (test) per row. */
static enum candor_status read_split(struct job *job, const char *path, size_t row_count,
                                     bool **is_test)
{
    struct bytes content;
    size_t row = 0;
    *is_test = NULL;
    if (path == NULL) {
        return CANDOR_OK;
    }
    TRY(file_read(job, str_of(path), SPLIT_LEN_MAX, &content));
    TRY_ALLOC(job, *is_test, row_count + 1, bool);
    for (size_t i = 0; i < content.len; i++) {
        const uint8_t c = content.ptr[i];
        if (c == '\n' || c == '\r' || c == ' ') {
            continue;
        }
        if ((c != '0' && c != '1') || row == row_count) {
            return fail(job, CANDOR_BAD_INPUT,
                        "--split has one 0 (train) or 1 (test) for each of the %zu rows; at number "
                        "%zu it has something else",
                        row_count, row + 1);
        }
        (*is_test)[row++] = c == '1';
    }
    if (row != row_count) {
        return fail(job, CANDOR_BAD_INPUT, "--split has %zu numbers, the data has %zu rows", row,
                    row_count);
    }
    return CANDOR_OK;
}

/* Take the columns named in a list out of what the model may use. */
static enum candor_status leave_out(struct job *job, const struct frame *frame, const char *list,
                                    const char *option, bool *use)
{
    struct str rest = str_of(list);
    while (list != NULL && rest.ptr != NULL) {
        const struct str name = str_trim(str_cut(&rest, ','));
        const struct column *column = frame_find(frame, name);
        if (name.len == 0) {
            continue;
        }
        if (column == NULL) {
            return fail(job, CANDOR_BAD_INPUT, "%s: the data has no column '%.*s'", option,
                        STR_ARG(name));
        }
        use[column - frame->column] = false;
    }
    return CANDOR_OK;
}

struct fitting {
    const struct candor_fit *asked;
    struct table table;
    struct target target;
    bool *is_test;
    bool *use;
    struct frame *train;
    struct frame *test;
    struct target train_target;
    struct target test_target;
    struct model *model;
    struct digest digest;
    size_t file_len;
    double seconds;
};

static enum candor_status choose_columns(struct job *job, struct fitting *fitting)
{
    const struct candor_fit *asked = fitting->asked;
    const struct frame *frame = fitting->table.frame;
    TRY_ALLOC(job, fitting->use, frame->column_count + 1, bool);
    for (size_t c = 0; c < frame->column_count; c++) {
        fitting->use[c] = !str_equal(frame->column[c].name, str_of(asked->target));
    }
    TRY(leave_out(job, frame, asked->drop, "--drop", fitting->use));
    return leave_out(job, frame, asked->protect, "--protect", fitting->use);
}

static enum candor_status divide(struct job *job, struct fitting *fitting)
{
    const size_t rows = fitting->table.row_count;
    bool *is_train = NULL;
    TRY(read_split(job, fitting->asked->split_path, rows, &fitting->is_test));
    fitting->train = fitting->table.frame;
    fitting->train_target = fitting->target;
    if (fitting->is_test == NULL) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, is_train, rows + 1, bool);
    for (size_t i = 0; i < rows; i++) {
        is_train[i] = !fitting->is_test[i];
    }
    TRY(frame_take(job, fitting->table.frame, is_train, &fitting->train));
    TRY(target_take(job, &fitting->target, rows, is_train, &fitting->train_target));
    TRY(frame_take(job, fitting->table.frame, fitting->is_test, &fitting->test));
    return target_take(job, &fitting->target, rows, fitting->is_test, &fitting->test_target);
}

static enum candor_status learn(struct job *job, struct fitting *fitting)
{
    const struct fit_options options = {
        .seed = fitting->asked->seed,
        .threads = fitting->asked->threads,
        .pairs_max = fitting->asked->pairs,
        .use = fitting->use,
    };
    const uint64_t began = host_ticks();
    TRY(fit_additive(job, fitting->train, &fitting->train_target, &options, &fitting->model));
    fitting->seconds = (double)(host_ticks() - began) / 1e9;
    if (fitting->test == NULL || fitting->test->row_count == 0) {
        return CANDOR_OK;
    }
    struct binding *binding = NULL;
    double *mean = NULL;
    TRY_ALLOC(job, mean, fitting->test->row_count, double);
    TRY(model_bind(job, fitting->model, fitting->test, &binding));
    binding_score(binding, fitting->asked->threads, NULL, mean);
    return measure(job, &fitting->test_target, mean, fitting->test->row_count,
                   &fitting->model->measures);
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
    bool *named = NEW_ARRAY(job->arena, fitting->table.frame->column_count + 1, bool);
    for (size_t m = 0; m < sizeof move / sizeof move[0]; m++) {
        if (move[m].list != NULL) {
            TRY(leave_out(job, fitting->table.frame, move[m].list, move[m].option, named));
            TRY(model_note(job, fitting->model, move[m].key, str_of(move[m].list)));
        }
    }
    return CANDOR_OK;
}

static enum candor_status write_model(struct job *job, struct fitting *fitting)
{
    struct model *model = fitting->model;
    bytes_copy(model->data_digest, fitting->table.digest.byte, sizeof model->data_digest);
    if (fitting->asked->protect != NULL) {
        TRY(model_note(job, model, STR("protected"), str_of(fitting->asked->protect)));
    }
    if (fitting->asked->drop != NULL) {
        TRY(model_note(job, model, STR("dropped"), str_of(fitting->asked->drop)));
    }
    TRY(note_moves(job, fitting));
    const struct bytes file = modelfile_write(job, model, NULL, &fitting->digest);
    fitting->file_len = file.len;
    return file_replace(job, str_of(fitting->asked->out_path), file, 0644);
}

static void put_fit(struct json *json, const struct fitting *fitting)
{
    const struct model *model = fitting->model;
    const struct measures *measures = &model->measures;
    json_map_begin(json);
    json_key(json, LIT("rows_train"));
    json_u64(json, fitting->train->row_count);
    json_key(json, LIT("rows_test"));
    json_u64(json, fitting->test == NULL ? 0 : fitting->test->row_count);
    json_key(json, LIT("features"));
    json_u64(json, model->feature_count);
    json_key(json, LIT("pairs"));
    json_u64(json, model->term_count - model->feature_count);
    json_key(json, LIT("task"));
    json_text(json, model->task == TASK_BINARY ? STR("binary") : STR("regression"));
    if (model->task == TASK_BINARY) {
        json_key(json, LIT("positive"));
        json_text(json, model->positive);
    }
    const bool is_measured = measures->rows > 0;
    json_key(json, model->task == TASK_BINARY ? LIT("auc") : LIT("rmse"));
    json_f64(json, !is_measured                 ? NOT_KNOWN
                   : model->task == TASK_BINARY ? measures->auc
                                                : measures->rmse);
    json_key(json, model->task == TASK_BINARY ? LIT("log_loss") : LIT("r2"));
    json_f64(json, !is_measured                 ? NOT_KNOWN
                   : model->task == TASK_BINARY ? measures->log_loss
                                                : measures->r2);
    json_key(json, LIT("train_seconds"));
    json_f64(json, fitting->seconds);
    json_key(json, LIT("epsilon"));
    json_null(json);
    json_key(json, LIT("delta"));
    json_null(json);
    json_key(json, LIT("model_bytes"));
    json_u64(json, fitting->file_len);
    json_key(json, LIT("digest"));
    json_hex(json, (struct bytes){fitting->digest.byte, sizeof fitting->digest.byte});
}

enum candor_status candor_fit(struct job *job, const struct candor_fit *fit,
                              struct candor_text *report)
{
    struct fitting fitting = {.asked = fit};
    struct answer answer;
    TRY(crypto_start(job));
    TRY(path_may_be_written(job, NULL, fit->out_path));
    TRY(paths_differ(job, fit->out_path, fit->data_path));
    TRY(paths_differ(job, fit->out_path, fit->split_path));
    TRY(table_read(job, fit->data_path, fit->types_path, &fitting.table));
    TRY(target_of_column(job, fitting.table.frame, str_of(fit->target), str_of(fit->positive), 0,
                         &fitting.target));
    TRY(choose_columns(job, &fitting));
    TRY(divide(job, &fitting));
    TRY(learn(job, &fitting));
    TRY(write_model(job, &fitting));
    answer_begin(job, &answer);
    put_fit(&answer.json, &fitting);
    TRY(drivers_json(job, &answer.json, NULL, fitting.model));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
