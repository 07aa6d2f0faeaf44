/*
 * sitewhy.c - an explanation as the library tells it, in its own language: on a subject's page and on the
 * board's, word for word the same.
 */
#include "site.h"

/* What the sentences are in; the page around them is in English. */
static void begin_told(struct buf *html, const struct value *explanation)
{
    page_tag(html, LIT("<div lang=\""), site_text(explanation, "language"), LIT("\">"));
}

static void put_reason(struct buf *html, const struct value *reason)
{
    page_tag(html, LIT("<li>"), site_text(reason, "sentence"), LIT(" "));
    page_tag(html, LIT("<span class=\"small\">("), site_text(reason, "shown"),
             LIT(")</span></li>"));
}

static void put_list(struct buf *html, const struct value *list)
{
    for (size_t i = 0; i < site_size(list); i++) {
        put_reason(html, &list->item[i]);
    }
}

static void put_remainder(struct buf *html, const struct value *remainder)
{
    if (remainder != NULL && remainder->kind == VALUE_MAP) {
        page_tag(html, LIT("<li>"), site_text(remainder, "sentence"), LIT("</li>"));
    }
}

bool site_has_reasons(const struct value *explanation)
{
    return value_get(explanation, "reasons") != NULL;
}

void site_put_reasons(struct buf *html, const struct value *explanation)
{
    begin_told(html, explanation);
    html_lit(html, LIT("<ul class=\"reasons\">"));
    put_list(html, value_get(explanation, "reasons"));
    put_list(html, value_get(explanation, "against"));
    put_remainder(html, value_get(explanation, "rest"));
    put_remainder(html, value_get(explanation, "unnamed"));
    html_lit(html, LIT("</ul>"));
    page_tag(html, LIT("<p>"), site_text(explanation, "score"), LIT("</p>"));
    page_tag(html, LIT("<p class=\"small\">"), site_text(explanation, "baseline"), LIT(" "));
    page_tag(html, LIT(""), site_text(explanation, "limits"), LIT("</p></div>"));
}

bool site_put_turning(struct buf *html, const struct value *explanation)
{
    const struct value *turning = value_get(explanation, "turning");
    if (turning == NULL || turning->kind != VALUE_MAP) {
        return false;
    }
    const struct value *plans = value_get(turning, "plans");
    begin_told(html, explanation);
    page_tag(html, LIT("<p>"), site_text(turning, "sentence"), LIT("</p>"));
    if (site_size(plans) > 0) {
        html_lit(html, LIT("<ol class=\"reasons\">"));
        for (size_t p = 0; p < plans->count; p++) {
            page_tag(html, LIT("<li>"), site_text(&plans->item[p], "sentence"), LIT("</li>"));
        }
        html_lit(html, LIT("</ol>"));
        page_tag(html, LIT("<p class=\"small\">"), site_text(turning, "proof"), LIT("</p>"));
    }
    html_lit(html, LIT("</div>"));
    return true;
}
