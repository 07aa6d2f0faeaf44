/*
 * certificate.c - X.509 over GnuTLS.
 *
 * The instant is the job's, not the library's: times are looked at here, for every certificate that
 * counts, and the library is told to leave them. Revocation is not asked for, since nothing is fetched:
 * a root or a partner that is not to be believed any more is taken out of the configuration.
 */
#include "certificate.h"
#include "datum.h"

#include <fcntl.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <unistd.h>

#include "keys.h"

enum { CHAIN_MAX = 16, ROOTS_MAX = 256 };

struct certificates {
    gnutls_x509_crt_t *one;
    unsigned count;
};

struct certificate_signer {
    gnutls_privkey_t key;
    gnutls_sign_algorithm_t algorithm;
};

static void end_certificates(void *thing)
{
    struct certificates *certificates = thing;
    for (unsigned i = 0; i < certificates->count; i++) {
        gnutls_x509_crt_deinit(certificates->one[i]);
    }
    gnutls_free(certificates->one);
}

static enum candor_status read_pem(struct job *job, struct str pem, unsigned most, const char *what,
                                   struct certificates **read)
{
    struct certificates *made = NEW(job->arena, struct certificates);
    const gnutls_datum_t data = datum_of(bytes_of(pem));
    if (gnutls_x509_crt_list_import2(&made->one, &made->count, &data, GNUTLS_X509_FMT_PEM, 0) < 0) {
        return fail(job, CANDOR_BAD_INPUT, "%s holds no certificates as PEM", what);
    }
    arena_defer(job->arena, end_certificates, made);
    if (made->count == 0 || made->count > most) {
        return fail(job, CANDOR_BAD_INPUT, "%s has 1 to %u certificates", what, most);
    }
    *read = made;
    return CANDOR_OK;
}

static bool is_in_time(gnutls_x509_crt_t certificate, int64_t now)
{
    const time_t seconds = (time_t)(now / MICROS_PER_SECOND);
    const time_t first = gnutls_x509_crt_get_activation_time(certificate);
    const time_t last = gnutls_x509_crt_get_expiration_time(certificate);
    return first != (time_t)-1 && last != (time_t)-1 && first <= seconds && seconds <= last;
}

/* RSA, or ECDSA over P-256; unknown otherwise. */
static gnutls_sign_algorithm_t algorithm_of(gnutls_x509_crt_t certificate)
{
    unsigned bits = 0;
    const int kind = gnutls_x509_crt_get_pk_algorithm(certificate, &bits);
    if (kind == GNUTLS_PK_RSA && bits >= 2048) {
        return GNUTLS_SIGN_RSA_SHA256;
    }
    return kind == GNUTLS_PK_ECDSA && bits == 256 ? GNUTLS_SIGN_ECDSA_SHA256 : GNUTLS_SIGN_UNKNOWN;
}

/* ---- signing ------------------------------------------------------------------------------- */

static void end_signer(void *signer)
{
    gnutls_privkey_deinit(((struct certificate_signer *)signer)->key);
}

/* The key signs what the certificate's key holds. */
static bool fits(const struct certificate_signer *signer, gnutls_x509_crt_t certificate)
{
    gnutls_datum_t signature = {NULL, 0};
    gnutls_pubkey_t public_key = NULL;
    const gnutls_datum_t data = datum_of(bytes_of(STR("candor")));
    const bool fits =
        gnutls_pubkey_init(&public_key) == 0 &&
        gnutls_pubkey_import_x509(public_key, certificate, 0) == 0 &&
        gnutls_privkey_sign_data2(signer->key, signer->algorithm, 0, &data, &signature) == 0 &&
        gnutls_pubkey_verify_data2(public_key, signer->algorithm, 0, &data, &signature) >= 0;
    gnutls_free(signature.data);
    if (public_key != NULL) {
        gnutls_pubkey_deinit(public_key);
    }
    return fits;
}

