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

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(measures_of_a_binary_target),
        cmocka_unit_test(measures_of_a_regression),
        cmocka_unit_test(no_rows_give_no_measures),
        cmocka_unit_test(calibration_is_in_tenths_by_score),
        cmocka_unit_test(equal_scores_stay_in_one_tenth),
    };
    return cmocka_run_group_tests_name("measure", test, NULL, NULL);
}
