/*
 * test_precedence.c - the order of precedence against a table of its rules, and what must hold
 * whatever is said: another no never allows, nothing lifts a person's no.
 */
#include "precedence.h"

#include "testing.h"

enum { BEFORE = 100, CONSENT = 200, AFTER = 300 };

static const struct evidence gpc_after = {
    .source = SOURCE_GPC, .is_opt_out = true, .time = AFTER, .code = "gpc"};
static const struct evidence gpc_before = {
    .source = SOURCE_GPC, .is_opt_out = true, .time = BEFORE, .code = "gpc"};
static const struct evidence gpc_same = {
    .source = SOURCE_GPC, .is_opt_out = true, .time = CONSENT, .code = "gpc"};
static const struct evidence tcf_no = {.source = SOURCE_TCF, .time = AFTER, .code = "no"};
static const struct evidence tcf_old_no = {.source = SOURCE_TCF, .time = BEFORE, .code = "no"};
static const struct evidence tcf_yes = {
    .source = SOURCE_TCF, .allows = true, .time = AFTER, .code = "consent"};
static const struct evidence gpp_child = {
    .source = SOURCE_GPP, .is_child = true, .time = AFTER, .code = "child"};

static void each_rule_has_its_answer(void **state)
{
    static const struct {
        const char *name;
        struct precedence_question question;
        bool allowed;
        unsigned rule;
        enum ruling_by by;
    } row[] = {
        {"restriction comes first",
         {.code = PERMIT_RESTRICTED, .evidence = &tcf_yes, .evidence_count = 1},
         false,
         1,
         BY_LAW},
        {"nobody we know",
         {.code = PERMIT_UNKNOWN_SUBJECT, .regime = REGIME_OPT_OUT, .was_told = true},
         false,
         1,
         BY_LAW},
        {"a known child",
         {.code = PERMIT_OK_CONSENT,
          .consent_time = 1000,
          .consent_is_proven = true,
          .evidence = &gpp_child,
          .evidence_count = 1},
         false,
         1,
         BY_SIGNAL},
        {"an objection is absolute",
         {.code = PERMIT_OBJECTED, .evidence = &tcf_yes, .evidence_count = 1},
         false,
         2,
         BY_RECORD},
        {"the browser says no",
         {.code = PERMIT_OK_CONSENT,
          .consent_time = CONSENT,
          .consent_is_proven = true,
          .opt_out_binds = true,
          .evidence = &gpc_after,
          .evidence_count = 1},
         false,
         3,
         BY_SIGNAL},
        {"at the same instant too",
         {.code = PERMIT_OK_CONSENT,
          .consent_time = CONSENT,
          .consent_is_proven = true,
          .opt_out_binds = true,
          .evidence = &gpc_same,
          .evidence_count = 1},
         false,
         3,
         BY_SIGNAL},
        {"a later consent stands",
         {.code = PERMIT_OK_CONSENT,
          .consent_time = CONSENT,
          .consent_is_proven = true,
          .opt_out_binds = true,
          .evidence = &gpc_before,
          .evidence_count = 1},
         true,
         4,
         BY_RECORD},
        {"but not one without proof",
         {.code = PERMIT_OK_CONSENT,
          .consent_time = CONSENT,
          .opt_out_binds = true,
          .evidence = &gpc_before,
          .evidence_count = 1},
         false,
         3,
         BY_SIGNAL},
        {"legitimate interest does not beat the browser",
         {.code = PERMIT_OK_BASIS,
          .opt_out_binds = true,
          .evidence = &gpc_before,
          .evidence_count = 1},
         false,
         3,
         BY_SIGNAL},
        {"where the signal does not bind it is not asked",
         {.code = PERMIT_OK_CONSENT,
          .consent_time = CONSENT,
          .evidence = &gpc_after,
          .evidence_count = 1},
         true,
         4,
         BY_RECORD},
        {"a refusal", {.code = PERMIT_REFUSED}, false, 4, BY_RECORD},
        {"no string lifts a refusal",
         {.code = PERMIT_REFUSED, .evidence = &tcf_yes, .evidence_count = 1},
         false,
         4,
         BY_RECORD},
        {"an expired consent is a no",
         {.code = PERMIT_EXPIRED, .evidence = &tcf_yes, .evidence_count = 1},
         false,
         4,
         BY_RECORD},
        {"a consent", {.code = PERMIT_OK_CONSENT, .consent_time = CONSENT}, true, 4, BY_RECORD},
        {"a newer string takes it back for this request",
         {.code = PERMIT_OK_CONSENT,
          .consent_time = CONSENT,
          .consent_is_proven = true,
          .evidence = &tcf_no,
          .evidence_count = 1},
         false,
         5,
         BY_SIGNAL},
        {"an older string does not",
         {.code = PERMIT_OK_CONSENT,
          .consent_time = CONSENT,
          .consent_is_proven = true,
          .evidence = &tcf_old_no,
          .evidence_count = 1},
         true,
         4,
         BY_RECORD},
        {"a string says yes where nobody was asked",
         {.code = PERMIT_NO_CONSENT,
          .regime = REGIME_OPT_IN,
          .evidence = &tcf_yes,
          .evidence_count = 1},
         true,
         5,
         BY_SIGNAL},
        {"an opt-in place",
         {.code = PERMIT_NO_CONSENT, .regime = REGIME_OPT_IN, .was_told = true},
         false,
         6,
         BY_DEFAULT},
        {"an opt-out place that told people",
         {.code = PERMIT_NO_CONSENT, .regime = REGIME_OPT_OUT, .was_told = true},
         true,
         6,
         BY_DEFAULT},
        {"and one that did not",
         {.code = PERMIT_NO_CONSENT, .regime = REGIME_OPT_OUT},
         false,
         6,
         BY_DEFAULT},
        {"another basis", {.code = PERMIT_OK_BASIS, .regime = REGIME_OPT_IN}, true, 6, BY_DEFAULT},
        {"an unknown place", {.code = PERMIT_NO_CONSENT, .was_told = true}, false, 7, BY_DEFAULT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct ruling ruling = precedence_decide(&row[i].question);
        expect(ruling.allowed == row[i].allowed && ruling.rule == row[i].rule &&
                   ruling.by == row[i].by,
               "%s: rule %u", row[i].name, ruling.rule);
        assert_true((ruling.evidence != NULL) == (ruling.by == BY_SIGNAL));
    }
}

static void what_was_overruled_is_shown(void **state)
{
    const struct precedence_question question = {.code = PERMIT_OK_CONSENT,
                                                 .consent_time = CONSENT,
                                                 .consent_is_proven = true,
                                                 .opt_out_binds = true,
                                                 .evidence = &gpc_before,
                                                 .evidence_count = 1};
    const struct ruling ruling = precedence_decide(&question);
    (void)state;
    assert_true(ruling.allowed);
    assert_ptr_equal(ruling.against, &gpc_before);
}

static void the_newest_no_is_the_one_that_is_named(void **state)
{
    const struct evidence evidence[] = {tcf_old_no, tcf_no, tcf_yes};
    const struct precedence_question question = {
        .code = PERMIT_OK_BASIS, .evidence = evidence, .evidence_count = 3};
    (void)state;
    assert_ptr_equal(precedence_decide(&question).evidence, &evidence[1]);
}

/* ---- whatever is said ---------------------------------------------------------------------- */

static const struct evidence *const every[] = {&gpc_after,  &gpc_before, &tcf_no,
                                               &tcf_old_no, &tcf_yes,    &gpp_child};
enum { EVERY_LEN = sizeof every / sizeof every[0] };

static struct precedence_question made(unsigned number, const struct evidence *evidence,
                                       size_t count)
{
    return (struct precedence_question){
        .code = (enum permit_code)(number % PERMIT_CODES),
        .regime = (enum regime)(number / PERMIT_CODES % 3),
        .consent_time = CONSENT,
        .consent_is_proven = number / (PERMIT_CODES * 3) % 2 == 1,
        .was_told = number / (PERMIT_CODES * 6) % 2 == 1,
        .opt_out_binds = number / (PERMIT_CODES * 12) % 2 == 1,
        .evidence = evidence,
        .evidence_count = count,
    };
}

enum { QUESTIONS = PERMIT_CODES * 24 };

static size_t gather(unsigned set, struct evidence *evidence)
{
    size_t count = 0;
    for (unsigned i = 0; i < EVERY_LEN; i++) {
        if ((set >> i & 1) == 1) {
            evidence[count++] = *every[i];
        }
    }
    return count;
}

static void another_no_never_allows(void **state)
{
    (void)state;
    for (unsigned number = 0; number < QUESTIONS; number++) {
        for (unsigned set = 0; set < 1U << EVERY_LEN; set++) {
            struct evidence evidence[EVERY_LEN + 1];
            size_t count = gather(set, evidence);
            const struct precedence_question less = made(number, evidence, count);
            const bool was_allowed = precedence_decide(&less).allowed;
            for (unsigned i = 0; i < EVERY_LEN; i++) {
                if (every[i]->allows) {
                    continue;
                }
                evidence[count] = *every[i];
                const struct precedence_question more = made(number, evidence, count + 1);
                expect(was_allowed || !precedence_decide(&more).allowed, "%u with %x and %u",
                       number, set, i);
            }
        }
    }
}

static void no_signal_lifts_what_a_person_or_the_law_denied(void **state)
{
    static const enum permit_code no[] = {PERMIT_REFUSED,         PERMIT_WITHDRAWN,
                                          PERMIT_OBJECTED,        PERMIT_EXPIRED,
                                          PERMIT_RESTRICTED,      PERMIT_UNKNOWN_PURPOSE,
                                          PERMIT_UNKNOWN_SUBJECT, PERMIT_WRONG_CHANNEL,
                                          PERMIT_NOT_YET,         PERMIT_CODES};
    (void)state;
    for (size_t n = 0; n < sizeof no / sizeof no[0]; n++) {
        for (unsigned number = 0; number < QUESTIONS; number++) {
            for (unsigned set = 0; set < 1U << EVERY_LEN; set++) {
                struct evidence evidence[EVERY_LEN];
                struct precedence_question question = made(number, evidence, gather(set, evidence));
                question.code = no[n];
                expect(!precedence_decide(&question).allowed, "code %d", (int)no[n]);
            }
        }
    }
}

/* The order of the evidence changes no answer. */
static void the_order_of_signals_does_not_matter(void **state)
{
    (void)state;
    for (unsigned number = 0; number < QUESTIONS; number++) {
        for (unsigned set = 0; set < 1U << EVERY_LEN; set++) {
            struct evidence evidence[EVERY_LEN];
            struct evidence reversed[EVERY_LEN];
            const size_t count = gather(set, evidence);
            for (size_t i = 0; i < count; i++) {
                reversed[count - 1 - i] = evidence[i];
            }
            const struct precedence_question one = made(number, evidence, count);
            const struct precedence_question other = made(number, reversed, count);
            const struct ruling left = precedence_decide(&one);
            const struct ruling right = precedence_decide(&other);
            expect(left.allowed == right.allowed && left.rule == right.rule && left.by == right.by,
                   "%u with %x", number, set);
        }
    }
}

static void a_place_that_is_not_known_is_the_strictest(void **state)
{
    static const struct {
        const char *place;
        enum regime regime;
    } row[] = {{"DE", REGIME_OPT_IN},     {"gb", REGIME_OPT_IN},     {"US", REGIME_OPT_OUT},
               {"US-CA", REGIME_OPT_OUT}, {"us-ny", REGIME_OPT_OUT}, {"BR", REGIME_UNKNOWN},
               {"", REGIME_UNKNOWN},      {"USA", REGIME_UNKNOWN},   {"US-", REGIME_UNKNOWN},
               {"US-C1", REGIME_UNKNOWN}, {"US CA", REGIME_UNKNOWN}};
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(regime_of(str_of(row[i].place)) == row[i].regime, "'%s'", row[i].place);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_has_its_answer),
        cmocka_unit_test(what_was_overruled_is_shown),
        cmocka_unit_test(the_newest_no_is_the_one_that_is_named),
        cmocka_unit_test(another_no_never_allows),
        cmocka_unit_test(no_signal_lifts_what_a_person_or_the_law_denied),
        cmocka_unit_test(the_order_of_signals_does_not_matter),
        cmocka_unit_test(a_place_that_is_not_known_is_the_strictest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
