/*
 * test_open.c - making and opening homes: what is missing, damaged, somebody else's or held gives
 * its status and a message that says what and where, and harms nothing.
 */
#include <fcntl.h>
#include <sys/wait.h>

#include "home.h"

/* Two subjects, committed, closed. */
static void make_closed(struct home *home)
{
    home_make(home);
    (void)home_begin(home);
    (void)home_person(home, "anna", "a@example.org", "secret");
    (void)home_person(home, "ben", "b@example.org", "other");
    home_commit(home);
    home_close(home);
}

static enum candor_status try_open(struct home *home)
{
    struct arena *owner = arena_begin();
    struct store *store = NULL;
    const enum candor_status status =
        store_open(&home->job, owner, str_of(home->path), &home->made.inventory, &store);
    arena_end(owner);
    return status;
}

static enum candor_status try_create(struct home *home)
{
    struct arena *owner = arena_begin();
    struct store *store = NULL;
    const enum candor_status status =
        store_create(&home->job, owner, str_of(home->path), &home->made.inventory, &store);
    arena_end(owner);
    return status;
}

static enum candor_status count_leaves_in_public(struct job *job, struct str dir, uint64_t *count)
{
    struct store *store = NULL;
    TRY(store_open_public(job, job->arena, dir, &store));
    return store_leaf_count(job, store, count);
}

static void expect_both_there(struct home *home)
{
    struct subject found;
    home_open(home);
    (void)home_begin(home);
    OK(home, store_find(&home->job, home->txn, STR("anna"), &found));
    OK(home, store_find(&home->job, home->txn, STR("b@example.org"), &found));
    home_close(home);
}

/* ---- making -------------------------------------------------------------------------------- */

static unsigned mode_of(struct home *home, const char *name)
{
    struct stat about;
    expect(stat(home_file(home, name), &about) == 0, "%s", name);
    return (unsigned)about.st_mode & 0777U;
}

static void files_are_for_their_owner_only_whatever_the_umask(void **state)
{
    (void)state;
    static const char *const file[] = {"data.db",      "data.db-wal",   "data.db-shm",
                                       "keys/keys.db", "keys/root.key", "lock"};
    const mode_t before = umask(0);
    struct home home;
    home_make(&home);
    (void)home_begin(&home);
    (void)home_person(&home, "anna", "a@example.org", "secret");
    home_commit(&home);
    for (size_t i = 0; i < sizeof file / sizeof file[0]; i++) {
        expect(mode_of(&home, file[i]) == 0600, "%s: %o", file[i], mode_of(&home, file[i]));
    }
    expect(mode_of(&home, "keys/keys.db-wal") == 0600, "%o", mode_of(&home, "keys/keys.db-wal"));
    expect(mode_of(&home, "keys") == 0700, "%o", mode_of(&home, "keys"));
    (void)umask(before);
    home_end(&home);
}

static void making_a_home_again_opens_it(void **state)
{
    (void)state;
    struct home home;
    make_closed(&home);
    OK(&home, try_create(&home));
    expect_both_there(&home);
    home_end(&home);
}

/* Making was cut short after each of its steps: files as they were then. */
static const struct {
    const char *what;
    const char *file[3]; /* removed */
    const char *spoiled; /* by the SQL */
    const char *sql;
} unfinished_row[] = {
    {"only folders", {"data.db", "keys/keys.db", "keys/root.key"}, NULL, NULL},
    {"empty files", {"data.db", "keys/root.key", NULL}, "keys/keys.db", "DELETE FROM block"},
    {"keys.db without a root", /* byte 17 of the trunk: not yet swept */
     {"data.db", "keys/root.key", NULL},
     "keys/keys.db",
     "UPDATE block SET bytes = CAST(substr(bytes, 1, 16) || x'00' || substr(bytes, 18) AS BLOB)"
     " WHERE level = 3"},
    {"keys and no data", {"data.db", NULL, NULL}, NULL, NULL},
    {"data without its mark", {NULL, NULL, NULL}, "data.db", "DELETE FROM meta"},
};

static void leave_unfinished(struct home *home, size_t row)
{
    home_make(home);
    home_close(home);
    for (size_t i = 0; i < 3 && unfinished_row[row].file[i] != NULL; i++) {
        must(unlink(home_file(home, unfinished_row[row].file[i])) == 0);
    }
    if (unfinished_row[row].sql != NULL) {
        spoil(home_file(home, unfinished_row[row].spoiled), unfinished_row[row].sql);
    }
}

