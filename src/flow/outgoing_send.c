/*
 * outgoing_send.c - trying to send what waits, and the commands over the queue.
 *
 *     look for what is due ──▶ post, with no lock held ──▶ put down what came of it
 *
 * People of a plan are looked up between the two, in a transaction of their own (contacts_send.c).
 *
 * The message is read again afterwards: one that was replaced meanwhile is another message and stays.
 * A crash between posting and putting down means that it is sent once more, with the same
 * Idempotency-Key.
 */
#include "outgoing.h"

#include "contacts.h"
#include "deletion.h"
#include "hooks.h"
#include "share.h"

enum { ROUND_MAX = 1000 };

/* ---- one try ------------------------------------------------------------------------------- */

/* What came back. */
struct reply {
    unsigned code; /* 0: nobody answered */
    struct str answer;
    bool is_taken;
    bool is_refused; /* for good: trying again is of no use */
    bool is_aside;
    bool is_empty; /* nothing was left to send, which settles it */
};

static enum candor_status post_one(struct job *job, const struct candor *candor,
                                   const struct candor_post *post, const struct outgoing *message,
                                   struct reply *reply)
{
    struct candor_header header[OUTGOING_HEADERS_MAX + 1 + WEBHOOK_HEADERS];
    size_t count = message->header_count + 1;
    struct candor_text answer = {NULL, 0};
    for (size_t i = 0; i < message->header_count; i++) {
        header[i] = (struct candor_header){str_z(job->arena, message->header[i].name),
                                           str_z(job->arena, message->header[i].value)};
    }
    const struct str key = hex_of(job->arena, (struct bytes){message->key, sizeof message->key});
    header[message->header_count] =
        (struct candor_header){"Idempotency-Key", str_z(job->arena, key)};
    const bool is_to_hook = message->kind == OUTGOING_EVENTS || message->kind == OUTGOING_CONTACTS;
    if (message->kind == OUTGOING_RECALL || is_to_hook) {
        TRY(webhook_sign(job, candor, message, header + count));
        count += WEBHOOK_HEADERS;
    }
    const struct candor_letter letter = {
        .url = str_z(job->arena, message->url),
        .content_type = str_z(job->arena, message->content_type),
        .body = {(const char *)message->body.ptr, message->body.len},
        .header = header,
        .header_count = count,
        .only_public = is_to_hook && hook_is_public(candor, message->to),
    };
    TRY(post->post(job, post->self, &letter, &reply->code, &answer));
    reply->answer = (struct str){answer.ptr, answer.len};
    reply->is_taken = reply->code >= 200 && reply->code < 300;
    return CANDOR_OK;
}

/* Whether it was taken: the code says so, or the answer itself where the protocol has one. */
static enum candor_status look_at(struct job *job, struct candor *candor, struct txn *txn,
                                  const struct outgoing *message, struct reply *reply)
{
    switch (message->kind) {
    case OUTGOING_DELETION:
        return deletion_answered(job, candor, txn, message, reply->answer, &reply->is_taken,
                                 &reply->is_refused);
    case OUTGOING_RECALL:
        return reply->is_taken ? recall_taken(job, candor, txn, message->object, reply->answer)
                               : CANDOR_OK;
    case OUTGOING_CONTACTS:
        return reply->is_taken ? contacts_settled(job, candor, txn, message, true) : CANDOR_OK;
    case OUTGOING_DRP_STATUS:
    case OUTGOING_OPENDSR_STATUS:
    case OUTGOING_EVENTS:
    case OUTGOING_KINDS:
        break;
    }
    return CANDOR_OK;
}

