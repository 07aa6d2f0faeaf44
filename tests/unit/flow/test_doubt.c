/*
 * test_doubt.c - what a record keeps of a doubt, and a score without what is left out.
 */
#include <math.h>
#include <string.h>

#include "decided.h"
#include "doubt.h"
#include "model.h"

#include "company.h"

static const struct str left_out[] = {{"age", 3}, {"job", 3}};

static struct doubt a_doubt(void)
{
    return (struct doubt){.verdict = DOUBT_FALL_BACK,
                          .cause = DOUBT_TOGETHER,
                          .rate = 0.004,
                          .feature = STR("age"),
                          .other = STR("job"),
                          .changes = 2,
                          .days = 30,
                          .left_count = 2,
                          .left = (struct str *)(uintptr_t)left_out};
}

static void what_was_written_is_read_again(void **state)
{
    (void)state;
    struct job job;
    struct doubt read;
    job_begin(&job, host_real());
    const struct doubt doubt = a_doubt();
    struct buf buf = buf_begin(job.arena);
    doubt_write(&doubt, &buf);
    struct reader reader = reader_of(buf_all(&buf));
    doubt_read(job.arena, &reader, &read);
    assert_true(reader_is_done(&reader));
    assert_int_equal(read.verdict, DOUBT_FALL_BACK);
    assert_int_equal(read.cause, DOUBT_TOGETHER);
    assert_true(read.rate == 0.004 && read.changes == 2 && read.days == 30);
    assert_true(str_is(read.feature, "age") && str_is(read.other, "job"));
    assert_int_equal(read.left_count, 2);
    assert_true(str_is(read.left[1], "job"));

    struct buf none = buf_begin(job.arena);
    doubt_write(NULL, &none);
    reader = reader_of(buf_all(&none));
    doubt_read(job.arena, &reader, &read);
    assert_true(reader_is_done(&reader) && read.verdict == DOUBT_ACCEPT && read.rate == 1);
    job_end(&job);
}

static void damage_is_found(void **state)
{
    (void)state;
    struct job job;
    struct doubt read;
    job_begin(&job, host_real());
    const struct doubt doubt = a_doubt();
    struct buf buf = buf_begin(job.arena);
    doubt_write(&doubt, &buf);
    const struct bytes whole = buf_all(&buf);
    for (size_t len = 0; len < whole.len; len++) {
        struct reader reader = reader_of((struct bytes){whole.ptr, len});
        doubt_read(job.arena, &reader, &read);
        assert_false(reader_is_done(&reader));
    }
    uint8_t *bytes = NEW_ARRAY(job.arena, whole.len, uint8_t);
    for (size_t at = 0; at < 2; at++) {
        memcpy(bytes, whole.ptr, whole.len);
        bytes[at] = 9; /* no such verdict, no such cause */
        struct reader reader = reader_of((struct bytes){bytes, whole.len});
        doubt_read(job.arena, &reader, &read);
        assert_false(reader_is_done(&reader));
        assert_int_equal(read.left_count, 0);
    }
    job_end(&job);
}

static void what_is_left_out_adds_nothing_nor_do_its_pairs(void **state)
{
    (void)state;
    struct model_feature feature[3] = {
        {.name = STR("age")}, {.name = STR("job")}, {.name = STR("visits")}};
    const struct term term[] = {
        {.name = STR("age"), .feature_count = 1, .feature = {0}},
        {.name = STR("job"), .feature_count = 1, .feature = {1}},
        {.name = STR("visits"), .feature_count = 1, .feature = {2}},
        {.name = STR("age & visits"), .feature_count = 2, .feature = {0, 2}},
        {.name = STR("job & visits"), .feature_count = 2, .feature = {1, 2}},
    };
    const struct model model = {
        .base = -1, .feature_count = 3, .feature = feature, .term_count = 5, .term = term};
    double contribution[5] = {0.5, 0.25, 0.125, 2, 4};
    const double link = doubt_leave_out(&model, left_out, 1, contribution);
    assert_true(link == -1 + 0.25 + 0.125 + 4);
    assert_true(contribution[0] == 0 && contribution[3] == 0 && contribution[4] == 4);
    assert_true(doubt_leave_out(&model, left_out, 2, contribution) == -1 + 0.125);
    assert_true(doubt_leave_out(&model, NULL, 0, contribution) == -1 + 0.125);
}

static void it_is_told_by_the_labels_of_the_inventory(void **state)
{
    (void)state;
    struct job job;
    struct feature feature[] = {{.name = STR("age"), .label = STR("Your age")}};
    const struct inventory inventory = {.feature = feature, .feature_count = 1};
    job_begin(&job, host_real());
    struct doubt doubt = a_doubt();
    const struct str words = doubt_sentence(job.arena, TONGUE_EN, &inventory, &doubt);
    assert_true(str_contains(words, STR("Your age")) && str_contains(words, STR("job")));
    assert_true(str_contains(words, STR("was decided without")));
    doubt.left_count = 0;
    doubt.cause = DOUBT_CHANGES;
    const struct str changed = doubt_sentence(job.arena, TONGUE_DE, &inventory, &doubt);
    assert_true(str_contains(changed, STR("30 Tagen 2 Mal")));
    doubt.cause = DOUBT_NONE;
    assert_int_equal(doubt_sentence(job.arena, TONGUE_EN, &inventory, &doubt).len, 0);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_again),
        cmocka_unit_test(damage_is_found),
        cmocka_unit_test(what_is_left_out_adds_nothing_nor_do_its_pairs),
        cmocka_unit_test(it_is_told_by_the_labels_of_the_inventory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
