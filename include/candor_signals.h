/*
 * candor_signals.h - the signals chapter of candor.h: consent strings of other systems, what they allow,
 * and what counts when they and a person's own records differ. Include candor.h, which includes this.
 *
 * Strings are IAB Europe TCF (2.0 to 2.3), IAB GPP with all its sections, and US Privacy. A string that
 * could be read in two ways is refused: CANDOR_BAD_INPUT, and the message has the reason's code.
 */
#ifndef CANDOR_SIGNALS_H
#define CANDOR_SIGNALS_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- strings, without a home --------------------------------------------------------------- */

/* kind: "tcf", "gpp", "usp", or NULL: found by how the string begins. The report has every field. */
CANDOR_CHECK enum candor_status candor_signal_decode(struct job *job, const char *text,
                                                     const char *kind, struct candor_text *report);

/* May a vendor do this, by a TC string and what the vendor registered in the vendor list? Lists are
 * numbers with commas ("1,2,7"); NULL or empty is none. One of the three questions is not 0. */
struct candor_vendor_question {
    uint32_t vendor;
    uint32_t purpose;
    uint32_t special_purpose;
    uint32_t special_feature;
    const char *purposes; /* declared on consent */
    const char *legint;   /* declared on legitimate interest */
    const char *flexible;
    const char *special_purposes;
    const char *special_features;
    const char *at; /* RFC 3339: also ask whether the string is in force then; NULL: do not */
};

/* {"allowed", "reason"}; a GPP string with a section of TCF Europe will do too. */
CANDOR_CHECK enum candor_status candor_signal_check(struct job *job, const char *text,
                                                    const struct candor_vendor_question *question,
                                                    bool *allowed, struct candor_text *report);

/* ---- signals of a request ------------------------------------------------------------------ */

/*
 * signals is a JSON object with any of
 *
 *     "tcf", "gpp", "usp"   strings; one that cannot be read is a no
 *     "gpp_sid"             the ids of the sections in force; [] or [-1]: none; without it: all
 *     "gpc"                 true, false, 1 or 0
 *     "gpc_since"           RFC 3339: since when the browser says so; the request without
 *     "consent_mode"        {"ad_user_data": "granted" | "denied", ...}
 *     "track"               the `context` of a tracking event, with its consent
 *     "jurisdiction"        "DE", "US-CA"; that of candor.yaml without
 *
 * What each means for a purpose stands in the section `signals` of candor.yaml; without it signals that
 * come are refused, but for gpc, which forbids sharing. gpc says that the header Sec-GPC was 1.
 */
struct candor_signals {
    const char *json; /* NULL: none */
    bool gpc;
};

/* May this purpose be served, on this channel or to this recipient, by the person's records and these signals together? {"allowed", "code",
 * "rule", "by", "signal", "detail", "overruled"}. To a recipient is sharing: an opt-out of sale or
 * sharing forbids it, whatever candor.yaml says of the purpose. */
CANDOR_CHECK enum candor_status candor_permit_signals(struct job *job, struct candor *candor,
                                                      const struct candor_choice *question,
                                                      const struct candor_signals *signals,
                                                      struct candor_text *report);

/* What a subject chose, in other systems' words: TCF, GPP, US Privacy, Consent Mode. On the ledger. */
CANDOR_CHECK enum candor_status candor_subject_signals(struct job *job, struct candor *candor,
                                                       const char *identifier,
                                                       struct candor_text *report);

/* The support statement of Global Privacy Control, for /.well-known/gpc.json. */
CANDOR_CHECK enum candor_status candor_gpc_statement(struct job *job, struct candor *candor,
                                                     struct candor_text *report);

/* ---- one-click unsubscribe, RFC 8058 ------------------------------------------------------- */

/* Whether a token is one of ours and names somebody we know. Changes nothing. CANDOR_NOT_FOUND. */
CANDOR_CHECK enum candor_status candor_unsubscribe_look(struct job *job, struct candor *candor,
                                                        const char *token,
                                                        struct candor_text *report);
/* Withdraw or object, in force when it returns. body and content_type are those of the POST.
 * CANDOR_BAD_INPUT: not a one-click POST; CANDOR_NOT_FOUND: no such token, or nobody any more. */
CANDOR_CHECK enum candor_status candor_unsubscribe(struct job *job, struct candor *candor,
                                                   const char *token, const char *content_type,
                                                   const char *body, size_t body_len,
                                                   struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
