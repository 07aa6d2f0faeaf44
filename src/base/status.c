/*
 * status.c - the dozen ways to fail, each with one name, one sentence, one exit code and one HTTP
 * code. The switch has no default, so the compiler finds the row that a new status needs.
 *
 * Exit codes: 2 the caller can mend it (input, file, disk), 3 the answer is no (law, role, budget),
 * 4 something inside went wrong. 1 belongs to checks that found something, which is no failure.
 */
#include <stdio.h>
#include <stdlib.h>

#include "inside.h"

struct status_row {
    const char *name;
    const char *sentence;
    int exit_code;
    int http_code;
};

static struct status_row row_of(enum candor_status status)
{
    switch (status) {
    case CANDOR_OK:
        return (struct status_row){"ok", "Done.", 0, 200};
    case CANDOR_BAD_INPUT:
        return (struct status_row){"bad_input", "What was given cannot be used.", 2, 400};
    case CANDOR_NOT_FOUND:
        return (struct status_row){"not_found", "There is no such thing.", 2, 404};
    case CANDOR_EXISTS:
        return (struct status_row){"exists", "It is already there.", 2, 409};
    case CANDOR_TOO_LARGE:
        return (struct status_row){"too_large", "A stated limit was reached.", 2, 413};
    case CANDOR_REFUSED:
        return (struct status_row){"refused", "The law, a policy or a choice says no.", 3, 403};
    case CANDOR_FORBIDDEN:
        return (struct status_row){"forbidden", "The role or the key does not allow it.", 3, 403};
    case CANDOR_SPENT:
        return (struct status_row){"spent", "The budget is used up.", 3, 429};
    case CANDOR_BUSY:
        return (struct status_row){"busy", "Someone else holds it now; try again.", 2, 503};
    case CANDOR_CORRUPT:
        return (struct status_row){"corrupt", "Stored bytes are not what was written.", 2, 500};
    case CANDOR_IO:
        return (struct status_row){"io", "The disk, the network or the system failed.", 2, 500};
    case CANDOR_NO_MEMORY:
        return (struct status_row){"no_memory", "There is not enough memory.", 4, 503};
    case CANDOR_CANCELLED:
        return (struct status_row){"cancelled", "Stopped before it was done.", 4, 503};
    }
    base_broken("status is one of enum candor_status", __FILE__, __LINE__);
}

const char *status_name(enum candor_status status)
{
    return row_of(status).name;
}

const char *status_sentence(enum candor_status status)
{
    return row_of(status).sentence;
}

int status_exit_code(enum candor_status status)
{
    return row_of(status).exit_code;
}

int status_http_code(enum candor_status status)
{
    return row_of(status).http_code;
}

_Noreturn void base_broken(const char *promise, const char *file, int line)
{
    (void)fprintf(stderr, "candor: broken promise: %s (%s:%d)\n", promise, file, line);
    abort();
}

_Noreturn void base_out_of_memory(void)
{
    (void)fputs("candor: the system has no memory left\n", stderr);
    abort();
}
