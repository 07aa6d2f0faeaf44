/*
 * test_plugin.c - the frontier of prices against prices that are tried one after the other, each decision
 * by its definition.
 */
#include <math.h>

#include "numeric.h"
#include "repair.h"

#include "testing.h"

enum { ROWS_MAX = 60, RUNS = 200, LIMITS = 6 };

static const double limit[LIMITS] = {0, 0.02, 0.1, 0.2, 0.5, 1};

struct made {
    double chance[ROWS_MAX];
    double of_side[ROWS_MAX];
    double pull[2][ROWS_MAX];
    double duller[ROWS_MAX];
    uint8_t label[ROWS_MAX];
    uint32_t side[ROWS_MAX];
    struct plugin_rows rows;
};

static void make(struct rng *rng, enum parity parity, struct made *made)
{
    const size_t rows = 6 + (size_t)rng_below(rng, ROWS_MAX - 5);
    for (size_t i = 0; i < rows; i++) {
        made->chance[i] = (double)(1 + rng_below(rng, 15)) / 16;
        made->of_side[i] = (double)(1 + rng_below(rng, 15)) / 16;
        made->duller[i] = (double)(1 + rng_below(rng, 7)) / 8;
        made->label[i] = (uint8_t)(i < 4 ? i / 2 : rng_f64(rng) < made->chance[i]);
        made->side[i] = (uint32_t)(i < 4                    ? i % 2
                                   : rng_below(rng, 9) == 0 ? UINT32_MAX
                                                            : rng_below(rng, 2));
    }
    made->rows = (struct plugin_rows){rows,        made->chance, {made->pull[0], NULL},
                                      made->label, made->side,   NULL};
    if (parity == EQUAL_ODDS) {
        plugin_pull(EQUAL_FPR, made->chance, made->of_side, rows, 0.4, 0.6, made->pull[0]);
        plugin_pull(EQUAL_TPR, made->chance, made->of_side, rows, 0.4, 0.4, made->pull[1]);
        made->rows.pull[1] = made->pull[1];
    } else {
        plugin_pull(parity, made->chance, made->of_side, rows, 0.4, 0.5, made->pull[0]);
    }
}

/* Counted with fairness_measure, which another test holds to its definition. */
static struct plugin_point defined(struct job *job, const struct plugin_rows *rows,
                                   enum parity parity, double price)
{
    static const enum fairness_measure measure[EQUALS] = {
        DEMOGRAPHIC_PARITY_DIFFERENCE, EQUAL_OPPORTUNITY_DIFFERENCE, FAIRNESS_MEASURES,
        EQUALIZED_ODDS_DIFFERENCE};
    uint8_t decision[ROWS_MAX];
    struct fairness fairness;
    uint64_t right = 0;
    uint64_t count = 0;
    for (size_t i = 0; i < rows->row_count; i++) {
        decision[i] = rows->chance[i] - 0.5 - price * rows->pull[0][i] >= 0;
        count += rows->side[i] < 2;
        right += rows->side[i] < 2 && decision[i] == rows->label[i];
    }
    const struct audit_rows audit = {.row_count = rows->row_count,
                                     .label = rows->label,
                                     .decision = decision,
                                     .group = rows->side,
                                     .group_count = 2};
    must(fairness_measure(job, &audit, &fairness) == CANDOR_OK);
    const double disparity =
        parity == EQUAL_FPR
            ? fabs(fairness.group[0].rate[GROUP_FPR] - fairness.group[1].rate[GROUP_FPR])
            : fairness.value[measure[parity]].value;
    return (struct plugin_point){{price, 0, 0}, (double)right / (double)count, disparity, true};
}

/* Prices a hair to both sides of each at which a decision turns: between them nothing changes. */
static double best_by_trying(struct job *job, const struct plugin_rows *rows, enum parity parity,
                             double most)
{
    double best = -1;
    for (size_t i = 0; i < rows->row_count; i++) {
        for (int hair = -1; hair <= 1; hair += 2) {
            const double turn = (rows->chance[i] - 0.5) / rows->pull[0][i];
            const struct plugin_point point = defined(job, rows, parity, turn + hair * 1e-9);
            if (rows->pull[0][i] != 0 && point.disparity <= most) {
                best = fmax(best, point.accuracy);
            }
        }
    }
    return best;
}

