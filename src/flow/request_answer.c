/*
 * request_answer.c - a request answered: the right is executed and the request closed, in one
 * transaction. What fails on the way changes nothing, and the clock runs on.
 */
#include "request.h"

/* What an answer is made with. */
struct answering {
    struct job *job;
    struct candor *candor;
    struct txn *txn;
    struct request *request;
    const struct candor_request_answer *with;
    const char *identifier; /* how the subject is known today */
    struct candor_text result;
};

/* The step and its entry; what comes after commits them with its own. */
static enum candor_status close_request(struct answering *answering, enum request_event event,
                                        uint8_t code)
{
    const struct request_move move = {
        .event = event, .code = code, .note = str_of(answering->with->note)};
    return request_move_on(answering->job, answering->candor, answering->txn, answering->request,
                           &move);
}

/* ---- each right ---------------------------------------------------------------------------- */

static enum candor_status answer_copy(struct answering *answering, bool portable)
{
    struct job *job = answering->job;
    const unsigned parts =
        PART_DATA | PART_CONSENTS | PART_EVERYTHING | (portable ? PART_PORTABLE : PART_DECISIONS);
    struct bytes zip;
    struct candor_text data;
    TRY(path_may_be_written(job, answering->with->path));
    TRY(close_request(answering, EVENT_FULFILLED, 0));
    TRY(subject_show_within(job, answering->candor, answering->identifier, parts, &data));
    if (answering->with->path == NULL) {
        answering->result = data;
        return CANDOR_OK;
    }
    struct answer answer;
    TRY(package_make(job, answering->candor, &data, portable, &zip));
    TRY(file_replace(job, str_of(answering->with->path), zip, 0600));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("package"));
    json_text(&answer.json, str_of(answering->with->path));
    json_key(&answer.json, LIT("bytes"));
    json_u64(&answer.json, zip.len);
    json_map_end(&answer.json);
    answer_end(&answer, &answering->result);
    return CANDOR_OK;
}

static enum candor_status answer_rectification(struct answering *answering)
{
    if (answering->with->field == NULL || answering->with->value == NULL) {
        return fail(answering->job, CANDOR_BAD_INPUT,
                    "a rectification needs the field and its right value (--field, --value)");
    }
    TRY(close_request(answering, EVENT_FULFILLED, 0));
    return subject_correct_within(answering->job, answering->candor, answering->identifier,
                                  answering->with->field, answering->with->value,
                                  &answering->result);
}

static enum candor_status answer_erasure(struct answering *answering)
{
    TRY(close_request(answering, EVENT_FULFILLED, 0));
    return subject_erase_within(answering->job, answering->candor, answering->identifier,
                                answering->request->wants_suppression, &answering->result);
}

static enum candor_status answer_choice(struct answering *answering)
{
    TRY(choice_execute(answering->job, answering->candor, answering->txn, answering->request));
    TRY(close_request(answering, EVENT_FULFILLED, 0));
    TRY(home_commit(answering->job, answering->candor, answering->txn));
    view_drop(answering->candor, answering->request->subject);
    return CANDOR_OK;
}

static enum candor_status answer_explanation(struct answering *answering)
{
    struct job *job = answering->job;
    uint64_t index = 0;
    bool same = false;
    const struct str argument = answering->request->argument;
    if (argument.len == 0) {
        TRY(close_request(answering, EVENT_FULFILLED, 0));
        return subject_show_within(job, answering->candor, answering->identifier,
                                   PART_DECISIONS | PART_EVERYTHING, &answering->result);
    }
    if (!str_to_uint64(argument, &index)) {
        return fail(job, CANDOR_BAD_INPUT, "name the decision by its index on the ledger");
    }
    TRY(close_request(answering, EVENT_FULFILLED, 0));
    return subject_decision_within(job, answering->candor, answering->identifier, index, &same,
                                   &answering->result);
}

static enum candor_status answer_review(struct answering *answering)
{
    bool is_decided = false;
    TRY(review_is_decided(answering->job, answering->candor, answering->txn, answering->request->id,
                          &is_decided));
    if (!is_decided && answering->request->argument.len == 0) {
        return fail(
            answering->job, CANDOR_REFUSED,
            "the request names no decision, so that none waits for a person: cancel it, and "
            "open one with: candor request open ... --right human_review --about INDEX, as "
            "candor subject show has it");
    }
    if (!is_decided) {
        return fail(answering->job, CANDOR_REFUSED,
                    "no person has decided yet; see: candor request review");
    }
    TRY(close_request(answering, EVENT_FULFILLED, 0));
    return home_commit(answering->job, answering->candor, answering->txn);
}

