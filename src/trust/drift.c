/*
 * drift.c - one column of two tables: the statistics that people know, and a verdict.
 *
 * Deciles are blind where a value holds more than a tenth of the rows: of a column that is 92 % zeros
 * every decile is zero, all rows share one bin, and the index is 0 whatever happens above. The verdict
 * rests on bins of our own: a value with a twentieth of the rows has one of its own, and missing values
 * have one. Levels that are too rare for the chi-square test are joined, so that a column with a thousand
 * levels is judged by what can be known.
 *
 *     p = min(p of the bins, p of Kolmogorov-Smirnov) * 2 tests * columns
 *
 * is what chance may do in any column, and moved says how much it is: a share of the rows.
 */
#include "watch.h"

#include <math.h>
#include <string.h>

#include "numeric.h"

enum { TENTHS = 10, OWN_BINS = 20, OWN_BINS_MAX = 2 * OWN_BINS + 4, TESTS = 2 };

static const double chance_least = 0.01;
static const double moved_some = 0.05;
static const double moved_much = 0.1;
static const double expected_least = 5; /* Cochran 1954 */
static const double own_texts = 0.5;    /* of the rows: an identifier */

const char *drift_verdict_word(enum drift_verdict verdict)
{
    switch (verdict) {
    case DRIFT_STABLE:
        return "stable";
    case DRIFT_SHIFTING:
        return "shifting";
    case DRIFT_DRIFTED:
        return "drifted";
    case DRIFT_NOT_JUDGED:
        return "not judged";
    }
    return "";
}

/* ---- shares -------------------------------------------------------------------------------- */

static double psi_part(double then, double now)
{
    return (now - then) * log(now / then);
}

static double js_part(double share, double middle)
{
    return share > 0 ? share * log(share / middle) / 2 : 0;
}

/* What each bin adds, of its shares p and q. */
static void add_bin(struct shares *shares, double p, double q)
{
    const double root = sqrt(p) - sqrt(q);
    if (!(p + q > 0)) {
        shares->psi_plain = (double)NAN;
        return;
    }
    shares->psi_floor_low += psi_part(fmax(p, 1e-4), fmax(q, 1e-4));
    shares->psi_floor += psi_part(fmax(p, 1e-2), fmax(q, 1e-2));
    shares->psi_plain += p > 0 && q > 0 ? psi_part(p, q) : (double)NAN;
    shares->js += js_part(p, (p + q) / 2) + js_part(q, (p + q) / 2);
    shares->hellinger += root * root / 2;
    shares->total_variation += fabs(p - q) / 2;
    shares->most = fmax(shares->most, fabs(p - q));
    shares->kl += p > 0 ? (q > 0 ? p * log(p / q) : (double)NAN) : 0;
}

static double chi_part(double seen, double expected)
{
    return (seen - expected) * (seen - expected) / expected;
}

static void test_bins(struct shares *shares, const double *then, const double *now, size_t count,
                      const double rows[2])
{
    size_t filled = 0;
    for (size_t b = 0; b < count; b++) {
        const double both = then[b] + now[b];
        if (!(both > 0)) {
            continue;
        }
        filled++;
        shares->chi2 += chi_part(then[b], both * rows[0] / (rows[0] + rows[1])) +
                        chi_part(now[b], both * rows[1] / (rows[0] + rows[1]));
        shares->chi2_fixed +=
            then[b] > 0 ? chi_part(now[b], then[b] * rows[1] / rows[0]) : (double)NAN;
    }
    shares->freedom = filled - 1;
    if (filled < 2) {
        shares->chi2_p = shares->chi2_fixed = shares->chi2_fixed_p = (double)NAN;
        return;
    }
    shares->chi2_p = chi_square_tail(shares->chi2, (double)shares->freedom);
    shares->chi2_fixed_p = isnan(shares->chi2_fixed)
                               ? (double)NAN
                               : chi_square_tail(shares->chi2_fixed, (double)shares->freedom);
}

