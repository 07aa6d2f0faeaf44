/*
 * test_fairness.c - rates and measures against their definitions, written down slowly: a rate is a
 * count over a count, a measure looks at every pair of groups.
 */
#include <math.h>

#include "trust.h"

#include "testing.h"

enum { ROWS_MAX = 200, GROUPS_MAX = 6, RUNS = 300 };

#define NONE UINT32_MAX
#define NOT_KNOWN ((double)NAN)

static const double z95 = 1.959963984540054;

struct table {
    uint8_t label[ROWS_MAX];
    uint8_t decision[ROWS_MAX];
    double score[ROWS_MAX];
    uint32_t group[ROWS_MAX];
    struct audit_rows rows;
};

static void make_table(struct table *table, struct rng *rng)
{
    table->rows = (struct audit_rows){
        .row_count = (size_t)rng_below(rng, ROWS_MAX + 1),
        .label = table->label,
        .decision = table->decision,
        .score = table->score,
        .group = table->group,
        .group_count = (size_t)rng_below(rng, GROUPS_MAX) + 1,
    };
    for (size_t i = 0; i < table->rows.row_count; i++) {
        const uint64_t group = rng_below(rng, table->rows.group_count + 1);
        table->group[i] = group == table->rows.group_count ? NONE : (uint32_t)group;
        table->label[i] = rng_below(rng, 4) == 0;
        table->decision[i] = rng_below(rng, 3 + group) == 0;
        table->score[i] = rng_f64(rng);
    }
}

static void take_measures(struct job *job, const struct audit_rows *rows, struct fairness *fairness)
{
    const enum candor_status status = fairness_measure(job, rows, fairness);
    expect(status == CANDOR_OK, "%s", job->message);
}

static bool is_same(double left, double right)
{
    return (isnan(left) && isnan(right)) || fabs(left - right) < 1e-12;
}

/* ---- the definitions ----------------------------------------------------------------------- */

/* Which rows a rate is about, and which of them it counts. */
static bool is_trial(const struct audit_rows *rows, size_t i, enum group_measure m)
{
    return m == GROUP_SELECTION_RATE || m == GROUP_ACCURACY ||
           (m == GROUP_TPR && rows->label[i] == 1) || (m == GROUP_FPR && rows->label[i] == 0) ||
           (m == GROUP_PPV && rows->decision[i] == 1) || (m == GROUP_NPV && rows->decision[i] == 0);
}

static bool is_hit(const struct audit_rows *rows, size_t i, enum group_measure m)
{
    return m == GROUP_ACCURACY ? rows->decision[i] == rows->label[i]
           : m == GROUP_PPV    ? rows->label[i] == 1
           : m == GROUP_NPV    ? rows->label[i] == 0
                               : rows->decision[i] == 1;
}

/* Of one group; GROUPS_MAX: of all rows, also those in no group. */
static struct rate defined_rate(const struct audit_rows *rows, size_t group, enum group_measure m)
{
    struct rate rate = {0, 0};
    for (size_t i = 0; i < rows->row_count; i++) {
        if ((group == GROUPS_MAX || rows->group[i] == group) && is_trial(rows, i, m)) {
            rate.trials++;
            rate.hits += is_hit(rows, i, m);
        }
    }
    return rate;
}

static double quotient(struct rate rate)
{
    return rate.trials == 0 ? NOT_KNOWN : (double)rate.hits / (double)rate.trials;
}

static double defined_difference(const struct audit_rows *rows, enum group_measure m)
{
    double worst = NOT_KNOWN;
    for (size_t a = 0; a < rows->group_count; a++) {
        for (size_t b = 0; b < a; b++) {
            const double apart =
                fabs(quotient(defined_rate(rows, a, m)) - quotient(defined_rate(rows, b, m)));
            worst = fmax(worst, apart); /* fmax and fmin pass over a NaN */
        }
    }
    return worst;
}

static double defined_ratio(const struct audit_rows *rows, enum group_measure m)
{
    double worst = NOT_KNOWN;
    for (size_t a = 0; a < rows->group_count; a++) {
        for (size_t b = 0; b < rows->group_count; b++) {
            if (a != b) {
                const double of = quotient(defined_rate(rows, b, m));
                worst = fmin(worst, of > 0 ? quotient(defined_rate(rows, a, m)) / of : NOT_KNOWN);
            }
        }
    }
    return worst;
}

