/*
 * pairs.c - tables for pairs of features, fitted on top of the single features.
 *
 * The cells of a pair are a grid, held together along both axes, each with its own strength:
 *
 *     P = l0 (S0 x I / 2 + e I) + l1 (I x S1 / 2 + e I)      e = 0.05 holds the level
 *
 * A row is in one cell, so what the data adds to P is a diagonal: the matrix of a pair is a band as wide
 * as one axis, and a step costs less than a walk over the rows. So the pairs take turns (backfitting,
 * Hastie and Tibshirani 1990, by Newton steps): sums of its cells, one step, one update of l0 and l1
 * by Fellner-Schall, the rows' new derivatives. Of the inverse only the band is needed (Takahashi's
 * recursion). Sweeps end when nothing moves.
 */
#include "fit.h"

#include <assert.h>
#include <math.h>

enum { SWEEPS_MAX = 4, HALVINGS_MAX = 6, TOGETHER_SMOOTHINGS_MAX = 6 };

/* Places along an axis beside missing and what was never seen, and cells of the tables. */
enum { PLACES_MOST = PAIR_AXIS_MAX - 2, FINE_PAIRS = 4 };
enum { CELLS_FINE = 250, CELLS_COARSE = 60 };
static_assert(CELLS_FINE < BINS_MAX, "a cell fits into a byte");

static const double lambda_first = 10;
static const double lambda_least = 1e-2;
static const double lambda_most = 1e6;
static const double step_settled = 1e-3; /* on the link scale */
static const double freedom_settled = 1e-2;
static const double step_most = 3;
static const double freedom_least = 0.5; /* a pair with less says nothing */

/* ---- one pair's matrix, as a band ---- */

/* cell[row * (width + 1) + row - column] for row - width <= column <= row. */
struct band {
    size_t size;
    size_t width;
    double *cell;
};

static double *band_at(struct band band, size_t row, size_t column)
{
    return band.cell + row * (band.width + 1) + row - column;
}

static void band_fill(struct band band, const struct pair *pair, const double *curvature)
{
    const size_t across = pair->axis[1].count;
    for (size_t c = 0; c < band.size; c++) {
        const size_t i = c / across;
        const size_t j = c % across;
        for (size_t k = 0; k <= band.width; k++) {
            band.cell[c * (band.width + 1) + k] = 0;
        }
        *band_at(band, c, c) =
            curvature[c] + pair->lambda[0] * (grid_entry(&pair->axis[0], i, i) / 2 + GRID_HOLD) +
            pair->lambda[1] * (grid_entry(&pair->axis[1], j, j) / 2 + GRID_HOLD);
        if (j > 0) {
            *band_at(band, c, c - 1) += pair->lambda[1] * grid_entry(&pair->axis[1], j, j - 1) / 2;
        }
        if (i > 0) {
            *band_at(band, c, c - across) +=
                pair->lambda[0] * grid_entry(&pair->axis[0], i, i - 1) / 2;
        }
    }
}

static size_t band_first(struct band band, size_t row)
{
    return row > band.width ? row - band.width : 0;
}

static size_t band_last(struct band band, size_t column)
{
    return column + band.width < band.size ? column + band.width : band.size - 1;
}

static void band_factor(struct band band)
{
    for (size_t row = 0; row < band.size; row++) {
        for (size_t column = band_first(band, row); column <= row; column++) {
            double sum = *band_at(band, row, column);
            for (size_t k = band_first(band, row); k < column; k++) {
                sum -= *band_at(band, row, k) * *band_at(band, column, k);
            }
            if (row == column) {
                must(sum > 0); /* both penalties hold every cell */
                *band_at(band, row, row) = sqrt(sum);
            } else {
                *band_at(band, row, column) = sum / *band_at(band, column, column);
            }
        }
    }
}

static void band_solve(struct band band, double *right)
{
    for (size_t row = 0; row < band.size; row++) {
        for (size_t k = band_first(band, row); k < row; k++) {
            right[row] -= *band_at(band, row, k) * right[k];
        }
        right[row] /= *band_at(band, row, row);
    }
    for (size_t row = band.size; row > 0; row--) {
        right[row - 1] /= *band_at(band, row - 1, row - 1);
        for (size_t k = band_first(band, row - 1); k < row - 1; k++) {
            right[k] -= *band_at(band, row - 1, k) * right[row - 1];
        }
    }
}

