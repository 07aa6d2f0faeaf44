/*
 * test_sign.c - Ed25519 against RFC 8032, section 7.1, and the notes of C2SP.
 */
#include <string.h>

#include "started.h"

static const struct {
    const char *seed;
    const char *public_key;
    const char *message;
    const char *signature;
} rfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
     "b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
     "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
     "c6594a7c15e9716ed28dc027beceea1ec40a"},
};

static struct signer *signer_of(const char *seed_hex)
{
    uint8_t byte[SECRET_LEN];
    must(hex_read(str_of(seed_hex), byte, sizeof byte));
    struct secret *seed = secret_begin(job.arena);
    secret_copy_from(seed, byte);
    return signer_make(job.arena, seed);
}

static void signatures_match_the_published_vectors(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof rfc8032 / sizeof rfc8032[0]; row++) {
        uint8_t byte[8];
        uint8_t public_key[PUBLIC_KEY_LEN];
        uint8_t signature[SIGNATURE_LEN];
        const struct bytes message = {byte, strlen(rfc8032[row].message) / 2};
        must(hex_read(str_of(rfc8032[row].message), byte, message.len));

        const struct signer *signer = signer_of(rfc8032[row].seed);
        signer_public(signer, public_key);
        signer_sign(signer, message, signature);
        expect(str_is(hex_of(job.arena, (struct bytes){public_key, sizeof public_key}),
                      rfc8032[row].public_key),
               "public key %zu", row);
        expect(str_is(hex_of(job.arena, (struct bytes){signature, sizeof signature}),
                      rfc8032[row].signature),
               "signature %zu", row);
        expect(signature_holds(public_key, message, signature), "row %zu", row);
    }
}

static void a_signature_holds_for_one_message_and_one_key(void **state)
{
    (void)state;
    uint8_t message[] = "no decision without consent";
    uint8_t public_key[PUBLIC_KEY_LEN];
    uint8_t signature[SIGNATURE_LEN];
    const struct bytes whole = {message, sizeof message};
    const struct signer *signer = signer_of(rfc8032[0].seed);
    signer_public(signer, public_key);
    signer_sign(signer, whole, signature);

    for (size_t bit = 0; bit < sizeof message * 8; bit++) {
        message[bit / 8] ^= (uint8_t)(1U << bit % 8);
        expect(!signature_holds(public_key, whole, signature), "message bit %zu", bit);
        message[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t bit = 0; bit < sizeof signature * 8; bit++) {
        signature[bit / 8] ^= (uint8_t)(1U << bit % 8);
        expect(!signature_holds(public_key, whole, signature), "signature bit %zu", bit);
        signature[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t bit = 0; bit < sizeof public_key * 8; bit++) {
        public_key[bit / 8] ^= (uint8_t)(1U << bit % 8);
        expect(!signature_holds(public_key, whole, signature), "key bit %zu", bit);
        public_key[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    expect(signature_holds(public_key, whole, signature), "control");
}

static void a_key_of_small_order_signs_nothing(void **state)
{
    (void)state;
    /* Under the neutral element, and with S = 0, a naive check passes for every message. */
    const uint8_t public_key[PUBLIC_KEY_LEN] = {1};
    const uint8_t signature[SIGNATURE_LEN] = {1};
    expect(!signature_holds(public_key, bytes_of(STR("anything")), signature), "neutral element");
}

static void the_seed_may_end_before_the_signer(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    uint8_t byte[SECRET_LEN];
    uint8_t signature[SIGNATURE_LEN];
    must(hex_read(str_of(rfc8032[0].seed), byte, sizeof byte));
    struct secret *seed = secret_begin(arena);
    secret_copy_from(seed, byte);
    const struct signer *signer = signer_make(job.arena, seed);
    arena_end(arena);

    signer_sign(signer, (struct bytes){0}, signature);
    expect(str_is(hex_of(job.arena, (struct bytes){signature, sizeof signature}),
                  rfc8032[0].signature),
           "copied");
}

/* A checkpoint and its witness's cosignature, computed by independent programs. */
static void notes_match_the_independent_vectors(void **state)
{
    (void)state;
    const char *log_text = "candor.example/ledger\n8\n"
                           "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n";
    const char *witness_text = "cosignature/v1\ntime 1790000000\ncandor.example/ledger\n8\n"
                               "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n";
    const struct {
        const char *seed, *name, *text, *line;
        size_t time_len;
        enum note_algorithm algorithm;
    } vector[] = {
        {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
         "candor.example/ledger", log_text,
         "nJa3zPC4KoBkHQ3bm8F/+SOjEMAO49wf9FDTLAX5rrTvwLD9yvE61q+HOBAcpiGDWgqHDaTa3LIxaMGM0mbH4T3Y"
         "kgk=",
         0, NOTE_ED25519},
        {"4242424242424242424242424242424242424242424242424242424242424242", "witness.example/w1",
         witness_text,
         "8e2MRwAAAABqsTuAdQSG/2GLPTm7bct90ZIzowZKWBunLZo2ebi8+Tm4GPtsYzlhe6d7k00cF3hc+0b+0/L86va7"
         "CCbFbwbAV9+zDg==",
         8, NOTE_COSIGNATURE},
    };
    for (size_t row = 0; row < sizeof vector / sizeof vector[0]; row++) {
        uint8_t public_key[PUBLIC_KEY_LEN];
        uint8_t signature[SIGNATURE_LEN];
        uint8_t id[4];
        struct bytes line;
        must(base64_read(job.arena, str_of(vector[row].line), &line));
        const struct signer *signer = signer_of(vector[row].seed);
        signer_public(signer, public_key);
        note_key_id(id, str_of(vector[row].name), vector[row].algorithm, public_key);
        signer_sign(signer, bytes_of(str_of(vector[row].text)), signature);
        expect(memcmp(line.ptr, id, 4) == 0, "id of row %zu", row);
        expect(memcmp(line.ptr + 4 + vector[row].time_len, signature, SIGNATURE_LEN) == 0,
               "signature of row %zu", row);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(signatures_match_the_published_vectors),
        cmocka_unit_test(a_signature_holds_for_one_message_and_one_key),
        cmocka_unit_test(a_key_of_small_order_signs_nothing),
        cmocka_unit_test(the_seed_may_end_before_the_signer),
        cmocka_unit_test(notes_match_the_independent_vectors),
    };
    return cmocka_run_group_tests_name("sign", test, begin, end);
}
