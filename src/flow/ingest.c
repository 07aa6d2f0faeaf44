/*
 * ingest.c - subjects, events and consents come in.
 *
 * A file is imported in steps of STEP_ROWS rows. A step is one transaction with its entry on the
 * ledger: after a crash it is there whole or not at all, and importing the file again does no harm
 * to subjects (they are updated). Rows that break a quality rule are left out and reported by line,
 * field and reason, never by value.
 */
#include <string.h>

#include "source.h"

enum { STEP_ROWS = 4096, PROGRESS_EVERY = 1000 };

/* What the three kinds share. */
struct importing {
    struct candor *candor;
    struct source *source;
    struct import_report *report;
    struct arena *step; /* what the rows of one step hold; ends with it */
    bool dry_run;
    size_t in_step;
    uint64_t rows_expected;
};

static enum candor_status account_step(struct job *job, struct importing *importing,
                                       struct txn *txn)
{
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_IMPORT, .outcome = OUTCOME_DONE};
    TRY(home_account(job, importing->candor, txn, &account, &index, NULL));
    TRY(home_commit(job, importing->candor, txn));
    import_accounted(importing->report, index);
    return CANDOR_OK;
}

static const char *fault_sentence(const char *fault)
{
    if (strcmp(fault, "ragged") == 0) {
        return "has more or fewer columns than the header";
    }
    return strcmp(fault, "unknown_field") == 0 ? "has a field that the inventory does not know"
                                               : "is not a JSON object";
}

static bool identifier_is_fine(struct str identifier)
{
    return identifier.len > 0 && identifier.len <= IDENTIFIER_LEN_MAX && str_is_utf8(identifier);
}

/* ---- subjects ------------------------------------------------------------------------------ */

struct person {
    struct str identifier;
    struct profile profile;
    bool *is_given; /* fields that the row speaks of */
    struct subject subject;
    bool is_new;
};

struct people {
    struct person *person;
    size_t count;
    struct map *seen; /* identifiers of this file */
    struct arena *seen_arena;
};

static bool read_person(struct job *job, struct importing *importing, const struct source_row *row,
                        struct person *person)
{
    const struct inventory *inventory = importing->candor->inventory;
    person->identifier = str_copy(importing->step, str_trim(row->value[0]));
    person->profile = profile_begin(importing->step, inventory);
    person->is_given = NEW_ARRAY(importing->step, inventory->field_count + 1, bool);
    if (!identifier_is_fine(person->identifier)) {
        import_reject(importing->report, row->line, "no_identifier", inventory->identifier,
                      "is missing or too long");
        return false;
    }
    for (size_t f = 0; f < inventory->field_count; f++) {
        const struct str text = row->value[f + 1];
        person->is_given[f] = text.ptr != NULL;
        const enum cell_fault fault =
            cell_read(&inventory->field[f], str_copy(importing->step, text), job->now,
                      &person->profile.cell[f]);
        if (fault != CELL_FINE) {
            import_reject(importing->report, row->line, cell_fault_code(fault),
                          inventory->field[f].name, cell_fault_sentence(fault));
            return false;
        }
    }
    return true;
}

/* Find those who are known; make the others, all at once. */
static enum candor_status find_or_make(struct job *job, struct importing *importing,
                                       struct txn *txn, struct people *people)
{
    struct str *name = NEW_ARRAY(importing->step, people->count + 1, struct str);
    struct subject *made = NEW_ARRAY(importing->step, people->count + 1, struct subject);
    size_t new_count = 0;
    for (size_t i = 0; i < people->count; i++) {
        struct person *person = &people->person[i];
        const enum candor_status status =
            store_find(job, txn, person->identifier, &person->subject);
        person->is_new = status == CANDOR_NOT_FOUND;
        if (status != CANDOR_OK && status != CANDOR_NOT_FOUND) {
            return status;
        }
        if (person->is_new) {
            job_forgive(job);
            name[new_count++] = person->identifier;
        }
    }
    if (new_count == 0 || importing->dry_run) {
        return CANDOR_OK;
    }
    TRY(store_add_subjects(job, txn, name, new_count, made));
    for (size_t i = 0, next = 0; i < people->count; i++) {
        if (people->person[i].is_new) {
            people->person[i].subject = made[next++];
        }
    }
    return CANDOR_OK;
}

