/*
 * journal.c - decisions, in the order in which they came.
 *
 * A decision's account is sealed with its subject's key and then stands in a *group* with those of
 * the same commit: one row for all of them, sealed again as a whole with the home's key, so that
 * nobody without it sees who is in a group. Rows in the order of subjects instead would cost a page
 * of the database for each decision, twice written and once synced; a group costs two or three.
 *
 *     journal    group -> sealed ( slot u32 | record block ) * 1 .. GROUP_RECORDS
 *     decision   place -> sealed ( number u64 )      with the subject's key: a pointer
 *
 * A record's number is group * GROUP_RECORDS + its ordinal within the group; it is what the record is
 * bound to, and stays when others of its group are removed.
 *
 * A decision is durable with its group. Its pointer, by which its subject finds it, follows later:
 * until then it waits, in journal_settle.c.
 *
 * What is removed is gone from its group too, which is sealed anew without it. Of a person whose
 * key was destroyed while an older copy of data.db was away, nothing opens in the groups any more.
 *
 * Homes from before have the whole record where the pointer stands now; it is longer, and is read.
 */
#include <stdlib.h>

#include "journal.h"

enum { POINTER_LEN = 8, JOURNAL_GENERATION = 1 };

/* ---- groups -------------------------------------------------------------------------------- */

static struct bytes bound_to(struct buf *bound, uint64_t group)
{
    buf_lit(bound, LIT("journal.sealed"));
    buf_u64le(bound, group);
    return buf_all(bound);
}

static enum candor_status group_put(struct job *job, struct store *store, enum sql sql,
                                    uint64_t group, struct bytes plain)
{
    struct buf bound = buf_begin(job->arena);
    struct bytes sealed;
    TRY(seal(job, store->journal.key, JOURNAL_GENERATION, bound_to(&bound, group), plain, &sealed));
    struct query *query = db_query(store->data, sql);
    query_number(query, 1, (int64_t)group);
    query_bytes(query, 2, sealed);
    return query_run(job, query);
}

enum candor_status group_get(struct job *job, struct store *store, uint64_t group,
                             struct bytes *plain)
{
    struct query *query = db_query(store->data, SQL_JOURNAL_GET);
    struct buf bound = buf_begin(job->arena);
    bool found = false;
    query_number(query, 1, (int64_t)group);
    TRY(query_row(job, query, &found));
    if (!found) {
        return fail(job, CANDOR_CORRUPT, "group %llu of decisions is missing from data.db",
                    (unsigned long long)group);
    }
    const enum candor_status status = seal_open(job, store->journal.key, bound_to(&bound, group),
                                                query_get_bytes(query, 0), plain);
    query_end(query);
    return during(job, status, "group %llu of decisions", (unsigned long long)group);
}

bool group_next(struct reader *reader, struct group_record *record)
{
    if (reader->at == reader->len) {
        return false;
    }
    record->slot = read_u32le(reader);
    record->sealed = read_block(reader);
    return !reader->bad;
}

enum candor_status group_check(struct job *job, const struct reader *reader, uint64_t group)
{
    return reader->bad ? fail(job, CANDOR_CORRUPT, "group %llu of decisions has another layout",
                              (unsigned long long)group)
                       : CANDOR_OK;
}

/* ---- adding -------------------------------------------------------------------------------- */

static enum candor_status flush(struct job *job, struct txn *txn)
{
    const struct arena_mark mark = arena_mark(job->arena);
    if (txn->group_count == 0) {
        return CANDOR_OK;
    }
    TRY(group_put(job, txn->store, SQL_JOURNAL_ADD, txn->next_group, buf_all(&txn->group)));
    arena_rewind(job->arena, mark);
    txn->next_group++;
    txn->group_count = 0;
    txn->group.len = 0;
    return CANDOR_OK;
}

void journal_begin(struct txn *txn)
{
    txn->group = buf_begin(txn->arena);
    txn->added = buf_begin(txn->arena);
    txn->gone = buf_begin(txn->arena);
    txn->next_group = txn->store->journal.next;
}

static struct vault_place place_of_number(uint64_t number)
{
    return (struct vault_place){USE_JOURNAL, (int64_t)number, NULL};
}

enum candor_status journal_add(struct job *job, struct txn *txn, struct bytes plain)
{
    const uint32_t slot = txn->store->vault.subject.slot;
    const struct waiting entry = {txn->next_group * GROUP_RECORDS + txn->group_count, slot};
    struct bytes sealed;
    TRY(vault_seal(job, txn, place_of_number(entry.number), plain, &sealed));
    txn_changes(txn);
    buf_u32le(&txn->group, slot);
    buf_block(&txn->group, sealed);
    buf_bytes(&txn->added, &entry, sizeof entry);
    txn->group_count++;
    return txn->group_count < GROUP_RECORDS ? CANDOR_OK : flush(job, txn);
}

