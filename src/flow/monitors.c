/*
 * monitors.c - the home watches what it does.
 *
 *     decision --a row of cells, copied--> pending --256 of them, with the commit--> monitor --> alarm
 *     outcomes, groups --sums of cells--> pool --drawn in no order--> pending           |
 *                                                                             |
 *     alarm: a line in the log, an entry on the ledger (so the board sees it, and hooks are told);
 *            what comes then is learnt as the new usual, so that one change is one alarm
 *
 * Outcomes mostly come in files, in whatever order a file has (all who bought, then all who did not). A
 * monitor that looks at rows one by one would take the order for a change. So an import only counts, and what
 * it brought is drawn without order at its end.
 *
 * What waits in memory is lost with the power, and so are up to WATCH_KEPT rows of evidence.
 */
#include "monitors.h"

#include <math.h>
#include <string.h>

#include "frame.h"
#include "ledger.h"
#include "model.h"
#include "numeric.h"

enum { POOL_SEED = 20261129 };

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

void verdicts_turn(struct verdicts *verdicts, int64_t now)
{
    const int64_t period = now / (30 * MICROS_PER_DAY);
    if (period <= verdicts->period) {
        return;
    }
    const bool is_next = period == verdicts->period + 1;
    memcpy(verdicts->count[1], verdicts->count[0], sizeof verdicts->count[1]);
    memset(verdicts->count[0], 0, sizeof verdicts->count[0]);
    if (!is_next) {
        memset(verdicts->count[1], 0, sizeof verdicts->count[1]);
    }
    verdicts->period = period;
}

