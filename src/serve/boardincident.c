/*
 * boardincident.c - incidents: the clock of 72 hours, whom it concerns, what has to be told and to whom,
 * drafts of it, and the end.
 */
#include <string.h>

#include "boardpages.h"

#include "candor_people.h"

enum { HOURS = 72 };

/* ---- where it stands ------------------------------------------------------------------------- */

static void put_clock(struct site *site, struct buf *html, const struct value *incident)
{
    struct arena *arena = site->job->arena;
    const struct str by = site_text(incident, "tell_authority_by");
    int64_t until = 0;
    html_lit(html, LIT("<p class=\"marks\">"));
    if (site_text(incident, "closed").len > 0) {
        boardpage_badge(html, BADGE_GOOD, str_from(word(W_BOARD_INCIDENT_CLOSED)));
    } else if (site_flag(incident, "overdue")) {
        boardpage_badge(html, BADGE_BAD, str_from(word(W_BOARD_OVERDUE)));
    } else {
        boardpage_badge(html, BADGE_WATCH, str_from(word(W_BOARD_INCIDENT_OPEN)));
    }
    html_lit(html, LIT(" "));
    boardpage_badge(
        html, str_is(site_text(incident, "risk"), "high") ? BADGE_BAD : BADGE_PLAIN,
        word_with(arena, W_BOARD_RISK_IS, boardpage_word(site_text(incident, "risk")), STR("")));
    html_lit(html, LIT("</p>"));
    if (!str_to_time(by, &until)) {
        say_in(html, LIT("<p class=\"lead\">"), W_BOARD_CLOCK_STANDS, LIT("</p>"));
        return;
    }
    const int64_t hours = (until - site->job->now) / MICROS_PER_SECOND / 3600;
    say_with_in(html, LIT("<p class=\"lead\">"),
                hours < 0 ? W_BOARD_HOURS_OVER : W_BOARD_HOURS_LEFT,
                site_count(arena, hours < 0 ? -hours : hours), str_slice(by, 0, 16), LIT("</p>"));
    page_bar(html, hours < 0 ? 1.0 : 1.0 - (double)hours / HOURS);
}

static void put_duty(struct buf *html, enum word label, bool must_tell, struct str told)
{
    say_in(html, LIT("<dt>"), label, LIT("</dt><dd>"));
    if (told.len > 0) {
        boardpage_badge(html, BADGE_GOOD, str_from(word(W_BOARD_TOLD)));
        html_lit(html, LIT(" "));
        boardpage_time(html, told);
    } else {
        boardpage_badge(html, must_tell ? BADGE_WATCH : BADGE_PLAIN,
                        str_from(word(must_tell ? W_BOARD_MUST_TELL : W_BOARD_NEED_NOT_TELL)));
    }
    html_lit(html, LIT("</dd>"));
}

static void put_facts(struct site *site, struct buf *html, const struct value *incident)
{
    struct arena *arena = site->job->arena;
    const struct value *affected = value_get(incident, "affected");
    html_lit(html, LIT("<dl class=\"figures\">"));
    site_figure(html, W_BOARD_AFFECTED, site_count(arena, site_whole(affected, "people")), STR(""));
    site_figure(html, W_BOARD_LOOKED_AT, site_count(arena, site_whole(affected, "looked_at")),
                STR(""));
    site_figure(html, W_BOARD_HANDED_OVER, site_count(arena, site_whole(affected, "handed_over")),
                STR(""));
    site_figure(html, W_BOARD_DISCLOSED, site_count(arena, site_whole(affected, "disclosed")),
                STR(""));
    html_lit(html, LIT("</dl><dl class=\"pairs\">"));
    put_duty(html, W_BOARD_AUTHORITY, site_flag(incident, "must_tell_authority"),
             site_text(incident, "authority_told"));
    put_duty(html, W_BOARD_PEOPLE, site_flag(incident, "must_tell_people"),
             site_text(incident, "people_told"));
    site_fact(html, W_BOARD_UNREADABLE,
              str_from(word(site_flag(incident, "unintelligible") ? W_BOARD_YES : W_BOARD_NO)));
    site_fact(html, W_BOARD_UNREADABLE_WHY, site_text(incident, "why"));
    site_fact(html, W_BOARD_OPENED_BY, site_text(incident, "opened_by"));
    site_fact(html, W_BOARD_AWARE, site_text(incident, "aware"));
    site_fact(html, W_BOARD_FROM, site_text(incident, "from"));
    site_fact(html, W_BOARD_UNTIL, site_text(incident, "until"));
    site_fact(html, W_BOARD_OPERATOR, site_text(incident, "operator"));
    site_fact(html, W_COLUMN_CAMPAIGN, site_text(incident, "campaign"));
    site_fact(html, W_BOARD_RECIPIENT, site_text(incident, "recipient"));
    site_fact(html, W_BOARD_MEASURES, site_text(incident, "measures"));
    site_fact(html, W_BOARD_CLOSE_REASON, site_text(incident, "close_reason"));
    html_lit(html, LIT("</dl>"));
}

