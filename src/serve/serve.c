/*
 * serve.c - one run of the server, over a home or over a witness (witness.c).
 *
 * SIGINT, SIGTERM and SIGHUP are blocked before any thread begins, so that they wait for sigwait here and
 * interrupt nobody's work. At the end the network stops first: it waits for the answers that the
 * worker still owes. Then the worker ends.
 */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "site.h"

enum { GRACE_S = 10, IN_FLIGHT_MAX = QUEUE_MAX + CANDOR_DECISIONS_MAX };

#define BODY_BYTES_MAX ((size_t)64 << 10)
#define PEM_BYTES_MAX ((size_t)1 << 20)

/* ---- signals ------------------------------------------------------------------------------- */

static sigset_t stop_signals(void)
{
    sigset_t set;
    must(sigemptyset(&set) == 0);
    must(sigaddset(&set, SIGINT) == 0);
    must(sigaddset(&set, SIGTERM) == 0);
    must(sigaddset(&set, SIGHUP) == 0); /* the terminal has gone */
    return set;
}

static void wait_for_signal(const sigset_t *set)
{
    int signal_number = 0;
    while (sigwait(set, &signal_number) != 0) {
        /* interrupted: wait on */
    }
}

/* A second Ctrl-C while the server stopped must not end the program halfway afterwards. */
static void forget_signals(const sigset_t *set)
{
    const struct timespec at_once = {0, 0};
    while (sigtimedwait(set, NULL, &at_once) > 0) {
        /* taken */
    }
}

/* ---- options ------------------------------------------------------------------------------- */

static struct bytes refuse(void *self, struct arena *arena, unsigned code, struct lit title)
{
    (void)self;
    return problem_write(arena, code, (struct str){"", 0}, str_from(title));
}

static enum candor_status read_pem(struct job *job, const char *path, struct str *pem)
{
    struct bytes content;
    TRY(file_read(job, str_of(path), PEM_BYTES_MAX, &content));
    *pem = (struct str){(const char *)content.ptr, content.len};
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
              LOG_U64("tls", net->tls_cert.len > 0 ? 1 : 0));
    if (net->tls_cert.len == 0 && !is_only_here(net->listen)) {
        log_fields(job, LOG_WARN, LIT("others can reach this address, and there is no TLS"), NULL,
                   0);
    }
}

static enum candor_status until_signal(struct job *job, const struct house *house,
                                       const struct net_options *net, const sigset_t *stop,
                                       void (*ready)(void *self, const char *address), void *self)
{
    struct net_server *server = NULL;
    TRY(net_start(job, job->arena, net, house->handle, house->self, &server));
    if (house->begun != NULL) {
        house->begun(house->self, server);
    }
    say_begin(job, net, net_port(server));
    if (ready != NULL) {
        ready(self, base_url(job, net, net_port(server)));
    }
    wait_for_signal(stop);
    if (house->ending != NULL) {
        house->ending(house->self);
    }
    net_stop(server, GRACE_S);
    const struct net_counts counts = net_counts(server);
    log_event(job, LOG_INFO, LIT("stopped"), LOG_U64("answered", counts.answered[2]),
              LOG_U64("failed", counts.answered[5]));
    return CANDOR_OK;
}

enum candor_status serve_house(struct job *job, const struct house *house,
                               const struct serve_options *options,
                               void (*ready)(void *self, const char *address), void *self)
{
    const sigset_t stop = stop_signals();
    sigset_t before;
    struct net_options net;
    struct log *log = job->log;
    if (job->log == NULL) {
        job->log = log_begin(job->arena, STDERR_FILENO, LOG_INFO);
    }
    *house->log = job->log;
    must(pthread_sigmask(SIG_BLOCK, &stop, &before) == 0);
    enum candor_status status = read_options(job, house, options, &net);
    net.body_max = house->body_max;
    net.pause = house->pause;
    if (status == CANDOR_OK && house->begin != NULL) {
        status = house->begin(job, house->self);
    }
    if (status == CANDOR_OK) {
        status = until_signal(job, house, &net, &stop, ready, self);
        if (house->end != NULL) {
            house->end(house->self);
        }
    }
    forget_signals(&stop);
    must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    job->log = log;
    return status;
}

/* ---- a home -------------------------------------------------------------------------------- */

struct serving_home {
    struct desk *desk;
    struct watch witnesses;
    struct watch outgoing;
    struct watch retention;
};

static enum candor_status begin_home(struct job *job, void *self)
{
    struct serving_home *home = self;
    home->witnesses.log = home->desk->log;
    home->outgoing.log = home->desk->log;
    home->retention.log = home->desk->log;
    TRY(desk_begin(job, home->desk));
    enum candor_status status = watch_witnesses(job, &home->witnesses);
    if (status == CANDOR_OK) {
        status = watch_outgoing(job, &home->outgoing);
    }
    if (status == CANDOR_OK) {
        status = watch_retention(job, &home->retention);
    }
    if (status != CANDOR_OK) {
        watch_end(&home->outgoing);
        watch_end(&home->witnesses);
        desk_end(home->desk);
    }
    return status;
}

static void home_begun(void *self, struct net_server *server)
{
    struct serving_home *home = self;
    atomic_store(&home->desk->server, server);
}

static void home_ending(void *self)
{
    struct serving_home *home = self;
    atomic_store(&home->desk->is_stopping, true);
}

static void end_home(void *self)
{
    struct serving_home *home = self;
    desk_end(home->desk);
    watch_end(&home->witnesses);
    watch_end(&home->outgoing);
    watch_end(&home->retention);
}

static size_t body_max(void *self, const struct net_request *request)
{
    const struct serving_home *home = self;
    return home->desk->site->body_max(request);
}

static void handle(void *self, struct net_request *request)
{
    struct serving_home *home = self;
    desk_handle(home->desk, request);
}

static void pause_home(void *self)
{
    const struct serving_home *home = self;
    desk_pause(home->desk);
}

enum candor_status serve_run(struct job *job, struct candor *candor,
                             const struct serve_options *options,
                             void (*ready)(void *self, const char *address), void *self)
{
    struct serving_home home = {.desk = NEW(job->arena, struct desk),
                                .witnesses = {.candor = candor},
                                .outgoing = {.candor = candor},
                                .retention = {.candor = candor}};
    home.desk->candor = candor;
    site_join(home.desk);
    home.desk->openapi = openapi_write(job->arena);
    candor_server(candor, &home.desk->rules);
    home.desk->is_secure =
        options->tls_cert != NULL || str_starts(str_of(home.desk->rules.public_url), STR("https:"));
    candor_surface_rules(candor, &home.desk->surface);
    const struct candor_server *rules = &home.desk->rules;
    const struct house house = {
        /* Behind a proxy all come from one address: the proxy counts them. */
        .connections_per_address = rules->is_behind_proxy ? 0 : rules->connections_per_ip,
        .handle = handle,
        .body_max = body_max,
        .pause = pause_home,
        .self = &home,
        .log = &home.desk->log,
        .begin = begin_home,
        .begun = home_begun,
        .ending = home_ending,
        .end = end_home,
    };
    TRY(serve_house(job, &house, options, ready, self));
    return candor_visits_keep(job, candor); /* whoever is signed in stays so */
}
