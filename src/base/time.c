/*
 * time.c - instants as text and back: RFC 3339, microseconds UTC.
 *
 * Days are counted by the civil calendar of Howard Hinnant's "chrono-compatible low-level date
 * algorithms": the year begins in March, so that the leap day is its last and needs no case.
 */
#include <stdio.h>
#include <string.h>

#include "inside.h"

enum {
    YEAR_FIRST = 1900,
    YEAR_LAST = 9999,
    DATE_LEN = 10,         /* 2026-11-25 */
    CLOCK_LEN = 9,         /* T07:30:00 */
    DAYS_PER_ERA = 146097, /* 400 years */
    DAYS_TO_1970 = 719468, /* from 1 March of the year 0 */
};

struct civil {
    int64_t year;
    int64_t month;
    int64_t day;
};

static int64_t divide_down(int64_t value, int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

static int64_t days_of(struct civil civil)
{
    const int64_t year = civil.year - (civil.month <= 2 ? 1 : 0);
    const int64_t era = divide_down(year, 400);
    const int64_t year_of_era = year - era * 400;
    const int64_t month = civil.month + (civil.month > 2 ? -3 : 9);
    const int64_t day_of_year = (153 * month + 2) / 5 + civil.day - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

static struct civil civil_of(int64_t days)
{
    const int64_t shifted = days + DAYS_TO_1970;
    const int64_t era = divide_down(shifted, DAYS_PER_ERA);
    const int64_t day = shifted - era * DAYS_PER_ERA;
    const int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    const int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    const int64_t month = (5 * day_of_year + 2) / 153;
    return (struct civil){
        .year = year + era * 400 + (month >= 10 ? 1 : 0),
        .month = month + (month < 10 ? 3 : -9),
        .day = day_of_year - (153 * month + 2) / 5 + 1,
    };
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* ---- reading ------------------------------------------------------------------------------- */

/* len digits at a place; -1: not all are digits. The caller knows that the text is long enough. */
static int64_t number_at(struct str text, size_t at, size_t len)
{
    uint64_t value;
    return str_to_uint64(str_slice(text, at, at + len), &value) ? (int64_t)value : -1;
}

static bool read_date(struct str text, int64_t *days)
{
    if (text.len != DATE_LEN || text.ptr[4] != '-' || text.ptr[7] != '-') {
        return false;
    }
    const struct civil civil = {number_at(text, 0, 4), number_at(text, 5, 2),
                                number_at(text, 8, 2)};
    if (civil.year < YEAR_FIRST || civil.year > YEAR_LAST || civil.month < 1 || civil.month > 12 ||
        civil.day < 1 || civil.day > days_in_month(civil.year, civil.month)) {
        return false;
    }
    *days = days_of(civil);
    return true;
}

/* THH:MM:SS. A leap second is the first instant of the next minute, as the system's clock has it. */
static bool read_clock(struct str text, int64_t *seconds)
{
    if (text.len != CLOCK_LEN || (text.ptr[0] != 'T' && text.ptr[0] != 't' && text.ptr[0] != ' ') ||
        text.ptr[3] != ':' || text.ptr[6] != ':') {
        return false;
    }
    const int64_t hour = number_at(text, 1, 2);
    const int64_t minute = number_at(text, 4, 2);
    const int64_t second = number_at(text, 7, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
        second > (minute == 59 ? 60 : 59)) {
        return false;
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

/* .digits, or nothing; what is finer than a microsecond is dropped. Moves rest past it. */
static bool read_fraction(struct str *rest, int64_t *micros)
{
    *micros = 0;
    if (rest->len == 0 || rest->ptr[0] != '.') {
        return true;
    }
    int64_t unit = MICROS_PER_SECOND / 10;
    size_t at = 1;
    for (; at < rest->len && rest->ptr[at] >= '0' && rest->ptr[at] <= '9'; at++) {
        *micros += unit * (rest->ptr[at] - '0');
        unit /= 10;
    }
    *rest = str_slice(*rest, at, rest->len);
    return at > 1;
}

/* Z, or +HH:MM, or -HH:MM. */
static bool read_offset(struct str text, int64_t *seconds)
{
    if (text.len == 1 && (text.ptr[0] == 'Z' || text.ptr[0] == 'z')) {
        *seconds = 0;
        return true;
    }
    if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') || text.ptr[3] != ':') {
        return false;
    }
    const int64_t hour = number_at(text, 1, 2);
    const int64_t minute = number_at(text, 4, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        return false;
    }
    *seconds = (hour * 3600 + minute * 60) * (text.ptr[0] == '-' ? -1 : 1);
    return true;
}

bool str_to_time(struct str text, int64_t *micros)
{
    int64_t days;
    if (!read_date(str_slice(text, 0, DATE_LEN), &days)) {
        return false;
    }
    if (text.len == DATE_LEN) {
        *micros = days * MICROS_PER_DAY;
        return true;
    }

    int64_t seconds;
    int64_t fraction;
    int64_t offset;
    struct str rest = str_slice(text, DATE_LEN + CLOCK_LEN, text.len);
    if (!read_clock(str_slice(text, DATE_LEN, DATE_LEN + CLOCK_LEN), &seconds) ||
        !read_fraction(&rest, &fraction) || !read_offset(rest, &offset)) {
        return false;
    }
    *micros = days * MICROS_PER_DAY + (seconds - offset) * MICROS_PER_SECOND + fraction;
    return true;
}

/* ---- writing ------------------------------------------------------------------------------- */

struct str str_from_date(struct arena *arena, int64_t micros)
{
    const struct civil civil = civil_of(divide_down(micros, MICROS_PER_DAY));
    return str_format(arena, "%04lld-%02lld-%02lld", (long long)civil.year, (long long)civil.month,
                      (long long)civil.day);
}

struct str str_from_time(struct arena *arena, int64_t micros)
{
    const int64_t days = divide_down(micros, MICROS_PER_DAY);
    const int64_t within = micros - days * MICROS_PER_DAY;
    const int64_t seconds = within / MICROS_PER_SECOND;
    const int64_t fraction = within % MICROS_PER_SECOND;
    const struct civil civil = civil_of(days);

    char text[TIME_TEXT_MAX];
    int len = snprintf(text, sizeof text, "%04lld-%02lld-%02lldT%02d:%02d:%02d",
                       (long long)civil.year, (long long)civil.month, (long long)civil.day,
                       (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
    must(len > 0 && len < TIME_TEXT_MAX);
    return fraction == 0 ? str_format(arena, "%sZ", text)
                         : str_format(arena, "%s.%06dZ", text, (int)fraction);
}

/* ---- months -------------------------------------------------------------------------------- */

int64_t time_add_months(int64_t micros, uint32_t months)
{
    const int64_t days = divide_down(micros, MICROS_PER_DAY);
    struct civil civil = civil_of(days);
    const int64_t month = civil.month - 1 + (int64_t)months;
    civil.year += month / 12;
    civil.month = month % 12 + 1;
    const int64_t last = days_in_month(civil.year, civil.month);
    civil.day = civil.day < last ? civil.day : last;
    return micros + (days_of(civil) - days) * MICROS_PER_DAY;
}
