/*
 * test_contacts.c - a signed plan by messages to a webhook: fenced as a file is, a person once, under an id
 * that stays; whoever says no before a message is posted is in none; what candor.yaml must say.
 */
#include "company.h"
#include "contacts.h"
#include "hooks.h"
#include "signed_plan.h"

enum { PEOPLE = 250, CALLS_MAX = 64 };

static const char webhooks[] =
    "webhooks:\n"
    "  - {name: crm, url: 'https://crm.example/in', contacts: true}\n"
    "  - {name: other, url: 'https://other.example/in', events: [erase]}\n";

static const char two_webhooks[] =
    "webhooks:\n"
    "  - {name: crm, url: 'https://crm.example/in', contacts: true}\n"
    "  - {name: erp, url: 'https://erp.example/in', contacts: true, private: true}\n";

static struct company company;

/* ---- who takes them ------------------------------------------------------------------------- */

struct taker {
    unsigned code;
    size_t calls;
    size_t signatures; /* of the last */
    bool only_public;
    char id[CALLS_MAX][40];
    size_t people[CALLS_MAX];
    char *body; /* all, one after the other */
    size_t len;
};

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

static enum candor_status take(struct job *job, void *self, const struct candor_letter *letter,
                               unsigned *code, struct candor_text *answer)
{
    struct taker *taker = self;
    (void)job;
    must(taker->calls < CALLS_MAX);
    for (size_t i = 0; i < letter->header_count; i++) {
        const struct candor_header *header = &letter->header[i];
        if (strcmp(header->name, "webhook-id") == 0) {
            (void)snprintf(taker->id[taker->calls], sizeof taker->id[0], "%s", header->value);
        } else if (strcmp(header->name, "webhook-signature") == 0) {
            taker->signatures = count_of(header->value, "v1,");
        }
    }
    char *body = strndup(letter->body.ptr, letter->body.len);
    taker->people[taker->calls++] = count_of(body, "\"identifier\"");
    taker->only_public = letter->only_public;
    taker->body = realloc(taker->body, taker->len + letter->body.len + 1);
    must(body != NULL && taker->body != NULL);
    memcpy(taker->body + taker->len, body, letter->body.len + 1);
    taker->len += letter->body.len;
    free(body);
    *code = taker->code;
    *answer = (struct candor_text){"", 0};
    return CANDOR_OK;
}

static void forget(struct taker *taker)
{
    free(taker->body);
    taker->calls = 0;
    taker->body = NULL;
    taker->len = 0;
}

static size_t people_of(const struct taker *taker)
{
    size_t people = 0;
    for (size_t i = 0; i < taker->calls; i++) {
        people += taker->people[i];
    }
    return people;
}

static bool has_id(const struct taker *taker, const char *id)
{
    for (size_t i = 0; i < taker->calls; i++) {
        if (strcmp(taker->id[i], id) == 0) {
            return true;
        }
    }
    return false;
}

/* A round, so much later; what it says is freed by the caller. */
static char *post(struct taker *taker, int64_t later)
{
    const struct candor_post post = {.post = take, .self = taker};
    struct candor_text report;
    size_t failed = 0;
    size_t given_up = 0;
    struct job *job = candor_job_begin();
    job->now += later;
    expect(candor_outgoing_send(job, company.candor, &post, &failed, &given_up, &report) ==
               CANDOR_OK,
           "%s", candor_job_message(job));
    char *said = strndup(report.ptr, report.len);
    candor_job_end(job);
    return said;
}

static void post_saying(struct taker *taker, int64_t later, const char *part, size_t count)
{
    char *said = post(taker, later);
    expect(count_of(said, part) == count, "%zu of %s in %s", count, part, said);
    free(said);
}

/* ---- sending --------------------------------------------------------------------------------- */

static enum candor_status send_to(const char *webhook, char **said)
{
    struct candor_text report;
    struct job *job = candor_job_begin();
    const enum candor_status status =
        candor_send_to_webhook(job, company.candor, "spring", webhook, &report);
    *said = strdup(status == CANDOR_OK ? report.ptr : candor_job_message(job));
    candor_job_end(job);
    return status;
}

static void sent(const char *webhook, const char *part)
{
    char *said = NULL;
    expect(send_to(webhook, &said) == CANDOR_OK && strstr(said, part) != NULL, "%s", said);
    free(said);
}

static void refused(const char *webhook, enum candor_status wanted, const char *sentence)
{
    char *said = NULL;
    const uint64_t before = ledger_size(company.candor->ledger);
    const enum candor_status status = send_to(webhook, &said);
    expect(status == wanted && strstr(said, sentence) != NULL, "%s: %s", candor_status_name(status),
           said);
    expect(ledger_size(company.candor->ledger) == before, "nothing came to stand on the ledger");
    free(said);
}

