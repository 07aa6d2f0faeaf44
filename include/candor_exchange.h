/*
 * candor_exchange.h - a chapter of the public door: rights requests that machines send.
 *
 * Data Rights Protocol 1.0: agents named in candor.yaml (rights: agents) set up a token with a signed
 * message, then send signed requests under it. OpenDSR 2.0: a data controller with an API key. What
 * they ask for becomes a rights request like any other (candor_rights.h): with clocks, on the ledger,
 * answered by people; opting out is in force when the call returns. Data Deletion Request Framework 1.0
 * of the IAB: partners whose keys stand in candor.yaml (rights: deletion) ask for deletions, and are told
 * of ours (candor_outgoing.h).
 *
 * candor.h includes this header.
 */
#ifndef CANDOR_EXCHANGE_PUBLIC_H
#define CANDOR_EXCHANGE_PUBLIC_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* POST /v1/agent/{agent-id}: the answer has the token. CANDOR_FORBIDDEN: no such agent, or the
 * signature is not theirs. */
CANDOR_CHECK enum candor_status candor_drp_agent(struct job *job, struct candor *candor,
                                                 const char *agent, const char *body,
                                                 struct candor_text *report);
/* GET: is the token still the agent's? */
CANDOR_CHECK enum candor_status candor_drp_agent_check(struct job *job, struct candor *candor,
                                                       const char *agent, const char *token,
                                                       struct candor_text *report);
/* CANDOR_FORBIDDEN: token, signature, agent or business; CANDOR_REFUSED: too old, too early, seen
 * before; CANDOR_BAD_INPUT. */
CANDOR_CHECK enum candor_status candor_drp_exercise(struct job *job, struct candor *candor,
                                                    const char *token, const char *body,
                                                    struct candor_text *report);
CANDOR_CHECK enum candor_status candor_drp_status(struct job *job, struct candor *candor,
                                                  const char *token, const char *id,
                                                  struct candor_text *report);
/* body NULL: the token alone; else it is signed like the rest. */
CANDOR_CHECK enum candor_status candor_drp_revoke(struct job *job, struct candor *candor,
                                                  const char *token, const char *id,
                                                  const char *body, struct candor_text *report);

CANDOR_CHECK enum candor_status candor_opendsr_discovery(struct job *job, struct candor *candor,
                                                         struct candor_text *report);
/* CANDOR_EXISTS: a request of this id came before. */
CANDOR_CHECK enum candor_status candor_opendsr_request(struct job *job, struct candor *candor,
                                                       const char *body,
                                                       struct candor_text *report);
CANDOR_CHECK enum candor_status candor_opendsr_status(struct job *job, struct candor *candor,
                                                      const char *id, struct candor_text *report);
/* While it is pending. */
CANDOR_CHECK enum candor_status candor_opendsr_cancel(struct job *job, struct candor *candor,
                                                      const char *id, struct candor_text *report);

/* base64 of the signature of our certificate over the body of an answer; *domain NULL: candor.yaml has no
 * `rights: opendsr`. CANDOR_BAD_INPUT: certificate and key cannot be used. */
CANDOR_CHECK enum candor_status candor_opendsr_sign(struct job *job, struct candor *candor,
                                                    const struct candor_text *body,
                                                    const char **domain,
                                                    struct candor_text *signature);
/* The certificate and those that vouch for it, PEM. CANDOR_NOT_FOUND: there is none. */
CANDOR_CHECK enum candor_status candor_opendsr_certificate(struct job *job, struct candor *candor,
                                                           struct candor_text *report);

/* dsrdelete.json. CANDOR_NOT_FOUND: candor.yaml has no `rights: deletion`. */
CANDOR_CHECK enum candor_status candor_deletion_discovery(struct job *job, struct candor *candor,
                                                          struct candor_text *report);
/*
 * An rqJWT of a partner, alone or as {"rqJWT": ...}. The report is {"acJWT": ...}, signed, also of a
 * refusal: CANDOR_BAD_INPUT, CANDOR_TOO_LARGE, CANDOR_FORBIDDEN (no key of a partner; for somebody
 * else), CANDOR_REFUSED (time; taken before). Of other failures it is empty: come again.
 */
CANDOR_CHECK enum candor_status candor_deletion_request(struct job *job, struct candor *candor,
                                                        const char *body,
                                                        struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
