/*
 * test_parity.c - cells, gaps, rankings, numbers and proxies against their definitions written down
 * slowly; and a simulation of how often the simultaneous interval holds what it promises to hold.
 */
#include <math.h>
#include <stdlib.h>

#include "parity.h"

#include "testing.h"

enum { ROWS_MAX = 300, GROUPS_MAX = 5, RUNS = 120 };

#define NONE UINT32_MAX
#define NOT_KNOWN ((double)NAN)

struct table {
    uint8_t label[ROWS_MAX];
    uint8_t decision[ROWS_MAX];
    double score[ROWS_MAX];
    double weight[ROWS_MAX];
    uint32_t group[ROWS_MAX];
    struct audit_rows rows;
};

static void make_table(struct table *table, struct rng *rng)
{
    table->rows = (struct audit_rows){.row_count = (size_t)rng_below(rng, ROWS_MAX + 1),
                                      .label = table->label,
                                      .decision = table->decision,
                                      .score = table->score,
                                      .group = table->group,
                                      .group_count = (size_t)rng_below(rng, GROUPS_MAX) + 1};
    for (size_t i = 0; i < table->rows.row_count; i++) {
        const uint64_t group = rng_below(rng, table->rows.group_count + 1);
        table->group[i] = group == table->rows.group_count ? NONE : (uint32_t)group;
        table->label[i] = rng_below(rng, 3) == 0;
        table->decision[i] = rng_below(rng, 3 + group) == 0;
        table->score[i] = (double)rng_below(rng, 41) / 40; /* with ties */
        table->weight[i] = (double)rng_below(rng, 4);
    }
}

static bool is_same(double left, double right)
{
    return (isnan(left) && isnan(right)) || left == right ||
           fabs(left - right) < 1e-11 * fmax(1, fabs(right));
}

/* ---- cells and scores ---------------------------------------------------------------------- */

static bool is_in(const struct table *table, size_t i, size_t group)
{
    return group == table->rows.group_count || table->group[i] == group;
}

/* Pairs won, every pair looked at. */
static double slow_auc(const struct table *table, const double *weight, size_t group)
{
    double wins = 0;
    double pairs = 0;
    for (size_t i = 0; i < table->rows.row_count; i++) {
        for (size_t j = 0; j < table->rows.row_count; j++) {
            if (is_in(table, i, group) && is_in(table, j, group) && table->label[i] != 0 &&
                table->label[j] == 0) {
                const double w = weight == NULL ? 1 : weight[i] * weight[j];
                pairs += w;
                wins += table->score[i] > table->score[j]    ? w
                        : table->score[i] == table->score[j] ? w / 2
                                                             : 0;
            }
        }
    }
    return pairs > 0 ? wins / pairs : NOT_KNOWN;
}

static double slow_mass(const struct table *table, const double *weight, size_t group,
                        size_t outcome)
{
    double sum = 0;
    for (size_t i = 0; i < table->rows.row_count; i++) {
        const size_t is = (size_t)table->label[i] * 2 + table->decision[i];
        sum += is_in(table, i, group) && is == outcome ? (weight == NULL ? 1 : weight[i]) : 0;
    }
    return sum;
}

static void check_cells(const struct table *table, const double *weight)
{
    struct job job;
    struct parity_cells cells;
    struct parity_score exact[GROUPS_MAX + 1];
    job_begin(&job, host_real());
    expect(parity_count(&job, &table->rows, weight, &cells) == CANDOR_OK, "%s", job.message);
    expect(parity_score_exact(&job, &table->rows, weight, exact) == CANDOR_OK, "%s", job.message);
    for (size_t g = 0; g <= table->rows.group_count; g++) {
        const struct parity_score binned = parity_score_of_cells(&cells, g);
        const double auc = slow_auc(table, weight, g);
        for (size_t o = 0; o < PARITY_OUTCOMES; o++) {
            expect(is_same(cells.group[g].mass[o], slow_mass(table, weight, g, o)), "mass");
        }
        expect(is_same(exact[g].value[SCORE_AUC], auc), "auc %g, not %g", exact[g].value[SCORE_AUC],
               auc);
        expect(isnan(auc) || fabs(binned.value[SCORE_AUC] - auc) <= binned.auc_error + 1e-12,
               "the stated error of the auc");
        for (size_t m = SCORE_MEAN; m <= SCORE_ECE_WIDTH; m++) {
            expect(is_same(binned.value[m], exact[g].value[m]), "%s: %g and %g",
                   parity_score_name((enum parity_score_measure)m), binned.value[m],
                   exact[g].value[m]);
        }
    }
    job_end(&job);
}

