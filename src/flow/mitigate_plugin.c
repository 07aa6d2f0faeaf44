/*
 * mitigate_plugin.c - one rule that does not see the group of whom it decides about.
 *
 * It learns the chance of a yes, and the chance of the group: of everybody, of those with label 1, of those
 * with label 0, as the constraint asks. None of these models sees the group's columns or the label.
 */
#include "mitigate.h"

#include <math.h>

#include "learn.h"
#include "model.h"
#include "numeric.h"

struct heads {
    const struct mitigating *mitigating;
    bool *use;      /* columns that may be seen */
    uint32_t *side; /* of each row: 0, 1, or UINT32_MAX */
    double *chance; /* of a yes */
    struct str name[2];
};

/* ---- who is on which side ------------------------------------------------------------------ */

static enum candor_status take_sides(struct job *job, struct heads *heads)
{
    const struct mitigating *mitigating = heads->mitigating;
    const struct grouping *grouping = &mitigating->grouping;
    const char *value = mitigating->asked->value;
    uint32_t first = value == NULL ? 0 : UINT32_MAX;
    for (uint32_t g = 0; value != NULL && g < grouping->count; g++) {
        first = str_is(grouping->name[g], value) ? g : first;
    }
    if (first == UINT32_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "--value: no such group");
    }
    if (value == NULL && grouping->count != 2) {
        return fail(job, CANDOR_BAD_INPUT,
                    "--method plugin compares two groups, and there are %zu: name one that all "
                    "others are compared with, --value VALUE",
                    grouping->count);
    }
    TRY_ALLOC(job, heads->side, mitigating->table.row_count, uint32_t);
    for (size_t row = 0; row < mitigating->table.row_count; row++) {
        const uint32_t group = grouping->group[row];
        heads->side[row] = group == UINT32_MAX ? group : group != first;
    }
    heads->name[0] = grouping->name[first];
    heads->name[1] = value == NULL ? grouping->name[1] : STR("all others");
    return CANDOR_OK;
}

static enum candor_status choose_columns(struct job *job, struct heads *heads)
{
    const struct candor_mitigate *asked = heads->mitigating->asked;
    const struct frame *frame = heads->mitigating->table.frame;
    size_t used = 0;
    TRY_ALLOC(job, heads->use, frame->column_count, bool);
    for (size_t c = 0; c < frame->column_count; c++) {
        const struct str name = frame->column[c].name;
        heads->use[c] = !list_holds(asked->label, name) && !list_holds(asked->groups, name) &&
                        !(asked->drop != NULL && list_holds(asked->drop, name));
        used += heads->use[c];
    }
    return used > 0 ? CANDOR_OK
                    : fail(job, CANDOR_BAD_INPUT, "no column is left that the rule may see");
}

/* ---- learning ------------------------------------------------------------------------------ */

/* Learn from the rows of keep what value says of them, and score all rows. */
static enum candor_status learn_head(struct job *job, const struct heads *heads, const bool *keep,
                                     const double *value, double *score)
{
    const struct mitigating *mitigating = heads->mitigating;
    const struct target all = {.task = TASK_BINARY,
                               .name = STR("head"),
                               .positive = STR("1"),
                               .negative = STR("0"),
                               .class_count = 1,
                               .value = value};
    const struct fit_options options = {.seed = 1,
                                        .threads = mitigating->asked->threads,
                                        .pairs_max = PAIRS_AUTO,
                                        .use = heads->use};
    struct frame *part = NULL;
    struct target target;
    struct model *model = NULL;
    struct binding *binding = NULL;
    TRY(frame_take(job, mitigating->table.frame, keep, &part));
    TRY(target_take(job, &all, mitigating->table.row_count, keep, &target));
    TRY(fit_additive(job, part, &target, &options, &model));
    TRY(model_bind(job, model, mitigating->table.frame, &binding));
    binding_score(binding, mitigating->asked->threads, NULL, score);
    return CANDOR_OK;
}

