/*
 * track_keep.c - events and fields, kept; what may not be kept as it came, sealed apart.
 *
 * An event lies under those purposes of its kind that are allowed at this instant, by the person's
 * records and the message's signals: with an opt-out signal on, a purchase is kept for its delivery
 * and never becomes open for profiling. A field has one place for all its purposes, so it is kept
 * only when one of them is allowed and no signal forbids one that the records allow.
 *
 * What breaks a rule waits in quarantine for repair, sealed. Of members that nobody has said the
 * meaning of, one sample of each name goes there too, so that somebody can say it; the rest are
 * counted and forgotten. Nothing goes there of somebody about whom nothing may be kept.
 */
#include "measured.h"
#include "monitors.h"
#include "track.h"

enum { HELD_OF_GROUP_MAX = 256, SAMPLES_MAX = 4096, SAMPLED_TEXT_MAX = 1024 };

/* ---- apart --------------------------------------------------------------------------------- */

struct held {
    struct bad_row row;
    size_t room;
};

static void held_begin(struct tracking *tracking, enum ingest_kind kind, struct held *held)
{
    struct arena *arena = tracking->job->arena;
    held->room = MESSAGE_MEMBERS_MAX + 4;
    held->row = (struct bad_row){.kind = kind,
                                 .line = tracking->index + 1,
                                 .source = str_of(tracking->request->source),
                                 .target = NEW_ARRAY(arena, held->room, struct str),
                                 .value = NEW_ARRAY(arena, held->room, struct str)};
}

static void held_add(struct held *held, struct str target, struct str value)
{
    if (held->row.target_count < held->room && value.len <= CELL_TEXT_MAX) {
        held->row.target[held->row.target_count] = target;
        held->row.value[held->row.target_count++] = value;
    }
}

static void hold(struct tracking *tracking, struct held *held, const char *code, struct str field)
{
    held->row.code = str_of(code);
    held->row.field = field;
    if (quarantine_count(tracking->quarantine) < HELD_OF_GROUP_MAX &&
        quarantine_take_row(tracking->job, tracking->quarantine, &held->row)) {
        tracking->report->quarantined++;
        tracking->is_changed = true;
    }
}

/* Does nobody know of this name yet? Then it is known from now on. */
static bool is_first_of_its_name(struct tracking *tracking, struct str of, struct str name)
{
    struct track_state *state = tracking->candor->track_state;
    const struct str key =
        str_format(tracking->job->arena, "%.*s %.*s", STR_ARG(of), STR_ARG(name));
    if (map_get(state->sampled, KEY(key)) != NULL || map_count(state->sampled) >= SAMPLES_MAX) {
        return false;
    }
    map_put(state->sampled, KEY(key), state);
    return true;
}

/* Members without a meaning: one of each name is kept, sealed, for somebody to look at. */
static void sample(struct tracking *tracking, struct str name, enum ingest_kind kind, struct str of,
                   const struct message_member *member, size_t count)
{
    struct held held;
    bool is_any = false;
    held_begin(tracking, kind, &held);
    held_add(&held, tracking->candor->inventory->identifier, name);
    for (size_t i = 0; i < count; i++) {
        if (member[i].name.len > 0 && member[i].name.len <= MESSAGE_ID_LEN_MAX &&
            member[i].text.len <= SAMPLED_TEXT_MAX &&
            is_first_of_its_name(tracking, of, member[i].name)) {
            held_add(&held, member[i].name, member[i].text);
            is_any = true;
        }
    }
    tracking->report->unknown_members += count;
    if (is_any) {
        hold(tracking, &held, "unknown_member", of);
    }
}

/* ---- once ---------------------------------------------------------------------------------- */

static enum candor_status is_new(struct tracking *tracking, bool *is_new)
{
    struct buf id = buf_begin(tracking->job->arena);
    *is_new = true;
    if (tracking->message->id.len == 0) {
        return CANDOR_OK;
    }
    buf_block(&id, bytes_of(str_of(tracking->request->source)));
    buf_str(&id, tracking->message->id);
    TRY(store_note_message(tracking->job, tracking->txn, buf_all(&id),
                           tracking->config->remember_days, is_new));
    tracking->report->duplicates += !*is_new;
    return CANDOR_OK;
}