static void cells_hold_what_a_pass_for_each_number_finds(void **state)
{
    (void)state;
    struct rng rng = rng_of(61);
    for (size_t run = 0; run < RUNS; run++) {
        struct table table;
        make_table(&table, &rng);
        check_cells(&table, NULL);
        check_cells(&table, table.weight);
    }
}

static void coarser_groups_come_from_the_cells_of_finer_ones(void **state)
{
    (void)state;
    static const uint32_t into[GROUPS_MAX] = {0, 1, 0, NONE, 1};
    struct rng rng = rng_of(62);
    for (size_t run = 0; run < RUNS; run++) {
        struct table table;
        struct parity_cells fine;
        struct parity_cells folded;
        struct parity_cells coarse;
        struct job job;
        job_begin(&job, host_real());
        make_table(&table, &rng);
        must(parity_count(&job, &table.rows, NULL, &fine) == CANDOR_OK);
        must(parity_fold(&job, &fine, into, 2, &folded) == CANDOR_OK);
        for (size_t i = 0; i < table.rows.row_count; i++) {
            table.group[i] = table.group[i] == NONE ? NONE : into[table.group[i]];
        }
        table.rows.group_count = 2;
        must(parity_count(&job, &table.rows, NULL, &coarse) == CANDOR_OK);
        for (size_t g = 0; g <= 2; g++) {
            expect(folded.group[g].count == coarse.group[g].count, "count");
            expect(is_same(parity_score_of_cells(&folded, g).value[SCORE_AUC],
                           parity_score_of_cells(&coarse, g).value[SCORE_AUC]),
                   "auc");
        }
        job_end(&job);
    }
}

static void rows_without_a_score_are_counted_and_others_refused(void **state)
{
    (void)state;
    static const uint8_t one[3] = {1, 0, 1};
    static const uint32_t group[3] = {0, 0, 0};
    double score[3] = {0.5, NOT_KNOWN, 1};
    struct audit_rows rows = {3, one, one, score, group, 1};
    struct parity_cells cells;
    struct job job;
    job_begin(&job, host_real());
    assert_int_equal(parity_count(&job, &rows, NULL, &cells), CANDOR_OK);
    assert_int_equal(cells.unscored, 1);
    assert_int_equal(cells.group[0].count, 2);
    score[1] = 1.5;
    assert_int_equal(parity_count(&job, &rows, NULL, &cells), CANDOR_BAD_INPUT);
    job_forgive(&job);
    score[1] = 0.5;
    const double weight[3] = {1, -1, 1};
    assert_int_equal(parity_count(&job, &rows, weight, &cells), CANDOR_BAD_INPUT);
    job_end(&job);
}

static void entropy_is_the_mean_over_people(void **state)
{
    (void)state;
    const double mass[PARITY_OUTCOMES] = {3, 2, 4, 1}; /* tn fp fn tp */
    const double benefit[10] = {1, 1, 1, 2, 2, 0, 0, 0, 0, 1};
    double theil = 0;
    double second = 0;
    for (size_t i = 0; i < 10; i++) {
        const double ratio = benefit[i] / 0.8;
        theil += (ratio > 0 ? ratio * log(ratio) : 0) / 10;
        second += (ratio * ratio - 1) / 20;
    }
    expect(is_same(parity_entropy(mass, 1), theil), "theil");
    expect(is_same(parity_entropy(mass, 2), second), "second");
    const double nobody[PARITY_OUTCOMES] = {0, 0, 5, 0};
    expect(isnan(parity_entropy(nobody, 1)), "nobody has a benefit");
}

/* ---- the gap ------------------------------------------------------------------------------- */

static struct parity_share share_of(double hits, double trials)
{
    return (struct parity_share){hits, trials, trials};
}