/* Only where somebody asked for it: candor->watches->last_published is the model that was just asked for. */
static void count_verdict(struct job *job, struct candor *candor, struct watch *watch,
                          const struct doubt *doubt)
{
    const enum doubt_verdict verdict = doubt == NULL ? DOUBT_ACCEPT : doubt->verdict;
    const enum doubt_cause cause = doubt == NULL ? DOUBT_NONE : doubt->cause;
    if (!candor->watches->last_published->spec->doubt.is_on) {
        return;
    }
    verdicts_turn(&watch->verdicts, job->now);
    watch->verdicts.count[0][verdict][cause]++;
    candor->watches->verdicts[verdict][cause]++;
    count_rate(job, candor, WATCH_DOUBTED, verdict != DOUBT_ACCEPT);
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
    count_verdict(job, candor, watch, weighed->facts->doubt);
    if (watch->pending_count == WATCH_PENDING) {
        return;
    }
    const struct model *model = watch->model;
    uint8_t *row = watch->pending + watch->pending_count;
    for (size_t f = 0; f < model->feature_count; f++) {
        row[f * WATCH_PENDING] = weighed->facts->bin[f];
    }
    if (watch->column_count > model->feature_count) {
        row[model->feature_count * WATCH_PENDING] =
            (uint8_t)watch_tenth(model, weighed->facts->link);
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

void watch_pool(struct candor *candor, struct watch *watch, size_t cell, uint64_t rows)
{
    const uint64_t room = UINT32_MAX - watch->pool[cell];
    const uint64_t taken = rows < room ? rows : room;
    const uint64_t together = watch->kind == WATCH_OUTCOMES ? WATCH_TOGETHER : WATCH_PENDING / 2;
    must(cell < watch->column[0].cell_count && cell < WATCH_CELLS);
    watch->pool[cell] += (uint32_t)taken;
    watch->pool_count += taken;
    watch->rows += taken;
    watch->unkept += taken;
    candor->watches->is_due |= watch->pool_count >= together && !candor->is_importing;
}

/* ---- looking ------------------------------------------------------------------------------- */

/* What an alarm is about: of groups, which of them. */
static struct str alarm_column(struct arena *arena, const struct watch *watch,
                               const struct monitor_alarm *alarm)
{
    const struct str column = watch->column[alarm->column].name;
    if (watch->kind != WATCH_GROUPS) {
        return str_copy(arena, column);
    }
    const struct str part =
        alarm->cell < watch->part_count ? watch->part[alarm->cell] : STR("all others");
    return str_format(arena, "%.*s %.*s", STR_ARG(column), STR_ARG(part));
}

static struct str alarm_way(const struct watch *watch, const struct monitor_alarm *alarm)
{
    const bool is_rate = watch->column[alarm->column].kind == MONITOR_RATES;
    const struct str way = str_of(alarm->way);
    return !is_rate ? way : str_is(way, "part up") ? STR("more often") : STR("less often");
}

static enum candor_status raise_alarm(struct job *job, struct candor *candor, struct txn *txn,
                                      struct watch *watch, struct watch_alarm kept)
{
    struct buf payload = buf_begin(job->arena);
    buf_format(&payload, "%.*s: %.*s, %.*s", STR_ARG(watch->name), STR_ARG(kept.column),
               STR_ARG(kept.way));
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

static enum candor_status alarmed(struct job *job, struct candor *candor, struct txn *txn,
                                  struct watch *watch, const struct monitor_alarm *alarm)
{
    const struct watch_alarm raised = {.time = job->now,
                                       .row = watch->rows - watch->pool_count,
                                       .column = alarm_column(candor->watches->arena, watch, alarm),
                                       .way = alarm_way(watch, alarm),
                                       .evidence = alarm->evidence};
    return raise_alarm(job, candor, txn, watch, raised);
}

static enum candor_status tell_damage(struct job *job, struct candor *candor, struct txn *txn,
                                      struct watch *watch)
{
    const struct watch_alarm raised = {
        .time = job->now, .column = STR("what was kept"), .way = STR("damaged")};
    watch->is_damaged = false;
    return raise_alarm(job, candor, txn, watch, raised);
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

/* What waits goes to the monitor, or is learnt. is_news: the state is another one than before. */
static enum candor_status look(struct job *job, struct candor *candor, struct txn *txn,
                               struct watch *watch, bool *is_news)
{
    struct monitor_alarm alarm;
    bool is_over = false;
    if (watch->plan == NULL && watch->learn_rows == 0) {
        TRY(watch_begin_late(job, watch));
    }
    if (watch->plan == NULL) {
        learn_rows(watch);
        is_over = watch->reference_rows >= watch->learn_rows;
        if (is_over) {
            TRY(watch_learnt(job, watch));
        }
    } else if (watch->search != NULL) {
        is_over = watch_search_step(watch); /* what comes until it is found is not looked at */
    } else {
        const uint8_t **cell = NEW_ARRAY(job->arena, watch->column_count, const uint8_t *);
        for (size_t c = 0; c < watch->column_count; c++) {
            cell[c] = watch->pending + c * WATCH_PENDING;
        }
        is_over = monitor_add(watch->monitor, cell, watch->pending_count, &alarm, 1) > 0;
        if (is_over) {
            TRY(alarmed(job, candor, txn, watch, &alarm));
            watch_learn(watch, watch->kind == WATCH_RATE ? WATCH_LEARN_RATES : WATCH_LEARN);
        }
    }
    watch->pending_count = 0;
    candor->watches->is_due |= watch->search != NULL;
    *is_news = *is_news || is_over;
    return CANDOR_OK;
}

/* Without putting back: each order of the rows is equally likely. */
static void draw_pending(struct watch *watch, struct rng *rng)
{
    while (watch->pending_count < WATCH_PENDING && watch->pool_count > 0) {
        uint64_t at = rng_below(rng, watch->pool_count);
        size_t cell = 0;
        while (at >= watch->pool[cell]) {
            at -= watch->pool[cell++];
        }
        watch->pool[cell]--;
        watch->pool_count--;
        watch->pending[watch->pending_count++] = (uint8_t)cell;
    }
}

/* While a limit is searched for, rows stay in the pool. */
static enum candor_status look_at_pool(struct job *job, struct candor *candor, struct txn *txn,
                                       struct watch *watch, bool *is_news)
{
    struct rng rng = rng_of_stream(POOL_SEED, watch->rows);
    bool goes_on = watch_search_step(watch);
    while (goes_on && watch->pool_count > 0) {
        draw_pending(watch, &rng);
        TRY(look(job, candor, txn, watch, is_news));
        while (candor->watches->is_complete && !watch_search_step(watch)) {
        }
        goes_on = watch->search == NULL;
    }
    candor->watches->is_due |= !goes_on;
    return CANDOR_OK;
}

static bool is_ready(const struct candor *candor, const struct watch *watch)
{
    const struct watches *watches = candor->watches;
    if (watch->search != NULL || watch->is_damaged) {
        return true;
    }
    switch (watch->kind) {
    case WATCH_OUTCOMES:
    case WATCH_GROUPS:
        return watches->is_complete
                   ? watch->pool_count > 0
                   : !candor->is_importing &&
                         watch->pool_count >=
                             (watch->kind == WATCH_OUTCOMES ? WATCH_TOGETHER : WATCH_PENDING / 2);
    case WATCH_RATE:
        if (watch == watches->rate[WATCH_LOGINS] || watch == watches->rate[WATCH_REFUSED]) {
            return watch->pending_count > 0;
        }
        break;
    case WATCH_MODEL:
        break;
    }
    return watch->pending_count >= WATCH_PENDING / 2;
}

static enum candor_status look_and_keep(struct job *job, struct candor *candor, struct txn *txn,
                                        struct watch *watch)
{
    const bool is_pooled = watch->kind == WATCH_OUTCOMES || watch->kind == WATCH_GROUPS;
    bool is_news = watch->is_damaged;
    if (watch->is_damaged) {
        TRY(tell_damage(job, candor, txn, watch));
    }
    TRY(is_pooled ? look_at_pool(job, candor, txn, watch, &is_news)
                  : look(job, candor, txn, watch, &is_news));
    if (is_news || watch->unkept >= WATCH_KEPT || watch->rows <= WATCH_KEPT ||
        watch->kind == WATCH_OUTCOMES) {
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
        if (is_ready(candor, watch)) {
            TRY(during(job, look_and_keep(job, candor, txn, watch), "watching %.*s",
                       STR_ARG(watch->name)));
        }
    }
    candor->watches->is_complete = false;
    return CANDOR_OK;
}

void watch_complete(struct candor *candor)
{
    if (candor->watches != NULL) {
        candor->watches->is_complete = true;
        candor->watches->is_due = true;
    }
}
