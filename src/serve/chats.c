/*
 * chats.c - chats with language models of others, on their way through the server.
 *
 * One thread takes all that waits at once: those who ask share a commit, and so do those whose answer is
 * over. A chat is with one thread at a time: the chats' until it is sent, the calls' while the answer
 * comes, the chats' again to put it on record and tell its end.
 *
 * When the server stops, an answer that comes may come to its end; after a while its call is ended here, which
 * is the end of the chat like any other: on record, and told.
 */
#include "chats.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "desk.h"

static const uint64_t ticks_per_second = UINT64_C(1000) * 1000 * 1000;

/* One on its way. */
struct passing {
    struct passing *next;
    struct chats *chats;
    struct ask *ask; /* gone when it is answered, or its answer has begun */
    struct candor_chat *chat;
    struct net_stream *stream; /* NULL: the answer is whole */
    uint64_t ticket;
};

struct queue {
    struct passing *first;
    struct passing **last;
};

struct chats {
    struct desk *desk;
    struct net_calls *calls;
    pthread_t thread;
    bool is_begun;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    struct queue asked;
    struct queue over;
    size_t count; /* on their way */
    bool is_stopping;
    uint64_t break_at; /* ticks: when the calls are ended, if it stops */
    bool is_closed;
    atomic_bool is_broken; /* the calls were ended */
};

/* ---- queues ---------------------------------------------------------------------------------- */

static void put(struct chats *chats, struct queue *queue, struct passing *passing)
{
    passing->next = NULL;
    must(pthread_mutex_lock(&chats->lock) == 0);
    *queue->last = passing;
    queue->last = &passing->next;
    must(pthread_cond_signal(&chats->changed) == 0);
    must(pthread_mutex_unlock(&chats->lock) == 0);
}

/* Under the lock. */
static size_t take(struct queue *queue, struct passing *taken[CANDOR_CHATS_MAX])
{
    size_t count = 0;
    while (queue->first != NULL && count < CANDOR_CHATS_MAX) {
        taken[count] = queue->first;
        queue->first = queue->first->next;
        count++;
    }
    if (queue->first == NULL) {
        queue->last = &queue->first;
    }
    return count;
}

/* ---- answering ------------------------------------------------------------------------------- */

static struct str str_of_text(struct candor_text text)
{
    return (struct str){text.ptr, text.len};
}

/* In the place of one that has its name. */
static void put_header(struct outcome *outcome, struct net_pair header)
{
    size_t at = 0;
    while (at < OUTCOME_HEADERS_MAX && outcome->header[at].name.len > 0 &&
           !str_equal(outcome->header[at].name, header.name)) {
        at++;
    }
    must(at < OUTCOME_HEADERS_MAX);
    outcome->header[at] = header;
}

static struct outcome outcome_of(struct arena *arena, const struct passing *passing, unsigned code,
                                 struct str body)
{
    struct candor_header header[CANDOR_CHAT_HEADERS];
    struct outcome outcome = outcome_json(body);
    if (code >= 400) {
        outcome = outcome_problem(arena, code, STR(""));
        outcome.body = openai_join(arena, outcome.body, body);
        outcome.has_error = true;
    }
    const size_t count = candor_chat_headers(passing->chat, header);
    for (size_t i = 0; i < count; i++) {
        put_header(&outcome, (struct net_pair){str_of(header[i].name), str_of(header[i].value)});
    }
    return outcome;
}

static void passing_end(struct passing *passing)
{
    struct chats *chats = passing->chats;
    candor_chat_end(passing->chat);
    free(passing);
    must(pthread_mutex_lock(&chats->lock) == 0);
    chats->count--;
    must(pthread_mutex_unlock(&chats->lock) == 0);
}

/* Its end. */
static void tell(struct job *job, struct passing *passing)
{
    struct candor_chat_last last;
    candor_chat_last(passing->chat, &last);
    if (passing->stream != NULL) {
        (void)net_stream_put(passing->stream, bytes_of(str_of_text(last.body)));
        net_stream_end(passing->stream, true);
    } else {
        struct desk *desk = passing->chats->desk;
        const struct outcome outcome =
            outcome_of(job->arena, passing, last.code, str_of_text(last.body));
        if (outcome.code == 503) {
            desk_log_failure(job, passing->ask, outcome.code);
        }
        desk_answer(desk, passing->ask, &outcome);
    }
    passing_end(passing);
}

/* ---- the answer, on the calls' thread ---------------------------------------------------------- */

static void has_room(void *self)
{
    const struct passing *passing = self;
    net_calls_poke(passing->chats->calls, passing->ticket);
}

static void take_head(void *self, const struct net_head *head)
{
    struct passing *passing = self;
    struct arena *arena = passing->ask->request->arena;
    const struct candor_chat_came came = {.code = head->code,
                                          .content_type = str_z(arena, head->content_type),
                                          .retry_after_s = head->retry_after_s};
    if (candor_chat_head(passing->chat, &came) == 0) {
        return;
    }
    struct outcome outcome = outcome_of(arena, passing, 200, STR(""));
    outcome.content_type = STR("text/event-stream");
    passing->stream =
        desk_answer_stream(passing->chats->desk, passing->ask, &outcome, has_room, passing);
    passing->ask = NULL;
}

