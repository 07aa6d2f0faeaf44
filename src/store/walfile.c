/*
 * walfile.c - the write-ahead log written in one piece a commit.
 *
 * SQLite writes each page of a commit in two: 24 bytes that say which it is, and the page. A decision's
 * commit has about ten pages, so twenty calls of the system; here they are one. This is a file system for
 * SQLite that hands everything on to its own, but gathers what is written to a log, piece after piece, and
 * writes it
 *
 *     when the last page of a commit has come: its head names a size of the database, bytes 4 to 7
 *     before anything else is done with the file, above all before it is synced or read
 *     when it is more than GATHER_MAX
 *
 * Only what is appended is gathered. What SQLite writes over, pages and heads of a commit that did not fit
 * into its cache, is handed on at once: no page of a commit follows it that would have it written.
 *
 * Others see pages of a log only once their commit is whole, so nobody misses what is gathered. What could
 * not be written is told by the call that writes it, as SQLite expects of that call.
 *
 * Who moves the log into the file beside the writer has a file system of its own, where the file is synced piece by
 * piece, with a rest after each: synced at once at the end, some megabytes would hold the disk for ten milliseconds
 * and more, and with it every commit.
 */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "backend.h"
#include "walfile.h"

enum {
    FRAME_HEAD = 24,
    GATHER_MAX = 120000, /* SQLite's own writes no more than 131071 bytes at once */
    PIECE = 64 * 1024,   /* synced at once, where the file is written beside the writer */
    REST_NS = 1000000,
};

struct walfile {
    sqlite3_file base; /* first: SQLite knows it by this */
    uint8_t *gathered; /* GATHER_MAX; NULL: a file that is no log */
    sqlite3_int64 at;  /* where it goes */
    sqlite3_int64 end; /* of what was written since the log began, gathered or not */
    int len;
    bool is_last;                  /* of a commit: the page that comes next */
    bool is_spread;                /* synced piece by piece */
    int unsynced;                  /* bytes, of such a file */
    const atomic_bool *is_hurried; /* it has to be done soon; NULL: never */
    sqlite3_file real[];           /* its own, as large as it likes */
};

static struct walfile *walfile_of(sqlite3_file *file)
{
    return (struct walfile *)file;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return walfile_of(file)->real;
}

/* Gone in any case: after a failure SQLite writes the commit anew or gives it up. */
static int write_gathered(sqlite3_file *file)
{
    struct walfile *log = walfile_of(file);
    const int len = log->len;
    log->len = 0;
    log->is_last = false;
    return len == 0 ? SQLITE_OK
                    : log->real->pMethods->xWrite(log->real, log->gathered, len, log->at);
}

#define FIRST_WRITE(file) \
    do { \
        const int code_of_write = write_gathered(file); \
        if (code_of_write != SQLITE_OK) { \
            return code_of_write; \
        } \
    } while (0)

static int gather(struct walfile *log, const void *bytes, int len, sqlite3_int64 at)
{
    static const uint8_t goes_on[4] = {0};
    if (log->len == 0) {
        log->at = at;
    }
    bytes_copy(log->gathered + log->len, bytes, (size_t)len);
    log->len += len;
    if (len == FRAME_HEAD) {
        log->is_last = memcmp((const uint8_t *)bytes + 4, goes_on, sizeof goes_on) != 0;
        return SQLITE_OK;
    }
    return log->is_last ? write_gathered(&log->base) : SQLITE_OK;
}

/* The head of the log, at 0, says that it begins again. */
static void note_end(struct walfile *log, int len, sqlite3_int64 at)
{
    log->end = at == 0 || at + len > log->end ? at + len : log->end;
}

static bool is_hurried(const struct walfile *spread)
{
    return spread->is_hurried != NULL && atomic_load(spread->is_hurried);
}

static int write_spread(struct walfile *spread, const void *bytes, int len, sqlite3_int64 at)
{
    static const struct timespec rest = {.tv_nsec = REST_NS};
    int code = spread->real->pMethods->xWrite(spread->real, bytes, len, at);
    spread->unsynced += len;
    if (code == SQLITE_OK && spread->unsynced >= PIECE && !is_hurried(spread)) {
        spread->unsynced = 0;
        code =
            spread->real->pMethods->xSync(spread->real, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
        (void)nanosleep(&rest, NULL);
    }
    return code;
}

static int wal_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
    struct walfile *log = walfile_of(file);
    if (log->is_spread) {
        return write_spread(log, bytes, len, at);
    }
    const bool goes_on = log->len > 0 && at == log->at + log->len && len <= GATHER_MAX - log->len;
    const bool begins = at > 0 && at >= log->end && len == FRAME_HEAD;
    if (!goes_on) {
        FIRST_WRITE(file);
    }
    note_end(log, len, at);
    return log->gathered != NULL && (goes_on || begins)
               ? gather(log, bytes, len, at)
               : log->real->pMethods->xWrite(log->real, bytes, len, at);
}

