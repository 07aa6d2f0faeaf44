/*
 * context.c - words beside a candidate.
 *
 * A word is a run of letters; a capital after a small letter begins another, so that "birthDate" is two.
 * Only whole words count: "public" has no "lic" in it.
 */
#include "inside.h"

#include <string.h>

enum { WORD_MAX = 24 };

static bool is_word_byte(char letter)
{
    return is_letter(letter) || (unsigned char)letter >= 0x80;
}

/* One pass over the list: most words differ in the first letter. */
static bool is_in(struct str word, const char *words)
{
    char small[WORD_MAX];
    if (word.len > WORD_MAX || word.len < 2) {
        return false;
    }
    for (size_t i = 0; i < word.len; i++) {
        small[i] = lower_of(word.ptr[i]);
    }
    for (const char *at = words; *at != '\0';) {
        size_t same = 0;
        while (same < word.len && at[same] == small[same]) {
            same++;
        }
        if (same == word.len && (at[same] == ' ' || at[same] == '\0')) {
            return true;
        }
        at += same;
        while (*at != ' ' && *at != '\0') {
            at++;
        }
        at += *at == ' ';
    }
    return false;
}

static bool is_upper(char letter)
{
    return letter >= 'A' && letter <= 'Z';
}

bool has_word(struct str text, size_t from, size_t to, const char *words)
{
    to = to < text.len ? to : text.len;
    for (size_t i = from; i < to;) {
        size_t end = i;
        while (end < to && is_word_byte(text.ptr[end]) &&
               (end == i || !is_upper(text.ptr[end]) || is_upper(text.ptr[end - 1]))) {
            end++;
        }
        if (end > i && is_in(str_slice(text, i, end), words)) {
            return true;
        }
        i = end > i ? end : i + 1;
    }
    return false;
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
