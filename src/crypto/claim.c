/*
 * claim.c - signatures over C2PA claims, and the certificates behind them, over GnuTLS.
 *
 * As in certificate.c the instant is the job's: times are looked at here. Revocation is not asked for,
 * since nothing is fetched, and there is no trusted time stamp: a signature counts while its certificate
 * does.
 */
#include "claim.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "claimed.h"
#include "datum.h"

enum { KEY_BYTES_MAX = 65536, ROOTS_MAX = 4096, RSA_BITS_MIN = 2048, RSA_BITS_MAX = 8192 };

struct claim_signer {
    gnutls_privkey_t key; /* ours: a copy; ended with the job */
    const struct algorithm *algorithm;
    unsigned rsa_len;
    struct bytes chain[CLAIM_CHAIN_MAX];
    size_t chain_count;
};

/* RFC 9053, section 2; RFC 8230. */
static const struct algorithm {
    int64_t cose;
    gnutls_pk_algorithm_t key;
    unsigned bits; /* of the curve; 0: any */
    gnutls_sign_algorithm_t sign;
    size_t half; /* bytes of r and of s; 0: the signature is taken as it is */
    size_t len;  /* 0: as long as the RSA key */
} known[] = {
    {-7, GNUTLS_PK_ECDSA, 256, GNUTLS_SIGN_ECDSA_SHA256, 32, 64},
    {-35, GNUTLS_PK_ECDSA, 384, GNUTLS_SIGN_ECDSA_SHA384, 48, 96},
    {-36, GNUTLS_PK_ECDSA, 528 /* P-521, in whole bytes */, GNUTLS_SIGN_ECDSA_SHA512, 66, 132},
    {-8, GNUTLS_PK_EDDSA_ED25519, 0, GNUTLS_SIGN_EDDSA_ED25519, 0, 64},
    {-37, GNUTLS_PK_RSA, 0, GNUTLS_SIGN_RSA_PSS_SHA256, 0, 0},
    {-38, GNUTLS_PK_RSA, 0, GNUTLS_SIGN_RSA_PSS_SHA384, 0, 0},
    {-39, GNUTLS_PK_RSA, 0, GNUTLS_SIGN_RSA_PSS_SHA512, 0, 0},
};
enum { KNOWN = sizeof known / sizeof known[0] };

static const struct algorithm *algorithm_at(int64_t cose)
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
static const struct algorithm *algorithm_for(gnutls_x509_crt_t certificate, unsigned *bits)
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
    if (algorithm_for(certificate, &bits) == NULL) {
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
    const gnutls_x509_crt_t first = parsed->one[0];
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

static bool key_holds(gnutls_pubkey_t key, const struct algorithm *algorithm, struct bytes message,
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
    const struct algorithm *said = algorithm_at(algorithm);
    if (said == NULL || signature.len == 0 || signature.len > CLAIM_SIGNATURE_MAX ||
        (said->len > 0 && signature.len != said->len) || !parse(&certificate, 1, &parsed)) {
        return false;
    }
    const struct algorithm *own = algorithm_for(parsed.one[0], &bits);
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

/* ---- signing ------------------------------------------------------------------------------- */

static void end_signer(void *signer)
{
    gnutls_privkey_deinit(((struct claim_signer *)signer)->key);
}

static struct claim_signer *signer_begin(struct job *job)
{
    struct claim_signer *signer = NEW(job->arena, struct claim_signer);
    must(gnutls_privkey_init(&signer->key) == 0);
    arena_defer(job->arena, end_signer, signer);
    return signer;
}

static bool fits(struct job *job, const struct claim_signer *signer)
{
    struct bytes signature;
    const struct bytes message = bytes_of(STR("candor"));
    const bool is_signed = claim_sign(job, signer, message, &signature) == CANDOR_OK;
    job_forgive(job);
    return is_signed &&
           claim_holds(signer->chain[0], signer->algorithm->cose, message, signature);
}

/* A root of its own chain is left out: who trusts it has it. */
static enum candor_status take_chain(struct job *job, struct str pem, struct claim_signer *signer)
{
    gnutls_x509_crt_t *one = NULL;
    unsigned count = 0;
    const gnutls_datum_t data = datum_of(bytes_of(pem));
    if (gnutls_x509_crt_list_import2(&one, &count, &data, GNUTLS_X509_FMT_PEM, 0) < 0) {
        return fail(job, CANDOR_BAD_INPUT, "the certificate's file holds no certificates as PEM");
    }
    const bool is_few = count > 0 && count <= CLAIM_CHAIN_MAX;
    for (unsigned i = 0; i < count; i++) {
        gnutls_datum_t der = {NULL, 0};
        const bool is_root = i > 0 && gnutls_x509_crt_check_issuer(one[i], one[i]) != 0;
        if (is_few && !is_root && gnutls_x509_crt_export2(one[i], GNUTLS_X509_FMT_DER, &der) == 0) {
            signer->chain[signer->chain_count++] =
                bytes_copy_of(job->arena, (struct bytes){der.data, der.size});
        }
        gnutls_free(der.data);
        gnutls_x509_crt_deinit(one[i]);
    }
    gnutls_free(one);
    return is_few && signer->chain_count > 0
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "the certificate's file has 1 to %d certificates",
                      CLAIM_CHAIN_MAX);
}

/* What the first certificate says of the key. */
static enum candor_status take_algorithm(struct job *job, struct claim_signer *signer)
{
    struct claim_credential credential;
    struct parsed parsed;
    unsigned bits = 0;
    TRY(claim_credential_of(job, signer->chain, signer->chain_count, STR(""), &credential));
    if (credential.fault != NULL) {
        return fail(job, CANDOR_BAD_INPUT, "the certificate may not sign claims: %s",
                    credential.fault);
    }
    if (!credential.is_linked) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the certificates do not stand in order, each before the one that vouches for it");
    }
    if (!credential.is_in_time) {
        return fail(job, CANDOR_BAD_INPUT, "the certificate has expired or is not valid yet");
    }
    must(parse(signer->chain, 1, &parsed));
    signer->algorithm = algorithm_for(parsed.one[0], &bits);
    signer->rsa_len = bits / 8;
    end_parsed(&parsed);
    must(signer->algorithm != NULL);
    return CANDOR_OK;
}

