/*
 * hold.c - what a person knows of a shape: that it rises, falls, or bends one way only.
 *
 * A step the wrong way, d < 0, costs stiff / 2 * d^2, a step the right way nothing (asymmetric difference
 * penalties: Eilers 2005; Bollaerts, Eilers and van Mechelen 2006). The cost is convex and smooth, so
 * Newton's method goes on as before with the steps that are wrong at the moment. What is left of them
 * in the end is a thousandth of a unit; the table is then brought to the nearest shape that keeps the
 * rule exactly, by pooling neighbours (Barlow et al. 1972), which keeps its weighted mean.
 *
 * For a shape that bends, d is the change of the slope by the values themselves, times the wider of the
 * two gaps, so that its size is that of a step.
 */
#include "fit.h"

#include <math.h>

static const double stiff = 1e6;

static double sign_of(enum shape shape)
{
    return shape == SHAPE_DOWN || shape == SHAPE_CONCAVE ? -1 : 1;
}

static bool bends(enum shape shape)
{
    return shape == SHAPE_CONVEX || shape == SHAPE_CONCAVE;
}

enum candor_status hold_begin(struct job *job, const struct model_feature *feature, size_t block,
                              enum shape shape, struct hold *hold)
{
    *hold = (struct hold){.block = block, .shape = shape, .count = feature->value_count};
    if (feature->kind == COLUMN_CATEGORY) {
        return fail(job, CANDOR_BAD_INPUT,
                    "'%.*s' is a category: its values have no order, so it cannot have a shape",
                    STR_ARG(feature->name));
    }
    double *x = NEW_ARRAY(job->arena, feature->value_count + 1, double);
    for (size_t v = 0; v < feature->value_count; v++) {
        x[v] =
            feature->kind == COLUMN_NUMBER ? feature->low[v] / 2 + feature->high[v] / 2 : (double)v;
    }
    hold->x = x;
    return CANDOR_OK;
}

/* The weights of up to three neighbours in step i, and how many there are. Values start at bin 1. */
static size_t step_of(const struct hold *hold, size_t i, double weight[3])
{
    const double sign = sign_of(hold->shape);
    if (!bends(hold->shape)) {
        weight[0] = -sign;
        weight[1] = sign;
        return 2;
    }
    const double left = hold->x[i + 1] - hold->x[i];
    const double right = hold->x[i + 2] - hold->x[i + 1];
    const double wide = left > right ? left : right;
    weight[0] = sign * wide / left;
    weight[1] = -sign * (wide / left + wide / right);
    weight[2] = sign * wide / right;
    return 3;
}

static size_t step_count(const struct hold *hold)
{
    const size_t reach = bends(hold->shape) ? 2 : 1;
    return hold->count > reach ? hold->count - reach : 0;
}

/* How far step i goes the wrong way; 0 when it is right. b are the unknowns of the block. */
static double wrong(const struct hold *hold, const double *b, size_t i, double weight[3])
{
    double sum = 0;
    const size_t count = step_of(hold, i, weight);
    for (size_t k = 0; k < count; k++) {
        sum += weight[k] * b[1 + i + k];
    }
    return fmin(sum, 0);
}

double hold_cost(const struct hold *hold, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < step_count(hold); i++) {
        double weight[3];
        const double d = wrong(hold, b, i, weight);
        sum += d * d;
    }
    return stiff / 2 * sum;
}

void hold_gradient(const struct hold *hold, const double *b, double *right)
{
    for (size_t i = 0; i < step_count(hold); i++) {
        double weight[3];
        const double d = wrong(hold, b, i, weight);
        for (size_t k = 0; d < 0 && k < (bends(hold->shape) ? 3U : 2U); k++) {
            right[1 + i + k] -= stiff * d * weight[k];
        }
    }
}

static void add_curvature(const double weight[3], size_t reach, double size, size_t at,
                          struct matrix a)
{
    for (size_t k = 0; k < reach; k++) {
        for (size_t l = 0; l <= k; l++) {
            a.cell[(at + l) * a.size + at + k] += size * weight[k] * weight[l];
        }
    }
}