static void check_group(const struct audit_rows *rows, size_t group, const struct group_rates *got)
{
    for (size_t m = 0; m < GROUP_MEASURES; m++) {
        const char *name = group_measure_name((enum group_measure)m);
        const struct rate rate = defined_rate(rows, group, (enum group_measure)m);
        const struct interval interval = wilson_interval(rate, 0.95);
        expect(got->counted[m].hits == rate.hits, "%s of group %zu", name, group);
        expect(got->counted[m].trials == rate.trials, "%s of group %zu", name, group);
        expect(is_same(got->rate[m], quotient(rate)), "%s of group %zu", name, group);
        expect(is_same(got->interval[m].low, interval.low), "%s of group %zu", name, group);
        expect(is_same(got->interval[m].high, interval.high), "%s of group %zu", name, group);
    }
}

static void check_measures(const struct audit_rows *rows, const struct fairness *got)
{
    const double expected[FAIRNESS_MEASURES] = {
        [DEMOGRAPHIC_PARITY_DIFFERENCE] = defined_difference(rows, GROUP_SELECTION_RATE),
        [DEMOGRAPHIC_PARITY_RATIO] = defined_ratio(rows, GROUP_SELECTION_RATE),
        [EQUAL_OPPORTUNITY_DIFFERENCE] = defined_difference(rows, GROUP_TPR),
        [EQUALIZED_ODDS_DIFFERENCE] =
            fmax(defined_difference(rows, GROUP_TPR), defined_difference(rows, GROUP_FPR)),
        [EQUALIZED_ODDS_RATIO] =
            fmin(defined_ratio(rows, GROUP_TPR), defined_ratio(rows, GROUP_FPR)),
        [PREDICTIVE_PARITY_DIFFERENCE] = defined_difference(rows, GROUP_PPV),
        [ACCURACY_DIFFERENCE] = defined_difference(rows, GROUP_ACCURACY),
    };
    for (size_t f = 0; f < FAIRNESS_MEASURES; f++) {
        const struct fairness_value *value = &got->value[f];
        const char *name = fairness_measure_name((enum fairness_measure)f);
        expect(is_same(value->value, expected[f]), "%s: %.17g, defined as %.17g", name,
               value->value, expected[f]);
        expect(isnan(value->value) == (value->low_group == SIZE_MAX), "%s", name);
        expect(isnan(value->value) || (value->interval.low <= value->value + 1e-12 &&
                                       value->value <= value->interval.high + 1e-12),
               "%s: %g is not in %g .. %g", name, value->value, value->interval.low,
               value->interval.high);
    }
}

static void rates_and_measures_are_what_their_definitions_say(void **state)
{
    (void)state;
    struct rng rng = rng_of(20261125);
    for (size_t run = 0; run < RUNS; run++) {
        struct table table;
        struct fairness fairness;
        struct job job;
        job_begin(&job, host_real());
        make_table(&table, &rng);
        take_measures(&job, &table.rows, &fairness);
        check_group(&table.rows, GROUPS_MAX, &fairness.overall);
        for (size_t g = 0; g < table.rows.group_count; g++) {
            check_group(&table.rows, g, &fairness.group[g]);
        }
        check_measures(&table.rows, &fairness);
        job_end(&job);
    }
}

/* ---- edges --------------------------------------------------------------------------------- */

/* Rows as letters: a group, then what happened (1, 0) and what was decided (+, -); "x" is in none. */
struct edge {
    const char *name;
    const char *rows;
    size_t group_count;
    double parity_difference;
    double parity_ratio;
    double opportunity;
    double odds_ratio;
};

static const struct edge edge[] = {
    {"nobody at all", "", 2, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN},
    {"one group", "a1+ a0-", 1, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN},
    {"a group without members", "a1+ a0-", 2, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN},
    {"only rows in no group", "x1+ x0-", 2, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN},
    {"rows in no group do not count", "a1+ b1- x1- x1-", 2, 1, 0, 1, 0},
    {"nobody selected: nothing to nothing is no ratio", "a1- b1- a0-", 2, 0, NOT_KNOWN, 0,
     NOT_KNOWN},
    {"everybody selected", "a1+ b1+ a0+ b0+", 2, 0, 1, 0, 1},
    {"nobody of one group selected", "a1+ b1-", 2, 1, 0, 1, 0},
    {"no label 1 in one group: its tpr is undefined, not 0", "a1+ b0-", 2, 1, 0, NOT_KNOWN,
     NOT_KNOWN},
    {"an undefined rate leaves the other groups", "a1+ a1+ b1+ b1- c0-", 3, 1, 0, 0.5, 0.5},
};

static void fill_table(struct table *table, const struct edge *wanted)
{
    struct str rest = str_of(wanted->rows);
    size_t count = 0;
    while (rest.len > 0) {
        const struct str row = str_cut(&rest, ' ');
        table->group[count] = row.ptr[0] == 'x' ? NONE : (uint32_t)(row.ptr[0] - 'a');
        table->label[count] = row.ptr[1] == '1';
        table->decision[count] = row.ptr[2] == '+';
        count++;
    }
    table->rows = (struct audit_rows){.row_count = count,
                                      .label = table->label,
                                      .decision = table->decision,
                                      .group = table->group,
                                      .group_count = wanted->group_count};
}

