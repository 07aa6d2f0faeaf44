/*
 * streaming.h - a server whose answers come in pieces, from a thread for each.
 *
 *     /pieces?count=N&size=S   N pieces of S letters; the answer's length says whether all came
 *     /broken                  a piece, and an end that is none
 *     /silent                  the head, then nothing until the client has left
 *     /never                   no head, until the server's test lets go
 */
#ifndef TEST_STREAMING_H
#define TEST_STREAMING_H

#include <stdatomic.h>

#include "wire.h"

enum { PRODUCERS_MAX = 512 };

struct producer {
    struct streaming *streaming;
    struct net_request *request;
    struct net_stream *stream;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool has_room;
    pthread_t thread;
};

struct streaming {
    struct job job;
    struct net_server *server;
    uint16_t port;
    atomic_bool lets_go;
    _Atomic size_t full;  /* how often a stream was */
    _Atomic size_t gone;  /* streams whose client had left */
    _Atomic size_t count; /* producers */
    struct producer producer[PRODUCERS_MAX];
};

static inline void room_again(void *self)
{
    struct producer *producer = self;
    must(pthread_mutex_lock(&producer->lock) == 0);
    producer->has_room = true;
    must(pthread_cond_signal(&producer->changed) == 0);
    must(pthread_mutex_unlock(&producer->lock) == 0);
}

static inline void wait_for_room(struct producer *producer)
{
    must(pthread_mutex_lock(&producer->lock) == 0);
    while (!producer->has_room) {
        must(pthread_cond_wait(&producer->changed, &producer->lock) == 0);
    }
    producer->has_room = false;
    must(pthread_mutex_unlock(&producer->lock) == 0);
}

static inline uint64_t query_number(struct net_request *request, const char *name)
{
    struct str text;
    uint64_t number = 0;
    return net_query(request, name, &text) && str_to_uint64(text, &number) ? number : 0;
}

static inline bool produce_piece(struct producer *producer, struct bytes piece)
{
    const enum net_taken taken = net_stream_put(producer->stream, piece);
    if (taken == NET_FULL) {
        atomic_fetch_add(&producer->streaming->full, 1);
        wait_for_room(producer);
    }
    return taken != NET_GONE;
}

static inline void *produce(void *self)
{
    struct producer *producer = self;
    struct net_request *request = producer->request;
    const struct net_reply head = {.code = 200, .content_type = STR("text/event-stream")};
    const uint64_t count = query_number(request, "count");
    const size_t size = (size_t)query_number(request, "size");
    const bool is_broken = str_is(request->path, "/broken");
    const bool is_silent = str_is(request->path, "/silent");
    uint8_t *letters = malloc(size + 1);
    while (str_is(request->path, "/never") && !atomic_load(&producer->streaming->lets_go)) {
        nap_ms(1);
    }
    producer->stream = net_answer_stream(request, &head, room_again, producer);
    memset(letters, 'x', size + 1);
    bool goes_on = true;
    for (uint64_t i = 0; i < count && goes_on; i++) {
        goes_on = produce_piece(producer, (struct bytes){letters, size});
    }
    if (is_broken) {
        (void)net_stream_put(producer->stream, bytes_of(STR("half")));
    }
    if (is_silent) {
        wait_for_room(producer); /* who leaves is told as room */
        goes_on = net_stream_put(producer->stream, bytes_of(STR(""))) != NET_GONE;
    }
    atomic_fetch_add(&producer->streaming->gone, goes_on ? 0U : 1U);
    net_stream_end(producer->stream, goes_on && !is_broken);
    free(letters);
    return NULL;
}

static inline void streaming_handle(void *self, struct net_request *request)
{
    struct streaming *streaming = self;
    const size_t at = atomic_fetch_add(&streaming->count, 1);
    must(at < PRODUCERS_MAX);
    struct producer *producer = &streaming->producer[at];
    *producer = (struct producer){.streaming = streaming, .request = request};
    must(pthread_mutex_init(&producer->lock, NULL) == 0);
    must(pthread_cond_init(&producer->changed, NULL) == 0);
    must(pthread_create(&producer->thread, NULL, produce, producer) == 0);
}

static inline struct streaming *streaming_begin(struct net_limits limits)
{
    struct streaming *streaming = calloc(1, sizeof *streaming);
    const struct net_options options = {.listen = STR("127.0.0.1:0"), .limits = limits};
    must(streaming != NULL);
    job_begin(&streaming->job, host_real());
    expect(net_start(&streaming->job, streaming->job.arena, &options, streaming_handle, streaming,
                     &streaming->server) == CANDOR_OK,
           "%s", streaming->job.message);
    streaming->port = net_port(streaming->server);
    return streaming;
}

static inline void streaming_end(struct streaming *streaming)
{
    atomic_store(&streaming->lets_go, true);
    net_stop(streaming->server, 0);
    for (size_t i = 0; i < atomic_load(&streaming->count); i++) {
        must(pthread_join(streaming->producer[i].thread, NULL) == 0);
        must(pthread_mutex_destroy(&streaming->producer[i].lock) == 0);
        must(pthread_cond_destroy(&streaming->producer[i].changed) == 0);
    }
    job_end(&streaming->job);
    free(streaming);
}

static inline struct net_call streaming_call(const struct streaming *streaming, struct arena *arena,
                                             const char *path)
{
    return (struct net_call){
        .url = str_format(arena, "http://127.0.0.1:%u%s", (unsigned)streaming->port, path),
        .content_type = STR("text/plain"),
        .body = bytes_of(STR("hello")),
        .answer_bytes_max = (size_t)64 << 20,
        .timeout_s = 60,
    };
}

/* Within a minute this is true. */
#define COMES_TRUE(what) \
    do { \
        for (int nap = 0; nap < 60000 && !(what); nap++) { \
            nap_ms(1); \
        } \
        expect(what, "%s", #what); \
    } while (0)

#endif
