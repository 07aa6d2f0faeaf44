/*
 * run_people.c - the commands over the company's own people, and over incidents.
 */
#include "run.h"

/* ---- operators ----------------------------------------------------------------------------- */

enum candor_status run_operator_add(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_operator_add(invocation->job, invocation->candor, invocation->argument[0],
                               option(invocation, "roles"), &invocation->report);
}

enum candor_status run_operator_invite(struct invocation *invocation)
{
    uint64_t hours = 0;
    TRY(option_u64(invocation, "hours", 24, &hours));
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_operator_invite(invocation->job, invocation->candor, invocation->argument[0],
                                  hours > UINT32_MAX ? UINT32_MAX : (uint32_t)hours,
                                  &invocation->report);
}

/* The home is open first: nobody types a password for a home that is not there. */
enum candor_status run_operator_password(struct invocation *invocation)
{
    const char *password = NULL;
    TRY(open_home(invocation));
    TRY(hidden_password(invocation->job, &password));
    invocation->show = show_generic;
    return candor_operator_password(invocation->job, invocation->candor, invocation->argument[0],
                                    password, &invocation->report);
}

enum candor_status run_operator_reset(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_operator_reset(invocation->job, invocation->candor, invocation->argument[0],
                                 &invocation->report);
}

enum candor_status run_operator_list(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_operator_list(invocation->job, invocation->candor, &invocation->report);
}

enum candor_status run_operator_roles(struct invocation *invocation)
{
    const char *roles = option(invocation, "set");
    const char *name = invocation->argument_count > 0 ? invocation->argument[0] : NULL;
    if ((roles == NULL) != (name == NULL)) {
        return fail(invocation->job, CANDOR_BAD_INPUT,
                    "give NAME and --set ROLES, or neither to see who may do what");
    }
    invocation->show = show_generic;
    if (roles != NULL) {
        TRY(open_home(invocation));
    }
    return candor_operator_roles(invocation->job, invocation->candor, name, roles,
                                 &invocation->report);
}

enum candor_status run_operator_expire(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_operator_expire(invocation->job, invocation->candor, invocation->argument[0],
                                  option(invocation, "on"), &invocation->report);
}

enum candor_status run_operator_training(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_operator_training(invocation->job, invocation->candor, invocation->argument[0],
                                    option(invocation, "course"), option(invocation, "until"),
                                    &invocation->report);
}

/* ---- second signatures --------------------------------------------------------------------- */

enum candor_status run_second_list(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_second_list(invocation->job, invocation->candor, &invocation->report);
}

static enum candor_status second(struct invocation *invocation, bool grant)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_second_sign(invocation->job, invocation->candor, invocation->argument[0], grant,
                              &invocation->report);
}

enum candor_status run_second_sign(struct invocation *invocation)
{
    return second(invocation, true);
}

enum candor_status run_second_refuse(struct invocation *invocation)
{
    return second(invocation, false);
}

/* ---- the access log ------------------------------------------------------------------------ */

enum candor_status run_audit_access(struct invocation *invocation)
{
    size_t findings = 0;
    TRY(open_home(invocation));
    invocation->show = show_generic;
    TRY(candor_access_log(invocation->job, invocation->candor, option(invocation, "by"),
                          option(invocation, "since"), &findings, &invocation->report));
    invocation->has_findings = findings > 0;
    return CANDOR_OK;
}

/* ---- incidents ----------------------------------------------------------------------------- */

static struct candor_incident facts_of(const struct invocation *invocation)
{
    return (struct candor_incident){
        .title = option(invocation, "title"),
        .aware = option(invocation, "aware"),
        .from = option(invocation, "from"),
        .until = option(invocation, "until"),
        .operator_name = option(invocation, "by"),
        .campaign = option(invocation, "campaign"),
        .recipient = option(invocation, "recipient"),
        .exposed = option(invocation, "exposed"),
        .measures = option(invocation, "measures"),
        .risk = option(invocation, "risk"),
    };
}

enum candor_status run_incident_open(struct invocation *invocation)
{
    const struct candor_incident facts = facts_of(invocation);
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_incident_open(invocation->job, invocation->candor, &facts, &invocation->report);
}

enum candor_status run_incident_update(struct invocation *invocation)
{
    const struct candor_incident facts = facts_of(invocation);
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_incident_update(invocation->job, invocation->candor, invocation->argument[0],
                                  &facts, option(invocation, "note"),
                                  option(invocation, "notified"), &invocation->report);
}

/* Exit 1 while one is overdue. */
enum candor_status run_incident_list(struct invocation *invocation)
{
    size_t overdue = 0;
    TRY(open_home(invocation));
    invocation->show = show_generic;
    TRY(candor_incident_list(invocation->job, invocation->candor, &overdue, &invocation->report));
    invocation->has_findings = overdue > 0;
    return CANDOR_OK;
}

enum candor_status run_incident_show(struct invocation *invocation)
{
    const char *whom = option(invocation, "draft");
    if (option(invocation, "out") != NULL && whom == NULL) {
        return fail(invocation->job, CANDOR_BAD_INPUT,
                    "--out is where a draft goes: say which with --draft authority or people");
    }
    if (option(invocation, "people") != NULL && whom != NULL) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "either --draft or --people");
    }
    TRY(candor_may_write(invocation->job, option(invocation, "out")));
    TRY(open_home(invocation));
    if (whom == NULL) {
        invocation->show = show_generic;
        return candor_incident_show(invocation->job, invocation->candor, invocation->argument[0],
                                    option(invocation, "people"), &invocation->report);
    }
    TRY(candor_incident_draft(invocation->job, invocation->candor, invocation->argument[0], whom,
                              &invocation->report));
    return text_out(invocation, "draft", option(invocation, "out"));
}

enum candor_status run_incident_close(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_incident_close(invocation->job, invocation->candor, invocation->argument[0],
                                 option(invocation, "reason"), &invocation->report);
}
