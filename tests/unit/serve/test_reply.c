#include <string.h>

#include "serving.h"
#include "testing.h"

static void expect_text(struct str found, const char *wanted)
{
    expect(str_is(found, wanted), "%.*s", STR_ARG(found));
}

static void a_problem_has_the_members_of_rfc_9457(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct outcome outcome = outcome_failure(arena, CANDOR_NOT_FOUND, "no \"such\" subject");
    assert_int_equal(outcome.code, 404);
    expect_text(outcome.content_type, "application/problem+json");
    expect_text((struct str){(const char *)outcome.body.ptr, outcome.body.len},
                "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
                "\"code\":\"not_found\",\"detail\":\"no \\\"such\\\" subject\"}");
    arena_end(arena);
}

static void a_failure_without_a_message_gets_its_sentence(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct outcome outcome = outcome_failure(arena, CANDOR_IO, "");
    assert_int_equal(outcome.code, 500);
    const struct str body = {(const char *)outcome.body.ptr, outcome.body.len};
    expect(str_contains(body, str_of(status_sentence(CANDOR_IO))), "%.*s", STR_ARG(body));
    arena_end(arena);
}

static void a_failure_of_the_machine_names_no_path(void **state)
{
    (void)state;
    static const enum candor_status of_the_machine[] = {CANDOR_IO, CANDOR_CORRUPT,
                                                        CANDOR_NO_MEMORY};
    struct arena *arena = arena_begin();
    for (size_t i = 0; i < sizeof of_the_machine / sizeof of_the_machine[0]; i++) {
        const struct outcome outcome =
            outcome_failure(arena, of_the_machine[i], "'/srv/shop/data.db' failed: disk full (13)");
        const struct str body = {(const char *)outcome.body.ptr, outcome.body.len};
        expect(!str_contains(body, STR("/srv")) && str_contains(body, STR("log")), "%.*s",
               STR_ARG(body));
    }
    arena_end(arena);
}

static void some_codes_bring_the_header_that_goes_with_them(void **state)
{
    (void)state;
    static const struct {
        unsigned code;
        const char *header;
    } row[] = {{401, "WWW-Authenticate"},
               {503, "Retry-After"},
               {400, ""},
               {404, ""},
               {500, "Retry-After"}};
    struct arena *arena = arena_begin();
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct outcome outcome = outcome_problem(arena, row[i].code, STR("why"));
        expect(str_is(outcome.header[0].name, row[i].header), "%u", row[i].code);
    }
    arena_end(arena);
}

static void a_decision_to_send_shows_offer_score_reasons_and_receipt(void **state)
{
    (void)state;
    const struct candor_answer answer = {
        .send = true,
        .offer = "hello",
        .code = "send",
        .has_score = true,
        .score = 0.25,
        .reason = {"one", "two"},
        .reason_count = 2,
        .plausibility = "accept",
        .ledger_index = 7,
        .id = {0xAB},
    };
    struct arena *arena = arena_begin();
    expect_text(
        decision_write(arena, &answer),
        "{\"decision\":\"send\",\"code\":\"send\",\"offer\":\"hello\",\"score\":0.25,"
        "\"reasons\":[\"one\",\"two\"],\"plausibility\":\"accept\",\"receipt\":{\"ledger_index\":7,"
        "\"decision\":\"ab000000000000000000000000000000\","
        "\"proof\":\"/v1/ledger/proof/7\"}}");
    arena_end(arena);
}

static void a_decision_to_withhold_has_no_offer(void **state)
{
    (void)state;
    const struct candor_answer answer = {.offer = "", .code = "withdrawn"};
    struct arena *arena = arena_begin();
    const struct str text = decision_write(arena, &answer);
    expect(str_starts(text, STR("{\"decision\":\"withhold\",\"code\":\"withdrawn\","
                                "\"offer\":null,\"score\":null,\"reasons\":[],")),
           "%.*s", STR_ARG(text));
    arena_end(arena);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_problem_has_the_members_of_rfc_9457),
        cmocka_unit_test(a_failure_without_a_message_gets_its_sentence),
        cmocka_unit_test(a_failure_of_the_machine_names_no_path),
        cmocka_unit_test(some_codes_bring_the_header_that_goes_with_them),
        cmocka_unit_test(a_decision_to_send_shows_offer_score_reasons_and_receipt),
        cmocka_unit_test(a_decision_to_withhold_has_no_offer),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
