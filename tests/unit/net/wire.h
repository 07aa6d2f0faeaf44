/*
 * wire.h - the other end of the wire for the tests of net: a client that sends any bytes at all
 * and reads answers, and a server whose handler answers at once or from another thread.
 */
#ifndef WIRE_H
#define WIRE_H

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net.h"
#include "testing.h"

enum { WIRE_PATIENCE_MS = 60000, WIRE_BUFFER = 64 * 1024, WIRE_QUEUE_MAX = 4096 };

/* ---- client -------------------------------------------------------------------------------- */

struct wire {
    int fd;
    size_t len; /* read and not yet used */
    char buffer[WIRE_BUFFER];
};

struct answer {
    unsigned code; /* 0: the connection ended without one, or nothing came in time */
    bool is_closed;
    size_t stated_len;
    size_t body_len;
    char head[4096];
    char body[4096]; /* the beginning of it, zero-terminated */
};

static inline void nap_ms(long ms)
{
    const struct timespec nap = {ms / 1000, ms % 1000 * 1000000};
    (void)nanosleep(&nap, NULL);
}

static inline int wire_connect(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0);
    expect(connect(fd, (const struct sockaddr *)&address, sizeof address) == 0, "connect: errno %d",
           errno);
    return fd;
}

static inline struct wire *wire_open(uint16_t port)
{
    struct wire *wire = calloc(1, sizeof *wire);
    must(wire != NULL);
    wire->fd = wire_connect(port);
    return wire;
}

static inline void wire_close(struct wire *wire)
{
    (void)close(wire->fd);
    free(wire);
}

/* False: the other side has ended the connection. */
static inline bool wire_send(const struct wire *wire, const char *bytes, size_t len)
{
    size_t sent = 0;
    while (sent < len) {
        const ssize_t more = send(wire->fd, bytes + sent, len - sent, MSG_NOSIGNAL);
        if (more <= 0) {
            return false;
        }
        sent += (size_t)more;
    }
    return true;
}

static inline bool wire_say(const struct wire *wire, const char *text)
{
    return wire_send(wire, text, strlen(text));
}

/* False: the end, an error, or patience ran out. */
static inline bool wire_fill(struct wire *wire)
{
    struct pollfd ready = {.fd = wire->fd, .events = POLLIN};
    if (wire->len == sizeof wire->buffer || poll(&ready, 1, WIRE_PATIENCE_MS) != 1) {
        return false;
    }
    const ssize_t more =
        recv(wire->fd, wire->buffer + wire->len, sizeof wire->buffer - wire->len, 0);
    if (more <= 0) {
        return false;
    }
    wire->len += (size_t)more;
    return true;
}

static inline void wire_drop(struct wire *wire, size_t len)
{
    memmove(wire->buffer, wire->buffer + len, wire->len - len);
    wire->len -= len;
}

static inline const char *head_value(const char *head, const char *name)
{
    for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':') {
            return line + strlen(name) + 2;
        }
    }
    return NULL;
}

static inline bool wire_read_head(struct wire *wire, struct answer *answer)
{
    const char *end = NULL;
    while ((end = memmem(wire->buffer, wire->len, "\r\n\r\n", 4)) == NULL) {
        if (!wire_fill(wire)) {
            answer->is_closed = true;
            return false;
        }
    }
    const size_t head_len = (size_t)(end - wire->buffer) + 4;
    must(head_len < sizeof answer->head);
    memcpy(answer->head, wire->buffer, head_len);
    wire_drop(wire, head_len);
    static const char version[] = "HTTP/1.1 ";
    must(strncmp(answer->head, version, sizeof version - 1) == 0);
    answer->code = (unsigned)strtoul(answer->head + sizeof version - 1, NULL, 10);
    must(answer->code > 0);
    const char *length = head_value(answer->head, "Content-Length");
    answer->stated_len = length != NULL ? strtoul(length, NULL, 10) : 0;
    return true;
}

static inline bool wire_read_body(struct wire *wire, struct answer *answer)
{
    while (answer->body_len < answer->stated_len) {
        if (wire->len == 0 && !wire_fill(wire)) {
            answer->is_closed = true;
            return false;
        }
        const size_t left = answer->stated_len - answer->body_len;
        const size_t len = wire->len < left ? wire->len : left;
        const size_t at = answer->body_len;
        const size_t room = at < sizeof answer->body - 1 ? sizeof answer->body - 1 - at : 0;
        memcpy(answer->body + (room > 0 ? at : 0), wire->buffer, len < room ? len : room);
        answer->body_len += len;
        wire_drop(wire, len);
    }
    return true;
}

