/*
 * watch.c - reaching others: the HTTP client as candor.h wants it, and threads of the server that do
 * something now and then: ask the witnesses of candor.yaml, send the messages that are due.
 *
 * Nothing waits for a witness or a recipient but its thread, and at the end of the server whoever waits
 * for that: one call has a deadline, and between two of them the thread looks whether it is the end. A
 * witness that has seen another ledger is an error in the log each time, and so is a message that nobody
 * takes.
 */
#include <signal.h>
#include <time.h>

#include "serving.h"

enum {
    CALL_TIMEOUT_S = 10,
    OUTGOING_EVERY_S = 15,
    RETENTION_EVERY_S = 60,
    LETTER_HEADERS_MAX = 16
};

#define ANSWER_BYTES_MAX ((size_t)64 << 10)

enum candor_status serve_post(struct job *job, void *self, const struct candor_letter *letter,
                              unsigned *code, struct candor_text *answer)
{
    struct bytes back;
    struct net_pair header[LETTER_HEADERS_MAX];
    (void)self;
    must(letter->header_count <= LETTER_HEADERS_MAX);
    for (size_t i = 0; i < letter->header_count; i++) {
        header[i] =
            (struct net_pair){str_of(letter->header[i].name), str_of(letter->header[i].value)};
    }
    const struct net_call call = {
        .url = str_of(letter->url),
        .content_type = str_of(letter->content_type),
        .body = {(const uint8_t *)letter->body.ptr, letter->body.len},
        .header = header,
        .header_count = letter->header_count,
        .answer_bytes_max = letter->answer_max > 0 ? letter->answer_max : ANSWER_BYTES_MAX,
        .timeout_s = letter->timeout_s > 0 ? letter->timeout_s : CALL_TIMEOUT_S,
        .only_public = letter->only_public,
    };
    TRY(net_post(job, &call, code, &back));
    const struct str text = {(const char *)back.ptr, back.len};
    *answer = (struct candor_text){str_z(job->arena, text), text.len};
    return CANDOR_OK;
}

/* ---- rounds -------------------------------------------------------------------------------- */

static void ask_witnesses(struct job *job, struct watch *watch)
{
    const struct candor_post post = {.post = serve_post};
    struct candor_text report;
    size_t refused = 0;
    const enum candor_status status =
        candor_ledger_witness(job, watch->candor, NULL, &post, &refused, &report);
    if (status != CANDOR_OK) {
        log_event(job, LOG_ERROR, LIT("the witnesses could not be asked"),
                  LOG_U64("exit_code", (uint64_t)status_exit_code(status)));
    } else if (refused > 0) {
        log_event(job, LOG_ERROR, LIT("witnesses did not sign: candor ledger witness says why"),
                  LOG_U64("refused", refused));
    }
}

static bool is_over(void *self)
{
    struct watch *watch = self;
    must(pthread_mutex_lock(&watch->lock) == 0);
    const bool is_ending = watch->is_ending;
    must(pthread_mutex_unlock(&watch->lock) == 0);
    return is_ending;
}

static void send_messages(struct job *job, struct watch *watch)
{
    const struct candor_post post = {.post = serve_post, .is_over = is_over, .self = watch};
    struct candor_text report;
    size_t failed = 0;
    size_t given_up = 0;
    const enum candor_status status =
        candor_outgoing_send(job, watch->candor, &post, &failed, &given_up, &report);
    if (status != CANDOR_OK) {
        log_event(job, LOG_ERROR, LIT("messages to others could not be sent"),
                  LOG_U64("exit_code", (uint64_t)status_exit_code(status)));
    } else if (given_up > 0) {
        log_event(job, LOG_ERROR, LIT("messages that nobody takes: candor outgoing list"),
                  LOG_U64("given_up", given_up));
    } else if (failed > 0) {
        log_event(job, LOG_WARN, LIT("messages were not taken and will be sent again"),
                  LOG_U64("failed", failed));
    }
}

