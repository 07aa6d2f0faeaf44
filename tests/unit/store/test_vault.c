/*
 * test_vault.c - a sealed value opens in its own place, with the sub-key of its use, and nowhere
 * else. From inside the room: each thing that a value is bound to is changed by itself.
 */
#include <sys/wait.h>

#include "home.h"
#include "inside.h"

static const struct drawer_mark first_drawer = {.row = 1, .digest = {{1}}, .number = 1};
/* The same sub-key, so that only what is bound tells them apart. */
static const struct drawer_mark other_digest = {.row = 1, .digest = {{2}}, .number = 1};
/* The same binding, so that only the sub-key does. */
static const struct drawer_mark other_number = {.row = 1, .digest = {{1}}, .number = 2};

static const struct {
    const char *what;
    struct vault_place place;
    bool opens;
} place_row[] = {
    {"its own", {USE_PROFILE, 7, &first_drawer}, true},
    {"another row", {USE_PROFILE, 8, &first_drawer}, false},
    {"a row far away", {USE_PROFILE, 7 + (INT64_C(1) << 32), &first_drawer}, false},
    {"another use", {USE_EVENT, 7, &first_drawer}, false},
    {"another drawer", {USE_PROFILE, 7, &other_digest}, false},
    {"another sub-key", {USE_PROFILE, 7, &other_number}, false},
    {"no drawer", {USE_PROFILE, 7, NULL}, false},
};

static void a_value_opens_in_its_place_only(void **state)
{
    (void)state;
    struct home home;
    struct bytes sealed;
    struct bytes plain;
    home_make(&home);
    struct txn *txn = home_begin(&home);
    OK(&home, vault_open(&home.job, txn, home_add(&home, "anna")));
    OK(&home, vault_seal(&home.job, txn, place_row[0].place, bytes_of(STR("value")), &sealed));
    for (size_t row = 0; row < sizeof place_row / sizeof place_row[0]; row++) {
        const enum candor_status status =
            vault_unseal(&home.job, txn, place_row[row].place, sealed, &plain);
        expect(status == (place_row[row].opens ? CANDOR_OK : CANDOR_CORRUPT), "%s: %s",
               place_row[row].what, status_name(status));
        job_forgive(&home.job);
    }
    home_end(&home);
}

/* The id is bound beside the key: a value does not open for a subject who was given the same key. */
static void a_value_is_bound_to_its_subject(void **state)
{
    (void)state;
    struct home home;
    struct bytes sealed;
    struct bytes plain;
    home_make(&home);
    struct txn *txn = home_begin(&home);
    OK(&home, vault_open(&home.job, txn, home_add(&home, "anna")));
    OK(&home, vault_seal(&home.job, txn, place_row[0].place, bytes_of(STR("value")), &sealed));
    home.store->vault.subject.id[15] ^= 1;
    FAILS(&home, CANDOR_CORRUPT, vault_unseal(&home.job, txn, place_row[0].place, sealed, &plain));
    home.store->vault.subject.id[15] ^= 1;
    OK(&home, vault_unseal(&home.job, txn, place_row[0].place, sealed, &plain));
    home_end(&home);
}

enum { NUMBERS = 3 };

static const struct secret *key_number(struct home *home, unsigned i)
{
    return vault_key(&home->store->vault, (enum vault_use)(i / NUMBERS), i % NUMBERS);
}

/* More of them than the vault keeps at a time. */
static void every_use_and_drawer_has_a_key_of_its_own(void **state)
{
    (void)state;
    enum { KEYS = VAULT_USES * NUMBERS };
    struct home home;
    struct secret *key[KEYS];
    home_make(&home);
    struct txn *txn = home_begin(&home);
    OK(&home, vault_open(&home.job, txn, home_add(&home, "anna")));
    for (unsigned i = 0; i < KEYS; i++) {
        key[i] = secret_begin(home.job.arena);
        secret_copy(key[i], key_number(&home, i));
    }
    for (unsigned i = 0; i < KEYS; i++) {
        expect(secret_equal(key[i], key_number(&home, i)), "key %u is another now", i);
        for (unsigned j = 0; j < i; j++) {
            must(!secret_equal(key[i], key[j]));
        }
    }
    home_end(&home);
}

