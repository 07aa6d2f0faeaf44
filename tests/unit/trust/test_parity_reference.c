/*
 * test_parity_reference.c - every value that Fairlearn 0.13 and AIF360 0.6.1 give for Adult's test part,
 * by five groupings, with and without weights, and for the twelve edge cases: equal to 1e-12 in their
 * conventions, null where a rate has no denominator in ours.
 *
 * Data is found by CANDOR_DATA, or in ../shared/data beside the source tree; without it the test is
 * skipped.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parity.h"
#include "text.h"

#include "testing.h"

enum { ROWS_MAX = 20000, GROUPS_MAX = 64, ATTRIBUTES_MAX = 3 };

struct table {
    uint8_t label[ROWS_MAX];
    uint8_t decision[ROWS_MAX];
    double score[ROWS_MAX];
    double weight[ROWS_MAX];
    uint32_t group[ROWS_MAX];
    struct audit_rows rows;
};

static struct str data_folder(struct arena *arena)
{
    const char *given = getenv("CANDOR_DATA");
    if (given != NULL) {
        return path_join(arena, str_of(given), STR("fairness-ref"));
    }
    const struct str here = str_of(__FILE__);
    const struct str inside = STR("tests/unit/trust/test_parity_reference.c");
    must(str_ends(here, inside));
    return path_join(arena, str_slice(here, 0, here.len - inside.len),
                     STR("../shared/data/fairness-ref"));
}

static const struct value *reference(struct job *job, const char *name)
{
    const struct text_limits limits = {.size_max = (size_t)16 << 20};
    const struct value *root = NULL;
    struct bytes content;
    const struct str path = path_join(job->arena, data_folder(job->arena), str_of(name));
    if (!file_exists(job, path)) {
        print_message("skipped: no %.*s; set CANDOR_DATA to the folder of the data\n",
                      STR_ARG(path));
        return NULL;
    }
    must(file_read(job, path, (size_t)16 << 20, &content) == CANDOR_OK);
    must(json_read(job, content, &limits, "the reference", &root) == CANDOR_OK);
    return root;
}

static size_t compared_values;

static void check(struct str where, const char *name, double got, const struct value *wanted)
{
    if (wanted == NULL) {
        return;
    }
    compared_values++;
    if (wanted->kind == VALUE_NULL) {
        expect(isnan(got), "%.*s: %s is %.17g and should be undefined", STR_ARG(where), name, got);
        return;
    }
    const double room = 1e-12 * fmax(1, fabs(wanted->number));
    expect(fabs(got - wanted->number) <= room, "%.*s: %s is %.17g, not %.17g", STR_ARG(where), name,
           got, wanted->number);
}

/* ---- Adult --------------------------------------------------------------------------------- */

static struct str group_of_row(struct arena *arena, const struct csv_row *row, const size_t *column,
                               size_t column_count)
{
    struct buf name = buf_begin(arena);
    for (size_t c = 0; c < column_count; c++) {
        buf_lit(&name, c > 0 ? LIT("|") : LIT(""));
        buf_str(&name, row->field[column[c]]);
    }
    return buf_text(&name);
}

static size_t position_in(const struct value *groups, struct str name)
{
    size_t g = 0;
    while (g < groups->count && !str_equal(groups->key[g], name)) {
        g++;
    }
    return g;
}

static void read_predictions(struct job *job, struct str attributes, const struct value *groups,
                             struct table *table)
{
    struct csv *csv = NULL;
    struct csv_row row;
    size_t column[ATTRIBUTES_MAX];
    size_t column_count = 0;
    size_t at = 0;
    must(csv_open(job,
                  path_join(job->arena, data_folder(job->arena), STR("adult-predictions.csv.gz")),
                  NULL, &csv) == CANDOR_OK);
    while (attributes.ptr != NULL) {
        must(column_count < ATTRIBUTES_MAX);
        column[column_count++] = csv_column(csv, str_z(job->arena, str_cut(&attributes, '+')));
    }
    for (; csv_next(job, csv, &row) == CANDOR_OK; at++) {
        must(at < ROWS_MAX);
        table->label[at] = str_is(row.field[csv_column(csv, "y")], "1");
        table->decision[at] = str_is(row.field[csv_column(csv, "pred")], "1");
        must(str_to_double(row.field[csv_column(csv, "score")], &table->score[at]));
        must(str_to_double(row.field[csv_column(csv, "weight")], &table->weight[at]));
        table->group[at] =
            (uint32_t)position_in(groups, group_of_row(job->arena, &row, column, column_count));
        must(table->group[at] < groups->count);
    }
    csv_close(csv);
    job_forgive(job); /* the end of the file */
    table->rows = (struct audit_rows){.row_count = at,
                                      .label = table->label,
                                      .decision = table->decision,
                                      .score = table->score,
                                      .group = table->group,
                                      .group_count = groups->count};
}