static void making_goes_on_where_it_was_cut_short(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof unfinished_row / sizeof unfinished_row[0]; row++) {
        const char *what = unfinished_row[row].what;
        struct home home;
        leave_unfinished(&home, row);
        expect(try_open(&home) != CANDOR_OK, "%s: opened", what);
        job_forgive(&home.job);
        expect(try_create(&home) == CANDOR_OK, "%s: %s", what, home.job.message);
        OK(&home, try_open(&home));
        home_end(&home);
    }
}

static void making_does_not_put_empty_data_beside_keys_in_use(void **state)
{
    (void)state;
    struct home home;
    make_closed(&home);
    must(rename(home_file(&home, "data.db"), home_file(&home, "kept.db")) == 0);
    FAILS(&home, CANDOR_CORRUPT, try_create(&home));
    must(rename(home_file(&home, "kept.db"), home_file(&home, "data.db")) == 0);
    expect_both_there(&home);
    home_end(&home);
}

/* ---- what is missing or damaged ------------------------------------------------------------ */

static void write_text(struct home *home, const char *name, struct str text)
{
    OK(home, file_replace(&home->job, str_of(home_file(home, name)), bytes_of(text), 0600));
}

static void lose_data(struct home *home)
{
    must(unlink(home_file(home, "data.db")) == 0);
}

static void lose_keys(struct home *home)
{
    must(unlink(home_file(home, "keys/keys.db")) == 0);
}

static void lose_root(struct home *home)
{
    must(unlink(home_file(home, "keys/root.key")) == 0);
}

static void garble_data(struct home *home)
{
    write_text(home, "data.db",
               STR("this is no database, but long enough to look at twice......."));
}

static void garble_keys(struct home *home)
{
    write_text(home, "keys/keys.db",
               STR("neither is this, and it is long enough to be looked at "));
}

static void empty_data(struct home *home)
{
    write_text(home, "data.db", STR(""));
}

static void newer_data(struct home *home)
{
    spoil(home_file(home, "data.db"), "PRAGMA user_version = 99");
}

static void newer_keys(struct home *home)
{
    spoil(home_file(home, "keys/keys.db"), "PRAGMA user_version = 9");
}

static void older_than_the_first(struct home *home)
{
    spoil(home_file(home, "data.db"), "PRAGMA user_version = -1");
}

static void swap_files(struct home *home)
{
    copy_file(&home->job, home_file(home, "keys/keys.db"), home_file(home, "data.db"));
}

static void lose_a_table(struct home *home)
{
    spoil(home_file(home, "data.db"), "DROP TABLE consent");
}

static void lose_the_mark(struct home *home)
{
    spoil(home_file(home, "data.db"), "DELETE FROM meta WHERE name = 'home'");
}

static void change_the_mark(struct home *home)
{
    spoil(home_file(home, "data.db"), "UPDATE meta SET value = zeroblob(78) WHERE name = 'home'");
}

static void garble_a_page(struct home *home)
{
    struct buf content = buf_begin(home->job.arena);
    const struct bytes before = read_all(&home->job, home_file(home, "data.db"));
    buf_bytes(&content, before.ptr, before.len);
    memset(content.ptr + 100, 0xff, 400); /* the root of the schema */
    OK(home, file_replace(&home->job, str_of(home_file(home, "data.db")), buf_all(&content), 0600));
}

static void cut_the_root(struct home *home)
{
    write_text(home, "keys/root.key", STR("candor-root-v1 00\n"));
}

static void open_the_root_to_others(struct home *home)
{
    must(chmod(home_file(home, "keys/root.key"), 0644) == 0);
}

