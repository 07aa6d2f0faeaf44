/*
 * run_signals.c - consent strings, and a person's choices as such.
 */
#include "run.h"

enum candor_status run_consent_decode(struct invocation *invocation)
{
    invocation->show = show_generic;
    return candor_signal_decode(invocation->job, invocation->argument[0],
                                option(invocation, "kind"), &invocation->report);
}

static enum candor_status number(struct invocation *invocation, const char *name, uint32_t *number)
{
    uint64_t value = 0;
    TRY(option_u64(invocation, name, 0, &value));
    if (value > UINT16_MAX || (option(invocation, name) != NULL && value == 0)) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--%s is a number from 1 to 65535", name);
    }
    *number = (uint32_t)value;
    return CANDOR_OK;
}

enum candor_status run_consent_check(struct invocation *invocation)
{
    struct candor_vendor_question question = {
        .purposes = option(invocation, "declared-purposes"),
        .legint = option(invocation, "declared-legint"),
        .flexible = option(invocation, "declared-flexible"),
        .special_purposes = option(invocation, "declared-special-purposes"),
        .special_features = option(invocation, "declared-special-features"),
        .at = option(invocation, "at"),
    };
    bool allowed = false;
    TRY(number(invocation, "vendor", &question.vendor));
    TRY(number(invocation, "purpose", &question.purpose));
    TRY(number(invocation, "special-purpose", &question.special_purpose));
    TRY(number(invocation, "special-feature", &question.special_feature));
    invocation->show = show_generic;
    TRY(candor_signal_check(invocation->job, invocation->argument[0], &question, &allowed,
                            &invocation->report));
    invocation->has_findings = !allowed;
    return CANDOR_OK;
}

enum candor_status run_consent_signals(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_subject_signals(invocation->job, invocation->candor, invocation->argument[0],
                                  &invocation->report);
}
