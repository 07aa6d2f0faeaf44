/*
 * encode.c - bytes as text: hex in lower case, base64 with padding. The readers take only what the
 * writers make, so that one thing has one text and two texts never mean the same bytes.
 */
#include <string.h>

#include "inside.h"

struct str hex_of(struct arena *arena, struct bytes bytes)
{
    static const char digit[] = "0123456789abcdef";
    char *text = arena_new(arena, size_add(size_mul(bytes.len, 2), 1));
    for (size_t i = 0; i < bytes.len; i++) {
        text[2 * i] = digit[bytes.ptr[i] >> 4];
        text[2 * i + 1] = digit[bytes.ptr[i] & 15];
    }
    return (struct str){text, bytes.len * 2};
}

/* 0 .. 15; -1: not a digit. */
static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

bool hex_read(struct str text, uint8_t *target, size_t len)
{
    if (text.len != size_mul(len, 2)) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        const int high = hex_digit(text.ptr[2 * i]);
        const int low = hex_digit(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        target[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

/* ---- base64: three bytes are four letters of six bits -------------------------------------- */

/* RFC 4648, section 4 with padding, and section 5 without. */
struct alphabet {
    const char *letter;
    bool is_padded;
};

static const struct alphabet common = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", true};
static const struct alphabet for_urls = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false};

static struct str write_letters(struct arena *arena, const struct alphabet *alphabet,
                                struct bytes bytes)
{
    const size_t len = size_mul(size_add(bytes.len, 2) / 3, 4);
    char *text = arena_new(arena, size_add(len, 1));
    size_t at = 0;
    for (size_t i = 0; i < bytes.len; i += 3) {
        const size_t left = bytes.len - i;
        const uint32_t second = left > 1 ? bytes.ptr[i + 1] : 0;
        const uint32_t third = left > 2 ? bytes.ptr[i + 2] : 0;
        const uint32_t bits = (uint32_t)bytes.ptr[i] << 16 | second << 8 | third;
        text[at++] = alphabet->letter[bits >> 18];
        text[at++] = alphabet->letter[bits >> 12 & 63];
        text[at++] = (char)(left > 1 ? alphabet->letter[bits >> 6 & 63] : '=');
        text[at++] = (char)(left > 2 ? alphabet->letter[bits & 63] : '=');
    }
    must(at == len);
    const size_t padding = bytes.len % 3 == 0 ? 0 : 3 - bytes.len % 3;
    return (struct str){text, alphabet->is_padded ? len : len - padding};
}

struct str base64_of(struct arena *arena, struct bytes bytes)
{
    return write_letters(arena, &common, bytes);
}

struct str base64url_of(struct arena *arena, struct bytes bytes)
{
    return write_letters(arena, &for_urls, bytes);
}

static bool read_bits(const struct alphabet *alphabet, const char *letter, size_t count,
                      uint32_t *bits)
{
    *bits = 0;
    for (size_t i = 0; i < count; i++) {
        const char *found = letter[i] == '\0' ? NULL : strchr(alphabet->letter, letter[i]);
        if (found == NULL) {
            return false;
        }
        *bits = *bits << 6 | (uint32_t)(found - alphabet->letter);
    }
    *bits <<= 6 * (4 - count);
    return true;
}

/* letters: without padding. */
static bool read_letters(struct arena *arena, const struct alphabet *alphabet, struct str letters,
                         struct bytes *bytes)
{
    if (letters.len % 4 == 1) {
        return false;
    }
    const size_t len = letters.len / 4 * 3 + letters.len % 4 * 3 / 4;
    uint8_t *target = arena_try(arena, len, 1);
    if (target == NULL) {
        return false;
    }
    size_t at = 0;
    for (size_t i = 0; i < letters.len; i += 4) {
        const size_t count = letters.len - i < 4 ? letters.len - i : 4;
        uint32_t bits;
        if (!read_bits(alphabet, letters.ptr + i, count, &bits) ||
            (bits & (UINT32_C(0xFFFFFF) >> (8 * (count - 1)))) != 0) { /* bits nobody wrote */
            return false;
        }
        for (size_t k = 0; k + 1 < count; k++) {
            target[at++] = (uint8_t)(bits >> (16 - 8 * k));
        }
    }
    must(at == len);
    *bytes = (struct bytes){target, len};
    return true;
}

bool base64_read(struct arena *arena, struct str text, struct bytes *bytes)
{
    size_t padding = 0;
    if (text.len % 4 != 0) {
        return false;
    }
    while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=') {
        padding++;
    }
    return read_letters(arena, &common, str_slice(text, 0, text.len - padding), bytes);
}

bool base64url_read(struct arena *arena, struct str text, struct bytes *bytes)
{
    return read_letters(arena, &for_urls, text, bytes);
}

/* ---- base32: letters that telephones and people can read aloud ----------------------------- */

struct str base32_of(struct arena *arena, struct bytes bytes)
{
    static const char letter[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    struct buf buf = buf_begin(arena);
    uint32_t bits = 0;
    unsigned bit_count = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        bits = (bits << 8 | bytes.ptr[i]) & 0xfff; /* no more than 4 are left of before */
        bit_count += 8;
        while (bit_count >= 5) {
            bit_count -= 5;
            buf_u8(&buf, (uint8_t)letter[bits >> bit_count & 31]);
        }
    }
    if (bit_count > 0) {
        buf_u8(&buf, (uint8_t)letter[bits << (5 - bit_count) & 31]);
    }
    return buf_text(&buf);
}
