/*
 * console_edit.c - a campaign is made or changed: a form that becomes what candor.yaml would say.
 *
 * The library reads what comes of it exactly as it reads candor.yaml, and its refusal is shown over the
 * form, with everything that was typed still in it.
 */
#include "console.h"

enum { OFFERS = 4, CONDITIONS = 2 };

/* What the fields begin with: what was typed, else what stands in the campaign. */
struct editing {
    struct site *site;
    struct buf *html;
    const struct value *before; /* NULL: a new one */
    const struct value *choices;
};

static bool was_typed(const struct editing *editing)
{
    return editing->site->ask->request->method == NET_POST;
}

/* The text of a cell, whatever its type. */
static struct str cell_text(struct arena *arena, const struct value *value)
{
    if (value == NULL) {
        return STR("");
    }
    if (value->kind == VALUE_NUMBER) {
        return value->is_integer ? str_format(arena, "%lld", (long long)value->integer)
                                 : str_from_double(arena, value->number);
    }
    return value->kind == VALUE_TEXT ? value->text : STR("");
}

static struct str begin_with(const struct editing *editing, const char *field,
                             const struct value *value)
{
    return was_typed(editing) ? site_field(editing->site, field)
                              : cell_text(editing->site->job->arena, value);
}

static void put_text(const struct editing *editing, struct lit name, enum word label,
                     enum word hint, const struct value *value, bool is_optional)
{
    const struct page_field field = {
        .kind = PAGE_FIELD_TEXT,
        .name = name,
        .label = word(label),
        .hint = hint == W_NOTHING ? LIT("") : word(hint),
        .value = begin_with(editing, name.ptr, value),
        .is_optional = is_optional,
        .says_optional = is_optional,
    };
    page_field(editing->html, &field);
}

/* Names and what people read for them; none: what choosing nothing means, W_NOTHING: it cannot be chosen. */
static void put_options(const struct editing *editing, const struct page_field *field,
                        const struct page_option *option, size_t count, enum word none)
{
    struct arena *arena = editing->site->job->arena;
    struct page_option *all = NEW_ARRAY(arena, count + 2, struct page_option);
    size_t at = 0;
    bool is_known = field->value.len == 0;
    if (none != W_NOTHING) {
        all[at++] = (struct page_option){STR(""), str_from(word(none))};
    }
    for (size_t i = 0; i < count; i++) {
        is_known = is_known || str_equal(option[i].value, field->value);
        all[at++] = option[i];
    }
    if (!is_known) { /* a campaign keeps what the list has not */
        all[at++] = (struct page_option){field->value, field->value};
    }
    page_select_of(editing->html, field, all, at);
}

/* A list of names, or of maps with names and titles. */
static void put_choice(const struct editing *editing, struct lit name, enum word label,
                       const char *list_name, const struct value *value, enum word none)
{
    struct arena *arena = editing->site->job->arena;
    const struct value *list = value_get(editing->choices, list_name);
    struct page_option *option = NEW_ARRAY(arena, site_size(list) + 1, struct page_option);
    for (size_t i = 0; i < site_size(list); i++) {
        const struct value *item = &list->item[i];
        const bool has_title = item->kind == VALUE_MAP;
        option[i] = has_title
                        ? (struct page_option){site_text(item, "name"), site_text(item, "title")}
                        : (struct page_option){item->text, site_spaced(arena, item->text)};
    }
    const struct page_field field = {.name = name,
                                     .label = word(label),
                                     .value = begin_with(editing, name.ptr, value),
                                     .is_optional = none != W_NOTHING};
    put_options(editing, &field, option, site_size(list), none);
}

enum { CHANNELS_MAX = 64 };

