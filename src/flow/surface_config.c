/*
 * surface_config.c - candor.yaml's section `surface`: what visitors of the company's pages are asked.
 *
 *   surface:
 *     origins: [https://shop.example]   pages that may ask by script; those of this server need not stand here
 *     purposes: [measurement]           without it: all by consent that have words and no channel
 *     valid_days: 180                   a yes is remembered in the browser; nobody is asked before
 *     ask_again_days: 184               the same after a no: 184 days at least
 *     notice_url: https://shop.example/privacy
 *     demo_shop: cnd_...                the demo shop is served, and sends with this public key
 */
#include "surface.h"

enum { VALID_DAYS = 180, VALID_DAYS_MAX = 396, ASK_AGAIN_DAYS = 184, ASK_AGAIN_DAYS_MAX = 3650 };

static bool is_local(struct str host)
{
    return str_is(host, "localhost") || str_is(host, "127.0.0.1") || str_is(host, "[::1]");
}

/* As browsers write it: scheme, host in small letters, a port that is not the scheme's own. */
static bool is_origin(struct str text)
{
    const bool is_https = str_starts(text, STR("https://"));
    const bool is_http = str_starts(text, STR("http://"));
    struct str host = str_slice(text, is_https ? 8 : 7, text.len);
    if ((!is_https && !is_http) || host.len == 0 || text.len > 255) {
        return false;
    }
    for (size_t i = 0; i < host.len; i++) {
        const char c = host.ptr[i];
        const bool is_good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
                             c == '-' || c == ':' || c == '[' || c == ']';
        if (!is_good) {
            return false;
        }
    }
    if (is_https) {
        return true;
    }
    size_t end =
        host.len; /* without TLS only on this machine: anybody between could read the key */
    while (end > 0 && host.ptr[end - 1] >= '0' && host.ptr[end - 1] <= '9') {
        end--;
    }
    const bool has_port = end > 0 && end < host.len && host.ptr[end - 1] == ':';
    return is_local(has_port ? str_slice(host, 0, end - 1) : host);
}

static enum candor_status read_origins(struct job *job, const struct section *section,
                                       struct surface_config *config)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "origins", SURFACE_ORIGINS_MAX, &list));
    config->origin_count = list == NULL ? 0 : list->count;
    config->origin = NEW_ARRAY(job->arena, config->origin_count + 1, const char *);
    for (size_t i = 0; i < config->origin_count; i++) {
        struct str origin;
        TRY(value_text(job, &list->item[i], section_what(job, section, "origins"), &origin));
        if (!is_origin(origin)) {
            return section_fail(job, section, "origins",
                                "each is https://HOST or https://HOST:PORT in small letters, "
                                "without a path (http only for this machine itself)");
        }
        config->origin[i] = str_z(job->arena, origin);
    }
    return CANDOR_OK;
}

/* Nobody can be asked for what has no words, and a visitor has no address at which to confirm. */
static const char *why_not(const struct purpose *purpose)
{
    if (purpose->basis != BASIS_CONSENT) {
        return "a purpose that needs consent";
    }
    if (purpose->wording.len == 0) {
        return "a purpose with a wording";
    }
    return purpose->confirm_days > 0
               ? "no purpose with double opt-in, since a visitor has no address"
               : NULL;
}

static enum candor_status read_purposes(struct job *job, const struct inventory *inventory,
                                        const struct section *section,
                                        struct surface_config *config)
{
    const struct catalogue purposes = catalogue_purposes(inventory);
    TRY(section_mask(job, section, "purposes", &purposes, &config->purposes));
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        const char *why = why_not(&inventory->purpose[p]);
        if ((config->purposes >> p & 1) == 1 && why != NULL) {
            return section_fail(job, section, "purposes",
                                "'%.*s' cannot be asked for here: name %s",
                                STR_ARG(inventory->purpose[p].name), why);
        }
    }
    return CANDOR_OK;
}

/* It is followed by people: an address of the web and nothing else. */
static enum candor_status read_notice(struct job *job, const struct section *section,
                                      struct surface_config *config)
{
    TRY(section_text(job, section, "notice_url", &config->notice_url));
    return config->notice_url.len == 0 || str_starts(config->notice_url, STR("https://")) ||
                   (str_starts(config->notice_url, STR("/")) &&
                    !str_starts(config->notice_url, STR("//")))
               ? CANDOR_OK
               : section_fail(job, section, "notice_url",
                              "an address that begins with https://, or with / for this server");
}

static enum candor_status read_shop(struct job *job, const struct section *section,
                                    struct surface_config *config)
{
    TRY(section_text(job, section, "demo_shop", &config->demo_shop));
    for (size_t i = 0; i < config->demo_shop.len; i++) {
        const char c = config->demo_shop.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
            return section_fail(job, section, "demo_shop",
                                "a write key that everybody may read: candor key add web --roles "
                                "tracker");
        }
    }
    return CANDOR_OK;
}

enum candor_status config_surface(struct job *job, const struct inventory *inventory,
                                  const struct value *root, const struct surface_config **target)
{
    static const char *const known[] = {"origins",        "purposes",   "valid_days",
                                        "ask_again_days", "notice_url", "demo_shop"};
    struct surface_config *config = NEW(job->arena, struct surface_config);
    const struct value *map = value_get(root, "surface");
    struct section section;
    *target = config;
    config->valid_days = VALID_DAYS;
    config->ask_again_days = ASK_AGAIN_DAYS;
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        const struct purpose *purpose = &inventory->purpose[p];
        const bool is_asked = why_not(purpose) == NULL && purpose->channels == 0;
        config->purposes |= is_asked ? UINT64_C(1) << p : 0;
    }
    if (map == NULL || map->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "surface", known, sizeof known / sizeof known[0], &section));
    TRY(read_origins(job, &section, config));
    TRY(read_purposes(job, inventory, &section, config));
    TRY(section_count(job, &section, "valid_days", 1, VALID_DAYS_MAX, &config->valid_days));
    TRY(section_count(job, &section, "ask_again_days", ASK_AGAIN_DAYS, ASK_AGAIN_DAYS_MAX,
                      &config->ask_again_days));
    TRY(read_notice(job, &section, config));
    return read_shop(job, &section, config);
}

void candor_surface_rules(struct candor *candor, struct candor_surface_rules *rules)
{
    home_enter(candor);
    const struct surface_config *config = candor->surface;
    *rules = (struct candor_surface_rules){
        .origin = config->origin,
        .origin_count = config->origin_count,
        .name = str_z(candor->arena, candor->inventory->name),
        .demo_shop = str_z(candor->arena, config->demo_shop),
    };
    home_leave(candor);
}
