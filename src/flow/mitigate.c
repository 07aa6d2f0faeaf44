/*
 * mitigate.c - `candor mitigate`: what treats groups differently is repaired, and told what it costs.
 *
 * Each method is a file of its own and puts its own members into the report. All of them are measured in
 * one way: decisions before and after, on the rows that chose and on those that were held out.
 */
#include "mitigate.h"

#include <math.h>

static const double limit_default = 0.05;

const double mitigate_limit[] = {0,   0.005, 0.01, 0.02,  0.03, 0.05, 0.065, 0.075,
                                 0.1, 0.125, 0.15, 0.175, 0.2,  0.3,  1};
const size_t mitigate_limit_count = sizeof mitigate_limit / sizeof mitigate_limit[0];

void put_member(struct json *json, struct lit key, double number)
{
    json_key(json, key);
    json_f64(json, number);
}

void mitigate_warn(struct mitigating *mitigating, struct str sentence)
{
    must(mitigating->warning_count < sizeof mitigating->warning / sizeof mitigating->warning[0]);
    mitigating->warning[mitigating->warning_count++] = sentence;
}

bool mitigate_chooses(const struct mitigating *mitigating, size_t row)
{
    return mitigating->is_test == NULL || !mitigating->is_test[row];
}

enum candor_status mitigate_rows(struct job *job, const struct mitigating *mitigating, bool chooses,
                                 const uint8_t *decision, const double *score,
                                 struct audit_rows *rows)
{
    const size_t room = mitigating->table.row_count + 1;
    uint8_t *label = NULL;
    uint8_t *decided = NULL;
    double *scored = NULL;
    uint32_t *group = NULL;
    TRY_ALLOC(job, label, room, uint8_t);
    TRY_ALLOC(job, decided, room, uint8_t);
    TRY_ALLOC(job, scored, room, double);
    TRY_ALLOC(job, group, room, uint32_t);
    *rows = (struct audit_rows){.label = label,
                                .decision = decided,
                                .score = score == NULL ? NULL : scored,
                                .group = group,
                                .group_count = mitigating->grouping.count};
    for (size_t row = 0; row < mitigating->table.row_count; row++) {
        if (mitigate_chooses(mitigating, row) == chooses) {
            label[rows->row_count] = mitigating->happened[row];
            decided[rows->row_count] = decision == NULL ? 0 : decision[row];
            scored[rows->row_count] = score == NULL ? 0 : score[row];
            group[rows->row_count++] = mitigating->grouping.group[row];
        }
    }
    return CANDOR_OK;
}

/* ---- what is asked ------------------------------------------------------------------------- */

struct method {
    const char *name;
    enum candor_status (*run)(struct job *job, struct mitigating *mitigating);
    bool needs_score;
    bool needs_model;
};

static const struct method method[] = {
    {"reweigh", mitigate_reweigh, false, false},    {"resample", mitigate_resample, false, false},
    {"threshold", mitigate_threshold, true, false}, {"plugin", mitigate_plugin, false, false},
    {"repair", mitigate_repair, false, true},
};

static enum candor_status find_method(struct job *job, const struct candor_mitigate *asked,
                                      const struct method **found)
{
    for (size_t m = 0; m < sizeof method / sizeof method[0]; m++) {
        if (str_is(str_of(asked->method), method[m].name)) {
            *found = &method[m];
            if (method[m].needs_score != (asked->score != NULL)) {
                return fail(job, CANDOR_BAD_INPUT,
                            method[m].needs_score ? "--method %s needs --score COL"
                                                  : "--method %s takes no --score",
                            method[m].name);
            }
            if (method[m].needs_model != (asked->model_path != NULL)) {
                return fail(job, CANDOR_BAD_INPUT,
                            method[m].needs_model ? "--method %s needs --model MODEL"
                                                  : "--method %s takes no --model",
                            method[m].name);
            }
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT,
                "--method is reweigh, resample, threshold, plugin or repair");
}

static enum candor_status read_limit(struct job *job, struct mitigating *mitigating)
{
    const struct candor_mitigate *asked = mitigating->asked;
    mitigating->limit = asked->has_limit ? asked->limit : limit_default;
    if (!(mitigating->limit >= 0 && mitigating->limit <= 1)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "--limit is the largest difference between groups, 0 to 1");
    }
    return asked->constraint == NULL
               ? CANDOR_OK
               : during(job, parity_of_name(job, str_of(asked->constraint), &mitigating->parity),
                        "--constraint");
}

