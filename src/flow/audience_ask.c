/*
 * audience_ask.c - what may be asked about an audience, and the question as a campaign.
 *
 * The question becomes a campaign without a model, with one offer for everybody: so a count goes through
 * the gate that a plan goes through, and there is no second one that could come apart from it.
 */
#include "audience.h"
#include "inventoried.h"

/* ---- what bars a field ----------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *sentence;
} bar_row[] = {
    [BAR_NONE] = {"", ""},
    [BAR_PROTECTED] = {"protected", "A protected attribute: it must not decide who is contacted."},
    [BAR_NAMES] = {"names_a_person", "It names one person."},
    [BAR_FREE_TEXT] = {"free_text", "Free text: what somebody wrote can single them out."},
    [BAR_SPECIAL] = {"special_category",
                     "A special category (GDPR Article 9): only a purpose that rests on consent "
                     "may look at it."},
    [BAR_PURPOSE] = {"not_for_this_purpose", "It may not be used for this purpose."},
    [BAR_NO_FEATURES] = {"needs_a_purpose_to_choose",
                         "It is computed from what people did: choose the purpose that opens it."},
};

const char *audience_bar_name(enum audience_bar bar)
{
    must((size_t)bar < sizeof bar_row / sizeof bar_row[0]);
    return bar_row[bar].name;
}

const char *audience_bar_sentence(enum audience_bar bar)
{
    must((size_t)bar < sizeof bar_row / sizeof bar_row[0]);
    return bar_row[bar].sentence;
}

/* What no purpose changes, and Article 9(2)(a). */
static enum audience_bar bars_source(const struct inventory *inventory, const struct field *source,
                                     size_t uses)
{
    if (source->is_protected) {
        return BAR_PROTECTED;
    }
    if (source->pii.len > 0) {
        return BAR_NAMES;
    }
    if (source->type == FIELD_TEXT) {
        return BAR_FREE_TEXT;
    }
    if (source->sensitivity == SENSITIVITY_SPECIAL && uses != NONE &&
        inventory->purpose[uses].basis != BASIS_CONSENT) {
        return BAR_SPECIAL;
    }
    return BAR_NONE;
}

static bool serves(uint64_t purposes, size_t uses)
{
    return uses == NONE || (purposes >> uses & 1) != 0;
}

enum audience_bar audience_bars_field(const struct inventory *inventory, size_t field, size_t uses)
{
    const struct field *source = &inventory->field[field];
    const enum audience_bar bar = bars_source(inventory, source, uses);
    return bar == BAR_NONE && !serves(source->purposes, uses) ? BAR_PURPOSE : bar;
}

enum audience_bar audience_bars_feature(const struct inventory *inventory, size_t feature,
                                        size_t uses)
{
    const struct feature *computed = &inventory->feature[feature];
    enum audience_bar bar = computed->is_protected ? BAR_PROTECTED : BAR_NONE;
    if (bar == BAR_NONE && computed->field != NONE) {
        bar = bars_source(inventory, &inventory->field[computed->field], uses);
    }
    if (bar == BAR_NONE && computed->field == NONE && computed->property != NONE) {
        const struct event_kind *kind = &inventory->event_kind[computed->event_kind];
        bar = bars_source(inventory, &kind->property[computed->property], uses);
    }
    if (bar == BAR_NONE && uses != NONE && inventory->purpose[uses].channels != 0) {
        return BAR_NO_FEATURES;
    }
    return bar == BAR_NONE && !serves(computed->purposes, uses) ? BAR_PURPOSE : bar;
}

/* ---- the conditions as a rule ---------------------------------------------------------------- */

/* A list for one_of, true or false for is_missing, else the text as it stands. */
static enum candor_status put_value(struct job *job, struct json *json,
                                    const struct candor_condition *condition)
{
    struct str rest = str_of(condition->value == NULL ? "" : condition->value);
    if (str_is(str_of(condition->test), "is_missing")) {
        if (!str_is(rest, "true") && !str_is(rest, "false")) {
            return fail(job, CANDOR_BAD_INPUT, "is_missing of '%s': true or false",
                        condition->field);
        }
        json_bool(json, str_is(rest, "true"));
        return CANDOR_OK;
    }
    if (!str_is(str_of(condition->test), "one_of")) {
        json_text(json, str_trim(rest));
        return CANDOR_OK;
    }
    json_list_begin(json);
    while (rest.ptr != NULL) {
        json_text(json, str_trim(str_cut(&rest, ',')));
    }
    json_list_end(json);
    return CANDOR_OK;
}

