/*
 * test_exchange.c - rights requests of machines: the specifications' examples, and everything near
 * them that must not be taken.
 */
#include <stdio.h>
#include <string.h>

#include "exchange.h"
#include "testing.h"

#define SECOND MICROS_PER_SECOND

static int64_t time_of(const char *text)
{
    int64_t time = 0;
    must(str_to_time(str_of(text), &time));
    return time;
}

/* ---- Data Rights Protocol ------------------------------------------------------------------ */

#define HEAD \
    "{\"agent-id\":\"AA\",\"business-id\":\"CB\",\"issued-at\":\"2026-11-27T10:00:00Z\"," \
    "\"expires-at\":\"2026-11-27T10:10:00Z\",\"agent-request-id\":\"foo\"," \
    "\"drp.version\":\"0.9.4\""

static enum candor_status read_drp(struct job *job, const char *json, bool with_exercise,
                                   struct drp_request *request)
{
    return drp_read(job, bytes_of(str_of(json)), with_exercise, request);
}

static void a_drp_request_reads_as_it_says(void **state)
{
    static const struct {
        const char *word;
        enum drp_exercise exercise;
    } row[] = {{"access", DRP_ACCESS},
               {"access:categories", DRP_ACCESS},
               {"access:specific", DRP_ACCESS},
               {"deletion", DRP_DELETION},
               {"sale:opt_out", DRP_SALE_OPT_OUT},
               {"sale:opt-out", DRP_SALE_OPT_OUT},
               {"sale:opt-in", DRP_SALE_OPT_IN}};
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        struct drp_request request;
        char json[1000];
        job_begin(&job, host_real());
        (void)snprintf(json, sizeof json,
                       HEAD ",\"exercise\":\"%s\",\"regime\":\"ccpa\",\"relationships\":"
                            "[\"customer\"],\"status_callback\":\"https://a.example/u\","
                            "\"name\":\"Ann\",\"email\":\"ann@example.org\","
                            "\"email_verified\":true,\"phone_number\":\"+1555\"}",
                       row[i].word);
        expect(read_drp(&job, json, true, &request) == CANDOR_OK, "%s", job.message);
        expect(request.exercise == row[i].exercise && request.has_exercise, "%s", row[i].word);
        expect(str_is(request.agent_id, "AA") && str_is(request.business_id, "CB") &&
                   str_is(request.agent_request_id, "foo") && str_is(request.regime, "ccpa"),
               "ids");
        expect(str_is(request.email, "ann@example.org") && request.email_verified &&
                   !request.phone_verified,
               "claims");
        expect(request.expires_at - request.issued_at == 600 * SECOND, "times");
        job_end(&job);
    }
}

static void what_is_no_drp_request_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        HEAD "}",
        HEAD ",\"exercise\":\"delete\",\"email\":\"a@b.cc\"}",
        HEAD ",\"exercise\":\"deletion\"}",
        HEAD ",\"exercise\":\"deletion\",\"email\":\"\"}",
        HEAD ",\"exercise\":\"deletion\",\"email\":7}",
        HEAD ",\"exercise\":\"deletion\",\"email\":\"a@b.cc\",\"regime\":\"moon\"}",
        HEAD ",\"exercise\":[\"deletion\"],\"email\":\"a@b.cc\"}",
        HEAD ",\"exercise\":\"access\",\"exercise\":\"deletion\",\"email\":\"a@b.cc\"}",
        "{\"agent-id\":\"\",\"business-id\":\"CB\",\"issued-at\":\"2026-11-27T10:00:00Z\","
        "\"expires-at\":\"2026-11-27T10:10:00Z\",\"drp.version\":\"1\",\"exercise\":\"deletion\","
        "\"email\":\"a@b.cc\"}",
        "{\"agent-id\":\"AA\",\"business-id\":\"CB\",\"issued-at\":\"2026-11-27T10:00:00Z\","
        "\"expires-at\":\"2026-11-27T10:10:00Z\",\"drp.version\":\"2\",\"exercise\":\"deletion\","
        "\"email\":\"a@b.cc\"}",
        "{\"agent-id\":\"AA\",\"business-id\":\"CB\",\"issued-at\":\"2026-11-27\","
        "\"expires-at\":\"2026-11-27T10:10:00Z\",\"drp.version\":\"1\",\"exercise\":\"deletion\","
        "\"email\":\"a@b.cc\"}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct job job;
        struct drp_request request;
        job_begin(&job, host_real());
        expect(read_drp(&job, bad[i], true, &request) == CANDOR_BAD_INPUT, "row %zu", i);
        job_end(&job);
    }
}

