/*
 * test_tcf_rule.c - may a vendor use a purpose? 210 cases, special purposes and features, and when a
 * string is in force.
 */
#include "vectors.h"

static uint32_t numbers(const struct value *list)
{
    uint32_t set = 0;
    must(list != NULL && list->kind == VALUE_LIST);
    for (size_t i = 0; i < list->count; i++) {
        set |= UINT32_C(1) << (list->item[i].integer - 1);
    }
    return set;
}

static void every_question_has_the_answer_of_the_specification(void **state)
{
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    const struct value *list = vectors(&job, "tcf/permission.json");
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *vector = &list->item[i];
        const struct value *declared = value_get(vector, "declared");
        const struct value *expected = value_get(vector, "expect");
        const struct tcf_declaration declaration = {
            .consent = numbers(value_get(declared, "purposes")),
            .interest = numbers(value_get(declared, "legint")),
            .flexible = numbers(value_get(declared, "flexible"))};
        struct tcf tcf;
        assert_int_equal(tcf_decode(job.arena, text_of(vector, "string"), &tcf), SIGNAL_FINE);
        const enum tcf_answer answer =
            tcf_may(&tcf, &declaration, (uint32_t)value_get(vector, "vendor")->integer,
                    (uint32_t)value_get(vector, "purpose")->integer);
        expect(tcf_answer_allows(answer) == is_true(expected, "allowed"), "%s: %s",
               text_of(vector, "id").ptr, tcf_answer_code(answer));
        expect(str_is(text_of(expected, "why"), tcf_answer_code(answer)), "%s: %s",
               text_of(vector, "id").ptr, tcf_answer_code(answer));
    }
    const bool is_absent = list == NULL;
    job_end(&job);
    if (is_absent) {
        skip();
    }
}

static const struct id_range vendor_row[] = {{10, 20}};

static struct tcf told(void)
{
    return (struct tcf){.version = 2,
                        .policy_version = 5,
                        .is_service_specific = true,
                        .special_features = 1,
                        .purposes_consent = 0xFFFFFF,
                        .purposes_interest = 0xFFFFFF,
                        .vendor_consent = idset_of(vendor_row, 1),
                        .vendor_interest = idset_of(vendor_row, 1),
                        .has_disclosed = true,
                        .disclosed = idset_of(vendor_row, 1)};
}

static void special_purposes_need_disclosure_and_special_features_a_yes(void **state)
{
    const struct tcf tcf = told();
    const struct tcf_declaration declared = {.special_purposes = 3, .special_features = 3};
    (void)state;
    assert_int_equal(tcf_may_special_purpose(&tcf, &declared, 15, 2), TCF_OK_SPECIAL);
    assert_int_equal(tcf_may_special_purpose(&tcf, &declared, 9, 2), TCF_NOT_DISCLOSED);
    assert_int_equal(tcf_may_special_purpose(&tcf, &declared, 15, 3), TCF_NOT_DECLARED);
    assert_int_equal(tcf_may_special_feature(&tcf, &declared, 15, 1), TCF_OK_SPECIAL);
    assert_int_equal(tcf_may_special_feature(&tcf, &declared, 15, 2), TCF_NO_OPT_IN);
    assert_int_equal(tcf_may_special_feature(&tcf, &declared, 21, 1), TCF_NOT_DISCLOSED);
    assert_int_equal(tcf_may_special_feature(&tcf, &declared, 15, 3), TCF_NOT_DECLARED);
}

static void interest_is_never_enough_for_purposes_1_3_4_5_and_6(void **state)
{
    const struct tcf tcf = told();
    const struct tcf_declaration declared = {.interest = 0xFFFFFF};
    (void)state;
    for (uint32_t purpose = 1; purpose <= TCF_PURPOSES; purpose++) {
        const bool never = purpose == 1 || (purpose >= 3 && purpose <= 6);
        expect(tcf_may(&tcf, &declared, 15, purpose) ==
                   (never ? TCF_NO_PURPOSE_INTEREST : TCF_OK_INTEREST),
               "purpose %u", purpose);
    }
    assert_int_equal(tcf_may(&tcf, &declared, 15, 0), TCF_NOT_DECLARED);
    assert_int_equal(tcf_may(&tcf, &declared, 15, 25), TCF_NOT_DECLARED);
    assert_int_equal(tcf_may(&tcf, &declared, 15, UINT32_MAX), TCF_NOT_DECLARED);
}

static void an_undefined_restriction_forbids(void **state)
{
    struct tcf tcf = told();
    const struct tcf_declaration declared = {.consent = 2};
    struct tcf_restriction restriction = {
        .purpose = 2, .kind = TCF_UNDEFINED, .vendors = idset_of(vendor_row, 1)};
    (void)state;
    assert_int_equal(tcf_may(&tcf, &declared, 15, 2), TCF_OK_CONSENT);
    tcf.restriction = &restriction;
    tcf.restriction_count = 1;
    assert_int_equal(tcf_may(&tcf, &declared, 15, 2), TCF_RESTRICTED);
}

#define TENTHS_PER_DAY INT64_C(864000)

static void a_string_is_in_force_for_thirteen_months_under_its_policy(void **state)
{
    const int64_t now = INT64_C(1764288000) * MICROS_PER_SECOND; /* 28 November 2025 */
    const int64_t present = now / 100000;
    static const struct {
        int64_t age_days;
        uint8_t policy;
        bool specific;
        bool disclosed;
        enum tcf_answer answer;
    } row[] = {
        {0, 5, true, true, TCF_OK_CONSENT},   {0, 4, true, false, TCF_OK_CONSENT},
        {396, 5, true, true, TCF_OK_CONSENT}, {397, 5, true, true, TCF_TOO_OLD},
        {-1, 5, true, true, TCF_OK_CONSENT},  {-2, 5, true, true, TCF_TOO_OLD},
        {0, 3, true, true, TCF_NOT_IN_FORCE}, {0, 5, false, true, TCF_NOT_IN_FORCE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct tcf tcf = told();
        tcf.created = tcf.updated = present - row[i].age_days * TENTHS_PER_DAY;
        tcf.policy_version = row[i].policy;
        tcf.is_service_specific = row[i].specific;
        tcf.has_disclosed = row[i].disclosed;
        expect(tcf_in_force(&tcf, now) == row[i].answer, "row %zu", i);
    }
}

static void from_march_2026_on_the_disclosed_vendors_must_be_there(void **state)
{
    const int64_t march = INT64_C(1772323200);
    struct tcf tcf = told();
    (void)state;
    tcf.created = tcf.updated = march * 10;
    assert_int_equal(tcf_in_force(&tcf, march * MICROS_PER_SECOND), TCF_OK_CONSENT);
    tcf.has_disclosed = false;
    assert_int_equal(tcf_in_force(&tcf, march * MICROS_PER_SECOND), TCF_DISCLOSURE_MISSING);
    tcf.created = tcf.updated = march * 10 - 1;
    assert_int_equal(tcf_in_force(&tcf, march * MICROS_PER_SECOND), TCF_OK_CONSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_question_has_the_answer_of_the_specification),
        cmocka_unit_test(special_purposes_need_disclosure_and_special_features_a_yes),
        cmocka_unit_test(interest_is_never_enough_for_purposes_1_3_4_5_and_6),
        cmocka_unit_test(an_undefined_restriction_forbids),
        cmocka_unit_test(a_string_is_in_force_for_thirteen_months_under_its_policy),
        cmocka_unit_test(from_march_2026_on_the_disclosed_vendors_must_be_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
