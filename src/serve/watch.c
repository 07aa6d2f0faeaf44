/*
 * watch.c - reaching witnesses: the HTTP client as candor.h wants it, and a thread of the server that
 * asks the witnesses of candor.yaml now and then.
 *
 * Nothing waits for a witness but this thread, and at the end of the server whoever waits for it: one
 * call has a deadline. A witness that has seen another ledger is an error in the log each time.
 */
#include <signal.h>
#include <time.h>

#include "serving.h"

enum { CALL_TIMEOUT_S = 10 };

#define WITNESS_ANSWER_MAX ((size_t)64 << 10)

enum candor_status serve_post(struct job *job, void *self, const char *url, struct candor_text body,
                              unsigned *code, struct candor_text *answer)
{
    struct bytes back;
    (void)self;
    const struct net_call call = {
        .url = str_of(url),
        .content_type = STR("text/plain; charset=utf-8"),
        .body = {(const uint8_t *)body.ptr, body.len},
        .answer_bytes_max = WITNESS_ANSWER_MAX,
        .timeout_s = CALL_TIMEOUT_S,
    };
    TRY(net_post(job, &call, code, &back));
    const struct str text = {(const char *)back.ptr, back.len};
    *answer = (struct candor_text){str_z(job->arena, text), text.len};
    return CANDOR_OK;
}

static void ask(struct watch *watch)
{
    const struct candor_post post = {.post = serve_post};
    struct candor_text report;
    struct job job;
    size_t refused = 0;
    job_begin(&job, host_real());
    job.log = watch->log;
    const enum candor_status status =
        candor_ledger_witness(&job, watch->candor, NULL, &post, &refused, &report);
    if (status != CANDOR_OK) {
        log_event(&job, LOG_ERROR, LIT("the witnesses could not be asked"),
                  LOG_U64("exit_code", (uint64_t)status_exit_code(status)));
    } else if (refused > 0) {
        log_event(&job, LOG_ERROR, LIT("witnesses did not sign: candor ledger witness says why"),
                  LOG_U64("refused", refused));
    }
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
        ask(watch);
    } while (wait_for(watch, watch->every_s));
    return NULL;
}

enum candor_status watch_begin(struct job *job, struct watch *watch)
{
    sigset_t all;
    sigset_t before;
    pthread_condattr_t attributes;
    watch->every_s = candor_ledger_witness_every(watch->candor);
    if (watch->every_s == 0) {
        return CANDOR_OK;
    }
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
