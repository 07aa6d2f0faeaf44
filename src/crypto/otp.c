/*
 * otp.c - one-time codes that a telephone and we compute alike: HOTP (RFC 4226) over the time, which
 * is TOTP (RFC 6238).
 *
 * The apps that people have speak HMAC-SHA-1 and, most of them, nothing else. libsodium has no SHA-1;
 * GnuTLS has. Its collisions do not matter: nobody chooses what is hashed, and HMAC does not rest on
 * them. Nothing else of ours may use it.
 */
#include <assert.h>
#include <gnutls/crypto.h>
#include <sodium.h>

#include "crypto.h"

enum { STEP_S = 30, DIGITS_MAX = 8, MAC_LEN_MAX = 32 };

static gnutls_mac_algorithm_t mac_of(enum otp_hash hash)
{
    switch (hash) {
    case OTP_SHA1:
        return GNUTLS_MAC_SHA1;
    case OTP_SHA256:
        return GNUTLS_MAC_SHA256;
    }
    base_broken("a code is of one of these hashes", __FILE__, __LINE__);
}

/* RFC 4226, section 5.3: the last four bits say where the 31 bits stand. */
uint32_t otp_code(enum otp_hash hash, struct bytes key, uint64_t counter, unsigned digits)
{
    uint8_t message[8];
    uint8_t mac[MAC_LEN_MAX];
    const gnutls_mac_algorithm_t algorithm = mac_of(hash);
    const size_t mac_len = gnutls_hmac_get_len(algorithm);
    must(digits >= 6 && digits <= DIGITS_MAX);
    must(mac_len <= sizeof mac);
    for (unsigned i = 0; i < 8; i++) {
        message[i] = (uint8_t)(counter >> (56 - 8 * i));
    }
    must(gnutls_hmac_fast(algorithm, key.ptr, key.len, message, sizeof message, mac) == 0);
    const uint8_t *at = mac + (mac[mac_len - 1] & 15);
    const uint32_t bits =
        (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    uint32_t limit = 1;
    for (unsigned i = 0; i < digits; i++) {
        limit *= 10;
    }
    sodium_memzero(mac, sizeof mac);
    return bits % limit;
}

uint64_t otp_step(int64_t now)
{
    must(now >= 0);
    return (uint64_t)now / (STEP_S * (uint64_t)MICROS_PER_SECOND);
}

/* All three are computed, whichever fits, and each is compared in constant time. */
uint64_t otp_accept(struct bytes key, uint32_t code, int64_t now, uint64_t last)
{
    const uint64_t step = otp_step(now);
    uint64_t found = 0;
    for (uint64_t at = step - 1; at <= step + 1; at++) {
        const uint32_t wanted = otp_code(OTP_SHA1, key, at, OTP_DIGITS);
        if (sodium_memcmp(&wanted, &code, sizeof code) == 0 && at > last && found == 0) {
            found = at;
        }
    }
    return found;
}
