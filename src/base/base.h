/*
 * base.h - the door of the base room: what C lacks.
 *
 *   status.c   the dozen ways to fail, each with one sentence, one exit code and one HTTP code
 *   arena.c    memory that ends with a job; small things never fail, large things may
 *   job.c      one request, command or run: its arena, its instant, its failure message
 *   str.c      views of text and bytes, growing buffers, numbers and times as text
 *   map.c      a hash table from bytes to pointers; a hash set is a map to NULL-free pointers
 *   host.c     the only way to the clock, entropy and, in file.c and file_write.c, files
 *   log.c      literal events with typed fields; there is no field type for personal text
 *   pool.c     work split into pieces that do not depend on the number of threads
 *   text.h     the second door of this room: JSON, YAML and CSV behind safe readers and writers
 *
 * Every other room opens this door. It opens none.
 */
#ifndef CANDOR_BASE_H
#define CANDOR_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "candor_status.h" /* enum candor_status, shared with the public header */

#define CANDOR_MUST_USE __attribute__((warn_unused_result))
#define CANDOR_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

/* ---- promises ------------------------------------------------------------------------------ */

/* State what must be true. A broken promise is a bug: say which and stop, in every build. */
#define must(promise) ((promise) ? (void)0 : base_broken(#promise, __FILE__, __LINE__))

_Noreturn void base_broken(const char *promise, const char *file, int line);

/* ---- status.c ------------------------------------------------------------------------------ */

const char *status_name(enum candor_status status);     /* "spent" */
const char *status_sentence(enum candor_status status); /* "The privacy budget is used up." */
int status_exit_code(enum candor_status status);        /* 0 1 2 3 4, see INTERFACES */
int status_http_code(enum candor_status status);        /* 200 400 403 404 409 413 ... */

/* ---- views --------------------------------------------------------------------------------- */

/* A view of bytes that someone else owns. */
struct bytes {
    const uint8_t *ptr;
    size_t len;
};

/* A view of UTF-8 text that someone else owns; not zero-terminated. */
struct str {
    const char *ptr;
    size_t len;
};

/* Text that stands in the source. Where a parameter is a struct lit, nothing else can pass. */
struct lit {
    const char *ptr;
    size_t len;
};

#define LIT(text) ((struct lit){"" text "", sizeof(text) - 1})
#define STR(text) ((struct str){"" text "", sizeof(text) - 1})
/* For "%.*s". */
#define STR_ARG(view) (int)(view).len, (view).ptr

/* ---- arena.c ------------------------------------------------------------------------------- */

/*
 * A growing region. Everything made in it ends with it. A wiped arena overwrites what it held
 * before giving it back, which every job's arena does, since it may hold personal values.
 */
struct arena;

struct arena_mark {
    void *block;
    size_t used;
    void *deferred;
};

#define ARENA_ALLOC_MAX ((size_t)1 << 36) /* 64 GiB: one allocation larger than this is a bug */

struct arena *arena_begin(void); /* stops the process without memory */
/* For many that live long and hold little: a block of 512 bytes or more at first, and later ones that grow with it. */
struct arena *arena_begin_small(size_t first);
void arena_end(struct arena *arena); /* runs what was deferred, last first; wipes; NULL is fine */

/* Zeroed memory, aligned for any type. arena_new is for small fixed things: it never returns NULL.
 * arena_try is for sizes that came from outside: NULL when there is no memory. */
void *arena_new(struct arena *arena, size_t size);
void *arena_try(struct arena *arena, size_t count, size_t size);

/* Call release(thing) when the arena ends or is rewound past this point. */
void arena_defer(struct arena *arena, void (*release)(void *thing), void *thing);

