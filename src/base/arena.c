/*
 * arena.c - memory that ends with a job.
 *
 * An arena is a chain of blocks; an allocation moves the newest block's used mark.
 *
 *     block <- block <- block        header | piece | piece | piece | zeroes ...
 *                         ^ newest                                  ^ used
 *
 * Two invariants make it cheap. All bytes past used are zero, so an allocation clears nothing.
 * All bytes below used are overwritten before a block is given back, so nothing outlives its job
 * and wiping costs only what was used. A few blocks of the standard size wait, wiped, in a cache
 * of the thread, so that beginning and ending a job asks nothing of the system; and an arena that is
 * rewound keeps one larger block, so that a loop of mark and rewind asks nothing either.
 *
 * Under the address sanitizer the unused part of a block is poisoned, and so are a few bytes
 * after each piece: running over the end of a piece is found like running over a malloc.
 */
#include <assert.h>
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "inside.h"

#if defined(__SANITIZE_ADDRESS__)
#define PIECE_GAP 16
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PIECE_GAP 16
#endif
#endif
#ifndef PIECE_GAP
#define PIECE_GAP 0
#endif

enum {
    PIECE_ALIGN = 16,
    BLOCK_HEADER = 32,
    BLOCK_LEAST = 512,                 /* of a small arena, whose blocks grow up to the standard */
    BLOCK_SIZE = 32 * 1024,            /* the standard, the only size that is cached */
    BLOCK_GROWN_MAX = 4 * 1024 * 1024, /* blocks grow with the arena up to here */
    CACHED_MAX = 8,
    HUGE_PAGE = 2 * 1024 * 1024,
    PAGE_MOST = 64 * 1024, /* of any machine */
};

/* Blocks from this size on are mapped; under the address sanitizer, which knows only malloc, none. */
static const size_t block_mapped_from = PIECE_GAP > 0 ? SIZE_MAX : BLOCK_GROWN_MAX;

struct block {
    struct block *before;
    size_t size; /* with the header */
    size_t used; /* with the header */
};

static_assert(sizeof(struct block) <= BLOCK_HEADER, "the header has room for the block");

struct deferred {
    struct deferred *before;
    void (*release)(void *thing);
    void *thing;
};

/* Stands in its own first block. */
struct arena {
    struct block *newest;
    struct deferred *deferred;
    struct block
        *spare; /* wiped, given back last, or NULL: a loop that rewinds asks for it again */
    size_t taken;
};

/* ---- the cache of a thread ----------------------------------------------------------------- */

struct cache {
    struct block *first;
    unsigned count;
    bool watched; /* the thread's end will empty it */
};

static _Thread_local struct cache cache;
static pthread_key_t cache_key;
static pthread_once_t cache_once = PTHREAD_ONCE_INIT;

static void cache_empty(void *thing)
{
    struct cache *ended = thing;
    while (ended->first != NULL) {
        struct block *block = ended->first;
        ended->first = block->before;
        free(block);
    }
    ended->count = 0;
    ended->watched = false;
}

static void cache_key_make(void)
{
    /* Without a key the caches of ended threads are lost; nothing else depends on it. */
    (void)pthread_key_create(&cache_key, cache_empty);
}

static void cache_put(struct block *block)
{
    if (!cache.watched) {
        (void)pthread_once(&cache_once, cache_key_make);
        cache.watched = pthread_setspecific(cache_key, &cache) == 0;
    }
    block->before = cache.first;
    cache.first = block;
    cache.count++;
}

static struct block *cache_take(void)
{
    struct block *block = cache.first;
    if (block != NULL) {
        cache.first = block->before;
        cache.count--;
    }
    return block;
}

/* ---- blocks -------------------------------------------------------------------------------- */

static void *block_at(struct block *block, size_t offset)
{
    return (char *)block + offset;
}

static size_t mapped_size(size_t size)
{
    return size_add(size, PAGE_MOST - 1) & ~(size_t)(PAGE_MOST - 1);
}

/*
 * A large block straight from the system, at a multiple of a huge page, which the system is asked to use:
 * each page of 4 kB that is touched for the first time costs a trap, a matrix of a fit thousands of them.
 */
