/*
 * compare.c - `candor fairness`: predictions and labels in a file, compared by group.
 *
 * Attributes are audited one by one, and when asked by every pair, every triple and all together.
 * Undefined is null and named in the warnings; it is never 0.
 */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "candor_study.h"
#include "flow.h"
#include "frame.h"
#include "grouped.h"
#include "learn.h"
#include "model.h"
#include "study.h"
#include "trust.h"

/* Up to here every area is exact, from sorted rows; beyond, from 500 bins with a stated error. */
enum { EXACT_ROWS_MAX = 2000000, MANY_GROUPS = 100, SMALL_GROUP = 30 };

#define MISSING_FLAG "%s: row %zu of column '%.*s' is missing; write 0 or 1, or leave the row out"

struct comparing {
    const struct candor_fairness *asked;
    struct table table;
    struct audit_rows rows;
    const double *weight; /* or NULL */
    struct attributes attributes;
    struct str *warning;
    size_t warning_count;
    size_t warning_room;
    bool has_reference; /* an attribute has the group that was named */
};

static enum candor_status column_named(struct job *job, const struct comparing *comparing,
                                       struct str name, const char *option,
                                       const struct column **column)
{
    *column = frame_find(comparing->table.frame, name);
    if (*column == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "%s: the data has no column '%.*s'", option,
                    STR_ARG(name));
    }
    return CANDOR_OK;
}

static void warn(struct job *job, struct comparing *comparing, struct str text)
{
    if (comparing->warning_count == comparing->warning_room) {
        const size_t room = comparing->warning_room * 2 + 16;
        struct str *warning = NEW_ARRAY(job->arena, room, struct str);
        bytes_copy(warning, comparing->warning, comparing->warning_count * sizeof *warning);
        comparing->warning = warning;
        comparing->warning_room = room;
    }
    comparing->warning[comparing->warning_count++] = text;
}

/* A text column of more than two values says of no row whether it is a yes. */
static enum candor_status check_two_levels(struct job *job, const struct table *table,
                                           const struct column *column, const char *option)
{
    uint32_t first = CODE_MISSING;
    uint32_t other = CODE_MISSING;
    for (size_t row = 0; row < table->row_count; row++) {
        const uint32_t code = column->code[row];
        if (code == CODE_MISSING) {
            return fail(job, CANDOR_BAD_INPUT, MISSING_FLAG, option, table_row(table, row),
                        STR_ARG(column->name));
        }
        first = first == CODE_MISSING ? code : first;
        other = other == CODE_MISSING && code != first ? code : other;
        if (code != first && code != other) {
            return fail(job, CANDOR_BAD_INPUT,
                        "%s: row %zu of column '%.*s' has a third value; write 0 and 1, or two "
                        "values of which one says yes",
                        option, table_row(table, row), STR_ARG(column->name));
        }
    }
    if (other == CODE_MISSING) {
        return fail(job, CANDOR_BAD_INPUT,
                    "%s: column '%.*s' says '%.*s' in every row, and whether that is a yes is not "
                    "known; write 0 or 1",
                    option, STR_ARG(column->name), STR_ARG(column->level[first]));
    }
    return CANDOR_OK;
}

/* A column of 0 and 1, or of two values one of which says yes. */
static enum candor_status read_flags(struct job *job, struct comparing *comparing, const char *name,
                                     const char *option, const uint8_t **flag)
{
    const struct column *column = NULL;
    struct target target;
    uint8_t *read = NULL;
    TRY(column_named(job, comparing, str_of(name), option, &column));
    TRY_ALLOC(job, read, comparing->table.row_count, uint8_t);
    if (column->kind == COLUMN_NUMBER) {
        for (size_t row = 0; row < comparing->table.row_count; row++) {
            const double number = column->number[row];
            if (isnan(number)) {
                return fail(job, CANDOR_BAD_INPUT, MISSING_FLAG, option,
                            table_row(&comparing->table, row), STR_ARG(column->name));
            }
            if (number != 0 && number != 1) {
                return fail(job, CANDOR_BAD_INPUT, "%s: row %zu of column '%s' is not 0 or 1",
                            option, table_row(&comparing->table, row), name);
            }
            read[row] = number != 0;
        }
        *flag = read;
        return CANDOR_OK;
    }
    TRY(check_two_levels(job, &comparing->table, column, option));
    TRY(during(
        job,
        target_of_column(job, comparing->table.frame, str_of(name), STR(""), TASK_BINARY, &target),
        "%s", option));
    for (size_t row = 0; row < comparing->table.row_count; row++) {
        read[row] = target.value[row] != 0;
    }
    warn(job, comparing,
         str_format(job->arena, "%s: '%.*s' counts as 1 and '%.*s' as 0", option,
                    STR_ARG(target.positive), STR_ARG(target.negative)));
    *flag = read;
    return CANDOR_OK;
}

