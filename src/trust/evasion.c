/*
 * evasion.c - the best score that a few changed fields can give, exactly.
 *
 * Without pairs it is a sum of column maxima: the largest gains, as many as fields may change. Pairs tie
 * fields together: what two changes add together is not what each adds alone. So the sets of fields are
 * searched, those of most promise first, and a set is given up when even its bound is not better than what
 * was found:
 *
 *     gain of a field     the most it adds when it alone changes
 *     slack of a pair     the most its table adds to the gains of both when both change; not below 0
 *     bound of a set      its gains, and half the slack of each pair at either end
 *
 * Within a set, fields without a pair in it take their own best value; the others are tried together, of
 * all values that the pairs cannot tell apart only the best.
 */
#include "attack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trust.h"

/* A pair table between two fields that may both change, seen from one of them. */
struct bond {
    const struct term *term;
    size_t partner; /* place among the parts */
    bool is_left;   /* whose axis is the first */
    double slack;   /* of this row */
};

/* A field that may change. */
struct part {
    size_t feature;
    size_t bin_count; /* the values it may take */
    uint8_t *bin;
    double main_best;  /* of its own table */
    size_t pair_count; /* all pairs it is in, with fields that cannot change too */
    const struct term **pair;
    size_t bond_count;
    struct bond *bond;

    /* Of the row: */
    double now;
    double gain;
    double reach;
    double *value; /* of each value it may take, all else as it is */
};

struct choice {
    double value;
    uint8_t bin;
};

struct evader {
    const struct model *model;
    double sign;
    size_t changes_max;
    size_t part_count;
    struct part *part;
    size_t *order; /* parts by reach */

    const uint8_t *row;
    size_t changes; /* of this search */
    double best;
    size_t chosen[EVASION_CHANGES_MAX];
    struct choice *choice[EVASION_CHANGES_MAX]; /* BINS_MAX each */
    size_t choice_count[EVASION_CHANGES_MAX];
    uint8_t taken[EVASION_CHANGES_MAX];
};

static double cell_of(const struct term *term, uint8_t left, uint8_t right)
{
    return term->value[term->axis[0][left] * term->axis_count[1] + term->axis[1][right]];
}

static double bond_value(const struct bond *bond, uint8_t own, uint8_t other)
{
    return bond->is_left ? cell_of(bond->term, own, other) : cell_of(bond->term, other, own);
}

/* ---- the layout ---------------------------------------------------------------------------- */

static void take_bins(struct job *job, const struct model *model,
                      const struct evasion_options *options, double sign, struct part *part)
{
    const struct term *term = &model->term[part->feature];
    part->bin = NEW_ARRAY(job->arena, term->cell_count, uint8_t);
    part->value = NEW_ARRAY(job->arena, term->cell_count, double);
    part->main_best = -(double)INFINITY;
    for (size_t bin = 0; bin < term->cell_count; bin++) {
        if (options->support_min <= 0 ||
            recourse_has_support(model, part->feature, bin, options->support_min)) {
            part->bin[part->bin_count++] = (uint8_t)bin;
            part->main_best = fmax(part->main_best, sign * term->value[bin]);
        }
    }
}

static void take_pairs(struct job *job, struct evader *evader, const size_t *place_of,
                       struct part *part)
{
    const struct model *model = evader->model;
    const size_t pairs = model->term_count - model->feature_count;
    part->pair = NEW_ARRAY(job->arena, pairs + 1, const struct term *);
    part->bond = NEW_ARRAY(job->arena, pairs + 1, struct bond);
    for (size_t t = model->feature_count; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        const bool is_left = term->feature[0] == part->feature;
        if (!is_left && term->feature[1] != part->feature) {
            continue;
        }
        const size_t partner = place_of[term->feature[is_left ? 1 : 0]];
        part->pair[part->pair_count++] = term;
        if (partner != SIZE_MAX) {
            part->bond[part->bond_count++] =
                (struct bond){.term = term, .partner = partner, .is_left = is_left};
        }
    }
}

