/*
 * test_reference.c - Adult's test part with fixed predictions, against what Fairlearn 0.13 and AIF360
 * 0.6.1 say about it, to 1e-12 wherever the definitions agree. Fairlearn calls an undefined rate 0:
 * where a group has one, only the rates of the groups are compared.
 *
 * Data is found by CANDOR_DATA, or in ../shared/data beside the source tree; without it the test is
 * skipped.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "repair.h"
#include "text.h"
#include "trust.h"

#include "testing.h"

enum { ROWS_MAX = 20000, GROUPS_MAX = 64, ATTRIBUTES_MAX = 3 };

struct table {
    uint8_t label[ROWS_MAX];
    uint8_t decision[ROWS_MAX];
    double score[ROWS_MAX];
    uint32_t group[ROWS_MAX];
    size_t row_count;
};

static struct str data_folder(struct arena *arena)
{
    const char *given = getenv("CANDOR_DATA");
    if (given != NULL) {
        return str_of(given);
    }
    const struct str here = str_of(__FILE__);
    const struct str inside = STR("tests/unit/trust/test_reference.c");
    must(str_ends(here, inside));
    return path_join(arena, str_slice(here, 0, here.len - inside.len), STR("../shared/data"));
}

/* The reference, or NULL after saying that the test is skipped. */
static const struct value *reference(struct job *job, const char *name)
{
    const struct text_limits limits = {.size_max = (size_t)16 << 20};
    const struct value *root = NULL;
    struct bytes content;
    const struct str folder = path_join(job->arena, data_folder(job->arena), STR("fairness-ref"));
    const struct str path = path_join(job->arena, folder, str_of(name));
    if (!file_exists(job, path)) {
        print_message("skipped: no %.*s; set CANDOR_DATA to the folder of the data\n",
                      STR_ARG(path));
        return NULL;
    }
    must(file_read(job, path, (size_t)16 << 20, &content) == CANDOR_OK);
    must(json_read(job, content, &limits, "the reference", &root) == CANDOR_OK);
    return root;
}

static bool is_close(double got, const struct value *expected)
{
    must(expected != NULL);
    return expected->kind == VALUE_NULL ? isnan(got) : fabs(got - expected->number) < 1e-12;
}

/* ---- reading ------------------------------------------------------------------------------- */

/* "Female|Black": the row's values of the attributes, as the reference names its groups. */
static struct str group_of_row(struct arena *arena, const struct csv_row *row, const size_t *column,
                               size_t column_count)
{
    struct buf name = buf_begin(arena);
    for (size_t c = 0; c < column_count; c++) {
        if (c > 0) {
            buf_lit(&name, LIT("|"));
        }
        buf_str(&name, row->field[column[c]]);
    }
    return buf_text(&name);
}

static uint32_t position_in(const struct value *groups, struct str name)
{
    for (uint32_t g = 0; g < groups->count; g++) {
        if (str_equal(groups->key[g], name)) {
            return g;
        }
    }
    return UINT32_MAX;
}

static void read_row(struct table *table, const struct csv *csv, const struct csv_row *row)
{
    const size_t at = table->row_count;
    must(at < ROWS_MAX);
    table->label[at] = str_is(row->field[csv_column(csv, "y")], "1");
    table->decision[at] = str_is(row->field[csv_column(csv, "pred")], "1");
    must(str_to_double(row->field[csv_column(csv, "score")], &table->score[at]));
}

/* attributes is "sex+race"; a row's group is its place among the reference's groups. */
static void read_predictions(struct job *job, struct str attributes, const struct value *groups,
                             struct table *table)
{
    const struct str folder = path_join(job->arena, data_folder(job->arena), STR("fairness-ref"));
    struct csv *csv = NULL;
    struct csv_row row;
    size_t column[ATTRIBUTES_MAX];
    size_t column_count = 0;
    must(csv_open(job, path_join(job->arena, folder, STR("adult-predictions.csv.gz")), NULL,
                  &csv) == CANDOR_OK);
    while (attributes.ptr != NULL) {
        must(column_count < ATTRIBUTES_MAX);
        column[column_count++] = csv_column(csv, str_z(job->arena, str_cut(&attributes, '+')));
    }
    for (table->row_count = 0; csv_next(job, csv, &row) == CANDOR_OK; table->row_count++) {
        const struct str name = group_of_row(job->arena, &row, column, column_count);
        read_row(table, csv, &row);
        table->group[table->row_count] = position_in(groups, name);
    }
    csv_close(csv);
    job_forgive(job); /* the end of the file */
}

