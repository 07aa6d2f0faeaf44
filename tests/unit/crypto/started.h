/*
 * started.h - one job for all tests of a file, with the room started: group setup and teardown.
 */
#ifndef STARTED_H
#define STARTED_H

#include "crypto.h"
#include "testing.h"

static struct job job;

static inline int begin(void **state)
{
    (void)state;
    job_begin(&job, host_real());
    return crypto_start(&job) == CANDOR_OK ? 0 : -1;
}

static inline int end(void **state)
{
    (void)state;
    job_end(&job);
    return 0;
}

#endif