static enum candor_status require_open(struct job *job, const struct inventory *inventory,
                                       const struct candor_condition *condition, size_t uses,
                                       bool *is_feature)
{
    const struct str name = str_of(condition->field == NULL ? "" : condition->field);
    const size_t feature = inventory_feature(inventory, name);
    const size_t field = inventory_field(inventory, name);
    enum audience_bar bar = BAR_NONE;
    if (feature == NONE && field == NONE) {
        return fail(job, CANDOR_BAD_INPUT, "a condition: candor.yaml has no field of that name");
    }
    /* Of one name the feature is meant where it may be: a date is then days since. */
    *is_feature = feature != NONE &&
                  (field == NONE || audience_bars_feature(inventory, feature, uses) == BAR_NONE);
    bar = *is_feature ? audience_bars_feature(inventory, feature, uses)
                      : audience_bars_field(inventory, field, uses);
    if (bar != BAR_NONE) {
        return fail(job, CANDOR_BAD_INPUT, "a condition on '%.*s': %s", STR_ARG(name),
                    audience_bar_sentence(bar));
    }
    return CANDOR_OK;
}

static bool is_test(const char *word)
{
    static const char *const known[] = {"at_least", "at_most", "above",     "below",
                                        "equals",   "one_of",  "is_missing"};
    for (size_t i = 0; word != NULL && i < sizeof known / sizeof known[0]; i++) {
        if (str_is(str_of(known[i]), word)) {
            return true;
        }
    }
    return false;
}

/* Through JSON, so that candor.yaml's own reader checks it. */
static enum candor_status read_conditions(struct job *job, const struct inventory *inventory,
                                          const struct candor_audience *question, size_t uses,
                                          const struct rule **rule)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    const struct value *tree = NULL;
    if (question->condition_count == 0) {
        return CANDOR_OK;
    }
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    json_key(&json, LIT("all"));
    json_list_begin(&json);
    for (size_t i = 0; i < question->condition_count; i++) {
        const struct candor_condition *condition = &question->condition[i];
        bool is_feature = false;
        TRY(require_open(job, inventory, condition, uses, &is_feature));
        if (!is_test(condition->test)) {
            return fail(job, CANDOR_BAD_INPUT,
                        "a condition on '%s': at_least, at_most, above, below, equals, one_of or "
                        "is_missing",
                        condition->field);
        }
        json_map_begin(&json);
        json_key_str(&json, is_feature ? STR("feature") : STR("field"));
        json_text(&json, str_of(condition->field));
        json_key_str(&json, str_of(condition->test));
        TRY(put_value(job, &json, condition));
        json_map_end(&json);
    }
    json_list_end(&json);
    json_map_end(&json);
    json_end(&json);
    TRY(json_read(job, buf_all(&buf), NULL, "the conditions", &tree));
    return rule_read(job, inventory, tree, uses, rule);
}

/* ---- the question as a campaign -------------------------------------------------------------- */

static enum candor_status take_limits(struct job *job, const struct candor *candor,
                                      const char *name, struct campaign *campaign)
{
    const struct campaign *from = NULL;
    size_t index = 0;
    if (name == NULL || name[0] == '\0') {
        return CANDOR_OK;
    }
    TRY(home_campaign(job, candor, str_of(name), &from, &index));
    if (from->purpose != campaign->purpose || from->channel != campaign->channel) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the limits of campaign '%.*s' are for another purpose or channel",
                    STR_ARG(from->name));
    }
    campaign->address_field = from->address_field;
    campaign->cap_contacts = from->cap_contacts;
    campaign->cap_days = from->cap_days;
    campaign->not_interested_days = from->not_interested_days;
    campaign->not_interested = from->not_interested;
    campaign->not_interested_count = from->not_interested_count;
    return CANDOR_OK;
}

enum candor_status audience_campaign(struct job *job, const struct candor *candor,
                                     const struct candor_audience *question,
                                     struct campaign *campaign)
{
    const struct inventory *inventory = candor->inventory;
    const bool has_uses = question->uses != NULL && question->uses[0] != '\0';
    if (question->condition_count > CANDOR_CONDITIONS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "at most %d conditions at once", CANDOR_CONDITIONS_MAX);
    }
    *campaign = (struct campaign){
        .name = STR("(audience)"), .uses = NONE, .address_field = NONE, .offer_count = 1};
    campaign->offer = NEW(job->arena, struct offer);
    TRY(home_purpose_on(job, candor, question->purpose, question->channel, &campaign->purpose,
                        &campaign->channel));
    if (has_uses && !str_is(str_of(question->uses), question->purpose)) {
        TRY(home_purpose(job, candor, str_of(question->uses), &campaign->uses));
        if (inventory->purpose[campaign->uses].channels != 0) {
            return fail(job, CANDOR_BAD_INPUT,
                        "people are not chosen under '%s', which is a purpose to reach them",
                        question->uses);
        }
    }
    TRY(take_limits(job, candor, question->campaign, campaign));
    TRY(read_conditions(job, inventory, question,
                        campaign->uses == NONE ? campaign->purpose : campaign->uses,
                        &campaign->audience));
    campaign->needs = rule_needs(campaign->audience);
    return CANDOR_OK;
}

