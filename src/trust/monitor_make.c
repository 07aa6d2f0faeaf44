/*
 * monitor_make.c - what is watched for, as tables of evidence.
 *
 * Each lane is a world that is a little other: the shares of the cells are tilted, p'(c) proportional to
 * p(c) exp(t(c)), and the evidence of a cell is log p'(c) / p(c). A shift of the mean by a fifth of a
 * standard deviation needs t = 0.2 z, z being the cell's place less its mean over its deviation; this is
 * the sum that finds it soonest of all that raise false alarms as seldom (Moustakides 1986).
 *
 *     numbers   ranks as normal scores: up and down by 0.2 and 0.5 sd; values: by 0.2 sd; wider,
 *               narrower; more and less missing; the heaviest value more and less frequent
 *     levels    the heaviest ones, those too rare to be watched alone together, missing and unknown: each
 *               up and down by a fifth of a deviation, odds times 1.5 at least and 3 at most
 *     rates     each part with some rows: odds of what happens times e^0.3 and e^-0.3
 *     outcome   all parts: odds times e^0.3 and e^-0.3, and flatter and steeper over the score
 */
#include "monitor.h"

#include <math.h>
#include <string.h>

#include "numeric.h"

enum { LANES_MAX = 64, LEVELS_ALONE = 9, RATES_ALONE = 16, RATE_ROWS = 20 };

static const double evidence_most = 3; /* nats of one row */
static const double share_least =
    0.005; /* what is rarer is not watched alone, nor for being rarer still */
static const double tilt = 0.2;
static const double tilt_large = 0.5;
static const double place_most =
    8; /* deviations: one row in the far tail is not a change of the mean */
static const double odds_step = 0.3;
static const double slope_flat = 0.7;
static const double slope_steep = 1.4;

struct making {
    const struct monitor_column *column;
    uint64_t rows;
    double weight[MONITOR_CELLS_MAX]; /* adds up to 1, none is 0 */
    size_t lane_count;
    struct monitor_lane lane[LANES_MAX];
    double evidence[LANES_MAX][MONITOR_CELLS_MAX];
};

/* A lane of tilted shares; t is 0 at cells that it does not speak of, of which use is false. */
static void add_tilted(struct making *making, const char *way, size_t cell, const double *t,
                       const bool *use)
{
    const size_t cells = making->column->cell_count;
    double all = 0;
    double tilted = 0;
    must(making->lane_count < LANES_MAX);
    for (size_t c = 0; c < cells; c++) {
        all += use[c] ? making->weight[c] : 0;
        tilted += use[c] ? making->weight[c] * exp_of(t[c]) : 0;
    }
    if (!(all > 0)) {
        return;
    }
    double *evidence = making->evidence[making->lane_count];
    making->lane[making->lane_count++] = (struct monitor_lane){way, cell};
    for (size_t c = 0; c < cells; c++) {
        const double value = use[c] ? t[c] - log_of(tilted / all) : 0;
        evidence[c] = fmax(-evidence_most, fmin(evidence_most, value));
    }
}

static void add_scaled(struct making *making, const char *way, size_t cell, const double *t,
                       const bool *use, double size)
{
    double scaled[MONITOR_CELLS_MAX];
    for (size_t c = 0; c < making->column->cell_count; c++) {
        scaled[c] = size * t[c];
    }
    add_tilted(making, way, cell, scaled, use);
}

static void add_both(struct making *making, const char *const way[2], const double *t,
                     const bool *use, double size)
{
    add_scaled(making, way[0], 0, t, use, size);
    add_scaled(making, way[1], 0, t, use, -size);
}

/* t less its mean, over its deviation, where it is used; false: it does not vary. */
static bool standardise(const struct making *making, double *t, const bool *use)
{
    double weight = 0;
    double mean = 0;
    double variance = 0;
    for (size_t c = 0; c < making->column->cell_count; c++) {
        weight += use[c] ? making->weight[c] : 0;
        mean += use[c] ? making->weight[c] * t[c] : 0;
    }
    mean /= weight;
    for (size_t c = 0; c < making->column->cell_count; c++) {
        variance += use[c] ? making->weight[c] * (t[c] - mean) * (t[c] - mean) : 0;
    }
    const double deviation = sqrt(variance / weight);
    for (size_t c = 0; c < making->column->cell_count; c++) {
        t[c] = use[c] ? fmax(-place_most, fmin(place_most, (t[c] - mean) / deviation)) : 0;
    }
    return deviation > 0;
}

