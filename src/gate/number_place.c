/*
 * number_place.c - places on earth: two numbers of degrees beside each other, or behind their names, as in
 * {"lat": 48.137154, "lng": 11.576124}, lat=48.137154&lng=11.576124, "coordinates": [11.576124, 48.137154].
 */
#include "numbered.h"

#include <string.h>

#define AXES "lat lng lon long latitude longitude"
#define PLACE \
    AXES " gps location coordinates geo position coords koordinaten standort point " \
         "coordonn\xc3\xa9" \
         "es coordenadas coordinate"

/* 52.5200, 13.4050: degrees with at least four places behind the point. */
static bool degrees_at(struct str text, size_t at, size_t *end, unsigned *whole)
{
    size_t i = at + (letter_at(text, at) == '-');
    const size_t from = i;
    *whole = 0;
    for (; is_digit(letter_at(text, i)) && i - from < 3; i++) {
        *whole = *whole * 10 + (unsigned)(text.ptr[i] - '0');
    }
    if (i == from || letter_at(text, i) != '.' || *whole > 180) {
        return false;
    }
    const size_t point = i++;
    while (is_digit(letter_at(text, i)) && i - point < 16) {
        i++;
    }
    *end = i;
    return i - point > 4 && !is_alnum(letter_at(text, i));
}

/* Behind ', "lng": ' and the like; SIZE_MAX: no name of an axis stands there. */
static size_t name_of_other(struct str text, size_t at)
{
    enum { BLANKS_MAX = 32 };
    const size_t name = skip_signs(text, at, "\"', ;&\t\r\n", BLANKS_MAX);
    size_t end = name;
    while (is_letter(letter_at(text, end)) || letter_at(text, end) == '_') {
        end++;
    }
    const size_t sign = skip_signs(text, end, "\"' ", 2);
    if (name == at || end == name || !is_among(letter_at(text, sign), ":=") ||
        !has_word(text, name, end, AXES)) {
        return SIZE_MAX;
    }
    return skip_signs(text, sign, ":= \"'", 4);
}

static void put_place(struct scan *scan, size_t start, size_t end, bool is_named)
{
    scan_add(scan, "cdr.pii.coordinates", "a place on earth (coordinates)", GATE_PII,
             is_named ? VERY_LIKELY : LIKELY, start, end);
    scan->number_done = end;
}

/* 48°51'24.0"N: one or two digits, or three, each behind its sign, and a letter; 0: it is none. */
static size_t arc_end(struct str text, size_t at)
{
    static const char *const sign[] = {
        "\xc2\xb0", "'", "\xe2\x80\xb2", "\xe2\x80\x99", "\"", "\xe2\x80\xb3", "\xe2\x80\x9d"};
    enum { PARTS = 3, DIGITS_MAX = 8 };
    size_t end = at;
    for (size_t part = 0; part < PARTS; part++) {
        const size_t from = skip_signs(text, end, " ", 1);
        const size_t digits = skip_signs(text, from, "0123456789.", DIGITS_MAX);
        size_t behind = digits;
        for (size_t s = part == 0 ? 0 : 1;
             s < (part == 0 ? 1 : sizeof sign / sizeof sign[0]) && behind == digits; s++) {
            behind += str_starts(str_slice(text, digits, text.len), str_of(sign[s]))
                          ? strlen(sign[s])
                          : 0;
        }
        if (digits == from || behind == digits) {
            if (part < 2) {
                return 0;
            }
            break;
        }
        end = behind;
    }
    end = skip_signs(text, end, " ", 1);
    return is_among(letter_at(text, end), "NSEWO") && !is_alnum(letter_at(text, end + 1)) ? end + 1
                                                                                          : 0;
}

/* 48°51'24.0"N 2°21'03.0"E */
static bool arcs_at(struct scan *scan, size_t at)
{
    const size_t end = arc_end(scan->text, at);
    const size_t next = skip_signs(scan->text, end, " ,;", 3);
    const size_t last = end == 0 ? 0 : arc_end(scan->text, next);
    if (last == 0 ||
        is_among(scan->text.ptr[end - 1], "EWO") == is_among(scan->text.ptr[last - 1], "EWO")) {
        return false;
    }
    put_place(scan, at, last, true);
    return true;
}

bool number_place(struct scan *scan, const struct number *number)
{
    const struct str text = scan->text;
    const size_t start = number->start - (letter_before(text, number->start) == '-');
    size_t end = 0;
    size_t last = 0;
    unsigned first = 0;
    unsigned second = 0;
    if (letter_at(text, number->group_end[0]) == '\xc2' && arcs_at(scan, number->start)) {
        return true;
    }
    if (number->has_plus || number->has_bracket || !degrees_at(text, start, &end, &first)) {
        return false;
    }
    const size_t next = skip_signs(text, end, " ,;", 3);
    if (next > end && degrees_at(text, next, &last, &second)) {
        const bool is_named = has_word_before(text, start, 40, PLACE);
        /* East before north is GeoJSON's order, where a name says that it is one. */
        if (first > 90 && (second > 90 || !is_named)) {
            return false;
        }
        /* Of a drawing's path or a table: places have a comma between. */
        if (!is_named && memchr(text.ptr + end, ',', next - end) == NULL) {
            return false;
        }
        /* Shares and scores; off Africa's coast, where these would be, is no land. */
        if (first == 0 && second == 0 && !is_named) {
            return false;
        }
        put_place(scan, start, last, is_named);
        return true;
    }
    const size_t other = name_of_other(text, end);
    if (other != SIZE_MAX && has_word_before(text, start, 16, AXES) &&
        degrees_at(text, other, &last, &second)) {
        put_place(scan, start, last, true);
        return true;
    }
    return false;
}
