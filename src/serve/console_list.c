/*
 * console_list.c - the campaigns, and where each stands.
 */
#include "console.h"

static void put_row(struct site *site, struct buf *html, const struct value *campaign)
{
    struct arena *arena = site->job->arena;
    const struct value *fair = value_get(campaign, "fair");
    const bool is_checked = fair != NULL && fair->kind == VALUE_BOOL;
    const bool is_planned = value_get(campaign, "chosen") != NULL &&
                            value_get(campaign, "chosen")->kind == VALUE_NUMBER;
    page_tag(html, LIT("<tr><th scope=\"row\"><a href=\""),
             console_path(arena, site_text(campaign, "name"), ""), LIT("\">"));
    page_tag(html, LIT(""), site_text(campaign, "title"), LIT("</a>"));
    page_tag(html, LIT("<span class=\"small under\">"), site_text(campaign, "purpose"),
             LIT("</span></th>"));
    say_in(html, LIT("<td><span class=\"state\">"), console_state(site_text(campaign, "state")),
           LIT("</span></td>"));
    page_tag(html, LIT("<td class=\"number\">"),
             is_planned ? site_count(arena, site_whole(campaign, "allowed")) : STR("\xe2\x80\x93"),
             LIT("</td>"));
    page_tag(html, LIT("<td class=\"number\">"),
             is_planned ? site_count(arena, site_whole(campaign, "chosen")) : STR("\xe2\x80\x93"),
             LIT("</td>"));
    say_in(html, LIT("<td>"),
           !is_checked     ? W_FAIR_NOT_CHECKED
           : fair->boolean ? W_FAIR_PASSED
                           : W_FAIR_FAILED,
           LIT("</td></tr>"));
}

struct outcome console_campaigns(struct site *site)
{
    struct candor_text report;
    struct buf html = buf_begin(site->job->arena);
    const struct lit column[] = {word(W_COLUMN_CAMPAIGN), word(W_COLUMN_STATE),
                                 word(W_COLUMN_ALLOWED), word(W_COLUMN_CHOSEN),
                                 word(W_COLUMN_FAIR)};
    const enum candor_status status = candor_campaign_list(site->job, site->candor, &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *list = value_get(site_read(site, &report), "campaigns");
    site_begin(site, &html, str_from(word(W_CAMPAIGNS_TITLE)), "/campaigns");
    say_in(&html, LIT("<p class=\"lead\">"), W_CAMPAIGNS_LEAD, LIT("</p>"));
    say_in(&html, LIT("<p class=\"acts\"><a class=\"button\" href=\"/campaigns/new\">"),
           W_CAMPAIGNS_NEW, LIT("</a></p>"));
    if (site_size(list) == 0) {
        page_notice(&html, PAGE_NOTICE_PLAIN, str_from(word(W_CAMPAIGNS_NONE)));
        return site_end(&html);
    }
    page_table_begin_with(&html, word(W_CAMPAIGNS_TABLE), column, 5, 4U | 8U);
    for (size_t i = 0; i < list->count; i++) {
        put_row(site, &html, &list->item[i]);
    }
    page_table_end(&html);
    return site_end(&html);
}