/* Every channel that some purpose has, once. */
static void put_channel(const struct editing *editing)
{
    const struct value *purposes = value_get(editing->choices, "purposes");
    struct page_option *option =
        NEW_ARRAY(editing->site->job->arena, CHANNELS_MAX, struct page_option);
    size_t count = 0;
    for (size_t p = 0; p < site_size(purposes); p++) {
        const struct value *list = value_get(&purposes->item[p], "channels");
        for (size_t c = 0; c < site_size(list); c++) {
            size_t known = 0;
            while (known < count && !str_equal(option[known].value, list->item[c].text)) {
                known++;
            }
            if (known == count && count < CHANNELS_MAX) {
                option[count++] = (struct page_option){list->item[c].text, list->item[c].text};
            }
        }
    }
    const struct page_field field = {
        .name = LIT("channel"),
        .label = word(W_EDIT_CHANNEL),
        .value = begin_with(editing, "channel", value_get(editing->before, "channel")),
        .is_optional = true};
    put_options(editing, &field, option, count, W_EDIT_NO_CHANNEL);
}

static void put_group(const struct editing *editing, enum word title)
{
    say_in(editing->html, LIT("<fieldset class=\"card\"><legend>"), title, LIT("</legend>"));
}

static void end_group(const struct editing *editing)
{
    html_lit(editing->html, LIT("</fieldset>"));
}

static const struct value *inside(const struct value *map, const char *outer, const char *inner)
{
    return value_get(value_get(map, outer), inner);
}

/* ---- the parts of the form ------------------------------------------------------------------ */

static void put_what(const struct editing *editing, bool is_new)
{
    const struct value *before = editing->before;
    put_group(editing, W_EDIT_WHAT);
    put_text(editing, LIT("title"), W_EDIT_TITLE, W_NOTHING, value_get(before, "title"), false);
    if (is_new) {
        put_text(editing, LIT("name"), W_EDIT_NAME, W_EDIT_NAME_HINT, value_get(before, "name"),
                 false);
    }
    put_choice(editing, LIT("purpose"), W_EDIT_PURPOSE, "purposes", value_get(before, "purpose"),
               W_NOTHING);
    put_channel(editing);
    put_choice(editing, LIT("address"), W_EDIT_ADDRESS, "addresses", value_get(before, "address"),
               W_EDIT_NO_ADDRESS);
    end_group(editing);
}

static void put_whom(const struct editing *editing)
{
    const struct value *before = editing->before;
    put_group(editing, W_EDIT_WHOM);
    put_choice(editing, LIT("uses"), W_EDIT_USES, "purposes", value_get(before, "uses"),
               W_EDIT_NO_USES);
    put_choice(editing, LIT("model"), W_EDIT_MODEL, "models", value_get(before, "model"),
               W_EDIT_NO_MODEL);
    put_text(editing, LIT("top"), W_EDIT_TOP, W_EDIT_TOP_HINT, inside(before, "select", "top"),
             true);
    put_text(editing, LIT("min_score"), W_EDIT_MIN_SCORE, W_EDIT_MIN_SCORE_HINT,
             inside(before, "select", "min_score"), true);
    put_text(editing, LIT("contacts"), W_EDIT_CONTACTS, W_EDIT_CONTACTS_HINT,
             inside(before, "cap", "contacts"), true);
    put_text(editing, LIT("days"), W_EDIT_DAYS, W_NOTHING, inside(before, "cap", "days"), true);
    put_text(editing, LIT("holdout"), W_EDIT_HOLDOUT, W_EDIT_HOLDOUT_HINT,
             value_get(before, "holdout"), true);
    end_group(editing);
}

static void put_offers(const struct editing *editing)
{
    struct arena *arena = editing->site->job->arena;
    const struct value *offers = value_get(editing->before, "offers");
    put_group(editing, W_EDIT_OFFERS);
    for (size_t i = 0; i < OFFERS; i++) {
        const struct value *offer = i < site_size(offers) ? &offers->item[i] : NULL;
        const struct str name = str_format(arena, "offer%zu", i + 1);
        const struct lit field_name = {str_z(arena, name), name.len};
        put_text(editing, field_name, (enum word)(W_EDIT_OFFER_1 + i),
                 i == 0 ? W_EDIT_OFFER_HINT : W_NOTHING, value_get(offer, "title"), i > 0);
    }
    end_group(editing);
}

