/*
 * made_model.h - models with everything in them, made without learning: every task, numbers with many,
 * one and no values, levels with and without order, a feature that is called like an output, and pairs.
 * And rows that hit every cut from both sides.
 */
#ifndef MADE_MODEL_H
#define MADE_MODEL_H

#include <math.h>

#include "model.h"
#include "numeric.h"

enum {
    MADE_FEATURES = 7,
    MADE_PAIRS = 4,
    MADE_CLASSES = 3,
    MADE_TERMS = MADE_FEATURES + MADE_PAIRS
};

/* Bin v holds from + v * step, and width more. */
struct made_bins {
    size_t count;
    double from;
    double step;
    double width;
};

static inline void made_number(struct job *job, struct model_feature *feature, const char *name,
                               struct made_bins bins)
{
    double *low = NEW_ARRAY(job->arena, bins.count + 1, double);
    double *high = NEW_ARRAY(job->arena, bins.count + 1, double);
    for (size_t v = 0; v < bins.count; v++) {
        low[v] = bins.from + bins.step * (double)v;
        high[v] = low[v] + bins.width;
    }
    *feature = (struct model_feature){
        .name = str_of(name),
        .kind = COLUMN_NUMBER,
        .value_count = bins.count,
        .bin_count = bins.count + 1,
        .low = low,
        .high = high,
        .cut = model_cuts(job->arena, low, high, bins.count),
    };
}

static inline void made_levels(struct model_feature *feature, const char *name,
                               const struct str *level, const uint8_t *rank, size_t count)
{
    *feature = (struct model_feature){.name = str_of(name),
                                      .kind = rank == NULL ? COLUMN_CATEGORY : COLUMN_ORDINAL,
                                      .value_count = count,
                                      .bin_count = count + 2,
                                      .level = level,
                                      .rank = rank};
}

static inline void made_table(struct job *job, const struct model *model, struct rng *rng,
                              size_t cell_count, struct term *term)
{
    const size_t cells = cell_count * model->class_count;
    double *value = NEW_ARRAY(job->arena, cells, double);
    double *sd = NEW_ARRAY(job->arena, cells, double);
    double *weight = NEW_ARRAY(job->arena, cell_count, double);
    for (size_t i = 0; i < cells; i++) {
        value[i] = i == 1 ? -0.0 : rng_normal(rng) / 3;
        sd[i] = (double)(float)rng_f64(rng);
    }
    for (size_t i = 0; i < cell_count; i++) {
        weight[i] = 1 / (double)cell_count;
    }
    term->cell_count = cell_count;
    term->value = value;
    term->sd = sd;
    term->weight = weight;
}

static inline void made_pair(struct job *job, struct model *model, struct rng *rng,
                             const size_t feature[2], struct term *term)
{
    *term = (struct term){.feature_count = 2, .feature = {feature[0], feature[1]}};
    term->name = pair_name(job->arena, &model->feature[feature[0]], &model->feature[feature[1]]);
    for (size_t side = 0; side < 2; side++) {
        const size_t bins = model->feature[feature[side]].bin_count;
        const size_t most = side == 0 ? 5 : 16;
        uint8_t *place = NEW_ARRAY(job->arena, bins, uint8_t);
        term->axis_count[side] = bins < most ? bins : most;
        for (size_t bin = 0; bin < bins; bin++) {
            place[bin] = (uint8_t)rng_below(rng, term->axis_count[side]);
        }
        term->axis[side] = place;
    }
    made_table(job, model, rng, term->axis_count[0] * term->axis_count[1], term);
}

static inline void made_features(struct job *job, struct model_feature *feature)
{
    static const struct str town[5] = {{"?\?/ trigraph", 12},
                                       {"Zoo */ \\ \"q\"\n", 13},
                                       {"arles", 5},
                                       {"cork", 4},
                                       {"d\xc3\xa9lft", 6}};
    static const struct str grade[3] = {{"high", 4}, {"low", 3}, {"mid", 3}};
    static const uint8_t rank[3] = {2, 0, 1};
    made_number(job, &feature[0], "age", (struct made_bins){60, 17, 1, 0});
    made_number(job, &feature[1], "MonthlyIncome, \xe2\x82\xac",
                (struct made_bins){255, -1000.5, 10.1, 3.3});
    made_number(job, &feature[2], "never", (struct made_bins){0, 0, 0, 0});
    made_levels(&feature[3], "town */", town, NULL, 5);
    made_levels(&feature[4], "int", NULL, NULL, 0);
    made_levels(&feature[5], "score", grade, rank, 3);
    made_number(job, &feature[6], "candor/bin/0", (struct made_bins){1, 0, 1, 2});
}

