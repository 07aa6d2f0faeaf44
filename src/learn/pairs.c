/*
 * pairs.c - which pairs of features deserve a table, and what is left of them without their margins.
 *
 * Screening asks of every pair how much of the gradient that the single features leave behind is
 * gathered in the cells of a coarse table: G^2 / W is what one step on a cell would gain, and 1 is
 * what chance gains. The best pairs get tables of up to 14 places along each axis, fitted together
 * on top of the single features.
 *
 * Such a table may still hold a part that depends on one feature alone, and a reader would look for
 * it there. Purifying moves the weighted mean of each row and each column out until all are zero.
 */
#include "fit.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { SCREEN_PLACES = 8, SCREEN_ROWS_LEAST = 20, PURIFY_SWEEPS_MAX = 1000 };

/* Places along an axis; fewer when all tables together would need so many cells that a round is slow. */
enum { TABLE_PLACES = 14, TABLE_PLACES_LEAST = 6, CELLS_WANTED = 1200 };
static_assert(TABLE_PLACES + 2 <= PAIR_AXIS_MAX, "room for missing and for what was never seen");

static const double screen_hold = 5;
static const double purify_settled = 1e-12;

/* ---- axes ---- */

/* Values in order join their neighbours; missing has a place of its own, the first, if it was seen. */
static void axis_of_numbers(const struct model_feature *feature, const double *share, size_t places,
                            struct axis *axis)
{
    axis->first = share[BIN_MISSING] > 0 ? 1 : 0;
    uint8_t place[BINS_MAX];
    size_t count = feature->value_count;
    if (count <= places) {
        for (size_t v = 0; v < count; v++) {
            place[v] = (uint8_t)v;
        }
    } else {
        /* As many quantiles as leave room for the heavy values between them. */
        for (size_t quantiles = places; count > places; quantiles--) {
            count = share_out(share + 1, feature->value_count, quantiles, place);
        }
    }

    axis->count = axis->first + count;
    axis->place[BIN_MISSING] = (uint8_t)(axis->first == 1 ? 0 : axis->count);
    for (size_t v = 0; v < feature->value_count; v++) {
        axis->place[v + 1] = (uint8_t)(axis->first + place[v]);
    }
}

/* The heaviest categories have a place each, the rest share one. */
static void axis_of_categories(const struct model_feature *feature, const double *share,
                               size_t places, struct axis *axis)
{
    size_t seen = 0;
    for (size_t bin = 0; bin < feature->bin_count; bin++) {
        seen += share[bin] > 0;
    }
    const size_t alone = seen <= places ? seen : places - 1;
    axis->count = seen <= places ? seen : places;
    axis->first = axis->count;
    for (size_t bin = 0; bin < feature->bin_count; bin++) {
        size_t heavier = 0;
        for (size_t other = 0; other < feature->bin_count; other++) {
            heavier += share[other] > share[bin] || (other < bin && share[other] == share[bin]);
        }
        const size_t place = heavier < alone ? heavier : alone;
        axis->place[bin] = (uint8_t)(share[bin] > 0 ? place : axis->count);
    }
}

static struct axis axis_of(const struct model_feature *feature, const double *share, size_t places)
{
    struct axis axis = {.count = 0};
    if (feature->kind == COLUMN_NUMBER) {
        axis_of_numbers(feature, share, places, &axis);
    } else {
        axis_of_categories(feature, share, places, &axis);
    }
    return axis;
}

static void fill_axes(const struct pairs_input *input, size_t places, struct axis *axis)
{
    for (size_t i = 0; i < input->feature_count; i++) {
        double share[BINS_MAX];
        rows_shares(input->rows, input->bin[i], input->feature[i].bin_count, share);
        axis[i] = axis_of(&input->feature[i], share, places);
    }
}

/* ---- screening ---- */

struct candidate {
    double gain;
    size_t feature[2];
};

struct screening {
    const struct pairs_input *input;
    const struct axis *axis;
    struct candidate *candidate;
};

struct screen_cell {
    int64_t gradient;
    int64_t curvature;
    int64_t rows;
};

static double screen_gain(const struct rows *rows, const struct screen_cell *cell, size_t count)
{
    double gain = 0;
    for (size_t i = 0; i < count; i++) {
        if (cell[i].rows >= SCREEN_ROWS_LEAST) {
            const double g = (double)cell[i].gradient * rows->gradient_unit;
            const double w = (double)cell[i].curvature * rows->curvature_unit;
            gain += (g * g - w) / (w + screen_hold);
        }
    }
    return gain;
}

static void screen_pair(void *context, size_t piece)
{
    const struct screening *screening = context;
    struct candidate *candidate = &screening->candidate[piece];
    const struct rows *rows = screening->input->rows;
    const struct axis *left = &screening->axis[candidate->feature[0]];
    const struct axis *right = &screening->axis[candidate->feature[1]];
    const uint8_t *left_bin = screening->input->bin[candidate->feature[0]];
    const uint8_t *right_bin = screening->input->bin[candidate->feature[1]];

    struct screen_cell cell[PAIR_AXIS_MAX * PAIR_AXIS_MAX] = {{0, 0, 0}};
    for (size_t row = 0; row < rows->row_count; row++) {
        struct screen_cell *at =
            &cell[left->place[left_bin[row]] * PAIR_AXIS_MAX + right->place[right_bin[row]]];
        at->gradient += rows->gradient[row];
        at->curvature += rows->curvature[row];
        at->rows++;
    }
    candidate->gain = screen_gain(rows, cell, sizeof cell / sizeof cell[0]);
}

