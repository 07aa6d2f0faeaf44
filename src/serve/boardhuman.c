/*
 * boardhuman.c - a decision of a machine before a person, who sees all that it looked at and says their own
 * word; and acts that want a second operator's signature.
 */
#include <math.h>

#include "boardpages.h"

#include "candor_people.h"

/* ---- what was decided ------------------------------------------------------------------------ */

static void put_reasons(struct buf *html, const struct value *tree)
{
    const struct value *explanation = value_get(tree, "explanation");
    const struct value *reasons = value_get(value_get(tree, "decision"), "reasons");
    if (site_has_reasons(explanation)) {
        say_in(html, LIT("<h3>"), W_BOARD_REASONS, LIT("</h3>"));
        site_put_reasons(html, explanation);
        (void)site_put_turning(html, explanation);
        return;
    }
    say_in(html, LIT("<h3>"), W_BOARD_REASONS, LIT("</h3><ul class=\"reasons\">"));
    for (size_t i = 0; i < site_size(reasons); i++) {
        page_tag(html, LIT("<li>"), reasons->item[i].text, LIT("</li>"));
    }
    html_lit(html, LIT("</ul>"));
}

static void put_weights(struct buf *html, const struct value *decision)
{
    const struct value *list = value_get(decision, "contributions");
    const struct lit column[] = {word(W_BOARD_LOOKED), word(W_BOARD_WAS), word(W_BOARD_WEIGHED)};
    if (site_size(list) == 0) {
        return;
    }
    page_table_begin_with(html, word(W_BOARD_WEIGHTS), column, 3, 4U);
    for (size_t i = 0; i < list->count; i++) {
        const double weight = site_number(&list->item[i], "contribution");
        page_tag(html, LIT("<tr><th scope=\"row\">"),
                 boardpage_spaced(html->arena, site_text(&list->item[i], "feature")), LIT("</th>"));
        page_tag(html, LIT("<td>"), site_text(&list->item[i], "value"),
                 LIT("</td><td class=\"number\">"));
        page_tag(html, LIT(""), tick_text(html->arena, round(weight * 1000) / 1000, true),
                 LIT("</td></tr>"));
    }
    page_table_end(html);
}

static void put_decision(struct site *site, struct buf *html, const struct value *tree)
{
    struct arena *arena = site->job->arena;
    const struct value *decision = value_get(tree, "decision");
    const struct value *replay = value_get(tree, "replay");
    const struct value *score = value_get(decision, "score");
    const char *sentence = candor_code_sentence(str_z(arena, site_text(decision, "code")));
    html_lit(html, LIT("<dl class=\"pairs\">"));
    site_fact(html, W_BOARD_MACHINE_SAID, boardpage_word(site_text(decision, "decision")));
    site_fact(html, W_BOARD_BECAUSE_CODE,
              sentence == NULL ? site_text(decision, "code") : str_of(sentence));
    if (score != NULL && score->kind == VALUE_NUMBER) {
        site_fact(html, W_BOARD_SCORE, site_percent(arena, score->number));
    }
    site_fact(html, W_BOARD_DECIDED_ON, site_day(site_text(decision, "time")));
    html_lit(html, LIT("</dl>"));
    put_reasons(html, tree);
    put_weights(html, decision);
    html_lit(html, LIT("<p>"));
    boardpage_badge(html, site_flag(replay, "same") ? BADGE_GOOD : BADGE_BAD,
                    site_text(replay, "sentence"));
    html_lit(html, LIT(" "));
    boardpage_entry_link(html, site_whole(decision, "ledger_index"));
    html_lit(html, LIT("</p>"));
}

/* ---- one's own word -------------------------------------------------------------------------- */

