/*
 * store.h - the door of the store room: what is kept.
 *
 *   store.c     transactions; the second lock
 *   open.c      making and opening the files of a home
 *   lookups.c   from a name to a subject: the blind index; adding subjects
 *   people.c    profiles, events, consents, contacts, decisions; the first lock
 *   journal.c   decisions, as they come
 *   access.c    who looked at them
 *   give.c      events that pass from one subject to another
 *   rows.c      the tables they are in, which are alike
 *   drawers.c   the sets of purposes under which values are sealed
 *   vault.c     sealing and opening values with their subject's key
 *   erase.c     erasure, and finishing one that a crash interrupted
 *   expire.c    deleting what is past its time
 *   quarantine.c  rows of imports that broke a rule
 *   seen.c      which messages of the tracking API came already; waitset.c: those not in their table yet
 *   document.c  the home's own named documents: models, plans, operators
 *   leaves.c    shelves for the ledger room
 *   shelf.c     the key tree's blocks, in keys.db
 *   meta.c      the few numbers that a home keeps about itself
 *   backend.h   the few verbs a database must have; sqlite.c has them over SQLite
 *   schema.c    the tables and every statement
 *
 * Two locks. No read without a permit: a subject's data is handed out only against a permit that
 * names the subject, and only the drawers whose purposes it covers. No commit without an account:
 * store_commit refuses a changed transaction that has no ledger entry.
 *
 * Files of a home: data.db (ciphertext and the ledger), keys/keys.db (wrapped keys and the blind
 * index: never part of a data backup), keys/root.key (the one erasable root).
 *
 * Data is sealed before the database sees it. What stands in plain: slots and random ids of
 * subjects, how many rows of which kind each has, names of purposes and kinds of documents, the
 * ledger (commitments) and the schema version.
 *
 * Everywhere: CANDOR_IO (the disk is full, fails or may not be written: of the transaction nothing
 * will be kept), CANDOR_CORRUPT (damaged or tampered with), CANDOR_NO_MEMORY. A subject that is
 * unknown or erased is CANDOR_NOT_FOUND; one whose id and slot do not belong together,
 * CANDOR_REFUSED.
 *
 * The room opens base, crypto, record and govern.
 */
#ifndef CANDOR_STORE_H
#define CANDOR_STORE_H

#include "base.h"
#include "crypto.h"
#include "record.h"

#define STORE_SCHEMA_VERSION 6
#define IDENTIFIER_LEN_MAX 256

struct store;
struct txn;

/* Of govern.h, which the ledger room, standing on this door, does not open. */
struct subject;
struct permit;
struct consent_record;

/* ---- store.c ------------------------------------------------------------------------------- */

/*
 * Make the files of a fresh store in dir, or open those that are there. The store, its files and
 * its lock live as long as owner. The inventory must live as long; store_use_inventory replaces it
 * when the configuration is read again. Opening finishes erasures that a crash interrupted.
 *
 * CANDOR_NOT_FOUND  a file is missing; only store_create makes one
 * CANDOR_BUSY       another process has the home open
 * CANDOR_FORBIDDEN  others may read the root key
 * CANDOR_CORRUPT    damaged, a newer schema, or keys of another home
 * CANDOR_IO         missing permissions, a read-only or full disk
 */
CANDOR_MUST_USE enum candor_status store_create(struct job *job, struct arena *owner,
                                                struct str dir, const struct inventory *inventory,
                                                struct store **store);
CANDOR_MUST_USE enum candor_status store_open(struct job *job, struct arena *owner, struct str dir,
                                              const struct inventory *inventory,
                                              struct store **store);
/* Only the ledger's leaves, nodes and checkpoints, read-only, with no keys and no lock: while the
 * home is open elsewhere, and where nothing may be written. */
CANDOR_MUST_USE enum candor_status store_open_public(struct job *job, struct arena *owner,
                                                     struct str dir, struct store **store);
void store_use_inventory(struct store *store, const struct inventory *inventory);

/*
 * One transaction at a time: begin waits for the store's mutex. It belongs to the job that began it,
 * and ends with it, rolled back unless committed. store_commit is durable when it returns.
 *
 * CANDOR_REFUSED  (commit) something was changed and there is no ledger entry; it is still open.
 *                 After any other failure it is rolled back and over.
 */
CANDOR_MUST_USE enum candor_status store_begin(struct job *job, struct store *store,
                                               struct txn **txn);
CANDOR_MUST_USE enum candor_status store_commit(struct job *job, struct txn *txn);
void store_roll_back(struct txn *txn);

