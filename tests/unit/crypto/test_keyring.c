/*
 * test_keyring.c - the tree of keys: what is there opens, what was erased does not, and no old copy
 * of the shelf helps.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "memory_shelf.h"

enum { MODEL_SLOTS_MAX = 3000, MODEL_STEPS = 60, THREADS = 4 };

static void begin_with(struct world *world, size_t count)
{
    uint32_t first = 1;
    world_create(world);
    must(keyring_add(&world->job, world->ring, count, &first) == CANDOR_OK);
    must(first == 0);
}

static void keys_are_there_random_and_stay_the_same(void **state)
{
    (void)state;
    struct world world;
    begin_with(&world, 70000); /* two blocks of level 1 */
    const uint32_t slot[] = {0, 1, 255, 256, 65535, 65536, 69999};
    struct secret *key[sizeof slot / sizeof slot[0]];
    for (size_t row = 0; row < sizeof slot / sizeof slot[0]; row++) {
        key[row] = world_key(&world, slot[row]);
        expect(key[row] != NULL, "slot %u: %s", slot[row], world.job.message);
        for (size_t other = 0; other < row; other++) {
            expect(!secret_equal(key[row], key[other]), "slots %u and %u", slot[row], slot[other]);
        }
    }
    must(world_open(&world) == CANDOR_OK);
    for (size_t row = 0; row < sizeof slot / sizeof slot[0]; row++) {
        bool is_same = false;
        expect(world_look(&world, slot[row], key[row], &is_same) == CANDOR_OK && is_same,
               "slot %u after opening again", slot[row]);
    }
    world_end(&world);
}

static void a_slot_never_made_is_not_found(void **state)
{
    (void)state;
    struct world world;
    begin_with(&world, 10);
    const uint32_t slot[] = {10,        255, 256, 65536, KEYRING_SLOTS_MAX - 1, KEYRING_SLOTS_MAX,
                             UINT32_MAX};
    for (size_t row = 0; row < sizeof slot / sizeof slot[0]; row++) {
        struct key_erasure facts;
        bool is_same = false;
        expect(world_look(&world, slot[row], NULL, &is_same) == CANDOR_NOT_FOUND, "slot %u",
               slot[row]);
        expect(keyring_erase(&world.job, world.ring, &slot[row], 1, &facts) == CANDOR_NOT_FOUND,
               "erasing slot %u", slot[row]);
    }
    expect(keyring_generation(world.ring) == 1, "a refused erasure changed the root");
    world_end(&world);
}

static void slots_have_a_limit(void **state)
{
    (void)state;
    struct world world;
    uint32_t first = 7;
    begin_with(&world, 10);
    expect(keyring_add(&world.job, world.ring, KEYRING_SLOTS_MAX - 9, &first) == CANDOR_TOO_LARGE,
           "one past the limit");
    expect(keyring_add(&world.job, world.ring, SIZE_MAX, &first) == CANDOR_TOO_LARGE, "all");
    expect(keyring_slot_count(world.ring) == 10, "as it was");
    expect(keyring_add(&world.job, world.ring, 0, &first) == CANDOR_OK && first == 10, "none");
    world_end(&world);
}

static void an_erased_key_is_gone_and_its_neighbours_stay(void **state)
{
    (void)state;
    struct world world;
    struct key_erasure facts;
    bool is_same = false;
    begin_with(&world, 600);
    const uint32_t erased[] = {300, 7, 300}; /* in any order, even twice */
    struct secret *neighbour = world_key(&world, 8);
    struct secret *gone = world_key(&world, 7);

    must(keyring_erase(&world.job, world.ring, erased, 3, &facts) == CANDOR_OK);
    expect(facts.keys_erased == 2, "%zu erased", facts.keys_erased);
    expect(facts.blocks_rewritten == 4, "two leaves, one middle, the top: %zu",
           facts.blocks_rewritten);
    expect(facts.generation == 2 && facts.grade == ROOT_GRADE_FILE, "facts");
    expect(memcmp(facts.old_root, facts.new_root, 8) != 0, "the root's name changed");
    expect(facts.old_blocks_destroyed, "old blocks");
    for (unsigned round = 0; round < 2; round++) {
        expect(world_look(&world, 7, gone, &is_same) == CANDOR_NOT_FOUND, "round %u", round);
        expect(world_look(&world, 300, NULL, &is_same) == CANDOR_NOT_FOUND, "round %u", round);
        expect(world_look(&world, 8, neighbour, &is_same) == CANDOR_OK && is_same, "round %u",
               round);
        must(world_open(&world) == CANDOR_OK);
    }
    world_end(&world);
}

