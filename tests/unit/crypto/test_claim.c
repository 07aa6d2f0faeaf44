/*
 * test_claim.c - who may sign claims, and whether they did: with certificates of our own and of others, in each
 * algorithm of COSE.
 */
#include "claim.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "started.h"

static struct webkey_signer *key_here(void)
{
    char folder[] = "/tmp/candor-claim-XXXXXX";
    struct webkey_signer *key = NULL;
    must(mkdtemp(folder) != NULL);
    const struct str path = path_join(job.arena, str_of(folder), STR("a.key"));
    must(webkey_file_create(&job, path) == CANDOR_OK);
    must(webkey_file_read(&job, job.arena, path, &key) == CANDOR_OK);
    must(unlink(str_z(job.arena, path)) == 0 && rmdir(folder) == 0);
    return key;
}

static struct bytes root_of(const struct webkey_signer *key, struct str name)
{
    struct bytes root;
    const struct claim_subject subject = {key, name, 100};
    must(claim_certificate(&job, &subject, NULL, (struct bytes){NULL, 0}, &root) == CANDOR_OK);
    return root;
}

static void our_own_certificate_signs_and_leads_to_our_root(void **state)
{
    (void)state;
    struct webkey_signer *root_key = key_here();
    struct webkey_signer *key = key_here();
    const struct bytes root = root_of(root_key, STR("M\xc3\xa4rz & S\xc3\xb6hne"));
    const struct bytes other = root_of(key_here(), STR("Others"));
    struct bytes certificate;
    struct bytes signature;
    struct claim_signer *signer = NULL;
    struct claim_credential credential;
    size_t count = 0;
    const struct claim_subject subject = {key, STR("M\xc3\xa4rz & S\xc3\xb6hne"), 10};
    assert_int_equal(claim_certificate(&job, &subject, root_key, root, &certificate), CANDOR_OK);
    expect(claim_signer_own(&job, key, certificate, &signer) == CANDOR_OK, "%s", job.message);
    assert_int_equal(claim_algorithm(signer), -7);
    assert_true(claim_chain(signer, &count)[0].len == certificate.len && count == 1);
    assert_int_equal(claim_sign(&job, signer, bytes_of(STR("a claim")), &signature), CANDOR_OK);
    assert_int_equal(signature.len, claim_signature_len(signer));
    assert_true(claim_holds(certificate, -7, bytes_of(STR("a claim")), signature));
    assert_false(claim_holds(certificate, -7, bytes_of(STR("another")), signature));
    assert_false(claim_holds(certificate, -35, bytes_of(STR("a claim")), signature));
    assert_false(claim_holds(root, -7, bytes_of(STR("a claim")), signature));
    assert_false(claim_holds(bytes_of(STR("none")), -7, bytes_of(STR("a claim")), signature));

    assert_int_equal(claim_credential_of(&job, &certificate, 1, claim_pem(&job, root), &credential),
                     CANDOR_OK);
    expect(credential.fault == NULL, "%s", credential.fault);
    assert_true(credential.is_trusted && credential.is_in_time && credential.is_linked);
    assert_true(str_is(credential.name, "M\xc3\xa4rz & S\xc3\xb6hne"));
    assert_int_equal(
        claim_credential_of(&job, &certificate, 1, claim_pem(&job, other), &credential), CANDOR_OK);
    assert_false(credential.is_trusted);
    const struct bytes with_root[] = {certificate, root};
    const struct bytes with_other[] = {certificate, other};
    assert_int_equal(claim_credential_of(&job, with_root, 2, STR(""), &credential), CANDOR_OK);
    assert_true(credential.is_linked && !credential.is_trusted);
    assert_int_equal(claim_credential_of(&job, with_other, 2, STR(""), &credential), CANDOR_OK);
    assert_false(credential.is_linked);
    assert_int_equal(claim_credential_of(&job, &certificate, 1, STR("none"), &credential),
                     CANDOR_BAD_INPUT);
    job_forgive(&job);

    job.now += 11 * MICROS_PER_DAY;
    assert_int_equal(claim_credential_of(&job, &certificate, 1, claim_pem(&job, root), &credential),
                     CANDOR_OK);
    assert_false(credential.is_in_time);
    assert_int_equal(claim_signer_own(&job, key, certificate, &signer), CANDOR_BAD_INPUT);
    job.now -= 11 * MICROS_PER_DAY;
    assert_int_equal(claim_signer_own(&job, root_key, certificate, &signer), CANDOR_BAD_INPUT);
    assert_int_equal(claim_signer_own(&job, root_key, root, &signer), CANDOR_BAD_INPUT);
    job_forgive(&job);
}

