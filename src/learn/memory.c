/*
 * memory.c - how much training takes at most, known before it begins.
 *
 * It follows from rows, features, cells and classes. Arrays of rows are counted as if all of them were held at
 * once, and pairs as if all that may be chosen were.
 */
#include "fit.h"

enum {
    ROW_BYTES = 80,        /* of a row: target, weight, scores, derivatives, sorting */
    CLASS_BYTES = 64,      /* of it for each class */
    WORK_BYTES = 16 << 20, /* threads, screening, the model and its file */
};

static uint64_t least(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

static uint64_t most(uint64_t left, uint64_t right)
{
    return left > right ? left : right;
}

/* A matrix, the root of its inverse, and half a matrix of sums. */
static uint64_t bytes_of_matrix(uint64_t cells)
{
    return cells * cells * sizeof(double) * 5 / 2;
}

/* The squares of each feature: covariances, kept from both fits, and the factors of wide systems. */
static uint64_t bytes_of_cells(const struct binned *binned, uint64_t *cells)
{
    uint64_t squares = 0;
    *cells = 0;
    for (size_t f = 0; f < binned->feature_count; f++) {
        const uint64_t bins = binned->feature[f].bin_count;
        *cells += bins;
        squares += bins * bins;
    }
    return squares * 4 * sizeof(double);
}

uint64_t fit_memory(const struct binned *binned, const struct target *target,
                    const struct fit_options *options)
{
    const uint64_t features = binned->feature_count;
    const uint64_t pairs = options->pairs_max;
    const bool is_classes = target->task == TASK_CLASSES;
    const uint64_t classes = is_classes ? target->class_count : 1;
    const uint64_t row = ROW_BYTES +
                         (pairs > 0 ? least(features, SCREEN_FEATURES_MAX) + pairs * classes : 0) +
                         (is_classes ? classes * CLASS_BYTES : 0);
    uint64_t cells;
    const uint64_t squares = bytes_of_cells(binned, &cells);
    const uint64_t of_pairs =
        pairs == 0 || features < 2 ? 0 : most(PAIR_CELLS_WANTED, pairs * PAIR_CELLS_LEAST);
    const uint64_t table = most(least(cells, TABLE_CELLS_MAX), of_pairs);
    return WORK_BYTES + binned->row_count * row + squares * classes + bytes_of_matrix(table);
}
