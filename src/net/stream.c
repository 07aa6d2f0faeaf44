/*
 * stream.c - replies whose body comes in pieces.
 *
 *     producer ──net_stream_put──▶ [ waits ] ──give──▶ libmicrohttpd ──▶ client
 *                  ◀──full───────      │        room again ──▶ producer
 *                                      └ empty: the connection sleeps, and is woken by the next piece
 *
 * Two hold a stream: the producer until net_stream_end, and the response until libmicrohttpd destroys it.
 * Whoever is last frees it. What waits is bounded by NET_STREAM_BYTES and one piece, and is overwritten
 * when it has been taken.
 *
 * Locks: server->lock before stream->lock. Under the latter libmicrohttpd is told to sleep and to wake, so
 * that nobody wakes a connection that is about to sleep.
 */
#include <stdlib.h>
#include <string.h>

#include "inside.h"

enum { KEPT_ROOM = 1024 }; /* an empty stream keeps no more */

struct net_stream {
    struct net_server *server;
    pthread_mutex_t lock;              /* of what follows */
    struct net_connection *connection; /* NULL: it has parted */
    struct MHD_Connection *mhd;
    uint8_t *waits; /* from start on, len bytes */
    size_t start;
    size_t len;
    size_t room;
    bool is_asleep; /* the connection is: it is ours until it is woken */
    bool is_full;   /* the producer was told so */
    bool is_ended;
    bool is_whole;
    bool is_gone; /* nobody takes anything any more */
    unsigned holders;
    void (*has_room)(void *self);
    void *self;
};

/* ---- what waits ---------------------------------------------------------------------------- */

static void empty_out(struct net_stream *stream)
{
    if (stream->waits != NULL) {
        explicit_bzero(stream->waits, stream->room);
        free(stream->waits);
    }
    stream->waits = NULL;
    stream->room = stream->start = stream->len = 0;
}

/* Room for so many more behind what waits. False: there is no memory. */
static bool make_room(struct net_stream *stream, size_t more)
{
    if (stream->start + stream->len + more <= stream->room) {
        return true;
    }
    size_t room = KEPT_ROOM;
    while (room < stream->len + more) {
        room *= 2;
    }
    uint8_t *waits = malloc(room);
    if (waits == NULL) {
        return false;
    }
    bytes_copy(waits, stream->waits + stream->start, stream->len);
    const size_t len = stream->len;
    empty_out(stream);
    stream->waits = waits;
    stream->room = room;
    stream->len = len;
    return true;
}

static void append(struct net_stream *stream, struct bytes piece)
{
    if (piece.len == 0) {
        return;
    }
    if (!make_room(stream, piece.len)) {
        stream->is_gone = true; /* half of an answer is no answer */
        return;
    }
    bytes_copy(stream->waits + stream->start + stream->len, piece.ptr, piece.len);
    stream->len += piece.len;
}

static size_t take(struct net_stream *stream, char *into, size_t most)
{
    const size_t len = stream->len < most ? stream->len : most;
    memcpy(into, stream->waits + stream->start, len);
    explicit_bzero(stream->waits + stream->start, len);
    stream->start += len;
    stream->len -= len;
    if (stream->len == 0) {
        stream->start = 0;
        if (stream->room > KEPT_ROOM) {
            empty_out(stream);
        }
    }
    return len;
}

/* ---- the end of it ------------------------------------------------------------------------- */

/* Under the lock, which is gone with the last holder. */
static void let_go(struct net_stream *stream)
{
    must(stream->holders > 0);
    const bool is_last = --stream->holders == 0;
    must(pthread_mutex_unlock(&stream->lock) == 0);
    if (is_last) {
        empty_out(stream);
        must(pthread_mutex_destroy(&stream->lock) == 0);
        free(stream);
    }
}

/* Under the lock. */
static void tell(struct net_stream *stream)
{
    stream->is_full = false;
    if (stream->has_room != NULL) {
        stream->has_room(stream->self);
    }
}

/* Under the lock. While it sleeps the connection cannot end; net_stop waits for `answering` to be zero, for
 * waking touches libmicrohttpd's daemon once more after the connection may be gone. */
static void wake(struct net_stream *stream)
{
    if (!stream->is_asleep) {
        return;
    }
    stream->is_asleep = false;
    atomic_fetch_add(&stream->server->answering, 1);
    MHD_resume_connection(stream->mhd);
    atomic_fetch_sub(&stream->server->answering, 1);
}

void stream_part(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    if (connection->stream == NULL) { /* only this thread makes it NULL */
        return;
    }
    (void)pthread_mutex_lock(&server->lock);
    struct net_stream *stream = connection->stream;
    connection->stream = NULL;
    must(pthread_mutex_lock(&stream->lock) == 0);
    stream->connection = NULL;
    must(pthread_mutex_unlock(&stream->lock) == 0);
    (void)pthread_mutex_unlock(&server->lock);
}

