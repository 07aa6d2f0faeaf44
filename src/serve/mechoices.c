/*
 * mechoices.c - /me/: what stands right now, and the switches.
 *
 * One switch for each purpose, channel and recipient. Its words are those that the record will keep.
 * What was said before stands as text above two equal buttons, so that neither looks like the answer.
 */
#include "site_me.h"

/* Does the browser say "do not sell or share" with each request? */
static bool has_gpc(const struct site *site)
{
    return str_is(str_trim(net_header(site->ask->request, "sec-gpc")), "1");
}

/* ---- right now ------------------------------------------------------------------------------ */

static void put_figure(struct me *me, enum word name, struct str number, enum word small,
                       struct str detail)
{
    site_figure(&me->html, name, number, word_with(me->job->arena, small, detail, STR("")));
}

static uint64_t facts_held(const struct me *me)
{
    const struct value *field = value_get(me->page, "fields");
    uint64_t count = 0;
    for (size_t i = 0; i < site_size(field); i++) {
        const struct value *value = value_get(&field->item[i], "value");
        count += value != NULL && value->kind != VALUE_NULL ? 1 : 0;
    }
    return count;
}

/* Of those that they can switch: what is on. */
static void count_switches(const struct me *me, size_t *on, size_t *all)
{
    const struct value *cell = value_get(me->page, "purposes");
    *on = 0;
    *all = 0;
    for (size_t i = 0; i < site_size(cell); i++) {
        const struct str basis = site_text(&cell->item[i], "basis");
        if (str_is(basis, "consent") || str_is(basis, "legitimate_interest")) {
            *all += 1;
            *on += site_flag(&cell->item[i], "allowed") ? 1 : 0;
        }
    }
}

static size_t recipients_within_a_year(const struct me *me)
{
    const struct value *list = value_get(me->page, "disclosures");
    const int64_t year = 365 * MICROS_PER_DAY;
    size_t count = 0;
    for (size_t i = 0; i < site_size(list); i++) {
        const struct str name = site_text(&list->item[i], "recipient");
        int64_t time = 0;
        bool is_first =
            str_to_time(site_text(&list->item[i], "time"), &time) && me->job->now - time < year;
        for (size_t k = 0; k < i; k++) {
            is_first = is_first && !str_equal(name, site_text(&list->item[k], "recipient"));
        }
        count += is_first ? 1 : 0;
    }
    return count;
}

static size_t open_requests(const struct me *me, struct str *deadline)
{
    const struct value *list = value_get(me->page, "requests");
    size_t count = 0;
    *deadline = STR("");
    for (size_t i = 0; i < site_size(list); i++) {
        if (site_text(&list->item[i], "closed").len == 0) {
            const struct str end = site_text(&list->item[i], "deadline");
            *deadline = count == 0 || str_compare(end, *deadline) < 0 ? end : *deadline;
            count++;
        }
    }
    return count;
}

static void put_now(struct me *me)
{
    size_t on = 0;
    size_t all = 0;
    struct str deadline;
    const size_t asked = open_requests(me, &deadline);
    count_switches(me, &on, &all);
    html_lit(&me->html, LIT("<dl class=\"figures\">"));
    put_figure(me, W_ME_NOW_FACTS, me_number(me, facts_held(me)), W_ME_NOW_FACTS_MORE,
               me_number(me, (uint64_t)site_whole(me->page, "event_count")));
    put_figure(me, W_ME_NOW_ON, me_number(me, on), W_ME_NOW_ON_MORE, me_number(me, all));
    put_figure(me, W_ME_NOW_OTHERS, me_number(me, recipients_within_a_year(me)),
               W_ME_NOW_OTHERS_MORE, STR(""));
    put_figure(me, W_ME_NOW_REQUESTS, me_number(me, asked),
               asked == 0 ? W_ME_NOW_REQUESTS_NONE : W_ME_NOW_REQUESTS_MORE, me_day(me, deadline));
    html_lit(&me->html, LIT("</dl>"));
}

static void put_questions(struct me *me)
{
    static const struct {
        struct lit path;
        enum word words;
    } row[] = {{WORDS("/me/messages"), W_ME_ASK_WHY},
               {WORDS("/me/data"), W_ME_ASK_WHAT},
               {WORDS("/me/leave"), W_ME_ASK_LEAVE}};
    say_in(&me->html, LIT("<nav aria-labelledby=\"asked\"><h2 id=\"asked\">"), W_ME_ASKED,
           LIT("</h2><ul class=\"plain\">"));
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        html_lit(&me->html, LIT("<li>"));
        page_link(&me->html, row[i].path, word(row[i].words));
        html_lit(&me->html, LIT("</li>"));
    }
    html_lit(&me->html, LIT("</ul></nav>"));
}

