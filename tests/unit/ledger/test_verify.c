/*
 * test_verify.c - a real store's file, spoiled in every way that SQL can, and what verification
 * says about it with the public key only.
 */
#include "definition.h"
#include "home.h"

enum { COMMITS = 5, ENTRIES_PER_COMMIT = 8, ENTRIES = COMMITS * ENTRIES_PER_COMMIT };

static const uint64_t not_told = UINT64_MAX;

/* A ledger of five commits; the verifier kept the third one's checkpoint, and the last. */
struct kept {
    struct str third;
    struct str last;
};

static struct kept home_fill(struct home *home)
{
    struct kept kept = {.third = STR("")};
    home_begin(home);
    for (size_t i = 0; i < COMMITS; i++) {
        home_append(home, ENTRIES_PER_COMMIT, true);
        kept.last = home_checkpoint(home);
        if (i == 2) {
            kept.third = kept.last;
        }
    }
    return kept;
}

static void an_honest_ledger_has_no_finding(void **state)
{
    (void)state;
    struct home home;
    struct ledger_report report;
    struct checkpoint checkpoint;
    const struct kept kept = home_fill(&home);
    must(checkpoint_read(&home.job, kept.last, HOME_ORIGIN, home.public_key, &checkpoint) ==
         CANDOR_OK);
    const struct str known[] = {STR(""), kept.third, kept.last};
    for (size_t i = 0; i < 3; i++) {
        home_verify(&home, known[i], &report);
        expect(report.finding.len == 0, "%.*s", STR_ARG(report.finding));
        expect(report.entries == ENTRIES && report.checkpoints == COMMITS, "counts");
        expect(report.first_bad == not_told, "no entry is bad");
        expect(digest_equal(report.root, checkpoint.root), "root");
    }
    home_end(&home);
}

static void an_empty_ledger_has_no_finding(void **state)
{
    (void)state;
    struct home home;
    struct ledger_report report;
    home_begin(&home);
    const struct str known[] = {STR(""), home_checkpoint(&home)};
    for (size_t i = 0; i < 2; i++) {
        home_verify(&home, known[i], &report);
        expect(report.finding.len == 0, "%.*s", STR_ARG(report.finding));
        expect(report.entries == 0 && report.checkpoints == 0, "counts");
    }
    home_end(&home);
}

static void the_public_part_of_a_home_is_enough(void **state)
{
    (void)state;
    struct home home;
    struct ledger_report report;
    const struct kept kept = home_fill(&home);
    home_close(&home);
    home.owner = arena_begin();
    expect(store_open_public(&home.job, home.owner, str_of(home.path), &home.store) == CANDOR_OK,
           "%s", home.job.message);
    home_verify(&home, kept.third, &report);
    expect(report.finding.len == 0 && report.entries == ENTRIES, "%.*s", STR_ARG(report.finding));
    home_end(&home);
}

/* ---- spoiled files ------------------------------------------------------------------------- */

/* The time's last byte, always to one that it was not: the leaf stays well formed. */
#define OTHER_TIME \
    "CAST(substr(bytes, 1, 12) || CASE substr(bytes, 13, 1) WHEN x'FE' THEN x'FD' ELSE" \
    " x'FE' END || substr(bytes, 14) AS BLOB)"
#define COPY_OF(index) "(SELECT bytes FROM leaf WHERE idx = " index ")"
/* Rows above an index move by one, by way of the negative numbers: each index is there once. */
#define MOVE_UP(from) \
    "UPDATE leaf SET idx = -1 - idx WHERE idx >= " from \
    "; UPDATE leaf SET idx = -idx WHERE idx < 0;"
#define MOVE_DOWN(from) \
    "UPDATE leaf SET idx = -idx WHERE idx >= " from \
    "; UPDATE leaf SET idx = -1 - idx WHERE idx < 0;"

