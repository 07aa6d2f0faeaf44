/*
 * mitigate_sample.c - label and group made independent before learning: by weights, or by rows that are
 * left out, repeated or made of two others. Kamiran and Calders 2012, sections 4.2 and 4.3.
 */
#include "mitigate.h"

#include <math.h>

#include "numeric.h"

/* ---- cells of group and label -------------------------------------------------------------- */

struct cells {
    uint64_t *count; /* group * 2 + label */
    uint64_t of_label[2];
    uint64_t rows;
};

static size_t cell_of(const struct mitigating *mitigating, size_t row)
{
    return (size_t)mitigating->grouping.group[row] * 2 + mitigating->happened[row];
}

static bool takes_part(const struct mitigating *mitigating, size_t row)
{
    return mitigating->grouping.group[row] != UINT32_MAX && mitigate_chooses(mitigating, row);
}

static struct cells count_cells(struct job *job, const struct mitigating *mitigating)
{
    struct cells cells = {.count = NEW_ARRAY(job->arena, mitigating->grouping.count * 2, uint64_t)};
    for (size_t row = 0; row < mitigating->table.row_count; row++) {
        if (takes_part(mitigating, row)) {
            cells.count[cell_of(mitigating, row)]++;
            cells.of_label[mitigating->happened[row]]++;
            cells.rows++;
        }
    }
    return cells;
}

/* Rows that a cell would have if label and group were independent. */
static double wanted_of(const struct cells *cells, size_t cell)
{
    const uint64_t group = cells->count[cell | 1] + cells->count[cell & ~(size_t)1];
    return (double)group * (double)cells->of_label[cell & 1] / (double)cells->rows;
}

static void warn_empty(struct job *job, struct mitigating *mitigating, const struct cells *cells)
{
    size_t empty = 0;
    for (size_t c = 0; c < mitigating->grouping.count * 2; c++) {
        empty += cells->count[c] == 0 && wanted_of(cells, c) > 0;
    }
    if (empty > 0) {
        mitigate_warn(mitigating,
                      str_format(job->arena,
                                 "%zu combinations of group and label have no rows: nothing can "
                                 "stand in for them, and label and group stay dependent there.",
                                 empty));
    }
}

static void put_cells(struct mitigating *mitigating, const struct cells *cells, struct lit key,
                      const double *number)
{
    struct json *json = mitigating->json;
    json_key(json, LIT("cells"));
    json_list_begin(json);
    for (size_t c = 0; c < mitigating->grouping.count * 2; c++) {
        json_map_begin(json);
        json_key(json, LIT("group"));
        json_text(json, mitigating->grouping.name[c / 2]);
        json_key(json, LIT("label"));
        json_u64(json, c & 1);
        json_key(json, LIT("count"));
        json_u64(json, cells->count[c]);
        put_member(json, key, number[c]);
        json_map_end(json);
    }
    json_list_end(json);
}

/* ---- weights ------------------------------------------------------------------------------- */

enum candor_status mitigate_reweigh(struct job *job, struct mitigating *mitigating)
{
    const size_t rows = mitigating->table.row_count;
    const struct cells cells = count_cells(job, mitigating);
    double *of_cell = NEW_ARRAY(job->arena, mitigating->grouping.count * 2, double);
    double *weight = NULL;
    uint32_t *group = NULL;
    struct extended *extended = NULL;
    TRY_ALLOC(job, weight, rows + 1, double);
    TRY_ALLOC(job, group, rows + 1, uint32_t);
    for (size_t row = 0; row < rows; row++) {
        group[row] = takes_part(mitigating, row) ? mitigating->grouping.group[row] : UINT32_MAX;
    }
    const struct audit_rows audit = {.row_count = rows,
                                     .label = mitigating->happened,
                                     .group = group,
                                     .group_count = mitigating->grouping.count};
    TRY(fairness_reweigh(job, &audit, weight));
    warn_empty(job, mitigating, &cells);
    TRY(extended_begin(job, mitigating->asked->data_path, mitigating->asked->out_path, "weight",
                       &extended));
    for (size_t row = 0; row < rows; row++) {
        struct buf *line = NULL;
        TRY(extended_next(job, extended, &line));
        csv_put_f64(line, weight[row]);
        TRY(extended_put(job, extended));
        if (takes_part(mitigating, row)) {
            of_cell[cell_of(mitigating, row)] = weight[row];
        }
    }
    put_cells(mitigating, &cells, LIT("weight"), of_cell);
    return extended_end(job, extended);
}

/* ---- rows ---------------------------------------------------------------------------------- */

struct resampling {
    struct mitigating *mitigating;
    struct cells cells;
    struct rng rng;
    uint32_t **row; /* of each cell, in the order of chance */
    uint64_t *filled;
    uint64_t *wanted;
    bool *is_kept;
    size_t column_count;
    struct str *text; /* row_count * column_count */
    size_t added;
};

static enum candor_status read_texts(struct job *job, struct resampling *resampling)
{
    const char *path = resampling->mitigating->asked->data_path;
    const size_t rows = resampling->mitigating->table.row_count;
    struct csv *csv = NULL;
    TRY(csv_open(job, str_of(path), NULL, &csv));
    const struct csv_row *header = csv_header(csv);
    resampling->column_count = header->field_count;
    TRY_ALLOC(job, resampling->text, size_mul(rows, header->field_count), struct str);
    for (size_t r = 0; r < rows; r++) {
        struct csv_row row;
        TRY(csv_next(job, csv, &row));
        TRY(check_width(job, path, header, &row));
        for (size_t c = 0; c < row.field_count; c++) {
            resampling->text[r * row.field_count + c] = str_copy(job->arena, row.field[c]);
        }
    }
    csv_close(csv);
    return CANDOR_OK;
}