/* Of a symmetric matrix, in either order. */
static double band_entry(struct band band, size_t one, size_t other)
{
    return one > other ? *band_at(band, one, other) : *band_at(band, other, one);
}

/* The inverse within the band, from the factor. Takahashi, Fagan and Chin 1973. */
static void band_invert(struct band factor, struct band inverse)
{
    for (size_t column = factor.size; column-- > 0;) {
        const size_t last = band_last(factor, column);
        const double diagonal = *band_at(factor, column, column);
        for (size_t row = last + 1; row-- > column;) {
            double sum = row == column ? 1 / diagonal : 0;
            for (size_t k = column + 1; k <= last; k++) {
                sum -= *band_at(factor, k, column) * band_entry(inverse, row, k);
            }
            *band_at(inverse, row, column) = sum / diagonal;
        }
    }
}

/* ---- the fit ---- */

struct fitting_pairs {
    const struct pairs_input *input;
    struct rows *rows;
    double *score; /* of each row: the single features and all pairs so far */
    struct rows_total total;
    double scale;
    struct band band;
    struct band inverse;
    double *curvature;
    double *step;
};

struct shift {
    const uint8_t *cell;
    const double *by;
    double *score;
    size_t row_count;
};

enum { SHIFT_ROWS = 16384 };

static void shift_piece(void *context, size_t piece)
{
    const struct shift *shift = context;
    const size_t first = piece * SHIFT_ROWS;
    const size_t left = shift->row_count - first;
    const size_t last = first + (left < SHIFT_ROWS ? left : SHIFT_ROWS);
    for (size_t row = first; row < last; row++) {
        shift->score[row] += shift->by[shift->cell[row]];
    }
}

static enum candor_status move_rows(struct job *job, struct fitting_pairs *fitting,
                                    const struct pair *pair)
{
    const size_t rows = fitting->rows->row_count;
    struct shift shift = {pair->cell, fitting->step, fitting->score, rows};
    pool_each(fitting->rows->threads, (rows + SHIFT_ROWS - 1) / SHIFT_ROWS, shift_piece, &shift);
    return rows_evaluate(job, fitting->rows, NULL, &fitting->total);
}

/* b' P b of each of the two penalties, with lambda 1. */
static void penalty_forms(const struct pair *pair, double form[2])
{
    const size_t across = pair->axis[1].count;
    const size_t cells = pair->axis[0].count * across;
    form[0] = 0;
    form[1] = 0;
    for (size_t c = 0; c < cells; c++) {
        const size_t place[2] = {c / across, c % across};
        const size_t step[2] = {across, 1};
        const double b = pair->value[c];
        for (size_t side = 0; side < 2; side++) {
            const struct axis *axis = &pair->axis[side];
            const size_t at = place[side];
            form[side] += b * b * (grid_entry(axis, at, at) / 2 + GRID_HOLD);
            if (at > 0) {
                form[side] += b * pair->value[c - step[side]] * grid_entry(axis, at, at - 1);
            }
        }
    }
}

static double pair_penalty(const struct pair *pair)
{
    double form[2];
    penalty_forms(pair, form);
    return (pair->lambda[0] * form[0] + pair->lambda[1] * form[1]) / 2;
}

/* The traces of the inverse with each penalty, lambda 1. */
static void penalty_traces(const struct pair *pair, struct band inverse, double trace[2])
{
    const size_t across = pair->axis[1].count;
    trace[0] = 0;
    trace[1] = 0;
    for (size_t c = 0; c < inverse.size; c++) {
        const size_t place[2] = {c / across, c % across};
        const size_t step[2] = {across, 1};
        for (size_t side = 0; side < 2; side++) {
            const struct axis *axis = &pair->axis[side];
            const size_t at = place[side];
            trace[side] += *band_at(inverse, c, c) * (grid_entry(axis, at, at) / 2 + GRID_HOLD);
            if (at > 0) {
                trace[side] += *band_at(inverse, c, c - step[side]) * grid_entry(axis, at, at - 1);
            }
        }
    }
}

