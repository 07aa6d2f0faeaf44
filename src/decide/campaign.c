/*
 * campaign.c - the section `campaigns` of candor.yaml. Its notation stands in decide.h.
 *
 * What is checked here need not be asked again when a plan is made: that the channel serves the
 * purpose, that every field and feature may be looked at under the purpose that will look, that a
 * score is only asked for where there is a model, and that fairness compares protected attributes
 * under a purpose of its own.
 */
#include "decide.h"

#include <math.h>

#include "text.h"

enum { CONTACTS_MAX = 1000, TOP_MAX = 1000000000 };

#define MONEY_MAX 1e12

struct reading {
    const struct inventory *inventory;
    struct section section; /* the campaign's map */
    struct campaign *campaign;
};

/* Under which rules are asked: `uses`, or the purpose itself when nothing else is used. */
static size_t looking_purpose(const struct campaign *campaign)
{
    return campaign->uses != NONE ? campaign->uses : campaign->purpose;
}

static bool allows(uint64_t purposes, size_t purpose)
{
    return (purposes >> purpose & 1) != 0;
}

/* ---- purpose, channel, address ------------------------------------------------------------- */

static enum candor_status read_channel(struct job *job, const struct reading *reading)
{
    struct campaign *campaign = reading->campaign;
    const struct catalogue channels = catalogue_channels(reading->inventory);
    const struct purpose *purpose = &reading->inventory->purpose[campaign->purpose];
    TRY(section_reference(job, &reading->section, "channel", &channels, &campaign->channel));
    if (campaign->channel == NONE) {
        return purpose->channels == 0
                   ? CANDOR_OK
                   : section_fail(job, &reading->section, "channel",
                                  "the purpose '%.*s' is served on channels; say on which",
                                  STR_ARG(purpose->name));
    }
    return allows(purpose->channels, campaign->channel)
               ? CANDOR_OK
               : section_fail(job, &reading->section, "channel",
                              "the purpose '%.*s' is not served on this channel",
                              STR_ARG(purpose->name));
}

static enum candor_status read_address(struct job *job, const struct reading *reading)
{
    struct campaign *campaign = reading->campaign;
    const struct catalogue fields = catalogue_fields(reading->inventory);
    TRY(section_reference(job, &reading->section, "address", &fields, &campaign->address_field));
    if (campaign->address_field == NONE) {
        return CANDOR_OK;
    }
    const struct field *field = &reading->inventory->field[campaign->address_field];
    return allows(field->purposes, campaign->purpose)
               ? CANDOR_OK
               : section_fail(job, &reading->section, "address",
                              "the field '%.*s' may not be used for the campaign's purpose",
                              STR_ARG(field->name));
}

static enum candor_status read_purposes(struct job *job, const struct reading *reading)
{
    struct campaign *campaign = reading->campaign;
    const struct section *section = &reading->section;
    const struct catalogue purposes = catalogue_purposes(reading->inventory);
    TRY(section_need(job, section, "purpose"));
    TRY(section_reference(job, section, "purpose", &purposes, &campaign->purpose));
    TRY(section_reference(job, section, "uses", &purposes, &campaign->uses));
    /* Profiling is asked without a channel, so a purpose that has channels would always say no. */
    if (campaign->uses != NONE && reading->inventory->purpose[campaign->uses].channels != 0) {
        return section_fail(job, section, "uses", "a purpose without channels is needed");
    }
    TRY(read_channel(job, reading));
    return read_address(job, reading);
}

/* ---- who: model, audience, selection ------------------------------------------------------- */

static enum candor_status read_model(struct job *job, const struct reading *reading)
{
    struct campaign *campaign = reading->campaign;
    const struct section *section = &reading->section;
    TRY(section_text(job, section, "model", &campaign->model));
    if (section_has(section, "model") && campaign->model.len == 0) {
        return section_fail(job, section, "model", "the name of a model is needed");
    }
    return campaign->model.len == 0 || campaign->uses != NONE
               ? CANDOR_OK
               : section_fail(job, section, "model",
                              "a model looks at people; say under which purpose: uses");
}

