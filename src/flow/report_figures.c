/*
 * report_figures.c - the board's key figures as series of periods: does it work, is it fair, is it lawful,
 * is it safe, and whither does it go?
 *
 * One walk over the ledger counts every action in every period; requests and incidents are few. Nobody's
 * data is read. What is true at an instant (open, overdue, lapsed) was counted by nobody then and has no
 * series. Periods have one length, so that the last, which ends now, can be held against those before.
 */
#include "report.h"

#include "incident.h"

enum { PERIOD_DAYS_MAX = 366, ACTIONS_OF_FIGURE = 4 };

/* Fewer than these are no wave, whatever the mean before was; nor is what there never was before. */
enum { WAVE_LEAST = 10 };

enum limit { LIMIT_NO, LIMIT_NONE_ALLOWED, LIMIT_ALL, LIMIT_ONE, LIMIT_WAVE };

static struct lit limit_name(enum limit limit)
{
    switch (limit) {
    case LIMIT_NO:
        break;
    case LIMIT_NONE_ALLOWED:
        return LIT("none_allowed");
    case LIMIT_ALL:
        return LIT("all");
    case LIMIT_ONE:
        return LIT("at_least_one");
    case LIMIT_WAVE:
        return LIT("twice_the_mean");
    }
    return LIT("");
}

/* What is open for a person is nothing that a figure says. */
static void put_verdict(struct json *json, struct lit key, enum verdict verdict)
{
    put_text(json, key, str_of(verdict_name(verdict == VERDICT_OPEN ? VERDICT_NONE : verdict)));
}

struct figures {
    struct job *job;
    struct reporting *reporting;
    struct json *json;
    size_t periods;
    int64_t length;
    int64_t from; /* of the first period */
    uint64_t action[CANDOR_FIGURE_PERIODS][ACTIONS_MAX];
};

/* periods: outside. */
static size_t period_of(const struct figures *figures, int64_t time)
{
    return time < figures->from ? figures->periods
                                : (size_t)((time - figures->from) / figures->length);
}

static enum candor_status visit(struct job *job, void *self, uint64_t index, struct bytes bytes)
{
    struct figures *figures = self;
    struct ledger_leaf leaf;
    (void)index;
    TRY(leaf_read(job, bytes, &leaf));
    const size_t period = period_of(figures, leaf.time);
    if (period < figures->periods && (unsigned)leaf.action < ACTIONS_MAX) {
        figures->action[period][(unsigned)leaf.action]++;
    }
    return CANDOR_OK;
}

/* ---- one figure ---------------------------------------------------------------------------- */

struct figure {
    struct lit name;
    struct lit group;
    struct lit unit;
    enum limit limit;
    enum verdict otherwise; /* when the limit is not kept */
};

/* More than twice the mean of the periods before. */
static bool is_wave(const double *value, size_t count, double now)
{
    double sum = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        sum += value[i];
    }
    return count > 1 && sum > 0 && now >= WAVE_LEAST && now > 2 * (sum / (double)(count - 1));
}

/* now NaN: not known, so nothing is to be said. */
static enum verdict judge(const struct figure *figure, const double *value, size_t count,
                          double now)
{
    bool is_kept = true;
    if (figure->limit == LIMIT_NO || isnan(now)) {
        return VERDICT_NONE;
    }
    switch (figure->limit) {
    case LIMIT_NO:
        break;
    case LIMIT_NONE_ALLOWED:
        is_kept = now <= 0;
        break;
    case LIMIT_ALL:
    case LIMIT_ONE:
        is_kept = now >= 1;
        break;
    case LIMIT_WAVE:
        is_kept = !is_wave(value, count, now);
        break;
    }
    return is_kept ? VERDICT_GOOD : figure->otherwise;
}

