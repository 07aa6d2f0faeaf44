/*
 * config_deletion.c - candor.yaml's section `rights: deletion`, the IAB Data Deletion Request Framework.
 *
 *   deletion:
 *     domain: shop.example                             ours: iss of what we sign
 *     endpoint: https://shop.example/v1/dsrdelete      where partners post; in dsrdelete.json
 *     keys: [k2, k1]                                   ours, by id: the first signs, all are published
 *     partners:
 *       - domain: ads.example
 *         keys:                                        as their dsrdelete.json has them (RFC 7517)
 *           - {kid: a1, kty: EC, crv: P-256, x: "...", y: "..."}
 *           - {kid: a2, kty: RSA, n: "...", e: AQAB}
 *         endpoint: https://ads.example/dsr            tell them of erasures there
 *         recipient: acme-ads                          and who they are among `recipients`
 *         type: shop_id                                what they call our pseudonyms
 *
 * A partner's keys stand here and are never fetched: whoever can serve a file under their name for an
 * hour could have people deleted otherwise.
 */
#include "deletion.h"
#include "recipient.h"

enum { PARTNERS_MAX = 1000, KEY_ID_MAX = 32, PARTNER_KEY_ID_MAX = 128 };

const struct partner *partner_find(const struct deletion_config *config, struct str domain)
{
    for (size_t i = 0; i < config->partner_count; i++) {
        if (str_equal(config->partner[i].domain, domain)) {
            return &config->partner[i];
        }
    }
    return NULL;
}

/* ---- keys of partners ---------------------------------------------------------------------- */

static enum candor_status read_number(struct job *job, const struct section *section,
                                      const char *key, struct bytes *number)
{
    struct str text;
    TRY(section_need(job, section, key));
    TRY(section_text(job, section, key, &text));
    return base64url_read(job->arena, text, number)
               ? CANDOR_OK
               : section_fail(job, section, key, "is base64url without padding");
}

static enum candor_status read_ec(struct job *job, const struct section *section,
                                  struct partner_key *key)
{
    struct str curve = STR("");
    struct bytes x;
    struct bytes y;
    TRY(section_need(job, section, "crv"));
    TRY(section_text(job, section, "crv", &curve));
    if (!str_is(curve, "P-256")) {
        return section_fail(job, section, "crv", "is P-256");
    }
    TRY(read_number(job, section, "x", &x));
    TRY(read_number(job, section, "y", &y));
    key->algorithm = WEBKEY_ES256;
    return during(job, webkey_ec(job, job->arena, x, y, &key->key), "a key of rights: deletion");
}

static enum candor_status read_rsa(struct job *job, const struct section *section,
                                   struct partner_key *key)
{
    struct bytes modulus;
    struct bytes exponent;
    TRY(read_number(job, section, "n", &modulus));
    TRY(read_number(job, section, "e", &exponent));
    key->algorithm = WEBKEY_RS256;
    return during(job, webkey_rsa(job, job->arena, modulus, exponent, &key->key),
                  "a key of rights: deletion");
}

static enum candor_status read_key(struct job *job, const struct value *value,
                                   struct partner_key *key)
{
    static const char *const known[] = {"kid", "kty", "crv", "x", "y", "n", "e", "alg", "use"};
    struct section section;
    struct str kind = STR("");
    TRY(section_open(job, value, "key of rights: deletion", known, sizeof known / sizeof known[0],
                     &section));
    TRY(section_need(job, &section, "kid"));
    TRY(section_text(job, &section, "kid", &key->id));
    TRY(section_need(job, &section, "kty"));
    TRY(section_text(job, &section, "kty", &kind));
    if (key->id.len == 0 || key->id.len > PARTNER_KEY_ID_MAX) {
        return section_fail(job, &section, "kid", "has 1 to %d bytes", PARTNER_KEY_ID_MAX);
    }
    if (str_is(kind, "EC")) {
        return read_ec(job, &section, key);
    }
    return str_is(kind, "RSA") ? read_rsa(job, &section, key)
                               : section_fail(job, &section, "kty", "is EC or RSA");
}

static enum candor_status read_keys(struct job *job, const struct section *section,
                                    struct partner *partner)
{
    const struct value *list = NULL;
    TRY(section_need(job, section, "keys"));
    TRY(section_list(job, section, "keys", PARTNER_KEYS_MAX, &list));
    for (size_t i = 0; i < list->count; i++) {
        TRY(read_key(job, &list->item[i], &partner->key[i]));
        for (size_t before = 0; before < i; before++) {
            if (str_equal(partner->key[before].id, partner->key[i].id)) {
                return section_fail(job, section, "keys", "a kid stands there twice");
            }
        }
    }
    partner->key_count = list->count;
    return CANDOR_OK;
}

