/*
 * study_data.c - what fit learns from: a CSV file as bins, target and weights.
 *
 *     small     rows -> columns -> bins                    the columns end before the model is learnt
 *     large     rows -> counts; the same rows again -> bins
 *
 * Either way a byte a value, the target and the weight are all that stays. Which of the two it is depends
 * on the file and on what the person says, never on the machine, since beyond 65,536 different numbers the
 * counts of a large file are estimates.
 */
#include <math.h>

#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "model.h"
#include "numeric.h"
#include "study.h"
#include "study_reading.h"

enum {
    ROWS_PER_WORD = 10000,
    FRAME_BYTES_PER_FILE_BYTE = 4, /* a short number takes eight bytes as a double */
    COLUMNS_KEPT = 2,              /* the target and the weight */
};

/* ---- rows ---- */

static enum candor_status begin_columns(struct job *job, struct reading *reading, bool is_large)
{
    const size_t count = reading->header->field_count;
    struct binner_column *column = NEW_ARRAY(job->arena, count, struct binner_column);
    reading->column = NEW_ARRAY(job->arena, count, struct text_column *);
    for (size_t c = 0; c < count; c++) {
        const struct str name = reading->header->field[c];
        const bool is_feature = reading->role[c] == FOR_FEATURE;
        column[c] = (struct binner_column){name, reading->type[c]};
        if (!is_feature) {
            column[c].type.kind = TYPE_DROP;
        }
        if (reading->role[c] == FOR_WEIGHT) {
            reading->type[c] = (struct column_type){.kind = TYPE_NUMBER};
        }
        if (reading->role[c] == FOR_TARGET && reading->type[c].kind == TYPE_DROP) {
            return fail(job, CANDOR_BAD_INPUT, "--types drops the target");
        }
        if (reading->role[c] != FOR_NOTHING && (!is_feature || !is_large)) {
            TRY(text_column_begin_as(reading->side, name, &reading->type[c], &reading->column[c]));
        }
    }
    if (is_large) {
        const struct bin_options options = {.values_max = reading->fit->bins,
                                            .cells_wanted = FIT_CELLS_WANTED};
        TRY(binner_begin(job, column, count, &options, &reading->binner));
    }
    return CANDOR_OK;
}

static enum candor_status add_cells(struct job *job, struct reading *reading,
                                    const struct csv_row *row)
{
    for (size_t c = 0; c < row->field_count; c++) {
        if (reading->column[c] != NULL) {
            TRY(text_column_add(job, reading->column[c], row->field[c]));
        }
    }
    if (reading->binner != NULL) {
        const bool is_counted = !reading_is_test(reading, reading->data->row_count);
        return binner_count(job, reading->binner, row->field, is_counted);
    }
    return CANDOR_OK;
}

static enum candor_status open_file(struct job *job, struct reading *reading)
{
    TRY(csv_open(job, str_of(reading->fit->data_path), NULL, &reading->csv));
    reading->header = csv_header(reading->csv);
    reading->stream = digest_begin();
    reading->cells = buf_begin(job->arena);
    return CANDOR_OK;
}

/* Each row in turn; add is given the cells of a row that is as long as the header. */
static enum candor_status each_row(struct job *job, struct reading *reading, const char *doing,
                                   enum candor_status (*add)(struct job *job,
                                                             struct reading *reading,
                                                             const struct csv_row *row))
{
    const char *path = reading->fit->data_path;
    struct csv_row row;
    reading->data->row_count = 0;
    for (;;) {
        const enum candor_status status = csv_next(job, reading->csv, &row);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            break;
        }
        TRY(status);
        TRY(check_width(job, path, reading->header, &row));
        row_digest(&row, &reading->cells, &reading->stream);
        TRY(during(job, add(job, reading, &row), "'%s', line %llu", path,
                   (unsigned long long)row.line));
        reading->data->row_count++;
        if (reading->data->row_count % ROWS_PER_WORD == 0) {
            job_say_progress(job, doing, reading->data->row_count, 0);
            if (job->cancelled) {
                return fail(job, CANDOR_CANCELLED, "stopped while %s", doing);
            }
        }
    }
    if (reading->data->row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "'%s' has a header but no rows", path);
    }
    csv_close(reading->csv);
    return CANDOR_OK;
}

/* ---- target and weight ---- */

