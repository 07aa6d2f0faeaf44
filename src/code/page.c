/*
 * page.c - pages: their tags one after another, as a browser's reader would cut them.
 *
 * There is no tree: what is nested, and how deeply, does not matter to any rule, so a page of a million open tags costs
 * what its bytes cost. Scripts and handlers in attributes go to the reader of programs. What runs before a yes is told by the
 * hosts of trackers (trackers.def); a script that waits (type="text/plain") or that speaks of consent does not run yet.
 */
#include "inside.h"

#include <string.h>

enum { ATTRIBUTES_MAX = 64, SCRIPTS_MAX = 2000 };

struct attribute {
    struct str name;
    struct str value;
    size_t at; /* of the value in the page */
};

struct tag {
    struct str name;
    size_t start;
    size_t end;
    struct attribute attribute[ATTRIBUTES_MAX];
    size_t attribute_count;
};

struct page {
    struct str text;
    struct code_findings *findings;
    size_t at;
    size_t script_count;
    size_t head; /* where a policy would stand */
    bool is_whole;
    bool has_policy;
    bool is_denied_first; /* consent mode: denied until a yes */
    bool is_get_form;
    size_t form_start;
    size_t form_end;
    bool form_is_told;
};

static const char *const tracker[] = {
#define TRACKER(host) host,
#include "trackers.def"
#undef TRACKER
};

/* ---- reading tags ----------------------------------------------------------------------------------------- */

static bool is_blank(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r' || letter == '\f';
}

static char at_of(const struct page *page, size_t at)
{
    return at < page->text.len ? page->text.ptr[at] : '\0';
}

static struct str word_at(struct page *page, const char *stop)
{
    const size_t from = page->at;
    while (page->at < page->text.len && !is_blank(at_of(page, page->at)) &&
           strchr(stop, at_of(page, page->at)) == NULL) {
        page->at++;
    }
    return str_slice(page->text, from, page->at);
}

static void skip_blanks(struct page *page)
{
    while (page->at < page->text.len && is_blank(at_of(page, page->at))) {
        page->at++;
    }
}

static void read_value(struct page *page, struct attribute *attribute)
{
    const char quote = at_of(page, page->at);
    if (quote != '"' && quote != '\'') {
        attribute->at = page->at;
        attribute->value = word_at(page, ">");
        return;
    }
    attribute->at = ++page->at;
    while (page->at < page->text.len && at_of(page, page->at) != quote) {
        page->at++;
    }
    attribute->value = str_slice(page->text, attribute->at, page->at);
    page->at += page->at < page->text.len;
}

static void read_tag(struct page *page, struct tag *tag)
{
    tag->attribute_count = 0;
    tag->start = page->at++;
    tag->name = word_at(page, ">/");
    for (;;) {
        skip_blanks(page);
        const char letter = at_of(page, page->at);
        if (page->at >= page->text.len || letter == '>') {
            break;
        }
        if (letter == '/' || letter == '=') {
            page->at++;
            continue;
        }
        struct attribute one = {.name = word_at(page, "=>/"), .at = page->at};
        skip_blanks(page);
        if (at_of(page, page->at) == '=') {
            page->at++;
            skip_blanks(page);
            read_value(page, &one);
        }
        if (one.name.len == 0) {
            page->at++;
        } else if (tag->attribute_count < ATTRIBUTES_MAX) {
            tag->attribute[tag->attribute_count++] = one;
        }
    }
    page->at += page->at < page->text.len;
    tag->end = page->at;
}

static const struct attribute *attribute_of(const struct tag *tag, const char *name)
{
    for (size_t i = 0; i < tag->attribute_count; i++) {
        if (same_small(tag->attribute[i].name, name)) {
            return &tag->attribute[i];
        }
    }
    return NULL;
}

static struct str value_of(const struct tag *tag, const char *name)
{
    const struct attribute *attribute = attribute_of(tag, name);
    return attribute == NULL ? STR("") : attribute->value;
}

/* ---- addresses ---------------------------------------------------------------------------------------------- */