/* ---- partners ------------------------------------------------------------------------------ */

static enum candor_status read_domain(struct job *job, const struct section *section,
                                      struct str *domain)
{
    TRY(section_need(job, section, "domain"));
    TRY(section_text(job, section, "domain", domain));
    return is_domain(*domain) ? CANDOR_OK
                              : section_fail(job, section, "domain",
                                             "is a name in small letters "
                                             "with a dot: shop.example");
}

static enum candor_status read_way_out(struct job *job, const struct inventory *inventory,
                                       const struct section *section, struct partner *partner)
{
    partner->endpoint = STR("");
    partner->recipient = STR("");
    partner->type = STR("candor_pseudonym");
    TRY(section_text(job, section, "endpoint", &partner->endpoint));
    TRY(section_text(job, section, "recipient", &partner->recipient));
    TRY(section_text(job, section, "type", &partner->type));
    if ((partner->endpoint.len > 0) != (partner->recipient.len > 0)) {
        return section_fail(job, section, "endpoint", "and recipient stand together or not at all");
    }
    if (partner->endpoint.len > 0 && !url_is_base(partner->endpoint)) {
        return section_fail(job, section, "endpoint",
                            "begins with https:// and a host, without user, query or fragment");
    }
    if (partner->recipient.len > 0 && inventory_recipient(inventory, partner->recipient) == NONE) {
        return section_fail(job, section, "recipient", "is none of 'recipients'");
    }
    return CANDOR_OK;
}

static enum candor_status read_partner(struct job *job, const struct inventory *inventory,
                                       const struct value *value, struct partner *partner)
{
    static const char *const known[] = {"domain", "keys", "endpoint", "recipient", "type"};
    struct section section;
    TRY(section_open(job, value, "partner of rights: deletion", known, 5, &section));
    TRY(read_domain(job, &section, &partner->domain));
    TRY(read_keys(job, &section, partner));
    return read_way_out(job, inventory, &section, partner);
}

static enum candor_status read_partners(struct job *job, const struct inventory *inventory,
                                        const struct section *section,
                                        struct deletion_config *config)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "partners", PARTNERS_MAX, &list));
    const size_t count = list == NULL ? 0 : list->count;
    config->partner = NEW_ARRAY(job->arena, count + 1, struct partner);
    for (size_t i = 0; i < count; i++) {
        struct partner partner = {0};
        TRY(read_partner(job, inventory, &list->item[i], &partner));
        if (partner_find(config, partner.domain) != NULL ||
            str_equal(partner.domain, config->domain)) {
            return section_fail(job, section, "partners", "a domain stands there twice");
        }
        config->partner[config->partner_count++] = partner;
    }
    return CANDOR_OK;
}

/* ---- ours ---------------------------------------------------------------------------------- */

/* It is part of a file's name. */
static bool is_key_id(struct str id)
{
    for (size_t i = 0; i < id.len; i++) {
        const char c = id.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
            return false;
        }
    }
    return id.len > 0 && id.len <= KEY_ID_MAX;
}

static enum candor_status read_own_keys(struct job *job, const struct section *section,
                                        struct deletion_config *config)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "keys", OWN_KEYS_MAX, &list));
    config->key_id[0] = STR("k1");
    config->key_count = 1;
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        TRY(value_text(job, &list->item[i], section_what(job, section, "keys"),
                       &config->key_id[i]));
        if (!is_key_id(config->key_id[i])) {
            return section_fail(job, section, "keys",
                                "have 1 to %d small letters, digits and dashes", KEY_ID_MAX);
        }
        config->key_count = i + 1;
    }
    return CANDOR_OK;
}

enum candor_status config_deletion(struct job *job, const struct inventory *inventory,
                                   const struct value *deletion,
                                   const struct deletion_config **config)
{
    static const char *const known[] = {"domain", "endpoint", "keys", "partners"};
    struct section section;
    *config = NULL;
    if (deletion == NULL) {
        return CANDOR_OK;
    }
    struct deletion_config *read = NEW(job->arena, struct deletion_config);
    TRY(section_open(job, deletion, "rights: deletion", known, 4, &section));
    TRY(read_domain(job, &section, &read->domain));
    TRY(section_need(job, &section, "endpoint"));
    TRY(section_text(job, &section, "endpoint", &read->endpoint));
    if (!url_is_base(read->endpoint)) {
        return section_fail(job, &section, "endpoint", "begins with https:// and a host");
    }
    TRY(read_own_keys(job, &section, read));
    TRY(read_partners(job, inventory, &section, read));
    *config = read;
    return CANDOR_OK;
}
