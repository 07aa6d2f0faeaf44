/*
 * serve.c - one run of the server, over a home (home.c) or over a witness (witness.c).
 *
 * SIGINT, SIGTERM and SIGHUP are blocked before any thread begins, so that they wait here and interrupt
 * nobody's work. At the end the network stops first: it waits for the answers that the
 * worker still owes. Then the worker ends.
 */
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "site.h"

enum { RETRY_S = 1, IN_FLIGHT_MAX = QUEUE_MAX + CANDOR_DECISIONS_MAX };

#define BODY_BYTES_MAX ((size_t)64 << 10)
#define PEM_BYTES_MAX ((size_t)1 << 20)

/* ---- signals ------------------------------------------------------------------------------- */

static sigset_t our_signals(void)
{
    sigset_t set;
    must(sigemptyset(&set) == 0);
    must(sigaddset(&set, SIGINT) == 0);
    must(sigaddset(&set, SIGTERM) == 0);
    must(sigaddset(&set, SIGHUP) == 0);
    return set;
}

/* The next signal; 0: none came in that time. seconds 0: any time. */
static int wait_for_signal(const sigset_t *set, time_t seconds)
{
    const struct timespec span = {.tv_sec = seconds};
    int signal_number = -1;
    while (signal_number < 0) {
        signal_number = seconds == 0 ? sigwaitinfo(set, NULL) : sigtimedwait(set, NULL, &span);
        if (signal_number < 0 && errno == EAGAIN) {
            return 0;
        }
    }
    return signal_number;
}

/* A second Ctrl-C while the server stopped must not end the program halfway afterwards. */
static void forget_signals(const sigset_t *set)
{
    const struct timespec at_once = {0, 0};
    while (sigtimedwait(set, NULL, &at_once) > 0) {
        /* taken */
    }
}

/* The terminal that we were begun from; -1: there is none. */
static int terminal_of_start(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (isatty(fd) == 1) {
            return fd;
        }
    }
    return -1;
}

/* A terminal that was closed is one no more, though its descriptor is still there. */
static bool terminal_is_gone(int terminal)
{
    return terminal >= 0 && isatty(terminal) == 0;
}

/* ---- sockets that are handed over ---------------------------------------------------------- */

/* How systemd hands over a socket that it listens on, so that nobody is turned away while we start again:
 * sd_listen_fds(3). The first one counts. 0: there is none. */
static int socket_of_start(void)
{
    enum { FIRST_FD = 3 };
    const char *pid = getenv("LISTEN_PID");
    const char *count = getenv("LISTEN_FDS");
    uint64_t meant = 0;
    uint64_t fds = 0;
    if (pid == NULL || count == NULL || !str_to_uint64(str_of(pid), &meant) ||
        !str_to_uint64(str_of(count), &fds)) {
        return 0;
    }
    return meant == (uint64_t)getpid() && fds > 0 ? FIRST_FD : 0;
}

/* ---- options ------------------------------------------------------------------------------- */

static struct bytes refuse(void *self, struct arena *arena, struct str path, unsigned code,
                           struct lit title)
{
    const struct bytes problem = problem_write(arena, code, STR(""), str_from(title));
    (void)self;
    return path.ptr != NULL && openai_speaks(path)
               ? openai_problem(arena, problem, code, STR(""), str_from(title))
               : problem;
}

static enum candor_status read_pem(struct job *job, const char *path, struct str *pem)
{
    struct bytes content;
    TRY(file_read(job, str_of(path), PEM_BYTES_MAX, &content));
    *pem = (struct str){(const char *)content.ptr, content.len};
    return CANDOR_OK;
}

