/*
 * sign.c - Ed25519 (RFC 8032), and the key ids of C2SP signed notes.
 *
 * libsodium signs with 64 bytes, seed and public key. Only the seed is kept, in a secret; the 64
 * bytes are put together for one signature and wiped.
 */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "keys.h"

struct signer {
    struct secret *seed;
    uint8_t public_key[PUBLIC_KEY_LEN];
};

static_assert(crypto_sign_SEEDBYTES == SECRET_LEN, "a seed is a secret");
static_assert(crypto_sign_BYTES == SIGNATURE_LEN, "Ed25519");
static_assert(crypto_sign_PUBLICKEYBYTES == PUBLIC_KEY_LEN, "Ed25519");

struct signer *signer_make(struct arena *owner, const struct secret *seed)
{
    struct signer *signer = NEW(owner, struct signer);
    signer->seed = secret_begin(owner);
    secret_copy(signer->seed, seed);

    uint8_t whole[crypto_sign_SECRETKEYBYTES];
    must(crypto_sign_seed_keypair(signer->public_key, whole, seed->byte) == 0);
    sodium_memzero(whole, sizeof whole);
    return signer;
}

void signer_public(const struct signer *signer, uint8_t public_key[PUBLIC_KEY_LEN])
{
    memcpy(public_key, signer->public_key, PUBLIC_KEY_LEN);
}

void signer_sign(const struct signer *signer, struct bytes message,
                 uint8_t signature[SIGNATURE_LEN])
{
    uint8_t whole[crypto_sign_SECRETKEYBYTES];
    memcpy(whole, signer->seed->byte, SECRET_LEN);
    memcpy(whole + SECRET_LEN, signer->public_key, PUBLIC_KEY_LEN);
    must(crypto_sign_detached(signature, NULL, message.ptr, message.len, whole) == 0);
    sodium_memzero(whole, sizeof whole);
}

bool signature_holds(const uint8_t public_key[PUBLIC_KEY_LEN], struct bytes message,
                     const uint8_t signature[SIGNATURE_LEN])
{
    return crypto_sign_verify_detached(signature, message.ptr, message.len, public_key) == 0;
}

void note_key_id(uint8_t id[4], struct str name, enum note_algorithm algorithm,
                 const uint8_t public_key[PUBLIC_KEY_LEN])
{
    const uint8_t middle[2] = {0x0A, (uint8_t)algorithm};
    const struct bytes part[] = {
        bytes_of(name),
        {middle, sizeof middle},
        {public_key, PUBLIC_KEY_LEN},
    };
    const struct digest digest = digest_of(part, 3);
    memcpy(id, digest.byte, 4);
}
