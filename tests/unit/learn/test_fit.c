/*
 * test_fit.c - the whole learner: it finds a known truth, repeats to the bit, and stays sober at the
 * edges.
 */
#include "learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "made.h"
#include "testing.h"

static const struct fit_options plain = {.threads = 1};

static struct model *fit(struct job *job, const struct made *made, struct fit_options options)
{
    struct model *model;
    must(fit_additive(job, made->frame, &made->target, &options, &model) == CANDOR_OK);
    return model;
}

/* The root mean square of fitted link - true link over the rows. */
static double distance_from_truth(struct job *job, const struct model *model,
                                  const struct made *made)
{
    const size_t rows = made->frame->row_count;
    struct binding *binding;
    double *link = arena_try(job->arena, rows, sizeof(double));
    must(model_bind(job, model, made->frame, &binding) == CANDOR_OK);
    binding_score(binding, 1, link, NULL);
    double sum = 0;
    for (size_t row = 0; row < rows; row++) {
        const double fitted = model->task == TASK_BINARY ? link[row] : (link[row] - 100) / 10;
        sum += (fitted - made->link[row]) * (fitted - made->link[row]);
    }
    return sqrt(sum / (double)rows);
}

static void a_known_truth_is_found(void **state)
{
    (void)state;
    static const struct {
        struct made_options made;
        unsigned pairs_max;
        double distance_max; /* without the pair it would be 0.8 */
    } row[] = {
        {{20000, 1, TASK_BINARY, false}, 0, 0.12},
        {{20000, 2, TASK_REGRESSION, false}, 0, 0.05},
        {{20000, 3, TASK_BINARY, true}, PAIRS_AUTO, 0.30},
        {{20000, 4, TASK_REGRESSION, true}, PAIRS_AUTO, 0.22},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const struct made made = made_begin(&job, row[i].made);
        const struct model *model =
            fit(&job, &made, (struct fit_options){.threads = 1, .pairs_max = row[i].pairs_max});
        const double distance = distance_from_truth(&job, model, &made);
        expect(distance < row[i].distance_max, "row %zu: %f", i, distance);
        job_end(&job);
    }
}

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

static void deciles_are_those_of_the_scores(void **state)
{
    (void)state;
    static const struct made_options options[] = {{5000, 5, TASK_BINARY, false},
                                                  {5000, 6, TASK_REGRESSION, true}};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        struct job job;
        struct binding *binding;
        job_begin(&job, host_real());
        const struct made made = made_begin(&job, options[i]);
        const struct model *model =
            fit(&job, &made, (struct fit_options){.threads = 1, .pairs_max = PAIRS_AUTO});
        const size_t rows = made.frame->row_count;
        double *link = arena_try(job.arena, rows, sizeof(double));
        must(model_bind(&job, model, made.frame, &binding) == CANDOR_OK);
        binding_score(binding, 1, link, NULL);
        qsort(link, rows, sizeof *link, by_value);
        for (size_t d = 0; d < DECILES; d++) {
            const double expected = link[rows * (d + 1) / (DECILES + 1)];
            expect(fabs(model->link_decile[d] - expected) < 1e-6 * (1 + fabs(expected)),
                   "row %zu decile %zu: %.12g, not %.12g", i, d, model->link_decile[d], expected);
        }
        job_end(&job);
    }
}

/* The share of the cells of `age` whose truth lies within 1.96 standard deviations. */
static double coverage_of_age(const struct model *model, double scale)
{
    const struct term *age = &model->term[0];
    const struct model_feature *feature = &model->feature[0];
    double mean = 0;
    for (size_t bin = 1; bin < age->cell_count; bin++) {
        mean += age->weight[bin] * made_age_lift(feature->low[bin - 1]) * scale;
    }
    size_t covered = 0;
    for (size_t bin = 1; bin < age->cell_count; bin++) {
        const double truth = made_age_lift(feature->low[bin - 1]) * scale - mean;
        covered += fabs(age->value[bin] - truth) < 1.96 * age->sd[bin];
    }
    return (double)covered / (double)(age->cell_count - 1);
}

