/*
 * keystate.c - opening a keyring, and making sure of what stands after a crash.
 *
 * Beside the tree the root holds the trunk, one small record:
 *
 *     "CKT1" | generation u64le | slot_count u32le | swept u8
 *     index key wrapped 72 | home key wrapped 72 | mark (nonce 24 | tag 16) over all before
 *
 * A root and its trunk have the same generation, and a change writes the trunk with its blocks.
 * That makes the state after a crash easy to tell:
 *
 *     root g, newest trunk g         all is well; if not swept, superseded blocks remain: sweep
 *     root g, newest trunk above g   a change that did not reach its commit point: drop it
 *     root g, no trunk g             another or an older root: refuse, and touch nothing
 *
 * Adding keys replaces blocks and the trunk within their generation, in one change of the shelf.
 */
#include <string.h>

#include "ring.h"

#define TRUNK_MARKED_LEN (4U + 8U + 4U + 1U + TRUNK_KEYS * WRAPPED_LEN)
#define TRUNK_LEN (TRUNK_MARKED_LEN + MARK_LEN)

/* ---- the trunk ---- */

struct key_place trunk_place(uint64_t generation)
{
    return (struct key_place){KEY_LEVEL_TRUNK, 0, generation};
}

enum candor_status ring_write_trunk(struct job *job, struct keyring *ring,
                                    const struct trunk *trunk, const struct secret *root_key)
{
    struct buf buf = buf_begin(job->arena);
    buf_bytes(&buf, "CKT1", 4);
    buf_u64le(&buf, trunk->generation);
    buf_u32le(&buf, trunk->slot_count);
    buf_u8(&buf, trunk->swept ? 1 : 0);
    buf_bytes(&buf, trunk->wrapped, sizeof trunk->wrapped);
    must(buf.len == TRUNK_MARKED_LEN);

    uint8_t mark[MARK_LEN];
    TRY(key_mark(job, root_key, buf_all(&buf), mark));
    buf_bytes(&buf, mark, sizeof mark);
    return ring_write(job, ring, trunk_place(trunk->generation), buf_all(&buf));
}

static bool trunk_parse(struct bytes bytes, struct trunk *trunk)
{
    struct reader reader = reader_of(bytes);
    const struct bytes magic = read_bytes(&reader, 4);
    trunk->generation = read_u64le(&reader);
    trunk->slot_count = read_u32le(&reader);
    trunk->swept = read_u8(&reader) != 0;
    const struct bytes wrapped = read_bytes(&reader, sizeof trunk->wrapped);
    (void)read_bytes(&reader, MARK_LEN);
    if (!reader_is_done(&reader) || !bytes_same(magic.ptr, "CKT1", 4)) {
        return false;
    }
    memcpy(trunk->wrapped, wrapped.ptr, sizeof trunk->wrapped);
    return trunk->slot_count <= KEYRING_SLOTS_MAX;
}

static bool trunk_holds(struct bytes bytes, const struct secret *root_key, uint64_t generation,
                        struct trunk *trunk)
{
    return bytes.len == TRUNK_LEN &&
           key_mark_holds(root_key, (struct bytes){bytes.ptr, TRUNK_MARKED_LEN},
                          bytes.ptr + TRUNK_MARKED_LEN) &&
           trunk_parse(bytes, trunk) && trunk->generation == generation;
}

static enum candor_status trunk_read(struct job *job, struct keyring *ring,
                                     const struct secret *root_key, uint64_t generation,
                                     struct trunk *trunk)
{
    uint64_t found = 0;
    struct bytes bytes = {0};
    TRY(ring->shelf.read(job, ring->shelf.self, KEY_LEVEL_TRUNK, 0, generation, &found, &bytes));
    if (bytes.len == 0 || found != generation) {
        return fail(job, CANDOR_CORRUPT,
                    "the root key has generation %llu, the key store has none such: one of the two "
                    "is an older copy; put back the root that belongs to it",
                    (unsigned long long)generation);
    }
    if (!trunk_holds(bytes, root_key, generation, trunk)) {
        return fail(job, CANDOR_CORRUPT,
                    "the root key does not open the key store: it is another home's, or the key "
                    "store was damaged");
    }
    return CANDOR_OK;
}

/* The ring's own two keys never change, and others hold them by now: at a second reading they are
 * compared, not written. */
static enum candor_status own_keys_read(struct job *job, struct keyring *ring,
                                        const struct secret *root_key, const struct trunk *trunk)
{
    struct secret *key = secret_begin(job->arena);
    for (unsigned i = 0; i < TRUNK_KEYS; i++) {
        if (!key_unwrap(root_key, trunk_place(trunk->generation), i, trunk->wrapped[i], key)) {
            return fail(job, CANDOR_CORRUPT, "key store: the home's own key %u was damaged", i);
        }
        if (!ring->open) {
            secret_copy(ring->own_key[i], key);
        } else if (!secret_equal(ring->own_key[i], key)) {
            return fail(job, CANDOR_CORRUPT,
                        "key store: the home's own key %u was exchanged while it was open", i);
        }
    }
    ring->open = true;
    return CANDOR_OK;
}

/* ---- settling ---- */

static enum candor_status drop_unfinished(struct job *job, struct keyring *ring)
{
    uint64_t newest = 0;
    struct bytes bytes = {0};
    TRY(ring->shelf.read(job, ring->shelf.self, KEY_LEVEL_TRUNK, 0, UINT64_MAX, &newest, &bytes));
    if (newest <= ring->generation) {
        return CANDOR_OK;
    }

    TRY(change_start(job, ring));
    return change_finish(job, ring,
                         ring->shelf.drop_after(job, ring->shelf.self, ring->generation));
}