static void put_notes(struct buf *html, const struct value *notes)
{
    if (site_size(notes) == 0) {
        return;
    }
    boardpage_section(html, W_BOARD_NOTES);
    html_lit(html, LIT("<ol class=\"timeline\">"));
    for (size_t i = 0; i < notes->count; i++) {
        page_tag(html, LIT("<li><p><b>"), site_text(&notes->item[i], "author"),
                 LIT("</b> \xc2\xb7 "));
        boardpage_time(html, site_text(&notes->item[i], "time"));
        page_tag(html, LIT("</p><p>"), site_text(&notes->item[i], "note"), LIT("</p></li>"));
    }
    html_lit(html, LIT("</ol>"));
    boardpage_section_end(html);
}

/* ---- forms ----------------------------------------------------------------------------------- */

static const char *const exposed_key[] = {"data", "keys", "root", "export", "operator"};
static const enum word exposed_word[] = {W_BOARD_EXPOSED_DATA, W_BOARD_EXPOSED_KEYS,
                                         W_BOARD_EXPOSED_ROOT, W_BOARD_EXPOSED_EXPORT,
                                         W_BOARD_EXPOSED_OPERATOR};
enum { EXPOSED = sizeof exposed_key / sizeof exposed_key[0] };

static bool is_listed(const struct value *list, const char *key)
{
    for (size_t i = 0; i < site_size(list); i++) {
        if (str_is(list->item[i].text, key)) {
            return true;
        }
    }
    return false;
}

/* Has the form, or else the incident, this box ticked? */
static void put_exposed(struct site *site, struct buf *html, const struct value *incident)
{
    const bool is_sent = site_has_field(site, "act");
    say_in(html, LIT("<fieldset><legend>"), W_BOARD_EXPOSED, LIT("</legend>"));
    for (size_t i = 0; i < EXPOSED; i++) {
        const struct str name = str_format(html->arena, "exposed-%s", exposed_key[i]);
        const bool is_on = is_sent ? site_has_field(site, str_z(html->arena, name))
                                   : is_listed(value_get(incident, "exposed"), exposed_key[i]);
        page_tag(html,
                 LIT("<label class=\"choice\"><input type=\"checkbox\" value=\"yes\" name=\""),
                 name, is_on ? LIT("\" checked> ") : LIT("\"> "));
        say_in(html, LIT("<span>"), exposed_word[i], LIT("</span></label>"));
    }
    html_lit(html, LIT("</fieldset>"));
}

static struct str field_or(const struct site *site, const char *name, struct str otherwise)
{
    return site_has_field(site, name) ? site_field(site, name) : otherwise;
}

static void put_risk(struct site *site, struct buf *html, const struct value *incident)
{
    const struct page_option option[] = {{STR(""), str_from(word(W_BOARD_RISK_OPEN))},
                                         {STR("none"), boardpage_word(STR("none"))},
                                         {STR("some"), boardpage_word(STR("some"))},
                                         {STR("high"), boardpage_word(STR("high"))}};
    const struct page_field field = {.name = LIT("risk"),
                                     .label = word(W_BOARD_RISK),
                                     .hint = word(W_BOARD_RISK_HINT),
                                     .value = field_or(site, "risk", site_text(incident, "risk")),
                                     .is_optional = true};
    page_select_of(html, &field, option, 4);
}

static void put_line(struct site *site, struct buf *html, struct lit name, enum word label,
                     enum word hint, struct str present)
{
    const struct page_field field = {.name = name,
                                     .label = word(label),
                                     .hint = word(hint),
                                     .value = field_or(site, name.ptr, present),
                                     .is_optional = true,
                                     .says_optional = true};
    page_field(html, &field);
}

