/*
 * call_data.c - the routes about what is kept: quality, retention, legal holds, audits.
 */
#include <string.h>

#include "serving.h"

static enum candor_status call_quality(struct job *job, struct candor *candor,
                                       const struct ask *ask, struct candor_text *report)
{
    const enum call call = ask->route->call;
    uint64_t row = UINT64_MAX;
    if (call == CALL_QUALITY_LIST) {
        return candor_quality_list(job, candor, report);
    }
    if (call == CALL_QUALITY_SHOW) {
        const bool values = ask->text[0] != NULL && strcmp(ask->text[0], "yes") == 0;
        return candor_quality_show(job, candor, ask->index, values, report);
    }
    if (call == CALL_QUALITY_REPAIR) {
        return candor_quality_repair(job, candor, ask->index, ask->text[0], ask->text[1], report);
    }
    if (call == CALL_QUALITY_DROP) {
        return candor_quality_drop(job, candor, ask->index, report);
    }
    if (call == CALL_QUALITY_HISTORY) {
        return candor_quality_history(job, candor, ask->text[0], report);
    }
    must(call == CALL_QUALITY_REIMPORT);
    if (ask->text[0] != NULL) {
        must(str_to_uint64(str_of(ask->text[0]), &row)); /* ask.c has read it */
    }
    return candor_quality_reimport(job, candor, row, report);
}

/* One subject or everybody: a hold on everybody by a forgotten member would be a surprise. */
static enum candor_status place(struct job *job, struct candor *candor, const struct ask *ask,
                                struct candor_text *report)
{
    const struct candor_hold_order order = {.matter = ask->text[0],
                                            .reason = ask->text[1],
                                            .identifier = ask->text[2],
                                            .what = ask->text[4]};
    if ((order.identifier == NULL) == (ask->text[3] == NULL)) {
        return fail(job, CANDOR_BAD_INPUT, "give 'identifier', or 'everybody': true");
    }
    return candor_hold_place(job, candor, &order, report);
}

enum candor_status call_data(struct job *job, struct candor *candor, const struct ask *ask,
                             struct candor_text *report)
{
    const enum call call = ask->route->call;
    size_t findings = 0;
    if (call == CALL_RETENTION_LIST) {
        return candor_retention_list(job, candor, report);
    }
    if (call == CALL_RETENTION_DUE || call == CALL_RETENTION_RUN) {
        return candor_retention_run(job, candor, call == CALL_RETENTION_DUE, report);
    }
    if (call == CALL_HOLD_LIST) {
        return candor_hold_list(job, candor, report);
    }
    if (call == CALL_HOLD_PLACE) {
        return place(job, candor, ask, report);
    }
    if (call == CALL_HOLD_LIFT) {
        return candor_hold_lift(job, candor, ask->name, ask->text[0], report);
    }
    if (call == CALL_AUDIT) {
        return candor_audit(job, candor, ask->name, &findings, report);
    }
    return call_quality(job, candor, ask, report);
}
