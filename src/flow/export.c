/*
 * export.c - the ledger as static files, in the layout of C2SP tlog-tiles: for a web server, an
 * auditor's laptop, a witness.
 *
 *     OUT/checkpoint
 *     OUT/tile/<L>/<N>              256 hashes of the tree's level 8 L; fewer: <N>.p/<W>
 *     OUT/tile/entries/<N>          256 leaves, each after its length (u16 big-endian)
 *
 * N is written in groups of three digits, all but the last with an x before them: 1234067 is
 * x001/x234/067. Opens no keys and needs no lock.
 */
#include "flow.h"

enum { TILE_WIDTH = 256, TILE_HEIGHT = 8, LEVELS_MAX = MERKLE_HEIGHT_MAX / TILE_HEIGHT };

struct exporting {
    struct store *store;
    struct node_source nodes;
    struct str out;
    uint64_t size;
    uint64_t files;
};

static struct str tile_number(struct arena *arena, uint64_t number)
{
    struct str text = str_format(arena, "%03u", (unsigned)(number % 1000));
    for (number /= 1000; number > 0; number /= 1000) {
        text = str_format(arena, "x%03u/%.*s", (unsigned)(number % 1000), STR_ARG(text));
    }
    return text;
}

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

static struct str tile_path(struct arena *arena, struct str kind, uint64_t number, size_t width)
{
    const struct str name = tile_number(arena, number);
    return width == TILE_WIDTH
               ? str_format(arena, "tile/%.*s/%.*s", STR_ARG(kind), STR_ARG(name))
               : str_format(arena, "tile/%.*s/%.*s.p/%zu", STR_ARG(kind), STR_ARG(name), width);
}

static enum candor_status write_hashes(struct job *job, struct exporting *exporting, unsigned level,
                                       uint64_t number, size_t width)
{
    struct buf tile = buf_begin(job->arena);
    for (size_t i = 0; i < width; i++) {
        struct digest hash;
        TRY(exporting->nodes.node(job, exporting->nodes.self, level * TILE_HEIGHT,
                                  number * TILE_WIDTH + i, &hash));
        buf_bytes(&tile, hash.byte, sizeof hash.byte);
    }
    const struct str kind = str_format(job->arena, "%u", level);
    return write_file(job, exporting, tile_path(job->arena, kind, number, width), buf_all(&tile));
}

static enum candor_status write_entries(struct job *job, struct exporting *exporting,
                                        uint64_t number, size_t width)
{
    struct buf bundle = buf_begin(job->arena);
    for (size_t i = 0; i < width; i++) {
        struct bytes leaf;
        TRY(store_leaf(job, exporting->store, number * TILE_WIDTH + i, &leaf));
        buf_u16be(&bundle, (uint16_t)leaf.len);
        buf_bytes(&bundle, leaf.ptr, leaf.len);
    }
    return write_file(job, exporting, tile_path(job->arena, STR("entries"), number, width),
                      buf_all(&bundle));
}

/* All tiles of one level; of level 0 the entries too. */
static enum candor_status write_level(struct job *job, struct exporting *exporting, unsigned level)
{
    const uint64_t hashes = exporting->size >> (level * TILE_HEIGHT);
    for (uint64_t first = 0; first < hashes; first += TILE_WIDTH) {
        const struct arena_mark mark = arena_mark(job->arena);
        const uint64_t left = hashes - first;
        const size_t width = left < TILE_WIDTH ? (size_t)left : TILE_WIDTH;
        TRY(write_hashes(job, exporting, level, first / TILE_WIDTH, width));
        if (level == 0) {
            TRY(write_entries(job, exporting, first / TILE_WIDTH, width));
            job_say_progress(job, "exporting entries", first + width, hashes);
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
    TRY(crypto_start(job));
    TRY(store_open_public(job, arena_beside(job), str_of(dir), &exporting.store));
    TRY(store_checkpoint(job, exporting.store, &exporting.size, &checkpoint));
    exporting.nodes = nodes_of(exporting.store);
    TRY(dir_make(job, exporting.out, 0755));
    for (unsigned level = 0; level < LEVELS_MAX; level++) {
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
