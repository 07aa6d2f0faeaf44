/*
 * file.c - the bytes of a model.
 *
 *     "CNDMODEL"  u16 version
 *     u8 task  text target  text positive  text negative
 *     u8 classes  { text class }                                         names only when 3 or more
 *     { f64 base } per class  f64 base sd  f64 dispersion
 *     u64 rows_train  u64 seed  f64 freedom  u32 rounds  32 bytes data digest
 *     9 f64 link deciles
 *     measures:  u64 rows  f64 auc, log loss, brier, rmse, r2, deviance, accuracy
 *                f64 sd of auc, log loss, brier, rmse, r2, deviance
 *                u8 count  { u64 rows  f64 predicted  f64 observed }
 *     notes:     u32 count  { text key  text text }                      keys ascend
 *     features:  u32 count  { text name  u8 kind  u16 value count
 *                             { f64 low  f64 high } or { text level }    values ascend
 *                             ordinal: a byte of rank per value
 *                             { f64 value  f64 sd per class  f64 weight } }   one per bin
 *     pairs:     u32 count  { u16 feature  u16 feature  u8 places  u8 places
 *                             places of the bins of both, a byte each
 *                             { f64 value  f64 sd per class  f64 weight } }   one per cell
 *     factors:   u8 count   { f64 sign  f32 per cell of all terms }
 *
 * Version 1 had two tasks, f64 throughout, and neither classes, base sd, dispersion, deciles, factors,
 * deviance, accuracy nor the sd of measures; it is still read.
 *
 * Little-endian; a text is a u32 length and UTF-8. A pair comes after the one before in the order of
 * its features. Nothing follows. What the reader accepts, the writer writes again byte for byte, and
 * everything a scorer relies on is checked here: no index leaves its table, all values are finite.
 */
#include "model.h"

#include <math.h>

static const uint8_t magic[8] = {'C', 'N', 'D', 'M', 'O', 'D', 'E', 'L'};

enum { VERSION = 2, VERSION_FIRST = 1 };

/* ---- writing ---- */

static void write_text(struct buf *buf, struct str text)
{
    buf_block(buf, bytes_of(text));
}

static void write_measures(struct buf *buf, const struct measures *measures)
{
    buf_u64le(buf, measures->rows);
    buf_f64le(buf, measures->auc);
    buf_f64le(buf, measures->log_loss);
    buf_f64le(buf, measures->brier);
    buf_f64le(buf, measures->rmse);
    buf_f64le(buf, measures->r2);
    buf_f64le(buf, measures->deviance);
    buf_f64le(buf, measures->accuracy);
    buf_f64le(buf, measures->sd.auc);
    buf_f64le(buf, measures->sd.log_loss);
    buf_f64le(buf, measures->sd.brier);
    buf_f64le(buf, measures->sd.rmse);
    buf_f64le(buf, measures->sd.r2);
    buf_f64le(buf, measures->sd.deviance);
    buf_u8(buf, (uint8_t)measures->calibration_count);
    for (size_t i = 0; i < measures->calibration_count; i++) {
        buf_u64le(buf, measures->calibration[i].rows);
        buf_f64le(buf, measures->calibration[i].predicted);
        buf_f64le(buf, measures->calibration[i].observed);
    }
}

static void write_f32(struct buf *buf, double value)
{
    const float narrow = (float)value;
    uint32_t bits;
    bytes_copy(&bits, &narrow, sizeof bits);
    buf_u32le(buf, bits);
}

static void write_cells(struct buf *buf, const struct model *model, const struct term *term)
{
    for (size_t i = 0; i < term->cell_count; i++) {
        for (size_t class = 0; class < model->class_count; class ++) {
            buf_f64le(buf, term->value[class * term->cell_count + i]);
            buf_f64le(buf, term->sd[class * term->cell_count + i]);
        }
        buf_f64le(buf, term->weight[i]);
    }
}

