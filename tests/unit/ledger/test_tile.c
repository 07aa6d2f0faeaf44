/*
 * test_tile.c - tiles against the tree that they are pieces of, and every path that names none.
 */
#include "home.h"
#include "witness.h"

static void a_path_reads_back(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        struct tile tile;
    } row[] = {
        {"0/000", {false, 0, 0, 256}},
        {"0/000.p/1", {false, 0, 0, 1}},
        {"5/999.p/255", {false, 5, 999, 255}},
        {"1/x001/067", {false, 1, 1067, 256}},
        {"0/x001/x234/067", {false, 0, 1234067, 256}},
        {"0/x001/x000/000.p/7", {false, 0, 1000000, 7}},
        {"entries/000", {true, 0, 0, 256}},
        {"entries/x001/000.p/112", {true, 0, 1000, 112}},
    };
    struct arena *arena = arena_begin();
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct tile tile = {0};
        expect(tile_read(str_of(row[i].path), &tile), "%s", row[i].path);
        expect(tile.is_entries == row[i].tile.is_entries && tile.level == row[i].tile.level &&
                   tile.number == row[i].tile.number && tile.width == row[i].tile.width,
               "%s", row[i].path);
        const struct str path = tile_path(arena, &tile);
        expect(str_equal(str_slice(path, 5, path.len), str_of(row[i].path)), "%s", row[i].path);
    }
    arena_end(arena);
}

static void what_names_no_tile_is_refused(void **state)
{
    (void)state;
    static const char *const path[] = {
        "",           "0",          "0/",          "/000",
        "0/0",        "0/00",       "0/0000",      "00/000",
        "6/000",      "64/000",     "+1/000",      "-1/000",
        "x/000",      "0/x000/001", "0/x001",      "0/x001/",
        "0/001/002",  "0/x01/002",  "0/000.p",     "0/000.p/",
        "0/000.p/0",  "0/000.p/01", "0/000.p/256", "0/000.p/1/2",
        "0/000/1",    "0/000.q/1",  "0/abc",       "Entries/000",
        "entries",    "entries/",   "0/x001.p/1",  "0/000.p/+1",
        "0/000.p/ 1", "0/ 00",      "../000",      "0/x999/x999/x999/x999/x999/x999/x999/999",
    };
    for (size_t i = 0; i < sizeof path / sizeof path[0]; i++) {
        struct tile tile;
        expect(!tile_read(str_of(path[i]), &tile), "%s", path[i]);
    }
}

/* 300 entries: a full tile and a partial one on level 0, and one hash on level 1. */
static void tiles_are_pieces_of_the_tree(void **state)
{
    (void)state;
    struct home home;
    home_begin(&home);
    home_append(&home, 300, true);
    struct merkle tree = {0};
    const struct tile full = {false, 0, 0, 256};
    const struct tile rest = {false, 0, 1, 44};
    const struct tile above = {false, 1, 0, 1};
    const struct tile entries = {true, 0, 1, 44};
    struct bytes bytes;
    expect(tile_bytes(&home.job, home.store, 300, &full, &bytes) == CANDOR_OK, "%s",
           home.job.message);
    expect(bytes.len == 256 * 32, "%zu", bytes.len);
    for (size_t i = 0; i < 256; i++) {
        struct digest leaf;
        memcpy(leaf.byte, bytes.ptr + 32 * i, 32);
        must(merkle_append(&tree, leaf, NULL, NULL) == CANDOR_OK);
    }
    const struct digest root_256 = merkle_root(&tree);
    expect(tile_bytes(&home.job, home.store, 300, &above, &bytes) == CANDOR_OK, "%s",
           home.job.message);
    expect(bytes.len == 32 && memcmp(bytes.ptr, root_256.byte, 32) == 0, "level 1");

    struct bytes hashes;
    expect(tile_bytes(&home.job, home.store, 300, &rest, &hashes) == CANDOR_OK, "%s",
           home.job.message);
    expect(tile_bytes(&home.job, home.store, 300, &entries, &bytes) == CANDOR_OK, "%s",
           home.job.message);
    struct reader reader = reader_of(bytes);
    for (size_t i = 0; i < 44; i++) {
        const size_t len = read_u16be(&reader);
        const struct digest hash = merkle_leaf(read_bytes(&reader, len));
        expect(memcmp(hash.byte, hashes.ptr + 32 * i, 32) == 0, "entry %zu", 256 + i);
    }
    expect(reader_is_done(&reader), "44 entries and no more");
    home_end(&home);
}

static void a_tile_beyond_the_ledger_is_not_found(void **state)
{
    (void)state;
    struct home home;
    home_begin(&home);
    home_append(&home, 10, true);
    static const struct tile none[] = {
        {false, 0, 0, 256}, {false, 0, 0, 11}, {false, 0, 1, 1},
        {false, 1, 0, 1},   {true, 0, 0, 11},  {false, 0, UINT64_C(1) << 40, 1},
    };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct bytes bytes;
        expect(tile_bytes(&home.job, home.store, 10, &none[i], &bytes) == CANDOR_NOT_FOUND, "%zu",
               i);
    }
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_path_reads_back),
        cmocka_unit_test(what_names_no_tile_is_refused),
        cmocka_unit_test(tiles_are_pieces_of_the_tree),
        cmocka_unit_test(a_tile_beyond_the_ledger_is_not_found),
    };
    return cmocka_run_group_tests_name("tile", test, NULL, NULL);
}