static struct parity_gap gap_between(const struct parity_share *share, size_t count, double limit,
                                     bool is_ratio)
{
    const struct parity_asked asked = {share, count, is_ratio, limit, 0.95, 7, 999};
    struct parity_gap gap;
    struct job job;
    job_begin(&job, host_real());
    must(parity_gap(&job, &asked, &gap) == CANDOR_OK);
    job_end(&job);
    return gap;
}

static void pass_and_not_enough_evidence_are_kept_apart(void **state)
{
    (void)state;
    const struct parity_share many[3] = {share_of(5000, 10000), share_of(5050, 10000),
                                         share_of(0, 0)};
    const struct parity_share few[2] = {share_of(5, 10), share_of(5, 10)};
    const struct parity_share apart[2] = {share_of(900, 1000), share_of(500, 1000)};
    const struct parity_share nobody[2] = {share_of(0, 50), share_of(0, 60)};
    assert_int_equal(gap_between(many, 3, 0.1, false).verdict, PARITY_PASS);
    assert_int_equal(gap_between(many, 3, 0.1, false).compared, 2);
    assert_int_equal(gap_between(few, 2, 0.1, false).verdict, PARITY_OPEN);
    assert_int_equal(gap_between(apart, 2, 0.1, false).verdict, PARITY_FAIL);
    assert_int_equal(gap_between(many, 3, 0.8, true).verdict, PARITY_PASS);
    assert_int_equal(gap_between(apart, 2, 0.8, true).verdict, PARITY_FAIL);
    assert_int_equal(gap_between(nobody, 2, 0.8, true).verdict, PARITY_UNDEFINED);
    assert_int_equal(gap_between(many, 1, 0.1, false).verdict, PARITY_UNDEFINED);
    expect(isnan(gap_between(nobody, 2, 0.8, true).value), "nothing to nothing");
    expect(gap_between(apart, 2, 0.1, false).p < 0.01, "apart");
}

/* The null of a gap: labels shuffled among all trials, one by one. */
static void the_null_is_that_of_shuffled_labels(void **state)
{
    (void)state;
    enum { SHUFFLES = 4000, ALL = 60 };
    static const size_t size[3] = {10, 20, 30};
    const struct parity_share share[3] = {share_of(6, 10), share_of(8, 20), share_of(10, 30)};
    const struct parity_gap gap = gap_between(share, 3, 0.1, false);
    struct rng rng = rng_of(3);
    uint32_t hit[ALL];
    double mean = 0;
    double beyond = 0;
    for (size_t i = 0; i < ALL; i++) {
        hit[i] = i < 24;
    }
    for (size_t run = 0; run < SHUFFLES; run++) {
        double low = 1;
        double high = 0;
        rng_shuffle(&rng, hit, ALL);
        for (size_t g = 0, i = 0; g < 3; g++) {
            double hits = 0;
            for (const size_t end = i + size[g]; i < end; i++) {
                hits += hit[i];
            }
            low = fmin(low, hits / (double)size[g]);
            high = fmax(high, hits / (double)size[g]);
        }
        mean += (high - low) / SHUFFLES;
        beyond += high - low >= gap.value - 1e-12;
    }
    expect(fabs(gap.null_mean - mean) < 0.01, "mean %g, not %g", gap.null_mean, mean);
    expect(fabs(gap.p - beyond / SHUFFLES) < 0.05, "p %g, not %g", gap.p, beyond / SHUFFLES);
}

struct setting {
    size_t count;
    double size; /* of the smallest group; each next one is larger by grows */
    double grows;
    double base; /* the rate of the first; each next one is larger by step */
    double step;
};

static double draw_hits(struct rng *rng, double size, double rate)
{
    if (size > 2000) { /* a binomial count is as good as normal here */
        return fmin(fmax(rint(size * rate + sqrt(size * rate * (1 - rate)) * rng_normal(rng)), 0),
                    size);
    }
    double hits = 0;
    for (double i = 0; i < size; i++) {
        hits += rng_f64(rng) < rate;
    }
    return hits;
}

