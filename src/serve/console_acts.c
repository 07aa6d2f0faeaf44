/*
 * console_acts.c - what may be done with a campaign next: plan, sign, hand over, bring results in. What the
 * library refuses is said in its own words.
 */
#include "console.h"

/* ---- what may be done ----------------------------------------------------------------------- */

static void put_act(struct site *site, struct buf *html, struct str name, struct lit act,
                    enum word words, enum page_button kind)
{
    site_form_to(site, html, console_path(site->job->arena, name, ""));
    page_hidden(html, LIT("act"), str_from(act));
    page_button(html, word(words), kind);
    page_form_end(html);
}

static void put_upload(struct site *site, struct buf *html, struct str name)
{
    say_in(html, LIT("<details><summary>"), W_RESULTS_UPLOAD, LIT("</summary>"));
    page_tag(html, LIT("<form method=\"post\" enctype=\"multipart/form-data\" action=\""),
             console_path(site->job->arena, name, "/results"), LIT("\">"));
    page_hidden(html, LIT("form"), str_of(site->who.form_token));
    html_lit(html, LIT("<div class=\"acts\"><input type=\"file\" name=\"file\" "
                       "accept=\".csv,text/csv\" required aria-label=\""));
    say(html, W_RESULTS_UPLOAD);
    html_lit(html, LIT("\">"));
    page_button(html, word(W_RESULTS_UPLOAD_BUTTON), PAGE_BUTTON_EQUAL);
    html_lit(html, LIT("</div></form></details>"));
}

/* The plan waits for a second person: a button for whoever may sign, and for its author the reason why there
 * is none. */
static void put_sign(struct site *site, struct buf *html, const struct value *campaign)
{
    const bool is_theirs = str_equal(site_text(campaign, "author"), str_of(site->who.name));
    if (!is_theirs && site_may(site, "approve")) {
        put_act(site, html, site_text(campaign, "name"), LIT("approve"), W_ACT_SIGN,
                PAGE_BUTTON_MAIN);
    }
}

void console_put_acts(struct site *site, struct buf *html, const struct value *campaign)
{
    const struct str name = site_text(campaign, "name");
    const struct str state = site_text(campaign, "state");
    const bool is_draft = str_is(state, "draft");
    const bool is_gone = str_is(state, "sent") || str_is(state, "handing_over");
    const bool may_send =
        (str_is(state, "approved") || str_is(state, "handing_over")) && site_may(site, "send");
    const bool may_plan = !is_gone && site_may(site, "plan");
    html_lit(html, LIT("<div class=\"acts\">"));
    if (str_is(state, "planned")) {
        put_sign(site, html, campaign);
    }
    if (may_send) {
        put_act(site, html, name, LIT("send"), W_ACT_SEND, PAGE_BUTTON_MAIN);
    }
    if (may_plan) {
        put_act(site, html, name, LIT("plan"), is_draft ? W_ACT_PLAN : W_ACT_PLAN_AGAIN,
                is_draft ? PAGE_BUTTON_MAIN : PAGE_BUTTON_QUIET);
    }
    if (!is_draft) {
        site_link_button(html, console_path(site->job->arena, name, "/page"), W_ACT_PAGE);
    }
    if (may_plan) {
        site_link_button(html, console_path(site->job->arena, name, "/edit"), W_ACT_EDIT);
    }
    html_lit(html, LIT("</div>"));
    if (str_is(state, "sent") && site_may(site, "results")) {
        put_upload(site, html, name);
    }
    if (may_send) {
        say_in(html, LIT("<p class=\"note\">"), W_CAMPAIGN_SEND, LIT("</p>"));
    }
    if (str_is(state, "planned")) {
        say_in(html, LIT("<p class=\"note\">"),
               str_equal(site_text(campaign, "author"), str_of(site->who.name)) ? W_CAMPAIGN_OWN
                                                                                : W_CAMPAIGN_SECOND,
               LIT("</p>"));
    }
}

/* ---- it is done ---------------------------------------------------------------------------- */

/* The list itself is the answer: it lies nowhere here, and comes once. */
static struct outcome hand_over(struct site *site)
{
    struct arena *arena = site->job->arena;
    struct candor_text file;
    struct candor_text report;
    const enum candor_status status =
        candor_send_here(site->job, site->candor, console_campaign_name(site), &file, &report);
    if (status != CANDOR_OK) {
        return console_campaign_page(site, (unsigned)status_http_code(status),
                                     site_said(site, status));
    }
    const struct str name = site_encoded(arena, site->ask->parameter[0]);
    return site_file(site, "text/csv; charset=utf-8",
                     (struct bytes){(const uint8_t *)file.ptr, file.len},
                     str_z(arena, str_format(arena, "%.*s-contacts.csv", STR_ARG(name))));
}

struct outcome console_campaign_post(struct site *site)
{
    struct candor_text report;
    const struct str act = site_field(site, "act");
    enum candor_status status = CANDOR_BAD_INPUT;
    const char *done = "planned";
    if (str_is(act, "plan")) {
        status =
            candor_plan(site->job, site->candor, console_campaign_name(site), NULL, NULL, &report);
    } else if (str_is(act, "approve")) {
        status = candor_approve(site->job, site->candor, console_campaign_name(site),
                                site_field_z(site, "override"), &report);
        done = "signed";
    } else if (str_is(act, "send")) {
        return hand_over(site);
    } else {
        return site_stale(site);
    }
    if (status == CANDOR_OK) {
        return site_go_saying(
            site,
            str_z(site->job->arena, console_path(site->job->arena, site->ask->parameter[0], "")),
            done);
    }
    return console_campaign_page(site, (unsigned)status_http_code(status), site_said(site, status));
}
