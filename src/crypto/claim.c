/*
 * claim.c - whether a C2PA claim is signed, and by whom, over GnuTLS. claim_sign.c signs.
 *
 * As in certificate.c the instant is the job's: times are looked at here. Revocation is not asked for,
 * since nothing is fetched, and there is no trusted time stamp: a signature counts while its certificate
 * does.
 */
#include "claim.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

#include "claimed.h"
#include "datum.h"

enum { ROOTS_MAX = 4096, RSA_BITS_MIN = 2048, RSA_BITS_MAX = 8192 };

/* RFC 9053, section 2; RFC 8230. */
static const struct claim_kind known[] = {
    {-7, GNUTLS_PK_ECDSA, 256, GNUTLS_SIGN_ECDSA_SHA256, 32, 64},
    {-35, GNUTLS_PK_ECDSA, 384, GNUTLS_SIGN_ECDSA_SHA384, 48, 96},
    {-36, GNUTLS_PK_ECDSA, 528 /* P-521, in whole bytes */, GNUTLS_SIGN_ECDSA_SHA512, 66, 132},
    {-8, GNUTLS_PK_EDDSA_ED25519, 0, GNUTLS_SIGN_EDDSA_ED25519, 0, 64},
    {-37, GNUTLS_PK_RSA, 0, GNUTLS_SIGN_RSA_PSS_SHA256, 0, 0},
    {-38, GNUTLS_PK_RSA, 0, GNUTLS_SIGN_RSA_PSS_SHA384, 0, 0},
    {-39, GNUTLS_PK_RSA, 0, GNUTLS_SIGN_RSA_PSS_SHA512, 0, 0},
};
enum { KNOWN = sizeof known / sizeof known[0] };

static const struct claim_kind *algorithm_at(int64_t cose)
{
    for (size_t i = 0; i < KNOWN; i++) {
        if (known[i].cose == cose) {
            return &known[i];
        }
    }
    return NULL;
}

bool claim_algorithm_is_known(int64_t algorithm)
{
    return algorithm_at(algorithm) != NULL;
}

/* ---- certificates -------------------------------------------------------------------------- */

struct parsed {
    gnutls_x509_crt_t one[CLAIM_CHAIN_MAX];
    unsigned count;
};

static void end_parsed(void *thing)
{
    struct parsed *parsed = thing;
    for (unsigned i = 0; i < parsed->count; i++) {
        gnutls_x509_crt_deinit(parsed->one[i]);
    }
    parsed->count = 0;
}

static bool parse(const struct bytes *chain, size_t count, struct parsed *parsed)
{
    *parsed = (struct parsed){.count = 0};
    if (count > CLAIM_CHAIN_MAX) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const gnutls_datum_t data = datum_of(chain[i]);
        must(gnutls_x509_crt_init(&parsed->one[i]) == 0);
        parsed->count++;
        if (gnutls_x509_crt_import(parsed->one[i], &data, GNUTLS_X509_FMT_DER) != 0) {
            end_parsed(parsed);
            return false;
        }
    }
    return parsed->count > 0;
}

/* The algorithm that a certificate's key is for: the first that fits. NULL: none. */
const struct claim_kind *claim_kind_of(gnutls_x509_crt_t certificate, unsigned *bits)
{
    int kind = gnutls_x509_crt_get_pk_algorithm(certificate, bits);
    kind = kind == GNUTLS_PK_RSA_PSS ? GNUTLS_PK_RSA : kind;
    for (size_t i = 0; i < KNOWN; i++) {
        if ((int)known[i].key == kind && (known[i].bits == 0 || known[i].bits == *bits)) {
            const bool is_rsa = kind == GNUTLS_PK_RSA;
            return !is_rsa || (*bits >= RSA_BITS_MIN && *bits <= RSA_BITS_MAX) ? &known[i] : NULL;
        }
    }
    return NULL;
}

static bool has_purpose(gnutls_x509_crt_t certificate)
{
    static const char *const purpose[] = {CLAIM_PURPOSE, GNUTLS_KP_EMAIL_PROTECTION,
                                          "1.3.6.1.5.5.7.3.36"};
    char oid[128];
    bool has_one = false;
    for (unsigned i = 0;; i++) {
        size_t len = sizeof oid;
        if (gnutls_x509_crt_get_key_purpose_oid(certificate, i, oid, &len, NULL) != 0) {
            return has_one;
        }
        if (strcmp(oid, GNUTLS_KP_ANY) == 0) {
            return false;
        }
        for (size_t p = 0; p < sizeof purpose / sizeof purpose[0]; p++) {
            has_one = has_one || strcmp(oid, purpose[p]) == 0;
        }
    }
}

