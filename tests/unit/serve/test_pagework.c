/*
 * test_pagework.c - what is under way is told to whoever began it, and is stopped with the server.
 */
#include "serving.h"
#include "testing.h"

static void progress_is_told_to_whoever_began_it(void **state)
{
    struct page_works works;
    struct page_progress progress;
    struct job job;
    struct job other;
    (void)state;
    works_begin(&works);
    job_begin(&job, host_real());
    job_begin(&other, host_real());
    struct page_work *work = works_enter(&works, &job);
    struct page_work *another = works_enter(&works, &other);
    works_sign(&works, &job, "ana");
    works_sign(&works, &other, "bea");
    assert_false(works_of(&works, "ana", &progress)); /* nothing was said yet */
    job_say_progress(&job, "importing subjects", 5, 20);
    assert_true(works_of(&works, "ana", &progress));
    assert_string_equal(progress.what, "importing subjects");
    assert_int_equal(progress.done, 5);
    assert_int_equal(progress.total, 20);
    assert_false(works_of(&works, "bea", &progress));
    job_say_progress(&job, "importing subjects", 20, 20);
    assert_true(works_of(&works, "ana", &progress));
    assert_int_equal(progress.done, 20);
    works_leave(work);
    assert_false(works_of(&works, "ana", &progress));
    job_say_progress(&job, "importing subjects", 20, 20); /* nobody listens now */
    works_leave(another);
    job_end(&job);
    job_end(&other);
    works_end(&works);
}

static void what_is_under_way_and_what_comes_is_stopped(void **state)
{
    struct page_works works;
    struct job before;
    struct job after;
    (void)state;
    works_begin(&works);
    job_begin(&before, host_real());
    job_begin(&after, host_real());
    struct page_work *first = works_enter(&works, &before);
    assert_false(before.cancelled);
    works_stop(&works);
    assert_true(before.cancelled);
    struct page_work *second = works_enter(&works, &after);
    assert_true(after.cancelled);
    works_leave(first);
    works_leave(second);
    job_end(&before);
    job_end(&after);
    works_end(&works);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(progress_is_told_to_whoever_began_it),
        cmocka_unit_test(what_is_under_way_and_what_comes_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
