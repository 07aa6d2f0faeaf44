/*
 * test_kolmogorov.c - exact chances of small samples, values that others computed, and one curve across
 * the borders between the four ways.
 */
#include "numeric.h"

#include <math.h>

#include "testing.h"

/* One row: D is the larger of u and 1 - u. Two rows: by areas of the unit square. */
static void small_samples_are_exact(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    for (double x = 0.5; x < 1; x += 0.03) {
        expect(fabs(kolmogorov_tail(job.arena, 1, x) - 2 * (1 - x)) < 1e-13, "x %g", x);
        expect(fabs(kolmogorov_tail(job.arena, 2, x) - 2 * (1 - x) * (1 - x)) < 1e-13, "x %g", x);
    }
    for (double x = 0.26; x < 0.5; x += 0.03) {
        const double inside = 2 * (2 * x - 0.5) * (2 * x - 0.5);
        expect(fabs(kolmogorov_tail(job.arena, 2, x) - (1 - inside)) < 1e-13, "x %g: %.17g", x,
               kolmogorov_tail(job.arena, 2, x));
    }
    job_end(&job);
}

/* The distance of 10 rows that is exceeded once in twenty times, 0.40925 (Miller 1956), and others. */
static void the_tables_of_miller_hold(void **state)
{
    (void)state;
    static const struct {
        double n;
        double x;
        double tail;
    } row[] = {{5, 0.56327, 0.05},  {10, 0.40925, 0.05},  {10, 0.48893, 0.01}, {20, 0.29408, 0.05},
               {40, 0.21012, 0.05}, {100, 0.13403, 0.05}, {100, 0.16081, 0.01}};
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const double tail = kolmogorov_tail(job.arena, row[i].n, row[i].x);
        expect(fabs(tail - row[i].tail) < 2e-5, "row %zu: %.8g", i, tail);
    }
    job_end(&job);
}

static void the_four_ways_are_one_falling_curve(void **state)
{
    (void)state;
    static const double rows[] = {3, 20, 140, 141, 5000, 100000, 100001, 2000000};
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const double n = rows[i];
        double last = 1;
        for (double z = 0.05; z < 5; z += 0.04) {
            const double tail = kolmogorov_tail(job.arena, n, z / sqrt(n));
            expect(tail <= last + 1e-9 && tail >= 0 && last - tail < 0.1, "n %g z %g: %g after %g",
                   n, z, tail, last);
            last = tail;
        }
    }
    assert_true(kolmogorov_tail(job.arena, 7, 0) == 1 && kolmogorov_tail(job.arena, 7, 1) == 0);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(small_samples_are_exact),
        cmocka_unit_test(the_tables_of_miller_hold),
        cmocka_unit_test(the_four_ways_are_one_falling_curve),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
