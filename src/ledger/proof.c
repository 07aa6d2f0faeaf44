/*
 * proof.c - few hashes that show much: that one entry is in a ledger, that one ledger continues
 * another.
 *
 * Making a proof walks down from the root. At each step the leaves in view split at the largest
 * power of two below their number; the walk enters one side and notes the hash of the other.
 * RFC 9162 lists the hashes from the bottom, so the notes are turned round at the end.
 *
 *     inclusion of 5 in 8      view 0..8  ->  4..8  ->  4..6  ->  5
 *                              noted  [0,4)    [6,8)    [4,5)
 *                              proof  [4,5) [6,8) [0,4)
 *
 * A range in view begins at a multiple of the power of two that covers it, so it is a row of
 * complete subtrees, largest first, exactly as the whole tree is: only their hashes are fetched.
 *
 * Checking a proof walks up and needs no tree: RFC 9162, sections 2.1.3.2 and 2.1.4.2, written
 * as they stand there.
 */
#include <assert.h>

#include "ledger.h"

static_assert(PROOF_HASHES_MAX == 2 * MERKLE_HEIGHT_MAX, "as the door says");

/* Leaves start .. start + count - 1; start is a multiple of a power of two not below count. */
struct range {
    uint64_t start;
    uint64_t count;
};

/* The largest power of two below count, which is at least 2. */
static uint64_t split_of(uint64_t count)
{
    return UINT64_C(1) << (63 - __builtin_clzll(count - 1));
}

/* Fold the complete subtrees of the range from the right, as merkle_root does. */
static enum candor_status range_hash(struct job *job, const struct node_source *from,
                                     struct range range, struct digest *hash)
{
    bool begun = false;
    for (unsigned level = 0; level < MERKLE_HEIGHT_MAX; level++) {
        if ((range.count >> level & 1) == 0) {
            continue;
        }
        const uint64_t before = range.count >> (level + 1) << (level + 1);
        struct digest peak;
        TRY(from->node(job, from->self, level, (range.start + before) >> level, &peak));
        *hash = begun ? merkle_join(peak, *hash) : peak;
        begun = true;
    }
    must(begun);
    return CANDOR_OK;
}

/* Add the hash of a range to the proof: at most one a level and one more. */
static enum candor_status note(struct job *job, const struct node_source *from, struct range range,
                               struct proof *proof)
{
    must(proof->count < PROOF_HASHES_MAX);
    TRY(range_hash(job, from, range, &proof->hash[proof->count]));
    proof->count++;
    return CANDOR_OK;
}

static uint64_t middle_of(struct range view)
{
    return view.start + split_of(view.count);
}

/* Enter one side of the view and note the other. */
static enum candor_status enter(struct job *job, const struct node_source *from, bool goes_left,
                                struct range *view, struct proof *proof)
{
    const uint64_t left_count = split_of(view->count);
    const struct range left = {view->start, left_count};
    const struct range right = {view->start + left_count, view->count - left_count};
    *view = goes_left ? left : right;
    return note(job, from, goes_left ? right : left, proof);
}

static void turn_round(struct proof *proof)
{
    for (size_t i = 0; i < proof->count / 2; i++) {
        const struct digest kept = proof->hash[i];
        proof->hash[i] = proof->hash[proof->count - 1 - i];
        proof->hash[proof->count - 1 - i] = kept;
    }
}

enum candor_status proof_inclusion(struct job *job, const struct node_source *from, uint64_t index,
                                   uint64_t size, struct proof *proof)
{
    if (index >= size || size > MERKLE_LEAVES_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "entry %llu is not among %llu entries",
                    (unsigned long long)index, (unsigned long long)size);
    }

    struct range view = {0, size};
    proof->count = 0;
    while (view.count > 1) {
        TRY(enter(job, from, index < middle_of(view), &view, proof));
    }
    turn_round(proof);
    return CANDOR_OK;
}

/* Walk to the last subtree of the first tree. When the walk never goes right, that subtree is the
 * first tree itself, whose root the checker already has. */
