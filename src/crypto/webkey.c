/*
 * webkey.c - ES256 and RS256 (RFC 7518, sections 3.3 and 3.4) over GnuTLS.
 *
 * A key is bound to its algorithm when it is made: RSA is never tried on what says ES256, and there is no
 * way to say HS256 or none. An ES256 signature is 64 bytes, r and s; GnuTLS wants them as DER.
 */
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <string.h>

#include "claimed.h"
#include "datum.h"
#include "keys.h"
#include "webkey.h"

enum { HEX_LEN = 64, FIELDS_LEN = 3 * HEX_LEN + 2 };

struct webkey {
    enum webkey_algorithm algorithm;
    gnutls_pubkey_t key;
};

struct webkey_signer {
    gnutls_privkey_t key;
    uint8_t x[WEBKEY_COORDINATE_LEN];
    uint8_t y[WEBKEY_COORDINATE_LEN];
};

static struct str es256_kind(void)
{
    return STR("candor-es256-v1");
}

/* ---- keys of others ------------------------------------------------------------------------ */

static void end_public(void *key)
{
    gnutls_pubkey_deinit(((struct webkey *)key)->key);
}

static struct webkey *webkey_begin(struct arena *owner, enum webkey_algorithm algorithm)
{
    struct webkey *key = NEW(owner, struct webkey);
    key->algorithm = algorithm;
    must(gnutls_pubkey_init(&key->key) == 0);
    arena_defer(owner, end_public, key);
    return key;
}

enum candor_status webkey_ec(struct job *job, struct arena *owner, struct bytes x, struct bytes y,
                             struct webkey **key)
{
    if (x.len != WEBKEY_COORDINATE_LEN || y.len != WEBKEY_COORDINATE_LEN) {
        return fail(job, CANDOR_BAD_INPUT, "x and y of a P-256 key have %d bytes each",
                    WEBKEY_COORDINATE_LEN);
    }
    const gnutls_datum_t first = datum_of(x);
    const gnutls_datum_t second = datum_of(y);
    struct webkey *made = webkey_begin(owner, WEBKEY_ES256);
    if (gnutls_pubkey_import_ecc_raw(made->key, GNUTLS_ECC_CURVE_SECP256R1, &first, &second) != 0 ||
        gnutls_pubkey_verify_params(made->key) != 0) {
        return fail(job, CANDOR_BAD_INPUT, "x and y are no point of the curve P-256");
    }
    *key = made;
    return CANDOR_OK;
}

/* Without its leading zero bytes. */
static struct bytes trimmed(struct bytes number)
{
    while (number.len > 0 && number.ptr[0] == 0) {
        number = (struct bytes){number.ptr + 1, number.len - 1};
    }
    return number;
}

static size_t bits_of(struct bytes number)
{
    size_t bits = number.len * 8;
    for (unsigned top = number.len > 0 ? number.ptr[0] : 0x80; (top & 0x80) == 0; top <<= 1) {
        bits--;
    }
    return bits;
}

enum candor_status webkey_rsa(struct job *job, struct arena *owner, struct bytes modulus,
                              struct bytes exponent, struct webkey **key)
{
    const struct bytes n = trimmed(modulus);
    const struct bytes e = trimmed(exponent);
    const size_t bits = bits_of(n);
    if (bits < WEBKEY_RSA_BITS_MIN || bits > WEBKEY_RSA_BITS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "an RSA key has %d to %d bits, this one %zu",
                    WEBKEY_RSA_BITS_MIN, WEBKEY_RSA_BITS_MAX, bits);
    }
    if ((n.ptr[n.len - 1] & 1) == 0 || e.len == 0 || e.len > 8 || (e.ptr[e.len - 1] & 1) == 0 ||
        (e.len == 1 && e.ptr[0] < 3)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "an RSA key has an odd modulus and an odd exponent of 3 "
                    "or more");
    }
    const gnutls_datum_t first = datum_of(n);
    const gnutls_datum_t second = datum_of(e);
    struct webkey *made = webkey_begin(owner, WEBKEY_RS256);
    if (gnutls_pubkey_import_rsa_raw(made->key, &first, &second) != 0) {
        return fail(job, CANDOR_BAD_INPUT, "this RSA key cannot be used");
    }
    *key = made;
    return CANDOR_OK;
}

static bool es256_holds(const struct webkey *key, struct bytes message, struct bytes signature)
{
    gnutls_datum_t der = {NULL, 0};
    if (signature.len != WEBKEY_SIGNATURE_LEN) {
        return false;
    }
    const gnutls_datum_t r = datum_of((struct bytes){signature.ptr, 32});
    const gnutls_datum_t s = datum_of((struct bytes){signature.ptr + 32, 32});
    const gnutls_datum_t data = datum_of(message);
    if (gnutls_encode_rs_value(&der, &r, &s) != 0) {
        return false;
    }
    const bool holds =
        gnutls_pubkey_verify_data2(key->key, GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &der) >= 0;
    gnutls_free(der.data);
    return holds;
}

bool webkey_holds(const struct webkey *key, enum webkey_algorithm algorithm, struct bytes message,
                  struct bytes signature)
{
    if (key->algorithm != algorithm) {
        return false;
    }
    if (algorithm == WEBKEY_ES256) {
        return es256_holds(key, message, signature);
    }
    const gnutls_datum_t data = datum_of(message);
    const gnutls_datum_t sign = datum_of(signature);
    return gnutls_pubkey_verify_data2(key->key, GNUTLS_SIGN_RSA_SHA256, 0, &data, &sign) >= 0;
}

/* ---- ours ---------------------------------------------------------------------------------- */

static void end_private(void *signer)
{
    gnutls_privkey_deinit(((struct webkey_signer *)signer)->key);
}

