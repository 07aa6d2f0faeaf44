/*
 * jwt.h - the fourth door of the wire room: JSON Web Tokens, and what the IAB Data Deletion Request
 * Framework 1.0 puts into them.
 *
 *   jwt.c        the compact form of a signed token (RFC 7515, 7519), read and written
 *   deletion.c   idJWT, rqJWT and acJWT
 *
 * Only ES256 and RS256 can be said here: a token that names another algorithm, none among them, is no
 * token. The key is the caller's choice, by issuer and key id; what a header brings along (jwk, jku,
 * x5c) is never looked at. Signatures are checked by the caller, who has keys.
 */
#ifndef CANDOR_WIRE_JWT_H
#define CANDOR_WIRE_JWT_H

#include "base.h"

struct value;

/* ---- jwt.c --------------------------------------------------------------------------------- */

#define JWT_LEN_MAX ((size_t)24 << 10) /* a token within a token within a token fits */

enum jwt_algorithm { JWT_ES256, JWT_RS256 };

struct jwt {
    enum jwt_algorithm algorithm;
    struct str key_id;  /* empty: none */
    struct str content; /* what is signed: header and claims as they came */
    struct bytes signature;
    const struct value *claims; /* a map; not to be believed before the signature holds */
};

/* CANDOR_BAD_INPUT: no three parts of base64url, other algorithms, extensions that must be understood
 * (crit), a key twice, too deep; CANDOR_TOO_LARGE. */
CANDOR_MUST_USE enum candor_status jwt_read(struct job *job, struct str token, struct jwt *jwt);

/* What is to be signed with ES256, of claims that are JSON; then the token. */
struct str jwt_content(struct arena *arena, struct str key_id, struct str claims);
struct str jwt_token(struct arena *arena, struct str content, struct bytes signature);

/* A claim that is an instant (NumericDate, RFC 7519 section 2), in microseconds. false: not there.
 * CANDOR_BAD_INPUT: no number, or no instant from 1970 to 9999. */
CANDOR_MUST_USE enum candor_status jwt_time(struct job *job, const struct value *claims,
                                            const char *key, bool *is_there, int64_t *time);

/* ---- deletion.c ---------------------------------------------------------------------------- */

/* raResultCode. */
enum deletion_code {
    DELETION_ACCEPTED = 0,
    DELETION_MALFORMED = 1,
    DELETION_BAD_SIGNATURE = 2,
    DELETION_BAD_TOKEN = 3,
    DELETION_UNKNOWN_TYPE = 4,
    DELETION_BAD_FORMAT = 5,
    DELETION_BAD_TIME = 6,
};

#define DELETION_CLOCK_SKEW (INT64_C(300) * MICROS_PER_SECOND)
#define DELETION_REQUEST_AGE_MAX (INT64_C(7) * MICROS_PER_DAY)   /* senders try for some days */
#define DELETION_IDENTITY_AGE_MAX (INT64_C(45) * MICROS_PER_DAY) /* and it travels a chain */

/* What idJWT and rqJWT have in common. */
struct deletion_claims {
    struct str version;
    struct str token_id; /* jti */
    struct str issuer;   /* a domain */
    struct str value;    /* of sub */
    struct str type;
    struct str format;
    int64_t issued;
    struct str inner; /* of an rqJWT: the idJWT; else empty */
};

/* The rqJWT in a request's body, which is the token alone or {"rqJWT": TOKEN}; likewise acJWT. */
CANDOR_MUST_USE enum candor_status deletion_unwrap(struct job *job, struct str body,
                                                   const char *name, struct str *token);
/* is_request: an rqJWT, else an idJWT. CANDOR_BAD_INPUT. */
CANDOR_MUST_USE enum candor_status deletion_read(struct job *job, const struct jwt *jwt,
                                                 bool is_request, struct deletion_claims *claims);
/*
 * The instants, and for whom it is when it says so: iat, exp, nbf, aud. *code on failure.
 *
 * CANDOR_REFUSED  from the future, older than age_max, expired, not yet valid
 * CANDOR_FORBIDDEN  for somebody else
 */
CANDOR_MUST_USE enum candor_status deletion_check(struct job *job, const struct jwt *jwt,
                                                  const struct deletion_claims *claims,
                                                  struct str domain, int64_t age_max, int64_t now,
                                                  enum deletion_code *code);

/* A domain name in small letters, as iss has it. */
bool is_domain(struct str text);

struct acknowledgement_claims {
    struct str request; /* the rqJWT that it answers */
    struct str issuer;
    struct str token_id;
    int64_t code;
};
CANDOR_MUST_USE enum candor_status deletion_read_answer(struct job *job, const struct jwt *jwt,
                                                        struct acknowledgement_claims *claims);

/* Claims as JSON. issuer, token_id and issued are those of the one who writes. */
struct str deletion_write(struct arena *arena, const struct deletion_claims *claims);
struct str deletion_write_answer(struct arena *arena, const struct deletion_claims *self,
                                 struct str request, enum deletion_code code, struct str why);

#endif
