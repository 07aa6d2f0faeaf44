/*
 * detect_id.c - national identity numbers, by the check digits that their laws give them.
 *
 *   NL  BSN: nine digits, weights 9 .. 2 and -1, a multiple of 11
 *   ES  DNI and NIE: eight digits (X Y Z for 0 1 2), and the letter of the number modulo 23
 *   IT  codice fiscale: sixteen letters and digits, the last from values by odd and even place
 *   FR  NIR: thirteen digits, and 97 less their remainder by 97
 *   PL  PESEL: eleven digits, weights 1 3 7 9
 *   BE  national register: eleven digits, 97 less the remainder; from 2000 with a 2 before
 *   PT  NIF: nine digits, weights 9 .. 2, modulo 11
 *   DE  identification number: eleven digits, ISO 7064 MOD 11,10
 *   SE  personal number: ten digits, Luhn
 *   BG  EGN: ten digits, weights 2 4 8 5 10 9 7 3 6, modulo 11 and 10
 *   UK, US  National Insurance and Social Security numbers have no check digit: their form
 *
 * Dates within are looked at where a number has one, so that fewer pass by chance.
 */
#include "detect.h"

#include <string.h>

static unsigned digit(struct str text, size_t at)
{
    return (unsigned)(unsigned char)text.ptr[at] - (unsigned)'0';
}

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static bool is_upper(char letter)
{
    return letter >= 'A' && letter <= 'Z';
}

static bool are_digits(struct str text, size_t from, size_t to)
{
    if (to > text.len) {
        return false;
    }
    for (size_t i = from; i < to; i++) {
        if (!is_digit(text.ptr[i])) {
            return false;
        }
    }
    return true;
}

static uint64_t number_of(struct str text, size_t from, size_t to)
{
    uint64_t number = 0;
    for (size_t i = from; i < to; i++) {
        number = number * 10 + digit(text, i);
    }
    return number;
}

static unsigned weighed(struct str text, const unsigned *weight, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += digit(text, i) * weight[i];
    }
    return sum;
}

/* Month (less what a century adds, in steps of 20) and day at a place. */
static bool has_date(struct str text, size_t month_at, unsigned step)
{
    const unsigned month = (unsigned)number_of(text, month_at, month_at + 2);
    const unsigned day = (unsigned)number_of(text, month_at + 2, month_at + 4);
    const unsigned plain = step == 0 ? month : month % step;
    return plain >= 1 && plain <= 12 && day >= 1 && day <= 31;
}

bool detect_luhn(struct str digits)
{
    unsigned sum = 0;
    for (size_t i = 0; i < digits.len; i++) {
        unsigned value = digit(digits, digits.len - 1 - i) * (i % 2 == 1 ? 2U : 1U);
        sum += value > 9 ? value - 9 : value;
    }
    return digits.len > 1 && sum % 10 == 0;
}

static bool is_dutch(struct str text)
{
    static const unsigned weight[] = {9, 8, 7, 6, 5, 4, 3, 2};
    return text.len == 9 && are_digits(text, 0, 9) && number_of(text, 0, 9) > 0 &&
           (weighed(text, weight, 8) + 11 * 9 - digit(text, 8)) % 11 == 0;
}

static bool is_spanish(struct str text)
{
    static const char letter[] = "TRWAGMYFPDXBNJZSQVHLCKE";
    if (text.len != 9 || !are_digits(text, 1, 8) || !is_upper(text.ptr[8])) {
        return false;
    }
    const char *first = memchr("XYZ", text.ptr[0], 3);
    const bool is_number = is_digit(text.ptr[0]);
    if (!is_number && (first == NULL || text.ptr[0] == '\0')) {
        return false;
    }
    const uint64_t lead = is_number ? digit(text, 0) : (uint64_t)(text.ptr[0] - 'X');
    return letter[(lead * 10000000 + number_of(text, 1, 8)) % 23] == text.ptr[8];
}

/* DM 23/12/1976: values of letters and digits in odd places. */
static bool is_italian(struct str text)
{
    static const unsigned char odd[] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                        20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    static const char form[] = "LLLLLLDDLDDLDDDL";
    unsigned sum = 0;
    if (text.len != 16) {
        return false;
    }
    for (size_t i = 0; i < 16; i++) {
        const char letter = text.ptr[i];
        if (form[i] == 'L' ? !is_upper(letter) : !is_digit(letter)) {
            return false;
        }
        const unsigned value = is_upper(letter) ? (unsigned)(letter - 'A') : digit(text, i);
        sum += i == 15 ? 0 : i % 2 == 0 ? odd[value] : value;
    }
    return (unsigned)(text.ptr[15] - 'A') == sum % 26;
}