static void share_secret(const char *webhook, enum candor_secret_act act)
{
    struct candor_text report;
    DONE(candor_share_secret(job, company.candor, webhook, act, &report));
}

/* How many entries of this action and outcome there are. */
static size_t entries(enum ledger_action action, enum ledger_outcome outcome)
{
    size_t count = 0;
    struct job *job = candor_job_begin();
    for (uint64_t i = 0; i < ledger_size(company.candor->ledger); i++) {
        struct bytes bytes;
        struct ledger_leaf leaf;
        must(store_leaf(job, company.candor->store, i, &bytes) == CANDOR_OK);
        must(leaf_read(job, bytes, &leaf) == CANDOR_OK);
        count += leaf.action == action && leaf.outcome == outcome;
    }
    candor_job_end(job);
    return count;
}

static struct plan *plan_now(struct job *job)
{
    struct txn *txn = NULL;
    struct plan *plan = NEW(job->arena, struct plan);
    home_enter(company.candor);
    must(home_begin(job, company.candor, &txn) == CANDOR_OK);
    must(plan_load(job, company.candor, txn, STR("spring"), plan) == CANDOR_OK);
    home_leave(company.candor);
    return plan;
}

static void plan_is(enum plan_state state, uint64_t handed_over, uint64_t dropped)
{
    struct job *job = candor_job_begin();
    const struct plan *plan = plan_now(job);
    expect(plan->state == state, "the plan is %.*s", STR_ARG(plan_state_name(plan->state)));
    if (state == PLAN_SENT) {
        expect(plan->handed_over == handed_over && plan->dropped_at_hand_over == dropped,
               "%llu handed over, %llu dropped", (unsigned long long)plan->handed_over,
               (unsigned long long)plan->dropped_at_hand_over);
    }
    candor_job_end(job);
}

static void begin_signed(void)
{
    signed_plan_begin(&company, webhooks, PEOPLE);
    share_secret("crm", CANDOR_SECRET_MAKE);
    signed_plan_sign(&company);
}

/* ---- what is promised ------------------------------------------------------------------------ */

static void a_hand_over_is_fenced_as_to_a_file(void **state)
{
    struct taker taker = {.code = 204};
    (void)state;
    signed_plan_begin(&company, webhooks, PEOPLE);
    refused(NULL, CANDOR_NOT_FOUND, "shares no secret");
    share_secret("crm", CANDOR_SECRET_MAKE);
    refused(NULL, CANDOR_REFUSED, "the plan is not approved");
    signed_plan_sign(&company);
    refused("none", CANDOR_NOT_FOUND, "no webhook 'none'");
    refused("other", CANDOR_REFUSED, "'other' takes no contacts");
    company_as(&company, "bea");
    refused(NULL, CANDOR_FORBIDDEN, "'send' needs one of the roles");
    company_as(&company, "ana");
    sent(NULL, "\"messages\": 3");
    refused("crm", CANDOR_REFUSED, "on its way to webhook 'crm', 3 messages are left");
    plan_is(PLAN_HANDING_OVER, 0, 0);
    expect(entries(LEDGER_CONTACT, OUTCOME_DONE) == 0, "nobody is contacted before a message");
    post_saying(&taker, 0, "\"outcome\": \"sent\"", 3);
    refused("crm", CANDOR_REFUSED, "the campaign was sent already");
    expect(taker.only_public, "a name must lead to the open Internet");
    expect(entries(LEDGER_CONTACT, OUTCOME_DONE) == PEOPLE, "each contact is on the ledger");
    expect(entries(LEDGER_SEND, OUTCOME_ALLOW) == 1 && entries(LEDGER_SEND, OUTCOME_DONE) == 1,
           "the hand-over is, as of a file");
    plan_is(PLAN_SENT, PEOPLE, 0);
    expect(people_of(&taker) == PEOPLE && taker.signatures == 1, "%zu", people_of(&taker));
    for (int i = 0; i < PEOPLE; i++) {
        char part[64];
        (void)snprintf(part, sizeof part, "p%03d@example.org", i);
        expect(count_of(taker.body, part) == 1, "%s once", part);
    }
    forget(&taker);
    post_saying(&taker, MICROS_PER_DAY, "\"outcome\"", 0);
    company_end(&company);
}

