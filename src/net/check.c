/*
 * check.c - what a request may look like.
 *
 * Pure functions over text, after RFC 9110 and 9112, in their strict reading: where the standard
 * lets a server be lenient, two servers can disagree on where a request ends, and someone gets
 * another person's answer. Every refusal says which rule was broken.
 */
#include <string.h>

#include "inside.h"

static const struct refusal fine = {0, {"", 0}};

static struct refusal refuse(unsigned code, struct lit title)
{
    return (struct refusal){code, title};
}

/* ---- bytes --------------------------------------------------------------------------------- */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* RFC 9110, section 5.6.2. */
static bool is_token_byte(char byte)
{
    if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte)) {
        return true;
    }
    return byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL;
}

static bool is_token(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_token_byte(text.ptr[i])) {
            return false;
        }
    }
    return text.len > 0;
}

/* Text of a header line, a decoded path, a form's field: no control byte but those that may stand
 * there, and what is not ASCII is UTF-8. */
static bool is_plain_text(struct str text, const char *may)
{
    bool is_ascii = true;
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char byte = (unsigned char)text.ptr[i];
        if ((byte < 0x20 && (byte == 0 || strchr(may, byte) == NULL)) || byte == 0x7f) {
            return false;
        }
        is_ascii = is_ascii && byte < 0x80;
    }
    return is_ascii || str_is_utf8(text);
}

static char lower(char byte)
{
    if (byte >= 'A' && byte <= 'Z') {
        return (char)(byte + ('a' - 'A'));
    }
    return byte;
}

static bool is_same_name(struct str left, struct str right)
{
    if (left.len != right.len) {
        return false;
    }
    for (size_t i = 0; i < left.len; i++) {
        if (lower(left.ptr[i]) != lower(right.ptr[i])) {
            return false;
        }
    }
    return true;
}

/* ---- the request line ---------------------------------------------------------------------- */

static const char *const method_name[] = {
    [NET_GET] = "GET",     [NET_HEAD] = "HEAD",     [NET_POST] = "POST",       [NET_PUT] = "PUT",
    [NET_PATCH] = "PATCH", [NET_DELETE] = "DELETE", [NET_OPTIONS] = "OPTIONS",
};

const char *net_method_name(enum net_method method)
{
    return method_name[method];
}

struct refusal check_method(struct str name, enum net_method *method)
{
    for (size_t i = 0; i < sizeof method_name / sizeof method_name[0]; i++) {
        if (str_is(name, method_name[i])) {
            *method = (enum net_method)i;
            return fine;
        }
    }

    /* TRACE gives back what it was sent, cookies included; CONNECT is for proxies. */
    if (str_is(name, "TRACE") || str_is(name, "CONNECT")) {
        return refuse(405, LIT("This method is not served."));
    }
    return refuse(501, LIT("This method is not known."));
}

static int hex_digit(char byte)
{
    if (is_digit(byte)) {
        return byte - '0';
    }
    const char letter = lower(byte);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

bool check_decode(struct arena *arena, struct str encoded, enum coding coding, struct str *decoded)
{
    char *text = TRY_ARRAY(arena, size_add(encoded.len, 1), char);
    if (text == NULL) {
        return false;
    }

    size_t len = 0;
    for (size_t i = 0; i < encoded.len; i++) {
        char byte = encoded.ptr[i];
        if (byte == '%') {
            const int high = i + 2 < encoded.len ? hex_digit(encoded.ptr[i + 1]) : -1;
            const int low = high >= 0 ? hex_digit(encoded.ptr[i + 2]) : -1;
            if (low < 0) {
                return false;
            }
            byte = (char)(high * 16 + low);
            i += 2;
        } else if (byte == '+' && coding != CODING_PATH) {
            byte = ' ';
        }
        text[len++] = byte;
    }

    *decoded = (struct str){text, len};
    return is_plain_text(*decoded, coding == CODING_PATH    ? ""
                                   : coding == CODING_QUERY ? "\t"
                                                            : "\t\r\n");
}

/* Of RFC 3986: what may stand in a target. Anything else would have to be encoded. */
static bool is_target_text(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char byte = (unsigned char)text.ptr[i];
        if (byte <= 0x20 || byte >= 0x7f || byte == '#') {
            return false;
        }
    }
    return true;
}

/* "." and ".." climb. An encoded slash is one byte of its segment to us, but a proxy in front may
 * decode it: so what climbs for that proxy is refused here too. */
