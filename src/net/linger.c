/*
 * linger.c - connections that are over for us, whose clients are still sending.
 *
 * Whoever is refused by the head of a request may have its body on the way. If the socket were closed
 * then, the kernel would answer the rest with a reset, and a reset takes the refusal from a client that
 * has not read it yet (RFC 9112, section 9.6). So libmicrohttpd closes its own descriptor, and a second
 * one stays with the keeper, which reads and throws away: a little more than a body may have, for a few
 * seconds, of a few sockets. Nothing of it is looked at.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inside.h"

enum { LOOK_BYTES = 16 * 1024, LOOKS_AT_ONCE = 16, HEARD_TIMES = 4 };

void linger_begin(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    const uint64_t now_ms = atomic_load_explicit(&server->now_ms, memory_order_relaxed);
    const size_t body_max =
        connection->body_max > 0 ? connection->body_max : server->options.limits.body_bytes_max;
    if (atomic_load(&server->is_draining)) {
        return;
    }
    (void)pthread_mutex_lock(&server->lock);
    const bool has_room = server->lingerer_count < NET_LINGERERS_MAX;
    const int fd = has_room ? fcntl(connection->fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (fd >= 0) {
        (void)shutdown(fd, SHUT_WR); /* over TLS libmicrohttpd leaves that to the close */
        server->lingerer[server->lingerer_count++] = (struct net_lingerer){
            .fd = fd, .end_ms = now_ms + NET_LINGER_MS, .left = size_mul(body_max, HEARD_TIMES)};
    }
    (void)pthread_mutex_unlock(&server->lock);
}

/* False: nothing more is worth waiting for. */
static bool hear_out(struct net_lingerer *lingerer)
{
    char thrown_away[LOOK_BYTES];
    for (int i = 0; i < LOOKS_AT_ONCE; i++) {
        const ssize_t len = recv(lingerer->fd, thrown_away, sizeof thrown_away, MSG_DONTWAIT);
        if (len < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        if (len == 0 || (uint64_t)len > lingerer->left) {
            return false;
        }
        lingerer->left -= (uint64_t)len;
    }
    return true;
}

void linger_look(struct net_server *server, uint64_t now_ms, bool is_end)
{
    (void)pthread_mutex_lock(&server->lock);
    size_t left = 0;
    for (size_t i = 0; i < server->lingerer_count; i++) {
        struct net_lingerer lingerer = server->lingerer[i];
        if (!is_end && now_ms < lingerer.end_ms && hear_out(&lingerer)) {
            server->lingerer[left++] = lingerer;
        } else {
            (void)close(lingerer.fd);
        }
    }
    server->lingerer_count = left;
    (void)pthread_mutex_unlock(&server->lock);
}
