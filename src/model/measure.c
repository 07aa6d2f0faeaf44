/*
 * measure.c - how good predictions are on rows that were held out, and how sure that is.
 *
 * A measure that is a mean over the rows has the standard deviation of a mean. The root of a mean and a
 * ratio of means follow by the delta method: to first order each is a mean too, of what a row adds to
 * it. The area under the curve is a mean of placements (numeric/auc.c).
 *
 * Calibration takes the rows in order of their score and cuts them into tenths; rows of equal score
 * stay together, so a tenth may be larger, and there may be fewer than ten. A model is calibrated when
 * in each of them the mean prediction is what really happened. Of classes, the score is the largest
 * chance, and what happened is whether that class was right.
 */
#include "model.h"

#include <math.h>

#include "numeric.h"

static const double chance_least = 1e-15;
static const double amount_least = 1e-300;

struct measures measures_none(void)
{
    const double unknown = (double)NAN;
    return (struct measures){
        .auc = unknown,
        .log_loss = unknown,
        .brier = unknown,
        .accuracy = unknown,
        .rmse = unknown,
        .r2 = unknown,
        .deviance = unknown,
        .sd = {unknown, unknown, unknown, unknown, unknown, unknown},
    };
}

double calibration_error(const struct measures *measures)
{
    double sum = 0;
    double rows = 0;
    for (size_t i = 0; i < measures->calibration_count; i++) {
        const struct calibration *tenth = &measures->calibration[i];
        sum += (double)tenth->rows * fabs(tenth->predicted - tenth->observed);
        rows += (double)tenth->rows;
    }
    return rows > 0 ? sum / rows : (double)NAN;
}

/* ---- losses of a row ---- */

static double log_loss_of_chance(double chance)
{
    return -log(fmin(fmax(chance, chance_least), 1 - chance_least));
}

/* McCullagh and Nelder 1989, section 2.3: twice the log likelihood that is missing to a perfect fit. */
static double deviance_of(enum task task, double value, double mean)
{
    const double fitted = fmax(mean, amount_least);
    if (task == TASK_COUNT) {
        const double log_ratio = value > 0 ? value * log(value / fitted) : 0;
        return 2 * fmax(log_ratio - (value - fitted), 0);
    }
    const double seen = fmax(value, amount_least);
    return 2 * fmax((seen - fitted) / fitted - log(seen / fitted), 0);
}

double unit_loss(const struct target *target, size_t row, const double *mean)
{
    const double value = target->value[row];
    switch (target->task) {
    case TASK_BINARY:
        return log_loss_of_chance(value > 0.5 ? mean[0] : 1 - mean[0]);
    case TASK_CLASSES:
        return log_loss_of_chance(mean[(size_t)value]);
    case TASK_COUNT:
    case TASK_AMOUNT:
        return deviance_of(target->task, value, mean[0]);
    case TASK_REGRESSION:
        break;
    }
    return (value - mean[0]) * (value - mean[0]);
}

/* ---- means and what they are worth ---- */

/* The rows that are measured, and room for a number per row. */
struct measuring {
    const struct target *target;
    const double *mean;
    size_t rows;
    size_t classes; /* chances per row */
    double *loss;
    struct measures *measures;
};

/* The standard deviation of the mean of loss. */
static double sd_of_mean(const struct measuring *m)
{
    return m->rows < 2 ? (double)NAN
                       : sqrt(variance_of(m->loss, NULL, m->rows) / (double)(m->rows - 1));
}

static void take_unit_losses(const struct measuring *m, double *mean, double *sd)
{
    for (size_t row = 0; row < m->rows; row++) {
        m->loss[row] = unit_loss(m->target, row, m->mean + row * m->classes);
    }
    *mean = mean_of(m->loss, NULL, m->rows);
    *sd = sd_of_mean(m);
}

