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
 */
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

#include "backend.h"
#include "walfile.h"

enum {
    FRAME_HEAD = 24,
    GATHER_MAX = 120000, /* SQLite's own writes no more than 131071 bytes at once */
};

struct walfile {
    sqlite3_file base; /* first: SQLite knows it by this */
    uint8_t *gathered; /* GATHER_MAX; NULL: a file that is no log */
    sqlite3_int64 at;  /* where it goes */
    sqlite3_int64 end; /* of what was written since the log began, gathered or not */
    int len;
    bool is_last;        /* of a commit: the page that comes next */
    sqlite3_file real[]; /* its own, as large as it likes */
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

static int wal_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
    struct walfile *log = walfile_of(file);
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

static sqlite3_vfs
    system_of;           /* a copy of SQLite's own, but for the name and how files are opened */
static sqlite3_vfs *own; /* SQLite's */

static int wal_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *flags_given)
{
    struct walfile *opened = walfile_of(file);
    (void)vfs;
    *opened = (struct walfile){.base = {.pMethods = NULL}};
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

static void make(void)
{
    own = sqlite3_vfs_find(NULL);
    must(own != NULL);
    system_of = *own;
    system_of.pNext = NULL;
    system_of.zName = "candor";
    system_of.szOsFile = own->szOsFile + (int)sizeof(struct walfile);
    system_of.xOpen = wal_open;
    must(sqlite3_vfs_register(&system_of, 0) == SQLITE_OK);
}

const char *walfile_system(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    must(sqlite3_initialize() == SQLITE_OK);
    must(pthread_once(&once, make) == 0);
    return system_of.zName;
}