static enum candor_status learn_chance(struct job *job, struct heads *heads)
{
    const struct mitigating *mitigating = heads->mitigating;
    const size_t rows = mitigating->table.row_count;
    bool *keep = NULL;
    TRY_ALLOC(job, heads->chance, rows, double);
    TRY_ALLOC(job, keep, rows, bool);
    for (size_t row = 0; row < rows; row++) {
        keep[row] = mitigate_chooses(mitigating, row);
    }
    return during(job, learn_head(job, heads, keep, mitigating->label.value, heads->chance),
                  "learning the label");
}

/* The chance of side 0, of those that `which` speaks of; and the pull it makes. */
static enum candor_status learn_pull(struct job *job, const struct heads *heads, enum parity which,
                                     double **pull)
{
    const struct mitigating *mitigating = heads->mitigating;
    const size_t rows = mitigating->table.row_count;
    double *of_side = NULL;
    double *value = NULL;
    bool *keep = NULL;
    double known = 0;
    double taken = 0;
    double first = 0;
    TRY_ALLOC(job, *pull, rows, double);
    TRY_ALLOC(job, of_side, rows, double);
    TRY_ALLOC(job, value, rows, double);
    TRY_ALLOC(job, keep, rows, bool);
    for (size_t row = 0; row < rows; row++) {
        const bool is_known = heads->side[row] <= 1 && mitigate_chooses(mitigating, row);
        const uint8_t label = mitigating->happened[row];
        keep[row] = is_known && (which == PARITY_SELECTION || label == (which == PARITY_TPR));
        value[row] = heads->side[row] == 0;
        known += is_known;
        taken += keep[row];
        first += keep[row] && heads->side[row] == 0;
    }
    TRY(during(job, learn_head(job, heads, keep, value, of_side), "learning the group"));
    plugin_pull(which, heads->chance, of_side, rows, first / taken, taken / known, *pull);
    return CANDOR_OK;
}

/* ---- the rule ------------------------------------------------------------------------------ */

static enum candor_status part_of(struct job *job, const struct mitigating *mitigating,
                                  const struct plugin_rows *all, struct plugin_rows *part)
{
    const size_t rows = mitigating->table.row_count;
    double *chance = NULL;
    double *pull[2] = {NULL, NULL};
    uint8_t *label = NULL;
    uint32_t *side = NULL;
    *part = *all;
    part->row_count = 0;
    TRY_ALLOC(job, chance, rows, double);
    TRY_ALLOC(job, pull[0], rows, double);
    TRY_ALLOC(job, pull[1], rows, double);
    TRY_ALLOC(job, label, rows, uint8_t);
    TRY_ALLOC(job, side, rows, uint32_t);
    for (size_t row = 0; row < rows; row++) {
        if (mitigate_chooses(mitigating, row)) {
            const size_t at = part->row_count++;
            chance[at] = all->chance[row];
            pull[0][at] = all->pull[0][row];
            pull[1][at] = all->pull[1] == NULL ? 0 : all->pull[1][row];
            label[at] = all->label[row];
            side[at] = all->side[row];
        }
    }
    part->chance = chance;
    part->pull[0] = pull[0];
    part->pull[1] = all->pull[1] == NULL ? NULL : pull[1];
    part->label = label;
    part->side = side;
    return CANDOR_OK;
}

/* The limits of the frontier, and the one that is asked for in its place among them. */
static size_t limits_with(double asked, double *limit)
{
    size_t count = 0;
    bool is_in = false;
    for (size_t i = 0; i < mitigate_limit_count; i++) {
        if (!is_in && asked <= mitigate_limit[i]) {
            is_in = true;
            limit[count++] = asked;
        }
        if (mitigate_limit[i] != asked) {
            limit[count++] = mitigate_limit[i];
        }
    }
    return count;
}