static struct block *block_map(size_t size)
{
    const size_t whole = mapped_size(size);
    const size_t asked = size_add(whole, HUGE_PAGE);
    char *from = mmap(NULL, asked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (from == MAP_FAILED) {
        return NULL;
    }
    const size_t before = (HUGE_PAGE - (uintptr_t)from % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0) {
        (void)munmap(from, before); /* what stays mapped by failure is never touched */
    }
    if (before < HUGE_PAGE) {
        (void)munmap(from + before + whole, HUGE_PAGE - before);
    }
    (void)madvise(from + before, whole, MADV_HUGEPAGE); /* a wish: without it all goes on */
    return (struct block *)(void *)(from + before);
}

static void block_free(struct block *block)
{
    if (block->size >= block_mapped_from) {
        (void)munmap(block, mapped_size(block->size)); /* fails for no block that was mapped */
    } else {
        free(block);
    }
}

/* A block whose bytes are zero; NULL: no memory. */
static struct block *block_take(size_t size)
{
    struct block *block = size == BLOCK_SIZE ? cache_take() : NULL;
    if (block == NULL) {
        block = size >= block_mapped_from ? block_map(size) : calloc(1, size);
        if (block == NULL) {
            return NULL;
        }
    }
    block->before = NULL;
    block->size = size;
    block->used = BLOCK_HEADER;
    ASAN_POISON_MEMORY_REGION(block_at(block, BLOCK_HEADER), size - BLOCK_HEADER);
    return block;
}

static void block_wipe(struct block *block, size_t from)
{
    ASAN_UNPOISON_MEMORY_REGION(block_at(block, from), block->used - from);
    explicit_bzero(block_at(block, from), block->used - from);
    ASAN_POISON_MEMORY_REGION(block_at(block, from), block->used - from);
    block->used = from;
}

static void block_give(struct block *block)
{
    block_wipe(block, BLOCK_HEADER);
    ASAN_UNPOISON_MEMORY_REGION(block_at(block, BLOCK_HEADER), block->size - BLOCK_HEADER);
    if (block->size == BLOCK_SIZE && cache.count < CACHED_MAX) {
        cache_put(block);
    } else {
        block_free(block);
    }
}

/* ---- pieces -------------------------------------------------------------------------------- */

/* What a piece of this size takes from its block. */
static size_t piece_room(size_t size)
{
    return (size_add(size, PIECE_GAP + PIECE_ALIGN - 1)) & ~(size_t)(PIECE_ALIGN - 1);
}

static void *piece_in(struct block *block, size_t size, size_t room)
{
    void *piece = block_at(block, block->used);
    block->used += room;
    ASAN_UNPOISON_MEMORY_REGION(piece, size);
    return piece;
}

/* Later blocks grow with the arena, so that many small pieces need few blocks; those of a small arena by half
 * of it, since there may be thousands of them that wait. */
static size_t block_size_for(const struct arena *arena, size_t room)
{
    size_t size = arena->taken / 2 > BLOCK_LEAST ? arena->taken / 2 : BLOCK_LEAST;
    if (arena->taken >= BLOCK_SIZE) {
        size = BLOCK_SIZE;
        while (size < arena->taken && size < BLOCK_GROWN_MAX) {
            size *= 2;
        }
    }
    return room <= size - BLOCK_HEADER ? size : size_add(room, BLOCK_HEADER);
}

/* The spare block where it is large enough, else a new one. */
static struct block *block_for(struct arena *arena, size_t room)
{
    struct block *spare = arena->spare;
    if (spare != NULL && room <= spare->size - BLOCK_HEADER) {
        arena->spare = NULL;
        return spare;
    }
    return block_take(block_size_for(arena, room));
}

static void *piece_take(struct arena *arena, size_t size)
{
    const size_t room = piece_room(size > 0 ? size : 1);
    if (room > arena->newest->size - arena->newest->used) {
        struct block *block = block_for(arena, room);
        if (block == NULL) {
            return NULL;
        }
        block->before = arena->newest;
        arena->newest = block;
        arena->taken += block->size;
    }
    return piece_in(arena->newest, size, room);
}

static struct block *first_block(size_t size)
{
    struct block *block = block_take(size);
    if (block != NULL) {
        return block;
    }
    base_out_of_memory();
}

static struct arena *begin_with(size_t size)
{
    struct block *block = first_block(size);
    struct arena *arena = piece_in(block, sizeof *arena, piece_room(sizeof *arena));
    arena->newest = block;
    arena->taken = block->size;
    return arena;
}

struct arena *arena_begin(void)
{
    return begin_with(BLOCK_SIZE);
}

struct arena *arena_begin_small(size_t first)
{
    must(first >= BLOCK_LEAST && first < BLOCK_SIZE);
    return begin_with(first);
}

static void run_deferred(struct arena *arena, const struct deferred *until)
{
    while (arena->deferred != until) {
        const struct deferred *deferred = arena->deferred;
        must(deferred != NULL);
        arena->deferred = deferred->before;
        deferred->release(deferred->thing);
    }
}

void arena_end(struct arena *arena)
{
    if (arena == NULL) {
        return;
    }
    run_deferred(arena, NULL);
    if (arena->spare != NULL) {
        block_give(arena->spare);
    }
    struct block *block = arena->newest; /* the arena itself goes with its first block */
    while (block != NULL) {
        struct block *before = block->before;
        block_give(block);
        block = before;
    }
}

void *arena_new(struct arena *arena, size_t size)
{
    must(size <= ARENA_ALLOC_MAX);
    void *piece = piece_take(arena, size);
    if (piece == NULL) {
        base_out_of_memory();
    }
    return piece;
}

void *arena_try(struct arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total) || total > ARENA_ALLOC_MAX) {
        return NULL;
    }
    return piece_take(arena, total);
}

