/*
 * console.c - today: what goes on, what waits, and for a new home the way from a file to a first plan.
 */
#include <math.h>

#include "candor_audience.h"
#include "candor_board.h"
#include "console.h"

/* ---- pieces -------------------------------------------------------------------------------- */

enum word console_state(struct str state)
{
    static const struct {
        const char *name;
        enum word word;
    } row[] = {{"planned", W_STATE_PLANNED},
               {"approved", W_STATE_APPROVED},
               {"handing_over", W_STATE_HANDING_OVER},
               {"sent", W_STATE_SENT}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(state, row[i].name)) {
            return row[i].word;
        }
    }
    return W_STATE_DRAFT;
}

struct str console_path(struct arena *arena, struct str name, const char *rest)
{
    return site_path(arena, "/campaigns/", name, rest);
}

/* ---- what waits ---------------------------------------------------------------------------- */

/* What today's page is made of; a list that is not open to these roles is NULL. */
struct today {
    const struct value *campaign;
    const struct value *model;
    const struct value *request;
    const struct value *review;
    const struct value *permitted;
    size_t dead; /* messages to other systems that nobody takes */
    struct candor_figures figures;
};

/* Known to those who may settle them; to others there are none. */
static enum candor_status count_dead(struct site *site, size_t *dead)
{
    struct candor_text report;
    *dead = 0;
    return site_may(site, "consent") ? candor_outgoing_list(site->job, site->candor, dead, &report)
                                     : CANDOR_OK;
}

static enum candor_status gather(struct site *site, struct today *today)
{
    struct candor_text report;
    struct job *job = site->job;
    struct candor *candor = site->candor;
    candor_figures(candor, &today->figures);
    TRY(count_dead(site, &today->dead));
    TRY(site_member(site, candor_campaign_list(job, candor, &report), &report, "campaigns",
                    &today->campaign));
    TRY(site_member(site, candor_model_list(job, candor, &report), &report, "models",
                    &today->model));
    TRY(site_member(site, candor_request_list(job, candor, NULL, &report), &report, "requests",
                    &today->request));
    TRY(site_member(site, candor_permitted(job, candor, &report), &report, NULL,
                    &today->permitted));
    return site_member(site, candor_board_list(job, candor, NULL, "in_review", &report), &report,
                       "reviews", &today->review);
}

/* How many of the campaigns stand in this state. */
static size_t in_state(const struct value *list, const char *state)
{
    size_t count = 0;
    for (size_t i = 0; i < site_size(list); i++) {
        count += str_is(site_text(&list->item[i], "state"), state);
    }
    return count;
}

static bool has_published(const struct value *list)
{
    for (size_t i = 0; i < site_size(list); i++) {
        if (site_flag(&list->item[i], "published")) {
            return true;
        }
    }
    return false;
}

/* ---- the way in ---------------------------------------------------------------------------- */

/* may: the one who reads it can do it; others see what is to come, and no button. */
static void put_step(struct buf *html, bool is_done, bool may, enum word title, enum word text,
                     struct lit path, enum word link)
{
    html_lit(html, is_done ? LIT("<li class=\"done\"><h3>") : LIT("<li><h3>"));
    say(html, title);
    if (is_done) {
        say_in(html, LIT(" <span class=\"mark\">"), W_GUIDE_DONE, LIT("</span>"));
    }
    say_in(html, LIT("</h3><p>"), text, LIT("</p>"));
    if (!is_done && may) {
        html_lit(html, LIT("<p><a class=\"button\" href=\""));
        html_lit(html, path);
        say_in(html, LIT("\">"), link, LIT("</a></p>"));
    }
    html_lit(html, LIT("</li>"));
}