/* Said no before the first post; said no after a try that may have been taken; was erased. */
static void who_says_no_while_they_wait_is_in_no_message(void **state)
{
    struct taker taker = {.code = 500};
    char first[3][40];
    struct candor_text report;
    (void)state;
    begin_signed();
    sent("crm", "\"messages\": 3");
    signed_plan_withdraw(&company, "P007");
    post_saying(&taker, 0, "\"outcome\": \"failed\"", 3);
    expect(strstr(taker.body, "p007@") == NULL && people_of(&taker) == PEOPLE - 1, "P007 is out");
    expect(entries(LEDGER_CONTACT, OUTCOME_DENY) == 1, "which is on the ledger");
    memcpy(first, taker.id, sizeof first);
    forget(&taker);
    signed_plan_withdraw(&company, "P100");
    DONE(candor_subject_erase(job, company.candor, "P200", &report));
    taker.code = 204;
    post_saying(&taker, MICROS_PER_DAY, "\"outcome\": \"sent\"", 3);
    expect(strstr(taker.body, "p100@") == NULL && strstr(taker.body, "p200@") == NULL, "both out");
    expect(people_of(&taker) == PEOPLE - 3, "%zu people", people_of(&taker));
    for (size_t i = 0; i < 3; i++) {
        expect(has_id(&taker, first[i]), "message %zu keeps its id", i);
    }
    expect(entries(LEDGER_CONTACT, OUTCOME_DONE) == PEOPLE - 1, "nobody is put down twice");
    plan_is(PLAN_SENT, PEOPLE - 3, 3);
    forget(&taker);
    company_end(&company);
}

static void a_message_of_whom_nobody_is_left_is_not_posted(void **state)
{
    struct taker taker = {.code = 204};
    (void)state;
    signed_plan_begin(&company, webhooks, 2);
    share_secret("crm", CANDOR_SECRET_MAKE);
    signed_plan_sign(&company);
    sent(NULL, "\"messages\": 1");
    signed_plan_withdraw(&company, "P000");
    signed_plan_withdraw(&company, "P001");
    post_saying(&taker, 0, "\"outcome\": \"nobody_left\"", 1);
    expect(taker.calls == 0, "nothing left");
    plan_is(PLAN_SENT, 0, 2);
    company_end(&company);
}

static void the_id_of_a_message(char id[40])
{
    struct candor_text report;
    size_t given_up = 0;
    struct job *job = candor_job_begin();
    must(candor_outgoing_list(job, company.candor, &given_up, &report) == CANDOR_OK);
    const char *at = strstr(report.ptr, "\"id\": \"");
    must(at != NULL);
    (void)snprintf(id, 40, "%.32s", at + 7);
    candor_job_end(job);
}

static void who_is_in_a_forgotten_message_is_not_handed_over(void **state)
{
    struct taker taker = {.code = 503};
    struct candor_text report;
    char id[40];
    (void)state;
    signed_plan_begin(&company, webhooks, 5);
    share_secret("crm", CANDOR_SECRET_MAKE);
    signed_plan_sign(&company);
    sent(NULL, "\"messages\": 1");
    for (int64_t day = 0; day < 9; day++) {
        post_saying(&taker, 2 * day * MICROS_PER_DAY, "\"outcome\": \"failed\"", 1);
    }
    post_saying(&taker, 18 * MICROS_PER_DAY, "\"outcome\": \"given_up\"", 1);
    plan_is(PLAN_HANDING_OVER, 0, 0);
    the_id_of_a_message(id);
    DONE(candor_outgoing_drop(job, company.candor, id, &report));
    plan_is(PLAN_SENT, 0, 5);
    expect(entries(LEDGER_CONTACT, OUTCOME_DONE) == 5, "ten tries put each down once");
    forget(&taker);
    company_end(&company);
}

static void nothing_leaves_under_another_candor_yaml(void **state)
{
    struct taker taker = {.code = 204};
    char path[128];
    char *policy = NULL;
    (void)state;
    begin_signed();
    sent(NULL, "\"messages\": 3");
    must(asprintf(&policy, "%s%s# changed\n", company_policy, webhooks) > 0);
    company_write(&company, "home/candor.yaml", policy, path);
    company_as(&company, "ana");
    post_saying(&taker, 0, "candor.yaml has changed since the plan was signed", 3);
    expect(taker.calls == 0 && entries(LEDGER_CONTACT, OUTCOME_DONE) == 0, "nothing left");
    policy[strlen(policy) - strlen("# changed\n")] = '\0';
    company_write(&company, "home/candor.yaml", policy, path);
    free(policy);
    company_as(&company, "ana");
    post_saying(&taker, MICROS_PER_DAY, "\"outcome\": \"sent\"", 3);
    plan_is(PLAN_SENT, PEOPLE, 0);
    forget(&taker);
    company_end(&company);
}