static enum candor_status deal_rows(struct job *job, struct resampling *resampling)
{
    const struct mitigating *mitigating = resampling->mitigating;
    const size_t cells = mitigating->grouping.count * 2;
    resampling->row = NEW_ARRAY(job->arena, cells, uint32_t *);
    resampling->filled = NEW_ARRAY(job->arena, cells, uint64_t);
    resampling->wanted = NEW_ARRAY(job->arena, cells, uint64_t);
    TRY_ALLOC(job, resampling->is_kept, mitigating->table.row_count + 1, bool);
    for (size_t c = 0; c < cells; c++) {
        TRY_ALLOC(job, resampling->row[c], resampling->cells.count[c] + 1, uint32_t);
        resampling->wanted[c] = resampling->cells.count[c] == 0
                                    ? 0
                                    : (uint64_t)llround(wanted_of(&resampling->cells, c));
    }
    for (size_t row = 0; row < mitigating->table.row_count; row++) {
        resampling->is_kept[row] = !takes_part(mitigating, row);
        if (takes_part(mitigating, row)) {
            const size_t cell = cell_of(mitigating, row);
            resampling->row[cell][resampling->filled[cell]++] = (uint32_t)row;
        }
    }
    for (size_t c = 0; c < cells; c++) {
        rng_shuffle(&resampling->rng, resampling->row[c], resampling->cells.count[c]);
        for (size_t i = 0; i < resampling->cells.count[c] && i < resampling->wanted[c]; i++) {
            resampling->is_kept[resampling->row[c][i]] = true;
        }
    }
    return CANDOR_OK;
}

static bool is_whole(double number)
{
    return number == floor(number) && fabs(number) < 1e15;
}

/* Between two numbers a number, of two texts one of them. */
static void put_between(struct resampling *resampling, struct buf *line, struct str one,
                        struct str other)
{
    double number[2];
    const double share = rng_f64(&resampling->rng);
    if (!str_to_double(str_trim(one), &number[0]) || !str_to_double(str_trim(other), &number[1])) {
        csv_put_text(line, share < 0.5 ? one : other);
        return;
    }
    const double value = number[0] + share * (number[1] - number[0]);
    if (is_whole(number[0]) && is_whole(number[1])) {
        csv_put_i64(line, (int64_t)round(value));
    } else {
        csv_put_f64(line, value);
    }
}

/* A row that is there again, or one made of two of the cell. */
static void put_added(struct resampling *resampling, struct buf *line, size_t cell, uint64_t turn)
{
    const uint64_t count = resampling->cells.count[cell];
    const uint32_t *row = resampling->row[cell];
    const size_t columns = resampling->column_count;
    const struct str *one = resampling->text + row[turn % count] * columns;
    const bool is_made = resampling->mitigating->asked->synthetic && count > 1;
    const size_t partner = row[rng_below(&resampling->rng, count)];
    for (size_t c = 0; c < columns; c++) {
        if (is_made) {
            put_between(resampling, line, one[c], resampling->text[partner * columns + c]);
        } else {
            csv_put_text(line, one[c]);
        }
        buf_u8(line, ',');
    }
    buf_str(line, is_made ? STR("1\n") : STR("0\n"));
}

static void put_kept(struct resampling *resampling, struct buf *line)
{
    const struct mitigating *mitigating = resampling->mitigating;
    for (size_t row = 0; row < mitigating->table.row_count; row++) {
        if (resampling->is_kept[row]) {
            for (size_t c = 0; c < resampling->column_count; c++) {
                csv_put_text(line, resampling->text[row * resampling->column_count + c]);
                buf_u8(line, ',');
            }
            buf_str(line, STR("0\n"));
        }
    }
}

static enum candor_status write_rows(struct job *job, struct resampling *resampling)
{
    struct buf lines = buf_begin(job->arena);
    struct csv *csv = NULL;
    TRY(csv_open(job, str_of(resampling->mitigating->asked->data_path), NULL, &csv));
    for (size_t c = 0; c < resampling->column_count; c++) {
        csv_put_text(&lines, csv_header(csv)->field[c]);
        buf_u8(&lines, ',');
    }
    csv_close(csv);
    buf_str(&lines, STR("synthetic\n"));
    put_kept(resampling, &lines);
    for (size_t c = 0; c < resampling->mitigating->grouping.count * 2; c++) {
        for (uint64_t i = resampling->cells.count[c]; i < resampling->wanted[c]; i++) {
            put_added(resampling, &lines, c, i);
            resampling->added++;
        }
    }
    return file_replace(job, str_of(resampling->mitigating->asked->out_path), buf_all(&lines),
                        0644);
}

enum candor_status mitigate_resample(struct job *job, struct mitigating *mitigating)
{
    struct resampling resampling = {.mitigating = mitigating,
                                    .cells = count_cells(job, mitigating),
                                    .rng = rng_of(mitigating->asked->seed)};
    const size_t cells = mitigating->grouping.count * 2;
    double *after = NEW_ARRAY(job->arena, cells, double);
    warn_empty(job, mitigating, &resampling.cells);
    TRY(read_texts(job, &resampling));
    TRY(deal_rows(job, &resampling));
    TRY(write_rows(job, &resampling));
    if (mitigating->asked->synthetic) {
        mitigate_warn(mitigating, STR("A synthetic row lies between two people's rows: treat it as "
                                      "their personal data."));
    }
    for (size_t c = 0; c < cells; c++) {
        after[c] = (double)resampling.wanted[c];
    }
    put_cells(mitigating, &resampling.cells, LIT("count_after"), after);
    json_key(mitigating->json, LIT("rows_added"));
    json_u64(mitigating->json, resampling.added);
    return CANDOR_OK;
}
