/*
 * inventory_list.c - the inventory as candor.yaml has it. No value is looked at.
 */
#include "candor_insight.h"
#include "inventoried.h"

void purpose_channels_json(struct json *json, const struct inventory *inventory,
                           const struct purpose *purpose)
{
    json_key(json, LIT("channels"));
    json_list_begin(json);
    for (size_t c = 0; c < inventory->channel_count; c++) {
        if ((purpose->channels >> c & 1) != 0) {
            json_text(json, inventory->channel[c]);
        }
    }
    json_list_end(json);
}

/* The scores that are asked of what is held: the field's own go before the home's. */
static void put_least(struct json *json, const struct quality_least *own,
                      const struct quality_least *home)
{
    json_key(json, LIT("least"));
    json_map_begin(json);
    for (size_t q = 0; q < QUALITIES; q++) {
        const double least = own != NULL && !isnan(own->of[q])
                                 ? own->of[q]
                                 : (home != NULL ? home->of[q] : NOT_KNOWN);
        if (!isnan(least)) {
            json_key_str(json, str_of(quality_name((enum quality)q)));
            json_f64(json, least);
        }
    }
    json_map_end(json);
}

static void put_fields(struct json *json, const struct candor *candor)
{
    const struct inventory *inventory = candor->inventory;
    json_key(json, LIT("fields"));
    json_list_begin(json);
    for (size_t f = 0; f < inventory->field_count; f++) {
        json_map_begin(json);
        inventory_field_json(json, candor, NULL, &inventory->field[f]);
        put_least(json, &candor->quality.field[f].least, &candor->quality.least);
        json_map_end(json);
    }
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        const struct event_kind *kind = &inventory->event_kind[k];
        for (size_t p = 0; p < kind->property_count; p++) {
            json_map_begin(json);
            inventory_field_json(json, candor, kind, &kind->property[p]);
            json_map_end(json);
        }
    }
    json_list_end(json);
}

static void put_events(struct json *json, const struct inventory *inventory)
{
    json_key(json, LIT("events"));
    json_list_begin(json);
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        json_map_begin(json);
        put_text(json, LIT("name"), inventory->event_kind[k].name);
        put_text(json, LIT("label"), inventory->event_kind[k].label);
        json_key(json, LIT("retention_days"));
        json_u64(json, inventory->event_kind[k].retention_days);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_purposes(struct json *json, const struct inventory *inventory)
{
    json_key(json, LIT("purposes"));
    json_list_begin(json);
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        json_map_begin(json);
        put_text(json, LIT("name"), inventory->purpose[p].name);
        put_text(json, LIT("title"), inventory->purpose[p].title);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_standards(struct json *json, const struct candor *candor)
{
    json_key(json, LIT("quality"));
    json_map_begin(json);
    put_least(json, NULL, &candor->quality.least);
    json_key(json, LIT("quarantine_days"));
    json_u64(json, candor->quality.quarantine_days);
    json_key(json, LIT("sources"));
    json_list_begin(json);
    for (size_t s = 0; s < candor->quality.source_count; s++) {
        json_map_begin(json);
        put_text(json, LIT("name"), candor->quality.source[s].name);
        put_least(json, &candor->quality.source[s].least, NULL);
        json_map_end(json);
    }
    json_list_end(json);
    json_map_end(json);
}

static void put_retention(struct json *json, const struct retention_rules *rules)
{
    json_key(json, LIT("retention"));
    json_map_begin(json);
    json_key(json, LIT("every_days"));
    json_u64(json, rules->every_days);
    json_key(json, LIT("contacts_days"));
    json_u64(json, rules->contacts_days);
    json_key(json, LIT("decisions_days"));
    json_u64(json, rules->decisions_days);
    json_key(json, LIT("chats_days"));
    json_u64(json, rules->chats_days);
    json_key(json, LIT("inactive_days"));
    json_u64(json, rules->inactive_days);
    json_map_end(json);
}

static enum candor_status list(struct job *job, struct candor *candor, struct candor_text *report)
{
    struct answer answer;
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_fields(&answer.json, candor);
    put_events(&answer.json, candor->inventory);
    put_purposes(&answer.json, candor->inventory);
    put_standards(&answer.json, candor);
    put_retention(&answer.json, &candor->retention);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_inventory(struct job *job, struct candor *candor,
                                    struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = list(job, candor, report);
    home_leave(candor);
    return status;
}
