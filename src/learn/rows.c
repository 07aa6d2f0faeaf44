/*
 * rows.c - everything that walks over rows.
 *
 * A round walks twice. First it scores the rows, piece by piece, and rounds each row's derivatives to
 * whole numbers of 31 bits (derive.c). Then it adds those up, one walk over all rows for each pair of
 * blocks:
 *
 *     cross[cell of j, cell of i] += curvature        1 ns a row, the table stays in the cache
 *
 * A table belongs to one thread at a time, and whole numbers add up the same way in any order, so
 * neither the number of threads nor the order of the rows changes a bit; nor does it matter on how
 * many machines the rows are, which is what the reducer is for. 2^31 rows of 31 bits fit into 62.
 */
#include "fit.h"

#include <math.h>

#include "numeric.h"

enum { PIECE_ROWS = 8192, STRIP_ROWS = 512, DERIVATIVE_BITS = 30 };

static size_t piece_count_of(size_t row_count)
{
    return (row_count + PIECE_ROWS - 1) / PIECE_ROWS;
}

static double weight_at(const struct rows *rows, size_t row)
{
    return rows->weight == NULL ? 1 : rows->weight[row];
}

/* The power of two above every possible value, divided by 2^bits. */
static double unit_for(double largest, int bits)
{
    int exponent;
    (void)frexp(largest, &exponent);
    return ldexp(1, exponent - bits);
}

enum candor_status reduce_add(struct job *job, const struct reducer *reducer, int64_t *value,
                              size_t count)
{
    return reducer == NULL ? CANDOR_OK : reducer->add(job, reducer->context, value, count);
}

enum candor_status reduce_most(struct job *job, const struct reducer *reducer, double *value,
                               size_t count)
{
    return reducer == NULL ? CANDOR_OK : reducer->most(job, reducer->context, value, count);
}

/* How far weights, targets and what is left of them reach. */
struct reach {
    double weight;
    double target;
    double rest;
};

static struct reach reach_of(const struct rows *rows)
{
    struct reach reach = {0, 0, 0};
    for (size_t row = 0; row < rows->row_count; row++) {
        const double offset = rows->offset == NULL ? 0 : rows->offset[row];
        reach.weight = fmax(reach.weight, weight_at(rows, row));
        reach.target = fmax(reach.target, fabs(rows->target[row]));
        reach.rest = fmax(reach.rest, fabs(rows->target[row] - offset));
    }
    return reach;
}

/* A prediction beyond twice the reach of the targets would be cut off, always alike. */
static void set_units(struct rows *rows, struct reach reach)
{
    double gradient = 1;
    double curvature = 1;
    double loss = 0x1p20; /* a loss of 1 is 2^29 units, and 2^33 such rows fit */
    switch (rows->task) {
    case TASK_BINARY:
    case TASK_CLASSES:
        curvature = 0.25;
        break;
    case TASK_REGRESSION:
        gradient = reach.rest * 2;
        loss = reach.rest * reach.rest * 4;
        break;
    case TASK_COUNT:
        gradient = fmax(reach.target * 2, 1);
        curvature = gradient;
        loss = gradient * 64;
        break;
    case TASK_AMOUNT:
        gradient = 1024;
        break;
    }
    rows->gradient_unit = unit_for(reach.weight * gradient, DERIVATIVE_BITS);
    rows->curvature_unit = unit_for(reach.weight * curvature, DERIVATIVE_BITS);
    rows->loss_unit = unit_for(reach.weight * loss, 50);
}

enum candor_status rows_set_offset(struct job *job, struct rows *rows, const double *offset)
{
    rows->offset = offset;
    struct reach reach = reach_of(rows);
    double most[] = {reach.weight, reach.target, reach.rest};
    TRY(reduce_most(job, rows->reducer, most, 3));
    reach = (struct reach){most[0], most[1], most[2]};
    set_units(rows, reach);
    return CANDOR_OK;
}

enum candor_status rows_begin(struct job *job, struct rows *rows)
{
    TRY_ALLOC(job, rows->gradient, rows->row_count + 1, int32_t);
    TRY_ALLOC(job, rows->curvature, rows->row_count + 1, int32_t);
    TRY_ALLOC(job, rows->piece, piece_count_of(rows->row_count) + 1, struct rows_whole);
    return rows_set_offset(job, rows, rows->offset);
}

/* ---- scores and derivatives ---- */