struct shares shares_of(const double *then, const double *now, size_t count)
{
    struct shares shares = {.bin_count = count};
    double rows[2] = {0};
    for (size_t b = 0; b < count; b++) {
        rows[0] += then[b];
        rows[1] += now[b];
    }
    must(rows[0] > 0 && rows[1] > 0);
    const double half = 0.5 * (double)count;
    for (size_t b = 0; b < count; b++) {
        add_bin(&shares, then[b] / rows[0], now[b] / rows[1]);
        shares.psi +=
            psi_part((then[b] + 0.5) / (rows[0] + half), (now[b] + 0.5) / (rows[1] + half));
    }
    shares.js = fmax(0, shares.js);
    shares.hellinger = sqrt(shares.hellinger);
    test_bins(&shares, then, now, count, rows);
    return shares;
}

/* ---- numbers ------------------------------------------------------------------------------- */

/* The values that are there, sorted or not; count of them. */
static enum candor_status present_of(struct job *job, const struct column *column, size_t rows,
                                     struct sample *sample)
{
    TRY_ALLOC(job, sample->value, rows + 1, double);
    sample->count = 0;
    for (size_t row = 0; row < rows; row++) {
        if (!isnan(column->number[row])) {
            sample->value[sample->count++] = column->number[row];
        }
    }
    return CANDOR_OK;
}

/* Linear between the two neighbours, from the nearer one: as numpy's percentile has it to the last bit. */
static double quantile_of(const struct sample *sorted, double share)
{
    const double place = share * (double)(sorted->count - 1);
    const double below = floor(place);
    const size_t at = (size_t)below;
    if (at + 1 >= sorted->count) {
        return sorted->value[sorted->count - 1];
    }
    const double part = place - below;
    const double low = sorted->value[at];
    const double high = sorted->value[at + 1];
    return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
}

static size_t deciles_of(const struct sample *sorted, double *edge)
{
    size_t count = 0;
    for (int d = 1; d < TENTHS; d++) {
        const double value = quantile_of(sorted, d / (double)TENTHS);
        if (count == 0 || value > edge[count - 1]) {
            edge[count++] = value;
        }
    }
    return count;
}

/* Bin i holds the values from edge i - 1 on and below edge i. */
static void count_between(const struct sample *sorted, const double *edge, size_t edge_count,
                          double *count)
{
    size_t bin = 0;
    memset(count, 0, (edge_count + 1) * sizeof *count);
    for (size_t i = 0; i < sorted->count; i++) {
        while (bin < edge_count && edge[bin] <= sorted->value[i]) {
            bin++;
        }
        count[bin]++;
    }
}

/*
 * Edges of our own: a value that holds a twentieth of the rows begins and ends a bin; others share bins of
 * about a twentieth.
 */
static size_t own_edges(const struct sample *sorted, double *edge)
{
    const double share = (double)sorted->count / OWN_BINS;
    size_t edges = 0;
    double filled = 0;
    for (size_t i = 0; i < sorted->count;) {
        size_t same = i;
        while (same < sorted->count && sorted->value[same] <= sorted->value[i]) {
            same++;
        }
        const double weight = (double)(same - i);
        if (filled > 0 && (weight >= share || filled >= share)) {
            edge[edges++] = sorted->value[i];
            filled = 0;
        }
        filled += weight;
        i = same;
    }
    must(edges <= 2 * OWN_BINS);
    return edges;
}

/* ---- the verdict --------------------------------------------------------------------------- */

static void judge(struct column_drift *drift, size_t test_count)
{
    const double bins = isnan(drift->own.chi2_p) ? 1 : drift->own.chi2_p;
    const double sorted = isnan(drift->ranks.ks_p) ? 1 : drift->ranks.ks_p;
    const double tests = drift->is_number ? TESTS : 1;
    const double ks = isnan(drift->ranks.ks) ? 0 : drift->ranks.ks;
    drift->moved = fmax(ks, drift->is_number ? 0 : drift->own.total_variation);
    const double missing_then = (double)drift->missing[0] / (double)drift->rows[0];
    const double missing_now = (double)drift->missing[1] / (double)drift->rows[1];
    drift->moved = fmax(drift->moved, fabs(missing_now - missing_then));
    drift->p = fmin(1, fmin(bins, sorted) * tests * (double)test_count);
    drift->verdict = DRIFT_STABLE;
    if (drift->p <= chance_least && drift->moved >= moved_some) {
        drift->verdict = drift->moved >= moved_much ? DRIFT_DRIFTED : DRIFT_SHIFTING;
    }
}