static enum candor_status read_rule(struct job *job, const struct reading *reading,
                                    const struct section *section, const char *key,
                                    const struct rule **rule)
{
    const struct value *value = value_get(section->map, key);
    const char *what = section_what(job, section, key);
    *rule = NULL;
    if (value == NULL) {
        return CANDOR_OK;
    }
    TRY(during(job,
               rule_read(job, reading->inventory, value, looking_purpose(reading->campaign), rule),
               "%s", what));
    return rule_needs(*rule).feature_count == 0 || reading->campaign->uses != NONE
               ? CANDOR_OK
               : section_fail(job, section, key,
                              "a rule over features looks at people; say under which purpose: "
                              "uses");
}

static enum candor_status read_selection(struct job *job, const struct reading *reading)
{
    static const char *const known[] = {"min_score", "top", "share"};
    struct selection *selection = &reading->campaign->selection;
    const struct value *map = NULL;
    struct section select;
    uint32_t top = 0;
    TRY(section_map(job, &reading->section, "select", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, section_what(job, &reading->section, "select"), known, 3, &select));
    selection->has_min_score = section_has(&select, "min_score");
    selection->has_top = section_has(&select, "top");
    selection->has_share = section_has(&select, "share");
    TRY(section_number(job, &select, "min_score", 0, 1, &selection->min_score));
    TRY(section_count(job, &select, "top", 1, TOP_MAX, &top));
    selection->top = top;
    TRY(section_number(job, &select, "share", 0, 1, &selection->share));
    if (selection->has_share && selection->share <= 0) {
        return section_fail(job, &select, "share", "must be above 0");
    }
    return !selection->has_min_score || reading->campaign->model.len > 0
               ? CANDOR_OK
               : section_fail(job, &select, "min_score", "without a model nobody has a score");
}

/* ---- offers -------------------------------------------------------------------------------- */

static enum candor_status read_offer(struct job *job, const struct reading *reading,
                                     const struct value *item)
{
    static const char *const known[] = {"name", "title", "when", "value"};
    struct campaign *campaign = reading->campaign;
    struct offer *offer = &campaign->offer[campaign->offer_count];
    struct section section;
    TRY(section_open(job, item, "offer", known, sizeof known / sizeof known[0], &section));
    TRY(section_name(job, &section, &offer->name));
    TRY(section_title(job, &section, "title", offer->name, &offer->title));
    TRY(section_number(job, &section, "value", 0, MONEY_MAX, &offer->value));
    TRY(read_rule(job, reading, &section, "when", &offer->when));
    campaign->offer_count++;
    const struct catalogue offers = {"offer", campaign->offer, sizeof *campaign->offer,
                                     campaign->offer_count};
    return section_is_new(job, &section, &offers, campaign->offer_count - 1);
}

static enum candor_status read_offers(struct job *job, const struct reading *reading)
{
    static const char *const choice[] = {"first", "highest_value"};
    struct campaign *campaign = reading->campaign;
    const struct value *list = NULL;
    unsigned choose = OFFER_FIRST;
    TRY(section_need(job, &reading->section, "offers"));
    TRY(section_list(job, &reading->section, "offers", OFFERS_MAX, &list));
    if (list->count == 0) {
        return section_fail(job, &reading->section, "offers", "at least one offer is needed");
    }
    TRY_ALLOC(job, campaign->offer, list->count, struct offer);
    for (size_t i = 0; i < list->count; i++) {
        TRY(during(job, read_offer(job, reading, &list->item[i]), "%s", reading->section.what));
    }
    TRY(section_choice(job, &reading->section, "choose", choice, 2, &choose));
    campaign->choose = (enum offer_choice)choose;
    return CANDOR_OK;
}

size_t campaign_offer(const struct campaign *campaign, const struct cell *field_cell,
                      const struct cell *feature_cell)
{
    size_t best = NONE;
    for (size_t i = 0; i < campaign->offer_count; i++) {
        const bool is_better =
            best == NONE || (campaign->choose == OFFER_HIGHEST_VALUE &&
                             campaign->offer[i].value > campaign->offer[best].value);
        if (is_better && rule_holds(campaign->offer[i].when, field_cell, feature_cell)) {
            best = i;
        }
    }
    return best;
}

