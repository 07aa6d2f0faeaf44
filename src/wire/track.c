/*
 * track.c - context.consent of the tracking API, as the SDKs send it.
 *
 *     "consent": {"categoryPreferences": {"Advertising": true, "Analytics": false}}
 *     "consentManagement": {"provider": "...", "allowedConsentIds": [...], "deniedConsentIds": [...]}
 *
 * An event whose consent is missing has none. One whose consent cannot be read is refused whole:
 * passing it on because a list was malformed is what others do.
 */
#include "text.h"
#include "web.h"

static struct track_category *category_of(struct job *job, struct track_consent *consent,
                                          struct str name)
{
    for (size_t i = 0; i < consent->count; i++) {
        if (str_equal(consent->category[i].name, name)) {
            return &consent->category[i];
        }
    }
    if (name.len == 0 || consent->count == TRACK_CATEGORIES_MAX) {
        (void)fail(job, CANDOR_BAD_INPUT, "consent names an empty category, or more than %d",
                   TRACK_CATEGORIES_MAX);
        return NULL;
    }
    consent->category[consent->count] = (struct track_category){.name = name};
    return &consent->category[consent->count++];
}

/* Whoever is both allowed and denied is denied. */
static enum candor_status answer(struct job *job, struct track_consent *consent, struct str name,
                                 enum track_answer given)
{
    struct track_category *category = category_of(job, consent, name);
    if (category == NULL) {
        return CANDOR_BAD_INPUT;
    }
    if (category->answer != TRACK_DENIED) {
        category->answer = given;
    }
    consent->is_there = true;
    return CANDOR_OK;
}

static enum candor_status read_preferences(struct job *job, const struct value *map,
                                           struct track_consent *consent)
{
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, map, VALUE_MAP, "categoryPreferences"));
    for (size_t i = 0; i < map->count; i++) {
        bool is_granted = false;
        TRY(value_bool(job, &map->item[i], "a preference of categoryPreferences", &is_granted));
        TRY(answer(job, consent, map->key[i], is_granted ? TRACK_GRANTED : TRACK_DENIED));
    }
    return CANDOR_OK;
}

static enum candor_status read_ids(struct job *job, const struct value *map, const char *key,
                                   enum track_answer given, struct track_consent *consent)
{
    const struct value *list = value_get(map, key);
    if (list == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, list, VALUE_LIST, key));
    for (size_t i = 0; i < list->count; i++) {
        struct str name;
        TRY(value_text(job, &list->item[i], key, &name));
        TRY(answer(job, consent, name, given));
    }
    return CANDOR_OK;
}

static enum candor_status read_management(struct job *job, const struct value *map,
                                          struct track_consent *consent)
{
    static const char *const known[] = {"categoryPreferences", "allowedConsentIds",
                                        "deniedConsentIds", "provider", "resolutionStrategy"};
    if (map == NULL || map->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, map, VALUE_MAP, "the consent of the event"));
    TRY(value_only(job, map, known, sizeof known / sizeof known[0], "the consent of the event"));
    TRY(read_preferences(job, value_get(map, "categoryPreferences"), consent));
    TRY(read_ids(job, map, "allowedConsentIds", TRACK_GRANTED, consent));
    return read_ids(job, map, "deniedConsentIds", TRACK_DENIED, consent);
}

enum candor_status track_consent_read(struct job *job, const struct value *context,
                                      struct track_consent *consent)
{
    *consent = (struct track_consent){0};
    if (context == NULL || context->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, context, VALUE_MAP, "'context'"));
    TRY(read_management(job, value_get(context, "consent"), consent));
    return read_management(job, value_get(context, "consentManagement"), consent);
}

enum track_answer track_consent_find(const struct track_consent *consent, struct str name)
{
    for (size_t i = 0; i < consent->count; i++) {
        if (str_equal(consent->category[i].name, name)) {
            return consent->category[i].answer;
        }
    }
    return TRACK_UNSET;
}
