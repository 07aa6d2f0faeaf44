/*
 * mitigate_threshold.c - one threshold a group, the best that there are within the limit.
 */
#include "mitigate.h"

#include <math.h>

/* A column with one text in it is one of texts: it is named, as it would never be found. */
static enum candor_status must_be_numbers(struct job *job, const struct mitigating *mitigating,
                                          const struct column *column)
{
    if (column->kind == COLUMN_NUMBER) {
        return CANDOR_OK;
    }
    for (size_t row = 0; row < mitigating->table.row_count; row++) {
        const uint32_t code = column->code[row];
        double number = 0;
        if (code != CODE_MISSING &&
            !(str_to_double(column->level[code], &number) && isfinite(number))) {
            return fail(job, CANDOR_BAD_INPUT,
                        "--score: column '%.*s' is not one of numbers: row %zu is none",
                        STR_ARG(column->name), row);
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "--score: column '%.*s' is not one of numbers",
                STR_ARG(column->name));
}

static enum candor_status read_scores(struct job *job, struct mitigating *mitigating)
{
    const struct candor_mitigate *asked = mitigating->asked;
    const struct column *column = frame_find(mitigating->table.frame, str_of(asked->score));
    if (column == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "--score: the data has no column '%s'", asked->score);
    }
    TRY(must_be_numbers(job, mitigating, column));
    TRY_ALLOC(job, mitigating->before, mitigating->table.row_count, uint8_t);
    TRY_ALLOC(job, mitigating->after, mitigating->table.row_count, uint8_t);
    for (size_t row = 0; row < mitigating->table.row_count; row++) {
        if (isnan(column->number[row])) {
            return fail(job, CANDOR_BAD_INPUT, "--score: row %zu of column '%s' is missing", row,
                        asked->score);
        }
        mitigating->before[row] = column->number[row] >= asked->threshold;
    }
    mitigating->score = column->number;
    return CANDOR_OK;
}

static void put_thresholds(struct mitigating *mitigating, const struct thresholds *found)
{
    struct json *json = mitigating->json;
    json_key(json, LIT("thresholds"));
    json_list_begin(json);
    for (size_t g = 0; g < found->group_count; g++) {
        const struct group_threshold *group = &found->group[g];
        json_map_begin(json);
        json_key(json, LIT("group"));
        json_text(json, mitigating->grouping.name[g]);
        put_member(json, LIT("from"), group->from);
        json_key(json, LIT("count"));
        json_u64(json, group->count);
        json_key(json, LIT("selected"));
        json_u64(json, group->true_positive + group->false_positive);
        json_map_end(json);
    }
    json_list_end(json);
    put_member(json, LIT("threshold_without_group"), found->one);
    put_member(json, LIT("accuracy_one_threshold"), found->accuracy_one);
    put_member(json, LIT("accuracy_without_constraint"), found->accuracy_free);
    put_member(json, LIT("accuracy_by_lot"), found->accuracy_by_lot);
    put_member(json, LIT("cost_of_determinism"), found->accuracy_by_lot - found->accuracy);
    put_member(json, LIT("cost_of_constraint"), found->accuracy_free - found->accuracy);
    json_key(json, LIT("exact"));
    json_bool(json, found->is_exact);
}

static void warn_small(struct job *job, struct mitigating *mitigating,
                       const struct thresholds *found)
{
    enum { FEW = 30 };
    size_t few = 0;
    for (size_t g = 0; g < found->group_count; g++) {
        few += found->group[g].positives < FEW ||
               found->group[g].count - found->group[g].positives < FEW;
    }
    if (few > 0) {
        mitigate_warn(mitigating,
                      str_format(job->arena,
                                 "%zu groups have fewer than %d rows of one label: their "
                                 "thresholds follow chance as much as anything.",
                                 few, FEW));
    }
    if (!found->is_exact) {
        mitigate_warn(mitigating, STR("There are so many scores that thresholds were chosen among "
                                      "some of them only."));
    }
}

static enum candor_status walk_frontier(struct job *job, struct mitigating *mitigating,
                                        const struct audit_rows *rows)
{
    for (size_t i = 0; i < mitigate_limit_count; i++) {
        const struct arena_mark mark = arena_mark(job->arena);
        struct thresholds found;
        TRY(thresholds_fit(job, rows, mitigating->parity, mitigate_limit[i], &found));
        arena_rewind(job->arena, mark);
        mitigating->frontier[mitigating->frontier_count++] = (struct frontier_point){
            mitigate_limit[i], found.accuracy, found.disparity, found.accuracy_by_lot,
            (double)NAN,       (double)NAN,    (double)NAN};
        job_say_progress(job, "limits of the frontier", i + 1, mitigate_limit_count);
    }
    return CANDOR_OK;
}

static enum candor_status write_decisions(struct job *job, const struct mitigating *mitigating)
{
    struct extended *extended = NULL;
    TRY(extended_begin(job, mitigating->asked->data_path, mitigating->asked->out_path, "decision",
                       &extended));
    for (size_t row = 0; row < mitigating->table.row_count; row++) {
        struct buf *line = NULL;
        TRY(extended_next(job, extended, &line));
        csv_put_u64(line, mitigating->after[row]);
        TRY(extended_put(job, extended));
    }
    return extended_end(job, extended);
}

enum candor_status mitigate_threshold(struct job *job, struct mitigating *mitigating)
{
    struct audit_rows rows;
    struct thresholds found;
    TRY(read_scores(job, mitigating));
    TRY(mitigate_rows(job, mitigating, true, NULL, mitigating->score, &rows));
    TRY(thresholds_fit(job, &rows, mitigating->parity, mitigating->limit, &found));
    thresholds_decide(&found, mitigating->score, mitigating->grouping.group,
                      mitigating->table.row_count, mitigating->after);
    put_thresholds(mitigating, &found);
    warn_small(job, mitigating, &found);
    TRY(walk_frontier(job, mitigating, &rows));
    return write_decisions(job, mitigating);
}
