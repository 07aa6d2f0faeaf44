/*
 * lines.c - text files, plain or gzip, line by line.
 *
 * One buffer holds what is left of the last chunk and the next chunk behind it; its size is the
 * longest line and one chunk, whatever the size of the file.
 */
#include <string.h>

#include "inside_text.h"

struct lines {
    struct arena *arena;
    struct stream *stream;
    size_t line_max;
    char *text;
    size_t at; /* the next line begins here */
    size_t len;
    uint64_t number;
    bool ended;
};

static void close_arena(void *thing)
{
    lines_close(thing);
}

void lines_close(struct lines *lines)
{
    if (lines != NULL && lines->arena != NULL) {
        struct arena *arena = lines->arena;
        lines->arena = NULL;
        arena_end(arena);
    }
}

enum candor_status lines_open(struct job *job, struct str path, const struct text_limits *limits,
                              struct lines **result)
{
    struct lines *lines = NEW(job->arena, struct lines);
    lines->arena = arena_begin();
    arena_defer(job->arena, close_arena, lines);
    lines->line_max = text_limits_of(limits).text_max;
    TRY(stream_open(job, lines->arena, path, &lines->stream));
    /* One line end beyond the longest line. */
    lines->text = arena_try(lines->arena, size_add(lines->line_max, STREAM_CHUNK + 2), 1);
    if (lines->text == NULL) {
        return fail(job, CANDOR_NO_MEMORY, "no memory to read '%.*s'", STR_ARG(path));
    }
    *result = lines;
    return CANDOR_OK;
}

static enum candor_status fail_long(struct job *job, const struct lines *lines, uint64_t number)
{
    return fail(job, CANDOR_TOO_LARGE, "'%.*s', line %llu is longer than %zu bytes",
                STR_ARG(stream_path(lines->stream)), (unsigned long long)number, lines->line_max);
}

static enum candor_status more_text(struct job *job, struct lines *lines)
{
    size_t len = 0;
    memmove(lines->text, lines->text + lines->at, lines->len - lines->at);
    lines->len -= lines->at;
    lines->at = 0;
    if (lines->len > lines->line_max + 1) { /* a CR may stand before the end */
        return fail_long(job, lines, lines->number + 1);
    }
    TRY(stream_fill(job, lines->stream, lines->text + lines->len, &len));
    lines->len += len;
    lines->ended = len == 0;
    return CANDOR_OK;
}

/* The next line, blank or not; false: it needs more text, or there is none. */
static bool cut_line(struct lines *lines, struct str *line)
{
    struct str rest = {lines->text + lines->at, lines->len - lines->at};
    const size_t end = str_find(rest, '\n');
    if (rest.len == 0 || (end == rest.len && !lines->ended)) {
        return false;
    }
    *line = str_slice(rest, 0, end);
    if (str_ends(*line, STR("\r"))) {
        line->len--;
    }
    lines->at += end + (end < rest.len ? 1 : 0);
    lines->number++;
    return true;
}

static enum candor_status next_line(struct job *job, struct lines *lines, struct str *line)
{
    while (!cut_line(lines, line)) {
        if (lines->ended) {
            return fail(job, CANDOR_NOT_FOUND, "'%.*s' has no more lines",
                        STR_ARG(stream_path(lines->stream)));
        }
        TRY(more_text(job, lines));
    }
    return line->len <= lines->line_max ? CANDOR_OK : fail_long(job, lines, lines->number);
}

enum candor_status lines_next(struct job *job, struct lines *lines, struct str *line,
                              uint64_t *number)
{
    do {
        TRY(next_line(job, lines, line));
    } while (str_trim(*line).len == 0);
    *number = lines->number;
    return CANDOR_OK;
}
