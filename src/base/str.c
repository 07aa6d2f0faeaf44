/*
 * str.c - views of text: comparing, cutting, copying. A view owns nothing; what is copied lives in
 * the arena that is named.
 */
#include <string.h>

#include "inside.h"

struct str str_of(const char *text)
{
    return (struct str){text, text == NULL ? 0 : strlen(text)};
}

struct str str_from(struct lit text)
{
    return (struct str){text.ptr, text.len};
}

struct bytes bytes_of(struct str text)
{
    return (struct bytes){(const uint8_t *)text.ptr, text.len};
}

bool str_equal(struct str left, struct str right)
{
    return left.len == right.len && bytes_same(left.ptr, right.ptr, left.len);
}

bool str_is(struct str left, const char *right)
{
    return str_equal(left, str_of(right));
}

int str_compare(struct str left, struct str right)
{
    const size_t common = left.len < right.len ? left.len : right.len;
    const int order = common == 0 ? 0 : memcmp(left.ptr, right.ptr, common);
    if (order != 0) {
        return order < 0 ? -1 : 1;
    }
    return left.len < right.len ? -1 : left.len > right.len;
}

bool str_starts(struct str text, struct str start)
{
    return text.len >= start.len && bytes_same(text.ptr, start.ptr, start.len);
}

bool str_ends(struct str text, struct str end)
{
    return text.len >= end.len && str_equal(str_slice(text, text.len - end.len, text.len), end);
}

struct str str_slice(struct str text, size_t from, size_t to)
{
    const size_t last = to < text.len ? to : text.len;
    if (from >= last) {
        return (struct str){text.ptr, 0};
    }
    return (struct str){text.ptr + from, last - from};
}

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct str str_trim(struct str text)
{
    size_t from = 0;
    size_t to = text.len;
    while (from < to && is_space(text.ptr[from])) {
        from++;
    }
    while (to > from && is_space(text.ptr[to - 1])) {
        to--;
    }
    return str_slice(text, from, to);
}

size_t str_find(struct str text, char byte)
{
    const char *found = text.len == 0 ? NULL : memchr(text.ptr, byte, text.len);
    return found == NULL ? text.len : (size_t)(found - text.ptr);
}

bool str_contains(struct str text, struct str part)
{
    return part.len == 0 ||
           (text.len >= part.len && memmem(text.ptr, text.len, part.ptr, part.len) != NULL);
}

struct str str_cut(struct str *rest, char separator)
{
    const struct str all = *rest;
    const size_t at = str_find(all, separator);
    if (at == all.len) {
        *rest = (struct str){0};
        return all;
    }
    *rest = (struct str){all.ptr + at + 1, all.len - at - 1};
    return str_slice(all, 0, at);
}

/* ---- UTF-8 --------------------------------------------------------------------------------- */

/* Whether eight bytes are all 0x01 .. 0x7F: no high bit, and no byte that borrows when one is
 * taken from each. */
static bool eight_plain(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return ((word | (word - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080)) == 0;
}

/* How many bytes a character has that begins with this byte; 0: none begins so. */
static size_t len_after(unsigned char lead)
{
    if (lead < 0x80) {
        return lead != 0;
    }
    if (lead < 0xC2 || lead > 0xF4) {
        return 0;
    }
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* Whether the second byte keeps the form shortest, out of the surrogates and below U+110000. */
static bool is_second(unsigned char lead, unsigned char second)
{
    const unsigned char least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    return second >= least && second <= most;
}

/* The length of the character that begins here; 0: not a character. Unicode 15, table 3-7. */
static size_t character_len(const unsigned char *text, size_t len)
{
    const size_t need = len_after(text[0]);
    if (need <= 1) {
        return need;
    }
    if (len < need || !is_second(text[0], text[1])) {
        return 0;
    }
    for (size_t i = 2; i < need; i++) {
        if ((text[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return need;
}

size_t utf8_len(const char *text, size_t len)
{
    return character_len((const unsigned char *)text, len);
}

size_t utf8_bad_at(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len) {
        if (len - at >= 8 && eight_plain(text + at)) {
            at += 8;
            continue;
        }
        const size_t step = character_len((const unsigned char *)text + at, len - at);
        if (step == 0) {
            return at;
        }
        at += step;
    }
    return len;
}

bool str_is_utf8(struct str text)
{
    return utf8_bad_at(text.ptr, text.len) == text.len;
}

/* ---- copies -------------------------------------------------------------------------------- */

const char *str_z(struct arena *arena, struct str text)
{
    return str_copy(arena, text).ptr;
}

struct str str_copy(struct arena *arena, struct str text)
{
    char *copy = arena_new(arena, size_add(text.len, 1)); /* always one zero past the text */
    bytes_copy(copy, text.ptr, text.len);
    return (struct str){copy, text.len};
}

struct str str_lower(struct arena *arena, struct str text)
{
    char *copy = arena_new(arena, size_add(text.len, 1));
    for (size_t i = 0; i < text.len; i++) {
        const char byte = text.ptr[i];
        copy[i] = (char)(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
    }
    return (struct str){copy, text.len};
}

struct str str_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    const int len = print_plain(NULL, 0, format, args);
    va_end(args);
    must(len >= 0);

    char *text = arena_new(arena, (size_t)len + 1);
    const int written = print_plain(text, (size_t)len + 1, format, again);
    va_end(again);
    must(written == len);
    return (struct str){text, (size_t)len};
}

struct bytes bytes_copy_of(struct arena *arena, struct bytes bytes)
{
    uint8_t *copy = arena_new(arena, bytes.len);
    bytes_copy(copy, bytes.ptr, bytes.len);
    return (struct bytes){copy, bytes.len};
}
