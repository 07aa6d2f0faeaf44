/*
 * test_access.c - who looked at a subject: kept with them, shown, erased; and homes of before.
 */
#include "home.h"

static void add(struct home *home, struct subject subject, const char *who, int64_t time)
{
    const struct access access = {.time = time,
                                  .who = str_of(who),
                                  .roles = STR("privacy"),
                                  .what = STR("subject.show"),
                                  .why = STR("case 12"),
                                  .ledger_index = (uint64_t)time};
    OK(home, store_add_access(&home->job, home->txn, subject, &access));
}

static size_t count_of(struct home *home, struct subject subject)
{
    struct access *access = NULL;
    size_t count = 0;
    OK(home, store_accesses(&home->job, home->txn, subject, &access, &count));
    return count;
}

static void looks_are_kept_in_their_order(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, "anna");
    const struct subject ben = home_add(&home, "ben");
    add(&home, anna, "pia", 7);
    add(&home, anna, "bea", 5);
    home_commit(&home);
    (void)home_begin(&home);
    struct access *access = NULL;
    size_t count = 0;
    OK(&home, store_accesses(&home.job, home.txn, anna, &access, &count));
    COUNTS(count, 2);
    expect(str_is(access[0].who, "pia") && access[0].time == 7 && access[0].ledger_index == 7 &&
               str_is(access[0].roles, "privacy") && str_is(access[0].what, "subject.show") &&
               str_is(access[0].why, "case 12") && str_is(access[1].who, "bea"),
           "as they were");
    COUNTS(count_of(&home, ben), 0);
    home_roll_back(&home);
    home_end(&home);
}

static void an_erasure_takes_them_along(void **state)
{
    (void)state;
    struct home home;
    struct erasure_rows rows;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, "anna");
    const struct subject ben = home_add(&home, "ben");
    add(&home, anna, "pia", 1);
    add(&home, anna, "pia", 2);
    add(&home, ben, "pia", 3);
    home_commit(&home);
    (void)home_begin(&home);
    OK(&home, store_erase(&home.job, home.txn, right_to(&home, anna, RIGHT_ERASURE), &rows));
    COUNTS(rows.access_rows, 2);
    home_commit(&home);
    home_close(&home); /* the files are held while it is open */
    COUNTS(number_in(home_file(&home, "data.db"), "SELECT count(*) FROM access"), 1);
    home_open(&home);
    home_end(&home);
}

/* As version 1 left it: the table is not there yet, and the number is older. */
static void a_home_of_version_1_opens_and_has_the_table_from_then_on(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, "anna");
    home_commit(&home);
    home_close(&home);
    spoil(home_file(&home, "data.db"), OLDER_TREE "DROP TABLE access; PRAGMA user_version = 1");
    spoil(home_file(&home, "keys/keys.db"), "PRAGMA user_version = 1");
    struct arena *owner = arena_begin();
    struct store *store = NULL;
    uint64_t leaves = 0;
    OK(&home, store_open_public(&home.job, owner, str_of(home.path), &store)); /* as it is */
    OK(&home, store_leaf_count(&home.job, store, &leaves));
    COUNTS(leaves, 1);
    arena_end(owner);
    home_open(&home);
    (void)home_begin(&home);
    COUNTS(count_of(&home, anna), 0);
    add(&home, anna, "pia", 1);
    home_commit(&home);
    home_close(&home);
    COUNTS(number_in(home_file(&home, "data.db"), "PRAGMA user_version"), STORE_SCHEMA_VERSION);
    COUNTS(number_in(home_file(&home, "keys/keys.db"), "PRAGMA user_version"),
           STORE_SCHEMA_VERSION);
    home_open(&home);
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(looks_are_kept_in_their_order),
        cmocka_unit_test(an_erasure_takes_them_along),
        cmocka_unit_test(a_home_of_version_1_opens_and_has_the_table_from_then_on),
    };
    return cmocka_run_group_tests_name("access", test, NULL, NULL);
}
