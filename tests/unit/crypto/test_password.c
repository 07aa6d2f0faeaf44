/*
 * test_password.c - passwords by Argon2id: what is computed is what the standard's own text form says, the
 * cost counts, and each hash is counted.
 */
#include <sodium.h>
#include <string.h>

#include "started.h"

static const uint8_t salt[PASSWORD_SALT_LEN] = {1, 2,  3,  4,  5,  6,  7,  8,
                                                9, 10, 11, 12, 13, 14, 15, 16};
static const struct password_cost cheap = {2, 64};

/* "$argon2id$v=19$m=64,t=2,p=1$SALT$HASH", which libsodium reads by itself. */
static const char *text_form(struct password_cost cost, const uint8_t hash[PASSWORD_HASH_LEN])
{
    struct str salt_text = base64_of(job.arena, (struct bytes){salt, sizeof salt});
    struct str hash_text = base64_of(job.arena, (struct bytes){hash, PASSWORD_HASH_LEN});
    salt_text.len = str_find(salt_text, '=');
    hash_text.len = str_find(hash_text, '=');
    return str_z(job.arena,
                 str_format(job.arena, "$argon2id$v=19$m=%u,t=%u,p=1$%.*s$%.*s", (unsigned)cost.kib,
                            (unsigned)cost.passes, STR_ARG(salt_text), STR_ARG(hash_text)));
}

static void a_hash_is_what_its_text_form_says(void **state)
{
    static const char *const password[] = {"correct horse battery staple", "",
                                           "gr\xc3\xbc\xc3\x9f"};
    (void)state;
    for (size_t i = 0; i < sizeof password / sizeof password[0]; i++) {
        uint8_t hash[PASSWORD_HASH_LEN];
        char whole[crypto_pwhash_STRBYTES] = {0};
        assert_int_equal(password_hash(&job, str_of(password[i]), salt, cheap, hash), CANDOR_OK);
        (void)strncpy(whole, text_form(cheap, hash), sizeof whole - 1);
        expect(crypto_pwhash_str_verify(whole, password[i], strlen(password[i])) == 0, "row %zu",
               i);
        expect(crypto_pwhash_str_verify(whole, "another", 7) != 0, "row %zu, another", i);
    }
}

static void another_cost_or_salt_is_another_hash(void **state)
{
    uint8_t hash[4][PASSWORD_HASH_LEN];
    uint8_t other[PASSWORD_SALT_LEN] = {0};
    (void)state;
    assert_int_equal(password_hash(&job, STR("a"), salt, cheap, hash[0]), CANDOR_OK);
    assert_int_equal(password_hash(&job, STR("a"), other, cheap, hash[1]), CANDOR_OK);
    assert_int_equal(password_hash(&job, STR("a"), salt, (struct password_cost){3, 64}, hash[2]),
                     CANDOR_OK);
    assert_int_equal(password_hash(&job, STR("a"), salt, (struct password_cost){2, 128}, hash[3]),
                     CANDOR_OK);
    for (size_t i = 1; i < 4; i++) {
        expect(!bytes_equal_secret(hash[0], hash[i], PASSWORD_HASH_LEN), "row %zu", i);
    }
}

static void each_hash_is_counted(void **state)
{
    uint8_t hash[PASSWORD_HASH_LEN];
    const uint64_t before = password_hash_count();
    (void)state;
    assert_int_equal(password_hash(&job, STR("a"), salt, cheap, hash), CANDOR_OK);
    assert_int_equal(password_hash(&job, STR("a"), salt, cheap, hash), CANDOR_OK);
    assert_int_equal(password_hash_count(), before + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_is_what_its_text_form_says),
        cmocka_unit_test(another_cost_or_salt_is_another_hash),
        cmocka_unit_test(each_hash_is_counted),
    };
    return cmocka_run_group_tests_name("password", tests, begin, end);
}