static void no_ranks(struct ranks *ranks)
{
    const double none = (double)NAN;
    *ranks = (struct ranks){none, none, none, none, none, none, none, none, none};
}

static void no_shares(struct shares *shares)
{
    const double none = (double)NAN;
    *shares = (struct shares){0,    none, none, none, none, none, none, none,
                              none, none, none, 0,    none, none, none};
}

static void not_judged(struct column_drift *drift, const char *reason)
{
    drift->verdict = DRIFT_NOT_JUDGED;
    drift->reason = str_of(reason);
    drift->p = (double)NAN;
    drift->moved = (double)NAN;
}

static enum candor_status drift_of_numbers(struct job *job, struct sample then, struct sample now,
                                           size_t test_count, struct column_drift *drift)
{
    double edge[OWN_BINS_MAX];
    double before[OWN_BINS_MAX];
    double after[OWN_BINS_MAX];
    drift->mean[0] = mean_of(then.value, NULL, then.count);
    drift->mean[1] = mean_of(now.value, NULL, now.count);
    TRY(ranks_of(job, then, now, &drift->ranks)); /* from here on both are sorted */
    size_t edges = deciles_of(&then, edge);
    count_between(&then, edge, edges, before);
    count_between(&now, edge, edges, after);
    drift->shares = shares_of(before, after, edges + 1);
    edges = own_edges(&then, edge);
    count_between(&then, edge, edges, before);
    count_between(&now, edge, edges, after);
    before[edges + 1] = (double)drift->missing[0];
    after[edges + 1] = (double)drift->missing[1];
    drift->own = shares_of(before, after, edges + 2);
    judge(drift, test_count);
    return CANDOR_OK;
}

/* ---- levels -------------------------------------------------------------------------------- */

struct levels {
    size_t count; /* place 0: missing */
    double *then;
    double *now;
};

static enum candor_status count_levels(struct job *job, const struct column *then, size_t then_rows,
                                       const struct column *now, size_t now_rows,
                                       struct levels *levels)
{
    const size_t most = then->level_count + now->level_count + 1;
    uint32_t *place;
    struct map *map = map_begin(job->arena);
    TRY_ALLOC(job, levels->then, most, double);
    TRY_ALLOC(job, levels->now, most, double);
    TRY_ALLOC(job, place, now->level_count + 1, uint32_t);
    /* What the map points at is the level's count: its distance from the first is its place. */
    for (size_t l = 0; l < then->level_count; l++) {
        map_put(map, bytes_of(then->level[l]), &levels->then[l + 1]);
    }
    levels->count = then->level_count + 1;
    for (size_t l = 0; l < now->level_count; l++) {
        const double *known = map_get(map, bytes_of(now->level[l]));
        place[l] = (uint32_t)(known != NULL ? (size_t)(known - levels->then) : levels->count++);
    }
    for (size_t row = 0; row < then_rows; row++) {
        levels->then[then->code[row] == CODE_MISSING ? 0 : then->code[row] + 1]++;
    }
    for (size_t row = 0; row < now_rows; row++) {
        levels->now[now->code[row] == CODE_MISSING ? 0 : place[now->code[row]]]++;
    }
    return CANDOR_OK;
}

/* Leave out what neither side has: no row is missing, or a level of rows that were left out. */
static void squeeze(struct levels *levels)
{
    size_t kept = 0;
    for (size_t l = 0; l < levels->count; l++) {
        if (levels->then[l] + levels->now[l] > 0) {
            levels->then[kept] = levels->then[l];
            levels->now[kept] = levels->now[l];
            kept++;
        }
    }
    levels->count = kept;
}

