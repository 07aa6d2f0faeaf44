/*
 * bench_house.h - a home made for a measurement, through the public door: what bench_permit and bench_rights
 * share. What goes wrong ends the program.
 */
#ifndef BENCH_HOUSE_H
#define BENCH_HOUSE_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "candor.h"

static inline double read_clock(clockid_t id)
{
    struct timespec time;
    (void)clock_gettime(id, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static inline void check(enum candor_status status, struct job *job, const char *what)
{
    if (status != CANDOR_OK) {
        (void)fprintf(stderr, "%s: %s\n", what, candor_job_message(job));
        exit(1);
    }
}

static inline FILE *open_file(const char *dir, const char *name, char path[256])
{
    (void)snprintf(path, 256, "%s/%s", dir, name);
    FILE *file = fopen(path, "we");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    return file;
}

static inline void import(struct candor *candor, const char *kind, const char *path)
{
    struct candor_text report;
    struct job *job = candor_job_begin();
    check(candor_import(job, candor, kind, path, NULL, 0, &report), job, kind);
    candor_job_end(job);
}

/* A new home with this candor.yaml, open. */
static inline struct candor *found(const char *home, const char *policy)
{
    struct candor_text report;
    struct candor *candor = NULL;
    char path[256];
    struct job *job = candor_job_begin();
    check(candor_init(job, home, "Bench", "ana", &report), job, "init");
    FILE *file = open_file(home, "candor.yaml", path);
    (void)fputs(policy, file);
    (void)fclose(file);
    check(candor_open(job, home, "ana", &candor), job, "open");
    candor_job_end(job);
    return candor;
}

/* For qsort, of double. */
static inline int by_size(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

#endif
