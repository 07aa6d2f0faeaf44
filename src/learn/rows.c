/*
 * rows.c - everything that walks over rows.
 *
 * A round walks twice. First it scores the rows, piece by piece, and rounds each row's derivatives to
 * whole numbers of 31 bits. Then it adds those up, one walk over all rows for each pair of blocks:
 *
 *     cross[cell of i, cell of j] += curvature        1 ns a row, the table stays in the cache
 *
 * A table belongs to one thread at a time, and whole numbers add up the same way in any order, so
 * neither the number of threads nor the order of the rows changes a bit. 2^31 rows of 31 bits fit
 * into 62.
 */
#include "fit.h"

#include <math.h>

enum { PIECE_ROWS = 8192, STRIP_ROWS = 512, DERIVATIVE_BITS = 30 };

/* Losses are rounded to 2^-24: a million rows are then known to 1e-4 of one row. */
static const double loss_unit = 0x1p-24;

struct rows_whole {
    int64_t loss;
    int64_t gradient;
    int64_t curvature;
};

static size_t piece_count_of(size_t row_count)
{
    return (row_count + PIECE_ROWS - 1) / PIECE_ROWS;
}

static double weight_at(const struct rows *rows, size_t row)
{
    return rows->weight == NULL ? 1 : rows->weight[row];
}

/* The power of two above every possible derivative, in units of 2^-30 of it. */
static double unit_for(double largest)
{
    int exponent;
    (void)frexp(largest, &exponent);
    return ldexp(1, exponent - DERIVATIVE_BITS);
}

void rows_set_offset(struct rows *rows, const double *offset)
{
    double weight = 0;
    double reach = 0;
    rows->offset = offset;
    for (size_t row = 0; row < rows->row_count; row++) {
        weight = fmax(weight, weight_at(rows, row));
        reach = fmax(reach, fabs(rows->target[row] - (offset == NULL ? 0 : offset[row])));
    }
    if (rows->task == TASK_BINARY) {
        rows->gradient_unit = unit_for(weight);
        rows->curvature_unit = unit_for(weight / 4);
    } else {
        /* A prediction beyond twice the reach of the targets would be cut off, always alike. */
        rows->gradient_unit = unit_for(weight * reach * 2);
        rows->curvature_unit = unit_for(weight);
    }
}

enum candor_status rows_begin(struct job *job, struct rows *rows)
{
    TRY_ALLOC(job, rows->gradient, rows->row_count, int32_t);
    TRY_ALLOC(job, rows->curvature, rows->row_count, int32_t);
    TRY_ALLOC(job, rows->piece, piece_count_of(rows->row_count), struct rows_whole);
    rows_set_offset(rows, rows->offset);
    return CANDOR_OK;
}

/* ---- scores and derivatives ---- */

static void strip_scores(const struct rows *rows, const struct scorer *scorer, size_t first,
                         size_t count, double *score)
{
    for (size_t i = 0; i < count; i++) {
        score[i] = scorer->intercept + (rows->offset == NULL ? 0 : rows->offset[first + i]);
    }
    const struct design *design = scorer->design;
    for (size_t b = 0; b < design->block_count; b++) {
        const uint8_t *cell = design->block[b].cell + first;
        const double *unknown = scorer->unknown + design->block[b].start;
        for (size_t i = 0; i < count; i++) {
            score[i] += unknown[cell[i]];
        }
    }
}

static int32_t whole(double value, double unit)
{
    const double scaled = value / unit;
    return (int32_t)lrint(fmin(fmax(scaled, -(double)INT32_MAX), (double)INT32_MAX));
}

struct derivatives {
    double loss;
    double gradient;
    double curvature;
};

static struct derivatives logistic(double score, double target)
{
    /* With e = exp(-|score|) nothing overflows. */
    const double e = exp(-fabs(score));
    const double chance = score >= 0 ? 1 / (1 + e) : e / (1 + e);
    return (struct derivatives){
        .loss = log1p(e) + fmax(score, 0) - target * score,
        .gradient = target - chance,
        .curvature = fmax(e / ((1 + e) * (1 + e)), 1e-5),
    };
}

