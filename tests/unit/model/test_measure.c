/*
 * test_measure.c - measures by their definition; calibration keeps equal scores together.
 */
#include "model.h"

#include <math.h>

#include "numeric.h"
#include "testing.h"

static void measures_of_a_binary_target(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double label[] = {0, 0, 1, 1};
    const double mean[] = {0.1, 0.6, 0.4, 0.9};
    const struct target target = {.task = TASK_BINARY, .value = label};
    struct measures measures;
    must(measure(&job, &target, mean, 4, &measures) == CANDOR_OK);
    assert_int_equal(measures.rows, 4);
    assert_true(fabs(measures.auc - 0.75) < 1e-15);
    const double log_loss = -(log(0.9) + log(0.4) + log(0.4) + log(0.9)) / 4;
    assert_true(fabs(measures.log_loss - log_loss) < 1e-14);
    assert_true(fabs(measures.brier - (0.01 + 0.36 + 0.36 + 0.01) / 4) < 1e-14);
    assert_true(isnan(measures.rmse) && isnan(measures.r2));
    job_end(&job);
}

static void measures_of_a_regression(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double value[] = {1, 2, 3};
    const double mean[] = {1, 2, 4};
    const struct target target = {.task = TASK_REGRESSION, .value = value};
    struct measures measures;
    must(measure(&job, &target, mean, 3, &measures) == CANDOR_OK);
    assert_true(fabs(measures.rmse - sqrt(1.0 / 3)) < 1e-15);
    assert_true(fabs(measures.r2 - 0.5) < 1e-14);
    assert_true(isnan(measures.auc) && measures.calibration_count == 0);
    job_end(&job);
}

static void no_rows_give_no_measures(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct target target = {.task = TASK_BINARY};
    struct measures measures;
    must(measure(&job, &target, NULL, 0, &measures) == CANDOR_OK);
    assert_true(measures.rows == 0 && isnan(measures.auc) && isnan(measures.log_loss));
    job_end(&job);
}

static void calibration_is_in_tenths_by_score(void **state)
{
    (void)state;
    enum { ROWS = 1000 };
    struct job job;
    job_begin(&job, host_real());
    double label[ROWS];
    double mean[ROWS];
    struct rng rng = rng_of(1);
    for (size_t row = 0; row < ROWS; row++) {
        mean[row] = (double)((row * 7919) % ROWS) / ROWS;
        label[row] = (double)(rng_f64(&rng) < mean[row]);
    }
    const struct target target = {.task = TASK_BINARY, .value = label};
    struct measures measures;
    must(measure(&job, &target, mean, ROWS, &measures) == CANDOR_OK);
    assert_int_equal(measures.calibration_count, 10);
    for (size_t i = 0; i < 10; i++) {
        const struct calibration *tenth = &measures.calibration[i];
        expect(tenth->rows == 100, "tenth %zu: %d rows", i, (int)tenth->rows);
        expect(fabs(tenth->predicted - (0.0495 + 0.1 * (double)i)) < 1e-9, "tenth %zu", i);
        expect(fabs(tenth->observed - tenth->predicted) < 0.2, "tenth %zu", i);
    }
    job_end(&job);
}

static void equal_scores_stay_in_one_tenth(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double label[] = {0, 1, 0, 1, 1, 0, 1};
    const double mean[] = {0.2, 0.2, 0.7, 0.2, 0.7, 0.2, 0.7};
    const struct target target = {.task = TASK_BINARY, .value = label};
    struct measures measures;
    must(measure(&job, &target, mean, 7, &measures) == CANDOR_OK);
    assert_int_equal(measures.calibration_count, 2);
    assert_int_equal(measures.calibration[0].rows, 4);
    assert_true(fabs(measures.calibration[0].observed - 0.5) < 1e-15);
    assert_int_equal(measures.calibration[1].rows, 3);
    assert_true(fabs(measures.calibration[1].predicted - 0.7) < 1e-15);
    job_end(&job);
}

/* ---- tasks and intervals ---- */

static double mean_slow(const double *value, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += value[i];
    }
    return sum / (double)count;
}

static double sd_of_mean_slow(const double *value, size_t count)
{
    const double mean = mean_slow(value, count);
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (value[i] - mean) * (value[i] - mean);
    }
    return sqrt(sum / (double)(count - 1) / (double)count);
}

