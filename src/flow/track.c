/*
 * track.c - the tracking API: requests in, one commit out.
 *
 *     read (any thread)      who, and for what          kept
 *     JSON -> messages  ->   records and signals   ->   events, fields: sealed, one entry on the
 *                            at this instant            ledger for all, durable; then joins
 *
 * Messages are taken in their order. One that cannot be used harms no other. When the disk fails,
 * nothing of the group was kept and every request can be sent again; ids of messages keep what was
 * committed from being kept twice.
 */
#include <assert.h>

#include "track.h"

#include "measured.h"

static_assert(CANDOR_TRACK_BYTES_MAX == MESSAGES_BYTES_MAX, "the public door says the limit");

enum { FORGET_AT_ONCE = 2000 };

static const struct text_limits body_limits = {
    .size_max = MESSAGES_BYTES_MAX,
    .depth_max = 24,
    .count_max = 100000,
    .text_max = MESSAGE_BYTES_MAX,
};

/* ---- reading ------------------------------------------------------------------------------- */

static enum candor_status call_kind(struct job *job, const char *call, enum message_kind *kind)
{
    *kind = MESSAGE_KINDS;
    return str_is(str_of(call), "batch") || message_kind_read(str_of(call), kind)
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "no such call of the tracking API");
}

enum candor_status candor_track_read(struct job *job, const char *call, const void *body,
                                     size_t body_len, bool is_gzip,
                                     struct candor_messages **messages)
{
    struct candor_messages *read = NEW(job->arena, struct candor_messages);
    struct bytes bytes = {body, body_len};
    const struct value *root = NULL;
    enum message_kind kind = MESSAGE_KINDS;
    TRY(call_kind(job, call, &kind));
    if (is_gzip) {
        TRY(during(job, gzip_read(job, bytes, MESSAGES_BYTES_MAX, &bytes), "the body"));
    }
    TRY(json_read(job, bytes, &body_limits, "the request", &root));
    TRY(messages_read(job, root, kind, job->now, &read->messages));
    *messages = read;
    return CANDOR_OK;
}

size_t candor_messages_count(const struct candor_messages *messages)
{
    return messages->messages.count;
}

const char *candor_messages_key(const struct candor_messages *messages)
{
    const struct str key = messages->messages.write_key;
    return key.len == 0 ? "" : key.ptr; /* a zero byte follows a text of a tree */
}

/* ---- what became of them ------------------------------------------------------------------- */

void track_withhold(struct tracking *tracking, const char *code)
{
    tracking->report->withheld++;
    tally_add(&tracking->report->reasons, code);
}

void track_reject(struct tracking *tracking, const char *code, struct str field)
{
    struct track_report *report = tracking->report;
    report->rejected++;
    tally_add(&report->reasons, code);
    if (report->shown_count < TRACK_SHOWN_MAX) {
        report->shown[report->shown_count].index = tracking->index;
        report->shown[report->shown_count].code = code;
        report->shown[report->shown_count++].field = field;
    }
}

static void put_count(struct json *json, struct lit key, uint64_t count)
{
    json_key(json, key);
    json_u64(json, count);
}

static void put_details(struct json *json, const struct track_report *report)
{
    put_count(json, LIT("kept"), report->kept);
    put_count(json, LIT("duplicates"), report->duplicates);
    put_count(json, LIT("withheld"), report->withheld);
    put_count(json, LIT("rejected"), report->rejected);
    put_count(json, LIT("unknown_members"), report->unknown_members);
    put_count(json, LIT("quarantined"), report->quarantined);
    json_key(json, LIT("reasons"));
    tally_write(json, &report->reasons);
    json_key(json, LIT("first_rejected"));
    json_list_begin(json);
    for (size_t s = 0; s < report->shown_count; s++) {
        json_map_begin(json);
        put_count(json, LIT("message"), report->shown[s].index);
        json_key(json, LIT("code"));
        json_text(json, str_of(report->shown[s].code));
        put_text_or_null(json, LIT("field"), report->shown[s].field);
        json_map_end(json);
    }
    json_list_end(json);
}

