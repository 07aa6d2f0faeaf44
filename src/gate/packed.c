/*
 * packed.c - what stands in base64, hexadecimal or percent signs is unpacked and looked at too.
 *
 * Only what becomes text is worth a look: nearly all of it must be letters, signs and blanks. It is
 * unpacked twice at most, so that a token in base64 in an address is found and nothing grows without end.
 */
#include "inside.h"

#include <string.h>

enum { PACKED_MIN = 24, PACKED_MAX = 4096, PROBE = 64, FIRST = 12, DEPTH_MAX = 2 };

/* Both alphabets of RFC 4648; -1: in neither. */
static int value_of(char letter)
{
    static const int8_t value['z' - '+' + 1] = {
        62, -1, 62, -1, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1,
        -1, -1, 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17,
        18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, 63, -1, 26, 27, 28, 29, 30, 31,
        32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51};
    const unsigned at = (unsigned char)letter - (unsigned)'+';
    return at < sizeof value ? value[at] : -1;
}

static size_t from_base64(struct str text, char *target)
{
    size_t len = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < text.len; i++) {
        const int value = value_of(text.ptr[i]);
        if (value < 0) {
            break;
        }
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            target[len++] = (char)(bits >> held & 0xff);
        }
    }
    return len;
}

static unsigned half(char letter)
{
    return is_digit(letter) ? (unsigned)(letter - '0') : (unsigned)(lower_of(letter) - 'a') + 10;
}

static size_t from_hex(struct str text, char *target)
{
    size_t len = 0;
    for (size_t i = 0; i + 1 < text.len && is_hex(text.ptr[i]) && is_hex(text.ptr[i + 1]); i += 2) {
        target[len++] = (char)(half(text.ptr[i]) * 16 + half(text.ptr[i + 1]));
    }
    return len;
}

static size_t from_percent(struct str text, char *target, size_t *signs)
{
    size_t len = 0;
    *signs = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%' && i + 2 < text.len && is_hex(text.ptr[i + 1]) &&
            is_hex(text.ptr[i + 2])) {
            target[len++] = (char)(half(text.ptr[i + 1]) * 16 + half(text.ptr[i + 2]));
            i += 2;
            ++*signs;
        } else {
            target[len++] = text.ptr[i];
        }
    }
    return len;
}

static bool is_odd(char letter)
{
    return !((letter >= ' ' && letter < 0x7f) || letter == '\n' || letter == '\r' ||
             letter == '\t');
}

/* One byte in twenty may be odd. */
static bool is_text(const char *bytes, size_t len)
{
    size_t odd = 0;
    for (size_t i = 0; i < len; i++) {
        odd += is_odd(bytes[i]);
    }
    return len >= 10 && odd * 20 <= len;
}

/* By its first bytes: more are odd than all that are looked at may have. */
static bool may_be_text(const char *bytes, size_t len)
{
    size_t odd = 0;
    for (size_t i = 0; i < len; i++) {
        odd += is_odd(bytes[i]);
    }
    return odd * 20 <= PROBE;
}

static void look_inside(struct scan *outer, struct str text, size_t start, size_t end)
{
    struct scan scan = *outer;
    scan.text = text;
    scan.number_done = 0;
    scan.token_done = 0;
    scan.depth = outer->depth + 1;
    if (outer->depth == 0) {
        scan.packed_start = start;
        scan.packed_end = end;
    }
    scan_text(&scan);
    scan_prose(&scan);
}

static bool is_all_hex(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_hex(text.ptr[i])) {
            return false;
        }
    }
    return true;
}

/* One piece that fits the room. */
static void unpack(struct scan *scan, size_t start, size_t end)
{
    char room[PACKED_MAX];
    const struct str packed = str_slice(scan->text, start, end);
    must(packed.len <= sizeof room);
    size_t signs = 0;
    size_t len = 0;
    if (str_find(packed, '%') < packed.len) {
        len = from_percent(packed, room, &signs);
        len = signs >= 3 ? len : 0;
    } else if (is_all_hex(packed)) {
        len = from_hex(str_slice(packed, 0, PROBE), room);
        len = is_text(room, len) ? from_hex(packed, room) : 0;
    } else {
        /* Most of it is random, and so are its first bytes. */
        len = from_base64(str_slice(packed, 0, FIRST), room);
        len = may_be_text(room, len) ? from_base64(str_slice(packed, 0, PROBE), room) : 0;
        len = is_text(room, len) ? from_base64(packed, room) : 0;
    }
    if (is_text(room, len)) {
        look_inside(scan, (struct str){room, len}, start, end);
    }
}

void packed_at(struct scan *scan, size_t start, size_t end)
{
    const struct str text = scan->text;
    while (end < text.len && (value_of(text.ptr[end]) >= 0 || text.ptr[end] == '%') &&
           end - start < PACKED_MAX) {
        end++;
    }
    if (scan->depth >= DEPTH_MAX || end - start < PACKED_MIN) {
        return;
    }
    for (size_t at = start; end - at >= PACKED_MIN; at += PACKED_MAX) { /* whole groups of signs */
        const size_t stop = end - at > PACKED_MAX ? at + PACKED_MAX : end;
        unpack(scan, at, stop);
        if (stop == end) {
            break;
        }
    }
    scan->token_done = end > scan->token_done ? end : scan->token_done;
}
