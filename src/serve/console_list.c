/*
 * console_list.c - the campaigns, and where each stands.
 */
#include "console.h"

static const enum word column[] = {W_COLUMN_CAMPAIGN, W_COLUMN_STATE, W_COLUMN_ALLOWED,
                                   W_COLUMN_CHOSEN, W_COLUMN_FAIR};
static const struct site_table table = {column, 5, 4U | 8U};

static enum word fair_word(const struct value *fair)
{
    if (fair == NULL || fair->kind != VALUE_BOOL) {
        return W_FAIR_NOT_CHECKED;
    }
    return fair->boolean ? W_FAIR_PASSED : W_FAIR_FAILED;
}

static void put_row(struct site *site, struct buf *html, const struct value *campaign)
{
    struct arena *arena = site->job->arena;
    const struct value *chosen = value_get(campaign, "chosen");
    const bool is_planned = chosen != NULL && chosen->kind == VALUE_NUMBER;
    const struct str none = STR("\xe2\x80\x93");
    site_cell_begin(html, &table, 0);
    site_link(html, console_path(arena, site_text(campaign, "name"), ""),
              site_text(campaign, "title"));
    page_tag(html, LIT("<span class=\"small under\">"), site_text(campaign, "purpose"),
             LIT("</span>"));
    site_cell_end(html, 0);
    site_cell_begin(html, &table, 1);
    say_in(html, LIT("<span class=\"state\">"), console_state(site_text(campaign, "state")),
           LIT("</span>"));
    site_cell_end(html, 1);
    site_cell(html, &table, 2,
              is_planned ? site_count(arena, site_whole(campaign, "allowed")) : none);
    site_cell(html, &table, 3, is_planned ? site_count(arena, chosen->integer) : none);
    site_cell(html, &table, 4, str_from(word(fair_word(value_get(campaign, "fair")))));
    html_lit(html, LIT("</tr>"));
}

void console_put_campaigns(struct site *site, struct buf *html, const struct value *list)
{
    site_table_begin(html, W_CAMPAIGNS_TABLE, &table);
    for (size_t i = 0; i < list->count; i++) {
        put_row(site, html, &list->item[i]);
    }
    site_table_end(html);
}

struct outcome console_campaigns(struct site *site)
{
    struct candor_text report;
    struct buf html = buf_begin(site->job->arena);
    const enum candor_status status = candor_campaign_list(site->job, site->candor, &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *list = value_get(site_read(site, &report), "campaigns");
    site_begin(site, &html, str_from(word(W_CAMPAIGNS_TITLE)), "/campaigns");
    say_in(&html, LIT("<p class=\"lead\">"), W_CAMPAIGNS_LEAD, LIT("</p>"));
    if (site_may(site, "plan")) {
        say_in(&html, LIT("<p class=\"acts\"><a class=\"button\" href=\"/campaigns/new\">"),
               W_CAMPAIGNS_NEW, LIT("</a></p>"));
    }
    if (site_size(list) == 0) {
        page_notice(&html, PAGE_NOTICE_PLAIN, str_from(word(W_CAMPAIGNS_NONE)));
        return site_end(&html);
    }
    console_put_campaigns(site, &html, list);
    return site_end(&html);
}
