/*
 * manifest_key.c - candor.yaml's section `c2pa`, and who signs manifests.
 *
 *   c2pa:
 *     always: true                     a manifest with every --mark; only with --c2pa without
 *     certificate: keys/c2pa.pem       the company's, that of the signer first; from a list that others trust
 *     key: /etc/candor/c2pa-key.pem    PEM, readable by its owner only
 *     organisation: My company Ltd     in the home's own certificates; the controller's name without
 *
 * Without a certificate of the company's the home makes its own, when it is first needed:
 *
 *     HOME/keys/c2pa-root.key, c2pa.key    as all keys of P-256 are kept
 *     HOME/c2pa-root.pem                   to be handed to those who shall trust the home
 *     HOME/c2pa.pem                        of the signer: two years, a new one when less than one is left
 *
 * There are no trusted time stamps here, so a manifest holds as long as its certificate does.
 */
#include "manifest.h"

#include "consenting.h"

enum { PEM_MAX = 65536, ROOT_DAYS = 7300, SIGNER_DAYS = 730, LEFT_DAYS = 365 };

enum candor_status config_c2pa(struct job *job, const struct value *root, struct candor *candor)
{
    static const char *const known[] = {"always", "certificate", "key", "organisation"};
    const struct value *map = value_get(root, "c2pa");
    struct section section;
    struct c2pa_config *config = NEW(job->arena, struct c2pa_config);
    candor->c2pa = config;
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "c2pa", known, sizeof known / sizeof known[0], &section));
    TRY(section_bool(job, &section, "always", &config->is_always));
    TRY(section_text(job, &section, "certificate", &config->certificate));
    TRY(section_text(job, &section, "key", &config->key));
    TRY(section_text(job, &section, "organisation", &config->organisation));
    if ((config->certificate.len > 0) != (config->key.len > 0)) {
        return section_fail(job, &section, config->key.len > 0 ? "key" : "certificate",
                            "stands with its key and certificate, or neither does");
    }
    return CANDOR_OK;
}

/* ---- the home's own ------------------------------------------------------------------------ */

static struct str in_keys(struct job *job, const struct candor *candor, const char *file)
{
    return path_join(job->arena, path_join(job->arena, candor->dir, STR("keys")), str_of(file));
}

static struct str in_home(struct job *job, const struct candor *candor, struct str path)
{
    return str_starts(path, STR("/")) ? path : path_join(job->arena, candor->dir, path);
}

static struct str organisation_of(const struct candor *candor)
{
    if (candor->c2pa->organisation.len > 0) {
        return candor->c2pa->organisation;
    }
    return candor->controller != NULL && candor->controller->name.len > 0 ? candor->controller->name
                                                                          : candor->origin;
}

/* The certificate in a file of the home; empty: there is no file. */
static enum candor_status read_own(struct job *job, struct str path, struct bytes *certificate)
{
    struct bytes pem;
    *certificate = (struct bytes){NULL, 0};
    if (!file_exists(job, path)) {
        return CANDOR_OK;
    }
    TRY(file_read(job, path, PEM_MAX, &pem));
    return during(job,
                  claim_from_pem(job, (struct str){(const char *)pem.ptr, pem.len}, certificate),
                  "reading %.*s", STR_ARG(path));
}

static enum candor_status make_keys(struct job *job, struct candor *candor)
{
    static const char *const file[] = {"c2pa-root.key", "c2pa.key"};
    struct txn *txn = NULL;
    for (size_t i = 0; i < sizeof file / sizeof file[0]; i++) {
        const struct str path = in_keys(job, candor, file[i]);
        const struct account account = {.action = LEDGER_KEY_ROTATE, .outcome = OUTCOME_DONE};
        uint64_t index = 0;
        if (file_exists(job, path)) {
            continue;
        }
        if (txn == NULL) {
            TRY(home_begin(job, candor, &txn));
        }
        TRY(webkey_file_create(job, path));
        TRY(home_account(job, candor, txn, &account, &index, NULL));
    }
    return txn == NULL ? CANDOR_OK : home_commit(job, candor, txn);
}

static enum candor_status keep_own(struct job *job, struct str path, struct bytes certificate)
{
    return file_replace(job, path, bytes_of(claim_pem(job, certificate)), 0644);
}

static enum candor_status own_root(struct job *job, const struct candor *candor,
                                   const struct webkey_signer *key, struct bytes *certificate)
{
    const struct claim_subject subject = {key, organisation_of(candor), ROOT_DAYS};
    const struct str path = in_home(job, candor, STR("c2pa-root.pem"));
    TRY(read_own(job, path, certificate));
    if (certificate->len > 0) {
        return CANDOR_OK;
    }
    TRY(claim_certificate(job, &subject, NULL, (struct bytes){NULL, 0}, certificate));
    return keep_own(job, path, *certificate);
}

static bool lasts(struct job *job, struct bytes certificate)
{
    struct claim_credential credential;
    return certificate.len > 0 &&
           claim_credential_of(job, &certificate, 1, STR(""), &credential) == CANDOR_OK &&
           credential.until > job->now + LEFT_DAYS * MICROS_PER_DAY;
}

static enum candor_status own_signer(struct job *job, struct candor *candor,
                                     struct claim_signer **signer)
{
    struct webkey_signer *root = NULL;
    struct webkey_signer *key = NULL;
    struct bytes above;
    struct bytes certificate;
    const struct str path = in_home(job, candor, STR("c2pa.pem"));
    TRY(make_keys(job, candor));
    TRY(webkey_file_read(job, job->arena, in_keys(job, candor, "c2pa-root.key"), &root));
    TRY(webkey_file_read(job, job->arena, in_keys(job, candor, "c2pa.key"), &key));
    TRY(own_root(job, candor, root, &above));
    TRY(read_own(job, path, &certificate));
    if (!lasts(job, certificate)) {
        const struct claim_subject subject = {key, organisation_of(candor), SIGNER_DAYS};
        TRY(claim_certificate(job, &subject, root, above, &certificate));
        TRY(keep_own(job, path, certificate));
    }
    return during(job, claim_signer_own(job, key, certificate, signer), "c2pa.pem");
}

/* ---- the company's ------------------------------------------------------------------------- */

enum candor_status manifest_signer(struct job *job, struct candor *candor,
                                   struct claim_signer **signer)
{
    struct bytes pem;
    const struct c2pa_config *config = candor->c2pa;
    if (config->certificate.len == 0) {
        return own_signer(job, candor, signer);
    }
    TRY(during(job, file_read(job, in_home(job, candor, config->certificate), PEM_MAX, &pem),
               "the certificate of candor.yaml's section c2pa"));
    return during(job,
                  claim_signer_read(job, (struct str){(const char *)pem.ptr, pem.len},
                                    in_home(job, candor, config->key), signer),
                  "candor.yaml's section c2pa");
}
