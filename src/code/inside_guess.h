/*
 * inside_guess.h - what the files that guess a language share. Inside the room only.
 */
#ifndef CANDOR_CODE_INSIDE_GUESS_H
#define CANDOR_CODE_INSIDE_GUESS_H

#include <string.h>

#include "code.h"

static inline char at_of(struct str text, size_t at)
{
    return at < text.len ? text.ptr[at] : '\0';
}

static inline bool is_alpha(char letter)
{
    return (unsigned char)((letter | 0x20) - 'a') < 26;
}

static inline bool is_name_byte(char letter)
{
    return is_alpha(letter) || (letter >= '0' && letter <= '9') || letter == '_' || letter == '$';
}

static inline bool is_blank(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

static inline size_t skip_blanks(struct str text, size_t at)
{
    while (at < text.len && is_blank(text.ptr[at])) {
        at++;
    }
    return at;
}

static inline size_t skip_name(struct str text, size_t at)
{
    while (at < text.len && is_name_byte(text.ptr[at])) {
        at++;
    }
    return at;
}

/* a.b.c */
static inline size_t skip_path(struct str text, size_t at)
{
    size_t end = skip_name(text, at);
    while (end > at && at_of(text, end) == '.' && is_name_byte(at_of(text, end + 1))) {
        end = skip_name(text, end + 1);
    }
    return end;
}

static inline bool begins(struct str text, size_t at, const char *small)
{
    for (size_t i = 0; small[i] != '\0'; i++) {
        const char letter = at_of(text, at + i);
        if ((letter >= 'A' && letter <= 'Z' ? letter + 32 : letter) != small[i]) {
            return false;
        }
    }
    return true;
}

/* The word, and no letter of a name behind it. */
static inline bool begins_word(struct str text, size_t at, const char *small)
{
    return begins(text, at, small) && !is_name_byte(at_of(text, at + strlen(small)));
}

/* Whether one of the signs stands in it. */
static inline bool has_any(struct str text, const char *signs)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\0' && strchr(signs, text.ptr[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* guess_lines.c: by what each line looks like. */
enum code_language guess_by_lines(struct str text);

#endif
