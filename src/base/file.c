/*
 * file.c - files and folders. Every failure names the path and says why in words a user can act
 * on; errno ends here.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inside.h"

enum { READ_STEP = 64 * 1024 };

void close_file(void *thing)
{
    struct open_file *file = thing;
    if (file->fd >= 0) {
        (void)close(file->fd); /* what had to reach the disk was synced and checked */
        file->fd = -1;
    }
}

static const char *reason(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
        return "no space left on the disk";
    case EROFS:
        return "the file system is read-only";
    case EACCES:
    case EPERM:
        return "permission denied";
    case EISDIR:
        return "it is a folder";
    case ENOTDIR:
        return "a part of the path is not a folder";
    case ENAMETOOLONG:
        return "the path is too long";
    case EMFILE:
    case ENFILE:
        return "too many files are open";
    case EFBIG:
        return "the file would be larger than the system allows";
    case EIO:
        return "the disk failed";
    default:
        return strerrordesc_np(error);
    }
}

enum candor_status fail_file(struct job *job, int error, const char *doing, struct str path)
{
    if (error == ENOENT) {
        return fail(job, CANDOR_NOT_FOUND, "cannot %s '%.*s': no such file or folder", doing,
                    STR_ARG(path));
    }
    const char *why = reason(error);
    return fail(job, CANDOR_IO, "cannot %s '%.*s': %s", doing, STR_ARG(path),
                why == NULL ? "the system refused" : why);
}

const char *path_z(struct job *job, struct str path)
{
    if (path.len == 0 || memchr(path.ptr, 0, path.len) != NULL) {
        (void)fail(job, CANDOR_BAD_INPUT, "a path must not be empty or hold a zero byte");
        return NULL;
    }
    return str_z(job->arena, path);
}

struct open_file *open_in(struct arena *owner, const char *name, int flags, unsigned mode)
{
    struct open_file *file = NEW(owner, struct open_file);
    file->fd = open(name, flags | O_CLOEXEC, (mode_t)mode);
    if (file->fd < 0) {
        file->error = errno;
        return file;
    }
    arena_defer(owner, close_file, file);
    return file;
}

struct open_file *file_open(struct job *job, struct arena *owner, struct str path, int flags)
{
    const char *name = path_z(job, path);
    if (name == NULL) {
        return NULL;
    }
    struct open_file *file = open_in(owner, name, flags, S_IRUSR | S_IWUSR);
    if (file->fd < 0) {
        (void)fail_file(job, file->error, (flags & O_CREAT) != 0 ? "write" : "read", path);
        return NULL;
    }
    return file;
}

/* ---- reading ------------------------------------------------------------------------------- */