static void kept(struct tracking *tracking)
{
    tracking->report->kept++;
    tracking->is_changed = true;
}

static struct str name_of(const struct tracking *tracking)
{
    struct str name = STR("");
    (void)track_name(tracking->job->arena, tracking->message, &name); /* it was found by it */
    return name;
}

/* ---- events -------------------------------------------------------------------------------- */

/* An event as it was read, and what nobody knows of it. */
struct reading {
    const struct event_kind *kind;
    const struct track_rule *rule;
    struct event event;
    struct str *text; /* of each property */
    struct message_member *unknown;
    size_t unknown_count;
    const char *fault; /* NULL: it is fine */
    struct str field;
};

static void sort_members(struct tracking *tracking, struct reading *reading)
{
    const struct message *message = tracking->message;
    for (size_t m = 0; m < message->member_count; m++) {
        const struct message_member *member = &message->member[m];
        size_t place = NONE;
        const bool is_known = track_property(reading->rule, reading->kind, member->name, &place);
        if (!is_known || (place != NONE && member->is_nested)) {
            reading->unknown[reading->unknown_count++] = *member;
        } else if (place != NONE) {
            reading->text[place] = member->text;
        }
    }
}

static void read_event(struct tracking *tracking, struct reading *reading)
{
    struct arena *arena = tracking->job->arena;
    const size_t count = reading->kind->property_count;
    reading->text = NEW_ARRAY(arena, count + 1, struct str);
    reading->event.cell = NEW_ARRAY(arena, count + 1, struct cell);
    reading->event.time = tracking->message->time;
    reading->unknown = NEW_ARRAY(arena, tracking->message->member_count + 1, struct message_member);
    sort_members(tracking, reading);
    for (size_t p = 0; p < count; p++) {
        const enum cell_fault fault = cell_read(&reading->kind->property[p], reading->text[p],
                                                tracking->job->now, &reading->event.cell[p]);
        if (fault != CELL_FINE && reading->fault == NULL) {
            reading->fault = cell_fault_code(fault);
            reading->field = reading->kind->property[p].name;
        }
    }
}

static void hold_event(struct tracking *tracking, const struct reading *reading)
{
    struct held held;
    struct arena *arena = tracking->job->arena;
    held_begin(tracking, KIND_EVENTS, &held);
    held_add(&held, tracking->candor->inventory->identifier, name_of(tracking));
    held_add(&held, STR("event"), reading->kind->name);
    held_add(&held, STR("time"), str_from_time(arena, reading->event.time));
    for (size_t p = 0; p < reading->kind->property_count; p++) {
        if (reading->text[p].ptr != NULL) {
            held_add(&held, reading->kind->property[p].name, reading->text[p]);
        }
    }
    hold(tracking, &held, reading->fault, reading->field);
}

enum candor_status track_keep_event(struct tracking *tracking, struct view_entry *entry)
{
    struct job *job = tracking->job;
    struct reading reading = {0};
    struct track_standing standing;
    bool is_fresh = false;
    reading.event.kind =
        track_event_kind(job->arena, tracking->candor, tracking->message, &reading.rule);
    if (reading.event.kind == NONE) {
        track_withhold(tracking, "unknown_event");
        return CANDOR_OK;
    }
    reading.kind = &tracking->candor->inventory->event_kind[reading.event.kind];
    TRY(track_stands(tracking, entry, reading.kind->purposes, &standing));
    const uint64_t purposes = reading.kind->purposes & standing.allowed;
    if (purposes == 0) {
        track_withhold(tracking,
                       (standing.forbidden & reading.kind->purposes) != 0 ? "signal" : "no_permit");
        return CANDOR_OK;
    }
    read_event(tracking, &reading);
    if (reading.fault != NULL) {
        track_reject(tracking, reading.fault, reading.field);
        hold_event(tracking, &reading);
        return CANDOR_OK;
    }
    TRY(is_new(tracking, &is_fresh));
    if (!is_fresh) {
        return CANDOR_OK;
    }
    TRY(store_add_event_for(job, tracking->txn, entry->subject, &reading.event, purposes));
    watch_event(job, tracking->candor, tracking->txn, entry->subject, &reading.event);
    if (reading.unknown_count > 0) {
        sample(tracking, name_of(tracking), KIND_EVENTS, reading.kind->name, reading.unknown,
               reading.unknown_count);
    }
    view_forget_facts(tracking->candor, entry);
    kept(tracking);
    return CANDOR_OK;
}

