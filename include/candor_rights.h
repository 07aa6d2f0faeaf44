/*
 * candor_rights.h - a chapter of the public door: rights requests with clocks, and their execution.
 *
 * A request is opened, acknowledged, proven, answered or refused; every step is on the ledger, and
 * no clock expires unseen. Rights that need no proof (opting out, restriction, no automated
 * decision) are in force when the request is opened. Requests hold no personal data; notes and
 * reasons must not either.
 *
 * candor.h includes this header.
 */
#ifndef CANDOR_RIGHTS_PUBLIC_H
#define CANDOR_RIGHTS_PUBLIC_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is asked. NULL where there is nothing to say. */
struct candor_request_ask {
    const char *identifier;
    const char *right;        /* "access", "erasure" ...: candor_request_jurisdictions lists them */
    const char *jurisdiction; /* "eu", "us-ca"; NULL: that of candor.yaml, or eu */
    const char *argument;     /* a purpose to object to, a decision's index on the ledger */
    const char *source;       /* how it came: "operator", "api", "drp" */
    const char *reference;    /* theirs for it */
    bool suppress;            /* of an erasure: keep a mark so that nobody contacts them again */
    bool unacknowledged;      /* the receipt is not given now: it has a clock of its own */
};

/* Opens, and executes what needs no proof. Somebody who is not known gets a request too: that
 * nothing is held is an answer. CANDOR_BAD_INPUT: no such right there. */
CANDOR_CHECK enum candor_status candor_request_open(struct job *job, struct candor *candor,
                                                    const struct candor_request_ask *ask,
                                                    struct candor_text *report);
/* state: "open", "all", or the name of a state; NULL: open. Late ones first. */
CANDOR_CHECK enum candor_status candor_request_list(struct job *job, struct candor *candor,
                                                    const char *state, struct candor_text *report);
CANDOR_CHECK enum candor_status candor_request_show(struct job *job, struct candor *candor,
                                                    const char *id, struct candor_text *report);
/*
 * One step: "acknowledge", "ask_proof", "prove", "start", "pause", "resume", "extend", "refuse",
 * "cancel" or "appeal". code: of prove the level, of refuse the reason. note: the reason, where the
 * law wants one. CANDOR_REFUSED: not in this state; the message says why.
 */
CANDOR_CHECK enum candor_status candor_request_step(struct job *job, struct candor *candor,
                                                    const char *id, const char *step,
                                                    const char *code, const char *note,
                                                    struct candor_text *report);

struct candor_request_answer {
    const char *field; /* of a rectification */
    const char *value;
    const char *path; /* of access and portability: the ZIP to write; NULL: only in the report */
    const char *note;
};
/* Execute the right and close the request, in one transaction. */
CANDOR_CHECK enum candor_status candor_request_answer(struct job *job, struct candor *candor,
                                                      const char *id,
                                                      const struct candor_request_answer *answer,
                                                      struct candor_text *report);
/* The copy of a request of access or portability that was answered, as one ZIP: to hand over what the
 * answer promised. CANDOR_REFUSED: of another right, or not answered; CANDOR_NOT_FOUND: they are gone. */
CANDOR_CHECK enum candor_status candor_request_copy(struct job *job, struct candor *candor,
                                                    const char *id, struct candor_text *zip);
/* Put escalations on record; *findings counts open requests at 50 % or beyond. */
CANDOR_CHECK enum candor_status candor_request_due(struct job *job, struct candor *candor,
                                                   size_t *findings, struct candor_text *report);
/* The table of clocks, as `jurisdictions` in candor.yaml would have it. */
CANDOR_CHECK enum candor_status candor_request_jurisdictions(struct job *job, struct candor *candor,
                                                             struct candor_text *report);
/* Erase everybody whom a file names, an identifier a line, with one change of the root. Unknown ones
 * are counted. Nothing happens when a line is no identifier. */
CANDOR_CHECK enum candor_status candor_request_erase_batch(struct job *job, struct candor *candor,
                                                           const char *path, bool suppress,
                                                           struct candor_text *report);

/* The machine-readable copy as one ZIP: JSON, CSV and a readable page, with a signed list of what is
 * in it. portable: only what they gave and what was observed, GDPR Article 20. */
CANDOR_CHECK enum candor_status candor_subject_package(struct job *job, struct candor *candor,
                                                       const char *identifier, bool portable,
                                                       struct candor_text *zip);

/* In which language a decision is explained: what is asked for, else the subject's own setting (subjects:
 * language in candor.yaml), else what a browser accepts, else the home's. Spoken are en, de, fr, es and it. */
struct candor_languages {
    const char *asked;    /* "de"; or NULL */
    const char *accepted; /* a header Accept-Language; or NULL */
};

/*
 * A past decision, computed again from its record and the model that made it: *same says whether bit
 * for bit. index is the ledger's. "explanation" has its reasons in the language (languages NULL: the home's),
 * each with the table cells that it was made of, and where a score was too low what would have turned it:
 * the cheapest changes, each scored again, or the certificate that there is none.
 *
 * CANDOR_BAD_INPUT  asked for a language that is not spoken
 */
CANDOR_CHECK enum candor_status candor_subject_decision(struct job *job, struct candor *candor,
                                                        const char *identifier, uint64_t index,
                                                        const struct candor_languages *languages,
                                                        bool *same, struct candor_text *report);

/* The queue of decisions that wait for a person. id NULL: of list, all that are open. */
CANDOR_CHECK enum candor_status candor_review_list(struct job *job, struct candor *candor,
                                                   struct candor_text *report);
/* One of them with the decision that it is about: reasons, what weighed how much, computed again. Who it
 * is about is not in it, yet it is a look at them: their access log says so. CANDOR_NOT_FOUND. */
CANDOR_CHECK enum candor_status candor_review_show(struct job *job, struct candor *candor,
                                                   const char *id, struct candor_text *report);
/* verdict: "send" or "withhold"; the operator's own reason is required. */
CANDOR_CHECK enum candor_status candor_review_decide(struct job *job, struct candor *candor,
                                                     const char *id, const char *verdict,
                                                     const char *reason,
                                                     struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
