/*
 * support.h - what the tests of the base room share: a job, a folder that goes away, seeds that are
 * printed, promises that are broken on purpose. Include it after base.h.
 */
#ifndef BASE_SUPPORT_H
#define BASE_SUPPORT_H

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "testing.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
/* A literal as a struct str in a table, with the zero bytes that stand inside it. */
#define TEXT(literal) \
    { \
        "" literal, sizeof(literal) - 1 \
    }

/* ---- jobs: a fixture of every test that needs one ------------------------------------------ */

static inline int begin_job(void **state)
{
    static struct job job;
    job_begin(&job, host_real());
    *state = &job;
    return 0;
}

static inline int end_job(void **state)
{
    job_end(*state);
    return 0;
}

#define test_with_job(function) cmocka_unit_test_setup_teardown(function, begin_job, end_job)

/* ---- a folder of the job that goes away with it -------------------------------------------- */

static inline void remove_folder(void *thing)
{
    const char *path = thing;
    char name[4096];
    DIR *folder = opendir(path);
    for (const struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        (void)snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        (void)(unlink(name) != 0 && entry->d_name[0] != '.' && rmdir(name) != 0);
    }
    (void)(folder != NULL && closedir(folder) != 0);
    (void)rmdir(path); /* what is left is left to the system */
}

static inline struct str temporary_folder(struct job *job)
{
    const char *base = getenv("TMPDIR");
    struct str path =
        path_join(job->arena, str_of(base == NULL ? "/tmp" : base), STR("candor-test-XXXXXX"));
    char *name = NEW_ARRAY(job->arena, path.len + 1, char);
    memcpy(name, path.ptr, path.len);
    must(mkdtemp(name) != NULL);
    arena_defer(job->arena, remove_folder, name);
    return str_of(name);
}

/* A file with this content in a folder of its own. */
static inline struct str file_with(struct job *job, struct bytes content)
{
    const struct str path = path_join(job->arena, temporary_folder(job), STR("file"));
    FILE *file = fopen(str_z(job->arena, path), "wb");
    must(file != NULL);
    must(content.len == 0 || fwrite(content.ptr, 1, content.len, file) == content.len);
    must(fclose(file) == 0);
    return path;
}

/* ---- seeds --------------------------------------------------------------------------------- */

/* A new seed in every run, printed; CANDOR_SEED repeats one. */
static inline uint64_t printed_seed(void)
{
    const char *given = getenv("CANDOR_SEED");
    const uint64_t seed = given == NULL ? host_ticks() | 1 : strtoull(given, NULL, 10) | 1;
    print_message("CANDOR_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

static inline size_t draw_below(uint64_t *seed, size_t limit)
{
    return (size_t)(draw(seed) % limit);
}

/* ---- promises ------------------------------------------------------------------------------ */

/* Whether doing this stops the process. */
static inline bool stops(void (*act)(void *thing), void *thing)
{
    const pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        const int quiet = open("/dev/null", O_WRONLY);
        (void)dup2(quiet, STDERR_FILENO); /* what it says is expected */
        (void)signal(SIGABRT, SIG_DFL);
        act(thing);
        _exit(0);
    }
    int status = 0;
    must(waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif
