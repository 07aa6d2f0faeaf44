/*
 * campaign_choices.c - what a campaign can be made of: for a form that makes one.
 */
#include "candor_campaign.h"
#include "inventoried.h"

static void put_purposes(struct json *json, const struct inventory *inventory)
{
    json_key(json, LIT("purposes"));
    json_list_begin(json);
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        const struct purpose *purpose = &inventory->purpose[p];
        json_map_begin(json);
        put_text(json, LIT("name"), purpose->name);
        put_text(json, LIT("title"), purpose->title);
        purpose_channels_json(json, inventory, purpose);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_names(struct json *json, struct lit key, const struct inventory *inventory,
                      bool (*is_wanted)(const struct field *field))
{
    json_key(json, key);
    json_list_begin(json);
    for (size_t f = 0; f < inventory->field_count; f++) {
        if (is_wanted(&inventory->field[f])) {
            json_text(json, inventory->field[f].name);
        }
    }
    json_list_end(json);
}

static bool is_address(const struct field *field)
{
    return field->pii.len > 0 && !field->is_protected;
}

static bool is_protected(const struct field *field)
{
    return field->is_protected;
}

static void put_features(struct json *json, const struct inventory *inventory)
{
    json_key(json, LIT("features"));
    json_list_begin(json);
    for (size_t f = 0; f < inventory->feature_count; f++) {
        const struct feature *feature = &inventory->feature[f];
        if (feature->is_protected) {
            continue;
        }
        json_map_begin(json);
        put_text(json, LIT("name"), feature->name);
        put_text(json, LIT("label"), feature->label);
        json_map_end(json);
    }
    json_list_end(json);
}

static enum candor_status choices(struct job *job, const struct candor *candor,
                                  struct candor_text *report)
{
    const struct inventory *inventory = candor->inventory;
    struct answer answer;
    if (caller_may(job, candor, ACT_TRAIN) != CANDOR_OK) {
        job_forgive(job);
        TRY(caller_may(job, candor, ACT_PLAN));
    }
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_purposes(&answer.json, inventory);
    put_names(&answer.json, LIT("addresses"), inventory, is_address);
    put_names(&answer.json, LIT("protected"), inventory, is_protected);
    put_features(&answer.json, inventory);
    json_key(&answer.json, LIT("models"));
    json_list_begin(&answer.json);
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        json_text(&answer.json, candor->model_spec[m].name);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_campaign_choices(struct job *job, struct candor *candor,
                                           struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = choices(job, candor, report);
    home_leave(candor);
    return status;
}