static const struct {
    const char *why;
    const char *sql;
    const char *says;
    uint64_t first_bad;
    bool only_known_tells; /* without a kept checkpoint it is a smaller, honest ledger */
} spoiled[] = {
    /* one leaf */
    {"a changed leaf", "UPDATE leaf SET bytes = " OTHER_TIME " WHERE idx = 21",
     "entry 21 is not the one that was signed", 21, false},
    {"the first leaf changed", "UPDATE leaf SET bytes = " OTHER_TIME " WHERE idx = 0",
     "entry 0 is not the one", 0, false},
    {"the last leaf changed", "UPDATE leaf SET bytes = " OTHER_TIME " WHERE idx = 39",
     "entry 39 is not the one", 39, false},
    {"a changed leaf with its node",
     "UPDATE leaf SET bytes = " OTHER_TIME " WHERE idx = 21;"
     "UPDATE tree SET hash = zeroblob(32) WHERE place = 1344",
     "entry 21 is not the one", 21, false},
    {"two changed leaves", "UPDATE leaf SET bytes = " OTHER_TIME " WHERE idx IN (13, 30)",
     "entry 13 is not the one", 13, false},
    {"a leaf cut short", "UPDATE leaf SET bytes = substr(bytes, 1, 100) WHERE idx = 21",
     "entry 21: ", 21, false},
    {"a leaf lengthened", "UPDATE leaf SET bytes = CAST(bytes || x'41' AS BLOB) WHERE idx = 21",
     "entry 21: ", 21, false},
    {"an empty leaf", "UPDATE leaf SET bytes = x'' WHERE idx = 21", "entry 21: ", 21, false},
    {"a leaf replaced by its neighbour", "UPDATE leaf SET bytes = " COPY_OF("20") " WHERE idx = 21",
     "entry 21 is not in its place", 21, false},

    /* rows */
    {"a removed leaf", "DELETE FROM leaf WHERE idx = 21", "entry 21 is missing", 21, false},
    {"the first leaf removed", "DELETE FROM leaf WHERE idx = 0", "entry 0 is missing", 0, false},
    {"a removed leaf and the rest moved", "DELETE FROM leaf WHERE idx = 21;" MOVE_DOWN("22"),
     "entry 21 is not in its place", 21, false},
    {"the first leaf removed and the rest moved", "DELETE FROM leaf WHERE idx = 0;" MOVE_DOWN("1"),
     "entry 0 is not in its place", 0, false},
    {"two leaves swapped",
     "UPDATE leaf SET idx = -1 WHERE idx = 21; UPDATE leaf SET idx = 21 WHERE idx = 30;"
     "UPDATE leaf SET idx = 30 WHERE idx = -1",
     "entry 21 is not in its place", 21, false},
    {"an inserted copy", MOVE_UP("21") "INSERT INTO leaf VALUES (21, " COPY_OF("22") ")",
     "entry 22 is not in its place", 22, false},
    {"an inserted forgery",
     MOVE_UP("21") "INSERT INTO leaf SELECT 21, " OTHER_TIME " FROM leaf WHERE idx = 22",
     "entry 22 is not in its place", 21, false},

    /* the end */
    {"a leaf too many", "INSERT INTO leaf SELECT 40, bytes FROM leaf WHERE idx = 39",
     "no checkpoint covers the entries from 40", 40, false},
    {"a truncated table", "DELETE FROM leaf WHERE idx >= 33",
     "40 entries were signed, from entry 33 on they are missing", 33, false},
    {"truncated at a checkpoint", "DELETE FROM leaf WHERE idx >= 32",
     "from entry 32 on they are missing", 32, false},
    {"an empty table", "DELETE FROM leaf", "from entry 0 on they are missing", 0, false},
    {"truncated with its checkpoints, not its nodes",
     "DELETE FROM leaf WHERE idx >= 32; DELETE FROM checkpoint WHERE size > 32",
     "is stored, and its entries are not there", not_told, false},
    {"the last commit undone",
     "DELETE FROM leaf WHERE idx >= 32; DELETE FROM checkpoint WHERE size > 32;"
     "DELETE FROM tree WHERE place / 64 >= 32",
     "rolled back: it has 32 entries, the known checkpoint 40", 32, true},
    {"everything undone", "DELETE FROM leaf; DELETE FROM checkpoint; DELETE FROM tree",
     "rolled back: it has 0 entries, the known checkpoint 40", 0, true},

    /* nodes; node i of level l has the place ((i + 1 << l) - 1) * 64 + l */
    {"a changed node", "UPDATE tree SET hash = zeroblob(32) WHERE place = 1474",
     "the stored node 5 of level 2 is not that of its entries", not_told, false},
    {"a changed leaf node", "UPDATE tree SET hash = zeroblob(32) WHERE place = 320",
     "the stored node 5 of level 0", not_told, false},
    {"a changed peak", "UPDATE tree SET hash = zeroblob(32) WHERE place = 1989",
     "the stored node 0 of level 5", not_told, false},
    {"a removed node", "DELETE FROM tree WHERE place = 963", "the stored node 1 of level 3",
     not_told, false},
    {"two nodes swapped",
     "UPDATE tree SET place = 99999 WHERE place = 321;"
     "UPDATE tree SET place = 321 WHERE place = 449;"
     "UPDATE tree SET place = 449 WHERE place = 99999",
     "the stored node 2 of level 1", not_told, false},
    {"all nodes removed", "DELETE FROM tree", "the stored node 0 of level 0", not_told, false},
    {"a node too many", "INSERT INTO tree VALUES (4037, zeroblob(32))",
     "node 1 of level 5 is stored", not_told, false},
    {"a changed leaf that only its parent's node knows",
     "UPDATE leaf SET bytes = " OTHER_TIME " WHERE idx = 21;"
     "DELETE FROM tree WHERE place = 1344",
     "entry 21 is not the one", 21, false},

    /* checkpoints */
    {"no checkpoints", "DELETE FROM checkpoint", "no checkpoint covers the entries from 0", 0,
     false},
    {"the last checkpoint removed", "DELETE FROM checkpoint WHERE size = 40",
     "no checkpoint covers the entries from 32", 32, false},
    {"a checkpoint with another root",
     "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 16) WHERE size = 24",
     "the checkpoint over 16 entries is not in its place", not_told, false},
    {"a checkpoint moved", "UPDATE checkpoint SET size = 17 WHERE size = 16",
     "the checkpoint over 16 entries is not in its place", not_told, false},
    {"a checkpoint with another size",
     "UPDATE checkpoint SET note = replace(note, char(10) || '24' || char(10), char(10) || '23' ||"
     " char(10)), size = 23 WHERE size = 24",
     "not by the key", not_told, false},
    {"a checkpoint without a signature",
     "UPDATE checkpoint SET note = substr(note, 1, instr(note, char(10) || char(10)) + 1) "
     "WHERE size = 24",
     "no signature lines", not_told, false},
    {"an empty checkpoint", "UPDATE checkpoint SET note = '' WHERE size = 8", "over 8 entries",
     not_told, false},
};

