/*
 * monitor_expect.c - how well a score must be doing, before anybody knows how it came out, and how well it did.
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

struct expected observed_of(const double *chance, const uint32_t *outcome, size_t cell_count)
{
    struct expected observed = {0};
    double right = 0;
    double squares = 0;
    double yes = 0;
    double pairs = 0;
    double no_below = 0;
    for (size_t c = 0; c < cell_count; c++) {
        const double no_here = outcome[2 * c];
        const double yes_here = outcome[2 * c + 1];
        observed.rows += (uint64_t)outcome[2 * c] + outcome[2 * c + 1];
        yes += yes_here;
        right += chance[c] >= 0.5 ? yes_here : no_here;
        squares += yes_here * (1 - chance[c]) * (1 - chance[c]) + no_here * chance[c] * chance[c];
        pairs += yes_here * (no_below + no_here / 2);
        no_below += no_here;
    }
    const double rows = (double)observed.rows;
    observed.rate = rows > 0 ? yes / rows : (double)NAN;
    observed.accuracy = rows > 0 ? right / rows : (double)NAN;
    observed.brier = rows > 0 ? squares / rows : (double)NAN;
    observed.auc = yes > 0 && no_below > 0 ? pairs / (yes * no_below) : (double)NAN;
    return observed;
}
