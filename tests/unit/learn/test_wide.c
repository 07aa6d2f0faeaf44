/*
 * test_wide.c - steps without a matrix against those with one.
 */
#include "fit.h"

#include <math.h>

#include "made.h"
#include "testing.h"

enum { ROWS = 3000, FEATURES = 5, TASKS = 4 };

static const enum task tasks[TASKS] = {TASK_BINARY, TASK_REGRESSION, TASK_COUNT, TASK_AMOUNT};

struct problem {
    struct made made;
    struct binned binned;
    struct design design;
    struct rows rows;
    struct newton newton;
};

struct asked {
    enum task task;
    bool is_wide;
    unsigned threads;
    unsigned smoothings_max; /* 1: the first smoothing stays */
    const double *weight;
    enum shape shape; /* of feature 0 */
};

static void problem_begin(struct job *job, const struct asked *asked, struct problem *problem)
{
    const struct bin_options options = {.values_max = 40, .threads = 1};
    *problem = (struct problem){
        .made = made_begin(job, (struct made_options){ROWS, FEATURES, asked->task, true})};
    must(binned_of_frame(job, problem->made.frame, &options, &problem->binned) == CANDOR_OK);
    must(design_of_features(job, problem->binned.feature, problem->binned.feature_count,
                            problem->binned.bin, NULL, ROWS, &problem->design) == CANDOR_OK);
    problem->design.hold = NEW(job->arena, struct hold);
    if (asked->shape != SHAPE_FREE) {
        must(hold_begin(job, &problem->binned.feature[0], 0, asked->shape, problem->design.hold) ==
             CANDOR_OK);
        problem->design.hold_count = 1;
    }
    problem->rows = (struct rows){.threads = asked->threads,
                                  .task = asked->task,
                                  .row_count = ROWS,
                                  .target = problem->made.target.value,
                                  .weight = asked->weight,
                                  .weight_count = ROWS};
    must(rows_begin(job, &problem->rows) == CANDOR_OK);
    problem->newton =
        (struct newton){.design = &problem->design,
                        .rows = &problem->rows,
                        .is_wide = asked->is_wide,
                        .doing = "testing",
                        .smoothings_max = asked->smoothings_max,
                        .unknown = NEW_ARRAY(job->arena, problem->design.cell_count, double)};
}

static void problem_fit(struct job *job, const struct asked *asked, struct problem *problem)
{
    problem_begin(job, asked, problem);
    must(newton_fit(job, &problem->newton) == CANDOR_OK);
}

/* The largest distance between the unknowns of two fits, by the largest unknown where that is above 1. */
static double distance(const struct problem *left, const struct problem *right)
{
    double most = fabs(left->newton.intercept - right->newton.intercept);
    double largest = 1;
    for (size_t i = 0; i < left->design.cell_count; i++) {
        most = fmax(most, fabs(left->newton.unknown[i] - right->newton.unknown[i]));
        largest = fmax(largest, fabs(left->newton.unknown[i]));
    }
    return most / largest;
}

/* What a fit has made as small as it could. */
static double objective(struct job *job, struct problem *problem)
{
    struct rows_total total;
    const struct scorer scorer = {&problem->design, problem->newton.intercept,
                                  problem->newton.unknown};
    must(rows_evaluate(job, &problem->rows, &scorer, &total) == CANDOR_OK);
    return total.loss + system_penalty(&problem->design, problem->newton.unknown);
}

static void both_ways_lead_to_the_same_unknowns(void **state)
{
    (void)state;
    static double weight[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        weight[row] = row % 2 == 0 ? 0.5 : 1.5;
    }
    for (size_t t = 0; t < (size_t)2 * TASKS; t++) {
        struct job job;
        struct problem with;
        struct problem without;
        struct asked asked = {.task = tasks[t % TASKS],
                              .threads = 1,
                              .smoothings_max = 1,
                              .weight = t < TASKS ? NULL : weight};
        job_begin(&job, host_real());
        problem_fit(&job, &asked, &with);
        asked.is_wide = true;
        problem_fit(&job, &asked, &without);
        /* An amount has the curvature of the mean, so that both end a little before the end. */
        const double enough = asked.task == TASK_AMOUNT ? 1e-5 : 1e-7;
        expect(distance(&with, &without) < enough, "case %zu: %g apart", t,
               distance(&with, &without));
        job_end(&job);
    }
}

/* A shape is kept by steps that come and go; whichever way, there is one lowest point. */
static void a_shape_is_fitted_no_worse(void **state)
{
    (void)state;
    for (size_t t = 0; t < TASKS; t++) {
        struct job job;
        struct problem with;
        struct problem without;
        struct asked asked = {
            .task = tasks[t], .threads = 1, .smoothings_max = 1, .shape = SHAPE_UP};
        job_begin(&job, host_real());
        problem_fit(&job, &asked, &with);
        asked.is_wide = true;
        problem_fit(&job, &asked, &without);
        const double least = objective(&job, &with);
        expect(objective(&job, &without) <= least + 1e-6 * fabs(least), "task %zu: %.9g, %.9g", t,
               objective(&job, &without), least);
        job_end(&job);
    }
}

