/*
 * test_drift.c - drift that was made is found, and rows of the same kind have none.
 */
#include "learn.h"
#include "model.h"
#include "review.h"

#include <math.h>
#include <string.h>

#include "made.h"
#include "testing.h"

enum { ROWS = 8000, FEATURES = 3 };

static struct model *fit(struct job *job, const struct made *made)
{
    struct model *model;
    const struct fit_options options = {.threads = 1};
    must(fit_additive(job, made->frame, &made->target, &options, &model) == CANDOR_OK);
    return model;
}

/* The rows of a frame in the bins of a feature. */
static void count_bins(struct job *job, const struct model *model, const struct frame *frame,
                       size_t feature, uint64_t count[BINS_MAX])
{
    struct binding *binding;
    uint8_t bin[FEATURES];
    memset(count, 0, BINS_MAX * sizeof *count);
    must(model_bind(job, model, frame, &binding) == CANDOR_OK);
    for (size_t row = 0; row < frame->row_count; row++) {
        binding_bin_row(binding, row, bin);
        count[bin[feature]]++;
    }
}

static void rows_of_the_same_kind_do_not_drift(void **state)
{
    (void)state;
    struct job job;
    uint64_t count[BINS_MAX];
    job_begin(&job, host_real());
    const struct made then = made_begin(&job, (struct made_options){ROWS, 1, TASK_BINARY, false});
    const struct model *model = fit(&job, &then);
    for (uint64_t seed = 2; seed < 12; seed++) {
        const struct made now =
            made_begin(&job, (struct made_options){2000, seed, TASK_BINARY, false});
        for (size_t f = 0; f < FEATURES; f++) {
            count_bins(&job, model, now.frame, f, count);
            const struct drift drift = model_drift_of(job.arena, model, f, count);
            expect(drift.psi < 0.05, "seed %d feature %zu: %g", (int)seed, f, drift.psi);
            expect(strcmp(drift_word(&drift), "stable") == 0, "seed %d feature %zu", (int)seed, f);
            expect(drift.p > 1e-5, "seed %d feature %zu: p %g", (int)seed, f, drift.p);
        }
    }
    job_end(&job);
}

static void drift_that_was_made_is_found(void **state)
{
    (void)state;
    struct job job;
    uint64_t count[BINS_MAX];
    job_begin(&job, host_real());
    const struct made then = made_begin(&job, (struct made_options){ROWS, 1, TASK_BINARY, false});
    const struct made now = made_begin(&job, (struct made_options){ROWS, 2, TASK_BINARY, false});
    const struct model *model = fit(&job, &then);
    double *age = NEW_ARRAY(job.arena, ROWS, double);
    double *income = NEW_ARRAY(job.arena, ROWS, double);
    uint32_t *town = NEW_ARRAY(job.arena, ROWS, uint32_t);
    const struct str level[] = {STR("arles"), STR("bruges"), STR("cork"), STR("delft"),
                                STR("essen")};
    for (size_t row = 0; row < ROWS; row++) {
        age[row] = now.frame->column[0].number[row] + 15;
        income[row] = row % 2 == 0 ? (double)NAN : now.frame->column[1].number[row];
        town[row] = row % 3 == 0 ? 4 : now.frame->column[2].code[row];
    }
    struct frame *frame;
    must(frame_begin(&job, ROWS, 3, &frame) == CANDOR_OK);
    must(frame_add_number_column(&job, frame, STR("age"), age) == CANDOR_OK);
    must(frame_add_number_column(&job, frame, STR("income"), income) == CANDOR_OK);
    must(frame_add_category_column(&job, frame, STR("town"), town, level, 5) == CANDOR_OK);

    count_bins(&job, model, frame, 0, count);
    struct drift drift = model_drift_of(job.arena, model, 0, count);
    assert_true(drift_is_much(&drift) && drift.psi > 1);
    assert_string_equal(drift_word(&drift), "drifted");
    count_bins(&job, model, frame, 1, count);
    drift = model_drift_of(job.arena, model, 1, count);
    assert_true(drift_is_much(&drift));
    assert_true(str_is(drift.most, "missing") && drift.missing[1] > 0.5);
    assert_true(drift.most_share[1] == drift.missing[1]);
    count_bins(&job, model, frame, 2, count);
    drift = model_drift_of(job.arena, model, 2, count);
    assert_true(drift_is_much(&drift));
    assert_true(str_is(drift.most, "another value"));
    assert_true(drift.unseen[0] == 0 && fabs(drift.unseen[1] - 1.0 / 3) < 1e-3);
    job_end(&job);
}

