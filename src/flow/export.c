/*
 * export.c - the ledger as static files, in the layout of C2SP tlog-tiles: for a web server, an
 * auditor's laptop, a witness.
 *
 *     OUT/checkpoint
 *     OUT/tile/...                  ledger/tile.c
 *
 * Opens no keys and needs no lock.
 */
#include "flow.h"
#include "witness.h"

struct exporting {
    struct store *store;
    struct str out;
    uint64_t size;
    uint64_t files;
};

/* Make every folder of a path that has one. */
static enum candor_status make_folders(struct job *job, struct str out, struct str path)
{
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] == '/') {
            TRY(dir_make(job, path_join(job->arena, out, str_slice(path, 0, i)), 0755));
        }
    }
    return CANDOR_OK;
}

static enum candor_status write_file(struct job *job, struct exporting *exporting, struct str path,
                                     struct bytes content)
{
    TRY(make_folders(job, exporting->out, path));
    exporting->files++;
    return file_replace(job, path_join(job->arena, exporting->out, path), content, 0644);
}

static enum candor_status write_tile(struct job *job, struct exporting *exporting,
                                     const struct tile *tile)
{
    struct bytes bytes;
    TRY(tile_bytes(job, exporting->store, exporting->size, tile, &bytes));
    return write_file(job, exporting, tile_path(job->arena, tile), bytes);
}

/* All tiles of one level; of level 0 the entries too. */
static enum candor_status write_level(struct job *job, struct exporting *exporting, unsigned level)
{
    const uint64_t hashes = exporting->size >> (level * 8);
    for (uint64_t first = 0; first < hashes; first += TILE_WIDTH) {
        const struct arena_mark mark = arena_mark(job->arena);
        const uint64_t left = hashes - first;
        struct tile tile = {
            .level = level,
            .number = first / TILE_WIDTH,
            .width = left < TILE_WIDTH ? (size_t)left : TILE_WIDTH,
        };
        TRY(write_tile(job, exporting, &tile));
        if (level == 0) {
            tile.is_entries = true;
            TRY(write_tile(job, exporting, &tile));
            job_say_progress(job, "exporting entries", first + tile.width, hashes);
        }
        arena_rewind(job->arena, mark);
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped; the folder is incomplete");
        }
    }
    return CANDOR_OK;
}

enum candor_status candor_ledger_export(struct job *job, const char *dir, const char *out,
                                        struct candor_text *report)
{
    struct exporting exporting = {.out = str_of(out)};
    struct str checkpoint;
    TRY(folder_may_be_written(job, out));
    TRY(crypto_start(job));
    TRY(store_open_public(job, arena_beside(job), str_of(dir), &exporting.store));
    TRY(store_checkpoint(job, exporting.store, &exporting.size, &checkpoint));
    TRY(dir_make(job, exporting.out, 0755));
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        TRY(write_level(job, &exporting, level));
    }
    /* Last: a reader who sees the checkpoint finds every tile under it. */
    TRY(write_file(job, &exporting, STR("checkpoint"), bytes_of(checkpoint)));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("folder"));
    json_text(&answer.json, exporting.out);
    json_key(&answer.json, LIT("entries"));
    json_u64(&answer.json, exporting.size);
    json_key(&answer.json, LIT("files"));
    json_u64(&answer.json, exporting.files);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
