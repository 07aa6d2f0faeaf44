/*
 * fit.c - the additive model from rows: the order of it all.
 *
 *     rows -> bins -> unknowns by Newton -> tables that average to zero
 *
 * A table of raw unknowns has a level that says nothing, because the intercept could carry it. It is
 * moved there, so that a contribution says how far a value lifts a row above the average row. What
 * was never seen in training (a missing value where none was missing, a new category) contributes 0.
 *
 * The last bits of a table differ between processors with other vector units. Values are therefore
 * rounded to 31 bits behind the point of the link scale, far below their standard deviation.
 */
#include "fit.h"

#include <math.h>

#include "numeric.h"

/* Beyond this many cells a round costs more than 0.3 s, so features share what there is. */
enum { CELLS_WANTED = 2048, VALUES_LEAST = 8 };

struct fitting {
    const struct fit_options *options;
    const struct column **column;
    struct model_feature *feature;
    size_t feature_count;
    const uint8_t **bin; /* bin[feature]: one per row */
    struct rows rows;
    double target_mean; /* of a regression: the target is (value - mean) / unit */
    double target_unit;
    struct design design;
    struct newton newton;
    struct pairs pairs;
};

/* ---- what comes in ---- */

static enum candor_status take_columns(struct job *job, const struct frame *frame,
                                       struct fitting *fitting)
{
    const bool *use = fitting->options->use;
    fitting->column = NEW_ARRAY(job->arena, frame->column_count + 1, const struct column *);
    for (size_t i = 0; i < frame->column_count; i++) {
        if (use == NULL || use[i]) {
            fitting->column[fitting->feature_count] = &frame->column[i];
            fitting->feature_count++;
        }
    }
    if (fitting->feature_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "no column is left to learn from");
    }
    if (fitting->feature_count > MODEL_FEATURES_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu columns to learn from; at most %d fit",
                    fitting->feature_count, MODEL_FEATURES_MAX);
    }
    return CANDOR_OK;
}

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
    fitting->newton.intercept = log(mean / (1 - mean));
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

static enum candor_status take_rows(struct job *job, const struct frame *frame,
                                    const struct target *target, struct fitting *fitting)
{
    if (frame->row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "there are no rows to learn from");
    }
    fitting->rows = (struct rows){
        .threads =
            fitting->options->threads == 0 ? pool_default_threads() : fitting->options->threads,
        .task = target->task,
        .row_count = frame->row_count,
    };
    fitting->target_unit = 1;
    TRY(take_weights(job, fitting));
    if (target->task == TASK_BINARY) {
        return take_binary(job, target, fitting);
    }
    return take_numbers(job, target, fitting);
}

/* ---- bins ---- */

static size_t cells_with(const struct fitting *fitting, size_t values_max)
{
    size_t cells = 0;
    for (size_t i = 0; i < fitting->feature_count; i++) {
        const size_t here = fitting->feature[i].bin_count;
        cells += here < values_max + 2 ? here : values_max + 2;
    }
    return cells;
}

/* Give each feature the bins it asks for, and less to those that ask for much if there are too many. */
static enum candor_status make_features(struct job *job, struct fitting *fitting)
{
    const unsigned asked = fitting->options->bins_max;
    size_t values_max = asked == 0 || asked >= BINS_MAX ? BINS_MAX - 1 : asked;
    values_max = values_max < 2 ? 2 : values_max;
    fitting->feature = NEW_ARRAY(job->arena, fitting->feature_count, struct model_feature);
    for (size_t i = 0; i < fitting->feature_count; i++) {
        TRY(feature_of_column(job, fitting->column[i], fitting->rows.row_count, values_max,
                              &fitting->feature[i]));
    }

