/*
 * test_caller.c - whose call it is: the holder of an API key in the access log, on the ledger and in the
 * rules for two people; nobody else's thread; and keys of earlier versions.
 */
#include <unistd.h>

#include "candor_visit.h"
#include "company.h"
#include "staff.h"

enum { KEY_LEN = 4 + 48 };

static struct company company;

/* A key of NAME's own. */
static void make_key(const char *holder, const char *name, const char *roles, char key[64])
{
    struct candor_text report;
    company_close(&company);
    DONE(candor_open(job, company.home, holder, &company.candor));
    struct job *job = candor_job_begin();
    const enum candor_status status = candor_key_add(job, company.candor, name, roles, 9, &report);
    expect(status == CANDOR_OK, "%s", candor_job_message(job));
    must(sscanf(strstr(report.ptr, "\"key\": \"") + 8, "%63[a-z0-9_]", key) == 1);
    expect(strlen(key) == KEY_LEN, "a key");
    candor_job_end(job);
    company_close(&company);
    company_open(&company);
}

static int begin(void **state)
{
    struct candor_text report;
    char path[128];
    (void)state;
    company_begin(&company);
    company_import(&company, "subjects", STR("identifier,email,age\nanna,a@example.org,30\n"));
    DONE(candor_operator_add(job, company.candor, "bea", "privacy", &report));
    DONE(candor_operator_add(job, company.candor, "cleo", "privacy,analyst", &report));
    company_close(&company);
    char *policy = NULL;
    must(asprintf(&policy, "%speople:\n  two_people: [erase]\n", company_policy) > 0);
    company_write(&company, "home/candor.yaml", policy, path);
    free(policy);
    company_open(&company);
    return 0;
}

static int end(void **state)
{
    (void)state;
    company_end(&company);
    return 0;
}

#define AS(key, act, call) \
    do { \
        struct job *job = candor_job_begin(); \
        enum candor_status as_status = candor_key_enter(job, company.candor, key, act, "case 7"); \
        expect(as_status == CANDOR_OK, "%s", candor_job_message(job)); \
        call; \
        candor_key_leave(company.candor); \
        candor_job_end(job); \
    } while (0)

/* Of the entry: who did it, as the ledger writes them. */
static void actor_at(uint64_t index, char actor[64])
{
    struct candor_text report;
    struct job *job = candor_job_begin();
    must(candor_ledger_entry(job, company.candor, index, &report) == CANDOR_OK);
    const char *at = strstr(report.ptr, "\"actor\": \"");
    must(at != NULL && sscanf(at + 10, "%63[a-z0-9]", actor) == 1);
    candor_job_end(job);
}

static uint64_t last_entry(void)
{
    struct candor_figures figures;
    candor_figures(company.candor, &figures);
    return figures.ledger_entries - 1;
}

static void the_access_log_and_the_ledger_name_the_holder_of_the_key(void **state)
{
    char bea[64];
    char by_key[64];
    char by_opener[64];
    char by_bea[64];
    struct candor_text report;
    (void)state;
    make_key("bea", "bea-laptop", "privacy", bea);
    AS(bea, "subject.read", {
        must(candor_subject_show(job, company.candor, "anna", &report) == CANDOR_OK);
        expect(strstr(report.ptr, "\"operator\": \"bea\"") != NULL, "%s", report.ptr);
        expect(strstr(report.ptr, "\"why\": \"case 7\"") != NULL, "%s", report.ptr);
        expect(strstr(report.ptr, "\"roles\": \"privacy\"") != NULL, "%s", report.ptr);
    });
    actor_at(last_entry(), by_key);
    DONE(candor_subject_show(job, company.candor, "anna", &report));
    actor_at(last_entry(), by_opener);
    expect(strcmp(by_key, by_opener) != 0, "not the operator who serves");
    company_close(&company);
    DONE(candor_open(job, company.home, "bea", &company.candor));
    DONE(candor_subject_show(job, company.candor, "anna", &report));
    actor_at(last_entry(), by_bea);
    assert_string_equal(by_key, by_bea);
    company_close(&company);
    company_open(&company);
}

static size_t looks_in(const char *text, const char *what)
{
    char wanted[64];
    size_t count = 0;
    (void)snprintf(wanted, sizeof wanted, "\"what\": \"%s\"", what);
    for (const char *at = strstr(text, wanted); at != NULL; at = strstr(at + 1, wanted)) {
        count++;
    }
    return count;
}

