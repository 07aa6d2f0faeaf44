/*
 * server.c - from an address to a running server, and its end.
 *
 * The order of the end matters. First nobody new: the keeper empties the kernel's queue and closes
 * it. Then what has arrived is answered, and idle connections end. After the grace, who is slow is
 * cut off; what the handler holds is waited for. Only when no connection is left does
 * libmicrohttpd stop, which aborts the process when one still sleeps.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "inside.h"

enum { CONNECTIONS_MAX = 60000, HEADER_BYTES_MAX = 1 << 20, TIMEOUT_S_MAX = 86400 };

/* ---- limits -------------------------------------------------------------------------------- */

static unsigned or_else(unsigned value, unsigned otherwise, unsigned most)
{
    const unsigned chosen = value == 0 ? otherwise : value;
    return chosen < most ? chosen : most;
}

static size_t or_else_bytes(size_t value, size_t otherwise)
{
    return value == 0 ? otherwise : value;
}

static struct net_limits limits_filled(struct net_limits asked)
{
    const size_t header_bytes_max = or_else_bytes(asked.header_bytes_max, 16 << 10);
    return (struct net_limits){
        .threads = or_else(asked.threads, 2, NET_THREADS_MAX),
        .connections_max = or_else(asked.connections_max, 4096, CONNECTIONS_MAX),
        .per_ip_max = asked.per_ip_max < CONNECTIONS_MAX ? asked.per_ip_max : 0,
        .in_flight_max = or_else(asked.in_flight_max, 8192, UINT32_MAX),
        .patient_from = or_else(asked.patient_from, 48, UINT32_MAX),
        .header_bytes_max =
            header_bytes_max < HEADER_BYTES_MAX ? header_bytes_max : HEADER_BYTES_MAX,
        .body_bytes_max = or_else_bytes(asked.body_bytes_max, (size_t)1 << 20),
        .bodies_bytes_max = or_else_bytes(asked.bodies_bytes_max, (size_t)256 << 20),
        .request_timeout_s = or_else(asked.request_timeout_s, 20, TIMEOUT_S_MAX),
        .idle_timeout_s = or_else(asked.idle_timeout_s, 60, TIMEOUT_S_MAX),
    };
}

/* ---- listening ----------------------------------------------------------------------------- */

/* "host:port" or "[host]:port", cut at the last colon. */
static bool listen_cut(struct str listen, struct str *host, struct str *port)
{
    size_t colon = listen.len;
    while (colon > 0 && listen.ptr[colon - 1] != ':') {
        colon--;
    }
    if (colon < 2) {
        return false;
    }

    *host = str_slice(listen, 0, colon - 1);
    *port = str_slice(listen, colon, listen.len);
    if (str_starts(*host, STR("[")) && str_ends(*host, STR("]"))) {
        *host = str_slice(*host, 1, host->len - 1);
        return true;
    }
    return !str_contains(*host, STR(":"));
}

static enum candor_status listen_address(struct job *job, struct str listen,
                                         struct addrinfo **found)
{
    const struct addrinfo wanted = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                    .ai_family = AF_UNSPEC,
                                    .ai_socktype = SOCK_STREAM};
    struct str host = {NULL, 0};
    struct str port = {NULL, 0};
    uint64_t number = 0;
    if (!listen_cut(listen, &host, &port) || !str_to_uint64(port, &number) || number > 65535 ||
        getaddrinfo(str_z(job->arena, host), str_z(job->arena, port), &wanted, found) != 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "cannot listen on '%.*s': give a number and a port, as 127.0.0.1:8080 or "
                    "[::1]:8080",
                    STR_ARG(listen));
    }
    return CANDOR_OK;
}

static enum candor_status listen_failed(struct job *job, struct str listen)
{
    const int error = errno;
    if (error == EADDRINUSE) {
        return fail(job, CANDOR_BUSY,
                    "cannot listen on %.*s: the port is taken; choose another, or end the program "
                    "that has it",
                    STR_ARG(listen));
    }
    if (error == EACCES) {
        return fail(job, CANDOR_FORBIDDEN,
                    "cannot listen on %.*s: ports below 1024 need privileges; choose a higher one",
                    STR_ARG(listen));
    }
    return fail(job, CANDOR_IO, "cannot listen on %.*s: %s", STR_ARG(listen),
                strerrordesc_np(error));
}

static bool socket_listens(int fd, const struct addrinfo *address)
{
    const int on = 1;
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
           bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0;
}

