/*
 * test_degenerate.c - data that no textbook shows: a sensible model, or a clear refusal.
 *
 * A model is sensible when every number in it is finite, predictions keep to the scale of the target,
 * and the mean prediction over the training rows is their mean outcome.
 */
#include "learn.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "made.h"
#include "testing.h"

/* ---- what is sensible ---- */

static void every_number_is_finite(const struct model *model, const char *what)
{
    for (size_t c = 0; c < model->class_count; c++) {
        expect(isfinite(model->class_base[c]), "%s: base %zu", what, c);
    }
    expect(isfinite(model->base_sd) && model->base_sd >= 0, "%s: base_sd", what);
    for (size_t t = 0; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        for (size_t i = 0; i < term->cell_count * model->class_count; i++) {
            expect(isfinite(term->value[i]), "%s: term %zu, value %zu", what, t, i);
            expect(isfinite(term->sd[i]) && term->sd[i] >= 0, "%s: term %zu, sd %zu", what, t, i);
        }
    }
}

/* The mean prediction is the mean outcome, to 1e-6 of the target's spread. */
static void is_sensible(struct job *job, const struct model *model, const struct frame *frame,
                        const struct target *target, const char *what)
{
    const size_t rows = frame->row_count;
    struct binding *binding;
    double *mean = arena_try(job->arena, rows, sizeof *mean);
    every_number_is_finite(model, what);
    must(model_bind(job, model, frame, &binding) == CANDOR_OK);
    binding_score(binding, 1, NULL, mean);
    for (size_t row = 0; row < rows; row++) {
        expect(isfinite(mean[row]), "%s: row %zu", what, row);
        expect(target->task != TASK_BINARY || (mean[row] >= 0 && mean[row] <= 1), "%s: row %zu: %g",
               what, row, mean[row]);
    }
    const double unit =
        target->task == TASK_BINARY ? 1 : sqrt(variance_of(target->value, NULL, rows));
    const double off = mean_of(mean, NULL, rows) - mean_of(target->value, NULL, rows);
    expect(fabs(off) <= 1e-6 * unit, "%s: the mean prediction is off by %g", what, off);
}

static const struct fit_options with_pairs = {.threads = 1, .pairs_max = PAIRS_AUTO};

/* Fit with single features and with pairs; the second model is returned. */
static struct model *sensible_fit(struct job *job, const struct frame *frame,
                                  const struct target *target, const char *what)
{
    struct model *model = NULL;
    for (size_t i = 0; i < 2; i++) {
        struct fit_options options = with_pairs;
        options.pairs_max = i == 0 ? 0 : PAIRS_AUTO;
        const enum candor_status status = fit_additive(job, frame, target, &options, &model);
        expect(status == CANDOR_OK, "%s: %s", what, job->message);
        is_sensible(job, model, frame, target, what);
    }
    return model;
}

static void is_refused(struct job *job, const struct frame *frame, const struct target *target,
                       const char *what)
{
    struct model *model;
    job->message[0] = 0;
    expect(fit_additive(job, frame, target, &with_pairs, &model) == CANDOR_BAD_INPUT, "%s", what);
    expect(strlen(job->message) > 10, "%s: a refusal says why", what);
    job_forgive(job);
}

/* ---- rows ---- */

static struct frame *frame_of(struct job *job, size_t row_count, size_t columns)
{
    struct frame *frame;
    must(frame_begin(job, row_count, columns, &frame) == CANDOR_OK);
    return frame;
}

static double *numbers(struct job *job, size_t row_count)
{
    double *number = arena_try(job->arena, row_count + 1, sizeof *number);
    must(number != NULL);
    return number;
}

static void add(struct job *job, struct frame *frame, const double *number)
{
    const struct str name = str_format(job->arena, "x%zu", frame->column_count);
    must(frame_add_number_column(job, frame, name, number) == CANDOR_OK);
}

