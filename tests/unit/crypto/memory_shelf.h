/*
 * memory_shelf.h - a key shelf and a root slot in memory, and a power switch in front of both.
 *
 * The shelf is a sorted array of records; begin keeps a copy of the array, rollback puts it back.
 * Records are never changed or freed, so a copy of the array is a backup of the whole shelf.
 *
 * The slot keeps what is seen and what is durable apart, as a file system does between a rename and
 * the sync of its folder.
 *
 * The switch counts the calls. At the chosen one it fails before the call does anything, or after
 * it has done all (and, for the slot, before it is durable); then once, or from there on.
 */
#ifndef MEMORY_SHELF_H
#define MEMORY_SHELF_H

#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "testing.h"

struct record {
    unsigned level;
    uint32_t index;
    uint64_t generation;
    struct bytes bytes;
};

struct records {
    struct record *ptr;
    size_t count;
    size_t room;
};

enum cut { CUT_BEFORE, CUT_AFTER };

struct power {
    bool armed;
    size_t calls;
    size_t cut_at; /* the number of the call that fails, from 0 */
    enum cut cut;
    bool lasting;
};

struct memory_shelf {
    struct arena *arena;
    struct records now;
    struct records before; /* while a change is open */
    bool changing;
    struct power *power;
};

struct memory_root {
    struct secret *seen;
    struct secret *durable;
    uint64_t seen_generation; /* 0: empty */
    uint64_t durable_generation;
    struct power *power;
};

/* Asked before each call does its work. */
static inline enum candor_status power_before(struct job *job, struct power *power)
{
    const size_t call = power->calls++;
    const bool is_at = call == power->cut_at && power->cut == CUT_BEFORE;
    const bool is_past = call > power->cut_at && power->lasting;
    return power->armed && (is_at || is_past) ? (fail)(job, CANDOR_IO, "no power") : CANDOR_OK;
}

/* Asked when the work is done. */
static inline enum candor_status power_after(struct job *job, const struct power *power)
{
    const bool is_at = power->calls == power->cut_at + 1 && power->cut == CUT_AFTER;
    return power->armed && is_at ? (fail)(job, CANDOR_IO, "no power any more") : CANDOR_OK;
}

/* ---- records ---- */

static inline struct records records_copy(const struct records *source)
{
    struct records copy = {.count = source->count, .room = source->count + 1};
    copy.ptr = calloc(copy.room, sizeof *copy.ptr);
    must(copy.ptr != NULL);
    bytes_copy(copy.ptr, source->ptr, source->count * sizeof *copy.ptr);
    return copy;
}

static inline void records_free(struct records *records)
{
    free(records->ptr);
    *records = (struct records){0};
}

static inline int record_order(const struct record *record, unsigned level, uint32_t index,
                               uint64_t generation)
{
    if (record->level != level) {
        return record->level < level ? -1 : 1;
    }
    if (record->index != index) {
        return record->index < index ? -1 : 1;
    }
    return (record->generation > generation) - (record->generation < generation);
}

