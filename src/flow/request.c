/*
 * request.c - rights requests kept: opening, moving on, and their clocks.
 *
 * A request is a document of the home. It names its subject by the random number that belongs to
 * nobody after an erasure, so it can be kept for the 24 months that California wants without
 * keeping the person. Every step is one transaction with its entry on the ledger.
 */
#include "request.h"
#include "decision.h"

#include "callback.h"
#include "reviewed.h"

/* ---- keeping ------------------------------------------------------------------------------- */

struct str request_name(struct job *job, const struct request *request)
{
    return hex_of(job->arena, (struct bytes){request->id, sizeof request->id});
}

static bool is_open(const struct request *request)
{
    struct request_status status;
    request_status_at(request, NULL, 0, &status);
    return status.is_open;
}

static enum candor_status drop_document(struct job *job, struct txn *txn, struct lit kind,
                                        struct str name)
{
    const enum candor_status status = store_remove_document(job, txn, kind, name);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

enum candor_status request_store(struct job *job, struct candor *candor, struct txn *txn,
                                 const struct request *request)
{
    struct buf buf = buf_begin(job->arena);
    const struct str name = request_name(job, request);
    (void)candor;
    request_write(request, &buf);
    const bool stays_open = is_open(request);
    TRY(drop_document(job, txn, stays_open ? KIND_CLOSED : KIND_OPEN, name));
    return store_put_document(job, txn, stays_open ? KIND_OPEN : KIND_CLOSED, name, buf_all(&buf));
}

enum candor_status request_load(struct job *job, struct txn *txn, const char *id,
                                struct request *request)
{
    uint8_t number[16];
    struct bytes bytes;
    const struct str name = str_of(id);
    if (!hex_read(name, number, sizeof number)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "a request is named by 32 hex digits; see: candor "
                    "request list");
    }
    enum candor_status status = store_document(job, txn, KIND_OPEN, name, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        status = store_document(job, txn, KIND_CLOSED, name, &bytes);
    }
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND, "no such request");
    }
    TRY(status);
    return request_read(job, bytes, request);
}

enum candor_status request_is_theirs(struct job *job, const struct candor *candor,
                                     const struct request *request)
{
    const enum candor_status status =
        caller_is_about(job, candor, request->has_subject ? &request->subject : NULL);
    if (status == CANDOR_OK) {
        return CANDOR_OK;
    }
    job_forgive(job);
    return fail(job, CANDOR_NOT_FOUND, "no such request");
}

enum candor_status requests_of_kind(struct job *job, struct txn *txn, struct lit kind,
                                    struct request **request, size_t *count)
{
    struct str *name = NULL;
    TRY(store_documents(job, txn, kind, &name, count));
    TRY_ALLOC(job, *request, *count + 1, struct request);
    for (size_t i = 0; i < *count; i++) {
        struct bytes bytes;
        TRY(store_document(job, txn, kind, name[i], &bytes));
        TRY(request_read(job, bytes, &(*request)[i]));
    }
    return CANDOR_OK;
}

