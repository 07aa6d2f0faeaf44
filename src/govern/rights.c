/*
 * rights.c - a request from its arrival to its end.
 *
 *     received -> acknowledged -> verifying -> in progress -> fulfilled | refused | cancelled
 *                        \______________ paused, extended ______________/
 *                                                     refused -> appealed -> in progress
 *
 * The steps are the truth and only grow; the state, the deadline and what is due are a fold over
 * them. A clock cannot expire unseen: what is late is late in every answer, and before any further
 * step the escalations at 50, 80 and 100 % are put on record. A pause ends by itself after
 * REQUEST_PAUSE_DAYS_MAX days, so that nobody can park a request.
 */
#include "rights.h"

/* ---- words --------------------------------------------------------------------------------- */

static const char *const state_text[REQUEST_STATES] = {
    [REQUEST_RECEIVED] = "received",   [REQUEST_ACKNOWLEDGED] = "acknowledged",
    [REQUEST_VERIFYING] = "verifying", [REQUEST_IN_PROGRESS] = "in_progress",
    [REQUEST_PAUSED] = "paused",       [REQUEST_EXTENDED] = "extended",
    [REQUEST_FULFILLED] = "fulfilled", [REQUEST_REFUSED] = "refused",
    [REQUEST_CANCELLED] = "cancelled",
};

static const char *const event_text[EVENT_END] = {
    [EVENT_RECEIVED] = "received",
    [EVENT_ACKNOWLEDGED] = "acknowledged",
    [EVENT_PROOF_ASKED] = "proof_asked",
    [EVENT_PROVEN] = "proven",
    [EVENT_STARTED] = "started",
    [EVENT_PAUSED] = "paused",
    [EVENT_RESUMED] = "resumed",
    [EVENT_EXTENDED] = "extended",
    [EVENT_FULFILLED] = "fulfilled",
    [EVENT_REFUSED] = "refused",
    [EVENT_CANCELLED] = "cancelled",
    [EVENT_APPEALED] = "appealed",
    [EVENT_ESCALATED_50] = "escalated_50",
    [EVENT_ESCALATED_80] = "escalated_80",
    [EVENT_ESCALATED_100] = "escalated_100",
    [EVENT_ESCALATED_RECEIPT] = "escalated_receipt",
};

static const struct {
    const char *name;
    const char *sentence;
} refusal_text[REFUSALS] = {
    [REFUSAL_NONE] = {"none", ""},
    [REFUSAL_SUSPECTED_FRAUD] = {"suspected_fraud", "We have reason to think that somebody else "
                                                    "asked in your name."},
    [REFUSAL_NOT_VERIFIED] = {"not_verified", "We could not make sure that it is you who asks."},
    [REFUSAL_NO_MATCH] = {"no_match", "We hold nothing about you under what you gave us."},
    [REFUSAL_NOT_COVERED] = {"not_covered", "The law does not give this right for these data."},
    [REFUSAL_OUTSIDE_JURISDICTION] = {"outside_jurisdiction",
                                      "The law you named does not apply to you and us."},
    [REFUSAL_TOO_MANY_REQUESTS] = {"too_many_requests",
                                   "You asked the same so often that the law lets us refuse."},
    [REFUSAL_LEGAL_OBLIGATION] = {"legal_obligation", "A law obliges us to keep these data."},
    [REFUSAL_LEGAL_CLAIMS] = {"legal_claims", "We need these data for a legal claim."},
    [REFUSAL_FREE_EXPRESSION] = {"free_expression", "Free expression and information weigh more."},
    [REFUSAL_RIGHTS_OF_OTHERS] = {"rights_of_others",
                                  "It would harm the rights and freedoms of others."},
    [REFUSAL_COMPELLING_GROUNDS] = {"compelling_grounds",
                                    "We have compelling grounds that weigh more than yours."},
    [REFUSAL_DATA_CORRECT] = {"data_correct", "We checked the data and found them correct."},
    [REFUSAL_OTHER] = {"other", "For the reason that we give beside this."},
};

const char *request_state_name(enum request_state state)
{
    must((unsigned)state < REQUEST_STATES);
    return state_text[state];
}

const char *request_event_name(enum request_event event)
{
    must(event >= EVENT_RECEIVED && event < EVENT_END);
    return event_text[event];
}

const char *refusal_name(enum refusal refusal)
{
    must((unsigned)refusal < REFUSALS);
    return refusal_text[refusal].name;
}

const char *refusal_sentence(enum refusal refusal)
{
    must((unsigned)refusal < REFUSALS);
    return refusal_text[refusal].sentence;
}

