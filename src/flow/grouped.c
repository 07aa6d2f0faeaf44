/*
 * grouped.c - which group a row is in, by one attribute or several.
 *
 * Groups are numbered in the order in which they first appear. With several attributes the rows are read
 * once, into the finest groups; all others are unions of these.
 */
#include <math.h>

#include "flow.h"
#include "frame.h"
#include "grouped.h"

void confidence_json(struct json *json, struct interval interval)
{
    if (isnan(interval.low) || isnan(interval.high)) {
        json_null(json);
        return;
    }
    json_list_begin(json);
    json_f64(json, interval.low);
    json_f64(json, interval.high);
    json_list_end(json);
}

static const char *range_words(double low, double high)
{
    return low < 0 ? "a number" : high > 1 ? "a number of 0 or more" : "a number from 0 to 1";
}

/* The first row whose text is no number in the range; a date's column has none. */
static size_t first_word(const struct table *table, const struct column *column)
{
    double number = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        const uint32_t code = column->code[row];
        if (code == CODE_MISSING || !str_to_double(str_trim(column->level[code]), &number)) {
            return row;
        }
    }
    return 0;
}

enum candor_status numbers_of(struct job *job, const struct table *table, const char *option,
                              const char *name, double low, double high, const double **number)
{
    const struct column *column = name == NULL ? NULL : frame_find(table->frame, str_of(name));
    if (column == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "%s: the data has no column '%s'", option,
                    name == NULL ? "" : name);
    }
    if (column->kind != COLUMN_NUMBER) {
        return fail(job, CANDOR_BAD_INPUT,
                    "%s: row %zu of column '%s' is no number that can be told; each of its cells "
                    "must be %s",
                    option, table_row(table, first_word(table, column)), name,
                    range_words(low, high));
    }
    for (size_t row = 0; row < table->row_count; row++) {
        const double value = column->number[row];
        if (!(value >= low && value <= high) || !isfinite(value)) {
            return fail(job, CANDOR_BAD_INPUT, "%s: row %zu of column '%s' is not %s", option,
                        table_row(table, row), name, range_words(low, high));
        }
        if (fabs(value) > SUMMED_MAX) {
            return fail(job, CANDOR_BAD_INPUT,
                        "%s: row %zu of column '%s' is beyond %g, where sums are no longer exact",
                        option, table_row(table, row), name, SUMMED_MAX);
        }
    }
    *number = column->number;
    return CANDOR_OK;
}

enum candor_status attributes_read(struct job *job, const struct frame *frame, const char *list,
                                   struct attributes *attributes)
{
    struct str rest = str_of(list);
    attributes->count = 0;
    while (rest.ptr != NULL && rest.len > 0) {
        const size_t at = attributes->count;
        if (at == ATTRIBUTES_MAX) {
            return fail(job, CANDOR_TOO_LARGE, "--group: more than %d columns", ATTRIBUTES_MAX);
        }
        attributes->name[at] = str_trim(str_cut(&rest, ','));
        attributes->column[at] = frame_find(frame, attributes->name[at]);
        if (attributes->column[at] == NULL) {
            return fail(job, CANDOR_BAD_INPUT, "--group: the data has no column '%.*s'",
                        STR_ARG(attributes->name[at]));
        }
        for (size_t a = 0; a < at; a++) {
            if (attributes->column[a] == attributes->column[at]) {
                return fail(job, CANDOR_BAD_INPUT, "--group: column '%.*s' is named twice",
                            STR_ARG(attributes->name[at]));
            }
        }
        attributes->count++;
    }
    if (attributes->count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "--group: name at least one column");
    }
    return CANDOR_OK;
}

/* ---- cuts ---------------------------------------------------------------------------------- */

static void add_cut(struct arena *arena, const struct attributes *attributes, const size_t *chosen,
                    size_t count, struct cut *cut)
{
    struct buf name = buf_begin(arena);
    for (size_t i = 0; i < count; i++) {
        cut->attribute[i] = chosen[i];
        buf_format(&name, "%s%.*s", i == 0 ? "" : ",", STR_ARG(attributes->name[chosen[i]]));
    }
    cut->count = count;
    cut->name = buf_text(&name);
}

static size_t add_pairs_and_triples(struct arena *arena, const struct attributes *attributes,
                                    struct cut *cut, size_t count)
{
    const size_t n = attributes->count;
    for (size_t a = 0; a + 1 < n; a++) {
        for (size_t b = a + 1; b < n; b++) {
            add_cut(arena, attributes, (size_t[]){a, b}, 2, &cut[count++]);
        }
    }
    for (size_t a = 0; a + 2 < n; a++) {
        for (size_t b = a + 1; b + 1 < n; b++) {
            for (size_t c = b + 1; c < n; c++) {
                add_cut(arena, attributes, (size_t[]){a, b, c}, 3, &cut[count++]);
            }
        }
    }
    return count;
}

size_t attribute_cuts(struct arena *arena, const struct attributes *attributes, bool intersect,
                      struct cut cut[CUTS_MAX])
{
    size_t count = 0;
    size_t all[ATTRIBUTES_MAX];
    for (size_t a = 0; a < attributes->count; a++) {
        all[a] = a;
        add_cut(arena, attributes, &all[a], 1, &cut[count++]);
    }
    if (intersect) {
        count = add_pairs_and_triples(arena, attributes, cut, count);
        if (attributes->count > 3) {
            add_cut(arena, attributes, all, attributes->count, &cut[count++]);
        }
    }
    must(count <= CUTS_MAX);
    return count;
}

/* ---- rows ---------------------------------------------------------------------------------- */

