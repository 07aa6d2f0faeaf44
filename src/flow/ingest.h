/*
 * ingest.h - an import in progress: shared by ingest.c, ingest_people.c and ingest_known.c.
 */
#ifndef CANDOR_FLOW_INGEST_H
#define CANDOR_FLOW_INGEST_H

#include "source.h"

/* A step has STEP_ROWS rows; while others wait for the home it has fewer, and never less than STEP_LEAST. */
enum { STEP_ROWS = 4096, STEP_LEAST = 128 };

struct measured;
struct quarantine;

/* What the three kinds share. */
struct importing {
    struct candor *candor;
    struct source *source;
    struct import_report *report;
    struct arena *step; /* what the rows of one step hold; ends with it */
    bool dry_run;
    const char *doing; /* "importing events": for who listens */
    bool may_yield;    /* between steps others may come in */
    size_t in_step;    /* rows of the step that changed something */
    size_t since;      /* rows since others could come in */
    size_t step_rows;  /* of the next step, when nobody waits */
    uint64_t rows_expected;
    uint64_t rows_before; /* done by an import that was interrupted */
    struct str key;       /* of these rows among all imports; empty: it is not kept */
    bool is_finished;
    struct measured *measured;     /* how good the rows are */
    struct quarantine *quarantine; /* where bad ones go; NULL: nowhere */
    uint32_t fresh_days;           /* within which events should arrive; 0: whenever */
    uint64_t notice_asked;         /* bit p: whether purpose p's notice holds was asked */
    uint64_t notice_holds;         /* and the answer */
};

/* ingest.c: end a step with its entry on the ledger, durable. */
CANDOR_MUST_USE enum candor_status ingest_step(struct job *job, struct importing *importing,
                                               struct txn *txn);
/* Have they waited long enough who wait, or the step grown large enough? */
bool ingest_step_is_full(const struct importing *importing);
/* Let others in, and say how far it has come, outside of the home. What was not committed is rolled back. */
void ingest_let_in(struct job *job, struct importing *importing);
const char *ingest_fault_sentence(const char *fault); /* of a row that is not well formed */
bool ingest_identifier_is_fine(struct str identifier);

/* A row that was rejected goes into quarantine, unless it is there already. */
void ingest_rejected(struct job *job, struct importing *importing, const struct source_row *row);
/* One that was accepted leaves it. */
CANDOR_MUST_USE enum candor_status ingest_accepted(struct job *job, struct txn *txn, bool is_held,
                                                   uint32_t slot);

/* ingest_people.c. target holds SOURCE_TARGETS_MAX. */
size_t ingest_subject_targets(struct job *job, const struct inventory *inventory,
                              const char **target);
CANDOR_MUST_USE enum candor_status ingest_subjects(struct job *job, struct importing *importing);

/* ingest_known.c: events and consents, rows about subjects who are known. */
size_t ingest_event_targets(struct job *job, const struct inventory *inventory,
                            const char **target);
size_t ingest_consent_targets(struct job *job, const struct inventory *inventory,
                              const char **target);
CANDOR_MUST_USE enum candor_status ingest_known(struct job *job, struct importing *importing,
                                                bool is_event, const char *const *target,
                                                size_t target_count);

#endif
