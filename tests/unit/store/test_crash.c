/*
 * test_crash.c - a process that is killed at any moment. What was acknowledged is there, what was
 * erased is gone, and the ledger tells exactly what the tables hold.
 *
 * A child adds and erases people, one transaction each, and counts in shared memory what was
 * acknowledged. The parent kills it after a random while, opens the home, and replays the ledger
 * against the tables. A kill leaves the system's cache, so this shows the order of our writes, not
 * what a disk does without power.
 */
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "home.h"

enum { ROUNDS = 40, PEOPLE_MAX = 100000, KILL_AFTER_MS_MAX = 120 };

struct shared {
    _Atomic uint64_t added;  /* acknowledged: people 0 .. added - 1 */
    _Atomic uint64_t erased; /* acknowledged erasures of people 0, 3, 6 ... */
    _Atomic bool has_failed;
};

static struct str name_of(struct arena *arena, uint64_t number)
{
    return str_format(arena, "person %llu", (unsigned long long)number);
}

/* ---- the child ----------------------------------------------------------------------------- */

static enum candor_status account(struct job *job, struct store *store, struct txn *txn,
                                  const char *what, uint64_t number)
{
    uint64_t index = 0;
    TRY(store_leaf_count(job, store, &index));
    TRY(store_append_leaf(
        job, txn, index,
        bytes_of(str_format(job->arena, "%s %llu", what, (unsigned long long)number))));
    return store_commit(job, txn);
}

static enum candor_status add_one(struct job *job, struct store *store,
                                  const struct inventory *inventory, uint64_t number)
{
    const struct str name = name_of(job->arena, number);
    const struct str address = str_format(job->arena, "%.*s@example.org", STR_ARG(name));
    struct txn *txn = NULL;
    struct subject subject;
    struct profile profile = profile_begin(job->arena, inventory);
    profile.cell[NOTE] = (struct cell){.kind = CELL_TEXT, .text = name};
    profile.cell[CITY] = text_cell("Bern");
    TRY(store_begin(job, store, &txn));
    TRY(store_add_subjects(job, txn, &name, 1, &subject));
    TRY(store_add_lookups(job, txn, &subject, &address, 1));
    TRY(store_put_profile(job, txn, subject, &profile));
    return account(job, store, txn, "add", number);
}

static enum candor_status erase_one(struct job *job, struct store *store, uint64_t number)
{
    struct txn *txn = NULL;
    struct subject subject;
    struct erasure_rows rows;
    struct key_erasure facts;
    TRY(store_begin(job, store, &txn));
    TRY(store_find(job, txn, name_of(job->arena, number), &subject));
    TRY(store_erase(job, txn, permit_for_right(job, subject, RIGHT_ERASURE), &rows));
    TRY(account(job, store, txn, "erase", number));
    return store_finish_erasures(job, store, &facts);
}

/* People are added one after the other; after each third the next of 0, 3, 6 ... is erased. */
static enum candor_status one_step(struct job *job, struct store *store,
                                   const struct inventory *inventory, struct shared *shared)
{
    const uint64_t added = atomic_load(&shared->added);
    const uint64_t erased = atomic_load(&shared->erased);
    if (added >= 3 && erased < added / 3) {
        TRY(erase_one(job, store, erased * 3));
        atomic_store(&shared->erased, erased + 1);
        return CANDOR_OK;
    }
    TRY(add_one(job, store, inventory, added));
    atomic_store(&shared->added, added + 1);
    return CANDOR_OK;
}

static void work_until_killed(const struct home *home, struct shared *shared)
{
    struct made_inventory made;
    struct job job;
    struct store *store = NULL;
    job_begin(&job, host_real());
    const struct inventory *inventory = make_inventory(&made);
    enum candor_status status = store_open(&job, job.arena, str_of(home->path), inventory, &store);
    for (uint64_t i = 0; status == CANDOR_OK && i < PEOPLE_MAX; i++) {
        struct job step;
        job_begin(&step, host_real());
        status = one_step(&step, store, inventory, shared);
        if (status != CANDOR_OK) {
            print_error("in the child: %s\n", step.message);
        }
        job_end(&step);
    }
    atomic_store(&shared->has_failed, true);
    _exit(1);
}

/* ---- the parent ---------------------------------------------------------------------------- */

/* What the ledger says of each person. */
struct replay {
    uint64_t added;
    uint64_t erased;
};

static enum candor_status replay_leaf(struct job *job, void *visitor, uint64_t index,
                                      struct bytes leaf)
{
    struct replay *replay = visitor;
    const struct str text = {(const char *)leaf.ptr, leaf.len};
    const uint64_t next = str_starts(text, STR("add ")) ? replay->added++ : replay->erased++ * 3;
    const struct str expected =
        str_format(job->arena, "%s %llu", str_starts(text, STR("add ")) ? "add" : "erase",
                   (unsigned long long)next);
    expect(str_equal(text, expected), "leaf %llu is '%.*s', not '%.*s'", (unsigned long long)index,
           STR_ARG(text), STR_ARG(expected));
    return CANDOR_OK;
}

static bool is_erased(const struct replay *replay, uint64_t number)
{
    return number % 3 == 0 && number / 3 < replay->erased;
}

