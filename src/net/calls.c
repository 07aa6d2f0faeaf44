/*
 * calls.c - many calls at once, whose answers are taken as they come.
 *
 *     net_calls_start ──▶ inbox ──eventfd──▶ one thread: epoll, curl_multi ──▶ head, piece ..., done
 *     net_calls_poke  ──▶ slot's flag ──┘
 *
 * All of libcurl's work is done on one thread, which never blocks but in epoll: a socket that is ready costs
 * what it brings, however many others wait. A flow stands in a slot; its ticket is the slot's number and
 * how often the slot was used, so that a ticket of a call that is over names nobody.
 *
 * A flow whose piece function says NET_FULL is paused at its next piece: libcurl keeps that piece, 16 KiB
 * at most, reads no more from the socket, and the kernel's windows hold the provider back.
 */
#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "inside.h"

enum {
    EVENTS_AT_ONCE = 256,
    SLOT_BYTES_FIRST = 512,
    LOOK_MS = 200, /* deadlines are looked at this often */
    FIRST_BYTE_S = 60,
    QUIET_S = 60,
    CONNECT_S = 10,
    RECEIVE_BYTES = 4 * 1024, /* of each call: a thousand may wait */
    UPLOAD_BYTES = 16 * 1024,
    RETRY_AFTER_MAX_S = 31 * 24 * 3600, /* more is none */
};

#define ANSWER_BYTES_DEFAULT ((size_t)64 << 20)

enum slot_state { SLOT_FREE, SLOT_WAITING, SLOT_RUNNING };

struct slot {
    /* net_calls.lock */
    enum slot_state state;
    uint32_t uses;
    bool is_poked;     /* and in the list of those, if it runs */
    struct slot *next; /* that waits to begin, or that was poked */
    /* the thread's, from when it begins */
    struct net_calls *calls;
    struct arena *arena;
    struct net_flow flow;
    struct client_handle *handle;
    uint64_t deadline; /* ticks; 0: none, since it is paused */
    uint64_t quiet;    /* ticks between two pieces */
    size_t received;
    bool has_head;
    bool is_full;
    bool is_paused;
    bool is_over;    /* the piece function said NET_GONE */
    bool is_running; /* begun, and not done */
    bool is_too_large;
};

struct net_calls {
    CURLM *multi;
    int epoll_fd;
    int wake_fd;
    int64_t timeout_ms; /* libcurl's; -1: none */
    uint64_t timeout_set;
    struct slot *slot;
    size_t slot_count;
    size_t running; /* the thread's */
    pthread_t thread;
    bool is_begun;

    pthread_mutex_t lock;
    struct slot *starts;
    struct slot *pokes;
    size_t free_from; /* no slot before it is free */
    bool is_ending;
};

/* ---- libcurl's callbacks --------------------------------------------------------------------- */

static void set_deadline(struct slot *slot, uint64_t span)
{
    slot->deadline = host_ticks() + span;
}

static void tell_head(struct slot *slot)
{
    long code = 0;
    char *type = NULL;
    curl_off_t wait_s = 0;
    if (slot->has_head) {
        return;
    }
    slot->has_head = true;
    (void)curl_easy_getinfo(slot->handle->curl, CURLINFO_RESPONSE_CODE, &code);
    (void)curl_easy_getinfo(slot->handle->curl, CURLINFO_CONTENT_TYPE, &type);
    (void)curl_easy_getinfo(slot->handle->curl, CURLINFO_RETRY_AFTER, &wait_s);
    const struct net_head head = {
        .code = (unsigned)code,
        .content_type = str_of(type == NULL ? "" : type),
        .retry_after_s = wait_s > 0 && wait_s <= RETRY_AFTER_MAX_S ? (uint32_t)wait_s : 0};
    slot->flow.head(slot->flow.self, &head);
}

static void take_verdict(struct slot *slot, enum net_taken taken)
{
    slot->is_full = taken == NET_FULL;
    slot->is_over = slot->is_over || taken == NET_GONE;
}

