/*
 * keychange.c - adding, erasing and rotating: every change is whole or not at all.
 *
 * Erasing (and rotating, which erases nothing and touches everything):
 *
 *     1  write every block on the paths again, under generation + 1 and fresh random keys, without
 *        the erased entries; then the trunk; commit the shelf        the old tree stands, whole
 *     2  replace the root in its slot                                <- the commit point
 *     3  destroy the superseded blocks, and say in the trunk that it is done
 *
 *          root            root'
 *          [top]           [top']        the old top opens only under the old root, which is
 *          [1,a] [1,b]     [1,a'] [1,b]  gone; so do the old [1,a] and [0,x], though somebody
 *          [0,x] [0,y]     [0,x'] [0,y]  kept copies. What was not touched stays as it is.
 *
 * The walks go down the tree with one old block, one new block and two keys per level: memory does
 * not grow with the tree. They read the shelf directly, as of the generation before the change.
 */
#include <stdlib.h>
#include <string.h>

#include "ring.h"

/* ---- adding ---- */

struct span {
    uint32_t first; /* slot */
    uint32_t last;  /* slot, included */
};

/* Which children of a block lie in the span; at least one does. */
static struct span children_in(struct span span, struct key_place place)
{
    const uint32_t own_first = place.index * KEY_CHILDREN;
    const uint32_t first = span.first >> CHILD_BITS * place.level;
    const uint32_t last = span.last >> CHILD_BITS * place.level;
    return (struct span){
        .first = first > own_first ? first - own_first : 0,
        .last = last - own_first < KEY_CHILDREN ? last - own_first : KEY_CHILDREN - 1,
    };
}

/* The key of a child that is there, or of the next one, made now. */
static enum candor_status get_or_make(struct job *job, struct key_block *block,
                                      const struct secret *node, unsigned child, struct secret *key)
{
    if (key_block_has(block, child)) {
        return key_block_get(job, block, node, child, key);
    }
    if (block->child_count != child) { /* they are made in order */
        return fail(job, CANDOR_CORRUPT,
                    "key store: block %u at level %u has %u entries, the trunk says %u",
                    block->place.index, block->place.level, block->child_count, child);
    }
    TRY(secret_random(job, key));
    return key_block_put(job, block, node, key);
}

static enum candor_status grow_open(struct job *job, struct change *change, struct key_place place,
                                    const struct secret *node, bool is_there)
{
    struct key_block *block = change->level[place.level].fresh;
    if (is_there) {
        return ring_block(job, change->ring, place.level, place.index, node, block);
    }
    key_block_init(block, place);
    return CANDOR_OK;
}

static enum candor_status grow(struct job *job, struct change *change, struct span span,
                               unsigned level, const struct secret *node);

static enum candor_status grow_child(struct job *job, struct change *change, struct span span,
                                     unsigned level, const struct secret *node, unsigned child)
{
    struct key_block *block = change->level[level].fresh;
    struct secret *key = change->level[level].fresh_key;
    const bool is_there = key_block_has(block, child);
    TRY(get_or_make(job, block, node, child, key));
    if (level == 0) {
        return CANDOR_OK;
    }
    const uint32_t below = block->place.index * KEY_CHILDREN + child;
    const struct key_place place = {level - 1, below, change->generation};
    TRY(grow_open(job, change, place, key, is_there));
    return grow(job, change, span, level - 1, key);
}

/* Make what the span needs of the open block at a level; written when it has new children. */
static enum candor_status grow(struct job *job, struct change *change, struct span span,
                               unsigned level, const struct secret *node)
{
    struct key_block *block = change->level[level].fresh;
    const unsigned count_before = block->child_count;
    const struct span children = children_in(span, block->place);
    for (uint32_t child = children.first; child <= children.last; child++) {
        TRY(grow_child(job, change, span, level, node, child));
    }
    return block->child_count == count_before ? CANDOR_OK
                                              : ring_write_block(job, change->ring, block, node);
}

static enum candor_status grow_tree(struct job *job, struct change *change, struct span span,
                                    const struct trunk *trunk)
{
    const struct key_place top = {TOP_LEVEL, 0, change->generation};
    const struct secret *root_key = change->ring->root_key;
    TRY(grow_open(job, change, top, root_key, true));
    TRY(grow(job, change, span, TOP_LEVEL, root_key));
    return ring_write_trunk(job, change->ring, trunk, root_key);
}

static enum candor_status add(struct job *job, struct keyring *ring, uint32_t count,
                              uint32_t *first_slot)
{
    struct change change;
    struct trunk trunk = ring->trunk;
    const struct span span = {trunk.slot_count, trunk.slot_count + count - 1};
    const uint32_t ends[2] = {span.first, span.last};
    change_init(job, ring, &change);
    trunk.slot_count += count;

    TRY(change_start(job, ring));
    TRY(change_finish(job, ring, grow_tree(job, &change, span, &trunk)));

    /* Blocks between the two ends are new, so nobody has them in the cache. */
    change.slot = ends;
    change.slot_count = 2;
    ring_forget(ring, change_touches, &change);
    ring->trunk = trunk;
    *first_slot = span.first;
    return CANDOR_OK;
}