static const char *const mean_ways[2] = {"mean up", "mean down"};
static const char *const spread_ways[2] = {"wider", "narrower"};
static const char *const level_ways[2] = {"level up", "level down"};
static const char *const part_ways[2] = {"part up", "part down"};

/* A fifth of a deviation of an indicator, between odds of 1.5 and of 3. */
static void add_share(struct making *making, const char *const way[2], size_t cell,
                      const bool *is_in)
{
    double t[MONITOR_CELLS_MAX];
    bool use[MONITOR_CELLS_MAX] = {false};
    double share = 0;
    for (size_t c = 0; c < making->column->cell_count; c++) {
        share += is_in[c] ? making->weight[c] : 0;
        t[c] = is_in[c] ? 1 : 0;
        use[c] = true;
    }
    if (share > 0 && share < 1) {
        const double step = tilt / sqrt(share * (1 - share));
        const double size = fmax(log_of(1.5), fmin(log_of(3), step));
        for (size_t side = 0; side < (share < share_least ? 1 : 2); side++) {
            add_scaled(making, way[side], cell, t, use, side == 0 ? size : -size);
        }
    }
}

static void add_cell(struct making *making, const char *const way[2], size_t cell)
{
    bool is_in[MONITOR_CELLS_MAX] = {false};
    is_in[cell] = true;
    add_share(making, way, cell, is_in);
}

/* ---- numbers ------------------------------------------------------------------------------- */

/* The normal score of each cell: that of the middle of the ranks that it holds. */
static void normal_scores(const struct making *making, const bool *use, double *score)
{
    const struct monitor_column *column = making->column;
    double all = 0;
    for (size_t c = 0; c < column->cell_count; c++) {
        all += use[c] ? making->weight[c] : 0;
    }
    for (size_t c = 0; c < column->cell_count; c++) {
        double below = 0;
        for (size_t o = 0; o < column->cell_count; o++) {
            below += use[o] && column->place[o] < column->place[c] ? making->weight[o] : 0;
        }
        score[c] = use[c] ? normal_quantile((below + making->weight[c] / 2) / all) : 0;
    }
}

static size_t heaviest(const struct making *making, const bool *use)
{
    size_t most = 0;
    for (size_t c = 1; c < making->column->cell_count; c++) {
        if (use[c] && (!use[most] || making->weight[c] > making->weight[most])) {
            most = c;
        }
    }
    return most;
}

static void make_number(struct making *making)
{
    const struct monitor_column *column = making->column;
    double rank[MONITOR_CELLS_MAX];
    double value[MONITOR_CELLS_MAX];
    double far[MONITOR_CELLS_MAX];
    bool use[MONITOR_CELLS_MAX] = {false};
    bool is_missing[MONITOR_CELLS_MAX] = {false};
    size_t present = 0;
    for (size_t c = 0; c < column->cell_count; c++) {
        use[c] = !isnan(column->place[c]);
        is_missing[c] = !use[c];
        value[c] = use[c] ? column->place[c] : 0;
        present += use[c] ? 1 : 0;
    }
    static const char *const missing_ways[2] = {"missing up", "missing down"};
    add_share(making, missing_ways, 0, is_missing);
    if (present < 2) {
        return;
    }
    normal_scores(making, use, rank);
    if (!standardise(making, rank, use) || !standardise(making, value, use)) {
        return;
    }
    add_both(making, mean_ways, rank, use, tilt);
    add_both(making, mean_ways, rank, use, tilt_large);
    add_both(making, mean_ways, value, use, tilt);
    for (size_t c = 0; c < column->cell_count; c++) {
        far[c] = rank[c] * rank[c];
    }
    if (standardise(making, far, use)) {
        add_both(making, spread_ways, far, use, tilt);
    }
    const size_t heavy = heaviest(making, use);
    if (making->weight[heavy] > 0.1) {
        add_cell(making, level_ways, heavy);
    }
}

