/*
 * test_merkle.c - the tree against published vectors, and against its own definition.
 *
 * The vectors are those of the Certificate Transparency reference tests (transparency-dev/merkle,
 * testonly/constants.go). The definition is slow and obviously right, where merkle.c is fast.
 */
#include "definition.h"

enum { LEAVES_TRIED = 300 };

static const char *const vector_root_hex[] = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static const struct {
    unsigned level;
    uint64_t index;
    const char *hash_hex;
} vector_node[] = {
    {0, 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {0, 1, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"},
    {0, 2, "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7"},
    {0, 3, "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7"},
    {0, 4, "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"},
    {0, 5, "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658"},
    {0, 6, "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"},
    {0, 7, "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1"},
    {1, 0, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {1, 1, "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"},
    {1, 2, "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"},
    {1, 3, "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"},
    {2, 0, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {2, 1, "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"},
    {3, 0, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

enum { VECTOR_NODES = sizeof vector_node / sizeof vector_node[0] };

static void the_root_of_nothing_is_the_hash_of_nothing(void **state)
{
    (void)state;
    const struct merkle empty = {0};
    expect(digest_equal(merkle_root(&empty), digest_from("e3b0c44298fc1c149afbf4c8996fb924"
                                                         "27ae41e4649b934ca495991b7852b855")),
           "empty tree");
}

static void roots_match_the_published_vectors(void **state)
{
    (void)state;
    struct merkle tree = {0};
    for (size_t row = 0; row < sizeof vector_root_hex / sizeof vector_root_hex[0]; row++) {
        must(merkle_append(&tree, vector_leaf(row), NULL, NULL) == CANDOR_OK);
        expect(digest_equal(merkle_root(&tree), digest_from(vector_root_hex[row])), "row %zu", row);
    }
}

static void roots_match_the_definition_at_every_count(void **state)
{
    (void)state;
    static struct digest leaf[LEAVES_TRIED];
    struct merkle tree = {0};
    for (uint32_t i = 0; i < LEAVES_TRIED; i++) {
        leaf[i] = leaf_number(i);
        must(merkle_append(&tree, leaf[i], NULL, NULL) == CANDOR_OK);
        expect(digest_equal(merkle_root(&tree), defined_root(leaf, i + 1)), "count %u", i + 1);
    }
}

/* What an append says it completed. */
struct told {
    size_t count;
    bool seen[VECTOR_NODES];
};

static void tell(void *self, unsigned level, uint64_t index, struct digest hash)
{
    struct told *told = self;
    for (size_t row = 0; row < VECTOR_NODES; row++) {
        if (vector_node[row].level == level && vector_node[row].index == index) {
            expect(!told->seen[row], "row %zu was told twice", row);
            expect(digest_equal(hash, digest_from(vector_node[row].hash_hex)), "row %zu", row);
            told->seen[row] = true;
        }
    }
    told->count++;
}

static void every_completed_subtree_is_told_once(void **state)
{
    (void)state;
    struct merkle tree = {0};
    struct told told = {0};
    for (size_t i = 0; i < 8; i++) {
        must(merkle_append(&tree, vector_leaf(i), tell, &told) == CANDOR_OK);
    }
    for (size_t row = 0; row < VECTOR_NODES; row++) {
        expect(told.seen[row], "row %zu was not told", row);
    }
    expect(told.count == VECTOR_NODES, "%zu told", told.count);
}

static void note_levels(void *self, unsigned level, uint64_t index, struct digest hash)
{
    uint64_t *levels = self;
    (void)hash;
    expect(*levels == (UINT64_C(1) << level) - 1, "level %u came out of order", level);
    expect(index == UINT64_C(11) >> level, "level %u, index %llu", level,
           (unsigned long long)index);
    *levels |= UINT64_C(1) << level;
}

static void the_leaf_is_told_first_and_then_upwards(void **state)
{
    (void)state;
    struct merkle tree = {0};
    uint64_t levels = 0;
    for (uint32_t i = 0; i < 11; i++) {
        must(merkle_append(&tree, leaf_number(i), NULL, NULL) == CANDOR_OK);
    }
    must(merkle_append(&tree, leaf_number(11), note_levels, &levels) == CANDOR_OK);
    expect(levels == 7, "leaf, pair and four, got %llu", (unsigned long long)levels);
}

static void any_changed_leaf_changes_the_root(void **state)
{
    (void)state;
    for (uint32_t changed = 0; changed < LEAVES_TRIED; changed++) {
        struct merkle honest = {0};
        struct merkle forged = {0};
        for (uint32_t i = 0; i < LEAVES_TRIED; i++) {
            const uint32_t other = i == changed ? i + 1 : i;
            must(merkle_append(&honest, leaf_number(i), NULL, NULL) == CANDOR_OK);
            must(merkle_append(&forged, leaf_number(other), NULL, NULL) == CANDOR_OK);
        }
        expect(!digest_equal(merkle_root(&honest), merkle_root(&forged)), "leaf %u", changed);
    }
}

static void a_node_is_no_leaf_of_the_same_bytes(void **state)
{
    (void)state;
    uint8_t both[64];
    const struct digest left = leaf_number(1);
    const struct digest right = leaf_number(2);
    memcpy(both, left.byte, 32);
    memcpy(both + 32, right.byte, 32);
    expect(!digest_equal(merkle_join(left, right), merkle_leaf((struct bytes){both, 64})), "marks");
}

static void never_told(void *self, unsigned level, uint64_t index, struct digest hash)
{
    (void)self;
    (void)hash;
    expect(false, "a refused append told of node %llu of level %u", (unsigned long long)index,
           level);
}

static void a_full_tree_refuses_and_stays_as_it_was(void **state)
{
    (void)state;
    struct merkle full = {.leaf_count = MERKLE_LEAVES_MAX};
    const struct merkle before = full;
    expect(merkle_append(&full, leaf_number(0), never_told, NULL) == CANDOR_TOO_LARGE, "full");
    expect(memcmp(&full, &before, sizeof full) == 0, "changed by a refused append");
}

static void the_last_leaf_still_fits(void **state)
{
    (void)state;
    struct merkle almost = {.leaf_count = MERKLE_LEAVES_MAX - 1};
    expect(merkle_append(&almost, leaf_number(0), NULL, NULL) == CANDOR_OK, "last leaf");
    expect(almost.leaf_count == MERKLE_LEAVES_MAX, "count");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_root_of_nothing_is_the_hash_of_nothing),
        cmocka_unit_test(roots_match_the_published_vectors),
        cmocka_unit_test(roots_match_the_definition_at_every_count),
        cmocka_unit_test(every_completed_subtree_is_told_once),
        cmocka_unit_test(the_leaf_is_told_first_and_then_upwards),
        cmocka_unit_test(any_changed_leaf_changes_the_root),
        cmocka_unit_test(a_node_is_no_leaf_of_the_same_bytes),
        cmocka_unit_test(a_full_tree_refuses_and_stays_as_it_was),
        cmocka_unit_test(the_last_leaf_still_fits),
    };
    return cmocka_run_group_tests_name("merkle", test, NULL, NULL);
}
