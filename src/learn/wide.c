/*
 * wide.c - a Newton step where the matrix would be too large, or too slow to add up.
 *
 * The table of Z'WZ costs a walk over the rows for each pair of features, and its factor the cube of the
 * cells. What it does to a vector costs two walks for each feature:
 *
 *     score of each row      u = Z v - mean          (the mean takes the intercept out)
 *     whole numbers          w = W u / unit          31 bits of the largest one
 *     sums by cell           Z'w, and P v beside it
 *
 * so the step is found by conjugate gradients (Hestenes and Stiefel 1952), with the blocks on the diagonal,
 * factored, as preconditioner. The sums are of whole numbers, as everywhere: neither threads nor the order
 * of the rows nor the number of parties changes a bit.
 *
 * What the inverse is asked for, the squares around its diagonal, are those of the blocks alone: what
 * features share is left out. Smoothing is a little stronger and bands are narrower where features say
 * nearly the same; docs/learner.md has the figures.
 */
#include "fit.h"

#include <math.h>

#include "numeric.h"

enum { PIECE_ROWS = 8192, STRIP_ROWS = 512, TURNS_MAX = 300, WHOLE_BITS = 30 };

/* ---- the product with a vector ---- */

struct product {
    const struct wide *wide;
    const double *vector;
    double mean;
    double unit;
};

static size_t piece_count_of(size_t row_count)
{
    return (row_count + PIECE_ROWS - 1) / PIECE_ROWS;
}

/* The scores of some rows, times their curvature. Returns the largest. */
static double score_strip(const struct product *product, size_t first, size_t count)
{
    const struct wide *wide = product->wide;
    double *score = wide->row_score + first;
    const int32_t *curvature = wide->rows->curvature + first;
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        score[i] = -product->mean;
    }
    for (size_t b = 0; b < wide->design->block_count; b++) {
        const struct block *block = &wide->design->block[b];
        const double *value = product->vector + block->start;
        for (size_t i = 0; i < count && block->cell_count > 0; i++) {
            score[i] += value[block->cell[first + i]];
        }
    }
    for (size_t i = 0; i < count; i++) {
        score[i] *= (double)curvature[i];
        most = fmax(most, fabs(score[i]));
    }
    return most;
}

static void score_piece(void *context, size_t piece)
{
    const struct product *product = context;
    const size_t from = piece * PIECE_ROWS;
    const size_t left = product->wide->rows->row_count - from;
    const size_t to = from + (left < PIECE_ROWS ? left : PIECE_ROWS);
    double most = 0;
    for (size_t first = from; first < to; first += STRIP_ROWS) {
        const size_t count = to - first < STRIP_ROWS ? to - first : STRIP_ROWS;
        most = fmax(most, score_strip(product, first, count));
    }
    product->wide->piece_most[piece] = most;
}

static void round_piece(void *context, size_t piece)
{
    const struct product *product = context;
    const struct wide *wide = product->wide;
    const size_t from = piece * PIECE_ROWS;
    const size_t left = wide->rows->row_count - from;
    const size_t to = from + (left < PIECE_ROWS ? left : PIECE_ROWS);
    const double times = 1 / product->unit;
    for (size_t row = from; row < to; row++) {
        wide->row_whole[row] = (int32_t)lrint(wide->row_score[row] * times);
    }
}

static void sum_block_piece(void *context, size_t index)
{
    const struct wide *wide = ((const struct product *)context)->wide;
    const struct block *block = &wide->design->block[index];
    rows_sum_values(wide->rows, block, wide->row_whole, wide->sum + block->start);
}

/* image = A vector. */
static enum candor_status multiply(struct job *job, const struct wide *wide, const double *vector,
                                   double *image)
{
    const struct rows *rows = wide->rows;
    const size_t size = wide->design->cell_count;
    const size_t pieces = piece_count_of(rows->row_count);
    struct product product = {.wide = wide, .vector = vector};
    for (size_t i = 0; i < size; i++) {
        product.mean += wide->system.border[i] * vector[i] / wide->system.curvature;
    }
    pool_each(rows->threads, pieces, score_piece, &product);
    double most = 1;
    for (size_t piece = 0; piece < pieces; piece++) {
        most = fmax(most, wide->piece_most[piece]);
    }
    TRY(reduce_most(job, rows->reducer, &most, 1));
    int exponent;
    (void)frexp(most, &exponent);
    product.unit = ldexp(1, exponent - WHOLE_BITS);
    pool_each(rows->threads, pieces, round_piece, &product);
    pool_each(rows->threads, wide->design->block_count, sum_block_piece, &product);
    TRY(reduce_add(job, rows->reducer, wide->sum, size));

    for (size_t i = 0; i < size; i++) {
        image[i] = 0;
    }
    system_take_penalties(wide->design, vector, image);
    for (size_t h = 0; h < wide->design->hold_count; h++) {
        const struct hold *hold = &wide->design->hold[h];
        const size_t start = wide->design->block[hold->block].start;
        hold_product(hold, wide->system.unknown + start, vector + start, image + start);
    }
    const double unit = product.unit * rows->curvature_unit;
    for (size_t i = 0; i < size; i++) {
        image[i] = (double)wide->sum[i] * unit - image[i];
    }
    return CANDOR_OK;
}

