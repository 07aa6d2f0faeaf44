/*
 * call_exchange.c - the routes on which machines send rights requests.
 */
#include "serving.h"

enum candor_status call_exchange(struct job *job, struct candor *candor, const struct ask *ask,
                                 struct candor_text *report)
{
    const enum call call = ask->route->call;
    if (call == CALL_DRP_AGENT) {
        return candor_drp_agent(job, candor, ask->identifier, ask->raw, report);
    }
    if (call == CALL_DRP_AGENT_CHECK) {
        return candor_drp_agent_check(job, candor, ask->identifier, ask->key, report);
    }
    if (call == CALL_DRP_EXERCISE) {
        return candor_drp_exercise(job, candor, ask->key, ask->raw, report);
    }
    if (call == CALL_DRP_STATUS) {
        return candor_drp_status(job, candor, ask->key, ask->request_id, report);
    }
    if (call == CALL_DRP_REVOKE) {
        return candor_drp_revoke(job, candor, ask->key, ask->request_id, ask->raw, report);
    }
    if (call == CALL_OPENDSR_DISCOVERY) {
        return candor_opendsr_discovery(job, candor, report);
    }
    if (call == CALL_OPENDSR_REQUEST) {
        return candor_opendsr_request(job, candor, ask->raw, report);
    }
    if (call == CALL_OPENDSR_STATUS) {
        return candor_opendsr_status(job, candor, ask->identifier, report);
    }
    if (call == CALL_DELETION_DISCOVERY) {
        return candor_deletion_discovery(job, candor, report);
    }
    if (call == CALL_DELETION_REQUEST) {
        return candor_deletion_request(job, candor, ask->raw, report);
    }
    if (call == CALL_OPENDSR_CERTIFICATE) {
        return candor_opendsr_certificate(job, candor, report);
    }
    must(call == CALL_OPENDSR_CANCEL);
    return candor_opendsr_cancel(job, candor, ask->identifier, report);
}