/* A number as 32 bytes: GnuTLS may put a zero before it, or leave zeros out. */
static bool put_number(uint8_t target[32], const gnutls_datum_t *number)
{
    const struct bytes bytes = trimmed((struct bytes){number->data, number->size});
    if (bytes.len > 32) {
        return false;
    }
    memset(target, 0, 32);
    memcpy(target + 32 - bytes.len, bytes.ptr, bytes.len);
    return true;
}

static void free_secret(gnutls_datum_t *number)
{
    if (number->data != NULL) {
        sodium_memzero(number->data, number->size);
        gnutls_free(number->data);
    }
}

/* number: the scalar, x, y. */
static bool draw(uint8_t number[3][32])
{
    gnutls_privkey_t key = NULL;
    gnutls_ecc_curve_t curve;
    gnutls_datum_t k = {NULL, 0};
    gnutls_datum_t x = {NULL, 0};
    gnutls_datum_t y = {NULL, 0};
    bool is_drawn =
        gnutls_privkey_init(&key) == 0 &&
        gnutls_privkey_generate(key, GNUTLS_PK_ECDSA,
                                GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) == 0 &&
        gnutls_privkey_export_ecc_raw(key, &curve, &x, &y, &k) == 0;
    is_drawn = is_drawn && put_number(number[0], &k) && put_number(number[1], &x) &&
               put_number(number[2], &y);
    free_secret(&k);
    free_secret(&x);
    free_secret(&y);
    gnutls_privkey_deinit(key);
    return is_drawn;
}

enum candor_status webkey_file_create(struct job *job, struct str path)
{
    uint8_t number[3][32];
    struct buf fields = buf_begin(job->arena);
    if (file_exists(job, path)) {
        return fail(job, CANDOR_EXISTS, "%.*s is there already; a key file is never replaced",
                    STR_ARG(path));
    }
    if (!draw(number)) {
        return fail(job, CANDOR_IO, "no key could be made");
    }
    for (size_t i = 0; i < 3; i++) {
        buf_lit(&fields, i == 0 ? LIT("") : LIT(" "));
        buf_str(&fields, hex_of(job->arena, (struct bytes){number[i], 32}));
    }
    sodium_memzero(number, sizeof number);
    return keyfile_write(job, path, es256_kind(), buf_text(&fields));
}

enum candor_status webkey_file_read(struct job *job, struct arena *owner, struct str path,
                                    struct webkey_signer **signer)
{
    struct str fields;
    uint8_t number[3][32];
    TRY(keyfile_read(job, path, es256_kind(), FIELDS_LEN, &fields));
    bool is_read = true;
    for (size_t i = 0; i < 3; i++) {
        const size_t at = i * (HEX_LEN + 1);
        is_read = is_read && hex_read(str_slice(fields, at, at + HEX_LEN), number[i], 32);
    }
    struct webkey_signer *made = NEW(owner, struct webkey_signer);
    must(gnutls_privkey_init(&made->key) == 0);
    arena_defer(owner, end_private, made);
    const gnutls_datum_t k = {number[0], 32};
    const gnutls_datum_t x = {number[1], 32};
    const gnutls_datum_t y = {number[2], 32};
    is_read =
        is_read &&
        gnutls_privkey_import_ecc_raw(made->key, GNUTLS_ECC_CURVE_SECP256R1, &x, &y, &k) == 0 &&
        gnutls_privkey_verify_params(made->key) == 0;
    memcpy(made->x, number[1], sizeof made->x);
    memcpy(made->y, number[2], sizeof made->y);
    sodium_memzero(number, sizeof number);
    if (!is_read) {
        return fail(job, CANDOR_CORRUPT, "%.*s holds no key pair of P-256", STR_ARG(path));
    }
    *signer = made;
    return CANDOR_OK;
}

void webkey_public(const struct webkey_signer *signer, uint8_t x[WEBKEY_COORDINATE_LEN],
                   uint8_t y[WEBKEY_COORDINATE_LEN])
{
    memcpy(x, signer->x, WEBKEY_COORDINATE_LEN);
    memcpy(y, signer->y, WEBKEY_COORDINATE_LEN);
}

enum candor_status webkey_sign(struct job *job, const struct webkey_signer *signer,
                               struct bytes message, uint8_t signature[WEBKEY_SIGNATURE_LEN])
{
    gnutls_datum_t der = {NULL, 0};
    gnutls_datum_t r = {NULL, 0};
    gnutls_datum_t s = {NULL, 0};
    const gnutls_datum_t data = datum_of(message);
    const bool is_signed =
        gnutls_privkey_sign_data2(signer->key, GNUTLS_SIGN_ECDSA_SHA256,
                                  GNUTLS_PRIVKEY_FLAG_REPRODUCIBLE, &data, &der) == 0 &&
        gnutls_decode_rs_value(&der, &r, &s) == 0 && put_number(signature, &r) &&
        put_number(signature + 32, &s);
    gnutls_free(der.data);
    gnutls_free(r.data);
    gnutls_free(s.data);
    return is_signed ? CANDOR_OK : fail(job, CANDOR_IO, "the library did not sign");
}

bool webkey_lend(const struct webkey_signer *signer, gnutls_privkey_t key)
{
    gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
    gnutls_datum_t k = {NULL, 0};
    gnutls_datum_t x = {NULL, 0};
    gnutls_datum_t y = {NULL, 0};
    const bool is_lent = gnutls_privkey_export_ecc_raw(signer->key, &curve, &x, &y, &k) == 0 &&
                         gnutls_privkey_import_ecc_raw(key, curve, &x, &y, &k) == 0;
    free_secret(&k);
    free_secret(&x);
    free_secret(&y);
    return is_lent;
}
