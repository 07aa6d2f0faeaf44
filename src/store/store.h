/*
 * store.h - the door of the store room: what is kept.
 *
 *   store.c     the store and its transactions; the two locks
 *   vault.c     sealing and opening values with their subject's key
 *   people.c    subjects, profiles, events, consents, contacts, decisions
 *   erase.c     erasure, and finishing one that a crash interrupted
 *   document.c  the home's own named documents: models, plans, operators
 *   leaves.c    shelves for the ledger room
 *   shelf.c     the key tree's blocks and the blind index, in keys.db
 *   backend.h   the few verbs a database must have; sqlite.c has them over SQLite
 *
 * Two locks. No read without a permit: a subject's data is handed out only against a permit that
 * names the subject, and only the drawers whose purposes it covers. No commit without an account:
 * store_commit refuses a changed transaction that has no ledger entry.
 *
 * Files of a home: data.db (ciphertext and the ledger), keys/keys.db (wrapped keys and the blind
 * index: never part of a data backup), keys/root.key (the one erasable root).
 *
 * Data is sealed before the database sees it. What stands in plain: slots (random numbers of
 * subjects), row numbers, the ledger's leaves (commitments) and the schema version.
 *
 * The room opens base, crypto, record and govern.
 */
#ifndef CANDOR_STORE_H
#define CANDOR_STORE_H

#include "base.h"
#include "crypto.h"
#include "record.h"

#define STORE_SCHEMA_VERSION 1
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
 * CANDOR_BUSY     another process has the home open
 * CANDOR_CORRUPT  damaged, a newer schema, or keys of another home
 * CANDOR_IO       missing permissions, a read-only or full disk
 */
CANDOR_MUST_USE enum candor_status store_create(struct job *job, struct arena *owner,
                                                struct str dir, const struct inventory *inventory,
                                                struct store **store);
CANDOR_MUST_USE enum candor_status store_open(struct job *job, struct arena *owner, struct str dir,
                                              const struct inventory *inventory,
                                              struct store **store);
/* Only the ledger's leaves, nodes and checkpoints, read-only, with no keys and no lock. */
CANDOR_MUST_USE enum candor_status store_open_public(struct job *job, struct arena *owner,
                                                     struct str dir, struct store **store);
void store_use_inventory(struct store *store, const struct inventory *inventory);

/* One writer at a time: begin waits for the store's mutex. Ends with the job, rolled back unless
 * committed. store_commit is durable when it returns. */
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

/* By identifier or by a look-up field, through the keyed blind index. CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status store_find(struct job *job, struct txn *txn,
                                              struct str identifier, struct subject *subject);

/*
 * Make count subjects, each with a key of its own. Keys and blind index entries are durable before
 * this returns; they mean nothing until the transaction commits. The identifiers must be new.
 *
 * CANDOR_EXISTS  an identifier is known already (index in the message)
 */
CANDOR_MUST_USE enum candor_status store_add_subjects(struct job *job, struct txn *txn,
                                                      const struct str *identifier, size_t count,
                                                      struct subject *subject);
/* Add a look-up (an e-mail address) for a subject; one that another subject has: CANDOR_EXISTS. */
CANDOR_MUST_USE enum candor_status store_add_lookups(struct job *job, struct txn *txn,
                                                     const struct subject *subject,
                                                     const struct str *lookup, size_t count);

CANDOR_MUST_USE enum candor_status store_subject_count(struct job *job, struct txn *txn,
                                                       uint64_t *count);
/* Walk all subjects by slot: start with *cursor = 0; CANDOR_NOT_FOUND at the end. */
CANDOR_MUST_USE enum candor_status store_next_subject(struct job *job, struct txn *txn,
                                                      uint64_t *cursor, struct subject *subject);

/* The identifier as it was imported, needed to hand over or to show: only against a permit. */
CANDOR_MUST_USE enum candor_status store_identifier(struct job *job, struct txn *txn,
                                                    const struct permit *permit,
                                                    struct str *identifier);

