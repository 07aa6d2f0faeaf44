/*
 * test_open.c - making and opening homes: what is missing, damaged, somebody else's, held, full or
 * not to be written gives its status and a message that says what and where, and harms nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
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

static void making_goes_on_where_it_was_cut_short(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof unfinished_row / sizeof unfinished_row[0]; row++) {
        struct home home;
        home_make(&home);
        home_close(&home);
        for (size_t i = 0; i < 3 && unfinished_row[row].file[i] != NULL; i++) {
            must(unlink(home_file(&home, unfinished_row[row].file[i])) == 0);
        }
        if (unfinished_row[row].sql != NULL) {
            spoil(home_file(&home, unfinished_row[row].spoiled), unfinished_row[row].sql);
        }
        expect(try_open(&home) != CANDOR_OK, "%s: opened", unfinished_row[row].what);
        job_forgive(&home.job);
        expect(try_create(&home) == CANDOR_OK, "%s: %s", unfinished_row[row].what,
               home.job.message);
        expect(try_open(&home) == CANDOR_OK, "%s: %s", unfinished_row[row].what, home.job.message);
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
    spoil(home_file(home, "data.db"), "PRAGMA user_version = 2");
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
    spoil(home_file(&home, "data.db"), "PRAGMA user_version = 2");
    struct arena *owner = arena_begin();
    struct store *store = NULL;
    FAILS(&home, CANDOR_CORRUPT,
          store_open(&home.job, owner, str_of(home.path), &home.made.inventory, &store));
    spoil(home_file(&home, "data.db"), "PRAGMA user_version = 1");
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
    expect(count == 1, "%llu", (unsigned long long)count);
    (void)home_begin(&home);
    home_commit(&home);
    must(store_leaf_count(&reader, public_store, &count) == CANDOR_OK);
    expect(count == 2, "%llu", (unsigned long long)count);
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
    expect(count == 1, "%llu", (unsigned long long)count);
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
    expect(count == 0, "%llu", (unsigned long long)count);
    home_end(&home);
}

/* ---- disks --------------------------------------------------------------------------------- */

enum { CHILD_FINE = 0, CHILD_WRONG = 1, CHILD_CANNOT = 77 };

/* Run body in a process of its own; its failures are printed there. */
static void in_a_child(int (*body)(void))
{
    const pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        _exit(body());
    }
    int status = 0;
    must(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_CANNOT) {
        print_message("skipped: this needs a file system of its own, which only root may mount\n");
        skip();
    }
    expect(WIFEXITED(status) && WEXITSTATUS(status) == CHILD_FINE, "child: %d", status);
}