/* ---- levels, rates, outcome ---------------------------------------------------------------- */

/*
 * The heaviest ones alone, the others together, and what the reference has hardly: a level of a few rows
 * is known too badly to be watched by itself.
 */
static void make_levels(struct making *making)
{
    static const char *const rare_ways[2] = {"rare levels up", "rare levels down"};
    bool is_left[MONITOR_CELLS_MAX] = {false};
    const size_t cells = making->column->cell_count;
    size_t heavy = 0;
    for (size_t c = 0; c < cells; c++) {
        is_left[c] = true;
        heavy += making->weight[c] >= share_least ? 1 : 0;
    }
    size_t alone = heavy < LEVELS_ALONE ? heavy : LEVELS_ALONE;
    if (alone == cells) {
        alone--; /* the last one is known by the others */
    }
    for (size_t n = 0; n < alone; n++) {
        const size_t cell = heaviest(making, is_left);
        add_cell(making, level_ways, cell);
        is_left[cell] = false;
    }
    add_share(making, rare_ways, 0, is_left);
}

/* The logit of the rate of a part, never quite certain. */
static double logit_of_part(const struct making *making, size_t part)
{
    return log_of(making->weight[2 * part + 1]) - log_of(making->weight[2 * part]);
}

/* Evidence when the logit of each part is other[part]: of what happened, given the part. */
static void add_logits(struct making *making, const char *way, size_t cell, const double *other)
{
    double *evidence = making->evidence[making->lane_count];
    must(making->lane_count < LANES_MAX);
    making->lane[making->lane_count++] = (struct monitor_lane){way, cell};
    for (size_t part = 0; part < making->column->cell_count / 2; part++) {
        const double now = logistic_of(logit_of_part(making, part));
        const double then = logistic_of(other[part]);
        const double yes = log_of(then) - log_of(now);
        const double no = log_of(1 - then) - log_of(1 - now);
        evidence[2 * part + 1] = fmax(-evidence_most, fmin(evidence_most, yes));
        evidence[2 * part] = fmax(-evidence_most, fmin(evidence_most, no));
    }
}

/* A part that the reference hardly has is left in peace: nobody knows its rate. */
static bool is_known_part(const struct making *making, size_t part)
{
    const double *weight = making->column->weight;
    const double share = weight[2 * part] + weight[2 * part + 1];
    return making->column->cell_count == 2 || share * (double)making->rows >= RATE_ROWS;
}

static void make_rates(struct making *making)
{
    double other[MONITOR_CELLS_MAX];
    const size_t parts = making->column->cell_count / 2;
    for (size_t part = 0; part < parts && part < RATES_ALONE; part++) {
        for (size_t side = is_known_part(making, part) ? 0 : 2; side < 2; side++) {
            for (size_t p = 0; p < parts; p++) {
                other[p] = logit_of_part(making, p);
            }
            other[part] += side == 0 ? odds_step : -odds_step;
            add_logits(making, part_ways[side], part, other);
        }
    }
}

static void make_outcome(struct making *making)
{
    static const char *const way[4] = {"more than predicted", "less than predicted", "ranks worse",
                                       "ranks better"};
    static const double step[4] = {odds_step, -odds_step, 0, 0};
    static const double slope[4] = {1, 1, slope_flat, slope_steep};
    double other[MONITOR_CELLS_MAX];
    const size_t parts = making->column->cell_count / 2;
    double middle = 0;
    for (size_t p = 0; p < parts; p++) {
        middle += (making->weight[2 * p] + making->weight[2 * p + 1]) * logit_of_part(making, p);
    }
    for (size_t l = 0; l < 4; l++) {
        for (size_t p = 0; p < parts; p++) {
            other[p] = middle + slope[l] * (logit_of_part(making, p) - middle) + step[l];
        }
        add_logits(making, way[l], 0, other);
    }
}

/* ---- the plan ------------------------------------------------------------------------------ */