/* Five equal groups: both numbers by hand. */
static void index_and_test_are_by_their_definition(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double weight[] = {0, 0.2, 0.2, 0.2, 0.2, 0.2};
    const double low[] = {1, 2, 3, 4, 5};
    const uint64_t count[] = {0, 10, 30, 20, 20, 20};
    const struct term term = {.cell_count = 6, .weight = weight};
    const struct model_feature feature = {.name = STR("n"),
                                          .kind = COLUMN_NUMBER,
                                          .value_count = 5,
                                          .bin_count = 6,
                                          .low = low,
                                          .high = low};
    const struct model model = {
        .feature_count = 1, .feature = &feature, .term = &term, .rows_train = 1000};
    const struct drift drift = model_drift_of(job.arena, &model, 0, count);
    double psi = 0;
    double chi_square = 0;
    for (size_t g = 1; g < 6; g++) {
        const double then = 200.5 / 1003;
        const double now = ((double)count[g] + 0.5) / 103;
        const double expected = (200 + (double)count[g]) / 1100;
        psi += (now - then) * log(now / then);
        chi_square += pow(200 - 1000 * expected, 2) / (1000 * expected);
        chi_square += pow((double)count[g] - 100 * expected, 2) / (100 * expected);
    }
    assert_true(fabs(drift.psi - psi) < 1e-12);
    assert_true(fabs(drift.chi_square - chi_square) < 1e-10);
    assert_int_equal(drift.freedom, 4);
    assert_int_equal(drift.group_count, 5);
    job_end(&job);
}

static void words_follow_thresholds_and_chance(void **state)
{
    (void)state;
    static const struct {
        struct drift drift;
        const char *word;
    } row[] = {
        {{.psi = 0.0999, .p = 0}, "stable"},   {{.psi = 0.1, .p = 0.001}, "shifting"},
        {{.psi = 0.2499, .p = 0}, "shifting"}, {{.psi = 0.25, .p = 0.001}, "drifted"},
        {{.psi = 0.9, .p = 0.02}, "stable"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(strcmp(drift_word(&row[i].drift), row[i].word) == 0, "row %zu", i);
        expect(drift_is_much(&row[i].drift) == (strcmp(row[i].word, "drifted") == 0), "row %zu", i);
    }
}

static void links_drift_by_tenths_and_ties_are_no_drift(void **state)
{
    (void)state;
    enum { LINKS = 1000 };
    struct model model = {.rows_train = LINKS};
    struct drift drift;
    double link[LINKS];
    for (size_t d = 0; d < DECILES; d++) {
        model.link_decile[d] = 100 * (double)(d + 1);
    }
    for (size_t row = 0; row < LINKS; row++) {
        link[row] = (double)row;
    }
    assert_true(model_drift_of_links(&model, link, LINKS, &drift));
    assert_true(drift.psi < 1e-12 && drift.p > 0.999);
    for (size_t row = 0; row < LINKS; row++) {
        link[row] += 300;
    }
    assert_true(model_drift_of_links(&model, link, LINKS, &drift));
    assert_true(drift_is_much(&drift));

    /* Three different links, as a model of one feature has: 35 %, 30 % and 35 % of the rows. */
    static const double three[DECILES] = {-1, -1, -1, 0, 0, 0, 1, 1, 1};
    memcpy(model.link_decile, three, sizeof three);
    for (size_t row = 0; row < LINKS; row++) {
        link[row] = row < 350 ? -1 : row < 650 ? 0 : 1;
    }
    assert_true(model_drift_of_links(&model, link, LINKS, &drift));
    assert_true(drift.psi < 1e-12);
    for (size_t row = 0; row < LINKS; row++) {
        link[row] = row < 50 ? -1 : row < 150 ? 0 : 1;
    }
    assert_true(model_drift_of_links(&model, link, LINKS, &drift));
    assert_true(drift_is_much(&drift));

    model.link_decile[3] = (double)NAN;
    assert_false(model_drift_of_links(&model, link, LINKS, &drift));
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(rows_of_the_same_kind_do_not_drift),
        cmocka_unit_test(drift_that_was_made_is_found),
        cmocka_unit_test(index_and_test_are_by_their_definition),
        cmocka_unit_test(words_follow_thresholds_and_chance),
        cmocka_unit_test(links_drift_by_tenths_and_ties_are_no_drift),
    };
    return cmocka_run_group_tests_name("drift", test, NULL, NULL);
}