static enum candor_status put_down(struct job *job, struct candor *candor,
                                   const struct outgoing *sent, struct reply *reply)
{
    struct txn *txn = NULL;
    struct outgoing message;
    uint64_t index = 0;
    TRY(home_begin(job, candor, &txn));
    const enum candor_status status = outgoing_load(job, txn, sent->name, &message);
    if (status == CANDOR_NOT_FOUND) { /* dropped meanwhile */
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    if (!bytes_same(message.key, sent->key, sizeof message.key)) {
        return CANDOR_OK;
    }
    TRY(look_at(job, candor, txn, &message, reply));
    if (reply->is_taken) {
        TRY(outgoing_remove(job, txn, message.name));
    } else {
        outgoing_put_off(&message, reply->code, job->now);
        message.is_aside = message.is_aside || reply->is_refused;
        TRY(outgoing_store(job, txn, &message));
    }
    reply->is_aside = !reply->is_taken && message.is_aside;
    const struct account account = {.action = LEDGER_MESSAGE,
                                    .outcome = reply->is_taken ? OUTCOME_DONE : OUTCOME_FAILED,
                                    .object = message.object};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    return home_commit(job, candor, txn);
}

/* ---- a round ------------------------------------------------------------------------------- */

struct round {
    const struct candor_post *post;
    struct map *silent; /* who gave no answer: they are not waited for again in this round */
    int64_t begun;      /* the job's instant, and the clock's, when the round began */
    int64_t clock;
    size_t sent;
    size_t failed;
    size_t given_up;
    struct json *json;
};

static void put_outcome(struct round *round, const struct outgoing *message,
                        const struct reply *reply, struct str problem)
{
    struct json *json = round->json;
    json_map_begin(json);
    json_key(json, LIT("id"));
    json_text(json, message->name);
    json_key(json, LIT("kind"));
    json_text(json, str_of(outgoing_kind_name(message->kind)));
    json_key(json, LIT("to"));
    json_text(json, message->to);
    json_key(json, LIT("outcome"));
    json_lit(json, reply->is_empty   ? LIT("nobody_left")
                   : reply->is_taken ? LIT("sent")
                   : reply->is_aside ? LIT("given_up")
                                     : LIT("failed"));
    json_key(json, LIT("code"));
    json_u64(json, reply->code);
    put_text_or_null(json, LIT("problem"), problem);
    json_map_end(json);
}

/* People are looked up just before they leave, and not before. */
static enum candor_status prepare(struct job *job, struct candor *candor, struct outgoing *message,
                                  struct reply *reply)
{
    if (message->kind != OUTGOING_CONTACTS) {
        return CANDOR_OK;
    }
    home_enter(candor);
    const enum candor_status status =
        contacts_compose(job, candor, message, &message->body, &reply->is_empty);
    home_leave(candor);
    reply->is_taken = status == CANDOR_OK && reply->is_empty;
    return status;
}

/* A round lasts as long as others let us wait: what was said meanwhile counts, and a signature bears the
 * present instant. */
static void move_on(struct job *job, const struct round *round)
{
    const int64_t gone = job->host->now(job->host) - round->clock;
    job->now = gone > 0 ? round->begun + gone : round->begun;
}

static enum candor_status try_one(struct job *job, struct candor *candor, struct round *round,
                                  const struct outgoing *message)
{
    struct reply reply = {0};
    struct str problem = STR("");
    struct outgoing ready = *message;
    if (map_get(round->silent, KEY(message->to)) != NULL) {
        return CANDOR_OK;
    }
    move_on(job, round);
    const enum candor_status prepared = prepare(job, candor, &ready, &reply);
    enum candor_status tried = prepared;
    if (tried == CANDOR_OK && !reply.is_empty) {
        tried = post_one(job, candor, round->post, &ready, &reply);
    }
    if (tried != CANDOR_OK) {
        problem = str_copy(job->arena, str_of(candor_job_message(job)));
        if (prepared == CANDOR_OK) {
            map_put(round->silent, KEY(message->to), round);
        }
        job_forgive(job);
    }
    home_enter(candor);
    const enum candor_status status = put_down(job, candor, message, &reply);
    home_leave(candor);
    TRY(status);
    put_outcome(round, message, &reply, problem);
    round->sent += reply.is_taken && !reply.is_empty;
    round->failed += !reply.is_taken;
    round->given_up += reply.is_aside;
    return CANDOR_OK;
}

/* Whoever sends need not be allowed anything: what is sent was decided when it was queued. */
static enum candor_status find_due(struct job *job, struct candor *candor,
                                   struct outgoing **message, size_t *count)
{
    struct txn *txn = NULL;
    size_t all = 0;
    *count = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(outgoing_all(job, txn, message, &all));
    for (size_t i = 0; i < all && *count < ROUND_MAX; i++) {
        if (!(*message)[i].is_aside && (*message)[i].due <= job->now) {
            (*message)[(*count)++] = (*message)[i];
        }
    }
    return CANDOR_OK;
}

enum candor_status candor_outgoing_send(struct job *job, struct candor *candor,
                                        const struct candor_post *post, size_t *failed,
                                        size_t *given_up, struct candor_text *report)
{
    struct outgoing *message = NULL;
    size_t count = 0;
    struct answer answer;
    struct round round = {.post = post,
                          .silent = map_begin(job->arena),
                          .begun = job->now,
                          .clock = job->host->now(job->host),
                          .json = &answer.json};
    home_enter(candor);
    enum candor_status status = hooks_queue(job, candor);
    if (status == CANDOR_OK) {
        status = find_due(job, candor, &message, &count);
    }
    home_leave(candor);
    TRY(status);
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("messages"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count && !(post->is_over != NULL && post->is_over(post->self)); i++) {
        TRY(try_one(job, candor, &round, &message[i]));
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("sent"));
    json_u64(&answer.json, round.sent);
    json_key(&answer.json, LIT("failed"));
    json_u64(&answer.json, round.failed);
    json_key(&answer.json, LIT("given_up"));
    json_u64(&answer.json, round.given_up);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    *failed = round.failed;
    *given_up = round.given_up;
    return CANDOR_OK;
}

/* ---- looking, trying again, forgetting ----------------------------------------------------- */

static void put_message(struct job *job, struct json *json, const struct outgoing *message)
{
    json_map_begin(json);
    json_key(json, LIT("id"));
    json_text(json, message->name);
    json_key(json, LIT("kind"));
    json_text(json, str_of(outgoing_kind_name(message->kind)));
    json_key(json, LIT("to"));
    json_text(json, message->to);
    json_key(json, LIT("about"));
    json_hex(json, (struct bytes){message->object, sizeof message->object});
    json_key(json, LIT("state"));
    json_lit(json, message->is_aside ? LIT("given_up") : LIT("waiting"));
    json_key(json, LIT("queued"));
    json_text(json, str_from_time(job->arena, message->queued));
    put_time_or_null(job, json, LIT("due"), message->is_aside ? 0 : message->due);
    json_key(json, LIT("tries"));
    json_u64(json, message->tries);
    json_key(json, LIT("code"));
    json_u64(json, message->code);
    json_map_end(json);
}

static enum candor_status list(struct job *job, struct candor *candor, size_t *given_up,
                               struct candor_text *report)
{
    struct txn *txn = NULL;
    struct outgoing *message = NULL;
    size_t count = 0;
    struct answer answer;
    *given_up = 0;
    TRY(caller_may(job, candor, ACT_CONSENT));
    TRY(home_begin(job, candor, &txn));
    TRY(outgoing_all(job, txn, &message, &count));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("messages"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        put_message(job, &answer.json, &message[i]);
        *given_up += message[i].is_aside;
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("waiting"));
    json_u64(&answer.json, count - *given_up);
    json_key(&answer.json, LIT("given_up"));
    json_u64(&answer.json, *given_up);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_outgoing_list(struct job *job, struct candor *candor, size_t *given_up,
                                        struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = list(job, candor, given_up, report);
    home_leave(candor);
    return status;
}

static enum candor_status settle(struct job *job, struct candor *candor, const char *id, bool again,
                                 struct candor_text *report)
{
    struct txn *txn = NULL;
    struct outgoing message;
    struct answer answer;
    uint8_t number[16];
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_CONSENT));
    if (!hex_read(str_of(id), number, sizeof number)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "a message is named by 32 hex digits; see: candor outgoing list");
    }
    TRY(home_begin(job, candor, &txn));
    TRY(outgoing_load(job, txn, str_of(id), &message));
    if (again) {
        message.is_aside = false;
        message.tries = 0;
        message.due = job->now;
        TRY(outgoing_store(job, txn, &message));
    } else {
        TRY(message.kind == OUTGOING_CONTACTS ? contacts_settled(job, candor, txn, &message, false)
                                              : CANDOR_OK);
        TRY(outgoing_remove(job, txn, message.name));
    }
    const struct account account = {.action = LEDGER_MESSAGE,
                                    .outcome = again ? OUTCOME_ALLOW : OUTCOME_DENY,
                                    .object = message.object};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    answer_begin(job, &answer);
    put_message(job, &answer.json, &message);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_outgoing_retry(struct job *job, struct candor *candor, const char *id,
                                         struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = settle(job, candor, id, true, report);
    home_leave(candor);
    return status;
}

enum candor_status candor_outgoing_drop(struct job *job, struct candor *candor, const char *id,
                                        struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = settle(job, candor, id, false, report);
    home_leave(candor);
    return status;
}