static void the_stated_uncertainty_is_honest(void **state)
{
    (void)state;
    enum { RUNS = 20 };
    double coverage[2] = {0, 0};
    for (uint64_t run = 0; run < RUNS; run++) {
        for (size_t t = 0; t < 2; t++) {
            struct job job;
            job_begin(&job, host_real());
            const enum task task = t == 0 ? TASK_BINARY : TASK_REGRESSION;
            const struct made made =
                made_begin(&job, (struct made_options){3000, 100 + run, task, false});
            const struct model *model = fit(&job, &made, plain);
            coverage[t] += coverage_of_age(model, t == 0 ? 1 : 10) / RUNS;
            job_end(&job);
        }
    }
    expect(coverage[0] > 0.90 && coverage[0] < 0.99, "binary: %f", coverage[0]);
    expect(coverage[1] > 0.90 && coverage[1] < 0.99, "regression: %f", coverage[1]);
}

static void the_model_has_the_same_bytes_on_any_number_of_threads(void **state)
{
    (void)state;
    static const enum task task[2] = {TASK_BINARY, TASK_REGRESSION};
    for (size_t t = 0; t < 2; t++) {
        struct job job;
        job_begin(&job, host_real());
        const struct made made = made_begin(&job, (struct made_options){20000, 5, task[t], true});
        static const unsigned threads[] = {1, 2, 7};
        struct bytes first = {NULL, 0};
        for (size_t i = 0; i < 3; i++) {
            const struct fit_options options = {.threads = threads[i], .pairs_max = 3};
            const struct bytes bytes = made_bytes(&job, fit(&job, &made, options));
            first = i == 0 ? bytes : first;
            expect(bytes.len == first.len && bytes_same(bytes.ptr, first.ptr, bytes.len),
                   "task %zu, %u threads", t, threads[i]);
        }
        job_end(&job);
    }
}

/* The rows of made in another order. */
static struct made shuffled(struct job *job, const struct made *made)
{
    const size_t rows = made->frame->row_count;
    uint32_t *place = arena_try(job->arena, rows, sizeof *place);
    double *age = arena_try(job->arena, rows, sizeof *age);
    double *income = arena_try(job->arena, rows, sizeof *income);
    uint32_t *town = arena_try(job->arena, rows, sizeof *town);
    double *target = arena_try(job->arena, rows, sizeof *target);
    struct rng rng = rng_of(8);
    for (uint32_t row = 0; row < rows; row++) {
        place[row] = row;
    }
    rng_shuffle(&rng, place, rows);
    for (size_t row = 0; row < rows; row++) {
        age[row] = made->frame->column[0].number[place[row]];
        income[row] = made->frame->column[1].number[place[row]];
        town[row] = made->frame->column[2].code[place[row]];
        target[row] = made->target.value[place[row]];
    }
    struct made other = {.target = made->target};
    other.target.value = target;
    must(frame_begin(job, rows, 3, &other.frame) == CANDOR_OK);
    must(frame_add_number_column(job, other.frame, STR("age"), age) == CANDOR_OK);
    must(frame_add_number_column(job, other.frame, STR("income"), income) == CANDOR_OK);
    must(frame_add_category_column(job, other.frame, STR("town"), town,
                                   made->frame->column[2].level, MADE_TOWNS) == CANDOR_OK);
    return other;
}