static const struct {
    void (*harm)(struct home *home);
    enum candor_status status;
    const char *said; /* in the message */
} harm_row[] = {
    {lose_data, CANDOR_NOT_FOUND, "data.db"},
    {lose_keys, CANDOR_NOT_FOUND, "keys.db"},
    {lose_root, CANDOR_NOT_FOUND, "root"},
    {garble_data, CANDOR_CORRUPT, "data.db"},
    {garble_keys, CANDOR_CORRUPT, "keys.db"},
    {empty_data, CANDOR_CORRUPT, "data.db"},
    {newer_data, CANDOR_CORRUPT, "newer"},
    {newer_keys, CANDOR_CORRUPT, "newer"},
    {older_than_the_first, CANDOR_CORRUPT, "-1"},
    {swap_files, CANDOR_CORRUPT, "another kind"},
    {lose_a_table, CANDOR_CORRUPT, "data.db"},
    {lose_the_mark, CANDOR_CORRUPT, "home"},
    {change_the_mark, CANDOR_CORRUPT, "keys"},
    {garble_a_page, CANDOR_CORRUPT, "data.db"},
    {cut_the_root, CANDOR_CORRUPT, "root.key"},
    {open_the_root_to_others, CANDOR_FORBIDDEN, "root.key"},
};

static void what_is_harmed_is_refused_by_name(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof harm_row / sizeof harm_row[0]; row++) {
        struct home home;
        make_closed(&home);
        harm_row[row].harm(&home);
        const enum candor_status status = try_open(&home);
        expect(status == harm_row[row].status, "row %zu: %s: %s", row, status_name(status),
               home.job.message);
        expect(str_contains(str_of(home.job.message), str_of(harm_row[row].said)), "row %zu: %s",
               row, home.job.message);
        home_end(&home);
    }
}

static void the_keys_of_another_home_are_refused(void **state)
{
    (void)state;
    struct home home;
    struct home other;
    make_closed(&home);
    make_closed(&other);
    copy_file(&home.job, home_file(&home, "data.db"), home_file(&home, "own-data.db"));
    copy_file(&home.job, home_file(&other, "data.db"), home_file(&home, "data.db"));
    FAILS(&home, CANDOR_CORRUPT, try_open(&home));
    FAILS(&home, CANDOR_CORRUPT, try_create(&home));

    copy_file(&home.job, home_file(&home, "own-data.db"), home_file(&home, "data.db"));
    copy_file(&home.job, home_file(&home, "keys/root.key"), home_file(&home, "own-root.key"));
    copy_file(&home.job, home_file(&other, "keys/root.key"), home_file(&home, "keys/root.key"));
    FAILS(&home, CANDOR_CORRUPT, try_open(&home));
    copy_file(&home.job, home_file(&home, "own-root.key"), home_file(&home, "keys/root.key"));
    expect_both_there(&home);
    home_end(&other);
    home_end(&home);
}

/* Triggers that somebody put into the file do not run: a withdrawal cannot be swallowed. */
static void what_stands_in_the_file_does_not_run(void **state)
{
    (void)state;
    struct home home;
    struct subject anna;
    struct consent_record *record = NULL;
    size_t before = 0;
    size_t after = 0;
    make_closed(&home);
    spoil(home_file(&home, "data.db"),
          "CREATE TRIGGER swallow BEFORE INSERT ON consent BEGIN SELECT RAISE(IGNORE); END");
    home_open(&home);
    (void)home_begin(&home);
    OK(&home, store_find(&home.job, home.txn, STR("anna"), &anna));
    OK(&home, store_consents(&home.job, home.txn, anna, &record, &before));
    home_consent(&home, anna, NEWS, "again");
    OK(&home, store_consents(&home.job, home.txn, anna, &record, &after));
    expect(after == before + 1, "%zu after %zu", after, before);
    home_end(&home);
}

/* ---- held by another ----------------------------------------------------------------------- */

static void a_second_process_is_told_that_the_home_is_open(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    expect(try_open(&home) == CANDOR_BUSY, "%s", home.job.message);
    expect(str_contains(str_of(home.job.message), STR("another process")), "%s", home.job.message);
    job_forgive(&home.job);
    home_close(&home);
    OK(&home, try_open(&home));

    /* And from another process in truth. */
    home_open(&home);
    const pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        struct home second = {.made = home.made};
        memcpy(second.path, home.path, sizeof second.path);
        job_begin(&second.job, host_real());
        _exit(try_open(&second) == CANDOR_BUSY ? 0 : 1);
    }
    int status = 0;
    must(waitpid(child, &status, 0) == child);
    expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child: %d", status);
    home_end(&home);
}

