/*
 * reasons.c - contributions turned into reasons that add up to the score.
 *
 * A contribution is compared with the average person: above zero it raises the score. A reason names what
 * was seen and the direction; it claims no cause. Each has the table cells that it is made of, and what is
 * not told is counted in the rest, so that nothing of the score is left out.
 *
 * A table of two features is hard to read beside the two. Where it says much it is told together with
 * them ("age and hours together"); where it says little each of the two takes half of it, as the
 * Shapley value of a purified pair table does. Either way all that is told adds up to the score.
 */
#include <math.h>
#include <stdlib.h>

#include "telling.h"

static const double worth_saying = 0.05; /* of the strongest */

/* ---- sentences ----------------------------------------------------------------------------- */

static struct str outcome_of(struct arena *arena, const struct telling *telling)
{
    const struct model *model = telling->model;
    switch (model->task) {
    case TASK_BINARY:
        return str_format(arena, "%.*s = %.*s", STR_ARG(model->target), STR_ARG(model->positive));
    case TASK_CLASSES:
        return str_format(arena, "%.*s = %.*s", STR_ARG(model->target),
                          STR_ARG(model->class_name[telling->class]));
    case TASK_REGRESSION:
    case TASK_COUNT:
    case TASK_AMOUNT:
        break;
    }
    return model->target;
}

/* Where a fact points, compared with a typical person. */
static struct str pointing(struct arena *arena, const struct telling *telling, bool raises)
{
    const enum task task = telling->model->task;
    const bool is_chance = task == TASK_BINARY || task == TASK_CLASSES;
    const enum tell words = telling->is_interest
                                ? (raises ? TELL_FOR_INTEREST : TELL_AGAINST_INTEREST)
                            : is_chance ? (raises ? TELL_FOR_OUTCOME : TELL_AGAINST_OUTCOME)
                                        : (raises ? TELL_HIGHER_OUTCOME : TELL_LOWER_OUTCOME);
    const struct tell_place place[] = {{"outcome", outcome_of(arena, telling)}};
    return tell(arena, telling->tongue, words, place, 1);
}

/* Of one feature the company may have a sentence of its own. */
static struct str own_sentence(struct arena *arena, const struct telling *telling,
                               const struct told_reason *reason)
{
    const struct fact *fact = &telling->fact[reason->feature[0]];
    const struct str words = reason->contribution > 0 ? fact->raises : fact->lowers;
    if (reason->feature_count > 1 || words.len == 0 || fact->kind == FACT_UNKNOWN) {
        return STR("");
    }
    const struct tell_place place[] = {{"label", fact->label},
                                       {"value", fact_bare(arena, telling->tongue, fact)},
                                       {"unit", fact->unit}};
    return tell_fill(arena, words, place, 3);
}

static struct str both(struct arena *arena, enum tongue tongue, enum tell words, struct str first,
                       struct str second)
{
    const struct tell_place place[] = {{"first", first}, {"second", second}};
    return tell(arena, tongue, words, place, 2);
}

static struct str sentence_of(struct arena *arena, const struct telling *telling,
                              const struct told_reason *reason)
{
    const enum tongue tongue = telling->tongue;
    const struct fact *fact = &telling->fact[reason->feature[0]];
    const struct str own = own_sentence(arena, telling, reason);
    struct str label = fact->label;
    struct str value = fact_value(arena, tongue, fact);
    if (own.len > 0) {
        return own;
    }
    if (reason->feature_count == 2) {
        const struct fact *other = &telling->fact[reason->feature[1]];
        label = both(arena, tongue, TELL_BOTH_LABELS, label, other->label);
        value = both(arena, tongue, TELL_BOTH_VALUES, value, fact_value(arena, tongue, other));
    }
    const struct tell_place place[] = {{"label", label}, {"value", value}};
    const struct str seen = tell(arena, tongue, TELL_FACT, place, 2);
    return str_format(arena, "%.*s %.*s", STR_ARG(seen),
                      STR_ARG(pointing(arena, telling, reason->contribution > 0)));
}

