/*
 * paths.c - where answers may be written: never over the home itself, nor over what was read.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "flow.h"

/* The folder of a path, resolved; the file itself need not be there. */
static enum candor_status folder_of(struct job *job, const char *path, char resolved[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    const struct str folder = slash == NULL   ? STR(".")
                              : slash == path ? STR("/")
                                              : (struct str){path, (size_t)(slash - path)};
    if (path[0] == '\0' || realpath(str_z(job->arena, folder), resolved) == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "cannot write '%s': there is no such folder", path);
    }
    if (access(resolved, W_OK) != 0) {
        return fail(job, CANDOR_IO, "cannot write '%s': %s", path, strerrordesc_np(errno));
    }
    return CANDOR_OK;
}

static bool has(const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct stat about;
    const int len = snprintf(path, sizeof path, "%s/%s", folder, name);
    return len > 0 && (size_t)len < sizeof path && stat(path, &about) == 0;
}

static bool is_kept_by_candor(const char *folder)
{
    return (has(folder, "candor.yaml") && has(folder, "keys")) ||
           (has(folder, "witness.key") && has(folder, "witness.pub"));
}

/* Is this resolved folder a home or a witness's, or in one, whoever has it open? */
static bool is_inside_one(const char *folder)
{
    char at[PATH_MAX];
    const size_t len = strlen(folder);
    must(len < sizeof at);
    bytes_copy(at, folder, len + 1);
    for (char *slash = at + len; slash != NULL && at[0] != '\0'; slash = strrchr(at, '/')) {
        *slash = '\0';
        if (at[0] != '\0' && is_kept_by_candor(at)) {
            return true;
        }
    }
    return false;
}

static enum candor_status fail_inside(struct job *job, const char *path)
{
    return fail(job, CANDOR_BAD_INPUT,
                "'%s' lies inside a home or a witness's folder, where only Candor itself writes",
                path);
}

enum candor_status path_may_be_written(struct job *job, const char *path)
{
    char folder[PATH_MAX];
    struct stat about;
    if (path == NULL) {
        return CANDOR_OK;
    }
    TRY(folder_of(job, path, folder));
    if (is_inside_one(folder)) {
        return fail_inside(job, path);
    }
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        return fail(job, CANDOR_BAD_INPUT, "'%s' is a folder", path);
    }
    return CANDOR_OK;
}

enum candor_status candor_may_write(struct job *job, const char *path)
{
    return path_may_be_written(job, path);
}

/* A folder of answers, which may have to be made: neither it nor the one it is made in. */
enum candor_status folder_may_be_written(struct job *job, const char *path)
{
    char folder[PATH_MAX];
    if (realpath(path, folder) != NULL) {
        return is_inside_one(folder) ? fail_inside(job, path) : CANDOR_OK;
    }
    TRY(folder_of(job, path, folder));
    return is_inside_one(folder) ? fail_inside(job, path) : CANDOR_OK;
}

enum candor_status paths_differ(struct job *job, const char *one, const char *other)
{
    struct stat first;
    struct stat second;
    if (one == NULL || other == NULL) {
        return CANDOR_OK;
    }
    const bool same_file = stat(one, &first) == 0 && stat(other, &second) == 0 &&
                           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
    if (same_file || strcmp(one, other) == 0) {
        return fail(job, CANDOR_BAD_INPUT, "'%s' and '%s' are the same file", one, other);
    }
    return CANDOR_OK;
}
