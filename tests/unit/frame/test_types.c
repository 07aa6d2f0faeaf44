/*
 * test_types.c - what a person says that a column is, and what it does.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bins.h"
#include "frame.h"
#include "testing.h"
#include "text.h"

static enum candor_status type_of(struct job *job, const char *yaml, struct column_type *type)
{
    const struct value *types = NULL;
    must(yaml_read(job, bytes_of(str_of(yaml)), NULL, "--types", &types) == CANDOR_OK);
    return column_type_of(job, types, STR("c"), type);
}

static void types_are_read_as_they_are_meant(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        enum column_type_kind kind;
        size_t level_count;
        const char *first;
    } row[] = {
        {"c: number", TYPE_NUMBER, 0, NULL},
        {"c: category", TYPE_CATEGORY, 0, NULL},
        {"c: date", TYPE_DATE, 0, NULL},
        {"c: drop", TYPE_DROP, 0, NULL},
        {"d: drop", TYPE_BY_CONTENT, 0, NULL},
        {"c: ordinal [low, mid dle, high]", TYPE_ORDINAL, 3, "low"},
        {"c: ordinal[1]", TYPE_ORDINAL, 1, "1"},
        {"c: [low, high]", TYPE_ORDINAL, 2, "low"},
        {"c: [1, 2.50, \"a, b\"]", TYPE_ORDINAL, 3, "1"},
        {"c:\n  - b\n  - a\n", TYPE_ORDINAL, 2, "b"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        struct column_type type;
        job_begin(&job, host_real());
        expect(type_of(&job, row[i].yaml, &type) == CANDOR_OK, "row %zu: %s", i, job.message);
        expect(type.kind == row[i].kind && type.level_count == row[i].level_count, "row %zu: %zu",
               i, type.level_count);
        expect(row[i].first == NULL || str_is(type.level[0], row[i].first), "row %zu", i);
        job_end(&job);
    }
}

static void what_is_no_type_is_refused(void **state)
{
    (void)state;
    static const char *const yaml[] = {
        "c: numeric",
        "c: ordinal",
        "c: ordinal []",
        "c: ordinal low, high",
        "c: ordinal [a, a]",
        "c: ordinal [a,,b]",
        "c: ordinal [a, b",
        "c: [a, a]",
        "c: []",
        "c: {a: b}",
        "c: [a, [b]]",
        "c: 1",
        "c: [a, null]",
        "c: ordinal [a, ]",
        "c: ordinalx [a, b]",
    };
    for (size_t i = 0; i < sizeof yaml / sizeof yaml[0]; i++) {
        struct job job;
        struct column_type type;
        job_begin(&job, host_real());
        expect(type_of(&job, yaml[i], &type) == CANDOR_BAD_INPUT, "%s", yaml[i]);
        job_end(&job);
    }
}

static enum candor_status read(struct job *job, const struct column_type *type,
                               const char *const *cell, struct frame **frame)
{
    size_t count = 0;
    struct text_column *text;
    must(text_column_begin_as(job, STR("c"), type, &text) == CANDOR_OK);
    for (; cell[count] != NULL; count++) {
        TRY(text_column_add(job, text, str_of(cell[count])));
    }
    must(frame_begin(job, count, COLUMNS_OF_TEXT_MAX, frame) == CANDOR_OK);
    return text_column_end(job, text, *frame);
}

static void an_ordinal_keeps_its_order(void **state)
{
    (void)state;
    struct job job;
    struct column_type type;
    struct frame *frame;
    job_begin(&job, host_real());
    must(type_of(&job, "c: [low, mid, high]", &type) == CANDOR_OK);
    const char *const cell[] = {"high", " low ", "NA", "high", NULL};
    must(read(&job, &type, cell, &frame) == CANDOR_OK);
    const struct column *column = &frame->column[0];
    assert_int_equal(column->kind, COLUMN_ORDINAL);
    const uint32_t code[] = {2, 0, CODE_MISSING, 2};
    assert_memory_equal(column->code, code, sizeof code);

    struct model_feature feature;
    must(feature_of_column(&job, column, 4, 255, &feature) == CANDOR_OK);
    assert_int_equal(feature.value_count, 2); /* mid has no rows */
    assert_int_equal(feature_bin(&feature, (struct raw_value){.text = STR("low")}), 1);
    assert_int_equal(feature_bin(&feature, (struct raw_value){.text = STR("high")}), 2);

    const char *const other[] = {"low", "secret", NULL};
    assert_int_equal(read(&job, &type, other, &frame), CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "column 'c', row 1"));
    assert_null(strstr(job.message, "secret"));
    job_end(&job);
}

