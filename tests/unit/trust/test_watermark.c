/*
 * test_watermark.c - a mark is found in its copies, and not in what was made without the key.
 */
#include <math.h>
#include <string.h>

#include "attack.h"
#include "numeric.h"
#include "review.h"

#include "random_model.h"
#include "testing.h"

enum { FEATURES = 4, VALUES = 120, KEYS = 2000 };

/* Numbers of VALUES bins each: tables that bend, with noise. */
static struct model *model_of(struct job *job, uint64_t seed)
{
    static const char *const name[FEATURES] = {"age", "income", "visits", "tenure"};
    struct rng rng = rng_of(seed);
    struct model *model = NEW(job->arena, struct model);
    struct model_feature *feature = NEW_ARRAY(job->arena, FEATURES, struct model_feature);
    struct term *term = NEW_ARRAY(job->arena, FEATURES, struct term);
    double *low = NEW_ARRAY(job->arena, VALUES, double);
    double *cut = NEW_ARRAY(job->arena, VALUES, double);
    double *base = NEW(job->arena, double);
    for (size_t v = 0; v < VALUES; v++) {
        low[v] = (double)v;
        cut[v] = v == 0 ? -(double)INFINITY : (double)v;
    }
    for (size_t f = 0; f < FEATURES; f++) {
        double *value = NEW_ARRAY(job->arena, VALUES + 1, double);
        double *sd = NEW_ARRAY(job->arena, VALUES + 1, double);
        double *weight = NEW_ARRAY(job->arena, VALUES + 1, double);
        const double slope = rng_normal(&rng);
        for (size_t b = 1; b <= VALUES; b++) {
            value[b] = slope * sin((double)b / 30) + 0.05 * rng_normal(&rng);
            weight[b] = 1.0 / VALUES;
        }
        feature[f] = (struct model_feature){.name = str_of(name[f]),
                                            .kind = COLUMN_NUMBER,
                                            .value_count = VALUES,
                                            .bin_count = VALUES + 1,
                                            .low = low,
                                            .high = low,
                                            .cut = cut};
        term[f] = (struct term){.name = feature[f].name,
                                .feature_count = 1,
                                .feature = {f, 0},
                                .cell_count = VALUES + 1,
                                .value = value,
                                .sd = sd,
                                .weight = weight};
        *base += term_centre(&term[f], value);
    }
    *model = (struct model){.task = TASK_BINARY,
                            .target = STR("bought"),
                            .positive = STR("yes"),
                            .negative = STR("no"),
                            .class_count = 1,
                            .class_base = base,
                            .dispersion = 1,
                            .feature_count = FEATURES,
                            .feature = feature,
                            .term_count = FEATURES,
                            .term = term,
                            .rows_train = 1000,
                            .measures = measures_none()};
    assert_int_equal(model_index(job, model), CANDOR_OK);
    return model;
}

static void random_row(struct rng *rng, uint8_t *bin)
{
    for (size_t f = 0; f < FEATURES; f++) {
        bin[f] = (uint8_t)rng_below(rng, VALUES + 1);
    }
}

static struct watermark mark_of(struct job *job, const struct model *model, uint64_t seed)
{
    struct watermark_cell *cell = NULL;
    size_t count = 0;
    struct rng rng = rng_of(seed);
    assert_int_equal(watermark_cells(job, model, &cell, &count), CANDOR_OK);
    int8_t *sign = NEW_ARRAY(job->arena, count, int8_t);
    for (size_t i = 0; i < count; i++) {
        sign[i] = rng_below(&rng, 2) == 0 ? 1 : -1;
    }
    return (struct watermark){cell, sign, count, 0.05};
}

static struct watermark_proof prove(struct job *job, const struct model *marked,
                                    const struct watermark *mark, const struct model *suspect)
{
    struct watermark_proof proof;
    double *x = NEW_ARRAY(job->arena, mark->count, double);
    watermark_in_model(marked, mark, suspect, x);
    assert_int_equal(watermark_prove(job, mark, x, &proof), CANDOR_OK);
    return proof;
}

static void marking_moves_marked_cells_alone_and_unmarks_again(void **state)
{
    (void)state;
    struct job job;
    struct model *marked = NULL;
    job_begin(&job, host_real());
    const struct model *model = model_of(&job, 3);
    const struct watermark mark = mark_of(&job, model, 4);
    assert_int_equal(watermark_put(&job, model, &mark, &marked), CANDOR_OK);
    assert_int_equal(model_check(&job, CANDOR_CORRUPT, marked), CANDOR_OK);
    const struct watermark again = mark_of(&job, marked, 4);
    assert_int_equal(again.count, mark.count);
    assert_memory_equal(again.cell, mark.cell, mark.count * sizeof *mark.cell);

    /* A row's link moves by the signs of its cells and nothing else. */
    struct rng rng = rng_of(5);
    for (size_t row = 0; row < 500; row++) {
        uint8_t bin[FEATURES];
        double moved = 0;
        random_row(&rng, bin);
        for (size_t i = 0; i < mark.count; i++) {
            moved += bin[mark.cell[i].feature] == mark.cell[i].bin ? mark.sign[i] * mark.delta : 0;
        }
        const double difference =
            model_score_bins(marked, 0, bin) - model_score_bins(model, 0, bin);
        expect(fabs(difference - moved) < 1e-9, "moved by %g, not %g", difference, moved);
    }
    job_end(&job);
}

