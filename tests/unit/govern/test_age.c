/*
 * test_age.c - birthdays against the calendar, and the table of ages.
 */
#include "govern.h"
#include "testing.h"

static int64_t date(const char *text)
{
    int64_t micros = 0;
    must(str_to_time(str_of(text), &micros));
    return micros;
}

static void a_birthday_is_a_date_of_the_calendar(void **state)
{
    static const struct {
        const char *born;
        unsigned years;
        const char *reached;
    } row[] = {
        {"2010-05-17", 16, "2026-05-17"},  {"2012-02-29", 13, "2025-03-01"},
        {"2012-02-29", 16, "2028-02-29"},  {"1999-12-31", 16, "2015-12-31"},
        {"2000-01-01", 0, "2000-01-01"},   {"1969-03-01", 16, "1985-03-01"},
        {"1900-02-28", 100, "2000-02-28"}, {"2011-11-28T23:59:59Z", 15, "2026-11-28"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(age_reached(date(row[i].born), row[i].years) == date(row[i].reached), "%s + %u",
               row[i].born, row[i].years);
    }
}

/* Slowly: a birthday is the first day on which as many years are over. */
static void every_day_of_a_leap_cycle_has_its_birthday(void **state)
{
    (void)state;
    const int64_t first = date("2003-01-01");
    for (int64_t day = 0; day < 4 * 366; day++) {
        const int64_t born = first + day * MICROS_PER_DAY;
        struct arena *arena = arena_begin();
        const struct str text = str_from_date(arena, born);
        struct str other =
            str_format(arena, "%d%.*s", 2003 + 14 + (int)(text.ptr[3] - '3'), 6, text.ptr + 4);
        int64_t expected = 0;
        if (!str_to_time(other, &expected)) { /* 29 February of a common year */
            other = str_format(arena, "%.*s-03-01", 4, other.ptr);
            must(str_to_time(other, &expected));
        }
        expect(age_reached(born, 14) == expected, "%.*s", STR_ARG(text));
        arena_end(arena);
    }
}

static void times_out_of_range_are_no_trap(void **state)
{
    (void)state;
    expect(age_reached(INT64_MIN, 16) < 0, "the least time is long ago");
    expect(age_reached(-1, 16) == date("1985-12-31"), "the instant before 1970 is of 1969");
}

static void ages_are_within_what_article_8_allows(void **state)
{
    static const char *const country[] = {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "IS", "LI", "NO"};
    unsigned years = 0;
    (void)state;
    for (size_t i = 0; i < sizeof country / sizeof country[0]; i++) {
        expect(age_of_consent(str_of(country[i]), &years), "%s", country[i]);
        expect(years >= 13 && years <= 16, "%s", country[i]);
    }
    expect(!age_of_consent(STR("XX"), &years), "unknown");
    expect(!age_of_consent(STR(""), &years), "none");
    expect(age_of_consent(STR("FR"), &years) && years == 15, "France");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_birthday_is_a_date_of_the_calendar),
        cmocka_unit_test(every_day_of_a_leap_cycle_has_its_birthday),
        cmocka_unit_test(times_out_of_range_are_no_trap),
        cmocka_unit_test(ages_are_within_what_article_8_allows),
    };
    return cmocka_run_group_tests_name("age", test, NULL, NULL);
}
