/*
 * test_newton.c - the fast fit against the definition written down: penalised likelihood in plain
 * doubles, row by row, with matrices solved by elimination.
 */
#include "fit.h"

#include <math.h>

#include "made.h"
#include "testing.h"

enum { ROWS = 400, CELLS = 64 };

/* A small problem: bins of the made frame, and the fit of them. */
struct problem {
    struct made made;
    struct model_feature feature[3];
    const uint8_t *bin[3];
    struct design design;
    struct rows rows;
    struct newton newton;
};

static void problem_fit(struct job *job, enum task task, const double *weight,
                        struct problem *problem)
{
    *problem =
        (struct problem){.made = made_begin(job, (struct made_options){ROWS, 3, task, false})};
    for (size_t i = 0; i < 3; i++) {
        const struct column *column = &problem->made.frame->column[i];
        struct lookup lookup;
        uint8_t *bin = arena_new(job->arena, ROWS);
        must(feature_of_column(job, column, ROWS, 20, &problem->feature[i]) == CANDOR_OK);
        must(lookup_begin(job, &problem->feature[i], column, ROWS, &lookup) == CANDOR_OK);
        lookup_bins(&lookup, 0, ROWS, bin);
        problem->bin[i] = bin;
    }
    must(design_of_features(job, problem->feature, 3, problem->bin, NULL, ROWS, &problem->design) ==
         CANDOR_OK);
    must(problem->design.cell_count <= CELLS);
    problem->rows = (struct rows){.threads = 1,
                                  .task = task,
                                  .row_count = ROWS,
                                  .target = problem->made.target.value,
                                  .weight = weight,
                                  .weight_count = ROWS};
    must(rows_begin(job, &problem->rows) == CANDOR_OK);
    problem->newton = (struct newton){.design = &problem->design,
                                      .rows = &problem->rows,
                                      .doing = "testing",
                                      .smoothings_max = 30,
                                      .unknown = NEW_ARRAY(job->arena, CELLS, double)};
    must(newton_fit(job, &problem->newton) == CANDOR_OK);
}

/* ---- the definition ---- */

static double score_of(const struct problem *problem, double intercept, const double *b, size_t row)
{
    double score = intercept;
    for (size_t i = 0; i < 3; i++) {
        score += b[problem->design.block[i].start + problem->bin[i][row]];
    }
    return score;
}

static double weight_of(const struct problem *problem, size_t row)
{
    return problem->rows.weight == NULL ? 1 : problem->rows.weight[row];
}

/* The full penalty matrix, with the ridge of newton.c. */
static void penalty_matrix(const struct problem *problem, double s[CELLS][CELLS])
{
    for (size_t i = 0; i < problem->design.cell_count; i++) {
        s[i][i] += 1e-4;
    }
    for (size_t p = 0; p < problem->design.penalty_count; p++) {
        const struct penalty *penalty = &problem->design.penalty[p];
        const size_t start = problem->design.block[penalty->block].start;
        for (size_t e = 0; e < penalty->entry_count; e++) {
            const size_t row = start + penalty->entry[e].row;
            const size_t column = start + penalty->entry[e].column;
            s[row][column] += penalty->lambda * penalty->entry[e].value;
            if (row != column) {
                s[column][row] += penalty->lambda * penalty->entry[e].value;
            }
        }
    }
}

static void add_penalty(const struct problem *problem, const double *b, double gradient[CELLS + 1],
                        double hessian[CELLS + 1][CELLS + 1])
{
    double s[CELLS][CELLS] = {{0}};
    penalty_matrix(problem, s);
    for (size_t i = 0; i < problem->design.cell_count; i++) {
        for (size_t j = 0; j < problem->design.cell_count; j++) {
            gradient[i] -= s[i][j] * b[j];
            hessian[i][j] += s[i][j];
        }
    }
}

struct slope {
    double gradient;
    double curvature;
};

static struct slope slope_of(enum task task, double score, double y)
{
    const double chance = 1 / (1 + exp(-score));
    switch (task) {
    case TASK_BINARY:
        return (struct slope){y - chance, chance * (1 - chance)};
    case TASK_REGRESSION:
        return (struct slope){y - score, 1};
    case TASK_COUNT:
        return (struct slope){y - exp(score), exp(score)};
    case TASK_AMOUNT:
        return (struct slope){y / exp(score) - 1, 1};
    case TASK_CLASSES:
        break;
    }
    return (struct slope){0, 0};
}

