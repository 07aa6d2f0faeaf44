/*
 * connection.c - who is connected, and the thread that cuts them off: the keeper.
 *
 * libmicrohttpd times silence; someone who sends a byte a second is never silent. So every
 * connection has a clock: its phase and the instant at which that phase must be over, in one
 * atomic word. The network thread moves it forward; the keeper looks at all of them every
 * NET_TICK_MS and moves those that are late to PHASE_CUT. Whoever is first wins, so a request that
 * is being handled is never cut, and one that was cut is never handled.
 *
 *     IDLE -> RECEIVING -> HANDLER -> SENDING -> IDLE ...      any but HANDLER -> CUT
 *
 * Cutting is shutdown() of the socket: libmicrohttpd reads the end of it and closes. The keeper
 * holds the lock meanwhile, and libmicrohttpd closes the descriptor only after connection_notify
 * has taken the connection out of the list, so the number cannot belong to someone else.
 *
 * The keeper also accepts. libmicrohttpd could, but it cannot stop accepting without a race, and
 * what waits in the kernel's queue when we stop would be lost.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "inside.h"

enum {
    ACCEPT_AT_ONCE = 32,
    CLOCK_SHIFT = 3,
    CLOCK_PHASES = 1 << CLOCK_SHIFT,
    CONNECTION_BYTES_FIRST = 4096 /* of which a decision needs no more */
};

static const uint64_t never_ms = UINT64_MAX >> CLOCK_SHIFT;

/* ---- the clock of one connection ----------------------------------------------------------- */

static enum phase phase_of(uint64_t clock)
{
    return (enum phase)(clock % CLOCK_PHASES);
}

bool connection_move(struct net_connection *connection, enum phase phase, uint64_t timeout_ms)
{
    const uint64_t now_ms = atomic_load_explicit(&connection->server->now_ms, memory_order_relaxed);
    const uint64_t deadline_ms = timeout_ms == 0 ? never_ms : now_ms + timeout_ms;
    const uint64_t clock = deadline_ms << CLOCK_SHIFT | phase;

    /* Only the keeper writes beside us, and only PHASE_CUT: one failure says it all. */
    uint64_t before = atomic_load(&connection->clock);
    return phase_of(before) != PHASE_CUT &&
           atomic_compare_exchange_strong(&connection->clock, &before, clock);
}

/* ---- addresses ----------------------------------------------------------------------------- */

/* The address without the port; of IPv6 the part that a network gives to one customer. */
static struct bytes address_bytes(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
        return (struct bytes){(const uint8_t *)&v4->sin_addr, 4};
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
        const uint8_t *byte = v6->sin6_addr.s6_addr;
        return IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) ? (struct bytes){byte + 12, 4}
                                                    : (struct bytes){byte, 8};
    }
    return (struct bytes){NULL, 0};
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
        if (!IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
            return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
        }
    }
    const struct bytes bytes = address_bytes(address);
    return bytes.len == 4 && bytes.ptr[0] == 127;
}

