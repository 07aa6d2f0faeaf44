/*
 * request_step.c - the steps that people take with a request, by their words.
 */
#include "request.h"

static const struct {
    const char *word;
    enum request_event event;
} step_row[] = {
    {"acknowledge", EVENT_ACKNOWLEDGED},
    {"ask_proof", EVENT_PROOF_ASKED},
    {"prove", EVENT_PROVEN},
    {"start", EVENT_STARTED},
    {"pause", EVENT_PAUSED},
    {"resume", EVENT_RESUMED},
    {"extend", EVENT_EXTENDED},
    {"refuse", EVENT_REFUSED},
    {"cancel", EVENT_CANCELLED},
    {"appeal", EVENT_APPEALED},
};

static enum candor_status read_refusal(struct job *job, const char *code, uint8_t *number)
{
    enum refusal refusal = REFUSAL_NONE;
    if (!refusal_read(str_of(code), &refusal)) {
        struct buf known = buf_begin(job->arena);
        for (unsigned i = REFUSAL_NONE + 1; i < REFUSALS; i++) {
            buf_format(&known, "%s%s", i == REFUSAL_NONE + 1 ? "" : ", ",
                       refusal_name((enum refusal)i));
        }
        return fail(job, CANDOR_BAD_INPUT, "a refusal needs a named reason: %.*s",
                    STR_ARG(buf_text(&known)));
    }
    *number = (uint8_t)refusal;
    return CANDOR_OK;
}

static enum candor_status read_move(struct job *job, const char *step, const char *code,
                                    const char *note, struct request_move *move)
{
    enum proof_level level = PROOF_NONE;
    *move = (struct request_move){.note = str_of(note)};
    for (size_t i = 0; i < sizeof step_row / sizeof step_row[0]; i++) {
        if (str_is(str_of(step), step_row[i].word)) {
            move->event = step_row[i].event;
        }
    }
    if (move->event == EVENT_REFUSED) {
        return read_refusal(job, code, &move->code);
    }
    if (move->event == EVENT_PROVEN) {
        if (!proof_level_read(str_of(code), &level)) {
            return fail(job, CANDOR_BAD_INPUT, "a proof is one of: none, contact, match, strong");
        }
        move->code = (uint8_t)level;
    }
    return move->event == 0 ? fail(job, CANDOR_BAD_INPUT, "no such step of a request") : CANDOR_OK;
}

/* An objection that is refused or taken back no longer holds everything up. */
static enum candor_status let_go(struct job *job, struct candor *candor, struct txn *txn,
                                 const struct request *request, enum request_event event)
{
    bool is_known = false;
    if (request->clause.right != RIGHT_OBJECTION ||
        (event != EVENT_REFUSED && event != EVENT_CANCELLED)) {
        return CANDOR_OK;
    }
    TRY(request_subject_is_known(job, txn, request, &is_known));
    return is_known ? choice_release(job, candor, txn, request) : CANDOR_OK;
}

/* Whoever asked may take it back, or not accept the answer; the rest is for those who answer. */
static enum candor_status may_step(struct job *job, const struct candor *candor,
                                   enum request_event event)
{
    return event == EVENT_CANCELLED || event == EVENT_APPEALED
               ? caller_may_own(job, candor, ACT_SUBJECT_CHANGE)
               : caller_may(job, candor, ACT_SUBJECT_CHANGE);
}

static enum candor_status step(struct job *job, struct candor *candor, const char *id,
                               const struct request_move *move, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct request request;
    TRY(may_step(job, candor, move->event));
    TRY(home_begin(job, candor, &txn));
    TRY(request_load(job, txn, id, &request));
    TRY(request_is_theirs(job, candor, &request));
    TRY(request_move_on(job, candor, txn, &request, move));
    TRY(let_go(job, candor, txn, &request, move->event));
    TRY(home_commit(job, candor, txn));
    if (request.has_subject) {
        view_drop(candor, request.subject);
    }
    return request_report(job, candor, &request, NULL, report);
}

enum candor_status candor_request_step(struct job *job, struct candor *candor, const char *id,
                                       const char *step_name, const char *code, const char *note,
                                       struct candor_text *report)
{
    struct request_move move;
    TRY(read_move(job, step_name, code, note, &move));
    home_enter(candor);
    const enum candor_status status = step(job, candor, id, &move, report);
    home_leave(candor);
    return status;
}
