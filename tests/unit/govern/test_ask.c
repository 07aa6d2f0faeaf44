/*
 * test_ask.c - may they be asked again: each code with its rule, at the instant and one before it.
 */
#include "govern.h"
#include "testing.h"

#define NOW (INT64_C(1790000000) * MICROS_PER_SECOND)
#define DAY MICROS_PER_DAY

static const struct purpose news = {
    .name = {"news", 4}, .basis = BASIS_CONSENT, .valid_days = 365, .ask_again_days = 183};
static const struct purpose service = {.name = {"service", 7}, .basis = BASIS_CONTRACT};
static const struct purpose hints = {.name = {"hints", 5}, .basis = BASIS_LEGITIMATE_INTEREST};

static const struct {
    const char *name;
    const struct purpose *purpose;
    enum permit_code code;
    int64_t said; /* of the record that decided; 0: none */
    int64_t deferred;
    bool may;
    enum ask_reason reason;
    int64_t from;
} row[] = {
    {"never asked", &news, PERMIT_NO_CONSENT, 0, 0, true, ASK_NEVER_ASKED, NOW},
    {"put off a day ago", &news, PERMIT_NO_CONSENT, 0, NOW - DAY, false, ASK_DEFERRED,
     NOW + 29 * DAY},
    {"put off 30 days ago", &news, PERMIT_NO_CONSENT, 0, NOW - 30 * DAY, true, ASK_NEVER_ASKED,
     NOW},
    {"said no yesterday", &news, PERMIT_REFUSED, NOW - DAY, 0, false, ASK_SAID_NO, NOW + 182 * DAY},
    {"one short", &news, PERMIT_REFUSED, NOW - 183 * DAY + 1, 0, false, ASK_SAID_NO, NOW + 1},
    {"long ago", &news, PERMIT_REFUSED, NOW - 183 * DAY, 0, true, ASK_LONG_AGO, NOW},
    {"long ago, put off today", &news, PERMIT_WITHDRAWN, NOW - 200 * DAY, NOW, false, ASK_DEFERRED,
     NOW + 30 * DAY},
    {"a no without a record", &news, PERMIT_WITHDRAWN, 0, 0, false, ASK_SAID_NO, INT64_MAX},
    {"objected", &news, PERMIT_OBJECTED, NOW - 4000 * DAY, 0, false, ASK_OBJECTED, INT64_MAX},
    {"given", &news, PERMIT_OK_CONSENT, NOW - DAY, 0, false, ASK_GIVEN, NOW + 334 * DAY},
    {"nearly over", &news, PERMIT_OK_CONSENT, NOW - 335 * DAY, 0, true, ASK_ENDS_SOON, NOW},
    {"one short of nearly", &news, PERMIT_OK_CONSENT, NOW - 335 * DAY + 1, 0, false, ASK_GIVEN,
     NOW + 1},
    {"over", &news, PERMIT_EXPIRED, NOW - 400 * DAY, 0, true, ASK_EXPIRED, NOW},
    {"over, put off", &news, PERMIT_EXPIRED, NOW - 400 * DAY, NOW - 1, false, ASK_DEFERRED,
     NOW - 1 + 30 * DAY},
    {"restricted", &news, PERMIT_RESTRICTED, 0, 0, false, ASK_RESTRICTED, INT64_MAX},
    {"a child", &news, PERMIT_CHILD, 0, 0, false, ASK_CHILD, INT64_MAX},
    {"of no known age", &news, PERMIT_AGE_UNKNOWN, 0, 0, false, ASK_CHILD, INT64_MAX},
    {"a contract", &service, PERMIT_OK_BASIS, 0, 0, false, ASK_NO_BASIS, INT64_MAX},
    {"a no to an interest", &hints, PERMIT_WITHDRAWN, 1, 0, false, ASK_NO_BASIS, INT64_MAX},
    {"not served", &news, PERMIT_WRONG_CHANNEL, 0, 0, false, ASK_WRONG, INT64_MAX},
    {"no recipient", &news, PERMIT_WRONG_RECIPIENT, 0, 0, false, ASK_WRONG, INT64_MAX},
};

static void each_code_has_its_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct consent_record record = {.time = row[i].said};
        const struct ask_answer answer = ask_may(
            row[i].purpose, row[i].code, row[i].said == 0 ? NULL : &record, row[i].deferred, NOW);
        expect(answer.may == row[i].may, "%s", row[i].name);
        expect(answer.reason == row[i].reason, "%s: %s", row[i].name,
               ask_reason_name(answer.reason));
        expect(answer.from == row[i].from, "%s: from %lld", row[i].name, (long long)answer.from);
    }
}

static void who_is_to_confirm_is_asked_again_when_the_token_is_dead(void **state)
{
    (void)state;
    const struct consent_record record = {.until = NOW + 5};
    const struct ask_answer answer = ask_may(&news, PERMIT_PENDING, &record, 0, NOW);
    expect(!answer.may && answer.reason == ASK_PENDING && answer.from == NOW + 5, "pending");
}

static void only_what_is_about_the_question_defers_it(void **state)
{
    const struct permit_question question = {.purpose = 1, .channel = 2, .recipient = 3};
    const struct consent_record record[] = {
        {.purpose = 1, .channel = 2, .recipient = 3, .decision = CONSENT_DEFERRED, .time = 10},
        {.purpose = 1, .channel = EVERY, .recipient = 3, .decision = CONSENT_DEFERRED, .time = 9},
        {.purpose = 1, .channel = 1, .recipient = 3, .decision = CONSENT_DEFERRED, .time = 50},
        {.purpose = 1, .channel = 2, .recipient = 0, .decision = CONSENT_DEFERRED, .time = 51},
        {.purpose = 0, .channel = 2, .recipient = 3, .decision = CONSENT_DEFERRED, .time = 52},
        {.purpose = 1, .channel = 2, .recipient = 3, .decision = CONSENT_REFUSED, .time = 53},
    };
    (void)state;
    expect(ask_deferred(record, 6, &question) == 10, "the latest of its own");
    expect(ask_deferred(record + 2, 4, &question) == 0, "none of its own");
}

static void reasons_have_names_and_sentences(void **state)
{
    (void)state;
    for (int reason = 0; reason < ASK_REASONS; reason++) {
        expect(ask_reason_name((enum ask_reason)reason)[0] != '\0', "%d", reason);
        expect(ask_reason_sentence((enum ask_reason)reason)[0] != '\0', "%d", reason);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(each_code_has_its_rule),
        cmocka_unit_test(who_is_to_confirm_is_asked_again_when_the_token_is_dead),
        cmocka_unit_test(only_what_is_about_the_question_defers_it),
        cmocka_unit_test(reasons_have_names_and_sentences),
    };
    return cmocka_run_group_tests_name("ask", test, NULL, NULL);
}
