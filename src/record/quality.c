/*
 * quality.c - counting what is right, and rules across the fields of one subject.
 */
#include "quality.h"

#include <math.h>

static const char *const quality_text[QUALITIES] = {
    [QUALITY_COMPLETENESS] = "completeness", [QUALITY_VALIDITY] = "validity",
    [QUALITY_UNIQUENESS] = "uniqueness",     [QUALITY_CONSISTENCY] = "consistency",
    [QUALITY_TIMELINESS] = "timeliness",
};

const char *quality_name(enum quality quality)
{
    must((unsigned)quality < QUALITIES);
    return quality_text[quality];
}

const struct quality_source *quality_source(const struct quality_standards *standards,
                                            struct str name)
{
    for (size_t s = 0; s < standards->source_count; s++) {
        if (str_equal(standards->source[s].name, name)) {
            return &standards->source[s];
        }
    }
    return NULL;
}

/* ---- rules --------------------------------------------------------------------------------- */

/* -1, 0, 1 for numbers and for times. */
static int compare(const struct cell *left, const struct cell *right)
{
    if (left->kind == CELL_TIME) {
        return (left->time > right->time) - (left->time < right->time);
    }
    return (left->number > right->number) - (left->number < right->number);
}

static enum quality_verdict verdict(bool holds)
{
    return holds ? RULE_HOLDS : RULE_BROKEN;
}

static enum quality_verdict compare_with(const struct quality_test *test, const struct cell *own,
                                         const struct cell *with)
{
    if (own->kind == CELL_MISSING || with->kind != own->kind) {
        return RULE_SILENT;
    }
    switch (test->ask) {
    case ASK_EQUALS:
    case ASK_SAME_AS:
        return verdict(cell_equal(own, with));
    case ASK_DIFFERS:
        return verdict(!cell_equal(own, with));
    case ASK_AT_LEAST:
    case ASK_NOT_BEFORE:
        return verdict(compare(own, with) >= 0);
    case ASK_AT_MOST:
    case ASK_NOT_AFTER:
        return verdict(compare(own, with) <= 0);
    case ASK_PRESENT:
    case ASK_MISSING:
        break;
    }
    base_broken("a comparison is one of seven", __FILE__, __LINE__);
}

static enum quality_verdict answer(const struct quality_test *test, const struct cell *cell)
{
    const struct cell *own = &cell[test->field];
    if (test->ask == ASK_PRESENT || test->ask == ASK_MISSING) {
        return verdict((own->kind == CELL_MISSING) == (test->ask == ASK_MISSING));
    }
    return compare_with(test, own, test->other == NONE ? &test->value : &cell[test->other]);
}

enum quality_verdict quality_judge(const struct quality_rule *rule, const struct cell *cell)
{
    return rule->has_when && answer(&rule->when, cell) != RULE_HOLDS ? RULE_SILENT
                                                                     : answer(&rule->then, cell);
}

const struct quality_rule *quality_rejects(const struct quality_standards *standards,
                                           const struct cell *cell)
{
    for (size_t r = 0; r < standards->rule_count; r++) {
        const struct quality_rule *rule = &standards->rule[r];
        if (rule->rejects && quality_judge(rule, cell) == RULE_BROKEN) {
            return rule;
        }
    }
    return NULL;
}

/* ---- counting ------------------------------------------------------------------------------ */

void quality_add(struct quality_tally *tally, enum quality quality, bool is_right)
{
    must((unsigned)quality < QUALITIES);
    tally->of[quality].all++;
    tally->of[quality].right += is_right;
}

void quality_merge(struct quality_tally *sum, const struct quality_tally *part)
{
    for (size_t q = 0; q < QUALITIES; q++) {
        sum->of[q].all += part->of[q].all;
        sum->of[q].right += part->of[q].right;
    }
}

double quality_score(struct quality_count count)
{
    return count.all == 0 ? (double)NAN : (double)count.right / (double)count.all;
}

bool quality_falls_short(struct quality_count count, enum quality quality,
                         const struct quality_least *own, const struct quality_least *home,
                         double *least)
{
    must((unsigned)quality < QUALITIES);
    *least = own != NULL && !isnan(own->of[quality]) ? own->of[quality] : home->of[quality];
    return count.all > 0 && !isnan(*least) && quality_score(count) < *least;
}

static bool asks(const struct quality_least *least)
{
    for (size_t q = 0; q < QUALITIES; q++) {
        if (!isnan(least->of[q])) {
            return true;
        }
    }
    return false;
}

bool quality_asks(const struct quality_standards *standards)
{
    bool does = asks(&standards->least);
    for (size_t f = 0; f < standards->field_count && !does; f++) {
        does = asks(&standards->field[f].least);
    }
    for (size_t s = 0; s < standards->source_count && !does; s++) {
        does = asks(&standards->source[s].least);
    }
    return does;
}
