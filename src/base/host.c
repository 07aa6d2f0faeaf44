/*
 * host.c - the clock and the entropy of the machine. Files are in file.c.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "inside.h"

static int64_t real_now(struct host *host)
{
    (void)host;
    struct timespec time;
    must(clock_gettime(CLOCK_REALTIME, &time) == 0); /* this clock always exists */
    return (int64_t)time.tv_sec * MICROS_PER_SECOND + time.tv_nsec / 1000;
}

static bool real_entropy(struct host *host, void *target, size_t len)
{
    (void)host;
    char *at = target;
    while (len > 0) {
        const ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno != EINTR) {
            return false;
        }
        if (got > 0) {
            at += got;
            len -= (size_t)got;
        }
    }
    return true;
}

struct host *host_real(void)
{
    static struct host real = {.now = real_now, .entropy = real_entropy};
    return &real;
}

enum candor_status host_random(struct job *job, void *target, size_t len)
{
    if (!job->host->entropy(job->host, target, len)) {
        return fail(job, CANDOR_IO, "the system gave no random bytes");
    }
    return CANDOR_OK;
}

uint64_t host_ticks(void)
{
    struct timespec time;
    must(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

/* A control group says "max", or a number. */
static uint64_t group_memory(const char *path)
{
    char line[32];
    uint64_t limit = 0;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return UINT64_MAX;
    }
    const bool is_read = fgets(line, sizeof line, file) != NULL;
    (void)fclose(file); /* only read from */
    return is_read && str_to_uint64(str_trim(str_of(line)), &limit) ? limit : UINT64_MAX;
}

uint64_t host_memory(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long page = sysconf(_SC_PAGESIZE);
    const uint64_t machine = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : UINT64_MAX;
    const uint64_t group = group_memory("/sys/fs/cgroup/memory.max");
    return machine < group ? machine : group;
}

uint64_t host_memory_peak(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 && usage.ru_maxrss > 0
               ? (uint64_t)usage.ru_maxrss * 1024
               : 0;
}