enum candor_status request_subject_is_known(struct job *job, struct txn *txn,
                                            const struct request *request, bool *is_known)
{
    struct secret *key = NULL;
    *is_known = false;
    if (!request->has_subject) {
        return CANDOR_OK;
    }
    const enum candor_status status = store_tag_key(job, txn, request->subject, &key);
    if (status == CANDOR_NOT_FOUND || status == CANDOR_REFUSED) { /* erased since */
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    *is_known = true;
    return CANDOR_OK;
}

/* ---- moving on ----------------------------------------------------------------------------- */

static enum ledger_action action_of(enum request_event event)
{
    switch (event) {
    case EVENT_RECEIVED:
        return LEDGER_REQUEST;
    case EVENT_EXTENDED:
        return LEDGER_REQUEST_EXTENDED;
    case EVENT_FULFILLED:
        return LEDGER_REQUEST_FULFILLED;
    case EVENT_REFUSED:
        return LEDGER_REQUEST_REFUSED;
    case EVENT_CANCELLED:
        return LEDGER_REQUEST_CANCELLED;
    case EVENT_ESCALATED_50:
    case EVENT_ESCALATED_80:
    case EVENT_ESCALATED_100:
    case EVENT_ESCALATED_RECEIPT:
        return LEDGER_REQUEST_ESCALATED;
    case EVENT_ACKNOWLEDGED:
    case EVENT_PROOF_ASKED:
    case EVENT_PROVEN:
    case EVENT_STARTED:
    case EVENT_PAUSED:
    case EVENT_RESUMED:
    case EVENT_APPEALED:
    case EVENT_END:
        break;
    }
    return LEDGER_REQUEST_STEP;
}

/* An entry for each step from `first` on. */
static enum candor_status account_for(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct request *request, size_t first)
{
    bool is_known = false;
    TRY(request_subject_is_known(job, txn, request, &is_known));
    for (size_t i = first; i < request->step_count; i++) {
        uint64_t index = 0;
        const enum request_event event = request->step[i].event;
        const struct account account = {
            .action = action_of(event),
            .outcome = event == EVENT_REFUSED ? OUTCOME_DENY : OUTCOME_DONE,
            .subject = is_known ? &request->subject : NULL,
            .object = request->id,
        };
        TRY(home_account(job, candor, txn, &account, &index, NULL));
    }
    return CANDOR_OK;
}

enum candor_status request_move_on(struct job *job, struct candor *candor, struct txn *txn,
                                   struct request *request, const struct request_move *move)
{
    const size_t before = request->step_count;
    struct request_move full = *move;
    full.now = job->now;
    full.actor = candor->self.tag;
    TRY(request_take(job, request, &candor->holidays, &full));
    TRY(account_for(job, candor, txn, request, before));
    TRY(request_store(job, candor, txn, request));
    return callback_tell(job, candor, txn, request);
}

/* ---- opening ------------------------------------------------------------------------------- */

static enum candor_status find_clause(struct job *job, const struct candor *candor,
                                      const struct candor_request_ask *ask, struct clause *clause)
{
    enum right right;
    const struct str place =
        ask->jurisdiction == NULL ? candor->jurisdiction : str_of(ask->jurisdiction);
    if (!right_read(str_of(ask->right), &right)) {
        struct buf known = buf_begin(job->arena);
        for (unsigned i = 0; i < RIGHTS; i++) {
            buf_format(&known, "%s%s", i == 0 ? "" : ", ", right_name((enum right)i));
        }
        return fail(job, CANDOR_BAD_INPUT, "no right of that name; there are: %.*s",
                    STR_ARG(buf_text(&known)));
    }
    if (!jurisdictions_know(&candor->jurisdictions, place)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "no jurisdiction of that name; see: candor request jurisdictions");
    }
    const struct clause *found = jurisdictions_find(&candor->jurisdictions, place, right);
    if (found == NULL) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the table has no clock for '%s' in '%.*s'; add a row to 'jurisdictions' in "
                    "candor.yaml, or name another jurisdiction",
                    right_name(right), STR_ARG(place));
    }
    *clause = *found;
    return CANDOR_OK;
}

/*
 * A row of the home's own that asks for no proof where the law's table does would hand a person's
 * data to whoever asks. One pair of hands in candor.yaml is not enough for that: the row counts
 * while a review of the policy holds, which two people signed on the ledger; else the table does.
 */
static enum candor_status keep_proof(struct job *job, struct candor *candor, struct txn *txn,
                                     struct clause *clause)
{
    struct board_thing policy;
    struct board_passage passage;
    const enum proof_level usual = jurisdictions_proof(clause->jurisdiction, clause->right);
    if (clause->proof != PROOF_NONE || usual == PROOF_NONE) {
        return CANDOR_OK;
    }
    TRY(board_thing_load(job, candor, txn, BOARD_POLICY, STR(""), &policy));
    TRY(board_passage_of(job, candor, txn, &policy, policy.digest, STR(""), &passage));
    clause->proof = passage.open == NULL ? usual : PROOF_NONE;
    return CANDOR_OK;
}

static enum candor_status check_words(struct job *job, const struct candor_request_ask *ask)
{
    const char *const word[] = {ask->argument, ask->source, ask->reference};
    for (size_t i = 0; i < sizeof word / sizeof word[0]; i++) {
        const struct str text = str_of(word[i]);
        if (text.len > REQUEST_REFERENCE_MAX || !str_is_utf8(text)) {
            return fail(job, CANDOR_BAD_INPUT,
                        "argument, source and reference are UTF-8 of at most "
                        "%d bytes",
                        REQUEST_REFERENCE_MAX);
        }
    }
    return CANDOR_OK;
}

