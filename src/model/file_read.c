/*
 * file_read.c - the bytes of a model, read with suspicion; the layout stands in file.c.
 *
 * Here is only what must be known to read on: lengths, counts and kinds. Whether the whole makes sense
 * is the business of check.c.
 */
#include "model.h"

#include <math.h>

#include "file.h"

/* The model while it is read: what follows depends on the version. */
struct reading {
    struct job *job;
    struct reader reader;
    uint16_t version;
    struct model *model;
};

static enum candor_status corrupt(const struct reading *reading, const char *what)
{
    return fail(reading->job, CANDOR_CORRUPT,
                "these are not the bytes of a model as it was written: %s, before byte %zu", what,
                reading->reader.at);
}

static float f32_of_bits(uint32_t bits)
{
    float value;
    bytes_copy(&value, &bits, sizeof value);
    return value;
}

/* A number that may be unknown. One NaN alone is written; version 1 was not so strict. */
static double read_known(struct reading *reading)
{
    const uint64_t bits = read_u64le(&reading->reader);
    double value;
    bytes_copy(&value, &bits, sizeof value);
    if (isnan(value) && bits != NOT_KNOWN_BITS && reading->version > 1) {
        reading->reader.bad = true;
    }
    return value;
}

static struct str read_own_text(struct reading *reading)
{
    return str_copy(reading->job->arena, read_text(&reading->reader));
}

/* ---- the head ---- */

static enum candor_status read_start(struct reading *reading)
{
    struct reader *reader = &reading->reader;
    const struct bytes start = read_bytes(reader, MODEL_MAGIC_LEN);
    if (reader->bad || !bytes_same(start.ptr, model_magic, MODEL_MAGIC_LEN)) {
        return corrupt(reading, "the first bytes");
    }
    reading->version = read_u16le(reader);
    if (!reader->bad && reading->version > MODEL_VERSION) {
        return fail(
            reading->job, CANDOR_BAD_INPUT,
            "a model of format version %u, and this program reads up to %d: use a newer one",
            reading->version, MODEL_VERSION);
    }
    if (reader->bad || reading->version < MODEL_VERSION_FIRST) {
        return corrupt(reading, "the version");
    }
    return CANDOR_OK;
}

/* The task, the names of the target and its classes. */
static enum candor_status read_target(struct reading *reading)
{
    struct reader *reader = &reading->reader;
    struct model *model = reading->model;
    const uint8_t task = read_u8(reader);
    if (reader->bad || task < TASK_BINARY ||
        task > (reading->version == 1 ? TASK_REGRESSION : TASK_CLASSES)) {
        return corrupt(reading, "its task");
    }
    model->task = (enum task)task;
    model->target = read_own_text(reading);
    model->positive = read_own_text(reading);
    model->negative = read_own_text(reading);
    model->class_count = reading->version == 1 ? 1 : read_u8(reader);
    if (reader->bad || model->class_count == 0 || model->class_count > CLASSES_MAX ||
        (model->task != TASK_CLASSES && model->class_count != 1)) {
        return corrupt(reading, "its classes");
    }
    if (model->task == TASK_CLASSES) {
        struct str *name = NEW_ARRAY(reading->job->arena, model->class_count, struct str);
        for (size_t c = 0; c < model->class_count; c++) {
            name[c] = read_own_text(reading);
        }
        model->class_name = name;
    }
    return reader->bad ? corrupt(reading, "its classes") : CANDOR_OK;
}

static enum candor_status read_head(struct reading *reading)
{
    struct reader *reader = &reading->reader;
    struct model *model = reading->model;
    TRY(read_start(reading));
    TRY(read_target(reading));
    double *base = NEW_ARRAY(reading->job->arena, model->class_count, double);
    for (size_t c = 0; c < model->class_count; c++) {
        base[c] = read_f64le(reader);
    }
    model->class_base = base;
    model->base_sd = reading->version == 1 ? 0 : read_f64le(reader);
    model->dispersion = reading->version == 1 ? 1 : read_f64le(reader);
    model->rows_train = read_u64le(reader);
    model->seed = read_u64le(reader);
    model->freedom = read_f64le(reader);
    model->rounds = read_u32le(reader);
    const struct bytes digest = read_bytes(reader, sizeof model->data_digest);
    if (reader->bad) {
        return corrupt(reading, "its head");
    }
    bytes_copy(model->data_digest, digest.ptr, digest.len);
    for (size_t i = 0; i < DECILES; i++) {
        model->link_decile[i] = reading->version == 1 ? (double)NAN : read_known(reading);
    }
    return reader->bad ? corrupt(reading, "its deciles") : CANDOR_OK;
}

