/*
 * test_certificate.c - whom a certificate makes believable: a chain to a root of ours, for that domain, in its
 * time. The certificates are made here.
 */
#include "certificate.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing.h"

/* A name with its key and certificate. */
struct holder {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t certificate;
};

struct wish {
    const char *name;
    bool is_authority;
    bool is_rsa;
    int64_t from_days; /* from the job's now on */
    int64_t until_days;
};

#define DAY_S 86400

static void make(const struct job *job, struct holder *holder, struct wish wish,
                 const struct holder *issuer)
{
    static unsigned char serial;
    const time_t now = (time_t)(job->now / MICROS_PER_SECOND);
    const unsigned usage =
        wish.is_authority ? GNUTLS_KEY_KEY_CERT_SIGN : GNUTLS_KEY_DIGITAL_SIGNATURE;
    serial++;
    must(gnutls_x509_privkey_init(&holder->key) == 0);
    must(gnutls_x509_privkey_generate(
             holder->key, wish.is_rsa ? GNUTLS_PK_RSA : GNUTLS_PK_ECDSA,
             wish.is_rsa ? 2048 : GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) == 0);
    must(gnutls_x509_crt_init(&holder->certificate) == 0);
    gnutls_x509_crt_t one = holder->certificate;
    must(gnutls_x509_crt_set_version(one, 3) == 0);
    must(gnutls_x509_crt_set_serial(one, &serial, 1) == 0);
    must(gnutls_x509_crt_set_activation_time(one, now + wish.from_days * DAY_S) == 0);
    must(gnutls_x509_crt_set_expiration_time(one, now + wish.until_days * DAY_S) == 0);
    must(gnutls_x509_crt_set_dn_by_oid(one, GNUTLS_OID_X520_COMMON_NAME, 0, wish.name,
                                       (unsigned)strlen(wish.name)) == 0);
    must(gnutls_x509_crt_set_subject_alt_name(one, GNUTLS_SAN_DNSNAME, wish.name,
                                              (unsigned)strlen(wish.name), 0) == 0);
    must(gnutls_x509_crt_set_basic_constraints(one, wish.is_authority, -1) == 0);
    must(gnutls_x509_crt_set_key_usage(one, usage) == 0);
    must(gnutls_x509_crt_set_key(one, holder->key) == 0);
    const struct holder *by = issuer == NULL ? holder : issuer;
    must(gnutls_x509_crt_sign2(one, by->certificate, by->key, GNUTLS_DIG_SHA256, 0) == 0);
}

static struct str pem_of(struct job *job, const struct holder *holder)
{
    gnutls_datum_t out = {NULL, 0};
    must(gnutls_x509_crt_export2(holder->certificate, GNUTLS_X509_FMT_PEM, &out) == 0);
    const struct str pem = str_copy(job->arena, (struct str){(const char *)out.data, out.size});
    gnutls_free(out.data);
    return pem;
}

static void end_holder(struct holder *holder)
{
    gnutls_x509_crt_deinit(holder->certificate);
    gnutls_x509_privkey_deinit(holder->key);
}

/* The key in a file of its own, and the signer of both. */
static enum candor_status signer_of(struct job *job, const struct holder *certificate,
                                    const struct holder *key, const char *domain, mode_t mode,
                                    struct certificate_signer **signer)
{
    gnutls_datum_t out = {NULL, 0};
    char path[] = "/tmp/candor-certificate-XXXXXX";
    const int fd = mkstemp(path);
    must(fd >= 0);
    must(gnutls_x509_privkey_export2(key->key, GNUTLS_X509_FMT_PEM, &out) == 0);
    must(write(fd, out.data, out.size) == (ssize_t)out.size);
    gnutls_free(out.data);
    must(fchmod(fd, mode) == 0 && close(fd) == 0);
    const enum candor_status status = certificate_read(job, job->arena, pem_of(job, certificate),
                                                       str_of(path), str_of(domain), signer);
    must(unlink(path) == 0);
    return status;
}

