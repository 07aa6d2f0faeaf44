/*
 * run_outgoing.c - messages to other systems: candor outgoing.
 */
#include "run.h"

enum candor_status run_outgoing_list(struct invocation *invocation)
{
    size_t given_up = 0;
    TRY(open_home(invocation));
    invocation->show = show_generic;
    TRY(candor_outgoing_list(invocation->job, invocation->candor, &given_up, &invocation->report));
    invocation->has_findings = given_up > 0;
    return CANDOR_OK;
}

enum candor_status run_outgoing_send(struct invocation *invocation)
{
    const struct candor_post post = {.post = invocation->server->post};
    size_t failed = 0;
    size_t given_up = 0;
    TRY(open_home(invocation));
    invocation->show = show_generic;
    TRY(candor_outgoing_send(invocation->job, invocation->candor, &post, &failed, &given_up,
                             &invocation->report));
    invocation->has_findings = failed > 0;
    return CANDOR_OK;
}

enum candor_status run_outgoing_retry(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_outgoing_retry(invocation->job, invocation->candor, invocation->argument[0],
                                 &invocation->report);
}

enum candor_status run_outgoing_drop(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_outgoing_drop(invocation->job, invocation->candor, invocation->argument[0],
                                &invocation->report);
}
