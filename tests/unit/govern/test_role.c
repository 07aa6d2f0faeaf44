/*
 * test_role.c - the whole table, written down a second time as who may do what.
 */
#include <string.h>

#include "govern.h"
#include "testing.h"

enum {
    O = ROLE_OWNER,
    M = ROLE_MARKETER,
    A = ROLE_APPROVER,
    N = ROLE_ANALYST,
    P = ROLE_PRIVACY,
    X = ROLE_MACHINE,
    T = ROLE_TRACKER,
    ALL = O | M | A | N | P | X | T,
};

static const struct {
    enum act act;
    unsigned may;
} row[] = {
    {ACT_IMPORT, O | M | N | X},  {ACT_TRAIN, O | N},
    {ACT_PUBLISH, O | A},         {ACT_PLAN, O | M},
    {ACT_APPROVE, O | A},         {ACT_SEND, O | M},
    {ACT_RESULTS, O | M | A | N}, {ACT_DECIDE, O | M | X},
    {ACT_SUBJECT_READ, O | P},    {ACT_SUBJECT_CHANGE, O | P},
    {ACT_SUBJECT_ERASE, O | P},   {ACT_CONSENT, O | P | X},
    {ACT_AUDIT, O | A | N | P},   {ACT_LEDGER_READ, O | M | A | N | P},
    {ACT_SHARE, O | P},           {ACT_TRACK, O | X | T},
    {ACT_CHAT, O | M | X},        {ACT_ADMINISTER, O},
};

static void each_role_may_what_the_table_says(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        for (unsigned roles = 0; roles <= ALL; roles++) {
            const bool may = (roles & row[i].may) != 0;
            const enum candor_status status = role_require(&job, roles, row[i].act);
            expect(status == (may ? CANDOR_OK : CANDOR_FORBIDDEN), "%s with roles %u",
                   act_name(row[i].act), roles);
            job_forgive(&job);
        }
    }
    expect(sizeof row / sizeof row[0] == ACT_ADMINISTER + 1, "every act has a row");
    job_end(&job);
}

static void a_refusal_lists_the_roles_that_may(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    expect(role_require(&job, ROLE_MACHINE, ACT_PLAN) == CANDOR_FORBIDDEN, "status");
    expect(strstr(job.message, "'plan'") != NULL, "%s", job.message);
    expect(strstr(job.message, "owner, marketer") != NULL, "%s", job.message);
    job_end(&job);
}

static void names_of_roles_read_back(void **state)
{
    (void)state;
    enum role role = ROLE_OWNER;
    for (unsigned bit = 1; bit <= ROLE_TRACKER; bit <<= 1) {
        const char *name = role_name((enum role)bit);
        expect(role_read(str_of(name), &role) && role == (enum role)bit, "%s", name);
    }
    expect(!role_read(STR("root"), &role), "root");
    expect(!role_read(STR(""), &role), "nothing");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(each_role_may_what_the_table_says),
        cmocka_unit_test(a_refusal_lists_the_roles_that_may),
        cmocka_unit_test(names_of_roles_read_back),
    };
    return cmocka_run_group_tests_name("role", test, NULL, NULL);
}
