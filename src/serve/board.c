/*
 * board.c - the queues of the board: what waits for somebody's decision, the most urgent first in each,
 * with empty ones saying that nothing does.
 *
 * A queue that the reader's roles do not open says so in its place: somebody else looks after it.
 */
#include "boardpages.h"

#include "candor_board.h"
#include "candor_people.h"

enum { DECIDED_SHOWN = 8 };

/* NULL: the roles of this reader do not open it. */
struct queues {
    const struct value *status;
    const struct value *reviews;
    const struct value *requests;
    const struct value *humans;
    const struct value *incidents;
    const struct value *seconds;
};

static enum candor_status gather(struct site *site, struct queues *queues)
{
    struct job *job = site->job;
    struct candor *candor = site->candor;
    struct candor_text report = {0};
    size_t count = 0;
    TRY(site_member(site, candor_board_status(job, candor, &count, &report), &report, NULL,
                    &queues->status));
    TRY(site_member(site, candor_board_list(job, candor, NULL, NULL, &report), &report, "reviews",
                    &queues->reviews));
    TRY(site_member(site, candor_request_list(job, candor, "open", &report), &report, "requests",
                    &queues->requests));
    TRY(site_member(site, candor_review_list(job, candor, &report), &report, "reviews",
                    &queues->humans));
    TRY(site_member(site, candor_incident_list(job, candor, &count, &report), &report, "incidents",
                    &queues->incidents));
    return site_member(site, candor_second_list(job, candor, &report), &report, "waiting",
                       &queues->seconds);
}

/* ---- reviews --------------------------------------------------------------------------------- */

static bool is_waiting(const struct value *review)
{
    return str_is(site_text(review, "state"), "in_review");
}

static void put_thing(struct buf *html, const struct value *review)
{
    page_tag(html, LIT("<th scope=\"row\"><a href=\""),
             site_path(html->arena, "/board/reviews/", site_text(review, "id"), ""), LIT("\">"));
    page_tag(html, LIT(""), boardpage_word(site_text(review, "kind")), LIT(": "));
    page_tag(html, LIT(""), site_text(review, "name"), LIT("</a></th>"));
}

static const enum word review_column[] = {W_BOARD_WHAT, W_BOARD_RISK, W_BOARD_APPROVALS,
                                          W_BOARD_WAITS_FOR, W_BOARD_PROPOSED};
static const struct site_table review_table = {review_column, 5, 4U};

static void put_review(struct buf *html, const struct value *review)
{
    const struct value *votes = value_get(review, "votes");
    html_lit(html, LIT("<tr>"));
    put_thing(html, review);
    site_cell_begin(html, &review_table, 1);
    if (str_is(site_text(review, "risk"), "high")) {
        boardpage_badge(html, BADGE_WATCH, str_from(word(W_BOARD_RISK_HIGH)));
    } else {
        boardpage_badge(html, BADGE_PLAIN, str_from(word(W_BOARD_RISK_ORDINARY)));
    }
    site_cell_end(html, 1);
    site_cell_begin(html, &review_table, 2);
    say_with(html, W_BOARD_OF, site_count(html->arena, site_whole(votes, "approve")),
             site_count(html->arena, site_whole(votes, "needed")));
    site_cell_end(html, 2);
    site_cell(html, &review_table, 3, site_text(review, "waits"));
    site_cell_begin(html, &review_table, 4);
    say_with(html, W_BOARD_BY_SINCE, site_text(review, "proposed_by"),
             site_day(site_text(review, "proposed")));
    site_cell_end(html, 4);
    html_lit(html, LIT("</tr>"));
}

