/*
 * test_flatten.c - flattened tables say the same of every group on average, moved as little as can be:
 * no table that says as little is nearer.
 */
#include <math.h>

#include "repair.h"

#include "random_model.h"
#include "testing.h"

enum { ROWS_MAX = 400, FEATURES_MAX = 4, GROUPS_MAX = 4, RUNS = 60 };

struct made {
    struct model *model;
    uint8_t bin[ROWS_MAX * FEATURES_MAX];
    uint32_t group[ROWS_MAX];
    struct flattening asked;
};

static void make(struct job *job, struct rng *rng, struct made *made)
{
    const struct random_model asked = {.task = TASK_BINARY,
                                       .feature_count = 1 + (size_t)rng_below(rng, FEATURES_MAX),
                                       .value_max = 8,
                                       .pair_count = (size_t)rng_below(rng, 3),
                                       .class_count = 1};
    const size_t groups = 2 + (size_t)rng_below(rng, GROUPS_MAX - 1);
    made->model = random_model(job, rng, &asked);
    for (size_t row = 0; row < ROWS_MAX; row++) {
        uint8_t *bin = made->bin + row * made->model->feature_count;
        random_bins(rng, made->model, bin);
        const uint64_t drawn = rng_below(rng, groups + 1);
        made->group[row] = drawn == groups ? UINT32_MAX : (uint32_t)drawn;
        bin[0] = drawn == 0 ? bin[0] / 2 : bin[0];
    }
    made->asked = (struct flattening){.model = made->model,
                                      .bin = made->bin,
                                      .row_count = ROWS_MAX,
                                      .group = made->group,
                                      .group_count = groups};
}

/* The mean of numbers of a term's cells over a group's rows; GROUPS_MAX: over all. */
static double mean_over(const struct made *made, const struct term *term, const double *number,
                        size_t group)
{
    double sum = 0;
    double rows = 0;
    for (size_t row = 0; row < ROWS_MAX; row++) {
        if (made->group[row] == group || (group == GROUPS_MAX && made->group[row] != UINT32_MAX)) {
            sum += number[term_cell(term, made->bin + row * made->model->feature_count)];
            rows++;
        }
    }
    return sum / rows;
}

static void flat_tables_say_the_same_of_every_group(void **state)
{
    struct rng rng = rng_of(5);
    static struct made made;
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        struct job job;
        double *moved = NULL;
        struct model *flat = NULL;
        job_begin(&job, host_real());
        make(&job, &rng, &made);
        must(flatten_moves(&job, &made.asked, &moved) == CANDOR_OK);
        must(flatten_model(&job, made.model, moved, 1, &flat) == CANDOR_OK);
        for (size_t t = 0; t < flat->term_count; t++) {
            const struct term *term = &flat->term[t];
            const double all = mean_over(&made, term, term->value, GROUPS_MAX);
            for (size_t g = 0; g < made.asked.group_count; g++) {
                const double mean = mean_over(&made, term, term->value, g);
                expect(fabs(mean - all) < 1e-10, "run %d term %zu group %zu: %g", run, t, g,
                       mean - all);
            }
        }
        job_end(&job);
    }
}

/* What was added is orthogonal to every table of which the groups do not differ: so it is the least. */
static void nothing_moves_more_than_it_must(void **state)
{
    struct rng rng = rng_of(6);
    static struct made made;
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        struct job job;
        double *moved = NULL;
        double *left = NULL;
        struct model *flat = NULL;
        job_begin(&job, host_real());
        make(&job, &rng, &made);
        must(flatten_moves(&job, &made.asked, &moved) == CANDOR_OK);
        must(flatten_model(&job, made.model, moved, 1, &flat) == CANDOR_OK);
        must(flatten_moves(&job,
                           &(struct flattening){flat, made.bin, ROWS_MAX, made.group,
                                                made.asked.group_count, NULL},
                           &left) == CANDOR_OK);
        for (size_t t = 0; t < flat->term_count; t++) {
            const struct term *term = &flat->term[t];
            double *product = NEW_ARRAY(job.arena, term->cell_count, double);
            for (size_t c = 0; c < term->cell_count; c++) {
                const size_t at = flat->start[t] + c;
                product[c] = moved[at] * term->value[c];
                expect(fabs(left[at]) < 1e-9, "run %d: %g is left", run, left[at]);
            }
            const double mean = mean_over(&made, term, product, GROUPS_MAX);
            expect(fabs(mean) < 1e-9, "run %d term %zu: %g", run, t, mean);
        }
        job_end(&job);
    }
}

static void strength_nothing_changes_nothing_and_half_leaves_half(void **state)
{
    struct rng rng = rng_of(8);
    static struct made made;
    struct job job;
    double *moved = NULL;
    struct model *flat = NULL;
    struct model *half = NULL;
    (void)state;
    job_begin(&job, host_real());
    make(&job, &rng, &made);
    must(flatten_moves(&job, &made.asked, &moved) == CANDOR_OK);
    must(flatten_model(&job, made.model, moved, 0, &flat) == CANDOR_OK);
    must(flatten_model(&job, made.model, moved, 0.5, &half) == CANDOR_OK);
    for (size_t row = 0; row < ROWS_MAX; row++) {
        const uint8_t *bin = made.bin + row * made.model->feature_count;
        const double before = model_score_bins(made.model, 0, bin);
        expect(fabs(model_score_bins(flat, 0, bin) - before) < 1e-9, "row %zu", row);
        double change = 0;
        for (size_t t = 0; t < flat->term_count; t++) {
            change += 0.5 * moved[flat->start[t] + term_cell(&flat->term[t], bin)];
        }
        expect(fabs(model_score_bins(half, 0, bin) - before - change) < 1e-9, "row %zu", row);
    }
    job_end(&job);
}

static void nobody_in_a_group_is_refused(void **state)
{
    struct rng rng = rng_of(9);
    static struct made made;
    struct job job;
    double *moved = NULL;
    (void)state;
    job_begin(&job, host_real());
    make(&job, &rng, &made);
    made.asked.row_count = 0;
    assert_int_equal(flatten_moves(&job, &made.asked, &moved), CANDOR_BAD_INPUT);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flat_tables_say_the_same_of_every_group),
        cmocka_unit_test(nothing_moves_more_than_it_must),
        cmocka_unit_test(strength_nothing_changes_nothing_and_half_leaves_half),
        cmocka_unit_test(nobody_in_a_group_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
