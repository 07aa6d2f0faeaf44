/*
 * fit.c - the additive model from rows: the order of it all.
 *
 *     rows -> bins -> unknowns by Newton -> tables that average to zero
 *
 * A binary target starts from its odds. A regression is fitted to (value - mean) / unit, so that its
 * steps and penalties mean the same whatever the target is measured in.
 */
#include "fit.h"

#include <math.h>

#include "numeric.h"

/* Beyond this many cells a round costs more than 0.3 s, so features share what there is. */
enum { CELLS_WANTED = 2048 };

/* ---- what comes in ---- */

/* Weights with mean 1 over the rows that have any: only their ratios matter, and a row of weight 0 is
 * as good as absent. */
static enum candor_status take_weights(struct job *job, struct fitting *fitting)
{
    const double *given = fitting->options->weight;
    const size_t rows = fitting->rows.row_count;
    size_t positive = 0;
    for (size_t row = 0; row < rows && given != NULL; row++) {
        if (!isfinite(given[row]) || given[row] < 0) {
            return fail(job, CANDOR_BAD_INPUT, "row %zu: a weight must be 0 or more", row);
        }
        positive += given[row] > 0;
    }
    if (given == NULL) {
        return CANDOR_OK;
    }
    if (positive == 0) {
        return fail(job, CANDOR_BAD_INPUT, "all weights are 0");
    }

    const double mean = sum_any_order(given, NULL, rows) / (double)positive;
    double *weight;
    TRY_ALLOC(job, weight, rows, double);
    for (size_t row = 0; row < rows; row++) {
        weight[row] = given[row] / mean;
    }
    fitting->rows.weight = weight;
    return CANDOR_OK;
}

static enum candor_status take_binary(struct job *job, const struct target *target,
                                      struct fitting *fitting)
{
    for (size_t row = 0; row < fitting->rows.row_count; row++) {
        if (target->value[row] != 0 && target->value[row] != 1) {
            return fail(job, CANDOR_BAD_INPUT, "target '%.*s', row %zu: neither 0 nor 1",
                        STR_ARG(target->name), row);
        }
    }
    const double mean = mean_of(target->value, fitting->rows.weight, fitting->rows.row_count);
    if (!(mean > 0 && mean < 1)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "target '%.*s' has one class only in the %zu rows to learn from",
                    STR_ARG(target->name), fitting->rows.row_count);
    }
    fitting->rows.target = target->value;
    fitting->newton.intercept = log_of(mean / (1 - mean));
    return CANDOR_OK;
}

static enum candor_status take_numbers(struct job *job, const struct target *target,
                                       struct fitting *fitting)
{
    const size_t rows = fitting->rows.row_count;
    for (size_t row = 0; row < rows; row++) {
        if (!isfinite(target->value[row])) {
            return fail(job, CANDOR_BAD_INPUT, "target '%.*s', row %zu: not a number",
                        STR_ARG(target->name), row);
        }
    }
    fitting->target_mean = mean_of(target->value, fitting->rows.weight, rows);
    fitting->target_unit = sqrt(variance_of(target->value, fitting->rows.weight, rows));
    if (!(fitting->target_unit > 0) || !isfinite(fitting->target_unit)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "target '%.*s' has no spread in the %zu rows to learn from",
                    STR_ARG(target->name), rows);
    }

    double *value;
    TRY_ALLOC(job, value, rows, double);
    for (size_t row = 0; row < rows; row++) {
        value[row] = (target->value[row] - fitting->target_mean) / fitting->target_unit;
    }
    fitting->rows.target = value;
    return CANDOR_OK;
}

static enum candor_status take_rows(struct job *job, const struct target *target,
                                    struct fitting *fitting)
{
    if (fitting->rows.row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "there are no rows to learn from");
    }
    fitting->rows = (struct rows){
        .threads =
            fitting->options->threads == 0 ? pool_default_threads() : fitting->options->threads,
        .task = target->task,
        .row_count = fitting->rows.row_count,
    };
    fitting->target_unit = 1;
    TRY(take_weights(job, fitting));
    if (target->task == TASK_BINARY) {
        return take_binary(job, target, fitting);
    }
    return take_numbers(job, target, fitting);
}

/* ---- the fit ---- */

static size_t cells_of(const struct fitting *fitting)
{
    size_t cells = 0;
    for (size_t i = 0; i < fitting->feature_count; i++) {
        cells += fitting->feature[i].bin_count;
    }
    return cells;
}

static enum candor_status fill_shares(struct job *job, struct fitting *fitting)
{
    TRY_ALLOC(job, fitting->share, fitting->feature_count * BINS_MAX, double);
    for (size_t i = 0; i < fitting->feature_count; i++) {
        TRY(rows_shares(job, &fitting->rows, fitting->bin[i], fitting->feature[i].bin_count,
                        fitting->share + i * BINS_MAX));
    }
    return CANDOR_OK;
}

enum { MAIN_SMOOTHINGS_MAX = 30, AGAIN_SMOOTHINGS_MAX = 6 };