static size_t write_piece(char *data, size_t size, size_t count, void *self)
{
    struct slot *slot = self;
    const size_t len = size_mul(size, count);
    if (slot->is_over) {
        return CURL_WRITEFUNC_ERROR;
    }
    if (slot->is_full) {
        slot->is_paused = true;
        slot->deadline = 0;
        return CURL_WRITEFUNC_PAUSE;
    }
    const size_t most = slot->flow.call.answer_bytes_max;
    if (len > most - slot->received) {
        slot->is_too_large = true;
        return CURL_WRITEFUNC_ERROR;
    }
    slot->received += len;
    tell_head(slot);
    if (len > 0) {
        take_verdict(slot,
                     slot->flow.piece(slot->flow.self, (struct bytes){(const uint8_t *)data, len}));
    }
    set_deadline(slot, slot->quiet);
    return slot->is_over ? CURL_WRITEFUNC_ERROR : len;
}

static int socket_changed(CURL *curl, curl_socket_t fd, int what, void *self, void *known)
{
    const struct net_calls *calls = self;
    static char is_known;
    (void)curl;
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(calls->epoll_fd, EPOLL_CTL_DEL, fd, NULL); /* it may be closed already */
        return 0;
    }
    struct epoll_event event = {.events = ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) |
                                          ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U),
                                .data = {.fd = fd}};
    const int how = known == NULL ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(calls->epoll_fd, how, fd, &event) != 0 && errno == EEXIST) {
        (void)epoll_ctl(calls->epoll_fd, EPOLL_CTL_MOD, fd, &event);
    }
    (void)curl_multi_assign(calls->multi, fd, &is_known);
    return 0;
}

static int timer_changed(CURLM *multi, long timeout_ms, void *self)
{
    struct net_calls *calls = self;
    (void)multi;
    calls->timeout_ms = timeout_ms;
    calls->timeout_set = host_ticks();
    return 0;
}

/* ---- one flow, on the thread ------------------------------------------------------------------ */

/* One that was poked in vain leaves that list with it. */
static void slot_free(struct net_calls *calls, struct slot *slot)
{
    must(pthread_mutex_lock(&calls->lock) == 0);
    for (struct slot **at = &calls->pokes; slot->is_poked && *at != NULL; at = &(*at)->next) {
        if (*at == slot) {
            *at = slot->next;
            break;
        }
    }
    slot->is_poked = false;
    slot->state = SLOT_FREE;
    const size_t at = (size_t)(slot - calls->slot);
    calls->free_from = at < calls->free_from ? at : calls->free_from;
    must(pthread_mutex_unlock(&calls->lock) == 0);
}

static void finish(struct net_calls *calls, struct slot *slot, enum candor_status status,
                   const char *message)
{
    if (status == CANDOR_OK) {
        tell_head(slot); /* an answer without a body */
    }
    slot->flow.done(slot->flow.self, status, message);
    (void)curl_multi_remove_handle(calls->multi, slot->handle->curl);
    arena_end(slot->arena); /* ends the handle too */
    slot->is_running = false;
    calls->running--;
    slot_free(calls, slot);
}

static void finish_failed(struct net_calls *calls, struct slot *slot, int curl_code)
{
    struct job job;
    enum candor_status status = CANDOR_OK;
    job_begin(&job, host_real());
    if (slot->is_too_large) {
        status = fail(&job, CANDOR_TOO_LARGE, "the answer of %.*s has more than %zu bytes",
                      STR_ARG(slot->flow.call.url), slot->flow.call.answer_bytes_max);
    } else if (slot->is_over) {
        status = fail(&job, CANDOR_CANCELLED, "nobody takes the answer any more");
    } else {
        status = client_failed(&job, slot->handle, slot->flow.call.url, curl_code);
    }
    finish(calls, slot, status, job.message);
    job_end(&job);
}

static bool prepare_flow(struct slot *slot)
{
    CURL *curl = slot->handle->curl;
    return curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, write_piece) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, slot) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PRIVATE, slot) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BYTES) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK;
}

static void start(struct net_calls *calls, struct slot *slot)
{
    calls->running++;
    slot->is_running = true;
    set_deadline(slot, slot->flow.first_byte_timeout_s * UINT64_C(1000000000));
    if (curl_multi_add_handle(calls->multi, slot->handle->curl) != CURLM_OK) {
        finish(calls, slot, CANDOR_IO, "the HTTP client cannot begin a call");
    }
}

