/*
 * test_approval.c - approvals checked with a key alone: also what a home signs that it should not.
 *
 * Each row is a statement, signed well by the right key, with one thing changed; only the first holds.
 */
#include <string.h>

#include "contents.h"
#include "testing.h"

static const char bytes[] = "Spring is here.\n";

struct row {
    const char *label;
    const char *from; /* of the statement, and what stands there instead */
    const char *to;
    bool sound;
};

static const char good[] =
    "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"s.txt\",\"digest\":"
    "{\"sha256\":\"@\"}}],\"predicateType\":\"urn:candor:content-approval:v1\",\"predicate\":"
    "{\"decision\":\"approved\",\"content\":\"s\",\"media\":\"text\",\"risk\":\"high\","
    "\"authors\":[\"dan\"],\"reviewers\":[{\"name\":\"cem\",\"board\":true},"
    "{\"name\":\"eva\",\"board\":true}],\"scan\":{\"blocking\":1,\"override\":\"a test\"},"
    "\"origin\":{\"source\":\"human\"},\"home\":\"candor/"
    "test\",\"issued\":\"2020-01-01T00:00:00Z\","
    "\"validUntil\":\"2999-01-01T00:00:00Z\"}}";

static const struct row row[] = {
    {"as it is", "dan", "dan", true},
    {"an author among the reviewers", "[\"dan\"]", "[\"dan\",\"eva\"]", false},
    {"no author", "[\"dan\"]", "[]", false},
    {"no reviewers", "[{\"name\":\"cem\",\"board\":true},{\"name\":\"eva\",\"board\":true}]", "[]",
     false},
    {"one reviewer twice", "eva", "cem", false},
    {"a reviewer without a name", "eva", "", false},
    {"one of them is not of the board", "\"eva\",\"board\":true", "\"eva\",\"board\":false", false},
    {"no override", "a test", "", false},
    {"what blocks at ordinary risk", "high", "ordinary", false},
    {"another risk", "high", "none", false},
    {"rejected", "approved\",", "rejected\",", false},
    {"another type", "Statement/v1", "Statement/v2", false},
    {"another predicate", "approval:v1", "approval:v2", false},
    {"another home", "candor/test", "candor/tast", false},
    {"over", "2999", "2021", false},
    {"not yet", "2020", "2998", false},
    {"no time", "2999-01-01T00:00:00Z", "ever", false},
    {"a machine's, without its mark", "human", "ai", false},
    {"another medium", "\"text\"", "\"film\"", false},
    {"two subjects", "[{\"name\":\"s.txt\"", "[{},{\"name\":\"s.txt\"", false},
    {"no subject", "\"subject\"", "\"object\"", false},
    {"other bytes", "\"sha256\":\"", "\"sha256\":\"00", false},
};

static struct str replaced(struct arena *arena, struct str text, struct str from, struct str to)
{
    for (size_t i = 0; i + from.len <= text.len; i++) {
        if (bytes_same(text.ptr + i, from.ptr, from.len)) {
            return str_format(arena, "%.*s%.*s%.*s", STR_ARG(str_slice(text, 0, i)), STR_ARG(to),
                              STR_ARG(str_slice(text, i + from.len, text.len)));
        }
    }
    fail_msg("'%s' is not in the statement", from.ptr);
    return text;
}

struct keys {
    const struct signer *signer;
    struct str verifier;
};

static struct keys keys_of(struct job *job, uint8_t first)
{
    uint8_t byte[32] = {first};
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct secret *seed = secret_begin(job->arena);
    secret_copy_from(seed, byte);
    const struct signer *signer = signer_make(job->arena, seed);
    signer_public(signer, public_key);
    return (struct keys){signer, verifier_key_text(job->arena, STR("candor/test"), public_key)};
}

static struct str enveloped(struct job *job, const struct keys *keys, struct str statement)
{
    uint8_t signature[SIGNATURE_LEN];
    signer_sign(keys->signer, approval_signed_bytes(job, STR(APPROVAL_PAYLOAD), statement),
                signature);
    const struct str payload = base64_of(job->arena, bytes_of(statement));
    const struct str sig = base64_of(job->arena, (struct bytes){signature, sizeof signature});
    return str_format(
        job->arena,
        "{\"payloadType\":\"%s\",\"payload\":\"%.*s\",\"signatures\":[{\"sig\":\"%.*s\"}]}",
        APPROVAL_PAYLOAD, STR_ARG(payload), STR_ARG(sig));
}