void rows_strip_scores(const struct rows *rows, const struct scorer *scorer, size_t first,
                       size_t count, double *score)
{
    for (size_t i = 0; i < count; i++) {
        score[i] = scorer->intercept + (rows->offset == NULL ? 0 : rows->offset[first + i]);
    }
    const struct design *design = scorer->design;
    for (size_t b = 0; b < design->block_count; b++) {
        if (design->block[b].cell_count == 0) {
            continue;
        }
        const uint8_t *cell = design->block[b].cell + first;
        const double *unknown = scorer->unknown + design->block[b].start;
        for (size_t i = 0; i < count; i++) {
            score[i] += unknown[cell[i]];
        }
    }
}

struct evaluation {
    struct rows *rows;
    const struct scorer *scorer; /* NULL: the offset is the score */
};

static void evaluate_strip(const struct evaluation *evaluation, size_t first, size_t count,
                           struct rows_whole *sum)
{
    const struct rows *rows = evaluation->rows;
    double score[STRIP_ROWS];
    double ones[STRIP_ROWS];
    for (size_t i = 0; i < count && rows->weight == NULL; i++) {
        ones[i] = 1;
    }
    if (evaluation->scorer != NULL) {
        rows_strip_scores(rows, evaluation->scorer, first, count, score);
    }
    const struct strip strip = {
        .count = count,
        .score = evaluation->scorer == NULL ? rows->offset + first : score,
        .target = rows->target + first,
        .weight = rows->weight == NULL ? ones : rows->weight + first,
        .gradient_scale = 1 / rows->gradient_unit,
        .curvature_scale = 1 / rows->curvature_unit,
        .loss_scale = 1 / rows->loss_unit,
        .gradient = rows->gradient + first,
        .curvature = rows->curvature + first,
    };
    strip_derive(rows->task, &strip, sum);
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

enum candor_status rows_evaluate(struct job *job, struct rows *rows, const struct scorer *scorer,
                                 struct rows_total *total)
{
    struct evaluation evaluation = {rows, scorer};
    const size_t piece_count = piece_count_of(rows->row_count);
    pool_each(rows->threads, piece_count, evaluate_piece, &evaluation);

