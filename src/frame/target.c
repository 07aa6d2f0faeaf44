/*
 * target.c - what is to be predicted.
 *
 * Whatever the column holds, the different values come first: two make a binary target, more make a
 * regression when they are numbers and classes when they are categories. Which of two values counts as 1 is said by the caller, or by the
 * value itself ("yes"), or it is the rarer, since what one looks for is rare.
 */
#include "frame.h"

#include <math.h>
#include <stdlib.h>

const char *task_name(enum task task)
{
    switch (task) {
    case TASK_BINARY:
        return "binary";
    case TASK_REGRESSION:
        return "regression";
    case TASK_COUNT:
        return "count";
    case TASK_AMOUNT:
        return "amount";
    case TASK_CLASSES:
        return "classes";
    }
    return "";
}

/* The first values of a column, and how often they come. */
enum { VALUES_SEEN_MAX = 3 };

struct seen {
    double number;
    struct str text;
    size_t count;
};

struct values {
    struct seen seen[VALUES_SEEN_MAX]; /* of a category: of its levels, those that have rows */
    size_t count;                      /* VALUES_SEEN_MAX: that many or more */
};

bool target_says_yes(struct arena *arena, struct str text)
{
    static const char *const word[] = {"1", "yes", "y", "true", "t", "positive"};
    const struct str lower = str_lower(arena, text);
    for (size_t i = 0; i < sizeof word / sizeof word[0]; i++) {
        if (str_is(lower, word[i])) {
            return true;
        }
    }
    return false;
}

static enum candor_status refuse_missing(struct job *job, const struct column *column, size_t row)
{
    return fail(job, CANDOR_BAD_INPUT,
                "target '%.*s', row %zu: the value is missing; leave out rows without an outcome",
                STR_ARG(column->name), row);
}

static enum candor_status number_values(struct job *job, const struct column *column,
                                        size_t row_count, struct values *values)
{
    for (size_t row = 0; row < row_count; row++) {
        const double number = column->number[row];
        if (isnan(number)) {
            return refuse_missing(job, column, row);
        }
        size_t at = 0;
        while (at < values->count && values->seen[at].number != number) {
            at++;
        }
        if (at == VALUES_SEEN_MAX) {
            continue;
        }
        if (at == values->count) {
            values->seen[at] =
                (struct seen){.number = number, .text = str_from_double(job->arena, number)};
            values->count++;
        }
        values->seen[at].count++;
    }
    return CANDOR_OK;
}

static enum candor_status category_values(struct job *job, const struct column *column,
                                          size_t row_count, struct values *values)
{
    size_t *count;
    TRY_ALLOC(job, count, column->level_count + 1, size_t);
    for (size_t row = 0; row < row_count; row++) {
        if (column->code[row] == CODE_MISSING) {
            return refuse_missing(job, column, row);
        }
        count[column->code[row]]++;
    }
    for (size_t code = 0; code < column->level_count && values->count < VALUES_SEEN_MAX; code++) {
        if (count[code] > 0) {
            values->seen[values->count] =
                (struct seen){.text = column->level[code], .count = count[code]};
            values->count++;
        }
    }
    return CANDOR_OK;
}

/* Of two values, the one that counts as 1. */
static size_t positive_of(struct arena *arena, const struct values *values)
{
    const bool first = target_says_yes(arena, values->seen[0].text);
    const bool second = target_says_yes(arena, values->seen[1].text);
    if (first != second) {
        return first ? 0 : 1;
    }
    if (values->seen[0].count != values->seen[1].count) {
        return values->seen[0].count < values->seen[1].count ? 0 : 1;
    }
    /* As often as each other: any rule will do that does not depend on the order of the rows. */
    return str_compare(values->seen[0].text, values->seen[1].text) > 0 ? 0 : 1;
}

static void binary_names(struct job *job, const struct values *values, struct str positive,
                         struct target *target)
{
    target->positive =
        positive.len > 0 ? positive : values->seen[positive_of(job->arena, values)].text;
    if (values->count == 2) {
        const bool is_first = str_equal(values->seen[0].text, target->positive);
        target->negative = values->seen[is_first ? 1 : 0].text;
    }
}

/* 1 where the row has the positive value. A number is compared as a number: 1, 1.0 and 01 are one. */
static enum candor_status binary_fill(struct job *job, const struct column *column,
                                      size_t row_count, struct target *target)
{
    double wanted = (double)NAN;
    (void)str_to_double(target->positive, &wanted); /* of no use to a category */
    double *value;
    TRY_ALLOC(job, value, row_count + 1, double);
    size_t ones = 0;
    for (size_t row = 0; row < row_count; row++) {
        const bool is_one = column->kind == COLUMN_NUMBER
                                ? column->number[row] == wanted
                                : str_equal(column->level[column->code[row]], target->positive);
        value[row] = is_one;
        ones += is_one;
    }
    if (ones == 0) {
        return fail(job, CANDOR_BAD_INPUT, "target '%.*s': no row has the positive value",
                    STR_ARG(target->name));
    }
    target->value = value;
    return CANDOR_OK;
}

/* The number that each level is, for a column that was read as categories. */
static enum candor_status numbers_of_levels(struct job *job, const struct column *column,
                                            size_t row_count, const double **value)
{
    double *number;
    TRY_ALLOC(job, number, row_count + 1, double);
    for (size_t row = 0; row < row_count; row++) {
        if (!str_to_double(column->level[column->code[row]], &number[row])) {
            return fail(job, CANDOR_BAD_INPUT,
                        "target '%.*s', row %zu: text, and this task needs a number",
                        STR_ARG(column->name), row);
        }
    }
    *value = number;
    return CANDOR_OK;
}