static void put_fair(const struct editing *editing)
{
    const struct value *attributes = inside(editing->before, "fairness", "attributes");
    put_group(editing, W_EDIT_FAIR);
    put_choice(editing, LIT("attribute"), W_EDIT_ATTRIBUTE, "protected",
               attributes != NULL && attributes->kind == VALUE_LIST && attributes->count > 0
                   ? &attributes->item[0]
                   : NULL,
               W_EDIT_NO_ATTRIBUTE);
    put_choice(editing, LIT("audit"), W_EDIT_AUDIT, "purposes",
               inside(editing->before, "fairness", "audit"), W_EDIT_NO_AUDIT);
    end_group(editing);
}

static struct outcome edit_page(struct site *site, unsigned code, const struct value *before,
                                struct str error)
{
    struct candor_text report;
    struct buf html = buf_begin(site->job->arena);
    const bool is_new = site->ask->parameter[0].len == 0;
    const enum candor_status status = candor_campaign_choices(site->job, site->candor, &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct editing editing = {site, &html, before, site_read(site, &report)};
    site_begin(site, &html, str_from(word(is_new ? W_EDIT_NEW : W_EDIT_CHANGE)), "/campaigns");
    say_in(&html, LIT("<p class=\"lead\">"), W_EDIT_LEAD, LIT("</p>"));
    page_notice(&html, PAGE_NOTICE_BAD, error);
    site_form_to(site, &html,
                 is_new ? STR("/campaigns/new")
                        : console_path(site->job->arena, site->ask->parameter[0], "/edit"));
    put_what(&editing, is_new);
    put_whom(&editing);
    put_offers(&editing);
    put_fair(&editing);
    page_button(&html, word(W_EDIT_SAVE), PAGE_BUTTON_MAIN);
    page_form_end(&html);
    return site_end_with(&html, code);
}

struct outcome console_edit(struct site *site)
{
    struct candor_text report;
    const struct str name = site->ask->parameter[0];
    if (name.len == 0) {
        return edit_page(site, 200, NULL, STR(""));
    }
    const enum candor_status status =
        candor_campaign_source(site->job, site->candor, str_z(site->job->arena, name), &report);
    return status == CANDOR_OK ? edit_page(site, 200, site_read(site, &report), STR(""))
                               : site_failure(site, status);
}

/* ---- what was typed becomes a campaign -------------------------------------------------------- */

static void put_member(struct json *json, const char *key, struct str text)
{
    if (text.len > 0) {
        json_key_str(json, str_of(key));
        json_text(json, text);
    }
}

/* A number as a number; what is none stays a text, and the library says so. */
static void put_number(struct json *json, const char *key, struct str text)
{
    int64_t whole = 0;
    double number = 0;
    if (text.len == 0) {
        return;
    }
    json_key_str(json, str_of(key));
    if (str_to_int64(text, &whole)) {
        json_i64(json, whole);
    } else if (str_to_double(text, &number)) {
        json_f64(json, number);
    } else {
        json_text(json, text);
    }
}

static bool put_map(struct json *json, const char *key, bool is_wanted)
{
    if (is_wanted) {
        json_key_str(json, str_of(key));
        json_map_begin(json);
    }
    return is_wanted;
}

/* Members of a map that the form has no field for. */
static void put_others(struct json *json, const struct value *map, const char *first,
                       const char *second)
{
    for (size_t i = 0; map != NULL && i < map->count; i++) {
        if (!str_is(map->key[i], first) && !str_is(map->key[i], second)) {
            json_key_str(json, map->key[i]);
            json_value(json, &map->item[i]);
        }
    }
}

/* An offer keeps its name and whom it is for; those that have no field stay as they are. */
static void put_all_offers(const struct site *site, struct json *json, const struct value *before)
{
    const struct value *offers = value_get(before, "offers");
    json_key(json, LIT("offers"));
    json_list_begin(json);
    for (size_t i = 0; i < OFFERS; i++) {
        const struct value *offer = i < site_size(offers) ? &offers->item[i] : NULL;
        const struct str field = str_format(site->job->arena, "offer%zu", i + 1);
        const struct str title = str_trim(site_field(site, field.ptr));
        const struct str name = site_text(offer, "name");
        if (title.len > 0) {
            json_map_begin(json);
            put_member(json, "name", name.len > 0 ? name : field);
            put_member(json, "title", title);
            put_others(json, offer, "name", "title");
            json_map_end(json);
        }
    }
    for (size_t i = OFFERS; i < site_size(offers); i++) {
        json_value(json, &offers->item[i]);
    }
    json_list_end(json);
}

/* The attribute that was chosen stands first; further ones stay. */
static void put_fairness(const struct site *site, struct json *json, const struct value *before)
{
    const struct value *fairness = value_get(before, "fairness");
    const struct value *attributes = value_get(fairness, "attributes");
    const struct str attribute = site_field(site, "attribute");
    if (put_map(json, "fairness", attribute.len > 0)) {
        json_key(json, LIT("attributes"));
        json_list_begin(json);
        json_text(json, attribute);
        for (size_t i = 1; i < site_size(attributes); i++) {
            if (!str_equal(attributes->item[i].text, attribute)) {
                json_value(json, &attributes->item[i]);
            }
        }
        json_list_end(json);
        put_member(json, "audit", site_field(site, "audit"));
        put_others(json, fairness, "attributes", "audit");
        json_map_end(json);
    }
}

/* What the form cannot show, of a campaign that is changed, stays: audience, outcome ... */
static void put_kept(struct json *json, const struct value *before)
{
    static const char *const kept[] = {"audience", "not_interested", "outcome",
                                       "choose",   "regulated",      "topic"};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        const struct value *value = value_get(before, kept[i]);
        if (value != NULL) {
            json_key_str(json, str_of(kept[i]));
            json_value(json, value);
        }
    }
}

