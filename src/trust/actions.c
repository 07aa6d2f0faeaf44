/*
 * actions.c - what a person could change, what each change costs, and what it gains.
 *
 * A change is realistic when training saw enough people who have the new value: a level with its share
 * of the rows, a number with neighbours around it that have theirs. A value that is not known, and one
 * that was not seen, are nothing to aim at.
 *
 * Cost of a change: a constant for doing anything at all, plus how many of the training rows lie between
 * the old and the new value (the difference of their quantiles, 0 .. 1; Ustun, Spangher and Liu 2019,
 * section 3.1, measure by percentile shifts too). Levels without order are all equally far.
 *
 * Of two actions that lie in the same places of all pair tables the one that costs more and gains no
 * more is never needed, whatever else changes: it is left out. So is one that gains nothing and lies where
 * the present value does: not to change is as good, and free.
 */
#include "actions.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* Neighbours on each side of an ordered value that speak for it. */
enum { NEIGHBOURS = 2 };

double recourse_support(const struct model *model, const struct recourse_options *options)
{
    if (options->support_min > 0) {
        return options->support_min;
    }
    const double rows = model->rows_train > 0 ? (double)model->rows_train : 1;
    const double five_rows = 5 / rows;
    return five_rows > RECOURSE_SUPPORT ? five_rows : RECOURSE_SUPPORT;
}

static bool is_ordered(const struct model_feature *feature)
{
    return feature->kind != COLUMN_CATEGORY;
}

static bool is_value(const struct model_feature *feature, size_t bin)
{
    return bin >= 1 && bin <= feature->value_count;
}

bool recourse_has_support(const struct model *model, size_t feature, size_t bin, double support)
{
    const struct model_feature *of = &model->feature[feature];
    const double *weight = model->term[feature].weight;
    if (!is_value(of, bin) || !(weight[bin] > 0)) {
        return false;
    }
    size_t from = bin;
    size_t to = bin;
    if (is_ordered(of)) {
        from = bin > NEIGHBOURS ? bin - NEIGHBOURS : 1;
        to = bin + NEIGHBOURS < of->value_count ? bin + NEIGHBOURS : of->value_count;
    }
    double sum = 0;
    for (size_t b = from; b <= to; b++) {
        sum += weight[b];
    }
    return sum >= support;
}

/* The share of the known training values below the middle of each bin of values. */
static void find_quantiles(const struct model *model, size_t feature, double *quantile)
{
    const double *weight = model->term[feature].weight;
    const size_t values = model->feature[feature].value_count;
    double all = 0;
    for (size_t b = 1; b <= values; b++) {
        all += weight[b];
    }
    double below = 0;
    for (size_t b = 1; b <= values; b++) {
        quantile[b] = all > 0 ? (below + weight[b] / 2) / all : 0;
        below += weight[b];
    }
}

static double cost_between(const struct model_feature *feature, const double *quantile, size_t from,
                           size_t to)
{
    return is_ordered(feature) && is_value(feature, from)
               ? RECOURSE_CHANGE_COST + fabs(quantile[to] - quantile[from])
               : RECOURSE_CHANGE_COST + RECOURSE_LEVEL_COST;
}

double recourse_cost(const struct model *model, size_t feature, size_t from, size_t to)
{
    double quantile[BINS_MAX];
    find_quantiles(model, feature, quantile);
    return cost_between(&model->feature[feature], quantile, from, to);
}

size_t tie_cell(const struct term *term, uint8_t left, uint8_t right)
{
    return term->axis[0][left] * term->axis_count[1] + term->axis[1][right];
}