static void a_claim_that_is_not_true_is_not_verified(void **state)
{
    static const char *const claim[] = {"false", "\"true\"", "1", "null", "[true]"};
    (void)state;
    for (size_t i = 0; i < sizeof claim / sizeof claim[0]; i++) {
        struct job job;
        struct drp_request request;
        char json[1000];
        job_begin(&job, host_real());
        (void)snprintf(json, sizeof json,
                       HEAD ",\"exercise\":\"deletion\",\"email\":\"a@b.cc\","
                            "\"email_verified\":%s}",
                       claim[i]);
        expect(read_drp(&job, json, true, &request) == CANDOR_OK && !request.email_verified, "%s",
               claim[i]);
        job_end(&job);
    }
}

/* Section 3.07: the order is the specification's, and each check stands alone. */
static void a_message_is_for_one_agent_one_business_and_ten_minutes(void **state)
{
    static const struct {
        const char *agent;
        const char *business;
        const char *now;
        enum candor_status status;
    } row[] = {
        {"AA", "CB", "2026-11-27T10:00:00Z", CANDOR_OK},
        {"AA", "CB", "2026-11-27T10:09:59Z", CANDOR_OK},
        {"AB", "CB", "2026-11-27T10:05:00Z", CANDOR_FORBIDDEN},
        {"AA", "CC", "2026-11-27T10:05:00Z", CANDOR_FORBIDDEN},
        {"AA", "CB", "2026-11-27T09:59:59Z", CANDOR_REFUSED},
        {"AA", "CB", "2026-11-27T10:10:00Z", CANDOR_REFUSED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        struct drp_request request;
        job_begin(&job, host_real());
        must(read_drp(&job, HEAD "}", false, &request) == CANDOR_OK);
        expect(drp_check(&job, &request, str_of(row[i].agent), str_of(row[i].business),
                         time_of(row[i].now)) == row[i].status,
               "row %zu: %s", i, job.message);
        request.expires_at += SECOND;
        expect(drp_check(&job, &request, STR("AA"), STR("CB"), time_of("2026-11-27T10:05:00Z")) ==
                   CANDOR_REFUSED,
               "a second more than ten minutes");
        job_end(&job);
    }
}

static void a_message_opens_into_signature_and_content(void **state)
{
    (void)state;
    struct job job;
    struct drp_message message;
    job_begin(&job, host_real());
    uint8_t bytes[DRP_SIGNATURE_LEN + 3];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)i;
    }
    for (size_t len = 0; len <= sizeof bytes; len++) {
        const struct str body = base64_of(job.arena, (struct bytes){bytes, len});
        const bool opens = drp_open(job.arena, body, &message);
        expect(opens == (len > DRP_SIGNATURE_LEN), "%zu bytes", len);
        if (opens) {
            expect(message.signature[63] == 63 && message.content.len == len - 64 &&
                       message.content.ptr[0] == 64,
                   "%zu bytes", len);
        }
    }
    expect(!drp_open(job.arena, STR("not base64!"), &message), "no base64");
    job_end(&job);
}

/* ---- OpenDSR ------------------------------------------------------------------------------- */

