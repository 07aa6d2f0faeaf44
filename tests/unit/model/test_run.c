/*
 * test_run.c - a run is read as it was written, and two runs together are one fit over the rows of both.
 */
#include "learn.h"
#include "model.h"

#include <math.h>
#include <string.h>

#include "made.h"
#include "testing.h"

enum { ROWS = 1500, FIRST = 900, CLASSES = 3 };

struct made_run {
    struct run whole;
    struct run part[2];
};

static struct model *learn(struct job *job, const struct run *run)
{
    struct model *model;
    const struct fit_options options = {.threads = 1, .pairs_max = 2, .weight = run->weight};
    must(fit_binned(job, &run->binned, &run->target, &options, &model) == CANDOR_OK);
    return model;
}

/* Rows from .. from + count - 1 of the whole. */
static struct run part_of(struct job *job, const struct run *whole, size_t from, size_t count)
{
    struct run part = *whole;
    const uint8_t **bin = NEW_ARRAY(job->arena, whole->binned.feature_count, const uint8_t *);
    for (size_t f = 0; f < whole->binned.feature_count; f++) {
        bin[f] = whole->binned.bin[f] + from;
    }
    part.binned.bin = bin;
    part.binned.row_count = count;
    part.target.value = whole->target.value + from;
    part.weight = whole->weight == NULL ? NULL : whole->weight + from;
    part.model = learn(job, &part);
    return part;
}

static struct made_run made_run(struct job *job, enum task task, bool has_weights)
{
    static const struct str name[CLASSES] = {{"a", 1}, {"b", 1}, {"c", 1}};
    struct made_run made;
    struct binned binned;
    struct made rows = made_begin(job, (struct made_options){ROWS, 9, task, true});
    const struct bin_options options = {.values_max = 30, .threads = 1};
    double *weight = NEW_ARRAY(job->arena, ROWS, double);
    for (size_t i = 0; i < ROWS; i++) {
        weight[i] = (double)(i % 4);
    }
    rows.target.positive = task == TASK_BINARY ? STR("yes") : STR("");
    rows.target.negative = task == TASK_BINARY ? STR("no") : STR("");
    rows.target.class_count = task == TASK_CLASSES ? CLASSES : 1;
    rows.target.class_name = task == TASK_CLASSES ? name : NULL;
    must(binned_of_frame(job, rows.frame, &options, &binned) == CANDOR_OK);
    made.whole = (struct run){NULL, binned, rows.target, has_weights ? weight : NULL};
    made.whole.model = learn(job, &made.whole);
    made.part[0] = part_of(job, &made.whole, 0, FIRST);
    made.part[1] = part_of(job, &made.whole, FIRST, ROWS - FIRST);
    return made;
}

static struct bytes bytes_of_run(struct job *job, const struct run *run)
{
    struct buf buf = buf_begin(job->arena);
    run_write(run, &buf);
    return buf_all(&buf);
}

static void expect_same(struct bytes left, struct bytes right)
{
    assert_int_equal(left.len, right.len);
    assert_memory_equal(left.ptr, right.ptr, left.len);
}

static void runs_together_are_one_fit(void **state)
{
    (void)state;
    for (enum task task = TASK_BINARY; task <= TASK_CLASSES; task++) {
        for (size_t weights = 0; weights < 2; weights++) {
            struct job job;
            struct run read[2];
            struct run joined;
            job_begin(&job, host_real());
            const struct made_run made = made_run(&job, task, weights == 1);
            for (size_t i = 0; i < 2; i++) {
                const struct bytes bytes = bytes_of_run(&job, &made.part[i]);
                expect(run_read(&job, bytes, &read[i]) == CANDOR_OK, "%s", job.message);
                expect_same(bytes_of_run(&job, &read[i]), bytes);
            }
            expect(run_join(&job, &read[0], &read[1], &joined) == CANDOR_OK, "%s", job.message);
            assert_int_equal(joined.binned.row_count, ROWS);
            expect_same(made_bytes(&job, learn(&job, &joined)), made_bytes(&job, made.whole.model));
            job_end(&job);
        }
    }
}

