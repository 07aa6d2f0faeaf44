/*
 * test_store.c - transactions and the two locks.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "home.h"

static void a_change_without_an_account_is_refused(void **state)
{
    (void)state;
    struct home home;
    struct subject found;
    home_make(&home);
    (void)home_begin(&home);
    (void)home_add(&home, "anna");
    FAILS(&home, CANDOR_REFUSED, store_commit(&home.job, home.txn));

    /* It is still open, and takes the account. */
    home_commit(&home);
    (void)home_begin(&home);
    OK(&home, store_find(&home.job, home.txn, STR("anna"), &found));
    home_end(&home);
}

/* Each kind of change by itself asks for an account. */
static void change_subject(struct home *home, struct subject subject)
{
    (void)subject;
    (void)home_add(home, "another");
}

static void change_lookup(struct home *home, struct subject subject)
{
    const struct str lookup = STR("x@example.org");
    OK(home, store_add_lookups(&home->job, home->txn, &subject, &lookup, 1));
}

static void change_profile(struct home *home, struct subject subject)
{
    home_put(home, subject, "a@example.org", "Bern", "none");
}

static void change_event(struct home *home, struct subject subject)
{
    home_event(home, subject, VIEWED, 1, "hat");
}

static void change_consent(struct home *home, struct subject subject)
{
    home_consent(home, subject, NEWS, "form 1");
}

static void change_contact(struct home *home, struct subject subject)
{
    home_contact(home, subject, "spring");
}

static void change_decision(struct home *home, struct subject subject)
{
    home_decision(home, subject, "payload");
}

static void change_document(struct home *home, struct subject subject)
{
    (void)subject;
    OK(home, store_put_document(&home->job, home->txn, LIT("plan"), STR("spring"),
                                bytes_of(STR("content"))));
}

static void change_remove_document(struct home *home, struct subject subject)
{
    (void)subject;
    OK(home, store_remove_document(&home->job, home->txn, LIT("plan"), STR("there")));
}

static void change_erase(struct home *home, struct subject subject)
{
    struct erasure_rows rows;
    OK(home, store_erase(&home->job, home->txn, right_to(home, subject, RIGHT_ERASURE), &rows));
}

static const struct {
    const char *name;
    void (*change)(struct home *home, struct subject subject);
} change[] = {
    {"subject", change_subject},         {"lookup", change_lookup},
    {"profile", change_profile},         {"event", change_event},
    {"consent", change_consent},         {"contact", change_contact},
    {"decision", change_decision},       {"document", change_document},
    {"removal", change_remove_document}, {"erasure", change_erase},
};

static void every_kind_of_change_needs_an_account(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject subject = home_add(&home, "anna");
    OK(&home, store_put_document(&home.job, home.txn, LIT("plan"), STR("there"),
                                 bytes_of(STR("content"))));
    home_commit(&home);
    for (size_t row = 0; row < sizeof change / sizeof change[0]; row++) {
        (void)home_begin(&home);
        change[row].change(&home, subject);
        expect(store_commit(&home.job, home.txn) == CANDOR_REFUSED, "%s", change[row].name);
        job_forgive(&home.job);
        home_roll_back(&home);
    }
    home_end(&home);
}

static void reading_needs_no_account(void **state)
{
    (void)state;
    struct home home;
    uint64_t count = 1;
    home_make(&home);
    (void)home_begin(&home);
    OK(&home, store_subject_count(&home.job, home.txn, &count));
    COUNTS(count, 0);
    OK(&home, store_commit(&home.job, home.txn));
    home_end(&home);
}

static void what_is_rolled_back_never_was(void **state)
{
    (void)state;
    struct home home;
    struct subject found;
    uint64_t count = 0;
    uint64_t leaves = 0;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject subject = home_person(&home, "anna", "anna@example.org", "secret");
    home_account(&home);
    home_roll_back(&home);

    (void)home_begin(&home);
    OK(&home, store_subject_count(&home.job, home.txn, &count));
    OK(&home, store_leaf_count(&home.job, home.store, &leaves));
    expect(count == 0 && leaves == 0, "%llu %llu", (unsigned long long)count,
           (unsigned long long)leaves);
    FAILS(&home, CANDOR_NOT_FOUND, store_find(&home.job, home.txn, STR("anna"), &found));
    FAILS(&home, CANDOR_NOT_FOUND,
          store_find(&home.job, home.txn, STR("anna@example.org"), &found));

    /* The name is free, and the slot is not used again. */
    const struct subject again = home_add(&home, "anna");
    expect(again.slot > subject.slot, "%u after %u", again.slot, subject.slot);
    home_end(&home);
}

static void a_transaction_ends_with_its_job(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    struct job short_job;
    struct txn *txn = NULL;
    const struct str name = STR("anna");
    struct subject subject;
    job_begin(&short_job, host_real());
    must(store_begin(&short_job, home.store, &txn) == CANDOR_OK);
    must(store_add_subjects(&short_job, txn, &name, 1, &subject) == CANDOR_OK);
    job_end(&short_job);

    (void)home_begin(&home); /* would wait for ever otherwise */
    FAILS(&home, CANDOR_NOT_FOUND, store_find(&home.job, home.txn, STR("anna"), &subject));
    home_end(&home);
}

