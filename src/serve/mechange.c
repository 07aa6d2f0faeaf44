/*
 * mechange.c - what would have changed a decision: of the subject's own permissions, limits and facts, those
 * that decided it. Where a model's score decided, the library has proven which changes would have been enough
 * (the cheapest, each scored again), or that none is; else it is the first reason.
 *
 * Checks are made in one order and the first no ends them, so what stands here would have taken away this
 * reason; another may have followed, and the page says so. A protected attribute is in no model and no rule of
 * a campaign, so none can stand here.
 */
#include "site_me.h"

enum { FACTS_SHOWN = 3 };

enum way {
    WAY_PURPOSE, /* a yes to the purpose of the message */
    WAY_USES,    /* a yes to being chosen for */
    WAY_ADDRESS,
    WAY_WISHES,
    WAY_PERSON,
    WAY_BROWSER,
    WAY_FACTS,
    WAY_NOTHING,
};

static const struct {
    const char *code;
    enum way way;
} code_row[] = {
    {"no_consent", WAY_PURPOSE}, {"refused", WAY_PURPOSE},       {"withdrawn", WAY_PURPOSE},
    {"objected", WAY_PURPOSE},   {"expired", WAY_PURPOSE},       {"pending", WAY_PURPOSE},
    {"no_profiling", WAY_USES},  {"unreachable", WAY_ADDRESS},   {"topic_declined", WAY_WISHES},
    {"own_limit", WAY_WISHES},   {"quiet_hours", WAY_WISHES},    {"not_interested", WAY_WISHES},
    {"restricted", WAY_PERSON},  {"wants_human", WAY_PERSON},    {"low_score", WAY_FACTS},
    {"not_selected", WAY_FACTS}, {"not_in_audience", WAY_FACTS}, {"no_offer", WAY_FACTS},
};

static enum way way_of(const struct value *decision)
{
    const struct str code = site_text(decision, "code");
    for (size_t i = 0; i < sizeof code_row / sizeof code_row[0]; i++) {
        if (str_is(code, code_row[i].code)) {
            return code_row[i].way;
        }
    }
    return str_starts(code, STR("signal")) ? WAY_BROWSER : WAY_NOTHING;
}

static void put_link(struct me *me, struct str path, enum word words)
{
    html_lit(&me->html, LIT("<p>"));
    site_link(&me->html, path, str_from(word(words)));
    html_lit(&me->html, LIT("</p>"));
}

static void put_purpose(struct me *me, struct str purpose, enum word sentence)
{
    say_with_in(&me->html, LIT("<p>"), sentence, me_purpose_title(me, purpose), STR(""),
                LIT("</p>"));
    put_link(
        me, str_format(me->job->arena, "/me/#%.*s", STR_ARG(site_encoded(me->job->arena, purpose))),
        W_ME_CHANGE_CHOICES);
}

static double against(const struct value *part)
{
    return -site_number(part, "contribution");
}

/* The fact that counted most against it after those that were shown; NULL: no other did. */
static const struct value *next_against(const struct value *list, double below)
{
    const struct value *next = NULL;
    for (size_t i = 0; i < site_size(list); i++) {
        const double size = against(&list->item[i]);
        if (size > 0 && size < below && (next == NULL || size > against(next))) {
            next = &list->item[i];
        }
    }
    return next;
}

static void put_facts(struct me *me, const struct value *decision)
{
    const struct value *list = value_get(decision, "contributions");
    const struct value *part = next_against(list, 1e300);
    if (part == NULL) {
        me_say(me, W_ME_CHANGE_RULES);
        put_link(me, STR("/me/data"), W_ME_CHANGE_DATA);
        return;
    }
    me_say(me, W_ME_CHANGE_FACTS);
    html_lit(&me->html, LIT("<ul class=\"reasons\">"));
    for (size_t i = 0; part != NULL && i < FACTS_SHOWN; i++) {
        page_tag(&me->html, LIT("<li>"), me_term_title(me, site_text(part, "feature")),
                 LIT("</li>"));
        part = next_against(list, against(part));
    }
    html_lit(&me->html, LIT("</ul>"));
    put_link(me, STR("/me/data"), W_ME_CHANGE_DATA);
}

static void put_way(struct me *me, const struct value *decision)
{
    const struct value *campaign =
        site_find(value_get(me->page, "campaigns"), "name", site_text(decision, "campaign"));
    switch (way_of(decision)) {
    case WAY_PURPOSE:
        put_purpose(me, site_text(decision, "purpose"), W_ME_CHANGE_YES);
        return;
    case WAY_USES:
        put_purpose(me, site_text(campaign, "uses"), W_ME_CHANGE_YES);
        return;
    case WAY_ADDRESS:
        me_say(me, W_ME_CHANGE_ADDRESS);
        put_link(me, STR("/me/data"), W_ME_CHANGE_DATA);
        return;
    case WAY_WISHES:
        me_say(me, W_ME_CHANGE_WISHES);
        put_link(me, STR("/me/#wishes"), W_ME_CHANGE_CHOICES);
        return;
    case WAY_PERSON:
        me_say(me, W_ME_CHANGE_PAUSE);
        put_link(me, STR("/me/rights"), W_ME_CHANGE_RIGHTS);
        return;
    case WAY_BROWSER:
        me_say(me, W_ME_CHANGE_BROWSER);
        return;
    case WAY_FACTS:
        put_facts(me, decision);
        return;
    case WAY_NOTHING:
        me_say(me, W_ME_CHANGE_NOTHING);
        return;
    }
}

/* Where a score was too low, what turns it is proven; a fact that is wrong can be put right all the same. */
static bool put_proven(struct me *me, const struct value *explanation)
{
    if (!site_put_turning(&me->html, explanation)) {
        return false;
    }
    me_say(me, W_ME_CHANGE_PROVEN);
    put_link(me, STR("/me/data"), W_ME_CHANGE_DATA);
    return true;
}

void me_put_change(struct me *me, const struct value *decision, const struct value *explanation,
                   bool was_sent)
{
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_CHANGE_TITLE);
    if (was_sent) {
        put_purpose(me, site_text(decision, "purpose"), W_ME_CHANGE_NO);
    } else if (!put_proven(me, explanation)) {
        put_way(me, decision);
        say_in(&me->html, LIT("<p class=\"small\">"), W_ME_CHANGE_FIRST, LIT("</p>"));
    }
    html_lit(&me->html, LIT("</section>"));
}
