/*
 * track_who.c - whom a message is about, and for what it may be kept.
 *
 * A userId is looked for as every identifier is. An anonymousId is a name of its own kind: whatever
 * an SDK calls a visitor, it never is the name of somebody known. Somebody unknown is made only when
 * candor.yaml names purposes for it, one of them is allowed for them now, and the message has
 * something to keep; and so many in an hour at most, because keys are never used twice.
 */
#include "consenting.h"
#include "request.h"
#include "track.h"

bool track_name(struct arena *arena, const struct message *message, struct str *name)
{
    const struct str prefix = STR(VISITOR_PREFIX);
    *name = message->user;
    if (message->user.len > 0) { /* and nobody else can take the name of a visitor */
        return message->user.len <= IDENTIFIER_LEN_MAX &&
               !str_starts(str_lower(arena, message->user), prefix);
    }
    *name = str_format(arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(message->anonymous));
    return name->len <= IDENTIFIER_LEN_MAX;
}

/* ---- for what ------------------------------------------------------------------------------ */

static uint64_t records_of(const struct consent_state *state)
{
    uint64_t records = 0;
    for (size_t channel = 0; channel <= CHANNELS_MAX; channel++) {
        records |= state->allowed[channel];
    }
    return records;
}

/* What a message brings is about no channel: one on which the purpose may be served is enough. */
static bool purpose_is_allowed(struct tracking *tracking, const struct consent_state *state,
                               const struct consent_record *record, size_t record_count,
                               const struct request_signals *signals,
                               const struct permit_question *question)
{
    const uint32_t channels = tracking->candor->inventory->purpose[question->purpose].channels;
    struct permit_question asked = *question;
    asked.channel = NONE;
    if (channels == 0) {
        return signals_ruling_of(tracking->job, tracking->candor, state, record, record_count,
                                 signals, &asked)
            .allowed;
    }
    for (asked.channel = 0; asked.channel < CHANNELS_MAX; asked.channel++) {
        if ((channels >> asked.channel & 1) == 1 &&
            signals_ruling_of(tracking->job, tracking->candor, state, record, record_count, signals,
                              &asked)
                .allowed) {
            return true;
        }
    }
    return false;
}

static void weigh_signals(struct tracking *tracking, const struct view_entry *entry,
                          const struct consent_record *record, size_t record_count, uint64_t wanted,
                          struct track_standing *standing)
{
    const struct inventory *inventory = tracking->candor->inventory;
    const struct request_signals *signals = signals_of_track(
        tracking->job, tracking->candor, tracking->request->gpc, tracking->message->consent);
    const struct consent_state *state = entry == NULL ? &tracking->nobody : entry->state;
    /* Somebody who is not known is not nobody: that is the id of zeros. */
    struct permit_question question = {.subject = {.id = {1}}, .recipient = OURSELVES};
    question.subject = entry == NULL ? question.subject : entry->subject;
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        const uint64_t bit = UINT64_C(1) << p;
        if ((wanted & bit) == 0) {
            continue;
        }
        question.purpose = p;
        bool is_allowed =
            purpose_is_allowed(tracking, state, record, record_count, signals, &question);
        /* Where ages are asked for, nobody of unknown age says yes by a signal. */
        is_allowed = is_allowed && ((standing->records & bit) != 0 || entry != NULL ||
                                    !tracking->candor->children->is_asked);
        standing->allowed = is_allowed ? standing->allowed | bit : standing->allowed & ~bit;
        standing->forbidden |= is_allowed ? 0 : standing->records & bit;
    }
}

enum candor_status track_stands(struct tracking *tracking, const struct view_entry *entry,
                                uint64_t wanted, struct track_standing *standing)
{
    struct consent_record *record = NULL;
    size_t record_count = 0;
    standing->records = records_of(entry == NULL ? &tracking->nobody : entry->state);
    standing->allowed = standing->records;
    standing->forbidden = 0;
    if (!tracking->request->gpc && tracking->message->consent == NULL) {
        return CANDOR_OK;
    }
    if (entry != NULL) {
        TRY(store_consents(tracking->job, tracking->txn, entry->subject, &record, &record_count));
    }
    weigh_signals(tracking, entry, record, record_count, wanted, standing);
    return CANDOR_OK;
}

/* ---- somebody unknown ---------------------------------------------------------------------- */

static uint64_t purposes_to_begin(const struct tracking *tracking)
{
    return tracking->message->user.len > 0 ? tracking->config->begin : tracking->config->visitors;
}

