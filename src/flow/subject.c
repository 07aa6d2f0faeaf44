/*
 * subject.c - the rights of a subject, executed: access, portability, rectification, erasure.
 *
 * Each is one transaction with its entry on the ledger, so that a look at a person's data by the
 * company's own people is on record too. Restriction and objection are consent records: consent.c.
 */
#include <math.h>

#include "flow.h"

enum { EVENTS_SHOWN_MAX = 50, DECISIONS_SHOWN_MAX = 50 };

/* ---- what is shown ------------------------------------------------------------------------- */

static void put_purposes(struct json *json, const struct inventory *inventory, uint64_t purposes)
{
    json_list_begin(json);
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        if ((purposes >> p & 1) == 1) {
            json_text(json, inventory->purpose[p].name);
        }
    }
    json_list_end(json);
}

static void put_cell(struct json *json, struct arena *arena, const struct field *field,
                     const struct cell *cell)
{
    if (cell->kind == CELL_MISSING) {
        json_null(json);
    } else if (cell->kind == CELL_NUMBER && field->type == FIELD_NUMBER) {
        json_f64(json, cell->number);
    } else if (cell->kind == CELL_NUMBER && field->type == FIELD_BOOLEAN) {
        json_bool(json, cell->number != 0);
    } else {
        json_text(json, cell_text(arena, field, cell));
    }
}

