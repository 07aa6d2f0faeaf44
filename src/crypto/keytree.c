/*
 * keytree.c - one node of the key tree: a block of up to 256 wrapped keys.
 *
 *     root key --wraps--> top block (level 2): 256 node keys
 *                           each --wraps--> block (level 1): 256 node keys
 *                                             each --wraps--> block (level 0): 256 subjects' keys
 *
 * On the shelf:
 *
 *     "CKB1" | level u8 | index u32le | generation u64le | child_count u16le | present 32   head
 *     nonce 24 | tag 16                                                                     mark
 *     child_count * ( nonce 24 | key 32, encrypted | tag 16 ), zero where erased            keys
 *
 * The mark is an XChaCha20-Poly1305 tag over the head under the node's key: that a key is absent
 * is the node's word, not an accident of the shelf. Each wrap is bound to its level, index, child
 * and generation, so it opens nowhere else, and is opened alone: fetching one key costs one mark
 * and one wrap, not 256.
 */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "keys.h"

#define HEAD_LEN 51U
#define BLOCK_LEN_MAX (HEAD_LEN + MARK_LEN + KEY_CHILDREN * WRAPPED_LEN)
#define PLACE_LEN 19U

static_assert(BLOCK_LEN_MAX <= KEY_BLOCK_LEN_MAX, "the door promises the shelf a limit");
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == WRAP_NONCE_LEN, "layout");
static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == WRAP_TAG_LEN, "layout");

static void put_le(uint8_t *target, uint64_t value, unsigned len)
{
    for (unsigned i = 0; i < len; i++) {
        target[i] = (uint8_t)(value >> 8 * i);
    }
}

static void put_magic(uint8_t target[4], char kind)
{
    target[0] = 'C';
    target[1] = 'K';
    target[2] = (uint8_t)kind;
    target[3] = '1';
}

/* ---- one wrapped key ---- */

/* "CKW1" | level u8 | index u32le | child u16le | generation u64le */
static void place_write(uint8_t ad[PLACE_LEN], struct key_place place, unsigned child)
{
    put_magic(ad, 'W');
    put_le(ad + 4, place.level, 1);
    put_le(ad + 5, place.index, 4);
    put_le(ad + 9, child, 2);
    put_le(ad + 11, place.generation, 8);
}

enum candor_status key_wrap(struct job *job, const struct secret *node, struct key_place place,
                            unsigned child, const struct secret *key, uint8_t wrapped[WRAPPED_LEN])
{
    uint8_t ad[PLACE_LEN];
    place_write(ad, place, child);
    TRY(entropy_draw(job, wrapped, WRAP_NONCE_LEN));
    must(crypto_aead_xchacha20poly1305_ietf_encrypt(wrapped + WRAP_NONCE_LEN, NULL, key->byte,
                                                    SECRET_LEN, ad, sizeof ad, NULL, wrapped,
                                                    node->byte) == 0);
    return CANDOR_OK;
}

bool key_unwrap(const struct secret *node, struct key_place place, unsigned child,
                const uint8_t wrapped[WRAPPED_LEN], struct secret *key)
{
    uint8_t ad[PLACE_LEN];
    uint8_t opened[SECRET_LEN];
    place_write(ad, place, child);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(opened, NULL, NULL, wrapped + WRAP_NONCE_LEN,
                                                   SECRET_LEN + WRAP_TAG_LEN, ad, sizeof ad,
                                                   wrapped, node->byte) != 0) {
        return false;
    }
    secret_copy_from(key, opened);
    return true;
}

enum candor_status key_mark(struct job *job, const struct secret *node, struct bytes marked,
                            uint8_t mark[MARK_LEN])
{
    TRY(entropy_draw(job, mark, WRAP_NONCE_LEN));
    must(crypto_aead_xchacha20poly1305_ietf_encrypt(mark + WRAP_NONCE_LEN, NULL, NULL, 0,
                                                    marked.ptr, marked.len, NULL, mark,
                                                    node->byte) == 0);
    return CANDOR_OK;
}

bool key_mark_holds(const struct secret *node, struct bytes marked, const uint8_t mark[MARK_LEN])
{
    return crypto_aead_xchacha20poly1305_ietf_decrypt(NULL, NULL, NULL, mark + WRAP_NONCE_LEN,
                                                      WRAP_TAG_LEN, marked.ptr, marked.len, mark,
                                                      node->byte) == 0;
}