static void take_numbers(const struct measuring *m)
{
    struct measures *measures = m->measures;
    const struct predictions of = {.label = m->target->value, .score = m->mean, .count = m->rows};
    measures->rmse = rmse_of(&of);
    measures->r2 = r2_of(&of);

    for (size_t row = 0; row < m->rows; row++) {
        const double error = m->mean[row] - m->target->value[row];
        m->loss[row] = error * error;
    }
    measures->sd.rmse = measures->rmse > 0 ? sd_of_mean(m) / (2 * measures->rmse) : (double)NAN;

    const double centre = mean_of(m->target->value, NULL, m->rows);
    const double variance = variance_of(m->target->value, NULL, m->rows);
    for (size_t row = 0; row < m->rows; row++) {
        const double distance = m->target->value[row] - centre;
        m->loss[row] -= (1 - measures->r2) * distance * distance;
    }
    measures->sd.r2 = variance > 0 ? sd_of_mean(m) / variance : (double)NAN;
}

static size_t likeliest(const double *chance, size_t classes)
{
    size_t most = 0;
    for (size_t c = 1; c < classes; c++) {
        most = chance[c] > chance[most] ? c : most;
    }
    return most;
}

static bool is_right(const struct measuring *m, size_t row)
{
    const double *chance = m->mean + row * m->classes;
    return m->target->task == TASK_CLASSES
               ? likeliest(chance, m->classes) == (size_t)m->target->value[row]
               : (chance[0] >= 0.5) == (m->target->value[row] > 0.5);
}

static double brier_of_row(const struct measuring *m, size_t row)
{
    const double *chance = m->mean + row * m->classes;
    double sum = 0;
    for (size_t c = 0; c < m->classes; c++) {
        const double label = m->target->task == TASK_CLASSES
                                 ? (double)(c == (size_t)m->target->value[row])
                                 : m->target->value[row];
        sum += (chance[c] - label) * (chance[c] - label);
    }
    return sum;
}

static void take_chances(const struct measuring *m)
{
    double right = 0;
    take_unit_losses(m, &m->measures->log_loss, &m->measures->sd.log_loss);
    for (size_t row = 0; row < m->rows; row++) {
        m->loss[row] = brier_of_row(m, row);
        right += is_right(m, row) ? 1 : 0;
    }
    m->measures->brier = mean_of(m->loss, NULL, m->rows);
    m->measures->sd.brier = sd_of_mean(m);
    m->measures->accuracy = right / (double)m->rows;
}

/* ---- area under the curve ---- */

static enum candor_status take_auc(struct job *job, const struct measuring *m)
{
    const struct predictions of = {.label = m->target->value, .score = m->mean, .count = m->rows};
    double auc;
    TRY(auc_placements(job, &of, m->loss, &auc));
    m->measures->auc = auc;
    m->measures->sd.auc =
        isnan(auc) ? auc : sqrt(auc_covariance(of.label, of.count, m->loss, auc, m->loss, auc));
    return CANDOR_OK;
}

/* Room for one class against the rest. */
struct one_class {
    double *label;
    double *chance;
    double *placement;
};

/* Add what each row adds to the area of this class to its sum over the classes. */
static enum candor_status add_class(struct job *job, const struct measuring *m,
                                    const struct one_class *one, size_t class, double *auc)
{
    double count = 0;
    for (size_t row = 0; row < m->rows; row++) {
        one->label[row] = (size_t)m->target->value[row] == class;
        one->chance[row] = m->mean[row * m->classes + class];
        count += one->label[row];
    }
    const struct predictions of = {.label = one->label, .score = one->chance, .count = m->rows};
    TRY(auc_placements(job, &of, one->placement, auc));
    for (size_t row = 0; row < m->rows && !isnan(*auc); row++) {
        const double rows_alike = one->label[row] > 0.5 ? count : (double)m->rows - count;
        m->loss[row] += (one->placement[row] - *auc) / rows_alike;
    }
    return CANDOR_OK;
}