static const char *campaign_of(const struct site *site, struct str name, const struct value *before)
{
    struct buf buf = buf_begin(site->job->arena);
    struct json json;
    const struct str top = str_trim(site_field(site, "top"));
    const struct str score = str_trim(site_field(site, "min_score"));
    const struct str contacts = str_trim(site_field(site, "contacts"));
    const struct str days = str_trim(site_field(site, "days"));
    static const char *const plain[] = {"title", "purpose", "channel", "address", "uses", "model"};
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    put_member(&json, "name", name);
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        put_member(&json, plain[i], str_trim(site_field(site, plain[i])));
    }
    if (put_map(&json, "select", top.len > 0 || score.len > 0)) {
        put_number(&json, "top", top);
        put_number(&json, "min_score", score);
        json_map_end(&json);
    }
    if (put_map(&json, "cap", contacts.len > 0 || days.len > 0)) {
        put_number(&json, "contacts", contacts);
        put_number(&json, "days", days);
        json_map_end(&json);
    }
    put_number(&json, "holdout", str_trim(site_field(site, "holdout")));
    put_all_offers(site, &json, before);
    put_fairness(site, &json, before);
    put_kept(&json, before);
    json_map_end(&json);
    json_end(&json);
    return str_z(site->job->arena, buf_text(&buf));
}

struct outcome console_edit_post(struct site *site)
{
    struct candor_text report;
    struct arena *arena = site->job->arena;
    const struct value *before = NULL;
    struct str name = site->ask->parameter[0];
    if (name.len == 0) {
        name = str_trim(site_field(site, "name"));
    } else {
        const enum candor_status status =
            candor_campaign_source(site->job, site->candor, str_z(arena, name), &report);
        if (status != CANDOR_OK) {
            return site_failure(site, status);
        }
        before = site_read(site, &report);
    }
    const enum candor_status status =
        candor_campaign_put(site->job, site->candor, campaign_of(site, name, before), &report);
    if (status == CANDOR_OK) {
        return site_go_saying(site, str_z(arena, console_path(arena, name, "")), "campaign");
    }
    return edit_page(site, (unsigned)status_http_code(status), before, site_said(site, status));
}
