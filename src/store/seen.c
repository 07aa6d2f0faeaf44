/*
 * seen.c - which messages of the tracking API came already.
 *
 * A sender that heard no answer sends again, so each message has an id, and one that came before is
 * not kept twice. Of the id a keyed hash is kept, by the day on which it came:
 *
 *     tag    BLAKE2b-128(name key, "seen" | id)
 *
 * Hashes come in no order, so a table of them is touched all over: a page of it to write for each message. They
 * go to a log first, a row for each transaction, and *wait*, which is known in memory (waitset.h). Once many do, a
 * hand goes round the hashes in their order and takes a slice of them to the table with each transaction, twice
 * as many as came with it, so that many share a page and nobody waits for those of others:
 *
 *     seen_log   rows first .. free .. turn .. next
 *                     | settled | wait, and most of them were there when the hand began its round
 *
 * Rows before free are deleted, a few at a time. When the hand comes round, all that was there when it began is
 * in the table: the rows before turn are free. A home that is opened anew reads the log, and what it settles
 * twice is in the table once.
 */
#include <stdlib.h>
#include <string.h>

#include "inside.h"

enum {
    SETTLE_FROM = 1 << 18,      /* so many wait before the hand moves, */
    SETTLE_FROM_ROWS = 1 << 13, /* or in so many rows */
    SLICE_TIMES = 2,
    ROWS_GONE_AT_ONCE = 8,
};

void seen_init(struct seen *seen)
{
    *seen = (struct seen){.settle_from = SETTLE_FROM, .settle_from_rows = SETTLE_FROM_ROWS};
}

void seen_close(struct seen *seen)
{
    waitset_end(&seen->waiting);
}

static int64_t day_of(const struct job *job)
{
    return job->now / MICROS_PER_DAY;
}

static struct wait_entry *entries_of(const struct buf *buf, size_t *count)
{
    *count = buf->len / sizeof(struct wait_entry);
    return (void *)buf->ptr; /* a piece of an arena is aligned for any type */
}

/* ---- what a process before us left --------------------------------------------------------- */

static enum candor_status load_row(struct job *job, struct seen *seen, struct query *query)
{
    const int64_t day = query_get_number(query, 1);
    const struct bytes tags = query_get_bytes(query, 2);
    if (tags.len % SEEN_TAG_LEN != 0 || day < 0 || day >= UINT32_MAX) {
        return fail(job, CANDOR_CORRUPT, "row %lld of the log of messages has another layout",
                    (long long)query_get_number(query, 0));
    }
    for (size_t at = 0; at < tags.len; at += SEEN_TAG_LEN) {
        waitset_add(&seen->waiting, wait_entry(tags.ptr + at, day));
    }
    seen->first_row = seen->has_row ? seen->first_row : query_get_number(query, 0);
    seen->next_row = query_get_number(query, 0) + 1;
    seen->oldest = !seen->has_row || day < seen->oldest ? day : seen->oldest;
    seen->has_row = true;
    return CANDOR_OK;
}

static enum candor_status load_rows(struct job *job, struct store *store)
{
    struct query *query = db_query(store->data, SQL_SEEN_LOG_ALL);
    bool found = false;
    enum candor_status status = query_row(job, query, &found);
    while (status == CANDOR_OK && found) {
        status = load_row(job, &store->seen, query);
        if (status == CANDOR_OK) {
            status = query_row(job, query, &found);
        }
    }
    query_end(query);
    return status;
}

/* The days of which the table has any, so that it need not be asked for others. */
static enum candor_status load_days(struct job *job, struct store *store)
{
    struct query *query = db_query(store->data, SQL_SEEN_DAYS);
    bool found = false;
    TRY(query_row(job, query, &found));
    store->seen.settled_from = INT64_MAX;
    store->seen.settled_to = INT64_MIN;
    if (found && !query_is_null(query, 0)) {
        store->seen.settled_from = query_get_number(query, 0);
        store->seen.settled_to = query_get_number(query, 1);
    }
    query_end(query);
    return CANDOR_OK;
}

static enum candor_status load(struct job *job, struct store *store)
{
    struct seen *seen = &store->seen;
    if (seen->is_loaded) {
        return CANDOR_OK;
    }
    waitset_end(&seen->waiting);
    seen->has_row = false;
    seen->first_row = seen->next_row = 0;
    TRY(load_days(job, store));
    TRY(load_rows(job, store));
    seen->free_row = seen->first_row;
    seen->turn_row = seen->next_row;
    seen->is_loaded = true;
    return CANDOR_OK;
}