/* The texts live as long as the job, and no longer in the columns' memory. */
static void keep_texts(struct job *job, struct target *target)
{
    struct str *name = NEW_ARRAY(job->arena, CLASSES_MAX, struct str);
    target->name = str_copy(job->arena, target->name);
    target->positive = str_copy(job->arena, target->positive);
    target->negative = str_copy(job->arena, target->negative);
    for (size_t c = 0; target->class_name != NULL && c < target->class_count; c++) {
        name[c] = str_copy(job->arena, target->class_name[c]);
    }
    target->class_name = target->class_name == NULL ? NULL : name;
}

static enum candor_status take_weight(struct job *job, struct reading *reading,
                                      const struct frame *frame)
{
    if (reading->fit->weight == NULL) {
        return CANDOR_OK;
    }
    const struct column *column = frame_find(frame, str_of(reading->fit->weight));
    must(column != NULL && column->kind == COLUMN_NUMBER);
    for (size_t row = 0; row < frame->row_count; row++) {
        if (!(column->number[row] >= 0)) {
            return fail(job, CANDOR_BAD_INPUT,
                        "--weight '%s', row %zu: a weight is a number of 0 or more",
                        reading->fit->weight, row);
        }
    }
    reading->weight = column->number;
    return CANDOR_OK;
}

/* The target as another model has it. */
static enum candor_status target_like(struct job *job, const struct candor_fit *fit,
                                      const struct model *like, const struct frame *frame,
                                      struct target *target)
{
    int task = 0;
    TRY(task_of_word(job, fit->task, &task));
    if (!str_is(like->target, fit->target) || (task != 0 && task != (int)like->task) ||
        (fit->positive != NULL && !str_is(like->positive, fit->positive))) {
        return fail(job, CANDOR_BAD_INPUT,
                    "--like: its target, task and positive value are other ones");
    }
    TRY(study_target(job, like, frame, fit->target, target));
    target->negative = like->negative;
    return CANDOR_OK;
}

/* What is not a feature, as a frame of its own. */
static enum candor_status take_target(struct job *job, struct reading *reading)
{
    const struct candor_fit *fit = reading->fit;
    struct frame *frame = NULL;
    int task = 0;
    TRY(task_of_word(job, fit->task, &task));
    TRY(frame_begin(reading->side, reading->data->row_count,
                    (size_t)COLUMNS_KEPT * COLUMNS_OF_TEXT_MAX, &frame));
    for (size_t c = 0; c < reading->header->field_count; c++) {
        if (reading->role[c] == FOR_TARGET || reading->role[c] == FOR_WEIGHT) {
            TRY(text_column_end(reading->side, reading->column[c], frame));
        }
    }
    if (frame_find(frame, str_of(fit->target)) == NULL) {
        return fail(job, CANDOR_BAD_INPUT,
                    "target '%s' is a date; predict a number or a category made from it",
                    fit->target);
    }
    TRY(reading->data->like != NULL
            ? target_like(reading->side, fit, reading->data->like, frame, &reading->target)
            : target_of_column(reading->side, frame, str_of(fit->target), str_of(fit->positive),
                               (enum task)task, &reading->target));
    keep_texts(job, &reading->target);
    return take_weight(job, reading, frame);
}

static enum candor_status take_rows(struct job *job, const double *value, size_t row_count,
                                    const bool *is_test, bool wanted, const double **taken)
{
    double *made;
    size_t at = 0;
    *taken = NULL;
    if (value == NULL) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, made, row_count + 1, double);
    for (size_t row = 0; row < row_count; row++) {
        if ((is_test != NULL && is_test[row]) == wanted) {
            made[at++] = value[row];
        }
    }
    *taken = made;
    return CANDOR_OK;
}

/* ---- the end of reading ---- */

static enum candor_status leave_parts(struct job *job, struct reading *reading,
                                      struct binned *binned)
{
    const struct candor_fit *fit = reading->fit;
    bool *keep = NEW_ARRAY(job->arena, binned->feature_count + 1, bool);
    for (size_t f = 0; f < binned->feature_count; f++) {
        const struct str name = binned->feature[f].name;
        keep[f] = !list_holds(fit->drop, name) && !list_holds(fit->protect, name);
    }
    return binned_leave(job, binned, keep);
}

