/*
 * check.c - what holds of every model, whoever made it.
 *
 * Readers of bytes and of JSON build the struct and ask here; a scorer relies on all of it: no index
 * leaves its table, every value is finite, no sum of contributions overflows, and each model has one
 * way to be written. The first thing that is wrong is named by its place, as it stands in the JSON.
 */
#include "model.h"

#include <float.h>
#include <math.h>

#include "file.h"

/* 2^53: up to here whole numbers are exact wherever they travel. */
static const uint64_t count_max = UINT64_C(1) << 53;

/* The squares of many of them add up to a number. */
static const double deviation_most = 1e152;

/* The largest share of weight that rounding may add or take away. */
static const double weight_slack = 1e-6;

/* Whose fault it is depends on where the model came from. */
struct checking {
    struct job *job;
    enum candor_status status;
    const struct model *model;
};

#define REFUSE(checking, ...) fail((checking)->job, (checking)->status, __VA_ARGS__)

static bool is_finite_from(double value, double least)
{
    return isfinite(value) && value >= least;
}

static bool is_unknown_or_within(double value, double least, double most)
{
    return isnan(value) || (isfinite(value) && value >= least && value <= most);
}

/* ---- the head ---- */

static enum candor_status check_target(const struct checking *checking)
{
    const struct model *model = checking->model;
    if (model->task < TASK_BINARY || model->task > TASK_CLASSES) {
        return REFUSE(checking, "task: there is no such task");
    }
    const size_t least = model->task == TASK_CLASSES ? 3 : 1;
    const size_t most = model->task == TASK_CLASSES ? CLASSES_MAX : 1;
    if (model->class_count < least || model->class_count > most) {
        return REFUSE(checking, "classes: %zu, and this task has %zu to %zu", model->class_count,
                      least, most);
    }
    for (size_t c = 1; c < model->class_count; c++) {
        if (str_compare(model->class_name[c - 1], model->class_name[c]) >= 0) {
            return REFUSE(checking, "classes[%zu]: names ascend by bytes, each once", c);
        }
    }
    return CANDOR_OK;
}

static enum candor_status check_head(const struct checking *checking)
{
    const struct model *model = checking->model;
    for (size_t c = 0; c < model->class_count; c++) {
        if (!isfinite(model->class_base[c])) {
            return REFUSE(checking, "base[%zu]: not finite", c);
        }
    }
    /* Squares of standard deviations are added up; these, and those of the cells, stay finite. */
    if (!is_finite_from(model->base_sd, 0) || model->base_sd > deviation_most) {
        return REFUSE(checking, "base_sd: negative or too large");
    }
    if (!is_finite_from(model->dispersion, 0)) {
        return REFUSE(checking, "dispersion: negative or not finite");
    }
    if (!is_finite_from(model->freedom, 0)) {
        return REFUSE(checking, "freedom: negative or not finite");
    }
    if (model->rows_train > count_max) {
        return REFUSE(checking, "rows_train: more than 2^53");
    }
    double before = -HUGE_VAL;
    for (size_t i = 0; i < DECILES; i++) {
        const double decile = model->link_decile[i];
        if (isinf(decile) || decile < before) {
            return REFUSE(checking, "link_deciles[%zu]: not finite, or below the one before", i);
        }
        before = isnan(decile) ? before : decile;
    }
    return CANDOR_OK;
}

static enum candor_status check_calibration(const struct checking *checking)
{
    const struct measures *measures = &checking->model->measures;
    const bool is_chance =
        checking->model->task == TASK_BINARY || checking->model->task == TASK_CLASSES;
    const double least = is_chance ? 0 : -DBL_MAX;
    const double most = is_chance ? 1 : DBL_MAX;
    if (measures->calibration_count > CALIBRATION_MAX) {
        return REFUSE(checking, "measures.calibration: more than %d parts", CALIBRATION_MAX);
    }
    for (size_t i = 0; i < measures->calibration_count; i++) {
        const struct calibration *tenth = &measures->calibration[i];
        if (tenth->rows == 0 || tenth->rows > count_max || isnan(tenth->predicted) ||
            isnan(tenth->observed) || !is_unknown_or_within(tenth->predicted, least, most) ||
            !is_unknown_or_within(tenth->observed, least, most)) {
            return REFUSE(checking,
                          "measures.calibration[%zu]: no rows, or a mean of theirs that "
                          "cannot be",
                          i);
        }
    }
    return CANDOR_OK;
}

static enum candor_status check_measures(const struct checking *checking)
{
    const struct measures *measures = &checking->model->measures;
    bool is_known = measures->calibration_count > 0;
    for (size_t i = 0; i < MEASURE_NUMBERS; i++) {
        const struct measure_number *number = &measure_number[i];
        const double value = measure_of(measures, i);
        if (!is_unknown_or_within(value, number->least, number->most)) {
            return REFUSE(checking, "measures.%s: out of its range", number->name);
        }
        is_known = is_known || !isnan(value);
    }
    if (measures->rows > count_max || (measures->rows == 0 && is_known)) {
        return REFUSE(checking, "measures.rows: too many, or none where something was measured");
    }
    return check_calibration(checking);
}