static void the_order_of_the_rows_does_not_matter(void **state)
{
    (void)state;
    static const enum task task[2] = {TASK_BINARY, TASK_REGRESSION};
    for (size_t t = 0; t < 2; t++) {
        struct job job;
        job_begin(&job, host_real());
        const struct fit_options options = {.threads = 2, .pairs_max = 3};
        const struct made made = made_begin(&job, (struct made_options){5000, 6, task[t], true});
        const struct made other = shuffled(&job, &made);
        const struct bytes left = made_bytes(&job, fit(&job, &made, options));
        const struct bytes right = made_bytes(&job, fit(&job, &other, options));
        expect(left.len == right.len && bytes_same(left.ptr, right.ptr, left.len), "task %zu", t);
        job_end(&job);
    }
}

static void only_the_ratios_of_weights_matter(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){2000, 7, TASK_BINARY, false});
    double eight[2000];
    for (size_t row = 0; row < 2000; row++) {
        eight[row] = 8;
    }
    const struct fit_options weighted = {.threads = 1, .weight = eight};
    const struct bytes left = made_bytes(&job, fit(&job, &made, plain));
    const struct bytes right = made_bytes(&job, fit(&job, &made, weighted));
    assert_true(left.len == right.len && bytes_same(left.ptr, right.ptr, left.len));
    job_end(&job);
}

static void a_row_of_weight_zero_is_as_good_as_absent(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){4000, 8, TASK_BINARY, false});
    double weight[4000];
    bool keep[4000];
    for (size_t row = 0; row < 4000; row++) {
        keep[row] = row % 4 != 0;
        weight[row] = keep[row];
    }
    struct made part = made;
    must(frame_take(&job, made.frame, keep, &part.frame) == CANDOR_OK);
    must(target_take(&job, &made.target, 4000, keep, &part.target) == CANDOR_OK);
    const struct fit_options weighted = {.threads = 1, .weight = weight};
    const struct model *left = fit(&job, &made, weighted);
    const struct model *right = fit(&job, &part, plain);
    for (size_t row = 0; row < 100; row++) {
        const struct raw_value value[3] = {{.number = made.frame->column[0].number[row]},
                                           {.number = made.frame->column[1].number[row]},
                                           {.text = str_of(made_town[row % MADE_TOWNS])}};
        const double a = model_score_row(left, value).link;
        const double b = model_score_row(right, value).link;
        expect(fabs(a - b) < 0.05, "row %zu: %f %f", row, a, b); /* their quantiles differ */
    }
    job_end(&job);
}

static void contributions_average_to_zero_and_base_to_the_mean_link(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){3000, 9, TASK_BINARY, true});
    const struct fit_options options = {.threads = 1, .pairs_max = 3};
    const struct model *model = fit(&job, &made, options);
    assert_true(model->term_count > 3);
    for (size_t t = 0; t < model->term_count; t++) {
        double mean = 0;
        double weight = 0;
        for (size_t i = 0; i < model->term[t].cell_count; i++) {
            mean += model->term[t].weight[i] * model->term[t].value[i];
            weight += model->term[t].weight[i];
        }
        expect(fabs(mean) < 1e-9, "term %zu: mean %g", t, mean);
        expect(fabs(weight - 1) < 1e-12, "term %zu: weight %g", t, weight);
    }
    struct binding *binding;
    double link[3000];
    must(model_bind(&job, model, made.frame, &binding) == CANDOR_OK);
    binding_score(binding, 1, link, NULL);
    assert_true(fabs(mean_of(link, NULL, 3000) - model->base) < 1e-9);
    job_end(&job);
}

static void a_pair_has_no_part_that_one_feature_could_carry(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){5000, 10, TASK_BINARY, true});
    const struct fit_options options = {.threads = 1, .pairs_max = 1};
    const struct model *model = fit(&job, &made, options);
    assert_int_equal(model->term_count, 4);
    const struct term *pair = &model->term[3];
    assert_true(str_is(pair->name, "age & town")); /* the one that is in the truth */
    for (size_t i = 0; i < pair->axis_count[0]; i++) {
        double mean = 0;
        for (size_t j = 0; j < pair->axis_count[1]; j++) {
            const size_t at = i * pair->axis_count[1] + j;
            mean += pair->weight[at] * pair->value[at];
        }
        expect(fabs(mean) < 1e-9, "row %zu: %g", i, mean);
    }
    for (size_t j = 0; j < pair->axis_count[1]; j++) {
        double mean = 0;
        for (size_t i = 0; i < pair->axis_count[0]; i++) {
            const size_t at = i * pair->axis_count[1] + j;
            mean += pair->weight[at] * pair->value[at];
        }
        expect(fabs(mean) < 1e-9, "column %zu: %g", j, mean);
    }
    job_end(&job);
}

