/*
 * pagepart.c - what the pages about models have in common: head, end, numbers, words.
 *
 * As the plan's page: no script, no outside request, and every text escaped.
 */
#include "chart.h"

#include "frame.h"
#include "model.h"
#include "shapes.h"

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

void page_tag(struct buf *html, struct lit open, struct str text, struct lit close)
{
    buf_lit(html, open);
    html_text(html, text);
    buf_lit(html, close);
}

void page_begin(struct buf *html, struct lit kind, struct str title)
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
    buf_lit(html, LIT("</style></head><body><main><header><p class=\"state\">"));
    buf_lit(html, kind);
    buf_lit(html, LIT("</p>"));
    page_tag(html, LIT("<h1>"), title, LIT("</h1>"));
}

void page_end(struct buf *html)
{
    buf_lit(html, LIT("</main></body></html>\n"));
}

struct str importance_text(struct arena *arena, double importance)
{
    if (importance >= 10) {
        return str_format(arena, importance >= 1000 ? "%.0f" : "%.1f", importance);
    }
    return importance > 0 && importance < 0.001 ? STR("< 0.001")
                                                : str_format(arena, "%.3f", importance);
}

struct str unit_words(struct arena *arena, const struct model *model)
{
    switch (model->task) {
    case TASK_BINARY:
        return str_format(arena,
                          "Each step is how much this value raises or lowers the log-odds of "
                          "\xe2\x80\x9c%.*s\xe2\x80\x9d. +0.7 doubles the odds, \xe2\x88\x92"
                          "0.7 halves them, and 0 changes nothing against the average.",
                          STR_ARG(model->positive.len > 0 ? model->positive : model->target));
    case TASK_REGRESSION:
        return str_format(arena,
                          "Each step is how much this value adds to the predicted %.*s, in its own "
                          "unit; 0 changes nothing against the average.",
                          STR_ARG(model->target));
    case TASK_COUNT:
    case TASK_AMOUNT:
        return str_format(arena,
                          "Each step is how much this value adds to the logarithm of the expected "
                          "%.*s. +0.7 doubles it, \xe2\x88\x92"
                          "0.7 halves it, and 0 changes nothing against the average.",
                          STR_ARG(model->target));
    case TASK_CLASSES:
        return STR("There is one picture per class. Each step is how much this value raises or "
                   "lowers the score of that class: +0.7 doubles its odds against a class that is "
                   "not moved, and 0 changes nothing against the average.");
    }
    return STR("");
}