static inline struct answer wire_read(struct wire *wire)
{
    struct answer answer = {0};
    if (wire_read_head(wire, &answer) && !wire_read_body(wire, &answer)) {
        answer.code = 0;
    }
    return answer;
}

/* Read to the end; false: it does not end, or there is another good answer in it. */
static inline bool wire_drain(struct wire *wire)
{
    while (memmem(wire->buffer, wire->len, "HTTP/1.1 2", 10) == NULL) {
        if (!wire_fill(wire)) {
            struct pollfd ready = {.fd = wire->fd, .events = POLLIN};
            return wire->len < sizeof wire->buffer && poll(&ready, 1, 0) == 1;
        }
    }
    return false;
}

static inline bool wire_is_ended(struct wire *wire)
{
    return wire->len == 0 && !wire_fill(wire);
}

/* One connection, one request, one answer. */
static inline struct answer wire_ask(uint16_t port, const char *bytes, size_t len)
{
    struct wire *wire = wire_open(port);
    (void)wire_send(wire, bytes, len);
    const struct answer answer = wire_read(wire);
    wire_close(wire);
    return answer;
}

/* ---- a server ------------------------------------------------------------------------------ */

/* Requests wait here for the worker. */
struct desk {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct net_request *waiting[WIRE_QUEUE_MAX];
    size_t waiting_count;
    size_t seen;     /* requests that came to the handler */
    unsigned nap_ms; /* the worker's, before each batch */
    bool is_over;
    pthread_t worker;
};

struct house {
    struct job job;
    struct arena *owner;
    struct net_server *server;
    struct desk desk;
    uint16_t port;
};

/* Whether requests to /later say that their answers come soon (net_options.pause); of the whole run. */
static bool later_is_soon;

static inline void reply_text(struct net_request *request, unsigned code, struct str text)
{
    const struct net_reply reply = {
        .code = code, .content_type = STR("text/plain"), .body = bytes_of(text)};
    net_answer(request, &reply);
}

/* What arrived, as text. */
static inline void reply_echo(struct net_request *request)
{
    struct str value = {NULL, 0};
    const bool has_value = net_query(request, "q", &value);
    const struct str agent = net_header(request, "x-agent");
    const struct str text = str_format(
        request->arena, "%s %.*s ?%.*s q=%.*s agent=%.*s body=%zu:%.*s%s",
        net_method_name(request->method), STR_ARG(request->path), STR_ARG(request->query),
        has_value ? (int)value.len : 1, has_value ? value.ptr : "-", STR_ARG(agent),
        request->body.len, request->body.len < 64 ? (int)request->body.len : 0,
        request->body.ptr != NULL ? (const char *)request->body.ptr : "",
        request->is_loopback ? " local" : "");
    reply_text(request, 200, text);
}

static inline void reply_many_bytes(struct net_request *request)
{
    static const size_t many = 32 << 20;
    uint8_t *byte = malloc(many);
    must(byte != NULL);
    memset(byte, 'x', many);
    const struct net_reply reply = {.code = 200, .body = {byte, many}};
    net_answer(request, &reply);
    free(byte);
}

static inline void desk_take(struct desk *desk, struct net_request *request)
{
    request->is_soon = later_is_soon;
    (void)pthread_mutex_lock(&desk->lock);
    must(desk->waiting_count < WIRE_QUEUE_MAX);
    desk->waiting[desk->waiting_count++] = request;
    if (!later_is_soon) {
        (void)pthread_cond_signal(&desk->changed);
    }
    (void)pthread_mutex_unlock(&desk->lock);
}

static inline void house_pause(void *self)
{
    struct house *house = self;
    (void)pthread_mutex_lock(&house->desk.lock);
    (void)pthread_cond_signal(&house->desk.changed);
    (void)pthread_mutex_unlock(&house->desk.lock);
}

/* For net_options.admit: /no is refused by its head alone. */
static inline bool house_admit(void *self, struct net_request *request)
{
    if (!str_is(request->path, "/no")) {
        request->context = self;
        return true;
    }
    const struct net_reply reply = {
        .code = 401, .content_type = STR("text/plain"), .body = bytes_of(STR("no"))};
    net_answer(request, &reply);
    return false;
}

