/*
 * console_campaign.c - one campaign: whom it would reach and why not the others, is it fair, who signed
 * it, what came of it.
 *
 * Each number of the staircase leads to the people behind it. What may be done next (console_acts.c)
 * stands at the top.
 */
#include <math.h>

#include "console.h"

/* ---- head ---------------------------------------------------------------------------------- */

static void put_facts(struct site *site, struct buf *html, const struct value *campaign)
{
    struct arena *arena = site->job->arena;
    const struct value *plan = value_get(campaign, "plan");
    const bool is_planned = plan != NULL && plan->kind == VALUE_MAP;
    const bool is_sent = str_is(site_text(campaign, "state"), "sent");
    html_lit(html, LIT("<dl class=\"figures\">"));
    if (is_planned) {
        const struct value *expected = value_get(value_get(plan, "expected"), "responses");
        const bool is_expected = expected != NULL && expected->kind == VALUE_NUMBER;
        site_figure(html, W_FIGURE_CUSTOMERS, site_count(arena, site_whole(campaign, "customers")),
                    STR(""));
        site_figure(html, W_COLUMN_ALLOWED, site_count(arena, site_whole(campaign, "allowed")),
                    STR(""));
        site_figure(html, is_sent ? W_COLUMN_CONTACTED : W_COLUMN_CHOSEN,
                    site_count(arena, is_sent ? site_whole(plan, "handed_over")
                                              : site_whole(campaign, "chosen")),
                    word_with(arena, W_CAMPAIGN_HOLDOUT,
                              site_count(arena, site_whole(campaign, "holdout")), STR("")));
        site_figure(html, W_CAMPAIGN_EXPECTED,
                    is_expected ? str_format(arena, "%.0f", expected->number)
                                : str_from(word(W_UNKNOWN)),
                    is_expected ? STR("") : str_from(word(W_CAMPAIGN_NO_MODEL)));
    }
    if (is_sent) {
        site_figure(html, W_SENT_DROPPED,
                    site_count(arena, site_whole(plan, "dropped_at_hand_over")),
                    str_from(word(W_SENT_DROPPED_WHY)));
    }
    html_lit(html, LIT("</dl>"));
}

static void put_lead(struct buf *html, const struct value *campaign)
{
    const struct str author = site_text(campaign, "author");
    const struct str approver = site_text(campaign, "approver");
    say_in(html, LIT("<p class=\"state\">"), console_state(site_text(campaign, "state")),
           LIT("</p>"));
    html_lit(html, LIT("<p class=\"lead\">"));
    say_with(html, W_CAMPAIGN_PURPOSE, site_text(campaign, "purpose"),
             site_text(campaign, "channel"));
    if (author.len > 0) {
        html_lit(html, LIT(" "));
        say_with(html, W_CAMPAIGN_MADE, author, site_day(site_text(campaign, "made")));
    }
    if (approver.len > 0) {
        html_lit(html, LIT(" "));
        say_with(html, W_CAMPAIGN_SIGNED, approver, STR(""));
    }
    html_lit(html, LIT("</p>"));
}

/* ---- the staircase -------------------------------------------------------------------------- */

/* The steps of one campaign's plan. */
struct steps {
    struct str name;
    int64_t all; /* people on the first */
    bool may_see_people;
};

/* The reason; for who may see people, with the way to those it stands for. */
static void put_reason(struct buf *html, const struct steps *steps, struct str code)
{
    struct arena *arena = html->arena;
    const char *known = candor_code_sentence(str_z(arena, code));
    const struct str sentence = known == NULL ? code : str_of(known);
    if (!steps->may_see_people) {
        page_tag(html, LIT("<li><span>"), sentence, LIT("</span>"));
        return;
    }
    const struct str rest = str_format(arena, "/people?code=%.*s", STR_ARG(code));
    page_tag(html, LIT("<li><a href=\""), console_path(arena, steps->name, str_z(arena, rest)),
             LIT("\">"));
    page_tag(html, LIT(""), sentence, LIT("</a>"));
}

