/*
 * crypto.c - starting, and the hashes.
 *
 * SHA-256 for what others must be able to recompute (the ledger, models, digests of files), keyed
 * BLAKE2b for what only we can. The keys of the two uses of BLAKE2b without a secret of ours are
 * the salt of a commitment and a fixed public text.
 */
#include "crypto.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "keys.h"

static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct digest_stream),
              "the stream holds the state of the hash");

/* A leak checker reads the memory of its own process, which PR_SET_DUMPABLE 0 forbids. */
static enum candor_status forbid_dumps(struct job *job)
{
#ifdef CRYPTO_HAS_SANITIZER
    (void)job;
#else
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) {
        return fail(job, CANDOR_IO, "cannot turn core files off: %s", strerrordesc_np(errno));
    }
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return fail(job, CANDOR_IO, "cannot keep debuggers out: %s", strerrordesc_np(errno));
    }
#endif
    return CANDOR_OK;
}

enum candor_status crypto_start(struct job *job)
{
    if (sodium_init() < 0) {
        return fail(job, CANDOR_IO, "libsodium does not start: is /dev/urandom there?");
    }
    return forbid_dumps(job);
}

struct digest_stream digest_begin(void)
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);

    struct digest_stream stream = {{0}};
    memcpy(stream.opaque, &state, sizeof state);
    return stream;
}

void digest_add(struct digest_stream *stream, struct bytes bytes)
{
    crypto_hash_sha256_state state;
    memcpy(&state, stream->opaque, sizeof state);
    crypto_hash_sha256_update(&state, bytes.ptr, bytes.len);
    memcpy(stream->opaque, &state, sizeof state);
}

struct digest digest_end(struct digest_stream *stream)
{
    crypto_hash_sha256_state state;
    memcpy(&state, stream->opaque, sizeof state);

    struct digest digest;
    crypto_hash_sha256_final(&state, digest.byte);
    sodium_memzero(stream, sizeof *stream);
    return digest;
}

struct digest digest_of(const struct bytes *part, size_t part_count)
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < part_count; i++) {
        crypto_hash_sha256_update(&state, part[i].ptr, part[i].len);
    }

    struct digest digest;
    crypto_hash_sha256_final(&state, digest.byte);
    return digest;
}

struct digest digest_of_bytes(struct bytes bytes)
{
    return digest_of(&bytes, 1);
}

bool digest_equal(struct digest left, struct digest right)
{
    return memcmp(left.byte, right.byte, sizeof left.byte) == 0;
}

bool digest_equal_secret(struct digest left, struct digest right)
{
    return sodium_memcmp(left.byte, right.byte, sizeof left.byte) == 0;
}

void tag_of(uint8_t *out, size_t out_len, const struct secret *key, const struct bytes *part,
            size_t part_count)
{
    must(out_len >= TAG_LEN_MIN);
    must(out_len <= TAG_LEN_MAX);

    crypto_generichash_state state;
    must(crypto_generichash_init(&state, key->byte, SECRET_LEN, out_len) == 0);
    for (size_t i = 0; i < part_count; i++) {
        must(crypto_generichash_update(&state, part[i].ptr, part[i].len) == 0);
    }
    must(crypto_generichash_final(&state, out, out_len) == 0);
    sodium_memzero(&state, sizeof state);
}

void hmac_of(uint8_t mac[32], const struct secret *key, const struct bytes *part, size_t part_count)
{
    crypto_auth_hmacsha256_state state;
    must(crypto_auth_hmacsha256_init(&state, key->byte, SECRET_LEN) == 0);
    for (size_t i = 0; i < part_count; i++) {
        must(crypto_auth_hmacsha256_update(&state, part[i].ptr, part[i].len) == 0);
    }
    must(crypto_auth_hmacsha256_final(&state, mac) == 0);
    sodium_memzero(&state, sizeof state);
}

struct digest commitment_of(const uint8_t r[32], struct bytes payload)
{
    struct digest digest;
    must(crypto_generichash(digest.byte, sizeof digest.byte, payload.ptr, payload.len, r, 32) == 0);
    return digest;
}

struct digest token_digest(struct bytes token)
{
    static const uint8_t use[] = "candor token digest, version 1";
    struct digest digest;
    must(crypto_generichash(digest.byte, sizeof digest.byte, token.ptr, token.len, use,
                            sizeof use - 1) == 0);
    return digest;
}
