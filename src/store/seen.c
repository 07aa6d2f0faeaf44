/*
 * seen.c - which messages of the tracking API came already.
 *
 * A sender that heard no answer sends again, so each message has an id, and one that came before is
 * not kept twice. Of the id a keyed hash is kept, by the day on which it came:
 *
 *     tag    BLAKE2b-128(name key, "seen" | id)
 *
 * The day stands first in the table's key. What is past its time lies at the beginning, and the new
 * at the end, where the pages are in memory: a table in the order of hashes alone would be touched
 * all over for each message.
 */
#include "inside.h"

enum { TAG_LEN = 16 };

static int64_t day_of(const struct job *job)
{
    return job->now / MICROS_PER_DAY;
}

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

enum candor_status store_note_message(struct job *job, struct txn *txn, struct bytes id,
                                      uint32_t days_max, bool *is_new)
{
    struct database *data = txn->store->data;
    uint8_t byte[TAG_LEN];
    const struct bytes part[] = {bytes_of(STR("seen")), id};
    const struct bytes tag = {byte, sizeof byte};
    must(txn->is_open);
    tag_of(byte, sizeof byte, txn->store->name_key, part, 2);
    *is_new = false;
    for (uint32_t ago = 1; ago <= days_max; ago++) {
        bool came = false;
        TRY(came_on(job, data, day_of(job) - ago, tag, &came));
        if (came) {
            return CANDOR_OK;
        }
    }
    struct query *query = db_query(data, SQL_SEEN_ADD);
    query_number(query, 1, day_of(job));
    query_bytes(query, 2, tag);
    txn_changes(txn);
    TRY(query_run(job, query));
    *is_new = db_changes(data) == 1;
    return CANDOR_OK;
}

enum candor_status store_forget_messages(struct job *job, struct txn *txn, uint32_t days_max,
                                         size_t count_max)
{
    must(txn->is_open);
    struct query *query = db_query(txn->store->data, SQL_SEEN_DROP);
    query_number(query, 1, day_of(job) - (int64_t)days_max);
    query_number(query, 2, (int64_t)count_max);
    return query_run(job, query);
}
