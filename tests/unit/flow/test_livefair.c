/*
 * test_livefair.c - live decisions by group: what is counted, when a rule that fails is said, and that
 * nothing of a person is kept.
 */
#include "candor_campaign.h"
#include "company.h"
#include "constraint.h"

enum { PEOPLE = 120 };

static const char autumn[] =
    "{\"name\": \"autumn\", \"purpose\": \"news\", \"channel\": \"email\", \"uses\": "
    "\"profiling\", "
    "\"address\": \"email\", \"offers\": [{\"name\": \"leaf\"}], \"fairness\": {\"attributes\": "
    "[\"sex\"], \"audit\": \"audit\", \"measure\": \"demographic_parity_ratio\", \"limit\": 0.8}}";

static void found(struct company *company)
{
    struct candor_text report;
    struct arena *arena = arena_begin();
    struct buf csv = buf_begin(arena);
    company_begin(company);
    DONE(candor_campaign_put(job, company->candor, autumn, &report));
    buf_lit(&csv, LIT("identifier,email,sex,age\n"));
    for (int i = 0; i < PEOPLE; i++) {
        buf_format(&csv, "p%d,p%d@x.example,%s,40\n", i, i, i % 2 == 0 ? "f" : "m");
    }
    company_import(company, "subjects", buf_text(&csv));
    arena_end(arena);
}

/* Decide about everybody as given, as one call does: those with an even number are f. */
static void decide(struct job *job, struct candor *candor, double share_f, double share_m,
                   bool is_looked_at)
{
    const struct campaign *campaign = NULL;
    size_t index = 0;
    uint64_t entry = 0;
    struct txn *txn = NULL;
    struct livefair *live = NULL;
    const struct facts facts = {.as_of = is_looked_at ? job->now : job->now - 1};
    home_enter(candor);
    must(home_campaign(job, candor, STR("autumn"), &campaign, &index) == CANDOR_OK);
    must(home_begin(job, candor, &txn) == CANDOR_OK);
    for (int i = 0; i < PEOPLE; i++) {
        char name[16];
        struct subject subject;
        const double share = i % 2 == 0 ? share_f : share_m;
        (void)snprintf(name, sizeof name, "p%d", i);
        must(home_subject(job, candor, txn, name, &subject) == CANDOR_OK);
        const bool is_chosen = (double)(i / 2) < share * PEOPLE / 2;
        const struct weighed weighed = {.facts = &facts,
                                        .withhold = is_chosen ? SEND : WITHHOLD_LOW_SCORE};
        must(livefair_count(job, candor, txn, subject, campaign, &weighed, &live) == CANDOR_OK);
    }
    must(livefair_keep(job, candor, txn, live) == CANDOR_OK);
    const struct account account = {.action = LEDGER_AUDIT, .outcome = OUTCOME_DONE};
    must(home_account(job, candor, txn, &account, &entry, NULL) == CANDOR_OK);
    must(home_commit(job, candor, txn) == CANDOR_OK);
    home_leave(candor);
}

static const struct value *audited(struct job *job, struct candor *candor, size_t *findings)
{
    struct candor_text report;
    must(candor_audit(job, candor, "fairness", findings, &report) == CANDOR_OK);
    const struct value *list = value_get(tree_of(job, &report), "fairness_live");
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (str_is(value_text_at(&list->item[i], "campaign"), "autumn")) {
            return &list->item[i];
        }
    }
    return NULL;
}

static uint64_t entries(struct job *job, struct candor *candor)
{
    struct txn *txn = NULL;
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_AUDIT, .outcome = OUTCOME_DONE};
    home_enter(candor);
    must(home_begin(job, candor, &txn) == CANDOR_OK);
    must(home_account(job, candor, txn, &account, &index, NULL) == CANDOR_OK);
    must(home_commit(job, candor, txn) == CANDOR_OK);
    home_leave(candor);
    return index;
}

static void decisions_that_treat_groups_alike_are_no_finding(void **state)
{
    struct company company;
    struct job job;
    size_t findings = 0;
    (void)state;
    found(&company);
    job_begin(&job, host_real());
    decide(&job, company.candor, 0.5, 0.5, true);
    const struct value *rule = audited(&job, company.candor, &findings);
    assert_non_null(rule);
    assert_int_equal(findings, 0);
    assert_int_equal(value_get(rule, "counted")->integer, PEOPLE);
    expect(value_get(rule, "value")->number == 1, "%g", value_get(rule, "value")->number);
    job_end(&job);
    company_end(&company);
}

static void a_rule_that_fails_is_a_finding_and_said_once(void **state)
{
    struct company company;
    struct job job;
    size_t findings = 0;
    (void)state;
    found(&company);
    job_begin(&job, host_real());
    const uint64_t before = entries(&job, company.candor);
    decide(&job, company.candor, 0.1, 0.9, true);
    decide(&job, company.candor, 0.1, 0.9, true);
    /* Two entries of the two calls, one that says the failure, and the one that counts. */
    assert_int_equal(entries(&job, company.candor) - before, 4);
    const struct value *rule = audited(&job, company.candor, &findings);
    assert_non_null(rule);
    assert_int_equal(findings, 1);
    expect(value_get(rule, "finding")->boolean, "finding");
    assert_int_equal(value_get(rule, "counted")->integer, 2 * PEOPLE);
    job_end(&job);
    company_end(&company);
}

static void whoever_was_looked_at_before_is_not_counted_again(void **state)
{
    struct company company;
    struct job job;
    size_t findings = 0;
    (void)state;
    found(&company);
    job_begin(&job, host_real());
    decide(&job, company.candor, 0.1, 0.9, false);
    const struct value *rule = audited(&job, company.candor, &findings);
    assert_non_null(rule);
    assert_int_equal(value_get(rule, "counted")->integer, 0);
    assert_int_equal(findings, 0);
    job_end(&job);
    company_end(&company);
}

static void sums_of_periods_long_past_are_gone(void **state)
{
    struct company company;
    struct job job;
    size_t findings = 0;
    (void)state;
    found(&company);
    job_begin(&job, host_real());
    decide(&job, company.candor, 0.1, 0.9, true);
    job.now += INT64_C(30) * 86400 * MICROS_PER_SECOND;
    (void)audited(&job, company.candor, &findings);
    assert_int_equal(findings, 1);
    job.now += INT64_C(60) * 86400 * MICROS_PER_SECOND;
    const struct value *rule = audited(&job, company.candor, &findings);
    assert_non_null(rule);
    assert_int_equal(value_get(rule, "counted")->integer, 0);
    assert_int_equal(findings, 0);
    job_end(&job);
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_that_treat_groups_alike_are_no_finding),
        cmocka_unit_test(a_rule_that_fails_is_a_finding_and_said_once),
        cmocka_unit_test(whoever_was_looked_at_before_is_not_counted_again),
        cmocka_unit_test(sums_of_periods_long_past_are_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
