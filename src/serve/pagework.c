/*
 * pagework.c - what the threads of the pages do now: how far it has come, for whoever began it, and a way to
 * stop it.
 */
#include <stdio.h>
#include <string.h>

#include "serving.h"

void works_begin(struct page_works *works)
{
    *works = (struct page_works){0};
    must(pthread_mutex_init(&works->lock, NULL) == 0);
}

void works_end(struct page_works *works)
{
    must(pthread_mutex_destroy(&works->lock) == 0);
}

static void hold(struct page_works *works)
{
    must(pthread_mutex_lock(&works->lock) == 0);
}

static void release(struct page_works *works)
{
    must(pthread_mutex_unlock(&works->lock) == 0);
}

/* The library tells it from within its work. */
static void note(void *listener, const char *what, uint64_t done, uint64_t total)
{
    struct page_work *work = listener;
    hold(work->works);
    work->done = done;
    work->total = total;
    (void)snprintf(work->what, sizeof work->what, "%s", what);
    release(work->works);
}

struct page_work *works_enter(struct page_works *works, struct job *job)
{
    struct page_work *work = works->work;
    hold(works);
    while (work->job != NULL) { /* there are as many as threads */
        work++;
        must(work < works->work + PAGE_THREADS);
    }
    *work = (struct page_work){.works = works, .job = job};
    job->progress = note;
    job->progress_listener = work;
    job->cancelled = works->is_stopping;
    release(works);
    return work;
}

void works_leave(struct page_work *work)
{
    hold(work->works);
    work->job->progress = NULL;
    work->job = NULL;
    release(work->works);
}

void works_sign(struct page_works *works, const struct job *job, const char *who)
{
    hold(works);
    for (size_t i = 0; i < PAGE_THREADS; i++) {
        if (works->work[i].job == job) {
            (void)snprintf(works->work[i].who, sizeof works->work[i].who, "%s", who);
        }
    }
    release(works);
}

bool works_of(struct page_works *works, const char *who, struct page_progress *progress)
{
    bool is_found = false;
    hold(works);
    for (size_t i = 0; i < PAGE_THREADS; i++) {
        const struct page_work *work = &works->work[i];
        if (work->job != NULL && work->what[0] != '\0' && strcmp(work->who, who) == 0) {
            progress->done = work->done;
            progress->total = work->total;
            (void)snprintf(progress->what, sizeof progress->what, "%s", work->what);
            is_found = true;
        }
    }
    release(works);
    return is_found;
}

void works_stop(struct page_works *works)
{
    hold(works);
    works->is_stopping = true;
    for (size_t i = 0; i < PAGE_THREADS; i++) {
        if (works->work[i].job != NULL) {
            works->work[i].job->cancelled = true;
        }
    }
    release(works);
}
