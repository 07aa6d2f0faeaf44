/*
 * logmover.c - the write-ahead log moved into the file beside the writer.
 *
 *     pages of the log      0 .............. moved ........ count
 *                           in the file too | only here
 *
 * The writer tells after each commit how many pages the log has. From MOVE_FROM on the thread moves what is there,
 * and again what came meanwhile, until little is left or it no longer becomes less. The writer then moves that rest
 * itself, between two commits, and SQLite begins the log anew with the next one: it does so only when all is moved.
 * Where the thread cannot keep up, or cannot run, the writer moves all by itself from MOVE_ALONE on, so the log has
 * a bound.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "logmover.h"
#include "walfile.h"

enum {
    MOVE_FROM = 6000,   /* pages, of 8 KB */
    MOVE_AGAIN = 64,    /* so few are left to the writer at once */
    MOVE_REST = 512,    /* so few are left to the writer when it does not become less */
    MOVE_SOON = 12000,  /* the thread takes the disk for itself */
    MOVE_ALONE = 24000, /* the writer waits no longer */
    BUSY_MS = 1000,
};

struct logmover {
    sqlite3 *writer;
    const char *uri;
    pthread_t thread;
    atomic_bool is_hurried;
    pthread_mutex_t moving; /* held while something is moved */
    pthread_mutex_t lock;   /* over what follows */
    pthread_cond_t changed;
    bool is_begun;
    bool is_wanted;
    bool is_over;
    int moved; /* pages of the log as it is now that are in the file too */
};

/* ---- the thread ------------------------------------------------------------------------------ */

/* Everything that is committed; what a reader still needs stays. Failures are tried again with the next commit. */
static bool move(sqlite3 *connection, int *count, int *moved)
{
    return sqlite3_wal_checkpoint_v2(connection, "main", SQLITE_CHECKPOINT_PASSIVE, count, moved) ==
               SQLITE_OK &&
           *count >= 0 && *moved >= 0;
}

static void move_most(struct logmover *mover, sqlite3 *connection)
{
    int before = INT32_MAX;
    int left = 0;
    do {
        int count = 0;
        int moved = 0;
        const int known = before;
        must(pthread_mutex_lock(&mover->moving) == 0);
        const bool is_moved = move(connection, &count, &moved);
        must(pthread_mutex_unlock(&mover->moving) == 0);
        if (!is_moved) {
            return;
        }
        must(pthread_mutex_lock(&mover->lock) == 0);
        mover->moved = moved;
        must(pthread_mutex_unlock(&mover->lock) == 0);
        left = count - moved;
        before = left;
        if (left >= known) {
            return;
        }
    } while (left > MOVE_AGAIN);
}

static sqlite3 *connect_beside(const char *uri, atomic_bool *is_hurried)
{
    sqlite3 *connection = NULL;
    const int flags =
        SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_READWRITE;
    if (sqlite3_open_v2(uri, &connection, flags, walfile_system_beside()) != SQLITE_OK ||
        sqlite3_busy_timeout(connection, BUSY_MS) != SQLITE_OK ||
        sqlite3_exec(connection, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;", NULL,
                     NULL, NULL) != SQLITE_OK ||
        sqlite3_file_control(connection, "main", WALFILE_HURRIED, is_hurried) != SQLITE_OK) {
        (void)sqlite3_close(connection);
        return NULL;
    }
    return connection;
}

static bool wait_for_work(struct logmover *mover)
{
    must(pthread_mutex_lock(&mover->lock) == 0);
    while (!mover->is_wanted && !mover->is_over) {
        must(pthread_cond_wait(&mover->changed, &mover->lock) == 0);
    }
    const bool goes_on = !mover->is_over;
    must(pthread_mutex_unlock(&mover->lock) == 0);
    return goes_on;
}

