/*
 * test_book.c - entries in transactions, over a real store: what is committed is proven, what is
 * rolled back never was, and disk and memory agree after every order of the two.
 */
#include <pthread.h>

#include "definition.h"
#include "home.h"

enum { ENTRIES_TRIED = 40 };

/* ---- the entries --------------------------------------------------------------------------- */

static void a_fresh_ledger_has_a_signed_checkpoint_of_size_0(void **state)
{
    (void)state;
    struct home home;
    struct checkpoint checkpoint;
    home_begin(&home);
    expect(ledger_size(home.ledger) == 0, "size");
    expect(checkpoint_read(&home.job, home_checkpoint(&home), HOME_ORIGIN, home.public_key,
                           &checkpoint) == CANDOR_OK,
           "%s", home.job.message);
    expect(checkpoint.size == 0, "checkpoint");
    home_end(&home);
}

static void an_entry_is_kept_as_tags_and_commitments(void **state)
{
    (void)state;
    struct home home;
    struct job *job = &home.job;
    struct txn *txn;
    home_begin(&home);
    struct ledger_entry entry = home_entry(&home);
    memset(entry.actor, 0xA1, sizeof entry.actor);
    memset(entry.object, 0xB2, sizeof entry.object);
    memset(entry.policy.byte, 0xC3, sizeof entry.policy.byte);
    home_append(&home, 3, true);

    uint64_t index = 0;
    must(store_begin(job, home.store, &txn) == CANDOR_OK);
    must(ledger_append(job, home.ledger, txn, &entry, &index) == CANDOR_OK);
    must(ledger_commit(job, home.ledger, txn) == CANDOR_OK);
    expect(index == 3, "index");

    struct bytes bytes;
    struct ledger_leaf leaf;
    must(store_leaf(job, home.store, 3, &bytes) == CANDOR_OK);
    must(leaf_read(job, bytes, &leaf) == CANDOR_OK);
    expect(leaf.time == job->now / 1000 * 1000, "time");
    expect(leaf.writer == 1 && leaf.has_prev && leaf.prev == 2, "place");
    expect(leaf.action == LEDGER_DECIDE && leaf.outcome == OUTCOME_ALLOW, "act");
    expect(memcmp(leaf.actor, entry.actor, 16) == 0, "actor");
    expect(memcmp(leaf.object, entry.object, 16) == 0, "object");
    expect(digest_equal(leaf.policy, entry.policy), "policy");

    const uint8_t number[8] = {0, 0, 0, 0, 0, 0, 0, 3};
    const struct bytes part = {number, sizeof number};
    uint8_t tag[16];
    tag_of(tag, sizeof tag, home.person, &part, 1);
    expect(memcmp(leaf.subject_tag, tag, 16) == 0, "the person's key finds the entry");
    const struct digest commitment = commitment_of(entry.salt, entry.payload);
    expect(memcmp(leaf.commitment, commitment.byte, 32) == 0, "the salt opens the commitment");
    home_end(&home);
}

static void an_entry_has_only_what_was_given(void **state)
{
    (void)state;
    struct home home;
    struct job *job = &home.job;
    struct txn *txn;
    struct ledger_entry entry = {.action = LEDGER_HOME_CREATED};
    uint64_t index = 77;
    struct bytes bytes;
    struct ledger_leaf leaf;
    home_begin(&home);
    must(store_begin(job, home.store, &txn) == CANDOR_OK);
    must(ledger_append(job, home.ledger, txn, &entry, &index) == CANDOR_OK);
    must(ledger_commit(job, home.ledger, txn) == CANDOR_OK);
    must(store_leaf(job, home.store, 0, &bytes) == CANDOR_OK);
    must(leaf_read(job, bytes, &leaf) == CANDOR_OK);
    expect(index == 0 && bytes.len == 22, "the smallest leaf has 22 bytes, not %zu", bytes.len);
    expect(!leaf.has_prev, "the first has none before it");
    home_end(&home);
}

static void two_entries_about_one_person_share_no_bytes_that_link_them(void **state)
{
    (void)state;
    struct home home;
    struct bytes bytes;
    struct ledger_leaf leaf[2];
    home_begin(&home);
    home_append(&home, 2, true);
    for (size_t i = 0; i < 2; i++) {
        must(store_leaf(&home.job, home.store, i, &bytes) == CANDOR_OK);
        must(leaf_read(&home.job, bytes, &leaf[i]) == CANDOR_OK);
    }
    expect(memcmp(leaf[0].subject_tag, leaf[1].subject_tag, 16) != 0, "tags");
    expect(memcmp(leaf[0].commitment, leaf[1].commitment, 32) != 0, "equal payloads look alike");
    home_end(&home);
}

