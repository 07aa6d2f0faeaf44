/*
 * wordset.c - which of many words stand in a short text.
 *
 * A word is found by its first two letters: at most places of a text none begins.
 */
#include "inside.h"

#include <string.h>

enum { ENTRIES = 1024 };

struct word_set {
    struct str *word;
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
    set->next = NEW_ARRAY(arena, count, uint16_t);
    for (size_t w = 0; w < count; w++) {
        set->word[w] = str_of(word[w]);
        must(set->word[w].len >= 2);
        uint16_t *entry = &set->entry[entry_of(word[w])];
        set->next[w] = *entry;
        *entry = (uint16_t)(w + 1);
    }
    return set;
}

bool word_set_at(const struct word_set *set, struct str small, size_t at)
{
    if (at + 2 > small.len) {
        return false;
    }
    for (uint16_t w = set->entry[entry_of(small.ptr + at)]; w != 0; w = set->next[w - 1]) {
        const struct str word = set->word[w - 1];
        if (word.len <= small.len - at && memcmp(small.ptr + at, word.ptr, word.len) == 0) {
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