static void no_key_outlives_its_transaction(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    struct txn *txn = home_begin(&home);
    OK(&home, vault_open(&home.job, txn, home_add(&home, "anna")));
    (void)vault_key(&home.store->vault, USE_CONSENT, 0);
    home_roll_back(&home);
    const struct secret *zero = secret_begin(home.job.arena);
    const struct vault *vault = &home.store->vault;
    expect(!vault->is_open && secret_equal(vault->person, zero), "the subject's key");
    for (unsigned i = 0; i < VAULT_KEYS; i++) {
        expect(!vault->key[i].is_set && secret_equal(vault->key[i].key, zero), "sub-key %u", i);
    }
    home_end(&home);
}

/* ---- purpose isolation --------------------------------------------------------------------- */

/* A process that was handed the sub-keys of one purpose's drawers, and neither the subject's own key
 * nor any other: its bits say which values it could open. */
static unsigned opened_by_a_process_with(struct home *home, struct txn *txn, uint64_t purpose,
                                         const struct bytes *sealed)
{
    const struct drawers *drawers = &home->store->drawers;
    struct vault *vault = &home->store->vault;
    int status = 0;
    const pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        struct secret *kept[VAULT_KEYS];
        size_t count = 0;
        unsigned opened = 0;
        for (size_t d = 0; d < home->made.inventory.drawer_count; d++) {
            const struct drawer_mark *mark = &drawers->mark[drawers->of_drawer[d]];
            if (drawer_is_open(mark, purpose)) {
                kept[count] = secret_begin(home->job.arena);
                secret_copy(kept[count++], vault_key(vault, USE_PROFILE, mark->number));
            }
        }
        vault_close(vault); /* the subject's key is wiped, and all that came from it */
        for (size_t d = 0; d < home->made.inventory.drawer_count; d++) {
            const struct drawer_mark *mark = &drawers->mark[drawers->of_drawer[d]];
            for (size_t k = 0; k < count; k++) { /* any key it has, on any value it finds */
                const struct vault_place place = {USE_PROFILE, (int64_t)d, mark};
                struct bytes plain;
                vault->is_open = true;
                vault->key[0].is_set = true;
                vault->key[0].use = USE_PROFILE;
                vault->key[0].number = mark->number;
                secret_copy(vault->key[0].key, kept[k]);
                if (vault_unseal(&home->job, txn, place, sealed[d], &plain) == CANDOR_OK) {
                    opened |= 1U << d;
                }
                job_forgive(&home->job);
            }
        }
        _exit((int)opened);
    }
    must(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return (unsigned)WEXITSTATUS(status);
}

static void who_holds_one_purposes_keys_opens_no_other(void **state)
{
    (void)state;
    struct home home;
    struct bytes sealed[FIELD_COUNT];
    home_make(&home);
    struct txn *txn = home_begin(&home);
    const struct drawers *drawers = &home.store->drawers;
    OK(&home, vault_open(&home.job, txn, home_add(&home, "anna")));
    for (size_t d = 0; d < home.made.inventory.drawer_count; d++) {
        const struct vault_place place = {USE_PROFILE, (int64_t)d,
                                          &drawers->mark[drawers->of_drawer[d]]};
        OK(&home, vault_seal(&home.job, txn, place, bytes_of(STR("value")), &sealed[d]));
    }
    for (size_t p = 0; p < PURPOSE_COUNT; p++) {
        unsigned expected = 0;
        for (size_t d = 0; d < home.made.inventory.drawer_count; d++) {
            expected |= (unsigned)(home.made.inventory.drawer[d].purposes >> p & 1) << d;
        }
        const unsigned opened = opened_by_a_process_with(&home, txn, BIT(p), sealed);
        expect(opened == expected, "purpose %zu opened %x, not %x", p, opened, expected);
        expect(opened != (1U << home.made.inventory.drawer_count) - 1, "one opens everything");
    }
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_value_opens_in_its_place_only),
        cmocka_unit_test(a_value_is_bound_to_its_subject),
        cmocka_unit_test(every_use_and_drawer_has_a_key_of_its_own),
        cmocka_unit_test(no_key_outlives_its_transaction),
        cmocka_unit_test(who_holds_one_purposes_keys_opens_no_other),
    };
    return cmocka_run_group_tests_name("vault", test, NULL, NULL);
}