/* ---- a block in memory ---- */

void key_block_init(struct key_block *block, struct key_place place)
{
    memset(block, 0, sizeof *block);
    block->place = place;
}

bool key_block_has(const struct key_block *block, unsigned child)
{
    must(child < KEY_CHILDREN);
    return (block->present[child / 8] >> child % 8 & 1) == 1;
}

enum candor_status key_block_put(struct job *job, struct key_block *block,
                                 const struct secret *node, const struct secret *key)
{
    const unsigned child = block->child_count;
    must(child < KEY_CHILDREN);
    TRY(key_wrap(job, node, block->place, child, key, block->wrapped[child]));
    block->present[child / 8] |= (uint8_t)(1U << child % 8);
    block->child_count++;
    return CANDOR_OK;
}

void key_block_skip(struct key_block *block)
{
    must(block->child_count < KEY_CHILDREN);
    block->child_count++;
}

enum candor_status key_block_get(struct job *job, const struct key_block *block,
                                 const struct secret *node, unsigned child, struct secret *key)
{
    must(key_block_has(block, child));
    if (!key_unwrap(node, block->place, child, block->wrapped[child], key)) {
        return fail(job, CANDOR_CORRUPT,
                    "key store: entry %u of block %u at level %u was damaged or moved", child,
                    block->place.index, block->place.level);
    }
    return CANDOR_OK;
}

/* ---- a block as bytes ---- */

static void head_write(uint8_t head[HEAD_LEN], const struct key_block *block)
{
    put_magic(head, 'B');
    put_le(head + 4, block->place.level, 1);
    put_le(head + 5, block->place.index, 4);
    put_le(head + 9, block->place.generation, 8);
    put_le(head + 17, block->child_count, 2);
    memcpy(head + 19, block->present, KEY_BITMAP_LEN);
}

enum candor_status key_block_write(struct job *job, const struct key_block *block,
                                   const struct secret *node, struct bytes *bytes)
{
    const size_t keys_len = (size_t)block->child_count * WRAPPED_LEN;
    uint8_t *out = arena_new(job->arena, HEAD_LEN + MARK_LEN + keys_len);

    head_write(out, block);
    TRY(key_mark(job, node, (struct bytes){out, HEAD_LEN}, out + HEAD_LEN));
    memcpy(out + HEAD_LEN + MARK_LEN, block->wrapped, keys_len);
    *bytes = (struct bytes){out, HEAD_LEN + MARK_LEN + keys_len};
    return CANDOR_OK;
}

/* The head must be, byte for byte, what we would have written for what we understood of it. */
static bool head_read(struct bytes bytes, struct key_block *block)
{
    if (bytes.len < HEAD_LEN + MARK_LEN) {
        return false;
    }
    block->child_count = (unsigned)bytes.ptr[17] | (unsigned)bytes.ptr[18] << 8;
    if (block->child_count > KEY_CHILDREN) {
        return false;
    }
    memcpy(block->present, bytes.ptr + 19, KEY_BITMAP_LEN);
    uint8_t again[HEAD_LEN];
    head_write(again, block);
    return memcmp(again, bytes.ptr, HEAD_LEN) == 0 &&
           bytes.len == HEAD_LEN + MARK_LEN + (size_t)block->child_count * WRAPPED_LEN;
}

enum candor_status key_block_read(struct job *job, struct bytes bytes, const struct secret *node,
                                  struct key_place place, struct key_block *block)
{
    key_block_init(block, place);
    if (!head_read(bytes, block) ||
        !key_mark_holds(node, (struct bytes){bytes.ptr, HEAD_LEN}, bytes.ptr + HEAD_LEN)) {
        return fail(job, CANDOR_CORRUPT,
                    "key store: block %u at level %u was damaged, moved, or is another home's",
                    place.index, place.level);
    }
    for (unsigned child = block->child_count; child < KEY_CHILDREN; child++) {
        must(!key_block_has(block, child)); /* marked by us, so it is as we made it */
    }
    memcpy(block->wrapped, bytes.ptr + HEAD_LEN + MARK_LEN, bytes.len - HEAD_LEN - MARK_LEN);
    return CANDOR_OK;
}