/* Asked again: has it room, or has its client left? */
static void poked(struct net_calls *calls, struct slot *slot)
{
    take_verdict(slot, slot->flow.piece(slot->flow.self, (struct bytes){NULL, 0}));
    if (slot->is_over) {
        finish_failed(calls, slot, CURLE_WRITE_ERROR);
    } else if (!slot->is_full && slot->is_paused) {
        slot->is_paused = false;
        set_deadline(slot, slot->quiet);
        (void)curl_easy_pause(slot->handle->curl, CURLPAUSE_CONT); /* a failure ends it later */
    }
}

static void look_at_deadlines(struct net_calls *calls)
{
    const uint64_t now = host_ticks();
    for (size_t i = 0; i < calls->slot_count && calls->running > 0; i++) {
        struct slot *slot = &calls->slot[i];
        if (slot->is_running && slot->deadline != 0 && now >= slot->deadline) {
            finish_failed(calls, slot, CURLE_OPERATION_TIMEDOUT);
        }
    }
}

static void take_ended(struct net_calls *calls)
{
    int left = 0;
    CURLMsg *message = curl_multi_info_read(calls->multi, &left);
    while (message != NULL) {
        struct slot *slot = NULL;
        const CURLcode result = message->data.result;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
        if (message->msg == CURLMSG_DONE && result == CURLE_OK) {
            finish(calls, slot, CANDOR_OK, "");
        } else if (message->msg == CURLMSG_DONE) {
            finish_failed(calls, slot, (int)result);
        }
        message = curl_multi_info_read(calls->multi, &left);
    }
}

/* ---- the thread ------------------------------------------------------------------------------ */

/* The next of a list, which leaves it; NULL: there is none. */
static struct slot *pop(struct net_calls *calls, struct slot **list, bool *was_poked)
{
    must(pthread_mutex_lock(&calls->lock) == 0);
    struct slot *slot = *list;
    if (slot != NULL) {
        *list = slot->next;
        *was_poked = slot->is_poked;
        slot->is_poked = false;
        slot->state = SLOT_RUNNING;
    }
    must(pthread_mutex_unlock(&calls->lock) == 0);
    return slot;
}

static bool take_inbox(struct net_calls *calls)
{
    uint64_t wakes = 0;
    bool was_poked = false;
    (void)!read(calls->wake_fd, &wakes, sizeof wakes); /* non-blocking: often none */
    struct slot *slot = pop(calls, &calls->starts, &was_poked);
    while (slot != NULL) {
        start(calls, slot);
        if (was_poked && slot->is_running) {
            poked(calls, slot);
        }
        slot = pop(calls, &calls->starts, &was_poked);
    }
    slot = pop(calls, &calls->pokes, &was_poked);
    while (slot != NULL) {
        poked(calls, slot);
        slot = pop(calls, &calls->pokes, &was_poked);
    }
    must(pthread_mutex_lock(&calls->lock) == 0);
    const bool is_ending = calls->is_ending;
    must(pthread_mutex_unlock(&calls->lock) == 0);
    return is_ending;
}

static int wait_ms(const struct net_calls *calls)
{
    const uint64_t gone_ms = (host_ticks() - calls->timeout_set) / 1000000;
    if (calls->timeout_ms < 0) {
        return LOOK_MS;
    }
    if ((uint64_t)calls->timeout_ms <= gone_ms) {
        return 0;
    }
    const uint64_t left = (uint64_t)calls->timeout_ms - gone_ms;
    return left < LOOK_MS ? (int)left : LOOK_MS;
}