/* ---- checkpoints and proofs ---------------------------------------------------------------- */

/* The checkpoint's root is that of the leaves on the shelves, by definition. */
static void expect_signed(struct home *home, uint64_t size)
{
    struct digest leaf[ENTRIES_TRIED];
    struct checkpoint checkpoint;
    expect(ledger_size(home->ledger) == size, "size");
    must(checkpoint_read(&home->job, home_checkpoint(home), HOME_ORIGIN, home->public_key,
                         &checkpoint) == CANDOR_OK);
    for (uint64_t i = 0; i < size; i++) {
        struct bytes bytes;
        must(store_leaf(&home->job, home->store, i, &bytes) == CANDOR_OK);
        leaf[i] = merkle_leaf(bytes);
    }
    expect(checkpoint.size == size, "size of checkpoint");
    expect(digest_equal(checkpoint.root, defined_root(leaf, (size_t)size)), "size %d", (int)size);
}

static void every_commit_signs_the_tree_of_all_entries(void **state)
{
    (void)state;
    struct home home;
    home_begin(&home);
    for (uint64_t size = 1; size <= ENTRIES_TRIED; size++) {
        home_append(&home, 1, true);
        expect_signed(&home, size);
    }
    home_end(&home);
}

static void a_group_has_one_checkpoint(void **state)
{
    (void)state;
    struct home home;
    uint64_t *size = NULL;
    struct str *text = NULL;
    size_t count = 0;
    home_begin(&home);
    home_append(&home, 13, true);
    home_append(&home, 8, true);
    expect_signed(&home, 21);
    must(store_checkpoints(&home.job, home.store, &size, &text, &count) == CANDOR_OK);
    expect(count == 2 && size[0] == 13 && size[1] == 21, "%zu checkpoints", count);
    home_end(&home);
}

static void every_entry_is_proven_offline(void **state)
{
    (void)state;
    struct home home;
    home_begin(&home);
    for (uint64_t size = 1; size <= ENTRIES_TRIED; size += 3) {
        home_append(&home, size == 1 ? 1 : 3, true);
        for (uint64_t index = 0; index < size; index++) {
            struct str proof;
            struct bytes leaf;
            must(store_leaf(&home.job, home.store, index, &leaf) == CANDOR_OK);
            expect(ledger_prove(&home.job, home.ledger, index, &proof) == CANDOR_OK, "%s",
                   home.job.message);
            expect(proof_file_verify(&home.job, proof, leaf, HOME_ORIGIN, home.public_key) ==
                       CANDOR_OK,
                   "%d of %d: %s", (int)index, (int)size, home.job.message);
        }
        struct str proof;
        expect(ledger_prove(&home.job, home.ledger, size, &proof) == CANDOR_BAD_INPUT, "one past");
    }
    home_end(&home);
}

static void every_checkpoint_is_proven_to_continue_those_before(void **state)
{
    (void)state;
    struct home home;
    struct checkpoint kept[ENTRIES_TRIED + 1];
    struct proof proof;
    home_begin(&home);
    for (uint64_t size = 0; size <= ENTRIES_TRIED; size++) {
        must(checkpoint_read(&home.job, home_checkpoint(&home), HOME_ORIGIN, home.public_key,
                             &kept[size]) == CANDOR_OK);
        for (uint64_t first = 0; first <= size; first++) {
            must(ledger_prove_consistency(&home.job, home.ledger, first, size, &proof) ==
                 CANDOR_OK);
            expect(proof_shows_consistency(&proof, first, kept[first].root, size, kept[size].root),
                   "%d in %d", (int)first, (int)size);
        }
        expect(ledger_prove_consistency(&home.job, home.ledger, 0, size + 1, &proof) ==
                   CANDOR_BAD_INPUT,
               "past the end");
        home_append(&home, 1, true);
    }
    home_end(&home);
}

/* ---- transactions -------------------------------------------------------------------------- */

