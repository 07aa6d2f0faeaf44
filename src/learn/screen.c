/*
 * screen.c - which features, and which pairs of them, deserve a table.
 *
 * Screening asks of every pair how much of the gradient that the single features leave behind is
 * gathered in the cells of a coarse table: G^2 / W, divided by the variance of a row, is what one step
 * on a cell would gain, and 1 is what chance gains, with a variance of 2. A pair must gain clearly more
 * than chance. All tables are filled first and added up over all parties at once.
 *
 * Of many features, those that gain no more than chance on their own are held at zero before the fit:
 * a table for each of hundreds of columns of noise would learn the noise of few rows, and cost most of
 * the time with many. They stay in the model, which says that they do nothing.
 *
 * With very many features only those whose own effect is strongest are paired: a thousand features
 * make half a million pairs, and a pair of two features that do nothing alone is rare.
 */
#include "fit.h"

#include <math.h>
#include <stdlib.h>

enum { SCREEN_PLACES = 8, SCREEN_ROWS_LEAST = 20, SCREEN_SIDE = 10 };
enum { SCREEN_CELLS = SCREEN_SIDE * SCREEN_SIDE };

/* So many features are first asked one by one: among fewer, smoothing alone decides. */
enum { SCREENED_FROM = 64 };

static const double screen_hold = 5;
/*
 * How far above chance a pair must gain, in standard deviations of what chance gains: one among up to
 * 200 pairs, and more among more, so that the expected number of pairs of noise falls as their inverse:
 * the best 20 of 2,000 pairs of noise would all pass a bar of two.
 */
static double screen_sure(size_t pair_count)
{
    static const double few = 200;
    const double share = few / (double)pair_count;
    return pair_count <= (size_t)few ? 1 : normal_quantile(1 - normal_cdf(-1) * share * share);
}

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
    if (feature->kind != COLUMN_CATEGORY) {
        axis_of_numbers(feature, share, places, &axis);
    } else {
        axis_of_categories(feature, share, places, &axis);
    }
    return axis;
}

struct axis screen_axis(const struct pairs_input *input, size_t feature, size_t places)
{
    return axis_of(&input->feature[feature], input->share + feature * BINS_MAX, places);
}

/* ---- screening ---- */

struct screen_cell {
    int64_t gradient;
    int64_t curvature;
    int64_t rows;
};

struct screening {
    const struct pairs_input *input;
    const uint8_t **place; /* of each feature that is paired: a place per row */
    struct chosen_pair *candidate;
    struct screen_cell *cell; /* SCREEN_CELLS of each candidate */
};

static void screen_pair(void *context, size_t piece)
{
    const struct screening *screening = context;
    const struct chosen_pair *candidate = &screening->candidate[piece];
    const struct rows *rows = screening->input->rows;
    const uint8_t *left = screening->place[candidate->feature[0]];
    const uint8_t *right = screening->place[candidate->feature[1]];
    struct screen_cell *cell = screening->cell + piece * SCREEN_CELLS;
    for (size_t row = 0; row < rows->row_count; row++) {
        struct screen_cell *at = &cell[left[row] * SCREEN_SIDE + right[row]];
        at->gradient += rows->gradient[row];
        at->curvature += rows->curvature[row];
        at->rows++;
    }
}

/* The gain of a pair, 0 when chance could have made it. */
static double screen_gain(const struct rows *rows, double scale, double sure,
                          const struct screen_cell *cell)
{
    double gain = 0;
    double cells = 0;
    for (size_t i = 0; i < SCREEN_CELLS; i++) {
        if (cell[i].rows >= SCREEN_ROWS_LEAST) {
            const double g = (double)cell[i].gradient * rows->gradient_unit;
            const double w = (double)cell[i].curvature * rows->curvature_unit;
            gain += (g * g / scale - w) / (w + screen_hold);
            cells++;
        }
    }
    return gain > sure * sqrt(2 * cells) ? gain : 0;
}

static int by_features(const void *left, const void *right)
{
    const struct chosen_pair *a = left;
    const struct chosen_pair *b = right;
    if (a->feature[0] != b->feature[0]) {
        return a->feature[0] < b->feature[0] ? -1 : 1;
    }
    return a->feature[1] < b->feature[1] ? -1 : a->feature[1] > b->feature[1];
}

