/*
 * factors.c - how the terms of a model move together, in a few vectors.
 *
 * The variance of a score needs the whole covariance V of the unknowns, which is as large as the square
 * of a model. The squares of V around the diagonal, one per block, are in the standard deviations of the
 * cells; what is left, R, is small but for a few directions (two features that say nearly the same).
 * Those are found by orthogonal iteration, with a Rayleigh-Ritz step at the end (Golub and Van Loan,
 * sections 7.3.2 and 8.1.4):
 *
 *     R = V - squares ~ sum over f of sign_f u_f u_f'
 *
 * V = M M' is never formed: M is the root of the inverse, and V x = M (M' x).
 */
#include "fit.h"

#include <assert.h>
#include <math.h>

#include "numeric.h"

enum { TURNS = 4, ROTATIONS = 30 };
static_assert(FACTORS_EACH <= ROOT_VECTORS, "all factors of a fit are multiplied at once");

struct span {
    const struct design *design;
    struct root root;
    double *const *square; /* of each block, the lower triangle by columns */
    size_t size;
    size_t count;  /* vectors */
    double *at;    /* at[i * count + f] */
    double *image; /* R at */
    double *wide;  /* three times ROOT_VECTORS vectors, of which count are at work */
};

/* image = M (M' at) */
static void multiply_whole(struct span *span)
{
    const size_t count = span->count;
    for (size_t i = 0; i < span->size; i++) {
        for (size_t f = 0; f < count; f++) {
            span->wide[i * ROOT_VECTORS + f] = span->at[i * count + f];
        }
    }
    double *through = span->wide + span->size * ROOT_VECTORS;
    double *into = through + span->size * ROOT_VECTORS;
    root_times(span->root, span->wide, through, into);
    for (size_t i = 0; i < span->size; i++) {
        for (size_t f = 0; f < count; f++) {
            span->image[i * count + f] = into[i * ROOT_VECTORS + f];
        }
    }
}

static void take_out_squares(struct span *span)
{
    const size_t count = span->count;
    for (size_t b = 0; b < span->design->block_count; b++) {
        const struct block *block = &span->design->block[b];
        const size_t cells = block->cell_count;
        for (size_t i = 0; i < cells; i++) {
            for (size_t j = 0; j < cells; j++) {
                const double v = span->square[b][i >= j ? j * cells + i : i * cells + j];
                for (size_t f = 0; f < count; f++) {
                    span->image[(block->start + i) * count + f] -=
                        v * span->at[(block->start + j) * count + f];
                }
            }
        }
    }
}

static void apply(struct span *span)
{
    multiply_whole(span);
    take_out_squares(span);
}

static double product(const double *left, const double *right, size_t f, size_t g,
                      const struct span *span)
{
    double sum = 0;
    for (size_t i = 0; i < span->size; i++) {
        sum += left[i * span->count + f] * right[i * span->count + g];
    }
    return sum;
}

/* at becomes an orthonormal basis of what image spans. Gram and Schmidt, twice. */
static void take_basis(struct span *span)
{
    const size_t count = span->count;
    bytes_copy(span->at, span->image, span->size * count * sizeof *span->at);
    for (size_t f = 0; f < count; f++) {
        for (size_t g = 0; g < 2 * f; g++) {
            const double along = product(span->at, span->at, f, g % f, span);
            for (size_t i = 0; i < span->size; i++) {
                span->at[i * count + f] -= along * span->at[i * count + g % f];
            }
        }
        const double length = sqrt(product(span->at, span->at, f, f, span));
        for (size_t i = 0; i < span->size; i++) {
            span->at[i * count + f] = length > 0 ? span->at[i * count + f] / length : 0;
        }
    }
}

/* One turn of Jacobi's method in the plane of p and q, after which a[p][q] is 0. */
static void rotate(double a[FACTORS_MAX][FACTORS_MAX], double v[FACTORS_MAX][FACTORS_MAX],
                   size_t count, size_t p, size_t q)
{
    const double ratio = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    const double t = (ratio >= 0 ? 1 : -1) / (fabs(ratio) + sqrt(1 + ratio * ratio));
    const double c = 1 / sqrt(1 + t * t);
    const double s = t * c;
    for (size_t k = 0; k < count; k++) {
        const double left = a[k][p];
        const double right = a[k][q];
        a[k][p] = c * left - s * right;
        a[k][q] = s * left + c * right;
    }
    for (size_t k = 0; k < count; k++) {
        const double left = a[p][k];
        const double right = a[q][k];
        a[p][k] = c * left - s * right;
        a[q][k] = s * left + c * right;
        const double first = v[k][p];
        const double second = v[k][q];
        v[k][p] = c * first - s * second;
        v[k][q] = s * first + c * second;
    }
}

/* Jacobi's method: a becomes diagonal, the columns of v its eigenvectors. */
static void rotate_all(double a[FACTORS_MAX][FACTORS_MAX], double v[FACTORS_MAX][FACTORS_MAX],
                       size_t count)
{
    for (unsigned turn = 0; turn < ROTATIONS; turn++) {
        for (size_t p = 0; p < count; p++) {
            for (size_t q = p + 1; q < count; q++) {
                if (a[p][q] != 0) {
                    rotate(a, v, count, p, q);
                }
            }
        }
    }
}

static void take_factors(struct span *span, double scale, double *sign, double *factor)
{
    const size_t count = span->count;
    double a[FACTORS_MAX][FACTORS_MAX] = {{0}};
    double v[FACTORS_MAX][FACTORS_MAX] = {{0}};
    apply(span);
    for (size_t f = 0; f < count; f++) {
        v[f][f] = 1;
        for (size_t g = 0; g <= f; g++) {
            a[f][g] = product(span->at, span->image, f, g, span);
            a[g][f] = a[f][g];
        }
    }
    rotate_all(a, v, count);
    for (size_t f = 0; f < count; f++) {
        sign[f] = a[f][f] < 0 ? -1 : 1;
        const double length = sqrt(fabs(a[f][f]) * scale);
        for (size_t i = 0; i < span->size; i++) {
            double sum = 0;
            for (size_t g = 0; g < count; g++) {
                sum += v[g][f] * span->at[i * count + g];
            }
            factor[f * span->size + i] = length * sum;
        }
    }
}

enum candor_status factors_find(struct job *job, const struct design *design, struct root root,
                                double *const *square, double scale, struct factors *factors)
{
    const size_t size = design->cell_count;
    const size_t most = size / 2 < FACTORS_EACH ? size / 2 : FACTORS_EACH;
    factors->count = design->block_count > 1 ? most : 0;
    struct span span = {design, root, square, size, factors->count, NULL, NULL, NULL};
    if (factors->count == 0) {
        return CANDOR_OK;
    }
    const struct arena_mark mark = arena_mark(job->arena);
    TRY_ALLOC(job, span.at, size * span.count, double);
    TRY_ALLOC(job, span.image, size * span.count, double);
    TRY_ALLOC(job, span.wide, size * ROOT_VECTORS * 3, double);
    struct rng rng = rng_of(1); /* any start will do that is always the same */
    for (size_t i = 0; i < size * span.count; i++) {
        span.image[i] = rng_f64(&rng) - 0.5;
    }
    for (unsigned turn = 0; turn < TURNS; turn++) {
        take_basis(&span);
        apply(&span);
    }
    take_basis(&span);
    take_factors(&span, scale, factors->sign, factors->factor);
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}