static bool has_climbing_segment(struct str path)
{
    struct str rest = path;
    while (rest.ptr != NULL) {
        const struct str segment = str_cut(&rest, '/');
        if (str_is(segment, ".") || str_is(segment, "..")) {
            return true;
        }
    }
    return false;
}

struct refusal check_target(struct arena *arena, struct str target, struct str *path,
                            struct str *query)
{
    const size_t mark = str_find(target, '?');
    *query = str_slice(target, mark == target.len ? mark : mark + 1, target.len);
    *path = str_slice(target, 0, mark);
    if (!is_target_text(target)) {
        return refuse(400, LIT("The target holds a byte that must be encoded."));
    }
    if (!str_starts(*path, STR("/"))) {
        return refuse(400, LIT("The target must be a path."));
    }
    struct str decoded = *path;
    if (str_find(*path, '%') != path->len && !check_decode(arena, *path, CODING_PATH, &decoded)) {
        return refuse(400, LIT("The path does not decode to UTF-8 without control bytes."));
    }
    if (has_climbing_segment(decoded)) {
        return refuse(400, LIT("The path holds a segment of dots."));
    }
    return fine;
}

/* ---- header lines -------------------------------------------------------------------------- */

struct str check_field_of(const struct net_pair *field, size_t field_count, struct str name)
{
    for (size_t i = 0; i < field_count; i++) {
        if (is_same_name(field[i].name, name)) {
            return field[i].value;
        }
    }
    return (struct str){NULL, 0};
}

/* Lines that decide who is asked, who asks, from where, and where the body ends stand once or never. */
static const char *const single[] = {"host",          "content-length", "transfer-encoding",
                                     "content-type",  "authorization",  "origin",
                                     "sec-fetch-site"};
enum { SINGLE_COUNT = sizeof single / sizeof single[0], SINGLE_HOST = 0 };

static struct refusal check_lines(const struct net_pair *field, size_t field_count,
                                  bool is_http_1_0)
{
    unsigned seen[SINGLE_COUNT] = {0};
    for (size_t i = 0; i < field_count; i++) {
        if (!is_token(field[i].name)) {
            return refuse(400, LIT("A header's name holds a byte that may not stand there."));
        }
        if (!is_plain_text(field[i].value, "\t")) {
            return refuse(400, LIT("A header's value holds a byte that may not stand there."));
        }
        for (size_t s = 0; s < SINGLE_COUNT; s++) {
            seen[s] += is_same_name(field[i].name, str_of(single[s])) ? 1 : 0;
        }
    }

    for (size_t s = 0; s < SINGLE_COUNT; s++) {
        if (seen[s] > 1) {
            return refuse(400, LIT("A header that may stand once stands twice."));
        }
    }
    if (seen[SINGLE_HOST] == 0 && !is_http_1_0) {
        return refuse(400, LIT("The header Host is missing."));
    }
    return fine;
}

static bool is_number(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i])) {
            return false;
        }
    }
    return text.len > 0;
}

struct refusal check_fields(const struct net_pair *field, size_t field_count, bool is_http_1_0,
                            struct framing *framing)
{
    const struct refusal bad_line = check_lines(field, field_count, is_http_1_0);
    if (bad_line.code != 0) {
        return bad_line;
    }

    const struct str length = check_field_of(field, field_count, STR("content-length"));
    const struct str coding = check_field_of(field, field_count, STR("transfer-encoding"));
    *framing = (struct framing){.is_chunked = coding.ptr != NULL, .has_length = length.ptr != NULL};
    if (coding.ptr != NULL && length.ptr != NULL) {
        return refuse(400, LIT("Content-Length and Transfer-Encoding contradict each other."));
    }
    if (coding.ptr != NULL && is_http_1_0) {
        return refuse(400, LIT("HTTP/1.0 has no Transfer-Encoding."));
    }
    if (coding.ptr != NULL && !is_same_name(coding, STR("chunked"))) {
        return refuse(501, LIT("Of transfer codings only chunked is known."));
    }
    if (length.ptr != NULL && !(is_number(length) && str_to_uint64(length, &framing->length))) {
        return refuse(400, LIT("Content-Length is not a number."));
    }
    return fine;
}

bool check_reply_field(const struct net_pair *field)
{
    /* Those the server writes itself; a second one would be exactly what we refuse to read. */
    static const char *const own[] = {"content-length", "transfer-encoding", "connection", "date"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (is_same_name(field->name, str_of(own[i]))) {
            return false;
        }
    }
    return is_token(field->name) && is_plain_text(field->value, "\t");
}
