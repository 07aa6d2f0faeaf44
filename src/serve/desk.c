/*
 * desk.c - a request's way.
 *
 *     network threads                queue                       the worker
 *     route, key, its rate;   ->  D D D W D D D R   ->   [D D D] W [D D D] R
 *     the body; path and body
 *
 * What the head alone can tell is told before a byte of the body is read (desk_admit): no such route, no
 * key, one that is nobody's or may not do this, one that asks too often. Nobody is waited for meanwhile, so
 * a key that has just changed is left to the worker, who asks the home itself each time.
 *
 * The worker takes all that waits, and works it off in the order of arrival. Decisions (D) that
 * stand beside each other share one call, and so one signature and one sync; anything else is done
 * alone. So a withdrawal (W) is a fence: a decision that arrived after it is made after it. While
 * one group is synced the next one gathers: the busier the server, the larger the groups, and
 * nobody waits for a timer.
 *
 * What needs the home for moments only, a scan, goes to the threads of the pages instead: no decision waits for it.
 *
 * A request is answered only after its commit. The queue has an end; beyond it the answer is 503,
 * at once.
 */
#include <signal.h>
#include <string.h>

#include "chats.h"
#include "desk.h"

/* ---- answering ----------------------------------------------------------------------------- */

/* For so long after a failure of disk or memory the server does not call itself ready: long enough
 * for a balancer to turn away, short enough that it comes back by itself. */
static const uint64_t unready_ns = UINT64_C(10) * 1000 * 1000 * 1000;

void desk_note_status(struct desk *desk, enum candor_status status)
{
    if (status == CANDOR_IO || status == CANDOR_NO_MEMORY) {
        atomic_store(&desk->failed_at, host_ticks());
    }
}

enum { REPLY_HEADERS_MAX = 3 + OUTCOME_HEADERS_MAX + ORIGIN_HEADERS_MAX };

static struct net_reply reply_of(const struct desk *desk, const struct ask *ask,
                                 const struct outcome *outcome,
                                 struct net_pair header[REPLY_HEADERS_MAX])
{
    size_t header_count = 2;
    header[0] =
        (struct net_pair){STR("Cache-Control"), STR("no-store")}; /* nearly all is about people */
    header[1] = (struct net_pair){STR("X-Content-Type-Options"), STR("nosniff")};
    if (outcome->is_immutable) {
        header[0].value = STR("public, max-age=31536000, immutable");
    }
    if (desk_served(desk)->is_secure) { /* a year: nobody is led back to plain HTTP */
        header[header_count++] =
            (struct net_pair){STR("Strict-Transport-Security"), STR("max-age=31536000")};
    }
    if (outcome->cache.len > 0) {
        header[0].value = outcome->cache;
    }
    for (size_t i = 0; i < OUTCOME_HEADERS_MAX && outcome->header[i].name.len > 0; i++) {
        header[header_count++] = outcome->header[i];
    }
    header_count += origin_headers(desk, ask, header + header_count);
    return (struct net_reply){
        .code = outcome->code,
        .content_type = outcome->content_type,
        .body = outcome->body,
        .header = header,
        .header_count = header_count,
    };
}

/* Wherever a refusal comes from: whoever speaks OpenAI's interface understands it. */
static struct bytes body_of(const struct ask *ask, const struct outcome *outcome)
{
    return outcome->code < 400 || outcome->has_error || !openai_speaks(ask->request->path)
               ? outcome->body
               : openai_problem(ask->request->arena, outcome->body, outcome->code, outcome->name,
                                outcome->detail);
}

void desk_answer(struct desk *desk, struct ask *ask, const struct outcome *outcome)
{
    struct net_pair header[REPLY_HEADERS_MAX];
    struct net_reply reply = reply_of(desk, ask, outcome, header);
    reply.body = body_of(ask, outcome);
    meter_add(&desk->meter, ask->route, outcome->code, host_ticks() - ask->arrived);
    net_answer(ask->request, &reply); /* the ask is gone with it */
}

