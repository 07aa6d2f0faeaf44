/*
 * logmover.h - for sqlite.c: the write-ahead log moved into the file beside the writer. Inside the room only.
 *
 * Moving 64 MB of log and syncing the file takes tens of milliseconds, for which every answer that waits for a
 * commit would wait. So a thread of its own moves what is committed, by a connection of its own, while commits go
 * on behind it; the writer moves only the rest, small by then, after which SQLite begins the log anew.
 */
#ifndef CANDOR_STORE_LOGMOVER_H
#define CANDOR_STORE_LOGMOVER_H

#include <sqlite3.h>

#include "base.h"

struct logmover;

/* For the writing connection of a file that others may read; uri is kept as it is. The thread begins when there is
 * something to move for the first time. It takes the place of SQLite's own hook for commits. */
struct logmover *logmover_begin(struct arena *owner, sqlite3 *writer, const char *uri);
/* Waits for a move under way; the writer is still open. NULL is fine. */
void logmover_end(struct logmover *mover);

/* Nothing is moved in between. NULL is fine. */
void logmover_hold(struct logmover *mover);
void logmover_release(struct logmover *mover);

#endif
