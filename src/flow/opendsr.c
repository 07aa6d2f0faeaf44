/*
 * opendsr.c - a processor's side of OpenDSR 2.0 over the register of requests.
 *
 * The controller is known by an API key, which the server checks. Their request id is ours by one
 * document ("opendsr": UUID ▶ our id), so that a request that comes twice is one. Answers
 * and callbacks are signed with the certificate of `rights: opendsr`, if candor.yaml has it.
 */
#include "controllers.h"
#include "exchange.h"
#include "request.h"

static struct lit status_of(const struct request_status *status)
{
    switch (status->state) {
    case REQUEST_RECEIVED:
    case REQUEST_ACKNOWLEDGED:
        return LIT("pending");
    case REQUEST_FULFILLED:
        return LIT("completed");
    case REQUEST_CANCELLED:
    case REQUEST_REFUSED:
        return LIT("cancelled");
    case REQUEST_VERIFYING:
    case REQUEST_IN_PROGRESS:
    case REQUEST_PAUSED:
    case REQUEST_EXTENDED:
    case REQUEST_STATES:
        break;
    }
    return LIT("in_progress");
}

/* The controller as candor.yaml calls it, when there is one only. */
static struct str only_controller(const struct candor *candor)
{
    return candor->opendsr != NULL && candor->opendsr->controller_count == 1
               ? candor->opendsr->controller[0].id
               : STR("");
}

void opendsr_status_json(struct job *job, const struct candor *candor,
                         const struct request *request, struct str controller, struct str url,
                         struct candor_text *report)
{
    struct request_status status;
    struct answer answer;
    request_status_at(request, &candor->holidays, job->now, &status);
    answer_begin(job, &answer);
    struct json *json = &answer.json;
    json_map_begin(json);
    json_key(json, LIT("controller_id"));
    json_text(json, controller);
    json_key(json, LIT("subject_request_id"));
    json_text(json, request->reference);
    json_key(json, LIT("request_status"));
    json_lit(json, status_of(&status));
    json_key(json, LIT("received_time"));
    json_text(json, str_from_time(job->arena, status.received));
    json_key(json, LIT("expected_completion_time"));
    json_text(json, str_from_time(job->arena, status.deadline));
    json_key(json, LIT("api_version"));
    json_lit(json, LIT("2.0"));
    json_key(json, LIT("request"));
    json_text(json, request_name(job, request));
    if (url.len > 0) {
        json_key(json, LIT("status_callback_url"));
        json_text(json, url);
    }
    json_map_end(json);
    answer_end(&answer, report);
}

static void put_answer(struct job *job, const struct candor *candor, const struct request *request,
                       struct candor_text *report)
{
    opendsr_status_json(job, candor, request, only_controller(candor), STR(""), report);
}

/* ---- discovery ----------------------------------------------------------------------------- */

