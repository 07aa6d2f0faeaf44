/*
 * leaves.c - shelves for the ledger room: leaves, nodes and checkpoints, in plain.
 *
 * Writing is part of a transaction. Reading is by the connection that has the transaction when the
 * job that reads is the one that began it, and else by one of its own, which sees what is
 * committed and waits for nobody.
 */
#include <string.h>

#include "inside.h"

enum {
    LEAVES_AT_ONCE = 512,
    LEAF_STORED_MAX = 1 << 16,
    CHECKPOINT_TEXT_MAX = 1 << 16,
    LEVELS_MAX = 49,
    PLACES_PER_LEAF = 64,
};

#define LEAVES_MAX (UINT64_C(1) << 48)

/* ---- writing ------------------------------------------------------------------------------- */

/* Where a node stands among all, in the order in which they are completed: by the leaf that completes
 * it, then by level. */
static bool node_place(unsigned level, uint64_t index, int64_t *place)
{
    if (level >= LEVELS_MAX || index >= LEAVES_MAX >> level) {
        return false;
    }
    *place = (int64_t)((((index + 1) << level) - 1) * PLACES_PER_LEAF + level);
    return true;
}

/* The index after the last leaf. */
static enum candor_status next_index(struct job *job, struct database *db, uint64_t *next)
{
    struct query *query = db_query(db, SQL_LEAF_LAST);
    bool found = false;
    TRY(query_row(job, query, &found));
    *next = 0;
    if (found) {
        *next = query_is_null(query, 0) ? 0 : (uint64_t)query_get_number(query, 0) + 1;
        query_end(query);
    }
    return CANDOR_OK;
}

enum candor_status store_append_leaf(struct job *job, struct txn *txn, uint64_t index,
                                     struct bytes leaf)
{
    struct database *data = txn->store->data;
    uint64_t next = 0;
    must(txn->is_open);
    must(leaf.len <= LEAF_STORED_MAX);
    TRY(store_leaf_count(job, txn->store, &next));
    if (index != next) {
        return fail(job, CANDOR_CORRUPT, "ledger entry %llu would follow on %llu entries",
                    (unsigned long long)index, (unsigned long long)next);
    }
    struct query *query = db_query(data, SQL_LEAF_ADD);
    query_number(query, 1, (int64_t)index);
    query_bytes(query, 2, leaf);
    TRY(query_run(job, query));
    txn->store->leaf_count = index + 1;
    txn->has_account = true;
    return CANDOR_OK;
}

enum candor_status store_put_node(struct job *job, struct txn *txn, unsigned level, uint64_t index,
                                  struct digest hash)
{
    int64_t place = 0;
    must(txn->is_open);
    const bool has_place = node_place(level, index, &place);
    must(has_place);
    struct query *query = db_query(txn->store->data, SQL_NODE_PUT);
    query_number(query, 1, place);
    query_bytes(query, 2, (struct bytes){hash.byte, sizeof hash.byte});
    return query_run(job, query);
}

enum candor_status store_put_checkpoint(struct job *job, struct txn *txn, uint64_t size,
                                        struct str text)
{
    must(txn->is_open);
    must(size <= INT64_MAX);
    must(text.len <= CHECKPOINT_TEXT_MAX);
    struct query *query = db_query(txn->store->data, SQL_CHECKPOINT_PUT);
    query_number(query, 1, (int64_t)size);
    query_text(query, 2, text);
    return query_run(job, query);
}

/* ---- which connection ---------------------------------------------------------------------- */

static bool has_the_transaction(const struct job *job, struct store *store)
{
    return atomic_load(&store->owner) == job;
}

static struct database *reading_begin(const struct job *job, struct store *store)
{
    if (has_the_transaction(job, store)) {
        return store->data;
    }
    if (atomic_load(&store->reader) != job) {
        must(pthread_mutex_lock(&store->beside_mutex) == 0);
    }
    return store->beside;
}

