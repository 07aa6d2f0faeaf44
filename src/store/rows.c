/*
 * rows.c - what is kept about a subject, row by row.
 *
 * The tables are alike: a place (slot and number), a sealed value, and for events the drawer.
 * A profile has one row for each drawer, whose number is the drawer's; the others are numbered in
 * the order in which they came.
 */
#include "inside.h"

static const struct {
    enum vault_use use;
    bool has_drawer; /* in a column of its own */
    enum sql last;
    enum sql add;
    enum sql all;
    enum sql clear;
    enum sql remove; /* one; SQL_COUNT: never */
} kind_row[ROW_KINDS] = {
    [ROW_PROFILE] = {USE_PROFILE, false, SQL_COUNT, SQL_PROFILE_PUT, SQL_PROFILE_ALL,
                     SQL_PROFILE_CLEAR, SQL_COUNT},
    [ROW_EVENT] = {USE_EVENT, true, SQL_EVENT_LAST, SQL_EVENT_ADD, SQL_EVENT_ALL, SQL_EVENT_CLEAR,
                   SQL_EVENT_REMOVE},
    [ROW_CONSENT] = {USE_CONSENT, false, SQL_CONSENT_LAST, SQL_CONSENT_ADD, SQL_CONSENT_ALL,
                     SQL_CONSENT_CLEAR, SQL_COUNT},
    [ROW_CONTACT] = {USE_CONTACT, false, SQL_CONTACT_LAST, SQL_CONTACT_ADD, SQL_CONTACT_ALL,
                     SQL_CONTACT_CLEAR, SQL_CONTACT_REMOVE},
    [ROW_DECISION] = {USE_DECISION, false, SQL_DECISION_LAST, SQL_DECISION_ADD, SQL_DECISION_ALL,
                      SQL_DECISION_CLEAR, SQL_DECISION_REMOVE},
    [ROW_ACCESS] = {USE_ACCESS, false, SQL_ACCESS_LAST, SQL_ACCESS_ADD, SQL_ACCESS_ALL,
                    SQL_ACCESS_CLEAR, SQL_COUNT},
    [ROW_DISCLOSURE] = {USE_DISCLOSURE, false, SQL_DISCLOSURE_LAST, SQL_DISCLOSURE_ADD,
                        SQL_DISCLOSURE_ALL, SQL_DISCLOSURE_CLEAR, SQL_COUNT},
};

static void bind_slot(struct query *query, uint32_t slot)
{
    query_number(query, 1, place_of(slot, 0));
    query_number(query, 2, place_of(slot, PLACE_ROWS_MAX));
}

static uint32_t open_slot(const struct txn *txn)
{
    must(txn->store->vault.is_open);
    return txn->store->vault.subject.slot;
}

enum candor_status rows_last(struct job *job, struct txn *txn, enum sql last, int64_t *number)
{
    struct query *query = db_query(txn->store->data, last);
    bool found = false;
    bind_slot(query, open_slot(txn));
    TRY(query_row(job, query, &found)); /* always one row: NULL, which reads as 0, when none */
    *number = found ? row_of(query_get_number(query, 0)) : 0;
    query_end(query);
    return CANDOR_OK;
}

static enum candor_status write_row(struct job *job, struct txn *txn, enum row_kind kind,
                                    int64_t number, const struct drawer_mark *drawer,
                                    struct bytes plain)
{
    const struct vault_place place = {kind_row[kind].use, number, drawer};
    struct bytes sealed;
    TRY(vault_seal(job, txn, place, plain, &sealed));
    struct query *query = db_query(txn->store->data, kind_row[kind].add);
    query_number(query, 1, place_of(open_slot(txn), number));
    query_bytes(query, 2, sealed);
    if (kind_row[kind].has_drawer) {
        query_number(query, 3, drawer->row);
    }
    txn_changes(txn);
    return query_run(job, query);
}

