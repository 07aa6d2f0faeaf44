/*
 * pace.c - how often, and how far, somebody changes what they say of themselves.
 *
 * Only fields that a model takes unverified, and whose changes its rule counts, are remembered: when, and how far
 * the new value is from the old one, never a value. A first value is no change. One document of the home for
 * each person who changed any, which ends with them (sayings.c):
 *
 *     version u8 = 1 | count u8 | each: time i64 | distance u16, of 1000
 *
 * How far: of two numbers their difference, as a share of the larger of both; of anything else 1.
 */
#include <math.h>
#include <string.h>

#include "doubt.h"
#include "request.h"

enum { PACE_VERSION = 1, PACE_KEPT = 32, PACE_WHOLE = 1000 };

struct pace {
    size_t count;
    int64_t time[PACE_KEPT]; /* the latest ones, oldest first */
    uint16_t distance[PACE_KEPT];
};

static struct str document_of(struct job *job, struct subject subject)
{
    return sayings_name(job, subject, STR("pace"));
}

static enum candor_status get(struct job *job, struct txn *txn, struct subject subject,
                              struct pace *pace)
{
    struct bytes bytes;
    *pace = (struct pace){0};
    const enum candor_status status =
        store_document(job, txn, LIT("pace"), document_of(job, subject), &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    pace->count = read_u8(&reader);
    if (version != PACE_VERSION || pace->count > PACE_KEPT) {
        reader.bad = true;
        pace->count = 0;
    }
    for (size_t i = 0; i < pace->count; i++) {
        pace->time[i] = (int64_t)read_u64le(&reader);
        pace->distance[i] = read_u16le(&reader);
    }
    return reader_is_done(&reader)
               ? CANDOR_OK
               : fail(job, CANDOR_CORRUPT, "the record of somebody's changes is damaged");
}

static enum candor_status put(struct job *job, struct txn *txn, struct subject subject,
                              const struct pace *pace)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, PACE_VERSION);
    buf_u8(&buf, (uint8_t)pace->count);
    for (size_t i = 0; i < pace->count; i++) {
        buf_u64le(&buf, (uint64_t)pace->time[i]);
        buf_u16le(&buf, pace->distance[i]);
    }
    return store_put_document(job, txn, LIT("pace"), document_of(job, subject), buf_all(&buf));
}

/* Does a model count changes of this field? */
static bool is_watched(const struct candor *candor, size_t field)
{
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        const struct model_spec *spec = &candor->model_spec[m];
        for (size_t i = 0; spec->doubt.days > 0 && i < spec->unverified.count; i++) {
            if (candor->inventory->feature[spec->unverified.feature[i]].field == field) {
                return true;
            }
        }
    }
    return false;
}

static uint16_t distance_between(const struct cell *before, const struct cell *after)
{
    const double larger = fmax(fabs(before->number), fabs(after->number));
    if (before->kind != CELL_NUMBER || after->kind != CELL_NUMBER || !(larger > 0)) {
        return PACE_WHOLE;
    }
    return (uint16_t)ceil(PACE_WHOLE * fmin(1, fabs(before->number - after->number) / larger));
}

enum candor_status pace_note(struct job *job, const struct candor *candor, struct txn *txn,
                             struct subject subject, const struct cell *before,
                             const struct cell *after)
{
    struct pace pace;
    bool is_read = false;
    for (size_t f = 0; f < candor->inventory->field_count; f++) {
        if (before[f].kind == CELL_MISSING || cell_equal(&before[f], &after[f]) ||
            !is_watched(candor, f)) {
            continue;
        }
        if (!is_read) {
            TRY(get(job, txn, subject, &pace));
            is_read = true;
        }
        if (pace.count == PACE_KEPT) {
            memmove(pace.time, pace.time + 1, (PACE_KEPT - 1) * sizeof pace.time[0]);
            memmove(pace.distance, pace.distance + 1, (PACE_KEPT - 1) * sizeof pace.distance[0]);
            pace.count--;
        }
        pace.time[pace.count] = job->now;
        pace.distance[pace.count++] = distance_between(&before[f], &after[f]);
    }
    return is_read ? put(job, txn, subject, &pace) : CANDOR_OK;
}

enum candor_status pace_judge(struct job *job, struct txn *txn, struct subject subject,
                              const struct doubt_rule *rule, struct doubt *doubt)
{
    struct pace pace;
    uint64_t distance = 0;
    *doubt = (struct doubt){.rate = 1, .days = rule->days};
    if (!rule->is_on || rule->days == 0) {
        return CANDOR_OK;
    }
    TRY(get(job, txn, subject, &pace));
    for (size_t i = 0; i < pace.count; i++) {
        if (contacts_within(&pace.time[i], 1, job->now, rule->days) > 0) {
            doubt->changes++;
            distance += pace.distance[i];
        }
    }
    if ((rule->changes_max > 0 && doubt->changes > rule->changes_max) ||
        (rule->distance_max > 0 && (double)distance > rule->distance_max * PACE_WHOLE)) {
        doubt->verdict = rule->on_changes;
        doubt->cause = DOUBT_CHANGES;
    }
    return CANDOR_OK;
}