/* Read until the end or until room is full; errno, or 0. */
static int read_full(int fd, char *target, size_t room, size_t *len)
{
    *len = 0;
    while (*len < room) {
        const ssize_t got = read(fd, target + *len, room - *len);
        if (got == 0) {
            return 0;
        }
        if (got < 0 && errno != EINTR) {
            return errno;
        }
        *len += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

static enum candor_status fail_size(struct job *job, struct str path, size_t size_max)
{
    return fail(job, CANDOR_TOO_LARGE, "'%.*s' is larger than %zu bytes, the most that is read",
                STR_ARG(path), size_max);
}

/* The size is only a hint: a pipe has none, and a file may grow while it is read. */
static enum candor_status read_all(struct job *job, int fd, size_t hint, size_t size_max,
                                   struct str path, struct bytes *content)
{
    size_t room = hint < size_max ? hint + 1 : size_max;
    room = room < 2 ? READ_STEP : room;
    size_t len = 0;
    char *target = arena_try(job->arena, room, 1);
    while (target != NULL) {
        size_t got;
        const int error = read_full(fd, target + len, room - len, &got);
        if (error != 0) {
            return fail_file(job, error, "read", path);
        }
        len += got;
        if (len > size_max) {
            return fail_size(job, path, size_max);
        }
        if (len < room) {
            *content = (struct bytes){(uint8_t *)target, len};
            return CANDOR_OK;
        }
        target = arena_grow(job->arena, target, room, size_mul(room, 2));
        room *= 2;
    }
    return fail(job, CANDOR_NO_MEMORY, "no memory to read '%.*s'", STR_ARG(path));
}

enum candor_status file_size(struct job *job, struct str path, uint64_t *size)
{
    struct stat about;
    const char *name = path_z(job, path);
    if (name == NULL) {
        return job->status;
    }
    if (stat(name, &about) != 0) {
        return fail_file(job, errno, "read", path);
    }
    *size = S_ISREG(about.st_mode) && about.st_size > 0 ? (uint64_t)about.st_size : 0;
    return CANDOR_OK;
}

enum candor_status file_read(struct job *job, struct str path, size_t size_max,
                             struct bytes *content)
{
    struct stat about;
    struct open_file *file = file_open(job, job->arena, path, O_RDONLY);
    if (file == NULL) {
        return job->status;
    }
    if (fstat(file->fd, &about) != 0) {
        return fail_file(job, errno, "read", path);
    }
    if (S_ISDIR(about.st_mode)) {
        return fail_file(job, EISDIR, "read", path);
    }
    const size_t hint = S_ISREG(about.st_mode) && about.st_size > 0 ? (size_t)about.st_size : 0;
    if (hint > size_max) {
        return fail_size(job, path, size_max);
    }
    const enum candor_status status = read_all(job, file->fd, hint, size_max, path, content);
    close_file(file);
    return status;
}

enum candor_status file_must_end(struct job *job, struct str path)
{
    struct stat about;
    return path.len == 0 || stat(str_z(job->arena, path), &about) != 0 || S_ISREG(about.st_mode) ||
                   S_ISDIR(about.st_mode)
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT,
                      "'%.*s' is a pipe or a device, which may never end; name a file",
                      STR_ARG(path));
}

bool file_exists(struct job *job, struct str path)
{
    struct stat about;
    return path.len > 0 && stat(str_z(job->arena, path), &about) == 0;
}

/* ---- folders and paths --------------------------------------------------------------------- */

enum candor_status dir_make(struct job *job, struct str path, unsigned mode)
{
    const char *name = path_z(job, path);
    if (name == NULL) {
        return job->status;
    }
    struct stat about;
    if (mkdir(name, (mode_t)mode) == 0) {
        return CANDOR_OK;
    }
    const int error = errno;
    if (error == EEXIST && stat(name, &about) == 0) {
        return S_ISDIR(about.st_mode)
                   ? CANDOR_OK
                   : fail(job, CANDOR_EXISTS, "'%.*s' is already there and is not a folder",
                          STR_ARG(path));
    }
    return fail_file(job, error, "make the folder", path);
}

struct str path_join(struct arena *arena, struct str dir, struct str name)
{
    const bool needs_slash = dir.len > 0 && dir.ptr[dir.len - 1] != '/';
    return str_format(arena, "%.*s%s%.*s", STR_ARG(dir), needs_slash ? "/" : "", STR_ARG(name));
}

/* ---- the lock ------------------------------------------------------------------------------ */

/* The holder wrote its number before anyone could find the lock taken; 0: it cannot be read. */
static uint64_t holder_of(int fd)
{
    char text[NUMBER_TEXT_MAX];
    const ssize_t got = pread(fd, text, sizeof text, 0);
    uint64_t number = 0;
    const struct str read = str_trim((struct str){text, got > 0 ? (size_t)got : 0});
    return str_to_uint64(read, &number) ? number : 0;
}

static enum candor_status fail_busy(struct job *job, int fd, struct str path)
{
    const uint64_t holder = holder_of(fd);
    if (holder == 0) {
        return fail(job, CANDOR_BUSY, "'%.*s' is held by another process", STR_ARG(path));
    }
    return fail(job, CANDOR_BUSY, "'%.*s' is held by process %llu", STR_ARG(path),
                (unsigned long long)holder);
}

enum candor_status file_lock(struct job *job, struct arena *owner, struct str path)
{
    struct open_file *file = file_open(job, owner, path, O_RDWR | O_CREAT);
    if (file == NULL) {
        return job->status;
    }
    if (flock(file->fd, LOCK_EX | LOCK_NB) != 0) {
        const enum candor_status status = errno == EWOULDBLOCK
                                              ? fail_busy(job, file->fd, path)
                                              : fail_file(job, errno, "lock", path);
        close_file(file);
        return status;
    }

    const struct str number = str_format(job->arena, "%ld\n", (long)getpid());
    if (ftruncate(file->fd, 0) != 0 ||
        pwrite(file->fd, number.ptr, number.len, 0) != (ssize_t)number.len) {
        const enum candor_status status = fail_file(job, errno, "write", path);
        close_file(file);
        return status;
    }
    return CANDOR_OK; /* closing the file, at the latest when the process ends, gives it back */
}