/* ---- everything else ----------------------------------------------------------------------- */

static int wal_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 at)
{
    FIRST_WRITE(file);
    return real_of(file)->pMethods->xRead(real_of(file), bytes, len, at);
}

static int wal_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    FIRST_WRITE(file);
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int wal_sync(sqlite3_file *file, int flags)
{
    FIRST_WRITE(file);
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int wal_size(sqlite3_file *file, sqlite3_int64 *size)
{
    FIRST_WRITE(file);
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int wal_control(sqlite3_file *file, int what, void *argument)
{
    FIRST_WRITE(file);
    if (what == WALFILE_HURRIED) {
        walfile_of(file)->is_hurried = argument;
        return SQLITE_OK;
    }
    return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
}

static int wal_close(sqlite3_file *file)
{
    struct walfile *log = walfile_of(file);
    const int written = write_gathered(file);
    const int closed = log->real->pMethods->xClose(log->real);
    sqlite3_free(log->gathered);
    log->gathered = NULL;
    return written != SQLITE_OK ? written : closed;
}

static int wal_lock(sqlite3_file *file, int lock)
{
    return real_of(file)->pMethods->xLock(real_of(file), lock);
}

static int wal_unlock(sqlite3_file *file, int lock)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), lock);
}

static int wal_check_lock(sqlite3_file *file, int *is_reserved)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is_reserved);
}

static int wal_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int wal_device(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int wal_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **mapped)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, mapped);
}

static int wal_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void wal_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int wal_shm_unmap(sqlite3_file *file, int is_deleted)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), is_deleted);
}

/* Version 2: nothing is mapped but the log's index, so no page is read past wal_read. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = wal_close,
    .xRead = wal_read,
    .xWrite = wal_write,
    .xTruncate = wal_truncate,
    .xSync = wal_sync,
    .xFileSize = wal_size,
    .xLock = wal_lock,
    .xUnlock = wal_unlock,
    .xCheckReservedLock = wal_check_lock,
    .xFileControl = wal_control,
    .xSectorSize = wal_sector,
    .xDeviceCharacteristics = wal_device,
    .xShmMap = wal_shm_map,
    .xShmLock = wal_shm_lock,
    .xShmBarrier = wal_shm_barrier,
    .xShmUnmap = wal_shm_unmap,
};

/* ---- the file system ----------------------------------------------------------------------- */

/* Copies of SQLite's own, but for the name and how files are opened. */
static sqlite3_vfs system_of;
static sqlite3_vfs system_beside;
static sqlite3_vfs *own; /* SQLite's */

static int wal_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *flags_given)
{
    struct walfile *opened = walfile_of(file);
    *opened = (struct walfile){.base = {.pMethods = NULL}};
    opened->is_spread = vfs == &system_beside && (flags & SQLITE_OPEN_MAIN_DB) != 0;
    if ((flags & SQLITE_OPEN_WAL) != 0) {
        opened->gathered = sqlite3_malloc(GATHER_MAX);
        if (opened->gathered == NULL) {
            return SQLITE_NOMEM;
        }
    }
    const int code = own->xOpen(own, name, opened->real, flags, flags_given);
    if (opened->real->pMethods != NULL) {
        opened->base.pMethods = &methods; /* also after a failure: SQLite closes it then */
    } else {
        sqlite3_free(opened->gathered);
        opened->gathered = NULL;
    }
    return code;
}

static void make_one(sqlite3_vfs *vfs, const char *name)
{
    *vfs = *own;
    vfs->pNext = NULL;
    vfs->zName = name;
    vfs->szOsFile = own->szOsFile + (int)sizeof(struct walfile);
    vfs->xOpen = wal_open;
    must(sqlite3_vfs_register(vfs, 0) == SQLITE_OK);
}

static void make(void)
{
    own = sqlite3_vfs_find(NULL);
    must(own != NULL);
    make_one(&system_of, "candor");
    make_one(&system_beside, "candor-beside");
}

static void make_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    must(sqlite3_initialize() == SQLITE_OK);
    must(pthread_once(&once, make) == 0);
}

const char *walfile_system(void)
{
    make_once();
    return system_of.zName;
}

const char *walfile_system_beside(void)
{
    make_once();
    return system_beside.zName;
}
