/*
 * flatten.c - a model whose tables say no more of the group.
 *
 * Let w be the share of the rows in each cell of a term, p_k that of group k's rows, and f its values. The
 * mean contribution of group k differs from that of all by sum (p_k - w) f. With d_k = (p_k - w) / w this
 * is the product <d_k, f> = sum w d_k f, and the nearest f without any difference is f less its part along
 * the d_k: they are made orthogonal one after the other (Gram and Schmidt), and each takes its part.
 */
#include <math.h>

#include "model.h"
#include "repair.h"
#include "review.h"

static const double nothing = 1e-10; /* of the squared length that a direction began with */

struct term_work {
    size_t cells;
    double *weight;     /* w */
    double **direction; /* d_k, of each group */
    double *moved;
};

static double product(const struct term_work *work, const double *one, const double *other)
{
    double sum = 0;
    for (size_t c = 0; c < work->cells; c++) {
        sum += work->weight[c] * one[c] * other[c];
    }
    return sum;
}

static void take_away(const struct term_work *work, double *from, const double *what, double times)
{
    for (size_t c = 0; c < work->cells; c++) {
        from[c] -= times * what[c];
    }
}

/* Shares of the rows in each cell, of all and of each group. */
static void count_shares(const struct flattening *asked, const struct term *term,
                         struct term_work *work)
{
    uint64_t rows = 0;
    for (size_t row = 0; row < asked->row_count; row++) {
        const uint32_t group = asked->group[row];
        if (group != UINT32_MAX) {
            const size_t cell = term_cell(term, asked->bin + row * asked->model->feature_count);
            work->direction[group][cell]++;
            work->weight[cell]++;
            rows++;
        }
    }
    for (size_t g = 0; g < asked->group_count; g++) {
        double of_group = 0;
        for (size_t c = 0; c < work->cells; c++) {
            of_group += work->direction[g][c];
        }
        for (size_t c = 0; c < work->cells; c++) {
            const double share = of_group > 0 ? work->direction[g][c] / of_group : 0;
            const double all = work->weight[c] / (double)rows;
            work->direction[g][c] = all > 0 && of_group > 0 ? (share - all) / all : 0;
        }
    }
    for (size_t c = 0; c < work->cells; c++) {
        work->weight[c] /= (double)rows;
    }
}

/* What has to be added to the values so that no direction is left in them. */
static void project(const struct flattening *asked, const struct term *term,
                    const struct term_work *work)
{
    for (size_t k = 0; k < asked->group_count; k++) {
        double *direction = work->direction[k];
        const double began = product(work, direction, direction);
        for (size_t before = 0; before < k; before++) {
            const double *other = work->direction[before];
            const double length = product(work, other, other);
            if (length > 0) {
                take_away(work, direction, other, product(work, direction, other) / length);
            }
        }
        const double length = product(work, direction, direction);
        if (!(length > nothing * began)) {
            for (size_t c = 0; c < work->cells; c++) {
                direction[c] = 0; /* it follows from those before */
            }
            continue;
        }
        take_away(work, work->moved, direction, product(work, term->value, direction) / length);
    }
}

static enum candor_status flatten_term(struct job *job, const struct flattening *asked,
                                       const struct term *term, double *moved)
{
    struct term_work work = {.cells = term->cell_count, .moved = moved};
    TRY_ALLOC(job, work.weight, term->cell_count, double);
    TRY_ALLOC(job, work.direction, asked->group_count + 1, double *);
    for (size_t g = 0; g < asked->group_count; g++) {
        TRY_ALLOC(job, work.direction[g], term->cell_count, double);
    }
    count_shares(asked, term, &work);
    project(asked, term, &work);
    return CANDOR_OK;
}

enum candor_status flatten_moves(struct job *job, const struct flattening *asked, double **moved)
{
    const struct model *model = asked->model;
    size_t known = 0;
    if (model->task == TASK_CLASSES) {
        return fail(job, CANDOR_BAD_INPUT, "shapes of a model of classes cannot be repaired");
    }
    for (size_t row = 0; row < asked->row_count; row++) {
        known += asked->group[row] != UINT32_MAX;
    }
    if (known == 0) {
        return fail(job, CANDOR_BAD_INPUT, "no row is in a group");
    }
    TRY_ALLOC(job, *moved, model->cell_count + 1, double);
    for (size_t t = 0; t < model->term_count; t++) {
        const struct arena_mark mark = arena_mark(job->arena);
        if (asked->term == NULL || asked->term[t]) {
            TRY(flatten_term(job, asked, &model->term[t], *moved + model->start[t]));
        }
        arena_rewind(job->arena, mark);
    }
    return CANDOR_OK;
}

enum candor_status flatten_model(struct job *job, const struct model *model, const double *moved,
                                 double strength, struct model **flat)
{
    struct term *term = NULL;
    double *value = NULL;
    double *base = NEW_ARRAY(job->arena, model->class_count, double);
    struct model *changed = model_to_change(job->arena, model, &term);
    must(model->task != TASK_CLASSES);
    TRY_ALLOC(job, value, model->cell_count + 1, double);
    base[0] = model->class_base[0];
    for (size_t t = 0; t < model->term_count; t++) {
        double *of_term = value + model->start[t];
        for (size_t c = 0; c < term[t].cell_count; c++) {
            of_term[c] = term[t].value[c] + strength * moved[model->start[t] + c];
        }
        base[0] += term_centre(&term[t], of_term);
        term[t].value = of_term;
    }
    changed->class_base = base;
    TRY(model_index(job, changed));
    *flat = changed;
    return CANDOR_OK;
}
