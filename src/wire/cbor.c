/*
 * cbor.c - CBOR, written deterministically and read within limits.
 *
 *     head: 3 bits major type | 5 bits: 0..23 the number itself, 24..27 the number in 1, 2, 4, 8 bytes
 *
 * A map with a key twice is refused: what could be read in two ways is not read.
 */
#include "cbor.h"

#include <string.h>

enum {
    MAJOR_UINT,
    MAJOR_NINT,
    MAJOR_BYTES,
    MAJOR_TEXT,
    MAJOR_LIST,
    MAJOR_MAP,
    MAJOR_TAG,
    MAJOR_SIMPLE
};
enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_NULL = 22, IN_1 = 24, IN_2, IN_4, IN_8 };

/* ---- writing ------------------------------------------------------------------------------- */

static void put_head(struct buf *buf, unsigned major, uint64_t number)
{
    const unsigned top = major << 5;
    if (number < IN_1) {
        buf_u8(buf, (uint8_t)(top | (unsigned)number));
    } else if (number <= UINT8_MAX) {
        buf_u8(buf, (uint8_t)(top | IN_1));
        buf_u8(buf, (uint8_t)number);
    } else if (number <= UINT16_MAX) {
        buf_u8(buf, (uint8_t)(top | IN_2));
        buf_u16be(buf, (uint16_t)number);
    } else if (number <= UINT32_MAX) {
        buf_u8(buf, (uint8_t)(top | IN_4));
        buf_u16be(buf, (uint16_t)(number >> 16));
        buf_u16be(buf, (uint16_t)(number & 0xffff));
    } else {
        buf_u8(buf, (uint8_t)(top | IN_8));
        buf_u64be(buf, number);
    }
}

void cbor_put_int(struct buf *buf, int64_t value)
{
    if (value >= 0) {
        put_head(buf, MAJOR_UINT, (uint64_t)value);
    } else {
        put_head(buf, MAJOR_NINT,
                 ~(uint64_t)value); /* -1 - value, which cannot overflow this way */
    }
}

void cbor_put_bytes(struct buf *buf, struct bytes bytes)
{
    put_head(buf, MAJOR_BYTES, bytes.len);
    buf_bytes(buf, bytes.ptr, bytes.len);
}

void cbor_put_text(struct buf *buf, struct str text)
{
    put_head(buf, MAJOR_TEXT, text.len);
    buf_str(buf, text);
}

void cbor_put_list(struct buf *buf, size_t count)
{
    put_head(buf, MAJOR_LIST, count);
}

void cbor_put_map(struct buf *buf, size_t count)
{
    put_head(buf, MAJOR_MAP, count);
}

void cbor_put_tag(struct buf *buf, uint64_t tag)
{
    put_head(buf, MAJOR_TAG, tag);
}

void cbor_put_null(struct buf *buf)
{
    put_head(buf, MAJOR_SIMPLE, SIMPLE_NULL);
}

/* ---- reading ------------------------------------------------------------------------------- */

struct cbor_reader {
    struct arena *arena;
    struct reader in;
    size_t left; /* values that may still come */
};

static bool read_value(struct cbor_reader *reader, unsigned depth, struct cbor *value);

static bool read_head(struct cbor_reader *reader, unsigned *major, unsigned *how, uint64_t *number)
{
    const uint8_t first = read_u8(&reader->in);
    *major = first >> 5;
    *how = first & 31;
    switch (*how) {
    case IN_1:
        *number = read_u8(&reader->in);
        break;
    case IN_2:
        *number = read_u16be(&reader->in);
        break;
    case IN_4:
        *number = (uint64_t)read_u16be(&reader->in) << 16;
        *number |= read_u16be(&reader->in);
        break;
    case IN_8:
        *number = read_u64be(&reader->in);
        break;
    default:
        *number = *how;
        break;
    }
    return !reader->in.bad && *how <= IN_8;
}

static bool same_key(const struct cbor *left, const struct cbor *right)
{
    if (left->kind != right->kind) {
        return false;
    }
    if (left->kind == CBOR_INT) {
        return left->integer == right->integer;
    }
    return left->kind == CBOR_TEXT ? str_equal(left->text, right->text)
                                   : true; /* other keys: at most one of them */
}

static bool has_key_twice(const struct cbor *map)
{
    for (size_t i = 0; i < map->count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (same_key(&map->item[2 * i], &map->item[2 * k])) {
                return true;
            }
        }
    }
    return false;
}

