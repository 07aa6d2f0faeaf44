/*
 * html_write.c - HTML that cannot be built wrong: all text passes through one escape.
 *
 * It keeps text from being taken for markup, and from turning the direction of what stands beside it.
 */
#include "inside_text.h"

void html_lit(struct buf *buf, struct lit html)
{
    buf_lit(buf, html);
}

/* What a character becomes; an empty view: it stays. */
static struct str html_escape(unsigned char byte)
{
    switch (byte) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    case '\'':
        return STR("&#39;");
    case '\t':
    case '\n':
    case '\r':
        return (struct str){0};
    default:
        return byte < 0x20 || byte == 0x7F ? REPLACEMENT : (struct str){0};
    }
}

/*
 * Characters that turn the direction of what follows (UAX 9), of three bytes each: U+202A .. U+202E and
 * U+2066 .. U+2069. A text of somebody else's must not turn ours, or hide what it says.
 */
enum turn { TURN_NONE, TURN_EMBEDS, TURN_OVERRIDES, TURN_ISOLATES, TURN_ENDS, TURN_ENDS_ISOLATE };

static enum turn turn_of(const char *at, size_t len)
{
    const unsigned char *byte = (const unsigned char *)at;
    if (len != 3 || byte[0] != 0xE2) {
        return TURN_NONE;
    }
    if (byte[1] == 0x80) {
        return byte[2] == 0xAA || byte[2] == 0xAB   ? TURN_EMBEDS
               : byte[2] == 0xAC                    ? TURN_ENDS
               : byte[2] == 0xAD || byte[2] == 0xAE ? TURN_OVERRIDES
                                                    : TURN_NONE;
    }
    if (byte[1] == 0x81) {
        return byte[2] >= 0xA6 && byte[2] <= 0xA8 ? TURN_ISOLATES
               : byte[2] == 0xA9                  ? TURN_ENDS_ISOLATE
                                                  : TURN_NONE;
    }
    return TURN_NONE;
}

/* What a text opened and did not end yet. */
enum { TURNS_MAX = 16 };
struct turns {
    enum turn open[TURNS_MAX];
    size_t count;
};

/* May it stand? What opens is noted, what ends must fit the last that opened. */
static bool turn_stands(struct turns *turns, enum turn turn)
{
    switch (turn) {
    case TURN_NONE:
        return true;
    case TURN_OVERRIDES:
        return false;
    case TURN_EMBEDS:
    case TURN_ISOLATES:
        if (turns->count == TURNS_MAX) {
            return false;
        }
        turns->open[turns->count++] = turn;
        return true;
    case TURN_ENDS:
    case TURN_ENDS_ISOLATE:
        if (turns->count == 0 ||
            (turns->open[turns->count - 1] == TURN_EMBEDS) != (turn == TURN_ENDS)) {
            return false;
        }
        turns->count--;
        return true;
    }
    return false;
}

void html_text(struct buf *buf, struct str text)
{
    struct turns turns = {.count = 0};
    size_t at = 0;
    while (at < text.len) {
        const size_t len = utf8_len(text.ptr + at, text.len - at);
        const bool stands = len != 0 && turn_stands(&turns, turn_of(text.ptr + at, len));
        const struct str escape = stands ? html_escape((unsigned char)text.ptr[at]) : REPLACEMENT;
        if (escape.len > 0) {
            buf_str(buf, escape);
        } else {
            buf_bytes(buf, text.ptr + at, len);
        }
        at += len > 0 ? len : 1;
    }
    while (turns.count > 0) {
        buf_str(buf, turns.open[--turns.count] == TURN_EMBEDS ? STR("\xe2\x80\xac")
                                                              : STR("\xe2\x81\xa9"));
    }
}