static enum candor_status read_decisions(struct job *job, struct comparing *comparing)
{
    const struct candor_fairness *asked = comparing->asked;
    const double *score = NULL;
    uint8_t *decision = NULL;
    if (asked->decision != NULL) {
        return read_flags(job, comparing, asked->decision, "--decision", &comparing->rows.decision);
    }
    if (asked->score == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "name the predictions: --score COL or --decision COL");
    }
    TRY(numbers_of(job, &comparing->table, "--score", asked->score, 0, 1, &score));
    TRY_ALLOC(job, decision, comparing->table.row_count, uint8_t);
    for (size_t row = 0; row < comparing->table.row_count; row++) {
        decision[row] = score[row] >= asked->threshold;
    }
    comparing->rows.score = score;
    comparing->rows.decision = decision;
    return CANDOR_OK;
}

/* ---- the answer ---------------------------------------------------------------------------- */

static void put_rates(struct json *json, const struct group_rates *rates)
{
    json_map_begin(json);
    json_key(json, LIT("count"));
    json_u64(json, rates->count);
    for (size_t m = 0; m < GROUP_MEASURES; m++) {
        json_key_str(json, str_of(group_measure_name((enum group_measure)m)));
        json_f64(json, rates->rate[m]);
    }
    json_key(json, LIT("calibration"));
    json_f64(json, rates->calibration);
    json_key(json, LIT("ci"));
    json_map_begin(json);
    for (size_t m = 0; m < GROUP_MEASURES; m++) {
        json_key_str(json, str_of(group_measure_name((enum group_measure)m)));
        confidence_json(json, rates->interval[m]);
    }
    json_key(json, LIT("calibration"));
    confidence_json(json, rates->calibration_interval);
    json_map_end(json);
    json_map_end(json);
}

static void put_metrics(struct json *json, const struct fairness *fairness)
{
    json_map_begin(json);
    for (size_t m = 0; m < FAIRNESS_MEASURES; m++) {
        json_key_str(json, str_of(fairness_measure_name((enum fairness_measure)m)));
        json_f64(json, fairness->value[m].value);
    }
    json_key(json, LIT("ci"));
    json_map_begin(json);
    for (size_t m = 0; m < FAIRNESS_MEASURES; m++) {
        json_key_str(json, str_of(fairness_measure_name((enum fairness_measure)m)));
        confidence_json(json, fairness->value[m].interval);
    }
    json_map_end(json);
    json_map_end(json);
}

/* Of so many groups that each by its name would bury the rest: how many. */
static void warn_undefined_many(struct job *job, struct comparing *comparing, struct str attribute,
                                const struct fairness *fairness)
{
    for (size_t m = 0; m < GROUP_MEASURES; m++) {
        size_t count = 0;
        for (size_t g = 0; g < fairness->group_count; g++) {
            count += isnan(fairness->group[g].rate[m]) ? 1 : 0;
        }
        if (count > 0) {
            warn(job, comparing,
                 str_format(job->arena,
                            "%.*s: in %zu groups %s is undefined (empty denominator) and left out",
                            STR_ARG(attribute), count, group_measure_name((enum group_measure)m)));
        }
    }
}

static void warn_undefined(struct job *job, struct comparing *comparing, struct str attribute,
                           const struct grouping *grouping, const struct fairness *fairness)
{
    if (grouping->count > MANY_GROUPS) {
        warn_undefined_many(job, comparing, attribute, fairness);
    }
    for (size_t g = 0; g < grouping->count && grouping->count <= MANY_GROUPS; g++) {
        for (size_t m = 0; m < GROUP_MEASURES; m++) {
            if (isnan(fairness->group[g].rate[m])) {
                warn(job, comparing,
                     str_format(job->arena,
                                "%.*s=%.*s: %s is undefined (empty denominator) and left out",
                                STR_ARG(attribute), STR_ARG(grouping->name[g]),
                                group_measure_name((enum group_measure)m)));
            }
        }
    }
    for (size_t m = 0; m < FAIRNESS_MEASURES; m++) {
        if (isnan(fairness->value[m].value)) {
            warn(job, comparing,
                 str_format(job->arena, "%.*s: %s is undefined", STR_ARG(attribute),
                            fairness_measure_name((enum fairness_measure)m)));
        }
    }
}

