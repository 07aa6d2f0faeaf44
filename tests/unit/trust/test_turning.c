/*
 * test_turning.c - what would have turned a decision, in words: whoever has the told values has the told score, in every
 * language, and a certificate says that nothing does.
 */
#include <math.h>
#include <string.h>

#include "tell.h"

#include "random_model.h"
#include "testing.h"

enum { FEATURES = 8, MODELS = 300 };

/* The row in values, one inside each bin. */
static void facts_of(const struct model *model, const uint8_t *bin, struct fact *fact)
{
    for (size_t f = 0; f < model->feature_count; f++) {
        const struct model_feature *feature = &model->feature[f];
        fact[f] = (struct fact){.label = feature->name, .is_exact = f % 2 == 0};
        if (bin[f] < 1 || bin[f] > feature->value_count) {
            continue;
        }
        const struct raw_value value = recourse_value(feature, bin[f], (double)NAN);
        fact[f].kind = value.text.ptr != NULL ? FACT_TEXT : FACT_NUMBER;
        fact[f].text = value.text;
        fact[f].number = value.number;
    }
}

/* Score the row with the told values, from raw values alone. */
static double score_of(struct job *job, const struct model *model, const struct fact *fact,
                       const uint8_t *bin, const struct told_plan *plan)
{
    uint8_t *changed = NEW_ARRAY(job->arena, model->feature_count + 1, uint8_t);
    (void)fact;
    bytes_copy(changed, bin, model->feature_count);
    for (size_t c = 0; c < plan->change_count; c++) {
        const struct told_change *change = &plan->change[c];
        changed[change->feature] = feature_bin(&model->feature[change->feature], change->to);
    }
    return model_mean(model, model_score_bins(model, 0, changed));
}

static void whoever_has_the_told_values_has_the_told_score(void **state)
{
    (void)state;
    size_t plans = 0;
    size_t none = 0;
    for (size_t trial = 0; trial < MODELS; trial++) {
        struct job job;
        uint8_t bin[FEATURES];
        struct fact fact[FEATURES];
        struct recourse recourse;
        struct told_turning told;
        job_begin(&job, host_real());
        struct rng rng = rng_of(trial);
        const struct random_model asked = {.task = trial % 5 == 0 ? TASK_COUNT : TASK_BINARY,
                                           .feature_count = 2 + trial % 6,
                                           .value_max = 8,
                                           .pair_count = trial % 6,
                                           .class_count = 1,
                                           .empty_share = 0.1};
        const struct model *model = random_model(&job, &rng, &asked);
        random_bins(&rng, model, bin);
        facts_of(model, bin, fact);
        double *weight = NEW_ARRAY(job.arena, model->term_count, double);
        (void)model_contributions(model, 0, bin, weight);
        const struct recourse_options options = {
            .threshold = 0.1 + 0.8 * rng_f64(&rng), .changes_max = 1 + trial % 3, .plans_max = 3};
        const struct telling telling = {.tongue = (enum tongue)(trial % TONGUES),
                                        .model = model,
                                        .bin = bin,
                                        .weight = weight,
                                        .fact = fact};
        assert_int_equal(recourse_find(&job, model, &options, bin, &recourse), CANDOR_OK);
        turning_tell(job.arena, &telling, &options, &recourse, &told);
        assert_true(turning_holds(job.arena, &telling, &options, &recourse, &told));
        assert_int_equal(told.plan_count, recourse.plan_count);
        none += told.plan_count == 0;
        expect((told.proof.len > 0) == (told.plan_count > 0), "trial %zu", trial);
        for (size_t p = 0; p < told.plan_count; p++) {
            const double score = score_of(&job, model, fact, bin, &told.plan[p]);
            expect(score == recourse.plan[p].score, "trial %zu, plan %zu: %.17g, told %.17g", trial,
                   p, score, recourse.plan[p].score);
            expect((score >= options.threshold) == recourse.raises, "trial %zu, plan %zu", trial,
                   p);
            plans++;
        }
        job_end(&job);
    }
    print_message("%d random models, %zu plans scored from their told values, %zu certificates\n",
                  MODELS, plans, none);
    assert_true(plans > MODELS / 2 && none > 5);
}

/* A plan with another value, or one that may not be, does not hold. */
static void a_plan_that_was_tampered_with_does_not_hold(void **state)
{
    (void)state;
    size_t caught = 0;
    for (size_t trial = 0; trial < 50; trial++) {
        struct job job;
        uint8_t bin[FEATURES];
        struct fact fact[FEATURES];
        enum recourse_move move[FEATURES] = {MOVE_ANY};
        struct recourse recourse;
        struct told_turning told;
        job_begin(&job, host_real());
        struct rng rng = rng_of(trial);
        const struct random_model asked = {
            .task = TASK_BINARY, .feature_count = 4, .value_max = 6, .class_count = 1};
        const struct model *model = random_model(&job, &rng, &asked);
        random_bins(&rng, model, bin);
        facts_of(model, bin, fact);
        const struct recourse_options options = {
            .threshold = 0.5, .move = move, .changes_max = 2, .plans_max = 3};
        const struct telling telling = {.model = model, .bin = bin, .fact = fact};
        assert_int_equal(recourse_find(&job, model, &options, bin, &recourse), CANDOR_OK);
        turning_tell(job.arena, &telling, &options, &recourse, &told);
        if (told.plan_count > 0) {
            move[told.plan[0].change[0].feature] = MOVE_NONE;
            assert_false(turning_holds(job.arena, &telling, &options, &recourse, &told));
            move[told.plan[0].change[0].feature] = MOVE_ANY;
            told.plan[0].change_count = 0;
            assert_false(turning_holds(job.arena, &telling, &options, &recourse, &told));
            caught++;
        }
        job_end(&job);
    }
    assert_true(caught > 20);
}

static const struct {
    bool raises;
    bool is_proven;
    size_t changes;
    const char *lead;
} certificate[] = {
    {true, true, 1, "No realistic change of 1 fact takes the score to 50%. All were ruled out."},
    {true, true, 3,
     "No realistic change of up to 3 facts takes the score to 50%. All were ruled out."},
    {false, true, 1,
     "No realistic change of 1 fact takes the score below 50%. All were ruled out."},
    {false, true, 2,
     "No realistic change of up to 2 facts takes the score below 50%. All were ruled out."},
    {true, false, 3, "No change was found that turns it; the search was not completed."},
};

static void that_there_is_none_is_said_as_far_as_it_was_proven(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof certificate / sizeof certificate[0]; i++) {
        struct arena *arena = arena_begin();
        struct told_turning told;
        const struct model model = {.task = TASK_BINARY};
        const struct telling telling = {.model = &model};
        const struct recourse_options options = {.threshold = 0.5,
                                                 .changes_max = certificate[i].changes};
        const struct recourse recourse = {.raises = certificate[i].raises,
                                          .is_proven = certificate[i].is_proven};
        turning_tell(arena, &telling, &options, &recourse, &told);
        expect(str_is(told.lead, certificate[i].lead), "row %zu: %.*s", i, STR_ARG(told.lead));
        expect(told.proof.len == 0 && told.plan_count == 0, "row %zu", i);
        arena_end(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_has_the_told_values_has_the_told_score),
        cmocka_unit_test(a_plan_that_was_tampered_with_does_not_hold),
        cmocka_unit_test(that_there_is_none_is_said_as_far_as_it_was_proven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
