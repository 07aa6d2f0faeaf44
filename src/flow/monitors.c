/*
 * monitors.c - the home watches what it does.
 *
 *     decision --a row of cells, copied--> pending --256 of them, with the commit--> monitor --> alarm
 *                                                                             |
 *     alarm: a line in the log, an entry on the ledger (so the board sees it, and hooks are told);
 *            what comes then is learnt as the new usual, so that one change is one alarm
 *
 * The reference of a model is its training, as the model file has it: the share of the rows in each bin,
 * and the tenths of the score. Of rates it is what came first. A monitor that cannot be read or made is
 * begun anew or left out: watching must not stop what is watched. What waits in memory is lost with the
 * power, and so are up to WATCH_KEPT rows of evidence.
 */
#include "monitors.h"

#include <math.h>
#include <string.h>

#include "frame.h"
#include "ledger.h"
#include "model.h"

static const double rows_simulated = 2e6;
static const double rows_simulated_live = 4e5;
enum { LEARN_LOGINS = 200, LEARN_RATES = 1000, SEED = 20261128 };
enum { SEARCH_STEP = 16384 }; /* rows simulated within one commit: 2 ms, for others wait meanwhile */

static const char *const rate_name[WATCH_RATES] = {"withheld", "no", "complaints", "logins failed",
                                                   "acts refused"};

const char *watched_rate_name(enum watched_rate rate)
{
    return rate_name[rate];
}

/* ---- making -------------------------------------------------------------------------------- */

static void search_end(struct watch *watch)
{
    if (watch->search_arena != NULL) {
        arena_end(watch->search_arena);
    }
    watch->search_arena = NULL;
    watch->search = NULL;
}

static void end_watches(void *thing)
{
    struct watches *watches = thing;
    for (struct watch *watch = watches->first; watch != NULL; watch = watch->next) {
        search_end(watch);
        arena_end(watch->arena);
    }
}

static struct watches *watches_of(struct candor *candor)
{
    if (candor->watches == NULL) {
        candor->watches = NEW(candor->arena, struct watches);
        candor->watches->arena = candor->arena;
        arena_defer(candor->arena, end_watches, candor->watches);
    }
    return candor->watches;
}

static struct watch *find(const struct watches *watches, struct str name)
{
    for (struct watch *watch = watches->first; watch != NULL; watch = watch->next) {
        if (str_equal(watch->name, name)) {
            return watch;
        }
    }
    return NULL;
}

/* A watch without columns. What it held of another model ends. */
static struct watch *begin(struct watches *watches, struct str name)
{
    struct watch *watch = find(watches, name);
    if (watch == NULL) {
        watch = NEW(watches->arena, struct watch);
        watch->next = watches->first;
        watch->name = str_copy(watches->arena, name);
        watches->first = watch;
    } else {
        search_end(watch);
        arena_end(watch->arena);
    }
    struct watch *next = watch->next;
    const struct str kept = watch->name;
    *watch = (struct watch){.next = next, .name = kept, .arena = arena_begin()};
    return watch;
}

static void add_column(struct watch *watch, struct str name, enum monitor_kind kind, size_t cells)
{
    double *weight = NEW_ARRAY(watch->arena, cells, double);
    double *place = NEW_ARRAY(watch->arena, cells, double);
    for (size_t c = 0; c < cells; c++) {
        place[c] = (double)c;
    }
    watch->column[watch->column_count++] = (struct monitor_column){
        .name = name, .kind = kind, .cell_count = cells, .weight = weight, .place = place};
}

static double *weight_of(struct watch *watch, size_t column)
{
    /* The watch owns what its columns show as constant. */
    return (double *)(uintptr_t)watch->column[column].weight;
}

static void end_columns(struct watch *watch)
{
    watch->learnt = NEW_ARRAY(watch->arena, watch->column_count * BINS_MAX, uint32_t);
    watch->pending = NEW_ARRAY(watch->arena, watch->column_count * WATCH_PENDING, uint8_t);
}

static bool has_score(const struct model *model)
{
    if (model->task == TASK_CLASSES || isnan(model->link_decile[0])) {
        return false;
    }
    for (size_t d = 1; d < DECILES; d++) {
        if (!(model->link_decile[d] > model->link_decile[d - 1])) {
            return false; /* so few different scores that a tenth is none */
        }
    }
    return true;
}

