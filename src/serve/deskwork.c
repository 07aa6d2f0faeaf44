/*
 * deskwork.c - the work of the desk's thread: what stands beside each other shares a commit.
 *
 * Decisions of one key are made in one group, tracking calls in another; anything else is done alone, in its
 * turn. Nothing is answered before its commit.
 */
#include <string.h>

#include "desk.h"

/* ---- decisions, in groups ------------------------------------------------------------------ */

/* Whether two requests come with one key. It takes no longer for keys that nearly are the same. */
static bool same_key(const char *one, const char *other)
{
    const size_t len = strlen(one);
    unsigned differ = 0;
    if (len != strlen(other)) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        differ |= (unsigned)(unsigned char)one[i] ^ (unsigned)(unsigned char)other[i];
    }
    return differ == 0;
}

static bool same_text(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

/* Those that come with the key of the first, and its reason, to desk->asking; they leave the list. */
static size_t sort_out(struct desk *desk, struct ask **ask, size_t *count)
{
    size_t asking = 0;
    size_t left = 0;
    for (size_t i = 0; i < *count; i++) {
        if (asking == 0 || (same_key(ask[i]->key, desk->asking[0]->key) &&
                            same_text(ask[i]->because, desk->asking[0]->because))) {
            desk->asking[asking++] = ask[i];
        } else {
            ask[left++] = ask[i];
        }
    }
    *count = left;
    return asking;
}

static void answer_decision(struct job *job, struct desk *desk, struct ask *ask,
                            const struct candor_answer *made)
{
    const struct outcome outcome = made->status == CANDOR_OK
                                       ? outcome_json(decision_write(job->arena, made))
                                       : outcome_failure(job->arena, made->status, made->message);
    desk_answer(desk, ask, &outcome);
}

static void answer_failed_group(struct job *job, struct desk *desk, struct ask **ask, size_t count,
                                enum candor_status status)
{
    const struct outcome outcome = outcome_failure(job->arena, status, candor_job_message(job));
    desk_note_status(desk, status); /* before anybody hears of it */
    for (size_t i = 0; i < count; i++) {
        desk_log_failure(job, ask[i], outcome.code);
        desk_answer(desk, ask[i], &outcome);
    }
}

/* One durable commit for all of desk->asking[from .. from + count - 1]. */
static enum candor_status decide(struct job *job, struct desk *desk, size_t from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct ask *ask = desk->asking[from + i];
        desk->question[i] = (struct candor_question){.identifier = ask->identifier,
                                                     .campaign = ask->text[1],
                                                     .signals = ask_signals(ask),
                                                     .purpose = ask->text[3],
                                                     .channel = ask->text[4],
                                                     .offer = ask->list,
                                                     .offer_count = ask->list_count};
    }
    TRY(candor_decide_many(job, desk->candor, desk->question, count, desk->answer));
    atomic_fetch_add_explicit(&desk->meter.group_count, 1, memory_order_relaxed);
    for (size_t i = count; i > 0; i--) { /* the first last: a network thread waits for it */
        answer_decision(job, desk, desk->asking[from + i - 1], &desk->answer[i - 1]);
    }
    return CANDOR_OK;
}

/*
 * A group that failed has changed nothing. When the disk fails it fails for everybody; but one
 * damaged record must not take the others with it, so then each is asked alone.
 */
static void decide_group(struct job *job, struct desk *desk, size_t count)
{
    enum candor_status status = decide(job, desk, 0, count);
    if (status == CANDOR_CORRUPT && count > 1) {
        for (size_t i = 0; i < count; i++) {
            job_forgive(job);
            status = decide(job, desk, i, 1);
            if (status != CANDOR_OK) {
                answer_failed_group(job, desk, &desk->asking[i], 1, status);
            }
        }
    } else if (status != CANDOR_OK) {
        answer_failed_group(job, desk, desk->asking, count, status);
    }
}