static void erasing_again_changes_nothing(void **state)
{
    (void)state;
    struct world world;
    struct key_erasure first;
    struct key_erasure again;
    const uint32_t slot = 3;
    begin_with(&world, 10);
    must(keyring_erase(&world.job, world.ring, &slot, 1, &first) == CANDOR_OK);
    must(keyring_erase(&world.job, world.ring, &slot, 1, &again) == CANDOR_OK);
    expect(again.keys_erased == 0 && again.blocks_rewritten == 0, "nothing to do");
    expect(again.generation == 2, "generation %llu", (unsigned long long)again.generation);
    expect(memcmp(again.old_root, first.new_root, 8) == 0, "old root");
    expect(memcmp(again.new_root, first.new_root, 8) == 0, "new root");
    must(keyring_erase(&world.job, world.ring, NULL, 0, &again) == CANDOR_OK);
    expect(again.keys_erased == 0, "no slots");
    world_end(&world);
}

static void a_slot_is_never_used_twice(void **state)
{
    (void)state;
    struct world world;
    struct key_erasure facts;
    uint32_t next = 0;
    bool is_same = false;
    begin_with(&world, 256);
    const uint32_t last = 255;
    must(keyring_erase(&world.job, world.ring, &last, 1, &facts) == CANDOR_OK);
    must(world_open(&world) == CANDOR_OK);
    must(keyring_add(&world.job, world.ring, 1, &next) == CANDOR_OK);
    expect(next == 256, "slot %u", next);
    expect(world_look(&world, 255, NULL, &is_same) == CANDOR_NOT_FOUND, "still gone");
    expect(world_key(&world, 256) != NULL, "the new one: %s", world.job.message);
    world_end(&world);
}

static void rotating_keeps_every_key_and_changes_every_block(void **state)
{
    (void)state;
    struct world world;
    struct key_erasure facts;
    bool is_same = false;
    begin_with(&world, 600);
    struct secret *key = world_key(&world, 599);
    struct secret *home = secret_begin(world.arena);
    struct secret *blind = secret_begin(world.arena);
    secret_copy(home, keyring_home_key(world.ring));
    secret_copy(blind, keyring_index_key(world.ring));

    must(keyring_rotate(&world.job, world.ring, &facts) == CANDOR_OK);
    expect(facts.blocks_rewritten == 5 && facts.keys_erased == 0, "%zu blocks",
           facts.blocks_rewritten);
    for (size_t i = 0; i < world.shelf.now.count; i++) {
        expect(world.shelf.now.ptr[i].generation == 2, "record %zu", i);
    }
    must(world_open(&world) == CANDOR_OK);
    expect(world_look(&world, 599, key, &is_same) == CANDOR_OK && is_same, "the key");
    expect(secret_equal(home, keyring_home_key(world.ring)), "the home's key");
    expect(secret_equal(blind, keyring_index_key(world.ring)), "the index key");
    expect(!secret_equal(home, blind), "two keys");
    world_end(&world);
}

static void a_cancelled_rotation_changes_nothing(void **state)
{
    (void)state;
    struct world world;
    struct key_erasure facts;
    begin_with(&world, 600);
    struct secret *key = world_key(&world, 0);
    bool is_same = false;
    world.job.cancelled = true;
    expect(keyring_rotate(&world.job, world.ring, &facts) == CANDOR_CANCELLED, "cancelled");
    world.job.cancelled = false;
    expect(keyring_generation(world.ring) == 1, "generation");
    expect(world_look(&world, 0, key, &is_same) == CANDOR_OK && is_same, "the key");
    world_end(&world);
}