static void columns_of_model(struct watch *watch, const struct model *model)
{
    watch->model = model;
    watch->reference_rows = model->rows_train;
    watch->column = NEW_ARRAY(watch->arena, model->feature_count + 1, struct monitor_column);
    for (size_t f = 0; f < model->feature_count; f++) {
        const struct model_feature *feature = &model->feature[f];
        const bool is_ordered = feature->kind != COLUMN_CATEGORY;
        add_column(watch, feature->name, is_ordered ? MONITOR_NUMBER : MONITOR_LEVELS,
                   feature->bin_count);
        double *place = (double *)(uintptr_t)watch->column[f].place;
        for (size_t b = 0; b < feature->bin_count; b++) {
            weight_of(watch, f)[b] = model->term[f].weight[b];
            const bool is_value = b != BIN_MISSING && b <= feature->value_count;
            const bool is_number = is_value && feature->kind == COLUMN_NUMBER;
            place[b] = is_number ? (feature->low[b - 1] + feature->high[b - 1]) / 2
                                 : (is_value ? (double)b : (double)NAN);
        }
    }
    if (has_score(model)) {
        add_column(watch, STR("score"), MONITOR_NUMBER, DECILES + 1);
        for (size_t d = 0; d <= DECILES; d++) {
            weight_of(watch, model->feature_count)[d] = 1.0 / (DECILES + 1);
        }
    }
    end_columns(watch);
}

static enum candor_status make_plan(struct job *job, struct watch *watch)
{
    struct arena *lent = job->arena;
    job->arena = watch->arena;
    const enum candor_status status = monitor_make(job, watch->column, watch->column_count,
                                                   watch->reference_rows, &watch->plan);
    job->arena = lent;
    return status;
}

static void watch_from(struct watch *watch, double limit)
{
    monitor_set_limit(watch->plan, limit);
    watch->limit = limit;
    watch->monitor = monitor_begin(watch->arena, watch->plan);
}

/* Without a limit that can be found nothing varies: it watches nothing, and says so. */
static enum candor_status search_begin(struct job *job, struct watch *watch, double rows)
{
    const struct monitor_limit asked = {
        .block = 1, .run_length = WATCH_RUN_LENGTH, .rows = rows, .seed = SEED};
    struct arena *lent = job->arena;
    TRY(make_plan(job, watch));
    watch->search_arena = arena_begin();
    job->arena = watch->search_arena;
    const enum candor_status status =
        monitor_search_begin(job, watch->plan, &asked, &watch->search);
    job->arena = lent;
    if (status != CANDOR_OK) {
        job_forgive(job);
        search_end(watch);
        watch_from(watch, 500);
    }
    return CANDOR_OK;
}

/* True: it watches. */
static bool search_step(struct watch *watch)
{
    if (watch->search != NULL && monitor_search_step(watch->search, SEARCH_STEP)) {
        search_end(watch);
        watch_from(watch, monitor_limit_of(watch->plan));
    }
    return watch->search == NULL;
}

enum candor_status watch_begin(struct job *job, struct watch *watch)
{
    if (watch->limit > 0) {
        TRY(make_plan(job, watch));
        watch_from(watch, watch->limit);
        return CANDOR_OK;
    }
    TRY(search_begin(job, watch, rows_simulated));
    while (!search_step(watch)) {
    }
    return CANDOR_OK;
}

/* From now on, what comes is learnt. Shares are counted anew; columns and places stay. */
static void learn_anew(struct watch *watch, uint64_t rows)
{
    search_end(watch);
    watch->plan = NULL;
    watch->monitor = NULL;
    watch->limit = 0;
    watch->learn_rows = rows;
    watch->reference_rows = 0;
    memset(watch->learnt, 0, watch->column_count * BINS_MAX * sizeof *watch->learnt);
}

static enum candor_status learnt(struct job *job, struct watch *watch)
{
    for (size_t c = 0; c < watch->column_count; c++) {
        for (size_t b = 0; b < watch->column[c].cell_count; b++) {
            weight_of(watch, c)[b] =
                (double)watch->learnt[c * BINS_MAX + b] / (double)watch->reference_rows;
        }
    }
    return search_begin(job, watch, rows_simulated_live);
}

/* ---- finding them -------------------------------------------------------------------------- */

enum candor_status watch_of_model(struct job *job, struct candor *candor, struct txn *txn,
                                  struct str name, struct watch **found)
{
    const struct published *published = NULL;
    bool was_kept = false;
    TRY(model_published(job, candor, txn, name, &published));
    if (candor->watches != NULL && candor->watches->last_published == published) {
        *found = candor->watches->last;
        return CANDOR_OK;
    }
    const struct str full = str_format(job->arena, "model %.*s", STR_ARG(name));
    struct watch *watch = find(watches_of(candor), full);
    if (watch == NULL || !digest_equal(watch->digest, published->digest)) {
        watch = begin(watches_of(candor), full);
        watch->digest = published->digest;
        columns_of_model(watch, published->model);
        TRY(watch_load(job, txn, watch, &was_kept));
        if (!was_kept && watch->reference_rows == 0) {
            learn_anew(watch, WATCH_LEARN); /* the model does not say how many rows it is from */
        }
    }
    candor->watches->last_published = published;
    candor->watches->last = watch;
    *found = watch;
    return CANDOR_OK;
}

