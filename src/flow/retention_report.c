/*
 * retention_report.c - a run of retention with its proof, and what an audit says about it.
 *
 * The report of a run is kept as a document "retention" / TIME: salt 32 | index u64le | the JSON that the
 * ledger's entry commits to. Counts only: of whom something went stands on the ledger as tags.
 */
#include "candor_inventory.h"
#include "decision.h"
#include "measured.h"
#include "retained.h"

enum { SALT_LEN = 32 };

uint64_t retained_total(const struct candor *candor, const struct retained *retained)
{
    uint64_t total = retained->decisions + retained->contacts + retained->chats +
                     retained->quarantine + retained->erased;
    for (size_t f = 0; f < candor->inventory->field_count; f++) {
        total += retained->field[f];
    }
    for (size_t k = 0; k < candor->inventory->event_kind_count; k++) {
        total += retained->event[k];
    }
    return total;
}

static void put_counts(struct json *json, struct lit key, const struct str *name, size_t stride,
                       const uint64_t *count, size_t names)
{
    json_key(json, key);
    json_map_begin(json);
    for (size_t i = 0; i < names; i++) {
        const struct str *one = (const void *)((const uint8_t *)name + i * stride);
        if (count[i] > 0) {
            json_key_str(json, *one);
            json_u64(json, count[i]);
        }
    }
    json_map_end(json);
}

void retained_members(struct job *job, const struct candor *candor, struct json *json,
                      const struct retained *retained)
{
    const struct inventory *inventory = candor->inventory;
    json_key(json, LIT("time"));
    json_text(json, str_from_time(job->arena, job->now));
    json_key(json, LIT("run"));
    json_hex(json, (struct bytes){retained->id, sizeof retained->id});
    json_key(json, LIT("dry_run"));
    json_bool(json, retained->dry);
    json_key(json, LIT("subjects"));
    json_u64(json, retained->subjects);
    json_key(json, LIT("subjects_changed"));
    json_u64(json, retained->changed);
    put_counts(json, LIT("fields"), &inventory->field[0].name, sizeof *inventory->field,
               retained->field, inventory->field_count);
    put_counts(json, LIT("events"), &inventory->event_kind[0].name, sizeof *inventory->event_kind,
               retained->event, inventory->event_kind_count);
    json_key(json, LIT("decisions"));
    json_u64(json, retained->decisions);
    json_key(json, LIT("contacts"));
    json_u64(json, retained->contacts);
    json_key(json, LIT("chats"));
    json_u64(json, retained->chats);
    json_key(json, LIT("quarantine"));
    json_u64(json, retained->quarantine);
    json_key(json, LIT("inactive_subjects_erased"));
    json_u64(json, retained->erased);
    json_key(json, LIT("deleted"));
    json_u64(json, retained_total(candor, retained));
    json_key(json, LIT("clocks_started"));
    json_u64(json, retained->clocks);
    json_key(json, LIT("held_by_legal_hold"));
    json_u64(json, retained->held);
    json_key(json, LIT("left_alone_restricted"));
    json_u64(json, retained->restricted);
}

/* "models": those learnt from too many who are gone. */
static enum candor_status put_models(struct job *job, const struct candor *candor, struct txn *txn,
                                     struct json *json, size_t *count)
{
    *count = 0;
    json_key(json, LIT("models_to_retrain"));
    json_list_begin(json);
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        const struct str name = candor->model_spec[m].name;
        struct trained_state latest;
        struct trained_state published;
        TRY(trained_state(job, candor, txn, LIT("trained"), name, &latest));
        TRY(trained_state(job, candor, txn, LIT("trained_published"), name, &published));
        if (latest.retrain || published.retrain) {
            json_text(json, name);
            (*count)++;
        }
    }
    json_list_end(json);
    return CANDOR_OK;
}

/* ---- a run --------------------------------------------------------------------------------- */