static void what_is_undefined_is_left_out_and_never_zero(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof edge / sizeof edge[0]; i++) {
        struct table table;
        struct fairness fairness;
        struct job job;
        job_begin(&job, host_real());
        fill_table(&table, &edge[i]);
        take_measures(&job, &table.rows, &fairness);
        const struct fairness_value *value = fairness.value;
        expect(is_same(value[DEMOGRAPHIC_PARITY_DIFFERENCE].value, edge[i].parity_difference), "%s",
               edge[i].name);
        expect(is_same(value[DEMOGRAPHIC_PARITY_RATIO].value, edge[i].parity_ratio), "%s",
               edge[i].name);
        expect(is_same(value[EQUAL_OPPORTUNITY_DIFFERENCE].value, edge[i].opportunity), "%s",
               edge[i].name);
        expect(is_same(value[EQUALIZED_ODDS_RATIO].value, edge[i].odds_ratio), "%s", edge[i].name);
        job_end(&job);
    }
}

static void the_groups_that_differ_most_are_named(void **state)
{
    (void)state;
    const struct edge three = {.rows = "a1+ a1- b1+ b1+ c1- c1- c1+", .group_count = 3};
    struct table table;
    struct fairness fairness;
    struct job job;
    job_begin(&job, host_real());
    fill_table(&table, &three);
    take_measures(&job, &table.rows, &fairness);
    const struct fairness_value value = fairness.value[EQUAL_OPPORTUNITY_DIFFERENCE];
    const struct interval interval =
        newcombe_interval((struct rate){2, 2}, (struct rate){1, 3}, 0.95);
    assert_int_equal(value.low_group, 2);
    assert_int_equal(value.high_group, 1);
    expect(is_same(value.interval.low, interval.low), "%g", value.interval.low);
    expect(is_same(value.interval.high, interval.high), "%g", value.interval.high);
    job_end(&job);
}

static void without_labels_only_selection_is_known(void **state)
{
    (void)state;
    const struct edge two = {.rows = "a1+ a1- b1+ b0+", .group_count = 2};
    struct table table;
    struct fairness fairness;
    struct job job;
    job_begin(&job, host_real());
    fill_table(&table, &two);
    table.rows.label = NULL;
    take_measures(&job, &table.rows, &fairness);
    expect(is_same(fairness.value[DEMOGRAPHIC_PARITY_RATIO].value, 0.5), "parity");
    for (size_t f = EQUAL_OPPORTUNITY_DIFFERENCE; f < FAIRNESS_MEASURES; f++) {
        expect(isnan(fairness.value[f].value), "%s",
               fairness_measure_name((enum fairness_measure)f));
    }
    for (size_t m = GROUP_TPR; m < GROUP_MEASURES; m++) {
        const struct group_rates *group = &fairness.group[0];
        expect(isnan(group->rate[m]), "%s", group_measure_name((enum group_measure)m));
        expect(group->interval[m].low == 0 && group->interval[m].high == 1, "%s",
               group_measure_name((enum group_measure)m));
    }
    job_end(&job);
}

/* ---- intervals of ratios ------------------------------------------------------------------- */

static struct fairness_value ratio_between(struct rate a, struct rate b)
{
    struct table table;
    struct fairness fairness;
    struct job job;
    job_begin(&job, host_real());
    table.rows = (struct audit_rows){.row_count = (size_t)(a.trials + b.trials),
                                     .decision = table.decision,
                                     .group = table.group,
                                     .group_count = 2};
    for (size_t i = 0; i < table.rows.row_count; i++) {
        table.group[i] = i >= a.trials;
        table.decision[i] = i < a.trials ? i < a.hits : i - a.trials < b.hits;
    }
    take_measures(&job, &table.rows, &fairness);
    const struct fairness_value value = fairness.value[DEMOGRAPHIC_PARITY_RATIO];
    job_end(&job);
    return value;
}

/* Katz et al. 1978, as an independent program computed them; then where Katz's has no width. */
static const struct {
    struct rate low;
    struct rate high;
    double bound[2];
} ratio[] = {
    {{3, 10}, {5, 10}, {0.19351285050435943, 1.860341569367198}},
    {{48, 80}, {56, 70}, {1 / 1.651248511266387, 1 / 1.076626422763193}},
    {{0, 10}, {5, 10}, {0, 0.2775327998628892 / 0.23659309051257}},
    {{10, 10}, {10, 10}, {0.7224672001371107, 1 / 0.7224672001371107}},
    {{1, 1}, {1, 1}, {0.20654931437723745, 1 / 0.20654931437723745}},
};