double tie_gain(const struct movers *movers, const struct mover *mover, const struct tie *tie,
                uint8_t bin, uint8_t partner_bin)
{
    const struct term *term = &movers->model->term[tie->term];
    const uint8_t own = movers->bin[mover->feature];
    const uint8_t other = movers->bin[movers->mover[tie->partner].feature];
    const double *value = term->value;
    double sum = 0;
    if (tie->is_left) {
        sum = value[tie_cell(term, bin, partner_bin)] - value[tie_cell(term, bin, other)] -
              value[tie_cell(term, own, partner_bin)] + value[tie_cell(term, own, other)];
    } else {
        sum = value[tie_cell(term, partner_bin, bin)] - value[tie_cell(term, other, bin)] -
              value[tie_cell(term, partner_bin, own)] + value[tie_cell(term, other, own)];
    }
    return movers->sign * sum;
}

bool is_seen(const struct model *model, const uint8_t *bin, const bool *is_changed)
{
    for (size_t t = model->feature_count; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        if ((is_changed[term->feature[0]] || is_changed[term->feature[1]]) &&
            !(term->weight[tie_cell(term, bin[term->feature[0]], bin[term->feature[1]])] > 0)) {
            return false;
        }
    }
    return true;
}

/* ---- the actions of one feature ---- */

static bool may_move(const struct recourse_options *options, size_t feature)
{
    return options->move == NULL || options->move[feature] != MOVE_NONE;
}

static bool goes_the_right_way(const struct recourse_options *options,
                               const struct model_feature *feature, size_t index, size_t from,
                               size_t to)
{
    const enum recourse_move move = options->move == NULL ? MOVE_ANY : options->move[index];
    switch (move) {
    case MOVE_ANY:
        return true;
    case MOVE_NONE:
        return false;
    case MOVE_UP: /* from a value that is not known nobody can say which way it goes */
        return is_value(feature, from) && to > from;
    case MOVE_DOWN:
        return is_value(feature, from) && to < from;
    }
    return false;
}

/* The pair tables of a feature, found once for all of its actions. */
struct sides {
    size_t count;
    struct {
        const struct term *term;
        size_t side;   /* of the feature itself */
        uint8_t other; /* the partner's bin as it is */
        bool partner_moves;
    } at[MODEL_PAIRS_MAX];
};

static void find_sides(const struct movers *movers, const struct recourse_options *options,
                       size_t feature, struct sides *sides)
{
    const struct model *model = movers->model;
    sides->count = 0;
    for (size_t t = model->feature_count; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        if (term->feature[0] == feature || term->feature[1] == feature) {
            const size_t side = term->feature[0] == feature ? 0 : 1;
            const size_t partner = term->feature[1 - side];
            sides->at[sides->count].term = term;
            sides->at[sides->count].side = side;
            sides->at[sides->count].other = movers->bin[partner];
            sides->at[sides->count].partner_moves = may_move(options, partner);
            sides->count++;
        }
    }
}

/* The gain of a change when nothing else changes; false when a partner that stays rules it out. */
static bool gain_of(const struct movers *movers, const struct sides *sides, size_t feature,
                    uint8_t bin, double *gain)
{
    const double *main = movers->model->term[feature].value;
    const uint8_t own = movers->bin[feature];
    double sum = main[bin] - main[own];
    for (size_t s = 0; s < sides->count; s++) {
        const struct term *term = sides->at[s].term;
        const uint8_t other = sides->at[s].other;
        const bool is_left = sides->at[s].side == 0;
        const size_t to = is_left ? tie_cell(term, bin, other) : tie_cell(term, other, bin);
        const size_t from = is_left ? tie_cell(term, own, other) : tie_cell(term, other, own);
        if (!sides->at[s].partner_moves && !(term->weight[to] > 0)) {
            return false;
        }
        sum += term->value[to] - term->value[from];
    }
    *gain = movers->sign * sum;
    return true;
}

/* The cheaper first; of equals the one that gains more. */
static int by_cost(const void *left, const void *right)
{
    const struct action *a = left;
    const struct action *b = right;
    if (a->cost != b->cost) {
        return a->cost < b->cost ? -1 : 1;
    }
    if (a->gain != b->gain) {
        return a->gain > b->gain ? -1 : 1;
    }
    return (a->bin > b->bin) - (a->bin < b->bin);
}

