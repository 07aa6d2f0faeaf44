/*
 * test_me.c - a subject's own page: all of it about them, nothing about anybody else; feedback that leaves
 * them alone from then on.
 */
#include "candor_exchange.h"
#include "candor_me.h"
#include "candor_people.h"
#include "candor_visit.h"
#include "company.h"
#include "request.h"

static void people(struct company *company)
{
    company_begin(company);
    company_import(company, "subjects",
                   STR("identifier,email,age\nanna,anna@x.example,30\n"
                       "ben,ben@x.example,40\n"));
    company_import(company, "consents",
                   STR("identifier,purpose,decision,time\n"
                       "anna,news,given,2026-01-01\nanna,profiling,given,2026-01-01\n"
                       "ben,news,given,2026-01-01\nben,profiling,given,2026-01-01\n"));
}

/* Until candor_key_leave the calls of this thread are anna's. */
static void enter_as(struct job *job, struct candor *candor, const char *identifier)
{
    struct candor_text report;
    struct candor_entry entry;
    const struct candor_visit visit = {.address = 1};
    assert_int_equal(candor_subject_link(job, candor, identifier, NULL, 1, &report), CANDOR_OK);
    const struct str path = value_text_at(tree_of(job, &report), "path");
    const struct str token = str_slice(path, sizeof "/me/enter/" - 1, path.len);
    assert_int_equal(candor_link_open(job, candor, str_z(job->arena, token), &visit, &entry),
                     CANDOR_OK);
    assert_int_equal(candor_session_enter(job, candor, entry.session, NULL, NULL), CANDOR_OK);
}

static void decide_about(struct job *job, struct candor *candor, const char *identifier,
                         struct candor_answer *answer)
{
    const struct candor_question question = {.identifier = identifier, .campaign = "spring"};
    assert_int_equal(candor_decide_many(job, candor, &question, 1, answer), CANDOR_OK);
    assert_int_equal(answer->status, CANDOR_OK);
}

/* ---- nothing about anybody else --------------------------------------------------------------- */

static void a_subject_reaches_nobody_else(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    struct candor_answer bens;
    bool flag = false;
    (void)state;
    people(&company);
    job_begin(&job, host_real());
    struct candor *candor = company.candor;
    decide_about(&job, candor, "ben", &bens);
    const struct candor_request_ask bens_ask = {.identifier = "ben", .right = "access"};
    assert_int_equal(candor_request_open(&job, candor, &bens_ask, &report), CANDOR_OK);
    const struct value *request = value_get(tree_of(&job, &report), "request");
    const char *bens_request = str_z(job.arena, value_text_at(request, "id"));
    enter_as(&job, candor, "anna");

    const struct candor_choice choice = {
        .identifier = "ben", .purpose = "news", .decision = "withdraw"};
    const struct candor_request_ask ask = {.identifier = "ben", .right = "restriction"};
    const struct candor_request_ask unknown = {.identifier = "nobody", .right = "access"};
    const enum candor_status refused[] = {
        candor_subject_dashboard(&job, candor, "ben", &report),
        candor_subject_show(&job, candor, "ben", &report),
        candor_subject_export(&job, candor, "ben@x.example", &report),
        candor_subject_package(&job, candor, "ben", false, &report),
        candor_subject_consents(&job, candor, "ben", &report),
        candor_subject_decisions(&job, candor, "ben", &report),
        candor_subject_decision(&job, candor, "ben", bens.ledger_index, NULL, &flag, &report),
        candor_subject_decision(&job, candor, "anna", bens.ledger_index, NULL, &flag, &report),
        candor_subject_correct(&job, candor, "ben", "age", "50", &report),
        candor_subject_erase(&job, candor, "ben", &report),
        candor_choose(&job, candor, &choice, &report),
        candor_receipt(&job, candor, "ben", NULL, 0, &report, NULL),
        candor_feedback(&job, candor, "ben", bens.ledger_index, "felt_wrong", &report),
        candor_feedback(&job, candor, "anna", bens.ledger_index, "felt_wrong", &report),
        candor_request_open(&job, candor, &ask, &report),
        candor_request_open(&job, candor, &unknown, &report),
        candor_request_show(&job, candor, bens_request, &report),
        candor_request_step(&job, candor, bens_request, "cancel", NULL, NULL, &report),
    };
    job_forgive(&job);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        expect(refused[i] == CANDOR_NOT_FOUND, "call %zu says %s", i,
               candor_status_name(refused[i]));
    }
    candor_key_leave(candor);
    assert_int_equal(candor_subject_show(&job, candor, "ben", &report), CANDOR_OK);
    job_end(&job);
    company_end(&company);
}

