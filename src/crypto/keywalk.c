/*
 * keywalk.c - which part of the tree a change is about, and clearing up behind it.
 *
 * A change names some slots, sorted, or all. A node is touched when one of them lies below it,
 * which is one binary search; so a change of one subject in sixteen million visits three blocks.
 */
#include <string.h>

#include "ring.h"

void change_init(struct job *job, struct keyring *ring, struct change *change)
{
    *change = (struct change){.ring = ring, .generation = ring->generation};
    for (unsigned i = 0; i < KEY_LEVELS; i++) {
        change->level[i].old = NEW(job->arena, struct key_block);
        change->level[i].fresh = NEW(job->arena, struct key_block);
        change->level[i].old_key = secret_begin(job->arena);
        change->level[i].fresh_key = secret_begin(job->arena);
    }
}

/* The index of the first slot that is not below the limit. */
static size_t first_not_below(const struct change *change, uint64_t limit)
{
    size_t low = 0;
    size_t high = change->slot_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (change->slot[middle] < limit) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Whether one of the slots lies below this node. */
bool change_touches(const void *context, unsigned level, uint32_t index)
{
    const struct change *change = context;
    const unsigned bits = CHILD_BITS * (level + 1);
    const size_t at = first_not_below(change, (uint64_t)index << bits);
    return change->all || (at < change->slot_count && change->slot[at] >> bits == index);
}

bool change_erases(const struct change *change, uint32_t slot)
{
    const size_t at = first_not_below(change, slot);
    return !change->all && at < change->slot_count && change->slot[at] == slot;
}

enum candor_status change_start(struct job *job, struct keyring *ring)
{
    const enum candor_status status = ring->shelf.begin(job, ring->shelf.self);
    if (status != CANDOR_OK) {
        ring->shelf.rollback(ring->shelf.self);
        ring->settled = false;
    }
    return status;
}

enum candor_status change_finish(struct job *job, struct keyring *ring, enum candor_status status)
{
    if (status == CANDOR_OK) {
        status = ring->shelf.commit(job, ring->shelf.self);
    }
    if (status != CANDOR_OK) {
        ring->shelf.rollback(ring->shelf.self);
        ring->settled = false;
    }
    return status;
}

/* ---- sweeping ---- */

static enum candor_status sweep_place(struct job *job, struct keyring *ring, unsigned level,
                                      uint32_t index)
{
    const struct arena_mark mark = arena_mark(job->arena);
    uint64_t newest = 0;
    struct bytes bytes = {0};
    enum candor_status status =
        ring->shelf.read(job, ring->shelf.self, level, index, ring->generation, &newest, &bytes);
    if (status == CANDOR_OK && bytes.len > 0) {
        status = ring->shelf.drop_before(job, ring->shelf.self, level, index, newest);
    }
    arena_rewind(job->arena, mark);
    return status;
}

/* How many blocks a level has by now: as many as its slots need. */
static uint32_t block_count(const struct keyring *ring, unsigned level)
{
    const uint64_t per_block = UINT64_C(1) << CHILD_BITS * (level + 1);
    return (uint32_t)((ring->trunk.slot_count + per_block - 1) / per_block);
}

static enum candor_status sweep_level(struct job *job, const struct change *change, unsigned level)
{
    const uint32_t count = block_count(change->ring, level);
    for (uint32_t index = 0; index < count; index++) {
        if (change_touches(change, level, index)) {
            TRY(sweep_place(job, change->ring, level, index));
        }
    }
    return CANDOR_OK;
}

static enum candor_status sweep_tree(struct job *job, const struct change *change)
{
    TRY(sweep_level(job, change, 0));
    TRY(sweep_level(job, change, 1));
    TRY(sweep_place(job, change->ring, TOP_LEVEL, 0)); /* is there even without slots */
    return sweep_place(job, change->ring, KEY_LEVEL_TRUNK, 0);
}

enum candor_status change_sweep(struct job *job, const struct change *change)
{
    struct keyring *ring = change->ring;
    struct trunk swept = ring->trunk;
    swept.swept = true;

    TRY(change_start(job, ring));
    enum candor_status status = sweep_tree(job, change);
    if (status == CANDOR_OK) {
        status = ring_write_trunk(job, ring, &swept, ring->root_key);
    }
    TRY(change_finish(job, ring, status));
    ring->trunk = swept;
    return CANDOR_OK;
}

enum candor_status ring_sweep_all(struct job *job, struct keyring *ring)
{
    const struct change everything = {.ring = ring, .all = true};
    return change_sweep(job, &everything);
}
