/*
 * made_model.h - a small model made by hand, of any task, with everything a page can show: a number
 * with missing values, one of few values, a category with many levels, an ordinal, and two pairs.
 * mark stands in every text, to see where it comes out.
 */
#ifndef MADE_MODEL_H
#define MADE_MODEL_H

#include "flow.h"
#include "frame.h"
#include "model.h"

enum { MODEL_CLASSES = 3, MODEL_NUMBERS = 12, MODEL_LEVELS = 20, MODEL_SINGLES = 4 };

struct model_maker {
    struct arena *arena;
    const char *mark;
    enum task task;
};

static inline struct str marked(const struct model_maker *maker, const char *text)
{
    return str_format(maker->arena, "%s%s", text, maker->mark);
}

/* low, high and cut of numbers first, first + step ...; the later, the farther apart when skewed. */
static inline void make_number(const struct model_maker *maker, struct model_feature *feature,
                               size_t count, bool is_skewed)
{
    double *low = NEW_ARRAY(maker->arena, count + 1, double);
    double *high = NEW_ARRAY(maker->arena, count + 1, double);
    double *cut = NEW_ARRAY(maker->arena, count + 1, double);
    for (size_t v = 0; v < count; v++) {
        low[v] = is_skewed && v > 6 ? 10.0 * (double)(v * v * v) : (double)v;
        high[v] = low[v] + (v == 5 ? 0.5 : 0);
        cut[v] = v == 0 ? -(double)INFINITY : (high[v - 1] + low[v]) / 2;
    }
    feature->kind = COLUMN_NUMBER;
    feature->value_count = count;
    feature->bin_count = count + 1;
    feature->low = low;
    feature->high = high;
    feature->cut = cut;
}

static inline void make_levels(const struct model_maker *maker, struct model_feature *feature,
                               size_t count, bool is_ordinal)
{
    struct str *level = NEW_ARRAY(maker->arena, count + 1, struct str);
    uint8_t *rank = NEW_ARRAY(maker->arena, count + 1, uint8_t);
    for (size_t v = 0; v < count; v++) {
        level[v] = str_format(maker->arena, "level %c%s", (char)('a' + v), maker->mark);
        rank[v] = (uint8_t)(count - 1 - v);
    }
    feature->kind = is_ordinal ? COLUMN_ORDINAL : COLUMN_CATEGORY;
    feature->value_count = count;
    feature->bin_count = count + 2;
    feature->level = level;
    feature->rank = is_ordinal ? rank : NULL;
}

/* Waves, different for every term and class; bin 0 of the first feature is not empty. */
static inline void fill_cells(const struct model_maker *maker, struct term *term, size_t classes,
                              double height)
{
    double *value = NEW_ARRAY(maker->arena, term->cell_count * classes, double);
    double *sd = NEW_ARRAY(maker->arena, term->cell_count * classes, double);
    double *weight = NEW_ARRAY(maker->arena, term->cell_count, double);
    double all = 0;
    for (size_t cell = 0; cell < term->cell_count; cell++) {
        weight[cell] = cell % 7 == 3 ? 0 : 1.0 + (double)(cell % 5);
        weight[cell] =
            cell == 0 && term->feature[0] != 0 && term->feature_count == 1 ? 0 : weight[cell];
        all += weight[cell];
        for (size_t class = 0; class < classes; class ++) {
            const size_t at = class * term->cell_count + cell;
            value[at] = height * sin((double)(cell + 2 * class) / 2.5);
            sd[at] = height * (0.05 + (double)(cell % 4) / 10);
        }
    }
    for (size_t cell = 0; cell < term->cell_count; cell++) {
        weight[cell] /= all;
    }
    term->value = value;
    term->sd = sd;
    term->weight = weight;
}

static inline void make_axis(const struct model_maker *maker, struct term *term, size_t side,
                             size_t bins, size_t places)
{
    uint8_t *axis = NEW_ARRAY(maker->arena, bins, uint8_t);
    for (size_t bin = 0; bin < bins; bin++) {
        axis[bin] = (uint8_t)(bin * places / bins);
    }
    term->axis[side] = axis;
    term->axis_count[side] = places;
}

