/*
 * track_config.c - candor.yaml's section `tracking`: what messages of tracking SDKs mean here.
 *
 *   tracking:
 *     remember_days: 7                 ids of messages: one that comes again is not kept twice
 *     begin: [service]                 a userId nobody knows becomes a subject when one of these
 *     visitors: [measurement]          purposes is allowed; the same for an anonymousId alone
 *     join: [profiling]                an anonymousId is tied to a person under one of these
 *     new_per_hour: 10000
 *     group: company                   the field that a group call fills
 *     sources: [{source: web, public: true}]
 *     traits: {plan: loyalty_tier, createdAt: ignore}
 *     events:
 *       - {track: Order Completed, event: bought, properties: {total: amount, currency: ignore}}
 *       - {page: "*", event: viewed}
 *
 * Without a line for it, a trait is the field of its name, and a track call the kind of event whose
 * name is the same in small letters with _ for whatever is no letter or digit: "Order Completed" is
 * order_completed. A page call is the event `page`, a screen call `screen`. What the inventory does
 * not have is not kept.
 */
#include "track.h"

enum { REMEMBER_DAYS = 7, REMEMBER_DAYS_MAX = 30, NEW_PER_HOUR = 10000 };

#define IGNORE "ignore"

/* {from: to, ...} where `to` is a name of the catalogue, or ignore. */
static enum candor_status read_renames(struct job *job, const struct section *section,
                                       const char *key, const struct catalogue *catalogue,
                                       struct track_rename **rename, size_t *count)
{
    const struct value *map = NULL;
    *count = 0;
    *rename = NULL;
    TRY(section_map(job, section, key, &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    if (map->count > MESSAGE_MEMBERS_MAX) {
        return section_fail(job, section, key, "at most %d names", MESSAGE_MEMBERS_MAX);
    }
    *rename = NEW_ARRAY(job->arena, map->count + 1, struct track_rename);
    for (size_t i = 0; i < map->count; i++) {
        struct track_rename *one = &(*rename)[(*count)++];
        *one = (struct track_rename){.from = map->key[i], .place = NONE};
        if (map->item[i].kind == VALUE_TEXT && str_is(map->item[i].text, IGNORE)) {
            continue;
        }
        TRY(catalogue_find(job, catalogue, &map->item[i], section_what(job, section, key),
                           &one->place));
    }
    return CANDOR_OK;
}

/* Exactly one of track, page and screen says which calls the rule is for. */
static enum candor_status read_which(struct job *job, const struct section *section,
                                     struct track_rule *rule)
{
    static const struct {
        const char *key;
        enum message_kind kind;
    } row[] = {{"track", MESSAGE_TRACK}, {"page", MESSAGE_PAGE}, {"screen", MESSAGE_SCREEN}};
    size_t found = 0;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (section_has(section, row[i].key)) {
            TRY(section_text(job, section, row[i].key, &rule->name));
            rule->kind = row[i].kind;
            found++;
        }
    }
    if (found != 1 || rule->name.len == 0) {
        return section_fail(job, section, "event", "say one of track, page and screen with it");
    }
    return CANDOR_OK;
}

static enum candor_status read_rule(struct job *job, const struct inventory *inventory,
                                    const struct value *item, struct track_rule *rule)
{
    static const char *const known[] = {"track", "page", "screen", "event", "properties"};
    const struct catalogue kinds = catalogue_event_kinds(inventory);
    struct section section;
    TRY(section_open(job, item, "an event of tracking", known, sizeof known / sizeof known[0],
                     &section));
    TRY(section_need(job, &section, "event"));
    TRY(section_reference(job, &section, "event", &kinds, &rule->event_kind));
    TRY(read_which(job, &section, rule));
    const struct catalogue properties =
        catalogue_properties(&inventory->event_kind[rule->event_kind]);
    return read_renames(job, &section, "properties", &properties, &rule->property,
                        &rule->property_count);
}

static enum candor_status read_rules(struct job *job, const struct inventory *inventory,
                                     const struct section *section, struct track_config *config)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "events", TRACK_RULES_MAX, &list));
    config->rule_count = list == NULL ? 0 : list->count;
    config->rule = NEW_ARRAY(job->arena, config->rule_count + 1, struct track_rule);
    for (size_t i = 0; i < config->rule_count; i++) {
        TRY(read_rule(job, inventory, &list->item[i], &config->rule[i]));
        for (size_t before = 0; before < i; before++) {
            if (config->rule[before].kind == config->rule[i].kind &&
                str_equal(config->rule[before].name, config->rule[i].name)) {
                return section_fail(job, section, "events", "two rules are for the same call");
            }
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_source(struct job *job, const struct value *item,
                                      struct track_config *config)
{
    static const char *const known[] = {"source", "public"};
    struct section section;
    struct str name;
    bool is_public = false;
    TRY(section_open(job, item, "a source of tracking", known, sizeof known / sizeof known[0],
                     &section));
    TRY(section_need(job, &section, "source"));
    TRY(section_text(job, &section, "source", &name));
    TRY(section_bool(job, &section, "public", &is_public));
    if (is_public) {
        config->public_source[config->public_count++] = name;
    }
    return CANDOR_OK;
}

static enum candor_status read_sources(struct job *job, const struct section *section,
                                       struct track_config *config)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "sources", TRACK_SOURCES_MAX, &list));
    const size_t count = list == NULL ? 0 : list->count;
    config->public_source = NEW_ARRAY(job->arena, count + 1, struct str);
    for (size_t i = 0; i < count; i++) {
        TRY(read_source(job, &list->item[i], config));
    }
    return CANDOR_OK;
}

