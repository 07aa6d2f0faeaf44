/*
 * test_desk.c - the desk with a server on the wire and a home that writes down what it is asked. The home is this
 * file: the functions of candor.h that the room calls. Its gate holds the worker inside a first
 * call while requests gather behind it, so that what shares a commit does not depend on luck.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "serving.h"
#include "testing.h"

/* ---- the other end of the wire ------------------------------------------------------------- */

enum { PATIENCE_MS = 60000 };

struct answer {
    unsigned code; /* 0: none came */
    char text[16384];
};

static int wire_open(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {PATIENCE_MS / 1000, 0};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0);
    must(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
    must(connect(fd, (const struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

/* To the end of the connection: every request asks for it. */
static struct answer wire_read(int fd)
{
    struct answer answer = {0};
    size_t len = 0;
    ssize_t more = 1;
    while (more > 0 && len < sizeof answer.text - 1) {
        more = recv(fd, answer.text + len, sizeof answer.text - 1 - len, 0);
        len += more > 0 ? (size_t)more : 0;
    }
    static const char start[] = "HTTP/1.1 ";
    if (strncmp(answer.text, start, sizeof start - 1) == 0) {
        answer.code = (unsigned)strtoul(answer.text + sizeof start - 1, NULL, 10);
    }
    return answer;
}

/* ---- a home -------------------------------------------------------------------------------- */

enum { NOTES_MAX = 4096 };

struct candor {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_shut;              /* calls wait here */
    bool is_waited;            /* one does */
    bool is_entered;           /* a key's holder is inside; the worker's own */
    enum candor_status status; /* of the calls to come */
    bool is_read;              /* keys can be looked at */
    char notes[NOTES_MAX];     /* "D2 W D1 ": what was called, in order */
};

/* count 0 is left out. */
static void note(struct candor *candor, const char *what, size_t count)
{
    char number[24] = "";
    if (count > 0) {
        (void)snprintf(number, sizeof number, "%zu", count);
    }
    must(pthread_mutex_lock(&candor->lock) == 0);
    const size_t len = strlen(candor->notes);
    (void)snprintf(candor->notes + len, sizeof candor->notes - len, "%s%s ", what, number);
    candor->is_waited = true;
    must(pthread_cond_broadcast(&candor->changed) == 0);
    while (candor->is_shut) {
        must(pthread_cond_wait(&candor->changed, &candor->lock) == 0);
    }
    must(pthread_mutex_unlock(&candor->lock) == 0);
}

static void shut(struct candor *candor)
{
    must(pthread_mutex_lock(&candor->lock) == 0);
    candor->is_shut = true;
    candor->is_waited = false;
    must(pthread_mutex_unlock(&candor->lock) == 0);
}

static void wait_at_gate(struct candor *candor)
{
    must(pthread_mutex_lock(&candor->lock) == 0);
    while (!candor->is_waited) {
        must(pthread_cond_wait(&candor->changed, &candor->lock) == 0);
    }
    must(pthread_mutex_unlock(&candor->lock) == 0);
}

static void open_gate(struct candor *candor)
{
    must(pthread_mutex_lock(&candor->lock) == 0);
    candor->is_shut = false;
    must(pthread_cond_broadcast(&candor->changed) == 0);
    must(pthread_mutex_unlock(&candor->lock) == 0);
}

enum candor_status candor_key_enter(struct job *job, struct candor *candor, const char *key,
                                    const char *act, const char *because)
{
    (void)act;
    (void)because;
    must(!candor->is_entered);
    if (strcmp(key, "unknown") == 0) {
        return (fail)(job, CANDOR_NOT_FOUND, "no such key");
    }
    if (strcmp(key, "good") != 0) {
        return (fail)(job, CANDOR_FORBIDDEN, "not this key");
    }
    candor->is_entered = true;
    return CANDOR_OK;
}

enum candor_status candor_key_look(struct job *job, struct candor *candor, const char *key,
                                   const char *act)
{
    (void)act;
    if (!candor->is_read) {
        return (fail)(job, CANDOR_BUSY, "not read");
    }
    return strcmp(key, "good") == 0      ? CANDOR_OK
           : strcmp(key, "unknown") == 0 ? (fail)(job, CANDOR_NOT_FOUND, "no such key here")
                                         : (fail)(job, CANDOR_FORBIDDEN, "not this key here");
}

void candor_key_leave(struct candor *candor)
{
    must(candor->is_entered);
    candor->is_entered = false;
}

enum candor_status candor_decide_many(struct job *job, struct candor *candor,
                                      const struct candor_question *question, size_t count,
                                      struct candor_answer *answer)
{
    note(candor, "D", count);
    if (candor->status != CANDOR_OK) {
        return (fail)(job, candor->status, "as told");
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(question[i].identifier, "bad") == 0) {
            return (fail)(job, CANDOR_CORRUPT, "damaged");
        }
        answer[i] = (struct candor_answer){.code = question[i].identifier, .ledger_index = i};
        if (strcmp(question[i].identifier, "nobody") == 0) {
            answer[i] = (struct candor_answer){.status = CANDOR_NOT_FOUND, .message = "nobody"};
        }
    }
    return CANDOR_OK;
}

static enum candor_status say(struct candor *candor, const char *what, struct candor_text *report)
{
    note(candor, what, 0);
    *report = (struct candor_text){"{}", 2};
    return candor->status;
}

enum candor_status candor_choose(struct job *job, struct candor *candor,
                                 const struct candor_choice *choice, struct candor_text *report)
{
    (void)job;
    expect(strcmp(choice->identifier, "anna") == 0 && strcmp(choice->purpose, "p") == 0,
           "arguments in order");
    expect(strcmp(choice->decision, "withdraw") == 0 && strcmp(choice->surface, "api") == 0,
           "arguments in order");
    return say(candor, "W", report);
}

enum candor_status candor_consent_confirm(struct job *job, struct candor *candor, const char *token,
                                          struct candor_text *report)
{
    (void)job;
    (void)token;
    return say(candor, "confirm", report);
}

enum candor_status candor_may_ask(struct job *job, struct candor *candor,
                                  const struct candor_choice *question, bool *may,
                                  struct candor_text *report)
{
    (void)job;
    (void)question;
    *may = false;
    return say(candor, "may", report);
}

enum candor_status candor_receipt(struct job *job, struct candor *candor, const char *identifier,
                                  const char *purpose, uint64_t number, struct candor_text *receipt,
                                  struct candor_text *page)
{
    (void)job;
    expect(strcmp(identifier, "anna") == 0 && purpose == NULL && number == 3 && page == NULL,
           "arguments in order");
    return say(candor, "receipt", receipt);
}

enum candor_status candor_report(struct job *job, struct candor *candor,
                                 const struct candor_report_order *order,
                                 struct candor_text *report)
{
    (void)job;
    (void)order;
    return say(candor, "report", report);
}

enum candor_status candor_handoff(struct job *job, struct candor *candor, const char *identifier,
                                  const char *decision, struct candor_text *report)
{
    (void)job;
    expect(strcmp(identifier, "anna") == 0 && strcmp(decision, "d") == 0, "arguments in order");
    return say(candor, "handoff", report);
}

#define SUBJECT_CALL(name, what) \
    enum candor_status candor_subject_##name(struct job *job, struct candor *candor, \
                                             const char *identifier, struct candor_text *report) \
    { \
        (void)job; \
        (void)identifier; \
        return say(candor, what, report); \
    }

SUBJECT_CALL(show, "show")
SUBJECT_CALL(export, "export")
SUBJECT_CALL(consents, "consents")
SUBJECT_CALL(decisions, "decisions")
SUBJECT_CALL(signals, "signals")
SUBJECT_CALL(erase, "erase")

#include "calls_board.h"
#include "calls_people.h" /* what the others stand on */

#include "calls_content.h"
#include "calls_guard.h"
#include "calls_rights.h"
#include "calls_signals.h"
#include "calls_surface.h"
#include "calls_track.h"

enum candor_status candor_subject_decision(struct job *job, struct candor *candor,
                                           const char *identifier, uint64_t index,
                                           const struct candor_languages *languages, bool *same,
                                           struct candor_text *report)
{
    (void)identifier;
    (void)index;
    (void)languages;
    (void)job;
    *same = true;
    return say(candor, "decision", report);
}

enum candor_status candor_subject_correct(struct job *job, struct candor *candor,
                                          const char *identifier, const char *field,
                                          const char *value, struct candor_text *report)
{
    (void)identifier;
    (void)value;
    (void)job;
    TRY(say(candor, field, report));
    return strcmp(field, "b") == 0 ? (fail)(job, CANDOR_BAD_INPUT, "no field b") : CANDOR_OK;
}

enum candor_status candor_permit_for(struct job *job, struct candor *candor,
                                     const struct candor_choice *question, bool *allowed,
                                     const char **code)
{
    (void)job;
    (void)question;
    note(candor, "P", 0);
    *allowed = true;
    *code = "ok_consent";
    return CANDOR_OK;
}

enum candor_status candor_ledger_prove(struct job *job, struct candor *candor, uint64_t index,
                                       struct candor_text *proof)
{
    (void)job;
    (void)index;
    return say(candor, "prove", proof);
}

enum candor_status candor_ledger_checkpoint(struct job *job, struct candor *candor,
                                            struct candor_text *checkpoint)
{
    (void)job;
    return say(candor, "checkpoint", checkpoint);
}

enum candor_status candor_ledger_tile(struct job *job, struct candor *candor, const char *path,
                                      struct candor_text *tile)
{
    (void)candor;
    if (strcmp(path, "0/000.p/10") != 0) {
        job->status = CANDOR_NOT_FOUND;
        (void)snprintf(job->message, sizeof job->message, "no tile has a name of this form");
        return CANDOR_NOT_FOUND;
    }
    *tile = (struct candor_text){"tile", 4};
    return CANDOR_OK;
}

enum candor_status candor_ledger_entry(struct job *job, struct candor *candor, uint64_t index,
                                       struct candor_text *report)
{
    (void)job;
    (void)index;
    return say(candor, "entry", report);
}

void candor_figures(struct candor *candor, struct candor_figures *figures)
{
    (void)candor;
    *figures = (struct candor_figures){.ledger_entries = 10};
}

const char *candor_job_message(const struct job *job)
{
    return job->message;
}

/* ---- a server over it ---------------------------------------------------------------------- */

enum { CLIENTS_MAX = 16 };

struct shop {
    struct job job;
    struct candor candor;
    struct desk *desk;
    struct net_server *server;
    int client[CLIENTS_MAX];
    size_t client_count;
};

static struct shop *shop_begin(void)
{
    struct shop *shop = calloc(1, sizeof *shop);
    must(shop != NULL);
    job_begin(&shop->job, host_real());
    must(pthread_mutex_init(&shop->candor.lock, NULL) == 0);
    must(pthread_cond_init(&shop->candor.changed, NULL) == 0);
    shop->desk = NEW(shop->job.arena, struct desk);
    shop->desk->candor = &shop->candor;
    shop->desk->openapi = openapi_write(shop->job.arena);
    const struct net_options options = {
        .listen = STR("127.0.0.1:0"), .admit = desk_admit, .pause = desk_pause};
    must(desk_begin(&shop->job, shop->desk) == CANDOR_OK);
    must(net_start(&shop->job, shop->job.arena, &options, desk_handle, shop->desk, &shop->server) ==
         CANDOR_OK);
    atomic_store(&shop->desk->server, shop->server);
    return shop;
}

static void shop_end(struct shop *shop)
{
    for (size_t i = 0; i < shop->client_count; i++) {
        (void)close(shop->client[i]);
    }
    net_stop(shop->server, 5);
    desk_end(shop->desk);
    must(pthread_cond_destroy(&shop->candor.changed) == 0);
    must(pthread_mutex_destroy(&shop->candor.lock) == 0);
    job_end(&shop->job);
    free(shop);
}

static size_t waiting_count(struct desk *desk)
{
    must(pthread_mutex_lock(&desk->lock) == 0);
    const size_t count = desk->count;
    must(pthread_mutex_unlock(&desk->lock) == 0);
    return count;
}

static void send_request(struct shop *shop, const char *method, const char *path, const char *key,
                         const char *body)
{
    char text[1024];
    must(shop->client_count < CLIENTS_MAX);
    const int fd = wire_open(net_port(shop->server));
    shop->client[shop->client_count++] = fd;
    const int len = snprintf(
        text, sizeof text,
        "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s%s%sContent-Length: %zu\r\n\r\n%s",
        method, path, key != NULL ? "Authorization: Bearer " : "", key != NULL ? key : "",
        key != NULL ? "\r\n" : "", strlen(body), body);
    expect(send(fd, text, (size_t)len, MSG_NOSIGNAL) == len, "%s %s is sent", method, path);
}

/* Send it and wait until it is in the queue, so that the next one stands behind it. */
static void queue_request(struct shop *shop, const char *method, const char *path, const char *key,
                          const char *body)
{
    const size_t before = waiting_count(shop->desk);
    send_request(shop, method, path, key, body);
    const struct timespec one_ms = {0, 1000000};
    for (unsigned i = 0; i < PATIENCE_MS && waiting_count(shop->desk) == before; i++) {
        (void)nanosleep(&one_ms, NULL);
    }
    expect(waiting_count(shop->desk) == before + 1, "%s %s is queued", method, path);
}

static void queue_decide(struct shop *shop, const char *identifier, const char *key)
{
    char body[256];
    (void)snprintf(body, sizeof body, "{\"identifier\":\"%s\",\"campaign\":\"c\"}", identifier);
    queue_request(shop, "POST", "/v1/decide", key, body);
}

/* The worker is inside a call, and stays there. */
static void occupy(struct shop *shop)
{
    shut(&shop->candor);
    send_request(shop, "GET", "/v1/ledger/checkpoint", NULL, "");
    wait_at_gate(&shop->candor);
}

static void expect_answer(struct shop *shop, size_t client, unsigned code, const char *part)
{
    const struct answer answer = wire_read(shop->client[client]);
    expect(answer.code == code, "client %zu: %u %s", client, answer.code, answer.text);
    expect(strstr(answer.text, part) != NULL, "client %zu: %s", client, answer.text);
}

/* One request, one answer. */
static struct answer ask_shop(struct shop *shop, const char *method, const char *path,
                              const char *key, const char *body)
{
    send_request(shop, method, path, key, body);
    return wire_read(shop->client[shop->client_count - 1]);
}

/* ---- tests --------------------------------------------------------------------------------- */

static const char withdrawal[] = "{\"purpose\":\"p\",\"decision\":\"withdraw\"}";

static void decisions_beside_each_other_share_a_commit_and_a_withdrawal_is_a_fence(void **state)
{
    (void)state;
    struct shop *shop = shop_begin();
    occupy(shop);
    queue_decide(shop, "a", "good");
    queue_decide(shop, "b", "good");
    queue_decide(shop, "nobody", "good");
    queue_request(shop, "PUT", "/v1/subjects/anna/consents", "good", withdrawal);
    queue_decide(shop, "c", "good");
    open_gate(&shop->candor);

    expect_answer(shop, 0, 200, "{}");
    expect_answer(shop, 1, 200, "\"code\":\"a\"");
    expect_answer(shop, 2, 200, "\"code\":\"b\"");
    expect_answer(shop, 3, 404, "not_found");
    expect_answer(shop, 4, 200, "{}");
    expect_answer(shop, 5, 200, "\"code\":\"c\"");
    assert_string_equal(shop->candor.notes, "checkpoint D3 W D1 ");
    shop_end(shop);
}

static void a_refused_key_takes_no_part_in_the_group(void **state)
{
    (void)state;
    struct shop *shop = shop_begin();
    occupy(shop);
    queue_decide(shop, "a", "good");
    queue_decide(shop, "b", "other");
    queue_decide(shop, "c", "good");
    queue_request(shop, "PUT", "/v1/subjects/anna/consents", "other", withdrawal);
    queue_decide(shop, "d", "unknown");
    open_gate(&shop->candor);

    expect_answer(shop, 1, 200, "\"code\":\"a\"");
    expect_answer(shop, 2, 403, "forbidden");
    expect_answer(shop, 3, 200, "\"code\":\"c\"");
    expect_answer(shop, 4, 403, "forbidden");
    expect_answer(shop, 5, 401, "no such key");
    assert_string_equal(shop->candor.notes, "checkpoint D2 ");
    shop_end(shop);
}

/* None of them sends the body that it speaks of. */
static void what_the_head_tells_is_answered_before_the_body(void **state)
{
    static const struct {
        const char *head;
        unsigned code;
        const char *part;
    } row[] = {
        {"POST /v1/decide HTTP/1.1\r\nAuthorization: Bearer unknown\r\n", 401, "no such key here"},
        {"POST /v1/decide HTTP/1.1\r\nAuthorization: Bearer other\r\n", 403, "not this key here"},
        {"POST /v1/decide HTTP/1.1\r\n", 401, "needs an API key"},
        {"POST /v1/decide HTTP/1.1\r\nAuthorization: Basic eDp5\r\n", 401, "needs an API key"},
        {"POST /v1/track HTTP/1.1\r\nAuthorization: Bearer unknown\r\n", 401, "no such key here"},
        {"POST /v1/chat/completions HTTP/1.1\r\nAuthorization: Bearer unknown\r\n", 401,
         "no such key here"},
        {"POST /v1/nothing HTTP/1.1\r\nAuthorization: Bearer good\r\n", 404, "no such path"},
        {"PATCH /v1/decide HTTP/1.1\r\nAuthorization: Bearer good\r\n", 405, "this path takes"},
        {"POST /v1/decide HTTP/1.1\r\nAuthorization: Bearer unknown\r\nExpect: 100-continue\r\n",
         401, "no such key here"},
    };
    (void)state;
    struct shop *shop = shop_begin();
    shop->candor.is_read = true;
    for (size_t r = 0; r < sizeof row / sizeof row[0]; r++) {
        char text[512];
        const int len =
            snprintf(text, sizeof text, "%sHost: a\r\nContent-Length: 60000\r\n\r\n", row[r].head);
        const int fd = wire_open(net_port(shop->server));
        expect(send(fd, text, (size_t)len, MSG_NOSIGNAL) == len, "row %zu is sent", r);
        const struct answer answer = wire_read(fd); /* to the end of the connection */
        (void)close(fd);
        expect(answer.code == row[r].code, "row %zu: %u %s", r, answer.code, answer.text);
        expect(strstr(answer.text, row[r].part) != NULL, "row %zu: %s", r, answer.text);
        expect(strstr(answer.text, "Connection: close") != NULL, "row %zu: %s", r, answer.text);
    }
    shop->candor.is_read = false; /* keys have just changed: the worker asks */
    assert_int_equal(ask_shop(shop, "GET", "/v1/subjects/anna", "unknown", "").code, 401);
    assert_int_equal(ask_shop(shop, "GET", "/healthz", NULL, "").code, 200);
    shop_end(shop);
}

/* Each key that is none is charged to the address, wherever it stands. */
static void keys_that_are_none_are_counted_where_they_come_from(void **state)
{
    unsigned refused = 0;
    (void)state;
    for (int in_body = 0; in_body < 2; in_body++) {
        struct shop *shop = shop_begin();
        shop->candor.is_read = true;
        for (int i = 0; i < 400 && refused == 0; i++) {
            shop->client_count = 0;
            const struct answer answer = in_body
                                             ? ask_shop(shop, "POST", "/v1/track", NULL, "u")
                                             : ask_shop(shop, "POST", "/v1/decide", "unknown", "{");
            (void)close(shop->client[0]);
            expect(answer.code == 401 || answer.code == 429, "%d: %s", in_body, answer.text);
            refused += answer.code == 429;
        }
        expect(refused == 1, "in the body %d: none was refused", in_body);
        refused = 0;
        shop->client_count = 0;
        shop_end(shop);
    }
}

static void one_damaged_record_fails_alone(void **state)
{
    (void)state;
    struct shop *shop = shop_begin();
    occupy(shop);
    queue_decide(shop, "a", "good");
    queue_decide(shop, "bad", "good");
    queue_decide(shop, "c", "good");
    open_gate(&shop->candor);

    expect_answer(shop, 1, 200, "\"code\":\"a\"");
    expect_answer(shop, 2, 500, "corrupt");
    expect_answer(shop, 3, 200, "\"code\":\"c\"");
    assert_string_equal(shop->candor.notes, "checkpoint D3 D1 D1 D1 ");
    assert_int_equal(ask_shop(shop, "GET", "/readyz", NULL, "").code, 200);
    shop_end(shop);
}

static void tracking_calls_beside_each_other_share_a_commit(void **state)
{
    (void)state;
    struct shop *shop = shop_begin();
    occupy(shop);
    queue_request(shop, "POST", "/v1/track", "good", "x");
    queue_request(shop, "POST", "/v1/batch", NULL, "k"); /* its key is in the body */
    queue_request(shop, "POST", "/v1/page", "good", "b");
    queue_request(shop, "POST", "/v1/track", "other", "x");
    queue_request(shop, "POST", "/v1/batch", "good", "m"); /* so many that no more join it */
    queue_request(shop, "POST", "/v1/track", "good", "d");
    queue_request(shop, "POST", "/v1/track", "good", "x");
    queue_decide(shop, "c", "good");
    queue_request(shop, "POST", "/v1/alias", "good", "x");
    open_gate(&shop->candor);

    expect_answer(shop, 1, 200, "{}");
    expect_answer(shop, 2, 200, "{}");
    expect_answer(shop, 3, 400, "bad");
    expect_answer(shop, 4, 403, "forbidden");
    expect_answer(shop, 5, 200, "{}");
    expect_answer(shop, 6, 500, "corrupt");
    expect_answer(shop, 7, 200, "{}");
    expect_answer(shop, 8, 200, "\"code\":\"c\"");
    expect_answer(shop, 9, 200, "{}");
    assert_string_equal(shop->candor.notes, "checkpoint T4 T2 T1 T1 D1 T1 ");
    assert_int_equal(ask_shop(shop, "POST", "/v1/track", NULL, "x").code, 401);
    assert_int_equal(ask_shop(shop, "POST", "/v1/track", "good", "").code, 400);
    shop_end(shop);
}

static void a_failing_disk_fails_the_group_once_and_readiness_says_so(void **state)
{
    (void)state;
    struct shop *shop = shop_begin();
    assert_int_equal(ask_shop(shop, "GET", "/readyz", NULL, "").code, 200);
    occupy(shop);
    queue_decide(shop, "a", "good");
    queue_decide(shop, "b", "good");
    must(pthread_mutex_lock(&shop->candor.lock) == 0);
    shop->candor.status = CANDOR_IO;
    must(pthread_mutex_unlock(&shop->candor.lock) == 0);
    open_gate(&shop->candor);

    expect_answer(shop, 2, 500, "\"code\":\"io\"");
    expect_answer(shop, 3, 500, "\"code\":\"io\"");
    assert_string_equal(shop->candor.notes, "checkpoint D2 ");
    const struct answer ready = ask_shop(shop, "GET", "/readyz", NULL, "");
    assert_int_equal(ready.code, 503);
    assert_non_null(strstr(ready.text, "Retry-After: 1"));
    assert_int_equal(ask_shop(shop, "GET", "/healthz", NULL, "").code, 200);
    shop_end(shop);
}

static void a_correction_that_fails_says_how_far_it_came(void **state)
{
    (void)state;
    struct shop *shop = shop_begin();
    const struct answer answer = ask_shop(shop, "PUT", "/v1/subjects/anna", "good",
                                          "{\"fields\":{\"a\":1,\"b\":2,\"c\":3}}");
    assert_int_equal(answer.code, 400);
    assert_non_null(strstr(answer.text, "change 2 of 3, those before it are made: no field b"));
    const struct answer first =
        ask_shop(shop, "PUT", "/v1/subjects/anna", "good", "{\"fields\":{\"b\":1,\"c\":2}}");
    assert_int_equal(first.code, 400);
    assert_non_null(strstr(first.text, "\"detail\":\"no field b\""));
    assert_string_equal(shop->candor.notes, "a b b ");
    shop_end(shop);
}

/* What a request and its answer are. */
static const struct row {
    const char *method;
    const char *path;
    const char *key;
    const char *body;
    unsigned code;
    const char *part;
    const char *header; /* NULL: any */
} row[] = {
    {"GET", "/v1/subjects/a", "good", "", 200, "{}", "Cache-Control"},
    {"GET", "/v1/subjects/a", NULL, "", 401, "API key", "WWW-Authenticate"},
    {"GET", "/v1/subjects/a", "other", "", 403, "forbidden", NULL},
    {"GET", "/v1/subjects/a", "unknown", "", 401, "no such key", "error=\"invalid_token\""},
    {"GET", "/v1/nothing", "good", "", 404, "openapi.json", NULL},
    {"GET", "/v1/decide", "good", "", 405, "POST", "Allow"},
    {"POST", "/v1/decide", "good", "{", 400, "bad_input", NULL},
    {"POST", "/v1/permit", "good", "{\"identifier\":\"a\",\"purpose\":\"p\"}", 200,
     "{\"allowed\":true,\"code\":\"ok_consent\"}", NULL},
    {"POST", "/v1/permit", "good",
     "{\"identifier\":\"a\",\"purpose\":\"p\",\"signals\":{\"gpc\":1}}", 200, "{}", NULL},
    {"GET", "/v1/subjects/a/signals", "good", "", 200, "{}", NULL},
    {"GET", "/v1/subjects/a/signals", NULL, "", 401, "API key", NULL},
    {"GET", "/.well-known/gpc.json", NULL, "", 200, "{}", NULL},
    {"GET", "/unsubscribe/abc", NULL, "", 200, "&lt;News&gt;", "Content-Security-Policy"},
    {"GET", "/unsubscribe/abc", NULL, "", 200, "<button class", NULL},
    {"POST", "/unsubscribe/abc", NULL, "body", 200, "You are unsubscribed", NULL},
    {"GET", "/v1/ledger/proof/9", NULL, "", 200, "{}", NULL},
    {"GET", "/v1/ledger/proof/10", NULL, "", 404, "10 entries", NULL},
    {"GET", "/v1/ledger/entry/9", NULL, "", 401, "API key", NULL},
    {"GET", "/tile/0/000.p/10", NULL, "", 200, "tile", NULL},
    {"GET", "/tile/0/000.p/11", NULL, "", 404, "no tile", NULL},
    {"GET", "/tile/entries/000.p/10", NULL, "", 401, "API key", NULL},
    {"GET", "/tile/%65ntries/000.p/10", NULL, "", 401, "API key", NULL},
    {"GET", "/tile/", NULL, "", 404, "no such path", NULL},
    {"GET", "/candor.js", NULL, "", 200, "text/javascript; charset=utf-8", "max-age=3600"},
    {"GET", "/v1/surface?language=de", NULL, "", 200, "{}", "Vary: Origin"},
    {"POST", "/v1/surface/choices", "good", "{}", 200, "{}", "Vary: Origin"},
    {"POST", "/v1/surface/choices", "good", "", 400, "needs a body", NULL},
    {"POST", "/v1/surface/choices", NULL, "{}", 401, "API key", "Vary: Origin"},
    {"OPTIONS", "/v1/surface/choices", NULL, "", 405, "POST", "Allow"},
    {"GET", "/metrics", NULL, "", 200, "candor_ledger_entries 10", NULL},
    {"GET", "/openapi.json", NULL, "", 200, "3.1.0", NULL},
};

static void check_row(const struct row *wanted)
{
    struct shop *shop = shop_begin();
    const struct answer answer =
        ask_shop(shop, wanted->method, wanted->path, wanted->key, wanted->body);
    expect(answer.code == wanted->code, "%s: %s", wanted->path, answer.text);
    expect(strstr(answer.text, wanted->part) != NULL, "%s: %s", wanted->path, answer.text);
    expect(wanted->header == NULL || strstr(answer.text, wanted->header) != NULL, "%s: %s",
           wanted->path, answer.text);
    shop_end(shop);
}

static void each_route_is_answered_as_its_row_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        check_row(&row[i]);
    }
}

