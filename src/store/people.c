/*
 * people.c - subjects and what is known about them.
 *
 * Every value is bytes of the record or govern room, sealed in the drawer of its purposes (fields
 * and events) or in a table of its own. The layouts that are made here:
 *
 *     disclosure version u8 = 1 | time u64le | recipient block | purpose block | fields block |
 *                export 16 bytes | ledger index u64le
 *     contact    version u8 = 1 | time u64le | channel block | campaign block | offer block
 *                | ledger index u64le
 *     decision   id 16 | ledger index u64le | payload
 *
 * The two locks' first half is here: who reads fields, events, decisions or the identifier shows a
 * permit, and sees what that permit's purposes open. A drawer's purposes are asked first, so what
 * is closed is not even decrypted; then those of each field, which may have become narrower.
 */
#include <stdlib.h>
#include <string.h>

#include "inside.h"

enum { CONTACT_VERSION = 1 };

/* ---- subjects ------------------------------------------------------------------------------ */

enum candor_status store_subject_count(struct job *job, struct txn *txn, uint64_t *count)
{
    int64_t value = 0;
    must(txn->is_open);
    TRY(meta_number(job, txn->store->data, LIT("subjects"), &value));
    if (value < 0) {
        return fail(job, CANDOR_CORRUPT, "data.db counts fewer subjects than none");
    }
    *count = (uint64_t)value;
    return CANDOR_OK;
}

enum candor_status store_next_subject(struct job *job, struct txn *txn, uint64_t *cursor,
                                      struct subject *subject)
{
    bool found = false;
    must(txn->is_open);
    if (*cursor >= KEYRING_SLOTS_MAX) {
        return fail(job, CANDOR_NOT_FOUND, "no more subjects");
    }
    struct query *query = db_query(txn->store->data, SQL_SUBJECT_NEXT);
    query_number(query, 1, (int64_t)*cursor);
    TRY(query_row(job, query, &found));
    if (!found) {
        return fail(job, CANDOR_NOT_FOUND, "no more subjects");
    }
    const int64_t slot = query_get_number(query, 0);
    const struct bytes id = query_get_bytes(query, 1);
    const bool is_sound = slot < KEYRING_SLOTS_MAX && id.len == sizeof subject->id;
    if (is_sound) {
        subject->slot = (uint32_t)slot;
        memcpy(subject->id, id.ptr, id.len);
        *cursor = (uint64_t)slot + 1;
    }
    query_end(query);
    return is_sound ? CANDOR_OK
                    : fail(job, CANDOR_CORRUPT, "data.db has a subject that we did not write");
}

enum candor_status store_subject_at(struct job *job, struct txn *txn, uint64_t slot,
                                    struct subject *subject)
{
    uint64_t cursor = slot;
    if (slot >= KEYRING_SLOTS_MAX) {
        return fail(job, CANDOR_NOT_FOUND, "no such subject");
    }
    TRY(store_next_subject(job, txn, &cursor, subject));
    return subject->slot == slot ? CANDOR_OK : fail(job, CANDOR_NOT_FOUND, "no such subject");
}

enum candor_status people_enter(struct job *job, struct txn *txn, const struct permit *permit)
{
    const enum candor_status status = vault_open(job, txn, permit_subject(permit));
    if (status == CANDOR_REFUSED) {
        return txn_refuse(job, txn, "the permit is for somebody else");
    }
    return status;
}

enum candor_status store_identifier(struct job *job, struct txn *txn, const struct permit *permit,
                                    struct str *identifier)
{
    const struct vault_place place = {USE_IDENTIFIER, 0, NULL};
    bool found = false;
    must(txn->is_open);
    TRY(people_enter(job, txn, permit));
    struct query *query = db_query(txn->store->data, SQL_SUBJECT_NAME);
    query_number(query, 1, permit_subject(permit).slot);
    TRY(query_row(job, query, &found));
    if (!found) {
        return fail(job, CANDOR_NOT_FOUND, "no such subject");
    }
    struct bytes plain;
    const enum candor_status status =
        vault_unseal(job, txn, place, query_get_bytes(query, 0), &plain);
    query_end(query);
    TRY(status);
    *identifier = (struct str){(const char *)plain.ptr, plain.len};
    return CANDOR_OK;
}

enum candor_status store_tag_key(struct job *job, struct txn *txn, struct subject subject,
                                 struct secret **key)
{
    must(txn->is_open);
    TRY(vault_open(job, txn, subject));
    *key = secret_begin(job->arena);
    secret_copy(*key, vault_key(&txn->store->vault, USE_TAG, 0));
    return CANDOR_OK;
}

