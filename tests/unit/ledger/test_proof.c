/*
 * test_proof.c - proofs against published vectors, against their definition at every size up to
 * SIZE_TRIED, and against everything that must not pass for one.
 */
#include "definition.h"

enum { SIZE_TRIED = 130, LEVELS_TRIED = 8 };

/* All complete subtrees over SIZE_TRIED leaves, by level and index, by definition. */
struct forest {
    struct digest leaf[SIZE_TRIED];
    size_t fetched;
    uint64_t size; /* what lies beyond is not complete, and must not be asked for */
};

static enum candor_status forest_node(struct job *job, void *self, unsigned level, uint64_t index,
                                      struct digest *hash)
{
    struct forest *forest = self;
    (void)job;
    if (((index + 1) << level) > forest->size) {
        return CANDOR_NOT_FOUND;
    }
    forest->fetched++;
    *hash = defined_root(forest->leaf + (index << level), (size_t)1 << level);
    return CANDOR_OK;
}

static struct forest forest;
static const struct node_source trees = {.self = &forest, .node = forest_node};
static struct digest root[SIZE_TRIED + 1];

static int grow(void **state)
{
    (void)state;
    root[0] = digest_of(NULL, 0);
    for (uint32_t i = 0; i < SIZE_TRIED; i++) {
        forest.leaf[i] = leaf_number(i);
        root[i + 1] = defined_root(forest.leaf, i + 1);
    }
    return 0;
}

static bool same(const struct proof *left, const struct proof *right)
{
    return left->count == right->count &&
           memcmp(left->hash, right->hash, left->count * sizeof left->hash[0]) == 0;
}

/* ---- published vectors --------------------------------------------------------------------- */

static struct digest l(size_t index)
{
    return vector_leaf(index);
}

static struct digest n(unsigned level, size_t index)
{
    return level == 0 ? l(index)
                      : merkle_join(n(level - 1, 2 * index), n(level - 1, 2 * index + 1));
}

static enum candor_status vector_node(struct job *job, void *self, unsigned level, uint64_t index,
                                      struct digest *hash)
{
    (void)job;
    (void)self;
    *hash = n(level, (size_t)index);
    return CANDOR_OK;
}

static void inclusion_proofs_match_the_published_vectors(void **state)
{
    (void)state;
    const struct {
        uint64_t index, size;
        struct proof proof;
    } row[] = {
        {0, 8, {3, {l(1), n(1, 1), n(2, 1)}}},
        {5, 8, {3, {l(4), n(1, 3), n(2, 0)}}},
        {2, 3, {1, {n(1, 0)}}},
        {1, 5, {3, {l(0), n(1, 1), l(4)}}},
        {6, 7, {2, {n(1, 2), n(2, 0)}}},
        {0, 1, {0, {l(0)}}},
    };
    const struct node_source vectors = {.node = vector_node};
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct proof proof;
        must(proof_inclusion(&job, &vectors, row[i].index, row[i].size, &proof) == CANDOR_OK);
        expect(same(&proof, &row[i].proof), "row %zu", i);
    }
    job_end(&job);
}

static void consistency_proofs_match_the_published_vectors(void **state)
{
    (void)state;
    const struct {
        uint64_t first, second;
        struct proof proof;
    } row[] = {
        {1, 8, {3, {l(1), n(1, 1), n(2, 1)}}},
        {6, 8, {3, {n(1, 2), n(1, 3), n(2, 0)}}},
        {2, 5, {2, {n(1, 1), l(4)}}},
        {3, 7, {4, {l(2), l(3), n(1, 0), merkle_join(n(1, 2), l(6))}}},
        {4, 8, {1, {n(2, 1)}}},
        {1, 1, {0, {l(0)}}},
        {0, 8, {0, {l(0)}}},
    };
    const struct node_source vectors = {.node = vector_node};
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct proof proof;
        must(proof_consistency(&job, &vectors, row[i].first, row[i].second, &proof) == CANDOR_OK);
        expect(same(&proof, &row[i].proof), "row %zu", i);
    }
    job_end(&job);
}

/* ---- the definition ------------------------------------------------------------------------ */

static void every_inclusion_proof_is_the_defined_one_and_holds(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    for (uint64_t size = 1; size <= SIZE_TRIED; size++) {
        forest.size = size;
        for (uint64_t index = 0; index < size; index++) {
            struct proof made;
            struct proof defined = {0};
            must(proof_inclusion(&job, &trees, index, size, &made) == CANDOR_OK);
            defined_path(forest.leaf, (size_t)index, (size_t)size, &defined);
            expect(same(&made, &defined), "index %d of %d", (int)index, (int)size);
            expect(proof_shows_inclusion(&made, forest.leaf[index], index, size, root[size]),
                   "index %d of %d", (int)index, (int)size);
        }
    }
    job_end(&job);
}