static void what_is_rolled_back_never_was(void **state)
{
    (void)state;
    struct ledger_report report;
    static const size_t count[] = {1, 2, 3, 5, 8, 9};
    for (size_t before = 0; before < sizeof count / sizeof count[0]; before++) {
        for (size_t lost = 0; lost < sizeof count / sizeof count[0]; lost++) {
            struct home home;
            home_begin(&home);
            home_append(&home, count[before], true);
            const struct str kept = home_checkpoint(&home);
            home_append(&home, count[lost], false);
            expect(ledger_size(home.ledger) == count[before], "size");
            expect(str_equal(home_checkpoint(&home), kept), "checkpoint");

            home_append(&home, 2, true);
            expect_signed(&home, count[before] + 2);
            home_verify(&home, kept, &report);
            expect(report.finding.len == 0, "%.*s", STR_ARG(report.finding));
            home_end(&home);
        }
    }
}

static void a_commit_without_entries_signs_nothing(void **state)
{
    (void)state;
    struct home home;
    uint64_t *size = NULL;
    struct str *text = NULL;
    size_t count = 0;
    home_begin(&home);
    home_append(&home, 0, true);
    must(store_checkpoints(&home.job, home.store, &size, &text, &count) == CANDOR_OK);
    expect(count == 0, "a checkpoint of nothing");

    home_append(&home, 3, true);
    const struct str kept = home_checkpoint(&home);
    home_append(&home, 4, false);
    home_append(&home, 0, true); /* an empty transaction right after one that was rolled back */
    expect(str_equal(home_checkpoint(&home), kept), "checkpoint");
    home_append(&home, 1, true);
    expect_signed(&home, 4);
    home_end(&home);
}

static void an_opened_ledger_goes_on_where_it_ended(void **state)
{
    (void)state;
    struct home home;
    struct ledger_report report;
    home_begin(&home);
    for (uint64_t size = 1; size <= ENTRIES_TRIED; size++) {
        home_append(&home, 1, true);
        const struct str kept = str_copy(home.job.arena, home_checkpoint(&home));
        home_close(&home);
        home_open(&home);
        expect(str_equal(home_checkpoint(&home), kept), "size %d", (int)size);
        expect_signed(&home, size);
    }
    home_verify(&home, home_checkpoint(&home), &report);
    expect(report.finding.len == 0, "%.*s", STR_ARG(report.finding));
    home_end(&home);
}

static void nothing_is_built_on_leaves_that_the_book_did_not_write(void **state)
{
    (void)state;
    struct home home;
    struct job job;
    struct txn *txn;
    uint64_t index = 0;
    static const uint8_t stray[] = "stray";
    home_begin(&home);
    home_append(&home, 3, true);
    struct ledger_entry entry = home_entry(&home);

    job_begin(&job, host_real());
    must(store_begin(&job, home.store, &txn) == CANDOR_OK);
    must(ledger_append(&job, home.ledger, txn, &entry, &index) == CANDOR_OK);
    must(store_append_leaf(&job, txn, 4, (struct bytes){stray, sizeof stray}) == CANDOR_OK);
    expect(ledger_append(&job, home.ledger, txn, &entry, &index) == CANDOR_CORRUPT, "append");
    expect(ledger_commit(&job, home.ledger, txn) == CANDOR_CORRUPT, "commit");
    job_end(&job);

    home_append(&home, 1, true);
    expect_signed(&home, 4);
    home_end(&home);
}

static int64_t before_1970(struct host *host)
{
    (void)host;
    return -1;
}

static void a_clock_before_1970_writes_no_entry(void **state)
{
    (void)state;
    struct home home;
    struct job job;
    struct txn *txn;
    uint64_t index = 0;
    struct host host = *host_real();
    host.now = before_1970;
    home_begin(&home);
    struct ledger_entry entry = home_entry(&home);
    job_begin(&job, &host);
    must(store_begin(&job, home.store, &txn) == CANDOR_OK);
    expect(ledger_append(&job, home.ledger, txn, &entry, &index) == CANDOR_BAD_INPUT, "append");
    job_end(&job);
    home_append(&home, 1, true);
    expect_signed(&home, 1);
    home_end(&home);
}

static bool no_entropy(struct host *host, void *target, size_t len)
{
    (void)host;
    (void)target;
    (void)len;
    return false;
}

static void without_entropy_no_entry_is_written(void **state)
{
    (void)state;
    struct home home;
    struct job job;
    struct txn *txn;
    uint64_t index = 0;
    struct host host = *host_real();
    host.entropy = no_entropy;
    home_begin(&home);
    struct ledger_entry entry = home_entry(&home);
    job_begin(&job, host_real());
    must(store_begin(&job, home.store, &txn) == CANDOR_OK);
    job.host = &host;
    expect(ledger_append(&job, home.ledger, txn, &entry, &index) == CANDOR_IO, "append");
    job.host = host_real();
    must(ledger_append(&job, home.ledger, txn, &entry, &index) == CANDOR_OK);
    must(ledger_commit(&job, home.ledger, txn) == CANDOR_OK);
    job_end(&job);
    expect_signed(&home, 1);
    home_end(&home);
}

