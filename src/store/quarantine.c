/*
 * quarantine.c - rows of imports that broke a rule, until they are repaired or their time is over.
 *
 * Such a row may be about somebody whom nobody knows yet, so there is no subject whose key could seal
 * it. It gets a slot of the key tree for itself:
 *
 *     data.db   quarantine  slot, a random id that the sealed content is bound to, the content
 *     keys.db   held        keyed hashes of the names in it, for erasures to find it by
 *
 * Dropping a row destroys its key with the next root change, as with a subject. An entry of `held`
 * without a row in data.db means nothing, as with look-ups.
 */
#include <string.h>

#include "inside.h"

enum { ID_LEN = 16 };

static const struct vault_place place = {USE_QUARANTINE, 0, NULL};

static enum candor_status seal_row(struct job *job, struct txn *txn, struct subject as_subject,
                                   struct bytes content)
{
    const struct arena_mark mark = arena_mark(job->arena);
    struct bytes sealed;
    TRY(vault_open_new(job, txn, as_subject));
    TRY(vault_seal(job, txn, place, content, &sealed));
    vault_close(&txn->store->vault); /* it is nobody's: no subject's call may find it open */
    struct query *query = db_query(txn->store->data, SQL_QUARANTINE_ADD);
    query_number(query, 1, as_subject.slot);
    query_bytes(query, 2, (struct bytes){as_subject.id, sizeof as_subject.id});
    query_bytes(query, 3, sealed);
    txn_changes(txn);
    TRY(query_run(job, query));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

/* ---- names --------------------------------------------------------------------------------- */

/* What cannot be a name finds nobody, so nothing is lost by leaving it out. */
static enum candor_status hold_name(struct job *job, struct txn *txn, struct str name,
                                    uint32_t slot)
{
    uint8_t tag[LOOKUP_TAG_LEN];
    const enum candor_status status = lookups_tag(job, txn, name, tag);
    if (status == CANDOR_BAD_INPUT) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct query *query = db_query(txn->store->keys, SQL_HELD_ADD);
    query_bytes(query, 1, (struct bytes){tag, sizeof tag});
    query_number(query, 2, slot);
    return query_run(job, query);
}

static enum candor_status hold_names(struct job *job, struct txn *txn,
                                     const struct quarantine_row *row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t n = 0; n < row[i].name_count; n++) {
            TRY(hold_name(job, txn, row[i].name[n], row[i].slot));
        }
    }
    return CANDOR_OK;
}

static enum candor_status hold_all(struct job *job, struct txn *txn,
                                   const struct quarantine_row *row, size_t count)
{
    TRY(db_begin(job, txn->store->keys));
    const enum candor_status status = hold_names(job, txn, row, count);
    if (status != CANDOR_OK) {
        db_rollback(txn->store->keys);
        return status;
    }
    return db_commit(job, txn->store->keys);
}

/* ---- adding and changing ------------------------------------------------------------------- */

enum candor_status store_add_quarantine(struct job *job, struct txn *txn,
                                        struct quarantine_row *row, size_t count)
{
    uint64_t there = 0;
    uint32_t first = 0;
    if (count == 0) {
        return CANDOR_OK;
    }
    TRY(store_quarantine_count(job, txn, &there));
    if (count > QUARANTINE_ROWS_MAX - there) {
        return fail(job, CANDOR_TOO_LARGE,
                    "the quarantine holds %llu rows, %d at most; repair or drop some",
                    (unsigned long long)there, QUARANTINE_ROWS_MAX);
    }
    TRY(keyring_add(job, txn->store->keyring, count, &first));
    for (size_t i = 0; i < count; i++) {
        row[i].slot = first + (uint32_t)i;
    }
    TRY(hold_all(job, txn, row, count));
    for (size_t i = 0; i < count; i++) {
        struct subject fresh = {.slot = row[i].slot};
        TRY(entropy_draw(job, fresh.id, sizeof fresh.id));
        TRY(seal_row(job, txn, fresh, row[i].content));
    }
    return CANDOR_OK;
}

/* The row as somebody whose key opens it, and its sealed content. */
static enum candor_status find_row(struct job *job, struct txn *txn, uint32_t slot,
                                   struct subject *as_subject, struct bytes *sealed)
{
    bool found = false;
    must(txn->is_open);
    struct query *query = db_query(txn->store->data, SQL_QUARANTINE_GET);
    query_number(query, 1, slot);
    TRY(query_row(job, query, &found));
    if (!found) {
        return fail(job, CANDOR_NOT_FOUND, "no row of that number is in quarantine");
    }
    const struct bytes id = query_get_bytes(query, 0);
    const bool is_sound = id.len == ID_LEN;
    as_subject->slot = slot;
    if (is_sound) {
        memcpy(as_subject->id, id.ptr, id.len);
        *sealed = bytes_copy_of(job->arena, query_get_bytes(query, 1));
    }
    query_end(query);
    return is_sound ? CANDOR_OK
                    : fail(job, CANDOR_CORRUPT, "data.db has a row that we did not write");
}

