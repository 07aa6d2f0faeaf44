/*
 * subject.c - what is known of a subject, shown: access and portability. subject_change.c has
 * rectification, subject_erase.c erasure.
 *
 * Each is one transaction with its entry on the ledger, so that a look at a person's data by the
 * company's own people is on record too. Restriction and objection are consent records: consent.c.
 */
#include <math.h>

#include "candor_me.h"
#include "consenting.h"
#include "decision.h"
#include "flow.h"
#include "guard.h"
#include "measured.h"
#include "request.h"
#include "share.h"
#include "staff.h"

enum {
    EVENTS_SHOWN_MAX = 50,
    DECISIONS_SHOWN_MAX = 50,
    CHATS_SHOWN_MAX = 20,
    CHAT_WORDS_MAX = 2000
};

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

/* Article 20 is about what they gave and what was observed, not about what we made of it. */
static bool is_shown(enum origin origin, unsigned parts)
{
    return (parts & PART_PORTABLE) == 0 || origin == ORIGIN_PROVIDED || origin == ORIGIN_OBSERVED;
}

/* Since when, and until when; null where that is not known, or has no end. */
static void put_kept(struct job *job, struct json *json, const struct field *field,
                     const struct cell *cell, int64_t since)
{
    const bool is_there = cell->kind != CELL_MISSING && since > 0;
    const bool ends = is_there && field->retention_days > 0;
    put_time_or_null(job, json, LIT("since"), is_there ? since : 0);
    put_time_or_null(job, json, LIT("kept_until"),
                     ends ? since + (int64_t)field->retention_days * MICROS_PER_DAY : 0);
}

/* What a form to put it right must know. */
static void put_type(struct json *json, const struct field *field)
{
    json_key(json, LIT("type"));
    json_text(json, str_of(field_type_name(field->type)));
    json_key(json, LIT("unit"));
    json_text(json, field->unit);
    json_key(json, LIT("protected"));
    json_bool(json, field->is_protected);
    json_key(json, LIT("allowed"));
    json_list_begin(json);
    for (size_t i = 0; i < field->allowed_count; i++) {
        json_text(json, field->allowed[i]);
    }
    json_list_end(json);
}

