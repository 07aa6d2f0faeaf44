/*
 * sqlite.c - the backend's verbs over SQLite 3.40, and the only file that knows it.
 *
 * Settings, and why:
 *
 *   WAL, synchronous FULL   a commit is on the disk when it returns; 5 ms, so callers commit in
 *                           groups
 *   secure_delete           what is deleted is overwritten with zeros where it stood
 *   temp_store MEMORY       no temporary files
 *   defensive, no triggers, no views, trusted_schema OFF
 *                           a file that somebody changed can make us wrong but not make us run
 *                           what stands in it
 *   exclusive locking       of a file that is ours alone: no shared memory file beside it, and no
 *                           system calls to lock it for each statement
 *
 * A transaction in which a statement failed is lost: SQLite may have rolled it back by itself, and
 * what came after would be committed piece by piece. So every later statement is refused until the
 * rollback, and db_commit refuses too.
 */
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "backend.h"
#include "logmover.h"
#include "walfile.h"

enum {
    PAGE_SIZE = 8192,
    CACHE_KIB = 32 * 1024,       /* of the writing connection; the system keeps more of the file */
    CACHE_BESIDE_KIB = 8 * 1024, /* of the others */
    LOG_PAGES = 4000,            /* of a file that is ours alone: 32 MB; others: logmover.c */
    LOG_KEPT_BYTES = 64 << 20,   /* of a log file that was longer once */
    BUSY_MS = 2000,              /* how long to wait for a reader in another process */
    SQL_TEXT_MAX = 512,
};

struct query {
    struct database *db;
    sqlite3_stmt *statement;
    int bound; /* SQLITE_OK, or why a parameter could not be bound */
};

struct database {
    sqlite3 *connection;
    struct logmover *mover; /* NULL: the log is not moved beside */
    struct str path;
    bool in_transaction;
    bool is_unsynced;
    bool is_lost; /* the transaction had a failure */
    struct query query[SQL_COUNT];
};

/* ---- failures ------------------------------------------------------------------------------ */

static enum candor_status fail_path(struct job *job, enum candor_status status, struct str path,
                                    const char *what)
{
    return fail(job, status, "'%.*s' %s", STR_ARG(path), what);
}

static enum candor_status fail_code(struct job *job, struct str path, int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return fail_path(job, CANDOR_IO, path,
                         "cannot grow: the disk is full; free some space and try again");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return fail_path(job, CANDOR_IO, path,
                         "cannot be written: it or its folder is read-only; check the permissions");
    case SQLITE_CANTOPEN:
        return fail_path(job, CANDOR_IO, path,
                         "cannot be opened: check that it is a file, and the permissions of it and "
                         "of its folder");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_SCHEMA:
    case SQLITE_MISMATCH:
        return fail_path(job, CANDOR_CORRUPT, path,
                         "is damaged; put back a copy from before the damage");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return fail_path(job, CANDOR_BUSY, path,
                         "is held by another process; wait for it to end, or end it");
    case SQLITE_CONSTRAINT:
        return fail_path(job, CANDOR_EXISTS, path, "has such a row already");
    case SQLITE_TOOBIG:
        return fail_path(job, CANDOR_TOO_LARGE, path, "holds at most 1,000,000,000 bytes a row");
    case SQLITE_NOMEM:
        return fail_path(job, CANDOR_NO_MEMORY, path, "needs more memory than there is");
    case SQLITE_INTERRUPT:
        return fail_path(job, CANDOR_CANCELLED, path, "was left: stopped");
    default:
        return fail(job, CANDOR_IO, "'%.*s' failed: %s (%d); check the disk", STR_ARG(path),
                    sqlite3_errstr(code), code);
    }
}

static enum candor_status fail_db(struct job *job, struct database *db, int code)
{
    db->is_lost = db->in_transaction;
    return fail_code(job, db->path, code);
}

static enum candor_status fail_lost(struct job *job, struct database *db)
{
    return fail_path(job, CANDOR_IO, db->path,
                     "refused an earlier change of this transaction, so none of it is kept");
}

/* ---- opening ------------------------------------------------------------------------------- */

