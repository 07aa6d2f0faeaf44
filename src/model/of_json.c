/*
 * of_json.c - the JSON that to_json.c wrote, or a person after it, back into the model.
 *
 * Each failure names the place: features[3].value[7]. Shapes and lengths are checked here, what it all
 * means in check.c. Unknown keys are refused, so that a slip of the fingers is not lost in silence.
 */
#include "model.h"

#include <math.h>
#include <stdlib.h>

#include "file.h"
#include "json_places.h"
#include "model_json.h"

/* A list of numbers and of texts of the largest model, and room for its brackets. */
static const struct text_limits limits = {
    .size_max = MODEL_FILE_LEN_MAX,
    .depth_max = 8,
    .count_max = (size_t)1 << 24,
    .text_max = (size_t)1 << 24,
};

struct reading {
    struct job *job;
    struct model *model;
    struct map *index_of; /* from the name of a feature to it */
};

#define ONLY(reading, map, place, ...) \
    value_only((reading)->job, (map), (const char *const[]){__VA_ARGS__}, \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), (place))

/* ---- tables ---- */

/* A list of cells; of classes, one for each. */
static enum candor_status fill_planes(const struct reading *reading, const struct value *list,
                                      const char *place, size_t cell_count, double *number)
{
    const size_t classes = reading->model->class_count;
    if (reading->model->task != TASK_CLASSES) {
        return json_fill_numbers(reading->job, list, place, cell_count, WIDE, number);
    }
    TRY(json_as_list(reading->job, list, place, classes, classes));
    for (size_t c = 0; c < classes; c++) {
        TRY(json_fill_numbers(reading->job, &list->item[c], json_item_place(reading->job, place, c),
                              cell_count, WIDE, number + c * cell_count));
    }
    return CANDOR_OK;
}

static enum candor_status read_table(const struct reading *reading, const struct value *map,
                                     const char *place, size_t cell_count, struct term *term)
{
    double *value;
    double *sd;
    double *weight;
    const size_t cells = size_mul(cell_count, reading->model->class_count);
    TRY_ALLOC(reading->job, value, cells, double);
    TRY_ALLOC(reading->job, sd, cells, double);
    TRY_ALLOC(reading->job, weight, cell_count, double);
    TRY(fill_planes(reading, value_get(map, "value"), json_key_place(reading->job, place, "value"),
                    cell_count, value));
    TRY(fill_planes(reading, value_get(map, "sd"), json_key_place(reading->job, place, "sd"),
                    cell_count, sd));
    TRY(json_fill_numbers(reading->job, value_get(map, "weight"),
                          json_key_place(reading->job, place, "weight"), cell_count, WIDE, weight));
    term->cell_count = cell_count;
    term->value = value;
    term->sd = sd;
    term->weight = weight;
    return CANDOR_OK;
}

/* ---- features ---- */

static enum candor_status read_kind(const struct reading *reading, const struct value *map,
                                    const char *place, enum column_kind *kind)
{
    struct str word;
    TRY(json_key_text(reading->job, map, place, "kind", &word));
    for (*kind = COLUMN_NUMBER; *kind <= COLUMN_ORDINAL; (*kind)++) {
        if (str_is(word, column_kind_name(*kind))) {
            return CANDOR_OK;
        }
    }
    return fail(reading->job, CANDOR_BAD_INPUT, "%s: number, category or ordinal",
                json_key_place(reading->job, place, "kind"));
}

static enum candor_status read_numbers(const struct reading *reading, const struct value *map,
                                       const char *place, struct model_feature *feature)
{
    const struct value *list = value_get(map, "low");
    const char *low_place = json_key_place(reading->job, place, "low");
    TRY(ONLY(reading, map, place, "name", "kind", "low", "high", "value", "sd", "weight"));
    TRY(json_as_list(reading->job, list, low_place, 0, BINS_MAX - 1));
    double *low = NEW_ARRAY(reading->job->arena, list->count + 1, double);
    double *high = NEW_ARRAY(reading->job->arena, list->count + 1, double);
    TRY(json_fill_numbers(reading->job, list, low_place, list->count, WIDE, low));
    TRY(json_fill_numbers(reading->job, value_get(map, "high"),
                          json_key_place(reading->job, place, "high"), list->count, WIDE, high));
    feature->low = low;
    feature->high = high;
    feature->cut = model_cuts(reading->job->arena, low, high, list->count);
    feature->value_count = list->count;
    feature->bin_count = list->count + 1;
    return CANDOR_OK;
}