static void decide(const char *key)
{
    const struct candor_question question = {.identifier = "anna", .campaign = "spring"};
    AS(key, "decide", {
        struct candor_answer answer;
        must(candor_decide_many(job, company.candor, &question, 1, &answer) == CANDOR_OK);
        expect(answer.status == CANDOR_OK, "%s", answer.message);
    });
}

/* Reasons, receipts and signals are looks; a machine looks at nobody. */
static void each_way_to_see_somebody_is_a_look(void **state)
{
    char human[64];
    char machine[64];
    struct candor_text report;
    (void)state;
    make_key("ana", "desk", "marketer", human);
    make_key("ana", "kiosk", "machine", machine);
    decide(human);
    decide(machine);
    DONE(candor_consent(job, company.candor, "anna", "news", NULL, "give", "form", NULL, &report));
    DONE(candor_receipt(job, company.candor, "anna", "news", 0, &report, NULL));
    DONE(candor_subject_signals(job, company.candor, "anna", &report));
    struct job *job = candor_job_begin();
    must(candor_subject_show(job, company.candor, "anna", &report) == CANDOR_OK);
    expect(looks_in(report.ptr, "decide") == 1, "%s", report.ptr);
    expect(looks_in(report.ptr, "consent.receipt") == 1, "%s", report.ptr);
    expect(looks_in(report.ptr, "subject.signals") == 1, "%s", report.ptr);
    candor_job_end(job);
}

static void a_key_may_what_it_and_its_holder_may(void **state)
{
    char narrow[64];
    char wide[64];
    struct candor_text report;
    struct job *job = candor_job_begin();
    (void)state;
    make_key("cleo", "cleo-laptop", "analyst", narrow);
    expect(candor_key_enter(job, company.candor, narrow, "subject.read", NULL) == CANDOR_FORBIDDEN,
           "the key has not all of its holder's roles");
    job_forgive(job);
    make_key("cleo", "cleo-phone", "privacy,analyst", wide);
    expect(candor_key_use(job, company.candor, wide, "subject.read") == CANDOR_OK, "now it has");
    must(candor_operator_roles(job, company.candor, "cleo", "analyst", &report) == CANDOR_OK);
    expect(candor_key_use(job, company.candor, wide, "subject.read") == CANDOR_FORBIDDEN,
           "what the holder loses the key loses");
    job_forgive(job);
    expect(candor_key_use(job, company.candor, wide, "audit") == CANDOR_OK, "the rest stays");
    must(candor_operator_expire(job, company.candor, "cleo", "2026-01-01", &report) == CANDOR_OK);
    expect(candor_key_use(job, company.candor, wide, "audit") == CANDOR_FORBIDDEN, "ended");
    job_forgive(job);
    must(candor_operator_expire(job, company.candor, "cleo", "2099-01-01", &report) == CANDOR_OK);
    must(candor_operator_roles(job, company.candor, "cleo", "privacy,analyst", &report) ==
         CANDOR_OK);
    candor_job_end(job);
}

/* What a server asks from its network threads: it never answers for keys that have changed since. */
static void a_key_is_looked_at_without_entering_the_home(void **state)
{
    char key[64];
    struct candor_text report;
    struct job *job = candor_job_begin();
    struct candor *candor = NULL;
    (void)state;
    make_key("cleo", "cleo-tablet", "analyst", key);
    candor = company.candor;
    expect(candor_key_look(job, candor, key, "audit") == CANDOR_BUSY, "nothing was read yet");
    job_forgive(job);
    must(candor_door_prepare(job, candor) == CANDOR_OK);
    must(pthread_mutex_lock(&candor->lock) == 0); /* somebody is inside, for long */
    expect(candor_key_look(job, candor, key, "audit") == CANDOR_OK, "it is good");
    expect(candor_key_look(job, candor, key, "subject.read") == CANDOR_FORBIDDEN, "not for this");
    job_forgive(job);
    expect(candor_key_look(job, candor, "cnd_0", "audit") == CANDOR_NOT_FOUND, "nobody's");
    job_forgive(job);
    must(pthread_mutex_unlock(&candor->lock) == 0);
    must(candor_key_list(job, candor, &report) == CANDOR_OK);
    const char *listed = strstr(report.ptr, "cleo-tablet");
    expect(listed != NULL && strstr(listed, "\"last_used\": \"20") != NULL, "%s", report.ptr);
    must(candor_key_revoke(job, candor, "cleo-tablet", &report) == CANDOR_OK);
    expect(candor_key_look(job, candor, key, "audit") == CANDOR_BUSY, "the keys have changed");
    job_forgive(job);
    expect(candor_key_use(job, candor, key, "audit") == CANDOR_NOT_FOUND, "revoked");
    job_forgive(job);
    expect(candor_key_look(job, candor, key, "audit") == CANDOR_NOT_FOUND, "now it is known");
    candor_job_end(job);
}