bool refusal_read(struct str text, enum refusal *refusal)
{
    for (unsigned i = REFUSAL_NONE + 1; i < REFUSALS; i++) {
        if (str_is(text, refusal_text[i].name)) {
            *refusal = (enum refusal)i;
            return true;
        }
    }
    return false;
}

/* ---- the fold ------------------------------------------------------------------------------ */

/* What the steps add up to, before the clock is read. */
struct folded {
    enum request_state state; /* without extended */
    enum request_state before_pause;
    struct span answer;
    int64_t received;
    int64_t paused_at; /* 0: it runs */
    int64_t paused;
    int64_t closed;
    unsigned escalated; /* mask as in escalations_due */
    bool is_acknowledged;
    bool is_extended;
    bool is_appeal;
    enum proof_level proven;
    enum refusal refusal;
};

static int64_t least(int64_t left, int64_t right)
{
    return left < right ? left : right;
}

static const int64_t pause_max = REQUEST_PAUSE_DAYS_MAX * MICROS_PER_DAY;

/* So long the clock has stood still by `now`. */
static int64_t pause_until(const struct folded *folded, bool stops, int64_t now)
{
    int64_t paused = folded->paused;
    if (folded->paused_at != 0 && now > folded->paused_at) {
        paused += now - folded->paused_at;
    }
    return stops ? least(paused, pause_max) : 0;
}

static void end_pause(struct folded *folded, int64_t now)
{
    if (folded->paused_at != 0) {
        folded->paused += now > folded->paused_at ? now - folded->paused_at : 0;
        folded->paused_at = 0;
        folded->state = folded->before_pause;
    }
}

static void fold_close(struct folded *folded, const struct request_step *step,
                       enum request_state state)
{
    end_pause(folded, step->time);
    folded->state = state;
    folded->closed = step->time;
    folded->refusal = state == REQUEST_REFUSED ? (enum refusal)step->code : REFUSAL_NONE;
}

/* A second clock, from the day of the appeal. */
static void fold_appeal(struct folded *folded, const struct request *request,
                        const struct request_step *step)
{
    *folded = (struct folded){
        .state = REQUEST_IN_PROGRESS,
        .answer = request->clause.appeal,
        .received = step->time,
        .is_acknowledged = true,
        .is_appeal = true,
        .proven = folded->proven,
    };
}

static void fold_step(struct folded *folded, const struct request *request,
                      const struct request_step *step)
{
    switch (step->event) {
    case EVENT_RECEIVED:
        folded->received = step->time;
        break;
    case EVENT_ACKNOWLEDGED:
        folded->is_acknowledged = true;
        folded->state = folded->state == REQUEST_RECEIVED ? REQUEST_ACKNOWLEDGED : folded->state;
        break;
    case EVENT_PROOF_ASKED:
        folded->state = REQUEST_VERIFYING;
        break;
    case EVENT_PROVEN:
        end_pause(folded, step->time);
        folded->state = REQUEST_IN_PROGRESS;
        folded->proven = (enum proof_level)step->code;
        break;
    case EVENT_STARTED:
        folded->state = REQUEST_IN_PROGRESS;
        break;
    case EVENT_PAUSED:
        folded->before_pause = folded->state;
        folded->state = REQUEST_PAUSED;
        folded->paused_at = step->time;
        break;
    case EVENT_RESUMED:
        end_pause(folded, step->time);
        break;
    case EVENT_EXTENDED: /* the shares are of a longer time from now on: count them anew */
        folded->is_extended = true;
        folded->escalated &= 1U << (EVENT_ESCALATED_RECEIPT - EVENT_ESCALATED_50);
        break;
    case EVENT_FULFILLED:
        fold_close(folded, step, REQUEST_FULFILLED);
        break;
    case EVENT_REFUSED:
        fold_close(folded, step, REQUEST_REFUSED);
        break;
    case EVENT_CANCELLED:
        fold_close(folded, step, REQUEST_CANCELLED);
        break;
    case EVENT_APPEALED:
        fold_appeal(folded, request, step);
        break;
    case EVENT_ESCALATED_50:
    case EVENT_ESCALATED_80:
    case EVENT_ESCALATED_100:
    case EVENT_ESCALATED_RECEIPT:
        folded->escalated |= 1U << (step->event - EVENT_ESCALATED_50);
        break;
    case EVENT_END:
        break;
    }
}

static void fold(const struct request *request, struct folded *folded)
{
    *folded = (struct folded){.answer = request->clause.answer};
    for (size_t i = 0; i < request->step_count; i++) {
        fold_step(folded, request, &request->step[i]);
    }
}

/* ---- the clock ----------------------------------------------------------------------------- */

