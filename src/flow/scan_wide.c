/*
 * scan_wide.c - the bytes of a file as UTF-8: Windows writes UTF-16, and what nobody can read passes every gate.
 *
 * A file is UTF-16 if it begins with its mark, or if, soon after the beginning, every second byte is a zero and hardly
 * any other is. What stands behind the mark of UTF-16 and is mostly ASCII is read as that. Places are those of the
 * UTF-8. A surrogate that stands alone becomes U+FFFD, as decoders do.
 */
#include <errno.h>
#include <unistd.h>

#include "scanned.h"

enum { LOOK_LEAST = 16, GROWTH = 3 /* bytes of UTF-8 from two of UTF-16, at most */ };

struct scan_source scan_source_of(int fd, bool is_placed)
{
    return (struct scan_source){.fd = fd, .is_placed = is_placed};
}

static bool read_some(struct scan_source *source, void *to, size_t room, size_t *len)
{
    ssize_t got = -1;
    do {
        got = source->is_placed ? pread(source->fd, to, room, source->at)
                                : read(source->fd, to, room);
    } while (got < 0 && errno == EINTR);
    source->is_end = got == 0;
    source->at += got > 0 ? got : 0;
    *len = got > 0 ? (size_t)got : 0;
    return got >= 0;
}

/* Fill what is in hand up from the file. */
static bool read_more(struct scan_source *source)
{
    memmove(source->raw, source->raw + source->taken, source->len - source->taken);
    source->len -= source->taken;
    source->taken = 0;
    while (!source->is_end && source->len < sizeof source->raw) {
        size_t got = 0;
        if (!read_some(source, source->raw + source->len, sizeof source->raw - source->len, &got)) {
            return false;
        }
        source->len += got;
    }
    return true;
}

static bool is_plain(uint8_t byte)
{
    return (byte >= ' ' && byte < 0x7f) || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool has_mark(const uint8_t *raw, size_t len)
{
    return len >= 2 && ((raw[0] == 0xff && raw[1] == 0xfe) || (raw[0] == 0xfe && raw[1] == 0xff));
}

static bool looks_wide(const uint8_t *raw, size_t len, bool *is_big)
{
    const size_t from = has_mark(raw, len) ? 2 : 0;
    const size_t pairs = (len - from) / 2;
    size_t zero[2] = {0, 0};
    size_t plain = 0;
    for (size_t i = from; i < from + 2 * pairs; i++) {
        zero[i % 2] += raw[i] == 0;
        plain += is_plain(raw[i]);
    }
    const bool has_left = zero[0] * 10 > pairs * 9 && zero[1] * 20 <= pairs;
    const bool has_right = zero[1] * 10 > pairs * 9 && zero[0] * 20 <= pairs;
    *is_big = from == 2 ? raw[0] == 0xfe : has_left;
    return from == 2 ? plain * 3 <= 4 * pairs /* of letters, half of it is */
                     : pairs >= LOOK_LEAST && (has_left || has_right);
}

bool scan_is_wide(struct str text)
{
    bool is_big = false;
    uint8_t raw[1024];
    const size_t len = text.len < sizeof raw ? text.len : sizeof raw;
    memcpy(raw, text.ptr, len);
    return looks_wide(raw, len, &is_big);
}

static void look(struct scan_source *source)
{
    source->is_wide = looks_wide(source->raw, source->len, &source->is_big);
    source->taken = source->is_wide && has_mark(source->raw, source->len) ? 2 : 0;
    source->is_known = true;
}

static uint32_t unit_at(const struct scan_source *source, size_t at)
{
    const uint32_t first = source->raw[at];
    const uint32_t second = source->raw[at + 1];
    return source->is_big ? first << 8 | second : second << 8 | first;
}

/* The letter there, and how many bytes it has; 0: more must be read first. */
static size_t letter_of(const struct scan_source *source, uint32_t *letter)
{
    const size_t left = source->len - source->taken;
    *letter = 0xfffd;
    if (left < 2) {
        return left == 1 && source->is_end ? 1 : 0;
    }
    const uint32_t unit = unit_at(source, source->taken);
    if (unit < 0xd800 || unit > 0xdfff) {
        *letter = unit;
        return 2;
    }
    if (unit > 0xdbff || (left < 4 && source->is_end)) {
        return 2;
    }
    if (left < 4) {
        return 0;
    }
    const uint32_t low = unit_at(source, source->taken + 2);
    if (low < 0xdc00 || low > 0xdfff) {
        return 2;
    }
    *letter = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    return 4;
}

static size_t put_letter(char *to, uint32_t letter)
{
    if (letter < 0x80) {
        to[0] = (char)letter;
        return 1;
    }
    const size_t more = letter < 0x800 ? 1 : letter < 0x10000 ? 2 : 3;
    static const uint32_t first[] = {0, 0xc0, 0xe0, 0xf0};
    to[0] = (char)(first[more] | letter >> (6 * more));
    for (size_t i = 1; i <= more; i++) {
        to[i] = (char)(0x80 | (letter >> (6 * (more - i)) & 0x3f));
    }
    return more + 1;
}

static size_t take_wide(struct scan_source *source, char *to, size_t room)
{
    size_t len = 0;
    uint32_t letter = 0;
    for (size_t step = letter_of(source, &letter); step > 0 && room - len > GROWTH;
         step = letter_of(source, &letter)) {
        source->taken += step;
        len += put_letter(to + len, letter);
    }
    return len;
}

static size_t take_bytes(struct scan_source *source, char *to, size_t room)
{
    const size_t left = source->len - source->taken;
    const size_t len = left < room ? left : room;
    memcpy(to, source->raw + source->taken, len);
    source->taken += len;
    return len;
}

bool scan_source_read(struct scan_source *source, char *to, size_t room, size_t *len)
{
    *len = 0;
    must(room > GROWTH);
    if (source->is_known && !source->is_wide && source->taken == source->len && !source->is_end) {
        return read_some(source, to, room, len);
    }
    while (*len == 0) {
        if (source->len - source->taken < 4 && !source->is_end && !read_more(source)) {
            return false;
        }
        if (!source->is_known) {
            look(source);
        }
        *len = source->is_wide ? take_wide(source, to, room) : take_bytes(source, to, room);
        if (*len == 0 && source->is_end) {
            return true;
        }
    }
    return true;
}