/* The last entry of the run commits to the whole of its report. */
static enum candor_status keep_report(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct retained *retained, struct bytes text,
                                      uint64_t *index)
{
    struct buf content = buf_begin(job->arena);
    uint8_t salt[SALT_LEN];
    const struct account account = {.action = LEDGER_RETENTION,
                                    .outcome = OUTCOME_DONE,
                                    .payload = text,
                                    .object = retained->id};
    TRY(home_account(job, candor, txn, &account, index, salt));
    buf_bytes(&content, salt, sizeof salt);
    buf_u64le(&content, *index);
    buf_bytes(&content, text.ptr, text.len);
    const struct str name = str_format(job->arena, "%020llu %012llu", (unsigned long long)job->now,
                                       (unsigned long long)*index);
    return store_put_document(job, txn, LIT("retention"), name, buf_all(&content));
}

static enum candor_status drop_old(struct job *job, struct txn *txn, struct lit kind, uint32_t days,
                                   uint64_t *count)
{
    struct str *name = NULL;
    size_t names = 0;
    const int64_t limit = retention_limit(job->now, days);
    TRY(store_documents(job, txn, kind, &name, &names));
    for (size_t i = 0; i < names; i++) {
        struct str rest = name[i];
        uint64_t time = 0;
        struct str number = str_cut(&rest, ' ');
        while (number.len > 1 && number.ptr[0] == '0') {
            number = str_slice(number, 1, number.len);
        }
        if (str_to_uint64(number, &time) && (int64_t)time < limit) {
            TRY(store_remove_document(job, txn, kind, name[i]));
            (*count)++;
        }
    }
    return CANDOR_OK;
}

static enum candor_status finish(struct job *job, struct candor *candor, struct retained *retained,
                                 struct json *json)
{
    struct txn *txn = NULL;
    struct key_erasure facts;
    struct buf text = buf_begin(job->arena);
    struct json own;
    uint64_t index = 0;
    size_t models = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(put_models(job, candor, txn, json, &models));
    if (retained->dry) {
        return CANDOR_OK;
    }
    TRY(drop_old(job, txn, LIT("quality"), QUALITY_KEPT_DAYS, &retained->measurements));
    json_begin(&own, &text, false);
    json_map_begin(&own);
    retained_members(job, candor, &own, retained);
    json_map_end(&own);
    json_end(&own);
    TRY(keep_report(job, candor, txn, retained, buf_all(&text), &index));
    TRY(home_commit(job, candor, txn));
    if (retained->erased + retained->quarantine > 0) {
        TRY(during(job, store_finish_erasures(job, candor->store, &facts), "destroying the keys"));
        key_change_json(job, json, &facts);
    }
    candor->subjects -= retained->erased <= candor->subjects ? retained->erased : 0;
    json_key(json, LIT("ledger_first"));
    json_u64(json, retained->has_entries ? retained->first : index);
    json_key(json, LIT("ledger_index"));
    json_u64(json, index);
    return receipt_json(job, candor, json, index);
}

