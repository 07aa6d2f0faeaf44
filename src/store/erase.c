/*
 * erase.c - erasure, and finishing one that a crash interrupted.
 *
 *     1  in a transaction, with its ledger entry: the rows are deleted, the slot is marked
 *     2  the marked keys are destroyed (one root change for all)      from here nothing opens
 *     3  keys.db: their look-ups are removed, their slots listed as erased; its log is emptied
 *     4  data.db: the marks are cleared; its log is emptied
 *
 * Emptying a log syncs it and the file, so that the transactions of 3 and 4 need no sync of their
 * own. After a crash the marks say what to do again, and opening empties the logs; each step may be
 * done twice. A data.db that is put
 * back from an older copy has no marks, and rows of people who were erased since: the list of
 * erased slots lies in keys.db, which has no older copy, and data.db says how much of it it has
 * heard of.
 */
#include "inside.h"

/* ---- rows ---------------------------------------------------------------------------------- */

static enum candor_status run_on_slot(struct job *job, struct database *db, enum sql sql,
                                      uint32_t slot)
{
    struct query *query = db_query(db, sql);
    query_number(query, 1, slot);
    return query_run(job, query);
}

static enum candor_status clear_aliases(struct job *job, struct database *data, uint32_t slot)
{
    struct query *query = db_query(data, SQL_ALIAS_CLEAR);
    query_number(query, 1, place_of(slot, 0));
    query_number(query, 2, place_of(slot, PLACE_ROWS_MAX));
    return query_run(job, query);
}

/* count, one of each kind, says how many. */
static enum candor_status delete_rows(struct job *job, struct database *data, uint32_t slot,
                                      uint64_t count[ROW_KINDS])
{
    for (unsigned kind = 0; kind < ROW_KINDS; kind++) {
        TRY(rows_clear(job, data, (enum row_kind)kind, slot, &count[kind]));
    }
    TRY(clear_aliases(job, data, slot));
    TRY(run_on_slot(job, data, SQL_QUARANTINE_REMOVE, slot)); /* a slot is a subject's or a row's */
    TRY(run_on_slot(job, data, SQL_SUBJECT_REMOVE, slot));
    const int64_t subjects = (int64_t)db_changes(data);
    return subjects == 0 ? CANDOR_OK : meta_add(job, data, LIT("subjects"), -subjects);
}

enum candor_status store_erase(struct job *job, struct txn *txn, const struct permit *permit,
                               struct erasure_rows *rows)
{
    struct store *store = txn->store;
    uint64_t deleted[ROW_KINDS] = {0};
    uint64_t quarantined = 0;
    uint64_t waiting = 0;
    must(txn->is_open);
    if (!permit_executes(permit, RIGHT_ERASURE)) {
        return txn_refuse(job, txn, "the permit is not for an erasure");
    }
    const struct subject subject = permit_subject(permit);
    const enum candor_status status = vault_open(job, txn, subject);
    if (status == CANDOR_REFUSED) {
        return txn_refuse(job, txn, "the permit is for somebody else");
    }
    TRY(status);
    TRY(journal_forget(job, txn, &waiting));
    vault_close(&store->vault); /* its row is about to go */
    txn_changes(txn);
    txn->has_freed = true;
    TRY(quarantine_erase(job, txn, subject.slot, &quarantined));
    TRY(delete_rows(job, store->data, subject.slot, deleted));
    TRY(run_on_slot(job, store->data, SQL_PENDING_ADD, subject.slot));
    *rows = (struct erasure_rows){
        .profile_rows = deleted[ROW_PROFILE],
        .event_rows = deleted[ROW_EVENT],
        .consent_rows = deleted[ROW_CONSENT],
        .contact_rows = deleted[ROW_CONTACT],
        .decision_rows = deleted[ROW_DECISION] + waiting,
        .quarantine_rows = quarantined,
        .access_rows = deleted[ROW_ACCESS],
        .disclosure_rows = deleted[ROW_DISCLOSURE],
    };
    return CANDOR_OK;
}

/* ---- lists of slots ------------------------------------------------------------------------ */

struct slots {
    uint32_t *slot;
    size_t count;
};

/* All rows of a statement whose one column is a slot. */
static enum candor_status read_slots(struct job *job, struct query *query, struct slots *slots)
{
    struct buf list = buf_begin(job->arena);
    bool found = true;
    TRY(query_row(job, query, &found));
    while (found) {
        const int64_t value = query_get_number(query, 0);
        if (value < 0 || value >= KEYRING_SLOTS_MAX) {
            query_end(query);
            return fail(job, CANDOR_CORRUPT, "a list of erasures has a slot that never was");
        }
        const uint32_t slot = (uint32_t)value;
        buf_bytes(&list, &slot, sizeof slot);
        TRY(query_row(job, query, &found));
    }
    slots->slot = (void *)list.ptr; /* a piece of an arena is aligned for any type */
    slots->count = list.len / sizeof *slots->slot;
    return CANDOR_OK;
}