struct net_stream *desk_answer_stream(struct desk *desk, struct ask *ask,
                                      const struct outcome *outcome, void (*room)(void *self),
                                      void *self)
{
    struct net_pair header[REPLY_HEADERS_MAX];
    const struct net_reply reply = reply_of(desk, ask, outcome, header);
    meter_add(&desk->meter, ask->route, outcome->code, host_ticks() - ask->arrived);
    return net_answer_stream(ask->request, &reply, room, self); /* the ask is gone with it */
}

void desk_log_failure(struct job *job, const struct ask *ask, unsigned code)
{
    const struct log_field field[] = {
        {LIT("route"), LOG_KIND_LIT, {.lit = ask->route->name}},
        LOG_U64("code", code),
    };
    log_fields(job, LOG_ERROR, LIT("request failed"), field, sizeof field / sizeof field[0]);
    if (is_of_the_machine(job->status)) {
        log_failed(job, LOG_ERROR, LIT("why it failed"));
    }
}

/* ---- the queue ----------------------------------------------------------------------------- */

/* What shares a commit is begun when the network thread has handed over all it has. */
static bool comes_soon(const struct ask *ask)
{
    const enum call call = ask->route->call;
    return call == CALL_DECIDE || call == CALL_PERMIT || call == CALL_TRACK;
}

/* False: it is full. */
static bool queue_put(struct desk *desk, struct ask *ask)
{
    const bool is_soon = comes_soon(ask);
    ask->request->is_soon = is_soon;
    must(pthread_mutex_lock(&desk->lock) == 0);
    const bool has_room = desk->count < QUEUE_MAX;
    if (has_room) {
        desk->queue[(desk->first + desk->count) % QUEUE_MAX] = ask;
        desk->count++;
        if (!is_soon) {
            must(pthread_cond_signal(&desk->changed) == 0);
        }
    }
    must(pthread_mutex_unlock(&desk->lock) == 0);
    return has_room;
}

void desk_pause(void *self)
{
    struct desk *desk = self;
    must(pthread_mutex_lock(&desk->lock) == 0);
    if (desk->count > 0) {
        must(pthread_cond_signal(&desk->changed) == 0);
    }
    must(pthread_mutex_unlock(&desk->lock) == 0);
}

/* All that waits, into desk->batch; waits for the first. 0: the desk is closed and empty. */
static size_t queue_take(struct desk *desk)
{
    size_t taken = 0;
    must(pthread_mutex_lock(&desk->lock) == 0);
    while (desk->count == 0 && !desk->is_closed) {
        must(pthread_cond_wait(&desk->changed, &desk->lock) == 0);
    }
    while (desk->count > 0 && taken < CANDOR_DECISIONS_MAX) {
        desk->batch[taken++] = desk->queue[desk->first];
        desk->first = (desk->first + 1) % QUEUE_MAX;
        desk->count--;
    }
    must(pthread_mutex_unlock(&desk->lock) == 0);
    return taken;
}

static void *work(void *self)
{
    struct desk *desk = self;
    size_t count = queue_take(desk);
    while (count > 0) {
        desk_work_off(desk, desk->batch, count);
        count = queue_take(desk);
    }
    return NULL;
}

/* ---- arriving ------------------------------------------------------------------------------ */

static void answer_no_route(struct desk *desk, struct ask *ask, unsigned allowed)
{
    struct arena *arena = ask->request->arena;
    struct outcome outcome;
    if (origin_preflight(desk, ask, &outcome)) {
        desk_answer(desk, ask, &outcome);
        return;
    }
    if (allowed == 0 && desk->site != NULL && desk->site->has_none(ask->request, &outcome)) {
        desk_answer(desk, ask, &outcome);
        return;
    }
    if (allowed == 0) {
        outcome = outcome_problem(arena, 404, STR("no such path; see /openapi.json"));
    } else {
        const struct str methods = route_allow(arena, allowed);
        outcome = outcome_problem(arena, 405,
                                  str_format(arena, "this path takes %.*s", STR_ARG(methods)));
        outcome.header[0] = (struct net_pair){STR("Allow"), methods};
    }
    desk_answer(desk, ask, &outcome);
}

