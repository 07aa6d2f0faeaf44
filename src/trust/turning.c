/*
 * turning.c - what would have turned a decision, put in words.
 *
 * recourse.c finds plans as bins; a person reads values. A value that is told is the nearest one in the bin,
 * with as few decimals as still lie in it, so that whoever has exactly the told value has the told score.
 */
#include "telling.h"

#include <math.h>

enum { DECIMALS_MAX = 6 };

/* The value of the bin with the fewest decimals. */
static struct raw_value plain_value(struct arena *arena, const struct model_feature *feature,
                                    size_t bin, double present)
{
    struct raw_value value = recourse_value(feature, bin, present);
    for (int d = 0; feature->kind == COLUMN_NUMBER && d <= DECIMALS_MAX; d++) {
        struct raw_value rounded = {.number = (double)NAN, .text = {NULL, 0}};
        if (str_to_double(str_format(arena, "%.*f", d, value.number), &rounded.number) &&
            feature_bin(feature, rounded) == bin) {
            return (struct raw_value){.number = rounded.number + 0.0}; /* no -0 */
        }
    }
    return value;
}

/* The fact as it would be. */
static struct fact changed_fact(const struct fact *fact, const struct raw_value *to)
{
    struct fact changed = *fact;
    changed.is_exact = true;
    changed.number = to->number;
    changed.text = to->text;
    if (to->text.ptr != NULL) {
        changed.kind = FACT_TEXT;
    } else if (fact->kind != FACT_TRUTH) {
        changed.kind = FACT_NUMBER;
    }
    return changed;
}

static struct told_change change_of(struct arena *arena, const struct telling *telling,
                                    const struct recourse_plan *plan, size_t c)
{
    const size_t f = plan->feature[c];
    const struct fact *fact = &telling->fact[f];
    const double present =
        fact->kind == FACT_NUMBER || fact->kind == FACT_TRUTH ? fact->number : (double)NAN;
    struct told_change change = {
        .feature = f,
        .to = plain_value(arena, &telling->model->feature[f], plan->bin[c], present),
        .from_text = fact_value(arena, telling->tongue, fact),
    };
    const struct fact changed = changed_fact(fact, &change.to);
    change.to_text = fact_value(arena, telling->tongue, &changed);
    return change;
}

static void tell_plan(struct arena *arena, const struct telling *telling,
                      const struct recourse_plan *plan, struct told_plan *told)
{
    struct buf changes = buf_begin(arena);
    told->change_count = plan->change_count;
    for (size_t c = 0; c < plan->change_count; c++) {
        told->change[c] = change_of(arena, telling, plan, c);
        const struct tell_place place[] = {{"label", telling->fact[plan->feature[c]].label},
                                           {"from", told->change[c].from_text},
                                           {"to", told->change[c].to_text}};
        buf_str(&changes, c == 0 ? STR("") : STR("; "));
        buf_str(&changes, tell(arena, telling->tongue, TELL_CHANGE, place, 3));
    }
    const struct tell_place place[] = {
        {"changes", buf_text(&changes)},
        {"score", score_text(arena, telling->tongue, telling->model, plan->score)}};
    told->sentence = tell(arena, telling->tongue, TELL_CHANGES_GIVE, place, 2);
}

static struct str lead_of(struct arena *arena, const struct telling *telling,
                          const struct recourse_options *options, const struct recourse *recourse)
{
    const enum tongue tongue = telling->tongue;
    const double most = (double)options->changes_max;
    const struct tell_place place[] = {
        {"count", tell_number(arena, tongue, most, 0)},
        {"threshold", score_text(arena, tongue, telling->model, options->threshold)}};
    if (recourse->plan_count > 0) {
        return tell(arena, tongue, recourse->raises ? TELL_TURN_UP : TELL_TURN_DOWN, place, 2);
    }
    if (!recourse->is_proven) {
        return tell_words(tongue, TELL_NO_TURN_UNPROVEN);
    }
    /* "of 1 fact" and "of up to 2 facts" are of one fact or more, in French too */
    const enum tell one = recourse->raises ? TELL_NO_TURN_UP_ONE : TELL_NO_TURN_DOWN_ONE;
    return tell(arena, tongue, options->changes_max == 1 ? one : (enum tell)(one + 1), place, 2);
}

void turning_tell(struct arena *arena, const struct telling *telling,
                  const struct recourse_options *options, const struct recourse *recourse,
                  struct told_turning *told)
{
    *told = (struct told_turning){.lead = lead_of(arena, telling, options, recourse),
                                  .proof = STR(""),
                                  .plan_count = recourse->plan_count};
    for (size_t p = 0; p < recourse->plan_count; p++) {
        tell_plan(arena, telling, &recourse->plan[p], &told->plan[p]);
    }
    if (recourse->plan_count > 0) {
        told->proof = tell_words(telling->tongue,
                                 recourse->is_proven ? TELL_TURN_PROVEN : TELL_TURN_UNPROVEN);
    }
}

/* ---- once more ----------------------------------------------------------------------------- */

static bool may_go(const struct recourse_options *options, size_t feature, size_t from, size_t to)
{
    const enum recourse_move move = options->move == NULL ? MOVE_ANY : options->move[feature];
    switch (move) {
    case MOVE_ANY:
        break;
    case MOVE_NONE:
        return false;
    case MOVE_UP:
        return to > from;
    case MOVE_DOWN:
        return to < from;
    }
    return to != from;
}

static bool plan_holds(const struct telling *telling, const struct recourse_options *options,
                       const struct recourse *recourse, const struct told_plan *plan, uint8_t *bin)
{
    const struct model *model = telling->model;
    bool holds = plan->change_count >= 1 && plan->change_count <= options->changes_max;
    bytes_copy(bin, telling->bin, model->feature_count);
    for (size_t c = 0; c < plan->change_count; c++) {
        const size_t f = plan->change[c].feature;
        bin[f] = feature_bin(&model->feature[f], plan->change[c].to);
        holds = holds && may_go(options, f, telling->bin[f], bin[f]);
    }
    const double score = model_mean(model, model_score_bins(model, 0, bin));
    return holds && (recourse->raises ? score >= options->threshold : score < options->threshold);
}

bool turning_holds(struct arena *arena, const struct telling *telling,
                   const struct recourse_options *options, const struct recourse *recourse,
                   const struct told_turning *told)
{
    uint8_t *bin = NEW_ARRAY(arena, telling->model->feature_count + 1, uint8_t);
    bool holds = true;
    for (size_t p = 0; p < told->plan_count; p++) {
        holds = holds && plan_holds(telling, options, recourse, &told->plan[p], bin);
    }
    return holds;
}