    int64_t sum[3] = {0, 0, 0};
    for (size_t piece = 0; piece < piece_count; piece++) {
        sum[0] += rows->piece[piece].loss;
        sum[1] += rows->piece[piece].gradient;
        sum[2] += rows->piece[piece].curvature;
    }
    TRY(reduce_add(job, rows->reducer, sum, 3));
    *total = (struct rows_total){
        .loss = (double)sum[0] * rows->loss_unit,
        .gradient = (double)sum[1] * rows->gradient_unit,
        .curvature = (double)sum[2] * rows->curvature_unit,
    };
    return CANDOR_OK;
}

static double pearson_of_row(const struct rows *rows, size_t row)
{
    const double gradient = (double)rows->gradient[row];
    return rows->curvature[row] > 0 ? gradient * gradient / (double)rows->curvature[row] : 0;
}

enum candor_status rows_pearson(struct job *job, const struct rows *rows, double *pearson)
{
    double most = 1;
    for (size_t row = 0; row < rows->row_count; row++) {
        most = fmax(most, pearson_of_row(rows, row));
    }
    TRY(reduce_most(job, rows->reducer, &most, 1));
    const double unit = unit_for(most, DERIVATIVE_BITS);
    int64_t sum = 0;
    for (size_t row = 0; row < rows->row_count; row++) {
        sum += llrint(pearson_of_row(rows, row) / unit);
    }
    TRY(reduce_add(job, rows->reducer, &sum, 1));
    *pearson =
        (double)sum * unit * rows->gradient_unit / rows->curvature_unit * rows->gradient_unit;
    return CANDOR_OK;
}

struct scoring {
    const struct rows *rows;
    const struct scorer *scorer;
    double *score;
};

static void score_piece(void *context, size_t piece)
{
    const struct scoring *scoring = context;
    const size_t first = piece * PIECE_ROWS;
    const size_t left = scoring->rows->row_count - first;
    rows_strip_scores(scoring->rows, scoring->scorer, first, left < PIECE_ROWS ? left : PIECE_ROWS,
                      scoring->score + first);
}

void rows_scores(const struct rows *rows, const struct scorer *scorer, double *score)
{
    struct scoring scoring = {rows, scorer, score};
    pool_each(rows->threads, piece_count_of(rows->row_count), score_piece, &scoring);
}

/* ---- sums ---- */

static enum candor_status cross_begin(struct job *job, struct sums *sums)
{
    const struct design *design = sums->design;
    const size_t blocks = design->block_count;
    TRY_ALLOC(job, sums->cross, blocks * blocks / 2 + 1, int64_t *);
    int64_t *next = sums->curvature + design->cell_count;
    for (size_t i = 1; i < blocks; i++) {
        for (size_t j = 0; j < i; j++) {
            sums->cross[i * (i - 1) / 2 + j] = next;
            next += design->block[i].cell_count * design->block[j].cell_count;
        }
    }
    return CANDOR_OK;
}

enum candor_status sums_begin(struct job *job, const struct design *design, bool with_pairs,
                              struct sums *sums)
{
    const size_t blocks = with_pairs ? design->block_count : 0;
    *sums = (struct sums){.design = design};
    sums->length = design->cell_count * 2;
    for (size_t i = 1; i < blocks; i++) {
        for (size_t j = 0; j < i; j++) {
            sums->length += design->block[i].cell_count * design->block[j].cell_count;
        }
    }
    TRY_ALLOC(job, sums->gradient, sums->length + 1, int64_t);
    sums->curvature = sums->gradient + design->cell_count;
    return with_pairs ? cross_begin(job, sums) : CANDOR_OK;
}

/*
 * Neighbouring rows often fall into one cell, and adding to the same place twice in a row waits for
 * the first addition to arrive. Even and odd rows therefore go to tables of their own.
 */
void rows_sum_values(const struct rows *rows, const struct block *block, const int32_t *value,
                     int64_t *sum)
{
    if (block->cell_count == 0) {
        return;
    }
    int64_t even[BINS_MAX] = {0};
    int64_t odd[BINS_MAX] = {0};
    const size_t even_count = rows->row_count & ~(size_t)1;
    for (size_t row = 0; row < even_count; row += 2) {
        even[block->cell[row]] += value[row];
        odd[block->cell[row + 1]] += value[row + 1];
    }
    if (even_count < rows->row_count) {
        even[block->cell[even_count]] += value[even_count];
    }
    for (size_t cell = 0; cell < block->cell_count; cell++) {
        sum[cell] = even[cell] + odd[cell];
    }
}

enum { SMALL_CELLS = 2048 };

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
    rows_sum_values(rows, block, rows->gradient, summation->sums->gradient + block->start);
    if (summation->with_curvature) {
        rows_sum_values(rows, block, rows->curvature, summation->sums->curvature + block->start);
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
    const struct block *left = &design->block[cross - i * (i - 1) / 2];
    const struct block *right = &design->block[i];
    const size_t cells = left->cell_count * right->cell_count;
    if (left->cell_count <= 1 || right->cell_count <= 1) {
        return; /* what both are in is what the other one is in */
    }
    (cells <= SMALL_CELLS ? cross_small : cross_large)(summation->rows, left->cell, right->cell,
                                                       right->cell_count, cells,
                                                       summation->sums->cross[cross]);
}

enum candor_status rows_sum(struct job *job, const struct rows *rows, struct sums *sums,
                            bool with_curvature)
{
    struct summation summation = {rows, sums, with_curvature};
    const size_t blocks = sums->design->block_count;
    const size_t pairs =
        with_curvature && sums->cross != NULL ? blocks * (blocks - (blocks > 0)) / 2 : 0;
    pool_each(rows->threads, blocks + pairs, sum_piece, &summation);
    return reduce_add(job, rows->reducer, sums->gradient,
                      with_curvature ? sums->length : sums->design->cell_count);
}

/* ---- one block ---- */

void rows_sum_block(const struct rows *rows, const struct block *block, int64_t *gradient,
                    int64_t *curvature)
{
    rows_sum_values(rows, block, rows->gradient, gradient);
    rows_sum_values(rows, block, rows->curvature, curvature);
}

/* ---- weights ---- */

enum candor_status rows_shares(struct job *job, const struct rows *rows, const uint8_t *cell,
                               size_t cell_count, double *share)
{
    int64_t sum[BINS_MAX + 1] = {0};
    double largest = 1;
    for (size_t row = 0; row < rows->row_count && rows->weight != NULL; row++) {
        largest = fmax(largest, rows->weight[row]);
    }
    TRY(reduce_most(job, rows->reducer, &largest, 1));

    const double unit = unit_for(largest, DERIVATIVE_BITS);
    for (size_t row = 0; row < rows->row_count; row++) {
        const int64_t weight = llrint(weight_at(rows, row) / unit);
        sum[cell[row]] += weight;
        sum[BINS_MAX] += weight;
    }
    TRY(reduce_add(job, rows->reducer, sum, BINS_MAX + 1));
    for (size_t i = 0; i < cell_count; i++) {
        share[i] = (double)sum[i] / (double)sum[BINS_MAX];
    }
    return CANDOR_OK;
}