struct placed {
    struct str level;
    size_t place;
};

static int by_bytes(const void *left, const void *right)
{
    return str_compare(((const struct placed *)left)->level, ((const struct placed *)right)->level);
}

/* Levels stand in the order of their bins; a model keeps them by their bytes, with their places. */
static void sort_levels(struct arena *arena, struct model_feature *feature, struct str *level)
{
    struct placed placed[BINS_MAX] = {{{NULL, 0}, 0}};
    uint8_t *rank = NEW_ARRAY(arena, feature->value_count + 1, uint8_t);
    for (size_t v = 0; v < feature->value_count; v++) {
        placed[v] = (struct placed){level[v], v};
    }
    qsort(placed, feature->value_count, sizeof placed[0], by_bytes);
    for (size_t v = 0; v < feature->value_count; v++) {
        level[v] = placed[v].level;
        rank[v] = (uint8_t)placed[v].place;
    }
    feature->rank = rank;
}

static enum candor_status read_levels(const struct reading *reading, const struct value *map,
                                      const char *place, struct model_feature *feature)
{
    const struct value *list = value_get(map, "levels");
    const char *list_place = json_key_place(reading->job, place, "levels");
    TRY(ONLY(reading, map, place, "name", "kind", "levels", "value", "sd", "weight"));
    TRY(json_as_list(reading->job, list, list_place, 0, BINS_MAX - 2));
    struct str *level = NEW_ARRAY(reading->job->arena, list->count + 1, struct str);
    TRY(json_fill_texts(reading->job, list, list_place, level));
    feature->level = level;
    feature->value_count = list->count;
    feature->bin_count = list->count + 2;
    if (feature->kind == COLUMN_ORDINAL) {
        sort_levels(reading->job->arena, feature, level);
    }
    return CANDOR_OK;
}

static enum candor_status read_feature(struct reading *reading, const struct value *map,
                                       size_t index, struct model_feature *feature,
                                       struct term *term)
{
    const char *place = json_item_place(reading->job, "features", index);
    TRY(value_is(reading->job, map, VALUE_MAP, place));
    TRY(json_key_text(reading->job, map, place, "name", &feature->name));
    if (map_get(reading->index_of, KEY(feature->name)) != NULL) {
        return fail(reading->job, CANDOR_BAD_INPUT, "%s: a feature of this name is there already",
                    json_key_place(reading->job, place, "name"));
    }
    TRY(read_kind(reading, map, place, &feature->kind));
    TRY(feature->kind == COLUMN_NUMBER ? read_numbers(reading, map, place, feature)
                                       : read_levels(reading, map, place, feature));
    *term = (struct term){
        .name = feature->name,
        .feature_count = 1,
        .feature = {index, index},
        .axis_count = {feature->bin_count, 1},
    };
    map_put(reading->index_of, KEY(feature->name), feature);
    return read_table(reading, map, place, feature->bin_count, term);
}

static enum candor_status find_feature(const struct reading *reading, const struct value *value,
                                       const char *place, size_t *index)
{
    struct str name;
    TRY(value_text(reading->job, value, place, &name));
    const struct model_feature *feature = map_get(reading->index_of, KEY(name));
    if (feature == NULL) {
        return fail(reading->job, CANDOR_BAD_INPUT, "%s: no feature has this name", place);
    }
    *index = (size_t)(feature - reading->model->feature);
    return CANDOR_OK;
}

