/*
 * inventory.c - the audit of the inventory as one answer: what is held, by whom it is used, what should
 * not be there, and what stands in for what.
 */
#include <math.h>

#include "inventoried.h"

static void put_names(struct json *json, const struct inventory *inventory, uint64_t purposes)
{
    json_key(json, LIT("purposes"));
    json_list_begin(json);
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        if ((purposes >> p & 1) != 0) {
            json_text(json, inventory->purpose[p].name);
        }
    }
    json_list_end(json);
}

/* What the field asks of its values, and which rules across fields look at it. */
static void put_rules(struct json *json, const struct candor *candor, size_t f)
{
    const struct field *field = &candor->inventory->field[f];
    const struct quality_field *quality = &candor->quality.field[f];
    json_key(json, LIT("quality"));
    json_map_begin(json);
    json_key(json, LIT("required"));
    json_bool(json, field->required);
    json_key(json, LIT("unique"));
    json_bool(json, quality->is_unique);
    json_key(json, LIT("fresh_days"));
    json_u64(json, quality->fresh_days);
    json_key(json, LIT("min"));
    json_f64(json, field->has_min ? field->min : NOT_KNOWN);
    json_key(json, LIT("max"));
    json_f64(json, field->has_max ? field->max : NOT_KNOWN);
    json_key(json, LIT("allowed"));
    json_u64(json, field->allowed_count);
    json_map_end(json);
    json_key(json, LIT("rules"));
    json_list_begin(json);
    for (size_t r = 0; r < candor->quality.rule_count; r++) {
        const struct quality_rule *rule = &candor->quality.rule[r];
        if (rule->then.field == f || rule->then.other == f ||
            (rule->has_when && (rule->when.field == f || rule->when.other == f))) {
            json_text(json, rule->name);
        }
    }
    json_list_end(json);
}

void inventory_field_json(struct json *json, const struct candor *candor,
                          const struct event_kind *kind, const struct field *field)
{
    json_key(json, LIT("name"));
    json_text(json, field->name);
    json_key(json, LIT("label"));
    json_text(json, field->label);
    json_key(json, LIT("event"));
    json_text(json, kind != NULL ? kind->name : STR(""));
    json_key(json, LIT("type"));
    json_text(json, str_of(field_type_name(field->type)));
    json_key(json, LIT("owner"));
    json_text(json, field->owner);
    json_key(json, LIT("origin"));
    json_text(json, str_of(origin_name(field->origin)));
    json_key(json, LIT("sensitivity"));
    json_text(json, str_of(sensitivity_name(field->sensitivity)));
    json_key(json, LIT("special_category"));
    json_bool(json, field->sensitivity == SENSITIVITY_SPECIAL);
    json_key(json, LIT("pii"));
    json_text(json, field->pii);
    json_key(json, LIT("protected"));
    json_bool(json, field->is_protected);
    json_key(json, LIT("retention_days"));
    json_u64(json, field->retention_days);
    put_names(json, candor->inventory, field->purposes);
    if (kind == NULL) {
        const size_t at = (size_t)(field - candor->inventory->field);
        put_rules(json, candor, at);
        (void)used_by_json(json, candor, at, NONE);
    }
}

static void put_field(struct json *json, const struct candor *candor, const struct scanned *scanned)
{
    json_map_begin(json);
    inventory_field_json(json, candor, scanned->kind, scanned->field);
    json_key(json, LIT("values"));
    json_u64(json, scanned->values);
    json_map_end(json);
}

static void put_undeclared(struct json *json, const struct scan *scan, size_t *findings)
{
    json_key(json, LIT("undeclared"));
    json_list_begin(json);
    for (size_t i = 0; i < scan->count; i++) {
        const struct scanned *scanned = &scan->scanned[i];
        double share = NOT_KNOWN;
        const enum detected detected = scanned_undeclared(scanned, &share);
        if (detected == DETECTED_NOTHING) {
            continue;
        }
        (*findings)++;
        json_map_begin(json);
        json_key(json, LIT("name"));
        json_text(json, scanned->field->name);
        json_key(json, LIT("event"));
        json_text(json, scanned->kind == NULL ? STR("") : scanned->kind->name);
        json_key(json, LIT("looks_like"));
        json_text(json, str_of(detected_name(detected)));
        json_key(json, LIT("declared"));
        json_text(json, scanned->field->pii);
        json_key(json, LIT("share"));
        json_f64(json, share);
        json_key(json, LIT("values"));
        json_u64(json, scanned->values);
        json_key(json, LIT("by"));
        json_lit(json, isnan(share) ? LIT("its name") : LIT("its values"));
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_without_owner(struct json *json, const struct scan *scan)
{
    uint64_t count = 0;
    for (size_t i = 0; i < scan->count; i++) {
        count += scan->scanned[i].field->owner.len == 0;
    }
    json_key(json, LIT("without_owner"));
    json_u64(json, count);
}

enum candor_status inventory_audit(struct job *job, struct candor *candor, struct txn *txn,
                                   struct json *json, size_t *findings)
{
    struct scan scan;
    TRY(inventory_scan(job, candor, txn, &scan));
    json_key(json, LIT("inventory"));
    json_map_begin(json);
    json_key(json, LIT("subjects"));
    json_u64(json, scan.subjects);
    json_key(json, LIT("left_alone_restricted"));
    json_u64(json, scan.restricted);
    put_without_owner(json, &scan);
    json_key(json, LIT("fields"));
    json_list_begin(json);
    for (size_t i = 0; i < scan.count; i++) {
        put_field(json, candor, &scan.scanned[i]);
    }
    json_list_end(json);
    put_undeclared(json, &scan, findings);
    unused_json(json, candor, &scan);
    TRY(cost_json(job, candor, txn, json));
    TRY(proxies_json(job, candor, txn, json, findings));
    json_map_end(json);
    return CANDOR_OK;
}
