/*
 * plainly.h - SQLite asked by its own means, for tests of what lies below the store's verbs.
 */
#ifndef CANDOR_TEST_PLAINLY_H
#define CANDOR_TEST_PLAINLY_H

#include <sqlite3.h>

#include "base.h"
#include "testing.h"

static void run(sqlite3 *db, const char *text)
{
    char *message = NULL;
    const int code = sqlite3_exec(db, text, NULL, NULL, &message);
    expect(code == SQLITE_OK, "%s: %s", text, message == NULL ? "" : message);
}

static int64_t number(sqlite3 *db, const char *text)
{
    sqlite3_stmt *statement = NULL;
    must(sqlite3_prepare_v2(db, text, -1, &statement, NULL) == SQLITE_OK);
    must(sqlite3_step(statement) == SQLITE_ROW);
    const int64_t value = sqlite3_column_int64(statement, 0);
    must(sqlite3_finalize(statement) == SQLITE_OK);
    return value;
}

#endif
