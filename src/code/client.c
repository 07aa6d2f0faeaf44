/*
 * client.c - what a program does with the people in front of it: tells them apart, records what they type, ticks for them.
 */
#include "inside_page.h"

/* ---- fingerprints ----------------------------------------------------------------------------------------- */

static const struct {
    const char *sign;
    unsigned weight;
} trait[] = {
#define WORD(tells, word)
#define TRAIT(sign, weight) {sign, weight},
#include "words.def"
#undef WORD
#undef TRAIT
};

static void look_for_fingerprint(struct analysis *analysis)
{
    enum { TEXT_LEN_MAX = 20000 }; /* in longer programs they are for all kinds of things */
    const struct str text = analysis->tree->text;
    unsigned weight = 0;
    size_t first = text.len;
    if (text.len >= TEXT_LEN_MAX || (words_in(text) & TELLS_TRAIT) == 0) {
        return;
    }
    for (size_t i = 0; i < sizeof trait / sizeof trait[0]; i++) {
        const struct str sign = str_of(trait[i].sign);
        if (str_contains(text, sign)) {
            weight += trait[i].weight;
            size_t at = 0;
            while (!str_starts(str_slice(text, at, text.len), sign)) {
                at++;
            }
            first = at < first ? at : first;
        }
    }
    if (weight >= 4) {
        report_at(analysis->findings, RULE_FINGERPRINT, analysis->shift + first,
                  analysis->shift + first + 8);
    }
}

/* ---- what is typed --------------------------------------------------------------------------------------------- */

static bool sends(struct str text)
{
    return has_small(text, "sendbeacon") || has_small(text, "fetch(") ||
           has_small(text, ".post(") || has_small(text, "ajax(") || has_small(text, ".send(") ||
           has_small(text, "xmlhttprequest") || has_small(text, ".emit(") ||
           has_small(text, "new image");
}

static bool takes_keys(struct str text)
{
    return str_contains(text, STR(".key")) || str_contains(text, STR("keyCode")) ||
           str_contains(text, STR(".which")) || str_contains(text, STR("charCode"));
}

static bool speaks_of_person(struct str text)
{
    return has_small(text, "email") || has_small(text, "phone") || has_small(text, "iban") ||
           has_small(text, "card") || has_small(text, "lastname") || has_small(text, "last_name") ||
           has_small(text, "fullname");
}

static void look_at_typing(struct analysis *analysis, node_id at, struct str event,
                           struct str target, node_id handler)
{
    const bool is_key = one_of(event, "keydown keypress keyup onkeydown onkeypress onkeyup");
    const bool is_field = one_of(event, "input blur change focusout oninput onblur onchange");
    const struct str body = str_slice(text_of(analysis->tree, handler), 0, 2000);
    if ((!is_key && !is_field) || !sends(body)) {
        return;
    }
    const bool is_value = str_contains(body, STR("value")) || has_small(body, "formdata");
    if ((is_key && (takes_keys(body) || (is_value && speaks_of_person(target)))) ||
        (is_field && is_value && (speaks_of_person(target) || speaks_of_person(body)))) {
        report(analysis, RULE_RECORDED, at, 0);
    }
}

static void look_at_listener(struct analysis *analysis, node_id call)
{
    const struct tree *tree = analysis->tree;
    const node_id callee = first_of(tree, call);
    const node_id name = kind_of(tree, callee) == N_MEMBER ? nth_of(tree, callee, 1) : callee;
    const node_id event = argument_of(tree, call, 0);
    const node_id handler = argument_of(tree, call, 1);
    if (name == 0 || event == 0 || handler == 0 || kind_of(tree, event) != N_STRING ||
        kind_of(tree, handler) != N_FUNCTION ||
        !one_of(text_of(tree, name), "addEventListener on")) {
        return;
    }
    look_at_typing(analysis, call, string_of(tree, event), text_of(tree, callee), handler);
}

/* ---- identifiers -------------------------------------------------------------------------------------------------- */

