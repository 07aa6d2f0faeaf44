/*
 * thresholds.c - the best thresholds within a limit, without a lot.
 *
 * A window slides over the rate: its low end takes each value that some group attains, and in each place
 * every group chooses the best of its thresholds inside. These are neighbours, because rates never fall
 * from threshold to threshold, so that a queue of candidates per group follows the window and all places
 * cost one walk.
 *
 *     group a   . . [. . x .] . .        x: the best inside
 *     group b     .  [x .  .]    .  .
 *                    low    low + limit
 *
 * With odds there is a window for FPR and one for TPR. For each place of the first the second slides over
 * the thresholds in the first. Places are taken from the top of what a lot could do outward, and as that
 * bound is concave, the walk to a side ends where the bound is not above what was found.
 */
#include <math.h>

#include "numeric.h"
#include "stairs.h"

#define NOWHERE SIZE_MAX

/* ---- a window over one rate ---------------------------------------------------------------- */

/* One group: thresholds first .. end - 1 may be chosen; those in the window wait in the queue, the best at
 * its head, each worse than the one before. */
struct slot {
    size_t first;
    size_t end;
    size_t low;  /* the first whose rate is not below the window */
    size_t high; /* the first whose rate is beyond the window */
    uint32_t *queue;
    size_t head;
    size_t tail;
    size_t best; /* chosen */
};

struct search {
    const struct staircase *staircase;
    double limit;
    struct slot *slot;
    size_t *chosen; /* of the best place so far */
    int64_t correct;
    bool is_found;
};

static void slot_begin(struct slot *slot, size_t first, size_t end)
{
    slot->first = first;
    slot->end = end;
    slot->low = first;
    slot->high = first;
    slot->head = 0;
    slot->tail = 0;
}

static void slot_take(struct slot *slot, const int64_t *correct, size_t i)
{
    while (slot->tail > slot->head && correct[slot->queue[slot->tail - 1]] < correct[i]) {
        slot->tail--;
    }
    slot->queue[slot->tail++] = (uint32_t)i;
}

/* Move the window to low. false: no threshold is inside. */
static bool slot_move(struct slot *slot, const struct stairs *stairs, const double *rate,
                      double low, double limit)
{
    while (slot->high < slot->end && rate[slot->high] - low <= limit) {
        slot_take(slot, stairs->correct, slot->high++);
    }
    while (slot->low < slot->end && rate[slot->low] < low) {
        slot->low++;
    }
    while (slot->head < slot->tail && slot->queue[slot->head] < slot->low) {
        slot->head++;
    }
    slot->best = slot->head < slot->tail ? slot->queue[slot->head] : NOWHERE;
    return slot->best != NOWHERE;
}

/* The next place: the least rate that a threshold attains above low. false: there is none. */
static bool next_place(const struct search *search, size_t rate, double *low)
{
    double next = (double)INFINITY;
    for (size_t g = 0; g < search->staircase->group_count; g++) {
        const double *value = search->staircase->group[g].rate[rate];
        const struct slot *slot = &search->slot[g];
        if (value != NULL && slot->low < slot->end) {
            size_t i = slot->low;
            while (i < slot->end && value[i] <= *low) {
                i++;
            }
            next = i < slot->end ? fmin(next, value[i]) : next;
        }
    }
    *low = next;
    return next <= 1;
}

/* Groups that this rate does not constrain choose the best of what they may. */
static size_t best_of_free(const struct slot *slot, const int64_t *correct)
{
    size_t best = slot->first;
    for (size_t i = slot->first; i < slot->end; i++) {
        best = correct[i] > correct[best] ? i : best;
    }
    return best;
}

static void keep_place(struct search *search)
{
    int64_t correct = 0;
    for (size_t g = 0; g < search->staircase->group_count; g++) {
        correct += search->staircase->group[g].correct[search->slot[g].best];
    }
    if (!search->is_found || correct > search->correct) {
        search->is_found = true;
        search->correct = correct;
        for (size_t g = 0; g < search->staircase->group_count; g++) {
            search->chosen[g] = search->slot[g].best;
        }
    }
}

/* All places of the window over one rate; slots say what may be chosen. */
static void slide(struct search *search, size_t rate)
{
    double low = -1;
    bool is_bound = false;
    for (size_t g = 0; g < search->staircase->group_count; g++) {
        const struct stairs *stairs = &search->staircase->group[g];
        is_bound = is_bound || stairs->rate[rate] != NULL;
        if (stairs->rate[rate] == NULL) {
            search->slot[g].best = best_of_free(&search->slot[g], stairs->correct);
        }
    }
    if (!is_bound) {
        keep_place(search);
        return;
    }
    while (next_place(search, rate, &low)) {
        bool is_open = true;
        for (size_t g = 0; g < search->staircase->group_count; g++) {
            const struct stairs *stairs = &search->staircase->group[g];
            if (stairs->rate[rate] != NULL) {
                is_open &=
                    slot_move(&search->slot[g], stairs, stairs->rate[rate], low, search->limit);
            }
        }
        if (is_open) {
            keep_place(search);
        }
    }
}

