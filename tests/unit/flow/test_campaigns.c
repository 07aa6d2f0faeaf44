/*
 * test_campaigns.c - campaigns as they stand, and campaigns that are put: what a form may change and what
 * nobody may.
 */
#include <signal.h>
#include <sys/resource.h>

#include "candor_campaign.h"
#include "company.h"

static const char autumn[] =
    "{\"name\": \"autumn\", \"title\": \"Autumn\", \"purpose\": \"news\", \"channel\": "
    "\"email\", \"address\": \"email\", \"offers\": [{\"name\": \"leaf\"}]}";

static const struct value *campaigns_of(struct job *job, struct candor *candor)
{
    struct candor_text report;
    assert_int_equal(candor_campaign_list(job, candor, &report), CANDOR_OK);
    return value_get(tree_of(job, &report), "campaigns");
}

static void a_campaign_that_is_put_counts_at_once_and_after_a_restart(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    assert_int_equal(campaigns_of(&job, company.candor)->count, 1);
    assert_int_equal(candor_campaign_put(&job, company.candor, autumn, &report), CANDOR_OK);
    const struct value *list = campaigns_of(&job, company.candor);
    assert_int_equal(list->count, 2);
    expect(str_is(value_text_at(&list->item[1], "title"), "Autumn"), "title");
    expect(str_is(value_text_at(&list->item[1], "state"), "draft"), "state");
    const struct digest policy = company.candor->policy;
    assert_int_equal(candor_plan(&job, company.candor, "autumn", NULL, NULL, &report), CANDOR_OK);
    candor_close(company.candor);
    assert_int_equal(candor_open(&job, company.home, NULL, &company.candor), CANDOR_OK);
    assert_int_equal(campaigns_of(&job, company.candor)->count, 2);
    expect(digest_equal(policy, company.candor->policy), "the policy is the same after a restart");
    assert_int_equal(candor_campaign_show(&job, company.candor, "autumn", &report), CANDOR_OK);
    expect(str_is(value_text_at(tree_of(&job, &report), "state"), "planned"), "planned");
    job_end(&job);
    company_end(&company);
}

static void what_cannot_be_a_campaign_changes_nothing(void **state)
{
    static const struct {
        const char *json;
        enum candor_status status;
        const char *says;
    } row[] = {
        {"[]", CANDOR_BAD_INPUT, "campaign"},
        {"{\"title\": \"x\"}", CANDOR_BAD_INPUT, "name"},
        {"{\"name\": \"../x\"}", CANDOR_BAD_INPUT, "a-z"},
        {"{\"name\": \"spring\", \"purpose\": \"news\"}", CANDOR_EXISTS, "candor.yaml"},
        {"{\"name\": \"x\", \"purpose\": \"nothing\", \"offers\": [{\"name\": \"a\"}]}",
         CANDOR_BAD_INPUT, "purpose"},
        {"{\"name\": \"x\", \"purpose\": \"news\", \"channel\": \"fax\", \"offers\": [{\"name\": "
         "\"a\"}]}",
         CANDOR_BAD_INPUT, "fax"},
        {"{\"name\": \"x\", \"purpose\": \"news\", \"channel\": \"email\"}", CANDOR_BAD_INPUT,
         "offers"},
        {"{\"name\": \"x\", \"purpose\": \"news\", \"channel\": \"email\", \"uses\": "
         "\"profiling\", "
         "\"audience\": {\"all\": [{\"field\": \"sex\", \"equals\": \"x\"}]}, \"offers\": "
         "[{\"name\": "
         "\"a\"}]}",
         CANDOR_BAD_INPUT, "protected"},
    };
    struct company company;
    struct candor_text report;
    (void)state;
    company_begin(&company);
    const struct digest policy = company.candor->policy;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const enum candor_status status =
            candor_campaign_put(&job, company.candor, row[i].json, &report);
        expect(status == row[i].status, "%zu: %d", i, (int)status);
        expect(strstr(candor_job_message(&job), row[i].says) != NULL, "%zu: %s", i,
               candor_job_message(&job));
        job_forgive(&job);
        assert_int_equal(campaigns_of(&job, company.candor)->count, 1);
        job_end(&job);
    }
    expect(digest_equal(policy, company.candor->policy), "the policy");
    company_end(&company);
}

/* A disk that is full: the campaign that could not be kept is none, neither now nor later. */
static void a_campaign_that_cannot_be_written_changes_nothing(void **state)
{
    const struct rlimit none = {0, RLIM_INFINITY};
    struct rlimit before;
    struct company company;
    struct candor_text report;
    struct job job;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    const struct digest policy = company.candor->policy;
    must(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    must(getrlimit(RLIMIT_FSIZE, &before) == 0);
    must(setrlimit(RLIMIT_FSIZE, &none) == 0);
    const enum candor_status status = candor_campaign_put(&job, company.candor, autumn, &report);
    must(setrlimit(RLIMIT_FSIZE, &before) == 0);
    assert_int_not_equal(status, CANDOR_OK);
    job_forgive(&job);
    assert_int_equal(campaigns_of(&job, company.candor)->count, 1);
    expect(digest_equal(policy, company.candor->policy), "the policy");
    assert_int_equal(candor_campaign_put(&job, company.candor, autumn, &report), CANDOR_OK);
    assert_int_equal(campaigns_of(&job, company.candor)->count, 2);
    job_end(&job);
    company_end(&company);
}

static void people_of_a_step_are_those_of_the_staircase(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    assert_int_equal(candor_campaign_people(&job, company.candor, "spring", "send", 0, &report),
                     CANDOR_NOT_FOUND); /* never planned */
    job_forgive(&job);
    assert_int_equal(candor_plan(&job, company.candor, "spring", NULL, NULL, &report), CANDOR_OK);
    const struct value *stairs = value_get(tree_of(&job, &report), "staircase");
    assert_non_null(stairs);
    int64_t left = 0;
    for (size_t s = 0; s < stairs->count; s++) {
        const struct value *out = value_get(&stairs->item[s], "left_out");
        for (size_t r = 0; r < out->count; r++) {
            const char *code = str_z(job.arena, out->key[r]);
            assert_int_equal(
                candor_campaign_people(&job, company.candor, "spring", code, 0, &report),
                CANDOR_OK);
            const struct value *tree = tree_of(&job, &report);
            assert_int_equal(value_get(tree, "total")->integer, out->item[r].integer);
            assert_int_equal(value_get(tree, "people")->count,
                             out->item[r].integer < CANDOR_CAMPAIGN_PEOPLE
                                 ? out->item[r].integer
                                 : CANDOR_CAMPAIGN_PEOPLE);
            expect(candor_code_sentence(code) != NULL, "%s", code);
            left += out->item[r].integer;
        }
    }
    const int64_t customers = value_get(&stairs->item[0], "count")->integer;
    const int64_t chosen = value_get(&stairs->item[stairs->count - 1], "count")->integer;
    assert_int_equal(customers - left, chosen);
    assert_null(candor_code_sentence("no_such_code"));
    job_end(&job);
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_campaign_that_is_put_counts_at_once_and_after_a_restart),
        cmocka_unit_test(what_cannot_be_a_campaign_changes_nothing),
        cmocka_unit_test(a_campaign_that_cannot_be_written_changes_nothing),
        cmocka_unit_test(people_of_a_step_are_those_of_the_staircase),
    };
    return cmocka_run_group_tests_name("campaigns", tests, NULL, NULL);
}
