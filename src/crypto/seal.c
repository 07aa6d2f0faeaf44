/*
 * seal.c - values that only their key and their place open.
 *
 *     version u8 = 1 | algorithm u8 = 1 | generation u32le | nonce 24 | ciphertext | tag 16
 *     `------------------ head, 6 bytes -----------------'
 *
 * The plain value is padded to whole blocks of 32 bytes (one bit and zeros, sodium_pad), at least
 * one bit of it, so that a length says little. What is authenticated: the head, then the caller's
 * associated data. The head has one length, so the two cannot be cut elsewhere.
 *
 * 24 random bytes of nonce do not repeat: after 2^80 values the chance is 2^-33.
 */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "keys.h"

enum { SEAL_VERSION = 1, SEAL_XCHACHA20_POLY1305 = 1 };

#define HEAD_LEN 6U
#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define SEAL_TAG_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES
#define PAD_BLOCK 32U
#define OUTSIDE_LEN (HEAD_LEN + NONCE_LEN + SEAL_TAG_LEN)

static_assert(NONCE_LEN == 24, "the layout says so");
static_assert(SEAL_TAG_LEN == 16, "the layout says so");

struct bound {
    uint8_t byte[HEAD_LEN + SEAL_AD_MAX];
    size_t len;
};

static size_t padded_len(size_t plain_len)
{
    return (plain_len / PAD_BLOCK + 1) * PAD_BLOCK;
}

size_t seal_len(size_t plain_len)
{
    must(plain_len <= SEAL_PLAIN_MAX);
    return OUTSIDE_LEN + padded_len(plain_len);
}

static void head_write(uint8_t head[HEAD_LEN], uint32_t generation)
{
    head[0] = SEAL_VERSION;
    head[1] = SEAL_XCHACHA20_POLY1305;
    for (unsigned i = 0; i < 4; i++) {
        head[2 + i] = (uint8_t)(generation >> 8 * i);
    }
}

static void bind_head_and_ad(struct bound *bound, const uint8_t head[HEAD_LEN], struct bytes ad)
{
    must(ad.len <= SEAL_AD_MAX);
    memcpy(bound->byte, head, HEAD_LEN);
    bytes_copy(bound->byte + HEAD_LEN, ad.ptr, ad.len);
    bound->len = HEAD_LEN + ad.len;
}

enum candor_status seal(struct job *job, const struct secret *key, uint32_t generation,
                        struct bytes ad, struct bytes plain, struct bytes *sealed)
{
    if (plain.len > SEAL_PLAIN_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "a value of %zu bytes; at most %zu can be sealed",
                    plain.len, SEAL_PLAIN_MAX);
    }
    const size_t padded = padded_len(plain.len);
    uint8_t *out = NULL;
    TRY_ALLOC(job, out, OUTSIDE_LEN + padded, uint8_t);
    uint8_t *nonce = out + HEAD_LEN;
    uint8_t *body = nonce + NONCE_LEN;

    head_write(out, generation);
    TRY(entropy_draw(job, nonce, NONCE_LEN));
    struct bound bound;
    bind_head_and_ad(&bound, out, ad);

    /* Padded and encrypted where it will stand, so that no second copy of it is left anywhere. */
    size_t body_len = 0;
    bytes_copy(body, plain.ptr, plain.len);
    must(sodium_pad(&body_len, body, plain.len, PAD_BLOCK, padded) == 0);
    must(body_len == padded);
    must(crypto_aead_xchacha20poly1305_ietf_encrypt(body, NULL, body, padded, bound.byte, bound.len,
                                                    NULL, nonce, key->byte) == 0);
    *sealed = (struct bytes){out, OUTSIDE_LEN + padded};
    return CANDOR_OK;
}

static bool is_well_formed(struct bytes sealed)
{
    return sealed.len >= seal_len(0) && (sealed.len - OUTSIDE_LEN) % PAD_BLOCK == 0 &&
           sealed.ptr[0] == SEAL_VERSION && sealed.ptr[1] == SEAL_XCHACHA20_POLY1305;
}

bool seal_generation(struct bytes sealed, uint32_t *generation)
{
    if (!is_well_formed(sealed)) {
        return false;
    }
    struct reader reader = reader_of(sealed);
    (void)read_u16le(&reader); /* version and algorithm, looked at above */
    *generation = read_u32le(&reader);
    return true;
}

enum candor_status seal_open(struct job *job, const struct secret *key, struct bytes ad,
                             struct bytes sealed, struct bytes *plain)
{
    if (!is_well_formed(sealed)) {
        return fail(job, CANDOR_CORRUPT, "not a sealed value of a known version: %zu bytes",
                    sealed.len);
    }
    const size_t padded = sealed.len - OUTSIDE_LEN;
    const uint8_t *nonce = sealed.ptr + HEAD_LEN;
    const uint8_t *body = nonce + NONCE_LEN;
    uint8_t *out = NULL;
    TRY_ALLOC(job, out, padded, uint8_t);

    struct bound bound;
    bind_head_and_ad(&bound, sealed.ptr, ad);
    size_t plain_len = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, body, padded + SEAL_TAG_LEN,
                                                   bound.byte, bound.len, nonce, key->byte) != 0 ||
        sodium_unpad(&plain_len, out, padded, PAD_BLOCK) != 0) {
        return fail(job, CANDOR_CORRUPT,
                    "a sealed value does not open: damaged, moved, or under another key");
    }
    *plain = (struct bytes){out, plain_len};
    return CANDOR_OK;
}