/* Who reads a public key must not learn from an answer who is known here, and what they said. */
static void answer_one(struct job *job, const struct candor *candor, struct candor_tracked *request,
                       const struct track_report *report)
{
    struct answer answer;
    const bool is_public = track_is_public(candor->tracking, str_of(request->source));
    const bool is_bad = !request->messages->messages.is_batch && report->rejected > 0;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("success"));
    json_bool(&answer.json, true);
    if (!is_public) {
        put_details(&answer.json, report);
    }
    json_map_end(&answer.json);
    answer_end(&answer, &request->report);
    request->status = CANDOR_OK;
    request->message = "";
    if (is_bad && (!is_public || request->messages->messages.message[0].fault != MESSAGE_FINE)) {
        request->status = CANDOR_BAD_INPUT;
        request->message =
            str_z(job->arena,
                  str_format(job->arena, "the message was not used: %s%s%.*s",
                             report->shown[0].code, report->shown[0].field.len > 0 ? ": " : "",
                             STR_ARG(report->shown[0].field)));
    }
}

/* ---- one message after the other ----------------------------------------------------------- */

static bool settle(struct tracking *tracking)
{
    while (tracking->at < tracking->request_count &&
           tracking->index >= tracking->requests[tracking->at].messages->messages.count) {
        tracking->at++;
        tracking->index = 0;
    }
    if (tracking->at == tracking->request_count) {
        return false;
    }
    tracking->request = &tracking->requests[tracking->at];
    tracking->report = &tracking->reports[tracking->at];
    tracking->message = &tracking->request->messages->messages.message[tracking->index];
    tracking->is_public = track_is_public(tracking->config, str_of(tracking->request->source));
    return true;
}

bool track_first(struct tracking *tracking)
{
    tracking->at = 0;
    tracking->index = 0;
    return settle(tracking);
}

bool track_next(struct tracking *tracking)
{
    tracking->index++;
    return settle(tracking);
}

static enum candor_status keep_known(struct tracking *tracking, struct view_entry *entry)
{
    const struct message *message = tracking->message;
    bool is_noted = false;
    switch (message->kind) {
    case MESSAGE_TRACK:
    case MESSAGE_PAGE:
    case MESSAGE_SCREEN:
        return track_keep_event(tracking, entry);
    case MESSAGE_IDENTIFY:
        if (message->user.len > 0 && message->anonymous.len > 0) {
            TRY(track_note_join(tracking, entry, message->anonymous, &is_noted));
        }
        return track_keep_traits(tracking, entry);
    case MESSAGE_GROUP:
        return track_keep_group(tracking, entry);
    case MESSAGE_ALIAS:
        return track_alias(tracking, entry);
    case MESSAGE_KINDS:
        break;
    }
    base_broken("a message is of a known kind", __FILE__, __LINE__);
}

static enum candor_status keep_one(struct tracking *tracking)
{
    struct job *job = tracking->job;
    struct view_entry *entry = NULL;
    struct str name;
    const char *why = NULL;
    if (tracking->message->fault != MESSAGE_FINE) {
        track_reject(tracking, message_fault_code(tracking->message->fault), STR(""));
        return CANDOR_OK;
    }
    if (!track_name(job->arena, tracking->message, &name)) {
        track_reject(tracking, message_fault_code(MESSAGE_BAD_ID), STR(""));
        return CANDOR_OK;
    }
    enum candor_status status = view_find(job, tracking->candor, str_z(job->arena, name), &entry);
    if (status == CANDOR_NOT_FOUND && track_joined(tracking, name).len > 0) {
        job_forgive(job);
        name = track_joined(tracking, name);
        status = view_find(job, tracking->candor, str_z(job->arena, name), &entry);
    }
    if (status == CANDOR_OK) {
        return keep_known(tracking, entry);
    }
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    TRY(track_why_unknown(tracking, name, &why));
    track_withhold(tracking, why);
    return CANDOR_OK;
}

static enum candor_status keep_all(struct tracking *tracking)
{
    for (bool is_more = track_first(tracking); is_more; is_more = track_next(tracking)) {
        const struct arena_mark mark = arena_mark(tracking->job->arena);
        TRY(keep_one(tracking));
        arena_rewind(tracking->job->arena, mark);
    }
    return CANDOR_OK;
}

/* ---- the group ----------------------------------------------------------------------------- */