enum candor_status watch_of_rate(struct job *job, struct candor *candor, enum watched_rate rate,
                                 struct watch **found)
{
    struct watches *watches = watches_of(candor);
    bool was_kept = false;
    if (watches->rate[rate] == NULL) {
        struct watch *watch = begin(watches, str_of(rate_name[rate]));
        watch->column = NEW_ARRAY(watch->arena, 1, struct monitor_column);
        add_column(watch, watch->name, MONITOR_RATES, 2);
        end_columns(watch);
        if (candor->txn != NULL) {
            TRY(watch_load(job, candor->txn, watch, &was_kept));
        }
        if (!was_kept) {
            learn_anew(watch, rate == WATCH_LOGINS ? LEARN_LOGINS : LEARN_RATES);
        }
        watches->rate[rate] = watch;
    }
    *found = watches->rate[rate];
    return CANDOR_OK;
}

/* ---- rows come in -------------------------------------------------------------------------- */

static void come_in(struct watches *watches, struct watch *watch)
{
    watch->pending_count++;
    watch->rows++;
    watch->unkept++;
    watches->is_due |= watch->pending_count >= WATCH_PENDING / 2;
}

static void count_rate(struct job *job, struct candor *candor, enum watched_rate rate, bool is_yes)
{
    struct watch *watch = NULL;
    if (watch_of_rate(job, candor, rate, &watch) != CANDOR_OK) {
        job_forgive(job); /* watching must not stop what is watched */
        return;
    }
    if (watch->pending_count == WATCH_PENDING) {
        return; /* nobody commits: the rest of a long transaction is not looked at */
    }
    watch->pending[watch->pending_count] = is_yes ? 1 : 0;
    come_in(candor->watches, watch);
    candor->watches->is_due |= rate == WATCH_LOGINS || rate == WATCH_REFUSED;
}

void watch_decision(struct job *job, struct candor *candor, struct txn *txn,
                    const struct campaign *campaign, const struct weighed *weighed)
{
    struct watch *watch = NULL;
    count_rate(job, candor, WATCH_WITHHELD, weighed->withhold != SEND);
    if (!weighed->has_score || weighed->facts == NULL || weighed->facts->bin == NULL) {
        return;
    }
    if (watch_of_model(job, candor, txn, campaign->model, &watch) != CANDOR_OK) {
        job_forgive(job); /* as above */
        return;
    }
    if (watch->pending_count == WATCH_PENDING) {
        return;
    }
    const struct model *model = watch->model;
    uint8_t *row = watch->pending + watch->pending_count;
    for (size_t f = 0; f < model->feature_count; f++) {
        row[f * WATCH_PENDING] = weighed->facts->bin[f];
    }
    if (watch->column_count > model->feature_count) {
        uint8_t tenth = 0;
        while (tenth < DECILES && model->link_decile[tenth] <= weighed->facts->link) {
            tenth++;
        }
        row[model->feature_count * WATCH_PENDING] = tenth;
    }
    come_in(candor->watches, watch);
}

void watch_account(struct job *job, struct candor *candor, const struct account *account)
{
    const enum ledger_action action = account->action;
    if (candor->is_importing || action == LEDGER_ALARM) {
        return; /* rows of a file come in its order, not as the world brings them */
    }
    if (action == LEDGER_CONSENT_GIVEN || action == LEDGER_CONSENT_REFUSED ||
        action == LEDGER_CONSENT_WITHDRAWN) {
        count_rate(job, candor, WATCH_NO, action != LEDGER_CONSENT_GIVEN);
    } else if (action == LEDGER_CONTACT || action == LEDGER_OBJECT || action == LEDGER_FEEDBACK) {
        count_rate(job, candor, WATCH_COMPLAINTS, action != LEDGER_CONTACT);
    } else if (action == LEDGER_LOGIN || action == LEDGER_LOGIN_FAILED) {
        count_rate(job, candor, WATCH_LOGINS, action == LEDGER_LOGIN_FAILED);
    } else if (account->subject == NULL) {
        count_rate(job, candor, WATCH_REFUSED, account->outcome == OUTCOME_DENY);
    }
}

/* ---- looking ------------------------------------------------------------------------------- */