/* The names and the sides of a pair, before its table. */
static enum candor_status read_sides(const struct reading *reading, const struct value *map,
                                     const char *place, struct term *term)
{
    const struct value *name = value_get(map, "features");
    const struct value *places = value_get(map, "places");
    const char *name_place = json_key_place(reading->job, place, "features");
    const char *places_place = json_key_place(reading->job, place, "places");
    uint8_t size[2];
    TRY(ONLY(reading, map, place, "features", "size", "places", "value", "sd", "weight"));
    TRY(json_as_list(reading->job, name, name_place, 2, 2));
    TRY(json_fill_bytes(reading->job, value_get(map, "size"),
                        json_key_place(reading->job, place, "size"), 2, size));
    TRY(json_as_list(reading->job, places, places_place, 2, 2));
    for (size_t side = 0; side < 2; side++) {
        TRY(find_feature(reading, &name->item[side],
                         json_item_place(reading->job, name_place, side), &term->feature[side]));
        if (size[side] == 0 || size[side] > PAIR_AXIS_MAX) {
            return fail(reading->job, CANDOR_BAD_INPUT, "%s.size[%zu]: 1 to %d", place, side,
                        PAIR_AXIS_MAX);
        }
        const size_t bins = reading->model->feature[term->feature[side]].bin_count;
        uint8_t *axis = NEW_ARRAY(reading->job->arena, bins, uint8_t);
        TRY(json_fill_bytes(reading->job, &places->item[side],
                            json_item_place(reading->job, places_place, side), bins, axis));
        term->axis_count[side] = size[side];
        term->axis[side] = axis;
    }
    return CANDOR_OK;
}

static enum candor_status read_pair(const struct reading *reading, const struct value *map,
                                    size_t index, struct term *term)
{
    const char *place = json_item_place(reading->job, "pairs", index);
    const struct model_feature *feature = reading->model->feature;
    *term = (struct term){.feature_count = 2};
    TRY(read_sides(reading, map, place, term));
    term->name =
        pair_name(reading->job->arena, &feature[term->feature[0]], &feature[term->feature[1]]);
    return read_table(reading, map, place, term->axis_count[0] * term->axis_count[1], term);
}

static enum candor_status read_terms(struct reading *reading, const struct value *top)
{
    struct model *model = reading->model;
    const struct value *features = value_get(top, "features");
    const struct value *pairs = value_get(top, "pairs");
    TRY(json_as_list(reading->job, features, "features", 1, MODEL_FEATURES_MAX));
    TRY(json_as_list(reading->job, pairs, "pairs", 0, MODEL_PAIRS_MAX));
    struct term *term = NEW_ARRAY(reading->job->arena, features->count + pairs->count, struct term);
    struct model_feature *feature =
        NEW_ARRAY(reading->job->arena, features->count, struct model_feature);
    for (size_t i = 0; i < features->count; i++) {
        TRY(read_feature(reading, &features->item[i], i, &feature[i], &term[i]));
    }
    model->feature = feature;
    model->feature_count = features->count;
    for (size_t i = 0; i < pairs->count; i++) {
        TRY(read_pair(reading, &pairs->item[i], i, &term[features->count + i]));
    }
    model->term = term;
    model->term_count = features->count + pairs->count;
    return model_index(reading->job, model);
}

static enum candor_status read_factors(const struct reading *reading, const struct value *top)
{
    struct model *model = reading->model;
    const struct value *list = value_get(top, "factors");
    TRY(json_as_list(reading->job, list, "factors", 0, FACTORS_MAX));
    double *sign = NEW_ARRAY(reading->job->arena, list->count + 1, double);
    double *value;
    float *factor;
    TRY_ALLOC(reading->job, value, model->cell_count, double);
    TRY_ALLOC(reading->job, factor, list->count * model->cell_count + 1, float);
    for (size_t f = 0; f < list->count; f++) {
        const struct value *map = &list->item[f];
        const char *place = json_item_place(reading->job, "factors", f);
        TRY(ONLY(reading, map, place, "sign", "values"));
        TRY(json_key_number(reading->job, map, place, "sign", &sign[f]));
        TRY(json_fill_numbers(reading->job, value_get(map, "values"),
                              json_key_place(reading->job, place, "values"), model->cell_count,
                              NARROW, value));
        for (size_t i = 0; i < model->cell_count; i++) {
            factor[f * model->cell_count + i] = (float)value[i];
        }
    }
    model->factor_count = list->count;
    model->factor_sign = sign;
    model->factor = factor;
    return CANDOR_OK;
}