enum candor_status evader_of(struct job *job, const struct model *model,
                             const struct evasion_options *options, struct evader **evader)
{
    size_t *place_of = NEW_ARRAY(job->arena, model->feature_count + 1, size_t);
    struct evader *made = NEW(job->arena, struct evader);
    if (model->task == TASK_CLASSES) {
        return fail(job, CANDOR_BAD_INPUT, "a model of classes has no one score to be driven");
    }
    if (options->changes_max < 1 || options->changes_max > EVASION_CHANGES_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "1 to %d fields may change at once, not %zu",
                    EVASION_CHANGES_MAX, options->changes_max);
    }
    *made = (struct evader){.model = model,
                            .sign = options->lowers ? -1 : 1,
                            .changes_max = options->changes_max,
                            .part = NEW_ARRAY(job->arena, model->feature_count + 1, struct part),
                            .order = NEW_ARRAY(job->arena, model->feature_count + 1, size_t)};
    for (size_t f = 0; f < model->feature_count; f++) {
        const bool may = options->may_change == NULL || options->may_change[f];
        place_of[f] = may ? made->part_count : SIZE_MAX;
        made->part[made->part_count].feature = f;
        made->part_count += may;
    }
    for (size_t p = 0; p < made->part_count; p++) {
        take_bins(job, model, options, made->sign, &made->part[p]);
        take_pairs(job, made, place_of, &made->part[p]);
    }
    for (size_t c = 0; c < EVASION_CHANGES_MAX; c++) {
        made->choice[c] = NEW_ARRAY(job->arena, BINS_MAX + 1, struct choice);
    }
    *evader = made;
    return CANDOR_OK;
}

/* ---- a row --------------------------------------------------------------------------------- */

/* What a field adds with this value, all else as it is. */
static double value_with(const struct evader *evader, const struct part *part, uint8_t bin)
{
    double sum = evader->model->term[part->feature].value[bin];
    for (size_t p = 0; p < part->pair_count; p++) {
        const struct term *term = part->pair[p];
        const bool is_left = term->feature[0] == part->feature;
        const uint8_t other = evader->row[term->feature[is_left ? 1 : 0]];
        sum += is_left ? cell_of(term, bin, other) : cell_of(term, other, bin);
    }
    return evader->sign * sum;
}

static void weigh_part(const struct evader *evader, struct part *part)
{
    double best = part->main_best;
    part->now = value_with(evader, part, evader->row[part->feature]);
    if (part->pair_count > 0) {
        best = -(double)INFINITY;
        for (size_t b = 0; b < part->bin_count; b++) {
            part->value[b] = value_with(evader, part, part->bin[b]);
            best = fmax(best, part->value[b]);
        }
    }
    part->gain = fmax(0, best - part->now);
}

/* The most that a pair's table adds to the gains of both. */
static double slack_of(const struct evader *evader, const struct term *term)
{
    const size_t row = term->axis[0][evader->row[term->feature[0]]];
    const size_t column = term->axis[1][evader->row[term->feature[1]]];
    const size_t width = term->axis_count[1];
    const double *here = term->value + row * width;
    double most = 0;
    for (size_t r = 0; r < term->axis_count[0]; r++) {
        const double *there = term->value + r * width;
        const double side = here[column] - there[column];
        for (size_t c = 0; c < width; c++) {
            most = fmax(most, evader->sign * (there[c] - here[c] + side));
        }
    }
    return most;
}

static void weigh_bonds(struct evader *evader)
{
    for (size_t p = 0; p < evader->part_count; p++) {
        struct part *part = &evader->part[p];
        double slack = 0;
        for (size_t b = 0; b < part->bond_count; b++) {
            part->bond[b].slack = slack_of(evader, part->bond[b].term);
            slack += part->bond[b].slack / 2;
        }
        part->reach = part->gain + slack;
    }
}

/* Few, and nearly in order from the row before. */
static void sort_by_reach(struct evader *evader)
{
    for (size_t p = 0; p < evader->part_count; p++) {
        size_t at = p;
        while (at > 0 && evader->part[evader->order[at - 1]].reach < evader->part[p].reach) {
            evader->order[at] = evader->order[at - 1];
            at--;
        }
        evader->order[at] = p;
    }
}

/* ---- a set --------------------------------------------------------------------------------- */

static size_t place_in_set(const struct evader *evader, size_t count, size_t part)
{
    for (size_t c = 0; c < count; c++) {
        if (evader->chosen[c] == part) {
            return c;
        }
    }
    return SIZE_MAX;
}

/* The pairs of the set cannot tell these values of a field apart. */
static bool are_alike(const struct evader *evader, size_t count, const struct part *part,
                      uint8_t left, uint8_t right)
{
    for (size_t b = 0; b < part->bond_count; b++) {
        const struct bond *bond = &part->bond[b];
        const uint8_t *axis = bond->term->axis[bond->is_left ? 0 : 1];
        if (axis[left] != axis[right] && place_in_set(evader, count, bond->partner) != SIZE_MAX) {
            return false;
        }
    }
    return true;
}