/* Addresses by which people are found: each belongs to one, the first who came with it. */
static enum candor_status add_lookups(struct job *job, struct importing *importing, struct txn *txn,
                                      const struct people *people)
{
    const struct inventory *inventory = importing->candor->inventory;
    const size_t room = people->count * inventory->field_count + 1;
    struct map *taken = map_begin(importing->step);
    struct subject *subject = NEW_ARRAY(importing->step, room, struct subject);
    struct str *lookup = NEW_ARRAY(importing->step, room, struct str);
    size_t count = 0;
    for (size_t i = 0; i < people->count; i++) {
        for (size_t f = 0; f < inventory->field_count; f++) {
            const struct cell *cell = &people->person[i].profile.cell[f];
            struct subject other;
            if (!inventory->field_is_lookup[f] || cell->kind != CELL_TEXT) {
                continue;
            }
            const struct str lower = str_lower(importing->step, str_trim(cell->text));
            const enum candor_status status = store_find(job, txn, lower, &other);
            job_forgive(job);
            if (status == CANDOR_NOT_FOUND && map_get(taken, KEY(lower)) == NULL) {
                map_put(taken, KEY(lower), &people->person[i]);
                subject[count] = people->person[i].subject;
                lookup[count++] = lower;
            } else if (status != CANDOR_OK && status != CANDOR_NOT_FOUND) {
                return status;
            }
        }
    }
    return count == 0 ? CANDOR_OK : store_add_lookups(job, txn, subject, lookup, count);
}

/* A known subject keeps the fields that the row does not speak of. */
static enum candor_status put_person(struct job *job, struct importing *importing, struct txn *txn,
                                     struct person *person)
{
    if (!person->is_new) {
        struct profile before = profile_begin(job->arena, importing->candor->inventory);
        TRY(store_profile(job, txn, permit_for_right(job, person->subject, RIGHT_RECTIFICATION),
                          &before));
        for (size_t f = 0; f < importing->candor->inventory->field_count; f++) {
            if (!person->is_given[f]) {
                person->profile.cell[f] = before.cell[f];
            }
        }
    }
    return store_put_profile(job, txn, person->subject, &person->profile);
}

static enum candor_status write_people(struct job *job, struct importing *importing,
                                       struct people *people)
{
    struct txn *txn = NULL;
    uint64_t created = 0;
    TRY(home_begin(job, importing->candor, &txn));
    TRY(find_or_make(job, importing, txn, people));
    for (size_t i = 0; i < people->count; i++) {
        created += people->person[i].is_new;
    }
    if (!importing->dry_run && people->count > 0) {
        TRY(add_lookups(job, importing, txn, people));
        for (size_t i = 0; i < people->count; i++) {
            const struct arena_mark mark = arena_mark(job->arena);
            TRY(put_person(job, importing, txn, &people->person[i]));
            arena_rewind(job->arena, mark);
        }
        TRY(account_step(job, importing, txn));
        importing->candor->subjects += created;
    }
    importing->report->created += created;
    importing->report->updated += people->count - created;
    importing->report->imported += people->count;
    return CANDOR_OK;
}

static void take_person(struct job *job, struct importing *importing, struct people *people,
                        const struct source_row *row)
{
    struct person *person = &people->person[people->count];
    if (row->fault != NULL) {
        import_reject(importing->report, row->line, row->fault, STR(""),
                      fault_sentence(row->fault));
        return;
    }
    if (!read_person(job, importing, row, person)) {
        return;
    }
    if (map_get(people->seen, KEY(person->identifier)) != NULL) {
        import_reject(importing->report, row->line, "duplicate_identifier",
                      importing->candor->inventory->identifier,
                      "stands in an earlier row of the file");
        return;
    }
    map_put(people->seen, KEY(person->identifier), importing);
    people->count++;
}