static void of_several_webhooks_one_is_named(void **state)
{
    struct taker taker = {.code = 204};
    (void)state;
    signed_plan_begin(&company, two_webhooks, 5);
    share_secret("erp", CANDOR_SECRET_MAKE);
    signed_plan_sign(&company);
    refused(NULL, CANDOR_BAD_INPUT, "say which: --to webhook:NAME");
    refused("crm", CANDOR_NOT_FOUND, "shares no secret");
    share_secret("erp", CANDOR_SECRET_RENEW);
    sent("erp", "\"webhook\": \"erp\"");
    post_saying(&taker, 0, "\"outcome\": \"sent\"", 1);
    expect(taker.signatures == 2 && !taker.only_public, "%zu signatures", taker.signatures);
    forget(&taker);
    company_end(&company);
    signed_plan_begin(&company, "", 5);
    refused(NULL, CANDOR_NOT_FOUND, "no webhook takes contacts");
    company_end(&company);
}

/* A crash after the file was written leaves "handing over": who is in it is not sent to another as well. */
static void a_file_that_was_begun_is_finished_as_one(void **state)
{
    (void)state;
    begin_signed();
    struct txn *txn = NULL;
    uint64_t index = 0;
    struct job *job = candor_job_begin();
    struct plan *plan = plan_now(job);
    const struct account account = {.action = LEDGER_SEND, .outcome = OUTCOME_ALLOW};
    plan->state = PLAN_HANDING_OVER;
    home_enter(company.candor);
    must(home_begin(job, company.candor, &txn) == CANDOR_OK);
    must(home_account(job, company.candor, txn, &account, &index, NULL) == CANDOR_OK);
    must(plan_store(job, company.candor, txn, plan) == CANDOR_OK);
    must(home_commit(job, company.candor, txn) == CANDOR_OK);
    home_leave(company.candor);
    candor_job_end(job);
    refused(NULL, CANDOR_REFUSED, "to a file was begun");
    company_end(&company);
}

/* ---- the layout ------------------------------------------------------------------------------ */

static void a_batch_is_read_as_it_was_written_and_nothing_else_is(void **state)
{
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    struct contacts_batch *batch = NEW(job.arena, struct contacts_batch);
    struct contacts_batch *read = NEW(job.arena, struct contacts_batch);
    *batch = (struct contacts_batch){
        .campaign = STR("spring"), .row_count = CONTACTS_IN_BATCH, .dropped = 7};
    for (size_t i = 0; i < batch->row_count; i++) {
        batch->row[i] = (struct hand_row){.subject = {.slot = (uint32_t)i},
                                          .offer = STR("gift"),
                                          .offer_title = STR("A gift"),
                                          .ledger_index = 1000 + i};
    }
    const struct bytes bytes = contacts_write(&job, batch);
    must(contacts_read(&job, bytes, read) == CANDOR_OK);
    expect(read->row_count == CONTACTS_IN_BATCH && read->dropped == 7 &&
               read->row[99].subject.slot == 99 && read->row[99].ledger_index == 1099 &&
               str_equal(read->row[99].offer_title, STR("A gift")),
           "all of it");
    for (size_t len = 0; len < bytes.len; len += 37) {
        expect(contacts_read(&job, (struct bytes){bytes.ptr, len}, read) == CANDOR_CORRUPT,
               "cut at %zu", len);
        job_forgive(&job);
    }
    /* One more than fits, with none behind it. */
    batch->row_count = 0;
    const struct bytes empty = contacts_write(&job, batch);
    uint8_t *many = NEW_ARRAY(job.arena, empty.len, uint8_t);
    bytes_copy(many, empty.ptr, empty.len);
    many[empty.len - 4] = CONTACTS_IN_BATCH + 1;
    expect(contacts_read(&job, (struct bytes){many, empty.len}, read) == CANDOR_CORRUPT, "101");
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_hand_over_is_fenced_as_to_a_file),
        cmocka_unit_test(who_says_no_while_they_wait_is_in_no_message),
        cmocka_unit_test(a_message_of_whom_nobody_is_left_is_not_posted),
        cmocka_unit_test(who_is_in_a_forgotten_message_is_not_handed_over),
        cmocka_unit_test(nothing_leaves_under_another_candor_yaml),
        cmocka_unit_test(of_several_webhooks_one_is_named),
        cmocka_unit_test(a_file_that_was_begun_is_finished_as_one),
        cmocka_unit_test(a_batch_is_read_as_it_was_written_and_nothing_else_is),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
