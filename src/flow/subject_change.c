/*
 * subject_change.c - the rights of a subject, executed: rectification and erasure. Each is one
 * transaction with its entry on the ledger.
 */
#include "flow.h"

/* ---- rectification ------------------------------------------------------------------------- */

enum candor_status subject_drop_lookup(struct job *job, struct txn *txn, struct subject subject,
                                       const struct cell *before, const struct cell *after)
{
    if (before->kind != CELL_TEXT || cell_equal(before, after)) {
        return CANDOR_OK;
    }
    const enum candor_status status = store_remove_lookup(job, txn, subject, before->text);
    if (status == CANDOR_NOT_FOUND) { /* it was another subject's: they came with it first */
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

/* The old address no longer finds the person; the new one does, unless it is somebody else's. */
static enum candor_status move_lookup(struct job *job, struct txn *txn, struct subject subject,
                                      const struct cell *before, const struct cell *after)
{
    if (cell_equal(before, after)) {
        return CANDOR_OK;
    }
    if (after->kind == CELL_TEXT) {
        const enum candor_status status = store_add_lookups(job, txn, &subject, &after->text, 1);
        if (status == CANDOR_EXISTS) {
            job_forgive(job);
            return fail(job, CANDOR_EXISTS, "another subject is found by this value already");
        }
        TRY(status);
    }
    return subject_drop_lookup(job, txn, subject, before, after);
}

static enum candor_status correct(struct job *job, struct candor *candor, const char *identifier,
                                  const char *field_name, const char *value,
                                  struct candor_text *report)
{
    const size_t f = inventory_field(candor->inventory, str_of(field_name));
    struct txn *txn = NULL;
    struct subject subject;
    struct cell cell = {0};
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_SUBJECT_CHANGE));
    if (f == NONE) {
        return fail(job, CANDOR_BAD_INPUT,
                    "no field of that name in the inventory; see "
                    "'subjects: fields' in candor.yaml");
    }
    const struct field *field = &candor->inventory->field[f];
    const enum cell_fault fault = cell_read(field, str_of(value), job->now, &cell);
    if (fault != CELL_FINE) {
        return fail(job, CANDOR_BAD_INPUT, "the value for '%.*s' %s", STR_ARG(field->name),
                    cell_fault_sentence(fault));
    }
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &subject));
    const struct permit *permit = permit_for_right(job, subject, RIGHT_RECTIFICATION);
    struct profile profile = profile_begin(job->arena, candor->inventory);
    TRY(store_profile(job, txn, permit, &profile));
    if (candor->inventory->field_is_lookup[f]) {
        TRY(move_lookup(job, txn, subject, &profile.cell[f], &cell));
    }
    profile.cell[f] = cell;
    TRY(store_put_profile(job, txn, subject, &profile));
    const struct account account = {
        .action = LEDGER_CORRECT, .outcome = OUTCOME_DONE, .subject = &subject};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    view_drop(candor, subject);

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("corrected"));
    json_text(&answer.json, field->name);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_subject_correct(struct job *job, struct candor *candor,
                                          const char *identifier, const char *field,
                                          const char *value, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = correct(job, candor, identifier, field, value, report);
    home_leave(candor);
    return status;
}

/* ---- erasure ------------------------------------------------------------------------------- */

static void put_rows(struct json *json, const struct erasure_rows *rows)
{
    json_key(json, LIT("rows_deleted"));
    json_map_begin(json);
    json_key(json, LIT("profile"));
    json_u64(json, rows->profile_rows);
    json_key(json, LIT("events"));
    json_u64(json, rows->event_rows);
    json_key(json, LIT("consents"));
    json_u64(json, rows->consent_rows);
    json_key(json, LIT("contacts"));
    json_u64(json, rows->contact_rows);
    json_key(json, LIT("decisions"));
    json_u64(json, rows->decision_rows);
    json_map_end(json);
}

void key_change_json(struct job *job, struct json *json, const struct key_erasure *facts)
{
    json_key(json, LIT("key_destroyed"));
    json_map_begin(json);
    json_key(json, LIT("generation"));
    json_u64(json, facts->generation);
    json_key(json, LIT("root_before"));
    json_text(json, hex_of(job->arena, (struct bytes){facts->old_root, sizeof facts->old_root}));
    json_key(json, LIT("root_after"));
    json_text(json, hex_of(job->arena, (struct bytes){facts->new_root, sizeof facts->new_root}));
    json_key(json, LIT("root_grade"));
    const char grade[2] = {(char)facts->grade, '\0'};
    json_text(json, str_of(grade));
    json_key(json, LIT("blocks_rewritten"));
    json_u64(json, facts->blocks_rewritten);
    json_map_end(json);
}

/*
 * The certificate has no identity in it. Its random number is on the ledger as the entry's object,
 * so that the one who holds the certificate can show later that it is theirs.
 */
static enum candor_status certificate(struct job *job, struct candor *candor,
                                      const uint8_t number[16], const struct erasure_rows *rows,
                                      const struct key_erasure *facts, uint64_t index,
                                      struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    struct json *json = &answer.json;
    json_map_begin(json);
    json_key(json, LIT("erased"));
    json_bool(json, true);
    json_key(json, LIT("certificate"));
    json_text(json, hex_of(job->arena, (struct bytes){number, 16}));
    json_key(json, LIT("requested"));
    json_text(json, str_from_time(job->arena, job->now));
    json_key(json, LIT("completed"));
    json_text(json, str_from_time(job->arena, job->host->now(job->host)));
    put_rows(json, rows);
    key_change_json(job, json, facts);
    json_key(json, LIT("kept"));
    json_list_begin(json);
    json_list_end(json);
    json_key(json, LIT("backups"));
    json_text(json, STR("Older copies of the data hold only what the destroyed key could open."));
    json_key(json, LIT("ledger_index"));
    json_u64(json, index);
    TRY(receipt_json(job, candor, json, index));
    json_map_end(json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

static enum candor_status erase(struct job *job, struct candor *candor, const char *identifier,
                                struct candor_text *report)
{
    struct txn *txn = NULL;
    struct subject subject;
    struct erasure_rows rows;
    struct key_erasure facts;
    uint8_t number[16];
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_SUBJECT_ERASE));
    TRY(host_random(job, number, sizeof number));
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &subject));
    const struct permit *permit = permit_for_right(job, subject, RIGHT_ERASURE);
    const struct account account = {
        .action = LEDGER_ERASE, .outcome = OUTCOME_DONE, .subject = &subject, .object = number};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(store_erase(job, txn, permit, &rows));
    TRY(home_commit(job, candor, txn));
    view_drop(candor, subject);

    /* From here on a crash is finished by the next open: the deletion is durable and marked. */
    TRY(during(job, store_finish_erasures(job, candor->store, &facts), "destroying the key"));
    return certificate(job, candor, number, &rows, &facts, index, report);
}

enum candor_status candor_subject_erase(struct job *job, struct candor *candor,
                                        const char *identifier, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = erase(job, candor, identifier, report);
    home_leave(candor);
    return status;
}
