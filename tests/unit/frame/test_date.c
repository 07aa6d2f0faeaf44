/*
 * test_date.c - which texts are dates, and their parts, day by day.
 */
#include <math.h>

#include "inside.h"
#include "testing.h"

static void dates_are_told_from_other_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_date;
        int hour; /* -1: none */
    } row[] = {
        {"2026-11-25", true, -1},
        {"2026-11-25T07:30:00Z", true, 7},
        {"2026-11-25 23:59", true, 23},
        {"2026-11-25t00:00:60.123456789+14:00", true, 0},
        {"0001-01-01", true, -1},
        {"9999-12-31", true, -1},
        {"2024-02-29", true, -1},
        {"2000-02-29", true, -1},
        {"2023-02-29", false, 0},
        {"1900-02-29", false, 0},
        {"2026-13-01", false, 0},
        {"2026-00-01", false, 0},
        {"2026-01-00", false, 0},
        {"2026-01-32", false, 0},
        {"0000-01-01", false, 0},
        {"2026-1-1", false, 0},
        {"20260101", false, 0},
        {"2026/01/01", false, 0},
        {"2026-01-01 ", false, 0},
        {"2026-01-01T", false, 0},
        {"2026-01-01 24:00", false, 0},
        {"2026-01-01 12:60", false, 0},
        {"2026-01-01 12:30:61", false, 0},
        {"2026-01-01 12:30:00.", false, 0},
        {"2026-01-01 12:30:00+1", false, 0},
        {"2026-01-01 12:30:00Zz", false, 0},
        {"2026-01-0x", false, 0},
        {"", false, 0},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        double packed = 0;
        expect(date_read(str_of(row[i].text), &packed) == row[i].is_date, "%s", row[i].text);
        const double hour = date_part_of(packed, DATE_HOUR);
        expect(!row[i].is_date || (row[i].hour < 0 ? isnan(hour) : hour == row[i].hour), "%s",
               row[i].text);
    }
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The definition: count on from 1 January of the year 1, which was a Monday. */
static void the_parts_of_every_day_are_right(void **state)
{
    (void)state;
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    double days = -719162;
    double weekday = 1;
    struct job job;
    job_begin(&job, host_real());
    for (int year = 1; year <= 2500; year++) {
        for (int month = 1; month <= 12; month++) {
            const int last = length[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
            for (int day = 1; day <= last; day++) {
                const struct arena_mark mark = arena_mark(job.arena);
                double packed = 0;
                const struct str text =
                    str_format(job.arena, "%04d-%02d-%02d 06:00", year, month, day);
                must(date_read(text, &packed));
                expect(date_part_of(packed, DATE_YEAR) == year, "%d-%d-%d", year, month, day);
                expect(date_part_of(packed, DATE_MONTH) == month, "%d-%d-%d", year, month, day);
                expect(date_part_of(packed, DATE_DAY_OF_MONTH) == day, "%d-%d-%d", year, month,
                       day);
                expect(date_part_of(packed, DATE_DAYS) == days, "%d-%d-%d", year, month, day);
                expect(date_part_of(packed, DATE_WEEKDAY) == weekday, "%d-%d-%d", year, month, day);
                expect(date_part_of(packed, DATE_HOUR) == 6, "%d-%d-%d", year, month, day);
                arena_rewind(job.arena, mark);
                days++;
                weekday = weekday == 7 ? 1 : weekday + 1;
            }
        }
    }
    assert_true(isnan(date_part_of((double)NAN, DATE_YEAR)));
    job_end(&job);
}

static void a_part_knows_its_column(void **state)
{
    (void)state;
    static const struct {
        const char *feature;
        const char *column;
        bool is_of;
    } row[] = {
        {"joined (year)", "joined", true},
        {"joined (day of month)", "joined", true},
        {"joined", "joined", true},
        {"joined (years)", "joined", false},
        {"joined year)", "joined", false},
        {"joined2 (year)", "joined", false},
        {"joined (year)", "join", false},
        {"joined (", "joined", false},
        {"a (year) (hour)", "a (year)", true},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(is_of_column(str_of(row[i].feature), str_of(row[i].column)) == row[i].is_of,
               "row %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(dates_are_told_from_other_texts),
        cmocka_unit_test(the_parts_of_every_day_are_right),
        cmocka_unit_test(a_part_knows_its_column),
    };
    return cmocka_run_group_tests_name("date", test, NULL, NULL);
}