static void what_was_never_seen_contributes_nothing(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){3000, 11, TASK_BINARY, true});
    const struct fit_options options = {.threads = 1, .pairs_max = 3};
    const struct model *model = fit(&job, &made, options);
    /* age and town were never missing; paris is no town of the training rows */
    const struct raw_value unseen[3] = {
        {.number = (double)NAN}, {.number = 50}, {.text = STR("paris")}};
    uint8_t bin[3];
    double contribution[6];
    model_bin_row(model, unseen, bin);
    (void)model_contributions(model, 0, bin, contribution);
    for (size_t t = 0; t < model->term_count; t++) {
        const bool has_unseen = t != 1;
        expect(!has_unseen || contribution[t] == 0, "term %zu: %g", t, contribution[t]);
    }
    assert_true(contribution[1] != 0);
    job_end(&job);
}

/* ---- edges ---- */

static struct frame *frame_of_one(struct job *job, size_t row_count, const double *number)
{
    struct frame *frame;
    must(frame_begin(job, row_count, 1, &frame) == CANDOR_OK);
    must(frame_add_number_column(job, frame, STR("x"), number) == CANDOR_OK);
    return frame;
}

static void what_cannot_be_learnt_from_is_refused(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double number[3] = {1, 2, 3};
    const double mixed[3] = {0, 1, 0};
    const double ones[3] = {1, 1, 1};
    const double halves[3] = {0, 0.5, 1};
    const double negative[3] = {1, -1, 1};
    const double unknown[3] = {1, (double)NAN, 1};
    const double none[3] = {0, 0, 0};
    const bool not_used[1] = {false};
    const struct {
        const char *what;
        size_t row_count;
        enum task task;
        const double *target;
        const double *weight;
        const bool *use;
    } row[] = {
        {"no rows", 0, TASK_BINARY, mixed, NULL, NULL},
        {"one class", 3, TASK_BINARY, ones, NULL, NULL},
        {"one row", 1, TASK_BINARY, mixed, NULL, NULL},
        {"neither 0 nor 1", 3, TASK_BINARY, halves, NULL, NULL},
        {"one row of a regression", 1, TASK_REGRESSION, halves, NULL, NULL},
        {"no spread", 3, TASK_REGRESSION, ones, NULL, NULL},
        {"an unknown target", 3, TASK_REGRESSION, unknown, NULL, NULL},
        {"a negative weight", 3, TASK_BINARY, mixed, negative, NULL},
        {"an unknown weight", 3, TASK_BINARY, mixed, unknown, NULL},
        {"no weight", 3, TASK_BINARY, mixed, none, NULL},
        {"one class has weight", 3, TASK_BINARY, mixed, mixed, NULL},
        {"no columns", 3, TASK_BINARY, mixed, NULL, not_used},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct model *model;
        const struct target target = {
            .task = row[i].task, .name = STR("y"), .value = row[i].target};
        const struct fit_options options = {.weight = row[i].weight, .use = row[i].use};
        const struct frame *frame = frame_of_one(&job, row[i].row_count, number);
        expect(fit_additive(&job, frame, &target, &options, &model) == CANDOR_BAD_INPUT, "%s",
               row[i].what);
    }
    job_end(&job);
}

