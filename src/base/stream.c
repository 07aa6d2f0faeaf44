/*
 * stream.c - a text file, plain or gzip, in chunks of whole characters.
 *
 * What csv.c and lines.c get is clean: UTF-8, no zero bytes, no byte order mark. A character that a
 * chunk would cut in two is held back for the next one.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "inside_text.h"

enum { HELD_MAX = 3, ZLIB_BUFFER = 128 * 1024 };

struct stream {
    struct str path;
    gzFile file; /* NULL: closed */
    bool begun;
    char held[HELD_MAX + 1];
    size_t held_len;
    struct place place;         /* of the next byte to give out */
    enum candor_status failure; /* what failed once fails again */
    char failure_message[JOB_MESSAGE_MAX];
};

static void close_stream(void *thing)
{
    struct stream *stream = thing;
    if (stream->file != NULL) {
        (void)gzclose_r(stream->file); /* only read from: all it could tell was told */
        stream->file = NULL;
    }
}

struct str stream_path(const struct stream *stream)
{
    return stream->path;
}

static enum candor_status open_plain(struct job *job, struct str path, int *fd)
{
    struct stat about;
    const char *name = path_z(job, path);
    if (name == NULL) {
        return job->status;
    }
    *fd = open(name, O_RDONLY | O_CLOEXEC);
    if (*fd < 0) {
        return fail_file(job, errno, "read", path);
    }
    if (fstat(*fd, &about) != 0 || S_ISDIR(about.st_mode)) {
        (void)close(*fd); /* nothing was read */
        return fail_file(job, EISDIR, "read", path);
    }
    return CANDOR_OK;
}

enum candor_status stream_open(struct job *job, struct arena *owner, struct str path,
                               struct stream **stream)
{
    int fd = -1;
    TRY(open_plain(job, path, &fd));
    gzFile file = gzdopen(fd, "rb");
    if (file == NULL) {
        (void)close(fd); /* nothing was read */
        return fail(job, CANDOR_NO_MEMORY, "no memory to read '%.*s'", STR_ARG(path));
    }
    (void)gzbuffer(file, ZLIB_BUFFER); /* before the first read it cannot fail */
    *stream = NEW(owner, struct stream);
    **stream = (struct stream){.path = str_copy(owner, path), .file = file, .place = {1, 1}};
    arena_defer(owner, close_stream, *stream);
    return CANDOR_OK;
}

/* ---- what can be wrong --------------------------------------------------------------------- */

static enum candor_status fail_read(struct job *job, const struct stream *stream)
{
    int code = Z_OK;
    (void)gzerror(stream->file, &code); /* its words are not for users */
    switch (code) {
    case Z_ERRNO:
        return fail_file(job, errno, "read", stream->path);
    case Z_MEM_ERROR:
        return fail(job, CANDOR_NO_MEMORY, "no memory to read '%.*s'", STR_ARG(stream->path));
    case Z_BUF_ERROR:
        return fail(job, CANDOR_BAD_INPUT, "'%.*s' is cut off: its gzip data ends in the middle",
                    STR_ARG(stream->path));
    default:
        return fail(job, CANDOR_BAD_INPUT, "'%.*s' is damaged: its gzip data does not add up",
                    STR_ARG(stream->path));
    }
}

/* What the first bytes say about a file that is no text. */
static const char *hint_of(const char *text, size_t len, const struct stream *stream)
{
    const struct str start = {text, len};
    if (stream->begun) {
        return "";
    }
    if (str_starts(start, STR("PK"))) {
        return "; it looks like a spreadsheet or an archive: export it as CSV";
    }
    if (str_starts(start, STR("\xFF\xFE")) || str_starts(start, STR("\xFE\xFF"))) {
        return "; it looks like UTF-16: save it as UTF-8";
    }
    return "";
}

static enum candor_status fail_text(struct job *job, const struct stream *stream, const char *text,
                                    size_t len, size_t bad)
{
    const struct place place = place_of(stream->place, text, bad);
    const char *what = text[bad] == '\0'
                           ? "a zero byte, so this is no text"
                           : "not UTF-8 (Latin-1 or Windows-1252, perhaps); save it as UTF-8";
    return fail(job, CANDOR_BAD_INPUT, "'%.*s', line %llu, column %llu: %s%s",
                STR_ARG(stream->path), (unsigned long long)place.line,
                (unsigned long long)place.column, what, hint_of(text, len, stream));
}

/* ---- reading ------------------------------------------------------------------------------- */

/* Read until the chunk is full or the file ends; less than asked for is the end. */
static enum candor_status read_chunk(struct job *job, struct stream *stream, char *target,
                                     size_t room, size_t *len)
{
    *len = 0;
    while (*len < room) {
        const int got = gzread(stream->file, target + *len, (unsigned)(room - *len));
        if (got < 0) {
            return fail_read(job, stream);
        }
        if (got == 0) {
            int code = Z_OK;
            (void)gzerror(stream->file, &code); /* only the code counts */
            return code == Z_OK || code == Z_STREAM_END ? CANDOR_OK : fail_read(job, stream);
        }
        *len += (size_t)got;
    }
    return CANDOR_OK;
}

/* Whether the bytes could begin a character that needs more of them. */
static bool is_beginning(const char *text, size_t len)
{
    const unsigned char lead = (unsigned char)text[0];
    const size_t need = lead < 0xC2 || lead > 0xF4 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return len < need;
}

/* Move on by what is given out. Only the last line matters for the column. */
static void advance(struct stream *stream, const char *text, size_t len)
{
    const char *at = text;
    const char *end = text + len;
    const char *found;
    while (at < end && (found = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        stream->place = (struct place){stream->place.line + 1, 1};
        at = found + 1;
    }
    stream->place = place_of(stream->place, at, (size_t)(end - at));
}

/* Also a mark that a second program put before the first one's. */
static size_t skip_mark(const struct stream *stream, char *text, size_t len)
{
    size_t at = 0;
    while (!stream->begun && str_starts((struct str){text + at, len - at}, STR("\xEF\xBB\xBF"))) {
        at += 3;
    }
    memmove(text, text + at, len - at);
    return len - at;
}

static enum candor_status fill(struct job *job, struct stream *stream, char *target, size_t *len)
{
    size_t got = 0;
    memcpy(target, stream->held, stream->held_len);
    TRY(read_chunk(job, stream, target + stream->held_len, STREAM_CHUNK - stream->held_len, &got));
    const bool at_end = got < STREAM_CHUNK - stream->held_len;
    size_t all = skip_mark(stream, target, stream->held_len + got);
    stream->held_len = 0;

    const size_t bad = utf8_bad_at(target, all);
    if (bad < all) {
        if (at_end || all - bad > HELD_MAX || !is_beginning(target + bad, all - bad)) {
            return fail_text(job, stream, target, all, bad);
        }
        stream->held_len = all - bad;
        memcpy(stream->held, target + bad, stream->held_len);
        all = bad;
    }
    stream->begun = true;
    advance(stream, target, all);
    *len = all;
    return CANDOR_OK;
}

enum candor_status stream_fill(struct job *job, struct stream *stream, char *target, size_t *len)
{
    *len = 0;
    if (stream->failure == CANDOR_OK && fill(job, stream, target, len) != CANDOR_OK) {
        stream->failure = job->status;
        memcpy(stream->failure_message, job->message, sizeof stream->failure_message);
    }
    return stream->failure == CANDOR_OK ? CANDOR_OK
                                        : fail(job, stream->failure, "%s", stream->failure_message);
}
