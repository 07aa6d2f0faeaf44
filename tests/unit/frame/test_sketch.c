/*
 * test_sketch.c - what a sketch says of the ranks, against all values sorted.
 */
#include <math.h>
#include <stdlib.h>

#include "inside.h"
#include "numeric.h"
#include "testing.h"

enum { VALUES = 400000, SHAPES = 8 };

static double number_of(size_t shape, size_t i, struct rng *rng)
{
    switch (shape) {
    case 0:
        return rng_normal(rng);
    case 1: /* ascending: each buffer lies above all before */
        return (double)i;
    case 2:
        return -(double)i;
    case 3: /* in step with the buffers */
        return (double)(i % 8192) * 1e6 + floor((double)i / 8192);
    case 4: /* one value is half of all */
        return i % 2 == 0 ? 0.5 : rng_f64(rng);
    case 5: /* outwards from the middle */
        return i % 2 == 0 ? (double)i : -(double)i;
    case 6:
        return exp(50 * rng_normal(rng));
    default: /* few values, then many */
        return i < VALUES / 2 ? (double)(i % 100) : rng_f64(rng) * 100;
    }
}

static double *values_of(struct job *job, size_t shape)
{
    struct rng rng = rng_of_stream(11, shape);
    double *value = TRY_ARRAY(job->arena, VALUES, double);
    must(value != NULL);
    for (size_t i = 0; i < VALUES; i++) {
        value[i] = number_of(shape, i, &rng) + 0.0;
    }
    return value;
}

/* The largest difference between a rank by the runs and the truth; the true ones are sorted. */
static double worst_rank(const struct runs *runs, const double *sorted)
{
    double worst = 0;
    double below = 0;
    size_t truth = 0;
    for (size_t i = 0; i < runs->count; i++) {
        while (truth < VALUES && sorted[truth] < runs->value[i]) {
            truth++;
        }
        worst = fmax(worst, fabs(below - (double)truth)); /* just below the value */
        below += runs->rows[i];
        while (truth < VALUES && sorted[truth] <= runs->value[i]) {
            truth++;
        }
        worst = fmax(worst, fabs(below - (double)truth)); /* at the value */
    }
    return fmax(worst, fabs(below - VALUES));
}

static void check_runs(struct job *job, struct sketch *sketch, double *value, size_t shape)
{
    struct runs runs;
    must(sketch_runs(job, sketch, &runs) == CANDOR_OK);
    must(sort_f64(job, value, VALUES) == CANDOR_OK);
    const double worst = worst_rank(&runs, value);
    expect(worst <= (double)sketch_error(sketch), "shape %zu: rank wrong by %.0f, said %llu", shape,
           worst, (unsigned long long)sketch_error(sketch));
    expect((double)sketch_error(sketch) < 0.001 * VALUES, "shape %zu: %llu", shape,
           (unsigned long long)sketch_error(sketch));
    expect(sketch_rows(sketch) == VALUES, "shape %zu", shape);
    expect(runs.value[0] == value[0] && runs.value[runs.count - 1] == value[VALUES - 1],
           "shape %zu: the ends", shape);
}

static void no_rank_is_wrong_by_more_than_is_said(void **state)
{
    (void)state;
    for (size_t shape = 0; shape < SHAPES; shape++) {
        struct job job;
        struct sketch *sketch;
        job_begin(&job, host_real());
        double *value = values_of(&job, shape);
        must(sketch_begin(&job, &sketch) == CANDOR_OK);
        must(sketch_add(&job, sketch, value, VALUES) == CANDOR_OK);
        assert_false(sketch_is_exact(sketch));
        check_runs(&job, sketch, value, shape);
        job_end(&job);
    }
}

static void merged_parts_keep_their_word(void **state)
{
    (void)state;
    static const size_t first[] = {0, 1, 300, 5000, 60000, 200000, VALUES};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        for (size_t shape = 0; shape < SHAPES; shape += 3) {
            struct job job;
            struct sketch *left;
            struct sketch *right;
            job_begin(&job, host_real());
            double *value = values_of(&job, shape);
            must(sketch_begin(&job, &left) == CANDOR_OK);
            must(sketch_begin(&job, &right) == CANDOR_OK);
            must(sketch_add(&job, left, value, first[i]) == CANDOR_OK);
            must(sketch_add(&job, right, value + first[i], VALUES - first[i]) == CANDOR_OK);
            must(sketch_merge(&job, left, right) == CANDOR_OK);
            check_runs(&job, left, value, shape);
            job_end(&job);
        }
    }
}

/* As many different values as there is room for, each a different number of times. */
static void all_is_exact_up_to_the_limit(void **state)
{
    (void)state;
    static const size_t different[] = {1, 2, 511, 512, 513, 8192, 65535, 65536, 65537};
    for (size_t d = 0; d < sizeof different / sizeof different[0]; d++) {
        struct job job;
        struct sketch *sketch;
        struct runs runs;
        job_begin(&job, host_real());
        must(sketch_begin(&job, &sketch) == CANDOR_OK);
        const double nothing[] = {(double)NAN};
        must(sketch_add(&job, sketch, nothing, 1) == CANDOR_OK);
        for (size_t i = 0; i < different[d]; i++) {
            const double value = (double)((i * 1000003) % different[d]);
            const size_t times = 1 + (size_t)value % 4;
            for (size_t k = 0; k < times; k++) {
                const double signed_zero = value == 0 && k == 0 ? -0.0 : value;
                must(sketch_add(&job, sketch, &signed_zero, 1) == CANDOR_OK);
            }
        }
        must(sketch_runs(&job, sketch, &runs) == CANDOR_OK);
        if (different[d] > SKETCH_EXACT_MAX) {
            assert_false(sketch_is_exact(sketch));
        } else {
            expect(sketch_is_exact(sketch) && sketch_error(sketch) == 0, "%zu", different[d]);
            expect(runs.count == different[d], "%zu: %zu", different[d], runs.count);
            for (size_t i = 0; i < runs.count; i++) {
                expect(runs.value[i] == (double)i && runs.rows[i] == 1 + (double)(i % 4),
                       "%zu: value %zu", different[d], i);
            }
        }
        job_end(&job);
    }
}

static void a_sketch_of_nothing_has_no_runs(void **state)
{
    (void)state;
    struct job job;
    struct sketch *sketch;
    struct runs runs;
    job_begin(&job, host_real());
    must(sketch_begin(&job, &sketch) == CANDOR_OK);
    must(sketch_runs(&job, sketch, &runs) == CANDOR_OK);
    assert_int_equal(runs.count, 0);
    assert_int_equal(sketch_rows(sketch), 0);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(no_rank_is_wrong_by_more_than_is_said),
        cmocka_unit_test(merged_parts_keep_their_word),
        cmocka_unit_test(all_is_exact_up_to_the_limit),
        cmocka_unit_test(a_sketch_of_nothing_has_no_runs),
    };
    return cmocka_run_group_tests_name("sketch", test, NULL, NULL);
}
