/*
 * test_jwt.c - tokens taken apart: what is one, what is none; and what the Data Deletion Request Framework
 * wants in them.
 */
#include "jwt.h"
#include "testing.h"
#include "text.h"

static struct str token_of(struct arena *arena, const char *header, const char *claims)
{
    return str_format(arena, "%.*s.%.*s.c2ln",
                      STR_ARG(base64url_of(arena, bytes_of(str_of(header)))),
                      STR_ARG(base64url_of(arena, bytes_of(str_of(claims)))));
}

static void the_example_of_rfc_7515_is_read(void **state)
{
    (void)state;
    struct job job;
    struct jwt jwt;
    int64_t time = 0;
    bool is_there = false;
    job_begin(&job, host_real());
    expect(
        jwt_read(&job,
                 STR("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0"
                     "dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F"
                     "4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"),
                 &jwt) == CANDOR_OK,
        "%s", job.message);
    assert_int_equal(jwt.algorithm, JWT_ES256);
    assert_int_equal(jwt.key_id.len, 0);
    assert_int_equal(jwt.signature.len, 64);
    assert_int_equal(jwt.content.len, 115);
    assert_true(str_is(value_text_at(jwt.claims, "iss"), "joe"));
    assert_int_equal(jwt_time(&job, jwt.claims, "exp", &is_there, &time), CANDOR_OK);
    assert_true(is_there && time == INT64_C(1300819380) * MICROS_PER_SECOND);
    assert_int_equal(jwt_time(&job, jwt.claims, "iss", &is_there, &time), CANDOR_BAD_INPUT);
    job_end(&job);
}

static void what_is_no_token_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        const char *claims;
    } pair[] = {
        {"{\"alg\":\"none\"}", "{}"},
        {"{\"alg\":\"None\"}", "{}"},
        {"{\"alg\":\"HS256\"}", "{}"},
        {"{\"alg\":\"es256\"}", "{}"},
        {"{\"alg\":\"PS256\"}", "{}"},
        {"{\"alg\":[\"ES256\"]}", "{}"},
        {"{}", "{}"},
        {"[]", "{}"},
        {"{\"alg\":\"ES256\",\"alg\":\"none\"}", "{}"},
        {"{\"alg\":\"ES256\",\"crit\":[\"b64\"],\"b64\":false}", "{}"},
        {"{\"alg\":\"ES256\",\"kid\":7}", "{}"},
        {"{\"alg\":\"ES256\"}", "[]"},
        {"{\"alg\":\"ES256\"}", "{\"iss\":\"a\",\"iss\":\"b\"}"},
        {"{\"alg\":\"ES256\"}", "{}x"},
        {"{\"alg\":\"ES256\"}", "{\"a\":[[[[[[[[[1]]]]]]]]]}"},
        {"{\"alg\":\"ES256\"}", "{\"a\":\"\xff\"}"},
    };
    static const char *const text[] = {"",
                                       ".",
                                       "..",
                                       "a.b",
                                       "a.b.c.d",
                                       "eyJhbGciOiJFUzI1NiJ9.e30.",
                                       "eyJhbGciOiJFUzI1NiJ9..c2ln",
                                       "eyJhbGciOiJFUzI1NiJ9.e30.c2ln=",
                                       "eyJhbGciOiJFUzI1NiJ9.e30.c2ln\n",
                                       " eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
                                       "eyJhbGciOiJFUzI1NiJ9.e30.c2l/",
                                       "eyJhbGciOiJFUzI1NiJ9.e31.c2ln", /* stray bits */
                                       "eyJhbGciOiJFUzI1NiJ9.e30.c2ln."};
    struct job job;
    struct jwt jwt;
    job_begin(&job, host_real());
    expect(jwt_read(&job, token_of(job.arena, "{\"alg\":\"ES256\",\"jwk\":{}}", "{}"), &jwt) ==
               CANDOR_OK,
           "a key in the header is left alone: %s", job.message);
    for (size_t i = 0; i < sizeof pair / sizeof pair[0]; i++) {
        expect(jwt_read(&job, token_of(job.arena, pair[i].header, pair[i].claims), &jwt) !=
                   CANDOR_OK,
               "pair %zu", i);
    }
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        expect(jwt_read(&job, str_of(text[i]), &jwt) == CANDOR_BAD_INPUT, "text %zu", i);
    }
    char *large = arena_new(job.arena, JWT_LEN_MAX + 1);
    for (size_t i = 0; i <= JWT_LEN_MAX; i++) {
        large[i] = 'A';
    }
    assert_int_equal(jwt_read(&job, (struct str){large, JWT_LEN_MAX + 1}, &jwt), CANDOR_TOO_LARGE);
    assert_int_equal(jwt_read(&job, (struct str){large, JWT_LEN_MAX}, &jwt), CANDOR_BAD_INPUT);
    job_end(&job);
}

