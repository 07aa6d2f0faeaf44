/*
 * test_quarantine.c - rows that broke a rule: kept sealed under keys of their own, found by the names
 * in them, gone with an erasure; and homes of the first schema get the table.
 */
#include "home.h"

static uint32_t put_row(struct home *home, const char *name, const char *content)
{
    const struct str names[] = {str_of(name)};
    struct quarantine_row row = {
        .name = names, .name_count = 1, .content = bytes_of(str_of(content))};
    OK(home, store_add_quarantine(&home->job, home->txn, &row, 1));
    return row.slot;
}

static bool holds(struct home *home, uint32_t slot, const char *content)
{
    struct bytes found;
    const enum candor_status status = store_quarantine(&home->job, home->txn, slot, &found);
    if (status != CANDOR_OK) {
        job_forgive(&home->job);
        return false;
    }
    return found.len == strlen(content) && memcmp(found.ptr, content, found.len) == 0;
}

static void a_row_is_kept_changed_walked_and_dropped(void **state)
{
    (void)state;
    struct home home;
    struct key_erasure facts;
    uint64_t count = 0;
    uint64_t cursor = 0;
    uint32_t slot = 0;
    home_make(&home);
    home_begin(&home);
    const uint32_t first = put_row(&home, "ann@example.org", "first row");
    const uint32_t second = put_row(&home, "", "second row"); /* what is no name is left out */
    home_commit(&home);
    home_close(&home);
    home_open(&home);
    home_begin(&home);
    expect(holds(&home, first, "first row") && holds(&home, second, "second row"), "kept");
    OK(&home, store_quarantine_count(&home.job, home.txn, &count));
    COUNTS(count, 2);
    OK(&home, store_next_quarantine(&home.job, home.txn, &cursor, &slot));
    COUNTS(slot, first);
    OK(&home, store_next_quarantine(&home.job, home.txn, &cursor, &slot));
    COUNTS(slot, second);
    FAILS(&home, CANDOR_NOT_FOUND, store_next_quarantine(&home.job, home.txn, &cursor, &slot));
    const struct quarantine_row changed = {.slot = first, .content = bytes_of(STR("other"))};
    OK(&home, store_put_quarantine(&home.job, home.txn, &changed));
    expect(holds(&home, first, "other"), "changed");
    OK(&home, store_drop_quarantine(&home.job, home.txn, second));
    FAILS(&home, CANDOR_NOT_FOUND, store_drop_quarantine(&home.job, home.txn, second));
    home_commit(&home);
    OK(&home, store_finish_erasures(&home.job, home.store, &facts));
    home_begin(&home);
    expect(!holds(&home, second, "second row") && holds(&home, first, "other"), "one is gone");
    home_end(&home);
}

static void what_is_rolled_back_was_never_there(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    home_begin(&home);
    const uint32_t slot = put_row(&home, "ann", "row");
    home_roll_back(&home);
    home_begin(&home);
    expect(!holds(&home, slot, "row"), "there is none");
    const struct subject ann = home_add(&home, "ann"); /* nor does its name stand in the way */
    home_commit(&home);
    struct erasure_rows rows;
    home_begin(&home);
    OK(&home,
       store_erase(&home.job, home.txn, permit_for_right(&home.job, ann, RIGHT_ERASURE), &rows));
    COUNTS(rows.quarantine_rows, 0);
    home_end(&home);
}

/* By any name they have, and nobody else's. */
static void an_erasure_takes_along_rows_that_go_by_a_name_of_theirs(void **state)
{
    (void)state;
    struct home home;
    struct erasure_rows rows;
    struct key_erasure facts;
    home_make(&home);
    home_begin(&home);
    const struct subject ann = home_add(&home, "C1");
    const struct str address = STR("ann@example.org");
    OK(&home, store_add_lookups(&home.job, home.txn, &ann, &address, 1));
    home_add(&home, "C2");
    home_commit(&home);
    home_begin(&home);
    const uint32_t by_number = put_row(&home, " C1 ", "one");
    const uint32_t by_address = put_row(&home, "Ann@Example.org", "two");
    const uint32_t of_other = put_row(&home, "C2", "three");
    home_commit(&home);
    home_begin(&home);
    OK(&home,
       store_erase(&home.job, home.txn, permit_for_right(&home.job, ann, RIGHT_ERASURE), &rows));
    COUNTS(rows.quarantine_rows, 2);
    home_commit(&home);
    OK(&home, store_finish_erasures(&home.job, home.store, &facts));
    home_begin(&home);
    expect(!holds(&home, by_number, "one") && !holds(&home, by_address, "two"), "gone");
    expect(holds(&home, of_other, "three"), "the neighbour's stays");
    home_end(&home);
}

/* A copy of data.db from before: its key is destroyed, and the row goes when the home opens. */
static void an_older_copy_does_not_bring_a_row_back(void **state)
{
    (void)state;
    struct home home;
    struct key_erasure facts;
    uint64_t count = 9;
    home_make(&home);
    home_begin(&home);
    const uint32_t slot = put_row(&home, "ann", "row");
    home_commit(&home);
    home_close(&home);
    copy_file(&home.job, home_file(&home, "data.db"), home_file(&home, "older.db"));
    home_open(&home);
    home_begin(&home);
    OK(&home, store_drop_quarantine(&home.job, home.txn, slot));
    home_commit(&home);
    OK(&home, store_finish_erasures(&home.job, home.store, &facts));
    home_close(&home);
    copy_file(&home.job, home_file(&home, "older.db"), home_file(&home, "data.db"));
    home_open(&home);
    home_begin(&home);
    OK(&home, store_quarantine_count(&home.job, home.txn, &count));
    COUNTS(count, 0);
    home_end(&home);
}

static void a_home_of_the_first_schema_gets_the_table(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    home_begin(&home);
    home_add(&home, "ann");
    home_commit(&home);
    home_close(&home);
    spoil(home_file(&home, "data.db"), OLDER_TREE "DROP TABLE quarantine; PRAGMA user_version = 1");
    spoil(home_file(&home, "keys/keys.db"), "DROP TABLE held; PRAGMA user_version = 1");
    home_open(&home);
    home_begin(&home);
    struct subject ann;
    OK(&home, store_find(&home.job, home.txn, STR("ann"), &ann));
    const uint32_t slot = put_row(&home, "ann", "row");
    expect(holds(&home, slot, "row"), "kept");
    home_commit(&home);
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_row_is_kept_changed_walked_and_dropped),
        cmocka_unit_test(what_is_rolled_back_was_never_there),
        cmocka_unit_test(an_erasure_takes_along_rows_that_go_by_a_name_of_theirs),
        cmocka_unit_test(an_older_copy_does_not_bring_a_row_back),
        cmocka_unit_test(a_home_of_the_first_schema_gets_the_table),
    };
    return cmocka_run_group_tests_name("quarantine", test, NULL, NULL);
}