/* The end of the first period, or of the extended one, with the pauses up to `now`. */
static int64_t deadline_of(const struct request *request, const struct folded *folded,
                           const struct holidays *holidays, int64_t now)
{
    int64_t end = span_end(folded->received, folded->answer, holidays);
    if (folded->is_extended) {
        end = span_end(end, request->clause.extension, holidays);
    }
    return end + pause_until(folded, request->clause.pause, now);
}

/* The share of the time that is used, with the pauses taken out of both. */
static unsigned permille_of(int64_t used, int64_t whole)
{
    if (used <= 0 && whole > 0) {
        return 0;
    }
    if (whole <= 0) {
        return 1000;
    }
    const int64_t whole_seconds = whole / MICROS_PER_SECOND;
    const int64_t used_seconds = used / MICROS_PER_SECOND;
    const int64_t share = whole_seconds == 0 ? 1000 : used_seconds * 1000 / whole_seconds;
    const int64_t shown = share > 100000 ? 100000 : share;
    return used >= whole ? (unsigned)(shown < 1000 ? 1000 : shown)
                         : (unsigned)(shown > 999 ? 999 : shown);
}

static void read_levels(const struct folded *folded, struct request_status *status, int64_t now)
{
    static const unsigned at[] = {50, 80, 100};
    unsigned reached = 0;
    for (unsigned i = 0; i < 3; i++) {
        if (status->used_permille >= at[i] * 10) {
            reached |= 1U << i;
            status->level = at[i];
        }
    }
    if (status->acknowledge_by != 0 && now >= status->acknowledge_by) {
        reached |= 1U << (EVENT_ESCALATED_RECEIPT - EVENT_ESCALATED_50);
    }
    status->escalations_due = reached & ~folded->escalated;
}

void request_status_at(const struct request *request, const struct holidays *holidays, int64_t now,
                       struct request_status *status)
{
    struct folded folded;
    fold(request, &folded);
    const bool is_open = folded.closed == 0;
    const int64_t at = is_open ? now : folded.closed; /* a clock stops when it is answered */
    *status = (struct request_status){
        .state = folded.state == REQUEST_IN_PROGRESS && folded.is_extended ? REQUEST_EXTENDED
                                                                           : folded.state,
        .received = folded.received,
        .deadline = deadline_of(request, &folded, holidays, at),
        .closed = folded.closed,
        .paused = pause_until(&folded, request->clause.pause, at),
        .is_open = is_open,
        .is_extended = folded.is_extended,
        .is_appeal = folded.is_appeal,
        .proven = folded.proven,
        .refusal = folded.refusal,
    };
    if (!folded.is_acknowledged && is_open && request->clause.acknowledge.unit != SPAN_NONE) {
        status->acknowledge_by = span_end(folded.received, request->clause.acknowledge, holidays);
    }
    status->used_permille = permille_of(at - folded.received - status->paused,
                                        status->deadline - folded.received - status->paused);
    status->is_overdue = is_open && now >= status->deadline;
    status->was_late = !is_open && folded.closed > status->deadline;
    if (is_open) {
        read_levels(&folded, status, now);
    }
}

/* ---- steps --------------------------------------------------------------------------------- */

static enum candor_status append(struct job *job, struct request *request,
                                 const struct request_move *move)
{
    if (request->step_count >= REQUEST_STEPS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "a request has at most %d steps", REQUEST_STEPS_MAX);
    }
    struct request_step *step = NEW_ARRAY(job->arena, request->step_count + 1, struct request_step);
    bytes_copy(step, request->step, request->step_count * sizeof *step);
    struct request_step *added = &step[request->step_count];
    added->time = move->now;
    added->event = move->event;
    added->code = move->code;
    added->note = move->note;
    bytes_copy(added->actor, move->actor, move->actor == NULL ? 0 : sizeof added->actor);
    request->step = step;
    request->step_count++;
    return CANDOR_OK;
}

enum candor_status request_escalate(struct job *job, struct request *request,
                                    const struct holidays *holidays, int64_t now,
                                    const uint8_t actor[16], size_t *added)
{
    struct request_status status;
    *added = 0;
    if (request->step_count == 0) {
        return CANDOR_OK;
    }
    request_status_at(request, holidays, now, &status);
    for (unsigned i = 0; i < EVENT_END - EVENT_ESCALATED_50; i++) {
        if ((status.escalations_due >> i & 1) == 1) {
            const struct request_move move = {
                .event = (enum request_event)(EVENT_ESCALATED_50 + i), .now = now, .actor = actor};
            TRY(append(job, request, &move));
            *added += 1;
        }
    }
    return CANDOR_OK;
}

static enum candor_status refuse_move(struct job *job, const struct request_status *status,
                                      enum request_event event)
{
    return fail(job, CANDOR_REFUSED, "the request is %s: it cannot be %s",
                request_state_name(status->state), request_event_name(event));
}

