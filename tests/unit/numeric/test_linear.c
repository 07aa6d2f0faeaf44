/*
 * test_linear.c - the factor multiplies back, solutions solve, inverses invert, and bits repeat.
 */
#include "numeric.h"

#include <math.h>

#include "testing.h"

enum { SIZE_MAX_TRIED = 150 };

/* The inverse of what was factored, or a square of it. */
static void invert(struct job *job, struct matrix factor, size_t first, size_t count, double *block)
{
    struct root root;
    must(root_begin(job, factor.size, &root) == CANDOR_OK);
    must(cholesky_invert(job, factor, root) == CANDOR_OK);
    must(cholesky_inverse_block(job, root, first, count, block) == CANDOR_OK);
}

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
    static double inverse[SIZE_MAX_TRIED * SIZE_MAX_TRIED];
    invert(&job, (struct matrix){l, n}, 0, n, inverse);
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
    invert(&job, (struct matrix){l, n}, 0, n, whole);
    static const size_t first[] = {0, 7, 40, SIZE_MAX_TRIED - 1, SIZE_MAX_TRIED};
    static const size_t count[] = {1, 13, 50, 1, 0};
    for (size_t row = 0; row < sizeof first / sizeof first[0]; row++) {
        double block[50 * 50];
        invert(&job, (struct matrix){l, n}, first[row], count[row], block);
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

/* The definition: each element alone, its products in order. */
static void factor_slowly(double *a, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        for (size_t i = j; i < n; i++) {
            for (size_t k = 0; k < j; k++) {
                a[j * n + i] -= a[k * n + i] * a[k * n + j];
            }
        }
        a[j * n + j] = sqrt(a[j * n + j]);
        for (size_t i = j + 1; i < n; i++) {
            a[j * n + i] /= a[j * n + j];
        }
    }
}

static const enum simd level[] = {SIMD_PLAIN, SIMD_AVX2, SIMD_AVX512};

static void every_vector_unit_gives_the_bits_of_the_definition(void **state)
{
    (void)state;
    static double slow[SIZE_MAX_TRIED * SIZE_MAX_TRIED];
    static double fast[SIZE_MAX_TRIED * SIZE_MAX_TRIED + 1];
    static double block[3][SIZE_MAX_TRIED * SIZE_MAX_TRIED];
    for (size_t n = 1; n <= SIZE_MAX_TRIED; n += n < 20 ? 1 : 13) {
        fill(slow, n, n);
        factor_slowly(slow, n);
        for (size_t l = 0; l < 3; l++) {
            struct job job;
            job_begin(&job, host_real());
            (void)simd_limit(level[l]);
            fill(fast + 1, n, n); /* another alignment */
            must(cholesky_factor(&job, (struct matrix){fast + 1, n}) == CANDOR_OK);
            for (size_t j = 0; j < n; j++) {
                expect(bytes_same(slow + j * n + j, fast + 1 + j * n + j, (n - j) * sizeof *slow),
                       "size %zu, level %zu, column %zu", n, l, j);
            }
            invert(&job, (struct matrix){fast + 1, n}, 0, n, block[l]);
            expect(bytes_same(block[0], block[l], n * n * sizeof *slow), "size %zu level %zu", n,
                   l);
            job_end(&job);
        }
    }
    (void)simd_limit(SIMD_AVX512);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_solution_solves),
        cmocka_unit_test(the_inverse_inverts_and_the_determinant_agrees),
        cmocka_unit_test(a_block_of_the_inverse_is_that_of_the_whole),
        cmocka_unit_test(what_is_not_positive_definite_is_refused),
        cmocka_unit_test(every_vector_unit_gives_the_bits_of_the_definition),
    };
    return cmocka_run_group_tests_name("linear", test, NULL, NULL);
}
