/*
 * test_keychange.c - the power fails at every call of every change, before it and after it, once
 * and for good; what stands then is the old tree or the new one.
 */
#include <stdlib.h>
#include <string.h>

#include "memory_shelf.h"

enum { SLOTS = 520, ADDED = 300, CALLS_MAX = 200 };

static const uint32_t erased[] = {0, 300, 519};

enum act { ACT_CREATE, ACT_ADD, ACT_ERASE, ACT_ROTATE, ACTS };

enum after {
    AFTER_GOING_ON,  /* the same ring is used again */
    AFTER_CRASH,     /* the process ended: an open change is rolled back, the page cache stays */
    AFTER_POWER_OFF, /* the machine stopped: only what was durable is left */
    AFTERS,
};

static const char *const act_name[ACTS] = {"create", "add", "erase", "rotate"};

struct trial {
    enum act act;
    enum cut cut;
    bool lasting;
    enum after after;
    size_t cut_at;
};

static struct secret *expected[SLOTS];
static struct secret *own_key[2];

static bool is_erased(uint32_t slot)
{
    for (size_t i = 0; i < sizeof erased / sizeof erased[0]; i++) {
        if (erased[i] == slot) {
            return true;
        }
    }
    return false;
}

static struct secret *kept(struct world *world, const struct secret *key)
{
    struct secret *copy = secret_begin(world->arena);
    secret_copy(copy, key);
    return copy;
}

static void begin_trial(struct world *world, enum act act)
{
    uint32_t first = 0;
    world_begin(world);
    if (act == ACT_CREATE) {
        return;
    }
    must(keyring_create(&world->job, world->arena, &world->root_door, &world->shelf_door,
                        &world->ring) == CANDOR_OK);
    must(keyring_add(&world->job, world->ring, SLOTS, &first) == CANDOR_OK);
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        expected[slot] = world_key(world, slot);
        must(expected[slot] != NULL);
    }
    own_key[0] = kept(world, keyring_index_key(world->ring));
    own_key[1] = kept(world, keyring_home_key(world->ring));
}

static enum candor_status do_act(struct world *world, enum act act, struct key_erasure *facts)
{
    uint32_t first = 0;
    job_forgive(&world->job);
    switch (act) {
    case ACT_CREATE:
        return keyring_create(&world->job, world->arena, &world->root_door, &world->shelf_door,
                              &world->ring);
    case ACT_ADD:
        return keyring_add(&world->job, world->ring, ADDED, &first);
    case ACT_ERASE:
        return keyring_erase(&world->job, world->ring, erased, sizeof erased / sizeof erased[0],
                             facts);
    case ACT_ROTATE:
        return keyring_rotate(&world->job, world->ring, facts);
    case ACTS:
        break;
    }
    return CANDOR_BAD_INPUT;
}

#define SAY(trial) \
    "%s: power cut %s call %zu, %s, then %u", act_name[(trial)->act], \
        (trial)->cut == CUT_BEFORE ? "before" : "after", (trial)->cut_at, \
        (trial)->lasting ? "for good" : "once", (unsigned)(trial)->after

/* All keys are there, or all but the erased ones. */
static void check_keys(struct world *world, const struct trial *trial, bool are_gone)
{
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        bool is_same = false;
        const enum candor_status status = world_look(world, slot, expected[slot], &is_same);
        if (are_gone && is_erased(slot)) {
            expect(status == CANDOR_NOT_FOUND, SAY(trial));
        } else {
            expect(status == CANDOR_OK && is_same, SAY(trial));
        }
    }
    expect(secret_equal(keyring_index_key(world->ring), own_key[0]), SAY(trial));
    expect(secret_equal(keyring_home_key(world->ring), own_key[1]), SAY(trial));
}

static void check_shelf_is_swept(const struct world *world, const struct trial *trial)
{
    const struct records *records = &world->shelf.now;
    for (size_t i = 0; i < records->count; i++) {
        expect(records->ptr[i].generation <= world->root.seen_generation, SAY(trial));
        expect(i == 0 || records->ptr[i].level != records->ptr[i - 1].level ||
                   records->ptr[i].index != records->ptr[i - 1].index,
               SAY(trial));
    }
}