static void check_person(struct home *home, const struct replay *replay, uint64_t number)
{
    const struct str name = name_of(home->job.arena, number);
    const struct str address = str_format(home->job.arena, "%.*s@example.org", STR_ARG(name));
    const bool expected = number < replay->added && !is_erased(replay, number);
    struct subject found;
    struct subject same;
    struct profile profile;
    const enum candor_status status = store_find(&home->job, home->txn, name, &found);
    expect(status == (expected ? CANDOR_OK : CANDOR_NOT_FOUND), "%.*s: %s", STR_ARG(name),
           status_name(status));
    FAILS(home, status, store_find(&home->job, home->txn, address, &same));
    if (!expected) {
        return;
    }
    COUNTS(found.slot, same.slot);
    OK(home, store_profile(&home->job, home->txn, right_to(home, found, RIGHT_ACCESS), &profile));
    expect(str_equal(profile.cell[NOTE].text, name), "%.*s", STR_ARG(name));
}

static void check_home(struct home *home, struct shared *shared)
{
    struct replay replay = {0};
    uint64_t subjects = 0;
    const uint64_t added = atomic_load(&shared->added);
    const uint64_t erased = atomic_load(&shared->erased);
    home_open(home);
    (void)home_begin(home);
    OK(home, store_each_leaf(&home->job, home->store, replay_leaf, &replay));
    expect(replay.added >= added && replay.added <= added + 1, "%llu acknowledged, %llu there",
           (unsigned long long)added, (unsigned long long)replay.added);
    expect(replay.erased >= erased && replay.erased <= erased + 1, "%llu acknowledged, %llu there",
           (unsigned long long)erased, (unsigned long long)replay.erased);
    for (uint64_t i = 0; i <= replay.added + 1; i++) {
        check_person(home, &replay, i);
    }
    OK(home, store_subject_count(&home->job, home->txn, &subjects));
    COUNTS(subjects, replay.added - replay.erased);
    home_close(home);

    /* What was committed and not yet acknowledged counts from here on. */
    atomic_store(&shared->added, replay.added);
    atomic_store(&shared->erased, replay.erased);
}

static uint64_t draw_ms(struct home *home)
{
    uint32_t number = 0;
    OK(home, host_random(&home->job, &number, sizeof number));
    return number % KILL_AFTER_MS_MAX;
}

/* slower: how many times longer it may live, on a machine where nothing gets done in time. */
static void kill_a_child(struct home *home, struct shared *shared, unsigned slower)
{
    const uint64_t wait_ms = draw_ms(home) * slower;
    const struct timespec nap = {(time_t)(wait_ms / 1000), (long)(wait_ms % 1000) * 1000000};
    const pid_t child = fork();
    int status = 0;
    must(child >= 0);
    if (child == 0) {
        work_until_killed(home, shared);
    }
    (void)nanosleep(&nap, NULL);
    must(kill(child, SIGKILL) == 0);
    must(waitpid(child, &status, 0) == child);
    expect(!atomic_load(&shared->has_failed), "the child failed before it was killed");
    expect(WIFSIGNALED(status), "after %llu ms: %d", (unsigned long long)wait_ms, status);
}

static void a_killed_process_leaves_all_or_nothing(void **state)
{
    (void)state;
    struct home home;
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(shared != MAP_FAILED);
    home_make(&home);
    home_close(&home);
    for (unsigned round = 0;
         round < ROUNDS || (atomic_load(&shared->added) == 0 && round < 4 * ROUNDS); round++) {
        kill_a_child(&home, shared, 1 + round / ROUNDS * 4);
        check_home(&home, shared);
    }
    print_message("%d kills: %llu added, %llu erased\n", ROUNDS,
                  (unsigned long long)atomic_load(&shared->added),
                  (unsigned long long)atomic_load(&shared->erased));
    expect(atomic_load(&shared->added) > 0, "nothing was ever added: the test shows nothing");
    must(munmap(shared, sizeof *shared) == 0);
    home_end(&home);
}

/* Killed while the home is being made, which then is made to the end. */
static void a_home_can_be_made_after_any_kill(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct home home = {0};
        home_job(&home);
        make_folder(home.path, sizeof home.path);
        (void)make_inventory(&home.made);
        const struct timespec nap = {0, (long)(draw_ms(&home) * 200000)};
        const pid_t child = fork();
        must(child >= 0);
        if (child == 0) {
            struct job job;
            struct store *store = NULL;
            job_begin(&job, host_real());
            _exit(store_create(&job, job.arena, str_of(home.path), &home.made.inventory, &store) ==
                          CANDOR_OK
                      ? 0
                      : 1);
        }
        (void)nanosleep(&nap, NULL);
        (void)kill(child, SIGKILL); /* or it was done already */
        must(waitpid(child, NULL, 0) == child);

        home.owner = arena_begin();
        OK(&home, store_create(&home.job, home.owner, str_of(home.path), &home.made.inventory,
                               &home.store));
        (void)home_begin(&home);
        (void)home_person(&home, "anna", "a@example.org", "secret");
        home_commit(&home);
        home_end(&home);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_killed_process_leaves_all_or_nothing),
        cmocka_unit_test(a_home_can_be_made_after_any_kill),
    };
    return cmocka_run_group_tests_name("crash", test, NULL, NULL);
}
