/*
 * edit.c - a person changes what a model says of a feature.
 *
 * The table of one feature is changed, and nothing else says anything new: its weighted mean is moved to
 * the base, so that contributions still are distances from the average row, and a row whose value was not
 * edited keeps its link value. Pairs that the feature is in keep their tables.
 *
 * A person's word has no standard deviation: cells that are set have 0, and move with no other cell. Cells
 * that are raised, capped or flattened keep theirs; that of a mean is not larger than the mean of those it is of.
 */
#include "model.h"
#include "review.h"

#include <math.h>

/* ---- which cells --------------------------------------------------------------------------- */

static enum candor_status find_class(struct job *job, const struct model *model,
                                     const struct edit *edit, size_t *class)
{
    *class = 0;
    if (model->task != TASK_CLASSES) {
        return edit->class_name.ptr == NULL
                   ? CANDOR_OK
                   : fail(job, CANDOR_BAD_INPUT, "a class is named, but the model predicts none");
    }
    if (edit->class_name.ptr == NULL) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the model predicts one of %zu classes: name the class whose table is edited",
                    model->class_count);
    }
    while (*class < model->class_count && !str_equal(model->class_name[*class], edit->class_name)) {
        (*class)++;
    }
    if (*class == model->class_count) {
        return fail(job, CANDOR_BAD_INPUT, "the model has no class '%.*s'",
                    STR_ARG(edit->class_name));
    }
    return CANDOR_OK;
}

static enum candor_status find_feature(struct job *job, const struct model *model,
                                       const struct edit *edit, size_t *index)
{
    for (*index = 0; *index < model->feature_count; (*index)++) {
        if (str_equal(model->feature[*index].name, edit->feature)) {
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "the model has no feature '%.*s'", STR_ARG(edit->feature));
}

/* The cell of that label; of a number, also the one whose values it is among. */
static enum candor_status take_bin(struct job *job, const struct model_feature *feature,
                                   struct str label, bool *is_edited)
{
    size_t found = 0;
    double number = 0;
    for (size_t bin = 0; bin < feature->bin_count; bin++) {
        is_edited[bin] = str_equal(feature_bin_label(job->arena, feature, bin), label);
        found += is_edited[bin];
    }
    if (found == 0 && feature->kind == COLUMN_NUMBER && str_to_double(label, &number)) {
        for (size_t v = 0; v < feature->value_count; v++) {
            is_edited[v + 1] = feature->low[v] <= number && number <= feature->high[v];
            found += is_edited[v + 1];
        }
    }
    if (found > 1) {
        return fail(job, CANDOR_BAD_INPUT, "'%.*s' has %zu cells called '%.*s'",
                    STR_ARG(feature->name), found, STR_ARG(label));
    }
    if (found == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "'%.*s' has no cell '%.*s'; candor shapes lists its cells",
                    STR_ARG(feature->name), STR_ARG(label));
    }
    return CANDOR_OK;
}

static enum candor_status take_numbers(struct job *job, const struct model_feature *feature,
                                       const struct edit *edit, bool *is_edited)
{
    double from = -(double)INFINITY;
    double to = (double)INFINITY;
    if ((edit->from.ptr != NULL && !str_to_double(edit->from, &from)) ||
        (edit->to.ptr != NULL && !str_to_double(edit->to, &to))) {
        return fail(job, CANDOR_BAD_INPUT, "'%.*s' is a number: its range is from one to another",
                    STR_ARG(feature->name));
    }
    for (size_t v = 0; v < feature->value_count; v++) {
        is_edited[v + 1] = from <= feature->low[v] && feature->high[v] <= to;
    }
    return CANDOR_OK;
}

/* The bin of a level, or 0. */
static size_t bin_of_level(const struct model_feature *feature, struct str level)
{
    for (size_t v = 0; v < feature->value_count; v++) {
        if (str_equal(feature->level[v], level)) {
            return (size_t)feature->rank[v] + 1;
        }
    }
    return 0;
}

static enum candor_status take_levels(struct job *job, const struct model_feature *feature,
                                      const struct edit *edit, bool *is_edited)
{
    const size_t first = edit->from.ptr == NULL ? 1 : bin_of_level(feature, edit->from);
    const size_t last =
        edit->to.ptr == NULL ? feature->value_count : bin_of_level(feature, edit->to);
    if (first == 0 || last == 0) {
        return fail(job, CANDOR_BAD_INPUT, "'%.*s' is ordered: its range is from level to level",
                    STR_ARG(feature->name));
    }
    for (size_t bin = first; bin <= last; bin++) {
        is_edited[bin] = true;
    }
    return CANDOR_OK;
}

