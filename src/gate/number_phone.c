/*
 * number_phone.c - telephones, where no region's plan says that it is one: by the words beside it, by how it is
 * written.
 */
#include "detect.h"
#include "numbered.h"

#define PHONE \
    "phone phones telephone tel mobile mobil cell cellphone call calls called calling dial fax " \
    "handy telefon " \
    "telefonnummer rufnummer anrufen t\xc3\xa9l\xc3\xa9phone t\xc3\xa9l portable appelez " \
    "tel\xc3\xa9" \
    "fono m\xc3\xb3vil " \
    "llamar llame whatsapp sms reach ring hotline contact text message messages nachricht msisdn"
/* Of more languages; for numbers in groups, or with a zero first: lists are read word by word. */
#define PHONE_ELSEWHERE \
    "ll\xc3\xa1mame llamadme chiamami chiamatemi chiami cellulare telefono appelle bel belt " \
    "bellen " \
    "mobiel telefoonnummer ringa ringer mobilnummer mobilnr telefonnr tlf puhelin puhelinnumero " \
    "telefone telem\xc3\xb3vel celular ligue liga zadzwo\xc5\x84 telefonu kom\xc3\xb3rka gsm"

static size_t extension_end(struct str text, size_t end)
{
    size_t at = end;
    if (letter_before(text, end) == '0' && end > 1 && !is_digit(text.ptr[end - 2])) {
        return end; /* 0x10001 is no extension of 0 */
    }
    while (letter_at(text, at) == ' ') {
        at++;
    }
    if (lower_of(letter_at(text, at)) == 'x') {
        at++;
    } else if (str_starts(str_slice(text, at, text.len), STR("ext"))) {
        at += letter_at(text, at + 3) == '.' ? 4 : 3;
    } else {
        return end;
    }
    while (letter_at(text, at) == ' ') {
        at++;
    }
    const size_t from = at;
    while (at < text.len && is_digit(text.ptr[at]) && at - from < 7) {
        at++;
    }
    return at > from ? at : end;
}

/* Three, three and four digits; a bracket around an area; five pairs. */
static bool looks_like_phone(const struct number *number, size_t groups)
{
    const size_t count = number->group_digits[groups - 1];
    if (count < 7 || count > 15 || groups < 2) {
        return false;
    }
    if (number->has_bracket) {
        return groups >= 2;
    }
    const size_t last = group_len(number, groups - 1);
    const size_t one = groups - 1;
    if (groups >= 3 && count >= 10 && count <= 13 && last == 4 && group_len(number, one - 1) == 3 &&
        group_len(number, one - 2) == 3 && number->between[one] == number->between[one - 1]) {
        return number->digit[count - 10] >= '2' || number->digit[0] == '0';
    }
    size_t pairs = 0;
    for (size_t g = 0; g < groups; g++) {
        pairs += group_len(number, g) == 2;
    }
    return pairs == groups && groups == 5 && number->digit[0] == '0';
}

static bool is_hex_pair(struct str text, size_t at)
{
    return is_hex(letter_at(text, at)) && is_hex(letter_at(text, at + 1)) &&
           !is_alnum(letter_at(text, at + 2)) && (at == 0 || !is_alnum(text.ptr[at - 1]));
}

/* Bytes as they are listed, "a0 8b 00 00 00 50 32"; the number of a flaw or of a paper; an address in brackets. */
static bool is_something_else(struct str text, const struct number *number, size_t end)
{
    const size_t start = number->start;
    const bool is_listed =
        (start >= 3 && text.ptr[start - 1] == ' ' && is_hex_pair(text, start - 3)) ||
        (letter_at(text, end) == ' ' && is_hex_pair(text, end + 1));
    const bool is_pair = group_len(number, 0) == 2 && number->group_count > 2;
    return (is_pair && (is_listed || str_starts(str_slice(text, start, end), STR("00 ")))) ||
           (start >= 4 && begins_small(text, start - 4, "cve-")) ||
           (start >= 4 && begins_small(text, start - 4, "rfc ")) ||
           (letter_at(text, start) == '(' && number->group_count > 2 && number->between[1] == '.');
}

/* Whether a word says that it is one; what stands before is looked at once. */
static bool is_told_of(const struct scan *scan, const struct number *number, size_t stop, int *told)
{
    if (*told < 0) {
        const struct str text = scan->text;
        const size_t start = number->start;
        *told =
            has_word_before(text, start, 40, PHONE) ||
            has_word_before(text, start, 12, "office desk home work line") ||
            ((number->digit[0] == '0' || (number->group_count == 3 && number->count < 12)) &&
             has_word_before(text, start, 40, PHONE_ELSEWHERE)) ||
            (number->digit[0] == '0' &&
             has_word_before(text, start, 24, "number nummer num\xc3\xa9ro n\xc3\xbamero numero") &&
             has_word_before(text, start, 24, "my meine mijn mon mi mio min"));
    }
    return *told > 0 ||
           (letter_at(scan->text, stop) == '-' &&
            has_word(scan->text, stop, stop + 10, "office fax home mobile cell desk work"));
}

/* By the words beside it and by how it is written: no region is known. */
static enum likelihood phone_by_form(const struct scan *scan, const struct number *number,
                                     size_t *end)
{
    int told = -1; /* not looked at yet */
    for (size_t groups = number->group_count; groups > 0; groups--) {
        const size_t count = number->group_digits[groups - 1];
        const size_t stop = number->group_end[groups - 1];
        if (groups == number->group_count && is_something_else(scan->text, number, stop)) {
            return 0;
        }
        const bool is_extended = extension_end(scan->text, stop) > stop;
        if (count < 6 || count > 15 || (!is_extended && !ends_here(scan->text, stop))) {
            continue;
        }
        const bool is_named = (groups > 1 || count >= 7) && is_told_of(scan, number, stop, &told);
        *end = stop;
        if (is_named) {
            return looks_like_phone(number, groups) ? VERY_LIKELY : LIKELY;
        }
        if (is_extended || looks_like_phone(number, groups)) {
            return LIKELY;
        }
        if (number->digit[0] == '0' && groups >= 3 && count >= 9 && count <= 13) {
            return POSSIBLE;
        }
    }
    return 0;
}

/* 4111 1111 1111 1111: also one that is known as an example, which number_card.c leaves alone. */
static bool is_card(const struct number *number)
{
    enum { GROUPS = 4, DIGITS = 4 };
    bool is_even = number->group_count == GROUPS;
    for (size_t g = 0; g < GROUPS && is_even; g++) {
        is_even = group_len(number, g) == DIGITS;
    }
    return is_even && detect_luhn((struct str){number->digit, (size_t)GROUPS * DIGITS});
}

bool number_phone(struct scan *scan, const struct number *number)
{
    if (is_card(number)) {
        scan->number_done = number->group_end[number->group_count - 1];
        return true;
    }
    size_t end = 0;
    enum likelihood likelihood = phone_of(scan, number, &end);
    if (likelihood < LIKELY) {
        size_t other = 0;
        const enum likelihood by_form = phone_by_form(scan, number, &other);
        end = by_form >= likelihood ? other : end;
        likelihood = by_form >= likelihood ? by_form : likelihood;
    }
    if (likelihood == 0) {
        return false;
    }
    end = extension_end(scan->text, end);
    scan_add(scan, "cdr.pii.phone", "a telephone number", GATE_PII, likelihood, number->start, end);
    scan->number_done = likelihood >= LIKELY ? end : scan->number_done;
    return likelihood >= LIKELY;
}
