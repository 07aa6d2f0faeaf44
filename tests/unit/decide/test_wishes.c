/*
 * test_wishes.c - a person's own limits: every minute of a day against the slow definition, and which of them
 * says no first.
 */
#include "decide.h"
#include "testing.h"

#define MINUTE (60 * MICROS_PER_SECOND)

/* Walk from the first minute to before the last. */
static bool is_quiet_slowly(const struct wishes *wishes, unsigned minute)
{
    for (unsigned at = wishes->quiet_from; at != wishes->quiet_until; at = (at + 1) % 1440) {
        if (at == minute) {
            return true;
        }
    }
    return false;
}

static void every_minute_of_a_day(void **state)
{
    static const struct wishes row[] = {
        {.quiet_from = 0, .quiet_until = 0},      {.quiet_from = 1320, .quiet_until = 480},
        {.quiet_from = 540, .quiet_until = 1020}, {.quiet_from = 0, .quiet_until = 1},
        {.quiet_from = 1439, .quiet_until = 0},   {.quiet_from = 1, .quiet_until = 0},
    };
    static const int16_t offset[] = {0, 60, 840, -720, 330};
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        for (size_t o = 0; o < sizeof offset / sizeof offset[0]; o++) {
            for (int minute = 0; minute < 1440; minute++) {
                struct wishes wishes = row[i];
                wishes.utc_offset = offset[o];
                const int64_t now = (minute - offset[o] + 1440 * (int64_t)20000) * MINUTE;
                expect(wishes_are_quiet(&wishes, now) == is_quiet_slowly(&wishes, (unsigned)minute),
                       "row %zu, %d, minute %d", i, offset[o], minute);
                expect(wishes_are_quiet(&wishes, now + MINUTE - 1) ==
                           is_quiet_slowly(&wishes, (unsigned)minute),
                       "its last moment");
            }
        }
    }
}

static void before_1970_too(void **state)
{
    const struct wishes night = {.quiet_from = 1320, .quiet_until = 480};
    (void)state;
    expect(wishes_are_quiet(&night, -1), "a moment before midnight");
    expect(!wishes_are_quiet(&night, -2 * 60 * MINUTE - 1), "a moment before ten");
    expect(wishes_are_quiet(&night, INT64_MIN) == wishes_are_quiet(&night, INT64_MIN), "no trap");
}

static void the_first_wish_that_says_no(void **state)
{
    const int64_t night = 23 * 60 * MINUTE;
    const struct wishes none = {0};
    struct wishes all = {
        .contacts = 2, .days = 30, .quiet_from = 1320, .quiet_until = 480, .declines_topic = true};
    (void)state;
    assert_int_equal(wishes_check(&none, 99, false, night), SEND);
    assert_int_equal(wishes_check(&all, 2, false, night), WITHHOLD_TOPIC);
    all.declines_topic = false;
    assert_int_equal(wishes_check(&all, 2, false, night), WITHHOLD_OWN_LIMIT);
    assert_int_equal(wishes_check(&all, 1, false, night), WITHHOLD_QUIET);
    assert_int_equal(wishes_check(&all, 1, true, night), SEND);
    assert_int_equal(wishes_check(&all, 1, false, night / 2), SEND);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_minute_of_a_day),
        cmocka_unit_test(before_1970_too),
        cmocka_unit_test(the_first_wish_that_says_no),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