static void check_interval(struct str where, const char *name, struct interval got,
                           const struct value *wanted)
{
    if (wanted != NULL && wanted->kind == VALUE_LIST) {
        check(where, name, got.low, &wanted->item[0]);
        check(where, name, got.high, &wanted->item[1]);
    }
}

/* Counts, rates and Wilson's intervals of one group. */
static void check_strict(struct str where, const struct parity_group *got,
                         const struct value *wanted)
{
    const struct value *wilson = value_get(wanted, "wilson95");
    check(where, "n", (double)got->count, value_get(wanted, "n"));
    check(where, "tp", got->mass[OUTCOME_TP], value_get(wanted, "tp"));
    check(where, "fp", got->mass[OUTCOME_FP], value_get(wanted, "fp"));
    check(where, "fn", got->mass[OUTCOME_FN], value_get(wanted, "fn"));
    check(where, "tn", got->mass[OUTCOME_TN], value_get(wanted, "tn"));
    for (size_t r = 0; r < PARITY_RATES; r++) {
        const char *name = parity_rule((enum parity_rate)r)->name;
        const struct parity_share share = parity_share(got, (enum parity_rate)r);
        check(where, name, parity_value(share), value_get(wanted, name));
        check_interval(where, name, parity_wilson(share, 1.959963984540054),
                       value_get(wilson, name));
    }
}

static void check_scores(struct str where, const struct parity_score *exact,
                         const struct parity_score *binned, const struct value *wanted)
{
    for (size_t m = 0; m < PARITY_SCORES; m++) {
        const char *name = parity_score_name((enum parity_score_measure)m);
        const struct value *value = value_get(wanted, name);
        const bool is_line = m == SCORE_INTERCEPT || m == SCORE_SLOPE;
        if (is_line && exact->value[SCORE_AUC] == 1) {
            /* Labels that the score parts have no best line; the reference kept where Newton stopped. */
            expect(isnan(exact->value[m]), "%.*s: %s", STR_ARG(where), name);
        } else if (is_line && value != NULL && value->kind == VALUE_NUMBER) {
            /* A maximum of a likelihood is as sharp as its second derivative lets it be. */
            expect(fabs(exact->value[m] - value->number) < 1e-9 * fmax(1, fabs(value->number)),
                   "%.*s: %s is %.17g, not %.17g", STR_ARG(where), name, exact->value[m],
                   value->number);
        } else if (!is_line) {
            check(where, name, exact->value[m], value);
        }
    }
    const double off = fabs(exact->value[SCORE_AUC] - binned->value[SCORE_AUC]);
    expect(isnan(off) || off <= binned->auc_error + 1e-12, "%.*s: auc off by %g, stated %g",
           STR_ARG(where), off, binned->auc_error);
    check(where, "brier of cells", binned->value[SCORE_BRIER], value_get(wanted, "brier"));
    check(where, "ece of cells", binned->value[SCORE_ECE_WIDTH],
          value_get(wanted, "ece10_equal_width"));
}

static void check_fairlearn(struct job *job, struct str where, const struct parity_cells *cells,
                            const struct value *wanted)
{
    struct parity_named value[FAIRLEARN_VALUES];
    static const char prefix[] = "to_overall ";
    if (wanted->kind != VALUE_MAP) { /* the message that it raises */
        expect(fairlearn_values(job, cells, value) == CANDOR_BAD_INPUT, "%.*s", STR_ARG(where));
        job_forgive(job);
        return;
    }
    must(fairlearn_values(job, cells, value) == CANDOR_OK);
    for (size_t v = 0; v < FAIRLEARN_VALUES; v++) {
        const char *name = value[v].name;
        const bool is_overall = strncmp(name, prefix, sizeof prefix - 1) == 0;
        const struct value *block =
            v >= 16 ? wanted : value_get(wanted, is_overall ? "to_overall" : "between_groups");
        check(where, name, value[v].value,
              value_get(block, is_overall ? name + sizeof prefix - 1 : name));
    }
}

