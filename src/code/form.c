/*
 * form.c - fields and forms: what goes into an address, what a browser keeps, what is recorded.
 */
#include "inside_page.h"

static bool is_get(struct str method)
{
    return method.len == 0 || same_small(method, "get");
}

static bool is_personal_field(const struct tag *tag)
{
    const struct str type = tag_value(tag, "type");
    const struct str name = tag_value(tag, "name");
    const struct str complete = tag_value(tag, "autocomplete");
    return same_small(type, "password") || same_small(type, "email") || same_small(type, "tel") ||
           word_is_personal(name) || has_small(name, "symptom") || has_small(name, "diagnos") ||
           same_small(complete, "email") || same_small(complete, "tel") ||
           same_small(complete, "bday") || same_small(complete, "street-address");
}

/* What must not stand ready for whoever uses the browser next. */
static bool is_sensitive_field(const struct tag *tag)
{
    static const char *const part[] = {
        "cvv",           "cvc",        "card_code",  "cardcode",  "securitycode",
        "security_code", "ssn",        "social_sec", "socialsec", "passport",
        "national_id",   "nationalid", "tax_id",     "taxid",     "one_time",
        "onetime",       "idcard",     "id_number",  "steuer_id", "insurance_number",
        "pincode_card",  "2fa"};
    const struct str name = tag_value(tag, "name");
    const struct str id = tag_value(tag, "id");
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        if (has_small(name, part[i]) || has_small(id, part[i])) {
            return true;
        }
    }
    return same_small(name, "otp") || same_small(id, "otp") || same_small(name, "csc") ||
           same_small(name, "tin");
}

static bool is_field(const struct tag *tag)
{
    return same_small(tag->name, "input") || same_small(tag->name, "textarea") ||
           same_small(tag->name, "select");
}

static void begin_form(struct page *page, const struct tag *tag)
{
    const bool has_action = tag_attribute(tag, "action") != NULL;
    const bool is_handled =
        tag_attribute(tag, "onsubmit") != NULL || tag_attribute(tag, "@submit") != NULL ||
        tag_attribute(tag, "@submit.prevent") != NULL ||
        tag_attribute(tag, "v-on:submit.prevent") != NULL ||
        tag_attribute(tag, "on:submit") != NULL || tag_attribute(tag, "hx-post") != NULL;
    page->form = (struct form){.start = tag->start,
                               .end = tag->end,
                               .is_get = is_get(tag_value(tag, "method")) && !is_handled,
                               .is_off = same_small(tag_value(tag, "autocomplete"), "off")};
    if (!has_action && str_contains(page->text, STR("preventDefault"))) {
        page->form.is_get = false; /* a script sends it */
    }
}

static void tell_form(struct page *page)
{
    if (!page->form.is_told) {
        report_at(page->findings, RULE_PASSWORD_GET, page->form.start, page->form.end);
        page->form.is_told = true;
    }
}

/* Attributes that take the cover off what a recorder of sessions would hide. */
static void look_at_cover(struct page *page, const struct tag *tag)
{
    static const char *const open[] = {
        "data-hj-allow",      "data-hj-whitelist", "data-clarity-unmask", "data-fs-unmask",
        "data-sentry-unmask", "data-rr-unmask",    "data-dd-unmask",      "data-openreplay-unmask"};
    const struct str class = tag_value(tag, "class");
    bool is_open = has_small(class, "fs-unmask") || has_small(class, "sentry-unmask") ||
                   has_small(class, "rr-unmask") || has_small(class, "mouseflow-unmask") ||
                   same_small(tag_value(tag, "data-dd-privacy"), "allow");
    for (size_t i = 0; i < sizeof open / sizeof open[0] && !is_open; i++) {
        const struct attribute *one = tag_attribute(tag, open[i]);
        is_open = one != NULL && !same_small(one->value, "false");
    }
    if (is_open) {
        report_at(page->findings, RULE_RECORDED, tag->start, tag->end);
    }
}

void look_at_form(struct page *page, const struct tag *tag)
{
    look_at_cover(page, tag);
    if (same_small(tag->name, "form")) {
        begin_form(page, tag);
    } else if (same_small(tag->name, "/form")) {
        page->form = (struct form){0};
    } else if (same_small(tag->name, "button") || same_small(tag->name, "input")) {
        const struct attribute *method = tag_attribute(tag, "formmethod");
        if (method != NULL && is_get(method->value) && page->form.has_personal) {
            tell_form(page);
        }
    }
    if (!is_field(tag)) {
        return;
    }
    const struct attribute *complete = tag_attribute(tag, "autocomplete");
    const bool is_kept = complete == NULL ? !page->form.is_off : same_small(complete->value, "on");
    const struct str type = tag_value(tag, "type");
    if (is_kept && is_sensitive_field(tag) && !same_small(type, "hidden") &&
        !same_small(type, "checkbox") && !same_small(type, "radio") &&
        !same_small(type, "password") && !same_small(type, "file")) {
        report_at(page->findings, RULE_REMEMBERED, tag->start, tag->end);
    }
    if (is_personal_field(tag)) {
        page->form.has_personal = true;
        if (page->form.is_get && page->form.end > 0) {
            tell_form(page);
        }
    }
}