static void write_feature(struct buf *buf, const struct model *model,
                          const struct model_feature *feature, const struct term *term)
{
    write_text(buf, feature->name);
    buf_u8(buf, (uint8_t)feature->kind);
    buf_u16le(buf, (uint16_t)feature->value_count);
    for (size_t v = 0; v < feature->value_count; v++) {
        if (feature->kind == COLUMN_NUMBER) {
            buf_f64le(buf, feature->low[v]);
            buf_f64le(buf, feature->high[v]);
        } else {
            write_text(buf, feature->level[v]);
        }
    }
    if (feature->kind == COLUMN_ORDINAL) {
        buf_bytes(buf, feature->rank, feature->value_count);
    }
    write_cells(buf, model, term);
}

static void write_pair(struct buf *buf, const struct model *model, const struct term *term)
{
    buf_u16le(buf, (uint16_t)term->feature[0]);
    buf_u16le(buf, (uint16_t)term->feature[1]);
    buf_u8(buf, (uint8_t)term->axis_count[0]);
    buf_u8(buf, (uint8_t)term->axis_count[1]);
    for (size_t side = 0; side < 2; side++) {
        buf_bytes(buf, term->axis[side], model->feature[term->feature[side]].bin_count);
    }
    write_cells(buf, model, term);
}

static void write_factors(struct buf *buf, const struct model *model)
{
    buf_u8(buf, (uint8_t)model->factor_count);
    for (size_t f = 0; f < model->factor_count; f++) {
        buf_f64le(buf, model->factor_sign[f]);
        for (size_t i = 0; i < model->cell_count; i++) {
            write_f32(buf, (double)model->factor[f * model->cell_count + i]);
        }
    }
}

void model_write(const struct model *model, struct buf *buf)
{
    buf_bytes(buf, magic, sizeof magic);
    buf_u16le(buf, VERSION);
    buf_u8(buf, (uint8_t)model->task);
    write_text(buf, model->target);
    write_text(buf, model->positive);
    write_text(buf, model->negative);
    buf_u8(buf, (uint8_t)model->class_count);
    for (size_t c = 0; c < model->class_count && model->task == TASK_CLASSES; c++) {
        write_text(buf, model->class_name[c]);
    }
    for (size_t c = 0; c < model->class_count; c++) {
        buf_f64le(buf, model->class_base[c]);
    }
    buf_f64le(buf, model->base_sd);
    buf_f64le(buf, model->dispersion);
    buf_u64le(buf, model->rows_train);
    buf_u64le(buf, model->seed);
    buf_f64le(buf, model->freedom);
    buf_u32le(buf, model->rounds);
    buf_bytes(buf, model->data_digest, sizeof model->data_digest);
    for (size_t i = 0; i < DECILES; i++) {
        buf_f64le(buf, model->link_decile[i]);
    }
    write_measures(buf, &model->measures);

    buf_u32le(buf, (uint32_t)model->note_count);
    for (size_t i = 0; i < model->note_count; i++) {
        write_text(buf, model->note[i].key);
        write_text(buf, model->note[i].text);
    }
    buf_u32le(buf, (uint32_t)model->feature_count);
    for (size_t i = 0; i < model->feature_count; i++) {
        write_feature(buf, model, &model->feature[i], &model->term[i]);
    }
    buf_u32le(buf, (uint32_t)(model->term_count - model->feature_count));
    for (size_t t = model->feature_count; t < model->term_count; t++) {
        write_pair(buf, model, &model->term[t]);
    }
    write_factors(buf, model);
}

/* ---- reading ---- */

static double read_f32(struct reader *reader)
{
    const uint32_t bits = read_u32le(reader);
    float narrow;
    bytes_copy(&narrow, &bits, sizeof narrow);
    return (double)narrow;
}

/* The model while it is read: what follows depends on the version. */
struct reading {
    struct reader reader;
    uint16_t version;
    struct model *model;
};

static enum candor_status corrupt(struct job *job, const char *what)
{
    return fail(job, CANDOR_CORRUPT, "these are not the bytes of a model as it was written: %s",
                what);
}

static bool is_finite_from(double value, double least)
{
    return isfinite(value) && value >= least;
}

static bool is_unknown_or_from(double value, double least)
{
    return isnan(value) || is_finite_from(value, least);
}