static void check_fairlearn_rates(struct str where, const struct parity_group *group,
                                  const struct value *wanted)
{
    struct parity_named rate[FAIRLEARN_RATES];
    fairlearn_rates(group, rate);
    for (size_t r = 0; r < FAIRLEARN_RATES; r++) {
        check(where, rate[r].name, rate[r].value, value_get(wanted, rate[r].name));
    }
}

struct counted {
    struct parity_cells cells;
    struct parity_cells plain;
};

static void check_aif360(struct str where, const struct counted *counted, size_t low, size_t high,
                         const struct value *wanted)
{
    struct parity_named value[AIF360_VALUES];
    aif360_values(&counted->cells, &counted->plain, low, high, value);
    for (size_t v = 0; v < AIF360_VALUES; v++) {
        check(where, value[v].name, value[v].value, value_get(wanted, value[v].name));
    }
}

static void check_contrasts(const struct counted *counted, const struct value *groups,
                            const struct value *block)
{
    for (size_t i = 0; block != NULL && i < block->count; i++) {
        const struct value *one = &block->item[i];
        const struct str privileged = value_text_at(one, "privileged");
        const size_t high = position_in(groups, privileged);
        check_aif360(block->key[i], counted, position_in(groups, block->key[i]),
                     high == groups->count ? SIZE_MAX : high, one);
    }
}

static void check_intervals(const struct parity_cells *cells, const struct value *groups,
                            const struct value *block)
{
    const size_t high = position_in(groups, value_text_at(block, "reference"));
    const struct value *each = value_get(block, "groups");
    for (size_t i = 0; each != NULL && i < each->count; i++) {
        const size_t low = position_in(groups, each->key[i]);
        for (size_t r = 0; r < PARITY_RATES; r++) {
            const char *name = parity_rule((enum parity_rate)r)->name;
            const struct value *wanted = value_get(&each->item[i], name);
            const struct parity_share one = parity_share(&cells->group[low], (enum parity_rate)r);
            const struct parity_share other =
                parity_share(&cells->group[high], (enum parity_rate)r);
            check_interval(each->key[i], name, parity_newcombe(one, other, 1.959963984540054),
                           value_get(wanted, "newcombe95"));
            check_interval(each->key[i], name, parity_katz(one, other, 1.959963984540054),
                           value_get(wanted, "katz_log95"));
        }
    }
}

static void check_block(struct job *job, struct str where, struct table *table,
                        const struct value *wanted, bool is_weighted)
{
    const double *weight = is_weighted ? table->weight : NULL;
    const struct value *groups = value_get(wanted, "strict_by_group");
    const struct value *fairlearn = value_get(wanted, "fairlearn");
    struct parity_score score[GROUPS_MAX];
    struct counted counted;
    must(parity_count(job, &table->rows, weight, &counted.cells) == CANDOR_OK);
    must(parity_count(job, &table->rows, NULL, &counted.plain) == CANDOR_OK);
    must(parity_score_exact(job, &table->rows, weight, score) == CANDOR_OK);
    for (size_t g = 0; g <= groups->count; g++) {
        const bool is_all = g == groups->count;
        const struct value *one = is_all ? value_get(wanted, "strict_overall") : &groups->item[g];
        const struct str name = is_all ? where : groups->key[g];
        const struct parity_score binned = parity_score_of_cells(&counted.cells, g);
        check_strict(name, &counted.cells.group[g], one);
        check_scores(name, &score[g], &binned, one);
        check_fairlearn_rates(
            name, &counted.cells.group[g],
            is_all ? value_get(fairlearn, "overall")
                   : value_get(value_get(fairlearn, "by_group"), str_z(job->arena, name)));
    }
    check_fairlearn(job, where, &counted.cells, fairlearn);
    check_contrasts(&counted, groups, value_get(wanted, "aif360_vs_largest"));
    check_contrasts(&counted, groups, value_get(wanted, "aif360_vs_rest"));
    check_intervals(&counted.cells, groups, value_get(wanted, "intervals_vs_largest"));
}

