/*
 * date.c - dates and instants as text, and what of them is worth learning from.
 *
 *     2026-11-25                       a date
 *     2026-11-25T07:30:00.5+01:00      an instant; the T may be a space, seconds and offset may be absent
 *
 * The hour is that of the text: the clock on the wall where it was written, which is what people live by.
 * The offset is checked and has no effect. Days are counted by the civil calendar of Howard Hinnant's
 * "chrono-compatible low-level date algorithms".
 */
#include <math.h>

#include "inside.h"

enum { DATE_LEN = 10, DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468, HOURS = 32 };

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* count digits at the start of rest, which moves past them; -1: there are fewer. */
static int take_number(struct str *rest, size_t count)
{
    int number = 0;
    if (rest->len < count) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(rest->ptr[i])) {
            return -1;
        }
        number = number * 10 + (rest->ptr[i] - '0');
    }
    *rest = str_slice(*rest, count, rest->len);
    return number;
}

static bool take_byte(struct str *rest, char byte)
{
    if (rest->len == 0 || rest->ptr[0] != byte) {
        return false;
    }
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

static int days_of(int year, int month, int day)
{
    const int from_march = year - (month <= 2 ? 1 : 0);
    const int era = (from_march >= 0 ? from_march : from_march - 399) / 400;
    const int year_of_era = from_march - era * 400;
    const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

static bool take_date(struct str *rest, int *days)
{
    const int year = take_number(rest, 4);
    const bool has_first = take_byte(rest, '-');
    const int month = take_number(rest, 2);
    const bool has_second = take_byte(rest, '-');
    const int day = take_number(rest, 2);
    if (year < 1 || !has_first || !has_second || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month)) {
        return false;
    }
    *days = days_of(year, month, day);
    return true;
}

/* :SS and .digits, both of which may be absent. */
static bool take_seconds(struct str *rest)
{
    if (!take_byte(rest, ':')) {
        return true;
    }
    const int second = take_number(rest, 2);
    if (second < 0 || second > 60) {
        return false;
    }
    if (take_byte(rest, '.')) {
        size_t digits = 0;
        while (digits < rest->len && is_digit(rest->ptr[digits])) {
            digits++;
        }
        *rest = str_slice(*rest, digits, rest->len);
        return digits > 0;
    }
    return true;
}

/* Z, +HH:MM, -HH:MM, or nothing. */
static bool take_offset(struct str *rest)
{
    if (rest->len == 0 || take_byte(rest, 'Z') || take_byte(rest, 'z')) {
        return true;
    }
    if (!take_byte(rest, '+') && !take_byte(rest, '-')) {
        return false;
    }
    const int hour = take_number(rest, 2);
    const bool has_colon = take_byte(rest, ':');
    const int minute = take_number(rest, 2);
    return hour >= 0 && hour <= 23 && has_colon && minute >= 0 && minute <= 59;
}

static bool take_clock(struct str *rest, int *hour)
{
    if (!take_byte(rest, 'T') && !take_byte(rest, 't') && !take_byte(rest, ' ')) {
        return false;
    }
    *hour = take_number(rest, 2);
    const bool has_colon = take_byte(rest, ':');
    const int minute = take_number(rest, 2);
    return *hour >= 0 && *hour <= 23 && has_colon && minute >= 0 && minute <= 59 &&
           take_seconds(rest) && take_offset(rest);
}

bool date_read(struct str text, double *packed)
{
    int days = 0;
    int hour = -1;
    if (text.len < DATE_LEN || !take_date(&text, &days)) {
        return false;
    }
    if (text.len > 0 && (!take_clock(&text, &hour) || text.len > 0)) {
        return false;
    }
    *packed = (double)days * HOURS + hour + 1;
    return true;
}

static const char *const part_name[DATE_PARTS] = {"year",         "month", "weekday",
                                                  "day of month", "hour",  "days"};

struct str date_part_name(struct arena *arena, struct str column, enum date_part part)
{
    return str_format(arena, "%.*s (%s)", STR_ARG(column), part_name[part]);
}

bool is_of_column(struct str feature, struct str column)
{
    if (str_equal(feature, column)) {
        return true;
    }
    const struct str rest = str_slice(feature, column.len, feature.len);
    if (!str_starts(feature, column) || !str_starts(rest, STR(" (")) || !str_ends(rest, STR(")"))) {
        return false;
    }
    const struct str part = str_slice(rest, 2, rest.len - 1);
    for (size_t i = 0; i < DATE_PARTS; i++) {
        if (str_is(part, part_name[i])) {
            return true;
        }
    }
    return false;
}

struct civil {
    int year;
    int month;
    int day;
};

static struct civil civil_of(int days)
{
    const int shifted = days + DAYS_TO_1970; /* not negative: years begin at 1 */
    const int era = shifted / DAYS_PER_ERA;
    const int day = shifted - era * DAYS_PER_ERA;
    const int year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    const int day_of_year = day - (365 * year + year / 4 - year / 100);
    const int month = (5 * day_of_year + 2) / 153;
    return (struct civil){
        .year = year + era * 400 + (month >= 10 ? 1 : 0),
        .month = month + (month < 10 ? 3 : -9),
        .day = day_of_year - (153 * month + 2) / 5 + 1,
    };
}

double date_part_of(double packed, enum date_part part)
{
    if (isnan(packed)) {
        return (double)NAN;
    }
    const int days = (int)floor(packed / HOURS);
    const int hour = (int)(packed - (double)days * HOURS) - 1;
    const struct civil civil = civil_of(days);
    switch (part) {
    case DATE_YEAR:
        return civil.year;
    case DATE_MONTH:
        return civil.month;
    case DATE_WEEKDAY: /* 1 January 1970 was a Thursday */
        return ((days % 7) + 7 + 3) % 7 + 1;
    case DATE_DAY_OF_MONTH:
        return civil.day;
    case DATE_HOUR:
        return hour < 0 ? (double)NAN : hour;
    case DATE_DAYS:
        return days;
    }
    return (double)NAN;
}