    while (values_max > VALUES_LEAST && cells_with(fitting, values_max) > CELLS_WANTED) {
        values_max--;
    }
    for (size_t i = 0; i < fitting->feature_count; i++) {
        if (fitting->feature[i].value_count > values_max) {
            TRY(feature_of_column(job, fitting->column[i], fitting->rows.row_count, values_max,
                                  &fitting->feature[i]));
        }
    }
    const size_t cells = cells_with(fitting, BINS_MAX);
    if (cells > MODEL_CELLS_MAX) {
        return fail(job, CANDOR_TOO_LARGE,
                    "%zu columns need %zu cells; at most %d fit: leave columns out",
                    fitting->feature_count, cells, MODEL_CELLS_MAX);
    }
    return CANDOR_OK;
}

struct binning {
    const struct lookup *lookup;
    uint8_t *const *bin;
    size_t row_count;
};

static void bin_feature(void *context, size_t piece)
{
    const struct binning *binning = context;
    lookup_bins(&binning->lookup[piece], 0, binning->row_count, binning->bin[piece]);
}

static enum candor_status make_bins(struct job *job, struct fitting *fitting)
{
    const size_t rows = fitting->rows.row_count;
    struct lookup *lookup = NEW_ARRAY(job->arena, fitting->feature_count, struct lookup);
    uint8_t **bin = NEW_ARRAY(job->arena, fitting->feature_count, uint8_t *);
    fitting->bin = NEW_ARRAY(job->arena, fitting->feature_count, const uint8_t *);
    for (size_t i = 0; i < fitting->feature_count; i++) {
        TRY(lookup_begin(job, &fitting->feature[i], fitting->column[i], rows, &lookup[i]));
        TRY_ALLOC(job, bin[i], rows, uint8_t);
        fitting->bin[i] = bin[i];
    }
    struct binning binning = {lookup, bin, rows};
    pool_each(fitting->rows.threads, fitting->feature_count, bin_feature, &binning);
    return CANDOR_OK;
}

/* ---- what goes out ---- */

/* One table, while it is made. */
struct table {
    size_t cell_count;
    double *value;
    double *sd;
    double *weight;
};

static struct table table_new(struct arena *arena, size_t cell_count)
{
    return (struct table){
        .cell_count = cell_count,
        .value = NEW_ARRAY(arena, cell_count, double),
        .sd = NEW_ARRAY(arena, cell_count, double),
        .weight = NEW_ARRAY(arena, cell_count, double),
    };
}

/* Move the weighted mean out of the values and return it. */
static double centre(struct table *table)
{
    double mean = 0;
    for (size_t i = 0; i < table->cell_count; i++) {
        mean += table->weight[i] * table->value[i];
    }
    for (size_t i = 0; i < table->cell_count; i++) {
        table->value[i] -= mean;
    }
    return mean;
}

/*
 * The standard deviation of value[i] - mean: with weights w and covariance V it is the square root
 * of V_ii - 2 (V w)_i + w'V w.
 */
static void fill_sd(struct table *table, const double *covariance)
{
    const size_t size = table->cell_count;
    double of_mean = 0;
    for (size_t i = 0; i < size; i++) {
        double with_mean = 0;
        for (size_t j = 0; j < size; j++) {
            with_mean += table->weight[j] * covariance[i >= j ? j * size + i : i * size + j];
        }
        of_mean += table->weight[i] * with_mean;
        table->sd[i] = covariance[i * size + i] - 2 * with_mean;
    }
    for (size_t i = 0; i < size; i++) {
        table->sd[i] = sqrt(fmax(table->sd[i] + of_mean, 0));
    }
}

/* What was never seen says nothing: the missing bin, and the last bin of a category. */
static void clear_unseen(struct table *table, const struct model_feature *feature)
{
    const size_t last = feature->bin_count - 1;
    if (table->weight[BIN_MISSING] == 0) {
        table->value[BIN_MISSING] = 0;
        table->sd[BIN_MISSING] = 0;
    }
    if (feature->kind == COLUMN_CATEGORY && table->weight[last] == 0) {
        table->value[last] = 0;
        table->sd[last] = 0;
    }
}

