/*
 * call_track.c - the tracking API of the SDKs of Segment and RudderStack.
 *
 * A body is unpacked and read on a network thread; the worker keeps what many calls bring in one
 * commit. An SDK sends again after a 5xx, a 429 or no answer, and never after another 4xx: so what
 * cannot be used is a 4xx, and a batch of which some messages cannot be used is a 200 that says so.
 */
#include "serving.h"

/* Text/plain too: that is what SDKs in browsers send, and RudderStack's name no type. */
bool ask_read_tracking(struct ask *ask, struct outcome *outcome)
{
    struct arena *arena = ask->request->arena;
    const struct str coding = net_header(ask->request, "content-encoding");
    const struct bytes body = ask->request->body;
    const bool is_gzip = str_is(str_lower(arena, coding), "gzip");
    struct job job;
    job_within(&job, arena);
    if (!is_gzip && coding.len > 0 && !str_is(str_lower(arena, coding), "identity")) {
        *outcome = outcome_problem(arena, 415, STR("a body comes as it is, or as gzip"));
        return false;
    }
    const enum candor_status status = candor_track_read(
        &job, ask->route->name.ptr, body.ptr == NULL ? (const uint8_t *)"" : body.ptr, body.len,
        is_gzip, &ask->messages);
    if (status != CANDOR_OK) {
        *outcome = outcome_failure(arena, status, job.message);
    }
    if (status == CANDOR_OK && ask->key == NULL && candor_messages_key(ask->messages)[0] != '\0') {
        ask->key = candor_messages_key(ask->messages);
    }
    return status == CANDOR_OK;
}

enum candor_status call_track(struct job *job, struct candor *candor, struct ask *const *ask,
                              size_t count, struct outcome *outcome)
{
    struct candor_tracked *tracked = NEW_ARRAY(job->arena, count, struct candor_tracked);
    for (size_t i = 0; i < count; i++) {
        tracked[i] =
            (struct candor_tracked){.messages = ask[i]->messages, .gpc = ask[i]->signals.gpc};
    }
    TRY(candor_track(job, candor, tracked, count));
    for (size_t i = 0; i < count; i++) {
        const struct str report = {tracked[i].report.ptr, tracked[i].report.len};
        outcome[i] = tracked[i].status == CANDOR_OK
                         ? outcome_json(report)
                         : outcome_failure(job->arena, tracked[i].status, tracked[i].message);
    }
    return CANDOR_OK;
}
