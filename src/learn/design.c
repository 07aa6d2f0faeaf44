/*
 * design.c - which cell each row is in, and what holds neighbouring cells together.
 *
 * A penalty is a matrix S of few entries. For n values in order it is D'D + e I, where D takes the
 * difference of neighbours:
 *
 *      1 -1                  D'D of four values; e = 0.001 holds the level, which the intercept
 *     -1  2 -1               already carries
 *        -1  2 -1
 *           -1  1
 *
 * For categories it is I: each is pulled to zero by itself, the more the fewer rows it has. The
 * missing bin has a penalty of its own, since missing is not near any value.
 */
#include "fit.h"

#define TABLE_WALKS_MAX 1e10 /* rows times pairs of features: ten seconds a round */

static const double level_hold = 1e-3;
static const double lambda_first = 10;

/* The entries of a tridiagonal matrix take two places per row at most. */
static struct penalty_entry *entries_new(struct arena *arena, size_t rows)
{
    return NEW_ARRAY(arena, rows * 2 + 1, struct penalty_entry);
}

static void entry_add(struct penalty *penalty, size_t row, size_t column, double value)
{
    penalty->entry[penalty->entry_count] =
        (struct penalty_entry){(uint16_t)row, (uint16_t)column, value};
    penalty->entry_count++;
}

static struct penalty hold_to_zero(struct arena *arena, size_t block, size_t first, size_t count)
{
    struct penalty penalty = {.block = block, .rank = count, .lambda = lambda_first};
    penalty.entry = entries_new(arena, count);
    for (size_t i = 0; i < count; i++) {
        entry_add(&penalty, first + i, first + i, 1);
    }
    return penalty;
}

static struct penalty hold_together(struct arena *arena, size_t block, size_t first, size_t count)
{
    struct penalty penalty = {.block = block, .rank = count, .lambda = lambda_first};
    penalty.entry = entries_new(arena, count);
    for (size_t i = 0; i < count; i++) {
        const double neighbours = (i > 0) + (i + 1 < count);
        entry_add(&penalty, first + i, first + i, neighbours + level_hold);
        if (i > 0) {
            entry_add(&penalty, first + i, first + i - 1, -1);
        }
    }
    return penalty;
}

static void penalties_of_feature(struct arena *arena, const struct model_feature *feature,
                                 size_t block, struct design *design)
{
    struct penalty *into = &design->penalty[design->penalty_count];
    if (feature->kind == COLUMN_CATEGORY) {
        into[0] = hold_to_zero(arena, block, 0, feature->bin_count);
        design->penalty_count++;
        return;
    }

    into[0] = hold_to_zero(arena, block, BIN_MISSING, 1);
    design->penalty_count++;
    if (feature->value_count > 0) {
        into[1] = feature->value_count == 1 ? hold_to_zero(arena, block, 1, 1)
                                            : hold_together(arena, block, 1, feature->value_count);
        design->penalty_count++;
    }
}

static enum candor_status design_begin(struct job *job, size_t block_count, size_t penalty_max,
                                       size_t row_count, struct design *design)
{
    *design = (struct design){.row_count = row_count, .block_count = block_count};
    TRY_ALLOC(job, design->block, block_count + 1, struct block);
    TRY_ALLOC(job, design->penalty, penalty_max + 1, struct penalty);
    return CANDOR_OK;
}

static void block_set(struct design *design, size_t index, const uint8_t *cell, size_t cell_count)
{
    design->block[index] = (struct block){cell, cell_count, design->cell_count};
    design->cell_count += cell_count;
}

enum candor_status design_of_features(struct job *job, const struct model_feature *feature,
                                      size_t feature_count, const uint8_t *const *bin,
                                      const bool *is_idle, size_t row_count, struct design *design)
{
    TRY(design_begin(job, feature_count, feature_count * 2, row_count, design));
    for (size_t i = 0; i < feature_count; i++) {
        if (is_idle != NULL && is_idle[i]) {
            block_set(design, i, NULL, 0);
            continue;
        }
        block_set(design, i, bin[i], feature[i].bin_count);
        penalties_of_feature(job->arena, &feature[i], i, design);
    }
    return CANDOR_OK;
}

