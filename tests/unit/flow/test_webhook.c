/*
 * test_webhook.c - recalls by post: what a recipient is told and what not, how it knows that it is us, what
 * its answers mean, and which addresses are refused.
 */
#include "company.h"
#include "outgoing.h"
#include "share.h"

static const char recipients[] =
    "recipients:\n"
    "  - {name: acme, title: Acme, contract: DPA 1, country: DE, purposes: [research],\n"
    "     webhook: 'https://acme.example/in'}\n"
    "  - {name: nile, title: Nile, contract: DPA 2, country: DE, purposes: [research],\n"
    "     webhook: 'https://nile.example/in'}\n"
    "  - {name: post, title: Post, contract: DPA 3, country: DE, purposes: [research]}\n";

static struct company company;

/* ---- a recipient ---------------------------------------------------------------------------- */

struct recipient_seen {
    size_t calls;
    unsigned code;
    const char *answer;
    char id[64];
    char time[64];
    char signature[128];
    char body[1024];
    char key[64];
};

static void take(const struct candor_letter *letter, const char *name, char *target, size_t room)
{
    target[0] = '\0';
    for (size_t i = 0; i < letter->header_count; i++) {
        if (strcmp(letter->header[i].name, name) == 0) {
            (void)snprintf(target, room, "%s", letter->header[i].value);
        }
    }
}

static enum candor_status receive(struct job *job, void *self, const struct candor_letter *letter,
                                  unsigned *code, struct candor_text *answer)
{
    struct recipient_seen *seen = self;
    (void)job;
    if (strcmp(letter->url, "https://acme.example/in") != 0) { /* the other one takes everything */
        *code = 204;
        *answer = (struct candor_text){"", 0};
        return CANDOR_OK;
    }
    seen->calls++;
    take(letter, "webhook-id", seen->id, sizeof seen->id);
    take(letter, "webhook-timestamp", seen->time, sizeof seen->time);
    take(letter, "webhook-signature", seen->signature, sizeof seen->signature);
    take(letter, "Idempotency-Key", seen->key, sizeof seen->key);
    (void)snprintf(seen->body, sizeof seen->body, "%.*s", (int)letter->body.len, letter->body.ptr);
    *code = seen->code;
    *answer = (struct candor_text){seen->answer, strlen(seen->answer)};
    return CANDOR_OK;
}

static size_t post(struct recipient_seen *seen, int64_t later)
{
    const struct candor_post post = {.post = receive, .self = seen};
    struct candor_text report;
    size_t failed = 0;
    size_t given_up = 0;
    struct job *job = candor_job_begin();
    job->now += later;
    expect(candor_outgoing_send(job, company.candor, &post, &failed, &given_up, &report) ==
               CANDOR_OK,
           "%s", candor_job_message(job));
    candor_job_end(job);
    return failed;
}

/* ---- the company --------------------------------------------------------------------------- */

static void secret_of(const char *recipient, enum candor_secret_act act, char text[64])
{
    struct candor_text report;
    struct job *job = candor_job_begin();
    expect(candor_share_secret(job, company.candor, recipient, act, &report) == CANDOR_OK, "%s",
           candor_job_message(job));
    must(sscanf(strstr(report.ptr, "whsec_") + 6, "%63[A-Za-z0-9+/=]", text) == 1);
    candor_job_end(job);
}

