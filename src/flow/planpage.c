/*
 * planpage.c - a plan as one page that answers: may I, would it help, what do they get, why, who is
 * left alone and why, and did it work.
 *
 * Self-contained: no script, no outside request, no name or address of anybody. It reads at phone
 * width, prints on paper, follows the reader's light or dark setting, and every bar has its number
 * in text beside it, so nothing depends on colour or sight.
 */
#include <math.h>

#include "flow.h"
#include "page.h"
#include "plan.h"

/* ---- pieces -------------------------------------------------------------------------------- */

static void put_percent(struct buf *html, double share)
{
    if (isnan(share)) {
        buf_lit(html, LIT("unknown"));
    } else {
        buf_format(html, "%.1f&nbsp;%%", 100 * share);
    }
}

/* ---- head ---------------------------------------------------------------------------------- */

static struct str state_words(enum plan_state state)
{
    switch (state) {
    case PLAN_PLANNED:
        return STR("Plan \xe2\x80\x93 nothing is sent");
    case PLAN_APPROVED:
        return STR("Approved \xe2\x80\x93 not sent yet");
    case PLAN_HANDING_OVER:
        return STR("Being handed over");
    case PLAN_SENT:
        return STR("Sent");
    }
    return STR("");
}

static void put_figure(struct buf *html, struct lit label)
{
    buf_lit(html, LIT("<div class=\"figure\"><dt>"));
    buf_lit(html, label);
    buf_lit(html, LIT("</dt><dd>"));
}

static void put_figures(struct buf *html, const struct plan *plan)
{
    buf_lit(html, LIT("<dl class=\"figures\">"));
    put_figure(html, LIT("Customers"));
    page_count(html, plan->stair[STAIR_CUSTOMERS].count);
    buf_lit(html, LIT("</dd></div>"));
    put_figure(html, LIT("We may ask"));
    page_count(html, plan->stair[STAIR_ALLOWED].count);
    buf_lit(html, LIT("</dd></div>"));
    put_figure(html, plan->state == PLAN_SENT ? LIT("Contacted") : LIT("Would be contacted"));
    page_count(html,
               plan->state == PLAN_SENT ? plan->handed_over : plan->stair[STAIR_CONTACTED].count);
    buf_lit(html, LIT("</dd></div>"));
    if (plan->results.known) {
        put_figure(html, LIT("Responses gained"));
        if (isnan(plan->results.extra_responses)) {
            buf_lit(html, LIT("not known"));
        } else {
            buf_format(html, "%+.0f", plan->results.extra_responses);
        }
    } else {
        put_figure(html, LIT("Responses expected"));
        if (isnan(plan->expected)) {
            buf_lit(html, LIT("not known"));
        } else {
            buf_format(html, "%.0f <small>%.0f to %.0f</small>", plan->expected, plan->expected_low,
                       plan->expected_high);
        }
    }
    buf_lit(html, LIT("</dd></div></dl>"));
}

static void put_head(struct buf *html, struct arena *arena, const struct plan *plan)
{
    buf_lit(html, LIT("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                      "<meta name=\"color-scheme\" content=\"light dark\">"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "style-src 'unsafe-inline'\"><title>"));
    html_text(html, plan->title);
    buf_lit(html, LIT("</title><style>"));
    buf_lit(html, page_style());
    buf_lit(html, LIT("</style></head><body><main><header><p class=\"state\">"));
    html_text(html, state_words(plan->state));
    buf_lit(html, LIT("</p>"));
    page_tag(html, LIT("<h1>"), plan->title, LIT("</h1>"));
    buf_lit(html, LIT("<p class=\"lead\">"));
    html_text(html, plan->purpose);
    if (plan->channel.len > 0) {
        buf_lit(html, LIT(" (channel: "));
        html_text(html, plan->channel);
        buf_lit(html, LIT(")"));
    }
    buf_lit(html, LIT(". Made "));
    html_text(html, str_from_date(arena, plan->made));
    page_tag(html, LIT(" by "), plan->author, LIT(""));
    if (plan->approver.len > 0) {
        page_tag(html, LIT(", approved by "), plan->approver, LIT(""));
    }
    buf_lit(html, LIT(".</p><p class=\"note\">As everybody stood at "));
    html_text(html, str_from_time(arena, plan->made));
    buf_lit(html, LIT(": whoever had said no by then is left alone.</p>"));
    put_figures(html, plan);
    buf_lit(html, LIT("</header>"));
}