static void db_close(void *thing)
{
    struct database *db = thing;
    if (db->connection == NULL) {
        return;
    }
    for (unsigned i = 0; i < SQL_COUNT; i++) {
        (void)sqlite3_finalize(db->query[i].statement); /* repeats an older failure */
    }
    logmover_end(db->mover);
    db->mover = NULL;
    /* A log that stays (a reader has the file open, the disk is full) is read at the next opening. */
    if (sqlite3_db_readonly(db->connection, "main") == 0) {
        (void)sqlite3_wal_checkpoint_v2(db->connection, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                        NULL);
    }
    (void)sqlite3_close(db->connection);
    db->connection = NULL;
}

/* The path as a URI: only so can SQLite be told that a file does not change. */
static const char *path_as_uri(struct arena *arena, struct str path, const char *query)
{
    struct buf uri = buf_begin(arena);
    buf_lit(&uri, LIT("file:"));
    for (size_t i = 0; i < path.len; i++) {
        const char c = path.ptr[i];
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '-' ||
                              c == '_';
        if (is_plain) {
            buf_u8(&uri, (uint8_t)c);
        } else {
            buf_format(&uri, "%%%02X", (unsigned)(uint8_t)c);
        }
    }
    buf_format(&uri, "?%s", query);
    buf_u8(&uri, 0);
    return (const char *)uri.ptr;
}

static enum candor_status connect_to(struct job *job, struct database *db, const char *uri,
                                     bool writes)
{
    const int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      SQLITE_OPEN_PRIVATECACHE |
                      (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    const int code = sqlite3_open_v2(uri, &db->connection, flags, writes ? walfile_system() : NULL);
    return code == SQLITE_OK ? CANDOR_OK : fail_db(job, db, code);
}

static enum candor_status run_text(struct job *job, struct database *db, struct lit text)
{
    const int code = sqlite3_exec(db->connection, text.ptr, NULL, NULL, NULL);
    return code == SQLITE_OK ? CANDOR_OK : fail_db(job, db, code);
}

static enum candor_status one_number(struct job *job, struct database *db, struct lit text,
                                     int64_t *number)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db->connection, text.ptr, (int)text.len, &statement, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    *number = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    (void)sqlite3_finalize(statement); /* says again what step said */
    return code == SQLITE_ROW ? CANDOR_OK : fail_db(job, db, code);
}

static void harden(struct database *db)
{
    const int on[] = {SQLITE_DBCONFIG_DEFENSIVE};
    const int off[] = {SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW,
                       SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
                       SQLITE_DBCONFIG_DQS_DML,        SQLITE_DBCONFIG_DQS_DDL};
    for (size_t i = 0; i < sizeof on / sizeof on[0]; i++) {
        must(sqlite3_db_config(db->connection, on[i], 1, (int *)NULL) == SQLITE_OK);
    }
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++) {
        must(sqlite3_db_config(db->connection, off[i], 0, (int *)NULL) == SQLITE_OK);
    }
    must(sqlite3_busy_timeout(db->connection, BUSY_MS) == SQLITE_OK);
}

