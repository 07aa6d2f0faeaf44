/*
 * pagework.h - threads of their own for pages: the queues in front of them, and what they do now.
 */
#ifndef CANDOR_SERVE_PAGEWORK_H
#define CANDOR_SERVE_PAGEWORK_H

#include <pthread.h>

#include "base.h"

struct ask;
struct desk;

/* ---- pagework.c ---------------------------------------------------------------------------- */

#define PAGE_THREADS 3 /* a training and an import under way, and pages are still answered */

struct page_progress {
    char what[64]; /* "importing subjects" */
    uint64_t done;
    uint64_t total; /* 0: not known */
};

struct page_works;

/* What one thread of the pages does. */
struct page_work {
    struct page_works *works;
    struct job *job; /* NULL: it waits */
    char who[65];    /* the operator; "": somebody else */
    char what[64];   /* "": nothing was said of how far it has come */
    uint64_t done;
    uint64_t total;
};

struct page_works {
    pthread_mutex_t lock;
    struct page_work work[PAGE_THREADS];
    bool is_stopping;
};

void works_begin(struct page_works *works);
void works_end(struct page_works *works);
/* From here on what the job says of its progress is known, and it can be stopped. */
struct page_work *works_enter(struct page_works *works, struct job *job);
void works_leave(struct page_work *work);
/* The job is this operator's. */
void works_sign(struct page_works *works, const struct job *job, const char *who);
/* How far something of theirs has come; false: nothing takes long. */
bool works_of(struct page_works *works, const char *who, struct page_progress *progress);
/* Cancel what is under way and what comes. */
void works_stop(struct page_works *works);

/* ---- sitequeue.c --------------------------------------------------------------------------- */

#define SITE_QUEUE_MAX 256

/* Requests that wait for threads of their own. */
struct site_queue {
    struct desk *desk;
    void (*run)(struct desk *desk, struct ask *ask);
    pthread_t thread[PAGE_THREADS];
    size_t thread_count; /* that have begun */
    bool has_begun;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    struct ask *ask[SITE_QUEUE_MAX]; /* a ring */
    size_t first;
    size_t count;
    bool is_closed;
};
CANDOR_MUST_USE enum candor_status queue_begin(struct job *job, struct site_queue *queue,
                                               struct desk *desk, size_t thread_count,
                                               void (*run)(struct desk *desk, struct ask *ask));
/* False: it is full. */
bool queue_offer(struct site_queue *queue, struct ask *ask);
/* What waits is run first. Nothing when it has not begun. */
void queue_end(struct site_queue *queue);

#endif