/* The library names options of the command; a form has fields. */
static struct str in_words_of_form(struct arena *arena, struct str error)
{
    static const struct {
        const char *option;
        enum word label;
    } row[] = {{"--aware", W_BOARD_AWARE},
               {"--from", W_BOARD_FROM},
               {"--until", W_BOARD_UNTIL},
               {"--note", W_BOARD_NOTE}};
    struct buf buf = buf_begin(arena);
    size_t at = 0;
    while (at < error.len) {
        const struct str rest = str_slice(error, at, error.len);
        size_t i = 0;
        while (i < sizeof row / sizeof row[0] && !str_starts(rest, str_of(row[i].option))) {
            i++;
        }
        if (i == sizeof row / sizeof row[0]) {
            buf_u8(&buf, (uint8_t)error.ptr[at++]);
        } else {
            buf_format(&buf, "\xe2\x80\x9c%s\xe2\x80\x9d", word(row[i].label).ptr);
            at += str_of(row[i].option).len;
        }
    }
    return buf_text(&buf);
}

static void put_particulars(struct site *site, struct buf *html, const struct value *incident)
{
    put_exposed(site, html, incident);
    put_risk(site, html, incident);
    put_line(site, html, LIT("from"), W_BOARD_FROM, W_BOARD_TIME_HINT, site_text(incident, "from"));
    put_line(site, html, LIT("until"), W_BOARD_UNTIL, W_BOARD_TIME_HINT,
             site_text(incident, "until"));
    put_line(site, html, LIT("by"), W_BOARD_OPERATOR, W_BOARD_OPERATOR_HINT,
             site_text(incident, "operator"));
    put_line(site, html, LIT("campaign"), W_COLUMN_CAMPAIGN, W_BOARD_CAMPAIGN_HINT,
             site_text(incident, "campaign"));
    put_line(site, html, LIT("recipient"), W_BOARD_RECIPIENT, W_BOARD_RECIPIENT_HINT,
             site_text(incident, "recipient"));
    const struct page_field measures = {
        .name = LIT("measures"),
        .label = word(W_BOARD_MEASURES),
        .hint = word(W_BOARD_MEASURES_HINT),
        .value = field_or(site, "measures", site_text(incident, "measures")),
        .is_optional = true};
    page_area(html, &measures);
}

/* What a form says. Empty means unchanged, but for the boxes, which stand for themselves. */
static struct candor_incident facts_of(struct site *site)
{
    struct buf exposed = buf_begin(site->job->arena);
    for (size_t i = 0; i < EXPOSED; i++) {
        const struct str name = str_format(site->job->arena, "exposed-%s", exposed_key[i]);
        if (site_has_field(site, str_z(site->job->arena, name))) {
            buf_format(&exposed, "%s%s", exposed.len == 0 ? "" : ",", exposed_key[i]);
        }
    }
    return (struct candor_incident){.title = site_field_z(site, "title"),
                                    .aware = site_field_z(site, "aware"),
                                    .from = site_field_z(site, "from"),
                                    .until = site_field_z(site, "until"),
                                    .operator_name = site_field_z(site, "by"),
                                    .campaign = site_field_z(site, "campaign"),
                                    .recipient = site_field_z(site, "recipient"),
                                    .exposed = str_z(site->job->arena, buf_text(&exposed)),
                                    .measures = site_field_z(site, "measures"),
                                    .risk = site_field_z(site, "risk")};
}

static void put_told(struct site *site, struct buf *html, const struct value *incident,
                     const struct boardpage_slip *slip)
{
    struct arena *arena = site->job->arena;
    const struct str path =
        site_path(arena, "/board/incidents/", site_text(incident, "number"), "");
    site_heading(html, W_BOARD_TELLING);
    if (site_may(site, "subject.read")) {
        html_lit(html, LIT("<p>"));
        site_link(html, str_format(arena, "%.*s/draft?whom=authority", STR_ARG(path)),
                  str_from(word(W_BOARD_DRAFT_AUTHORITY)));
        html_lit(html, LIT("<br>"));
        site_link(html, str_format(arena, "%.*s/draft?whom=people", STR_ARG(path)),
                  str_from(word(W_BOARD_DRAFT_PEOPLE)));
        html_lit(html, LIT("</p>"));
    }
    page_notice(html, PAGE_NOTICE_BAD, boardpage_error(slip, "told-authority"));
    page_notice(html, PAGE_NOTICE_BAD, boardpage_error(slip, "told-people"));
    site_form_to(site, html, path);
    html_lit(html, LIT("<div class=\"acts\">"));
    page_answer(html, LIT("act"), LIT("told-authority"), word(W_BOARD_TOLD_AUTHORITY),
                PAGE_BUTTON_EQUAL);
    page_answer(html, LIT("act"), LIT("told-people"), word(W_BOARD_TOLD_PEOPLE), PAGE_BUTTON_EQUAL);
    html_lit(html, LIT("</div>"));
    page_form_end(html);
}