/* ---- may I? -------------------------------------------------------------------------------- */

static void put_stair(struct buf *html, const struct plan_stair *stair, uint64_t all)
{
    buf_lit(html, LIT("<li><div class=\"row\"><span class=\"name\">"));
    html_text(html, stair->label);
    buf_lit(html, LIT("</span>"));
    page_bar(html, all == 0 ? 0 : (double)stair->count / (double)all);
    buf_lit(html, LIT("<b class=\"count\">"));
    page_count(html, stair->count);
    buf_lit(html, LIT("</b></div>"));
    if (stair->left_out_count > 0) {
        buf_lit(html, LIT("<ul class=\"left\">"));
        for (size_t r = 0; r < stair->left_out_count; r++) {
            buf_lit(html, LIT("<li><span>"));
            html_text(html, stair->left_out[r].sentence);
            buf_lit(html, LIT(" <code>"));
            html_text(html, stair->left_out[r].code);
            buf_lit(html, LIT("</code></span><b>\xe2\x88\x92"));
            page_count(html, stair->left_out[r].count);
            buf_lit(html, LIT("</b></li>"));
        }
        buf_lit(html, LIT("</ul>"));
    }
    buf_lit(html, LIT("</li>"));
}

static void put_staircase(struct buf *html, const struct plan *plan)
{
    buf_lit(html, LIT("<section><h2>May we, and whom would it serve?</h2><p>From everybody down to "
                      "those who are contacted. Each step says who leaves it, and why.</p>"
                      "<ol class=\"stairs\">"));
    for (size_t s = 0; s < STAIR_COUNT; s++) {
        put_stair(html, &plan->stair[s], plan->stair[STAIR_CUSTOMERS].count);
    }
    buf_lit(html, LIT("</ol><p class=\"note\">"));
    page_count(html, plan->holdout);
    buf_lit(html, LIT(" are set aside at random, though they would have been chosen: what they do "
                      "tells what contacting changed.</p></section>"));
}

/* ---- did it work? -------------------------------------------------------------------------- */

static void put_rate(struct buf *html, struct lit name, uint64_t responses, uint64_t of,
                     double widest)
{
    const double rate = of == 0 ? NOT_KNOWN : (double)responses / (double)of;
    buf_lit(html, LIT("<li><div class=\"row\"><span class=\"name\">"));
    buf_lit(html, name);
    buf_lit(html, LIT("</span>"));
    page_bar(html, widest > 0 ? rate / widest : 0);
    buf_lit(html, LIT("<b class=\"count\">"));
    put_percent(html, rate);
    buf_lit(html, LIT("</b></div><p class=\"small\">"));
    page_count(html, responses);
    buf_lit(html, LIT(" of "));
    page_count(html, of);
    buf_lit(html, LIT(" responded</p></li>"));
}

static void put_lift(struct buf *html, const struct plan_results *results)
{
    if (isnan(results->lift)) {
        buf_lit(html, LIT("There is nobody to compare with, so what contacting changed is not "
                          "known."));
        return;
    }
    buf_format(html,
               "Contacting changed the response rate by <b>%+.1f points</b> (95&nbsp;%% "
               "interval %+.1f to %+.1f): about <b>%+.0f responses</b> that would not have "
               "been.",
               100 * results->lift, 100 * results->lift_low, 100 * results->lift_high,
               results->extra_responses);
    buf_str(html, results->lift_low > 0    ? STR(" It helped.")
                  : results->lift_high < 0 ? STR(" It did harm.")
                                           : STR(" The numbers do not show that it helped."));
}

static void put_results(struct buf *html, const struct plan_results *results)
{
    const double contacted =
        results->contacted == 0 ? 0
                                : (double)results->contacted_responses / (double)results->contacted;
    const double holdout =
        results->holdout == 0 ? 0 : (double)results->holdout_responses / (double)results->holdout;
    const double widest = fmax(contacted, holdout);
    buf_lit(html,
            LIT("<section class=\"results\"><h2>Did it work?</h2><p>Measured against those who "
                "were set aside at random. Opens and pixels play no part.</p><ol "
                "class=\"stairs\">"));
    put_rate(html, LIT("Contacted"), results->contacted_responses, results->contacted, widest);
    put_rate(html, LIT("Set aside"), results->holdout_responses, results->holdout, widest);
    buf_lit(html, LIT("</ol><p class=\"verdict\">"));
    put_lift(html, results);
    buf_lit(html, LIT("</p><p class=\"note\">"));
    page_count(html, results->complaints);
    buf_lit(html, LIT(" complained, "));
    page_count(html, results->unsubscribes);
    buf_lit(html, LIT(" unsubscribed, and "));
    page_count(html, results->refusals);
    buf_lit(html, LIT(" have said no to this purpose since; none of them is asked again.</p>"
                      "</section>"));
}

