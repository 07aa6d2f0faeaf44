/*
 * test_outgoing.c - messages to other systems: tried, put off, given up, replaced; and the addresses that
 * they may go to. The server elsewhere is a function here.
 */
#include "outgoing.h"

#include "company.h"

/* ---- addresses ----------------------------------------------------------------------------- */

static void an_address_of_the_policy_is_https_or_this_machine(void **state)
{
    (void)state;
    static const char *const good[] = {"https://agent.example", "https://agent.example:8443/drp",
                                       "https://agent.example/drp/", "http://127.0.0.1:8090/in",
                                       "http://[::1]:80"};
    static const char *const bad[] = {"",
                                      "agent.example",
                                      "http://agent.example",
                                      "http://127.0.0.1.example",
                                      "http://127.0.0.10",
                                      "http://[::1].example",
                                      "http://localhost:80",
                                      "https://",
                                      "https:///path",
                                      "https://user@agent.example",
                                      "https://agent.example?a=b",
                                      "https://agent.example#a",
                                      "https://agent.example/a/../b",
                                      "https://agent.example/a b",
                                      "https://agent.example\\b",
                                      "ftp://agent.example",
                                      "HTTPS://agent.example"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        expect(url_is_base(str_of(good[i])), "%s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect(!url_is_base(str_of(bad[i])), "%s", bad[i]);
    }
}

static void an_address_stays_below_its_base(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        const char *base;
        bool is_at;
    } row[] = {
        {"https://a.example/x", "https://a.example", true},
        {"https://a.example", "https://a.example", true},
        {"https://a.example?x", "https://a.example", true},
        {"https://a.example/drp/x?y=1", "https://a.example/drp", true},
        {"https://a.example/drp/x", "https://a.example/drp/", true},
        {"https://a.example/drpx", "https://a.example/drp", false},
        {"https://a.example.evil/x", "https://a.example", false},
        {"https://a.example:444/x", "https://a.example", false},
        {"https://a.example@evil/x", "https://a.example", false},
        {"https://a.example/drp/../x", "https://a.example/drp", false},
        {"https://a.example/x#y", "https://a.example", false},
        {"https://a.example/x y", "https://a.example", false},
        {"http://a.example/x", "https://a.example", false},
        {"https://a.example/x", "", false},
        {"", "", false},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(url_is_at(str_of(row[i].url), str_of(row[i].base)) == row[i].is_at, "row %zu", i);
    }
}

/* ---- a server elsewhere -------------------------------------------------------------------- */

struct elsewhere {
    unsigned code; /* 0: nobody answers */
    size_t calls;
    char key[4][40]; /* the Idempotency-Key of each call */
    struct candor *candor;
    bool replaces; /* while it is asked, newer news is queued */
};

static void queue(struct candor *candor, const char *to, const char *body, struct str *name)
{
    static char kept[40];
    struct job *job = candor_job_begin();
    struct txn *txn = NULL;
    uint64_t index = 0;
    struct outgoing message = {.kind = OUTGOING_DRP_STATUS,
                               .to = str_of(to),
                               .url = str_format(job->arena, "https://%s.example/in", to),
                               .content_type = STR("application/json"),
                               .body = bytes_of(str_of(body)),
                               .header = {{STR("X-Test"), STR("yes")}},
                               .header_count = 1};
    const struct account account = {.action = LEDGER_RECALL, .outcome = OUTCOME_DONE};
    home_enter(candor);
    must(home_begin(job, candor, &txn) == CANDOR_OK);
    must(outgoing_queue(job, txn, &message) == CANDOR_OK);
    must(home_account(job, candor, txn, &account, &index, NULL) == CANDOR_OK);
    must(home_commit(job, candor, txn) == CANDOR_OK);
    home_leave(candor);
    if (name != NULL) {
        (void)snprintf(kept, sizeof kept, "%.*s", STR_ARG(message.name));
        *name = str_of(kept);
    }
    candor_job_end(job);
}

static enum candor_status answer(struct job *job, void *self, const struct candor_letter *letter,
                                 unsigned *code, struct candor_text *text)
{
    struct elsewhere *elsewhere = self;
    assert_int_equal(letter->header_count, 2);
    assert_string_equal(letter->header[0].name, "X-Test");
    assert_string_equal(letter->header[1].name, "Idempotency-Key");
    assert_string_equal(letter->content_type, "application/json");
    (void)snprintf(elsewhere->key[elsewhere->calls++ % 4], 40, "%s", letter->header[1].value);
    if (elsewhere->replaces) {
        queue(elsewhere->candor, "a", "newer", NULL);
    }
    *text = (struct candor_text){"", 0};
    *code = elsewhere->code;
    return elsewhere->code == 0 ? (fail)(job, CANDOR_IO, "nobody answers") : CANDOR_OK;
}

struct round_result {
    size_t failed;
    size_t given_up;
};

static struct round_result send(struct candor *candor, struct elsewhere *elsewhere, int64_t later)
{
    struct round_result result = {0};
    struct candor_text report;
    const struct candor_post post = {.post = answer, .self = elsewhere};
    struct job *job = candor_job_begin();
    job->now += later;
    expect(candor_outgoing_send(job, candor, &post, &result.failed, &result.given_up, &report) ==
               CANDOR_OK,
           "%s", candor_job_message(job));
    candor_job_end(job);
    return result;
}