/* The mean over the classes is not a mean of independent areas: the same rows are in all. */
static enum candor_status take_mean_auc(struct job *job, const struct measuring *m)
{
    struct one_class one;
    double sum = 0;
    double seen = 0;
    double squares = 0;
    TRY_ALLOC(job, one.label, m->rows, double);
    TRY_ALLOC(job, one.chance, m->rows, double);
    TRY_ALLOC(job, one.placement, m->rows, double);
    for (size_t row = 0; row < m->rows; row++) {
        m->loss[row] = 0;
    }
    for (size_t class = 0; class < m->classes; class ++) {
        double auc;
        TRY(add_class(job, m, &one, class, &auc));
        sum += isnan(auc) ? 0 : auc;
        seen += isnan(auc) ? 0 : 1;
    }
    for (size_t row = 0; row < m->rows; row++) {
        squares += m->loss[row] * m->loss[row];
    }
    if (seen > 0) {
        m->measures->auc = sum / seen;
        m->measures->sd.auc = sqrt(squares) / seen;
    }
    return CANDOR_OK;
}

/* ---- calibration ---- */

/* The sums of the rows order[first] .. order[last - 1], as means. */
static struct calibration calibration_of(const struct predictions *of, const uint32_t *order,
                                         size_t first, size_t last)
{
    struct calibration tenth = {.rows = last - first};
    for (size_t i = first; i < last; i++) {
        tenth.predicted += of->score[order[i]];
        tenth.observed += of->label[order[i]];
    }
    tenth.predicted /= (double)tenth.rows;
    tenth.observed /= (double)tenth.rows;
    return tenth;
}

static enum candor_status calibrate(struct job *job, const struct predictions *of,
                                    struct measures *measures)
{
    uint32_t *order;
    TRY_ALLOC(job, order, of->count, uint32_t);
    TRY(order_f64(job, of->score, of->count, order));

    size_t first = 0;
    for (size_t tenth = 1; tenth <= CALIBRATION_MAX; tenth++) {
        size_t last = of->count * tenth / CALIBRATION_MAX;
        while (last > first && last < of->count &&
               of->score[order[last]] == of->score[order[last - 1]]) {
            last++;
        }
        if (last > first) {
            measures->calibration[measures->calibration_count] =
                calibration_of(of, order, first, last);
            measures->calibration_count++;
            first = last;
        }
    }
    return CANDOR_OK;
}

static enum candor_status calibrate_choice(struct job *job, const struct measuring *m)
{
    double *chance;
    TRY_ALLOC(job, chance, m->rows, double);
    for (size_t row = 0; row < m->rows; row++) {
        const double *all = m->mean + row * m->classes;
        chance[row] = all[likeliest(all, m->classes)];
        m->loss[row] = is_right(m, row);
    }
    const struct predictions of = {.label = m->loss, .score = chance, .count = m->rows};
    return calibrate(job, &of, m->measures);
}

/* ---- all of it ---- */

static enum candor_status measure_task(struct job *job, const struct measuring *m)
{
    const struct predictions of = {.label = m->target->value, .score = m->mean, .count = m->rows};
    switch (m->target->task) {
    case TASK_BINARY:
        take_chances(m);
        TRY(take_auc(job, m));
        return calibrate(job, &of, m->measures);
    case TASK_CLASSES:
        take_chances(m);
        TRY(take_mean_auc(job, m));
        return calibrate_choice(job, m);
    case TASK_COUNT:
    case TASK_AMOUNT:
        take_unit_losses(m, &m->measures->deviance, &m->measures->sd.deviance);
        take_numbers(m);
        return calibrate(job, &of, m->measures);
    case TASK_REGRESSION:
        take_numbers(m);
        break;
    }
    return CANDOR_OK;
}

enum candor_status measure(struct job *job, const struct target *target, const double *mean,
                           size_t row_count, struct measures *measures)
{
    const struct arena_mark mark = arena_mark(job->arena);
    struct measuring m = {
        .target = target,
        .mean = mean,
        .rows = row_count,
        .classes = target->task == TASK_CLASSES ? target->class_count : 1,
        .measures = measures,
    };
    *measures = measures_none();
    measures->rows = row_count;
    if (row_count == 0) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, m.loss, row_count, double);
    TRY(measure_task(job, &m));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}
