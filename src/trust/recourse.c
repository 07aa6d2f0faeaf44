/*
 * recourse.c - the smallest realistic change that turns a decision, proven.
 *
 * A score is a sum, so the gain of several changes is the sum of the gains of each, plus what the pair
 * tables between them add. The search tries sets of features in a fixed order and of each feature its
 * actions from cheap to dear, and turns back where no completion can be both far enough and cheaper:
 *
 *   reach    the gains of the changes still to come are at most the best gains of the features still to
 *            come, each with the most that its pair tables could add;
 *   price    what is still missing costs at least missing / (best gain per cost still to come), and each
 *            change at least the cheapest action still to come.
 *
 * Both are bounds of any completion, so what is found last is the cheapest there is; of equally cheap
 * plans it is the one that moves the score most. The search runs with one change, then with up to two,
 * and so on: a plan of few changes makes the bounds of the next run sharp.
 *
 * Further plans must differ: none may contain all features of an earlier one.
 *
 * Every plan is scored by the scorer itself before it counts.
 */
#include "actions.h"

#include <math.h>
#include <stdlib.h>

static const double hair = 1e-9; /* bounds are sums in another order than scores */
static const double same_cost = 1e-12;

struct step {
    size_t mover;
    uint8_t bin;
};

struct search {
    const struct movers *movers;
    const struct recourse_options *options;
    double need; /* gain of the link that turns the decision */
    size_t changes_max;

    /* Of the movers from one place on, which stand in order of reach, the largest first. */
    double *reach;   /* the most that this mover adds to the gain */
    double *density; /* the best gain per cost */
    double *cheap;   /* the cheapest action */

    const struct recourse_plan *earlier;
    size_t earlier_count;
    struct recourse_plan best; /* cost infinite: none yet */
    bool *is_changed;          /* one per feature */
    uint8_t *bin;              /* the row with the changes made so far */
    struct step step[RECOURSE_CHANGES_MAX];
    size_t step_count;
    double cost;
    double gain;
    size_t looks;
    size_t looks_max;
};

/* ---- bounds ---- */

/* The most that the pair tables of a mover add when at most others more features change. */
static double most_of_ties(const struct mover *mover, size_t others)
{
    double sum = 0;
    for (size_t t = 0; t < mover->tie_count && t < others; t++) {
        sum += mover->tie[t].most;
    }
    return sum;
}

struct reached {
    struct mover mover;
    size_t place;
    double reach;
};

static int by_reach(const void *left, const void *right)
{
    const struct reached *a = left;
    const struct reached *b = right;
    if (a->reach != b->reach) {
        return a->reach > b->reach ? -1 : 1;
    }
    return (a->place > b->place) - (a->place < b->place);
}

/* Put the movers in order of reach, and their ties with them. */
static void order_movers(struct job *job, struct movers *movers, size_t changes_max)
{
    struct reached *reached = NEW_ARRAY(job->arena, movers->count + 1, struct reached);
    size_t *place = NEW_ARRAY(job->arena, movers->count + 1, size_t);
    for (size_t m = 0; m < movers->count; m++) {
        const struct mover *mover = &movers->mover[m];
        reached[m] =
            (struct reached){*mover, m, mover->best_gain + most_of_ties(mover, changes_max - 1)};
    }
    qsort(reached, movers->count, sizeof *reached, by_reach);
    for (size_t m = 0; m < movers->count; m++) {
        place[reached[m].place] = m;
        movers->mover[m] = reached[m].mover;
    }
    for (size_t m = 0; m < movers->count; m++) {
        for (size_t t = 0; t < movers->mover[m].tie_count; t++) {
            movers->mover[m].tie[t].partner = place[movers->mover[m].tie[t].partner];
        }
    }
}

static void find_bounds(struct search *search)
{
    const struct movers *movers = search->movers;
    double density = 0;
    double cheap = (double)INFINITY;
    search->density[movers->count] = 0;
    search->cheap[movers->count] = cheap;
    for (size_t m = movers->count; m-- > 0;) {
        const struct mover *mover = &movers->mover[m];
        const double ties = most_of_ties(mover, search->changes_max - 1);
        search->reach[m] = fmax(0, mover->best_gain + ties);
        for (size_t a = 0; a < mover->action_count; a++) {
            density = fmax(density, (mover->action[a].gain + ties) / mover->action[a].cost);
            cheap = fmin(cheap, mover->action[a].cost);
        }
        search->density[m] = density;
        search->cheap[m] = cheap;
    }
}