static bool all_pairs_hold(const struct parity_share *share, const double *rate, size_t count,
                           double z)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct interval interval = parity_newcombe(share[i], share[j], z);
            const double truth = rate[i] - rate[j];
            if (truth < interval.low || truth > interval.high) {
                return false;
            }
        }
    }
    return true;
}

struct coverage {
    double pairs; /* all pairs at once */
    double gap;   /* the largest true gap */
};

static struct coverage simulate(const struct setting *setting, size_t runs, uint64_t seed)
{
    struct rng rng = rng_of(seed);
    struct coverage coverage = {0, 0};
    double rate[50];
    double truth = setting->step * (double)(setting->count - 1);
    for (size_t run = 0; run < runs; run++) {
        struct parity_share share[50];
        double size = setting->size;
        for (size_t g = 0; g < setting->count; g++) {
            rate[g] = setting->base + setting->step * (double)g;
            share[g] = share_of(draw_hits(&rng, rint(size), rate[g]), rint(size));
            size *= setting->grows;
        }
        struct job job;
        struct parity_gap gap;
        const struct parity_asked asked = {share, setting->count, false, 0.1, 0.95, run, 0};
        job_begin(&job, host_real());
        must(parity_gap(&job, &asked, &gap) == CANDOR_OK);
        job_end(&job);
        coverage.pairs += all_pairs_hold(share, rate, setting->count, gap.z) / (double)runs;
        coverage.gap +=
            (gap.simultaneous.low <= truth + 1e-12 && truth <= gap.simultaneous.high + 1e-12) /
            (double)runs;
    }
    return coverage;
}

/* COVERAGE_RUNS makes the printed table sharper; the test itself allows for the noise of 300 runs. */
static void all_pairs_are_covered_at_once(void **state)
{
    (void)state;
    static const struct setting setting[] = {
        {2, 20, 1, 0.3, 0},        {2, 1e6, 1, 0.3, 0.05},   {5, 20, 1, 0.4, 0},
        {5, 50, 3, 0.2, 0.05},     {5, 1000, 5, 0.1, 0.02},  {10, 100, 1, 0.3, 0},
        {10, 50, 2, 0.3, 0.02},    {10, 1e6, 1, 0.5, 0.001}, {20, 200, 1.3, 0.25, 0.01},
        {50, 100, 1.1, 0.4, 0.002}};
    const char *given = getenv("COVERAGE_RUNS");
    const size_t runs = given == NULL ? 300 : (size_t)atol(given);
    for (size_t s = 0; s < sizeof setting / sizeof setting[0]; s++) {
        const struct coverage got = simulate(&setting[s], runs, 100 + s);
        print_message("%2zu groups from %7.0f rows: all pairs %.4f, largest gap %.4f\n",
                      setting[s].count, setting[s].size, got.pairs, got.gap);
        const double noise = 3.5 * sqrt(0.05 * 0.95 / (double)runs);
        expect(got.pairs > 0.94 - noise, "%zu: %g", s, got.pairs);
        expect(got.gap >= got.pairs - 1e-9, "the largest gap is one of the pairs");
    }
}

/* ---- rankings and numbers ------------------------------------------------------------------ */

static void rankings_are_what_their_definitions_say(void **state)
{
    (void)state;
    static const uint32_t group[6] = {0, 1, 0, 1, 1, NONE};
    static const double score[6] = {0.9, 0.1, 0.8, 0.7, 0.2, 1};
    const struct audit_rows rows = {6, NULL, NULL, score, group, 2};
    struct parity_ranking ranking;
    struct job job;
    job_begin(&job, host_real());
    must(parity_rank(&job, &rows, 2, &ranking) == CANDOR_OK);
    const double exposed = (1 + 1 / log2(3)) / 2; /* places 1 and 2 */
    const double hidden = (1 / log2(4) + 1 / log2(5) + 1 / log2(6)) / 3;
    expect(is_same(ranking.exposure[0], exposed), "exposure");
    expect(is_same(ranking.exposure[1], hidden), "exposure");
    expect(is_same(ranking.exposure_ratio, hidden / exposed), "ratio");
    expect(ranking.share_top[0] == 1 && ranking.share_top[1] == 0, "top");
    static const double first[5] = {1, 2, 2, 2, 2}; /* of group 0 among the first k */
    double sum = 0;
    double discounts = 0;
    for (size_t k = 1; k <= 5; k++) {
        const double p = first[k - 1] / (double)k;
        const double kl = p * log(p / 0.4) + (p < 1 ? (1 - p) * log((1 - p) / 0.6) : 0);
        sum += kl / log2((double)k + 1);
        discounts += 1 / log2((double)k + 1);
    }
    expect(is_same(ranking.ndkl, sum / discounts), "ndkl %g, not %g", ranking.ndkl,
           sum / discounts);
    job_end(&job);
}

