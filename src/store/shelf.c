/*
 * shelf.c - the key tree's blocks, in keys.db.
 *
 * A block of the tree is a row (level, index, generation). Blocks that a change supersedes are
 * deleted, which overwrites them where they stood; copies of them in the write-ahead log go when
 * the log is emptied, after each erasure. All of it is worthless without a root that is gone.
 *
 * The ring calls from inside its mutex, and only while we hold the store's.
 */
#include <string.h>

#include "inside.h"

struct shelf {
    struct database *keys;
    uint8_t block[KEY_BLOCK_LEN_MAX]; /* what was read last */
};

/* The ring asks for "the newest" by the largest number there is; a column holds half of them. */
static int64_t as_column(uint64_t generation)
{
    return generation > INT64_MAX ? INT64_MAX : (int64_t)generation;
}

/* NOLINTNEXTLINE(readability-function-size): the keyring says what its shelves are asked. */
static enum candor_status shelf_read(struct job *job, void *self, unsigned level, uint32_t index,
                                     uint64_t generation_max, uint64_t *generation,
                                     struct bytes *block)
{
    struct shelf *shelf = self;
    struct query *query = db_query(shelf->keys, SQL_BLOCK_GET);
    bool found = false;
    query_number(query, 1, level);
    query_number(query, 2, index);
    query_number(query, 3, as_column(generation_max));
    TRY(query_row(job, query, &found));
    *block = (struct bytes){NULL, 0};
    if (!found) {
        return CANDOR_OK;
    }
    const struct bytes bytes = query_get_bytes(query, 1);
    const bool fits = bytes.len > 0 && bytes.len <= sizeof shelf->block;
    if (fits) {
        memcpy(shelf->block, bytes.ptr, bytes.len);
        *block = (struct bytes){shelf->block, bytes.len};
        *generation = (uint64_t)query_get_number(query, 0);
    }
    query_end(query);
    return fits ? CANDOR_OK
                : fail(job, CANDOR_CORRUPT, "keys.db: block %u at level %u has a wrong length",
                       index, level);
}

static enum candor_status shelf_write(struct job *job, void *self, unsigned level, uint32_t index,
                                      uint64_t generation, struct bytes block)
{
    struct shelf *shelf = self;
    must(block.len > 0);
    must(block.len <= KEY_BLOCK_LEN_MAX);
    must(generation <= INT64_MAX);
    struct query *query = db_query(shelf->keys, SQL_BLOCK_PUT);
    query_number(query, 1, level);
    query_number(query, 2, index);
    query_number(query, 3, (int64_t)generation);
    query_bytes(query, 4, block);
    return query_run(job, query);
}

static enum candor_status shelf_drop_after(struct job *job, void *self, uint64_t generation)
{
    struct shelf *shelf = self;
    struct query *query = db_query(shelf->keys, SQL_BLOCK_DROP_AFTER);
    query_number(query, 1, as_column(generation));
    return query_run(job, query);
}

static enum candor_status shelf_drop_before(struct job *job, void *self, unsigned level,
                                            uint32_t index, uint64_t generation)
{
    struct shelf *shelf = self;
    struct query *query = db_query(shelf->keys, SQL_BLOCK_DROP_BEFORE);
    query_number(query, 1, level);
    query_number(query, 2, index);
    query_number(query, 3, as_column(generation));
    return query_run(job, query);
}

static enum candor_status shelf_start(struct job *job, void *self)
{
    struct shelf *shelf = self;
    return db_begin(job, shelf->keys);
}

static enum candor_status shelf_commit(struct job *job, void *self)
{
    struct shelf *shelf = self;
    return db_commit(job, shelf->keys);
}

static void shelf_rollback(void *self)
{
    struct shelf *shelf = self;
    db_rollback(shelf->keys);
}

struct key_shelf shelf_begin(struct arena *arena, struct database *keys)
{
    struct shelf *shelf = NEW(arena, struct shelf);
    shelf->keys = keys;
    return (struct key_shelf){
        .self = shelf,
        .read = shelf_read,
        .write = shelf_write,
        .drop_after = shelf_drop_after,
        .drop_before = shelf_drop_before,
        .begin = shelf_start,
        .commit = shelf_commit,
        .rollback = shelf_rollback,
    };
}
