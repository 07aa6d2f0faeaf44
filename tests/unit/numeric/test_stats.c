/*
 * test_stats.c - published values, definitions, and the limits.
 *
 * Wilson intervals: Newcombe 1998, "Two-sided confidence intervals for the single proportion", table
 * I, method 3. Differences: Newcombe 1998, "Interval estimation for the difference between
 * independent proportions", table II, method 10.
 */
#include "numeric.h"

#include <math.h>

#include "testing.h"

static bool is_near(double left, double right, double tolerance)
{
    return fabs(left - right) <= tolerance;
}

static void the_normal_distribution_has_its_known_values(void **state)
{
    (void)state;
    static const struct {
        double x;
        double below;
    } row[] = {
        {0, 0.5},
        {1, 0.84134474606854294859},
        {-1.959963984540054, 0.025},
        {3, 0.99865010196836990547},
        {-6, 9.8658764503769814070e-10},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(is_near(normal_cdf(row[i].x) / row[i].below, 1, 1e-13), "cdf row %zu", i);
        expect(is_near(normal_quantile(row[i].below), row[i].x, 1e-12), "quantile row %zu", i);
    }
}

static void the_quantile_inverts_the_distribution(void **state)
{
    (void)state;
    for (int i = 1; i < 1000; i++) {
        const double probability = i / 1000.0;
        expect(is_near(normal_cdf(normal_quantile(probability)), probability, 1e-15), "%d", i);
    }
    for (int exponent = 4; exponent < 300; exponent++) {
        const double tail = pow(10, -exponent);
        expect(is_near(normal_cdf(normal_quantile(tail)) / tail, 1, 1e-11), "1e-%d", exponent);
    }
}

static void wilson_intervals_match_the_published_table(void **state)
{
    (void)state;
    static const struct {
        struct rate rate;
        struct interval expected;
    } row[] = {
        {{81, 263}, {0.2553, 0.3662}}, {{15, 148}, {0.0624, 0.1605}}, {{0, 20}, {0, 0.1611}},
        {{1, 29}, {0.0061, 0.1718}},   {{20, 20}, {0.8389, 1}},       {{0, 0}, {0, 1}},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct interval got = wilson_interval(row[i].rate, 0.95);
        expect(is_near(got.low, row[i].expected.low, 5e-5), "row %zu: low %f", i, got.low);
        expect(is_near(got.high, row[i].expected.high, 5e-5), "row %zu: high %f", i, got.high);
    }
}

static void newcombe_intervals_match_the_published_table(void **state)
{
    (void)state;
    static const struct {
        struct rate first;
        struct rate second;
        struct interval expected;
    } row[] = {
        {{56, 70}, {48, 80}, {0.0524, 0.3339}},
        {{9, 10}, {3, 10}, {0.1705, 0.8090}},
        {{6, 7}, {2, 7}, {0.0582, 0.8062}},
        {{5, 56}, {0, 29}, {-0.0381, 0.1926}},
        {{0, 10}, {0, 20}, {-0.1611, 0.2775}},
        {{0, 10}, {0, 10}, {-0.2775, 0.2775}},
        {{10, 10}, {0, 20}, {0.6791, 1.0000}},
        {{10, 10}, {0, 10}, {0.6075, 1.0000}},
        {{3, 5}, {0, 0}, {-1, 1}},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct interval got = newcombe_interval(row[i].first, row[i].second, 0.95);
        expect(is_near(got.low, row[i].expected.low, 5e-5), "row %zu: low %f", i, got.low);
        expect(is_near(got.high, row[i].expected.high, 5e-5), "row %zu: high %f", i, got.high);
    }
}

static void sums_do_not_depend_on_the_order(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    double value[COUNT];
    uint32_t place[COUNT];
    struct rng rng = rng_of(9);
    for (uint32_t i = 0; i < COUNT; i++) {
        value[i] = ldexp(rng_normal(&rng), (int)rng_below(&rng, 40));
        place[i] = i;
    }
    const double sum = sum_any_order(value, NULL, COUNT);
    for (size_t turn = 0; turn < 20; turn++) {
        double shuffled[COUNT];
        rng_shuffle(&rng, place, COUNT);
        for (size_t i = 0; i < COUNT; i++) {
            shuffled[i] = value[place[i]];
        }
        expect(sum_any_order(shuffled, NULL, COUNT) == sum, "turn %zu", turn);
    }
}

static void sums_are_exact_where_doubles_are_not(void **state)
{
    (void)state;
    const double value[] = {1, 0x1p-55, -1, 0x1p-55};
    assert_true(sum_any_order(value, NULL, 4) == 0x1p-54);
    assert_true(sum_any_order(value, NULL, 0) == 0);
    const double tiny[] = {5e-324, 5e-324};
    assert_true(sum_any_order(tiny, NULL, 2) == 1e-323);
    const double huge[] = {1e308, -1e308, 3};
    assert_true(is_near(sum_any_order(huge, NULL, 2), 0, 0));
}