static enum candor_status check_paths(struct job *job, const struct candor_mitigate *asked)
{
    TRY(path_may_be_written(job, asked->out_path));
    TRY(path_may_be_written(job, asked->html_path));
    TRY(paths_differ(job, asked->out_path, asked->data_path));
    TRY(paths_differ(job, asked->out_path, asked->html_path));
    TRY(paths_differ(job, asked->out_path, asked->split_path));
    TRY(paths_differ(job, asked->html_path, asked->data_path));
    return paths_differ(job, asked->out_path, asked->model_path);
}

static enum candor_status read_label(struct job *job, struct mitigating *mitigating)
{
    const struct candor_mitigate *asked = mitigating->asked;
    const size_t rows = mitigating->table.row_count;
    if (asked->label == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "name the column of what happened: --label COL");
    }
    TRY(during(job,
               target_of_column(job, mitigating->table.frame, str_of(asked->label),
                                str_of(asked->positive), TASK_BINARY, &mitigating->label),
               "--label"));
    TRY_ALLOC(job, mitigating->happened, rows, uint8_t);
    for (size_t row = 0; row < rows; row++) {
        mitigating->happened[row] = mitigating->label.value[row] != 0;
    }
    return CANDOR_OK;
}

static enum candor_status read_rows(struct job *job, struct mitigating *mitigating)
{
    const struct candor_mitigate *asked = mitigating->asked;
    const struct table_asked by_content = {{NULL}, NULL};
    const struct candor_fit fit = {.data_path = asked->data_path, .split_path = asked->split_path};
    bool *is_test = NULL;
    TRY(crypto_start(job));
    TRY(table_read(job, asked->data_path, &by_content, &mitigating->table));
    TRY(read_label(job, mitigating));
    TRY(grouping_of(job, &mitigating->table, asked->groups, &mitigating->grouping));
    TRY(held_out_rows(job, &fit, mitigating->table.row_count, &is_test));
    mitigating->is_test = is_test;
    return mitigating->grouping.count < 2
               ? fail(job, CANDOR_BAD_INPUT,
                      "--group: there is one group only, and nothing to compare it with")
               : CANDOR_OK;
}

/* ---- the report ---------------------------------------------------------------------------- */

double mitigate_disparity(const struct fairness *fairness, enum parity parity)
{
    double most = 0;
    const enum group_measure measure = parity == EQUAL_SELECTION ? GROUP_SELECTION_RATE
                                       : parity == EQUAL_TPR     ? GROUP_TPR
                                                                 : GROUP_FPR;
    for (size_t g = 0; g < fairness->group_count; g++) {
        for (size_t h = 0; h < fairness->group_count; h++) {
            const struct group_rates *one = &fairness->group[g];
            const struct group_rates *other = &fairness->group[h];
            most = fmax(most, one->rate[measure] - other->rate[measure]);
            if (parity == EQUAL_ODDS) {
                most = fmax(most, one->rate[GROUP_TPR] - other->rate[GROUP_TPR]);
            }
        }
    }
    return most;
}

static enum candor_status put_decisions(struct job *job, struct mitigating *mitigating,
                                        struct lit key, bool chooses, const uint8_t *decision)
{
    struct audit_rows rows;
    struct fairness fairness;
    struct json *json = mitigating->json;
    TRY(mitigate_rows(job, mitigating, chooses, decision, NULL, &rows));
    TRY(fairness_measure(job, &rows, &fairness));
    json_key(json, key);
    json_map_begin(json);
    json_key(json, LIT("rows"));
    json_u64(json, rows.row_count);
    put_member(json, LIT("accuracy"), fairness.overall.rate[GROUP_ACCURACY]);
    put_member(json, LIT("disparity"), mitigate_disparity(&fairness, mitigating->parity));
    fairness_json(json, &fairness, mitigating->grouping.name);
    json_map_end(json);
    return CANDOR_OK;
}

