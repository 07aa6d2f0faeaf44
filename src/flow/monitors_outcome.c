/*
 * monitors_outcome.c - what came of decisions, and whom a campaign chooses.
 *
 *     an event that a model foretells --permit for training--> the decision before it --> tenth, yes or no
 *     a group that was counted for a fairness rule --> group, chosen or not
 *
 * A decision gets one outcome: the first event of its kind within WATCH_OUTCOME_DAYS after it, however the
 * decision went. Only of those who allow training, as the model itself was learnt. The decision's record is
 * opened for the duty to be accurate (GDPR Article 5(1)(d)); nothing of it leaves but a sum: so many of a
 * tenth of the score came out so.
 */
#include <string.h>

#include "dataset.h"
#include "decision.h"
#include "model.h"
#include "monitors.h"

enum { DECISIONS_LOOKED_AT = 64 }; /* of one person, the last ones */

/* ---- outcomes ------------------------------------------------------------------------------ */

static bool is_the_model_s(const struct decision *decision, const struct watch *watch)
{
    return decision->has_score && decision->doubt.left_count == 0 &&
           digest_equal(decision->model, watch->digest);
}

/* The last decision by this model that came before the event; found false: there is none. */
static enum candor_status decision_before(struct job *job, struct txn *txn, struct subject subject,
                                          const struct watch *watch, int64_t time,
                                          struct decision *decision, bool *found)
{
    struct decision_record *record = NULL;
    size_t count = 0;
    const int64_t earliest = time - (int64_t)WATCH_OUTCOME_DAYS * MICROS_PER_DAY;
    *found = false;
    TRY(store_decisions(job, txn, permit_for_duty(job, subject, DUTY_ACCURACY), &record, &count));
    const size_t first = count > DECISIONS_LOOKED_AT ? count - DECISIONS_LOOKED_AT : 0;
    for (size_t i = count; i > first && !*found; i--) {
        TRY(decision_read(job, record[i - 1].payload, decision));
        *found =
            decision->time < time && decision->time >= earliest && is_the_model_s(decision, watch);
    }
    return CANDOR_OK;
}

/* The event may be learnt from, and no other one of its kind came between. */
static enum candor_status is_first_outcome(struct job *job, struct candor *candor, struct txn *txn,
                                           const struct model_spec *spec, struct subject subject,
                                           int64_t from, int64_t until, bool *is_first)
{
    struct consent_state state;
    struct event *event = NULL;
    size_t event_count = 0;
    size_t among = 0;
    enum permit_code code;
    const struct permit *permit = NULL;
    *is_first = false;
    TRY(home_consent_state(job, candor, txn, subject, &state));
    const struct permit_question question = {subject, spec->training, NONE, OURSELVES};
    TRY(permit_issue(job, candor->inventory, &state, &question, &code, &permit));
    TRY(store_events(job, txn, permit, &event, &event_count));
    for (size_t e = 0; e < event_count; e++) {
        among +=
            event[e].time > from && event[e].time <= until && dataset_is_target(spec, &event[e])
                ? 1
                : 0;
    }
    *is_first = among == 1;
    return CANDOR_OK;
}

static enum candor_status count_outcome(struct job *job, struct candor *candor, struct txn *txn,
                                        const struct model_spec *spec, struct subject subject,
                                        const struct event *event)
{
    struct watch *watch = NULL;
    struct decision decision;
    bool holds = false;
    TRY(watch_of_outcomes(job, candor, txn, spec->name, &watch));
    if (watch == NULL) {
        return CANDOR_OK;
    }
    TRY(decision_before(job, txn, subject, watch, event->time, &decision, &holds));
    if (holds) {
        TRY(is_first_outcome(job, candor, txn, spec, subject, decision.time, event->time, &holds));
    }
    if (!holds) {
        return CANDOR_OK;
    }
    size_t tenth = 0;
    while (tenth < DECILES && watch->bound[tenth] <= decision.score) {
        tenth++;
    }
    const bool is_yes = event->cell[spec->target_property].number != 0;
    watch_pool(candor, watch, 2 * tenth + (is_yes ? 1 : 0), 1);
    return CANDOR_OK;
}

void watch_event(struct job *job, struct candor *candor, struct txn *txn, struct subject subject,
                 const struct event *event)
{
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        const struct model_spec *spec = &candor->model_spec[m];
        if (dataset_is_target(spec, event) &&
            count_outcome(job, candor, txn, spec, subject, event) != CANDOR_OK) {
            job_forgive(job); /* not published, no permit: watching must not stop what is watched */
        }
    }
}

/* ---- groups -------------------------------------------------------------------------------- */

/* Groups get their places while it is learnt what is usual; whoever comes later is one of all others. */
static size_t part_of(struct watch *watch, struct str group)
{
    for (size_t p = 0; p < watch->part_count; p++) {
        if (str_equal(watch->part[p], group)) {
            return p;
        }
    }
    if (watch->part_count == WATCH_PARTS - 1 || watch->plan != NULL) {
        return WATCH_PARTS - 1;
    }
    watch->part[watch->part_count] = str_copy(watch->arena, group);
    return watch->part_count++;
}

void watch_group(struct job *job, struct candor *candor, struct txn *txn, struct str campaign,
                 struct str field, struct str group, uint64_t considered, uint64_t chosen)
{
    struct watch *watch = NULL;
    if (watch_of_groups(job, candor, txn, campaign, field, &watch) != CANDOR_OK) {
        job_forgive(job); /* as above */
        return;
    }
    const size_t part = part_of(watch, group);
    watch_pool(candor, watch, 2 * part, considered - chosen);
    watch_pool(candor, watch, 2 * part + 1, chosen);
}