/* ---- the blocks ---- */

static enum candor_status factor_blocks(struct job *job, const struct wide *wide)
{
    for (size_t b = 0; b < wide->design->block_count; b++) {
        if (wide->factor[b].size > 0) {
            system_fill_block(&wide->system, b, wide->factor[b], 0);
            TRY(cholesky_factor(job, wide->factor[b]));
        }
    }
    return CANDOR_OK;
}

static void solve_blocks(const struct wide *wide, const double *from, double *into)
{
    bytes_copy(into, from, wide->design->cell_count * sizeof *into);
    for (size_t b = 0; b < wide->design->block_count; b++) {
        cholesky_solve(wide->factor[b], into + wide->design->block[b].start);
    }
}

enum candor_status wide_covariance(struct job *job, const struct wide *wide, double **covariance)
{
    for (size_t b = 0; b < wide->design->block_count; b++) {
        const struct arena_mark mark = arena_mark(job->arena);
        const size_t size = wide->factor[b].size;
        struct root root;
        TRY(root_begin(job, size, &root));
        TRY(cholesky_invert(job, wide->factor[b], root));
        TRY(cholesky_inverse_block(job, root, 0, size, covariance[b]));
        arena_rewind(job->arena, mark);
    }
    return CANDOR_OK;
}

/* ---- conjugate gradients ---- */

static double product_of(const double *left, const double *right, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += left[i] * right[i];
    }
    return sum;
}

/* One turn; rest is what is left of the right side, by the preconditioner. */
static enum candor_status turn(struct job *job, const struct wide *wide, double *solution,
                               double *rest)
{
    const size_t size = wide->design->cell_count;
    TRY(multiply(job, wide, wide->direction, wide->image));
    const double bent = product_of(wide->direction, wide->image, size);
    if (!(bent > 0)) {
        *rest = 0; /* below what rounding leaves of the product */
        return CANDOR_OK;
    }
    const double length = *rest / bent;
    for (size_t i = 0; i < size; i++) {
        solution[i] += length * wide->direction[i];
        wide->residual[i] -= length * wide->image[i];
    }
    solve_blocks(wide, wide->residual, wide->image);
    const double next = product_of(wide->residual, wide->image, size);
    for (size_t i = 0; i < size; i++) {
        wide->direction[i] = wide->image[i] + next / *rest * wide->direction[i];
    }
    *rest = next;
    return CANDOR_OK;
}

enum candor_status wide_solve(struct job *job, struct wide *wide, double tolerance, double *right)
{
    const size_t size = wide->design->cell_count;
    TRY(factor_blocks(job, wide));
    bytes_copy(wide->residual, right, size * sizeof *right);
    solve_blocks(wide, wide->residual, wide->direction);
    double rest = product_of(wide->residual, wide->direction, size);
    const double enough = rest * tolerance * tolerance;
    for (size_t i = 0; i < size; i++) {
        right[i] = 0;
    }
    for (unsigned t = 0; t < TURNS_MAX && rest > enough; t++) {
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "training was stopped within a round");
        }
        /* Any number of turns goes downhill, so the deadline may end them. */
        if (t > 0 && deadline_is_past(wide->deadline)) {
            break;
        }
        TRY(turn(job, wide, right, &rest));
    }
    return CANDOR_OK;
}

enum candor_status wide_begin(struct job *job, const struct design *design, struct rows *rows,
                              struct wide *wide)
{
    const size_t size = design->cell_count;
    *wide = (struct wide){.design = design, .rows = rows};
    TRY_ALLOC(job, wide->factor, design->block_count + 1, struct matrix);
    for (size_t b = 0; b < design->block_count; b++) {
        const size_t cells = design->block[b].cell_count;
        wide->factor[b].size = cells;
        TRY_ALLOC(job, wide->factor[b].cell, cells * cells + 1, double);
    }
    TRY_ALLOC(job, wide->row_score, rows->row_count + 1, double);
    TRY_ALLOC(job, wide->row_whole, rows->row_count + 1, int32_t);
    TRY_ALLOC(job, wide->piece_most, piece_count_of(rows->row_count) + 1, double);
    TRY_ALLOC(job, wide->sum, size + 1, int64_t);
    TRY_ALLOC(job, wide->residual, size + 1, double);
    TRY_ALLOC(job, wide->direction, size + 1, double);
    TRY_ALLOC(job, wide->image, size + 1, double);
    return CANDOR_OK;
}
