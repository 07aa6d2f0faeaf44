/*
 * multipart.c - the parts of a form with files: multipart/form-data, RFC 7578 over RFC 2046.
 *
 *     --B CRLF headers CRLF CRLF content CRLF --B CRLF headers ... CRLF --B-- CRLF
 *
 * A boundary stands at the beginning of a line. Whatever does not have this shape is refused whole:
 * a form is taken completely or not at all.
 */
#include <string.h>

#include "inside.h"

enum { BOUNDARY_MAX = 70, PART_HEADERS_MAX = 4096 };

/* A parameter of a header's value: name="value" or name=value; ptr NULL: it is not there. */
static struct str parameter_of(struct arena *arena, struct str value, const char *name)
{
    struct str rest = value;
    (void)str_cut(&rest, ';');
    while (rest.ptr != NULL) {
        /* A quoted value may hold a semicolon: find its end first. */
        struct str tail = str_trim(rest);
        struct str after = tail;
        const struct str key = str_trim(str_cut(&after, '='));
        if (after.ptr == NULL) {
            return (struct str){NULL, 0};
        }
        struct str found;
        if (str_starts(after, STR("\""))) {
            const struct str inner = str_slice(after, 1, after.len);
            const size_t end = str_find(inner, '"');
            if (end == inner.len) {
                return (struct str){NULL, 0};
            }
            found = str_slice(inner, 0, end);
            rest = str_slice(inner, end + 1, inner.len);
            (void)str_cut(&rest, ';');
        } else {
            rest = after;
            found = str_trim(str_cut(&rest, ';'));
        }
        if (str_is(str_lower(arena, key), name)) {
            return found;
        }
    }
    return (struct str){NULL, 0};
}

bool net_parts_begin(const struct net_request *request, struct net_parts *parts)
{
    const struct str type = net_header(request, "content-type");
    struct str kind = type;
    if (type.ptr == NULL ||
        !str_is(str_lower(request->arena, str_trim(str_cut(&kind, ';'))), "multipart/form-data")) {
        return false;
    }
    return net_parts_of(request->arena, parameter_of(request->arena, type, "boundary"),
                        request->body, parts);
}

bool net_parts_of(struct arena *arena, struct str boundary, struct bytes body,
                  struct net_parts *parts)
{
    if (boundary.ptr == NULL || boundary.len == 0 || boundary.len > BOUNDARY_MAX) {
        return false;
    }
    const struct str line = str_format(arena, "\r\n--%.*s", STR_ARG(boundary));
    *parts = (struct net_parts){.arena = arena, .line = bytes_of(line), .rest = body};
    const size_t first = line.len - 2; /* the first has no line before it */
    if (body.len < first || memcmp(body.ptr, line.ptr + 2, first) != 0) {
        return false;
    }
    parts->rest = (struct bytes){body.ptr + first, body.len - first};
    return true;
}

static size_t find(struct bytes in, struct bytes what)
{
    const uint8_t *at = memmem(in.ptr, in.len, what.ptr, what.len);
    return at == NULL ? SIZE_MAX : (size_t)(at - in.ptr);
}

static bool starts_with(struct bytes bytes, const char *text)
{
    const size_t len = strlen(text);
    return bytes.len >= len && memcmp(bytes.ptr, text, len) == 0;
}

/* Name and file name, of the lines before the content. */
static bool read_head(struct net_parts *parts, struct str head, struct net_part *part)
{
    struct str rest = head;
    if (head.len > PART_HEADERS_MAX || !str_is_utf8(head)) {
        return false;
    }
    while (rest.ptr != NULL) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        const struct str name = str_lower(parts->arena, str_trim(str_cut(&line, ':')));
        if (line.ptr != NULL && str_is(name, "content-disposition")) {
            part->name = parameter_of(parts->arena, line, "name");
            part->file_name = parameter_of(parts->arena, line, "filename");
        }
    }
    return part->name.ptr != NULL;
}

enum net_part_found net_part_next(struct net_parts *parts, struct net_part *part)
{
    static const uint8_t blank[] = {'\r', '\n', '\r', '\n'};
    struct bytes rest = parts->rest;
    *part = (struct net_part){0};
    if (starts_with(rest, "--")) {
        return NET_PART_END;
    }
    if (!starts_with(rest, "\r\n")) {
        return NET_PART_BAD;
    }
    rest = (struct bytes){rest.ptr + 2, rest.len - 2};
    const size_t head = find(rest, (struct bytes){blank, sizeof blank});
    if (head == SIZE_MAX) {
        return NET_PART_BAD;
    }
    if (!read_head(parts, (struct str){(const char *)rest.ptr, head}, part)) {
        return NET_PART_BAD;
    }
    /* The content may be empty: then the boundary's line end is the one that ends the head. */
    const struct bytes content = {rest.ptr + head + 4, rest.len - head - 4};
    const struct bytes with_end = {content.ptr - 2, content.len + 2};
    const size_t end = find(with_end, parts->line);
    if (end == SIZE_MAX) {
        return NET_PART_BAD;
    }
    part->content = (struct bytes){content.ptr, end == 0 ? 0 : end - 2};
    if (end == 1) {
        return NET_PART_BAD;
    }
    parts->rest =
        (struct bytes){with_end.ptr + end + parts->line.len, with_end.len - end - parts->line.len};
    return NET_PART_FOUND;
}
