/*
 * describe.c - what was decoded, as JSON. Numbers of purposes, features and vendors begin with 1;
 * sets of vendors are ascending ranges ("1-4,9"); null is a segment that is not there, which is not
 * the same as an empty one.
 */
#include "inside.h"
#include "text.h"

static void put_numbers(struct json *json, uint64_t set)
{
    json_list_begin(json);
    for (unsigned i = 0; i < 64; i++) {
        if ((set >> i & 1) == 1) {
            json_u64(json, i + 1);
        }
    }
    json_list_end(json);
}

static void put_set(struct json *json, struct arena *arena, bool is_there, const struct idset *set)
{
    if (is_there) {
        json_text(json, idset_text(arena, set));
    } else {
        json_null(json);
    }
}

/* To the tenth of a second, which the string has. */
static struct str instant(struct arena *arena, int64_t tenths)
{
    const struct str whole = str_from_time(arena, tenths / 10 * MICROS_PER_SECOND);
    return str_format(arena, "%.*s.%dZ", (int)whole.len - 1, whole.ptr, (int)(tenths % 10));
}

static void put_restrictions(struct json *json, struct arena *arena, const struct tcf *tcf)
{
    json_list_begin(json);
    for (size_t i = 0; i < tcf->restriction_count; i++) {
        json_map_begin(json);
        json_key(json, LIT("purpose"));
        json_u64(json, tcf->restriction[i].purpose);
        json_key(json, LIT("type"));
        json_u64(json, tcf->restriction[i].kind);
        json_key(json, LIT("vendors"));
        json_text(json, idset_text(arena, &tcf->restriction[i].vendors));
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_publisher(struct json *json, const struct tcf *tcf)
{
    if (!tcf->has_publisher) {
        json_null(json);
        return;
    }
    json_map_begin(json);
    json_key(json, LIT("purpose_consents"));
    put_numbers(json, tcf->publisher.consent);
    json_key(json, LIT("purpose_li"));
    put_numbers(json, tcf->publisher.interest);
    json_key(json, LIT("num_custom"));
    json_u64(json, tcf->publisher.custom_count);
    json_key(json, LIT("custom_consents"));
    put_numbers(json, tcf->publisher.custom_consent);
    json_key(json, LIT("custom_li"));
    put_numbers(json, tcf->publisher.custom_interest);
    json_map_end(json);
}

static void put_head(struct json *json, struct arena *arena, const struct tcf *tcf)
{
    json_key(json, LIT("version"));
    json_u64(json, tcf->version);
    json_key(json, LIT("created"));
    json_text(json, instant(arena, tcf->created));
    json_key(json, LIT("last_updated"));
    json_text(json, instant(arena, tcf->updated));
    json_key(json, LIT("created_ds"));
    json_i64(json, tcf->created);
    json_key(json, LIT("last_updated_ds"));
    json_i64(json, tcf->updated);
    json_key(json, LIT("cmp_id"));
    json_u64(json, tcf->cmp_id);
    json_key(json, LIT("cmp_version"));
    json_u64(json, tcf->cmp_version);
    json_key(json, LIT("consent_screen"));
    json_u64(json, tcf->consent_screen);
    json_key(json, LIT("consent_language"));
    json_text(json, str_of(tcf->language));
    json_key(json, LIT("vendor_list_version"));
    json_u64(json, tcf->vendor_list_version);
    json_key(json, LIT("policy_version"));
    json_u64(json, tcf->policy_version);
}

/* Canada has no country, and no strings for several services. */
static void put_flags(struct json *json, const struct tcf *tcf)
{
    if (tcf->version != 2) {
        json_key(json, LIT("use_non_standard_stacks"));
        json_bool(json, tcf->use_non_standard_texts);
        return;
    }
    json_key(json, LIT("is_service_specific"));
    json_bool(json, tcf->is_service_specific);
    json_key(json, LIT("use_non_standard_texts"));
    json_bool(json, tcf->use_non_standard_texts);
    json_key(json, LIT("purpose_one_treatment"));
    json_bool(json, tcf->purpose_one_treatment);
    json_key(json, LIT("publisher_cc"));
    json_text(json, str_of(tcf->country));
    json_key(json, LIT("tcf22_usable"));
    json_bool(json, tcf_is_usable(tcf));
    json_key(json, LIT("tcf23_usable"));
    json_bool(json, tcf_is_usable(tcf) && tcf->has_disclosed);
}

void tcf_json(struct json *json, struct arena *arena, const struct tcf *tcf)
{
    put_head(json, arena, tcf);
    put_flags(json, tcf);
    json_key(json, LIT("special_feature_optins"));
    put_numbers(json, tcf->special_features);
    json_key(json, LIT("purpose_consents"));
    put_numbers(json, tcf->purposes_consent);
    json_key(json, LIT("purpose_li"));
    put_numbers(json, tcf->purposes_interest);
    json_key(json, LIT("vendor_consents"));
    put_set(json, arena, true, &tcf->vendor_consent);
    json_key(json, LIT("vendor_li"));
    put_set(json, arena, true, &tcf->vendor_interest);
    json_key(json, LIT("publisher_restrictions"));
    put_restrictions(json, arena, tcf);
    json_key(json, LIT("disclosed_vendors"));
    put_set(json, arena, tcf->has_disclosed, &tcf->disclosed);
    json_key(json, LIT("allowed_vendors"));
    put_set(json, arena, tcf->has_allowed, &tcf->allowed);
    json_key(json, LIT("publisher_tc"));
    put_publisher(json, tcf);
}

void usp_json(struct json *json, const struct usp *usp)
{
    const struct str notice = {&usp->notice, 1};
    const struct str opt_out = {&usp->opt_out, 1};
    const struct str lspa = {&usp->lspa, 1};
    json_key(json, LIT("version"));
    json_u64(json, 1);
    json_key(json, LIT("notice"));
    json_text(json, notice);
    json_key(json, LIT("opt_out_sale"));
    json_text(json, opt_out);
    json_key(json, LIT("lspa"));
    json_text(json, lspa);
    json_key(json, LIT("ccpa_applies"));
    json_bool(json, usp_applies(usp));
    json_key(json, LIT("sale_allowed"));
    json_bool(json, usp_sale_allowed(usp));
    if (usp_is_irregular(usp)) {
        json_key(json, LIT("violates_spec"));
        json_bool(json, true);
    }
}

/* ---- GPP ----------------------------------------------------------------------------------- */

static void put_values(struct json *json, const uint8_t *value, size_t count)
{
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_u64(json, value[i]);
    }
    json_list_end(json);
}

static void put_item(struct json *json, const struct gpp_layout *layout,
                     const struct gpp_item *item, const struct gpp_us *us)
{
    json_key_str(json, str_of(gpp_field_name(layout, (enum gpp_field)item->field)));
    if (item->field == GPP_SENSITIVE) {
        put_values(json, us->sensitive,
                   us->sensitive_count == 0 ? item->count : us->sensitive_count);
    } else if (item->field == GPP_CHILD && item->count > 1) {
        put_values(json, us->child, us->child_count);
    } else {
        json_u64(json, item->field == GPP_CHILD ? us->child[0] : us->value[item->field]);
    }
}

static void put_us(struct json *json, const struct gpp_section *section)
{
    const struct gpp_layout *layout = section->layout;
    json_key(json, LIT("fields"));
    json_map_begin(json);
    for (size_t i = 0; i < GPP_ITEMS_MAX && layout->item[i].count > 0; i++) {
        put_item(json, layout, &layout->item[i], &section->is.us);
    }
    if (layout->extra == GPP_EXTRA_SENSITIVE) {
        put_item(json, layout, &layout->extra_item, &section->is.us);
    } else {
        json_key(json, LIT("Gpc"));
        if (section->is.us.has_gpc) {
            json_bool(json, section->is.us.gpc);
        } else {
            json_null(json);
        }
    }
    json_map_end(json);
}

static void put_tcf(struct json *json, struct arena *arena, const struct gpp_section *section)
{
    struct tcf tcf;
    const enum signal_fault fault = section->id == GPP_TCF_EU
                                        ? tcf_decode(arena, section->raw, &tcf)
                                        : tcf_ca_decode(arena, section->raw, &tcf);
    if (fault != SIGNAL_FINE) {
        json_key(json, LIT("malformed"));
        json_text(json, str_of(signal_fault_code(fault)));
        return;
    }
    json_key(json, LIT("fields"));
    json_map_begin(json);
    tcf_json(json, arena, &tcf);
    json_map_end(json);
}

static void put_section(struct json *json, struct arena *arena, const struct gpp_section *section)
{
    const char *name = gpp_section_name(section->id);
    json_key_str(json, name != NULL ? str_of(name) : str_format(arena, "section_%u", section->id));
    json_map_begin(json);
    json_key(json, LIT("raw"));
    json_text(json, section->raw);
    if (section->layout != NULL) {
        put_us(json, section);
    } else if (section->id == GPP_USP) {
        json_key(json, LIT("fields"));
        json_map_begin(json);
        usp_json(json, &section->is.usp);
        json_map_end(json);
    } else if (section->id == GPP_TCF_EU || section->id == GPP_TCF_CA) {
        put_tcf(json, arena, section);
    }
    json_map_end(json);
}

void gpp_json(struct json *json, struct arena *arena, const struct gpp *gpp)
{
    json_key(json, LIT("section_ids"));
    json_list_begin(json);
    for (size_t i = 0; i < gpp->count; i++) {
        json_u64(json, gpp->section[i].id);
    }
    json_list_end(json);
    json_key(json, LIT("sections"));
    json_map_begin(json);
    for (size_t i = 0; i < gpp->count; i++) {
        put_section(json, arena, &gpp->section[i]);
    }
    json_map_end(json);
}
