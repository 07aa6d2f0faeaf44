/*
 * test_limit.c - how much is taken of one key, against a slow and obvious bucket; and who is not locked
 * out by whom.
 */
#include <stdio.h>
#include <stdlib.h>

#include "serving.h"
#include "testing.h"

static const uint64_t second = UINT64_C(1000000000);

static struct limit *begin(uint32_t per_second, uint32_t burst)
{
    struct job job;
    struct limit *limit = calloc(1, sizeof *limit);
    const struct candor_server rules = {.requests_per_second = per_second, .request_burst = burst};
    assert_non_null(limit);
    job_begin(&job, host_real());
    assert_int_equal(limit_begin(&job, limit, &rules), CANDOR_OK);
    job_end(&job);
    return limit;
}

static void end(struct limit *limit)
{
    limit_end(limit);
    free(limit);
}

static uint32_t take(struct limit *limit, const char *key, uint64_t now)
{
    bool was_good = false;
    return limit_take(limit, str_of(key), 1, now, &was_good);
}

/* Tokens that come one by one and never are more than the bucket holds. */
static void a_key_gets_what_a_bucket_of_tokens_would_give(void **state)
{
    static const struct {
        uint32_t per_second;
        uint32_t burst;
        uint64_t step; /* between two requests */
    } row[] = {{10, 5, second / 100},     {10, 1, second / 25},    {1, 3, second / 4},
               {1000, 10, second / 5000}, {100, 100, second / 50}, {8, 4, second}};
    (void)state;
    for (size_t r = 0; r < sizeof row / sizeof row[0]; r++) {
        struct limit *limit = begin(row[r].per_second, row[r].burst);
        const uint64_t token = second / row[r].per_second;
        uint64_t held = row[r].burst * token; /* in nanoseconds of tokens */
        uint64_t now = 7 * second;
        for (unsigned i = 0; i < 1000; i++, now += row[r].step) {
            const bool may = held >= token;
            const uint32_t wait = take(limit, "cnd_a", now);
            expect(may == (wait == 0), "row %zu, request %u: wait %u", r, i, wait);
            held -= may ? token : 0;
            held = held + row[r].step > row[r].burst * token ? row[r].burst * token
                                                             : held + row[r].step;
        }
        end(limit);
    }
}

static void one_key_does_not_spend_what_another_has(void **state)
{
    struct limit *limit = begin(1, 2);
    (void)state;
    assert_int_equal(take(limit, "cnd_a", second), 0);
    assert_int_equal(take(limit, "cnd_a", second), 0);
    assert_int_equal(take(limit, "cnd_a", second), 1);
    assert_int_equal(take(limit, "cnd_b", second), 0);
    assert_int_equal(take(limit, "cnd_a", 2 * second), 0);
    end(limit);
}

static void without_a_limit_nobody_waits(void **state)
{
    struct limit *limit = begin(0, 0);
    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        assert_int_equal(take(limit, "cnd_a", second), 0);
    }
    end(limit);
}

/* One address tries keys; a good one from there still gets through, and so does a good one from
 * elsewhere that was never seen. */
static void who_tries_keys_waits_and_their_neighbours_do_not(void **state)
{
    struct limit *limit = begin(0, 0);
    bool was_good = true;
    char key[32];
    unsigned tried = 0;
    uint32_t wait = 0;
    (void)state;
    assert_int_equal(limit_take(limit, STR("cnd_good"), 9, second, &was_good), 0);
    assert_false(was_good);
    limit_learn(limit, STR("cnd_good"), 9, true, second);
    while (wait == 0 && tried < 1000) {
        (void)snprintf(key, sizeof key, "cnd_%u", tried++);
        wait = limit_take(limit, str_of(key), 9, second, &was_good);
        if (wait == 0) {
            limit_learn(limit, str_of(key), 9, false, second);
        }
    }
    assert_int_equal(tried, 101);
    assert_int_equal(wait, 1);
    assert_int_equal(limit_take(limit, STR("cnd_good"), 9, second, &was_good), 0);
    assert_true(was_good);
    assert_int_equal(limit_take(limit, STR("cnd_other"), 8, second, &was_good), 0);
    assert_int_equal(limit_take(limit, STR("cnd_new"), 9, second, &was_good), 1);
    assert_int_equal(limit_take(limit, STR("cnd_new"), 9, 2 * second, &was_good), 0);
    limit_learn(limit, STR("cnd_good"), 9, false,
                second); /* revoked: it counts as one that is none */
    assert_true(limit_take(limit, STR("cnd_good"), 9, second, &was_good) > 0);
    end(limit);
}

/* Many keys that are made up push nobody out who was good, nor do they refill who has spent. */
static void made_up_keys_do_not_refill_a_bucket(void **state)
{
    struct limit *limit = begin(1, 3);
    bool was_good = false;
    char key[32];
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(take(limit, "cnd_good", second), 0);
    }
    limit_learn(limit, STR("cnd_good"), 1, true, second);
    for (unsigned i = 0; i < 200000; i++) {
        (void)snprintf(key, sizeof key, "cnd_%u", i);
        (void)limit_take(limit, str_of(key), i, second, &was_good);
    }
    assert_int_equal(take(limit, "cnd_good", second), 1);
    end(limit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_gets_what_a_bucket_of_tokens_would_give),
        cmocka_unit_test(one_key_does_not_spend_what_another_has),
        cmocka_unit_test(without_a_limit_nobody_waits),
        cmocka_unit_test(who_tries_keys_waits_and_their_neighbours_do_not),
        cmocka_unit_test(made_up_keys_do_not_refill_a_bucket),
    };
    return cmocka_run_group_tests_name("limit", tests, NULL, NULL);
}
