/*
 * rootfile.c - a root slot in a file, grade C.
 *
 *     candor-root-v1 <64 hex digits: the key> <16 hex digits: generation> <16 hex: the check>\n
 *
 * Replacing must never leave the slot without a root, so the new file is written beside, synced and
 * renamed over the old one before the old content is touched. The old file, without a name by then
 * but still open here, is overwritten, synced and cut to nothing, which tells the file system and a
 * disk with discard that its blocks are free.
 *
 * Grade C is what that is worth: a journaling or copy-on-write file system, a snapshot, a disk that
 * writes elsewhere, or a crash between renaming and overwriting may leave the old bytes out of our
 * reach. Who can read those and an old copy of the shelf has the erased keys.
 */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys.h"

#define KEY_HEX_LEN ((size_t)(SECRET_LEN * 2))
#define GENERATION_HEX_LEN ((size_t)16)
#define FIELDS_LEN (KEY_HEX_LEN + 1 + GENERATION_HEX_LEN)

struct root_file {
    struct str path;
};

static struct str root_kind(void)
{
    return STR("candor-root-v1");
}

static uint64_t generation_of(const uint8_t byte[8])
{
    uint64_t generation = 0;
    for (unsigned i = 0; i < 8; i++) {
        generation = generation << 8 | byte[i];
    }
    return generation;
}

static enum candor_status root_file_read(struct job *job, void *self, struct secret *key,
                                         uint64_t *generation)
{
    const struct root_file *file = self;
    struct str fields;
    TRY(keyfile_read(job, file->path, root_kind(), FIELDS_LEN, &fields));

    uint8_t byte[SECRET_LEN];
    uint8_t generation_byte[8];
    if (!hex_read(str_slice(fields, 0, KEY_HEX_LEN), byte, sizeof byte) ||
        fields.ptr[KEY_HEX_LEN] != ' ' ||
        !hex_read(str_slice(fields, KEY_HEX_LEN + 1, FIELDS_LEN), generation_byte,
                  sizeof generation_byte)) {
        return fail(job, CANDOR_CORRUPT, "%.*s: not a root key and its generation",
                    STR_ARG(file->path));
    }
    secret_copy_from(key, byte);
    *generation = generation_of(generation_byte);
    return CANDOR_OK;
}

/* The one mistake that would cost everybody's data is to overwrite the root that stands now. */
static bool is_replaced(struct job *job, const struct root_file *file, int old)
{
    struct stat then;
    struct stat now;
    return fstat(old, &then) == 0 && lstat(str_z(job->arena, file->path), &now) == 0 &&
           (then.st_ino != now.st_ino || then.st_dev != now.st_dev);
}

static void overwrite(int old, size_t len)
{
    const uint8_t zero[KEYFILE_TEXT_MAX] = {0};
    /* Nothing to be done about a failure: the new root stands, and grade C promises no more. */
    if (pwrite(old, zero, len, 0) == (ssize_t)len) {
        (void)fsync(old);
    }
    (void)ftruncate(old, 0);
    (void)fsync(old);
}

static enum candor_status root_file_replace(struct job *job, void *self, const struct secret *key,
                                            uint64_t generation)
{
    const struct root_file *file = self;
    const struct str hex = hex_of(job->arena, (struct bytes){key->byte, SECRET_LEN});
    const struct str fields =
        str_format(job->arena, "%.*s %016llx", STR_ARG(hex), (unsigned long long)generation);
    must(fields.len == FIELDS_LEN);

    const int old = open(str_z(job->arena, file->path), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    const enum candor_status status = keyfile_write(job, file->path, root_kind(), fields);
    if (old >= 0 && status == CANDOR_OK && is_replaced(job, file, old)) {
        overwrite(old, root_kind().len + 1 + FIELDS_LEN);
    }
    if (old >= 0) {
        (void)close(old);
    }
    return status;
}

struct root_slot root_slot_file(struct arena *owner, struct str path)
{
    struct root_file *file = NEW(owner, struct root_file);
    file->path = str_copy(owner, path);
    return (struct root_slot){
        .self = file,
        .grade = ROOT_GRADE_FILE,
        .read = root_file_read,
        .replace = root_file_replace,
    };
}