static enum candor_status reading_end(const struct job *job, struct store *store,
                                      struct database *db, enum candor_status status)
{
    if (db == store->beside && atomic_load(&store->reader) != job) {
        must(pthread_mutex_unlock(&store->beside_mutex) == 0);
    }
    return status;
}

enum candor_status store_reading_begin(struct job *job, struct store *store)
{
    must(atomic_load(&store->reader) != job);
    struct database *db = reading_begin(job, store);
    if (db != store->beside) {
        return CANDOR_OK; /* inside of its transaction it is so anyway */
    }
    const enum candor_status status = query_run(job, db_query(db, SQL_READ_BEGIN));
    if (status != CANDOR_OK) {
        return reading_end(job, store, db, status);
    }
    atomic_store(&store->reader, job);
    return CANDOR_OK;
}

enum candor_status store_reading_end(struct job *job, struct store *store,
                                     enum candor_status status)
{
    if (atomic_load(&store->reader) != job) {
        return status;
    }
    struct job ending; /* the first failure is the one that is told */
    job_begin(&ending, job->host);
    const enum candor_status ended = query_run(&ending, db_query(store->beside, SQL_READ_END));
    job_end(&ending);
    atomic_store(&store->reader, NULL);
    must(pthread_mutex_unlock(&store->beside_mutex) == 0);
    return status != CANDOR_OK || ended == CANDOR_OK
               ? status
               : fail(job, ended, "reading the ledger could not be ended");
}

/* ---- reading ------------------------------------------------------------------------------- */

enum candor_status store_leaf_count(struct job *job, struct store *store, uint64_t *count)
{
    if (has_the_transaction(job, store) && store->has_leaf_count) {
        *count = store->leaf_count;
        return CANDOR_OK;
    }
    struct database *db = reading_begin(job, store);
    TRY(reading_end(job, store, db, next_index(job, db, count)));
    if (has_the_transaction(job, store)) {
        store->leaf_count = *count;
        store->has_leaf_count = true;
    }
    return CANDOR_OK;
}

/* The one blob of a statement, copied. */
static enum candor_status one_blob(struct job *job, struct query *query, struct bytes *blob)
{
    bool found = false;
    TRY(query_row(job, query, &found));
    if (!found) {
        return fail(job, CANDOR_NOT_FOUND, "the ledger does not have it");
    }
    *blob = bytes_copy_of(job->arena, query_get_bytes(query, 0));
    query_end(query);
    return CANDOR_OK;
}

enum candor_status store_leaf(struct job *job, struct store *store, uint64_t index,
                              struct bytes *leaf)
{
    if (index > INT64_MAX) {
        return fail(job, CANDOR_NOT_FOUND, "the ledger does not have it");
    }
    struct database *db = reading_begin(job, store);
    struct query *query = db_query(db, SQL_LEAF_GET);
    query_number(query, 1, (int64_t)index);
    const enum candor_status status = reading_end(job, store, db, one_blob(job, query, leaf));
    return during(job, status, "entry %llu", (unsigned long long)index);
}

