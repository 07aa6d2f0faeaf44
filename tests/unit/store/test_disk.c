/*
 * test_disk.c - disks that are full, read-only, or let no file grow. What was acknowledged stays,
 * what was not never was, and the home goes on when there is room again.
 *
 * Each of these runs in a process of its own, over a file system or a limit of its own. check()
 * ends that process, and the file system with it.
 */
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "home.h"

enum { CHILD_FINE = 0, CHILD_WRONG = 1, CHILD_CANNOT = 77, TOO_MANY = 10000 };

static void check_at(bool promise, const char *what, const char *message, int line)
{
    if (!promise) {
        print_error("line %d, not true: %s: %s\n", line, what, message);
        _exit(CHILD_WRONG);
    }
}

#define CHECK(promise, message) check_at((promise), #promise, (message), __LINE__)

static void in_a_child(void (*body)(const char *path))
{
    char path[128];
    int status = 0;
    make_folder(path, sizeof path);
    const pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        body(path);
        _exit(CHILD_FINE);
    }
    must(waitpid(child, &status, 0) == child);
    remove_tree(path);
    if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_CANNOT) {
        print_message("skipped: this needs a file system of its own, which only root may mount\n");
        skip();
    }
    expect(WIFEXITED(status) && WEXITSTATUS(status) == CHILD_FINE, "child: %d", status);
}

/* A small file system in memory over the folder, seen by this process only. */
static void mount_small(const char *path)
{
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("candor", path, "tmpfs", 0, "size=1m") != 0) {
        _exit(CHILD_CANNOT);
    }
}

/* What a child works with. Adding is the only thing it does. */
struct small_home {
    const char *path;
    struct made_inventory made;
    struct job job;
    struct arena *owner;
    struct store *store;
    size_t added; /* acknowledged */
    enum candor_status status;
    char message[JOB_MESSAGE_MAX];
};

static struct small_home *small_make(const char *path)
{
    struct arena *arena = arena_begin(); /* ends with the process */
    struct small_home *home = NEW(arena, struct small_home);
    home->path = path;
    job_begin(&home->job, host_real());
    home->owner = arena_begin();
    CHECK(store_create(&home->job, home->owner, str_of(path), make_inventory(&home->made),
                       &home->store) == CANDOR_OK,
          home->job.message);
    return home;
}

static enum candor_status small_open(struct small_home *home)
{
    arena_end(home->owner);
    home->owner = arena_begin();
    return store_open(&home->job, home->owner, str_of(home->path), &home->made.inventory,
                      &home->store);
}

static enum candor_status add_person(struct job *job, struct small_home *home)
{
    struct txn *txn = NULL;
    struct subject subject;
    uint64_t index = 0;
    const struct str name = str_format(job->arena, "person %zu", home->added);
    struct profile profile = profile_begin(job->arena, &home->made.inventory);
    profile.cell[NOTE] = text_cell(str_format(job->arena, "%02000zu", home->added).ptr);
    TRY(store_begin(job, home->store, &txn));
    TRY(store_add_subjects(job, txn, &name, 1, &subject));
    TRY(store_put_profile(job, txn, subject, &profile));
    TRY(store_leaf_count(job, home->store, &index));
    TRY(store_append_leaf(job, txn, index, bytes_of(name)));
    return store_commit(job, txn);
}

/* Each in a job of its own, as requests are. */
static void small_add_until_it_fails(struct small_home *home, size_t at_most)
{
    home->status = CANDOR_OK;
    for (size_t i = 0; i < at_most && home->status == CANDOR_OK; i++) {
        struct job job;
        job_begin(&job, host_real());
        home->status = add_person(&job, home);
        home->added += home->status == CANDOR_OK;
        memcpy(home->message, job.message, JOB_MESSAGE_MAX);
        job_end(&job);
    }
}