static void mean_and_variance_follow_their_definition(void **state)
{
    (void)state;
    const double value[] = {1, 2, 3, 4};
    const double weight[] = {1, 0, 0, 3};
    assert_true(is_near(mean_of(value, NULL, 4), 2.5, 1e-15));
    assert_true(is_near(variance_of(value, NULL, 4), 1.25, 1e-15));
    assert_true(is_near(mean_of(value, weight, 4), 3.25, 1e-15));
    assert_true(is_near(variance_of(value, weight, 4), 1.6875, 1e-15));
    assert_true(isnan(mean_of(value, NULL, 0)));
}

/* What row i of label 1 wins against row j of label 0. */
static double won_by(double score, double other)
{
    if (score == other) {
        return 0.5;
    }
    return score > other ? 1 : 0;
}

static double auc_by_definition(const struct predictions *of)
{
    double won = 0;
    double pairs = 0;
    for (size_t i = 0; i < of->count; i++) {
        for (size_t j = 0; j < of->count; j++) {
            const double weight = of->weight == NULL ? 1 : of->weight[i] * of->weight[j];
            if (of->label[i] > of->label[j]) {
                pairs += weight;
                won += weight * won_by(of->score[i], of->score[j]);
            }
        }
    }
    return won / pairs;
}

static void auc_follows_its_definition_with_ties_and_weights(void **state)
{
    (void)state;
    enum { COUNT = 200 };
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(4);
    for (uint64_t levels = 1; levels < 40; levels += 3) {
        double label[COUNT];
        double score[COUNT];
        double weight[COUNT];
        for (size_t i = 0; i < COUNT; i++) {
            label[i] = (double)(i % 3 == 0);
            score[i] = (double)rng_below(&rng, levels) - 2;
            weight[i] = (double)rng_below(&rng, 4);
        }
        struct predictions of = {label, score, NULL, COUNT};
        double auc;
        must(auc_of(&job, &of, &auc) == CANDOR_OK);
        expect(is_near(auc, auc_by_definition(&of), 1e-12), "%d levels", (int)levels);
        of.weight = weight;
        must(auc_of(&job, &of, &auc) == CANDOR_OK);
        expect(is_near(auc, auc_by_definition(&of), 1e-12), "%d levels, weighted", (int)levels);
    }
    job_end(&job);
}

static void auc_of_one_class_is_not_a_number(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double label[] = {1, 1};
    const double score[] = {0.2, 0.7};
    double auc = 0;
    must(auc_of(&job, &(struct predictions){label, score, NULL, 2}, &auc) == CANDOR_OK);
    assert_true(isnan(auc));
    must(auc_of(&job, &(struct predictions){label, score, NULL, 0}, &auc) == CANDOR_OK);
    assert_true(isnan(auc));
    job_end(&job);
}

static void log_loss_is_clipped_and_weighted(void **state)
{
    (void)state;
    const double label[] = {1, 0, 1};
    const double score[] = {0.8, 0.4, 0};
    const double weight[] = {1, 3, 0};
    const struct predictions plain = {label, score, NULL, 3};
    const struct predictions weighted = {label, score, weight, 3};
    const double far = -log(1e-15);
    assert_true(is_near(log_loss_of(&plain), (-log(0.8) - log(0.6) + far) / 3, 1e-12));
    assert_true(is_near(log_loss_of(&weighted), (-log(0.8) - 3 * log(0.6)) / 4, 1e-12));
}

static void errors_of_numbers_follow_their_definition(void **state)
{
    (void)state;
    const double label[] = {1, 2, 3};
    const double score[] = {1, 2, 5};
    const double same[] = {2, 2, 2};
    const struct predictions of = {label, score, NULL, 3};
    const struct predictions constant = {same, score, NULL, 3};
    assert_true(is_near(rmse_of(&of), sqrt(4.0 / 3), 1e-15));
    assert_true(is_near(r2_of(&of), 1 - 4.0 / 2, 1e-14));
    assert_true(isnan(r2_of(&constant)));
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_normal_distribution_has_its_known_values),
        cmocka_unit_test(the_quantile_inverts_the_distribution),
        cmocka_unit_test(wilson_intervals_match_the_published_table),
        cmocka_unit_test(newcombe_intervals_match_the_published_table),
        cmocka_unit_test(sums_do_not_depend_on_the_order),
        cmocka_unit_test(sums_are_exact_where_doubles_are_not),
        cmocka_unit_test(mean_and_variance_follow_their_definition),
        cmocka_unit_test(auc_follows_its_definition_with_ties_and_weights),
        cmocka_unit_test(auc_of_one_class_is_not_a_number),
        cmocka_unit_test(log_loss_is_clipped_and_weighted),
        cmocka_unit_test(errors_of_numbers_follow_their_definition),
    };
    return cmocka_run_group_tests_name("stats", test, NULL, NULL);
}