static void put_reviews(struct buf *html, const struct value *reviews)
{
    size_t waiting = 0;
    boardpage_section(html, W_BOARD_REVIEWS);
    for (size_t i = 0; i < site_size(reviews); i++) {
        if (is_waiting(&reviews->item[i])) {
            if (waiting++ == 0) {
                site_table_begin(html, W_BOARD_REVIEWS, &review_table);
            }
            put_review(html, &reviews->item[i]);
        }
    }
    if (waiting > 0) {
        site_table_end(html);
    } else {
        say_in(html, LIT("<p class=\"lead\">"), W_BOARD_REVIEWS_NONE, LIT("</p>"));
    }
    boardpage_section_end(html);
}

static void put_decided(struct buf *html, const struct value *reviews)
{
    const struct lit column[] = {word(W_BOARD_WHAT), word(W_BOARD_STATE), word(W_BOARD_DECIDED)};
    size_t shown = 0;
    for (size_t i = 0; i < site_size(reviews) && shown < DECIDED_SHOWN; i++) {
        const struct value *review = &reviews->item[i];
        if (is_waiting(review)) {
            continue;
        }
        if (shown++ == 0) {
            boardpage_section(html, W_BOARD_DECIDED_LATELY);
            page_table_begin(html, word(W_BOARD_DECIDED_LATELY), column, 3);
        }
        html_lit(html, LIT("<tr>"));
        put_thing(html, review);
        page_tag(html, LIT("<td>"), boardpage_spaced(html->arena, site_text(review, "state")),
                 LIT("</td><td>"));
        boardpage_time(html, site_text(review, "decided"));
        html_lit(html, LIT("</td></tr>"));
    }
    if (shown > 0) {
        page_table_end(html);
        boardpage_section_end(html);
    }
}

/* ---- what ought to be proposed --------------------------------------------------------------- */

static bool is_open(struct str state)
{
    return str_is(state, "approved") || str_is(state, "in_review");
}

/* A model is proposed by whoever trains, a campaign by whoever plans, the rest by all who see this. */
static bool may_propose(const struct site *site, struct str kind)
{
    return str_is(kind, "model")      ? site_may(site, "train")
           : str_is(kind, "campaign") ? site_may(site, "plan")
                                      : true;
}

static void put_unreviewed(struct site *site, struct buf *html, const struct value *things)
{
    const struct lit column[] = {word(W_BOARD_WHAT), word(W_BOARD_RISK), word(W_BOARD_STATE),
                                 word(W_BOARD_NEXT)};
    size_t shown = 0;
    for (size_t i = 0; i < site_size(things); i++) {
        const struct value *thing = &things->item[i];
        if (is_open(site_text(thing, "state"))) {
            continue;
        }
        if (shown++ == 0) {
            boardpage_section(html, W_BOARD_UNREVIEWED);
            say_in(html, LIT("<p>"), W_BOARD_UNREVIEWED_LEAD, LIT("</p>"));
            page_table_begin(html, word(W_BOARD_UNREVIEWED), column, 4);
        }
        page_tag(html, LIT("<tr><th scope=\"row\">"), boardpage_word(site_text(thing, "kind")),
                 LIT(": "));
        page_tag(html, LIT(""), site_text(thing, "name"), LIT("</th><td>"));
        page_tag(html, LIT(""), boardpage_word(site_text(thing, "risk")), LIT("</td><td>"));
        page_tag(html, LIT(""), boardpage_spaced(html->arena, site_text(thing, "state")),
                 LIT("</td><td>"));
        if (may_propose(site, site_text(thing, "kind"))) {
            site_link(html,
                      str_format(html->arena, "/board/propose?kind=%.*s&name=%.*s",
                                 STR_ARG(site_encoded(html->arena, site_text(thing, "kind"))),
                                 STR_ARG(site_encoded(html->arena, site_text(thing, "name")))),
                      str_from(word(W_BOARD_PROPOSE)));
        } else {
            say(html, W_BOARD_PROPOSE_OTHERS);
        }
        html_lit(html, LIT("</td></tr>"));
    }
    if (shown > 0) {
        page_table_end(html);
        boardpage_section_end(html);
    }
}