/* The address in words, of a socket that was handed over. */
static enum candor_status name_socket(struct job *job, struct net_options *net)
{
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    if (getsockname(net->listen_fd, (struct sockaddr *)&address, &len) != 0 ||
        getnameinfo((const struct sockaddr *)&address, len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return fail(job, CANDOR_BAD_INPUT, "LISTEN_FDS is set, and there is no socket");
    }
    net->listen =
        str_format(job->arena, strchr(host, ':') == NULL ? "%s:%s" : "[%s]:%s", host, port);
    return CANDOR_OK;
}

static enum candor_status read_options(struct job *job, const struct house *house,
                                       const struct serve_options *options, struct net_options *net)
{
    *net = (struct net_options){
        .listen = str_of(options->listen == NULL ? "127.0.0.1:8080" : options->listen),
        .limits = {.threads = options->threads,
                   .per_ip_max = house->connections_per_address,
                   .in_flight_max = IN_FLIGHT_MAX,
                   .body_bytes_max = BODY_BYTES_MAX},
        .problem = refuse,
    };
    net->listen_fd = socket_of_start();
    if (net->listen_fd > 0) {
        TRY(name_socket(job, net));
    }
    if ((options->tls_cert == NULL) != (options->tls_key == NULL)) {
        return fail(job, CANDOR_BAD_INPUT, "TLS needs both a certificate and its key");
    }
    if (options->tls_cert != NULL) {
        TRY(read_pem(job, options->tls_cert, &net->tls_cert));
        TRY(read_pem(job, options->tls_key, &net->tls_key));
    }
    if (options->tls_clients != NULL) {
        TRY(read_pem(job, options->tls_clients, &net->tls_clients));
    }
    return CANDOR_OK;
}

static bool is_only_here(struct str listen)
{
    return str_starts(listen, STR("127.")) || str_starts(listen, STR("[::1]:")) ||
           str_starts(listen, STR("localhost:"));
}

/* ---- the run ------------------------------------------------------------------------------- */

static const char *base_url(struct job *job, const struct net_options *net, uint16_t port)
{
    size_t host_len = net->listen.len;
    while (host_len > 0 && net->listen.ptr[host_len - 1] != ':') {
        host_len--;
    }
    const struct str host = str_slice(net->listen, 0, host_len == 0 ? 0 : host_len - 1);
    return str_z(job->arena,
                 str_format(job->arena, "http%s://%.*s:%u", net->tls_cert.len > 0 ? "s" : "",
                            STR_ARG(host), (unsigned)port));
}

static void say_begin(struct job *job, const struct net_options *net, uint16_t port)
{
    log_event(job, LOG_INFO, LIT("serving"), LOG_U64("port", port),
              LOG_U64("tls", net->tls_cert.len > 0 ? 1 : 0),
              LOG_U64("handed_over", net->listen_fd > 0 ? 1 : 0));
    if (net->tls_cert.len == 0 && !is_only_here(net->listen)) {
        log_fields(job, LOG_WARN, LIT("others can reach this address, and there is no TLS"), NULL,
                   0);
    }
}

/* ---- reloading ----------------------------------------------------------------------------- */

struct running {
    const struct house *house;
    const struct serve_options *options;
    struct net_server *server;
    const sigset_t *signals;
    int terminal;
};

static enum candor_status read_certificate(struct job *job, const struct running *running)
{
    struct str cert;
    struct str key;
    TRY(read_pem(job, running->options->tls_cert, &cert));
    TRY(read_pem(job, running->options->tls_key, &key));
    return net_tls_renew(job, running->server, cert, key);
}

/* A certificate is renewed while somebody writes in candor.yaml: each stands for itself. */
static void renew_certificate(struct job *job, const struct running *running)
{
    if (running->options->tls_cert == NULL) {
        return;
    }
    if (read_certificate(job, running) != CANDOR_OK) {
        log_failed(job, LOG_ERROR, LIT("not reloaded: the certificate stays as it was"));
        job_forgive(job);
        return;
    }
    log_fields(job, LOG_INFO, LIT("the certificate was read again"), NULL, 0);
    if (running->options->tls_clients != NULL) {
        log_event(job, LOG_INFO, LIT("read again only by a restart"),
                  LOG_LIT("field", "--tls-clients"));
    }
}

/* False: it has to be tried again. */
static bool reload(struct job *outer, const struct running *running, bool is_first)
{
    struct job job;
    enum candor_status status = CANDOR_OK;
    job_begin(&job, outer->host);
    job.log = outer->log;
    if (is_first) {
        renew_certificate(&job, running);
    }
    if (running->house->reload != NULL) {
        status = running->house->reload(&job, running->house->self);
    }
    if (status == CANDOR_BUSY && is_first) {
        log_failed(&job, LOG_WARN, LIT("not reloaded yet"));
    } else if (status != CANDOR_OK && status != CANDOR_BUSY) {
        log_failed(&job, LOG_ERROR, LIT("not reloaded: all stays as it was"));
    }
    job_end(&job);
    return status != CANDOR_BUSY;
}

/* SIGHUP says that a terminal has gone, or, where there was none, that there is something new to read. */
static void until_stopped(struct job *job, const struct running *running)
{
    bool is_done = true;
    int signal_number = 0;
    do {
        signal_number = wait_for_signal(running->signals, is_done ? 0 : RETRY_S);
        if (signal_number == SIGHUP && !terminal_is_gone(running->terminal)) {
            is_done = reload(job, running, true);
            signal_number = 0;
        } else if (signal_number == 0) {
            is_done = reload(job, running, false);
        }
    } while (signal_number == 0);
}

static enum candor_status run(struct job *job, struct running *running,
                              const struct net_options *net,
                              void (*ready)(void *self, const char *address), void *self)
{
    const struct house *house = running->house;
    TRY(net_start(job, job->arena, net, house->handle, house->self, &running->server));
    if (house->begun != NULL) {
        house->begun(house->self, running->server);
    }
    say_begin(job, net, net_port(running->server));
    if (ready != NULL) {
        ready(self, base_url(job, net, net_port(running->server)));
    }
    until_stopped(job, running);
    if (house->ending != NULL) {
        house->ending(house->self);
    }
    net_stop(running->server, STOP_GRACE_S);
    const struct net_counts counts = net_counts(running->server);
    log_event(job, LOG_INFO, LIT("stopped"), LOG_U64("answered", counts.answered[2]),
              LOG_U64("failed", counts.answered[5]));
    return CANDOR_OK;
}

enum candor_status serve_house(struct job *job, const struct house *house,
                               const struct serve_options *options,
                               void (*ready)(void *self, const char *address), void *self)
{
    const sigset_t ours = our_signals();
    struct running running = {
        .house = house, .options = options, .signals = &ours, .terminal = terminal_of_start()};
    sigset_t before;
    struct net_options net;
    struct log *log = job->log;
    if (job->log == NULL) {
        job->log = log_begin(job->arena, STDERR_FILENO, LOG_INFO);
    }
    *house->log = job->log;
    must(pthread_sigmask(SIG_BLOCK, &ours, &before) == 0);
    enum candor_status status = read_options(job, house, options, &net);
    net.body_max = house->body_max;
    net.admit = house->admit;
    net.pause = house->pause;
    if (status == CANDOR_OK && house->begin != NULL) {
        status = house->begin(job, house->self);
    }
    if (status == CANDOR_OK) {
        status = run(job, &running, &net, ready, self);
        if (house->end != NULL) {
            house->end(house->self);
        }
    }
    forget_signals(&ours);
    must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    job->log = log;
    return status;
}
