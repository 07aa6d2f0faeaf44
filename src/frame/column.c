/*
 * column.c - columns from text: number, date or category, by content.
 *
 * What a column is of is known only at its end, so until then each different text is kept once, and each
 * row holds its code:
 *
 *     "12" "7" "12" "?"   ->   texts 12, 7   codes 0 1 0 missing   ->   numbers 12 7 12 NaN
 *
 * A column of many different numbers would keep them all. Once TEXTS_UNTIL_DECIDED different texts were all
 * numbers, or all dates, the column is decided: from then on only doubles are kept, and text is an error
 * that names its row. Whole numbers are the exception, since articles and invoices are often numbered and
 * some have a letter: as long as each number's text can be told from it, the column can go back.
 *
 * Rows are kept in chunks, so that growing copies nothing; or they are only counted, for a table that
 * does not fit into memory.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "column.h"
#include "inside.h"

enum {
    CHUNK_ROWS = 1 << 14,
    CHUNKS_MAX = (int)(FRAME_ROWS_MAX / CHUNK_ROWS),
};

static bool holds_numbers(const struct text_column *column)
{
    return column->kind == TYPE_NUMBER || column->kind == TYPE_DATE;
}

static void close_arena(void *thing)
{
    struct text_column *column = thing;
    arena_end(column->arena);
    column->arena = NULL;
}

static struct text_column *column_new(struct job *job, struct str name,
                                      const struct column_type *type)
{
    struct text_column *made = NEW(job->arena, struct text_column);
    made->name = str_copy(job->arena, name);
    made->kind = type == NULL ? TYPE_BY_CONTENT : type->kind;
    made->is_said = made->kind != TYPE_BY_CONTENT;
    made->is_whole = true;
    made->arena = arena_begin();
    made->levels = dictionary_begin(made->arena);
    arena_defer(job->arena, close_arena, made);
    return made;
}

/* ---- rows ---- */

static enum candor_status chunk_of_row(struct job *job, struct text_column *column, void **chunk)
{
    const size_t at = column->row_count / CHUNK_ROWS;
    if (at == CHUNKS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "column '%.*s': more than %zu rows",
                    STR_ARG(column->name), FRAME_ROWS_MAX);
    }
    if (at == column->chunk_room) {
        const size_t room = at == 0 ? 64 : at * 2;
        void **grown = TRY_ARRAY(column->arena, room, void *);
        if (grown == NULL) {
            return fail(job, CANDOR_NO_MEMORY, "no memory for %zu rows", column->row_count);
        }
        bytes_copy(grown, column->chunk, at * sizeof *grown);
        column->chunk = grown;
        column->chunk_room = room;
    }
    if (column->chunk[at] == NULL) {
        const size_t size = holds_numbers(column) ? sizeof(double) : sizeof(uint32_t);
        column->chunk[at] = arena_try(column->arena, CHUNK_ROWS, size);
    }
    *chunk = column->chunk[at];
    return *chunk == NULL ? fail(job, CANDOR_NO_MEMORY, "no memory for %zu rows", column->row_count)
                          : CANDOR_OK;
}

static enum candor_status put_number(struct job *job, struct text_column *column, double number,
                                     bool is_counted)
{
    void *chunk = NULL;
    if (column->counts_only) {
        column->rows_counted += is_counted && !isnan(number);
        return is_counted ? sketch_add_rows(job, column->sketch, number, 1) : CANDOR_OK;
    }
    TRY(chunk_of_row(job, column, &chunk));
    ((double *)chunk)[column->row_count % CHUNK_ROWS] = number;
    return CANDOR_OK;
}

static enum candor_status put_code(struct job *job, struct text_column *column, uint32_t code,
                                   bool is_counted)
{
    void *chunk = NULL;
    if (column->counts_only) {
        if (is_counted && code != CODE_MISSING) {
            column->level_rows[code]++;
            column->rows_counted++;
        }
        return CANDOR_OK;
    }
    TRY(chunk_of_row(job, column, &chunk));
    ((uint32_t *)chunk)[column->row_count % CHUNK_ROWS] = code;
    return CANDOR_OK;
}

/* ---- deciding ---- */

