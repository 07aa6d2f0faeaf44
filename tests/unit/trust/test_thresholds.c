/*
 * test_thresholds.c - thresholds of groups against all there are, and the optimum by lot against a linear
 * program over every mixture of thresholds. The Adult predictions of the reference have their optima in a
 * file.
 */
#include <math.h>

#include "numeric.h"
#include "repair.h"

#include "testing.h"

enum { ROWS_MAX = 40, GROUPS_MAX = 3, POINTS_MAX = ROWS_MAX + 1, RUNS = 400 };

struct table {
    uint8_t label[ROWS_MAX];
    double score[ROWS_MAX];
    uint32_t group[ROWS_MAX];
    struct audit_rows rows;
};

static void make_table(struct table *table, struct rng *rng, size_t group_count)
{
    const uint64_t values = 2 + rng_below(rng, 12);
    table->rows = (struct audit_rows){
        .row_count = 4 + (size_t)rng_below(rng, ROWS_MAX - 3),
        .label = table->label,
        .score = table->score,
        .group = table->group,
        .group_count = group_count,
    };
    for (size_t i = 0; i < table->rows.row_count; i++) {
        const uint64_t group = rng_below(rng, 8 * group_count + 1);
        const uint64_t value = rng_below(rng, values);
        table->group[i] = i < group_count            ? (uint32_t)i
                          : group == 8 * group_count ? UINT32_MAX
                                                     : (uint32_t)(group % group_count);
        table->score[i] = (double)value / (double)values;
        table->label[i] = rng_below(rng, values) <= value / (1 + group % group_count);
    }
}

/* ---- the definition ------------------------------------------------------------------------ */

/* What one threshold of a group does; the rates are NaN without a denominator. */
struct point {
    double rate[2];
    double correct;
};

struct choices {
    size_t group_count;
    size_t count[GROUPS_MAX];
    struct point point[GROUPS_MAX][POINTS_MAX];
    size_t rows;
};

static struct point point_of(const struct audit_rows *rows, size_t group, double from,
                             enum parity parity)
{
    double n[2] = {0, 0};
    double selected[2] = {0, 0};
    for (size_t i = 0; i < rows->row_count; i++) {
        if (rows->group[i] == group) {
            n[rows->label[i]]++;
            selected[rows->label[i]] += rows->score[i] >= from;
        }
    }
    const double fpr = selected[0] / n[0];
    const double tpr = selected[1] / n[1];
    const double all = (selected[0] + selected[1]) / (n[0] + n[1]);
    const double none = (double)NAN;
    struct point point = {{none, none}, selected[1] + n[0] - selected[0]};
    point.rate[0] = parity == EQUAL_SELECTION ? all : parity == EQUAL_TPR ? tpr : fpr;
    point.rate[1] = parity == EQUAL_ODDS ? tpr : none;
    return point;
}

static void make_choices(const struct audit_rows *rows, enum parity parity, struct choices *choices)
{
    *choices = (struct choices){.group_count = rows->group_count};
    for (size_t i = 0; i < rows->row_count; i++) {
        choices->rows += rows->group[i] != UINT32_MAX;
    }
    for (size_t g = 0; g < rows->group_count; g++) {
        choices->point[g][choices->count[g]++] = point_of(rows, g, 2, parity);
        for (size_t i = 0; i < rows->row_count; i++) {
            if (rows->group[i] == g) {
                choices->point[g][choices->count[g]++] = point_of(rows, g, rows->score[i], parity);
            }
        }
    }
}

static bool is_within(const struct choices *choices, const size_t *chosen, double limit)
{
    for (size_t r = 0; r < 2; r++) {
        for (size_t g = 0; g < choices->group_count; g++) {
            for (size_t h = 0; h < choices->group_count; h++) {
                const double one = choices->point[g][chosen[g]].rate[r];
                const double other = choices->point[h][chosen[h]].rate[r];
                if (one - other > limit) { /* not when one of them is NaN */
                    return false;
                }
            }
        }
    }
    return true;
}

/* Every choice of a threshold for each group. */
static double best_of_all(const struct choices *choices, double limit)
{
    size_t chosen[GROUPS_MAX] = {0, 0, 0};
    double best = 0;
    for (;;) {
        double correct = 0;
        for (size_t g = 0; g < choices->group_count; g++) {
            correct += choices->point[g][chosen[g]].correct;
        }
        if (correct > best && is_within(choices, chosen, limit)) {
            best = correct;
        }
        size_t g = 0;
        while (g < choices->group_count && ++chosen[g] == choices->count[g]) {
            chosen[g++] = 0;
        }
        if (g == choices->group_count) {
            return best / (double)choices->rows;
        }
    }
}

/* ---- by lot: a linear program -------------------------------------------------------------- */

