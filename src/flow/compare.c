/*
 * compare.c - `candor fairness`: predictions and labels in a file, compared by group.
 *
 * Attributes are audited one by one, and all together (every combination is a group) when asked.
 * Undefined is null and named in the warnings; it is never 0.
 */
#include <math.h>

#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "model.h"
#include "study.h"
#include "trust.h"

enum { ATTRIBUTES_MAX = 16, GROUPS_MAX = 100000 };

struct comparing {
    const struct candor_fairness *asked;
    struct table table;
    struct audit_rows rows;
    struct str attribute[ATTRIBUTES_MAX];
    size_t attribute_count;
    struct str *warning;
    size_t warning_count;
    size_t warning_room;
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

/* A column of 0 and 1, or of two values one of which says yes. */
static enum candor_status read_flags(struct job *job, const struct comparing *comparing,
                                     const char *name, const char *option, const uint8_t **flag)
{
    const struct column *column = NULL;
    struct target target;
    uint8_t *read = NULL;
    TRY(column_named(job, comparing, str_of(name), option, &column));
    TRY_ALLOC(job, read, comparing->table.row_count, uint8_t);
    if (column->kind == COLUMN_NUMBER) {
        for (size_t row = 0; row < comparing->table.row_count; row++) {
            if (column->number[row] != 0 && column->number[row] != 1) {
                return fail(job, CANDOR_BAD_INPUT, "%s: row %zu of column '%s' is not 0 or 1",
                            option, row, name);
            }
            read[row] = column->number[row] != 0;
        }
        *flag = read;
        return CANDOR_OK;
    }
    TRY(during(job,
               target_of_column(job, comparing->table.frame, str_of(name), STR(""), 0, &target),
               "%s", option));
    for (size_t row = 0; row < comparing->table.row_count; row++) {
        read[row] = target.value[row] != 0;
    }
    *flag = read;
    return CANDOR_OK;
}

static enum candor_status read_decisions(struct job *job, struct comparing *comparing)
{
    const struct candor_fairness *asked = comparing->asked;
    const struct column *column = NULL;
    uint8_t *decision = NULL;
    if (asked->decision != NULL) {
        return read_flags(job, comparing, asked->decision, "--decision", &comparing->rows.decision);
    }
    if (asked->score == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "name the predictions: --score COL or --decision COL");
    }
    TRY(column_named(job, comparing, str_of(asked->score), "--score", &column));
    TRY_ALLOC(job, decision, comparing->table.row_count, uint8_t);
    for (size_t row = 0; row < comparing->table.row_count; row++) {
        if (column->kind != COLUMN_NUMBER || !(column->number[row] >= 0) ||
            column->number[row] > 1) {
            return fail(job, CANDOR_BAD_INPUT,
                        "--score: row %zu of column '%s' is not a number from 0 to 1", row,
                        asked->score);
        }
        decision[row] = column->number[row] >= asked->threshold;
    }
    comparing->rows.score = column->number;
    comparing->rows.decision = decision;
    return CANDOR_OK;
}

/* ---- groups -------------------------------------------------------------------------------- */

struct grouping {
    uint32_t *group;
    struct str *name;
    size_t count;
};

static struct str cell_name(struct job *job, const struct column *column, size_t row)
{
    if (column->kind == COLUMN_CATEGORY) {
        return column->code[row] == CODE_MISSING ? STR("") : column->level[column->code[row]];
    }
    return isnan(column->number[row]) ? STR("") : str_from_double(job->arena, column->number[row]);
}

/* "female", or of several attributes "female, 30"; empty when one is missing. */
static struct str row_group(struct job *job, const struct column *const *column, size_t count,
                            size_t row)
{
    struct buf name = buf_begin(job->arena);
    for (size_t c = 0; c < count; c++) {
        const struct str part = cell_name(job, column[c], row);
        if (part.len == 0) {
            return STR("");
        }
        buf_format(&name, "%s%.*s", c == 0 ? "" : ", ", STR_ARG(part));
    }
    return buf_text(&name);
}

static enum candor_status group_rows(struct job *job, const struct comparing *comparing,
                                     const struct str *attribute, size_t attribute_count,
                                     struct grouping *grouping)
{
    const struct column *column[ATTRIBUTES_MAX];
    struct map *known = map_begin(job->arena);
    *grouping = (struct grouping){0};
    TRY_ALLOC(job, grouping->group, comparing->table.row_count, uint32_t);
    TRY_ALLOC(job, grouping->name, GROUPS_MAX, struct str);
    for (size_t a = 0; a < attribute_count; a++) {
        TRY(column_named(job, comparing, attribute[a], "--group", &column[a]));
    }
    for (size_t row = 0; row < comparing->table.row_count; row++) {
        const struct str name = row_group(job, column, attribute_count, row);
        grouping->group[row] = UINT32_MAX;
        if (name.len == 0) {
            continue;
        }
        uint32_t *number = map_get(known, KEY(name));
        if (number == NULL) {
            if (grouping->count == GROUPS_MAX) {
                return fail(job, CANDOR_TOO_LARGE, "--group: more than %d groups", GROUPS_MAX);
            }
            number = NEW(job->arena, uint32_t);
            *number = (uint32_t)grouping->count;
            grouping->name[grouping->count++] = name;
            map_put(known, KEY(name), number);
        }
        grouping->group[row] = *number;
    }
    return CANDOR_OK;
}

