/*
 * deletion.h - the IAB Data Deletion Request Framework 1.0, inside the flow room only.
 *
 *   config_deletion.c  rights: deletion of candor.yaml: who we are there, and our partners with their keys
 *   deletion_token.c   tokens believed and tokens signed
 *   deletion.c         what partners send us: an rqJWT becomes a rights request
 *   deletion_send.c    what we send partners: an erasure told on
 */
#ifndef CANDOR_FLOW_DELETION_H
#define CANDOR_FLOW_DELETION_H

#include "flow.h"
#include "jwt.h"
#include "outgoing.h"
#include "webkey.h"

#define PARTNER_KEYS_MAX 8
#define OWN_KEYS_MAX 4

struct partner_key {
    struct str id;
    enum webkey_algorithm algorithm;
    struct webkey *key;
};

struct partner {
    struct str domain; /* iss of what they sign */
    struct partner_key key[PARTNER_KEYS_MAX];
    size_t key_count;
    struct str endpoint;  /* where they are told of deletions; empty: they are not */
    struct str recipient; /* who they are among `recipients` */
    struct str type;      /* what they call the pseudonyms that they got from us */
};

struct deletion_config {
    struct str domain;               /* ours */
    struct str endpoint;             /* where others post */
    struct str key_id[OWN_KEYS_MAX]; /* the first signs, all are published */
    size_t key_count;
    struct partner *partner;
    size_t partner_count;
};

/* ---- config_deletion.c --------------------------------------------------------------------- */

/* deletion NULL: the section is not there, and *config is NULL. */
CANDOR_MUST_USE enum candor_status config_deletion(struct job *job,
                                                   const struct inventory *inventory,
                                                   const struct value *deletion,
                                                   const struct deletion_config **config);
const struct partner *partner_find(const struct deletion_config *config, struct str domain);

/* ---- deletion_token.c ---------------------------------------------------------------------- */

/* The token of a partner: read, its signature held against the key that it names. *code on failure. */
CANDOR_MUST_USE enum candor_status token_believe(struct job *job,
                                                 const struct deletion_config *config,
                                                 struct str token, struct jwt *jwt,
                                                 const struct partner **partner,
                                                 enum deletion_code *code);
/* Our keys: those that are not there yet are made, which is on the ledger: in the transaction, or (NULL)
 * in one of its own. */
CANDOR_MUST_USE enum candor_status own_keys_make(struct job *job, struct candor *candor,
                                                 struct txn *txn);
CANDOR_MUST_USE enum candor_status own_key(struct job *job, const struct candor *candor,
                                           struct str id, struct webkey_signer **signer);
/* version, jti, iss and iat of what we write. */
CANDOR_MUST_USE enum candor_status token_self(struct job *job, const struct candor *candor,
                                              struct deletion_claims *self);
CANDOR_MUST_USE enum candor_status token_sign(struct job *job, const struct candor *candor,
                                              struct str claims, struct str *token);

/* ---- deletion.c ---------------------------------------------------------------------------- */

/* The idJWT with which a partner asked for this subject's deletion; empty: none did, or it is old. */
CANDOR_MUST_USE enum candor_status deletion_asked(struct job *job, struct txn *txn,
                                                  struct subject subject, struct str *id_token);
CANDOR_MUST_USE enum candor_status deletion_forget(struct job *job, struct txn *txn,
                                                   struct subject subject);

/* ---- deletion_send.c ----------------------------------------------------------------------- */

/* A recall of an erasure: the recipient, if a partner, is asked to delete too. */
CANDOR_MUST_USE enum candor_status deletion_pass_on(struct job *job, struct candor *candor,
                                                    struct txn *txn, struct subject subject,
                                                    struct str recipient, struct bytes pseudonym,
                                                    const uint8_t recall[16]);
/* What a partner answered to it. */
CANDOR_MUST_USE enum candor_status deletion_answered(struct job *job, struct candor *candor,
                                                     struct txn *txn,
                                                     const struct outgoing *message,
                                                     struct str answer, bool *is_taken,
                                                     bool *is_refused);

/* ---- seen.c -------------------------------------------------------------------------------- */

/* A message is taken once: remember its name until then. CANDOR_REFUSED: it was taken before. What has
 * passed its time is forgotten. */
CANDOR_MUST_USE enum candor_status seen_once(struct job *job, struct txn *txn, struct lit kind,
                                             struct str name, int64_t until);

#endif
