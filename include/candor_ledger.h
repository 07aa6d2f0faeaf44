/*
 * candor_ledger.h - the ledger for outsiders: witnesses, tiles, roll-backs.
 *
 *   witnessing   a home sends its checkpoints to witnesses and keeps their signatures
 *   witnesses    whoever watches ledgers of others, with no home
 *   tiles        the ledger in pieces that never change
 *   about        the entries about one request, incident, review
 *
 * A witness keeps of each ledger the checkpoint that it signed last, and signs a next one only with a
 * proof that it continues that one. Two companies that witness each other, or a regulator's laptop,
 * make it impossible to put a ledger back or to show two of them without being seen.
 */
#ifndef CANDOR_LEDGER_PUBLIC_H
#define CANDOR_LEDGER_PUBLIC_H

#include "candor.h"
#include "candor_outgoing.h" /* struct candor_post */

#ifdef __cplusplus
extern "C" {
#endif

/* ---- witnessing ---------------------------------------------------------------------------- */

/*
 * Ask the witnesses of candor.yaml (ledger: witnesses) for their signatures on the latest checkpoint.
 * which: a witness's name or address; NULL: all that have an address. Signatures are kept beside the
 * checkpoint and in HOME/witnessed. Nothing waits for a witness: decisions go on meanwhile.
 *
 * *refused counts witnesses that did not sign. One that has seen another ledger than this one says
 * so in the report ("rolled_back", "forked"): then somebody put the ledger back, or shows two.
 *
 * CANDOR_NOT_FOUND  no such witness in candor.yaml
 */
CANDOR_CHECK enum candor_status candor_ledger_witness(struct job *job, struct candor *candor,
                                                      const char *which,
                                                      const struct candor_post *post,
                                                      size_t *refused, struct candor_text *report);
/* The same by hand: what to send to the one named, and taking in what came back. */
CANDOR_CHECK enum candor_status candor_ledger_witness_request(struct job *job,
                                                              struct candor *candor,
                                                              const char *which,
                                                              struct candor_text *request);
/* CANDOR_CORRUPT: the answer is not the witness's signature on our latest checkpoint. */
CANDOR_CHECK enum candor_status candor_ledger_witness_answer(struct job *job, struct candor *candor,
                                                             const char *which, const char *answer,
                                                             struct candor_text *report);
/* The seconds between two rounds of asking, as candor.yaml has it; 0: there is nobody to ask. */
CANDOR_API unsigned candor_ledger_witness_every(const struct candor *candor);

/* A proof file against the latest checkpoint that a witness signed. CANDOR_NOT_FOUND: no witness has
 * signed one that covers the entry yet. */
CANDOR_CHECK enum candor_status candor_ledger_prove_witnessed(struct job *job,
                                                              struct candor *candor, uint64_t index,
                                                              struct candor_text *proof);

/*
 * Open a home whose data were put back from a copy, and say so on the ledger, with the reason. When
 * entries were lost that a witness had signed, candor_open refuses the home until this is done; what
 * the witnesses had signed is kept as it was, in HOME/witnessed, and named in the entry.
 */
CANDOR_CHECK enum candor_status candor_ledger_restored(struct job *job, const char *dir,
                                                       const char *operator_name,
                                                       const char *reason,
                                                       struct candor_text *report);

/* ---- tiles --------------------------------------------------------------------------------- */

/* The bytes of one tile or bundle of entries, C2SP tlog-tiles; path is what follows "tile/".
 * CANDOR_NOT_FOUND: there is none of that name. */
CANDOR_CHECK enum candor_status candor_ledger_tile(struct job *job, struct candor *candor,
                                                   const char *path, struct candor_text *tile);

/* ---- about --------------------------------------------------------------------------------- */

/*
 * The entries about what has this number of 32 hex digits (a request, an incident, a review, an act that
 * waits), from this instant or day on: {"entries":[{"index","action","outcome","time"}],"whole"}. whole is
 * false when the ledger is so long that the search was stopped. Needs the act "ledger.read".
 *
 * CANDOR_BAD_INPUT  the number or the time cannot be read
 */
CANDOR_CHECK enum candor_status candor_ledger_about(struct job *job, struct candor *candor,
                                                    const char *number, const char *since,
                                                    struct candor_text *report);

/* ---- witnesses ----------------------------------------------------------------------------- */

struct candor_witness;

/* Make a witness in dir: its key and an empty list of ledgers. CANDOR_EXISTS. */
CANDOR_CHECK enum candor_status candor_witness_init(struct job *job, const char *dir,
                                                    const char *name, struct candor_text *report);
/* Locked until it is closed. CANDOR_NOT_FOUND, CANDOR_BUSY, CANDOR_CORRUPT, CANDOR_FORBIDDEN. */
CANDOR_CHECK enum candor_status candor_witness_open(struct job *job, const char *dir,
                                                    struct candor_witness **witness);
CANDOR_API void candor_witness_close(struct candor_witness *witness); /* NULL is fine */
/* Watch the ledger of this verifier key (the line in its home's ledger.pub). CANDOR_EXISTS. */
CANDOR_CHECK enum candor_status candor_witness_add(struct job *job, struct candor_witness *witness,
                                                   const char *verifier_key,
                                                   struct candor_text *report);
CANDOR_CHECK enum candor_status candor_witness_list(struct job *job, struct candor_witness *witness,
                                                    struct candor_text *report);
/* Begin anew with a ledger that was put back by agreement. What was signed before is kept beside,
 * with the reason, and listed for ever. CANDOR_NOT_FOUND. */
CANDOR_CHECK enum candor_status candor_witness_forget(struct job *job,
                                                      struct candor_witness *witness,
                                                      const char *origin, const char *reason,
                                                      struct candor_text *report);

struct candor_witness_answer {
    unsigned code; /* 200, 400, 403, 404, 409, 422: C2SP tlog-witness */
    const char *content_type;
    struct candor_text body;
};

/* Answer POST add-checkpoint: durable before it is answered. Safe from several threads. */
CANDOR_CHECK enum candor_status candor_witness_take(struct job *job, struct candor_witness *witness,
                                                    struct candor_text request,
                                                    struct candor_witness_answer *answer);

#ifdef __cplusplus
}
#endif

#endif
