/*
 * certificate.h - the third door of the crypto room: X.509, for protocols that sign what they say with a
 * certificate (OpenDSR).
 *
 * A signature is over the SHA-256 of the message: PKCS #1 v1.5 with an RSA key, DER with one of P-256.
 */
#ifndef CANDOR_CRYPTO_CERTIFICATE_H
#define CANDOR_CRYPTO_CERTIFICATE_H

#include "crypto.h"

#define CERTIFICATE_SIGNATURE_MAX 1024

/* A certificate of ours and its key. */
struct certificate_signer;

/*
 * pem: the certificate, then those that vouch for it. key_path: the key, PEM, in a file of its owner
 * only. The certificate must be for the domain, valid now, and the key be its own.
 *
 * CANDOR_BAD_INPUT  it cannot be read, is for another domain, out of its time, or of other keys
 * CANDOR_NOT_FOUND, CANDOR_FORBIDDEN (others may read the key), CANDOR_IO
 */
CANDOR_MUST_USE enum candor_status certificate_read(struct job *job, struct arena *owner,
                                                    struct str pem, struct str key_path,
                                                    struct str domain,
                                                    struct certificate_signer **signer);
CANDOR_MUST_USE enum candor_status certificate_sign(struct job *job,
                                                    const struct certificate_signer *signer,
                                                    struct bytes message, struct bytes *signature);

/*
 * Whether the first certificate of a chain signed the message: the chain leads to one of the roots, each
 * of it is valid now, the first is for the domain. A certificate that vouches for itself is a root or
 * nothing.
 *
 * CANDOR_BAD_INPUT  chain or roots cannot be read
 * CANDOR_FORBIDDEN  anything else: who is not believed learns nothing
 */
CANDOR_MUST_USE enum candor_status certificate_believe(struct job *job, struct str roots_pem,
                                                       struct str chain_pem, struct str domain,
                                                       struct bytes message,
                                                       struct bytes signature);

#endif
