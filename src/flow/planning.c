/*
 * planning.c - what a plan adds up to: the staircase, fairness, what drives it, three people.
 */
#include <math.h>

#include "frame.h"
#include "learn.h"
#include "model.h"
#include "numeric.h"
#include "plan.h"

enum { GROUPS_MAX = 64, SCORE_STEPS = 20 };

/* ---- beginning ----------------------------------------------------------------------------- */

enum candor_status planning_begin(struct job *job, struct candor *candor, struct txn *txn,
                                  struct planning *planning)
{
    if (planning->campaign->model.len > 0) {
        TRY(model_published(job, candor, txn, planning->campaign->model, &planning->published));
        planning->drive = NEW_ARRAY(job->arena, planning->published->feature_count + 1, double);
        planning->lean = NEW_ARRAY(job->arena, planning->published->feature_count + 1, double);
    }
    return CANDOR_OK;
}

struct str plan_row_code(const struct plan_row *row)
{
    if (row->withhold == WITHHOLD_PERMIT) {
        return str_of(permit_code_name((enum permit_code)row->permit));
    }
    return str_of(withhold_name((enum withhold)row->withhold));
}

struct str plan_row_sentence(const struct plan_row *row)
{
    if (row->withhold == WITHHOLD_PERMIT) {
        return str_of(permit_code_sentence((enum permit_code)row->permit));
    }
    return str_of(withhold_sentence((enum withhold)row->withhold));
}

/* ---- fairness ------------------------------------------------------------------------------ */

/* Groups of one attribute, in order of first sight; sorted by value before they are shown. */
struct groups {
    struct plan_group group[GROUPS_MAX];
    size_t count;
};

static struct plan_group *group_of(struct job *job, struct groups *groups, struct str label,
                                   struct str value)
{
    for (size_t g = 0; g < groups->count; g++) {
        if (str_equal(groups->group[g].value, value)) {
            return &groups->group[g];
        }
    }
    if (groups->count == GROUPS_MAX) {
        return NULL;
    }
    struct plan_group *group = &groups->group[groups->count++];
    *group = (struct plan_group){.attribute = label, .value = str_copy(job->arena, value)};
    return group;
}

bool weighed_was_considered(const struct weighed *weighed)
{
    return weighed->withhold == SEND || weighed->withhold == WITHHOLD_NOT_SELECTED ||
           weighed->withhold == WITHHOLD_LOW_SCORE;
}

/* In a group no more once they are erased. */
static enum candor_status count_one(struct job *job, struct candor *candor, struct txn *txn,
                                    const struct planning *planning, size_t field, size_t i,
                                    struct groups *groups)
{
    struct str value;
    char kept[CELL_TEXT_MAX];
    const struct arena_mark mark = arena_mark(job->arena);
    const enum candor_status status =
        attribute_of(job, candor, txn, planning->row[i].subject, planning->campaign->fairness.audit,
                     field, &value);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    const size_t len = value.len < sizeof kept ? value.len : sizeof kept;
    bytes_copy(kept, value.ptr, len);
    arena_rewind(job->arena, mark);
    if (len == 0) {
        return CANDOR_OK;
    }
    struct plan_group *group =
        group_of(job, groups, candor->inventory->field[field].label, (struct str){kept, len});
    if (group != NULL) {
        group->considered++;
        group->chosen += planning->weighed[i].withhold == SEND;
    }
    return CANDOR_OK;
}

static enum candor_status count_groups(struct job *job, struct candor *candor,
                                       struct planning *planning, size_t field,
                                       struct groups *groups)
{
    struct txn *txn = NULL;
    size_t in_step = 0;
    TRY(planning_step(job, candor, planning, &txn));
    for (size_t i = 0; i < planning->row_count; i++) {
        if (!weighed_was_considered(&planning->weighed[i])) {
            continue;
        }
        if (++in_step > LONG_STEP) {
            in_step = 0;
            TRY(long_yield(job, &planning->work, i, planning->row_count));
            TRY(planning_step(job, candor, planning, &txn));
        }
        TRY(count_one(job, candor, txn, planning, field, i, groups));
    }
    return CANDOR_OK;
}

static void rate_groups(struct plan_group *group, size_t count)
{
    for (size_t g = 0; g < count; g++) {
        const struct interval interval =
            wilson_interval((struct rate){group[g].chosen, group[g].considered}, 0.95);
        group[g].rate = (double)group[g].chosen / (double)group[g].considered;
        group[g].low = interval.low;
        group[g].high = interval.high;
    }
}

/* The lowest and the highest rate. Groups under 30 people or under 2 % of those compared are shown
 * but do not decide (29 CFR 1607.15 A(2)(a) draws the same line of 2 %). */
