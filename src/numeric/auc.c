/*
 * auc.c - how sure an area under the curve is, and whether two differ.
 *
 * The area is the chance that a row of label 1 scores above one of label 0. The placement of a row is
 * the share of the rows of the other label that it is on the right side of; ties count half. The mean
 * placement of either label is the area, and the variance of the placements gives that of the area.
 * DeLong, DeLong and Clarke-Pearson 1988, equations 4 to 8; all placements from one sort, as Sun and Xu
 * 2014.
 */
#include "numeric.h"

#include <math.h>

static bool is_one(double label)
{
    return label > 0.5;
}

/* Ones and zeros in order[from] .. order[to - 1]. */
struct labels {
    double ones;
    double zeros;
};

static struct labels labels_in(const double *label, const uint32_t *order, size_t from, size_t to)
{
    struct labels labels = {0, 0};
    for (size_t i = from; i < to; i++) {
        const bool one = is_one(label[order[i]]);
        labels.ones += one ? 1 : 0;
        labels.zeros += one ? 0 : 1;
    }
    return labels;
}

/* Walk the scores upwards, from one group of equal scores to the next. */
static void place(const struct predictions *of, const uint32_t *order, struct labels all,
                  double *placement)
{
    struct labels below = {0, 0};
    size_t from = 0;
    while (from < of->count) {
        size_t to = from + 1;
        while (to < of->count && of->score[order[to]] == of->score[order[from]]) {
            to++;
        }
        const struct labels here = labels_in(of->label, order, from, to);
        const double won = (below.zeros + here.zeros / 2) / all.zeros;
        const double lost = (below.ones + here.ones / 2) / all.ones;
        for (size_t i = from; i < to; i++) {
            placement[order[i]] = is_one(of->label[order[i]]) ? won : 1 - lost;
        }
        below.ones += here.ones;
        below.zeros += here.zeros;
        from = to;
    }
}

enum candor_status auc_placements(struct job *job, const struct predictions *predictions,
                                  double *placement, double *auc)
{
    const struct arena_mark mark = arena_mark(job->arena);
    uint32_t *order;
    TRY_ALLOC(job, order, predictions->count, uint32_t);
    TRY(order_f64(job, predictions->score, predictions->count, order));
    const struct labels all = labels_in(predictions->label, order, 0, predictions->count);
    *auc = (double)NAN;
    if (all.ones > 0 && all.zeros > 0) {
        place(predictions, order, all, placement);
        double sum = 0;
        for (size_t i = 0; i < predictions->count; i++) {
            sum += is_one(predictions->label[i]) ? placement[i] : 0;
        }
        *auc = sum / all.ones;
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

double auc_covariance(const double *label, size_t count, const double *left, double left_auc,
                      const double *right, double right_auc)
{
    struct labels all = {0, 0};
    struct labels sum = {0, 0};
    for (size_t i = 0; i < count; i++) {
        const double product = (left[i] - left_auc) * (right[i] - right_auc);
        const bool one = is_one(label[i]);
        all.ones += one ? 1 : 0;
        all.zeros += one ? 0 : 1;
        sum.ones += one ? product : 0;
        sum.zeros += one ? 0 : product;
    }
    if (all.ones < 2 || all.zeros < 2) {
        return (double)NAN;
    }
    return sum.ones / (all.ones * (all.ones - 1)) + sum.zeros / (all.zeros * (all.zeros - 1));
}
