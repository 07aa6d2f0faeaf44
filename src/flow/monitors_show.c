/*
 * monitors_show.c - `candor monitors`: what is watched, how near an alarm is, and what was raised.
 */
#include <math.h>

#include "candor_insight.h"
#include "frame.h"
#include "model.h"
#include "monitors.h"

uint64_t watch_alarms(const struct candor *candor)
{
    return candor->watches == NULL ? 0 : candor->watches->alarms;
}

double watch_level(const struct candor *candor)
{
    double most = 0;
    for (const struct watch *watch = candor->watches == NULL ? NULL : candor->watches->first;
         watch != NULL; watch = watch->next) {
        const double level = watch->monitor == NULL ? 0 : monitor_level(watch->monitor);
        most = level > most ? level : most;
    }
    return most;
}

static void put_alarms(struct job *job, struct json *json, const struct watch *watch)
{
    json_key(json, LIT("alarms"));
    json_list_begin(json);
    for (size_t a = 0; a < watch->alarm_count; a++) {
        const struct watch_alarm *alarm = &watch->alarm[a];
        json_map_begin(json);
        put_time_or_null(job, json, LIT("time"), alarm->time);
        json_key(json, LIT("column"));
        json_text(json, alarm->column);
        json_key(json, LIT("way"));
        json_text(json, alarm->way);
        json_key(json, LIT("evidence"));
        json_f64(json, alarm->evidence);
        json_key(json, LIT("row"));
        json_u64(json, alarm->row);
        json_key(json, LIT("ledger_index"));
        json_u64(json, alarm->ledger_index);
        json_map_end(json);
    }
    json_list_end(json);
}

/*
 * Of a chance, from its tenths: how often each came true among the rows that were held out, made ascending.
 * What is to be expected now, beside what these rows had.
 */
static void put_expected(struct json *json, const struct watch *watch)
{
    const struct model *model = watch->model;
    double chance[CALIBRATION_MAX];
    if (model == NULL || model->task != TASK_BINARY || watch->monitor == NULL ||
        watch->column_count == model->feature_count ||
        model->measures.calibration_count != DECILES + 1) {
        return;
    }
    for (size_t d = 0; d <= DECILES; d++) {
        chance[d] = fmax(model->measures.calibration[d].observed, d == 0 ? 0 : chance[d - 1]);
    }
    const uint32_t *now = monitor_recent(watch->monitor, model->feature_count);
    const struct expected expected = expected_of(chance, now, DECILES + 1);
    if (isnan(expected.auc)) {
        return;
    }
    json_key(json, LIT("expected"));
    json_map_begin(json);
    json_key(json, LIT("rows"));
    json_u64(json, expected.rows);
    json_key(json, LIT("rate"));
    json_f64(json, expected.rate);
    json_key(json, LIT("accuracy"));
    json_f64(json, expected.accuracy);
    json_key(json, LIT("brier"));
    json_f64(json, expected.brier);
    json_key(json, LIT("auc"));
    json_f64(json, expected.auc);
    json_key(json, LIT("auc_held_out"));
    json_f64(json, model->measures.auc);
    json_map_end(json);
}

static void put_watch(struct job *job, struct json *json, const struct watch *watch)
{
    json_map_begin(json);
    json_key(json, LIT("monitor"));
    json_text(json, watch->name);
    json_key(json, LIT("state"));
    json_text(json,
              watch->monitor == NULL ? STR("learning") : STR("watching"));
    json_key(json, LIT("rows"));
    json_u64(json, watch->rows);
    json_key(json, LIT("reference_rows"));
    json_u64(json, watch->reference_rows);
    json_key(json, LIT("level")); /* of what is an alarm */
    json_f64(json, watch->monitor == NULL ? 0 : monitor_level(watch->monitor));
    put_expected(json, watch);
    put_alarms(job, json, watch);
    json_map_end(json);
}

static enum candor_status monitors(struct job *job, struct candor *candor, size_t *alarms,
                                   struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    struct watch *watch = NULL;
    *alarms = 0;
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    TRY(home_begin(job, candor, &txn));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("rows_for_one_false_alarm"));
    json_u64(&answer.json, WATCH_RUN_LENGTH);
    json_key(&answer.json, LIT("monitors"));
    json_list_begin(&answer.json);
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        const enum candor_status status =
            watch_of_model(job, candor, txn, candor->model_spec[m].name, &watch);
        if (status == CANDOR_NOT_FOUND) { /* not published */
            job_forgive(job);
            continue;
        }
        TRY(status);
        *alarms += watch->alarm_count;
        put_watch(job, &answer.json, watch);
    }
    for (size_t r = 0; r < WATCH_RATES; r++) {
        TRY(watch_of_rate(job, candor, (enum watched_rate)r, &watch));
        *alarms += watch->alarm_count;
        put_watch(job, &answer.json, watch);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_monitors(struct job *job, struct candor *candor, size_t *alarms,
                                   struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = monitors(job, candor, alarms, report);
    home_leave(candor);
    return status;
}