static enum net_taken take_piece(void *self, struct bytes piece)
{
    struct passing *passing = self;
    struct candor_text out = {"", 0};
    enum candor_status status = CANDOR_OK;
    if (piece.len > 0) {
        status = candor_chat_piece(passing->chat, (const char *)piece.ptr, piece.len, &out);
    }
    if (passing->stream == NULL) {
        return status == CANDOR_OK ? NET_TAKEN : NET_GONE;
    }
    const enum net_taken taken = net_stream_put(passing->stream, bytes_of(str_of_text(out)));
    return status == CANDOR_OK ? taken : NET_GONE;
}

static void take_end(void *self, enum candor_status status, const char *message)
{
    struct passing *passing = self;
    (void)message; /* it names an address: the chat has words of its own */
    const bool is_ours = status == CANDOR_CANCELLED && atomic_load(&passing->chats->is_broken);
    candor_chat_over(passing->chat, is_ours ? CANDOR_BUSY : status);
    put(passing->chats, &passing->chats->over, passing);
}

/* ---- the chats' thread ------------------------------------------------------------------------- */

static void send_one(struct job *job, struct passing *passing)
{
    struct candor_chat_letter letter;
    candor_chat_letter(passing->chat, &letter);
    struct net_pair header = {0};
    if (letter.letter.header_count > 0) {
        header = (struct net_pair){str_of(letter.letter.header[0].name),
                                   str_of(letter.letter.header[0].value)};
    }
    const struct net_flow flow = {
        .call = {.url = str_of(letter.letter.url),
                 .content_type = str_of(letter.letter.content_type),
                 .body = bytes_of(str_of_text(letter.letter.body)),
                 .header = &header,
                 .header_count = letter.letter.header_count,
                 .only_public = letter.letter.only_public},
        .first_byte_timeout_s = letter.first_byte_timeout_s,
        .quiet_timeout_s = letter.quiet_timeout_s,
        .head = take_head,
        .piece = take_piece,
        .done = take_end,
        .self = passing,
    };
    if (net_calls_start(job, passing->chats->calls, &flow, &passing->ticket) != CANDOR_OK) {
        job_forgive(job);
        candor_chat_refuse(passing->chat, 503, "no more calls can be made now");
        candor_chat_over(passing->chat, CANDOR_BUSY);
        put(passing->chats, &passing->chats->over, passing);
    }
}

static void begin_one(struct passing *passing)
{
    const struct ask *ask = passing->ask;
    struct net_request *request = ask->request;
    struct arena *arena = request->arena;
    const struct str purpose = net_header(request, "candor-purpose");
    const struct str subject = net_header(request, "candor-subject");
    const struct candor_chat_asked asked = {
        .key = ask->key,
        .because = ask->because,
        .purpose = purpose.len == 0 ? NULL : str_z(arena, purpose),
        .subject = subject.len == 0 ? NULL : str_z(arena, subject),
        .body = (const char *)request->body.ptr,
        .len = request->body.len,
    };
    passing->chat = candor_chat_begin(passing->chats->desk->candor, &asked);
}

static void learn(struct desk *desk, const struct passing *passing)
{
    const bool is_good = candor_chat_is_unknown(passing->chat) == 0;
    if (!is_good || !passing->ask->was_good) {
        limit_learn(&desk->limit, str_of(passing->ask->key), passing->ask->address, is_good,
                    host_ticks());
    }
}

static void admit_all(struct job *job, struct chats *chats, struct passing **passing, size_t count)
{
    struct candor_chat *chat[CANDOR_CHATS_MAX];
    for (size_t i = 0; i < count; i++) {
        begin_one(passing[i]);
        chat[i] = passing[i]->chat;
    }
    const enum candor_status status = candor_chats_admit(job, chats->desk->candor, chat, count);
    desk_note_status(chats->desk, status);
    for (size_t i = 0; i < count; i++) {
        learn(chats->desk, passing[i]);
        if (candor_chat_is_refused(chat[i]) != 0) {
            tell(job, passing[i]);
        } else {
            send_one(job, passing[i]);
        }
    }
}

static void settle_all(struct job *job, struct chats *chats, struct passing **passing, size_t count)
{
    struct candor_chat *chat[CANDOR_CHATS_MAX];
    for (size_t i = 0; i < count; i++) {
        chat[i] = passing[i]->chat;
    }
    const enum candor_status status = candor_chats_settle(job, chats->desk->candor, chat, count);
    desk_note_status(chats->desk, status);
    for (size_t i = 0; i < count; i++) {
        tell(job, passing[i]);
    }
}

/* Under the lock, but while the calls end: then others put what is over. */
static void break_off(struct chats *chats)
{
    atomic_store(&chats->is_broken, true);
    must(pthread_mutex_unlock(&chats->lock) == 0);
    net_calls_end(chats->calls);
    must(pthread_mutex_lock(&chats->lock) == 0);
}