static enum candor_status import_subjects(struct job *job, struct importing *importing)
{
    struct people people = {.seen_arena = arena_beside(job)};
    people.seen = map_begin(people.seen_arena);
    for (bool is_more = true; is_more;) {
        const struct arena_mark mark = arena_mark(importing->step);
        people.person = NEW_ARRAY(importing->step, STEP_ROWS, struct person);
        people.count = 0;
        while (people.count < STEP_ROWS) {
            struct source_row row;
            const enum candor_status status = source_next(job, importing->source, &row);
            if (status == CANDOR_NOT_FOUND) {
                job_forgive(job);
                is_more = false;
                break;
            }
            TRY(status);
            importing->report->rows++;
            take_person(job, importing, &people, &row);
        }
        TRY(write_people(job, importing, &people));
        arena_rewind(importing->step, mark);
        job_say_progress(job, "importing subjects", importing->report->rows,
                         importing->rows_expected);
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped after %llu rows; what was imported stays",
                        (unsigned long long)importing->report->rows);
        }
    }
    return CANDOR_OK;
}

/* ---- rows about known subjects: events and consents ---------------------------------------- */

/* Find the subject a row is about, or reject it. */
static enum candor_status row_subject(struct job *job, struct importing *importing, struct txn *txn,
                                      const struct source_row *row, struct subject *subject,
                                      bool *is_found)
{
    const struct str identifier = str_trim(row->value[0]);
    *is_found = false;
    if (row->fault != NULL) {
        import_reject(importing->report, row->line, row->fault, STR(""),
                      fault_sentence(row->fault));
        return CANDOR_OK;
    }
    if (!identifier_is_fine(identifier)) {
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
    for (size_t t = EVENT_FIXED; t < target_count; t++) {
        const struct str text = row->value[t];
        const struct field *property = NULL;
        size_t p = 0;
        for (; p < kind->property_count && property == NULL; p++) {
            property = str_is(kind->property[p].name, target[t]) ? &kind->property[p] : NULL;
        }
        if (property == NULL) {
            if (text.len > 0 && str_trim(text).len > 0) {
                import_reject(importing->report, row->line, "unknown_property", str_of(target[t]),
                              "is not a property of this kind of event");
                return false;
            }
            continue;
        }
        const enum cell_fault fault = cell_read(property, text, job->now, &event->cell[p - 1]);
        if (fault != CELL_FINE) {
            import_reject(importing->report, row->line, cell_fault_code(fault), property->name,
                          cell_fault_sentence(fault));
            return false;
        }
    }
    return true;
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
    return store_add_event(job, txn, subject, &event);
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
    CONSENT_TARGETS,
};

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
    record->purpose = str_is(purpose, "*") ? EVERY : inventory_purpose(inventory, purpose);
    const bool may_be_every = record->decision >= CONSENT_OBJECTED;
    if ((!str_is(purpose, "*") && record->purpose == NONE) ||
        (str_is(purpose, "*") && !may_be_every)) {
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
    if (!row_time(importing, row, row->value[CONSENT_TIME], job->now, &record->time)) {
        return false;
    }
    record->surface =
        row->value[CONSENT_SURFACE].len > 0 ? row->value[CONSENT_SURFACE] : STR("import");
    record->wording_version = row->value[CONSENT_WORDING_VERSION];
    record->wording = row->value[CONSENT_WORDING];
    record->proof = row->value[CONSENT_PROOF];
    /* The version names the words: when it is the present one, they are kept with the record. */
    if (record->wording.len == 0 && record->purpose != EVERY &&
        str_equal(record->wording_version, inventory->purpose[record->purpose].wording_version)) {
        record->wording = inventory->purpose[record->purpose].wording;
    }
    return true;
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
    importing->report->imported++;
    if (importing->dry_run) {
        return CANDOR_OK;
    }
    importing->in_step++;
    view_drop(importing->candor, subject);
    TRY(consent_record_add(job, importing->candor, txn, subject, &record, &index));
    import_accounted(importing->report, index);
    return CANDOR_OK;
}

static enum candor_status import_rows(struct job *job, struct importing *importing, bool is_event,
                                      const char *const *target, size_t target_count)
{
    struct txn *txn = NULL;
    for (;;) {
        struct source_row row;
        TRY(home_begin(job, importing->candor, &txn)); /* before the mark: it outlives the row */
        const struct arena_mark mark = arena_mark(job->arena);
        const enum candor_status status = source_next(job, importing->source, &row);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            break;
        }
        TRY(status);
        importing->report->rows++;
        TRY(is_event ? import_event(job, importing, txn, &row, target, target_count)
                     : import_consent(job, importing, txn, &row));
        arena_rewind(job->arena, mark);
        if (importing->in_step == STEP_ROWS) {
            TRY(account_step(job, importing, txn));
            importing->in_step = 0;
        }
        if (importing->report->rows % PROGRESS_EVERY == 0) {
            job_say_progress(job, is_event ? "importing events" : "importing consents",
                             importing->report->rows, importing->rows_expected);
        }
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped after %llu rows; whole steps stay",
                        (unsigned long long)importing->report->rows);
        }
    }
    if (importing->in_step > 0) {
        TRY(home_begin(job, importing->candor, &txn));
        TRY(account_step(job, importing, txn));
    }
    job_say_progress(job, is_event ? "importing events" : "importing consents",
                     importing->report->rows, importing->report->rows);
    return CANDOR_OK;
}

