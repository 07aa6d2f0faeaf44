/*
 * test_score.c - one score, whichever way it is computed.
 */
#include "learn.h"
#include "model.h"

#include <math.h>
#include <string.h>

#include "made.h"
#include "testing.h"

enum { ROWS = 5000 };

struct fitted {
    struct made made;
    struct model *model;
    struct binding *binding;
};

static struct fitted fitted_begin(struct job *job, enum task task)
{
    struct fitted fitted = {.made = made_begin(job, (struct made_options){ROWS, 21, task, true})};
    const struct fit_options options = {.threads = 1, .pairs_max = 2};
    must(fit_additive(job, fitted.made.frame, &fitted.made.target, &options, &fitted.model) ==
         CANDOR_OK);
    must(model_bind(job, fitted.model, fitted.made.frame, &fitted.binding) == CANDOR_OK);
    return fitted;
}

static struct raw_value raw_of(const struct column *column, size_t row)
{
    if (column->kind == COLUMN_NUMBER) {
        return (struct raw_value){.number = column->number[row]};
    }
    return (struct raw_value){.text = column->level[column->code[row]]};
}

static void every_path_gives_the_same_bits(void **state)
{
    (void)state;
    static const enum task task[2] = {TASK_BINARY, TASK_REGRESSION};
    static double link[ROWS];
    static double mean[ROWS];
    static uint8_t all[ROWS * 3];
    for (size_t t = 0; t < 2; t++) {
        struct job job;
        job_begin(&job, host_real());
        const struct fitted fitted = fitted_begin(&job, task[t]);
        binding_score(fitted.binding, 3, link, mean);
        binding_bin(fitted.binding, 3, all);
        assert_true(fitted.model->term_count > 3);
        for (size_t row = 0; row < ROWS; row++) {
            struct raw_value raw[3];
            uint8_t bin[3];
            uint8_t bound[3];
            double contribution[8];
            for (size_t i = 0; i < 3; i++) {
                raw[i] = raw_of(&fitted.made.frame->column[i], row);
            }
            model_bin_row(fitted.model, raw, bin);
            binding_bin_row(fitted.binding, row, bound);
            expect(memcmp(bin, bound, 3) == 0 && memcmp(bin, all + row * 3, 3) == 0,
                   "task %zu row %zu: bins", t, row);
            const struct score score = model_score_row(fitted.model, raw);
            expect(score.link == link[row] && score.mean == mean[row], "task %zu row %zu", t, row);
            expect(model_score_bins(fitted.model, 0, bin) == link[row], "task %zu row %zu", t, row);
            expect(model_contributions(fitted.model, 0, bin, contribution) == link[row],
                   "task %zu row %zu: contributions", t, row);
            double sum = fitted.model->base;
            for (size_t term = 0; term < fitted.model->term_count; term++) {
                sum += contribution[term];
            }
            expect(sum == link[row], "task %zu row %zu: the sum", t, row);
        }
        job_end(&job);
    }
}

static void the_mean_is_the_inverse_of_the_link(void **state)
{
    (void)state;
    const struct model binary = {.task = TASK_BINARY};
    const struct model regression = {.task = TASK_REGRESSION};
    assert_true(model_mean(&binary, 0) == 0.5);
    assert_true(fabs(model_mean(&binary, log(3)) - 0.75) < 1e-15);
    assert_true(model_mean(&binary, 1000) == 1 && model_mean(&binary, -1000) == 0);
    assert_true(model_mean(&regression, -7) == -7);
}

static void columns_may_stand_in_any_order_among_others(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct fitted fitted = fitted_begin(&job, TASK_BINARY);
    const struct column *column = fitted.made.frame->column;
    struct frame *frame;
    struct binding *binding;
    static double expected[ROWS];
    static double link[ROWS];
    must(frame_begin(&job, ROWS, 4, &frame) == CANDOR_OK);
    must(frame_add_category_column(&job, frame, STR("town"), column[2].code, column[2].level,
                                   MADE_TOWNS) == CANDOR_OK);
    must(frame_add_number_column(&job, frame, STR("other"), column[0].number) == CANDOR_OK);
    must(frame_add_number_column(&job, frame, STR("income"), column[1].number) == CANDOR_OK);
    must(frame_add_number_column(&job, frame, STR("age"), column[0].number) == CANDOR_OK);
    must(model_bind(&job, fitted.model, frame, &binding) == CANDOR_OK);
    binding_score(binding, 1, link, NULL);
    binding_score(fitted.binding, 1, expected, NULL);
    assert_memory_equal(link, expected, sizeof link);
    job_end(&job);
}

