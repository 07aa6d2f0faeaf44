/*
 * claim_make.c - certificates of a home's own: a root, and one that signs claims.
 *
 *     root      O=NAME, CN="Candor root of NAME"; authority, may vouch for signers only
 *     signer    O=NAME, CN="NAME"; digital signatures; for claims of C2PA, and for e-mail, which validators
 *               from before there was the first ask for
 *
 * Nobody but who was given the root trusts them: they say that all marks come from one home, not who
 * that is.
 */
#include "claim.h"

#include <gnutls/x509.h>
#include <string.h>

#include "claimed.h"
#include "datum.h"

enum { SERIAL_LEN = 16, NAME_MAX_LEN = 64 /* X.520 */, DAY_S = 86400 };

struct making {
    gnutls_x509_crt_t one;
    gnutls_x509_crt_t issuer;
    gnutls_privkey_t key; /* that signs */
    gnutls_privkey_t own; /* of the subject */
    gnutls_pubkey_t public_key;
};

static void end_making(void *thing)
{
    struct making *making = thing;
    gnutls_x509_crt_deinit(making->one);
    gnutls_x509_crt_deinit(making->issuer);
    gnutls_privkey_deinit(making->key);
    gnutls_privkey_deinit(making->own);
    gnutls_pubkey_deinit(making->public_key);
}

static struct making *making_begin(struct job *job)
{
    struct making *making = NEW(job->arena, struct making);
    must(gnutls_x509_crt_init(&making->one) == 0 && gnutls_x509_crt_init(&making->issuer) == 0 &&
         gnutls_privkey_init(&making->key) == 0 && gnutls_privkey_init(&making->own) == 0 &&
         gnutls_pubkey_init(&making->public_key) == 0);
    arena_defer(job->arena, end_making, making);
    return making;
}

static bool set_name(gnutls_x509_crt_t one, const char *oid, struct str name)
{
    /* The limit is of letters, so that this never cuts one in two. */
    return gnutls_x509_crt_set_dn_by_oid(one, oid, 0, name.ptr, (unsigned)name.len) == 0;
}

/* So many bytes of a name at most, and whole letters. */
static struct str shortened(struct str name, size_t most)
{
    size_t len = name.len < most ? name.len : most;
    while (len < name.len && len > 0 && ((unsigned char)name.ptr[len] & 0xc0) == 0x80) {
        len--;
    }
    return str_slice(name, 0, len);
}

static bool set_who(struct job *job, struct making *making, struct str organisation, bool is_root)
{
    const struct str name = shortened(organisation, NAME_MAX_LEN);
    const struct str common = is_root
                                  ? str_format(job->arena, "Candor root of %.*s",
                                               STR_ARG(shortened(organisation, NAME_MAX_LEN - 16)))
                                  : name;
    return set_name(making->one, GNUTLS_OID_X520_ORGANIZATION_NAME, name) &&
           set_name(making->one, GNUTLS_OID_X520_COMMON_NAME, common);
}

static bool set_use(gnutls_x509_crt_t one, bool is_root)
{
    if (is_root) {
        return gnutls_x509_crt_set_basic_constraints(one, 1, 0) == 0 &&
               gnutls_x509_crt_set_key_usage(one, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN) ==
                   0;
    }
    return gnutls_x509_crt_set_basic_constraints(one, 0, -1) == 0 &&
           gnutls_x509_crt_set_key_usage(one, GNUTLS_KEY_DIGITAL_SIGNATURE) == 0 &&
           gnutls_x509_crt_set_key_purpose_oid(one, CLAIM_PURPOSE, 0) == 0 &&
           gnutls_x509_crt_set_key_purpose_oid(one, GNUTLS_KP_EMAIL_PROTECTION, 0) == 0;
}