static enum candor_status divide(struct job *job, struct reading *reading)
{
    struct fit_data *data = reading->data;
    const size_t rows = data->row_count;
    const bool *is_test = reading->is_test;
    TRY(leave_parts(job, reading, data->train));
    *data->train_target = reading->target;
    *data->test_target = reading->target;
    TRY(take_rows(job, reading->target.value, rows, is_test, false, &data->train_target->value));
    TRY(take_rows(job, reading->weight, rows, is_test, false, &data->weight));
    *data->test = (struct binned){.row_count = 0};
    if (is_test == NULL) {
        return CANDOR_OK;
    }
    TRY(take_rows(job, reading->target.value, rows, is_test, true, &data->test_target->value));
    TRY(binned_divide(job, data->train, is_test, data->test));
    if (data->train->row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "all rows are held out; none is left to learn from");
    }
    return CANDOR_OK;
}

static void put_remarks(struct job *job, struct fit_data *data, const struct column_remark *remark,
                        size_t count)
{
    data->warning = NEW_ARRAY(job->arena, count + 1, struct str);
    for (size_t i = 0; i < count; i++) {
        const struct str name = remark[i].column;
        data->warning[data->warning_count++] =
            remark[i].what == REMARK_IDENTIFIER
                ? str_format(job->arena,
                             "'%.*s' looks like an identifier: nearly every row has a value of its "
                             "own; it is left in, drop it with --drop",
                             STR_ARG(name))
                : str_format(job->arena,
                             "'%.*s' has more different values than are counted exactly; shares of "
                             "rows are right to %.2g",
                             STR_ARG(name), remark[i].error);
    }
}

/* ---- small files ---- */

/* Bins of features that are there already. */
static enum candor_status bins_like(struct job *job, struct reading *reading,
                                    const struct frame *frame)
{
    const struct model *like = reading->data->like;
    const size_t count = like->feature_count;
    const uint8_t **bin = NEW_ARRAY(job->arena, count, const uint8_t *);
    struct binding *binding = NULL;
    uint8_t *by_row;
    for (size_t f = 0; f < count; f++) {
        if (list_holds(reading->fit->drop, like->feature[f].name) ||
            list_holds(reading->fit->protect, like->feature[f].name)) {
            return fail(job, CANDOR_BAD_INPUT,
                        "--drop and --protect leave out '%.*s', which --like needs",
                        STR_ARG(like->feature[f].name));
        }
    }
    TRY(during(reading->side, model_bind(reading->side, like, frame, &binding), "--like"));
    TRY_ALLOC(reading->side, by_row, size_mul(frame->row_count, count), uint8_t);
    binding_bin(binding, reading->fit->threads, by_row);
    for (size_t f = 0; f < count; f++) {
        uint8_t *of_feature;
        TRY_ALLOC(job, of_feature, frame->row_count, uint8_t);
        for (size_t row = 0; row < frame->row_count; row++) {
            of_feature[row] = by_row[row * count + f];
        }
        bin[f] = of_feature;
    }
    *reading->data->train = (struct binned){.row_count = frame->row_count,
                                            .feature_count = count,
                                            .feature = like->feature,
                                            .bin = bin};
    return CANDOR_OK;
}

static enum candor_status bins_of_columns(struct job *job, struct reading *reading)
{
    struct fit_data *data = reading->data;
    const size_t count = reading->header->field_count;
    struct frame *frame = NULL;
    struct column_remark *remark = NULL;
    size_t remark_count = 0;
    bool *keep = NULL;
    const size_t room = size_mul(count, COLUMNS_OF_TEXT_MAX);
    TRY(frame_begin(reading->side, data->row_count,
                    room < FRAME_COLUMNS_MAX ? room : FRAME_COLUMNS_MAX, &frame));
    for (size_t c = 0; c < count; c++) {
        if (reading->role[c] == FOR_FEATURE) {
            TRY(text_column_end(reading->side, reading->column[c], frame));
        }
    }
    if (reading->is_test != NULL) {
        TRY_ALLOC(reading->side, keep, data->row_count + 1, bool);
        for (size_t row = 0; row < data->row_count; row++) {
            keep[row] = !reading->is_test[row];
        }
    }
    const struct bin_options options = {.values_max = reading->fit->bins,
                                        .cells_wanted = FIT_CELLS_WANTED,
                                        .threads = reading->fit->threads,
                                        .keep = keep};
    TRY(frame_remarks(job, frame, NULL, &remark, &remark_count));
    put_remarks(job, data, remark, remark_count);
    if (data->like != NULL) {
        return bins_like(job, reading, frame);
    }
    return binned_of_frame(job, frame, &options, data->train);
}