/* To the scale of the target, and to the grid that all processors agree on. */
static double settle(const struct fitting *fitting, double value)
{
    int exponent;
    (void)frexp(fitting->target_unit, &exponent);
    const double grid = ldexp(1, exponent - 32);
    return round(value * fitting->target_unit / grid) * grid;
}

static void settle_table(const struct fitting *fitting, struct table *table)
{
    for (size_t i = 0; i < table->cell_count; i++) {
        table->value[i] = settle(fitting, table->value[i]);
        table->sd[i] = settle(fitting, table->sd[i]);
    }
}

static struct table main_table(struct arena *arena, const struct fitting *fitting, size_t index,
                               double *base)
{
    const struct block *block = &fitting->design.block[index];
    struct table table = table_new(arena, block->cell_count);
    bytes_copy(table.value, fitting->newton.unknown + block->start,
               block->cell_count * sizeof *table.value);
    pairs_add_margins(&fitting->pairs, index, table.cell_count, table.value);
    rows_shares(&fitting->rows, block->cell, block->cell_count, table.weight);
    fill_sd(&table, fitting->newton.covariance[index]);
    *base += centre(&table);
    clear_unseen(&table, &fitting->feature[index]);
    settle_table(fitting, &table);
    return table;
}

static struct term main_term(const struct fitting *fitting, size_t index, const struct table *table)
{
    return (struct term){
        .name = fitting->feature[index].name,
        .feature_count = 1,
        .feature = {index, index},
        .cell_count = table->cell_count,
        .axis_count = {table->cell_count, 1},
        .value = table->value,
        .sd = table->sd,
        .weight = table->weight,
    };
}

/* The places of a pair, and one more along an axis that has bins never seen: all zero. */
static size_t places_of(const struct fitting *fitting, const struct pair *pair, size_t side)
{
    const struct model_feature *feature = &fitting->feature[pair->feature[side]];
    for (size_t bin = 0; bin < feature->bin_count; bin++) {
        if (pair->axis[side].place[bin] == pair->axis[side].count) {
            return pair->axis[side].count + 1;
        }
    }
    return pair->axis[side].count;
}

static struct table pair_table(struct arena *arena, const struct fitting *fitting,
                               const struct pair *pair)
{
    const size_t width = places_of(fitting, pair, 1);
    struct table table = table_new(arena, places_of(fitting, pair, 0) * width);
    for (size_t i = 0; i < pair->axis[0].count; i++) {
        for (size_t j = 0; j < pair->axis[1].count; j++) {
            const size_t from = i * pair->axis[1].count + j;
            table.value[i * width + j] = pair->value[from];
            table.sd[i * width + j] = pair->sd[from];
            table.weight[i * width + j] = pair->weight[from];
        }
    }
    settle_table(fitting, &table);
    return table;
}

static const uint8_t *places_copy(struct arena *arena, const struct model_feature *feature,
                                  const struct axis *axis)
{
    uint8_t *place = NEW_ARRAY(arena, feature->bin_count, uint8_t);
    bytes_copy(place, axis->place, feature->bin_count);
    return place;
}

static struct term pair_term(struct arena *arena, const struct fitting *fitting,
                             const struct pair *pair)
{
    const struct table table = pair_table(arena, fitting, pair);
    const struct model_feature *left = &fitting->feature[pair->feature[0]];
    const struct model_feature *right = &fitting->feature[pair->feature[1]];
    return (struct term){
        .name = pair_name(arena, left, right),
        .feature_count = 2,
        .feature = {pair->feature[0], pair->feature[1]},
        .cell_count = table.cell_count,
        .axis_count = {places_of(fitting, pair, 0), places_of(fitting, pair, 1)},
        .axis = {places_copy(arena, left, &pair->axis[0]),
                 places_copy(arena, right, &pair->axis[1])},
        .value = table.value,
        .sd = table.sd,
        .weight = table.weight,
    };
}