/* ---- the choices ----------------------------------------------------------------------------- */

static void put_bar(struct json *json, enum audience_bar bar)
{
    put_text(json, LIT("barred"), str_of(audience_bar_name(bar)));
    put_text(json, LIT("why"), str_of(audience_bar_sentence(bar)));
}

static void put_field(struct json *json, const struct inventory *inventory, size_t f, size_t uses)
{
    const struct field *field = &inventory->field[f];
    json_map_begin(json);
    put_text(json, LIT("name"), field->name);
    put_text(json, LIT("label"), field->label);
    put_text(json, LIT("type"), str_of(field_type_name(field->type)));
    put_text(json, LIT("unit"), field->unit);
    json_key(json, LIT("allowed"));
    json_list_begin(json);
    for (size_t a = 0; a < field->allowed_count; a++) {
        json_text(json, field->allowed[a]);
    }
    json_list_end(json);
    put_bar(json, audience_bars_field(inventory, f, uses));
    json_map_end(json);
}

static void put_feature(struct json *json, const struct inventory *inventory, size_t f, size_t uses)
{
    const struct feature *feature = &inventory->feature[f];
    json_map_begin(json);
    put_text(json, LIT("name"), feature->name);
    put_text(json, LIT("label"), feature->label);
    put_text(json, LIT("type"),
             str_of(field_type_name(feature->is_category ? FIELD_CATEGORY : FIELD_NUMBER)));
    put_text(json, LIT("unit"), feature->unit);
    json_key(json, LIT("allowed"));
    json_list_begin(json);
    json_list_end(json);
    put_bar(json, audience_bars_feature(inventory, f, uses));
    json_map_end(json);
}

static void put_purpose(struct json *json, const struct inventory *inventory, size_t p)
{
    const struct purpose *purpose = &inventory->purpose[p];
    json_map_begin(json);
    put_text(json, LIT("name"), purpose->name);
    put_text(json, LIT("title"), purpose->title);
    put_text(json, LIT("basis"), str_of(basis_name(purpose->basis)));
    purpose_channels_json(json, inventory, purpose);
    json_map_end(json);
}

static void put_campaign(struct json *json, const struct candor *candor, size_t c)
{
    const struct campaign *campaign = &candor->campaign[c];
    const struct inventory *inventory = candor->inventory;
    json_map_begin(json);
    put_text(json, LIT("name"), campaign->name);
    put_text(json, LIT("title"), campaign->title);
    put_text(json, LIT("purpose"), inventory->purpose[campaign->purpose].name);
    put_text_or_null(json, LIT("channel"),
                     campaign->channel == NONE ? STR("") : inventory->channel[campaign->channel]);
    put_text_or_null(json, LIT("uses"),
                     campaign->uses == NONE ? STR("") : inventory->purpose[campaign->uses].name);
    json_map_end(json);
}

static enum candor_status choices(struct job *job, struct candor *candor, const char *uses,
                                  struct candor_text *report)
{
    const struct inventory *inventory = candor->inventory;
    struct answer answer;
    size_t under = NONE;
    TRY(caller_may(job, candor, ACT_PLAN));
    if (uses != NULL && uses[0] != '\0') {
        TRY(home_purpose(job, candor, str_of(uses), &under));
    }
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("purposes"));
    json_list_begin(&answer.json);
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        put_purpose(&answer.json, inventory, p);
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("campaigns"));
    json_list_begin(&answer.json);
    for (size_t c = 0; c < candor->campaign_count; c++) {
        put_campaign(&answer.json, candor, c);
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("fields"));
    json_list_begin(&answer.json);
    for (size_t f = 0; f < inventory->field_count; f++) {
        put_field(&answer.json, inventory, f, under);
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("features"));
    json_list_begin(&answer.json);
    for (size_t f = 0; f < inventory->feature_count; f++) {
        put_feature(&answer.json, inventory, f, under);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_audience_choices(struct job *job, struct candor *candor, const char *uses,
                                           struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = choices(job, candor, uses, report);
    home_leave(candor);
    return status;
}