static struct str host_of(struct str address)
{
    size_t at = str_starts(address, STR("//"))         ? 2
                : str_starts(address, STR("https://")) ? 8
                : str_starts(address, STR("http://"))  ? 7
                                                       : 0;
    if (at == 0) {
        return STR("");
    }
    const size_t from = at;
    while (at < address.len && strchr("/?#:", address.ptr[at]) == NULL) {
        at++;
    }
    return str_slice(address, from, at);
}

static bool is_tracker(struct str text)
{
    for (size_t i = 0; i < sizeof tracker / sizeof tracker[0]; i++) {
        if (has_small(text, tracker[i])) {
            return true;
        }
    }
    return false;
}

static bool is_tracker_address(struct str address)
{
    const struct str host = host_of(address);
    const size_t len = address.len < 200 ? address.len : 200;
    return host.len > 0 &&
           (is_tracker(host) || has_small(str_slice(address, 0, len), "facebook.com/tr"));
}

static bool is_open_address(struct str address)
{
    return str_starts(address, STR("http://")) && !has_small(host_of(address), "localhost") &&
           !str_starts(host_of(address), STR("127."));
}

/* A query with the name of personal data that is filled: ?email={{user.email}}, ?phone=+49... */
static bool has_personal_query(struct str address)
{
    size_t at = str_find(address, '?');
    while (at < address.len) {
        const size_t from = ++at;
        while (at < address.len && address.ptr[at] != '=' && address.ptr[at] != '&' &&
               address.ptr[at] != ';') {
            at++;
        }
        const struct str name = str_slice(address, from, at);
        const bool is_filled =
            at + 1 < address.len && address.ptr[at] == '=' && address.ptr[at + 1] != '&';
        if (is_filled && name.len < 40 && word_is_personal(name)) {
            return true;
        }
        while (at < address.len && address.ptr[at] != '&') {
            at++;
        }
    }
    return false;
}

/* ---- rules ------------------------------------------------------------------------------------------------------ */

static bool waits(const struct tag *tag)
{
    const struct str type = value_of(tag, "type");
    return same_small(type, "text/plain") || attribute_of(tag, "data-consent") != NULL ||
           attribute_of(tag, "data-candor") != NULL ||
           attribute_of(tag, "data-cookieconsent") != NULL ||
           attribute_of(tag, "data-category") != NULL || attribute_of(tag, "data-purpose") != NULL;
}

static bool speaks_of_consent(struct str body)
{
    return has_small(body, "consent") || has_small(body, "__tcfapi") ||
           has_small(body, "optanon") || has_small(body, "cookiebot") || has_small(body, "didomi");
}

static bool is_program(const struct tag *tag)
{
    const struct str type = value_of(tag, "type");
    return type.len == 0 || has_small(type, "javascript") || same_small(type, "module") ||
           has_small(type, "ecmascript") || same_small(type, "text/babel");
}

static void look_at_script(struct page *page, const struct tag *tag, struct str body,
                           size_t body_at)
{
    const struct str source = value_of(tag, "src");
    if (host_of(source).len > 0 && is_program(tag)) {
        report_at(page->findings, RULE_THIRD_PARTY, tag->start, tag->end);
        if (attribute_of(tag, "integrity") == NULL) {
            report_at(page->findings, RULE_SRI, tag->start, tag->end);
        }
        if (is_tracker_address(source) && !waits(tag) && !page->is_denied_first) {
            report_at(page->findings, RULE_TAG, tag->start, tag->end);
        }
    }
    if (source.len > 0 || !is_program(tag) || str_trim(body).len == 0) {
        return;
    }
    if (has_small(body, "'consent'") || has_small(body, "\"consent\"")) {
        page->is_denied_first = page->is_denied_first || has_small(body, "denied");
    }
    const bool begins =
        is_tracker(body) || str_contains(body, STR("fbq('init'")) ||
        str_contains(body, STR("fbq(\"init\"")) || str_contains(body, STR("gtag('config'")) ||
        str_contains(body, STR("gtag(\"config\"")) || str_contains(body, STR("ttq.load(")) ||
        str_contains(body, STR("_hjSettings"));
    if (begins && !waits(tag) && !speaks_of_consent(body) && !page->is_denied_first) {
        report_at(page->findings, RULE_TAG, tag->start, tag->end);
    }
    if (page->script_count++ < SCRIPTS_MAX) {
        const bool is_typed = has_small(value_of(tag, "lang"), "ts");
        scan_program(body, is_typed ? CODE_TYPESCRIPT : CODE_JAVASCRIPT, body_at, page->findings);
    } else if (page->script_count == SCRIPTS_MAX + 1) {
        report_open(page->findings, "more scripts than are checked in a page", tag->start,
                    tag->end);
    }
}

