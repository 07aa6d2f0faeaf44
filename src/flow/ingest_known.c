/*
 * ingest_known.c - events and consents come in: rows about subjects who are known already.
 */
#include "decision.h"
#include "ingest.h"
#include "measured.h"
#include "monitors.h"
#include "reviewed.h"
#include "ui_evidence.h"

/* Find the subject a row is about, or reject it. */
static enum candor_status row_subject(struct job *job, struct importing *importing, struct txn *txn,
                                      const struct source_row *row, struct subject *subject,
                                      bool *is_found)
{
    const struct str identifier = str_trim(row->value[0]);
    *is_found = false;
    if (row->fault != NULL) {
        import_reject(importing->report, row->line, row->fault, STR(""),
                      ingest_fault_sentence(row->fault));
        return CANDOR_OK;
    }
    if (!ingest_identifier_is_fine(identifier)) {
        import_reject(importing->report, row->line, "no_identifier", STR("identifier"),
                      "is missing or too long");
        return CANDOR_OK;
    }
    const enum candor_status status = store_find(job, txn, identifier, subject);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        import_reject(importing->report, row->line, "unknown_subject", STR("identifier"),
                      "is nobody we know");
        return CANDOR_OK;
    }
    *is_found = status == CANDOR_OK;
    return status;
}

static bool row_time(struct importing *importing, const struct source_row *row, struct str text,
                     int64_t now, int64_t *time)
{
    if (!str_to_time(str_trim(text), time)) {
        import_reject(importing->report, row->line, "not_a_time", STR("time"),
                      "is not a date or an RFC 3339 time");
        return false;
    }
    if (*time > now) {
        import_reject(importing->report, row->line, "in_the_future", STR("time"),
                      "lies in the future");
        return false;
    }
    return true;
}

enum { EVENT_IDENTIFIER, EVENT_NAME, EVENT_TIME, EVENT_FIXED };

/* The property of that name: its place among the kind's, or NONE. */
static size_t property_named(const struct event_kind *kind, const char *name)
{
    for (size_t p = 0; p < kind->property_count; p++) {
        if (str_is(kind->property[p].name, name)) {
            return p;
        }
    }
    return NONE;
}

/* One property of an event, or why it may not be; the first fault is the reason. */
static bool read_property(struct job *job, struct importing *importing,
                          const struct source_row *row, const char *const *target, size_t t,
                          bool is_first, struct event *event)
{
    const char *name = target[t];
    const struct str text = row->value[t];
    const struct event_kind *kind = &importing->candor->inventory->event_kind[event->kind];
    const size_t p = property_named(kind, name);
    if (p == NONE) {
        if (text.len == 0 || str_trim(text).len == 0) {
            return true;
        }
        if (is_first) {
            import_reject(importing->report, row->line, "unknown_property", str_of(name),
                          "is not a property of this kind of event");
        }
        return false;
    }
    const enum cell_fault fault = cell_read(&kind->property[p], text, job->now, &event->cell[p]);
    if (text.ptr != NULL) {
        measured_value(importing->candor, importing->measured, t, text, fault, &event->cell[p]);
    }
    if (fault != CELL_FINE && is_first) {
        import_reject(importing->report, row->line, cell_fault_code(fault), kind->property[p].name,
                      cell_fault_sentence(fault));
    }
    return fault == CELL_FINE;
}

static bool read_event(struct job *job, struct importing *importing, const struct source_row *row,
                       const char *const *target, size_t target_count, struct event *event)
{
    const struct inventory *inventory = importing->candor->inventory;
    event->kind = inventory_event_kind(inventory, str_trim(row->value[EVENT_NAME]));
    if (event->kind == NONE) {
        import_reject(importing->report, row->line, "unknown_event", STR("event"),
                      "is not a kind of event in the inventory");
        return false;
    }
    if (!row_time(importing, row, row->value[EVENT_TIME], job->now, &event->time)) {
        return false;
    }
    const struct event_kind *kind = &inventory->event_kind[event->kind];
    event->cell = NEW_ARRAY(job->arena, kind->property_count + 1, struct cell);
    if (importing->fresh_days > 0) {
        quality_add(&importing->measured->total, QUALITY_TIMELINESS,
                    job->now - event->time <= (int64_t)importing->fresh_days * MICROS_PER_DAY);
    }
    bool is_fine = true;
    for (size_t t = EVENT_FIXED; t < target_count; t++) {
        is_fine = read_property(job, importing, row, target, t, is_fine, event) && is_fine;
    }
    return is_fine;
}

