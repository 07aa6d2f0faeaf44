/*
 * journal_settle.c - pointers to decisions, by which their subjects find them, written late and in the
 * order of slots, thousands in a row, so that many share a page.
 *
 * A decision is durable with its group; those without a pointer *wait*. They are known in memory:
 *
 *     groups     0 .. from .. to .. next
 *                settled | being settled: | wait
 *                        | done are slots |
 *                        | below `slot`   |
 *
 * from, to and slot are written with each slice of pointers, in the same transaction; what waits is
 * read from the groups again when the home was opened anew, once somebody asks. A slice is in
 * proportion to the decisions of its commit, so that nobody waits for the pointers of others.
 */
#include <stdlib.h>

#include "journal.h"

enum {
    STATE_LEN = 20,
    JOURNAL_KEY_NUMBER = 1,
    LOAD_AFTER = 1024,     /* decisions of this process, before what waits is looked for */
    SETTLE_FROM = 1 << 15, /* so many wait before a round of settling begins */
    SLICE_TIMES = 2,       /* pointers for each decision of a commit while a round lasts */
};

/* No record has it: of what was removed while it waited. */
static const uint64_t removed = UINT64_MAX;

/* ---- what waits ---------------------------------------------------------------------------- */

static int compare_numbers(uint64_t left, uint64_t right)
{
    return (left > right) - (left < right);
}

int waiting_by_number(const void *left, const void *right)
{
    const struct waiting *first = left;
    const struct waiting *second = right;
    return compare_numbers(first->number, second->number);
}

static int by_slot(const void *left, const void *right)
{
    const struct waiting *first = left;
    const struct waiting *second = right;
    const int order = compare_numbers(first->slot, second->slot);
    return order != 0 ? order : waiting_by_number(left, right);
}

bool waiting_is_gone(const struct txn *txn, const struct waiting *entry)
{
    const struct waiting *gone = waiting_of(&txn->gone);
    for (size_t i = 0; i < waiting_count(&txn->gone); i++) {
        if (gone[i].number == entry->number) {
            return true;
        }
    }
    return entry->number == removed;
}

/* Keep what waits from the entry at on, in memory of its own. */
static void wait_from(struct journal *journal, size_t at)
{
    struct arena *arena = arena_begin();
    struct buf kept = buf_begin(arena);
    const size_t count = waiting_count(&journal->waiting);
    if (at < count) {
        buf_bytes(&kept, waiting_of(&journal->waiting) + at, (count - at) * sizeof(struct waiting));
    }
    arena_end(journal->arena);
    journal->arena = arena;
    journal->waiting = kept;
    journal->round_count = 0;
    journal->round_at = 0;
}

static void begin_round(struct journal *journal, size_t count)
{
    if (count > 1) {
        qsort(waiting_of(&journal->waiting), count, sizeof(struct waiting), by_slot);
    }
    journal->round_count = count;
    journal->round_at = 0;
}

/* ---- how far it is settled ----------------------------------------------------------------- */