static bool set_keys(struct making *making, bool is_root)
{
    uint8_t id[64];
    size_t len = sizeof id;
    /* A usage said here would take the place of the certificate's own. */
    if (gnutls_pubkey_import_privkey(making->public_key, making->own, 0, 0) != 0 ||
        gnutls_x509_crt_set_pubkey(making->one, making->public_key) != 0 ||
        gnutls_x509_crt_get_key_id(making->one, 0, id, &len) != 0) {
        return false;
    }
    len = len < 20 ? len : 20;
    if (gnutls_x509_crt_set_subject_key_id(making->one, id, len) != 0) {
        return false;
    }
    size_t issuer_len = sizeof id;
    if (!is_root &&
        gnutls_x509_crt_get_subject_key_id(making->issuer, id, &issuer_len, NULL) != 0) {
        return false;
    }
    return gnutls_x509_crt_set_authority_key_id(making->one, id, is_root ? len : issuer_len) == 0;
}

static bool set_times(struct making *making, int64_t now, unsigned days)
{
    const time_t seconds = (time_t)(now / MICROS_PER_SECOND);
    return gnutls_x509_crt_set_version(making->one, 3) == 0 &&
           gnutls_x509_crt_set_activation_time(making->one, seconds - DAY_S) == 0 &&
           gnutls_x509_crt_set_expiration_time(making->one, seconds + (time_t)days * DAY_S) == 0;
}

enum candor_status claim_certificate(struct job *job, const struct claim_subject *subject,
                                     const struct webkey_signer *issuer,
                                     struct bytes issuer_certificate, struct bytes *certificate)
{
    uint8_t serial[SERIAL_LEN];
    gnutls_datum_t der = {NULL, 0};
    const bool is_root = issuer == NULL;
    const gnutls_datum_t above = datum_of(issuer_certificate);
    struct making *making = making_begin(job);
    TRY(entropy_draw(job, serial, sizeof serial));
    serial[0] &= 0x7f; /* a number above zero */
    serial[0] |= 0x40;
    const bool is_made =
        webkey_lend(subject->key, making->own) &&
        webkey_lend(is_root ? subject->key : issuer, making->key) &&
        (is_root || gnutls_x509_crt_import(making->issuer, &above, GNUTLS_X509_FMT_DER) == 0) &&
        set_times(making, job->now, subject->days) &&
        gnutls_x509_crt_set_serial(making->one, serial, sizeof serial) == 0 &&
        set_who(job, making, subject->organisation, is_root) && set_use(making->one, is_root) &&
        set_keys(making, is_root) &&
        gnutls_x509_crt_privkey_sign(making->one, is_root ? making->one : making->issuer,
                                     making->key, GNUTLS_DIG_SHA256, 0) == 0 &&
        gnutls_x509_crt_export2(making->one, GNUTLS_X509_FMT_DER, &der) == 0;
    if (!is_made) {
        return fail(job, CANDOR_IO, "the library did not make a certificate");
    }
    *certificate = bytes_copy_of(job->arena, (struct bytes){der.data, der.size});
    gnutls_free(der.data);
    return CANDOR_OK;
}

struct str claim_pem(struct job *job, struct bytes certificate)
{
    struct buf buf = buf_begin(job->arena);
    struct str rest = base64_of(job->arena, certificate);
    buf_str(&buf, STR("-----BEGIN CERTIFICATE-----\n"));
    for (; rest.len > 0; rest = str_slice(rest, 64, rest.len)) {
        buf_str(&buf, str_slice(rest, 0, 64));
        buf_str(&buf, STR("\n"));
    }
    buf_str(&buf, STR("-----END CERTIFICATE-----\n"));
    return buf_text(&buf);
}

enum candor_status claim_from_pem(struct job *job, struct str pem, struct bytes *certificate)
{
    gnutls_datum_t der = {NULL, 0};
    const gnutls_datum_t data = datum_of(bytes_of(pem));
    if (gnutls_pem_base64_decode2("CERTIFICATE", &data, &der) != 0) {
        return fail(job, CANDOR_CORRUPT, "there is no certificate as PEM");
    }
    *certificate = bytes_copy_of(job->arena, (struct bytes){der.data, der.size});
    gnutls_free(der.data);
    return CANDOR_OK;
}