enum { SPOILED = sizeof spoiled / sizeof spoiled[0] };

static void expect_finding(size_t row, const struct ledger_report *report, const char *says,
                           uint64_t first_bad)
{
    const struct str finding = report->finding;
    expect(finding.len > 0, "%s: no finding", spoiled[row].why);
    expect(str_contains(finding, str_of(says)), "%s: %.*s", spoiled[row].why, STR_ARG(finding));
    expect(report->first_bad == first_bad, "%s: first bad is %llu", spoiled[row].why,
           (unsigned long long)report->first_bad);
}

static void everything_that_was_spoiled_is_found(void **state)
{
    (void)state;
    for (size_t row = 0; row < SPOILED; row++) {
        struct home home;
        struct ledger_report report;
        const struct kept kept = home_fill(&home);
        home_close(&home);
        home_sql(&home, spoiled[row].sql);
        home_open_store(&home);

        home_verify(&home, STR(""), &report);
        if (spoiled[row].only_known_tells) {
            expect(report.finding.len == 0, "%s: %.*s", spoiled[row].why, STR_ARG(report.finding));
            home_verify(&home, kept.last, &report);
        }
        expect_finding(row, &report, spoiled[row].says, spoiled[row].first_bad);
        home_end(&home);
    }
}

static void a_checkpoint_of_nothing_does_not_hide_the_others(void **state)
{
    (void)state;
    struct home home;
    struct ledger_report report;
    char sql[1024];
    (void)home_fill(&home);
    const struct checkpoint nothing = {HOME_ORIGIN, 0, digest_of(NULL, 0)};
    const struct str note = checkpoint_sign(&home.job, &nothing, home.signer);
    home_close(&home);
    (void)snprintf(sql, sizeof sql, "INSERT INTO checkpoint VALUES (0, '%.*s')", STR_ARG(note));
    home_sql(&home, sql);
    home_open_store(&home);
    home_verify(&home, note, &report);
    expect(report.finding.len == 0 && report.checkpoints == COMMITS + 1, "%.*s",
           STR_ARG(report.finding));

    home_close(&home);
    home_sql(&home, "UPDATE leaf SET bytes = " OTHER_TIME " WHERE idx = 5");
    home_open_store(&home);
    home_verify(&home, note, &report);
    expect(report.first_bad == 5, "%.*s", STR_ARG(report.finding));
    home_end(&home);
}

/* ---- a whole other ledger ------------------------------------------------------------------ */