static void put_left_out(struct buf *html, const struct steps *steps, const struct value *left)
{
    struct arena *arena = html->arena;
    if (site_size(left) == 0) {
        return;
    }
    html_lit(html, LIT("<ul class=\"left\">"));
    for (size_t i = 0; i < left->count; i++) {
        put_reason(html, steps, left->key[i]);
        page_tag(html, LIT("<b>\xe2\x88\x92"), site_count(arena, left->item[i].integer),
                 LIT("</b></li>"));
    }
    html_lit(html, LIT("</ul>"));
}

static void put_stair(struct buf *html, const struct steps *steps, const struct value *stair)
{
    const int64_t count = site_whole(stair, "count");
    html_lit(html, LIT("<li>"));
    page_row(html, site_text(stair, "label"),
             steps->all == 0 ? 0 : (double)count / (double)steps->all,
             site_count(html->arena, count));
    put_left_out(html, steps, value_get(stair, "left_out"));
    html_lit(html, LIT("</li>"));
}

static void put_staircase(struct site *site, struct buf *html, struct str name,
                          const struct value *plan)
{
    struct arena *arena = site->job->arena;
    const struct value *stairs = value_get(plan, "staircase");
    const struct steps steps = {
        .name = name,
        .all = site_size(stairs) == 0 ? 0 : site_whole(&stairs->item[0], "count"),
        .may_see_people = site_may(site, "subject.read")};
    say_in(html, LIT("<section><h2>"), W_STAIRS_TITLE, LIT("</h2>"));
    say_in(html, LIT("<p>"), steps.may_see_people ? W_STAIRS_LEAD : W_STAIRS_LEAD_COUNTS,
           LIT("</p><ol class=\"stairs\">"));
    for (size_t i = 0; i < site_size(stairs); i++) {
        put_stair(html, &steps, &stairs->item[i]);
    }
    html_lit(html, LIT("</ol>"));
    if (steps.may_see_people) {
        html_lit(html, LIT("<p class=\"acts\">"));
        site_link_button(html, console_path(arena, name, "/people?code=send"), W_STAIRS_CHOSEN);
        html_lit(html, LIT(" "));
        site_link_button(html, console_path(arena, name, "/people?code=holdout"), W_STAIRS_HOLDOUT);
        html_lit(html, LIT("</p>"));
    }
    html_lit(html, LIT("</section>"));
}

/* ---- fairness, drivers, results ------------------------------------------------------------- */

static void put_groups(struct site *site, struct buf *html, const struct value *group)
{
    html_lit(html, LIT("<ol class=\"stairs\">"));
    for (size_t i = 0; i < group->count; i++) {
        const double rate = site_number(&group->item[i], "rate");
        html_lit(html, LIT("<li>"));
        page_row(html, site_text(&group->item[i], "value"), rate,
                 site_percent(site->job->arena, rate));
        html_lit(html, LIT("</li>"));
    }
    html_lit(html, LIT("</ol>"));
}

static void put_fairness(struct site *site, struct buf *html, const struct value *plan)
{
    const struct value *fairness = value_get(plan, "fairness");
    const struct value *group = value_get(fairness, "groups");
    say_in(html, LIT("<section><h2>"), W_FAIR_TITLE, LIT("</h2>"));
    if (!site_flag(fairness, "checked")) {
        say_in(html, LIT("<p>"), W_FAIR_NOT_CHECKED, LIT("</p></section>"));
        return;
    }
    html_lit(html, site_flag(fairness, "passed") ? LIT("<p class=\"verdict good\">")
                                                 : LIT("<p class=\"verdict bad\">"));
    page_tag(html, LIT(""), site_text(fairness, "sentence"), LIT("</p>"));
    if (site_size(group) > 0) {
        put_groups(site, html, group);
    }
    html_lit(html, LIT("</section>"));
}

static void put_drivers(struct site *site, struct buf *html, const struct value *plan)
{
    const struct value *driver = value_get(plan, "drivers");
    if (site_size(driver) == 0) {
        return;
    }
    const double widest = site_number(&driver->item[0], "strength");
    say_in(html, LIT("<section><h2>"), W_DRIVERS_TITLE, LIT("</h2>"));
    say_in(html, LIT("<p>"), W_DRIVERS_LEAD, LIT("</p><ol class=\"stairs relative\">"));
    for (size_t i = 0; i < driver->count; i++) {
        const double strength = site_number(&driver->item[i], "strength");
        html_lit(html, LIT("<li>"));
        page_row(html, site_text(&driver->item[i], "feature"), widest > 0 ? strength / widest : 0,
                 str_format(site->job->arena, "%.2f", strength));
        html_lit(html, LIT("</li>"));
    }
    html_lit(html, LIT("</ol></section>"));
}

