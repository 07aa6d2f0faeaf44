/*
 * test_ranges.c - the ranges of a long column are those of its sorted values, whatever its shape.
 */
#include <math.h>
#include <string.h>

#include "inside.h"
#include "numeric.h"
#include "testing.h"

enum { ROWS = 70000 };

/* The definition: all values sorted and counted. */
static void ranges_by_sorting(struct job *job, const struct numbers *numbers,
                              const struct range_options *options, struct ranges *ranges)
{
    double *value = TRY_ARRAY(job->arena, numbers->row_count + 1, double);
    double *rows = TRY_ARRAY(job->arena, numbers->row_count + 1, double);
    must(value != NULL && rows != NULL);
    size_t count = 0;
    for (size_t row = 0; row < numbers->row_count; row++) {
        if (!isnan(numbers->number[row]) && (numbers->keep == NULL || numbers->keep[row])) {
            value[count++] = numbers->number[row] + 0.0;
        }
    }
    must(sort_f64(job, value, count) == CANDOR_OK);
    struct runs runs = {.value = value, .rows = rows};
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || value[i] != value[i - 1]) {
            value[runs.count++] = value[i];
        }
        rows[runs.count - 1]++;
    }
    must(ranges_of_runs(job, &runs, options, ranges) == CANDOR_OK);
}

static double number_of(size_t shape, size_t row, struct rng *rng)
{
    const double normal = rng_normal(rng);
    switch (shape) {
    case 0:
        return normal;
    case 1:
        return exp(20 * normal);
    case 2: /* spikes among light values */
        return rng_below(rng, 3) == 0 ? normal : (double)rng_below(rng, 90);
    case 3:
        return rng_below(rng, 10) > 0 ? (double)NAN : normal;
    case 4: /* repeats in step with the sample, which then sees zeros only */
        return row % 4 == 0 ? 0 : normal;
    case 5: /* ascending, with a heavy tail and both zeros */
        return row % 9 == 0 ? -0.0 : (double)row * (double)row;
    case 6:
        return ldexp(rng_below(rng, 2) == 0 ? 1 : -1, 1000) * (1 + rng_f64(rng));
    case 7: /* neighbours in the bits */
        return 1 + (double)rng_below(rng, 300) * 0x1p-52;
    case 8:
        return row < ROWS / 2 ? 5e-324 * (double)rng_below(rng, 1000) : normal;
    default: /* one value in nearly all rows */
        return rng_below(rng, 100) > 0 ? 7 : normal;
    }
}

static void check_shape(size_t shape, const bool *keep)
{
    static const struct range_options option[] = {{255, 128}, {100, 50}, {2, 1}, {126, 120}};
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of_stream(3, shape);
    double *number = TRY_ARRAY(job.arena, ROWS, double);
    struct range_room *room;
    must(number != NULL && range_room_begin(&job, &room) == CANDOR_OK);
    for (size_t row = 0; row < ROWS; row++) {
        number[row] = number_of(shape, row, &rng);
    }
    const struct numbers numbers = {number, keep, ROWS};
    for (size_t i = 0; i < sizeof option / sizeof option[0]; i++) {
        struct ranges fast;
        struct ranges slow;
        must(ranges_of_numbers(&job, room, &numbers, &option[i], &fast) == CANDOR_OK);
        ranges_by_sorting(&job, &numbers, &option[i], &slow);
        expect(fast.count == slow.count, "shape %zu, options %zu: %zu, not %zu", shape, i,
               fast.count, slow.count);
        for (size_t v = 0; v < slow.count; v++) {
            expect(fast.low[v] == slow.low[v] && fast.high[v] == slow.high[v],
                   "shape %zu, options %zu, range %zu", shape, i, v);
            expect(!signbit(fast.low[v]) == !signbit(slow.low[v]), "the sign of 0");
        }
    }
    job_end(&job);
}

static void the_ranges_are_those_of_the_sorted_values(void **state)
{
    (void)state;
    for (size_t shape = 0; shape < 10; shape++) {
        check_shape(shape, NULL);
    }
}

static void rows_that_are_not_kept_do_not_count(void **state)
{
    (void)state;
    static bool keep[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        keep[row] = row % 3 != 1;
    }
    for (size_t shape = 0; shape < 10; shape++) {
        check_shape(shape, keep);
    }
    memset(keep, 0, sizeof keep);
    check_shape(0, keep);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_ranges_are_those_of_the_sorted_values),
        cmocka_unit_test(rows_that_are_not_kept_do_not_count),
    };
    return cmocka_run_group_tests_name("ranges", test, NULL, NULL);
}
