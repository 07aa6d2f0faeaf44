/*
 * run_board.c - reviews of models, campaigns, policies, notices and content: candor review, candor board.
 */
#include "candor_board.h"
#include "run.h"

/* ---- review -------------------------------------------------------------------------------- */

enum candor_status run_review_list(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_board_list(invocation->job, invocation->candor, option(invocation, "kind"),
                             option(invocation, "state"), &invocation->report);
}

enum candor_status run_review_show(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_board_show(invocation->job, invocation->candor, invocation->argument[0],
                             &invocation->report);
}

static enum candor_status act(struct invocation *invocation, const char *act, const char *conflict)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_board_act(invocation->job, invocation->candor, invocation->argument[0], act,
                            option(invocation, "note"), conflict, &invocation->report);
}

enum candor_status run_review_approve(struct invocation *invocation)
{
    return act(invocation, "approve", NULL);
}

enum candor_status run_review_reject(struct invocation *invocation)
{
    return act(invocation, "reject", NULL);
}

enum candor_status run_review_request_changes(struct invocation *invocation)
{
    return act(invocation, "request_changes", NULL);
}

/* ---- board --------------------------------------------------------------------------------- */

enum candor_status run_board_propose(struct invocation *invocation)
{
    const char *name = invocation->argument_count > 1 ? invocation->argument[1] : NULL;
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_board_propose(invocation->job, invocation->candor, invocation->argument[0], name,
                                option(invocation, "authors"), option(invocation, "note"),
                                &invocation->report);
}

/* Exit 1 while something that needs a review may not be used. */
enum candor_status run_board_status(struct invocation *invocation)
{
    size_t findings = 0;
    TRY(open_home(invocation));
    invocation->show = show_generic;
    TRY(candor_board_status(invocation->job, invocation->candor, &findings, &invocation->report));
    invocation->has_findings = findings > 0;
    return CANDOR_OK;
}

enum candor_status run_board_recuse(struct invocation *invocation)
{
    return act(invocation, "recuse", option(invocation, "conflict"));
}

enum candor_status run_board_advise(struct invocation *invocation)
{
    const bool is_for = is_set(invocation, "for");
    if (is_for == is_set(invocation, "against")) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "an opinion is --for or --against");
    }
    return act(invocation, is_for ? "advise_for" : "advise_against", NULL);
}

enum candor_status run_board_overrule(struct invocation *invocation)
{
    return act(invocation, "overrule", NULL);
}

enum candor_status run_board_close(struct invocation *invocation)
{
    return act(invocation, "close", NULL);
}

enum candor_status run_board_withdraw(struct invocation *invocation)
{
    return act(invocation, "withdraw", NULL);
}