static void put_figure(struct figures *figures, const struct figure *figure, const double *value,
                       double now)
{
    struct json *json = figures->json;
    json_map_begin(json);
    json_key(json, LIT("figure"));
    json_lit(json, figure->name);
    json_key(json, LIT("group"));
    json_lit(json, figure->group);
    json_key(json, LIT("unit"));
    json_lit(json, figure->unit);
    json_key(json, LIT("values"));
    json_list_begin(json);
    for (size_t p = 0; value != NULL && p < figures->periods; p++) {
        json_f64(json, value[p]);
    }
    json_list_end(json);
    json_key(json, LIT("now"));
    json_f64(json, now);
    put_text_or_null(json, LIT("limit"), str_from(limit_name(figure->limit)));
    put_verdict(json, LIT("verdict"), judge(figure, value, figures->periods, now));
    json_map_end(json);
}

static void put_series(struct figures *figures, const struct figure *figure, const double *value)
{
    put_figure(figures, figure, value, value[figures->periods - 1]);
}

static void put_instant(struct figures *figures, struct lit name, struct lit group,
                        enum limit limit, enum verdict otherwise, uint64_t now)
{
    const struct figure figure = {name, group, LIT("count"), limit, otherwise};
    put_figure(figures, &figure, NULL, (double)now);
}

/* ---- of the ledger ------------------------------------------------------------------------- */

static const struct {
    struct figure figure;
    enum ledger_action action[ACTIONS_OF_FIGURE]; /* 0 ends it */
} action_row[] = {
#define ROW(the_name, the_group, the_limit, ...) \
    { \
        {{the_name, sizeof(the_name) - 1}, \
         {the_group, sizeof(the_group) - 1}, \
         {"count", 5}, \
         the_limit, \
         VERDICT_WATCH}, \
        { \
            __VA_ARGS__ \
        } \
    }
    ROW("contacts", "performance", LIMIT_NO, LEDGER_CONTACT),
    ROW("decisions", "performance", LIMIT_NO, LEDGER_DECIDE),
    ROW("plans_signed", "performance", LIMIT_NO, LEDGER_APPROVE),
    ROW("alarms", "performance", LIMIT_NONE_ALLOWED, LEDGER_ALARM),
    ROW("audits", "fairness", LIMIT_NO, LEDGER_AUDIT),
    ROW("human_reviews", "fairness", LIMIT_NO, LEDGER_REVIEW),
    ROW("board_votes", "fairness", LIMIT_NO, LEDGER_BOARD_VOTE, LEDGER_BOARD_OPINION,
        LEDGER_BOARD_CHAIR),
    ROW("consents_given", "privacy", LIMIT_NO, LEDGER_CONSENT_GIVEN),
    ROW("consents_taken_back", "privacy", LIMIT_WAVE, LEDGER_CONSENT_WITHDRAWN, LEDGER_OBJECT,
        LEDGER_CONSENT_REVOKED),
    ROW("erasures", "privacy", LIMIT_WAVE, LEDGER_ERASE),
    ROW("looks", "security", LIMIT_WAVE, LEDGER_READ, LEDGER_EXPORT, LEDGER_EXPLAIN),
    ROW("logins_failed", "security", LIMIT_NONE_ALLOWED, LEDGER_LOGIN_FAILED),
    ROW("second_signatures", "security", LIMIT_NO, LEDGER_SECOND_SIGNATURE),
    ROW("key_changes", "security", LIMIT_NO, LEDGER_KEY_ROTATE, LEDGER_CREDENTIAL),
#undef ROW
};

static void put_actions(struct figures *figures)
{
    for (size_t i = 0; i < sizeof action_row / sizeof action_row[0]; i++) {
        double value[CANDOR_FIGURE_PERIODS] = {0};
        for (size_t p = 0; p < figures->periods; p++) {
            for (size_t a = 0; a < ACTIONS_OF_FIGURE && action_row[i].action[a] != 0; a++) {
                value[p] += (double)figures->action[p][(unsigned)action_row[i].action[a]];
            }
        }
        put_series(figures, &action_row[i].figure, value);
    }
}

/* ---- requests and incidents ---------------------------------------------------------------- */

