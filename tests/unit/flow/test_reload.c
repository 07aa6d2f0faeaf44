/*
 * test_reload.c - a policy that is read again while the home is open: what counts from then on, and that a
 * failure on the way leaves all as it was.
 */
#include <signal.h>
#include <sys/resource.h>

#include "candor_visit.h"
#include "company.h"
#include "hooks.h"

/* The company's candor.yaml with one place changed. */
static void rewrite(const struct company *company, const char *before, const char *after)
{
    struct job *job = candor_job_begin();
    const char *at = strstr(company_policy, before);
    must(at != NULL);
    const struct str text = str_format(job->arena, "%.*s%s%s", (int)(at - company_policy),
                                       company_policy, after, at + strlen(before));
    const struct str path = path_join(job->arena, str_of(company->home), STR("candor.yaml"));
    must(file_replace(job, path, bytes_of(text), 0600) == CANDOR_OK);
    candor_job_end(job);
}

static uint64_t entries(struct company *company)
{
    return ledger_size(company->candor->ledger);
}

static void a_changed_policy_is_in_force_and_on_the_ledger(void **state)
{
    struct company company;
    bool is_changed = true;
    (void)state;
    company_begin(&company);
    const uint64_t before = entries(&company);
    DONE(candor_reload(job, company.candor, &is_changed));
    expect(!is_changed && entries(&company) == before, "nothing changed");
    rewrite(&company, "name: gift", "name: book");
    DONE(candor_reload(job, company.candor, &is_changed));
    expect(is_changed && entries(&company) == before + 1, "a change, and its entry");
    expect(str_is(company.candor->campaign[0].offer[0].name, "book"), "the new offer");
    const struct digest policy = company.candor->policy;
    company_close(&company);
    company_open(&company);
    expect(digest_equal(policy, company.candor->policy), "the policy is the same after a restart");
    expect(entries(&company) == before + 1, "and is no second entry");
    company_end(&company);
}

/* Every field of the policy that reading sets is moved: a home that was reloaded is as one that was opened. */
static void a_reloaded_home_is_as_one_that_was_opened(void **state)
{
    struct company company;
    bool is_changed = false;
    (void)state;
    company_begin(&company);
    rewrite(&company, "campaigns:\n",
            "people: {contact: Somebody, two_people: [erase], second_valid_hours: 3, "
            "reason_required: true, required_training: [basics]}\n"
            "server: {requests_per_second: 7}\n"
            "retention: {decisions_days: 400}\n"
            "webhooks: [{name: crm, url: \"https://crm.example/in\", events: [alarm]}]\n"
            "campaigns:\n  - {name: winter, purpose: news, channel: email, address: email, offers: "
            "[{name: coat}]}\n");
    DONE(candor_reload(job, company.candor, &is_changed));
    const struct candor *reloaded = company.candor;
    expect(reloaded->campaign_count == 2, "campaigns: %zu", reloaded->campaign_count);
    expect(str_is(reloaded->contact, "Somebody"), "contact");
    expect(reloaded->guarded != 0 && reloaded->reason_required, "two people, reason");
    expect(reloaded->second_valid == 3 * MICROS_PER_HOUR, "second_valid");
    expect(reloaded->required_training_count == 1, "training");
    expect(reloaded->retention.decisions_days == 400, "retention");
    expect(reloaded->hooks->count == 1, "webhooks: %zu", reloaded->hooks->count);
    struct candor_server server;
    candor_server(company.candor, &server);
    expect(server.requests_per_second == 7, "server");
    rewrite(&company, "name: Test", "name: Test");
    DONE(candor_reload(job, company.candor, &is_changed));
    expect(is_changed && company.candor->campaign_count == 1, "and back");
    expect(company.candor->guarded == 0 && !company.candor->reason_required, "nothing is left");
    company_end(&company);
}

static void what_cannot_be_read_changes_nothing(void **state)
{
    static const struct {
        const char *before;
        const char *after;
        const char *says;
    } row[] = {
        {"candor: 1", "candor: [", "candor.yaml"},
        {"channels: [email, sms]\npurposes", "channels: [email, sms]\nsurprise: 1\npurposes",
         "surprise"},
        {"purpose: news\n", "purpose: nothing\n", "nothing"},
        {"max: 120", "max: old", "max"},
        {"wording: May we?", "wording: May we often?", "wording"},
    };
    struct company company;
    (void)state;
    company_begin(&company);
    company_import(&company, "subjects", STR("identifier,email\nanna,anna@example.org\n"));
    const uint64_t entries_before = entries(&company);
    const struct digest policy = company.candor->policy;
    const struct inventory *inventory = company.candor->inventory;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        bool is_changed = true;
        rewrite(&company, row[i].before, row[i].after);
        const enum candor_status status = candor_reload(job, company.candor, &is_changed);
        expect(status == CANDOR_BAD_INPUT, "%zu: %d", i, (int)status);
        expect(strstr(candor_job_message(job), row[i].says) != NULL, "%zu: %s", i,
               candor_job_message(job));
        expect(digest_equal(policy, company.candor->policy), "%zu: the policy", i);
        expect(inventory == company.candor->inventory, "%zu: the inventory", i);
        expect(entries(&company) == entries_before, "%zu: no entry", i);
        candor_job_end(job);
    }
    company_end(&company);
}

/* A disk that is full: what cannot be put on record is not in force. */
static void a_policy_that_cannot_be_recorded_is_none(void **state)
{
    const struct rlimit none = {0, RLIM_INFINITY};
    struct rlimit before;
    struct company company;
    bool is_changed = false;
    (void)state;
    company_begin(&company);
    rewrite(&company, "name: gift", "name: book");
    struct job *full = candor_job_begin();
    must(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    must(getrlimit(RLIMIT_FSIZE, &before) == 0);
    must(setrlimit(RLIMIT_FSIZE, &none) == 0);
    const enum candor_status status = candor_reload(full, company.candor, &is_changed);
    must(setrlimit(RLIMIT_FSIZE, &before) == 0);
    assert_int_not_equal(status, CANDOR_OK);
    candor_job_end(full);
    expect(str_is(company.candor->campaign[0].offer[0].name, "gift"), "the old offer");
    DONE(candor_reload(job, company.candor, &is_changed));
    expect(is_changed && str_is(company.candor->campaign[0].offer[0].name, "book"), "the new one");
    company_end(&company);
}

static void while_an_import_runs_nothing_is_read(void **state)
{
    struct company company;
    bool is_changed = false;
    (void)state;
    company_begin(&company);
    struct job *job = candor_job_begin();
    company.candor->is_importing = true;
    assert_int_equal(candor_reload(job, company.candor, &is_changed), CANDOR_BUSY);
    company.candor->is_importing = false;
    candor_job_end(job);
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_policy_is_in_force_and_on_the_ledger),
        cmocka_unit_test(a_reloaded_home_is_as_one_that_was_opened),
        cmocka_unit_test(what_cannot_be_read_changes_nothing),
        cmocka_unit_test(a_policy_that_cannot_be_recorded_is_none),
        cmocka_unit_test(while_an_import_runs_nothing_is_read),
    };
    return cmocka_run_group_tests_name("reload", tests, NULL, NULL);
}
