/*
 * scan_walk.c - the files below a folder.
 *
 * Links are not followed, so that no loop is endless and nothing outside is read; what is no regular file is
 * left out. A folder that cannot be read is said, and blocks: what was not looked at is not clean.
 */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "scanned.h"

enum { FOLDERS_DEEP_MAX = 200, FILES_MAX = 2000000 };

static struct str *grow(struct arena *arena, struct str *list, size_t count, size_t *room)
{
    if (count < *room) {
        return list;
    }
    const size_t more = *room == 0 ? 64 : *room * 2;
    struct str *larger = NEW_ARRAY(arena, more, struct str);
    bytes_copy(larger, list, count * sizeof *list);
    *room = more;
    return larger;
}

void scan_cannot_read(struct scanning *scanning, struct str path)
{
    scanning->unread = grow(scanning->job->arena, scanning->unread, scanning->unread_count,
                            &scanning->unread_room);
    scanning->unread[scanning->unread_count++] = path;
}

static void put_file(struct scanning *scanning, struct str path)
{
    scanning->file =
        grow(scanning->job->arena, scanning->file, scanning->file_count, &scanning->file_room);
    scanning->file[scanning->file_count++] = path;
}

static int by_name(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

/* The names in a folder, sorted; false: it cannot be read. */
static bool read_names(struct arena *arena, struct str folder, struct str **name, size_t *count)
{
    DIR *open = opendir(str_z(arena, folder));
    size_t room = 0;
    const struct dirent *entry = NULL;
    *name = NULL;
    *count = 0;
    if (open == NULL) {
        return false;
    }
    while ((entry = readdir(open)) != NULL) {
        const struct str one = str_of(entry->d_name);
        if (!str_is(one, ".") && !str_is(one, "..") && !str_is(one, ".git") &&
            !str_is(one, ".candor")) {
            *name = grow(arena, *name, *count, &room);
            (*name)[(*count)++] = str_copy(arena, one);
        }
    }
    (void)closedir(open); /* it was only read */
    if (*count > 0) {
        qsort(*name, *count, sizeof **name, by_name);
    }
    return true;
}

static enum candor_status walk(struct scanning *scanning, struct str path, unsigned depth)
{
    struct arena *arena = scanning->job->arena;
    struct str *name = NULL;
    size_t count = 0;
    if (depth > FOLDERS_DEEP_MAX || !read_names(arena, path, &name, &count)) {
        scan_cannot_read(scanning, path);
        return CANDOR_OK;
    }
    for (size_t i = 0; i < count; i++) {
        struct stat about;
        const struct str one = path_join(arena, path, name[i]);
        if (lstat(str_z(arena, one), &about) != 0) {
            scan_cannot_read(scanning, one);
        } else if (S_ISLNK(about.st_mode)) {
            scanning->links++;
        } else if (S_ISDIR(about.st_mode)) {
            TRY(walk(scanning, one, depth + 1));
        } else if (S_ISREG(about.st_mode)) {
            if (scanning->file_count == FILES_MAX) {
                return fail(scanning->job, CANDOR_TOO_LARGE, "more than %d files", FILES_MAX);
            }
            put_file(scanning, one);
        }
    }
    return CANDOR_OK;
}

enum candor_status scan_gather(struct scanning *scanning, struct str path)
{
    struct stat about;
    if (str_is(path, "-")) {
        put_file(scanning, path);
        return CANDOR_OK;
    }
    if (stat(str_z(scanning->job->arena, path), &about) != 0) {
        return fail(scanning->job,
                    errno == ENOENT || errno == ENOTDIR ? CANDOR_NOT_FOUND : CANDOR_IO,
                    "cannot read '%.*s': %s", STR_ARG(path),
                    errno == ENOENT ? "no such file or folder" : "the system refused");
    }
    if (S_ISDIR(about.st_mode)) {
        return walk(scanning, path, 0);
    }
    if (!S_ISREG(about.st_mode)) {
        return fail(
            scanning->job, CANDOR_BAD_INPUT,
            "'%.*s' is a pipe or a device, which may never end; name a file or a folder, or "
            "- for standard input",
            STR_ARG(path));
    }
    put_file(scanning, path);
    return CANDOR_OK;
}