enum { GROUP_LEAST = 30, GROUP_LEAST_SHARE = 50 }; /* one in 50 */

static bool extremes(const struct plan_group *all_groups, size_t count,
                     const struct plan_group **low, const struct plan_group **high)
{
    uint64_t all = 0;
    *low = NULL;
    *high = NULL;
    for (size_t g = 0; g < count; g++) {
        all += all_groups[g].considered;
    }
    for (size_t g = 0; g < count; g++) {
        const struct plan_group *group = &all_groups[g];
        if (group->considered < GROUP_LEAST || group->considered * GROUP_LEAST_SHARE < all) {
            continue;
        }
        if (*low == NULL || group->rate < (*low)->rate) {
            *low = group;
        }
        if (*high == NULL || group->rate >= (*high)->rate) {
            *high = group;
        }
    }
    return *low != NULL && *low != *high;
}

/*
 * The ratio with Katz's log interval (Katz et al. 1978), the difference with Newcombe's. A plan
 * passes when the measured value is within the limit; `enough` says whether the interval agrees.
 */
static void measure_extremes(const struct plan_group *low, const struct plan_group *high,
                             enum campaign_measure measure, struct plan_fairness *fairness)
{
    if (measure == CAMPAIGN_PARITY_RATIO) {
        const double spread =
            sqrt((1 - low->rate) / ((double)low->chosen) + (1 - high->rate) / (double)high->chosen);
        fairness->value = high->rate > 0 ? low->rate / high->rate : NOT_KNOWN;
        fairness->low = fairness->value * exp(-1.959963984540054 * spread);
        fairness->high = fairness->value * exp(1.959963984540054 * spread);
        if (low->chosen == 0) {
            fairness->low = 0;
            fairness->high = high->low > 0 ? low->high / high->low : 1;
        }
        fairness->passed = fairness->value >= fairness->limit;
        fairness->enough = fairness->low >= fairness->limit || fairness->high < fairness->limit;
        return;
    }
    const struct interval interval =
        newcombe_interval((struct rate){high->chosen, high->considered},
                          (struct rate){low->chosen, low->considered}, 0.95);
    fairness->value = high->rate - low->rate;
    fairness->low = interval.low;
    fairness->high = interval.high;
    fairness->passed = fairness->value <= fairness->limit;
    fairness->enough = fairness->high <= fairness->limit || fairness->low > fairness->limit;
}

static struct str fairness_sentence(struct job *job, const struct plan_group *low,
                                    const struct plan_group *high, enum campaign_measure measure,
                                    const struct plan_fairness *fairness)
{
    return str_format(
        job->arena,
        "Of “%.*s” %.1f %% are chosen, of “%.*s” %.1f %%. %s %.2f, the limit is %.2f%s.",
        STR_ARG(low->value), 100 * low->rate, STR_ARG(high->value), 100 * high->rate,
        measure == CAMPAIGN_PARITY_RATIO ? "The lower is to the higher as" : "The difference is",
        fairness->value, fairness->limit,
        fairness->enough ? "" : "; the numbers are too small to be sure");
}

static bool is_worse(const struct plan_fairness *one, const struct plan_fairness *other,
                     enum campaign_measure measure)
{
    return !other->checked || (measure == CAMPAIGN_PARITY_RATIO ? one->value < other->value
                                                                : one->value > other->value);
}

void plan_fairness_of(struct job *job, const struct candor *candor,
                      const struct campaign_fairness *asked, size_t field, struct plan_group *group,
                      size_t count, struct plan_fairness *fairness)
{
    const struct plan_group *low = NULL;
    const struct plan_group *high = NULL;
    *fairness = (struct plan_fairness){.passed = true,
                                       .limit = asked->limit,
                                       .value = NOT_KNOWN,
                                       .low = NOT_KNOWN,
                                       .high = NOT_KNOWN};
    rate_groups(group, count);
    if (!extremes(group, count, &low, &high)) {
        return;
    }
    fairness->checked = true;
    fairness->measure = str_of(campaign_measure_name(asked->measure));
    fairness->attribute = candor->inventory->field[field].label;
    measure_extremes(low, high, asked->measure, fairness);
    fairness->group = group;
    fairness->group_count = count;
    fairness->sentence = fairness_sentence(job, low, high, asked->measure, fairness);
}