static enum candor_status add_checked(struct job *job, struct keyring *ring, size_t count,
                                      uint32_t *first_slot)
{
    TRY(ring_settle(job, ring));
    if (count > KEYRING_SLOTS_MAX - ring->trunk.slot_count) {
        return fail(job, CANDOR_TOO_LARGE, "%zu more keys after %u; a home holds at most %u", count,
                    ring->trunk.slot_count, KEYRING_SLOTS_MAX);
    }
    if (count == 0) {
        *first_slot = ring->trunk.slot_count;
        return CANDOR_OK;
    }
    const struct arena_mark mark = arena_mark(job->arena);
    const enum candor_status status = add(job, ring, (uint32_t)count, first_slot);
    arena_rewind(job->arena, mark);
    return status;
}

enum candor_status keyring_add(struct job *job, struct keyring *keyring, size_t count,
                               uint32_t *first_slot)
{
    must(pthread_mutex_lock(&keyring->mutex) == 0);
    const enum candor_status status = add_checked(job, keyring, count, first_slot);
    must(pthread_mutex_unlock(&keyring->mutex) == 0);
    return during(job, status, "adding keys");
}

/* ---- erasing and rotating ---- */

static enum candor_status rekey(struct job *job, struct change *change, unsigned level,
                                uint32_t index, const struct secret *old_key,
                                const struct secret *fresh_key);

/* The child's own key, or, for a node on the way, a fresh one under which it was written again. */
static enum candor_status rekey_child(struct job *job, struct change *change, unsigned level,
                                      uint32_t number, const struct secret *old_key,
                                      const struct secret *fresh_key)
{
    struct scratch *scratch = &change->level[level];
    TRY(key_block_get(job, scratch->old, old_key, number % KEY_CHILDREN, scratch->old_key));
    if (level == 0 || !change_touches(change, level - 1, number)) {
        return key_block_put(job, scratch->fresh, fresh_key, scratch->old_key);
    }
    TRY(secret_random(job, scratch->fresh_key));
    TRY(rekey(job, change, level - 1, number, scratch->old_key, scratch->fresh_key));
    return key_block_put(job, scratch->fresh, fresh_key, scratch->fresh_key);
}

static enum candor_status rekey_children(struct job *job, struct change *change, unsigned level,
                                         const struct secret *old_key,
                                         const struct secret *fresh_key)
{
    const struct key_block *old = change->level[level].old;
    for (unsigned child = 0; child < old->child_count; child++) {
        const uint32_t number = old->place.index * KEY_CHILDREN + child;
        if (!key_block_has(old, child) || (level == 0 && change_erases(change, number))) {
            key_block_skip(change->level[level].fresh);
        } else {
            TRY(rekey_child(job, change, level, number, old_key, fresh_key));
        }
    }
    return CANDOR_OK;
}

static enum candor_status rekey(struct job *job, struct change *change, unsigned level,
                                uint32_t index, const struct secret *old_key,
                                const struct secret *fresh_key)
{
    struct scratch *scratch = &change->level[level];
    if (job->cancelled) {
        return fail(job, CANDOR_CANCELLED, "stopped; nothing was changed");
    }
    TRY(ring_block(job, change->ring, level, index, old_key, scratch->old));
    key_block_init(scratch->fresh, (struct key_place){level, index, change->generation});
    TRY(rekey_children(job, change, level, old_key, fresh_key));
    change->blocks++;
    job_say_progress(job, "blocks of keys", change->blocks, 0);
    return ring_write_block(job, change->ring, scratch->fresh, fresh_key);
}

/* The trunk of the new generation, the home's own keys wrapped again. */
static enum candor_status rekey_trunk(struct job *job, const struct change *change,
                                      const struct secret *fresh_root, struct trunk *trunk)
{
    const struct keyring *ring = change->ring;
    *trunk = ring->trunk;
    trunk->generation = change->generation;
    trunk->swept = false;
    for (unsigned i = 0; i < TRUNK_KEYS; i++) {
        TRY(key_wrap(job, fresh_root, trunk_place(trunk->generation), i, ring->own_key[i],
                     trunk->wrapped[i]));
    }
    return ring_write_trunk(job, change->ring, trunk, fresh_root);
}

/* A name for a root that says nothing about it. */
static void root_id(const struct secret *root_key, uint8_t id[8])
{
    uint8_t tag[TAG_LEN_MIN];
    const struct bytes use = bytes_of(STR("candor root id"));
    tag_of(tag, sizeof tag, root_key, &use, 1);
    memcpy(id, tag, 8);
}

