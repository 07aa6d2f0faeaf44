/*
 * claimed.h - what claim.c, claim_make.c and webkey.c share: a key of ours as GnuTLS has it.
 */
#ifndef CANDOR_CRYPTO_CLAIMED_H
#define CANDOR_CRYPTO_CLAIMED_H

#include <gnutls/abstract.h>

#include "webkey.h"

#define CLAIM_PURPOSE "1.3.6.1.4.1.62558.2.1" /* c2pa-kp-claimSigning */

/* webkey.c: the key into one that was initialised; false: the library refused. */
bool webkey_lend(const struct webkey_signer *signer, gnutls_privkey_t key);

#endif