static void nobody_makes_a_key_for_more_than_they_are(void **state)
{
    struct candor_text report;
    struct job *job = candor_job_begin();
    (void)state;
    company_close(&company);
    must(candor_open(job, company.home, "bea", &company.candor) == CANDOR_OK);
    expect(candor_key_add(job, company.candor, "more", "privacy,owner", 9, &report) ==
               CANDOR_FORBIDDEN,
           "not more");
    job_forgive(job);
    expect(candor_key_revoke(job, company.candor, "cleo-phone", &report) == CANDOR_FORBIDDEN,
           "another's key");
    candor_job_end(job);
    company_close(&company);
    company_open(&company);
}

/* Bea asks with her key, cannot sign herself, Cleo signs with hers, Bea's act is done. */
static void two_keys_are_two_people_and_one_is_not(void **state)
{
    char bea[64];
    char cleo[64];
    char number[64] = "";
    struct candor_text report;
    (void)state;
    company_import(&company, "subjects", STR("identifier,email,age\ndora,d@example.org,30\n"));
    make_key("bea", "bea-two", "privacy", bea);
    make_key("cleo", "cleo-two", "privacy", cleo);
    AS(bea, "subject.erase", {
        expect(candor_subject_erase(job, company.candor, "dora", &report) == CANDOR_REFUSED,
               "two are needed");
        const char *at = strstr(candor_job_message(job), "second sign ");
        must(at != NULL && sscanf(at + 12, "%63[0-9a-f]", number) == 1);
    });
    AS(bea, "subject.erase", {
        expect(candor_second_sign(job, company.candor, number, true, &report) == CANDOR_FORBIDDEN,
               "whoever asked");
    });
    AS(cleo, "subject.erase", {
        expect(candor_subject_erase(job, company.candor, "dora", &report) == CANDOR_REFUSED,
               "a wish of her own is another one");
    });
    AS(cleo, "subject.erase", {
        expect(candor_second_sign(job, company.candor, number, true, &report) == CANDOR_OK, "%s",
               candor_job_message(job));
    });
    AS(bea, "subject.erase", {
        expect(candor_subject_erase(job, company.candor, "dora", &report) == CANDOR_OK, "%s",
               candor_job_message(job));
    });
}

/* A signing key may be elsewhere: then the command signs, where it is. */
static void without_the_signing_key_nothing_is_signed(void **state)
{
    char cleo[64];
    char path[160];
    char away[170];
    char number[64] = "";
    struct candor_text report;
    (void)state;
    company_import(&company, "subjects", STR("identifier,email,age\nemil,e@example.org,30\n"));
    make_key("cleo", "cleo-three", "privacy", cleo);
    struct job *first = candor_job_begin();
    expect(candor_subject_erase(first, company.candor, "emil", &report) == CANDOR_REFUSED, "two");
    const char *at = strstr(candor_job_message(first), "second sign ");
    must(at != NULL && sscanf(at + 12, "%63[0-9a-f]", number) == 1);
    candor_job_end(first);
    (void)snprintf(path, sizeof path, "%s/keys/operator-cleo.key", company.home);
    (void)snprintf(away, sizeof away, "%s.away", path);
    must(rename(path, away) == 0);
    AS(cleo, "subject.erase", {
        expect(candor_second_sign(job, company.candor, number, true, &report) == CANDOR_FORBIDDEN,
               "no key");
        expect(strstr(candor_job_message(job), "not on this machine") != NULL, "%s",
               candor_job_message(job));
    });
    must(rename(away, path) == 0);
}

