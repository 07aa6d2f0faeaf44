/*
 * quality_held.c - how good is what is held, and is it good enough to learn from?
 *
 * Every profile is opened for the duty of accuracy (GDPR Article 5(1)(d)), value by value counted and
 * closed again; nothing but counts leaves. Who restricted the use of their data is left alone.
 */
#include <math.h>

#include "longwork.h"
#include "measured.h"

enum { PROGRESS_STEP = 2000 };

struct holding {
    struct candor *candor;
    struct txn *txn;
    struct measured *measured;
};

/* A value that was accepted may no longer be what its field says: candor.yaml changes. */
static enum cell_fault check_again(struct job *job, const struct field *field,
                                   const struct cell *cell, struct str *text)
{
    struct cell again;
    *text = cell_text(job->arena, field, cell);
    return cell_read(field, *text, job->now, &again);
}

static void count_age(const struct holding *holding, size_t f, int64_t since, int64_t now)
{
    const uint32_t days = holding->candor->quality.field[f].fresh_days;
    if (days > 0 && since > 0) {
        quality_add(&holding->measured->of_field[f], QUALITY_TIMELINESS,
                    now - since <= (int64_t)days * MICROS_PER_DAY);
    }
}

static enum candor_status measure_subject(struct job *job, const struct holding *holding,
                                          struct subject subject)
{
    struct candor *candor = holding->candor;
    struct measured *measured = holding->measured;
    struct consent_state state;
    TRY(home_consent_state(job, candor, holding->txn, subject, &state));
    if (state.is_restricted) {
        measured->restricted++;
        return CANDOR_OK;
    }
    struct profile profile = profile_begin(job->arena, candor->inventory);
    const struct permit *permit = permit_for_duty(job, subject, DUTY_ACCURACY);
    TRY(store_profile(job, holding->txn, permit, &profile));
    measured->rows++;
    for (size_t f = 0; f < candor->inventory->field_count; f++) {
        const struct field *field = &candor->inventory->field[f];
        struct str text;
        const enum cell_fault fault = check_again(job, field, &profile.cell[f], &text);
        measured_value(candor, measured, f, text, fault, &profile.cell[f]);
        if (profile.cell[f].kind != CELL_MISSING) {
            count_age(holding, f, profile.since[f], job->now);
        }
    }
    measured_rules(candor, measured, profile.cell);
    return CANDOR_OK;
}

/* After each step others may come in; without a work nobody does. */
static enum candor_status give_way(struct job *job, struct holding *holding, struct long_work *work,
                                   uint64_t done, uint64_t count)
{
    if (work != NULL && done % LONG_STEP == 0) {
        TRY(long_yield(job, work, done, count));
        return home_begin(job, holding->candor, &holding->txn);
    }
    if (work == NULL && done % PROGRESS_STEP == 0) {
        job_say_progress(job, "measuring quality", done, count);
    }
    return job->cancelled ? fail(job, CANDOR_CANCELLED, "stopped; nothing was measured")
                          : CANDOR_OK;
}