#define NUMBER "0123456789abcdef0123456789abcdef"

/* What is called with which arguments. */
static const struct {
    const char *method;
    const char *path;
    const char *body;
    const char *notes; /* empty: refused before */
} call_row[] = {
    {"GET", "/v1/operators", "", "operators "},
    {"GET", "/v1/keys", "", "keys "},
    {"DELETE", "/v1/keys/kiosk", "", "revoke(kiosk,) "},
    {"POST", "/v1/operators", "{\"name\":\"bea\",\"roles\":\"privacy\"}", "add(bea,privacy) "},
    {"POST", "/v1/operators", "{\"name\":\"bea\"}", ""},
    {"PUT", "/v1/operators/bea/roles", "{\"roles\":\"analyst\"}", "roles(bea,analyst) "},
    {"PUT", "/v1/operators/bea/end", "{}", "end(bea,-) "},
    {"PUT", "/v1/operators/bea/end", "{\"on\":\"2027-01-01\"}", "end(bea,2027-01-01) "},
    {"PUT", "/v1/operators/bea/training", "{\"course\":\"c\",\"until\":\"2027-01-01\"}",
     "training(bea,c) "},
    {"GET", "/v1/roles", "", "roles(-,-) "},
    {"GET", "/v1/second", "", "second "},
    {"POST", "/v1/second/" NUMBER, "{\"verdict\":\"sign\"}", "sign(yes,ef) "},
    {"POST", "/v1/second/" NUMBER, "{\"verdict\":\"refuse\"}", "sign(no,ef) "},
    {"POST", "/v1/second/" NUMBER, "{\"verdict\":\"perhaps\"}", ""},
    {"POST", "/v1/second/12", "{\"verdict\":\"sign\"}", ""},
    {"GET", "/v1/access-log", "", "looks(-,-) "},
    {"GET", "/v1/access-log?since=2026-11-01&by=bea", "", "looks(bea,2026-11-01) "},
    {"GET", "/v1/incidents", "", "incidents "},
    {"POST", "/v1/incidents", "{\"title\":\"t\",\"recipient\":\"acme\",\"risk\":\"some\"}",
     "open(t,acme) "},
    {"GET", "/v1/incidents/" NUMBER, "", "incident(ef,-) "},
    {"PUT", "/v1/incidents/" NUMBER, "{\"note\":\"n\",\"notified\":\"people\"}",
     "update(n,people) "},
    {"GET", "/v1/incidents/" NUMBER "/draft?whom=people", "", "draft(ef,people) "},
    {"GET", "/v1/incidents/" NUMBER "/draft", "", ""},
    {"POST", "/v1/incidents/" NUMBER "/close", "{\"reason\":\"r\"}", "close(ef,r) "},
    {"POST", "/v1/share/exports", "{\"recipient\":\"acme\",\"fields\":\"email\",\"min_group\":7}",
     "export(acme,email) "},
    {"POST", "/v1/share/exports", "{\"recipient\":\"acme\",\"fields\":\"email\",\"min_group\":-7}",
     ""},
    {"GET", "/v1/share/recalls?recipient=acme", "", "recalls(acme,-) "},
    {"POST", "/v1/share/recalls/" NUMBER "/acknowledge", "{\"reference\":\"T1\"}", "done(ef,T1) "},
    {"POST", "/v1/share/trace", "a,b", "trace(a,b,-) "},
    {"POST", "/v1/share/trace", "", ""},
    {"GET", "/v1/quality/rows", "", "rows "},
    {"GET", "/v1/quality/rows/3", "", "row(3,-) "},
    {"GET", "/v1/quality/rows/3?values=yes", "", "row(3,values) "},
    {"PUT", "/v1/quality/rows/3", "{\"column\":\"age\",\"value\":\"4\"}", "repair(age,4) "},
    {"DELETE", "/v1/quality/rows/3", "", "drop(3,-) "},
    {"DELETE", "/v1/quality/rows/x", "", ""},
    {"POST", "/v1/quality/reimport", "{}", "again(all,-) "},
    {"POST", "/v1/quality/reimport", "{\"row\":5}", "again(5,-) "},
    {"GET", "/v1/quality/history?source=shop", "", "history(shop,-) "},
    {"GET", "/v1/retention/runs", "", "runs "},
    {"GET", "/v1/retention/due", "", "due "},
    {"POST", "/v1/retention/runs", "", "run "},
    {"GET", "/v1/holds", "", "holds "},
    {"POST", "/v1/holds", "{\"matter\":\"m\",\"reason\":\"r\",\"identifier\":\"C1\"}",
     "hold(C1,-) "},
    {"POST", "/v1/holds", "{\"matter\":\"m\",\"reason\":\"r\",\"everybody\":true,\"what\":\"age\"}",
     "hold(-,age) "},
    {"POST", "/v1/holds", "{\"matter\":\"m\",\"reason\":\"r\"}", ""},
    {"POST", "/v1/holds/0f3a/lift", "{\"reason\":\"r\"}", "lift(0f3a,r) "},
    {"GET", "/v1/audit/inventory", "", "audit(inventory,-) "},
};