static void put_verdict(struct site *site, struct buf *html, const struct value *review,
                        const struct boardpage_slip *slip)
{
    struct arena *arena = site->job->arena;
    if (!str_is(site_text(review, "verdict"), "open")) {
        site_heading(html, W_BOARD_VERDICT_IS);
        html_lit(html, LIT("<p><b>"));
        page_tag(html, LIT(""), boardpage_word(site_text(review, "verdict")), LIT("</b> "));
        say_with(html, W_BOARD_VERDICT_BY, site_text(review, "reviewer"),
                 site_day(site_text(review, "decided")));
        page_tag(html, LIT("</p><p>"), site_text(review, "reason"), LIT("</p>"));
        return;
    }
    const struct page_field field = {.name = LIT("reason"),
                                     .label = word(W_BOARD_REASON),
                                     .hint = word(W_BOARD_VERDICT_HINT),
                                     .error = slip->error,
                                     .value = site_field(site, "reason")};
    site_heading(html, W_BOARD_VERDICT);
    say_in(html, LIT("<p>"), W_BOARD_VERDICT_LEAD, LIT("</p>"));
    site_form_to(site, html, site_path(arena, "/board/decisions/", site_text(review, "id"), ""));
    page_area(html, &field);
    html_lit(html, LIT("<div class=\"acts\">"));
    page_answer(html, LIT("act"), LIT("send"), word(W_BOARD_SEND), PAGE_BUTTON_EQUAL);
    page_answer(html, LIT("act"), LIT("withhold"), word(W_BOARD_WITHHOLD), PAGE_BUTTON_EQUAL);
    html_lit(html, LIT("</div>"));
    page_form_end(html);
}

static struct outcome human_page(struct site *site, const struct boardpage_slip *slip)
{
    struct candor_text report;
    struct arena *arena = site->job->arena;
    struct buf html = buf_begin(arena);
    const enum candor_status status =
        candor_review_show(site->job, site->candor, str_z(arena, site->ask->parameter[0]), &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *tree = site_read(site, &report);
    const struct value *review = value_get(tree, "review");
    site_begin(site, &html,
               word_with(arena, W_BOARD_HUMAN_TITLE, site_text(review, "campaign"), STR("")),
               "/board/");
    say_with_in(&html, LIT("<p class=\"lead\">"), W_BOARD_HUMAN_LEAD,
                site_day(site_text(review, "asked")),
                site_count(arena, site_whole(review, "waits_days")),
                LIT("</p><div class=\"beside\"><div>"));
    put_decision(site, &html, tree);
    html_lit(&html, LIT("</div><aside>"));
    put_verdict(site, &html, review, slip);
    html_lit(&html, LIT("</aside></div>"));
    return boardpage_end(&html, slip);
}

struct outcome boardpage_human(struct site *site)
{
    const struct boardpage_slip slip = {.act = STR(""), .error = STR("")};
    return human_page(site, &slip);
}

struct outcome boardpage_human_post(struct site *site)
{
    struct candor_text report;
    struct arena *arena = site->job->arena;
    const char *verdict = site_field_z(site, "act");
    const enum candor_status status =
        candor_review_decide(site->job, site->candor, str_z(arena, site->ask->parameter[0]),
                             verdict == NULL ? "" : verdict, site_field_z(site, "reason"), &report);
    if (status == CANDOR_OK) {
        return site_go_saying(site, "/board/", "human-decided");
    }
    const struct boardpage_slip slip = boardpage_slip(site, STR("verdict"), status);
    return human_page(site, &slip);
}

/* ---- second signatures ----------------------------------------------------------------------- */

struct outcome boardpage_second_post(struct site *site)
{
    struct candor_text report;
    const struct str act = site_field(site, "act");
    const bool is_signed = str_is(act, "sign");
    if (!is_signed && !str_is(act, "refuse")) {
        return site_stale(site);
    }
    const enum candor_status status =
        candor_second_sign(site->job, site->candor,
                           str_z(site->job->arena, site->ask->parameter[0]), is_signed, &report);
    return status == CANDOR_OK
               ? site_go_saying(site, "/board/", is_signed ? "second-signed" : "second-refused")
               : site_failure(site, status);
}
