/*
 * dashboard.c - what a subject's own page shows beside their copy: the words of each purpose and how
 * often it was used, what was worked out and from what, campaigns by their titles, rights and clocks.
 *
 * Features are computed here as a decision would, but under the right of access: whether or not they
 * may be used, this is what we would conclude.
 */
#include "candor_me.h"
#include "consenting.h"
#include "decision.h"
#include "request.h"

/* ---- purposes ------------------------------------------------------------------------------ */

/* How often a purpose stood behind what was done, and when last. */
struct use {
    uint64_t count;
    int64_t last;
};

/* purpose NONE: candor.yaml does not have it any more. */
static void note_use(struct use *use, size_t purpose, int64_t time)
{
    if (purpose == NONE) {
        return;
    }
    use[purpose].count++;
    use[purpose].last = time > use[purpose].last ? time : use[purpose].last;
}

/* A message uses its own purpose; a score uses what the campaign may look at. */
static enum candor_status count_uses(struct job *job, struct candor *candor, struct txn *txn,
                                     const struct permit *permit, struct use *use)
{
    const struct inventory *inventory = candor->inventory;
    struct decision_record *record = NULL;
    struct disclosed *disclosed = NULL;
    size_t count = 0;
    TRY(store_decisions(job, txn, permit, &record, &count));
    for (size_t i = 0; i < count; i++) {
        struct decision decision = {0};
        const struct campaign *campaign = NULL;
        TRY(decision_read(job, record[i].payload, &decision));
        if (decision.send) {
            note_use(use, inventory_purpose(inventory, decision.purpose), decision.time);
        }
        for (size_t c = 0; c < candor->campaign_count; c++) {
            campaign = str_equal(candor->campaign[c].name, decision.campaign) ? &candor->campaign[c]
                                                                              : campaign;
        }
        if (campaign != NULL && decision.term_count > 0) {
            note_use(use, campaign->uses, decision.time);
        }
    }
    TRY(store_disclosures(job, txn, permit_subject(permit), &disclosed, &count));
    for (size_t i = 0; i < count; i++) {
        note_use(use, inventory_purpose(inventory, disclosed[i].purpose), disclosed[i].time);
    }
    return CANDOR_OK;
}

static void put_recipient(struct json *json, const struct recipient *recipient)
{
    json_map_begin(json);
    put_text(json, LIT("name"), recipient->name);
    put_text(json, LIT("title"), recipient->title);
    put_text(json, LIT("country"), recipient->country);
    put_text(json, LIT("role"), str_of(recipient_role_name(recipient->role)));
    json_map_end(json);
}

static void put_recipients(struct json *json, const struct inventory *inventory, size_t purpose)
{
    json_key(json, LIT("recipients"));
    json_list_begin(json);
    for (size_t r = 1; r < inventory->recipient_count; r++) { /* the first is ourselves */
        if ((inventory->recipient[r].purposes >> purpose & 1) == 1) {
            put_recipient(json, &inventory->recipient[r]);
        }
    }
    json_list_end(json);
}

static void put_notice(struct job *job, struct json *json, const struct inventory *inventory,
                       size_t p, const struct use *use)
{
    const struct purpose *purpose = &inventory->purpose[p];
    json_map_begin(json);
    put_text(json, LIT("purpose"), purpose->name);
    put_text(json, LIT("title"), purpose->title);
    put_text_or_null(json, LIT("wording"), purpose->wording);
    put_text_or_null(json, LIT("wording_version"), purpose->wording_version);
    put_text_or_null(json, LIT("language"), purpose->language);
    put_text(json, LIT("basis"), str_of(basis_name(purpose->basis)));
    json_key(json, LIT("direct_marketing"));
    json_bool(json, purpose->direct_marketing);
    json_key(json, LIT("valid_days"));
    json_u64(json, purpose->valid_days);
    put_recipients(json, inventory, p);
    json_key(json, LIT("uses"));
    json_u64(json, use[p].count);
    put_time_or_null(job, json, LIT("last_used"), use[p].last);
    json_map_end(json);
}

static enum candor_status put_notices(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct permit *permit, struct json *json)
{
    struct use *use = NEW_ARRAY(job->arena, candor->inventory->purpose_count + 1, struct use);
    TRY(count_uses(job, candor, txn, permit, use));
    json_key(json, LIT("notices"));
    json_list_begin(json);
    for (size_t p = 0; p < candor->inventory->purpose_count; p++) {
        put_notice(job, json, candor->inventory, p, use);
    }
    json_list_end(json);
    return CANDOR_OK;
}

/* ---- conclusions --------------------------------------------------------------------------- */

static const char *measure_word(enum measure measure)
{
    switch (measure) {
    case MEASURE_FIELD:
        return "field";
    case MEASURE_COUNT:
        return "count";
    case MEASURE_SUM:
        return "sum";
    case MEASURE_MEAN:
        return "mean";
    case MEASURE_MAX:
        return "max";
    case MEASURE_DAYS_SINCE:
        return "days_since";
    case MEASURE_DISTINCT:
        return "distinct";
    case MEASURE_TOP:
        return "top";
    }
    base_broken("a measure is one of those known", __FILE__, __LINE__);
}

/* What it is made of, by its names for people. */
static void put_sources(struct json *json, const struct inventory *inventory,
                        const struct feature *feature)
{
    const bool is_field = feature->field != NONE;
    const struct event_kind *kind = is_field || feature->event_kind == NONE
                                        ? NULL
                                        : &inventory->event_kind[feature->event_kind];
    put_text(json, LIT("measure"), str_of(measure_word(feature->measure)));
    put_text_or_null(json, LIT("field"),
                     is_field ? inventory->field[feature->field].label : STR(""));
    put_text_or_null(json, LIT("event"), kind == NULL ? STR("") : kind->label);
    put_text_or_null(json, LIT("property"),
                     kind == NULL || feature->property == NONE
                         ? STR("")
                         : kind->property[feature->property].label);
    json_key(json, LIT("days"));
    json_u64(json, feature->days);
}