static enum candor_status read_measures(struct reading *reading)
{
    struct reader *reader = &reading->reader;
    struct measures *measures = &reading->model->measures;
    measures->rows = read_u64le(reader);
    for (size_t i = 0; i < MEASURE_NUMBERS; i++) {
        const bool is_there = reading->version > 1 || i < MEASURE_NUMBERS_FIRST;
        measure_set(measures, i, is_there ? read_known(reading) : (double)NAN);
    }
    measures->calibration_count = read_u8(reader);
    if (reader->bad || measures->calibration_count > CALIBRATION_MAX) {
        return corrupt(reading, "its measures");
    }
    for (size_t i = 0; i < measures->calibration_count; i++) {
        measures->calibration[i].rows = read_u64le(reader);
        measures->calibration[i].predicted = read_f64le(reader);
        measures->calibration[i].observed = read_f64le(reader);
    }
    return reader->bad ? corrupt(reading, "its calibration") : CANDOR_OK;
}

static enum candor_status read_notes(struct reading *reading)
{
    struct model *model = reading->model;
    const uint32_t count = read_u32le(&reading->reader);
    if (reading->reader.bad || count > NOTES_MAX) {
        return corrupt(reading, "its notes");
    }
    model->note = NEW_ARRAY(reading->job->arena, (size_t)count + 1, struct note);
    for (size_t i = 0; i < count && !reading->reader.bad; i++) {
        model->note[i].key = read_own_text(reading);
        model->note[i].text = read_own_text(reading);
    }
    model->note_count = count;
    return reading->reader.bad ? corrupt(reading, "its notes") : CANDOR_OK;
}

/* ---- features and their tables ---- */

static void read_numbers(struct reading *reading, struct model_feature *feature)
{
    struct arena *arena = reading->job->arena;
    double *low = NEW_ARRAY(arena, feature->value_count + 1, double);
    double *high = NEW_ARRAY(arena, feature->value_count + 1, double);
    const uint8_t form = reading->version < 3 ? 0 : read_u8(&reading->reader);
    for (size_t v = 0; v < feature->value_count; v++) {
        low[v] = read_f64le(&reading->reader);
        high[v] = form == 0 ? read_f64le(&reading->reader) : low[v];
    }
    feature->low = low;
    feature->high = high;
    if (reading->version >= 3 && form != (values_are_single(feature) ? 1 : 0)) {
        reading->reader.bad = true; /* not how it would be written */
    }
    feature->cut = model_cuts(arena, low, high, feature->value_count);
}

static void read_levels(struct reading *reading, struct model_feature *feature)
{
    struct str *level = NEW_ARRAY(reading->job->arena, feature->value_count + 1, struct str);
    for (size_t v = 0; v < feature->value_count; v++) {
        level[v] = read_own_text(reading);
    }
    feature->level = level;
    if (feature->kind == COLUMN_ORDINAL) {
        const struct bytes rank = read_bytes(&reading->reader, feature->value_count);
        feature->rank = bytes_copy_of(reading->job->arena, rank).ptr;
    }
}

static enum candor_status read_cells(struct reading *reading, size_t cell_count, struct term *term)
{
    struct reader *reader = &reading->reader;
    struct arena *arena = reading->job->arena;
    const size_t classes = reading->model->class_count;
    double *value = NEW_ARRAY(arena, cell_count * classes, double);
    double *sd = NEW_ARRAY(arena, cell_count * classes, double);
    double *weight = NEW_ARRAY(arena, cell_count, double);
    for (size_t i = 0; i < cell_count && !reader->bad; i++) {
        for (size_t at = i; at < cell_count * classes; at += cell_count) {
            value[at] = read_f64le(reader);
            sd[at] = read_f64le(reader);
        }
        weight[i] = read_f64le(reader);
    }
    term->cell_count = cell_count;
    term->value = value;
    term->sd = sd;
    term->weight = weight;
    return reader->bad ? corrupt(reading, "a table") : CANDOR_OK;
}

static bool is_kind(uint8_t kind, uint16_t version)
{
    return kind == COLUMN_NUMBER || kind == COLUMN_CATEGORY ||
           (kind == COLUMN_ORDINAL && version > 1);
}

static enum candor_status read_feature(struct reading *reading, size_t index,
                                       struct model_feature *feature, struct term *term)
{
    struct reader *reader = &reading->reader;
    feature->name = read_own_text(reading);
    const uint8_t kind = read_u8(reader);
    feature->value_count = read_u16le(reader);
    if (reader->bad || !is_kind(kind, reading->version)) {
        return corrupt(reading, "a feature");
    }
    feature->kind = (enum column_kind)kind;
    feature->bin_count = feature->value_count + (kind == COLUMN_NUMBER ? 1 : 2);
    if (feature->bin_count > BINS_MAX) {
        return corrupt(reading, "the bins of a feature");
    }
    if (feature->kind == COLUMN_NUMBER) {
        read_numbers(reading, feature);
    } else {
        read_levels(reading, feature);
    }
    if (reader->bad) {
        return corrupt(reading, "the values of a feature");
    }
    *term = (struct term){
        .name = feature->name,
        .feature_count = 1,
        .feature = {index, index},
        .axis_count = {feature->bin_count, 1},
    };
    return read_cells(reading, feature->bin_count, term);
}

