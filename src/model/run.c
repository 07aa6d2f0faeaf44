/*
 * run.c - the bytes of a run: what a model was learnt from, as bins, so that runs can be put together.
 *
 *     "CNDRUN" | version u16 = 1
 *     | model            a block: features, task, target, classes and notes are its; see file.c
 *     | rows u64 | has weights u8
 *     | target f64 * rows | weights f64 * rows, if any
 *     | bins u8 * rows, feature by feature in the order of the model
 *
 * All numbers are little-endian. Bins of one another's features are the same numbers only if the features
 * are the same, and run_is_like says so.
 */
#include "model.h"

#include <math.h>

static const char magic[6] = {'C', 'N', 'D', 'R', 'U', 'N'};

enum { RUN_VERSION = 1 };

void run_write(const struct run *run, struct buf *buf)
{
    struct buf part = buf_begin(buf->arena);
    const size_t rows = run->binned.row_count;
    model_write(run->model, &part);
    buf_bytes(buf, magic, sizeof magic);
    buf_u16le(buf, RUN_VERSION);
    buf_block(buf, buf_all(&part));
    buf_u64le(buf, rows);
    buf_u8(buf, run->weight != NULL);
    for (size_t row = 0; row < rows; row++) {
        buf_f64le(buf, run->target.value[row]);
    }
    for (size_t row = 0; run->weight != NULL && row < rows; row++) {
        buf_f64le(buf, run->weight[row]);
    }
    for (size_t f = 0; f < run->binned.feature_count; f++) {
        buf_bytes(buf, run->binned.bin[f], rows);
    }
}

/* ---- reading ------------------------------------------------------------------------------- */

static enum candor_status corrupt(struct job *job, const char *what)
{
    return fail(job, CANDOR_CORRUPT, "these are not the bytes of a run as it was written: %s",
                what);
}

static bool is_target(const struct model *model, double value)
{
    switch (model->task) {
    case TASK_BINARY:
        return value == 0 || value == 1;
    case TASK_REGRESSION:
        return isfinite(value);
    case TASK_COUNT:
        return isfinite(value) && value >= 0;
    case TASK_AMOUNT:
        return isfinite(value) && value > 0;
    case TASK_CLASSES:
        break;
    }
    return value >= 0 && value < (double)model->class_count && value == floor(value);
}

static enum candor_status read_numbers(struct job *job, struct reader *reader, struct run *run,
                                       bool has_weights)
{
    const size_t rows = run->binned.row_count;
    double *value;
    double *weight = NULL;
    TRY_ALLOC(job, value, rows + 1, double);
    for (size_t row = 0; row < rows; row++) {
        value[row] = read_f64le(reader);
        if (!is_target(run->model, value[row])) {
            return corrupt(job, "a target");
        }
    }
    if (has_weights) {
        TRY_ALLOC(job, weight, rows + 1, double);
    }
    for (size_t row = 0; has_weights && row < rows; row++) {
        weight[row] = read_f64le(reader);
        if (!isfinite(weight[row]) || weight[row] < 0) {
            return corrupt(job, "a weight");
        }
    }
    run->weight = weight;
    run->target = (struct target){.task = run->model->task,
                                  .name = run->model->target,
                                  .positive = run->model->positive,
                                  .negative = run->model->negative,
                                  .class_count = run->model->class_count,
                                  .class_name = run->model->class_name,
                                  .value = value};
    return CANDOR_OK;
}

static enum candor_status read_bins(struct job *job, struct reader *reader, struct run *run)
{
    const struct model *model = run->model;
    const uint8_t **bin = NEW_ARRAY(job->arena, model->feature_count, const uint8_t *);
    for (size_t f = 0; f < model->feature_count; f++) {
        const struct bytes bytes = read_bytes(reader, run->binned.row_count);
        for (size_t row = 0; row < bytes.len; row++) {
            if (bytes.ptr[row] >= model->feature[f].bin_count) {
                return corrupt(job, "a bin");
            }
        }
        bin[f] = bytes.ptr;
    }
    run->binned.feature_count = model->feature_count;
    run->binned.feature = model->feature;
    run->binned.bin = bin;
    return CANDOR_OK;
}

bool run_is_run(struct bytes bytes)
{
    return bytes.len >= sizeof magic && bytes_same(bytes.ptr, magic, sizeof magic);
}

