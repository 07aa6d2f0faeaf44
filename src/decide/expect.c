/*
 * expect.c - what a plan may expect, and the lift that was measured.
 *
 * The formulas are short and written out here, since this room does not open numeric.
 */
#include "decide.h"

#include <math.h>

static const double z95 = 1.959963984540054; /* the 97.5 % quantile of the normal distribution */

struct expectation expectation_of(const double *probability, size_t count)
{
    double mean = 0;
    double variance = 0;
    for (size_t i = 0; i < count; i++) {
        const double p = probability[i];
        must(p >= 0 && p <= 1);
        mean += p;
        variance += p * (1 - p);
    }
    const double half = z95 * sqrt(variance);
    return (struct expectation){
        .mean = mean,
        .low = fmax(0, mean - half),
        .high = fmin((double)count, mean + half),
    };
}

struct share {
    double value;
    double low;
    double high;
};

/* Wilson 1927: the rates p whose distance from the observed one is at most z standard errors at p. */
static struct share wilson(uint64_t successes, uint64_t trials)
{
    const double n = (double)trials;
    const double p = (double)successes / n;
    const double z2n = z95 * z95 / n;
    const double middle = (p + z2n / 2) / (1 + z2n);
    const double half = z95 * sqrt(p * (1 - p) / n + z2n / (4 * n)) / (1 + z2n);
    return (struct share){p, fmax(0, middle - half), fmin(1, middle + half)};
}

struct lift lift_of(uint64_t contacted, uint64_t contacted_responses, uint64_t holdout,
                    uint64_t holdout_responses)
{
    must(contacted_responses <= contacted);
    must(holdout_responses <= holdout);
    const double unknown = (double)NAN;
    struct lift lift = {unknown, unknown, unknown, unknown, unknown, unknown};
    if (contacted != 0) {
        lift.contacted_rate = (double)contacted_responses / (double)contacted;
    }
    if (holdout != 0) {
        lift.holdout_rate = (double)holdout_responses / (double)holdout;
    }
    if (contacted == 0 || holdout == 0) {
        return lift;
    }

    /* Newcombe 1998, Statistics in Medicine 17:873-890, method 10: each side's Wilson limits. */
    const struct share with = wilson(contacted_responses, contacted);
    const struct share without = wilson(holdout_responses, holdout);
    const double difference = with.value - without.value;
    lift.difference = difference;
    lift.low = difference - hypot(with.value - with.low, without.high - without.value);
    lift.high = difference + hypot(with.high - with.value, without.value - without.low);
    lift.extra = difference * (double)contacted;
    return lift;
}
