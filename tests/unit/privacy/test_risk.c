/*
 * test_risk.c - the three attackers' risks by hand.
 */
#include <math.h>

#include "privacy.h"

#include "testing.h"

static bool is_near(double left, double right)
{
    return fabs(left - right) < 1e-12;
}

static void risks_are_those_of_the_book(void **state)
{
    /* 1 + 2 + 7 rows; 4, 2 and 14 people look like them. */
    const uint64_t size[] = {1, 2, 7};
    const double population[] = {4, 2, 14};
    struct risk risk;
    (void)state;
    risk_of(size, population, 3, 1, 0.2, &risk);
    assert_int_equal(risk.rows, 10);
    assert_int_equal(risk.smallest, 1);
    assert_int_equal(risk.uniques, 1);
    assert_int_equal(risk.above_rows, 3); /* 1/1 and 1/2, not 1/7 */
    assert_true(is_near(risk.prosecutor_highest, 1));
    assert_true(is_near(risk.prosecutor_average, 0.3));
    assert_true(is_near(risk.journalist_highest, 0.5));
    assert_true(is_near(risk.marketer, (1.0 / 4 + 2.0 / 2 + 7.0 / 14) / 10));
    assert_true(is_near(risk.journalist_average, risk.marketer)); /* above 3 / 20 */
    assert_int_equal(risk.band[0].classes, 1);
    assert_int_equal(risk.band[1].rows, 2);
    assert_int_equal(risk.band[3].rows, 7);
}

static void a_fraction_divides_the_risk_of_those_who_do_not_know(void **state)
{
    const uint64_t size[] = {5, 5};
    struct risk risk;
    (void)state;
    risk_of(size, NULL, 2, 0.1, 0.2, &risk);
    assert_true(is_near(risk.prosecutor_highest, 0.2));
    assert_int_equal(risk.above_rows, 0);
    assert_true(is_near(risk.journalist_highest, 0.02));
    assert_true(is_near(risk.marketer, 0.02)); /* each is one of 50 */
}

static void nobody_is_at_no_risk(void **state)
{
    struct risk risk;
    (void)state;
    risk_of(NULL, NULL, 0, 1, 0.2, &risk);
    assert_int_equal(risk.rows, 0);
    assert_true(is_near(risk.prosecutor_highest, 0));
}

static void bands_hold_every_class_once(void **state)
{
    (void)state;
    for (uint64_t size = 1; size < 3000; size++) {
        struct risk risk;
        uint64_t classes = 0;
        risk_of(&size, NULL, 1, 1, 0.2, &risk);
        for (size_t b = 0; b < RISK_BANDS; b++) {
            classes += risk.band[b].classes;
        }
        expect(classes == 1, "size %d", (int)size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(risks_are_those_of_the_book),
        cmocka_unit_test(a_fraction_divides_the_risk_of_those_who_do_not_know),
        cmocka_unit_test(nobody_is_at_no_risk),
        cmocka_unit_test(bands_hold_every_class_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