/* C2PA 2.2, section 14.5.1. */
static const char *fault_of(gnutls_x509_crt_t certificate)
{
    unsigned usage = 0;
    unsigned bits = 0;
    uint8_t id[128];
    size_t len = sizeof id;
    if (gnutls_x509_crt_get_version(certificate) != 3) {
        return "it is no X.509 certificate of version 3";
    }
    if (claim_kind_of(certificate, &bits) == NULL) {
        return "its key is of a kind that C2PA does not allow, or too small";
    }
    if (gnutls_x509_crt_get_ca_status(certificate, NULL) > 0) {
        return "it is an authority's own";
    }
    if (gnutls_x509_crt_get_key_usage(certificate, &usage, NULL) != 0 ||
        (usage & GNUTLS_KEY_DIGITAL_SIGNATURE) == 0 || (usage & GNUTLS_KEY_KEY_CERT_SIGN) != 0) {
        return "it is not for digital signatures";
    }
    if (!has_purpose(certificate)) {
        return "it is not for signing claims (nor for e-mail or documents)";
    }
    return gnutls_x509_crt_get_authority_key_id(certificate, id, &len, NULL) == 0
               ? NULL
               : "it does not say whose key vouches for it";
}

static bool is_in_time(gnutls_x509_crt_t certificate, int64_t now)
{
    const time_t seconds = (time_t)(now / MICROS_PER_SECOND);
    const time_t first = gnutls_x509_crt_get_activation_time(certificate);
    const time_t last = gnutls_x509_crt_get_expiration_time(certificate);
    return first != (time_t)-1 && last != (time_t)-1 && first <= seconds && seconds <= last;
}

static bool are_in_time(const struct parsed *chain, int64_t now)
{
    for (unsigned i = 0; i < chain->count; i++) {
        if (!is_in_time(chain->one[i], now)) {
            return false;
        }
    }
    return true;
}

static bool are_linked(const struct parsed *chain)
{
    for (unsigned i = 0; i + 1 < chain->count; i++) {
        unsigned problems = 0;
        if (gnutls_x509_crt_get_ca_status(chain->one[i + 1], NULL) <= 0 ||
            gnutls_x509_crt_verify(chain->one[i], &chain->one[i + 1], 1,
                                   GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &problems) != 0 ||
            (problems & ~(unsigned)GNUTLS_CERT_SIGNER_NOT_FOUND) != 0 ||
            gnutls_x509_crt_check_issuer(chain->one[i], chain->one[i + 1]) == 0) {
            return false;
        }
    }
    return true;
}

static void end_list(void *list)
{
    gnutls_x509_trust_list_deinit(list, 1);
}

static enum candor_status find_trust(struct job *job, const struct parsed *chain, struct str roots,
                                     bool *is_trusted)
{
    gnutls_x509_trust_list_t list = NULL;
    gnutls_x509_crt_t *root = NULL;
    unsigned count = 0;
    unsigned problems = 0;
    const gnutls_datum_t data = datum_of(bytes_of(roots));
    if (roots.len == 0) {
        return CANDOR_OK;
    }
    if (gnutls_x509_crt_list_import2(&root, &count, &data, GNUTLS_X509_FMT_PEM, 0) < 0 ||
        count > ROOTS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "the roots hold no certificates as PEM");
    }
    must(gnutls_x509_trust_list_init(&list, 0) == 0);
    arena_defer(job->arena, end_list, list);
    for (unsigned i = 0; i < count; i++) {
        if (!is_in_time(root[i], job->now) ||
            gnutls_x509_trust_list_add_cas(list, &root[i], 1, 0) != 1) {
            gnutls_x509_crt_deinit(root[i]); /* else it is the list's */
        }
    }
    gnutls_free(root);
    gnutls_x509_crt_t one[CLAIM_CHAIN_MAX];
    memcpy(one, chain->one, sizeof one);
    *is_trusted = gnutls_x509_trust_list_verify_crt(list, one, chain->count,
                                                    GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &problems,
                                                    NULL) == 0 &&
                  problems == 0;
    return CANDOR_OK;
}