static void say_tie(struct arena *arena, const struct telling *telling, struct told_reason *reason)
{
    if (reason->is_tie && telling->tells_ties) {
        reason->sentence = str_format(arena, "%.*s %.*s", STR_ARG(reason->sentence),
                                      STR_ARG(tell_words(telling->tongue, TELL_ABOUT_EQUAL)));
    }
}

/* ---- which are told ------------------------------------------------------------------------ */

struct choosing {
    const struct telling *telling;
    struct reason_group *group;
    size_t group_count;
    bool *is_told;
};

static bool is_unnamed(const struct choosing *choosing, size_t g)
{
    const struct reason_group *group = &choosing->group[g];
    bool unnamed = false;
    for (size_t f = 0; f < group->feature_count; f++) {
        unnamed = unnamed || choosing->telling->fact[group->feature[f]].is_unnamed;
    }
    return unnamed;
}

/* The strongest of one direction that was not told yet; the first of equals. */
static size_t strongest(const struct choosing *choosing, bool raising)
{
    size_t best = SIZE_MAX;
    for (size_t g = 0; g < choosing->group_count; g++) {
        const struct reason_group *group = &choosing->group[g];
        const bool fits = raising ? group->contribution > 0 : group->contribution < 0;
        const bool is_sure = fabs(group->contribution) >= group->sd;
        if (fits && is_sure && !choosing->is_told[g] && !is_unnamed(choosing, g) &&
            (best == SIZE_MAX ||
             fabs(group->contribution) > fabs(choosing->group[best].contribution))) {
            best = g;
        }
    }
    return best;
}

/* How much of a term the group tells: all of what it alone has, half of what it shares. */
static double part_of(const struct reason_group *group, const struct term *term)
{
    size_t held = 0;
    for (size_t side = 0; side < term->feature_count; side++) {
        for (size_t f = 0; f < group->feature_count; f++) {
            held += term->feature[side] == group->feature[f];
        }
    }
    return (double)held / (double)term->feature_count;
}

static void trace(struct arena *arena, const struct telling *telling,
                  const struct reason_group *group, struct told_reason *reason)
{
    const struct model *model = telling->model;
    reason->cell = NEW_ARRAY(arena, model->term_count, struct told_cell);
    for (size_t t = 0; t < model->term_count; t++) {
        const double part = part_of(group, &model->term[t]);
        if (part > 0) {
            reason->cell[reason->cell_count++] = (struct told_cell){
                t, term_cell(&model->term[t], telling->bin), part, part * telling->weight[t]};
        }
    }
}

static struct told_reason reason_of(struct arena *arena, const struct telling *telling,
                                    const struct reason_group *group)
{
    struct told_reason reason = {.feature_count = group->feature_count,
                                 .feature = {group->feature[0], group->feature[1]},
                                 .contribution = group->contribution,
                                 .sd = group->sd};
    reason.sentence = sentence_of(arena, telling, &reason);
    trace(arena, telling, group, &reason);
    return reason;
}

/* Two that differ by no more than both may be off by. */
static bool are_tied(const struct told_reason *first, const struct told_reason *second)
{
    const double off = sqrt(first->sd * first->sd + second->sd * second->sd);
    return off > 0 && fabs(first->contribution - second->contribution) <= off;
}

static size_t choose(struct arena *arena, struct choosing *choosing, bool raising, size_t most,
                     struct told_reason *reason)
{
    size_t count = 0;
    while (count < most) {
        const size_t best = strongest(choosing, raising);
        if (best == SIZE_MAX || (count > 0 && fabs(choosing->group[best].contribution) <
                                                  worth_saying * fabs(reason[0].contribution))) {
            break;
        }
        choosing->is_told[best] = true;
        reason[count] = reason_of(arena, choosing->telling, &choosing->group[best]);
        reason[count].is_tie = count > 0 && are_tied(&reason[count - 1], &reason[count]);
        say_tie(arena, choosing->telling, &reason[count]);
        count++;
    }
    return count;
}

/* ---- what adds up -------------------------------------------------------------------------- */

