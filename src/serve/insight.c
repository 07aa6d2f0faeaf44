/*
 * insight.c - pieces of the pages about people in numbers, models and data.
 */
#include "insight.h"

#include <math.h>

void insight_heading(struct buf *html, enum word title, enum word lead)
{
    say_in(html, LIT("<h2>"), title, LIT("</h2>"));
    say_in(html, LIT("<p class=\"lead\">"), lead, LIT("</p>"));
}

/* ---- a line over time ------------------------------------------------------------------------ */

enum { SPARK_WIDTH = 96, SPARK_HEIGHT = 24, SPARK_EDGE = 3 };

/* The lowest value or threshold at the bottom, 1 at the top; all alike: a flat line at the top. */
static double floor_of(const double *value, size_t count, double least)
{
    double low = isnan(least) ? 1 : least;
    for (size_t i = 0; i < count; i++) {
        low = value[i] < low ? value[i] : low;
    }
    return low < 1 ? low - (1 - low) * 0.1 : 0;
}

static double height_at(double value, double low)
{
    return SPARK_EDGE + (1 - value) / (1 - low) * (SPARK_HEIGHT - 2 * SPARK_EDGE);
}

void insight_spark(struct buf *html, const double *value, size_t count, double least,
                   struct str words)
{
    const double low = floor_of(value, count, least);
    const double step =
        count > 1 ? (double)(SPARK_WIDTH - 2 * SPARK_EDGE) / (double)(count - 1) : 0;
    double x = count > 1 ? SPARK_EDGE : SPARK_WIDTH - SPARK_EDGE;
    bool is_drawn = false;
    buf_format(html, "<svg class=\"spark\" role=\"img\" viewBox=\"0 0 %d %d\">", SPARK_WIDTH,
               SPARK_HEIGHT);
    page_tag(html, LIT("<title>"), words, LIT("</title>"));
    if (!isnan(least)) {
        const double y = height_at(least, low);
        buf_format(html, "<path class=\"least\" d=\"M0 %.1fH%d\"></path>", y, SPARK_WIDTH);
    }
    html_lit(html, LIT("<path class=\"line\" d=\""));
    for (size_t i = 0; i < count; i++, x += step) {
        if (!isnan(value[i])) {
            buf_format(html, "%s%.1f %.1f", is_drawn ? "L" : "M", x, height_at(value[i], low));
            is_drawn = true;
        }
    }
    html_lit(html, is_drawn ? LIT("\"></path>") : LIT("M0 0\"></path>"));
    if (count > 0 && !isnan(value[count - 1])) {
        buf_format(html, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.4\"></circle>",
                   (double)(SPARK_WIDTH - SPARK_EDGE), height_at(value[count - 1], low));
    }
    html_lit(html, LIT("</svg>"));
}

/* ---- words ----------------------------------------------------------------------------------- */

struct str insight_days(struct arena *arena, int64_t days)
{
    if (days <= 0) {
        return str_from(word(W_KEPT_WHILE_KNOWN));
    }
    if (days % 365 == 0) {
        return word_with(arena, days == 365 ? W_KEPT_YEAR : W_KEPT_YEARS,
                         site_count(arena, days / 365), STR(""));
    }
    return word_with(arena, W_KEPT_DAYS, site_count(arena, days), STR(""));
}

void insight_withheld(struct site *site, struct buf *html)
{
    page_tag(html, LIT("<p class=\"note\">"), str_of(candor_job_message(site->job)), LIT("</p>"));
    job_forgive(site->job);
}

void insight_act(const struct site *site, struct buf *html, struct str path, struct lit act,
                 enum word words)
{
    site_form_to(site, html, path);
    page_hidden(html, LIT("act"), str_from(act));
    page_button(html, word(words), PAGE_BUTTON_EQUAL);
    page_form_end(html);
}