/* The first record that does not come before the place. */
static inline size_t records_find(const struct records *records, unsigned level, uint32_t index,
                                  uint64_t generation)
{
    size_t low = 0;
    size_t high = records->count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (record_order(&records->ptr[middle], level, index, generation) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static inline void records_put(struct records *records, struct record record)
{
    const size_t at = records_find(records, record.level, record.index, record.generation);
    if (at < records->count &&
        record_order(&records->ptr[at], record.level, record.index, record.generation) == 0) {
        records->ptr[at] = record;
        return;
    }
    if (records->count == records->room) {
        records->room = records->room * 2 + 16;
        records->ptr = realloc(records->ptr, records->room * sizeof *records->ptr);
        must(records->ptr != NULL);
    }
    memmove(records->ptr + at + 1, records->ptr + at, (records->count - at) * sizeof *records->ptr);
    records->ptr[at] = record;
    records->count++;
}

static inline void records_drop(struct records *records, size_t at)
{
    records->count--;
    memmove(records->ptr + at, records->ptr + at + 1, (records->count - at) * sizeof *records->ptr);
}

/* ---- the shelf ---- */

/* NOLINTNEXTLINE(readability-function-size): the keyring says what its shelves are asked. */
static inline enum candor_status shelf_read(struct job *job, void *self, unsigned level,
                                            uint32_t index, uint64_t generation_max,
                                            uint64_t *generation, struct bytes *block)
{
    struct memory_shelf *shelf = self;
    TRY(power_before(job, shelf->power));
    *generation = 0;
    *block = (struct bytes){0};
    size_t at = records_find(&shelf->now, level, index, generation_max);
    if (at == shelf->now.count ||
        record_order(&shelf->now.ptr[at], level, index, generation_max) != 0) {
        at--; /* SIZE_MAX when there is none: not below count */
    }
    if (at < shelf->now.count && shelf->now.ptr[at].level == level &&
        shelf->now.ptr[at].index == index) {
        *generation = shelf->now.ptr[at].generation;
        *block = shelf->now.ptr[at].bytes;
    }
    return power_after(job, shelf->power);
}

static inline enum candor_status shelf_write(struct job *job, void *self, unsigned level,
                                             uint32_t index, uint64_t generation,
                                             struct bytes block)
{
    struct memory_shelf *shelf = self;
    must(shelf->changing);
    must(block.len <= KEY_BLOCK_LEN_MAX);
    TRY(power_before(job, shelf->power));
    const struct bytes kept = bytes_copy_of(shelf->arena, block);
    records_put(&shelf->now, (struct record){level, index, generation, kept});
    return power_after(job, shelf->power);
}

static inline enum candor_status shelf_drop_after(struct job *job, void *self, uint64_t generation)
{
    struct memory_shelf *shelf = self;
    must(shelf->changing);
    TRY(power_before(job, shelf->power));
    for (size_t at = shelf->now.count; at-- > 0;) {
        if (shelf->now.ptr[at].generation > generation) {
            records_drop(&shelf->now, at);
        }
    }
    return power_after(job, shelf->power);
}

static inline enum candor_status shelf_drop_before(struct job *job, void *self, unsigned level,
                                                   uint32_t index, uint64_t generation)
{
    struct memory_shelf *shelf = self;
    must(shelf->changing);
    TRY(power_before(job, shelf->power));
    const size_t first = records_find(&shelf->now, level, index, 0);
    const size_t end = records_find(&shelf->now, level, index, generation);
    for (size_t at = end; at > first; at--) {
        records_drop(&shelf->now, at - 1);
    }
    return power_after(job, shelf->power);
}

static inline enum candor_status shelf_begin(struct job *job, void *self)
{
    struct memory_shelf *shelf = self;
    must(!shelf->changing);
    TRY(power_before(job, shelf->power));
    shelf->before = records_copy(&shelf->now);
    shelf->changing = true;
    return power_after(job, shelf->power);
}

static inline enum candor_status shelf_commit(struct job *job, void *self)
{
    struct memory_shelf *shelf = self;
    must(shelf->changing);
    TRY(power_before(job, shelf->power));
    records_free(&shelf->before);
    shelf->changing = false;
    return power_after(job, shelf->power);
}

static inline void shelf_rollback(void *self)
{
    struct memory_shelf *shelf = self;
    if (shelf->changing) {
        records_free(&shelf->now);
        shelf->now = shelf->before;
        shelf->before = (struct records){0};
        shelf->changing = false;
    }
}

static inline struct key_shelf shelf_door(struct memory_shelf *shelf)
{
    return (struct key_shelf){
        .self = shelf,
        .read = shelf_read,
        .write = shelf_write,
        .drop_after = shelf_drop_after,
        .drop_before = shelf_drop_before,
        .begin = shelf_begin,
        .commit = shelf_commit,
        .rollback = shelf_rollback,
    };
}

/* ---- the root ---- */

static inline enum candor_status root_read(struct job *job, void *self, struct secret *key,
                                           uint64_t *generation)
{
    struct memory_root *root = self;
    TRY(power_before(job, root->power));
    if (root->seen_generation == 0) {
        return (fail)(job, CANDOR_NOT_FOUND, "no root");
    }
    secret_copy(key, root->seen);
    *generation = root->seen_generation;
    return power_after(job, root->power);
}

static inline enum candor_status root_replace(struct job *job, void *self, const struct secret *key,
                                              uint64_t generation)
{
    struct memory_root *root = self;
    TRY(power_before(job, root->power));
    secret_copy(root->seen, key);
    root->seen_generation = generation;
    TRY(power_after(job, root->power));
    secret_copy(root->durable, key);
    root->durable_generation = generation;
    return CANDOR_OK;
}

static inline struct root_slot root_door(struct memory_root *root)
{
    return (struct root_slot){
        .self = root, .grade = ROOT_GRADE_FILE, .read = root_read, .replace = root_replace};
}

/* The machine stops: what was not durable is gone. */
static inline void machine_stops(struct memory_shelf *shelf, struct memory_root *root)
{
    shelf_rollback(shelf);
    secret_copy(root->seen, root->durable);
    root->seen_generation = root->durable_generation;
}

/* ---- a world with both ---- */

struct world {
    struct job job;
    struct arena *arena;
    struct power power;
    struct memory_shelf shelf;
    struct memory_root root;
    struct key_shelf shelf_door;
    struct root_slot root_door;
    struct keyring *ring;
};

static inline void world_begin(struct world *world)
{
    *world = (struct world){0};
    job_begin(&world->job, host_real());
    must(crypto_start(&world->job) == CANDOR_OK);
    world->arena = arena_begin();
    world->shelf = (struct memory_shelf){.arena = world->arena, .power = &world->power};
    world->root = (struct memory_root){.seen = secret_begin(world->arena),
                                       .durable = secret_begin(world->arena),
                                       .power = &world->power};
    world->shelf_door = shelf_door(&world->shelf);
    world->root_door = root_door(&world->root);
}

static inline void world_create(struct world *world)
{
    world_begin(world);
    must(keyring_create(&world->job, world->arena, &world->root_door, &world->shelf_door,
                        &world->ring) == CANDOR_OK);
}

static inline enum candor_status world_open(struct world *world)
{
    job_forgive(&world->job);
    return keyring_open(&world->job, world->arena, &world->root_door, &world->shelf_door,
                        &world->ring);
}

static inline void world_end(struct world *world)
{
    shelf_rollback(&world->shelf);
    records_free(&world->shelf.now);
    arena_end(world->arena);
    job_end(&world->job);
}

/* A copy of a slot's key that outlives the job; NULL when there is none. */
static inline struct secret *world_key(struct world *world, uint32_t slot)
{
    struct secret *key = NULL;
    const struct arena_mark mark = arena_mark(world->job.arena);
    struct secret *kept = NULL;
    if (keyring_key(&world->job, world->ring, slot, &key) == CANDOR_OK) {
        kept = secret_begin(world->arena);
        secret_copy(kept, key);
    }
    arena_rewind(world->job.arena, mark);
    return kept;
}

/* The status of a look-up, and whether the key found is this one. */
static inline enum candor_status world_look(struct world *world, uint32_t slot,
                                            const struct secret *expected, bool *is_same)
{
    struct secret *key = NULL;
    const struct arena_mark mark = arena_mark(world->job.arena);
    job_forgive(&world->job);
    const enum candor_status status = keyring_key(&world->job, world->ring, slot, &key);
    *is_same = status == CANDOR_OK && expected != NULL && secret_equal(key, expected);
    arena_rewind(world->job.arena, mark);
    return status;
}

#endif