/* ---- fields -------------------------------------------------------------------------------- */

/* What a message says of fields: text[i] of field place[i]. */
struct said {
    size_t *place;
    struct str *text;
    size_t count;
    struct message_member *unknown;
    size_t unknown_count;
};

static void hold_fields(struct tracking *tracking, const struct said *said, const char *code,
                        struct str field)
{
    struct held held;
    held_begin(tracking, KIND_SUBJECTS, &held);
    held_add(&held, tracking->candor->inventory->identifier, name_of(tracking));
    for (size_t i = 0; i < said->count; i++) {
        held_add(&held, tracking->candor->inventory->field[said->place[i]].name, said->text[i]);
    }
    hold(tracking, &held, code, field);
}

/* Those that may be kept, first; how many. */
static enum candor_status may_keep(struct tracking *tracking, const struct view_entry *entry,
                                   struct said *said, struct track_standing *standing)
{
    const struct field *field = tracking->candor->inventory->field;
    uint64_t wanted = 0;
    size_t kept_count = 0;
    for (size_t i = 0; i < said->count; i++) {
        wanted |= field[said->place[i]].purposes;
    }
    TRY(track_stands(tracking, entry, wanted, standing));
    for (size_t i = 0; i < said->count; i++) {
        const uint64_t purposes = field[said->place[i]].purposes;
        if ((purposes & standing->allowed) != 0 && (purposes & standing->forbidden) == 0) {
            said->place[kept_count] = said->place[i];
            said->text[kept_count++] = said->text[i];
        }
    }
    said->count = kept_count;
    return CANDOR_OK;
}

/* Into the profile; the first fault, or NULL. */
static const char *fill(struct tracking *tracking, const struct said *said, struct profile *profile,
                        bool *is_changed, struct str *field)
{
    const struct inventory *inventory = tracking->candor->inventory;
    for (size_t i = 0; i < said->count; i++) {
        struct cell cell = {0};
        const size_t f = said->place[i];
        *field = inventory->field[f].name;
        const enum cell_fault fault =
            cell_read(&inventory->field[f], said->text[i], tracking->job->now, &cell);
        if (fault != CELL_FINE) {
            return cell_fault_code(fault);
        }
        *is_changed = *is_changed || !cell_equal(&profile->cell[f], &cell);
        profile->cell[f] = cell;
        profile->since[f] = cell.kind == CELL_MISSING ? 0 : tracking->job->now;
    }
    const struct quality_rule *broken = quality_rejects(&tracking->candor->quality, profile->cell);
    *field = broken == NULL ? STR("") : broken->name;
    return broken == NULL ? NULL : "inconsistent";
}

/* An address finds the first who came with it; all new ones of a group are added at once. */
static enum candor_status keep_lookup(struct tracking *tracking, struct subject subject,
                                      const struct cell *before, const struct cell *after)
{
    struct job *job = tracking->job;
    struct subject other;
    if (cell_equal(before, after)) {
        return CANDOR_OK;
    }
    TRY(subject_drop_lookup(job, tracking->txn, subject, before, after));
    if (after->kind != CELL_TEXT) {
        return CANDOR_OK;
    }
    const struct str name = str_lower(tracking->group, str_trim(after->text));
    const enum candor_status status = store_find(job, tracking->txn, name, &other);
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    if (!str_starts(name, STR(VISITOR_PREFIX)) && name.len <= IDENTIFIER_LEN_MAX &&
        map_get(tracking->made, KEY(name)) == NULL) {
        map_put(tracking->made, KEY(name), tracking->made);
        buf_bytes(&tracking->lookup_subjects, &subject, sizeof subject);
        buf_bytes(&tracking->lookup_names, &name, sizeof name);
    }
    return CANDOR_OK;
}