/* ---- deletion ------------------------------------------------------------------------------ */

#define SUB \
    "\"sub\":{\"identifierValue\":\"v\",\"identifierType\":\"email\",\"identifierFormat\":" \
    "\"raw\"}"
#define REST "\"version\":\"1.0\",\"jti\":\"j\",\"iss\":\"a.example\""

static enum candor_status read_claims(struct job *job, const char *claims, bool is_request,
                                      struct jwt *jwt, struct deletion_claims *read)
{
    must(jwt_read(job, token_of(job->arena, "{\"alg\":\"RS256\"}", claims), jwt) == CANDOR_OK);
    return deletion_read(job, jwt, is_request, read);
}

static void a_deletion_names_who_and_whom(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{}",
        "{" REST "," SUB "}", /* no iat */
        "{" REST ",\"iat\":1}",
        "{" REST "," SUB ",\"iat\":\"1\"}",
        "{" REST "," SUB ",\"iat\":-1}",
        "{" REST "," SUB ",\"iat\":1e300}",
        "{" REST ",\"sub\":\"v\",\"iat\":1}",
        "{\"version\":\"2.0\",\"jti\":\"j\",\"iss\":\"a.example\"," SUB ",\"iat\":1}",
        "{\"version\":\"1.0\",\"jti\":\"\",\"iss\":\"a.example\"," SUB ",\"iat\":1}",
        "{\"version\":\"1.0\",\"jti\":\"j\",\"iss\":\"A.example\"," SUB ",\"iat\":1}",
        "{\"version\":\"1.0\",\"jti\":\"j\",\"iss\":\"localhost\"," SUB ",\"iat\":1}",
    };
    struct job job;
    struct jwt jwt;
    struct deletion_claims claims;
    job_begin(&job, host_real());
    expect(read_claims(&job, "{" REST "," SUB ",\"iat\":1693459424}", false, &jwt, &claims) ==
               CANDOR_OK,
           "%s", job.message);
    assert_true(str_is(claims.value, "v") && str_is(claims.issuer, "a.example") &&
                claims.issued == INT64_C(1693459424) * MICROS_PER_SECOND && claims.inner.len == 0);
    assert_int_equal(read_claims(&job, "{" REST "," SUB ",\"iat\":1}", true, &jwt, &claims),
                     CANDOR_BAD_INPUT); /* a request has an idJWT */
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect(read_claims(&job, bad[i], false, &jwt, &claims) == CANDOR_BAD_INPUT, "row %zu", i);
    }
    job_end(&job);
}