/* ---- the answer ---------------------------------------------------------------------------- */

static void put_interval(struct json *json, struct interval interval)
{
    json_list_begin(json);
    json_f64(json, interval.low);
    json_f64(json, interval.high);
    json_list_end(json);
}

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
        if (isnan(rates->rate[m])) {
            json_null(json);
        } else {
            put_interval(json, rates->interval[m]);
        }
    }
    json_key(json, LIT("calibration"));
    if (isnan(rates->calibration_interval.low)) {
        json_null(json);
    } else {
        put_interval(json, rates->calibration_interval);
    }
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
        if (isnan(fairness->value[m].interval.low)) {
            json_null(json);
        } else {
            put_interval(json, fairness->value[m].interval);
        }
    }
    json_map_end(json);
    json_map_end(json);
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

static void warn_undefined(struct job *job, struct comparing *comparing, struct str attribute,
                           const struct grouping *grouping, const struct fairness *fairness)
{
    for (size_t g = 0; g < grouping->count; g++) {
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

struct compared {
    struct str attribute;
    struct grouping grouping;
    struct fairness fairness;
};

static enum candor_status compare(struct job *job, struct comparing *comparing,
                                  const struct str *attribute, size_t attribute_count,
                                  struct str label, struct compared *compared)
{
    struct audit_rows rows = comparing->rows;
    compared->attribute = label;
    TRY(group_rows(job, comparing, attribute, attribute_count, &compared->grouping));
    rows.group = compared->grouping.group;
    rows.group_count = compared->grouping.count;
    TRY(fairness_measure(job, &rows, &compared->fairness));
    warn_undefined(job, comparing, label, &compared->grouping, &compared->fairness);
    return CANDOR_OK;
}

static void put_comparisons(struct json *json, const struct comparing *comparing,
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
    json_key(json, LIT("warnings"));
    json_list_begin(json);
    for (size_t w = 0; w < comparing->warning_count; w++) {
        json_text(json, comparing->warning[w]);
    }
    json_list_end(json);
    json_map_end(json);
}

static enum candor_status read_attributes(struct job *job, struct comparing *comparing)
{
    struct str rest = str_of(comparing->asked->groups);
    while (rest.ptr != NULL && rest.len > 0) {
        if (comparing->attribute_count == ATTRIBUTES_MAX) {
            return fail(job, CANDOR_TOO_LARGE, "--group: more than %d columns", ATTRIBUTES_MAX);
        }
        comparing->attribute[comparing->attribute_count++] = str_trim(str_cut(&rest, ','));
    }
    if (comparing->attribute_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "--group: name at least one column");
    }
    return CANDOR_OK;
}

enum candor_status candor_fairness(struct job *job, const struct candor_fairness *question,
                                   struct candor_text *report)
{
    struct comparing comparing = {.asked = question};
    struct compared compared[ATTRIBUTES_MAX + 1] = {0};
    struct answer answer;
    size_t count = 0;
    TRY(crypto_start(job));
    const struct table_asked asked = {{NULL}, NULL};
    TRY(table_read(job, question->data_path, &asked, &comparing.table));
    comparing.rows.row_count = comparing.table.row_count;
    TRY(read_flags(job, &comparing, question->label, "--label", &comparing.rows.label));
    TRY(read_decisions(job, &comparing));
    TRY(read_attributes(job, &comparing));
    for (size_t a = 0; a < comparing.attribute_count; a++) {
        TRY(compare(job, &comparing, &comparing.attribute[a], 1, comparing.attribute[a],
                    &compared[count++]));
    }
    if (question->intersect && comparing.attribute_count > 1) {
        struct buf label = buf_begin(job->arena);
        for (size_t a = 0; a < comparing.attribute_count; a++) {
            buf_format(&label, "%s%.*s", a == 0 ? "" : ",", STR_ARG(comparing.attribute[a]));
        }
        TRY(compare(job, &comparing, comparing.attribute, comparing.attribute_count,
                    buf_text(&label), &compared[count++]));
    }
    must(count > 0); /* read_attributes found one at least */
    answer_begin(job, &answer);
    put_comparisons(&answer.json, &comparing, compared, count);
    answer_end(&answer, report);
    return CANDOR_OK;
}