#define OPENDSR(kind, identities) \
    "{\"regulation\":\"gdpr\",\"subject_request_id\":\"a7551968-d5d6-44b2-9831-815ac9017798\"," \
    "\"subject_request_type\":\"" kind "\",\"submitted_time\":\"2026-11-02T15:00:00Z\"," \
    "\"api_version\":\"2.0\",\"status_callback_urls\":[\"https://c.example/\"]," \
    "\"subject_identities\":" identities "}"
#define RAW \
    "[{\"identity_type\":\"email\",\"identity_value\":\"j@example.org\"," \
    "\"identity_format\":\"raw\"}]"

static void an_opendsr_request_reads_as_it_says(void **state)
{
    static const struct {
        const char *json;
        enum opendsr_kind kind;
    } row[] = {{OPENDSR("erasure", RAW), OPENDSR_ERASURE},
               {OPENDSR("access", RAW), OPENDSR_ACCESS},
               {OPENDSR("portability", RAW), OPENDSR_PORTABILITY}};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct job job;
        struct opendsr_request request;
        job_begin(&job, host_real());
        expect(opendsr_read(&job, bytes_of(str_of(row[i].json)), &request) == CANDOR_OK, "%s",
               job.message);
        expect(request.kind == row[i].kind && request.identity_count == 1 &&
                   str_is(request.identity[0], "j@example.org") &&
                   str_is(request.regulation, "gdpr"),
               "row %zu", i);
        expect(strcmp(opendsr_kind_name(request.kind), opendsr_kind_name(row[i].kind)) == 0,
               "name");
        job_end(&job);
    }
}

static void what_is_no_opendsr_request_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "{}",
        OPENDSR("rectification", RAW),
        OPENDSR("erasure", "[]"),
        OPENDSR("erasure", "\"j@example.org\""),
        OPENDSR("erasure", "[{\"identity_value\":\"x\"}]"),
        OPENDSR("erasure", "[{\"identity_value\":\"\",\"identity_format\":\"raw\"}]"),
        OPENDSR("erasure", "[{\"identity_value\":\"4ca5\",\"identity_format\":\"sha256\"}]"),
        "{\"regulation\":\"gdpr\",\"subject_request_id\":\"1\",\"subject_request_type\":\"access\","
        "\"submitted_time\":\"2026-11-02T15:00:00Z\",\"subject_identities\":" RAW "}",
        "{\"regulation\":\"gdpr\",\"subject_request_id\":\"a7551968-d5d6-14b2-9831-815ac9017798\","
        "\"subject_request_type\":\"access\",\"submitted_time\":\"2026-11-02T15:00:00Z\","
        "\"subject_identities\":" RAW "}",
        "{\"regulation\":\"moon\",\"subject_request_id\":\"a7551968-d5d6-44b2-9831-815ac9017798\","
        "\"subject_request_type\":\"access\",\"submitted_time\":\"2026-11-02T15:00:00Z\","
        "\"subject_identities\":" RAW "}",
        "{\"regulation\":\"gdpr\",\"subject_request_id\":\"a7551968-d5d6-44b2-9831-815ac9017798\","
        "\"subject_request_type\":\"access\",\"submitted_time\":\"2026-11-02T15:00:00Z\","
        "\"api_version\":\"1.0\",\"subject_identities\":" RAW "}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct job job;
        struct opendsr_request request;
        job_begin(&job, host_real());
        expect(opendsr_read(&job, bytes_of(str_of(bad[i])), &request) == CANDOR_BAD_INPUT,
               "row %zu", i);
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_drp_request_reads_as_it_says),
        cmocka_unit_test(what_is_no_drp_request_is_refused),
        cmocka_unit_test(a_claim_that_is_not_true_is_not_verified),
        cmocka_unit_test(a_message_is_for_one_agent_one_business_and_ten_minutes),
        cmocka_unit_test(a_message_opens_into_signature_and_content),
        cmocka_unit_test(an_opendsr_request_reads_as_it_says),
        cmocka_unit_test(what_is_no_opendsr_request_is_refused),
    };
    return cmocka_run_group_tests_name("exchange", test, NULL, NULL);
}