/* The root that was read may be one whose replacing was cut short: seen, but not yet durable. If it
 * were lost after the older blocks, all would be lost. So it is made durable before they go. */
static enum candor_status finish_change(struct job *job, struct keyring *ring)
{
    TRY(drop_unfinished(job, ring));
    if (ring->trunk.swept) {
        return CANDOR_OK;
    }
    TRY(ring->root.replace(job, ring->root.self, ring->root_key, ring->generation));
    return ring_sweep_all(job, ring);
}

static enum candor_status settle(struct job *job, struct keyring *ring)
{
    struct secret *root_key = secret_begin(job->arena);
    struct trunk trunk = {0};
    uint64_t generation = 0;
    TRY(ring->root.read(job, ring->root.self, root_key, &generation));
    TRY(trunk_read(job, ring, root_key, generation, &trunk));
    TRY(own_keys_read(job, ring, root_key, &trunk));

    secret_copy(ring->root_key, root_key);
    ring->generation = generation;
    ring->trunk = trunk;
    ring_forget(ring, NULL, NULL);
    return finish_change(job, ring);
}

enum candor_status ring_settle(struct job *job, struct keyring *ring)
{
    if (ring->settled) {
        return CANDOR_OK;
    }
    const struct arena_mark mark = arena_mark(job->arena);
    const enum candor_status status = settle(job, ring);
    arena_rewind(job->arena, mark);
    ring->settled = status == CANDOR_OK;
    return status;
}

/* ---- opening and creating ---- */

static void ring_end(void *thing)
{
    struct keyring *ring = thing;
    (void)pthread_mutex_destroy(&ring->mutex);
    arena_end(ring->arena);
}

static struct keyring *ring_begin(struct arena *owner, const struct root_slot *root,
                                  const struct key_shelf *shelf)
{
    struct keyring *ring = NEW(owner, struct keyring);
    must(pthread_mutex_init(&ring->mutex, NULL) == 0);
    ring->arena = arena_begin();
    arena_defer(owner, ring_end, ring);

    ring->root = *root;
    ring->shelf = *shelf;
    ring->root_key = secret_begin(ring->arena);
    for (unsigned i = 0; i < TRUNK_KEYS; i++) {
        ring->own_key[i] = secret_begin(ring->arena);
    }
    return ring;
}

enum candor_status keyring_open(struct job *job, struct arena *owner, const struct root_slot *root,
                                const struct key_shelf *shelf, struct keyring **keyring)
{
    struct keyring *ring = ring_begin(owner, root, shelf);
    must(pthread_mutex_lock(&ring->mutex) == 0);
    const enum candor_status status = ring_settle(job, ring);
    must(pthread_mutex_unlock(&ring->mutex) == 0);
    TRY(during(job, status, "opening the keys"));
    *keyring = ring;
    return CANDOR_OK;
}

/* What an unfinished creation left, a trunk that was never swept and has no slots, may be replaced.
 * A ring that was in use may not, even when its root is lost: it may be found again. */
static enum candor_status refuse_existing(struct job *job, struct keyring *ring)
{
    struct secret *key = secret_begin(job->arena);
    uint64_t generation = 0;
    const enum candor_status status = ring->root.read(job, ring->root.self, key, &generation);
    if (status == CANDOR_OK) {
        return fail(job, CANDOR_EXISTS, "there is a root key already");
    }
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);

    struct trunk trunk = {0};
    struct bytes bytes = {0};
    TRY(ring->shelf.read(job, ring->shelf.self, KEY_LEVEL_TRUNK, 0, UINT64_MAX, &generation,
                         &bytes));
    if (bytes.len != 0 && (!trunk_parse(bytes, &trunk) || trunk.slot_count > 0 || trunk.swept)) {
        return fail(job, CANDOR_EXISTS,
                    "the key store holds keys whose root is missing: put the root back, or move "
                    "the key store away");
    }
    return CANDOR_OK;
}

static enum candor_status fresh_trunk(struct job *job, const struct secret *root_key,
                                      struct trunk *trunk)
{
    struct secret *key = secret_begin(job->arena);
    *trunk = (struct trunk){.generation = 1, .swept = false};
    for (unsigned i = 0; i < TRUNK_KEYS; i++) {
        TRY(secret_random(job, key));
        TRY(key_wrap(job, root_key, trunk_place(1), i, key, trunk->wrapped[i]));
    }
    return CANDOR_OK;
}

static enum candor_status write_fresh(struct job *job, struct keyring *ring,
                                      const struct secret *root_key)
{
    struct trunk trunk = {0};
    struct key_block *top = NEW(job->arena, struct key_block);
    key_block_init(top, (struct key_place){TOP_LEVEL, 0, 1});
    TRY(fresh_trunk(job, root_key, &trunk));

    TRY(ring->shelf.drop_after(job, ring->shelf.self, 0));
    TRY(ring_write_block(job, ring, top, root_key));
    return ring_write_trunk(job, ring, &trunk, root_key);
}

enum candor_status keyring_create(struct job *job, struct arena *owner,
                                  const struct root_slot *root, const struct key_shelf *shelf,
                                  struct keyring **keyring)
{
    struct keyring *ring = ring_begin(job->arena, root, shelf);
    struct secret *root_key = secret_begin(job->arena);
    TRY(refuse_existing(job, ring));
    TRY(secret_random(job, root_key));

    TRY(change_start(job, ring));
    TRY(during(job, change_finish(job, ring, write_fresh(job, ring, root_key)),
               "making a key store"));
    /* The root comes last: without it, what stands on the shelf is an unfinished creation. Opening
     * sweeps it, which says that it was finished. */
    TRY(root->replace(job, root->self, root_key, 1));
    return keyring_open(job, owner, root, shelf, keyring);
}
