/*
 * test_sort.c - the radix sort against qsort, on values of every sign, size and count.
 */
#include "numeric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"

enum { COUNT_MAX = 3000 };

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Numbers of four kinds: few distinct, whole, of any exponent, and the edges of the format. */
static double any_value(struct rng *rng, size_t kind)
{
    static const double edge[] = {
        0.0, -0.0, 1e308, -1e308, 5e-324, -5e-324, (double)INFINITY, -(double)INFINITY, 1.0, -1.0};
    switch (kind) {
    case 0:
        return (double)rng_below(rng, 3);
    case 1:
        return (double)rng_below(rng, 100000) - 50000;
    case 2:
        return ldexp(rng_f64(rng) - 0.5, (int)rng_below(rng, 2000) - 1000);
    default:
        return edge[rng_below(rng, sizeof edge / sizeof edge[0])];
    }
}

static void sorting_agrees_with_qsort(void **state)
{
    (void)state;
    static const size_t size[] = {0, 1, 2, 3, 10, 257, COUNT_MAX};
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(5);
    for (size_t row = 0; row < sizeof size / sizeof size[0]; row++) {
        for (size_t kind = 0; kind < 4; kind++) {
            double value[COUNT_MAX];
            double expected[COUNT_MAX] = {0};
            for (size_t i = 0; i < size[row]; i++) {
                value[i] = expected[i] = any_value(&rng, kind);
            }
            must(sort_f64(&job, value, size[row]) == CANDOR_OK);
            qsort(expected, size[row], sizeof *expected, compare);
            for (size_t i = 0; i < size[row]; i++) {
                expect(value[i] == expected[i], "count %zu kind %zu place %zu", size[row], kind, i);
            }
        }
    }
    job_end(&job);
}

static int compare_whole(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left;
    const uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void sorting_whole_numbers_agrees_with_qsort(void **state)
{
    (void)state;
    static const size_t size[] = {0, 1, 2, 3, 257, COUNT_MAX};
    struct rng rng = rng_of(6);
    for (size_t row = 0; row < sizeof size / sizeof size[0]; row++) {
        for (unsigned shift = 32; shift < 64; shift += 7) {
            uint32_t value[COUNT_MAX] = {0};
            uint32_t expected[COUNT_MAX] = {0};
            uint32_t spare[COUNT_MAX];
            for (size_t i = 0; i < size[row]; i++) {
                value[i] = expected[i] = (uint32_t)(rng_u64(&rng) >> shift);
            }
            sort_u32_with(value, spare, size[row]);
            qsort(expected, size[row], sizeof *expected, compare_whole);
            for (size_t i = 0; i < size[row]; i++) {
                expect(value[i] == expected[i], "count %zu shift %u place %zu", size[row], shift,
                       i);
            }
        }
    }
}

static void the_order_is_ascending_and_keeps_ties_in_place(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(6);
    for (size_t kind = 0; kind < 4; kind++) {
        double value[COUNT_MAX];
        uint32_t order[COUNT_MAX];
        bool seen[COUNT_MAX] = {false};
        for (size_t i = 0; i < COUNT_MAX; i++) {
            value[i] = any_value(&rng, kind);
        }
        must(order_f64(&job, value, COUNT_MAX, order) == CANDOR_OK);
        for (size_t i = 0; i < COUNT_MAX; i++) {
            expect(!seen[order[i]], "kind %zu: position %u twice", kind, order[i]);
            seen[order[i]] = true;
            if (i > 0) {
                const double before = value[order[i - 1]];
                const double here = value[order[i]];
                expect(before < here || (before == here && order[i - 1] < order[i]),
                       "kind %zu place %zu", kind, i);
            }
        }
    }
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(sorting_agrees_with_qsort),
        cmocka_unit_test(sorting_whole_numbers_agrees_with_qsort),
        cmocka_unit_test(the_order_is_ascending_and_keeps_ties_in_place),
    };
    return cmocka_run_group_tests_name("sort", test, NULL, NULL);
}
