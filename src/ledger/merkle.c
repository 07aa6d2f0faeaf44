/*
 * merkle.c - the shape of the ledger.
 *
 * Appending a leaf is adding one to leaf_count in binary: wherever the addition carries, two
 * subtrees of the same height join and move up one bit.
 *
 *     leaves a b c d e f g    leaf_count  111    peaks [abcd] [ef] [g]
 *     append h                leaf_count 1000    peaks [abcdefgh]
 *
 * Every hash begins with a byte that says what is hashed, so that no leaf can pose as a node.
 * Nothing here is secret, so comparisons need not take constant time.
 */
#include "ledger.h"

static const uint8_t leaf_mark = 0x00;
static const uint8_t node_mark = 0x01;

struct digest merkle_leaf(struct bytes entry)
{
    const struct bytes part[] = {{&leaf_mark, 1}, entry};
    return digest_of(part, 2);
}

struct digest merkle_join(struct digest left, struct digest right)
{
    const struct bytes part[] = {
        {&node_mark, 1},
        {left.byte, sizeof left.byte},
        {right.byte, sizeof right.byte},
    };
    return digest_of(part, 3);
}

static bool has_peak(const struct merkle *tree, unsigned height)
{
    return (tree->leaf_count >> height & 1) == 1;
}

enum candor_status merkle_append(struct merkle *tree, struct digest leaf,
                                 void (*completed)(void *self, unsigned level, uint64_t index,
                                                   struct digest hash),
                                 void *self)
{
    must(tree->leaf_count <= MERKLE_LEAVES_MAX);
    if (tree->leaf_count == MERKLE_LEAVES_MAX) {
        return CANDOR_TOO_LARGE;
    }

    struct digest subtree = leaf;
    unsigned height = 0;
    if (completed != NULL) {
        completed(self, 0, tree->leaf_count, leaf);
    }
    while (has_peak(tree, height)) {
        subtree = merkle_join(tree->peak[height], subtree);
        height++;
        if (completed != NULL) {
            /* The new leaf is the last one below this subtree, so its index gives the subtree's. */
            completed(self, height, tree->leaf_count >> height, subtree);
        }
    }

    /* The count was below 2^48 - 1, so one of its 48 bits was clear and the carry stopped there. */
    must(height < MERKLE_HEIGHT_MAX);
    tree->peak[height] = subtree;
    tree->leaf_count++;
    return CANDOR_OK;
}

struct digest merkle_root(const struct merkle *tree)
{
    must(tree->leaf_count <= MERKLE_LEAVES_MAX);
    if (tree->leaf_count == 0) {
        return digest_of(NULL, 0);
    }

    unsigned height = 0;
    while (!has_peak(tree, height)) {
        height++;
    }

    /* From left to right the peaks fall in height. Joining them from the right gives the split of
     * the RFC: the left side holds the largest power of two below the count. */
    struct digest root = tree->peak[height];
    for (height++; height < MERKLE_HEIGHT_MAX; height++) {
        if (has_peak(tree, height)) {
            root = merkle_join(tree->peak[height], root);
        }
    }
    return root;
}