enum { VARIABLES_MAX = GROUPS_MAX * POINTS_MAX, ROWS_OF_LP_MAX = GROUPS_MAX + 12 };

/* Maximise value . x where coefficient x <= bound, x >= 0 and bound >= 0. Dantzig 1963; Bland's rule. */
struct program {
    size_t variables;
    size_t rows;
    double coefficient[ROWS_OF_LP_MAX + 1][VARIABLES_MAX + ROWS_OF_LP_MAX + 1]; /* row 0: value */
    size_t basis[ROWS_OF_LP_MAX + 1];
};

static void pivot(struct program *lp, size_t row, size_t column)
{
    const size_t width = lp->variables + lp->rows + 1;
    const double by = lp->coefficient[row][column];
    for (size_t c = 0; c < width; c++) {
        lp->coefficient[row][c] /= by;
    }
    for (size_t r = 0; r <= lp->rows; r++) {
        const double times = lp->coefficient[r][column];
        for (size_t c = 0; r != row && times != 0 && c < width; c++) {
            lp->coefficient[r][c] -= times * lp->coefficient[row][c];
        }
    }
    lp->basis[row] = column;
}

static double solve(struct program *lp)
{
    const size_t last = lp->variables + lp->rows;
    for (;;) {
        size_t column = 0;
        size_t row = 0;
        while (column < last && lp->coefficient[0][column] > -1e-10) {
            column++;
        }
        if (column == last) {
            return lp->coefficient[0][last];
        }
        for (size_t r = 1; r <= lp->rows; r++) {
            if (lp->coefficient[r][column] <= 1e-11) {
                continue;
            }
            const double ratio = lp->coefficient[r][last] / lp->coefficient[r][column];
            const double least = row == 0
                                     ? (double)INFINITY
                                     : lp->coefficient[row][last] / lp->coefficient[row][column];
            if (ratio < least - 1e-13 ||
                (ratio <= least + 1e-13 && lp->basis[r] < lp->basis[row])) {
                row = r;
            }
        }
        must(row > 0);
        pivot(lp, row, column);
    }
}

/* The share of a group's people who get each threshold but the first, which selects nobody. */
static double best_by_lot(const struct choices *choices, double limit)
{
    static struct program lp;
    size_t start[GROUPS_MAX];
    double base = 0;
    lp = (struct program){0};
    for (size_t g = 0; g < choices->group_count; g++) {
        start[g] = lp.variables;
        lp.variables += choices->count[g] - 1;
        base += choices->point[g][0].correct;
    }
    lp.rows = choices->group_count;
    for (size_t r = 0; r < 2; r++) {
        for (size_t g = 0; g < choices->group_count; g++) {
            for (size_t h = 0; h < choices->group_count; h++) {
                lp.rows += g != h && !isnan(choices->point[g][0].rate[r]) &&
                           !isnan(choices->point[h][0].rate[r]);
            }
        }
    }
    const size_t last = lp.variables + lp.rows;
    size_t row = 1;
    for (size_t g = 0; g < choices->group_count; g++, row++) {
        for (size_t i = 1; i < choices->count[g]; i++) {
            const double gain = choices->point[g][i].correct - choices->point[g][0].correct;
            lp.coefficient[0][start[g] + i - 1] = -gain;
            lp.coefficient[row][start[g] + i - 1] = 1;
        }
        lp.coefficient[row][last] = 1;
    }
    for (size_t r = 0; r < 2; r++) {
        for (size_t g = 0; g < choices->group_count; g++) {
            for (size_t h = 0; h < choices->group_count; h++) {
                if (g == h || isnan(choices->point[g][0].rate[r]) ||
                    isnan(choices->point[h][0].rate[r])) {
                    continue;
                }
                for (size_t i = 1; i < choices->count[g]; i++) {
                    lp.coefficient[row][start[g] + i - 1] = choices->point[g][i].rate[r];
                }
                for (size_t i = 1; i < choices->count[h]; i++) {
                    lp.coefficient[row][start[h] + i - 1] = -choices->point[h][i].rate[r];
                }
                lp.coefficient[row++][last] = limit;
            }
        }
    }
    for (size_t r = 1; r <= lp.rows; r++) {
        lp.basis[r] = lp.variables + r - 1;
        lp.coefficient[r][lp.basis[r]] = 1;
    }
    return (base + solve(&lp)) / (double)choices->rows;
}

/* ---- tests --------------------------------------------------------------------------------- */

static double drawn_limit(struct rng *rng)
{
    static const double limit[] = {0, 0.01, 0.05, 0.1, 0.2, 0.5, 1};
    return limit[rng_below(rng, sizeof limit / sizeof limit[0])];
}