/* Steps 1 and 2. */
static enum candor_status replace_root(struct job *job, struct change *change,
                                       const struct secret *fresh_root)
{
    struct keyring *ring = change->ring;
    struct trunk trunk = {0};
    TRY(change_start(job, ring));
    enum candor_status status = rekey(job, change, TOP_LEVEL, 0, ring->root_key, fresh_root);
    if (status == CANDOR_OK) {
        status = rekey_trunk(job, change, fresh_root, &trunk);
    }
    TRY(change_finish(job, ring, status));

    /* Until the slot answers, nobody knows which root stands: the next call looks. */
    ring->settled = false;
    TRY(ring->root.replace(job, ring->root.self, fresh_root, change->generation));
    ring->settled = true;

    secret_copy(ring->root_key, fresh_root);
    ring->generation = change->generation;
    ring->trunk = trunk;
    ring_forget(ring, change_touches, change);
    return CANDOR_OK;
}

static void say_roots_same(const struct keyring *ring, struct key_erasure *facts)
{
    *facts = (struct key_erasure){
        .generation = ring->generation,
        .grade = ring->root.grade,
        .old_blocks_destroyed = true,
    };
    root_id(ring->root_key, facts->old_root);
    root_id(ring->root_key, facts->new_root);
}

static enum candor_status change_root(struct job *job, struct change *change,
                                      struct key_erasure *facts)
{
    struct keyring *ring = change->ring;
    struct secret *fresh_root = secret_begin(job->arena);
    struct key_erasure said;
    say_roots_same(ring, &said);
    change->generation = ring->generation + 1;
    TRY(secret_random(job, fresh_root));
    TRY(replace_root(job, change, fresh_root));

    root_id(ring->root_key, said.new_root);
    said.generation = ring->generation;
    said.keys_erased = change->all ? 0 : change->slot_count;
    said.blocks_rewritten = change->blocks;
    said.old_blocks_destroyed = change_sweep(job, change) == CANDOR_OK;
    if (!said.old_blocks_destroyed) {
        job_forgive(job); /* the keys are gone all the same; the next call, or opening, sweeps */
    }
    *facts = said;
    return CANDOR_OK;
}

static int slot_compare(const void *left, const void *right)
{
    const uint32_t *first = left;
    const uint32_t *second = right;
    return (*first > *second) - (*first < *second);
}

/* Sorted, each once, and only those that still have a key. */
static enum candor_status choose_slots(struct job *job, struct keyring *ring, const uint32_t *slot,
                                       size_t count, struct change *change)
{
    uint32_t *chosen = NULL;
    size_t chosen_count = 0;
    TRY_ALLOC(job, chosen, count, uint32_t);
    bytes_copy(chosen, slot, size_mul(count, sizeof *slot));
    qsort(chosen, count, sizeof *chosen, slot_compare);
    if (count > 0 && chosen[count - 1] >= ring->trunk.slot_count) {
        return fail(job, CANDOR_NOT_FOUND, "slot %u was never made", chosen[count - 1]);
    }

    for (size_t i = 0; i < count; i++) {
        struct ring_node *node = NULL;
        TRY(ring_node(job, ring, 0, chosen[i] >> CHILD_BITS, &node));
        const bool is_new = chosen_count == 0 || chosen[chosen_count - 1] != chosen[i];
        if (is_new && key_block_has(node->block, chosen[i] % KEY_CHILDREN)) {
            chosen[chosen_count++] = chosen[i];
        }
    }
    change->slot = chosen;
    change->slot_count = chosen_count;
    return CANDOR_OK;
}

static enum candor_status erase(struct job *job, struct keyring *ring, const uint32_t *slot,
                                size_t count, struct key_erasure *facts)
{
    struct change change;
    TRY(ring_settle(job, ring));
    change_init(job, ring, &change);
    TRY(choose_slots(job, ring, slot, count, &change));
    if (change.slot_count == 0) {
        say_roots_same(ring, facts);
        return CANDOR_OK;
    }
    return change_root(job, &change, facts);
}

static enum candor_status rotate(struct job *job, struct keyring *ring, struct key_erasure *facts)
{
    struct change change;
    TRY(ring_settle(job, ring));
    change_init(job, ring, &change);
    change.all = true;
    return change_root(job, &change, facts);
}

enum candor_status keyring_erase(struct job *job, struct keyring *keyring, const uint32_t *slot,
                                 size_t count, struct key_erasure *facts)
{
    must(pthread_mutex_lock(&keyring->mutex) == 0);
    const struct arena_mark mark = arena_mark(job->arena);
    const enum candor_status status = erase(job, keyring, slot, count, facts);
    arena_rewind(job->arena, mark);
    must(pthread_mutex_unlock(&keyring->mutex) == 0);
    return during(job, status, "erasing keys");
}

enum candor_status keyring_rotate(struct job *job, struct keyring *keyring,
                                  struct key_erasure *facts)
{
    must(pthread_mutex_lock(&keyring->mutex) == 0);
    const struct arena_mark mark = arena_mark(job->arena);
    const enum candor_status status = rotate(job, keyring, facts);
    arena_rewind(job->arena, mark);
    must(pthread_mutex_unlock(&keyring->mutex) == 0);
    return during(job, status, "rotating the keys");
}
