/*
 * sql_words.c - words of SQL by their text, and what is asked of names.
 */
#include "inside_sql.h"

#include <string.h>

#include "inside_sql_words.h"

static const char *const known[WORDS] = {
    "",
#define WORD(id, text) text,
#include "sql_words.def"
#undef WORD
};

static char small(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter + 32) : letter;
}

static uint32_t hash_of(struct str text)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)small(text.ptr[i])) * 16777619U;
    }
    return (hash ^ hash >> 15) & (SQL_WORDS_ROOM - 1);
}

static bool is_same(struct str left, struct str right)
{
    bool same = left.len == right.len;
    for (size_t i = 0; same && i < left.len; i++) {
        same = small(left.ptr[i]) == small(right.ptr[i]);
    }
    return same;
}

uint16_t sql_word_find(const struct sql_words *words, struct str text)
{
    if (text.len > 32) {
        return 0;
    }
    for (uint32_t at = hash_of(text); words->slot[at] != 0; at = (at + 1) & (SQL_WORDS_ROOM - 1)) {
        if (is_same(words->text[words->slot[at]], text)) {
            return words->slot[at];
        }
    }
    return 0;
}

uint16_t sql_word_add(struct sql_words *words, struct str text)
{
    const uint16_t id = sql_word_find(words, text);
    if (id != 0) {
        return id;
    }
    must(words->count < SQL_WORDS_MAX && text.len <= 32);
    uint32_t at = hash_of(text);
    while (words->slot[at] != 0) {
        at = (at + 1) & (SQL_WORDS_ROOM - 1);
    }
    words->text[words->count] = text;
    words->slot[at] = words->count;
    return words->count++;
}

struct sql_words *sql_words_begin(struct arena *arena)
{
    struct sql_words *words = NEW(arena, struct sql_words);
    words->count = 1;
    for (uint16_t i = 1; i < WORDS; i++) {
        must(sql_word_add(words, str_of(known[i])) == i);
    }
    return words;
}

/* ---- names ------------------------------------------------------------------------------------- */

static bool is_listed(struct str part, const char *words)
{
    struct str rest = str_of(words);
    while (rest.ptr != NULL) {
        if (is_same(str_cut(&rest, ' '), part)) {
            return true;
        }
    }
    return false;
}

/* Where the part that begins there ends: at a sign, or before a capital that follows a small letter. */
static size_t part_end(struct str name, size_t at)
{
    for (at++; at < name.len; at++) {
        const char sign = name.ptr[at];
        const char before = name.ptr[at - 1];
        if (sign == '_' || sign == '-' || sign == '.' || sign == ' ' ||
            (sign >= 'A' && sign <= 'Z' && before >= 'a' && before <= 'z')) {
            break;
        }
    }
    return at;
}

bool sql_has_part(struct str name, const char *words)
{
    if (name.len > 128) {
        return false;
    }
    for (size_t at = 0; at < name.len;) {
        const size_t end = part_end(name, at);
        struct str part = str_slice(name, at, end);
        while (part.len > 0 && memchr("_-. ", part.ptr[0], 4) != NULL) {
            part = str_slice(part, 1, part.len);
        }
        if (part.len > 0 && is_listed(part, words)) {
            return true;
        }
        at = end;
    }
    return is_listed(name, words);
}
