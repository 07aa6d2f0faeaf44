/*
 * mitigate_table.c - groups of a table's rows, and the rows of a file with something added.
 */
#include "mitigate.h"

#include <math.h>

enum { ATTRIBUTES_MAX = 16, GROUPS_MAX = 100000 };

/* ---- groups -------------------------------------------------------------------------------- */

static struct str cell_name(struct job *job, const struct column *column, size_t row)
{
    if (column->kind != COLUMN_NUMBER) {
        return column->code[row] == CODE_MISSING ? STR("") : column->level[column->code[row]];
    }
    return isnan(column->number[row]) ? STR("") : str_from_double(job->arena, column->number[row]);
}

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

static enum candor_status find_columns(struct job *job, const struct table *table,
                                       const char *columns, const struct column **column,
                                       size_t *count)
{
    struct str rest = str_of(columns);
    while (rest.ptr != NULL && rest.len > 0) {
        const struct str name = str_trim(str_cut(&rest, ','));
        if (*count == ATTRIBUTES_MAX) {
            return fail(job, CANDOR_TOO_LARGE, "--group: more than %d columns", ATTRIBUTES_MAX);
        }
        column[*count] = frame_find(table->frame, name);
        if (column[(*count)++] == NULL) {
            return fail(job, CANDOR_BAD_INPUT, "--group: the data has no column '%.*s'",
                        STR_ARG(name));
        }
    }
    return *count == 0 ? fail(job, CANDOR_BAD_INPUT, "--group: name at least one column")
                       : CANDOR_OK;
}

static enum candor_status add_group(struct job *job, struct grouping *grouping, struct map *known,
                                    struct str name, uint32_t *group)
{
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
    *group = *number;
    return CANDOR_OK;
}

enum candor_status grouping_of(struct job *job, const struct table *table, const char *columns,
                               struct grouping *grouping)
{
    const struct column *column[ATTRIBUTES_MAX];
    struct map *known = map_begin(job->arena);
    size_t count = 0;
    *grouping = (struct grouping){0};
    TRY(find_columns(job, table, columns, column, &count));
    TRY_ALLOC(job, grouping->group, table->row_count, uint32_t);
    TRY_ALLOC(job, grouping->name, GROUPS_MAX, struct str);
    for (size_t row = 0; row < table->row_count; row++) {
        const struct str name = row_group(job, column, count, row);
        grouping->group[row] = UINT32_MAX;
        if (name.len > 0) {
            TRY(add_group(job, grouping, known, name, &grouping->group[row]));
        }
    }
    return grouping->count == 0
               ? fail(job, CANDOR_BAD_INPUT, "--group: no row has a value of every column")
               : CANDOR_OK;
}

/* ---- rows with something added ------------------------------------------------------------- */

struct extended {
    const char *path;
    struct csv *csv;
    struct new_file *file;
    struct buf line;
};

static void put_cells(struct buf *line, const struct csv_row *row)
{
    for (size_t c = 0; c < row->field_count; c++) {
        if (c > 0) {
            buf_u8(line, ',');
        }
        csv_put_text(line, row->field[c]);
    }
}

enum candor_status extended_begin(struct job *job, const char *data_path, const char *out_path,
                                  const char *added_header, struct extended **extended)
{
    struct extended *made = NEW(job->arena, struct extended);
    made->path = data_path;
    made->line = buf_begin(arena_beside(job));
    TRY(csv_open(job, str_of(data_path), NULL, &made->csv));
    for (struct str rest = str_of(added_header); rest.ptr != NULL;) {
        const char *name = str_z(job->arena, str_cut(&rest, ','));
        if (csv_column(made->csv, name) != SIZE_MAX) {
            return fail(job, CANDOR_BAD_INPUT,
                        "'%s' has a column '%s' already, which would be added: rename it",
                        data_path, name);
        }
    }
    TRY(file_begin(job, str_of(out_path), 0644, &made->file));
    put_cells(&made->line, csv_header(made->csv));
    buf_u8(&made->line, ',');
    buf_str(&made->line, str_of(added_header));
    *extended = made;
    return extended_put(job, made);
}

enum candor_status extended_next(struct job *job, struct extended *extended, struct buf **line)
{
    struct csv_row row;
    TRY(csv_next(job, extended->csv, &row));
    TRY(check_width(job, extended->path, csv_header(extended->csv), &row));
    put_cells(&extended->line, &row);
    buf_u8(&extended->line, ',');
    *line = &extended->line;
    return CANDOR_OK;
}

enum candor_status extended_put(struct job *job, struct extended *extended)
{
    buf_u8(&extended->line, '\n');
    TRY(file_put(job, extended->file, buf_all(&extended->line)));
    extended->line.len = 0;
    return CANDOR_OK;
}

enum candor_status extended_end(struct job *job, struct extended *extended)
{
    csv_close(extended->csv);
    return file_end(job, extended->file);
}