static uint16_t port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.v6 = {.sin6_port = 0}};
    socklen_t len = sizeof address;
    must(getsockname(fd, &address.any, &len) == 0);
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

static void release_address(void *address)
{
    freeaddrinfo(address);
}

/* A socket of somebody else's making: a stream that listens, on the internet. */
static enum candor_status take_socket(struct job *job, struct net_server *server)
{
    const int fd = server->options.listen_fd;
    struct sockaddr_storage address;
    socklen_t address_len = sizeof address;
    int listens = 0;
    int type = 0;
    socklen_t len = sizeof listens;
    socklen_t type_len = sizeof type;
    const bool is_fine = getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 &&
                         getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) == 0 &&
                         getsockname(fd, (struct sockaddr *)&address, &address_len) == 0 &&
                         listens == 1 && type == SOCK_STREAM &&
                         (address.ss_family == AF_INET || address.ss_family == AF_INET6);
    const int flags = is_fine ? fcntl(fd, F_GETFL) : -1;
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the socket that was handed over does not listen for TCP connections");
    }
    server->is_given = true;
    server->listen_fd = fd;
    server->port = port_of(fd);
    return CANDOR_OK;
}

static enum candor_status server_listen(struct job *job, struct net_server *server)
{
    struct addrinfo *address = NULL;
    if (server->options.listen_fd > 0) {
        return take_socket(job, server);
    }
    TRY(listen_address(job, server->options.listen, &address));
    must(address != NULL);
    arena_defer(job->arena, release_address, address);

    server->listen_fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (server->listen_fd < 0 || !socket_listens(server->listen_fd, address)) {
        return listen_failed(job, server->options.listen);
    }
    server->port = port_of(server->listen_fd);
    return CANDOR_OK;
}

/* ---- libmicrohttpd ------------------------------------------------------------------------- */

/* libmicrohttpd's pool of one connection holds the head, a record of 72 bytes for each of its lines,
 * and the head of the answer. It is zeroed after every request, so it is no larger than it must. */
static size_t pool_bytes(const struct net_server *server)
{
    return server->options.limits.header_bytes_max + 12 * 1024UL;
}

