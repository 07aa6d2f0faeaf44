/*
 * page.c - pages: their tags one after another, as a browser's reader would cut them.
 *
 * There is no tree: what is nested, and how deeply, does not matter to any rule, so a page of a million open tags costs
 * what its bytes cost. Scripts and handlers in attributes go to the reader of programs, styles to that of sheets.
 */
#include <string.h>

#include "inside_page.h"

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

void read_tag(struct page *page, struct tag *tag)
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

const struct attribute *tag_attribute(const struct tag *tag, const char *name)
{
    for (size_t i = 0; i < tag->attribute_count; i++) {
        if (same_small(tag->attribute[i].name, name)) {
            return &tag->attribute[i];
        }
    }
    return NULL;
}

struct str tag_value(const struct tag *tag, const char *name)
{
    const struct attribute *attribute = tag_attribute(tag, name);
    return attribute == NULL ? STR("") : attribute->value;
}

/* ---- scripts --------------------------------------------------------------------------------------------- */

static bool is_program(const struct tag *tag)
{
    const struct str type = tag_value(tag, "type");
    return type.len == 0 || same_small(type, "text/javascript") ||
           same_small(type, "application/javascript") || same_small(type, "module") ||
           has_small(type, "ecmascript") || same_small(type, "text/jsx") ||
           same_small(type, "text/babel") || same_small(type, "application/x-javascript");
}

/* A script that a banner on the page holds back, although its type would let it run. */
static bool is_held_back(const struct page *page, const struct tag *tag)
{
    const struct attribute *kind = tag_attribute(tag, "data-cookieconsent");
    return page->is_blocking && (kind == NULL || !same_small(kind->value, "ignore"));
}

static void look_at_source(struct page *page, const struct tag *tag, struct str source)
{
    report_at(page->findings, RULE_THIRD_PARTY, tag->start, tag->end);
    const struct attribute *integrity = tag_attribute(tag, "integrity");
    if (integrity == NULL || integrity->value.len == 0) {
        report_at(page->findings, RULE_SRI, tag->start, tag->end);
    }
    if (is_tracker_address(source) && !is_held_back(page, tag) &&
        (page->denied & tracker_family(source)) == 0) {
        report_at(page->findings, RULE_TAG, tag->start, tag->end);
    }
    if (is_font_address(source)) {
        report_at(page->findings, RULE_FONT, tag->start, tag->end);
    }
}

static void look_at_script(struct page *page, const struct tag *tag, struct str body,
                           size_t body_at)
{
    const struct str source = tag_value(tag, "src");
    if (!is_program(tag)) {
        return;
    }
    page->is_blocking =
        page->is_blocking || same_small(tag_value(tag, "data-blockingmode"), "auto");
    if (address_host(source).len > 0) {
        look_at_source(page, tag, source);
    }
    if (source.len > 0 || str_trim(body).len == 0) {
        return;
    }
    if (page->script_count++ < SCRIPTS_MAX) {
        const struct str lang = tag_value(tag, "lang");
        scan_script(page, body,
                    same_small(lang, "tsx") ? CODE_TSX
                    : has_small(lang, "ts") ? CODE_TYPESCRIPT
                                            : CODE_JAVASCRIPT,
                    body_at);
    } else if (page->script_count == SCRIPTS_MAX + 1) {
        report_open(page->findings, "more scripts than are checked in a page", tag->start,
                    tag->end);
    }
}

/* ---- the page ----------------------------------------------------------------------------------------------- */

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
            const size_t body_at = page.at;
            scan_style(body_of(&page, "</style"), body_at, findings);
        }
    }
    if (page.is_whole && !page.has_policy && page.script_count > 0) {
        report_at(findings, RULE_CSP, page.head, page.head + 5);
    }
}