static void put_guide(const struct site *site, struct buf *html, const struct today *today)
{
    const bool has_people = today->figures.subjects > 0;
    const bool has_model = has_published(today->model) || site_size(today->model) == 0;
    const size_t drafts = in_state(today->campaign, "draft");
    const bool has_plan = site_size(today->campaign) > drafts;
    if (has_people && has_model && has_plan) {
        return;
    }
    say_in(html, LIT("<section class=\"guide\"><h2>"), W_GUIDE_TITLE, LIT("</h2><ol>"));
    put_step(html, has_people, site_may(site, "import"), W_GUIDE_PEOPLE, W_GUIDE_PEOPLE_TEXT,
             LIT("/import"), W_GUIDE_PEOPLE_LINK);
    put_step(html, has_people && has_model, site_may(site, "train") || site_may(site, "publish"),
             W_GUIDE_MODEL, W_GUIDE_MODEL_TEXT, LIT("/models"), W_GUIDE_MODEL_LINK);
    put_step(html, has_plan, site_may(site, "plan"), W_GUIDE_PLAN, W_GUIDE_PLAN_TEXT,
             LIT("/campaigns"), W_GUIDE_PLAN_LINK);
    html_lit(html, LIT("</ol></section>"));
}

/* ---- the page ------------------------------------------------------------------------------ */

/* The newest plan there is; NULL: none. */
static const struct value *newest_plan(const struct value *list)
{
    const struct value *newest = NULL;
    for (size_t i = 0; i < site_size(list); i++) {
        const struct str made = site_text(&list->item[i], "made");
        if (made.len > 0 && (newest == NULL || str_compare(made, site_text(newest, "made")) > 0)) {
            newest = &list->item[i];
        }
    }
    return newest;
}

static void put_figures(struct site *site, struct buf *html, const struct today *today)
{
    struct arena *arena = site->job->arena;
    const struct value *plan = newest_plan(today->campaign);
    html_lit(html, LIT("<dl class=\"figures\">"));
    site_figure(html, W_FIGURE_CUSTOMERS, site_count(arena, (int64_t)today->figures.subjects),
                STR(""));
    if (plan != NULL) {
        const int64_t all = site_whole(plan, "customers");
        const int64_t allowed = site_whole(plan, "allowed");
        site_figure(
            html, W_FIGURE_ALLOWED, site_count(arena, allowed),
            word_with(arena, W_FIGURE_ALLOWED_OF,
                      site_percent(arena, all == 0 ? (double)NAN : (double)allowed / (double)all),
                      site_text(plan, "title")));
    }
    site_figure(html, W_FIGURE_DECISIONS, site_count(arena, (int64_t)today->figures.decisions),
                str_from(word(W_FIGURE_DECISIONS_SINCE)));
    site_figure(html, W_FIGURE_LEDGER, site_count(arena, (int64_t)today->figures.ledger_entries),
                str_from(word(W_FIGURE_LEDGER_TEXT)));
    html_lit(html, LIT("</dl>"));
}

static void put_waiting_row(struct site *site, struct buf *html, size_t count, enum word one,
                            enum word more, struct lit path)
{
    if (count == 0) {
        return;
    }
    html_lit(html, LIT("<li><a href=\""));
    html_lit(html, path);
    page_tag(html, LIT("\"><b>"), site_count(site->job->arena, (int64_t)count), LIT("</b> "));
    say_in(html, LIT(""), count == 1 ? one : more, LIT("</a></li>"));
}

static void put_waiting(struct site *site, struct buf *html, const struct today *today)
{
    const size_t unsigned_plans = in_state(today->campaign, "planned");
    const size_t signed_plans = in_state(today->campaign, "approved");
    const size_t requests = site_size(today->request);
    const size_t reviews = site_size(today->review);
    say_in(html, LIT("<section><h2>"), W_WAITING_TITLE, LIT("</h2>"));
    if (unsigned_plans + signed_plans + requests + reviews + today->dead == 0) {
        say_in(html, LIT("<p class=\"lead\">"), W_WAITING_NOTHING, LIT("</p></section>"));
        return;
    }
    html_lit(html, LIT("<ul class=\"waiting\">"));
    put_waiting_row(site, html, unsigned_plans, W_WAITING_SIGN_ONE, W_WAITING_SIGN,
                    LIT("/campaigns"));
    put_waiting_row(site, html, signed_plans, W_WAITING_SEND_ONE, W_WAITING_SEND,
                    LIT("/campaigns"));
    put_waiting_row(site, html, requests, W_WAITING_REQUESTS_ONE, W_WAITING_REQUESTS,
                    LIT("/board/"));
    put_waiting_row(site, html, reviews, W_WAITING_REVIEWS_ONE, W_WAITING_REVIEWS, LIT("/board/"));
    put_waiting_row(site, html, today->dead, W_WAITING_DEAD_ONE, W_WAITING_DEAD, LIT("/outgoing"));
    html_lit(html, LIT("</ul></section>"));
}