static struct derivatives squared(double score, double target)
{
    const double rest = target - score;
    return (struct derivatives){.loss = rest * rest / 2, .gradient = rest, .curvature = 1};
}

struct evaluation {
    struct rows *rows;
    const struct scorer *scorer;
};

static void evaluate_strip(const struct evaluation *evaluation, size_t first, size_t count,
                           struct rows_whole *sum)
{
    const struct rows *rows = evaluation->rows;
    double score[STRIP_ROWS];
    strip_scores(rows, evaluation->scorer, first, count, score);
    for (size_t i = 0; i < count; i++) {
        const size_t row = first + i;
        const double weight = weight_at(rows, row);
        const struct derivatives at = rows->task == TASK_BINARY
                                          ? logistic(score[i], rows->target[row])
                                          : squared(score[i], rows->target[row]);
        const int32_t gradient = whole(weight * at.gradient, rows->gradient_unit);
        const int32_t curvature = whole(weight * at.curvature, rows->curvature_unit);
        rows->gradient[row] = gradient;
        rows->curvature[row] = curvature;
        sum->loss += llrint(weight * at.loss / loss_unit);
        sum->gradient += gradient;
        sum->curvature += curvature;
    }
}

static void evaluate_piece(void *context, size_t piece)
{
    const struct evaluation *evaluation = context;
    const size_t from = piece * PIECE_ROWS;
    const size_t left = evaluation->rows->row_count - from;
    const size_t to = from + (left < PIECE_ROWS ? left : PIECE_ROWS);

    struct rows_whole sum = {0};
    for (size_t first = from; first < to; first += STRIP_ROWS) {
        evaluate_strip(evaluation, first, to - first < STRIP_ROWS ? to - first : STRIP_ROWS, &sum);
    }
    evaluation->rows->piece[piece] = sum;
}

struct rows_total rows_evaluate(struct rows *rows, const struct scorer *scorer)
{
    struct evaluation evaluation = {rows, scorer};
    const size_t piece_count = piece_count_of(rows->row_count);
    pool_each(rows->threads, piece_count, evaluate_piece, &evaluation);

    struct rows_whole sum = {0};
    for (size_t piece = 0; piece < piece_count; piece++) {
        sum.loss += rows->piece[piece].loss;
        sum.gradient += rows->piece[piece].gradient;
        sum.curvature += rows->piece[piece].curvature;
    }
    return (struct rows_total){
        .loss = (double)sum.loss * loss_unit,
        .gradient = (double)sum.gradient * rows->gradient_unit,
        .curvature = (double)sum.curvature * rows->curvature_unit,
    };
}

void rows_scores(const struct rows *rows, const struct scorer *scorer, double *score)
{
    for (size_t first = 0; first < rows->row_count; first += STRIP_ROWS) {
        const size_t left = rows->row_count - first;
        strip_scores(rows, scorer, first, left < STRIP_ROWS ? left : STRIP_ROWS, score + first);
    }
}

/* ---- sums ---- */

enum candor_status sums_begin(struct job *job, const struct design *design, struct sums *sums)
{
    const size_t blocks = design->block_count;
    *sums = (struct sums){.design = design};
    TRY_ALLOC(job, sums->gradient, design->cell_count + 1, int64_t);
    TRY_ALLOC(job, sums->curvature, design->cell_count + 1, int64_t);
    TRY_ALLOC(job, sums->cross, blocks * blocks / 2 + 1, int64_t *);
    for (size_t i = 1; i < blocks; i++) {
        for (size_t j = 0; j < i; j++) {
            const size_t cells = design->block[i].cell_count * design->block[j].cell_count;
            TRY_ALLOC(job, sums->cross[i * (i - 1) / 2 + j], cells, int64_t);
        }
    }
    return CANDOR_OK;
}

static void sum_block(const struct rows *rows, const struct block *block, const int32_t *value,
                      int64_t *sum)
{
    for (size_t cell = 0; cell < block->cell_count; cell++) {
        sum[cell] = 0;
    }
    for (size_t row = 0; row < rows->row_count; row++) {
        sum[block->cell[row]] += value[row];
    }
}