#define CHECK(promise, message) \
    do { \
        if (!(promise)) { \
            print_error("not true: %s: %s\n", #promise, (message)); \
            return CHILD_WRONG; \
        } \
    } while (0)

/* A small file system in memory over the folder, seen by this process only. */
static bool mount_small(const char *path)
{
    return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("candor", path, "tmpfs", 0, "size=1m") == 0;
}

static enum candor_status add_person(struct job *job, struct store *store,
                                     const struct inventory *inventory, size_t number)
{
    struct txn *txn = NULL;
    struct subject subject;
    uint64_t index = 0;
    const struct str name = str_format(job->arena, "person %zu", number);
    struct profile profile = profile_begin(job->arena, inventory);
    profile.cell[NOTE] = text_cell(str_format(job->arena, "%02000zu", number).ptr);
    TRY(store_begin(job, store, &txn));
    TRY(store_add_subjects(job, txn, &name, 1, &subject));
    TRY(store_put_profile(job, txn, subject, &profile));
    TRY(store_leaf_count(job, store, &index));
    TRY(store_append_leaf(job, txn, index, bytes_of(name)));
    return store_commit(job, txn);
}

/* Add people until it fails; how many were acknowledged. Each in a job of its own. */
static size_t add_until_it_fails(struct store *store, const struct inventory *inventory,
                                 enum candor_status *status, char message[JOB_MESSAGE_MAX])
{
    size_t count = 0;
    *status = CANDOR_OK;
    while (*status == CANDOR_OK && count < 10000) {
        struct job job;
        job_begin(&job, host_real());
        *status = add_person(&job, store, inventory, count);
        count += *status == CANDOR_OK;
        memcpy(message, job.message, JOB_MESSAGE_MAX);
        job_end(&job);
    }
    return count;
}

/* Every acknowledged person is there, whole; at most the failed one beside them. */
static int check_people(struct job *job, struct store *store, size_t acknowledged)
{
    struct txn *txn = NULL;
    uint64_t subjects = 0;
    uint64_t leaves = 0;
    CHECK(store_begin(job, store, &txn) == CANDOR_OK, job->message);
    CHECK(store_subject_count(job, txn, &subjects) == CANDOR_OK, job->message);
    CHECK(store_leaf_count(job, store, &leaves) == CANDOR_OK, job->message);
    CHECK(subjects == leaves, "as many accounts as people");
    CHECK(subjects == acknowledged, "as many as were acknowledged");
    for (size_t i = 0; i < acknowledged; i++) {
        struct subject subject;
        struct profile profile;
        const struct str name = str_format(job->arena, "person %zu", i);
        CHECK(store_find(job, txn, name, &subject) == CANDOR_OK, job->message);
        CHECK(store_profile(job, txn, permit_for_right(job, subject, RIGHT_ACCESS), &profile) ==
                  CANDOR_OK,
              job->message);
        CHECK(profile.cell[NOTE].kind == CELL_TEXT, "the note");
    }
    store_roll_back(txn);
    return CHILD_FINE;
}

static int fill_the_disk_in(const char *path)
{
    struct made_inventory made;
    struct job job;
    struct store *store = NULL;
    enum candor_status status;
    char message[JOB_MESSAGE_MAX];
    job_begin(&job, host_real());
    struct arena *owner = arena_begin();
    const struct inventory *inventory = make_inventory(&made);
    CHECK(store_create(&job, owner, str_of(path), inventory, &store) == CANDOR_OK, job.message);
    const size_t count = add_until_it_fails(store, inventory, &status, message);
    CHECK(count > 10 && count < 10000, "some were added, and then it was full");
    CHECK(status == CANDOR_IO, message);
    CHECK(str_contains(str_of(message), STR("full")) || str_contains(str_of(message), STR("space")),
          message);
    CHECK(check_people(&job, store, count) == CHILD_FINE, "after the disk was full");
    arena_end(owner);

    /* There is still no room. It opens all the same, or says why not. */
    owner = arena_begin();
    status = store_open(&job, owner, str_of(path), inventory, &store);
    CHECK(status == CANDOR_OK || status == CANDOR_IO, job.message);
    arena_end(owner);
    job_forgive(&job);

    CHECK(mount(NULL, path, NULL, MS_REMOUNT, "size=8m") == 0, strerror(errno));
    owner = arena_begin();
    CHECK(store_open(&job, owner, str_of(path), inventory, &store) == CANDOR_OK, job.message);
    CHECK(check_people(&job, store, count) == CHILD_FINE, "after there was room again");
    CHECK(add_person(&job, store, inventory, count) == CANDOR_OK, job.message);
    arena_end(owner);
    return CHILD_FINE;
}

static int fill_a_disk(void)
{
    char path[128];
    make_folder(path, sizeof path);
    const int result = mount_small(path) ? fill_the_disk_in(path) : CHILD_CANNOT;
    (void)umount(path); /* or it goes with the process */
    (void)rmdir(path);
    return result;
}

static void a_full_disk_keeps_what_was_acknowledged(void **state)
{
    (void)state;
    in_a_child(fill_a_disk);
}

static int read_only_in(const char *path)
{
    struct made_inventory made;
    struct job job;
    struct store *store = NULL;
    enum candor_status status;
    char message[JOB_MESSAGE_MAX];
    uint64_t count = 0;
    job_begin(&job, host_real());
    struct arena *owner = arena_begin();
    const struct inventory *inventory = make_inventory(&made);
    CHECK(store_create(&job, owner, str_of(path), inventory, &store) == CANDOR_OK, job.message);
    CHECK(add_person(&job, store, inventory, 0) == CANDOR_OK, job.message);
    arena_end(owner);

    CHECK(mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, "size=1m") == 0, strerror(errno));
    owner = arena_begin();
    status = store_open(&job, owner, str_of(path), inventory, &store);
    CHECK(status == CANDOR_IO, job.message);
    CHECK(str_contains(str_of(job.message), STR("read-only")), job.message);
    job_forgive(&job);
    arena_end(owner);
    CHECK(count_leaves_in_public(&job, str_of(path), &count) == CANDOR_OK, job.message);
    CHECK(count == 1, "one leaf");
    (void)message;
    return CHILD_FINE;
}

static int read_only_disk(void)
{
    char path[128];
    make_folder(path, sizeof path);
    const int result = mount_small(path) ? read_only_in(path) : CHILD_CANNOT;
    (void)umount(path); /* or it goes with the process */
    (void)rmdir(path);
    return result;
}

static void a_read_only_disk_opens_for_the_public_only(void **state)
{
    (void)state;
    in_a_child(read_only_disk);
}

/* Without a file system of its own: the process may not write beyond a size. */
static void a_file_that_may_not_grow_keeps_what_was_acknowledged(void **state)
{
    (void)state;
    struct home home;
    struct rlimit before;
    enum candor_status status;
    char message[JOB_MESSAGE_MAX];
    home_make(&home);
    must(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const struct rlimit small = {(rlim_t)400 * 1024, before.rlim_max};
    void (*const handler)(int) = signal(SIGXFSZ, SIG_IGN);
    must(setrlimit(RLIMIT_FSIZE, &small) == 0);
    const size_t count = add_until_it_fails(home.store, &home.made.inventory, &status, message);
    must(setrlimit(RLIMIT_FSIZE, &before) == 0);
    must(signal(SIGXFSZ, handler) == SIG_IGN);
    expect(count > 5 && count < 10000, "%zu", count);
    expect(status == CANDOR_IO, "%s: %s", status_name(status), message);
    expect(check_people(&home.job, home.store, count) == CHILD_FINE, "while it is open");
    home_close(&home);
    home_open(&home);
    expect(check_people(&home.job, home.store, count) == CHILD_FINE, "opened again");
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
        cmocka_unit_test(the_public_part_needs_no_keys),
        cmocka_unit_test(a_path_may_hold_any_character),
        cmocka_unit_test(a_full_disk_keeps_what_was_acknowledged),
        cmocka_unit_test(a_read_only_disk_opens_for_the_public_only),
        cmocka_unit_test(a_file_that_may_not_grow_keeps_what_was_acknowledged),
    };
    return cmocka_run_group_tests_name("open", test, NULL, NULL);
}
