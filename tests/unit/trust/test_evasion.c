/*
 * test_evasion.c - the best score that a few changed fields can give, against trying everything.
 */
#include <math.h>
#include <string.h>

#include "attack.h"
#include "trust.h"

#include "random_model.h"
#include "testing.h"

enum { FEATURES = 7, MODELS = 300 };

/* The best of all rows that differ in at most so many fields. */
static double best_of(const struct model *model, const struct evasion_options *options,
                      uint8_t *bin, size_t feature, size_t left)
{
    if (feature == model->feature_count || left == 0) {
        return model_score_bins(model, 0, bin);
    }
    double best = best_of(model, options, bin, feature + 1, left);
    const uint8_t before = bin[feature];
    for (size_t b = 0; b < model->feature[feature].bin_count; b++) {
        if (options->may_change != NULL && !options->may_change[feature]) {
            break;
        }
        if (options->support_min > 0 &&
            !recourse_has_support(model, feature, b, options->support_min)) {
            continue;
        }
        bin[feature] = (uint8_t)b;
        const double link = best_of(model, options, bin, feature + 1, left - 1);
        best = options->lowers ? fmin(best, link) : fmax(best, link);
    }
    bin[feature] = before;
    return best;
}

static void it_is_the_best_of_all_that_can_be_tried(void **state)
{
    (void)state;
    size_t better = 0;
    for (size_t trial = 0; trial < MODELS; trial++) {
        struct job job;
        uint8_t bin[FEATURES];
        bool may[FEATURES];
        double link[EVASION_CHANGES_MAX + 1];
        struct evader *evader = NULL;
        job_begin(&job, host_real());
        struct rng rng = rng_of(trial);
        const struct random_model asked = {.task = trial % 3 == 0 ? TASK_REGRESSION : TASK_BINARY,
                                           .feature_count = 2 + trial % (FEATURES - 1),
                                           .value_max = trial % 6 < 4 ? 6 : 4,
                                           .pair_count = trial % 8,
                                           .class_count = 1,
                                           .empty_share = trial % 2 == 0 ? 0.25 : 0};
        const struct model *model = random_model(&job, &rng, &asked);
        for (size_t f = 0; f < model->feature_count; f++) {
            may[f] = rng_below(&rng, 4) > 0;
        }
        const struct evasion_options options = {.may_change = trial % 4 == 0 ? NULL : may,
                                                .changes_max = 1 + trial % 4,
                                                .support_min = trial % 5 == 0 ? 0.05 : 0,
                                                .lowers = trial % 7 == 0};
        assert_int_equal(evader_of(&job, model, &options, &evader), CANDOR_OK);
        for (size_t row = 0; row < 3; row++) {
            random_bins(&rng, model, bin);
            evader_row(evader, bin, link);
            for (size_t k = 0; k <= options.changes_max; k++) {
                const double best = best_of(model, &options, bin, 0, k);
                expect(fabs(link[k] - best) < 1e-9, "model %zu, %zu changes: %.17g, best %.17g",
                       trial, k, link[k], best);
                better += k > 0 && link[k] != link[k - 1];
            }
        }
        job_end(&job);
    }
    assert_true(better > MODELS);
}

static void what_cannot_be_asked_is_refused(void **state)
{
    (void)state;
    struct job job;
    struct evader *evader = NULL;
    job_begin(&job, host_real());
    struct rng rng = rng_of(1);
    const struct random_model asked = {
        .task = TASK_BINARY, .feature_count = 3, .value_max = 4, .class_count = 1};
    const struct random_model classes = {
        .task = TASK_CLASSES, .feature_count = 3, .value_max = 4, .class_count = 3};
    const struct model *model = random_model(&job, &rng, &asked);
    const struct model *of_classes = random_model(&job, &rng, &classes);
    const struct evasion_options none = {.changes_max = 0};
    const struct evasion_options many = {.changes_max = EVASION_CHANGES_MAX + 1};
    const struct evasion_options one = {.changes_max = 1};
    assert_int_equal(evader_of(&job, model, &none, &evader), CANDOR_BAD_INPUT);
    assert_int_equal(evader_of(&job, model, &many, &evader), CANDOR_BAD_INPUT);
    assert_int_equal(evader_of(&job, of_classes, &one, &evader), CANDOR_BAD_INPUT);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(it_is_the_best_of_all_that_can_be_tried),
        cmocka_unit_test(what_cannot_be_asked_is_refused),
    };
    return cmocka_run_group_tests_name("evasion", test, NULL, NULL);
}