static void put_stop(struct me *me)
{
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_STOP_TITLE);
    me_say(me, W_ME_STOP_LEAD);
    me_one_button(me, STR("/me/stop"), LIT("what"), STR("marketing"), W_ME_STOP_BUTTON);
    html_lit(&me->html, LIT("</section>"));
}

/* ---- one switch ------------------------------------------------------------------------------ */

static enum word state_word(const struct value *cell)
{
    static const struct {
        const char *state;
        enum word said;
    } row[] = {{"given", W_ME_STATE_GIVEN},        {"renewed", W_ME_STATE_GIVEN},
               {"refused", W_ME_STATE_REFUSED},    {"withdrawn", W_ME_STATE_WITHDRAWN},
               {"objected", W_ME_STATE_OBJECTED},  {"expired", W_ME_STATE_EXPIRED},
               {"in_force", W_ME_STATE_IN_FORCE},  {"restricted", W_ME_STATE_RESTRICTED},
               {"requested", W_ME_STATE_REQUESTED}};
    const struct str state = site_text(cell, "state");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(state, row[i].state)) {
            return row[i].said;
        }
    }
    return W_ME_STATE_UNKNOWN;
}

static void put_state(struct me *me, const struct value *cell, const struct value *notice)
{
    const bool is_on = site_flag(cell, "allowed");
    const struct str since = site_text(cell, "since");
    const struct str last = site_text(notice, "last_used");
    say_in(&me->html, LIT("<p><strong>"), is_on ? W_ME_ON : W_ME_OFF, LIT("</strong> "));
    say_with(&me->html, state_word(cell), me_when(me, since), STR(""));
    if (!is_on && since.len > 0 && (last.len == 0 || str_compare(last, since) < 0)) {
        say_in(&me->html, LIT(" "), W_ME_UNUSED_SINCE, LIT(""));
    }
    html_lit(&me->html, LIT("</p>"));
    const struct str then = site_text(cell, "wording_version");
    if (then.len > 0 && !str_equal(then, site_text(notice, "wording_version"))) {
        say_with_in(&me->html, LIT("<p class=\"small\">"), W_ME_OTHER_WORDS, then, STR(""),
                    LIT("</p>"));
    }
    if (is_on && site_text(cell, "expires").len > 0) {
        say_with_in(&me->html, LIT("<p class=\"small\">"), W_ME_ENDS,
                    me_day(me, site_text(cell, "expires")), STR(""), LIT("</p>"));
    }
    if (site_whole(cell, "record") > 0) {
        const struct str number =
            str_format(me->job->arena, "%lld", (long long)site_whole(cell, "record"));
        page_tag(&me->html, LIT("<p class=\"small\"><a href=\"/me/receipts/"), number, LIT("\">"));
        say_in(&me->html, LIT(""), W_ME_SEE_RECEIPT, LIT("</a></p>"));
    }
}

static void put_answer(struct me *me, const struct value *cell, struct str label)
{
    page_tag(&me->html, LIT("<form method=\"post\" action=\"/me/choice\" aria-label=\""), label,
             LIT("\">"));
    page_hidden(&me->html, LIT("form"), str_of(me->site->who.form_token));
    page_hidden(&me->html, LIT("purpose"), site_text(cell, "purpose"));
    page_hidden(&me->html, LIT("channel"), site_text(cell, "channel"));
    page_hidden(&me->html, LIT("recipient"), site_text(cell, "recipient"));
    html_lit(&me->html, LIT("<div class=\"pair\">"));
    page_answer(&me->html, LIT("answer"), LIT("yes"), word(W_ME_YES), PAGE_BUTTON_EQUAL);
    page_answer(&me->html, LIT("answer"), LIT("no"), word(W_ME_NO), PAGE_BUTTON_EQUAL);
    html_lit(&me->html, LIT("</div></form>"));
}

/* "by e-mail", "to Acme Ads". */
static void put_about(struct me *me, const struct value *cell, const struct value *notice)
{
    const struct str channel = site_text(cell, "channel");
    const struct str recipient = site_text(cell, "recipient");
    if (channel.len > 0) {
        say_with_in(&me->html, LIT("<h4>"), W_ME_BY_CHANNEL, me_channel_title(channel), STR(""),
                    LIT("</h4>"));
    }
    if (recipient.len > 0) {
        const struct value *known = site_find(value_get(notice, "recipients"), "name", recipient);
        const struct str country = site_text(known, "country");
        const struct str title = known == NULL ? recipient : site_text(known, "title");
        say_with_in(&me->html, LIT("<h4>"), W_ME_TO_RECIPIENT,
                    country.len == 0 ? title
                                     : word_with(me->job->arena, W_ME_IN_COUNTRY, title, country),
                    STR(""), LIT("</h4>"));
    }
}