/* What the next movers from a place on can add in so many changes. They stand in order. */
static double reach_from(const struct search *search, size_t place, size_t changes)
{
    double sum = 0;
    for (size_t m = place; m < search->movers->count && m < place + changes; m++) {
        sum += search->reach[m];
    }
    return sum;
}

/* What completing costs at least, from a place on. */
static double price_from(const struct search *search, size_t place)
{
    const double missing = search->need - search->gain - hair;
    if (missing <= 0) {
        return search->cheap[place];
    }
    return search->density[place] > 0 ? fmax(search->cheap[place], missing / search->density[place])
                                      : (double)INFINITY;
}

/* ---- a plan ---- */

static bool turns(const struct search *search, double score)
{
    return search->movers->sign > 0 ? score >= search->options->threshold
                                    : score < search->options->threshold;
}

/* The steps as a plan, features ascending, so that its cost does not depend on the search. */
static struct recourse_plan plan_of(const struct search *search)
{
    const struct movers *movers = search->movers;
    struct recourse_plan plan = {.change_count = 0};
    for (size_t s = 0; s < search->step_count; s++) {
        const size_t feature = movers->mover[search->step[s].mover].feature;
        size_t at = plan.change_count++;
        for (; at > 0 && plan.feature[at - 1] > feature; at--) {
            plan.feature[at] = plan.feature[at - 1];
            plan.bin[at] = plan.bin[at - 1];
        }
        plan.feature[at] = feature;
        plan.bin[at] = search->step[s].bin;
    }
    for (size_t c = 0; c < plan.change_count; c++) {
        plan.cost += recourse_cost(movers->model, plan.feature[c], movers->bin[plan.feature[c]],
                                   plan.bin[c]);
    }
    plan.link = model_score_bins(movers->model, 0, search->bin);
    plan.score = model_mean(movers->model, plan.link);
    return plan;
}

static void consider(struct search *search)
{
    const struct movers *movers = search->movers;
    const struct recourse_plan plan = plan_of(search);
    const bool is_cheaper = plan.cost < search->best.cost - same_cost;
    const bool is_as_cheap = plan.cost <= search->best.cost + same_cost;
    const bool goes_further = movers->sign * (plan.link - search->best.link) > 0;
    if (turns(search, plan.score) && (is_cheaper || (is_as_cheap && goes_further)) &&
        is_seen(movers->model, search->bin, search->is_changed)) {
        search->best = plan;
    }
}

/* The features changed so far hold all those of an earlier plan. */
static bool repeats_earlier(const struct search *search)
{
    for (size_t p = 0; p < search->earlier_count; p++) {
        const struct recourse_plan *plan = &search->earlier[p];
        bool holds_all = true;
        for (size_t c = 0; c < plan->change_count; c++) {
            holds_all = holds_all && search->is_changed[plan->feature[c]];
        }
        if (holds_all) {
            return true;
        }
    }
    return false;
}

/* ---- the search ---- */

/* What an action adds together with the changes made so far, beyond its own gain. */
static double gain_together(const struct search *search, const struct mover *mover, uint8_t bin)
{
    double sum = 0;
    for (size_t t = 0; t < mover->tie_count; t++) {
        const size_t partner = search->movers->mover[mover->tie[t].partner].feature;
        if (search->is_changed[partner]) {
            sum += tie_gain(search->movers, mover, &mover->tie[t], bin, search->bin[partner]);
        }
    }
    return sum;
}

static void search_from(struct search *search, size_t place);

/* Make one change more, look at what it gives, go on from there, and take it back. */
static void take(struct search *search, size_t m, const struct action *action, double gain)
{
    const size_t left = search->changes_max - search->step_count - 1;
    const double cost_before = search->cost;
    const double gain_before = search->gain;
    search->step[search->step_count++] = (struct step){m, action->bin};
    search->bin[search->movers->mover[m].feature] = action->bin;
    search->cost += action->cost;
    search->gain += gain;
    if (search->gain >= search->need - hair) {
        consider(search);
    }
    if (left > 0 && search->cost + price_from(search, m + 1) <= search->best.cost + same_cost) {
        search_from(search, m + 1);
    }
    search->step_count--;
    search->cost = cost_before;
    search->gain = gain_before;
}