/* What a reader must know before believing a number. */
static void warn_of_groups(struct job *job, struct comparing *comparing,
                           const struct compared *compared)
{
    const size_t count = compared->grouping.count;
    size_t small = 0;
    for (size_t g = 0; g < count; g++) {
        small += compared->cells.group[g].count < SMALL_GROUP;
    }
    if (count < 2) {
        warn(job, comparing,
             str_format(job->arena, "%.*s: one group only, so nothing is compared",
                        STR_ARG(compared->attribute)));
    }
    if (count > MANY_GROUPS) {
        warn(job, comparing,
             str_format(job->arena,
                        "%.*s: %zu groups; the largest of so many gaps is large by chance, see its "
                        "null",
                        STR_ARG(compared->attribute), count));
    }
    if (small > 0) {
        warn(job, comparing,
             str_format(job->arena, "%.*s: %zu of %zu groups have fewer than %d rows",
                        STR_ARG(compared->attribute), small, count, SMALL_GROUP));
    }
}

static void warn_of_labels(struct job *job, struct comparing *comparing)
{
    const struct audit_rows *rows = &comparing->rows;
    size_t ones = 0;
    size_t selected = 0;
    for (size_t row = 0; row < rows->row_count; row++) {
        ones += rows->label[row];
        selected += rows->decision[row];
    }
    if (ones == 0 || ones == rows->row_count) {
        warn(job, comparing,
             str_format(job->arena,
                        "every label is %d: nothing that asks for the other label is defined",
                        ones == 0 ? 0 : 1));
    }
    if (selected == 0 || selected == rows->row_count) {
        warn(job, comparing,
             selected == 0 ? STR("nobody is selected") : STR("everybody is selected"));
    }
    if (rows->row_count == 1) {
        warn(job, comparing, STR("one row only"));
    }
}

/* The group that the others are compared with: the one named, else the largest. */
static void choose_reference(struct comparing *comparing, struct compared *compared)
{
    const char *name = comparing->asked->reference;
    for (size_t g = 1; g < compared->grouping.count; g++) {
        if (compared->cells.group[g].count > compared->cells.group[compared->reference].count) {
            compared->reference = g;
        }
    }
    for (size_t g = 0; name != NULL && g < compared->grouping.count; g++) {
        if (str_is(compared->grouping.name[g], name)) {
            compared->reference = g;
            comparing->has_reference = true;
            return;
        }
    }
}

static enum candor_status measure_cut(struct job *job, struct comparing *comparing,
                                      struct compared *compared)
{
    struct audit_rows rows = comparing->rows;
    rows.group = compared->grouping.group;
    rows.group_count = compared->grouping.count;
    TRY(fairness_measure(job, &rows, &compared->fairness));
    warn_undefined(job, comparing, compared->attribute, &compared->grouping, &compared->fairness);
    warn_of_groups(job, comparing, compared);
    choose_reference(comparing, compared);
    if (rows.score == NULL) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, compared->score, rows.group_count + 1, struct parity_score);
    if (rows.row_count <= EXACT_ROWS_MAX) {
        TRY(parity_score_exact(job, &rows, comparing->weight, compared->score));
    } else {
        for (size_t g = 0; g <= rows.group_count; g++) {
            compared->score[g] = parity_score_of_cells(&compared->cells, g);
        }
    }
    if (comparing->asked->top > 0) {
        TRY(parity_rank(job, &rows, (size_t)comparing->asked->top, &compared->ranking));
    }
    return CANDOR_OK;
}

/* The cells of one cut, by a pass of their own. */
static enum candor_status compare_rows(struct job *job, struct comparing *comparing,
                                       const struct cut *cut, struct compared *compared)
{
    struct audit_rows rows = comparing->rows;
    compared->attribute = cut->name;
    TRY(cut_rows(job, &comparing->attributes, cut, rows.row_count, &compared->grouping));
    rows.group = compared->grouping.group;
    rows.group_count = compared->grouping.count;
    TRY(parity_count(job, &rows, comparing->weight, &compared->cells));
    compared->plain = compared->cells;
    if (comparing->weight != NULL) {
        TRY(parity_count(job, &rows, NULL, &compared->plain));
    }
    return measure_cut(job, comparing, compared);
}

