/*
 * test_gap.c - the parts of a gap against means that are taken row by row, and decisions without a column
 * against scores that are made anew.
 */
#include <math.h>

#include "repair.h"

#include "random_model.h"
#include "testing.h"

enum { ROWS_MAX = 300, FEATURES_MAX = 6, RUNS = 120 };

struct made {
    struct model *model;
    uint8_t bin[ROWS_MAX * FEATURES_MAX];
    uint32_t side[ROWS_MAX];
    size_t row_count;
};

static void make(struct job *job, struct rng *rng, struct made *made)
{
    const struct random_model asked = {.task = TASK_BINARY,
                                       .feature_count = 1 + (size_t)rng_below(rng, FEATURES_MAX),
                                       .value_max = 8,
                                       .pair_count = (size_t)rng_below(rng, 4),
                                       .class_count = 1};
    made->model = random_model(job, rng, &asked);
    made->row_count = 2 + (size_t)rng_below(rng, ROWS_MAX - 1);
    for (size_t row = 0; row < made->row_count; row++) {
        random_bins(rng, made->model, made->bin + row * made->model->feature_count);
        const uint64_t drawn = rng_below(rng, 7);
        made->side[row] = row < 2 ? (uint32_t)row : drawn == 6 ? UINT32_MAX : drawn < 2;
        if (made->side[row] == 0) { /* sides that differ */
            made->bin[row * made->model->feature_count] /= 2;
        }
    }
}

static const uint8_t *row_of(const struct made *made, size_t row)
{
    return made->bin + row * made->model->feature_count;
}

/* The mean contribution of a term, of one side; 2: of both. */
static double mean_of_term(const struct made *made, size_t t, uint32_t side)
{
    double sum = 0;
    double rows = 0;
    for (size_t row = 0; row < made->row_count; row++) {
        if (made->side[row] == side || (side == 2 && made->side[row] < 2)) {
            const struct term *term = &made->model->term[t];
            sum += term->value[term_cell(term, row_of(made, row))];
            rows++;
        }
    }
    return sum / rows;
}

static bool is_in(const struct term *term, size_t feature)
{
    return term->feature[0] == feature || (term->feature_count == 2 && term->feature[1] == feature);
}

/* Everybody's link value when a column says the same of all. */
static double selection_without(const struct made *made, size_t feature, uint32_t side, double from)
{
    double yes = 0;
    double rows = 0;
    for (size_t row = 0; row < made->row_count; row++) {
        double link = made->model->base;
        if (made->side[row] != side) {
            continue;
        }
        for (size_t t = 0; t < made->model->term_count; t++) {
            const struct term *term = &made->model->term[t];
            link += is_in(term, feature) ? mean_of_term(made, t, 2)
                                         : term->value[term_cell(term, row_of(made, row))];
        }
        yes += link >= from;
        rows++;
    }
    return yes / rows;
}

static void check_terms(const struct made *made, const struct gap *gap)
{
    double sum = 0;
    double of_columns = 0;
    for (size_t t = 0; t < made->model->term_count; t++) {
        double cells = 0;
        const double adds = mean_of_term(made, t, 0) - mean_of_term(made, t, 1);
        expect(fabs(gap->term[t].adds - adds) < 1e-12, "term %zu: %g, not %g", t, gap->term[t].adds,
               adds);
        for (size_t c = 0; c < made->model->term[t].cell_count; c++) {
            cells += gap->term[t].cell[c].adds;
        }
        expect(fabs(cells - gap->term[t].adds) < 1e-12, "term %zu", t);
        sum += gap->term[t].adds;
    }
    for (size_t f = 0; f < made->model->feature_count; f++) {
        of_columns += gap->column[f].adds;
    }
    expect(fabs(sum - gap->gap) < 1e-12 && fabs(of_columns - gap->gap) < 1e-12 &&
               fabs(gap->sum - gap->gap) < 1e-12,
           "%.17g %.17g %.17g of %.17g", sum, of_columns, gap->sum, gap->gap);
}

static void the_parts_add_up_to_the_gap(void **state)
{
    struct rng rng = rng_of(11);
    static struct made made;
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        struct job job;
        struct gap gap;
        job_begin(&job, host_real());
        make(&job, &rng, &made);
        /* No link value lies on the threshold, where the last bit would decide. */
        const double from = made.model->base + 0.1234567;
        must(gap_explain(&job, made.model, made.bin, made.row_count, made.side, from, &gap) ==
             CANDOR_OK);
        check_terms(&made, &gap);
        for (size_t f = 0; f < made.model->feature_count; f++) {
            for (uint32_t side = 0; side < 2; side++) {
                const double wanted = selection_without(&made, f, side, from);
                expect(fabs(gap.column[f].selection[side] - wanted) < 1e-12, "run %d: %zu", run, f);
            }
        }
        job_end(&job);
    }
}

static void a_side_without_rows_and_a_model_of_classes_are_refused(void **state)
{
    struct rng rng = rng_of(3);
    struct job job;
    struct gap gap;
    static struct made made;
    (void)state;
    job_begin(&job, host_real());
    make(&job, &rng, &made);
    assert_int_equal(gap_explain(&job, made.model, made.bin, 1, made.side, 0, &gap),
                     CANDOR_BAD_INPUT);
    job_forgive(&job);
    made.model->task = TASK_CLASSES;
    assert_int_equal(gap_explain(&job, made.model, made.bin, made.row_count, made.side, 0, &gap),
                     CANDOR_BAD_INPUT);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parts_add_up_to_the_gap),
        cmocka_unit_test(a_side_without_rows_and_a_model_of_classes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
