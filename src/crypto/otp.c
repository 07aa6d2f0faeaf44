/*
 * otp.c - one-time codes that a telephone and we compute alike: HOTP (RFC 4226) over the time, which
 * is TOTP (RFC 6238).
 *
 * The apps that people have speak HMAC-SHA-1 and, most of them, nothing else. libsodium has no SHA-1,
 * so it stands here (FIPS 180-4). Its collisions do not matter: nobody chooses what is hashed, and
 * HMAC does not rest on them. Nothing else of ours may use it.
 */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "crypto.h"

enum { BLOCK_LEN = 64, SHA1_LEN = 20, SHA1_STEPS = 80, STEP_S = 30, DIGITS_MAX = 8 };

struct sha1 {
    uint32_t state[5];
    uint8_t block[BLOCK_LEN];
    size_t block_len;
    uint64_t len;
};

static uint32_t turn(uint32_t word, unsigned by)
{
    return word << by | word >> (32 - by);
}

/* FIPS 180-4, section 6.1.2. */
static void sha1_block(struct sha1 *sha1)
{
    uint32_t word[SHA1_STEPS];
    uint32_t a = sha1->state[0];
    uint32_t b = sha1->state[1];
    uint32_t c = sha1->state[2];
    uint32_t d = sha1->state[3];
    uint32_t e = sha1->state[4];
    for (unsigned t = 0; t < 16; t++) {
        const uint8_t *at = sha1->block + 4 * (size_t)t;
        word[t] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
    for (unsigned t = 16; t < SHA1_STEPS; t++) {
        word[t] = turn(word[t - 3] ^ word[t - 8] ^ word[t - 14] ^ word[t - 16], 1);
    }
    for (unsigned t = 0; t < SHA1_STEPS; t++) {
        const uint32_t mixed = t < 20   ? (b & c) | (~b & d)
                               : t < 40 ? b ^ c ^ d
                               : t < 60 ? (b & c) | (b & d) | (c & d)
                                        : b ^ c ^ d;
        static const uint32_t constant[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
        const uint32_t next = turn(a, 5) + mixed + e + constant[t / 20] + word[t];
        e = d;
        d = c;
        c = turn(b, 30);
        b = a;
        a = next;
    }
    sha1->state[0] += a;
    sha1->state[1] += b;
    sha1->state[2] += c;
    sha1->state[3] += d;
    sha1->state[4] += e;
    sodium_memzero(word, sizeof word);
}

static struct sha1 sha1_begin(void)
{
    return (struct sha1){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}};
}

static void sha1_add(struct sha1 *sha1, const uint8_t *ptr, size_t len)
{
    sha1->len += len;
    for (size_t i = 0; i < len; i++) {
        sha1->block[sha1->block_len++] = ptr[i];
        if (sha1->block_len == BLOCK_LEN) {
            sha1_block(sha1);
            sha1->block_len = 0;
        }
    }
}

static void sha1_end(struct sha1 *sha1, uint8_t hash[SHA1_LEN])
{
    static const uint8_t one = 0x80;
    static const uint8_t zero = 0;
    uint8_t length[8];
    const uint64_t bits = sha1->len * 8;
    for (unsigned i = 0; i < 8; i++) {
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    }
    sha1_add(sha1, &one, 1);
    while (sha1->block_len != BLOCK_LEN - sizeof length) {
        sha1_add(sha1, &zero, 1);
    }
    sha1_add(sha1, length, sizeof length);
    for (unsigned i = 0; i < SHA1_LEN; i++) {
        hash[i] = (uint8_t)(sha1->state[i / 4] >> (24 - 8 * (i % 4)));
    }
    sodium_memzero(sha1, sizeof *sha1);
}

/* RFC 2104. */
static void hmac_sha1(struct bytes key, struct bytes message, uint8_t hash[SHA1_LEN])
{
    uint8_t inner[BLOCK_LEN];
    uint8_t outer[BLOCK_LEN];
    must(key.len <= BLOCK_LEN);
    memset(inner, 0x36, sizeof inner);
    memset(outer, 0x5c, sizeof outer);
    for (size_t i = 0; i < key.len; i++) {
        inner[i] ^= key.ptr[i];
        outer[i] ^= key.ptr[i];
    }
    struct sha1 sha1 = sha1_begin();
    sha1_add(&sha1, inner, sizeof inner);
    sha1_add(&sha1, message.ptr, message.len);
    sha1_end(&sha1, hash);
    sha1 = sha1_begin();
    sha1_add(&sha1, outer, sizeof outer);
    sha1_add(&sha1, hash, SHA1_LEN);
    sha1_end(&sha1, hash);
    sodium_memzero(inner, sizeof inner);
    sodium_memzero(outer, sizeof outer);
}

static void hmac_sha256(struct bytes key, struct bytes message, uint8_t hash[32])
{
    crypto_auth_hmacsha256_state state;
    must(crypto_auth_hmacsha256_init(&state, key.ptr, key.len) == 0);
    must(crypto_auth_hmacsha256_update(&state, message.ptr, message.len) == 0);
    must(crypto_auth_hmacsha256_final(&state, hash) == 0);
    sodium_memzero(&state, sizeof state);
}

/* RFC 4226, section 5.3: the last four bits say where the 31 bits stand. */
uint32_t otp_code(enum otp_hash hash, struct bytes key, uint64_t counter, unsigned digits)
{
    uint8_t message[8];
    uint8_t mac[32];
    must(digits >= 6 && digits <= DIGITS_MAX);
    for (unsigned i = 0; i < 8; i++) {
        message[i] = (uint8_t)(counter >> (56 - 8 * i));
    }
    const struct bytes bytes = {message, sizeof message};
    size_t mac_len = SHA1_LEN;
    switch (hash) {
    case OTP_SHA1:
        hmac_sha1(key, bytes, mac);
        break;
    case OTP_SHA256:
        hmac_sha256(key, bytes, mac);
        mac_len = 32;
        break;
    }
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