/* What one pass over the rows found of the finest groups. */
struct finest {
    struct fine fine;
    struct parity_cells cells;
    struct parity_cells plain;
};

static enum candor_status compare_fine(struct job *job, struct comparing *comparing,
                                       const struct cut *cut, const struct finest *finest,
                                       struct compared *compared)
{
    struct grouping coarse;
    const size_t row_count = comparing->rows.row_count;
    compared->attribute = cut->name;
    TRY(cut_fine(job, &comparing->attributes, cut, &finest->fine, &coarse));
    TRY(parity_fold(job, &finest->cells, coarse.group, coarse.count, &compared->cells));
    compared->plain = compared->cells;
    if (comparing->weight != NULL) {
        TRY(parity_fold(job, &finest->plain, coarse.group, coarse.count, &compared->plain));
    }
    compared->grouping = (struct grouping){NULL, coarse.name, coarse.count};
    TRY_ALLOC(job, compared->grouping.group, row_count + 1, uint32_t);
    for (size_t row = 0; row < row_count; row++) {
        compared->grouping.group[row] = coarse.group[finest->fine.grouping.group[row]];
    }
    return measure_cut(job, comparing, compared);
}

static enum candor_status compare_cuts(struct job *job, struct comparing *comparing,
                                       const struct cut *cut, size_t count,
                                       struct compared *compared)
{
    struct finest finest;
    struct audit_rows rows = comparing->rows;
    if (count == 1 || !comparing->asked->intersect) {
        for (size_t c = 0; c < count; c++) {
            TRY(compare_rows(job, comparing, &cut[c], &compared[c]));
        }
        return CANDOR_OK;
    }
    TRY(fine_rows(job, &comparing->attributes, rows.row_count, &finest.fine));
    rows.group = finest.fine.grouping.group;
    rows.group_count = finest.fine.grouping.count;
    TRY(parity_count(job, &rows, comparing->weight, &finest.cells));
    if (comparing->weight != NULL) {
        TRY(parity_count(job, &rows, NULL, &finest.plain));
    }
    for (size_t c = 0; c < count; c++) {
        TRY(compare_fine(job, comparing, &cut[c], &finest, &compared[c]));
    }
    return CANDOR_OK;
}

static enum candor_status put_comparisons(struct job *job, struct json *json,
                                          const struct comparing *comparing,
                                          const struct compared *compared, size_t count)
{
    json_map_begin(json);
    json_key(json, LIT("overall"));
    put_rates(json, &compared[0].fairness.overall);
    json_key(json, LIT("groups"));
    json_map_begin(json);
    for (size_t c = 0; c < count; c++) {
        json_key_str(json, compared[c].attribute);
        json_map_begin(json);
        for (size_t g = 0; g < compared[c].grouping.count; g++) {
            json_key_str(json, compared[c].grouping.name[g]);
            put_rates(json, &compared[c].fairness.group[g]);
        }
        json_map_end(json);
    }
    json_map_end(json);
    json_key(json, LIT("metrics"));
    json_map_begin(json);
    for (size_t c = 0; c < count; c++) {
        json_key_str(json, compared[c].attribute);
        put_metrics(json, &compared[c].fairness);
    }
    json_map_end(json);
    TRY(audit_json(job, json, comparing->asked, compared, count));
    json_key(json, LIT("warnings"));
    json_list_begin(json);
    for (size_t w = 0; w < comparing->warning_count; w++) {
        json_text(json, comparing->warning[w]);
    }
    json_list_end(json);
    json_map_end(json);
    return CANDOR_OK;
}

static bool says_no_number(struct str text)
{
    static const char *const word[] = {"nan", "na", "n/a", "null", "none", "inf", "-inf", "?"};
    bool is = false;
    for (size_t w = 0; w < sizeof word / sizeof word[0]; w++) {
        is = is || (text.len == strlen(word[w]) && strncasecmp(text.ptr, word[w], text.len) == 0);
    }
    return is;
}