static void check_slot_count(struct world *world, const struct trial *trial,
                             enum candor_status status)
{
    bool is_same = false;
    const uint32_t count = keyring_slot_count(world->ring);
    const bool is_added = count == SLOTS + ADDED;
    expect(count == SLOTS || (trial->act == ACT_ADD && is_added), SAY(trial));
    expect(trial->act != ACT_ADD || status != CANDOR_OK || is_added, SAY(trial));
    for (uint32_t slot = SLOTS; slot < SLOTS + ADDED; slot += 13) {
        expect((world_look(world, slot, NULL, &is_same) == CANDOR_OK) == is_added, SAY(trial));
    }
}

/* The world after the failure: does it still work, and is it one of the two it may be? */
static void check_world(struct world *world, const struct trial *trial, enum candor_status status)
{
    const uint64_t generation = world->root.seen_generation;
    expect(generation == 1 || (trial->act >= ACT_ERASE && generation == 2), SAY(trial));
    expect(trial->act < ACT_ERASE || status != CANDOR_OK || generation == 2, SAY(trial));
    check_keys(world, trial, trial->act == ACT_ERASE && generation == 2);
    check_slot_count(world, trial, status);
    check_shelf_is_swept(world, trial);

    /* What was seen is durable by now: the machine may stop at any time. */
    machine_stops(&world->shelf, &world->root);
    expect(world_open(world) == CANDOR_OK, SAY(trial));
    check_keys(world, trial, trial->act == ACT_ERASE && generation == 2);
}

static void stop(struct world *world, enum after after)
{
    world->power.armed = false;
    switch (after) {
    case AFTER_GOING_ON:
        break;
    case AFTER_CRASH:
        shelf_rollback(&world->shelf);
        break;
    case AFTER_POWER_OFF:
    case AFTERS:
        machine_stops(&world->shelf, &world->root);
        break;
    }
}

/* Asking again ends as if nothing had failed. */
static void check_again(struct world *world, const struct trial *trial)
{
    struct key_erasure facts = {0};
    expect(do_act(world, trial->act, &facts) == CANDOR_OK, SAY(trial));
    check_keys(world, trial, trial->act == ACT_ERASE);
    check_shelf_is_swept(world, trial);
}

static bool run_trial(const struct trial *trial)
{
    struct world world;
    struct key_erasure facts = {0};
    begin_trial(&world, trial->act);
    world.power = (struct power){
        .armed = true, .cut_at = trial->cut_at, .cut = trial->cut, .lasting = trial->lasting};
    const enum candor_status status = do_act(&world, trial->act, &facts);
    const bool was_cut = world.power.calls > trial->cut_at;
    if (was_cut) {
        expect(status == CANDOR_IO || status == CANDOR_OK, SAY(trial));
        bool is_same = false;
        stop(&world, trial->after);
        expect(trial->after == AFTER_GOING_ON || world_open(&world) == CANDOR_OK, SAY(trial));
        expect(world_look(&world, 1, expected[1], &is_same) == CANDOR_OK && is_same, SAY(trial));
        check_world(&world, trial, status);
        check_again(&world, trial);
    } else {
        must(status == CANDOR_OK);
    }
    world_end(&world);
    return was_cut;
}

/* Until a trial ends before its cut: then every call of the change had its turn. */
static void try_every_call(enum act act)
{
    size_t calls = 0;
    for (unsigned kind = 0; kind < 4U * AFTERS; kind++) {
        struct trial trial = {.act = act,
                              .cut = (kind & 1) == 0 ? CUT_BEFORE : CUT_AFTER,
                              .lasting = (kind & 2) != 0,
                              .after = (enum after)(kind / 4)};
        while (run_trial(&trial)) {
            trial.cut_at++;
            calls++;
            expect(trial.cut_at < CALLS_MAX, "%s does not end", act_name[act]);
        }
    }
    print_message("%s: %zu failures tried\n", act_name[act], calls);
    expect(calls > 48, "%s was hardly tried", act_name[act]);
}

static void adding_is_whole_or_not_at_all(void **state)
{
    (void)state;
    try_every_call(ACT_ADD);
}

static void erasing_is_whole_or_not_at_all(void **state)
{
    (void)state;
    try_every_call(ACT_ERASE);
}

static void rotating_is_whole_or_not_at_all(void **state)
{
    (void)state;
    try_every_call(ACT_ROTATE);
}