static enum candor_status import_event(struct job *job, struct importing *importing,
                                       struct txn *txn, const struct source_row *row,
                                       const char *const *target, size_t target_count)
{
    struct subject subject;
    struct event event;
    bool is_found = false;
    TRY(row_subject(job, importing, txn, row, &subject, &is_found));
    if (!is_found || !read_event(job, importing, row, target, target_count, &event)) {
        return CANDOR_OK;
    }
    importing->report->imported++;
    if (importing->dry_run) {
        return CANDOR_OK;
    }
    importing->in_step++;
    view_drop(importing->candor, subject);
    TRY(ingest_accepted(job, txn, row->is_held, row->slot));
    TRY(store_add_event(job, txn, subject, &event));
    watch_event(job, importing->candor, txn, subject, &event);
    return CANDOR_OK;
}

enum {
    CONSENT_IDENTIFIER,
    CONSENT_PURPOSE,
    CONSENT_DECISION,
    CONSENT_TIME,
    CONSENT_CHANNEL,
    CONSENT_SURFACE,
    CONSENT_WORDING_VERSION,
    CONSENT_WORDING,
    CONSENT_PROOF,
    CONSENT_RECIPIENT,
    CONSENT_ACTOR,
    CONSENT_LANGUAGE,
    CONSENT_UI_EVIDENCE,
    CONSENT_TARGETS,
};

static bool read_recipient(struct importing *importing, const struct source_row *row,
                           struct consent_record *record)
{
    const struct inventory *inventory = importing->candor->inventory;
    const struct str name = str_trim(row->value[CONSENT_RECIPIENT]);
    const bool is_own = record->purpose != EVERY && name.len > 0 &&
                        str_equal(inventory->purpose[record->purpose].recipient, name);
    if (name.len == 0 || is_own) {
        return true;
    }
    record->recipient = inventory_recipient(inventory, name);
    const bool goes = record->recipient != NONE &&
                      (record->purpose == EVERY ||
                       inventory_disclosure(inventory, record->purpose, record->recipient) != NONE);
    if (!goes) {
        import_reject(importing->report, row->line, "unknown_recipient", STR("recipient"),
                      "is not a recipient of this purpose");
    }
    return goes;
}

static bool read_actor(struct importing *importing, const struct source_row *row,
                       struct consent_record *record)
{
    const struct str name = str_trim(row->value[CONSENT_ACTOR]);
    record->actor = ACTOR_IMPORT;
    if (name.len > 0 && !consent_actor_read(name, &record->actor)) {
        import_reject(importing->report, row->line, "unknown_actor", STR("actor"),
                      "is not person, guardian, agent, operator or import");
        return false;
    }
    if (record->actor == ACTOR_GUARDIAN && record->decision == CONSENT_GIVEN &&
        record->proof.len == 0) {
        import_reject(importing->report, row->line, "no_proof", STR("proof"),
                      "is missing: a guardian's yes needs it");
        return false;
    }
    return true;
}

/* A yes with evidence that cannot be, or that speaks against it, is none. A no holds without it. */
static bool read_evidence(struct importing *importing, const struct source_row *row,
                          struct consent_record *record)
{
    struct ui_evidence evidence;
    const struct str text = str_trim(row->value[CONSENT_UI_EVIDENCE]);
    const char *wrong = text.len == 0 ? NULL : ui_evidence_read(text, &evidence);
    if (wrong == NULL) {
        record->ui_evidence = text;
    }
    if (text.len == 0 || consent_is_no(record->decision)) {
        return true;
    }
    if (wrong != NULL) {
        import_reject(importing->report, row->line, "bad_ui_evidence", STR("ui_evidence"), wrong);
        return false;
    }
    const bool is_yes = record->decision == CONSENT_GIVEN || record->decision == CONSENT_REQUESTED;
    if (is_yes && ui_evidence_is_preticked(&evidence)) {
        import_reject(importing->report, row->line, "preticked", STR("ui_evidence"),
                      "says that boxes were ticked beforehand: a yes to them is none");
        return false;
    }
    return true;
}

/* Double opt-in: what was confirmed elsewhere says how; without that it waits, and for nothing. */
static void wait_for_proof(const struct inventory *inventory, struct consent_record *record)
{
    if (record->purpose == EVERY) {
        return;
    }
    const uint32_t days = inventory->purpose[record->purpose].confirm_days;
    if (record->decision == CONSENT_GIVEN && days > 0 && record->proof.len == 0) {
        record->decision = CONSENT_REQUESTED;
    }
    if (record->decision == CONSENT_REQUESTED && record->time > 0) {
        record->until = record->time + (int64_t)days * MICROS_PER_DAY;
    }
}

/* A no whose time is missing, unreadable or still to come counts from when it reached us: left out, the
 * yes before it would go on. Nobody's yes is made up so. */