static struct outcome readiness(const struct desk *desk, struct arena *arena)
{
    if (atomic_load(&desk->is_stopping)) {
        return outcome_problem(arena, 503, STR("the server is stopping"));
    }
    const uint64_t failed_at = atomic_load(&desk->failed_at);
    if (failed_at != 0 && host_ticks() - failed_at < unready_ns) {
        return outcome_problem(arena, 503, STR("disk or memory failed in the last ten seconds"));
    }
    return outcome_plain(STR("ready\n"));
}

/* Answer what needs no home; false: it does. */
static bool answer_at_once(struct desk *desk, struct ask *ask)
{
    struct outcome outcome;
    if (ask->route->call == CALL_HEALTH) {
        outcome = outcome_plain(STR("alive\n"));
    } else if (ask->route->call == CALL_READY) {
        outcome = readiness(desk, ask->request->arena);
    } else if (ask->route->call == CALL_OPENAPI) {
        outcome = outcome_json(desk->openapi);
    } else if (ask->route->call == CALL_SCRIPT) {
        outcome = outcome_script(ask);
    } else {
        return false;
    }
    desk_answer(desk, ask, &outcome);
    return true;
}

static bool lacks_key(const struct ask *ask)
{
    if (ask->route->act == NULL || ask->key != NULL) {
        return false;
    }
    return !(ask->route->is_open_here && ask_is_local(ask->request));
}

/* Is too much asked with this key, or by those who try keys from there? Then that is answered. */
static bool is_too_much(struct desk *desk, struct ask *ask)
{
    ask->address = net_address(ask->request, desk_served(desk)->rules.is_behind_proxy);
    const uint32_t wait_s =
        limit_take(&desk->limit, str_of(ask->key), ask->address, ask->arrived, &ask->was_good);
    if (wait_s == 0) {
        return false;
    }
    struct arena *arena = ask->request->arena;
    struct outcome outcome =
        outcome_problem(arena, 429,
                        ask->was_good ? STR("this key asks more often than candor.yaml allows")
                                      : STR("too many keys that are none came from your address"));
    outcome.header[0] = (struct net_pair){STR("Retry-After"), str_format(arena, "%u", wait_s)};
    atomic_fetch_add_explicit(&desk->meter.limited, 1, memory_order_relaxed);
    desk_answer(desk, ask, &outcome);
    return true;
}

/* Does its key let this request in, as far as can be told without waiting? If not, that is answered. */
static bool has_good_key(struct desk *desk, struct ask *ask)
{
    struct job job;
    if (ask->key == NULL || ask->route->act == NULL) {
        return true;
    }
    if (is_too_much(desk, ask)) {
        return false;
    }
    job_within(&job, ask->request->arena);
    const enum candor_status status =
        candor_key_look(&job, desk->candor, ask->key, ask->route->act);
    if (status == CANDOR_BUSY) {
        return true;
    }
    call_learn(desk, ask, status);
    ask->was_good = status != CANDOR_NOT_FOUND;
    if (status == CANDOR_OK) {
        return true;
    }
    const struct outcome outcome = outcome_not_allowed(job.arena, status, job.message);
    desk_answer(desk, ask, &outcome);
    return false;
}

static void admit_chat(struct desk *desk, struct ask *ask)
{
    struct outcome refused;
    if (chats_take(desk->chats, ask)) {
        return;
    }
    if (atomic_load(&desk->is_stopping)) {
        refused = outcome_problem(ask->request->arena, 503,
                                  STR("the server is stopping; try again in a second"));
        refused.name = STR("server_stopping");
    } else {
        refused = outcome_problem(ask->request->arena, 503, STR("too many chats are on their way"));
    }
    atomic_fetch_add_explicit(&desk->meter.turned_away, 1, memory_order_relaxed);
    desk_answer(desk, ask, &refused);
}

