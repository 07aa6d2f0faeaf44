/*
 * run_share.c - data that goes to recipients: candor share.
 */
#include "run.h"

enum candor_status run_share_export(struct invocation *invocation)
{
    struct candor_share share = {
        .recipient = invocation->argument[0],
        .purpose = option(invocation, "purpose"),
        .fields = option(invocation, "fields"),
        .out_path = option(invocation, "out"),
    };
    TRY(option_u64(invocation, "min-group", 0, &share.min_group));
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_share_export(invocation->job, invocation->candor, &share, &invocation->report);
}

enum candor_status run_share_recalls(struct invocation *invocation)
{
    size_t overdue = 0;
    TRY(open_home(invocation));
    invocation->show = show_generic;
    TRY(candor_share_recalls(invocation->job, invocation->candor, option(invocation, "recipient"),
                             option(invocation, "out"), &overdue, &invocation->report));
    invocation->has_findings = overdue > 0;
    return CANDOR_OK;
}

enum candor_status run_share_secret(struct invocation *invocation)
{
    const enum candor_secret_act act = is_set(invocation, "retire")  ? CANDOR_SECRET_RETIRE
                                       : is_set(invocation, "renew") ? CANDOR_SECRET_RENEW
                                                                     : CANDOR_SECRET_MAKE;
    if (is_set(invocation, "retire") && is_set(invocation, "renew")) {
        return fail(invocation->job, CANDOR_BAD_INPUT,
                    "--renew and --retire are two steps: renew, give the receiver the new secret, "
                    "then retire the old one");
    }
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_share_secret(invocation->job, invocation->candor, invocation->argument[0], act,
                               &invocation->report);
}

enum candor_status run_share_acknowledge(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_share_acknowledge(invocation->job, invocation->candor, invocation->argument[0],
                                    option(invocation, "reference"), &invocation->report);
}

enum candor_status run_share_trace(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_share_trace(invocation->job, invocation->candor, invocation->argument[0],
                              &invocation->report);
}
