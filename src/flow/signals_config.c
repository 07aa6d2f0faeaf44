/*
 * signals_config.c - candor.yaml's section `signals`: what the signals of others mean for a purpose.
 *
 *   signals:
 *     public_url: https://shop.example   where people reach this server: unsubscribe links
 *     jurisdiction: DE                   of requests that name none; without it the strictest
 *     gpc: everywhere                    or law: only where the law says so
 *     vendor: 755                        our number in the TCF vendor list, and what we declared
 *     vendor_list_version: 210
 *     cmp_id: 300                        our number in the list of consent platforms, if we are in it
 *     declared: {purposes: [1, 2, 3, 4, 7], legint: [9, 10], flexible: [2, 7]}
 *     purposes:
 *       - purpose: profiling
 *         tcf: [3, 4]                    all of these must be allowed
 *         special_features: [1]
 *         opt_out: [sale, sharing, targeting]
 *         sensitive: [3, 8]              categories of GPP's sensitive data that it uses
 *         consent_mode: [ad_personalization]
 *         track: [Advertising]
 *
 * Without the section a purpose share:RECIPIENT is a sale and sharing: an opt-out forbids it.
 */
#include "signals.h"

static enum candor_status number_of(struct job *job, const struct value *item, const char *what,
                                    uint32_t max, uint32_t *set)
{
    int64_t number = 0;
    TRY(value_int(job, item, what, &number));
    if (number < 1 || number > max) {
        return fail(job, CANDOR_BAD_INPUT, "%s%s: numbers from 1 to %u", what,
                    value_where(job->arena, item), max);
    }
    *set |= UINT32_C(1) << (number - 1);
    return CANDOR_OK;
}

/* A list of numbers as a set: bit i - 1 for number i. */
static enum candor_status numbers(struct job *job, const struct section *section, const char *key,
                                  uint32_t max, uint32_t *set)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, key, max, &list));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        TRY(number_of(job, &list->item[i], section_what(job, section, key), max, set));
    }
    return CANDOR_OK;
}

static enum candor_status read_opt_outs(struct job *job, const struct section *section,
                                        struct signal_map *map)
{
    static const char *const word[] = {"sale", "sharing", "targeting"};
    const struct value *list = NULL;
    TRY(section_list(job, section, "opt_out", 3, &list));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        bool *const target[] = {&map->sale, &map->sharing, &map->targeting};
        struct str text;
        size_t w = 0;
        TRY(value_text(job, &list->item[i], section_what(job, section, "opt_out"), &text));
        while (w < 3 && !str_is(text, word[w])) {
            w++;
        }
        if (w == 3) {
            return section_fail(job, section, "opt_out", "sale, sharing or targeting");
        }
        *target[w] = true;
    }
    return CANDOR_OK;
}

static enum candor_status read_modes(struct job *job, const struct section *section,
                                     struct signal_map *map)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "consent_mode", MODE_SIGNALS, &list));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        struct str text;
        enum mode_signal signal = MODE_AD_STORAGE;
        TRY(value_text(job, &list->item[i], section_what(job, section, "consent_mode"), &text));
        if (!mode_signal_read(text, &signal)) {
            return section_fail(job, section, "consent_mode",
                                "no signal of Google Consent Mode has that name");
        }
        map->consent_mode |= UINT32_C(1) << signal;
    }
    return CANDOR_OK;
}

static enum candor_status read_track(struct job *job, const struct section *section,
                                     struct signal_map *map)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "track", TRACK_NAMES_MAX, &list));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        TRY(value_text(job, &list->item[i], section_what(job, section, "track"), &map->track[i]));
    }
    map->track_count = list == NULL ? 0 : list->count;
    return CANDOR_OK;
}

static enum candor_status read_map(struct job *job, const struct inventory *inventory,
                                   const struct value *item, struct signal_config *config,
                                   uint64_t *seen)
{
    static const char *const known[] = {
        "purpose", "tcf", "special_features", "opt_out", "sensitive", "consent_mode", "track"};
    const struct catalogue purposes = catalogue_purposes(inventory);
    struct section section;
    size_t purpose = 0;
    TRY(section_open(job, item, "signals of a purpose", known, sizeof known / sizeof known[0],
                     &section));
    TRY(section_need(job, &section, "purpose"));
    TRY(section_reference(job, &section, "purpose", &purposes, &purpose));
    if ((*seen >> purpose & 1) == 1) {
        return section_fail(job, &section, "purpose", "it stands twice");
    }
    *seen |= UINT64_C(1) << purpose;
    struct signal_map *map = &config->map[purpose];
    *map = (struct signal_map){0};
    TRY(numbers(job, &section, "tcf", TCF_PURPOSES_KNOWN, &map->tcf));
    TRY(numbers(job, &section, "special_features", 2, &map->special_features));
    TRY(numbers(job, &section, "sensitive", GPP_SENSITIVE_MAX, &map->sensitive));
    TRY(read_opt_outs(job, &section, map));
    TRY(read_modes(job, &section, map));
    TRY(read_track(job, &section, map));
    if ((map->tcf != 0 || map->special_features != 0) && config->vendor == 0) {
        return section_fail(job, &section, "tcf",
                            "signals needs vendor, our number in the TCF vendor list");
    }
    return CANDOR_OK;
}

