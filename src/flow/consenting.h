/*
 * consenting.h - inside the flow room: all about what subjects agreed to.
 *
 *   consent.c       changes; confirm.c yeses that wait for their confirmation
 *   choice_evidence.c  how the notice looked
 *   permits.c       the answers, quick
 *   standing.c      what stands for one subject; the grid; may they be asked again
 *   children.c      `children` in candor.yaml, and who may be one
 *   controller.c    `controller` in candor.yaml: who answers for the data
 *   receipt.c       receipts made; receiptpage.c printed; receiptcheck.c checked, with no home
 *   handoff.c       the fence at the door: what was decided, handed over or refused
 *   auditconsent.c  what the policy glues together
 */
#ifndef CANDOR_FLOW_CONSENTING_H
#define CANDOR_FLOW_CONSENTING_H

#include "flow.h"

/* ---- standing.c ---------------------------------------------------------------------------- */

/* All that is known of a subject's consents, at the job's instant. */
struct standing {
    struct consent_record *record;
    size_t record_count;
    struct consent_age age;
    struct consent_state state;
    struct consent_why why;
};
CANDOR_MUST_USE enum candor_status standing_of(struct job *job, struct candor *candor,
                                               struct txn *txn, struct subject subject,
                                               struct standing *standing);
/* "restricted", "purposes" (the grid) and "consents" (the records), as members of the open map. */
void standing_json(struct job *job, struct json *json, const struct candor *candor,
                   const struct standing *standing, struct subject subject);
/* The record that decided; NULL: none. */
const struct consent_record *standing_record(const struct candor *candor,
                                             const struct standing *standing,
                                             const struct permit_question *question);

/* ---- consent.c, confirm.c, choice_evidence.c ----------------------------------------------- */

/* The names of a choice; the subject is looked up by the caller. An empty channel is NONE. */
CANDOR_MUST_USE enum candor_status choice_question(struct job *job, const struct candor *candor,
                                                   const struct candor_choice *choice,
                                                   struct permit_question *question);
/* A recipient that goes with the purpose; share:RECIPIENT names its own, which is OURSELVES here. */
CANDOR_MUST_USE enum candor_status choice_recipient(struct job *job, const struct candor *candor,
                                                    const char *name, size_t purpose,
                                                    size_t *recipient);
/* What came with a choice as evidence; empty: nothing did. CANDOR_BAD_INPUT; CANDOR_REFUSED: a yes to
 * boxes that were ticked beforehand. */
CANDOR_MUST_USE enum candor_status choice_evidence(struct job *job, const char *text,
                                                   enum consent_decision decision,
                                                   struct str *taken);
/* consent.c: a choice as the record that it makes; then whether this subject may say so, and until when
 * it holds. *token: of a yes that waits for its confirmation. */
CANDOR_MUST_USE enum candor_status choice_read(struct job *job, const struct candor *candor,
                                               const struct candor_choice *choice,
                                               struct consent_record *record);
CANDOR_MUST_USE enum candor_status choice_allow(struct job *job, struct candor *candor,
                                                struct txn *txn, struct subject subject,
                                                struct consent_record *record, struct str *token);
/* consent.c: a record with its entry, committed, and the subject's facts dropped: what the answer
 * says of it is in force. */
CANDOR_MUST_USE enum candor_status consent_commit(struct job *job, struct candor *candor,
                                                  struct txn *txn, struct subject subject,
                                                  struct consent_record *record);
void consent_members(struct job *job, struct json *json, const struct candor *candor,
                     const struct consent_record *record);

#define TOKEN_LEN 20

/* A token that finds the subject and says nothing of them; its digest goes into the record. */
CANDOR_MUST_USE enum candor_status token_make(struct job *job, struct candor *candor,
                                              struct subject subject, struct str *token,
                                              struct bytes *digest);

/* ---- children.c ---------------------------------------------------------------------------- */

#define AGE_SAFE 16 /* where no law is known: GDPR Article 8(1) */

struct children {
    bool is_asked;
    size_t purpose; /* under which the age may be looked at */
    size_t birth;   /* field */
    size_t country; /* field; NONE: default_country */
    struct str default_country;
    bool unknown_is_adult;
};
CANDOR_MUST_USE enum candor_status children_read(struct job *job, const struct inventory *inventory,
                                                 const struct value *root,
                                                 struct children *children);
/* of is the state without regard to age, from which the permit to look comes. */
CANDOR_MUST_USE enum candor_status children_age(struct job *job, struct candor *candor,
                                                struct txn *txn, struct subject subject,
                                                const struct consent_state *of,
                                                struct consent_age *age);

/* ---- controller.c -------------------------------------------------------------------------- */

/* Who answers for the data: what receipts and notices must name. All may be empty. */
struct controller {
    struct str name;
    struct str address;
    struct str contact;
    struct str url;
    struct str jurisdiction;
    struct str storage;
    struct str withdrawal;
    struct str authority;
    struct str officer; /* data protection officer */
};
CANDOR_MUST_USE enum candor_status controller_read(struct job *job, struct str home_name,
                                                   const struct value *root,
                                                   struct controller *controller);
/* Whom to ask about data protection, from whichever section names them: controller, governance, people.
 * Empty: nobody is named. */
struct str controller_officer(const struct candor *candor);

/* ---- receipt.c, receiptpage.c, receiptcheck.c ---------------------------------------------- */

#define RECEIPT_FORMAT "candor-consent-receipt-v1"
#define RECEIPT_LEN_MAX ((size_t)1 << 20)

/* The bytes that are signed: the document without its member `signature`, as RFC 8785 writes it. */
struct bytes receipt_signed_bytes(struct job *job, const struct value *document);
/* A map that was written, with a last member `signature` over the format and it; and the map, read. */
CANDOR_MUST_USE enum candor_status sign_document(struct job *job, const struct candor *candor,
                                                 struct lit format, struct bytes written,
                                                 struct candor_text *signed_text,
                                                 const struct value **document);
struct str receipt_page(struct job *job, const struct value *document);

/* ---- auditconsent.c ------------------------------------------------------------------------ */

/* "consent": purposes that glue together, recipients without an entry, what receipts lack. */
void audit_consent(struct job *job, const struct candor *candor, struct json *json,
                   size_t *findings);

#endif
