/*
 * known.c - a checkpoint that was kept elsewhere, held against what stands here.
 *
 * The ledger's own signature on it is what counts: whoever kept it, the ledger once said that it had
 * these entries. If it has fewer now, it was rolled back; if it has others, it was forked. The tree
 * at the checkpoint's size comes from the stored nodes, at most one for each level.
 */
#include "inside.h"

enum candor_status known_check(struct job *job, struct store *store, struct str origin,
                               const uint8_t public_key[PUBLIC_KEY_LEN], struct str note,
                               uint64_t *known_size)
{
    struct checkpoint known;
    struct merkle tree;
    uint64_t leaf_count = 0;
    TRY(checkpoint_read(job, note, origin, public_key, &known));
    TRY(store_leaf_count(job, store, &leaf_count));
    *known_size = known.size;
    if (known.size > leaf_count) {
        return fail(job, CANDOR_CORRUPT,
                    "the ledger was rolled back: it has %llu entries, and had %llu",
                    (unsigned long long)leaf_count, (unsigned long long)known.size);
    }
    TRY(nodes_tree(job, store, known.size, &tree));
    if (!digest_equal(known.root, merkle_root(&tree))) {
        return fail(job, CANDOR_CORRUPT,
                    "the ledger was forked: its first %llu entries are not those that it had",
                    (unsigned long long)known.size);
    }
    return CANDOR_OK;
}

enum candor_status known_prove(struct job *job, struct store *store, uint64_t index,
                               uint64_t known_size, struct str note, struct str *proof_file)
{
    const struct node_source nodes = nodes_of(store);
    struct proof proof;
    TRY(proof_inclusion(job, &nodes, index, known_size, &proof));
    *proof_file = proof_file_text(job, index, &proof, note);
    return CANDOR_OK;
}