/* Gradient and Hessian of likelihood - penalty by (unknowns, intercept), the intercept last. */
static void derivatives_of(const struct problem *problem, double intercept, const double *b,
                           double gradient[CELLS + 1], double hessian[CELLS + 1][CELLS + 1])
{
    const size_t n = problem->design.cell_count;
    for (size_t row = 0; row < ROWS; row++) {
        size_t touched[4] = {0, 0, 0, n};
        for (size_t i = 0; i < 3; i++) {
            touched[i] = problem->design.block[i].start + problem->bin[i][row];
        }
        const double weight = weight_of(problem, row);
        const double score = score_of(problem, intercept, b, row);
        const struct slope at = slope_of(problem->rows.task, score, problem->rows.target[row]);
        for (size_t i = 0; i < 4; i++) {
            gradient[touched[i]] += weight * at.gradient;
            for (size_t j = 0; j < 4; j++) {
                hessian[touched[i]][touched[j]] += weight * at.curvature;
            }
        }
    }
    add_penalty(problem, b, gradient, hessian);
}

/* Gauss and Jordan: a becomes the identity, x the solution. */
static void eliminate(double a[CELLS + 1][CELLS + 1], double *x, size_t n)
{
    for (size_t pivot = 0; pivot < n; pivot++) {
        for (size_t row = 0; row < n; row++) {
            const double factor = row == pivot ? 0 : a[row][pivot] / a[pivot][pivot];
            for (size_t column = 0; column < n && row != pivot; column++) {
                a[row][column] -= factor * a[pivot][column];
            }
            x[row] -= row == pivot ? 0 : factor * x[pivot];
        }
    }
    for (size_t row = 0; row < n; row++) {
        x[row] /= a[row][row];
    }
}

struct plain {
    double step[CELLS + 1];
    double hessian[CELLS + 1][CELLS + 1];
};

/* ---- */

enum { TASKS = 4 };

static const enum task tasks[TASKS] = {TASK_BINARY, TASK_REGRESSION, TASK_COUNT, TASK_AMOUNT};

static void the_gradient_is_zero_at_the_fit(void **state)
{
    (void)state;
    for (size_t t = 0; t < TASKS; t++) {
        struct job job;
        job_begin(&job, host_real());
        struct problem problem;
        problem_fit(&job, tasks[t], NULL, &problem);
        struct plain *plain = NEW(job.arena, struct plain);
        derivatives_of(&problem, problem.newton.intercept, problem.newton.unknown, plain->step,
                       plain->hessian);
        for (size_t i = 0; i <= problem.design.cell_count; i++) {
            expect(fabs(plain->step[i]) < 1e-4, "task %zu: gradient %zu is %g", t, i,
                   plain->step[i]);
        }
        job_end(&job);
    }
}

static void plain_newton_from_zero_arrives_at_the_same_point(void **state)
{
    (void)state;
    static double weight[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        weight[row] = row % 2 == 0 ? 0.5 : 1.5;
    }
    for (size_t t = 0; t < (size_t)2 * TASKS; t++) {
        struct job job;
        job_begin(&job, host_real());
        struct problem problem;
        problem_fit(&job, tasks[t % TASKS], t < TASKS ? NULL : weight, &problem);
        const size_t n = problem.design.cell_count;
        double b[CELLS + 1] = {0};
        for (size_t round = 0; round < 30; round++) {
            struct plain *plain = NEW(job.arena, struct plain);
            derivatives_of(&problem, b[n], b, plain->step, plain->hessian);
            eliminate(plain->hessian, plain->step, n + 1);
            for (size_t i = 0; i <= n; i++) {
                b[i] += plain->step[i];
            }
        }
        expect(fabs(b[n] - problem.newton.intercept) < 1e-6, "case %zu: intercept", t);
        for (size_t i = 0; i < n; i++) {
            expect(fabs(b[i] - problem.newton.unknown[i]) < 1e-6, "case %zu: unknown %zu: %g %g", t,
                   i, b[i], problem.newton.unknown[i]);
        }
        job_end(&job);
    }
}

