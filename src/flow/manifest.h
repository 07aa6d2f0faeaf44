/*
 * manifest.h - C2PA manifests in content: made, and checked.
 *
 *   manifest_key.c     who signs: a certificate of the company, or one of the home's own
 *   manifest_add.c     a manifest into content that a machine wrote
 *   manifest_check.c   the one in a text, checked without a home and without the network
 *   manifest_report.c  what the check found, as an answer
 */
#ifndef CANDOR_FLOW_MANIFEST_H
#define CANDOR_FLOW_MANIFEST_H

#include "c2pa.h"
#include "claim.h"
#include "contents.h"

/* candor.yaml's section `c2pa`. */
struct c2pa_config {
    bool is_always;         /* with every mark */
    struct str certificate; /* files of the company; empty: the home's own */
    struct str key;
    struct str organisation; /* in the home's own certificates */
};

/* ---- manifest_key.c ------------------------------------------------------------------------ */

CANDOR_MUST_USE enum candor_status config_c2pa(struct job *job, const struct value *root,
                                               struct candor *candor);
/* Who signs; the home's own keys and certificates are made when they are first needed. No transaction
 * is open. */
CANDOR_MUST_USE enum candor_status manifest_signer(struct job *job, struct candor *candor,
                                                   struct claim_signer **signer);

/* ---- manifest_add.c ------------------------------------------------------------------------ */

/*
 * Into content->text, where it was asked for; where it is only the rule, what cannot have one or has one
 * stays as it is.
 *
 * CANDOR_BAD_INPUT  people wrote it, or its kind of file has no place for a manifest
 * CANDOR_REFUSED    there is one
 * CANDOR_TOO_LARGE
 */
CANDOR_MUST_USE enum candor_status manifest_add(struct job *job, struct candor *candor,
                                                struct content *content, bool is_asked);

/* The content's text with a manifest; its file has a place for one, and none stands there. */
CANDOR_MUST_USE enum candor_status manifest_put(struct job *job, const struct claim_signer *signer,
                                                const struct content *content, struct str *marked);

/* ---- manifest_check.c ---------------------------------------------------------------------- */

enum manifest_check {
    MANIFEST_ONE,         /* there is one, not two */
    MANIFEST_WHOLE,       /* it can be read out of the text */
    MANIFEST_STRUCTURE,   /* boxes, claim, signature */
    MANIFEST_ALGORITHMS,  /* are known */
    MANIFEST_ASSERTIONS,  /* are those of the claim, byte for byte */
    MANIFEST_SIGNATURE,   /* is that of the first certificate over the claim */
    MANIFEST_CERTIFICATE, /* may sign claims, and is vouched for by the next */
    MANIFEST_TIME,        /* of the certificates holds now */
    MANIFEST_PLACE,       /* exactly the manifest is left out of the hash */
    MANIFEST_BYTES,       /* of the text are those that were signed */
    MANIFEST_ACTIONS,     /* begin with how it came to be */
    MANIFEST_CHECKS
};

struct manifest_verdict {
    enum c2pa_found found;
    struct c2pa_carried carried;
    struct c2pa_manifest manifest;
    struct claim_credential credential;
    const struct cbor *actions; /* the list; NULL: there is none */
    bool holds[MANIFEST_CHECKS];
    const char *why; /* of structure and certificate, in words; or NULL */
    bool is_sound;   /* all of them */
    bool is_quiet;   /* and there is nothing in it but words, numbers, keys: nothing hides in it */
};

/* roots: PEM, or empty. CANDOR_BAD_INPUT: they cannot be read. */
CANDOR_MUST_USE enum candor_status manifest_check(struct job *job, struct str text,
                                                  struct str roots,
                                                  struct manifest_verdict *verdict);
/* Nothing in it claims more than holds: no manifest at all is fine. */
bool manifest_is_fine(struct job *job, struct str text);
/* The form of the one in it, or the empty text. */
struct str manifest_form(struct job *job, struct str text);
const char *manifest_check_name(enum manifest_check check);
const char *manifest_check_code(const struct manifest_verdict *verdict, enum manifest_check check);
const char *manifest_check_sentence(enum manifest_check check);
/* The first that does not hold; MANIFEST_CHECKS: all do. */
enum manifest_check manifest_broken(const struct manifest_verdict *verdict);

#endif