/* ---- old copies ---- */

static void an_old_copy_of_the_shelf_does_not_open_under_the_new_root(void **state)
{
    (void)state;
    struct world world;
    struct key_erasure facts;
    bool is_same = false;
    const uint32_t slot = 7;
    begin_with(&world, 600);
    struct records backup = records_copy(&world.shelf.now);
    struct secret *neighbour = world_key(&world, 8);
    must(keyring_erase(&world.job, world.ring, &slot, 1, &facts) == CANDOR_OK);

    struct records current = world.shelf.now;
    world.shelf.now = backup;
    expect(world_open(&world) == CANDOR_CORRUPT, "the backup opened: %s", world.job.message);
    expect(world.shelf.now.count == backup.count, "a refused shelf was changed");
    world.shelf.now = current;
    must(world_open(&world) == CANDOR_OK);
    expect(world_look(&world, 8, neighbour, &is_same) == CANDOR_OK && is_same,
           "the neighbour, by the new blocks");
    records_free(&backup);
    world_end(&world);
}

/* Put one record of the backup where the current shelf has its own, under the current generation. */
static void put_back(struct world *world, const struct record *old, uint64_t generation)
{
    struct record forged = *old;
    forged.generation = generation;
    records_put(&world->shelf.now, forged);
}

static void no_mixture_of_old_and_new_blocks_brings_a_key_back(void **state)
{
    (void)state;
    struct world world;
    struct key_erasure facts;
    const uint32_t slot = 7;
    begin_with(&world, 600);
    struct records backup = records_copy(&world.shelf.now);
    must(keyring_erase(&world.job, world.ring, &slot, 1, &facts) == CANDOR_OK);

    for (size_t mixture = 1; mixture < (size_t)1 << backup.count; mixture++) {
        struct records kept = records_copy(&world.shelf.now);
        for (size_t i = 0; i < backup.count; i++) {
            if ((mixture >> i & 1) == 1) {
                put_back(&world, &backup.ptr[i], mixture % 2 == 0 ? 2 : 1);
            }
        }
        bool is_same = false;
        enum candor_status status = world_open(&world);
        if (status == CANDOR_OK) {
            status = world_look(&world, slot, NULL, &is_same);
        }
        expect(status == CANDOR_NOT_FOUND || status == CANDOR_CORRUPT, "mixture %zu gives %s",
               mixture, status_name(status));
        records_free(&world.shelf.now);
        world.shelf.now = kept;
    }
    records_free(&backup);
    world_end(&world);
}

static void the_old_root_does_not_open_the_new_shelf(void **state)
{
    (void)state;
    struct world world;
    struct key_erasure facts;
    const uint32_t slot = 7;
    begin_with(&world, 600);
    struct secret *old = secret_begin(world.arena);
    secret_copy(old, world.root.seen);
    must(keyring_erase(&world.job, world.ring, &slot, 1, &facts) == CANDOR_OK);

    const size_t count = world.shelf.now.count;
    secret_copy(world.root.seen, old);
    for (uint64_t generation = 1; generation <= 3; generation++) {
        world.root.seen_generation = generation;
        expect(world_open(&world) == CANDOR_CORRUPT, "as generation %llu",
               (unsigned long long)generation);
        expect(world.shelf.now.count == count, "a shelf of another root was changed");
    }
    world_end(&world);
}