static enum candor_status check_notes(const struct checking *checking)
{
    const struct model *model = checking->model;
    if (model->note_count > NOTES_MAX) {
        return REFUSE(checking, "notes: more than %d", NOTES_MAX);
    }
    for (size_t i = 0; i < model->note_count; i++) {
        if (model->note[i].key.len == 0) {
            return REFUSE(checking, "notes: a key is empty");
        }
        if (i > 0 && str_compare(model->note[i - 1].key, model->note[i].key) >= 0) {
            return REFUSE(checking, "notes: keys ascend by bytes, each once");
        }
    }
    return CANDOR_OK;
}

/* ---- features ---- */

static enum candor_status check_numbers(const struct checking *checking, size_t index)
{
    const struct model_feature *feature = &checking->model->feature[index];
    for (size_t v = 0; v < feature->value_count; v++) {
        if (!isfinite(feature->low[v]) || !isfinite(feature->high[v]) ||
            feature->low[v] > feature->high[v]) {
            return REFUSE(checking, "features[%zu].low[%zu]: not finite, or above high", index, v);
        }
        if (v > 0 && feature->high[v - 1] >= feature->low[v]) {
            return REFUSE(checking, "features[%zu].low[%zu]: not above the bin before", index, v);
        }
    }
    return CANDOR_OK;
}

static enum candor_status check_levels(const struct checking *checking, size_t index)
{
    const struct model_feature *feature = &checking->model->feature[index];
    bool seen[BINS_MAX] = {false};
    for (size_t v = 0; v < feature->value_count; v++) {
        if (v > 0 && str_compare(feature->level[v - 1], feature->level[v]) >= 0) {
            return REFUSE(checking,
                          "features[%zu].levels: each once, those without order ascending "
                          "by bytes",
                          index);
        }
        if (feature->kind == COLUMN_ORDINAL) {
            const uint8_t rank = feature->rank[v];
            if (rank >= feature->value_count || seen[rank]) {
                return REFUSE(checking, "features[%zu].levels: their order names a place twice",
                              index);
            }
            seen[rank] = true;
        }
    }
    return CANDOR_OK;
}

static enum candor_status check_feature(const struct checking *checking, size_t index)
{
    const struct model_feature *feature = &checking->model->feature[index];
    if (feature->name.len == 0) {
        return REFUSE(checking, "features[%zu].name: empty", index);
    }
    if (feature->kind < COLUMN_NUMBER || feature->kind > COLUMN_ORDINAL) {
        return REFUSE(checking, "features[%zu].kind: there is no such kind", index);
    }
    const size_t more = feature->kind == COLUMN_NUMBER ? 1 : 2;
    if (feature->bin_count != feature->value_count + more || feature->bin_count > BINS_MAX) {
        return REFUSE(checking, "features[%zu]: more than %d bins", index, BINS_MAX);
    }
    return feature->kind == COLUMN_NUMBER ? check_numbers(checking, index)
                                          : check_levels(checking, index);
}

/* ---- tables ---- */

/* "features[3]" or "pairs[0]" */
static const char *term_place(const struct checking *checking, size_t t)
{
    const size_t features = checking->model->feature_count;
    const struct str place = t < features
                                 ? str_format(checking->job->arena, "features[%zu]", t)
                                 : str_format(checking->job->arena, "pairs[%zu]", t - features);
    return str_z(checking->job->arena, place);
}

static enum candor_status check_table(const struct checking *checking, size_t t)
{
    const struct term *term = &checking->model->term[t];
    for (size_t at = 0; at < term->cell_count * checking->model->class_count; at++) {
        if (!isfinite(term->value[at])) {
            return REFUSE(checking, "%s.value[%zu]: not finite", term_place(checking, t),
                          at % term->cell_count);
        }
        if (!is_finite_from(term->sd[at], 0) || term->sd[at] > deviation_most) {
            return REFUSE(checking, "%s.sd[%zu]: negative or too large", term_place(checking, t),
                          at % term->cell_count);
        }
    }
    double sum = 0;
    for (size_t i = 0; i < term->cell_count; i++) {
        if (!is_finite_from(term->weight[i], 0) || term->weight[i] > 1 + weight_slack) {
            return REFUSE(checking, "%s.weight[%zu]: not a share of 0 to 1",
                          term_place(checking, t), i);
        }
        sum += term->weight[i];
    }
    if (fabs(sum - 1) > weight_slack) {
        return REFUSE(checking, "%s.weight: the shares add up to %.6f, not to 1",
                      term_place(checking, t), sum);
    }
    return CANDOR_OK;
}

