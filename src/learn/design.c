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
                                      size_t row_count, struct design *design)
{
    TRY(design_begin(job, feature_count, feature_count * 2, row_count, design));
    for (size_t i = 0; i < feature_count; i++) {
        block_set(design, i, bin[i], feature[i].bin_count);
        penalties_of_feature(job->arena, &feature[i], i, design);
    }
    return CANDOR_OK;
}
