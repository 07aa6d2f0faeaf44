/*
 * tables.c - from unknowns to tables that a person can read.
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
    if (feature->kind != COLUMN_NUMBER && table->weight[last] == 0) {
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
    struct table table = table_new(arena, fitting->feature[index].bin_count);
    if (fitting->is_idle[index]) {
        bytes_copy(table.weight, fitting->share + index * BINS_MAX,
                   table.cell_count * sizeof *table.weight);
        return table;
    }
    bytes_copy(table.value, fitting->newton.unknown + block->start,
               block->cell_count * sizeof *table.value);
    pairs_add_margins(&fitting->pairs, index, table.cell_count, table.value);
    bytes_copy(table.weight, fitting->share + index * BINS_MAX,
               block->cell_count * sizeof *table.weight);
    fill_sd(&table, fitting->newton.covariance[index]);
    *base += centre(&table);
    clear_unseen(&table, &fitting->feature[index]);
    for (size_t h = 0; h < fitting->design.hold_count; h++) {
        if (fitting->design.hold[h].block == index) {
            hold_exactly(&fitting->design.hold[h], table.value, table.weight);
        }
    }
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

/* ---- how the terms move together ---- */

/*
 * Factors say of a standard deviation how it goes with others: 8 bits of each are enough, an error of
 * 0.2 %, and take half the bytes in a file. The nearest of them, ties to the even one.
 */
static float shorten(double value)
{
    const float narrow = (float)value;
    uint32_t bits;
    float shortened;
    bytes_copy(&bits, &narrow, sizeof bits);
    bits = (bits + 0x7fffU + (bits >> 16 & 1)) & 0xffff0000U;
    bytes_copy(&shortened, &bits, sizeof shortened);
    return shortened;
}

/* One factor over the cells of a feature, moved to mean zero as the values are. */
static void take_main_factor(const struct fitting *fitting, size_t index, const double *factor,
                             float *into)
{
    const struct block *block = &fitting->design.block[index];
    const double *share = fitting->share + index * BINS_MAX;
    double mean = 0;
    if (fitting->is_idle[index]) {
        return;
    }
    for (size_t c = 0; c < block->cell_count; c++) {
        mean += share[c] * factor[block->start + c];
    }
    for (size_t c = 0; c < block->cell_count; c++) {
        into[c] = shorten(settle(fitting, share[c] > 0 ? factor[block->start + c] - mean : 0));
    }
}

static void take_pair_factor(const struct fitting *fitting, const struct pair *pair,
                             const double *factor, float *into)
{
    const size_t width = places_of(fitting, pair, 1);
    for (size_t i = 0; i < pair->axis[0].count; i++) {
        for (size_t j = 0; j < pair->axis[1].count; j++) {
            into[i * width + j] =
                shorten(settle(fitting, factor[pair->start + i * pair->axis[1].count + j]));
        }
    }
}

static enum candor_status make_factors(struct job *job, const struct fitting *fitting,
                                       struct model *model)
{
    const struct factors *mains = &fitting->newton.factors;
    const struct factors *pairs = &fitting->pairs.factors;
    const size_t cells = model->cell_count;
    /* Factors are narrow numbers: targets beyond their reach go without. */
    const bool is_narrow = fitting->target_unit > 1e-30 && fitting->target_unit < 1e30;
    const size_t of_mains = is_narrow ? mains->count : 0;
    const size_t count = of_mains + (is_narrow && fitting->pairs.count > 1 ? pairs->count : 0);
    float *factor;
    TRY_ALLOC(job, factor, size_mul(count, cells) + 1, float);
    double *sign = NEW_ARRAY(job->arena, FACTORS_MAX, double);
    for (size_t f = 0; f < of_mains; f++) {
        sign[f] = mains->sign[f];
        for (size_t i = 0; i < fitting->feature_count; i++) {
            take_main_factor(fitting, i, mains->factor + f * fitting->design.cell_count,
                             factor + f * cells + model->start[i]);
        }
    }
    for (size_t f = of_mains; f < count; f++) {
        sign[f] = pairs->sign[f - of_mains];
        for (size_t i = 0; i < fitting->pairs.count; i++) {
            take_pair_factor(fitting, &fitting->pairs.pair[i],
                             pairs->factor + (f - of_mains) * fitting->pairs.unknown_count,
                             factor + f * cells + model->start[fitting->feature_count + i]);
        }
    }
    model->factor_count = count;
    model->factor_sign = sign;
    model->factor = factor;
    return CANDOR_OK;
}

/* ---- the drift baseline ---- */

/* The last use of the rows: what they say of the scores goes where their derivatives were. */
static void make_deciles(struct fitting *fitting, struct model *model)
{
    const struct scorer scorer = {&fitting->design, fitting->newton.intercept,
                                  fitting->newton.unknown};
    if (fitting->rows.reducer != NULL) {
        for (size_t i = 0; i < DECILES; i++) {
            model->link_decile[i] = (double)NAN; /* no party sees the scores of all rows */
        }
        return;
    }
    rows_deciles(&fitting->rows, &scorer, model->link_decile);
    for (size_t i = 0; i < DECILES; i++) {
        model->link_decile[i] =
            settle(fitting, model->link_decile[i] + fitting->target_mean / fitting->target_unit);
    }
}

void make_terms(struct job *job, const struct fitting *fitting, struct term *term, double *base)
{
    *base = fitting->newton.intercept;
    for (size_t i = 0; i < fitting->feature_count; i++) {
        const struct table table = main_table(job->arena, fitting, i, base);
        term[i] = main_term(fitting, i, &table);
    }
    *base = settle(fitting, *base + fitting->target_mean / fitting->target_unit);
    for (size_t i = 0; i < fitting->pairs.count; i++) {
        term[fitting->feature_count + i] = pair_term(job->arena, fitting, &fitting->pairs.pair[i]);
    }
}

enum candor_status make_model(struct job *job, struct fitting *fitting, const struct target *target,
                              struct model *model)
{
    const double unit = fitting->target_unit;
    *model = (struct model){
        .task = target->task,
        .target = str_copy(job->arena, target->name),
        .positive = str_copy(job->arena, target->positive),
        .negative = str_copy(job->arena, target->negative),
        .class_count = 1,
        .base_sd = settle(fitting, sqrt(fitting->newton.intercept_variance)),
        .dispersion = settle(fitting, fitting->newton.scale * unit),
        .feature_count = fitting->feature_count,
        .feature = fitting->feature,
        .rows_train = fitting->row_count,
        .seed = fitting->options->seed,
        .freedom = fitting->newton.freedom + fitting->pairs.freedom,
        .rounds = fitting->newton.rounds + fitting->pairs.rounds,
        .measures = measures_none(),
    };
    model->term_count = fitting->feature_count + fitting->pairs.count;
    struct term *term = NEW_ARRAY(job->arena, model->term_count, struct term);
    double *base = NEW(job->arena, double);
    make_terms(job, fitting, term, base);
    model->term = term;
    model->class_base = base;
    TRY(model_index(job, model));
    TRY(make_factors(job, fitting, model));
    make_deciles(fitting, model);
    return CANDOR_OK;
}
