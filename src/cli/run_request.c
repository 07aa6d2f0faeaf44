/*
 * run_request.c - rights requests with clocks, and the queue of decisions for a person.
 */
#include "candor_me.h"
#include "run.h"

enum candor_status run_request_open(struct invocation *invocation)
{
    const struct candor_request_ask ask = {
        .identifier = invocation->argument[0],
        .right = option(invocation, "right"),
        .jurisdiction = option(invocation, "jurisdiction"),
        .argument = option(invocation, "about"),
        .source = option(invocation, "source"),
        .reference = option(invocation, "reference"),
        .suppress = is_set(invocation, "suppress"),
        .unacknowledged = is_set(invocation, "later"),
    };
    TRY(open_home(invocation));
    invocation->show = show_request;
    return candor_request_open(invocation->job, invocation->candor, &ask, &invocation->report);
}

enum candor_status run_request_list(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_requests;
    return candor_request_list(invocation->job, invocation->candor,
                               invocation->argument_count > 0 ? invocation->argument[0] : NULL,
                               &invocation->report);
}

enum candor_status run_request_show(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_request;
    return candor_request_show(invocation->job, invocation->candor, invocation->argument[0],
                               &invocation->report);
}

static enum candor_status take(struct invocation *invocation, const char *step, const char *code,
                               const char *note)
{
    TRY(open_home(invocation));
    invocation->show = show_request;
    return candor_request_step(invocation->job, invocation->candor, invocation->argument[0], step,
                               code, note, &invocation->report);
}

enum candor_status run_request_acknowledge(struct invocation *invocation)
{
    return take(invocation, "acknowledge", NULL, NULL);
}

enum candor_status run_request_ask_proof(struct invocation *invocation)
{
    return take(invocation, "ask_proof", NULL, NULL);
}

enum candor_status run_request_prove(struct invocation *invocation)
{
    return take(invocation, "prove", option(invocation, "level"), option(invocation, "note"));
}

enum candor_status run_request_pause(struct invocation *invocation)
{
    return take(invocation, "pause", NULL, option(invocation, "reason"));
}

enum candor_status run_request_resume(struct invocation *invocation)
{
    return take(invocation, "resume", NULL, NULL);
}

enum candor_status run_request_extend(struct invocation *invocation)
{
    return take(invocation, "extend", NULL, option(invocation, "reason"));
}

enum candor_status run_request_refuse(struct invocation *invocation)
{
    return take(invocation, "refuse", option(invocation, "grounds"), option(invocation, "note"));
}

enum candor_status run_request_cancel(struct invocation *invocation)
{
    return take(invocation, "cancel", NULL, option(invocation, "note"));
}

enum candor_status run_request_appeal(struct invocation *invocation)
{
    return take(invocation, "appeal", NULL, option(invocation, "note"));
}

enum candor_status run_request_answer(struct invocation *invocation)
{
    const struct candor_request_answer answer = {
        .field = option(invocation, "field"),
        .value = option(invocation, "value"),
        .path = option(invocation, "out"),
        .note = option(invocation, "note"),
    };
    TRY(open_home(invocation));
    invocation->show = show_request;
    return candor_request_answer(invocation->job, invocation->candor, invocation->argument[0],
                                 &answer, &invocation->report);
}

enum candor_status run_request_due(struct invocation *invocation)
{
    size_t findings = 0;
    TRY(open_home(invocation));
    invocation->show = show_requests;
    TRY(candor_request_due(invocation->job, invocation->candor, &findings, &invocation->report));
    invocation->has_findings = findings > 0;
    return CANDOR_OK;
}

/* The home's table when there is a home; else the one that comes with the program. */
enum candor_status run_request_jurisdictions(struct invocation *invocation)
{
    const struct str policy =
        path_join(invocation->job->arena, str_of(invocation->home), STR("candor.yaml"));
    if (file_exists(invocation->job, policy)) {
        TRY(open_home(invocation));
    }
    invocation->show = show_jurisdictions;
    return candor_request_jurisdictions(invocation->job, invocation->candor, &invocation->report);
}

enum candor_status run_request_erase_batch(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_request_erase_batch(invocation->job, invocation->candor, invocation->argument[0],
                                      is_set(invocation, "suppress"), &invocation->report);
}

enum candor_status run_request_review(struct invocation *invocation)
{
    const char *verdict = option(invocation, "verdict");
    TRY(open_home(invocation));
    invocation->show = show_generic;
    if (invocation->argument_count == 0) {
        return candor_review_list(invocation->job, invocation->candor, &invocation->report);
    }
    return candor_review_decide(invocation->job, invocation->candor, invocation->argument[0],
                                verdict, option(invocation, "reason"), &invocation->report);
}

enum candor_status run_request_feedback(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return invocation->argument_count == 0
               ? candor_feedback_list(invocation->job, invocation->candor, &invocation->report)
               : candor_feedback_handle(invocation->job, invocation->candor,
                                        invocation->argument[0], &invocation->report);
}

enum candor_status run_subject_decision(struct invocation *invocation)
{
    const struct candor_languages languages = {option(invocation, "lang"), NULL};
    uint64_t index = 0;
    bool same = false;
    if (!str_to_uint64(str_of(invocation->argument[1]), &index)) {
        return fail(invocation->job, CANDOR_BAD_INPUT,
                    "INDEX is the decision's entry on the ledger, as subject show has it");
    }
    TRY(open_home(invocation));
    invocation->show = show_generic;
    TRY(candor_subject_decision(invocation->job, invocation->candor, invocation->argument[0], index,
                                &languages, &same, &invocation->report));
    invocation->has_findings = !same;
    return CANDOR_OK;
}

static enum candor_status set_wish(struct invocation *invocation, const char *set,
                                   const char *lifted)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_consent(invocation->job, invocation->candor, invocation->argument[0], NULL, NULL,
                          is_set(invocation, "lift") ? lifted : set, NULL, NULL,
                          &invocation->report);
}

enum candor_status run_subject_human(struct invocation *invocation)
{
    return set_wish(invocation, "want_human", "allow_machine");
}

enum candor_status run_subject_limit(struct invocation *invocation)
{
    return set_wish(invocation, "limit_sensitive", "allow_sensitive");
}
