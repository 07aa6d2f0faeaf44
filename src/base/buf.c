/*
 * buf.c - a growing buffer, and the reader of what it wrote. Numbers are laid out byte by byte, so
 * a file means the same on every machine.
 *
 * The buffer doubles, and grows in place when nothing else was made in its arena meanwhile.
 */
#include <string.h>

#include "inside.h"

enum { ROOM_FIRST = 256 };

struct buf buf_begin(struct arena *arena)
{
    return (struct buf){.arena = arena};
}

static uint8_t *more(struct buf *buf, size_t len)
{
    const size_t need = size_add(buf->len, len);
    if (need > buf->room) {
        size_t room = buf->room > 0 ? buf->room : ROOM_FIRST;
        while (room < need) {
            room = size_mul(room, 2);
        }
        buf->ptr = arena_grow(buf->arena, buf->ptr, buf->room, room);
        if (buf->ptr == NULL) {
            base_out_of_memory();
        }
        buf->room = room;
    }
    uint8_t *target = buf->ptr + buf->len;
    buf->len = need;
    return target;
}

void buf_bytes(struct buf *buf, const void *ptr, size_t len)
{
    if (len > 0) {
        memcpy(more(buf, len), ptr, len);
    }
}

void buf_str(struct buf *buf, struct str text)
{
    buf_bytes(buf, text.ptr, text.len);
}

void buf_lit(struct buf *buf, struct lit text)
{
    buf_bytes(buf, text.ptr, text.len);
}

void buf_format(struct buf *buf, const char *format, ...)
{
    char near[ROOM_FIRST];
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    const int made = print_plain(near, sizeof near, format, args);
    va_end(args);
    must(made >= 0);

    const size_t len = (size_t)made;
    if (len < sizeof near) {
        buf_bytes(buf, near, len);
    } else {
        char *target = (char *)more(buf, len + 1);
        must(print_plain(target, len + 1, format, again) == made);
        buf->len--; /* libc's zero */
    }
    va_end(again);
}

/* ---- numbers, laid out byte by byte -------------------------------------------------------- */

static void put_le(struct buf *buf, uint64_t value, size_t len)
{
    uint8_t *target = more(buf, len);
    for (size_t i = 0; i < len; i++) {
        target[i] = (uint8_t)(value >> (8 * i));
    }
}

static void put_be(struct buf *buf, uint64_t value, size_t len)
{
    uint8_t *target = more(buf, len);
    for (size_t i = 0; i < len; i++) {
        target[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
    }
}

void buf_u8(struct buf *buf, uint8_t value)
{
    put_le(buf, value, 1);
}

void buf_u16le(struct buf *buf, uint16_t value)
{
    put_le(buf, value, 2);
}

void buf_u32le(struct buf *buf, uint32_t value)
{
    put_le(buf, value, 4);
}

void buf_u64le(struct buf *buf, uint64_t value)
{
    put_le(buf, value, 8);
}

void buf_f64le(struct buf *buf, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_le(buf, bits, 8);
}

void buf_u16be(struct buf *buf, uint16_t value)
{
    put_be(buf, value, 2);
}

void buf_u64be(struct buf *buf, uint64_t value)
{
    put_be(buf, value, 8);
}

void buf_block(struct buf *buf, struct bytes bytes)
{
    must(bytes.len <= UINT32_MAX);
    buf_u32le(buf, (uint32_t)bytes.len);
    buf_bytes(buf, bytes.ptr, bytes.len);
}

struct str buf_text(const struct buf *buf)
{
    return (struct str){(const char *)buf->ptr, buf->len};
}

struct bytes buf_all(const struct buf *buf)
{
    return (struct bytes){buf->ptr, buf->len};
}

/* ---- reading ------------------------------------------------------------------------------- */

struct reader reader_of(struct bytes bytes)
{
    return (struct reader){.ptr = bytes.ptr, .len = bytes.len};
}

struct bytes read_bytes(struct reader *reader, size_t len)
{
    must(reader->at <= reader->len);
    if (reader->bad || len > reader->len - reader->at) {
        reader->bad = true;
        return (struct bytes){0};
    }
    const struct bytes view = {len > 0 ? reader->ptr + reader->at : NULL, len};
    reader->at += len;
    return view;
}

static uint64_t take_le(struct reader *reader, size_t len)
{
    const struct bytes view = read_bytes(reader, len);
    uint64_t value = 0;
    for (size_t i = view.len; i > 0; i--) {
        value = value << 8 | view.ptr[i - 1];
    }
    return value;
}

static uint64_t take_be(struct reader *reader, size_t len)
{
    const struct bytes view = read_bytes(reader, len);
    uint64_t value = 0;
    for (size_t i = 0; i < view.len; i++) {
        value = value << 8 | view.ptr[i];
    }
    return value;
}

uint8_t read_u8(struct reader *reader)
{
    return (uint8_t)take_le(reader, 1);
}

uint16_t read_u16le(struct reader *reader)
{
    return (uint16_t)take_le(reader, 2);
}

uint32_t read_u32le(struct reader *reader)
{
    return (uint32_t)take_le(reader, 4);
}

uint64_t read_u64le(struct reader *reader)
{
    return take_le(reader, 8);
}

double read_f64le(struct reader *reader)
{
    const uint64_t bits = take_le(reader, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

uint16_t read_u16be(struct reader *reader)
{
    return (uint16_t)take_be(reader, 2);
}

uint64_t read_u64be(struct reader *reader)
{
    return take_be(reader, 8);
}

struct bytes read_block(struct reader *reader)
{
    return read_bytes(reader, read_u32le(reader));
}

struct str read_text(struct reader *reader)
{
    const struct bytes block = read_block(reader);
    const struct str text = {(const char *)block.ptr, block.len};
    if (!str_is_utf8(text)) {
        reader->bad = true;
        return (struct str){0};
    }
    return text;
}

bool reader_is_done(const struct reader *reader)
{
    return !reader->bad && reader->at == reader->len;
}