/* tr(P^-1 P_side): the eigenvectors of P are products of those of its axes. */
static double prior_trace(const struct pair *pair, size_t side)
{
    double sum = 0;
    for (size_t i = 0; i < pair->axis[0].count; i++) {
        for (size_t j = 0; j < pair->axis[1].count; j++) {
            const double along[2] = {grid_eigenvalue(&pair->axis[0], i) / 2 + GRID_HOLD,
                                     grid_eigenvalue(&pair->axis[1], j) / 2 + GRID_HOLD};
            sum += along[side] / (pair->lambda[0] * along[0] + pair->lambda[1] * along[1]);
        }
    }
    return sum;
}

/* How many unknowns the pair leaves free, and the next lambdas. */
static void smooth_pair(struct fitting_pairs *fitting, struct pair *pair)
{
    double form[2];
    double trace[2];
    double next[2];
    penalty_forms(pair, form);
    penalty_traces(pair, fitting->inverse, trace);
    pair->freedom = 0;
    for (size_t side = 0; side < 2; side++) {
        const double spare = fmax(prior_trace(pair, side) - trace[side], 1e-6);
        pair->freedom += pair->lambda[side] * spare;
        next[side] = fitting->scale * pair->lambda[side] * spare / fmax(form[side], 1e-9);
    }
    for (size_t side = 0; side < 2; side++) {
        pair->lambda[side] = fmin(fmax(next[side], lambda_least), lambda_most);
    }
}

static double clip_step(double step)
{
    return fmin(fmax(step, -step_most), step_most);
}

/* The Newton step of one pair into fitting->step, and the inverse that its smoothing needs. */
static enum candor_status solve_pair(struct job *job, struct fitting_pairs *fitting,
                                     const struct pair *pair)
{
    const size_t across = pair->axis[1].count;
    const size_t cells = pair->axis[0].count * across;
    int64_t sum[2][BINS_MAX] = {{0}};
    const struct block block = {pair->cell, cells, 0};
    rows_sum_block(fitting->rows, &block, sum[0], sum[1]);
    TRY(reduce_add(job, fitting->rows->reducer, sum[0], (size_t)2 * BINS_MAX));
    fitting->band.size = cells;
    fitting->band.width = across;
    fitting->inverse.size = cells;
    fitting->inverse.width = across;
    for (size_t c = 0; c < cells; c++) {
        fitting->curvature[c] = (double)sum[1][c] * fitting->rows->curvature_unit;
        fitting->step[c] = (double)sum[0][c] * fitting->rows->gradient_unit;
    }
    /* The gradient of the penalty is P b; the band holds P and the curvature, row by row. */
    band_fill(fitting->band, pair, fitting->curvature);
    for (size_t c = 0; c < cells; c++) {
        for (size_t k = band_first(fitting->band, c); k <= c; k++) {
            const double entry =
                *band_at(fitting->band, c, k) - (k == c ? fitting->curvature[c] : 0);
            fitting->step[c] -= entry * pair->value[k];
            if (k < c) {
                fitting->step[k] -= entry * pair->value[c];
            }
        }
    }
    band_factor(fitting->band);
    band_solve(fitting->band, fitting->step);
    band_invert(fitting->band, fitting->inverse);
    return CANDOR_OK;
}

/* One turn of one pair; moved becomes the longest step of a cell, if it is longer. */
static enum candor_status turn(struct job *job, struct fitting_pairs *fitting, struct pair *pair,
                               double *moved)
{
    const size_t cells = pair->axis[0].count * pair->axis[1].count;
    TRY(solve_pair(job, fitting, pair));
    const double before = fitting->total.loss + pair_penalty(pair);
    for (size_t c = 0; c < cells; c++) {
        fitting->step[c] = clip_step(fitting->step[c]);
        pair->value[c] += fitting->step[c];
        *moved = fmax(*moved, fabs(fitting->step[c]));
    }
    TRY(move_rows(job, fitting, pair));
    for (unsigned halving = 0; halving < HALVINGS_MAX; halving++) {
        if (fitting->total.loss + pair_penalty(pair) <= before + 1e-9 * (1 + fabs(before))) {
            break;
        }
        for (size_t c = 0; c < cells; c++) {
            fitting->step[c] *= halving == 0 ? -0.5 : 0.5;
            pair->value[c] += fitting->step[c];
        }
        TRY(move_rows(job, fitting, pair));
    }
    smooth_pair(fitting, pair);
    return CANDOR_OK;
}