static size_t waiting(struct candor *candor, size_t *given_up)
{
    struct candor_text report;
    struct job *job = candor_job_begin();
    must(candor_outgoing_list(job, candor, given_up, &report) == CANDOR_OK);
    assert_null(strstr(report.ptr, "personal")); /* bodies are not shown */
    const size_t count = (size_t)value_get(tree_of(job, &report), "waiting")->integer;
    candor_job_end(job);
    return count;
}

static int begin(void **state)
{
    struct company *company = calloc(1, sizeof *company);
    must(company != NULL);
    company_begin(company);
    *state = company;
    return 0;
}

static int end(void **state)
{
    company_end(*state);
    free(*state);
    return 0;
}

/* ---- the queue ----------------------------------------------------------------------------- */

static void what_is_taken_is_gone(void **state)
{
    struct company *company = *state;
    struct elsewhere good = {.code = 204};
    size_t given_up = 0;
    queue(company->candor, "a", "personal", NULL);
    queue(company->candor, "b", "personal", NULL);
    assert_int_equal(waiting(company->candor, &given_up), 2);
    assert_int_equal(send(company->candor, &good, 0).failed, 0);
    assert_int_equal(good.calls, 2);
    assert_int_equal(waiting(company->candor, &given_up), 0);
    send(company->candor, &good, 0);
    assert_int_equal(good.calls, 2);
}

static void a_failure_is_tried_again_later_under_the_same_key_and_given_up_at_last(void **state)
{
    struct company *company = *state;
    struct elsewhere bad = {.code = 500};
    struct elsewhere good = {.code = 200};
    struct str name;
    struct candor_text report;
    size_t given_up = 0;
    queue(company->candor, "a", "personal", &name);
    assert_int_equal(send(company->candor, &bad, 0).failed, 1);
    send(company->candor, &bad, 59 * MICROS_PER_SECOND); /* not yet */
    assert_int_equal(bad.calls, 1);
    send(company->candor, &bad, 61 * MICROS_PER_SECOND);
    assert_int_equal(bad.calls, 2);
    assert_string_equal(bad.key[0], bad.key[1]);
    for (int64_t day = 1; day <= 30; day++) {
        send(company->candor, &bad, day * 2 * MICROS_PER_DAY);
    }
    assert_int_equal(bad.calls, OUTGOING_TRIES_MAX);
    assert_int_equal(waiting(company->candor, &given_up), 0);
    assert_int_equal(given_up, 1);
    DONE(candor_outgoing_retry(job, company->candor, str_z(job->arena, name), &report));
    send(company->candor, &good, 0);
    assert_int_equal(good.calls, 1);
    assert_int_equal(waiting(company->candor, &given_up), 0);
    assert_int_equal(given_up, 0);
}

static void who_gives_no_answer_is_not_waited_for_twice_in_a_round(void **state)
{
    struct company *company = *state;
    struct elsewhere silent = {.code = 0};
    struct job *job = candor_job_begin();
    struct candor_text report;
    for (unsigned i = 0; i < 3; i++) {
        struct txn *txn = NULL;
        uint64_t index = 0;
        struct outgoing message = {.kind = OUTGOING_DRP_STATUS,
                                   .to = STR("silent"),
                                   .url = STR("https://silent.example"),
                                   .content_type = STR("application/json"),
                                   .header = {{STR("X-Test"), STR("yes")}},
                                   .header_count = 1,
                                   .object = {(uint8_t)i}};
        const struct account account = {.action = LEDGER_RECALL, .outcome = OUTCOME_DONE};
        home_enter(company->candor);
        must(home_begin(job, company->candor, &txn) == CANDOR_OK);
        must(outgoing_queue(job, txn, &message) == CANDOR_OK);
        must(home_account(job, company->candor, txn, &account, &index, NULL) == CANDOR_OK);
        must(home_commit(job, company->candor, txn) == CANDOR_OK);
        home_leave(company->candor);
    }
    candor_job_end(job);
    assert_int_equal(send(company->candor, &silent, 0).failed, 1);
    assert_int_equal(silent.calls, 1);
    job = candor_job_begin();
    assert_int_equal(candor_outgoing_drop(job, company->candor, "zz", &report), CANDOR_BAD_INPUT);
    assert_int_equal(
        candor_outgoing_drop(job, company->candor, "00000000000000000000000000000000", &report),
        CANDOR_NOT_FOUND);
    candor_job_end(job);
}

static void newer_news_takes_the_place_of_older_also_on_the_way(void **state)
{
    struct company *company = *state;
    struct elsewhere good = {.code = 200, .candor = company->candor, .replaces = true};
    size_t given_up = 0;
    queue(company->candor, "a", "older", NULL);
    queue(company->candor, "a", "old", NULL);
    assert_int_equal(waiting(company->candor, &given_up), 1);
    send(company->candor, &good, 0);
    assert_int_equal(waiting(company->candor, &given_up), 1); /* the newer one */
    good.replaces = false;
    send(company->candor, &good, MICROS_PER_SECOND);
    assert_int_equal(waiting(company->candor, &given_up), 0);
    assert_string_not_equal(good.key[0], good.key[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_of_the_policy_is_https_or_this_machine),
        cmocka_unit_test(an_address_stays_below_its_base),
        cmocka_unit_test_setup_teardown(what_is_taken_is_gone, begin, end),
        cmocka_unit_test_setup_teardown(
            a_failure_is_tried_again_later_under_the_same_key_and_given_up_at_last, begin, end),
        cmocka_unit_test_setup_teardown(who_gives_no_answer_is_not_waited_for_twice_in_a_round,
                                        begin, end),
        cmocka_unit_test_setup_teardown(newer_news_takes_the_place_of_older_also_on_the_way, begin,
                                        end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
