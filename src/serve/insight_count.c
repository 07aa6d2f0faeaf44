/*
 * insight_count.c - how many people: the staircase, with the reasons of those who are not on a step.
 *
 * null in the report is "fewer than 10": it is said so, and its bar has no length.
 */
#include "candor_audience.h"
#include "insight.h"

static bool is_few(const struct value *map)
{
    const struct value *count = value_get(map, "count");
    return count == NULL || count->kind == VALUE_NULL;
}

static struct str people(struct site *site, const struct value *map)
{
    struct arena *arena = site->job->arena;
    return is_few(map)
               ? word_with(arena, W_AUD_FEW, site_count(arena, CANDOR_AUDIENCE_LEAST), STR(""))
               : site_count(arena, site_whole(map, "count"));
}

static void put_reasons(struct site *site, struct buf *html, const struct value *list)
{
    if (site_size(list) == 0) {
        return;
    }
    html_lit(html, LIT("<ul class=\"left\">"));
    for (size_t i = 0; i < list->count; i++) {
        page_tag(html, LIT("<li><span>"), site_text(&list->item[i], "sentence"), LIT("</span>"));
        page_tag(html, LIT("<b>"), people(site, &list->item[i]), LIT("</b></li>"));
    }
    html_lit(html, LIT("</ul>"));
}

static void put_step(struct site *site, struct buf *html, const struct value *step, double all)
{
    html_lit(html, LIT("<li>"));
    page_row(html, site_text(step, "label"),
             all > 0 && !is_few(step) ? site_number(step, "count") / all : 0, people(site, step));
    put_reasons(site, html, value_get(step, "left_out"));
    html_lit(html, LIT("</li>"));
}

void insight_put_count(struct site *site, struct buf *html, const struct value *answer)
{
    const struct value *stairs = value_get(answer, "stairs");
    if (site_size(stairs) == 0) {
        return;
    }
    const struct value *first = &stairs->item[0];
    const struct value *last = &stairs->item[stairs->count - 1];
    struct arena *arena = site->job->arena;
    html_lit(html, LIT("<div id=\"count\" role=\"status\">"));
    page_tag(html, LIT("<p class=\"total\"><b>"), people(site, last), LIT("</b> "));
    say_with(html, W_AUD_TOTAL, people(site, first), STR(""));
    html_lit(html, LIT("</p>"));
    page_tag(html, LIT("<p class=\"note\">"), site_text(answer, "conditions"), LIT("</p>"));
    html_lit(html, LIT("<ol class=\"stairs\">"));
    for (size_t s = 0; s < stairs->count; s++) {
        put_step(site, html, &stairs->item[s], site_number(first, "count"));
    }
    say_with_in(html, LIT("</ol></div><p class=\"note\">"), W_AUD_ROUNDED,
                site_count(arena, CANDOR_AUDIENCE_LEAST), STR(""), LIT("</p>"));
}