enum candor_status planning_compare(struct job *job, struct candor *candor,
                                    struct planning *planning)
{
    const struct campaign_fairness *asked = &planning->campaign->fairness;
    planning->fairness = (struct plan_fairness){.passed = true,
                                                .limit = asked->limit,
                                                .value = NOT_KNOWN,
                                                .low = NOT_KNOWN,
                                                .high = NOT_KNOWN};
    for (size_t a = 0; a < asked->attribute_count; a++) {
        struct groups *groups = NEW(job->arena, struct groups);
        struct plan_fairness fairness;
        TRY(count_groups(job, candor, planning, asked->attribute[a], groups));
        plan_fairness_of(job, candor, asked, asked->attribute[a], groups->group, groups->count,
                         &fairness);
        if (fairness.checked && is_worse(&fairness, &planning->fairness, asked->measure)) {
            planning->fairness = fairness;
        }
    }
    return CANDOR_OK;
}

/* ---- what drives it, and whom to show ------------------------------------------------------ */

/* One who is contacted, one whose choice is respected, one who was left alone for the score. */
static size_t kind_of_person(const struct weighed *weighed)
{
    switch (weighed->withhold) {
    case SEND:
        return 0;
    case WITHHOLD_PERMIT:
        return weighed->permit == PERMIT_WITHDRAWN || weighed->permit == PERMIT_REFUSED ? 1 : NONE;
    case WITHHOLD_NOT_SELECTED:
    case WITHHOLD_LOW_SCORE:
        return 2;
    case WITHHOLD_ERASED:
    case WITHHOLD_NO_PROFILING:
    case WITHHOLD_UNREACHABLE:
    case WITHHOLD_CAP:
    case WITHHOLD_NOT_INTERESTED:
    case WITHHOLD_NOT_IN_AUDIENCE:
    case WITHHOLD_NO_OFFER:
    case WITHHOLD_FAIRNESS:
    case WITHHOLD_HOLDOUT:
    case WITHHOLD_HUMAN:
    case WITHHOLD_SIGNAL:
    case WITHHOLD_REFERRED:
    case WITHHOLD_TOPIC:
    case WITHHOLD_OWN_LIMIT:
    case WITHHOLD_QUIET:
    case WITHHOLD_DOUBTED:
    case WITHHOLD_IMPLAUSIBLE:
    case WITHHOLD_CODES:
        break;
    }
    return NONE;
}

/* The first of each kind. */
static void choose_people(struct planning *planning)
{
    for (size_t p = 0; p < PLANNING_PEOPLE; p++) {
        planning->wanted[p] = NONE;
    }
    for (size_t i = 0; i < planning->row_count; i++) {
        const size_t p = kind_of_person(&planning->weighed[i]);
        if (p != NONE && planning->wanted[p] == NONE) {
            planning->wanted[p] = i;
        }
    }
}

/* Of who says no later what was added up stays: a sum over all. */
void planning_look(struct planning *planning, size_t i)
{
    const struct weighed *weighed = &planning->weighed[i];
    if (weighed->withhold != SEND || planning->published == NULL || weighed->facts == NULL) {
        return;
    }
    planning->drive_count++;
    for (size_t f = 0; f < planning->published->feature_count; f++) {
        planning->drive[f] += fabs(weighed->facts->contribution[f]);
        planning->lean[f] += weighed->facts->contribution[f];
    }
}

static void put_drivers(const struct candor *candor, const struct planning *planning,
                        struct plan *plan)
{
    bool taken[MODEL_FEATURES_MAX] = {false};
    const size_t count = planning->published == NULL ? 0 : planning->published->feature_count;
    while (plan->driver_count < 8 && plan->driver_count < count && planning->drive_count > 0) {
        size_t best = NONE;
        for (size_t f = 0; f < count; f++) {
            if (!taken[f] && (best == NONE || planning->drive[f] > planning->drive[best])) {
                best = f;
            }
        }
        taken[best] = true;
        const size_t feature = planning->published->feature[best];
        plan->driver[plan->driver_count++] = (struct plan_driver){
            .feature = feature == NONE ? planning->published->model->term[best].name
                                       : candor->inventory->feature[feature].label,
            .strength = planning->drive[best] / (double)planning->drive_count,
            .direction = planning->lean[best] / (double)planning->drive_count,
        };
    }
}

/* ---- the staircase ------------------------------------------------------------------------- */

static enum stair step_of(const struct plan_row *row)
{
    return withhold_stair((enum withhold)row->withhold);
}

static void count_reason(struct job *job, struct plan_stair *stair, const struct plan_row *row)
{
    const struct str code = plan_row_code(row);
    for (size_t r = 0; r < stair->left_out_count; r++) {
        if (str_equal(stair->left_out[r].code, code)) {
            stair->left_out[r].count++;
            return;
        }
    }
    must(stair->left_out_count < (size_t)WITHHOLD_CODES + PERMIT_CODES);
    (void)job;
    stair->left_out[stair->left_out_count++] =
        (struct plan_reason){.code = code, .sentence = plan_row_sentence(row), .count = 1};
}