static void dates_become_parts(void **state)
{
    (void)state;
    struct job job;
    struct frame *frame;
    job_begin(&job, host_real());
    const char *const cell[] = {"2024-02-29 18:30", "?", "1970-01-01", NULL};
    must(read(&job, NULL, cell, &frame) == CANDOR_OK);
    static const struct {
        const char *name;
        double first;
        double third; /* NaN: missing */
    } row[] = {{"c (year)", 2024, 1970},    {"c (month)", 2, 1},           {"c (weekday)", 4, 4},
               {"c (day of month)", 29, 1}, {"c (hour)", 18, (double)NAN}, {"c (days)", 19782, 0}};
    assert_int_equal(frame->column_count, 6);
    for (size_t i = 0; i < 6; i++) {
        const struct column *column = &frame->column[i];
        expect(str_is(column->name, row[i].name) && str_is(column->source, "c"), "part %zu", i);
        expect(column->number[0] == row[i].first && isnan(column->number[1]), "part %zu: %f", i,
               column->number[0]);
        expect(isnan(row[i].third) ? isnan(column->number[2]) : column->number[2] == row[i].third,
               "part %zu", i);
    }
    const char *const mixed[] = {"2024-02-29", "soon", NULL};
    must(read(&job, NULL, mixed, &frame) == CANDOR_OK);
    assert_int_equal(frame->column[0].kind, COLUMN_CATEGORY);
    const struct column_type date = {.kind = TYPE_DATE};
    assert_int_equal(read(&job, &date, mixed, &frame), CANDOR_BAD_INPUT);
    const struct column_type drop = {.kind = TYPE_DROP};
    must(read(&job, &drop, mixed, &frame) == CANDOR_OK);
    assert_int_equal(frame->column_count, 0);
    job_end(&job);
}

/* Invoices are numbered, and some have a letter. */
static void whole_numbers_can_become_categories_late(void **state)
{
    (void)state;
    enum { NUMBERS = 50000 };
    struct job job;
    struct frame *frame;
    struct text_column *text;
    job_begin(&job, host_real());
    must(text_column_begin(&job, STR("c"), 0, 0, &text) == CANDOR_OK);
    for (int i = 0; i < NUMBERS; i++) {
        char cell[16];
        const int len = snprintf(cell, sizeof cell, "%d", i - 100);
        must(text_column_add(&job, text, (struct str){cell, (size_t)len}) == CANDOR_OK);
    }
    must(text_column_add(&job, text, STR("NA")) == CANDOR_OK);
    must(text_column_add(&job, text, STR("C7")) == CANDOR_OK);
    must(text_column_add(&job, text, STR("-99")) == CANDOR_OK);
    must(frame_begin(&job, NUMBERS + 3, 1, &frame) == CANDOR_OK);
    must(text_column_end(&job, text, frame) == CANDOR_OK);
    const struct column *column = &frame->column[0];
    assert_int_equal(column->kind, COLUMN_CATEGORY);
    assert_int_equal(column->level_count, NUMBERS + 1);
    assert_true(str_is(column->level[0], "-100") && str_is(column->level[NUMBERS - 1], "49899"));
    assert_true(str_is(column->level[NUMBERS], "C7"));
    assert_int_equal(column->code[NUMBERS], CODE_MISSING);
    assert_int_equal(column->code[NUMBERS + 2], 1);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(types_are_read_as_they_are_meant),
        cmocka_unit_test(what_is_no_type_is_refused),
        cmocka_unit_test(an_ordinal_keeps_its_order),
        cmocka_unit_test(dates_become_parts),
        cmocka_unit_test(whole_numbers_can_become_categories_late),
    };
    return cmocka_run_group_tests_name("types", test, NULL, NULL);
}