static int by_gain(const void *left, const void *right)
{
    const struct chosen_pair *a = left;
    const struct chosen_pair *b = right;
    if (a->gain != b->gain) {
        return a->gain > b->gain ? -1 : 1;
    }
    return by_features(left, right);
}

/* ---- which features and pairs come into question ---- */

struct strength {
    double importance;
    size_t feature;
};

static int by_importance(const void *left, const void *right)
{
    const struct strength *a = left;
    const struct strength *b = right;
    if (a->importance != b->importance) {
        return a->importance > b->importance ? -1 : 1;
    }
    return a->feature < b->feature ? -1 : a->feature > b->feature;
}

static enum candor_status mark_features(struct job *job, const struct pairs_input *input,
                                        bool *is_paired)
{
    struct strength *strength;
    TRY_ALLOC(job, strength, input->feature_count, struct strength);
    for (size_t i = 0; i < input->feature_count; i++) {
        strength[i] = (struct strength){input->importance[i], i};
    }
    qsort(strength, input->feature_count, sizeof *strength, by_importance);
    for (size_t i = 0; i < input->feature_count && i < SCREEN_FEATURES_MAX; i++) {
        const size_t feature = strength[i].feature;
        is_paired[feature] = strength[i].importance >= 0 &&
                             (input->shape == NULL || input->shape[feature] == SHAPE_FREE);
        if (input->is_unpaired != NULL && is_paired[feature]) {
            input->is_unpaired[feature] = false;
        }
    }
    return CANDOR_OK;
}

static bool is_banned(const struct pairs_input *input, size_t left, size_t right)
{
    for (size_t i = 0; i < input->ban_count; i++) {
        const size_t *feature = input->ban[i].feature;
        if ((feature[0] == left && feature[1] == right) ||
            (feature[0] == right && feature[1] == left)) {
            return true;
        }
    }
    return false;
}

static enum candor_status list_candidates(struct job *job, const struct pairs_input *input,
                                          const bool *is_paired, struct chosen_pair **candidate,
                                          size_t *count)
{
    const size_t most = SCREEN_FEATURES_MAX * (SCREEN_FEATURES_MAX - 1) / 2;
    TRY_ALLOC(job, *candidate, most, struct chosen_pair);
    *count = 0;
    for (size_t i = 0; i < input->feature_count; i++) {
        for (size_t j = i + 1; j < input->feature_count; j++) {
            if (is_paired[i] && is_paired[j] && !is_banned(input, i, j)) {
                (*candidate)[*count] = (struct chosen_pair){.feature = {i, j}};
                (*count)++;
            }
        }
    }
    return CANDOR_OK;
}

struct placing {
    const struct pairs_input *input;
    const bool *is_paired;
    uint8_t **place;
};

static void place_feature(void *context, size_t feature)
{
    const struct placing *placing = context;
    if (!placing->is_paired[feature]) {
        return;
    }
    const struct axis axis = screen_axis(placing->input, feature, SCREEN_PLACES);
    const uint8_t *bin = placing->input->bin[feature];
    for (size_t row = 0; row < placing->input->rows->row_count; row++) {
        placing->place[feature][row] = axis.place[bin[row]];
    }
}

static enum candor_status place_rows(struct job *job, const struct pairs_input *input,
                                     const bool *is_paired, const uint8_t ***place)
{
    struct placing placing = {input, is_paired, NULL};
    TRY_ALLOC(job, placing.place, input->feature_count, uint8_t *);
    TRY_ALLOC(job, *place, input->feature_count, const uint8_t *);
    for (size_t i = 0; i < input->feature_count; i++) {
        if (is_paired[i]) {
            TRY_ALLOC(job, placing.place[i], input->rows->row_count + 1, uint8_t);
            (*place)[i] = placing.place[i];
        }
    }
    pool_each(input->rows->threads, input->feature_count, place_feature, &placing);
    return CANDOR_OK;
}

