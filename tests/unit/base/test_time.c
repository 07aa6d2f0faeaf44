/*
 * test_time.c - RFC 3339, with the examples of its section 5.8, and every day against libc.
 */
#include "base.h"

#include <time.h>

#include "support.h"

static void times_are_read(void **state)
{
    struct job *job = *state;
    static const struct {
        const char *text;
        const char *same; /* as we write it */
    } row[] = {
        {"1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520000Z"},
        {"1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z"},
        {"1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"},
        {"1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"},
        {"1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870000Z"},
        {"2026-11-25", "2026-11-25T00:00:00Z"},
        {"2026-11-25 07:30:00Z", "2026-11-25T07:30:00Z"},
        {"2026-11-25t07:30:00z", "2026-11-25T07:30:00Z"},
        {"2026-11-25T07:30:00.123456789Z", "2026-11-25T07:30:00.123456Z"},
        {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
        {"1900-01-01", "1900-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
        {"2000-02-29", "2000-02-29T00:00:00Z"},
        {"2024-02-29", "2024-02-29T00:00:00Z"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t micros = 0;
        expect(str_to_time(str_of(row[i].text), &micros), "%s", row[i].text);
        const struct str text = str_from_time(job->arena, micros);
        expect(str_is(text, row[i].same), "%s gave %s", row[i].text, text.ptr);
    }
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const row[] = {
        "",
        "2026",
        "2026-11",
        "2026-1-25",
        "2026-11-25T07:30:00",
        "2026-11-25T07:30Z",
        "2026-11-25T07:30:00+0100",
        "2026-11-25T07:30:00+24:00",
        "2026-11-25T07:30:00.Z",
        "2026-11-25T24:00:00Z",
        "2026-11-25T07:60:00Z",
        "2026-11-25T07:30:61Z",
        "2026-11-25T07:30:60Z",
        "2026-11-25T07:30:00Z ",
        " 2026-11-25",
        "2026-00-01",
        "2026-13-01",
        "2026-01-00",
        "2026-01-32",
        "2026-04-31",
        "2026-02-29",
        "1900-02-29",
        "2100-02-29",
        "1899-12-31",
        "10000-01-01",
        "25.11.2026",
        "2026/11/25",
        "2026-11-2\xC3\xA9",
        "-026-11-25",
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t micros = 0;
        expect(!str_to_time(str_of(row[i]), &micros), "%s", row[i]);
    }
}

static void every_day_is_the_day_of_libc(void **state)
{
    struct job *job = *state;
    const int64_t first = -25567; /* 1900-01-01 */
    const int64_t last = 2932896; /* 9999-12-31 */
    for (int64_t day = first; day <= last; day += day < 50000 ? 1 : 37) {
        const time_t seconds = (time_t)(day * 86400);
        struct tm tm;
        char expected[16];
        must(gmtime_r(&seconds, &tm) != NULL);
        must(strftime(expected, sizeof expected, "%Y-%m-%d", &tm) == 10);
        const struct arena_mark mark = arena_mark(job->arena);
        const struct str text = str_from_date(job->arena, day * MICROS_PER_DAY + 1);
        int64_t again = 0;
        expect(str_is(text, expected), "day %lld", (long long)day);
        expect(str_to_time(text, &again) && again == day * MICROS_PER_DAY, "day %lld",
               (long long)day);
        arena_rewind(job->arena, mark);
    }
}

static void every_instant_reads_back_as_itself(void **state)
{
    struct job *job = *state;
    uint64_t seed = printed_seed();
    for (int i = 0; i < 20000; i++) {
        const int64_t micros =
            (int64_t)(draw(&seed) % (UINT64_C(86400000000) * 2958463)) - 25567 * MICROS_PER_DAY;
        const struct arena_mark mark = arena_mark(job->arena);
        int64_t again = 0;
        expect(str_to_time(str_from_time(job->arena, micros), &again) && again == micros, "%lld",
               (long long)micros);
        arena_rewind(job->arena, mark);
    }
}

static void months_end_on_the_same_day_or_on_the_last(void **state)
{
    static const struct {
        const char *from;
        uint32_t months;
        const char *until;
    } row[] = {
        {"2026-01-31", 1, "2026-02-28"},
        {"2028-01-31", 1, "2028-02-29"},
        {"2026-03-31", 1, "2026-04-30"},
        {"2026-12-15", 1, "2027-01-15"},
        {"2026-11-30", 3, "2027-02-28"},
        {"2026-05-05", 0, "2026-05-05"},
        {"2024-02-29", 12, "2025-02-28"},
        {"2026-08-10T11:12:13.000014Z", 14, "2027-10-10T11:12:13.000014Z"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        int64_t from = 0;
        int64_t until = 0;
        must(str_to_time(str_of(row[i].from), &from) && str_to_time(str_of(row[i].until), &until));
        expect(time_add_months(from, row[i].months) == until, "%s + %u", row[i].from,
               row[i].months);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        test_with_job(times_are_read),
        cmocka_unit_test(what_is_no_time_is_refused),
        test_with_job(every_day_is_the_day_of_libc),
        test_with_job(every_instant_reads_back_as_itself),
        cmocka_unit_test(months_end_on_the_same_day_or_on_the_last),
    };
    return cmocka_run_group_tests_name("time", test, NULL, NULL);
}