/* From codes to numbers, chunk by chunk; of counts, level by level. */
static enum candor_status to_numbers(struct job *job, struct text_column *column,
                                     enum column_type_kind kind)
{
    const size_t chunks = (column->row_count + CHUNK_ROWS - 1) / CHUNK_ROWS;
    column->kind = kind;
    if (column->counts_only) {
        TRY(sketch_begin(job, &column->sketch));
        for (size_t code = 0; code < dictionary_count(column->levels); code++) {
            TRY(sketch_add_rows(job, column->sketch, column->level_number[code],
                                column->level_rows[code]));
        }
        return CANDOR_OK;
    }
    for (size_t at = 0; at < chunks; at++) {
        const uint32_t *code = column->chunk[at];
        double *number = arena_try(column->arena, CHUNK_ROWS, sizeof *number);
        const size_t left = column->row_count - at * CHUNK_ROWS;
        if (number == NULL) {
            return fail(job, CANDOR_NO_MEMORY, "no memory for %zu rows", column->row_count);
        }
        for (size_t i = 0; i < (left < CHUNK_ROWS ? left : CHUNK_ROWS); i++) {
            number[i] = code[i] == CODE_MISSING ? (double)NAN : column->level_number[code[i]];
        }
        column->chunk[at] = number;
    }
    return CANDOR_OK;
}

