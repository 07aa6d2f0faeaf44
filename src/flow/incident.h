/*
 * incident.h - what the files of the register of incidents share.
 */
#ifndef CANDOR_FLOW_INCIDENT_H
#define CANDOR_FLOW_INCIDENT_H

#include "staff.h"

#define INCIDENT_NOTES_MAX 1000
#define INCIDENT_TEXT_MAX 2000

enum risk { RISK_UNKNOWN, RISK_NONE, RISK_SOME, RISK_HIGH, RISKS };

struct incident_note {
    int64_t time;
    struct str author;
    struct str text;
};

/* Times of 0: not yet, or not known. */
struct incident {
    struct str number; /* 32 hex digits */
    struct str title;
    struct str opened_by;
    int64_t aware; /* the 72 hours begin */
    int64_t from;
    int64_t until;
    struct str operator_name; /* empty: nobody's looks */
    struct str campaign;      /* empty: no hand-over */
    struct str recipient;     /* empty: no disclosures */
    unsigned exposed;         /* bits of enum exposed */
    struct str measures;
    enum risk risk;
    int64_t authority_told;
    int64_t people_told;
    int64_t closed;
    struct str close_reason;
    unsigned level; /* the clock's last step that is on the ledger */
    struct incident_note *note;
    size_t note_count;
};

/* Whom it concerns, counted now. */
struct affected {
    uint64_t people;
    uint64_t by_access;     /* looked at */
    uint64_t by_campaign;   /* in the hand-over */
    uint64_t by_disclosure; /* given to the recipient */
    uint64_t by_exposure;   /* readable with what got out */
    uint64_t looks;
    struct subject *subject; /* all of them, once each */
};

const char *risk_name(enum risk risk);
bool risk_read(struct str text, enum risk *risk);
/* Must they be told? GDPR Articles 33(1), 34(1), 34(3)(a). An unjudged risk is a risk. */
bool incident_tells_authority(const struct incident *incident);
bool incident_tells_people(const struct incident *incident);
/* The authority is to be told, and was not within 72 hours, or is not yet and they are over. */
bool incident_is_told_late(const struct incident *incident, int64_t now);

CANDOR_MUST_USE enum candor_status incident_put(struct job *job, struct txn *txn,
                                                const struct incident *incident);
CANDOR_MUST_USE enum candor_status incident_get(struct job *job, struct txn *txn, struct str number,
                                                struct incident *incident);
/* incident.c: written and on the ledger; not committed yet. */
CANDOR_MUST_USE enum candor_status incident_keep(struct job *job, struct candor *candor,
                                                 struct txn *txn, const struct incident *incident,
                                                 enum ledger_action action,
                                                 enum ledger_outcome outcome, uint64_t *index);
bool incident_clock_runs(const struct incident *incident);
/* incident_show.c */
void incident_members(struct job *job, struct json *json, const struct incident *incident);
/* incident_people.c: whom to tell, into a file. Reading their names is a look at each of them. */
CANDOR_MUST_USE enum candor_status incident_write_people(struct job *job, struct candor *candor,
                                                         struct txn *txn,
                                                         const struct incident *incident,
                                                         const struct affected *affected,
                                                         const char *path);
CANDOR_MUST_USE enum candor_status incident_affected(struct job *job, struct candor *candor,
                                                     struct txn *txn,
                                                     const struct incident *incident,
                                                     struct affected *affected);

#endif
