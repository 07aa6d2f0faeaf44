/*
 * test_number.c - numbers as text and back, against libc in the plain locale.
 */
#include "base.h"

#include <float.h>
#include <locale.h>
#include <math.h>

#include "support.h"

enum { DRAWS = 100000 };

static void whole_numbers_are_read_to_their_limits(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t integer;
        bool is_int;
        bool is_uint;
    } row[] = {
        {"0", 0, true, true},
        {"-0", 0, true, false},
        {"007", 7, true, true},
        {"9223372036854775807", INT64_MAX, true, true},
        {"9223372036854775808", 0, false, true},
        {"-9223372036854775808", INT64_MIN, true, false},
        {"-9223372036854775809", 0, false, false},
        {"18446744073709551615", 0, false, true},
        {"18446744073709551616", 0, false, false},
        {"99999999999999999999", 0, false, false},
        {"", 0, false, false},
        {"-", 0, false, false},
        {"+1", 0, false, false},
        {" 1", 0, false, false},
        {"1 ", 0, false, false},
        {"1.0", 0, false, false},
        {"0x1", 0, false, false},
        {"--1", 0, false, false},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t integer = 0;
        uint64_t natural = 0;
        expect(str_to_int64(str_of(row[i].text), &integer) == row[i].is_int, "'%s'", row[i].text);
        expect(!row[i].is_int || integer == row[i].integer, "'%s'", row[i].text);
        expect(str_to_uint64(str_of(row[i].text), &natural) == row[i].is_uint, "'%s'", row[i].text);
        expect(!row[i].is_uint || natural == strtoull(row[i].text, NULL, 10), "'%s'", row[i].text);
    }
}

static void doubles_are_read_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool fine;
    } row[] = {
        {"0", true},
        {"-0", true},
        {"1.5", true},
        {"+1.5", true},
        {".5", true},
        {"5.", true},
        {"1e3", true},
        {"1E-3", true},
        {"1e+3", true},
        {"1e22", true},
        {"1e23", true},
        {"1e-22", true},
        {"1e-400", true},
        {"4.9e-324", true},
        {"123456789012345678901234567890", true},
        {"0.1000000000000000055511151231", true},
        {"1e308", true},
        {"1e309", false},
        {"-1e999999999999", false},
        {"", false},
        {".", false},
        {"-", false},
        {"e3", false},
        {"1e", false},
        {"1e+", false},
        {"1,5", false},
        {"1.5 ", false},
        {" 1.5", false},
        {"inf", false},
        {"nan", false},
        {"0x1p3", false},
        {"1.5.5", false},
        {"1_000", false},
        {"--1", false},
        {"1d3", false},
        {"infinity", false},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        double value = -1;
        expect(str_to_double(str_of(row[i].text), &value) == row[i].fine, "'%s'", row[i].text);
        expect(!row[i].fine || value == strtod(row[i].text, NULL), "'%s' gave %.17g", row[i].text,
               value);
    }
    double value = 1;
    expect(str_to_double(STR("-0"), &value) && signbit(value) != 0, "minus zero keeps its sign");
}

static void short_decimals_read_as_libc_reads_them(void **state)
{
    (void)state;
    uint64_t seed = printed_seed();
    for (int i = 0; i < DRAWS; i++) {
        char text[64];
        (void)snprintf(
            text, sizeof text, "%lld.%0*llue%d", (long long)(draw(&seed) % 2000000) - 1000000,
            (1 + (int)draw_below(&seed, 12)) & 15, (unsigned long long)(draw(&seed) % 1000000),
            (int)draw_below(&seed, 60) - 30);
        double value = 0;
        expect(str_to_double(str_of(text), &value), "%s", text);
        expect(value == strtod(text, NULL), "%s", text);
    }
}

static double draw_double(uint64_t *seed)
{
    const uint64_t bits = draw(seed);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void every_double_reads_back_as_itself(void **state)
{
    struct job *job = *state;
    uint64_t seed = printed_seed();
    for (int i = 0; i < DRAWS; i++) {
        const double value = i % 2 == 0 ? draw_double(&seed)
                                        : (double)(int64_t)(draw(&seed) % 2000000) / 100 - 10000;
        if (!isfinite(value)) {
            continue;
        }
        const struct arena_mark mark = arena_mark(job->arena);
        const struct str text = str_from_double(job->arena, value);
        double again = 0;
        expect(str_to_double(text, &again), "%.17g", value);
        expect(again == value && signbit(again) == signbit(value), "%.17g", value);
        arena_rewind(job->arena, mark);
    }
}

static void doubles_are_written_in_their_shortest_form(void **state)
{
    struct job *job = *state;
    static const struct {
        double value;
        const char *text;
    } row[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {-1, "-1"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {100, "100"},
        {123456789012345, "123456789012345"},
        {999999999999999, "999999999999999"},
        {1e15, "1e+15"},
        {1e22, "1e+22"},
        {1e-7, "1e-07"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {4.9406564584124654e-324, "5e-324"},
        {(double)NAN, "nan"},
        {(double)INFINITY, "inf"},
        {-(double)INFINITY, "-inf"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct str text = str_from_double(job->arena, row[i].value);
        expect(str_is(text, row[i].text), "%s gave %s", row[i].text, text.ptr);
    }
}

/* German writes 0,5. Debian may not have the locale; then there is nothing to test. */
static void no_locale_moves_the_point(void **state)
{
    struct job *job = *state;
    static const char *const name[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "nl_NL.UTF-8"};
    size_t i = 0;
    while (i < COUNT(name) && setlocale(LC_ALL, name[i]) == NULL) {
        i++;
    }
    if (i == COUNT(name)) {
        print_message("skipped: no locale with a decimal comma is installed\n");
        skip();
    }
    double value = 0;
    expect(str_is(str_from_double(job->arena, 1.0 / 3), "0.3333333333333333"), "write");
    expect(str_is(str_format(job->arena, "%.2f", 0.5), "0.50"), "format");
    expect(str_to_double(STR("0.1000000000000000055511151231"), &value) && value == 0.1, "read");
    (void)setlocale(LC_ALL, "C"); /* always there */
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(whole_numbers_are_read_to_their_limits),
        cmocka_unit_test(doubles_are_read_or_refused),
        cmocka_unit_test(short_decimals_read_as_libc_reads_them),
        test_with_job(every_double_reads_back_as_itself),
        test_with_job(doubles_are_written_in_their_shortest_form),
        test_with_job(no_locale_moves_the_point),
    };
    return cmocka_run_group_tests_name("number", test, NULL, NULL);
}
