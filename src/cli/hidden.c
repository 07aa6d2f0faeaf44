/*
 * hidden.c - a password from whoever sits at the terminal, or from standard input.
 *
 * A terminal shows nothing of it, and asks twice, since nobody sees what they type. Its own handling of
 * lines and of Ctrl-C is off meanwhile, so that the program never ends and leaves a terminal that shows
 * nothing: Ctrl-C is a byte here, and a failure. Elsewhere a password is the only line of the input.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"

enum {
    LINE_BYTES_MAX = 4096, /* the library has a smaller limit, and says so */
    CTRL_C = 3,
    CTRL_D = 4,
    BACKSPACE = 8,
    CTRL_U = 21,
    DELETE = 127
};

struct line {
    char text[LINE_BYTES_MAX + 1];
    size_t len;
};

/* 1: a byte; 0: the end; -1: it cannot be read. */
static int next_byte(char *byte)
{
    ssize_t count = 0;
    do {
        count = read(STDIN_FILENO, byte, 1);
    } while (count < 0 && errno == EINTR);
    return (int)count;
}

static enum candor_status cannot_be_read(struct job *job)
{
    return fail(job, CANDOR_IO, "the password cannot be read: %s", strerrordesc_np(errno));
}

static enum candor_status too_long(struct job *job)
{
    return fail(job, CANDOR_BAD_INPUT, "a password has at most %d bytes", LINE_BYTES_MAX);
}

static const char *taken(struct job *job, struct line *line)
{
    const char *text = str_z(job->arena, (struct str){line->text, line->len});
    explicit_bzero(line, sizeof *line);
    return text;
}

/* ---- a terminal ---------------------------------------------------------------------------- */

/* One character less, of however many bytes. */
static void take_back(struct line *line)
{
    while (line->len > 0) {
        line->len--;
        if (((unsigned char)line->text[line->len] & 0xC0) != 0x80) {
            return;
        }
    }
}

static enum candor_status type_line(struct job *job, struct line *line)
{
    char byte = 0;
    line->len = 0;
    for (int got = next_byte(&byte); got > 0; got = next_byte(&byte)) {
        if (byte == '\n' || byte == '\r' || (byte == CTRL_D && line->len > 0)) {
            return CANDOR_OK;
        }
        if (byte == CTRL_C || byte == CTRL_D) {
            return fail(job, CANDOR_BAD_INPUT, "stopped; nothing was changed");
        }
        if (byte == DELETE || byte == BACKSPACE) {
            take_back(line);
        } else if (byte == CTRL_U) {
            line->len = 0;
        } else if (line->len == LINE_BYTES_MAX) {
            return too_long(job);
        } else {
            line->text[line->len++] = byte;
        }
    }
    return cannot_be_read(job);
}

static enum candor_status type_at(struct job *job, const char *prompt, struct line *line)
{
    (void)!write(STDERR_FILENO, prompt, strlen(prompt)); /* whoever closed it needs no prompt */
    const enum candor_status status = type_line(job, line);
    (void)!write(STDERR_FILENO, "\n", 1);
    return status;
}

static enum candor_status type_twice(struct job *job, const char **password)
{
    struct line first;
    struct line again;
    TRY(type_at(job, "Password: ", &first));
    const enum candor_status status = type_at(job, "Once more: ", &again);
    const bool same = status == CANDOR_OK && first.len == again.len &&
                      memcmp(first.text, again.text, first.len) == 0;
    explicit_bzero(&again, sizeof again);
    *password = taken(job, &first);
    TRY(status);
    return same ? CANDOR_OK : fail(job, CANDOR_BAD_INPUT, "the two are not the same");
}

/* What would end us waits until the terminal is as it was. */
static void wait_with_signals(sigset_t *before)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGQUIT);
    (void)pthread_sigmask(SIG_BLOCK, &set, before);
}

static enum candor_status from_terminal(struct job *job, const char **password)
{
    struct termios as_it_was;
    sigset_t before;
    if (tcgetattr(STDIN_FILENO, &as_it_was) != 0) {
        return cannot_be_read(job);
    }
    struct termios hidden = as_it_was;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL | ICANON | ISIG);
    hidden.c_cc[VMIN] = 1;
    hidden.c_cc[VTIME] = 0;
    wait_with_signals(&before);
    enum candor_status status = CANDOR_OK;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) != 0) {
        status = cannot_be_read(job);
    } else {
        status = type_twice(job, password);
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &as_it_was);
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

/* ---- elsewhere ----------------------------------------------------------------------------- */

static enum candor_status from_input(struct job *job, const char **password)
{
    struct line line = {.len = 0};
    char byte = 0;
    bool has_ended = false;
    int got = 0;
    for (got = next_byte(&byte); got > 0; got = next_byte(&byte)) {
        if (has_ended || byte == '\0') {
            return fail(job, CANDOR_BAD_INPUT, "give the password as one line of text");
        }
        if (byte != '\n' && line.len == LINE_BYTES_MAX) {
            return too_long(job);
        }
        has_ended = byte == '\n';
        if (!has_ended) {
            line.text[line.len++] = byte;
        }
    }
    if (got < 0) {
        return cannot_be_read(job);
    }
    line.len -= line.len > 0 && line.text[line.len - 1] == '\r' ? 1 : 0;
    *password = taken(job, &line);
    return CANDOR_OK;
}

enum candor_status hidden_password(struct job *job, const char **password)
{
    return isatty(STDIN_FILENO) == 1 ? from_terminal(job, password) : from_input(job, password);
}
