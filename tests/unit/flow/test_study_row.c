/*
 * test_study_row.c - a model held open gives the numbers that the model itself gives.
 */
#include "flow.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "learn.h"
#include "made.h"
#include "model.h"
#include "testing.h"

enum { ROWS = 3000, THREADS = 3 };

struct opened {
    struct made made;
    struct model *model;
    struct candor_model *open;
};

static struct opened opened_begin(struct job *job, enum task task)
{
    struct opened opened = {.made = made_begin(job, (struct made_options){ROWS, 4, task, true})};
    const struct fit_options options = {.threads = 1, .pairs_max = 2};
    struct digest digest;
    char path[] = "/tmp/test_study_row_XXXXXX";
    const int file = mkstemp(path);
    must(file >= 0);
    must(close(file) == 0);
    must(fit_additive(job, opened.made.frame, &opened.made.target, &options, &opened.model) ==
         CANDOR_OK);
    must(file_replace(job, str_of(path), modelfile_write(job, opened.model, NULL, &digest), 0600) ==
         CANDOR_OK);
    must(candor_model_open(job, path, &opened.open) == CANDOR_OK);
    must(unlink(path) == 0);
    return opened;
}

static void row_of(const struct frame *frame, size_t row, struct candor_value *value,
                   struct raw_value *raw)
{
    for (size_t i = 0; i < frame->column_count; i++) {
        const struct column *column = &frame->column[i];
        raw[i] = (struct raw_value){.number = (double)NAN};
        if (column->kind == COLUMN_NUMBER) {
            raw[i].number = column->number[row];
        } else {
            raw[i].text = column->level[column->code[row]];
        }
        value[i] = (struct candor_value){raw[i].number, raw[i].text.ptr, raw[i].text.len};
    }
}

static void check_row(const struct opened *opened, size_t row)
{
    struct candor_value value[3];
    struct raw_value raw[3];
    uint8_t bin[3];
    double contribution[MODEL_TERMS_MAX];
    double expected[MODEL_TERMS_MAX];
    double score;
    double link;
    double sd;
    const struct candor_row_score all = {&score, &link, &sd, contribution};
    row_of(opened->made.frame, row, value, raw);
    candor_model_score_row(opened->open, value, &all);
    model_bin_row(opened->model, raw, bin);
    expect(link == model_contributions(opened->model, 0, bin, expected), "row %zu", row);
    expect(score == model_mean(opened->model, link), "row %zu", row);
    expect(sd == model_score_sd(opened->model, 0, bin), "row %zu", row);
    expect(memcmp(contribution, expected, opened->model->term_count * sizeof *expected) == 0,
           "row %zu", row);

    double alone = 0;
    const struct candor_row_score only = {.score = &alone};
    candor_model_score_row(opened->open, value, &only);
    expect(alone == score, "row %zu: alone", row);
}

static void a_row_gets_what_the_model_says(void **state)
{
    (void)state;
    static const enum task task[] = {TASK_BINARY, TASK_REGRESSION};
    for (size_t t = 0; t < sizeof task / sizeof task[0]; t++) {
        struct job job;
        job_begin(&job, host_real());
        const struct opened opened = opened_begin(&job, task[t]);
        for (size_t row = 0; row < ROWS; row++) {
            check_row(&opened, row);
        }
        candor_model_close(opened.open);
        job_end(&job);
    }
}

static void the_facts_are_those_of_the_model(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct opened opened = opened_begin(&job, TASK_BINARY);
    const struct candor_model_facts *facts = candor_model_facts(opened.open);
    assert_int_equal(facts->task, CANDOR_BINARY);
    assert_int_equal(facts->feature_count, 3);
    assert_string_equal(facts->feature[0].name, "age");
    assert_int_equal(facts->feature[0].kind, CANDOR_NUMBER);
    assert_string_equal(facts->feature[2].name, "town");
    assert_int_equal(facts->feature[2].kind, CANDOR_CATEGORY);
    assert_int_equal(facts->term_count, opened.model->term_count);
    assert_true(facts->term_count > 3);
    assert_int_equal(facts->term[3].feature_count, 2);
    assert_non_null(strstr(facts->term[3].name, " & "));
    assert_int_equal(facts->class_count, 1);
    assert_null(facts->class_name);
    assert_true(facts->base[0] == opened.model->base);
    candor_model_close(opened.open);
    job_end(&job);
}

static void *score_all(void *context)
{
    const struct opened *opened = context;
    double *sum = calloc(1, sizeof *sum);
    must(sum != NULL);
    for (size_t row = 0; row < ROWS; row++) {
        struct candor_value value[3];
        struct raw_value raw[3];
        double score;
        const struct candor_row_score only = {.score = &score};
        row_of(opened->made.frame, row, value, raw);
        candor_model_score_row(opened->open, value, &only);
        *sum += score;
    }
    return sum;
}

static void threads_share_a_model(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct opened opened = opened_begin(&job, TASK_BINARY);
    double *expected = score_all(&opened);
    pthread_t thread[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        must(pthread_create(&thread[i], NULL, score_all, &opened) == 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *sum;
        must(pthread_join(thread[i], &sum) == 0);
        expect(*(double *)sum == *expected, "thread %zu", i);
        free(sum);
    }
    free(expected);
    candor_model_close(opened.open);
    job_end(&job);
}

static void what_is_no_model_is_not_opened(void **state)
{
    (void)state;
    struct job job;
    struct candor_model *open = NULL;
    job_begin(&job, host_real());
    assert_int_equal(candor_model_open(&job, "/nowhere/x.model", &open), CANDOR_NOT_FOUND);
    assert_int_equal(candor_model_open(&job, "/proc/self/cmdline", &open), CANDOR_CORRUPT);
    assert_non_null(strstr(job.message, "not a Candor model file"));
    assert_null(open);
    /* The job goes on with its own memory. */
    assert_non_null(arena_try(job.arena, 10, 10));
    candor_model_close(NULL);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_row_gets_what_the_model_says),
        cmocka_unit_test(the_facts_are_those_of_the_model),
        cmocka_unit_test(threads_share_a_model),
        cmocka_unit_test(what_is_no_model_is_not_opened),
    };
    return cmocka_run_group_tests_name("study_row", test, NULL, NULL);
}
