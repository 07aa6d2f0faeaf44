/*
 * backend.h - the few verbs a database must have, for the store room only. sqlite.c has them over
 * SQLite; beside it only walfile.c and logmover.c know it; schema.c has every statement.
 *
 * A database is used by one thread at a time: whoever shares one has a mutex over it. Failures name
 * the file and say what to do:
 *
 * CANDOR_CORRUPT    damaged, or not a database
 * CANDOR_IO         disk full, read-only, no permission, a failing disk; in a transaction, also
 *                   everything after such a failure: nothing of it will be kept
 * CANDOR_BUSY       another process holds the file
 * CANDOR_NOT_FOUND  no such file
 * CANDOR_TOO_LARGE, CANDOR_NO_MEMORY, CANDOR_CANCELLED
 */
#ifndef CANDOR_STORE_BACKEND_H
#define CANDOR_STORE_BACKEND_H

#include "base.h"
#include "schema.h"

struct database;
struct query;

enum database_use {
    DATABASE_SHARED,    /* written by us; other processes may read */
    DATABASE_ALONE,     /* written by us; nobody else may even read */
    DATABASE_BESIDE,    /* only read, beside our own writing connection */
    DATABASE_READ_ONLY, /* only read, whoever writes; also where nothing may be written */
};

/* Open the file, which is there, and may be empty. It is closed when owner ends. */
CANDOR_MUST_USE enum candor_status db_open(struct job *job, struct arena *owner, struct str path,
                                           enum database_use use, struct database **db);

/* What the file says it is: 0 and 0 for an empty one. */
CANDOR_MUST_USE enum candor_status db_version(struct job *job, struct database *db,
                                              int64_t *application, int64_t *version);
/* Make the tables of a part in an empty file, whole or not at all. */
CANDOR_MUST_USE enum candor_status db_make(struct job *job, struct database *db,
                                           enum schema_part part);
/* Add the tables that an older file lacks, and write the version; all or nothing. */
CANDOR_MUST_USE enum candor_status db_upgrade(struct job *job, struct database *db,
                                              enum schema_part part);
/* Prepare the statements of a part: once, after the tables are there. */
CANDOR_MUST_USE enum candor_status db_prepare(struct job *job, struct database *db,
                                              enum schema_part part);

CANDOR_MUST_USE enum candor_status db_begin(struct job *job, struct database *db);
/* Its commit is whole or not at all, but durable only after db_empty_log or the next commit. */
CANDOR_MUST_USE enum candor_status db_begin_unsynced(struct job *job, struct database *db);
/* Durable, or rolled back. */
CANDOR_MUST_USE enum candor_status db_commit(struct job *job, struct database *db);
void db_rollback(struct database *db); /* nothing begun is fine */

/* Move the write-ahead log into the file and cut it to nothing. CANDOR_BUSY: a reader in another
 * process still looks at it. */
CANDOR_MUST_USE enum candor_status db_empty_log(struct job *job, struct database *db);

/* A prepared statement, fresh, its parameters unset. Parameters count from 1, columns from 0. What
 * is bound must stay until the statement has run. */
struct query *db_query(struct database *db, enum sql sql);
void query_number(struct query *query, int parameter, int64_t value);
void query_bytes(struct query *query, int parameter, struct bytes value);
void query_text(struct query *query, int parameter, struct str value);

/* Run to the end, for its effect. */
CANDOR_MUST_USE enum candor_status query_run(struct job *job, struct query *query);

/* The next row. After the last, and after a failure, the statement has ended; otherwise end it. */
CANDOR_MUST_USE enum candor_status query_row(struct job *job, struct query *query, bool *found);
bool query_is_null(struct query *query, int column);
int64_t query_get_number(struct query *query, int column);     /* of NULL, 0 */
struct bytes query_get_bytes(struct query *query, int column); /* a view until the next row */
struct str query_get_text(struct query *query, int column);    /* a view until the next row */
void query_end(struct query *query);

/* Rows that the last query_run touched. */
uint64_t db_changes(struct database *db);

#endif