static void a_damaged_shelf_is_said_to_be_damaged(void **state)
{
    (void)state;
    struct world world;
    begin_with(&world, 3);
    for (size_t at = 0; at < world.shelf.now.count; at++) {
        const struct bytes good = world.shelf.now.ptr[at].bytes;
        for (size_t byte = 0; byte < good.len; byte += 7) {
            uint8_t *bad = arena_new(world.arena, good.len);
            bool is_same = false;
            memcpy(bad, good.ptr, good.len);
            bad[byte] ^= 0x10;
            world.shelf.now.ptr[at].bytes = (struct bytes){bad, good.len};
            enum candor_status status = world_open(&world);
            for (uint32_t slot = 0; slot < 3 && status == CANDOR_OK; slot++) {
                status = world_look(&world, slot, NULL, &is_same);
            }
            expect(status == CANDOR_CORRUPT, "byte %zu of record %zu gives %s", byte, at,
                   status_name(status));
        }
        world.shelf.now.ptr[at].bytes = good;
    }
    world_end(&world);
}

/* ---- the cache ---- */

/* Five blocks that share one set of four places. */
static const uint32_t rival[] = {0, 128 * 256, 256 * 256, 384 * 256, 512 * 256};

static void look_at(struct world *world, size_t which)
{
    struct secret *key = world_key(world, rival[which]);
    expect(key != NULL, "slot %u: %s", rival[which], world->job.message);
}

static void the_node_not_used_for_longest_makes_room(void **state)
{
    (void)state;
    struct world world;
    const size_t order[] = {0, 1, 2, 3, 0, 4}; /* 4 takes the place of 1 */
    begin_with(&world, 512 * 256 + 1);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        look_at(&world, order[i]);
    }
    const size_t calls = world.power.calls;
    const size_t kept[] = {0, 2, 3, 4};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        look_at(&world, kept[i]);
    }
    expect(world.power.calls == calls, "the shelf was asked for what is in the cache");
    look_at(&world, 1);
    expect(world.power.calls > calls, "the cache has no limit");
    world_end(&world);
}

static void a_block_that_could_not_be_read_is_read_again(void **state)
{
    (void)state;
    struct world world;
    bool is_same = false;
    begin_with(&world, 512 * 256 + 1);
    struct secret *key = world_key(&world, rival[4]);
    must(world_open(&world) == CANDOR_OK);
    for (size_t which = 0; which < 4; which++) {
        look_at(&world, which);
    }
    const size_t at = records_find(&world.shelf.now, 0, rival[4] / 256, 1);
    const struct bytes good = world.shelf.now.ptr[at].bytes;
    uint8_t *bad = arena_new(world.arena, good.len);
    memcpy(bad, good.ptr, good.len);
    bad[60] ^= 1;
    world.shelf.now.ptr[at].bytes = (struct bytes){bad, good.len};
    expect(world_look(&world, rival[4], NULL, &is_same) == CANDOR_CORRUPT, "damaged");
    world.shelf.now.ptr[at].bytes = good;
    expect(world_look(&world, rival[4], key, &is_same) == CANDOR_OK && is_same, "mended");
    world_end(&world);
}

static void opening_a_ring_that_was_left_in_order_writes_nothing(void **state)
{
    (void)state;
    struct world world;
    struct key_erasure facts;
    uint32_t first = 0;
    const uint32_t slot = 3;
    begin_with(&world, 10);
    must(keyring_erase(&world.job, world.ring, &slot, 1, &facts) == CANDOR_OK);
    must(keyring_add(&world.job, world.ring, 1, &first) == CANDOR_OK);
    const size_t calls = world.power.calls;
    must(world_open(&world) == CANDOR_OK);
    expect(world.power.calls == calls + 3, "the root, its trunk, the newest trunk: %zu calls",
           world.power.calls - calls);
    world_end(&world);
}

/* ---- creating ---- */

static void a_ring_is_never_made_over_another(void **state)
{
    (void)state;
    struct world world;
    world_create(&world);
    expect(keyring_create(&world.job, world.arena, &world.root_door, &world.shelf_door,
                          &world.ring) == CANDOR_EXISTS,
           "over a root");

    world.root.seen_generation = 0; /* the root is lost, the shelf is not */
    expect(world_open(&world) == CANDOR_NOT_FOUND, "no root");
    expect(keyring_create(&world.job, world.arena, &world.root_door, &world.shelf_door,
                          &world.ring) == CANDOR_EXISTS,
           "over a shelf");
    world.root.seen_generation = 1;
    expect(world_open(&world) == CANDOR_OK, "the root is back: %s", world.job.message);
    world_end(&world);
}

