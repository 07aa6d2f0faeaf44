/*
 * number_card.c - card numbers: by issuer, length and check digit.
 */
#include "numbered.h"

#include "detect.h"

#define CARD "card cards credit cc visa mastercard amex kreditkarte karte carte tarjeta debit"

/* ISO/IEC 7812: who issues numbers that begin so, and how long they are. */
static const struct issuer {
    unsigned from; /* of the first six digits */
    unsigned to;
    unsigned least;
    unsigned most;
} issuer[] = {
    {400000, 499999, 16, 16}, {400000, 499999, 13, 13}, {400000, 499999, 19, 19},
    {510000, 559999, 16, 16}, {222100, 272099, 16, 16}, {340000, 349999, 15, 15},
    {370000, 379999, 15, 15}, {601100, 601199, 16, 19}, {644000, 659999, 16, 19},
    {622126, 622925, 16, 19}, {300000, 305999, 14, 19}, {309500, 309599, 14, 19},
    {360000, 369999, 14, 19}, {380000, 399999, 14, 19}, {352800, 358999, 16, 19},
    {501800, 501899, 12, 19}, {502000, 502099, 12, 19}, {503800, 503899, 12, 19},
    {589300, 589399, 12, 19}, {630400, 630499, 12, 19}, {675900, 675999, 12, 19},
    {676100, 676399, 12, 19}, {620000, 629999, 16, 19}, {220000, 220499, 16, 19},
    {180000, 180099, 15, 15}, {213100, 213199, 15, 15}, {560000, 589999, 12, 19},
    {670000, 679999, 12, 19}, {600000, 609999, 16, 16}, {350000, 359999, 16, 16},
};

/* The last four are so wide that a word must stand beside. */
enum { ISSUERS_SURE = sizeof issuer / sizeof issuer[0] - 4 };

static bool is_issued(const char *digit, size_t count, bool *is_sure)
{
    unsigned first = 0;
    for (size_t i = 0; i < 6; i++) {
        first = first * 10 + (unsigned)(digit[i] - '0');
    }
    for (size_t i = 0; i < sizeof issuer / sizeof issuer[0]; i++) {
        if (first >= issuer[i].from && first <= issuer[i].to && count >= issuer[i].least &&
            count <= issuer[i].most) {
            *is_sure = i < ISSUERS_SURE;
            return true;
        }
    }
    return false;
}

static bool are_few(const char *digit, size_t count)
{
    unsigned seen = 0;
    for (size_t i = 0; i < count; i++) {
        seen |= 1U << (digit[i] - '0');
    }
    return __builtin_popcount(seen) < 3;
}

bool number_card(struct scan *scan, const struct number *number)
{
    for (size_t g = number->group_count; g-- > 0;) {
        const size_t count = number->group_digits[g];
        const size_t end = number->group_end[g];
        bool is_sure = false;
        if (count < 12 || count > 19 || number->has_plus || number->has_bracket ||
            !ends_here(scan->text, end) || !is_issued(number->digit, count, &is_sure) ||
            !detect_luhn((struct str){number->digit, count})) {
            continue;
        }
        /* One sign between all groups, of which one at most has a single digit: else it is a row of a table. */
        bool is_even = true;
        size_t singles = group_len(number, 0) == 1;
        for (size_t i = 1; i <= g; i++) {
            is_even = is_even && number->between[i] == number->between[1];
            singles += group_len(number, i) == 1;
        }
        is_even = is_even && singles < 2;
        if (!is_even || (g > 0 && is_among(number->between[1], "./")) ||
            are_few(number->digit, count)) {
            continue;
        }
        const bool is_named = has_word_near(scan->text, number->start, end, CARD);
        /* Twelve or thirteen digits alone are as often a time or an article. */
        const bool is_short = count < 14;
        scan_add(scan, "cdr.pii.card", "a card number", GATE_PII,
                 is_named               ? VERY_LIKELY
                 : is_sure && !is_short ? LIKELY
                                        : POSSIBLE,
                 number->start, end);
        if (is_named || (is_sure && !is_short)) {
            scan->number_done = end;
            return true;
        }
    }
    return false;
}
