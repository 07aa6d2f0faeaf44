/*
 * drp_status.c - the state of a request in the words of the Data Rights Protocol, section 3.02.
 */
#include "request.h"

struct drp_state {
    const char *status;
    const char *reason;
};

static const char *reason_of(enum refusal refusal)
{
    switch (refusal) {
    case REFUSAL_SUSPECTED_FRAUD:
        return "suspected_fraud";
    case REFUSAL_NOT_VERIFIED:
        return "insuf_verification";
    case REFUSAL_NO_MATCH:
        return "no_match";
    case REFUSAL_NOT_COVERED:
    case REFUSAL_LEGAL_OBLIGATION:
    case REFUSAL_LEGAL_CLAIMS:
    case REFUSAL_FREE_EXPRESSION:
        return "claim_not_covered";
    case REFUSAL_OUTSIDE_JURISDICTION:
        return "outside_jurisdiction";
    case REFUSAL_TOO_MANY_REQUESTS:
        return "too_many_requests";
    case REFUSAL_NONE:
    case REFUSAL_RIGHTS_OF_OTHERS:
    case REFUSAL_COMPELLING_GROUNDS:
    case REFUSAL_DATA_CORRECT:
    case REFUSAL_OTHER:
    case REFUSALS:
        break;
    }
    return "other";
}

static struct drp_state state_of(const struct request *request, const struct request_status *status)
{
    switch (status->state) {
    case REQUEST_FULFILLED:
        return (struct drp_state){"fulfilled", NULL};
    case REQUEST_REFUSED:
        return (struct drp_state){"denied", reason_of(status->refusal)};
    case REQUEST_CANCELLED:
        return (struct drp_state){"revoked", NULL};
    case REQUEST_RECEIVED:
        return (struct drp_state){"open", NULL};
    case REQUEST_VERIFYING:
        return (struct drp_state){"in_progress", "need_user_verification"};
    case REQUEST_ACKNOWLEDGED:
    case REQUEST_IN_PROGRESS:
    case REQUEST_PAUSED:
    case REQUEST_EXTENDED:
    case REQUEST_STATES:
        break;
    }
    return (struct drp_state){"in_progress",
                              request->has_subject && status->proven < request->clause.proof
                                  ? "need_user_verification"
                                  : NULL};
}

/* The reason of an extension, which the specification wants told. */
static struct str details_of(const struct request *request)
{
    for (size_t i = request->step_count; i > 0; i--) {
        const struct request_step *step = &request->step[i - 1];
        if (step->event == EVENT_EXTENDED || step->event == EVENT_REFUSED) {
            return step->note;
        }
    }
    return STR("");
}

void drp_status_json(struct job *job, const struct candor *candor, const struct request *request,
                     struct candor_text *report)
{
    struct request_status status;
    struct answer answer;
    request_status_at(request, &candor->holidays, job->now, &status);
    const struct drp_state state = state_of(request, &status);
    answer_begin(job, &answer);
    struct json *json = &answer.json;
    json_map_begin(json);
    json_key(json, LIT("request_id"));
    json_text(json, request_name(job, request));
    json_key(json, LIT("received_at"));
    json_text(json, str_from_time(job->arena, status.received));
    json_key(json, LIT("expected_by"));
    json_text(json, str_from_time(job->arena, status.deadline));
    struct str reference = request->reference;
    (void)str_cut(&reference, ' '); /* the agent stands before it */
    if (reference.ptr != NULL && reference.len > 0) {
        json_key(json, LIT("agent_request_id"));
        json_text(json, reference);
    }
    json_key(json, LIT("status"));
    json_text(json, str_of(state.status));
    if (state.reason != NULL) {
        json_key(json, LIT("reason"));
        json_text(json, str_of(state.reason));
    }
    if (details_of(request).len > 0) {
        json_key(json, LIT("processing_details"));
        json_text(json, details_of(request));
    }
    json_map_end(json);
    answer_end(&answer, report);
}
