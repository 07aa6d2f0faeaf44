/*
 * inside.h - what the files of the store room share, and nobody else sees.
 *
 * A home has two databases with three connections. data and keys belong to whoever holds the
 * mutex, which is the thread whose job has the transaction; beside is a reading connection to
 * data.db for the ledger's shelves, so that proofs need not wait for an import.
 */
#ifndef CANDOR_STORE_INSIDE_H
#define CANDOR_STORE_INSIDE_H

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#include "backend.h"
#include "govern.h"
#include "store.h"
#include "waitset.h"

/* ---- places -------------------------------------------------------------------------------- */

#define PLACE_ROW_BITS 39
#define PLACE_ROWS_MAX ((INT64_C(1) << PLACE_ROW_BITS) - 1)
#define SUBJECT_ROWS_MAX (INT64_C(1) << 24) /* of one kind, of one subject */

static_assert(KEYRING_SLOTS_MAX <= (uint32_t)1 << (63 - PLACE_ROW_BITS), "a place is an int64_t");

static inline int64_t place_of(uint32_t slot, int64_t row)
{
    must(slot < KEYRING_SLOTS_MAX);
    must(row >= 0 && row <= PLACE_ROWS_MAX);
    return ((int64_t)slot << PLACE_ROW_BITS) | row;
}

static inline int64_t row_of(int64_t place)
{
    return place & PLACE_ROWS_MAX;
}

/* ---- drawers.c ----------------------------------------------------------------------------- */

/* A set of purposes, by name, under which values are sealed. */
struct drawer_mark {
    int64_t row;       /* in the table */
    struct str name;   /* purposes' names, sorted, joined by a space */
    uint64_t purposes; /* those of them that the inventory still has */
    bool is_whole;     /* those are all */
    struct digest digest;
    uint64_t number; /* of the sub-key: the beginning of the digest */
};

struct drawers {
    const struct inventory *inventory; /* that they are of */
    struct drawer_mark *mark;
    size_t mark_count;
    size_t mark_room;
    size_t *of_drawer;     /* index in mark, for each drawer of the inventory */
    size_t *of_event_kind; /* the same, for each kind of event */
};

/* Read the table, and add what the inventory has and it has not. In arena. */
CANDOR_MUST_USE enum candor_status drawers_load(struct job *job, struct arena *arena,
                                                struct database *data,
                                                const struct inventory *inventory,
                                                struct drawers *drawers);
/* The mark of exactly this set, which is made if there is none; in the open transaction. */
CANDOR_MUST_USE enum candor_status drawers_of(struct job *job, struct txn *txn, uint64_t purposes,
                                              const struct drawer_mark **mark);
/* The mark of a row; NULL: there is none. */
const struct drawer_mark *drawers_find(const struct drawers *drawers, int64_t row);
/* Whether these purposes may see what lies in the drawer. */
bool drawer_is_open(const struct drawer_mark *mark, uint64_t purposes);

/* ---- the store and its transaction --------------------------------------------------------- */

enum { VAULT_KEYS = 8 };

/* The keys of the subject that the transaction works on. */
struct vault {
    bool is_open;
    struct subject subject;
    struct secret *person;
    struct vault_key {
        bool is_set;
        unsigned use;
        uint64_t number;
        struct secret *key;
    } key[VAULT_KEYS];
    unsigned next;
};

/* A decision whose pointer is not written yet; see journal_settle.c. */
struct waiting {
    uint64_t number;
    uint32_t slot;
};

struct journal {
    struct secret *key;
    uint64_t from; /* as the last transaction left it: groups before are settled, */
    uint64_t to;   /* and those before this, of slots before slot */
    uint32_t slot;
    uint64_t next; /* group */
    size_t added;  /* decisions since the home was opened */
    bool is_loaded;
    bool is_damaged;     /* what waits cannot be read, so nothing is settled */
    struct arena *arena; /* of what waits; NULL: not open */
    struct buf waiting;  /* struct waiting, once it is loaded: in order, but for ... */
    size_t round_count;  /* ... the first so many, which are being settled, by slot */
    size_t round_at;     /* of them, those settled */
    uint64_t round_to;   /* the group after theirs */
};

