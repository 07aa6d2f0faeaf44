/*
 * console_permits.c - how many people each purpose may be served to, on today's page.
 */
#include "candor_audience.h"
#include "console.h"

static bool needs_them(const struct value *row)
{
    return str_is(site_text(row, "basis"), "consent") ||
           str_is(site_text(row, "basis"), "legitimate_interest");
}

/* The channel is said where a purpose has several. */
static bool has_several(const struct value *list, size_t i)
{
    const struct str name = site_text(&list->item[i], "purpose");
    return (i > 0 && str_equal(site_text(&list->item[i - 1], "purpose"), name)) ||
           (i + 1 < list->count && str_equal(site_text(&list->item[i + 1], "purpose"), name));
}

static void put_row(struct site *site, struct buf *html, const struct value *list, size_t i,
                    double all)
{
    struct arena *arena = site->job->arena;
    const struct value *row = &list->item[i];
    const struct value *count = value_get(row, "count");
    const bool is_few = count == NULL || count->kind == VALUE_NULL;
    const struct str channel = site_text(row, "channel");
    const struct str name =
        !has_several(list, i)
            ? site_text(row, "title")
            : word_with(arena, W_PERMITS_BY, site_text(row, "title"), site_spaced(arena, channel));
    html_lit(html, LIT("<li>"));
    page_row(html, name, all > 0 && !is_few ? site_number(row, "count") / all : 0,
             is_few ? word_with(arena, W_AUD_FEW, site_count(arena, CANDOR_AUDIENCE_LEAST), STR(""))
                    : site_count(arena, site_whole(row, "count")));
    html_lit(html, LIT("</li>"));
}

void console_put_permits(struct site *site, struct buf *html, const struct value *permitted)
{
    struct arena *arena = site->job->arena;
    const struct value *list = value_get(permitted, "purposes");
    const double all = site_number(permitted, "subjects");
    if (!(all > 0)) {
        return;
    }
    say_in(html, LIT("<section><h2>"), W_PERMITS_TITLE, LIT("</h2><p class=\"lead\">"));
    say_with(html, W_PERMITS_LEAD, site_count(arena, (int64_t)all),
             site_time(arena, site_text(permitted, "as_of")));
    html_lit(html, LIT("</p><ol class=\"stairs\">"));
    for (size_t i = 0; i < site_size(list); i++) {
        if (needs_them(&list->item[i])) {
            put_row(site, html, list, i, all);
        }
    }
    html_lit(html, LIT("</ol>"));
    if (site_may(site, "plan")) {
        say_in(html, LIT("<p><a href=\"/audience\">"), W_PERMITS_MORE, LIT("</a></p>"));
    }
    html_lit(html, LIT("</section>"));
}
