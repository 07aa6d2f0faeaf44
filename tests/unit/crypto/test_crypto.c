/*
 * test_crypto.c - the hashes against published vectors and against Python's hashlib.
 */
#include <string.h>

#include "started.h"

static struct str hex(const uint8_t *ptr, size_t len)
{
    return hex_of(job.arena, (struct bytes){ptr, len});
}

static struct bytes text(const char *ptr)
{
    return bytes_of(str_of(ptr));
}

/* FIPS 180-4 examples. */
static const struct {
    const char *text;
    const char *digest;
} sha256[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void digests_match_the_published_vectors(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof sha256 / sizeof sha256[0]; row++) {
        const struct digest digest = digest_of_bytes(text(sha256[row].text));
        expect(str_is(hex(digest.byte, 32), sha256[row].digest), "row %zu", row);
    }
    expect(str_is(hex(digest_of(NULL, 0).byte, 32), sha256[0].digest), "no parts");
}

static void a_digest_does_not_depend_on_how_the_bytes_come(void **state)
{
    (void)state;
    uint8_t byte[150];
    for (size_t i = 0; i < sizeof byte; i++) {
        byte[i] = (uint8_t)(i * 7);
    }
    const struct digest whole = digest_of_bytes((struct bytes){byte, sizeof byte});
    for (size_t cut = 0; cut <= sizeof byte; cut++) {
        const struct bytes part[2] = {{byte, cut}, {byte + cut, sizeof byte - cut}};
        struct digest_stream stream = digest_begin();
        digest_add(&stream, part[0]);
        digest_add(&stream, part[1]);
        expect(digest_equal(digest_end(&stream), whole), "stream cut at %zu", cut);
        expect(digest_equal(digest_of(part, 2), whole), "parts cut at %zu", cut);
    }
}

static void digests_differ_in_any_bit(void **state)
{
    (void)state;
    const struct digest digest = digest_of(NULL, 0);
    expect(digest_equal_secret(digest, digest), "same");
    for (unsigned bit = 0; bit < 256; bit++) {
        struct digest other = digest;
        other.byte[bit / 8] ^= (uint8_t)(1U << bit % 8);
        expect(!digest_equal(digest, other), "bit %u", bit);
        expect(!digest_equal_secret(digest, other), "bit %u in constant time", bit);
    }
}

static struct secret *counting_secret(void)
{
    uint8_t byte[SECRET_LEN];
    for (unsigned i = 0; i < sizeof byte; i++) {
        byte[i] = (uint8_t)i;
    }
    struct secret *secret = secret_begin(job.arena);
    secret_copy_from(secret, byte);
    return secret;
}

/* hashlib.blake2b(message, key=bytes(range(32)), digest_size=n) */
static void tags_are_keyed_blake2b(void **state)
{
    (void)state;
    uint8_t count[200];
    for (unsigned i = 0; i < sizeof count; i++) {
        count[i] = (uint8_t)i;
    }
    const struct {
        struct bytes message;
        size_t out_len;
        const char *tag;
    } vector[] = {
        {{NULL, 0}, 16, "3daf97bce7888fd59773c66bf647459c"},
        {text("abc"), 32, "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f"},
        {{count, 200},
         64,
         "9093518bf78f2721ca56ba259b17cae6a3c1851e8d09f996d5897febc9188502"
         "fb1f1382fe6acc16cf593e744db24b6c51b09978a7b458341f2a1043823244b6"},
    };
    const struct secret *key = counting_secret();
    for (size_t row = 0; row < sizeof vector / sizeof vector[0]; row++) {
        uint8_t tag[64];
        const struct bytes message = vector[row].message;
        tag_of(tag, vector[row].out_len, key, &message, 1);
        expect(str_is(hex(tag, vector[row].out_len), vector[row].tag), "row %zu", row);

        const size_t cut = message.len / 3;
        const struct bytes part[2] = {
            {message.ptr, cut}, {message.len == 0 ? NULL : message.ptr + cut, message.len - cut}};
        tag_of(tag, vector[row].out_len, key, part, 2);
        expect(str_is(hex(tag, vector[row].out_len), vector[row].tag), "row %zu in parts", row);
    }
}

static void a_commitment_needs_its_randomness(void **state)
{
    (void)state;
    uint8_t r[32];
    for (unsigned i = 0; i < sizeof r; i++) {
        r[i] = (uint8_t)i;
    }
    const struct digest digest = commitment_of(r, text("abc"));
    expect(str_is(hex(digest.byte, 32),
                  "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f"),
           "keyed by r");
    r[31] ^= 1;
    expect(!digest_equal(digest, commitment_of(r, text("abc"))), "another r");
}

static void a_token_digest_is_no_other_hash(void **state)
{
    (void)state;
    const struct digest digest = token_digest(text("a token"));
    expect(str_is(hex(digest.byte, 32),
                  "e8d5b6d38e195ae3fc415ec28f5dd42243ecd42eb7d98a6f6251b1333e628edd"),
           "hashlib agrees");
    expect(!digest_equal(digest, digest_of_bytes(text("a token"))), "not SHA-256");
}

/* A shorter key is the same as one with zeros behind it (RFC 2104, section 2). */
static void hmacs_are_those_of_the_published_vectors(void **state)
{
    static const struct {
        const char *key;  /* hex */
        const char *text; /* in two parts: cut at the first '|' */
        const char *mac;  /* hex */
    } row[] = {
        /* RFC 4231, test cases 1 and 2 */
        {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi| There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"4a656665", "what do ya want |for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        /* Standard Webhooks, the example of its specification */
        {"31f290f6bf06298aab4f08d43c3f082cf648a362da2da4b0",
         "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.|{\"test\": 2432232314}",
         "83484cf52b04f8e4cf2531adfed9882ad4b2665137b852442d594d20e2c9d4e1"},
    };
    struct job own;
    (void)state;
    job_begin(&own, host_real());
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        uint8_t key[SECRET_LEN] = {0};
        uint8_t mac[32];
        struct secret *secret = secret_begin(own.arena);
        struct str rest = str_of(row[i].text);
        const struct str first = str_cut(&rest, '|');
        const struct bytes part[] = {bytes_of(first), bytes_of(rest)};
        must(hex_read(str_of(row[i].key), key, strlen(row[i].key) / 2));
        secret_copy_from(secret, key);
        hmac_of(mac, secret, part, 2);
        const struct str found = hex_of(own.arena, (struct bytes){mac, sizeof mac});
        expect(str_is(found, row[i].mac), "row %zu: %.*s", i, STR_ARG(found));
    }
    job_end(&own);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(digests_match_the_published_vectors),
        cmocka_unit_test(a_digest_does_not_depend_on_how_the_bytes_come),
        cmocka_unit_test(digests_differ_in_any_bit),
        cmocka_unit_test(tags_are_keyed_blake2b),
        cmocka_unit_test(a_commitment_needs_its_randomness),
        cmocka_unit_test(a_token_digest_is_no_other_hash),
        cmocka_unit_test(hmacs_are_those_of_the_published_vectors),
    };
    return cmocka_run_group_tests_name("crypto", test, begin, end);
}