static void put_update(struct site *site, struct buf *html, const struct value *incident,
                       const struct boardpage_slip *slip)
{
    const bool is_sent = str_is(slip->act, "update");
    const struct page_field note = {.name = LIT("note"),
                                    .label = word(W_BOARD_NOTE),
                                    .hint = word(W_BOARD_NOTE_HINT),
                                    .value = site_field(site, "note"),
                                    .is_optional = true};
    html_lit(html, is_sent ? LIT("<details open>") : LIT("<details>"));
    say_in(html, LIT("<summary>"), W_BOARD_UPDATE, LIT("</summary>"));
    page_notice(html, PAGE_NOTICE_BAD,
                in_words_of_form(html->arena, boardpage_error(slip, "update")));
    site_form_to(
        site, html,
        site_path(site->job->arena, "/board/incidents/", site_text(incident, "number"), ""));
    page_area(html, &note);
    put_particulars(site, html, incident);
    page_answer(html, LIT("act"), LIT("update"), word(W_BOARD_UPDATE_BUTTON), PAGE_BUTTON_MAIN);
    page_form_end(html);
    html_lit(html, LIT("</details>"));
}

static void put_close(struct site *site, struct buf *html, const struct value *incident,
                      const struct boardpage_slip *slip)
{
    const struct page_field reason = {.name = LIT("close_reason"),
                                      .label = word(W_BOARD_REASON),
                                      .hint = word(W_BOARD_CLOSE_HINT),
                                      .error = boardpage_error(slip, "close"),
                                      .value = site_field(site, "close_reason"),
                                      .is_optional = true};
    html_lit(html, str_is(slip->act, "close") ? LIT("<details open>") : LIT("<details>"));
    say_in(html, LIT("<summary>"), W_BOARD_CLOSE_INCIDENT, LIT("</summary>"));
    site_form_to(
        site, html,
        site_path(site->job->arena, "/board/incidents/", site_text(incident, "number"), ""));
    page_area(html, &reason);
    page_answer(html, LIT("act"), LIT("close"), word(W_BOARD_CLOSE_INCIDENT), PAGE_BUTTON_EQUAL);
    page_form_end(html);
    html_lit(html, LIT("</details>"));
}

/* ---- pages ----------------------------------------------------------------------------------- */

