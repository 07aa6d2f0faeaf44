/*
 * paths.c - where answers may be written: never over the home itself, nor over what was read.
 */
#include <errno.h>
#include <limits.h>
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

enum candor_status path_may_be_written(struct job *job, const struct candor *candor,
                                       const char *path)
{
    char folder[PATH_MAX];
    char home[PATH_MAX];
    struct stat about;
    if (path == NULL) {
        return CANDOR_OK;
    }
    TRY(folder_of(job, path, folder));
    if (candor != NULL && realpath(str_z(job->arena, candor->dir), home) != NULL) {
        const struct str inside = str_of(home);
        const struct str at = str_of(folder);
        const bool is_inside =
            str_starts(at, inside) && (at.len == inside.len || at.ptr[inside.len] == '/');
        if (is_inside) {
            return fail(job, CANDOR_BAD_INPUT,
                        "'%s' lies inside the home, where only Candor itself writes", path);
        }
    }
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        return fail(job, CANDOR_BAD_INPUT, "'%s' is a folder", path);
    }
    return CANDOR_OK;
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