static struct str counted(struct arena *arena, enum tongue tongue, enum tell one, size_t count,
                          double sum)
{
    const struct tell_place place[] = {{"count", tell_number(arena, tongue, (double)count, 0)},
                                       {"sum", tell_signed(arena, tongue, sum)}};
    return tell(arena, tongue, tell_plural(tongue, (double)count, one), place, 2);
}

static void add_rest(struct arena *arena, const struct choosing *choosing,
                     struct told_reasons *told)
{
    const enum tongue tongue = choosing->telling->tongue;
    bool hides = false;
    for (size_t r = 0; r < told->reason_count + told->against_count; r++) {
        told->sum += told->reason[r].contribution;
    }
    for (size_t g = 0; g < choosing->group_count; g++) {
        const double contribution = choosing->group[g].contribution;
        if (choosing->is_told[g]) {
            continue;
        }
        told->sum += contribution;
        if (is_unnamed(choosing, g)) {
            told->unnamed += contribution;
            hides = hides || contribution != 0;
        } else if (contribution != 0) {
            told->rest += contribution;
            told->rest_count++;
        }
    }
    if (told->rest_count > 0) {
        told->rest_text = counted(arena, tongue, TELL_REST_ONE, told->rest_count, told->rest);
    }
    if (hides) {
        const struct tell_place place[] = {{"sum", tell_signed(arena, tongue, told->unnamed)}};
        told->unnamed_text = tell(arena, tongue, TELL_UNNAMED, place, 1);
    }
}

struct str score_text(struct arena *arena, enum tongue tongue, const struct model *model,
                      double score)
{
    return model->task == TASK_BINARY || model->task == TASK_CLASSES
               ? tell_percent(arena, tongue, score)
               : tell_number(arena, tongue, score, 2);
}

static void say_baseline(struct arena *arena, const struct telling *telling,
                         struct told_reasons *told)
{
    const struct model *model = telling->model;
    const enum tongue tongue = telling->tongue;
    told->typical = counted(arena, tongue, TELL_TYPICAL_ONE, (size_t)model->rows_train, 0);
    told->limits = tell_words(tongue, TELL_LIMITS);
    if (model->task == TASK_CLASSES) {
        return;
    }
    const double link = model_score_bins(model, telling->class, telling->bin);
    const struct tell_place place[] = {
        {"base", score_text(arena, tongue, model, model_mean(model, model->base))},
        {"score", score_text(arena, tongue, model, model_mean(model, link))}};
    told->score = tell(arena, tongue, TELL_SUM, place, 2);
}

void reasons_tell(struct arena *arena, const struct telling *telling, bool raising,
                  struct tell_limits limits, struct told_reasons *told)
{
    const struct model *model = telling->model;
    struct choosing choosing = {.telling = telling};
    must(limits.reasons + limits.against <= TOLD_MAX);
    const double *sd =
        telling->sd != NULL ? telling->sd : NEW_ARRAY(arena, model->term_count + 1, double);
    choosing.group = NEW_ARRAY(arena, model->feature_count + 1, struct reason_group);
    choosing.is_told = NEW_ARRAY(arena, model->feature_count + 1, bool);
    choosing.group_count = reason_groups(arena, model, telling->weight, sd, choosing.group);
    *told = (struct told_reasons){.rest_text = STR(""), .unnamed_text = STR(""), .score = STR("")};
    told->reason_count = choose(arena, &choosing, raising, limits.reasons, told->reason);
    told->against_count =
        choose(arena, &choosing, !raising, limits.against, told->reason + told->reason_count);
    add_rest(arena, &choosing, told);
    say_baseline(arena, telling, told);
}

/* ---- cells --------------------------------------------------------------------------------- */