static enum candor_status level_of_number(struct job *job, struct text_column *column,
                                          double number, uint32_t *code)
{
    const struct arena_mark mark = arena_mark(job->arena);
    *code = CODE_MISSING;
    if (!isnan(number)) {
        TRY(level_add(job, column, str_from_double(job->arena, number), code));
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

static enum candor_status counts_to_levels(struct job *job, struct text_column *column)
{
    struct runs runs;
    TRY(sketch_runs(job, column->sketch, &runs));
    for (size_t i = 0; i < runs.count; i++) {
        uint32_t code = 0;
        TRY(level_of_number(job, column, runs.value[i], &code));
        column->level_rows[code] = (uint64_t)runs.rows[i];
    }
    return CANDOR_OK;
}

/* Back to categories. The texts of the numbers are known, since each was written in the only way. */
static enum candor_status to_levels(struct job *job, struct text_column *column)
{
    const size_t chunks = (column->row_count + CHUNK_ROWS - 1) / CHUNK_ROWS;
    column->kind = TYPE_CATEGORY;
    if (column->counts_only) {
        return counts_to_levels(job, column);
    }
    for (size_t at = 0; at < chunks; at++) {
        const double *number = column->chunk[at];
        uint32_t *code = arena_try(column->arena, CHUNK_ROWS, sizeof *code);
        const size_t left = column->row_count - at * CHUNK_ROWS;
        if (code == NULL) {
            return fail(job, CANDOR_NO_MEMORY, "no memory for %zu rows", column->row_count);
        }
        for (size_t i = 0; i < (left < CHUNK_ROWS ? left : CHUNK_ROWS); i++) {
            TRY(level_of_number(job, column, number[i], &code[i]));
        }
        column->chunk[at] = code;
    }
    return CANDOR_OK;
}

static enum candor_status decide(struct job *job, struct text_column *column)
{
    const size_t count = dictionary_count(column->levels);
    if (column->number_count == count) {
        return to_numbers(job, column, TYPE_NUMBER);
    }
    if (column->date_count == count) {
        return to_numbers(job, column, TYPE_DATE);
    }
    column->kind = TYPE_CATEGORY;
    return CANDOR_OK;
}

/* ---- cells ---- */

static bool is_missing(struct str cell)
{
    switch (cell.len) {
    case 0:
        return true;
    case 1:
        return cell.ptr[0] == '?';
    case 2:
        return cell.ptr[0] == 'N' && cell.ptr[1] == 'A';
    case 3:
        return cell.ptr[0] == 'N' && cell.ptr[1] == 'a' && cell.ptr[2] == 'N';
    default:
        return false;
    }
}

bool number_of_cell(enum column_type_kind kind, struct str cell, double *number)
{
    const struct str trimmed = str_trim(cell);
    if (kind == TYPE_NUMBER ? str_to_double(trimmed, number) : date_read(trimmed, number)) {
        return true;
    }
    *number = (double)NAN;
    return is_missing(trimmed);
}

struct str text_of_cell(struct str cell)
{
    const struct str trimmed = str_trim(cell);
    return is_missing(trimmed) ? (struct str){NULL, 0} : trimmed;
}

static enum candor_status add_text(struct job *job, struct text_column *column, struct str cell,
                                   bool is_counted)
{
    uint32_t code = CODE_MISSING;
    if (!is_missing(cell)) {
        TRY(level_add(job, column, cell, &code));
    }
    TRY(put_code(job, column, code, is_counted));
    const size_t count = dictionary_count(column->levels);
    if (column->counts_only && count == LEVELS_COUNTED_MAX) {
        return levels_forget_rare(job, column);
    }
    return CANDOR_OK;
}

static enum candor_status refuse(struct job *job, const struct text_column *column)
{
    return fail(job, CANDOR_BAD_INPUT, "column '%.*s', row %zu: not a %s in a column of %s; %s",
                STR_ARG(column->name), column->row_count,
                column->kind == TYPE_DATE ? "date" : "number",
                column->kind == TYPE_DATE ? "dates" : "numbers",
                column->is_said ? "correct the row, or leave the cell empty"
                                : "correct the row, or say that the column is a category");
}

static enum candor_status add_number(struct job *job, struct text_column *column, struct str cell,
                                     bool is_counted)
{
    double number = (double)NAN;
    if (number_of_cell(column->kind, cell, &number)) {
        if (column->is_whole && column->kind == TYPE_NUMBER && !isnan(number)) {
            column->is_whole = level_is_whole(cell);
        }
        return put_number(job, column, number, is_counted);
    }
    const bool can_go_back = column->kind == TYPE_NUMBER && column->is_whole && !column->is_said &&
                             (!column->counts_only || sketch_is_exact(column->sketch));
    if (!can_go_back) {
        return refuse(job, column);
    }
    TRY(to_levels(job, column));
    return add_text(job, column, cell, is_counted);
}

static enum candor_status add_ordinal(struct job *job, struct text_column *column, struct str cell,
                                      bool is_counted)
{
    uint32_t code = CODE_MISSING;
    if (!is_missing(cell)) {
        code = dictionary_find(column->levels, cell);
        if (code == CODE_MISSING) {
            return fail(job, CANDOR_BAD_INPUT,
                        "column '%.*s', row %zu: a value that is not among the %zu levels of this "
                        "ordinal; name it there, or correct the row",
                        STR_ARG(column->name), column->row_count, dictionary_count(column->levels));
        }
    }
    return put_code(job, column, code, is_counted);
}

enum candor_status text_count_add(struct job *job, struct text_column *column, struct str cell,
                                  bool is_counted)
{
    must(column->arena != NULL);
    const struct str trimmed = str_trim(cell);
    switch (column->kind) {
    case TYPE_NUMBER:
    case TYPE_DATE:
        TRY(add_number(job, column, trimmed, is_counted));
        break;
    case TYPE_ORDINAL:
        TRY(add_ordinal(job, column, trimmed, is_counted));
        break;
    case TYPE_CATEGORY:
        TRY(add_text(job, column, trimmed, is_counted));
        break;
    case TYPE_BY_CONTENT:
        TRY(add_text(job, column, trimmed, is_counted));
        column->row_count++;
        return dictionary_count(column->levels) == TEXTS_UNTIL_DECIDED ? decide(job, column)
                                                                       : CANDOR_OK;
    case TYPE_DROP:
        break;
    }
    column->row_count++;
    return CANDOR_OK;
}

enum candor_status text_count_numbers(struct job *job, struct text_column *column,
                                      const double *number, size_t count)
{
    must(column->counts_only);
    must(column->kind == TYPE_NUMBER);
    const uint64_t before = sketch_rows(column->sketch);
    TRY(sketch_add(job, column->sketch, number, count));
    column->rows_counted += sketch_rows(column->sketch) - before;
    column->row_count += count;
    return CANDOR_OK;
}

enum candor_status text_column_add(struct job *job, struct text_column *column, struct str cell)
{
    return text_count_add(job, column, cell, true);
}

/* ---- begin and end ---- */

static enum candor_status begin(struct job *job, struct str name, const struct column_type *type,
                                bool counts_only, struct text_column **column)
{
    struct text_column *made = column_new(job, name, type);
    made->counts_only = counts_only;
    for (size_t i = 0; made->kind == TYPE_ORDINAL && i < type->level_count; i++) {
        uint32_t code = 0;
        TRY(level_add(job, made, type->level[i], &code));
    }
    if (counts_only && holds_numbers(made)) {
        TRY(sketch_begin(job, &made->sketch));
    }
    *column = made;
    return CANDOR_OK;
}

enum candor_status text_column_begin_as(struct job *job, struct str name,
                                        const struct column_type *type, struct text_column **column)
{
    return begin(job, name, type, false, column);
}

enum candor_status text_count_begin(struct job *job, struct str name,
                                    const struct column_type *type, struct text_column **column)
{
    return begin(job, name, type, true, column);
}

enum candor_status text_column_begin(struct job *job, struct str name, enum column_kind kind,
                                     size_t rows_expected, struct text_column **column)
{
    const struct column_type type = {.kind = (enum column_type_kind)kind};
    must(kind != COLUMN_ORDINAL); /* its levels are not known */
    if (rows_expected > FRAME_ROWS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu rows; at most %zu fit", rows_expected,
                    FRAME_ROWS_MAX);
    }
    return begin(job, name, &type, false, column);
}

/* All rows one after the other, in the job's memory. */
static enum candor_status join_rows(struct job *job, const struct text_column *column, size_t size,
                                    void **all)
{
    uint8_t *joined;
    TRY_ALLOC(job, joined, size_mul(column->row_count + 1, size), uint8_t);
    for (size_t row = 0; row < column->row_count; row += CHUNK_ROWS) {
        const size_t left = column->row_count - row;
        bytes_copy(joined + row * size, column->chunk[row / CHUNK_ROWS],
                   (left < CHUNK_ROWS ? left : CHUNK_ROWS) * size);
    }
    *all = joined;
    return CANDOR_OK;
}

static enum candor_status add_dates(struct job *job, const struct text_column *column,
                                    const double *packed, struct frame *frame)
{
    for (unsigned part = 0; part < DATE_PARTS; part++) {
        double *number;
        TRY_ALLOC(job, number, column->row_count + 1, double);
        for (size_t row = 0; row < column->row_count; row++) {
            number[row] = date_part_of(packed[row], part);
        }
        TRY(frame_add_read(job, frame,
                           (struct column){.name = date_part_name(job->arena, column->name, part),
                                           .source = column->name,
                                           .kind = COLUMN_NUMBER,
                                           .number = number}));
    }
    return CANDOR_OK;
}

static enum candor_status add_column(struct job *job, const struct text_column *column,
                                     struct frame *frame)
{
    void *all = NULL;
    TRY(join_rows(job, column, holds_numbers(column) ? sizeof(double) : sizeof(uint32_t), &all));
    if (column->kind == TYPE_DATE) {
        return add_dates(job, column, all, frame);
    }
    if (column->kind == TYPE_NUMBER) {
        return frame_add_number_column(job, frame, column->name, all);
    }

    const size_t count = dictionary_count(column->levels);
    const struct str *text = dictionary_texts(column->levels);
    struct str *level;
    TRY_ALLOC(job, level, count + 1, struct str);
    for (size_t i = 0; i < count; i++) {
        level[i] = str_copy(job->arena, text[i]);
    }
    return frame_add_read(job, frame,
                          (struct column){.name = column->name,
                                          .kind = (enum column_kind)column->kind,
                                          .code = all,
                                          .level = level,
                                          .level_count = count});
}

enum candor_status text_column_end(struct job *job, struct text_column *column, struct frame *frame)
{
    must(!column->counts_only);
    if (column->row_count != frame->row_count) {
        return fail(job, CANDOR_BAD_INPUT, "column '%.*s' has %zu rows, the table %zu",
                    STR_ARG(column->name), column->row_count, frame->row_count);
    }
    if (column->kind == TYPE_BY_CONTENT) {
        TRY(decide(job, column));
    }
    if (column->kind != TYPE_DROP) {
        TRY(add_column(job, column, frame));
    }
    close_arena(column);
    return CANDOR_OK;
}

enum candor_status text_count_end(struct job *job, struct text_column *column,
                                  struct text_counts *counts)
{
    must(column->counts_only);
    if (column->kind == TYPE_BY_CONTENT) {
        TRY(decide(job, column));
    }
    *counts = (struct text_counts){
        .kind = column->kind,
        .sketch = column->sketch,
        .levels = {dictionary_texts(column->levels), column->level_rows,
                   dictionary_count(column->levels)},
        .level_error = column->level_error,
        .rows = column->rows_counted,
        .different = column->levels_seen,
    };
    return CANDOR_OK;
}