static void sort_reasons(struct plan_stair *stair)
{
    for (size_t i = 1; i < stair->left_out_count; i++) {
        const struct plan_reason reason = stair->left_out[i];
        size_t at = i;
        while (at > 0 && stair->left_out[at - 1].count < reason.count) {
            stair->left_out[at] = stair->left_out[at - 1];
            at--;
        }
        stair->left_out[at] = reason;
    }
}

static void put_staircase(struct job *job, const struct planning *planning, struct plan *plan)
{
    for (size_t s = 0; s < STAIR_COUNT; s++) {
        struct plan_stair *stair = &plan->stair[s];
        stair->name = str_of(stair_name((enum stair)s));
        stair->label = str_of(stair_label((enum stair)s));
        stair->left_out =
            NEW_ARRAY(job->arena, (size_t)WITHHOLD_CODES + PERMIT_CODES, struct plan_reason);
    }
    for (size_t i = 0; i < planning->row_count; i++) {
        const struct plan_row *row = &planning->row[i];
        const enum stair end = step_of(row);
        for (size_t s = 0; s < (size_t)end; s++) {
            plan->stair[s].count++;
        }
        if (end < STAIR_COUNT) {
            count_reason(job, &plan->stair[end], row);
        }
        plan->holdout += row->fate == FATE_HOLDOUT;
    }
    for (size_t s = 0; s < STAIR_COUNT; s++) {
        sort_reasons(&plan->stair[s]);
    }
}

/* ---- what to expect ------------------------------------------------------------------------ */

static enum candor_status put_expectation(struct job *job, const struct planning *planning,
                                          struct plan *plan)
{
    double *probability = NULL;
    size_t count = 0;
    TRY_ALLOC(job, probability, planning->row_count + 1, double);
    for (size_t i = 0; i < planning->row_count; i++) {
        const struct plan_row *row = &planning->row[i];
        if (row->has_score) {
            const double at = row->score * SCORE_STEPS;
            plan->score_histogram[at < SCORE_STEPS - 1 ? (size_t)at : SCORE_STEPS - 1]++;
        }
        if (row->fate == FATE_SEND) {
            plan->offer_count_of[row->offer]++;
            if (row->has_score) {
                probability[count++] = row->score;
            }
        }
    }
    const struct expectation expected = expectation_of(probability, count);
    const bool is_known = planning->published != NULL;
    plan->expected = is_known ? expected.mean : NOT_KNOWN;
    plan->expected_low = is_known ? expected.low : NOT_KNOWN;
    plan->expected_high = is_known ? expected.high : NOT_KNOWN;
    plan->expected_without = NOT_KNOWN;
    plan->cost = planning->campaign->outcome.cost * (double)plan->stair[STAIR_CONTACTED].count;
    return CANDOR_OK;
}

/* Whoever was recorded anew stands last. */
static void put_ledger(const struct planning *planning, struct plan *plan)
{
    for (size_t i = 0; i < planning->row_count; i++) {
        const uint64_t index = planning->row[i].ledger_index;
        plan->ledger_first = i == 0 || index < plan->ledger_first ? index : plan->ledger_first;
        plan->ledger_last = index > plan->ledger_last ? index : plan->ledger_last;
    }
}

enum candor_status planning_summarise(struct job *job, struct candor *candor,
                                      struct planning *planning, struct plan *plan)
{
    const struct campaign *campaign = planning->campaign;
    const struct inventory *inventory = candor->inventory;
    *plan = (struct plan){
        .campaign = campaign->name,
        .title = campaign->title,
        .purpose = inventory->purpose[campaign->purpose].title,
        .channel = campaign->channel == NONE ? STR("") : inventory->channel[campaign->channel],
        .model = campaign->model,
        .author = candor->self.name,
        .made = job->now,
        .policy = candor->policy,
        .cutoff = planning->cutoff,
        .fairness = planning->fairness,
        .row = planning->row,
        .row_count = planning->row_count,
        .offer_count = campaign->offer_count,
    };
    if (planning->published != NULL) {
        plan->model_digest = planning->published->digest;
    }
    for (size_t o = 0; o < campaign->offer_count; o++) {
        plan->offer_name[o] = campaign->offer[o].name;
        plan->offer_title[o] = campaign->offer[o].title;
    }
    put_ledger(planning, plan);
    put_staircase(job, planning, plan);
    put_drivers(candor, planning, plan);
    choose_people(planning);
    for (size_t p = 0; p < PLANNING_PEOPLE; p++) {
        if (planning->wanted[p] != NONE) {
            plan->person_row[plan->person_row_count++] = (uint32_t)planning->wanted[p];
        }
    }
    return put_expectation(job, planning, plan);
}
