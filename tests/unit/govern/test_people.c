/*
 * test_people.c - training that lapses, acts for two, what an incident laid open, the 72 hours.
 */
#include "people.h"
#include "testing.h"

#define NOW INT64_C(1800000000000000)
#define COURSE(name, until) \
    { \
        STR(name), until, 0 \
    }

static void nobody_untrained_sees_personal_data(void **state)
{
    (void)state;
    const struct str required[] = {STR("data-protection"), STR("security")};
    const struct acknowledgement both[] = {COURSE("security", NOW + 1),
                                           COURSE("data-protection", NOW + 1)};
    const struct acknowledgement over[] = {COURSE("security", NOW + 1),
                                           COURSE("data-protection", NOW)};
    const struct acknowledgement other[] = {COURSE("fire", NOW)};
    struct str lapsed;
    int64_t until = 1;
    expect(training_is_current(ROLE_PRIVACY, NULL, 0, NULL, 0, NOW, &lapsed, &until), "no rule");
    expect(training_is_current(ROLE_PRIVACY, required, 2, both, 2, NOW, &lapsed, &until), "both");
    expect(!training_is_current(ROLE_PRIVACY, required, 2, both, 1, NOW, &lapsed, &until) &&
               str_is(lapsed, "data-protection") && until == 0,
           "one is missing");
    expect(!training_is_current(ROLE_PRIVACY, required, 2, over, 2, NOW, &lapsed, &until) &&
               str_is(lapsed, "data-protection") && until == NOW,
           "one is over at this instant");
    expect(!training_is_current(ROLE_OWNER, NULL, 0, other, 1, NOW, &lapsed, &until),
           "what was put down and lapsed counts without a rule too, of owners too");
    expect(training_is_current(ROLE_MACHINE, required, 2, NULL, 0, NOW, &lapsed, &until),
           "a machine takes no courses");
    expect(!training_is_current(ROLE_MACHINE | ROLE_PRIVACY, required, 2, NULL, 0, NOW, &lapsed,
                                &until),
           "with another role it is a human");
}

static void every_read_of_people_is_personal_and_their_protection_is_not(void **state)
{
    (void)state;
    static const enum act personal[] = {ACT_IMPORT,  ACT_PLAN,         ACT_SEND,
                                        ACT_RESULTS, ACT_SUBJECT_READ, ACT_SUBJECT_CHANGE};
    static const enum act not_so[] = {ACT_CONSENT, ACT_SUBJECT_ERASE, ACT_LEDGER_READ,
                                      ACT_ADMINISTER, ACT_DECIDE};
    for (size_t i = 0; i < sizeof personal / sizeof personal[0]; i++) {
        expect(act_is_personal(personal[i]), "%s", act_name(personal[i]));
    }
    for (size_t i = 0; i < sizeof not_so / sizeof not_so[0]; i++) {
        expect(!act_is_personal(not_so[i]), "%s", act_name(not_so[i]));
    }
}

static void every_guarded_act_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (unsigned i = 0; i < GUARDS; i++) {
        enum guarded guarded = GUARDS;
        expect(guarded_read(str_of(guarded_name((enum guarded)i)), &guarded) && guarded == i, "%u",
               i);
    }
    enum guarded guarded;
    expect(!guarded_read(STR(""), &guarded) && !guarded_read(STR("Erase"), &guarded), "others");
}

static void only_what_is_sealed_is_unintelligible(void **state)
{
    (void)state;
    static const struct {
        unsigned exposed;
        bool is_unintelligible;
    } row[] = {
        {0, false},
        {EXPOSED_DATA, true},
        {EXPOSED_KEYS, true},
        {EXPOSED_ROOT, true},
        {EXPOSED_DATA | EXPOSED_KEYS, true},
        {EXPOSED_DATA | EXPOSED_ROOT, true},
        {EXPOSED_KEYS | EXPOSED_ROOT, true},
        {EXPOSED_DATA | EXPOSED_KEYS | EXPOSED_ROOT, false},
        {EXPOSED_EXPORT, false},
        {EXPOSED_OPERATOR, false},
        {EXPOSED_DATA | EXPOSED_EXPORT, false},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const char *why = NULL;
        expect(exposed_is_unintelligible(row[i].exposed, &why) == row[i].is_unintelligible,
               "row %zu", i);
        expect(why != NULL && why[0] != '\0', "row %zu has a sentence", i);
    }
}

static void the_clock_has_its_steps_at_36_57_6_and_72_hours(void **state)
{
    (void)state;
    const int64_t hour = INT64_C(3600) * MICROS_PER_SECOND;
    static const struct {
        int64_t minutes;
        unsigned level;
    } row[] = {{0, 0},    {36 * 60 - 1, 0}, {36 * 60, 1}, {3455, 1},
               {3456, 2}, {72 * 60 - 1, 2}, {72 * 60, 3}, {INT64_C(60) * 24 * 365 * 5, 3}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(breach_level(NOW, NOW + row[i].minutes * hour / 60) == row[i].level, "row %zu", i);
    }
    expect(breach_level(NOW, NOW - hour) == 0, "a clock that jumped back");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(nobody_untrained_sees_personal_data),
        cmocka_unit_test(every_read_of_people_is_personal_and_their_protection_is_not),
        cmocka_unit_test(every_guarded_act_has_a_name_of_its_own),
        cmocka_unit_test(only_what_is_sealed_is_unintelligible),
        cmocka_unit_test(the_clock_has_its_steps_at_36_57_6_and_72_hours),
    };
    return cmocka_run_group_tests_name("people", test, NULL, NULL);
}
