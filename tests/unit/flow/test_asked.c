/*
 * test_asked.c - decisions about a purpose and offers of the moment: what decides them, whose limits hold, and
 * what cannot be asked.
 */
#include "asked.h"
#include "company.h"

static struct company company;

static int begin(void **state)
{
    (void)state;
    company_begin(&company);
    company_import(&company, "subjects",
                   STR("identifier,email,sex,age\nanna,a@x.example,female,30\nben,,male,40\n"
                       "cleo,c@x.example,female,50\n"));
    company_import(&company, "consents",
                   STR("identifier,purpose,decision,time\nanna,news,given,2026-01-01\n"
                       "anna,profiling,given,2026-01-01\nben,news,given,2026-01-01\n"
                       "cleo,news,refused,2026-01-01\n"));
    return 0;
}

static int end(void **state)
{
    (void)state;
    company_end(&company);
    return 0;
}

static struct candor_answer ask(struct job *job, const struct candor_question *question)
{
    struct candor_answer answer;
    must(candor_decide_many(job, company.candor, question, 1, &answer) == CANDOR_OK);
    return answer;
}

static void a_purpose_is_decided_by_permit_and_limits(void **state)
{
    static const struct {
        const char *who;
        const char *purpose;
        const char *channel;
        const char *code;
    } row[] = {
        {"anna", "news", "email", "send"},       {"cleo", "news", "email", "refused"},
        {"ben", "news", "email", "unreachable"}, /* the campaign's address holds */
        {"ben", "news", "sms", "send"},          {"cleo", "letters", "sms", "send"},
        {"anna", "research", NULL, "send"},      {"ben", "profiling", NULL, "no_consent"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        const struct candor_question question = {
            .identifier = row[i].who, .purpose = row[i].purpose, .channel = row[i].channel};
        const struct candor_answer answer = ask(job, &question);
        expect(answer.status == CANDOR_OK && strcmp(answer.code, row[i].code) == 0,
               "%s, %s: %s instead of %s", row[i].who, row[i].purpose,
               answer.status == CANDOR_OK ? answer.code : answer.message, row[i].code);
        expect(answer.send == (strcmp(row[i].code, "send") == 0) && !answer.has_score, "%s",
               row[i].who);
        candor_job_end(job);
    }
}

static void the_first_offer_is_taken_and_those_of_a_campaign_are_its_own(void **state)
{
    struct job *job = candor_job_begin();
    const char *const own[] = {"Shoes 41", "Hats"};
    const char *const gift[] = {"gift"};
    (void)state;
    struct candor_question question = {.identifier = "anna",
                                       .purpose = "news",
                                       .channel = "email",
                                       .offer = own,
                                       .offer_count = 2};
    expect(strcmp(ask(job, &question).offer, "Shoes 41") == 0, "the first");
    question = (struct candor_question){
        .identifier = "anna", .campaign = "spring", .offer = gift, .offer_count = 1};
    struct candor_answer answer = ask(job, &question);
    expect(answer.send && strcmp(answer.offer, "gift") == 0, "%s", answer.code);
    question.channel = "email";
    expect(ask(job, &question).send, "its own channel may be said");
    candor_job_end(job);
}

static void what_cannot_be_asked_is_said(void **state)
{
    static const char *const hats[] = {"hats"};
    static const char *const nothing[] = {""};
    static const char *const line[] = {"a\nb"};
    static const struct {
        struct candor_question question;
        const char *said;
    } row[] = {
        {{.purpose = "olds"}, "no purpose"},
        {{.purpose = "news"}, "has channels: name one"},
        {{.purpose = "research", .channel = "email"}, "has no channel"},
        {{.purpose = "letters", .channel = "email"}, "not served on this channel"},
        {{.purpose = "news", .channel = "pigeon"}, "no channel"},
        {{.purpose = "news", .channel = "email", .campaign = "spring"}, "a campaign or about"},
        {{.purpose = NULL}, "a campaign or about"},
        {{.campaign = "spring", .channel = "sms"}, "not on that channel"},
        {{.campaign = "spring", .offer = hats, .offer_count = 1}, "no such offer"},
        {{.purpose = "research", .offer = nothing, .offer_count = 1}, "1 to 64 bytes"},
        {{.purpose = "research", .offer = line, .offer_count = 1}, "1 to 64 bytes"},
        {{.purpose = "research", .offer = hats, .offer_count = CANDOR_OFFERS_MAX + 1}, "at most"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        struct candor_question question = row[i].question;
        question.identifier = "anna";
        const struct candor_answer answer = ask(job, &question);
        expect(answer.status == CANDOR_BAD_INPUT && strstr(answer.message, row[i].said) != NULL,
               "row %zu: %s", i, answer.status == CANDOR_OK ? answer.code : answer.message);
        candor_job_end(job);
    }
}

static void it_is_handed_over_once_and_not_after_a_no(void **state)
{
    struct job *job = candor_job_begin();
    const char *const own[] = {"Hats"};
    char id[2][33];
    struct candor_text report;
    const struct candor_question question = {.identifier = "anna",
                                             .purpose = "news",
                                             .channel = "email",
                                             .offer = own,
                                             .offer_count = 1};
    (void)state;
    for (size_t q = 0; q < 2; q++) {
        const struct candor_answer answer = ask(job, &question);
        for (size_t i = 0; i < 16; i++) {
            (void)snprintf(id[q] + 2 * i, 3, "%02x", answer.id[i]);
        }
    }
    expect(candor_handoff(job, company.candor, "anna", id[0], &report) == CANDOR_OK, "%s",
           candor_job_message(job));
    expect(strstr(report.ptr, "a@x.example") != NULL && strstr(report.ptr, "Hats") != NULL, "%s",
           report.ptr);
    expect(candor_handoff(job, company.candor, "anna", id[0], &report) == CANDOR_EXISTS, "twice");
    must(candor_consent(job, company.candor, "anna", "news", "email", "withdraw", NULL, NULL,
                        &report) == CANDOR_OK);
    candor_job_end(job);
    job = candor_job_begin();
    const enum candor_status status = candor_handoff(job, company.candor, "anna", id[1], &report);
    expect(status == CANDOR_REFUSED || status == CANDOR_EXISTS, "after a no");
    expect(strcmp(ask(job, &question).code, "withdrawn") == 0, "and none is decided");
    candor_job_end(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_purpose_is_decided_by_permit_and_limits),
        cmocka_unit_test(the_first_offer_is_taken_and_those_of_a_campaign_are_its_own),
        cmocka_unit_test(what_cannot_be_asked_is_said),
        cmocka_unit_test(it_is_handed_over_once_and_not_after_a_no),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
