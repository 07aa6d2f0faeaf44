/*
 * test_keytree.c - one block of wrapped keys: it opens whole, in its place, and unchanged.
 */
#include <string.h>

#include "keys.h"
#include "started.h"

enum { HEAD_AND_MARK = 91 };

static const struct key_place place = {1, 7, 5};

/* A block of some keys with holes where child % 3 == 1. */
static void fill(struct key_block *block, const struct secret *node, struct secret **key,
                 unsigned count)
{
    key_block_init(block, place);
    for (unsigned child = 0; child < count; child++) {
        key[child] = secret_begin(job.arena);
        must(secret_random(&job, key[child]) == CANDOR_OK);
        if (child % 3 == 1) {
            key_block_skip(block);
        } else {
            must(key_block_put(&job, block, node, key[child]) == CANDOR_OK);
        }
    }
}

static struct secret *random_secret(void)
{
    struct secret *secret = secret_begin(job.arena);
    must(secret_random(&job, secret) == CANDOR_OK);
    return secret;
}

static void a_block_reads_back_at_every_count(void **state)
{
    (void)state;
    static struct secret *key[KEY_CHILDREN];
    static struct key_block block;
    static struct key_block again;
    struct secret *found = secret_begin(job.arena);
    const struct secret *node = random_secret();
    const unsigned count[] = {0, 1, 2, 255, 256};
    for (size_t row = 0; row < sizeof count / sizeof count[0]; row++) {
        struct bytes bytes;
        fill(&block, node, key, count[row]);
        must(key_block_write(&job, &block, node, &bytes) == CANDOR_OK);
        expect(bytes.len == HEAD_AND_MARK + count[row] * 72, "count %u", count[row]);
        expect(bytes.len <= KEY_BLOCK_LEN_MAX, "the shelf's limit");
        must(key_block_read(&job, bytes, node, place, &again) == CANDOR_OK);
        expect(again.child_count == count[row], "count %u", count[row]);
        for (unsigned child = 0; child < KEY_CHILDREN; child++) {
            const bool is_there = child < count[row] && child % 3 != 1;
            expect(key_block_has(&again, child) == is_there, "child %u", child);
            if (is_there) {
                must(key_block_get(&job, &again, node, child, found) == CANDOR_OK);
                expect(secret_equal(found, key[child]), "child %u", child);
            }
        }
    }
}

static void a_block_holds_no_key_in_plain(void **state)
{
    (void)state;
    static struct secret *key[KEY_CHILDREN];
    static struct key_block block;
    struct bytes bytes;
    const struct secret *node = random_secret();
    fill(&block, node, key, KEY_CHILDREN);
    must(key_block_write(&job, &block, node, &bytes) == CANDOR_OK);
    for (unsigned child = 0; child < KEY_CHILDREN; child++) {
        expect(memmem(bytes.ptr, bytes.len, key[child]->byte, 8) == NULL, "child %u", child);
    }
    expect(memmem(bytes.ptr, bytes.len, node->byte, 8) == NULL, "node");
}

static void any_changed_bit_is_found(void **state)
{
    (void)state;
    static struct secret *key[KEY_CHILDREN];
    static struct key_block block;
    static struct key_block again;
    struct bytes bytes;
    const struct secret *node = random_secret();
    struct secret *found = secret_begin(job.arena);
    fill(&block, node, key, 4);
    must(key_block_write(&job, &block, node, &bytes) == CANDOR_OK);
    uint8_t *copy = NEW_ARRAY(job.arena, bytes.len, uint8_t);
    for (size_t bit = 0; bit < bytes.len * 8; bit++) {
        memcpy(copy, bytes.ptr, bytes.len);
        copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
        const enum candor_status status =
            key_block_read(&job, (struct bytes){copy, bytes.len}, node, place, &again);
        const unsigned child = (unsigned)((bit / 8 - HEAD_AND_MARK) / 72);
        if (bit / 8 < HEAD_AND_MARK) {
            expect(status == CANDOR_CORRUPT, "bit %zu of the head", bit);
        } else if (key_block_has(&again, child)) {
            expect(key_block_get(&job, &again, node, child, found) == CANDOR_CORRUPT, "bit %zu",
                   bit);
        }
    }
}

static void any_other_length_is_found(void **state)
{
    (void)state;
    static struct secret *key[KEY_CHILDREN];
    static struct key_block block;
    struct bytes bytes;
    const struct secret *node = random_secret();
    fill(&block, node, key, 3);
    must(key_block_write(&job, &block, node, &bytes) == CANDOR_OK);
    uint8_t *longer = NEW_ARRAY(job.arena, bytes.len + 72, uint8_t);
    memcpy(longer, bytes.ptr, bytes.len);
    for (size_t len = 0; len <= bytes.len + 72; len++) {
        const enum candor_status status =
            key_block_read(&job, (struct bytes){longer, len}, node, place, &block);
        expect((status == CANDOR_OK) == (len == bytes.len), "len %zu", len);
    }
}

static void a_block_opens_only_in_its_place_under_its_node(void **state)
{
    (void)state;
    static struct secret *key[KEY_CHILDREN];
    static struct key_block block;
    struct bytes bytes;
    const struct secret *node = random_secret();
    const struct key_place other[] = {{0, 7, 5}, {2, 7, 5}, {1, 6, 5}, {1, 7, 4}, {1, 7, 6}};
    fill(&block, node, key, 3);
    must(key_block_write(&job, &block, node, &bytes) == CANDOR_OK);
    for (size_t row = 0; row < sizeof other / sizeof other[0]; row++) {
        expect(key_block_read(&job, bytes, node, other[row], &block) == CANDOR_CORRUPT, "row %zu",
               row);
    }
    expect(key_block_read(&job, bytes, random_secret(), place, &block) == CANDOR_CORRUPT,
           "another node");
    expect(key_block_read(&job, bytes, node, place, &block) == CANDOR_OK, "control");
}

static void a_wrap_opens_only_where_it_was_made(void **state)
{
    (void)state;
    uint8_t wrapped[WRAPPED_LEN];
    const struct secret *node = random_secret();
    const struct secret *key = random_secret();
    struct secret *found = random_secret();
    struct secret *before = secret_begin(job.arena);
    secret_copy(before, found);
    must(key_wrap(&job, node, place, 9, key, wrapped) == CANDOR_OK);
    const struct {
        struct key_place place;
        unsigned child;
    } other[] = {
        {{1, 7, 5}, 8}, {{1, 7, 5}, 265}, {{0, 7, 5}, 9}, {{1, 263, 5}, 9}, {{1, 7, 6}, 9},
    };
    for (size_t row = 0; row < sizeof other / sizeof other[0]; row++) {
        expect(!key_unwrap(node, other[row].place, other[row].child, wrapped, found), "row %zu",
               row);
    }
    expect(!key_unwrap(key, place, 9, wrapped, found), "another node");
    expect(secret_equal(found, before), "a refused unwrap changed the key");
    expect(key_unwrap(node, place, 9, wrapped, found) && secret_equal(found, key), "control");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_block_reads_back_at_every_count),
        cmocka_unit_test(a_block_holds_no_key_in_plain),
        cmocka_unit_test(any_changed_bit_is_found),
        cmocka_unit_test(any_other_length_is_found),
        cmocka_unit_test(a_block_opens_only_in_its_place_under_its_node),
        cmocka_unit_test(a_wrap_opens_only_where_it_was_made),
    };
    return cmocka_run_group_tests_name("keytree", test, begin, end);
}
