/*
 * unsubscribe.c - one-click List-Unsubscribe, RFC 8058.
 *
 * What a token says, before it is sealed:
 *
 *     u8 version, 20 bytes subject, u64 made, block purpose, block channel
 */
#include "web.h"

#include <string.h>

#include "inside.h"

enum { TOKEN_VERSION = 1, BODY_LEN_MAX = 4096, BOUNDARY_LEN_MAX = 70 };

void unsubscribe_write(const struct unsubscribe *unsubscribe, struct buf *buf)
{
    buf_u8(buf, TOKEN_VERSION);
    buf_bytes(buf, unsubscribe->subject, sizeof unsubscribe->subject);
    buf_u64le(buf, (uint64_t)unsubscribe->made);
    buf_block(buf, bytes_of(unsubscribe->purpose));
    buf_block(buf, bytes_of(unsubscribe->channel));
}

bool unsubscribe_read(struct bytes bytes, struct unsubscribe *unsubscribe)
{
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const struct bytes subject = read_bytes(&reader, sizeof unsubscribe->subject);
    struct unsubscribe found = {.made = (int64_t)read_u64le(&reader)};
    found.purpose = read_text(&reader);
    found.channel = read_text(&reader);
    if (!reader_is_done(&reader) || version != TOKEN_VERSION) {
        return false;
    }
    bytes_copy(found.subject, subject.ptr, sizeof found.subject);
    *unsubscribe = found;
    return true;
}

struct str token_of(struct arena *arena, struct bytes bytes)
{
    struct bit_writer writer = bit_writer_begin(arena);
    for (size_t i = 0; i < bytes.len; i++) {
        put_bits(&writer, bytes.ptr[i], 8);
    }
    return bit_writer_text(&writer);
}

/* One text for the same bytes: a length that no bytes have and stray bits at the end are refused. */
bool token_read(struct arena *arena, struct str token, struct bytes *bytes)
{
    struct bits bits;
    if (token.len == 0 || token.len > UNSUBSCRIBE_TOKEN_MAX || token.len % 4 == 1 ||
        bits_decode(arena, token, &bits) != SIGNAL_FINE) {
        return false;
    }
    *bytes = (struct bytes){bits.ptr, token.len * 6 / 8};
    bits.at = bytes->len * 8;
    return bits_end(&bits);
}

struct str unsubscribe_header(struct arena *arena, struct str public_url, struct str token)
{
    const size_t len = public_url.len - (str_ends(public_url, STR("/")) ? 1 : 0);
    return str_format(arena, "<%.*s/unsubscribe/%.*s>", (int)len, public_url.ptr, STR_ARG(token));
}

/* ---- the body of the POST ------------------------------------------------------------------ */

static bool same_letters(struct str left, struct str right)
{
    return left.len == right.len && strncasecmp(left.ptr, right.ptr, left.len) == 0;
}

/* The next line, without its CRLF; false: there is none. */
static bool next_line(struct str *rest, struct str *line)
{
    if (rest->ptr == NULL) {
        return false;
    }
    *line = str_cut(rest, '\n');
    if (str_ends(*line, STR("\r"))) {
        line->len--;
    }
    return true;
}

/* A part's headers: one of them must be its name, and none may make it a file. */
static bool names_the_field(struct str *rest)
{
    struct str line;
    bool is_named = false;
    while (next_line(rest, &line) && line.len > 0) {
        struct str value = line;
        const struct str name = str_trim(str_cut(&value, ':'));
        if (same_letters(name, STR("content-disposition"))) {
            value = str_trim(value);
            is_named = same_letters(value, STR("form-data; name=\"List-Unsubscribe\"")) ||
                       same_letters(value, STR("form-data; name=List-Unsubscribe"));
        }
    }
    return is_named;
}

/* "multipart/form-data; boundary=..." */
static struct str boundary_of(struct arena *arena, struct str content_type)
{
    struct str rest = content_type;
    (void)str_cut(&rest, ';');
    while (rest.ptr != NULL) {
        struct str value = str_cut(&rest, ';');
        const struct str name = str_trim(str_cut(&value, '='));
        if (!same_letters(name, STR("boundary")) || value.ptr == NULL) {
            continue;
        }
        value = str_trim(value);
        if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"') {
            value = str_slice(value, 1, value.len - 1);
        }
        if (value.len > 0 && value.len <= BOUNDARY_LEN_MAX) {
            return str_format(arena, "--%.*s", STR_ARG(value));
        }
    }
    return (struct str){NULL, 0};
}

static bool is_one_part(struct str boundary, struct str body)
{
    struct str rest = body;
    struct str line;
    if (!next_line(&rest, &line) || !str_equal(line, boundary) || !names_the_field(&rest)) {
        return false;
    }
    if (!next_line(&rest, &line) || !str_is(line, "One-Click") || !next_line(&rest, &line)) {
        return false;
    }
    const bool is_last =
        line.len == boundary.len + 2 && str_starts(line, boundary) && str_ends(line, STR("--"));
    return is_last && (rest.ptr == NULL || str_trim(rest).len == 0);
}

bool unsubscribe_is_one_click(struct arena *arena, struct str content_type, struct bytes body)
{
    struct str kind = content_type;
    const struct str text = {(const char *)body.ptr, body.len};
    const struct str type = str_trim(str_cut(&kind, ';'));
    if (body.len == 0 || body.len > BODY_LEN_MAX) {
        return false;
    }
    if (same_letters(type, STR("application/x-www-form-urlencoded"))) {
        return str_equal(str_trim(text), UNSUBSCRIBE_POST);
    }
    if (!same_letters(type, STR("multipart/form-data"))) {
        return false;
    }
    const struct str boundary = boundary_of(arena, content_type);
    return boundary.ptr != NULL && is_one_part(boundary, text);
}
