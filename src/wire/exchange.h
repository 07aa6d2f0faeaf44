/*
 * exchange.h - the third door of the wire room: rights requests that machines send each other.
 *
 *   drp.c       Data Rights Protocol 1.0: signed messages of a consumer's agent
 *   opendsr.c   OpenDSR 2.0: requests of a data controller
 *
 * Both readers are strict where a mistake would act on the wrong person or twice, and leave alone
 * what they do not know, as the protocols say. Signatures are checked by the caller, who has keys.
 */
#ifndef CANDOR_WIRE_EXCHANGE_H
#define CANDOR_WIRE_EXCHANGE_H

#include "base.h"

/* ---- drp.c --------------------------------------------------------------------------------- */

#define DRP_BODY_MAX 65536
#define DRP_SIGNATURE_LEN 64
#define DRP_WINDOW_MAX (INT64_C(600) * MICROS_PER_SECOND) /* section 2.01: ten minutes */

/* A message is base64 of an Ed25519 signature and what it signs. Views into the arena. */
struct drp_message {
    uint8_t signature[DRP_SIGNATURE_LEN];
    struct bytes content;
};

/* False: no base64, or too short for a signature. */
bool drp_open(struct arena *arena, struct str body, struct drp_message *message);

enum drp_exercise {
    DRP_ACCESS, /* also access:categories and access:specific */
    DRP_DELETION,
    DRP_SALE_OPT_OUT,
    DRP_SALE_OPT_IN,
};

struct drp_request {
    struct str agent_id;
    struct str business_id;
    struct str agent_request_id; /* empty: none */
    struct str version;
    struct str regime; /* empty: voluntary */
    int64_t issued_at;
    int64_t expires_at;
    bool has_exercise; /* not in the set-up of a key */
    enum drp_exercise exercise;
    struct str email; /* empty: none */
    bool email_verified;
    struct str phone;
    bool phone_verified;
    bool address_verified;
    struct str status_callback; /* empty: none; where it points to is the caller's business */
};

/*
 * Read a message's content, after its signature was found good. with_exercise: a request, else the
 * set-up of a key. CANDOR_BAD_INPUT.
 */
CANDOR_MUST_USE enum candor_status drp_read(struct job *job, struct bytes content,
                                            bool with_exercise, struct drp_request *request);
/* The checks of section 3.07 in their order, but for the signature. CANDOR_FORBIDDEN: another agent or
 * business; CANDOR_REFUSED: issued in the future, expired, or valid for longer than ten minutes. */
CANDOR_MUST_USE enum candor_status drp_check(struct job *job, const struct drp_request *request,
                                             struct str agent_id, struct str business_id,
                                             int64_t now);

/* ---- opendsr.c ----------------------------------------------------------------------------- */

enum opendsr_kind { OPENDSR_ERASURE, OPENDSR_ACCESS, OPENDSR_PORTABILITY };

struct opendsr_request {
    struct str regulation; /* "gdpr", "ccpa" */
    struct str id;         /* a UUID, version 4 */
    enum opendsr_kind kind;
    int64_t submitted;
    struct str identity[8]; /* raw values of e-mail, phone and customer numbers */
    size_t identity_count;
    struct str callback[4]; /* where they point to is the caller's business */
    size_t callback_count;
};

/* CANDOR_BAD_INPUT; an identity that is only a hash is refused: whom it is cannot be told. */
CANDOR_MUST_USE enum candor_status opendsr_read(struct job *job, struct bytes body,
                                                struct opendsr_request *request);
const char *opendsr_kind_name(enum opendsr_kind kind); /* "erasure" */

#endif
