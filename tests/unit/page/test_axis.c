/*
 * test_axis.c - values keep their order on an axis, marks are round and apart, words fit.
 */
#include "page.h"

#include <math.h>

#include "testing.h"

static struct axis axis_of(const double *value, size_t count)
{
    double weight[64];
    must(count <= 64);
    for (size_t i = 0; i < count; i++) {
        weight[i] = 1;
    }
    return axis_of_values(value, weight, count, (struct range){value[0], value[count - 1]}, 40,
                          300);
}

static void a_linear_axis_is_linear(void **state)
{
    (void)state;
    const struct axis axis = axis_linear((struct range){-10, 30}, 100, 20);
    assert_true(fabs(axis_at(&axis, -10) - 100) < 1e-12);
    assert_true(fabs(axis_at(&axis, 30) - 20) < 1e-12);
    assert_true(fabs(axis_at(&axis, 10) - 60) < 1e-12);
}

static void a_range_without_length_is_widened(void **state)
{
    (void)state;
    static const double value[] = {0, 5, -3e9, 1e-12};
    for (size_t i = 0; i < 4; i++) {
        const struct axis axis = axis_linear((struct range){value[i], value[i]}, 0, 100);
        expect(axis.value.low < value[i] && axis.value.high > value[i], "value %zu", i);
        expect(fabs(axis_at(&axis, value[i]) - 50) < 1, "value %zu", i);
    }
}

static void crowded_values_get_a_scale_of_factors(void **state)
{
    (void)state;
    static const double even[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    double skewed[40];
    for (size_t i = 0; i < 40; i++) {
        skewed[i] = i < 38 ? (double)i : 1000.0 * (double)(i - 36);
    }
    assert_int_equal(axis_of(even, 10).kind, AXIS_LINEAR);
    const struct axis axis = axis_of(skewed, 40);
    assert_int_equal(axis.kind, AXIS_LOG);
    assert_true(axis_at(&axis, 0) == 40 && fabs(axis_at(&axis, 3000) - 300) < 1e-9);
    double last = -1;
    for (size_t i = 0; i < 40; i++) {
        expect(axis_at(&axis, skewed[i]) > last, "value %zu", i);
        last = axis_at(&axis, skewed[i]);
    }
    /* What took a hundredth of the axis now takes a good part of it. */
    assert_true(axis_at(&axis, 30) - axis_at(&axis, 0) > 80);
}

static void negative_values_and_nothing_but_zero_have_an_axis(void **state)
{
    (void)state;
    static const double around[] = {-8000, -5, -4, -3, -2, -1, 0,  1,  2,  3,  4,  5,
                                    6,     7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 100000};
    static const double zero[] = {0};
    const struct axis axis = axis_of(around, 24);
    assert_int_equal(axis.kind, AXIS_LOG);
    assert_true(axis_at(&axis, -8000) < axis_at(&axis, -5));
    assert_true(axis_at(&axis, -5) < axis_at(&axis, 0));
    assert_true(isfinite(axis_at(&axis, 100000)));
    const struct axis flat = axis_of(zero, 1);
    assert_true(isfinite(axis_at(&flat, 0)));
}

static bool is_round(double value)
{
    if (value == 0) {
        return true;
    }
    const double power = pow(10, floor(log10(fabs(value)) + 1e-9));
    const double digits = fabs(value) / power * 10;
    return fabs(digits - round(digits)) < 1e-6;
}

static double fraction(uint64_t *seed)
{
    return (double)(draw(seed) >> 11) * 0x1p-53;
}

/* Any range: marks are within it, ascend, are round and far enough apart. */
static void marks_are_round_within_and_apart(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (size_t round = 0; round < 3000; round++) {
        const double size = pow(10, 16 * fraction(&seed) - 6);
        const double low = size * (fraction(&seed) - 0.5);
        struct axis axis =
            axis_linear((struct range){low, low + size * (0.01 + fraction(&seed))}, 0, 280);
        axis.kind = round % 2 == 0 ? AXIS_LINEAR : AXIS_LOG;
        axis.scale = size * pow(10, -4 * fraction(&seed));
        axis.is_whole = round % 3 == 0;
        double tick[TICKS_MAX];
        const size_t count = axis_ticks(&axis, 40, tick);
        expect(count <= TICKS_MAX, "round %zu", round);
        for (size_t i = 0; i < count; i++) {
            const double place = axis_at(&axis, tick[i]);
            expect(place > -1e-6 && place < 280 + 1e-6, "round %zu: %g at %g", round, tick[i],
                   place);
            expect(i == 0 || place - axis_at(&axis, tick[i - 1]) > 39, "round %zu mark %zu", round,
                   i);
            expect(axis.kind == AXIS_LINEAR || is_round(tick[i]), "round %zu: %g", round, tick[i]);
            expect(axis.kind == AXIS_LOG || !axis.is_whole || tick[i] == floor(tick[i]),
                   "round %zu: %g", round, tick[i]);
        }
    }
}

static void an_ordinary_axis_has_the_marks_one_expects(void **state)
{
    (void)state;
    const struct axis axis = axis_linear((struct range){17, 90}, 0, 280);
    double tick[TICKS_MAX];
    assert_int_equal(axis_ticks(&axis, 50, tick), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(tick[i] == 20 * (double)(i + 1));
    }
}

static void numbers_are_short_and_signed(void **state)
{
    (void)state;
    static const struct {
        double value;
        bool is_signed;
        const char *text;
    } row[] = {
        {0, true, "0"},
        {0.25, true, "+0.25"},
        {-0.25, true,
         "\xe2\x88\x92"
         "0.25"},
        {0.25, false, "0.25"},
        {9999, false, "9999"},
        {12500, false, "12.5k"},
        {3e6, false, "3M"},
        {-2e9, false,
         "\xe2\x88\x92"
         "2G"},
        {1e-7, false, "1e-07"},
    };
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct str text = tick_text(job.arena, row[i].value, row[i].is_signed);
        expect(str_is(text, row[i].text), "row %zu: %.*s", i, STR_ARG(text));
    }
    job_end(&job);
}

