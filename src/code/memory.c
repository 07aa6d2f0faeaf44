/*
 * memory.c - what tree-sitter takes while it reads one text.
 *
 *     chunk ──▶ chunk ──▶ chunk        head | piece | head | piece | ... not given out yet
 *     pieces that were given back, by size
 *
 * A parse takes a piece of memory for every few bytes of the text, gives half of them back at once, and wants the others
 * until its tree was walked, all in one thread. A pool gives a piece in a few steps, and at its end nothing has to be
 * looked for: the tree is not taken apart. The functions that tree-sitter calls are those of the process. Ours stand
 * before the ones that it had, which serve whatever is asked for outside of a reading: other threads, other users of the
 * library, and what was there before.
 *
 * Under the address sanitizer there is no pool (HAS_POOL), so that it sees each piece.
 */
#include "inside.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <tree_sitter/api.h>

/* The functions in use, as the library shows them to readers of single languages. */
extern void *(*ts_current_malloc)(size_t size);
extern void *(*ts_current_calloc)(size_t count, size_t size);
extern void *(*ts_current_realloc)(void *piece, size_t size);
extern void (*ts_current_free)(void *piece);

enum {
    STEP = 16,        /* of the sizes of small pieces, with their heads */
    SMALL_MAX = 1024, /* the sizes of larger ones are powers of two */
    SMALL_SIZES = SMALL_MAX / STEP + 1,
    SIZES = SMALL_SIZES + 21, /* up to 1 GB */
    CHUNK_LEAST = 256 << 10,  /* each of a pool is twice as large as the one before */
    CHUNK_MOST = 4 << 20,
    KEPT_MAX = 2 << 20, /* in a thread, from one text to the next */
};

struct chunk {
    struct chunk *before;
    size_t size; /* with this */
};

/* Before each piece. */
struct head {
    uint32_t which; /* of the sizes */
    uint32_t room;  /* of the piece */
};

/* In a piece that was given back. */
struct spare {
    struct spare *next;
};

struct pool {
    bool is_on;
    struct chunk *newest;
    char *at;
    char *end;
    struct spare *spare[SIZES];
    struct chunk *kept; /* the smallest first */
    size_t kept_size;
};

static _Thread_local struct pool pool;
static pthread_key_t thread_end;
static bool
    has_thread_end; /* without it what ended threads kept is lost; nothing else depends on it */

static struct {
    void *(*malloc)(size_t size);
    void *(*calloc)(size_t count, size_t size);
    void *(*realloc)(void *piece, size_t size);
    void (*free)(void *piece);
} theirs;

/* ---- chunks --------------------------------------------------------------------------------------- */

static struct chunk *kept_chunk(size_t least)
{
    struct chunk *chunk = pool.kept;
    if (chunk == NULL || chunk->size < least) {
        return NULL;
    }
    pool.kept = chunk->before;
    pool.kept_size -= chunk->size;
    return chunk;
}

static struct chunk *new_chunk(size_t least)
{
    size_t size = pool.newest == NULL ? CHUNK_LEAST : pool.newest->size * 2;
    size = size < CHUNK_MOST ? size : CHUNK_MOST;
    size = size > least ? size : least;
    struct chunk *chunk = malloc(size);
    must(chunk != NULL); /* as tree-sitter's own functions do */
    chunk->size = size;
    return chunk;
}

static void add_chunk(size_t piece)
{
    const size_t least = piece + sizeof(struct chunk);
    struct chunk *chunk = kept_chunk(least);
    chunk = chunk == NULL ? new_chunk(least) : chunk;
    chunk->before = pool.newest;
    pool.newest = chunk;
    pool.at = (char *)(chunk + 1);
    pool.end = (char *)chunk + chunk->size;
}

static void free_all(struct chunk *chunk)
{
    while (chunk != NULL) {
        struct chunk *before = chunk->before;
        free(chunk);
        chunk = before;
    }
}

static void end_thread(void *ended)
{
    struct pool *last = ended;
    free_all(last->kept);
    last->kept = NULL;
    last->kept_size = 0;
}