static void rolling_back_nothing_is_fine(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    store_roll_back(NULL);
    struct txn *txn = home_begin(&home);
    home_commit(&home);
    store_roll_back(txn);
    home_end(&home);
}

/* ---- the first lock ------------------------------------------------------------------------ */

static void every_read_is_counted_against_its_permit(void **state)
{
    (void)state;
    struct home home;
    struct profile profile;
    struct event *event = NULL;
    size_t count = 0;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject subject = home_person(&home, "anna", "anna@example.org", "secret");
    const uint64_t permits = 5;
    for (uint64_t i = 0; i < permits; i++) {
        const struct permit *permit = permit_to(&home, subject, PROFILING);
        OK(&home, store_profile(&home.job, home.txn, permit, &profile));
        OK(&home, store_events(&home.job, home.txn, permit, &event, &count));
    }
    const struct store_counts counts = store_counts(home.store);
    expect(counts.profile_reads == permits, "%llu", (unsigned long long)counts.profile_reads);
    expect(counts.event_reads == permits, "%llu", (unsigned long long)counts.event_reads);
    expect(counts.permits_refused == 0, "%llu", (unsigned long long)counts.permits_refused);
    home_end(&home);
}

/* A permit whose subject has another's place, for each way to read. */
static void a_permit_for_somebody_else_gives_nothing(void **state)
{
    (void)state;
    struct home home;
    struct profile profile = {0};
    struct event *event = NULL;
    struct decision_record *decision = NULL;
    struct str identifier = {0};
    struct erasure_rows rows;
    size_t count = 0;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_person(&home, "anna", "anna@example.org", "secret");
    struct subject mixed = home_person(&home, "ben", "ben@example.org", "other");
    mixed.slot = anna.slot;

    const struct permit *permit = permit_to(&home, mixed, SERVICE);
    const struct permit *right = right_to(&home, mixed, RIGHT_ERASURE);
    FAILS(&home, CANDOR_REFUSED, store_profile(&home.job, home.txn, permit, &profile));
    FAILS(&home, CANDOR_REFUSED, store_events(&home.job, home.txn, permit, &event, &count));
    FAILS(&home, CANDOR_REFUSED, store_identifier(&home.job, home.txn, permit, &identifier));
    FAILS(&home, CANDOR_REFUSED, store_decisions(&home.job, home.txn, right, &decision, &count));
    FAILS(&home, CANDOR_REFUSED, store_erase(&home.job, home.txn, right, &rows));
    expect(profile.cell == NULL && event == NULL && identifier.ptr == NULL && decision == NULL,
           "something was handed out");
    const struct store_counts counts = store_counts(home.store);
    expect(counts.permits_refused == 5, "%llu", (unsigned long long)counts.permits_refused);
    expect(counts.profile_reads == 0 && counts.event_reads == 0, "counted as read");
    home_end(&home);
}

static void a_permit_for_something_else_is_refused(void **state)
{
    (void)state;
    struct home home;
    struct decision_record *decision = NULL;
    struct erasure_rows rows;
    size_t count = 0;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_person(&home, "anna", "anna@example.org", "secret");
    FAILS(&home, CANDOR_REFUSED,
          store_decisions(&home.job, home.txn, permit_to(&home, anna, SERVICE), &decision, &count));
    FAILS(&home, CANDOR_REFUSED,
          store_erase(&home.job, home.txn, permit_to(&home, anna, SERVICE), &rows));
    FAILS(&home, CANDOR_REFUSED,
          store_erase(&home.job, home.txn, right_to(&home, anna, RIGHT_ACCESS), &rows));
    expect(store_counts(home.store).permits_refused == 3, "counted");
    OK(&home, store_decisions(&home.job, home.txn, right_to(&home, anna, RIGHT_ACCESS), &decision,
                              &count));
    COUNTS(count, 1);
    home_end(&home);
}

/* ---- secrets of the home ------------------------------------------------------------------- */

static void a_home_secret_is_of_its_use_and_lasts(void **state)
{
    (void)state;
    struct home home;
    struct secret *first = NULL;
    struct secret *other = NULL;
    struct secret *again = NULL;
    struct key_erasure facts;
    home_make(&home);
    OK(&home, store_home_secret(&home.job, home.store, "holdout_", &first));
    OK(&home, store_home_secret(&home.job, home.store, "sessions", &other));
    expect(!secret_equal(first, other), "two uses, one secret");
    OK(&home, store_rotate_keys(&home.job, home.store, &facts));
    home_close(&home);
    home_open(&home);
    OK(&home, store_home_secret(&home.job, home.store, "holdout_", &again));
    expect(secret_equal(first, again), "another after rotation and opening");
    home_end(&home);
}

