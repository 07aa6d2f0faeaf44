/*
 * bits.c - web-safe base64 as a row of bits, and Fibonacci codes.
 *
 * Four characters become three bytes; a character that is none of the 64 has a value above 24 bits,
 * so that one test at the end finds it wherever it stood.
 *
 * A Fibonacci code writes a number as a sum of Fibonacci numbers 1, 2, 3, 5, 8 ..., no two of them
 * neighbours, the smallest first, and ends with one more 1: the first "11" is its end.
 */
#include "inside.h"

#define BAD UINT32_C(0x80000000)

/* A character and the nine after it. */
#define TEN(start, base) \
    [(start)] = (base), [(start) + 1] = (base) + 1, [(start) + 2] = (base) + 2, \
    [(start) + 3] = (base) + 3, [(start) + 4] = (base) + 4, [(start) + 5] = (base) + 5, \
    [(start) + 6] = (base) + 6, [(start) + 7] = (base) + 7, [(start) + 8] = (base) + 8, \
    [(start) + 9] = (base) + 9

/* The value of a character plus one; 0: it is none. */
static const uint8_t value_of[256] = {
    TEN('A', 1), TEN('K', 11), ['U'] = 21,   ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25,
    ['Z'] = 26,  TEN('a', 27), TEN('k', 37), ['u'] = 47, ['v'] = 48, ['w'] = 49, ['x'] = 50,
    ['y'] = 51,  ['z'] = 52,   TEN('0', 53), ['-'] = 63, ['_'] = 64,
};

static const char letter_of[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* 0 - 1 wraps to a number with its top bit set, which no shift below brings down into a byte. */
static uint32_t six(char character)
{
    return (uint32_t)value_of[(uint8_t)character] - 1;
}

/* The specifications ask for none, and some write it all the same. */
static struct str without_padding(struct str text)
{
    if (text.len % 4 == 0 && str_ends(text, STR("="))) {
        text.len -= str_ends(text, STR("==")) ? 2 : 1;
    }
    return text;
}

enum signal_fault bits_decode_into(uint8_t *target, struct str padded, struct bits *bits)
{
    const struct str text = without_padding(padded);
    uint32_t seen = 0;
    uint8_t *to = target;
    size_t i = 0;
    for (; i + 4 <= text.len; i += 4) {
        const uint32_t a = six(text.ptr[i]);
        const uint32_t b = six(text.ptr[i + 1]);
        const uint32_t c = six(text.ptr[i + 2]);
        const uint32_t d = six(text.ptr[i + 3]);
        const uint32_t word = a << 18 | b << 12 | c << 6 | d;
        seen |= a | b | c | d;
        to[0] = (uint8_t)(word >> 16);
        to[1] = (uint8_t)(word >> 8);
        to[2] = (uint8_t)word;
        to += 3;
    }
    uint32_t word = 0;
    for (unsigned shift = 18; i < text.len; i++, shift -= 6) {
        const uint32_t a = six(text.ptr[i]);
        seen |= a;
        word |= (a & 63) << shift;
    }
    to[0] = (uint8_t)(word >> 16);
    to[1] = (uint8_t)(word >> 8);
    to[2] = (uint8_t)word;
    __builtin_memset(to + 3, 0, BITS_SLACK);
    *bits = (struct bits){.ptr = target, .len = text.len * 6};
    return (seen & BAD) == 0 ? SIGNAL_FINE : SIGNAL_ILLEGAL_CHARACTER;
}

enum signal_fault bits_decode(struct arena *arena, struct str text, struct bits *bits)
{
    if (text.len > SIGNAL_LEN_MAX) {
        return SIGNAL_TOO_LONG;
    }
    uint8_t *target = (uint8_t *)arena_new(arena, BITS_ROOM(text.len));
    return bits_decode_into(target, text, bits);
}

bool bits_are_zero(const struct bits *bits)
{
    size_t at = bits->at;
    for (; bits->len - at > 56; at += 56) {
        if (bits_peek(bits->ptr, at, 56) != 0) {
            return false;
        }
    }
    return at == bits->len || bits_peek(bits->ptr, at, (unsigned)(bits->len - at)) == 0;
}

bool bits_end(const struct bits *bits)
{
    return !bits->bad && bits->len - bits->at <= PADDING_MAX && bits_are_zero(bits);
}

void bits_skip(struct bits *bits, size_t count)
{
    if (count > bits->len - bits->at) {
        bits->bad = true;
        bits->at = bits->len;
        return;
    }
    bits->at += count;
}

/* F(2) .. F(24): 46,368 is the largest that a 16-bit id can have in it. */
enum { FIBONACCI_COUNT = 23, FIBONACCI_VALUE_MAX = 75024 };

static const uint32_t fibonacci[FIBONACCI_COUNT] = {
    1,   2,   3,   5,    8,    13,   21,   34,    55,    89,    144,   233,
    377, 610, 987, 1597, 2584, 4181, 6765, 10946, 17711, 28657, 46368,
};

uint32_t bits_fibonacci(struct bits *bits)
{
    uint32_t sum = 0;
    bool was_one = false;
    for (unsigned i = 0; i <= FIBONACCI_COUNT && bits->at < bits->len; i++) {
        const bool is_one = bits_peek(bits->ptr, bits->at++, 1) == 1;
        if (is_one && was_one) {
            return sum;
        }
        sum += is_one && i < FIBONACCI_COUNT ? fibonacci[i] : 0;
        was_one = is_one;
    }
    bits->bad = true;
    return 0;
}

/* ---- writing ------------------------------------------------------------------------------- */

struct bit_writer bit_writer_begin(struct arena *arena)
{
    return (struct bit_writer){.bytes = buf_begin(arena)};
}

void put_bits(struct bit_writer *writer, uint64_t value, unsigned count)
{
    must(count <= 56 && (count == 56 || value >> count == 0));
    for (unsigned i = count; i > 0; i--) {
        writer->pending = writer->pending << 1 | (uint32_t)(value >> (i - 1) & 1);
        if (++writer->pending_count == 8) {
            buf_u8(&writer->bytes, (uint8_t)writer->pending);
            writer->pending = 0;
            writer->pending_count = 0;
        }
    }
}

void put_fibonacci(struct bit_writer *writer, uint32_t value)
{
    bool has[FIBONACCI_COUNT] = {false};
    unsigned top = 0;
    must(value > 0 && value <= FIBONACCI_VALUE_MAX);
    for (unsigned i = FIBONACCI_COUNT; i > 0; i--) {
        if (fibonacci[i - 1] <= value) {
            value -= fibonacci[i - 1];
            has[i - 1] = true;
            top = top > i ? top : i;
        }
    }
    for (unsigned i = 0; i < top; i++) {
        put_bits(writer, has[i] ? 1 : 0, 1);
    }
    put_bits(writer, 1, 1);
}

size_t bit_writer_count(const struct bit_writer *writer)
{
    return writer->bytes.len * 8 + writer->pending_count;
}

struct str bit_writer_text(struct bit_writer *writer)
{
    if (writer->pending_count > 0) {
        put_bits(writer, 0, 8 - writer->pending_count);
    }
    const size_t bit_count = writer->bytes.len * 8;
    struct buf text = buf_begin(writer->bytes.arena);
    buf_bytes(&writer->bytes, "\0\0\0\0\0\0\0\0", BITS_SLACK);
    for (size_t at = 0; at < bit_count; at += 6) {
        buf_u8(&text, (uint8_t)letter_of[bits_peek(writer->bytes.ptr, at, 6)]);
    }
    return buf_text(&text);
}