static enum candor_status fit_mains(struct job *job, struct fitting *fitting)
{
    TRY(design_of_features(job, fitting->feature, fitting->feature_count, fitting->bin,
                           fitting->rows.row_count, &fitting->design));
    fitting->newton.design = &fitting->design;
    fitting->newton.rows = &fitting->rows;
    fitting->newton.doing = "fitting features";
    fitting->newton.smoothings_max = MAIN_SMOOTHINGS_MAX;
    fitting->newton.deadline = fitting->deadline.ticks_ns == NULL ? NULL : &fitting->deadline;
    TRY_ALLOC(job, fitting->newton.unknown, fitting->design.cell_count, double);
    TRY(rows_begin(job, &fitting->rows));
    return newton_fit(job, &fitting->newton);
}

/* How far the values of each feature move a row on average. */
static enum candor_status fill_importances(struct job *job, const struct fitting *fitting,
                                           double **importance)
{
    TRY_ALLOC(job, *importance, fitting->feature_count, double);
    for (size_t i = 0; i < fitting->feature_count; i++) {
        const struct block *block = &fitting->design.block[i];
        const double *share = fitting->share + i * BINS_MAX;
        const double *value = fitting->newton.unknown + block->start;
        double mean = 0;
        for (size_t c = 0; c < block->cell_count; c++) {
            mean += share[c] * value[c];
        }
        for (size_t c = 0; c < block->cell_count; c++) {
            (*importance)[i] += share[c] * fabs(value[c] - mean);
        }
    }
    return CANDOR_OK;
}

/* Pairs on top of the single features; then the single features once more beside the pairs. */
static enum candor_status fit_pairs(struct job *job, struct fitting *fitting)
{
    const struct fit_options *options = fitting->options;
    const size_t asked = options->pairs_max;
    double *score;
    double *importance;
    TRY(fill_importances(job, fitting, &importance));
    TRY_ALLOC(job, score, fitting->rows.row_count + 1, double);
    const struct scorer mains = {&fitting->design, fitting->newton.intercept,
                                 fitting->newton.unknown};
    rows_scores(&fitting->rows, &mains, score);
    const struct pairs_input input = {
        .rows = &fitting->rows,
        .feature = fitting->feature,
        .feature_count = fitting->feature_count,
        .bin = fitting->bin,
        .share = fitting->share,
        .importance = importance,
        .score = score,
        .scale = fitting->newton.scale,
        .shape = options->shape,
        .ban = options->ban,
        .ban_count = options->ban_count,
        .pairs_max = asked < MODEL_PAIRS_MAX ? asked : MODEL_PAIRS_MAX,
        .deadline = fitting->newton.deadline,
    };
    TRY(pairs_fit(job, &input, &fitting->pairs));
    if (fitting->pairs.count == 0) {
        return CANDOR_OK;
    }

    const uint32_t rounds = fitting->newton.rounds;
    pairs_scores(&fitting->pairs, fitting->rows.row_count, score);
    TRY(rows_set_offset(job, &fitting->rows, score));
    fitting->newton.doing = "fitting features beside their pairs";
    fitting->newton.smoothings_max = AGAIN_SMOOTHINGS_MAX;
    TRY(newton_fit(job, &fitting->newton));
    fitting->newton.rounds += rounds;
    pairs_purify(&fitting->pairs);
    return CANDOR_OK;
}

enum candor_status fit_binned(struct job *job, const struct binned *binned,
                              const struct target *target, const struct fit_options *options,
                              struct model **model)
{
    struct fitting fitting = {
        .options = options,
        .feature = binned->feature,
        .feature_count = binned->feature_count,
        .bin = binned->bin,
        .rows = {.row_count = binned->row_count},
    };
    const size_t cells = cells_of(&fitting);
    if (cells > MODEL_CELLS_MAX) {
        return fail(job, CANDOR_TOO_LARGE,
                    "%zu columns need %zu cells; at most %d fit: leave columns out",
                    fitting.feature_count, cells, MODEL_CELLS_MAX);
    }
    TRY(take_rows(job, target, &fitting));
    TRY(fill_shares(job, &fitting));
    TRY(fit_mains(job, &fitting));
    if (options->pairs_max > 0 && fitting.feature_count > 1) {
        TRY(fit_pairs(job, &fitting));
    }

    *model = NEW(job->arena, struct model);
    return make_model(job, &fitting, target, *model);
}

enum candor_status fit_additive(struct job *job, const struct frame *frame,
                                const struct target *target, const struct fit_options *options,
                                struct model **model)
{
    const struct bin_options bin_options = {
        .values_max = options->bins_max,
        .cells_wanted = CELLS_WANTED,
        .threads = options->threads,
        .use = options->use,
    };
    struct binned binned;
    if (frame->row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "there are no rows to learn from");
    }
    TRY(binned_of_frame(job, frame, &bin_options, &binned));
    return fit_binned(job, &binned, target, options, model);
}