enum candor_status store_put_quarantine(struct job *job, struct txn *txn,
                                        const struct quarantine_row *row)
{
    struct subject as_subject = {0};
    struct bytes before;
    TRY(find_row(job, txn, row->slot, &as_subject, &before));
    TRY(hold_all(job, txn, row, 1));
    return seal_row(job, txn, as_subject, row->content);
}

/* ---- reading ------------------------------------------------------------------------------- */

enum candor_status store_quarantine(struct job *job, struct txn *txn, uint32_t slot,
                                    struct bytes *content)
{
    struct subject as_subject = {0};
    struct bytes sealed;
    TRY(find_row(job, txn, slot, &as_subject, &sealed));
    TRY(vault_open_new(job, txn, as_subject));
    const enum candor_status status = vault_unseal(job, txn, place, sealed, content);
    vault_close(&txn->store->vault);
    return during(job, status, "row %u in quarantine", slot);
}

enum candor_status store_quarantine_count(struct job *job, struct txn *txn, uint64_t *count)
{
    bool found = false;
    must(txn->is_open);
    struct query *query = db_query(txn->store->data, SQL_QUARANTINE_COUNT);
    TRY(query_row(job, query, &found));
    *count = found ? (uint64_t)query_get_number(query, 0) : 0;
    query_end(query);
    return CANDOR_OK;
}

enum candor_status store_next_quarantine(struct job *job, struct txn *txn, uint64_t *cursor,
                                         uint32_t *slot)
{
    bool found = false;
    must(txn->is_open);
    struct query *query = db_query(txn->store->data, SQL_QUARANTINE_NEXT);
    query_number(query, 1, (int64_t)*cursor);
    TRY(query_row(job, query, &found));
    if (!found) {
        return fail(job, CANDOR_NOT_FOUND, "no more rows in quarantine");
    }
    const int64_t number = query_get_number(query, 0);
    query_end(query);
    if (number < 0 || number >= KEYRING_SLOTS_MAX) {
        return fail(job, CANDOR_CORRUPT, "data.db has a row that we did not write");
    }
    *slot = (uint32_t)number;
    *cursor = (uint64_t)number + 1;
    return CANDOR_OK;
}

/* ---- dropping ------------------------------------------------------------------------------ */

static enum candor_status drop(struct job *job, struct txn *txn, uint32_t slot, bool *was_there)
{
    struct query *query = db_query(txn->store->data, SQL_QUARANTINE_REMOVE);
    query_number(query, 1, slot);
    TRY(query_run(job, query));
    *was_there = db_changes(txn->store->data) > 0;
    if (!*was_there) {
        return CANDOR_OK;
    }
    txn_changes(txn);
    query = db_query(txn->store->data, SQL_PENDING_ADD);
    query_number(query, 1, slot);
    return query_run(job, query);
}

enum candor_status store_drop_quarantine(struct job *job, struct txn *txn, uint32_t slot)
{
    bool was_there = false;
    must(txn->is_open);
    TRY(drop(job, txn, slot, &was_there));
    return was_there ? CANDOR_OK
                     : fail(job, CANDOR_NOT_FOUND, "no row of that number is in quarantine");
}

/* The rows that may go by a name of the subject in this slot: data.db confirms them. */
static enum candor_status held_of(struct job *job, struct txn *txn, uint32_t slot, uint32_t **row,
                                  size_t *count)
{
    struct buf list = buf_begin(job->arena);
    bool found = true;
    struct query *query = db_query(txn->store->keys, SQL_HELD_OF_SUBJECT);
    query_number(query, 1, slot);
    TRY(query_row(job, query, &found));
    while (found) {
        const uint32_t one = (uint32_t)query_get_number(query, 0);
        buf_bytes(&list, &one, sizeof one);
        TRY(query_row(job, query, &found));
    }
    *row = (void *)list.ptr; /* an arena's piece is aligned */
    *count = list.len / sizeof **row;
    return CANDOR_OK;
}

enum candor_status quarantine_erase(struct job *job, struct txn *txn, uint32_t slot,
                                    uint64_t *count)
{
    uint32_t *row = NULL;
    size_t rows = 0;
    TRY(held_of(job, txn, slot, &row, &rows));
    for (size_t i = 0; i < rows; i++) {
        bool was_there = false;
        TRY(drop(job, txn, row[i], &was_there));
        *count += was_there;
    }
    return CANDOR_OK;
}

enum candor_status store_quarantine_of(struct job *job, struct txn *txn,
                                       const struct permit *permit, uint32_t **slot, size_t *count)
{
    size_t held = 0;
    must(txn->is_open);
    TRY(held_of(job, txn, permit_subject(permit).slot, slot, &held));
    *count = 0;
    for (size_t i = 0; i < held; i++) {
        struct subject as_subject = {0};
        struct bytes sealed;
        const enum candor_status status = find_row(job, txn, (*slot)[i], &as_subject, &sealed);
        if (status == CANDOR_NOT_FOUND) { /* rolled back, or on its way out */
            job_forgive(job);
            continue;
        }
        TRY(status);
        (*slot)[(*count)++] = (*slot)[i];
    }
    return CANDOR_OK;
}
