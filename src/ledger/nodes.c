/*
 * nodes.c - the hashes of complete subtrees, from the store's shelves.
 *
 *     level 2         [abcd]
 *     level 1      [ab]    [cd]     [ef]
 *     level 0      a   b   c   d    e   f   g
 *
 * A complete subtree never changes again, so each is stored once, two a leaf on average. The leaves'
 * own hashes could be had from the leaves, and leaving them out saves 1 us of 5.5 us an append and
 * 50 bytes of 270; but with them a changed entry is named exactly, and without only its neighbours.
 */
#include "ledger.h"

static enum candor_status node_read(struct job *job, void *self, unsigned level, uint64_t index,
                                    struct digest *hash)
{
    struct store *store = self;
    return store_node(job, store, level, index, hash);
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
