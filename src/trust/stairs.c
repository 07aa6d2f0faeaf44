/*
 * stairs.c - what each threshold of a group does.
 *
 *   tpr |        ___x      A threshold that falls step by step selects more and more people. Each step is
 *       |    __x|          one score that somebody has; those who share it step together, so that equal
 *       |  x|              scores never have different decisions.
 *       |_|________ fpr
 */
#include <math.h>

#include "numeric.h"
#include "stairs.h"

const char *parity_name(enum parity parity)
{
    static const char *const name[EQUALS] = {"demographic_parity", "equal_opportunity",
                                             "fpr_parity", "equalized_odds"};
    must(parity < EQUALS);
    return name[parity];
}

enum candor_status parity_of_name(struct job *job, struct str name, enum parity *parity)
{
    for (size_t p = 0; p < EQUALS; p++) {
        if (str_is(name, parity_name((enum parity)p))) {
            *parity = (enum parity)p;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT,
                "a constraint is demographic_parity, equal_opportunity, fpr_parity or "
                "equalized_odds");
}

/* ---- steps --------------------------------------------------------------------------------- */

static enum candor_status stairs_begin(struct job *job, size_t rows, struct stairs *stairs)
{
    TRY_ALLOC(job, stairs->true_positive, rows + 1, uint64_t);
    TRY_ALLOC(job, stairs->false_positive, rows + 1, uint64_t);
    TRY_ALLOC(job, stairs->from, rows + 1, double);
    TRY_ALLOC(job, stairs->correct, rows + 1, int64_t);
    stairs->true_positive[0] = 0;
    stairs->false_positive[0] = 0;
    stairs->count = 1;
    return CANDOR_OK;
}

/* Rows come with falling scores. While a step grows, from is its score. */
static void stairs_add(struct stairs *stairs, double score, bool label)
{
    size_t last = stairs->count - 1;
    if (last == 0 || score < stairs->from[last]) {
        stairs->true_positive[last + 1] = stairs->true_positive[last];
        stairs->false_positive[last + 1] = stairs->false_positive[last];
        stairs->from[last + 1] = score;
        if (last == 0) {
            stairs->from[0] = nextafter(score, (double)INFINITY);
        } else {
            /* Between the scores: who is new is nearer to one of them. Rounding must not reach either. */
            const double middle = score + (stairs->from[last] - score) / 2;
            stairs->from[last] = middle > score ? middle : stairs->from[last];
        }
        last = stairs->count++;
    }
    stairs->true_positive[last] += label;
    stairs->false_positive[last] += !label;
}

/* NULL without a denominator. */
static enum candor_status rates_of(struct job *job, const uint64_t *hit, const uint64_t *more,
                                   size_t count, uint64_t trials, double **rate)
{
    *rate = NULL;
    if (trials == 0) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, *rate, count, double);
    for (size_t i = 0; i < count; i++) {
        (*rate)[i] = (double)(hit[i] + (more == NULL ? 0 : more[i])) / (double)trials;
    }
    return CANDOR_OK;
}

static enum candor_status stairs_end(struct job *job, enum parity parity, struct stairs *stairs)
{
    const size_t last = stairs->count - 1;
    const uint64_t *tp = stairs->true_positive;
    const uint64_t *fp = stairs->false_positive;
    stairs->positives = tp[last];
    stairs->negatives = fp[last];
    for (size_t i = 0; i <= last; i++) {
        stairs->correct[i] = (int64_t)(tp[i] + stairs->negatives - fp[i]);
    }
    switch (parity) {
    case EQUAL_SELECTION:
        return rates_of(job, tp, fp, last + 1, stairs->positives + stairs->negatives,
                        &stairs->rate[0]);
    case EQUAL_TPR:
        return rates_of(job, tp, NULL, last + 1, stairs->positives, &stairs->rate[0]);
    case EQUAL_FPR:
        return rates_of(job, fp, NULL, last + 1, stairs->negatives, &stairs->rate[0]);
    case EQUAL_ODDS:
        TRY(rates_of(job, fp, NULL, last + 1, stairs->negatives, &stairs->rate[0]));
        return rates_of(job, tp, NULL, last + 1, stairs->positives, &stairs->rate[1]);
    case EQUALS:
        break;
    }
    must(false);
    return CANDOR_OK;
}

enum candor_status staircase_of(struct job *job, const struct audit_rows *rows, enum parity parity,
                                struct staircase *staircase)
{
    uint32_t *order = NULL;
    size_t *count = NULL;
    *staircase = (struct staircase){.parity = parity, .group_count = rows->group_count};
    TRY_ALLOC(job, staircase->group, rows->group_count + 1, struct stairs);
    TRY_ALLOC(job, count, rows->group_count + 1, size_t);
    TRY_ALLOC(job, order, rows->row_count + 1, uint32_t);
    TRY(order_f64(job, rows->score, rows->row_count, order));
    for (size_t i = 0; i < rows->row_count; i++) {
        if (rows->group[i] != UINT32_MAX) {
            must(rows->group[i] < rows->group_count);
            count[rows->group[i]]++;
            staircase->rows++;
        }
    }
    TRY(stairs_begin(job, staircase->rows, &staircase->all));
    for (size_t g = 0; g < rows->group_count; g++) {
        TRY(stairs_begin(job, count[g], &staircase->group[g]));
    }
    for (size_t i = rows->row_count; i-- > 0;) {
        const size_t row = order[i];
        if (rows->group[row] != UINT32_MAX) {
            stairs_add(&staircase->group[rows->group[row]], rows->score[row],
                       rows->label[row] != 0);
            stairs_add(&staircase->all, rows->score[row], rows->label[row] != 0);
        }
    }
    TRY(stairs_end(job, EQUAL_SELECTION, &staircase->all));
    for (size_t g = 0; g < rows->group_count; g++) {
        TRY(stairs_end(job, parity, &staircase->group[g]));
    }
    return CANDOR_OK;
}

/* ---- thinning ------------------------------------------------------------------------------ */

static void keep_step(struct stairs *stairs, size_t to, size_t from)
{
    stairs->true_positive[to] = stairs->true_positive[from];
    stairs->false_positive[to] = stairs->false_positive[from];
    stairs->from[to] = stairs->from[from];
    stairs->correct[to] = stairs->correct[from];
    for (size_t r = 0; r < 2; r++) {
        if (stairs->rate[r] != NULL) {
            stairs->rate[r][to] = stairs->rate[r][from];
        }
    }
}

void staircase_thin(struct staircase *staircase, size_t points_max)
{
    size_t points = 0;
    for (size_t g = 0; g < staircase->group_count; g++) {
        points += staircase->group[g].count;
    }
    const size_t step = (points + points_max - 1) / points_max;
    for (size_t g = 0; g < staircase->group_count && step > 1; g++) {
        struct stairs *stairs = &staircase->group[g];
        size_t kept = 0;
        for (size_t i = 0; i < stairs->count; i++) {
            if (i % step == 0 || i == stairs->count - 1) {
                keep_step(stairs, kept++, i);
            }
        }
        stairs->count = kept;
    }
}