/* ---- requests -------------------------------------------------------------------------------- */

static void put_request(struct site *site, struct buf *html, const struct value *request)
{
    const struct str deadline = site_text(request, "deadline");
    const int64_t days = boardpage_days_until(site, deadline);
    page_tag(html, LIT("<tr><th scope=\"row\"><a href=\""),
             site_path(html->arena, "/board/requests/", site_text(request, "id"), ""), LIT("\">"));
    page_tag(html, LIT(""), boardpage_spaced(html->arena, site_text(request, "right")),
             LIT("</a></th>"));
    page_tag(html, LIT("<td>"), site_text(request, "jurisdiction"), LIT("</td><td>"));
    page_tag(html, LIT(""), boardpage_spaced(html->arena, site_text(request, "state")),
             LIT("</td><td>"));
    if (site_flag(request, "overdue")) {
        boardpage_badge(html, BADGE_BAD, str_from(word(W_BOARD_OVERDUE)));
        html_lit(html, LIT(" "));
    } else if (site_whole(request, "level") > 0) {
        boardpage_badge(html, BADGE_WATCH, str_from(word(W_BOARD_HALF)));
        html_lit(html, LIT(" "));
    }
    say_with(html, days < 0 ? W_BOARD_DUE_WAS : W_BOARD_DUE_IN, site_day(deadline),
             site_count(html->arena, days < 0 ? -days : days));
    page_bar(html, (double)site_whole(request, "used_percent") / 100.0);
    html_lit(html, LIT("</td></tr>"));
}

static void put_requests(struct site *site, struct buf *html, const struct value *requests)
{
    const struct lit column[] = {word(W_BOARD_RIGHT), word(W_BOARD_PLACE), word(W_BOARD_STATE),
                                 word(W_BOARD_CLOCK)};
    boardpage_section(html, W_BOARD_REQUESTS);
    if (site_size(requests) == 0) {
        say_in(html, LIT("<p class=\"lead\">"),
               requests == NULL ? W_BOARD_NOT_YOURS : W_BOARD_REQUESTS_NONE, LIT("</p>"));
    } else {
        page_table_begin(html, word(W_BOARD_REQUESTS), column, 4);
        for (size_t i = 0; i < requests->count; i++) {
            put_request(site, html, &requests->item[i]);
        }
        page_table_end(html);
    }
    boardpage_section_end(html);
}

/* ---- decisions before a person ---------------------------------------------------------------- */

static size_t humans_waiting(const struct value *humans)
{
    size_t count = 0;
    for (size_t i = 0; i < site_size(humans); i++) {
        count += str_is(site_text(&humans->item[i], "verdict"), "open");
    }
    return count;
}

static void put_humans(struct buf *html, const struct value *humans)
{
    const struct lit column[] = {word(W_COLUMN_CAMPAIGN), word(W_BOARD_ASKED),
                                 word(W_BOARD_WAITS_DAYS), word(W_BOARD_TRAIL_ENTRY)};
    boardpage_section(html, W_BOARD_HUMANS);
    if (humans_waiting(humans) == 0) {
        say_in(html, LIT("<p class=\"lead\">"),
               humans == NULL ? W_BOARD_NOT_YOURS : W_BOARD_HUMANS_NONE, LIT("</p>"));
        boardpage_section_end(html);
        return;
    }
    page_table_begin_with(html, word(W_BOARD_HUMANS), column, 4, 4U);
    for (size_t i = 0; i < humans->count; i++) {
        const struct value *review = &humans->item[i];
        if (!str_is(site_text(review, "verdict"), "open")) {
            continue;
        }
        page_tag(html, LIT("<tr><th scope=\"row\"><a href=\""),
                 site_path(html->arena, "/board/decisions/", site_text(review, "id"), ""),
                 LIT("\">"));
        page_tag(html, LIT(""), site_text(review, "campaign"), LIT("</a></th><td>"));
        boardpage_time(html, site_text(review, "asked"));
        page_tag(html, LIT("</td><td class=\"number\">"),
                 site_count(html->arena, site_whole(review, "waits_days")), LIT("</td><td>"));
        boardpage_entry_link(html, site_whole(review, "ledger_index"));
        html_lit(html, LIT("</td></tr>"));
    }
    page_table_end(html);
    boardpage_section_end(html);
}