static enum candor_status add_lookups(struct tracking *tracking)
{
    const struct subject *subject = (const void *)tracking->lookup_subjects.ptr;
    const struct str *name = (const void *)tracking->lookup_names.ptr;
    const size_t count = tracking->lookup_names.len / sizeof *name;
    return count == 0 ? CANDOR_OK
                      : store_add_lookups(tracking->job, tracking->txn, subject, name, count);
}

static enum candor_status commit(struct tracking *tracking)
{
    struct job *job = tracking->job;
    struct import_report held = {0};
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_IMPORT, .outcome = OUTCOME_DONE};
    if (!tracking->is_changed) {
        return CANDOR_OK;
    }
    TRY(add_lookups(tracking));
    TRY(quarantine_flush(job, tracking->txn, tracking->quarantine, &held));
    TRY(store_forget_messages(job, tracking->txn, tracking->config->remember_days, FORGET_AT_ONCE));
    TRY(home_account(job, tracking->candor, tracking->txn, &account, &index, NULL));
    TRY(home_commit(job, tracking->candor, tracking->txn));
    tracking->candor->subjects += tracking->new_count;
    return CANDOR_OK;
}

struct track_state *track_state(struct candor *candor)
{
    if (candor->track_state == NULL) {
        candor->track_state = NEW(candor->arena, struct track_state);
        candor->track_state->sampled = map_begin(candor->arena);
    }
    return candor->track_state;
}

static void begin(struct tracking *tracking)
{
    struct job *job = tracking->job;
    struct candor *candor = tracking->candor;
    const char *no_target = NULL;
    tracking->group = arena_beside(job);
    tracking->made = map_begin(tracking->group);
    tracking->joins = buf_begin(tracking->group);
    tracking->lookup_subjects = buf_begin(tracking->group);
    tracking->lookup_names = buf_begin(tracking->group);
    tracking->quarantine =
        quarantine_begin(job, candor, KIND_EVENTS, STR("tracking"), &no_target, 0);
    consent_fold(candor->inventory, NULL, 0, job->now, &tracking->nobody);
    (void)track_state(candor);
}

/* Who sends, if the caller does not say: whoever's key opened the door. */
static void name_sources(struct tracking *tracking)
{
    const struct candor *candor = tracking->candor;
    const struct str key = caller_key(candor);
    const char *name = key.len > 0 ? str_z(tracking->job->arena, key) : "api";
    for (size_t i = 0; i < tracking->request_count; i++) {
        if (tracking->requests[i].source == NULL) {
            tracking->requests[i].source = name;
        }
    }
}

static enum candor_status run(struct tracking *tracking)
{
    name_sources(tracking);
    TRY(caller_may(tracking->job, tracking->candor, ACT_TRACK));
    TRY(home_begin(tracking->job, tracking->candor, &tracking->txn));
    begin(tracking);
    TRY(track_begin_people(tracking));
    TRY(keep_all(tracking));
    return commit(tracking);
}

/* After a failure those who were made are nobody again. */
static void forget_made(struct tracking *tracking)
{
    for (size_t i = 0; i < tracking->new_count; i++) {
        view_drop(tracking->candor, tracking->new_subject[i]);
    }
}

static enum candor_status track(struct job *job, struct candor *candor,
                                struct candor_tracked *request, size_t count)
{
    struct tracking *tracking = NEW(job->arena, struct tracking);
    *tracking = (struct tracking){
        .job = job,
        .candor = candor,
        .config = candor->tracking,
        .requests = request,
        .request_count = count,
        .reports = NEW_ARRAY(job->arena, count + 1, struct track_report),
    };
    const enum candor_status status = run(tracking);
    if (status != CANDOR_OK) {
        forget_made(tracking);
        return status;
    }
    TRY(track_join_all(tracking));
    for (size_t i = 0; i < count; i++) {
        answer_one(job, candor, &request[i], &tracking->reports[i]);
    }
    return CANDOR_OK;
}

enum candor_status candor_track(struct job *job, struct candor *candor,
                                struct candor_tracked *request, size_t count)
{
    home_enter(candor);
    const enum candor_status status = track(job, candor, request, count);
    home_leave(candor);
    return status;
}
