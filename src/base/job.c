/*
 * job.c - one request, command or run: its arena, its instant, its failure message.
 *
 * The message is one piece of text for a person at a terminal or in a browser, so whatever a file
 * put into it, control characters do not get through, and a cut never leaves half a character.
 */
#include <stdio.h>
#include <string.h>

#include "inside.h"

#undef fail /* what base.h tells the analyzer is for callers */
#undef during

void job_begin(struct job *job, struct host *host)
{
    must(host != NULL);
    job->arena = arena_begin();
    job->host = host;
    job->log = NULL;
    job->now = host->now(host);
    job->status = CANDOR_OK;
    job->message[0] = '\0'; /* the rest is written before it is read */
    job->progress = NULL;
    job->progress_listener = NULL;
    job->cancelled = false;
}

void job_end(struct job *job)
{
    arena_end(job->arena);
    job->arena = NULL;
}

void job_say_progress(struct job *job, const char *what, uint64_t done, uint64_t total)
{
    if (job->progress != NULL) {
        job->progress(job->progress_listener, what, done, total);
    }
}

/* Cut at the last whole character. */
static size_t whole_len(const char *text, size_t len)
{
    size_t at = len;
    while (at > 0 && ((unsigned char)text[at - 1] & 0xC0) == 0x80 && len - at < 3) {
        at--;
    }
    if (at == 0 || (unsigned char)text[at - 1] < 0xC0) {
        return len;
    }
    const unsigned char lead = (unsigned char)text[at - 1];
    const size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    return len - (at - 1) < need ? at - 1 : len;
}

/* Also the control characters U+0080 to U+009F, which terminals obey: C2 80 to C2 9F in UTF-8. */
static bool is_control(const char *text, size_t left)
{
    const unsigned char byte = (unsigned char)text[0];
    if (byte == 0xC2 && left > 1) {
        return (unsigned char)text[1] < 0xA0;
    }
    return (byte < 0x20 && byte != '\n') || byte == 0x7F;
}

static void tidy(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (is_control(text + i, len - i)) {
            const bool two_bytes = (unsigned char)text[i] == 0xC2;
            text[i] = '?';
            text[i + (two_bytes ? 1 : 0)] = '?';
        }
    }
}

/* Take over what snprintf made in a buffer of JOB_MESSAGE_MAX bytes. */
static void message_set(struct job *job, char *made, int made_len)
{
    size_t len = made_len < 0 ? 0 : (size_t)made_len;
    if (len >= JOB_MESSAGE_MAX) {
        len = whole_len(made, JOB_MESSAGE_MAX - 1);
    }
    tidy(made, len);
    bytes_copy(job->message, made, len);
    job->message[len] = '\0';
}

enum candor_status fail(struct job *job, enum candor_status status, const char *format, ...)
{
    must(status != CANDOR_OK);
    char made[JOB_MESSAGE_MAX]; /* an argument may point into the old message */
    va_list args;
    va_start(args, format);
    const int len = print_plain(made, sizeof made, format, args);
    va_end(args);
    message_set(job, made, len);
    job->status = status;
    return status;
}

enum candor_status during(struct job *job, enum candor_status status, const char *format, ...)
{
    if (status == CANDOR_OK) {
        return status;
    }

    char doing[JOB_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    (void)print_plain(doing, sizeof doing, format, args); /* a cut is fine here */
    va_end(args);

    /* A status that nobody explained still gets its sentence. */
    const char *what = job->status == status ? job->message : status_sentence(status);
    char made[JOB_MESSAGE_MAX];
    int len = snprintf(made, sizeof made, "%s: ", doing);
    if (len >= 0 && len < JOB_MESSAGE_MAX) {
        len += snprintf(made + len, sizeof made - (size_t)len, "%s", what);
    }
    message_set(job, made, len);
    job->status = status;
    return status;
}

void job_forgive(struct job *job)
{
    job->status = CANDOR_OK;
    job->message[0] = '\0';
}
