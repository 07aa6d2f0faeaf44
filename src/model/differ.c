/*
 * differ.c - where two models say different things.
 *
 * Two models have bins of their own, so tables cannot be laid over each other. Instead both are asked
 * what they add for the same values: one value from the middle of every cell of either model. A value
 * counts with the share of the training rows in its cell, half from the one model and half from the
 * other, so that the order of the two does not matter. A term that a model does not have adds nothing.
 */
#include "model.h"
#include "review.h"

#include <math.h>
#include <stdlib.h>

static const char unheard[] = "\x01"; /* text that no level is: for the bin of other values */

/* A value from the middle of a bin, as number and as text, whatever the other model takes it for. */
static struct raw_value value_of_bin(struct arena *arena, const struct model_feature *feature,
                                     size_t bin)
{
    struct raw_value value = {.number = (double)NAN, .text = {NULL, 0}};
    if (bin == BIN_MISSING) {
        return value;
    }
    if (feature->kind == COLUMN_NUMBER) {
        value.number = feature->low[bin - 1] + (feature->high[bin - 1] - feature->low[bin - 1]) / 2;
        value.text = str_from_double(arena, value.number);
        return value;
    }
    value.text =
        bin > feature->value_count ? str_of(unheard) : feature_bin_label(arena, feature, bin);
    (void)str_to_double(value.text, &value.number);
    return value;
}

/* The bin that stands for a place along an axis: the one with most rows. */
static size_t bin_of_place(const struct model *model, const struct term *term, size_t side,
                           size_t place)
{
    const size_t feature = term->feature[side];
    const double *weight = model->term[feature].weight;
    size_t best = BINS_MAX;
    for (size_t bin = 0; bin < model->feature[feature].bin_count; bin++) {
        const bool is_here =
            term->axis[side] == NULL ? bin == place : term->axis[side][bin] == place;
        if (is_here && (best == BINS_MAX || weight[bin] > weight[best])) {
            best = bin;
        }
    }
    return best == BINS_MAX ? BIN_MISSING : best;
}

/* A term of one model, or NULL. Swapped: its two features stand the other way round than those of the
 * term it is compared with, because the columns did. */
struct side {
    const struct model *model;
    const struct term *term;
    bool is_swapped;
};

static struct str name_in(const struct model *model, const struct term *term, size_t k)
{
    return model->feature[term->feature[k]].name;
}

/* The term over the same features in the model, if it has one. */
static struct side counterpart(const struct model *model, const struct model *other,
                               const struct term *wanted)
{
    const size_t last = wanted->feature_count - 1;
    const struct str first_name = name_in(other, wanted, 0);
    const struct str last_name = name_in(other, wanted, last);
    for (size_t t = 0; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        if (term->feature_count != wanted->feature_count) {
            continue;
        }
        for (size_t k = 0; k < term->feature_count; k++) {
            if (str_equal(name_in(model, term, k), first_name) &&
                str_equal(name_in(model, term, last - k), last_name)) {
                return (struct side){model, term, k == 1};
            }
        }
    }
    return (struct side){model, NULL, false};
}

/* What the side adds for these values. */
static double contribution_of(const struct side *side, size_t class,
                              const struct raw_value value[2])
{
    const struct term *term = side->term;
    if (term == NULL) {
        return 0;
    }
    const size_t swap = side->is_swapped ? 1 : 0;
    const size_t left = feature_bin(&side->model->feature[term->feature[0]], value[swap]);
    size_t cell = left;
    if (term->feature_count == 2) {
        const size_t right = feature_bin(&side->model->feature[term->feature[1]], value[1 - swap]);
        cell = term->axis[0][left] * term->axis_count[1] + term->axis[1][right];
    }
    return term->value[class * term->cell_count + cell];
}

/* The values in the middle of a cell, and their name. */
struct point {
    struct raw_value value[2];
    struct str label;
};