static void what_is_for_the_company_is_closed_to_a_subject(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    size_t findings = 0;
    (void)state;
    people(&company);
    job_begin(&job, host_real());
    struct candor *candor = company.candor;
    enter_as(&job, candor, "anna");
    const struct candor_request_answer with = {0};
    const enum candor_status refused[] = {
        candor_request_list(&job, candor, "all", &report),
        candor_request_due(&job, candor, &findings, &report),
        candor_request_answer(&job, candor, "00", &with, &report),
        candor_request_step(&job, candor, "00000000000000000000000000000000", "prove", "strong",
                            NULL, &report),
        candor_review_list(&job, candor, &report),
        candor_feedback_list(&job, candor, &report),
        candor_subject_signals(&job, candor, "ben", &report),
        candor_subject_link(&job, candor, "anna", NULL, 1, &report),
        candor_access_log(&job, candor, NULL, NULL, &findings, &report),
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        expect(refused[i] == CANDOR_FORBIDDEN, "call %zu says %s", i,
               candor_status_name(refused[i]));
    }
    job_forgive(&job);
    candor_key_leave(candor);
    job_end(&job);
    company_end(&company);
}

/* ---- the dashboard ---------------------------------------------------------------------------- */

static void the_dashboard_has_words_conclusions_and_rights(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    (void)state;
    people(&company);
    job_begin(&job, host_real());
    enter_as(&job, company.candor, "anna");
    assert_int_equal(candor_subject_dashboard(&job, company.candor, "anna", &report), CANDOR_OK);
    const struct value *page = tree_of(&job, &report);
    const struct value *notice = &value_get(page, "notices")->item[0];
    assert_true(str_is(value_text_at(notice, "wording"), "May we?"));
    assert_int_equal(value_get(notice, "uses")->integer, 0);
    const struct value *conclusion = &value_get(page, "conclusions")->item[1];
    assert_true(str_is(value_text_at(conclusion, "measure"), "count"));
    assert_true(str_is(value_text_at(conclusion, "value"), "0"));
    assert_true(value_get(page, "rights")->count > 0);
    assert_int_equal(value_get(page, "requests")->count, 0);
    assert_int_equal(value_get(page, "accesses")->count, 0); /* they themselves are nobody to log */
    candor_key_leave(company.candor);
    job_end(&job);
    company_end(&company);
}

/* ---- feedback ----------------------------------------------------------------------------------- */

