/*
 * to_json.c - a model as JSON that says everything, and can be read back by of_json.c.
 *
 * The keys are those of the struct; docs/model-format.md lists them. Numbers are the shortest that read
 * back as the same bits, null is what is not known. Bins of a feature: missing, then its values in
 * order, then (of levels) what was not seen. Levels stand in the order of their bins.
 */
#include "model.h"

#include <math.h>

#include "file.h"
#include "model_json.h"

static const char *const kind_word[] = {
    [COLUMN_NUMBER] = "number",
    [COLUMN_CATEGORY] = "category",
    [COLUMN_ORDINAL] = "ordinal",
};

const char *column_kind_name(enum column_kind kind)
{
    return kind_word[kind];
}

/* A double that narrows to this float and has as few digits as that allows. */
static double short_double(struct arena *arena, double narrow)
{
    const struct arena_mark mark = arena_mark(arena);
    for (int digits = 6; digits <= 9; digits++) {
        double value = 0;
        const struct str text = str_format(arena, "%.*g", digits, narrow);
        if (str_to_double(text, &value) && (float)value == (float)narrow) {
            arena_rewind(arena, mark);
            return value;
        }
    }
    arena_rewind(arena, mark);
    return narrow;
}

/* ---- lists of numbers, each on a line of its own ---- */

static void put_numbers(struct json *json, const double *value, size_t count)
{
    const bool pretty = json->pretty;
    json->pretty = false;
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_f64(json, value[i]);
    }
    json_list_end(json);
    json->pretty = pretty;
}

static void put_narrow(struct json *json, const double *value, size_t count)
{
    const bool pretty = json->pretty;
    json->pretty = false;
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_f64(json, short_double(json->buf->arena, (double)(float)value[i]));
    }
    json_list_end(json);
    json->pretty = pretty;
}

static void put_bytes(struct json *json, const uint8_t *value, size_t count)
{
    const bool pretty = json->pretty;
    json->pretty = false;
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_u64(json, value[i]);
    }
    json_list_end(json);
    json->pretty = pretty;
}

static void put_texts(struct json *json, const struct str *text, size_t count)
{
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_text(json, text[i]);
    }
    json_list_end(json);
}

/* One list, or one per class. */
static void put_planes(struct json *json, const struct model *model, const double *value,
                       size_t cell_count)
{
    if (model->task != TASK_CLASSES) {
        put_numbers(json, value, cell_count);
        return;
    }
    json_list_begin(json);
    for (size_t class = 0; class < model->class_count; class ++) {
        put_numbers(json, value + class * cell_count, cell_count);
    }
    json_list_end(json);
}

static void put_table(struct json *json, const struct model *model, const struct term *term)
{
    json_key(json, LIT("value"));
    put_planes(json, model, term->value, term->cell_count);
    json_key(json, LIT("sd"));
    put_planes(json, model, term->sd, term->cell_count);
    json_key(json, LIT("weight"));
    put_numbers(json, term->weight, term->cell_count);
}

/* ---- parts ---- */

static void put_levels(struct json *json, const struct model_feature *feature)
{
    struct str in_order[BINS_MAX];
    for (size_t v = 0; v < feature->value_count; v++) {
        in_order[feature->rank == NULL ? v : feature->rank[v]] = feature->level[v];
    }
    json_key(json, LIT("levels"));
    put_texts(json, in_order, feature->value_count);
}

static void put_feature(struct json *json, const struct model *model, size_t index)
{
    const struct model_feature *feature = &model->feature[index];
    json_map_begin(json);
    json_key(json, LIT("name"));
    json_text(json, feature->name);
    json_key(json, LIT("kind"));
    json_text(json, str_of(column_kind_name(feature->kind)));
    if (feature->kind == COLUMN_NUMBER) {
        json_key(json, LIT("low"));
        put_numbers(json, feature->low, feature->value_count);
        json_key(json, LIT("high"));
        put_numbers(json, feature->high, feature->value_count);
    } else {
        put_levels(json, feature);
    }
    put_table(json, model, &model->term[index]);
    json_map_end(json);
}

static void put_pair(struct json *json, const struct model *model, const struct term *term)
{
    json_map_begin(json);
    json_key(json, LIT("features"));
    json_list_begin(json);
    json_text(json, model->feature[term->feature[0]].name);
    json_text(json, model->feature[term->feature[1]].name);
    json_list_end(json);
    json_key(json, LIT("size"));
    put_bytes(json, (const uint8_t[]){(uint8_t)term->axis_count[0], (uint8_t)term->axis_count[1]},
              2);
    json_key(json, LIT("places"));
    json_list_begin(json);
    for (size_t side = 0; side < 2; side++) {
        put_bytes(json, term->axis[side], model->feature[term->feature[side]].bin_count);
    }
    json_list_end(json);
    put_table(json, model, term);
    json_map_end(json);
}

