/*
 * test_walfile.c - a log that is written in one piece a commit: whoever reads the file by SQLite's own means
 * sees each commit whole, once it is answered, and nothing of what was rolled back.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "plainly.h"
#include "walfile.h"

enum { ROUNDS = 400, ROWS = 300 };

struct pair {
    char folder[64];
    char path[96];
    sqlite3 *writer; /* through walfile.c */
    sqlite3 *reader; /* as others read it */
};

/* Knuth's generator: the same each time. */
static uint64_t below(uint64_t *seed, uint64_t bound)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % bound;
}

static void open_pair(struct pair *pair)
{
    const char *folder = getenv("TMPDIR");
    (void)snprintf(pair->folder, sizeof pair->folder, "%.40s/candor-XXXXXX",
                   folder != NULL ? folder : "/tmp");
    must(mkdtemp(pair->folder) != NULL);
    (void)snprintf(pair->path, sizeof pair->path, "%s/db", pair->folder);
    must(sqlite3_open_v2(pair->path, &pair->writer, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                         walfile_system()) == SQLITE_OK);
    /* A cache of ten pages: most transactions do not fit, and write over what they wrote. */
    run(pair->writer, "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA cache_size = 10;"
                      "PRAGMA wal_autocheckpoint = 300; PRAGMA cache_spill = 5;"
                      "CREATE TABLE t (i INTEGER PRIMARY KEY, n INTEGER, b BLOB);");
    for (int i = 0; i < ROWS; i++) {
        run(pair->writer, "INSERT INTO t (n, b) VALUES (0, zeroblob(300))");
    }
    must(sqlite3_open_v2(pair->path, &pair->reader, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
}

static void close_pair(struct pair *pair)
{
    must(sqlite3_close(pair->reader) == SQLITE_OK);
    must(sqlite3_close(pair->writer) == SQLITE_OK);
    must(unlink(pair->path) == 0);
    must(rmdir(pair->folder) == 0); /* and the log is gone with its last user */
}

/* Some rows one up, in an order that comes back to pages; says how many were. */
static int64_t change(uint64_t *seed, sqlite3 *db)
{
    char text[96];
    const uint64_t count = 1 + below(seed, 60);
    for (uint64_t i = 0; i < count; i++) {
        (void)snprintf(text, sizeof text,
                       "UPDATE t SET n = n + 1, b = randomblob(300) WHERE i = %llu",
                       (unsigned long long)(1 + below(seed, ROWS)));
        run(db, text);
    }
    return (int64_t)count;
}

static void every_commit_is_seen_whole_and_what_was_rolled_back_is_not(void **state)
{
    static const char sum[] = "SELECT sum(n) FROM t";
    uint64_t seed = 77;
    struct pair pair;
    int64_t expected = 0;
    (void)state;
    open_pair(&pair);
    for (int round = 0; round < ROUNDS; round++) {
        /* Unsynced, nothing but the last page of the commit has it written. */
        run(pair.writer,
            below(&seed, 2) == 0 ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
        run(pair.writer, "BEGIN");
        const int64_t kept = change(&seed, pair.writer);
        run(pair.writer, "SAVEPOINT s");
        const int64_t more = change(&seed, pair.writer);
        const bool goes_back = below(&seed, 3) == 0;
        run(pair.writer, goes_back ? "ROLLBACK TO s; RELEASE s" : "RELEASE s");
        expect(number(pair.reader, sum) == expected, "round %d: before the commit", round);
        const bool is_kept = below(&seed, 4) != 0;
        run(pair.writer, is_kept ? "COMMIT" : "ROLLBACK");
        expected += is_kept ? kept + (goes_back ? 0 : more) : 0;
        expect(number(pair.reader, sum) == expected, "round %d: after it", round);
        expect(number(pair.writer, sum) == expected, "round %d: to ourselves", round);
    }
    expect(number(pair.reader, "SELECT count(*) FROM pragma_integrity_check WHERE "
                               "integrity_check = 'ok'") == 1,
           "the file is whole");
    close_pair(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_commit_is_seen_whole_and_what_was_rolled_back_is_not),
    };
    return cmocka_run_group_tests_name("walfile", tests, NULL, NULL);
}