static void the_covariance_is_the_inverse_of_the_hessian(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct problem problem;
    problem_fit(&job, TASK_BINARY, NULL, &problem);
    const size_t n = problem.design.cell_count;
    for (size_t column = 0; column < n; column++) {
        struct plain *plain = NEW(job.arena, struct plain);
        derivatives_of(&problem, problem.newton.intercept, problem.newton.unknown, plain->step,
                       plain->hessian);
        double unit[CELLS + 1] = {0};
        unit[column] = 1;
        eliminate(plain->hessian, unit, n + 1);
        size_t b = 2;
        while (problem.design.block[b].start > column) {
            b--;
        }
        const struct block *block = &problem.design.block[b];
        for (size_t row = column; row < block->start + block->cell_count; row++) {
            const double got =
                problem.newton.covariance[b][(column - block->start) * block->cell_count + row -
                                             block->start];
            /* The last steps use a factor that is a few steps old. */
            expect(fabs(got - unit[row]) < 1e-3 * (1 + fabs(unit[row])), "cell %zu %zu: %g %g", row,
                   column, got, unit[row]);
        }
    }
    job_end(&job);
}

/* b' S b and tr(V S), by all entries of S. */
static double form_of(const struct problem *problem, const struct penalty *penalty, bool of_trace)
{
    const struct block *block = &problem->design.block[penalty->block];
    const double *b = problem->newton.unknown + block->start;
    const double *covariance = problem->newton.covariance[penalty->block];
    double sum = 0;
    for (size_t e = 0; e < penalty->entry_count; e++) {
        const size_t row = penalty->entry[e].row;
        const size_t column = penalty->entry[e].column;
        const double twice = row == column ? 1 : 2;
        const double factor =
            of_trace ? covariance[column * block->cell_count + row] : b[row] * b[column];
        sum += twice * penalty->entry[e].value * factor;
    }
    return sum;
}

static void each_smoothing_satisfies_its_equation(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct problem problem;
    problem_fit(&job, TASK_BINARY, NULL, &problem);
    size_t inside = 0;
    for (size_t p = 0; p < problem.design.penalty_count; p++) {
        const struct penalty *penalty = &problem.design.penalty[p];
        const double freedom =
            (double)penalty->rank - penalty->lambda * form_of(&problem, penalty, true);
        const double wanted = freedom / form_of(&problem, penalty, false);
        if (penalty->lambda < 1e5 && freedom > 0.05) {
            inside++;
            expect(fabs(log(wanted / penalty->lambda)) < 0.2, "penalty %zu: %g, wanted %g", p,
                   penalty->lambda, wanted);
        }
    }
    assert_true(inside >= 3); /* age, income and town all matter */
    job_end(&job);
}

static void the_sums_agree_with_the_rows(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct problem problem;
    struct sums sums;
    problem_fit(&job, TASK_BINARY, NULL, &problem);
    must(sums_begin(&job, &problem.design, true, &sums) == CANDOR_OK);
    must(rows_sum(&job, &problem.rows, &sums, true) == CANDOR_OK);
    for (size_t i = 0; i < 3; i++) {
        const struct block *left = &problem.design.block[i];
        for (size_t j = 0; j < i; j++) {
            const struct block *right = &problem.design.block[j];
            int64_t expected[CELLS * CELLS] = {0};
            for (size_t row = 0; row < ROWS; row++) {
                expected[right->cell[row] * left->cell_count + left->cell[row]] +=
                    problem.rows.curvature[row];
            }
            expect(bytes_same(expected, sums.cross[i * (i - 1) / 2 + j],
                              left->cell_count * right->cell_count * sizeof *expected),
                   "blocks %zu %zu", i, j);
        }
        int64_t gradient[CELLS] = {0};
        for (size_t row = 0; row < ROWS; row++) {
            gradient[left->cell[row]] += problem.rows.gradient[row];
        }
        expect(
            bytes_same(gradient, sums.gradient + left->start, left->cell_count * sizeof *gradient),
            "gradient %zu", i);
    }
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_gradient_is_zero_at_the_fit),
        cmocka_unit_test(plain_newton_from_zero_arrives_at_the_same_point),
        cmocka_unit_test(the_covariance_is_the_inverse_of_the_hessian),
        cmocka_unit_test(each_smoothing_satisfies_its_equation),
        cmocka_unit_test(the_sums_agree_with_the_rows),
    };
    return cmocka_run_group_tests_name("newton", test, NULL, NULL);
}
