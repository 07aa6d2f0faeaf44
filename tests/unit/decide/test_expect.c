/*
 * test_expect.c - expectation against the exact distribution, lift against the published table.
 */
#include <math.h>

#include "decide.h"
#include "testing.h"

enum { COUNT = 400 };

/* The exact distribution of the number of responses, one subject after the other. */
static void exact_distribution(const double *probability, size_t count, double *mass)
{
    mass[0] = 1;
    for (size_t i = 0; i < count; i++) {
        mass[i + 1] = 0;
        for (size_t k = i + 1; k > 0; k--) {
            mass[k] = mass[k] * (1 - probability[i]) + mass[k - 1] * probability[i];
        }
        mass[0] *= 1 - probability[i];
    }
}

static void the_interval_holds_95_percent_of_the_exact_distribution(void **state)
{
    (void)state;
    double probability[COUNT];
    double mass[COUNT + 1];
    double mean = 0;
    for (size_t i = 0; i < COUNT; i++) {
        probability[i] = 0.02 + 0.4 * (double)(i % 37) / 37;
        mean += probability[i];
    }
    exact_distribution(probability, COUNT, mass);
    const struct expectation expected = expectation_of(probability, COUNT);
    double inside = 0;
    for (size_t k = 0; k <= COUNT; k++) {
        inside += (double)k >= expected.low && (double)k <= expected.high ? mass[k] : 0;
    }
    expect(fabs(expected.mean - mean) < 1e-9, "mean %g", expected.mean);
    expect(inside > 0.93 && inside < 0.97, "%g inside", inside);
}

static void an_expectation_stays_within_what_is_possible(void **state)
{
    (void)state;
    const double small[] = {0.01, 0.02};
    const double large[] = {0.99, 0.98};
    const double sure[] = {1, 1, 0};
    const struct expectation none = expectation_of(NULL, 0);
    expect(none.mean == 0 && none.low == 0 && none.high == 0, "nobody");
    expect(expectation_of(small, 2).low == 0, "not below nothing");
    expect(expectation_of(large, 2).high == 2, "not above everybody");
    const struct expectation certain = expectation_of(sure, 3);
    expect(certain.mean == 2 && certain.low == 2 && certain.high == 2, "certain");
}

/* Newcombe 1998, table II, method 10. */
static const struct {
    uint64_t responses, contacted, holdout_responses, holdout;
    double low, high;
} published[] = {
    {56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090},
    {6, 7, 2, 7, 0.0582, 0.8062},     {5, 56, 0, 29, -0.0381, 0.1926},
    {0, 10, 0, 20, -0.1611, 0.2775},  {0, 10, 0, 10, -0.2775, 0.2775},
    {10, 10, 0, 20, 0.6791, 1.0000},  {10, 10, 0, 10, 0.6075, 1.0000},
};

static void lift_matches_the_published_intervals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        const struct lift lift = lift_of(published[i].contacted, published[i].responses,
                                         published[i].holdout, published[i].holdout_responses);
        expect(fabs(lift.low - published[i].low) < 5e-5, "row %zu: low %.5f", i, lift.low);
        expect(fabs(lift.high - published[i].high) < 5e-5, "row %zu: high %.5f", i, lift.high);
        expect(lift.low <= lift.difference && lift.difference <= lift.high, "row %zu", i);
    }
}

static void extra_responses_are_those_that_would_not_have_been(void **state)
{
    (void)state;
    const struct lift lift = lift_of(1000, 120, 200, 16);
    expect(fabs(lift.contacted_rate - 0.12) < 1e-12, "contacted");
    expect(fabs(lift.holdout_rate - 0.08) < 1e-12, "holdout");
    expect(fabs(lift.extra - 40) < 1e-9, "extra %g", lift.extra);
}

static void without_one_side_there_is_no_lift(void **state)
{
    (void)state;
    const struct lift no_holdout = lift_of(10, 5, 0, 0);
    expect(no_holdout.contacted_rate == 0.5 && isnan(no_holdout.holdout_rate), "rates");
    expect(isnan(no_holdout.difference) && isnan(no_holdout.low) && isnan(no_holdout.extra), "NaN");
    const struct lift nobody = lift_of(0, 0, 4, 1);
    expect(isnan(nobody.contacted_rate) && nobody.holdout_rate == 0.25, "rates");
    expect(isnan(nobody.high), "NaN");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_interval_holds_95_percent_of_the_exact_distribution),
        cmocka_unit_test(an_expectation_stays_within_what_is_possible),
        cmocka_unit_test(lift_matches_the_published_intervals),
        cmocka_unit_test(extra_responses_are_those_that_would_not_have_been),
        cmocka_unit_test(without_one_side_there_is_no_lift),
    };
    return cmocka_run_group_tests_name("expect", test, NULL, NULL);
}