static enum candor_status one_number(struct job *job, struct query *query, int64_t *number)
{
    bool found = false;
    *number = 0;
    TRY(query_row(job, query, &found));
    if (found) {
        *number = query_get_number(query, 0);
        query_end(query);
    }
    return CANDOR_OK;
}

/* ---- finishing ----------------------------------------------------------------------------- */

/* Run body in a transaction of one database. */
static enum candor_status in_transaction(
    struct job *job, struct database *db, struct store *store, const struct slots *slots,
    enum candor_status (*body)(struct job *job, struct store *store, const struct slots *slots))
{
    TRY(db_begin_unsynced(job, db));
    const enum candor_status status = body(job, store, slots);
    if (status != CANDOR_OK) {
        db_rollback(db);
        return status;
    }
    return db_commit(job, db);
}

static enum candor_status forget_lookups(struct job *job, struct store *store,
                                         const struct slots *slots)
{
    for (size_t i = 0; i < slots->count; i++) {
        TRY(run_on_slot(job, store->keys, SQL_LOOKUP_CLEAR, slots->slot[i]));
        TRY(run_on_slot(job, store->keys, SQL_HELD_CLEAR, slots->slot[i]));
        TRY(run_on_slot(job, store->keys, SQL_ERASED_ADD, slots->slot[i]));
    }
    return CANDOR_OK;
}

static enum candor_status hear_of_all(struct job *job, struct store *store)
{
    int64_t last = 0;
    TRY(one_number(job, db_query(store->keys, SQL_ERASED_LAST), &last));
    return meta_put_number(job, store->data, LIT("erased"), last);
}

static enum candor_status clear_marks(struct job *job, struct store *store,
                                      const struct slots *slots)
{
    for (size_t i = 0; i < slots->count; i++) {
        TRY(run_on_slot(job, store->data, SQL_PENDING_REMOVE, slots->slot[i]));
    }
    return hear_of_all(job, store);
}

/* What the log of data.db holds of the erased is sealed with keys that are gone. So it may stay for
 * now when somebody is just verifying the ledger, or when the disk is full: it goes with the next
 * erasure, or when the home is closed. */
static enum candor_status empty_log_if_possible(struct job *job, struct database *db)
{
    const enum candor_status status = db_empty_log(job, db);
    if (status == CANDOR_BUSY || status == CANDOR_IO) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

/* Steps 3 and 4. */
static enum candor_status forget(struct job *job, struct store *store, const struct slots *slots)
{
    TRY(in_transaction(job, store->keys, store, slots, forget_lookups));
    TRY(db_empty_log(job, store->keys));
    TRY(in_transaction(job, store->data, store, slots, clear_marks));
    return empty_log_if_possible(job, store->data);
}

static enum candor_status finish(struct job *job, struct store *store, struct key_erasure *facts)
{
    struct slots slots = {0};
    TRY(read_slots(job, db_query(store->data, SQL_PENDING_ALL), &slots));
    TRY(keyring_erase(job, store->keyring, slots.slot, slots.count, facts));
    return slots.count == 0 ? CANDOR_OK : forget(job, store, &slots);
}

enum candor_status store_finish_erasures(struct job *job, struct store *store,
                                         struct key_erasure *facts)
{
    store_enter(store);
    const enum candor_status status = finish(job, store, facts);
    store_leave(store);
    return status;
}

enum candor_status store_rotate_keys(struct job *job, struct store *store,
                                     struct key_erasure *facts)
{
    store_enter(store);
    enum candor_status status = keyring_rotate(job, store->keyring, facts);
    if (status == CANDOR_OK) {
        status = db_empty_log(job, store->keys);
    }
    store_leave(store);
    return status;
}

/* ---- catching up --------------------------------------------------------------------------- */

static enum candor_status delete_erased(struct job *job, struct store *store,
                                        const struct slots *slots)
{
    uint64_t deleted[ROW_KINDS];
    for (size_t i = 0; i < slots->count; i++) {
        TRY(delete_rows(job, store->data, slots->slot[i], deleted));
    }
    return hear_of_all(job, store);
}

/* A data.db from an older copy: it has rows of people who were erased since. */
static enum candor_status hear_of_erased(struct job *job, struct store *store)
{
    struct slots slots = {0};
    int64_t heard = 0;
    TRY(meta_number(job, store->data, LIT("erased"), &heard));
    struct query *query = db_query(store->keys, SQL_ERASED_AFTER);
    query_number(query, 1, heard);
    TRY(read_slots(job, query, &slots));
    if (slots.count == 0) {
        return CANDOR_OK;
    }
    TRY(in_transaction(job, store->data, store, &slots, delete_erased));
    return empty_log_if_possible(job, store->data);
}

enum candor_status erase_catch_up(struct job *job, struct store *store)
{
    struct key_erasure facts;
    TRY(empty_log_if_possible(job, store->keys)); /* unfinished ones empty it themselves */
    TRY(empty_log_if_possible(job, store->data));
    TRY(during(job, finish(job, store, &facts), "finishing an erasure"));
    return hear_of_erased(job, store);
}
