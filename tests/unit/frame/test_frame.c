/*
 * test_frame.c - what a frame refuses, and which rows it takes.
 */
#include "frame.h"

#include <math.h>

#include "testing.h"

static const double three_numbers[3] = {1, 2, 3};
static const uint32_t three_codes[3] = {0, 1, CODE_MISSING};

static struct frame *frame_of_three(struct job *job)
{
    struct frame *frame;
    must(frame_begin(job, 3, 2, &frame) == CANDOR_OK);
    return frame;
}

static void columns_are_found_by_name(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct frame *frame = frame_of_three(&job);
    const struct str level[] = {STR("a"), STR("b")};
    must(frame_add_number_column(&job, frame, STR("x"), three_numbers) == CANDOR_OK);
    must(frame_add_category_column(&job, frame, STR("c"), three_codes, level, 2) == CANDOR_OK);
    assert_true(frame_find(frame, STR("x")) == &frame->column[0]);
    assert_true(frame_find(frame, STR("c")) == &frame->column[1]);
    assert_null(frame_find(frame, STR("y")));
    job_end(&job);
}

static void what_cannot_be_a_column_is_refused(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double infinite[3] = {1, (double)INFINITY, 3};
    const struct str level[] = {STR("a"), STR("b")};
    const struct str twice[] = {STR("a"), STR("a")};
    const struct str latin1[] = {STR("a"), STR("caf\xe9")};
    struct frame *frame = frame_of_three(&job);
    must(frame_add_number_column(&job, frame, STR("x"), three_numbers) == CANDOR_OK);
    struct {
        const char *what;
        enum candor_status status;
    } row[] = {
        {"no name", frame_add_number_column(&job, frame, STR(""), three_numbers)},
        {"a name twice", frame_add_number_column(&job, frame, STR("x"), three_numbers)},
        {"a name in Latin-1", frame_add_number_column(&job, frame, STR("\xe9"), three_numbers)},
        {"an infinite number", frame_add_number_column(&job, frame, STR("y"), infinite)},
        {"a code too high",
         frame_add_category_column(&job, frame, STR("y"), three_codes, level, 1)},
        {"a level twice", frame_add_category_column(&job, frame, STR("y"), three_codes, twice, 2)},
        {"a level in Latin-1",
         frame_add_category_column(&job, frame, STR("y"), three_codes, latin1, 2)},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(row[i].status == CANDOR_BAD_INPUT, "%s", row[i].what);
    }
    assert_int_equal(frame->column_count, 1);
    job_end(&job);
}

static void a_full_frame_takes_no_more(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct frame *frame = frame_of_three(&job);
    must(frame_add_number_column(&job, frame, STR("x"), three_numbers) == CANDOR_OK);
    must(frame_add_number_column(&job, frame, STR("y"), three_numbers) == CANDOR_OK);
    assert_int_equal(frame_add_number_column(&job, frame, STR("z"), three_numbers),
                     CANDOR_TOO_LARGE);
    assert_int_equal(frame_begin(&job, FRAME_ROWS_MAX + 1, 1, &frame), CANDOR_TOO_LARGE);
    assert_int_equal(frame_begin(&job, 1, FRAME_COLUMNS_MAX + 1, &frame), CANDOR_TOO_LARGE);
    job_end(&job);
}

static void the_kept_rows_are_taken_in_order(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct frame *frame = frame_of_three(&job);
    const struct str level[] = {STR("a"), STR("b")};
    const bool keep[3] = {true, false, true};
    must(frame_add_number_column(&job, frame, STR("x"), three_numbers) == CANDOR_OK);
    must(frame_add_category_column(&job, frame, STR("c"), three_codes, level, 2) == CANDOR_OK);

    struct frame *part;
    struct target target_part;
    const struct target target = {.task = TASK_REGRESSION, .value = three_numbers};
    must(frame_take(&job, frame, keep, &part) == CANDOR_OK);
    must(target_take(&job, &target, 3, keep, &target_part) == CANDOR_OK);
    assert_int_equal(part->row_count, 2);
    assert_int_equal(part->column_count, 2);
    assert_true(part->column[0].number[0] == 1 && part->column[0].number[1] == 3);
    assert_true(part->column[1].code[0] == 0 && part->column[1].code[1] == CODE_MISSING);
    assert_true(target_part.value[0] == 1 && target_part.value[1] == 3);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(columns_are_found_by_name),
        cmocka_unit_test(what_cannot_be_a_column_is_refused),
        cmocka_unit_test(a_full_frame_takes_no_more),
        cmocka_unit_test(the_kept_rows_are_taken_in_order),
    };
    return cmocka_run_group_tests_name("frame", test, NULL, NULL);
}