/* ---- reading ------------------------------------------------------------------------------- */

/* A walk over the decisions of the open subject. Neighbours are often in one group, which is kept. */
struct walk {
    struct txn *txn;
    enum candor_status (*visit)(struct job *job, void *visitor, const struct kept_decision *kept);
    void *visitor;
    struct arena *arena; /* of the group */
    bool has_group;
    uint64_t group;
    struct bytes plain;
};

static enum candor_status enter_group(struct job *job, struct walk *walk, uint64_t group)
{
    const struct arena_mark mark = arena_mark(job->arena);
    struct bytes plain;
    if (walk->has_group && walk->group == group) {
        return CANDOR_OK;
    }
    TRY(group_get(job, walk->txn->store, group, &plain));
    arena_end(walk->arena);
    walk->arena = arena_begin();
    walk->plain = bytes_copy_of(walk->arena, plain);
    walk->has_group = true;
    walk->group = group;
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

static enum candor_status find_record(struct job *job, const struct walk *walk, uint64_t number,
                                      struct bytes *sealed)
{
    struct reader reader = reader_of(walk->plain);
    struct group_record record = {0};
    bool found = true;
    for (uint64_t i = 0; i <= number % GROUP_RECORDS && found; i++) {
        found = group_next(&reader, &record);
    }
    TRY(group_check(job, &reader, walk->group));
    if (!found || record.sealed.len == 0) {
        return fail(job, CANDOR_CORRUPT, "group %llu of decisions lacks one that is pointed to",
                    (unsigned long long)walk->group);
    }
    *sealed = record.sealed;
    return CANDOR_OK;
}

static enum candor_status visit_number(struct job *job, struct walk *walk, int64_t row,
                                       uint64_t number)
{
    struct kept_decision kept = {.row = row, .number = number, .has_number = true};
    struct bytes sealed;
    struct bytes plain;
    TRY(enter_group(job, walk, number / GROUP_RECORDS));
    TRY(find_record(job, walk, number, &sealed));
    TRY(vault_unseal(job, walk->txn, place_of_number(number), sealed, &plain));
    TRY(decision_row_read(job, plain, &kept.record));
    return walk->visit(job, walk->visitor, &kept);
}

static bool read_pointer(struct bytes plain, uint64_t *number)
{
    struct reader reader = reader_of(plain);
    *number = read_u64le(&reader);
    return plain.len == POINTER_LEN;
}

static enum candor_status visit_row(struct job *job, void *visitor, const struct row *row)
{
    struct walk *walk = visitor;
    struct kept_decision kept = {.row = row->number};
    struct bytes plain;
    uint64_t number = 0;
    TRY(rows_open(job, walk->txn, ROW_DECISION, row, &plain));
    if (read_pointer(plain, &number)) {
        return visit_number(job, walk, row->number, number);
    }
    TRY(decision_row_read(job, plain, &kept.record));
    return walk->visit(job, walk->visitor, &kept);
}

/* Those of a list, from the entry at on, that are the open subject's. */
static enum candor_status visit_list(struct job *job, struct walk *walk, const struct buf *list,
                                     size_t at)
{
    const uint32_t slot = walk->txn->store->vault.subject.slot;
    const struct waiting *entry = waiting_of(list);
    for (size_t i = at; i < waiting_count(list); i++) {
        if (entry[i].slot == slot && !waiting_is_gone(walk->txn, &entry[i])) {
            TRY(visit_number(job, walk, 0, entry[i].number));
        }
    }
    return CANDOR_OK;
}

static enum candor_status walk_all(struct job *job, struct walk *walk)
{
    struct txn *txn = walk->txn;
    const struct journal *journal = &txn->store->journal;
    TRY(rows_each(job, txn, ROW_DECISION, visit_row, walk));
    TRY(waiting_load(job, txn->store));
    TRY(visit_list(job, walk, &journal->waiting, journal->round_at));
    TRY(flush(job, txn));
    return visit_list(job, walk, &txn->added, 0);
}

enum candor_status journal_each(struct job *job, struct txn *txn,
                                enum candor_status (*visit)(struct job *job, void *visitor,
                                                            const struct kept_decision *kept),
                                void *visitor)
{
    struct walk walk = {.txn = txn, .visit = visit, .visitor = visitor, .arena = arena_begin()};
    const enum candor_status status = walk_all(job, &walk);
    arena_end(walk.arena);
    return status;
}

/* ---- removing ------------------------------------------------------------------------------ */

static void note_gone(struct txn *txn, uint64_t number)
{
    const struct waiting entry = {number, 0};
    buf_bytes(&txn->gone, &entry, sizeof entry);
}

enum candor_status journal_remove(struct job *job, struct txn *txn,
                                  const struct kept_decision *kept)
{
    txn_changes(txn);
    if (kept->has_number) {
        note_gone(txn, kept->number);
    }
    return kept->row > 0 ? rows_remove(job, txn, ROW_DECISION, kept->row) : CANDOR_OK;
}

struct forgetting {
    struct txn *txn;
    uint64_t waiting; /* those without a row */
};

static enum candor_status forget_row(struct job *job, void *visitor, const struct row *row)
{
    struct forgetting *forgetting = visitor;
    struct bytes plain;
    uint64_t number = 0;
    TRY(rows_open(job, forgetting->txn, ROW_DECISION, row, &plain));
    if (read_pointer(plain, &number)) {
        note_gone(forgetting->txn, number);
    }
    return CANDOR_OK;
}

static void forget_list(struct forgetting *forgetting, const struct buf *list, size_t at)
{
    struct txn *txn = forgetting->txn;
    const uint32_t slot = txn->store->vault.subject.slot;
    const struct waiting *entry = waiting_of(list);
    for (size_t i = at; i < waiting_count(list); i++) {
        if (entry[i].slot == slot && !waiting_is_gone(txn, &entry[i])) {
            note_gone(txn, entry[i].number);
            forgetting->waiting++;
        }
    }
}

enum candor_status journal_forget(struct job *job, struct txn *txn, uint64_t *waiting)
{
    const struct journal *journal = &txn->store->journal;
    struct forgetting forgetting = {.txn = txn};
    TRY(waiting_load(job, txn->store));
    TRY(rows_each(job, txn, ROW_DECISION, forget_row, &forgetting));
    forget_list(&forgetting, &journal->waiting, journal->round_at);
    TRY(flush(job, txn));
    forget_list(&forgetting, &txn->added, 0);
    *waiting = forgetting.waiting;
    return CANDOR_OK;
}

/* The group without those of gone that are its own; false: nothing is left of it. */
static bool without(struct bytes plain, uint64_t group, const struct waiting *gone, size_t count,
                    struct buf *left)
{
    struct reader reader = reader_of(plain);
    struct group_record record;
    bool has_any = false;
    size_t at = 0;
    for (uint64_t number = group * GROUP_RECORDS; group_next(&reader, &record); number++) {
        const bool goes = at < count && gone[at].number == number;
        at += goes ? 1 : 0;
        buf_u32le(left, goes ? 0 : record.slot);
        buf_block(left, goes ? (struct bytes){NULL, 0} : record.sealed);
        has_any = has_any || (!goes && record.sealed.len > 0);
    }
    return has_any;
}

static enum candor_status group_cut(struct job *job, struct store *store, uint64_t group,
                                    const struct waiting *gone, size_t count)
{
    const struct arena_mark mark = arena_mark(job->arena);
    struct buf left = buf_begin(job->arena);
    struct bytes plain;
    TRY(group_get(job, store, group, &plain));
    if (without(plain, group, gone, count, &left)) {
        TRY(group_put(job, store, SQL_JOURNAL_PUT, group, buf_all(&left)));
    } else {
        struct query *query = db_query(store->data, SQL_JOURNAL_REMOVE);
        query_number(query, 1, (int64_t)group);
        TRY(query_run(job, query));
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

/* Each group once, whatever goes of it. */
static enum candor_status cut_all(struct job *job, struct txn *txn)
{
    struct waiting *gone = waiting_of(&txn->gone);
    const size_t count = waiting_count(&txn->gone);
    size_t at = 0;
    if (count > 1) {
        qsort(gone, count, sizeof *gone, waiting_by_number);
    }
    while (at < count) {
        const uint64_t group = gone[at].number / GROUP_RECORDS;
        size_t run = 1;
        while (at + run < count && gone[at + run].number / GROUP_RECORDS == group) {
            run++;
        }
        TRY(group_cut(job, txn->store, group, gone + at, run));
        at += run;
    }
    return CANDOR_OK;
}

/* ---- the end of a transaction -------------------------------------------------------------- */

enum candor_status journal_finish(struct job *job, struct txn *txn)
{
    TRY(flush(job, txn));
    TRY(cut_all(job, txn));
    return waiting_settle(job, txn);
}