enum candor_status candor_opendsr_discovery(struct job *job, struct candor *candor,
                                            struct candor_text *report)
{
    static const char *const identity[] = {"email", "controller_customer_id"};
    struct answer answer;
    answer_begin(job, &answer);
    struct json *json = &answer.json;
    json_map_begin(json);
    json_key(json, LIT("api_version"));
    json_lit(json, LIT("2.0"));
    if (candor->opendsr != NULL) {
        json_key(json, LIT("processor_certificate"));
        json_text(json, str_format(job->arena, "https://%.*s/v1/opendsr/certificate",
                                   STR_ARG(candor->opendsr->domain)));
    }
    json_key(json, LIT("supported_identities"));
    json_list_begin(json);
    for (size_t i = 0; i < sizeof identity / sizeof identity[0]; i++) {
        json_map_begin(json);
        json_key(json, LIT("identity_type"));
        json_text(json, str_of(identity[i]));
        json_key(json, LIT("identity_format"));
        json_lit(json, LIT("raw"));
        json_map_end(json);
    }
    json_list_end(json);
    json_key(json, LIT("supported_subject_request_types"));
    json_list_begin(json);
    for (unsigned i = 0; i <= OPENDSR_PORTABILITY; i++) {
        json_text(json, str_of(opendsr_kind_name((enum opendsr_kind)i)));
    }
    json_list_end(json);
    json_map_end(json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

/* ---- requests ------------------------------------------------------------------------------ */

static const char *right_of(enum opendsr_kind kind)
{
    switch (kind) {
    case OPENDSR_ERASURE:
        return right_name(RIGHT_ERASURE);
    case OPENDSR_ACCESS:
        return right_name(RIGHT_ACCESS);
    case OPENDSR_PORTABILITY:
        return right_name(RIGHT_PORTABILITY);
    }
    base_broken("a kind is one of the three", __FILE__, __LINE__);
}

/* The first identity that finds somebody; else the first. */
static enum candor_status find_name(struct job *job, struct candor *candor, struct txn *txn,
                                    const struct opendsr_request *asked, const char **name)
{
    *name = str_z(job->arena, asked->identity[0]);
    for (size_t i = 0; i < asked->identity_count; i++) {
        struct subject subject;
        const char *tried = str_z(job->arena, asked->identity[i]);
        const enum candor_status status = home_subject(job, candor, txn, tried, &subject);
        if (status == CANDOR_OK) {
            *name = tried;
            return CANDOR_OK;
        }
        if (status != CANDOR_NOT_FOUND) {
            return status;
        }
        job_forgive(job);
    }
    return CANDOR_OK;
}

static enum candor_status must_be_new(struct job *job, struct txn *txn, struct str id)
{
    struct bytes bytes;
    const enum candor_status status = store_document(job, txn, LIT("opendsr"), id, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    return fail(job, CANDOR_EXISTS, "a request of this subject_request_id came before");
}

static enum candor_status receive(struct job *job, struct candor *candor, const char *body,
                                  struct candor_text *report)
{
    struct txn *txn = NULL;
    struct opendsr_request asked;
    struct request request = {0};
    struct candor_request_ask ask = {.source = "opendsr"};
    struct callback callback;
    TRY(caller_may(job, candor, ACT_CONSENT));
    TRY(opendsr_read(job, bytes_of(str_of(body)), &asked));
    const struct str id = str_lower(job->arena, asked.id);
    TRY(home_begin(job, candor, &txn));
    TRY(must_be_new(job, txn, id));
    TRY(find_name(job, candor, txn, &asked, &ask.identifier));
    ask.right = right_of(asked.kind);
    ask.jurisdiction = str_is(asked.regulation, "ccpa")   ? "us-ca"
                       : str_is(asked.regulation, "gdpr") ? "eu"
                                                          : NULL;
    ask.reference = str_z(job->arena, id);
    /* The controller has made sure who asks: that is what a processor is told by. */
    TRY(controller_callback(job, candor, &asked, &callback));
    TRY(request_open_within(job, candor, txn, &ask, PROOF_STRONG, &request));
    TRY(callback_keep(job, txn, &request, &callback));
    TRY(store_put_document(job, txn, LIT("opendsr"), id, bytes_of(request_name(job, &request))));
    TRY(home_commit(job, candor, txn));
    put_answer(job, candor, &request, report);
    return CANDOR_OK;
}

enum candor_status candor_opendsr_request(struct job *job, struct candor *candor, const char *body,
                                          struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = receive(job, candor, body, report);
    home_leave(candor);
    return status;
}

static enum candor_status load(struct job *job, struct txn *txn, const char *id,
                               struct request *request)
{
    struct bytes bytes;
    const struct str name = str_lower(job->arena, str_of(id));
    const enum candor_status status = store_document(job, txn, LIT("opendsr"), name, &bytes);
    if (status == CANDOR_NOT_FOUND || status == CANDOR_BAD_INPUT) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND, "no request of this subject_request_id");
    }
    TRY(status);
    return request_load(
        job, txn, str_z(job->arena, (struct str){(const char *)bytes.ptr, bytes.len}), request);
}

static enum candor_status look(struct job *job, struct candor *candor, const char *id, bool cancel,
                               struct candor_text *report)
{
    struct txn *txn = NULL;
    struct request request;
    const struct request_move move = {.event = EVENT_CANCELLED};
    TRY(caller_may(job, candor, ACT_CONSENT));
    TRY(home_begin(job, candor, &txn));
    TRY(load(job, txn, id, &request));
    if (cancel) {
        TRY(request_move_on(job, candor, txn, &request, &move));
        TRY(home_commit(job, candor, txn));
    }
    put_answer(job, candor, &request, report);
    return CANDOR_OK;
}

enum candor_status candor_opendsr_status(struct job *job, struct candor *candor, const char *id,
                                         struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = look(job, candor, id, false, report);
    home_leave(candor);
    return status;
}

enum candor_status candor_opendsr_cancel(struct job *job, struct candor *candor, const char *id,
                                         struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = look(job, candor, id, true, report);
    home_leave(candor);
    return status;
}
