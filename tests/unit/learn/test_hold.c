/*
 * test_hold.c - shapes that a person asked for: kept exactly by the model, at little cost when true.
 */
#include "fit.h"

#include <math.h>

#include "made.h"
#include "testing.h"

enum { ROWS = 4000, VALUES = 40 };

/* One feature of whole numbers whose effect rises and then falls; noise is small. */
struct problem {
    struct frame *frame;
    struct target target;
};

static double truth_of(double x)
{
    return -(x - 25) * (x - 25) / 200;
}

static struct problem problem_begin(struct job *job, uint64_t seed)
{
    struct problem problem = {
        .target = {.task = TASK_REGRESSION, .name = STR("y"), .class_count = 1}};
    struct rng rng = rng_of(seed);
    double *x = NEW_ARRAY(job->arena, ROWS, double);
    double *z = NEW_ARRAY(job->arena, ROWS, double);
    double *y = NEW_ARRAY(job->arena, ROWS, double);
    for (size_t row = 0; row < ROWS; row++) {
        x[row] = (double)rng_below(&rng, VALUES);
        z[row] = (double)rng_below(&rng, VALUES);
        y[row] = truth_of(x[row]) + 0.1 * z[row] + rng_normal(&rng);
    }
    must(frame_begin(job, ROWS, 2, &problem.frame) == CANDOR_OK);
    must(frame_add_number_column(job, problem.frame, STR("x"), x) == CANDOR_OK);
    must(frame_add_number_column(job, problem.frame, STR("z"), z) == CANDOR_OK);
    problem.target.value = y;
    return problem;
}

static const struct term *fitted(struct job *job, const struct problem *problem, enum shape shape)
{
    const enum shape shapes[] = {shape, SHAPE_FREE};
    const struct fit_options options = {.threads = 1, .pairs_max = 4, .shape = shapes};
    struct model *model;
    must(fit_additive(job, problem->frame, &problem->target, &options, &model) == CANDOR_OK);
    expect(model->term_count == 2, "a feature with a shape is in no pair");
    return &model->term[0];
}

static double sign_of(enum shape shape)
{
    return shape == SHAPE_DOWN || shape == SHAPE_CONCAVE ? -1 : 1;
}

/* The definition, value by value: bin 0 is missing, bin v + 1 is the value v. */
static bool keeps(const struct term *term, enum shape shape)
{
    const double sign = sign_of(shape);
    for (size_t v = 1; v + 1 < term->cell_count; v++) {
        const double step = sign * (term->value[v + 1] - term->value[v]);
        const double before = v == 1 ? 0 : sign * (term->value[v] - term->value[v - 1]);
        const bool is_bent = shape == SHAPE_CONVEX || shape == SHAPE_CONCAVE;
        if ((!is_bent && step < 0) || (is_bent && v > 1 && step < before - 1e-8)) {
            return false;
        }
    }
    return true;
}

static const enum shape shapes[] = {SHAPE_UP, SHAPE_DOWN, SHAPE_CONVEX, SHAPE_CONCAVE};

static void every_shape_is_kept_exactly(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        struct job job;
        job_begin(&job, host_real());
        const struct problem problem = problem_begin(&job, 1 + s);
        const struct term *term = fitted(&job, &problem, shapes[s]);
        double mean = 0;
        expect(keeps(term, shapes[s]), "shape %zu", s);
        for (size_t c = 0; c < term->cell_count; c++) {
            mean += term->weight[c] * term->value[c];
        }
        expect(fabs(mean) < 1e-7, "shape %zu: mean %g", s, mean);
        job_end(&job);
    }
}

static void without_a_shape_the_truth_breaks_three_of_them(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct problem problem = problem_begin(&job, 9);
    const enum shape none[] = {SHAPE_FREE, SHAPE_FREE};
    const struct fit_options options = {.threads = 1, .shape = none};
    struct model *model;
    must(fit_additive(&job, problem.frame, &problem.target, &options, &model) == CANDOR_OK);
    assert_false(keeps(&model->term[0], SHAPE_UP));
    assert_false(keeps(&model->term[0], SHAPE_DOWN));
    assert_false(keeps(&model->term[0], SHAPE_CONVEX));
    job_end(&job);
}

/* The truth bends one way: asking for that brings the curve nearer to it, not farther. */
static void a_true_shape_does_not_harm(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct problem problem = problem_begin(&job, 4);
    const struct term *term = fitted(&job, &problem, SHAPE_CONCAVE);
    double mean = 0;
    for (size_t v = 0; v < VALUES; v++) {
        mean += term->weight[v + 1] * truth_of((double)v);
    }
    for (size_t v = 0; v < VALUES; v++) {
        const double off = term->value[v + 1] - (truth_of((double)v) - mean);
        expect(fabs(off) < 0.35, "value %zu is off by %f", v, off);
    }
    job_end(&job);
}

static void a_category_has_no_shape(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){500, 3, TASK_BINARY, false});
    const enum shape asked[] = {SHAPE_FREE, SHAPE_FREE, SHAPE_UP};
    const struct fit_options options = {.threads = 1, .shape = asked};
    struct model *model;
    assert_int_equal(fit_additive(&job, made.frame, &made.target, &options, &model),
                     CANDOR_BAD_INPUT);
    job_end(&job);
}

