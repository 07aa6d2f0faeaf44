/*
 * wordset.c - which of many words stand in a short text.
 *
 * A word is found by its first two letters: at most places of a text none begins. Its first four are one number,
 * so that most words that begin alike are told apart at once.
 */
#include "inside.h"

#include <string.h>

enum { ENTRIES = 1024 };

struct word_set {
    struct str *word;
    struct beginning {
        uint32_t letters;
        uint32_t mask; /* of those that the word has */
    } * beginning;
    uint16_t *next;          /* one more than the next word of the same entry; 0: no more */
    uint16_t entry[ENTRIES]; /* one more than the first */
};

static size_t entry_of(const char *letters)
{
    return ((unsigned char)letters[0] * 33U + (unsigned char)letters[1]) % ENTRIES;
}

struct word_set *word_set_begin(struct arena *arena, const char *const word[], size_t count)
{
    struct word_set *set = NEW(arena, struct word_set);
    must(count < UINT16_MAX);
    set->word = NEW_ARRAY(arena, count, struct str);
    set->beginning = NEW_ARRAY(arena, count, struct beginning);
    set->next = NEW_ARRAY(arena, count, uint16_t);
    for (size_t w = 0; w < count; w++) {
        set->word[w] = str_of(word[w]);
        must(set->word[w].len >= 2);
        for (size_t i = 0; i < 4 && i < set->word[w].len; i++) {
            set->beginning[w].letters |= (uint32_t)(unsigned char)word[w][i] << 8 * i;
            set->beginning[w].mask |= UINT32_C(0xff) << 8 * i;
        }
        uint16_t *entry = &set->entry[entry_of(word[w])];
        set->next[w] = *entry;
        *entry = (uint16_t)(w + 1);
    }
    return set;
}

/* Four letters from here on; zeros behind the text. */
static uint32_t four_at(struct str small, size_t at)
{
    const unsigned char *of = (const unsigned char *)small.ptr + at;
    const size_t left = small.len - at;
    if (left >= 4) {
        return (uint32_t)of[0] | (uint32_t)of[1] << 8 | (uint32_t)of[2] << 16 |
               (uint32_t)of[3] << 24;
    }
    return (uint32_t)of[0] | (uint32_t)of[1] << 8 | (left > 2 ? (uint32_t)of[2] << 16 : 0);
}

static bool stands_at(const struct word_set *set, size_t w, struct str small, size_t at,
                      uint32_t four)
{
    const struct beginning *beginning = &set->beginning[w];
    const struct str word = set->word[w];
    return ((four ^ beginning->letters) & beginning->mask) == 0 && word.len <= small.len - at &&
           (word.len <= 4 || memcmp(small.ptr + at + 4, word.ptr + 4, word.len - 4) == 0);
}

bool word_set_at(const struct word_set *set, struct str small, size_t at)
{
    if (at + 2 > small.len) {
        return false;
    }
    uint16_t w = set->entry[entry_of(small.ptr + at)];
    if (w == 0) {
        return false;
    }
    for (const uint32_t four = four_at(small, at); w != 0; w = set->next[w - 1]) {
        if (stands_at(set, w - 1U, small, at, four)) {
            return true;
        }
    }
    return false;
}

bool word_set_in(const struct word_set *set, struct str small)
{
    for (size_t at = 0; at + 2 <= small.len; at++) {
        if (word_set_at(set, small, at)) {
            return true;
        }
    }
    return false;
}

bool word_set_is(const struct word_set *set, struct str small)
{
    for (uint16_t w = small.len < 2 ? 0 : set->entry[entry_of(small.ptr)]; w != 0;
         w = set->next[w - 1]) {
        if (str_equal(set->word[w - 1], small)) {
            return true;
        }
    }
    return false;
}

void word_set_mark(const struct word_set *set, struct str small, bool seen[])
{
    for (size_t at = 0; at + 2 <= small.len; at++) {
        uint16_t w = set->entry[entry_of(small.ptr + at)];
        for (const uint32_t four = w == 0 ? 0 : four_at(small, at); w != 0; w = set->next[w - 1]) {
            seen[w - 1] = seen[w - 1] || stands_at(set, w - 1U, small, at, four);
        }
    }
}