/* ---- pieces ----------------------------------------------------------------------------------------- */

static bool is_ours(const void *piece)
{
    const char *at = piece;
    const struct chunk *chunk = pool.newest;
    while (chunk != NULL && (at < (const char *)chunk || at >= (const char *)chunk + chunk->size)) {
        chunk = chunk->before;
    }
    return chunk != NULL;
}

static struct head head_for(size_t size)
{
    must(size < (size_t)1 << 30);
    const size_t whole = (size + sizeof(struct head) + STEP - 1) & ~(size_t)(STEP - 1);
    if (whole <= SMALL_MAX) {
        return (struct head){(uint32_t)(whole / STEP), (uint32_t)(whole - sizeof(struct head))};
    }
    struct head head = {SMALL_SIZES, 2 * SMALL_MAX - sizeof(struct head)};
    for (; head.room < size; head.which++) {
        head.room = 2 * head.room + (uint32_t)sizeof(struct head);
    }
    return head;
}

static void *take(size_t size)
{
    if (!pool.is_on) {
        return theirs.malloc(size);
    }
    const struct head head = head_for(size);
    struct spare *spare = pool.spare[head.which];
    if (spare != NULL) {
        pool.spare[head.which] = spare->next;
        return spare;
    }
    const size_t whole = sizeof head + head.room;
    if ((size_t)(pool.end - pool.at) < whole) {
        add_chunk(whole);
    }
    char *at = pool.at;
    pool.at += whole;
    memcpy(at, &head, sizeof head);
    return at + sizeof head;
}

static void *take_zero(size_t count, size_t size)
{
    if (!pool.is_on) {
        return theirs.calloc(count, size);
    }
    void *piece = take(size_mul(count, size));
    return memset(piece, 0, count * size);
}

static struct head head_of(const void *piece)
{
    struct head head;
    memcpy(&head, (const char *)piece - sizeof head, sizeof head);
    return head;
}

static void give_back(void *piece)
{
    if (!is_ours(piece)) {
        theirs.free(piece);
        return;
    }
    const struct head head = head_of(piece);
    struct spare *spare = piece;
    spare->next = pool.spare[head.which];
    pool.spare[head.which] = spare;
}

static void *take_more(void *piece, size_t size)
{
    if (piece == NULL) {
        return take(size);
    }
    if (!is_ours(piece)) {
        return theirs.realloc(piece, size);
    }
    const struct head head = head_of(piece);
    if (size <= head.room) {
        return piece;
    }
    void *larger = take(size);
    memcpy(larger, piece, head.room);
    give_back(piece);
    return larger;
}

/* ---- the pool of a reading --------------------------------------------------------------------------- */

static void stand_before(void)
{
    theirs.malloc = ts_current_malloc;
    theirs.calloc = ts_current_calloc;
    theirs.realloc = ts_current_realloc;
    theirs.free = ts_current_free;
    has_thread_end = pthread_key_create(&thread_end, end_thread) == 0;
    ts_set_allocator(take, take_zero, take_more, give_back);
}

void memory_begin(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    must(!pool.is_on);
    if (HAS_POOL) {
        must(pthread_once(&once, stand_before) == 0);
        pool.is_on = true;
    }
}

bool memory_holds(const void *piece)
{
    return is_ours(piece);
}

void memory_end(void)
{
    struct chunk *chunk = pool.newest;
    pool = (struct pool){.kept = pool.kept, .kept_size = pool.kept_size};
    while (chunk != NULL) {
        struct chunk *before = chunk->before;
        if (pool.kept_size + chunk->size <= KEPT_MAX) {
            chunk->before = pool.kept;
            pool.kept = chunk;
            pool.kept_size += chunk->size;
        } else {
            free(chunk);
        }
        chunk = before;
    }
    if (has_thread_end && pool.kept != NULL && pthread_getspecific(thread_end) == NULL) {
        (void)pthread_setspecific(thread_end, &pool);
    }
}
