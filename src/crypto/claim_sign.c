/*
 * claim_sign.c - claims signed with a key of ours or of the company, in COSE's form.
 */
#include "claim.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <string.h>

#include "claimed.h"
#include "datum.h"
#include "keys.h"

struct claim_signer {
    gnutls_privkey_t key; /* ours: a copy; ended with the job */
    const struct claim_kind *algorithm;
    unsigned rsa_len;
    struct bytes chain[CLAIM_CHAIN_MAX];
    size_t chain_count;
};

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
    return is_signed && claim_holds(signer->chain[0], signer->algorithm->cose, message, signature);
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
    gnutls_x509_crt_t first = NULL;
    unsigned bits = 0;
    TRY(claim_credential_of(job, signer->chain, signer->chain_count, STR(""), &credential));
    if (credential.fault != NULL) {
        return fail(job, CANDOR_BAD_INPUT, "the certificate may not sign claims: %s",
                    credential.fault);
    }
    if (!credential.is_linked) {
        return fail(
            job, CANDOR_BAD_INPUT,
            "the certificates do not stand in order, each before the one that vouches for it");
    }
    if (!credential.is_in_time) {
        return fail(job, CANDOR_BAD_INPUT, "the certificate has expired or is not valid yet");
    }
    const gnutls_datum_t data = datum_of(signer->chain[0]);
    must(gnutls_x509_crt_init(&first) == 0);
    must(gnutls_x509_crt_import(first, &data, GNUTLS_X509_FMT_DER) == 0);
    signer->algorithm = claim_kind_of(first, &bits);
    signer->rsa_len = bits / 8;
    gnutls_x509_crt_deinit(first);
    must(signer->algorithm != NULL);
    return CANDOR_OK;
}

static enum candor_status read_key(struct job *job, struct str path, struct claim_signer *signer)
{
    struct bytes pem;
    TRY(keyfile_pem(job, path, &pem));
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
    bool is_made =
        gnutls_privkey_sign_data2(signer->key, signer->algorithm->sign, how, &data, &made) == 0;
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