static bool is_french(struct str text)
{
    return text.len == 15 && are_digits(text, 0, 15) &&
           (text.ptr[0] == '1' || text.ptr[0] == '2') &&
           97 - number_of(text, 0, 13) % 97 == number_of(text, 13, 15);
}

static bool is_polish(struct str text)
{
    static const unsigned weight[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};
    return text.len == 11 && are_digits(text, 0, 11) && has_date(text, 2, 20) &&
           (weighed(text, weight, 10) + digit(text, 10)) % 10 == 0;
}

static bool is_belgian(struct str text)
{
    if (text.len != 11 || !are_digits(text, 0, 11) || !has_date(text, 2, 0)) {
        return false;
    }
    const uint64_t body = number_of(text, 0, 9);
    const uint64_t check = number_of(text, 9, 11);
    return check == 97 - body % 97 || check == 97 - (UINT64_C(2000000000) + body) % 97;
}

static bool is_portuguese(struct str text)
{
    static const unsigned weight[] = {9, 8, 7, 6, 5, 4, 3, 2};
    if (text.len != 9 || !are_digits(text, 0, 9) || memchr("1235689", text.ptr[0], 7) == NULL) {
        return false;
    }
    const unsigned rest = weighed(text, weight, 8) % 11;
    return digit(text, 8) == (rest < 2 ? 0 : 11 - rest);
}

static bool is_german(struct str text)
{
    unsigned product = 10;
    if (text.len != 11 || !are_digits(text, 0, 11) || text.ptr[0] == '0') {
        return false;
    }
    for (size_t i = 0; i < 10; i++) {
        unsigned sum = (digit(text, i) + product) % 10;
        sum = sum == 0 ? 10 : sum;
        product = sum * 2 % 11;
    }
    return digit(text, 10) == (11 - product) % 10;
}

static bool is_swedish(struct str text)
{
    return text.len == 10 && are_digits(text, 0, 10) && has_date(text, 2, 0) && detect_luhn(text);
}

static bool is_bulgarian(struct str text)
{
    static const unsigned weight[] = {2, 4, 8, 5, 10, 9, 7, 3, 6};
    return text.len == 10 && are_digits(text, 0, 10) && has_date(text, 2, 20) &&
           weighed(text, weight, 9) % 11 % 10 == digit(text, 9);
}

/* Pairs of letters that are not given out, besides those with the letters below. */
static bool is_british(struct str text)
{
    static const char unused[] = "BG GB NK KN TN NT ZZ";
    for (size_t i = 0; text.len == 9 && i < sizeof unused; i += 3) {
        if (memcmp(text.ptr, unused + i, 2) == 0) {
            return false;
        }
    }
    return text.len == 9 && is_upper(text.ptr[0]) && is_upper(text.ptr[1]) &&
           memchr("DFIQUV", text.ptr[0], 6) == NULL && memchr("DFIOQUV", text.ptr[1], 7) == NULL &&
           are_digits(text, 2, 8) && text.ptr[8] >= 'A' && text.ptr[8] <= 'D';
}

/* Those that inventories know first; sure: its form and check digits are enough without a word beside. */
static const struct identity row[] = {
    {"IT", "a tax code (IT)", true, is_italian},
    {"ES", "an identity number (ES)", true, is_spanish},
    {"UK", "a national insurance number (UK)", true, is_british},
    {"FR", "a social security number (FR)", true, is_french},
    {"PL", "an identity number (PL)", false, is_polish},
    {"BE", "a national number (BE)", false, is_belgian},
    {"SE", "an identity number (SE)", false, is_swedish},
    {"BG", "an identity number (BG)", false, is_bulgarian},
    {"DE", "a tax identification number (DE)", false, is_german},
    {"NL", "a citizen service number (NL)", false, is_dutch},
    {"PT", "a tax number (PT)", false, is_portuguese},
};

enum { ROWS = sizeof row / sizeof row[0] };

const char *detect_national_id(struct str text)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (row[i].is_one(text)) {
            return row[i].country;
        }
    }
    return NULL;
}

const struct identity *identity_at(size_t index)
{
    return index < ROWS ? &row[index] : identity_far_at(index - ROWS);
}