struct world {
    struct job job;
    struct holder root;
    struct holder middle;
    struct holder leaf;              /* proc.example, by the middle */
    struct holder rsa;               /* the same with RSA */
    struct holder expired;           /* the same, of last year */
    struct holder early;             /* the same, of next year */
    struct holder alone;             /* proc.example, by itself */
    struct holder evil;              /* another root */
    struct holder impostor;          /* proc.example, by the other root */
    struct holder no_authority_leaf; /* by the leaf, which is no authority */
};

static int begin(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    must(world != NULL);
    job_begin(&world->job, host_real());
    struct job *job = &world->job;
    make(job, &world->root, (struct wish){"root", true, false, -900, 900}, NULL);
    make(job, &world->middle, (struct wish){"middle", true, false, -800, 800}, &world->root);
    make(job, &world->leaf, (struct wish){"proc.example", false, false, -1, 90}, &world->middle);
    make(job, &world->rsa, (struct wish){"proc.example", false, true, -1, 90}, &world->middle);
    make(job, &world->expired, (struct wish){"proc.example", false, false, -400, -1},
         &world->middle);
    make(job, &world->early, (struct wish){"proc.example", false, false, 1, 400}, &world->middle);
    make(job, &world->alone, (struct wish){"proc.example", false, false, -1, 90}, NULL);
    make(job, &world->evil, (struct wish){"root", true, false, -900, 900}, NULL);
    make(job, &world->impostor, (struct wish){"proc.example", false, false, -1, 90}, &world->evil);
    make(job, &world->no_authority_leaf, (struct wish){"proc.example", false, false, -1, 90},
         &world->leaf);
    *state = world;
    return 0;
}

static int end(void **state)
{
    struct world *world = *state;
    struct holder *all[] = {
        &world->root,  &world->middle, &world->leaf, &world->rsa,      &world->expired,
        &world->early, &world->alone,  &world->evil, &world->impostor, &world->no_authority_leaf};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        end_holder(all[i]);
    }
    job_end(&world->job);
    free(world);
    return 0;
}

/* Its certificate, then the one in the middle. */
static struct str chain_of(struct job *job, const struct holder *leaf, const struct holder *middle)
{
    return str_format(job->arena, "%.*s%.*s", STR_ARG(pem_of(job, leaf)),
                      STR_ARG(middle == NULL ? STR("") : pem_of(job, middle)));
}

static struct bytes sign_with(struct job *job, const struct holder *holder, struct bytes message)
{
    gnutls_datum_t out = {NULL, 0};
    gnutls_privkey_t key = NULL;
    gnutls_datum_t data = {arena_new(job->arena, message.len), (unsigned)message.len};
    bytes_copy(data.data, message.ptr, message.len);
    must(gnutls_privkey_init(&key) == 0);
    must(gnutls_privkey_import_x509(key, holder->key, 0) == 0);
    must(gnutls_privkey_sign_data(key, GNUTLS_DIG_SHA256, 0, &data, &out) == 0);
    const struct bytes signature = bytes_copy_of(job->arena, (struct bytes){out.data, out.size});
    gnutls_free(out.data);
    gnutls_privkey_deinit(key);
    return signature;
}

static void a_chain_to_a_root_is_believed_and_nothing_else(void **state)
{
    struct world *world = *state;
    struct job *job = &world->job;
    const struct {
        const struct holder *leaf;
        const struct holder *middle;
        const char *domain;
        bool is_believed;
    } row[] = {
        {&world->leaf, &world->middle, "proc.example", true},
        {&world->rsa, &world->middle, "proc.example", true},
        {&world->leaf, &world->middle, "other.example", false},
        {&world->leaf, &world->middle, "sub.proc.example", false},
        {&world->leaf, &world->middle, "", false},
        {&world->leaf, NULL, "proc.example", false}, /* a link is missing */
        {&world->leaf, &world->evil, "proc.example", false},
        {&world->expired, &world->middle, "proc.example", false},
        {&world->early, &world->middle, "proc.example", false},
        {&world->alone, NULL, "proc.example", false},
        {&world->impostor, &world->evil, "proc.example", false},
        {&world->no_authority_leaf, &world->leaf, "proc.example", false},
    };
    const struct bytes message = bytes_of(STR("{\"request_status\":\"completed\"}"));
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct bytes signature = sign_with(job, row[i].leaf, message);
        const enum candor_status status = certificate_believe(
            job, pem_of(job, &world->root), chain_of(job, row[i].leaf, row[i].middle),
            str_of(row[i].domain), message, signature);
        expect(status == (row[i].is_believed ? CANDOR_OK : CANDOR_FORBIDDEN), "row %zu: %s", i,
               job->message);
        job_forgive(job);
    }
}