static void a_certificate_goes_through_pem(void **state)
{
    (void)state;
    struct bytes back;
    const struct bytes root = root_of(key_here(), STR("a"));
    assert_int_equal(claim_from_pem(&job, claim_pem(&job, root), &back), CANDOR_OK);
    assert_true(back.len == root.len && bytes_same(back.ptr, root.ptr, root.len));
    assert_int_equal(claim_from_pem(&job, STR("none"), &back), CANDOR_CORRUPT);
    job_forgive(&job);
}

/* ---- of others ----------------------------------------------------------------------------- */

struct wish {
    const char *label;
    gnutls_pk_algorithm_t kind;
    unsigned bits;
    int64_t algorithm; /* 0: refused */
    unsigned usage;
    const char *purpose;
    bool is_authority;
    bool has_authority_id;
    mode_t mode;
};

/* By itself, so that one key is enough; that nobody vouches for it is not asked of the signer. */
static enum candor_status signer_of(const struct wish *wish, struct claim_signer **signer)
{
    char path[] = "/tmp/candor-claim-XXXXXX";
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t one = NULL;
    gnutls_datum_t out = {NULL, 0};
    const time_t now = (time_t)(job.now / MICROS_PER_SECOND);
    must(gnutls_x509_privkey_init(&key) == 0 && gnutls_x509_crt_init(&one) == 0);
    must(gnutls_x509_privkey_generate(key, wish->kind, wish->bits, 0) == 0);
    must(gnutls_x509_crt_set_version(one, 3) == 0 && gnutls_x509_crt_set_serial(one, "\1", 1) == 0);
    must(gnutls_x509_crt_set_activation_time(one, now - 60) == 0);
    must(gnutls_x509_crt_set_expiration_time(one, now + 6000) == 0);
    must(gnutls_x509_crt_set_dn_by_oid(one, GNUTLS_OID_X520_COMMON_NAME, 0, "a", 1) == 0);
    must(gnutls_x509_crt_set_basic_constraints(one, wish->is_authority, -1) == 0);
    must(gnutls_x509_crt_set_key_usage(one, wish->usage) == 0);
    must(gnutls_x509_crt_set_key_purpose_oid(one, wish->purpose, 0) == 0);
    must(!wish->has_authority_id || gnutls_x509_crt_set_authority_key_id(one, "id", 2) == 0);
    must(gnutls_x509_crt_set_key(one, key) == 0);
    const bool is_ed = wish->kind == GNUTLS_PK_EDDSA_ED25519;
    must(gnutls_x509_crt_sign2(one, one, key, is_ed ? GNUTLS_DIG_SHA512 : GNUTLS_DIG_SHA256, 0) ==
         0);
    must(gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
                                           &out) == 0);
    const int fd = mkstemp(path);
    must(fd >= 0 && write(fd, out.data, out.size) == (ssize_t)out.size);
    must(fchmod(fd, wish->mode) == 0 && close(fd) == 0);
    gnutls_free(out.data);
    must(gnutls_x509_crt_export2(one, GNUTLS_X509_FMT_PEM, &out) == 0);
    const enum candor_status status = claim_signer_read(
        &job, (struct str){(const char *)out.data, out.size}, str_of(path), signer);
    gnutls_free(out.data);
    gnutls_x509_crt_deinit(one);
    gnutls_x509_privkey_deinit(key);
    must(unlink(path) == 0);
    return status;
}

