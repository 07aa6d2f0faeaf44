/*
 * ingest_people.c - subjects come in, a step at a time: found or made, then their profiles sealed.
 */
#include "ingest.h"
#include "measured.h"
#include "request.h"

struct person {
    uint64_t line;
    struct str identifier;
    struct profile profile;
    bool *is_given; /* fields that the row speaks of */
    struct subject subject;
    bool is_new;
    bool is_held; /* it comes out of quarantine */
    uint32_t slot;
};

struct people {
    struct person *person;
    size_t count;
    struct map *seen; /* identifiers of this file */
    struct arena *seen_arena;
    struct map *suppressed; /* marks of those who must not come back; NULL: none */
    bool has_marks;         /* they were read */
    uint64_t marks_made;    /* when they were: somebody may leave between two steps */
};

/* All values are looked at, so that each field's quality is known; the first fault is the reason. */
static bool read_fields(struct job *job, struct importing *importing, const struct source_row *row,
                        struct person *person)
{
    const struct inventory *inventory = importing->candor->inventory;
    bool is_fine = true;
    for (size_t f = 0; f < inventory->field_count; f++) {
        const struct str text = row->value[f + 1];
        struct cell *cell = &person->profile.cell[f];
        person->is_given[f] = text.ptr != NULL;
        const enum cell_fault fault =
            cell_read(&inventory->field[f], str_copy(importing->step, text), job->now, cell);
        person->profile.since[f] = cell->kind == CELL_MISSING ? 0 : job->now;
        if (person->is_given[f]) {
            measured_value(importing->candor, importing->measured, f + 1, text, fault, cell);
        }
        if (fault != CELL_FINE && is_fine) {
            import_reject(importing->report, row->line, cell_fault_code(fault),
                          inventory->field[f].name, cell_fault_sentence(fault));
        }
        is_fine = is_fine && fault == CELL_FINE;
    }
    return is_fine;
}

static bool keeps_the_rules(struct importing *importing, const struct source_row *row,
                            const struct person *person)
{
    measured_rules(importing->candor, importing->measured, person->profile.cell);
    const struct quality_rule *broken =
        quality_rejects(&importing->candor->quality, person->profile.cell);
    if (broken != NULL) {
        import_reject(importing->report, row->line, "inconsistent", broken->name,
                      "breaks this rule across fields");
    }
    return broken == NULL;
}

static bool read_person(struct job *job, struct importing *importing, const struct source_row *row,
                        struct person *person)
{
    const struct inventory *inventory = importing->candor->inventory;
    person->line = row->line;
    person->is_held = row->is_held;
    person->slot = row->slot;
    person->identifier = str_copy(importing->step, str_trim(row->value[0]));
    person->profile = profile_begin(importing->step, inventory);
    person->is_given = NEW_ARRAY(importing->step, inventory->field_count + 1, bool);
    if (!ingest_identifier_is_fine(person->identifier)) {
        import_reject(importing->report, row->line, "no_identifier", inventory->identifier,
                      "is missing or too long");
        return false;
    }
    return read_fields(job, importing, row, person) && keeps_the_rules(importing, row, person);
}

/* A file of subjects goes by identifiers alone. Somebody else's address that stands as one would
 * overwrite them: such a row is left out. */
static enum candor_status is_own_identifier(struct job *job, struct txn *txn,
                                            const struct person *person, bool *is_own)
{
    struct str identifier;
    const struct permit *permit = permit_for_right(job, person->subject, RIGHT_RECTIFICATION);
    TRY(store_identifier(job, txn, permit, &identifier));
    *is_own =
        str_equal(str_lower(job->arena, identifier), str_lower(job->arena, person->identifier));
    return CANDOR_OK;
}

static enum candor_status leave_out_strangers(struct job *job, struct importing *importing,
                                              struct txn *txn, struct people *people)
{
    size_t kept = 0;
    for (size_t i = 0; i < people->count; i++) {
        struct person *person = &people->person[i];
        bool is_own = true;
        const enum candor_status status =
            store_find(job, txn, person->identifier, &person->subject);
        person->is_new = status == CANDOR_NOT_FOUND;
        if (person->is_new) {
            job_forgive(job);
        } else {
            TRY(status);
            TRY(is_own_identifier(job, txn, person, &is_own));
        }
        if (is_own) {
            people->person[kept++] = *person;
        } else {
            import_reject(importing->report, person->line, "identifier_of_another",
                          importing->candor->inventory->identifier, "is another subject's address");
        }
    }
    people->count = kept;
    return CANDOR_OK;
}