static struct target binary(const double *value)
{
    return (struct target){.task = TASK_BINARY, .name = STR("y"), .class_count = 1, .value = value};
}

static struct target numeric(const double *value)
{
    return (struct target){
        .task = TASK_REGRESSION, .name = STR("y"), .class_count = 1, .value = value};
}

/* A coin for every row, with a chance that one column may move. */
static double *coins(struct job *job, size_t row_count, const double *column, struct rng *rng)
{
    double *value = numbers(job, row_count);
    for (size_t row = 0; row < row_count; row++) {
        const double link = column == NULL ? 0 : column[row];
        value[row] = rng_f64(rng) < 1 / (1 + exp(-link));
    }
    return value;
}

static double *normals(struct job *job, size_t row_count, struct rng *rng)
{
    double *value = numbers(job, row_count);
    for (size_t row = 0; row < row_count; row++) {
        value[row] = rng_normal(rng);
    }
    return value;
}

/* ---- the cases ---- */

static void perfect_separation_stays_finite_and_calibrated(void **state)
{
    (void)state;
    static const size_t row_count[] = {20, 300, 20000};
    for (size_t i = 0; i < sizeof row_count / sizeof row_count[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        struct rng rng = rng_of(i);
        const size_t rows = row_count[i];
        struct frame *frame = frame_of(&job, rows, 2);
        double *x = normals(&job, rows, &rng);
        double *value = numbers(&job, rows);
        for (size_t row = 0; row < rows; row++) {
            value[row] = x[row] > 0.3;
        }
        add(&job, frame, x);
        add(&job, frame, normals(&job, rows, &rng));
        const struct target target = binary(value);
        const struct model *model = sensible_fit(&job, frame, &target, "separation");
        for (size_t row = 0; row < 2; row++) {
            const struct raw_value raw[2] = {{.number = row == 0 ? -1 : 1.5}, {.number = 0}};
            const double mean = model_score_row(model, raw).mean;
            expect(row == 0 ? mean < 0.3 : mean > 0.5, "%zu rows: %f", rows, mean);
        }
        job_end(&job);
    }
}

static void too_little_to_learn_from_is_refused(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double number[4] = {1, 2, 3, 4};
    const double one[4] = {1, 1, 1, 1};
    const double zero[4] = {0, 0, 0, 0};
    for (size_t rows = 1; rows <= 4; rows++) {
        struct frame *frame = frame_of(&job, rows, 1);
        add(&job, frame, number);
        const struct target ones = binary(one);
        const struct target zeros = binary(zero);
        const struct target level = numeric(one);
        is_refused(&job, frame, &ones, "one class only");
        is_refused(&job, frame, &zeros, "the other class only");
        is_refused(&job, frame, &level, "no spread");
    }
    job_end(&job);
}

static void two_rows_give_a_sober_model(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double number[2] = {1, 2};
    const double value[2] = {0, 1};
    struct frame *frame = frame_of(&job, 2, 1);
    add(&job, frame, number);
    const struct target target = binary(value);
    const struct model *model = sensible_fit(&job, frame, &target, "two rows");
    const double high = model_score_row(model, &(struct raw_value){.number = 2}).mean;
    expect(high >= 0.5 && high < 0.99, "%f", high);
    const struct target number_target = numeric(number);
    (void)sensible_fit(&job, frame, &number_target, "two rows of a regression");
    job_end(&job);
}

/* Each row has a category of its own: there is nothing to learn from it, and it must not be learnt. */
static void a_million_categories_teach_nothing(void **state)
{
    (void)state;
    enum { ROWS = 1000000 };
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(3);
    struct frame *frame = frame_of(&job, ROWS, 2);
    uint32_t *code = arena_try(job.arena, ROWS, sizeof *code);
    struct str *level = arena_try(job.arena, ROWS, sizeof *level);
    char *text = arena_try(job.arena, ROWS, 8);
    must(code != NULL && level != NULL && text != NULL);
    for (size_t row = 0; row < ROWS; row++) {
        code[row] = (uint32_t)row;
        for (size_t digit = 0, rest = row; digit < 7; digit++, rest /= 10) {
            text[row * 8 + 6 - digit] = (char)('0' + rest % 10);
        }
        level[row] = (struct str){text + row * 8, 7};
    }
    double *x = normals(&job, ROWS, &rng);
    must(frame_add_category_column(&job, frame, STR("customer"), code, level, ROWS) == CANDOR_OK);
    add(&job, frame, x);
    const struct target target = binary(coins(&job, ROWS, x, &rng));
    struct model *model;
    const struct fit_options options = {.threads = 1};
    must(fit_additive(&job, frame, &target, &options, &model) == CANDOR_OK);
    is_sensible(&job, model, frame, &target, "a million categories");
    assert_true(term_importance(model, &model->term[0]) < 0.01);
    assert_true(term_importance(model, &model->term[1]) > 0.5);
    job_end(&job);
}

static void columns_without_content_leave_the_base_rate(void **state)
{
    (void)state;
    enum { ROWS = 500 };
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(4);
    struct frame *frame = frame_of(&job, ROWS, 3);
    double *missing = numbers(&job, ROWS);
    double *constant = numbers(&job, ROWS);
    uint32_t *code = NEW_ARRAY(job.arena, ROWS, uint32_t);
    for (size_t row = 0; row < ROWS; row++) {
        missing[row] = (double)NAN;
        constant[row] = -3e5;
        code[row] = CODE_MISSING;
    }
    add(&job, frame, missing);
    add(&job, frame, constant);
    must(frame_add_category_column(&job, frame, STR("none"), code, NULL, 0) == CANDOR_OK);
    double *value = coins(&job, ROWS, NULL, &rng);
    const struct target target = binary(value);
    const struct model *model = sensible_fit(&job, frame, &target, "no content");
    const double rate = mean_of(value, NULL, ROWS);
    const struct raw_value raw[3] = {{.number = 7}, {.number = 7}, {.text = STR("anything")}};
    assert_true(fabs(model_score_row(model, raw).mean - rate) < 0.01);
    const struct target number_target = numeric(normals(&job, ROWS, &rng));
    (void)sensible_fit(&job, frame, &number_target, "no content, regression");
    job_end(&job);
}

/* Five copies share what one would have had. */
static void copies_of_a_column_change_little(void **state)
{
    (void)state;
    enum { ROWS = 3000, COPIES = 5 };
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(5);
    double *x = normals(&job, ROWS, &rng);
    const struct target target = binary(coins(&job, ROWS, x, &rng));
    struct frame *one = frame_of(&job, ROWS, 1);
    struct frame *five = frame_of(&job, ROWS, COPIES);
    add(&job, one, x);
    for (size_t i = 0; i < COPIES; i++) {
        add(&job, five, x);
    }
    const struct model *left = sensible_fit(&job, one, &target, "one column");
    const struct model *right = sensible_fit(&job, five, &target, "five copies");
    for (size_t row = 0; row < 200; row++) {
        struct raw_value raw[COPIES];
        for (size_t i = 0; i < COPIES; i++) {
            raw[i] = (struct raw_value){.number = x[row]};
        }
        const double first = model_score_row(left, raw).mean;
        const double second = model_score_row(right, raw).mean;
        expect(fabs(first - second) < 0.1, "row %zu: %f %f", row, first, second);
    }
    job_end(&job);
}

/* 300 rows and 200 columns, of which one matters: fresh rows are predicted no worse than by nothing. */
static void more_columns_than_rows_can_carry_do_no_harm(void **state)
{
    (void)state;
    enum { TRAIN = 300, ROWS = 3300, COLUMNS = 200 };
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(6);
    struct frame *frame = frame_of(&job, TRAIN, COLUMNS);
    double *column[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++) {
        column[i] = normals(&job, ROWS, &rng);
        add(&job, frame, column[i]);
    }
    double *value = coins(&job, ROWS, column[17], &rng);
    const struct target target = binary(value);
    const struct model *model = sensible_fit(&job, frame, &target, "300 x 200");

    double *mean = numbers(&job, ROWS);
    for (size_t row = TRAIN; row < ROWS; row++) {
        struct raw_value raw[COLUMNS];
        for (size_t i = 0; i < COLUMNS; i++) {
            raw[i] = (struct raw_value){.number = column[i][row]};
        }
        mean[row] = model_score_row(model, raw).mean;
    }
    const struct predictions fresh = {
        .label = value + TRAIN, .score = mean + TRAIN, .count = ROWS - TRAIN};
    const double loss = log_loss_of(&fresh);
    double auc;
    must(auc_of(&job, &fresh, &auc) == CANDOR_OK);
    print_message("300 rows, 200 columns: log loss %.4f and AUC %.4f on fresh rows\n", loss, auc);
    expect(loss < log(2) && auc > 0.6, "log loss %f, AUC %f", loss, auc);
    job_end(&job);
}

static void numbers_may_be_huge_and_tiny(void **state)
{
    (void)state;
    static const double edge[] = {1e300,   -1e300,   1e-300, -1e-300, DBL_MAX, -DBL_MAX,
                                  DBL_MIN, 4.9e-324, 0,      1,       1e15,    -1e-15};
    enum { ROWS = 1200, EDGES = sizeof edge / sizeof edge[0] };
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(7);
    double *few = numbers(&job, ROWS);
    double *many = numbers(&job, ROWS);
    double *side = numbers(&job, ROWS);
    for (size_t row = 0; row < ROWS; row++) {
        few[row] = edge[row % EDGES];
        many[row] = ldexp(rng_normal(&rng), (int)rng_below(&rng, 2000) - 1000);
        side[row] = few[row] > 0 ? 1.5 : -1.5;
    }
    struct frame *frame = frame_of(&job, ROWS, 2);
    add(&job, frame, few);
    add(&job, frame, many);
    const struct target target = binary(coins(&job, ROWS, side, &rng));
    const struct model *model = sensible_fit(&job, frame, &target, "huge and tiny");
    for (size_t i = 0; i < EDGES; i++) {
        const struct raw_value raw[2] = {{.number = edge[i]}, {.number = many[0]}};
        const double mean = model_score_row(model, raw).mean;
        expect(edge[i] > 0 ? mean > 0.5 : mean < 0.5, "%g: %f", edge[i], mean);
    }
    job_end(&job);
}

/* Targets whose squares leave the range of numbers end in a model or in words, never in NaN. */
static void targets_may_be_huge_and_tiny(void **state)
{
    (void)state;
    static const double scale[] = {1e-300, 1e-160, 1e-30, 1e30, 1e150, 1e160, 1e300};
    enum { ROWS = 600 };
    for (size_t i = 0; i < sizeof scale / sizeof scale[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        struct rng rng = rng_of(8);
        double *x = normals(&job, ROWS, &rng);
        double *value = numbers(&job, ROWS);
        for (size_t row = 0; row < ROWS; row++) {
            value[row] = scale[i] * (x[row] + 0.1 * rng_normal(&rng));
        }
        struct frame *frame = frame_of(&job, ROWS, 1);
        add(&job, frame, x);
        const struct target target = numeric(value);
        struct model *model;
        const enum candor_status status = fit_additive(&job, frame, &target, &with_pairs, &model);
        if (status == CANDOR_OK) {
            const struct str what = str_format(job.arena, "targets of %g", scale[i]);
            is_sensible(&job, model, frame, &target, str_z(job.arena, what));
        } else {
            expect(status == CANDOR_BAD_INPUT && strlen(job.message) > 10, "scale %g", scale[i]);
        }
        expect(status == CANDOR_OK || scale[i] < 1e-100 || scale[i] > 1e100, "scale %g: %s",
               scale[i], job.message);
        job_end(&job);
    }
}

/* Ten of a hundred thousand: no probability runs away, and those who have it stand out. */
static void ten_of_a_hundred_thousand_stay_calibrated(void **state)
{
    (void)state;
    enum { ROWS = 100000, POSITIVES = 10 };
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(9);
    double *x = normals(&job, ROWS, &rng);
    double *value = numbers(&job, ROWS);
    for (size_t i = 0; i < POSITIVES; i++) {
        const size_t row = rng_below(&rng, ROWS);
        value[row] = 1;
        x[row] = fabs(x[row]) + 1;
    }
    struct frame *frame = frame_of(&job, ROWS, 3);
    add(&job, frame, x);
    add(&job, frame, normals(&job, ROWS, &rng));
    add(&job, frame, normals(&job, ROWS, &rng));
    const struct target target = binary(value);
    const struct model *model = sensible_fit(&job, frame, &target, "imbalance");
    const struct raw_value raw[3] = {{.number = 2}, {.number = 0}, {.number = 0}};
    const double mean = model_score_row(model, raw).mean;
    expect(mean < 0.05, "%f", mean);
    job_end(&job);
}

static void weights_that_leave_one_class_are_refused(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    enum { ROWS = 100 };
    double number[ROWS];
    double value[ROWS];
    double weight[ROWS];
    struct model *model;
    for (size_t row = 0; row < ROWS; row++) {
        number[row] = (double)row;
        value[row] = (double)(row % 2);
        weight[row] = value[row];
    }
    struct frame *frame = frame_of(&job, ROWS, 1);
    add(&job, frame, number);
    const struct target target = binary(value);
    const struct fit_options options = {.threads = 1, .weight = weight};
    assert_int_equal(fit_additive(&job, frame, &target, &options, &model), CANDOR_BAD_INPUT);
    assert_true(strstr(job.message, "one class") != NULL);
    job_end(&job);
}

/* Weights of any size: 1e-300 or 1e300 for all is the same as 1 for all. */
static void only_the_ratios_of_huge_and_tiny_weights_matter(void **state)
{
    (void)state;
    static const double weight_of_all[] = {1e-300, 1e-10, 1e10, 1e290};
    enum { ROWS = 400 };
    for (size_t i = 0; i < sizeof weight_of_all / sizeof weight_of_all[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        struct rng rng = rng_of(10);
        double *x = normals(&job, ROWS, &rng);
        double weight[ROWS];
        struct model *model;
        for (size_t row = 0; row < ROWS; row++) {
            weight[row] = weight_of_all[i];
        }
        struct frame *frame = frame_of(&job, ROWS, 1);
        add(&job, frame, x);
        const struct target target = binary(coins(&job, ROWS, x, &rng));
        const struct fit_options options = {.threads = 1, .weight = weight};
        expect(fit_additive(&job, frame, &target, &options, &model) == CANDOR_OK, "weight %g: %s",
               weight_of_all[i], job.message);
        is_sensible(&job, model, frame, &target, "weights");
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(perfect_separation_stays_finite_and_calibrated),
        cmocka_unit_test(too_little_to_learn_from_is_refused),
        cmocka_unit_test(two_rows_give_a_sober_model),
        cmocka_unit_test(a_million_categories_teach_nothing),
        cmocka_unit_test(columns_without_content_leave_the_base_rate),
        cmocka_unit_test(copies_of_a_column_change_little),
        cmocka_unit_test(more_columns_than_rows_can_carry_do_no_harm),
        cmocka_unit_test(numbers_may_be_huge_and_tiny),
        cmocka_unit_test(targets_may_be_huge_and_tiny),
        cmocka_unit_test(ten_of_a_hundred_thousand_stay_calibrated),
        cmocka_unit_test(weights_that_leave_one_class_are_refused),
        cmocka_unit_test(only_the_ratios_of_huge_and_tiny_weights_matter),
    };
    return cmocka_run_group_tests_name("degenerate", test, NULL, NULL);
}