static enum candor_status check_extension(struct job *job, const struct request *request,
                                          const struct request_status *status, int64_t now)
{
    if (request->clause.extension.unit == SPAN_NONE || status->is_appeal) {
        return fail(job, CANDOR_REFUSED, "this clock cannot be extended (%.*s)",
                    STR_ARG(request->clause.source));
    }
    if (status->is_extended) {
        return fail(job, CANDOR_REFUSED, "the request was extended before; once is all");
    }
    if (now >= status->deadline) {
        return fail(job, CANDOR_REFUSED,
                    "the first period is over: an extension is told within it");
    }
    return CANDOR_OK;
}

static enum candor_status check_note(struct job *job, const struct request_move *move)
{
    const bool needs_reason = move->event == EVENT_EXTENDED || move->event == EVENT_PAUSED ||
                              (move->event == EVENT_REFUSED && move->code == REFUSAL_OTHER);
    if (move->note.len > REQUEST_NOTE_MAX || !str_is_utf8(move->note)) {
        return fail(job, CANDOR_BAD_INPUT, "a reason is UTF-8 text of at most %d bytes",
                    REQUEST_NOTE_MAX);
    }
    if (needs_reason && str_trim(move->note).len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "give the reason: the person must be told");
    }
    return CANDOR_OK;
}

static enum candor_status check_code(struct job *job, const struct request_move *move)
{
    if (move->event == EVENT_REFUSED && (move->code == REFUSAL_NONE || move->code >= REFUSALS)) {
        return fail(job, CANDOR_BAD_INPUT, "a refusal needs one of the named reasons");
    }
    if (move->event == EVENT_PROVEN && move->code >= PROOF_LEVELS) {
        return fail(job, CANDOR_BAD_INPUT, "no such level of proof");
    }
    return CANDOR_OK;
}

/* Only what is open moves, but for an appeal; only what is proven enough is fulfilled. */
static enum candor_status check_place(struct job *job, const struct request *request,
                                      const struct request_status *status,
                                      const struct request_move *move)
{
    const bool is_paused = status->state == REQUEST_PAUSED;
    switch (move->event) {
    case EVENT_RECEIVED:
        return request->step_count == 0 ? CANDOR_OK : refuse_move(job, status, move->event);
    case EVENT_APPEALED:
        return status->state == REQUEST_REFUSED && !status->is_appeal &&
                       request->clause.appeal.unit != SPAN_NONE
                   ? CANDOR_OK
                   : refuse_move(job, status, move->event);
    case EVENT_EXTENDED:
        TRY(status->is_open ? CANDOR_OK : refuse_move(job, status, move->event));
        return check_extension(job, request, status, move->now);
    case EVENT_FULFILLED:
        TRY(status->is_open && !is_paused ? CANDOR_OK : refuse_move(job, status, move->event));
        return status->proven >= request->clause.proof
                   ? CANDOR_OK
                   : fail(job, CANDOR_REFUSED,
                          "it is not proven who asks: this right needs '%s', shown is '%s'",
                          proof_level_name(request->clause.proof),
                          proof_level_name(status->proven));
    case EVENT_PAUSED:
    case EVENT_STARTED:
    case EVENT_PROOF_ASKED:
        return status->is_open && !is_paused ? CANDOR_OK : refuse_move(job, status, move->event);
    case EVENT_RESUMED:
        return is_paused ? CANDOR_OK : refuse_move(job, status, move->event);
    case EVENT_ACKNOWLEDGED:
    case EVENT_PROVEN:
    case EVENT_REFUSED:
    case EVENT_CANCELLED:
        return status->is_open ? CANDOR_OK : refuse_move(job, status, move->event);
    case EVENT_ESCALATED_50:
    case EVENT_ESCALATED_80:
    case EVENT_ESCALATED_100:
    case EVENT_ESCALATED_RECEIPT:
    case EVENT_END:
        break;
    }
    return fail(job, CANDOR_BAD_INPUT, "no such step");
}

enum candor_status request_take(struct job *job, struct request *request,
                                const struct holidays *holidays, const struct request_move *move)
{
    struct request_status status = {0};
    size_t escalated = 0;
    if ((request->step_count == 0) != (move->event == EVENT_RECEIVED)) {
        return fail(job, CANDOR_REFUSED, "a request begins once, with its arrival");
    }
    TRY(check_note(job, move));
    TRY(check_code(job, move));
    if (request->step_count > 0) {
        request_status_at(request, holidays, move->now, &status);
        TRY(check_place(job, request, &status, move));
        TRY(request_escalate(job, request, holidays, move->now, move->actor, &escalated));
    }
    return append(job, request, move);
}