static void numbers_are_compared_by_residual_and_distance(void **state)
{
    (void)state;
    static const uint32_t group[5] = {0, 0, 1, 1, 1};
    static const double score[5] = {1, 2, 3, 4, 2};
    static const double label[5] = {0, 2, 3, 6, 2};
    const struct audit_rows rows = {5, NULL, NULL, score, group, 2};
    struct parity_numbers numbers;
    struct job job;
    job_begin(&job, host_real());
    must(parity_numbers(&job, &rows, label, NULL, &numbers) == CANDOR_OK);
    expect(is_same(numbers.group[0].residual, 0.5), "residual");
    expect(is_same(numbers.group[1].residual, -2.0 / 3), "residual");
    expect(is_same(numbers.group[1].rmse, sqrt(4.0 / 3)), "rmse");
    expect(is_same(numbers.group[2].residual, -0.2), "of all");
    expect(is_same(numbers.ks, 2.0 / 3), "ks %g", numbers.ks);
    job_end(&job);
}

/* Equal groups are looked at once: the ends must be those of all pairs, looked at one by one. */
static void many_groups_have_the_interval_of_all_their_pairs(void **state)
{
    (void)state;
    enum { GROUPS = 120 };
    struct parity_share share[GROUPS];
    struct rng rng = rng_of(11);
    for (size_t g = 0; g < GROUPS; g++) {
        const double trials = 1 + (double)rng_below(&rng, g < 60 ? 8 : 4000);
        share[g] = share_of((double)rng_below(&rng, (uint64_t)trials + 1), trials);
    }
    const struct parity_gap difference = gap_between(share, GROUPS, 0.1, false);
    const struct parity_gap ratio = gap_between(share, GROUPS, 0.8, true);
    struct interval apart = {0, 0};
    struct interval beside = {1, 1};
    for (size_t i = 0; i < GROUPS; i++) {
        for (size_t j = 0; j < GROUPS; j++) {
            const struct interval one = parity_newcombe(share[i], share[j], difference.z);
            const struct interval other = parity_katz(share[i], share[j], ratio.z);
            if (i != j) {
                apart.low = fmax(apart.low, one.low);
                apart.high = fmin(fmax(apart.high, one.high), 1);
                beside.low = fmin(beside.low, isnan(other.low) ? 0 : other.low);
                beside.high = isnan(other.low) ? beside.high : fmin(beside.high, other.high);
            }
        }
    }
    expect(is_same(difference.simultaneous.low, apart.low), "difference, low");
    expect(is_same(difference.simultaneous.high, apart.high), "difference, high");
    expect(is_same(ratio.simultaneous.low, beside.low), "ratio, low");
    expect(is_same(ratio.simultaneous.high, beside.high), "ratio, high");
}

/* Of a hundred normal numbers, none are further apart than z * sqrt(2) in 95 of 100 draws. */
static void the_z_of_many_groups_is_that_of_the_studentised_range(void **state)
{
    (void)state;
    enum { GROUPS = 100, DRAWS = 20000 };
    double deviation[GROUPS];
    double z = 0;
    double within = 0;
    struct rng rng = rng_of(13);
    struct job job;
    job_begin(&job, host_real());
    for (size_t g = 0; g < GROUPS; g++) {
        deviation[g] = 1;
    }
    must(parity_simultaneous_z(&job, deviation, GROUPS, 0.95, 1, &z) == CANDOR_OK);
    for (size_t d = 0; d < DRAWS; d++) {
        double low = 0;
        double high = 0;
        for (size_t g = 0; g < GROUPS; g++) {
            const double one = rng_normal(&rng);
            low = fmin(low, one);
            high = fmax(high, one);
        }
        within += high - low <= z * sqrt(2) ? 1.0 / DRAWS : 0;
    }
    expect(fabs(within - 0.95) < 0.006, "z %g: %g within", z, within);
    job_end(&job);
}