static void few_numbers_never_make_a_ratio_certain(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ratio / sizeof ratio[0]; i++) {
        const struct fairness_value value = ratio_between(ratio[i].low, ratio[i].high);
        expect(fabs(value.interval.low - ratio[i].bound[0]) < 1e-9, "row %zu: %.12g", i,
               value.interval.low);
        expect(fabs(value.interval.high - ratio[i].bound[1]) < 1e-9, "row %zu: %.12g", i,
               value.interval.high);
        expect(value.interval.low < value.interval.high, "row %zu", i);
    }
}

/* ---- calibration --------------------------------------------------------------------------- */

static void calibration_is_mean_score_minus_share_of_label_one(void **state)
{
    (void)state;
    const struct edge four = {.rows = "a1+ a0+ a0- a0- b1+", .group_count = 3};
    const double score[] = {0.75, 0.5, 0.25, 0.0, 0.5};
    struct table table;
    struct fairness fairness;
    struct job job;
    job_begin(&job, host_real());
    fill_table(&table, &four);
    table.rows.score = score;
    take_measures(&job, &table.rows, &fairness);
    const struct group_rates *group = fairness.group;
    /* Differences -0.25, 0.5, 0.25, 0: mean 0.125, squares around it add up to 0.3125. */
    const double spread = z95 * sqrt(0.3125 / 3 / 4);
    expect(is_same(group[0].mean_score, 0.375), "%g", group[0].mean_score);
    expect(is_same(group[0].calibration, 0.125), "%g", group[0].calibration);
    expect(is_same(group[0].calibration_interval.low, 0.125 - spread), "%g",
           group[0].calibration_interval.low);
    expect(is_same(group[0].calibration_interval.high, 0.125 + spread), "%g",
           group[0].calibration_interval.high);
    expect(is_same(group[1].calibration, -0.5), "one row");
    expect(isnan(group[1].calibration_interval.low), "one row has no spread");
    expect(isnan(group[2].calibration) && isnan(group[2].mean_score), "no rows");
    job_end(&job);
}

/* ---- reweighing ---------------------------------------------------------------------------- */

/* The weighted share of label 1 in a group; NONE: of all rows in a group. */
static double weighted_share(const struct audit_rows *rows, const double *weight, uint32_t group)
{
    double ones = 0;
    double all = 0;
    for (size_t i = 0; i < rows->row_count; i++) {
        if (group == NONE ? rows->group[i] != NONE : rows->group[i] == group) {
            ones += weight[i] * rows->label[i];
            all += weight[i];
        }
    }
    return all > 0 ? ones / all : NOT_KNOWN;
}

static bool has_both_labels(const struct audit_rows *rows, size_t group)
{
    const struct rate ones = defined_rate(rows, group, GROUP_TPR);
    return ones.trials > 0 && defined_rate(rows, group, GROUP_FPR).trials > 0;
}

static void check_reweighed(const struct audit_rows *rows, const double *weight, size_t run)
{
    const double share = weighted_share(rows, weight, NONE);
    bool all_have_both = true;
    for (size_t g = 0; g < rows->group_count; g++) {
        all_have_both = all_have_both && has_both_labels(rows, g);
    }
    for (uint32_t g = 0; all_have_both && g < rows->group_count; g++) {
        const double of_group = weighted_share(rows, weight, g);
        expect(fabs(of_group - share) < 1e-12, "run %zu: %g in group %u, %g in all", run, of_group,
               g, share);
    }
    for (size_t i = 0; i < rows->row_count; i++) {
        expect(isfinite(weight[i]) && weight[i] > 0, "run %zu: weight of row %zu", run, i);
        expect(rows->group[i] != NONE || is_same(weight[i], 1), "run %zu: row %zu", run, i);
    }
}

static void reweighing_makes_the_label_independent_of_the_group(void **state)
{
    (void)state;
    struct rng rng = rng_of(7);
    for (size_t run = 0; run < RUNS; run++) {
        struct table table;
        double weight[ROWS_MAX];
        struct job job;
        job_begin(&job, host_real());
        make_table(&table, &rng);
        must(fairness_reweigh(&job, &table.rows, weight) == CANDOR_OK);
        check_reweighed(&table.rows, weight, run);
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_and_measures_are_what_their_definitions_say),
        cmocka_unit_test(what_is_undefined_is_left_out_and_never_zero),
        cmocka_unit_test(the_groups_that_differ_most_are_named),
        cmocka_unit_test(without_labels_only_selection_is_known),
        cmocka_unit_test(few_numbers_never_make_a_ratio_certain),
        cmocka_unit_test(calibration_is_mean_score_minus_share_of_label_one),
        cmocka_unit_test(reweighing_makes_the_label_independent_of_the_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