static enum candor_status keep_lookups(struct tracking *tracking, struct subject subject,
                                       const struct said *said, const struct profile *before,
                                       const struct profile *after)
{
    for (size_t i = 0; i < said->count; i++) {
        const size_t f = said->place[i];
        if (tracking->candor->inventory->field_is_lookup[f]) {
            TRY(keep_lookup(tracking, subject, &before->cell[f], &after->cell[f]));
        }
    }
    return CANDOR_OK;
}

static enum candor_status put_fields(struct tracking *tracking, struct view_entry *entry,
                                     struct said *said)
{
    struct job *job = tracking->job;
    const struct subject subject = entry->subject;
    struct profile before = profile_begin(job->arena, tracking->candor->inventory);
    struct profile after = profile_begin(job->arena, tracking->candor->inventory);
    bool is_changed = false;
    bool is_fresh = false;
    struct str field;
    TRY(store_profile(job, tracking->txn, permit_for_right(job, subject, RIGHT_RECTIFICATION),
                      &before));
    const size_t count = tracking->candor->inventory->field_count;
    bytes_copy(after.cell, before.cell, count * sizeof *after.cell);
    bytes_copy(after.since, before.since, count * sizeof *after.since);
    const char *fault = fill(tracking, said, &after, &is_changed, &field);
    if (fault != NULL) {
        track_reject(tracking, fault, field);
        hold_fields(tracking, said, fault, field);
        return CANDOR_OK;
    }
    TRY(is_new(tracking, &is_fresh));
    if (!is_fresh) {
        return CANDOR_OK;
    }
    TRY(keep_lookups(tracking, subject, said, &before, &after));
    TRY(pace_note(job, tracking->candor, tracking->txn, subject, before.cell, after.cell));
    TRY(store_put_profile(job, tracking->txn, subject, &after));
    kept(tracking);
    if (is_changed) {
        view_drop(tracking->candor, subject); /* entry is gone with it */
    }
    return CANDOR_OK;
}

static enum candor_status keep_fields(struct tracking *tracking, struct view_entry *entry,
                                      struct said *said)
{
    struct track_standing standing;
    if (tracking->is_public) {
        track_withhold(tracking, "public_source");
        return CANDOR_OK;
    }
    const size_t asked = said->count;
    TRY(may_keep(tracking, entry, said, &standing));
    if (said->unknown_count > 0 && standing.allowed != 0) {
        sample(tracking, name_of(tracking), KIND_SUBJECTS, STR("traits"), said->unknown,
               said->unknown_count);
    }
    if (said->count == 0) {
        track_withhold(tracking, asked == 0                ? "nothing_to_keep"
                                 : standing.forbidden != 0 ? "signal"
                                                           : "no_permit");
        return CANDOR_OK;
    }
    return put_fields(tracking, entry, said);
}

static void said_begin(struct tracking *tracking, size_t room, struct said *said)
{
    struct arena *arena = tracking->job->arena;
    *said = (struct said){.place = NEW_ARRAY(arena, room + 1, size_t),
                          .text = NEW_ARRAY(arena, room + 1, struct str),
                          .unknown = NEW_ARRAY(arena, room + 1, struct message_member)};
}

enum candor_status track_keep_traits(struct tracking *tracking, struct view_entry *entry)
{
    const struct message *message = tracking->message;
    struct said said;
    said_begin(tracking, message->member_count, &said);
    for (size_t m = 0; m < message->member_count; m++) {
        const struct message_member *member = &message->member[m];
        size_t place = NONE;
        const bool is_known = track_trait(tracking->candor, member->name, &place);
        if (!is_known || (place != NONE && member->is_nested)) {
            said.unknown[said.unknown_count++] = *member;
        } else if (place != NONE) {
            said.place[said.count] = place;
            said.text[said.count++] = member->text.ptr == NULL ? STR("") : member->text;
        }
    }
    return keep_fields(tracking, entry, &said);
}

enum candor_status track_keep_group(struct tracking *tracking, struct view_entry *entry)
{
    struct said said;
    if (tracking->config->group == NONE) {
        track_withhold(tracking, "nothing_to_keep");
        return CANDOR_OK;
    }
    said_begin(tracking, 1, &said);
    said.place[0] = tracking->config->group;
    said.text[0] = tracking->message->name;
    said.count = 1;
    return keep_fields(tracking, entry, &said);
}
