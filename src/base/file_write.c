/*
 * file_write.c - files that are replaced whole, or appended to.
 *
 * What replaces a file keeps the promise "the old or the new content, never a mix" in four steps, each
 * of which the next depends on: write beside, sync the file, rename, sync the folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inside.h"

/* Write all; errno, or 0. */
static int write_full(int fd, const uint8_t *ptr, size_t len)
{
    while (len > 0) {
        const ssize_t put = write(fd, ptr, len);
        if (put < 0 && errno != EINTR) {
            return errno;
        }
        if (put > 0) {
            ptr += put;
            len -= (size_t)put;
        }
    }
    return 0;
}

static int sync_folder_of(struct arena *arena, struct str path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/') {
        at--;
    }
    const char *folder = at == 0 ? "." : str_z(arena, str_slice(path, 0, at));
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return errno;
    }
    const int error = fsync(fd) == 0 ? 0 : errno;
    (void)close(fd);                    /* nothing was written through it */
    return error == EINVAL ? 0 : error; /* some file systems have no folders to sync */
}

/* A name beside the target that no other process and no other thread uses; NULL after a failure. */
static const char *name_beside(struct job *job, const char *target)
{
    uint64_t mark;
    if (getentropy(&mark, sizeof mark) != 0) {
        (void)fail(job, CANDOR_IO, "the system gave no random bytes");
        return NULL;
    }
    return str_format(job->arena, "%s.%016llx.new", target, (unsigned long long)mark).ptr;
}

/* A link stays a link: what it leads to is replaced. What is no plain file stays as it is. The path
 * of the file to replace; NULL after a failure. */
static const char *target_of(struct job *job, struct str path)
{
    struct stat about;
    const char *name = path_z(job, path);
    if (name == NULL || stat(name, &about) != 0) {
        return name; /* a new file */
    }
    if (!S_ISREG(about.st_mode)) {
        (void)fail(job, CANDOR_BAD_INPUT, "cannot write '%.*s': it is not a plain file",
                   STR_ARG(path));
        return NULL;
    }
    char full[PATH_MAX];
    if (realpath(name, full) == NULL) {
        (void)fail_file(job, errno, "write", path);
        return NULL;
    }
    return str_z(job->arena, str_of(full));
}

struct new_file {
    struct str path;    /* as asked, for messages */
    const char *beside; /* NULL: it has its own name, or is gone */
    const char *target;
    struct open_file *file;
};

/* If this fails too, the name ends in .new and harms nobody. */
static void leave_nothing(void *thing)
{
    struct new_file *made = thing;
    close_file(made->file);
    if (made->beside != NULL) {
        (void)unlink(made->beside);
        made->beside = NULL;
    }
}

enum candor_status file_begin(struct job *job, struct str path, unsigned mode,
                              struct new_file **new_file)
{
    const char *target = target_of(job, path);
    const char *beside = target == NULL ? NULL : name_beside(job, target);
    if (beside == NULL) {
        return job->status;
    }
    struct new_file *made = NEW(job->arena, struct new_file);
    made->path = str_copy(job->arena, path);
    made->target = target;
    made->file = open_in(job->arena, beside, O_WRONLY | O_CREAT | O_EXCL, mode);
    if (made->file->fd < 0) {
        return fail_file(job, made->file->error, "write", path);
    }
    made->beside = beside;
    arena_defer(job->arena, leave_nothing, made);
    if (fchmod(made->file->fd, (mode_t)mode) != 0) { /* the mode as asked, whatever the umask */
        const int error = errno;
        leave_nothing(made);
        return fail_file(job, error, "write", path);
    }
    *new_file = made;
    return CANDOR_OK;
}

enum candor_status file_put(struct job *job, struct new_file *made, struct bytes content)
{
    const int error = write_full(made->file->fd, content.ptr, content.len);
    if (error != 0) {
        leave_nothing(made);
        return fail_file(job, error, "write", made->path);
    }
    return CANDOR_OK;
}

enum candor_status file_end(struct job *job, struct new_file *made)
{
    int error = fsync(made->file->fd) == 0 ? 0 : errno;
    close_file(made->file);
    if (error == 0 && rename(made->beside, made->target) != 0) {
        error = errno;
    }
    if (error == 0) {
        made->beside = NULL;
        error = sync_folder_of(job->arena, str_of(made->target));
    }
    leave_nothing(made);
    return error == 0 ? CANDOR_OK : fail_file(job, error, "write", made->path);
}

enum candor_status file_replace(struct job *job, struct str path, struct bytes content,
                                unsigned mode)
{
    struct new_file *made = NULL;
    TRY(file_begin(job, path, mode, &made));
    TRY(file_put(job, made, content));
    return file_end(job, made);
}

static int append_all(int fd, struct bytes content)
{
    struct stat before;
    if (fstat(fd, &before) != 0) {
        return errno;
    }
    int error = write_full(fd, content.ptr, content.len);
    if (error == 0 && fdatasync(fd) != 0 && errno != EINVAL) { /* EINVAL: a pipe has no disk */
        error = errno;
    }
    if (error != 0 && S_ISREG(before.st_mode)) {
        (void)!ftruncate(fd, before.st_size); /* as it was, if the disk lets us */
    }
    return error;
}

enum candor_status file_append(struct job *job, struct str path, struct bytes content)
{
    struct open_file *file = file_open(job, job->arena, path, O_WRONLY | O_CREAT | O_APPEND);
    if (file == NULL) {
        return job->status;
    }
    const int error = append_all(file->fd, content);
    close_file(file);
    return error == 0 ? CANDOR_OK : fail_file(job, error, "write", path);
}

enum candor_status file_in_memory(struct job *job, struct bytes content, const char **path)
{
    struct open_file *file = NEW(job->arena, struct open_file);
    file->fd = memfd_create("candor", MFD_CLOEXEC);
    if (file->fd < 0) {
        return fail(job, CANDOR_IO, "the system gives no file in memory");
    }
    arena_defer(job->arena, close_file, file);
    if (write_full(file->fd, content.ptr, content.len) != 0) {
        return fail(job, CANDOR_IO, "a file in memory could not be written");
    }
    *path = str_z(job->arena, str_format(job->arena, "/proc/self/fd/%d", file->fd));
    return CANDOR_OK;
}