/* ---- targets ------------------------------------------------------------------------------- */

static size_t subject_targets(struct job *job, const struct inventory *inventory,
                              const char **target)
{
    size_t count = 0;
    target[count++] = str_z(job->arena, inventory->identifier);
    for (size_t f = 0; f < inventory->field_count; f++) {
        target[count++] = str_z(job->arena, inventory->field[f].name);
    }
    return count;
}

static size_t event_targets(struct job *job, const struct inventory *inventory, const char **target)
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

static size_t consent_targets(struct job *job, const struct inventory *inventory,
                              const char **target)
{
    static const char *const name[CONSENT_TARGETS] = {
        NULL,      "purpose",         "decision", "time", "channel",
        "surface", "wording_version", "wording",  "proof"};
    bytes_copy(target, name, sizeof name);
    target[CONSENT_IDENTIFIER] = str_z(job->arena, inventory->identifier);
    return CONSENT_TARGETS;
}

/* ---- the call ------------------------------------------------------------------------------ */

static void put_report(struct json *json, const struct import_report *report, const char *kind,
                       bool dry_run, double seconds)
{
    json_map_begin(json);
    json_key(json, LIT("kind"));
    json_text(json, str_of(kind));
    json_key(json, LIT("dry_run"));
    json_bool(json, dry_run);
    json_key(json, LIT("rows"));
    json_u64(json, report->rows);
    json_key(json, LIT("imported"));
    json_u64(json, report->imported);
    json_key(json, LIT("created"));
    json_u64(json, report->created);
    json_key(json, LIT("updated"));
    json_u64(json, report->updated);
    json_key(json, LIT("rejected"));
    json_u64(json, report->rejected);
    json_key(json, LIT("reasons"));
    json_map_begin(json);
    for (size_t r = 0; r < report->reasons; r++) {
        json_key_str(json, str_of(report->reason[r]));
        json_u64(json, report->reason_count[r]);
    }
    json_map_end(json);
    json_key(json, LIT("first_rejected"));
    json_list_begin(json);
    for (size_t s = 0; s < report->shown_count; s++) {
        json_map_begin(json);
        json_key(json, LIT("line"));
        json_u64(json, report->shown[s].line);
        json_key(json, LIT("field"));
        json_text(json, report->shown[s].field);
        json_key(json, LIT("code"));
        json_text(json, str_of(report->shown[s].code));
        json_key(json, LIT("sentence"));
        json_text(json, str_of(report->shown[s].sentence));
        json_map_end(json);
    }
    json_list_end(json);
    json_key(json, LIT("ledger"));
    if (report->has_ledger) {
        json_list_begin(json);
        json_u64(json, report->ledger_first);
        json_u64(json, report->ledger_last);
        json_list_end(json);
    } else {
        json_null(json);
    }
    json_key(json, LIT("seconds"));
    json_f64(json, seconds);
    json_map_end(json);
}