static enum candor_status measure_next(struct job *job, const struct holding *holding,
                                       uint64_t *cursor)
{
    struct subject subject;
    const struct arena_mark mark = arena_mark(job->arena);
    TRY(store_next_subject(job, holding->txn, cursor, &subject));
    TRY(measure_subject(job, holding, subject));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

static enum candor_status measure_all(struct job *job, struct holding *holding,
                                      struct long_work *work)
{
    uint64_t cursor = 0;
    uint64_t count = 0;
    TRY(home_begin(job, holding->candor, &holding->txn));
    TRY(store_subject_count(job, holding->txn, &count));
    for (uint64_t i = 0; i < count; i++) {
        const enum candor_status status = measure_next(job, holding, &cursor);
        if (status == CANDOR_NOT_FOUND && work != NULL) {
            job_forgive(job); /* somebody was erased meanwhile */
            return CANDOR_OK;
        }
        TRY(status);
        TRY(give_way(job, holding, work, i + 1, count));
    }
    return CANDOR_OK;
}

enum candor_status quality_of_held(struct job *job, struct candor *candor, struct long_work *work,
                                   struct measured *measured)
{
    const struct inventory *inventory = candor->inventory;
    struct str *name = NEW_ARRAY(job->arena, inventory->field_count + 1, struct str);
    for (size_t f = 0; f < inventory->field_count; f++) {
        name[f] = inventory->field[f].name;
    }
    measured_begin(job, candor, STR(SOURCE_HELD), STR("subjects"), name, inventory->field_count,
                   measured);
    struct holding holding = {candor, NULL, measured};
    TRY(measure_all(job, &holding, work));
    measured_end(measured);
    return CANDOR_OK;
}

/* ---- the gate before training -------------------------------------------------------------- */

struct first {
    bool is_there;
    struct shortfall shortfall;
};

static void take_first(void *self, const struct shortfall *shortfall)
{
    struct first *first = self;
    if (!first->is_there) {
        *first = (struct first){true, *shortfall};
    }
}

static enum candor_status refuse(struct job *job, const struct shortfall *shortfall)
{
    const bool is_field = shortfall->field.len > 0;
    return fail(job, CANDOR_REFUSED,
                "the data is not good enough: the %s of %s%.*s%s in source '%.*s' is %.3f, and "
                "candor.yaml asks for %.3f; see: candor audit quality",
                quality_name(shortfall->quality), is_field ? "field '" : "all fields",
                STR_ARG(shortfall->field), is_field ? "'" : "", STR_ARG(shortfall->source),
                shortfall->score, shortfall->least);
}

/* The fields that the model's features are computed from. */
static bool *fields_of(struct job *job, const struct candor *candor, const struct model_spec *spec)
{
    bool *wanted = NEW_ARRAY(job->arena, candor->inventory->field_count + 1, bool);
    for (size_t i = 0; i < spec->feature_count; i++) {
        const struct feature *feature = &candor->inventory->feature[spec->feature[i]];
        if (feature->field != NONE && feature->measure == MEASURE_FIELD) {
            wanted[feature->field] = true;
        }
    }
    return wanted;
}

enum candor_status quality_gate(struct job *job, struct candor *candor, struct long_work *work,
                                const struct model_spec *spec)
{
    struct txn *txn = NULL;
    struct measured *latest = NULL;
    struct measured held;
    struct first first = {0};
    size_t count = 0;
    if (!quality_asks(&candor->quality)) {
        return CANDOR_OK;
    }
    TRY(quality_of_held(job, candor, work, &held));
    measured_shortfalls(candor, &held, fields_of(job, candor, spec), take_first, &first);
    TRY(home_begin(job, candor, &txn));
    TRY(measured_latest(job, candor, txn, &latest, &count));
    for (size_t i = 0; i < count; i++) {
        measured_shortfalls(candor, &latest[i], NULL, take_first, &first);
    }
    return first.is_there ? refuse(job, &first.shortfall) : CANDOR_OK;
}

/* ---- the audit ----------------------------------------------------------------------------- */

struct listing {
    struct json *json;
    size_t count;
};

static void list_shortfall(void *self, const struct shortfall *shortfall)
{
    struct listing *listing = self;
    struct json *json = listing->json;
    listing->count++;
    json_map_begin(json);
    json_key(json, LIT("source"));
    json_text(json, shortfall->source);
    json_key(json, LIT("field"));
    json_text(json, shortfall->field);
    json_key(json, LIT("standard"));
    json_text(json, str_of(quality_name(shortfall->quality)));
    json_key(json, LIT("score"));
    json_f64(json, shortfall->score);
    json_key(json, LIT("least"));
    json_f64(json, shortfall->least);
    json_map_end(json);
}

enum candor_status quality_audit(struct job *job, struct candor *candor, struct txn *txn,
                                 struct json *json, size_t *findings)
{
    struct measured *latest = NULL;
    struct measured held;
    size_t count = 0;
    uint64_t quarantined = 0;
    uint64_t index = 0;
    struct listing listing = {.json = json};
    TRY(quality_of_held(job, candor, NULL, &held));
    TRY(measured_latest(job, candor, txn, &latest, &count));
    TRY(store_quarantine_count(job, txn, &quarantined));
    TRY(measured_keep(job, candor, txn, &held, &index));
    json_key(json, LIT("quality"));
    json_map_begin(json);
    json_key(json, LIT("sources"));
    json_list_begin(json);
    measured_json(job, candor, json, &held);
    for (size_t i = 0; i < count; i++) {
        measured_json(job, candor, json, &latest[i]);
    }
    json_list_end(json);
    json_key(json, LIT("short"));
    json_list_begin(json);
    measured_shortfalls(candor, &held, NULL, list_shortfall, &listing);
    for (size_t i = 0; i < count; i++) {
        measured_shortfalls(candor, &latest[i], NULL, list_shortfall, &listing);
    }
    json_list_end(json);
    json_key(json, LIT("blocks_training"));
    json_bool(json, listing.count > 0);
    json_key(json, LIT("quarantined"));
    json_u64(json, quarantined);
    json_map_end(json);
    *findings += listing.count;
    return CANDOR_OK;
}
