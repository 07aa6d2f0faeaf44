/*
 * study.c - the same learner over plain CSV files, with no home: fit, score, explain, card.
 *
 * A data scientist's first minute with Candor. Columns to protect are kept out of the model and
 * named in its notes, so that the model says itself what it was not shown.
 */
#include "study.h"
#include "flow.h"
#include "learn.h"
#include "trust.h"

enum { TYPES_LEN_MAX = 1 << 20, SPLIT_LEN_MAX = 1 << 28 };

/* ---- reading a table ----------------------------------------------------------------------- */

/* number or category, by the --types file; 0: by content. */
static enum candor_status forced_kind(struct job *job, const struct value *types, struct str name,
                                      enum column_kind *kind)
{
    *kind = 0;
    for (size_t k = 0; types != NULL && k < types->count; k++) {
        struct str word;
        if (!str_equal(types->key[k], name)) {
            continue;
        }
        TRY(value_text(job, &types->item[k], "a column's type", &word));
        if (str_is(word, "number")) {
            *kind = COLUMN_NUMBER;
        } else if (str_is(word, "category")) {
            *kind = COLUMN_CATEGORY;
        } else {
            return fail(job, CANDOR_BAD_INPUT, "--types%s: a type is number or category",
                        value_where(job->arena, &types->item[k]));
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_types(struct job *job, const char *path, const struct value **types)
{
    struct bytes content;
    *types = NULL;
    if (path == NULL) {
        return CANDOR_OK;
    }
    TRY(file_read(job, str_of(path), TYPES_LEN_MAX, &content));
    TRY(yaml_read(job, content, NULL, "--types", types));
    return value_is(job, *types, VALUE_MAP, "--types");
}

static enum candor_status begin_columns(struct job *job, const struct csv_row *header,
                                        const char *types_path, struct text_column **column)
{
    const struct value *types = NULL;
    TRY(read_types(job, types_path, &types));
    for (size_t k = 0; types != NULL && k < types->count; k++) {
        bool is_known = false;
        for (size_t c = 0; c < header->field_count; c++) {
            is_known = is_known || str_equal(header->field[c], types->key[k]);
        }
        if (!is_known) {
            return fail(job, CANDOR_BAD_INPUT, "--types%s: the data has no column '%.*s'",
                        value_where(job->arena, &types->item[k]), STR_ARG(types->key[k]));
        }
    }
    for (size_t c = 0; c < header->field_count; c++) {
        enum column_kind kind = 0;
        TRY(forced_kind(job, types, header->field[c], &kind));
        TRY(text_column_begin(job, header->field[c], kind, 0, &column[c]));
    }
    return CANDOR_OK;
}

static enum candor_status add_row(struct job *job, const char *path, const struct csv_row *header,
                                  const struct csv_row *row, struct text_column **column,
                                  struct digest_stream *stream)
{
    if (row->field_count != header->field_count) {
        return fail(job, CANDOR_BAD_INPUT,
                    "'%s', line %llu: %zu columns, but the header has %zu; is a value that holds "
                    "the separator in quotes?",
                    path, (unsigned long long)row->line, row->field_count, header->field_count);
    }
    for (size_t c = 0; c < row->field_count; c++) {
        TRY(during(job, text_column_add(job, column[c], row->field[c]), "'%s', line %llu", path,
                   (unsigned long long)row->line));
        digest_add(stream, bytes_of(row->field[c]));
        digest_add(stream, bytes_of(STR("\x1f")));
    }
    return CANDOR_OK;
}

static enum candor_status end_columns(struct job *job, size_t column_count,
                                      struct text_column **column, struct table *table)
{
    TRY(frame_begin(job, table->row_count, column_count, &table->frame));
    for (size_t c = 0; c < column_count; c++) {
        TRY(text_column_end(job, column[c], table->frame));
    }
    return CANDOR_OK;
}

enum candor_status table_read(struct job *job, const char *path, const char *types_path,
                              struct table *table)
{
    struct csv *csv = NULL;
    struct csv_row row;
    TRY(csv_open(job, str_of(path), NULL, &csv));
    const struct csv_row *header = csv_header(csv);
    struct text_column **column = NEW_ARRAY(job->arena, header->field_count, struct text_column *);
    struct digest_stream stream = digest_begin();
    TRY(begin_columns(job, header, types_path, column));
    *table = (struct table){0};
    for (;;) {
        const enum candor_status status = csv_next(job, csv, &row);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            break;
        }
        TRY(status);
        TRY(add_row(job, path, header, &row, column, &stream));
        table->row_count++;
        if (table->row_count % 10000 == 0) {
            job_say_progress(job, "reading rows", table->row_count, 0);
        }
    }
    if (table->row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "'%s' has a header but no rows", path);
    }
    job_say_progress(job, "reading rows", table->row_count, table->row_count);
    table->digest = digest_end(&stream);
    return during(job, end_columns(job, header->field_count, column, table), "'%s'", path);
}

/* ---- fit ----------------------------------------------------------------------------------- */

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
    TRY(target_of_column(job, fitting.table.frame, str_of(fit->target), str_of(fit->positive),
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

/* ---- score --------------------------------------------------------------------------------- */

enum candor_status study_model(struct job *job, const char *path, struct model **model,
                               struct digest *digest, bool *is_signed)
{
    struct bytes file;
    uint8_t public_key[PUBLIC_KEY_LEN];
    TRY(crypto_start(job));
    TRY(file_read(job, str_of(path), MODEL_FILE_LEN_MAX, &file));
    return during(job, modelfile_read(job, file, model, digest, is_signed, public_key), "%s", path);
}

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
    const double link = model_contributions(model, bin, contribution);
    answer_begin(job, &answer);
    put_explanation(job, &answer.json, model, table.frame, (size_t)row, contribution, link);
    answer_end(&answer, report);
    return CANDOR_OK;
}