static enum candor_status set_reading(struct job *job, struct database *db, int cache_kib)
{
    char text[SQL_TEXT_MAX];
    (void)sqlite3_snprintf(sizeof text, text,
                           "PRAGMA cache_size = -%d; PRAGMA temp_store = MEMORY;"
                           "PRAGMA cell_size_check = ON;",
                           cache_kib);
    const int code = sqlite3_exec(db->connection, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? CANDOR_OK : fail_db(job, db, code);
}

static enum candor_status set_writing(struct job *job, struct database *db, bool alone)
{
    char text[SQL_TEXT_MAX];
    (void)sqlite3_snprintf(sizeof text, text,
                           "PRAGMA page_size = %d; PRAGMA locking_mode = %s;"
                           "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                           "PRAGMA secure_delete = ON; PRAGMA foreign_keys = OFF;"
                           "PRAGMA wal_autocheckpoint = %d; PRAGMA journal_size_limit = %d;",
                           PAGE_SIZE, alone ? "EXCLUSIVE" : "NORMAL", LOG_PAGES, LOG_KEPT_BYTES);
    const int code = sqlite3_exec(db->connection, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? CANDOR_OK : fail_db(job, db, code);
}

static bool uses_log(struct database *db)
{
    sqlite3_stmt *statement = NULL;
    bool is_wal = false;
    if (sqlite3_prepare_v2(db->connection, "PRAGMA journal_mode", -1, &statement, NULL) ==
            SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        const char *mode = (const char *)sqlite3_column_text(statement, 0);
        is_wal = mode != NULL && strcmp(mode, "wal") == 0;
    }
    (void)sqlite3_finalize(statement); /* it was read, or it was not */
    return is_wal;
}

static enum candor_status open_to_write(struct job *job, struct arena *owner, struct database *db,
                                        bool alone)
{
    const char *uri = path_as_uri(owner, db->path, "mode=rw");
    TRY(connect_to(job, db, uri, true));
    harden(db);
    TRY(set_writing(job, db, alone));
    if (!alone) {
        db->mover = logmover_begin(owner, db->connection, uri);
    }
    TRY(set_reading(job, db, CACHE_KIB)); /* the cache is set in pages: after the page size */
    if (sqlite3_db_readonly(db->connection, "main") != 0) {
        return fail_code(job, db->path, SQLITE_READONLY);
    }
    if (!uses_log(db)) {
        return fail_path(job, CANDOR_IO, db->path,
                         "is on a file system without shared memory (a network one?); move the "
                         "home to a local disk");
    }
    return CANDOR_OK;
}

static enum candor_status connect_to_read(struct job *job, struct database *db, const char *query)
{
    int64_t tables = 0;
    TRY(connect_to(job, db, path_as_uri(job->arena, db->path, query), false));
    harden(db);
    TRY(set_reading(job, db, CACHE_BESIDE_KIB));
    return one_number(job, db, LIT("SELECT count(*) FROM sqlite_schema"), &tables);
}

/* Where nothing may be written there is no place for the log's index. That matters only when there
 * is a log: without one, nobody who writes is about, and the file may be read as it stands. */
static bool is_at_rest(struct job *job, struct database *db)
{
    const struct str log = str_format(job->arena, "%.*s-wal", STR_ARG(db->path));
    return !file_exists(job, log);
}

static enum candor_status open_to_read(struct job *job, struct database *db)
{
    const enum candor_status status = connect_to_read(job, db, "mode=ro");
    if (status != CANDOR_IO || !is_at_rest(job, db)) {
        return status;
    }
    job_forgive(job);
    (void)sqlite3_close(db->connection); /* nothing is prepared on it */
    db->connection = NULL;
    return connect_to_read(job, db, "mode=ro&immutable=1");
}

static enum candor_status open_for(struct job *job, struct arena *owner, struct database *db,
                                   enum database_use use)
{
    switch (use) {
    case DATABASE_SHARED:
        return open_to_write(job, owner, db, false);
    case DATABASE_ALONE:
        return open_to_write(job, owner, db, true);
    case DATABASE_BESIDE:
        return connect_to_read(job, db, "mode=ro");
    case DATABASE_READ_ONLY:
        return open_to_read(job, db);
    }
    base_broken("a database is opened for one of four uses", __FILE__, __LINE__);
}

enum candor_status db_open(struct job *job, struct arena *owner, struct str path,
                           enum database_use use, struct database **db)
{
    if (!file_exists(job, path)) {
        return fail(job, CANDOR_NOT_FOUND, "'%.*s' is missing", STR_ARG(path));
    }
    *db = NEW(owner, struct database);
    (*db)->path = str_copy(owner, path);
    arena_defer(owner, db_close, *db);
    return open_for(job, owner, *db, use);
}

/* ---- tables and statements ----------------------------------------------------------------- */

enum candor_status db_version(struct job *job, struct database *db, int64_t *application,
                              int64_t *version)
{
    TRY(one_number(job, db, LIT("PRAGMA application_id"), application));
    return one_number(job, db, LIT("PRAGMA user_version"), version);
}

static enum candor_status make_tables(struct job *job, struct database *db, enum schema_part part)
{
    const int64_t application = part == SCHEMA_KEYS ? SCHEMA_KEYS_FILE : SCHEMA_DATA_FILE;
    char text[SQL_TEXT_MAX];
    (void)sqlite3_snprintf(sizeof text, text,
                           "PRAGMA application_id = %lld; PRAGMA user_version = %d;",
                           (long long)application, SCHEMA_VERSION);
    TRY(run_text(job, db, schema_tables(part)));
    TRY(run_text(job, db, schema_tables_since(part)));
    const int code = sqlite3_exec(db->connection, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? CANDOR_OK : fail_db(job, db, code);
}

enum candor_status db_make(struct job *job, struct database *db, enum schema_part part)
{
    TRY(db_begin(job, db));
    const enum candor_status status = make_tables(job, db, part);
    if (status != CANDOR_OK) {
        db_rollback(db);
        return status;
    }
    return db_commit(job, db);
}

static enum candor_status add_tables(struct job *job, struct database *db, enum schema_part part)
{
    char text[SQL_TEXT_MAX];
    int64_t application = 0;
    int64_t version = 0;
    TRY(db_version(job, db, &application, &version));
    (void)sqlite3_snprintf(sizeof text, text, "PRAGMA user_version = %d;", SCHEMA_VERSION);
    TRY(run_text(job, db, schema_tables_since(part)));
    TRY(run_text(job, db, schema_moves(part, version)));
    const int code = sqlite3_exec(db->connection, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? CANDOR_OK : fail_db(job, db, code);
}

enum candor_status db_upgrade(struct job *job, struct database *db, enum schema_part part)
{
    TRY(db_begin(job, db));
    const enum candor_status status = add_tables(job, db, part);
    if (status != CANDOR_OK) {
        db_rollback(db);
        return status;
    }
    return db_commit(job, db);
}

static int prepare(struct database *db, struct lit text, struct query *query)
{
    return sqlite3_prepare_v3(db->connection, text.ptr, (int)text.len, SQLITE_PREPARE_PERSISTENT,
                              &query->statement, NULL);
}

enum candor_status db_prepare(struct job *job, struct database *db, enum schema_part part)
{
    for (unsigned i = 0; i < SQL_COUNT; i++) {
        const struct sql_text *sql = schema_sql((enum sql)i);
        struct query *query = &db->query[i];
        if ((sql->parts >> part & 1) == 0 || query->statement != NULL) {
            continue;
        }
        query->db = db;
        int code = prepare(db, sql->text, query);
        if ((code & 0xff) == SQLITE_ERROR && schema_sql_older((enum sql)i).len > 0) {
            code = prepare(db, schema_sql_older((enum sql)i), query);
        }
        if ((code & 0xff) == SQLITE_ERROR) { /* no such table or column */
            return fail_code(job, db->path, SQLITE_CORRUPT);
        }
        if (code != SQLITE_OK) {
            return fail_db(job, db, code);
        }
    }
    return CANDOR_OK;
}

/* ---- transactions -------------------------------------------------------------------------- */

enum candor_status db_begin(struct job *job, struct database *db)
{
    must(!db->in_transaction);
    TRY(run_text(job, db, LIT("BEGIN")));
    db->in_transaction = true;
    db->is_lost = false;
    return CANDOR_OK;
}

/* SQLite does not change it within a transaction. It is a setting in memory, and cannot fail. */
static void sync_commits(struct database *db, bool at_once)
{
    const char *text = at_once ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL";
    must(sqlite3_exec(db->connection, text, NULL, NULL, NULL) == SQLITE_OK);
    db->is_unsynced = !at_once;
}

enum candor_status db_begin_unsynced(struct job *job, struct database *db)
{
    must(!db->in_transaction);
    sync_commits(db, false);
    const enum candor_status status = db_begin(job, db);
    if (status != CANDOR_OK) {
        sync_commits(db, true);
    }
    return status;
}

static void txn_over(struct database *db)
{
    db->in_transaction = false;
    db->is_lost = false;
    if (db->is_unsynced) {
        sync_commits(db, true);
    }
}

static void end_all(struct database *db)
{
    for (unsigned i = 0; i < SQL_COUNT; i++) {
        if (db->query[i].statement != NULL && sqlite3_stmt_busy(db->query[i].statement) != 0) {
            query_end(&db->query[i]);
        }
    }
}

enum candor_status db_commit(struct job *job, struct database *db)
{
    must(db->in_transaction);
    end_all(db);
    enum candor_status status = db->is_lost ? fail_lost(job, db) : run_text(job, db, LIT("COMMIT"));
    if (status != CANDOR_OK) {
        db_rollback(db);
        return status;
    }
    txn_over(db);
    return CANDOR_OK;
}

void db_rollback(struct database *db)
{
    if (!db->in_transaction) {
        return;
    }
    end_all(db);
    if (sqlite3_get_autocommit(db->connection) == 0) {
        /* What it could not undo in memory, the next opening does not find in the log. */
        (void)sqlite3_exec(db->connection, "ROLLBACK", NULL, NULL, NULL);
    }
    txn_over(db);
}

enum candor_status db_empty_log(struct job *job, struct database *db)
{
    must(!db->in_transaction);
    end_all(db);
    logmover_hold(db->mover);
    const int code =
        sqlite3_wal_checkpoint_v2(db->connection, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    logmover_release(db->mover);
    return code == SQLITE_OK ? CANDOR_OK : fail_db(job, db, code);
}

/* ---- statements ---------------------------------------------------------------------------- */

struct query *db_query(struct database *db, enum sql sql)
{
    struct query *query = &db->query[sql];
    must(query->statement != NULL);
    query_end(query);
    return query;
}

void query_number(struct query *query, int parameter, int64_t value)
{
    must(sqlite3_bind_int64(query->statement, parameter, value) == SQLITE_OK);
}

/* A NULL pointer would bind NULL, which is not the same as no bytes. */
void query_bytes(struct query *query, int parameter, struct bytes value)
{
    const void *ptr = value.len == 0 ? "" : (const void *)value.ptr;
    const int code =
        sqlite3_bind_blob64(query->statement, parameter, ptr, value.len, SQLITE_STATIC);
    query->bound = code == SQLITE_OK ? query->bound : code;
}

void query_text(struct query *query, int parameter, struct str value)
{
    const char *ptr = value.len == 0 ? "" : value.ptr;
    const int code = sqlite3_bind_text64(query->statement, parameter, ptr, value.len, SQLITE_STATIC,
                                         SQLITE_UTF8);
    query->bound = code == SQLITE_OK ? query->bound : code;
}

void query_end(struct query *query)
{
    (void)sqlite3_reset(query->statement); /* says again what step said */
    (void)sqlite3_clear_bindings(query->statement);
    query->bound = SQLITE_OK;
}

static enum candor_status step(struct job *job, struct query *query, bool *found)
{
    struct database *db = query->db;
    if (db->in_transaction && (db->is_lost || sqlite3_get_autocommit(db->connection) != 0)) {
        query_end(query);
        return fail_lost(job, db);
    }
    const int code = query->bound == SQLITE_OK ? sqlite3_step(query->statement) : query->bound;
    *found = code == SQLITE_ROW;
    if (code == SQLITE_ROW) {
        return CANDOR_OK;
    }
    query_end(query);
    return code == SQLITE_DONE ? CANDOR_OK : fail_db(job, db, code);
}

enum candor_status query_row(struct job *job, struct query *query, bool *found)
{
    return step(job, query, found);
}

enum candor_status query_run(struct job *job, struct query *query)
{
    bool found = true;
    while (found) {
        TRY(step(job, query, &found));
    }
    return CANDOR_OK;
}

bool query_is_null(struct query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

int64_t query_get_number(struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

struct bytes query_get_bytes(struct query *query, int column)
{
    const uint8_t *ptr = sqlite3_column_blob(query->statement, column);
    const int len = sqlite3_column_bytes(query->statement, column);
    return (struct bytes){ptr, ptr == NULL ? 0 : (size_t)len};
}

struct str query_get_text(struct query *query, int column)
{
    const struct bytes bytes = query_get_bytes(query, column);
    return (struct str){(const char *)bytes.ptr, bytes.len};
}

uint64_t db_changes(struct database *db)
{
    return (uint64_t)sqlite3_changes64(db->connection);
}
