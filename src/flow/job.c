/*
 * job.c - jobs as a caller of the library sees them, and the names of statuses.
 */
#include <stdlib.h>

#include "flow.h"

struct job *candor_job_begin(void)
{
    struct job *job = calloc(1, sizeof *job);
    must(job != NULL);
    job_begin(job, host_real());
    return job;
}

void candor_job_end(struct job *job)
{
    if (job != NULL) {
        job_end(job);
        free(job);
    }
}

const char *candor_job_message(const struct job *job)
{
    return job->message;
}

void candor_job_listen(struct job *job,
                       void (*progress)(void *listener, const char *what, uint64_t done,
                                        uint64_t total),
                       void *listener)
{
    job->progress = progress;
    job->progress_listener = listener;
}

void candor_job_cancel(struct job *job)
{
    job->cancelled = true;
}

const char *candor_version(void)
{
    return CANDOR_VERSION;
}

const char *candor_status_name(enum candor_status status)
{
    return status_name(status);
}

int candor_status_exit_code(enum candor_status status)
{
    return status_exit_code(status);
}

int candor_status_http_code(enum candor_status status)
{
    return status_http_code(status);
}
