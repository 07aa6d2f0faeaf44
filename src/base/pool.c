/*
 * pool.c - work split into pieces that do not depend on the number of threads.
 *
 * Threads take the next piece from one counter until none is left. The caller is one of them, so
 * one thread, or a system that gives no more, does all the same work. Threads live for one call:
 * starting one costs about 20 microseconds, so a piece should be worth more than that.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "base.h"

struct team {
    atomic_size_t next;
    size_t piece_count;
    void (*work)(void *context, size_t piece);
    void *context;
};

unsigned pool_default_threads(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return 1;
    }
    const int count = CPU_COUNT(&set);
    if (count < 1) {
        return 1;
    }
    return count < POOL_THREADS_MAX ? (unsigned)count : POOL_THREADS_MAX;
}

static void *take_pieces(void *thing)
{
    struct team *team = thing;
    for (;;) {
        const size_t piece = atomic_fetch_add_explicit(&team->next, 1, memory_order_relaxed);
        if (piece >= team->piece_count) {
            return NULL;
        }
        team->work(team->context, piece);
    }
}

/* Signals stay with the threads that were there before. */
static unsigned start_threads(struct team *team, pthread_t *thread, unsigned count)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    const bool blocked = pthread_sigmask(SIG_BLOCK, &all, &before) == 0;
    unsigned started = 0;
    while (started < count && pthread_create(&thread[started], NULL, take_pieces, team) == 0) {
        started++;
    }
    if (blocked) {
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    return started;
}

void pool_each(unsigned threads, size_t piece_count, void (*work)(void *context, size_t piece),
               void *context)
{
    pthread_t thread[POOL_THREADS_MAX];
    struct team team = {.piece_count = piece_count, .work = work, .context = context};
    size_t wanted = threads < POOL_THREADS_MAX ? threads : POOL_THREADS_MAX;
    wanted = wanted < piece_count ? wanted : piece_count;

    const unsigned helpers = wanted > 1 ? start_threads(&team, thread, (unsigned)wanted - 1) : 0;
    (void)take_pieces(&team);
    for (unsigned i = 0; i < helpers; i++) {
        must(pthread_join(thread[i], NULL) == 0);
    }
}