static void *look_from_elsewhere(void *self)
{
    struct candor_text report;
    struct job *job = candor_job_begin();
    must(candor_subject_show(job, company.candor, "anna", &report) == CANDOR_OK);
    *(bool *)self = strstr(report.ptr, "\"operator\": \"ana\"") != NULL;
    candor_job_end(job);
    return NULL;
}

static void another_thread_is_not_taken_for_the_holder(void **state)
{
    char bea[64];
    pthread_t thread;
    bool is_opener = false;
    (void)state;
    make_key("bea", "bea-four", "privacy", bea);
    AS(bea, "subject.read", {
        must(pthread_create(&thread, NULL, look_from_elsewhere, &is_opener) == 0);
        must(pthread_join(thread, NULL) == 0);
    });
    assert_true(is_opener);
}

/* version 1: digest, roles, end; no holder. */
static void a_key_of_an_earlier_version_is_the_openers(void **state)
{
    static const char text[] = "cnd_000000000000000000000000000000000000000000000001";
    struct candor_text report;
    (void)state;
    struct job *writing = candor_job_begin();
    struct txn *txn = NULL;
    uint64_t index = 0;
    struct buf record = buf_begin(writing->arena);
    const struct digest digest = token_digest(bytes_of(str_of(text)));
    const struct account account = {.action = LEDGER_ROLE_CHANGE, .outcome = OUTCOME_DONE};
    buf_u8(&record, 1);
    buf_bytes(&record, digest.byte, sizeof digest.byte);
    buf_u32le(&record, ROLE_PRIVACY);
    buf_u64le(&record, (uint64_t)(writing->now + MICROS_PER_DAY));
    home_enter(company.candor);
    must(home_begin(writing, company.candor, &txn) == CANDOR_OK);
    must(store_put_document(writing, txn, LIT("api_key"), STR("old"), buf_all(&record)) ==
         CANDOR_OK);
    must(home_account(writing, company.candor, txn, &account, &index, NULL) == CANDOR_OK);
    must(home_commit(writing, company.candor, txn) == CANDOR_OK);
    keys_forget(company.candor);
    home_leave(company.candor);
    candor_job_end(writing);
    AS(text, "subject.read", {
        must(candor_subject_show(job, company.candor, "anna", &report) == CANDOR_OK);
        expect(strstr(report.ptr, "\"operator\": \"ana\"") != NULL, "%s", report.ptr);
    });
}

static enum candor_status may(struct job *job, const char *act)
{
    const enum candor_status status = candor_caller_may(job, company.candor, act);
    if (status != CANDOR_OK) {
        job_forgive(job);
    }
    return status;
}

/* What a page asks before it offers something is answered as the call itself would be. */
static void what_may_be_done_is_told_before_it_is_tried(void **state)
{
    char cleo[64];
    struct candor_text report;
    (void)state;
    make_key("cleo", "cleo-pages", "analyst", cleo);
    AS(cleo, "train", {
        assert_int_equal(may(job, "train"), CANDOR_OK);
        assert_int_equal(may(job, "subject.read"), CANDOR_FORBIDDEN);
        assert_int_equal(candor_subject_show(job, company.candor, "anna", &report),
                         CANDOR_FORBIDDEN);
        job_forgive(job);
        assert_int_equal(may(job, "fly"), CANDOR_BAD_INPUT);
        assert_int_equal(may(job, ""), CANDOR_BAD_INPUT);
    });
    struct job *job = candor_job_begin();
    assert_int_equal(may(job, "subject.read"), CANDOR_OK);
    candor_job_end(job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_access_log_and_the_ledger_name_the_holder_of_the_key),
        cmocka_unit_test(each_way_to_see_somebody_is_a_look),
        cmocka_unit_test(a_key_may_what_it_and_its_holder_may),
        cmocka_unit_test(a_key_is_looked_at_without_entering_the_home),
        cmocka_unit_test(nobody_makes_a_key_for_more_than_they_are),
        cmocka_unit_test(two_keys_are_two_people_and_one_is_not),
        cmocka_unit_test(without_the_signing_key_nothing_is_signed),
        cmocka_unit_test(another_thread_is_not_taken_for_the_holder),
        cmocka_unit_test(what_may_be_done_is_told_before_it_is_tried),
        cmocka_unit_test(a_key_of_an_earlier_version_is_the_openers),
    };
    return cmocka_run_group_tests(test, begin, end);
}