static void classes_are_measured_one_against_the_rest(void **state)
{
    (void)state;
    enum { ROWS = 90, CLASSES = 3 };
    struct job job;
    job_begin(&job, host_real());
    double value[ROWS];
    double chance[ROWS * CLASSES];
    double loss[ROWS];
    double brier[ROWS];
    double right = 0;
    struct rng rng = rng_of(9);
    for (size_t row = 0; row < ROWS; row++) {
        double sum = 0;
        size_t most = 0;
        value[row] = (double)(row % CLASSES);
        for (size_t c = 0; c < CLASSES; c++) {
            chance[row * CLASSES + c] = rng_f64(&rng) + (c == row % CLASSES ? 0.5 : 0.1);
            sum += chance[row * CLASSES + c];
        }
        brier[row] = 0;
        for (size_t c = 0; c < CLASSES; c++) {
            double *here = &chance[row * CLASSES + c];
            *here /= sum;
            most = *here > chance[row * CLASSES + most] ? c : most;
            brier[row] += pow(*here - (c == row % CLASSES ? 1 : 0), 2);
        }
        loss[row] = -log(chance[row * CLASSES + row % CLASSES]);
        right += most == row % CLASSES ? 1 : 0;
    }
    double auc = 0;
    for (size_t c = 0; c < CLASSES; c++) {
        double won = 0;
        for (size_t i = 0; i < ROWS; i++) {
            for (size_t k = 0; k < ROWS; k++) {
                won += i % CLASSES == c && k % CLASSES != c &&
                               chance[i * CLASSES + c] > chance[k * CLASSES + c]
                           ? 1
                           : 0;
            }
        }
        auc += won / (30.0 * 60.0) / CLASSES;
    }
    const struct target target = {.task = TASK_CLASSES, .class_count = CLASSES, .value = value};
    struct measures measures;
    must(measure(&job, &target, chance, ROWS, &measures) == CANDOR_OK);
    assert_true(fabs(measures.auc - auc) < 1e-12);
    assert_true(fabs(measures.log_loss - mean_slow(loss, ROWS)) < 1e-12);
    assert_true(fabs(measures.sd.log_loss - sd_of_mean_slow(loss, ROWS)) < 1e-12);
    assert_true(fabs(measures.brier - mean_slow(brier, ROWS)) < 1e-12);
    assert_true(fabs(measures.accuracy - right / ROWS) < 1e-15);
    assert_true(measures.calibration_count > 0 && isnan(measures.rmse));
    double seen = 0;
    for (size_t i = 0; i < measures.calibration_count; i++) {
        seen += measures.calibration[i].observed * (double)measures.calibration[i].rows;
    }
    assert_true(fabs(seen - right) < 1e-9);
    job_end(&job);
}

static void the_interval_of_a_mean_area_is_that_of_draws(void **state)
{
    (void)state;
    enum { ROWS = 150, CLASSES = 3, ROUNDS = 400 };
    struct job job;
    job_begin(&job, host_real());
    double auc[ROUNDS];
    double sd = 0;
    struct rng rng = rng_of(4);
    for (size_t round = 0; round < ROUNDS; round++) {
        double value[ROWS];
        double chance[ROWS * CLASSES];
        for (size_t row = 0; row < ROWS; row++) {
            const size_t class = rng_below(&rng, CLASSES);
            double sum = 0;
            value[row] = (double)class;
            for (size_t c = 0; c < CLASSES; c++) {
                chance[row * CLASSES + c] = exp(rng_normal(&rng) + (c == class ? 1 : 0));
                sum += chance[row * CLASSES + c];
            }
            for (size_t c = 0; c < CLASSES; c++) {
                chance[row * CLASSES + c] /= sum;
            }
        }
        const struct target target = {.task = TASK_CLASSES, .class_count = CLASSES, .value = value};
        struct measures measures;
        must(measure(&job, &target, chance, ROWS, &measures) == CANDOR_OK);
        auc[round] = measures.auc;
        sd += measures.sd.auc / ROUNDS;
    }
    const double drawn = sd_of_mean_slow(auc, ROUNDS) * sqrt(ROUNDS);
    expect(fabs(sd / drawn - 1) < 0.12, "seed 4: %g said, %g drawn", sd, drawn);
    job_end(&job);
}

