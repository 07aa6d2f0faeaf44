/*
 * context.c - words beside a candidate.
 *
 * A word is a run of letters; a capital after a small letter begins another, so that "birthDate" is two.
 * Only whole words count: "public" has no "lic" in it.
 */
#include "inside.h"

#include <string.h>

enum { WORD_MAX = 24, WORDS_MAX = 16 };

static bool is_word_byte(char letter)
{
    return is_letter(letter) || (unsigned char)letter >= 0x80;
}

static bool is_upper(char letter)
{
    return letter >= 'A' && letter <= 'Z';
}

/* The words of the text, small, and which pairs of letters they begin with. */
struct spoken {
    struct {
        char small[WORD_MAX];
        size_t len;
    } word[WORDS_MAX];
    size_t count;
    uint64_t pairs;
};

static uint64_t pair_of(char first, char second)
{
    return UINT64_C(1) << (((unsigned)first * 5U + (unsigned)second) & 63U);
}

static void put_word(struct spoken *spoken, struct str word)
{
    if (word.len > WORD_MAX || word.len < 2) {
        return;
    }
    char *small = spoken->word[spoken->count].small;
    for (size_t i = 0; i < word.len; i++) {
        small[i] = lower_of(word.ptr[i]);
    }
    spoken->word[spoken->count++].len = word.len;
    spoken->pairs |= pair_of(small[0], small[1]);
}

static bool is_spoken(const struct spoken *spoken, const char *word, size_t len)
{
    for (size_t i = 0; i < spoken->count; i++) {
        if (spoken->word[i].len == len && memcmp(spoken->word[i].small, word, len) == 0) {
            return true;
        }
    }
    return false;
}

/* One pass over the list; most of its words begin unlike any that is spoken. */
static bool has_one_of(const struct spoken *spoken, const char *words)
{
    const char *at = words;
    while (spoken->count > 0 && *at != '\0') {
        const char *end = at;
        while (*end != ' ' && *end != '\0') {
            end++;
        }
        if (end - at >= 2 && (spoken->pairs & pair_of(at[0], at[1])) != 0 &&
            is_spoken(spoken, at, (size_t)(end - at))) {
            return true;
        }
        at = *end == ' ' ? end + 1 : end;
    }
    return false;
}

bool has_word(struct str text, size_t from, size_t to, const char *words)
{
    struct spoken spoken;
    spoken.count = 0;
    spoken.pairs = 0;
    to = to < text.len ? to : text.len;
    for (size_t i = from; i < to;) {
        size_t end = i;
        while (end < to && is_word_byte(text.ptr[end]) &&
               (end == i || !is_upper(text.ptr[end]) || is_upper(text.ptr[end - 1]))) {
            end++;
        }
        if (end > i) {
            put_word(&spoken, str_slice(text, i, end));
        }
        i = end > i ? end : i + 1;
        if (spoken.count == WORDS_MAX) {
            if (has_one_of(&spoken, words)) {
                return true;
            }
            spoken.count = 0;
            spoken.pairs = 0;
        }
    }
    return has_one_of(&spoken, words);
}

bool has_word_before(struct str text, size_t at, size_t window, const char *words)
{
    size_t from = at > window ? at - window : 0;
    while (from > 0 && from < at && is_word_byte(text.ptr[from]) &&
           is_word_byte(text.ptr[from - 1])) {
        from++;
    }
    return has_word(text, from, at, words);
}

bool has_word_near(struct str text, size_t start, size_t end, const char *words)
{
    enum { BEFORE = 48, AFTER = 24 };
    return has_word_before(text, start, BEFORE, words) || has_word(text, end, end + AFTER, words);
}
