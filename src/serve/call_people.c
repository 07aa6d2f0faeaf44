/*
 * call_people.c - the routes about the company's own people, and about incidents.
 */
#include <string.h>

#include "candor_people.h"
#include "serving.h"

/* Members as routes_people.c lists them. */
static struct candor_incident facts_of(const struct ask *ask)
{
    return (struct candor_incident){
        .title = ask->text[0],
        .aware = ask->text[1],
        .from = ask->text[2],
        .until = ask->text[3],
        .operator_name = ask->text[4],
        .campaign = ask->text[5],
        .recipient = ask->text[6],
        .exposed = ask->text[7],
        .measures = ask->text[8],
        .risk = ask->text[9],
    };
}

static enum candor_status sign(struct job *job, struct candor *candor, const struct ask *ask,
                               struct candor_text *report)
{
    const bool grants = strcmp(ask->text[0], "sign") == 0;
    if (!grants && strcmp(ask->text[0], "refuse") != 0) {
        return fail(job, CANDOR_BAD_INPUT, "'verdict' is sign or refuse");
    }
    return candor_second_sign(job, candor, ask->request_id, grants, report);
}

static enum candor_status call_operators(struct job *job, struct candor *candor,
                                         const struct ask *ask, struct candor_text *report)
{
    const enum call call = ask->route->call;
    if (call == CALL_OPERATOR_LIST) {
        return candor_operator_list(job, candor, report);
    }
    if (call == CALL_OPERATOR_ADD) {
        return candor_operator_add(job, candor, ask->text[0], ask->text[1], report);
    }
    if (call == CALL_OPERATOR_ROLES) {
        return candor_operator_roles(job, candor, ask->name, ask->text[0], report);
    }
    if (call == CALL_OPERATOR_EXPIRE) {
        return candor_operator_expire(job, candor, ask->name, ask->text[0], report);
    }
    if (call == CALL_OPERATOR_TRAINING) {
        return candor_operator_training(job, candor, ask->name, ask->text[0], ask->text[1], report);
    }
    if (call == CALL_KEY_LIST) {
        return candor_key_list(job, candor, report);
    }
    if (call == CALL_KEY_REVOKE) {
        return candor_key_revoke(job, candor, ask->name, report);
    }
    must(call == CALL_ROLES);
    return candor_operator_roles(job, candor, NULL, NULL, report);
}

static enum candor_status call_incidents(struct job *job, struct candor *candor,
                                         const struct ask *ask, struct candor_text *report)
{
    const enum call call = ask->route->call;
    const struct candor_incident facts = facts_of(ask);
    size_t overdue = 0;
    if (call == CALL_INCIDENT_LIST) {
        return candor_incident_list(job, candor, &overdue, report);
    }
    if (call == CALL_INCIDENT_OPEN) {
        return candor_incident_open(job, candor, &facts, report);
    }
    if (call == CALL_INCIDENT_SHOW) {
        return candor_incident_show(job, candor, ask->request_id, NULL, report);
    }
    if (call == CALL_INCIDENT_UPDATE) {
        return candor_incident_update(job, candor, ask->request_id, &facts, ask->text[10],
                                      ask->text[11], report);
    }
    if (call == CALL_INCIDENT_DRAFT) {
        return candor_incident_draft(job, candor, ask->request_id, ask->text[0], report);
    }
    must(call == CALL_INCIDENT_CLOSE);
    return candor_incident_close(job, candor, ask->request_id, ask->text[0], report);
}

enum candor_status call_people(struct job *job, struct candor *candor, const struct ask *ask,
                               struct candor_text *report)
{
    const enum call call = ask->route->call;
    size_t findings = 0;
    if (call == CALL_SECOND_LIST) {
        return candor_second_list(job, candor, report);
    }
    if (call == CALL_SECOND_SIGN) {
        return sign(job, candor, ask, report);
    }
    if (call == CALL_ACCESS_LOG) {
        return candor_access_log(job, candor, ask->text[0], ask->text[1], &findings, report);
    }
    return call <= CALL_ROLES ? call_operators(job, candor, ask, report)
                              : call_incidents(job, candor, ask, report);
}