/* ---- comparing ----------------------------------------------------------------------------- */

static void check_rates(struct str name, const struct group_rates *got, const struct value *wanted)
{
    static const char *const key[GROUP_MEASURES] = {"selection_rate", "tpr", "fpr", "ppv", "npv",
                                                    "accuracy"};
    const struct value *wilson = value_get(wanted, "wilson95");
    expect(is_close((double)got->true_positive, value_get(wanted, "tp")), "%.*s", STR_ARG(name));
    expect(is_close((double)got->false_positive, value_get(wanted, "fp")), "%.*s", STR_ARG(name));
    expect(is_close((double)got->false_negative, value_get(wanted, "fn")), "%.*s", STR_ARG(name));
    expect(is_close((double)got->true_negative, value_get(wanted, "tn")), "%.*s", STR_ARG(name));
    for (size_t m = 0; m < GROUP_MEASURES; m++) {
        const struct value *interval = value_get(wilson, key[m]);
        expect(is_close(got->rate[m], value_get(wanted, key[m])), "%.*s: %s", STR_ARG(name),
               key[m]);
        if (interval != NULL && interval->kind == VALUE_LIST) {
            expect(is_close(got->interval[m].low, &interval->item[0]), "%.*s: %s", STR_ARG(name),
                   key[m]);
            expect(is_close(got->interval[m].high, &interval->item[1]), "%.*s: %s", STR_ARG(name),
                   key[m]);
        }
    }
}

static bool has_undefined_rates(const struct fairness *got)
{
    for (size_t g = 0; g < got->group_count; g++) {
        for (size_t m = 0; m < GROUP_MEASURES; m++) {
            if (isnan(got->group[g].rate[m])) {
                return true;
            }
        }
    }
    return false;
}

static const struct {
    enum fairness_measure measure;
    const char *key;
} compared[] = {
    {DEMOGRAPHIC_PARITY_DIFFERENCE, "demographic_parity_difference"},
    {DEMOGRAPHIC_PARITY_RATIO, "demographic_parity_ratio"},
    {EQUAL_OPPORTUNITY_DIFFERENCE, "equal_opportunity_difference"},
    {EQUALIZED_ODDS_DIFFERENCE, "equalized_odds_difference"},
    {EQUALIZED_ODDS_RATIO, "equalized_odds_ratio"},
};

static void check_fairlearn(struct str name, const struct fairness *got, const struct value *wanted)
{
    const struct value *between = value_get(wanted, "between_groups");
    if (has_undefined_rates(got) || got->group_count < 2) {
        return;
    }
    for (size_t c = 0; c < sizeof compared / sizeof compared[0]; c++) {
        expect(is_close(got->value[compared[c].measure].value, value_get(between, compared[c].key)),
               "%.*s: %s", STR_ARG(name), compared[c].key);
    }
    expect(is_close(got->value[PREDICTIVE_PARITY_DIFFERENCE].value,
                    value_get(wanted, "precision_difference")),
           "%.*s", STR_ARG(name));
    expect(
        is_close(got->value[ACCURACY_DIFFERENCE].value, value_get(wanted, "accuracy_difference")),
        "%.*s", STR_ARG(name));
}

static void check_groups(struct str name, const struct fairness *got, const struct value *groups)
{
    for (size_t g = 0; g < groups->count; g++) {
        check_rates(groups->key[g], &got->group[g], &groups->item[g]);
    }
    expect(got->group_count == groups->count, "%.*s", STR_ARG(name));
}

