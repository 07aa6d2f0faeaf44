/*
 * number.c - numbers as text and back, the same in every locale.
 *
 * Reading checks the grammar itself and gives libc only what is a number. The everyday case (up to
 * 15 digits, a small power of ten) needs no libc: both parts are exact doubles, so one division or
 * multiplication rounds once and correctly (Clinger 1990).
 *
 * Writing tries 15, 16 and 17 digits and takes the first that reads back as the same double; 17
 * always do. Below the smallest normal double fewer digits may do, so there it begins with one.
 */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

enum {
    DIGITS_EXACT = 15,     /* any number of this many digits is an exact double */
    DIGITS_ENOUGH = 17,    /* tell any two doubles apart */
    POWER_EXACT = 22,      /* 10^22 is an exact double */
    NUMBER_LEN_MAX = 1100, /* the longest exact decimal of a double is shorter */
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool read_digits(struct str text, uint64_t *value)
{
    uint64_t sum = 0;
    if (text.len == 0) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i]) || __builtin_mul_overflow(sum, UINT64_C(10), &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(text.ptr[i] - '0'), &sum)) {
            return false;
        }
    }
    *value = sum;
    return true;
}

bool str_to_uint64(struct str text, uint64_t *value)
{
    return read_digits(text, value);
}

bool str_to_int64(struct str text, int64_t *value)
{
    const bool negative = text.len > 0 && text.ptr[0] == '-';
    uint64_t size;
    if (!read_digits(str_slice(text, negative ? 1 : 0, text.len), &size) ||
        size > (uint64_t)INT64_MAX + (negative ? 1 : 0)) {
        return false;
    }
    *value = negative ? (int64_t)(UINT64_C(0) - size) : (int64_t)size;
    return true;
}

/* ---- doubles ------------------------------------------------------------------------------- */

/* What the grammar found: 15 digits at most of them in mantissa when exact. */
struct decimal {
    bool negative;
    bool exact; /* all digits are in the mantissa */
    uint64_t mantissa;
    int power; /* of ten */
};

static void take_digit(struct decimal *decimal, char digit, bool fraction)
{
    if (decimal->mantissa >= UINT64_C(100000000000000)) { /* 15 digits already */
        decimal->exact = false;
        return;
    }
    decimal->mantissa = decimal->mantissa * 10 + (uint64_t)(digit - '0');
    decimal->power -= fraction ? 1 : 0;
}

static size_t take_digits(struct str text, size_t at, bool fraction, struct decimal *decimal)
{
    while (at < text.len && is_digit(text.ptr[at])) {
        take_digit(decimal, text.ptr[at], fraction);
        at++;
    }
    return at;
}

/* The power after e or E; far powers are left to libc, which knows overflow. */
static size_t take_power(struct str text, size_t at, struct decimal *decimal)
{
    const bool negative = at < text.len && text.ptr[at] == '-';
    at += at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+') ? 1 : 0;
    const size_t first = at;
    int power = 0;
    for (; at < text.len && is_digit(text.ptr[at]); at++) {
        power = power < 100000 ? power * 10 + (text.ptr[at] - '0') : power;
    }
    decimal->power += negative ? -power : power;
    return at > first ? at : SIZE_MAX;
}

/* [+-] digits [. digits] [e [+-] digits]; digits on one side of the point are enough. */
static bool decimal_read(struct str text, struct decimal *decimal)
{
    *decimal = (struct decimal){.exact = true};
    size_t at = 0;
    if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
        decimal->negative = text.ptr[0] == '-';
        at = 1;
    }
    const size_t whole = at;
    at = take_digits(text, at, false, decimal);
    size_t digit_count = at - whole;
    if (at < text.len && text.ptr[at] == '.') {
        const size_t fraction = at + 1;
        at = take_digits(text, fraction, true, decimal);
        digit_count += at - fraction;
    }
    if (digit_count > 0 && at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
        at = take_power(text, at + 1, decimal);
    }
    return digit_count > 0 && at == text.len;
}

/* The locale "C" is built into libc: this takes no memory, needs no release and cannot fail. */
static locale_t plain_locale(void)
{
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    must(plain != (locale_t)0);
    return plain;
}

int print_plain(char *target, size_t room, const char *format, va_list args)
{
    const locale_t before = uselocale(plain_locale());
    const int len = vsnprintf(target, room, format, args);
    (void)uselocale(before); /* of this thread, and it was valid a moment ago */
    return len;
}

static bool read_slowly(struct str text, double *value)
{
    char copy[NUMBER_LEN_MAX + 1];
    if (text.len > NUMBER_LEN_MAX) {
        return false;
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *value = strtod_l(copy, NULL, plain_locale());
    return isfinite(*value) != 0; /* 1e999 is not a number we can hold */
}

bool str_to_double(struct str text, double *value)
{
    static const double ten_to[POWER_EXACT + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    struct decimal decimal;
    if (!decimal_read(text, &decimal)) {
        return false;
    }
    if (!decimal.exact || decimal.power < -POWER_EXACT || decimal.power > POWER_EXACT) {
        return read_slowly(text, value);
    }
    const double mantissa = (double)decimal.mantissa;
    const double size =
        decimal.power < 0 ? mantissa / ten_to[-decimal.power] : mantissa * ten_to[decimal.power];
    *value = decimal.negative ? -size : size;
    return true;
}

/* ---- writing ------------------------------------------------------------------------------- */

static bool is_small_whole(double value)
{
    return fabs(value) < 1e15 && value == trunc(value) && !(value == 0 && signbit(value) != 0);
}

static size_t write_whole(char target[NUMBER_TEXT_MAX], int64_t value)
{
    char digit[NUMBER_TEXT_MAX];
    size_t count = 0;
    uint64_t rest = value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;
    do {
        digit[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);

    size_t len = 0;
    if (value < 0) {
        target[len++] = '-';
    }
    while (count > 0) {
        target[len++] = digit[--count];
    }
    target[len] = '\0';
    return len;
}

static size_t write_shortest(char target[NUMBER_TEXT_MAX], double value)
{
    const bool tiny = fabs(value) < DBL_MIN;
    const locale_t before = uselocale(plain_locale());
    int len = 0;
    for (int digits = tiny ? 1 : DIGITS_EXACT; digits <= DIGITS_ENOUGH; digits++) {
        len = snprintf(target, NUMBER_TEXT_MAX, "%.*g", digits, value);
        if (strtod(target, NULL) == value) {
            break;
        }
    }
    (void)uselocale(before); /* of this thread, and it was valid a moment ago */
    must(len > 0 && len < NUMBER_TEXT_MAX);
    return (size_t)len;
}

size_t number_write(char target[NUMBER_TEXT_MAX], double value)
{
    if (isnan(value)) {
        memcpy(target, "nan", 4);
        return 3;
    }
    if (isfinite(value) && is_small_whole(value)) {
        return write_whole(target, (int64_t)value);
    }
    return write_shortest(target, value);
}

struct str str_from_double(struct arena *arena, double value)
{
    char text[NUMBER_TEXT_MAX];
    const size_t len = number_write(text, value);
    return str_copy(arena, (struct str){text, len});
}