enum { SMALL_CELLS = 2048 };

/*
 * Neighbouring rows often fall into one cell, and adding to the same place twice in a row waits for
 * the first addition to arrive. Even and odd rows therefore go to tables of their own where there is
 * room: 16 kB on the stack.
 */
static void cross_small(const struct rows *rows, const uint8_t *left, const uint8_t *right,
                        size_t width, size_t cells, int64_t *sum)
{
    int64_t odd[SMALL_CELLS];
    for (size_t cell = 0; cell < cells; cell++) {
        sum[cell] = 0;
        odd[cell] = 0;
    }
    const int32_t *curvature = rows->curvature;
    const size_t even_count = rows->row_count & ~(size_t)1;
    for (size_t row = 0; row < even_count; row += 2) {
        sum[left[row] * width + right[row]] += curvature[row];
        odd[left[row + 1] * width + right[row + 1]] += curvature[row + 1];
    }
    if (even_count < rows->row_count) {
        sum[left[even_count] * width + right[even_count]] += curvature[even_count];
    }
    for (size_t cell = 0; cell < cells; cell++) {
        sum[cell] += odd[cell];
    }
}

static void cross_large(const struct rows *rows, const uint8_t *left, const uint8_t *right,
                        size_t width, size_t cells, int64_t *sum)
{
    for (size_t cell = 0; cell < cells; cell++) {
        sum[cell] = 0;
    }
    const int32_t *curvature = rows->curvature;
    for (size_t row = 0; row < rows->row_count; row++) {
        sum[left[row] * width + right[row]] += curvature[row];
    }
}

struct summation {
    const struct rows *rows;
    struct sums *sums;
    bool with_curvature;
};

static void sum_single(const struct summation *summation, size_t index)
{
    const struct rows *rows = summation->rows;
    const struct block *block = &summation->sums->design->block[index];
    sum_block(rows, block, rows->gradient, summation->sums->gradient + block->start);
    if (summation->with_curvature) {
        sum_block(rows, block, rows->curvature, summation->sums->curvature + block->start);
    }
}

/* Piece 0 .. blocks - 1 are the single blocks; then come the pairs of blocks. */
static void sum_piece(void *context, size_t piece)
{
    const struct summation *summation = context;
    const struct design *design = summation->sums->design;
    if (piece < design->block_count) {
        sum_single(summation, piece);
        return;
    }

    const size_t cross = piece - design->block_count;
    size_t i = 1;
    while ((i + 1) * i / 2 <= cross) {
        i++;
    }
    const struct block *left = &design->block[i];
    const struct block *right = &design->block[cross - i * (i - 1) / 2];
    const size_t cells = left->cell_count * right->cell_count;
    (cells <= SMALL_CELLS ? cross_small : cross_large)(summation->rows, left->cell, right->cell,
                                                       right->cell_count, cells,
                                                       summation->sums->cross[cross]);
}

void rows_sum(const struct rows *rows, struct sums *sums, bool with_curvature)
{
    struct summation summation = {rows, sums, with_curvature};
    const size_t blocks = sums->design->block_count;
    const size_t pairs = with_curvature ? blocks * (blocks - (blocks > 0)) / 2 : 0;
    pool_each(rows->threads, blocks + pairs, sum_piece, &summation);
}

/* ---- weights ---- */

void rows_shares(const struct rows *rows, const uint8_t *cell, size_t cell_count, double *share)
{
    int64_t sum[BINS_MAX] = {0};
    double largest = 1;
    for (size_t row = 0; row < rows->row_count && rows->weight != NULL; row++) {
        largest = fmax(largest, rows->weight[row]);
    }

    const double unit = unit_for(largest);
    int64_t all = 0;
    for (size_t row = 0; row < rows->row_count; row++) {
        const int32_t weight = whole(weight_at(rows, row), unit);
        sum[cell[row]] += weight;
        all += weight;
    }
    for (size_t i = 0; i < cell_count; i++) {
        share[i] = (double)sum[i] / (double)all;
    }
}