static void a_home_that_did_not_open_is_not_held(void **state)
{
    (void)state;
    struct home home;
    make_closed(&home);
    spoil(home_file(&home, "data.db"), "PRAGMA user_version = 99");
    struct arena *owner = arena_begin();
    struct store *store = NULL;
    FAILS(&home, CANDOR_CORRUPT,
          store_open(&home.job, owner, str_of(home.path), &home.made.inventory, &store));
    spoil(home_file(&home, "data.db"),
          str_z(home.job.arena,
                str_format(home.job.arena, "PRAGMA user_version = %d", STORE_SCHEMA_VERSION)));
    OK(&home, store_open(&home.job, owner, str_of(home.path), &home.made.inventory, &store));
    arena_end(owner);
    home_end(&home);
}

/* ---- the public part ----------------------------------------------------------------------- */

static void the_public_part_opens_while_the_home_is_open(void **state)
{
    (void)state;
    struct home home;
    struct job reader;
    struct store *public_store = NULL;
    uint64_t count = 0;
    home_make(&home);
    (void)home_begin(&home);
    home_commit(&home);
    job_begin(&reader, host_real());
    must(store_open_public(&reader, reader.arena, str_of(home.path), &public_store) == CANDOR_OK);
    must(store_leaf_count(&reader, public_store, &count) == CANDOR_OK);
    COUNTS(count, 1);
    (void)home_begin(&home);
    home_commit(&home);
    must(store_leaf_count(&reader, public_store, &count) == CANDOR_OK);
    COUNTS(count, 2);
    job_end(&reader);
    home_end(&home);
}

static void closing_empties_the_log_though_somebody_reads(void **state)
{
    (void)state;
    struct home home;
    struct job reader;
    struct store *public_store = NULL;
    struct stat about;
    uint64_t count = 0;
    home_make(&home);
    (void)home_begin(&home);
    (void)home_person(&home, "anna", "a@example.org", "secret");
    home_commit(&home);
    job_begin(&reader, host_real());
    must(store_open_public(&reader, reader.arena, str_of(home.path), &public_store) == CANDOR_OK);
    home_close(&home);
    must(stat(home_file(&home, "data.db-wal"), &about) == 0); /* the reader keeps it there */
    COUNTS((uint64_t)about.st_size, 0);
    must(store_leaf_count(&reader, public_store, &count) == CANDOR_OK);
    COUNTS(count, 1);
    job_end(&reader);
    home_end(&home);
}

static void the_public_part_needs_no_keys(void **state)
{
    (void)state;
    struct home home;
    uint64_t count = 0;
    make_closed(&home);
    lose_keys(&home);
    lose_root(&home);
    OK(&home, count_leaves_in_public(&home.job, str_of(home.path), &count));
    COUNTS(count, 1);
    newer_data(&home);
    FAILS(&home, CANDOR_CORRUPT, count_leaves_in_public(&home.job, str_of(home.path), &count));
    lose_data(&home);
    FAILS(&home, CANDOR_NOT_FOUND, count_leaves_in_public(&home.job, str_of(home.path), &count));
    home_end(&home);
}

static void a_path_may_hold_any_character(void **state)
{
    (void)state;
    struct home home;
    uint64_t count = 1;
    home_make(&home);
    home_close(&home);
    const struct str odd =
        path_join(home.job.arena, str_of(home.path), STR("50% off? #1 & \xc3\xbc"));
    struct arena *owner = arena_begin();
    struct store *store = NULL;
    OK(&home, store_create(&home.job, owner, odd, &home.made.inventory, &store));
    arena_end(owner);
    OK(&home, count_leaves_in_public(&home.job, odd, &count));
    COUNTS(count, 0);
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(files_are_for_their_owner_only_whatever_the_umask),
        cmocka_unit_test(making_a_home_again_opens_it),
        cmocka_unit_test(making_goes_on_where_it_was_cut_short),
        cmocka_unit_test(making_does_not_put_empty_data_beside_keys_in_use),
        cmocka_unit_test(what_is_harmed_is_refused_by_name),
        cmocka_unit_test(the_keys_of_another_home_are_refused),
        cmocka_unit_test(what_stands_in_the_file_does_not_run),
        cmocka_unit_test(a_second_process_is_told_that_the_home_is_open),
        cmocka_unit_test(a_home_that_did_not_open_is_not_held),
        cmocka_unit_test(the_public_part_opens_while_the_home_is_open),
        cmocka_unit_test(closing_empties_the_log_though_somebody_reads),
        cmocka_unit_test(the_public_part_needs_no_keys),
        cmocka_unit_test(a_path_may_hold_any_character),
    };
    return cmocka_run_group_tests_name("open", test, NULL, NULL);
}
