/*
 * test_job.c - the message of a failure: what happened, what we were doing, fit for a terminal.
 */
#include "base.h"

#include "support.h"

/* cmocka has a macro of the same name; brackets around ours keep it out. */

static int64_t noon(struct host *host)
{
    (*(int64_t *)host->self)++;
    return 12;
}

static bool no_entropy(struct host *host, void *target, size_t len)
{
    (void)host;
    (void)target;
    (void)len;
    return false;
}

static void a_job_sees_one_instant(void **state)
{
    (void)state;
    int64_t asked = 0;
    struct host host = {.now = noon, .entropy = no_entropy, .self = &asked};
    struct job job;
    job_begin(&job, &host);
    expect(job.now == 12 && asked == 1, "the clock is read once");
    expect(job.status == CANDOR_OK && job.message[0] == '\0', "no failure yet");
    uint8_t byte;
    expect(host_random(&job, &byte, 1) == CANDOR_IO && job.message[0] != '\0', "no entropy");
    job_end(&job);
}

static enum candor_status spend(struct job *job)
{
    return (fail)(job, CANDOR_SPENT, "%.2f of %.2f used, %.2f asked", 0.8, 1.0, 0.5);
}

static enum candor_status train(struct job *job)
{
    TRY(during(job, spend(job), "training '%s'", "churn"));
    return CANDOR_OK;
}

static void those_on_the_way_say_what_they_did(void **state)
{
    struct job *job = *state;
    expect(train(job) == CANDOR_SPENT, "status");
    expect(job->status == CANDOR_SPENT, "kept");
    expect(strcmp(job->message, "training 'churn': 0.80 of 1.00 used, 0.50 asked") == 0, "%s",
           job->message);
    job_forgive(job);
    expect(job->status == CANDOR_OK && job->message[0] == '\0', "forgiven");
    expect(during(job, CANDOR_OK, "nothing") == CANDOR_OK && job->message[0] == '\0', "no failure");
}

static void a_bare_status_gets_its_sentence(void **state)
{
    struct job *job = *state;
    expect(during(job, CANDOR_NOT_FOUND, "looking") == CANDOR_NOT_FOUND, "status");
    expect(str_starts(str_of(job->message), STR("looking: ")), "%s", job->message);
    expect(str_ends(str_of(job->message), str_of(status_sentence(CANDOR_NOT_FOUND))), "%s",
           job->message);
}

static void a_message_may_use_the_old_one(void **state)
{
    struct job *job = *state;
    (void)(fail)(job, CANDOR_IO, "first");
    (void)(fail)(job, CANDOR_IO, "%s, %s", job->message, job->message);
    expect(strcmp(job->message, "first, first") == 0, "%s", job->message);
}

static void control_characters_do_not_get_through(void **state)
{
    struct job *job = *state;
    (void)(fail)(job, CANDOR_BAD_INPUT, "key '%s'", "\x1b[31m\r\x7f\nline");
    expect(strcmp(job->message, "key '?[31m??\nline'") == 0, "%s", job->message);
    (void)(fail)(job, CANDOR_BAD_INPUT, "key '%s'",
                 "\xC2\x9B"
                 "31m\xC2\xA0\xC3\x9B");
    expect(strcmp(job->message, "key '?"
                                "?31m\xC2\xA0\xC3\x9B'") == 0,
           "%s", job->message);
}

static void a_long_message_ends_with_a_whole_character(void **state)
{
    struct job *job = *state;
    char text[3 * JOB_MESSAGE_MAX];
    static const char *const letter[] = {"a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
    for (size_t lead = 0; lead < 4; lead++) {
        for (size_t kind = 0; kind < COUNT(letter); kind++) {
            size_t len = lead;
            memset(text, 'x', lead);
            while (len < sizeof text - JOB_MESSAGE_MAX) {
                memcpy(text + len, letter[kind], strlen(letter[kind]));
                len += strlen(letter[kind]);
            }
            text[len] = '\0';
            (void)(fail)(job, CANDOR_IO, "%s", text);
            const struct str message = str_of(job->message);
            expect(str_is_utf8(message), "lead %zu, kind %zu", lead, kind);
            expect(message.len >= JOB_MESSAGE_MAX - 4 && message.len < JOB_MESSAGE_MAX,
                   "lead %zu, kind %zu: %zu", lead, kind, message.len);
            (void)during(job, CANDOR_IO, "%s", text);
            expect(str_is_utf8(str_of(job->message)), "during, lead %zu, kind %zu", lead, kind);
        }
    }
}

static void fail_well(void *thing)
{
    (void)(fail)(thing, CANDOR_OK, "no failure");
}

static void a_failure_is_never_ok(void **state)
{
    expect(stops(fail_well, *state), "fail with CANDOR_OK");
}

static void count_calls(void *listener, const char *what, uint64_t done, uint64_t total)
{
    *(uint64_t *)listener += done + total + strlen(what);
}

static void progress_reaches_who_listens(void **state)
{
    struct job *job = *state;
    uint64_t heard = 0;
    job_say_progress(job, "rows", 1, 10);
    job->progress = count_calls;
    job->progress_listener = &heard;
    job_say_progress(job, "rows", 1, 10);
    expect(heard == 15, "%llu", (unsigned long long)heard);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_job_sees_one_instant),
        test_with_job(those_on_the_way_say_what_they_did),
        test_with_job(a_bare_status_gets_its_sentence),
        test_with_job(a_message_may_use_the_old_one),
        test_with_job(control_characters_do_not_get_through),
        test_with_job(a_long_message_ends_with_a_whole_character),
        test_with_job(a_failure_is_never_ok),
        test_with_job(progress_reaches_who_listens),
    };
    return cmocka_run_group_tests_name("job", test, NULL, NULL);
}