/* How often data was handed out, for the test of the first lock. */
struct store_counts {
    uint64_t profile_reads;
    uint64_t event_reads;
    uint64_t permits_refused; /* reads that came with a permit for someone or something else */
};
struct store_counts store_counts(const struct store *store);

/* Seals and tags that other rooms keep in their own rows: the ledger's subject tag key. */
CANDOR_MUST_USE enum candor_status store_tag_key(struct job *job, struct txn *txn,
                                                 struct subject subject, struct secret **key);
/* A secret of the home (never leaves memory), derived for one named use of 8 characters. */
CANDOR_MUST_USE enum candor_status store_home_secret(struct job *job, struct store *store,
                                                     const char context[8], struct secret **secret);

/* ---- people.c ------------------------------------------------------------------------------ */

/* By identifier or by a look-up, through the keyed blind index: without white space around, and
 * without regard to case when it holds an @. CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status store_find(struct job *job, struct txn *txn,
                                              struct str identifier, struct subject *subject);

/*
 * Make count subjects, each with a key of its own. Keys and blind index entries are durable before
 * this returns; they mean nothing until the transaction commits. The identifiers must be new.
 *
 * CANDOR_BAD_INPUT  an identifier is no UTF-8 text of 1 .. IDENTIFIER_LEN_MAX bytes
 * CANDOR_EXISTS     an identifier is known already, or is in the batch twice (index in the message)
 * CANDOR_TOO_LARGE  KEYRING_SLOTS_MAX subjects were made
 */
CANDOR_MUST_USE enum candor_status store_add_subjects(struct job *job, struct txn *txn,
                                                      const struct str *identifier, size_t count,
                                                      struct subject *subject);
/* Add a look-up[i] (an e-mail address) for subject[i]; all or none. One that another subject has:
 * CANDOR_EXISTS; one that the subject has: fine. As subjects, durable at once and meant with the
 * commit, so hand over many at a time. */
CANDOR_MUST_USE enum candor_status store_add_lookups(struct job *job, struct txn *txn,
                                                     const struct subject *subject,
                                                     const struct str *lookup, size_t count);

/* When it no longer belongs to the subject. CANDOR_NOT_FOUND: it is not theirs, or is what they
 * are identified by. */
CANDOR_MUST_USE enum candor_status store_remove_lookup(struct job *job, struct txn *txn,
                                                       struct subject subject, struct str lookup);

CANDOR_MUST_USE enum candor_status store_subject_count(struct job *job, struct txn *txn,
                                                       uint64_t *count);
/* The subject in a slot. CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status store_subject_at(struct job *job, struct txn *txn, uint64_t slot,
                                                    struct subject *subject);
/* Walk all subjects by slot: start with *cursor = 0; CANDOR_NOT_FOUND at the end. */
CANDOR_MUST_USE enum candor_status store_next_subject(struct job *job, struct txn *txn,
                                                      uint64_t *cursor, struct subject *subject);

/* The identifier as it was imported, needed to hand over or to show: only against a permit. */
CANDOR_MUST_USE enum candor_status store_identifier(struct job *job, struct txn *txn,
                                                    const struct permit *permit,
                                                    struct str *identifier);

/* Replaces the whole profile, which is of the store's inventory. */
CANDOR_MUST_USE enum candor_status store_put_profile(struct job *job, struct txn *txn,
                                                     struct subject subject,
                                                     const struct profile *profile);
/* The fields that the permit's purposes cover, both now and when they were stored: a field that got
 * one more purpose is not open for it until it is stored again. Nothing there: all missing.
 * CANDOR_CORRUPT: a value was moved or changed. */
CANDOR_MUST_USE enum candor_status store_profile(struct job *job, struct txn *txn,
                                                 const struct permit *permit,
                                                 struct profile *profile);

CANDOR_MUST_USE enum candor_status store_add_event(struct job *job, struct txn *txn,
                                                   struct subject subject,
                                                   const struct event *event);
/* The same, open for no more than these purposes of its kind, of which there is at least one. */
CANDOR_MUST_USE enum candor_status store_add_event_for(struct job *job, struct txn *txn,
                                                       struct subject subject,
                                                       const struct event *event,
                                                       uint64_t purposes);
/*
 * Give copies of the permit's subject's events to another, each for those of its purposes that are
 * in `purposes`; those that have none of them are left out, and so are all after the first
 * count_max. *count: how many were given.
 */
