/*
 * test_seal.c - sealed values: the bytes are the stated ones, and nothing else opens.
 *
 * The vectors were computed by a separate program in Python that also gives the ciphertext and tag
 * of the XChaCha draft (draft-irtf-cfrg-xchacha-03, appendix A.3.1), whose key, nonce, text and
 * associated data they use.
 */
#include <sodium.h>
#include <string.h>

#include "keys.h"
#include "started.h"

static const char draft_plain[] =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
    "sunscreen would be it.";
static const uint8_t draft_ad[] = {0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1,
                                   0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7};
#define DRAFT_CIPHERTEXT \
    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4ed" \
    "a7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b238" \
    "3565d3fff921f9664c97637da9768812f615c68b13b52e"
#define DRAFT_NONCE "404142434445464748494a4b4c4d4e4f5051525354555657"

/* A host whose entropy is 40 41 42 ..., so that the nonce is the draft's. */
static bool counting_entropy(struct host *host, void *target, size_t len)
{
    uint8_t *byte = target;
    (void)host;
    for (size_t i = 0; i < len; i++) {
        byte[i] = (uint8_t)(0x40 + i);
    }
    return true;
}

static bool no_entropy(struct host *host, void *target, size_t len)
{
    (void)host;
    (void)target;
    (void)len;
    return false;
}

static int64_t midnight(struct host *host)
{
    (void)host;
    return 0;
}

static struct secret *draft_key(void)
{
    struct secret *key = secret_begin(job.arena);
    for (unsigned i = 0; i < SECRET_LEN; i++) {
        key->byte[i] = (uint8_t)(0x80 + i);
    }
    return key;
}

static struct bytes draft_text(void)
{
    return bytes_of(str_of(draft_plain));
}

static void the_library_gives_the_ciphertext_of_the_draft(void **state)
{
    (void)state;
    uint8_t out[sizeof draft_plain + 16];
    uint8_t nonce[24];
    (void)counting_entropy(NULL, nonce, sizeof nonce);
    must(crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, draft_text().ptr, draft_text().len,
                                                    draft_ad, sizeof draft_ad, NULL, nonce,
                                                    draft_key()->byte) == 0);
    expect(str_is(hex_of(job.arena, (struct bytes){out, draft_text().len + 16}),
                  DRAFT_CIPHERTEXT "c0875924c1c7987947deafd8780acf49"),
           "A.3.1");
}

static void a_sealed_value_has_the_stated_layout(void **state)
{
    (void)state;
    struct host host = {.now = midnight, .entropy = counting_entropy};
    struct job counting;
    struct bytes sealed;
    job_begin(&counting, &host);

    must(seal(&counting, draft_key(), 0x01020304, (struct bytes){draft_ad, sizeof draft_ad},
              draft_text(), &sealed) == CANDOR_OK);
    expect(str_is(hex_of(job.arena, sealed),
                  "010104030201" DRAFT_NONCE DRAFT_CIPHERTEXT
                  "4a33b60f72469a9bbfb32b593597c311ad9605847fd481723b45817fdb0b"),
           "with associated data");

    must(seal(&counting, draft_key(), 7, (struct bytes){0}, (struct bytes){0}, &sealed) ==
         CANDOR_OK);
    expect(str_is(hex_of(job.arena, sealed),
                  "010107000000" DRAFT_NONCE
                  "710c73f45bf0f45afb1277d3f6ae9d553247726e05449ceccabaf50c42550dc8"
                  "64f2fd7788ca5a968ad9ec189c12ec8f"),
           "nothing");
    job_end(&counting);
}

static void what_is_sealed_opens_at_every_length(void **state)
{
    (void)state;
    uint8_t plain[130];
    const struct secret *key = draft_key();
    for (size_t len = 0; len <= sizeof plain; len++) {
        struct bytes sealed;
        struct bytes opened;
        memset(plain, 0x80, sizeof plain); /* looks like padding */
        must(seal(&job, key, 1, (struct bytes){draft_ad, len % 13}, (struct bytes){plain, len},
                  &sealed) == CANDOR_OK);
        expect(sealed.len == seal_len(len), "len %zu", len);
        expect(sealed.len == 46 + (len / 32 + 1) * 32, "len %zu", len);
        must(seal_open(&job, key, (struct bytes){draft_ad, len % 13}, sealed, &opened) ==
             CANDOR_OK);
        expect(opened.len == len && memcmp(opened.ptr, plain, len) == 0, "len %zu", len);
    }
}

static void the_same_value_is_sealed_differently_each_time(void **state)
{
    (void)state;
    struct bytes first;
    struct bytes second;
    must(seal(&job, draft_key(), 1, (struct bytes){0}, draft_text(), &first) == CANDOR_OK);
    must(seal(&job, draft_key(), 1, (struct bytes){0}, draft_text(), &second) == CANDOR_OK);
    expect(memcmp(first.ptr + 6, second.ptr + 6, 24) != 0, "nonce");
    expect(memcmp(first.ptr + 30, second.ptr + 30, 32) != 0, "ciphertext");
}