static enum candor_status fill_gains(struct job *job, const struct pairs_input *input,
                                     const uint8_t **place, struct chosen_pair *candidate,
                                     size_t count)
{
    struct screening screening = {input, place, candidate, NULL};
    TRY_ALLOC(job, screening.cell, count * SCREEN_CELLS + 1, struct screen_cell);
    pool_each(input->rows->threads, count, screen_pair, &screening);
    TRY(reduce_add(job, input->rows->reducer, &screening.cell->gradient,
                   count * SCREEN_CELLS * (sizeof *screening.cell / sizeof(int64_t))));
    const double sure = screen_sure(count);
    for (size_t i = 0; i < count; i++) {
        candidate[i].gain =
            screen_gain(input->rows, input->scale, sure, screening.cell + i * SCREEN_CELLS);
    }
    return CANDOR_OK;
}

size_t pairs_choose(struct chosen_pair *pair, size_t count, size_t pairs_max)
{
    qsort(pair, count, sizeof *pair, by_gain);
    size_t chosen = 0;
    while (chosen < count && chosen < pairs_max && pair[chosen].gain > 0) {
        chosen++;
    }
    qsort(pair, chosen, sizeof *pair, by_features);
    return chosen;
}

/* The best pairs, at most pairs_max, none that gains no more than chance. */
enum candor_status screen_pairs(struct job *job, const struct pairs_input *input,
                                struct chosen_pair **chosen, size_t *count)
{
    struct chosen_pair *candidate = NULL;
    bool *is_paired;
    const uint8_t **place = NULL;
    size_t all = 0;
    TRY_ALLOC(job, *chosen, input->pairs_max + 1, struct chosen_pair);
    const struct arena_mark mark = arena_mark(job->arena);
    TRY_ALLOC(job, is_paired, input->feature_count, bool);
    TRY(mark_features(job, input, is_paired));
    TRY(list_candidates(job, input, is_paired, &candidate, &all));
    TRY(place_rows(job, input, is_paired, &place));
    TRY(fill_gains(job, input, place, candidate, all));

    *count = pairs_choose(candidate, all, input->pairs_max);
    bytes_copy(*chosen, candidate, *count * sizeof *candidate);
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

/* ---- single features ---- */

/* What one step on coarse cells of a feature would gain over the mean, above chance. */
static enum candor_status feature_gain(struct job *job, const struct fitting *fitting, double scale,
                                       size_t feature, double *gain)
{
    const struct pairs_input input = {.feature = fitting->feature, .share = fitting->share};
    const struct axis axis = screen_axis(&input, feature, SCREEN_PLACES);
    const struct rows *rows = &fitting->rows;
    const uint8_t *bin = fitting->bin[feature];
    struct screen_cell cell[SCREEN_CELLS] = {{0, 0, 0}};
    for (size_t row = 0; row < rows->row_count; row++) {
        struct screen_cell *at = &cell[axis.place[bin[row]]];
        at->gradient += rows->gradient[row];
        at->curvature += rows->curvature[row];
        at->rows++;
    }
    TRY(reduce_add(job, rows->reducer, &cell->gradient,
                   SCREEN_CELLS * (sizeof *cell / sizeof(int64_t))));
    *gain = screen_gain(rows, scale, 1, cell);
    return CANDOR_OK;
}

enum candor_status screen_features(struct job *job, struct fitting *fitting)
{
    TRY_ALLOC(job, fitting->is_idle, fitting->feature_count + 1, bool);
    if (fitting->feature_count < SCREENED_FROM || fitting->rows.task == TASK_CLASSES) {
        return CANDOR_OK;
    }
    double *intercept;
    double scale = 1;
    struct rows_total total;
    const struct arena_mark mark = arena_mark(job->arena);
    TRY_ALLOC(job, intercept, fitting->rows.row_count + 1, double);
    for (size_t row = 0; row < fitting->rows.row_count; row++) {
        intercept[row] = fitting->newton.intercept;
    }
    fitting->rows.offset = intercept;
    TRY(rows_begin(job, &fitting->rows));
    TRY(rows_evaluate(job, &fitting->rows, NULL, &total));
    if (fitting->rows.task != TASK_BINARY) {
        TRY(rows_pearson(job, &fitting->rows, &scale));
        scale = fmax(scale / fitting->rows.weight_count, 1e-12);
    }
    for (size_t i = 0; i < fitting->feature_count; i++) {
        double gain;
        TRY(feature_gain(job, fitting, scale, i, &gain));
        fitting->is_idle[i] = gain == 0;
        fitting->idle_count += gain == 0;
    }
    fitting->rows.offset = NULL;
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}