static void check_grouping(struct job *job, struct str name, const struct value *grouping,
                           struct fairness *got)
{
    const struct value *wanted = value_get(grouping, "unweighted");
    const struct value *groups = value_get(wanted, "strict_by_group");
    struct table *table = NEW(job->arena, struct table);
    must(groups != NULL && groups->count <= GROUPS_MAX);
    read_predictions(job, name, groups, table);
    const struct audit_rows rows = {.row_count = table->row_count,
                                    .label = table->label,
                                    .decision = table->decision,
                                    .score = table->score,
                                    .group = table->group,
                                    .group_count = groups->count};
    must(fairness_measure(job, &rows, got) == CANDOR_OK);
    check_groups(name, got, groups);
    check_rates(name, &got->overall, value_get(wanted, "strict_overall"));
    check_fairlearn(name, got, value_get(wanted, "fairlearn"));
    for (size_t g = 0; g < groups->count; g++) {
        const struct value *group = &groups->item[g];
        const double mean = value_get(group, "mean_score")->number;
        const double base = value_get(group, "base_rate")->number;
        expect(fabs(got->group[g].mean_score - mean) < 1e-12, "%.*s", STR_ARG(groups->key[g]));
        expect(fabs(got->group[g].calibration - (mean - base)) < 1e-12, "%.*s",
               STR_ARG(groups->key[g]));
    }
}

static void adult_is_measured_as_fairlearn_measures_it(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct value *groupings = value_get(reference(&job, "adult-metrics.json"), "groupings");
    for (size_t i = 0; groupings != NULL && i < groupings->count; i++) {
        struct fairness got;
        check_grouping(&job, groupings->key[i], &groupings->item[i], &got);
    }
    job_end(&job);
}

/* AIF360 subtracts the privileged group from the other; the women are fewer in every rate here. */
static void the_sexes_are_compared_as_aif360_compares_them(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct value *groupings = value_get(reference(&job, "adult-metrics.json"), "groupings");
    const struct value *sex = value_get(groupings, "sex");
    if (sex != NULL) {
        struct fairness got;
        check_grouping(&job, STR("sex"), sex, &got);
        const struct value *unweighted = value_get(sex, "unweighted");
        const struct value *wanted =
            value_get(value_get(unweighted, "aif360_vs_largest"), "Female");
        const struct fairness_value *value = got.value;
        expect(is_close(-value[DEMOGRAPHIC_PARITY_DIFFERENCE].value,
                        value_get(wanted, "statistical_parity_difference")),
               "parity");
        expect(
            is_close(value[DEMOGRAPHIC_PARITY_RATIO].value, value_get(wanted, "disparate_impact")),
            "disparate impact");
        expect(is_close(-value[EQUAL_OPPORTUNITY_DIFFERENCE].value,
                        value_get(wanted, "equal_opportunity_difference")),
               "equal opportunity");
        expect(is_close(value[EQUALIZED_ODDS_DIFFERENCE].value,
                        value_get(wanted, "equalized_odds_difference")),
               "odds");
    }
    job_end(&job);
}

static void intervals_are_newcombe_s_and_katz_s(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct value *groupings = value_get(reference(&job, "adult-metrics.json"), "groupings");
    const struct value *sex = value_get(groupings, "sex");
    if (sex != NULL) {
        struct fairness got;
        check_grouping(&job, STR("sex"), sex, &got);
        const struct value *against =
            value_get(value_get(sex, "unweighted"), "intervals_vs_largest");
        const struct value *female = value_get(value_get(against, "groups"), "Female");
        const struct value *wanted = value_get(female, "selection_rate");
        const struct value *newcombe = value_get(wanted, "newcombe95");
        const struct value *katz = value_get(wanted, "katz_log95");
        const struct fairness_value *value = got.value;
        expect(is_close(-value[DEMOGRAPHIC_PARITY_DIFFERENCE].interval.high, &newcombe->item[0]),
               "Newcombe's lower bound is the negative of our upper one");
        expect(is_close(-value[DEMOGRAPHIC_PARITY_DIFFERENCE].interval.low, &newcombe->item[1]),
               "and the other way round");
        expect(is_close(value[DEMOGRAPHIC_PARITY_RATIO].interval.low, &katz->item[0]), "Katz");
        expect(is_close(value[DEMOGRAPHIC_PARITY_RATIO].interval.high, &katz->item[1]), "Katz");
    }
    job_end(&job);
}

/* ---- small cases --------------------------------------------------------------------------- */

static void read_case(struct table *table, const struct value *one, const struct value *groups)
{
    const struct value *label = value_get(one, "y");
    table->row_count = label->count;
    for (size_t i = 0; i < label->count; i++) {
        table->label[i] = label->item[i].integer == 1;
        table->decision[i] = value_get(one, "pred")->item[i].integer == 1;
        table->group[i] = position_in(groups, value_get(one, "group")->item[i].text);
    }
}