static enum candor_status choose_price(struct job *job, struct mitigating *mitigating,
                                       const struct plugin_rows *rows, struct plugin_point *chosen)
{
    double limit[FRONTIER_MAX];
    struct plugin_point point[FRONTIER_MAX];
    const size_t count = limits_with(mitigating->limit, limit);
    *chosen = (struct plugin_point){.is_found = false};
    TRY(plugin_frontier(job, rows, mitigating->parity, limit, count, point));
    for (size_t i = 0; i < count; i++) {
        if (point[i].is_found) {
            mitigating->frontier[mitigating->frontier_count++] = (struct frontier_point){
                limit[i], point[i].accuracy, point[i].disparity, (double)NAN, point[i].price[0]};
        }
        if (limit[i] == mitigating->limit) {
            *chosen = point[i];
        }
    }
    return chosen->is_found
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT,
                      "no rule without the group keeps the difference within %g on these rows; "
                      "ask for a larger --limit, or use --method threshold",
                      mitigating->limit);
}

static void put_rule(struct mitigating *mitigating, const struct heads *heads,
                     const struct plugin_point *chosen)
{
    struct json *json = mitigating->json;
    json_key(json, LIT("between"));
    json_list_begin(json);
    json_text(json, heads->name[0]);
    json_text(json, heads->name[1]);
    json_list_end(json);
    json_key(json, LIT("price"));
    json_list_begin(json);
    json_f64(json, chosen->price[0]);
    if (mitigating->parity == PARITY_ODDS) {
        json_f64(json, chosen->price[1]);
    }
    json_list_end(json);
    json_key(json, LIT("sees_group"));
    json_bool(json, false);
}

static enum candor_status write_decisions(struct job *job, const struct mitigating *mitigating,
                                          const struct plugin_rows *rows,
                                          const struct plugin_point *chosen)
{
    struct extended *extended = NULL;
    TRY(extended_begin(job, mitigating->asked->data_path, mitigating->asked->out_path,
                       "chance,decision", &extended));
    for (size_t row = 0; row < mitigating->table.row_count; row++) {
        struct buf *line = NULL;
        TRY(extended_next(job, extended, &line));
        csv_put_f64(line, rows->chance[row]);
        buf_u8(line, ',');
        mitigating->after[row] = plugin_decides(rows, row, chosen->price);
        csv_put_u64(line, mitigating->after[row]);
        TRY(extended_put(job, extended));
    }
    return extended_end(job, extended);
}

enum candor_status mitigate_plugin(struct job *job, struct mitigating *mitigating)
{
    struct heads heads = {.mitigating = mitigating};
    const enum parity parity = mitigating->parity;
    double *pull[2] = {NULL, NULL};
    struct plugin_rows part;
    struct plugin_point chosen;
    TRY(take_sides(job, &heads));
    TRY(choose_columns(job, &heads));
    TRY(learn_chance(job, &heads));
    TRY(learn_pull(job, &heads, parity == PARITY_ODDS ? PARITY_FPR : parity, &pull[0]));
    if (parity == PARITY_ODDS) {
        TRY(learn_pull(job, &heads, PARITY_TPR, &pull[1]));
    }
    const struct plugin_rows rows = {.row_count = mitigating->table.row_count,
                                     .chance = heads.chance,
                                     .pull = {pull[0], pull[1]},
                                     .label = mitigating->happened,
                                     .side = heads.side};
    TRY(part_of(job, mitigating, &rows, &part));
    TRY(choose_price(job, mitigating, &part, &chosen));
    TRY_ALLOC(job, mitigating->before, rows.row_count, uint8_t);
    TRY_ALLOC(job, mitigating->after, rows.row_count, uint8_t);
    for (size_t row = 0; row < rows.row_count; row++) {
        mitigating->before[row] = rows.chance[row] >= mitigating->asked->threshold;
    }
    put_rule(mitigating, &heads, &chosen);
    return write_decisions(job, mitigating, &rows, &chosen);
}