static void put_fields(struct job *job, struct json *json, const struct inventory *inventory,
                       const struct profile *profile)
{
    json_key(json, LIT("fields"));
    json_list_begin(json);
    for (size_t f = 0; f < inventory->field_count; f++) {
        const struct field *field = &inventory->field[f];
        json_map_begin(json);
        json_key(json, LIT("name"));
        json_text(json, field->name);
        json_key(json, LIT("label"));
        json_text(json, field->label);
        json_key(json, LIT("value"));
        put_cell(json, job->arena, field, &profile->cell[f]);
        json_key(json, LIT("origin"));
        json_text(json, str_of(origin_name(field->origin)));
        json_key(json, LIT("sensitivity"));
        json_text(json, str_of(sensitivity_name(field->sensitivity)));
        json_key(json, LIT("purposes"));
        put_purposes(json, inventory, field->purposes);
        json_key(json, LIT("retention_days"));
        json_u64(json, field->retention_days);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_events(struct job *job, struct json *json, const struct inventory *inventory,
                       const struct event *event, size_t count, size_t shown_max)
{
    json_key(json, LIT("event_count"));
    json_u64(json, count);
    json_key(json, LIT("events"));
    json_list_begin(json);
    for (size_t i = count > shown_max ? count - shown_max : 0; i < count; i++) {
        const struct event_kind *kind = &inventory->event_kind[event[i].kind];
        json_map_begin(json);
        json_key(json, LIT("event"));
        json_text(json, kind->name);
        json_key(json, LIT("time"));
        json_text(json, str_from_time(job->arena, event[i].time));
        for (size_t p = 0; p < kind->property_count; p++) {
            if (event[i].cell[p].kind != CELL_MISSING) {
                json_key_str(json, kind->property[p].name);
                put_cell(json, job->arena, &kind->property[p], &event[i].cell[p]);
            }
        }
        json_map_end(json);
    }
    json_list_end(json);
}

/* Whether a purpose is served on a channel; NONE: on none. */
static bool is_served(const struct purpose *purpose, size_t channel)
{
    return channel == NONE ? purpose->channels == 0 : (purpose->channels >> channel & 1) == 1;
}

/* May this purpose be served now, and why. */
static void put_permit(struct job *job, struct json *json, const struct inventory *inventory,
                       const struct consent_state *state, const struct permit_question *question)
{
    const struct purpose *purpose = &inventory->purpose[question->purpose];
    const enum permit_code code = permit_ask(inventory, state, question, job->now);
    json_map_begin(json);
    json_key(json, LIT("purpose"));
    json_text(json, purpose->name);
    json_key(json, LIT("title"));
    json_text(json, purpose->title);
    json_key(json, LIT("basis"));
    json_text(json, str_of(basis_name(purpose->basis)));
    json_key(json, LIT("channel"));
    if (question->channel == NONE) {
        json_null(json);
    } else {
        json_text(json, inventory->channel[question->channel]);
    }
    json_key(json, LIT("allowed"));
    json_bool(json, permit_code_allows(code));
    json_key(json, LIT("code"));
    json_text(json, str_of(permit_code_name(code)));
    json_key(json, LIT("sentence"));
    json_text(json, str_of(permit_code_sentence(code)));
    json_map_end(json);
}

static void put_state(struct job *job, struct json *json, const struct candor *candor,
                      struct subject subject, const struct consent_state *state)
{
    const struct inventory *inventory = candor->inventory;
    json_key(json, LIT("purposes"));
    json_list_begin(json);
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        for (size_t c = 0; c <= inventory->channel_count; c++) {
            const size_t channel = c == inventory->channel_count ? NONE : c;
            const struct permit_question question = {subject, p, channel};
            if (is_served(&inventory->purpose[p], channel)) {
                put_permit(job, json, inventory, state, &question);
            }
        }
    }
    json_list_end(json);
}

static void put_records(struct job *job, struct json *json, const struct inventory *inventory,
                        const struct consent_record *record, size_t count)
{
    json_key(json, LIT("consents"));
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_map_begin(json);
        json_key(json, LIT("purpose"));
        json_text(json, record[i].purpose == EVERY ? STR("*")
                                                   : inventory->purpose[record[i].purpose].name);
        json_key(json, LIT("channel"));
        if (record[i].channel == EVERY) {
            json_null(json);
        } else {
            json_text(json, inventory->channel[record[i].channel]);
        }
        json_key(json, LIT("decision"));
        json_text(json, str_of(consent_decision_name(record[i].decision)));
        json_key(json, LIT("time"));
        json_text(json, str_from_time(job->arena, record[i].time));
        json_key(json, LIT("recorded"));
        json_text(json, str_from_time(job->arena, record[i].recorded));
        json_key(json, LIT("surface"));
        json_text(json, record[i].surface);
        json_key(json, LIT("wording"));
        json_text(json, record[i].wording);
        json_key(json, LIT("wording_version"));
        json_text(json, record[i].wording_version);
        json_key(json, LIT("proof"));
        json_text(json, record[i].proof);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_contacts(struct job *job, struct json *json, const struct inventory *inventory,
                         const struct contact *contact, size_t count)
{
    json_key(json, LIT("contacts"));
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_map_begin(json);
        json_key(json, LIT("time"));
        json_text(json, str_from_time(job->arena, contact[i].time));
        json_key(json, LIT("campaign"));
        json_text(json, contact[i].campaign);
        json_key(json, LIT("channel"));
        if (contact[i].channel == NONE) {
            json_null(json);
        } else {
            json_text(json, inventory->channel[contact[i].channel]);
        }
        json_key(json, LIT("offer"));
        json_text(json, contact[i].offer);
        json_key(json, LIT("ledger_index"));
        json_u64(json, contact[i].ledger_index);
        json_map_end(json);
    }
    json_list_end(json);
}

static enum candor_status put_decisions(struct job *job, struct json *json, struct txn *txn,
                                        const struct permit *permit, size_t shown_max)
{
    struct decision_record *record = NULL;
    size_t count = 0;
    TRY(store_decisions(job, txn, permit, &record, &count));
    json_key(json, LIT("decision_count"));
    json_u64(json, count);
    json_key(json, LIT("decisions"));
    json_list_begin(json);
    for (size_t i = count > shown_max ? count - shown_max : 0; i < count; i++) {
        struct decision decision = {0};
        TRY(decision_read(job, record[i].payload, &decision));
        bytes_copy(decision.id, record[i].id, sizeof decision.id);
        decision.ledger_index = record[i].ledger_index;
        decision_json(json, job->arena, &decision);
    }
    json_list_end(json);
    return CANDOR_OK;
}

/* ---- access and portability ---------------------------------------------------------------- */

/* Parts of the answer. */
enum { PART_DATA = 1, PART_CONSENTS = 2, PART_DECISIONS = 4, PART_EVERYTHING = 8 };

static enum candor_status put_parts(struct job *job, struct candor *candor, struct txn *txn,
                                    struct subject subject, const struct permit *permit,
                                    unsigned parts, struct json *json)
{
    const size_t shown = (parts & PART_EVERYTHING) != 0 ? SIZE_MAX : EVENTS_SHOWN_MAX;
    if ((parts & PART_DATA) != 0) {
        struct profile profile = profile_begin(job->arena, candor->inventory);
        struct event *event = NULL;
        size_t event_count = 0;
        TRY(store_profile(job, txn, permit, &profile));
        TRY(store_events(job, txn, permit, &event, &event_count));
        put_fields(job, json, candor->inventory, &profile);
        put_events(job, json, candor->inventory, event, event_count, shown);
    }
    if ((parts & PART_CONSENTS) != 0) {
        struct consent_record *record = NULL;
        size_t record_count = 0;
        struct consent_state state;
        TRY(store_consents(job, txn, subject, &record, &record_count));
        consent_fold(candor->inventory, record, record_count, job->now, &state);
        json_key(json, LIT("restricted"));
        json_bool(json, state.is_restricted);
        put_state(job, json, candor, subject, &state);
        put_records(job, json, candor->inventory, record, record_count);
    }
    if ((parts & PART_DECISIONS) != 0) {
        struct contact *contact = NULL;
        size_t contact_count = 0;
        TRY(store_contacts(job, txn, subject, &contact, &contact_count));
        put_contacts(job, json, candor->inventory, contact, contact_count);
        TRY(put_decisions(job, json, txn, permit, shown));
    }
    return CANDOR_OK;
}

static enum candor_status show(struct job *job, struct candor *candor, const char *identifier,
                               unsigned parts, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct subject subject;
    struct str name;
    uint64_t index = 0;
    const enum right right = (parts & PART_EVERYTHING) != 0 ? RIGHT_PORTABILITY : RIGHT_ACCESS;
    TRY(caller_may(job, candor, ACT_SUBJECT_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &subject));
    const struct permit *permit = permit_for_right(job, subject, right);
    TRY(store_identifier(job, txn, permit, &name));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("identifier"));
    json_text(&answer.json, name);
    TRY(put_parts(job, candor, txn, subject, permit, parts, &answer.json));

    const struct account account = {
        .action = right == RIGHT_PORTABILITY ? LEDGER_EXPORT : LEDGER_READ,
        .outcome = OUTCOME_DONE,
        .subject = &subject,
    };
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

static enum candor_status show_inside(struct job *job, struct candor *candor,
                                      const char *identifier, unsigned parts,
                                      struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = show(job, candor, identifier, parts, report);
    home_leave(candor);
    return status;
}

enum candor_status candor_subject_show(struct job *job, struct candor *candor,
                                       const char *identifier, struct candor_text *report)
{
    return show_inside(job, candor, identifier, PART_DATA | PART_CONSENTS | PART_DECISIONS, report);
}

enum candor_status candor_subject_export(struct job *job, struct candor *candor,
                                         const char *identifier, struct candor_text *report)
{
    return show_inside(job, candor, identifier,
                       PART_DATA | PART_CONSENTS | PART_DECISIONS | PART_EVERYTHING, report);
}

enum candor_status candor_subject_consents(struct job *job, struct candor *candor,
                                           const char *identifier, struct candor_text *report)
{
    return show_inside(job, candor, identifier, PART_CONSENTS, report);
}

enum candor_status candor_subject_decisions(struct job *job, struct candor *candor,
                                            const char *identifier, struct candor_text *report)
{
    return show_inside(job, candor, identifier, PART_DECISIONS, report);
}

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