static bool read_said(struct importing *importing, const struct source_row *row, int64_t now,
                      struct consent_record *record)
{
    const struct str text = row->value[CONSENT_TIME];
    if (consent_is_no(record->decision) &&
        (!str_to_time(str_trim(text), &record->time) || record->time > now)) {
        record->time = now;
        return true;
    }
    return row_time(importing, row, text, now, &record->time);
}

/* The version names the words: when it is the present one, they are kept with the record. */
static void read_words(const struct inventory *inventory, const struct source_row *row,
                       struct consent_record *record)
{
    record->surface =
        row->value[CONSENT_SURFACE].len > 0 ? row->value[CONSENT_SURFACE] : STR("import");
    record->wording_version = row->value[CONSENT_WORDING_VERSION];
    record->wording = row->value[CONSENT_WORDING];
    record->proof = row->value[CONSENT_PROOF];
    if (record->wording.len == 0 && record->purpose != EVERY &&
        str_equal(record->wording_version, inventory->purpose[record->purpose].wording_version)) {
        record->wording = inventory->purpose[record->purpose].wording;
    }
    record->language = str_trim(row->value[CONSENT_LANGUAGE]);
}

static bool read_consent(struct job *job, struct importing *importing, const struct source_row *row,
                         struct consent_record *record)
{
    const struct inventory *inventory = importing->candor->inventory;
    struct import_report *report = importing->report;
    const struct str purpose = str_trim(row->value[CONSENT_PURPOSE]);
    const struct str channel = str_trim(row->value[CONSENT_CHANNEL]);
    *record = (struct consent_record){.channel = EVERY, .recorded = job->now};
    if (!consent_decision_read(str_trim(row->value[CONSENT_DECISION]), &record->decision)) {
        import_reject(report, row->line, "unknown_decision", STR("decision"),
                      "is not given, refused, withdrawn, objected, restricted or unrestricted");
        return false;
    }
    const bool may_be_every = record->decision == CONSENT_OBJECTED ||
                              record->decision == CONSENT_RESTRICTED ||
                              record->decision == CONSENT_UNRESTRICTED;
    const bool is_every = str_is(purpose, "*") || (purpose.len == 0 && may_be_every);
    record->purpose = is_every ? EVERY : inventory_purpose(inventory, purpose);
    if ((!is_every && record->purpose == NONE) || (is_every && !may_be_every)) {
        import_reject(report, row->line, "unknown_purpose", STR("purpose"),
                      "is not a purpose of the inventory");
        return false;
    }
    if (channel.len > 0) {
        record->channel = inventory_channel(inventory, channel);
        if (record->channel == NONE) {
            import_reject(report, row->line, "unknown_channel", STR("channel"),
                          "is not a channel of the inventory");
            return false;
        }
    }
    if (!read_said(importing, row, job->now, record)) {
        return false;
    }
    read_words(inventory, row, record);
    if (!read_recipient(importing, row, record) || !read_actor(importing, row, record) ||
        !read_evidence(importing, row, record)) {
        return false;
    }
    wait_for_proof(inventory, record);
    return true;
}

/* A yes to the present words counts only once these were reviewed; a no counts always. */
static enum candor_status notice_holds(struct job *job, struct importing *importing,
                                       struct txn *txn, const struct source_row *row,
                                       const struct consent_record *record, bool *holds)
{
    *holds = true;
    if (record->purpose == EVERY ||
        (record->decision != CONSENT_GIVEN && record->decision != CONSENT_REQUESTED)) {
        return CANDOR_OK;
    }
    const struct purpose *purpose = &importing->candor->inventory->purpose[record->purpose];
    const uint64_t bit = UINT64_C(1) << record->purpose;
    if (record->wording_version.len > 0 &&
        !str_equal(record->wording_version, purpose->wording_version)) {
        return CANDOR_OK; /* earlier words, as they were agreed to then */
    }
    if ((importing->notice_asked & bit) == 0) {
        const enum candor_status status =
            board_require_notice(job, importing->candor, txn, record->purpose);
        if (status != CANDOR_OK && status != CANDOR_REFUSED) {
            return status;
        }
        job_forgive(job);
        importing->notice_asked |= bit;
        importing->notice_holds |= status == CANDOR_OK ? bit : 0;
    }
    *holds = (importing->notice_holds & bit) != 0;
    if (!*holds) {
        import_reject(importing->report, row->line, "notice_not_reviewed", STR("wording_version"),
                      "names words that have no review that holds; see candor board status");
    }
    return CANDOR_OK;
}

