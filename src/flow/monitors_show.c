/*
 * monitors_show.c - `candor monitors`: what is watched, how near an alarm is, and what was raised.
 */
#include <math.h>
#include <string.h>

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

void watch_verdicts(const struct candor *candor, uint64_t *count)
{
    memset(count, 0, sizeof candor->watches->verdicts);
    if (candor->watches != NULL) {
        memcpy(count, candor->watches->verdicts, sizeof candor->watches->verdicts);
    }
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

static void put_performance(struct json *json, struct lit key, const struct expected *expected)
{
    json_key(json, key);
    json_map_begin(json);
    json_key(json, LIT("rows"));
    json_u64(json, expected->rows);
    json_key(json, LIT("rate"));
    json_f64(json, expected->rate);
    json_key(json, LIT("accuracy"));
    json_f64(json, expected->accuracy);
    json_key(json, LIT("brier"));
    json_f64(json, expected->brier);
    json_key(json, LIT("auc"));
    json_f64(json, expected->auc);
    json_map_end(json);
}

/*
 * Of a chance, from its tenths: how often each came true among the rows that were held out, made ascending.
 * What is to be expected of the rows that come, before anybody knows their outcomes.
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
    put_performance(json, LIT("expected"), &expected);
    json_key(json, LIT("auc_held_out"));
    json_f64(json, model->measures.auc);
}

/* What came of the rows lately, and what was to be expected of just these. */
static void put_observed(struct json *json, const struct watch *watch)
{
    const uint32_t *outcome =
        watch->monitor == NULL ? watch->learnt : monitor_recent(watch->monitor, 0);
    double chance[CALIBRATION_MAX];
    uint32_t rows[CALIBRATION_MAX];
    if (watch->kind != WATCH_OUTCOMES) {
        return;
    }
    for (size_t d = 0; d <= DECILES; d++) {
        rows[d] = outcome[2 * d] + outcome[2 * d + 1];
        chance[d] = fmax(watch->chance[d], d == 0 ? 0 : chance[d - 1]);
    }
    const struct expected observed = observed_of(chance, outcome, DECILES + 1);
    const struct expected expected = expected_of(chance, rows, DECILES + 1);
    put_performance(json, LIT("observed"), &observed);
    put_performance(json, LIT("expected"), &expected);
}

/* How often each group is chosen lately, beside how often it was. */
static void put_groups(struct json *json, const struct watch *watch)
{
    if (watch->kind != WATCH_GROUPS) {
        return;
    }
    const uint32_t *now =
        watch->monitor == NULL ? watch->learnt : monitor_recent(watch->monitor, 0);
    const double *then = watch->column[0].weight;
    json_key(json, LIT("groups"));
    json_list_begin(json);
    for (size_t p = 0; p < watch->part_count; p++) {
        const double rows = (double)now[2 * p] + now[2 * p + 1];
        const double before = then[2 * p] + then[2 * p + 1];
        json_map_begin(json);
        json_key(json, LIT("group"));
        json_text(json, watch->part[p]);
        json_key(json, LIT("rows"));
        json_u64(json, now[2 * p] + (uint64_t)now[2 * p + 1]);
        json_key(json, LIT("chosen"));
        json_f64(json, rows > 0 ? now[2 * p + 1] / rows : NOT_KNOWN);
        json_key(json, LIT("chosen_before"));
        json_f64(json, watch->monitor != NULL && before > 0 ? then[2 * p + 1] / before : NOT_KNOWN);
        json_map_end(json);
    }
    json_list_end(json);
}

/* How rows were judged, those of thirty days in each: what was never judged so is not listed. */
static void put_verdicts(struct job *job, struct json *json, struct verdicts *verdicts)
{
    static const struct lit period[VERDICT_PERIODS] = {{"now", 3}, {"before", 6}};
    uint64_t all = 0;
    verdicts_turn(verdicts, job->now);
    for (size_t i = 0; i < sizeof verdicts->count / sizeof(uint64_t); i++) {
        all += (&verdicts->count[0][0][0])[i];
    }
    if (all == 0) {
        return;
    }
    json_key(json, LIT("verdicts"));
    json_list_begin(json);
    for (size_t v = 0; v < DOUBT_VERDICTS; v++) {
        for (size_t c = 0; c < DOUBT_CAUSES; c++) {
            if (verdicts->count[0][v][c] + verdicts->count[1][v][c] == 0) {
                continue;
            }
            json_map_begin(json);
            json_key(json, LIT("verdict"));
            json_text(json, str_of(doubt_verdict_name((enum doubt_verdict)v)));
            json_key(json, LIT("cause"));
            json_text(json, str_of(doubt_cause_name((enum doubt_cause)c)));
            for (size_t p = 0; p < VERDICT_PERIODS; p++) {
                json_key(json, period[p]);
                json_u64(json, verdicts->count[p][v][c]);
            }
            json_map_end(json);
        }
    }
    json_list_end(json);
}

static void put_watch(struct job *job, struct json *json, struct watch *watch)
{
    json_map_begin(json);
    json_key(json, LIT("monitor"));
    json_text(json, watch->name);
    json_key(json, LIT("state"));
    json_text(json, watch->is_damaged        ? STR("damaged")
                    : watch->monitor == NULL ? STR("learning")
                                             : STR("watching"));
    json_key(json, LIT("rows"));
    json_u64(json, watch->rows);
    json_key(json, LIT("reference_rows"));
    json_u64(json, watch->reference_rows == WATCH_CHANCES_KNOWN ? watch->held_out
                                                                : watch->reference_rows);
    json_key(json, LIT("level")); /* of what is an alarm */
    json_f64(json, watch->monitor == NULL ? 0 : monitor_level(watch->monitor));
    put_expected(json, watch);
    put_observed(json, watch);
    put_groups(json, watch);
    put_verdicts(job, json, &watch->verdicts);
    put_alarms(job, json, watch);
    json_map_end(json);
}

/* ---- each of them ------------------------------------------------------------------------------ */

static enum candor_status each_of_campaigns(struct job *job, struct candor *candor, struct txn *txn,
                                            watch_seen *see, void *seen)
{
    struct watch *watch = NULL;
    for (size_t c = 0; c < candor->campaign_count; c++) {
        const struct campaign_fairness *rule = &candor->campaign[c].fairness;
        for (size_t a = 0; a < rule->attribute_count; a++) {
            TRY(watch_of_groups(job, candor, txn, candor->campaign[c].name,
                                candor->inventory->field[rule->attribute[a]].name, &watch));
            see(job, seen, watch);
        }
    }
    return CANDOR_OK;
}

enum candor_status watch_each(struct job *job, struct candor *candor, struct txn *txn,
                              watch_seen *see, void *seen)
{
    struct watch *watch = NULL;
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        const enum candor_status status =
            watch_of_model(job, candor, txn, candor->model_spec[m].name, &watch);
        if (status == CANDOR_NOT_FOUND) { /* not published */
            job_forgive(job);
            continue;
        }
        TRY(status);
        see(job, seen, watch);
        TRY(watch_of_outcomes(job, candor, txn, candor->model_spec[m].name, &watch));
        if (watch != NULL) {
            see(job, seen, watch);
        }
    }
    TRY(each_of_campaigns(job, candor, txn, see, seen));
    for (size_t r = 0; r < WATCH_RATES; r++) {
        TRY(watch_of_rate(job, candor, (enum watched_rate)r, &watch));
        see(job, seen, watch);
    }
    return CANDOR_OK;
}

struct shown {
    struct json *json;
    size_t *alarms;
};

static void show_watch(struct job *job, void *seen, struct watch *watch)
{
    const struct shown *shown = seen;
    *shown->alarms += watch->alarm_count + (watch->is_damaged ? 1 : 0);
    put_watch(job, shown->json, watch);
}

static enum candor_status monitors(struct job *job, struct candor *candor, size_t *alarms,
                                   struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    struct shown shown = {&answer.json, alarms};
    *alarms = 0;
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    TRY(home_begin(job, candor, &txn));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("rows_for_one_false_alarm"));
    json_u64(&answer.json, WATCH_RUN_LENGTH);
    json_key(&answer.json, LIT("monitors"));
    json_list_begin(&answer.json);
    TRY(watch_each(job, candor, txn, show_watch, &shown));
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