static const enum word results_column[] = {W_COLUMN_CAMPAIGN, W_COLUMN_CONTACTED, W_COLUMN_LIFT,
                                           W_COLUMN_COMPLAINTS, W_COLUMN_UNSUBSCRIBES};
static const struct site_table results_table = {results_column, 5, 2U | 4U | 8U | 16U};

static void put_lift(struct site *site, struct buf *html, const struct value *results)
{
    struct arena *arena = site->job->arena;
    const struct value *interval = value_get(results, "ci");
    page_tag(html, LIT("<b>"), site_points(arena, site_number(results, "lift")), LIT("</b> "));
    if (site_size(interval) == 2) {
        page_tag(html, LIT("<span class=\"small\">"),
                 word_with(arena, W_INTERVAL, site_points(arena, interval->item[0].number),
                           site_points(arena, interval->item[1].number)),
                 LIT("</span>"));
    }
}

static void put_results_row(struct site *site, struct buf *html, const struct value *campaign)
{
    struct arena *arena = site->job->arena;
    const struct value *results = value_get(campaign, "results");
    site_cell_begin(html, &results_table, 0);
    site_link(html, console_path(arena, site_text(campaign, "name"), ""),
              site_text(campaign, "title"));
    site_cell_end(html, 0);
    site_cell(html, &results_table, 1, site_count(arena, site_whole(results, "contacted")));
    site_cell_begin(html, &results_table, 2);
    put_lift(site, html, results);
    site_cell_end(html, 2);
    site_cell(html, &results_table, 3, site_count(arena, site_whole(results, "complaints")));
    site_cell(html, &results_table, 4, site_count(arena, site_whole(results, "unsubscribes")));
    html_lit(html, LIT("</tr>"));
}

static void put_results(struct site *site, struct buf *html, const struct today *today)
{
    bool has_begun = false;
    for (size_t i = 0; i < site_size(today->campaign); i++) {
        const struct value *results = value_get(&today->campaign->item[i], "results");
        if (results == NULL || results->kind != VALUE_MAP) {
            continue;
        }
        if (!has_begun) {
            say_in(html, LIT("<section><h2>"), W_RESULTS_TITLE, LIT("</h2>"));
            say_in(html, LIT("<p>"), W_RESULTS_LEAD, LIT("</p>"));
            site_table_begin(html, W_RESULTS_TABLE, &results_table);
            has_begun = true;
        }
        put_results_row(site, html, &today->campaign->item[i]);
    }
    if (has_begun) {
        site_table_end(html);
        html_lit(html, LIT("</section>"));
    }
}

/* As they stand; what came of them is beneath. */
static void put_campaigns(struct site *site, struct buf *html, const struct today *today)
{
    if (site_size(today->campaign) > 0) {
        say_in(html, LIT("<section><h2>"), W_CAMPAIGNS_TITLE, LIT("</h2>"));
        console_put_campaigns(site, html, today->campaign);
        html_lit(html, LIT("</section>"));
    }
}

struct outcome console_today(struct site *site)
{
    struct today today = {0};
    struct buf html = buf_begin(site->job->arena);
    const enum candor_status status = gather(site, &today);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    site_begin(site, &html, str_from(word(W_TODAY_TITLE)), "/");
    put_figures(site, &html, &today);
    put_guide(site, &html, &today);
    put_waiting(site, &html, &today);
    console_put_permits(site, &html, today.permitted);
    put_campaigns(site, &html, &today);
    put_results(site, &html, &today);
    return site_end(&html);
}