static void put_cells(struct me *me, const struct value *notice, bool has_answers)
{
    const struct value *list = value_get(me->page, "purposes");
    for (size_t i = 0; i < site_size(list); i++) {
        const struct value *cell = &list->item[i];
        if (!str_equal(site_text(cell, "purpose"), site_text(notice, "purpose"))) {
            continue;
        }
        html_lit(&me->html, LIT("<div class=\"switch\">"));
        put_about(me, cell, notice);
        put_state(me, cell, notice);
        if (has_answers) {
            put_answer(me, cell,
                       str_format(me->job->arena, "%.*s %.*s", STR_ARG(site_text(notice, "title")),
                                  STR_ARG(site_text(cell, "channel"))));
        }
        html_lit(&me->html, LIT("</div>"));
    }
}

static bool is_switch(const struct value *notice)
{
    const struct str basis = site_text(notice, "basis");
    return str_is(basis, "consent") || str_is(basis, "legitimate_interest") ||
           str_is(basis, "public_task") || site_flag(notice, "direct_marketing");
}

static void put_switch(struct me *me, const struct value *notice)
{
    const struct str wording = site_text(notice, "wording");
    page_tag(&me->html, LIT("<article id=\""), site_text(notice, "purpose"), LIT("\">"));
    page_tag(&me->html, LIT("<h3>"), site_text(notice, "title"), LIT("</h3>"));
    if (wording.len > 0) {
        page_tag(&me->html, LIT("<blockquote>"), wording, LIT("</blockquote>"));
        say_with_in(&me->html, LIT("<p class=\"small\">"), W_ME_VERSION,
                    site_text(notice, "wording_version"), STR(""), LIT("</p>"));
    }
    const struct value *recipients = value_get(notice, "recipients");
    if (site_size(recipients) > 0) {
        say_with_in(&me->html, LIT("<p class=\"small\">"), W_ME_RECIPIENTS,
                    me_number(me, site_size(recipients)), me_names(me, recipients, "title"),
                    LIT("</p>"));
    }
    put_cells(me, notice, true);
    html_lit(&me->html, LIT("</article>"));
}

static void put_fixed(struct me *me, const struct value *notice)
{
    page_tag(&me->html, LIT("<li><strong>"), site_text(notice, "title"), LIT("</strong><br>"));
    html_text(&me->html, me_basis(site_text(notice, "basis")));
    html_lit(&me->html, LIT("</li>"));
}

static void put_switches(struct me *me)
{
    const struct value *notice = value_get(me->page, "notices");
    html_lit(&me->html, LIT("<section id=\"choices\">"));
    site_heading(&me->html, W_ME_CHOICES_TITLE);
    me_say(me, W_ME_CHOICES_LEAD);
    html_lit(&me->html, LIT("<div class=\"cards\">"));
    for (size_t i = 0; i < site_size(notice); i++) {
        if (is_switch(&notice->item[i])) {
            put_switch(me, &notice->item[i]);
        }
    }
    html_lit(&me->html, LIT("</div></section><section>"));
    site_heading(&me->html, W_ME_FIXED_TITLE);
    me_say(me, W_ME_FIXED_LEAD);
    html_lit(&me->html, LIT("<ul class=\"plain\">"));
    for (size_t i = 0; i < site_size(notice); i++) {
        if (!is_switch(&notice->item[i])) {
            put_fixed(me, &notice->item[i]);
        }
    }
    html_lit(&me->html, LIT("</ul></section>"));
}

struct outcome me_choices(struct site *site)
{
    struct me me;
    struct outcome failed;
    if (!me_open(site, &me, &failed)) {
        return failed;
    }
    me_begin(&me, W_ME_TITLE, W_ME_LEAD, "/me/");
    if (has_gpc(site)) {
        page_notice(&me.html, PAGE_NOTICE_PLAIN, str_from(word(W_ME_GPC)));
    }
    put_now(&me);
    put_questions(&me);
    put_switches(&me);
    me_put_wishes(&me);
    put_stop(&me);
    return me_end(&me);
}

/* ---- what the buttons do ---------------------------------------------------------------------- */