static void make_terms(struct job *job, const struct fitting *fitting, struct model *model)
{
    struct term *term =
        NEW_ARRAY(job->arena, fitting->feature_count + fitting->pairs.count, struct term);
    double base = fitting->newton.intercept;
    for (size_t i = 0; i < fitting->feature_count; i++) {
        const struct table table = main_table(job->arena, fitting, i, &base);
        term[i] = main_term(fitting, i, &table);
    }
    model->base = settle(fitting, base + fitting->target_mean / fitting->target_unit);
    for (size_t i = 0; i < fitting->pairs.count; i++) {
        term[fitting->feature_count + i] = pair_term(job->arena, fitting, &fitting->pairs.pair[i]);
    }
    model->term = term;
    model->term_count = fitting->feature_count + fitting->pairs.count;
}

static enum candor_status make_model(struct job *job, const struct fitting *fitting,
                                     const struct target *target, struct model *model)
{
    *model = (struct model){
        .task = target->task,
        .target = str_copy(job->arena, target->name),
        .positive = str_copy(job->arena, target->positive),
        .negative = str_copy(job->arena, target->negative),
        .feature_count = fitting->feature_count,
        .feature = fitting->feature,
        .rows_train = fitting->rows.row_count,
        .seed = fitting->options->seed,
        .freedom = fitting->newton.freedom + fitting->pairs.freedom,
        .rounds = fitting->newton.rounds + fitting->pairs.rounds,
        .measures = measures_none(),
    };
    make_terms(job, fitting, model);
    return model_index(job, model);
}

static enum candor_status fit_mains(struct job *job, struct fitting *fitting)
{
    TRY(design_of_features(job, fitting->feature, fitting->feature_count, fitting->bin,
                           fitting->rows.row_count, &fitting->design));
    fitting->newton.design = &fitting->design;
    fitting->newton.rows = &fitting->rows;
    TRY_ALLOC(job, fitting->newton.unknown, fitting->design.cell_count, double);
    TRY(rows_begin(job, &fitting->rows));
    return newton_fit(job, &fitting->newton);
}

/* Pairs on top of the single features; then the single features once more beside the pairs. */
static enum candor_status fit_pairs(struct job *job, struct fitting *fitting)
{
    const size_t asked = fitting->options->pairs_max;
    double *score;
    TRY_ALLOC(job, score, fitting->rows.row_count, double);
    const struct scorer mains = {&fitting->design, fitting->newton.intercept,
                                 fitting->newton.unknown};
    rows_scores(&fitting->rows, &mains, score);
    const struct pairs_input input = {
        .rows = &fitting->rows,
        .feature = fitting->feature,
        .feature_count = fitting->feature_count,
        .bin = fitting->bin,
        .score = score,
        .pairs_max = asked < MODEL_PAIRS_MAX ? asked : MODEL_PAIRS_MAX,
    };
    TRY(pairs_fit(job, &input, &fitting->pairs));
    if (fitting->pairs.count == 0) {
        return CANDOR_OK;
    }

    const uint32_t rounds = fitting->newton.rounds;
    pairs_scores(&fitting->pairs, fitting->rows.row_count, score);
    rows_set_offset(&fitting->rows, score);
    TRY(newton_fit(job, &fitting->newton));
    fitting->newton.rounds += rounds;
    pairs_purify(&fitting->pairs);
    return CANDOR_OK;
}

enum candor_status fit_additive(struct job *job, const struct frame *frame,
                                const struct target *target, const struct fit_options *options,
                                struct model **model)
{
    struct fitting fitting = {.options = options};
    TRY(take_columns(job, frame, &fitting));
    TRY(take_rows(job, frame, target, &fitting));
    TRY(make_features(job, &fitting));
    TRY(make_bins(job, &fitting));
    TRY(fit_mains(job, &fitting));
    if (options->pairs_max > 0 && fitting.feature_count > 1) {
        TRY(fit_pairs(job, &fitting));
    }

    *model = NEW(job->arena, struct model);
    return make_model(job, &fitting, target, *model);
}