static void the_company_signs_with_what_it_has(void **state)
{
    (void)state;
    static const char claims[] = "1.3.6.1.4.1.62558.2.1";
    enum { SIGN = GNUTLS_KEY_DIGITAL_SIGNATURE, VOUCH = GNUTLS_KEY_KEY_CERT_SIGN };
    const unsigned p256 = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
    const unsigned p384 = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP384R1);
    const unsigned p521 = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP521R1);
    const unsigned p224 = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP224R1);
    const struct wish row[] = {
        {"P-256", GNUTLS_PK_ECDSA, p256, -7, SIGN, claims, false, true, 0600},
        {"P-384", GNUTLS_PK_ECDSA, p384, -35, SIGN, claims, false, true, 0600},
        {"P-521", GNUTLS_PK_ECDSA, p521, -36, SIGN, claims, false, true, 0600},
        {"RSA", GNUTLS_PK_RSA, 2048, -37, SIGN, claims, false, true, 0600},
        {"for e-mail", GNUTLS_PK_ECDSA, p256, -7, SIGN, GNUTLS_KP_EMAIL_PROTECTION, false, true,
         0600},
        {"for servers", GNUTLS_PK_ECDSA, p256, 0, SIGN, GNUTLS_KP_TLS_WWW_SERVER, false, true,
         0600},
        {"for anything", GNUTLS_PK_ECDSA, p256, 0, SIGN, GNUTLS_KP_ANY, false, true, 0600},
        {"P-224", GNUTLS_PK_ECDSA, p224, 0, SIGN, claims, false, true, 0600},
        {"a short RSA key", GNUTLS_PK_RSA, 1024, 0, SIGN, claims, false, true, 0600},
        {"an authority", GNUTLS_PK_ECDSA, p256, 0, SIGN, claims, true, true, 0600},
        {"no signatures", GNUTLS_PK_ECDSA, p256, 0, GNUTLS_KEY_KEY_AGREEMENT, claims, false, true,
         0600},
        {"vouches for others", GNUTLS_PK_ECDSA, p256, 0, SIGN | VOUCH, claims, false, true, 0600},
        {"nobody vouches", GNUTLS_PK_ECDSA, p256, 0, SIGN, claims, false, false, 0600},
        {"others may read the key", GNUTLS_PK_ECDSA, p256, 0, SIGN, claims, false, true, 0644},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct claim_signer *signer = NULL;
        struct bytes signature;
        size_t count = 0;
        const enum candor_status status = signer_of(&row[i], &signer);
        expect((status == CANDOR_OK) == (row[i].algorithm != 0), "%s: %s", row[i].label,
               job.message);
        job_forgive(&job);
        if (status != CANDOR_OK) {
            continue;
        }
        const struct bytes certificate = claim_chain(signer, &count)[0];
        expect(claim_algorithm(signer) == row[i].algorithm, "%s", row[i].label);
        assert_int_equal(claim_sign(&job, signer, bytes_of(STR("a claim")), &signature), CANDOR_OK);
        expect(signature.len == claim_signature_len(signer), "%s", row[i].label);
        expect(claim_holds(certificate, row[i].algorithm, bytes_of(STR("a claim")), signature),
               "%s", row[i].label);
    }
}

/* RFC 8032's keys are what GnuTLS signs certificates with as any other; COSE calls them EdDSA. */
static void an_ed25519_key_signs_as_well(void **state)
{
    (void)state;
    struct claim_signer *signer = NULL;
    struct bytes signature;
    const struct wish wish = {"Ed25519",
                              GNUTLS_PK_EDDSA_ED25519,
                              GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519),
                              -8,
                              GNUTLS_KEY_DIGITAL_SIGNATURE,
                              "1.3.6.1.4.1.62558.2.1",
                              false,
                              true,
                              0600};
    size_t count = 0;
    expect(signer_of(&wish, &signer) == CANDOR_OK, "%s", job.message);
    assert_int_equal(claim_algorithm(signer), -8);
    assert_int_equal(claim_sign(&job, signer, bytes_of(STR("a claim")), &signature), CANDOR_OK);
    assert_true(
        claim_holds(claim_chain(signer, &count)[0], -8, bytes_of(STR("a claim")), signature));
}

static void digests_are_those_that_are_named(void **state)
{
    (void)state;
    uint8_t digest[CLAIM_DIGEST_MAX];
    assert_int_equal(claim_digest(STR("sha256"), bytes_of(STR("")), digest), 32);
    assert_int_equal(digest[0], 0xe3);
    assert_int_equal(claim_digest(STR("sha384"), bytes_of(STR("")), digest), 48);
    assert_int_equal(digest[0], 0x38);
    assert_int_equal(claim_digest(STR("sha512"), bytes_of(STR("")), digest), 64);
    assert_int_equal(digest[0], 0xcf);
    assert_int_equal(claim_digest(STR("md5"), bytes_of(STR("")), digest), 0);
    assert_int_equal(claim_digest(STR(""), bytes_of(STR("")), digest), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_own_certificate_signs_and_leads_to_our_root),
        cmocka_unit_test(a_certificate_goes_through_pem),
        cmocka_unit_test(the_company_signs_with_what_it_has),
        cmocka_unit_test(an_ed25519_key_signs_as_well),
        cmocka_unit_test(digests_are_those_that_are_named),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
