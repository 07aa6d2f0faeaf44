/*
 * disguise.c - orders to a model that are written so that only a model reads them at a glance.
 *
 *     &#105;&#103;  \u0069\u0067  \x69\x67  0x69 0x67  69 67 6e  01101001 01100111  105 103 110  ──numbers of letters──▶ text
 *     vtaber nyy         (rot13)      ─┐
 *     lla erongi         (backwards)   ├─by the small words that they must have─▶ text
 *     1gn0r3 4ll pr3v10us              ─┘
 *
 * What comes out is read as prose again, once; only what is an order then is told, so a list of numbers is nothing.
 */
#include "prose.h"

#include <string.h>

enum { ROOM = 4096, RUN_LEAST = 10, WHOLE_MAX = 4000, NUMBER_MAX = 10 };

static void read_again(struct scan *outer, struct str text, size_t start, size_t end)
{
    struct gate_asked asked = *outer->asked;
    struct scan scan = *outer;
    asked.kinds = GATE_INJECTION;
    scan.asked = &asked;
    scan.text = text;
    scan.depth = outer->depth + 1;
    scan.packed_start = start;
    scan.packed_end = end;
    scan_prose(&scan);
}

/* ---- letters by their numbers ---------------------------------------------------------------- */

enum { BASE_BINARY = 2, BASE_DECIMAL = 10, BASE_HEX = 16 };

/* How a number begins and ends, and how it is written; a blank or a comma parts those that have no end. */
static const struct written {
    const char *before;
    const char *after;
    unsigned base;
    size_t digits_least;
    size_t digits_most;
} written[] = {
    {"&#x", ";", BASE_HEX, 2, 5}, {"&#", ";", BASE_DECIMAL, 2, 6}, {"\\u", "", BASE_HEX, 4, 4},
    {"\\x", "", BASE_HEX, 2, 2},  {"0x", " ", BASE_HEX, 2, 2},     {"%", "", BASE_HEX, 2, 2},
    {"", " ", BASE_BINARY, 7, 8}, {"", " ", BASE_DECIMAL, 2, 3},   {"", " ", BASE_HEX, 2, 2}};

static unsigned digit_of(char letter)
{
    return is_digit(letter) ? (unsigned)(letter - '0')
           : is_hex(letter) ? (unsigned)(lower_of(letter) - 'a') + 10
                            : NUMBER_MAX * 10;
}

/* Behind one number; the place itself: none stands there. */
static size_t number_end(struct str text, size_t at, const struct written *as, unsigned *value)
{
    const size_t from = at + strlen(as->before);
    size_t end = from;
    if (!begins_small(text, at, as->before)) {
        return at;
    }
    *value = 0;
    while (digit_of(letter_at(text, end)) < as->base && end - from < as->digits_most) {
        *value = *value * as->base + digit_of(text.ptr[end]);
        end++;
    }
    if (end - from < as->digits_least || *value < ' ' || *value > '~') {
        return at;
    }
    if (as->after[0] == ';') {
        return letter_at(text, end) == ';' ? end + 1 : at;
    }
    if (as->after[0] == ' ') {
        const char next = letter_at(text, end);
        end += next == ',' && letter_at(text, end + 1) == ' ' ? 2 : is_among(next, " ,") ? 1U : 0U;
        return is_alnum(next) ? at : end;
    }
    return end;
}

/* The run of numbers that begins here: behind it, or the place itself if it is too short. */
static size_t numbers_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    char room[ROOM];
    for (size_t w = 0; w < sizeof written / sizeof written[0]; w++) {
        size_t len = 0;
        size_t end = at;
        unsigned value = 0;
        for (size_t next = number_end(text, end, &written[w], &value); next > end && len < ROOM;
             next = number_end(text, end, &written[w], &value)) {
            room[len++] = (char)value;
            end = next;
        }
        if (len >= RUN_LEAST) {
            read_again(scan, (struct str){room, len}, at, end);
            return end;
        }
    }
    return at;
}

static void look_at_numbers(struct scan *scan)
{
    const struct str text = scan->text;
    for (size_t at = 0; at < text.len;) {
        const bool may_begin =
            is_among(text.ptr[at], "&\\%") ||
            (is_hex(text.ptr[at]) && !is_alnum(letter_before(text, at)) &&
             is_hex(letter_at(text, at + 1)) != (lower_of(letter_at(text, at + 1)) == 'x'));
        const size_t end = may_begin ? numbers_at(scan, at) : at;
        at = end > at ? end : at + 1;
    }
}

/* ---- the whole text, written otherwise ------------------------------------------------------- */

static char rotated(char letter)
{
    const char small = lower_of(letter);
    return !is_letter(letter) ? letter : (char)(small < 'n' ? letter + 13 : letter - 13);
}

static char spoken(char letter)
{
    static const char digit[] = "013457@$";
    static const char as[] = "oieastas";
    const char *at = letter == '\0' ? NULL : strchr(digit, letter);
    return at == NULL ? letter : as[at - digit];
}

/* Words that mix letters and digits as 1gn0r3 does: a digit between letters, or before two. */
static size_t mixed_words(struct str text)
{
    size_t mixed = 0;
    for (size_t i = 0; i < text.len;) {
        size_t end = i;
        bool has_digit = false;
        size_t letters = 0;
        while (end < text.len && (is_alnum(text.ptr[end]) || is_among(text.ptr[end], "@$"))) {
            has_digit = has_digit || !is_letter(text.ptr[end]);
            letters += is_letter(text.ptr[end]);
            end++;
        }
        mixed += has_digit && letters >= 2 && end - i >= 3 && end - i <= 16;
        i = end > i ? end : i + 1;
    }
    return mixed;
}

static void look_at_whole(struct scan *scan)
{
    enum { MIXED_LEAST = 3 };
    const struct str text = scan->text;
    char room[WHOLE_MAX];
    if (text.len > WHOLE_MAX || text.len < RUN_LEAST) {
        return;
    }
    const struct str other = {room, text.len};
    if (has_word(text, 0, text.len, "gur naq nyy lbhe lbh jung naljnl")) {
        for (size_t i = 0; i < text.len; i++) {
            room[i] = rotated(text.ptr[i]);
        }
        read_again(scan, other, 0, text.len);
    }
    if (has_word(text, 0, text.len, "eht dna lla ruoy uoy tahw")) {
        for (size_t i = 0; i < text.len; i++) {
            room[i] = text.ptr[text.len - 1 - i];
        }
        read_again(scan, other, 0, text.len);
        for (size_t i = 0; i < text.len;) { /* and word by word */
            size_t end = i;
            while (end < text.len && is_letter(text.ptr[end])) {
                end++;
            }
            for (size_t b = i; b < end; b++) {
                room[b] = text.ptr[end - 1 - (b - i)];
            }
            if (end < text.len) {
                room[end] = text.ptr[end];
            }
            i = end + 1;
        }
        read_again(scan, other, 0, text.len);
    }
    if (mixed_words(text) >= MIXED_LEAST) {
        for (size_t i = 0; i < text.len; i++) {
            room[i] = spoken(text.ptr[i]);
        }
        read_again(scan, other, 0, text.len);
    }
}

void disguise_scan(struct scan *scan)
{
    if (scan->depth == 0) {
        look_at_numbers(scan);
        look_at_whole(scan);
    }
}
