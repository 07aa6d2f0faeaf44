/*
 * signals.h - consent strings and signals: a door of the corridor of its own.
 *
 *   signals.c         strings without a home: decode, check
 *   signals_config.c  the section `signals` of candor.yaml: what a signal means for a purpose
 *   signals_read.c    the signals of a request as evidence about a purpose
 *   signals_weigh.c   evidence and records together
 *   signals_out.c     what a subject chose, in other systems' words
 *   unsubscribe.c     one-click unsubscribe
 */
#ifndef CANDOR_FLOW_SIGNALS_H
#define CANDOR_FLOW_SIGNALS_H

#include "flow.h"
#include "precedence.h"
#include "web.h"
#include "wire.h"

/* ---- signals_config.c ---------------------------------------------------------------------- */

#define TRACK_NAMES_MAX 16

/* What the signals of others mean for one purpose. All zero: nothing is said about it. */
struct signal_map {
    uint32_t tcf;              /* bit i - 1: TCF purpose i; all of them are needed */
    uint32_t special_features; /* of TCF, all of them */
    uint32_t consent_mode;     /* bit s: enum mode_signal s, all of them */
    uint32_t sensitive;        /* bit i - 1: category i of GPP's sensitive data */
    bool sale;                 /* it is a sale, sharing, or targeting across contexts: an opt-out */
    bool sharing;              /* of that forbids it */
    bool targeting;
    struct str track[TRACK_NAMES_MAX]; /* categories of context.consent, all of them */
    size_t track_count;
};

struct signal_config {
    bool is_there; /* candor.yaml has the section */
    bool gpc_by_law_only;
    uint32_t vendor; /* ours in the TCF vendor list; 0: none */
    uint32_t vendor_list_version;
    uint32_t cmp_id; /* as a consent platform in IAB Europe's list; 0: not in it */
    struct tcf_declaration declared;
    struct str jurisdiction; /* of requests that name none */
    struct str public_url;   /* where people reach this server; empty: no unsubscribe links */
    struct signal_map map[PURPOSES_MAX];
};

CANDOR_MUST_USE enum candor_status config_signals(struct job *job,
                                                  const struct inventory *inventory,
                                                  const struct value *root,
                                                  const struct signal_config **config);

/* ---- signals_read.c ------------------------------------------------------------------------ */

#define EVIDENCE_MAX (GPP_SECTIONS_MAX * 4 + 8) /* a section says four things at most */

/* The signals of one request, read once for all purposes. */
struct request_signals;

/* CANDOR_BAD_INPUT: not an object of this shape, or signals nobody has said the meaning of. */
CANDOR_MUST_USE enum candor_status signals_read(struct job *job, const struct candor *candor,
                                                const struct candor_signals *given,
                                                struct request_signals **signals);
size_t signals_evidence(struct job *job, const struct candor *candor,
                        const struct request_signals *signals,
                        const struct permit_question *question,
                        struct evidence evidence[EVIDENCE_MAX]);
struct str signals_jurisdiction(const struct request_signals *signals);
/* Those of a tracking message: the header Sec-GPC and its context.consent, which may be NULL. */
struct request_signals *signals_of_track(struct job *job, const struct candor *candor, bool gpc,
                                         const struct track_consent *consent);

/* ---- signals_weigh.c ----------------------------------------------------------------------- */

/* What records and signals say together about a purpose on a channel. */
CANDOR_MUST_USE enum candor_status signals_ruling(struct job *job, struct candor *candor,
                                                  struct txn *txn, const struct view_entry *entry,
                                                  const struct request_signals *signals,
                                                  const struct permit_question *question,
                                                  struct ruling *ruling);
/* The same, of records that were read before, and of a state that is good now. */
struct ruling signals_ruling_of(struct job *job, const struct candor *candor,
                                const struct consent_state *state,
                                const struct consent_record *record, size_t record_count,
                                const struct request_signals *signals,
                                const struct permit_question *question);
/* Does a browser that says Sec-GPC alone forbid this, where no request names a place? */
bool signals_gpc_forbids(const struct candor *candor, const struct permit_question *question);
/* "Their browser asks not to be followed (rule 3)." */
struct str signals_sentence(struct job *job, const struct ruling *ruling);

/* ---- unsubscribe.c ------------------------------------------------------------------------- */

/* The header's value for one message; empty without a public_url. */
CANDOR_MUST_USE enum candor_status unsubscribe_link(struct job *job, struct candor *candor,
                                                    struct subject subject, size_t purpose,
                                                    size_t channel, struct str *link);

/* ---- signals_out.c ------------------------------------------------------------------------- */

/* What a page's __tcfapi and __gpp answer, as members of the open map: "tcf" with its numbers, "gpp",
 * "gpp_sid", "usp". gpc: their browser says so. */
void signals_put_strings(struct job *job, struct json *json, const struct candor *candor,
                         const struct view_entry *entry, bool gpc);

#endif