/* In every pair table with a partner that may move, both bins are in the same place. */
static bool are_alike(const struct sides *sides, uint8_t first, uint8_t second)
{
    for (size_t s = 0; s < sides->count; s++) {
        const uint8_t *axis = sides->at[s].term->axis[sides->at[s].side];
        if (sides->at[s].partner_moves && axis[first] != axis[second]) {
            return false;
        }
    }
    return true;
}

/* Leave out what is never needed. The actions are in order, so what is kept costs no more. */
static void prune(const struct sides *sides, struct mover *mover)
{
    size_t kept = 0;
    for (size_t a = 0; a < mover->action_count; a++) {
        const struct action *action = &mover->action[a];
        bool is_needed = true;
        for (size_t k = 0; k < kept && is_needed; k++) {
            is_needed = mover->action[k].gain < action->gain ||
                        !are_alike(sides, mover->action[k].bin, action->bin);
        }
        if (is_needed) {
            mover->action[kept++] = *action;
        }
    }
    mover->action_count = kept;
}

static void find_actions(struct job *job, const struct movers *movers,
                         const struct recourse_options *options, size_t feature,
                         struct mover *mover)
{
    const struct model *model = movers->model;
    const struct model_feature *of = &model->feature[feature];
    const uint8_t own = movers->bin[feature];
    const double support = recourse_support(model, options);
    *mover = (struct mover){.feature = feature};
    mover->action = NEW_ARRAY(job->arena, of->bin_count, struct action);
    double quantile[BINS_MAX];
    struct sides sides;
    find_quantiles(model, feature, quantile);
    find_sides(movers, options, feature, &sides);
    for (size_t b = 1; b <= of->value_count; b++) {
        struct action action = {.bin = (uint8_t)b};
        if (b == own || !goes_the_right_way(options, of, feature, own, b) ||
            !recourse_has_support(model, feature, b, support) ||
            !gain_of(movers, &sides, feature, action.bin, &action.gain) ||
            (action.gain <= 0 && are_alike(&sides, own, action.bin))) {
            continue;
        }
        action.cost = cost_between(of, quantile, own, b);
        mover->action[mover->action_count++] = action;
    }
    qsort(mover->action, mover->action_count, sizeof *mover->action, by_cost);
    prune(&sides, mover);
    mover->best_gain = -(double)INFINITY;
    for (size_t a = 0; a < mover->action_count; a++) {
        mover->best_gain = fmax(mover->best_gain, mover->action[a].gain);
    }
}

/* ---- ties ---- */

static_assert(PAIR_AXIS_MAX <= 64, "a place of an axis is one bit");

/* The places on an axis that the actions of a mover lead to. */
static uint64_t places_of(const struct mover *mover, const uint8_t *axis)
{
    uint64_t places = 0;
    for (size_t a = 0; a < mover->action_count; a++) {
        places |= UINT64_C(1) << axis[mover->action[a].bin];
    }
    return places;
}

/* The most that two changes together can add; a table has few places to look at. */
static double most_of(const struct movers *movers, const struct term *term,
                      const struct mover *left, const struct mover *right)
{
    const uint64_t lefts = places_of(left, term->axis[0]);
    const uint64_t rights = places_of(right, term->axis[1]);
    const size_t across = term->axis_count[1];
    const size_t row = term->axis[0][movers->bin[left->feature]];
    const size_t column = term->axis[1][movers->bin[right->feature]];
    double most = 0;
    for (size_t r = 0; r < term->axis_count[0]; r++) {
        for (size_t c = 0; c < across; c++) {
            if ((lefts >> r & 1) == 0 || (rights >> c & 1) == 0) {
                continue;
            }
            const double gain =
                movers->sign * (term->value[r * across + c] - term->value[r * across + column] -
                                term->value[row * across + c] + term->value[row * across + column]);
            most = gain > most ? gain : most;
        }
    }
    return most;
}