static void join_rare(struct levels *levels, double then_rows, double now_rows)
{
    const double least = fmin(then_rows, now_rows) / (then_rows + now_rows);
    double rare[2] = {0};
    size_t kept = 0;
    for (size_t l = 0; l < levels->count; l++) {
        if ((levels->then[l] + levels->now[l]) * least < expected_least) {
            rare[0] += levels->then[l];
            rare[1] += levels->now[l];
            continue;
        }
        levels->then[kept] = levels->then[l];
        levels->now[kept] = levels->now[l];
        kept++;
    }
    if (rare[0] + rare[1] > 0) {
        levels->then[kept] = rare[0];
        levels->now[kept] = rare[1];
        kept++;
    }
    levels->count = kept;
}

static enum candor_status drift_of_levels(struct job *job, const struct column *then,
                                          const struct column *now, size_t test_count,
                                          struct column_drift *drift)
{
    struct levels levels = {0};
    double fresh = 0;
    TRY(count_levels(job, then, drift->rows[0], now, drift->rows[1], &levels));
    drift->missing[0] = (size_t)levels.then[0];
    drift->missing[1] = (size_t)levels.now[0];
    for (size_t l = 1; l < levels.count; l++) {
        const bool is_new = !(levels.then[l] > 0) && levels.now[l] > 0;
        drift->new_levels += is_new;
        fresh += is_new ? levels.now[l] : 0;
    }
    drift->new_share = fresh / (double)drift->rows[1];
    squeeze(&levels);
    drift->level_count = levels.count;
    drift->shares = shares_of(levels.then, levels.now, levels.count);
    const bool is_identifier =
        (double)levels.count > own_texts * (double)(drift->rows[0] + drift->rows[1]);
    join_rare(&levels, (double)drift->rows[0], (double)drift->rows[1]);
    drift->own = shares_of(levels.then, levels.now, levels.count);
    judge(drift, test_count);
    if (is_identifier && levels.count < 2) {
        not_judged(drift, "nearly every row has a text of its own");
    }
    return CANDOR_OK;
}

/* ---- the column ---------------------------------------------------------------------------- */

/* Numbers on one side and texts on the other: all rows sit elsewhere. */
static void other_kind(struct column_drift *drift)
{
    no_ranks(&drift->ranks);
    no_shares(&drift->shares);
    no_shares(&drift->own);
    drift->moved = 1;
    drift->p = 0;
    drift->verdict = DRIFT_DRIFTED;
    drift->reason = drift->is_number ? STR("was all numbers, and has text now")
                                     : STR("had text, and is all numbers now");
}

enum candor_status column_drift_of(struct job *job, const struct column *then, size_t then_rows,
                                   const struct column *now, size_t now_rows, size_t test_count,
                                   struct column_drift *drift)
{
    struct sample before;
    struct sample after;
    *drift = (struct column_drift){.name = then->name,
                                   .is_number = then->kind == COLUMN_NUMBER,
                                   .rows = {then_rows, now_rows},
                                   .mean = {(double)NAN, (double)NAN},
                                   .reason = STR("")};
    must(then_rows > 0 && now_rows > 0);
    no_ranks(&drift->ranks);
    no_shares(&drift->shares);
    no_shares(&drift->own);
    if (drift->is_number != (now->kind == COLUMN_NUMBER)) {
        other_kind(drift);
        return CANDOR_OK;
    }
    if (!drift->is_number) {
        return drift_of_levels(job, then, now, test_count, drift);
    }
    TRY(present_of(job, then, then_rows, &before));
    TRY(present_of(job, now, now_rows, &after));
    drift->missing[0] = then_rows - before.count;
    drift->missing[1] = now_rows - after.count;
    if (before.count > 0 && after.count > 0) {
        return drift_of_numbers(job, before, after, test_count, drift);
    }
    judge(drift, test_count);
    if (before.count == after.count) {
        not_judged(drift, "no row of either table has a value");
    } else {
        drift->verdict = DRIFT_DRIFTED;
        drift->reason = before.count == 0 ? STR("had no values, and has some now")
                                          : STR("has no values any more");
    }
    return CANDOR_OK;
}