/* ---- what do they get? --------------------------------------------------------------------- */

static void put_offers(struct buf *html, const struct plan *plan)
{
    const uint64_t all = plan->stair[STAIR_CONTACTED].count;
    buf_lit(html, LIT("<section><h2>What do they get?</h2><ol class=\"stairs\">"));
    for (size_t o = 0; o < plan->offer_count; o++) {
        buf_lit(html, LIT("<li><div class=\"row\"><span class=\"name\">"));
        html_text(html, plan->offer_title[o]);
        buf_lit(html, LIT("</span>"));
        page_bar(html, all == 0 ? 0 : (double)plan->offer_count_of[o] / (double)all);
        buf_lit(html, LIT("<b class=\"count\">"));
        page_count(html, plan->offer_count_of[o]);
        buf_lit(html, LIT("</b></div></li>"));
    }
    buf_lit(html, LIT("</ol></section>"));
}

/* ---- why them? ----------------------------------------------------------------------------- */

static void put_drivers(struct buf *html, const struct plan *plan)
{
    if (plan->driver_count == 0) {
        return;
    }
    buf_lit(html,
            LIT("<section><h2>Why them?</h2><p>What weighs most in the scores of those who are "
                "contacted, as the mean size of its part in the score (log-odds).</p><ol "
                "class=\"stairs\">"));
    for (size_t d = 0; d < plan->driver_count; d++) {
        const struct plan_driver *driver = &plan->driver[d];
        buf_lit(html, LIT("<li><div class=\"row\"><span class=\"name\">"));
        html_text(html, driver->feature);
        buf_lit(html, LIT("</span>"));
        page_bar(html,
                 plan->driver[0].strength > 0 ? driver->strength / plan->driver[0].strength : 0);
        buf_format(html, "<b class=\"count\">%.2f</b></div></li>", driver->strength);
    }
    buf_lit(html, LIT("</ol>"));
    if (plan->model.len > 0) {
        page_tag(html, LIT("<p class=\"note\">Model “"), plan->model,
                 LIT("”, which only saw customers who allow it and cannot see protected "
                     "attributes.</p>"));
    }
    buf_lit(html, LIT("</section>"));
}

/* ---- is it fair? --------------------------------------------------------------------------- */

static void put_group(struct buf *html, const struct plan_group *group, double widest)
{
    buf_lit(html, LIT("<li><div class=\"row\"><span class=\"name\">"));
    html_text(html, group->value);
    buf_lit(html, LIT("</span>"));
    page_bar(html, widest > 0 ? group->rate / widest : 0);
    buf_lit(html, LIT("<b class=\"count\">"));
    put_percent(html, group->rate);
    buf_lit(html, LIT("</b></div><p class=\"small\">"));
    page_count(html, group->chosen);
    buf_lit(html, LIT(" of "));
    page_count(html, group->considered);
    buf_format(html, " chosen; 95&nbsp;%% interval %.1f to %.1f&nbsp;%%</p></li>", 100 * group->low,
               100 * group->high);
}

static void put_fairness(struct buf *html, const struct plan *plan)
{
    const struct plan_fairness *fairness = &plan->fairness;
    double widest = 0;
    if (!fairness->checked) {
        buf_lit(html, LIT("<section><h2>Is it fair?</h2><p>The campaign names no attribute to "
                          "compare, or there is nobody to compare.</p></section>"));
        return;
    }
    for (size_t g = 0; g < fairness->group_count; g++) {
        widest = fmax(widest, fairness->group[g].rate);
    }
    buf_lit(html, LIT("<section><h2>Is it fair?</h2><p class=\"verdict "));
    buf_lit(html, fairness->passed ? LIT("good\">Passes. ") : LIT("bad\">Does not pass. "));
    html_text(html, fairness->sentence);
    buf_lit(html, LIT("</p><ol class=\"stairs\">"));
    for (size_t g = 0; g < fairness->group_count; g++) {
        put_group(html, &fairness->group[g], widest);
    }
    buf_lit(html, LIT("</ol><p class=\"note\">Compared by "));
    html_text(html, fairness->attribute);
    buf_lit(html, LIT(" among those who could have been chosen. The model never sees it.</p>"));
    if (plan->override_reason.len > 0) {
        page_tag(html, LIT("<p class=\"note\">Overridden by the owner: "), plan->override_reason,
                 LIT("</p>"));
    }
    buf_lit(html, LIT("</section>"));
}