/* ---- incidents -------------------------------------------------------------------------------- */

static size_t incidents_open(const struct value *incidents)
{
    size_t count = 0;
    for (size_t i = 0; i < site_size(incidents); i++) {
        count += site_text(&incidents->item[i], "closed").len == 0;
    }
    return count;
}

static void put_incident(struct buf *html, const struct value *incident)
{
    page_tag(html, LIT("<tr><th scope=\"row\"><a href=\""),
             site_path(html->arena, "/board/incidents/", site_text(incident, "number"), ""),
             LIT("\">"));
    page_tag(html, LIT(""), site_text(incident, "title"), LIT("</a></th><td>"));
    page_tag(html, LIT(""), boardpage_word(site_text(incident, "risk")), LIT("</td><td>"));
    if (site_text(incident, "closed").len > 0) {
        boardpage_badge(html, BADGE_PLAIN, str_from(word(W_BOARD_INCIDENT_CLOSED)));
    } else if (site_flag(incident, "overdue")) {
        boardpage_badge(html, BADGE_BAD, str_from(word(W_BOARD_OVERDUE)));
    } else if (site_text(incident, "tell_authority_by").len > 0) {
        boardpage_badge(html, BADGE_WATCH, str_from(word(W_BOARD_TELL_BY)));
        html_lit(html, LIT(" "));
        boardpage_time(html, site_text(incident, "tell_authority_by"));
    } else {
        boardpage_badge(html, BADGE_PLAIN, str_from(word(W_BOARD_INCIDENT_OPEN)));
    }
    html_lit(html, LIT("</td></tr>"));
}

static void put_incidents(struct buf *html, const struct value *incidents)
{
    const struct lit column[] = {word(W_BOARD_INCIDENT), word(W_BOARD_RISK), word(W_BOARD_CLOCK)};
    boardpage_section(html, W_BOARD_INCIDENTS);
    if (site_size(incidents) == 0) {
        say_in(html, LIT("<p class=\"lead\">"),
               incidents == NULL ? W_BOARD_NOT_YOURS : W_BOARD_INCIDENTS_NONE, LIT("</p>"));
    } else {
        page_table_begin(html, word(W_BOARD_INCIDENTS), column, 3);
        for (size_t i = 0; i < incidents->count; i++) {
            put_incident(html, &incidents->item[i]);
        }
        page_table_end(html);
    }
    if (incidents != NULL) {
        html_lit(html, LIT("<p><a class=\"button\" href=\"/board/incidents/new\">"));
        say_in(html, LIT(""), W_BOARD_INCIDENT_NEW, LIT("</a></p>"));
    }
    boardpage_section_end(html);
}

/* ---- second signatures ------------------------------------------------------------------------ */

static void put_second(struct site *site, struct buf *html, const struct value *wish)
{
    const bool is_theirs = str_equal(site_text(wish, "asked_by"), str_of(site->who.name));
    page_tag(html, LIT("<tr><th scope=\"row\">"),
             boardpage_spaced(html->arena, site_text(wish, "act")), LIT("</th><td>"));
    say_with(html, W_BOARD_BY_SINCE, site_text(wish, "asked_by"),
             site_day(site_text(wish, "asked")));
    html_lit(html, LIT("</td><td>"));
    if (site_text(wish, "signed_by").len > 0) {
        say_with(html, W_BOARD_SIGNED_BY, site_text(wish, "signed_by"), STR(""));
    } else if (site_flag(wish, "over")) {
        say(html, W_BOARD_SECOND_OVER);
    } else if (is_theirs) {
        say(html, W_BOARD_SECOND_OWN);
    } else {
        site_form_to(site, html,
                     site_path(html->arena, "/board/second/", site_text(wish, "number"), ""));
        html_lit(html, LIT("<div class=\"acts\">"));
        page_answer(html, LIT("act"), LIT("sign"), word(W_BOARD_SIGN), PAGE_BUTTON_EQUAL);
        page_answer(html, LIT("act"), LIT("refuse"), word(W_BOARD_REFUSE_SIGN), PAGE_BUTTON_EQUAL);
        html_lit(html, LIT("</div>"));
        page_form_end(html);
    }
    html_lit(html, LIT("</td></tr>"));
}