static void counts_and_amounts_have_a_unit_deviance(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double count[] = {0, 1, 4};
    const double amount[] = {0.5, 1, 4};
    const double mean[] = {1, 2, 3};
    const double poisson[] = {2, 2 * (log(0.5) + 1), 2 * (4 * log(4.0 / 3) - 1)};
    const double gamma[] = {2 * (-log(0.5) - 0.5), 2 * (-log(0.5) - 0.5),
                            2 * (-log(4.0 / 3) + 1.0 / 3)};
    const struct target target[2] = {{.task = TASK_COUNT, .value = count},
                                     {.task = TASK_AMOUNT, .value = amount}};
    const double *const expected[2] = {poisson, gamma};
    for (size_t t = 0; t < 2; t++) {
        struct measures measures;
        must(measure(&job, &target[t], mean, 3, &measures) == CANDOR_OK);
        expect(fabs(measures.deviance - mean_slow(expected[t], 3)) < 1e-14, "task %zu", t);
        expect(fabs(measures.sd.deviance - sd_of_mean_slow(expected[t], 3)) < 1e-14, "task %zu", t);
        expect(isnan(measures.auc) && isnan(measures.log_loss), "task %zu", t);
        expect(measures.calibration_count == 3 && measures.rmse > 0, "task %zu", t);
    }
    job_end(&job);
}

/* The delta method against leaving out one row at a time (the jackknife). */
static void the_intervals_of_a_regression_are_those_of_the_jackknife(void **state)
{
    (void)state;
    enum { ROWS = 400 };
    struct job job;
    job_begin(&job, host_real());
    double value[ROWS];
    double mean[ROWS];
    double rmse[ROWS];
    double r2[ROWS];
    struct measures all;
    struct rng rng = rng_of(2);
    for (size_t row = 0; row < ROWS; row++) {
        mean[row] = 3 * rng_normal(&rng);
        value[row] = mean[row] + rng_normal(&rng);
    }
    const struct target target = {.task = TASK_REGRESSION, .value = value};
    must(measure(&job, &target, mean, ROWS, &all) == CANDOR_OK);
    for (size_t left_out = 0; left_out < ROWS; left_out++) {
        double some_value[ROWS];
        double some_mean[ROWS];
        size_t at = 0;
        for (size_t row = 0; row < ROWS; row++) {
            some_value[at] = value[row];
            some_mean[at] = mean[row];
            at += row != left_out;
        }
        struct measures some;
        const struct target part = {.task = TASK_REGRESSION, .value = some_value};
        must(measure(&job, &part, some_mean, ROWS - 1, &some) == CANDOR_OK);
        rmse[left_out] = some.rmse;
        r2[left_out] = some.r2;
    }
    const double factor = ROWS - 1;
    expect(fabs(all.sd.rmse / (factor * sd_of_mean_slow(rmse, ROWS)) - 1) < 0.02, "rmse %g",
           all.sd.rmse);
    expect(fabs(all.sd.r2 / (factor * sd_of_mean_slow(r2, ROWS)) - 1) < 0.02, "r2 %g", all.sd.r2);
    job_end(&job);
}

static void one_row_has_measures_without_intervals(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double one[] = {1};
    const double chance[] = {0.7};
    static const enum task task[] = {TASK_BINARY, TASK_REGRESSION, TASK_COUNT, TASK_AMOUNT};
    for (size_t t = 0; t < sizeof task / sizeof task[0]; t++) {
        const struct target target = {.task = task[t], .value = one};
        struct measures measures;
        must(measure(&job, &target, chance, 1, &measures) == CANDOR_OK);
        expect(isnan(measures.sd.auc) && isnan(measures.sd.log_loss), "task %zu", t);
        expect(isnan(measures.sd.rmse) && isnan(measures.sd.r2), "task %zu", t);
    }
    job_end(&job);
}

static void the_calibration_error_is_a_mean_over_the_rows(void **state)
{
    (void)state;
    const struct measures measures = {.calibration_count = 2,
                                      .calibration = {{30, 0.2, 0.1}, {10, 0.8, 0.9}}};
    const struct measures none = measures_none();
    assert_true(fabs(calibration_error(&measures) - 0.1) < 1e-15);
    assert_true(isnan(calibration_error(&none)));
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(classes_are_measured_one_against_the_rest),
        cmocka_unit_test(the_interval_of_a_mean_area_is_that_of_draws),
        cmocka_unit_test(counts_and_amounts_have_a_unit_deviance),
        cmocka_unit_test(the_intervals_of_a_regression_are_those_of_the_jackknife),
        cmocka_unit_test(one_row_has_measures_without_intervals),
        cmocka_unit_test(the_calibration_error_is_a_mean_over_the_rows),
        cmocka_unit_test(measures_of_a_binary_target),
        cmocka_unit_test(measures_of_a_regression),
        cmocka_unit_test(no_rows_give_no_measures),
        cmocka_unit_test(calibration_is_in_tenths_by_score),
        cmocka_unit_test(equal_scores_stay_in_one_tenth),
    };
    return cmocka_run_group_tests_name("measure", test, NULL, NULL);
}