static enum candor_status take_range(struct job *job, const struct model_feature *feature,
                                     const struct edit *edit, bool *is_edited)
{
    bool is_any = false;
    if (feature->kind == COLUMN_CATEGORY) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the values of '%.*s' have no order: a range means nothing; name one cell",
                    STR_ARG(feature->name));
    }
    TRY(feature->kind == COLUMN_NUMBER ? take_numbers(job, feature, edit, is_edited)
                                       : take_levels(job, feature, edit, is_edited));
    for (size_t bin = 0; bin < feature->bin_count; bin++) {
        is_any = is_any || is_edited[bin];
    }
    if (!is_any) {
        return fail(job, CANDOR_BAD_INPUT,
                    "no cell of '%.*s' lies wholly in this range; candor shapes lists its cells",
                    STR_ARG(feature->name));
    }
    return CANDOR_OK;
}

static enum candor_status take_cells(struct job *job, const struct model_feature *feature,
                                     const struct edit *edit, bool *is_edited)
{
    const bool has_range = edit->from.ptr != NULL || edit->to.ptr != NULL;
    if (edit->act == EDIT_CAP && edit->bin.ptr == NULL && !has_range) {
        for (size_t bin = 0; bin < feature->bin_count; bin++) {
            is_edited[bin] = true;
        }
        return CANDOR_OK;
    }
    if ((edit->bin.ptr != NULL) == has_range) {
        return fail(job, CANDOR_BAD_INPUT, "name what is edited: one cell, or a range of values");
    }
    return has_range ? take_range(job, feature, edit, is_edited)
                     : take_bin(job, feature, edit->bin, is_edited);
}

/* ---- the new table ------------------------------------------------------------------------- */

/* By the training rows; cells that no row is in count alike. */
static double mean_of_edited(const struct term *term, const double *value, const bool *is_edited)
{
    double sum = 0;
    double weight = 0;
    double plain = 0;
    double count = 0;
    for (size_t c = 0; c < term->cell_count; c++) {
        if (is_edited[c]) {
            sum += term->weight[c] * value[c];
            weight += term->weight[c];
            plain += value[c];
            count++;
        }
    }
    return weight > 0 ? sum / weight : plain / count;
}

static double edited_value(const struct edit *edit, double before, double mean)
{
    switch (edit->act) {
    case EDIT_SET:
        return edit->value;
    case EDIT_ADD:
        return before + edit->value;
    case EDIT_CAP:
        return fmax(-edit->value, fmin(before, edit->value));
    case EDIT_FLATTEN:
        break;
    }
    return mean;
}

double term_centre(const struct term *term, double *value)
{
    double most = 0;
    double mean = 0;
    int exponent = 0;
    for (size_t c = 0; c < term->cell_count; c++) {
        most = fmax(most, fabs(value[c]));
        mean += term->weight[c] * value[c];
    }
    (void)frexp(most, &exponent);
    const double grid = ldexp(1, exponent - 40);
    mean = round(mean / grid) * grid;
    for (size_t c = 0; c < term->cell_count; c++) {
        value[c] -= mean;
    }
    return mean;
}

/* ---- the new model ------------------------------------------------------------------------- */

struct editing {
    const struct edit *edit;
    const struct model *before;
    struct model *model;
    struct term *changed; /* the terms of model */
    size_t term;
    size_t class;
    bool *is_edited;
};

struct model *model_to_change(struct arena *arena, const struct model *model, struct term **term)
{
    struct model *changed = NEW(arena, struct model);
    *changed = *model;
    changed->measures = measures_none();
    for (size_t i = 0; i < DECILES; i++) {
        changed->link_decile[i] = (double)NAN;
    }
    changed->note = NEW_ARRAY(arena, model->note_count + 1, struct note);
    bytes_copy(changed->note, model->note, model->note_count * sizeof *model->note);
    *term = NEW_ARRAY(arena, model->term_count, struct term);
    bytes_copy(*term, model->term, model->term_count * sizeof **term);
    changed->term = *term;
    return changed;
}