static enum candor_status read_declared(struct job *job, const struct section *parent,
                                        struct tcf_declaration *declared)
{
    static const char *const known[] = {"purposes", "legint", "flexible", "special_features"};
    const struct value *map = NULL;
    struct section section;
    TRY(section_map(job, parent, "declared", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "declared of signals", known, sizeof known / sizeof known[0],
                     &section));
    TRY(numbers(job, &section, "purposes", TCF_PURPOSES_KNOWN, &declared->consent));
    TRY(numbers(job, &section, "legint", TCF_PURPOSES_KNOWN, &declared->interest));
    TRY(numbers(job, &section, "flexible", TCF_PURPOSES_KNOWN, &declared->flexible));
    return numbers(job, &section, "special_features", 2, &declared->special_features);
}

/* Mail programs follow the link without asking: it must be one that only we can serve. */
static enum candor_status read_url(struct job *job, const struct section *section, struct str *url)
{
    TRY(section_text(job, section, "public_url", url));
    const struct str start = STR("https://");
    for (size_t i = 0; i < url->len; i++) {
        const char letter = url->ptr[i];
        if (letter <= ' ' || letter > '~' || letter == '<' || letter == '>' || letter == '"' ||
            letter == ',' || letter == '?' || letter == '#') {
            return section_fail(job, section, "public_url", "a plain address without ? and #");
        }
    }
    if (url->len > 0 && (!str_starts(*url, start) || url->len == start.len || url->len > 500)) {
        return section_fail(job, section, "public_url", "an address that begins with https://");
    }
    return CANDOR_OK;
}

static enum candor_status read_place(struct job *job, const struct section *section,
                                     struct str *place)
{
    TRY(section_text(job, section, "jurisdiction", place));
    if (place->len > 0 && !place_is_written_well(*place)) {
        return section_fail(job, section, "jurisdiction",
                            "a country, and a dash and a state where there is one: DE, US-CA");
    }
    return CANDOR_OK;
}

static enum candor_status read_head(struct job *job, const struct section *section,
                                    struct signal_config *config)
{
    static const char *const where[] = {"everywhere", "law"};
    unsigned gpc = 0;
    TRY(section_choice(job, section, "gpc", where, 2, &gpc));
    TRY(section_count(job, section, "vendor", 1, UINT16_MAX, &config->vendor));
    TRY(section_count(job, section, "vendor_list_version", 1, 4095, &config->vendor_list_version));
    TRY(section_count(job, section, "cmp_id", 2, 4095, &config->cmp_id));
    TRY(read_place(job, section, &config->jurisdiction));
    TRY(read_url(job, section, &config->public_url));
    config->gpc_by_law_only = gpc == 1;
    return read_declared(job, section, &config->declared);
}

enum candor_status config_signals(struct job *job, const struct inventory *inventory,
                                  const struct value *root, const struct signal_config **target)
{
    static const char *const known[] = {
        "public_url",          "jurisdiction", "gpc",      "vendor",
        "vendor_list_version", "cmp_id",       "declared", "purposes"};
    struct signal_config *config = NEW(job->arena, struct signal_config);
    const struct value *map = value_get(root, "signals");
    const struct value *list = NULL;
    struct section section;
    uint64_t seen = 0;
    *target = config;
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        config->map[p].sale = config->map[p].sharing = inventory->purpose[p].recipient.len > 0;
    }
    if (map == NULL || map->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "signals", known, sizeof known / sizeof known[0], &section));
    TRY(read_head(job, &section, config));
    TRY(section_list(job, &section, "purposes", PURPOSES_MAX, &list));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        TRY(read_map(job, inventory, &list->item[i], config, &seen));
    }
    config->is_there = true;
    return CANDOR_OK;
}
