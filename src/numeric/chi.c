/*
 * chi.c - the tail of the chi-square distribution.
 *
 * The upper regularised incomplete gamma function Q(freedom / 2, x / 2): by the series of P where it
 * converges fast, else by the continued fraction of Q, evaluated as Lentz does. Abramowitz and Stegun
 * 1964, 6.5.29 and 6.5.31.
 */
#include "numeric.h"

#include <math.h>

enum { STEPS_MAX = 10000 };

static const double fine = 1e-15;
static const double tiny = 1e-300;

/* x^a e^-x / gamma(a), without leaving the range of doubles on the way. */
static double front_of(double a, double x)
{
    int sign;
    return exp(a * log(x) - x - lgamma_r(a, &sign));
}

static double lower_by_series(double a, double x)
{
    double term = 1 / a;
    double sum = term;
    for (int n = 1; n < STEPS_MAX && term > sum * fine; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * front_of(a, x);
}

static double upper_by_fraction(double a, double x)
{
    double b = x + 1 - a;
    double c = 1 / tiny;
    double d = 1 / b;
    double fraction = d;
    for (int n = 1; n < STEPS_MAX; n++) {
        const double top = n * (a - n);
        b += 2;
        d = top * d + b;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = b + top / c;
        c = fabs(c) < tiny ? tiny : c;
        fraction *= c * d;
        if (fabs(c * d - 1) < fine) {
            break;
        }
    }
    return fraction * front_of(a, x);
}

double chi_square_tail(double x, double freedom)
{
    must(freedom > 0);
    if (!(x > 0)) {
        return 1;
    }
    const double a = freedom / 2;
    const double half = x / 2;
    return half < a + 1 ? 1 - lower_by_series(a, half) : upper_by_fraction(a, half);
}
