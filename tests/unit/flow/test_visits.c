/*
 * test_visits.c - people at the door: links that hold once, equal work for names that nobody has, sessions
 * that are new at each login, waiting after failures.
 */
#include "company.h"
#include "visits.h"

static const char good[] = "seven green herons walk";

static const char *token_in(struct job *job, const struct candor_text *report)
{
    const struct str path = value_text_at(tree_of(job, report), "path");
    must(path.len > 0);
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

static void sign_in(struct job *job, struct candor *candor, struct candor_entry *entry)
{
    struct candor_text report;
    const struct candor_visit visit = {.address = 1};
    const char *name = str_z(job->arena, candor->self.name);
    assert_int_equal(candor_operator_password(job, candor, name, good, &report), CANDOR_OK);
    assert_int_equal(candor_login(job, candor, name, good, &visit, entry), CANDOR_OK);
}

/* Whoever found an open session, and tries passwords there. */
static void guesses_within_a_session_are_on_the_ledger_too(void **state)
{
    struct company company;
    struct job job;
    struct candor_entry entry;
    struct candor_visit visit = {.address = 1};
    uint64_t count = 0;
    struct bytes bytes;
    struct ledger_leaf leaf;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    sign_in(&job, company.candor, &entry);
    visit.session = entry.session;
    for (unsigned i = 0; i < 6; i++) {
        const enum candor_status status = candor_password_change(
            &job, company.candor, "not the present one", good, &visit, &entry);
        expect(status == (i < 5 ? CANDOR_FORBIDDEN : CANDOR_BUSY), "%u: %d", i, (int)status);
        job_forgive(&job);
    }
    assert_int_equal(store_leaf_count(&job, company.candor->store, &count), CANDOR_OK);
    assert_int_equal(store_leaf(&job, company.candor->store, count - 1, &bytes), CANDOR_OK);
    assert_int_equal(leaf_read(&job, bytes, &leaf), CANDOR_OK);
    assert_int_equal(leaf.action, LEDGER_LOGIN_FAILED);
    job_end(&job);
    company_end(&company);
}

/* ---- how long ------------------------------------------------------------------------------ */

static const int64_t minute = 60 * MICROS_PER_SECOND;

static enum candor_who_kind kind_of(struct job *job, struct candor *candor, const char *session)
{
    struct candor_who who;
    assert_int_equal(candor_who(job, candor, session, &who), CANDOR_OK);
    return who.kind;
}

static void a_session_ends_when_nobody_is_there_and_when_its_hours_are_over(void **state)
{
    struct company company;
    struct job job;
    struct candor_entry idle;
    struct candor_entry busy;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    sign_in(&job, company.candor, &idle);
    job.now += 30 * minute - 1;
    assert_int_equal(kind_of(&job, company.candor, idle.session), CANDOR_OPERATOR);
    job.now += 30 * minute;
    assert_int_equal(kind_of(&job, company.candor, idle.session), CANDOR_NOBODY);

    sign_in(&job, company.candor, &busy);
    for (unsigned i = 0; i < 35; i++) { /* 11 hours and 40 minutes, and never idle */
        job.now += 20 * minute;
        expect(kind_of(&job, company.candor, busy.session) == CANDOR_OPERATOR, "%u", i);
    }
    job.now += 20 * minute;
    assert_int_equal(kind_of(&job, company.candor, busy.session), CANDOR_NOBODY);
    job.now -= 60 * minute; /* a clock that was set back revives none */
    assert_int_equal(kind_of(&job, company.candor, busy.session), CANDOR_NOBODY);
    job_end(&job);
    company_end(&company);
}

static void a_session_that_was_put_down_outlives_the_program(void **state)
{
    struct company company;
    struct job job;
    struct candor_entry kept;
    struct candor_entry left;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    sign_in(&job, company.candor, &left);
    sign_in(&job, company.candor, &kept); /* the password is new: the one before ended */
    assert_int_equal(kind_of(&job, company.candor, left.session), CANDOR_NOBODY);
    job.now += 20 * minute;
    assert_int_equal(kind_of(&job, company.candor, kept.session), CANDOR_OPERATOR);
    assert_int_equal(candor_visits_keep(&job, company.candor), CANDOR_OK);
    company_close(&company);
    company_open(&company);
    job.now += 20 * minute; /* idle since it was seen, not since it began */
    assert_int_equal(candor_door_prepare(&job, company.candor), CANDOR_OK);
    assert_true(candor_session_look(company.candor, kept.session));
    assert_false(candor_session_look(company.candor, left.session));
    assert_false(candor_session_look(company.candor, "00"));
    assert_int_equal(kind_of(&job, company.candor, kept.session), CANDOR_OPERATOR);
    assert_int_equal(kind_of(&job, company.candor, left.session), CANDOR_NOBODY);
    job_end(&job);
    company_end(&company);
}

/* ---- the second factor --------------------------------------------------------------------- */

static void factor_key(struct job *job, struct candor *candor, uint8_t key[OTP_KEY_LEN])
{
    struct txn *txn = NULL;
    struct credential credential;
    home_enter(candor);
    assert_int_equal(home_begin(job, candor, &txn), CANDOR_OK);
    assert_int_equal(credential_read(job, txn, candor->self.name, &credential), CANDOR_OK);
    bytes_copy(key, credential.key, OTP_KEY_LEN);
    home_leave(candor);
}

static const char *code_of(struct job *job, const uint8_t key[OTP_KEY_LEN], int64_t when)
{
    const struct bytes bytes = {key, OTP_KEY_LEN};
    return str_z(job->arena, str_format(job->arena, "%06u",
                                        otp_code(OTP_SHA1, bytes, otp_step(when), OTP_DIGITS)));
}

static void a_code_opens_once_and_a_half_session_opens_nothing(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    struct candor_entry entry;
    struct candor_entry half;
    uint8_t key[OTP_KEY_LEN];
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    struct candor *candor = company.candor;
    const char *name = str_z(job.arena, candor->self.name);
    sign_in(&job, candor, &entry);
    assert_int_equal(candor_second_factor_begin(&job, candor, entry.session, &report), CANDOR_OK);
    factor_key(&job, candor, key);
    assert_int_equal(candor_second_factor_confirm(&job, candor, entry.session,
                                                  code_of(&job, key, job.now), &report),
                     CANDOR_OK);
    struct candor_visit visit = {.device = entry.device};
    assert_int_equal(candor_login(&job, candor, name, good, &visit, &half), CANDOR_OK);
    assert_int_equal(half.kind, CANDOR_HALF);
    assert_int_equal(candor_session_enter(&job, candor, half.session, NULL, NULL),
                     CANDOR_NOT_FOUND);
    job_forgive(&job);
    visit.session = half.session;
    assert_int_equal(candor_login_code(&job, candor, code_of(&job, key, job.now), &visit, &entry),
                     CANDOR_FORBIDDEN);
    job_forgive(&job);
    const int64_t later = job.now + 30 * MICROS_PER_SECOND; /* the step after this one */
    assert_int_equal(candor_login_code(&job, candor, code_of(&job, key, later), &visit, &entry),
                     CANDOR_OK);
    assert_string_not_equal(half.session, entry.session);
    assert_int_equal(kind_of(&job, candor, half.session), CANDOR_NOBODY);
    assert_int_equal(kind_of(&job, candor, entry.session), CANDOR_OPERATOR);

    assert_int_equal(candor_login(&job, candor, name, good, &visit, &half), CANDOR_OK);
    visit.session = half.session;
    assert_int_equal(candor_login_code(&job, candor, code_of(&job, key, later), &visit, &entry),
                     CANDOR_FORBIDDEN);
    job_forgive(&job);
    job.now += 5 * minute; /* a half session waits no longer */
    assert_int_equal(kind_of(&job, candor, half.session), CANDOR_NOBODY);
    job_end(&job);
    company_end(&company);
}

/* ---- waiting ------------------------------------------------------------------------------- */

static void waiting_doubles_and_ends_at_a_quarter_of_an_hour(void **state)
{
    struct throttle *throttle = calloc(1, sizeof *throttle);
    static const uint32_t wait_s[] = {0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900};
    const int64_t now = 1000 * MICROS_PER_SECOND;
    (void)state;
    assert_non_null(throttle);
    for (size_t i = 0; i < sizeof wait_s / sizeof wait_s[0]; i++) {
        throttle_charge(throttle, THROTTLE_NAME, 7, now);
        const uint32_t wait = throttle_wait(throttle, THROTTLE_NAME, 7, now);
        expect(wait == wait_s[i], "%zu: %u", i, wait);
    }
    assert_int_equal(throttle_wait(throttle, THROTTLE_NAME, 8, now), 0);
    assert_int_equal(throttle_wait(throttle, THROTTLE_ADDRESS, 7, now), 0);
    throttle_forgive(throttle, THROTTLE_NAME, 7);
    assert_int_equal(throttle_wait(throttle, THROTTLE_NAME, 7, now), 0);
    free(throttle);
}

static void those_who_succeed_leave_an_address_as_it_was(void **state)
{
    struct throttle *throttle = calloc(1, sizeof *throttle);
    (void)state;
    assert_non_null(throttle);
    for (unsigned i = 0; i < 100; i++) {
        throttle_charge(throttle, THROTTLE_ADDRESS, 7, 1);
        throttle_give_back(throttle, THROTTLE_ADDRESS, 7);
    }
    assert_int_equal(throttle_wait(throttle, THROTTLE_ADDRESS, 7, 1), 0);
    for (unsigned i = 0; i < 20; i++) {
        throttle_charge(throttle, THROTTLE_ADDRESS, 7, 1);
    }
    assert_int_equal(throttle_wait(throttle, THROTTLE_ADDRESS, 7, 1), 1);
    throttle_charge(throttle, THROTTLE_ADDRESS, 7, 1);
    throttle_give_back(throttle, THROTTLE_ADDRESS, 7); /* nobody's success forgives the others */
    assert_int_equal(throttle_wait(throttle, THROTTLE_ADDRESS, 7, 1), 1);
    free(throttle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invitation_holds_once_and_each_login_is_a_new_session),
        cmocka_unit_test(a_name_that_nobody_has_costs_the_same_and_waits_the_same),
        cmocka_unit_test(guesses_within_a_session_are_on_the_ledger_too),
        cmocka_unit_test(a_session_ends_when_nobody_is_there_and_when_its_hours_are_over),
        cmocka_unit_test(a_session_that_was_put_down_outlives_the_program),
        cmocka_unit_test(a_code_opens_once_and_a_half_session_opens_nothing),
        cmocka_unit_test(waiting_doubles_and_ends_at_a_quarter_of_an_hour),
        cmocka_unit_test(those_who_succeed_leave_an_address_as_it_was),
    };
    return cmocka_run_group_tests_name("visits", tests, NULL, NULL);
}
