/*
 * recipient.h - the second door of the record room: to whom data goes, and what purposes are called
 * elsewhere.
 *
 *   schema_recipient.c  `recipients` in candor.yaml; look-ups
 *   dpv.c               terms of the Data Privacy Vocabulary, W3C DPV 2.3
 *
 * A recipient is someone else, by name. A *disclosure* is a purpose for which data may go to a
 * recipient: the pairs that candor.yaml lists, and no others.
 */
#ifndef CANDOR_RECORD_RECIPIENT_H
#define CANDOR_RECORD_RECIPIENT_H

#include "record.h"

/* ---- schema_recipient.c -------------------------------------------------------------------- */

#define RECIPIENTS_MAX 64 /* with ourselves */
#define DISCLOSURES_MAX 32
#define OURSELVES 0 /* the recipient that is nobody else */

/* GDPR Articles 4(7), 26, 28. A processor acts for us under our purposes; the others have their own,
 * so that consent to them names them. */
enum recipient_role { RECIPIENT_CONTROLLER, RECIPIENT_JOINT_CONTROLLER, RECIPIENT_PROCESSOR };

/* What a transfer out of the EEA rests on, GDPR Articles 45, 46, 47, 49. */
enum transfer {
    TRANSFER_NONE,
    TRANSFER_ADEQUACY,
    TRANSFER_CLAUSES,
    TRANSFER_RULES,
    TRANSFER_CONSENT
};

struct recipient {
    struct str name;     /* first: recipients are a catalogue */
    struct str title;    /* for people; defaults to the name */
    struct str contract; /* its date, number or address */
    struct str country;  /* ISO 3166-1 alpha-2 */
    struct str contact;
    struct str webhook;     /* where it is told of recalls; empty: by hand */
    int64_t contract_until; /* nothing goes to them from then on; 0: it has no end */
    enum recipient_role role;
    enum transfer transfer;
    uint64_t purposes;
};

struct disclosure {
    size_t purpose;
    size_t recipient;
};

/* NONE: there is no such recipient, or no such pair. */
size_t inventory_recipient(const struct inventory *inventory, struct str name);
size_t inventory_disclosure(const struct inventory *inventory, size_t purpose, size_t recipient);
const char *recipient_role_name(enum recipient_role role); /* "processor" */
const char *transfer_name(enum transfer transfer);         /* "standard_clauses" */
bool country_is_in_eea(struct str country);

/* ---- dpv.c --------------------------------------------------------------------------------- */

/* What is asked separately, because people say yes to one and no to another. */
enum purpose_kind {
    KIND_OTHER,
    KIND_RECEIVING,
    KIND_MEASURING_OPENS, /* CNIL deliberation 2026-042: a consent of its own */
    KIND_PROFILING,
    KIND_TRAINING,
    KIND_SHARING,
    KIND_AUTOMATED_DECISION,
    PURPOSE_KINDS,
};

struct dpv_term {
    struct str name; /* first: terms are a catalogue */
    enum purpose_kind kind;
};

const struct dpv_term *dpv_terms(size_t *count);
/* Bit k: one of the purpose's terms is of kind k; KIND_OTHER does not count. */
unsigned purpose_kinds(const struct purpose *purpose);
const char *purpose_kind_name(enum purpose_kind kind); /* "measuring opens" */

#endif