static int begin(void **state)
{
    char path[128];
    char *policy = NULL;
    struct candor_text report;
    (void)state;
    company_found(&company);
    char *fields = strdup(company_policy);
    char *email = strstr(fields, "purposes: [news, service]");
    must(email != NULL);
    must(asprintf(&policy, "%.*spurposes: [news, service, research]%s%s", (int)(email - fields),
                  fields, email + strlen("purposes: [news, service]"), recipients) > 0);
    company_write(&company, "home/candor.yaml", policy, path);
    free(policy);
    free(fields);
    company_open(&company);
    company_import(&company, "subjects",
                   STR("identifier,email,age\nanna,a@example.org,30\nben,b@example.org,31\n"));
    static const char *const to[] = {"acme", "nile", "post"};
    for (size_t i = 0; i < 3; i++) {
        DONE(candor_choose(job, company.candor,
                           &(struct candor_choice){.identifier = "anna",
                                                   .purpose = "research",
                                                   .recipient = to[i],
                                                   .decision = "give",
                                                   .surface = "form"},
                           &report));
        DONE(candor_share_export(job, company.candor,
                                 &(struct candor_share){.recipient = to[i], .fields = "email"},
                                 &report));
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    company_end(&company);
    return 0;
}

static void correct(const char *value)
{
    struct candor_text report;
    DONE(candor_subject_correct(job, company.candor, "anna", "email", value, &report));
}

static size_t count_of(const char *recipient, const char *part)
{
    struct candor_text report;
    size_t overdue = 0;
    size_t count = 0;
    struct job *job = candor_job_begin();
    must(candor_share_recalls(job, company.candor, recipient, NULL, &overdue, &report) ==
         CANDOR_OK);
    for (const char *at = strstr(report.ptr, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    candor_job_end(job);
    return count;
}

/* As the recipient computes it, from the secret that it was given: one of the signatures is right. */
static bool signature_is_right(const struct recipient_seen *seen, const char *secret_text)
{
    struct job job;
    uint8_t mac[32];
    uint8_t raw[SECRET_LEN];
    struct bytes key;
    job_begin(&job, host_real());
    must(base64_read(job.arena, str_of(secret_text), &key) && key.len == SECRET_LEN);
    memcpy(raw, key.ptr, sizeof raw);
    struct secret *secret = secret_begin(job.arena);
    secret_copy_from(secret, raw);
    const struct str text = str_format(job.arena, "%s.%s.%s", seen->id, seen->time, seen->body);
    const struct bytes part = bytes_of(text);
    hmac_of(mac, secret, &part, 1);
    const struct str wanted =
        str_format(job.arena, "v1,%.*s", STR_ARG(base64_of(job.arena, (struct bytes){mac, 32})));
    bool is_right = false;
    for (struct str rest = str_of(seen->signature); rest.len > 0;) {
        is_right = str_equal(str_cut(&rest, ' '), wanted) || is_right;
    }
    job_end(&job);
    return is_right;
}

/* ---- tests --------------------------------------------------------------------------------- */

static void a_recall_is_posted_signed_until_it_is_taken(void **state)
{
    struct recipient_seen seen = {.code = 204, .answer = ""};
    char acme[64];
    char nile[64];
    char id[64];
    char body[1024];
    (void)state;
    correct("new@example.org");
    expect(post(&seen, 0) > 0 && seen.calls == 0, "without a secret nothing leaves");
    secret_of("acme", CANDOR_SECRET_MAKE, acme);
    secret_of("nile", CANDOR_SECRET_MAKE, nile);
    expect(strcmp(acme, nile) != 0, "a secret for each");

    seen.code = 500;
    expect(post(&seen, MICROS_PER_DAY) == 1 && seen.calls == 1, "not taken");
    (void)snprintf(id, sizeof id, "%s", seen.id);
    (void)snprintf(body, sizeof body, "%s", seen.body);
    expect(signature_is_right(&seen, acme), "%s", seen.signature);
    expect(!signature_is_right(&seen, nile), "nobody else's");
    expect(strlen(seen.id) == 32 && strcmp(seen.id, seen.key) == 0, "%s %s", seen.id, seen.key);
    expect(strstr(seen.body, "anna") == NULL && strstr(seen.body, "example.org") == NULL, "%s",
           seen.body);
    expect(strstr(seen.body, "\"kind\":\"correction\"") != NULL, "%s", seen.body);
    expect(count_of("acme", "\"delivered\": null") == 1, "not delivered");

    (void)post(&seen, MICROS_PER_DAY + MICROS_PER_SECOND);
    expect(seen.calls == 1, "not again at once");
    seen.code = 200;
    expect(post(&seen, 2 * MICROS_PER_DAY) == 0 && seen.calls == 2, "taken");
    expect(strcmp(seen.id, id) == 0 && strcmp(seen.body, body) == 0, "the same in every try");
    expect(signature_is_right(&seen, acme), "signed anew");
    expect(count_of("acme", "\"delivered\": \"20") == 1, "delivered");
    expect(count_of("acme", "\"state\": \"queued\"") == 1, "yet not acknowledged");
    expect(post(&seen, 3 * MICROS_PER_DAY) == 0 && seen.calls == 2, "and not sent again");
    expect(count_of("post", "\"delivered\": null") == 1, "who has no address is told by hand");
}

static void an_answer_may_acknowledge(void **state)
{
    struct recipient_seen seen = {.code = 200,
                                  .answer = "{\"acknowledged\":true,\"reference\":\"T-17\"}"};
    (void)state;
    correct("third@example.org");
    expect(post(&seen, 0) == 0 && seen.calls == 1, "posted");
    expect(count_of("acme", "\"reference\": \"T-17\"") == 1, "acknowledged with theirs");
    correct("fourth@example.org");
    seen.answer = "{\"acknowledged\":\"yes\"}";
    expect(post(&seen, 0) == 0, "posted");
    seen.answer = "{\"acknowledged\":true,";
    correct("fifth@example.org");
    expect(post(&seen, 0) == 0, "posted");
    expect(count_of("acme", "\"state\": \"acknowledged\"") == 1, "anything else says nothing");
}

static void what_was_acknowledged_by_hand_is_posted_no_more(void **state)
{
    struct recipient_seen seen = {.code = 500, .answer = ""};
    struct candor_text report;
    (void)state;
    correct("sixth@example.org");
    expect(post(&seen, 0) == 1, "not taken");
    DONE(candor_share_acknowledge(job, company.candor, seen.id, "by phone", &report));
    expect(post(&seen, 30 * MICROS_PER_DAY) == 0 && seen.calls == 1, "forgotten");
}

static void a_secret_is_shown_once_and_renewed(void **state)
{
    struct recipient_seen seen = {.code = 200, .answer = ""};
    struct candor_text report;
    char renewed[64];
    (void)state;
    struct job *job = candor_job_begin();
    expect(candor_share_secret(job, company.candor, "acme", CANDOR_SECRET_MAKE, &report) ==
               CANDOR_EXISTS,
           "shown once");
    job_forgive(job);
    expect(candor_share_secret(job, company.candor, "post", CANDOR_SECRET_MAKE, &report) ==
               CANDOR_NOT_FOUND,
           "no address");
    job_forgive(job);
    expect(candor_share_secret(job, company.candor, "who", CANDOR_SECRET_MAKE, &report) ==
               CANDOR_NOT_FOUND,
           "no recipient");
    candor_job_end(job);
    secret_of("acme", CANDOR_SECRET_RENEW, renewed);
    correct("seventh@example.org");
    (void)post(&seen, 0);
    expect(signature_is_right(&seen, renewed), "the new one");
}

static size_t words_of(const char *text)
{
    size_t count = 1;
    for (; *text != '\0'; text++) {
        count += *text == ' ';
    }
    return count;
}

static void while_a_secret_is_renewed_both_are_valid(void **state)
{
    struct recipient_seen seen = {.code = 200, .answer = ""};
    struct candor_text report;
    char secret[3][64];
    (void)state;
    secret_of("acme", CANDOR_SECRET_RENEW, secret[0]);
    secret_of("acme", CANDOR_SECRET_RENEW, secret[1]);
    correct("rotation1@example.org");
    (void)post(&seen, 0);
    expect(words_of(seen.signature) == 2, "%s", seen.signature);
    expect(signature_is_right(&seen, secret[0]), "who has the old one still knows us");
    expect(signature_is_right(&seen, secret[1]), "and who has the new one");

    DONE(candor_share_secret(job, company.candor, "acme", CANDOR_SECRET_RETIRE, &report));
    correct("rotation2@example.org");
    (void)post(&seen, 0);
    expect(words_of(seen.signature) == 1, "%s", seen.signature);
    expect(!signature_is_right(&seen, secret[0]), "the old one is valid no more");
    expect(signature_is_right(&seen, secret[1]), "the new one is");
    struct job *job = candor_job_begin();
    expect(candor_share_secret(job, company.candor, "acme", CANDOR_SECRET_RETIRE, &report) ==
               CANDOR_NOT_FOUND,
           "the only one is not retired");
    candor_job_end(job);

    secret_of("acme", CANDOR_SECRET_RENEW, secret[2]);
    secret_of("acme", CANDOR_SECRET_RENEW, secret[0]);
    correct("rotation3@example.org");
    (void)post(&seen, 0);
    expect(words_of(seen.signature) == 2 && !signature_is_right(&seen, secret[1]),
           "never more than two");
    expect(signature_is_right(&seen, secret[2]) && signature_is_right(&seen, secret[0]), "%s",
           seen.signature);
}

/* A crash after the present one was put aside leaves the old one alone: it is what signs. */
static void an_old_secret_that_stands_alone_signs(void **state)
{
    struct recipient_seen seen = {.code = 200, .answer = ""};
    char secret[64];
    char path[160];
    (void)state;
    secret_of("acme", CANDOR_SECRET_RENEW, secret);
    secret_of("acme", CANDOR_SECRET_RENEW, path);
    (void)snprintf(path, sizeof path, "%s/keys/webhook-acme.key", company.home);
    must(remove(path) == 0);
    correct("alone@example.org");
    (void)post(&seen, 0);
    expect(words_of(seen.signature) == 1 && signature_is_right(&seen, secret), "%s",
           seen.signature);
    secret_of("acme", CANDOR_SECRET_MAKE, secret);
    correct("again@example.org");
    (void)post(&seen, 0);
    expect(signature_is_right(&seen, secret), "a new one can be made");
}

/* The example of Standard Webhooks' own libraries. Its secret is shorter than ours: HMAC fills a key up
 * with zeros. */
static void a_signature_is_that_of_standard_webhooks(void **state)
{
    struct job job;
    uint8_t raw[SECRET_LEN] = {0};
    struct bytes key;
    (void)state;
    job_begin(&job, host_real());
    must(base64_read(job.arena, STR("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), &key) && key.len == 24);
    memcpy(raw, key.ptr, key.len);
    struct secret *secret = secret_begin(job.arena);
    secret_copy_from(secret, raw);
    const struct str found =
        webhook_signature(job.arena, secret, STR("msg_p5jXN8AQM9LWM0D4loKWxJek"), STR("1614265330"),
                          bytes_of(STR("{\"test\": 2432232314}")));
    expect(str_is(found, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), "%.*s",
           STR_ARG(found));
    job_end(&job);
}

static void an_address_that_anybody_could_read_is_refused(void **state)
{
    static const char *const bad[] = {"http://acme.example", "https://user@acme.example", "ftp://a",
                                      "http://127.0.0.1.example"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct job job;
        const struct value *root = NULL;
        const struct inventory *inventory = NULL;
        job_begin(&job, host_real());
        const struct str text =
            str_format(job.arena,
                       "%srecipients:\n  - {name: acme, title: A, contract: C, country: DE, "
                       "purposes: [research],\n     webhook: '%s'}\n",
                       company_policy, bad[i]);
        must(yaml_read(&job, bytes_of(text), NULL, "candor.yaml", &root) == CANDOR_OK);
        must(inventory_read(&job, root, &inventory) == CANDOR_OK);
        expect(config_webhooks(&job, root, inventory) == CANDOR_BAD_INPUT, "%s", bad[i]);
        expect(strstr(job.message, "acme") != NULL && strstr(job.message, "line") != NULL, "%s",
               job.message);
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_recall_is_posted_signed_until_it_is_taken),
        cmocka_unit_test(an_answer_may_acknowledge),
        cmocka_unit_test(what_was_acknowledged_by_hand_is_posted_no_more),
        cmocka_unit_test(a_secret_is_shown_once_and_renewed),
        cmocka_unit_test(while_a_secret_is_renewed_both_are_valid),
        cmocka_unit_test(an_old_secret_that_stands_alone_signs),
        cmocka_unit_test(a_signature_is_that_of_standard_webhooks),
        cmocka_unit_test(an_address_that_anybody_could_read_is_refused),
    };
    return cmocka_run_group_tests(test, begin, end);
}
