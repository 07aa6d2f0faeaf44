/*
 * contact.c - trackers that a script of a page calls or loads, and whether that waits for a yes (yes.c).
 *
 * A family of tags waits as well where it was told so first: by consent mode, fbq('consent', 'revoke'), ttq.holdConsent().
 */
#include "inside_page.h"

enum { CONTACTS_MAX = 60 };

static const struct {
    const char *callee;
    const char *first;
    unsigned family;
} starts[] = {
#define TRACKER(host, family)
#define EMBEDDED(host)
#define LETTERS(host)
#define STARTS(callee, first, family) {callee, first, family},
#include "trackers.def"
#undef TRACKER
#undef EMBEDDED
#undef LETTERS
#undef STARTS
};

/* ---- what was told to wait ------------------------------------------------------------------------------------- */

static bool is_callee(struct str callee, const char *name)
{
    const struct str wanted = str_of(name);
    return str_ends(callee, wanted) &&
           (callee.len == wanted.len || callee.ptr[callee.len - wanted.len - 1] == '.');
}

static unsigned denied_by(const struct tree *tree, node_id call)
{
    const struct str text = str_slice(text_of(tree, call), 0, 600);
    const struct str callee = text_of(tree, first_of(tree, call));
    const bool is_consent = has_small(text, "'consent'") || has_small(text, "\"consent\"");
    if (is_consent && has_small(text, "default") && has_small(text, "denied")) {
        static const char *const key[] = {"ad_storage", "analytics_storage", "ad_user_data"};
        const node_id settings = argument_of(tree, call, 2);
        for (size_t i = 0; settings != 0 && i < sizeof key / sizeof key[0]; i++) {
            const node_id value = pair_of(tree, settings, key[i]);
            if (value != 0 && has_small(text_of(tree, value), "granted")) {
                return 0;
            }
        }
        return is_callee(callee, "push") && has_small(callee, "uetq") ? FAMILY_BING : FAMILY_GOOGLE;
    }
    if (is_callee(callee, "fbq") && is_consent && has_small(text, "revoke")) {
        return FAMILY_META;
    }
    if (is_callee(callee, "ttq.holdConsent") || is_callee(callee, "ttq.revokeConsent")) {
        return FAMILY_TIKTOK;
    }
    return has_small(callee, "_paq") &&
                   (has_small(text, "requireconsent") || has_small(text, "requirecookieconsent"))
               ? FAMILY_MATOMO
               : 0;
}

static unsigned started_by(const struct tree *tree, node_id call)
{
    const struct str callee = text_of(tree, first_of(tree, call));
    for (size_t i = 0; callee.len < 60 && i < sizeof starts / sizeof starts[0]; i++) {
        if (!is_callee(callee, starts[i].callee)) {
            continue;
        }
        const node_id first = argument_of(tree, call, 0);
        const bool is_so = starts[i].first[0] == '\0' ||
                           (first != 0 && str_is(string_of(tree, first), starts[i].first));
        if (is_so && !has_small(str_slice(text_of(tree, call), 0, 300), "opt_out")) {
            return starts[i].family;
        }
    }
    return 0;
}

/* ---- the walk ------------------------------------------------------------------------------------------------------ */

/* An address of a tracker that the program names. */
static unsigned contacted_by(const struct tree *tree, node_id id)
{
    const struct str text = string_of(tree, id);
    if (text.len < 8 || text.len > 2000 || str_find(text, '.') == text.len ||
        str_find(text, '/') == text.len) {
        return 0;
    }
    return tracker_family(str_slice(text, 0, 200));
}

static node_id call_around(const struct tree *tree, node_id id)
{
    const node_id above = tree->node[id].parent;
    return kind_of(tree, above) == N_ARGUMENTS ? tree->node[above].parent : 0;
}

static bool is_pixel(const struct tree *tree, node_id id)
{
    const struct str text = string_of(tree, id);
    const node_id call = call_around(tree, id);
    const struct str callee = call == 0 ? STR("") : text_of(tree, first_of(tree, call));
    if (is_callee(callee, "sendBeacon") || is_callee(callee, "fetch") ||
        is_callee(callee, "open") || is_callee(callee, "post") || is_callee(callee, "get")) {
        return true;
    }
    node_id above = tree->node[id].parent;
    while (kind_of(tree, above) == N_BINARY) {
        above = tree->node[above].parent;
    }
    if (kind_of(tree, above) == N_ASSIGN &&
        has_small(text_of(tree, first_of(tree, above)), "image(")) {
        return true;
    }
    return !has_small(text, ".js") &&
           (has_small(text, "/tr?") || has_small(text, "/tr/") || has_small(text, "collect") ||
            has_small(text, ".gif") || has_small(text, "/action/"));
}

struct told {
    bool tag;
    bool pixel;
};

static void tell(struct analysis *analysis, struct told *told, enum rule_id rule, node_id id)
{
    bool *is_told = rule == RULE_PIXEL ? &told->pixel : &told->tag;
    if (!*is_told && !waits_for_yes(analysis, id)) {
        report(analysis, rule, id, 0);
        *is_told = true;
    }
}

void look_before_yes(struct analysis *analysis)
{
    const struct tree *tree = analysis->tree;
    struct page *page = analysis->page;
    struct told told = {0};
    unsigned contacts = 0;
    for (node_id id = 1; id < tree->count; id++) {
        if (kind_of(tree, id) != N_CALL || first_of(tree, id) == 0) {
            continue;
        }
        page->denied |= denied_by(tree, id);
        const unsigned family = started_by(tree, id);
        if (family != 0 && (family & page->denied) == 0 && contacts++ < CONTACTS_MAX) {
            tell(analysis, &told, RULE_TAG, id);
        }
    }
    for (node_id id = 1; id < tree->count && contacts < CONTACTS_MAX; id++) {
        const enum node_kind kind = kind_of(tree, id);
        if (kind != N_STRING && kind != N_TEMPLATE) {
            continue;
        }
        const unsigned family = contacted_by(tree, id);
        if (family != 0 && (family & page->denied) == 0) {
            contacts++;
            tell(analysis, &told, is_pixel(tree, id) ? RULE_PIXEL : RULE_TAG, id);
        }
    }
}