/* All of desk->asking have one key: they are decided in its holder's name. */
static void decide_as_holder(struct job *job, struct desk *desk, size_t count)
{
    struct ask first = *desk->asking[0]; /* an ask is gone with its answer */
    first.because = first.because == NULL ? NULL : str_z(job->arena, str_of(first.because));
    const enum candor_status status = call_enter(job, desk, &first);
    if (status == CANDOR_OK) {
        decide_group(job, desk, count);
        call_leave(desk, &first);
        return;
    }
    const struct outcome outcome = outcome_not_allowed(job->arena, status, candor_job_message(job));
    for (size_t i = 0; i < count; i++) {
        desk_answer(desk, desk->asking[i], &outcome);
    }
}

/* The list is used up. */
static void run_decisions(struct desk *desk, struct ask **ask, size_t count)
{
    while (count > 0) {
        struct job job;
        job_begin(&job, host_real());
        job.log = desk->log;
        decide_as_holder(&job, desk, sort_out(desk, ask, &count));
        job_end(&job);
    }
}

/* ---- tracking calls, in groups ------------------------------------------------------------- */

static void track_asking(struct job *job, struct desk *desk, size_t from, size_t count)
{
    struct outcome *outcome = NEW_ARRAY(job->arena, count, struct outcome);
    const enum candor_status status =
        call_track(job, desk->candor, &desk->asking[from], count, outcome);
    if (status == CANDOR_CORRUPT && count > 1) { /* one damaged record does not stop the others */
        for (size_t i = 0; i < count; i++) {
            job_forgive(job);
            track_asking(job, desk, from + i, 1);
        }
        return;
    }
    if (status != CANDOR_OK) {
        answer_failed_group(job, desk, &desk->asking[from], count, status);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        desk_answer(desk, desk->asking[from + i], &outcome[i]);
    }
}

/* As decide_as_holder. */
static void track_as_holder(struct job *job, struct desk *desk, size_t count)
{
    const struct ask first = {.route = desk->asking[0]->route,
                              .address = desk->asking[0]->address,
                              .was_good = desk->asking[0]->was_good,
                              .key = str_z(job->arena, str_of(desk->asking[0]->key))};
    const enum candor_status status = call_enter(job, desk, &first);
    if (status == CANDOR_OK) {
        track_asking(job, desk, 0, count);
        call_leave(desk, &first);
        return;
    }
    const struct outcome outcome = outcome_not_allowed(job->arena, status, candor_job_message(job));
    for (size_t i = 0; i < count; i++) {
        desk_answer(desk, desk->asking[i], &outcome);
    }
}

static void run_tracking(struct desk *desk, struct ask **ask, size_t count)
{
    while (count > 0) {
        struct job job;
        job_begin(&job, host_real());
        job.log = desk->log;
        track_as_holder(&job, desk, sort_out(desk, ask, &count));
        job_end(&job);
    }
}

/* How many tracking calls that stand beside each other share a commit. */
static size_t tracking_run(struct ask *const *ask, size_t count)
{
    size_t run = 0;
    size_t messages = 0;
    while (run < count && run < TRACK_GROUP_MAX && messages < TRACK_MESSAGES_MAX &&
           ask[run]->route->call == CALL_TRACK) {
        messages += candor_messages_count(ask[run]->messages);
        run++;
    }
    return run;
}

/* ---- everything else, alone ---------------------------------------------------------------- */

static void run_alone(struct desk *desk, struct ask *ask)
{
    struct job job;
    job_begin(&job, host_real());
    job.log = desk->log;
    const struct outcome outcome = call_run(&job, desk, ask);
    if (outcome.code >= 500) {
        desk_log_failure(&job, ask, outcome.code);
    }
    desk_note_status(desk, job.status);
    desk_answer(desk, ask, &outcome);
    job_end(&job);
}

void desk_work_off(struct desk *desk, struct ask **ask, size_t count)
{
    size_t at = 0;
    while (at < count) {
        size_t run = 0;
        while (at + run < count && ask[at + run]->route->call == CALL_DECIDE) {
            run++;
        }
        const size_t tracking = run > 0 ? 0 : tracking_run(ask + at, count - at);
        if (run > 0) {
            run_decisions(desk, ask + at, run);
            at += run;
        } else if (tracking > 0) {
            run_tracking(desk, ask + at, tracking);
            at += tracking;
        } else {
            run_alone(desk, ask[at]);
            at++;
        }
    }
}
