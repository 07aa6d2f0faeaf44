/*
 * purify.c - what is left of a pair's table without its margins.
 *
 * A table may hold a part that depends on one feature alone, and a reader would look for it there.
 * Purifying moves the weighted mean of each row and each column out until all are zero. Lengerich et
 * al. 2020.
 */
#include "fit.h"

#include <math.h>

enum { PURIFY_SWEEPS_MAX = 1000 };

static const double purify_settled = 1e-12;

/* Move the weighted mean of each line along an axis into its margin; returns the largest moved. */
static double purify_axis(struct pair *pair, size_t along)
{
    struct axis *axis = &pair->axis[along];
    const size_t across = pair->axis[1 - along].count;
    const size_t line_step = along == 0 ? across : 1;
    const size_t cell_step = along == 0 ? 1 : axis->count;
    double largest = 0;
    for (size_t line = 0; line < axis->count; line++) {
        double weight = 0;
        double sum = 0;
        for (size_t c = 0; c < across; c++) {
            const size_t at = line * line_step + c * cell_step;
            weight += pair->weight[at];
            sum += pair->weight[at] * pair->value[at];
        }
        const double mean = weight > 0 ? sum / weight : 0;
        for (size_t c = 0; c < across; c++) {
            pair->value[line * line_step + c * cell_step] -= mean;
        }
        axis->margin[line] += mean;
        largest = fmax(largest, fabs(mean));
    }
    return largest;
}

void pairs_purify(struct pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        double moved = 1;
        for (unsigned sweep = 0; sweep < PURIFY_SWEEPS_MAX && moved > purify_settled; sweep++) {
            moved = purify_axis(&pairs->pair[i], 0);
            moved = fmax(moved, purify_axis(&pairs->pair[i], 1));
        }
    }
}

void pairs_add_margins(const struct pairs *pairs, size_t feature, size_t bin_count, double *value)
{
    for (size_t i = 0; i < pairs->count; i++) {
        for (size_t side = 0; side < 2; side++) {
            const struct axis *axis = &pairs->pair[i].axis[side];
            if (pairs->pair[i].feature[side] != feature) {
                continue;
            }
            for (size_t bin = 0; bin < bin_count; bin++) {
                value[bin] += axis->margin[axis->place[bin]]; /* never seen: the margin is 0 */
            }
        }
    }
}

/* ---- what is uncertain beside the margins ---- */

/* The weighted means of the lines along one axis, out of the values. */
static void centre_lines(const struct pair *pair, size_t along, double *value)
{
    const size_t lines = pair->axis[along].count;
    const size_t across = pair->axis[1 - along].count;
    const size_t line_step = along == 0 ? across : 1;
    const size_t cell_step = along == 0 ? 1 : lines;
    for (size_t line = 0; line < lines; line++) {
        double weight = 0;
        double sum = 0;
        for (size_t c = 0; c < across; c++) {
            const size_t at = line * line_step + c * cell_step;
            weight += pair->weight[at];
            sum += pair->weight[at] * value[at];
        }
        const double mean = weight > 0 ? sum / weight : 0;
        for (size_t c = 0; c < across; c++) {
            value[line * line_step + c * cell_step] -= mean;
        }
    }
}

void pair_purify_vector(const struct pair *pair, double *value)
{
    centre_lines(pair, 0, value);
    centre_lines(pair, 1, value);
    centre_lines(pair, 0, value);
}

enum candor_status pair_deviations(struct job *job, struct pair *pair, const double *covariance)
{
    const size_t cells = pair->axis[0].count * pair->axis[1].count;
    const struct arena_mark mark = arena_mark(job->arena);
    double *v;
    TRY_ALLOC(job, v, cells * cells, double);
    for (size_t i = 0; i < cells; i++) {
        for (size_t j = 0; j < cells; j++) {
            v[i * cells + j] = covariance[i >= j ? j * cells + i : i * cells + j];
        }
        pair_purify_vector(pair, v + i * cells);
    }
    double *column = NEW_ARRAY(job->arena, cells, double);
    for (size_t j = 0; j < cells; j++) {
        for (size_t i = 0; i < cells; i++) {
            column[i] = v[i * cells + j];
        }
        pair_purify_vector(pair, column);
        pair->sd[j] = sqrt(fmax(column[j], 0));
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}