/* Every acknowledged person is there, whole, and nobody else. */
static void small_check(struct small_home *home)
{
    struct job *job = &home->job;
    struct txn *txn = NULL;
    uint64_t subjects = 0;
    uint64_t leaves = 0;
    CHECK(store_begin(job, home->store, &txn) == CANDOR_OK, job->message);
    CHECK(store_subject_count(job, txn, &subjects) == CANDOR_OK, job->message);
    CHECK(store_leaf_count(job, home->store, &leaves) == CANDOR_OK, job->message);
    CHECK(subjects == leaves, "as many accounts as people");
    CHECK(subjects == home->added, "as many as were acknowledged");
    for (size_t i = 0; i < home->added; i++) {
        struct subject subject;
        struct profile profile;
        const struct str name = str_format(job->arena, "person %zu", i);
        CHECK(store_find(job, txn, name, &subject) == CANDOR_OK, job->message);
        const struct permit *right = permit_for_right(job, subject, RIGHT_ACCESS);
        CHECK(store_profile(job, txn, right, &profile) == CANDOR_OK, job->message);
        CHECK(profile.cell[NOTE].kind == CELL_TEXT, "the note");
    }
    store_roll_back(txn);
}

static void fill_a_disk(const char *path)
{
    mount_small(path);
    struct small_home *home = small_make(path);
    small_add_until_it_fails(home, TOO_MANY);
    CHECK(home->added > 10 && home->added < TOO_MANY, "some were added, and then it was full");
    CHECK(home->status == CANDOR_IO, home->message);
    CHECK(str_contains(str_of(home->message), STR("full")) ||
              str_contains(str_of(home->message), STR("space")),
          home->message);
    small_check(home);

    /* There is still no room: it opens all the same, or says why not. */
    const enum candor_status status = small_open(home);
    CHECK(status == CANDOR_OK || status == CANDOR_IO, home->job.message);
    job_forgive(&home->job);

    CHECK(mount(NULL, path, NULL, MS_REMOUNT, "size=8m") == 0, "room again");
    CHECK(small_open(home) == CANDOR_OK, home->job.message);
    small_check(home);
    small_add_until_it_fails(home, 1);
    CHECK(home->status == CANDOR_OK, home->message);
    small_check(home);
}

static void a_full_disk_keeps_what_was_acknowledged(void **state)
{
    (void)state;
    in_a_child(fill_a_disk);
}

static void make_a_disk_read_only(const char *path)
{
    uint64_t count = 0;
    mount_small(path);
    struct small_home *home = small_make(path);
    small_add_until_it_fails(home, 1);
    arena_end(home->owner);
    home->owner = NULL;
    CHECK(mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, "size=1m") == 0, "read-only");
    CHECK(small_open(home) == CANDOR_IO, home->job.message);
    CHECK(str_contains(str_of(home->job.message), STR("read-only")), home->job.message);
    job_forgive(&home->job);
    struct store *public_store = NULL;
    CHECK(store_open_public(&home->job, home->job.arena, str_of(path), &public_store) == CANDOR_OK,
          home->job.message);
    CHECK(store_leaf_count(&home->job, public_store, &count) == CANDOR_OK, home->job.message);
    CHECK(count == 1, "one leaf");
}

static void a_read_only_disk_opens_for_the_public_only(void **state)
{
    (void)state;
    in_a_child(make_a_disk_read_only);
}

/* Without a file system of its own: the process may not write beyond a size; 0: any. */
static void limit_files(rlim_t size)
{
    struct rlimit limit;
    must(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    must(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = size == 0 ? limit.rlim_max : size;
    must(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void keep_files_from_growing(const char *path)
{
    struct small_home *home = small_make(path);
    limit_files((rlim_t)400 * 1024);
    small_add_until_it_fails(home, TOO_MANY);
    limit_files(0);
    CHECK(home->added > 5 && home->added < TOO_MANY, "some were added, and then no more");
    CHECK(home->status == CANDOR_IO, home->message);
    small_check(home);
    CHECK(small_open(home) == CANDOR_OK, home->job.message);
    small_check(home);
}

static void a_file_that_may_not_grow_keeps_what_was_acknowledged(void **state)
{
    (void)state;
    in_a_child(keep_files_from_growing);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_full_disk_keeps_what_was_acknowledged),
        cmocka_unit_test(a_read_only_disk_opens_for_the_public_only),
        cmocka_unit_test(a_file_that_may_not_grow_keeps_what_was_acknowledged),
    };
    return cmocka_run_group_tests_name("disk", test, NULL, NULL);
}