/* Would anything of the message be kept? If not, nobody is made for it. */
static enum candor_status has_something(struct tracking *tracking, const char **why)
{
    const struct message *message = tracking->message;
    const struct track_rule *rule = NULL;
    struct track_standing standing;
    switch (message->kind) {
    case MESSAGE_TRACK:
    case MESSAGE_PAGE:
    case MESSAGE_SCREEN:
        break;
    case MESSAGE_IDENTIFY:
    case MESSAGE_GROUP:
        return CANDOR_OK;
    case MESSAGE_ALIAS:
    case MESSAGE_KINDS:
        *why = "unknown_subject";
        return CANDOR_OK;
    }
    const size_t kind = track_event_kind(tracking->job->arena, tracking->candor, message, &rule);
    if (kind == NONE) {
        *why = "unknown_event";
        return CANDOR_OK;
    }
    const uint64_t purposes = tracking->candor->inventory->event_kind[kind].purposes;
    TRY(track_stands(tracking, NULL, purposes, &standing));
    *why = (standing.allowed & purposes) == 0 ? "no_permit" : NULL;
    return CANDOR_OK;
}

static enum candor_status is_suppressed(struct tracking *tracking, struct str name, bool *holds)
{
    if (!tracking->has_suppressed) {
        TRY(suppress_load(tracking->job, tracking->candor, tracking->txn, tracking->group,
                          &tracking->suppressed));
        tracking->has_suppressed = true;
    }
    return suppress_holds(tracking->job, tracking->candor, tracking->suppressed, name, holds);
}

/* *why NULL: they may be made. */
static enum candor_status may_begin(struct tracking *tracking, struct str name, const char **why)
{
    struct track_standing standing;
    const uint64_t purposes = purposes_to_begin(tracking);
    bool is_held = false;
    *why = NULL;
    if (purposes == 0) {
        *why = tracking->message->user.len > 0 ? "unknown_subject" : "visitor";
        return CANDOR_OK;
    }
    if (tracking->is_public && tracking->message->user.len > 0) {
        *why = "public_source"; /* whoever reads the page could make as many as they like */
        return CANDOR_OK;
    }
    TRY(track_stands(tracking, NULL, purposes, &standing));
    if ((standing.allowed & purposes) == 0) {
        *why = (standing.forbidden & purposes) != 0 ? "signal" : "no_permit";
        return CANDOR_OK;
    }
    TRY(has_something(tracking, why));
    if (*why == NULL) {
        TRY(is_suppressed(tracking, name, &is_held));
        *why = is_held ? "suppressed" : NULL;
    }
    return CANDOR_OK;
}

enum candor_status track_why_unknown(struct tracking *tracking, struct str name, const char **why)
{
    TRY(may_begin(tracking, name, why));
    *why = *why == NULL ? "too_many_new" : *why;
    return CANDOR_OK;
}

/* ---- making them --------------------------------------------------------------------------- */

struct beginning {
    struct str *name;
    size_t count;
    size_t room;
};

bool track_may_make_one_more(struct candor *candor, int64_t now)
{
    struct track_state *state = track_state(candor);
    const int64_t hour = now / MICROS_PER_HOUR;
    if (state->hour != hour) {
        state->hour = hour;
        state->made = 0;
    }
    const bool may = state->made < candor->tracking->new_per_hour;
    state->made += may;
    return may;
}

static void add_name(struct tracking *tracking, struct beginning *beginning, struct str name)
{
    if (beginning->count == beginning->room) {
        const size_t room = beginning->room * 2 + 64;
        struct str *grown = NEW_ARRAY(tracking->group, room, struct str);
        bytes_copy(grown, beginning->name, beginning->count * sizeof *grown);
        beginning->name = grown;
        beginning->room = room;
    }
    beginning->name[beginning->count++] = str_copy(tracking->group, name);
    map_put(tracking->made, KEY(name), tracking->made);
}

static enum candor_status look_at(struct tracking *tracking, struct beginning *beginning)
{
    struct job *job = tracking->job;
    struct view_entry *entry = NULL;
    struct str name;
    const char *why = NULL;
    if (tracking->message->fault != MESSAGE_FINE ||
        !track_name(job->arena, tracking->message, &name) || purposes_to_begin(tracking) == 0 ||
        map_get(tracking->made, KEY(name)) != NULL) {
        return CANDOR_OK;
    }
    const enum candor_status status =
        view_find(job, tracking->candor, str_z(job->arena, name), &entry);
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    TRY(may_begin(tracking, name, &why));
    if (why == NULL && track_may_make_one_more(tracking->candor, job->now)) {
        add_name(tracking, beginning, name);
    }
    return CANDOR_OK;
}

enum candor_status track_begin_people(struct tracking *tracking)
{
    struct beginning beginning = {0};
    for (bool is_more = track_first(tracking); is_more; is_more = track_next(tracking)) {
        const struct arena_mark mark = arena_mark(tracking->job->arena);
        TRY(look_at(tracking, &beginning));
        arena_rewind(tracking->job->arena, mark);
    }
    tracking->new_subject = NEW_ARRAY(tracking->group, beginning.count + 1, struct subject);
    TRY(store_add_subjects(tracking->job, tracking->txn, beginning.name, beginning.count,
                           tracking->new_subject));
    tracking->new_count = beginning.count;
    tracking->is_changed = beginning.count > 0;
    return CANDOR_OK;
}
