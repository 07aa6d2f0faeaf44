/*
 * markup.c - rules that look at one tag of a page.
 */
#include "inside_page.h"

/* ---- what tells others of the visit -------------------------------------------------------------------- */

static bool is_small(const struct tag *tag)
{
    const struct str style = tag_value(tag, "style");
    return (one_of(tag_value(tag, "width"), "0 1") && one_of(tag_value(tag, "height"), "0 1")) ||
           has_small(style, "display:none") || has_small(style, "display: none") ||
           ((has_small(style, "width:1px") || has_small(style, "width: 1px") ||
             has_small(style, "width:0")) &&
            (has_small(style, "height:1px") || has_small(style, "height: 1px") ||
             has_small(style, "height:0")));
}

/* Each address of "a.jpg 1x, b.jpg 2x". */
static bool in_set(struct str set, bool (*is)(struct str))
{
    while (set.ptr != NULL) {
        struct str one = str_trim(str_cut(&set, ','));
        if (is(str_cut(&one, ' '))) {
            return true;
        }
    }
    return false;
}

static void look_at_contact(struct page *page, const struct tag *tag)
{
    const struct str name = tag->name;
    const struct str source = tag_value(tag, "src");
    const bool is_picture = same_small(name, "img") || same_small(name, "iframe");
    const struct str rel = tag_value(tag, "rel");
    const struct str link = same_small(name, "link") ? tag_value(tag, "href") : STR("");
    const bool is_early = has_small(rel, "preconnect") || has_small(rel, "prefetch") ||
                          has_small(rel, "preload") || has_small(rel, "prerender");
    if ((is_picture &&
         (is_tracker_address(source) || (is_small(tag) && address_host(source).len > 0))) ||
        (same_small(name, "iframe") && is_embedded_tracker(source)) ||
        (is_early && is_tracker_address(link)) ||
        in_set(tag_value(tag, "srcset"), is_tracker_address) ||
        is_tracker_address(tag_value(tag, "ping"))) {
        report_at(page->findings, RULE_PIXEL, tag->start, tag->end);
    }
    if (link.len > 0 && is_font_address(link)) {
        report_at(page->findings, RULE_FONT, tag->start, tag->end);
    }
    const struct str policy = tag_value(tag, "referrerpolicy");
    if (same_small(policy, "unsafe-url") || same_small(policy, "no-referrer-when-downgrade")) {
        report_at(page->findings, RULE_REFERRER, tag->start, tag->end);
    }
}

/* ---- frames, and what opens others ---------------------------------------------------------------------- */

static void look_at_frame(struct page *page, const struct tag *tag)
{
    const struct attribute *sandbox = tag_attribute(tag, "sandbox");
    const struct str allowed = sandbox == NULL ? STR("") : sandbox->value;
    const struct str may = tag_value(tag, "allow");
    const bool is_loose = has_small(allowed, "allow-scripts") &&
                          has_small(allowed, "allow-same-origin") &&
                          has_small(allowed, "allow-top-navigation") &&
                          !has_small(allowed, "allow-top-navigation-by-user");
    const bool is_wide = has_small(may, "camera *") || has_small(may, "microphone *") ||
                         has_small(may, "geolocation *") || has_small(may, "display-capture *");
    if (address_host(tag_value(tag, "src")).len > 0 && (sandbox == NULL || is_loose || is_wide)) {
        report_at(page->findings, RULE_FRAME, tag->start, tag->end);
    }
}

static void look_at_opened(struct page *page, const struct tag *tag)
{
    const struct str opened =
        same_small(tag->name, "form") ? tag_value(tag, "action") : tag_value(tag, "href");
    const struct str rel = tag_value(tag, "rel");
    if (same_small(tag_value(tag, "target"), "_blank") &&
        (address_host(opened).len > 0 || str_contains(opened, STR("{{"))) &&
        !has_small(rel, "noopener") && !has_small(rel, "noreferrer")) {
        report_at(page->findings, RULE_BLANK, tag->start, tag->end);
    }
}

/* ---- what is not encrypted, and not held to a digest -------------------------------------------------------- */

static void look_at_parts(struct page *page, const struct tag *tag)
{
    const struct str name = tag->name;
    const bool is_style =
        same_small(name, "link") && has_small(tag_value(tag, "rel"), "stylesheet");
    const struct attribute *integrity = tag_attribute(tag, "integrity");
    if (is_style && address_host(tag_value(tag, "href")).len > 0 &&
        (integrity == NULL || integrity->value.len == 0)) {
        report_at(page->findings, RULE_SRI, tag->start, tag->end);
    }
    const bool is_part = same_small(name, "script") || same_small(name, "img") ||
                         same_small(name, "iframe") || same_small(name, "video") ||
                         same_small(name, "audio") || same_small(name, "source") ||
                         same_small(name, "embed") || same_small(name, "track");
    if ((is_part && (is_open_address(tag_value(tag, "src")) ||
                     in_set(tag_value(tag, "srcset"), is_open_address))) ||
        (is_style && is_open_address(tag_value(tag, "href"))) ||
        (same_small(name, "form") && is_open_address(tag_value(tag, "action"))) ||
        is_open_address(tag_value(tag, "formaction")) ||
        (same_small(name, "object") && is_open_address(tag_value(tag, "data")))) {
        report_at(page->findings, RULE_MIXED, tag->start, tag->end);
    }
}

