/*
 * run_redact.c - candor redact and candor restore: text in, text out, byte by byte as it is.
 */
#include <stdio.h>

#include "run.h"

static struct candor_redact asked_of(const struct invocation *invocation)
{
    return (struct candor_redact){
        .path = invocation->argument_count > 0 ? invocation->argument[0] : "-",
        .map_path = option(invocation, "map"),
    };
}

static enum candor_status put_as_it_is(struct invocation *invocation, struct candor_text text)
{
    if (fwrite(text.ptr, 1, text.len, stdout) != text.len || fflush(stdout) != 0) {
        return fail(invocation->job, CANDOR_IO, "the text could not be written to standard output");
    }
    return CANDOR_OK;
}

enum candor_status run_redact(struct invocation *invocation)
{
    struct candor_redact asked = asked_of(invocation);
    struct candor_text text;
    const char *make_key = option(invocation, "make-key");
    if (make_key != NULL) {
        return candor_redact_key(invocation->job, make_key);
    }
    asked.key_path = option(invocation, "key");
    asked.only = option(invocation, "only");
    asked.region = option(invocation, "region");
    asked.least = option(invocation, "least");
    TRY(candor_redact(invocation->job, &asked, &text));
    return put_as_it_is(invocation, text);
}

enum candor_status run_restore(struct invocation *invocation)
{
    const struct candor_redact asked = asked_of(invocation);
    struct candor_text text;
    TRY(candor_restore(invocation->job, &asked, &text));
    return put_as_it_is(invocation, text);
}