static void what_people_do_by_command_they_do_by_a_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof call_row / sizeof call_row[0]; i++) {
        struct shop *shop = shop_begin();
        const struct answer answer =
            ask_shop(shop, call_row[i].method, call_row[i].path, "good", call_row[i].body);
        expect(strcmp(shop->candor.notes, call_row[i].notes) == 0, "%s %s %s: %s",
               call_row[i].method, call_row[i].path, call_row[i].body, shop->candor.notes);
        expect(answer.code == (call_row[i].notes[0] == '\0' ? 400 : 200), "%s: %s",
               call_row[i].path, answer.text);
        const struct answer other =
            ask_shop(shop, call_row[i].method, call_row[i].path, "other", call_row[i].body);
        expect(call_row[i].notes[0] == '\0' || other.code == 403, "%s: %s", call_row[i].path,
               other.text);
        shop_end(shop);
    }
}

static void what_waits_when_the_server_stops_is_answered(void **state)
{
    (void)state;
    struct shop *shop = shop_begin();
    occupy(shop);
    queue_decide(shop, "a", "good");
    open_gate(&shop->candor);
    net_stop(shop->server, 5);
    expect_answer(shop, 0, 200, "{}");
    expect_answer(shop, 1, 200, "\"code\":\"a\"");
    shop_end(shop);
}