static struct str statement(struct job *job, const char *from, const char *to)
{
    const struct digest digest = digest_of_bytes(bytes_of(str_of(bytes)));
    const struct str hex = hex_of(job->arena, (struct bytes){digest.byte, sizeof digest.byte});
    return replaced(job->arena, replaced(job->arena, str_of(good), STR("@"), hex), str_of(from),
                    str_of(to));
}

static enum candor_status check(struct job *job, struct str envelope, struct str key, bool *sound)
{
    struct candor_text report;
    *sound = false;
    return candor_approval_verify(job, bytes, sizeof bytes - 1, envelope.ptr, envelope.len,
                                  str_z(job->arena, key), sound, &report);
}

static void only_what_others_than_authors_approved_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        bool sound = false;
        expect(crypto_start(job) == CANDOR_OK, "%s", row[i].label);
        const struct keys keys = keys_of(job, 7);
        const struct str envelope = enveloped(job, &keys, statement(job, row[i].from, row[i].to));
        expect(check(job, envelope, keys.verifier, &sound) == CANDOR_OK, "%s: %s", row[i].label,
               candor_job_message(job));
        expect(sound == row[i].sound, "%s", row[i].label);
        candor_job_end(job);
    }
}

static void another_key_and_a_changed_letter_do_not_hold(void **state)
{
    struct job *job = candor_job_begin();
    bool sound = false;
    (void)state;
    expect(crypto_start(job) == CANDOR_OK, "started");
    const struct keys keys = keys_of(job, 7);
    const struct keys other = keys_of(job, 8);
    const struct str envelope = enveloped(job, &keys, statement(job, "dan", "dan"));
    expect(check(job, envelope, other.verifier, &sound) == CANDOR_OK && !sound, "another key");
    for (size_t i = 0; i < envelope.len; i++) {
        char *bent = NEW_ARRAY(job->arena, envelope.len, char);
        memcpy(bent, envelope.ptr, envelope.len);
        bent[i] ^= 1;
        const enum candor_status status =
            check(job, (struct str){bent, envelope.len}, keys.verifier, &sound);
        /* The last letter before a base64's padding has bits that mean nothing; our reader refuses them. */
        expect(status != CANDOR_OK || !sound, "letter %zu", i);
        job_forgive(job);
    }
    candor_job_end(job);
}

static void what_is_no_approval_is_said(void **state)
{
    static const char *const none[] = {
        "",
        "[]",
        "{}",
        "{\"payloadType\":\"application/vnd.in-toto+json\"}",
        "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"e30=\"}",
        "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"???\"}",
        "{\"payloadType\":\"text/plain\",\"payload\":\"e30=\"}"};
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct job *job = candor_job_begin();
        bool sound = true;
        expect(crypto_start(job) == CANDOR_OK, "started");
        const struct keys keys = keys_of(job, 7);
        expect(check(job, str_of(none[i]), keys.verifier, &sound) == CANDOR_BAD_INPUT && !sound,
               "row %zu: %s", i, candor_job_message(job));
        candor_job_end(job);
    }
}

/* The example of DSSE's protocol.md. */
static void what_is_signed_is_the_encoding_of_dsse(void **state)
{
    struct job *job = candor_job_begin();
    (void)state;
    const struct bytes pae =
        approval_signed_bytes(job, STR("http://example.com/HelloWorld"), STR("hello world"));
    const struct str said = {(const char *)pae.ptr, pae.len};
    expect(str_is(said, "DSSEv1 29 http://example.com/HelloWorld 11 hello world"), "%.*s",
           STR_ARG(said));
    candor_job_end(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_others_than_authors_approved_is_sound),
        cmocka_unit_test(another_key_and_a_changed_letter_do_not_hold),
        cmocka_unit_test(what_is_no_approval_is_said),
        cmocka_unit_test(what_is_signed_is_the_encoding_of_dsse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
