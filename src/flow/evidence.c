/*
 * evidence.c - what witnesses signed, kept outside of the database.
 *
 *     HOME/witnessed/<id>.checkpoint          what the witness of this key id signed last
 *     HOME/witnessed/<id>.pub                 its verifier key
 *     HOME/witnessed/<id>.checkpoint.lost-<n> the same checkpoint, of before a restore that lost entries
 *
 * A data.db that is put back from an older copy is whole in itself, and so are its own checkpoints.
 * These files are not in it: each is our own signed statement of how long the ledger was, and with
 * which root. At every start, and in every verification, all of them are held against what stands
 * there. Who puts back the whole folder of a home is found by the witnesses themselves, which answer
 * the next request with what they know.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "witnesses.h"

enum { NOTE_LEN_MAX = 1 << 18 };

#define ENDING ".checkpoint"
#define KEY_ENDING ".pub"

static struct str folder_of(struct arena *arena, struct str dir)
{
    return path_join(arena, dir, STR("witnessed"));
}

struct str evidence_path(struct arena *arena, struct str dir, const struct witness_spec *spec)
{
    return path_join(arena, folder_of(arena, dir),
                     str_format(arena, "%.*s" ENDING, STR_ARG(spec->id)));
}

static enum candor_status read_note(struct job *job, struct str path, struct str *note)
{
    struct bytes content;
    TRY(file_read(job, path, NOTE_LEN_MAX, &content));
    *note = (struct str){(const char *)content.ptr, content.len};
    return CANDOR_OK;
}

enum candor_status evidence_read(struct job *job, struct str dir, const struct witness_spec *spec,
                                 struct str *note)
{
    const struct str path = evidence_path(job->arena, dir, spec);
    *note = STR("");
    return file_exists(job, path) ? read_note(job, path, note) : CANDOR_OK;
}

enum candor_status evidence_keep(struct job *job, struct str dir, const struct witness_spec *spec,
                                 struct str note)
{
    const struct str key =
        str_format(job->arena, "%.*s\n",
                   STR_ARG(witness_key_text(job->arena, spec->who.name, spec->who.public_key)));
    const struct str file = str_format(job->arena, "%.*s" KEY_ENDING, STR_ARG(spec->id));
    TRY(dir_make(job, folder_of(job->arena, dir), 0700));
    TRY(file_replace(job, path_join(job->arena, folder_of(job->arena, dir), file), bytes_of(key),
                     0644));
    return file_replace(job, evidence_path(job->arena, dir, spec), bytes_of(note), 0644);
}

/* The names in the folder, in any order: copied, since the folder is closed before they are used. */
static enum candor_status names_in(struct job *job, struct str folder, struct str ending,
                                   struct buf *names, size_t *count)
{
    DIR *open = opendir(str_z(job->arena, folder));
    const struct dirent *entry = NULL;
    *count = 0;
    if (open == NULL && errno == ENOENT) {
        return CANDOR_OK;
    }
    if (open == NULL) {
        return fail(job, CANDOR_IO, "cannot read the folder %.*s: %s", STR_ARG(folder),
                    strerrordesc_np(errno));
    }
    /* Nobody else reads this folder. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while ((entry = readdir(open)) != NULL) {
        const struct str name = str_of(entry->d_name);
        if (str_ends(name, ending)) {
            const struct str path = path_join(job->arena, folder, name);
            buf_bytes(names, &path, sizeof path);
            (*count)++;
        }
    }
    (void)closedir(open);
    return CANDOR_OK;
}

enum candor_status evidence_each(struct job *job, struct str dir,
                                 enum candor_status (*visit)(struct job *job, void *visitor,
                                                             struct str path, struct str note),
                                 void *visitor)
{
    struct buf names = buf_begin(job->arena);
    size_t count = 0;
    TRY(names_in(job, folder_of(job->arena, dir), STR(ENDING), &names, &count));
    const struct str *path = (const void *)names.ptr; /* arena pieces are aligned for any type */
    for (size_t i = 0; i < count; i++) {
        struct str note;
        TRY(read_note(job, path[i], &note));
        TRY(during(job, visit(job, visitor, path[i], note), "%.*s", STR_ARG(path[i])));
    }
    return CANDOR_OK;
}

enum candor_status evidence_cosigners(struct job *job, struct str dir, struct cosigner **cosigner,
                                      size_t *count)
{
    struct buf names = buf_begin(job->arena);
    TRY(names_in(job, folder_of(job->arena, dir), STR(KEY_ENDING), &names, count));
    TRY_ALLOC(job, *cosigner, *count + 1, struct cosigner);
    const struct str *path = (const void *)names.ptr; /* as above */
    for (size_t i = 0; i < *count; i++) {
        struct str text;
        TRY(read_note(job, path[i], &text));
        TRY(during(
            job,
            witness_key_read(job, str_trim(text), &(*cosigner)[i].name, (*cosigner)[i].public_key),
            "%.*s", STR_ARG(path[i])));
    }
    return CANDOR_OK;
}

/* ---- the check ----------------------------------------------------------------------------- */

struct checking {
    struct store *store;
    struct str origin;
    const uint8_t *public_key;
    size_t count;
};

static enum candor_status check_one(struct job *job, void *visitor, struct str path,
                                    struct str note)
{
    struct checking *checking = visitor;
    uint64_t size = 0;
    (void)path;
    checking->count++;
    return known_check(job, checking->store, checking->origin, checking->public_key, note, &size);
}

enum candor_status evidence_check(struct job *job, struct store *store, struct str dir,
                                  struct str origin, const uint8_t public_key[32], size_t *count)
{
    struct checking checking = {.store = store, .origin = origin, .public_key = public_key};
    const enum candor_status status = evidence_each(job, dir, check_one, &checking);
    *count = checking.count;
    return status;
}
