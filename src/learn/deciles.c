/*
 * deciles.c - the deciles of the scores of all rows, in the memory that their derivatives had.
 *
 * Sorting the scores themselves would take 16 bytes a row, at the end of a fit and more than anything
 * in it. A score lies between the sums of the least and of the largest unknowns; its place between the
 * two, as a whole number of 32 bits, fits where the row's gradient was, and sorting those takes the
 * room of the curvatures. A decile is therefore true to the range of scores divided by 2^32.
 */
#include "fit.h"

#include <math.h>

enum { DECILE_ROWS = 8192, DECILE_STRIP = 512 };

/* Whole numbers: (score - low) * scale. */
struct places {
    const struct rows *rows;
    const struct scorer *scorer;
    double low;
    double scale;
    uint32_t *place; /* of each row */
};

static const double place_most = 0x1p32 - 1;

static void place_strip(const struct places *places, size_t first, size_t count)
{
    double score[DECILE_STRIP];
    rows_strip_scores(places->rows, places->scorer, first, count, score);
    for (size_t i = 0; i < count; i++) {
        const double place = (score[i] - places->low) * places->scale;
        places->place[first + i] = (uint32_t)fmin(fmax(place, 0), place_most);
    }
}

static void place_piece(void *context, size_t piece)
{
    const struct places *places = context;
    const size_t from = piece * DECILE_ROWS;
    const size_t left = places->rows->row_count - from;
    const size_t to = from + (left < DECILE_ROWS ? left : DECILE_ROWS);
    for (size_t first = from; first < to; first += DECILE_STRIP) {
        place_strip(places, first, to - first < DECILE_STRIP ? to - first : DECILE_STRIP);
    }
}

/* What no score falls below, and what none exceeds. */
static void find_bounds(const struct rows *rows, const struct scorer *scorer, double bound[2])
{
    double offset[2] = {0, 0};
    for (size_t row = 0; row < rows->row_count && rows->offset != NULL; row++) {
        offset[0] = row == 0 ? rows->offset[0] : fmin(offset[0], rows->offset[row]);
        offset[1] = row == 0 ? rows->offset[0] : fmax(offset[1], rows->offset[row]);
    }
    bound[0] = scorer->intercept + offset[0];
    bound[1] = scorer->intercept + offset[1];
    for (size_t b = 0; b < scorer->design->block_count; b++) {
        const struct block *block = &scorer->design->block[b];
        double least = scorer->unknown[block->start];
        double most = least;
        for (size_t c = 1; c < block->cell_count; c++) {
            least = fmin(least, scorer->unknown[block->start + c]);
            most = fmax(most, scorer->unknown[block->start + c]);
        }
        bound[0] += least;
        bound[1] += most;
    }
}

void rows_deciles(struct rows *rows, const struct scorer *scorer, double *decile)
{
    double bound[2];
    find_bounds(rows, scorer, bound);
    struct places places = {
        .rows = rows,
        .scorer = scorer,
        .low = bound[0],
        .scale = bound[1] > bound[0] ? place_most / (bound[1] - bound[0]) : 0,
        .place = (uint32_t *)rows->gradient,
    };
    pool_each(rows->threads, (rows->row_count + DECILE_ROWS - 1) / DECILE_ROWS, place_piece,
              &places);
    sort_u32_with(places.place, (uint32_t *)rows->curvature, rows->row_count);
    for (size_t i = 0; i < DECILES; i++) {
        const double place = (double)places.place[rows->row_count * (i + 1) / (DECILES + 1)];
        decile[i] = places.scale > 0 ? places.low + place / places.scale : places.low;
    }
}