static enum candor_status change_table(struct job *job, struct editing *editing,
                                       struct edit_result *result)
{
    const struct term *old = &editing->before->term[editing->term];
    const size_t count = size_mul(old->cell_count, editing->before->class_count);
    double *value = NEW_ARRAY(job->arena, count, double);
    double *sd = NEW_ARRAY(job->arena, count, double);
    double *base = NEW_ARRAY(job->arena, editing->before->class_count, double);
    double *plane = value + editing->class * old->cell_count;
    bytes_copy(value, old->value, count * sizeof *value);
    bytes_copy(sd, old->sd, count * sizeof *sd);
    bytes_copy(base, editing->before->class_base, editing->before->class_count * sizeof *base);

    const double mean = mean_of_edited(old, plane, editing->is_edited);
    for (size_t c = 0; c < old->cell_count; c++) {
        if (editing->is_edited[c]) {
            plane[c] = edited_value(editing->edit, plane[c], mean);
            if (editing->edit->act == EDIT_SET) {
                sd[editing->class * old->cell_count + c] = 0;
            }
        }
    }
    result->moved = term_centre(old, plane);
    base[editing->class] += result->moved;
    if (!(fabs(base[editing->class]) <= EDIT_MAX)) {
        return fail(job, CANDOR_BAD_INPUT, "the edit moves the base beyond %g", EDIT_MAX);
    }
    editing->changed[editing->term].value = value;
    editing->changed[editing->term].sd = sd;
    editing->model->class_base = base;
    return model_index(job, editing->model);
}

static enum candor_status change_factors(struct job *job, struct editing *editing)
{
    const struct model *before = editing->before;
    const size_t start = before->start[editing->term];
    float *factor;
    if (editing->edit->act != EDIT_SET || before->factor_count == 0) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, factor, size_mul(before->factor_count, before->cell_count), float);
    bytes_copy(factor, before->factor, before->factor_count * before->cell_count * sizeof *factor);
    for (size_t f = 0; f < before->factor_count; f++) {
        for (size_t c = 0; c < before->term[editing->term].cell_count; c++) {
            if (editing->is_edited[c]) {
                factor[f * before->cell_count + start + c] = 0;
            }
        }
    }
    editing->model->factor = factor;
    return CANDOR_OK;
}

static void put_result(struct job *job, const struct editing *editing, struct edit_result *result)
{
    const struct term *old = &editing->before->term[editing->term];
    const struct term *new = &editing->model->term[editing->term];
    const size_t at = editing->class * old->cell_count;
    struct edited_cell *cell = NEW_ARRAY(job->arena, old->cell_count, struct edited_cell);
    result->term = editing->term;
    result->class = editing->class;
    result->cell = cell;
    result->cell_count = 0;
    for (size_t c = 0; c < old->cell_count; c++) {
        if (editing->is_edited[c]) {
            cell[result->cell_count++] = (struct edited_cell){
                .cell = c,
                .before = old->value[at + c],
                .after = new->value[at + c],
                .change = new->value[at + c] + result->moved - old->value[at + c],
                .weight = old->weight[c],
            };
        }
    }
}

enum candor_status model_edit(struct job *job, const struct model *model, const struct edit *edit,
                              struct model **edited, struct edit_result *result)
{
    struct editing editing = {.edit = edit, .before = model};
    if (edit->act != EDIT_FLATTEN && !(fabs(edit->value) <= EDIT_MAX)) {
        return fail(job, CANDOR_BAD_INPUT, "a contribution is a number of at most %g", EDIT_MAX);
    }
    if (edit->act == EDIT_CAP && !(edit->value >= 0)) {
        return fail(job, CANDOR_BAD_INPUT, "a cap is 0 or more");
    }
    TRY(find_feature(job, model, edit, &editing.term));
    TRY(find_class(job, model, edit, &editing.class));
    const struct model_feature *feature = &model->feature[editing.term];
    editing.is_edited = NEW_ARRAY(job->arena, feature->bin_count, bool);
    TRY(take_cells(job, feature, edit, editing.is_edited));

    editing.model = model_to_change(job->arena, model, &editing.changed);
    TRY(change_table(job, &editing, result));
    TRY(change_factors(job, &editing));
    put_result(job, &editing, result);
    *edited = editing.model;
    return CANDOR_OK;
}
