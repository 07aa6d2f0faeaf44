/*
 * restore.c - a reply that comes in pieces, with the values in their places again.
 *
 *     piece ──▶ held: "[[EMA"  may become a pseudonym: it waits
 *               held: "[[x"    cannot: its first byte leaves, the rest is looked at again
 *               held: "[[EMAIL_1]]"  is one: the value leaves
 *
 * What is held is shorter than the longest pseudonym with every "_" escaped, so memory is bounded, and
 * so is the work for a byte.
 */
#include <string.h>

#include "inside.h"
#include "text.h"
#include "vaulted.h"

enum { BRACKETS = 2 };

enum fit { FIT_NONE, FIT_PART, FIT_WHOLE };

static size_t run_of(struct str text, size_t from, char sign, size_t max)
{
    size_t count = 0;
    while (count < max && from + count < text.len && text.ptr[from + count] == sign) {
        count++;
    }
    return count;
}

static bool is_word(char letter)
{
    return is_alnum(letter) || letter == '_';
}

/* As far as the text goes on like a name that was given out; *at is moved behind it. */
static const struct pseudonym *name_at(const struct vault *vault, struct str text, size_t *at)
{
    char name[VAULT_NAME_MAX + 16];
    const struct pseudonym *found = NULL;
    for (size_t len = 0; *at < text.len && len < sizeof name; len++) {
        size_t next = *at;
        if (text.ptr[next] == '\\' && len > 0 && letter_at(text, next + 1) == '_') {
            next++;
        }
        const char letter = text.ptr[next];
        name[len] = (char)(letter >= 'a' && letter <= 'z' ? letter - 32 : letter);
        const struct pseudonym *longer = (const struct pseudonym *)map_get(
            vault->by_name, (struct bytes){(const uint8_t *)name, len + 1});
        if (longer == NULL) {
            break;
        }
        found = longer;
        *at = next + 1;
    }
    return found;
}

/*
 * Whether the text begins with a pseudonym, or may when it goes on. Without brackets it must be a word
 * of its own; it takes no more brackets behind it than before it.
 */
static enum fit fit_of(const struct restorer *restorer, struct str text, bool is_last,
                       const struct pseudonym **whole, size_t *end)
{
    const size_t open = run_of(text, 0, '[', BRACKETS);
    const enum fit cut_off = is_last ? FIT_NONE : FIT_PART;
    size_t at = open;
    if (open == text.len) {
        return cut_off;
    }
    if (open == 0 && is_word(restorer->before)) {
        return FIT_NONE;
    }
    const struct pseudonym *found = name_at(restorer->vault, text, &at);
    if (found == NULL) {
        return FIT_NONE;
    }
    if (!is_last &&
        (at == text.len || (at + 1 == text.len && text.ptr[at] == '\\' && found == &vault_part))) {
        return FIT_PART;
    }
    if (found == &vault_part || is_word(letter_at(text, at))) {
        return FIT_NONE;
    }
    const size_t close = run_of(text, at, ']', open);
    if (close < open && at + close == text.len && !is_last) {
        return FIT_PART;
    }
    *whole = found;
    *end = at + close;
    return FIT_WHOLE;
}

static void put_value(const struct restorer *restorer, struct str value, struct buf *text)
{
    if (!restorer->in_json) {
        buf_str(text, value);
        return;
    }
    struct buf quoted = buf_begin(text->arena);
    struct json json;
    json_begin(&json, &quoted, false);
    json_text(&json, value);
    json_end(&json);
    buf_str(text, str_slice(buf_text(&quoted), 1, quoted.len - 1));
}

/* Whether what follows these bytes stands in a link: from "//" to white space, a quote or a bracket. */
static void follow_link(struct restorer *restorer, struct str text)
{
    for (size_t i = 0; restorer->vault->spares_links && i < text.len; i++) {
        const char letter = text.ptr[i];
        const bool ends = (unsigned char)letter <= ' ' || letter == '"' || letter == '<' ||
                          letter == '>' || letter == ')' || letter == '`';
        if (letter == '\\') {
            continue; /* before a sign in JSON and Markdown; it means nothing by itself */
        }
        restorer->slashes = letter == '/' ? restorer->slashes + 1 : 0;
        restorer->in_link = !ends && (restorer->in_link || restorer->slashes >= 2);
    }
}

static void drop_held(struct restorer *restorer, size_t count)
{
    follow_link(restorer, (struct str){restorer->held, count});
    restorer->before = restorer->held[count - 1];
    restorer->held_len -= count;
    memmove(restorer->held, restorer->held + count, restorer->held_len);
}

/* Give out what cannot become a pseudonym, and values. */
static void settle(struct restorer *restorer, bool is_last, struct buf *text)
{
    while (restorer->held_len > 0) {
        const struct pseudonym *whole = NULL;
        size_t end = 1;
        const struct str held = {restorer->held, restorer->held_len};
        const enum fit fit = fit_of(restorer, held, is_last, &whole, &end);
        if (fit == FIT_PART) {
            return;
        }
        if (fit == FIT_WHOLE && restorer->in_link) {
            buf_str(text, str_slice(held, 0, end));
            restorer->withheld++;
        } else if (fit == FIT_WHOLE) {
            put_value(restorer, whole->value, text);
            restorer->restored++;
        } else {
            buf_u8(text, (uint8_t)held.ptr[0]);
        }
        drop_held(restorer, end);
    }
}

struct restorer restore_begin(const struct vault *vault, bool in_json)
{
    return (struct restorer){.vault = vault, .in_json = in_json, .before = ' '};
}

void restore_next(struct restorer *restorer, struct str piece, struct buf *text)
{
    const bool *begins = restorer->vault->begins;
    for (size_t at = 0; at < piece.len; at++) {
        size_t plain = at;
        while (restorer->held_len == 0 && plain < piece.len && !begins[(uint8_t)piece.ptr[plain]]) {
            plain++;
        }
        if (plain > at) {
            buf_str(text, str_slice(piece, at, plain));
            follow_link(restorer, str_slice(piece, at, plain));
            restorer->before = piece.ptr[plain - 1];
            at = plain - 1;
            continue;
        }
        must(restorer->held_len < VAULT_HELD_MAX);
        restorer->held[restorer->held_len++] = piece.ptr[at];
        settle(restorer, false, text);
    }
}

void restore_last(struct restorer *restorer, struct buf *text)
{
    settle(restorer, true, text);
}