enum candor_status store_node(struct job *job, struct store *store, unsigned level, uint64_t index,
                              struct digest *hash)
{
    const struct arena_mark mark = arena_mark(job->arena);
    struct bytes bytes = {0};
    int64_t place = 0;
    if (!node_place(level, index, &place)) {
        return fail(job, CANDOR_NOT_FOUND, "the ledger does not have it");
    }
    struct database *db = reading_begin(job, store);
    struct query *query = db_query(db, SQL_NODE_GET);
    query_number(query, 1, place);
    query_number(query, 2, level);
    query_number(query, 3, (int64_t)index);
    const enum candor_status status = reading_end(job, store, db, one_blob(job, query, &bytes));
    TRY(during(job, status, "node %llu at level %u", (unsigned long long)index, level));
    if (bytes.len != sizeof hash->byte) {
        return fail(job, CANDOR_CORRUPT, "node %llu at level %u is no hash",
                    (unsigned long long)index, level);
    }
    memcpy(hash->byte, bytes.ptr, bytes.len);
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

/* A row of the tree; false: nothing can stand there. */
static bool take_node(struct query *query, struct stored_node *node)
{
    const uint64_t place = (uint64_t)query_get_number(query, 0);
    const struct bytes hash = query_get_bytes(query, 1);
    *node = (struct stored_node){.leaf = place / PLACES_PER_LEAF,
                                 .level = (unsigned)(place % PLACES_PER_LEAF),
                                 .is_hash = hash.len == sizeof node->hash.byte};
    if (node->is_hash) {
        memcpy(node->hash.byte, hash.ptr, hash.len);
    }
    return node->level < LEVELS_MAX &&
           (node->leaf + 1) >> node->level << node->level == node->leaf + 1;
}

static enum candor_status read_nodes(struct job *job, struct query *query, size_t room,
                                     struct stored_node *node, size_t *count)
{
    bool found = true;
    *count = 0;
    TRY(query_row(job, query, &found));
    while (found) {
        must(*count < room);
        *count += take_node(query, &node[*count]);
        TRY(query_row(job, query, &found));
    }
    return CANDOR_OK;
}

enum candor_status store_nodes(struct job *job, struct store *store, uint64_t first,
                               size_t leaf_count, struct stored_node *node, size_t *count)
{
    must(first <= LEAVES_MAX && leaf_count <= LEAVES_MAX - first);
    struct database *db = reading_begin(job, store);
    struct query *query = db_query(db, SQL_NODE_NEXT);
    query_number(query, 1, (int64_t)first);
    query_number(query, 2, (int64_t)(first + leaf_count));
    return reading_end(job, store, db,
                       read_nodes(job, query, 2 * leaf_count + LEVELS_MAX, node, count));
}

/* ---- all leaves ---------------------------------------------------------------------------- */

/* A stretch of leaves, copied so that the visitor may read the store too. */
struct stretch {
    struct arena *arena;
    uint64_t index[LEAVES_AT_ONCE];
    struct bytes leaf[LEAVES_AT_ONCE];
    size_t count;
};

static enum candor_status read_stretch(struct job *job, struct database *db, uint64_t from,
                                       struct stretch *stretch)
{
    struct query *query = db_query(db, SQL_LEAF_NEXT);
    bool found = true;
    query_number(query, 1, (int64_t)from);
    query_number(query, 2, LEAVES_AT_ONCE);
    stretch->count = 0;
    TRY(query_row(job, query, &found));
    while (found && stretch->count < LEAVES_AT_ONCE) {
        stretch->index[stretch->count] = (uint64_t)query_get_number(query, 0);
        stretch->leaf[stretch->count] = bytes_copy_of(stretch->arena, query_get_bytes(query, 1));
        stretch->count++;
        TRY(query_row(job, query, &found));
    }
    return CANDOR_OK;
}

static enum candor_status visit_stretch(
    struct job *job, const struct stretch *stretch, uint64_t from,
    enum candor_status (*visit)(struct job *job, void *visitor, uint64_t index, struct bytes leaf),
    void *visitor)
{
    for (size_t i = 0; i < stretch->count; i++) {
        if (stretch->index[i] != from + i) {
            const unsigned long long missing = from + i;
            return fail(job, CANDOR_CORRUPT, "ledger entry %llu is missing", missing);
        }
        TRY(visit(job, visitor, stretch->index[i], stretch->leaf[i]));
    }
    return CANDOR_OK;
}

static enum candor_status each_leaf(struct job *job, struct store *store, struct stretch *stretch,
                                    enum candor_status (*visit)(struct job *job, void *visitor,
                                                                uint64_t index, struct bytes leaf),
                                    void *visitor)
{
    const struct arena_mark mark = arena_mark(stretch->arena);
    uint64_t from = 0;
    do {
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped at ledger entry %llu",
                        (unsigned long long)from);
        }
        arena_rewind(stretch->arena, mark);
        struct database *db = reading_begin(job, store);
        TRY(reading_end(job, store, db, read_stretch(job, db, from, stretch)));
        TRY(visit_stretch(job, stretch, from, visit, visitor));
        from += stretch->count;
    } while (stretch->count > 0);
    return CANDOR_OK;
}

