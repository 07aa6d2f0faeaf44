/*
 * guard_show.c - chats on record, for those who answer for them.
 */
#include "guard.h"

enum { LIST_MAX = 1000 };

static enum candor_status put_record(struct job *job, struct json *json, struct str name,
                                     const struct guard_record *record)
{
    uint64_t index = 0;
    const struct value *facts = NULL;
    TRY(json_read(job, bytes_of(record->facts), NULL, "a chat on record", &facts));
    (void)str_to_uint64(name, &index);
    json_key(json, LIT("ledger_index"));
    json_u64(json, index);
    json_key(json, LIT("what"));
    json_lit(json, record->is_answer ? LIT("answer") : LIT("request"));
    json_key(json, LIT("about_a_subject"));
    json_bool(json, record->has_subject);
    for (size_t i = 0; i < facts->count; i++) {
        json_key_str(json, facts->key[i]);
        json_value(json, &facts->item[i]);
    }
    return CANDOR_OK;
}

static enum candor_status list(struct job *job, struct candor *candor, size_t most,
                               struct candor_text *report)
{
    struct txn *txn = NULL;
    struct str *name = NULL;
    size_t count = 0;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_AUDIT));
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, CHAT_KIND, &name, &count));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("on_record"));
    json_u64(&answer.json, count);
    json_key(&answer.json, LIT("chats"));
    json_list_begin(&answer.json);
    for (size_t i = count; i > 0 && count - i < most; i--) {
        struct guard_record record;
        TRY(guard_record_load(job, txn, name[i - 1], &record));
        json_map_begin(&answer.json);
        TRY(put_record(job, &answer.json, name[i - 1], &record));
        json_map_end(&answer.json);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_guard_list(struct job *job, struct candor *candor, uint32_t most,
                                     struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        list(job, candor, most == 0 || most > LIST_MAX ? LIST_MAX : most, report);
    home_leave(candor);
    return status;
}

static void put_said(struct job *job, struct json *json, struct str said, bool is_gone)
{
    const struct value *read = NULL;
    json_key(json, LIT("said"));
    if (is_gone || said.len == 0) {
        json_null(json);
    } else if (json_read(job, bytes_of(said), NULL, "what was said", &read) == CANDOR_OK) {
        json_value(json, read);
    } else {
        job_forgive(job);
        json_text(json, said);
    }
    json_key(json, LIT("erased"));
    json_bool(json, is_gone);
}

static enum candor_status show(struct job *job, struct candor *candor, const char *index_text,
                               struct candor_text *report)
{
    struct txn *txn = NULL;
    struct guard_record record;
    struct answer answer;
    struct str said;
    uint64_t index = 0;
    bool is_gone = false;
    TRY(caller_may(job, candor, ACT_AUDIT));
    if (!str_to_uint64(str_of(index_text), &index)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "a chat is named by its number on the ledger; see: candor guard list");
    }
    TRY(home_begin(job, candor, &txn));
    const struct str name = guard_record_name(job->arena, index);
    const enum candor_status status = guard_record_load(job, txn, name, &record);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND, "entry %llu of the ledger is no chat on record",
                    (unsigned long long)index);
    }
    TRY(status);
    TRY(guard_record_open(job, txn, name, &record, &said, &is_gone));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    TRY(put_record(job, &answer.json, name, &record));
    put_said(job, &answer.json, said, is_gone);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_guard_show(struct job *job, struct candor *candor, const char *index,
                                     struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = show(job, candor, index, report);
    home_leave(candor);
    return status;
}
