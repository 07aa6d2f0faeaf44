/*
 * gzip.c - bytes that came packed (RFC 1952), unpacked in memory.
 *
 * A small body may hold a large one: nothing is unpacked beyond the limit, and the room grows with
 * what comes out, never with what a header says.
 */
#include <string.h>
#include <zlib.h>

#include "text.h"

enum { GZIP_FORMAT = 15 + 16, ROOM_FIRST = 16 << 10 };

/* zlib's own memory holds what it unpacks: it lies in the job's arena, which is wiped. */
static void *take_memory(void *arena, unsigned count, unsigned size)
{
    return arena_try(arena, count, size);
}

static void give_nothing(void *arena, void *ptr)
{
    (void)arena;
    (void)ptr;
}

/* More room, up to one byte above the limit: that byte shows that the limit was passed. */
static enum candor_status grow(struct job *job, struct buf *buf, size_t size_max)
{
    const size_t wanted = buf->room == 0 ? ROOM_FIRST : buf->room * 2;
    const size_t room = wanted > size_max ? size_max + 1 : wanted;
    uint8_t *ptr = TRY_ARRAY(job->arena, room, uint8_t);
    if (ptr == NULL) {
        return fail(job, CANDOR_NO_MEMORY, "no memory to unpack it");
    }
    bytes_copy(ptr, buf->ptr, buf->len);
    buf->ptr = ptr;
    buf->room = room;
    return CANDOR_OK;
}

static enum candor_status unpack_member(struct job *job, z_stream *stream, size_t size_max,
                                        struct buf *buf)
{
    int code = Z_OK;
    while (code == Z_OK) {
        if (buf->len > size_max) {
            return fail(job, CANDOR_TOO_LARGE, "it unpacks to more than %zu bytes", size_max);
        }
        if (buf->len == buf->room) {
            TRY(grow(job, buf, size_max));
        }
        stream->next_out = buf->ptr + buf->len;
        stream->avail_out = (unsigned)(buf->room - buf->len);
        code = inflate(stream, Z_NO_FLUSH);
        buf->len = buf->room - stream->avail_out;
        if (code == Z_OK && stream->avail_in == 0 && stream->avail_out > 0) {
            break; /* cut off */
        }
    }
    if (code == Z_STREAM_END && buf->len <= size_max) {
        return CANDOR_OK;
    }
    return code == Z_STREAM_END
               ? fail(job, CANDOR_TOO_LARGE, "it unpacks to more than %zu bytes", size_max)
               : fail(job, CANDOR_BAD_INPUT, "it is no gzip, or damaged or cut off");
}

enum candor_status gzip_read(struct job *job, struct bytes packed, size_t size_max,
                             struct bytes *plain)
{
    z_stream *stream = NEW(job->arena, z_stream);
    struct buf buf = {.arena = job->arena};
    must(size_max <= UINT32_MAX / 2 && packed.len <= UINT32_MAX / 2);
    *stream = (z_stream){.zalloc = take_memory, .zfree = give_nothing, .opaque = job->arena};
    if (inflateInit2(stream, GZIP_FORMAT) != Z_OK) {
        return fail(job, CANDOR_NO_MEMORY, "no memory to unpack it");
    }
    stream->next_in = (Bytef *)(uintptr_t)packed.ptr; /* zlib does not write there */
    stream->avail_in = (unsigned)packed.len;
    TRY(unpack_member(job, stream, size_max, &buf));
    while (stream->avail_in > 0) { /* members may follow each other */
        if (inflateReset(stream) != Z_OK) {
            return fail(job, CANDOR_BAD_INPUT, "it is no gzip, or damaged or cut off");
        }
        TRY(unpack_member(job, stream, size_max, &buf));
    }
    *plain = buf_all(&buf);
    return CANDOR_OK;
}