struct arena_mark arena_mark(struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

size_t arena_size(const struct arena *arena); /* bytes taken from the system */

#define NEW(arena, type) ((type *)arena_new((arena), sizeof(type)))
/* An array whose count our own code chose (a few thousand at most). */
#define NEW_ARRAY(arena, count, type) ((type *)arena_new((arena), size_mul((count), sizeof(type))))
/* An array whose count came from outside; may be NULL. */
#define TRY_ARRAY(arena, count, type) ((type *)arena_try((arena), (count), sizeof(type)))

/* Size arithmetic that stops the process instead of wrapping. */
size_t size_mul(size_t left, size_t right);
size_t size_add(size_t left, size_t right);

/* Move or compare memory of any length, also none with a NULL pointer, which memcpy forbids. */
void bytes_copy(void *target, const void *source, size_t len);
bool bytes_same(const void *left, const void *right, size_t len);

/* ---- job.c --------------------------------------------------------------------------------- */

struct host;
struct log;

#define JOB_MESSAGE_MAX 1024

/*
 * One request, command or training run, on one thread. now is read once, when the job begins, so
 * that one job sees one instant.
 */
struct job {
    struct arena *arena;
    struct host *host;
    struct log *log; /* NULL: no log */
    int64_t now;     /* microseconds UTC */
    enum candor_status status;
    char message[JOB_MESSAGE_MAX]; /* what failed, for the user; no value that came from a person */
    /* Long work says how far it is: done of total (0: unknown); NULL: nobody listens. */
    void (*progress)(void *listener, const char *what, uint64_t done, uint64_t total);
    void *progress_listener;
    _Atomic bool cancelled; /* set from outside (a signal, a time limit): long loops look at it */
};

void job_begin(struct job *job, struct host *host);
void job_end(struct job *job); /* ends and wipes the arena */
void job_say_progress(struct job *job, const char *what, uint64_t done, uint64_t total);

/* Say what failed, and return the status. */
enum candor_status fail(struct job *job, enum candor_status status, const char *format, ...)
    CANDOR_PRINTF(3, 4);

/* Put "doing what: " before the message of a failure; CANDOR_OK passes untouched. */
enum candor_status during(struct job *job, enum candor_status status, const char *format, ...)
    CANDOR_PRINTF(3, 4);

/* The analyzer sees one file at a time. It is told here that both return the status that they are given,
 * or it would believe that a failure might come back as CANDOR_OK. */
#ifdef __clang_analyzer__
#define fail(job, status, ...) ((void)(fail)(job, status, __VA_ARGS__), (status))
#define during(job, status, ...) \
    __extension__({ \
        const enum candor_status during_status = (status); \
        (void)(during)(job, during_status, __VA_ARGS__); \
        during_status; \
    })
#endif

/* Forget a failure that was expected and dealt with. */
void job_forgive(struct job *job);

#define TRY(call) \
    do { \
        const enum candor_status try_status = (call); \
        if (try_status != CANDOR_OK) { \
            return try_status; \
        } \
    } while (0)

/* An array of outside size, or a failure that says so. */
#define TRY_ALLOC(job, target, count, type) \
    do { \
        (target) = TRY_ARRAY((job)->arena, (count), type); \
        if ((target) == NULL) { \
            return fail((job), CANDOR_NO_MEMORY, "no memory for %zu items", (size_t)(count)); \
        } \
    } while (0)

/* ---- str.c --------------------------------------------------------------------------------- */

struct str str_of(const char *text); /* a view of zero-terminated text; NULL gives the empty view */
struct str str_from(struct lit text);
struct bytes bytes_of(struct str text);
bool str_equal(struct str left, struct str right);
bool str_is(struct str left, const char *right);
int str_compare(struct str left, struct str right); /* by bytes; shorter first */
bool str_starts(struct str text, struct str start);
bool str_ends(struct str text, struct str end);
struct str str_slice(struct str text, size_t from, size_t to); /* clipped to the text */
struct str str_trim(struct str text);                          /* ASCII white space */
/* The index of the first byte, or text.len. */
size_t str_find(struct str text, char byte);
bool str_contains(struct str text, struct str part);
/* Cut at the next separator: returns the part before, moves rest past it. At the end, rest.ptr is NULL. */
struct str str_cut(struct str *rest, char separator);
bool str_is_utf8(struct str text); /* shortest forms only, no surrogates, no NUL */

/* Copies into an arena. str_z is the edge to libc and the databases. */
const char *str_z(struct arena *arena, struct str text);
struct str str_copy(struct arena *arena, struct str text);
struct str str_lower(struct arena *arena, struct str text); /* ASCII letters only */
struct str str_format(struct arena *arena, const char *format, ...) CANDOR_PRINTF(2, 3);
struct bytes bytes_copy_of(struct arena *arena, struct bytes bytes);

/* Numbers. The whole text must be the number. The decimal point is '.', whatever the locale. */
bool str_to_int64(struct str text, int64_t *value);
bool str_to_uint64(struct str text, uint64_t *value);
bool str_to_double(struct str text, double *value); /* no inf, no nan, no hex */
/* The shortest text that reads back as the same double. */
struct str str_from_double(struct arena *arena, double value);

/* Times: RFC 3339, or a date (midnight UTC). Years 1900 .. 9999. Microseconds UTC. */
bool str_to_time(struct str text, int64_t *micros);
struct str str_from_time(struct arena *arena,
                         int64_t micros); /* 2026-11-25T07:30:00Z, micros if any */
struct str str_from_date(struct arena *arena, int64_t micros); /* 2026-11-25 */
/* So many months later at the same time of day; on the last day of a month that is too short. */
int64_t time_add_months(int64_t micros, uint32_t months);
#define MICROS_PER_SECOND INT64_C(1000000)
#define MICROS_PER_DAY (INT64_C(86400) * MICROS_PER_SECOND)

/* Bytes as text. The readers refuse anything that is not canonical. */
struct str hex_of(struct arena *arena, struct bytes bytes);
bool hex_read(struct str text, uint8_t *target, size_t len);   /* exactly len bytes */
struct str base64_of(struct arena *arena, struct bytes bytes); /* RFC 4648 section 4, padded */
struct str base32_of(struct arena *arena, struct bytes bytes); /* section 6, without padding */
bool base64_read(struct arena *arena, struct str text, struct bytes *bytes);
struct str base64url_of(struct arena *arena, struct bytes bytes); /* section 5, not padded */
bool base64url_read(struct arena *arena, struct str text, struct bytes *bytes);

/* A growing buffer in an arena, for text and bytes alike. Stops the process without memory. */
struct buf {
    struct arena *arena;
    uint8_t *ptr;
    size_t len;
    size_t room;
};

struct buf buf_begin(struct arena *arena);
void buf_bytes(struct buf *buf, const void *ptr, size_t len);
void buf_str(struct buf *buf, struct str text);
void buf_lit(struct buf *buf, struct lit text);
void buf_format(struct buf *buf, const char *format, ...) CANDOR_PRINTF(2, 3);
void buf_u8(struct buf *buf, uint8_t value);
void buf_u16le(struct buf *buf, uint16_t value);
void buf_u32le(struct buf *buf, uint32_t value);
void buf_u64le(struct buf *buf, uint64_t value);
void buf_f64le(struct buf *buf, double value);
void buf_u16be(struct buf *buf, uint16_t value);
void buf_u64be(struct buf *buf, uint64_t value);
/* A length (u32 little-endian), then the bytes. */
void buf_block(struct buf *buf, struct bytes bytes);
struct str buf_text(const struct buf *buf);
struct bytes buf_all(const struct buf *buf);

/* Reading what buf wrote. After the first short read, bad is set and every read gives zero: read
 * the whole record, then look at bad once. */
struct reader {
    const uint8_t *ptr;
    size_t len;
    size_t at;
    bool bad;
};

struct reader reader_of(struct bytes bytes);
uint8_t read_u8(struct reader *reader);
uint16_t read_u16le(struct reader *reader);
uint32_t read_u32le(struct reader *reader);
uint64_t read_u64le(struct reader *reader);
double read_f64le(struct reader *reader);
uint16_t read_u16be(struct reader *reader);
uint64_t read_u64be(struct reader *reader);
struct bytes read_bytes(struct reader *reader, size_t len); /* a view */
struct bytes read_block(struct reader *reader);             /* a view */
struct str read_text(struct reader *reader);                /* a block that must be UTF-8 */
bool reader_is_done(const struct reader *reader);           /* all read and not bad */

/* ---- map.c --------------------------------------------------------------------------------- */

/* From byte keys to pointers. Keeps the order of insertion for map_each. Keys are copied. Hashed
 * with SipHash-like mixing seeded per map, so that outside keys cannot be chosen to collide. */
struct map;

struct map *map_begin(struct arena *arena);
void map_put(struct map *map, struct bytes key, void *value); /* replaces; value is not NULL */
void *map_get(const struct map *map, struct bytes key);       /* NULL: not there */
void *map_take(struct map *map, struct bytes key);            /* removes; NULL: was not there */
size_t map_count(const struct map *map);
/* Walk in order of insertion: start with *at = 0; false at the end. */
bool map_next(const struct map *map, size_t *at, struct bytes *key, void **value);
/* The hash of a map, for tables of other shapes: it differs from process to process. */
uint64_t hash_bytes(struct bytes key);
#define KEY(view) ((struct bytes){(const uint8_t *)(view).ptr, (view).len})

/* ---- host.c, file.c, file_write.c ------------------------------------------------------------ */

/*
 * The world. Tests supply a host of their own by filling in other functions. All file functions
 * fail with CANDOR_NOT_FOUND, CANDOR_IO (disk full, permissions, read-only: the message says
 * which and the path) or CANDOR_TOO_LARGE.
 */
struct host {
    int64_t (*now)(struct host *host); /* microseconds UTC */
    bool (*entropy)(struct host *host, void *target, size_t len);
    void *self;
};

struct host *host_real(void);
CANDOR_MUST_USE enum candor_status host_random(struct job *job, void *target, size_t len);

/* Monotonic nanoseconds, for measuring only. */
uint64_t host_ticks(void);

/* The memory of the machine in bytes, or of the control group that this process lives in when that is
 * less. For limits, never for results: these must not depend on the machine. */
uint64_t host_memory(void);

/* The most that this process has held so far, in bytes; 0 when it cannot be known. */
uint64_t host_memory_peak(void);

CANDOR_MUST_USE enum candor_status file_read(struct job *job, struct str path, size_t size_max,
                                             struct bytes *content);
/* Refuse what is no regular file: a pipe or a device may never end. CANDOR_BAD_INPUT; what is not there is for
 * its reader to tell. */
CANDOR_MUST_USE enum candor_status file_must_end(struct job *job, struct str path);
/* Remove a file, durably; one that is not there is fine. CANDOR_IO. */
CANDOR_MUST_USE enum candor_status file_remove(struct job *job, struct str path);
/* A file that is in memory only, and gone with the job: for what reads files and was given bytes. */
CANDOR_MUST_USE enum candor_status file_in_memory(struct job *job, struct bytes content,
                                                  const char **path);
/* Write a new file beside, sync it, rename it over the old one, sync the folder: after a crash
 * the old or the new content stands, never a mix. mode as for chmod. */
CANDOR_MUST_USE enum candor_status file_replace(struct job *job, struct str path,
                                                struct bytes content, unsigned mode);
/* The same in parts, for what does not fit into memory. Nothing stands at path before file_end, and nothing
 * is left when a part fails or the job's arena ends before. */
struct new_file;
CANDOR_MUST_USE enum candor_status file_begin(struct job *job, struct str path, unsigned mode,
                                              struct new_file **new_file);
CANDOR_MUST_USE enum candor_status file_put(struct job *job, struct new_file *new_file,
                                            struct bytes content);
CANDOR_MUST_USE enum candor_status file_end(struct job *job, struct new_file *new_file);
CANDOR_MUST_USE enum candor_status file_append(struct job *job, struct str path,
                                               struct bytes content);
bool file_exists(struct job *job, struct str path);
/* The bytes of a file as it lies on the disk; of what is no regular file, 0. */
CANDOR_MUST_USE enum candor_status file_size(struct job *job, struct str path, uint64_t *size);
CANDOR_MUST_USE enum candor_status dir_make(struct job *job, struct str path, unsigned mode);
struct str path_join(struct arena *arena, struct str dir, struct str name);

/* Hold the file's lock until the arena ends. CANDOR_BUSY: another process (its number is in the
 * message when it can be read) holds it. */
CANDOR_MUST_USE enum candor_status file_lock(struct job *job, struct arena *owner, struct str path);

/* ---- log.c --------------------------------------------------------------------------------- */

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum log_kind { LOG_KIND_U64, LOG_KIND_I64, LOG_KIND_F64, LOG_KIND_LIT, LOG_KIND_TOKEN };

struct log_token {
    uint8_t byte[8]; /* an unlinkable mark made by crypto, never a hash of an identifier */
};

struct log_field {
    struct lit name;
    enum log_kind kind;
    union {
        uint64_t u64;
        int64_t i64;
        double f64;
        struct lit lit;
        struct log_token token;
    } value;
};

#define LOG_U64(field, v) ((struct log_field){LIT(field), LOG_KIND_U64, {.u64 = (v)}})
#define LOG_I64(field, v) ((struct log_field){LIT(field), LOG_KIND_I64, {.i64 = (v)}})
#define LOG_F64(field, v) ((struct log_field){LIT(field), LOG_KIND_F64, {.f64 = (v)}})
#define LOG_LIT(field, v) ((struct log_field){LIT(field), LOG_KIND_LIT, {.lit = LIT(v)}})
#define LOG_TOKEN(field, v) ((struct log_field){LIT(field), LOG_KIND_TOKEN, {.token = (v)}})

struct log *log_begin(struct arena *arena, int fd, enum log_level least);
/* One JSON line: {"time","level","event",fields}. Safe from several threads. */
void log_fields(struct job *job, enum log_level level, struct lit event,
                const struct log_field *field, size_t field_count);
/*
 * A failure of the job with its message, for what the company itself wrote: its configuration. Messages name
 * files, lines and fields, and hold no value that came from a person.
 */
void log_failed(struct job *job, enum log_level level, struct lit event);
#define log_event(job, level, event, ...) \
    log_fields((job), (level), (event), (const struct log_field[]){__VA_ARGS__}, \
               sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

/* ---- pool.c -------------------------------------------------------------------------------- */

#define POOL_THREADS_MAX 64

/* The processors this process may use, at most POOL_THREADS_MAX. */
unsigned pool_default_threads(void);

/*
 * Call work(context, piece) for every piece in 0 .. piece_count - 1, on up to threads threads.
 * Pieces are taken in any order; their number must not depend on the number of threads, so that
 * what is computed does not either. Returns when all are done. work must not touch the job.
 */
void pool_each(unsigned threads, size_t piece_count, void (*work)(void *context, size_t piece),
               void *context);

#endif