static bool is_identifier(struct str name)
{
    static const char *const word[] = {"visitor_id",  "visitorid",    "client_id",    "clientid",
                                       "tracking_id", "trackingid",   "device_id",    "deviceid",
                                       "anonymousid", "anonymous_id", "anon_id",      "distinct_id",
                                       "user_uuid",   "browser_id",   "browserid",    "visitor-id",
                                       "tracker_id",  "guest_id",     "persistent_id"};
    for (size_t i = 0; name.len < 60 && i < sizeof word / sizeof word[0]; i++) {
        if (has_small(name, word[i])) {
            return true;
        }
    }
    return one_of(name, "uid _uid uuid vid cid _cid visitor fp fingerprint");
}

static void tell_identifier(struct analysis *analysis, node_id at, struct str name, node_id value)
{
    const struct tree *tree = analysis->tree;
    const enum node_kind kind = value == 0 ? N_NULL : kind_of(tree, value);
    const bool is_fixed =
        kind == N_STRING || kind == N_NULL || kind == N_NUMBER || kind == N_TRUE || kind == N_FALSE;
    if (is_identifier(name) && !is_fixed && !waits_for_yes(analysis, at)) {
        report(analysis, RULE_EARLY_ID, at, 0);
    }
}

static bool is_store(struct str text)
{
    return str_ends(text, STR("localStorage")) || str_ends(text, STR("sessionStorage"));
}

/* 'name=' + value, `name=${value}`: what stands before the first sign of equality. */
static struct str cookie_name(const struct tree *tree, node_id value)
{
    while (value != 0 && kind_of(tree, value) == N_BINARY) {
        value = first_of(tree, value);
    }
    if (value == 0 || (kind_of(tree, value) != N_STRING && kind_of(tree, value) != N_TEMPLATE)) {
        return STR("");
    }
    const struct str text = string_of(tree, value);
    const size_t at = str_find(text, '=');
    return at == text.len ? STR("") : str_trim(str_slice(text, 0, at));
}

/* ---- calls ---------------------------------------------------------------------------------------------------------- */

static void look_at_storing(struct analysis *analysis, node_id call)
{
    const struct tree *tree = analysis->tree;
    const node_id callee = first_of(tree, call);
    const node_id first = argument_of(tree, call, 0);
    const node_id second = argument_of(tree, call, 1);
    if (first == 0 || second == 0 || kind_of(tree, first) != N_STRING ||
        kind_of(tree, callee) != N_MEMBER) {
        return;
    }
    const struct str object = text_of(tree, first_of(tree, callee));
    const struct str name = text_of(tree, nth_of(tree, callee, 1));
    const bool is_set = (str_is(name, "setItem") && is_store(object)) ||
                        (one_of(name, "set setCookie") && has_small(object, "cookie"));
    if (!is_set) {
        return;
    }
    const struct str key = string_of(tree, first);
    tell_identifier(analysis, call, key, second);
    if (word_is_personal(key) && kind_of(tree, second) != N_STRING &&
        kind_of(tree, second) != N_TRUE && kind_of(tree, second) != N_FALSE) {
        report(analysis, RULE_STORAGE_PII, call, 0);
    }
}

static bool is_name(const struct tree *tree, node_id callee, const char *names)
{
    const node_id name = kind_of(tree, callee) == N_MEMBER ? nth_of(tree, callee, 1) : callee;
    return name != 0 && one_of(text_of(tree, name), names);
}

static void look_at_request(struct analysis *analysis, node_id call)
{
    const struct tree *tree = analysis->tree;
    const node_id callee = first_of(tree, call);
    const node_id first = argument_of(tree, call, is_name(tree, callee, "open") ? 1 : 0);
    const node_id only = argument_of(tree, call, 0);
    const bool is_window = str_is(text_of(tree, callee), "window.open");
    const node_id given = is_window ? only : first;
    const enum node_kind kind = given == 0 ? N_OTHER : kind_of(tree, given);
    if (kind != N_STRING && kind != N_TEMPLATE && kind != N_BINARY) {
        return;
    }
    const node_id start = kind == N_BINARY ? first_of(tree, given) : given;
    const struct str address = string_of(tree, start);
    if (analysis->page != NULL && is_open_address(address)) {
        report(analysis, RULE_MIXED, call, 0);
    }
    const struct str text = str_slice(text_of(tree, call), 0, 2000);
    const bool is_told =
        str_contains(text, STR("location.href")) || str_contains(text, STR("document.referrer")) ||
        str_contains(text, STR("document.URL")) || str_contains(text, STR("location.search"));
    if (address_host(address).len > 0 && is_told && analysis->page != NULL && !is_window &&
        !waits_for_yes(analysis, call)) {
        report(analysis, RULE_REFERRER, call, 0);
    }
    const node_id target = argument_of(tree, call, 1);
    if (is_window && address_host(address).len > 0 && target != 0 &&
        str_is(string_of(tree, target), "_blank") && !has_small(text, "noopener") &&
        !has_small(text, "noreferrer")) {
        report(analysis, RULE_BLANK, call, 0);
    }
}

