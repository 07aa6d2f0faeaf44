/*
 * levels.c - the different texts of a column, and how many rows each has.
 */
#include <math.h>
#include <stdlib.h>

#include "column.h"
#include "inside.h"

enum { WHOLE_DIGITS = 15 };

/* 0, 17, -4: no other text is this number. */
bool level_is_whole(struct str text)
{
    const size_t sign = text.len > 0 && text.ptr[0] == '-' ? 1 : 0;
    const size_t digits = text.len - sign;
    if (digits == 0 || digits > WHOLE_DIGITS || (text.ptr[sign] == '0' && text.len > 1)) {
        return false;
    }
    for (size_t i = sign; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
    }
    return true;
}

static enum candor_status grow_levels(struct job *job, struct text_column *column)
{
    const size_t room = column->level_room == 0 ? 32 : column->level_room * 2;
    const size_t count = column->level_room;
    double *number = TRY_ARRAY(column->arena, room, double);
    uint64_t *rows = column->counts_only ? TRY_ARRAY(column->arena, room, uint64_t) : NULL;
    if (number == NULL || (column->counts_only && rows == NULL)) {
        return fail(job, CANDOR_NO_MEMORY, "no memory for %zu different texts", room);
    }
    bytes_copy(number, column->level_number, count * sizeof *number);
    bytes_copy(rows, column->level_rows, column->counts_only ? count * sizeof *rows : 0);
    column->level_number = number;
    column->level_rows = rows;
    column->level_room = room;
    return CANDOR_OK;
}

static void take_level(struct text_column *column, struct str text, uint32_t code)
{
    double *number = &column->level_number[code];
    if (str_to_double(text, number)) {
        column->number_count++;
        column->is_whole = column->is_whole && level_is_whole(text);
    } else if (date_read(text, number)) {
        column->date_count++;
    } else {
        *number = (double)NAN;
    }
}

static int by_size(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)left;
    const uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/*
 * Misra and Gries 1982: when too many levels are counted, the median count is taken from all, and the half
 * that has none left is forgotten. Each time at least as many rows as LEVELS_COUNTED_MAX / 2 times what is taken
 * leave the counts, so that level_error stays below 2 / LEVELS_COUNTED_MAX of the rows, and a level with more rows
 * than that is never lost.
 */
enum candor_status levels_forget_rare(struct job *job, struct text_column *column)
{
    const size_t count = dictionary_count(column->levels);
    const struct str *text = dictionary_texts(column->levels);
    const uint64_t *rows = column->level_rows;
    struct arena *old = column->arena;
    uint64_t *sorted = TRY_ARRAY(old, count, uint64_t);
    if (sorted == NULL) {
        return fail(job, CANDOR_NO_MEMORY, "no memory for %zu different texts", count);
    }
    bytes_copy(sorted, rows, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_size);
    const uint64_t taken = sorted[count / 2];

    column->arena = arena_begin();
    column->levels = dictionary_begin(column->arena);
    column->level_room = 0;
    enum candor_status status = CANDOR_OK;
    for (size_t code = 0; code < count && status == CANDOR_OK; code++) {
        uint32_t moved = 0;
        bool is_new = false;
        if (rows[code] > taken) {
            status = dictionary_add(job, column->levels, text[code], &moved, &is_new);
            if (status == CANDOR_OK && moved == column->level_room) {
                status = grow_levels(job, column);
            }
            if (status == CANDOR_OK) {
                column->level_rows[moved] = rows[code] - taken;
            }
        }
    }
    column->level_error += taken;
    arena_end(old);
    return status;
}

enum candor_status level_add(struct job *job, struct text_column *column, struct str text,
                             uint32_t *code)
{
    bool is_new = false;
    TRY(dictionary_add(job, column->levels, text, code, &is_new));
    if (!is_new) {
        return CANDOR_OK;
    }
    column->levels_seen++;
    if (*code == LEVELS_MAX) {
        return fail(job, CANDOR_TOO_LARGE,
                    "column '%.*s', row %zu: more than %zu different texts; leave the column out",
                    STR_ARG(column->name), column->row_count, LEVELS_MAX);
    }
    if (*code == column->level_room) {
        TRY(grow_levels(job, column));
    }
    if (column->kind == TYPE_BY_CONTENT) {
        take_level(column, text, *code);
    }
    return CANDOR_OK;
}
