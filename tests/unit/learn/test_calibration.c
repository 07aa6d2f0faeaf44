/*
 * test_calibration.c - probabilities mean what they say, also where one outcome is rare.
 *
 * Rows of a known truth are thinned: of those with outcome 1 only one in some is kept, which leaves a
 * logistic truth with a lower base. Then, over the training rows,
 *
 *   - the mean probability is the share of outcome 1, exactly;
 *   - in each cell of each feature the outcomes expected are those there were, but for what smoothing
 *     takes away, which must stay below what chance alone does: |z| of single cells, and the mean of z
 *     squared over the cells, which is near 1 without any fit.
 *
 * And on fresh rows, thinned likewise, what is expected is what comes.
 */
#include "learn.h"

#include <math.h>

#include "made.h"
#include "testing.h"

struct thinned {
    struct frame *frame;
    struct target target;
};

static struct thinned thinned_begin(struct job *job, uint64_t seed, size_t row_count, size_t one_in)
{
    const struct made made =
        made_begin(job, (struct made_options){row_count, seed, TASK_BINARY, true});
    bool *keep = arena_try(job->arena, row_count, sizeof *keep);
    struct rng rng = rng_of_stream(seed, 1);
    for (size_t row = 0; row < row_count; row++) {
        keep[row] = made.target.value[row] == 0 || rng_below(&rng, one_in) == 0;
    }
    struct thinned thinned;
    must(frame_take(job, made.frame, keep, &thinned.frame) == CANDOR_OK);
    must(target_take(job, &made.target, row_count, keep, &thinned.target) == CANDOR_OK);
    return thinned;
}

static double *chances(struct job *job, const struct model *model, const struct frame *frame)
{
    struct binding *binding;
    double *mean = arena_try(job->arena, frame->row_count, sizeof *mean);
    must(model_bind(job, model, frame, &binding) == CANDOR_OK);
    binding_score(binding, 1, NULL, mean);
    return mean;
}

/* Over the rows of one cell: outcomes there were, expected, and their variance by chance. */
struct cell {
    double observed;
    double expected;
    double variance;
};

static void cells_agree(struct job *job, const struct model *model, const struct thinned *rows,
                        const double *mean)
{
    const size_t row_count = rows->frame->row_count;
    struct binding *binding;
    uint8_t *bin = arena_try(job->arena, row_count, model->feature_count);
    must(model_bind(job, model, rows->frame, &binding) == CANDOR_OK);
    binding_bin(binding, 1, bin);
    for (size_t f = 0; f < model->feature_count; f++) {
        struct cell cell[BINS_MAX] = {{0, 0, 0}};
        for (size_t row = 0; row < row_count; row++) {
            struct cell *here = &cell[bin[row * model->feature_count + f]];
            here->observed += rows->target.value[row];
            here->expected += mean[row];
            here->variance += mean[row] * (1 - mean[row]);
        }
        double squares = 0;
        double cells = 0;
        for (size_t i = 0; i < model->feature[f].bin_count; i++) {
            if (cell[i].variance < 1) {
                continue; /* too few to say */
            }
            const double z = (cell[i].observed - cell[i].expected) / sqrt(cell[i].variance);
            expect(fabs(z) < 4, "feature %zu, cell %zu: %g there, %g expected", f, i,
                   cell[i].observed, cell[i].expected);
            squares += z * z;
            cells++;
        }
        /* Chi-square over its freedom: 1, and four of its standard deviations. */
        expect(cells == 0 || squares / cells < 1 + 4 * sqrt(2 / cells),
               "feature %zu: z squared %f over %g cells", f, squares / cells, cells);
    }
}

static void probabilities_are_calibrated_where_one_outcome_is_rare(void **state)
{
    (void)state;
    static const struct {
        size_t row_count;
        size_t one_in;
        unsigned pairs_max;
    } row[] = {
        {20000, 1, 0},   {20000, 1, PAIRS_AUTO}, {60000, 20, PAIRS_AUTO}, {60000, 200, PAIRS_AUTO},
        {60000, 200, 0},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        struct model *model;
        job_begin(&job, host_real());
        const struct fit_options options = {.threads = 1, .pairs_max = row[i].pairs_max};
        const struct thinned train = thinned_begin(&job, 100 + i, row[i].row_count, row[i].one_in);
        const struct thinned fresh = thinned_begin(&job, 200 + i, row[i].row_count, row[i].one_in);
        must(fit_additive(&job, train.frame, &train.target, &options, &model) == CANDOR_OK);

        const size_t rows = train.frame->row_count;
        const double *mean = chances(&job, model, train.frame);
        const double rate = mean_of(train.target.value, NULL, rows);
        const double found = mean_of(mean, NULL, rows);
        expect(fabs(found - rate) < 1e-6 * rate, "row %zu: mean %.9f, share %.9f", i, found, rate);
        cells_agree(&job, model, &train, mean);

        const size_t fresh_rows = fresh.frame->row_count;
        const double *expected = chances(&job, model, fresh.frame);
        const double there = mean_of(fresh.target.value, NULL, fresh_rows);
        const double expected_rate = mean_of(expected, NULL, fresh_rows);
        const double error = sqrt(rate / (double)fresh_rows + rate / (double)rows);
        print_message("one in %zu, %u pairs: share %.5f, mean probability %.5f on fresh rows\n",
                      row[i].one_in, row[i].pairs_max, there, expected_rate);
        expect(fabs(there - expected_rate) < 4 * error, "row %zu: %f expected, %f there", i,
               expected_rate, there);
        job_end(&job);
    }
}

/* A weight of 2 is two rows, in the mean too. */
static void the_weighted_mean_of_the_probabilities_is_the_weighted_share(void **state)
{
    (void)state;
    enum { ROWS = 5000 };
    struct job job;
    struct model *model;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){ROWS, 7, TASK_BINARY, true});
    double weight[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        weight[row] = (double)(row % 4) * 0.5;
    }
    const struct fit_options options = {.threads = 1, .pairs_max = 3, .weight = weight};
    must(fit_additive(&job, made.frame, &made.target, &options, &model) == CANDOR_OK);
    const double *mean = chances(&job, model, made.frame);
    const double share = mean_of(made.target.value, weight, ROWS);
    const double found = mean_of(mean, weight, ROWS);
    expect(fabs(found - share) < 1e-6, "%.9f, %.9f", found, share);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(probabilities_are_calibrated_where_one_outcome_is_rare),
        cmocka_unit_test(the_weighted_mean_of_the_probabilities_is_the_weighted_share),
    };
    return cmocka_run_group_tests_name("calibration", test, NULL, NULL);
}