static bool read_items(struct cbor_reader *reader, unsigned depth, size_t count, struct cbor *value)
{
    if (depth == CBOR_DEPTH_MAX || count > reader->left ||
        count > reader->in.len - reader->in.at) { /* each has a byte at least */
        return false;
    }
    struct cbor *item = NEW_ARRAY(reader->arena, count + 1, struct cbor);
    for (size_t i = 0; i < count; i++) {
        if (!read_value(reader, depth + 1, &item[i])) {
            return false;
        }
    }
    value->item = item;
    return true;
}

static bool read_simple(unsigned how, uint64_t number, struct cbor *value)
{
    value->kind = how == IN_2 || how == IN_4 || how == IN_8 ? CBOR_OTHER
                  : number == SIMPLE_NULL                   ? CBOR_NULL
                                                            : CBOR_BOOL;
    value->integer = number == SIMPLE_TRUE;
    return value->kind != CBOR_BOOL || number == SIMPLE_FALSE || number == SIMPLE_TRUE;
}

static bool read_string(struct cbor_reader *reader, unsigned major, uint64_t len,
                        struct cbor *value)
{
    if (len > reader->in.len - reader->in.at) {
        return false;
    }
    const struct bytes bytes = read_bytes(&reader->in, (size_t)len);
    value->kind = major == MAJOR_TEXT ? CBOR_TEXT : CBOR_BYTES;
    value->bytes = bytes;
    value->text = (struct str){(const char *)bytes.ptr, bytes.len};
    return major == MAJOR_BYTES || str_is_utf8(value->text);
}

static bool read_many(struct cbor_reader *reader, unsigned depth, unsigned major, uint64_t number,
                      struct cbor *value)
{
    if (major == MAJOR_TAG) {
        value->kind = CBOR_TAG;
        value->integer = number <= INT64_MAX ? (int64_t)number : -1;
        value->count = 1;
        return read_items(reader, depth, 1, value);
    }
    if (number > CBOR_COUNT_MAX) {
        return false;
    }
    value->kind = major == MAJOR_LIST ? CBOR_LIST : CBOR_MAP;
    value->count = (size_t)number;
    return read_items(reader, depth, value->count * (major == MAJOR_MAP ? 2 : 1), value) &&
           (major == MAJOR_LIST || !has_key_twice(value));
}

static bool read_value(struct cbor_reader *reader, unsigned depth, struct cbor *value)
{
    unsigned major = 0;
    unsigned how = 0;
    uint64_t number = 0;
    *value = (struct cbor){.kind = CBOR_OTHER};
    if (reader->left == 0 || !read_head(reader, &major, &how, &number)) {
        return false;
    }
    reader->left--;
    switch (major) {
    case MAJOR_UINT:
    case MAJOR_NINT:
        if (number <= INT64_MAX) {
            value->kind = CBOR_INT;
            value->integer = major == MAJOR_UINT ? (int64_t)number : -1 - (int64_t)number;
        }
        return true;
    case MAJOR_BYTES:
    case MAJOR_TEXT:
        return read_string(reader, major, number, value);
    case MAJOR_SIMPLE:
        return read_simple(how, number, value);
    default:
        return read_many(reader, depth, major, number, value);
    }
}

bool cbor_read(struct arena *arena, struct bytes bytes, struct cbor *value)
{
    struct cbor_reader reader = {arena, reader_of(bytes), CBOR_COUNT_MAX};
    return read_value(&reader, 0, value) && reader_is_done(&reader.in);
}

/* ---- looking up ---------------------------------------------------------------------------- */

const struct cbor *cbor_get(const struct cbor *map, const char *key)
{
    for (size_t i = 0; map != NULL && map->kind == CBOR_MAP && i < map->count; i++) {
        if (map->item[2 * i].kind == CBOR_TEXT && str_is(map->item[2 * i].text, key)) {
            return &map->item[2 * i + 1];
        }
    }
    return NULL;
}

const struct cbor *cbor_get_int(const struct cbor *map, int64_t key)
{
    for (size_t i = 0; map != NULL && map->kind == CBOR_MAP && i < map->count; i++) {
        if (map->item[2 * i].kind == CBOR_INT && map->item[2 * i].integer == key) {
            return &map->item[2 * i + 1];
        }
    }
    return NULL;
}

struct str cbor_text_at(const struct cbor *map, const char *key)
{
    const struct cbor *value = cbor_get(map, key);
    return value != NULL && value->kind == CBOR_TEXT ? value->text : (struct str){NULL, 0};
}

struct bytes cbor_bytes_at(const struct cbor *map, const char *key)
{
    const struct cbor *value = cbor_get(map, key);
    return value != NULL && value->kind == CBOR_BYTES ? value->bytes : (struct bytes){NULL, 0};
}