/* ---- one message --------------------------------------------------------------------------- */

static enum candor_status came_on(struct job *job, struct database *data, int64_t day,
                                  struct bytes tag, bool *came)
{
    struct query *query = db_query(data, SQL_SEEN_IS);
    query_number(query, 1, day);
    query_bytes(query, 2, tag);
    TRY(query_row(job, query, came));
    if (*came) {
        query_end(query);
    }
    return CANDOR_OK;
}

static enum candor_status came_between(struct job *job, struct store *store, const uint8_t *tag,
                                       int64_t from, int64_t to, bool *came)
{
    const struct seen *seen = &store->seen;
    const int64_t first = from > seen->settled_from ? from : seen->settled_from;
    const int64_t last = to < seen->settled_to ? to : seen->settled_to;
    *came = waitset_has(&seen->waiting, tag, from, to);
    for (int64_t day = first; day <= last && !*came; day++) {
        TRY(came_on(job, store->data, day, (struct bytes){tag, SEEN_TAG_LEN}, came));
    }
    return CANDOR_OK;
}

enum candor_status store_note_message(struct job *job, struct txn *txn, struct bytes id,
                                      uint32_t days_max, bool *is_new)
{
    struct seen *seen = &txn->store->seen;
    const int64_t today = day_of(job);
    uint8_t tag[SEEN_TAG_LEN];
    const struct bytes part[] = {bytes_of(STR("seen")), id};
    bool came = false;
    must(txn->is_open);
    tag_of(tag, sizeof tag, txn->store->name_key, part, 2);
    *is_new = false;
    TRY(load(job, txn->store));
    TRY(came_between(job, txn->store, tag, today - days_max, today, &came));
    if (came) {
        return CANDOR_OK;
    }
    const struct wait_entry entry = wait_entry(tag, today);
    txn_changes(txn);
    waitset_add(&seen->waiting, entry);
    buf_bytes(&txn->seen_added, &entry, sizeof entry);
    *is_new = true;
    return CANDOR_OK;
}

/* What waits goes with the table's: all of it, since it is in few rows. */
enum candor_status store_forget_messages(struct job *job, struct txn *txn, uint32_t days_max,
                                         size_t count_max)
{
    const int64_t before = day_of(job) - (int64_t)days_max;
    must(txn->is_open);
    TRY(load(job, txn->store));
    if (txn->store->seen.has_row && txn->store->seen.oldest < before) {
        struct query *log = db_query(txn->store->data, SQL_SEEN_LOG_FORGET);
        query_number(log, 1, before);
        TRY(query_run(job, log));
        txn->seen_before = before;
    }
    if (txn->store->seen.settled_from >= before) {
        return CANDOR_OK;
    }
    struct query *query = db_query(txn->store->data, SQL_SEEN_DROP);
    query_number(query, 1, before);
    query_number(query, 2, (int64_t)count_max);
    return query_run(job, query);
}

/* ---- the end of a transaction -------------------------------------------------------------- */

/* The tags of one day: a row. */
static enum candor_status add_row(struct job *job, struct txn *txn, const struct wait_entry *entry,
                                  size_t count)
{
    struct buf tags = buf_begin(job->arena);
    struct query *query = db_query(txn->store->data, SQL_SEEN_LOG_ADD);
    for (size_t i = 0; i < count; i++) {
        buf_bytes(&tags, entry[i].tag, sizeof entry[i].tag);
    }
    query_number(query, 1, txn->seen_row);
    query_number(query, 2, wait_day(&entry[0]));
    query_bytes(query, 3, buf_all(&tags));
    txn->seen_row++;
    return query_run(job, query);
}

