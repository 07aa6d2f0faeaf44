/*
 * why.c - `candor fairness why`: which column makes how much of a gap between groups.
 *
 * The parts of an additive model add up, and so do their means: what is told is no estimate. The gap of the
 * decisions is not additive, and what a column has to do with it is told by taking it away.
 */
#include "mitigate.h"

#include <math.h>

#include "model.h"
#include "numeric.h"
#include "tell.h"

enum { CELLS_DEFAULT = 3, CELLS_MAX = 256 };

struct asking {
    const struct candor_fairness_why *asked;
    struct model *model;
    struct table table;
    struct grouping grouping;
    uint8_t *bin;
    double from;
    size_t reference;
    size_t cells;
};

/* ---- reading ------------------------------------------------------------------------------- */

static enum candor_status read_threshold(struct job *job, struct asking *asking)
{
    const struct candor_fairness_why *asked = asking->asked;
    const double threshold = asked->has_threshold ? asked->threshold : 0.5;
    const bool is_chance = asking->model->task == TASK_BINARY;
    const bool is_logarithm =
        asking->model->task == TASK_COUNT || asking->model->task == TASK_AMOUNT;
    if (is_chance && !(threshold > 0 && threshold < 1)) {
        return fail(job, CANDOR_BAD_INPUT, "--threshold is a chance between 0 and 1");
    }
    if (is_logarithm && asked->has_threshold && !(threshold > 0)) {
        return fail(job, CANDOR_BAD_INPUT, "--threshold is a number above 0");
    }
    asking->from = is_chance               ? log_of(threshold) - log_of(1 - threshold)
                   : !asked->has_threshold ? (double)INFINITY
                   : is_logarithm          ? log_of(threshold)
                                           : threshold;
    return CANDOR_OK;
}

static enum candor_status find_reference(struct job *job, struct asking *asking)
{
    const struct grouping *grouping = &asking->grouping;
    const char *name = asking->asked->reference;
    uint64_t *count = NEW_ARRAY(job->arena, grouping->count, uint64_t);
    if (grouping->count < 2) {
        return fail(job, CANDOR_BAD_INPUT,
                    "--group: there is one group only, and nothing to compare it with");
    }
    for (size_t row = 0; row < asking->table.row_count; row++) {
        if (grouping->group[row] != UINT32_MAX) {
            count[grouping->group[row]]++;
        }
    }
    asking->reference = name == NULL ? 0 : grouping->count;
    for (size_t g = 0; g < grouping->count; g++) {
        if (name == NULL ? count[g] > count[asking->reference] : str_is(grouping->name[g], name)) {
            asking->reference = g;
        }
    }
    return asking->reference < grouping->count
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "--reference: no such group");
}

static enum candor_status read_all(struct job *job, struct asking *asking)
{
    const struct candor_fairness_why *asked = asking->asked;
    struct binding *binding = NULL;
    struct digest digest;
    struct table by_content;
    bool is_signed = false;
    TRY(study_model(job, asked->model_path, &asking->model, &digest, &is_signed));
    const struct table_asked reading = {{asking->model}, NULL};
    const struct table_asked all = {{NULL}, NULL};
    TRY(read_threshold(job, asking));
    TRY(table_read(job, asked->data_path, &reading, &asking->table));
    TRY(table_read(job, asked->data_path, &all, &by_content));
    TRY(grouping_of(job, &by_content, asked->groups, &asking->grouping));
    TRY(find_reference(job, asking));
    TRY(during(job, model_bind(job, asking->model, asking->table.frame, &binding),
               "%s does not fit %s", asked->data_path, asked->model_path));
    TRY_ALLOC(job, asking->bin, size_mul(asking->table.row_count, asking->model->feature_count),
              uint8_t);
    binding_bin(binding, 0, asking->bin);
    return CANDOR_OK;
}

/* ---- telling ------------------------------------------------------------------------------- */

/* The cells that make most of it, either way. */
static enum candor_status put_cells(struct job *job, struct json *json, const struct asking *asking,
                                    const struct term *term, const struct gap_term *found)
{
    double *size = NULL;
    uint32_t *order = NULL;
    TRY_ALLOC(job, size, term->cell_count, double);
    TRY_ALLOC(job, order, term->cell_count, uint32_t);
    for (size_t c = 0; c < term->cell_count; c++) {
        size[c] = -fabs(found->cell[c].adds);
    }
    TRY(order_f64(job, size, term->cell_count, order));
    json_key(json, LIT("bins"));
    json_list_begin(json);
    for (size_t i = 0; i < term->cell_count && i < asking->cells; i++) {
        const size_t c = order[i];
        if (found->cell[c].adds != 0) {
            json_map_begin(json);
            json_key(json, LIT("bin"));
            json_text(json, cell_label(job->arena, asking->model, term, c));
            put_member(json, LIT("share"), found->cell[c].share[0]);
            put_member(json, LIT("share_reference"), found->cell[c].share[1]);
            put_member(json, LIT("value"), term->value[c]);
            put_member(json, LIT("adds"), found->cell[c].adds);
            json_map_end(json);
        }
    }
    json_list_end(json);
    return CANDOR_OK;
}