struct str cell_name(struct job *job, const struct column *column, size_t row)
{
    if (column->kind == COLUMN_CATEGORY) {
        return column->code[row] == CODE_MISSING ? STR("") : column->level[column->code[row]];
    }
    return isnan(column->number[row]) ? STR("") : str_from_double(job->arena, column->number[row]);
}

/* "female", or of several attributes "female, 30"; empty when one is missing and need not be. */
static struct str row_group(struct job *job, const struct attributes *attributes,
                            const struct cut *cut, size_t row, bool keeps_missing)
{
    struct buf name = buf_begin(job->arena);
    for (size_t c = 0; c < cut->count; c++) {
        const struct str part = cell_name(job, attributes->column[cut->attribute[c]], row);
        if (part.len == 0 && !keeps_missing) {
            return STR("");
        }
        buf_format(&name, "%s%.*s", c == 0 ? "" : ", ", STR_ARG(part));
    }
    return buf_text(&name);
}

struct naming {
    struct map *known;
    struct grouping *grouping;
};

static enum candor_status begin_naming(struct job *job, size_t row_count, struct grouping *grouping,
                                       struct naming *naming)
{
    *grouping = (struct grouping){0};
    *naming = (struct naming){map_begin(job->arena), grouping};
    const size_t room = row_count < GROUPS_MAX ? row_count : GROUPS_MAX;
    TRY_ALLOC(job, grouping->group, row_count + 1, uint32_t);
    TRY_ALLOC(job, grouping->name, room + 1, struct str);
    return CANDOR_OK;
}

static enum candor_status number_of(struct job *job, struct naming *naming, struct str name,
                                    uint32_t *number)
{
    struct grouping *grouping = naming->grouping;
    uint32_t *known = map_get(naming->known, KEY(name));
    if (known == NULL) {
        if (grouping->count == GROUPS_MAX) {
            return fail(job, CANDOR_TOO_LARGE, "--group: more than %d groups", GROUPS_MAX);
        }
        known = NEW(job->arena, uint32_t);
        *known = (uint32_t)grouping->count;
        grouping->name[grouping->count++] = name;
        map_put(naming->known, KEY(name), known);
    }
    *number = *known;
    return CANDOR_OK;
}

enum candor_status cut_rows(struct job *job, const struct attributes *attributes,
                            const struct cut *cut, size_t row_count, struct grouping *grouping)
{
    struct naming naming;
    TRY(begin_naming(job, row_count, grouping, &naming));
    for (size_t row = 0; row < row_count; row++) {
        const struct str name = row_group(job, attributes, cut, row, false);
        grouping->group[row] = UINT32_MAX;
        if (name.len > 0) {
            TRY(number_of(job, &naming, name, &grouping->group[row]));
        }
    }
    return CANDOR_OK;
}

enum candor_status grouping_of(struct job *job, const struct table *table, const char *columns,
                               struct grouping *grouping)
{
    struct attributes attributes;
    struct cut all = {.count = 0};
    TRY(attributes_read(job, table->frame, columns, &attributes));
    for (; all.count < attributes.count; all.count++) {
        all.attribute[all.count] = all.count;
    }
    TRY(cut_rows(job, &attributes, &all, table->row_count, grouping));
    return grouping->count == 0
               ? fail(job, CANDOR_BAD_INPUT, "--group: no row has a value of every column")
               : CANDOR_OK;
}

enum candor_status fine_rows(struct job *job, const struct attributes *attributes, size_t row_count,
                             struct fine *fine)
{
    struct naming naming;
    struct cut all = {.count = attributes->count};
    for (size_t a = 0; a < attributes->count; a++) {
        all.attribute[a] = a;
    }
    TRY(begin_naming(job, row_count, &fine->grouping, &naming));
    TRY_ALLOC(job, fine->row, (row_count < GROUPS_MAX ? row_count : GROUPS_MAX) + 1, size_t);
    for (size_t row = 0; row < row_count; row++) {
        const size_t before = fine->grouping.count;
        TRY(number_of(job, &naming, row_group(job, attributes, &all, row, true),
                      &fine->grouping.group[row]));
        if (fine->grouping.count > before) {
            fine->row[before] = row;
        }
    }
    return CANDOR_OK;
}

enum candor_status cut_fine(struct job *job, const struct attributes *attributes,
                            const struct cut *cut, const struct fine *fine, struct grouping *coarse)
{
    struct naming naming;
    TRY(begin_naming(job, fine->grouping.count, coarse, &naming));
    for (size_t g = 0; g < fine->grouping.count; g++) {
        const struct str name = row_group(job, attributes, cut, fine->row[g], false);
        coarse->group[g] = UINT32_MAX;
        if (name.len > 0) {
            TRY(number_of(job, &naming, name, &coarse->group[g]));
        }
    }
    return CANDOR_OK;
}

enum candor_status rows_with(struct job *job, struct table *table, const struct column *column,
                             size_t *missing)
{
    struct frame *frame = table->frame;
    bool *keep = NULL;
    size_t *row_of = NULL;
    *missing = 0;
    TRY_ALLOC(job, keep, frame->row_count + 1, bool);
    TRY_ALLOC(job, row_of, frame->row_count + 1, size_t);
    for (size_t row = 0; row < frame->row_count; row++) {
        keep[row] = column->kind == COLUMN_NUMBER ? !isnan(column->number[row])
                                                  : column->code[row] != CODE_MISSING;
        row_of[row - *missing] = table_row(table, row);
        *missing += !keep[row];
    }
    if (*missing == 0) {
        return CANDOR_OK;
    }
    table->row_of = row_of;
    table->row_count = frame->row_count - *missing;
    return frame_take(job, frame, keep, &table->frame);
}
