/*
 * target.c - what is to be predicted.
 *
 * Whatever the column holds, the different values come first: two make a binary target, more make a
 * regression when they are numbers. Which of two values counts as 1 is said by the caller, or by the
 * value itself ("yes"), or it is the rarer, since what one looks for is rare.
 */
#include "learn.h"

#include <math.h>

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

static bool says_yes(struct arena *arena, struct str text)
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
    const bool first = says_yes(arena, values->seen[0].text);
    const bool second = says_yes(arena, values->seen[1].text);
    if (first != second) {
        return first ? 0 : 1;
    }
    if (values->seen[0].count != values->seen[1].count) {
        return values->seen[0].count < values->seen[1].count ? 0 : 1;
    }
    /* As often as each other: any rule will do that does not depend on the order of the rows. */
    return str_compare(values->seen[0].text, values->seen[1].text) > 0 ? 0 : 1;
}

static enum candor_status binary_names(struct job *job, const struct values *values,
                                       struct str positive, struct target *target)
{
    if (positive.len == 0 && values->count > 2) {
        return fail(job, CANDOR_BAD_INPUT,
                    "target '%.*s' has more than two categories; say which one is positive",
                    STR_ARG(target->name));
    }

    target->positive =
        positive.len > 0 ? positive : values->seen[positive_of(job->arena, values)].text;
    if (values->count == 2) {
        const bool is_first = str_equal(values->seen[0].text, target->positive);
        target->negative = values->seen[is_first ? 1 : 0].text;
    }
    return CANDOR_OK;
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

enum candor_status target_of_column(struct job *job, const struct frame *frame, struct str name,
                                    struct str positive, struct target *target)
{
    const struct column *column = frame_find(frame, name);
    if (column == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "there is no column '%.*s' to be the target",
                    STR_ARG(name));
    }

    struct values values = {0};
    if (column->kind == COLUMN_NUMBER) {
        TRY(number_values(job, column, frame->row_count, &values));
    } else {
        TRY(category_values(job, column, frame->row_count, &values));
    }
    if (values.count < 2) {
        return fail(job, CANDOR_BAD_INPUT,
                    "target '%.*s' has the same value in all %zu rows: there is nothing to learn",
                    STR_ARG(name), frame->row_count);
    }

    *target = (struct target){.task = TASK_BINARY, .name = column->name};
    if (column->kind == COLUMN_NUMBER && values.count > 2 && positive.len == 0) {
        target->task = TASK_REGRESSION;
        target->value = column->number;
        return CANDOR_OK;
    }
    double wanted;
    if (column->kind == COLUMN_NUMBER && str_to_double(positive, &wanted)) {
        positive = str_from_double(job->arena, wanted);
    }
    TRY(binary_names(job, &values, positive, target));
    return binary_fill(job, column, frame->row_count, target);
}