static void act_on(struct net_calls *calls, const struct epoll_event *event)
{
    int running = 0;
    const int what = ((event->events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                     ((event->events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                     ((event->events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
    (void)curl_multi_socket_action(calls->multi, event->data.fd, what, &running);
}

static void *run(void *self)
{
    struct net_calls *calls = self;
    struct epoll_event event[EVENTS_AT_ONCE];
    uint64_t looked = 0;
    bool is_ending = false;
    while (!is_ending) {
        int running = 0;
        const int count = epoll_wait(calls->epoll_fd, event, EVENTS_AT_ONCE, wait_ms(calls));
        is_ending = take_inbox(calls);
        for (int i = 0; i < count; i++) {
            if (event[i].data.fd != calls->wake_fd) {
                act_on(calls, &event[i]);
            }
        }
        if (wait_ms(calls) == 0) {
            calls->timeout_ms = -1;
            (void)curl_multi_socket_action(calls->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        }
        take_ended(calls);
        if (host_ticks() - looked >= (uint64_t)LOOK_MS * 1000000) {
            look_at_deadlines(calls);
            looked = host_ticks();
        }
    }
    for (size_t i = 0; i < calls->slot_count; i++) {
        if (calls->slot[i].is_running) {
            finish(calls, &calls->slot[i], CANDOR_CANCELLED, "the server ends");
        }
    }
    return NULL;
}

/* ---- the door ------------------------------------------------------------------------------ */

static void wake_thread(struct net_calls *calls)
{
    const uint64_t one = 1;
    (void)!write(calls->wake_fd, &one, sizeof one); /* full means it is awake anyway */
}

void net_calls_end(struct net_calls *calls)
{
    if (!calls->is_begun) {
        return;
    }
    must(pthread_mutex_lock(&calls->lock) == 0);
    calls->is_ending = true;
    must(pthread_mutex_unlock(&calls->lock) == 0);
    wake_thread(calls);
    must(pthread_join(calls->thread, NULL) == 0);
    calls->is_begun = false;
}

static void release(void *thing)
{
    struct net_calls *calls = thing;
    net_calls_end(calls);
    if (calls->multi != NULL) {
        (void)curl_multi_cleanup(calls->multi);
    }
    if (calls->epoll_fd >= 0) {
        (void)close(calls->epoll_fd);
    }
    if (calls->wake_fd >= 0) {
        (void)close(calls->wake_fd);
    }
    (void)pthread_mutex_destroy(&calls->lock);
}

static bool open_all(struct net_calls *calls)
{
    struct epoll_event event = {.events = EPOLLIN};
    calls->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    calls->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    calls->multi = client_begin() ? curl_multi_init() : NULL;
    event.data.fd = calls->wake_fd;
    return calls->epoll_fd >= 0 && calls->wake_fd >= 0 && calls->multi != NULL &&
           epoll_ctl(calls->epoll_fd, EPOLL_CTL_ADD, calls->wake_fd, &event) == 0 &&
           curl_multi_setopt(calls->multi, CURLMOPT_SOCKETFUNCTION, socket_changed) == CURLM_OK &&
           curl_multi_setopt(calls->multi, CURLMOPT_SOCKETDATA, calls) == CURLM_OK &&
           curl_multi_setopt(calls->multi, CURLMOPT_TIMERFUNCTION, timer_changed) == CURLM_OK &&
           curl_multi_setopt(calls->multi, CURLMOPT_TIMERDATA, calls) == CURLM_OK;
}

enum candor_status net_calls_begin(struct job *job, struct arena *owner, size_t flows_max,
                                   struct net_calls **calls)
{
    struct net_calls *made = NEW(owner, struct net_calls);
    sigset_t all;
    sigset_t before;
    made->epoll_fd = made->wake_fd = -1;
    made->timeout_ms = -1;
    made->slot = NEW_ARRAY(owner, flows_max, struct slot);
    made->slot_count = flows_max;
    must(pthread_mutex_init(&made->lock, NULL) == 0);
    arena_defer(owner, release, made);
    if (!open_all(made)) {
        return fail(job, CANDOR_IO, "the HTTP client cannot begin");
    }
    must(sigfillset(&all) == 0);
    must(pthread_sigmask(SIG_BLOCK, &all, &before) == 0); /* they are for the thread that waits */
    made->is_begun = pthread_create(&made->thread, NULL, run, made) == 0;
    must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    *calls = made;
    return made->is_begun ? CANDOR_OK : fail(job, CANDOR_IO, "the system gives no thread");
}

/* A free one, taken; NULL: there is none. */
static struct slot *slot_take(struct net_calls *calls)
{
    struct slot *taken = NULL;
    must(pthread_mutex_lock(&calls->lock) == 0);
    for (size_t i = calls->free_from; i < calls->slot_count && !calls->is_ending; i++) {
        if (calls->slot[i].state == SLOT_FREE) {
            taken = &calls->slot[i];
            taken->state = SLOT_WAITING;
            taken->uses++;
            taken->is_poked = false;
            calls->free_from = i + 1;
            break;
        }
    }
    must(pthread_mutex_unlock(&calls->lock) == 0);
    return taken;
}

static void copy_flow(struct arena *arena, const struct net_flow *flow, struct net_flow *copy)
{
    const struct net_call *call = &flow->call;
    struct net_pair *header = NEW_ARRAY(arena, call->header_count, struct net_pair);
    *copy = *flow;
    for (size_t i = 0; i < call->header_count; i++) {
        header[i] = (struct net_pair){str_copy(arena, call->header[i].name),
                                      str_copy(arena, call->header[i].value)};
    }
    copy->call.url = str_copy(arena, call->url);
    copy->call.content_type = str_copy(arena, call->content_type);
    copy->call.header = header;
    copy->call.timeout_s = call->timeout_s == 0 ? CONNECT_S : call->timeout_s;
    copy->call.answer_bytes_max =
        call->answer_bytes_max == 0 ? ANSWER_BYTES_DEFAULT : call->answer_bytes_max;
    copy->first_byte_timeout_s =
        flow->first_byte_timeout_s == 0 ? FIRST_BYTE_S : flow->first_byte_timeout_s;
    copy->quiet_timeout_s = flow->quiet_timeout_s == 0 ? QUIET_S : flow->quiet_timeout_s;
}

static enum candor_status slot_fill(struct job *job, struct net_calls *calls, struct slot *slot,
                                    const struct net_flow *flow)
{
    struct job within = *job;
    struct arena *arena = arena_begin_small(SLOT_BYTES_FIRST);
    slot->calls = calls;
    copy_flow(arena, flow, &slot->flow);
    slot->quiet = slot->flow.quiet_timeout_s * UINT64_C(1000000000);
    slot->received = 0;
    slot->has_head = slot->is_full = slot->is_paused = slot->is_over = slot->is_too_large = false;
    within.arena = arena;
    enum candor_status status = client_open(&within, &slot->flow.call, &slot->handle);
    if (status == CANDOR_OK && !prepare_flow(slot)) {
        status = fail(&within, CANDOR_IO, "the HTTP client cannot begin a call");
    }
    if (status != CANDOR_OK) {
        status = fail(job, status, "%s", within.message);
        arena_end(arena);
        return status;
    }
    slot->arena = arena;
    return CANDOR_OK;
}

enum candor_status net_calls_start(struct job *job, struct net_calls *calls,
                                   const struct net_flow *flow, uint64_t *ticket)
{
    struct slot *slot = slot_take(calls);
    if (slot == NULL) {
        return fail(job, CANDOR_BUSY, "%zu calls are under way", calls->slot_count);
    }
    const enum candor_status status = slot_fill(job, calls, slot, flow);
    if (status != CANDOR_OK) {
        slot_free(calls, slot);
        return status;
    }
    *ticket = (uint64_t)slot->uses << 32 | (uint64_t)(slot - calls->slot);
    must(pthread_mutex_lock(&calls->lock) == 0);
    slot->next = calls->starts;
    calls->starts = slot;
    must(pthread_mutex_unlock(&calls->lock) == 0);
    wake_thread(calls);
    return CANDOR_OK;
}

void net_calls_poke(struct net_calls *calls, uint64_t ticket)
{
    const size_t at = (size_t)(ticket & UINT32_MAX);
    must(at < calls->slot_count);
    struct slot *slot = &calls->slot[at];
    bool is_new = false;
    must(pthread_mutex_lock(&calls->lock) == 0);
    if (slot->state != SLOT_FREE && slot->uses == ticket >> 32 && !slot->is_poked) {
        slot->is_poked = true;
        is_new = slot->state == SLOT_RUNNING; /* one that waits to begin looks then */
    }
    if (is_new) {
        slot->next = calls->pokes;
        calls->pokes = slot;
    }
    must(pthread_mutex_unlock(&calls->lock) == 0);
    if (is_new) {
        wake_thread(calls);
    }
}
