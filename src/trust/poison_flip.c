/*
 * poison_flip.c - how likely each label is the wrong one.
 *
 * If a share e01 of the true zeros says 1, and e10 of the true ones says 0, then a row whose true chance
 * is c says 1 with chance p = e01 + (1 - e01 - e10) c. A learner sees p. The rates are read where c is
 * known: where it is nearly 0 and nearly 1. From them comes c, and by Bayes the chance that this label
 * is a turned one. With equal rates that ranks as the loss does; with unequal ones it does not.
 */
#include "poison.h"

#include <math.h>

static const double low_share = 0.02;
static const double high_share = 0.005;
static const double anchor_near = 0.1;
static const double anchor_share = 0.02;
static const double rate_least = 1e-4;
static const double rate_most = 0.45;

static double mean_between(const double *sorted, size_t first, size_t end)
{
    return mean_of(sorted + first, NULL, end - first);
}

static double within(double value, double least, double most)
{
    return fmin(fmax(value, least), most);
}

enum candor_status flip_rates_of(struct job *job, const double *chance, size_t count,
                                 struct flip_rates *rates)
{
    double *sorted;
    *rates = (struct flip_rates){rate_least, rate_least, true};
    if (count == 0) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, sorted, count, double);
    bytes_copy(sorted, chance, count * sizeof *sorted);
    TRY(sort_f64(job, sorted, count));
    const size_t low = (size_t)((double)count * low_share) + 1;
    const size_t high = (size_t)((double)count * high_share) + 1;
    const double top = mean_between(sorted, count - high, count);
    size_t near = 0;
    while (near < count && sorted[count - 1 - near] >= top - anchor_near) {
        near++;
    }
    rates->zero_to_one = within(mean_between(sorted, 0, low), rate_least, rate_most);
    rates->one_to_zero = within(1 - top, rate_least, rate_most);
    /* Where even the highest chances are hardly more than even, nobody is certain. */
    rates->is_guarded = (double)near <= anchor_share * (double)count || 1 - top >= rate_most;
    if (rates->is_guarded) {
        rates->one_to_zero = rates->zero_to_one;
    }
    return CANDOR_OK;
}

double flip_chance(const struct flip_rates *rates, double clean)
{
    return rates->zero_to_one + (1 - rates->zero_to_one - rates->one_to_zero) * clean;
}

double flip_posterior(const struct flip_rates *rates, double chance, bool label)
{
    const double e01 = rates->zero_to_one;
    const double e10 = rates->one_to_zero;
    /* Never quite 0 or 1, so that rows beyond the anchors keep their order. */
    const double edge = 1e-3;
    double clean = (chance - e01) / (1 - e01 - e10);
    clean = clean < edge ? edge * exp_of((clean - edge) / edge * 0.01) : clean;
    clean = clean > 1 - edge ? 1 - edge * exp_of((1 - edge - clean) / edge * 0.01) : clean;
    const double turned = label ? (1 - clean) * e01 : clean * e10;
    const double straight = label ? clean * (1 - e10) : (1 - clean) * (1 - e01);
    return turned / (turned + straight);
}