/* The gradient and the curvature are those of the cost, by differences. */
static void derivatives_are_those_of_the_cost(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    enum { COUNT = 6 };
    const double x[COUNT] = {0, 1, 3, 4, 8, 9};
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        const struct hold hold = {0, shapes[s], COUNT, x};
        struct rng rng = rng_of(s + 20);
        double b[COUNT + 1];
        double right[COUNT + 1] = {0};
        double cell[(COUNT + 1) * (COUNT + 1)] = {0};
        for (size_t i = 0; i <= COUNT; i++) {
            b[i] = rng_normal(&rng);
        }
        hold_gradient(&hold, b, right);
        hold_curvature(&hold, b, 0, (struct matrix){cell, COUNT + 1});
        for (size_t i = 0; i <= COUNT; i++) {
            const double step = 1e-5;
            double moved[COUNT + 1];
            double high[COUNT + 1] = {0};
            bytes_copy(moved, b, sizeof b);
            moved[i] = b[i] + step;
            const double above = hold_cost(&hold, moved);
            hold_gradient(&hold, moved, high);
            moved[i] = b[i] - step;
            const double slope = (above - hold_cost(&hold, moved)) / (2 * step);
            expect(fabs(slope + right[i]) < 1e-3 * (1 + fabs(slope)), "shape %zu: %zu: %g %g", s, i,
                   slope, right[i]);
            for (size_t j = i; j <= COUNT; j++) {
                const double second = (right[j] - high[j]) / step;
                expect(fabs(second - cell[i * (COUNT + 1) + j]) < 1e-2 * (1 + fabs(second)),
                       "shape %zu: %zu %zu: %g %g", s, i, j, second, cell[i * (COUNT + 1) + j]);
            }
        }
    }
    job_end(&job);
}

/*
 * What a shape holds is not free before the rows come: of the steps between neighbours only those that go
 * the right way are left, and the level.
 */
static void what_a_shape_holds_is_not_free_before_the_rows(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    enum { COUNT = 6 };
    const double x[COUNT] = {0, 1, 3, 4, 8, 9};
    double unknown[COUNT + 1] = {0, 1, 2, 1, 0, 3, 2};
    const size_t held[] = {3, 2, 3, 1}; /* steps that go the wrong way, in the order of shapes */
    struct penalty_entry entry[2 * COUNT];
    size_t entries = 0;
    for (uint16_t i = 1; i <= COUNT; i++) {
        const double neighbours = (i > 1) + (i < COUNT);
        entry[entries++] = (struct penalty_entry){i, i, neighbours + 1e-3};
        if (i > 1) {
            entry[entries++] = (struct penalty_entry){i, (uint16_t)(i - 1), -1};
        }
    }
    struct block block = {.cell_count = COUNT + 1};
    struct penalty penalty = {.rank = COUNT, .entry_count = entries, .entry = entry, .lambda = 10};
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        struct hold hold = {0, shapes[s], COUNT, x};
        struct design design = {.block_count = 1,
                                .block = &block,
                                .penalty_count = 1,
                                .penalty = &penalty,
                                .hold_count = 1,
                                .hold = &hold};
        double freedom = 0;
        must(prior_freedom(&job, &design, unknown, &freedom) == CANDOR_OK);
        expect(fabs(freedom - (double)(COUNT - held[s])) < 0.05, "shape %zu: %f", s, freedom);
        design.hold_count = 0;
        must(prior_freedom(&job, &design, unknown, &freedom) == CANDOR_OK);
        expect(fabs(freedom - COUNT) < 1e-12, "without a shape: %f", freedom);
    }
    job_end(&job);
}

/* A wish that the rows contradict costs what it is about, and nothing of another shape that is true. */
static void a_false_shape_leaves_a_true_one_alone(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct problem problem = problem_begin(&job, 5);
    problem.target.task = TASK_BINARY;
    problem.target.positive = STR("1");
    problem.target.negative = STR("0");
    const struct column *x = frame_find(problem.frame, STR("x"));
    const struct column *z = frame_find(problem.frame, STR("z"));
    double *y = NEW_ARRAY(job.arena, ROWS, double);
    struct rng rng = rng_of(6);
    for (size_t row = 0; row < ROWS; row++) {
        const double link = 0.1 * (x->number[row] - 20) + 0.02 * (z->number[row] - 20);
        y[row] = rng_f64(&rng) < 1 / (1 + exp(-link));
    }
    problem.target.value = y;
    double range[2];
    for (size_t free = 0; free < 2; free++) {
        const enum shape asked[] = {SHAPE_DOWN, free ? SHAPE_FREE : SHAPE_UP};
        const struct fit_options options = {.threads = 1, .shape = asked};
        struct model *model;
        must(fit_additive(&job, problem.frame, &problem.target, &options, &model) == CANDOR_OK);
        range[free] = model->term[1].value[VALUES] - model->term[1].value[1];
    }
    expect(range[0] > 0.8 * range[1], "%f where it would be %f", range[0], range[1]);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_shape_is_kept_exactly),
        cmocka_unit_test(without_a_shape_the_truth_breaks_three_of_them),
        cmocka_unit_test(a_true_shape_does_not_harm),
        cmocka_unit_test(a_category_has_no_shape),
        cmocka_unit_test(derivatives_are_those_of_the_cost),
        cmocka_unit_test(what_a_shape_holds_is_not_free_before_the_rows),
        cmocka_unit_test(a_false_shape_leaves_a_true_one_alone),
    };
    return cmocka_run_group_tests_name("hold", test, NULL, NULL);
}