static void put_rate(struct site *site, struct buf *html, enum word what, int64_t of,
                     int64_t responses, double widest)
{
    struct arena *arena = site->job->arena;
    const double rate = of == 0 ? 0 : (double)responses / (double)of;
    html_lit(html, LIT("<li>"));
    page_row(html, str_from(word(what)), widest > 0 ? rate / widest : 0, site_percent(arena, rate));
    page_tag(html, LIT("<p class=\"small\">"),
             word_with(arena, W_RESPONDED, site_count(arena, responses), site_count(arena, of)),
             LIT("</p></li>"));
}

static void put_results(struct site *site, struct buf *html, const struct value *plan)
{
    struct arena *arena = site->job->arena;
    const struct value *results = value_get(plan, "results");
    const struct value *interval = value_get(results, "ci");
    if (results == NULL || interval == NULL || interval->count != 2) {
        return;
    }
    const int64_t contacted = site_whole(results, "contacted");
    const int64_t responded = site_whole(results, "contacted_responses");
    const int64_t holdout = site_whole(results, "holdout");
    const int64_t alone = site_whole(results, "holdout_responses");
    const double widest = fmax(contacted == 0 ? 0 : (double)responded / (double)contacted,
                               holdout == 0 ? 0 : (double)alone / (double)holdout);
    say_in(html, LIT("<section><h2>"), W_RESULTS_TITLE, LIT("</h2>"));
    say_in(html, LIT("<p>"), W_RESULTS_LEAD, LIT("</p><ol class=\"stairs relative\">"));
    put_rate(site, html, W_COLUMN_CONTACTED, contacted, responded, widest);
    put_rate(site, html, W_RESULTS_HOLDOUT, holdout, alone, widest);
    page_tag(html, LIT("</ol><p class=\"verdict\"><b>"),
             site_points(arena, site_number(results, "lift")), LIT("</b> "));
    say_with(html, W_RESULTS_VERDICT, site_points(arena, interval->item[0].number),
             site_points(arena, interval->item[1].number));
    say_with_in(html, LIT("</p><p class=\"note\">"), W_RESULTS_NOES,
                site_count(arena, site_whole(results, "complaints")),
                site_count(arena, site_whole(results, "unsubscribes")), LIT("</p></section>"));
}

/* ---- the page ------------------------------------------------------------------------------ */

const char *console_campaign_name(const struct site *site)
{
    return str_z(site->job->arena, site->ask->parameter[0]);
}

struct outcome console_campaign_page(struct site *site, unsigned code, struct str error)
{
    struct candor_text report;
    struct buf html = buf_begin(site->job->arena);
    const enum candor_status status =
        candor_campaign_show(site->job, site->candor, console_campaign_name(site), &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *campaign = site_read(site, &report);
    const struct value *plan = value_get(campaign, "plan");
    site_begin(site, &html, site_text(campaign, "title"), "/campaigns");
    put_lead(&html, campaign);
    page_notice(&html, PAGE_NOTICE_BAD, error);
    console_put_acts(site, &html, campaign);
    if (plan != NULL && plan->kind == VALUE_MAP) {
        put_facts(site, &html, campaign);
        put_results(site, &html, plan);
        put_staircase(site, &html, site_text(campaign, "name"), plan);
        put_fairness(site, &html, plan);
        put_drivers(site, &html, plan);
    } else {
        say_in(&html, LIT("<p>"), W_CAMPAIGN_DRAFT, LIT("</p>"));
    }
    return site_end_with(&html, code);
}

struct outcome console_campaign(struct site *site)
{
    return console_campaign_page(site, 200, STR(""));
}

/* The plan as a page that stands alone, with its style in it. */
struct outcome console_page(struct site *site)
{
    struct candor_text page;
    const enum candor_status status =
        candor_campaign_page(site->job, site->candor, console_campaign_name(site), &page);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    return site_document(site, (struct str){page.ptr, page.len});
}
