/*
 * inventory_scan.c - values that look personal in fields that do not say so.
 *
 * Every value of every subject who did not restrict its use is looked at for the duty of minimisation
 * and counted by what it looks like. A kind counts as found from a share on that chance does not reach:
 * one number in ten passes a check digit.
 */
#include <math.h>

#include "inventoried.h"

enum { PROGRESS_STEP = 1000, VALUES_LEAST = 3 };

static const double least_share[DETECTIONS] = {
    [DETECTED_NOTHING] = 2,       [DETECTED_EMAIL] = 0.01, [DETECTED_PHONE] = 0.2,
    [DETECTED_IBAN] = 0.01,       [DETECTED_CARD] = 0.5,   [DETECTED_IP] = 0.05,
    [DETECTED_NATIONAL_ID] = 0.6, [DETECTED_NAME] = 0.05,  [DETECTED_ADDRESS] = 0.05,
};

struct scanning {
    struct candor *candor;
    struct txn *txn;
    struct scan *scan;
    size_t *first; /* of each kind of event: where its properties begin */
};

static void begin(struct job *job, struct scanning *scanning)
{
    const struct inventory *inventory = scanning->candor->inventory;
    struct scan *scan = scanning->scan;
    size_t count = inventory->field_count;
    scanning->first = NEW_ARRAY(job->arena, inventory->event_kind_count + 1, size_t);
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        scanning->first[k] = count;
        count += inventory->event_kind[k].property_count;
    }
    *scan =
        (struct scan){.scanned = NEW_ARRAY(job->arena, count + 1, struct scanned), .count = count};
    for (size_t f = 0; f < inventory->field_count; f++) {
        scan->scanned[f].field = &inventory->field[f];
    }
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        const struct event_kind *kind = &inventory->event_kind[k];
        for (size_t p = 0; p < kind->property_count; p++) {
            scan->scanned[scanning->first[k] + p].kind = kind;
            scan->scanned[scanning->first[k] + p].field = &kind->property[p];
        }
    }
}

static void look(struct job *job, struct scanned *scanned, const struct cell *cell)
{
    const enum field_type type = scanned->field->type;
    if (cell->kind == CELL_MISSING) {
        return;
    }
    scanned->values++;
    if (type == FIELD_TEXT || type == FIELD_CATEGORY || type == FIELD_NUMBER) {
        scanned->found[detect_text(cell_text(job->arena, scanned->field, cell))]++;
    }
}

static enum candor_status scan_subject(struct job *job, const struct scanning *scanning,
                                       struct subject subject)
{
    struct candor *candor = scanning->candor;
    struct scanned *scanned = scanning->scan->scanned;
    struct consent_state state;
    struct event *event = NULL;
    size_t events = 0;
    TRY(home_consent_state(job, candor, scanning->txn, subject, &state));
    if (state.is_restricted) {
        scanning->scan->restricted++;
        return CANDOR_OK;
    }
    const struct permit *permit = permit_for_duty(job, subject, DUTY_MINIMISATION);
    struct profile profile = profile_begin(job->arena, candor->inventory);
    TRY(store_profile(job, scanning->txn, permit, &profile));
    TRY(store_events(job, scanning->txn, permit, &event, &events));
    scanning->scan->subjects++;
    for (size_t f = 0; f < candor->inventory->field_count; f++) {
        look(job, &scanned[f], &profile.cell[f]);
    }
    for (size_t e = 0; e < events; e++) {
        const size_t properties = candor->inventory->event_kind[event[e].kind].property_count;
        for (size_t p = 0; p < properties; p++) {
            look(job, &scanned[scanning->first[event[e].kind] + p], &event[e].cell[p]);
        }
    }
    return CANDOR_OK;
}

enum candor_status inventory_scan(struct job *job, struct candor *candor, struct txn *txn,
                                  struct scan *scan)
{
    struct scanning scanning = {candor, txn, scan, NULL};
    uint64_t cursor = 0;
    uint64_t count = 0;
    begin(job, &scanning);
    TRY(store_subject_count(job, txn, &count));
    for (uint64_t i = 0; i < count; i++) {
        struct subject subject;
        const struct arena_mark mark = arena_mark(job->arena);
        TRY(store_next_subject(job, txn, &cursor, &subject));
        TRY(scan_subject(job, &scanning, subject));
        arena_rewind(job->arena, mark);
        if (i % PROGRESS_STEP == 0) {
            job_say_progress(job, "looking at values", i, count);
        }
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped; nothing was changed");
        }
    }
    job_say_progress(job, "looking at values", count, count);
    return CANDOR_OK;
}

/* ---- what it says -------------------------------------------------------------------------- */

/* A field says so by its kind of PII, whatever it calls it, and by not being called ordinary. */
static bool says_so(const struct field *field, enum detected detected)
{
    const bool is_that = str_is(field->pii, detected_name(detected));
    return is_that || (field->pii.len > 0 && detected != DETECTED_EMAIL &&
                       detected != DETECTED_IBAN && detected != DETECTED_CARD);
}

enum detected scanned_undeclared(const struct scanned *scanned, double *share)
{
    *share = NOT_KNOWN;
    for (unsigned d = DETECTED_NOTHING + 1; d < DETECTIONS; d++) {
        const double of_all =
            scanned->values == 0 ? 0 : (double)scanned->found[d] / (double)scanned->values;
        if (scanned->found[d] >= VALUES_LEAST && of_all >= least_share[d] &&
            !says_so(scanned->field, (enum detected)d)) {
            *share = of_all;
            return (enum detected)d;
        }
    }
    const enum detected by_name = detect_field_name(scanned->field->name);
    return by_name != DETECTED_NOTHING && scanned->field->pii.len == 0 ? by_name : DETECTED_NOTHING;
}
