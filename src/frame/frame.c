/*
 * frame.c - tables of features without identities.
 *
 * A frame borrows its columns. What enters is checked once here, so that the rooms behind can trust
 * it: every code has a level, every number is finite or missing, every name is there once.
 */
#include <math.h>

#include "inside.h"

enum candor_status frame_begin(struct job *job, size_t row_count, size_t column_max,
                               struct frame **frame)
{
    if (row_count > FRAME_ROWS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu rows; at most %zu fit", row_count, FRAME_ROWS_MAX);
    }
    if (column_max > FRAME_COLUMNS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu columns; at most %d fit", column_max,
                    FRAME_COLUMNS_MAX);
    }

    *frame = NEW(job->arena, struct frame);
    **frame = (struct frame){
        .row_count = row_count,
        .column_max = column_max,
        .column = NEW_ARRAY(job->arena, column_max + 1, struct column),
    };
    return CANDOR_OK;
}

const struct column *frame_find(const struct frame *frame, struct str name)
{
    for (size_t i = 0; i < frame->column_count; i++) {
        if (str_equal(frame->column[i].name, name)) {
            return &frame->column[i];
        }
    }
    return NULL;
}

static enum candor_status add(struct job *job, struct frame *frame, struct column column)
{
    if (frame->column_count == frame->column_max) {
        return fail(job, CANDOR_TOO_LARGE, "column '%.*s': the table has its %zu columns already",
                    STR_ARG(column.name), frame->column_max);
    }
    if (column.name.len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "column %zu has no name", frame->column_count + 1);
    }
    if (!str_is_utf8(column.name)) {
        return fail(job, CANDOR_BAD_INPUT, "the name of column %zu is not UTF-8",
                    frame->column_count + 1);
    }
    if (frame_find(frame, column.name) != NULL) {
        return fail(job, CANDOR_BAD_INPUT, "column '%.*s' is there twice", STR_ARG(column.name));
    }

    column.name = str_copy(job->arena, column.name);
    column.source = str_copy(job->arena, column.source);
    frame->column[frame->column_count] = column;
    frame->column_count++;
    return CANDOR_OK;
}

enum candor_status frame_add_number_column(struct job *job, struct frame *frame, struct str name,
                                           const double *number)
{
    for (size_t row = 0; row < frame->row_count; row++) {
        if (isinf(number[row])) {
            return fail(job, CANDOR_BAD_INPUT, "column '%.*s', row %zu: an infinite number",
                        STR_ARG(name), row);
        }
    }
    return add(job, frame, (struct column){.name = name, .kind = COLUMN_NUMBER, .number = number});
}

static enum candor_status levels_check(struct job *job, struct str name, const struct str *level,
                                       size_t level_count)
{
    const struct arena_mark mark = arena_mark(job->arena);
    struct map *seen = map_begin(job->arena);
    for (size_t i = 0; i < level_count; i++) {
        if (!str_is_utf8(level[i])) {
            return fail(job, CANDOR_BAD_INPUT, "column '%.*s': level %zu is not UTF-8",
                        STR_ARG(name), i);
        }
        if (map_get(seen, KEY(level[i])) != NULL) {
            return fail(job, CANDOR_BAD_INPUT, "column '%.*s': level %zu is there twice",
                        STR_ARG(name), i);
        }
        map_put(seen, KEY(level[i]), seen);
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

static enum candor_status add_levels(struct job *job, struct frame *frame, struct column column)
{
    TRY(levels_check(job, column.name, column.level, column.level_count));
    for (size_t row = 0; row < frame->row_count; row++) {
        if (column.code[row] != CODE_MISSING && column.code[row] >= column.level_count) {
            return fail(job, CANDOR_BAD_INPUT, "column '%.*s', row %zu: code %u of %zu levels",
                        STR_ARG(column.name), row, column.code[row], column.level_count);
        }
    }
    return add(job, frame, column);
}

enum candor_status frame_add_category_column(struct job *job, struct frame *frame, struct str name,
                                             const uint32_t *code, const struct str *level,
                                             size_t level_count)
{
    return add_levels(job, frame,
                      (struct column){.name = name,
                                      .kind = COLUMN_CATEGORY,
                                      .code = code,
                                      .level = level,
                                      .level_count = level_count});
}

enum candor_status frame_add_ordinal_column(struct job *job, struct frame *frame, struct str name,
                                            const uint32_t *code, const struct str *level,
                                            size_t level_count)
{
    return add_levels(job, frame,
                      (struct column){.name = name,
                                      .kind = COLUMN_ORDINAL,
                                      .code = code,
                                      .level = level,
                                      .level_count = level_count});
}

enum candor_status frame_add_read(struct job *job, struct frame *frame, struct column column)
{
    return add(job, frame, column);
}

static size_t kept_count(const bool *keep, size_t row_count)
{
    size_t count = 0;
    for (size_t row = 0; row < row_count; row++) {
        count += keep[row];
    }
    return count;
}

static enum candor_status take_column(struct job *job, const struct column *column,
                                      const bool *keep, size_t row_count, struct frame *part)
{
    struct column taken = *column;
    size_t into = 0;
    if (column->kind == COLUMN_NUMBER) {
        double *number;
        TRY_ALLOC(job, number, part->row_count + 1, double);
        for (size_t row = 0; row < row_count; row++) {
            if (keep[row]) {
                number[into++] = column->number[row];
            }
        }
        taken.number = number;
    } else {
        uint32_t *code;
        TRY_ALLOC(job, code, part->row_count + 1, uint32_t);
        for (size_t row = 0; row < row_count; row++) {
            if (keep[row]) {
                code[into++] = column->code[row];
            }
        }
        taken.code = code;
    }
    return add(job, part, taken);
}

enum candor_status frame_take(struct job *job, const struct frame *frame, const bool *keep,
                              struct frame **part)
{
    TRY(frame_begin(job, kept_count(keep, frame->row_count), frame->column_count, part));
    for (size_t i = 0; i < frame->column_count; i++) {
        TRY(take_column(job, &frame->column[i], keep, frame->row_count, *part));
    }
    return CANDOR_OK;
}

enum candor_status target_take(struct job *job, const struct target *target, size_t row_count,
                               const bool *keep, struct target *part)
{
    double *value;
    TRY_ALLOC(job, value, kept_count(keep, row_count) + 1, double);
    size_t into = 0;
    for (size_t row = 0; row < row_count; row++) {
        if (keep[row]) {
            value[into++] = target->value[row];
        }
    }
    *part = *target;
    part->value = value;
    return CANDOR_OK;
}