static void take_weights(struct making *making, uint64_t rows)
{
    const struct monitor_column *column = making->column;
    const double least = 0.5 / (double)(rows + 1);
    double all = 0;
    for (size_t c = 0; c < column->cell_count; c++) {
        making->weight[c] = fmax(least, column->weight[c]);
        all += making->weight[c];
    }
    for (size_t c = 0; c < column->cell_count; c++) {
        making->weight[c] /= all;
    }
}

static void make_lanes(struct making *making, uint64_t rows)
{
    making->lane_count = 0;
    making->rows = rows;
    take_weights(making, rows);
    switch (making->column->kind) {
    case MONITOR_NUMBER:
        make_number(making);
        break;
    case MONITOR_LEVELS:
        make_levels(making);
        break;
    case MONITOR_RATES:
        make_rates(making);
        break;
    case MONITOR_OUTCOME:
        make_outcome(making);
        break;
    }
}

static enum candor_status keep_table(struct job *job, const struct making *making,
                                     struct monitor_plan *plan, struct monitor_table *table)
{
    const size_t cells = making->column->cell_count;
    const size_t width = (making->lane_count + MONITOR_LANES - 1) / MONITOR_LANES * MONITOR_LANES;
    int32_t *evidence;
    struct monitor_lane *lane;
    double *weight;
    TRY_ALLOC(job, evidence, cells * width + 1, int32_t);
    TRY_ALLOC(job, lane, width + 1, struct monitor_lane);
    TRY_ALLOC(job, weight, cells, double);
    memset(lane, 0, (width + 1) * sizeof *lane);
    memset(evidence, 0, (cells * width + 1) * sizeof *evidence);
    for (size_t l = 0; l < making->lane_count; l++) {
        lane[l] = making->lane[l];
        for (size_t c = 0; c < cells; c++) {
            evidence[c * width + l] = (int32_t)nearbyint(making->evidence[l][c] * MONITOR_UNIT);
        }
    }
    memcpy(weight, making->weight, cells * sizeof *weight);
    *table = (struct monitor_table){.name = str_copy(job->arena, making->column->name),
                                    .cell_count = cells,
                                    .width = width,
                                    .first_lane = plan->lane_count,
                                    .first_cell = plan->cell_count,
                                    .evidence = evidence,
                                    .lane = lane,
                                    .weight = weight};
    plan->lane_count += width;
    plan->cell_count += cells;
    for (size_t i = 0; i < cells * width; i++) { /* FNV-1a over what is added up */
        plan->mark = (plan->mark ^ (uint32_t)evidence[i]) * 0x100000001b3U;
    }
    return CANDOR_OK;
}

enum candor_status monitor_make(struct job *job, const struct monitor_column *column,
                                size_t column_count, uint64_t rows, struct monitor_plan **plan)
{
    struct making *making = NEW(job->arena, struct making);
    struct monitor_plan *made = NEW(job->arena, struct monitor_plan);
    if (column_count > MONITOR_COLUMNS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu columns to watch, %d at most", column_count,
                    MONITOR_COLUMNS_MAX);
    }
    *made = (struct monitor_plan){.column_count = column_count,
                                  .limit = INT32_MAX,
                                  .rows = rows,
                                  .mark = 0xcbf29ce484222325U};
    TRY_ALLOC(job, made->column, column_count + 1, struct monitor_table);
    for (size_t c = 0; c < column_count; c++) {
        must(column[c].cell_count >= 1 && column[c].cell_count <= MONITOR_CELLS_MAX);
        making->column = &column[c];
        make_lanes(making, rows);
        TRY(keep_table(job, making, made, &made->column[c]));
    }
    *plan = made;
    return CANDOR_OK;
}

size_t monitor_lanes(const struct monitor_plan *plan)
{
    size_t count = 0;
    for (size_t c = 0; c < plan->column_count; c++) {
        for (size_t l = 0; l < plan->column[c].width; l++) {
            count += plan->column[c].lane[l].way != NULL ? 1 : 0;
        }
    }
    return count;
}

void monitor_set_limit(struct monitor_plan *plan, double limit)
{
    must(limit > 0 && limit < 1000);
    plan->limit = (int32_t)nearbyint(limit * MONITOR_UNIT);
}

double monitor_limit_of(const struct monitor_plan *plan)
{
    return (double)plan->limit / MONITOR_UNIT;
}