static void put_seconds(struct site *site, struct buf *html, const struct value *seconds)
{
    const struct lit column[] = {word(W_BOARD_WHAT), word(W_BOARD_ASKED), word(W_BOARD_NEXT)};
    boardpage_section(html, W_BOARD_SECONDS);
    if (site_size(seconds) == 0) {
        say_in(html, LIT("<p class=\"lead\">"), W_BOARD_SECONDS_NONE, LIT("</p>"));
    } else {
        page_table_begin(html, word(W_BOARD_SECONDS), column, 3);
        for (size_t i = 0; i < seconds->count; i++) {
            put_second(site, html, &seconds->item[i]);
        }
        page_table_end(html);
    }
    boardpage_section_end(html);
}

/* ---- the page --------------------------------------------------------------------------------- */

static size_t reviews_waiting(const struct value *reviews)
{
    size_t count = 0;
    for (size_t i = 0; i < site_size(reviews); i++) {
        count += is_waiting(&reviews->item[i]);
    }
    return count;
}

static void put_figure(struct buf *html, enum word label, bool is_seen, size_t count)
{
    site_figure(html, label,
                is_seen ? site_count(html->arena, (int64_t)count) : STR("\xe2\x80\x93"), STR(""));
}

static void put_head(const struct site *site, struct buf *html, const struct queues *queues)
{
    say_in(html, LIT("<p class=\"lead\">"), W_BOARD_LEAD, LIT("</p>"));
    html_lit(html, LIT("<dl class=\"figures\">"));
    put_figure(html, W_BOARD_REVIEWS, true, reviews_waiting(queues->reviews));
    put_figure(html, W_BOARD_REQUESTS, queues->requests != NULL, site_size(queues->requests));
    put_figure(html, W_BOARD_HUMANS, queues->humans != NULL, humans_waiting(queues->humans));
    put_figure(html, W_BOARD_INCIDENTS_OPEN, queues->incidents != NULL,
               incidents_open(queues->incidents));
    html_lit(html, LIT("</dl>"));
    if (site_may(site, "audit")) {
        html_lit(html, LIT("<p class=\"acts\"><a class=\"button\" href=\"/board/kpis\">"));
        say_in(html, LIT(""), W_BOARD_TO_KPIS, LIT("</a></p>"));
    }
}

struct outcome boardpage_queues(struct site *site)
{
    struct queues queues = {0};
    struct buf html = buf_begin(site->job->arena);
    const enum candor_status status = gather(site, &queues);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    site_begin(site, &html, str_from(word(W_BOARD_TITLE)), "/board/");
    put_head(site, &html, &queues);
    if (!site_flag(queues.status, "governed")) {
        page_notice(&html, PAGE_NOTICE_PLAIN, str_from(word(W_BOARD_UNGOVERNED)));
    }
    put_reviews(&html, queues.reviews);
    put_unreviewed(site, &html, value_get(queues.status, "things"));
    put_requests(site, &html, queues.requests);
    put_humans(&html, queues.humans);
    put_incidents(&html, queues.incidents);
    put_seconds(site, &html, queues.seconds);
    put_decided(&html, queues.reviews);
    return site_end(&html);
}