/*
 * By a table each pair of features costs a walk over the rows, by products each feature costs two walks for
 * each turn, some twenty times.
 */
bool design_is_wide(const struct design *design, uint64_t row_count)
{
    double blocks = 0;
    for (size_t b = 0; b < design->block_count; b++) {
        blocks += design->block[b].cell_count > 1;
    }
    return design->cell_count > TABLE_CELLS_MAX ||
           blocks * blocks / 2 * (double)row_count > TABLE_WALKS_MAX;
}

/* ---- pairs ---- */

/* One entry of the penalty along one axis: neighbours in order, and a hold on all others. */
double grid_entry(const struct axis *axis, size_t row, size_t column)
{
    const size_t ordered = axis->count - axis->first;
    if (row < axis->first || column < axis->first || ordered == 1) {
        return row == column;
    }
    if (row == column) {
        return (double)(row > axis->first) + (double)(row + 1 < axis->count);
    }
    return row == column + 1 || column == row + 1 ? -1 : 0;
}

/* cos(pi x) for x from 0 to 1, by its series, which is the same on every machine. */
static double cosine_of_half_turns(double x)
{
    enum { TERMS = 16 };
    const double square = x * x * 9.869604401089358;
    double term = 1;
    double sum = 1;
    for (int n = 1; n <= TERMS; n++) {
        term *= -square / ((2 * n - 1) * (2 * n));
        sum += term;
    }
    return sum;
}

/*
 * The eigenvalues of that matrix: 1 for each place that is held alone, those of a path for the places in
 * order: 2 - 2 cos(pi k / n).
 */
double grid_eigenvalue(const struct axis *axis, size_t index)
{
    const size_t ordered = axis->count - axis->first;
    if (index < axis->first || ordered == 1) {
        return 1;
    }
    const double part = (double)(index - axis->first) / (double)ordered;
    return 2 - 2 * cosine_of_half_turns(part);
}

static bool is_joined(const struct axis axis[2], size_t side, size_t row, size_t column)
{
    const size_t width = axis[1].count;
    return side == 0 ? row % width == column % width : row / width == column / width;
}

static struct penalty penalty_of_side(struct arena *arena, size_t block, const struct pair *pair,
                                      size_t side)
{
    const struct axis *axis = pair->axis;
    const size_t width = axis[1].count;
    const size_t cells = axis[0].count * width;
    const size_t step = side == 0 ? width : 1;
    struct penalty penalty = {.block = block, .rank = cells, .lambda = pair->lambda[side]};
    double *eigenvalue = NEW_ARRAY(arena, cells, double);
    penalty.entry = entries_new(arena, cells);
    for (size_t c = 0; c < cells; c++) {
        const size_t place = side == 0 ? c / width : c % width;
        eigenvalue[c] = grid_eigenvalue(&axis[side], place) / 2 + GRID_HOLD;
        entry_add(&penalty, c, c, grid_entry(&axis[side], place, place) / 2 + GRID_HOLD);
        if (place > 0 && is_joined(axis, side, c, c - step)) {
            entry_add(&penalty, c, c - step, grid_entry(&axis[side], place, place - 1) / 2);
        }
    }
    penalty.eigenvalue = eigenvalue;
    return penalty;
}

enum candor_status design_of_pairs(struct job *job, const struct pair *pair, size_t pair_count,
                                   size_t row_count, struct design *design)
{
    TRY(design_begin(job, pair_count, pair_count * 2, row_count, design));
    for (size_t i = 0; i < pair_count; i++) {
        struct penalty *both = &design->penalty[2 * i];
        block_set(design, i, pair[i].cell, pair[i].axis[0].count * pair[i].axis[1].count);
        both[0] = penalty_of_side(job->arena, i, &pair[i], 0);
        both[1] = penalty_of_side(job->arena, i, &pair[i], 1);
        both[0].partner = &both[1];
        both[1].partner = &both[0];
    }
    design->penalty_count = pair_count * 2;
    return CANDOR_OK;
}