static void one_price_reaches_the_best_of_all_prices(void **state)
{
    struct rng rng = rng_of(21);
    static struct made made;
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        struct job job;
        struct plugin_point point[LIMITS];
        const enum parity parity = (enum parity)(run % 3);
        job_begin(&job, host_real());
        make(&rng, parity, &made);
        must(plugin_frontier(&job, &made.rows, parity, limit, LIMITS, point) == CANDOR_OK);
        for (size_t l = 0; l < LIMITS; l++) {
            const double best = best_by_trying(&job, &made.rows, parity, limit[l]);
            expect(point[l].is_found == (best >= 0), "run %d: limit %g", run, limit[l]);
            if (point[l].is_found) {
                struct plugin_point again;
                plugin_measure(&made.rows, parity, point[l].price, &again);
                expect(point[l].accuracy >= best - 1e-12, "run %d limit %g: %g, not %g", run,
                       limit[l], point[l].accuracy, best);
                expect(again.accuracy == point[l].accuracy &&
                           again.disparity == point[l].disparity && again.disparity <= limit[l],
                       "run %d limit %g: %g %g", run, limit[l], again.accuracy, again.disparity);
            }
        }
        job_end(&job);
    }
}

static void points_of_odds_are_what_their_prices_do(void **state)
{
    struct rng rng = rng_of(22);
    static struct made made;
    (void)state;
    for (int run = 0; run < RUNS / 4; run++) {
        struct job job;
        struct plugin_point point[LIMITS];
        job_begin(&job, host_real());
        make(&rng, EQUAL_ODDS, &made);
        made.rows.duller = run % 2 == 0 ? NULL : made.duller;
        must(plugin_frontier(&job, &made.rows, EQUAL_ODDS, limit, LIMITS, point) == CANDOR_OK);
        for (size_t l = 0; l < LIMITS; l++) {
            struct plugin_point again;
            plugin_measure(&made.rows, EQUAL_ODDS, point[l].price, &again);
            expect(!point[l].is_found || (again.accuracy == point[l].accuracy &&
                                          again.disparity == point[l].disparity),
                   "run %d limit %g", run, limit[l]);
            expect(made.rows.duller != NULL || point[l].price[2] == 0, "run %d", run);
            expect(l == 0 || point[l].accuracy >= point[l - 1].accuracy, "run %d", run);
        }
        job_end(&job);
    }
}

/*
 * Of side 1 the chance knows the label, of side 0 it hardly does, and who is on which side is known. No two
 * thresholds give both sides the same rates but "all" and "nobody", which are right half the time. The duller
 * chance knows as little of either, and gives both the same.
 */
static void where_prices_cannot_reach_the_duller_chance_can(void **state)
{
    enum { ROWS = 400 };
    static double chance[ROWS];
    static double duller[ROWS];
    static double pull[2][ROWS];
    static uint8_t label[ROWS];
    static uint32_t side[ROWS];
    struct plugin_point point[2][LIMITS];
    struct job job;
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        side[i] = i % 2;
        label[i] = i / 2 % 2;
        const double weak = label[i] == (i / 4 % 3 > 0) ? 0.6 : 0.4;
        chance[i] = side[i] == 0 ? weak : label[i] == 1 ? 0.9 : 0.1;
        duller[i] = weak;
        pull[0][i] = (side[i] == 0 ? 1 : -1) * (1 - chance[i]);
        pull[1][i] = (side[i] == 0 ? 1 : -1) * chance[i];
    }
    struct plugin_rows rows = {ROWS, chance, {pull[0], pull[1]}, label, side, NULL};
    job_begin(&job, host_real());
    assert_int_equal(plugin_frontier(&job, &rows, EQUAL_ODDS, limit, LIMITS, point[0]), CANDOR_OK);
    rows.duller = duller;
    assert_int_equal(plugin_frontier(&job, &rows, EQUAL_ODDS, limit, LIMITS, point[1]), CANDOR_OK);
    expect(point[1][1].is_found && point[1][1].accuracy > 0.6 && point[1][1].price[2] > 0, "%g",
           point[1][1].accuracy);
    expect(!point[0][1].is_found || point[0][1].accuracy < point[1][1].accuracy, "%g",
           point[0][1].accuracy);
    job_end(&job);
}

static void an_empty_denominator_leaves_nothing_to_choose(void **state)
{
    const double number[] = {0.2, 0.8};
    const uint8_t label[] = {0, 0};
    const uint32_t side[] = {0, 1};
    const struct plugin_rows rows = {2, number, {number, NULL}, label, side, NULL};
    struct plugin_point point[LIMITS];
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    assert_int_equal(plugin_frontier(&job, &rows, EQUAL_TPR, limit, LIMITS, point), CANDOR_OK);
    assert_false(point[LIMITS - 1].is_found);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_price_reaches_the_best_of_all_prices),
        cmocka_unit_test(points_of_odds_are_what_their_prices_do),
        cmocka_unit_test(where_prices_cannot_reach_the_duller_chance_can),
        cmocka_unit_test(an_empty_denominator_leaves_nothing_to_choose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