void *arena_grow(struct arena *arena, void *piece, size_t old_size, size_t new_size)
{
    must(new_size >= old_size);
    must(piece != NULL || old_size == 0);
    struct block *block = arena->newest;
    const size_t old_room = piece_room(old_size);
    if (old_size > 0 && (char *)piece + old_room == block_at(block, block->used)) {
        const size_t more = piece_room(new_size) - old_room;
        if (more <= block->size - block->used) {
            block->used += more;
            ASAN_UNPOISON_MEMORY_REGION(piece, new_size);
            return piece;
        }
    }
    void *grown = arena_try(arena, new_size, 1);
    if (grown != NULL && old_size > 0) {
        memcpy(grown, piece, old_size);
    }
    return grown;
}

void arena_defer(struct arena *arena, void (*release)(void *thing), void *thing)
{
    must(release != NULL);
    struct deferred *deferred = NEW(arena, struct deferred);
    *deferred = (struct deferred){arena->deferred, release, thing};
    arena->deferred = deferred;
}

struct arena_mark arena_mark(struct arena *arena)
{
    return (struct arena_mark){arena->newest, arena->newest->used, arena->deferred};
}

/* Give back a block of an arena that goes on. */
static void block_spare(struct arena *arena, struct block *block)
{
    if (arena->spare == NULL && block->size > BLOCK_SIZE && block->size <= BLOCK_GROWN_MAX) {
        block_wipe(block, BLOCK_HEADER);
        arena->spare = block;
    } else {
        block_give(block);
    }
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    run_deferred(arena, mark.deferred);
    while (arena->newest != mark.block) {
        struct block *block = arena->newest;
        must(block->before != NULL); /* else the mark is of another arena, or past this point */
        arena->newest = block->before;
        arena->taken -= block->size;
        block_spare(arena, block);
    }
    must(mark.used <= arena->newest->used);
    block_wipe(arena->newest, mark.used);
}

size_t arena_size(const struct arena *arena)
{
    return arena->taken;
}

/* ---- sizes and memory ---------------------------------------------------------------------- */

size_t size_mul(size_t left, size_t right)
{
    size_t product;
    const bool wrapped = __builtin_mul_overflow(left, right, &product);
    must(!wrapped);
    return product;
}

size_t size_add(size_t left, size_t right)
{
    size_t sum;
    const bool wrapped = __builtin_add_overflow(left, right, &sum);
    must(!wrapped);
    return sum;
}

void bytes_copy(void *target, const void *source, size_t len)
{
    if (len > 0) {
        memmove(target, source, len);
    }
}

bool bytes_same(const void *left, const void *right, size_t len)
{
    return len == 0 || memcmp(left, right, len) == 0;
}
