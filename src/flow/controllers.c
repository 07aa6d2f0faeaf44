/*
 * controllers.c - candor.yaml's section `rights: opendsr`, and signing for it.
 *
 *   opendsr:
 *     domain: opendsr.shop.example
 *     certificate: keys/opendsr.pem     the chain, PEM; /v1/opendsr/certificate shows it
 *     key: keys/opendsr.key             PEM, readable by its owner only
 *     controllers:
 *       - {id: acme, callback: https://acme.example/opendsr}
 *
 * The files are read for each signature, so that a renewed certificate needs no restart; these are few.
 */
#include "controllers.h"

enum { CONTROLLERS_MAX = 1000, CONTROLLER_ID_MAX = 128 };

#define PEM_MAX ((size_t)256 << 10)

static enum candor_status read_controller(struct job *job, const struct value *value,
                                          struct dsr_controller *controller)
{
    static const char *const known[] = {"id", "callback"};
    struct section section;
    controller->callback = STR("");
    TRY(section_open(job, value, "controller of rights: opendsr", known, 2, &section));
    TRY(section_need(job, &section, "id"));
    TRY(section_text(job, &section, "id", &controller->id));
    TRY(section_text(job, &section, "callback", &controller->callback));
    if (controller->id.len == 0 || controller->id.len > CONTROLLER_ID_MAX) {
        return section_fail(job, &section, "id", "has 1 to %d bytes", CONTROLLER_ID_MAX);
    }
    return controller->callback.len == 0 || url_is_base(controller->callback)
               ? CANDOR_OK
               : section_fail(job, &section, "callback",
                              "begins with https:// and a host, without user, query or fragment");
}

enum candor_status config_opendsr(struct job *job, const struct value *opendsr,
                                  const struct opendsr_config **config)
{
    static const char *const known[] = {"domain", "certificate", "key", "controllers"};
    struct section section;
    const struct value *list = NULL;
    *config = NULL;
    if (opendsr == NULL) {
        return CANDOR_OK;
    }
    struct opendsr_config *read = NEW(job->arena, struct opendsr_config);
    TRY(section_open(job, opendsr, "rights: opendsr", known, 4, &section));
    for (size_t i = 0; i < 3; i++) {
        TRY(section_need(job, &section, known[i]));
    }
    TRY(section_text(job, &section, "domain", &read->domain));
    TRY(section_text(job, &section, "certificate", &read->certificate));
    TRY(section_text(job, &section, "key", &read->key));
    if (read->domain.len == 0 || read->certificate.len == 0 || read->key.len == 0) {
        return section_fail(job, &section, "domain", "certificate and key are not empty");
    }
    TRY(section_list(job, &section, "controllers", CONTROLLERS_MAX, &list));
    read->controller_count = list == NULL ? 0 : list->count;
    read->controller = NEW_ARRAY(job->arena, read->controller_count + 1, struct dsr_controller);
    for (size_t i = 0; i < read->controller_count; i++) {
        TRY(read_controller(job, &list->item[i], &read->controller[i]));
    }
    *config = read;
    return CANDOR_OK;
}

/* ---- callbacks ----------------------------------------------------------------------------- */

static const struct dsr_controller *controller_at(const struct opendsr_config *config,
                                                  struct str url)
{
    for (size_t i = 0; i < config->controller_count; i++) {
        if (url_is_at(url, config->controller[i].callback)) {
            return &config->controller[i];
        }
    }
    return NULL;
}

enum candor_status controller_callback(struct job *job, const struct candor *candor,
                                       const struct opendsr_request *asked,
                                       struct callback *callback)
{
    *callback = (struct callback){.kind = OUTGOING_OPENDSR_STATUS};
    if (candor->opendsr == NULL) { /* callbacks must be signed: who cannot, is asked */
        return CANDOR_OK;
    }
    for (size_t i = 0; i < asked->callback_count; i++) {
        const struct dsr_controller *at = controller_at(candor->opendsr, asked->callback[i]);
        if (at == NULL || (i > 0 && !str_equal(at->id, callback->to))) {
            return fail(job, CANDOR_BAD_INPUT,
                        "status_callback_urls lie elsewhere than one controller's address in "
                        "candor.yaml (rights: opendsr: controllers)");
        }
        callback->to = at->id;
        callback->url[callback->count++] = asked->callback[i];
    }
    return CANDOR_OK;
}

/* ---- signing ------------------------------------------------------------------------------- */

static struct str path_of(struct job *job, const struct candor *candor, struct str path)
{
    return str_starts(path, STR("/")) ? path : path_join(job->arena, candor->dir, path);
}

static enum candor_status read_chain(struct job *job, const struct candor *candor, struct str *pem)
{
    struct bytes content;
    TRY(file_read(job, path_of(job, candor, candor->opendsr->certificate), PEM_MAX, &content));
    *pem = (struct str){(const char *)content.ptr, content.len};
    return CANDOR_OK;
}

enum candor_status opendsr_sign(struct job *job, const struct candor *candor, struct bytes body,
                                struct str *signature)
{
    struct certificate_signer *signer = NULL;
    struct bytes bytes;
    struct str pem;
    TRY(read_chain(job, candor, &pem));
    TRY(certificate_read(job, job->arena, pem, path_of(job, candor, candor->opendsr->key),
                         candor->opendsr->domain, &signer));
    TRY(certificate_sign(job, signer, body, &bytes));
    *signature = base64_of(job->arena, bytes);
    return CANDOR_OK;
}

enum candor_status candor_opendsr_sign(struct job *job, struct candor *candor,
                                       const struct candor_text *body, const char **domain,
                                       struct candor_text *signature)
{
    struct str text;
    *domain = NULL;
    if (candor->opendsr == NULL) {
        return CANDOR_OK;
    }
    TRY(opendsr_sign(job, candor, (struct bytes){(const uint8_t *)body->ptr, body->len}, &text));
    *domain = str_z(job->arena, candor->opendsr->domain);
    *signature = text_of(job, text);
    return CANDOR_OK;
}

enum candor_status candor_opendsr_certificate(struct job *job, struct candor *candor,
                                              struct candor_text *report)
{
    struct str pem;
    if (candor->opendsr == NULL) {
        return fail(job, CANDOR_NOT_FOUND, "candor.yaml has no 'rights: opendsr'");
    }
    TRY(read_chain(job, candor, &pem));
    if (str_contains(pem, STR("PRIVATE KEY"))) {
        return fail(job, CANDOR_REFUSED,
                    "the file of the certificate holds a private key too: "
                    "take it out");
    }
    *report = text_of(job, pem);
    return CANDOR_OK;
}