static enum candor_status put_terms(struct job *job, struct json *json, const struct asking *asking,
                                    const struct gap *gap)
{
    const struct model *model = asking->model;
    double *size = NEW_ARRAY(job->arena, model->term_count + 1, double);
    uint32_t *order = NEW_ARRAY(job->arena, model->term_count + 1, uint32_t);
    for (size_t t = 0; t < model->term_count; t++) {
        size[t] = -fabs(gap->term[t].adds);
    }
    TRY(order_f64(job, size, model->term_count, order));
    json_key(json, LIT("terms"));
    json_list_begin(json);
    for (size_t i = 0; i < model->term_count; i++) {
        const size_t t = order[i];
        json_map_begin(json);
        json_key(json, LIT("term"));
        json_text(json, model->term[t].name);
        put_member(json, LIT("adds"), gap->term[t].adds);
        TRY(put_cells(job, json, asking, &model->term[t], &gap->term[t]));
        json_map_end(json);
    }
    json_list_end(json);
    return CANDOR_OK;
}

static enum candor_status put_columns(struct job *job, struct json *json,
                                      const struct asking *asking, const struct gap *gap)
{
    const struct model *model = asking->model;
    double *size = NEW_ARRAY(job->arena, model->feature_count + 1, double);
    uint32_t *order = NEW_ARRAY(job->arena, model->feature_count + 1, uint32_t);
    for (size_t f = 0; f < model->feature_count; f++) {
        size[f] = -fabs(gap->column[f].adds);
    }
    TRY(order_f64(job, size, model->feature_count, order));
    json_key(json, LIT("columns"));
    json_list_begin(json);
    for (size_t i = 0; i < model->feature_count; i++) {
        const struct gap_column *column = &gap->column[order[i]];
        json_map_begin(json);
        json_key(json, LIT("column"));
        json_text(json, model->feature[order[i]].name);
        put_member(json, LIT("adds"), column->adds);
        if (isfinite(asking->from)) {
            put_member(json, LIT("decision_gap_without"), column->decision_gap);
            put_member(json, LIT("decision_gap_change"), column->decision_gap - gap->decision_gap);
        }
        json_map_end(json);
    }
    json_list_end(json);
    return CANDOR_OK;
}

static enum candor_status put_group(struct job *job, struct json *json, const struct asking *asking,
                                    size_t group)
{
    const size_t rows = asking->table.row_count;
    uint32_t *side = NULL;
    struct gap gap;
    TRY_ALLOC(job, side, rows, uint32_t);
    for (size_t row = 0; row < rows; row++) {
        const uint32_t of_row = asking->grouping.group[row];
        side[row] = of_row == group ? 0 : of_row == asking->reference ? 1 : UINT32_MAX;
    }
    TRY(gap_explain(job, asking->model, asking->bin, rows, side, asking->from, &gap));
    json_map_begin(json);
    json_key(json, LIT("group"));
    json_text(json, asking->grouping.name[group]);
    json_key(json, LIT("rows"));
    json_u64(json, gap.rows[0]);
    json_key(json, LIT("rows_reference"));
    json_u64(json, gap.rows[1]);
    put_member(json, LIT("mean_link"), gap.mean_link[0]);
    put_member(json, LIT("mean_link_reference"), gap.mean_link[1]);
    put_member(json, LIT("gap"), gap.gap);
    put_member(json, LIT("sum_of_terms"), gap.sum);
    if (isfinite(asking->from)) {
        put_member(json, LIT("selection_rate"), gap.selection[0]);
        put_member(json, LIT("selection_rate_reference"), gap.selection[1]);
        put_member(json, LIT("decision_gap"), gap.decision_gap);
    }
    TRY(put_columns(job, json, asking, &gap));
    TRY(put_terms(job, json, asking, &gap));
    json_map_end(json);
    return CANDOR_OK;
}

enum candor_status candor_fairness_why(struct job *job, const struct candor_fairness_why *question,
                                       struct candor_text *report)
{
    struct asking asking = {.asked = question,
                            .cells = question->cells == 0 ? CELLS_DEFAULT : question->cells};
    struct answer answer;
    if (asking.cells > CELLS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "--bins is 1 to %d", CELLS_MAX);
    }
    TRY(read_all(job, &asking));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("reference"));
    json_text(&answer.json, asking.grouping.name[asking.reference]);
    json_key(&answer.json, LIT("scale"));
    json_text(&answer.json, asking.model->task == TASK_BINARY       ? STR("log odds")
                            : asking.model->task == TASK_REGRESSION ? STR("the number itself")
                                                                    : STR("logarithm"));
    json_key(&answer.json, LIT("groups"));
    json_list_begin(&answer.json);
    for (size_t g = 0; g < asking.grouping.count; g++) {
        if (g != asking.reference) {
            TRY(put_group(job, &answer.json, &asking, g));
        }
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
