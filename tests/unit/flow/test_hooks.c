/*
 * test_hooks.c - events by post: in order, each once, under one message at a time; nobody is named in
 * them; what candor.yaml may say.
 */
#include "company.h"
#include "hooks.h"
#include "outgoing.h"

static const char webhooks[] = "webhooks:\n"
                               "  - name: crm\n"
                               "    url: https://crm.example/in\n"
                               "    events: [consent.given, consent.withdrawn, correct]\n";

static struct company company;

struct seen {
    size_t calls;
    unsigned code;
    bool only_public;
    char id[64];
    char signature[128];
    char body[4096];
};

static enum candor_status receive(struct job *job, void *self, const struct candor_letter *letter,
                                  unsigned *code, struct candor_text *answer)
{
    struct seen *seen = self;
    (void)job;
    seen->calls++;
    seen->only_public = letter->only_public;
    for (size_t i = 0; i < letter->header_count; i++) {
        const struct candor_header *header = &letter->header[i];
        if (strcmp(header->name, "webhook-id") == 0) {
            (void)snprintf(seen->id, sizeof seen->id, "%s", header->value);
        } else if (strcmp(header->name, "webhook-signature") == 0) {
            (void)snprintf(seen->signature, sizeof seen->signature, "%s", header->value);
        }
    }
    (void)snprintf(seen->body, sizeof seen->body, "%.*s", (int)letter->body.len, letter->body.ptr);
    *code = seen->code;
    *answer = (struct candor_text){"", 0};
    return CANDOR_OK;
}

static size_t post(struct seen *seen, int64_t later)
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

static void correct(const char *value)
{
    struct candor_text report;
    DONE(candor_subject_correct(job, company.candor, "anna", "email", value, &report));
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

static int begin(void **state)
{
    char path[128];
    char *policy = NULL;
    (void)state;
    company_found(&company);
    must(asprintf(&policy, "%s%s", company_policy, webhooks) > 0);
    company_write(&company, "home/candor.yaml", policy, path);
    free(policy);
    company_open(&company);
    company_import(&company, "subjects",
                   STR("identifier,email,age\nanna,a@example.org,30\nben,b@example.org,31\n"));
    return 0;
}

static int end(void **state)
{
    (void)state;
    company_end(&company);
    return 0;
}

static void events_are_posted_in_order_and_each_once(void **state)
{
    struct seen seen = {.code = 204};
    struct candor_text report;
    char id[64];
    char body[4096];
    (void)state;
    correct("before@example.org");
    expect(post(&seen, 0) == 0 && seen.calls == 0, "what was before a webhook is not told");
    correct("one@example.org");
    expect(post(&seen, 0) == 1 && seen.calls == 0, "without a secret nothing leaves");
    DONE(candor_share_secret(job, company.candor, "crm", CANDOR_SECRET_MAKE, &report));

    seen.code = 500;
    expect(post(&seen, MICROS_PER_DAY) == 1 && seen.calls == 1, "not taken");
    expect(count_of(seen.body, "\"type\": \"correct\"") == 1, "%s", seen.body);
    expect(strstr(seen.body, "anna") == NULL && strstr(seen.body, "example.org") == NULL, "%s",
           seen.body);
    expect(seen.only_public, "a name must lead to the open Internet");
    expect(strncmp(seen.signature, "v1,", 3) == 0, "%s", seen.signature);
    (void)snprintf(id, sizeof id, "%s", seen.id);
    (void)snprintf(body, sizeof body, "%s", seen.body);

    correct("two@example.org");
    correct("three@example.org");
    seen.code = 200;
    expect(post(&seen, 2 * MICROS_PER_DAY) == 0 && seen.calls == 2, "taken");
    expect(strcmp(id, seen.id) == 0 && strcmp(body, seen.body) == 0, "the same in every try");
    expect(post(&seen, 2 * MICROS_PER_DAY) == 0 && seen.calls == 3, "then what came meanwhile");
    expect(count_of(seen.body, "\"type\": \"correct\"") == 2 && strcmp(id, seen.id) != 0, "%s",
           seen.body);
    expect(post(&seen, 2 * MICROS_PER_DAY) == 0 && seen.calls == 3, "and nothing again");
}

/* However long nobody answers, one message waits. */
static void a_silent_receiver_costs_one_message(void **state)
{
    struct seen seen = {.code = 503};
    struct candor_text report;
    size_t given_up = 0;
    (void)state;
    for (int i = 0; i < 3; i++) {
        correct(i % 2 == 0 ? "even@example.org" : "odd@example.org");
        (void)post(&seen, 0);
    }
    struct job *job = candor_job_begin();
    must(candor_outgoing_list(job, company.candor, &given_up, &report) == CANDOR_OK);
    expect(count_of(report.ptr, "\"kind\": \"events\"") == 1, "%s", report.ptr);
    candor_job_end(job);
    for (int64_t day = 1; day < 30; day++) {
        (void)post(&seen, day * MICROS_PER_DAY);
    }
    job = candor_job_begin();
    must(candor_outgoing_list(job, company.candor, &given_up, &report) == CANDOR_OK);
    expect(given_up > 0, "at last it lies aside: %s", report.ptr);
    candor_job_end(job);
}

static void what_candor_yaml_may_not_say(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } bad[] = {
        {"name: a, url: 'http://crm.example', events: [erase]", "url"},
        {"name: a, url: 'https://u@crm.example', events: [erase]", "url"},
        {"name: ../a, url: 'https://crm.example', events: [erase]", "name"},
        {"name: a, url: 'https://crm.example', events: [decide]", "events"},
        {"name: a, url: 'https://crm.example', events: [outgoing]", "events"},
        {"name: a, url: 'https://crm.example'", "events"},
        {"name: a, events: [erase]", "url"},
        {"name: a, url: 'https://crm.example', events: [erase], retries: 3", "retries"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct job job;
        const struct value *root = NULL;
        const struct inventory *inventory = NULL;
        const struct hooks *hooks = NULL;
        job_begin(&job, host_real());
        const struct str text =
            str_format(job.arena, "%swebhooks:\n  - {%s}\n", company_policy, bad[i].text);
        must(yaml_read(&job, bytes_of(text), NULL, "candor.yaml", &root) == CANDOR_OK);
        must(inventory_read(&job, root, &inventory) == CANDOR_OK);
        expect(config_hooks(&job, root, inventory, &hooks) == CANDOR_BAD_INPUT, "%s", bad[i].text);
        expect(strstr(job.message, bad[i].said) != NULL && strstr(job.message, "line") != NULL,
               "%s", job.message);
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(events_are_posted_in_order_and_each_once),
        cmocka_unit_test(a_silent_receiver_costs_one_message),
        cmocka_unit_test(what_candor_yaml_may_not_say),
    };
    return cmocka_run_group_tests(test, begin, end);
}