static void every_consistency_proof_is_the_defined_one_and_holds(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    for (uint64_t second = 1; second <= SIZE_TRIED; second++) {
        forest.size = second;
        for (uint64_t first = 1; first <= second; first++) {
            struct proof made;
            struct proof defined = {0};
            must(proof_consistency(&job, &trees, first, second, &made) == CANDOR_OK);
            defined_subproof(forest.leaf, (size_t)first, (size_t)second, true, &defined);
            expect(same(&made, &defined), "%d in %d", (int)first, (int)second);
            expect(proof_shows_consistency(&made, first, root[first], second, root[second]),
                   "%d in %d", (int)first, (int)second);
        }
    }
    job_end(&job);
}

static void a_proof_fetches_few_nodes(void **state)
{
    (void)state;
    struct job job;
    struct proof proof;
    job_begin(&job, host_real());
    forest.size = SIZE_TRIED;
    forest.fetched = 0;
    must(proof_inclusion(&job, &trees, 77, SIZE_TRIED, &proof) == CANDOR_OK);
    expect(forest.fetched <= (size_t)2 * LEVELS_TRIED, "%zu nodes", forest.fetched);
    job_end(&job);
}

/* ---- what must fail ------------------------------------------------------------------------ */

static void what_is_not_in_the_tree_has_no_proof(void **state)
{
    (void)state;
    struct job job;
    struct proof proof;
    job_begin(&job, host_real());
    forest.size = SIZE_TRIED;
    expect(proof_inclusion(&job, &trees, 8, 8, &proof) == CANDOR_BAD_INPUT, "index = size");
    expect(proof_inclusion(&job, &trees, 9, 8, &proof) == CANDOR_BAD_INPUT, "index > size");
    expect(proof_inclusion(&job, &trees, 0, 0, &proof) == CANDOR_BAD_INPUT, "nothing");
    expect(proof_inclusion(&job, &trees, 0, MERKLE_LEAVES_MAX + 1, &proof) == CANDOR_BAD_INPUT,
           "too large");
    expect(proof_consistency(&job, &trees, 9, 8, &proof) == CANDOR_BAD_INPUT, "first > second");
    expect(proof_inclusion(&job, &trees, 0, SIZE_TRIED + 8, &proof) == CANDOR_NOT_FOUND,
           "what the source says");
    job_end(&job);
}

/* Cut, lengthen, change and reorder a proof in every place, and try each. */
static void each_spoiled(const struct proof *proof,
                         bool (*holds)(const struct proof *proof, const uint64_t *about),
                         const uint64_t *about)
{
    expect(holds(proof, about), "the proof itself");
    for (size_t i = 0; i < proof->count; i++) {
        struct proof spoiled = *proof;
        spoiled.count = i;
        expect(!holds(&spoiled, about), "cut to %zu of %zu", i, proof->count);

        spoiled = *proof;
        spoiled.hash[i].byte[31] ^= 1;
        expect(!holds(&spoiled, about), "changed at %zu", i);

        spoiled = *proof;
        memmove(&spoiled.hash[i], &spoiled.hash[i + 1],
                (proof->count - i - 1) * sizeof spoiled.hash[0]);
        spoiled.count--;
        expect(!holds(&spoiled, about), "without %zu", i);

        if (i > 0) {
            spoiled = *proof;
            spoiled.hash[i] = proof->hash[i - 1];
            spoiled.hash[i - 1] = proof->hash[i];
            expect(!holds(&spoiled, about), "swapped at %zu", i);
        }
    }
    struct proof longer = *proof;
    longer.hash[longer.count++] = root[3];
    expect(!holds(&longer, about), "one hash more");
    longer.count = PROOF_HASHES_MAX + 1;
    expect(!holds(&longer, about), "more hashes than a proof has room for");
}

static bool inclusion_holds(const struct proof *proof, const uint64_t *about)
{
    return proof_shows_inclusion(proof, forest.leaf[about[0]], about[0], about[1], root[about[1]]);
}

static bool consistency_holds(const struct proof *proof, const uint64_t *about)
{
    return proof_shows_consistency(proof, about[0], root[about[0]], about[1], root[about[1]]);
}

static void a_spoiled_inclusion_proof_does_not_hold(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    for (uint64_t size = 1; size <= 40; size++) {
        forest.size = size;
        for (uint64_t index = 0; index < size; index++) {
            struct proof proof;
            const uint64_t about[] = {index, size};
            must(proof_inclusion(&job, &trees, index, size, &proof) == CANDOR_OK);
            each_spoiled(&proof, inclusion_holds, about);
        }
    }
    job_end(&job);
}

static void a_spoiled_consistency_proof_does_not_hold(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    for (uint64_t second = 1; second <= 40; second++) {
        forest.size = second;
        for (uint64_t first = 1; first <= second; first++) {
            struct proof proof;
            const uint64_t about[] = {first, second};
            must(proof_consistency(&job, &trees, first, second, &proof) == CANDOR_OK);
            each_spoiled(&proof, consistency_holds, about);
        }
    }
    job_end(&job);
}

