/*
 * keyring.c - looking up a subject's key in the tree.
 *
 * Slot s is child (s & 255) of the block (level 0, s >> 8), whose key is a child of the block
 * (level 1, s >> 16), whose key is a child of the top block (level 2, 0), which stands under the
 * root key.
 *
 * Look-ups keep the nodes they pass: their unwrapped keys in guarded memory, their blocks wrapped
 * as they are on the shelf. 512 nodes, 9 MB, cover 131,072 subjects; of the four places a node may
 * have, the one not used for longest makes room. The subjects' own keys are unwrapped each time
 * and end with the job: at any instant memory holds the keys of those being served, not of all.
 */
#include "ring.h"

/* ---- the shelf, giving back what it made in the job's arena ---- */

enum candor_status ring_write(struct job *job, struct keyring *ring, struct key_place place,
                              struct bytes bytes)
{
    return ring->shelf.write(job, ring->shelf.self, place.level, place.index, place.generation,
                             bytes);
}

enum candor_status ring_write_block(struct job *job, struct keyring *ring,
                                    const struct key_block *block, const struct secret *key)
{
    const struct arena_mark mark = arena_mark(job->arena);
    struct bytes bytes = {0};
    enum candor_status status = key_block_write(job, block, key, &bytes);
    if (status == CANDOR_OK) {
        status = ring_write(job, ring, block->place, bytes);
    }
    arena_rewind(job->arena, mark);
    return status;
}

static enum candor_status block_read(struct job *job, struct keyring *ring, struct key_place place,
                                     const struct secret *key, struct key_block *block)
{
    struct bytes bytes = {0};
    TRY(ring->shelf.read(job, ring->shelf.self, place.level, place.index, ring->generation,
                         &place.generation, &bytes));
    if (bytes.len == 0) {
        return fail(job, CANDOR_CORRUPT, "key store: block %u at level %u is missing", place.index,
                    place.level);
    }
    return key_block_read(job, bytes, key, place, block);
}

enum candor_status ring_block(struct job *job, struct keyring *ring, unsigned level, uint32_t index,
                              const struct secret *key, struct key_block *block)
{
    const struct arena_mark mark = arena_mark(job->arena);
    const struct key_place place = {level, index, 0};
    const enum candor_status status = block_read(job, ring, place, key, block);
    arena_rewind(job->arena, mark);
    return status;
}

/* ---- the cache ---- */

static bool node_is(const struct ring_node *node, unsigned level, uint32_t index)
{
    return node->filled && node->block->place.level == level && node->block->place.index == index;
}

static struct ring_node *cache_set(struct keyring *ring, unsigned level, uint32_t index)
{
    return ring->cache[(index + level * (CACHE_SETS / 3)) % CACHE_SETS];
}

static struct ring_node *cache_find(struct keyring *ring, unsigned level, uint32_t index)
{
    struct ring_node *set = cache_set(ring, level, index);
    for (unsigned way = 0; way < CACHE_WAYS; way++) {
        if (node_is(&set[way], level, index)) {
            return &set[way];
        }
    }
    return NULL;
}

/* An empty way, else the one not used for longest. Its memory is made when first needed. */
static struct ring_node *cache_room(struct keyring *ring, unsigned level, uint32_t index)
{
    struct ring_node *set = cache_set(ring, level, index);
    struct ring_node *oldest = &set[0];
    for (unsigned way = 0; way < CACHE_WAYS; way++) {
        if (!set[way].filled) {
            oldest = &set[way];
            break;
        }
        if (set[way].used < oldest->used) {
            oldest = &set[way];
        }
    }
    if (oldest->key == NULL) {
        oldest->key = secret_begin(ring->arena);
        oldest->block = NEW(ring->arena, struct key_block);
    }
    oldest->filled = false;
    return oldest;
}

