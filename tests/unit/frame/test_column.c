/*
 * test_column.c - number or category, by content.
 */
#include "frame.h"

#include <math.h>
#include <string.h>

#include "testing.h"

enum { CELLS_MAX = 6 };

/* Read cells (up to the first NULL) as a column of the kind; the status of what failed, or OK. */
static enum candor_status read(struct job *job, enum column_kind kind, const char *const *cell,
                               struct column *column)
{
    size_t count = 0;
    struct text_column *text;
    must(text_column_begin(job, STR("c"), kind, 0, &text) == CANDOR_OK);
    for (; count < CELLS_MAX && cell[count] != NULL; count++) {
        TRY(text_column_add(job, text, str_of(cell[count])));
    }
    struct frame *frame;
    must(frame_begin(job, count, 1, &frame) == CANDOR_OK);
    TRY(text_column_end(job, text, frame));
    *column = frame->column[0];
    return CANDOR_OK;
}

static void the_content_decides_the_kind(void **state)
{
    (void)state;
    static const struct {
        const char *cell[CELLS_MAX];
        enum column_kind asked;
        enum column_kind kind;
    } row[] = {
        {{"1", "2.5", "-3e2"}, 0, COLUMN_NUMBER},
        {{"1", "", "NA", "NaN", "?"}, 0, COLUMN_NUMBER},
        {{" 1 ", "\t2"}, 0, COLUMN_NUMBER},
        {{"1", "two"}, 0, COLUMN_CATEGORY},
        {{"1", "2"}, COLUMN_CATEGORY, COLUMN_CATEGORY},
        {{"inf", "1"}, 0, COLUMN_CATEGORY},
        {{"0x10"}, 0, COLUMN_CATEGORY},
        {{"1,5"}, 0, COLUMN_CATEGORY},
        {{"", "?"}, 0, COLUMN_NUMBER},
        {{NULL}, 0, COLUMN_NUMBER},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        struct column column;
        job_begin(&job, host_real());
        must(read(&job, row[i].asked, row[i].cell, &column) == CANDOR_OK);
        expect(column.kind == row[i].kind, "row %zu", i);
        job_end(&job);
    }
}

static void numbers_levels_and_missing_cells_are_kept(void **state)
{
    (void)state;
    struct job job;
    struct column column;
    job_begin(&job, host_real());
    const char *const number[CELLS_MAX] = {"7", "?", "-0.5", "7", NULL};
    must(read(&job, 0, number, &column) == CANDOR_OK);
    assert_true(column.number[0] == 7 && isnan(column.number[1]));
    assert_true(column.number[2] == -0.5 && column.number[3] == 7);

    const char *const text[CELLS_MAX] = {"b", "NA", "a", " b ", NULL};
    must(read(&job, 0, text, &column) == CANDOR_OK);
    assert_int_equal(column.level_count, 2);
    assert_true(str_is(column.level[0], "b") && str_is(column.level[1], "a"));
    const uint32_t code[] = {0, CODE_MISSING, 1, 0};
    assert_memory_equal(column.code, code, sizeof code);
    job_end(&job);
}

static void text_among_forced_numbers_names_its_row(void **state)
{
    (void)state;
    struct job job;
    struct column column;
    job_begin(&job, host_real());
    const char *const cell[CELLS_MAX] = {"1", "secret", NULL};
    assert_int_equal(read(&job, COLUMN_NUMBER, cell, &column), CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "column 'c', row 1"));
    assert_null(strstr(job.message, "secret")); /* a message holds no value of a person */
    job_end(&job);
}

/* 70,000 different numbers: more than are kept as text. */
static struct text_column *many_numbers(struct job *job)
{
    struct text_column *text;
    must(text_column_begin(job, STR("c"), 0, 0, &text) == CANDOR_OK);
    for (int i = 0; i < 70000; i++) {
        must(text_column_add(job, text, str_format(job->arena, "%d.5", i)) == CANDOR_OK);
    }
    return text;
}

static void a_long_column_of_numbers_is_decided_on_the_way(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct text_column *text = many_numbers(&job);
    must(text_column_add(&job, text, STR("NA")) == CANDOR_OK);
    struct frame *frame;
    must(frame_begin(&job, 70001, 1, &frame) == CANDOR_OK);
    must(text_column_end(&job, text, frame) == CANDOR_OK);
    for (size_t i = 0; i < 70000; i++) {
        expect(frame->column[0].number[i] == (double)i + 0.5, "row %zu", i);
    }
    assert_true(isnan(frame->column[0].number[70000]));

    text = many_numbers(&job);
    assert_int_equal(text_column_add(&job, text, STR("x")), CANDOR_BAD_INPUT);
    job_end(&job);
}

static void a_column_must_have_the_rows_of_its_frame(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct text_column *text;
    struct frame *frame;
    must(text_column_begin(&job, STR("c"), 0, 0, &text) == CANDOR_OK);
    must(frame_begin(&job, 1, 1, &frame) == CANDOR_OK);
    assert_int_equal(text_column_end(&job, text, frame), CANDOR_BAD_INPUT);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_content_decides_the_kind),
        cmocka_unit_test(numbers_levels_and_missing_cells_are_kept),
        cmocka_unit_test(text_among_forced_numbers_names_its_row),
        cmocka_unit_test(a_long_column_of_numbers_is_decided_on_the_way),
        cmocka_unit_test(a_column_must_have_the_rows_of_its_frame),
    };
    return cmocka_run_group_tests_name("column", test, NULL, NULL);
}