static void put_conclusion(struct job *job, struct json *json, const struct inventory *inventory,
                           size_t f, const struct cell *cell)
{
    const struct feature *feature = &inventory->feature[f];
    json_map_begin(json);
    put_text(json, LIT("feature"), feature->name);
    put_text(json, LIT("label"), feature->label);
    put_text(json, LIT("unit"), feature->unit);
    put_text_or_null(json, LIT("value"), feature_value_words(job->arena, inventory, f, cell));
    put_sources(json, inventory, feature);
    json_key(json, LIT("purposes"));
    json_list_begin(json);
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        if ((feature->purposes >> p & 1) == 1) {
            json_text(json, inventory->purpose[p].title);
        }
    }
    json_list_end(json);
    json_map_end(json);
}

static enum candor_status put_conclusions(struct job *job, struct candor *candor, struct txn *txn,
                                          const struct permit *permit, struct json *json)
{
    const struct inventory *inventory = candor->inventory;
    const size_t count = inventory->feature_count;
    struct profile profile = profile_begin(job->arena, inventory);
    struct event *event = NULL;
    size_t event_count = 0;
    size_t *feature = NEW_ARRAY(job->arena, count + 1, size_t);
    struct cell *cell = NEW_ARRAY(job->arena, count + 1, struct cell);
    TRY(store_profile(job, txn, permit, &profile));
    TRY(store_events(job, txn, permit, &event, &event_count));
    for (size_t f = 0; f < count; f++) {
        feature[f] = f;
    }
    features_compute(job->arena, inventory, &profile, event, event_count, job->now, feature, count,
                     cell);
    json_key(json, LIT("conclusions"));
    json_list_begin(json);
    for (size_t f = 0; f < count; f++) {
        put_conclusion(job, json, inventory, f, &cell[f]);
    }
    json_list_end(json);
    return CANDOR_OK;
}

static void put_kinds(struct json *json, const struct inventory *inventory)
{
    json_key(json, LIT("event_kinds"));
    json_list_begin(json);
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        const struct event_kind *kind = &inventory->event_kind[k];
        json_map_begin(json);
        put_text(json, LIT("name"), kind->name);
        put_text(json, LIT("label"), kind->label);
        json_key(json, LIT("properties"));
        json_list_begin(json);
        for (size_t p = 0; p < kind->property_count; p++) {
            json_map_begin(json);
            put_text(json, LIT("name"), kind->property[p].name);
            put_text(json, LIT("label"), kind->property[p].label);
            put_text(json, LIT("unit"), kind->property[p].unit);
            json_map_end(json);
        }
        json_list_end(json);
        json_map_end(json);
    }
    json_list_end(json);
}

/* ---- campaigns, rights, controller ---------------------------------------------------------- */

static void put_campaign(struct json *json, const struct inventory *inventory,
                         const struct campaign *campaign)
{
    json_map_begin(json);
    put_text(json, LIT("name"), campaign->name);
    put_text(json, LIT("title"), campaign->title);
    put_text(json, LIT("purpose"), inventory->purpose[campaign->purpose].name);
    put_text(json, LIT("purpose_title"), inventory->purpose[campaign->purpose].title);
    put_text(json, LIT("basis"), str_of(basis_name(inventory->purpose[campaign->purpose].basis)));
    put_text_or_null(json, LIT("uses"),
                     campaign->uses == NONE ? STR("") : inventory->purpose[campaign->uses].name);
    json_key(json, LIT("offers"));
    json_list_begin(json);
    for (size_t i = 0; i < campaign->offer_count; i++) {
        json_map_begin(json);
        put_text(json, LIT("name"), campaign->offer[i].name);
        put_text(json, LIT("title"), campaign->offer[i].title);
        json_map_end(json);
    }
    json_list_end(json);
    json_map_end(json);
}

static void put_rights(struct job *job, struct json *json, const struct candor *candor)
{
    json_key(json, LIT("rights"));
    json_list_begin(json);
    for (unsigned r = 0; r < RIGHTS; r++) {
        const struct clause *clause =
            jurisdictions_find(&candor->jurisdictions, candor->jurisdiction, (enum right)r);
        if (clause != NULL) {
            json_map_begin(json);
            clause_members(job, clause, json);
            json_map_end(json);
        }
    }
    json_list_end(json);
}

static void put_controller(struct json *json, const struct candor *candor)
{
    json_key(json, LIT("controller"));
    json_map_begin(json);
    put_text(json, LIT("name"), candor->controller->name);
    put_text_or_null(json, LIT("address"), candor->controller->address);
    put_text_or_null(json, LIT("contact"), candor->controller->contact);
    put_text_or_null(json, LIT("officer"), controller_officer(candor));
    put_text_or_null(json, LIT("authority"), candor->controller->authority);
    json_map_end(json);
}

enum candor_status dashboard_json(struct job *job, struct candor *candor, struct txn *txn,
                                  const struct permit *permit, struct json *json)
{
    TRY(put_notices(job, candor, txn, permit, json));
    TRY(put_conclusions(job, candor, txn, permit, json));
    put_kinds(json, candor->inventory);
    json_key(json, LIT("campaigns"));
    json_list_begin(json);
    for (size_t c = 0; c < candor->campaign_count; c++) {
        put_campaign(json, candor->inventory, &candor->campaign[c]);
    }
    json_list_end(json);
    topics_json(candor, json);
    put_rights(job, json, candor);
    put_controller(json, candor);
    return CANDOR_OK;
}
