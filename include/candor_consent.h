/*
 * candor_consent.h - the consent chapter of candor.h: choices in full, confirmation, receipts, the
 * fence. Include candor.h, which includes this.
 *
 * A permit is asked for a subject, a purpose, a channel and a recipient. Names are those of
 * candor.yaml; NULL or empty means every channel, and nobody else than the company itself.
 */
#ifndef CANDOR_CONSENT_H
#define CANDOR_CONSENT_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What somebody said. All but identifier, purpose and decision may be NULL. */
struct candor_choice {
    const char *identifier;
    const char *purpose;
    const char *channel;
    const char *recipient;
    const char *decision; /* as candor_consent, and "defer", "revoke", "invalidate" */
    const char *actor;    /* "person", "guardian", "agent", "operator"; NULL: person */
    const char *language; /* of the wording that was shown; NULL: the purpose's own */
    const char *surface;
    const char *proof;
    const char *ui_evidence; /* how the notice looked: candor_ui_evidence_text; NULL: not known */
    bool gpc;                /* it came from a browser that says Sec-GPC: 1 */
    bool despite_gpc;        /* they were told of it, and mean their yes to sale or sharing */
};

/*
 * How the notice looked on which somebody chose, so that it can be shown later that a no was as easy
 * as a yes. It holds nothing about the person: other words than these are refused. All are needed.
 */
struct candor_ui_evidence {
    const char *notice;   /* SHA-256 of the notice as everybody sees it, 64 hexadecimal digits */
    const char *buttons;  /* in their order: "refuse/accept/settings"; of refuse, accept, settings,
                             save, close, each at most once */
    const char *sizes;    /* of the buttons: "equal", "different" */
    const char *defaults; /* boxes before anybody touched them: "off", "on" (at least one), "none"
                             (there were no boxes) */
    const char *locale;   /* of the notice: "de", "de-AT", "zh-Hant-TW" */
    const char *screen;   /* "phone", "tablet", "desktop" */
};

/* As the text that a choice takes, a file of consents and the API too: "notice=HEX
 * buttons=refuse/accept sizes=equal defaults=off locale=de screen=phone". The job owns it.
 * CANDOR_BAD_INPUT: the message says which part, and what it may be. */
CANDOR_CHECK enum candor_status candor_ui_evidence_text(struct job *job,
                                                        const struct candor_ui_evidence *evidence,
                                                        const char **text);

/*
 * Record it. Durable and effective when it returns. A yes to a purpose with double opt-in is only
 * requested: the report holds the token that confirms it, which is shown once.
 *
 * CANDOR_REFUSED  a child's own yes, or one of somebody whose age is not known: a guardian must
 *                 agree; a yes to boxes that were ticked beforehand
 */
CANDOR_CHECK enum candor_status candor_choose(struct job *job, struct candor *candor,
                                              const struct candor_choice *choice,
                                              struct candor_text *report);
/* A yes that waits, by its token. Twice is once. CANDOR_NOT_FOUND: no such token; CANDOR_REFUSED: too
 * late, or they said no since. */
CANDOR_CHECK enum candor_status candor_consent_confirm(struct job *job, struct candor *candor,
                                                       const char *token,
                                                       struct candor_text *report);

/* candor_permit with a recipient. */
CANDOR_CHECK enum candor_status candor_permit_for(struct job *job, struct candor *candor,
                                                  const struct candor_choice *question,
                                                  bool *allowed, const char **code);

/* candor_subject_consents has every purpose, channel and recipient: state, since when, which words,
 * until when, when they may be asked again. */

/* May the subject be asked for a yes to this now? The report says why, and from when. */
CANDOR_CHECK enum candor_status candor_may_ask(struct job *job, struct candor *candor,
                                               const struct candor_choice *question, bool *may,
                                               struct candor_text *report);

/*
 * The receipt of one record, after ISO/IEC TS 27560: number as in the list of consents, from 1; 0:
 * the latest of the purpose (NULL: of all). page, if not NULL, is the same to print. The file's
 * format: docs/receipts.md.
 *
 * CANDOR_NOT_FOUND  there is no such record, or it is older than receipts
 */
CANDOR_CHECK enum candor_status candor_receipt(struct job *job, struct candor *candor,
                                               const char *identifier, const char *purpose,
                                               uint64_t number, struct candor_text *receipt,
                                               struct candor_text *page);
/* Check a receipt with nothing but the verifier key (the text of ledger.pub). *sound says whether it
 * is what the home signed and put on its ledger; the report says what is not. CANDOR_BAD_INPUT: it is
 * no receipt. */
CANDOR_CHECK enum candor_status candor_receipt_verify(struct job *job, const char *receipt,
                                                      size_t receipt_len, const char *key,
                                                      bool *sound, struct candor_text *report);

/*
 * Hand over what was decided: the last question before a message leaves. The permit is asked again,
 * and what was decided before the subject said no is refused, even if they said yes since. decision
 * is the decision's id (32 hexadecimal digits). The report has the offer and, where the campaign
 * names a field for it, the address. A decision is handed over once.
 *
 * CANDOR_NOT_FOUND  no such decision of this subject
 * CANDOR_REFUSED    not any more; the message begins with the code: "withdrawn: ..."
 * CANDOR_EXISTS     handed over already
 */
CANDOR_CHECK enum candor_status candor_handoff(struct job *job, struct candor *candor,
                                               const char *identifier, const char *decision,
                                               struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