CANDOR_MUST_USE enum candor_status store_give_events(struct job *job, struct txn *txn,
                                                     const struct permit *permit,
                                                     struct subject target, uint64_t purposes,
                                                     size_t count_max, size_t *count);
/* Events whose kind the permit covers, oldest first; in the job's arena. */
CANDOR_MUST_USE enum candor_status store_events(struct job *job, struct txn *txn,
                                                const struct permit *permit, struct event **event,
                                                size_t *event_count);

CANDOR_MUST_USE enum candor_status store_add_consent(struct job *job, struct txn *txn,
                                                     struct subject subject,
                                                     const struct consent_record *record);
/* All records. Needs no permit: permits are made from them. */
CANDOR_MUST_USE enum candor_status store_consents(struct job *job, struct txn *txn,
                                                  struct subject subject,
                                                  struct consent_record **record,
                                                  size_t *record_count);
/* The payload of the subject's last record; empty: there is none. */
CANDOR_MUST_USE enum candor_status store_last_consent(struct job *job, struct txn *txn,
                                                      struct subject subject,
                                                      struct bytes *payload);

/* A message handed over, for frequency caps, outcomes and the subject's own list. */
struct contact {
    int64_t time;
    size_t channel; /* NONE: the inventory no longer has it */
    struct str campaign;
    struct str offer;
    uint64_t ledger_index;
};
CANDOR_MUST_USE enum candor_status store_add_contact(struct job *job, struct txn *txn,
                                                     struct subject subject,
                                                     const struct contact *contact);
/* Like consents, contacts are kept to protect the subject and need no permit. */
CANDOR_MUST_USE enum candor_status store_contacts(struct job *job, struct txn *txn,
                                                  struct subject subject, struct contact **contact,
                                                  size_t *contact_count);

/* A decision's sealed account: the payload (with the salt of its commitment) under its own id. */
struct decision_record {
    uint8_t id[16];
    uint64_t ledger_index;
    struct bytes payload;
};
CANDOR_MUST_USE enum candor_status store_add_decision(struct job *job, struct txn *txn,
                                                      struct subject subject,
                                                      const struct decision_record *decision);
/* In the order in which they came. CANDOR_REFUSED: the permit is neither for a subject's right nor for
 * DUTY_ACCURACY. */
CANDOR_MUST_USE enum candor_status store_decisions(struct job *job, struct txn *txn,
                                                   const struct permit *permit,
                                                   struct decision_record **decision,
                                                   size_t *decision_count);

/* ---- access.c ------------------------------------------------------------------------------ */

/* A look at a subject's data by one of the company's own people, for the subject to see. */
struct access {
    int64_t time;
    struct str who;   /* the operator */
    struct str roles; /* theirs then: "privacy, owner" */
    struct str what;  /* "subject.show" */
    struct str why;   /* in the operator's words; may be empty */
    uint64_t ledger_index;
};
/* Within the transaction of the look itself. */
CANDOR_MUST_USE enum candor_status store_add_access(struct job *job, struct txn *txn,
                                                    struct subject subject,
                                                    const struct access *access);
/* All, oldest first. Like consents, they are kept to protect the subject and need no permit. */
CANDOR_MUST_USE enum candor_status store_accesses(struct job *job, struct txn *txn,
                                                  struct subject subject, struct access **access,
                                                  size_t *access_count);

/* Data about a subject that went to a recipient: what, to whom, when, and under which export. */
struct disclosed {
    int64_t time;
    struct str recipient; /* by name: it may be gone from candor.yaml */
    struct str purpose;
    struct str fields; /* their names, separated by commas */
    uint8_t export_id[16];
    uint64_t ledger_index;
};
CANDOR_MUST_USE enum candor_status store_add_disclosure(struct job *job, struct txn *txn,
                                                        struct subject subject,
                                                        const struct disclosed *disclosed);
/* Like contacts, kept to protect the subject; no permit is needed. Oldest first. */
CANDOR_MUST_USE enum candor_status store_disclosures(struct job *job, struct txn *txn,
                                                     struct subject subject,
                                                     struct disclosed **disclosed, size_t *count);

/* ---- erase.c ------------------------------------------------------------------------------- */

struct erasure_rows {
    uint64_t profile_rows;
    uint64_t event_rows;
    uint64_t consent_rows;
    uint64_t contact_rows;
    uint64_t decision_rows;
    uint64_t quarantine_rows;
    uint64_t access_rows;
    uint64_t disclosure_rows;
};