static enum candor_status import_consent(struct job *job, struct importing *importing,
                                         struct txn *txn, const struct source_row *row)
{
    struct subject subject;
    struct consent_record record;
    bool is_found = false;
    uint64_t index = 0;
    TRY(row_subject(job, importing, txn, row, &subject, &is_found));
    if (!is_found || !read_consent(job, importing, row, &record)) {
        return CANDOR_OK;
    }
    bool is_reviewed = false;
    TRY(notice_holds(job, importing, txn, row, &record, &is_reviewed));
    if (!is_reviewed) {
        return CANDOR_OK;
    }
    importing->report->imported++;
    if (importing->dry_run) {
        return CANDOR_OK;
    }
    importing->in_step++;
    view_drop(importing->candor, subject);
    TRY(ingest_accepted(job, txn, row->is_held, row->slot));
    TRY(consent_record_add(job, importing->candor, txn, subject, &record, &index));
    import_accounted(importing->report, index);
    return CANDOR_OK;
}

/* What is done after each row: steps end, somebody is told, somebody may have said stop. */
static enum candor_status after_row(struct job *job, struct importing *importing, struct txn *txn)
{
    importing->since++;
    if (ingest_step_is_full(importing) && importing->in_step > 0) {
        TRY(ingest_step(job, importing, txn));
    } else if (ingest_step_is_full(importing)) {
        ingest_let_in(job, importing); /* there is nothing to keep: all was bad, or this is a try */
    }
    if (job->cancelled) {
        return fail(job, CANDOR_CANCELLED, "stopped after %llu rows; whole steps stay",
                    (unsigned long long)importing->report->rows);
    }
    return CANDOR_OK;
}

/* The next row; *found is false when there is no more. */
static enum candor_status next_row(struct job *job, struct importing *importing,
                                   struct source_row *row, bool *found)
{
    const enum candor_status status = source_next(job, importing->source, row);
    *found = status == CANDOR_OK;
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

enum candor_status ingest_known(struct job *job, struct importing *importing, bool is_event,
                                const char *const *target, size_t target_count)
{
    struct txn *txn = NULL;
    importing->doing = is_event ? "importing events" : "importing consents";
    for (;;) {
        struct source_row row;
        bool found = false;
        TRY(home_begin(job, importing->candor, &txn)); /* before the mark: it outlives the row */
        const struct arena_mark mark = arena_mark(job->arena);
        TRY(next_row(job, importing, &row, &found));
        if (!found) {
            break;
        }
        importing->report->rows++;
        const uint64_t rejected = importing->report->rejected;
        if (importing->report->rows <= importing->rows_before) {
            arena_rewind(job->arena, mark);
            continue;
        }
        TRY(is_event ? import_event(job, importing, txn, &row, target, target_count)
                     : import_consent(job, importing, txn, &row));
        if (importing->report->rejected > rejected) {
            ingest_rejected(job, importing, &row);
        }
        arena_rewind(job->arena, mark);
        TRY(after_row(job, importing, txn));
    }
    importing->is_finished = true;
    /* A file of which nothing could be used may come again when it can be. */
    const bool is_used = importing->report->imported > 0 || importing->rows_before > 0;
    if (!importing->dry_run && is_used) {
        TRY(home_begin(job, importing->candor, &txn));
        TRY(ingest_step(job, importing, txn));
    }
    job_say_progress(job, importing->doing, importing->report->rows, importing->report->rows);
    return CANDOR_OK;
}

/* ---- targets ------------------------------------------------------------------------------- */

size_t ingest_event_targets(struct job *job, const struct inventory *inventory, const char **target)
{
    size_t count = 0;
    target[count++] = str_z(job->arena, inventory->identifier);
    target[count++] = "event";
    target[count++] = "time";
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        const struct event_kind *kind = &inventory->event_kind[k];
        for (size_t p = 0; p < kind->property_count && count < SOURCE_TARGETS_MAX; p++) {
            bool is_known = false;
            for (size_t t = EVENT_FIXED; t < count; t++) {
                is_known = is_known || str_is(kind->property[p].name, target[t]);
            }
            if (!is_known) {
                target[count++] = str_z(job->arena, kind->property[p].name);
            }
        }
    }
    return count;
}

size_t ingest_consent_targets(struct job *job, const struct inventory *inventory,
                              const char **target)
{
    static const char *const name[CONSENT_TARGETS] = {
        NULL,      "purpose", "decision",  "time",  "channel",  "surface",    "wording_version",
        "wording", "proof",   "recipient", "actor", "language", "ui_evidence"};
    bytes_copy(target, name, sizeof name);
    target[CONSENT_IDENTIFIER] = str_z(job->arena, inventory->identifier);
    return CONSENT_TARGETS;
}