static enum candor_status put_requests(struct figures *figures)
{
    const struct figure received = {LIT("requests"), LIT("privacy"), LIT("count"), LIMIT_WAVE,
                                    VERDICT_WATCH};
    const struct figure in_time = {LIT("requests_in_time"), LIT("privacy"), LIT("share"), LIMIT_ALL,
                                   VERDICT_BAD};
    struct reporting *reporting = figures->reporting;
    double count[CANDOR_FIGURE_PERIODS] = {0};
    double share[CANDOR_FIGURE_PERIODS] = {0};
    TRY(gather_requests(reporting));
    for (size_t p = 0; p < figures->periods; p++) {
        reporting->from[NOW] = figures->from + (int64_t)p * figures->length;
        reporting->until[NOW] = reporting->from[NOW] + figures->length;
        const struct request_figures one = requests_of(reporting, NOW, RIGHTS, STR(""));
        count[p] = (double)one.received;
        share[p] = requests_in_time(&one);
    }
    reporting->from[NOW] = 0; /* what is open is open whenever it came */
    const struct request_figures all = requests_of(reporting, NOW, RIGHTS, STR(""));
    put_series(figures, &received, count);
    put_series(figures, &in_time, share);
    put_instant(figures, LIT("requests_open"), LIT("privacy"), LIMIT_NO, VERDICT_NONE, all.open);
    put_instant(figures, LIT("requests_overdue"), LIT("privacy"), LIMIT_NONE_ALLOWED, VERDICT_BAD,
                all.overdue);
    return CANDOR_OK;
}

static enum candor_status put_incidents(struct figures *figures)
{
    const struct figure opened = {LIT("incidents"), LIT("security"), LIT("count"),
                                  LIMIT_NONE_ALLOWED, VERDICT_WATCH};
    struct job *job = figures->job;
    struct str *number = NULL;
    size_t count = 0;
    uint64_t open = 0;
    uint64_t late = 0;
    double value[CANDOR_FIGURE_PERIODS] = {0};
    TRY(store_documents(job, figures->reporting->txn, LIT("incident"), &number, &count));
    for (size_t i = 0; i < count; i++) {
        struct incident incident;
        TRY(incident_get(job, figures->reporting->txn, number[i], &incident));
        const size_t period = period_of(figures, incident.aware);
        if (period < figures->periods) {
            value[period]++;
            late += incident_is_told_late(&incident, job->now);
        }
        open += incident.closed == 0;
    }
    put_series(figures, &opened, value);
    put_instant(figures, LIT("incidents_open"), LIT("security"), LIMIT_NONE_ALLOWED, VERDICT_WATCH,
                open);
    put_instant(figures, LIT("authority_told_late"), LIT("security"), LIMIT_NONE_ALLOWED,
                VERDICT_BAD, late);
    return CANDOR_OK;
}

static enum candor_status put_people(struct figures *figures)
{
    struct operators operators;
    TRY(gather_operators(figures->reporting, &operators));
    put_instant(figures, LIT("operators"), LIT("security"), LIMIT_NO, VERDICT_NONE, operators.all);
    put_instant(figures, LIT("training_lapsed"), LIT("security"), LIMIT_NONE_ALLOWED, VERDICT_BAD,
                operators.lapsed);
    put_instant(figures, LIT("witnesses"), LIT("security"), LIMIT_ONE, VERDICT_WATCH,
                figures->reporting->candor->witness_count);
    return CANDOR_OK;
}

/* ---- campaigns ----------------------------------------------------------------------------- */

static void put_value(struct json *json, struct lit key, double value)
{
    json_key(json, key);
    json_f64(json, value);
}

