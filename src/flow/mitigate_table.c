/*
 * mitigate_table.c - the rows of a file with something added.
 */
#include "mitigate.h"

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
