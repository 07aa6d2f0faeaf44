/*
 * call_request.c - the routes about rights requests and reviews.
 */
#include "serving.h"

static enum candor_status open_request(struct job *job, struct candor *candor,
                                       const struct ask *ask, struct candor_text *report)
{
    const struct candor_request_ask asked = {
        .identifier = ask->identifier,
        .right = ask->text[1],
        .jurisdiction = ask->text[2],
        .argument = ask->text[3],
        .source = "api",
        .reference = ask->text[4],
    };
    return candor_request_open(job, candor, &asked, report);
}

static enum candor_status answer_request(struct job *job, struct candor *candor,
                                         const struct ask *ask, struct candor_text *report)
{
    const struct candor_request_answer answer = {
        .field = ask->text[0], .value = ask->text[1], .note = ask->text[2]};
    return candor_request_answer(job, candor, ask->request_id, &answer, report);
}

enum candor_status call_request(struct job *job, struct candor *candor, const struct ask *ask,
                                struct candor_text *report)
{
    const enum call call = ask->route->call;
    if (call == CALL_REQUEST_LIST) {
        return candor_request_list(job, candor, NULL, report);
    }
    if (call == CALL_REQUEST_OPEN) {
        return open_request(job, candor, ask, report);
    }
    if (call == CALL_REQUEST_SHOW) {
        return candor_request_show(job, candor, ask->request_id, report);
    }
    if (call == CALL_REQUEST_STEP) {
        return candor_request_step(job, candor, ask->request_id, ask->text[0], ask->text[1],
                                   ask->text[2], report);
    }
    if (call == CALL_REQUEST_ANSWER) {
        return answer_request(job, candor, ask, report);
    }
    if (call == CALL_REVIEW_LIST) {
        return candor_review_list(job, candor, report);
    }
    must(call == CALL_REVIEW_DECIDE);
    return candor_review_decide(job, candor, ask->request_id, ask->text[0], ask->text[1], report);
}