static void a_signature_is_of_its_message_and_its_key(void **state)
{
    struct world *world = *state;
    struct job *job = &world->job;
    const struct bytes message = bytes_of(STR("one"));
    const struct str roots = pem_of(job, &world->root);
    const struct str chain = chain_of(job, &world->leaf, &world->middle);
    const struct str domain = STR("proc.example");
    const struct bytes good = sign_with(job, &world->leaf, message);
    assert_int_equal(certificate_believe(job, roots, chain, domain, message, good), CANDOR_OK);
    assert_int_equal(certificate_believe(job, roots, chain, domain, bytes_of(STR("two")), good),
                     CANDOR_FORBIDDEN);
    assert_int_equal(certificate_believe(job, roots, chain, domain, message,
                                         sign_with(job, &world->rsa, message)),
                     CANDOR_FORBIDDEN);
    assert_int_equal(certificate_believe(job, roots, chain, domain, message,
                                         (struct bytes){good.ptr, good.len - 1}),
                     CANDOR_FORBIDDEN);
    assert_int_equal(
        certificate_believe(job, roots, chain, domain, message, (struct bytes){good.ptr, 0}),
        CANDOR_FORBIDDEN);
    assert_int_equal(certificate_believe(job, STR("nonsense"), chain, domain, message, good),
                     CANDOR_BAD_INPUT);
    assert_int_equal(certificate_believe(job, roots, STR(""), domain, message, good),
                     CANDOR_BAD_INPUT);
    /* Two years on the root still holds, and the chain does not. */
    job->now += 700 * MICROS_PER_DAY;
    assert_int_equal(certificate_believe(job, roots, chain, domain, message, good),
                     CANDOR_FORBIDDEN);
}

static void our_certificate_is_for_us_and_its_key_is_its_own(void **state)
{
    struct world *world = *state;
    struct job *job = &world->job;
    struct certificate_signer *signer = NULL;
    struct bytes signature;
    const struct bytes message = bytes_of(STR("one"));
    const char *domain = "proc.example";
    assert_int_equal(signer_of(job, &world->leaf, &world->rsa, domain, 0600, &signer),
                     CANDOR_BAD_INPUT);
    assert_int_equal(signer_of(job, &world->leaf, &world->leaf, "other.example", 0600, &signer),
                     CANDOR_BAD_INPUT);
    assert_int_equal(signer_of(job, &world->expired, &world->expired, domain, 0600, &signer),
                     CANDOR_BAD_INPUT);
    assert_int_equal(signer_of(job, &world->leaf, &world->leaf, domain, 0640, &signer),
                     CANDOR_FORBIDDEN);
    const struct holder *good[] = {&world->leaf, &world->rsa};
    for (size_t i = 0; i < 2; i++) {
        expect(signer_of(job, good[i], good[i], domain, 0600, &signer) == CANDOR_OK, "%s",
               job->message);
        must(certificate_sign(job, signer, message, &signature) == CANDOR_OK);
        assert_int_equal(certificate_believe(job, pem_of(job, &world->root),
                                             chain_of(job, good[i], &world->middle), str_of(domain),
                                             message, signature),
                         CANDOR_OK);
    }
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest test[] = {
        IN_WORLD(a_chain_to_a_root_is_believed_and_nothing_else),
        IN_WORLD(a_signature_is_of_its_message_and_its_key),
        IN_WORLD(our_certificate_is_for_us_and_its_key_is_its_own),
    };
    return cmocka_run_group_tests_name("certificate", test, NULL, NULL);
}
