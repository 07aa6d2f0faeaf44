/*
 * sitequeue.c - bounded queues of requests with threads of their own.
 *
 * What does not fit is refused at once. At the end what waits is still answered.
 */
#include <signal.h>

#include "serving.h"

bool queue_offer(struct site_queue *queue, struct ask *ask)
{
    must(pthread_mutex_lock(&queue->lock) == 0);
    const bool has_room = queue->count < SITE_QUEUE_MAX;
    if (has_room) {
        queue->ask[(queue->first + queue->count) % SITE_QUEUE_MAX] = ask;
        queue->count++;
        must(pthread_cond_signal(&queue->changed) == 0);
    }
    must(pthread_mutex_unlock(&queue->lock) == 0);
    return has_room;
}

/* NULL: closed and empty. */
static struct ask *queue_next(struct site_queue *queue)
{
    struct ask *ask = NULL;
    must(pthread_mutex_lock(&queue->lock) == 0);
    while (queue->count == 0 && !queue->is_closed) {
        must(pthread_cond_wait(&queue->changed, &queue->lock) == 0);
    }
    if (queue->count > 0) {
        ask = queue->ask[queue->first];
        queue->first = (queue->first + 1) % SITE_QUEUE_MAX;
        queue->count--;
    }
    must(pthread_mutex_unlock(&queue->lock) == 0);
    return ask;
}

static void *work(void *self)
{
    struct site_queue *queue = self;
    struct ask *ask = queue_next(queue);
    while (ask != NULL) {
        queue->run(queue->desk, ask);
        ask = queue_next(queue);
    }
    return NULL;
}

static bool begin_thread(struct site_queue *queue)
{
    sigset_t all;
    sigset_t before;
    must(sigfillset(&all) == 0);
    must(pthread_sigmask(SIG_BLOCK, &all, &before) ==
         0); /* signals are for the thread that waits */
    const int error = pthread_create(&queue->thread[queue->thread_count], NULL, work, queue);
    must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    queue->thread_count += error == 0 ? 1 : 0;
    return error == 0;
}

enum candor_status queue_begin(struct job *job, struct site_queue *queue, struct desk *desk,
                               size_t thread_count, void (*run)(struct desk *desk, struct ask *ask))
{
    must(thread_count <= PAGE_THREADS);
    *queue = (struct site_queue){.desk = desk, .run = run, .has_begun = true};
    must(pthread_mutex_init(&queue->lock, NULL) == 0);
    must(pthread_cond_init(&queue->changed, NULL) == 0);
    for (size_t i = 0; i < thread_count; i++) {
        if (!begin_thread(queue)) {
            return fail(job, CANDOR_IO, "the system gives no thread");
        }
    }
    return CANDOR_OK;
}

void queue_end(struct site_queue *queue)
{
    if (!queue->has_begun) {
        return;
    }
    must(pthread_mutex_lock(&queue->lock) == 0);
    queue->is_closed = true;
    must(pthread_cond_broadcast(&queue->changed) == 0);
    must(pthread_mutex_unlock(&queue->lock) == 0);
    for (size_t i = 0; i < queue->thread_count; i++) {
        must(pthread_join(queue->thread[i], NULL) == 0);
    }
    must(pthread_cond_destroy(&queue->changed) == 0);
    must(pthread_mutex_destroy(&queue->lock) == 0);
    queue->has_begun = false;
}
