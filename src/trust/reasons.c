/*
 * reasons.c - contributions turned into plain sentences.
 *
 * A contribution is compared with the average person: above zero it raises the score. The sentence
 * names what was seen and the direction; it claims no cause.
 *
 * A table of two features is hard to read beside the two. Where it says much it is told together with
 * them ("age and hours together"); where it says little each of the two takes half of it, as the
 * Shapley value of a purified pair table does. Either way all that is told adds up to the score.
 */
#include <math.h>
#include <stdlib.h>

#include "trust.h"

static const double worth_saying = 0.05; /* of the strongest */

static void fill_template(struct buf *buf, struct str template, const struct reason_part *part)
{
    while (template.len > 0) {
        const size_t brace = str_find(template, '{');
        buf_str(buf, str_slice(template, 0, brace));
        template = str_slice(template, brace, template.len);
        if (str_starts(template, STR("{label}"))) {
            buf_str(buf, part->label);
            template = str_slice(template, 7, template.len);
        } else if (str_starts(template, STR("{value}"))) {
            buf_str(buf, part->value);
            template = str_slice(template, 7, template.len);
        } else if (str_starts(template, STR("{unit}"))) {
            buf_str(buf, part->unit);
            template = str_slice(template, 6, template.len);
        } else if (template.len > 0) {
            buf_str(buf, str_slice(template, 0, 1));
            template = str_slice(template, 1, template.len);
        }
    }
}

static struct str sentence_of(struct arena *arena, const struct reason_ending *ending,
                              const struct reason_part *part)
{
    const bool raises = part->contribution > 0;
    const struct str template = raises ? part->raises : part->lowers;
    struct buf buf = buf_begin(arena);
    if (template.len > 0 && part->value.len > 0) {
        fill_template(&buf, template, part);
        return buf_text(&buf);
    }
    buf_str(&buf, part->label);
    if (part->value.len == 0) {
        buf_lit(&buf, LIT(" is not known"));
    } else {
        buf_lit(&buf, LIT(": "));
        buf_str(&buf, part->value);
        if (part->unit.len > 0) {
            buf_lit(&buf, LIT(" "));
            buf_str(&buf, part->unit);
        }
    }
    buf_str(&buf, raises ? ending->raises : ending->lowers);
    return buf_text(&buf);
}

/* The strongest in the asked direction that was not taken yet; the first of equals. */
static size_t strongest(const struct reason_part *part, size_t part_count, bool raising,
                        const size_t *taken, size_t taken_count)
{
    size_t best = SIZE_MAX;
    for (size_t p = 0; p < part_count; p++) {
        bool is_taken = false;
        for (size_t t = 0; t < taken_count; t++) {
            is_taken = is_taken || taken[t] == p;
        }
        const bool is_sure = fabs(part[p].contribution) >= part[p].sd;
        const bool fits =
            is_sure && (raising ? part[p].contribution > 0 : part[p].contribution < 0);
        if (fits && !is_taken &&
            (best == SIZE_MAX || fabs(part[p].contribution) > fabs(part[best].contribution))) {
            best = p;
        }
    }
    return best;
}

enum { REASONS_AT_ONCE = 16 };

size_t reasons_about(struct arena *arena, const struct reason_ending *ending,
                     struct reason_parts parts, bool raising, struct str *reason, size_t reason_max)
{
    const struct reason_part *part = parts.part;
    size_t taken[REASONS_AT_ONCE];
    size_t count = 0;
    while (count < reason_max && count < REASONS_AT_ONCE) {
        const size_t best = strongest(part, parts.count, raising, taken, count);
        if (best == SIZE_MAX ||
            (count > 0 &&
             fabs(part[best].contribution) < worth_saying * fabs(part[taken[0]].contribution))) {
            break;
        }
        taken[count] = best;
        reason[count++] = sentence_of(arena, ending, &part[best]);
    }
    return count;
}

size_t reasons_of(struct arena *arena, const struct reason_part *part, size_t part_count,
                  bool raising, struct str *reason, size_t reason_max)
{
    const struct reason_ending interest = {
        STR(", which makes interest more likely than average."),
        STR(", which makes interest less likely than average."),
    };
    return reasons_about(arena, &interest, (struct reason_parts){part, part_count}, raising, reason,
                         reason_max);
}

struct reason_ending reason_ending_of(struct arena *arena, const struct model *model, size_t class)
{
    const bool is_chance = model->task == TASK_BINARY || model->task == TASK_CLASSES;
    const struct str outcome =
        model->task == TASK_CLASSES ? model->class_name[class] : model->positive;
    const struct str what =
        is_chance ? str_format(arena, "%.*s = %.*s", STR_ARG(model->target), STR_ARG(outcome))
                  : model->target;
    return (struct reason_ending){
        str_format(arena, ", which makes %.*s %s than average.", STR_ARG(what),
                   is_chance ? "more likely" : "higher"),
        str_format(arena, ", which makes %.*s %s than average.", STR_ARG(what),
                   is_chance ? "less likely" : "lower"),
    };
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
