/*
 * run_guard.c - candor guard: language models of others, as they were asked through this home.
 */
#include "candor_guard.h"
#include "run.h"

enum { KEY_FILE_MAX = 4096, LIST_DEFAULT = 50 };

enum candor_status run_guard_key(struct invocation *invocation)
{
    struct job *job = invocation->job;
    struct bytes content;
    TRY(file_read(job, STR("/dev/stdin"), KEY_FILE_MAX, &content));
    const struct str key = {(const char *)content.ptr, content.len};
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_guard_key(job, invocation->candor, invocation->argument[0],
                            str_z(job->arena, str_trim(key)), &invocation->report);
}

enum candor_status run_guard_list(struct invocation *invocation)
{
    uint64_t most = LIST_DEFAULT;
    const char *asked = option(invocation, "most");
    if (asked != NULL && (!str_to_uint64(str_of(asked), &most) || most == 0 || most > UINT32_MAX)) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--most is a whole number from 1");
    }
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_guard_list(invocation->job, invocation->candor, (uint32_t)most,
                             &invocation->report);
}

enum candor_status run_guard_show(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_guard_show(invocation->job, invocation->candor, invocation->argument[0],
                             &invocation->report);
}

enum candor_status run_guard_spent(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_guard_spent(invocation->job, invocation->candor, &invocation->report);
}
