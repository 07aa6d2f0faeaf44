/*
 * keys.h - what the files of the crypto room share and no other room may see: the bytes of a
 * secret, one wrapped key, and the text of a key file.
 */
#ifndef CANDOR_CRYPTO_KEYS_H
#define CANDOR_CRYPTO_KEYS_H

#include "crypto.h"

/* Built with a sanitizer, whose leak checker must be able to read this process. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CRYPTO_HAS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CRYPTO_HAS_SANITIZER 1
#endif

/* A cell of guarded memory. While it is free, it holds the link to the next free one. */
struct secret {
    union {
        uint8_t byte[SECRET_LEN];
        struct secret *next_free;
    };
};

/* ---- keytree.c: one wrapped key ---- */

#define WRAP_NONCE_LEN 24U
#define WRAP_TAG_LEN 16U
#define WRAPPED_LEN (WRAP_NONCE_LEN + SECRET_LEN + WRAP_TAG_LEN) /* 72 */
#define MARK_LEN (WRAP_NONCE_LEN + WRAP_TAG_LEN)                 /* 40 */

/* Where a record of the shelf stands. What is wrapped in it is bound to this place. */
struct key_place {
    unsigned level;
    uint32_t index;
    uint64_t generation;
};

/* nonce 24 | key 32, encrypted | tag 16 */
CANDOR_MUST_USE enum candor_status key_wrap(struct job *job, const struct secret *node,
                                            struct key_place place, unsigned child,
                                            const struct secret *key, uint8_t wrapped[WRAPPED_LEN]);
/* False, and the key as it was: not wrapped by this node for this place, or changed. */
bool key_unwrap(const struct secret *node, struct key_place place, unsigned child,
                const uint8_t wrapped[WRAPPED_LEN], struct secret *key);

/* nonce 24 | tag 16: the node's word for bytes that stay readable. */
CANDOR_MUST_USE enum candor_status key_mark(struct job *job, const struct secret *node,
                                            struct bytes marked, uint8_t mark[MARK_LEN]);
bool key_mark_holds(const struct secret *node, struct bytes marked, const uint8_t mark[MARK_LEN]);

/* ---- keytree.c: a block of wrapped keys ---- */

#define KEY_CHILDREN 256U
#define KEY_BITMAP_LEN (KEY_CHILDREN / 8U)

/*
 * A block in memory, its keys wrapped as on the shelf. Children are made in order and never made
 * again: one below child_count whose bit is clear was erased.
 */
struct key_block {
    struct key_place place;
    unsigned child_count; /* 0 .. 256 */
    uint8_t present[KEY_BITMAP_LEN];
    uint8_t wrapped[KEY_CHILDREN][WRAPPED_LEN];
};

void key_block_init(struct key_block *block, struct key_place place);
bool key_block_has(const struct key_block *block, unsigned child);

/* Wrap the next child. */
CANDOR_MUST_USE enum candor_status key_block_put(struct job *job, struct key_block *block,
                                                 const struct secret *node,
                                                 const struct secret *key);
/* The next child is one that was erased. */
void key_block_skip(struct key_block *block);

/* A child that the block has. CANDOR_CORRUPT. */
CANDOR_MUST_USE enum candor_status key_block_get(struct job *job, const struct key_block *block,
                                                 const struct secret *node, unsigned child,
                                                 struct secret *key);

/* As bytes for the shelf, in the job's arena. */
CANDOR_MUST_USE enum candor_status key_block_write(struct job *job, const struct key_block *block,
                                                   const struct secret *node, struct bytes *bytes);
/* CANDOR_CORRUPT: not this place's block, not under this node, or changed. */
CANDOR_MUST_USE enum candor_status key_block_read(struct job *job, struct bytes bytes,
                                                  const struct secret *node, struct key_place place,
                                                  struct key_block *block);

/* ---- keyfile.c ---- */

#define KEYFILE_TEXT_MAX 160U

/*
 * One line of text that holds a key: "<kind> <fields> <check>\n". read_fields gets what stands
 * between kind and check, of exactly fields_len characters.
 */
CANDOR_MUST_USE enum candor_status keyfile_read(struct job *job, struct str path, struct str kind,
                                                size_t fields_len, struct str *fields);
CANDOR_MUST_USE enum candor_status keyfile_write(struct job *job, struct str path, struct str kind,
                                                 struct str fields);

/* The file of a private key as PEM, while nobody else may read it; the caller zeroes the bytes. */
CANDOR_MUST_USE enum candor_status keyfile_pem(struct job *job, struct str path, struct bytes *pem);

#endif
