/*
 * test_chi.c - published quantiles of chi-square, closed forms, and the limits.
 */
#include "numeric.h"

#include <math.h>

#include "testing.h"

/* Abramowitz and Stegun 1964, table 26.8, and the tails of far values. */
static void the_tail_has_its_published_values(void **state)
{
    (void)state;
    static const struct {
        double x;
        double freedom;
        double tail;
    } row[] = {
        {3.841458820694124, 1, 0.05},   {6.634896601021213, 1, 0.01},
        {5.991464547107979, 2, 0.05},   {18.307038053275146, 10, 0.05},
        {3.940299136119060, 10, 0.95},  {124.342113404004, 100, 0.05},
        {149.449252779099, 100, 0.001},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(fabs(chi_square_tail(row[i].x, row[i].freedom) / row[i].tail - 1) < 1e-9,
               "row %zu: %.12g", i, chi_square_tail(row[i].x, row[i].freedom));
    }
}

static void of_two_degrees_it_is_an_exponential_and_of_one_a_normal(void **state)
{
    (void)state;
    for (size_t i = 0; i < 42; i++) {
        const double x = 0.01 * pow(1.3, (double)i);
        expect(fabs(chi_square_tail(x, 2) / exp(-x / 2) - 1) < 1e-12, "x %g", x);
        expect(fabs(chi_square_tail(x, 1) / (2 * normal_cdf(-sqrt(x))) - 1) < 1e-11, "x %g", x);
    }
}

static void nothing_exceeds_zero_and_all_exceed_less(void **state)
{
    (void)state;
    assert_true(chi_square_tail(0, 3) == 1);
    assert_true(chi_square_tail(-1, 3) == 1);
    assert_true(chi_square_tail(1e6, 3) >= 0 && chi_square_tail(1e6, 3) < 1e-300);
    double last = 1;
    for (size_t x = 0; x < 700; x++) {
        const double tail = chi_square_tail((double)x, 255);
        expect(tail <= last && tail >= 0, "x %zu", x);
        last = tail;
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_tail_has_its_published_values),
        cmocka_unit_test(of_two_degrees_it_is_an_exponential_and_of_one_a_normal),
        cmocka_unit_test(nothing_exceeds_zero_and_all_exceed_less),
    };
    return cmocka_run_group_tests_name("chi", test, NULL, NULL);
}
