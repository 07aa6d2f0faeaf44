/*
 * parity_gap.c - how sure is it? Intervals, the largest gap with its null, and a verdict.
 *
 * The largest of many gaps is large by chance alone. So it never stands without the gap to expect when
 * groups do not matter, and the interval around it holds for all pairs of groups at once.
 */
#include <math.h>

#include "parity.h"

#define NOT_KNOWN ((double)NAN)

enum { LOG_FACTORIALS = 65536 };

static const double z95 = 1.959963984540054;

/* ---- intervals ----------------------------------------------------------------------------- */

static struct interval unknown_interval(void)
{
    return (struct interval){NOT_KNOWN, NOT_KNOWN};
}

struct interval parity_wilson(struct parity_share share, double z)
{
    const double p = parity_value(share);
    const double n = share.size;
    if (isnan(p) || !(n > 0)) {
        return unknown_interval();
    }
    const double middle = p + z * z / (2 * n);
    const double spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    const double scale = 1 + z * z / n;
    return (struct interval){p <= 0 ? 0 : fmax((middle - spread) / scale, 0),
                             p >= 1 ? 1 : fmin((middle + spread) / scale, 1)};
}

struct interval parity_newcombe(struct parity_share first, struct parity_share second, double z)
{
    const double p = parity_value(first);
    const double q = parity_value(second);
    const struct interval of_p = parity_wilson(first, z);
    const struct interval of_q = parity_wilson(second, z);
    const double below = hypot(p - of_p.low, of_q.high - q);
    const double above = hypot(of_p.high - p, q - of_q.low);
    return (struct interval){p - q - below, p - q + above};
}

struct interval parity_katz(struct parity_share first, struct parity_share second, double z)
{
    const double p = parity_value(first);
    const double q = parity_value(second);
    if (isnan(p) || isnan(q) || q <= 0) {
        return unknown_interval();
    }
    if (p <= 0 || (p >= 1 && q >= 1)) {
        const struct interval of_p = parity_wilson(first, z);
        const struct interval of_q = parity_wilson(second, z);
        return (struct interval){of_p.low / of_q.high, of_p.high / of_q.low};
    }
    const double spread = z * sqrt((1 - p) / (p * first.size) + (1 - q) / (q * second.size));
    return (struct interval){p / q * exp_of(-spread), p / q * exp_of(spread)};
}

const char *parity_verdict_name(enum parity_verdict verdict)
{
    static const char *const name[] = {"not enough evidence", "pass", "fail", "undefined"};
    must(verdict <= PARITY_UNDEFINED);
    return name[verdict];
}

/* ---- the gap ------------------------------------------------------------------------------- */

/* The groups that have a rate. */
struct comparing {
    const struct parity_asked *asked;
    struct parity_share *share;
    size_t *group;
    size_t count;
};

static enum candor_status take_groups(struct job *job, const struct parity_asked *asked,
                                      struct comparing *comparing)
{
    *comparing = (struct comparing){.asked = asked};
    TRY_ALLOC(job, comparing->share, asked->group_count + 1, struct parity_share);
    TRY_ALLOC(job, comparing->group, asked->group_count + 1, size_t);
    for (size_t g = 0; g < asked->group_count; g++) {
        if (asked->share[g].trials > 0 && asked->share[g].size > 0) {
            comparing->share[comparing->count] = asked->share[g];
            comparing->group[comparing->count++] = g;
        }
    }
    return CANDOR_OK;
}

static double gap_of(bool is_ratio, double low, double high)
{
    return !is_ratio ? high - low : high > 0 ? low / high : NOT_KNOWN;
}

static void find_gap(const struct comparing *comparing, struct parity_gap *gap)
{
    size_t low = 0;
    size_t high = 0;
    for (size_t i = 1; i < comparing->count; i++) {
        const double value = parity_value(comparing->share[i]);
        low = value < parity_value(comparing->share[low]) ? i : low;
        high = value >= parity_value(comparing->share[high]) ? i : high;
    }
    const struct parity_share least = comparing->share[low];
    const struct parity_share most = comparing->share[high];
    const bool is_ratio = comparing->asked->is_ratio;
    gap->value = gap_of(is_ratio, parity_value(least), parity_value(most));
    if (isnan(gap->value)) {
        return;
    }
    gap->pair = is_ratio ? parity_katz(least, most, z95) : parity_newcombe(most, least, z95);
    gap->low = comparing->group[low];
    gap->high = comparing->group[high];
}