static enum candor_status read_state(struct job *job, struct store *store)
{
    struct journal *journal = &store->journal;
    struct bytes bytes;
    const enum candor_status status = meta_bytes(job, store->data, LIT("journal"), &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    journal->from = read_u64le(&reader);
    journal->to = read_u64le(&reader);
    journal->slot = read_u32le(&reader);
    return reader_is_done(&reader) && bytes.len == STATE_LEN && journal->from <= journal->to
               ? CANDOR_OK
               : fail(job, CANDOR_CORRUPT, "data.db does not say which decisions are settled");
}

static enum candor_status put_state(struct job *job, struct store *store, uint64_t from,
                                    uint64_t to, uint32_t slot)
{
    struct buf buf = buf_begin(job->arena);
    buf_u64le(&buf, from);
    buf_u64le(&buf, to);
    buf_u32le(&buf, slot);
    return meta_put_bytes(job, store->data, LIT("journal"), buf_all(&buf));
}

enum candor_status journal_open(struct job *job, struct store *store)
{
    struct journal *journal = &store->journal;
    struct query *query = db_query(store->data, SQL_JOURNAL_LAST);
    bool found = false;
    secret_derive(journal->key, keyring_home_key(store->keyring), "journal_", JOURNAL_KEY_NUMBER);
    TRY(query_row(job, query, &found));
    journal->next = 0;
    if (found) {
        journal->next = query_is_null(query, 0) ? 0 : (uint64_t)query_get_number(query, 0) + 1;
        query_end(query);
    }
    TRY(read_state(job, store));
    journal->next = journal->next < journal->to ? journal->to : journal->next;
    wait_from(journal, 0);
    return CANDOR_OK;
}

void journal_init(struct journal *journal, struct arena *arena)
{
    *journal = (struct journal){.key = secret_begin(arena)};
}

void journal_close(struct journal *journal)
{
    arena_end(journal->arena);
    journal->arena = NULL;
}

static enum candor_status load_group(struct job *job, struct store *store, uint64_t group,
                                     struct bytes plain, struct buf *waiting)
{
    const struct journal *journal = &store->journal;
    struct reader reader = reader_of(plain);
    struct group_record record;
    for (uint32_t ordinal = 0; group_next(&reader, &record); ordinal++) {
        const struct waiting entry = {group * GROUP_RECORDS + ordinal, record.slot};
        const bool is_settled = group < journal->to && record.slot < journal->slot;
        if (record.sealed.len > 0 && !is_settled) {
            buf_bytes(waiting, &entry, sizeof entry);
        }
    }
    return group_check(job, &reader, group);
}

static enum candor_status load_all(struct job *job, struct store *store, struct buf *waiting,
                                   size_t *round_count)
{
    const struct journal *journal = &store->journal;
    for (uint64_t group = journal->from; group < journal->next; group++) {
        const struct arena_mark mark = arena_mark(job->arena);
        struct query *query = db_query(store->data, SQL_JOURNAL_IS);
        bool found = false;
        struct bytes plain;
        query_number(query, 1, (int64_t)group);
        TRY(query_row(job, query, &found));
        if (found) { /* one of which nothing was left is no more */
            query_end(query);
            TRY(group_get(job, store, group, &plain));
            TRY(load_group(job, store, group, plain, waiting));
        }
        arena_rewind(job->arena, mark);
        if (group < journal->to) {
            *round_count = waiting_count(waiting);
        }
    }
    return CANDOR_OK;
}

enum candor_status waiting_load(struct job *job, struct store *store)
{
    struct journal *journal = &store->journal;
    size_t round_count = 0;
    if (journal->is_loaded) {
        return CANDOR_OK;
    }
    wait_from(journal, waiting_count(&journal->waiting));
    TRY(load_all(job, store, &journal->waiting, &round_count));
    begin_round(journal, round_count);
    journal->round_to = journal->to;
    journal->is_loaded = true;
    return CANDOR_OK;
}

/* ---- settling ------------------------------------------------------------------------------ */

/* Their subject is gone: so is what they point to. */
static enum candor_status open_owner(struct job *job, struct txn *txn, uint32_t slot,
                                     bool *is_there)
{
    struct subject subject;
    enum candor_status status = store_subject_at(job, txn, slot, &subject);
    if (status == CANDOR_OK) {
        status = vault_open_new(job, txn, subject);
    }
    *is_there = status == CANDOR_OK;
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

static enum candor_status settle_subject(struct job *job, struct txn *txn,
                                         const struct waiting *entry, size_t count)
{
    const struct arena_mark mark = arena_mark(job->arena);
    bool is_there = false;
    int64_t row = 0;
    TRY(open_owner(job, txn, entry[0].slot, &is_there));
    if (is_there) {
        TRY(rows_last(job, txn, SQL_DECISION_LAST, &row));
    }
    for (size_t i = 0; i < count && is_there; i++) {
        struct buf pointer = buf_begin(job->arena);
        if (!waiting_is_gone(txn, &entry[i])) {
            buf_u64le(&pointer, entry[i].number);
            TRY(rows_add_at(job, txn, ROW_DECISION, ++row, buf_all(&pointer)));
        }
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

/* Of the round, so many pointers and the rest of the last subject's. */
static enum candor_status settle_slice(struct job *job, struct txn *txn, size_t most)
{
    const struct journal *journal = &txn->store->journal;
    const struct waiting *entry = waiting_of(&journal->waiting);
    const size_t end = journal->round_count;
    size_t at = journal->round_at;
    while (at < end && at - journal->round_at < most) {
        size_t run = 1;
        while (at + run < end && entry[at + run].slot == entry[at].slot) {
            run++;
        }
        TRY(settle_subject(job, txn, entry + at, run));
        at += run;
    }
    txn->settled_to = at;
    return at < end ? put_state(job, txn->store, journal->from, journal->round_to, entry[at].slot)
                    : put_state(job, txn->store, journal->round_to, journal->round_to, 0);
}

enum candor_status waiting_settle(struct job *job, struct txn *txn)
{
    struct journal *journal = &txn->store->journal;
    const size_t added = waiting_count(&txn->added);
    journal->added += added;
    txn->settled_to = journal->round_at;
    if (added == 0 || (!journal->is_loaded && journal->added < LOAD_AFTER)) {
        return CANDOR_OK;
    }
    if (journal->is_damaged) {
        return CANDOR_OK;
    }
    const enum candor_status status = waiting_load(job, txn->store);
    journal->is_damaged = status == CANDOR_CORRUPT;
    if (journal->is_damaged) { /* who reads it is told; new decisions are made all the same */
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    if (journal->round_count == 0 && waiting_count(&journal->waiting) >= SETTLE_FROM) {
        journal->round_to = journal->next;
        begin_round(journal, waiting_count(&journal->waiting));
    }
    return journal->round_count == 0 ? CANDOR_OK : settle_slice(job, txn, added * SLICE_TIMES);
}

/* ---- the end of a transaction -------------------------------------------------------------- */

static void strike_out(struct journal *journal, const struct buf *gone)
{
    struct waiting *entry = waiting_of(&journal->waiting);
    for (size_t i = 0; i < waiting_count(&journal->waiting) && gone->len > 0; i++) {
        if (bsearch(&entry[i], gone->ptr, waiting_count(gone), sizeof entry[i],
                    waiting_by_number) != NULL) {
            entry[i].number = removed;
        }
    }
}

void journal_committed(struct txn *txn)
{
    struct journal *journal = &txn->store->journal;
    journal->next = txn->next_group;
    if (!journal->is_loaded) {
        return;
    }
    if (txn->added.len > 0) {
        buf_bytes(&journal->waiting, txn->added.ptr, txn->added.len);
    }
    strike_out(journal, &txn->gone);
    journal->round_at = txn->settled_to;
    if (journal->round_count > 0 && journal->round_at == journal->round_count) {
        journal->from = journal->to = journal->round_to;
        wait_from(journal, journal->round_count);
    }
}
