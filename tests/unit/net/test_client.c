/*
 * test_client.c - the client against the room's own server, and against servers that are none.
 */
#include "wire.h"

static struct net_call call_of(struct arena *arena, uint16_t port, const char *path)
{
    return (struct net_call){
        .url = str_format(arena, "http://127.0.0.1:%u%s", (unsigned)port, path),
        .content_type = STR("text/plain"),
        .body = bytes_of(STR("hello")),
        .timeout_s = 60,
    };
}

static void what_is_posted_arrives_and_the_answer_comes_back(void **state)
{
    (void)state;
    struct house *house = house_begin((struct net_limits){0});
    struct job *job = &house->job;
    struct bytes answer;
    unsigned code = 0;
    const struct net_call call = call_of(job->arena, house->port, "/now?q=1");
    expect(net_post(job, &call, &code, &answer) == CANDOR_OK, "%s", job->message);
    const struct str text = {(const char *)answer.ptr, answer.len};
    expect(code == 200 && str_contains(text, STR("POST /now ?q=1")) &&
               str_contains(text, STR("body=5:hello")),
           "%u %.*s", code, STR_ARG(text));
    house_end(house);
}

/* A new line in a value would be a header that nobody decided to send. */
static void a_header_cannot_bring_another(void **state)
{
    (void)state;
    const struct net_pair bad[] = {{STR("X-A"), STR("b\r\nX-Evil: c")},
                                   {STR("X-A\nX-Evil"), STR("b")},
                                   {STR("X-A: b"), STR("c")},
                                   {STR(""), STR("b")},
                                   {STR("X-A"), STR("")},
                                   {STR("X-A"), STR("b\x7f")}};
    struct house *house = house_begin((struct net_limits){0});
    struct job *job = &house->job;
    struct bytes answer;
    unsigned code = 0;
    struct net_call call = call_of(job->arena, house->port, "/now");
    const struct net_pair good = {STR("X-Signature"), STR("abc=")};
    call.header = &good;
    call.header_count = 1;
    expect(net_post(job, &call, &code, &answer) == CANDOR_OK && code == 200, "%s", job->message);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        call.header = &bad[i];
        expect(net_post(job, &call, &code, &answer) == CANDOR_BAD_INPUT, "row %zu", i);
    }
    house_end(house);
}

static void a_refusal_is_an_answer(void **state)
{
    (void)state;
    struct house *house = house_begin((struct net_limits){.body_bytes_max = 3});
    struct job *job = &house->job;
    struct bytes answer;
    unsigned code = 0;
    const struct net_call call = call_of(job->arena, house->port, "/now");
    expect(net_post(job, &call, &code, &answer) == CANDOR_OK, "%s", job->message);
    expect(code == 413, "%u", code);
    house_end(house);
}

static void an_answer_beyond_its_limit_is_refused(void **state)
{
    (void)state;
    struct house *house = house_begin((struct net_limits){0});
    struct job *job = &house->job;
    struct bytes answer;
    unsigned code = 0;
    struct net_call call = call_of(job->arena, house->port, "/many");
    expect(net_post(job, &call, &code, &answer) == CANDOR_TOO_LARGE, "%s", job->message);
    call = call_of(job->arena, house->port, "/now");
    call.answer_bytes_max = 8;
    expect(net_post(job, &call, &code, &answer) == CANDOR_TOO_LARGE, "%s", job->message);
    house_end(house);
}

static void nobody_there_is_said(void **state)
{
    (void)state;
    struct house *house = house_begin((struct net_limits){0});
    struct job job;
    struct bytes answer;
    unsigned code = 0;
    const uint16_t port = house->port;
    house_end(house);
    job_begin(&job, host_real());
    const struct net_call call = call_of(job.arena, port, "/now");
    expect(net_post(&job, &call, &code, &answer) == CANDOR_IO, "%s", job.message);
    job_end(&job);
}

static void what_is_no_address_is_refused(void **state)
{
    (void)state;
    static const char *const url[] = {"",
                                      "example.com",
                                      "ftp://example.com/",
                                      "file:///etc/passwd",
                                      "http://a b/",
                                      "http://a\n/",
                                      "HTTP://x",
                                      "gopher://x/"};
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof url / sizeof url[0]; i++) {
        struct bytes answer;
        unsigned code = 0;
        const struct net_call call = {.url = str_of(url[i]), .content_type = STR("text/plain")};
        expect(net_post(&job, &call, &code, &answer) == CANDOR_BAD_INPUT, "%s: %s", url[i],
               job.message);
    }
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(what_is_posted_arrives_and_the_answer_comes_back),
        cmocka_unit_test(a_header_cannot_bring_another),
        cmocka_unit_test(a_refusal_is_an_answer),
        cmocka_unit_test(an_answer_beyond_its_limit_is_refused),
        cmocka_unit_test(nobody_there_is_said),
        cmocka_unit_test(what_is_no_address_is_refused),
    };
    return cmocka_run_group_tests_name("client", test, NULL, NULL);
}
