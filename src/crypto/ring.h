/*
 * ring.h - the inside of a keyring, shared by keyring.c, keystate.c, keywalk.c and
 * keychange.c.
 */
#ifndef CANDOR_CRYPTO_RING_H
#define CANDOR_CRYPTO_RING_H

#include <pthread.h>

#include "keys.h"

#define KEY_LEVELS 3U
#define TOP_LEVEL 2U
#define CHILD_BITS 8U

/* ---- the trunk: the one small record that every change rewrites ---- */

enum trunk_key { TRUNK_INDEX_KEY, TRUNK_HOME_KEY, TRUNK_KEYS };

struct trunk {
    uint64_t generation;
    uint32_t slot_count; /* slots made so far */
    bool swept;          /* no superseded blocks are left on the shelf */
    uint8_t wrapped[TRUNK_KEYS][WRAPPED_LEN];
};

/* ---- the cache: nodes whose keys are unwrapped ---- */

#define CACHE_SETS 128U
#define CACHE_WAYS 4U

struct ring_node {
    bool filled;
    uint64_t used; /* when last, in look-ups */
    struct secret *key;
    struct key_block *block;
};

struct keyring {
    pthread_mutex_t mutex; /* over all below */
    struct arena *arena;   /* the ring's own: its owner's may be in use by another thread */
    struct root_slot root;
    struct key_shelf shelf;

    bool settled; /* what is below is what the slot and the shelf hold */
    bool open;    /* the two keys are there; they never change again */
    struct secret *root_key;
    uint64_t generation;
    struct trunk trunk;
    struct secret *own_key[TRUNK_KEYS];

    uint64_t lookups;
    struct ring_node cache[CACHE_SETS][CACHE_WAYS];
};

/* ---- keystate.c ---- */

/* Make the fields agree with the slot and the shelf, finishing or discarding a change that was
 * interrupted. Does nothing when they do. Holding the mutex, as all below. */
CANDOR_MUST_USE enum candor_status ring_settle(struct job *job, struct keyring *ring);

CANDOR_MUST_USE enum candor_status ring_write_trunk(struct job *job, struct keyring *ring,
                                                    const struct trunk *trunk,
                                                    const struct secret *root_key);
struct key_place trunk_place(uint64_t generation);

/* ---- keyring.c ---- */

/* A node by way of the cache; good until the next call. CANDOR_NOT_FOUND: no such node. */
CANDOR_MUST_USE enum candor_status ring_node(struct job *job, struct keyring *ring, unsigned level,
                                             uint32_t index, struct ring_node **node);

/* A block of the shelf under a node's key, not by way of the cache. */
CANDOR_MUST_USE enum candor_status ring_block(struct job *job, struct keyring *ring, unsigned level,
                                              uint32_t index, const struct secret *key,
                                              struct key_block *block);

CANDOR_MUST_USE enum candor_status ring_write_block(struct job *job, struct keyring *ring,
                                                    const struct key_block *block,
                                                    const struct secret *key);
CANDOR_MUST_USE enum candor_status ring_write(struct job *job, struct keyring *ring,
                                              struct key_place place, struct bytes bytes);

/* Forget cached nodes for which the question says yes; NULL: all. */
void ring_forget(struct keyring *ring,
                 bool (*is_stale)(const void *context, unsigned level, uint32_t index),
                 const void *context);

/* ---- keywalk.c ---- */

/* What a walk needs at each level, so that memory does not grow with the tree. */
struct scratch {
    struct key_block *old;
    struct key_block *fresh;
    struct secret *old_key;
    struct secret *fresh_key;
};

/* What a change is about: some slots, sorted, or all of the tree. */
struct change {
    struct keyring *ring;
    bool all;
    const uint32_t *slot;
    size_t slot_count;
    uint64_t generation; /* of what is written */
    size_t blocks;       /* written so far */
    struct scratch level[KEY_LEVELS];
};

void change_init(struct job *job, struct keyring *ring, struct change *change);
/* Whether one of the change's slots lies below this node. The context is the change. */
bool change_touches(const void *context, unsigned level, uint32_t index);
/* Whether it names the slot itself; a change of all erases none. */
bool change_erases(const struct change *change, uint32_t slot);

/* Begin a change of the shelf; after a failure none is open. */
CANDOR_MUST_USE enum candor_status change_start(struct job *job, struct keyring *ring);
/* End it: commit it, or roll it back when status is a failure already or
 * committing fails. After a failure the ring looks again before its next use. */
CANDOR_MUST_USE enum candor_status change_finish(struct job *job, struct keyring *ring,
                                                 enum candor_status status);

/* Destroy the superseded blocks of what the change touched, or wherever they are. */
CANDOR_MUST_USE enum candor_status change_sweep(struct job *job, const struct change *change);
CANDOR_MUST_USE enum candor_status ring_sweep_all(struct job *job, struct keyring *ring);

#endif