static enum candor_status execute(struct answering *answering)
{
    switch (answering->request->clause.right) {
    case RIGHT_ACCESS:
        return answer_copy(answering, false);
    case RIGHT_PORTABILITY:
        return answer_copy(answering, true);
    case RIGHT_RECTIFICATION:
        return answer_rectification(answering);
    case RIGHT_ERASURE:
        return answer_erasure(answering);
    case RIGHT_EXPLANATION:
        return answer_explanation(answering);
    case RIGHT_HUMAN_REVIEW:
        return answer_review(answering);
    case RIGHT_RESTRICTION:
    case RIGHT_OBJECTION:
    case RIGHT_MARKETING_OBJECTION:
    case RIGHT_NO_AUTOMATION:
    case RIGHT_OPT_OUT_SALE:
    case RIGHT_LIMIT_SENSITIVE:
        return answer_choice(answering);
    case RIGHTS:
        break;
    }
    base_broken("a right is one of those known", __FILE__, __LINE__);
}

/* ---- the whole ----------------------------------------------------------------------------- */

/* Nothing is held: of one who was never known, and of one who was erased since. */
static enum candor_status answer_nothing_held(struct answering *answering)
{
    TRY(close_request(answering, EVENT_REFUSED, REFUSAL_NO_MATCH));
    return home_commit(answering->job, answering->candor, answering->txn);
}

static enum candor_status answer(struct job *job, struct candor *candor, const char *id,
                                 const struct candor_request_answer *with,
                                 struct candor_text *report)
{
    struct request request;
    struct answering answering = {.job = job, .candor = candor, .request = &request, .with = with};
    bool is_known = false;
    struct str name;
    TRY(caller_may(job, candor, ACT_SUBJECT_CHANGE));
    TRY(home_begin(job, candor, &answering.txn));
    TRY(request_load(job, answering.txn, id, &request));
    TRY(request_subject_is_known(job, answering.txn, &request, &is_known));
    if (!is_known) {
        TRY(answer_nothing_held(&answering));
        return request_report(job, candor, &request, NULL, report);
    }
    TRY(store_identifier(job, answering.txn,
                         permit_for_right(job, request.subject, request.clause.right), &name));
    answering.identifier = str_z(job->arena, name);
    TRY(execute(&answering));
    return request_report(job, candor, &request, &answering.result, report);
}

enum candor_status candor_request_answer(struct job *job, struct candor *candor, const char *id,
                                         const struct candor_request_answer *with,
                                         struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = answer(job, candor, id, with, report);
    home_leave(candor);
    return status;
}

/* ---- the package by itself ----------------------------------------------------------------- */

static enum candor_status package_of(struct job *job, struct candor *candor, const char *identifier,
                                     bool portable, struct candor_text *zip)
{
    const unsigned parts =
        PART_DATA | PART_CONSENTS | PART_EVERYTHING | (portable ? PART_PORTABLE : PART_DECISIONS);
    struct candor_text data;
    struct bytes bytes;
    TRY(subject_show_within(job, candor, identifier, parts, &data));
    TRY(package_make(job, candor, &data, portable, &bytes));
    *zip = (struct candor_text){(const char *)bytes.ptr, bytes.len};
    return CANDOR_OK;
}

enum candor_status candor_subject_package(struct job *job, struct candor *candor,
                                          const char *identifier, bool portable,
                                          struct candor_text *zip)
{
    home_enter(candor);
    const enum candor_status status = package_of(job, candor, identifier, portable, zip);
    home_leave(candor);
    return status;
}

/* ---- the package of a request ---------------------------------------------------------------- */

static enum candor_status copy_of(struct job *job, struct candor *candor, const char *id,
                                  struct candor_text *zip)
{
    struct txn *txn = NULL;
    struct request request;
    struct request_status status;
    bool is_known = false;
    struct str name;
    TRY(caller_may(job, candor, ACT_SUBJECT_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(request_load(job, txn, id, &request));
    request_status_at(&request, &candor->holidays, job->now, &status);
    const enum right right = request.clause.right;
    if ((right != RIGHT_ACCESS && right != RIGHT_PORTABILITY) ||
        status.state != REQUEST_FULFILLED) {
        return fail(job, CANDOR_REFUSED,
                    "a copy goes with a request of access or portability that was answered");
    }
    TRY(request_subject_is_known(job, txn, &request, &is_known));
    if (!is_known) {
        return fail(job, CANDOR_NOT_FOUND, "nothing is held of them any more");
    }
    TRY(store_identifier(job, txn, permit_for_right(job, request.subject, right), &name));
    return package_of(job, candor, str_z(job->arena, name), right == RIGHT_PORTABILITY, zip);
}

enum candor_status candor_request_copy(struct job *job, struct candor *candor, const char *id,
                                       struct candor_text *zip)
{
    home_enter(candor);
    const enum candor_status status = copy_of(job, candor, id, zip);
    home_leave(candor);
    return status;
}