/* Somebody who was erased and asked not to be contacted again: by a name or address of theirs. */
static enum candor_status is_suppressed(struct job *job, struct importing *importing,
                                        const struct people *people, const struct person *person,
                                        bool *holds)
{
    const struct inventory *inventory = importing->candor->inventory;
    TRY(suppress_holds(job, importing->candor, people->suppressed, person->identifier, holds));
    for (size_t f = 0; f < inventory->field_count && !*holds; f++) {
        const struct cell *cell = &person->profile.cell[f];
        if (cell->kind == CELL_TEXT &&
            (inventory->field_is_lookup[f] || inventory->field[f].pii.len > 0)) {
            TRY(suppress_holds(job, importing->candor, people->suppressed, cell->text, holds));
        }
    }
    return CANDOR_OK;
}

static enum candor_status leave_out_suppressed(struct job *job, struct importing *importing,
                                               struct txn *txn, struct people *people)
{
    size_t kept = 0;
    if (!people->has_marks || people->marks_made != importing->candor->marks_made) {
        TRY(suppress_load(job, importing->candor, txn, people->seen_arena, &people->suppressed));
        people->has_marks = true;
        people->marks_made = importing->candor->marks_made;
    }
    for (size_t i = 0; i < people->count && people->suppressed != NULL; i++) {
        const struct arena_mark mark = arena_mark(job->arena);
        bool holds = false;
        if (people->person[i].is_new) {
            TRY(is_suppressed(job, importing, people, &people->person[i], &holds));
        }
        arena_rewind(job->arena, mark);
        if (!holds) {
            people->person[kept++] = people->person[i];
        } else {
            import_reject(importing->report, people->person[i].line, "suppressed",
                          importing->candor->inventory->identifier,
                          "was erased and asked not to be contacted again");
        }
    }
    people->count = people->suppressed == NULL ? people->count : kept;
    return CANDOR_OK;
}

