/*
 * monitor_expect.c - how well a score must be doing, before anybody knows how it came out.
 *
 * If the chance of each cell of the score is still what it was, the rows that are in the cells now say what
 * share is to be expected, and how well the score tells yes from no: each row counts as yes with its
 * chance and as no with the rest. It sees that people changed; it cannot see that the same people behave
 * otherwise, which the outcome lanes see once outcomes come.
 */
#include "watch.h"

#include <math.h>

struct expected expected_of(const double *chance, const uint32_t *count, size_t cell_count)
{
    struct expected expected = {0};
    double right = 0;
    double squares = 0;
    double yes = 0;
    double pairs = 0;
    double no_below = 0;
    for (size_t c = 0; c < cell_count; c++) {
        const double rows = count[c];
        const double yes_here = rows * chance[c];
        must(chance[c] >= 0 && chance[c] <= 1 && (c == 0 || chance[c] >= chance[c - 1]));
        expected.rows += count[c];
        yes += yes_here;
        right += rows * fmax(chance[c], 1 - chance[c]);
        squares += rows * chance[c] * (1 - chance[c]);
        pairs += yes_here * (no_below + (rows - yes_here) / 2);
        no_below += rows - yes_here;
    }
    const double rows = (double)expected.rows;
    expected.rate = rows > 0 ? yes / rows : (double)NAN;
    expected.accuracy = rows > 0 ? right / rows : (double)NAN;
    expected.brier = rows > 0 ? squares / rows : (double)NAN;
    expected.auc = yes > 0 && no_below > 0 ? pairs / (yes * no_below) : (double)NAN;
    return expected;
}