static void a_ring_works_with_its_root_in_a_file(void **state)
{
    (void)state;
    struct world world;
    struct key_erasure facts;
    bool is_same = false;
    const uint32_t slot = 1;
    char path[] = "/tmp/candor-keyring-XXXXXX";
    world_begin(&world);
    must(mkdtemp(path) != NULL);
    const struct str file = path_join(world.arena, str_of(path), STR("root.key"));
    world.root_door = root_slot_file(world.arena, file);

    must(keyring_create(&world.job, world.arena, &world.root_door, &world.shelf_door,
                        &world.ring) == CANDOR_OK);
    uint32_t first = 0;
    must(keyring_add(&world.job, world.ring, 3, &first) == CANDOR_OK);
    struct secret *kept = world_key(&world, 2);
    must(keyring_erase(&world.job, world.ring, &slot, 1, &facts) == CANDOR_OK);
    must(world_open(&world) == CANDOR_OK);
    expect(world_look(&world, 1, NULL, &is_same) == CANDOR_NOT_FOUND, "erased");
    expect(world_look(&world, 2, kept, &is_same) == CANDOR_OK && is_same, "kept");
    must(remove(str_z(world.arena, file)) == 0 && remove(path) == 0);
    world_end(&world);
}

/* ---- any order of things ---- */

struct model {
    struct secret *key[MODEL_SLOTS_MAX]; /* NULL: erased */
    uint32_t count;
};

static uint32_t draw_below(uint64_t *seed, uint32_t below)
{
    return (uint32_t)(draw(seed) % below);
}

static void model_add(struct world *world, struct model *model, uint32_t count)
{
    uint32_t first = 0;
    if (model->count + count > MODEL_SLOTS_MAX) {
        return;
    }
    must(keyring_add(&world->job, world->ring, count, &first) == CANDOR_OK);
    expect(first == model->count, "first slot %u of %u", first, model->count);
    for (uint32_t slot = first; slot < first + count; slot++) {
        model->key[slot] = world_key(world, slot);
        must(model->key[slot] != NULL);
    }
    model->count += count;
}

static void model_erase(struct world *world, struct model *model, uint64_t *seed)
{
    uint32_t slot[20];
    struct key_erasure facts;
    const uint32_t count = 1 + draw_below(seed, 20);
    for (uint32_t i = 0; i < count && model->count > 0; i++) {
        slot[i] = draw_below(seed, model->count);
        model->key[slot[i]] = NULL;
    }
    if (model->count > 0) {
        must(keyring_erase(&world->job, world->ring, slot, count, &facts) == CANDOR_OK);
    }
}

static void model_compare(struct world *world, const struct model *model)
{
    for (uint32_t slot = 0; slot < model->count; slot++) {
        bool is_same = false;
        const enum candor_status status = world_look(world, slot, model->key[slot], &is_same);
        if (model->key[slot] == NULL) {
            expect(status == CANDOR_NOT_FOUND, "slot %u gives %s", slot, status_name(status));
        } else {
            expect(status == CANDOR_OK && is_same, "slot %u gives %s", slot, status_name(status));
        }
    }
}

static void any_order_of_changes_gives_what_a_simple_model_gives(void **state)
{
    (void)state;
    for (uint64_t start = 1; start <= 3; start++) {
        static struct model model;
        struct world world;
        struct key_erasure facts;
        uint64_t seed = start;
        model.count = 0;
        world_create(&world);
        for (unsigned step = 0; step < MODEL_STEPS; step++) {
            switch (draw_below(&seed, 6)) {
            case 0:
                must(keyring_rotate(&world.job, world.ring, &facts) == CANDOR_OK);
                break;
            case 1:
                must(world_open(&world) == CANDOR_OK);
                break;
            case 2:
            case 3:
                model_add(&world, &model, draw_below(&seed, 300));
                break;
            case 4:
            case 5:
                model_erase(&world, &model, &seed);
                break;
            }
        }
        print_message("seed %llu: %u slots\n", (unsigned long long)start, model.count);
        model_compare(&world, &model);
        must(world_open(&world) == CANDOR_OK);
        model_compare(&world, &model);
        world_end(&world);
    }
}

