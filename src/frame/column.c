/*
 * column.c - columns from text: number or category, by content.
 *
 * Whether a column is of numbers is known only at its end, so until then each different text is kept
 * once, and each row holds its code:
 *
 *     "12" "7" "12" "?"   ->   texts 12, 7   codes 0 1 0 missing   ->   numbers 12 7 12 NaN
 *
 * A column of many different numbers would keep them all. Once TEXTS_UNTIL_NUMBER different texts
 * were all numbers, the column is decided: from then on only doubles are kept, and text is an error
 * that names its row.
 */
#include "frame.h"

#include <math.h>

enum { TEXTS_UNTIL_NUMBER = 1 << 16, ROWS_FIRST = 1024 };

struct level {
    struct str text;
    double number;
    bool is_number;
    uint32_t code;
};

struct text_column {
    struct str name;
    enum column_kind kind; /* 0: not decided */
    size_t row_count;
    size_t row_room;
    double *number; /* when kind is COLUMN_NUMBER */
    uint32_t *code; /* otherwise */
    struct map *level_of;
    struct level **level;
    size_t level_count;
    size_t level_room;
    size_t number_count; /* levels that are numbers */
};

enum candor_status text_column_begin(struct job *job, struct str name, enum column_kind kind,
                                     size_t rows_expected, struct text_column **column)
{
    if (rows_expected > FRAME_ROWS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu rows; at most %zu fit", rows_expected,
                    FRAME_ROWS_MAX);
    }

    struct text_column *made = NEW(job->arena, struct text_column);
    made->name = str_copy(job->arena, name);
    made->kind = kind;
    made->row_room = rows_expected > ROWS_FIRST ? rows_expected : ROWS_FIRST;
    if (kind == COLUMN_NUMBER) {
        TRY_ALLOC(job, made->number, made->row_room, double);
    } else {
        TRY_ALLOC(job, made->code, made->row_room, uint32_t);
        made->level_of = map_begin(job->arena);
    }
    *column = made;
    return CANDOR_OK;
}

static bool is_missing(struct str cell)
{
    return cell.len == 0 || str_is(cell, "NA") || str_is(cell, "NaN") || str_is(cell, "?");
}

static enum candor_status rows_grow(struct job *job, struct text_column *column)
{
    if (column->row_count < column->row_room) {
        return CANDOR_OK;
    }
    if (column->row_count == FRAME_ROWS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "column '%.*s': more than %zu rows",
                    STR_ARG(column->name), FRAME_ROWS_MAX);
    }

    column->row_room *= 2;
    if (column->kind == COLUMN_NUMBER) {
        const double *old = column->number;
        TRY_ALLOC(job, column->number, column->row_room, double);
        bytes_copy(column->number, old, column->row_count * sizeof *old);
    } else {
        const uint32_t *old = column->code;
        TRY_ALLOC(job, column->code, column->row_room, uint32_t);
        bytes_copy(column->code, old, column->row_count * sizeof *old);
    }
    return CANDOR_OK;
}

static enum candor_status level_add(struct job *job, struct text_column *column, struct str text,
                                    uint32_t *code)
{
    if (column->level_count == LEVELS_MAX) {
        return fail(job, CANDOR_TOO_LARGE,
                    "column '%.*s', row %zu: more than %zu different texts; leave the column out",
                    STR_ARG(column->name), column->row_count, LEVELS_MAX);
    }
    if (column->level_count == column->level_room) {
        struct level **old = column->level;
        column->level_room = column->level_room == 0 ? 64 : column->level_room * 2;
        TRY_ALLOC(job, column->level, column->level_room, struct level *);
        for (size_t i = 0; i < column->level_count; i++) {
            column->level[i] = old[i];
        }
    }

    struct level *made = NEW(job->arena, struct level);
    made->text = str_copy(job->arena, text);
    made->is_number = str_to_double(text, &made->number);
    made->code = (uint32_t)column->level_count;
    column->level[column->level_count] = made;
    column->level_count++;
    column->number_count += made->is_number;
    map_put(column->level_of, KEY(made->text), made);
    *code = made->code;
    return CANDOR_OK;
}

/* All so far were numbers, and there are many: keep doubles only. */
static enum candor_status decide_number(struct job *job, struct text_column *column)
{
    TRY_ALLOC(job, column->number, column->row_room, double);
    for (size_t row = 0; row < column->row_count; row++) {
        const uint32_t code = column->code[row];
        column->number[row] = code == CODE_MISSING ? (double)NAN : column->level[code]->number;
    }
    column->kind = COLUMN_NUMBER;
    return CANDOR_OK;
}

static enum candor_status add_number(struct job *job, struct text_column *column, struct str cell)
{
    double number = (double)NAN;
    if (!is_missing(cell) && !str_to_double(cell, &number)) {
        return fail(
            job, CANDOR_BAD_INPUT,
            "column '%.*s', row %zu: not a number in a column of numbers; correct the row, or "
            "say that the column is a category",
            STR_ARG(column->name), column->row_count);
    }
    column->number[column->row_count] = number;
    return CANDOR_OK;
}

static enum candor_status add_text(struct job *job, struct text_column *column, struct str cell)
{
    uint32_t code = CODE_MISSING;
    if (!is_missing(cell)) {
        const struct level *level = map_get(column->level_of, KEY(cell));
        if (level != NULL) {
            code = level->code;
        } else {
            TRY(level_add(job, column, cell, &code));
        }
    }
    column->code[column->row_count] = code;
    return CANDOR_OK;
}

enum candor_status text_column_add(struct job *job, struct text_column *column, struct str cell)
{
    TRY(rows_grow(job, column));
    const struct str trimmed = str_trim(cell);
    if (column->kind == COLUMN_NUMBER) {
        TRY(add_number(job, column, trimmed));
    } else {
        TRY(add_text(job, column, trimmed));
    }
    column->row_count++;

    const bool all_numbers = column->number_count == column->level_count;
    if (column->kind == 0 && all_numbers && column->level_count == TEXTS_UNTIL_NUMBER) {
        return decide_number(job, column);
    }
    return CANDOR_OK;
}

enum candor_status text_column_end(struct job *job, struct text_column *column, struct frame *frame)
{
    if (column->row_count != frame->row_count) {
        return fail(job, CANDOR_BAD_INPUT, "column '%.*s' has %zu rows, the table %zu",
                    STR_ARG(column->name), column->row_count, frame->row_count);
    }
    if (column->kind == 0 && column->number_count == column->level_count) {
        TRY(decide_number(job, column));
    }
    if (column->kind == COLUMN_NUMBER) {
        return frame_add_number_column(job, frame, column->name, column->number);
    }

    struct str *level;
    TRY_ALLOC(job, level, column->level_count + 1, struct str);
    for (size_t i = 0; i < column->level_count; i++) {
        level[i] = column->level[i]->text;
    }
    return frame_add_category_column(job, frame, column->name, column->code, level,
                                     column->level_count);
}