/* What version 1 did not have is unknown. */
static bool read_measures_more(struct reader *reader, uint16_t version, struct measures *measures)
{
    double *const more[] = {&measures->deviance,    &measures->accuracy,   &measures->sd.auc,
                            &measures->sd.log_loss, &measures->sd.brier,   &measures->sd.rmse,
                            &measures->sd.r2,       &measures->sd.deviance};
    bool are_sound = true;
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        *more[i] = version == 1 ? (double)NAN : read_f64le(reader);
        are_sound = are_sound && is_unknown_or_from(*more[i], 0);
    }
    return are_sound && !(measures->accuracy > 1);
}

static enum candor_status read_measures(struct job *job, struct reader *reader, uint16_t version,
                                        struct measures *measures)
{
    measures->rows = read_u64le(reader);
    measures->auc = read_f64le(reader);
    measures->log_loss = read_f64le(reader);
    measures->brier = read_f64le(reader);
    measures->rmse = read_f64le(reader);
    measures->r2 = read_f64le(reader);
    const bool are_sound =
        read_measures_more(reader, version, measures) && is_unknown_or_from(measures->auc, 0) &&
        is_unknown_or_from(measures->log_loss, 0) && is_unknown_or_from(measures->brier, 0) &&
        is_unknown_or_from(measures->rmse, 0) && is_unknown_or_from(measures->r2, -HUGE_VAL);
    measures->calibration_count = read_u8(reader);
    if (reader->bad || !are_sound || measures->calibration_count > CALIBRATION_MAX) {
        return corrupt(job, "its measures");
    }
    for (size_t i = 0; i < measures->calibration_count; i++) {
        struct calibration *tenth = &measures->calibration[i];
        tenth->rows = read_u64le(reader);
        tenth->predicted = read_f64le(reader);
        tenth->observed = read_f64le(reader);
        if (!is_finite_from(tenth->predicted, 0) || !is_finite_from(tenth->observed, 0)) {
            return corrupt(job, "its calibration");
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_notes(struct job *job, struct reader *reader, struct model *model)
{
    const uint32_t count = read_u32le(reader);
    if (reader->bad || count > NOTES_MAX) {
        return corrupt(job, "its notes");
    }
    model->note = NEW_ARRAY(job->arena, (size_t)count + 1, struct note);
    for (size_t i = 0; i < count; i++) {
        struct note *note = &model->note[i];
        note->key = str_copy(job->arena, read_text(reader));
        note->text = str_copy(job->arena, read_text(reader));
        const bool is_next = i == 0 || str_compare(model->note[i - 1].key, note->key) < 0;
        if (reader->bad || note->key.len == 0 || !is_next) {
            return corrupt(job, "its notes");
        }
    }
    model->note_count = count;
    return CANDOR_OK;
}

static enum candor_status read_numbers(struct job *job, struct reader *reader,
                                       struct model_feature *feature)
{
    double *low = NEW_ARRAY(job->arena, feature->value_count + 1, double);
    double *high = NEW_ARRAY(job->arena, feature->value_count + 1, double);
    double *cut = NEW_ARRAY(job->arena, feature->value_count + 1, double);
    for (size_t v = 0; v < feature->value_count; v++) {
        low[v] = read_f64le(reader);
        high[v] = read_f64le(reader);
        const bool is_next = v == 0 || high[v - 1] < low[v];
        if (reader->bad || !isfinite(low[v]) || !isfinite(high[v]) || low[v] > high[v] ||
            !is_next) {
            return corrupt(job, "the values of a number");
        }
        cut[v] = v == 0 ? -(double)INFINITY : cut_between(high[v - 1], low[v]);
    }
    feature->low = low;
    feature->high = high;
    feature->cut = cut;
    return CANDOR_OK;
}

static enum candor_status read_levels(struct job *job, struct reader *reader,
                                      struct model_feature *feature)
{
    struct str *level = NEW_ARRAY(job->arena, feature->value_count + 1, struct str);
    for (size_t v = 0; v < feature->value_count; v++) {
        level[v] = str_copy(job->arena, read_text(reader));
        if (reader->bad || (v > 0 && str_compare(level[v - 1], level[v]) >= 0)) {
            return corrupt(job, "the values of a category");
        }
    }
    feature->level = level;
    return CANDOR_OK;
}

static enum candor_status read_cells(struct job *job, struct reading *reading, size_t cell_count,
                                     struct term *term)
{
    struct reader *reader = &reading->reader;
    const size_t classes = reading->model->class_count;
    double *value = NEW_ARRAY(job->arena, cell_count * classes, double);
    double *sd = NEW_ARRAY(job->arena, cell_count * classes, double);
    double *weight = NEW_ARRAY(job->arena, cell_count, double);
    for (size_t i = 0; i < cell_count && !reader->bad; i++) {
        for (size_t at = i; at < cell_count * classes; at += cell_count) {
            value[at] = read_f64le(reader);
            sd[at] = read_f64le(reader);
            if (!isfinite(value[at]) || !is_finite_from(sd[at], 0)) {
                return corrupt(job, "a table");
            }
        }
        weight[i] = read_f64le(reader);
        if (!is_finite_from(weight[i], 0) || weight[i] > 1) {
            return corrupt(job, "a table");
        }
    }
    if (reader->bad) {
        return corrupt(job, "a table");
    }
    term->cell_count = cell_count;
    term->value = value;
    term->sd = sd;
    term->weight = weight;
    return CANDOR_OK;
}

static bool is_kind(uint8_t kind, uint16_t version)
{
    return kind == COLUMN_NUMBER || kind == COLUMN_CATEGORY ||
           (kind == COLUMN_ORDINAL && version > 1);
}

/* Each rank once. */
static enum candor_status read_ranks(struct job *job, struct reader *reader,
                                     struct model_feature *feature)
{
    bool seen[BINS_MAX] = {false};
    const struct bytes rank = read_bytes(reader, feature->value_count);
    for (size_t v = 0; !reader->bad && v < rank.len; v++) {
        if (rank.ptr[v] >= feature->value_count || seen[rank.ptr[v]]) {
            return corrupt(job, "the order of an ordinal");
        }
        seen[rank.ptr[v]] = true;
    }
    if (reader->bad) {
        return corrupt(job, "the order of an ordinal");
    }
    feature->rank = bytes_copy_of(job->arena, rank).ptr;
    return CANDOR_OK;
}

static enum candor_status read_feature(struct job *job, struct reading *reading, size_t index,
                                       struct model_feature *feature, struct term *term)
{
    struct reader *reader = &reading->reader;
    feature->name = str_copy(job->arena, read_text(reader));
    const uint8_t kind = read_u8(reader);
    feature->value_count = read_u16le(reader);
    if (reader->bad || feature->name.len == 0 || !is_kind(kind, reading->version)) {
        return corrupt(job, "a feature");
    }
    feature->kind = (enum column_kind)kind;
    feature->bin_count = feature->value_count + (kind == COLUMN_NUMBER ? 1 : 2);
    if (feature->bin_count > BINS_MAX) {
        return corrupt(job, "the bins of a feature");
    }

    if (feature->kind == COLUMN_NUMBER) {
        TRY(read_numbers(job, reader, feature));
    } else {
        TRY(read_levels(job, reader, feature));
    }
    if (feature->kind == COLUMN_ORDINAL) {
        TRY(read_ranks(job, reader, feature));
    }
    *term = (struct term){
        .name = feature->name,
        .feature_count = 1,
        .feature = {index, index},
        .axis_count = {feature->bin_count, 1},
    };
    return read_cells(job, reading, feature->bin_count, term);
}

static enum candor_status read_features(struct job *job, struct reading *reading, size_t count,
                                        struct term *term)
{
    struct model *model = reading->model;
    struct model_feature *feature = NEW_ARRAY(job->arena, count, struct model_feature);
    struct map *names = map_begin(job->arena);
    for (size_t i = 0; i < count; i++) {
        TRY(read_feature(job, reading, i, &feature[i], &term[i]));
        if (map_get(names, KEY(feature[i].name)) != NULL) {
            return corrupt(job, "a feature is there twice");
        }
        map_put(names, KEY(feature[i].name), names);
    }
    model->feature_count = count;
    model->feature = feature;
    return CANDOR_OK;
}

static enum candor_status read_axis(struct job *job, struct reader *reader,
                                    const struct model *model, size_t side, struct term *term)
{
    const struct model_feature *feature = &model->feature[term->feature[side]];
    const struct bytes place = read_bytes(reader, feature->bin_count);
    if (reader->bad) {
        return corrupt(job, "the places of a pair");
    }
    for (size_t bin = 0; bin < place.len; bin++) {
        if (place.ptr[bin] >= term->axis_count[side]) {
            return corrupt(job, "the places of a pair");
        }
    }
    term->axis[side] = bytes_copy_of(job->arena, place).ptr;
    return CANDOR_OK;
}

static enum candor_status read_pair(struct job *job, struct reading *reading, struct term *term)
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
    if (reader->bad || term->feature[0] >= term->feature[1] ||
        term->feature[1] >= model->feature_count || term->axis_count[0] == 0 ||
        term->axis_count[1] == 0 || term->axis_count[0] > PAIR_AXIS_MAX ||
        term->axis_count[1] > PAIR_AXIS_MAX ||
        term->axis_count[0] * term->axis_count[1] > PAIR_CELLS_MAX) {
        return corrupt(job, "a pair");
    }
    TRY(read_axis(job, reader, model, 0, term));
    TRY(read_axis(job, reader, model, 1, term));
    term->name =
        pair_name(job->arena, &model->feature[term->feature[0]], &model->feature[term->feature[1]]);
    return read_cells(job, reading, term->axis_count[0] * term->axis_count[1], term);
}

static bool comes_after(const struct term *before, const struct term *term)
{
    return before->feature[0] < term->feature[0] ||
           (before->feature[0] == term->feature[0] && before->feature[1] < term->feature[1]);
}

static enum candor_status read_pairs(struct job *job, struct reading *reading, struct term *term)
{
    struct model *model = reading->model;
    const uint32_t count = read_u32le(&reading->reader);
    if (reading->reader.bad || count > MODEL_PAIRS_MAX) {
        return corrupt(job, "the number of pairs");
    }
    for (size_t i = 0; i < count; i++) {
        TRY(read_pair(job, reading, &term[i]));
        if (i > 0 && !comes_after(&term[i - 1], &term[i])) {
            return corrupt(job, "the order of the pairs");
        }
    }
    model->term_count = model->feature_count + count;
    return CANDOR_OK;
}

static enum candor_status read_factors(struct job *job, struct reading *reading)
{
    struct reader *reader = &reading->reader;
    struct model *model = reading->model;
    model->factor_count = reading->version == 1 ? 0 : read_u8(reader);
    if (reader->bad || model->factor_count > FACTORS_MAX ||
        (model->factor_count > 0 && model->task == TASK_CLASSES)) {
        return corrupt(job, "the number of factors");
    }
    double *sign = NEW_ARRAY(job->arena, model->factor_count + 1, double);
    float *factor = NEW_ARRAY(job->arena, model->factor_count * model->cell_count + 1, float);
    for (size_t f = 0; f < model->factor_count; f++) {
        sign[f] = read_f64le(reader);
        bool is_sound = sign[f] == 1 || sign[f] == -1;
        for (size_t i = 0; i < model->cell_count && is_sound && !reader->bad; i++) {
            const double value = read_f32(reader);
            factor[f * model->cell_count + i] = (float)value;
            is_sound = isfinite(value);
        }
        if (reader->bad || !is_sound) {
            return corrupt(job, "a factor");
        }
    }
    model->factor_sign = sign;
    model->factor = factor;
    return CANDOR_OK;
}

static enum candor_status read_start(struct job *job, struct reading *reading)
{
    struct reader *reader = &reading->reader;
    const struct bytes start = read_bytes(reader, sizeof magic);
    if (reader->bad || !bytes_same(start.ptr, magic, sizeof magic)) {
        return corrupt(job, "the first bytes");
    }
    reading->version = read_u16le(reader);
    if (!reader->bad && reading->version > VERSION) {
        return fail(
            job, CANDOR_BAD_INPUT,
            "a model of format version %u, and this program reads up to %d: use a newer one",
            reading->version, VERSION);
    }
    if (reader->bad || reading->version < VERSION_FIRST) {
        return corrupt(job, "the version");
    }
    return CANDOR_OK;
}

/* The task, the names of the target and its classes. */
static enum candor_status read_target(struct job *job, struct reading *reading)
{
    struct reader *reader = &reading->reader;
    struct model *model = reading->model;
    const uint8_t task = read_u8(reader);
    if (reader->bad || task < TASK_BINARY ||
        task > (reading->version == 1 ? TASK_REGRESSION : TASK_CLASSES)) {
        return corrupt(job, "its task");
    }
    model->task = (enum task)task;
    model->target = str_copy(job->arena, read_text(reader));
    model->positive = str_copy(job->arena, read_text(reader));
    model->negative = str_copy(job->arena, read_text(reader));
    model->class_count = reading->version == 1 ? 1 : read_u8(reader);
    const bool is_count_sound = model->task == TASK_CLASSES
                                    ? model->class_count >= 3 && model->class_count <= CLASSES_MAX
                                    : model->class_count == 1;
    if (reader->bad || !is_count_sound) {
        return corrupt(job, "its classes");
    }
    struct str *name = NEW_ARRAY(job->arena, model->class_count, struct str);
    for (size_t c = 0; c < model->class_count && model->task == TASK_CLASSES; c++) {
        name[c] = str_copy(job->arena, read_text(reader));
        if (reader->bad || (c > 0 && str_compare(name[c - 1], name[c]) >= 0)) {
            return corrupt(job, "its classes");
        }
    }
    model->class_name = model->task == TASK_CLASSES ? name : NULL;
    return CANDOR_OK;
}

static enum candor_status read_head(struct job *job, struct reading *reading)
{
    struct reader *reader = &reading->reader;
    struct model *model = reading->model;
    bool is_sound = true;
    TRY(read_start(job, reading));
    TRY(read_target(job, reading));
    double *base = NEW_ARRAY(job->arena, model->class_count, double);
    for (size_t c = 0; c < model->class_count; c++) {
        base[c] = read_f64le(reader);
        is_sound = is_sound && isfinite(base[c]);
    }
    model->class_base = base;
    model->base_sd = reading->version == 1 ? 0 : read_f64le(reader);
    model->dispersion = reading->version == 1 ? 1 : read_f64le(reader);
    model->rows_train = read_u64le(reader);
    model->seed = read_u64le(reader);
    model->freedom = read_f64le(reader);
    model->rounds = read_u32le(reader);
    const struct bytes digest = read_bytes(reader, sizeof model->data_digest);
    if (reader->bad || !is_sound || !is_finite_from(model->freedom, 0) ||
        !is_finite_from(model->base_sd, 0) || !is_finite_from(model->dispersion, 0)) {
        return corrupt(job, "its head");
    }
    bytes_copy(model->data_digest, digest.ptr, digest.len);
    for (size_t i = 0; i < DECILES; i++) {
        model->link_decile[i] = reading->version == 1 ? (double)NAN : read_f64le(reader);
        if (isinf(model->link_decile[i])) {
            return corrupt(job, "its deciles");
        }
    }
    return CANDOR_OK;
}

enum candor_status model_read(struct job *job, struct bytes bytes, struct model **model)
{
    if (bytes.len > MODEL_FILE_LEN_MAX) {
        return fail(job, CANDOR_CORRUPT, "a model of %zu bytes; at most %zu can be one", bytes.len,
                    MODEL_FILE_LEN_MAX);
    }
    struct model *made = NEW(job->arena, struct model);
    struct reading reading = {.reader = reader_of(bytes), .model = made};
    TRY(read_head(job, &reading));
    TRY(read_measures(job, &reading.reader, reading.version, &made->measures));
    TRY(read_notes(job, &reading.reader, made));

    const uint32_t features = read_u32le(&reading.reader);
    if (reading.reader.bad || features == 0 || features > MODEL_FEATURES_MAX) {
        return corrupt(job, "the number of features");
    }
    struct term *term = NEW_ARRAY(job->arena, (size_t)features + MODEL_PAIRS_MAX, struct term);
    TRY(read_features(job, &reading, features, term));
    TRY(read_pairs(job, &reading, term + made->feature_count));
    made->term = term;
    TRY(model_index(job, made));
    TRY(read_factors(job, &reading));
    if (!reader_is_done(&reading.reader)) {
        return corrupt(job, "bytes are left over");
    }
    *model = made;
    return CANDOR_OK;
}
