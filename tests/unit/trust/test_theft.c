/*
 * test_theft.c - what a meter of told scores counts: sweeps in full, decoys not at all.
 */
#include <math.h>
#include <string.h>

#include "attack.h"

#include "random_model.h"
#include "testing.h"

enum { FEATURES = 8 };

static const struct model *model_of(struct job *job, struct rng *rng)
{
    const struct random_model asked = {.task = TASK_BINARY,
                                       .feature_count = FEATURES,
                                       .value_max = 16,
                                       .pair_count = 3,
                                       .class_count = 1};
    return random_model(job, rng, &asked);
}

static uint64_t seen_differences(const struct model *model)
{
    uint64_t count = 0;
    for (size_t f = 0; f < model->feature_count; f++) {
        for (size_t b = 0; b < model->term[f].cell_count; b++) {
            count += model->term[f].weight[b] > 0;
        }
        count--;
    }
    return count;
}

static void a_sweep_tells_every_difference(void **state)
{
    (void)state;
    struct job job;
    uint8_t bin[FEATURES];
    uint8_t swept[FEATURES];
    job_begin(&job, host_real());
    struct rng rng = rng_of(3);
    const struct model *model = model_of(&job, &rng);
    struct theft_meter *meter = theft_begin(job.arena, model);
    assert_true(theft_exposed(meter) == 0);
    random_bins(&rng, model, bin);
    uint64_t asked = 0;
    double before = 0;
    for (size_t f = 0; f < FEATURES; f++) {
        memcpy(swept, bin, sizeof bin);
        for (size_t b = 0; b < model->term[f].cell_count; b++, asked++) {
            swept[f] = (uint8_t)b;
            theft_told(meter, swept);
        }
        assert_true(theft_exposed(meter) > before);
        before = theft_exposed(meter);
    }
    expect(theft_exposed(meter) == 1, "exposed %.17g", theft_exposed(meter));
    expect(theft_swept(meter) > 0.5 && theft_swept(meter) < 1, "swept %g", theft_swept(meter));
    assert_int_equal(theft_count(meter), asked);
    theft_told_before(meter, 7);
    assert_int_equal(theft_count(meter), asked + 7);
    job_end(&job);
}

/* The same sweep, with 49 rows of chance between each two of its own. */
static void decoys_do_not_hide_it(void **state)
{
    (void)state;
    struct job job;
    uint8_t bin[FEATURES];
    uint8_t decoy[FEATURES];
    job_begin(&job, host_real());
    struct rng rng = rng_of(4);
    const struct model *model = model_of(&job, &rng);
    struct theft_meter *alone = theft_begin(job.arena, model);
    struct theft_meter *meter = theft_begin(job.arena, model);
    random_bins(&rng, model, bin);
    for (size_t b = 0; b < model->term[0].cell_count; b++) {
        bin[0] = (uint8_t)b;
        theft_told(alone, bin);
        theft_told(meter, bin);
        for (size_t d = 0; d < 49; d++) {
            random_bins(&rng, model, decoy);
            theft_told(meter, decoy);
        }
    }
    const double told = (double)(model->term[0].cell_count - 1) / (double)seen_differences(model);
    expect(fabs(theft_exposed(alone) - told) < 0.1, "%g, not %g", theft_exposed(alone), told);
    expect(theft_exposed(meter) >= 0.8 * theft_exposed(alone), "%g of %g", theft_exposed(meter),
           theft_exposed(alone));
    job_end(&job);
}

static void the_same_row_again_tells_nothing(void **state)
{
    (void)state;
    struct job job;
    uint8_t bin[FEATURES];
    job_begin(&job, host_real());
    struct rng rng = rng_of(5);
    const struct model *model = model_of(&job, &rng);
    struct theft_meter *meter = theft_begin(job.arena, model);
    random_bins(&rng, model, bin);
    for (size_t i = 0; i < 1000; i++) {
        theft_told(meter, bin);
    }
    assert_true(theft_exposed(meter) == 0);
    assert_int_equal(theft_count(meter), 1000);
    for (size_t f = 0; f < FEATURES; f++) { /* a few of each field are no sweep */
        const uint8_t before = bin[f];
        for (uint8_t b = 0; b < 3; b++) {
            bin[f] = b;
            theft_told(meter, bin);
        }
        bin[f] = before;
    }
    assert_true(theft_exposed(meter) > 0 && theft_swept(meter) == 0);
    job_end(&job);
}

static void unknowns_are_all_cells_that_are_free(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(6);
    const struct model *model = model_of(&job, &rng);
    uint64_t unknowns = 0;
    for (size_t t = 0; t < model->term_count; t++) {
        unknowns += model->term[t].cell_count;
    }
    assert_int_equal(theft_unknowns(model), unknowns - FEATURES);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_sweep_tells_every_difference),
        cmocka_unit_test(decoys_do_not_hide_it),
        cmocka_unit_test(the_same_row_again_tells_nothing),
        cmocka_unit_test(unknowns_are_all_cells_that_are_free),
    };
    return cmocka_run_group_tests_name("theft", test, NULL, NULL);
}