static enum candor_status alarmed(struct job *job, struct candor *candor, struct txn *txn,
                                  struct watch *watch, const struct monitor_alarm *alarm)
{
    const struct str column = watch->column[alarm->column].name;
    struct watch_alarm kept = {.time = job->now,
                               .row = watch->rows,
                               .column = str_copy(candor->watches->arena, column),
                               .way = str_of(alarm->way),
                               .evidence = alarm->evidence};
    struct buf payload = buf_begin(job->arena);
    buf_format(&payload, "%.*s: %.*s, %s", STR_ARG(watch->name), STR_ARG(column), alarm->way);
    const struct account account = {
        .action = LEDGER_ALARM, .outcome = OUTCOME_FAILED, .payload = buf_all(&payload)};
    TRY(home_account_kept(job, candor, txn, &account, LIT("alarm"), &kept.ledger_index));
    if (watch->alarm_count == WATCH_ALARMS) {
        memmove(watch->alarm, watch->alarm + 1, (WATCH_ALARMS - 1) * sizeof watch->alarm[0]);
        watch->alarm_count--;
    }
    watch->alarm[watch->alarm_count++] = kept;
    candor->watches->alarms++;
    log_event(job, LOG_WARN, LIT("the world changed: candor monitors says what"),
              LOG_U64("ledger_index", kept.ledger_index), LOG_U64("rows", watch->rows));
    return CANDOR_OK;
}

static void learn_rows(struct watch *watch)
{
    for (size_t c = 0; c < watch->column_count; c++) {
        for (size_t row = 0; row < watch->pending_count; row++) {
            watch->learnt[c * BINS_MAX + watch->pending[c * WATCH_PENDING + row]]++;
        }
    }
    watch->reference_rows += watch->pending_count;
}

static enum candor_status look(struct job *job, struct candor *candor, struct txn *txn,
                               struct watch *watch)
{
    struct monitor_alarm alarm;
    bool is_news = false;
    if (watch->plan == NULL && watch->learn_rows == 0) { /* published before there were monitors */
        TRY(search_begin(job, watch, rows_simulated_live));
    }
    if (watch->plan == NULL) {
        learn_rows(watch);
        if (watch->reference_rows >= watch->learn_rows) {
            TRY(learnt(job, watch));
        }
    } else if (watch->search != NULL) {
        is_news = search_step(watch); /* what comes until the limit is found is not looked at */
    } else {
        const uint8_t **cell = NEW_ARRAY(job->arena, watch->column_count, const uint8_t *);
        for (size_t c = 0; c < watch->column_count; c++) {
            cell[c] = watch->pending + c * WATCH_PENDING;
        }
        is_news = monitor_add(watch->monitor, cell, watch->pending_count, &alarm, 1) > 0;
        if (is_news) {
            TRY(alarmed(job, candor, txn, watch, &alarm));
            learn_anew(watch, watch->model != NULL ? WATCH_LEARN : LEARN_RATES);
        }
    }
    watch->pending_count = 0;
    if (is_news || watch->unkept >= WATCH_KEPT || watch->rows <= WATCH_KEPT) {
        watch->unkept = 0;
        return watch_keep(job, txn, watch);
    }
    return CANDOR_OK;
}

enum candor_status watch_look(struct job *job, struct candor *candor, struct txn *txn)
{
    if (candor->watches == NULL || !candor->watches->is_due) {
        return CANDOR_OK;
    }
    candor->watches->is_due = false;
    for (struct watch *watch = candor->watches->first; watch != NULL; watch = watch->next) {
        const bool is_security = watch == candor->watches->rate[WATCH_LOGINS] ||
                                 watch == candor->watches->rate[WATCH_REFUSED];
        if (watch->pending_count >= (is_security ? 1 : WATCH_PENDING / 2)) {
            TRY(during(job, look(job, candor, txn, watch), "watching %.*s", STR_ARG(watch->name)));
        }
    }
    return CANDOR_OK;
}

enum candor_status watch_prepare(struct job *job, struct candor *candor, struct txn *txn,
                                 struct str name, const struct model *model, struct digest digest)
{
    const struct str full = str_format(job->arena, "model %.*s", STR_ARG(name));
    struct watch *watch = begin(watches_of(candor), full);
    watch->digest = digest;
    columns_of_model(watch, model);
    if (watch->reference_rows > 0) {
        TRY(watch_begin(job, watch));
        TRY(watch_keep(job, txn, watch));
    }
    /* The model is the job's: nothing may use it later. What was kept is read when it is needed. */
    (void)begin(watches_of(candor), full);
    candor->watches->last_published = NULL;
    return CANDOR_OK;
}