static void as_many_columns_as_a_frame_holds_are_fine(void **state)
{
    (void)state;
    enum { COLUMNS = FRAME_COLUMNS_MAX };
    struct job job;
    job_begin(&job, host_real());
    double number[40];
    double value[40];
    for (size_t row = 0; row < 40; row++) {
        number[row] = (double)row;
        value[row] = (double)(row % 2);
    }
    struct frame *frame;
    must(frame_begin(&job, 40, COLUMNS, &frame) == CANDOR_OK);
    for (size_t column = 0; column < COLUMNS; column++) {
        must(frame_add_number_column(&job, frame, str_format(job.arena, "x%zu", column), number) ==
             CANDOR_OK);
    }
    const struct target target = {.task = TASK_BINARY, .name = STR("y"), .value = value};
    struct model *model;
    assert_int_equal(fit_additive(&job, frame, &target, &plain, &model), CANDOR_OK);
    job_end(&job);
}

static void a_cancelled_job_stops_training(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){500, 1, TASK_BINARY, false});
    struct model *model;
    job.cancelled = true;
    assert_int_equal(fit_additive(&job, made.frame, &made.target, &plain, &model),
                     CANDOR_CANCELLED);
    job_end(&job);
}

static void columns_that_say_nothing_contribute_nothing(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    enum { ROWS = 200 };
    double constant[ROWS];
    double missing[ROWS];
    double useful[ROWS];
    uint32_t code[ROWS];
    double value[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        constant[row] = 7;
        missing[row] = (double)NAN;
        code[row] = CODE_MISSING;
        useful[row] = (double)(row % 3);
        value[row] = (double)(row % 3 == 0 || row % 7 == 0);
    }
    struct frame *frame;
    must(frame_begin(&job, ROWS, 4, &frame) == CANDOR_OK);
    must(frame_add_number_column(&job, frame, STR("constant"), constant) == CANDOR_OK);
    must(frame_add_number_column(&job, frame, STR("missing"), missing) == CANDOR_OK);
    must(frame_add_number_column(&job, frame, STR("useful"), useful) == CANDOR_OK);
    must(frame_add_category_column(&job, frame, STR("no level"), code, NULL, 0) == CANDOR_OK);
    const struct target target = {.task = TASK_BINARY, .name = STR("y"), .value = value};
    const struct fit_options options = {.threads = 1, .pairs_max = PAIRS_AUTO};
    struct model *model;
    must(fit_additive(&job, frame, &target, &options, &model) == CANDOR_OK);
    for (size_t t = 0; t < 4; t++) {
        expect((term_importance(model, &model->term[t]) > 1e-3) == (t == 2), "term %zu", t);
    }
    job_end(&job);
}

static void perfect_separation_stays_finite(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    enum { ROWS = 300 };
    double number[ROWS];
    double value[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        number[row] = (double)(row % 2);
        value[row] = number[row];
    }
    const struct target target = {.task = TASK_BINARY, .name = STR("y"), .value = value};
    struct model *model;
    must(fit_additive(&job, frame_of_one(&job, ROWS, number), &target, &plain, &model) ==
         CANDOR_OK);
    const struct score low = model_score_row(model, &(struct raw_value){.number = 0});
    const struct score high = model_score_row(model, &(struct raw_value){.number = 1});
    assert_true(isfinite(low.link) && isfinite(high.link));
    assert_true(low.mean < 0.02 && high.mean > 0.98);
    job_end(&job);
}

