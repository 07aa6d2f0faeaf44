/*
 * audit_drift.c - `candor audit drift`: do people still look like those whom each published model learnt from, and
 * what did the monitors raise lately?
 *
 * The walk over everybody lets other calls in between, so it is made before the audit holds the home.
 */
#include "audited.h"
#include "monitors.h"
#include "print.h"

enum { ALARM_DAYS = 30 };

/* The models of candor.yaml by name: it may be read anew while one of them is measured. */
static void take_names(struct job *job, struct candor *candor, struct drift_audit *audit)
{
    home_enter(candor);
    audit->count = candor->model_spec_count;
    audit->model = NEW_ARRAY(job->arena, audit->count + 1, struct drift_audited);
    for (size_t m = 0; m < audit->count; m++) {
        audit->model[m].model = str_copy(job->arena, candor->model_spec[m].name);
    }
    home_leave(candor);
}

enum candor_status drift_audit_measure(struct job *job, struct candor *candor,
                                       struct drift_audit *audit)
{
    size_t published = 0;
    take_names(job, candor, audit);
    for (size_t m = 0; m < audit->count; m++) {
        struct drift_audited *one = &audit->model[published];
        one->model = audit->model[m].model;
        const enum candor_status status =
            model_drift_measure(job, candor, one->model.ptr, &one->measured);
        if (status == CANDOR_NOT_FOUND) { /* not published, or not in candor.yaml any more */
            job_forgive(job);
            continue;
        }
        TRY(status);
        published++;
    }
    audit->count = published;
    return CANDOR_OK;
}

/* ---- what the monitors raised ------------------------------------------------------------------ */

struct alarms {
    struct json *json;
    size_t *findings;
};

/* index: its entry; NULL: it comes with that of the audit. */
static void put_alarm(struct job *job, struct json *json, const struct watch_alarm *alarm,
                      struct str monitor, const uint64_t *index)
{
    json_map_begin(json);
    json_key(json, LIT("monitor"));
    json_text(json, monitor);
    put_time_or_null(job, json, LIT("time"), alarm->time);
    json_key(json, LIT("column"));
    json_text(json, alarm->column);
    json_key(json, LIT("way"));
    json_text(json, alarm->way);
    json_key(json, LIT("ledger_index"));
    if (index == NULL) {
        json_null(json);
    } else {
        json_u64(json, *index);
    }
    json_map_end(json);
}

static void put_alarms_of(struct job *job, void *seen, struct watch *watch)
{
    const struct alarms *alarms = seen;
    bool is_finding = watch->is_damaged;
    if (watch->is_damaged) {
        const struct watch_alarm damaged = {
            .time = job->now, .column = STR("what was kept"), .way = STR("damaged")};
        put_alarm(job, alarms->json, &damaged, watch->name, NULL);
    }
    for (size_t a = 0; a < watch->alarm_count; a++) {
        const struct watch_alarm *alarm = &watch->alarm[a];
        if (job->now - alarm->time <= ALARM_DAYS * MICROS_PER_DAY) {
            is_finding = true;
            put_alarm(job, alarms->json, alarm, watch->name, &alarm->ledger_index);
        }
    }
    *alarms->findings += is_finding ? 1 : 0;
}

enum candor_status drift_audit_json(struct job *job, struct candor *candor, struct txn *txn,
                                    const struct drift_audit *audit, struct json *json,
                                    size_t *findings)
{
    struct alarms alarms = {json, findings};
    json_key(json, LIT("drift"));
    json_list_begin(json);
    for (size_t m = 0; m < audit->count; m++) {
        json_map_begin(json);
        json_key(json, LIT("model"));
        json_text(json, audit->model[m].model);
        const size_t drifted = model_drift_json(job, json, audit->model[m].measured);
        json_key(json, LIT("drifted"));
        json_u64(json, drifted);
        json_key(json, LIT("finding"));
        json_bool(json, drifted > 0);
        json_map_end(json);
        *findings += drifted > 0 ? 1 : 0;
    }
    json_list_end(json);
    json_key(json, LIT("drift_alarms"));
    json_list_begin(json);
    TRY(watch_each(job, candor, txn, put_alarms_of, &alarms));
    json_list_end(json);
    return CANDOR_OK;
}