static void look_at_pixel(struct page *page, const struct tag *tag)
{
    const struct str source = value_of(tag, "src");
    const bool is_small =
        one_of(value_of(tag, "width"), "0 1") && one_of(value_of(tag, "height"), "0 1");
    if (is_tracker_address(source) || (is_small && host_of(source).len > 0)) {
        report_at(page->findings, RULE_PIXEL, tag->start, tag->end);
    }
}

static void look_at_form(struct page *page, const struct tag *tag)
{
    if (same_small(tag->name, "form")) {
        const struct str method = value_of(tag, "method");
        page->is_get_form = (method.len == 0 || same_small(method, "get")) &&
                            attribute_of(tag, "onsubmit") == NULL &&
                            attribute_of(tag, "action") != NULL;
        page->form_start = tag->start;
        page->form_end = tag->end;
        page->form_is_told = false;
    } else if (same_small(tag->name, "/form")) {
        page->is_get_form = false;
    } else if (same_small(tag->name, "input") && page->is_get_form && !page->form_is_told) {
        const struct str type = value_of(tag, "type");
        if (same_small(type, "password") || same_small(type, "email") || same_small(type, "tel") ||
            word_is_personal(value_of(tag, "name"))) {
            report_at(page->findings, RULE_PASSWORD_GET, page->form_start, page->form_end);
            page->form_is_told = true;
        }
    }
}

static void look_at_attributes(struct page *page, const struct tag *tag)
{
    for (size_t i = 0; i < tag->attribute_count; i++) {
        const struct attribute *one = &tag->attribute[i];
        const bool is_address = one_of(one->name, "src href action data poster formaction");
        if (one->name.len > 3 && has_small(str_slice(one->name, 0, 2), "on") &&
            one->value.len > 0 && str_find(one->name, ':') == one->name.len) {
            report_at(page->findings, RULE_HANDLER, one->at, one->at + one->value.len);
            if (page->script_count++ < SCRIPTS_MAX && str_find(one->value, '&') == one->value.len) {
                scan_program(one->value, CODE_JAVASCRIPT, one->at, page->findings);
            }
        }
        if (is_address && has_small(str_slice(str_trim(one->value), 0, 11), "javascript:") &&
            !has_small(one->value, "void(0)") && one->value.len > 12) {
            report_at(page->findings, RULE_SCRIPT_ADDRESS, one->at, one->at + one->value.len);
        }
        if (is_address && has_personal_query(one->value)) {
            report_at(page->findings, RULE_URL_PII, one->at, one->at + one->value.len);
        }
        if (one_of(one->name, "v-html ng-bind-html-unsafe")) {
            report_at(page->findings, RULE_RAW_MARKUP, tag->start, tag->end);
        }
    }
}

static void look_at_policy(struct page *page, const struct tag *tag)
{
    if (!has_small(value_of(tag, "http-equiv"), "content-security-policy")) {
        return;
    }
    const struct str content = value_of(tag, "content");
    page->has_policy = true;
    const bool is_open = has_small(content, "unsafe-eval") || has_small(content, "script-src *") ||
                         has_small(content, "default-src *") ||
                         (has_small(content, "unsafe-inline") && !has_small(content, "nonce-") &&
                          !has_small(content, "sha256-") &&
                          (!has_small(content, "script-src") ||
                           has_small(content, "script-src 'self' 'unsafe-inline'") ||
                           has_small(content, "script-src 'unsafe-inline'")));
    if (is_open) {
        report_at(page->findings, RULE_CSP_WEAK, tag->start, tag->end);
    }
}