/* ---- threads ---- */

struct reader_thread {
    struct world *world;
    struct secret *const *expected; /* of slots 0 .. 999; the even ones are being erased */
    bool is_good;
};

static void *read_keys(void *context)
{
    struct reader_thread *reader = context;
    struct job job;
    job_begin(&job, host_real());
    reader->is_good = true;
    for (uint32_t i = 0; i < 4000; i++) {
        const struct arena_mark mark = arena_mark(job.arena);
        struct secret *key = NULL;
        const uint32_t slot = i * 7 % 1000;
        const enum candor_status status = keyring_key(&job, reader->world->ring, slot, &key);
        const bool is_same = status == CANDOR_OK && secret_equal(key, reader->expected[slot]);
        reader->is_good =
            reader->is_good && (is_same || (slot % 2 == 0 && status == CANDOR_NOT_FOUND));
        (void)keyring_generation(reader->world->ring);
        arena_rewind(job.arena, mark);
    }
    job_end(&job);
    return NULL;
}

static void threads_read_while_others_erase_and_add(void **state)
{
    (void)state;
    struct world world;
    struct key_erasure facts;
    static struct secret *expected[1000];
    struct reader_thread reader[THREADS];
    pthread_t thread[THREADS];
    uint32_t first = 0;
    begin_with(&world, 1000);
    for (uint32_t slot = 0; slot < 1000; slot++) {
        expected[slot] = world_key(&world, slot);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        reader[i] = (struct reader_thread){.world = &world, .expected = expected};
        must(pthread_create(&thread[i], NULL, read_keys, &reader[i]) == 0);
    }
    for (uint32_t slot = 0; slot < 100; slot += 2) {
        must(keyring_erase(&world.job, world.ring, &slot, 1, &facts) == CANDOR_OK);
        must(keyring_add(&world.job, world.ring, 3, &first) == CANDOR_OK);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        must(pthread_join(thread[i], NULL) == 0);
        expect(reader[i].is_good, "thread %u", i);
    }
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(keys_are_there_random_and_stay_the_same),
        cmocka_unit_test(a_slot_never_made_is_not_found),
        cmocka_unit_test(slots_have_a_limit),
        cmocka_unit_test(an_erased_key_is_gone_and_its_neighbours_stay),
        cmocka_unit_test(erasing_again_changes_nothing),
        cmocka_unit_test(a_slot_is_never_used_twice),
        cmocka_unit_test(rotating_keeps_every_key_and_changes_every_block),
        cmocka_unit_test(a_cancelled_rotation_changes_nothing),
        cmocka_unit_test(an_old_copy_of_the_shelf_does_not_open_under_the_new_root),
        cmocka_unit_test(no_mixture_of_old_and_new_blocks_brings_a_key_back),
        cmocka_unit_test(the_old_root_does_not_open_the_new_shelf),
        cmocka_unit_test(a_damaged_shelf_is_said_to_be_damaged),
        cmocka_unit_test(the_node_not_used_for_longest_makes_room),
        cmocka_unit_test(a_block_that_could_not_be_read_is_read_again),
        cmocka_unit_test(opening_a_ring_that_was_left_in_order_writes_nothing),
        cmocka_unit_test(a_ring_is_never_made_over_another),
        cmocka_unit_test(a_ring_works_with_its_root_in_a_file),
        cmocka_unit_test(any_order_of_changes_gives_what_a_simple_model_gives),
        cmocka_unit_test(threads_read_while_others_erase_and_add),
    };
    return cmocka_run_group_tests_name("keyring", test, NULL, NULL);
}