static enum candor_status run(struct job *job, struct candor *candor, bool dry,
                              struct candor_text *report)
{
    struct retained retained = {.dry = dry};
    struct answer answer;
    TRY(retention_walk(job, candor, &retained));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    retained_members(job, candor, &answer.json, &retained);
    TRY(finish(job, candor, &retained, &answer.json));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_retention_run(struct job *job, struct candor *candor, bool dry,
                                        struct candor_text *report)
{
    home_enter(candor);
    enum candor_status status = caller_may(job, candor, dry ? ACT_AUDIT : ACT_SUBJECT_ERASE);
    if (status == CANDOR_OK) {
        status = run(job, candor, dry, report);
    }
    home_leave(candor);
    return status;
}

/* ---- runs so far --------------------------------------------------------------------------- */

static enum candor_status read_run(struct job *job, struct txn *txn, struct str name,
                                   uint64_t *index, const struct value **root)
{
    struct bytes content;
    TRY(store_document(job, txn, LIT("retention"), name, &content));
    struct reader reader = reader_of(content);
    (void)read_bytes(&reader, SALT_LEN);
    *index = read_u64le(&reader);
    if (reader.bad) {
        return fail(job, CANDOR_CORRUPT, "the report of a run of retention is damaged");
    }
    return json_read(job, read_bytes(&reader, reader.len - reader.at), NULL, "the report of a run",
                     root);
}

static enum candor_status runs(struct job *job, struct candor *candor, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    struct str *name = NULL;
    size_t count = 0;
    TRY(caller_may(job, candor, ACT_AUDIT));
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, LIT("retention"), &name, &count));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("runs"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        const struct value *root = NULL;
        uint64_t index = 0;
        TRY(read_run(job, txn, name[i], &index, &root));
        json_map_begin(&answer.json);
        json_key(&answer.json, LIT("ledger_index"));
        json_u64(&answer.json, index);
        json_key(&answer.json, LIT("report"));
        json_value(&answer.json, root);
        json_map_end(&answer.json);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_retention_list(struct job *job, struct candor *candor,
                                         struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = runs(job, candor, report);
    home_leave(candor);
    return status;
}

/* ---- the audit ----------------------------------------------------------------------------- */

/* The time of the last run; 0: there was none. */
static enum candor_status last_run(struct job *job, struct txn *txn, int64_t *time)
{
    struct str *name = NULL;
    size_t count = 0;
    const struct value *root = NULL;
    uint64_t index = 0;
    *time = 0;
    TRY(store_documents(job, txn, LIT("retention"), &name, &count));
    if (count == 0) {
        return CANDOR_OK;
    }
    TRY(read_run(job, txn, name[count - 1], &index, &root));
    const struct value *text = value_get(root, "time");
    return text != NULL && text->kind == VALUE_TEXT && str_to_time(text->text, time)
               ? CANDOR_OK
               : fail(job, CANDOR_CORRUPT, "the report of a run of retention has no time");
}

/* ---- by the clock -------------------------------------------------------------------------- */

/* candor.yaml has decided that it is done: whoever serves need not be allowed to erase. */
static enum candor_status run_due(struct job *job, struct candor *candor, bool *ran,
                                  struct candor_text *report)
{
    struct txn *txn = NULL;
    int64_t last = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(last_run(job, txn, &last));
    *ran = retention_is_due(&candor->retention, last, job->now);
    return *ran ? run(job, candor, false, report) : CANDOR_OK;
}

enum candor_status candor_retention_due(struct job *job, struct candor *candor, bool *ran,
                                        struct candor_text *report)
{
    *ran = false;
    home_enter(candor);
    const enum candor_status status = run_due(job, candor, ran, report);
    home_leave(candor);
    return status;
}

bool candor_retention_has_hour(const struct candor *candor)
{
    return candor->retention.hour < NO_HOUR && candor->retention.every_days > 0;
}

enum candor_status retention_audit(struct job *job, struct candor *candor, struct json *json,
                                   size_t *findings)
{
    struct retained retained = {.dry = true};
    struct txn *txn = NULL;
    int64_t last = 0;
    size_t models = 0;
    TRY(retention_walk(job, candor, &retained));
    TRY(home_begin(job, candor, &txn));
    TRY(last_run(job, txn, &last));
    const uint32_t every = candor->retention.every_days;
    const bool is_late = every > 0 && (last == 0 || last < retention_limit(job->now, every));
    const bool is_due = retained_total(candor, &retained) > 0;
    json_key(json, LIT("retention"));
    json_map_begin(json);
    retained_members(job, candor, json, &retained);
    TRY(put_models(job, candor, txn, json, &models));
    json_key(json, LIT("last_run"));
    json_text(json, last == 0 ? STR("") : str_from_time(job->arena, last));
    json_key(json, LIT("every_days"));
    json_u64(json, every);
    json_key(json, LIT("late"));
    json_bool(json, is_late);
    json_key(json, LIT("finding"));
    json_bool(json, is_late && is_due);
    json_map_end(json);
    *findings += (is_late && is_due) + models;
    return CANDOR_OK;
}
