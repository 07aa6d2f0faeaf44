/*
 * drift_rank.c - what sorting says of two samples of numbers: one walk over both in order gives all.
 *
 * At each value that occurs, F and G are the shares at or below it:
 *
 *     Kolmogorov-Smirnov  max |F - G|
 *     Wasserstein         sum |F - G| * step to the next value
 *     energy              sqrt(2 * sum (F - G)^2 * step)
 *     Mann-Whitney        from the mid-ranks of the values
 */
#include "watch.h"

#include <math.h>

#include "numeric.h"

struct walk {
    double then; /* rows passed */
    double now;
    double rank_sum; /* of then */
    double ties;     /* sum of t^3 - t */
    double cramer_then;
    double cramer_now;
};

/*
 * The rows of one value: their mid-rank is rank. Cramer-von Mises wants, of the i-th of a side,
 * (mid-rank - i)^2, where the i of equal values follow each other.
 */
static void pass(struct walk *walk, double then, double now)
{
    const double both = then + now;
    const double rank = walk->then + walk->now + (both + 1) / 2;
    walk->rank_sum += then * rank;
    walk->ties += both * both * both - both;
    for (double i = 1; i <= then; i++) {
        const double far = rank - (walk->then + i);
        walk->cramer_then += far * far;
    }
    for (double i = 1; i <= now; i++) {
        const double far = rank - (walk->now + i);
        walk->cramer_now += far * far;
    }
    walk->then += then;
    walk->now += now;
}

static void end_mann_whitney(const struct walk *walk, struct ranks *ranks)
{
    const double n = walk->then;
    const double m = walk->now;
    const double all = n + m;
    const double u = walk->rank_sum - n * (n + 1) / 2;
    const double variance = n * m / 12 * (all + 1 - walk->ties / (all * (all - 1)));
    const double far = fmax(u, n * m - u) - n * m / 2 - 0.5;
    ranks->mann_whitney = u;
    ranks->auc = 1 - u / (n * m);
    ranks->mann_whitney_p =
        all < 2 || !(variance > 0) ? 1 : fmin(1, erfc(far / sqrt(2 * variance)));
}

static double welch_of(struct sample then, struct sample now)
{
    const double n = (double)then.count;
    const double m = (double)now.count;
    if (then.count < 2 || now.count < 2) {
        return (double)NAN;
    }
    const double spread = variance_of(then.value, NULL, then.count) / (n - 1) +
                          variance_of(now.value, NULL, now.count) / (m - 1);
    const double far = mean_of(then.value, NULL, then.count) - mean_of(now.value, NULL, now.count);
    return spread > 0 ? far / sqrt(spread) : (double)NAN;
}

/* Rows at this value, from the place on. */
static size_t same(struct sample sample, size_t at, double value)
{
    size_t count = 0;
    while (at + count < sample.count && sample.value[at + count] <= value) {
        count++;
    }
    return count;
}

static double next_of(struct sample then, size_t i, struct sample now, size_t j)
{
    if (i == then.count) {
        return now.value[j];
    }
    return j == now.count ? then.value[i] : fmin(then.value[i], now.value[j]);
}

/* F - G from whole numbers, so that equal shares give 0. */
static double apart(double passed_then, double then, double passed_now, double now)
{
    return passed_then / then - passed_now / now;
}

enum candor_status ranks_of(struct job *job, struct sample then, struct sample now,
                            struct ranks *ranks)
{
    const double n = (double)then.count;
    const double m = (double)now.count;
    struct walk walk = {0};
    double squares = 0;
    must(then.count > 0 && now.count > 0);
    *ranks = (struct ranks){.welch = welch_of(then, now)};
    TRY(sort_f64(job, then.value, then.count));
    TRY(sort_f64(job, now.value, now.count));
    for (size_t i = 0, j = 0; i < then.count || j < now.count;) {
        const double value = next_of(then, i, now, j);
        const size_t left = same(then, i, value);
        const size_t right = same(now, j, value);
        pass(&walk, (double)left, (double)right);
        i += left;
        j += right;
        if (i < then.count || j < now.count) {
            const double step = next_of(then, i, now, j) - value;
            const double far = apart((double)i, n, (double)j, m);
            ranks->ks = fmax(ranks->ks, fabs(far));
            ranks->wasserstein += fabs(far) * step;
            squares += far * far * step;
        }
    }
    ranks->energy = sqrt(2 * squares);
    ranks->cramer = (n * walk.cramer_then + m * walk.cramer_now) / (n * m * (n + m)) -
                    (4 * n * m - 1) / (6 * (n + m));
    ranks->ks_p = kolmogorov_tail(job->arena, fmax(1, nearbyint(n * m / (n + m))), ranks->ks);
    end_mann_whitney(&walk, ranks);
    return CANDOR_OK;
}