static int by_features(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;
    if (a->feature[0] != b->feature[0]) {
        return a->feature[0] < b->feature[0] ? -1 : 1;
    }
    return a->feature[1] < b->feature[1] ? -1 : a->feature[1] > b->feature[1];
}

static int by_gain(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;
    if (a->gain != b->gain) {
        return a->gain > b->gain ? -1 : 1;
    }
    return by_features(left, right);
}

/* The best pairs, at most pairs_max, none that gains no more than chance. */
static enum candor_status choose(struct job *job, const struct pairs_input *input,
                                 struct candidate **chosen, size_t *count)
{
    const size_t features = input->feature_count;
    const size_t all = features * (features - 1) / 2;
    struct axis *axis;
    TRY_ALLOC(job, *chosen, all + 1, struct candidate);
    TRY_ALLOC(job, axis, features, struct axis);
    fill_axes(input, SCREEN_PLACES, axis);
    size_t next = 0;
    for (size_t i = 0; i < features; i++) {
        for (size_t j = i + 1; j < features; j++) {
            (*chosen)[next++].feature[0] = i;
            (*chosen)[next - 1].feature[1] = j;
        }
    }

    struct screening screening = {input, axis, *chosen};
    pool_each(input->rows->threads, all, screen_pair, &screening);
    qsort(*chosen, all, sizeof **chosen, by_gain);
    *count = 0;
    while (*count < all && *count < input->pairs_max && (*chosen)[*count].gain > 0) {
        (*count)++;
    }
    qsort(*chosen, *count, sizeof **chosen, by_features);
    return CANDOR_OK;
}

/* ---- tables ---- */

static enum candor_status make_pair(struct job *job, const struct pairs_input *input,
                                    const struct axis *axis, const struct candidate *candidate,
                                    struct pair *pair)
{
    const size_t i = candidate->feature[0];
    const size_t j = candidate->feature[1];
    *pair = (struct pair){.feature = {i, j}, .axis = {axis[i], axis[j]}};
    const size_t width = axis[j].count;
    const size_t cells = axis[i].count * width;
    uint8_t *cell;
    TRY_ALLOC(job, cell, input->rows->row_count, uint8_t);
    for (size_t row = 0; row < input->rows->row_count; row++) {
        cell[row] = (uint8_t)(axis[i].place[input->bin[i][row]] * width +
                              axis[j].place[input->bin[j][row]]);
    }
    pair->cell = cell;
    pair->value = NEW_ARRAY(job->arena, cells, double);
    pair->sd = NEW_ARRAY(job->arena, cells, double);
    pair->weight = NEW_ARRAY(job->arena, cells, double);
    rows_shares(input->rows, cell, cells, pair->weight);
    return CANDOR_OK;
}

static void take_tables(const struct newton *newton, struct pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const struct block *block = &newton->design->block[i];
        for (size_t c = 0; c < block->cell_count; c++) {
            pairs->pair[i].value[c] = newton->unknown[block->start + c];
            pairs->pair[i].sd[c] = sqrt(newton->covariance[i][c * block->cell_count + c]);
        }
    }
    pairs->freedom = newton->freedom - 1; /* its intercept is that of the single features */
    pairs->rounds = newton->rounds;
}

static size_t cells_of(const struct candidate *chosen, size_t count, const struct axis *axis)
{
    size_t cells = 0;
    for (size_t i = 0; i < count; i++) {
        cells += axis[chosen[i].feature[0]].count * axis[chosen[i].feature[1]].count;
    }
    return cells;
}

/* Axes as fine as the number of cells allows. */
static void fit_axes(const struct pairs_input *input, const struct candidate *chosen, size_t count,
                     struct axis *axis)
{
    size_t places = TABLE_PLACES;
    fill_axes(input, places, axis);
    while (places > TABLE_PLACES_LEAST && cells_of(chosen, count, axis) > CELLS_WANTED) {
        places--;
        fill_axes(input, places, axis);
    }
}

static enum candor_status fit_tables(struct job *job, const struct pairs_input *input,
                                     struct pairs *pairs)
{
    struct design design;
    struct rows rows = *input->rows;
    TRY(design_of_pairs(job, pairs->pair, pairs->count, rows.row_count, &design));
    rows_set_offset(&rows, input->score);
    struct newton newton = {.design = &design, .rows = &rows};
    TRY_ALLOC(job, newton.unknown, design.cell_count, double);
    TRY(newton_fit(job, &newton));
    take_tables(&newton, pairs);
    return CANDOR_OK;
}

enum candor_status pairs_fit(struct job *job, const struct pairs_input *input, struct pairs *pairs)
{
    struct candidate *chosen = NULL;
    struct axis *axis;
    *pairs = (struct pairs){.count = 0};
    TRY(choose(job, input, &chosen, &pairs->count));
    if (pairs->count == 0) {
        return CANDOR_OK;
    }

    TRY_ALLOC(job, axis, input->feature_count, struct axis);
    TRY_ALLOC(job, pairs->pair, pairs->count, struct pair);
    fit_axes(input, chosen, pairs->count, axis);
    for (size_t i = 0; i < pairs->count; i++) {
        TRY(make_pair(job, input, axis, &chosen[i], &pairs->pair[i]));
    }
    return fit_tables(job, input, pairs);
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

/* ---- purifying ---- */

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
