/*
 * part.c - what pages have in common: head, end, numbers. No script, no outside request, and every text
 * escaped.
 */
#include "page.h"

void page_count(struct buf *html, uint64_t count)
{
    char digits[24];
    size_t len = 0;
    do {
        digits[len++] = (char)('0' + count % 10);
        count /= 10;
    } while (count > 0);
    while (len > 0) {
        buf_u8(html, (uint8_t)digits[--len]);
        if (len > 0 && len % 3 == 0) {
            buf_u8(html, ',');
        }
    }
}

void page_bar(struct buf *html, double share)
{
    const double width = share > 0 ? 100 * (share < 1 ? share : 1) : 0;
    buf_format(html,
               "<svg class=\"bar\" aria-hidden=\"true\" viewBox=\"0 0 100 1\" "
               "preserveAspectRatio=\"none\"><rect width=\"%.2f\" height=\"1\"></rect></svg>",
               width);
}

void page_tag(struct buf *html, struct lit open, struct str text, struct lit close)
{
    buf_lit(html, open);
    html_text(html, text);
    buf_lit(html, close);
}

void page_row(struct buf *html, struct str name, double share, struct str count)
{
    page_tag(html, LIT("<div class=\"row\"><span class=\"name\">"), name, LIT("</span>"));
    page_bar(html, share);
    page_tag(html, LIT("<b class=\"count\">"), count, LIT("</b></div>"));
}

void page_begin_styled(struct buf *html, struct lit kind, struct str title, struct lit style,
                       struct lit class)
{
    buf_lit(html, LIT("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                      "<meta name=\"color-scheme\" content=\"light dark\">"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "style-src 'unsafe-inline'\"><title>"));
    buf_lit(html, kind);
    buf_lit(html, LIT(": "));
    html_text(html, title);
    buf_lit(html, LIT("</title><style>"));
    buf_lit(html, page_style());
    buf_lit(html, chart_style());
    buf_lit(html, style);
    buf_lit(html, class.len == 0 ? LIT("</style></head><body><main")
                                 : LIT("</style></head><body><main class=\""));
    buf_lit(html, class);
    buf_lit(html, class.len == 0 ? LIT("><header><p class=\"state\">")
                                 : LIT("\"><header><p class=\"state\">"));
    buf_lit(html, kind);
    buf_lit(html, LIT("</p>"));
    page_tag(html, LIT("<h1>"), title, LIT("</h1>"));
}

void page_begin(struct buf *html, struct lit kind, struct str title)
{
    page_begin_styled(html, kind, title, LIT(""), LIT(""));
}

void page_end(struct buf *html)
{
    buf_lit(html, LIT("</main></body></html>\n"));
}
