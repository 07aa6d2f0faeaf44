/*
 * parity_pairs.c - what holds for all pairs of groups at once: the z that makes it so, and where the largest
 * gap of all pairs can be.
 *
 * With thousands of groups there are millions of pairs. Small groups have few different rates, so groups of
 * equal size and rate are looked at once.
 */
#include <math.h>
#include <stdlib.h>

#include "parity.h"

enum { Z_DRAWS = 4000, PAIRS_UP_TO = 64, RANGE_STEPS = 800 };

/* ---- z ------------------------------------------------------------------------------------- */

struct drawing {
    const double *deviation;
    size_t count;
    double *normal;
    double *scale; /* of each pair: 1 / sqrt(si^2 + sj^2) */
};

static double widest_pair(const struct drawing *drawing)
{
    double widest = 0;
    size_t pair = 0;
    for (size_t i = 1; i < drawing->count; i++) {
        for (size_t j = 0; j < i; j++, pair++) {
            const double apart = (drawing->normal[i] - drawing->normal[j]) * drawing->scale[pair];
            widest = fmax(widest, fabs(apart));
        }
    }
    return widest;
}

/*
 * The chance that of count normal numbers no two are further apart than so much: for each place of the
 * least of them, the others lie between it and the width above. By Simpson's rule, to 1e-9.
 */
static double range_within(double width, size_t count)
{
    const double step = 16.0 / RANGE_STEPS;
    double sum = 0;
    for (size_t i = 0; i <= RANGE_STEPS; i++) {
        const double x = -8 + step * (double)i;
        const double inside = normal_cdf(x + width) - normal_cdf(x);
        const double weight = i == 0 || i == RANGE_STEPS ? 1 : i % 2 == 1 ? 4 : 2;
        if (inside > 0) {
            sum += weight * exp_of(-x * x / 2 + (double)(count - 1) * log_of(inside));
        }
    }
    return (double)count * sum * step / 3 * 0.39894228040143267794;
}

/* Tukey's z for equal deviations; Hayter 1984: conservative where they differ. */
static double studentised_z(size_t count, double confidence)
{
    double low = 0;
    double high = 32;
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        *(range_within(middle, count) < confidence ? &low : &high) = middle;
    }
    return high * sqrt(0.5);
}

static void scale_pairs(const struct drawing *drawing)
{
    size_t pair = 0;
    for (size_t i = 1; i < drawing->count; i++) {
        for (size_t j = 0; j < i; j++) {
            drawing->scale[pair++] = 1 / hypot(drawing->deviation[i], drawing->deviation[j]);
        }
    }
}

enum candor_status parity_simultaneous_z(struct job *job, const double *deviation, size_t count,
                                         double confidence, uint64_t seed, double *z)
{
    struct drawing drawing = {.deviation = deviation, .count = count};
    double *widest = NULL;
    struct rng rng = rng_of(seed);
    if (count <= 2) {
        *z = normal_quantile((1 + confidence) / 2);
        return CANDOR_OK;
    }
    if (count > PAIRS_UP_TO) {
        *z = studentised_z(count, confidence);
        return CANDOR_OK;
    }
    TRY_ALLOC(job, drawing.normal, count, double);
    TRY_ALLOC(job, drawing.scale, count * (count - 1) / 2, double);
    TRY_ALLOC(job, widest, Z_DRAWS, double);
    scale_pairs(&drawing);
    for (size_t d = 0; d < Z_DRAWS; d++) {
        for (size_t i = 0; i < count; i++) {
            drawing.normal[i] = rng_normal(&rng) * deviation[i];
        }
        widest[d] = widest_pair(&drawing);
    }
    TRY(sort_f64(job, widest, Z_DRAWS));
    *z = widest[(size_t)ceil(confidence * Z_DRAWS) - 1];
    return CANDOR_OK;
}

/* ---- the widest gap ------------------------------------------------------------------------ */

/* A share with what every pair of it needs; equal ones are looked at once. */
struct bounds {
    struct parity_share share;
    struct interval wilson;
    size_t times; /* so many groups have it */
};

static int by_share(const void *left, const void *right)
{
    const struct bounds *one = left;
    const struct bounds *other = right;
    const double value[2] = {parity_value(one->share), parity_value(other->share)};
    if (value[0] != value[1]) {
        return value[0] < value[1] ? -1 : 1;
    }
    return (one->share.size > other->share.size) - (one->share.size < other->share.size);
}

static enum candor_status take_bounds(struct job *job, const struct parity_share *share,
                                      size_t share_count, double z, struct bounds **bounds,
                                      size_t *count)
{
    TRY_ALLOC(job, *bounds, share_count + 1, struct bounds);
    for (size_t i = 0; i < share_count; i++) {
        (*bounds)[i] = (struct bounds){share[i], {0, 0}, 1};
    }
    qsort(*bounds, share_count, sizeof **bounds, by_share);
    *count = 0;
    for (size_t i = 0; i < share_count; i++) {
        if (*count > 0 && by_share(&(*bounds)[*count - 1], &(*bounds)[i]) == 0) {
            (*bounds)[*count - 1].times++;
        } else {
            (*bounds)[*count] = (*bounds)[i];
            (*bounds)[*count].wilson = parity_wilson((*bounds)[i].share, z);
            (*count)++;
        }
    }
    return CANDOR_OK;
}

/* Newcombe's interval of a difference, as parity_newcombe with the Wilson intervals at hand. */
static struct interval newcombe_of(const struct bounds *first, const struct bounds *second)
{
    const double p = parity_value(first->share);
    const double q = parity_value(second->share);
    return (struct interval){p - q - hypot(p - first->wilson.low, second->wilson.high - q),
                             p - q + hypot(first->wilson.high - p, q - second->wilson.low)};
}

/* Where the largest true difference can be, when every pair is within its interval. */
static struct interval widest_difference(const struct bounds *bounds, size_t count)
{
    struct interval all = {0, 0};
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j <= i; j++) {
            if (i != j || bounds[i].times > 1) {
                const struct interval one = newcombe_of(&bounds[i], &bounds[j]);
                all.low = fmax(all.low, fmax(one.low, -one.high));
                all.high = fmax(all.high, fmax(one.high, -one.low));
            }
        }
    }
    all.high = fmin(all.high, 1);
    return all;
}

static struct interval smallest_ratio(const struct bounds *bounds, size_t count, double z)
{
    struct interval all = {1, 1};
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            if (i == j && bounds[i].times == 1) {
                continue;
            }
            const struct interval one = parity_katz(bounds[i].share, bounds[j].share, z);
            if (isnan(one.low)) {
                all.low = 0; /* a denominator of no hits: any ratio may be */
            } else {
                all.low = fmin(all.low, one.low);
                all.high = fmin(all.high, one.high);
            }
        }
    }
    return all;
}

enum candor_status parity_simultaneous(struct job *job, const struct parity_share *share,
                                       size_t share_count, bool is_ratio, double z,
                                       struct interval *interval)
{
    struct bounds *bounds = NULL;
    size_t count = 0;
    TRY(take_bounds(job, share, share_count, z, &bounds, &count));
    *interval = is_ratio ? smallest_ratio(bounds, count, z) : widest_difference(bounds, count);
    return CANDOR_OK;
}