/* A seeded mix, so that an attacker cannot aim at the slot of someone else. */
uint64_t address_number(const struct net_server *server, struct bytes bytes)
{
    uint64_t hash = server->address_seed;
    for (size_t i = 0; i < bytes.len; i++) {
        hash = (hash ^ bytes.ptr[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

uint64_t address_of_text(const struct net_server *server, struct arena *arena, struct str text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    const char *name = str_z(arena, text);
    if (inet_pton(AF_INET, name, &v4.sin_addr) == 1) {
        return address_number(server, address_bytes((const struct sockaddr *)(const void *)&v4));
    }
    if (inet_pton(AF_INET6, name, &v6.sin6_addr) == 1) {
        return address_number(server, address_bytes((const struct sockaddr *)(const void *)&v6));
    }
    return address_number(server, bytes_of(text));
}

static uint16_t address_slot(const struct net_server *server, const struct sockaddr *address)
{
    return (uint16_t)(address_number(server, address_bytes(address)) % NET_ADDRESS_SLOTS);
}

/* A place among those of this address; false: it has all of them. It is taken before libmicrohttpd knows
 * of the connection, so that many who come at once do not all find room. */
static bool address_enter(struct net_server *server, uint16_t slot)
{
    if (server->per_address == NULL) {
        return true;
    }
    (void)pthread_mutex_lock(&server->lock);
    const bool has_room = server->per_address[slot] < server->options.limits.per_ip_max;
    if (has_room) {
        server->per_address[slot]++;
    }
    (void)pthread_mutex_unlock(&server->lock);
    return has_room;
}

/* Under the lock. */
static void address_leave(struct net_server *server, uint16_t slot)
{
    if (server->per_address != NULL) {
        server->per_address[slot]--;
    }
}

/* ---- begin and end of a connection, on its network thread ---------------------------------- */

static void list_add(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    (void)pthread_mutex_lock(&server->lock);
    connection->next = server->first;
    if (server->first != NULL) {
        server->first->previous = connection;
    }
    server->first = connection;
    (void)pthread_mutex_unlock(&server->lock);
}

static void list_remove(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    (void)pthread_mutex_lock(&server->lock);
    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        server->first = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    address_leave(server, connection->address_slot);
    (void)pthread_mutex_unlock(&server->lock);
}

static struct net_connection *connection_begin(struct net_server *server,
                                               struct MHD_Connection *mhd)
{
    const struct sockaddr *address =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    struct arena *arena =
        arena_begin_small(CONNECTION_BYTES_FIRST); /* most of those who wait hold little */
    struct net_connection *connection = NEW(arena, struct net_connection);

    connection->arena = arena;
    connection->before_request = arena_mark(arena);
    connection->server = server;
    if (server->is_tls) {
        tls_connected(server, mhd);
    }
    connection->mhd = mhd;
    connection->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    connection->is_loopback = is_loopback(address);
    connection->address = address_number(server, address_bytes(address));
    connection->address_slot = (uint16_t)(connection->address % NET_ADDRESS_SLOTS);
    (void)connection_move(connection, PHASE_IDLE, server->options.limits.idle_timeout_s * 1000ULL);
    list_add(connection);
    atomic_fetch_add(&server->connections, 1);
    atomic_fetch_add(&server->connected, 1);
    return connection;
}

void connection_notify(void *cls, struct MHD_Connection *mhd, void **context,
                       enum MHD_ConnectionNotificationCode code)
{
    struct net_server *server = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = connection_begin(server, mhd);
        return;
    }

    struct net_connection *connection = *context;
    if (connection->is_early) {
        linger_begin(connection);
    }
    list_remove(connection);
    arena_end(connection->arena);
    atomic_fetch_sub(&server->connections, 1);
}

/* ---- the keeper's looks at the clocks ------------------------------------------------------ */

/* Say why, if nothing of ours can be under way: not over TLS, whose records we cannot write here. */
static void say_timeout(const struct net_connection *connection)
{
    struct arena *arena = arena_begin();
    const struct bytes body =
        answer_problem(connection->server, arena, (struct str){NULL, 0},
                       (struct refusal){408, LIT("The request took too long to arrive.")});
    struct buf buf = buf_begin(arena);
    buf_format(&buf,
               "HTTP/1.1 408 Request Timeout\r\nContent-Type: application/problem+json\r\n"
               "Content-Length: %zu\r\nConnection: close\r\n\r\n",
               body.len);
    buf_bytes(&buf, body.ptr, body.len);
    /* Whether it arrives is up to the one who was too slow. */
    (void)!send(connection->fd, buf.ptr, buf.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    arena_end(arena);
}

/* Whoever has left is not told, and was not too slow. */
static void cut_off(struct net_connection *connection, uint64_t clock, bool has_left)
{
    struct net_server *server = connection->server;
    if (!atomic_compare_exchange_strong(&connection->clock, &clock, (uint64_t)PHASE_CUT)) {
        return; /* it moved on at the last moment */
    }
    if (has_left) {
        (void)shutdown(connection->fd, SHUT_RDWR);
        stream_cut(connection);
        return;
    }
    if (phase_of(clock) != PHASE_IDLE) {
        atomic_fetch_add(&server->timed_out, 1);
    }
    if (phase_of(clock) == PHASE_RECEIVING && !server->is_tls) {
        say_timeout(connection);
    }
    (void)shutdown(connection->fd, SHUT_RDWR);
    stream_cut(connection);
}

/*
 * While the server stops, whoever is between two requests is through. A request may be in the
 * kernel, which we can see, or just read and not yet begun, which we cannot: so only who is quiet
 * at several looks is through. (Closing our reading side would be gentler, but libmicrohttpd takes
 * the end of the input as a reason to drop an answer that comes later.)
 */
static bool is_through(struct net_connection *connection, uint64_t clock)
{
    char byte;
    const bool is_quiet = phase_of(clock) == PHASE_IDLE && clock == connection->quiet_clock &&
                          recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
    connection->quiet_clock = clock;
    connection->quiet_looks = is_quiet ? connection->quiet_looks + 1 : 0;
    return connection->quiet_looks >= NET_STOP_LOOKS;
}

/*
 * Who closes their side in the middle of a request, or of its first line, has left: nothing can follow.
 * libmicrohttpd waits for the rest all the same, and so each such connection would stay until its deadline.
 * At two looks in a row there is nothing to read but the end, and the clock has not moved in between.
 */
static bool has_left(struct net_connection *connection, uint64_t clock)
{
    char byte;
    const enum phase phase = phase_of(clock);
    const bool is_end =
        (phase == PHASE_IDLE || phase == PHASE_RECEIVING || phase == PHASE_STREAM) &&
        recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
    const bool is_again = is_end && connection->end_clock == clock;
    connection->end_clock = is_end ? clock : 0;
    return is_again;
}

static void look_at(struct net_connection *connection, uint64_t now_ms, bool is_draining,
                    bool is_grace_over)
{
    const uint64_t clock = atomic_load(&connection->clock);
    const enum phase phase = phase_of(clock);
    if (phase == PHASE_CUT || phase == PHASE_HANDLER) {
        return;
    }
    if (clock >> CLOCK_SHIFT <= now_ms || is_grace_over ||
        (is_draining && is_through(connection, clock))) {
        cut_off(connection, clock, false);
    }
}

static void look_at_all(struct net_server *server, bool is_for_ends)
{
    const bool is_draining = atomic_load(&server->is_draining);
    const bool is_grace_over = atomic_load(&server->is_grace_over);
    const uint64_t now_ms = host_ticks() / 1000000;
    atomic_store(&server->now_ms, now_ms);

    (void)pthread_mutex_lock(&server->lock);
    for (struct net_connection *at = server->first; at != NULL; at = at->next) {
        const uint64_t clock = atomic_load(&at->clock);
        if (is_for_ends && has_left(at, clock)) {
            cut_off(at, clock, true);
        } else {
            look_at(at, now_ms, is_draining, is_grace_over);
        }
    }
    (void)pthread_mutex_unlock(&server->lock);
}

/* ---- the keeper's accepting ---------------------------------------------------------------- */

static void hand_over(struct net_server *server, int fd, const struct sockaddr *address,
                      socklen_t address_len)
{
    const uint16_t slot = address_slot(server, address);
    if (!address_enter(server, slot)) {
        atomic_fetch_add(&server->refused, 1);
        (void)close(fd);
        return;
    }
    /* Counted first: net_stop waits until all that were accepted have begun. */
    atomic_fetch_add(&server->accepted, 1);
    if (MHD_add_connection(server->daemon, fd, address, address_len) != MHD_YES) {
        atomic_fetch_sub(&server->accepted, 1); /* libmicrohttpd has closed it */
        (void)pthread_mutex_lock(&server->lock);
        address_leave(server, slot);
        (void)pthread_mutex_unlock(&server->lock);
    }
}

/* False: the queue is empty, or the system has no more descriptors for us now. */
static bool accept_one(struct net_server *server, bool *is_short)
{
    struct sockaddr_storage address;
    socklen_t address_len = sizeof address;
    const int fd = accept4(server->listen_fd, (struct sockaddr *)&address, &address_len,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        *is_short = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        return errno == ECONNABORTED || errno == EINTR;
    }
    hand_over(server, fd, (const struct sockaddr *)&address, address_len);
    return true;
}

static bool has_room(struct net_server *server)
{
    return atomic_load(&server->connections) < server->options.limits.connections_max;
}

static bool accept_some(struct net_server *server)
{
    bool is_short = false;
    for (int i = 0; i < ACCEPT_AT_ONCE && has_room(server); i++) {
        if (!accept_one(server, &is_short)) {
            break;
        }
    }
    return is_short;
}

/* All that the kernel had already accepted for us, and no more. Of a socket that others have too, what
 * waits is theirs: nobody is turned away between two servers. */
static void accept_the_rest(struct net_server *server)
{
    bool is_short = false;
    while (!server->is_given && accept_one(server, &is_short)) {
    }
    (void)close(server->listen_fd);
    server->listen_fd = -1;
    atomic_store(&server->has_drained, true);
}

void *connection_keep(void *cls)
{
    struct net_server *server = cls;
    uint64_t looked_ms = 0;
    uint64_t ends_ms = 0;
    bool is_short = false;
    while (!atomic_load(&server->is_over)) {
        const bool may_accept = !atomic_load(&server->is_draining) && !is_short && has_room(server);
        struct pollfd ready[2] = {{.fd = server->wake_fd, .events = POLLIN},
                                  {.fd = server->listen_fd, .events = POLLIN}};
        const int tick_ms = atomic_load(&server->is_draining) ? NET_STOP_TICK_MS : NET_TICK_MS;
        (void)poll(ready, may_accept ? 2 : 1, tick_ms);

        uint64_t wakes = 0;
        (void)!read(server->wake_fd, &wakes, sizeof wakes); /* non-blocking: often none */
        is_short = may_accept && ready[1].revents != 0 && accept_some(server);
        if (atomic_load(&server->is_draining) && !atomic_load(&server->has_drained)) {
            accept_the_rest(server);
        }
        const uint64_t now_ms = host_ticks() / 1000000;
        if (wakes > 0 || now_ms - looked_ms >= (uint64_t)tick_ms) {
            const bool is_for_ends = now_ms - ends_ms >= NET_END_TICK_MS;
            look_at_all(server, is_for_ends);
            linger_look(server, now_ms, false);
            looked_ms = now_ms;
            ends_ms = is_for_ends ? now_ms : ends_ms;
        }
    }
    linger_look(server, 0, true);
    return NULL;
}