/* Find those who are known; make the others, all at once. */
static enum candor_status find_or_make(struct job *job, struct importing *importing,
                                       struct txn *txn, struct people *people)
{
    TRY(leave_out_strangers(job, importing, txn, people));
    TRY(leave_out_suppressed(job, importing, txn, people));
    struct str *name = NEW_ARRAY(importing->step, people->count + 1, struct str);
    struct subject *made = NEW_ARRAY(importing->step, people->count + 1, struct subject);
    size_t new_count = 0;
    for (size_t i = 0; i < people->count; i++) {
        if (people->person[i].is_new) {
            name[new_count++] = people->person[i].identifier;
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

/* Addresses that are nobody's yet. */
struct lookups {
    struct map *taken; /* by somebody before in this step */
    struct subject *subject;
    struct str *lookup;
    size_t count;
};

/* It belongs to one, the first who came with it. */
static enum candor_status take_lookup(struct job *job, struct importing *importing, struct txn *txn,
                                      struct subject subject, struct str address,
                                      struct lookups *lookups)
{
    struct subject other = {0};
    const struct str lower = str_lower(importing->step, str_trim(address));
    const enum candor_status status = store_find(job, txn, lower, &other);
    const bool is_new = status == CANDOR_NOT_FOUND;
    if (status != CANDOR_OK && !is_new) {
        return status;
    }
    job_forgive(job);
    if (is_new && map_get(lookups->taken, KEY(lower)) == NULL) {
        lookups->subject[lookups->count] = subject;
        lookups->lookup[lookups->count] = lower;
        map_put(lookups->taken, KEY(lower), &lookups->lookup[lookups->count++]);
    } else if (is_new || other.slot != subject.slot) {
        importing->report->shared_addresses++;
    }
    return CANDOR_OK;
}

/* Addresses by which people are found. */
static enum candor_status add_lookups(struct job *job, struct importing *importing, struct txn *txn,
                                      const struct people *people)
{
    const struct inventory *inventory = importing->candor->inventory;
    const size_t room = people->count * inventory->field_count + 1;
    struct lookups lookups = {
        .taken = map_begin(importing->step),
        .subject = NEW_ARRAY(importing->step, room, struct subject),
        .lookup = NEW_ARRAY(importing->step, room, struct str),
    };
    for (size_t i = 0; i < people->count; i++) {
        const struct person *person = &people->person[i];
        for (size_t f = 0; f < inventory->field_count; f++) {
            const struct cell *cell = &person->profile.cell[f];
            if (inventory->field_is_lookup[f] && cell->kind == CELL_TEXT) {
                TRY(take_lookup(job, importing, txn, person->subject, cell->text, &lookups));
            }
        }
    }
    return lookups.count == 0
               ? CANDOR_OK
               : store_add_lookups(job, txn, lookups.subject, lookups.lookup, lookups.count);
}

/* A known subject keeps the fields that the row does not speak of. */
static enum candor_status put_person(struct job *job, struct importing *importing, struct txn *txn,
                                     struct person *person)
{
    if (!person->is_new) {
        view_drop(importing->candor, person->subject);
        struct profile before = profile_begin(job->arena, importing->candor->inventory);
        TRY(store_profile(job, txn, permit_for_right(job, person->subject, RIGHT_RECTIFICATION),
                          &before));
        for (size_t f = 0; f < importing->candor->inventory->field_count; f++) {
            if (!person->is_given[f]) {
                person->profile.cell[f] = before.cell[f];
                person->profile.since[f] = before.since[f];
            } else if (importing->candor->inventory->field_is_lookup[f]) {
                TRY(subject_drop_lookup(job, txn, person->subject, &before.cell[f],
                                        &person->profile.cell[f]));
            }
        }
        TRY(pace_note(job, importing->candor, txn, person->subject, before.cell,
                      person->profile.cell));
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
            TRY(ingest_accepted(job, txn, people->person[i].is_held, people->person[i].slot));
            arena_rewind(job->arena, mark);
        }
        importing->in_step = people->count;
    }
    importing->report->created += created;
    importing->report->updated += people->count - created;
    importing->report->imported += people->count;
    if (importing->in_step == 0) {
        ingest_let_in(job, importing);
        return CANDOR_OK;
    }
    TRY(ingest_step(job, importing, txn));
    importing->candor->subjects += created;
    return CANDOR_OK;
}

static void take_person(struct job *job, struct importing *importing, struct people *people,
                        const struct source_row *row)
{
    struct person *person = &people->person[people->count];
    if (row->fault != NULL) {
        import_reject(importing->report, row->line, row->fault, STR(""),
                      ingest_fault_sentence(row->fault));
        return;
    }
    if (!read_person(job, importing, row, person)) {
        ingest_rejected(job, importing, row);
        return;
    }
    const bool is_first = map_get(people->seen, KEY(person->identifier)) == NULL;
    quality_add(&importing->measured->of_field[0], QUALITY_UNIQUENESS, is_first);
    if (!is_first) {
        import_reject(importing->report, row->line, "duplicate_identifier",
                      importing->candor->inventory->identifier,
                      "stands in an earlier row of the file");
        return;
    }
    map_put(people->seen, KEY(person->identifier), importing);
    people->count++;
}

enum candor_status ingest_subjects(struct job *job, struct importing *importing)
{
    struct people people = {.seen_arena = arena_beside(job)};
    people.seen = map_begin(people.seen_arena);
    importing->doing = "importing subjects";
    for (bool is_more = true; is_more;) {
        const struct arena_mark mark = arena_mark(importing->step);
        people.person = NEW_ARRAY(importing->step, STEP_ROWS, struct person);
        people.count = 0;
        while (people.count < STEP_ROWS && !ingest_step_is_full(importing)) {
            struct source_row row;
            const enum candor_status status = source_next(job, importing->source, &row);
            if (status == CANDOR_NOT_FOUND) {
                job_forgive(job);
                is_more = false;
                break;
            }
            TRY(status);
            importing->report->rows++;
            importing->since++;
            take_person(job, importing, &people, &row);
        }
        TRY(write_people(job, importing, &people));
        arena_rewind(importing->step, mark);
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped after %llu rows; what was imported stays",
                        (unsigned long long)importing->report->rows);
        }
    }
    return CANDOR_OK;
}

size_t ingest_subject_targets(struct job *job, const struct inventory *inventory,
                              const char **target)
{
    size_t count = 0;
    target[count++] = str_z(job->arena, inventory->identifier);
    for (size_t f = 0; f < inventory->field_count; f++) {
        target[count++] = str_z(job->arena, inventory->field[f].name);
    }
    return count;
}
