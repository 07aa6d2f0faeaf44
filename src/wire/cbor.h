/*
 * cbor.h - another door of the wire room: CBOR (RFC 8949), as much of it as C2PA and COSE use.
 *
 * What is written is deterministic (section 4.2.1): shortest heads, definite lengths; keys of a map are
 * written in their order by whoever writes them: shorter ones first, then by bytes. What is read may have
 * longer heads, but no indefinite lengths, no key twice, no floating point that matters to us.
 */
#ifndef CANDOR_WIRE_CBOR_H
#define CANDOR_WIRE_CBOR_H

#include "base.h"

#define CBOR_DEPTH_MAX 16
#define CBOR_COUNT_MAX 4096 /* values in one document */

/* ---- writing ------------------------------------------------------------------------------- */

void cbor_put_int(struct buf *buf, int64_t value);
void cbor_put_bytes(struct buf *buf, struct bytes bytes);
void cbor_put_text(struct buf *buf, struct str text);
void cbor_put_list(struct buf *buf, size_t count); /* count values follow */
void cbor_put_map(struct buf *buf, size_t count);  /* count times a key and a value follow */
void cbor_put_tag(struct buf *buf, uint64_t tag);  /* its value follows */
void cbor_put_null(struct buf *buf);

/* ---- reading ------------------------------------------------------------------------------- */

enum cbor_kind {
    CBOR_INT,
    CBOR_BYTES,
    CBOR_TEXT,
    CBOR_LIST,
    CBOR_MAP,
    CBOR_TAG,
    CBOR_NULL,
    CBOR_BOOL,
    CBOR_OTHER, /* a floating point number, or an integer beyond int64_t */
};

/* Views of the bytes that were read; the tree is in the arena. */
struct cbor {
    enum cbor_kind kind;
    int64_t integer; /* of a tag: its number; of a boolean: 0 or 1 */
    struct bytes bytes;
    struct str text;
    size_t count;            /* items of a list, pairs of a map, 1 of a tag */
    const struct cbor *item; /* of a map: key, value, key, value */
};

/* False: not exactly one value, or not within the limits. */
bool cbor_read(struct arena *arena, struct bytes bytes, struct cbor *value);

/* What stands under a key; NULL: nothing, or it is no map (or NULL). */
const struct cbor *cbor_get(const struct cbor *map, const char *key);
const struct cbor *cbor_get_int(const struct cbor *map, int64_t key);
/* The text or bytes there; empty with a NULL pointer: there are none. */
struct str cbor_text_at(const struct cbor *map, const char *key);
struct bytes cbor_bytes_at(const struct cbor *map, const char *key);

#endif
