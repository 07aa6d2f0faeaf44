/*
 * test_card.c - the card ranks what matters, and says what a person should know.
 */
#include "learn.h"
#include "model.h"
#include "review.h"

#include <math.h>
#include <string.h>

#include "made.h"
#include "testing.h"

static struct model *fit(struct job *job, const struct made *made)
{
    struct model *model;
    const struct fit_options options = {.threads = 1};
    must(fit_additive(job, made->frame, &made->target, &options, &model) == CANDOR_OK);
    return model;
}

static bool says(const struct card *card, const char *part)
{
    for (size_t i = 0; i < card->limit_count; i++) {
        if (str_contains(card->limit[i], str_of(part))) {
            return true;
        }
    }
    return false;
}

static void the_most_important_term_comes_first(void **state)
{
    (void)state;
    struct job job;
    struct card card;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){5000, 1, TASK_BINARY, false});
    const struct model *model = fit(&job, &made);
    must(model_card(&job, model, &card) == CANDOR_OK);
    double share = 0;
    for (size_t i = 0; i < card.term_count; i++) {
        expect(i == 0 || card.term[i - 1].importance >= card.term[i].importance, "place %zu", i);
        share += card.term[i].share;
    }
    assert_int_equal(card.term_count, 3);
    assert_true(fabs(share - 1) < 1e-12);
    assert_true(str_is(model->term[card.term[0].term].name, "age"));
    job_end(&job);
}

static void an_importance_is_the_mean_of_absolute_contributions(void **state)
{
    (void)state;
    const double value[] = {-2, 1, 0};
    const double weight[] = {0.25, 0.5, 0.25};
    const struct term term = {.cell_count = 3, .value = value, .weight = weight};
    assert_true(fabs(term_importance(&(struct model){.class_count = 1}, &term) - 1) < 1e-15);
}

static void limits_are_named_where_there_are_some(void **state)
{
    (void)state;
    struct job job;
    struct card card;
    job_begin(&job, host_real());
    const struct made few = made_begin(&job, (struct made_options){60, 2, TASK_BINARY, false});
    struct model *model = fit(&job, &few);
    must(model_card(&job, model, &card) == CANDOR_OK);
    assert_true(says(&card, "trained on 60 rows only"));
    assert_true(says(&card, "not measured"));
    assert_true(says(&card, "not what causes it"));

    model->measures = (struct measures){
        .rows = 50, .auc = 0.7, .calibration_count = 1, .calibration = {{50, 0.4, 0.6}}};
    must(model_card(&job, model, &card) == CANDOR_OK);
    assert_true(says(&card, "measured on 50 rows only"));
    assert_true(says(&card, "off by 0.20"));
    assert_false(says(&card, "not measured"));
    job_end(&job);
}

static void a_sound_model_has_only_the_limits_of_all_models(void **state)
{
    (void)state;
    struct job job;
    struct card card;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){5000, 3, TASK_BINARY, false});
    struct model *model = fit(&job, &made);
    model->measures = (struct measures){
        .rows = 1000, .auc = 0.7, .calibration_count = 1, .calibration = {{1000, 0.4, 0.41}}};
    must(model_card(&job, model, &card) == CANDOR_OK);
    assert_int_equal(card.limit_count, 2);
    job_end(&job);
}

static void features_that_say_nothing_are_named(void **state)
{
    (void)state;
    enum { ROWS = 2000 };
    struct job job;
    struct card card;
    job_begin(&job, host_real());
    struct made made = made_begin(&job, (struct made_options){ROWS, 4, TASK_BINARY, false});
    static double constant[ROWS];
    static double missing[ROWS];
    static double sparse[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        missing[row] = (double)NAN;
        sparse[row] = row % 2 == 0 ? (double)NAN : 1;
    }
    must(frame_begin(&job, ROWS, 3, &made.frame) == CANDOR_OK);
    must(frame_add_number_column(&job, made.frame, STR("constant"), constant) == CANDOR_OK);
    must(frame_add_number_column(&job, made.frame, STR("missing"), missing) == CANDOR_OK);
    must(frame_add_number_column(&job, made.frame, STR("sparse"), sparse) == CANDOR_OK);
    must(model_card(&job, fit(&job, &made), &card) == CANDOR_OK);
    assert_true(says(&card, "'constant' was the same in every"));
    assert_true(says(&card, "'missing' was missing in every"));
    assert_true(says(&card, "'sparse' was missing in 50 %"));
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_most_important_term_comes_first),
        cmocka_unit_test(an_importance_is_the_mean_of_absolute_contributions),
        cmocka_unit_test(limits_are_named_where_there_are_some),
        cmocka_unit_test(a_sound_model_has_only_the_limits_of_all_models),
        cmocka_unit_test(features_that_say_nothing_are_named),
    };
    return cmocka_run_group_tests_name("card", test, NULL, NULL);
}