/* A tracking call may bring its key in the body. */
static bool read_tracking(struct desk *desk, struct ask *ask)
{
    struct outcome refused;
    const bool had_key = ask->key != NULL;
    if (!ask_read_tracking(ask, &refused)) {
        desk_answer(desk, ask, &refused);
        return false;
    }
    if (lacks_key(ask)) {
        refused = outcome_problem(ask->request->arena, 401, STR("this needs a write key"));
        desk_answer(desk, ask, &refused);
        return false;
    }
    return had_key || has_good_key(desk, ask);
}

/* Into the queue of its thread. False: it is full. */
static bool put(struct desk *desk, struct ask *ask)
{
    const bool is_slow = ask->route->is_slow && ask->request->method == NET_POST;
    if (ask->route->page == NULL && (!ask->route->is_aside || desk->site == NULL)) {
        return queue_put(desk, ask);
    }
    return queue_offer(is_slow ? &desk->passwords : &desk->pages, ask);
}

static void put_or_refuse(struct desk *desk, struct ask *ask)
{
    if (!put(desk, ask)) {
        atomic_fetch_add_explicit(&desk->meter.turned_away, 1, memory_order_relaxed);
        const struct outcome outcome = outcome_problem(
            ask->request->arena, 503, STR("too many requests wait; try again in a second"));
        desk_answer(desk, ask, &outcome);
    }
}

/* All of it is there: read it, and put it into the queue. */
static void take_in(struct desk *desk, struct ask *ask)
{
    struct arena *arena = ask->request->arena;
    struct job job;
    job_within(&job, arena);
    if (ask->route->is_tracking && !read_tracking(desk, ask)) {
        return;
    }
    if (ask->route->call == CALL_CHAT) {
        admit_chat(desk, ask);
        return;
    }
    const enum candor_status status = ask_read(&job, ask, ask->parameter, ask->request->body);
    if (status != CANDOR_OK) {
        const struct outcome outcome = outcome_failure(arena, status, job.message);
        desk_answer(desk, ask, &outcome);
    } else if (!answer_at_once(desk, ask)) {
        put_or_refuse(desk, ask);
    }
}

void desk_stop(struct desk *desk)
{
    atomic_store(&desk->is_stopping, true);
    works_stop(&desk->works);
    chats_stop(desk->chats);
}

static void run_ask(struct desk *desk, struct ask *ask, struct job *job)
{
    const struct outcome outcome =
        ask->route->page != NULL ? desk->site->run(job, desk, ask) : call_run(job, desk, ask);
    if (outcome.code >= 500) {
        desk_log_failure(job, ask, outcome.code);
    }
    desk_note_status(desk, job->status);
    desk_answer(desk, ask, &outcome);
}

static void run_page(struct desk *desk, struct ask *ask)
{
    struct job job;
    job_begin(&job, host_real());
    job.log = desk->log;
    struct page_work *work = works_enter(&desk->works, &job);
    run_ask(desk, ask, &job);
    works_leave(work);
    job_end(&job);
}

/* Nothing of it takes longer than a hash. */
static void run_password(struct desk *desk, struct ask *ask)
{
    struct job job;
    job_begin(&job, host_real());
    job.log = desk->log;
    run_ask(desk, ask, &job);
    job_end(&job);
}

/* NULL: it was not given. */
static const char *header_text(const struct net_request *request, const char *name)
{
    const struct str value = net_header(request, name);
    return value.ptr == NULL || value.len == 0 ? NULL : str_z(request->arena, value);
}

static bool admit_page(struct desk *desk, struct ask *ask)
{
    struct outcome outcome;
    if (desk->site->admit(ask, &outcome)) {
        return true;
    }
    desk_answer(desk, ask, &outcome);
    return false;
}