enum candor_status run_read(struct job *job, struct bytes bytes, struct run *run)
{
    struct reader reader = reader_of(bytes);
    *run = (struct run){0};
    (void)read_bytes(&reader, sizeof magic);
    const uint16_t version = read_u16le(&reader);
    if (reader.bad || !run_is_run(bytes) || version == 0) {
        return corrupt(job, "the first bytes");
    }
    if (version > RUN_VERSION) {
        return fail(job, CANDOR_BAD_INPUT, "the run was written by a newer Candor");
    }
    const struct bytes part = read_block(&reader);
    if (reader.bad) {
        return corrupt(job, "its model");
    }
    TRY(model_read(job, part, &run->model));
    const uint64_t rows = read_u64le(&reader);
    const uint8_t has_weights = read_u8(&reader);
    if (reader.bad || rows == 0 || rows > FRAME_ROWS_MAX || has_weights > 1) {
        return corrupt(job, "its head");
    }
    const uint64_t width = run->model->feature_count + (has_weights == 1 ? 16 : 8);
    if (reader.len - reader.at != rows * width) {
        return corrupt(job, "its length");
    }
    run->binned.row_count = (size_t)rows;
    TRY(read_numbers(job, &reader, run, has_weights == 1));
    return read_bins(job, &reader, run);
}

/* ---- together ------------------------------------------------------------------------------ */

static bool same_feature(const struct model_feature *left, const struct model_feature *right)
{
    const size_t count = left->value_count;
    const size_t len = count * sizeof(double);
    if (!str_equal(left->name, right->name) || left->kind != right->kind ||
        count != right->value_count) {
        return false;
    }
    if (left->kind == COLUMN_NUMBER) {
        return bytes_same(left->low, right->low, len) && bytes_same(left->high, right->high, len) &&
               bytes_same(left->cut, right->cut, len);
    }
    for (size_t v = 0; v < count; v++) {
        if (!str_equal(left->level[v], right->level[v]) ||
            (left->kind == COLUMN_ORDINAL && left->rank[v] != right->rank[v])) {
            return false;
        }
    }
    return true;
}

static bool same_outcomes(const struct model *left, const struct model *right)
{
    if (left->task != right->task || left->class_count != right->class_count ||
        !str_equal(left->target, right->target) || !str_equal(left->positive, right->positive)) {
        return false;
    }
    for (size_t c = 0; left->task == TASK_CLASSES && c < left->class_count; c++) {
        if (!str_equal(left->class_name[c], right->class_name[c])) {
            return false;
        }
    }
    return true;
}

static enum candor_status check_alike(struct job *job, const struct model *left,
                                      const struct model *right)
{
    if (!same_outcomes(left, right)) {
        return fail(
            job, CANDOR_BAD_INPUT,
            "the runs predict different things: target, task and outcomes must be the same");
    }
    if (left->feature_count != right->feature_count) {
        return fail(job, CANDOR_BAD_INPUT, "the runs have %zu and %zu features",
                    left->feature_count, right->feature_count);
    }
    for (size_t f = 0; f < left->feature_count; f++) {
        if (!same_feature(&left->feature[f], &right->feature[f])) {
            return fail(job, CANDOR_BAD_INPUT,
                        "the runs have different bins of '%.*s'; learn the second one with --like "
                        "and the first one",
                        STR_ARG(left->feature[f].name));
        }
    }
    return CANDOR_OK;
}

static void copy_numbers(double *into, const double *value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        into[i] = value == NULL ? 1 : value[i];
    }
}

enum candor_status run_join(struct job *job, const struct run *left, const struct run *right,
                            struct run *joined)
{
    const size_t first = left->binned.row_count;
    const size_t rows = size_add(first, right->binned.row_count);
    double *value;
    double *weight = NULL;
    TRY(check_alike(job, left->model, right->model));
    if (rows > FRAME_ROWS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu rows together; at most %zu", rows, FRAME_ROWS_MAX);
    }
    *joined = *left;
    TRY_ALLOC(job, value, rows, double);
    copy_numbers(value, left->target.value, first);
    copy_numbers(value + first, right->target.value, rows - first);
    joined->target.value = value;
    if (left->weight != NULL || right->weight != NULL) {
        TRY_ALLOC(job, weight, rows, double);
        copy_numbers(weight, left->weight, first);
        copy_numbers(weight + first, right->weight, rows - first);
    }
    joined->weight = weight;
    const uint8_t **bin = NEW_ARRAY(job->arena, left->binned.feature_count, const uint8_t *);
    for (size_t f = 0; f < left->binned.feature_count; f++) {
        uint8_t *both;
        TRY_ALLOC(job, both, rows, uint8_t);
        bytes_copy(both, left->binned.bin[f], first);
        bytes_copy(both + first, right->binned.bin[f], rows - first);
        bin[f] = both;
    }
    joined->binned.bin = bin;
    joined->binned.row_count = rows;
    return CANDOR_OK;
}