static void any_changed_bit_keeps_it_shut(void **state)
{
    (void)state;
    struct bytes sealed;
    struct bytes opened;
    const struct bytes ad = {draft_ad, sizeof draft_ad};
    must(seal(&job, draft_key(), 1, ad, draft_text(), &sealed) == CANDOR_OK);
    uint8_t *copy = NEW_ARRAY(job.arena, sealed.len, uint8_t);
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        memcpy(copy, sealed.ptr, sealed.len);
        copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
        expect(seal_open(&job, draft_key(), ad, (struct bytes){copy, sealed.len}, &opened) ==
                   CANDOR_CORRUPT,
               "bit %zu", bit);
    }
}

static void any_other_length_keeps_it_shut(void **state)
{
    (void)state;
    struct bytes sealed;
    struct bytes opened;
    must(seal(&job, draft_key(), 1, (struct bytes){0}, draft_text(), &sealed) == CANDOR_OK);
    uint8_t *longer = NEW_ARRAY(job.arena, sealed.len + 64, uint8_t);
    memcpy(longer, sealed.ptr, sealed.len);
    for (size_t len = 0; len <= sealed.len + 64; len++) {
        if (len != sealed.len) {
            expect(seal_open(&job, draft_key(), (struct bytes){0}, (struct bytes){longer, len},
                             &opened) == CANDOR_CORRUPT,
                   "len %zu", len);
        }
    }
}

static void another_place_or_key_keeps_it_shut(void **state)
{
    (void)state;
    struct bytes sealed;
    struct bytes opened;
    const struct bytes ad = bytes_of(STR("profile|row 7|subject 3"));
    must(seal(&job, draft_key(), 1, ad, draft_text(), &sealed) == CANDOR_OK);
    const char *other[] = {"", "profile|row 7|subject 4", "profile|row 7|subject ",
                           "profile|row 7|subject 33"};
    for (size_t row = 0; row < sizeof other / sizeof other[0]; row++) {
        expect(seal_open(&job, draft_key(), bytes_of(str_of(other[row])), sealed, &opened) ==
                   CANDOR_CORRUPT,
               "row %zu", row);
    }
    struct secret *wrong = draft_key();
    wrong->byte[0] ^= 1;
    expect(seal_open(&job, wrong, ad, sealed, &opened) == CANDOR_CORRUPT, "wrong key");
    expect(strstr(job.message, "sunscreen") == NULL, "the message tells the value");
    expect(seal_open(&job, draft_key(), ad, sealed, &opened) == CANDOR_OK, "control");
}

static void the_head_tells_the_generation(void **state)
{
    (void)state;
    struct bytes sealed;
    uint32_t generation = 0;
    must(seal(&job, draft_key(), 0xfedcba98, (struct bytes){0}, draft_text(), &sealed) ==
         CANDOR_OK);
    expect(seal_generation(sealed, &generation) && generation == 0xfedcba98, "generation");
    expect(!seal_generation((struct bytes){sealed.ptr, sealed.len - 1}, &generation), "cut");
    expect(!seal_generation((struct bytes){sealed.ptr, 5}, &generation), "short");
    expect(!seal_generation((struct bytes){0}, &generation), "nothing");
}

static void what_is_too_large_is_refused_before_it_is_read(void **state)
{
    (void)state;
    struct bytes sealed;
    expect(seal(&job, draft_key(), 1, (struct bytes){0},
                (struct bytes){draft_ad, SEAL_PLAIN_MAX + 1}, &sealed) == CANDOR_TOO_LARGE,
           "one past the limit");
}

static void without_entropy_nothing_is_sealed(void **state)
{
    (void)state;
    struct host host = {.now = midnight, .entropy = no_entropy};
    struct job poor;
    struct bytes sealed;
    job_begin(&poor, &host);
    expect(seal(&poor, draft_key(), 1, (struct bytes){0}, draft_text(), &sealed) == CANDOR_IO,
           "no entropy");
    job_end(&poor);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_library_gives_the_ciphertext_of_the_draft),
        cmocka_unit_test(a_sealed_value_has_the_stated_layout),
        cmocka_unit_test(what_is_sealed_opens_at_every_length),
        cmocka_unit_test(the_same_value_is_sealed_differently_each_time),
        cmocka_unit_test(any_changed_bit_keeps_it_shut),
        cmocka_unit_test(any_other_length_keeps_it_shut),
        cmocka_unit_test(another_place_or_key_keeps_it_shut),
        cmocka_unit_test(the_head_tells_the_generation),
        cmocka_unit_test(what_is_too_large_is_refused_before_it_is_read),
        cmocka_unit_test(without_entropy_nothing_is_sealed),
    };
    return cmocka_run_group_tests_name("seal", test, begin, end);
}