/* ---- the null ------------------------------------------------------------------------------ */

/* The logarithms of n! up to trials, or to where Stirling's series takes over. */
static enum candor_status log_factorials(struct job *job, double trials, double **table)
{
    const size_t count = (size_t)fmin(trials, LOG_FACTORIALS - 1) + 1;
    TRY_ALLOC(job, *table, count, double);
    (*table)[0] = 0;
    for (size_t n = 1; n < count; n++) {
        (*table)[n] = (*table)[n - 1] + log_of((double)n);
    }
    return CANDOR_OK;
}

/* ln n!: a table, then Stirling's series. The same bits on every machine. */
static double log_factorial(const double *table, double n)
{
    if (n < LOG_FACTORIALS) {
        return table[(size_t)n];
    }
    return (n + 0.5) * log_of(n) - n + 0.91893853320467274178 + 1 / (12 * n) -
           1 / (360 * n * n * n);
}

struct urn {
    double hits;
    double misses;
    double drawn;
};

static double log_ways(const double *table, double of, double taken)
{
    return log_factorial(table, of) - log_factorial(table, taken) -
           log_factorial(table, of - taken);
}

/* Hits among those drawn without putting back: outward from the likeliest count until the draw is used
 * up. Far beyond a hundred standard deviations' worth of steps the normal distribution is as good. */
static double draw_hits(const double *table, const struct urn *urn, struct rng *rng)
{
    const double all = urn->hits + urn->misses;
    const double least = fmax(0, urn->drawn - urn->misses);
    const double most = fmin(urn->drawn, urn->hits);
    if (least >= most) {
        return least;
    }
    const double mean = urn->drawn * urn->hits / all;
    const double variance = mean * (urn->misses / all) * (all - urn->drawn) / (all - 1);
    if (variance > 2500) {
        const double normal = rint(mean + sqrt(variance) * rng_normal(rng));
        return fmin(fmax(normal, least), most);
    }
    double left = rng_f64(rng);
    const double mode =
        fmin(fmax(floor((urn->drawn + 1) * (urn->hits + 1) / (all + 2)), least), most);
    const double peak =
        exp_of(log_ways(table, urn->hits, mode) + log_ways(table, urn->misses, urn->drawn - mode) -
               log_ways(table, all, urn->drawn));
    double down = mode;
    double up = mode;
    double chance_down = peak;
    double chance_up = peak;
    for (left -= peak; left >= 0 && (down > least || up < most);) {
        if (up < most) {
            chance_up *= (urn->hits - up) * (urn->drawn - up) /
                         ((up + 1) * (urn->misses - urn->drawn + up + 1));
            up++;
            left -= chance_up;
            if (left < 0) {
                return up;
            }
        }
        if (down > least) {
            chance_down *= down * (urn->misses - urn->drawn + down) /
                           ((urn->hits - down + 1) * (urn->drawn - down + 1));
            down--;
            left -= chance_down;
            if (left < 0) {
                return down;
            }
        }
    }
    return mode;
}

/* One dealing of the labels anew: the gap of its counts. */
static double permuted_gap(const struct comparing *comparing, const double *table, double hits,
                           double trials, struct rng *rng)
{
    struct urn urn = {hits, trials - hits, 0};
    double low = (double)INFINITY;
    double high = -(double)INFINITY;
    for (size_t i = 0; i < comparing->count; i++) {
        urn.drawn = rint(comparing->share[i].size);
        const double drawn = fmin(urn.drawn, urn.hits + urn.misses);
        urn.drawn = drawn;
        const double got = draw_hits(table, &urn, rng);
        urn.hits -= got;
        urn.misses -= drawn - got;
        const double rate = drawn > 0 ? got / drawn : 0;
        low = fmin(low, rate);
        high = fmax(high, rate);
    }
    return gap_of(comparing->asked->is_ratio, low, high);
}

