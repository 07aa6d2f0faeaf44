/*
 * test_leaves.c - the ledger's shelves: in order, without gaps, the same for everybody who reads.
 */
#include "home.h"

static struct digest digest_number(uint64_t number)
{
    return digest_of_bytes((struct bytes){(const uint8_t *)&number, sizeof number});
}

static void append(struct home *home, uint64_t index)
{
    OK(home, store_append_leaf(
                 &home->job, home->txn, index,
                 bytes_of(str_format(home->job.arena, "leaf %llu", (unsigned long long)index))));
}

static void leaves_are_appended_in_order_only(void **state)
{
    (void)state;
    struct home home;
    uint64_t count = 1;
    const struct bytes leaf = bytes_of(STR("leaf"));
    home_make(&home);
    OK(&home, store_leaf_count(&home.job, home.store, &count));
    COUNTS(count, 0);
    (void)home_begin(&home);
    FAILS(&home, CANDOR_CORRUPT, store_append_leaf(&home.job, home.txn, 1, leaf));
    append(&home, 0);
    FAILS(&home, CANDOR_CORRUPT, store_append_leaf(&home.job, home.txn, 0, leaf));
    FAILS(&home, CANDOR_CORRUPT, store_append_leaf(&home.job, home.txn, 2, leaf));
    append(&home, 1);
    OK(&home, store_commit(&home.job, home.txn));
    home.txn = NULL;
    OK(&home, store_leaf_count(&home.job, home.store, &count));
    COUNTS(count, 2);
    home_end(&home);
}

struct seen {
    struct store *store;
    uint64_t count;
    uint64_t stop_at;
};

static enum candor_status see(struct job *job, void *visitor, uint64_t index, struct bytes leaf)
{
    struct seen *seen = visitor;
    struct bytes again;
    COUNTS(index, seen->count);
    if (index == seen->stop_at) {
        return (fail)(job, CANDOR_REFUSED, "stopped"); /* cmocka has a macro of that name */
    }
    /* A visitor may read the store, and keep what it makes. */
    TRY(store_leaf(job, seen->store, index, &again));
    expect(again.len == leaf.len && bytes_same(again.ptr, leaf.ptr, leaf.len), "leaf %llu",
           (unsigned long long)index);
    seen->count++;
    return CANDOR_OK;
}

static void every_leaf_is_visited_once(void **state)
{
    (void)state;
    static const uint64_t count[] = {0, 1, 511, 512, 513, 1500};
    for (size_t row = 0; row < sizeof count / sizeof count[0]; row++) {
        struct home home;
        home_make(&home);
        (void)home_begin(&home);
        for (uint64_t i = 0; i < count[row]; i++) {
            append(&home, i);
        }
        struct seen inside = {home.store, 0, UINT64_MAX};
        OK(&home, store_each_leaf(&home.job, home.store, see, &inside));
        expect(inside.count == count[row], "row %zu inside: %llu", row,
               (unsigned long long)inside.count);
        OK(&home, store_commit(&home.job, home.txn));
        home.txn = NULL;
        struct seen outside = {home.store, 0, UINT64_MAX};
        OK(&home, store_each_leaf(&home.job, home.store, see, &outside));
        expect(outside.count == count[row], "row %zu outside: %llu", row,
               (unsigned long long)outside.count);
        home_end(&home);
    }
}

static void a_visit_stops_when_told(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    (void)home_begin(&home);
    for (uint64_t i = 0; i < 10; i++) {
        append(&home, i);
    }
    struct seen seen = {home.store, 0, 4};
    FAILS(&home, CANDOR_REFUSED, store_each_leaf(&home.job, home.store, see, &seen));
    expect(seen.count == 4, "%llu", (unsigned long long)seen.count);
    home.job.cancelled = true;
    seen = (struct seen){home.store, 0, UINT64_MAX};
    FAILS(&home, CANDOR_CANCELLED, store_each_leaf(&home.job, home.store, see, &seen));
    home.job.cancelled = false;
    home_end(&home);
}

static void a_missing_leaf_is_noticed(void **state)
{
    (void)state;
    struct home home;
    struct bytes leaf;
    home_make(&home);
    (void)home_begin(&home);
    for (uint64_t i = 0; i < 10; i++) {
        append(&home, i);
    }
    OK(&home, store_commit(&home.job, home.txn));
    home.txn = NULL;
    home_close(&home);
    spoil(home_file(&home, "data.db"), "DELETE FROM leaf WHERE idx = 6");
    home_open(&home);
    struct seen seen = {home.store, 0, UINT64_MAX};
    FAILS(&home, CANDOR_CORRUPT, store_each_leaf(&home.job, home.store, see, &seen));
    expect(seen.count == 6, "%llu", (unsigned long long)seen.count);
    FAILS(&home, CANDOR_NOT_FOUND, store_leaf(&home.job, home.store, 6, &leaf));
    FAILS(&home, CANDOR_NOT_FOUND, store_leaf(&home.job, home.store, 10, &leaf));
    FAILS(&home, CANDOR_NOT_FOUND, store_leaf(&home.job, home.store, UINT64_MAX, &leaf));
    home_end(&home);
}

