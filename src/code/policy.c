/*
 * policy.c - what a page says of whose scripts may run.
 */
#include "inside_page.h"

/* The sources of a directive; ptr is NULL when the policy does not have it. */
static struct str directive_of(struct str policy, const char *name)
{
    while (policy.ptr != NULL) {
        struct str rest = str_trim(str_cut(&policy, ';'));
        if (same_small(str_cut(&rest, ' '), name)) {
            return rest.ptr == NULL ? STR("") : rest;
        }
    }
    return (struct str){0};
}

static bool is_any_source(struct str source)
{
    return str_is(source, "*") || same_small(source, "http:") || same_small(source, "https:") ||
           same_small(source, "http://*") || same_small(source, "https://*") ||
           same_small(source, "data:") || same_small(source, "blob:") ||
           same_small(str_slice(source, 0, 7), "http://");
}

static bool is_weak(struct str sources)
{
    const bool is_named = has_small(sources, "'nonce-") || has_small(sources, "'sha256-") ||
                          has_small(sources, "'sha384-") || has_small(sources, "'sha512-");
    const bool is_strict = is_named && has_small(sources, "'strict-dynamic'");
    while (sources.ptr != NULL) {
        const struct str source = str_trim(str_cut(&sources, ' '));
        if (same_small(source, "'unsafe-eval'") ||
            (same_small(source, "'unsafe-inline'") && !is_named) ||
            (is_any_source(source) && !is_strict)) {
            return true;
        }
    }
    return false;
}

void look_at_policy(struct page *page, const struct tag *tag)
{
    const struct str content = tag_value(tag, "content");
    const bool is_referrer = same_small(tag_value(tag, "name"), "referrer");
    if (is_referrer && (same_small(content, "unsafe-url") || same_small(content, "always") ||
                        same_small(content, "no-referrer-when-downgrade"))) {
        report_at(page->findings, RULE_REFERRER, tag->start, tag->end);
    }
    if (!same_small(tag_value(tag, "http-equiv"), "content-security-policy")) {
        return;
    }
    page->has_policy = true;
    struct str sources = directive_of(content, "script-src");
    sources = sources.ptr == NULL ? directive_of(content, "default-src") : sources;
    if (sources.ptr != NULL && is_weak(sources)) {
        report_at(page->findings, RULE_CSP_WEAK, tag->start, tag->end);
    }
}
