/*
 * kolmogorov.c - the chance that a sample lies as far from its distribution by chance alone.
 *
 * Four ways, each where it is exact enough: close to 0 a product (Ruben and Gambino 1982); the matrix
 * power of Marsaglia, Tsang and Wang 2003 while it is small; the series of Pelz and Good 1976 in the
 * middle; and twice the one-sided chance (Smirnov's sum, Miller 1956) in the tail, where all its digits
 * hold down to 1e-300. The borders between them are those of Simard and L'Ecuyer 2011.
 */
#include "numeric.h"

#include <math.h>

enum { MATRIX_ROWS_FEW = 140, MATRIX_ROWS_MAX = 100000, SIZE_MAX_ROWS = 130 };

static const double tail_from = 2.2; /* n x^2 from which the one-sided sum is exact enough */
static const double tail_from_few = 4;
static const double scale_up = 1e140;

static double log_factorial(double n)
{
    int sign;
    return lgamma_r(n + 1, &sign);
}

/* Twice the chance that the empirical distribution lies x above its own somewhere. All terms are
 * positive, so nothing cancels. */
static double twice_one_sided(double n, double x)
{
    const double whole = log_factorial(n);
    const double last = floor(n * (1 - x));
    double sum = 0;
    for (double j = 0; j <= last; j++) {
        const double above = x + j / n;
        const double below = 1 - above;
        if (!(below > 0)) {
            break;
        }
        sum += exp(whole - log_factorial(j) - log_factorial(n - j) + (n - j) * log(below) +
                   (j - 1) * log(above));
    }
    return fmin(1, 2 * x * sum);
}

/* ---- the matrix power ---- */

struct power {
    size_t size;
    double cell[SIZE_MAX_ROWS * SIZE_MAX_ROWS];
    int exponent; /* of scale_up */
};

static void times(const struct power *left, const struct power *right, struct power *into)
{
    const size_t size = left->size;
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j < size; j++) {
            double sum = 0;
            for (size_t k = 0; k < size; k++) {
                sum += left->cell[i * size + k] * right->cell[k * size + j];
            }
            into->cell[i * size + j] = sum;
        }
    }
    into->size = size;
    into->exponent = left->exponent + right->exponent;
    if (into->cell[(size / 2) * size + size / 2] > scale_up) {
        for (size_t i = 0; i < size * size; i++) {
            into->cell[i] /= scale_up;
        }
        into->exponent++;
    }
}

static void fill(struct power *power, double offset)
{
    const size_t size = power->size;
    power->exponent = 0;
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j < size; j++) {
            power->cell[i * size + j] = i + 1 >= j ? 1 : 0;
        }
    }
    for (size_t i = 0; i < size; i++) {
        power->cell[i * size] -= pow(offset, (double)(i + 1));
        power->cell[(size - 1) * size + i] -= pow(offset, (double)(size - i));
    }
    if (2 * offset - 1 > 0) {
        power->cell[(size - 1) * size] += pow(2 * offset - 1, (double)size);
    }
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j < size && j < i + 1; j++) {
            power->cell[i * size + j] /= exp(log_factorial((double)(i - j + 1)));
        }
    }
}

/* By squaring; n is whole. */
static double by_matrix(struct arena *arena, double n, double x)
{
    struct power *base = NEW(arena, struct power);
    struct power *result = NEW(arena, struct power);
    struct power *spare = NEW(arena, struct power);
    const double steps = ceil(n * x);
    const size_t middle = (size_t)steps - 1;
    base->size = 2 * (size_t)steps - 1;
    must(base->size <= SIZE_MAX_ROWS);
    fill(base, steps - n * x);
    result->size = base->size;
    result->exponent = 0;
    for (size_t i = 0; i < base->size * base->size; i++) {
        result->cell[i] = i / base->size == i % base->size ? 1 : 0;
    }
    for (uint64_t left = (uint64_t)n; left > 0; left >>= 1) {
        if ((left & 1) != 0) {
            times(result, base, spare);
            *result = *spare;
        }
        if (left > 1) {
            times(base, base, spare);
            *base = *spare;
        }
    }
    const double cell = result->cell[middle * base->size + middle];
    return cell <= 0
               ? 0
               : exp(log(cell) + result->exponent * log(scale_up) + log_factorial(n) - n * log(n));
}

/* ---- the series ---- */

static const double pi = 3.14159265358979323846;

/* The four sums over odd numbers, each term with its polynomial, by Horner from the last. */
static void odd_sums(double z, double sum[4])
{
    const double z2 = z * z;
    const double z4 = z2 * z2;
    const double z6 = z4 * z2;
    const double p2 = pi * pi;
    const double q = exp(-p2 / 8 / z2);
    for (int k = (int)ceil(16 * z / pi); k > 0; k--) {
        const double m2 = (2.0 * k - 1) * (2.0 * k - 1);
        const double fall = pow(q, 8.0 * k);
        const double term[4] = {
            1,
            -z2 + p2 / 4 * m2,
            6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * p2 / 4 * m2 +
                p2 * p2 * (1 - 2 * z2) / 16 * m2 * m2,
            -30 * z6 - 90 * z4 * z4 + p2 * (135 * z4 - 96 * z6) / 4 * m2 +
                p2 * p2 * (212 * z4 - 60 * z2) / 16 * m2 * m2 +
                p2 * p2 * p2 * (5 - 30 * z2) / 64 * m2 * m2 * m2,
        };
        for (size_t i = 0; i < 4; i++) {
            sum[i] = sum[i] * fall + term[i];
        }
    }
    const double below[4] = {z, 6 * z4, 72 * z6 * z, 6480 * z6 * z4};
    for (size_t i = 0; i < 4; i++) {
        sum[i] *= q * sqrt(2 * pi) / below[i];
    }
}

static double by_series(double n, double x)
{
    const double z = sqrt(n) * x;
    const double z2 = z * z;
    const double p2 = pi * pi;
    double sum[4] = {0};
    double second = 0;
    double third = 0;
    odd_sums(z, sum);
    for (int k = (int)ceil(16 * z / pi); k > 0; k--) {
        const double k2 = (double)k * k;
        const double part = k2 * exp(-p2 / 2 / z2 * k2);
        second += part;
        third += (3 * z2 - p2 * k2) * part;
    }
    sum[2] -= second * p2 * sqrt(2 * pi) / (36 * z2 * z);
    sum[3] += third * p2 * sqrt(2 * pi) / (216 * z2 * z2 * z2);
    return sum[0] + sum[1] / sqrt(n) + sum[2] / n + sum[3] / (n * sqrt(n));
}

/* x is at most 1 / n. */
static double by_product(double n, double x)
{
    const double step = 2 * n * x - 1;
    return step <= 0 ? 0 : exp(log_factorial(n) - n * log(n) + n * log(step));
}

double kolmogorov_tail(struct arena *arena, double n, double x)
{
    must(n >= 1);
    const double square = n * x * x;
    if (!(x > 0)) {
        return 1;
    }
    if (x >= 1) {
        return 0;
    }
    if (n * x <= 1) {
        return 1 - by_product(n, x);
    }
    const double far = n <= MATRIX_ROWS_FEW ? tail_from_few : tail_from;
    if (x >= 0.5 || square >= far) {
        return square >= 370 ? 0 : twice_one_sided(n, x);
    }
    const bool is_small = n <= MATRIX_ROWS_FEW || (n <= MATRIX_ROWS_MAX && n * x * sqrt(x) <= 1.4);
    const double up_to = is_small ? by_matrix(arena, n, x) : by_series(n, x);
    return fmin(1, fmax(0, 1 - up_to));
}
