/*
 * later.c - a clock that goes ahead by LATER seconds, for the tests that would have to wait for days: put before the
 * program by LD_PRELOAD. The monotonic clock, which measures waiting, is left alone.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *when)
{
    const char *later = getenv("LATER");
    const long failed = syscall(SYS_clock_gettime, clock, when);
    if (failed == 0 && clock == CLOCK_REALTIME && later != NULL) {
        when->tv_sec += strtol(later, NULL, 10);
    }
    return (int)failed;
}