static struct str name_in(struct job *job, gnutls_x509_crt_t certificate, bool is_issuer)
{
    static const char *const oid[] = {GNUTLS_OID_X520_ORGANIZATION_NAME,
                                      GNUTLS_OID_X520_COMMON_NAME};
    char name[256];
    for (size_t i = 0; i < sizeof oid / sizeof oid[0]; i++) {
        size_t len = sizeof name;
        const int got =
            is_issuer ? gnutls_x509_crt_get_issuer_dn_by_oid(certificate, oid[i], 0, 0, name, &len)
                      : gnutls_x509_crt_get_dn_by_oid(certificate, oid[i], 0, 0, name, &len);
        const struct str text = {name, len};
        if (got == 0 && len > 0 && len < sizeof name && str_is_utf8(text)) {
            return str_copy(job->arena, text);
        }
    }
    return STR("");
}

enum candor_status claim_credential_of(struct job *job, const struct bytes *chain, size_t count,
                                       struct str roots, struct claim_credential *credential)
{
    struct parsed *parsed = NEW(job->arena, struct parsed);
    *credential = (struct claim_credential){.fault = "it is no X.509 certificate"};
    if (!parse(chain, count, parsed)) {
        return CANDOR_OK;
    }
    arena_defer(job->arena, end_parsed, parsed);
    gnutls_x509_crt_t first = parsed->one[0];
    credential->name = name_in(job, first, false);
    credential->issuer = name_in(job, first, true);
    credential->from = (int64_t)gnutls_x509_crt_get_activation_time(first) * MICROS_PER_SECOND;
    credential->until = (int64_t)gnutls_x509_crt_get_expiration_time(first) * MICROS_PER_SECOND;
    credential->fault = fault_of(first);
    credential->is_in_time = are_in_time(parsed, job->now);
    credential->is_linked = are_linked(parsed);
    return find_trust(job, parsed, roots, &credential->is_trusted);
}

/* ---- checking ------------------------------------------------------------------------------ */

static bool key_holds(gnutls_pubkey_t key, const struct claim_kind *algorithm, struct bytes message,
                      struct bytes signature)
{
    gnutls_datum_t der = {NULL, 0};
    const gnutls_datum_t data = datum_of(message);
    if (algorithm->half == 0) {
        const gnutls_datum_t plain = datum_of(signature);
        return gnutls_pubkey_verify_data2(key, algorithm->sign, 0, &data, &plain) >= 0;
    }
    const gnutls_datum_t r = datum_of((struct bytes){signature.ptr, algorithm->half});
    const gnutls_datum_t s =
        datum_of((struct bytes){signature.ptr + algorithm->half, algorithm->half});
    const bool holds = gnutls_encode_rs_value(&der, &r, &s) == 0 &&
                       gnutls_pubkey_verify_data2(key, algorithm->sign, 0, &data, &der) >= 0;
    gnutls_free(der.data);
    return holds;
}

bool claim_holds(struct bytes certificate, int64_t algorithm, struct bytes message,
                 struct bytes signature)
{
    struct parsed parsed;
    gnutls_pubkey_t key = NULL;
    unsigned bits = 0;
    const struct claim_kind *said = algorithm_at(algorithm);
    if (said == NULL || signature.len == 0 || signature.len > CLAIM_SIGNATURE_MAX ||
        (said->len > 0 && signature.len != said->len) || !parse(&certificate, 1, &parsed)) {
        return false;
    }
    const struct claim_kind *own = claim_kind_of(parsed.one[0], &bits);
    const bool holds = own != NULL && own->key == said->key &&
                       (said->bits == 0 || said->bits == bits) && gnutls_pubkey_init(&key) == 0 &&
                       gnutls_pubkey_import_x509(key, parsed.one[0], 0) == 0 &&
                       key_holds(key, said, message, signature);
    if (key != NULL) {
        gnutls_pubkey_deinit(key);
    }
    end_parsed(&parsed);
    return holds;
}

size_t claim_digest(struct str algorithm, struct bytes bytes, uint8_t digest[CLAIM_DIGEST_MAX])
{
    static const struct {
        const char *name;
        gnutls_digest_algorithm_t digest;
        size_t len;
    } row[] = {{"sha256", GNUTLS_DIG_SHA256, 32},
               {"sha384", GNUTLS_DIG_SHA384, 48},
               {"sha512", GNUTLS_DIG_SHA512, 64}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(algorithm, row[i].name)) {
            return gnutls_hash_fast(row[i].digest, bytes.ptr, bytes.len, digest) == 0 ? row[i].len
                                                                                      : 0;
        }
    }
    return 0;
}