/* ---- restraint: cap, hold-out, not interested ---------------------------------------------- */

static enum candor_status read_cap(struct job *job, const struct reading *reading)
{
    static const char *const known[] = {"contacts", "days"};
    const struct value *map = NULL;
    struct section cap;
    TRY(section_map(job, &reading->section, "cap", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, section_what(job, &reading->section, "cap"), known, 2, &cap));
    TRY(section_need(job, &cap, "contacts"));
    TRY(section_need(job, &cap, "days"));
    TRY(section_count(job, &cap, "contacts", 1, CONTACTS_MAX, &reading->campaign->cap_contacts));
    return section_count(job, &cap, "days", 1, CAMPAIGN_DAYS_MAX, &reading->campaign->cap_days);
}

static enum candor_status check_not_interested(struct job *job, const struct reading *reading,
                                               const struct section *section)
{
    const struct campaign *campaign = reading->campaign;
    for (size_t i = 0; i < campaign->not_interested_count; i++) {
        const struct event_kind *kind =
            &reading->inventory->event_kind[campaign->not_interested[i]];
        if (!allows(kind->purposes, campaign->purpose)) {
            return section_fail(job, section, "events",
                                "the event '%.*s' may not be used for the campaign's purpose",
                                STR_ARG(kind->name));
        }
    }
    return campaign->not_interested_count > 0
               ? CANDOR_OK
               : section_fail(job, section, "events", "at least one event is needed");
}

static enum candor_status read_not_interested(struct job *job, const struct reading *reading)
{
    static const char *const known[] = {"days", "events"};
    const struct catalogue kinds = catalogue_event_kinds(reading->inventory);
    struct campaign *campaign = reading->campaign;
    const struct value *map = NULL;
    struct references events;
    struct section section;
    TRY(section_map(job, &reading->section, "not_interested", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, section_what(job, &reading->section, "not_interested"), known, 2,
                     &section));
    TRY(section_need(job, &section, "days"));
    TRY(section_need(job, &section, "events"));
    TRY(section_count(job, &section, "days", 1, CAMPAIGN_DAYS_MAX, &campaign->not_interested_days));
    TRY(section_references(job, &section, "events", &kinds, CAMPAIGN_LIST_MAX, &events));
    campaign->not_interested = events.index;
    campaign->not_interested_count = events.count;
    return check_not_interested(job, reading, &section);
}

/* ---- outcome and fairness ------------------------------------------------------------------ */

static enum candor_status read_amount(struct job *job, const struct reading *reading,
                                      const struct section *section)
{
    struct campaign_outcome *outcome = &reading->campaign->outcome;
    if (!section_has(section, "amount")) {
        return CANDOR_OK;
    }
    if (outcome->event_kind == NONE) {
        return section_fail(job, section, "amount", "it is a property of an event; name the event");
    }
    const struct event_kind *kind = &reading->inventory->event_kind[outcome->event_kind];
    const struct catalogue properties = catalogue_properties(kind);
    TRY(section_reference(job, section, "amount", &properties, &outcome->amount_property));
    return kind->property[outcome->amount_property].type == FIELD_NUMBER
               ? CANDOR_OK
               : section_fail(job, section, "amount", "the property must be a number");
}

static enum candor_status read_outcome(struct job *job, const struct reading *reading)
{
    static const char *const known[] = {"event", "amount", "days", "value", "cost"};
    const struct catalogue kinds = catalogue_event_kinds(reading->inventory);
    struct campaign_outcome *outcome = &reading->campaign->outcome;
    const struct value *map = NULL;
    struct section section;
    TRY(section_map(job, &reading->section, "outcome", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, section_what(job, &reading->section, "outcome"), known,
                     sizeof known / sizeof known[0], &section));
    TRY(section_reference(job, &section, "event", &kinds, &outcome->event_kind));
    TRY(read_amount(job, reading, &section));
    TRY(section_count(job, &section, "days", 1, CAMPAIGN_DAYS_MAX, &outcome->days));
    TRY(section_number(job, &section, "value", 0, MONEY_MAX, &outcome->value));
    return section_number(job, &section, "cost", 0, MONEY_MAX, &outcome->cost);
}