static void a_tag_key_is_the_subjects_own(void **state)
{
    (void)state;
    struct home home;
    struct secret *anna_key = NULL;
    struct secret *ben_key = NULL;
    struct secret *again = NULL;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, "anna");
    const struct subject ben = home_add(&home, "ben");
    OK(&home, store_tag_key(&home.job, home.txn, anna, &anna_key));
    OK(&home, store_tag_key(&home.job, home.txn, ben, &ben_key));
    OK(&home, store_tag_key(&home.job, home.txn, anna, &again));
    expect(!secret_equal(anna_key, ben_key), "shared");
    expect(secret_equal(anna_key, again), "another each time");
    const struct subject nobody = {.slot = 77};
    FAILS(&home, CANDOR_NOT_FOUND, store_tag_key(&home.job, home.txn, nobody, &again));
    home_end(&home);
}

/* ---- threads ------------------------------------------------------------------------------- */

enum { THREADS = 4, ROUNDS = 10 };

struct worker {
    struct store *store;
    const struct inventory *inventory;
    unsigned number;
    _Atomic int failures;
};

static enum candor_status add_one(struct job *job, struct worker *worker, unsigned round)
{
    struct txn *txn = NULL;
    struct subject subject;
    uint64_t index = 0;
    const struct str name = str_format(job->arena, "person %u of %u", round, worker->number);
    TRY(store_begin(job, worker->store, &txn));
    TRY(store_add_subjects(job, txn, &name, 1, &subject));
    struct profile profile = profile_begin(job->arena, worker->inventory);
    profile.cell[CITY] = text_cell("Bern");
    TRY(store_put_profile(job, txn, subject, &profile));
    TRY(store_leaf_count(job, worker->store, &index));
    TRY(store_append_leaf(job, txn, index, bytes_of(name)));
    return store_commit(job, txn);
}

static enum candor_status read_ledger(struct job *job, struct worker *worker)
{
    uint64_t count = 0;
    struct bytes leaf;
    TRY(store_leaf_count(job, worker->store, &count));
    return count == 0 ? CANDOR_OK : store_leaf(job, worker->store, count - 1, &leaf);
}

static void *work(void *context)
{
    struct worker *worker = context;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct job job;
        job_begin(&job, host_real());
        const enum candor_status status =
            worker->number % 2 == 0 ? add_one(&job, worker, round) : read_ledger(&job, worker);
        if (status != CANDOR_OK) {
            print_error("%s\n", job.message);
            atomic_fetch_add(&worker->failures, 1);
        }
        store_use_inventory(worker->store, worker->inventory);
        (void)store_counts(worker->store);
        job_end(&job);
    }
    return NULL;
}

static void writers_take_turns_and_readers_do_not_wait(void **state)
{
    (void)state;
    struct home home;
    pthread_t thread[THREADS];
    struct worker worker[THREADS];
    uint64_t count = 0;
    home_make(&home);
    for (unsigned i = 0; i < THREADS; i++) {
        worker[i] = (struct worker){home.store, &home.made.inventory, i, 0};
        must(pthread_create(&thread[i], NULL, work, &worker[i]) == 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        must(pthread_join(thread[i], NULL) == 0);
        expect(worker[i].failures == 0, "worker %u", i);
    }
    (void)home_begin(&home);
    OK(&home, store_subject_count(&home.job, home.txn, &count));
    COUNTS(count, (uint64_t)THREADS / 2 * ROUNDS);
    home_end(&home);
}

static void others_see_only_what_is_committed(void **state)
{
    (void)state;
    struct home home;
    struct job beside;
    uint64_t count = 0;
    home_make(&home);
    job_begin(&beside, host_real());
    (void)home_begin(&home);
    home_account(&home);
    OK(&home, store_leaf_count(&home.job, home.store, &count));
    expect(count == 1, "inside: %llu", (unsigned long long)count);
    must(store_leaf_count(&beside, home.store, &count) == CANDOR_OK);
    expect(count == 0, "beside: %llu", (unsigned long long)count);
    OK(&home, store_commit(&home.job, home.txn));
    home.txn = NULL;
    must(store_leaf_count(&beside, home.store, &count) == CANDOR_OK);
    expect(count == 1, "after: %llu", (unsigned long long)count);
    job_end(&beside);
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_change_without_an_account_is_refused),
        cmocka_unit_test(every_kind_of_change_needs_an_account),
        cmocka_unit_test(reading_needs_no_account),
        cmocka_unit_test(what_is_rolled_back_never_was),
        cmocka_unit_test(a_transaction_ends_with_its_job),
        cmocka_unit_test(rolling_back_nothing_is_fine),
        cmocka_unit_test(every_read_is_counted_against_its_permit),
        cmocka_unit_test(a_permit_for_somebody_else_gives_nothing),
        cmocka_unit_test(a_permit_for_something_else_is_refused),
        cmocka_unit_test(a_home_secret_is_of_its_use_and_lasts),
        cmocka_unit_test(a_tag_key_is_the_subjects_own),
        cmocka_unit_test(writers_take_turns_and_readers_do_not_wait),
        cmocka_unit_test(others_see_only_what_is_committed),
    };
    return cmocka_run_group_tests_name("store", test, NULL, NULL);
}