struct str cell_label(struct arena *arena, const struct model *model, const struct term *term,
                      size_t cell)
{
    if (term->feature_count == 1) {
        return feature_bin_label(arena, &model->feature[term->feature[0]], cell);
    }
    struct str side[2];
    for (size_t s = 0; s < 2; s++) {
        const struct model_feature *feature = &model->feature[term->feature[s]];
        const size_t place = s == 0 ? cell / term->axis_count[1] : cell % term->axis_count[1];
        size_t first = 0;
        size_t last = 0;
        while (term->axis[s][first] != place) {
            first++;
        }
        for (last = first; last + 1 < feature->bin_count && term->axis[s][last + 1] == place;) {
            last++;
        }
        const struct str low = feature_bin_label(arena, feature, first);
        side[s] = first == last ? low
                                : str_format(arena, "%.*s .. %.*s", STR_ARG(low),
                                             STR_ARG(feature_bin_label(arena, feature, last)));
    }
    return str_format(arena, "%.*s & %.*s", STR_ARG(side[0]), STR_ARG(side[1]));
}

void contribution_sds(const struct model *model, size_t class, const uint8_t *bin, double *sd)
{
    for (size_t t = 0; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        const size_t left = bin[term->feature[0]];
        const size_t cell = term->feature_count == 1 ? left
                                                     : term->axis[0][left] * term->axis_count[1] +
                                                           term->axis[1][bin[term->feature[1]]];
        sd[t] = term->sd[class * term->cell_count + cell];
    }
}

/* ---- pairs --------------------------------------------------------------------------------- */

/* A pair is told together with its features when it says at least so much beside them. */
static const double worth_joining = 0.25;

struct strong_pair {
    size_t term;
    double size;
};

static int by_size_down(const void *left, const void *right)
{
    const struct strong_pair *a = left;
    const struct strong_pair *b = right;
    if (a->size != b->size) {
        return a->size > b->size ? -1 : 1;
    }
    return (a->term > b->term) - (a->term < b->term);
}

static void give_half(struct reason_group *group, double contribution, double variance)
{
    group->contribution += contribution / 2;
    group->sd += variance / 4;
}

/* Join the two features of a pair when it is worth it and neither is joined yet. group_of[feature] is
 * the group that tells it. */
static void join(const struct model *model, const double *contribution, size_t term,
                 struct reason_group *group, size_t *group_of)
{
    const size_t left = model->term[term].feature[0];
    const size_t right = model->term[term].feature[1];
    const double mains = fabs(contribution[left]) + fabs(contribution[right]);
    const bool are_free = group_of[left] == left && group_of[right] == right &&
                          group[left].feature_count == 1 && group[right].feature_count == 1;
    if (!are_free || !(fabs(contribution[term]) >= worth_joining * mains) ||
        contribution[term] == 0) {
        return;
    }
    group[left].feature[1] = right;
    group[left].feature_count = 2;
    group[left].contribution += group[right].contribution;
    group[left].sd += group[right].sd;
    group[right].feature_count = 0;
    group_of[right] = left;
}

size_t reason_groups(struct arena *arena, const struct model *model, const double *contribution,
                     const double *sd, struct reason_group *group)
{
    const size_t pairs = model->term_count - model->feature_count;
    struct strong_pair *pair = NEW_ARRAY(arena, pairs + 1, struct strong_pair);
    size_t *group_of = NEW_ARRAY(arena, model->feature_count + 1, size_t);
    for (size_t f = 0; f < model->feature_count; f++) {
        group_of[f] = f;
        group[f] = (struct reason_group){1, {f, 0}, contribution[f], sd[f] * sd[f]};
    }
    for (size_t p = 0; p < pairs; p++) {
        const size_t term = model->feature_count + p;
        pair[p] = (struct strong_pair){term, fabs(contribution[term])};
    }
    qsort(pair, pairs, sizeof *pair, by_size_down);
    for (size_t p = 0; p < pairs; p++) {
        const size_t term = pair[p].term;
        const double variance = sd[term] * sd[term];
        join(model, contribution, term, group, group_of);
        give_half(&group[group_of[model->term[term].feature[0]]], contribution[term], variance);
        give_half(&group[group_of[model->term[term].feature[1]]], contribution[term], variance);
    }
    size_t count = 0;
    for (size_t f = 0; f < model->feature_count; f++) {
        if (group[f].feature_count > 0) {
            group[count] = group[f];
            group[count].sd = sqrt(group[count].sd);
            count++;
        }
    }
    return count;
}