/* ---- proxies ------------------------------------------------------------------------------- */

static void a_copy_is_a_perfect_proxy_and_noise_is_none(void **state)
{
    (void)state;
    enum { ROWS = 400 };
    uint32_t group[ROWS];
    uint32_t noise[ROWS];
    struct rng rng = rng_of(9);
    struct parity_proxy proxy;
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < ROWS; i++) {
        group[i] = (uint32_t)rng_below(&rng, 2);
        noise[i] = (uint32_t)rng_below(&rng, 30);
    }
    must(parity_proxy(&job, &(struct parity_codes){group, 2}, group, 2, ROWS, 1, 99, &proxy) ==
         CANDOR_OK);
    expect(is_same(proxy.auc, 1) && is_same(proxy.share, 1) && is_same(proxy.cramers_v, 1), "copy");
    expect(is_same(proxy.p, 0.01), "p %g", proxy.p);
    must(parity_proxy(&job, &(struct parity_codes){noise, 30}, group, 2, ROWS, 1, 99, &proxy) ==
         CANDOR_OK);
    expect(proxy.p > 0.02, "noise has p %g", proxy.p);
    expect(proxy.null_mean > 0.02, "thirty levels share something by chance: %g", proxy.null_mean);
    job_end(&job);
}

/* Sixty thousand cells or six million: a table is measured the same whether it is nearly empty or not. */
static void a_nearly_empty_table_is_measured_like_a_full_one(void **state)
{
    (void)state;
    enum { ROWS = 1000, LEVELS = 300, GROUPS = 200 };
    uint32_t group[ROWS];
    uint32_t code[ROWS];
    struct rng rng = rng_of(21);
    struct parity_proxy whole;
    struct parity_proxy sparse;
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < ROWS; i++) {
        code[i] = (uint32_t)rng_below(&rng, LEVELS);
        group[i] = i % 10 == 0 ? UINT32_MAX : (code[i] + (uint32_t)rng_below(&rng, 3)) % GROUPS;
    }
    must(parity_proxy(&job, &(struct parity_codes){code, LEVELS}, group, GROUPS, ROWS, 1, 19,
                      &whole) == CANDOR_OK);
    must(parity_proxy(&job, &(struct parity_codes){code, 100 * LEVELS}, group, GROUPS, ROWS, 1, 19,
                      &sparse) == CANDOR_OK);
    expect(fabs(whole.chi2 / sparse.chi2 - 1) < 1e-12, "chi2 %g %g", whole.chi2, sparse.chi2);
    expect(fabs(whole.share - sparse.share) < 1e-12, "share");
    expect(fabs(whole.cramers_v - sparse.cramers_v) < 1e-12, "v");
    expect(fabs(whole.null_mean - sparse.null_mean) < 1e-12, "by chance");
    expect(is_same(whole.p, sparse.p), "p");
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_hold_what_a_pass_for_each_number_finds),
        cmocka_unit_test(coarser_groups_come_from_the_cells_of_finer_ones),
        cmocka_unit_test(rows_without_a_score_are_counted_and_others_refused),
        cmocka_unit_test(entropy_is_the_mean_over_people),
        cmocka_unit_test(pass_and_not_enough_evidence_are_kept_apart),
        cmocka_unit_test(the_null_is_that_of_shuffled_labels),
        cmocka_unit_test(all_pairs_are_covered_at_once),
        cmocka_unit_test(many_groups_have_the_interval_of_all_their_pairs),
        cmocka_unit_test(the_z_of_many_groups_is_that_of_the_studentised_range),
        cmocka_unit_test(rankings_are_what_their_definitions_say),
        cmocka_unit_test(numbers_are_compared_by_residual_and_distance),
        cmocka_unit_test(a_copy_is_a_perfect_proxy_and_noise_is_none),
        cmocka_unit_test(a_nearly_empty_table_is_measured_like_a_full_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