/* Delete the subject's rows and mark the key for destruction, inside the transaction. Only with a
 * permit for RIGHT_ERASURE. */
CANDOR_MUST_USE enum candor_status store_erase(struct job *job, struct txn *txn,
                                               const struct permit *permit,
                                               struct erasure_rows *rows);
/*
 * After the commit: destroy the marked keys (one root change for all), remove their blind index
 * entries, truncate the write-ahead logs, clear the marks. Not inside a transaction. Repeated until
 * done by store_open after a crash. *facts is about this root change; when there was nothing to do,
 * its two roots are the same.
 */
CANDOR_MUST_USE enum candor_status store_finish_erasures(struct job *job, struct store *store,
                                                         struct key_erasure *facts);
/* New root and node keys. */
CANDOR_MUST_USE enum candor_status store_rotate_keys(struct job *job, struct store *store,
                                                     struct key_erasure *facts);

/* ---- expire.c ------------------------------------------------------------------------------ */

/*
 * Delete what is past its time, of the subject that the permit, for DUTY_STORAGE_LIMIT, names. dry:
 * only count. Older copies of data.db still hold what the subject's key opens.
 *
 * before[kind]  events of that kind that happened before it go; INT64_MIN: all stay
 * count         one per kind of event, added to
 *
 * CANDOR_REFUSED  the permit is for something else
 */
CANDOR_MUST_USE enum candor_status store_expire_events(struct job *job, struct txn *txn,
                                                       const struct permit *permit,
                                                       const int64_t *before, bool dry,
                                                       uint64_t *count);
/* Decisions of which is_past says so. */
CANDOR_MUST_USE enum candor_status store_expire_decisions(
    struct job *job, struct txn *txn, const struct permit *permit,
    bool (*is_past)(struct job *job, void *self, const struct decision_record *decision),
    void *self, bool dry, uint64_t *count);
/* Contacts before an instant. */
CANDOR_MUST_USE enum candor_status store_expire_contacts(struct job *job, struct txn *txn,
                                                         const struct permit *permit,
                                                         int64_t before, bool dry, uint64_t *count);

/* ---- quarantine.c -------------------------------------------------------------------------- */

#define QUARANTINE_ROWS_MAX 100000 /* in a home at once */

/*
 * Rows of imports that broke a rule. Each is sealed with a key of its own, in a slot of the key tree
 * that belongs to no subject, so that dropping it is an erasure too. It is found by the names in it:
 * the erasure of a subject takes along the rows that go by one of theirs.
 */
struct quarantine_row {
    uint32_t slot; /* its number; out of store_add_quarantine */
    const struct str *name;
    size_t name_count;
    struct bytes content;
};
/* Keys and names are durable at once and mean nothing until the commit. CANDOR_TOO_LARGE. */
CANDOR_MUST_USE enum candor_status store_add_quarantine(struct job *job, struct txn *txn,
                                                        struct quarantine_row *row, size_t count);
/* Other content, and more names, for a row that is there. CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status store_put_quarantine(struct job *job, struct txn *txn,
                                                        const struct quarantine_row *row);
CANDOR_MUST_USE enum candor_status store_quarantine(struct job *job, struct txn *txn, uint32_t slot,
                                                    struct bytes *content);
/* Those that go by a name of the permit's subject. */
CANDOR_MUST_USE enum candor_status store_quarantine_of(struct job *job, struct txn *txn,
                                                       const struct permit *permit, uint32_t **slot,
                                                       size_t *count);
/* Delete it and mark its key for destruction: see store_finish_erasures. CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status store_drop_quarantine(struct job *job, struct txn *txn,
                                                         uint32_t slot);
CANDOR_MUST_USE enum candor_status store_quarantine_count(struct job *job, struct txn *txn,
                                                          uint64_t *count);
/* Walk all by slot: start with *cursor = 0; CANDOR_NOT_FOUND at the end. */
CANDOR_MUST_USE enum candor_status store_next_quarantine(struct job *job, struct txn *txn,
                                                         uint64_t *cursor, uint32_t *slot);

/* ---- seen.c -------------------------------------------------------------------------------- */

/*
 * Note that the message of this id came. Only a keyed hash of the id is kept, for days_max days at
 * least; part of the transaction. *is_new is false when it came within the last days_max days.
 */
CANDOR_MUST_USE enum candor_status store_note_message(struct job *job, struct txn *txn,
                                                      struct bytes id, uint32_t days_max,
                                                      bool *is_new);