/* Sixteen leaves, level 0 spoiled: each stretch has what the single nodes are, in their order. */
static void stretch_is_its_nodes(struct home *home)
{
    struct stored_node node[2 * 16 + 49];
    for (uint64_t first = 0; first < 17; first++) {
        size_t count = 0;
        size_t at = 0;
        OK(home, store_reading_begin(&home->job, home->store));
        OK(home, store_nodes(&home->job, home->store, first, 16 - (first < 16 ? first : 16), node,
                             &count));
        for (uint64_t leaf = first; leaf < 16; leaf++) {
            for (unsigned level = 0; level < 4 && (leaf + 1) >> level << level == leaf + 1;
                 level++, at++) {
                struct digest hash;
                expect(at < count && node[at].leaf == leaf && node[at].level == level,
                       "node %zu from %llu", at, (unsigned long long)first);
                expect(node[at].is_hash == (level > 0), "level %u", level);
                if (level > 0) {
                    OK(home, store_node(&home->job, home->store, level, leaf >> level, &hash));
                    expect(digest_equal(hash, node[at].hash), "the same");
                }
            }
        }
        expect(at == count, "%zu nodes of %zu", count, at);
        OK(home, store_reading_end(&home->job, home->store, CANDOR_OK));
    }
}

static void nodes_are_kept_by_level_and_index(void **state)
{
    (void)state;
    struct home home;
    struct digest hash;
    home_make(&home);
    (void)home_begin(&home);
    for (unsigned level = 0; level < 4; level++) {
        for (uint64_t index = 0; index < UINT64_C(16) >> level; index++) {
            OK(&home, store_put_node(&home.job, home.txn, level, index,
                                     digest_number(level * UINT64_C(1000) + index)));
        }
    }
    OK(&home, store_put_node(&home.job, home.txn, 3, 1, digest_number(7))); /* replaced */
    home_commit(&home);
    OK(&home, store_node(&home.job, home.store, 2, 3, &hash));
    expect(digest_equal(hash, digest_number(2003)), "node (2, 3)");
    OK(&home, store_node(&home.job, home.store, 3, 1, &hash));
    expect(digest_equal(hash, digest_number(7)), "node (3, 1)");
    FAILS(&home, CANDOR_NOT_FOUND, store_node(&home.job, home.store, 2, 4, &hash));
    FAILS(&home, CANDOR_NOT_FOUND, store_node(&home.job, home.store, 60, 0, &hash));
    FAILS(&home, CANDOR_NOT_FOUND, store_node(&home.job, home.store, 0, UINT64_MAX, &hash));
    home_close(&home);
    spoil(home_file(&home, "data.db"), "UPDATE tree SET hash = x'00' WHERE place % 64 = 0");
    home_open(&home);
    FAILS(&home, CANDOR_CORRUPT, store_node(&home.job, home.store, 0, 0, &hash));
    stretch_is_its_nodes(&home);
    home_end(&home);
}

static struct str checkpoint_text(struct home *home, uint64_t size)
{
    return str_format(home->job.arena, "origin\n%llu\n", (unsigned long long)size);
}

static void checkpoints_are_listed_oldest_first(void **state)
{
    (void)state;
    static const uint64_t put[] = {8, 2, 100, 5};
    static const uint64_t sorted[] = {2, 5, 8, 100};
    struct home home;
    uint64_t last = 0;
    uint64_t *size = NULL;
    struct str text;
    struct str *texts = NULL;
    size_t count = 1;
    home_make(&home);
    FAILS(&home, CANDOR_NOT_FOUND, store_checkpoint(&home.job, home.store, &last, &text));
    OK(&home, store_checkpoints(&home.job, home.store, &size, &texts, &count));
    COUNTS(count, 0);
    (void)home_begin(&home);
    for (size_t i = 0; i < 4; i++) {
        OK(&home, store_put_checkpoint(&home.job, home.txn, put[i], STR("replaced below")));
        OK(&home,
           store_put_checkpoint(&home.job, home.txn, put[i], checkpoint_text(&home, put[i])));
    }
    home_commit(&home);
    OK(&home, store_checkpoint(&home.job, home.store, &last, &text));
    COUNTS(last, 100);
    expect(str_equal(text, checkpoint_text(&home, 100)), "%.*s", STR_ARG(text));
    OK(&home, store_checkpoints(&home.job, home.store, &size, &texts, &count));
    COUNTS(count, 4);
    for (size_t i = 0; i < count; i++) {
        COUNTS(size[i], sorted[i]);
        expect(str_equal(texts[i], checkpoint_text(&home, sorted[i])), "%zu", i);
    }
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(leaves_are_appended_in_order_only),
        cmocka_unit_test(every_leaf_is_visited_once),
        cmocka_unit_test(a_visit_stops_when_told),
        cmocka_unit_test(a_missing_leaf_is_noticed),
        cmocka_unit_test(nodes_are_kept_by_level_and_index),
        cmocka_unit_test(checkpoints_are_listed_oldest_first),
    };
    return cmocka_run_group_tests_name("leaves", test, NULL, NULL);
}