static void feedback_leaves_them_alone_until_it_is_taken_back(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    struct candor_answer sent;
    struct candor_answer after;
    char id[33];
    (void)state;
    people(&company);
    job_begin(&job, host_real());
    struct candor *candor = company.candor;
    decide_about(&job, candor, "anna", &sent);
    assert_true(sent.send);
    assert_int_equal(candor_feedback(&job, candor, "anna", sent.ledger_index, "loved", &report),
                     CANDOR_BAD_INPUT);
    assert_int_equal(candor_feedback(&job, candor, "anna", 0, "felt_wrong", &report),
                     CANDOR_NOT_FOUND);
    job_forgive(&job);
    assert_int_equal(
        candor_feedback(&job, candor, "anna", sent.ledger_index, "felt_wrong", &report), CANDOR_OK);

    const struct bytes number = {sent.id, sizeof sent.id};
    (void)snprintf(id, sizeof id, "%s", str_z(job.arena, hex_of(job.arena, number)));
    assert_int_equal(candor_handoff(&job, candor, "anna", id, &report), CANDOR_REFUSED);
    job_forgive(&job);
    decide_about(&job, candor, "anna", &after);
    assert_false(after.send);
    assert_string_equal(after.code, "not_interested");
    decide_about(&job, candor, "ben", &after);
    assert_true(after.send);

    assert_int_equal(candor_feedback_list(&job, candor, &report), CANDOR_OK);
    assert_int_equal(value_get(tree_of(&job, &report), "waiting")->integer, 1);
    assert_int_equal(candor_feedback_handle(&job, candor, id, &report), CANDOR_OK);
    assert_int_equal(candor_feedback_handle(&job, candor, id, &report), CANDOR_REFUSED);
    job_forgive(&job);
    assert_int_equal(candor_feedback_handle(&job, candor, "ff", &report), CANDOR_BAD_INPUT);
    assert_int_equal(
        candor_feedback_handle(&job, candor, "00000000000000000000000000000000", &report),
        CANDOR_NOT_FOUND);
    job_forgive(&job);
    decide_about(&job, candor, "anna", &after);
    assert_false(after.send); /* that it was read changes nothing for them */

    assert_int_equal(candor_feedback(&job, candor, "anna", sent.ledger_index, "take_back", &report),
                     CANDOR_OK);
    assert_int_equal(candor_feedback(&job, candor, "anna", sent.ledger_index, "take_back", &report),
                     CANDOR_NOT_FOUND);
    job_forgive(&job);
    decide_about(&job, candor, "anna", &after);
    assert_true(after.send);
    job_end(&job);
    company_end(&company);
}

static void feedback_ends_with_the_subject(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    struct candor_answer sent;
    (void)state;
    people(&company);
    job_begin(&job, host_real());
    struct candor *candor = company.candor;
    decide_about(&job, candor, "anna", &sent);
    assert_int_equal(
        candor_feedback(&job, candor, "anna", sent.ledger_index, "not_interested", &report),
        CANDOR_OK);
    assert_int_equal(candor_subject_erase(&job, candor, "anna", &report), CANDOR_OK);
    assert_int_equal(candor_feedback_list(&job, candor, &report), CANDOR_OK);
    assert_int_equal(value_get(tree_of(&job, &report), "feedback")->count, 0);
    job_end(&job);
    company_end(&company);
}

/* ---- wishes ---------------------------------------------------------------------------------- */

static struct str wish_in(struct job *job, struct candor *candor,
                          const struct candor_wishes *wishes)
{
    struct candor_text report;
    struct candor_answer answer;
    const enum candor_status status = candor_wishes_choose(job, candor, "anna", wishes, &report);
    expect(status == CANDOR_OK, "%s", candor_job_message(job));
    decide_about(job, candor, "anna", &answer);
    return str_of(answer.code);
}

