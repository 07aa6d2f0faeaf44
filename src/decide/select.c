/*
 * select.c - the best scores, and the hold-out.
 *
 * Candidates are sorted by score, then by tie bytes, which are different for each: there is one
 * order, whatever order they came in, and the first so many of it are chosen.
 */
#include "decide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct candidate {
    double score;
    const uint8_t *tie;
    size_t index;
};

static int compare_candidates(const void *left_thing, const void *right_thing)
{
    const struct candidate *left = left_thing;
    const struct candidate *right = right_thing;
    if (left->score != right->score) {
        return left->score > right->score ? -1 : 1;
    }
    return memcmp(left->tie, right->tie, 16);
}

static size_t count_scored(const double *score, size_t count)
{
    size_t scored = 0;
    for (size_t i = 0; i < count; i++) {
        scored += isnan(score[i]) ? 0 : 1;
    }
    return scored;
}

/* How many may be chosen. 0.29 of 100 are 29, though their product as doubles is a little less. */
static size_t limit_of(const struct selection *selection, size_t scored)
{
    size_t limit = scored;
    if (selection->has_top && selection->top < limit) {
        limit = selection->top;
    }
    if (selection->has_share) {
        must(selection->share >= 0 && selection->share <= 1);
        const double share = floor(selection->share * (double)scored + 1e-6);
        limit = share < (double)limit ? (size_t)share : limit;
    }
    return limit;
}

static size_t gather(const double *score, const uint8_t (*tie)[16], size_t count,
                     const struct selection *selection, struct candidate *candidate)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        /* NaN compares false with everything, so it is asked for by name. */
        if (isnan(score[i]) || (selection->has_min_score && score[i] < selection->min_score)) {
            continue;
        }
        candidate[found++] = (struct candidate){score[i], tie[i], i};
    }
    return found;
}

enum candor_status select_top(struct job *job, const double *score, const uint8_t (*tie)[16],
                              size_t count, const struct selection *selection, bool *chosen)
{
    struct candidate *candidate = NULL;
    TRY_ALLOC(job, candidate, count + 1, struct candidate);
    const size_t limit = limit_of(selection, count_scored(score, count));
    const size_t found = gather(score, tie, count, selection, candidate);
    if (found > limit) {
        qsort(candidate, found, sizeof *candidate, compare_candidates);
    }

    for (size_t i = 0; i < count; i++) {
        chosen[i] = false;
    }
    for (size_t i = 0; i < found && i < limit; i++) {
        chosen[candidate[i].index] = true;
    }
    return CANDOR_OK;
}

bool holdout_takes(uint64_t tag, double share)
{
    must(share >= 0 && share <= HOLDOUT_SHARE_MAX);
    /* 53 bits are what a double holds: the draw is in [0, 1) and exact. */
    const double draw = (double)(tag >> 11) * 0x1p-53;
    return draw < share;
}
