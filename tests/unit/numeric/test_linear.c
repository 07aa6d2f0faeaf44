/*
 * test_linear.c - the factor multiplies back, solutions solve, inverses invert, and bits repeat.
 */
#include "numeric.h"

#include <math.h>

#include "testing.h"

enum { SIZE_MAX_TRIED = 90 };

/* G G' + I of a random G: positive definite, both triangles filled. */
static void fill(double *a, size_t size, uint64_t seed)
{
    struct rng rng = rng_of(seed);
    double g[SIZE_MAX_TRIED * SIZE_MAX_TRIED] = {0};
    for (size_t i = 0; i < size * size; i++) {
        g[i] = rng_normal(&rng);
    }
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j < size; j++) {
            double sum = i == j ? 1 : 0;
            for (size_t k = 0; k < size; k++) {
                sum += g[k * size + i] * g[k * size + j];
            }
            a[j * size + i] = sum;
        }
    }
}

static void a_solution_solves(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    static const size_t size[] = {0, 1, 2, 3, 17, SIZE_MAX_TRIED};
    for (size_t row = 0; row < sizeof size / sizeof size[0]; row++) {
        const size_t n = size[row];
        static double a[SIZE_MAX_TRIED * SIZE_MAX_TRIED];
        static double l[SIZE_MAX_TRIED * SIZE_MAX_TRIED];
        double x[SIZE_MAX_TRIED];
        fill(a, n, row);
        bytes_copy(l, a, n * n * sizeof *a);
        for (size_t i = 0; i < n; i++) {
            x[i] = (double)i - 3;
        }
        must(cholesky_factor(&job, (struct matrix){l, n}) == CANDOR_OK);
        cholesky_solve((struct matrix){l, n}, x);
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t j = 0; j < n; j++) {
                sum += a[j * n + i] * x[j];
            }
            expect(fabs(sum - ((double)i - 3)) < 1e-9, "size %zu row %zu", n, i);
        }
    }
    job_end(&job);
}

static void the_inverse_inverts_and_the_determinant_agrees(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    static double a[SIZE_MAX_TRIED * SIZE_MAX_TRIED];
    static double l[SIZE_MAX_TRIED * SIZE_MAX_TRIED];
    const size_t n = SIZE_MAX_TRIED;
    fill(a, n, 77);
    bytes_copy(l, a, sizeof a);
    must(cholesky_factor(&job, (struct matrix){l, n}) == CANDOR_OK);
    const double log_determinant = cholesky_log_determinant((struct matrix){l, n});
    cholesky_invert((struct matrix){l, n});
    static double inverse[SIZE_MAX_TRIED * SIZE_MAX_TRIED];
    cholesky_inverse_block((struct matrix){l, n}, 0, n, inverse);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t k = 0; k < n; k++) {
                sum += a[k * n + i] * (k >= j ? inverse[j * n + k] : inverse[k * n + j]);
            }
            expect(fabs(sum - (i == j ? 1 : 0)) < 1e-9, "cell %zu %zu", i, j);
        }
    }

    /* The determinant of the inverse is one over that of the matrix. */
    must(cholesky_factor(&job, (struct matrix){inverse, n}) == CANDOR_OK);
    const double inverse_log = cholesky_log_determinant((struct matrix){inverse, n});
    expect(fabs(log_determinant + inverse_log) < 1e-8, "%f %f", log_determinant, inverse_log);
    job_end(&job);
}

static void a_block_of_the_inverse_is_that_of_the_whole(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    static double l[SIZE_MAX_TRIED * SIZE_MAX_TRIED];
    static double whole[SIZE_MAX_TRIED * SIZE_MAX_TRIED];
    const size_t n = SIZE_MAX_TRIED;
    fill(l, n, 78);
    must(cholesky_factor(&job, (struct matrix){l, n}) == CANDOR_OK);
    cholesky_invert((struct matrix){l, n});
    cholesky_inverse_block((struct matrix){l, n}, 0, n, whole);
    static const size_t first[] = {0, 7, 40, SIZE_MAX_TRIED - 1, SIZE_MAX_TRIED};
    static const size_t count[] = {1, 13, 50, 1, 0};
    for (size_t row = 0; row < sizeof first / sizeof first[0]; row++) {
        double block[50 * 50];
        cholesky_inverse_block((struct matrix){l, n}, first[row], count[row], block);
        for (size_t i = 0; i < count[row]; i++) {
            for (size_t j = 0; j <= i; j++) {
                const double expected = whole[(first[row] + j) * n + first[row] + i];
                expect(fabs(block[j * count[row] + i] - expected) < 1e-12, "row %zu: %zu %zu", row,
                       i, j);
            }
        }
    }
    job_end(&job);
}

static void what_is_not_positive_definite_is_refused(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    double indefinite[] = {1, 2, 2, 1};
    double zero[] = {0};
    assert_int_equal(cholesky_factor(&job, (struct matrix){indefinite, 2}), CANDOR_BAD_INPUT);
    assert_int_equal(cholesky_factor(&job, (struct matrix){zero, 1}), CANDOR_BAD_INPUT);
    job_end(&job);
}

static void the_same_matrix_gives_the_same_bits(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    static double first[SIZE_MAX_TRIED * SIZE_MAX_TRIED];
    static double second[SIZE_MAX_TRIED * SIZE_MAX_TRIED + 1];
    const size_t n = SIZE_MAX_TRIED;
    fill(first, n, 5);
    bytes_copy(second + 1, first, sizeof first); /* another alignment */
    must(cholesky_factor(&job, (struct matrix){first, n}) == CANDOR_OK);
    must(cholesky_factor(&job, (struct matrix){second + 1, n}) == CANDOR_OK);
    cholesky_invert((struct matrix){first, n});
    cholesky_invert((struct matrix){second + 1, n});
    assert_true(bytes_same(first, second + 1, sizeof first));
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_solution_solves),
        cmocka_unit_test(the_inverse_inverts_and_the_determinant_agrees),
        cmocka_unit_test(a_block_of_the_inverse_is_that_of_the_whole),
        cmocka_unit_test(what_is_not_positive_definite_is_refused),
        cmocka_unit_test(the_same_matrix_gives_the_same_bits),
    };
    return cmocka_run_group_tests_name("linear", test, NULL, NULL);
}