static void wishes_hold_in_the_next_decision(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    static const char *const garden[] = {"Garden"};
    static const char *const unknown[] = {"Sport"};
    char path[128];
    char *policy = NULL;
    (void)state;
    people(&company);
    company_close(&company);
    must(asprintf(&policy, "%s    topic: Garden\n", company_policy) > 0);
    company_write(&company, "home/candor.yaml", policy, path);
    free(policy);
    company_open(&company);
    job_begin(&job, host_real());
    struct candor *candor = company.candor;
    const uint32_t minute = (uint32_t)(job.now / (60 * MICROS_PER_SECOND) % 1440);
    const struct candor_wishes none = {0};
    const struct candor_wishes quiet = {.quiet_from = minute, .quiet_until = (minute + 60) % 1440};
    const struct candor_wishes far = {
        .quiet_from = minute, .quiet_until = (minute + 60) % 1440, .utc_offset = 180};
    const struct candor_wishes topic = {.declined_topic = garden, .topic_count = 1};
    expect(str_is(wish_in(&job, candor, &none), "send"), "nothing chosen");
    expect(str_is(wish_in(&job, candor, &quiet), "quiet_hours"), "this hour is theirs");
    expect(str_is(wish_in(&job, candor, &far), "send"), "on their clock it is another");
    expect(str_is(wish_in(&job, candor, &topic), "topic_declined"), "not this topic");
    assert_int_equal(candor_plan(&job, candor, "spring", NULL, NULL, &report), CANDOR_OK);
    expect(strstr(report.ptr, "topic_declined") != NULL, "the plan says so: %s", report.ptr);

    assert_int_equal(candor_subject_dashboard(&job, candor, "anna", &report), CANDOR_OK);
    const struct value *page = tree_of(&job, &report);
    const struct value *wishes = value_get(page, "wishes");
    assert_int_equal(value_get(page, "topics")->count, 1);
    assert_int_equal(value_get(wishes, "declined_topics")->count, 1);
    expect(value_text_at(wishes, "salt").len == 64, "with what its commitment opens by");
    expect(str_contains(value_text_at(wishes, "evidence"), STR("\"Garden\"")), "what was said");
    assert_int_equal(candor_subject_export(&job, candor, "anna", &report), CANDOR_OK);
    expect(strstr(report.ptr, "declined_topics") != NULL, "their copy has it");

    const struct candor_wishes bad[] = {{.contacts = 1},
                                        {.days = 1},
                                        {.contacts = 1001, .days = 1},
                                        {.contacts = 1, .days = 367},
                                        {.quiet_from = 1440},
                                        {.utc_offset = 841},
                                        {.utc_offset = -721},
                                        {.declined_topic = unknown, .topic_count = 1},
                                        {.declined_topic = unknown, .topic_count = 33}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect(candor_wishes_choose(&job, candor, "anna", &bad[i], &report) == CANDOR_BAD_INPUT,
               "row %zu", i);
        job_forgive(&job);
    }
    enter_as(&job, candor, "anna");
    assert_int_equal(candor_wishes_choose(&job, candor, "ben", &none, &report), CANDOR_NOT_FOUND);
    job_forgive(&job);
    assert_int_equal(candor_wishes_choose(&job, candor, "anna", &topic, &report), CANDOR_OK);
    expect(strstr(report.ptr, "themselves") != NULL, "%s", report.ptr);
    candor_key_leave(candor);
    assert_int_equal(candor_subject_erase(&job, candor, "anna", &report), CANDOR_OK);
    job_end(&job);
    company_end(&company);
}

static void hours_are_read_as_people_write_them(void **state)
{
    static const struct {
        const char *quiet;
        const char *clock;
        int from; /* -1: refused */
        int until;
        int offset;
    } row[] = {
        {"22:00-08:00", "+01:00", 1320, 480, 60},
        {"00:30-23:59", "-09:30", 30, 1439, -570},
        {NULL, NULL, 0, 0, 0},
        {NULL, "+14:00", 0, 0, 840},
        {"22:00-22:00", NULL, -1, 0, 0},
        {"24:00-08:00", NULL, -1, 0, 0},
        {"22:00", NULL, -1, 0, 0},
        {"22:00-08:00 ", NULL, -1, 0, 0},
        {"2:00-08:00", NULL, -1, 0, 0},
        {"22:60-08:00", NULL, -1, 0, 0},
        {"", NULL, -1, 0, 0},
        {NULL, "01:00", -1, 0, 0},
        {NULL, "+1:00", -1, 0, 0},
        {NULL, "", -1, 0, 0},
        {NULL, "+01:00x", -1, 0, 0},
        {"-1:00-08:00", NULL, -1, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        struct candor_wishes wishes = {0};
        const enum candor_status status =
            candor_wishes_read(job, row[i].quiet, row[i].clock, &wishes);
        expect((status == CANDOR_BAD_INPUT) == (row[i].from < 0), "row %zu", i);
        if (status == CANDOR_OK) {
            assert_int_equal(wishes.quiet_from, row[i].from);
            assert_int_equal(wishes.quiet_until, row[i].until);
            assert_int_equal(wishes.utc_offset, row[i].offset);
        }
        candor_job_end(job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_subject_reaches_nobody_else),
        cmocka_unit_test(what_is_for_the_company_is_closed_to_a_subject),
        cmocka_unit_test(the_dashboard_has_words_conclusions_and_rights),
        cmocka_unit_test(feedback_leaves_them_alone_until_it_is_taken_back),
        cmocka_unit_test(feedback_ends_with_the_subject),
        cmocka_unit_test(wishes_hold_in_the_next_decision),
        cmocka_unit_test(hours_are_read_as_people_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
