/*
 * compare_number.c - `candor fairness --numbers`: predicted amounts, counts and other numbers by group.
 */
#include <math.h>

#include "candor_study.h"
#include "flow.h"
#include "frame.h"
#include "grouped.h"

static void put_named(struct json *json, const char *name, double value)
{
    json_key_str(json, str_of(name));
    json_f64(json, value);
}

static void put_group(struct json *json, const struct parity_number_group *group)
{
    json_map_begin(json);
    json_key(json, LIT("count"));
    json_u64(json, group->count);
    put_named(json, "mean_label", group->mean_label);
    put_named(json, "mean_score", group->mean_score);
    put_named(json, "residual", group->residual);
    put_named(json, "rmse", group->rmse);
    json_key(json, LIT("residual_ci"));
    confidence_json(json, group->residual_interval);
    if (isnan(group->residual_interval.low)) {
        json_key(json, LIT("undefined"));
        json_text(json, group->weight > 0 ? STR("one row has no spread") : STR("no rows"));
    }
    json_map_end(json);
}

/* The largest distance of two of the groups in one number. */
static void put_spread(struct json *json, const char *name, const struct grouping *grouping,
                       const struct parity_numbers *numbers, bool of_rmse)
{
    size_t low = SIZE_MAX;
    size_t high = SIZE_MAX;
    double least = (double)INFINITY;
    double most = -(double)INFINITY;
    for (size_t g = 0; g < grouping->count; g++) {
        const double value = of_rmse ? numbers->group[g].rmse : numbers->group[g].residual;
        if (value < least) {
            least = value;
            low = g;
        }
        if (value >= most) {
            most = value;
            high = g;
        }
    }
    json_key_str(json, str_of(name));
    json_map_begin(json);
    put_named(json, "value", low == high ? (double)NAN : most - least);
    if (low != high) {
        json_key(json, LIT("low"));
        json_text(json, grouping->name[low]);
        json_key(json, LIT("high"));
        json_text(json, grouping->name[high]);
    } else {
        json_key(json, LIT("undefined"));
        json_text(json, STR("fewer than two groups differ"));
    }
    json_map_end(json);
}

static void put_cut(struct json *json, const struct grouping *grouping,
                    const struct parity_numbers *numbers)
{
    json_map_begin(json);
    json_key(json, LIT("all"));
    put_group(json, &numbers->group[grouping->count]);
    json_key(json, LIT("groups"));
    json_map_begin(json);
    for (size_t g = 0; g < grouping->count; g++) {
        json_key_str(json, grouping->name[g]);
        put_group(json, &numbers->group[g]);
    }
    json_map_end(json);
    put_spread(json, "residual_difference", grouping, numbers, false);
    put_spread(json, "rmse_difference", grouping, numbers, true);
    json_key(json, LIT("ks"));
    json_map_begin(json);
    put_named(json, "value", numbers->ks);
    put_named(json, "p", numbers->ks_p);
    if (numbers->ks_one != SIZE_MAX) {
        json_key(json, LIT("groups"));
        json_list_begin(json);
        json_text(json, grouping->name[numbers->ks_one]);
        json_text(json, grouping->name[numbers->ks_other]);
        json_list_end(json);
    } else {
        json_key(json, LIT("undefined"));
        json_text(json, STR("fewer than two groups have rows"));
    }
    json_map_end(json);
    json_map_end(json);
}

enum candor_status compare_numbers(struct job *job, const struct candor_fairness *asked,
                                   const struct table *table, const struct attributes *attributes,
                                   struct candor_text *report)
{
    struct audit_rows rows = {.row_count = table->row_count};
    struct cut *cut = NULL;
    struct answer answer;
    const double *label = NULL;
    const double *weight = NULL;
    TRY(numbers_of(job, table, "--label", asked->label, -(double)INFINITY, (double)INFINITY,
                   &label));
    TRY(numbers_of(job, table, "--score", asked->score, -(double)INFINITY, (double)INFINITY,
                   &rows.score));
    if (asked->weight != NULL) {
        TRY(numbers_of(job, table, "--weight", asked->weight, 0, (double)INFINITY, &weight));
    }
    TRY_ALLOC(job, cut, CUTS_MAX, struct cut);
    const size_t count = attribute_cuts(job->arena, attributes, asked->intersect, cut);
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("numbers"));
    json_map_begin(&answer.json);
    for (size_t c = 0; c < count; c++) {
        struct grouping grouping;
        struct parity_numbers numbers;
        TRY(cut_rows(job, attributes, &cut[c], table->row_count, &grouping));
        rows.group = grouping.group;
        rows.group_count = grouping.count;
        TRY(parity_numbers(job, &rows, label, weight, &numbers));
        json_key_str(&answer.json, cut[c].name);
        put_cut(&answer.json, &grouping, &numbers);
    }
    json_map_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