enum candor_status rows_add(struct job *job, struct txn *txn, enum row_kind kind,
                            const struct drawer_mark *drawer, struct bytes plain)
{
    int64_t last = 0;
    TRY(rows_last(job, txn, kind_row[kind].last, &last));
    if (last >= SUBJECT_ROWS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "a subject has at most %lld such rows",
                    (long long)SUBJECT_ROWS_MAX);
    }
    return write_row(job, txn, kind, last + 1, drawer, plain);
}

enum candor_status rows_add_at(struct job *job, struct txn *txn, enum row_kind kind, int64_t number,
                               struct bytes plain)
{
    must(!kind_row[kind].has_drawer);
    return write_row(job, txn, kind, number, NULL, plain);
}

enum candor_status rows_put_profile(struct job *job, struct txn *txn,
                                    const struct drawer_mark *drawer, struct bytes plain)
{
    return write_row(job, txn, ROW_PROFILE, drawer->row, drawer, plain);
}

static enum candor_status read_row(struct job *job, struct txn *txn, enum row_kind kind,
                                   struct query *query, struct row *row)
{
    *row = (struct row){
        .number = row_of(query_get_number(query, 0)),
        .sealed = query_get_bytes(query, 1),
    };
    if (kind != ROW_PROFILE && !kind_row[kind].has_drawer) {
        return CANDOR_OK;
    }
    const int64_t drawer = kind == ROW_PROFILE ? row->number : query_get_number(query, 2);
    row->drawer = drawers_find(&txn->store->drawers, drawer);
    if (row->drawer == NULL) {
        return fail(job, CANDOR_CORRUPT, "a row of data.db is in drawer %lld, which there is not",
                    (long long)drawer);
    }
    return CANDOR_OK;
}

enum candor_status rows_each(struct job *job, struct txn *txn, enum row_kind kind,
                             enum candor_status (*visit)(struct job *job, void *visitor,
                                                         const struct row *row),
                             void *visitor)
{
    struct query *query = db_query(txn->store->data, kind_row[kind].all);
    bool found = true;
    bind_slot(query, open_slot(txn));
    TRY(query_row(job, query, &found));
    while (found) {
        struct row row;
        enum candor_status status = read_row(job, txn, kind, query, &row);
        if (status == CANDOR_OK) {
            status = visit(job, visitor, &row);
        }
        if (status != CANDOR_OK) {
            query_end(query);
            return status;
        }
        TRY(query_row(job, query, &found));
    }
    return CANDOR_OK;
}

enum candor_status rows_open(struct job *job, struct txn *txn, enum row_kind kind,
                             const struct row *row, struct bytes *plain)
{
    const struct vault_place place = {kind_row[kind].use, row->number, row->drawer};
    return vault_unseal(job, txn, place, row->sealed, plain);
}

enum candor_status rows_one(struct job *job, struct txn *txn, enum row_kind kind, int64_t number,
                            struct bytes *plain)
{
    struct query *query = db_query(txn->store->data, kind_row[kind].all);
    struct row row;
    bool found = false;
    query_number(query, 1, place_of(open_slot(txn), number));
    query_number(query, 2, place_of(open_slot(txn), number));
    TRY(query_row(job, query, &found));
    if (!found) {
        return fail(job, CANDOR_NOT_FOUND, "there is no row %lld", (long long)number);
    }
    enum candor_status status = read_row(job, txn, kind, query, &row);
    if (status == CANDOR_OK) {
        status = rows_open(job, txn, kind, &row, plain);
    }
    query_end(query);
    return status;
}

enum candor_status rows_clear(struct job *job, struct database *data, enum row_kind kind,
                              uint32_t slot, uint64_t *count)
{
    struct query *query = db_query(data, kind_row[kind].clear);
    bind_slot(query, slot);
    TRY(query_run(job, query));
    *count = db_changes(data);
    return CANDOR_OK;
}

enum candor_status rows_remove(struct job *job, struct txn *txn, enum row_kind kind, int64_t number)
{
    must(kind_row[kind].remove != SQL_COUNT);
    struct query *query = db_query(txn->store->data, kind_row[kind].remove);
    query_number(query, 1, place_of(open_slot(txn), number));
    txn_changes(txn);
    return query_run(job, query);
}