static void *work(void *context)
{
    struct logmover *mover = context;
    sqlite3 *connection = connect_beside(mover->uri, &mover->is_hurried);
    while (connection != NULL && wait_for_work(mover)) {
        move_most(mover, connection);
        must(pthread_mutex_lock(&mover->lock) == 0);
        mover->is_wanted = false;
        must(pthread_mutex_unlock(&mover->lock) == 0);
    }
    (void)sqlite3_close(connection); /* NULL is fine */
    return NULL;
}

/* Signals are for others. Without a thread the writer moves by itself. */
static void begin_thread(struct logmover *mover)
{
    sigset_t all;
    sigset_t before;
    must(sigfillset(&all) == 0);
    must(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
    mover->is_begun = pthread_create(&mover->thread, NULL, work, mover) == 0;
    must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
}

/* ---- the writer ------------------------------------------------------------------------------ */

static void move_rest(struct logmover *mover)
{
    int count = 0;
    int moved = 0;
    must(pthread_mutex_lock(&mover->moving) == 0);
    (void)move(mover->writer, &count, &moved);
    must(pthread_mutex_unlock(&mover->moving) == 0);
    must(pthread_mutex_lock(&mover->lock) == 0);
    mover->moved = 0; /* the log begins anew, or this is tried again */
    must(pthread_mutex_unlock(&mover->lock) == 0);
}

static void want(struct logmover *mover)
{
    if (!mover->is_begun) {
        begin_thread(mover);
    }
    must(pthread_mutex_lock(&mover->lock) == 0);
    mover->is_wanted = true;
    must(pthread_cond_signal(&mover->changed) == 0);
    must(pthread_mutex_unlock(&mover->lock) == 0);
}

/* SQLite's hook, after each commit of the writer. */
static int note_commit(void *context, sqlite3 *connection, const char *name, int count)
{
    struct logmover *mover = context;
    (void)connection;
    (void)name;
    atomic_store(&mover->is_hurried, count >= MOVE_SOON);
    if (count < MOVE_FROM) {
        return SQLITE_OK;
    }
    must(pthread_mutex_lock(&mover->lock) == 0);
    const bool is_busy = mover->is_wanted;
    const int left = count - mover->moved;
    must(pthread_mutex_unlock(&mover->lock) == 0);
    if (count >= MOVE_ALONE || (!is_busy && left <= MOVE_REST)) {
        move_rest(mover);
    } else if (!is_busy) {
        want(mover);
    }
    return SQLITE_OK;
}

struct logmover *logmover_begin(struct arena *owner, sqlite3 *writer, const char *uri)
{
    struct logmover *mover = NEW(owner, struct logmover);
    mover->writer = writer;
    mover->uri = uri;
    must(pthread_mutex_init(&mover->moving, NULL) == 0);
    must(pthread_mutex_init(&mover->lock, NULL) == 0);
    must(pthread_cond_init(&mover->changed, NULL) == 0);
    (void)sqlite3_wal_hook(writer, note_commit, mover);
    return mover;
}

void logmover_end(struct logmover *mover)
{
    if (mover == NULL) {
        return;
    }
    atomic_store(&mover->is_hurried, true);
    if (mover->is_begun) {
        must(pthread_mutex_lock(&mover->lock) == 0);
        mover->is_over = true;
        must(pthread_cond_signal(&mover->changed) == 0);
        must(pthread_mutex_unlock(&mover->lock) == 0);
        must(pthread_join(mover->thread, NULL) == 0);
    }
    (void)sqlite3_wal_hook(mover->writer, NULL, NULL);
    must(pthread_cond_destroy(&mover->changed) == 0);
    must(pthread_mutex_destroy(&mover->lock) == 0);
    must(pthread_mutex_destroy(&mover->moving) == 0);
}

void logmover_hold(struct logmover *mover)
{
    if (mover != NULL) {
        atomic_store(&mover->is_hurried, true); /* until the next commit */
        must(pthread_mutex_lock(&mover->moving) == 0);
    }
}

void logmover_release(struct logmover *mover)
{
    if (mover != NULL) {
        must(pthread_mutex_unlock(&mover->moving) == 0);
    }
}