static void put_campaign(struct figures *figures, const struct plan *plan)
{
    struct json *json = figures->json;
    const struct plan_results *results = &plan->results;
    const struct plan_fairness *fairness = &plan->fairness;
    const double known = results->known ? 0 : NOT_KNOWN; /* not known swallows what is added */
    json_map_begin(json);
    put_text(json, LIT("name"), plan->campaign);
    put_text(json, LIT("title"), plan->title);
    put_text(json, LIT("made"), str_from_time(figures->job->arena, plan->made));
    put_value(json, LIT("contacts"), (double)plan->handed_over);
    put_value(json, LIT("lift"), results->lift + known);
    put_value(json, LIT("lift_low"), results->lift_low + known);
    put_value(json, LIT("lift_high"), results->lift_high + known);
    put_verdict(json, LIT("lift_verdict"), lift_verdict(results));
    put_text_or_null(json, LIT("fairness"), fairness->checked ? fairness->measure : STR(""));
    put_value(json, LIT("fairness_value"), fairness->checked ? fairness->value : NOT_KNOWN);
    put_value(json, LIT("fairness_limit"), fairness->checked ? fairness->limit : NOT_KNOWN);
    put_verdict(json, LIT("fairness_verdict"), fairness_verdict(fairness));
    json_map_end(json);
}

static enum candor_status put_campaigns(struct figures *figures)
{
    const struct candor *candor = figures->reporting->candor;
    uint64_t unfair = 0;
    json_key(figures->json, LIT("campaigns"));
    json_list_begin(figures->json);
    for (size_t c = 0; c < candor->campaign_count; c++) {
        bool is_there = false;
        struct plan *plan = NEW(figures->job->arena, struct plan);
        TRY(gather_plan(figures->reporting, candor->campaign[c].name, plan, &is_there));
        if (is_there) {
            put_campaign(figures, plan);
            unfair += fairness_verdict(&plan->fairness) == VERDICT_BAD;
        }
    }
    json_list_end(figures->json);
    json_key(figures->json, LIT("unfair_plans"));
    json_u64(figures->json, unfair);
    return CANDOR_OK;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static enum candor_status put_all(struct figures *figures)
{
    struct json *json = figures->json;
    json_map_begin(json);
    json_key(json, LIT("days"));
    json_i64(json, figures->length / MICROS_PER_DAY);
    json_key(json, LIT("ends"));
    json_list_begin(json);
    for (size_t p = 1; p <= figures->periods; p++) {
        json_text(json, str_from_date(figures->job->arena,
                                      figures->from + (int64_t)p * figures->length - 1));
    }
    json_list_end(json);
    json_key(json, LIT("figures"));
    json_list_begin(json);
    put_actions(figures);
    TRY(put_requests(figures));
    TRY(put_incidents(figures));
    TRY(put_people(figures));
    json_list_end(json);
    TRY(put_campaigns(figures));
    json_map_end(json);
    return CANDOR_OK;
}

static enum candor_status put(struct figures *figures, struct candor_text *report)
{
    struct answer answer;
    struct job *job = figures->job;
    struct candor *candor = figures->reporting->candor;
    TRY(caller_may(job, candor, ACT_AUDIT));
    TRY(home_begin(job, candor, &figures->reporting->txn));
    answer_begin(job, &answer);
    figures->json = &answer.json;
    TRY(put_all(figures));
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_report_figures(struct job *job, struct candor *candor, unsigned periods,
                                         unsigned days, struct candor_text *report)
{
    struct figures *figures = NEW(job->arena, struct figures);
    if (periods == 0 || periods > CANDOR_FIGURE_PERIODS || days == 0 || days > PERIOD_DAYS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "1 to %d periods of 1 to %d days", CANDOR_FIGURE_PERIODS,
                    PERIOD_DAYS_MAX);
    }
    figures->job = job;
    figures->reporting = NEW(job->arena, struct reporting);
    figures->reporting->job = job;
    figures->reporting->candor = candor;
    figures->periods = periods;
    figures->length = days * MICROS_PER_DAY;
    figures->from = job->now + 1 - (int64_t)periods * figures->length; /* this instant counts */
    home_enter(candor);
    enum candor_status status = caller_may(job, candor, ACT_AUDIT);
    home_leave(candor);
    TRY(status);
    /* Outside of the home: the ledger only grows, and holds nothing of anybody. */
    TRY(store_each_leaf(job, candor->store, visit, figures));
    home_enter(candor);
    status = put(figures, report);
    home_leave(candor);
    return status;
}