/* What can be in force at once, is; what must be weighed first, is put on hold. */
static enum candor_status execute_at_once(struct job *job, struct candor *candor, struct txn *txn,
                                          struct request *request)
{
    const struct request_move done = {.event = EVENT_FULFILLED};
    if (!request->has_subject) {
        return CANDOR_OK;
    }
    if (request->clause.right == RIGHT_OBJECTION) {
        return choice_hold(job, candor, txn, request);
    }
    if (request->clause.right == RIGHT_HUMAN_REVIEW && request->argument.len > 0) {
        struct decision decision;
        uint64_t index = 0;
        if (!str_to_uint64(request->argument, &index)) {
            return fail(job, CANDOR_BAD_INPUT, "name the decision by its index on the ledger");
        }
        TRY(decision_find(job, txn, request->subject, index, &decision));
        return review_queue(job, candor, txn, request->subject, &decision, request->id);
    }
    if (right_is_choice(request->clause.right) && request->clause.proof == PROOF_NONE) {
        TRY(choice_execute(job, candor, txn, request));
        return request_move_on(job, candor, txn, request, &done);
    }
    return CANDOR_OK;
}

enum candor_status request_open_within(struct job *job, struct candor *candor, struct txn *txn,
                                       const struct candor_request_ask *ask, enum proof_level proof,
                                       struct request *request)
{
    const struct request_move proven = {.event = EVENT_PROVEN, .code = (uint8_t)proof};
    const struct request_move received = {.event = EVENT_RECEIVED};
    const struct request_move acknowledged = {.event = EVENT_ACKNOWLEDGED};
    TRY(find_clause(job, candor, ask, &request->clause));
    TRY(keep_proof(job, candor, txn, &request->clause));
    TRY(check_words(job, ask));
    TRY(host_random(job, request->id, sizeof request->id));
    request->source = ask->source == NULL ? STR("operator") : str_of(ask->source);
    request->reference = str_of(ask->reference);
    request->argument = str_of(ask->argument);
    request->wants_suppression = ask->suppress;
    const enum candor_status status =
        home_subject(job, candor, txn, ask->identifier, &request->subject);
    request->has_subject = status == CANDOR_OK;
    if (status == CANDOR_NOT_FOUND && caller_subject(candor) == NULL) {
        job_forgive(job); /* they get an answer too: that we hold nothing */
    } else {
        TRY(status);
    }
    TRY(choice_check(job, candor, request));
    TRY(request_move_on(job, candor, txn, request, &received));
    if (!ask->unacknowledged) {
        TRY(request_move_on(job, candor, txn, request, &acknowledged));
    }
    if (proof != PROOF_NONE && request->clause.proof != PROOF_NONE) {
        TRY(request_move_on(job, candor, txn, request, &proven));
    }
    return execute_at_once(job, candor, txn, request);
}

/* Whoever is inside came by a link that was sent to them: that much is shown. */
static enum candor_status open_request(struct job *job, struct candor *candor,
                                       const struct candor_request_ask *ask,
                                       struct candor_text *report)
{
    struct txn *txn = NULL;
    struct request request = {0};
    const enum proof_level proof = caller_subject(candor) == NULL ? PROOF_NONE : PROOF_CONTACT;
    TRY(caller_may_own(job, candor, ACT_CONSENT));
    TRY(home_begin(job, candor, &txn));
    TRY(request_open_within(job, candor, txn, ask, proof, &request));
    TRY(home_commit(job, candor, txn));
    if (request.has_subject) {
        view_drop(candor, request.subject);
    }
    return request_report(job, candor, &request, NULL, report);
}

enum candor_status candor_request_open(struct job *job, struct candor *candor,
                                       const struct candor_request_ask *ask,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = open_request(job, candor, ask, report);
    home_leave(candor);
    return status;
}

/* ---- clocks -------------------------------------------------------------------------------- */

enum candor_status requests_escalate(struct job *job, struct candor *candor, size_t *added)
{
    struct txn *txn = NULL;
    struct request *request = NULL;
    size_t count = 0;
    *added = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(requests_of_kind(job, txn, KIND_OPEN, &request, &count));
    for (size_t i = 0; i < count; i++) {
        const size_t before = request[i].step_count;
        size_t fresh = 0;
        TRY(request_escalate(job, &request[i], &candor->holidays, job->now, candor->self.tag,
                             &fresh));
        if (fresh > 0) {
            TRY(account_for(job, candor, txn, &request[i], before));
            TRY(request_store(job, candor, txn, &request[i]));
            *added += fresh;
        }
    }
    return *added == 0 ? CANDOR_OK : home_commit(job, candor, txn);
}