/* One system, solved once each way. */
static void one_step_is_the_same(void **state)
{
    (void)state;
    struct job job;
    struct problem problem;
    struct wide wide;
    struct rows_total total;
    const struct asked asked = {.task = TASK_BINARY, .threads = 1, .smoothings_max = 1};
    job_begin(&job, host_real());
    problem_begin(&job, &asked, &problem);
    const size_t size = problem.design.cell_count;
    const struct scorer scorer = {&problem.design, 0, problem.newton.unknown};
    must(rows_evaluate(&job, &problem.rows, &scorer, &total) == CANDOR_OK);

    /* The matrix by its definition, row by row. */
    struct matrix a = {NEW_ARRAY(job.arena, size * size, double), size};
    double *border = NEW_ARRAY(job.arena, size, double);
    const struct system system = {&problem.design, border, total.curvature, problem.newton.unknown};
    for (size_t row = 0; row < ROWS; row++) {
        const double w = (double)problem.rows.curvature[row] * problem.rows.curvature_unit;
        for (size_t i = 0; i < problem.design.block_count; i++) {
            const struct block *below = &problem.design.block[i];
            border[below->start + below->cell[row]] += w;
            for (size_t j = 0; j < i; j++) {
                const struct block *above = &problem.design.block[j];
                a.cell[(above->start + above->cell[row]) * size + below->start +
                       below->cell[row]] += w;
            }
        }
    }
    for (size_t i = 0; i < problem.design.block_count; i++) {
        const struct block *below = &problem.design.block[i];
        for (size_t c = 0; c < below->start; c++) {
            for (size_t r = 0; r < below->cell_count; r++) {
                a.cell[c * size + below->start + r] -=
                    border[c] * border[below->start + r] / total.curvature;
            }
        }
        system_fill_block(&system, i, a, below->start);
    }
    double *expected = NEW_ARRAY(job.arena, size, double);
    double *got = NEW_ARRAY(job.arena, size, double);
    for (size_t i = 0; i < size; i++) {
        expected[i] = (double)(i % 7) - 3;
        got[i] = expected[i];
    }
    must(cholesky_factor(&job, a) == CANDOR_OK);
    cholesky_solve(a, expected);
    must(wide_begin(&job, &problem.design, &problem.rows, &wide) == CANDOR_OK);
    wide.system = system;
    must(wide_solve(&job, &wide, 1e-10, got) == CANDOR_OK);
    for (size_t i = 0; i < size; i++) {
        expect(fabs(got[i] - expected[i]) < 1e-8 * (1 + fabs(expected[i])), "unknown %zu: %g, %g",
               i, got[i], expected[i]);
    }
    job_end(&job);
}

/* Smoothing sees less of what features share, and comes out nearly the same. */
static void smoothing_is_nearly_the_same(void **state)
{
    (void)state;
    for (size_t t = 0; t < TASKS; t++) {
        struct job job;
        struct problem with;
        struct problem without;
        struct asked asked = {.task = tasks[t], .threads = 1, .smoothings_max = 30};
        job_begin(&job, host_real());
        problem_fit(&job, &asked, &with);
        asked.is_wide = true;
        problem_fit(&job, &asked, &without);
        expect(fabs(with.newton.freedom - without.newton.freedom) < 0.1 * with.newton.freedom,
               "task %zu: freedom %g and %g", t, with.newton.freedom, without.newton.freedom);
        job_end(&job);
    }
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    static const unsigned threads[] = {2, 8};
    struct job job;
    struct problem one;
    struct problem many;
    struct asked asked = {TASK_BINARY, true, 1, 30, NULL, SHAPE_FREE};
    job_begin(&job, host_real());
    problem_fit(&job, &asked, &one);
    for (size_t i = 0; i < 2; i++) {
        asked.threads = threads[i];
        problem_fit(&job, &asked, &many);
        expect(bytes_same(one.newton.unknown, many.newton.unknown,
                          one.design.cell_count * sizeof *one.newton.unknown),
               "%u threads", threads[i]);
    }
    job_end(&job);
}

static void the_size_decides(void **state)
{
    (void)state;
    struct block block[200];
    for (size_t i = 0; i < 200; i++) {
        block[i] = (struct block){NULL, 20, i * 20};
    }
    const struct design design = {.block_count = 200, .block = block, .cell_count = 4000};
    struct design larger = design;
    larger.cell_count = 4097;
    assert_false(design_is_wide(&design, 400000));
    assert_true(design_is_wide(&design, 1000000));
    assert_true(design_is_wide(&larger, 1000));
}

static void a_cancelled_job_stops_within_a_step(void **state)
{
    (void)state;
    struct job job;
    struct problem problem;
    struct wide wide;
    const struct asked asked = {.task = TASK_REGRESSION, .threads = 1, .smoothings_max = 1};
    job_begin(&job, host_real());
    problem_fit(&job, &asked, &problem);
    double *border = NEW_ARRAY(job.arena, problem.design.cell_count, double);
    must(wide_begin(&job, &problem.design, &problem.rows, &wide) == CANDOR_OK);
    wide.system = (struct system){&problem.design, border, 1, problem.newton.unknown};
    double *right = NEW_ARRAY(job.arena, problem.design.cell_count, double);
    right[0] = 1;
    job.cancelled = true;
    assert_int_equal(wide_solve(&job, &wide, 1e-3, right), CANDOR_CANCELLED);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(one_step_is_the_same),
        cmocka_unit_test(both_ways_lead_to_the_same_unknowns),
        cmocka_unit_test(a_shape_is_fitted_no_worse),
        cmocka_unit_test(smoothing_is_nearly_the_same),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(the_size_decides),
        cmocka_unit_test(a_cancelled_job_stops_within_a_step),
    };
    return cmocka_run_group_tests_name("wide", test, NULL, NULL);
}