static void ten_rows_give_a_sober_model(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double number[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    const double noise[10] = {0, 1, 1, 0, 0, 1, 0, 1, 1, 0};
    const struct target target = {.task = TASK_BINARY, .name = STR("y"), .value = noise};
    struct model *model;
    must(fit_additive(&job, frame_of_one(&job, 10, number), &target, &plain, &model) == CANDOR_OK);
    for (size_t row = 0; row < 10; row++) {
        const struct score score = model_score_row(model, &(struct raw_value){number[row], {0}});
        expect(score.mean > 0.2 && score.mean < 0.8, "row %zu: %f", row, score.mean);
    }
    job_end(&job);
}

static void a_regression_keeps_the_scale_of_its_target(void **state)
{
    (void)state;
    static const double scale[] = {1e-9, 1, 1e12};
    for (size_t i = 0; i < sizeof scale / sizeof scale[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        double number[500];
        double value[500];
        struct rng rng = rng_of(12);
        for (size_t row = 0; row < 500; row++) {
            number[row] = (double)(row % 5);
            value[row] = scale[i] * (1000 + number[row] + 0.01 * rng_normal(&rng));
        }
        const struct target target = {.task = TASK_REGRESSION, .name = STR("y"), .value = value};
        struct model *model;
        must(fit_additive(&job, frame_of_one(&job, 500, number), &target, &plain, &model) ==
             CANDOR_OK);
        for (size_t v = 0; v < 5; v++) {
            const struct raw_value raw = {.number = (double)v};
            const double predicted = model_score_row(model, &raw).mean / scale[i];
            expect(fabs(predicted - 1000 - (double)v) < 0.01, "scale %zu value %zu: %f", i, v,
                   predicted);
        }
        job_end(&job);
    }
}

/* A clock that moves a second whenever it is read. */
static uint64_t hasty_ticks(void *context)
{
    uint64_t *now = context;
    *now += UINT64_C(1000000000);
    return *now;
}

static void a_deadline_stops_learning_and_the_model_says_so(void **state)
{
    (void)state;
    static const enum task task[] = {TASK_BINARY, TASK_REGRESSION};
    for (size_t t = 0; t < sizeof task / sizeof task[0]; t++) {
        struct job job;
        uint64_t now = 0;
        job_begin(&job, host_real());
        const struct made made = made_begin(&job, (struct made_options){2000, 5, task[t], true});
        struct fit_options options = {.threads = 1,
                                      .pairs_max = PAIRS_AUTO,
                                      .time_limit_ms = 500,
                                      .ticks_ns = hasty_ticks,
                                      .ticks_context = &now};
        const struct model *model = fit(&job, &made, options);
        assert_non_null(model_note_of(model, STR("time_limit")).ptr);
        assert_int_equal(model->term_count, model->feature_count);
        options.time_limit_ms = 1000000;
        model = fit(&job, &made, options);
        assert_null(model_note_of(model, STR("time_limit")).ptr);
        assert_true(model->term_count > model->feature_count);
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_known_truth_is_found),
        cmocka_unit_test(deciles_are_those_of_the_scores),
        cmocka_unit_test(the_stated_uncertainty_is_honest),
        cmocka_unit_test(the_model_has_the_same_bytes_on_any_number_of_threads),
        cmocka_unit_test(the_order_of_the_rows_does_not_matter),
        cmocka_unit_test(only_the_ratios_of_weights_matter),
        cmocka_unit_test(a_row_of_weight_zero_is_as_good_as_absent),
        cmocka_unit_test(contributions_average_to_zero_and_base_to_the_mean_link),
        cmocka_unit_test(a_pair_has_no_part_that_one_feature_could_carry),
        cmocka_unit_test(what_was_never_seen_contributes_nothing),
        cmocka_unit_test(what_cannot_be_learnt_from_is_refused),
        cmocka_unit_test(as_many_columns_as_a_frame_holds_are_fine),
        cmocka_unit_test(a_cancelled_job_stops_training),
        cmocka_unit_test(a_deadline_stops_learning_and_the_model_says_so),
        cmocka_unit_test(columns_that_say_nothing_contribute_nothing),
        cmocka_unit_test(perfect_separation_stays_finite),
        cmocka_unit_test(ten_rows_give_a_sober_model),
        cmocka_unit_test(a_regression_keeps_the_scale_of_its_target),
    };
    return cmocka_run_group_tests_name("fit", test, NULL, NULL);
}