static void thresholds_are_the_best_of_all_there_are(void **state)
{
    struct rng rng = rng_of(20261128);
    static struct table table;
    static struct choices choices;
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        struct job job;
        struct thresholds found;
        const enum parity parity = (enum parity)(run % EQUALS);
        const double limit = drawn_limit(&rng);
        job_begin(&job, host_real());
        make_table(&table, &rng, 1 + (size_t)rng_below(&rng, GROUPS_MAX));
        make_choices(&table.rows, parity, &choices);
        assert_int_equal(thresholds_fit(&job, &table.rows, parity, limit, &found), CANDOR_OK);
        const double best = best_of_all(&choices, limit);
        const double by_lot = best_by_lot(&choices, limit);
        expect(fabs(found.accuracy - best) < 1e-12, "run %d: %s <= %g: %.9f, not %.9f", run,
               parity_name(parity), limit, found.accuracy, best);
        expect(fabs(found.accuracy_by_lot - by_lot) < 1e-9, "run %d: %s <= %g: %.12f, not %.12f",
               run, parity_name(parity), limit, found.accuracy_by_lot, by_lot);
        expect(found.disparity <= limit, "run %d: %g", run, found.disparity);
        job_end(&job);
    }
}

/* What is told of the thresholds is what they do when they decide. */
static void decisions_have_the_accuracy_and_disparity_that_were_told(void **state)
{
    struct rng rng = rng_of(7);
    static struct table table;
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        struct job job;
        struct thresholds found;
        struct fairness fairness;
        uint8_t decision[ROWS_MAX];
        size_t right = 0;
        job_begin(&job, host_real());
        make_table(&table, &rng, 2);
        assert_int_equal(thresholds_fit(&job, &table.rows, EQUAL_SELECTION, 0.1, &found),
                         CANDOR_OK);
        thresholds_decide(&found, table.score, table.group, table.rows.row_count, decision);
        for (size_t i = 0; i < table.rows.row_count; i++) {
            right += table.group[i] != UINT32_MAX && decision[i] == table.label[i];
        }
        struct audit_rows rows = table.rows;
        rows.decision = decision;
        assert_int_equal(fairness_measure(&job, &rows, &fairness), CANDOR_OK);
        expect((double)right / (double)found.rows == found.accuracy, "run %d", run);
        expect(fairness.value[DEMOGRAPHIC_PARITY_DIFFERENCE].value == found.disparity, "run %d",
               run);
        job_end(&job);
    }
}

static void equal_scores_of_a_group_have_equal_decisions_and_a_group_of_nobody_has_a_threshold(
    void **state)
{
    const uint8_t label[] = {1, 0, 1, 0, 1};
    const double score[] = {0.5, 0.5, 0.5, 0.5, 0.9};
    const uint32_t group[] = {0, 0, 1, 1, UINT32_MAX};
    const struct audit_rows rows = {
        .row_count = 5, .label = label, .score = score, .group = group, .group_count = 3};
    struct job job;
    struct thresholds found;
    uint8_t decision[5];
    (void)state;
    job_begin(&job, host_real());
    assert_int_equal(thresholds_fit(&job, &rows, EQUAL_ODDS, 0.5, &found), CANDOR_OK);
    thresholds_decide(&found, score, group, 5, decision);
    assert_int_equal(decision[0], decision[1]);
    assert_int_equal(decision[2], decision[3]);
    assert_true(found.accuracy == 0.5);
    assert_true(found.rows == 4);
    assert_true(found.group[2].from == found.one);
    job_end(&job);
}

static void nobody_in_a_group_is_refused(void **state)
{
    const uint8_t label[] = {1};
    const double score[] = {0.5};
    const uint32_t group[] = {UINT32_MAX};
    const struct audit_rows rows = {
        .row_count = 1, .label = label, .score = score, .group = group, .group_count = 1};
    struct job job;
    struct thresholds found;
    (void)state;
    job_begin(&job, host_real());
    assert_int_equal(thresholds_fit(&job, &rows, EQUAL_TPR, 0, &found), CANDOR_BAD_INPUT);
    job_end(&job);
}

static void a_constraint_has_a_name(void **state)
{
    struct job job;
    enum parity parity = EQUALS;
    (void)state;
    job_begin(&job, host_real());
    for (size_t p = 0; p < EQUALS; p++) {
        const struct str name = str_of(parity_name((enum parity)p));
        assert_int_equal(parity_of_name(&job, name, &parity), CANDOR_OK);
        assert_int_equal(parity, p);
    }
    assert_int_equal(parity_of_name(&job, STR("fairness"), &parity), CANDOR_BAD_INPUT);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thresholds_are_the_best_of_all_there_are),
        cmocka_unit_test(decisions_have_the_accuracy_and_disparity_that_were_told),
        cmocka_unit_test(
            equal_scores_of_a_group_have_equal_decisions_and_a_group_of_nobody_has_a_threshold),
        cmocka_unit_test(nobody_in_a_group_is_refused),
        cmocka_unit_test(a_constraint_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
