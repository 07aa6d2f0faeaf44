/*
 * log.c - one event, one line of JSON, one write.
 *
 *     {"time":"2026-11-25T07:30:00Z","level":"info","event":"decision made","leaf":7}
 *
 * Names and events stand in the source, values are numbers, literals or unlinkable marks: there is
 * no way to put a person's text into a line. Only log_failed writes a message, which is of the company's own
 * configuration. The lock keeps a line whole when the system writes it
 * in parts.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <unistd.h>

#include "inside.h"

enum { FIELDS_MAX = 32 };

struct log {
    int fd;
    enum log_level least;
    pthread_mutex_t lock;
};

static void log_release(void *thing)
{
    struct log *log = thing;
    (void)pthread_mutex_destroy(&log->lock); /* nobody logs any more: the owner's arena ends */
}

struct log *log_begin(struct arena *arena, int fd, enum log_level least)
{
    struct log *log = NEW(arena, struct log);
    log->fd = fd;
    log->least = least;
    must(pthread_mutex_init(&log->lock, NULL) == 0);
    arena_defer(arena, log_release, log);
    return log;
}

static struct lit level_name(enum log_level level)
{
    switch (level) {
    case LOG_DEBUG:
        return LIT("debug");
    case LOG_INFO:
        return LIT("info");
    case LOG_WARN:
        return LIT("warn");
    case LOG_ERROR:
        return LIT("error");
    }
    base_broken("level is one of enum log_level", __FILE__, __LINE__);
}

/* A literal of our own: quotes and control characters do not occur, and are dropped if they do. */
static void put_text(struct buf *buf, struct lit text)
{
    buf_u8(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char byte = (unsigned char)text.ptr[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\') {
            buf_u8(buf, byte);
        }
    }
    buf_u8(buf, '"');
}

static void put_number(struct buf *buf, double value)
{
    char text[NUMBER_TEXT_MAX];
    if (isfinite(value)) {
        buf_bytes(buf, text, number_write(text, value));
    } else {
        buf_lit(buf, LIT("null"));
    }
}

static void put_value(struct buf *buf, const struct log_field *field)
{
    switch (field->kind) {
    case LOG_KIND_U64:
        buf_format(buf, "%llu", (unsigned long long)field->value.u64);
        break;
    case LOG_KIND_I64:
        buf_format(buf, "%lld", (long long)field->value.i64);
        break;
    case LOG_KIND_F64:
        put_number(buf, field->value.f64);
        break;
    case LOG_KIND_LIT:
        put_text(buf, field->value.lit);
        break;
    case LOG_KIND_TOKEN:
        buf_u8(buf, '"');
        for (size_t i = 0; i < sizeof field->value.token.byte; i++) {
            buf_format(buf, "%02x", field->value.token.byte[i]);
        }
        buf_u8(buf, '"');
        break;
    }
}

static void write_line(struct log *log, struct bytes line)
{
    must(pthread_mutex_lock(&log->lock) == 0);
    size_t at = 0;
    while (at < line.len) {
        const ssize_t put = write(log->fd, line.ptr + at, line.len - at);
        if (put < 0 && errno != EINTR) {
            break; /* a log that cannot be written must not stop the work it tells of */
        }
        at += put > 0 ? (size_t)put : 0;
    }
    must(pthread_mutex_unlock(&log->lock) == 0);
}

/* Text of the configuration, escaped as JSON has it. */
static void put_message(struct buf *buf, const char *text)
{
    buf_u8(buf, '"');
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\') {
            buf_u8(buf, '\\');
        }
        buf_u8(buf, (uint8_t)((unsigned char)*at < 0x20 ? ' ' : *at));
    }
    buf_u8(buf, '"');
}

static void begin_line(struct job *job, struct buf *buf, enum log_level level, struct lit event)
{
    buf_lit(buf, LIT("{\"time\":\""));
    buf_str(buf, str_from_time(job->arena, job->host->now(job->host)));
    buf_lit(buf, LIT("\",\"level\":"));
    put_text(buf, level_name(level));
    buf_lit(buf, LIT(",\"event\":"));
    put_text(buf, event);
}

void log_failed(struct job *job, enum log_level level, struct lit event)
{
    if (job->log == NULL || level < job->log->least) {
        return;
    }
    const struct arena_mark mark = arena_mark(job->arena);
    struct buf buf = buf_begin(job->arena);
    begin_line(job, &buf, level, event);
    buf_lit(&buf, LIT(",\"message\":"));
    put_message(&buf, job->message);
    buf_lit(&buf, LIT("}\n"));
    write_line(job->log, buf_all(&buf));
    arena_rewind(job->arena, mark);
}

void log_fields(struct job *job, enum log_level level, struct lit event,
                const struct log_field *field, size_t field_count)
{
    must(field_count <= FIELDS_MAX);
    if (job->log == NULL || level < job->log->least) {
        return;
    }
    const struct arena_mark mark = arena_mark(job->arena);
    struct buf buf = buf_begin(job->arena);
    begin_line(job, &buf, level, event);
    for (size_t i = 0; i < field_count; i++) {
        buf_u8(&buf, ',');
        put_text(&buf, field[i].name);
        buf_u8(&buf, ':');
        put_value(&buf, &field[i]);
    }
    buf_lit(&buf, LIT("}\n"));
    write_line(job->log, buf_all(&buf));
    arena_rewind(job->arena, mark);
}