/* ---- three people -------------------------------------------------------------------------- */

static void put_person(struct buf *html, const struct plan_person *person)
{
    double widest = 0;
    for (size_t f = 0; f < person->fact_count; f++) {
        widest = fmax(widest, fabs(person->fact_weight[f]));
    }
    buf_lit(html, LIT("<article><h3>Customer "));
    html_text(html, person->mark);
    buf_lit(html, LIT("</h3><p class=\"headline\">"));
    html_text(html, person->headline);
    buf_lit(html, LIT("</p>"));
    if (person->has_score) {
        buf_format(html, "<p class=\"small\">Chance to respond: %.1f&nbsp;%%</p>",
                   100 * person->score);
    }
    if (person->fact_count > 0) {
        buf_lit(html,
                LIT("<table><thead><tr><th>What we know</th><th></th><th>Weighs</th></tr></thead>"
                    "<tbody>"));
        for (size_t f = 0; f < person->fact_count; f++) {
            page_tag(html, LIT("<tr><th scope=\"row\">"), person->fact_name[f], LIT("</th><td>"));
            html_text(html, person->fact_value[f]);
            buf_format(html, "</td><td class=\"%s\">%+.2f</td></tr>",
                       person->fact_weight[f] >= 0 ? "up" : "down", person->fact_weight[f]);
        }
        buf_lit(html, LIT("</tbody></table>"));
    }
    buf_lit(html, LIT("<ul class=\"reasons\">"));
    for (size_t r = 0; r < person->reason_count; r++) {
        page_tag(html, LIT("<li>"), person->reason[r], LIT("</li>"));
    }
    buf_format(html, "</ul><p class=\"small\">Ledger entry %llu</p></article>",
               (unsigned long long)person->ledger_index);
}

static void put_people(struct buf *html, const struct plan *plan)
{
    if (plan->person_count == 0) {
        return;
    }
    static const char *const number[] = {"One person", "Two people", "Three people"};
    must(plan->person_count <= sizeof number / sizeof number[0]);
    page_tag(html, LIT("<section><h2>"), str_of(number[plan->person_count - 1]), LIT("</h2>"));
    buf_lit(html, LIT("<p>Real customers, without name or address.</p>"
                      "<div class=\"people\">"));
    for (size_t p = 0; p < plan->person_count; p++) {
        put_person(html, &plan->person[p]);
    }
    buf_lit(html, LIT("</div></section>"));
}

/* ---- can it be proved? --------------------------------------------------------------------- */

/* A home's first entry is its making, so that no decision has the number 0. */
static void put_entries(struct buf *html, const struct plan *plan)
{
    if (plan->ledger_last == 0) {
        buf_lit(html, LIT("There was nobody to decide about, so the ledger has no decision."));
        return;
    }
    buf_lit(html, LIT("Every decision above is an entry of the ledger, between numbers "));
    page_count(html, plan->ledger_first);
    buf_lit(html, LIT(" and "));
    page_count(html, plan->ledger_last);
    buf_lit(html, LIT("."));
}

static void put_proof(struct buf *html, struct arena *arena, const struct plan *plan)
{
    buf_lit(html, LIT("<footer><h2>Can it be proved?</h2><p>"));
    put_entries(html, plan);
    buf_lit(html,
            LIT(" Anyone with the home’s public key can check it: <code>candor ledger "
                "verify</code>.</p><p class=\"small\">Digest of this plan, which the approver "
                "signs: <code>"));
    buf_str(html, hex_of(arena, (struct bytes){plan->digest.byte, sizeof plan->digest.byte}));
    buf_lit(html, LIT("</code></p></footer></main></body></html>\n"));
}

struct str plan_page(struct job *job, const struct plan *plan)
{
    struct buf html = buf_begin(job->arena);
    put_head(&html, job->arena, plan);
    if (plan->results.known) {
        put_results(&html, &plan->results);
    }
    put_staircase(&html, plan);
    put_offers(&html, plan);
    put_drivers(&html, plan);
    put_fairness(&html, plan);
    put_people(&html, plan);
    put_proof(&html, job->arena, plan);
    return buf_text(&html);
}
