/*
 * test_target.c - what is to be predicted, and which of two values counts as 1.
 */
#include "frame.h"

#include <math.h>

#include "testing.h"

enum { CELLS_MAX = 6 };

struct case_of_target {
    const char *cell[CELLS_MAX];
    const char *positive;
    enum task task;
    const char *found_positive;
    const char *found_negative;
    double value[CELLS_MAX];
};

static enum candor_status read_target(struct job *job, const char *const *cell,
                                      const char *positive, struct target *target)
{
    size_t count = 0;
    struct text_column *text;
    struct frame *frame;
    must(text_column_begin(job, STR("y"), 0, 0, &text) == CANDOR_OK);
    for (; count < CELLS_MAX && cell[count] != NULL; count++) {
        must(text_column_add(job, text, str_of(cell[count])) == CANDOR_OK);
    }
    must(frame_begin(job, count, 1, &frame) == CANDOR_OK);
    must(text_column_end(job, text, frame) == CANDOR_OK);
    return target_of_column(job, frame, STR("y"), str_of(positive), 0, target);
}

static void two_values_are_binary_and_many_numbers_a_regression(void **state)
{
    (void)state;
    static const struct case_of_target row[] = {
        {{"yes", "no", "yes"}, "", TASK_BINARY, "yes", "no", {1, 0, 1}},
        {{"No", "YES", "No"}, "", TASK_BINARY, "YES", "No", {0, 1, 0}},
        {{"yes", "no", "yes"}, "no", TASK_BINARY, "no", "yes", {0, 1, 0}},
        {{"<=50K", ">50K", "<=50K"}, "", TASK_BINARY, ">50K", "<=50K", {0, 1, 0}},
        {{"left", "right"}, "", TASK_BINARY, "right", "left", {0, 1}},
        {{"right", "left"}, "", TASK_BINARY, "right", "left", {1, 0}},
        {{"0", "1", "1"}, "", TASK_BINARY, "1", "0", {0, 1, 1}},
        {{"2", "1", "2"}, "", TASK_BINARY, "1", "2", {0, 1, 0}},
        {{"2", "3", "2"}, "2.0", TASK_BINARY, "2", "3", {1, 0, 1}},
        {{"a", "b", "c"}, "b", TASK_BINARY, "b", "", {0, 1, 0}},
        {{"1", "2", "3"}, "3", TASK_BINARY, "3", "", {0, 0, 1}},
        {{"1", "2", "3.5"}, "", TASK_REGRESSION, "", "", {1, 2, 3.5}},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        struct target target;
        job_begin(&job, host_real());
        must(read_target(&job, row[i].cell, row[i].positive, &target) == CANDOR_OK);
        expect(target.task == row[i].task, "row %zu: task", i);
        expect(str_is(target.positive, row[i].found_positive), "row %zu: positive", i);
        expect(str_is(target.negative, row[i].found_negative), "row %zu: negative", i);
        for (size_t cell = 0; cell < CELLS_MAX && row[i].cell[cell] != NULL; cell++) {
            expect(target.value[cell] == row[i].value[cell], "row %zu: value %zu", i, cell);
        }
        job_end(&job);
    }
}

static void what_cannot_be_learnt_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *cell[CELLS_MAX];
        const char *positive;
    } row[] = {
        {{"yes", "yes"}, ""},     /* one value */
        {{"yes"}, ""},            /* one row */
        {{"yes", "?", "no"}, ""}, /* missing among categories */
        {{"1", "", "2"}, ""},     /* missing among numbers */
        {{"a", "b"}, "c"},        /* positive is not there */
        {{"1", "2"}, "x"},        /* positive is not a number */
        {{NULL}, ""},             /* nothing */
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        struct target target;
        job_begin(&job, host_real());
        expect(read_target(&job, row[i].cell, row[i].positive, &target) == CANDOR_BAD_INPUT,
               "row %zu", i);
        job_end(&job);
    }
}

static void a_target_that_is_not_there_is_refused(void **state)
{
    (void)state;
    struct job job;
    struct frame *frame;
    struct target target;
    job_begin(&job, host_real());
    must(frame_begin(&job, 0, 0, &frame) == CANDOR_OK);
    assert_int_equal(target_of_column(&job, frame, STR("y"), STR(""), 0, &target),
                     CANDOR_BAD_INPUT);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(two_values_are_binary_and_many_numbers_a_regression),
        cmocka_unit_test(what_cannot_be_learnt_is_refused),
        cmocka_unit_test(a_target_that_is_not_there_is_refused),
    };
    return cmocka_run_group_tests_name("target", test, NULL, NULL);
}
