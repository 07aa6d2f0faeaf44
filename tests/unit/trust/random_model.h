/*
 * random_model.h - small models with made-up tables, of all kinds of features and with pairs.
 */
#ifndef RANDOM_MODEL_H
#define RANDOM_MODEL_H

#include <math.h>

#include "model.h"
#include "numeric.h"

struct random_model {
    enum task task;
    size_t feature_count; /* 1 .. 8 */
    size_t value_max;     /* values of a feature: 2 .. value_max, at most 16 */
    size_t pair_count;
    size_t class_count; /* TASK_CLASSES; else 1 */
    double empty_share; /* of the bins and cells that training saw nobody in */
};

static const char *const random_level[] = {"a", "b", "c", "d", "e", "f", "g", "h",
                                           "i", "j", "k", "l", "m", "n", "o", "p"};
static const char *const random_name[] = {"age",  "income", "town",  "grade",
                                          "plan", "visits", "group", "spent"};

static inline void random_feature(struct job *job, struct rng *rng, size_t index, size_t value_max,
                                  struct model_feature *feature)
{
    static const enum column_kind kind[] = {COLUMN_NUMBER, COLUMN_CATEGORY, COLUMN_ORDINAL};
    const size_t count = 2 + (size_t)rng_below(rng, value_max - 1);
    *feature = (struct model_feature){
        .name = str_of(random_name[index]), .kind = kind[rng_below(rng, 3)], .value_count = count};
    feature->bin_count = count + (feature->kind == COLUMN_NUMBER ? 1 : 2);
    double *low = NEW_ARRAY(job->arena, count, double);
    double *high = NEW_ARRAY(job->arena, count, double);
    double *cut = NEW_ARRAY(job->arena, count, double);
    struct str *level = NEW_ARRAY(job->arena, count, struct str);
    uint8_t *rank = NEW_ARRAY(job->arena, count, uint8_t);
    for (size_t v = 0; v < count; v++) {
        low[v] = 10 * (double)v;
        high[v] = low[v] + (double)rng_below(rng, 5);
        cut[v] = v == 0 ? -(double)INFINITY : cut_between(high[v - 1], low[v]);
        level[v] = str_of(random_level[v]);
        rank[v] = (uint8_t)(count - 1 - v);
    }
    feature->low = feature->kind == COLUMN_NUMBER ? low : NULL;
    feature->high = feature->kind == COLUMN_NUMBER ? high : NULL;
    feature->cut = feature->kind == COLUMN_NUMBER ? cut : NULL;
    feature->level = feature->kind == COLUMN_NUMBER ? NULL : level;
    feature->rank = feature->kind == COLUMN_ORDINAL ? rank : NULL;
}

/* Values, standard deviations and weights of the cells of a term. */
static inline void random_cells(struct job *job, struct rng *rng, const struct random_model *asked,
                                double size, struct term *term)
{
    const size_t numbers = term->cell_count * asked->class_count;
    double *value = NEW_ARRAY(job->arena, numbers, double);
    double *sd = NEW_ARRAY(job->arena, numbers, double);
    double *weight = NEW_ARRAY(job->arena, term->cell_count, double);
    double all = 0;
    for (size_t i = 0; i < numbers; i++) {
        value[i] = size * rng_normal(rng);
        sd[i] = 0.1 * rng_f64(rng);
    }
    for (size_t i = 0; i < term->cell_count; i++) {
        weight[i] = rng_f64(rng) < asked->empty_share ? 0 : rng_f64(rng);
        all += weight[i];
    }
    for (size_t i = 0; i < term->cell_count && all > 0; i++) {
        weight[i] /= all;
    }
    term->value = value;
    term->sd = sd;
    term->weight = weight;
}

static inline const uint8_t *random_axis(struct job *job, struct rng *rng, size_t bins,
                                         size_t *axis_count)
{
    uint8_t *axis = NEW_ARRAY(job->arena, bins, uint8_t);
    for (size_t b = 1; b < bins; b++) {
        axis[b] = (uint8_t)(axis[b - 1] + rng_below(rng, 2));
    }
    *axis_count = (size_t)axis[bins - 1] + 1;
    return axis;
}

static inline void random_pair(struct job *job, struct rng *rng, const struct random_model *asked,
                               const struct model_feature *feature, struct term *term)
{
    const size_t left = term->feature[0];
    const size_t right = term->feature[1];
    term->name = pair_name(job->arena, &feature[left], &feature[right]);
    term->axis[0] = random_axis(job, rng, feature[left].bin_count, &term->axis_count[0]);
    term->axis[1] = random_axis(job, rng, feature[right].bin_count, &term->axis_count[1]);
    term->cell_count = term->axis_count[0] * term->axis_count[1];
    random_cells(job, rng, asked, 0.7, term);
}

/* Different pairs in order, each as likely as any; all there are when more are asked for. */
static inline size_t random_pairs(struct job *job, struct rng *rng,
                                  const struct random_model *asked,
                                  const struct model_feature *feature, struct term *term)
{
    size_t left_over = asked->feature_count * (asked->feature_count - 1) / 2;
    size_t count = 0;
    for (size_t left = 0; left < asked->feature_count; left++) {
        for (size_t right = left + 1; right < asked->feature_count; right++, left_over--) {
            if (count < asked->pair_count &&
                rng_below(rng, left_over) < asked->pair_count - count) {
                term[count] = (struct term){.feature_count = 2, .feature = {left, right}};
                random_pair(job, rng, asked, feature, &term[count]);
                count++;
            }
        }
    }
    return count;
}

static inline struct model *random_model(struct job *job, struct rng *rng,
                                         const struct random_model *asked)
{
    struct model *model = NEW(job->arena, struct model);
    struct model_feature *feature =
        NEW_ARRAY(job->arena, asked->feature_count, struct model_feature);
    struct term *term =
        NEW_ARRAY(job->arena, asked->feature_count + asked->pair_count, struct term);
    double *base = NEW_ARRAY(job->arena, asked->class_count, double);
    for (size_t f = 0; f < asked->feature_count; f++) {
        random_feature(job, rng, f, asked->value_max, &feature[f]);
        term[f] = (struct term){.name = feature[f].name,
                                .feature_count = 1,
                                .feature = {f},
                                .cell_count = feature[f].bin_count};
        random_cells(job, rng, asked, 1, &term[f]);
    }
    const size_t pairs = random_pairs(job, rng, asked, feature, term + asked->feature_count);
    for (size_t c = 0; c < asked->class_count; c++) {
        base[c] = rng_normal(rng);
    }
    struct str *class_name = NEW_ARRAY(job->arena, asked->class_count, struct str);
    for (size_t c = 0; c < asked->class_count && c < 16; c++) {
        class_name[c] = str_of(random_level[c]);
    }
    *model = (struct model){.task = asked->task,
                            .target = STR("bought"),
                            .positive = STR("yes"),
                            .negative = STR("no"),
                            .class_count = asked->class_count,
                            .class_name = asked->task == TASK_CLASSES ? class_name : NULL,
                            .class_base = base,
                            .base_sd = 0.05,
                            .dispersion = 1,
                            .feature_count = asked->feature_count,
                            .feature = feature,
                            .term_count = asked->feature_count + pairs,
                            .term = term,
                            .rows_train = 100000,
                            .measures = measures_none()};
    must(model_index(job, model) == CANDOR_OK);
    return model;
}

static inline void random_bins(struct rng *rng, const struct model *model, uint8_t *bin)
{
    for (size_t f = 0; f < model->feature_count; f++) {
        bin[f] = (uint8_t)rng_below(rng, model->feature[f].bin_count);
    }
}

#endif