/* searchParams.set('email', ...), new URLSearchParams({email}), $.get(url, {email}): names that go into an address. */
static void look_at_parameters(struct analysis *analysis, node_id call)
{
    const struct tree *tree = analysis->tree;
    const node_id callee = first_of(tree, call);
    const struct str text = text_of(tree, callee);
    const node_id first = argument_of(tree, call, 0);
    const node_id second = argument_of(tree, call, 1);
    if (first == 0 || text.len > 80) {
        return;
    }
    if (is_name(tree, callee, "set append") && has_small(text, "searchparams") &&
        kind_of(tree, first) == N_STRING && word_is_personal(string_of(tree, first))) {
        report(analysis, RULE_URL_PII, call, 0);
    }
    node_id object = 0;
    if (str_is(text, "URLSearchParams")) {
        object = first;
    } else if (second != 0 && one_of(text, "$.get jQuery.get $.getJSON jQuery.getJSON")) {
        object = second;
    } else if (second != 0 && has_small(text, "axios.get") && kind_of(tree, second) == N_OBJECT) {
        object = pair_of(tree, second, "params");
    }
    if (object == 0 || kind_of(tree, object) != N_OBJECT) {
        return;
    }
    for (node_id child = first_of(tree, object); child != 0; child = next_of(tree, child)) {
        const node_id key = kind_of(tree, child) == N_PAIR ? first_of(tree, child) : child;
        if (key != 0 && word_is_personal(string_of(tree, key))) {
            const struct node *above = node_of(tree, call);
            const struct str around =
                str_slice(tree->text, above->start < 60 ? 0 : above->start - 60, above->start);
            if (!str_is(text, "URLSearchParams") || !has_small(around, "body:")) {
                report(analysis, RULE_URL_PII, call, 0);
            }
        }
    }
}

/* ---- pairs and assignments -------------------------------------------------------------------------------------------- */

static void look_at_setting(struct analysis *analysis, node_id pair)
{
    const struct tree *tree = analysis->tree;
    const node_id key = first_of(tree, pair);
    const node_id value = key == 0 ? 0 : unwrapped(tree, next_of(tree, key));
    if (value == 0) {
        return;
    }
    const struct str name = string_of(tree, key);
    const struct str text = str_slice(text_of(tree, value), 0, 40);
    const bool is_cover = one_of(name, "maskAllInputs maskAllText inputSanitizer textSanitizer "
                                       "obscureInputEmails obscureTextEmails maskInputs "
                                       "obscureInputNumbers mask_all_text maskTextInputs");
    if (is_cover && str_is(text, "false")) {
        report(analysis, RULE_RECORDED, pair, 0);
    }
    if (str_is(name, "defaultInputMode") && str_is(text, "0")) {
        report(analysis, RULE_RECORDED, pair, 0);
    }
    if (str_is(name, "defaultPrivacyLevel") && has_small(text, "allow")) {
        report(analysis, RULE_RECORDED, pair, 0);
    }
    if (str_is(name, "referrerPolicy") &&
        (has_small(text, "unsafe-url") || has_small(text, "no-referrer-when-downgrade"))) {
        report(analysis, RULE_REFERRER, pair, 0);
    }
}