/* ---- the head ---- */

static enum candor_status read_format(const struct reading *reading, const struct value *top)
{
    struct str format;
    int64_t version = 0;
    TRY(value_is(reading->job, top, VALUE_MAP, "the model"));
    TRY(json_key_text(reading->job, top, "", "format", &format));
    if (!str_is(format, MODEL_JSON_FORMAT)) {
        return fail(reading->job, CANDOR_BAD_INPUT,
                    "format: this is not the JSON of a model: '%s' is expected", MODEL_JSON_FORMAT);
    }
    TRY(value_int(reading->job, value_get(top, "version"), "version", &version));
    if (version != MODEL_JSON_VERSION) {
        return fail(reading->job, CANDOR_BAD_INPUT,
                    "version: this program reads version %d; is the file from a newer one?",
                    MODEL_JSON_VERSION);
    }
    return ONLY(reading, top, "the model", "format", "version", "task", "target", "positive",
                "negative", "classes", "base", "base_sd", "dispersion", "rows_train", "seed",
                "freedom", "rounds", "data_digest", "link_deciles", "measures", "notes", "features",
                "pairs", "factors");
}

static enum candor_status read_target(const struct reading *reading, const struct value *top)
{
    struct model *model = reading->model;
    struct str word;
    TRY(json_key_text(reading->job, top, "", "task", &word));
    for (model->task = TASK_BINARY; model->task <= TASK_CLASSES; model->task++) {
        if (str_is(word, task_name(model->task))) {
            break;
        }
    }
    if (model->task > TASK_CLASSES) {
        return fail(reading->job, CANDOR_BAD_INPUT,
                    "task: binary, regression, count, amount or classes");
    }
    TRY(json_key_text(reading->job, top, "", "target", &model->target));
    TRY(json_key_text(reading->job, top, "", "positive", &model->positive));
    TRY(json_key_text(reading->job, top, "", "negative", &model->negative));

    const struct value *classes = value_get(top, "classes");
    const bool has_classes = model->task == TASK_CLASSES;
    TRY(json_as_list(reading->job, classes, "classes", has_classes ? 3 : 0,
                     has_classes ? CLASSES_MAX : 0));
    struct str *name = NEW_ARRAY(reading->job->arena, classes->count + 1, struct str);
    TRY(json_fill_texts(reading->job, classes, "classes", name));
    model->class_count = has_classes ? classes->count : 1;
    model->class_name = has_classes ? name : NULL;
    return CANDOR_OK;
}

static enum candor_status read_seed(const struct reading *reading, const struct value *top)
{
    struct str text;
    TRY(json_key_text(reading->job, top, "", "seed", &text));
    if (!str_to_uint64(text, &reading->model->seed)) {
        return fail(reading->job, CANDOR_BAD_INPUT,
                    "seed: a whole number of 0 to 2^64 - 1 between quotes");
    }
    return CANDOR_OK;
}

static enum candor_status read_digest(const struct reading *reading, const struct value *top)
{
    struct str text;
    TRY(json_key_text(reading->job, top, "", "data_digest", &text));
    if (!hex_read(text, reading->model->data_digest, sizeof reading->model->data_digest)) {
        return fail(reading->job, CANDOR_BAD_INPUT, "data_digest: 64 digits of 0-9 and a-f");
    }
    return CANDOR_OK;
}

