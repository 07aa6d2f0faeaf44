/*
 * fuzz_multipart.c - a line with a boundary, then any bytes as a form with files. Parts lie within the body,
 * one after the other.
 */
#include "base.h"
#include "net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_begin();
    struct str rest = {(const char *)data, size};
    const struct str boundary = str_cut(&rest, '\n');
    const struct bytes body = rest.ptr == NULL ? (struct bytes){data, 0} : bytes_of(rest);
    struct net_parts parts;
    struct net_part part;
    if (net_parts_of(arena, boundary, body, &parts)) {
        const uint8_t *before = body.ptr;
        while (net_part_next(&parts, &part) == NET_PART_FOUND) {
            must(part.content.ptr >= before);
            must(part.content.len <= (size_t)(body.ptr + body.len - part.content.ptr));
            must(part.name.ptr != NULL);
            before = part.content.ptr + part.content.len;
        }
    }
    arena_end(arena);
    return 0;
}