/* Scores among which somebody wrote "nan" are numbers all the same, and those are missing. */
static enum candor_status read_words(struct job *job, struct column *column, size_t row_count)
{
    double *number = NULL;
    double *of_level = NULL;
    TRY_ALLOC(job, number, row_count + 1, double);
    TRY_ALLOC(job, of_level, column->level_count + 1, double);
    for (size_t level = 0; level < column->level_count; level++) {
        of_level[level] = (double)NAN;
        if (!says_no_number(column->level[level]) &&
            !str_to_double(column->level[level], &of_level[level])) {
            return CANDOR_OK; /* it is no column of numbers, and will be refused as such */
        }
    }
    for (size_t row = 0; row < row_count; row++) {
        const uint32_t code = column->code[row];
        number[row] = code == CODE_MISSING ? (double)NAN : of_level[code];
    }
    column->kind = COLUMN_NUMBER;
    column->number = number;
    return CANDOR_OK;
}

/* Rows without a score cannot be judged: they are left out, and said to be. */
static enum candor_status leave_unscored(struct job *job, struct comparing *comparing)
{
    const struct candor_fairness *asked = comparing->asked;
    const struct column *column =
        asked->score == NULL ? NULL : frame_find(comparing->table.frame, str_of(asked->score));
    const size_t row_count = comparing->table.row_count;
    size_t missing = 0;
    if (column != NULL && column->kind == COLUMN_CATEGORY) {
        TRY(read_words(job,
                       &comparing->table.frame->column[column - comparing->table.frame->column],
                       row_count));
    }
    if (column == NULL || column->kind != COLUMN_NUMBER) {
        return CANDOR_OK;
    }
    TRY(rows_with(job, &comparing->table, column, &missing));
    if (missing == row_count) {
        return fail(job, CANDOR_BAD_INPUT, "--score: no row of column '%s' has a number",
                    asked->score);
    }
    if (missing > 0) {
        warn(job, comparing,
             str_format(job->arena, "%zu of %zu rows have no score and are left out", missing,
                        row_count));
    }
    return CANDOR_OK;
}

static enum candor_status read_weight(struct job *job, struct comparing *comparing)
{
    const char *name = comparing->asked->weight;
    if (name == NULL) {
        return CANDOR_OK;
    }
    TRY(numbers_of(job, &comparing->table, "--weight", name, 0, (double)INFINITY,
                   &comparing->weight));
    warn(job, comparing,
         STR("\"groups\" and \"metrics\" count rows; \"audit\" and \"compat\" weigh them"));
    return CANDOR_OK;
}

static enum candor_status check_question(struct job *job, const struct candor_fairness *question)
{
    const char *compat = question->compat;
    if (compat != NULL && strcmp(compat, "fairlearn") != 0 && strcmp(compat, "aif360") != 0) {
        return fail(job, CANDOR_BAD_INPUT, "--compat: fairlearn or aif360");
    }
    if (!(question->limit >= 0 && question->limit <= 1) ||
        !(question->ratio_limit >= 0 && question->ratio_limit <= 1)) {
        return fail(job, CANDOR_BAD_INPUT, "--limit and --ratio-limit: from 0 to 1");
    }
    return CANDOR_OK;
}

enum candor_status candor_fairness(struct job *job, const struct candor_fairness *question,
                                   struct candor_text *report)
{
    struct comparing comparing = {.asked = question};
    struct compared *compared = NULL;
    struct cut *cut = NULL;
    struct answer answer;
    TRY(crypto_start(job));
    TRY(check_question(job, question));
    const struct table_asked asked = {{NULL}, NULL};
    TRY(table_read(job, question->data_path, &asked, &comparing.table));
    TRY(leave_unscored(job, &comparing));
    TRY(attributes_read(job, comparing.table.frame, question->groups, &comparing.attributes));
    if (question->numbers) {
        return compare_numbers(job, question, &comparing.table, &comparing.attributes, report);
    }
    comparing.rows.row_count = comparing.table.row_count;
    TRY(read_flags(job, &comparing, question->label, "--label", &comparing.rows.label));
    TRY(read_decisions(job, &comparing));
    TRY(read_weight(job, &comparing));
    warn_of_labels(job, &comparing);
    TRY_ALLOC(job, cut, CUTS_MAX, struct cut);
    const size_t count =
        attribute_cuts(job->arena, &comparing.attributes, question->intersect, cut);
    TRY_ALLOC(job, compared, count, struct compared);
    TRY(compare_cuts(job, &comparing, cut, count, compared));
    if (question->reference != NULL && !comparing.has_reference) {
        return fail(job, CANDOR_BAD_INPUT, "--reference: no attribute has a group '%s'",
                    question->reference);
    }
    answer_begin(job, &answer);
    TRY(put_comparisons(job, &answer.json, &comparing, compared, count));
    answer_end(&answer, report);
    return CANDOR_OK;
}
