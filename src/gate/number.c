/*
 * number.c - what a number is: groups of digits with a sign or a blank between them.
 *
 * In this order: a date, an IP address, a place on earth, a visitor, a device, a card, an identity number, a
 * telephone number. What one of them takes, the ones after it do not see.
 */
#include "numbered.h"

#include <string.h>

#include "detect.h"

/* ---- reading ------------------------------------------------------------------------------- */

/* How many letters part two groups; 0: the number ends here. */
static size_t gap_at(struct str text, size_t at)
{
    static const char *const pair[] = {") ", ")-", ")/", ").", " (", "  ", "-("};
    static const char *const wide[] = {" - ", " / ", " ) "};
    const struct str ahead = str_slice(text, at, text.len);
    if (is_digit(letter_at(ahead, 1))) {
        return is_among(ahead.ptr[0], " -./)(") ? 1 : 0;
    }
    for (size_t i = 0; is_digit(letter_at(ahead, 2)) && i < sizeof pair / sizeof pair[0]; i++) {
        if (str_starts(ahead, str_of(pair[i]))) {
            return 2;
        }
    }
    for (size_t i = 0; is_digit(letter_at(ahead, 3)) && i < sizeof wide / sizeof wide[0]; i++) {
        if (str_starts(ahead, str_of(wide[i]))) {
            return 3;
        }
    }
    return 0;
}

/* (030) 1234 has one; (2026-11-01 only stands in brackets, as anything may. */
static void drop_open_bracket(struct number *number, size_t first)
{
    bool is_closed = false;
    for (size_t g = 1; g < number->group_count; g++) {
        is_closed = is_closed || number->between[g] == ')';
    }
    if (number->has_bracket && !is_closed) {
        number->has_bracket = false;
        number->start = number->has_plus ? number->start : first;
    }
}

static void read_groups(struct str text, size_t at, struct number *number)
{
    memset(number, 0, sizeof *number);
    number->start = at;
    if (at >= 3 && begins_small(text, at - 3, "%2b")) {
        number->has_plus = true; /* of an address of a page */
        number->start = at - 3;
    }
    if (letter_before(text, at) == '(') {
        number->has_bracket = true;
        number->start = at - 1;
    }
    if (letter_before(text, number->start) == '+') {
        number->has_plus = true;
        number->start--;
    }
    for (;;) {
        const size_t from = at;
        while (at < text.len && is_digit(text.ptr[at]) && number->count < NUMBER_DIGITS_MAX) {
            number->digit[number->count++] = text.ptr[at++];
        }
        const size_t g = number->group_count++;
        number->group_digits[g] = number->count;
        number->group_end[g] = at;
        const size_t gap = gap_at(text, at);
        if (gap == 0 || number->group_count == NUMBER_GROUPS_MAX || at == from ||
            number->count == NUMBER_DIGITS_MAX || is_digit(letter_at(text, at))) {
            return;
        }
        number->between[g + 1] = text.ptr[at + (text.ptr[at] == ' ' && gap == 3)];
        at += gap;
    }
}

static void read_number(struct str text, size_t at, struct number *number)
{
    read_groups(text, at, number);
    drop_open_bracket(number, at);
}

/* ---- IP ------------------------------------------------------------------------------------ */

static bool is_address(const struct number *number)
{
    for (size_t g = 0; g < 4; g++) {
        if (g >= number->group_count || group_len(number, g) > 3 || group_value(number, g) > 255 ||
            (g > 0 && number->between[g] != '.')) {
            return false;
        }
    }
    return number->group_count == 4 || number->between[4] != '.';
}

static bool ip_of(struct scan *scan, const struct number *number)
{
    const size_t at = number->start;
    if (number->has_plus || number->has_bracket || !is_address(number) ||
        !ends_here(scan->text, number->group_end[3])) {
        return false;
    }
    const unsigned first = group_value(number, 0);
    const bool is_version =
        has_word_before(scan->text, at, 20, "version versions v release build ver oid");
    const bool is_nobody = first == 0 || first == 127 || first >= 224;
    scan_add(scan, "cdr.pii.ip-address", "an IP address", GATE_PII,
             is_version || is_nobody ? POSSIBLE : LIKELY, at, number->group_end[3]);
    return true;
}

/* ---- identity numbers ---------------------------------------------------------------------- */