static void put_fields(struct job *job, struct json *json, const struct inventory *inventory,
                       const struct profile *profile, unsigned parts)
{
    json_key(json, LIT("fields"));
    json_list_begin(json);
    for (size_t f = 0; f < inventory->field_count; f++) {
        const struct field *field = &inventory->field[f];
        if (!is_shown(field->origin, parts)) {
            continue;
        }
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
        put_kept(job, json, field, &profile->cell[f], profile->since[f]);
        if ((parts & PART_PAGE) != 0) {
            put_type(json, field);
        }
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_events(struct job *job, struct json *json, const struct inventory *inventory,
                       const struct event *event, size_t count, unsigned parts)
{
    const size_t shown_max = (parts & PART_EVERYTHING) != 0 ? SIZE_MAX : EVENTS_SHOWN_MAX;
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
            if (event[i].cell[p].kind != CELL_MISSING &&
                is_shown(kind->property[p].origin, parts)) {
                json_key_str(json, kind->property[p].name);
                put_cell(json, job->arena, &kind->property[p], &event[i].cell[p]);
            }
        }
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

/* What was said stands in their own copy and on their own page; others see that there was a chat. What others
 * wrote about them is not what they gave. */
static enum candor_status put_chats(struct job *job, struct candor *candor, struct txn *txn,
                                    struct subject subject, unsigned parts, struct json *json)
{
    if ((parts & PART_PORTABLE) != 0) {
        return CANDOR_OK;
    }
    if ((parts & PART_EVERYTHING) != 0) {
        return chats_about_json(job, candor, txn, subject, SIZE_MAX, SIZE_MAX, json);
    }
    return chats_about_json(job, candor, txn, subject, CHATS_SHOWN_MAX,
                            (parts & PART_PAGE) != 0 ? CHAT_WORDS_MAX : 0, json);
}

/* ---- recipients ---------------------------------------------------------------------------- */

/* Was there ever a yes to this purpose? Then it may have been told. */
static bool was_ever_allowed(const struct consent_record *record, size_t count, size_t purpose)
{
    for (size_t i = 0; i < count; i++) {
        if (record[i].purpose == purpose && record[i].decision == CONSENT_GIVEN) {
            return true;
        }
    }
    return false;
}

enum candor_status recipients_json(struct job *job, struct candor *candor, struct txn *txn,
                                   struct subject subject, struct json *json)
{
    const struct inventory *inventory = candor->inventory;
    struct consent_record *record = NULL;
    struct consent_state state;
    size_t count = 0;
    TRY(store_consents(job, txn, subject, &record, &count));
    consent_fold(inventory, record, count, job->now, &state);
    json_key(json, LIT("recipients"));
    json_list_begin(json);
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        const struct purpose *purpose = &inventory->purpose[p];
        if (purpose->recipient.len == 0 || !was_ever_allowed(record, count, p)) {
            continue;
        }
        const struct permit_question question = {subject, p, NONE, OURSELVES};
        json_map_begin(json);
        json_key(json, LIT("recipient"));
        json_text(json, purpose->recipient);
        json_key(json, LIT("purpose"));
        json_text(json, purpose->name);
        json_key(json, LIT("allowed_now"));
        json_bool(json, permit_code_allows(permit_ask(inventory, &state, &question, job->now)));
        json_map_end(json);
    }
    json_list_end(json);
    return CANDOR_OK;
}

/* ---- access and portability ---------------------------------------------------------------- */

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
        put_fields(job, json, candor->inventory, &profile, parts);
        put_events(job, json, candor->inventory, event, event_count, parts);
        TRY(quarantine_of_json(job, candor, txn, permit, json));
        TRY(put_chats(job, candor, txn, subject, parts, json));
    }
    if ((parts & PART_CONSENTS) != 0) {
        struct standing *standing = NEW(job->arena, struct standing);
        TRY(standing_of(job, candor, txn, subject, standing));
        standing_json(job, json, candor, standing, subject);
        TRY(recipients_json(job, candor, txn, subject, json));
        TRY(disclosures_json(job, candor, txn, subject, json));
    }
    if ((parts & PART_DECISIONS) != 0) {
        struct contact *contact = NULL;
        size_t contact_count = 0;
        TRY(store_contacts(job, txn, subject, &contact, &contact_count));
        put_contacts(job, json, candor->inventory, contact, contact_count);
        TRY(put_decisions(job, json, txn, permit, shown));
    }
    if ((parts & (PART_EVERYTHING | PART_PAGE)) != 0 && (parts & PART_PORTABLE) == 0) {
        TRY(requests_json(job, candor, txn, subject, json));
        TRY(reviews_json(job, txn, subject, json));
        TRY(feedback_json(job, txn, subject, json));
        TRY(wishes_json(job, txn, subject, json));
    }
    return (parts & PART_PAGE) != 0 ? dashboard_json(job, candor, txn, permit, json) : CANDOR_OK;
}

enum candor_status subject_show_within(struct job *job, struct candor *candor,
                                       const char *identifier, unsigned parts,
                                       struct candor_text *report)
{
    struct txn *txn = NULL;
    struct subject subject;
    struct str name;
    uint64_t index = 0;
    const bool is_copy = (parts & PART_EVERYTHING) != 0;
    const enum right right = (parts & PART_PORTABLE) != 0 ? RIGHT_PORTABILITY : RIGHT_ACCESS;
    const struct str part[] = {str_of(identifier)};
    TRY(caller_may_own(job, candor, ACT_SUBJECT_READ));
    TRY(is_copy ? second_require(job, candor, GUARD_EXPORT, part, 1) : CANDOR_OK);
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
        .action = is_copy ? LEDGER_EXPORT : LEDGER_READ,
        .outcome = OUTCOME_DONE,
        .subject = &subject,
    };
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(access_note(job, candor, txn, subject,
                    is_copy ? LIT("subject.export") : LIT("subject.show"), index));
    TRY(accesses_json(job, txn, subject, &answer.json)); /* this look among them */
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
    const enum candor_status status = subject_show_within(job, candor, identifier, parts, report);
    home_leave(candor);
    return status;
}

enum candor_status candor_subject_show(struct job *job, struct candor *candor,
                                       const char *identifier, struct candor_text *report)
{
    return show_inside(job, candor, identifier, PART_DATA | PART_CONSENTS | PART_DECISIONS, report);
}

enum candor_status candor_subject_dashboard(struct job *job, struct candor *candor,
                                            const char *identifier, struct candor_text *report)
{
    return show_inside(job, candor, identifier,
                       PART_DATA | PART_CONSENTS | PART_DECISIONS | PART_PAGE, report);
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