/* Drop up to count_max hashes that are older than days_max days, and all of those not settled yet. They are nobody's: no account. */
CANDOR_MUST_USE enum candor_status store_forget_messages(struct job *job, struct txn *txn,
                                                         uint32_t days_max, size_t count_max);

/* ---- document.c ---------------------------------------------------------------------------- */

#define DOCUMENT_LEN_MAX ((size_t)1 << 29) /* half of what the database takes in one value */

/* Named documents of the home, sealed with its key. kind is "model", "plan", "operator" ...; a name
 * is UTF-8 text of 1 .. 256 bytes, else CANDOR_BAD_INPUT. No such document: CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status store_put_document(struct job *job, struct txn *txn,
                                                      struct lit kind, struct str name,
                                                      struct bytes content);
CANDOR_MUST_USE enum candor_status store_document(struct job *job, struct txn *txn, struct lit kind,
                                                  struct str name, struct bytes *content);
CANDOR_MUST_USE enum candor_status store_remove_document(struct job *job, struct txn *txn,
                                                         struct lit kind, struct str name);
/* At most so many names of a kind, in no order: from a random place on, so that whoever looks at a few of many
 * each time comes by all of them. */
CANDOR_MUST_USE enum candor_status store_some_documents(struct job *job, struct txn *txn,
                                                        struct lit kind, size_t most,
                                                        struct str **name, size_t *name_count);
/* Names of a kind, sorted by bytes. */
CANDOR_MUST_USE enum candor_status store_documents(struct job *job, struct txn *txn,
                                                   struct lit kind, struct str **name,
                                                   size_t *name_count);

/* ---- leaves.c: for the ledger room only ---------------------------------------------------- */

/* Within a transaction; index must be the next. This is the account that store_commit asks for. */
CANDOR_MUST_USE enum candor_status store_append_leaf(struct job *job, struct txn *txn,
                                                     uint64_t index, struct bytes leaf);
CANDOR_MUST_USE enum candor_status store_put_node(struct job *job, struct txn *txn, unsigned level,
                                                  uint64_t index, struct digest hash);
CANDOR_MUST_USE enum candor_status store_put_checkpoint(struct job *job, struct txn *txn,
                                                        uint64_t size, struct str text);

/* The job that has the transaction reads inside it. Others read what is committed, and wait for
 * nobody. What is not there: CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status store_leaf_count(struct job *job, struct store *store,
                                                    uint64_t *count);
CANDOR_MUST_USE enum candor_status store_leaf(struct job *job, struct store *store, uint64_t index,
                                              struct bytes *leaf);
/* All leaves in order; stops at the first failure of visit, which may read the store.
 * CANDOR_CORRUPT: one is missing. CANDOR_CANCELLED. */
CANDOR_MUST_USE enum candor_status store_each_leaf(
    struct job *job, struct store *store,
    enum candor_status (*visit)(struct job *job, void *visitor, uint64_t index, struct bytes leaf),
    void *visitor);
CANDOR_MUST_USE enum candor_status store_node(struct job *job, struct store *store, unsigned level,
                                              uint64_t index, struct digest *hash);
/* The nodes that a stretch of leaves completes, leaf by leaf, upwards. At most twice as many as leaves
 * and 48 more. */
struct stored_node {
    uint64_t leaf; /* which completes it */
    unsigned level;
    bool is_hash; /* what is stored has a hash's length */
    struct digest hash;
};
CANDOR_MUST_USE enum candor_status store_nodes(struct job *job, struct store *store, uint64_t first,
                                               size_t leaf_count, struct stored_node *node,
                                               size_t *count);
/* What the job reads of leaves, nodes and checkpoints between the two is as of one moment, and quicker.
 * Others wait for their reading meanwhile. The end returns the status of what was read. */
CANDOR_MUST_USE enum candor_status store_reading_begin(struct job *job, struct store *store);
CANDOR_MUST_USE enum candor_status store_reading_end(struct job *job, struct store *store,
                                                     enum candor_status status);
/* The latest checkpoint; CANDOR_NOT_FOUND when there is none. */
CANDOR_MUST_USE enum candor_status store_checkpoint(struct job *job, struct store *store,
                                                    uint64_t *size, struct str *text);
/* The one over so many leaves. CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status store_checkpoint_of(struct job *job, struct store *store,
                                                       uint64_t size, struct str *text);
/* All checkpoints that were kept, oldest first. */
CANDOR_MUST_USE enum candor_status store_checkpoints(struct job *job, struct store *store,
                                                     uint64_t **size, struct str **text,
                                                     size_t *count);

#endif