enum candor_status certificate_read(struct job *job, struct arena *owner, struct str pem,
                                    struct str key_path, struct str domain,
                                    struct certificate_signer **signer)
{
    struct certificates *chain = NULL;
    struct bytes key;
    TRY(read_pem(job, pem, CHAIN_MAX, "the certificate", &chain));
    if (gnutls_x509_crt_check_hostname(chain->one[0], str_z(job->arena, domain)) == 0) {
        return fail(job, CANDOR_BAD_INPUT, "the certificate is for another domain than %.*s",
                    STR_ARG(domain));
    }
    if (!is_in_time(chain->one[0], job->now)) {
        return fail(job, CANDOR_BAD_INPUT, "the certificate has expired or is not valid yet");
    }
    TRY(keyfile_pem(job, key_path, &key));
    struct certificate_signer *made = NEW(owner, struct certificate_signer);
    const gnutls_datum_t data = datum_of(key);
    must(gnutls_privkey_init(&made->key) == 0);
    arena_defer(owner, end_signer, made);
    made->algorithm = algorithm_of(chain->one[0]);
    const bool is_read =
        gnutls_privkey_import_x509_raw(made->key, &data, GNUTLS_X509_FMT_PEM, NULL, 0) == 0;
    sodium_memzero(data.data, data.size);
    if (!is_read || made->algorithm == GNUTLS_SIGN_UNKNOWN || !fits(made, chain->one[0])) {
        return fail(job, CANDOR_BAD_INPUT,
                    "%.*s is not the key of the certificate: RSA of 2048 bits or more, or P-256, "
                    "as PEM",
                    STR_ARG(key_path));
    }
    *signer = made;
    return CANDOR_OK;
}

enum candor_status certificate_sign(struct job *job, const struct certificate_signer *signer,
                                    struct bytes message, struct bytes *signature)
{
    gnutls_datum_t made = {NULL, 0};
    const gnutls_datum_t data = datum_of(message);
    if (gnutls_privkey_sign_data2(signer->key, signer->algorithm, 0, &data, &made) != 0) {
        return fail(job, CANDOR_IO, "the library did not sign");
    }
    *signature = bytes_copy_of(job->arena, (struct bytes){made.data, made.size});
    gnutls_free(made.data);
    return CANDOR_OK;
}

/* ---- believing ----------------------------------------------------------------------------- */

static enum candor_status disbelieve(struct job *job)
{
    return fail(job, CANDOR_FORBIDDEN,
                "the signature is not that of a certificate for this domain "
                "that leads to a root of candor.yaml");
}

static void end_list(void *list)
{
    gnutls_x509_trust_list_deinit(list, 0);
}

static bool leads_to_root(struct job *job, const struct certificates *roots,
                          const struct certificates *chain, struct str domain)
{
    gnutls_x509_trust_list_t list = NULL;
    unsigned problems = 0;
    union {
        const char *in;
        unsigned char *out;
    } name = {.in = str_z(job->arena, domain)};
    must(gnutls_x509_trust_list_init(&list, 0) == 0);
    arena_defer(job->arena, end_list, list);
    for (unsigned i = 0; i < roots->count; i++) {
        if (is_in_time(roots->one[i], job->now) &&
            gnutls_x509_trust_list_add_cas(list, &roots->one[i], 1, 0) != 1) {
            return false;
        }
    }
    gnutls_typed_vdata_st wanted = {
        .type = GNUTLS_DT_DNS_HOSTNAME, .data = name.out, .size = (unsigned)domain.len};
    return gnutls_x509_trust_list_verify_crt2(list, chain->one, chain->count, &wanted, 1,
                                              GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &problems,
                                              NULL) == 0 &&
           problems == 0;
}

static bool signed_by(gnutls_x509_crt_t certificate, struct bytes message, struct bytes signature)
{
    gnutls_pubkey_t key = NULL;
    const gnutls_sign_algorithm_t algorithm = algorithm_of(certificate);
    const gnutls_datum_t data = datum_of(message);
    const gnutls_datum_t sign = datum_of(signature);
    const bool holds = algorithm != GNUTLS_SIGN_UNKNOWN && gnutls_pubkey_init(&key) == 0 &&
                       gnutls_pubkey_import_x509(key, certificate, 0) == 0 &&
                       gnutls_pubkey_verify_data2(key, algorithm, 0, &data, &sign) >= 0;
    if (key != NULL) {
        gnutls_pubkey_deinit(key);
    }
    return holds;
}

enum candor_status certificate_believe(struct job *job, struct str roots_pem, struct str chain_pem,
                                       struct str domain, struct bytes message,
                                       struct bytes signature)
{
    struct certificates *roots = NULL;
    struct certificates *chain = NULL;
    TRY(read_pem(job, roots_pem, ROOTS_MAX, "the roots", &roots));
    TRY(read_pem(job, chain_pem, CHAIN_MAX, "the chain", &chain));
    for (unsigned i = 0; i < chain->count; i++) {
        if (!is_in_time(chain->one[i], job->now)) {
            return disbelieve(job);
        }
    }
    return domain.len > 0 && signature.len <= CERTIFICATE_SIGNATURE_MAX &&
                   leads_to_root(job, roots, chain, domain) &&
                   signed_by(chain->one[0], message, signature)
               ? CANDOR_OK
               : disbelieve(job);
}