static enum candor_status walk_to_end(struct job *job, const struct node_source *from,
                                      uint64_t first, struct range view, struct proof *proof)
{
    bool is_first_tree = true;
    while (first < view.start + view.count) {
        const bool goes_left = first <= middle_of(view);
        is_first_tree = is_first_tree && goes_left;
        TRY(enter(job, from, goes_left, &view, proof));
    }
    return is_first_tree ? CANDOR_OK : note(job, from, view, proof);
}

enum candor_status proof_consistency(struct job *job, const struct node_source *from,
                                     uint64_t first, uint64_t second, struct proof *proof)
{
    if (first > second || second > MERKLE_LEAVES_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "a ledger of %llu entries does not continue one of %llu",
                    (unsigned long long)second, (unsigned long long)first);
    }
    proof->count = 0;
    if (first == 0) {
        return CANDOR_OK; /* every ledger continues the empty one */
    }
    TRY(walk_to_end(job, from, first, (struct range){0, second}, proof));
    turn_round(proof);
    return CANDOR_OK;
}

/* The position on one level of the walk up, and the last position of that level. */
struct climb {
    uint64_t at;
    uint64_t last;
};

static void climb_one(struct climb *climb)
{
    climb->at >>= 1;
    climb->last >>= 1;
}

/* Whether the next hash stands to the left of ours. At the right edge, where levels without a
 * partner were passed over, so are they here. */
static bool joins_from_left(struct climb *climb)
{
    if ((climb->at & 1) == 0 && climb->at != climb->last) {
        return false;
    }
    while ((climb->at & 1) == 0 && climb->at != 0) {
        climb_one(climb);
    }
    return true;
}

bool proof_shows_inclusion(const struct proof *proof, struct digest leaf, uint64_t index,
                           uint64_t size, struct digest root)
{
    if (index >= size || size > MERKLE_LEAVES_MAX || proof->count > PROOF_HASHES_MAX) {
        return false;
    }

    struct climb climb = {index, size - 1};
    struct digest hash = leaf;
    for (size_t i = 0; i < proof->count; i++) {
        if (climb.last == 0) {
            return false; /* more hashes than levels */
        }
        const struct digest next = proof->hash[i];
        hash = joins_from_left(&climb) ? merkle_join(next, hash) : merkle_join(hash, next);
        climb_one(&climb);
    }
    return climb.last == 0 && digest_equal(hash, root);
}

/* A proof between two trees that both have leaves, the first the smaller one. */
static bool shows_growth(const struct proof *proof, uint64_t first, struct digest first_root,
                         uint64_t second, struct digest second_root)
{
    struct climb climb = {first - 1, second - 1};
    while ((climb.at & 1) == 1) {
        climb_one(&climb);
    }

    /* A first tree of 2^k leaves is itself the subtree to start with, and the proof leaves it out. */
    const bool starts_with_root = (first & (first - 1)) == 0;
    size_t used = starts_with_root ? 0 : 1;
    if (proof->count < used) {
        return false;
    }
    struct digest first_hash = starts_with_root ? first_root : proof->hash[0];
    struct digest second_hash = first_hash;
    for (; used < proof->count; used++) {
        if (climb.last == 0) {
            return false;
        }
        const struct digest next = proof->hash[used];
        if (joins_from_left(&climb)) {
            first_hash = merkle_join(next, first_hash);
            second_hash = merkle_join(next, second_hash);
        } else {
            second_hash = merkle_join(second_hash, next);
        }
        climb_one(&climb);
    }
    return climb.last == 0 && digest_equal(first_hash, first_root) &&
           digest_equal(second_hash, second_root);
}

bool proof_shows_consistency(const struct proof *proof, uint64_t first, struct digest first_root,
                             uint64_t second, struct digest second_root)
{
    if (first > second || second > MERKLE_LEAVES_MAX || proof->count > PROOF_HASHES_MAX) {
        return false;
    }
    if (first == second) {
        return proof->count == 0 && digest_equal(first_root, second_root);
    }
    if (first == 0) {
        return proof->count == 0 && digest_equal(first_root, digest_of(NULL, 0));
    }
    return shows_growth(proof, first, first_root, second, second_root);
}