static size_t place_of(const struct movers *movers, size_t feature)
{
    size_t place = 0;
    while (place < movers->count && movers->mover[place].feature != feature) {
        place++;
    }
    return place;
}

/* The tie goes to its place by what it may add; of equals the earlier term stays first. */
static void add_tie(struct mover *mover, struct tie tie)
{
    size_t at = mover->tie_count++;
    for (; at > 0 && mover->tie[at - 1].most < tie.most; at--) {
        mover->tie[at] = mover->tie[at - 1];
    }
    mover->tie[at] = tie;
}

static void find_ties(struct job *job, struct movers *movers)
{
    const struct model *model = movers->model;
    const size_t pairs = model->term_count - model->feature_count;
    for (size_t m = 0; m < movers->count; m++) {
        movers->mover[m].tie = NEW_ARRAY(job->arena, pairs + 1, struct tie);
    }
    for (size_t t = model->feature_count; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        const size_t left = place_of(movers, term->feature[0]);
        const size_t right = place_of(movers, term->feature[1]);
        if (left == movers->count || right == movers->count) {
            continue;
        }
        struct mover *first = &movers->mover[left];
        struct mover *second = &movers->mover[right];
        const double most = most_of(movers, term, first, second);
        add_tie(first, (struct tie){t, right, true, most});
        add_tie(second, (struct tie){t, left, false, most});
    }
}

/* ---- what can be asked ---- */

static enum candor_status check_threshold(struct job *job, const struct model *model,
                                          double threshold)
{
    if (model->task == TASK_CLASSES) {
        return fail(job, CANDOR_BAD_INPUT,
                    "recourse is for models with one score, and this one chooses among classes");
    }
    const bool is_chance = model->task == TASK_BINARY;
    const bool is_link = model->task == TASK_REGRESSION;
    if (!isfinite(threshold) || (!is_link && threshold <= 0) || (is_chance && threshold >= 1)) {
        return fail(job, CANDOR_BAD_INPUT, "the threshold must be %s",
                    is_chance ? "above 0 and below 1"
                    : is_link ? "a number"
                              : "above 0");
    }
    return CANDOR_OK;
}

enum candor_status recourse_check(struct job *job, const struct model *model,
                                  const struct recourse_options *options)
{
    TRY(check_threshold(job, model, options->threshold));
    if (options->changes_max < 1 || options->changes_max > RECOURSE_CHANGES_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "1 to %d features may change at once",
                    RECOURSE_CHANGES_MAX);
    }
    must(options->plans_max <= RECOURSE_PLANS_MAX);
    for (size_t f = 0; options->move != NULL && f < model->feature_count; f++) {
        const bool has_direction = options->move[f] == MOVE_UP || options->move[f] == MOVE_DOWN;
        if (has_direction && model->feature[f].kind == COLUMN_CATEGORY) {
            return fail(job, CANDOR_BAD_INPUT,
                        "'%.*s' has no order, so it goes neither up nor down",
                        STR_ARG(model->feature[f].name));
        }
    }
    return CANDOR_OK;
}

enum candor_status movers_of(struct job *job, const struct model *model,
                             const struct recourse_options *options, const uint8_t *bin,
                             double sign, struct movers *movers)
{
    *movers = (struct movers){.model = model, .bin = bin, .sign = sign};
    movers->mover = NEW_ARRAY(job->arena, model->feature_count + 1, struct mover);
    for (size_t f = 0; f < model->feature_count; f++) {
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "the search for changes was stopped");
        }
        if (!may_move(options, f)) {
            continue;
        }
        struct mover *mover = &movers->mover[movers->count];
        find_actions(job, movers, options, f, mover);
        movers->count += mover->action_count > 0;
    }
    find_ties(job, movers);
    return CANDOR_OK;
}
