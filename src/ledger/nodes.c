/*
 * nodes.c - the hashes of complete subtrees, from the store's shelves.
 *
 *     level 2         [abcd]            stored
 *     level 1      [ab]    [cd]         stored
 *     level 0      a   b   c   d        hashed again from the stored leaves
 *
 * Nothing is stored twice: the hash of a leaf is in its bytes, so the levels below NODE_LEVEL_LEAST
 * are computed when a proof asks for them. A complete subtree never changes again.
 */
#include "ledger.h"

static enum candor_status leaf_hash(struct job *job, struct store *store, uint64_t index,
                                    struct digest *hash)
{
    const struct arena_mark mark = arena_mark(job->arena);
    struct bytes leaf;
    TRY(store_leaf(job, store, index, &leaf));
    *hash = merkle_leaf(leaf);
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

static enum candor_status node_read(struct job *job, void *self, unsigned level, uint64_t index,
                                    struct digest *hash)
{
    struct store *store = self;
    struct digest left;
    struct digest right;
    if (level >= NODE_LEVEL_LEAST) {
        return store_node(job, store, level, index, hash);
    }
    if (level == 0) {
        return leaf_hash(job, store, index, hash);
    }
    TRY(node_read(job, store, level - 1, 2 * index, &left));
    TRY(node_read(job, store, level - 1, 2 * index + 1, &right));
    *hash = merkle_join(left, right);
    return CANDOR_OK;
}

struct node_source nodes_of(struct store *store)
{
    return (struct node_source){.self = store, .node = node_read};
}

enum candor_status nodes_tree(struct job *job, struct store *store, uint64_t leaf_count,
                              struct merkle *tree)
{
    if (leaf_count > MERKLE_LEAVES_MAX) {
        return fail(job, CANDOR_CORRUPT, "the ledger claims more entries than one can have");
    }
    *tree = (struct merkle){.leaf_count = leaf_count};
    for (unsigned level = 0; level < MERKLE_HEIGHT_MAX; level++) {
        if ((leaf_count >> level & 1) == 0) {
            continue;
        }
        /* All peaks to the left are wider, so their leaves fill whole subtrees of this width. */
        const uint64_t index = (leaf_count >> level) - 1;
        const enum candor_status status = node_read(job, store, level, index, &tree->peak[level]);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            return fail(job, CANDOR_CORRUPT,
                        "node %llu of level %u is missing from the ledger of %llu entries",
                        (unsigned long long)index, level, (unsigned long long)leaf_count);
        }
        TRY(status);
    }
    return CANDOR_OK;
}