static bool admit_call(struct desk *desk, struct ask *ask)
{
    struct arena *arena = ask->request->arena;
    const struct str authorization = net_header(ask->request, "authorization");
    struct outcome refused;
    ask->key = ask_key(arena, authorization);
    if (ask->key == NULL && ask->route->is_shared) {
        ask->key = ask_write_key(arena, authorization);
    }
    ask->because = header_text(ask->request, "candor-because");
    if (lacks_key(ask) && !ask->route->is_tracking) {
        refused =
            outcome_problem(arena, 401, STR("this needs an API key: Authorization: Bearer KEY"));
        desk_answer(desk, ask, &refused);
        return false;
    }
    if (!has_good_key(desk, ask)) {
        return false;
    }
    if (ask->route->call == CALL_SURFACE_CHOOSE && origin_is_foreign(desk, ask)) {
        refused =
            outcome_problem(arena, 403,
                            STR("pages of this origin may not ask here; see surface.origins in "
                                "candor.yaml"));
        desk_answer(desk, ask, &refused);
        return false;
    }
    return true;
}

bool desk_admit(void *self, struct net_request *request)
{
    struct desk *desk = self;
    struct ask *ask = NEW(request->arena, struct ask);
    unsigned allowed = 0;
    request->context = ask;
    ask->request = request;
    ask->arrived = host_ticks();
    ask->route =
        route_find(request->arena, request->method, request->path, ask->parameter, &allowed);
    if (ask->route == NULL) {
        answer_no_route(desk, ask, allowed);
        return false;
    }
    ask->signals.gpc = net_header_has(request, "sec-gpc", "1");
    return ask->route->page != NULL ? admit_page(desk, ask) : admit_call(desk, ask);
}

void desk_handle(void *self, struct net_request *request)
{
    struct desk *desk = self;
    struct ask *ask = request->context;
    ask->arrived = host_ticks();
    if (ask->route->page != NULL) {
        put_or_refuse(desk, ask);
    } else {
        take_in(desk, ask);
    }
}

/* ---- what candor.yaml says ----------------------------------------------------------------- */

const struct served *desk_served(const struct desk *desk)
{
    static const struct served none = {.rules = {.public_url = ""}, .surface = {.demo_shop = ""}};
    const struct served *served = atomic_load(&desk->served);
    return served == NULL ? &none : served;
}

void desk_serve(struct desk *desk, const struct served *served)
{
    atomic_store(&desk->served, served);
    limit_set(&desk->limit, &served->rules);
}

/* ---- begin and end ------------------------------------------------------------------------- */

/* The worker takes no signals: they are for the thread that waits for them. */
static int start_thread(struct desk *desk)
{
    sigset_t all;
    sigset_t before;
    must(sigfillset(&all) == 0);
    must(pthread_sigmask(SIG_BLOCK, &all, &before) == 0);
    const int error = pthread_create(&desk->worker, NULL, work, desk);
    must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    return error;
}

enum candor_status desk_begin(struct job *job, struct desk *desk)
{
    must(pthread_mutex_init(&desk->lock, NULL) == 0);
    must(pthread_cond_init(&desk->changed, NULL) == 0);
    works_begin(&desk->works);
    TRY(limit_begin(job, &desk->limit, &desk_served(desk)->rules));
    if (start_thread(desk) != 0) {
        return fail(job, CANDOR_IO, "the system gives no thread");
    }
    enum candor_status status = chats_begin(job, desk, &desk->chats);
    if (desk->site != NULL && status == CANDOR_OK) {
        status = queue_begin(job, &desk->pages, desk, PAGE_THREADS, run_page);
    }
    if (desk->site != NULL && status == CANDOR_OK) {
        status = queue_begin(job, &desk->passwords, desk, 1, run_password);
    }
    if (status != CANDOR_OK) {
        desk_end(desk);
    }
    return status;
}

void desk_end(struct desk *desk)
{
    queue_end(&desk->pages);
    queue_end(&desk->passwords);
    chats_end(desk->chats);
    works_end(&desk->works);
    must(pthread_mutex_lock(&desk->lock) == 0);
    desk->is_closed = true;
    must(pthread_cond_signal(&desk->changed) == 0);
    must(pthread_mutex_unlock(&desk->lock) == 0);
    must(pthread_join(desk->worker, NULL) == 0);
    must(pthread_cond_destroy(&desk->changed) == 0);
    must(pthread_mutex_destroy(&desk->lock) == 0);
    limit_end(&desk->limit);
}