static enum candor_status check_axis(const struct checking *checking, size_t t, size_t side)
{
    const struct term *term = &checking->model->term[t];
    const size_t pair = t - checking->model->feature_count;
    if (term->axis_count[side] == 0 || term->axis_count[side] > PAIR_AXIS_MAX) {
        return REFUSE(checking, "pairs[%zu].size[%zu]: not 1 to %d", pair, side, PAIR_AXIS_MAX);
    }
    const struct model_feature *feature = &checking->model->feature[term->feature[side]];
    for (size_t bin = 0; bin < feature->bin_count; bin++) {
        if (term->axis[side][bin] >= term->axis_count[side]) {
            return REFUSE(checking, "pairs[%zu].places[%zu][%zu]: outside the table", pair, side,
                          bin);
        }
    }
    return CANDOR_OK;
}

static enum candor_status check_pair(const struct checking *checking, size_t t)
{
    const struct term *term = &checking->model->term[t];
    const struct term *before = term - 1;
    const size_t pair = t - checking->model->feature_count;
    if (term->feature[0] >= term->feature[1] ||
        term->feature[1] >= checking->model->feature_count) {
        return REFUSE(checking, "pairs[%zu].features: two features in the order of the model",
                      pair);
    }
    const bool comes_after =
        pair == 0 || before->feature[0] < term->feature[0] ||
        (before->feature[0] == term->feature[0] && before->feature[1] < term->feature[1]);
    if (!comes_after) {
        return REFUSE(checking, "pairs[%zu]: pairs are in the order of their features, each once",
                      pair);
    }
    TRY(check_axis(checking, t, 0));
    TRY(check_axis(checking, t, 1));
    must(term->cell_count == term->axis_count[0] * term->axis_count[1]);
    return CANDOR_OK;
}

/* The largest link value that any row could have is finite. */
static enum candor_status check_sums(const struct checking *checking)
{
    const struct model *model = checking->model;
    for (size_t c = 0; c < model->class_count; c++) {
        double most = fabs(model->class_base[c]);
        for (size_t t = 0; t < model->term_count; t++) {
            const struct term *term = &model->term[t];
            double here = 0;
            for (size_t i = 0; i < term->cell_count; i++) {
                here = fmax(here, fabs(term->value[c * term->cell_count + i]));
            }
            most += here;
        }
        if (!isfinite(most)) {
            return REFUSE(checking, "base and values are so large that their sum is not finite");
        }
    }
    return CANDOR_OK;
}

static enum candor_status check_factors(const struct checking *checking)
{
    const struct model *model = checking->model;
    if (model->factor_count > FACTORS_MAX ||
        (model->factor_count > 0 && model->task == TASK_CLASSES)) {
        return REFUSE(checking, "factors: at most %d, and none for classes", FACTORS_MAX);
    }
    for (size_t f = 0; f < model->factor_count; f++) {
        if (model->factor_sign[f] != 1 && model->factor_sign[f] != -1) {
            return REFUSE(checking, "factors[%zu].sign: 1 or -1", f);
        }
        for (size_t i = 0; i < model->cell_count; i++) {
            if (!isfinite(model->factor[f * model->cell_count + i])) {
                return REFUSE(checking, "factors[%zu].values[%zu]: not finite", f, i);
            }
        }
    }
    return CANDOR_OK;
}

static enum candor_status check_features(const struct checking *checking)
{
    const struct model *model = checking->model;
    struct map *names = map_begin(checking->job->arena);
    size_t cells = 0;
    for (size_t i = 0; i < model->feature_count; i++) {
        TRY(check_feature(checking, i));
        if (map_get(names, KEY(model->feature[i].name)) != NULL) {
            return REFUSE(checking, "features[%zu].name: a feature of this name is there already",
                          i);
        }
        map_put(names, KEY(model->feature[i].name), names);
        cells += model->feature[i].bin_count;
    }
    if (cells > MODEL_CELLS_MAX) {
        return REFUSE(checking, "features: %zu bins together, and %d are possible", cells,
                      MODEL_CELLS_MAX);
    }
    return CANDOR_OK;
}

enum candor_status model_check(struct job *job, enum candor_status status,
                               const struct model *model)
{
    const struct checking checking = {job, status, model};
    TRY(check_target(&checking));
    TRY(check_head(&checking));
    TRY(check_measures(&checking));
    TRY(check_notes(&checking));
    TRY(check_features(&checking));
    for (size_t t = model->feature_count; t < model->term_count; t++) {
        TRY(check_pair(&checking, t));
    }
    for (size_t t = 0; t < model->term_count; t++) {
        TRY(check_table(&checking, t));
    }
    TRY(check_factors(&checking));
    return check_sums(&checking);
}