static struct MHD_Daemon *daemon_start(struct job *job, struct net_server *server)
{
    const struct net_limits *limits = &server->options.limits;
    const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET |
                           MHD_ALLOW_SUSPEND_RESUME | (server->is_tls ? MHD_USE_TLS : 0U);
    /* The keeper counts connections; libmicrohttpd's own limit is per thread and must not be met
     * before ours, however unevenly they fall. */
    const unsigned connections = (limits->connections_max + 1024) * limits->threads;
    struct MHD_OptionItem tls[NET_TLS_OPTIONS] = {{MHD_OPTION_END, 0, NULL}};
    if (server->is_tls) {
        (void)tls_options(job, &server->options, tls);
    }
    return MHD_start_daemon(
        flags, 0, NULL, NULL, request_more, server, MHD_OPTION_URI_LOG_CALLBACK, request_line,
        server, MHD_OPTION_NOTIFY_COMPLETED, request_done, server, MHD_OPTION_NOTIFY_CONNECTION,
        connection_notify, server, MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, pool_bytes(server), MHD_OPTION_THREAD_POOL_SIZE,
        limits->threads, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

static enum candor_status daemon_failed(struct job *job)
{
    return fail(job, CANDOR_IO, "the network threads cannot be started: %s",
                strerrordesc_np(errno));
}

/* Signals belong to the program's own threads; those that tell of a crash stay. */
static void block_signals(sigset_t *before)
{
    sigset_t all;
    (void)sigfillset(&all);
    static const int crash[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
    for (size_t i = 0; i < sizeof crash / sizeof crash[0]; i++) {
        (void)sigdelset(&all, crash[i]);
    }
    (void)pthread_sigmask(SIG_SETMASK, &all, before);
}

static enum candor_status threads_start(struct job *job, struct net_server *server)
{
    server->daemon = daemon_start(job, server);
    if (server->daemon == NULL) {
        return daemon_failed(job);
    }
    if (pthread_create(&server->keeper, NULL, connection_keep, server) != 0) {
        return fail(job, CANDOR_IO, "the thread that accepts connections cannot be started");
    }
    server->is_running = true;
    return CANDOR_OK;
}

/* ---- the end ------------------------------------------------------------------------------- */

static void wake(struct net_server *server)
{
    const uint64_t one = 1;
    (void)!write(server->wake_fd, &one, sizeof one); /* full means it is awake anyway */
}

static bool has_ended(struct net_server *server)
{
    const bool all_began = atomic_load(&server->connected) >= atomic_load(&server->accepted);
    return atomic_load(&server->has_drained) && atomic_load(&server->connections) == 0 &&
           (all_began || atomic_load(&server->is_grace_over));
}

static void wait_until_ended(struct net_server *server, unsigned grace_s)
{
    const struct timespec nap = {.tv_nsec = 1000000};
    const uint64_t final_ticks = host_ticks() + grace_s * UINT64_C(1000000000);
    while (!has_ended(server)) {
        if (!atomic_load(&server->is_grace_over) && host_ticks() >= final_ticks) {
            atomic_store(&server->is_grace_over, true);
            wake(server);
        }
        (void)nanosleep(&nap, NULL);
    }
    while (atomic_load(&server->answering) > 0) {
        (void)nanosleep(&nap, NULL);
    }
}

void net_stop(struct net_server *server, unsigned grace_s)
{
    if (!server->is_running) {
        return;
    }
    server->is_running = false;
    atomic_store(&server->is_draining, true);
    wake(server);
    wait_until_ended(server, grace_s);

    MHD_stop_daemon(server->daemon);
    server->daemon = NULL;
    atomic_store(&server->is_over, true);
    wake(server);
    (void)pthread_join(server->keeper, NULL);
}

static void server_release(void *thing)
{
    struct net_server *server = thing;
    net_stop(server, 0);
    if (server->daemon != NULL) {
        MHD_stop_daemon(server->daemon); /* the keeper could not be started */
    }
    if (server->listen_fd >= 0) {
        (void)close(server->listen_fd);
    }
    if (server->wake_fd >= 0) {
        (void)close(server->wake_fd);
    }
    tls_release(server);
    (void)pthread_mutex_destroy(&server->lock);
    lanes_end(server);
}

/* ---- the door ------------------------------------------------------------------------------ */

static enum candor_status server_prepare(struct job *job, struct arena *owner,
                                         struct net_server *server)
{
    if (server->options.limits.per_ip_max > 0) {
        server->per_address = NEW_ARRAY(owner, NET_ADDRESS_SLOTS, uint16_t);
    }
    TRY(host_random(job, &server->address_seed, sizeof server->address_seed));
    atomic_store(&server->now_ms, host_ticks() / 1000000);
    server->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (server->wake_fd < 0) {
        return fail(job, CANDOR_IO, "no more file descriptors: %s", strerrordesc_np(errno));
    }
    return server_listen(job, server);
}

enum candor_status net_start(struct job *job, struct arena *owner,
                             const struct net_options *options,
                             void (*handle)(void *self, struct net_request *request), void *self,
                             struct net_server **server)
{
    struct net_server *made = NEW(owner, struct net_server);
    made->options = *options;
    made->options.limits = limits_filled(options->limits);
    made->handle = handle;
    made->self = self;
    made->listen_fd = -1;
    made->wake_fd = -1;
    made->is_tls = options->tls_cert.len > 0 || options->tls_key.len > 0;
    made->wants_clients = options->tls_clients.len > 0;
    must(pthread_mutex_init(&made->lock, NULL) == 0);
    lanes_init(made);
    arena_defer(owner, server_release, made);
    TRY(tls_check(job, options));
    TRY(made->is_tls ? tls_show(job, made, options->tls_cert, options->tls_key) : CANDOR_OK);
    TRY(server_prepare(job, owner, made));

    sigset_t before;
    block_signals(&before);
    const enum candor_status status = threads_start(job, made);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    TRY(status);
    made->options.listen = made->options.tls_cert = made->options.tls_key = (struct str){NULL, 0};
    made->options.tls_clients = (struct str){NULL, 0};
    *server = made;
    return CANDOR_OK;
}

enum candor_status net_tls_renew(struct job *job, struct net_server *server, struct str cert,
                                 struct str key)
{
    must(server->is_tls);
    return tls_show(job, server, cert, key);
}

uint16_t net_port(const struct net_server *server)
{
    return server->port;
}

struct net_counts net_counts(const struct net_server *server)
{
    struct net_counts counts = {
        .refused = atomic_load(&server->refused),
        .timed_out = atomic_load(&server->timed_out),
        .broken = atomic_load(&server->broken),
        .in_flight = atomic_load(&server->in_flight),
        .connections = atomic_load(&server->connections),
        .connected = atomic_load(&server->connected),
    };
    for (size_t i = 0; i < 6; i++) {
        counts.answered[i] = atomic_load(&server->answered[i]);
    }
    return counts;
}
