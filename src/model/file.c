/*
 * file.c - the bytes of a model; file_read.c reads them.
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
 *                             u8 form { f64 low  f64 high }, or { f64 value } of form 1,
 *                             or { text level }                          values ascend
 *                             ordinal: a byte of rank per value
 *                             { f64 value  f64 sd per class  f64 weight } }   one per bin
 *     pairs:     u32 count  { u16 feature  u16 feature  u8 places  u8 places
 *                             places of the bins of both, a byte each
 *                             { f64 value  f64 sd per class  f64 weight } }   one per cell
 *     factors:   u8 count   { f64 sign  u8 width  f32, or its upper half, per cell of all terms }
 *
 * Form 1: low and high of every bin are the same bits. Width 2: the lower halves of all are zero, and
 * left out. Each is used where it can be, and only there.
 *
 * Version 2 had neither form nor width, version 1 two tasks, f64 throughout, and neither classes, base
 * sd, dispersion, deciles, factors, deviance, accuracy nor the sd of measures; both are still read.
 *
 * Little-endian; a text is a u32 length and UTF-8; what is not known is the one NaN of NOT_KNOWN_BITS.
 * A pair comes after the one before in the order of its features. Nothing follows. Each model has one
 * sequence of bytes: what the reader accepts, the writer writes again byte for byte. The layout with
 * offsets and an example is in docs/model-format.md.
 */
#include "model.h"

#include <float.h>
#include <math.h>

#include "file.h"

const uint8_t model_magic[MODEL_MAGIC_LEN] = {'C', 'N', 'D', 'M', 'O', 'D', 'E', 'L'};

#define MEASURE(name, field, least, most) \
    { \
        name, offsetof(struct measures, field), least, most \
    }

/* A deviance may fall below 0 by rounding. */
const struct measure_number measure_number[MEASURE_NUMBERS] = {
    MEASURE("auc", auc, 0, 1),
    MEASURE("log_loss", log_loss, 0, DBL_MAX),
    MEASURE("brier", brier, 0, DBL_MAX),
    MEASURE("rmse", rmse, 0, DBL_MAX),
    MEASURE("r2", r2, -DBL_MAX, 1),
    MEASURE("deviance", deviance, -DBL_MAX, DBL_MAX),
    MEASURE("accuracy", accuracy, 0, 1),
    MEASURE("auc_sd", sd.auc, 0, DBL_MAX),
    MEASURE("log_loss_sd", sd.log_loss, 0, DBL_MAX),
    MEASURE("brier_sd", sd.brier, 0, DBL_MAX),
    MEASURE("rmse_sd", sd.rmse, 0, DBL_MAX),
    MEASURE("r2_sd", sd.r2, 0, DBL_MAX),
    MEASURE("deviance_sd", sd.deviance, 0, DBL_MAX),
};

double measure_of(const struct measures *measures, size_t number)
{
    double value;
    bytes_copy(&value, (const char *)measures + measure_number[number].offset, sizeof value);
    return value;
}

void measure_set(struct measures *measures, size_t number, double value)
{
    bytes_copy((char *)measures + measure_number[number].offset, &value, sizeof value);
}

/* ---- what decides how it is written ---- */

bool values_are_single(const struct model_feature *feature)
{
    return bytes_same(feature->low, feature->high, feature->value_count * sizeof *feature->low);
}

uint32_t bits_of_f32(float value)
{
    uint32_t bits;
    bytes_copy(&bits, &value, sizeof bits);
    return bits;
}

bool factor_is_half(const float *factor, size_t count)
{
    uint32_t any = 0;
    for (size_t i = 0; i < count; i++) {
        any |= bits_of_f32(factor[i]) & 0xffffU;
    }
    return any == 0;
}

/* ---- writing ---- */

static void write_text(struct buf *buf, struct str text)
{
    buf_block(buf, bytes_of(text));
}

/* A number that may be unknown. Processors disagree about the sign of a NaN, so it is not theirs. */
static void write_known(struct buf *buf, double value)
{
    if (isnan(value)) {
        buf_u64le(buf, NOT_KNOWN_BITS);
    } else {
        buf_f64le(buf, value);
    }
}

static void write_measures(struct buf *buf, const struct measures *measures)
{
    buf_u64le(buf, measures->rows);
    for (size_t i = 0; i < MEASURE_NUMBERS; i++) {
        write_known(buf, measure_of(measures, i));
    }
    buf_u8(buf, (uint8_t)measures->calibration_count);
    for (size_t i = 0; i < measures->calibration_count; i++) {
        buf_u64le(buf, measures->calibration[i].rows);
        buf_f64le(buf, measures->calibration[i].predicted);
        buf_f64le(buf, measures->calibration[i].observed);
    }
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

static void write_values(struct buf *buf, const struct model_feature *feature)
{
    const uint8_t form = values_are_single(feature);
    buf_u8(buf, form);
    for (size_t v = 0; v < feature->value_count; v++) {
        buf_f64le(buf, feature->low[v]);
        if (form == 0) {
            buf_f64le(buf, feature->high[v]);
        }
    }
}

static void write_feature(struct buf *buf, const struct model *model,
                          const struct model_feature *feature, const struct term *term)
{
    write_text(buf, feature->name);
    buf_u8(buf, (uint8_t)feature->kind);
    buf_u16le(buf, (uint16_t)feature->value_count);
    if (feature->kind == COLUMN_NUMBER) {
        write_values(buf, feature);
    }
    for (size_t v = 0; v < feature->value_count && feature->kind != COLUMN_NUMBER; v++) {
        write_text(buf, feature->level[v]);
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
        const float *factor = model->factor + f * model->cell_count;
        const bool is_half = factor_is_half(factor, model->cell_count);
        buf_u8(buf, is_half ? 2 : 4);
        for (size_t i = 0; i < model->cell_count; i++) {
            if (is_half) {
                buf_u16le(buf, (uint16_t)(bits_of_f32(factor[i]) >> 16));
            } else {
                buf_u32le(buf, bits_of_f32(factor[i]));
            }
        }
    }
}

void model_write(const struct model *model, struct buf *buf)
{
    buf_bytes(buf, model_magic, sizeof model_magic);
    buf_u16le(buf, MODEL_VERSION);
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
        write_known(buf, model->link_decile[i]);
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
