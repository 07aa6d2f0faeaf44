/*
 * test_withhold.c - the checks in their order, the window of the cap, words and steps.
 */
#include <string.h>

#include "decide.h"
#include "testing.h"

#define NOW (INT64_C(1790000000) * MICROS_PER_SECOND)
#define DAY MICROS_PER_DAY

static const struct campaign strict = {
    .uses = 1,
    .address_field = 0,
    .cap_contacts = 2,
    .cap_days = 7,
    .not_interested_days = 30,
};

static const struct campaign open_to_all = {.uses = NONE, .address_field = NONE};

#define FINE PERMIT_OK_CONSENT, PERMIT_OK_CONSENT, false, true, 0, 0, NOW, false

static const struct {
    const char *name;
    const struct campaign *campaign;
    struct eligibility eligibility;
    enum withhold withhold;
} row[] = {
    {"nothing against it", &strict, {FINE}, SEND},
    {"everything against it: the permit comes first",
     &strict,
     {PERMIT_WITHDRAWN, PERMIT_NO_CONSENT, true, false, 9, NOW, NOW, false},
     WITHHOLD_PERMIT},
    {"then profiling",
     &strict,
     {PERMIT_OK_BASIS, PERMIT_NO_CONSENT, false, false, 9, NOW, NOW, false},
     WITHHOLD_NO_PROFILING},
    {"then the wish for a human",
     &strict,
     {PERMIT_OK_BASIS, PERMIT_OK_CONSENT, true, false, 9, NOW, NOW, false},
     WITHHOLD_HUMAN},
    {"a wish for a human alone",
     &open_to_all,
     {PERMIT_OK_BASIS, PERMIT_OK_CONSENT, true, true, 0, 0, NOW, false},
     WITHHOLD_HUMAN},
    {"then the address",
     &strict,
     {PERMIT_OK_BASIS, PERMIT_OK_CONSENT, false, false, 9, NOW, NOW, false},
     WITHHOLD_UNREACHABLE},
    {"then the cap",
     &strict,
     {PERMIT_OK_BASIS, PERMIT_OK_CONSENT, false, true, 9, NOW, NOW, false},
     WITHHOLD_CAP},
    {"then what they told us",
     &strict,
     {PERMIT_OK_BASIS, PERMIT_OK_CONSENT, false, true, 1, NOW, NOW, false},
     WITHHOLD_NOT_INTERESTED},
    {"one contact fewer than the cap",
     &strict,
     {PERMIT_OK_CONSENT, PERMIT_OK_CONSENT, false, true, 1, 0, NOW, false},
     SEND},
    {"as many as the cap",
     &strict,
     {PERMIT_OK_CONSENT, PERMIT_OK_CONSENT, false, true, 2, 0, NOW, false},
     WITHHOLD_CAP},
    {"not interested thirty days ago",
     &strict,
     {PERMIT_OK_CONSENT, PERMIT_OK_CONSENT, false, true, 0, NOW - 30 * DAY, NOW, false},
     SEND},
    {"not interested a moment less ago",
     &strict,
     {PERMIT_OK_CONSENT, PERMIT_OK_CONSENT, false, true, 0, NOW - 30 * DAY + 1, NOW, false},
     WITHHOLD_NOT_INTERESTED},
    {"not interested, dated ahead",
     &strict,
     {PERMIT_OK_CONSENT, PERMIT_OK_CONSENT, false, true, 0, NOW + DAY, NOW, false},
     WITHHOLD_NOT_INTERESTED},
    {"not interested in this campaign, however long ago",
     &strict,
     {PERMIT_OK_CONSENT, PERMIT_OK_CONSENT, false, true, 0, 0, NOW, true},
     WITHHOLD_NOT_INTERESTED},
    {"... also where no time is set",
     &open_to_all,
     {PERMIT_OK_CONSENT, PERMIT_OK_CONSENT, false, true, 0, 0, NOW, true},
     WITHHOLD_NOT_INTERESTED},
    {"a campaign that asks for less",
     &open_to_all,
     {PERMIT_OK_CONSENT, PERMIT_NO_CONSENT, false, false, 99, NOW, NOW, false},
     SEND},
    {"but never without a permit",
     &open_to_all,
     {PERMIT_EXPIRED, PERMIT_OK_CONSENT, false, true, 0, 0, NOW, false},
     WITHHOLD_PERMIT},
};

static void the_first_no_is_the_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const enum withhold withhold = eligible_check(row[i].campaign, &row[i].eligibility);
        expect(withhold == row[i].withhold, "%s: %s", row[i].name, withhold_name(withhold));
    }
}

static void every_permit_that_denies_withholds(void **state)
{
    (void)state;
    for (unsigned code = 0; code < PERMIT_CODES; code++) {
        const struct eligibility eligibility = {.permit = (enum permit_code)code, .now = NOW};
        expect((eligible_check(&open_to_all, &eligibility) == SEND) ==
                   permit_code_allows((enum permit_code)code),
               "%s", permit_code_name((enum permit_code)code));
    }
}

static void contacts_count_within_the_window(void **state)
{
    (void)state;
    const int64_t time[] = {NOW, NOW - 7 * DAY, NOW - 7 * DAY + 1, NOW + 3 * DAY, 0, INT64_MIN};
    expect(contacts_within(time, 6, NOW, 7) == 3, "now, just inside, and ahead");
    expect(contacts_within(time, 6, NOW, 8) == 4, "a day more");
    expect(contacts_within(time, 0, NOW, 7) == 0, "none");
    expect(contacts_within(time, 6, INT64_MIN, 7) == 6, "a clock that says nothing counts all");
}

static void reasons_have_words_and_a_step(void **state)
{
    (void)state;
    for (unsigned i = 0; i < WITHHOLD_CODES; i++) {
        const enum withhold withhold = (enum withhold)i;
        expect(str_ends(str_of(withhold_sentence(withhold)), STR(".")), "reason %u", i);
        expect((withhold_stair(withhold) == STAIR_COUNT) == (withhold == SEND), "reason %u", i);
        expect(withhold == SEND || withhold_stair(withhold) > STAIR_CUSTOMERS, "reason %u", i);
        for (unsigned j = 0; j < i; j++) {
            expect(strcmp(withhold_name(withhold), withhold_name((enum withhold)j)) != 0,
                   "reasons %u and %u", i, j);
        }
    }
}

/* Whoever falls later in the order of checks falls on the same step or a later one. */
static void the_steps_follow_the_order_of_the_checks(void **state)
{
    (void)state;
    for (unsigned i = WITHHOLD_ERASED; i + 1 < WITHHOLD_HUMAN; i++) { /* the last came later */
        expect(withhold_stair((enum withhold)i) <= withhold_stair((enum withhold)(i + 1)),
               "reason %u", i);
    }
    for (unsigned i = 0; i < STAIR_COUNT; i++) {
        expect(strlen(stair_name((enum stair)i)) > 0 && strlen(stair_label((enum stair)i)) > 0,
               "step %u", i);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_first_no_is_the_answer),
        cmocka_unit_test(every_permit_that_denies_withholds),
        cmocka_unit_test(contacts_count_within_the_window),
        cmocka_unit_test(reasons_have_words_and_a_step),
        cmocka_unit_test(the_steps_follow_the_order_of_the_checks),
    };
    return cmocka_run_group_tests_name("withhold", test, NULL, NULL);
}