static const char *const measure_word[] = {
    "demographic_parity_ratio", "demographic_parity_difference", "equal_opportunity_difference"};

const char *campaign_measure_name(enum campaign_measure measure)
{
    must((unsigned)measure < sizeof measure_word / sizeof measure_word[0]);
    return measure_word[measure];
}

static enum candor_status check_attributes(struct job *job, const struct reading *reading,
                                           const struct section *section)
{
    const struct campaign_fairness *fairness = &reading->campaign->fairness;
    for (size_t i = 0; i < fairness->attribute_count; i++) {
        const struct field *field = &reading->inventory->field[fairness->attribute[i]];
        if (!field->is_protected) {
            return section_fail(job, section, "attributes", "the field '%.*s' is not protected",
                                STR_ARG(field->name));
        }
        if (!allows(field->purposes, fairness->audit)) {
            return section_fail(job, section, "attributes",
                                "the field '%.*s' may not be used for the audit's purpose",
                                STR_ARG(field->name));
        }
    }
    return fairness->attribute_count > 0
               ? CANDOR_OK
               : section_fail(job, section, "attributes", "at least one field is needed");
}

static enum candor_status read_limit(struct job *job, const struct section *section,
                                     struct campaign_fairness *fairness)
{
    static const char *const on_fail_word[] = {"stop", "warn"};
    unsigned measure = CAMPAIGN_PARITY_RATIO;
    unsigned on_fail = CAMPAIGN_STOP;
    TRY(section_choice(job, section, "measure", measure_word, 3, &measure));
    TRY(section_choice(job, section, "on_fail", on_fail_word, 2, &on_fail));
    fairness->measure = (enum campaign_measure)measure;
    fairness->on_fail = (enum campaign_on_fail)on_fail;
    /* Four fifths: the rule of thumb of 29 CFR 1607.4(D). */
    fairness->limit = fairness->measure == CAMPAIGN_PARITY_RATIO ? 0.8 : 0.1;
    return section_number(job, section, "limit", 0, 1, &fairness->limit);
}

static enum candor_status read_fairness(struct job *job, const struct reading *reading)
{
    static const char *const known[] = {"attributes", "audit", "measure", "limit", "on_fail"};
    const struct catalogue fields = catalogue_fields(reading->inventory);
    const struct catalogue purposes = catalogue_purposes(reading->inventory);
    struct campaign_fairness *fairness = &reading->campaign->fairness;
    const struct value *map = NULL;
    struct references attributes;
    struct section section;
    TRY(section_map(job, &reading->section, "fairness", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, section_what(job, &reading->section, "fairness"), known,
                     sizeof known / sizeof known[0], &section));
    TRY(section_need(job, &section, "attributes"));
    TRY(section_need(job, &section, "audit"));
    TRY(section_reference(job, &section, "audit", &purposes, &fairness->audit));
    TRY(section_references(job, &section, "attributes", &fields, CAMPAIGN_LIST_MAX, &attributes));
    fairness->attribute = attributes.index;
    fairness->attribute_count = attributes.count;
    TRY(check_attributes(job, reading, &section));
    return read_limit(job, &section, fairness);
}

/* ---- the whole campaign -------------------------------------------------------------------- */

static size_t list_marked(const bool *marked, size_t count, size_t *list)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (marked[i]) {
            list[found++] = i;
        }
    }
    return found;
}

static void mark(const struct rule_needs *needs, bool *field, bool *feature)
{
    for (size_t i = 0; i < needs->field_count; i++) {
        field[needs->field[i]] = true;
    }
    for (size_t i = 0; i < needs->feature_count; i++) {
        feature[needs->feature[i]] = true;
    }
}

static struct rule_needs all_needs(struct arena *arena, const struct reading *reading)
{
    const struct inventory *inventory = reading->inventory;
    const struct campaign *campaign = reading->campaign;
    bool field[FIELDS_MAX] = {false};
    bool feature[FEATURES_MAX] = {false};
    struct rule_needs needs = rule_needs(campaign->audience);
    mark(&needs, field, feature);
    for (size_t i = 0; i < campaign->offer_count; i++) {
        needs = rule_needs(campaign->offer[i].when);
        mark(&needs, field, feature);
    }