/* ---- attributes ------------------------------------------------------------------------------------------------ */

static void look_at_handler(struct page *page, const struct tag *tag, const struct attribute *one)
{
    report_at(page->findings, RULE_HANDLER, one->at, one->at + one->value.len);
    const bool is_typing = same_small(one->name, "oninput") || same_small(one->name, "onblur") ||
                           same_small(one->name, "onkeyup") || same_small(one->name, "onkeydown") ||
                           same_small(one->name, "onkeypress") || same_small(one->name, "onchange");
    const bool is_sent = has_small(one->value, "sendbeacon") || has_small(one->value, "fetch(") ||
                         has_small(one->value, ".post(") || has_small(one->value, "ajax(");
    if (is_typing && is_sent && has_small(one->value, "value") &&
        (same_small(tag_value(tag, "type"), "email") || same_small(tag_value(tag, "type"), "tel") ||
         word_is_personal(tag_value(tag, "name")))) {
        report_at(page->findings, RULE_RECORDED, one->at, one->at + one->value.len);
    }
    if (page->script_count++ < SCRIPTS_MAX && str_find(one->value, '&') == one->value.len) {
        scan_program(one->value, CODE_JAVASCRIPT, one->at, page->findings);
    }
}

/* The style of one element, with the words that say what the element is for. */
static void look_at_style(struct page *page, const struct tag *tag, const struct attribute *one)
{
    const struct str behind = str_slice(page->text, tag->end, tag->end + 60);
    struct buf buf = buf_begin(page->findings->arena);
    static const char *const where[] = {"class", "id", "href", "name"};
    for (size_t i = 0; i < sizeof where / sizeof where[0]; i++) {
        buf_str(&buf, str_slice(tag_value(tag, where[i]), 0, 80));
        buf_str(&buf, STR(" "));
    }
    buf_str(&buf, str_slice(behind, 0, str_find(behind, '<')));
    scan_declarations(one->value, buf_text(&buf), one->at, page->findings);
}

static void look_at_attributes(struct page *page, const struct tag *tag)
{
    for (size_t i = 0; i < tag->attribute_count; i++) {
        const struct attribute *one = &tag->attribute[i];
        const bool is_address = same_small(one->name, "src") || same_small(one->name, "href") ||
                                same_small(one->name, "action") || same_small(one->name, "data") ||
                                same_small(one->name, "poster") ||
                                same_small(one->name, "formaction");
        const struct str value = str_trim(one->value);
        if (one->name.len > 3 && same_small(str_slice(one->name, 0, 2), "on") &&
            one->value.len > 0 && str_find(one->name, ':') == one->name.len) {
            look_at_handler(page, tag, one);
        }
        const bool is_page =
            !same_small(tag->name, "img") && same_small(str_slice(value, 0, 14), "data:text/html");
        if (is_address && (is_page || (same_small(str_slice(value, 0, 11), "javascript:") &&
                                       !has_small(value, "void(0)") && value.len > 12))) {
            report_at(page->findings, RULE_SCRIPT_ADDRESS, one->at, one->at + one->value.len);
        }
        if (is_address && has_personal_query(one->value)) {
            report_at(page->findings, RULE_URL_PII, one->at, one->at + one->value.len);
        }
        if (one_of(one->name, "v-html ng-bind-html-unsafe")) {
            report_at(page->findings, RULE_RAW_MARKUP, tag->start, tag->end);
        }
        if (same_small(one->name, "style") && one->value.len > 0) {
            look_at_style(page, tag, one);
        }
    }
}

void look_at_tag(struct page *page, const struct tag *tag)
{
    const struct str name = tag->name;
    if (same_small(name, "html") || same_small(name, "head") || same_small(name, "!doctype")) {
        page->is_whole = true;
        page->head = tag->start;
    }
    if (same_small(name, "meta")) {
        look_at_policy(page, tag);
    } else if (same_small(name, "iframe")) {
        look_at_frame(page, tag);
    } else if (same_small(name, "script") && tag_value(tag, "src").len > 0) {
        page->script_count++;
    }
    look_at_contact(page, tag);
    look_at_parts(page, tag);
    look_at_opened(page, tag);
    look_at_form(page, tag);
    look_at_choice(page, tag);
    look_at_banner(page, tag);
    look_at_attributes(page, tag);
}