enum candor_status store_each_leaf(struct job *job, struct store *store,
                                   enum candor_status (*visit)(struct job *job, void *visitor,
                                                               uint64_t index, struct bytes leaf),
                                   void *visitor)
{
    /* Not in the job's arena: the visitor keeps there what it finds. */
    struct arena *arena = arena_begin();
    struct stretch *stretch = NEW(arena, struct stretch);
    stretch->arena = arena;
    const enum candor_status status = each_leaf(job, store, stretch, visit, visitor);
    arena_end(arena);
    return status;
}

/* ---- checkpoints --------------------------------------------------------------------------- */

static enum candor_status last_checkpoint(struct job *job, struct database *db, uint64_t *size,
                                          struct str *text)
{
    struct query *query = db_query(db, SQL_CHECKPOINT_LAST);
    bool found = false;
    TRY(query_row(job, query, &found));
    if (!found) {
        return fail(job, CANDOR_NOT_FOUND, "the ledger has no checkpoint yet");
    }
    *size = (uint64_t)query_get_number(query, 0);
    *text = str_copy(job->arena, query_get_text(query, 1));
    query_end(query);
    return CANDOR_OK;
}

enum candor_status store_checkpoint(struct job *job, struct store *store, uint64_t *size,
                                    struct str *text)
{
    struct database *db = reading_begin(job, store);
    return reading_end(job, store, db, last_checkpoint(job, db, size, text));
}

static enum candor_status checkpoint_over(struct job *job, struct database *db, uint64_t size,
                                          struct str *text)
{
    struct query *query = db_query(db, SQL_CHECKPOINT_GET);
    bool found = false;
    query_number(query, 1, (int64_t)size);
    TRY(query_row(job, query, &found));
    if (!found) {
        return fail(job, CANDOR_NOT_FOUND, "the ledger has no checkpoint over %llu entries",
                    (unsigned long long)size);
    }
    *text = str_copy(job->arena, query_get_text(query, 0));
    query_end(query);
    return CANDOR_OK;
}

enum candor_status store_checkpoint_of(struct job *job, struct store *store, uint64_t size,
                                       struct str *text)
{
    if (size > INT64_MAX) {
        return fail(job, CANDOR_NOT_FOUND, "the ledger does not have it");
    }
    struct database *db = reading_begin(job, store);
    return reading_end(job, store, db, checkpoint_over(job, db, size, text));
}

struct checkpoint_list {
    struct buf size;
    struct buf text;
};

static enum candor_status read_checkpoints(struct job *job, struct database *db,
                                           struct checkpoint_list *list)
{
    struct query *query = db_query(db, SQL_CHECKPOINT_ALL);
    bool found = true;
    TRY(query_row(job, query, &found));
    while (found) {
        const uint64_t size = (uint64_t)query_get_number(query, 0);
        const struct str text = str_copy(job->arena, query_get_text(query, 1));
        buf_bytes(&list->size, &size, sizeof size);
        buf_bytes(&list->text, &text, sizeof text);
        TRY(query_row(job, query, &found));
    }
    return CANDOR_OK;
}

enum candor_status store_checkpoints(struct job *job, struct store *store, uint64_t **size,
                                     struct str **text, size_t *count)
{
    struct checkpoint_list list = {buf_begin(job->arena), buf_begin(job->arena)};
    struct database *db = reading_begin(job, store);
    TRY(reading_end(job, store, db, read_checkpoints(job, db, &list)));
    *size = (void *)list.size.ptr; /* pieces of an arena are aligned for any type */
    *text = (void *)list.text.ptr;
    *count = list.size.len / sizeof **size;
    return CANDOR_OK;
}