static enum candor_status add_rows(struct job *job, struct txn *txn)
{
    const struct arena_mark mark = arena_mark(job->arena);
    size_t count = 0;
    const struct wait_entry *entry = entries_of(&txn->seen_added, &count);
    txn->seen_row = txn->store->seen.next_row;
    for (size_t at = 0, run = 0; at < count; at += run) {
        run = 1;
        while (at + run < count && entry[at + run].day_next == entry[at].day_next) {
            run++;
        }
        TRY(add_row(job, txn, entry + at, run));
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

static int by_day_and_tag(const void *left, const void *right)
{
    const struct wait_entry *first = left;
    const struct wait_entry *second = right;
    const int order = (first->day_next > second->day_next) - (first->day_next < second->day_next);
    return order != 0 ? order : memcmp(first->tag, second->tag, sizeof first->tag);
}

static enum candor_status settle_slice(struct job *job, struct txn *txn, size_t about)
{
    size_t count = 0;
    txn->seen_hand = waitset_slice(&txn->store->seen.waiting, about, &txn->seen_settled);
    struct wait_entry *entry = entries_of(&txn->seen_settled, &count);
    if (count > 1) {
        qsort(entry, count, sizeof *entry, by_day_and_tag);
    }
    for (size_t i = 0; i < count; i++) {
        struct query *query = db_query(txn->store->data, SQL_SEEN_ADD);
        query_number(query, 1, wait_day(&entry[i]));
        query_bytes(query, 2, (struct bytes){entry[i].tag, sizeof entry[i].tag});
        TRY(query_run(job, query));
    }
    return CANDOR_OK;
}

static enum candor_status drop_rows(struct job *job, struct txn *txn)
{
    const struct seen *seen = &txn->store->seen;
    const int64_t free_count = seen->free_row - seen->first_row;
    txn->seen_first =
        seen->first_row + (free_count < ROWS_GONE_AT_ONCE ? free_count : ROWS_GONE_AT_ONCE);
    if (free_count <= 0) {
        txn->seen_first = seen->first_row;
        return CANDOR_OK;
    }
    struct query *query = db_query(txn->store->data, SQL_SEEN_LOG_DROP);
    query_number(query, 1, txn->seen_first);
    return query_run(job, query);
}

void seen_begin(struct txn *txn)
{
    txn->seen_added = buf_begin(txn->arena);
    txn->seen_settled = buf_begin(txn->arena);
}

enum candor_status seen_finish(struct job *job, struct txn *txn)
{
    const struct seen *seen = &txn->store->seen;
    const size_t added = txn->seen_added.len / sizeof(struct wait_entry);
    if (added == 0) {
        return CANDOR_OK;
    }
    const bool is_long = seen->waiting.count >= seen->settle_from ||
                         seen->next_row - seen->free_row >= seen->settle_from_rows;
    TRY(add_rows(job, txn));
    TRY(drop_rows(job, txn));
    return is_long ? settle_slice(job, txn, added * SLICE_TIMES) : CANDOR_OK;
}

static void settled(struct seen *seen, const struct txn *txn)
{
    size_t count = 0;
    const struct wait_entry *entry = entries_of(&txn->seen_settled, &count);
    for (size_t i = 0; i < count; i++) {
        const int64_t day = wait_day(&entry[i]);
        seen->settled_from = day < seen->settled_from ? day : seen->settled_from;
        seen->settled_to = day > seen->settled_to ? day : seen->settled_to;
        waitset_remove(&seen->waiting, entry[i]);
    }
    seen->waiting.hand = txn->seen_hand;
    if (seen->waiting.hand == seen->waiting.room) {
        seen->waiting.hand = 0;
        seen->free_row = seen->turn_row;
        seen->turn_row = seen->next_row;
    }
}

void seen_committed(struct txn *txn)
{
    struct seen *seen = &txn->store->seen;
    size_t count = 0;
    const struct wait_entry *added = entries_of(&txn->seen_added, &count);
    if (txn->seen_before > 0) {
        waitset_forget(&seen->waiting, txn->seen_before);
        seen->oldest = txn->seen_before;
    }
    if (count == 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const int64_t day = wait_day(&added[i]);
        seen->oldest = !seen->has_row || day < seen->oldest ? day : seen->oldest;
        seen->has_row = true;
    }
    seen->next_row = txn->seen_row;
    seen->first_row = txn->seen_first;
    if (txn->seen_hand > 0) {
        settled(seen, txn);
    }
}

void seen_rolled_back(struct txn *txn)
{
    size_t count = 0;
    const struct wait_entry *entry = entries_of(&txn->seen_added, &count);
    for (size_t i = 0; i < count; i++) {
        waitset_remove(&txn->store->seen.waiting, entry[i]);
    }
}