void hold_curvature(const struct hold *hold, const double *b, size_t start, struct matrix a)
{
    for (size_t i = 0; i < step_count(hold); i++) {
        double weight[3];
        if (wrong(hold, b, i, weight) < 0) {
            add_curvature(weight, bends(hold->shape) ? 3 : 2, stiff, start + 1 + i, a);
        }
    }
}

void hold_prior(const struct hold *hold, const double *b, struct matrix a)
{
    const size_t reach = bends(hold->shape) ? 3 : 2;
    for (size_t i = 0; i < step_count(hold); i++) {
        double weight[3];
        if (wrong(hold, b, i, weight) < 0) {
            double square = 0;
            for (size_t k = 0; k < reach; k++) {
                square += weight[k] * weight[k];
            }
            add_curvature(weight, reach, stiff * 2 / square, 1 + i, a);
        }
    }
}

void hold_product(const struct hold *hold, const double *b, const double *vector, double *into)
{
    for (size_t i = 0; i < step_count(hold); i++) {
        double weight[3];
        const double d = wrong(hold, b, i, weight);
        const size_t reach = bends(hold->shape) ? 3 : 2;
        double along = 0;
        for (size_t k = 0; d < 0 && k < reach; k++) {
            along += weight[k] * vector[1 + i + k];
        }
        for (size_t k = 0; d < 0 && k < reach; k++) {
            into[1 + i + k] -= stiff * weight[k] * along;
        }
    }
}

/* ---- the nearest shape --------------------------------------------------------------------- */

/* The nearest sequence that never falls: pool what does. */
static void pool_rising(double *value, const double *weight, size_t count)
{
    double mean[BINS_MAX];
    double mass[BINS_MAX];
    size_t until[BINS_MAX];
    size_t pools = 0;
    for (size_t i = 0; i < count; i++) {
        mean[pools] = value[i];
        mass[pools] = fmax(weight[i], 1e-12);
        until[pools] = i + 1;
        pools++;
        while (pools > 1 && mean[pools - 1] < mean[pools - 2]) {
            const double both = mass[pools - 2] + mass[pools - 1];
            mean[pools - 2] += (mean[pools - 1] - mean[pools - 2]) * (mass[pools - 1] / both);
            mass[pools - 2] = both;
            until[pools - 2] = until[pools - 1];
            pools--;
        }
    }
    for (size_t pool = 0, i = 0; pool < pools; pool++) {
        for (; i < until[pool]; i++) {
            value[i] = mean[pool];
        }
    }
}

/* Slopes that never fall, then the values again from them, with the same weighted mean. */
static void bend(const struct hold *hold, double *value, const double *weight)
{
    double slope[BINS_MAX] = {0};
    double gap[BINS_MAX] = {0};
    double before = 0;
    double after = 0;
    double mass = 0;
    for (size_t i = 0; i < hold->count; i++) {
        before += weight[i] * value[i];
        mass += weight[i];
    }
    for (size_t i = 0; i + 1 < hold->count; i++) {
        gap[i] = hold->x[i + 1] - hold->x[i];
        slope[i] = (value[i + 1] - value[i]) / gap[i];
    }
    pool_rising(slope, gap, hold->count - 1);
    for (size_t i = 0; i + 1 < hold->count; i++) {
        value[i + 1] = value[i] + slope[i] * gap[i];
    }
    for (size_t i = 0; i < hold->count; i++) {
        after += weight[i] * value[i];
    }
    for (size_t i = 0; i < hold->count && mass > 0; i++) {
        value[i] += (before - after) / mass;
    }
}

void hold_exactly(const struct hold *hold, double *value, const double *weight)
{
    const double sign = sign_of(hold->shape);
    if (step_count(hold) == 0) {
        return;
    }
    for (size_t i = 0; i < hold->count; i++) {
        value[1 + i] *= sign;
    }
    if (bends(hold->shape)) {
        bend(hold, value + 1, weight + 1);
    } else {
        pool_rising(value + 1, weight + 1, hold->count);
    }
    for (size_t i = 0; i < hold->count; i++) {
        value[1 + i] *= sign;
    }
}
