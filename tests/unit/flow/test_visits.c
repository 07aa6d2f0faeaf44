/*
 * test_visits.c - people at the door: links that hold once, equal work for names that nobody has, sessions
 * that are new at each login, waiting after failures.
 */
#include "company.h"
#include "visits.h"

static const char good[] = "seven green herons walk";

static const char *token_in(struct job *job, const struct candor_text *report)
{
    const struct value *tree = NULL;
    struct str path;
    const struct bytes bytes = {(const uint8_t *)report->ptr, report->len};
    assert_int_equal(json_read(job, bytes, NULL, "report", &tree), CANDOR_OK);
    assert_int_equal(value_text(job, value_get(tree, "path"), "path", &path), CANDOR_OK);
    size_t at = path.len;
    while (path.ptr[at - 1] != '/') {
        at--;
    }
    return str_z(job->arena, str_slice(path, at, path.len));
}

static void an_invitation_holds_once_and_each_login_is_a_new_session(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    struct candor_entry first;
    struct candor_entry second;
    struct candor_who who;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    struct candor *candor = company.candor;
    const char *name = str_z(job.arena, candor->self.name);
    struct candor_visit visit = {.address = 1};
    assert_int_equal(candor_operator_invite(&job, candor, name, 1, &report), CANDOR_OK);
    const char *token = token_in(&job, &report);
    assert_int_equal(candor_invite_accept(&job, candor, token, "short", &visit, &first),
                     CANDOR_BAD_INPUT);
    job_forgive(&job);
    assert_int_equal(candor_link_look(&job, candor, token), CANDOR_NOT_FOUND); /* another use */
    job_forgive(&job);
    assert_int_equal(candor_invite_accept(&job, candor, token, good, &visit, &first), CANDOR_OK);
    assert_int_equal(candor_invite_accept(&job, candor, token, good, &visit, &second),
                     CANDOR_NOT_FOUND);
    job_forgive(&job);
    visit.session = first.session;
    assert_int_equal(candor_login(&job, candor, name, good, &visit, &second), CANDOR_OK);
    assert_string_not_equal(first.session, second.session);
    assert_int_equal(candor_who(&job, candor, first.session, &who), CANDOR_OK);
    assert_int_equal(who.kind, CANDOR_NOBODY);
    assert_int_equal(candor_who(&job, candor, second.session, &who), CANDOR_OK);
    assert_int_equal(who.kind, CANDOR_OPERATOR);
    assert_false(candor_who_sent(&who, "0"));
    assert_true(candor_who_sent(&who, who.form_token));
    assert_int_equal(candor_logout(&job, candor, second.session), CANDOR_OK);
    assert_int_equal(candor_who(&job, candor, second.session, &who), CANDOR_OK);
    assert_int_equal(who.kind, CANDOR_NOBODY);
    job_end(&job);
    company_end(&company);
}

static void a_name_that_nobody_has_costs_the_same_and_waits_the_same(void **state)
{
    struct company company;
    struct job job;
    struct candor_entry entry;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    const char *name[] = {str_z(job.arena, company.candor->self.name), "nobody-of-ours"};
    for (size_t n = 0; n < 2; n++) {
        const struct candor_visit visit = {.address = n + 1};
        for (unsigned i = 0; i < 6; i++) {
            const uint64_t before = password_hash_count();
            const enum candor_status status =
                candor_login(&job, company.candor, name[n], good, &visit, &entry);
            expect(status == (i < 5 ? CANDOR_FORBIDDEN : CANDOR_BUSY), "%zu %u", n, i);
            expect(password_hash_count() - before == (i < 5 ? 1 : 0), "hashes %zu %u", n, i);
            job_forgive(&job);
        }
    }
    job_end(&job);
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invitation_holds_once_and_each_login_is_a_new_session),
        cmocka_unit_test(a_name_that_nobody_has_costs_the_same_and_waits_the_same),
    };
    return cmocka_run_group_tests_name("visits", tests, NULL, NULL);
}