/* Messages of the tracking API; see seen.c. */
struct seen {
    struct waitset waiting;
    size_t settle_from;
    int64_t settle_from_rows;
    bool is_loaded; /* what follows is as the last transaction left it */
    bool has_row;   /* in the log, ever */
    int64_t first_row;
    int64_t free_row;
    int64_t turn_row;
    int64_t next_row;
    int64_t oldest;       /* no day in the log is before this one */
    int64_t settled_from; /* days: the table has none before */
    int64_t settled_to;   /* and none after */
};

struct store {
    struct arena *arena; /* its own: files, lock, keys */
    struct str dir;
    bool is_public;                              /* only beside is open */
    _Atomic(const struct inventory *) inventory; /* from the next transaction on */
    _Atomic(struct job *) owner;                 /* the job that has the transaction */

    pthread_mutex_t mutex; /* over what follows */
    struct database *data;
    struct database *keys;
    struct keyring *keyring;
    struct arena *drawers_arena;
    struct drawers drawers; /* with the inventory of this transaction */
    struct vault vault;
    struct journal journal;
    struct seen seen;
    bool has_leaf_count; /* the transaction has asked for it: nobody else adds leaves meanwhile */
    uint64_t leaf_count;
    struct secret *document_key;
    struct secret *name_key;

    _Atomic(const struct job *) reader; /* the job that reads several things as of one moment */
    pthread_mutex_t beside_mutex;       /* over what follows */
    struct database *beside;

    _Atomic uint64_t profile_reads;
    _Atomic uint64_t event_reads;
    _Atomic uint64_t permits_refused;
};

struct txn {
    struct store *store;
    struct job *job;
    bool is_open;
    bool is_changed;
    bool has_account;
    bool has_drawer;         /* a set of purposes is new in it */
    bool has_freed;          /* names: by an erasure or by removing a look-up */
    struct arena *arena;     /* of what follows */
    struct buf tags_added;   /* look-ups in keys.db, to be removed if this is rolled back */
    struct buf tags_removed; /* look-ups to be removed from keys.db once this is committed */
    struct buf group;        /* of decisions, not written yet */
    size_t group_count;      /* of them */
    uint64_t next_group;     /* its number */
    struct buf added;        /* struct waiting: all decisions of this transaction */
    struct buf gone;         /* struct waiting: the numbers of those that were removed */
    size_t settled_to;       /* journal->round_at once this is committed */
    struct buf seen_added;   /* struct wait_entry: messages that came in this transaction */
    struct buf seen_settled; /* struct wait_entry: those that went to their table */
    size_t seen_hand;        /* the hand once this is committed; 0: it did not move */
    int64_t seen_before;     /* messages of days before are forgotten; 0: none */
    int64_t seen_first;      /* first_row and next_row once this is committed */
    int64_t seen_row;
};

/* What was changed needs an account. Stops the process when the transaction has ended. */
void txn_changes(struct txn *txn);

/* The inventory as of this transaction. */
const struct inventory *txn_inventory(const struct txn *txn);

/* Count a read that came with the wrong permit, and refuse it. */
enum candor_status txn_refuse(struct job *job, struct txn *txn, const char *why);

/* Hold the store without a transaction of the caller's: for work between the two databases. */
void store_enter(struct store *store);
void store_leave(struct store *store);

/* Read the drawers again if the inventory was replaced. */
CANDOR_MUST_USE enum candor_status store_settle_drawers(struct job *job, struct store *store);

/* ---- meta.c -------------------------------------------------------------------------------- */

/* A number of the home; 0 when it was never put. */
CANDOR_MUST_USE enum candor_status meta_number(struct job *job, struct database *data,
                                               struct lit name, int64_t *value);
CANDOR_MUST_USE enum candor_status meta_put_number(struct job *job, struct database *data,
                                                   struct lit name, int64_t value);
CANDOR_MUST_USE enum candor_status meta_add(struct job *job, struct database *data, struct lit name,
                                            int64_t more);
/* Bytes of the home, in the job's arena. CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status meta_bytes(struct job *job, struct database *data,
                                              struct lit name, struct bytes *value);
CANDOR_MUST_USE enum candor_status meta_put_bytes(struct job *job, struct database *data,
                                                  struct lit name, struct bytes value);

/* ---- vault.c ------------------------------------------------------------------------------- */