static void put_factors(struct json *json, const struct model *model)
{
    double *value = NEW_ARRAY(json->buf->arena, model->cell_count + 1, double);
    json_key(json, LIT("factors"));
    json_list_begin(json);
    for (size_t f = 0; f < model->factor_count; f++) {
        for (size_t i = 0; i < model->cell_count; i++) {
            value[i] = (double)model->factor[f * model->cell_count + i];
        }
        json_map_begin(json);
        json_key(json, LIT("sign"));
        json_f64(json, model->factor_sign[f]);
        json_key(json, LIT("values"));
        put_narrow(json, value, model->cell_count);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_measures(struct json *json, const struct measures *measures)
{
    json_key(json, LIT("measures"));
    json_map_begin(json);
    json_key(json, LIT("rows"));
    json_u64(json, measures->rows);
    for (size_t i = 0; i < MEASURE_NUMBERS; i++) {
        json_key_str(json, str_of(measure_number[i].name));
        json_f64(json, measure_of(measures, i));
    }
    json_key(json, LIT("calibration"));
    json_list_begin(json);
    for (size_t i = 0; i < measures->calibration_count; i++) {
        json_map_begin(json);
        json_key(json, LIT("rows"));
        json_u64(json, measures->calibration[i].rows);
        json_key(json, LIT("predicted"));
        json_f64(json, measures->calibration[i].predicted);
        json_key(json, LIT("observed"));
        json_f64(json, measures->calibration[i].observed);
        json_map_end(json);
    }
    json_list_end(json);
    json_map_end(json);
}

static void put_head(struct json *json, const struct model *model)
{
    json_key(json, LIT("format"));
    json_lit(json, LIT(MODEL_JSON_FORMAT));
    json_key(json, LIT("version"));
    json_u64(json, MODEL_JSON_VERSION);
    json_key(json, LIT("task"));
    json_text(json, str_of(task_name(model->task)));
    json_key(json, LIT("target"));
    json_text(json, model->target);
    json_key(json, LIT("positive"));
    json_text(json, model->positive);
    json_key(json, LIT("negative"));
    json_text(json, model->negative);
    json_key(json, LIT("classes"));
    put_texts(json, model->class_name, model->task == TASK_CLASSES ? model->class_count : 0);
    json_key(json, LIT("base"));
    put_numbers(json, model->class_base, model->class_count);
    json_key(json, LIT("base_sd"));
    json_f64(json, model->base_sd);
    json_key(json, LIT("dispersion"));
    json_f64(json, model->dispersion);
    json_key(json, LIT("rows_train"));
    json_u64(json, model->rows_train);
    json_key(json, LIT("seed")); /* as text: many readers of JSON round beyond 2^53 */
    json_text(json, str_format(json->buf->arena, "%llu", (unsigned long long)model->seed));
    json_key(json, LIT("freedom"));
    json_f64(json, model->freedom);
    json_key(json, LIT("rounds"));
    json_u64(json, model->rounds);
    json_key(json, LIT("data_digest"));
    json_hex(json, (struct bytes){model->data_digest, sizeof model->data_digest});
    json_key(json, LIT("link_deciles"));
    put_numbers(json, model->link_decile, DECILES);
    put_measures(json, &model->measures);
    json_key(json, LIT("notes"));
    json_map_begin(json);
    for (size_t i = 0; i < model->note_count; i++) {
        json_key_str(json, model->note[i].key);
        json_text(json, model->note[i].text);
    }
    json_map_end(json);
}

void model_to_json(const struct model *model, struct buf *buf)
{
    struct json json;
    json_begin(&json, buf, true);
    json_map_begin(&json);
    put_head(&json, model);
    json_key(&json, LIT("features"));
    json_list_begin(&json);
    for (size_t i = 0; i < model->feature_count; i++) {
        put_feature(&json, model, i);
    }
    json_list_end(&json);
    json_key(&json, LIT("pairs"));
    json_list_begin(&json);
    for (size_t t = model->feature_count; t < model->term_count; t++) {
        put_pair(&json, model, &model->term[t]);
    }
    json_list_end(&json);
    put_factors(&json, model);
    json_map_end(&json);
    json_end(&json);
    buf_u8(buf, '\n');
}
