/*
 * take.c - what comes in: weights and targets, checked, and where a fit starts.
 *
 * A binary target starts from its odds. A regression is fitted to (value - mean) / unit, so that its
 * steps and penalties mean the same whatever the target is measured in. Counts and amounts start from the
 * logarithm of their mean. Means are those over all parties, in whole numbers, so that every party starts
 * from the same place.
 */
#include "fit.h"

#include <float.h>
#include <math.h>

#include "numeric.h"

/* The weighted mean over the rows of all parties. */
static enum candor_status mean_over_parties(struct job *job, const double *value,
                                            const struct fitting *fitting, double *mean)
{
    const struct reducer *reducer = fitting->options->reducer;
    const size_t rows = fitting->rows.row_count;
    double most = 0;
    for (size_t row = 0; row < rows; row++) {
        most = fmax(most, fabs(value[row]));
    }
    TRY(reduce_most(job, reducer, &most, 1));
    if (!isfinite(most)) {
        *mean = HUGE_VAL; /* beyond what can be learnt: the caller refuses it */
        return CANDOR_OK;
    }
    int exponent;
    (void)frexp(most, &exponent);
    const double unit =
        fmax(ldexp(1, exponent - 30), DBL_TRUE_MIN); /* of targets next to nothing */
    int64_t sum[2] = {0, 0};
    for (size_t row = 0; row < rows; row++) {
        const double weight = fitting->rows.weight == NULL ? 1 : fitting->rows.weight[row];
        sum[0] += llrint(value[row] * weight / unit);
        sum[1] += llrint(weight * 0x1p20);
    }
    TRY(reduce_add(job, reducer, sum, 2));
    *mean = (double)sum[0] * unit / ((double)sum[1] / 0x1p20);
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
    int64_t all = (int64_t)(given == NULL ? rows : positive);
    TRY(reduce_add(job, fitting->options->reducer, &all, 1));
    fitting->rows.weight_count = (double)all;
    if (given == NULL) {
        return CANDOR_OK;
    }
    if (all == 0) {
        return fail(job, CANDOR_BAD_INPUT, "all weights are 0");
    }

    double mean;
    TRY(mean_over_parties(job, given, fitting, &mean));
    mean *= (double)fitting->row_count / (double)all;
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
    double mean;
    TRY(mean_over_parties(job, target->value, fitting, &mean));
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
    double *value;
    double variance;
    TRY_ALLOC(job, value, rows + 1, double);
    TRY(mean_over_parties(job, target->value, fitting, &fitting->target_mean));
    for (size_t row = 0; row < rows; row++) {
        const double rest = target->value[row] - fitting->target_mean;
        value[row] = rest * rest;
    }
    TRY(mean_over_parties(job, value, fitting, &variance));
    fitting->target_unit = sqrt(variance);
    if (!(fitting->target_unit > 0) || !isfinite(fitting->target_unit)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "target '%.*s' has no spread in the %zu rows to learn from",
                    STR_ARG(target->name), rows);
    }

    for (size_t row = 0; row < rows; row++) {
        value[row] = (target->value[row] - fitting->target_mean) / fitting->target_unit;
    }
    fitting->rows.target = value;
    return CANDOR_OK;
}

/* Counts and amounts start from the logarithm of their mean. */
static enum candor_status take_positives(struct job *job, const struct target *target,
                                         struct fitting *fitting)
{
    const double least = target->task == TASK_AMOUNT ? DBL_MIN : 0;
    for (size_t row = 0; row < fitting->rows.row_count; row++) {
        const double value = target->value[row];
        if (!(value >= least && value < HUGE_VAL)) {
            return fail(job, CANDOR_BAD_INPUT, "target '%.*s', row %zu: %s", STR_ARG(target->name),
                        row,
                        target->task == TASK_AMOUNT ? "an amount is a number above 0"
                                                    : "a count is a number of 0 or more");
        }
    }
    double mean;
    TRY(mean_over_parties(job, target->value, fitting, &mean));
    if (!(mean > 0)) {
        return fail(job, CANDOR_BAD_INPUT, "target '%.*s' is 0 in all %zu rows to learn from",
                    STR_ARG(target->name), fitting->rows.row_count);
    }
    fitting->rows.target = target->value;
    fitting->newton.intercept = log_of(mean);
    return CANDOR_OK;
}

enum candor_status take_rows(struct job *job, const struct target *target, struct fitting *fitting)
{
    if (fitting->rows.row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "there are no rows to learn from");
    }
    fitting->rows = (struct rows){
        .threads =
            fitting->options->threads == 0 ? pool_default_threads() : fitting->options->threads,
        .task = target->task,
        .row_count = fitting->rows.row_count,
        .reducer = fitting->options->reducer,
    };
    fitting->target_unit = 1;
    int64_t rows = (int64_t)fitting->rows.row_count;
    TRY(reduce_add(job, fitting->options->reducer, &rows, 1));
    fitting->row_count = (uint64_t)rows;
    TRY(take_weights(job, fitting));
    switch (target->task) {
    case TASK_BINARY:
        return take_binary(job, target, fitting);
    case TASK_REGRESSION:
        return take_numbers(job, target, fitting);
    case TASK_COUNT:
    case TASK_AMOUNT:
        return take_positives(job, target, fitting);
    case TASK_CLASSES:
        break;
    }
    return CANDOR_OK;
}