static void try_mover(struct search *search, size_t m)
{
    const struct mover *mover = &search->movers->mover[m];
    const size_t left = search->changes_max - search->step_count - 1;
    const double later = reach_from(search, m + 1, left);
    search->is_changed[mover->feature] = true;
    const size_t actions = repeats_earlier(search) ? 0 : mover->action_count;
    for (size_t a = 0; a < actions; a++) {
        const struct action *action = &mover->action[a];
        if (search->cost + action->cost > search->best.cost + same_cost ||
            search->looks++ > search->looks_max) {
            break;
        }
        const double gain =
            action->gain + (search->step_count > 0 ? gain_together(search, mover, action->bin) : 0);
        if (search->gain + gain + later >= search->need - hair) {
            take(search, m, action, gain);
        }
    }
    search->is_changed[mover->feature] = false;
    search->bin[mover->feature] = search->movers->bin[mover->feature];
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as changes_max */
static void search_from(struct search *search, size_t place)
{
    const size_t left = search->changes_max - search->step_count;
    for (size_t m = place; m < search->movers->count; m++) {
        if (search->gain + reach_from(search, m, left) < search->need - hair ||
            search->looks > search->looks_max) {
            break;
        }
        try_mover(search, m);
    }
}

/* ---- the question ---- */

/* The link value at which the score is the threshold. */
static double link_of(const struct model *model, double threshold)
{
    switch (model->task) {
    case TASK_BINARY:
        return log(threshold / (1 - threshold));
    case TASK_COUNT:
    case TASK_AMOUNT:
        return log(threshold);
    case TASK_REGRESSION:
    case TASK_CLASSES:
        break;
    }
    return threshold;
}

/* The cheapest plan that repeats none before it. */
static enum candor_status search_once(struct job *job, struct movers *movers, struct search *search)
{
    search->best = (struct recourse_plan){.cost = (double)INFINITY};
    for (size_t changes = 1; changes <= search->options->changes_max; changes++) {
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "the search for changes was stopped");
        }
        search->changes_max = changes;
        order_movers(job, movers, changes);
        find_bounds(search);
        search_from(search, 0);
    }
    return CANDOR_OK;
}

static enum candor_status find_plans(struct job *job, struct movers *movers, struct search *search,
                                     struct recourse *recourse)
{
    const struct model *model = movers->model;
    search->reach = NEW_ARRAY(job->arena, movers->count + 1, double);
    search->density = NEW_ARRAY(job->arena, movers->count + 1, double);
    search->cheap = NEW_ARRAY(job->arena, movers->count + 1, double);
    search->is_changed = NEW_ARRAY(job->arena, model->feature_count + 1, bool);
    search->bin = NEW_ARRAY(job->arena, model->feature_count + 1, uint8_t);
    bytes_copy(search->bin, movers->bin, model->feature_count);
    search->earlier = recourse->plan;
    while (recourse->plan_count < search->options->plans_max) {
        search->earlier_count = recourse->plan_count;
        TRY(search_once(job, movers, search));
        if (!(search->best.cost < (double)INFINITY)) {
            break;
        }
        recourse->plan[recourse->plan_count++] = search->best;
    }
    recourse->is_proven = search->looks <= search->looks_max;
    return CANDOR_OK;
}

enum candor_status recourse_find(struct job *job, const struct model *model,
                                 const struct recourse_options *options, const uint8_t *bin,
                                 struct recourse *recourse)
{
    struct movers movers;
    TRY(recourse_check(job, model, options));
    const struct arena_mark mark = arena_mark(job->arena);
    const double link = model_score_bins(model, 0, bin);
    *recourse = (struct recourse){.raises = model_mean(model, link) < options->threshold};
    const double sign = recourse->raises ? 1 : -1;
    TRY(movers_of(job, model, options, bin, sign, &movers));
    struct search search = {.movers = &movers, .options = options};
    search.looks_max = options->looks_max == 0 ? RECOURSE_LOOKS : options->looks_max;
    search.need = sign * (link_of(model, options->threshold) - link);
    TRY(find_plans(job, &movers, &search, recourse));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

struct raw_value recourse_value(const struct model_feature *feature, size_t bin, double present)
{
    struct raw_value value = {.number = (double)NAN};
    must(bin >= 1 && bin <= feature->value_count);
    if (feature->kind != COLUMN_NUMBER) {
        size_t v = bin - 1;
        for (size_t place = 0; feature->rank != NULL && place < feature->value_count; place++) {
            v = feature->rank[place] == bin - 1 ? place : v;
        }
        value.text = feature->level[v];
        return value;
    }
    const double low = feature->low[bin - 1];
    const double high = feature->high[bin - 1];
    value.number = present > high ? high : low;
    return value;
}