static enum candor_status read_measures(const struct reading *reading, const struct value *top)
{
    struct measures *measures = &reading->model->measures;
    const struct value *map = value_get(top, "measures");
    const char *place = "measures";
    const char *known[MEASURE_NUMBERS + 2] = {"rows", "calibration"};
    for (size_t i = 0; i < MEASURE_NUMBERS; i++) {
        known[i + 2] = measure_number[i].name;
    }
    TRY(value_only(reading->job, map, known, MEASURE_NUMBERS + 2, place));
    TRY(json_key_count(reading->job, map, place, "rows", &measures->rows));
    for (size_t i = 0; i < MEASURE_NUMBERS; i++) {
        double value = 0;
        TRY(json_key_known(reading->job, map, place, measure_number[i].name, &value));
        measure_set(measures, i, value);
    }
    const struct value *list = value_get(map, "calibration");
    TRY(json_as_list(reading->job, list, "measures.calibration", 0, CALIBRATION_MAX));
    for (size_t i = 0; i < list->count; i++) {
        struct calibration *tenth = &measures->calibration[i];
        const char *item = json_item_place(reading->job, "measures.calibration", i);
        TRY(ONLY(reading, &list->item[i], item, "rows", "predicted", "observed"));
        TRY(json_key_count(reading->job, &list->item[i], item, "rows", &tenth->rows));
        TRY(json_key_number(reading->job, &list->item[i], item, "predicted", &tenth->predicted));
        TRY(json_key_number(reading->job, &list->item[i], item, "observed", &tenth->observed));
    }
    measures->calibration_count = list->count;
    return CANDOR_OK;
}

static enum candor_status read_notes(const struct reading *reading, const struct value *top)
{
    const struct value *map = value_get(top, "notes");
    TRY(value_is(reading->job, map, VALUE_MAP, "notes"));
    for (size_t i = 0; i < map->count; i++) {
        struct str text;
        if (map->key[i].len == 0) {
            return fail(reading->job, CANDOR_BAD_INPUT, "notes: a key is empty");
        }
        TRY(value_text(reading->job, &map->item[i], json_item_place(reading->job, "notes", i),
                       &text));
        TRY(model_note(reading->job, reading->model, map->key[i], text));
    }
    return CANDOR_OK;
}

static enum candor_status read_head(const struct reading *reading, const struct value *top)
{
    struct model *model = reading->model;
    uint64_t rounds = 0;
    TRY(read_format(reading, top));
    TRY(read_target(reading, top));
    double *base = NEW_ARRAY(reading->job->arena, model->class_count, double);
    TRY(json_fill_numbers(reading->job, value_get(top, "base"), "base", model->class_count, WIDE,
                          base));
    model->class_base = base;
    TRY(json_key_number(reading->job, top, "", "base_sd", &model->base_sd));
    TRY(json_key_number(reading->job, top, "", "dispersion", &model->dispersion));
    TRY(json_key_count(reading->job, top, "", "rows_train", &model->rows_train));
    TRY(read_seed(reading, top));
    TRY(json_key_number(reading->job, top, "", "freedom", &model->freedom));
    TRY(json_whole_number(reading->job, value_get(top, "rounds"), "rounds", UINT32_MAX, &rounds));
    model->rounds = (uint32_t)rounds;
    TRY(read_digest(reading, top));
    TRY(json_fill_numbers(reading->job, value_get(top, "link_deciles"), "link_deciles", DECILES,
                          KNOWN, model->link_decile));
    TRY(read_measures(reading, top));
    return read_notes(reading, top);
}

enum candor_status model_of_json(struct job *job, struct bytes bytes, const char *name,
                                 struct model **model)
{
    const struct value *top;
    struct model *made = NEW(job->arena, struct model);
    struct reading reading = {.job = job, .model = made, .index_of = map_begin(job->arena)};
    TRY(json_read(job, bytes, &limits, name, &top));
    TRY(during(job, read_head(&reading, top), "%s", name));
    TRY(during(job, read_terms(&reading, top), "%s", name));
    TRY(during(job, read_factors(&reading, top), "%s", name));
    TRY(during(job, model_check(job, CANDOR_BAD_INPUT, made), "%s", name));
    *model = made;
    return CANDOR_OK;
}