/* A number, a count or an amount. */
static enum candor_status number_fill(struct job *job, const struct column *column,
                                      size_t row_count, struct target *target)
{
    target->value = column->number;
    if (column->kind != COLUMN_NUMBER) {
        TRY(numbers_of_levels(job, column, row_count, &target->value));
    }
    for (size_t row = 0; row < row_count; row++) {
        const double value = target->value[row];
        if (target->task == TASK_COUNT && value < 0) {
            return fail(job, CANDOR_BAD_INPUT, "target '%.*s', row %zu: a count is 0 or more",
                        STR_ARG(target->name), row);
        }
        if (target->task == TASK_AMOUNT && value <= 0) {
            return fail(job, CANDOR_BAD_INPUT,
                        "target '%.*s', row %zu: an amount is above 0; leave out rows of 0, or use "
                        "the task regression or count",
                        STR_ARG(target->name), row);
        }
    }
    return CANDOR_OK;
}

static int by_bytes(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

static struct str class_of_row(struct arena *arena, const struct column *column, size_t row)
{
    return column->kind == COLUMN_NUMBER ? str_from_double(arena, column->number[row])
                                         : column->level[column->code[row]];
}

/* The texts of the different values of a column that has at most CLASSES_MAX of them. */
static enum candor_status class_names(struct job *job, const struct column *column,
                                      size_t row_count, struct target *target)
{
    struct map *seen = map_begin(job->arena);
    struct str *name = NEW_ARRAY(job->arena, CLASSES_MAX, struct str);
    size_t count = 0;
    for (size_t row = 0; row < row_count; row++) {
        const struct str text = class_of_row(job->arena, column, row);
        if (map_get(seen, KEY(text)) != NULL) {
            continue;
        }
        if (count == CLASSES_MAX) {
            return fail(job, CANDOR_TOO_LARGE,
                        "target '%.*s' has more than %d different values: name one as positive, or "
                        "join some",
                        STR_ARG(column->name), CLASSES_MAX);
        }
        map_put(seen, KEY(text), seen);
        name[count++] = text;
    }
    qsort(name, count, sizeof *name, by_bytes);
    target->class_name = name;
    target->class_count = count;
    return CANDOR_OK;
}

static enum candor_status classes_fill(struct job *job, const struct column *column,
                                       size_t row_count, struct target *target)
{
    double *value;
    TRY(class_names(job, column, row_count, target));
    TRY_ALLOC(job, value, row_count + 1, double);
    for (size_t row = 0; row < row_count; row++) {
        const struct str text = class_of_row(job->arena, column, row);
        const struct str *found =
            bsearch(&text, target->class_name, target->class_count, sizeof text, by_bytes);
        must(found != NULL);
        value[row] = (double)(found - target->class_name);
    }
    target->value = value;
    return CANDOR_OK;
}

static enum task task_by_content(const struct column *column, const struct values *values,
                                 struct str positive)
{
    if (values->count == 2 || positive.len > 0) {
        return TASK_BINARY;
    }
    return column->kind == COLUMN_NUMBER ? TASK_REGRESSION : TASK_CLASSES;
}

static enum candor_status count_values(struct job *job, const struct column *column,
                                       size_t row_count, struct values *values)
{
    if (column->kind == COLUMN_NUMBER) {
        TRY(number_values(job, column, row_count, values));
    } else {
        TRY(category_values(job, column, row_count, values));
    }
    if (values->count < 2) {
        return fail(job, CANDOR_BAD_INPUT,
                    "target '%.*s' has the same value in all %zu rows: there is nothing to learn",
                    STR_ARG(column->name), row_count);
    }
    return CANDOR_OK;
}

static enum candor_status binary_of_column(struct job *job, const struct column *column,
                                           size_t row_count, const struct values *values,
                                           struct str positive, struct target *target)
{
    double wanted;
    if (positive.len == 0 && values->count > 2) {
        return fail(job, CANDOR_BAD_INPUT,
                    "target '%.*s' has more than two values; say which one is positive",
                    STR_ARG(target->name));
    }
    if (column->kind == COLUMN_NUMBER && str_to_double(positive, &wanted)) {
        positive = str_from_double(job->arena, wanted);
    }
    binary_names(job, values, positive, target);
    return binary_fill(job, column, row_count, target);
}

enum candor_status target_of_column(struct job *job, const struct frame *frame, struct str name,
                                    struct str positive, enum task task, struct target *target)
{
    const struct column *column = frame_find(frame, name);
    if (column == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "there is no column '%.*s' to be the target",
                    STR_ARG(name));
    }
    struct values values = {0};
    const size_t rows = frame->row_count;
    TRY(count_values(job, column, rows, &values));
    *target = (struct target){.task = task, .name = column->name, .class_count = 1};
    if (task == 0) {
        target->task = task_by_content(column, &values, positive);
    }
    if (target->task == TASK_CLASSES && values.count == 2) {
        target->task = TASK_BINARY; /* of two classes one is the chance of the other */
    }
    switch (target->task) {
    case TASK_BINARY:
        return binary_of_column(job, column, rows, &values, positive, target);
    case TASK_REGRESSION:
    case TASK_COUNT:
    case TASK_AMOUNT:
        return number_fill(job, column, rows, target);
    case TASK_CLASSES:
        return classes_fill(job, column, rows, target);
    }
    return CANDOR_OK;
}