void stream_cut(struct net_connection *connection)
{
    struct net_stream *stream = connection->stream;
    if (stream == NULL) {
        return;
    }
    must(pthread_mutex_lock(&stream->lock) == 0);
    stream->is_gone = true;
    wake(stream);
    must(pthread_mutex_unlock(&stream->lock) == 0);
}

/* ---- libmicrohttpd's callbacks, on the network thread ---------------------------------------- */

/* The response is destroyed: nothing more is taken. */
static void response_over(void *cls)
{
    struct net_stream *stream = cls;
    if (stream->connection != NULL) { /* only this thread makes it NULL */
        stream_part(stream->connection);
    }
    must(pthread_mutex_lock(&stream->lock) == 0);
    stream->is_gone = true;
    empty_out(stream);
    tell(stream);
    let_go(stream);
}

/* Not the end that the client may take for one. When it is told of an error here, libmicrohttpd 0.9.75
 * forgets such a connection until its socket stirs again; when it cannot write, it does not. */
static ssize_t broken_end(const struct net_stream *stream)
{
    (void)shutdown(stream->connection->fd, SHUT_RDWR);
    return MHD_CONTENT_READER_END_OF_STREAM;
}

/* Under the lock: nothing waits. */
static ssize_t nothing_to_give(struct net_stream *stream)
{
    if (stream->is_ended) {
        return stream->is_whole ? MHD_CONTENT_READER_END_OF_STREAM : broken_end(stream);
    }
    if (!connection_move(stream->connection, PHASE_STREAM, 0)) {
        return broken_end(stream);
    }
    stream->is_asleep = true;
    MHD_suspend_connection(stream->mhd);
    return 0;
}

static ssize_t give(void *cls, uint64_t position, char *into, size_t most)
{
    struct net_stream *stream = cls;
    const uint64_t timeout_ms = stream->server->options.limits.request_timeout_s * UINT64_C(1000);
    ssize_t given = 0;
    if (position == 0) {
        request_forget(
            stream->connection); /* an answer may take minutes: what was asked is not kept for it */
    }
    must(pthread_mutex_lock(&stream->lock) == 0);
    if (!stream->is_gone && stream->len == 0) {
        given = nothing_to_give(stream);
    } else if (!stream->is_gone && connection_move(stream->connection, PHASE_SENDING, timeout_ms)) {
        given = (ssize_t)take(stream, into, most);
    } else {
        given = broken_end(stream);
    }
    if (stream->is_full && stream->len <= NET_STREAM_BYTES / 2) {
        tell(stream);
    }
    must(pthread_mutex_unlock(&stream->lock) == 0);
    return given;
}

/* ---- the door ------------------------------------------------------------------------------ */

static struct MHD_Response *response_of(struct net_request *request, const struct net_reply *reply,
                                        struct net_stream *stream)
{
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, KEPT_ROOM, give, stream, response_over);
    if (response == NULL) {
        return NULL;
    }
    stream->holders++;
    if (!answer_headers(request->arena, response, reply)) {
        MHD_destroy_response(response);
        return NULL;
    }
    return response;
}

struct net_stream *net_answer_stream(struct net_request *request, const struct net_reply *reply,
                                     void (*room)(void *self), void *self)
{
    struct net_connection *connection = (struct net_connection *)(void *)request;
    struct net_stream *stream = calloc(1, sizeof *stream);
    must(stream != NULL);
    *stream = (struct net_stream){.server = connection->server,
                                  .mhd = connection->mhd,
                                  .holders = 1,
                                  .has_room = room,
                                  .self = self};
    must(pthread_mutex_init(&stream->lock, NULL) == 0);
    append(stream, reply->body);
    struct MHD_Response *response = response_of(request, reply, stream);
    stream->is_gone = response == NULL;
    if (response != NULL) { /* nobody looks at it before the request is answered */
        stream->connection = connection;
        (void)pthread_mutex_lock(&connection->server->lock);
        connection->stream = stream;
        (void)pthread_mutex_unlock(&connection->server->lock);
    }
    answer_with(request, response, reply->code, reply->body.len);
    return stream;
}

enum net_taken net_stream_put(struct net_stream *stream, struct bytes piece)
{
    must(pthread_mutex_lock(&stream->lock) == 0);
    if (!stream->is_gone) {
        append(stream, piece);
        stream->is_full = stream->is_full || stream->len > NET_STREAM_BYTES;
        if (stream->len > 0 || stream->is_gone) {
            wake(stream);
        }
    }
    const enum net_taken taken = stream->is_gone   ? NET_GONE
                                 : stream->is_full ? NET_FULL
                                                   : NET_TAKEN;
    must(pthread_mutex_unlock(&stream->lock) == 0);
    return taken;
}

void net_stream_end(struct net_stream *stream, bool is_whole)
{
    must(pthread_mutex_lock(&stream->lock) == 0);
    stream->has_room = NULL;
    stream->is_ended = true;
    stream->is_whole = is_whole;
    wake(stream);
    let_go(stream);
}
