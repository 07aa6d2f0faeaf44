/*
 * c2pa_text.c - a manifest store put into a text, and what is hashed of it. C2PA 2.4, annex A.7 to A.9.
 *
 *     A.8   U+FEFF, then for each byte a variation selector: 0..15 U+FE00.., 16..255 U+E0100..
 *           bytes: "C2PATXT\0" | version 1 | length u32be | store | padding
 *           The padding makes its UTF-8 3 + (13 + length) * 4 + 6 bytes, whatever the store's bytes are:
 *           of what is missing, a third of it as 0x00 (3 bytes each) and the rest as 0x10 (4 bytes).
 *     A.9   -----BEGIN C2PA MANIFEST----- data:application/c2pa;base64,... -----END C2PA MANIFEST-----
 *           in a comment that has its line or lines to itself; the lines belong to it, and at the end of a
 *           text the line break before them too
 *     A.7   <script type="application/c2pa">base64</script>
 */
#include "c2pa.h"

#include <stdlib.h>
#include <string.h>
#include <uninorm.h>

#include "carried.h"

enum { MARGIN = 6 };

const char *c2pa_form_name(enum c2pa_form form)
{
    static const char *const name[C2PA_FORMS] = {"selectors", "comment", "script"};
    must((unsigned)form < C2PA_FORMS);
    return name[form];
}

/* ---- writing ------------------------------------------------------------------------------- */

static void put_selector(struct buf *buf, uint8_t byte)
{
    if (byte < 16) { /* U+FE00 + byte */
        buf_u8(buf, 0xef);
        buf_u8(buf, 0xb8);
        buf_u8(buf, (uint8_t)(0x80 + byte));
        return;
    }
    const unsigned point = 0xe0100U + byte - 16U;
    buf_u8(buf, 0xf3);
    buf_u8(buf, (uint8_t)(0x80 + (point >> 12 & 63)));
    buf_u8(buf, (uint8_t)(0x80 + (point >> 6 & 63)));
    buf_u8(buf, (uint8_t)(0x80 + (point & 63)));
}

static size_t selectors_len(size_t store_len)
{
    return C2PA_MARKER_LEN + (C2PA_HEADER_LEN + store_len) * 4 + MARGIN;
}

static void put_selectors(struct buf *buf, struct bytes store)
{
    const size_t from = buf->len;
    struct buf header = buf_begin(buf->arena);
    buf_bytes(&header, C2PA_MAGIC, C2PA_MAGIC_LEN + 1);
    buf_u16be(&header, (uint16_t)(store.len >> 16));
    buf_u16be(&header, (uint16_t)(store.len & 0xffff));
    buf_bytes(&header, store.ptr, store.len);
    buf_bytes(buf, C2PA_MARKER, C2PA_MARKER_LEN);
    for (size_t i = 0; i < header.len; i++) {
        put_selector(buf, header.ptr[i]);
    }
    const size_t gap = selectors_len(store.len) - (buf->len - from);
    for (size_t i = 0; i < (gap - 4 * (gap % 3)) / 3; i++) {
        put_selector(buf, 0x00);
    }
    for (size_t i = 0; i < gap % 3; i++) {
        put_selector(buf, 0x10);
    }
    must(buf->len - from == selectors_len(store.len));
}

static size_t base64_len(size_t len)
{
    return (len + 2) / 3 * 4;
}

static bool ends_line(struct str text)
{
    return text.len > 0 && text.ptr[text.len - 1] == '\n';
}

/* The comment's own letters, without line breaks. */
static size_t comment_len(const struct c2pa_place *place, size_t store_len)
{
    return strlen(place->open) + 1 + strlen(C2PA_BEGIN " " C2PA_DATA) + base64_len(store_len) +
           strlen(" " C2PA_END) + (place->close[0] == '\0' ? 0 : 1 + strlen(place->close));
}

struct c2pa_range c2pa_range_of(const struct c2pa_place *place, struct str text, size_t store_len)
{
    switch (place->form) {
    case C2PA_SELECTORS:
        return (struct c2pa_range){place->at, selectors_len(store_len)};
    case C2PA_SCRIPT:
        return (struct c2pa_range){place->at, strlen(C2PA_SCRIPT_OPEN C2PA_SCRIPT_CLOSE) +
                                                  base64_len(store_len)};
    case C2PA_COMMENT:
    case C2PA_FORMS:
        break;
    }
    const size_t len = comment_len(place, store_len);
    if (!place->is_end) {
        return (struct c2pa_range){place->at, len + 1};
    }
    const bool is_crlf = text.len > 1 && ends_line(text) && text.ptr[text.len - 2] == '\r';
    const size_t before = ends_line(text) ? (is_crlf ? 2U : 1U) : 0;
    return (struct c2pa_range){text.len - before, len + (before > 0 ? before : 1)};
}

struct str c2pa_embed(struct arena *arena, const struct c2pa_place *place, struct str text,
                      struct bytes store)
{
    struct buf buf = buf_begin(arena);
    buf_str(&buf, str_slice(text, 0, place->at));
    if (place->form == C2PA_SELECTORS) {
        put_selectors(&buf, store);
    } else if (place->form == C2PA_SCRIPT) {
        buf_str(&buf, STR(C2PA_SCRIPT_OPEN));
        buf_str(&buf, base64_of(arena, store));
        buf_str(&buf, STR(C2PA_SCRIPT_CLOSE));
    } else {
        buf_str(&buf, place->is_end && !ends_line(text) ? STR("\n") : STR(""));
        buf_str(&buf, str_of(place->open));
        buf_str(&buf, STR(" " C2PA_BEGIN " " C2PA_DATA));
        buf_str(&buf, base64_of(arena, store));
        buf_str(&buf, STR(" " C2PA_END));
        buf_str(&buf, place->close[0] == '\0' ? STR("") : STR(" "));
        buf_str(&buf, str_of(place->close));
        buf_str(&buf, place->is_end ? STR("") : STR("\n"));
    }
    buf_str(&buf, str_slice(text, place->at, text.len));
    return buf_text(&buf);
}

/* ---- what is hashed ------------------------------------------------------------------------ */

static void free_text(void *text)
{
    free(text);
}

struct str c2pa_composed(struct arena *arena, struct str text)
{
    size_t len = 0;
    const union {
        const char *text;
        const uint8_t *byte;
    } in = {.text = text.ptr};
    if (!str_is_utf8(text)) {
        return (struct str){NULL, 0};
    }
    uint8_t *made = u8_normalize(UNINORM_NFC, in.byte, text.len, NULL, &len);
    if (made == NULL) {
        return (struct str){NULL, 0};
    }
    arena_defer(arena, free_text, made);
    const struct str composed = {(const char *)made, len};
    return str_equal(composed, text) ? text : composed;
}

struct bytes c2pa_hashed(struct arena *arena, struct str text, enum c2pa_form form,
                         struct c2pa_range range)
{
    struct buf buf = buf_begin(arena);
    buf_str(&buf, str_slice(text, 0, range.start));
    buf_str(&buf, str_slice(text, range.start + range.len, text.len));
    buf_u8(&buf, 0); /* never an empty view with a NULL pointer */
    buf.len--;
    if (form != C2PA_SELECTORS || buf.len == 0) {
        return buf_all(&buf);
    }
    return bytes_of(c2pa_composed(arena, buf_text(&buf)));
}