/* After a failed creation the ring opens, or can be created again; never is it neither. */
static bool run_creation(const struct trial *trial)
{
    struct world world;
    struct key_erasure facts = {0};
    uint32_t first = 0;
    begin_trial(&world, ACT_CREATE);
    world.power = (struct power){
        .armed = true, .cut_at = trial->cut_at, .cut = trial->cut, .lasting = trial->lasting};
    const enum candor_status status = do_act(&world, ACT_CREATE, &facts);
    const bool was_cut = world.power.calls > trial->cut_at;
    stop(&world, trial->after);

    enum candor_status again = world_open(&world);
    if (again == CANDOR_NOT_FOUND) {
        expect(status != CANDOR_OK, SAY(trial));
        again = do_act(&world, ACT_CREATE, &facts);
    }
    expect(again == CANDOR_OK, SAY(trial));
    expect(keyring_add(&world.job, world.ring, 1, &first) == CANDOR_OK, SAY(trial));
    world_end(&world);
    return was_cut;
}

static void creating_can_be_done_again(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < 8; kind++) {
        struct trial trial = {.act = ACT_CREATE,
                              .cut = (kind & 1) == 0 ? CUT_BEFORE : CUT_AFTER,
                              .lasting = (kind & 2) != 0,
                              .after = (kind & 4) == 0 ? AFTER_CRASH : AFTER_POWER_OFF};
        while (run_creation(&trial)) {
            trial.cut_at++;
            expect(trial.cut_at < CALLS_MAX, "creating does not end");
        }
        expect(trial.cut_at > 8, "creating was hardly tried");
    }
}

struct two_cuts {
    size_t first;
    size_t second;
    bool was_first;
    bool was_second;
};

static void run_two_cuts(struct two_cuts *cuts)
{
    struct world world;
    struct key_erasure facts = {0};
    const struct trial trial = {.act = ACT_ERASE, .cut = CUT_AFTER, .cut_at = cuts->first};
    struct power power = {.armed = true, .cut_at = cuts->first, .cut = CUT_AFTER, .lasting = true};
    begin_trial(&world, ACT_ERASE);
    world.power = power;
    (void)do_act(&world, ACT_ERASE, &facts);
    cuts->was_first = world.power.calls > cuts->first;
    stop(&world, AFTER_CRASH);

    power.cut_at = cuts->second;
    world.power = power;
    (void)world_open(&world);
    cuts->was_second = world.power.calls > cuts->second;
    stop(&world, AFTER_POWER_OFF);

    expect(world_open(&world) == CANDOR_OK, SAY(&trial));
    check_keys(&world, &trial, world.root.seen_generation == 2);
    check_shelf_is_swept(&world, &trial);
    world_end(&world);
}

/* While clearing up after one crash, the next one comes. */
static void a_crash_while_opening_after_a_crash_harms_nothing(void **state)
{
    (void)state;
    struct two_cuts cuts = {.was_first = true};
    for (cuts.first = 0; cuts.was_first; cuts.first++) {
        cuts.was_second = true;
        for (cuts.second = 0; cuts.was_second; cuts.second++) {
            run_two_cuts(&cuts);
        }
        expect(cuts.first < CALLS_MAX, "erasing does not end");
    }
}

static void an_erasure_whose_clearing_up_fails_says_so(void **state)
{
    (void)state;
    struct world world;
    struct key_erasure facts = {0};
    begin_trial(&world, ACT_ERASE);
    must(do_act(&world, ACT_ERASE, &facts) == CANDOR_OK);
    const size_t calls = world.power.calls;
    world_end(&world);

    begin_trial(&world, ACT_ERASE);
    const size_t before = world.power.calls;
    world.power.armed = true;
    world.power.cut_at = calls - 1; /* the last call: committing what was cleared up */
    must(before < calls);
    expect(do_act(&world, ACT_ERASE, &facts) == CANDOR_OK, "the keys are gone all the same");
    expect(!facts.old_blocks_destroyed, "but the old blocks are not");
    expect(facts.keys_erased == 3 && facts.generation == 2, "facts");
    world.power.armed = false;

    bool is_same = false;
    expect(world_look(&world, 0, expected[0], &is_same) == CANDOR_NOT_FOUND, "gone");
    const struct trial trial = {.act = ACT_ERASE};
    check_shelf_is_swept(&world, &trial); /* the next call did it */
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(creating_can_be_done_again),
        cmocka_unit_test(adding_is_whole_or_not_at_all),
        cmocka_unit_test(erasing_is_whole_or_not_at_all),
        cmocka_unit_test(rotating_is_whole_or_not_at_all),
        cmocka_unit_test(a_crash_while_opening_after_a_crash_harms_nothing),
        cmocka_unit_test(an_erasure_whose_clearing_up_fails_says_so),
    };
    return cmocka_run_group_tests_name("keychange", test, NULL, NULL);
}