static inline void house_handle(void *self, struct net_request *request)
{
    struct house *house = self;
    must(request->context != NULL);
    (void)pthread_mutex_lock(&house->desk.lock);
    house->desk.seen++;
    (void)pthread_mutex_unlock(&house->desk.lock);
    if (str_is(request->path, "/later")) {
        desk_take(&house->desk, request);
    } else if (str_is(request->path, "/many")) {
        reply_many_bytes(request);
    } else if (str_is(request->path, "/from")) {
        reply_text(request, 200,
                   str_format(request->arena, "%llu %llu",
                              (unsigned long long)net_address(request, false),
                              (unsigned long long)net_address(request, true)));
    } else if (str_is(request->path, "/split")) {
        const struct net_pair split = {STR("X-Name"), STR("value\r\nSet-Cookie: stolen")};
        const struct net_reply reply = {.code = 200, .header = &split, .header_count = 1};
        net_answer(request, &reply);
    } else if (str_is(request->path, "/none")) {
        const struct net_pair tag = {STR("ETag"), STR("\"1\"")};
        const struct net_reply reply = {.code = 304, .header = &tag, .header_count = 1};
        net_answer(request, &reply);
    } else {
        reply_echo(request);
    }
}

/* Answers all that wait, as one batch; at the end, once none is left. */
static inline void *desk_work(void *self)
{
    struct desk *desk = self;
    (void)pthread_mutex_lock(&desk->lock);
    while (!desk->is_over || desk->waiting_count > 0) {
        if (desk->waiting_count == 0) {
            (void)pthread_cond_wait(&desk->changed, &desk->lock);
            continue;
        }
        (void)pthread_mutex_unlock(&desk->lock);
        nap_ms(desk->nap_ms);
        struct net_request *batch[WIRE_QUEUE_MAX];
        (void)pthread_mutex_lock(&desk->lock);
        const size_t count = desk->waiting_count;
        for (size_t i = 0; i < count; i++) {
            batch[i] = desk->waiting[i];
        }
        desk->waiting_count = 0;
        (void)pthread_mutex_unlock(&desk->lock);
        for (size_t i = 0; i < count; i++) {
            reply_echo(batch[i]);
        }
        (void)pthread_mutex_lock(&desk->lock);
    }
    (void)pthread_mutex_unlock(&desk->lock);
    return NULL;
}

static inline size_t desk_seen(struct desk *desk)
{
    (void)pthread_mutex_lock(&desk->lock);
    const size_t seen = desk->seen;
    (void)pthread_mutex_unlock(&desk->lock);
    return seen;
}

static inline struct house *house_begin_with(struct net_options options, unsigned desk_nap_ms)
{
    struct house *house = calloc(1, sizeof *house);
    must(house != NULL);
    job_begin(&house->job, host_real());
    house->owner = arena_begin();
    must(pthread_mutex_init(&house->desk.lock, NULL) == 0);
    must(pthread_cond_init(&house->desk.changed, NULL) == 0);
    house->desk.nap_ms = desk_nap_ms;
    must(pthread_create(&house->desk.worker, NULL, desk_work, &house->desk) == 0);

    if (options.listen.len == 0) {
        options.listen = STR("127.0.0.1:0");
    }
    options.pause = later_is_soon ? house_pause : NULL;
    options.limits.patient_from = 1;
    options.admit = house_admit;
    const enum candor_status status =
        net_start(&house->job, house->owner, &options, house_handle, house, &house->server);
    expect(status == CANDOR_OK, "%s", house->job.message);
    house->port = net_port(house->server);
    return house;
}

static inline struct house *house_begin(struct net_limits limits)
{
    return house_begin_with((struct net_options){.limits = limits}, 0);
}

static inline void house_end(struct house *house)
{
    net_stop(house->server, 5);
    (void)pthread_mutex_lock(&house->desk.lock);
    house->desk.is_over = true;
    (void)pthread_cond_signal(&house->desk.changed);
    (void)pthread_mutex_unlock(&house->desk.lock);
    (void)pthread_join(house->desk.worker, NULL);
    arena_end(house->owner);
    job_end(&house->job);
    free(house);
}

#endif
