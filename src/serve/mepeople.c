/*
 * mepeople.c - /me/people: who received data, and who looked at it.
 */
#include "site_me.h"

/* ---- recipients --------------------------------------------------------------------------------- */

static void put_given(struct me *me)
{
    const struct lit column[] = {word(W_ME_COLUMN_WHEN), word(W_ME_COLUMN_WHO),
                                 word(W_ME_COLUMN_COUNTRY), word(W_ME_COLUMN_FIELDS),
                                 word(W_ME_COLUMN_PURPOSE)};
    const struct value *list = value_get(me->page, "disclosures");
    if (site_size(list) == 0) {
        me_say(me, W_ME_GIVEN_NONE);
        return;
    }
    page_table_begin(&me->html, word(W_ME_GIVEN_TITLE), column, 5);
    for (size_t i = list->count; i > 0; i--) {
        const struct value *one = &list->item[i - 1];
        const struct str cell[] = {me_when(me, site_text(one, "time")), site_text(one, "title"),
                                   site_text(one, "country"), site_text(one, "fields"),
                                   me_purpose_title(me, site_text(one, "purpose"))};
        page_table_row(&me->html, cell, 5);
    }
    page_table_end(&me->html);
}

/* Who may get data now: a no tells those who got some already to delete it. */
static void put_allowed(struct me *me)
{
    const struct value *list = value_get(me->page, "purposes");
    size_t count = 0;
    for (size_t i = 0; i < site_size(list); i++) {
        const struct value *cell = &list->item[i];
        const struct str recipient = site_text(cell, "recipient");
        if (recipient.len == 0 || !site_flag(cell, "allowed")) {
            continue;
        }
        const struct value *notice =
            site_find(value_get(me->page, "notices"), "purpose", site_text(cell, "purpose"));
        const struct value *known = site_find(value_get(notice, "recipients"), "name", recipient);
        html_lit(&me->html, count == 0 ? LIT("<div class=\"cards\"><article>") : LIT("<article>"));
        page_tag(&me->html, LIT("<h3>"), known == NULL ? recipient : site_text(known, "title"),
                 LIT("</h3>"));
        say_with_in(&me->html, LIT("<p>"), W_ME_ALLOWED_SINCE, site_text(cell, "title"),
                    me_day(me, site_text(cell, "since")), LIT("</p>"));
        site_form(me->site, &me->html, LIT("/me/choice"));
        page_hidden(&me->html, LIT("purpose"), site_text(cell, "purpose"));
        page_hidden(&me->html, LIT("channel"), site_text(cell, "channel"));
        page_hidden(&me->html, LIT("recipient"), recipient);
        page_answer(&me->html, LIT("answer"), LIT("no"), word(W_ME_STOP_SHARING),
                    PAGE_BUTTON_EQUAL);
        html_lit(&me->html, LIT("</form></article>"));
        count++;
    }
    html_lit(&me->html, count > 0 ? LIT("</div>") : LIT(""));
    if (count == 0) {
        me_say(me, W_ME_ALLOWED_NONE);
    }
}

/* ---- who looked ---------------------------------------------------------------------------------- */

static enum word what_word(struct str what)
{
    static const struct {
        const char *name;
        enum word title;
    } row[] = {{"subject.show", W_ME_LOOK_SHOW},       {"subject.export", W_ME_LOOK_EXPORT},
               {"subject.correct", W_ME_LOOK_CORRECT}, {"decide", W_ME_LOOK_DECIDE},
               {"plan.file", W_ME_LOOK_PLAN},          {"plan.page", W_ME_LOOK_PLAN},
               {"plan.people", W_ME_LOOK_PLAN},        {"subject.decision", W_ME_LOOK_DECISION},
               {"consent.receipt", W_ME_LOOK_RECEIPT}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(what, row[i].name)) {
            return row[i].title;
        }
    }
    return W_ME_LOOK_OTHER;
}

static void put_look(struct me *me, const struct value *look)
{
    const struct str why = site_text(look, "why");
    html_lit(&me->html, LIT("<article>"));
    page_tag(&me->html, LIT("<h3>"), me_when(me, site_text(look, "time")), LIT("</h3>"));
    say_with_in(&me->html, LIT("<p>"), what_word(site_text(look, "what")),
                site_text(look, "operator"), site_text(look, "roles"), LIT("</p>"));
    say_with_in(&me->html, LIT("<p class=\"small\">"),
                why.len > 0 ? W_ME_LOOK_WHY : W_ME_LOOK_NO_REASON, why, STR(""), LIT("</p>"));
    const struct str index =
        str_format(me->job->arena, "%lld", (long long)site_whole(look, "ledger_index"));
    me_one_button(me, site_path(me->job->arena, "/me/people/", index, ""), LIT("what"), STR("look"),
                  W_ME_LOOK_ASK);
    html_lit(&me->html, LIT("</article>"));
}

static void put_looks(struct me *me)
{
    const struct value *list = value_get(me->page, "accesses");
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_LOOKED_TITLE);
    me_say(me, site_size(list) == 0 ? W_ME_LOOKED_NONE : W_ME_LOOKED_LEAD);
    html_lit(&me->html, LIT("<div class=\"cards\">"));
    for (size_t i = site_size(list); i > 0; i--) {
        put_look(me, &list->item[i - 1]);
    }
    html_lit(&me->html, LIT("</div></section>"));
}

struct outcome me_people(struct site *site)
{
    struct me me;
    struct outcome failed;
    if (!me_open(site, &me, &failed)) {
        return failed;
    }
    me_begin(&me, W_ME_PEOPLE_TITLE, W_ME_PEOPLE_LEAD, "/me/people");
    html_lit(&me.html, LIT("<section>"));
    site_heading(&me.html, W_ME_ALLOWED_TITLE);
    put_allowed(&me);
    html_lit(&me.html, LIT("</section><section>"));
    site_heading(&me.html, W_ME_GIVEN_TITLE);
    put_given(&me);
    html_lit(&me.html, LIT("</section>"));
    put_looks(&me);
    return me_end(&me);
}

/* A question about one look: a request with the clock of the right of access. */
struct outcome me_look_post(struct site *site)
{
    struct me me;
    struct outcome failed;
    struct candor_text report;
    uint64_t index = 0;
    bool is_there = false;
    if (!me_open(site, &me, &failed)) {
        return failed;
    }
    const struct value *list = value_get(me.page, "accesses");
    const bool is_number = me_index(site, &index);
    for (size_t i = 0; is_number && i < site_size(list); i++) {
        is_there |= (uint64_t)site_whole(&list->item[i], "ledger_index") == index;
    }
    if (!is_there) {
        return me_nothing(site);
    }
    const struct candor_request_ask ask = {
        .identifier = me.identifier,
        .right = "access",
        .source = "dashboard",
        .reference = str_z(site->job->arena, str_format(site->job->arena, "who looked, entry %llu",
                                                        (unsigned long long)index))};
    return me_done(site, candor_request_open(site->job, site->candor, &ask, &report), "/me/rights",
                   "me-asked");
}