static void refusals_from_anywhere_have_the_member_that_clients_of_chats_look_for(void **state)
{
    static const struct {
        const char *method;
        const char *path;
        const char *key;
        unsigned code;
        const char *name; /* NULL: no such member */
    } refusal[] = {
        {"GET", "/v1/models", NULL, 401, "invalid_api_key"},
        {"GET", "/v1/models", "other", 403, "forbidden"},
        {"POST", "/v1/chat/completions", NULL, 401, "invalid_api_key"},
        {"POST", "/v1/chat/completions", "good", 503, "server_stopping"},
        {"PUT", "/v1/chat/completions", "good", 405, "method_not_allowed"},
        {"POST", "/v1/embeddings", "good", 404, "unknown_url"},
        {"POST", "/v1/chatter", "good", 404, NULL},
        {"POST", "/v1/decide", NULL, 401, NULL},
    };
    (void)state;
    struct shop *shop = shop_begin();
    desk_stop(shop->desk);
    for (size_t i = 0; i < sizeof refusal / sizeof refusal[0]; i++) {
        char part[64];
        const struct answer answer =
            ask_shop(shop, refusal[i].method, refusal[i].path, refusal[i].key, "{}");
        (void)snprintf(part, sizeof part, "\"code\":\"%s\"}}", refusal[i].name);
        const bool has_error = strstr(answer.text, "\"error\":{\"message\":\"") != NULL &&
                               strstr(answer.text, part) != NULL;
        expect(answer.code == refusal[i].code && has_error == (refusal[i].name != NULL),
               "row %zu: %s", i, answer.text);
    }
    shop_end(shop);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(decisions_beside_each_other_share_a_commit_and_a_withdrawal_is_a_fence),
        cmocka_unit_test(tracking_calls_beside_each_other_share_a_commit),
        cmocka_unit_test(a_refused_key_takes_no_part_in_the_group),
        cmocka_unit_test(what_the_head_tells_is_answered_before_the_body),
        cmocka_unit_test(keys_that_are_none_are_counted_where_they_come_from),
        cmocka_unit_test(one_damaged_record_fails_alone),
        cmocka_unit_test(a_failing_disk_fails_the_group_once_and_readiness_says_so),
        cmocka_unit_test(a_correction_that_fails_says_how_far_it_came),
        cmocka_unit_test(each_route_is_answered_as_its_row_says),
        cmocka_unit_test(what_people_do_by_command_they_do_by_a_call),
        cmocka_unit_test(what_waits_when_the_server_stops_is_answered),
        cmocka_unit_test(refusals_from_anywhere_have_the_member_that_clients_of_chats_look_for),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
