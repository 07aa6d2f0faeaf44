/*
 * tile.c - the tree and its entries in pieces that never change (c2sp.org/tlog-tiles).
 *
 *     tile/<L>/<N>           256 hashes of the tree's level 8 L; fewer: <N>.p/<W>
 *     tile/entries/<N>       256 leaves, each after its length (u16 big-endian)
 *
 * N is written in groups of three digits, all but the last with an x before them: 1234067 is
 * x001/x234/067. What is read is written again and compared, so that a tile has one path.
 */
#include <assert.h>

#include "inside.h"

enum { TILE_HEIGHT = 8, GROUP = 1000, GROUP_LEN = 3 };

static_assert(TILE_WIDTH == 1 << TILE_HEIGHT, "a tile is a subtree");
static_assert(TILE_LEVELS * TILE_HEIGHT == MERKLE_HEIGHT_MAX, "tiles cover the highest tree");

/* ---- paths --------------------------------------------------------------------------------- */

static struct str number_text(struct arena *arena, uint64_t number)
{
    struct str text = str_format(arena, "%03u", (unsigned)(number % GROUP));
    for (number /= GROUP; number > 0; number /= GROUP) {
        text = str_format(arena, "x%03u/%.*s", (unsigned)(number % GROUP), STR_ARG(text));
    }
    return text;
}

struct str tile_path(struct arena *arena, const struct tile *tile)
{
    const struct str name = number_text(arena, tile->number);
    struct buf path = buf_begin(arena);
    if (tile->is_entries) {
        buf_lit(&path, LIT("tile/entries/"));
    } else {
        buf_format(&path, "tile/%u/", tile->level);
    }
    buf_str(&path, name);
    if (tile->width < TILE_WIDTH) {
        buf_format(&path, ".p/%zu", tile->width);
    }
    return buf_text(&path);
}

/* Three digits. */
static bool group_read(struct str text, uint64_t *number)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        *number = *number * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return text.len == GROUP_LEN && *number <= MERKLE_LEAVES_MAX;
}

/* x001/x234/067 and what follows it; no group but the last may be all there is of a zero. */
static bool number_read(struct str *rest, uint64_t *number, bool *is_partial)
{
    *number = 0;
    for (bool is_first = true;; is_first = false) {
        struct str part = str_cut(rest, '/');
        const bool has_more = str_starts(part, STR("x"));
        if (has_more) {
            part = str_slice(part, 1, part.len);
        }
        *is_partial = !has_more && str_ends(part, STR(".p"));
        if (*is_partial) {
            part.len -= 2;
        }
        if (!group_read(part, number) || (has_more && is_first && *number == 0)) {
            return false;
        }
        if (!has_more) {
            return *is_partial == (rest->ptr != NULL);
        }
        if (rest->ptr == NULL) {
            return false;
        }
    }
}

bool tile_read(struct str path, struct tile *tile)
{
    struct str rest = path;
    uint64_t level = 0;
    uint64_t width = TILE_WIDTH;
    bool is_partial = false;
    const struct str kind = str_cut(&rest, '/');
    tile->is_entries = str_is(kind, "entries");
    if (rest.ptr == NULL ||
        (!tile->is_entries && !(text_number(kind, &level) && level < TILE_LEVELS)) ||
        !number_read(&rest, &tile->number, &is_partial)) {
        return false;
    }
    if (is_partial && (!text_number(rest, &width) || width == 0 || width >= TILE_WIDTH)) {
        return false;
    }
    tile->level = (unsigned)level;
    tile->width = (size_t)width;
    return true;
}

/* ---- bytes --------------------------------------------------------------------------------- */

static enum candor_status hashes(struct job *job, struct store *store, const struct tile *tile,
                                 struct buf *bytes)
{
    for (size_t i = 0; i < tile->width; i++) {
        struct digest hash;
        TRY(store_node(job, store, tile->level * TILE_HEIGHT, tile->number * TILE_WIDTH + i,
                       &hash));
        buf_bytes(bytes, hash.byte, sizeof hash.byte);
    }
    return CANDOR_OK;
}

static enum candor_status entries(struct job *job, struct store *store, const struct tile *tile,
                                  struct buf *bytes)
{
    for (size_t i = 0; i < tile->width; i++) {
        struct bytes leaf;
        TRY(store_leaf(job, store, tile->number * TILE_WIDTH + i, &leaf));
        buf_u16be(bytes, (uint16_t)leaf.len);
        buf_bytes(bytes, leaf.ptr, leaf.len);
    }
    return CANDOR_OK;
}

enum candor_status tile_bytes(struct job *job, struct store *store, uint64_t size,
                              const struct tile *tile, struct bytes *bytes)
{
    must(tile->level < TILE_LEVELS && tile->width > 0 && tile->width <= TILE_WIDTH);
    const uint64_t there = size >> (tile->level * TILE_HEIGHT);
    if (tile->number > there / TILE_WIDTH || tile->number * TILE_WIDTH + tile->width > there) {
        return fail(job, CANDOR_NOT_FOUND, "a ledger of %llu entries has no such tile",
                    (unsigned long long)size);
    }
    struct buf buf = buf_begin(job->arena);
    TRY(tile->is_entries ? entries(job, store, tile, &buf) : hashes(job, store, tile, &buf));
    *bytes = buf_all(&buf);
    return CANDOR_OK;
}
