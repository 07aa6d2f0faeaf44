/*
 * secret.c - keys in guarded memory.
 *
 * sodium_malloc gives memory between guard pages, locked and left out of core files, but costs
 * system calls and at least three pages each time. So it is taken in slabs of many cells, and the
 * cells that nobody uses hang on one list:
 *
 *     free -> [next|..] -> [next|..] -> ...        in use: [32 bytes of key]
 *
 * A cell on the list is all zero but for its link. Slabs are never given back: the process ends
 * with as many as it needed at its busiest, 512 secrets to 16 KiB.
 *
 * The list is the one thing in this room that the whole process shares without being handed it:
 * a secret may outlive the job, the ring and the store it was made for, and its memory is the
 * process's. It stands behind one mutex.
 */
#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "keys.h"

#define SLAB_CELLS 512U

static struct {
    pthread_mutex_t mutex;
    struct secret *free;
} cells = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static_assert(sizeof(struct secret) == SECRET_LEN, "cells lie end to end");

static struct secret *slab_new(void)
{
    must(sodium_init() >= 0); /* again costs nothing, and without it there is no guarded memory */
    struct secret *slab = sodium_malloc(SLAB_CELLS * sizeof *slab);
    must(slab != NULL);

    sodium_memzero(slab, SLAB_CELLS * sizeof *slab);
    for (size_t i = 0; i + 1 < SLAB_CELLS; i++) {
        slab[i].next_free = &slab[i + 1];
    }
    return slab;
}

static struct secret *cell_take(void)
{
    must(pthread_mutex_lock(&cells.mutex) == 0);
    if (cells.free == NULL) {
        cells.free = slab_new();
    }
    struct secret *cell = cells.free;
    cells.free = cell->next_free;
    must(pthread_mutex_unlock(&cells.mutex) == 0);

    cell->next_free = NULL;
    return cell;
}

static void cell_give(void *thing)
{
    struct secret *cell = thing;
    sodium_memzero(cell, sizeof *cell);

    must(pthread_mutex_lock(&cells.mutex) == 0);
    cell->next_free = cells.free;
    cells.free = cell;
    must(pthread_mutex_unlock(&cells.mutex) == 0);
}

struct secret *secret_begin(struct arena *owner)
{
    struct secret *secret = cell_take();
    arena_defer(owner, cell_give, secret);
    return secret;
}

enum candor_status secret_random(struct job *job, struct secret *secret)
{
    uint8_t fresh[SECRET_LEN];
    TRY(entropy_draw(job, fresh, sizeof fresh));
    secret_copy_from(secret, fresh);
    return CANDOR_OK;
}

void secret_derive(struct secret *child, const struct secret *parent, const char context[8],
                   uint64_t number)
{
    static_assert(crypto_kdf_CONTEXTBYTES == 8, "contexts are 8 characters");
    static_assert(crypto_kdf_KEYBYTES == SECRET_LEN, "a secret is a parent");
    must(crypto_kdf_derive_from_key(child->byte, SECRET_LEN, number, context, parent->byte) == 0);
}

bool secret_equal(const struct secret *left, const struct secret *right)
{
    return sodium_memcmp(left->byte, right->byte, SECRET_LEN) == 0;
}

void secret_copy(struct secret *target, const struct secret *source)
{
    memmove(target->byte, source->byte, SECRET_LEN);
}

void secret_wipe(struct secret *secret)
{
    sodium_memzero(secret->byte, SECRET_LEN);
}

void secret_copy_from(struct secret *secret, uint8_t source[SECRET_LEN])
{
    memcpy(secret->byte, source, SECRET_LEN);
    sodium_memzero(source, SECRET_LEN);
}

struct str secret_to_share(struct arena *arena, const struct secret *secret)
{
    return base64_of(arena, (struct bytes){secret->byte, SECRET_LEN});
}