static enum candor_status read_small(struct job *job, struct reading *reading)
{
    struct fit_data *data = reading->data;
    TRY(begin_columns(job, reading, false));
    TRY(each_row(job, reading, "reading rows", add_cells));
    data->digest = digest_end(&reading->stream);
    TRY(reading_check_split(job, reading));
    TRY(take_target(job, reading));
    TRY(bins_of_columns(job, reading));
    return divide(job, reading);
}

/* ---- large files ---- */

static enum candor_status bin_cells(struct job *job, struct reading *reading,
                                    const struct csv_row *row)
{
    return binner_bin(job, reading->binner, row->field);
}

static enum candor_status read_large(struct job *job, struct reading *reading)
{
    struct fit_data *data = reading->data;
    struct column_remark *remark = NULL;
    size_t remark_count = 0;
    TRY(begin_columns(job, reading, true));
    TRY(each_row(job, reading, "counting rows", add_cells));
    data->digest = digest_end(&reading->stream);
    TRY(reading_check_split(job, reading));
    TRY(take_target(job, reading));
    TRY(binner_decide(job, reading->binner, data->row_count));

    TRY(open_file(job, reading));
    TRY(each_row(job, reading, "binning rows", bin_cells));
    if (!digest_equal(data->digest, digest_end(&reading->stream))) {
        return fail(job, CANDOR_BUSY, "'%s' has changed while it was read; try again",
                    reading->fit->data_path);
    }
    TRY(binner_end(job, reading->binner, data->train));
    TRY(binner_remarks(job, reading->binner, &remark, &remark_count));
    put_remarks(job, data, remark, remark_count);
    return divide(job, reading);
}

/* ---- which of the two ---- */

/* A failure in the side job is the job's. */
static enum candor_status read_aside(struct job *job, const struct candor_fit *fit,
                                     struct fit_data *data, bool is_large)
{
    struct job side;
    job_begin(&side, job->host);
    struct reading reading = {.fit = fit, .data = data, .side = &side};
    enum candor_status status = open_file(job, &reading);
    if (status == CANDOR_OK && fit->split_path != NULL) {
        status = reading_split(job, fit->split_path, &reading);
    }
    if (status == CANDOR_OK) {
        status = reading_roles(job, &reading);
    }
    if (status == CANDOR_OK) {
        status = is_large ? read_large(job, &reading) : read_small(job, &reading);
    }
    if (status != CANDOR_OK && side.status != CANDOR_OK) {
        status = fail(job, status, "'%s': %s", fit->data_path, side.message);
    }
    job_end(&side);
    return status;
}

static bool is_large_file(const struct candor_fit *fit, uint64_t size)
{
    const uint64_t needs = size * FRAME_BYTES_PER_FILE_BYTE;
    const bool is_packed = str_ends(str_of(fit->data_path), STR(".gz"));
    return size > (is_packed ? STREAM_FROM / 8 : STREAM_FROM) ||
           (fit->memory_max > 0 && needs > fit->memory_max);
}

enum candor_status fit_data_read(struct job *job, const struct candor_fit *fit,
                                 struct fit_data *data)
{
    uint64_t size = 0;
    *data = (struct fit_data){
        .train = NEW(job->arena, struct binned),
        .test = NEW(job->arena, struct binned),
        .train_target = NEW(job->arena, struct target),
        .test_target = NEW(job->arena, struct target),
    };
    TRY(file_size(job, str_of(fit->data_path), &size));
    if (fit->like_path != NULL) {
        TRY(like_read(job, fit->like_path, &data->like));
        return read_aside(job, fit, data, false);
    }
    data->is_streamed = is_large_file(fit, size);
    const enum candor_status status = read_aside(job, fit, data, data->is_streamed);
    if (status != CANDOR_TOO_LARGE || data->is_streamed) {
        return status;
    }
    /* More different texts than are kept; counting them knows no limit. */
    job_forgive(job);
    data->is_streamed = true;
    data->warning_count = 0;
    return read_aside(job, fit, data, true);
}