/* The key's file, while nobody else may read it. */
static enum candor_status read_key(struct job *job, struct str path, struct claim_signer *signer)
{
    struct stat facts;
    struct bytes pem;
    if (lstat(str_z(job->arena, path), &facts) == 0 &&
        (!S_ISREG(facts.st_mode) || (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)) {
        return fail(job, CANDOR_FORBIDDEN,
                    "%.*s is not a plain file that its owner alone may read: chmod 600 it and "
                    "consider whether it was read",
                    STR_ARG(path));
    }
    TRY(file_read(job, path, KEY_BYTES_MAX, &pem));
    const gnutls_datum_t data = datum_of(pem);
    const bool is_read =
        gnutls_privkey_import_x509_raw(signer->key, &data, GNUTLS_X509_FMT_PEM, NULL, 0) == 0;
    sodium_memzero(data.data, data.size);
    return is_read ? CANDOR_OK
                   : fail(job, CANDOR_BAD_INPUT, "%.*s holds no private key as PEM", STR_ARG(path));
}

enum candor_status claim_signer_read(struct job *job, struct str pem, struct str key_path,
                                     struct claim_signer **signer)
{
    struct claim_signer *made = signer_begin(job);
    TRY(take_chain(job, pem, made));
    TRY(take_algorithm(job, made));
    TRY(read_key(job, key_path, made));
    if (!fits(job, made)) {
        return fail(job, CANDOR_BAD_INPUT, "%.*s is not the key of the certificate",
                    STR_ARG(key_path));
    }
    *signer = made;
    return CANDOR_OK;
}

enum candor_status claim_signer_own(struct job *job, const struct webkey_signer *key,
                                    struct bytes certificate, struct claim_signer **signer)
{
    struct claim_signer *made = signer_begin(job);
    made->chain[0] = certificate;
    made->chain_count = 1;
    TRY(take_algorithm(job, made));
    if (!webkey_lend(key, made->key) || !fits(job, made)) {
        return fail(job, CANDOR_BAD_INPUT, "the certificate is of another key than ours");
    }
    *signer = made;
    return CANDOR_OK;
}

int64_t claim_algorithm(const struct claim_signer *signer)
{
    return signer->algorithm->cose;
}

size_t claim_signature_len(const struct claim_signer *signer)
{
    return signer->algorithm->len > 0 ? signer->algorithm->len : signer->rsa_len;
}

const struct bytes *claim_chain(const struct claim_signer *signer, size_t *count)
{
    *count = signer->chain_count;
    return signer->chain;
}

/* A number of DER as exactly so many bytes. */
static bool put_half(struct buf *buf, const gnutls_datum_t *number, size_t half)
{
    struct bytes bytes = {number->data, number->size};
    while (bytes.len > 0 && bytes.ptr[0] == 0) {
        bytes = (struct bytes){bytes.ptr + 1, bytes.len - 1};
    }
    for (size_t i = bytes.len; i < half; i++) {
        buf_u8(buf, 0);
    }
    buf_bytes(buf, bytes.ptr, bytes.len);
    return bytes.len <= half;
}

enum candor_status claim_sign(struct job *job, const struct claim_signer *signer,
                              struct bytes message, struct bytes *signature)
{
    gnutls_datum_t made = {NULL, 0};
    gnutls_datum_t r = {NULL, 0};
    gnutls_datum_t s = {NULL, 0};
    struct buf buf = buf_begin(job->arena);
    const gnutls_datum_t data = datum_of(message);
    const size_t half = signer->algorithm->half;
    /* As in webkey.c: a weak source of randomness gives nothing away. */
    const unsigned how = half > 0 ? GNUTLS_PRIVKEY_FLAG_REPRODUCIBLE : 0;
    bool is_made = gnutls_privkey_sign_data2(signer->key, signer->algorithm->sign, how, &data,
                                             &made) == 0;
    if (is_made && half > 0) {
        is_made = gnutls_decode_rs_value(&made, &r, &s) == 0 && put_half(&buf, &r, half) &&
                  put_half(&buf, &s, half);
    } else if (is_made) {
        buf_bytes(&buf, made.data, made.size);
    }
    gnutls_free(made.data);
    gnutls_free(r.data);
    gnutls_free(s.data);
    *signature = buf_all(&buf);
    return is_made && signature->len == claim_signature_len(signer)
               ? CANDOR_OK
               : fail(job, CANDOR_IO, "the library did not sign");
}
