/*
 * request_list.c - what is asked for, what is due, and what is old enough to be forgotten.
 */
#include <stdlib.h>

#include "request.h"

#include "callback.h"

/* ---- old records --------------------------------------------------------------------------- */

/* Records of requests that were closed longer ago than the law wants them kept. */
static enum candor_status drop_old(struct job *job, struct candor *candor, size_t *dropped)
{
    struct txn *txn = NULL;
    struct request *request = NULL;
    size_t count = 0;
    uint64_t index = 0;
    *dropped = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(requests_of_kind(job, txn, KIND_CLOSED, &request, &count));
    for (size_t i = 0; i < count; i++) {
        struct request_status status;
        request_status_at(&request[i], &candor->holidays, job->now, &status);
        if (job->now - status.closed > REQUEST_KEPT_DAYS * MICROS_PER_DAY) {
            const struct str name = request_name(job, &request[i]);
            TRY(store_remove_document(job, txn, KIND_CLOSED, name));
            TRY(callback_forget(job, txn, name));
            *dropped += 1;
        }
    }
    if (*dropped == 0) {
        return CANDOR_OK;
    }
    const struct account account = {.action = LEDGER_REQUEST_STEP, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    return home_commit(job, candor, txn);
}

/* ---- listing ------------------------------------------------------------------------------- */

struct listed {
    const struct request *request;
    struct request_status status;
};

/* Open before closed; of the open the one whose time ends first, of the closed the latest. */
static int compare_listed(const void *left, const void *right)
{
    const struct request_status *first = &((const struct listed *)left)->status;
    const struct request_status *second = &((const struct listed *)right)->status;
    if (first->is_open != second->is_open) {
        return first->is_open ? -1 : 1;
    }
    if (first->is_open) {
        return (first->deadline > second->deadline) - (first->deadline < second->deadline);
    }
    return (first->closed < second->closed) - (first->closed > second->closed);
}

static enum candor_status gather(struct job *job, struct candor *candor, struct txn *txn,
                                 bool with_closed, struct listed **listed, size_t *count)
{
    struct request *open = NULL;
    struct request *closed = NULL;
    size_t open_count = 0;
    size_t closed_count = 0;
    TRY(requests_of_kind(job, txn, KIND_OPEN, &open, &open_count));
    if (with_closed) {
        TRY(requests_of_kind(job, txn, KIND_CLOSED, &closed, &closed_count));
    }
    *count = open_count + closed_count;
    TRY_ALLOC(job, *listed, *count + 1, struct listed);
    for (size_t i = 0; i < *count; i++) {
        struct listed *one = &(*listed)[i];
        one->request = i < open_count ? &open[i] : &closed[i - open_count];
        request_status_at(one->request, &candor->holidays, job->now, &one->status);
    }
    qsort(*listed, *count, sizeof **listed, compare_listed);
    return CANDOR_OK;
}

/* wanted: REQUEST_STATES for all. */
static enum candor_status read_wanted(struct job *job, const char *state, bool *with_closed,
                                      unsigned *wanted)
{
    *wanted = REQUEST_STATES;
    *with_closed = state != NULL && !str_is(str_of(state), "open");
    if (state == NULL || str_is(str_of(state), "open") || str_is(str_of(state), "all")) {
        return CANDOR_OK;
    }
    for (unsigned i = 0; i < REQUEST_STATES; i++) {
        if (str_is(str_of(state), request_state_name((enum request_state)i))) {
            *wanted = i;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "no such state; use open, all, or a state as it is listed");
}

static enum candor_status list(struct job *job, struct candor *candor, const char *state,
                               struct candor_text *report)
{
    struct txn *txn = NULL;
    struct listed *listed = NULL;
    struct answer answer;
    size_t count = 0;
    size_t overdue = 0;
    bool with_closed = false;
    unsigned wanted = REQUEST_STATES;
    TRY(caller_may(job, candor, ACT_SUBJECT_READ));
    TRY(read_wanted(job, state, &with_closed, &wanted));
    TRY(home_begin(job, candor, &txn));
    TRY(gather(job, candor, txn, with_closed, &listed, &count));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("requests"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        if (wanted == REQUEST_STATES || listed[i].status.state == wanted) {
            json_map_begin(&answer.json);
            request_members(job, candor, listed[i].request, &answer.json);
            json_map_end(&answer.json);
            overdue += listed[i].status.is_overdue;
        }
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("overdue"));
    json_u64(&answer.json, overdue);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_request_list(struct job *job, struct candor *candor, const char *state,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = list(job, candor, state, report);
    home_leave(candor);
    return status;
}

/* The register is small beside the people in it (a request for every thousand and year), so it is
 * walked. */
enum candor_status requests_json(struct job *job, const struct candor *candor, struct txn *txn,
                                 struct subject subject, struct json *json)
{
    const struct lit kind[] = {KIND_OPEN, KIND_CLOSED};
    json_key(json, LIT("requests"));
    json_list_begin(json);
    for (size_t k = 0; k < 2; k++) {
        struct request *request = NULL;
        size_t count = 0;
        TRY(requests_of_kind(job, txn, kind[k], &request, &count));
        for (size_t i = 0; i < count; i++) {
            if (request[i].has_subject &&
                bytes_same(request[i].subject.id, subject.id, sizeof subject.id)) {
                json_map_begin(json);
                request_members(job, candor, &request[i], json);
                json_map_end(json);
            }
        }
    }
    json_list_end(json);
    return CANDOR_OK;
}

static enum candor_status show(struct job *job, struct candor *candor, const char *id,
                               struct candor_text *report)
{
    struct txn *txn = NULL;
    struct request request;
    TRY(caller_may_own(job, candor, ACT_SUBJECT_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(request_load(job, txn, id, &request));
    TRY(request_is_theirs(job, candor, &request));
    return request_report(job, candor, &request, NULL, report);
}

enum candor_status candor_request_show(struct job *job, struct candor *candor, const char *id,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = show(job, candor, id, report);
    home_leave(candor);
    return status;
}

static enum candor_status due(struct job *job, struct candor *candor, size_t *findings,
                              struct candor_text *report)
{
    struct txn *txn = NULL;
    struct listed *listed = NULL;
    struct answer answer;
    size_t escalated = 0;
    size_t dropped = 0;
    size_t count = 0;
    *findings = 0;
    TRY(caller_may(job, candor, ACT_SUBJECT_READ));
    TRY(requests_escalate(job, candor, &escalated));
    TRY(drop_old(job, candor, &dropped));
    TRY(home_begin(job, candor, &txn));
    TRY(gather(job, candor, txn, false, &listed, &count));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("requests"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        const struct request_status *status = &listed[i].status;
        const bool receipt_is_late =
            status->acknowledge_by != 0 && job->now >= status->acknowledge_by;
        if (status->level > 0 || receipt_is_late) {
            json_map_begin(&answer.json);
            request_members(job, candor, listed[i].request, &answer.json);
            json_map_end(&answer.json);
            *findings += 1;
        }
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("escalated"));
    json_u64(&answer.json, escalated);
    json_key(&answer.json, LIT("old_records_removed"));
    json_u64(&answer.json, dropped);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_request_due(struct job *job, struct candor *candor, size_t *findings,
                                      struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = due(job, candor, findings, report);
    home_leave(candor);
    return status;
}
