/*
 * inventory_use.c - what in candor.yaml looks at a field or a kind of event, and what nothing does.
 *
 * What no feature, campaign, look-up or audit uses could be dropped without this home noticing; whether
 * something outside needs it (a delivery, an invoice) its purposes say, and people must know.
 */
#include "inventoried.h"

/* ---- users --------------------------------------------------------------------------------- */

/* Counts users of one thing, and names them when there is somewhere to. */
struct users {
    struct json *json; /* NULL: only count */
    size_t count;
};

static void add(struct users *users, struct lit what, struct str name)
{
    users->count++;
    if (users->json != NULL) {
        json_map_begin(users->json);
        json_key(users->json, LIT("what"));
        json_lit(users->json, what);
        json_key(users->json, LIT("name"));
        json_text(users->json, name);
        json_map_end(users->json);
    }
}

static bool has(const size_t *list, size_t count, size_t index)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == index) {
            return true;
        }
    }
    return false;
}

static void field_users(const struct candor *candor, size_t field, struct users *users)
{
    const struct inventory *inventory = candor->inventory;
    for (size_t f = 0; f < inventory->feature_count; f++) {
        if (inventory->feature[f].measure == MEASURE_FIELD &&
            inventory->feature[f].field == field) {
            add(users, LIT("feature"), inventory->feature[f].name);
        }
    }
    for (size_t c = 0; c < candor->campaign_count; c++) {
        const struct campaign *campaign = &candor->campaign[c];
        if (campaign->address_field == field ||
            has(campaign->needs.field, campaign->needs.field_count, field) ||
            has(campaign->fairness.attribute, campaign->fairness.attribute_count, field)) {
            add(users, LIT("campaign"), campaign->name);
        }
    }
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        if (has(candor->model_spec[m].protect, candor->model_spec[m].protect_count, field)) {
            add(users, LIT("audit of model"), candor->model_spec[m].name);
        }
    }
    if (inventory->field_is_lookup[field]) {
        add(users, LIT("look-up"), inventory->field[field].name);
    }
}

static void event_users(const struct candor *candor, size_t event, struct users *users)
{
    const struct inventory *inventory = candor->inventory;
    for (size_t f = 0; f < inventory->feature_count; f++) {
        if (inventory->feature[f].measure != MEASURE_FIELD &&
            inventory->feature[f].event_kind == event) {
            add(users, LIT("feature"), inventory->feature[f].name);
        }
    }
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        if (candor->model_spec[m].target_event == event) {
            add(users, LIT("target of model"), candor->model_spec[m].name);
        }
    }
    for (size_t c = 0; c < candor->campaign_count; c++) {
        const struct campaign *campaign = &candor->campaign[c];
        if (campaign->outcome.event_kind == event ||
            has(campaign->not_interested, campaign->not_interested_count, event)) {
            add(users, LIT("campaign"), campaign->name);
        }
    }
}

static size_t feature_users(const struct candor *candor, size_t feature)
{
    size_t count = 0;
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        count += has(candor->model_spec[m].feature, candor->model_spec[m].feature_count, feature);
    }
    for (size_t c = 0; c < candor->campaign_count; c++) {
        const struct rule_needs *needs = &candor->campaign[c].needs;
        count += has(needs->feature, needs->feature_count, feature);
    }
    return count;
}

size_t used_by_json(struct json *json, const struct candor *candor, size_t field, size_t event)
{
    struct users users = {.json = json};
    json_key(json, LIT("used_by"));
    json_list_begin(json);
    if (field != NONE) {
        field_users(candor, field, &users);
    } else {
        event_users(candor, event, &users);
    }
    json_list_end(json);
    return users.count;
}

/* ---- what nobody uses ---------------------------------------------------------------------- */

static void put_unused(struct json *json, struct lit what, struct str name, uint64_t values,
                       bool has_purpose)
{
    json_map_begin(json);
    json_key(json, LIT("what"));
    json_lit(json, what);
    json_key(json, LIT("name"));
    json_text(json, name);
    json_key(json, LIT("values"));
    json_u64(json, values);
    json_key(json, LIT("has_purpose"));
    json_bool(json, has_purpose);
    json_key(json, LIT("sentence"));
    json_lit(json, has_purpose
                       ? LIT("nothing here looks at it: drop it, unless one of its purposes is "
                             "served outside of Candor")
                       : LIT("it has no purpose, so it can be used for nothing: drop it"));
    json_map_end(json);
}

/* How many events of a kind there are, by its properties at least. */
static uint64_t values_of(const struct scan *scan, const struct event_kind *kind)
{
    uint64_t most = 0;
    for (size_t i = 0; i < scan->count; i++) {
        if (scan->scanned[i].kind == kind && scan->scanned[i].values > most) {
            most = scan->scanned[i].values;
        }
    }
    return most;
}

void unused_json(struct json *json, const struct candor *candor, const struct scan *scan)
{
    const struct inventory *inventory = candor->inventory;
    json_key(json, LIT("unused"));
    json_list_begin(json);
    for (size_t f = 0; f < inventory->field_count; f++) {
        struct users users = {0};
        const bool has_purpose = inventory->field[f].purposes != 0;
        field_users(candor, f, &users);
        if (users.count == 0 || !has_purpose) {
            put_unused(json, LIT("field"), inventory->field[f].name, scan->scanned[f].values,
                       has_purpose);
        }
    }
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        struct users users = {0};
        const struct event_kind *kind = &inventory->event_kind[k];
        event_users(candor, k, &users);
        if (users.count == 0 || kind->purposes == 0) {
            put_unused(json, LIT("event"), kind->name, values_of(scan, kind), kind->purposes != 0);
        }
    }
    for (size_t f = 0; f < inventory->feature_count; f++) {
        if (feature_users(candor, f) == 0) {
            put_unused(json, LIT("feature"), inventory->feature[f].name, 0, true);
        }
    }
    json_list_end(json);
}
