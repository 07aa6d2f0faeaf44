/*
 * witness.c - serving a witness: POST /add-checkpoint (C2SP tlog-witness), and its key for people.
 *
 * Requests are answered on the network threads: a witness has few ledgers, each asks now and then,
 * and what bounds one is a sync of the disk.
 */
#include "serving.h"

struct serving_witness {
    struct candor_witness *witness;
    struct log *log;
};

static void answer_with(struct net_request *request, const struct outcome *outcome)
{
    const struct net_pair header[] = {
        {STR("Cache-Control"), STR("no-store")},
        {STR("X-Content-Type-Options"), STR("nosniff")},
    };
    const struct net_reply reply = {
        .code = outcome->code,
        .content_type = outcome->content_type,
        .body = outcome->body,
        .header = header,
        .header_count = sizeof header / sizeof header[0],
    };
    net_answer(request, &reply);
}

static struct outcome add_checkpoint(struct serving_witness *serving, struct job *job,
                                     const struct net_request *request)
{
    struct candor_witness_answer answer;
    const struct candor_text body = {(const char *)request->body.ptr, request->body.len};
    const enum candor_status status = candor_witness_take(job, serving->witness, body, &answer);
    if (status != CANDOR_OK) {
        log_event(job, LOG_ERROR, LIT("a checkpoint could not be kept, so it was not signed"),
                  LOG_U64("exit_code", (uint64_t)status_exit_code(status)));
        return outcome_failure(job->arena, status, candor_job_message(job));
    }
    log_event(job, answer.code == 200 ? LOG_INFO : LOG_WARN, LIT("add-checkpoint"),
              LOG_U64("code", answer.code));
    return (struct outcome){
        .code = answer.code,
        .content_type = str_of(answer.content_type),
        .body = {(const uint8_t *)answer.body.ptr, answer.body.len},
    };
}

static struct outcome show(struct serving_witness *serving, struct job *job)
{
    struct candor_text report;
    const enum candor_status status = candor_witness_list(job, serving->witness, &report);
    return status == CANDOR_OK ? outcome_json((struct str){report.ptr, report.len})
                               : outcome_failure(job->arena, status, candor_job_message(job));
}

static void handle(void *self, struct net_request *request)
{
    struct serving_witness *serving = self;
    struct outcome outcome;
    struct job job;
    job_within(&job, request->arena);
    job.log = serving->log;
    const bool is_get = request->method == NET_GET || request->method == NET_HEAD;
    if (request->method == NET_POST && str_is(request->path, "/add-checkpoint")) {
        outcome = add_checkpoint(serving, &job, request);
    } else if (is_get && str_is(request->path, "/")) {
        outcome = show(serving, &job);
    } else if (is_get && str_is(request->path, "/healthz")) {
        outcome = outcome_plain(STR("alive\n"));
    } else {
        outcome = outcome_problem(request->arena, 404,
                                  STR("a witness has POST /add-checkpoint and GET /"));
    }
    answer_with(request, &outcome);
}

enum candor_status serve_witness(struct job *job, struct candor_witness *witness,
                                 const struct serve_options *options,
                                 void (*ready)(void *self, const char *address), void *self)
{
    struct serving_witness serving = {.witness = witness};
    const struct house house = {.handle = handle, .self = &serving, .log = &serving.log};
    return serve_house(job, &house, options, ready, self);
}