static void search_one_rate(struct search *search)
{
    for (size_t g = 0; g < search->staircase->group_count; g++) {
        slot_begin(&search->slot[g], 0, search->staircase->group[g].count);
    }
    slide(search, 0);
}

/* ---- windows over two ---------------------------------------------------------------------- */

/* The first threshold whose rate is not below (or: is beyond) a value. */
static size_t first_from(const double *rate, size_t count, double value, bool beyond)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (beyond ? rate[middle] <= value : rate[middle] < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* As slot_move decides: rate - low <= limit, which rounding may answer otherwise than low + limit. */
static size_t end_of_window(const double *rate, size_t count, double low, double limit)
{
    size_t end = first_from(rate, count, low + limit, true);
    while (end < count && rate[end] - low <= limit) {
        end++;
    }
    while (end > 0 && rate[end - 1] - low > limit) {
        end--;
    }
    return end;
}

/* The window of FPR begins at low: slide that of TPR over what is inside. */
static void search_place(struct search *search, double low)
{
    for (size_t g = 0; g < search->staircase->group_count; g++) {
        const struct stairs *stairs = &search->staircase->group[g];
        size_t first = 0;
        size_t end = stairs->count;
        if (stairs->rate[0] != NULL) {
            first = first_from(stairs->rate[0], stairs->count, low, false);
            end = end_of_window(stairs->rate[0], stairs->count, low, search->limit);
        }
        if (first >= end) {
            return;
        }
        slot_begin(&search->slot[g], first, end);
    }
    slide(search, 1);
}

/* Every FPR that some group attains, ascending, each once. */
static enum candor_status places_of(struct job *job, const struct staircase *staircase,
                                    double **place, size_t *count)
{
    size_t all = 1;
    for (size_t g = 0; g < staircase->group_count; g++) {
        all += staircase->group[g].rate[0] == NULL ? 0 : staircase->group[g].count;
    }
    TRY_ALLOC(job, *place, all, double);
    *count = 1; /* 0, which everybody attains */
    for (size_t g = 0; g < staircase->group_count; g++) {
        const struct stairs *stairs = &staircase->group[g];
        for (size_t i = 0; stairs->rate[0] != NULL && i < stairs->count; i++) {
            (*place)[(*count)++] = stairs->rate[0][i];
        }
    }
    TRY(sort_f64(job, *place, *count));
    size_t kept = 1;
    for (size_t i = 1; i < *count; i++) {
        if ((*place)[i] > (*place)[kept - 1]) {
            (*place)[kept++] = (*place)[i];
        }
    }
    *count = kept;
    return CANDOR_OK;
}

enum { BOUND_EACH = 8 }; /* places between two looks at the bound, which costs as much as a place */

static bool may_be_better(const struct search *search, const struct hulls *hulls, double low)
{
    return !search->is_found || hulls_best_from(hulls, low) > (double)search->correct + 0.5;
}

static enum candor_status search_odds(struct job *job, struct search *search,
                                      const struct hulls *hulls, double top)
{
    double *place = NULL;
    size_t count = 0;
    TRY(places_of(job, search->staircase, &place, &count));
    const size_t middle = first_from(place, count, top, false);
    for (size_t i = middle; i < count; i++) {
        if ((i - middle) % BOUND_EACH == 0 && !may_be_better(search, hulls, place[i])) {
            break;
        }
        search_place(search, place[i]);
    }
    for (size_t i = middle; i-- > 0;) {
        if ((middle - i) % BOUND_EACH == 0 && !may_be_better(search, hulls, place[i])) {
            break;
        }
        search_place(search, place[i]);
    }
    return CANDOR_OK;
}

/* ---- the answer ---------------------------------------------------------------------------- */

static size_t most_correct(const struct stairs *stairs)
{
    size_t best = 0;
    for (size_t i = 1; i < stairs->count; i++) {
        best = stairs->correct[i] > stairs->correct[best] ? i : best;
    }
    return best;
}

static double spread_of(const struct search *search, size_t rate)
{
    double low = (double)INFINITY;
    double high = -(double)INFINITY;
    for (size_t g = 0; g < search->staircase->group_count; g++) {
        const double *value = search->staircase->group[g].rate[rate];
        if (value != NULL) {
            low = fmin(low, value[search->chosen[g]]);
            high = fmax(high, value[search->chosen[g]]);
        }
    }
    return high > low ? high - low : 0;
}

static enum candor_status tell(struct job *job, const struct search *search,
                               struct thresholds *thresholds)
{
    const struct staircase *staircase = search->staircase;
    const double rows = (double)staircase->rows;
    int64_t correct_free = 0;
    const size_t one = most_correct(&staircase->all);
    TRY_ALLOC(job, thresholds->group, staircase->group_count + 1, struct group_threshold);
    for (size_t g = 0; g < staircase->group_count; g++) {
        const struct stairs *stairs = &staircase->group[g];
        const size_t at = search->chosen[g];
        correct_free += stairs->correct[most_correct(stairs)];
        thresholds->group[g] = (struct group_threshold){
            .from = stairs->count > 1 ? stairs->from[at] : staircase->all.from[one],
            .count = stairs->positives + stairs->negatives,
            .positives = stairs->positives,
            .true_positive = stairs->true_positive[at],
            .false_positive = stairs->false_positive[at],
        };
    }
    thresholds->one = staircase->all.from[one];
    thresholds->accuracy_one = (double)staircase->all.correct[one] / rows;
    thresholds->accuracy_free = (double)correct_free / rows;
    thresholds->accuracy = (double)search->correct / rows;
    thresholds->disparity = fmax(spread_of(search, 0), spread_of(search, 1));
    return CANDOR_OK;
}

static enum candor_status search_begin(struct job *job, const struct staircase *staircase,
                                       double limit, struct search *search)
{
    *search = (struct search){.staircase = staircase, .limit = limit};
    TRY_ALLOC(job, search->slot, staircase->group_count + 1, struct slot);
    TRY_ALLOC(job, search->chosen, staircase->group_count + 1, size_t);
    for (size_t g = 0; g < staircase->group_count; g++) {
        TRY_ALLOC(job, search->slot[g].queue, staircase->group[g].count, uint32_t);
    }
    return CANDOR_OK;
}

/* Before some of the thresholds are left out of the search. */
static enum candor_status best_by_lot(struct job *job, const struct staircase *staircase,
                                      double limit, struct hulls **hulls, double *top,
                                      struct thresholds *thresholds)
{
    TRY(hulls_of(job, staircase, limit, hulls));
    thresholds->accuracy_by_lot = hulls_best(*hulls, top) / (double)staircase->rows;
    return CANDOR_OK;
}

enum candor_status thresholds_fit(struct job *job, const struct audit_rows *rows,
                                  enum parity parity, double limit, struct thresholds *thresholds)
{
    struct staircase staircase;
    struct search search;
    struct hulls *hulls = NULL;
    double top = 0;
    size_t points = 0;
    must(rows->label != NULL && rows->score != NULL);
    must(limit >= 0 && limit <= 1);
    TRY(staircase_of(job, rows, parity, &staircase));
    if (staircase.rows == 0) {
        return fail(job, CANDOR_BAD_INPUT, "no row is in a group");
    }
    *thresholds = (struct thresholds){.rows = staircase.rows, .group_count = rows->group_count};
    TRY(best_by_lot(job, &staircase, limit, &hulls, &top, thresholds));
    for (size_t g = 0; g < staircase.group_count; g++) {
        points += staircase.group[g].count;
    }
    thresholds->is_exact = parity != EQUAL_ODDS || points <= ODDS_POINTS_MAX;
    if (!thresholds->is_exact) {
        staircase_thin(&staircase, ODDS_POINTS_MAX);
    }
    TRY(search_begin(job, &staircase, limit, &search));
    if (parity == EQUAL_ODDS) {
        TRY(search_odds(job, &search, hulls, top));
    } else {
        search_one_rate(&search);
    }
    must(search.is_found); /* nobody, for every group, is within any limit */
    TRY(tell(job, &search, thresholds));
    /* The bound was found by a search that may stop a hair below it. */
    thresholds->accuracy_by_lot = fmax(thresholds->accuracy_by_lot, thresholds->accuracy);
    return CANDOR_OK;
}

void thresholds_decide(const struct thresholds *thresholds, const double *score,
                       const uint32_t *group, size_t row_count, uint8_t *decision)
{
    for (size_t row = 0; row < row_count; row++) {
        const bool is_known = group[row] < thresholds->group_count;
        decision[row] =
            score[row] >= (is_known ? thresholds->group[group[row]].from : thresholds->one);
    }
}