static struct outcome incident_page(struct site *site, const struct boardpage_slip *slip)
{
    struct candor_text report;
    struct arena *arena = site->job->arena;
    struct buf html = buf_begin(arena);
    const enum candor_status status = candor_incident_show(
        site->job, site->candor, str_z(arena, site->ask->parameter[0]), NULL, &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *incident = site_read(site, &report);
    site_begin(site, &html, site_text(incident, "title"), "/board/");
    put_clock(site, &html, incident);
    html_lit(&html, LIT("<div class=\"beside\"><div>"));
    put_facts(site, &html, incident);
    put_notes(&html, value_get(incident, "notes"));
    boardpage_trail(site, &html, site_text(incident, "number"), site_text(incident, "aware"));
    html_lit(&html, LIT("</div><aside>"));
    if (site_text(incident, "closed").len == 0 && site_may(site, "subject.change")) {
        put_told(site, &html, incident, slip);
        put_update(site, &html, incident, slip);
        put_close(site, &html, incident, slip);
    }
    html_lit(&html, LIT("</aside></div>"));
    return boardpage_end(&html, slip);
}

struct outcome boardpage_incident(struct site *site)
{
    const struct boardpage_slip slip = {.act = STR(""), .error = STR("")};
    return incident_page(site, &slip);
}

static enum candor_status take(struct site *site, struct str act, bool *is_known)
{
    struct candor_text report;
    const char *number = str_z(site->job->arena, site->ask->parameter[0]);
    const struct candor_incident nothing = {0};
    const char *notified = str_is(act, "told-authority") ? "authority" : "people";
    *is_known = true;
    if (str_is(act, "update")) {
        const struct candor_incident facts = facts_of(site);
        return candor_incident_update(site->job, site->candor, number, &facts,
                                      site_field_z(site, "note"), NULL, &report);
    }
    if (str_is(act, "close")) {
        return candor_incident_close(site->job, site->candor, number,
                                     site_field_z(site, "close_reason"), &report);
    }
    *is_known = str_is(act, "told-authority") || str_is(act, "told-people");
    return *is_known ? candor_incident_update(site->job, site->candor, number, &nothing, NULL,
                                              notified, &report)
                     : CANDOR_OK;
}

struct outcome boardpage_incident_post(struct site *site)
{
    struct arena *arena = site->job->arena;
    const struct str act = site_field(site, "act");
    bool is_known = false;
    const enum candor_status status = take(site, act, &is_known);
    if (!is_known) {
        return site_stale(site);
    }
    if (status != CANDOR_OK) {
        const struct boardpage_slip slip = boardpage_slip(site, act, status);
        return incident_page(site, &slip);
    }
    return site_go_saying(
        site, str_z(arena, site_path(arena, "/board/incidents/", site->ask->parameter[0], "")),
        "incident");
}

static struct outcome new_page(struct site *site, const struct boardpage_slip *slip)
{
    struct buf html = buf_begin(site->job->arena);
    const struct page_field title = {.name = LIT("title"),
                                     .label = word(W_BOARD_INCIDENT_WHAT),
                                     .hint = word(W_BOARD_INCIDENT_WHAT_HINT),
                                     .value = site_field(site, "title")};
    site_begin_narrow(site, &html, str_from(word(W_BOARD_INCIDENT_NEW)));
    say_in(&html, LIT("<p class=\"lead\">"), W_BOARD_INCIDENT_LEAD, LIT("</p>"));
    page_notice(&html, PAGE_NOTICE_BAD, in_words_of_form(html.arena, slip->error));
    site_form(site, &html, LIT("/board/incidents/new"));
    page_hidden(&html, LIT("act"), STR("open"));
    page_field(&html, &title);
    put_line(site, &html, LIT("aware"), W_BOARD_AWARE, W_BOARD_AWARE_HINT, STR(""));
    put_particulars(site, &html, NULL);
    page_button(&html, word(W_BOARD_INCIDENT_OPEN_BUTTON), PAGE_BUTTON_MAIN);
    page_form_end(&html);
    return boardpage_end(&html, slip);
}

struct outcome boardpage_incident_new(struct site *site)
{
    const struct boardpage_slip slip = {.act = STR(""), .error = STR("")};
    return new_page(site, &slip);
}

struct outcome boardpage_incident_new_post(struct site *site)
{
    struct candor_text report;
    struct arena *arena = site->job->arena;
    const struct candor_incident facts = facts_of(site);
    const enum candor_status status =
        candor_incident_open(site->job, site->candor, &facts, &report);
    if (status != CANDOR_OK) {
        const struct boardpage_slip slip = boardpage_slip(site, STR("open"), status);
        return new_page(site, &slip);
    }
    const struct str number = site_text(site_read(site, &report), "number");
    return site_go_saying(site, str_z(arena, site_path(arena, "/board/incidents/", number, "")),
                          "incident-open");
}

struct outcome boardpage_draft(struct site *site)
{
    struct candor_text draft;
    struct arena *arena = site->job->arena;
    struct buf html = buf_begin(arena);
    const char *whom = site_query_z(site, "whom");
    const enum candor_status status =
        candor_incident_draft(site->job, site->candor, str_z(arena, site->ask->parameter[0]),
                              whom == NULL ? "authority" : whom, &draft);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    site_begin(site, &html, str_from(word(W_BOARD_DRAFT_TITLE)), "/board/");
    say_in(&html, LIT("<p class=\"lead\">"), W_BOARD_DRAFT_LEAD, LIT("</p>"));
    page_tag(&html, LIT("<pre class=\"sheet\">"), (struct str){draft.ptr, draft.len},
             LIT("</pre><p>"));
    site_link(&html, site_path(arena, "/board/incidents/", site->ask->parameter[0], ""),
              str_from(word(W_BOARD_BACK)));
    html_lit(&html, LIT("</p>"));
    return site_end(&html);
}