static void list_choices(struct evader *evader, size_t count, size_t at)
{
    const struct part *part = &evader->part[evader->chosen[at]];
    struct choice *choice = evader->choice[at];
    size_t found = 0;
    for (size_t b = 0; b < part->bin_count; b++) {
        const double value =
            part->pair_count > 0
                ? part->value[b]
                : evader->sign * evader->model->term[part->feature].value[part->bin[b]];
        size_t c = 0;
        while (c < found && !are_alike(evader, count, part, choice[c].bin, part->bin[b])) {
            c++;
        }
        if (c == found || value > choice[c].value) {
            choice[c] = (struct choice){value, part->bin[b]};
            found += c == found;
        }
    }
    evader->choice_count[at] = found;
}

/* What the pairs between this field and those before it add beyond what each adds alone. */
static double together(const struct evader *evader, size_t at, uint8_t bin)
{
    const struct part *part = &evader->part[evader->chosen[at]];
    const uint8_t now = evader->row[part->feature];
    double sum = 0;
    for (size_t b = 0; b < part->bond_count; b++) {
        const struct bond *bond = &part->bond[b];
        const size_t place = place_in_set(evader, at, bond->partner);
        if (place != SIZE_MAX) {
            const uint8_t other = evader->taken[place];
            const uint8_t other_now = evader->row[evader->part[bond->partner].feature];
            sum += bond_value(bond, bin, other) - bond_value(bond, bin, other_now) -
                   bond_value(bond, now, other) + bond_value(bond, now, other_now);
        }
    }
    return evader->sign * sum;
}

/* The fields of the set from one place on; gain is that of those before it. */
static void try_values(struct evader *evader, size_t count, size_t at, double gain)
{
    double bound = gain;
    if (at == count) {
        evader->best = fmax(evader->best, gain);
        return;
    }
    for (size_t c = at; c < count; c++) {
        const struct part *part = &evader->part[evader->chosen[c]];
        bound += part->gain;
        for (size_t b = 0; b < part->bond_count; b++) {
            const size_t place = place_in_set(evader, count, part->bond[b].partner);
            bound += place != SIZE_MAX && place < c ? part->bond[b].slack : 0;
        }
    }
    if (bound <= evader->best) {
        return;
    }
    const struct part *part = &evader->part[evader->chosen[at]];
    for (size_t c = 0; c < evader->choice_count[at]; c++) {
        const struct choice *choice = &evader->choice[at][c];
        evader->taken[at] = choice->bin;
        try_values(evader, count, at + 1,
                   gain + choice->value - part->now + together(evader, at, choice->bin));
    }
}

static void try_set(struct evader *evader, size_t count)
{
    bool is_bound = false;
    double gain = 0;
    for (size_t c = 0; c < count; c++) {
        const struct part *part = &evader->part[evader->chosen[c]];
        gain += part->gain;
        for (size_t b = 0; b < part->bond_count; b++) {
            is_bound = is_bound || place_in_set(evader, c, part->bond[b].partner) != SIZE_MAX;
        }
    }
    if (!is_bound) {
        evader->best = fmax(evader->best, gain);
        return;
    }
    for (size_t c = 0; c < count; c++) {
        list_choices(evader, count, c);
    }
    try_values(evader, count, 0, 0);
}

/* Sets with so many fields already, and others from this place of the order on. */
static void try_sets(struct evader *evader, size_t count, size_t from, double reach)
{
    if (count == evader->changes || from == evader->part_count) {
        try_set(evader, count);
        return;
    }
    double bound = reach;
    for (size_t p = from; p < evader->part_count && p < from + evader->changes - count; p++) {
        bound += evader->part[evader->order[p]].reach;
    }
    if (bound <= evader->best) {
        return;
    }
    for (size_t p = from; p < evader->part_count; p++) {
        const double with = reach + evader->part[evader->order[p]].reach;
        double most = with;
        for (size_t q = p + 1; q < evader->part_count && q < p + evader->changes - count; q++) {
            most += evader->part[evader->order[q]].reach;
        }
        if (most <= evader->best) {
            return;
        }
        evader->chosen[count] = evader->order[p];
        try_sets(evader, count + 1, p + 1, with);
    }
}

void evader_row(struct evader *evader, const uint8_t *bin, double *link)
{
    const double now = model_score_bins(evader->model, 0, bin);
    evader->row = bin;
    evader->best = 0;
    link[0] = now;
    for (size_t p = 0; p < evader->part_count; p++) {
        weigh_part(evader, &evader->part[p]);
    }
    weigh_bonds(evader);
    sort_by_reach(evader);
    for (size_t k = 1; k <= evader->changes_max; k++) {
        evader->changes = k;
        try_sets(evader, 0, 0, 0);
        link[k] = now + evader->sign * evader->best;
    }
}
