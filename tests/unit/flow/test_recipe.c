/*
 * test_recipe.c - a recipe that is read says what was written, and one that makes no sense is refused.
 */
#include "flow.h"
#include "model.h"
#include "study.h"

#include <string.h>

#include "testing.h"

static struct model model_of(enum task task)
{
    return (struct model){.task = task, .positive = STR("yes"), .class_count = 1};
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    const struct candor_fit asked = {
        .data_path = "secret/place.csv",
        .target = "bought \"it\"",
        .drop = "a,b",
        .protect = "sex",
        .weight = "w",
        .monotone = "age=+",
        .shape = "x=convex",
        .no_pair = "a:b,c:d",
        .fixed = "a",
        .only_up = "b",
        .only_down = "c,d",
        .types = "size: ordinal [s, m]\nzip: category\n",
        .seed = UINT64_MAX,
        .pairs = 7,
        .bins = 40,
        .holdout = 0.1,
        .threads = 3,
        .memory_max = 1000,
    };
    struct job job;
    struct candor_fit read = {.data_path = "new.csv", .threads = 1};
    struct model model = model_of(TASK_BINARY);
    job_begin(&job, host_real());
    must(recipe_note(&job, &asked, &model) == CANDOR_OK);
    const struct str note = model_note_of(&model, STR("recipe"));
    assert_false(str_contains(note, STR("secret")));
    expect(recipe_read(&job, &model, &read) == CANDOR_OK, "%s", job.message);
    assert_string_equal(read.data_path, "new.csv");
    assert_string_equal(read.target, asked.target);
    assert_string_equal(read.positive, "yes");
    assert_string_equal(read.task, "binary");
    assert_string_equal(read.drop, asked.drop);
    assert_string_equal(read.protect, asked.protect);
    assert_string_equal(read.weight, asked.weight);
    assert_string_equal(read.monotone, asked.monotone);
    assert_string_equal(read.shape, asked.shape);
    assert_string_equal(read.no_pair, asked.no_pair);
    assert_string_equal(read.fixed, asked.fixed);
    assert_string_equal(read.only_up, asked.only_up);
    assert_string_equal(read.only_down, asked.only_down);
    assert_string_equal(read.types, "{\"size\":\"ordinal [s, m]\",\"zip\":\"category\"}");
    assert_true(read.seed == UINT64_MAX);
    assert_int_equal(read.pairs, 7);
    assert_int_equal(read.bins, 40);
    assert_true(read.holdout == 0.1);
    assert_int_equal(read.threads, 1);
    assert_int_equal(read.memory_max, 0);

    /* A recipe that is used writes itself again. */
    struct model again = model_of(TASK_BINARY);
    must(recipe_note(&job, &read, &again) == CANDOR_OK);
    assert_true(str_equal(model_note_of(&again, STR("recipe")), note));
    job_end(&job);
}

static void only_two_outcomes_have_a_positive_one(void **state)
{
    (void)state;
    const struct candor_fit asked = {.target = "y"};
    struct job job;
    struct candor_fit read = {0};
    struct model model = model_of(TASK_COUNT);
    job_begin(&job, host_real());
    must(recipe_note(&job, &asked, &model) == CANDOR_OK);
    must(recipe_read(&job, &model, &read) == CANDOR_OK);
    assert_string_equal(read.task, "count");
    assert_null(read.positive);
    assert_null(read.types);
    job_end(&job);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "[]",
        "{\"target\":\"y\"}",
        "{\"task\":\"count\"}",
        "{\"target\":1,\"task\":\"count\"}",
        "{\"target\":\"y\",\"task\":\"count\",\"more\":1}",
        "{\"target\":\"y\",\"task\":\"count\",\"pairs\":257}",
        "{\"target\":\"y\",\"task\":\"count\",\"pairs\":-1}",
        "{\"target\":\"y\",\"task\":\"count\",\"bins\":256}",
        "{\"target\":\"y\",\"task\":\"count\",\"seed\":\"-1\"}",
        "{\"target\":\"y\",\"task\":\"count\",\"seed\":1}",
        "{\"target\":\"y\",\"task\":\"count\",\"holdout\":\"much\"}",
    };
    struct job job;
    struct candor_fit read = {0};
    struct model model = model_of(TASK_COUNT);
    job_begin(&job, host_real());
    assert_int_equal(recipe_read(&job, &model, &read), CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "holds no recipe"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        job_forgive(&job);
        must(model_note(&job, &model, STR("recipe"), str_of(bad[i])) == CANDOR_OK);
        expect(recipe_read(&job, &model, &read) == CANDOR_BAD_INPUT, "%s", bad[i]);
        expect(strstr(job.message, "the model's recipe") != NULL, "%s: %s", bad[i], job.message);
    }
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(only_two_outcomes_have_a_positive_one),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