static void the_file_and_its_answers_are_proven(void **state)
{
    (void)state;
    struct job job;
    struct model *marked = NULL;
    enum { ROWS = 20000 };
    job_begin(&job, host_real());
    const struct model *model = model_of(&job, 6);
    const struct watermark mark = mark_of(&job, model, 7);
    assert_int_equal(watermark_put(&job, model, &mark, &marked), CANDOR_OK);
    const struct watermark_proof file = prove(&job, marked, &mark, marked);
    expect(file.z > 0.9 * sqrt((double)mark.count), "z %g of %zu cells", file.z, mark.count);
    assert_true(file.agree == mark.count);
    const struct watermark_proof plain = prove(&job, marked, &mark, model);
    expect(plain.log10_p > -2, "the model before it was marked: 10^%g", plain.log10_p);

    struct rng rng = rng_of(8);
    uint8_t *bin = NEW_ARRAY(job.arena, (size_t)ROWS * FEATURES, uint8_t);
    double *link = NEW_ARRAY(job.arena, ROWS, double);
    double *x = NEW_ARRAY(job.arena, mark.count, double);
    struct watermark_proof proof;
    for (size_t side = 0; side < 2; side++) {
        for (size_t row = 0; row < ROWS; row++) {
            random_row(&rng, bin + row * FEATURES);
            link[row] = model_score_bins(side == 0 ? marked : model, 0, bin + row * FEATURES) + 0.3;
            link[row] = row % 100 == 0 ? (double)NAN : link[row];
        }
        assert_int_equal(watermark_in_answers(&job, marked, &mark, bin, link, ROWS, x), CANDOR_OK);
        assert_int_equal(watermark_prove(&job, &mark, x, &proof), CANDOR_OK);
        expect(side == 0 ? proof.log10_p < -6 : proof.log10_p > -4, "side %zu: z %g, 10^%g", side,
               proof.z, proof.log10_p);
    }
    job_end(&job);
}

/* Against another model: no more claims than p says, whatever the key. */
static void false_claims_keep_to_the_bound(void **state)
{
    (void)state;
    struct job job;
    struct model *marked = NULL;
    size_t claims[3] = {0};
    job_begin(&job, host_real());
    const struct model *model = model_of(&job, 9);
    const struct model *stranger = model_of(&job, 10);
    assert_int_equal(model->feature_count, stranger->feature_count);
    for (uint64_t key = 0; key < KEYS; key++) {
        const struct arena_mark place = arena_mark(job.arena);
        const struct watermark mark = mark_of(&job, model, 100 + key);
        assert_int_equal(watermark_put(&job, model, &mark, &marked), CANDOR_OK);
        const struct watermark_proof proof = prove(&job, marked, &mark, stranger);
        claims[0] += proof.log10_p <= -1;
        claims[1] += proof.log10_p <= -2;
        claims[2] += proof.log10_p <= -6;
        arena_rewind(job.arena, place);
    }
    expect(claims[0] <= KEYS / 10, "%zu of %d at one in ten", claims[0], KEYS);
    expect(claims[1] <= KEYS / 100, "%zu of %d at one in a hundred", claims[1], KEYS);
    expect(claims[2] == 0, "%zu at one in a million", claims[2]);
    job_end(&job);
}

static void a_coarse_model_is_refused(void **state)
{
    (void)state;
    struct job job;
    struct watermark_cell *cell = NULL;
    size_t count = 0;
    job_begin(&job, host_real());
    struct rng rng = rng_of(11);
    const struct random_model few = {
        .task = TASK_BINARY, .feature_count = 2, .value_max = 4, .class_count = 1};
    const struct random_model classes = {
        .task = TASK_CLASSES, .feature_count = 2, .value_max = 40, .class_count = 3};
    assert_int_equal(watermark_cells(&job, random_model(&job, &rng, &few), &cell, &count),
                     CANDOR_BAD_INPUT);
    job_forgive(&job);
    assert_int_equal(watermark_cells(&job, random_model(&job, &rng, &classes), &cell, &count),
                     CANDOR_BAD_INPUT);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marking_moves_marked_cells_alone_and_unmarks_again),
        cmocka_unit_test(the_file_and_its_answers_are_proven),
        cmocka_unit_test(false_claims_keep_to_the_bound),
        cmocka_unit_test(a_coarse_model_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