/* ---- opening ------------------------------------------------------------------------------- */

static void an_origin_that_no_checkpoint_can_name_is_refused(void **state)
{
    (void)state;
    struct home home;
    struct ledger *ledger;
    char longest[ORIGIN_LEN_MAX + 1];
    home_begin(&home);
    memset(longest, 'x', sizeof longest);
    const struct str origin[] = {STR(""),
                                 STR("a b"),
                                 STR("a+b"),
                                 STR("a\nb"),
                                 STR("a\xC2\xA0"),
                                 STR("\xFF"),
                                 {longest, sizeof longest}};
    for (size_t i = 0; i < sizeof origin / sizeof origin[0]; i++) {
        expect(ledger_open(&home.job, home.owner, home.store, home.signer, origin[i], &ledger) ==
                   CANDOR_BAD_INPUT,
               "row %zu", i);
    }
    const struct str fits = {longest, ORIGIN_LEN_MAX};
    expect(ledger_open(&home.job, home.owner, home.store, home.signer, fits, &ledger) == CANDOR_OK,
           "the longest: %s", home.job.message);
    home_end(&home);
}

static void a_ledger_does_not_open_over_an_edge_that_was_changed(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *sql;
    } row[] = {
        {"the last leaf is gone", "DELETE FROM leaf WHERE idx = 12"},
        {"the last leaf is another", "UPDATE leaf SET bytes = (SELECT bytes FROM leaf WHERE idx = "
                                     "11) WHERE idx = 12"},
        {"a leaf too many", "INSERT INTO leaf VALUES (13, x'00')"},
        {"all leaves are gone", "DELETE FROM leaf"},
        {"the last checkpoint is gone", "DELETE FROM checkpoint WHERE size = 13"},
        {"all checkpoints are gone", "DELETE FROM checkpoint"},
        {"an old checkpoint as the last", "UPDATE checkpoint SET note = (SELECT note FROM "
                                          "checkpoint WHERE size = 4) WHERE size = 13"},
        {"the last checkpoint moved", "UPDATE checkpoint SET size = 14 WHERE size = 13"},
        {"more signatures than the book has room for",
         "UPDATE checkpoint SET note = note || replace(printf('%.*c', 60, 'x'), 'x',"
         " '\xE2\x80\x94 w.example AAAAAAA=' || char(10)) WHERE size = 13"},
        {"a leaf at 2^60 - 1", "INSERT INTO leaf VALUES (1152921504606846975, x'00')"},
        {"an old checkpoint beyond", "INSERT INTO checkpoint SELECT 14, note FROM checkpoint WHERE "
                                     "size = 4"},
        {"a checkpoint that is changed", "UPDATE checkpoint SET note = replace(note, '13', '12') "
                                         "WHERE size = 13"},
        {"a checkpoint beyond all bounds", "INSERT INTO checkpoint VALUES (99, printf('%.*c', "
                                           "2000, 'x'))"},
        /* Node i of level l has the place ((i + 1 << l) - 1) * 64 + l. */
        {"a peak is gone", "DELETE FROM tree WHERE place = 451"},
        {"a peak is another", "UPDATE tree SET hash = zeroblob(32) WHERE place = 706"},
        {"a node beside the edge is gone", "DELETE FROM tree WHERE place = 768"},
        {"a leaf far away", "INSERT INTO leaf VALUES (4611686018427387904, x'00')"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct home home;
        struct ledger *ledger;
        home_begin(&home);
        home_append(&home, 4, true);
        home_append(&home, 9, true);
        home_close(&home);
        home_sql(&home, row[i].sql);
        home_open_store(&home);
        expect(ledger_open(&home.job, home.owner, home.store, home.signer, HOME_ORIGIN, &ledger) ==
                   CANDOR_CORRUPT,
               "%s", row[i].why);
        home_end(&home);
    }
}

