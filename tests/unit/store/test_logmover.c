/*
 * test_logmover.c - a log that another thread moves into the file while commits go on: it stays within its bound,
 * everybody sees every commit, and the file is whole.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logmover.h"
#include "plainly.h"
#include "walfile.h"

enum { ROWS = 400, COMMITS = 300, CHANGED = 160, FRAME = 8192 + 24, PAGES_MOST = 24000 + 2 * CHANGED };

struct file {
    char folder[64];
    char path[96];
    char log[112];
    struct arena *arena;
    sqlite3 *writer;
    struct logmover *mover;
};

static void begin_file(struct file *file)
{
    const char *folder = getenv("TMPDIR");
    *file = (struct file){.arena = arena_begin()};
    (void)snprintf(file->folder, sizeof file->folder, "%.40s/candor-XXXXXX",
                   folder != NULL ? folder : "/tmp");
    must(mkdtemp(file->folder) != NULL);
    (void)snprintf(file->path, sizeof file->path, "%s/db", file->folder);
    (void)snprintf(file->log, sizeof file->log, "%s-wal", file->path);
    must(sqlite3_open_v2(file->path, &file->writer, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                         walfile_system()) == SQLITE_OK);
    run(file->writer, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                      "CREATE TABLE t (i INTEGER PRIMARY KEY, n INTEGER, b BLOB);");
    for (int i = 0; i < ROWS; i++) {
        run(file->writer, "INSERT INTO t (n, b) VALUES (0, zeroblob(6000))");
    }
    file->mover = logmover_begin(file->arena, file->writer, file->path);
}

static void end_file(struct file *file)
{
    logmover_end(file->mover);
    must(sqlite3_close(file->writer) == SQLITE_OK);
    arena_end(file->arena);
    must(unlink(file->path) == 0);
    must(rmdir(file->folder) == 0);
}

static int64_t log_pages(const struct file *file)
{
    struct stat status;
    return stat(file->log, &status) == 0 ? (int64_t)status.st_size / FRAME : 0;
}

static void commit(struct file *file, int round)
{
    char text[128];
    (void)snprintf(text, sizeof text,
                   "UPDATE t SET n = n + 1, b = randomblob(6000) WHERE (i + %d) %% %d < %d", round * 7,
                   ROWS, CHANGED);
    run(file->writer, text);
}

static void commits_go_on_while_the_log_is_moved(void **state)
{
    struct file file;
    int64_t longest = 0;
    (void)state;
    begin_file(&file);
    for (int round = 0; round < COMMITS; round++) {
        commit(&file, round);
        longest = log_pages(&file) > longest ? log_pages(&file) : longest;
        expect(number(file.writer, "SELECT sum(n) FROM t") == (int64_t)(round + 1) * CHANGED,
               "round %d is there", round);
    }
    expect(longest > 6000, "the log was long enough to be moved: %lld pages", (long long)longest);
    expect(longest <= PAGES_MOST, "the log has a bound: %lld pages", (long long)longest);
    expect(number(file.writer, "SELECT count(*) FROM pragma_integrity_check WHERE "
                               "integrity_check = 'ok'") == 1,
           "the file is whole");
    end_file(&file);
}

static void nothing_is_moved_while_it_is_held(void **state)
{
    struct file file;
    (void)state;
    begin_file(&file);
    for (int round = 0; round < COMMITS / 4; round++) {
        commit(&file, round);
        if (round % 5 == 0) {
            logmover_hold(file.mover);
            expect(sqlite3_wal_checkpoint_v2(file.writer, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                             NULL) == SQLITE_OK,
                   "the log is emptied, for nobody moves it");
            logmover_release(file.mover);
            expect(log_pages(&file) == 0, "it is empty");
        }
    }
    end_file(&file);
}

static void nothing_to_hold_and_nothing_to_end_is_fine(void **state)
{
    (void)state;
    logmover_hold(NULL);
    logmover_release(NULL);
    logmover_end(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commits_go_on_while_the_log_is_moved),
        cmocka_unit_test(nothing_is_moved_while_it_is_held),
        cmocka_unit_test(nothing_to_hold_and_nothing_to_end_is_fine),
    };
    return cmocka_run_group_tests_name("logmover", tests, NULL, NULL);
}
