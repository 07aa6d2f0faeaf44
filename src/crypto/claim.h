/*
 * claim.h - another door of the crypto room: who signs claims of C2PA, and whether one did.
 *
 *   claim.c       checking: COSE's algorithms (RFC 9053) over GnuTLS, chains, the profile
 *   claim_sign.c  signing
 *   claim_make.c  certificates of our own: a root and one that signs
 *
 * Signatures have COSE's form: r and s, of one length each, not DER. A certificate that signs claims is
 * for digital signatures, is no authority, and says that it is for claims (c2pa-kp-claimSigning), for
 * e-mail or for documents: C2PA 2.2, section 14.5.
 */
#ifndef CANDOR_CRYPTO_CLAIM_H
#define CANDOR_CRYPTO_CLAIM_H

#include "crypto.h"
#include "webkey.h"

#define CLAIM_CHAIN_MAX 8
#define CLAIM_SIGNATURE_MAX 1024
#define CLAIM_DIGEST_MAX 64

/* ---- claim_sign.c -------------------------------------------------------------------------- */

struct claim_signer;

/*
 * A key and its certificates from files: pem has the one that signs, then those that vouch for it, and
 * need not have the root. As certificate_read: CANDOR_BAD_INPUT, CANDOR_FORBIDDEN, CANDOR_NOT_FOUND.
 */
CANDOR_MUST_USE enum candor_status claim_signer_read(struct job *job, struct str pem,
                                                     struct str key_path,
                                                     struct claim_signer **signer);
/* A key of ours with its certificate. CANDOR_BAD_INPUT: it is another key's. */
CANDOR_MUST_USE enum candor_status claim_signer_own(struct job *job,
                                                    const struct webkey_signer *key,
                                                    struct bytes certificate,
                                                    struct claim_signer **signer);
int64_t claim_algorithm(const struct claim_signer *signer); /* of COSE: -7 is ES256 */
size_t claim_signature_len(const struct claim_signer *signer);
const struct bytes *claim_chain(const struct claim_signer *signer, size_t *count); /* DER */
/* CANDOR_IO: the library did not sign. */
CANDOR_MUST_USE enum candor_status claim_sign(struct job *job, const struct claim_signer *signer,
                                              struct bytes message, struct bytes *signature);

/* ---- claim.c ------------------------------------------------------------------------------- */

bool claim_algorithm_is_known(int64_t algorithm);
/* The certificate's key signed the message. */
bool claim_holds(struct bytes certificate, int64_t algorithm, struct bytes message,
                 struct bytes signature);

struct claim_credential {
    struct str name; /* of the subject: its organisation or common name */
    struct str issuer;
    int64_t from; /* microseconds UTC */
    int64_t until;
    const char *fault; /* why it may not sign claims; NULL: it may */
    bool is_in_time;
    bool is_linked; /* each is vouched for by the next */
    bool is_trusted;
};

/*
 * The certificates of a signature, the first one's first; roots: PEM, or empty: nobody is trusted.
 * CANDOR_BAD_INPUT: the roots cannot be read.
 */
CANDOR_MUST_USE enum candor_status claim_credential_of(struct job *job, const struct bytes *chain,
                                                       size_t count, struct str roots,
                                                       struct claim_credential *credential);
/* "sha256", "sha384", "sha512"; 0: none of them. */
size_t claim_digest(struct str algorithm, struct bytes bytes, uint8_t digest[CLAIM_DIGEST_MAX]);

/* ---- claim_make.c -------------------------------------------------------------------------- */

/* Whom a certificate is for. */
struct claim_subject {
    const struct webkey_signer *key;
    struct str organisation;
    unsigned days; /* from now */
};

/*
 * A certificate for a key of ours: DER. issuer: the root's key, and its certificate; NULL: it is a root
 * itself. CANDOR_IO: the library refused.
 */
CANDOR_MUST_USE enum candor_status claim_certificate(struct job *job,
                                                     const struct claim_subject *subject,
                                                     const struct webkey_signer *issuer,
                                                     struct bytes issuer_certificate,
                                                     struct bytes *certificate);
struct str claim_pem(struct job *job, struct bytes certificate);
/* CANDOR_CORRUPT: it is no certificate. */
CANDOR_MUST_USE enum candor_status claim_from_pem(struct job *job, struct str pem,
                                                  struct bytes *certificate);

#endif