/* Under the lock. */
static void wait_for_work(struct chats *chats)
{
    const struct timespec until = {.tv_sec = (time_t)(chats->break_at / ticks_per_second),
                                   .tv_nsec = (long)(chats->break_at % ticks_per_second)};
    int waited = 0;
    if (chats->is_stopping && !atomic_load(&chats->is_broken)) {
        waited = pthread_cond_timedwait(&chats->changed, &chats->lock, &until);
    } else {
        waited = pthread_cond_wait(&chats->changed, &chats->lock);
    }
    must(waited == 0 || waited == ETIMEDOUT);
    if (waited == ETIMEDOUT) {
        break_off(chats);
    }
}

/* False: closed, and nothing is on its way. */
static bool take_work(struct chats *chats, struct passing **asked, size_t *asked_count,
                      struct passing **over, size_t *over_count)
{
    must(pthread_mutex_lock(&chats->lock) == 0);
    while (chats->asked.first == NULL && chats->over.first == NULL &&
           !(chats->is_closed && chats->count == 0)) {
        wait_for_work(chats);
    }
    *asked_count = take(&chats->asked, asked);
    *over_count = take(&chats->over, over);
    must(pthread_mutex_unlock(&chats->lock) == 0);
    return *asked_count + *over_count > 0;
}

static void *work(void *self)
{
    struct chats *chats = self;
    struct passing *asked[CANDOR_CHATS_MAX];
    struct passing *over[CANDOR_CHATS_MAX];
    size_t asked_count = 0;
    size_t over_count = 0;
    while (take_work(chats, asked, &asked_count, over, &over_count)) {
        struct job job;
        job_begin(&job, host_real());
        job.log = chats->desk->log;
        if (over_count > 0) {
            settle_all(&job, chats, over, over_count);
        }
        job_end(&job);
        job_begin(&job, host_real());
        job.log = chats->desk->log;
        if (asked_count > 0) {
            admit_all(&job, chats, asked, asked_count);
        }
        job_end(&job);
    }
    return NULL;
}

/* ---- the door ------------------------------------------------------------------------------ */

bool chats_take(struct chats *chats, struct ask *ask)
{
    struct passing *passing = calloc(1, sizeof *passing);
    must(pthread_mutex_lock(&chats->lock) == 0);
    const bool has_room = passing != NULL && chats->count < CHATS_MAX && !chats->is_stopping;
    chats->count += has_room;
    must(pthread_mutex_unlock(&chats->lock) == 0);
    if (!has_room) {
        free(passing);
        return false;
    }
    passing->chats = chats;
    passing->ask = ask;
    put(chats, &chats->asked, passing);
    return true;
}

size_t chats_body_max(const struct net_request *request)
{
    return request->method == NET_POST && str_is(request->path, "/v1/chat/completions") &&
                   net_header(request, "authorization").ptr != NULL
               ? CANDOR_CHAT_BODY_MAX
               : 0;
}

static int start_thread(struct chats *chats)
{
    sigset_t all;
    sigset_t before;
    must(sigfillset(&all) == 0);
    must(pthread_sigmask(SIG_BLOCK, &all, &before) == 0); /* they are for the thread that waits */
    const int error = pthread_create(&chats->thread, NULL, work, chats);
    must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    return error;
}

enum candor_status chats_begin(struct job *job, struct desk *desk, struct chats **chats)
{
    struct chats *made = NEW(job->arena, struct chats);
    made->desk = desk;
    made->asked.last = &made->asked.first;
    made->over.last = &made->over.first;
    TRY(net_calls_begin(job, job->arena, CHATS_MAX, &made->calls));
    pthread_condattr_t attributes;
    must(pthread_mutex_init(&made->lock, NULL) == 0);
    must(pthread_condattr_init(&attributes) == 0);
    must(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
    must(pthread_cond_init(&made->changed, &attributes) == 0);
    must(pthread_condattr_destroy(&attributes) == 0);
    made->is_begun = start_thread(made) == 0;
    *chats = made;
    return made->is_begun ? CANDOR_OK : fail(job, CANDOR_IO, "the system gives no thread");
}

/* A second time it does not become later. */
static void stop_at(struct chats *chats, uint64_t break_at, bool is_closed)
{
    must(pthread_mutex_lock(&chats->lock) == 0);
    chats->break_at = chats->is_stopping && chats->break_at < break_at ? chats->break_at : break_at;
    chats->is_stopping = true;
    chats->is_closed = chats->is_closed || is_closed;
    must(pthread_cond_signal(&chats->changed) == 0);
    must(pthread_mutex_unlock(&chats->lock) == 0);
}

void chats_stop(struct chats *chats)
{
    if (chats != NULL && chats->is_begun) {
        stop_at(chats, host_ticks() + CHATS_GRACE_S * ticks_per_second, false);
    }
}

void chats_end(struct chats *chats)
{
    if (chats == NULL || !chats->is_begun) {
        return;
    }
    stop_at(chats, host_ticks(), true);
    must(pthread_join(chats->thread, NULL) == 0);
    net_calls_end(chats->calls);
    must(pthread_cond_destroy(&chats->changed) == 0);
    must(pthread_mutex_destroy(&chats->lock) == 0);
    chats->is_begun = false;
}