    size_t *field_list = NEW_ARRAY(arena, inventory->field_count + 1, size_t);
    size_t *feature_list = NEW_ARRAY(arena, inventory->feature_count + 1, size_t);
    return (struct rule_needs){
        .field = field_list,
        .field_count = list_marked(field, inventory->field_count, field_list),
        .feature = feature_list,
        .feature_count = list_marked(feature, inventory->feature_count, feature_list),
    };
}

static enum candor_status read_topic(struct job *job, const struct reading *reading)
{
    struct str *topic = &reading->campaign->topic;
    TRY(section_text(job, &reading->section, "topic", topic));
    return topic->len <= TOPIC_LEN_MAX
               ? CANDOR_OK
               : section_fail(job, &reading->section, "topic", "at most %d bytes", TOPIC_LEN_MAX);
}

static enum candor_status read_campaign(struct job *job, const struct inventory *inventory,
                                        const struct value *item, struct campaign *campaign)
{
    static const char *const known[] = {
        "name",   "title",          "purpose", "uses",     "channel",   "address",
        "model",  "audience",       "select",  "cap",      "holdout",   "offers",
        "choose", "not_interested", "outcome", "fairness", "regulated", "topic"};
    struct reading reading = {.inventory = inventory, .campaign = campaign};
    *campaign = (struct campaign){
        .uses = NONE,
        .channel = NONE,
        .address_field = NONE,
        .outcome = {.event_kind = NONE,
                    .amount_property = NONE,
                    .days = 30,
                    .value = (double)NAN,
                    .cost = (double)NAN},
        .fairness = {.audit = NONE},
    };
    TRY(section_open(job, item, "campaign", known, sizeof known / sizeof known[0],
                     &reading.section));
    TRY(section_name(job, &reading.section, &campaign->name));
    if (str_starts(campaign->name, STR(PURPOSE_PREFIX))) {
        return section_fail(job, &reading.section, "name",
                            "names that begin with " PURPOSE_PREFIX
                            " are those of decisions without a campaign");
    }
    TRY(section_title(job, &reading.section, "title", campaign->name, &campaign->title));
    TRY(read_topic(job, &reading));
    TRY(read_purposes(job, &reading));
    TRY(read_model(job, &reading));
    TRY(read_rule(job, &reading, &reading.section, "audience", &campaign->audience));
    TRY(read_selection(job, &reading));
    TRY(read_cap(job, &reading));
    TRY(section_number(job, &reading.section, "holdout", 0, HOLDOUT_SHARE_MAX, &campaign->holdout));
    TRY(read_offers(job, &reading));
    TRY(read_not_interested(job, &reading));
    TRY(read_outcome(job, &reading));
    TRY(read_fairness(job, &reading));
    campaign->needs = all_needs(job->arena, &reading);
    return regulated_read(job, inventory, &reading.section, campaign);
}

static enum candor_status check_new(struct job *job, const struct value *item,
                                    const struct campaign *campaign, size_t at)
{
    const struct section section = {item, "campaign"};
    const struct catalogue campaigns = {"campaign", campaign, sizeof *campaign, at + 1};
    return section_is_new(job, &section, &campaigns, at);
}

enum candor_status campaigns_read(struct job *job, const struct inventory *inventory,
                                  const struct value *root, struct campaign **campaign,
                                  size_t *count)
{
    const struct value *list = value_get(root, "campaigns");
    *campaign = NULL;
    *count = 0;
    if (list == NULL || list->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, list, VALUE_LIST, "campaigns"));
    if (list->count > CAMPAIGNS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "campaigns%s: %zu items, at most %d are allowed",
                    value_where(job->arena, list), list->count, CAMPAIGNS_MAX);
    }
    TRY_ALLOC(job, *campaign, list->count + 1, struct campaign);
    for (size_t i = 0; i < list->count; i++) {
        TRY(read_campaign(job, inventory, &list->item[i], &(*campaign)[i]));
        TRY(check_new(job, &list->item[i], *campaign, i));
    }
    *count = list->count;
    return CANDOR_OK;
}