static void a_proof_holds_for_its_leaf_index_size_and_root_only(void **state)
{
    (void)state;
    struct job job;
    struct proof proof;
    job_begin(&job, host_real());
    forest.size = 21;
    must(proof_inclusion(&job, &trees, 13, 21, &proof) == CANDOR_OK);
    const struct digest leaf = forest.leaf[13];
    const uint8_t entry[] = {0, 13};
    const struct bytes unmarked = {entry, sizeof entry};

    expect(proof_shows_inclusion(&proof, leaf, 13, 21, root[21]), "as it is");
    expect(!proof_shows_inclusion(&proof, forest.leaf[12], 13, 21, root[21]), "another leaf");
    expect(!proof_shows_inclusion(&proof, digest_of(&unmarked, 1), 13, 21, root[21]), "no mark");
    expect(!proof_shows_inclusion(&proof, merkle_join(leaf, leaf), 13, 21, root[21]), "a node");
    for (uint64_t size = 0; size <= SIZE_TRIED; size++) {
        expect(size == 21 || !proof_shows_inclusion(&proof, leaf, 13, size, root[size]),
               "the root of %d", (int)size);
    }
    for (uint64_t size = 33; size <= SIZE_TRIED; size++) { /* a higher tree has longer paths */
        expect(!proof_shows_inclusion(&proof, leaf, 13, size, root[21]), "size %d", (int)size);
    }
    for (uint64_t index = 0; index < 24; index++) {
        expect(index == 13 || !proof_shows_inclusion(&proof, leaf, index, 21, root[21]), "index %d",
               (int)index);
    }
    job_end(&job);
}

static void a_consistency_proof_holds_for_its_two_trees_only(void **state)
{
    (void)state;
    struct job job;
    struct proof proof;
    job_begin(&job, host_real());
    forest.size = 21;
    must(proof_consistency(&job, &trees, 13, 21, &proof) == CANDOR_OK);
    for (uint64_t size = 0; size <= SIZE_TRIED; size++) {
        expect(size == 13 || !proof_shows_consistency(&proof, size, root[size], 21, root[21]),
               "first %d", (int)size);
        expect(size == 21 || !proof_shows_consistency(&proof, 13, root[13], size, root[size]),
               "second %d", (int)size);
        expect(size == 13 || !proof_shows_consistency(&proof, 13, root[size], 21, root[21]),
               "root of %d as that of 13", (int)size);
        expect(size == 21 || !proof_shows_consistency(&proof, 13, root[13], 21, root[size]),
               "root of %d as that of 21", (int)size);
    }
    for (uint64_t size = 33; size <= SIZE_TRIED; size++) {
        expect(!proof_shows_consistency(&proof, 13, root[13], size, root[21]), "size %d",
               (int)size);
    }
    job_end(&job);
}

static void the_empty_tree_has_one_root_and_no_hashes(void **state)
{
    (void)state;
    const struct proof nothing = {0};
    const struct proof something = {.count = 1, .hash = {root[1]}};
    expect(proof_shows_consistency(&nothing, 0, root[0], 5, root[5]), "0 in 5");
    expect(proof_shows_consistency(&nothing, 0, root[0], 0, root[0]), "0 in 0");
    expect(!proof_shows_consistency(&nothing, 0, root[1], 5, root[5]), "another empty root");
    expect(!proof_shows_consistency(&something, 0, root[0], 5, root[5]), "0 in 5 with hashes");
    expect(!proof_shows_consistency(&something, 0, root[0], 0, root[0]), "0 in 0 with hashes");
    expect(!proof_shows_inclusion(&nothing, root[0], 0, 0, root[0]), "a leaf of nothing");
    expect(!proof_shows_inclusion(&something, root[1], 0, 0, root[0]), "size 0 with hashes");
    expect(!proof_shows_inclusion(&nothing, root[1], 1, 1, root[1]), "one past a single leaf");
    expect(proof_shows_inclusion(&nothing, root[1], 0, 1, root[1]), "a single leaf");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(inclusion_proofs_match_the_published_vectors),
        cmocka_unit_test(consistency_proofs_match_the_published_vectors),
        cmocka_unit_test(every_inclusion_proof_is_the_defined_one_and_holds),
        cmocka_unit_test(every_consistency_proof_is_the_defined_one_and_holds),
        cmocka_unit_test(a_proof_fetches_few_nodes),
        cmocka_unit_test(what_is_not_in_the_tree_has_no_proof),
        cmocka_unit_test(a_spoiled_inclusion_proof_does_not_hold),
        cmocka_unit_test(a_spoiled_consistency_proof_does_not_hold),
        cmocka_unit_test(a_proof_holds_for_its_leaf_index_size_and_root_only),
        cmocka_unit_test(a_consistency_proof_holds_for_its_two_trees_only),
        cmocka_unit_test(the_empty_tree_has_one_root_and_no_hashes),
    };
    return cmocka_run_group_tests_name("proof", test, grow, NULL);
}
