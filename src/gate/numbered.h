/*
 * numbered.h - what the files that look at numbers share. Inside the gate room only.
 *
 *   number.c        reads them, and asks each of the others in its turn
 *   number_date.c   dates of birth, in digits and in words
 *   number_card.c   cards
 *   number_phone.c  telephones, by words and form; phone.c has the plans of regions
 *   number_place.c  places on earth
 *   device.c        what devices and visitors are numbered with
 */
#ifndef CANDOR_GATE_NUMBERED_H
#define CANDOR_GATE_NUMBERED_H

#include "inside.h"

/* Of the group: how many digits, and its value. */
static inline size_t group_len(const struct number *number, size_t group)
{
    return number->group_digits[group] - (group == 0 ? 0 : number->group_digits[group - 1]);
}

static inline unsigned group_value(const struct number *number, size_t group)
{
    unsigned value = 0;
    for (size_t i = group == 0 ? 0 : number->group_digits[group - 1];
         i < number->group_digits[group]; i++) {
        value = value > 100000000 ? value : value * 10 + (unsigned)(number->digit[i] - '0');
    }
    return value;
}

/* Nothing that would make it part of a word or of a longer number stands behind. */
static inline bool ends_here(struct str text, size_t end)
{
    const char next = letter_at(text, end);
    return !is_alnum(next) && next != '_' &&
           !((next == '.' || next == ',') && is_digit(letter_at(text, end + 1)));
}

bool number_is_date(const struct number *number);
void number_date(struct scan *scan, const struct number *number);
bool number_card(struct scan *scan, const struct number *number);
bool number_phone(struct scan *scan, const struct number *number);
bool number_place(struct scan *scan, const struct number *number);
/* A device by its number, beside a word that says so: IMEI. */
bool number_imei(struct scan *scan, const struct number *number);
/* A visitor by two numbers: 1234567890.1687654321, beside the name of such a thing. */
bool number_visitor(struct scan *scan, const struct number *number);
/* GA1.2.1234567890.1687654321, fb.1.1687654321123.1234567890: at the first digit. */
bool number_visitor_at(struct scan *scan, size_t at);

#endif