void ring_forget(struct keyring *ring,
                 bool (*is_stale)(const void *context, unsigned level, uint32_t index),
                 const void *context)
{
    for (unsigned i = 0; i < CACHE_SETS * CACHE_WAYS; i++) {
        struct ring_node *node = &ring->cache[i / CACHE_WAYS][i % CACHE_WAYS];
        if (node->filled && (is_stale == NULL || is_stale(context, node->block->place.level,
                                                          node->block->place.index))) {
            secret_wipe(node->key);
            node->filled = false;
        }
    }
}

static enum candor_status parent_key(struct job *job, struct keyring *ring, unsigned level,
                                     uint32_t index, struct secret *key)
{
    if (level == TOP_LEVEL) {
        secret_copy(key, ring->root_key);
        return CANDOR_OK;
    }
    struct ring_node *parent = NULL;
    TRY(ring_node(job, ring, level + 1, index >> CHILD_BITS, &parent));
    const unsigned child = index % KEY_CHILDREN;
    if (!key_block_has(parent->block, child)) {
        return fail(job, CANDOR_NOT_FOUND, "this key was never made");
    }
    return key_block_get(job, parent->block, parent->key, child, key);
}

enum candor_status ring_node(struct job *job, struct keyring *ring, unsigned level, uint32_t index,
                             struct ring_node **node)
{
    struct ring_node *found = cache_find(ring, level, index);
    if (found == NULL) {
        struct secret *key = secret_begin(job->arena);
        TRY(parent_key(job, ring, level, index, key));
        found = cache_room(ring, level, index); /* only now: it may be the parent's room */
        TRY(ring_block(job, ring, level, index, key, found->block));
        secret_copy(found->key, key);
        found->filled = true;
    }
    found->used = ++ring->lookups;
    *node = found;
    return CANDOR_OK;
}

/* ---- looking up ---- */

static enum candor_status slot_node(struct job *job, struct keyring *ring, uint32_t slot,
                                    struct ring_node **node)
{
    const struct arena_mark mark = arena_mark(job->arena);
    const enum candor_status status = ring_node(job, ring, 0, slot >> CHILD_BITS, node);
    arena_rewind(job->arena, mark);
    return status;
}

static enum candor_status key_find(struct job *job, struct keyring *ring, uint32_t slot,
                                   struct secret **key)
{
    TRY(ring_settle(job, ring));
    if (slot >= ring->trunk.slot_count) {
        return fail(job, CANDOR_NOT_FOUND, "this key was never made");
    }
    struct ring_node *node = NULL;
    TRY(slot_node(job, ring, slot, &node));
    if (!key_block_has(node->block, slot % KEY_CHILDREN)) {
        return fail(job, CANDOR_NOT_FOUND, "this key was erased");
    }
    *key = secret_begin(job->arena);
    return key_block_get(job, node->block, node->key, slot % KEY_CHILDREN, *key);
}

enum candor_status keyring_key(struct job *job, struct keyring *keyring, uint32_t slot,
                               struct secret **key)
{
    must(pthread_mutex_lock(&keyring->mutex) == 0);
    const enum candor_status status = key_find(job, keyring, slot, key);
    must(pthread_mutex_unlock(&keyring->mutex) == 0);
    return status;
}

const struct secret *keyring_index_key(const struct keyring *keyring)
{
    return keyring->own_key[TRUNK_INDEX_KEY];
}

const struct secret *keyring_home_key(const struct keyring *keyring)
{
    return keyring->own_key[TRUNK_HOME_KEY];
}

uint64_t keyring_generation(struct keyring *keyring)
{
    must(pthread_mutex_lock(&keyring->mutex) == 0);
    const uint64_t generation = keyring->generation;
    must(pthread_mutex_unlock(&keyring->mutex) == 0);
    return generation;
}

uint32_t keyring_slot_count(struct keyring *keyring)
{
    must(pthread_mutex_lock(&keyring->mutex) == 0);
    const uint32_t slot_count = keyring->trunk.slot_count;
    must(pthread_mutex_unlock(&keyring->mutex) == 0);
    return slot_count;
}
