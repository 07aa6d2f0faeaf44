/*
 * webkey.h - the second door of the crypto room: the keys and certificates of other systems' protocols,
 * which want ECDSA over P-256 and RSA, and X.509. Only these and certificate.c know GnuTLS.
 *
 *   webkey.c       public keys of others, and a key of our own for ES256 (RFC 7518, section 3)
 *   certificate.h  another door: signing with an X.509 certificate, and believing one
 *
 * What we decide freely is signed with Ed25519 (crypto.h). This is for those who ask for something else.
 */
#ifndef CANDOR_CRYPTO_WEBKEY_H
#define CANDOR_CRYPTO_WEBKEY_H

#include "crypto.h"

/* ---- webkey.c ------------------------------------------------------------------------------ */

#define WEBKEY_COORDINATE_LEN 32
#define WEBKEY_SIGNATURE_LEN 64 /* of ES256: r and s, 32 bytes each */
#define WEBKEY_RSA_BITS_MIN 2048
#define WEBKEY_RSA_BITS_MAX 8192

enum webkey_algorithm { WEBKEY_ES256, WEBKEY_RS256 };

/* A public key of somebody else, for one algorithm only, so that no token can choose another. */
struct webkey;

/* CANDOR_BAD_INPUT: not a point of P-256, or a modulus or exponent that nobody should use. */
CANDOR_MUST_USE enum candor_status webkey_ec(struct job *job, struct arena *owner, struct bytes x,
                                             struct bytes y, struct webkey **key);
CANDOR_MUST_USE enum candor_status webkey_rsa(struct job *job, struct arena *owner,
                                              struct bytes modulus, struct bytes exponent,
                                              struct webkey **key);
/* Also false when the key is for another algorithm. */
bool webkey_holds(const struct webkey *key, enum webkey_algorithm algorithm, struct bytes message,
                  struct bytes signature);

/* A key pair of ours for ES256. */
struct webkey_signer;

/*
 * A fresh one in a file of its own, readable by its owner only, as secret_file_create makes them:
 *
 *     candor-es256-v1 <64 hex digits: the scalar> <64: x> <64: y> <16: the check>
 *
 * CANDOR_EXISTS, CANDOR_IO
 */
CANDOR_MUST_USE enum candor_status webkey_file_create(struct job *job, struct str path);
/* As secret_file_read. */
CANDOR_MUST_USE enum candor_status webkey_file_read(struct job *job, struct arena *owner,
                                                    struct str path, struct webkey_signer **signer);
void webkey_public(const struct webkey_signer *signer, uint8_t x[WEBKEY_COORDINATE_LEN],
                   uint8_t y[WEBKEY_COORDINATE_LEN]);
/* RFC 6979: the same message has the same signature, so that a weak source of randomness gives
 * nothing away. CANDOR_IO: the library refused. */
CANDOR_MUST_USE enum candor_status webkey_sign(struct job *job, const struct webkey_signer *signer,
                                               struct bytes message,
                                               uint8_t signature[WEBKEY_SIGNATURE_LEN]);

#endif
