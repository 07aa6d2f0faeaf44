/*
 * finder.c - how many of some ascending cuts are at or below a number, for many numbers.
 *
 * A number says by its size alone in which cell of a table it lies, and the table how many cuts lie in
 * the cells before. Only the cuts of its own cell are compared:
 *
 *     cuts          |   |      |  |         |
 *     cells    [    .    .    .    .    .    ]      base  0 2 3 4 4    found = base + those <= x
 *
 * The way from a number to its cell never falls as the number grows, rounding included, so a cut in a
 * lower cell is below the number and one in a higher cell above it: the answer is exact, whatever the
 * cells are. They are of equal width, or, when that leaves many cuts in one cell, of equal width in the
 * bits of the doubles, which grow with the logarithm. When neither spreads the cuts, what is left is
 * halved until it is found.
 */
#include <math.h>
#include <string.h>

#include "inside.h"

enum { STEPS_MAX = 4, ABREAST = 8, CELLS_MAX = 1 << 16 };

/* Whole numbers in the order of the doubles. -0 must have been made 0. */
static uint64_t key_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    const uint64_t negative = 0 - (bits >> 63);
    return bits ^ (negative | UINT64_C(0x8000000000000000));
}

static inline size_t even_cell(const struct finder *finder, double number, double last)
{
    const double at = (number - finder->low) * finder->scale;
    const double clipped = at > 0 ? at : 0; /* NaN, too */
    return (size_t)(int32_t)(clipped < last ? clipped : last);
}

static inline size_t bits_cell(const struct finder *finder, double number, size_t last)
{
    const uint64_t key = key_of(number);
    const uint64_t at = key > finder->key_low ? (key - finder->key_low) >> finder->shift : 0;
    return at < last ? (size_t)at : last;
}

/* ---- making one ---- */

struct cells {
    size_t count;
    uint16_t *base;
};

/* Fill the table; returns the most cuts in one cell. */
static unsigned fill_cells(const struct finder *finder, struct cells cells)
{
    unsigned most = 0;
    unsigned here = 0;
    size_t before = SIZE_MAX;
    memset(cells.base, 0, cells.count * sizeof *cells.base);
    for (size_t i = 0; i < finder->count; i++) {
        const size_t cell = finder->kind == FINDER_EVEN
                                ? even_cell(finder, finder->cut[i], (double)(cells.count - 1))
                                : bits_cell(finder, finder->cut[i], cells.count - 1);
        here = cell == before ? here + 1 : 1;
        most = here > most ? here : most;
        before = cell;
        cells.base[cell]++;
    }
    uint16_t sum = 0;
    for (size_t cell = 0; cell < cells.count; cell++) {
        const uint16_t count = cells.base[cell];
        cells.base[cell] = sum;
        sum = (uint16_t)(sum + count);
    }
    return most;
}

static bool try_even(struct finder *finder, struct cells cells)
{
    finder->kind = FINDER_EVEN;
    finder->low = finder->cut[0];
    finder->scale = (double)(cells.count - 1) / (finder->cut[finder->count - 1] - finder->low);
    if (!isfinite(finder->scale)) {
        return false;
    }
    finder->steps = fill_cells(finder, cells);
    return finder->steps <= STEPS_MAX;
}

static bool try_bits(struct finder *finder, struct cells cells)
{
    finder->kind = FINDER_BITS;
    finder->key_low = key_of(finder->cut[0]);
    const uint64_t span = key_of(finder->cut[finder->count - 1]) - finder->key_low;
    finder->shift = 0;
    while (span >> finder->shift >= cells.count) {
        finder->shift++;
    }
    finder->steps = fill_cells(finder, cells);
    return finder->steps <= STEPS_MAX;
}

enum candor_status finder_begin(struct job *job, const double *cut, size_t count, size_t cells_max,
                                struct finder *finder)
{
    must(count <= FINDER_CUTS_MAX);
    must(cells_max <= CELLS_MAX);
    size_t room = 1;
    while (room <= count) {
        room *= 2;
    }
    double *padded;
    TRY_ALLOC(job, padded, room + STEPS_MAX, double);
    for (size_t i = 0; i < room + STEPS_MAX; i++) {
        padded[i] = i < count ? cut[i] + 0.0 : (double)NAN; /* below nothing, not even infinity */
    }
    *finder = (struct finder){.cut = padded, .count = count};
    if (count < 2 || cells_max < 2) {
        return CANDOR_OK;
    }

    struct cells cells = {.count = cells_max};
    TRY_ALLOC(job, cells.base, cells.count, uint16_t);
    finder->base = cells.base;
    if (!try_even(finder, cells) && !try_bits(finder, cells)) {
        finder->kind = FINDER_HALVES;
    }
    finder->last = cells.count - 1;
    return CANDOR_OK;
}

/* ---- finding ---- */

static inline uint16_t step_up(const double *cut, uint16_t at, double number, unsigned steps)
{
    for (unsigned step = 0; step < steps; step++) {
        at = (uint16_t)(at + (cut[at] <= number));
    }
    return at;
}

/* steps is a constant where this is called, so that each gets a loop of its own. */
static inline void find_even(const struct finder *finder, const double *number, size_t count,
                             unsigned steps, uint16_t *found)
{
    const struct finder here = *finder;
    const double last = (double)here.last;
    for (size_t i = 0; i < count; i++) {
        found[i] =
            step_up(here.cut, here.base[even_cell(&here, number[i], last)], number[i], steps);
    }
}

static inline void find_bits(const struct finder *finder, const double *number, size_t count,
                             unsigned steps, uint16_t *found)
{
    const struct finder here = *finder;
    for (size_t i = 0; i < count; i++) {
        const double plain = number[i] + 0.0;
        found[i] = step_up(here.cut, here.base[bits_cell(&here, plain, here.last)], plain, steps);
    }
}

/* Several numbers abreast: their searches wait for the cache at the same time. */
static void find_halves(const struct finder *finder, const double *number, size_t count,
                        uint16_t *found)
{
    const double *cut = finder->cut;
    size_t first = 1;
    while (first <= finder->count) {
        first *= 2;
    }
    for (size_t i = 0; i < count; i += ABREAST) {
        const size_t width = count - i < ABREAST ? count - i : ABREAST;
        uint32_t at[ABREAST] = {0};
        for (uint32_t half = (uint32_t)first / 2; half > 0; half /= 2) {
            for (size_t k = 0; k < width; k++) {
                at[k] += cut[at[k] + half - 1] <= number[i + k] ? half : 0;
            }
        }
        for (size_t k = 0; k < width; k++) {
            found[i + k] = (uint16_t)at[k];
        }
    }
}

void finder_find(const struct finder *finder, const double *number, size_t count, uint16_t *found)
{
    if (finder->kind == FINDER_HALVES) {
        find_halves(finder, number, count, found);
    } else if (finder->kind == FINDER_EVEN) {
        finder->steps == 1   ? find_even(finder, number, count, 1, found)
        : finder->steps == 2 ? find_even(finder, number, count, 2, found)
                             : find_even(finder, number, count, STEPS_MAX, found);
    } else {
        finder->steps == 1   ? find_bits(finder, number, count, 1, found)
        : finder->steps == 2 ? find_bits(finder, number, count, 2, found)
                             : find_bits(finder, number, count, STEPS_MAX, found);
    }
}