static void a_deletion_has_its_time_and_its_reader(void **state)
{
    (void)state;
    /* It is second 1,000,000; a token may be 100,000 seconds old, and clocks differ by 300. */
    static const struct {
        const char *more;
        enum candor_status status;
        enum deletion_code code;
    } row[] = {
        {"\"iat\":1000000", CANDOR_OK, 0},
        {"\"iat\":1000300", CANDOR_OK, 0},
        {"\"iat\":1000301", CANDOR_REFUSED, DELETION_BAD_TIME},
        {"\"iat\":900000", CANDOR_OK, 0},
        {"\"iat\":899999", CANDOR_REFUSED, DELETION_BAD_TIME},
        {"\"iat\":999000,\"exp\":1000000", CANDOR_OK, 0},
        {"\"iat\":999000,\"exp\":999700", CANDOR_REFUSED, DELETION_BAD_TIME},
        {"\"iat\":999000,\"exp\":\"soon\"", CANDOR_BAD_INPUT, DELETION_MALFORMED},
        {"\"iat\":999000,\"nbf\":1000301", CANDOR_REFUSED, DELETION_BAD_TIME},
        {"\"iat\":999000,\"nbf\":1000300", CANDOR_OK, 0},
        {"\"iat\":999000,\"aud\":\"us.example\"", CANDOR_OK, 0},
        {"\"iat\":999000,\"aud\":[\"x\",\"us.example\"]", CANDOR_OK, 0},
        {"\"iat\":999000,\"aud\":\"them.example\"", CANDOR_FORBIDDEN, DELETION_BAD_TOKEN},
        {"\"iat\":999000,\"aud\":[]", CANDOR_FORBIDDEN, DELETION_BAD_TOKEN},
        {"\"iat\":999000,\"aud\":7", CANDOR_FORBIDDEN, DELETION_BAD_TOKEN},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        struct jwt jwt;
        struct deletion_claims claims;
        enum deletion_code code = DELETION_ACCEPTED;
        job_begin(&job, host_real());
        const struct str text = str_format(job.arena, "{" REST "," SUB ",%s}", row[i].more);
        must(read_claims(&job, str_z(job.arena, text), false, &jwt, &claims) == CANDOR_OK);
        expect(deletion_check(&job, &jwt, &claims, STR("us.example"), 100000 * MICROS_PER_SECOND,
                              1000000 * MICROS_PER_SECOND, &code) == row[i].status,
               "row %zu: %s", i, job.message);
        expect(row[i].status == CANDOR_OK || code == row[i].code, "row %zu", i);
        job_end(&job);
    }
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    struct job job;
    struct jwt jwt;
    struct deletion_claims read;
    struct acknowledgement_claims answer;
    const struct deletion_claims claims = {.token_id = STR("t1"),
                                           .issuer = STR("us.example"),
                                           .value = STR("a \"quoted\" one"),
                                           .type = STR("email"),
                                           .format = STR("raw"),
                                           .issued = 7 * MICROS_PER_SECOND,
                                           .inner = STR("x.y.z")};
    job_begin(&job, host_real());
    const uint8_t signature[64] = {1};
    const struct bytes sign = {signature, sizeof signature};
    struct str content = jwt_content(job.arena, STR("k1"), deletion_write(job.arena, &claims));
    must(jwt_read(&job, jwt_token(job.arena, content, sign), &jwt) == CANDOR_OK);
    assert_true(str_is(jwt.key_id, "k1") && str_equal(jwt.content, content));
    expect(deletion_read(&job, &jwt, true, &read) == CANDOR_OK, "%s", job.message);
    assert_true(str_equal(read.value, claims.value) && str_equal(read.inner, claims.inner) &&
                read.issued == claims.issued);
    content = jwt_content(
        job.arena, STR("k1"),
        deletion_write_answer(job.arena, &claims, STR("r.q.s"), DELETION_BAD_FORMAT, STR("why")));
    must(jwt_read(&job, jwt_token(job.arena, content, sign), &jwt) == CANDOR_OK);
    must(deletion_read_answer(&job, &jwt, &answer) == CANDOR_OK);
    assert_true(str_is(answer.request, "r.q.s") && answer.code == DELETION_BAD_FORMAT);
    job_end(&job);
}

static void a_body_is_a_token_or_has_one(void **state)
{
    (void)state;
    struct job job;
    struct str token;
    job_begin(&job, host_real());
    must(deletion_unwrap(&job, STR(" a.b.c\n"), "rqJWT", &token) == CANDOR_OK);
    assert_true(str_is(token, "a.b.c"));
    must(deletion_unwrap(&job, STR("{\"rqJWT\":\"a.b.c\"}"), "rqJWT", &token) == CANDOR_OK);
    assert_true(str_is(token, "a.b.c"));
    assert_int_equal(deletion_unwrap(&job, STR("{\"acJWT\":\"a\"}"), "rqJWT", &token),
                     CANDOR_BAD_INPUT);
    assert_int_equal(deletion_unwrap(&job, STR("{\"rqJWT\":\"a\"} x"), "rqJWT", &token),
                     CANDOR_BAD_INPUT);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_example_of_rfc_7515_is_read),
        cmocka_unit_test(what_is_no_token_is_refused),
        cmocka_unit_test(a_deletion_names_who_and_whom),
        cmocka_unit_test(a_deletion_has_its_time_and_its_reader),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(a_body_is_a_token_or_has_one),
    };
    return cmocka_run_group_tests_name("jwt", test, NULL, NULL);
}
