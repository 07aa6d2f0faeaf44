/*
 * call_share.c - the routes about recipients.
 */
#include "serving.h"

static enum candor_status export(struct job *job, struct candor *candor, const struct ask *ask,
                                 struct candor_text *report) {
    struct candor_share share = {.recipient = ask->text[0],
                                 .fields = ask->text[1],
                                 .purpose = ask->text[2]};
    if (ask->text[3] != NULL){
        must(str_to_uint64(str_of(ask->text[3]), &share.min_group)); /* ask.c has read it */
    }
return candor_share_export(job, candor, &share, report);
}

static enum candor_status trace(struct job *job, struct candor *candor, const struct ask *ask,
                                struct candor_text *report)
{
    if (ask->raw == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "the body is the CSV to trace");
    }
    const struct str raw = str_of(ask->raw);
    return candor_share_trace_text(job, candor, (struct candor_text){raw.ptr, raw.len}, report);
}

enum candor_status call_share(struct job *job, struct candor *candor, const struct ask *ask,
                              struct candor_text *report)
{
    const enum call call = ask->route->call;
    size_t overdue = 0;
    if (call == CALL_SHARE_EXPORT) {
        return export(job, candor, ask, report);
    }
    if (call == CALL_RECALL_LIST) {
        return candor_share_recalls(job, candor, ask->text[0], NULL, &overdue, report);
    }
    if (call == CALL_RECALL_ACKNOWLEDGE) {
        return candor_share_acknowledge(job, candor, ask->request_id, ask->text[0], report);
    }
    must(call == CALL_SHARE_TRACE);
    return trace(job, candor, ask, report);
}