/* Read the file to its end once, so that a file that cannot be read changes nothing. */
static enum candor_status scan(struct job *job, struct source *source, uint64_t *rows)
{
    for (*rows = 0;; (*rows)++) {
        struct source_row row;
        const struct arena_mark mark = arena_mark(job->arena);
        const enum candor_status status = source_next(job, source, &row);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            return CANDOR_OK;
        }
        TRY(status);
        arena_rewind(job->arena, mark);
    }
}

static enum candor_status import(struct job *job, struct candor *candor, const char *kind,
                                 const char *path, const char *map_path, bool dry_run,
                                 struct candor_text *text)
{
    const char **target = NEW_ARRAY(job->arena, SOURCE_TARGETS_MAX, const char *);
    struct import_report *report = NEW(job->arena, struct import_report);
    struct importing importing = {
        .candor = candor, .report = report, .step = arena_beside(job), .dry_run = dry_run};
    const bool is_subject = str_is(str_of(kind), "subjects");
    const bool is_event = str_is(str_of(kind), "events");
    const uint64_t began = host_ticks();
    size_t count = 0;
    TRY(caller_may(job, candor, ACT_IMPORT));
    if (!is_subject && !is_event && !str_is(str_of(kind), "consents")) {
        return fail(job, CANDOR_BAD_INPUT, "import what? subjects, events or consents");
    }
    count = is_subject ? subject_targets(job, candor->inventory, target)
            : is_event ? event_targets(job, candor->inventory, target)
                       : consent_targets(job, candor->inventory, target);
    TRY(source_open(job, path, map_path, target, count, &importing.source));
    TRY(scan(job, importing.source, &importing.rows_expected));
    TRY(source_open(job, path, map_path, target, count, &importing.source));
    const enum candor_status status = is_subject
                                          ? import_subjects(job, &importing)
                                          : import_rows(job, &importing, is_event, target, count);
    if (is_subject && !dry_run) {
        view_drop_all(candor);
    }
    if (status != CANDOR_OK) {
        /* Rows of the step that failed were taken but not committed. */
        return during(job, status, "after %llu rows, of which %llu are imported",
                      (unsigned long long)report->rows,
                      (unsigned long long)(report->imported - importing.in_step));
    }
    if (report->rows > 0 && report->imported == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "none of the %llu rows could be imported; the first, in line %llu: %s%.*s%s%s",
                    (unsigned long long)report->rows, (unsigned long long)report->shown[0].line,
                    report->shown[0].field.len > 0 ? "'" : "", STR_ARG(report->shown[0].field),
                    report->shown[0].field.len > 0 ? "' " : "", report->shown[0].sentence);
    }
    struct answer answer;
    answer_begin(job, &answer);
    put_report(&answer.json, report, kind, dry_run, (double)(host_ticks() - began) / 1e9);
    answer_end(&answer, text);
    return CANDOR_OK;
}

enum candor_status candor_import(struct job *job, struct candor *candor, const char *kind,
                                 const char *path, const char *map_path, bool dry_run,
                                 struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = import(job, candor, kind, path, map_path, dry_run, report);
    home_leave(candor);
    return status;
}
