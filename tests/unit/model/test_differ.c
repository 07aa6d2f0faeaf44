/*
 * test_differ.c - two models differ where they say different things, and nowhere else.
 */
#include "learn.h"
#include "model.h"
#include "review.h"

#include <math.h>
#include <string.h>

#include "made.h"
#include "testing.h"

static struct model *fit(struct job *job, const struct frame *frame, const struct target *target,
                         unsigned pairs)
{
    struct model *model;
    const struct fit_options options = {.threads = 1, .pairs_max = pairs};
    must(fit_additive(job, frame, target, &options, &model) == CANDOR_OK);
    return model;
}

static const struct term_difference *named(const struct term_difference *difference, size_t count,
                                           const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(difference[i].name, name)) {
            return &difference[i];
        }
    }
    return NULL;
}

static void a_model_does_not_differ_from_itself(void **state)
{
    (void)state;
    struct job job;
    struct term_difference *difference;
    size_t count;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){3000, 1, TASK_BINARY, true});
    const struct model *model = fit(&job, made.frame, &made.target, 2);
    must(model_differences(&job, model, model, &difference, &count) == CANDOR_OK);
    assert_int_equal(count, model->term_count);
    assert_true(count > 3);
    for (size_t i = 0; i < count; i++) {
        expect(difference[i].mean == 0 && difference[i].most == 0, "term %zu", i);
        expect(difference[i].importance[0] == difference[i].importance[1], "term %zu", i);
        expect(difference[i].is_in[0] && difference[i].is_in[1], "term %zu", i);
    }
    job_end(&job);
}

/* Age alone is changed: the mean is the sum over its cells, by the definition. */
static void the_mean_is_weighted_by_the_rows_of_both(void **state)
{
    (void)state;
    struct job job;
    struct term_difference *difference;
    size_t count;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){3000, 2, TASK_BINARY, false});
    const struct model *model = fit(&job, made.frame, &made.target, 0);
    struct model other = *model;
    struct term *term = NEW_ARRAY(job.arena, model->term_count, struct term);
    double *value = NEW_ARRAY(job.arena, model->term[0].cell_count, double);
    double expected = 0;
    memcpy(term, model->term, model->term_count * sizeof *term);
    for (size_t i = 0; i < term[0].cell_count; i++) {
        value[i] = term[0].value[i] + (i == 7 ? 3 : i % 2 == 0 ? 0.5 : 0);
        expected += term[0].weight[i] * (value[i] - term[0].value[i]);
    }
    term[0].value = value;
    other.term = term;
    for (size_t turn = 0; turn < 2; turn++) {
        must(model_differences(&job, turn == 0 ? model : &other, turn == 0 ? &other : model,
                               &difference, &count) == CANDOR_OK);
        assert_true(str_is(difference[0].name, "age"));
        expect(fabs(difference[0].mean - expected) < 1e-12, "turn %zu: %g", turn,
               difference[0].mean);
        assert_true(fabs(difference[0].most - 3) < 1e-12);
        assert_true(
            str_equal(difference[0].most_at, feature_bin_label(job.arena, &model->feature[0], 7)));
        assert_true(difference[0].most_value[turn] == model->term[0].value[7]);
        assert_true(difference[1].mean == 0);
    }
    job_end(&job);
}

/* The same rows with the columns in another order and age as text: nothing that matters differs. */
static void order_and_kind_of_columns_do_not_matter(void **state)
{
    (void)state;
    enum { ROWS = 3000 };
    struct job job;
    struct term_difference *difference;
    size_t count;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){ROWS, 3, TASK_BINARY, true});
    const struct column *column = made.frame->column;
    struct frame *turned;
    must(frame_begin(&job, ROWS, 3, &turned) == CANDOR_OK);
    must(frame_add_category_column(&job, turned, STR("town"), column[2].code, column[2].level,
                                   MADE_TOWNS) == CANDOR_OK);
    must(frame_add_number_column(&job, turned, STR("income"), column[1].number) == CANDOR_OK);
    must(frame_add_number_column(&job, turned, STR("age"), column[0].number) == CANDOR_OK);
    const struct model *left = fit(&job, made.frame, &made.target, 1);
    const struct model *right = fit(&job, turned, &made.target, 1);
    assert_true(str_is(left->term[3].name, "age & town"));
    assert_true(str_is(right->term[3].name, "town & age"));
    must(model_differences(&job, left, right, &difference, &count) == CANDOR_OK);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++) {
        expect(difference[i].mean < 0.02, "%.*s: %g", STR_ARG(difference[i].name),
               difference[i].mean);
    }
    job_end(&job);
}

static void a_term_of_one_model_only_differs_by_its_importance(void **state)
{
    (void)state;
    struct job job;
    struct term_difference *difference;
    size_t count;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){3000, 4, TASK_BINARY, true});
    const struct model *with = fit(&job, made.frame, &made.target, 1);
    const struct model *without = fit(&job, made.frame, &made.target, 0);
    must(model_differences(&job, without, with, &difference, &count) == CANDOR_OK);
    const struct term_difference *pair = named(difference, count, "age & town");
    must(pair != NULL);
    assert_true(!pair->is_in[0] && pair->is_in[1]);
    assert_true(fabs(pair->mean - term_importance(with, &with->term[3])) < 1e-12);
    assert_true(pair->importance[0] == 0);
    job_end(&job);
}

static void models_of_different_things_are_refused(void **state)
{
    (void)state;
    struct job job;
    struct term_difference *difference;
    size_t count;
    job_begin(&job, host_real());
    const struct model binary = {.task = TASK_BINARY, .class_count = 1, .positive = STR("yes")};
    const struct model other = {.task = TASK_BINARY, .class_count = 1, .positive = STR("no")};
    const struct model number = {.task = TASK_REGRESSION, .class_count = 1};
    assert_int_equal(model_differences(&job, &binary, &number, &difference, &count),
                     CANDOR_BAD_INPUT);
    assert_int_equal(model_differences(&job, &binary, &other, &difference, &count),
                     CANDOR_BAD_INPUT);
    must(model_differences(&job, &binary, &binary, &difference, &count) == CANDOR_OK);
    assert_int_equal(count, 0);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_model_does_not_differ_from_itself),
        cmocka_unit_test(the_mean_is_weighted_by_the_rows_of_both),
        cmocka_unit_test(order_and_kind_of_columns_do_not_matter),
        cmocka_unit_test(a_term_of_one_model_only_differs_by_its_importance),
        cmocka_unit_test(models_of_different_things_are_refused),
    };
    return cmocka_run_group_tests_name("differ", test, NULL, NULL);
}
