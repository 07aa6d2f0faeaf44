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
    };
    page_field(editing->html, &field);
}

/* A list of names, or of maps with names; with an empty choice first when it is optional. */
static void put_choice(const struct editing *editing, struct lit name, enum word label,
                       const char *list_name, const struct value *value, bool is_optional)
{
    struct arena *arena = editing->site->job->arena;
    const struct value *list = value_get(editing->choices, list_name);
    const size_t count = list == NULL ? 0 : list->count;
    struct str *choice = NEW_ARRAY(arena, count + 1, struct str);
    size_t at = 0;
    if (is_optional) {
        choice[at++] = STR("");
    }
    for (size_t i = 0; i < count; i++) {
        const struct value *item = &list->item[i];
        choice[at++] = item->kind == VALUE_MAP ? site_text(item, "name") : item->text;
    }
    const struct page_field field = {.name = name,
                                     .label = word(label),
                                     .value = begin_with(editing, name.ptr, value),
                                     .is_optional = is_optional};
    page_select(editing->html, &field, choice, at);
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
               false);
    put_text(editing, LIT("channel"), W_EDIT_CHANNEL, W_EDIT_CHANNEL_HINT,
             value_get(before, "channel"), true);
    put_choice(editing, LIT("address"), W_EDIT_ADDRESS, "addresses", value_get(before, "address"),
               true);
    end_group(editing);
}

static void put_whom(const struct editing *editing)
{
    const struct value *before = editing->before;
    put_group(editing, W_EDIT_WHOM);
    put_choice(editing, LIT("uses"), W_EDIT_USES, "purposes", value_get(before, "uses"), true);
    put_choice(editing, LIT("model"), W_EDIT_MODEL, "models", value_get(before, "model"), true);
    put_text(editing, LIT("top"), W_EDIT_TOP, W_NOTHING, inside(before, "select", "top"), true);
    put_text(editing, LIT("min_score"), W_EDIT_MIN_SCORE, W_EDIT_MIN_SCORE_HINT,
             inside(before, "select", "min_score"), true);
    put_text(editing, LIT("contacts"), W_EDIT_CONTACTS, W_NOTHING,
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
        put_text(editing, field_name, W_EDIT_OFFER, i == 0 ? W_EDIT_OFFER_HINT : W_NOTHING,
                 value_get(offer, "title"), i > 0);
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
               true);
    put_choice(editing, LIT("audit"), W_EDIT_AUDIT, "purposes",
               inside(editing->before, "fairness", "audit"), true);
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

static void put_all_offers(const struct site *site, struct json *json)
{
    json_key(json, LIT("offers"));
    json_list_begin(json);
    for (size_t i = 0; i < OFFERS; i++) {
        const struct str field = str_format(site->job->arena, "offer%zu", i + 1);
        const struct str title = str_trim(site_field(site, field.ptr));
        if (title.len > 0) {
            json_map_begin(json);
            put_member(json, "name", field);
            put_member(json, "title", title);
            json_map_end(json);
        }
    }
    json_list_end(json);
}

static void put_fairness(const struct site *site, struct json *json)
{
    const struct str attribute = site_field(site, "attribute");
    if (put_map(json, "fairness", attribute.len > 0)) {
        json_key(json, LIT("attributes"));
        json_list_begin(json);
        json_text(json, attribute);
        json_list_end(json);
        put_member(json, "audit", site_field(site, "audit"));
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
    put_all_offers(site, &json);
    put_fairness(site, &json);
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