/* A no to what rests on consent takes a yes back, or refuses; to anything else it is an objection. */
static const char *decision_of(const struct value *cell, bool is_yes)
{
    const struct str state = site_text(cell, "state");
    if (is_yes) {
        return "give";
    }
    if (!str_is(site_text(cell, "basis"), "consent")) {
        return "object";
    }
    return site_flag(cell, "allowed") || str_is(state, "expired") || str_is(state, "requested")
               ? "withdraw"
               : "refuse";
}

static const struct value *cell_of(const struct me *me)
{
    const struct value *list = value_get(me->page, "purposes");
    for (size_t i = 0; i < site_size(list); i++) {
        const struct value *cell = &list->item[i];
        if (str_equal(site_text(cell, "purpose"), site_field(me->site, "purpose")) &&
            str_equal(site_text(cell, "channel"), site_field(me->site, "channel")) &&
            str_equal(site_text(cell, "recipient"), site_field(me->site, "recipient"))) {
            return cell;
        }
    }
    return NULL;
}

/* The browser says no to all, and its person yes to this: they are asked which of the two they mean. */
static struct outcome ask_again(struct me *me, const struct value *cell)
{
    me_begin(me, W_ME_GPC_TITLE, W_ME_GPC_ASK, "/me/");
    const struct value *notice =
        site_find(value_get(me->page, "notices"), "purpose", site_text(cell, "purpose"));
    page_tag(&me->html, LIT("<blockquote>"), site_text(notice, "wording"), LIT("</blockquote>"));
    site_form(me->site, &me->html, LIT("/me/choice"));
    page_hidden(&me->html, LIT("purpose"), site_text(cell, "purpose"));
    page_hidden(&me->html, LIT("channel"), site_text(cell, "channel"));
    page_hidden(&me->html, LIT("recipient"), site_text(cell, "recipient"));
    page_hidden(&me->html, LIT("meant"), STR("1"));
    html_lit(&me->html, LIT("<div class=\"pair\">"));
    page_answer(&me->html, LIT("answer"), LIT("yes"), word(W_ME_YES), PAGE_BUTTON_EQUAL);
    page_answer(&me->html, LIT("answer"), LIT("no"), word(W_ME_NO), PAGE_BUTTON_EQUAL);
    html_lit(&me->html, LIT("</div></form>"));
    return me_end(me);
}

/* Double opt-in asks whether whoever says yes reads the address. Whoever is here came by a link that
 * was sent to it: the yes is confirmed at once, and its record says how. */
static enum candor_status confirm(struct site *site, const struct candor_text *report)
{
    struct candor_text confirmed;
    const char *token =
        str_z(site->job->arena, site_text(site_read(site, report), "confirm_token"));
    return token[0] == '\0' ? CANDOR_OK
                            : candor_consent_confirm(site->job, site->candor, token, &confirmed);
}

struct outcome me_choice_post(struct site *site)
{
    struct me me;
    struct outcome failed;
    struct candor_text report;
    if (!me_open(site, &me, &failed)) {
        return failed;
    }
    const struct value *cell = cell_of(&me);
    const struct str answer = site_field(site, "answer");
    const bool is_yes = str_is(answer, "yes");
    if (cell == NULL || (!is_yes && !str_is(answer, "no"))) {
        return site_stale(site);
    }
    const bool is_share = str_starts(site_text(cell, "purpose"), STR("share:"));
    const struct candor_choice choice = {
        .identifier = me.identifier,
        .purpose = site_field_z(site, "purpose"),
        .channel = site_field_z(site, "channel"),
        .recipient = is_share ? NULL : site_field_z(site, "recipient"),
        .decision = decision_of(cell, is_yes),
        .surface = "dashboard",
        .gpc = has_gpc(site),
        .despite_gpc = site_has_field(site, "meant"),
    };
    enum candor_status status = candor_choose(site->job, site->candor, &choice, &report);
    if (status == CANDOR_REFUSED && is_yes && choice.gpc && !choice.despite_gpc) {
        job_forgive(site->job);
        return ask_again(&me, cell);
    }
    status = status == CANDOR_OK && is_yes ? confirm(site, &report) : status;
    return me_done(site, status, "/me/", is_yes ? "me-yes" : "me-no");
}

struct outcome me_stop_post(struct site *site)
{
    struct candor_text report;
    const struct candor_request_ask ask = {
        .identifier = site->who.identifier, .right = "marketing_objection", .source = "dashboard"};
    return me_done(site, candor_request_open(site->job, site->candor, &ask, &report), "/me/",
                   "me-stopped");
}