static void a_ledger_opens_only_with_its_own_key_and_name(void **state)
{
    (void)state;
    struct home home;
    struct ledger *ledger;
    home_begin(&home);
    home_append(&home, 4, true);
    const struct signer *other = signer_make(home.job.arena, home.person);
    expect(ledger_open(&home.job, home.owner, home.store, other, HOME_ORIGIN, &ledger) ==
               CANDOR_CORRUPT,
           "another key");
    expect(ledger_open(&home.job, home.owner, home.store, home.signer, STR("other"), &ledger) ==
               CANDOR_CORRUPT,
           "another name");
    home_end(&home);
}

/* ---- threads ------------------------------------------------------------------------------- */

enum { WRITERS = 3, READERS = 2, COMMITS = 30, ENTRIES_PER_COMMIT = 3 };

static void *write_many(void *thing)
{
    struct home *home = thing;
    for (size_t i = 0; i < COMMITS; i++) {
        struct job job;
        struct txn *txn;
        uint64_t index = 0;
        job_begin(&job, host_real());
        must(store_begin(&job, home->store, &txn) == CANDOR_OK);
        for (size_t k = 0; k < ENTRIES_PER_COMMIT; k++) {
            struct ledger_entry entry = home_entry(home);
            must(ledger_append(&job, home->ledger, txn, &entry, &index) == CANDOR_OK);
        }
        if (i % 5 != 4) { /* every fifth is rolled back */
            must(ledger_commit(&job, home->ledger, txn) == CANDOR_OK);
            must(ledger_size(home->ledger) > index);
        }
        job_end(&job);
    }
    return NULL;
}

static void *read_many(void *thing)
{
    struct home *home = thing;
    uint64_t before = 0;
    for (size_t i = 0; i < COMMITS; i++) {
        struct job job;
        struct str proof;
        struct bytes leaf;
        job_begin(&job, host_real());
        const uint64_t size = ledger_size(home->ledger);
        must(size >= before);
        before = size;
        if (size > 0) {
            must(ledger_prove(&job, home->ledger, size - 1, &proof) == CANDOR_OK);
            must(store_leaf(&job, home->store, size - 1, &leaf) == CANDOR_OK);
            must(proof_file_verify(&job, proof, leaf, HOME_ORIGIN, home->public_key) == CANDOR_OK);
        }
        job_end(&job);
    }
    return NULL;
}

static void threads_share_one_book(void **state)
{
    (void)state;
    struct home home;
    struct ledger_report report;
    pthread_t thread[WRITERS + READERS];
    home_begin(&home);
    for (size_t i = 0; i < WRITERS + READERS; i++) {
        must(pthread_create(&thread[i], NULL, i < WRITERS ? write_many : read_many, &home) == 0);
    }
    for (size_t i = 0; i < WRITERS + READERS; i++) {
        must(pthread_join(thread[i], NULL) == 0);
    }
    home_verify(&home, home_checkpoint(&home), &report);
    expect(report.finding.len == 0, "%.*s", STR_ARG(report.finding));
    expect(report.entries == (uint64_t)WRITERS * COMMITS * 4 / 5 * ENTRIES_PER_COMMIT, "entries");
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_fresh_ledger_has_a_signed_checkpoint_of_size_0),
        cmocka_unit_test(an_entry_is_kept_as_tags_and_commitments),
        cmocka_unit_test(an_entry_has_only_what_was_given),
        cmocka_unit_test(two_entries_about_one_person_share_no_bytes_that_link_them),
        cmocka_unit_test(every_commit_signs_the_tree_of_all_entries),
        cmocka_unit_test(a_group_has_one_checkpoint),
        cmocka_unit_test(every_entry_is_proven_offline),
        cmocka_unit_test(every_checkpoint_is_proven_to_continue_those_before),
        cmocka_unit_test(what_is_rolled_back_never_was),
        cmocka_unit_test(a_commit_without_entries_signs_nothing),
        cmocka_unit_test(an_opened_ledger_goes_on_where_it_ended),
        cmocka_unit_test(nothing_is_built_on_leaves_that_the_book_did_not_write),
        cmocka_unit_test(a_clock_before_1970_writes_no_entry),
        cmocka_unit_test(without_entropy_no_entry_is_written),
        cmocka_unit_test(an_origin_that_no_checkpoint_can_name_is_refused),
        cmocka_unit_test(a_ledger_does_not_open_over_an_edge_that_was_changed),
        cmocka_unit_test(a_ledger_opens_only_with_its_own_key_and_name),
        cmocka_unit_test(threads_share_one_book),
    };
    return cmocka_run_group_tests_name("book", test, NULL, NULL);
}