static inline void make_terms(const struct model_maker *maker, struct model *model)
{
    static const size_t pair[2][2] = {{0, 2}, {1, 3}};
    struct term *term = NEW_ARRAY(maker->arena, MODEL_SINGLES + 2, struct term);
    for (size_t t = 0; t < MODEL_SINGLES; t++) {
        const size_t bins = model->feature[t].bin_count;
        term[t] = (struct term){.name = model->feature[t].name,
                                .feature_count = 1,
                                .feature = {t, t},
                                .cell_count = bins,
                                .axis_count = {bins, 1}};
        fill_cells(maker, &term[t], model->class_count, 1 / (double)(t + 1));
    }
    for (size_t p = 0; p < 2; p++) {
        struct term *both = &term[MODEL_SINGLES + p];
        const struct model_feature *left = &model->feature[pair[p][0]];
        const struct model_feature *right = &model->feature[pair[p][1]];
        *both = (struct term){.name = pair_name(maker->arena, left, right),
                              .feature_count = 2,
                              .feature = {pair[p][0], pair[p][1]}};
        make_axis(maker, both, 0, left->bin_count, p == 0 ? 5 : 2);
        make_axis(maker, both, 1, right->bin_count, p == 0 ? 12 : 3);
        both->cell_count = both->axis_count[0] * both->axis_count[1];
        fill_cells(maker, both, model->class_count, 0.2);
    }
    model->term = term;
    model->term_count = MODEL_SINGLES + 2;
}

static inline void make_measures(struct model *model)
{
    const bool has_chances = model->task == TASK_BINARY || model->task == TASK_CLASSES;
    model->measures = measures_none();
    model->measures.rows = 500;
    model->measures.rmse = has_chances ? NOT_KNOWN : 1.5;
    model->measures.sd.rmse = 0.1;
    model->measures.r2 = has_chances ? NOT_KNOWN : 0.4;
    model->measures.auc = has_chances ? 0.8125 : NOT_KNOWN;
    model->measures.sd.auc = 0.01;
    model->measures.log_loss = has_chances ? 0.5 : NOT_KNOWN;
    model->measures.accuracy = has_chances ? 0.75 : NOT_KNOWN;
    model->measures.calibration_count = model->task == TASK_REGRESSION ? 0 : 5;
    for (size_t i = 0; i < model->measures.calibration_count; i++) {
        const double predicted = 0.1 + 0.2 * (double)i;
        model->measures.calibration[i] =
            (struct calibration){100, predicted, predicted * predicted};
    }
}

static inline void make_model(struct job *job, const struct model_maker *maker, struct model *model)
{
    static const char *const class_name[MODEL_CLASSES] = {"blue", "green", "red"};
    struct model_feature *feature = NEW_ARRAY(maker->arena, MODEL_SINGLES, struct model_feature);
    struct str *name = NEW_ARRAY(maker->arena, MODEL_CLASSES, struct str);
    *model = (struct model){.task = maker->task,
                            .target = marked(maker, "bought"),
                            .positive = marked(maker, "yes"),
                            .negative = marked(maker, "no"),
                            .class_count = maker->task == TASK_CLASSES ? MODEL_CLASSES : 1,
                            .dispersion = 1,
                            .feature_count = MODEL_SINGLES,
                            .feature = feature,
                            .rows_train = 12345,
                            .seed = 7,
                            .freedom = 42,
                            .rounds = 3};
    for (size_t c = 0; c < MODEL_CLASSES; c++) {
        name[c] = marked(maker, class_name[c]);
    }
    model->class_name = maker->task == TASK_CLASSES ? name : NULL;
    model->class_base = NEW_ARRAY(maker->arena, MODEL_CLASSES, double);
    feature[0].name = marked(maker, "income");
    feature[1].name = marked(maker, "children");
    feature[2].name = marked(maker, "town");
    feature[3].name = marked(maker, "size");
    make_number(maker, &feature[0], MODEL_NUMBERS, true);
    make_number(maker, &feature[1], 3, false);
    make_levels(maker, &feature[2], MODEL_LEVELS, false);
    make_levels(maker, &feature[3], 4, true);
    make_terms(maker, model);
    make_measures(model);
    for (size_t d = 0; d < DECILES; d++) {
        model->link_decile[d] = (double)d / 10;
    }
    must(model_index(job, model) == CANDOR_OK);
    static const char *const key[] = {"approved.bea", "constraint.income", "edit.1", "epsilon",
                                      "fairness.sex", "purpose",           "own"};
    for (size_t i = 0; i < sizeof key / sizeof key[0]; i++) {
        must(model_note(job, model, str_of(key[i]), marked(maker, "note")) == CANDOR_OK);
    }
}

#endif