static void look_at_tag(struct page *page, const struct tag *tag)
{
    const struct str name = tag->name;
    if (same_small(name, "html") || same_small(name, "head") || same_small(name, "!doctype")) {
        page->is_whole = true;
        page->head = tag->start;
    }
    if (same_small(name, "img") || same_small(name, "iframe")) {
        if (!waits(tag)) {
            look_at_pixel(page, tag);
        }
    }
    if (same_small(name, "meta")) {
        look_at_policy(page, tag);
    }
    const bool is_style = same_small(name, "link") && has_small(value_of(tag, "rel"), "stylesheet");
    if (is_style && host_of(value_of(tag, "href")).len > 0 &&
        attribute_of(tag, "integrity") == NULL) {
        report_at(page->findings, RULE_SRI, tag->start, tag->end);
    }
    const bool is_part = same_small(name, "script") || same_small(name, "img") ||
                         same_small(name, "iframe") || same_small(name, "video") ||
                         same_small(name, "audio") || same_small(name, "source") ||
                         same_small(name, "embed");
    if ((is_part && is_open_address(value_of(tag, "src"))) ||
        (is_style && is_open_address(value_of(tag, "href"))) ||
        (same_small(name, "form") && is_open_address(value_of(tag, "action"))) ||
        (same_small(name, "object") && is_open_address(value_of(tag, "data")))) {
        report_at(page->findings, RULE_MIXED, tag->start, tag->end);
    }
    const struct str opened = value_of(tag, "href");
    if (same_small(name, "a") && same_small(value_of(tag, "target"), "_blank") &&
        (host_of(opened).len > 0 || str_contains(opened, STR("{{"))) &&
        !has_small(value_of(tag, "rel"), "noopener") &&
        !has_small(value_of(tag, "rel"), "noreferrer")) {
        report_at(page->findings, RULE_BLANK, tag->start, tag->end);
    }
    look_at_form(page, tag);
    look_at_attributes(page, tag);
}

/* The text up to the tag that ends it; the page goes on behind. */
static struct str body_of(struct page *page, const char *end)
{
    const size_t from = page->at;
    const size_t len = strlen(end);
    for (;;) {
        const size_t at = page->at + str_find(str_slice(page->text, page->at, page->text.len), '<');
        page->at = at;
        if (at >= page->text.len || same_small(str_slice(page->text, at, at + len), end)) {
            break;
        }
        page->at++;
    }
    return str_slice(page->text, from, page->at);
}

void scan_page(struct str text, struct code_findings *findings)
{
    struct page page = {.text = text, .findings = findings};
    struct tag tag;
    while (page.at < text.len) {
        page.at += str_find(str_slice(text, page.at, text.len), '<');
        const struct str rest = str_slice(text, page.at, text.len);
        if (str_starts(rest, STR("<!--"))) {
            while (page.at < text.len &&
                   !str_starts(str_slice(text, page.at, page.at + 3), STR("-->"))) {
                page.at++;
            }
            continue;
        }
        const char letter = at_of(&page, page.at + 1);
        if ((letter | 0x20) < 'a' || (letter | 0x20) > 'z') {
            if (letter != '/' && letter != '!') {
                page.at++;
                continue;
            }
        }
        if (page.at >= text.len) {
            break;
        }
        read_tag(&page, &tag);
        look_at_tag(&page, &tag);
        if (same_small(tag.name, "script")) {
            const size_t body_at = page.at;
            const struct str body = body_of(&page, "</script");
            look_at_script(&page, &tag, body, body_at);
        } else if (same_small(tag.name, "style")) {
            (void)body_of(&page, "</style");
        }
    }
    if (page.is_whole && !page.has_policy && page.script_count > 0) {
        report_at(findings, RULE_CSP, page.head, page.head + 5);
    }
}
