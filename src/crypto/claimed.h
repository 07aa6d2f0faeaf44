/*
 * claimed.h - what claim.c, claim_sign.c, claim_make.c and webkey.c share.
 */
#ifndef CANDOR_CRYPTO_CLAIMED_H
#define CANDOR_CRYPTO_CLAIMED_H

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "webkey.h"

#define CLAIM_PURPOSE "1.3.6.1.4.1.62558.2.1" /* c2pa-kp-claimSigning */

/* An algorithm of COSE. */
struct claim_kind {
    int64_t cose;
    gnutls_pk_algorithm_t key;
    unsigned bits; /* of the curve; 0: any */
    gnutls_sign_algorithm_t sign;
    size_t half; /* bytes of r and of s; 0: the signature is taken as it is */
    size_t len;  /* 0: as long as the RSA key */
};

/* claim.c: the one that a certificate's key is for; bits: of the key. NULL: there is none. */
const struct claim_kind *claim_kind_of(gnutls_x509_crt_t certificate, unsigned *bits);
/* webkey.c: the key into one that was initialised; false: the library refused. */
bool webkey_lend(const struct webkey_signer *signer, gnutls_privkey_t key);

#endif