static struct point point_of_cell(struct arena *arena, const struct side *side, size_t cell)
{
    const struct term *term = side->term;
    const size_t place[2] = {cell / term->axis_count[1], cell % term->axis_count[1]};
    struct point point = {.label = STR("")};
    must(term->feature_count <= 2);
    for (size_t k = 0; k < term->feature_count; k++) {
        const struct model_feature *feature = &side->model->feature[term->feature[k]];
        const size_t bin = bin_of_place(side->model, term, k, place[k]);
        const struct str label = feature_bin_label(arena, feature, bin);
        point.value[side->is_swapped ? 1 - k : k] = value_of_bin(arena, feature, bin);
        point.label =
            k == 0 ? label : str_format(arena, "%.*s & %.*s", STR_ARG(point.label), STR_ARG(label));
    }
    return point;
}

static void weigh_point(const struct side side[2], const struct point *point, double weight,
                        struct term_difference *difference)
{
    const size_t classes = side[0].model->class_count;
    for (size_t class = 0; class < classes; class ++) {
        const double first = contribution_of(&side[0], class, point->value);
        const double second = contribution_of(&side[1], class, point->value);
        const double apart = fabs(first - second);
        difference->mean += weight * apart / (double)classes;
        if (apart > difference->most) {
            difference->most = apart;
            difference->most_value[0] = first;
            difference->most_value[1] = second;
            difference->most_class = class;
            difference->most_at = point->label;
        }
    }
}

static void weigh_cells(struct arena *arena, const struct side side[2], size_t from, double part,
                        struct term_difference *difference)
{
    const struct term *term = side[from].term;
    for (size_t cell = 0; cell < term->cell_count; cell++) {
        if (term->weight[cell] > 0) {
            const struct point point = point_of_cell(arena, &side[from], cell);
            weigh_point(side, &point, term->weight[cell] * part, difference);
        }
    }
}

static struct term_difference difference_of(struct arena *arena, const struct side side[2],
                                            struct str name)
{
    struct term_difference difference = {.name = name, .most_at = STR("")};
    const double part = side[0].term != NULL && side[1].term != NULL ? 0.5 : 1;
    for (size_t s = 0; s < 2; s++) {
        if (side[s].term != NULL) {
            difference.importance[s] = term_importance(side[s].model, side[s].term);
            difference.is_in[s] = true;
            difference.term[s] = (size_t)(side[s].term - side[s].model->term);
            weigh_cells(arena, side, s, part, &difference);
        }
    }
    return difference;
}

static int by_difference(const void *left, const void *right)
{
    const struct term_difference *a = left;
    const struct term_difference *b = right;
    if (a->mean != b->mean) {
        return a->mean > b->mean ? -1 : 1;
    }
    return str_compare(a->name, b->name);
}

static enum candor_status must_speak_of_one_thing(struct job *job, const struct model *left,
                                                  const struct model *right)
{
    bool is_same = left->task == right->task && left->class_count == right->class_count;
    for (size_t c = 0; is_same && left->task == TASK_CLASSES && c < left->class_count; c++) {
        is_same = str_equal(left->class_name[c], right->class_name[c]);
    }
    is_same = is_same && (left->task != TASK_BINARY || str_equal(left->positive, right->positive));
    if (!is_same) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the models predict different things: their tasks, or the values they predict, "
                    "are not the same, so there is no scale to compare them on");
    }
    return CANDOR_OK;
}

enum candor_status model_differences(struct job *job, const struct model *left,
                                     const struct model *right, struct term_difference **difference,
                                     size_t *count)
{
    struct term_difference *made;
    size_t found = 0;
    TRY(must_speak_of_one_thing(job, left, right));
    TRY_ALLOC(job, made, left->term_count + right->term_count + 1, struct term_difference);
    for (size_t t = 0; t < left->term_count; t++) {
        const struct term *term = &left->term[t];
        const struct side side[2] = {{left, term, false}, counterpart(right, left, term)};
        made[found++] = difference_of(job->arena, side, term->name);
    }
    for (size_t t = 0; t < right->term_count; t++) {
        const struct term *term = &right->term[t];
        if (counterpart(left, right, term).term == NULL) {
            const struct side side[2] = {{left, NULL, false}, {right, term, false}};
            made[found++] = difference_of(job->arena, side, term->name);
        }
    }
    qsort(made, found, sizeof *made, by_difference);
    *difference = made;
    *count = found;
    return CANDOR_OK;
}
