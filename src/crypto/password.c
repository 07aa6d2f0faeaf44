/*
 * password.c - passwords, by Argon2id (RFC 9106), and what tells a stranger from a friend.
 *
 * The cost is kept beside the hash, so that it may rise from one candor.yaml to the next while old
 * passwords still open. Every hash of the process is counted: whether a name is known must not be seen
 * from the work that was done, and a test looks at the count instead of a clock.
 */
#include <assert.h>
#include <sodium.h>
#include <stdatomic.h>

#include "crypto.h"
#include "keys.h"

static _Atomic uint64_t hashed;

uint64_t password_hash_count(void)
{
    return atomic_load(&hashed);
}

enum candor_status password_hash(struct job *job, struct str password,
                                 const uint8_t salt[PASSWORD_SALT_LEN], struct password_cost cost,
                                 uint8_t hash[PASSWORD_HASH_LEN])
{
    static_assert(PASSWORD_SALT_LEN == crypto_pwhash_SALTBYTES, "libsodium's salt is ours");
    must(cost.passes >= PASSWORD_PASSES_MIN && cost.passes <= PASSWORD_PASSES_MAX);
    must(cost.kib >= PASSWORD_KIB_MIN && cost.kib <= PASSWORD_KIB_MAX);
    must(password.len <= PASSWORD_LEN_MAX);
    atomic_fetch_add(&hashed, 1);
    if (crypto_pwhash(hash, PASSWORD_HASH_LEN, password.ptr, password.len, salt, cost.passes,
                      (size_t)cost.kib << 10, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return fail(job, CANDOR_NO_MEMORY, "no memory for a password's hash: %u KiB",
                    (unsigned)cost.kib);
    }
    return CANDOR_OK;
}

bool bytes_equal_secret(const uint8_t *left, const uint8_t *right, size_t len)
{
    return sodium_memcmp(left, right, len) == 0;
}

void bytes_wipe(void *bytes, size_t len)
{
    sodium_memzero(bytes, len);
}
