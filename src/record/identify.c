/*
 * identify.c - text that names a person, wherever in it.
 *
 * Few false alarms matter as much as few misses: who is stopped for nothing switches the check off. So check
 * digits decide where there are some, and a bare run of digits is a phone number only with a plus.
 */
#include "detect.h"

enum {
    CARD_LEN_MIN = 13,
    CARD_LEN_MAX = 19,
    PHONE_DIGITS_MIN = 8,
    PHONE_DIGITS_MAX = 15,
    LOCAL_DIGITS_MIN = 9,
};

const char *identifies_name(enum identifies kind)
{
    static const char *const name[] = {"nobody", "an e-mail address", "a phone number",
                                       "a bank account (IBAN)", "a card number"};
    must((unsigned)kind < sizeof name / sizeof name[0]);
    return name[kind];
}

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static bool is_letter(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

static bool is_word(char letter)
{
    return is_digit(letter) || is_letter(letter);
}

/* local@domain.tld around the sign at `at`. */
static bool is_email_at(struct str text, size_t at)
{
    size_t end = at + 1;
    size_t dot = 0;
    if (at == 0 || !(is_word(text.ptr[at - 1]) || text.ptr[at - 1] == '_')) {
        return false;
    }
    for (; end < text.len; end++) {
        const char letter = text.ptr[end];
        if (letter == '.' && end > at + 1 && is_word(text.ptr[end - 1])) {
            dot = end;
        } else if (!is_word(letter) && letter != '-') {
            break;
        }
    }
    return dot > 0 && end - dot > 2 && is_letter(text.ptr[dot + 1]) && is_letter(text.ptr[dot + 2]);
}

/* The digits and small separators from `from`; returns where they end. */
static size_t read_digits(struct str text, size_t from, char digit[], size_t digit_max,
                          size_t *digits, size_t *separators)
{
    size_t at = from;
    size_t end = from;
    *digits = 0;
    *separators = 0;
    for (; at < text.len && *digits < digit_max; at++) {
        const char letter = text.ptr[at];
        if (is_digit(letter)) {
            digit[(*digits)++] = letter;
            end = at + 1;
        } else if (letter == ' ' || letter == '-' || letter == '/' || letter == '(' ||
                   letter == ')' || letter == '.') {
            *separators += at > from && is_digit(text.ptr[at - 1]);
        } else {
            break;
        }
    }
    return end;
}

/* A run of one digit passes Luhn's test when it is a zero, and is no card. */
static bool is_card(struct str digits)
{
    bool all_same = true;
    for (size_t i = 1; i < digits.len; i++) {
        all_same = all_same && digits.ptr[i] == digits.ptr[0];
    }
    return digits.len >= CARD_LEN_MIN && digits.len <= CARD_LEN_MAX && !all_same &&
           detect_luhn(digits);
}

static enum identifies number_at(struct str text, size_t at)
{
    char digit[CARD_LEN_MAX + 1];
    size_t digits = 0;
    size_t separators = 0;
    const bool has_plus = text.ptr[at] == '+';
    const size_t from = has_plus ? at + 1 : at;
    const size_t end = read_digits(text, from, digit, CARD_LEN_MAX + 1, &digits, &separators);
    if (end < text.len && is_word(text.ptr[end])) {
        return IDENTIFIES_NOBODY; /* the beginning of a code */
    }
    if (has_plus) {
        return digits >= PHONE_DIGITS_MIN && digits <= PHONE_DIGITS_MAX ? IDENTIFIES_PHONE
                                                                        : IDENTIFIES_NOBODY;
    }
    if (is_card((struct str){digit, digits})) {
        return IDENTIFIES_CARD;
    }
    const bool is_local = digits >= LOCAL_DIGITS_MIN && digits < PHONE_DIGITS_MAX &&
                          digit[0] == '0' && separators >= 2;
    return is_local ? IDENTIFIES_PHONE : IDENTIFIES_NOBODY;
}

/* In groups or not, in capitals or not. Every length that fits is tried: words may follow. */
static bool is_iban_at(struct str text, size_t at)
{
    char plain[IBAN_LEN_MAX];
    size_t len = 0;
    for (size_t i = at; i < text.len && len < IBAN_LEN_MAX; i++) {
        const char letter = text.ptr[i];
        if (is_word(letter)) {
            plain[len++] = letter >= 'a' ? (char)(letter - 'a' + 'A') : letter;
        } else if (letter != ' ') {
            break;
        }
        const bool ends = i + 1 == text.len || !is_word(text.ptr[i + 1]);
        if (ends && detect_iban((struct str){plain, len})) {
            return true;
        }
    }
    return false;
}

enum identifies text_identifies(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char letter = text.ptr[i];
        const bool starts = i == 0 || !is_word(text.ptr[i - 1]);
        if (letter == '@' && is_email_at(text, i)) {
            return IDENTIFIES_EMAIL;
        }
        if (starts && i + 4 < text.len && is_letter(letter) && is_letter(text.ptr[i + 1]) &&
            is_digit(text.ptr[i + 2]) && is_digit(text.ptr[i + 3]) && is_iban_at(text, i)) {
            return IDENTIFIES_IBAN;
        }
        if ((letter == '+' || is_digit(letter)) && starts &&
            (i == 0 || (text.ptr[i - 1] != '+' && text.ptr[i - 1] != '.'))) {
            const enum identifies kind = number_at(text, i);
            if (kind != IDENTIFIES_NOBODY) {
                return kind;
            }
        }
    }
    return IDENTIFIES_NOBODY;
}