static enum candor_status sweep(struct job *job, struct fitting_pairs *fitting, struct pairs *pairs)
{
    double freedom = 0;
    for (unsigned round = 0; round < SWEEPS_MAX; round++) {
        double moved = 0;
        double all = 0;
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "training was stopped while it fitted pairs");
        }
        for (size_t i = 0; i < pairs->count; i++) {
            TRY(turn(job, fitting, &pairs->pair[i], &moved));
            all += pairs->pair[i].freedom;
        }
        pairs->rounds++;
        pairs->freedom = all;
        job_say_progress(job, "fitting pairs", round + 1, 0);
        if (moved < step_settled || deadline_is_past(fitting->input->deadline) ||
            (round > 2 && fabs(all - freedom) < freedom_settled * all && moved < 0.1)) {
            break;
        }
        freedom = all;
    }
    return CANDOR_OK;
}

/* ---- tables ---- */

/*
 * How many cells each pair may have. The strongest few get fine tables, the others coarse ones; and all
 * together no more than a round can afford.
 */
static size_t cells_for(const struct chosen_pair *chosen, size_t count, size_t index)
{
    size_t stronger = 0;
    for (size_t i = 0; i < count; i++) {
        stronger += chosen[i].gain > chosen[index].gain;
    }
    const size_t fine = count < FINE_PAIRS ? count : FINE_PAIRS;
    const size_t asked = fine * CELLS_FINE + (count - fine) * CELLS_COARSE;
    const size_t cells = stronger < FINE_PAIRS ? CELLS_FINE : CELLS_COARSE;
    const size_t scaled = asked > PAIR_CELLS_WANTED ? cells * PAIR_CELLS_WANTED / asked : cells;
    return scaled < PAIR_CELLS_LEAST ? PAIR_CELLS_LEAST : scaled;
}

/* Axes as fine as the number of cells allows, the finer one giving way first. */
static void choose_axes(const struct pairs_input *input, size_t cells_most, struct pair *pair)
{
    size_t places[2] = {PLACES_MOST, PLACES_MOST};
    for (size_t side = 0; side < 2; side++) {
        pair->axis[side] = screen_axis(input, pair->feature[side], places[side]);
        places[side] = pair->axis[side].count;
    }
    while (pair->axis[0].count * pair->axis[1].count > cells_most ||
           (pair->axis[0].count + 1) * (pair->axis[1].count + 1) > PAIR_CELLS_MAX) {
        const size_t side = pair->axis[0].count >= pair->axis[1].count ? 0 : 1;
        places[side]--;
        pair->axis[side] = screen_axis(input, pair->feature[side], places[side]);
    }
}

static enum candor_status make_pair(struct job *job, const struct pairs_input *input,
                                    const size_t feature[2], size_t cells_most, struct pair *pair)
{
    const size_t i = feature[0];
    const size_t j = feature[1];
    *pair = (struct pair){
        .feature = {i, j},
        .lambda = {lambda_first, lambda_first},
    };
    choose_axes(input, cells_most, pair);
    const size_t width = pair->axis[1].count;
    const size_t cells = pair->axis[0].count * width;
    uint8_t *cell;
    TRY_ALLOC(job, cell, input->rows->row_count + 1, uint8_t);
    for (size_t row = 0; row < input->rows->row_count; row++) {
        cell[row] = (uint8_t)(pair->axis[0].place[input->bin[i][row]] * width +
                              pair->axis[1].place[input->bin[j][row]]);
    }
    pair->cell = cell;
    pair->value = NEW_ARRAY(job->arena, cells, double);
    pair->sd = NEW_ARRAY(job->arena, cells, double);
    pair->weight = NEW_ARRAY(job->arena, cells, double);
    return rows_shares(job, input->rows, cell, cells, pair->weight);
}

