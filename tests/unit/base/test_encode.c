/*
 * test_encode.c - hex and base64 with the vectors of RFC 4648, section 10, and all that is not
 * canonical.
 */
#include "base.h"

#include "support.h"

static const struct {
    const char *plain;
    const char *base64;
    const char *hex;
} vector[] = {
    {"", "", ""},
    {"f", "Zg==", "66"},
    {"fo", "Zm8=", "666f"},
    {"foo", "Zm9v", "666f6f"},
    {"foob", "Zm9vYg==", "666f6f62"},
    {"fooba", "Zm9vYmE=", "666f6f6261"},
    {"foobar", "Zm9vYmFy", "666f6f626172"},
};

static void texts_match_the_published_vectors(void **state)
{
    struct job *job = *state;
    for (size_t i = 0; i < COUNT(vector); i++) {
        const struct bytes plain = bytes_of(str_of(vector[i].plain));
        struct bytes read = {0};
        uint8_t target[8];
        expect(str_is(base64_of(job->arena, plain), vector[i].base64), "row %zu", i);
        expect(str_is(hex_of(job->arena, plain), vector[i].hex), "row %zu", i);
        expect(base64_read(job->arena, str_of(vector[i].base64), &read), "row %zu", i);
        expect(read.len == plain.len && bytes_same(read.ptr, plain.ptr, plain.len), "row %zu", i);
        expect(hex_read(str_of(vector[i].hex), target, plain.len), "row %zu", i);
        expect(bytes_same(target, plain.ptr, plain.len), "row %zu", i);
    }
}

static void what_is_not_canonical_is_refused(void **state)
{
    struct job *job = *state;
    static const char *const base64[] = {
        "Z",     "Zg",    "Zg=",    "Zh==", "Zm9=", "Zg==Zg==",   "=Zg=",  "Z===",      "====",
        "Zm9v ", " Zm9v", "Zm9v\n", "Zm-v", "Zm_v", "Zg==\n\n\n", "Zm9v=", "Z\xC3\xA9w"};
    static const char *const hex[] = {"6", "6F", "6g", "0x", " 6", "666", "-1", "6\xC3"};
    for (size_t i = 0; i < COUNT(base64); i++) {
        struct bytes read = {0};
        expect(!base64_read(job->arena, str_of(base64[i]), &read), "'%s'", base64[i]);
    }
    for (size_t i = 0; i < COUNT(hex); i++) {
        uint8_t byte;
        expect(!hex_read(str_of(hex[i]), &byte, 1), "'%s'", hex[i]);
    }
}

static void all_bytes_read_back_as_themselves(void **state)
{
    struct job *job = *state;
    uint64_t seed = printed_seed();
    for (size_t len = 0; len < 300; len++) {
        uint8_t plain[300];
        uint8_t target[300];
        for (size_t i = 0; i < len; i++) {
            plain[i] = (uint8_t)draw(&seed);
        }
        struct bytes read = {0};
        expect(base64_read(job->arena, base64_of(job->arena, (struct bytes){plain, len}), &read) &&
                   read.len == len && bytes_same(read.ptr, plain, len),
               "base64, %zu bytes", len);
        expect(hex_read(hex_of(job->arena, (struct bytes){plain, len}), target, len) &&
                   bytes_same(target, plain, len),
               "hex, %zu bytes", len);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        test_with_job(texts_match_the_published_vectors),
        test_with_job(what_is_not_canonical_is_refused),
        test_with_job(all_bytes_read_back_as_themselves),
    };
    return cmocka_run_group_tests_name("encode", test, NULL, NULL);
}