/* A script, frame or picture that the program makes. */
static void look_at_made(struct analysis *analysis, node_id at, struct str target, node_id value)
{
    const struct tree *tree = analysis->tree;
    const struct str address = string_of(tree, value);
    const struct str all = tree->text;
    if (!str_ends(target, STR(".src")) || analysis->page == NULL) {
        return;
    }
    if (is_open_address(address)) {
        report(analysis, RULE_MIXED, at, 0);
    }
    if (is_font_address(address)) {
        report(analysis, RULE_FONT, at, 0);
    }
    if (address_host(address).len == 0) {
        return;
    }
    const bool is_script = str_contains(all, STR("createElement('script')")) ||
                           str_contains(all, STR("createElement(\"script\")"));
    const bool is_frame = str_contains(all, STR("createElement('iframe')")) ||
                          str_contains(all, STR("createElement(\"iframe\")"));
    if (is_script && !is_frame && !has_small(all, "integrity")) {
        report(analysis, RULE_SRI, at, 0);
    }
    if (is_frame && !is_script && !has_small(all, "sandbox")) {
        report(analysis, RULE_FRAME, at, 0);
    }
}

static void look_at_given(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    const node_id left = first_of(tree, id);
    const node_id value = left == 0 ? 0 : unwrapped(tree, next_of(tree, left));
    if (value == 0) {
        return;
    }
    const struct str target = text_of(tree, left);
    if (kind_of(tree, left) == N_MEMBER || kind_of(tree, left) == N_INDEX) {
        const struct str object = text_of(tree, first_of(tree, left));
        const node_id member = nth_of(tree, left, 1);
        const struct str name = member == 0 ? STR("") : string_of(tree, member);
        if (is_store(object)) {
            tell_identifier(analysis, id, name, value);
            if (word_is_personal(name) && kind_of(tree, value) != N_STRING) {
                report(analysis, RULE_STORAGE_PII, id, 0);
            }
        }
        if (str_is(name, "checked") && kind_of(tree, value) == N_TRUE &&
            str_is(text_of(tree, value), "true") && says_marketing(str_slice(object, 0, 200)) &&
            !waits_for_yes(analysis, id)) {
            report(analysis, RULE_TICKED, id, 0);
        }
        if (kind_of(tree, value) == N_FUNCTION) {
            look_at_typing(analysis, id, name, object, value);
        }
    }
    if (str_ends(target, STR("document.cookie"))) {
        const struct str name = cookie_name(tree, value);
        tell_identifier(analysis, id, name, value);
        if (word_is_personal(name) && kind_of(tree, value) != N_STRING) {
            report(analysis, RULE_STORAGE_PII, id, 0);
        }
    }
    if (kind_of(tree, value) == N_STRING || kind_of(tree, value) == N_TEMPLATE) {
        look_at_made(analysis, id, target, value);
    }
}

/* <input type="checkbox" name="newsletter" defaultChecked /> */
static void look_at_box(struct analysis *analysis, node_id tag)
{
    const struct str text = str_slice(text_of(analysis->tree, tag), 0, 400);
    const struct str own = str_slice(text, 0, str_find(text, '>'));
    if (str_starts(own, STR("<input")) && has_small(own, "checkbox") &&
        (str_contains(own, STR("defaultChecked")) || str_contains(own, STR("checked={true}"))) &&
        !str_contains(own, STR("defaultChecked={false}")) && says_marketing(own)) {
        report(analysis, RULE_TICKED, tag, 0);
    }
}

void look_at_client(struct analysis *analysis)
{
    const struct tree *tree = analysis->tree;
    look_for_fingerprint(analysis);
    for (node_id id = 1; id < tree->count; id++) {
        switch (kind_of(tree, id)) {
        case N_CALL:
        case N_NEW:
            if (first_of(tree, id) != 0) {
                look_at_listener(analysis, id);
                look_at_storing(analysis, id);
                look_at_request(analysis, id);
                look_at_parameters(analysis, id);
            }
            break;
        case N_PAIR:
            look_at_setting(analysis, id);
            break;
        case N_ASSIGN:
            look_at_given(analysis, id);
            break;
        case N_TAG:
            look_at_box(analysis, id);
            break;
        default:
            break;
        }
    }
}