/* The same tables once more, all at once: what pairs that share a feature know of each other. */
static enum candor_status fit_together(struct job *job, const struct pairs_input *input,
                                       struct pairs *pairs)
{
    struct design design;
    struct rows rows = *input->rows;
    TRY(design_of_pairs(job, pairs->pair, pairs->count, rows.row_count, &design));
    TRY(rows_set_offset(job, &rows, input->score));
    struct newton newton = {
        .design = &design,
        .rows = &rows,
        .doing = "fitting pairs together",
        .smoothings_max = TOGETHER_SMOOTHINGS_MAX,
        .deadline = input->deadline,
    };
    TRY_ALLOC(job, newton.unknown, design.cell_count, double);
    for (size_t i = 0; i < pairs->count; i++) {
        bytes_copy(newton.unknown + design.block[i].start, pairs->pair[i].value,
                   design.block[i].cell_count * sizeof *newton.unknown);
    }
    TRY(newton_fit(job, &newton));
    for (size_t i = 0; i < pairs->count; i++) {
        struct pair *pair = &pairs->pair[i];
        const struct block *block = &design.block[i];
        pair->start = block->start;
        pair->freedom = design.penalty[2 * i].freedom + design.penalty[2 * i + 1].freedom;
        for (size_t c = 0; c < block->cell_count; c++) {
            pair->value[c] = newton.unknown[block->start + c];
        }
        TRY(pair_deviations(job, pair, newton.covariance[i]));
        for (size_t f = 0; f < newton.factors.count; f++) {
            pair_purify_vector(pair, newton.factors.factor + f * design.cell_count + block->start);
        }
    }
    pairs->freedom = newton.freedom - 1; /* its intercept is that of the single features */
    pairs->rounds += newton.rounds;
    pairs->factors = newton.factors;
    pairs->unknown_count = design.cell_count;
    return CANDOR_OK;
}

/* Pairs that say nothing are left out. */
static void drop_idle(struct pairs *pairs)
{
    size_t kept = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        if (pairs->pair[i].freedom >= freedom_least) {
            pairs->pair[kept++] = pairs->pair[i];
        } else {
            pairs->freedom -= pairs->pair[i].freedom;
        }
    }
    pairs->count = kept;
}

static enum candor_status begin(struct job *job, const struct pairs_input *input,
                                struct fitting_pairs *fitting, struct rows *rows)
{
    *rows = *input->rows;
    *fitting = (struct fitting_pairs){.input = input, .rows = rows, .scale = input->scale};
    TRY_ALLOC(job, fitting->score, rows->row_count + 1, double);
    TRY_ALLOC(job, fitting->band.cell, (size_t)BINS_MAX * (PAIR_AXIS_MAX + 1), double);
    TRY_ALLOC(job, fitting->inverse.cell, (size_t)BINS_MAX * (PAIR_AXIS_MAX + 1), double);
    fitting->curvature = NEW_ARRAY(job->arena, BINS_MAX, double);
    fitting->step = NEW_ARRAY(job->arena, BINS_MAX, double);
    bytes_copy(fitting->score, input->score, rows->row_count * sizeof *fitting->score);
    TRY(rows_set_offset(job, rows, fitting->score));
    return rows_evaluate(job, rows, NULL, &fitting->total);
}

enum candor_status pairs_fit_chosen(struct job *job, const struct pairs_input *input,
                                    const struct chosen_pair *chosen, size_t count,
                                    struct pairs *pairs)
{
    struct fitting_pairs fitting;
    struct rows rows;
    *pairs = (struct pairs){.count = count};
    TRY_ALLOC(job, pairs->pair, count + 1, struct pair);
    for (size_t i = 0; i < count; i++) {
        TRY(make_pair(job, input, chosen[i].feature, cells_for(chosen, count, i), &pairs->pair[i]));
    }
    if (count == 0) {
        return CANDOR_OK;
    }
    const struct arena_mark mark = arena_mark(job->arena);
    TRY(begin(job, input, &fitting, &rows));
    TRY(sweep(job, &fitting, pairs));
    arena_rewind(job->arena, mark);
    return fit_together(job, input, pairs);
}

enum candor_status pairs_fit(struct job *job, const struct pairs_input *input, struct pairs *pairs)
{
    struct chosen_pair *chosen = NULL;
    size_t count = 0;
    TRY(screen_pairs(job, input, &chosen, &count));
    count = count > 0 && deadline_is_past(input->deadline) ? 0 : count;
    TRY(pairs_fit_chosen(job, input, chosen, count, pairs));
    drop_idle(pairs);
    return CANDOR_OK;
}

void pairs_scores(const struct pairs *pairs, size_t row_count, double *score)
{
    for (size_t row = 0; row < row_count; row++) {
        score[row] = 0;
    }
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->pair[i];
        for (size_t row = 0; row < row_count; row++) {
            score[row] += pair->value[pair->cell[row]];
        }
    }
}
