/*
 * test_webkey.c - ES256 and RS256 against the vectors of RFC 7515 (appendix A.2 and A.3); keys that nobody
 * should use; our own key on disk.
 */
#include "webkey.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing.h"

/* The claims are the same in both. */
#define CLAIMS \
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt" \
    "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

static const char es256_content[] = "eyJhbGciOiJFUzI1NiJ9" CLAIMS;
static const char es256_x[] = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
static const char es256_y[] = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
static const char es256_signature[] =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
    "pmWQxfKTUJqPP3-Kg6NU1Q";

static const char rs256_content[] = "eyJhbGciOiJSUzI1NiJ9" CLAIMS;
static const char rs256_n[] = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp"
                              "-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOW"
                              "vG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUs"
                              "LA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9k"
                              "G4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2"
                              "PAcDTW9gb54h4FRWyuXpoQ";
static const char rs256_signature[] =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7"
    "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4"
    "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
    "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
    "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrB"
    "p0igcN_IoypGlUPQGe77Rw";

static struct bytes read64(struct job *job, const char *text)
{
    struct bytes bytes;
    must(base64url_read(job->arena, str_of(text), &bytes));
    return bytes;
}

/* The message and the signature hold; with any bit of either turned they do not. */
static void holds_and_breaks(struct job *job, const struct webkey *key,
                             enum webkey_algorithm algorithm, const char *content,
                             const char *signature)
{
    const struct bytes message = bytes_copy_of(job->arena, bytes_of(str_of(content)));
    const struct bytes good = read64(job, signature);
    uint8_t *bad = arena_new(job->arena, good.len + 1);
    assert_true(webkey_holds(key, algorithm, message, good));
    for (size_t i = 0; i < good.len; i += 7) {
        bytes_copy(bad, good.ptr, good.len);
        bad[i] ^= (uint8_t)(1U << (i % 8));
        assert_false(webkey_holds(key, algorithm, message, (struct bytes){bad, good.len}));
    }
    bytes_copy(bad, good.ptr, good.len);
    bad[good.len] = 0;
    assert_false(webkey_holds(key, algorithm, message, (struct bytes){bad, good.len + 1}));
    assert_false(webkey_holds(key, algorithm, message, (struct bytes){bad, good.len - 1}));
    assert_false(webkey_holds(key, algorithm, message, (struct bytes){bad, 0}));
    assert_false(webkey_holds(key, algorithm, (struct bytes){message.ptr, message.len - 1}, good));
    const enum webkey_algorithm other = algorithm == WEBKEY_ES256 ? WEBKEY_RS256 : WEBKEY_ES256;
    assert_false(webkey_holds(key, other, message, good));
}

static void the_vectors_of_rfc_7515_hold(void **state)
{
    (void)state;
    struct job job;
    struct webkey *key = NULL;
    job_begin(&job, host_real());
    expect(webkey_ec(&job, job.arena, read64(&job, es256_x), read64(&job, es256_y), &key) ==
               CANDOR_OK,
           "%s", job.message);
    holds_and_breaks(&job, key, WEBKEY_ES256, es256_content, es256_signature);
    expect(webkey_rsa(&job, job.arena, read64(&job, rs256_n), read64(&job, "AQAB"), &key) ==
               CANDOR_OK,
           "%s", job.message);
    holds_and_breaks(&job, key, WEBKEY_RS256, rs256_content, rs256_signature);
    job_end(&job);
}

/* r = s = 0 was once a signature of everything (CVE-2022-21449). */
static void nothing_signs_everything(void **state)
{
    (void)state;
    struct job job;
    struct webkey *key = NULL;
    const uint8_t zero[WEBKEY_SIGNATURE_LEN] = {0};
    job_begin(&job, host_real());
    must(webkey_ec(&job, job.arena, read64(&job, es256_x), read64(&job, es256_y), &key) ==
         CANDOR_OK);
    assert_false(webkey_holds(key, WEBKEY_ES256, bytes_of(str_of(es256_content)),
                              (struct bytes){zero, sizeof zero}));
    job_end(&job);
}

static void keys_that_nobody_should_use_are_refused(void **state)
{
    (void)state;
    struct job job;
    struct webkey *key = NULL;
    job_begin(&job, host_real());
    const struct bytes x = read64(&job, es256_x);
    const struct bytes n = read64(&job, rs256_n);
    assert_int_equal(webkey_ec(&job, job.arena, x, x, &key), CANDOR_BAD_INPUT); /* off the curve */
    assert_int_equal(webkey_ec(&job, job.arena, x, (struct bytes){x.ptr, 31}, &key),
                     CANDOR_BAD_INPUT);
    assert_int_equal(
        webkey_rsa(&job, job.arena, (struct bytes){n.ptr, 255}, read64(&job, "AQAB"), &key),
        CANDOR_BAD_INPUT); /* short */
    assert_int_equal(webkey_rsa(&job, job.arena, n, read64(&job, "AQ"), &key),
                     CANDOR_BAD_INPUT); /* exponent 1 */
    assert_int_equal(webkey_rsa(&job, job.arena, n, read64(&job, "AQAA"), &key),
                     CANDOR_BAD_INPUT); /* even */
    assert_int_equal(webkey_rsa(&job, job.arena, (struct bytes){n.ptr, 0}, n, &key),
                     CANDOR_BAD_INPUT);
    assert_null(key);
    job_end(&job);
}

static void our_own_key_signs_what_others_can_check(void **state)
{
    (void)state;
    struct job job;
    struct webkey_signer *signer = NULL;
    struct webkey *key = NULL;
    struct stat facts;
    char dir[] = "/tmp/candor-webkey-XXXXXX";
    uint8_t x[32];
    uint8_t y[32];
    uint8_t first[WEBKEY_SIGNATURE_LEN];
    uint8_t second[WEBKEY_SIGNATURE_LEN];
    must(mkdtemp(dir) != NULL);
    job_begin(&job, host_real());
    const struct str path = path_join(job.arena, str_of(dir), STR("own.key"));
    const struct bytes message = bytes_of(STR("a.b"));
    assert_int_equal(webkey_file_read(&job, job.arena, path, &signer), CANDOR_NOT_FOUND);
    expect(webkey_file_create(&job, path) == CANDOR_OK, "%s", job.message);
    assert_int_equal(webkey_file_create(&job, path), CANDOR_EXISTS);
    must(stat(str_z(job.arena, path), &facts) == 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    expect(webkey_file_read(&job, job.arena, path, &signer) == CANDOR_OK, "%s", job.message);
    webkey_public(signer, x, y);
    must(webkey_sign(&job, signer, message, first) == CANDOR_OK);
    must(webkey_sign(&job, signer, message, second) == CANDOR_OK);
    assert_memory_equal(first, second, sizeof first);
    must(webkey_ec(&job, job.arena, (struct bytes){x, 32}, (struct bytes){y, 32}, &key) ==
         CANDOR_OK);
    assert_true(webkey_holds(key, WEBKEY_ES256, message, (struct bytes){first, sizeof first}));
    must(chmod(str_z(job.arena, path), 0640) == 0);
    assert_int_equal(webkey_file_read(&job, job.arena, path, &signer), CANDOR_FORBIDDEN);
    must(unlink(str_z(job.arena, path)) == 0 && rmdir(dir) == 0);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_vectors_of_rfc_7515_hold),
        cmocka_unit_test(nothing_signs_everything),
        cmocka_unit_test(keys_that_nobody_should_use_are_refused),
        cmocka_unit_test(our_own_key_signs_what_others_can_check),
    };
    return cmocka_run_group_tests_name("webkey", test, NULL, NULL);
}