static bool social_security_of(struct scan *scan, const struct number *number)
{
    const bool is_parted = number->group_count >= 3 && group_len(number, 0) == 3 &&
                           group_len(number, 1) == 2 && group_len(number, 2) == 4 &&
                           number->between[1] == number->between[2] &&
                           (number->between[1] == '-' || number->between[1] == ' ');
    const bool is_plain = number->group_count >= 1 && group_len(number, 0) == 9;
    const size_t end = number->group_end[is_parted ? 2 : 0];
    if ((!is_parted && !is_plain) || number->has_plus || number->has_bracket ||
        !ends_here(scan->text, end)) {
        return false;
    }
    unsigned value = 0;
    for (size_t i = 0; i < 9; i++) {
        value = value * 10 + (unsigned)(number->digit[i] - '0');
    }
    const unsigned area = value / 1000000;
    if (area == 0 || area == 666 || area >= 900 || value / 10000 % 100 == 0 || value % 10000 == 0) {
        return false;
    }
    const bool is_named =
        has_word_near(scan->text, number->start, end, "ssn ssns social sozialversicherung");
    if (!is_named && (is_plain || number->between[1] == ' ')) {
        return false;
    }
    scan_add(scan, "cdr.pii.us-ssn", "a social security number (US)", GATE_PII,
             is_named ? VERY_LIKELY : LIKELY, number->start, end);
    return true;
}

/* 3650 6 1094 37 5: more than one digit that stands alone; numbers of people have one at most, French ones. */
static bool is_row_of_table(const struct number *number, size_t last)
{
    size_t singles = 0;
    for (size_t g = 0; g <= last; g++) {
        singles += group_len(number, g) == 1;
    }
    return last > 0 && number->between[1] == ' ' && singles > 1;
}

static bool identity_of(struct scan *scan, const struct number *number)
{
    if (number->has_plus || number->has_bracket) {
        return false;
    }
    for (size_t g = number->group_count; g-- > 0;) {
        if (is_row_of_table(number, g)) {
            continue;
        }
        if (number->group_digits[g] >= IDENTITY_LEN_MIN &&
            number->group_digits[g] <= IDENTITY_LEN_MAX &&
            ends_here(scan->text, number->group_end[g])) {
            const size_t before = scan->findings->count;
            identifier_at(scan, number->start, number->group_end[g]);
            if (scan->findings->count > before) {
                return true;
            }
        }
    }
    return false;
}

/* ---- the door ------------------------------------------------------------------------------ */

static bool is_decimal(const struct number *number)
{
    return number->group_count == 2 && number->between[1] == '.' && !number->has_plus &&
           !number->has_bracket;
}

/* Digits behind letters: an account, or a number with letters in it. Whatever else begins so is a word:
 * token_at looks at it. */
static void look_behind_letters(struct scan *scan, size_t at)
{
    if (number_visitor_at(scan, at)) {
        return;
    }
    (void)iban_at(scan, at);
    size_t start = at;
    while (start > 0 && is_alnum(scan->text.ptr[start - 1]) && at - start < 18) {
        start--;
    }
    size_t end = at;
    while (is_alnum(letter_at(scan->text, end)) && end - start < 20) {
        end++;
    }
    if (end - start <= 18) {
        identifier_at(scan, start, end);
    }
    scan->number_done = end;
}

void digits_at(struct scan *scan, size_t at)
{
    struct number number;
    const char before = letter_before(scan->text, at);
    if (before == '%' && begins_small(scan->text, at, "2b")) {
        return; /* a plus: the number begins behind it */
    }
    if (is_alnum(before) && !(at >= 3 && begins_small(scan->text, at - 3, "%2b"))) {
        look_behind_letters(scan, at);
        return;
    }
    if (before == '_' ||
        ((before == '.' || before == ',') && at > 1 && is_digit(scan->text.ptr[at - 2]))) {
        return;
    }
    if (before == '.' && number_visitor_at(scan, at)) {
        return;
    }
    read_number(scan->text, at, &number);
    if (number_is_date(&number)) {
        number_date(scan, &number);
        scan->number_done = number.group_end[2];
        return;
    }
    if (ip_of(scan, &number)) {
        scan->number_done = number.group_end[3];
        return;
    }
    if (number_place(scan, &number) || number_visitor(scan, &number) || is_decimal(&number)) {
        return;
    }
    if (number_imei(scan, &number) || number_card(scan, &number)) {
        return;
    }
    size_t end = 0;
    if (lettered_at(scan, &number, &end)) {
        scan->number_done = end;
        return;
    }
    if (social_security_of(scan, &number) || identity_of(scan, &number)) {
        scan->number_done = number.group_end[0];
        return;
    }
    if (!number_phone(scan, &number) && letter_at(scan->text, number.group_end[0]) != ' ') {
        scan->number_done = number.group_end[0];
    }
}

/* Four numbers between dots with few digits: 8.8.8.8. */
void dots_at(struct scan *scan, size_t at)
{
    struct number number;
    const char before = letter_before(scan->text, at);
    if (is_alnum(before) || before == '_' || before == '.') {
        return;
    }
    read_number(scan->text, at, &number);
    if (ip_of(scan, &number)) {
        scan->number_done = number.group_end[3];
    }
}