static enum candor_status take_null(struct job *job, const struct comparing *comparing,
                                    struct parity_gap *gap)
{
    const size_t count = comparing->asked->permutations;
    const bool is_ratio = comparing->asked->is_ratio;
    struct rng rng = rng_of_stream(comparing->asked->seed, 1);
    double *table = NULL;
    double *drawn = NULL;
    double hits = 0;
    double trials = 0;
    size_t beyond = 0;
    for (size_t i = 0; i < comparing->count; i++) {
        trials += rint(comparing->share[i].size);
        hits += parity_value(comparing->share[i]) * comparing->share[i].size;
    }
    hits = fmin(rint(hits), trials);
    TRY(log_factorials(job, trials, &table));
    TRY_ALLOC(job, drawn, count, double);
    gap->null_mean = 0;
    for (size_t d = 0; d < count; d++) {
        const double made = permuted_gap(comparing, table, hits, trials, &rng);
        drawn[d] = isnan(made) ? 1 : made; /* a ratio of nobody to nobody: no gap */
        gap->null_mean += drawn[d] / (double)count;
        beyond += is_ratio ? drawn[d] <= gap->value + 1e-12 : drawn[d] >= gap->value - 1e-12;
    }
    TRY(sort_f64(job, drawn, count));
    gap->null_95 = drawn[is_ratio ? count / 20 : count - 1 - count / 20];
    gap->p = (double)(beyond + 1) / (double)(count + 1);
    return CANDOR_OK;
}

static enum parity_verdict judge(const struct parity_asked *asked, struct interval interval)
{
    if (isnan(interval.low) || isnan(interval.high)) {
        return PARITY_UNDEFINED;
    }
    if (asked->is_ratio) {
        return interval.low >= asked->limit   ? PARITY_PASS
               : interval.high < asked->limit ? PARITY_FAIL
                                              : PARITY_OPEN;
    }
    return interval.high <= asked->limit ? PARITY_PASS
           : interval.low > asked->limit ? PARITY_FAIL
                                         : PARITY_OPEN;
}

static enum candor_status take_simultaneous(struct job *job, const struct comparing *comparing,
                                            struct parity_gap *gap)
{
    double *deviation = NULL;
    TRY_ALLOC(job, deviation, comparing->count, double);
    for (size_t i = 0; i < comparing->count; i++) {
        const struct parity_share share = comparing->share[i];
        const double p = (parity_value(share) * share.size + 2) / (share.size + 4);
        const double spread = sqrt(p * (1 - p) / (share.size + 4));
        /* a ratio is compared as its logarithm */
        deviation[i] = comparing->asked->is_ratio ? spread / p : spread;
    }
    TRY(parity_simultaneous_z(job, deviation, comparing->count, comparing->asked->confidence,
                              comparing->asked->seed, &gap->z));
    TRY(parity_simultaneous(job, comparing->share, comparing->count, comparing->asked->is_ratio,
                            gap->z, &gap->simultaneous));
    return CANDOR_OK;
}

enum candor_status parity_gap(struct job *job, const struct parity_asked *asked,
                              struct parity_gap *gap)
{
    struct comparing comparing;
    *gap = (struct parity_gap){.value = NOT_KNOWN,
                               .low = SIZE_MAX,
                               .high = SIZE_MAX,
                               .pair = unknown_interval(),
                               .simultaneous = unknown_interval(),
                               .z = NOT_KNOWN,
                               .p = NOT_KNOWN,
                               .null_mean = NOT_KNOWN,
                               .null_95 = NOT_KNOWN,
                               .verdict = PARITY_UNDEFINED};
    TRY(take_groups(job, asked, &comparing));
    gap->compared = comparing.count;
    if (comparing.count < 2) {
        return CANDOR_OK;
    }
    find_gap(&comparing, gap);
    if (isnan(gap->value)) {
        return CANDOR_OK;
    }
    TRY(take_simultaneous(job, &comparing, gap));
    if (asked->permutations > 0) {
        TRY(take_null(job, &comparing, gap));
    }
    gap->verdict = judge(asked, gap->simultaneous);
    return CANDOR_OK;
}
