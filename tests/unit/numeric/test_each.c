/*
 * test_each.c - exponential, logarithm and logistic: near the truth, and the same bits everywhere.
 *
 * The truth is libm in long double, whose errors are a thousandth of those that matter here where long
 * double has more digits than double.
 */
#include "numeric.h"

#include <float.h>
#include <math.h>

#include "testing.h"

enum { COUNT = 20000, LEVELS = 3 };

/* Distance in units of the last place of the truth, which is finite. */
static double units_between(double got, long double truth)
{
    int exponent;
    (void)frexp((double)truth, &exponent);
    if (truth == 0 || exponent < DBL_MIN_EXP) {
        exponent = DBL_MIN_EXP;
    }
    return (double)fabsl(((long double)got - truth) / ldexpl(1, exponent - DBL_MANT_DIG));
}

/* Numbers of every size, and many near the middle. */
static void arguments_of_exp(double *value, size_t count)
{
    struct rng rng = rng_of(1);
    static const double width[] = {1500, 40, 2, 1e-6};
    for (size_t i = 0; i < count; i++) {
        value[i] = (rng_f64(&rng) - 0.5) * width[i % 4];
    }
}

static void arguments_of_log(double *value, size_t count)
{
    struct rng rng = rng_of(2);
    for (size_t i = 0; i < count; i++) {
        const double part = rng_f64(&rng);
        const int exponent = (int)rng_below(&rng, 2000) - 1060;
        value[i] = i % 2 == 0 ? 0.5 + part * 1.5 : ldexp(0.5 + part / 2, exponent);
    }
}

static void exponentials_are_within_a_unit(void **state)
{
    (void)state;
    static double x[COUNT];
    arguments_of_exp(x, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        const long double truth = expl((long double)x[i]);
        if (isfinite((double)truth)) {
            expect(units_between(exp_of(x[i]), truth) <= 1, "exp of %a", x[i]);
        } else {
            expect(isinf(exp_of(x[i])), "exp of %a", x[i]);
        }
    }
}

static void logarithms_are_within_a_unit(void **state)
{
    (void)state;
    static double x[COUNT];
    arguments_of_log(x, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        expect(units_between(log_of(x[i]), logl((long double)x[i])) <= 1, "log of %a", x[i]);
    }
}

static void chances_are_near_the_truth(void **state)
{
    (void)state;
    static double x[COUNT];
    arguments_of_exp(x, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        const long double truth = 1 / (1 + expl(-(long double)x[i]));
        /* Below -709 the exponential is infinite before the chance is 0. */
        if (x[i] > -709) {
            expect(units_between(logistic_of(x[i]), truth) <= 3, "logistic of %a", x[i]);
        }
    }
    assert_true(logistic_of(0) == 0.5);
    assert_true(logistic_of((double)INFINITY) == 1 && logistic_of(-(double)INFINITY) == 0);
    assert_true(logistic_of(800) == 1 && logistic_of(-800) == 0);
    assert_true(isnan(logistic_of((double)NAN)));
}

static void the_limits_are_those_of_libm(void **state)
{
    (void)state;
    static const double x[] = {0,
                               -0.0,
                               DBL_MIN,
                               DBL_TRUE_MIN,
                               -DBL_TRUE_MIN,
                               DBL_MAX,
                               -DBL_MAX,
                               1,
                               0x1.62e42fefa39efp+9,
                               -0x1.62e42fefa39efp+9,
                               0x1.63p+9,
                               -746,
                               -745.2,
                               -708.5,
                               -1,
                               2 - DBL_EPSILON};
    for (size_t i = 0; i < sizeof x / sizeof x[0]; i++) {
        const double from_libm = exp(x[i]);
        expect(exp_of(x[i]) == from_libm ||
                   units_between(exp_of(x[i]), (long double)from_libm) <= 2,
               "exp of %a", x[i]);
        if (x[i] > 0) {
            expect(units_between(log_of(x[i]), logl((long double)x[i])) <= 1, "log of %a", x[i]);
        }
    }
    const double infinity = (double)INFINITY;
    assert_true(exp_of(infinity) == infinity && exp_of(-infinity) == 0);
    assert_true(exp_of(0) == 1 && exp_of(-0.0) == 1);
    assert_true(isnan(exp_of((double)NAN)));
    assert_true(log_of(0) == -infinity && log_of(-0.0) == -infinity);
    assert_true(log_of(1) == 0 && log_of(infinity) == infinity);
    assert_true(isnan(log_of(-1)) && isnan(log_of(-infinity)) && isnan(log_of((double)NAN)));
}

static bool is_same(double left, double right)
{
    return bits_of_f64(left) == bits_of_f64(right) || (isnan(left) && isnan(right));
}

/* A loop at every level and every length gives what one call gives. */
static void every_level_gives_the_same_bits(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double (*of)(double);
        void (*each)(double *value, size_t count);
        void (*arguments)(double *value, size_t count);
    } row[] = {
        {"exp", exp_of, exp_each, arguments_of_exp},
        {"log", log_of, log_each, arguments_of_log},
        {"logistic", logistic_of, logistic_each, arguments_of_exp},
    };
    const double odd[] = {0,           -0.0, (double)INFINITY, -(double)INFINITY,
                          (double)NAN, -1,   DBL_TRUE_MIN};
    static double x[COUNT];
    static double value[COUNT];
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        row[i].arguments(x, COUNT);
        bytes_copy(x, odd, sizeof odd);
        for (unsigned level = 0; level < LEVELS; level++) {
            (void)simd_limit((enum simd)level);
            for (size_t count = 0; count <= COUNT; count = count < 40 ? count + 1 : COUNT + 1) {
                const size_t used = count < 40 ? count : COUNT;
                bytes_copy(value, x, used * sizeof *x);
                row[i].each(value, used);
                for (size_t k = 0; k < used; k++) {
                    expect(is_same(value[k], row[i].of(x[k])), "%s of %a, level %u", row[i].name,
                           x[k], level);
                }
            }
        }
    }
    (void)simd_limit(SIMD_AVX512);
}

/* The bits of today, so that another compiler or machine that disagrees is noticed. FNV-1a. */
static void the_bits_do_not_change(void **state)
{
    (void)state;
    static double x[COUNT];
    uint64_t mark = UINT64_C(14695981039346656037);
    arguments_of_exp(x, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        mark = (mark ^ bits_of_f64(exp_of(x[i]))) * UINT64_C(1099511628211);
    }
    arguments_of_log(x, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        mark = (mark ^ bits_of_f64(log_of(x[i]))) * UINT64_C(1099511628211);
    }
    expect(mark == UINT64_C(0xd7b4e778d21be6c8), "%#llx", (unsigned long long)mark);
}

static void a_limit_holds_until_the_next(void **state)
{
    (void)state;
    const enum simd machine = simd_limit(SIMD_PLAIN);
    assert_int_equal(simd_level(), SIMD_PLAIN);
    (void)simd_limit(SIMD_AVX512);
    assert_int_equal(simd_level(), machine);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(exponentials_are_within_a_unit),
        cmocka_unit_test(logarithms_are_within_a_unit),
        cmocka_unit_test(chances_are_near_the_truth),
        cmocka_unit_test(the_limits_are_those_of_libm),
        cmocka_unit_test(every_level_gives_the_same_bits),
        cmocka_unit_test(the_bits_do_not_change),
        cmocka_unit_test(a_limit_holds_until_the_next),
    };
    return cmocka_run_group_tests_name("each", test, NULL, NULL);
}
