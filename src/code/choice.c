/*
 * choice.c - whether people choose: boxes that are ticked for them, banners that know only a yes.
 */
#include "inside_page.h"

enum { BANNER_MAX = 20000, LABEL_MAX = 90 };

bool says_marketing(struct str text)
{
    static const char *const word[] = {
        "newsletter",  "marketing", "optin",      "opt-in",     "opt_in",    "consent",
        "subscribe",   "partner",   "advert",     "personali",  "promo",     "statistic",
        "analytic",    "tracking",  "werbung",    "statistik",  "profiling", "offers",
        "angebote",    "publicit",  "third-part", "third_part", "mailing",   "sms_",
        "remarketing", "cookies_"};
    return has_one_small(text, word, sizeof word / sizeof word[0]);
}

bool says_choice(struct str text)
{
    static const char *const word[] = {
        "unsub",       "opt-out",     "optout",         "opt_out",        "abmeld",
        "abbestell",   "decline",     "reject",         "refus",          "ablehn",
        "désabon",     "desabon",     "withdraw",       "widerruf",       "deny",
        "terms",       "conditions",  "only-necessary", "necessary-only", "disclaimer",
        "small-print", "smallprint",  "consent-text",   "rechaz",         "rifiut",
        "weiger",      "privacy-note"};
    return has_one_small(text, word, sizeof word / sizeof word[0]);
}

static bool says_yes(struct str text)
{
    static const char *const word[] = {"accept",     "agree",         "allow all", "allow cookies",
                                       "got it",     "akzept",        "zustimm",   "einverstand",
                                       "enable all", "alle erlauben", "acept",     "accett",
                                       "akkoord",    "i understand"};
    return has_one_small(text, word, sizeof word / sizeof word[0]) || same_small(text, "ok") ||
           same_small(text, "okay") || same_small(text, "yes");
}

static bool says_no(struct str text)
{
    static const char *const word[] = {
        "reject",    "declin",       "refus",         "deny",
        "disagree",  "necessary",    "essential",     "ablehn",
        "notwendig", "erforderlich", "sans accepter", "without accepting",
        "rechaz",    "rifiut",       "weiger",        "no thanks",
        "nein",      "do not",       "don't",         "continue without",
        "nur "};
    return has_one_small(text, word, sizeof word / sizeof word[0]) || same_small(text, "no");
}

/* ---- boxes ------------------------------------------------------------------------------------------------ */

/* The text behind a box, up to the next one or the end of its label. */
static struct str label_behind(const struct page *page, const struct tag *tag)
{
    const struct str rest = str_slice(page->text, tag->end, tag->end + LABEL_MAX);
    size_t at = 0;
    while (at < rest.len) {
        const struct str here = str_slice(rest, at, at + 7);
        if (same_small(here, "</label") || same_small(str_slice(here, 0, 6), "<input") ||
            same_small(str_slice(here, 0, 6), "<label") ||
            same_small(str_slice(here, 0, 4), "</p>")) {
            break;
        }
        at++;
    }
    return str_slice(rest, 0, at);
}

void look_at_choice(struct page *page, const struct tag *tag)
{
    if (!same_small(tag->name, "input") || !same_small(tag_value(tag, "type"), "checkbox") ||
        tag_attribute(tag, "checked") == NULL || tag_attribute(tag, "disabled") != NULL) {
        return;
    }
    if (says_marketing(tag_value(tag, "name")) || says_marketing(tag_value(tag, "id")) ||
        says_marketing(tag_value(tag, "class")) || says_marketing(label_behind(page, tag))) {
        report_at(page->findings, RULE_TICKED, tag->start, tag->end);
    }
}

/* ---- banners ------------------------------------------------------------------------------------------------- */

static bool is_banner(const struct tag *tag)
{
    if (!one_of(tag->name, "div section aside dialog form footer DIV SECTION ASIDE")) {
        return false;
    }
    static const char *const where[] = {"id", "class", "aria-label"};
    for (size_t i = 0; i < sizeof where / sizeof where[0]; i++) {
        const struct str text = tag_value(tag, where[i]);
        if (has_small(text, "cookie") || has_small(text, "consent") || has_small(text, "gdpr") ||
            has_small(text, "cmp-")) {
            return true;
        }
    }
    return false;
}

/* Where the element ends whose tag that is. */
static size_t element_end(const struct page *page, const struct tag *tag)
{
    const size_t last =
        tag->end + BANNER_MAX < page->text.len ? tag->end + BANNER_MAX : page->text.len;
    size_t depth = 1;
    for (size_t at = tag->end; at < last; at++) {
        at += str_find(str_slice(page->text, at, last), '<');
        const bool is_end = at + 1 < last && page->text.ptr[at + 1] == '/';
        const size_t from = at + 1 + is_end;
        if (!str_equal(str_slice(page->text, from, from + tag->name.len), tag->name)) {
            continue;
        }
        depth += is_end ? 0 : 1;
        depth -= is_end ? 1 : 0;
        if (depth == 0) {
            return at;
        }
    }
    return last;
}

struct answers {
    bool has_yes;
    bool has_yes_button;
    bool has_no;
    bool has_no_button;
};

static void add_answer(struct answers *answers, const struct tag *tag, struct str text)
{
    const bool is_button = !same_small(tag->name, "a") ||
                           has_small(tag_value(tag, "class"), "btn") ||
                           has_small(tag_value(tag, "class"), "button");
    if (says_no(text)) {
        answers->has_no = true;
        answers->has_no_button = answers->has_no_button || is_button;
    } else if (says_yes(text)) {
        answers->has_yes = true;
        answers->has_yes_button = answers->has_yes_button || is_button;
    }
}

void look_at_banner(struct page *page, const struct tag *tag)
{
    if (tag->start < page->banner_end || !is_banner(tag)) {
        return;
    }
    const size_t end = element_end(page, tag);
    struct page inner = {.text = str_slice(page->text, 0, end), .at = tag->end};
    struct answers answers = {0};
    struct tag one;
    while (inner.at < end) {
        inner.at += str_find(str_slice(inner.text, inner.at, end), '<');
        if (inner.at >= end) {
            break;
        }
        read_tag(&inner, &one);
        if (same_small(one.name, "button") || same_small(one.name, "a")) {
            const size_t from = inner.at;
            const size_t len = str_find(str_slice(inner.text, from, end), '<');
            add_answer(&answers, &one, str_trim(str_slice(inner.text, from, from + len)));
        } else if (same_small(one.name, "input") &&
                   (same_small(tag_value(&one, "type"), "button") ||
                    same_small(tag_value(&one, "type"), "submit"))) {
            add_answer(&answers, &one, tag_value(&one, "value"));
        }
    }
    page->banner_end = end;
    const bool is_equal = answers.has_no && (answers.has_no_button || !answers.has_yes_button);
    if (answers.has_yes && !is_equal) {
        report_at(page->findings, RULE_NO_REJECT, tag->start, tag->end);
    }
}