static inline void made_facts(struct job *job, struct model *model)
{
    static const double nothing = (double)NAN;
    model->rows_train = 1000;
    model->seed = UINT64_MAX;
    model->freedom = 41.25;
    model->rounds = 7;
    model->base_sd = 0.125;
    model->dispersion = 0.3;
    for (size_t i = 0; i < DECILES; i++) {
        model->link_decile[i] = model->task == TASK_AMOUNT ? -nothing : -1 + 0.1 * (double)i;
    }
    for (size_t i = 0; i < sizeof model->data_digest; i++) {
        model->data_digest[i] = (uint8_t)(i * 7);
    }
    model->measures = measures_none();
    model->measures.rows = 200;
    model->measures.auc = model->task == TASK_BINARY ? 0.875 : -nothing;
    model->measures.calibration_count = 1;
    model->measures.calibration[0] = (struct calibration){200, 0.25, 0.26};
    must(model_note(job, model, STR("purpose"), STR("a \"test\"\n\xc3\xa9")) == CANDOR_OK);
    must(model_note(job, model, STR("empty"), STR("")) == CANDOR_OK);
}

static inline void made_factors(struct job *job, struct model *model, struct rng *rng)
{
    if (model->task == TASK_CLASSES) {
        return;
    }
    double *sign = NEW_ARRAY(job->arena, 2, double);
    float *factor = NEW_ARRAY(job->arena, 2 * model->cell_count, float);
    sign[0] = 1;
    sign[1] = -1;
    for (size_t i = 0; i < 2 * model->cell_count; i++) {
        factor[i] = (float)(0.01 * rng_normal(rng));
    }
    model->factor_count = 2;
    model->factor_sign = sign;
    model->factor = factor;
}

static inline struct model *made_model(struct job *job, enum task task)
{
    static const struct str class_name[MADE_CLASSES] = {
        {"no", 2}, {"perhaps", 7}, {"y\xc3\xa9s", 4}};
    static const size_t pair[MADE_PAIRS][2] = {{0, 1}, {0, 3}, {1, 5}, {3, 5}};
    struct rng rng = rng_of(100 + (uint64_t)task);
    struct model *model = NEW(job->arena, struct model);
    *model = (struct model){.task = task, .target = STR("bought"), .class_count = 1};
    if (task == TASK_BINARY) {
        model->positive = STR(">50K");
        model->negative = STR("<=50K");
    }
    if (task == TASK_CLASSES) {
        model->class_count = MADE_CLASSES;
        model->class_name = class_name;
    }
    double *base = NEW_ARRAY(job->arena, model->class_count, double);
    for (size_t c = 0; c < model->class_count; c++) {
        base[c] = rng_normal(&rng);
    }
    struct model_feature *feature = NEW_ARRAY(job->arena, MADE_FEATURES, struct model_feature);
    struct term *term = NEW_ARRAY(job->arena, MADE_TERMS, struct term);
    made_features(job, feature);
    model->class_base = base;
    model->feature = feature;
    model->feature_count = MADE_FEATURES;
    for (size_t i = 0; i < MADE_FEATURES; i++) {
        term[i] = (struct term){.name = feature[i].name,
                                .feature_count = 1,
                                .feature = {i, i},
                                .axis_count = {feature[i].bin_count, 1}};
        made_table(job, model, &rng, feature[i].bin_count, &term[i]);
    }
    for (size_t p = 0; p < MADE_PAIRS; p++) {
        made_pair(job, model, &rng, pair[p], &term[MADE_FEATURES + p]);
    }
    model->term = term;
    model->term_count = MADE_TERMS;
    must(model_index(job, model) == CANDOR_OK);
    made_factors(job, model, &rng);
    made_facts(job, model);
    return model;
}

/* Row r: cuts one after the other, from below, on them and from above; each level; all that is odd. */
static inline struct raw_value made_raw(const struct model_feature *feature, size_t r)
{
    static const double odd[] = {(double)NAN, HUGE_VAL, -HUGE_VAL, 0, -0.0, 1e308, -1e308, 5e-324};
    static const struct str odd_text[] = {{NULL, 0}, {"unseen", 6}, {"a", 1}, {"zzz", 3}};
    struct raw_value value = {.number = (double)NAN};
    if (feature->kind != COLUMN_NUMBER) {
        const size_t at = r % (feature->value_count + 4);
        value.text = at < 4 ? odd_text[at] : feature->level[at - 4];
        return value;
    }
    const size_t at = r % (3 * feature->value_count + 8);
    if (at < 8) {
        value.number = odd[at];
        return value;
    }
    const double cut = feature->cut[(at - 8) / 3];
    const double beside[3] = {nextafter(cut, -HUGE_VAL), cut, nextafter(cut, HUGE_VAL)};
    value.number = beside[(at - 8) % 3];
    return value;
}

static inline struct bytes made_model_bytes(struct job *job, const struct model *model)
{
    struct buf buf = buf_begin(job->arena);
    model_write(model, &buf);
    return buf_all(&buf);
}

#endif