static enum candor_status read_purposes(struct job *job, const struct inventory *inventory,
                                        const struct section *section, struct track_config *config)
{
    const struct catalogue purposes = catalogue_purposes(inventory);
    TRY(section_mask(job, section, "begin", &purposes, &config->begin));
    TRY(section_mask(job, section, "visitors", &purposes, &config->visitors));
    return section_mask(job, section, "join", &purposes, &config->join);
}

static enum candor_status read_section(struct job *job, const struct inventory *inventory,
                                       const struct value *map, struct track_config *config)
{
    static const char *const known[] = {"remember_days", "new_per_hour", "begin",
                                        "visitors",      "join",         "group",
                                        "sources",       "traits",       "events"};
    const struct catalogue fields = catalogue_fields(inventory);
    struct section section;
    TRY(section_open(job, map, "tracking", known, sizeof known / sizeof known[0], &section));
    TRY(section_count(job, &section, "remember_days", 1, REMEMBER_DAYS_MAX,
                      &config->remember_days));
    TRY(section_count(job, &section, "new_per_hour", 0, KEYRING_SLOTS_MAX, &config->new_per_hour));
    TRY(read_purposes(job, inventory, &section, config));
    if (section_has(&section, "group")) {
        TRY(section_reference(job, &section, "group", &fields, &config->group));
    }
    TRY(read_sources(job, &section, config));
    TRY(read_renames(job, &section, "traits", &fields, &config->trait, &config->trait_count));
    return read_rules(job, inventory, &section, config);
}

enum candor_status config_tracking(struct job *job, const struct inventory *inventory,
                                   const struct value *root, const struct track_config **target)
{
    struct track_config *config = NEW(job->arena, struct track_config);
    const struct value *map = value_get(root, "tracking");
    *target = config;
    *config = (struct track_config){
        .remember_days = REMEMBER_DAYS, .new_per_hour = NEW_PER_HOUR, .group = NONE};
    return map == NULL || map->kind == VALUE_NULL ? CANDOR_OK
                                                  : read_section(job, inventory, map, config);
}

/* ---- asking -------------------------------------------------------------------------------- */

bool track_is_public(const struct track_config *config, struct str source)
{
    for (size_t i = 0; i < config->public_count; i++) {
        if (str_equal(config->public_source[i], source)) {
            return true;
        }
    }
    return false;
}

/* The name itself before "*". */
static const struct track_rule *find_rule(const struct track_config *config,
                                          const struct message *message)
{
    const struct track_rule *every = NULL;
    for (size_t i = 0; i < config->rule_count; i++) {
        const struct track_rule *rule = &config->rule[i];
        if (rule->kind != message->kind) {
            continue;
        }
        if (str_equal(rule->name, message->name)) {
            return rule;
        }
        every = str_is(rule->name, "*") ? rule : every;
    }
    return every;
}

/* "Order Completed" as order_completed. */
static struct str plain_name(struct arena *arena, struct str name)
{
    char *plain = arena_new(arena, name.len + 1);
    for (size_t i = 0; i < name.len; i++) {
        const char byte = name.ptr[i];
        const bool is_upper = byte >= 'A' && byte <= 'Z';
        const bool is_kept = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                             byte == '-' || byte == ':' || byte == '.';
        plain[i] = is_upper ? (char)(byte - 'A' + 'a') : '_';
        plain[i] = is_kept ? byte : plain[i];
    }
    return (struct str){plain, name.len};
}

size_t track_event_kind(struct arena *arena, const struct candor *candor,
                        const struct message *message, const struct track_rule **rule)
{
    *rule = find_rule(candor->tracking, message);
    if (*rule != NULL) {
        return (*rule)->event_kind;
    }
    const struct str name = message->kind == MESSAGE_TRACK
                                ? plain_name(arena, message->name)
                                : str_of(message_kind_name(message->kind));
    return inventory_event_kind(candor->inventory, name);
}

static bool find_rename(const struct track_rename *rename, size_t count, struct str name,
                        size_t *place)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(rename[i].from, name)) {
            *place = rename[i].place;
            return true;
        }
    }
    return false;
}

bool track_property(const struct track_rule *rule, const struct event_kind *kind, struct str name,
                    size_t *place)
{
    if (rule != NULL && find_rename(rule->property, rule->property_count, name, place)) {
        return true;
    }
    for (size_t p = 0; p < kind->property_count; p++) {
        if (str_equal(kind->property[p].name, name)) {
            *place = p;
            return true;
        }
    }
    return false;
}

bool track_trait(const struct candor *candor, struct str name, size_t *place)
{
    const struct track_config *config = candor->tracking;
    if (find_rename(config->trait, config->trait_count, name, place)) {
        return true;
    }
    *place = inventory_field(candor->inventory, name);
    return *place != NONE;
}