/* Replaces the whole profile. */
CANDOR_MUST_USE enum candor_status store_put_profile(struct job *job, struct txn *txn,
                                                     struct subject subject,
                                                     const struct profile *profile);
/* The fields that the permit's purposes cover. Subject without a profile: all missing.
 * CANDOR_CORRUPT: a value was moved or changed. */
CANDOR_MUST_USE enum candor_status store_profile(struct job *job, struct txn *txn,
                                                 const struct permit *permit,
                                                 struct profile *profile);

CANDOR_MUST_USE enum candor_status store_add_event(struct job *job, struct txn *txn,
                                                   struct subject subject,
                                                   const struct event *event);
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
CANDOR_MUST_USE enum candor_status store_decisions(struct job *job, struct txn *txn,
                                                   const struct permit *permit,
                                                   struct decision_record **decision,
                                                   size_t *decision_count);

/* ---- erase.c ------------------------------------------------------------------------------- */

struct erasure_rows {
    uint64_t profile_rows;
    uint64_t event_rows;
    uint64_t consent_rows;
    uint64_t contact_rows;
    uint64_t decision_rows;
};

/* Delete the subject's rows and mark the key for destruction, inside the transaction. Only with a
 * permit for RIGHT_ERASURE. */
CANDOR_MUST_USE enum candor_status store_erase(struct job *job, struct txn *txn,
                                               const struct permit *permit,
                                               struct erasure_rows *rows);
/*
 * After the commit: destroy the marked keys (one root change for all), remove their blind index
 * entries, truncate the write-ahead logs, clear the marks. Repeated until done by store_open after
 * a crash. *facts is about the last root change.
 */
CANDOR_MUST_USE enum candor_status store_finish_erasures(struct job *job, struct store *store,
                                                         struct key_erasure *facts);
/* New root and node keys. */
CANDOR_MUST_USE enum candor_status store_rotate_keys(struct job *job, struct store *store,
                                                     struct key_erasure *facts);

/* ---- document.c ---------------------------------------------------------------------------- */

#define DOCUMENT_LEN_MAX ((size_t)1 << 29) /* half of what the database takes in one value */

/* Named documents of the home, sealed with its key. kind is "model", "plan", "operator" ... */
CANDOR_MUST_USE enum candor_status store_put_document(struct job *job, struct txn *txn,
                                                      struct lit kind, struct str name,
                                                      struct bytes content);
CANDOR_MUST_USE enum candor_status store_document(struct job *job, struct txn *txn, struct lit kind,
                                                  struct str name, struct bytes *content);
CANDOR_MUST_USE enum candor_status store_remove_document(struct job *job, struct txn *txn,
                                                         struct lit kind, struct str name);
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

/* These read inside the open transaction, or what is committed when txn is NULL. */
CANDOR_MUST_USE enum candor_status store_leaf_count(struct job *job, struct store *store,
                                                    uint64_t *count);
CANDOR_MUST_USE enum candor_status store_leaf(struct job *job, struct store *store, uint64_t index,
                                              struct bytes *leaf);
/* All leaves in order; stops at the first failure of visit. */
CANDOR_MUST_USE enum candor_status store_each_leaf(
    struct job *job, struct store *store,
    enum candor_status (*visit)(struct job *job, void *visitor, uint64_t index, struct bytes leaf),
    void *visitor);
CANDOR_MUST_USE enum candor_status store_node(struct job *job, struct store *store, unsigned level,
                                              uint64_t index, struct digest *hash);
/* The latest checkpoint; CANDOR_NOT_FOUND when there is none. */
CANDOR_MUST_USE enum candor_status store_checkpoint(struct job *job, struct store *store,
                                                    uint64_t *size, struct str *text);
/* All checkpoints that were kept, oldest first. */
CANDOR_MUST_USE enum candor_status store_checkpoints(struct job *job, struct store *store,
                                                     uint64_t **size, struct str **text,
                                                     size_t *count);

#endif