enum vault_use {
    USE_IDENTIFIER,
    USE_PROFILE,
    USE_EVENT,
    USE_CONSENT,
    USE_CONTACT,
    USE_DECISION,
    USE_ACCESS,
    USE_DISCLOSURE,
    USE_JOURNAL,
    USE_TAG,
    USE_QUARANTINE,
    VAULT_USES,
};

/* Where a value belongs: it opens nowhere else. */
struct vault_place {
    enum vault_use use;
    int64_t row;
    const struct drawer_mark *drawer; /* NULL: in none */
};

void vault_init(struct vault *vault, struct arena *arena);
void vault_close(struct vault *vault); /* forget the keys */

/* Get a subject's keys. CANDOR_NOT_FOUND: unknown or erased; CANDOR_REFUSED: its place is another's. */
CANDOR_MUST_USE enum candor_status vault_open(struct job *job, struct txn *txn,
                                              struct subject subject);
/* Those of a subject whose row is not written yet. */
CANDOR_MUST_USE enum candor_status vault_open_new(struct job *job, struct txn *txn,
                                                  struct subject subject);

/* With the keys of the open subject; results in the job's arena. */
CANDOR_MUST_USE enum candor_status vault_seal(struct job *job, struct txn *txn,
                                              struct vault_place place, struct bytes plain,
                                              struct bytes *sealed);
CANDOR_MUST_USE enum candor_status vault_unseal(struct job *job, struct txn *txn,
                                                struct vault_place place, struct bytes sealed,
                                                struct bytes *plain);
const struct secret *vault_key(struct vault *vault, enum vault_use use, uint64_t number);

/* ---- rows.c -------------------------------------------------------------------------------- */

/* What is kept about a subject, each kind in a table of its own. */
enum row_kind {
    ROW_PROFILE,
    ROW_EVENT,
    ROW_CONSENT,
    ROW_CONTACT,
    ROW_DECISION,
    ROW_ACCESS,
    ROW_DISCLOSURE,
    ROW_KINDS
};

struct row {
    int64_t number;                   /* within its subject */
    struct bytes sealed;              /* a view until the next row */
    const struct drawer_mark *drawer; /* NULL: this kind has none */
};

/* The number of the open subject's last row, by one of the statements SQL_*_LAST; 0: none. */
CANDOR_MUST_USE enum candor_status rows_last(struct job *job, struct txn *txn, enum sql last,
                                             int64_t *number);
/* Add a row of the open subject after its last. Not for profiles. */
CANDOR_MUST_USE enum candor_status rows_add(struct job *job, struct txn *txn, enum row_kind kind,
                                            const struct drawer_mark *drawer, struct bytes plain);
/* The same at a number that the caller knows to be free. */
CANDOR_MUST_USE enum candor_status rows_add_at(struct job *job, struct txn *txn, enum row_kind kind,
                                               int64_t number, struct bytes plain);
/* The profile's row of a drawer, which has none yet. */
CANDOR_MUST_USE enum candor_status rows_put_profile(struct job *job, struct txn *txn,
                                                    const struct drawer_mark *drawer,
                                                    struct bytes plain);
/* Visit the rows of the open subject in order; stops at the first failure. */
CANDOR_MUST_USE enum candor_status rows_each(struct job *job, struct txn *txn, enum row_kind kind,
                                             enum candor_status (*visit)(struct job *job,
                                                                         void *visitor,
                                                                         const struct row *row),
                                             void *visitor);
/* One of them. CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status rows_one(struct job *job, struct txn *txn, enum row_kind kind,
                                            int64_t number, struct bytes *plain);
/* The value of a row, in the job's arena. */
CANDOR_MUST_USE enum candor_status rows_open(struct job *job, struct txn *txn, enum row_kind kind,
                                             const struct row *row, struct bytes *plain);
/* Delete all rows of a kind. */
CANDOR_MUST_USE enum candor_status rows_clear(struct job *job, struct database *data,
                                              enum row_kind kind, uint32_t slot, uint64_t *count);