static void a_rewritten_ledger_does_not_fit_a_known_checkpoint(void **state)
{
    (void)state;
    struct home home;
    struct ledger_report report;
    const struct kept kept = home_fill(&home);
    /* The owner, who has the key, writes all of it anew: the salts differ, so do the entries. */
    home_close(&home);
    home_sql(&home, "DELETE FROM leaf; DELETE FROM tree; DELETE FROM checkpoint");
    home_open(&home);
    home_append(&home, ENTRIES, true);

    home_verify(&home, STR(""), &report);
    expect(report.finding.len == 0, "a consistent lie: %.*s", STR_ARG(report.finding));
    home_verify(&home, kept.third, &report);
    expect(str_contains(report.finding, STR("was rewritten: its first 24 entries")), "%.*s",
           STR_ARG(report.finding));
    home_end(&home);
}

static void a_ledger_of_another_key_or_name_is_found(void **state)
{
    (void)state;
    struct home home;
    struct ledger_report report;
    uint8_t other[PUBLIC_KEY_LEN];
    (void)home_fill(&home);
    signer_public(signer_make(home.job.arena, home.person), other);
    expect(ledger_verify(&home.job, home.store, HOME_ORIGIN, other, STR(""), &report) == CANDOR_OK,
           "%s", home.job.message);
    expect(str_contains(report.finding, STR("not signed by")), "%.*s", STR_ARG(report.finding));
    expect(ledger_verify(&home.job, home.store, STR("other"), home.public_key, STR(""), &report) ==
               CANDOR_OK,
           "%s", home.job.message);
    expect(report.finding.len > 0, "another name");
    home_end(&home);
}

static void a_known_text_that_is_no_checkpoint_is_found(void **state)
{
    (void)state;
    struct home home;
    struct ledger_report report;
    (void)home_fill(&home);
    home_verify(&home, STR("not a checkpoint\n"), &report);
    expect(str_starts(report.finding, STR("the known checkpoint: ")), "%.*s",
           STR_ARG(report.finding));
    home_end(&home);
}

/* ---- a ledger at work ---------------------------------------------------------------------- */

struct listener {
    struct home *home;
    uint64_t total;
    size_t called;
    bool grows;
    bool cancels;
};

/* Called by the verification when it begins, when it ends, and in between. */
static void listen(void *self, const char *what, uint64_t done, uint64_t total)
{
    struct listener *listener = self;
    (void)what;
    expect(done <= total, "progress");
    if (listener->called++ == 0) {
        listener->total = total;
        if (listener->grows) {
            home_append(listener->home, 3, true);
        }
        listener->home->job.cancelled = listener->cancels;
    }
}

static void a_ledger_may_grow_while_it_is_verified(void **state)
{
    (void)state;
    struct home home;
    struct ledger_report report;
    struct listener listener = {.home = &home, .grows = true};
    (void)home_fill(&home);
    home.job.progress = listen;
    home.job.progress_listener = &listener;
    home_verify(&home, STR(""), &report);
    expect(report.finding.len == 0, "%.*s", STR_ARG(report.finding));
    expect(report.entries == ENTRIES, "verified are those of its beginning");
    expect(listener.total == ENTRIES && listener.called == 2, "progress");
    expect(ledger_size(home.ledger) == ENTRIES + 3, "and it did grow");
    home_verify(&home, STR(""), &report);
    expect(report.finding.len == 0 && report.entries == ENTRIES + 3, "%.*s",
           STR_ARG(report.finding));
    home_end(&home);
}

static void a_cancelled_verification_has_no_answer(void **state)
{
    (void)state;
    struct home home;
    struct ledger_report report;
    struct listener listener = {.home = &home, .cancels = true};
    (void)home_fill(&home);
    home.job.progress = listen;
    home.job.progress_listener = &listener;
    expect(ledger_verify(&home.job, home.store, HOME_ORIGIN, home.public_key, STR(""), &report) ==
               CANDOR_CANCELLED,
           "cancelled");
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(an_honest_ledger_has_no_finding),
        cmocka_unit_test(an_empty_ledger_has_no_finding),
        cmocka_unit_test(the_public_part_of_a_home_is_enough),
        cmocka_unit_test(everything_that_was_spoiled_is_found),
        cmocka_unit_test(a_checkpoint_of_nothing_does_not_hide_the_others),
        cmocka_unit_test(a_rewritten_ledger_does_not_fit_a_known_checkpoint),
        cmocka_unit_test(a_ledger_of_another_key_or_name_is_found),
        cmocka_unit_test(a_known_text_that_is_no_checkpoint_is_found),
        cmocka_unit_test(a_ledger_may_grow_while_it_is_verified),
        cmocka_unit_test(a_cancelled_verification_has_no_answer),
    };
    return cmocka_run_group_tests_name("verify", test, NULL, NULL);
}