/* Rows without weights count once each beside rows that have some. */
static void no_weights_are_weights_of_one(void **state)
{
    (void)state;
    struct job job;
    struct run joined;
    job_begin(&job, host_real());
    struct made_run made = made_run(&job, TASK_BINARY, true);
    made.part[0].weight = NULL;
    must(run_join(&job, &made.part[0], &made.part[1], &joined) == CANDOR_OK);
    for (size_t i = 0; i < ROWS; i++) {
        expect(joined.weight[i] == (i < FIRST ? 1 : (double)(i % 4)), "row %zu", i);
    }
    job_end(&job);
}

static void other_bins_and_outcomes_are_refused(void **state)
{
    (void)state;
    struct job job;
    struct run joined;
    job_begin(&job, host_real());
    const struct made_run made = made_run(&job, TASK_BINARY, false);
    const struct made_run numbers = made_run(&job, TASK_REGRESSION, false);
    struct run other = made.part[1];
    struct model model = *other.model;
    struct model_feature feature[3];
    double high[BINS_MAX];
    other.model = &model;
    assert_int_equal(run_join(&job, &made.part[0], &numbers.part[1], &joined), CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "different things"));
    model.target = STR("sold");
    assert_int_equal(run_join(&job, &made.part[0], &other, &joined), CANDOR_BAD_INPUT);
    model.target = made.part[0].model->target;
    must(run_join(&job, &made.part[0], &other, &joined) == CANDOR_OK);

    memcpy(feature, model.feature, sizeof feature);
    model.feature = feature;
    memcpy(high, feature[1].high, feature[1].value_count * sizeof *high);
    high[3] = nextafter(high[3], -(double)INFINITY);
    feature[1].high = high;
    assert_int_equal(run_join(&job, &made.part[0], &other, &joined), CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "different bins of 'income'"));
    model.feature_count = 2;
    assert_int_equal(run_join(&job, &made.part[0], &other, &joined), CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "3 and 2 features"));
    job_end(&job);
}

/* Cut anywhere, with a byte too many, or with a value that cannot be. */
static void bytes_that_are_no_run_are_refused(void **state)
{
    (void)state;
    struct job job;
    struct run run;
    job_begin(&job, host_real());
    const struct made_run made = made_run(&job, TASK_BINARY, true);
    const struct run *part = &made.part[1];
    const size_t rows = part->binned.row_count;
    const struct bytes bytes = bytes_of_run(&job, part);
    for (size_t len = 0; len < bytes.len; len += len < 100 || len > bytes.len - 50 ? 1 : 97) {
        const enum candor_status status = run_read(&job, (struct bytes){bytes.ptr, len}, &run);
        expect(status == CANDOR_CORRUPT, "%zu bytes", len);
        job_forgive(&job);
    }
    uint8_t *copy = NEW_ARRAY(job.arena, bytes.len + 1, uint8_t);
    memcpy(copy, bytes.ptr, bytes.len);
    assert_int_equal(run_read(&job, (struct bytes){copy, bytes.len + 1}, &run), CANDOR_CORRUPT);
    const size_t bins = bytes.len - 3 * rows;
    const size_t bad[] = {bins, bins - 1, bins - rows * 8 - 1, bins - rows * 16 - 1};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        memcpy(copy, bytes.ptr, bytes.len);
        copy[bad[i]] = 0xff; /* a bin, the sign of a weight, of a target; weights or not */
        expect(run_read(&job, (struct bytes){copy, bytes.len}, &run) == CANDOR_CORRUPT, "%zu", i);
        job_forgive(&job);
    }
    memcpy(copy, bytes.ptr, bytes.len);
    copy[6] = 2;
    assert_int_equal(run_read(&job, (struct bytes){copy, bytes.len}, &run), CANDOR_BAD_INPUT);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_together_are_one_fit),
        cmocka_unit_test(no_weights_are_weights_of_one),
        cmocka_unit_test(other_bins_and_outcomes_are_refused),
        cmocka_unit_test(bytes_that_are_no_run_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