/* Delete one row of the open subject. */
CANDOR_MUST_USE enum candor_status rows_remove(struct job *job, struct txn *txn, enum row_kind kind,
                                               int64_t number);

/* ---- lookups.c ----------------------------------------------------------------------------- */

#define LOOKUP_TAG_LEN 16

/* The keyed hash by which a name is found. CANDOR_BAD_INPUT: it is no name. */
CANDOR_MUST_USE enum candor_status lookups_tag(struct job *job, struct txn *txn, struct str name,
                                               uint8_t tag[LOOKUP_TAG_LEN]);
/* Remove entries that a transaction, which is over, does not confirm. */
void lookups_forget(struct txn *txn, const struct buf *tags);

/* ---- erase.c ------------------------------------------------------------------------------- */

/* When a home is opened: what a crash interrupted, and what an older data.db has not heard of. */
CANDOR_MUST_USE enum candor_status erase_catch_up(struct job *job, struct store *store);

/* ---- people.c ------------------------------------------------------------------------------ */

/* Open the subject that a permit names. CANDOR_REFUSED: its place is another's. */
CANDOR_MUST_USE enum candor_status people_enter(struct job *job, struct txn *txn,
                                                const struct permit *permit);
/* The bytes of a row, opened. Texts refer to them. CANDOR_CORRUPT. */
CANDOR_MUST_USE enum candor_status contact_row_read(struct job *job,
                                                    const struct inventory *inventory,
                                                    struct bytes plain, struct contact *contact);
CANDOR_MUST_USE enum candor_status decision_row_read(struct job *job, struct bytes plain,
                                                     struct decision_record *decision);

/* ---- journal.c, journal_settle.c ----------------------------------------------------------- */

/* A decision as it is kept. */
struct kept_decision {
    int64_t row;     /* of its pointer, or of itself; 0: none yet */
    bool has_number; /* it is in the journal */
    uint64_t number;
    struct decision_record record;
};

void journal_init(struct journal *journal, struct arena *arena);
CANDOR_MUST_USE enum candor_status journal_open(struct job *job, struct store *store);
void journal_close(struct journal *journal);

void journal_begin(struct txn *txn);
/* Write what is left to be written; within the transaction, just before its commit. */
CANDOR_MUST_USE enum candor_status journal_finish(struct job *job, struct txn *txn);
void journal_committed(struct txn *txn);

/* Add a decision of the open subject. */
CANDOR_MUST_USE enum candor_status journal_add(struct job *job, struct txn *txn,
                                               struct bytes plain);
/* Visit the decisions of the open subject in order; stops at the first failure. What is kept of
 * it is in the job's arena. */
CANDOR_MUST_USE enum candor_status journal_each(
    struct job *job, struct txn *txn,
    enum candor_status (*visit)(struct job *job, void *visitor, const struct kept_decision *kept),
    void *visitor);
/* Not while they are walked over. */
CANDOR_MUST_USE enum candor_status journal_remove(struct job *job, struct txn *txn,
                                                  const struct kept_decision *kept);
/* Remove all of the open subject, but for the rows in their own table; waiting had none there. */
CANDOR_MUST_USE enum candor_status journal_forget(struct job *job, struct txn *txn,
                                                  uint64_t *waiting);

/* ---- seen.c -------------------------------------------------------------------------------- */

void seen_init(struct seen *seen);
void seen_close(struct seen *seen);

void seen_begin(struct txn *txn);
/* Write what came; within the transaction, just before its commit. */
CANDOR_MUST_USE enum candor_status seen_finish(struct job *job, struct txn *txn);
void seen_committed(struct txn *txn);
void seen_rolled_back(struct txn *txn); /* or it could not be committed */

/* ---- quarantine.c -------------------------------------------------------------------------- */

/* Drop the rows in quarantine that go by a name of this subject. In the transaction. */
CANDOR_MUST_USE enum candor_status quarantine_erase(struct job *job, struct txn *txn, uint32_t slot,
                                                    uint64_t *count);

/* ---- shelf.c ------------------------------------------------------------------------------- */

struct key_shelf shelf_begin(struct arena *arena, struct database *keys);

#endif