static enum candor_status read_pair(struct reading *reading, struct term *term)
{
    struct reader *reader = &reading->reader;
    const struct model *model = reading->model;
    *term = (struct term){.feature_count = 2};
    for (size_t side = 0; side < 2; side++) {
        term->feature[side] = read_u16le(reader);
    }
    for (size_t side = 0; side < 2; side++) {
        term->axis_count[side] = read_u8(reader);
    }
    if (reader->bad || term->feature[0] >= model->feature_count ||
        term->feature[1] >= model->feature_count ||
        term->axis_count[0] * term->axis_count[1] == 0 || term->axis_count[0] > PAIR_AXIS_MAX ||
        term->axis_count[1] > PAIR_AXIS_MAX) {
        return corrupt(reading, "a pair");
    }
    for (size_t side = 0; side < 2; side++) {
        const struct bytes place =
            read_bytes(reader, model->feature[term->feature[side]].bin_count);
        term->axis[side] = bytes_copy_of(reading->job->arena, place).ptr;
    }
    if (reader->bad) {
        return corrupt(reading, "the places of a pair");
    }
    term->name = pair_name(reading->job->arena, &model->feature[term->feature[0]],
                           &model->feature[term->feature[1]]);
    return read_cells(reading, term->axis_count[0] * term->axis_count[1], term);
}

static enum candor_status read_terms(struct reading *reading)
{
    struct model *model = reading->model;
    struct arena *arena = reading->job->arena;
    const uint32_t features = read_u32le(&reading->reader);
    if (reading->reader.bad || features == 0 || features > MODEL_FEATURES_MAX) {
        return corrupt(reading, "the number of features");
    }
    struct term *term = NEW_ARRAY(arena, (size_t)features + MODEL_PAIRS_MAX, struct term);
    struct model_feature *feature = NEW_ARRAY(arena, features, struct model_feature);
    for (size_t i = 0; i < features; i++) {
        TRY(read_feature(reading, i, &feature[i], &term[i]));
    }
    model->feature = feature;
    model->feature_count = features;

    const uint32_t pairs = read_u32le(&reading->reader);
    if (reading->reader.bad || pairs > MODEL_PAIRS_MAX) {
        return corrupt(reading, "the number of pairs");
    }
    for (size_t i = 0; i < pairs; i++) {
        TRY(read_pair(reading, &term[features + i]));
    }
    model->term = term;
    model->term_count = (size_t)features + pairs;
    return model_index(reading->job, model);
}

static void read_factor(struct reading *reading, float *factor)
{
    struct reader *reader = &reading->reader;
    const size_t cells = reading->model->cell_count;
    const uint8_t width = reading->version < 3 ? 4 : read_u8(reader);
    for (size_t i = 0; i < cells && !reader->bad; i++) {
        const uint32_t bits = width == 2 ? (uint32_t)read_u16le(reader) << 16 : read_u32le(reader);
        factor[i] = f32_of_bits(bits);
    }
    if (reading->version >= 3 && width != (factor_is_half(factor, cells) ? 2 : 4)) {
        reader->bad = true; /* not how it would be written */
    }
}

static enum candor_status read_factors(struct reading *reading)
{
    struct reader *reader = &reading->reader;
    struct model *model = reading->model;
    model->factor_count = reading->version == 1 ? 0 : read_u8(reader);
    if (reader->bad || model->factor_count > FACTORS_MAX) {
        return corrupt(reading, "the number of factors");
    }
    double *sign = NEW_ARRAY(reading->job->arena, model->factor_count + 1, double);
    float *factor;
    TRY_ALLOC(reading->job, factor, model->factor_count * model->cell_count + 1, float);
    for (size_t f = 0; f < model->factor_count && !reader->bad; f++) {
        sign[f] = read_f64le(reader);
        read_factor(reading, factor + f * model->cell_count);
    }
    model->factor_sign = sign;
    model->factor = factor;
    return reader->bad ? corrupt(reading, "a factor") : CANDOR_OK;
}

enum candor_status model_read(struct job *job, struct bytes bytes, struct model **model)
{
    if (bytes.len > MODEL_FILE_LEN_MAX) {
        return fail(job, CANDOR_CORRUPT, "a model of %zu bytes; at most %zu can be one", bytes.len,
                    MODEL_FILE_LEN_MAX);
    }
    struct model *made = NEW(job->arena, struct model);
    struct reading reading = {.job = job, .reader = reader_of(bytes), .model = made};
    TRY(read_head(&reading));
    TRY(read_measures(&reading));
    TRY(read_notes(&reading));
    TRY(read_terms(&reading));
    TRY(read_factors(&reading));
    if (!reader_is_done(&reading.reader)) {
        return corrupt(&reading, "bytes are left over");
    }
    TRY(during(job, model_check(job, CANDOR_CORRUPT, made), "a model that contradicts itself"));
    *model = made;
    return CANDOR_OK;
}