static void a_missing_column_is_refused_by_name(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct fitted fitted = fitted_begin(&job, TASK_BINARY);
    struct frame *frame;
    struct binding *binding;
    must(frame_begin(&job, 0, 0, &frame) == CANDOR_OK);
    assert_int_equal(model_bind(&job, fitted.model, frame, &binding), CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "'age'"));
    job_end(&job);
}

/* A model of one number and one category whose levels look like numbers. */
static struct model *model_of_two(struct job *job)
{
    enum { FEW = 40 };
    double *number = arena_new(job->arena, FEW * sizeof *number);
    double *value = arena_new(job->arena, FEW * sizeof *value);
    uint32_t *code = arena_new(job->arena, FEW * sizeof *code);
    const struct str level[] = {STR("1"), STR("2.0"), STR("many")};
    for (size_t row = 0; row < FEW; row++) {
        number[row] = (double)(row % 4);
        code[row] = (uint32_t)(row % 3);
        value[row] = (double)(row % 5 < 2);
    }
    struct frame *frame;
    struct model *model;
    must(frame_begin(job, FEW, 2, &frame) == CANDOR_OK);
    must(frame_add_number_column(job, frame, STR("n"), number) == CANDOR_OK);
    must(frame_add_category_column(job, frame, STR("c"), code, level, 3) == CANDOR_OK);
    const struct target target = {.task = TASK_BINARY, .name = STR("y"), .value = value};
    const struct fit_options options = {.threads = 1};
    must(fit_additive(job, frame, &target, &options, &model) == CANDOR_OK);
    return model;
}

static void a_column_may_have_been_read_as_the_other_kind(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct model *model = model_of_two(&job);
    const double number[] = {1, 2, 3, (double)NAN};
    const uint32_t code[] = {0, 1, CODE_MISSING, 1};
    const struct str level[] = {STR("3"), STR("0"), STR("text that no row has")};
    struct frame *frame;
    struct binding *binding;
    must(frame_begin(&job, 4, 2, &frame) == CANDOR_OK);
    must(frame_add_number_column(&job, frame, STR("c"), number) == CANDOR_OK);
    must(frame_add_category_column(&job, frame, STR("n"), code, level, 3) == CANDOR_OK);
    must(model_bind(&job, model, frame, &binding) == CANDOR_OK);
    static const uint8_t expected[4][2] = {{4, 1}, {1, 2}, {0, 4}, {1, 0}};
    for (size_t row = 0; row < 4; row++) {
        uint8_t bin[2];
        binding_bin_row(binding, row, bin);
        expect(bin[0] == expected[row][0] && bin[1] == expected[row][1], "row %zu: %u %u", row,
               bin[0], bin[1]);
    }

    const uint32_t used[] = {0, 1, 2, 1};
    must(frame_begin(&job, 4, 2, &frame) == CANDOR_OK);
    must(frame_add_number_column(&job, frame, STR("c"), number) == CANDOR_OK);
    must(frame_add_category_column(&job, frame, STR("n"), used, level, 3) == CANDOR_OK);
    assert_int_equal(model_bind(&job, model, frame, &binding), CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "column 'n'"));
    job_end(&job);
}

static void no_rows_have_no_scores(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct model *model = model_of_two(&job);
    const bool keep[ROWS] = {false};
    const struct made made = made_begin(&job, (struct made_options){ROWS, 1, TASK_BINARY, false});
    struct frame *frame;
    struct binding *binding;
    must(frame_take(&job, made.frame, keep, &frame) == CANDOR_OK);
    frame->column[0].name = STR("n");
    frame->column[2].name = STR("c");
    must(model_bind(&job, model, frame, &binding) == CANDOR_OK);
    binding_score(binding, 2, NULL, NULL);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_path_gives_the_same_bits),
        cmocka_unit_test(the_mean_is_the_inverse_of_the_link),
        cmocka_unit_test(columns_may_stand_in_any_order_among_others),
        cmocka_unit_test(a_missing_column_is_refused_by_name),
        cmocka_unit_test(a_column_may_have_been_read_as_the_other_kind),
        cmocka_unit_test(no_rows_have_no_scores),
    };
    return cmocka_run_group_tests_name("score", test, NULL, NULL);
}