static void factors_multiply_or_divide(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } row[] = {
        {0, "\xc3\x97"
            "1"},
        {0.6931472, "\xc3\x97"
                    "2"},
        {-0.6931472, "\xc3\x97"
                     "0.5"},
        {5, "\xc3\x97"
            "148"},
        {-3, "\xc3\xb7"
             "20"},
        {0.03, "\xc3\x97"
               "1.03"},
        {10, "\xc3\x97"
             "22k"},
        {-10, "\xc3\xb7"
              "22k"},
        {7, "\xc3\x97"
            "1100"},
    };
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct str text = factor_text(job.arena, row[i].value);
        expect(str_is(text, row[i].text), "row %zu: %.*s", i, STR_ARG(text));
    }
    job_end(&job);
}

static void what_is_too_long_ends_in_an_ellipsis(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    assert_true(str_is(text_fit(job.arena, STR("single"), 6), "single"));
    assert_true(str_is(text_fit(job.arena, STR("married"), 6), "marri\xe2\x80\xa6"));
    assert_true(str_is(text_fit(job.arena, STR("a b c d"), 5), "a b\xe2\x80\xa6"));
    assert_true(str_is(text_fit(job.arena, STR("\xc3\xa4\xc3\xb6\xc3\xbc"), 3),
                       "\xc3\xa4\xc3\xb6\xc3\xbc"));
    assert_true(
        str_is(text_fit(job.arena, STR("\xc3\xa4\xc3\xb6\xc3\xbc"), 2), "\xc3\xa4\xe2\x80\xa6"));
    assert_true(str_is(text_fit(job.arena, STR(""), 3), ""));
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_linear_axis_is_linear),
        cmocka_unit_test(a_range_without_length_is_widened),
        cmocka_unit_test(crowded_values_get_a_scale_of_factors),
        cmocka_unit_test(negative_values_and_nothing_but_zero_have_an_axis),
        cmocka_unit_test(marks_are_round_within_and_apart),
        cmocka_unit_test(an_ordinary_axis_has_the_marks_one_expects),
        cmocka_unit_test(numbers_are_short_and_signed),
        cmocka_unit_test(factors_multiply_or_divide),
        cmocka_unit_test(what_is_too_long_ends_in_an_ellipsis),
    };
    return cmocka_run_group_tests_name("axis", test, NULL, NULL);
}