/* ---- profiles ------------------------------------------------------------------------------ */

static bool has_anything(const struct profile *profile, size_t drawer)
{
    for (size_t f = 0; f < profile->inventory->field_count; f++) {
        if (profile->inventory->field[f].drawer == drawer &&
            profile->cell[f].kind != CELL_MISSING) {
            return true;
        }
    }
    return false;
}

static enum candor_status put_drawer(struct job *job, struct txn *txn,
                                     const struct profile *profile, size_t drawer)
{
    const struct drawers *drawers = &txn->store->drawers;
    struct buf plain = buf_begin(job->arena);
    if (!has_anything(profile, drawer)) {
        return CANDOR_OK;
    }
    profile_write(profile, drawer, &plain);
    return rows_put_profile(job, txn, &drawers->mark[drawers->of_drawer[drawer]], buf_all(&plain));
}

enum candor_status store_put_profile(struct job *job, struct txn *txn, struct subject subject,
                                     const struct profile *profile)
{
    const struct arena_mark mark = arena_mark(job->arena);
    uint64_t cleared = 0;
    must(txn->is_open);
    must(profile->inventory == txn_inventory(txn));
    TRY(vault_open(job, txn, subject));
    txn_changes(txn);
    TRY(rows_clear(job, txn->store->data, ROW_PROFILE, subject.slot, &cleared));
    for (size_t d = 0; d < profile->inventory->drawer_count; d++) {
        TRY(put_drawer(job, txn, profile, d));
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

struct profile_visit {
    struct txn *txn;
    uint64_t purposes;
    struct profile profile;
};

static enum candor_status visit_drawer(struct job *job, void *visitor, const struct row *row)
{
    struct profile_visit *visit = visitor;
    struct bytes plain;
    if (!drawer_is_open(row->drawer, visit->purposes)) {
        return CANDOR_OK;
    }
    TRY(rows_open(job, visit->txn, ROW_PROFILE, row, &plain));
    return profile_read(job, plain, visit->purposes, &visit->profile);
}

/* Whose owner limits sensitive data: what a permit for something else would show of them is gone. */
static void hide_sensitive(const struct field *field, size_t count, struct cell *cell)
{
    for (size_t f = 0; f < count; f++) {
        if (field[f].sensitivity == SENSITIVITY_SPECIAL) {
            cell[f] = (struct cell){.kind = CELL_MISSING};
        }
    }
}

enum candor_status store_profile(struct job *job, struct txn *txn, const struct permit *permit,
                                 struct profile *profile)
{
    must(txn->is_open);
    struct profile_visit visit = {
        .txn = txn,
        .purposes = permit_purposes(permit),
        .profile = profile_begin(job->arena, txn_inventory(txn)),
    };
    TRY(people_enter(job, txn, permit));
    TRY(rows_each(job, txn, ROW_PROFILE, visit_drawer, &visit));
    if (permit_hides_sensitive(permit)) {
        hide_sensitive(txn_inventory(txn)->field, txn_inventory(txn)->field_count,
                       visit.profile.cell);
    }
    *profile = visit.profile;
    atomic_fetch_add(&txn->store->profile_reads, 1);
    return CANDOR_OK;
}

/* ---- events -------------------------------------------------------------------------------- */

static enum candor_status add_event(struct job *job, struct txn *txn, struct subject subject,
                                    const struct event *event, const struct drawer_mark *drawer)
{
    const struct arena_mark mark = arena_mark(job->arena);
    must(txn->is_open);
    TRY(vault_open(job, txn, subject));
    struct buf plain = buf_begin(job->arena);
    event_write(txn_inventory(txn), event, &plain);
    TRY(rows_add(job, txn, ROW_EVENT, drawer, buf_all(&plain)));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

enum candor_status store_add_event(struct job *job, struct txn *txn, struct subject subject,
                                   const struct event *event)
{
    const struct drawers *drawers = &txn->store->drawers;
    must(event->kind < txn_inventory(txn)->event_kind_count);
    return add_event(job, txn, subject, event, &drawers->mark[drawers->of_event_kind[event->kind]]);
}

enum candor_status store_add_event_for(struct job *job, struct txn *txn, struct subject subject,
                                       const struct event *event, uint64_t purposes)
{
    const struct inventory *inventory = txn_inventory(txn);
    const struct drawer_mark *drawer = NULL;
    must(event->kind < inventory->event_kind_count);
    TRY(drawers_of(job, txn, purposes & inventory->event_kind[event->kind].purposes, &drawer));
    return add_event(job, txn, subject, event, drawer);
}

/* Results of a walk: an array that grows in the job's arena. */
struct list {
    struct txn *txn;
    uint64_t purposes;
    struct buf item;
};

/* A growing array of things of one size begins where an arena's pieces do, aligned for any. */
static void *list_items(const struct list *list)
{
    return (void *)list->item.ptr;
}

static enum candor_status visit_event(struct job *job, void *visitor, const struct row *row)
{
    struct list *list = visitor;
    const struct inventory *inventory = txn_inventory(list->txn);
    struct bytes plain;
    struct event event;
    if (!drawer_is_open(row->drawer, list->purposes)) {
        return CANDOR_OK;
    }
    TRY(rows_open(job, list->txn, ROW_EVENT, row, &plain));
    const enum candor_status status = event_read(job, inventory, plain, &event);
    if (status == CANDOR_NOT_FOUND) { /* the inventory has no such kind any more */
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    const uint64_t kind = inventory->event_kind[event.kind].purposes;
    if (list->purposes == PURPOSES_ALL || (kind & list->purposes) == list->purposes) {
        buf_bytes(&list->item, &event, sizeof event);
    }
    return CANDOR_OK;
}

struct timed {
    struct event event;
    size_t at;
};

static int timed_compare(const void *left, const void *right)
{
    const struct timed *first = left;
    const struct timed *second = right;
    if (first->event.time != second->event.time) {
        return first->event.time < second->event.time ? -1 : 1;
    }
    return (first->at > second->at) - (first->at < second->at);
}

static bool is_in_order(const struct event *event, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (event[i - 1].time > event[i].time) {
            return false;
        }
    }
    return true;
}

/* By time; at the same instant as they came. Most come in order. */
static enum candor_status put_in_order(struct job *job, struct event *event, size_t count)
{
    struct timed *timed = NULL;
    if (is_in_order(event, count)) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, timed, count, struct timed);
    for (size_t i = 0; i < count; i++) {
        timed[i] = (struct timed){event[i], i};
    }
    qsort(timed, count, sizeof *timed, timed_compare);
    for (size_t i = 0; i < count; i++) {
        event[i] = timed[i].event;
    }
    return CANDOR_OK;
}

enum candor_status store_events(struct job *job, struct txn *txn, const struct permit *permit,
                                struct event **event, size_t *event_count)
{
    struct list list = {txn, permit_purposes(permit), buf_begin(job->arena)};
    must(txn->is_open);
    TRY(people_enter(job, txn, permit));
    TRY(rows_each(job, txn, ROW_EVENT, visit_event, &list));
    const size_t count = list.item.len / sizeof **event;
    TRY(put_in_order(job, list_items(&list), count));
    *event = list_items(&list);
    for (size_t i = 0; i < count && permit_hides_sensitive(permit); i++) {
        const struct event_kind *kind = &txn_inventory(txn)->event_kind[(*event)[i].kind];
        hide_sensitive(kind->property, kind->property_count, (*event)[i].cell);
    }
    *event_count = count;
    atomic_fetch_add(&txn->store->event_reads, 1);
    return CANDOR_OK;
}

/* ---- consents ------------------------------------------------------------------------------ */

enum candor_status store_add_consent(struct job *job, struct txn *txn, struct subject subject,
                                     const struct consent_record *record)
{
    const struct arena_mark mark = arena_mark(job->arena);
    int64_t count = 0;
    must(txn->is_open);
    TRY(vault_open(job, txn, subject));
    TRY(rows_last(job, txn, SQL_CONSENT_LAST, &count));
    if (count >= CONSENT_RECORDS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "a subject has at most %d consent records",
                    CONSENT_RECORDS_MAX);
    }
    struct buf plain = buf_begin(job->arena);
    consent_keep(txn_inventory(txn), record, &plain);
    TRY(rows_add(job, txn, ROW_CONSENT, NULL, buf_all(&plain)));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

static enum candor_status visit_consent(struct job *job, void *visitor, const struct row *row)
{
    struct list *list = visitor;
    struct bytes plain;
    struct consent_record record;
    TRY(rows_open(job, list->txn, ROW_CONSENT, row, &plain));
    const enum candor_status status = consent_read(job, txn_inventory(list->txn), plain, &record);
    if (status == CANDOR_NOT_FOUND) { /* about a purpose or channel that is no more */
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    record.number = (uint64_t)row->number;
    buf_bytes(&list->item, &record, sizeof record);
    return CANDOR_OK;
}

enum candor_status store_consents(struct job *job, struct txn *txn, struct subject subject,
                                  struct consent_record **record, size_t *record_count)
{
    struct list list = {txn, PURPOSES_ALL, buf_begin(job->arena)};
    must(txn->is_open);
    TRY(vault_open(job, txn, subject));
    TRY(rows_each(job, txn, ROW_CONSENT, visit_consent, &list));
    *record = list_items(&list);
    *record_count = list.item.len / sizeof **record;
    return CANDOR_OK;
}

enum candor_status store_last_consent(struct job *job, struct txn *txn, struct subject subject,
                                      struct bytes *payload)
{
    struct bytes plain;
    int64_t last = 0;
    must(txn->is_open);
    *payload = (struct bytes){NULL, 0};
    TRY(vault_open(job, txn, subject));
    TRY(rows_last(job, txn, SQL_CONSENT_LAST, &last));
    if (last == 0) {
        return CANDOR_OK;
    }
    TRY(rows_one(job, txn, ROW_CONSENT, last, &plain));
    return consent_kept_payload(job, plain, payload);
}

/* ---- contacts ------------------------------------------------------------------------------ */

enum candor_status store_add_contact(struct job *job, struct txn *txn, struct subject subject,
                                     const struct contact *contact)
{
    const struct inventory *inventory = txn_inventory(txn);
    const struct arena_mark mark = arena_mark(job->arena);
    must(txn->is_open);
    must(contact->channel == NONE || contact->channel < inventory->channel_count);
    TRY(vault_open(job, txn, subject));
    struct buf plain = buf_begin(job->arena);
    buf_u8(&plain, CONTACT_VERSION);
    buf_u64le(&plain, (uint64_t)contact->time);
    buf_block(&plain,
              bytes_of(contact->channel == NONE ? STR("") : inventory->channel[contact->channel]));
    buf_block(&plain, bytes_of(contact->campaign));
    buf_block(&plain, bytes_of(contact->offer));
    buf_u64le(&plain, contact->ledger_index);
    TRY(rows_add(job, txn, ROW_CONTACT, NULL, buf_all(&plain)));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

enum candor_status contact_row_read(struct job *job, const struct inventory *inventory,
                                    struct bytes plain, struct contact *contact)
{
    struct reader reader = reader_of(plain);
    const uint8_t version = read_u8(&reader);
    *contact = (struct contact){.time = (int64_t)read_u64le(&reader)};
    contact->channel = inventory_channel(inventory, read_text(&reader));
    contact->campaign = read_text(&reader);
    contact->offer = read_text(&reader);
    contact->ledger_index = read_u64le(&reader);
    return reader_is_done(&reader) && version == CONTACT_VERSION
               ? CANDOR_OK
               : fail(job, CANDOR_CORRUPT, "a stored contact has another layout");
}

static enum candor_status visit_contact(struct job *job, void *visitor, const struct row *row)
{
    struct list *list = visitor;
    struct contact contact;
    struct bytes plain;
    TRY(rows_open(job, list->txn, ROW_CONTACT, row, &plain));
    TRY(contact_row_read(job, txn_inventory(list->txn), plain, &contact));
    buf_bytes(&list->item, &contact, sizeof contact);
    return CANDOR_OK;
}

enum candor_status store_contacts(struct job *job, struct txn *txn, struct subject subject,
                                  struct contact **contact, size_t *contact_count)
{
    struct list list = {txn, PURPOSES_ALL, buf_begin(job->arena)};
    must(txn->is_open);
    TRY(vault_open(job, txn, subject));
    TRY(rows_each(job, txn, ROW_CONTACT, visit_contact, &list));
    *contact = list_items(&list);
    *contact_count = list.item.len / sizeof **contact;
    return CANDOR_OK;
}

/* ---- decisions ----------------------------------------------------------------------------- */

/* Id and ledger index are sealed too: in plain they would tell which entries of the ledger are
 * about one person, which the ledger's tags take care not to. */
enum candor_status store_add_decision(struct job *job, struct txn *txn, struct subject subject,
                                      const struct decision_record *decision)
{
    const struct arena_mark mark = arena_mark(job->arena);
    must(txn->is_open);
    TRY(vault_open(job, txn, subject));
    struct buf plain = buf_begin(job->arena);
    buf_bytes(&plain, decision->id, sizeof decision->id);
    buf_u64le(&plain, decision->ledger_index);
    buf_bytes(&plain, decision->payload.ptr, decision->payload.len);
    TRY(journal_add(job, txn, buf_all(&plain)));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

enum candor_status decision_row_read(struct job *job, struct bytes plain,
                                     struct decision_record *decision)
{
    struct reader reader = reader_of(plain);
    const struct bytes id = read_bytes(&reader, sizeof decision->id);
    decision->ledger_index = read_u64le(&reader);
    if (reader.bad) {
        return fail(job, CANDOR_CORRUPT, "a stored decision has another layout");
    }
    bytes_copy(decision->id, id.ptr, id.len);
    decision->payload = read_bytes(&reader, reader.len - reader.at);
    return CANDOR_OK;
}

static enum candor_status visit_decision(struct job *job, void *visitor,
                                         const struct kept_decision *kept)
{
    struct list *list = visitor;
    (void)job;
    buf_bytes(&list->item, &kept->record, sizeof kept->record);
    return CANDOR_OK;
}

enum candor_status store_decisions(struct job *job, struct txn *txn, const struct permit *permit,
                                   struct decision_record **decision, size_t *decision_count)
{
    struct list list = {txn, permit_purposes(permit), buf_begin(job->arena)};
    must(txn->is_open);
    if (permit_code_of(permit) != PERMIT_OK_RIGHT && !permit_serves(permit, DUTY_ACCURACY)) {
        return txn_refuse(job, txn,
                          "decisions are opened for the subject's own right, or to see "
                          "how accurate they were; for nothing else");
    }
    TRY(people_enter(job, txn, permit));
    TRY(journal_each(job, txn, visit_decision, &list));
    *decision = list_items(&list);
    *decision_count = list.item.len / sizeof **decision;
    return CANDOR_OK;
}

/* ---- disclosures --------------------------------------------------------------------------- */

enum { DISCLOSURE_VERSION = 1 };

enum candor_status store_add_disclosure(struct job *job, struct txn *txn, struct subject subject,
                                        const struct disclosed *disclosed)
{
    const struct arena_mark mark = arena_mark(job->arena);
    must(txn->is_open);
    TRY(vault_open(job, txn, subject));
    struct buf plain = buf_begin(job->arena);
    buf_u8(&plain, DISCLOSURE_VERSION);
    buf_u64le(&plain, (uint64_t)disclosed->time);
    buf_block(&plain, bytes_of(disclosed->recipient));
    buf_block(&plain, bytes_of(disclosed->purpose));
    buf_block(&plain, bytes_of(disclosed->fields));
    buf_bytes(&plain, disclosed->export_id, sizeof disclosed->export_id);
    buf_u64le(&plain, disclosed->ledger_index);
    TRY(rows_add(job, txn, ROW_DISCLOSURE, NULL, buf_all(&plain)));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

static enum candor_status visit_disclosure(struct job *job, void *visitor, const struct row *row)
{
    struct list *list = visitor;
    struct bytes plain;
    TRY(rows_open(job, list->txn, ROW_DISCLOSURE, row, &plain));
    struct reader reader = reader_of(plain);
    const uint8_t version = read_u8(&reader);
    struct disclosed disclosed = {.time = (int64_t)read_u64le(&reader)};
    disclosed.recipient = read_text(&reader);
    disclosed.purpose = read_text(&reader);
    disclosed.fields = read_text(&reader);
    const struct bytes id = read_bytes(&reader, sizeof disclosed.export_id);
    disclosed.ledger_index = read_u64le(&reader);
    if (version != DISCLOSURE_VERSION || !reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "a stored disclosure has another layout");
    }
    bytes_copy(disclosed.export_id, id.ptr, sizeof disclosed.export_id);
    buf_bytes(&list->item, &disclosed, sizeof disclosed);
    return CANDOR_OK;
}

enum candor_status store_disclosures(struct job *job, struct txn *txn, struct subject subject,
                                     struct disclosed **disclosed, size_t *count)
{
    struct list list = {txn, PURPOSES_ALL, buf_begin(job->arena)};
    must(txn->is_open);
    TRY(vault_open(job, txn, subject));
    TRY(rows_each(job, txn, ROW_DISCLOSURE, visit_disclosure, &list));
    *disclosed = list_items(&list);
    *count = list.item.len / sizeof **disclosed;
    return CANDOR_OK;
}
