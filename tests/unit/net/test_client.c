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

/* The first and last of networks that are somebody's own, and their neighbours outside. */
static void an_address_is_public_or_not(void **state)
{
    static const struct {
        uint8_t ip[16];
        size_t len;
        bool is_public;
    } row[] = {
        {{127, 0, 0, 1}, 4, false},
        {{10, 255, 255, 255}, 4, false},
        {{11, 0, 0, 0}, 4, true},
        {{172, 15, 255, 255}, 4, true},
        {{172, 16, 0, 0}, 4, false},
        {{172, 31, 255, 255}, 4, false},
        {{172, 32, 0, 0}, 4, true},
        {{169, 254, 169, 254}, 4, false},
        {{192, 168, 1, 1}, 4, false},
        {{192, 169, 0, 0}, 4, true},
        {{100, 64, 0, 1}, 4, false},
        {{100, 128, 0, 0}, 4, true},
        {{0, 0, 0, 0}, 4, false},
        {{223, 255, 255, 255}, 4, true},
        {{224, 0, 0, 1}, 4, false},
        {{255, 255, 255, 255}, 4, false},
        {{8, 8, 8, 8}, 4, true},
        {{[15] = 1}, 16, false},
        {{[10] = 0xFF, 0xFF, 8, 8, 8, 8}, 16, false},
        {{0xFE, 0x80}, 16, false},
        {{0xFC}, 16, false},
        {{0xFD, 1}, 16, false},
        {{0x20, 0x01, 0x0D, 0xB8}, 16, false},
        {{0x20, 0x02, 127, 0, 0, 1}, 16, false},
        {{0x20, 0x01, 0, 0}, 16, false},
        {{0x26, 0x06, 0x47}, 16, true},
        {{0x2A, 0}, 16, true},
        {{0xFF, 2}, 16, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(net_is_public((struct bytes){row[i].ip, row[i].len}) == row[i].is_public, "row %zu",
               i);
    }
}

/* By number, and by a name that leads there. */
static void who_may_reach_only_the_public_reaches_nobody_here(void **state)
{
    static const char *const host[] = {"127.0.0.1", "localhost", "[::1]", "0.0.0.0"};
    (void)state;
    struct house *house = house_begin((struct net_limits){0});
    struct job *job = &house->job;
    for (size_t i = 0; i < sizeof host / sizeof host[0]; i++) {
        struct bytes answer;
        unsigned code = 0;
        struct net_call call = call_of(job->arena, house->port, "/now");
        call.url = str_format(job->arena, "http://%s:%u/now", host[i], (unsigned)house->port);
        call.only_public = true;
        expect(net_post(job, &call, &code, &answer) == CANDOR_IO && code == 0, "%s", host[i]);
        expect(strstr(job->message, "private network") != NULL, "%s", job->message);
        job_forgive(job);
    }
    house_end(house);
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
        cmocka_unit_test(an_address_is_public_or_not),
        cmocka_unit_test(who_may_reach_only_the_public_reaches_nobody_here),
    };
    return cmocka_run_group_tests_name("client", test, NULL, NULL);
}
