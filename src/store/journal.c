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
 * those that *wait* are known in memory, and are settled in the order of slots, thousands in a row,
 * so that many pointers share a page:
 *
 *     groups     0 .. from .. to .. next
 *                settled | being settled: | wait
 *                        | done are slots |
 *                        | below `slot`   |
 *
 * from, to and slot are written with each slice of pointers, in the same transaction; what waits is
 * read from the groups again when the home was opened anew, once somebody asks. A slice is in
 * proportion to the decisions of its commit, so that nobody waits for the pointers of others.
 *
 * What is removed is gone from its group too, which is sealed anew without it. Of a person whose
 * key was destroyed while an older copy of data.db was away, nothing opens in the groups any more.
 *
 * Homes from before have the whole record where the pointer stands now; it is longer, and is read.
 */
#include <stdlib.h>
#include <string.h>

#include "inside.h"

enum {
    GROUP_RECORDS = 64,
    POINTER_LEN = 8,
    STATE_LEN = 20,
    JOURNAL_KEY_NUMBER = 1,
    JOURNAL_GENERATION = 1,
    LOAD_AFTER = 1024,     /* decisions of this process, before what waits is looked for */
    SETTLE_FROM = 1 << 15, /* so many wait before a round of settling begins */
    SLICE_TIMES = 2,       /* pointers for each decision of a commit while a round lasts */
};

/* No record has it: of what was removed while it waited. */
static const uint64_t removed = UINT64_MAX;

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

/* In the job's arena. */
static enum candor_status group_get(struct job *job, struct store *store, uint64_t group,
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

struct group_record {
    uint32_t slot;
    struct bytes sealed; /* empty: it was removed */
};

static bool next_record(struct reader *reader, struct group_record *record)
{
    if (reader->at == reader->len) {
        return false;
    }
    record->slot = read_u32le(reader);
    record->sealed = read_block(reader);
    return !reader->bad;
}

static enum candor_status check_group(struct job *job, const struct reader *reader, uint64_t group)
{
    return reader->bad ? fail(job, CANDOR_CORRUPT, "group %llu of decisions has another layout",
                              (unsigned long long)group)
                       : CANDOR_OK;
}

/* ---- what waits ---------------------------------------------------------------------------- */

static struct waiting *waiting_of(const struct buf *buf)
{
    return (void *)buf->ptr; /* a piece of an arena is aligned for any type */
}

static size_t waiting_count(const struct buf *buf)
{
    return buf->len / sizeof(struct waiting);
}

static int compare_numbers(uint64_t left, uint64_t right)
{
    return (left > right) - (left < right);
}

static int by_number(const void *left, const void *right)
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
    return order != 0 ? order : by_number(left, right);
}

static bool is_gone(const struct txn *txn, const struct waiting *entry)
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
    for (uint32_t ordinal = 0; next_record(&reader, &record); ordinal++) {
        const struct waiting entry = {group * GROUP_RECORDS + ordinal, record.slot};
        const bool is_settled = group < journal->to && record.slot < journal->slot;
        if (record.sealed.len > 0 && !is_settled) {
            buf_bytes(waiting, &entry, sizeof entry);
        }
    }
    return check_group(job, &reader, group);
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

/* What a process before us left waiting. */
static enum candor_status load(struct job *job, struct store *store)
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
        found = next_record(&reader, &record);
    }
    TRY(check_group(job, &reader, walk->group));
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
        if (entry[i].slot == slot && !is_gone(walk->txn, &entry[i])) {
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
    TRY(load(job, txn->store));
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
        if (entry[i].slot == slot && !is_gone(txn, &entry[i])) {
            note_gone(txn, entry[i].number);
            forgetting->waiting++;
        }
    }
}

enum candor_status journal_forget(struct job *job, struct txn *txn, uint64_t *waiting)
{
    const struct journal *journal = &txn->store->journal;
    struct forgetting forgetting = {.txn = txn};
    TRY(load(job, txn->store));
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
    for (uint64_t number = group * GROUP_RECORDS; next_record(&reader, &record); number++) {
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
        qsort(gone, count, sizeof *gone, by_number);
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
        if (!is_gone(txn, &entry[i])) {
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

static enum candor_status settle(struct job *job, struct txn *txn)
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
    const enum candor_status status = load(job, txn->store);
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

enum candor_status journal_finish(struct job *job, struct txn *txn)
{
    TRY(flush(job, txn));
    TRY(cut_all(job, txn));
    return settle(job, txn);
}

static void strike_out(struct journal *journal, const struct buf *gone)
{
    struct waiting *entry = waiting_of(&journal->waiting);
    for (size_t i = 0; i < waiting_count(&journal->waiting) && gone->len > 0; i++) {
        if (bsearch(&entry[i], gone->ptr, waiting_count(gone), sizeof entry[i], by_number) !=
            NULL) {
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
