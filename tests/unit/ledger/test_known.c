/*
 * test_known.c - a checkpoint that was kept elsewhere: the same ledger, a rolled back one, a forked one.
 */
#include "home.h"
#include "witness.h"

static enum candor_status check(struct home *home, struct str note)
{
    uint64_t size = 0;
    return known_check(&home->job, home->store, HOME_ORIGIN, home->public_key, note, &size);
}

static void every_earlier_checkpoint_is_borne_out(void **state)
{
    (void)state;
    struct home home;
    struct str note[20];
    home_begin(&home);
    for (size_t i = 0; i < 20; i++) {
        note[i] = home_checkpoint(&home);
        home_append(&home, 1 + i % 3, true);
    }
    for (size_t i = 0; i < 20; i++) {
        expect(check(&home, note[i]) == CANDOR_OK, "%zu: %s", i, home.job.message);
    }
    home_end(&home);
}

/* The copy of an older database is whole in itself: only what was kept outside of it can tell. */
static void a_roll_back_is_noticed(void **state)
{
    (void)state;
    struct home home;
    home_begin(&home);
    home_append(&home, 7, true);
    const struct str kept = home_checkpoint(&home);
    home_close(&home);
    home_sql(&home, "DELETE FROM leaf; DELETE FROM tree; DELETE FROM checkpoint;");
    home_open(&home);
    home_append(&home, 6, true);
    expect(check(&home, kept) == CANDOR_CORRUPT, "rolled back");
    expect(strstr(home.job.message, "rolled back: it has 6 entries, and had 7") != NULL, "%s",
           home.job.message);
    job_forgive(&home.job);
    home_end(&home);
}

static void a_fork_is_noticed(void **state)
{
    (void)state;
    struct home home;
    home_begin(&home);
    home_append(&home, 7, true);
    const struct str kept = home_checkpoint(&home);
    home_close(&home);
    home_sql(&home, "DELETE FROM leaf; DELETE FROM tree; DELETE FROM checkpoint;");
    home_open(&home);
    home_append(&home, 9, true); /* salts are random, so these are other entries */
    expect(check(&home, kept) == CANDOR_CORRUPT, "forked");
    expect(strstr(home.job.message, "forked: its first 7 entries") != NULL, "%s", home.job.message);
    job_forgive(&home.job);
    home_end(&home);
}

static void another_ledgers_checkpoint_proves_nothing(void **state)
{
    (void)state;
    struct home home;
    home_begin(&home);
    home_append(&home, 3, true);
    const struct str note = home_checkpoint(&home);
    uint64_t size = 0;
    uint8_t other[PUBLIC_KEY_LEN];
    memcpy(other, home.public_key, sizeof other);
    other[0] ^= 1;
    expect(known_check(&home.job, home.store, HOME_ORIGIN, other, note, &size) == CANDOR_CORRUPT,
           "another key");
    job_forgive(&home.job);
    expect(known_check(&home.job, home.store, STR("x"), home.public_key, note, &size) ==
               CANDOR_CORRUPT,
           "another origin");
    job_forgive(&home.job);
    expect(check(&home, STR("")) == CANDOR_CORRUPT, "nothing");
    job_forgive(&home.job);
    home_end(&home);
}

static void a_proof_against_a_kept_checkpoint_holds(void **state)
{
    (void)state;
    struct home home;
    home_begin(&home);
    home_append(&home, 5, true);
    const struct str note = home_checkpoint(&home);
    home_append(&home, 4, true);
    for (uint64_t i = 0; i < 5; i++) {
        struct str proof;
        struct bytes leaf;
        expect(known_prove(&home.job, home.store, i, 5, note, &proof) == CANDOR_OK, "%s",
               home.job.message);
        must(store_leaf(&home.job, home.store, i, &leaf) == CANDOR_OK);
        expect(proof_file_verify(&home.job, proof, leaf, HOME_ORIGIN, home.public_key) == CANDOR_OK,
               "%llu: %s", (unsigned long long)i, home.job.message);
    }
    struct str proof;
    expect(known_prove(&home.job, home.store, 5, 5, note, &proof) == CANDOR_BAD_INPUT,
           "not covered");
    job_forgive(&home.job);
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_earlier_checkpoint_is_borne_out),
        cmocka_unit_test(a_roll_back_is_noticed),
        cmocka_unit_test(a_fork_is_noticed),
        cmocka_unit_test(another_ledgers_checkpoint_proves_nothing),
        cmocka_unit_test(a_proof_against_a_kept_checkpoint_holds),
    };
    return cmocka_run_group_tests_name("known", test, NULL, NULL);
}