static void put_frontier(struct mitigating *mitigating)
{
    struct json *json = mitigating->json;
    json_key(json, LIT("frontier"));
    json_list_begin(json);
    for (size_t i = 0; i < mitigating->frontier_count; i++) {
        const struct frontier_point *point = &mitigating->frontier[i];
        json_map_begin(json);
        put_member(json, LIT("limit"), point->limit);
        put_member(json, LIT("accuracy"), point->accuracy);
        put_member(json, LIT("disparity"), point->disparity);
        if (!isnan(point->by_lot)) {
            put_member(json, LIT("accuracy_by_lot"), point->by_lot);
        }
        if (!isnan(point->strength)) {
            put_member(json, LIT("strength"), point->strength);
        }
        if (!isnan(point->held_out_accuracy)) {
            put_member(json, LIT("held_out_accuracy"), point->held_out_accuracy);
            put_member(json, LIT("held_out_disparity"), point->held_out_disparity);
        }
        json_map_end(json);
    }
    json_list_end(json);
}

static enum candor_status put_measured(struct job *job, struct mitigating *mitigating)
{
    struct json *json = mitigating->json;
    if (mitigating->after == NULL) {
        return CANDOR_OK;
    }
    json_key(json, LIT("constraint"));
    json_text(json, str_of(parity_name(mitigating->parity)));
    put_member(json, LIT("limit"), mitigating->limit);
    json_key(json, LIT("decided_by_lot"));
    json_u64(json, 0);
    TRY(put_decisions(job, mitigating, LIT("before"), true, mitigating->before));
    TRY(put_decisions(job, mitigating, LIT("after"), true, mitigating->after));
    if (mitigating->is_test != NULL) {
        TRY(put_decisions(job, mitigating, LIT("held_out_before"), false, mitigating->before));
        TRY(put_decisions(job, mitigating, LIT("held_out_after"), false, mitigating->after));
    }
    put_frontier(mitigating);
    return CANDOR_OK;
}

static enum candor_status write_page(struct job *job, const struct mitigating *mitigating)
{
    const char *path = mitigating->asked->html_path;
    if (path == NULL) {
        return CANDOR_OK;
    }
    if (mitigating->frontier_count == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "--html shows a frontier, and --method %s decides nobody",
                    mitigating->asked->method);
    }
    return file_replace(job, str_of(path), bytes_of(mitigate_page(job, mitigating)), 0644);
}

static void put_end(struct mitigating *mitigating)
{
    struct json *json = mitigating->json;
    json_key(json, LIT("warnings"));
    json_list_begin(json);
    for (size_t w = 0; w < mitigating->warning_count; w++) {
        json_text(json, mitigating->warning[w]);
    }
    json_list_end(json);
    json_key(json, LIT("file"));
    json_text(json, str_of(mitigating->asked->out_path));
    json_map_end(json);
}

enum candor_status candor_mitigate(struct job *job, const struct candor_mitigate *question,
                                   struct candor_text *report)
{
    struct mitigating mitigating = {.asked = question};
    const struct method *found = NULL;
    struct answer answer;
    TRY(find_method(job, question, &found));
    TRY(read_limit(job, &mitigating));
    TRY(check_paths(job, question));
    TRY(read_rows(job, &mitigating));
    answer_begin(job, &answer);
    mitigating.json = &answer.json;
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("method"));
    json_text(&answer.json, str_of(found->name));
    json_key(&answer.json, LIT("rows"));
    json_u64(&answer.json, mitigating.table.row_count);
    TRY(found->run(job, &mitigating));
    TRY(put_measured(job, &mitigating));
    TRY(write_page(job, &mitigating));
    put_end(&mitigating);
    answer_end(&answer, report);
    return CANDOR_OK;
}