static void the_edge_cases_have_the_strict_answers(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct value *cases = value_get(reference(&job, "edge-cases.json"), "cases");
    for (size_t i = 0; cases != NULL && i < cases->count; i++) {
        const struct value *one = &cases->item[i];
        const struct value *groups = value_get(one, "strict_by_group");
        struct table *table = NEW(job.arena, struct table);
        struct fairness got;
        if (value_get(one, "weight")->kind != VALUE_NULL) {
            continue; /* rows count once here */
        }
        read_case(table, one, groups);
        const struct audit_rows rows = {.row_count = table->row_count,
                                        .label = table->label,
                                        .decision = table->decision,
                                        .group = table->group,
                                        .group_count = groups->count};
        must(fairness_measure(&job, &rows, &got) == CANDOR_OK);
        check_groups(value_get(one, "name")->text, &got, groups);
        check_fairlearn(value_get(one, "name")->text, &got, value_get(one, "fairlearn"));
    }
    job_end(&job);
}

/* ---- thresholds ---------------------------------------------------------------------------- */

/* "dp<=0.02" */
static enum parity parity_of_key(struct str key, double *limit)
{
    static const char *const name[EQUALS] = {"dp", "tpr", "fpr", "eo"};
    struct str rest = key;
    const struct str before = str_cut(&rest, '<');
    must(str_to_double(str_slice(rest, 1, rest.len), limit));
    for (size_t p = 0; p < EQUALS; p++) {
        if (str_is(before, name[p])) {
            return (enum parity)p;
        }
    }
    must(false);
    return EQUALS;
}

/* The optimum by lot is theirs; thresholds are within it, and never worse than those they found. */
static void check_optimum(struct job *job, const struct audit_rows *rows, struct str key,
                          const struct value *wanted)
{
    struct thresholds found;
    double limit = 0;
    const enum parity parity = parity_of_key(key, &limit);
    const struct value *theirs = value_get(wanted, "deterministic");
    const double by_lot = value_get(wanted, "lp_randomised_accuracy")->number;
    must(thresholds_fit(job, rows, parity, limit, &found) == CANDOR_OK);
    expect(fabs(found.accuracy_by_lot - by_lot) < 1e-9, "%.*s: %.12f, not %.12f", STR_ARG(key),
           found.accuracy_by_lot, by_lot);
    expect(found.is_exact && found.disparity <= limit, "%.*s: %g", STR_ARG(key), found.disparity);
    expect(found.accuracy <= by_lot + 1e-12, "%.*s: %.12f", STR_ARG(key), found.accuracy);
    expect(theirs == NULL || found.accuracy >= value_get(theirs, "accuracy")->number - 1e-12,
           "%.*s: %.12f", STR_ARG(key), found.accuracy);
}

static void thresholds_reach_the_optimum_of_the_reference(void **state)
{
    static struct table table;
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    const struct value *root = reference(&job, "adult-mitigation.json");
    const struct value *by_group = root == NULL ? NULL : value_get(root, "by_group");
    for (size_t a = 0; by_group != NULL && a < by_group->count; a++) {
        const struct value *wanted = &by_group->item[a];
        const struct value *groups =
            value_get(value_get(value_get(wanted, "dp<=0.05"), "deterministic"), "thresholds");
        read_predictions(&job, by_group->key[a], groups, &table);
        const struct audit_rows rows = {.row_count = table.row_count,
                                        .label = table.label,
                                        .score = table.score,
                                        .group = table.group,
                                        .group_count = groups->count};
        for (size_t k = 0; k < wanted->count; k++) {
            if (wanted->item[k].kind == VALUE_MAP) {
                check_optimum(&job, &rows, wanted->key[k], &wanted->item[k]);
            }
        }
    }
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adult_is_measured_as_fairlearn_measures_it),
        cmocka_unit_test(the_sexes_are_compared_as_aif360_compares_them),
        cmocka_unit_test(intervals_are_newcombe_s_and_katz_s),
        cmocka_unit_test(the_edge_cases_have_the_strict_answers),
        cmocka_unit_test(thresholds_reach_the_optimum_of_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
