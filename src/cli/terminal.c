/*
 * terminal.c - colour and progress where a person looks; neither where a program reads.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

bool terminal_is_wide(int fd)
{
    const char *term = getenv("TERM"); /* NOLINT(concurrency-mt-unsafe): nobody sets it */
    return isatty(fd) == 1 && (term == NULL || !str_is(str_of(term), "dumb"));
}

static bool has_colour(void)
{
    /* Nobody sets it. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    const char *no_colour = getenv("NO_COLOR");
    return terminal_is_wide(STDOUT_FILENO) && no_colour == NULL;
}

const char *bold(void)
{
    return has_colour() ? "\033[1m" : "";
}

const char *faint(void)
{
    return has_colour() ? "\033[2m" : "";
}

const char *plain(void)
{
    return has_colour() ? "\033[0m" : "";
}

const char *good(void)
{
    return has_colour() ? "\033[32m" : "";
}

const char *bad(void)
{
    return has_colour() ? "\033[31m" : "";
}

void put(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    (void)vprintf(format, list); /* errors are seen by the flush at the end */
    va_end(list);
}

void put_bar(double share, unsigned width)
{
    static const char *const part[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const double clipped = share > 1 ? 1 : share > 0 ? share : 0;
    const unsigned eighths = (unsigned)(clipped * width * 8 + 0.5);
    for (unsigned i = 0; i < eighths / 8; i++) {
        put("█");
    }
    put("%s", part[eighths % 8]);
    for (unsigned i = eighths / 8 + (eighths % 8 != 0); i < width; i++) {
        put(" ");
    }
}

/* Columns a text takes: UTF-8 continuation bytes take none. */
static unsigned width_of(const char *text)
{
    unsigned width = 0;
    for (; *text != '\0'; text++) {
        width += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return width;
}

void put_padded(const char *text, unsigned width)
{
    const unsigned own = width_of(text);
    if (own <= width) {
        put("%s%*s", text, (int)(width - own), "");
        return;
    }
    unsigned shown = 0;
    const char *end = text;
    while (shown < width - 1) {
        end++;
        while (((unsigned char)*end & 0xC0) == 0x80) {
            end++;
        }
        shown++;
    }
    put("%.*s…", (int)(end - text), text);
}

const char *count_text(uint64_t count, char text[32])
{
    char digits[24];
    size_t len = 0;
    size_t at = 0;
    do {
        digits[len++] = (char)('0' + count % 10);
        count /= 10;
    } while (count > 0);
    while (len > 0) {
        text[at++] = digits[--len];
        if (len > 0 && len % 3 == 0) {
            text[at++] = ',';
        }
    }
    text[at] = '\0';
    return text;
}

void terminal_progress(void *listener, const char *what, uint64_t done, uint64_t total)
{
    char counted[32];
    (void)listener;
    if (total > 0) {
        (void)fprintf(stderr, "\r\033[K  %s: %s (%u %%)", what, count_text(done, counted),
                      (unsigned)(100.0 * (double)done / (double)total));
    } else {
        (void)fprintf(stderr, "\r\033[K  %s: %s", what, count_text(done, counted));
    }
    (void)fflush(stderr);
}

void terminal_clear_progress(void)
{
    if (terminal_is_wide(STDERR_FILENO)) {
        (void)fputs("\r\033[K", stderr);
    }
}