static void adult_equals_both_libraries(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct value *groupings = value_get(reference(&job, "adult-metrics.json"), "groupings");
    compared_values = 0;
    for (size_t i = 0; groupings != NULL && i < groupings->count; i++) {
        struct table *table = NEW(job.arena, struct table);
        const struct value *plain = value_get(&groupings->item[i], "unweighted");
        must(value_get(plain, "strict_by_group")->count < GROUPS_MAX);
        read_predictions(&job, groupings->key[i], value_get(plain, "strict_by_group"), table);
        check_block(&job, groupings->key[i], table, plain, false);
        check_block(&job, groupings->key[i], table, value_get(&groupings->item[i], "weighted"),
                    true);
    }
    print_message("%zu values compared\n", compared_values);
    expect(groupings == NULL || compared_values > 8000, "%zu values", compared_values);
    job_end(&job);
}

/* ---- the edge cases ------------------------------------------------------------------------ */

static void fill_case(const struct value *one, const struct value *groups, struct table *table)
{
    const struct value *label = value_get(one, "y");
    const struct value *weight = value_get(one, "weight");
    for (size_t i = 0; i < label->count; i++) {
        table->label[i] = label->item[i].number != 0;
        table->decision[i] = value_get(one, "pred")->item[i].number != 0;
        table->score[i] = value_get(one, "score")->item[i].number;
        table->weight[i] = weight->kind == VALUE_LIST ? weight->item[i].number : 1;
        table->group[i] = (uint32_t)position_in(groups, value_get(one, "group")->item[i].text);
    }
    table->rows = (struct audit_rows){.row_count = label->count,
                                      .label = table->label,
                                      .decision = table->decision,
                                      .score = table->score,
                                      .group = table->group,
                                      .group_count = groups->count};
}

static void check_case(struct job *job, const struct value *one)
{
    const struct str name = value_text_at(one, "name");
    const struct value *groups = value_get(one, "strict_by_group");
    const struct value *aif360 = value_get(one, "aif360");
    const struct value *fairlearn = value_get(one, "fairlearn");
    const bool is_weighted = value_get(one, "weight")->kind == VALUE_LIST;
    struct table *table = NEW(job->arena, struct table);
    struct parity_score score[GROUPS_MAX];
    struct counted counted;
    fill_case(one, groups, table);
    const double *weight = is_weighted ? table->weight : NULL;
    must(parity_count(job, &table->rows, weight, &counted.cells) == CANDOR_OK);
    must(parity_count(job, &table->rows, NULL, &counted.plain) == CANDOR_OK);
    must(parity_score_exact(job, &table->rows, weight, score) == CANDOR_OK);
    for (size_t g = 0; g < groups->count; g++) {
        check_strict(name, &counted.cells.group[g], &groups->item[g]);
        check(name, "auc", score[g].value[SCORE_AUC], value_get(&groups->item[g], "auc"));
        check(name, "brier", score[g].value[SCORE_BRIER], value_get(&groups->item[g], "brier"));
        check_fairlearn_rates(
            name, &counted.cells.group[g],
            value_get(value_get(fairlearn, "by_group"), str_z(job->arena, groups->key[g])));
    }
    check_fairlearn(job, name, &counted.cells, fairlearn);
    if (aif360 != NULL && aif360->count > 0) {
        check_aif360(name, &counted, position_in(groups, value_text_at(aif360, "unprivileged")),
                     position_in(groups, value_text_at(aif360, "privileged")), aif360);
    }
}

static void edge_cases_are_undefined_in_ours_and_equal_in_theirs(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct value *cases = value_get(reference(&job, "edge-cases.json"), "cases");
    compared_values = 0;
    for (size_t i = 0; cases != NULL && i < cases->count; i++) {
        check_case(&job, &cases->item[i]);
    }
    print_message("%zu values compared\n", compared_values);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adult_equals_both_libraries),
        cmocka_unit_test(edge_cases_are_undefined_in_ours_and_equal_in_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
