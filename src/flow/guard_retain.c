/*
 * guard_retain.c - chats on record that are past their time.
 *
 * Records go by their number on the ledger, and so by time: whoever meets one that is not past its time has met the
 * last that is. Those about a person go with the walk over persons, where their holds and wishes count; those about
 * nobody, or about somebody who was erased, go here.
 */
#include "guard.h"

enum { STEP_RECORDS = 1000 };

static enum candor_status is_past(struct job *job, struct txn *txn, struct str name, int64_t limit,
                                  struct guard_record *record, bool *past)
{
    const struct value *facts = NULL;
    int64_t time = 0;
    TRY(guard_record_load(job, txn, name, record));
    TRY(json_read(job, bytes_of(record->facts), NULL, "a chat on record", &facts));
    if (!str_to_time(value_text_at(facts, "time"), &time)) {
        return fail(job, CANDOR_CORRUPT, "a chat on record has no time");
    }
    *past = time < limit;
    return CANDOR_OK;
}

enum candor_status chats_about_expire(struct job *job, struct txn *txn, struct subject subject,
                                      int64_t limit, bool only_count, uint64_t *count)
{
    struct chats_about about;
    size_t past_count = 0;
    bool past = limit > INT64_MIN;
    TRY(chats_about_load(job, txn, subject, &about));
    while (past && past_count < about.count) {
        struct guard_record record;
        const struct str name = guard_record_name(job->arena, about.index[past_count]);
        TRY(is_past(job, txn, name, limit, &record, &past));
        if (past && !only_count) {
            TRY(store_remove_document(job, txn, CHAT_KIND, name));
        }
        past_count += past;
    }
    *count = past_count;
    if (past_count == 0 || only_count) {
        return CANDOR_OK;
    }
    about.index += past_count;
    about.count -= past_count;
    return chats_about_save(job, txn, subject, &about);
}

/* ---- those about nobody ---------------------------------------------------------------------- */

struct expiring {
    struct candor *candor;
    struct txn *txn;
    struct retained *retained;
    int64_t limit;
    size_t in_step;
};

static enum candor_status expire_one(struct job *job, struct expiring *expiring, struct str name,
                                     bool *past)
{
    struct guard_record record;
    bool is_somebodys = false;
    TRY(is_past(job, expiring->txn, name, expiring->limit, &record, past));
    if (record.has_subject && *past) {
        TRY(guard_is_there(job, expiring->txn, record.who, &is_somebodys));
    }
    if (!*past || is_somebodys) {
        return CANDOR_OK;
    }
    expiring->retained->chats++;
    if (expiring->retained->dry) {
        return CANDOR_OK;
    }
    expiring->in_step++;
    return store_remove_document(job, expiring->txn, CHAT_KIND, name);
}

static enum candor_status end_step(struct job *job, struct expiring *expiring)
{
    uint64_t index = 0;
    const struct account account = {
        .action = LEDGER_RETENTION, .outcome = OUTCOME_DONE, .object = expiring->retained->id};
    if (expiring->in_step == 0) {
        return CANDOR_OK;
    }
    expiring->in_step = 0;
    TRY(home_account(job, expiring->candor, expiring->txn, &account, &index, NULL));
    retained_take(expiring->retained, index);
    return home_commit(job, expiring->candor, expiring->txn);
}

enum candor_status chats_expire(struct job *job, struct candor *candor, const struct holds *holds,
                                struct retained *retained)
{
    struct expiring expiring = {.candor = candor,
                                .retained = retained,
                                .limit = retention_limit(job->now, candor->retention.chats_days)};
    const struct subject nobody = {0};
    struct str *name = NULL;
    size_t count = 0;
    bool past = expiring.limit > INT64_MIN &&
                hold_over(holds->hold, holds->count, nobody, STR("decisions")) == NULL;
    TRY(home_begin(job, candor, &expiring.txn));
    TRY(past ? store_documents(job, expiring.txn, CHAT_KIND, &name, &count) : CANDOR_OK);
    for (size_t i = 0; i < count && past; i++) {
        TRY(home_begin(job, candor, &expiring.txn)); /* before the mark: it outlives the record */
        const struct arena_mark mark = arena_mark(job->arena);
        TRY(expire_one(job, &expiring, name[i], &past));
        if (expiring.in_step >= STEP_RECORDS) {
            TRY(end_step(job, &expiring));
        }
        arena_rewind(job->arena, mark);
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped; whole steps stay, the next run goes on");
        }
    }
    return end_step(job, &expiring);
}
