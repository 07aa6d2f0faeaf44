/*
 * home.c - a home behind the server: its desk, its threads, and what is read again on SIGHUP.
 *
 * candor_reload is the whole of it: what the server itself knows of candor.yaml is copied from the home
 * after it, and a thread that candor.yaml now wants begins. How many connections one address may have is
 * counted in a table that is made when the server starts: that needs a restart.
 */
#include "site.h"

struct serving_home {
    struct desk *desk;
    struct watch witnesses;
    struct watch outgoing;
    struct watch retention;
    struct arena *arena; /* ends after the server */
    bool has_tls;
};

static const struct served *served_of(const struct serving_home *home)
{
    struct served *served = NEW(home->arena, struct served);
    candor_server(home->desk->candor, &served->rules);
    candor_surface_rules(home->desk->candor, &served->surface);
    served->is_secure =
        home->has_tls || str_starts(str_of(served->rules.public_url), STR("https:"));
    return served;
}

static enum candor_status begin_home(struct job *job, void *self)
{
    struct serving_home *home = self;
    home->witnesses.log = home->desk->log;
    home->outgoing.log = home->desk->log;
    home->retention.log = home->desk->log;
    TRY(candor_door_prepare(job, home->desk->candor));
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
    desk_stop(home->desk);
}

static void end_home(void *self)
{
    struct serving_home *home = self;
    desk_end(home->desk);
    watch_end(&home->witnesses);
    watch_end(&home->outgoing);
    watch_end(&home->retention);
}

/* ---- SIGHUP -------------------------------------------------------------------------------- */

/* Behind a proxy all come from one address: the proxy counts them. */
static unsigned connections_per_address(const struct candor_server *rules)
{
    return rules->is_behind_proxy ? 0 : rules->connections_per_ip;
}

static enum candor_status watch_what_is_new(struct job *job, struct serving_home *home)
{
    if (candor_ledger_witness_every(home->desk->candor) != home->witnesses.every_s) {
        TRY(watch_again(job, &home->witnesses, watch_witnesses));
    }
    return home->retention.is_begun ? CANDOR_OK : watch_retention(job, &home->retention);
}

static void say_what_waits(struct job *job, const struct served *before,
                           const struct served *served)
{
    if (connections_per_address(&before->rules) != connections_per_address(&served->rules)) {
        log_event(job, LOG_WARN, LIT("changed, and needs a restart"),
                  LOG_LIT("field", "server.connections_per_address"));
    }
}

static enum candor_status reload_home(struct job *job, void *self)
{
    struct serving_home *home = self;
    bool is_changed = false;
    TRY(candor_reload(job, home->desk->candor, &is_changed));
    if (!is_changed) {
        log_fields(job, LOG_INFO, LIT("reloaded: candor.yaml is as it was"), NULL, 0);
        return CANDOR_OK;
    }
    const struct served *before = desk_served(home->desk);
    const struct served *served = served_of(home);
    desk_serve(home->desk, served);
    log_fields(job, LOG_INFO, LIT("reloaded: a new policy is in force"), NULL, 0);
    say_what_waits(job, before, served);
    if (watch_what_is_new(job, home) != CANDOR_OK) { /* the policy is in force all the same */
        log_failed(job, LOG_ERROR, LIT("a thread of the server could not begin"));
        job_forgive(job);
    }
    return CANDOR_OK;
}

/* ---- the run ------------------------------------------------------------------------------- */

static size_t body_max(void *self, const struct net_request *request)
{
    const struct serving_home *home = self;
    return home->desk->site->body_max(home->desk, request);
}

static bool admit(void *self, struct net_request *request)
{
    struct serving_home *home = self;
    return desk_admit(home->desk, request);
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
    home.arena = job->arena;
    home.has_tls = options->tls_cert != NULL;
    atomic_store(&home.desk->served, served_of(&home));
    const struct candor_server *rules = &desk_served(home.desk)->rules;
    const struct house house = {
        .connections_per_address = connections_per_address(rules),
        .handle = handle,
        .admit = admit,
        .body_max = body_max,
        .pause = pause_home,
        .self = &home,
        .log = &home.desk->log,
        .begin = begin_home,
        .begun = home_begun,
        .ending = home_ending,
        .end = end_home,
        .reload = reload_home,
    };
    TRY(serve_house(job, &house, options, ready, self));
    return candor_visits_keep(job, candor); /* whoever is signed in stays so */
}