/* What is past its time; it is finished even when the server is told to stop meanwhile. */
static void run_retention(struct job *job, struct watch *watch)
{
    struct candor_text report;
    bool ran = false;
    const enum candor_status status = candor_retention_due(job, watch->candor, &ran, &report);
    if (status != CANDOR_OK) {
        log_event(job, LOG_ERROR, LIT("retention failed: candor retention run says why"),
                  LOG_U64("exit_code", (uint64_t)status_exit_code(status)));
    } else if (ran) {
        log_fields(job, LOG_INFO, LIT("retention ran: candor retention list"), NULL, 0);
    }
}

static void run_round(struct watch *watch)
{
    struct job job;
    job_begin(&job, host_real());
    job.log = watch->log;
    watch->round(&job, watch);
    job_end(&job);
}

/* Until then, or the end. */
static bool wait_for(struct watch *watch, unsigned seconds)
{
    struct timespec until;
    must(clock_gettime(CLOCK_MONOTONIC, &until) == 0);
    until.tv_sec += (time_t)seconds;
    must(pthread_mutex_lock(&watch->lock) == 0);
    int waited = 0;
    while (!watch->is_ending && waited == 0) {
        waited = pthread_cond_timedwait(&watch->changed, &watch->lock, &until);
    }
    const bool goes_on = !watch->is_ending;
    must(pthread_mutex_unlock(&watch->lock) == 0);
    return goes_on;
}

static void *run(void *self)
{
    struct watch *watch = self;
    do {
        run_round(watch);
    } while (wait_for(watch, watch->every_s));
    return NULL;
}

static enum candor_status begin(struct job *job, struct watch *watch)
{
    sigset_t all;
    sigset_t before;
    pthread_condattr_t attributes;
    must(pthread_mutex_init(&watch->lock, NULL) == 0);
    must(pthread_condattr_init(&attributes) == 0);
    must(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
    must(pthread_cond_init(&watch->changed, &attributes) == 0);
    must(pthread_condattr_destroy(&attributes) == 0);
    must(sigfillset(&all) == 0);
    must(pthread_sigmask(SIG_BLOCK, &all, &before) == 0);
    watch->is_begun = pthread_create(&watch->thread, NULL, run, watch) == 0;
    must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    return watch->is_begun ? CANDOR_OK : fail(job, CANDOR_IO, "the system gives no thread");
}

enum candor_status watch_witnesses(struct job *job, struct watch *watch)
{
    watch->round = ask_witnesses;
    watch->every_s = candor_ledger_witness_every(watch->candor);
    return watch->every_s == 0 ? CANDOR_OK : begin(job, watch);
}

enum candor_status watch_outgoing(struct job *job, struct watch *watch)
{
    watch->round = send_messages;
    watch->every_s = OUTGOING_EVERY_S;
    return begin(job, watch);
}

enum candor_status watch_retention(struct job *job, struct watch *watch)
{
    watch->round = run_retention;
    watch->every_s = RETENTION_EVERY_S;
    return candor_retention_has_hour(watch->candor) ? begin(job, watch) : CANDOR_OK;
}

void watch_end(struct watch *watch)
{
    if (!watch->is_begun) {
        return;
    }
    must(pthread_mutex_lock(&watch->lock) == 0);
    watch->is_ending = true;
    must(pthread_cond_signal(&watch->changed) == 0);
    must(pthread_mutex_unlock(&watch->lock) == 0);
    must(pthread_join(watch->thread, NULL) == 0);
    must(pthread_cond_destroy(&watch->changed) == 0);
    must(pthread_mutex_destroy(&watch->lock) == 0);
}

enum candor_status watch_again(struct job *job, struct watch *watch,
                               enum candor_status (*of)(struct job *job, struct watch *watch))
{
    struct candor *candor = watch->candor;
    struct log *log = watch->log;
    watch_end(watch);
    *watch = (struct watch){.candor = candor, .log = log};
    return of(job, watch);
}
