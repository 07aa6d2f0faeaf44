/*
 * boardchart.c - pictures of key figures, for eyes of every kind: lines with dots, no colour that means
 * anything by itself, and the same in words for those who hear a page.
 */
#include <math.h>

#include "boardpages.h"

/* ---- a series ------------------------------------------------------------------------------ */

enum { SERIES_WIDTH = 240, SERIES_HEIGHT = 56, SERIES_MARGIN = 6, CALIBRATION_SIZE = 320 };

static struct range range_of(const struct value *values)
{
    struct range range = {0, 0};
    for (size_t i = 0; i < values->count; i++) {
        if (values->item[i].kind == VALUE_NUMBER) {
            range.high = fmax(range.high, values->item[i].number);
        }
    }
    return range;
}

void boardpage_series(struct buf *html, struct str title, struct str text,
                      const struct value *values)
{
    struct svg svg;
    const double low = SERIES_HEIGHT - SERIES_MARGIN;
    const struct axis x = axis_linear((struct range){0, fmax(1, (double)values->count - 1)},
                                      SERIES_MARGIN, SERIES_WIDTH - SERIES_MARGIN);
    struct range range = range_of(values);
    range.high = range.high > 0 ? range.high : 1; /* nothing happened: a line on the ground */
    const struct axis y = axis_linear(range, low, SERIES_MARGIN);
    bool is_down = false; /* the pen */
    size_t last = values->count;
    svg_begin(&svg, html, SERIES_WIDTH, SERIES_HEIGHT, false);
    svg_say(&svg, title, text);
    svg_line(&svg, LIT("base"), SERIES_MARGIN, low, SERIES_WIDTH - SERIES_MARGIN, low);
    svg_path_begin(&svg, LIT("shape"));
    for (size_t i = 0; i < values->count; i++) {
        const bool is_known = values->item[i].kind == VALUE_NUMBER;
        if (is_known) {
            svg_path_to(&svg, is_down ? 'L' : 'M', axis_at(&x, (double)i),
                        axis_at(&y, values->item[i].number));
            last = i;
        }
        is_down = is_known;
    }
    svg_path_end(&svg, false);
    if (last < values->count) {
        svg_dot(&svg, LIT("dot"), axis_at(&x, (double)last), axis_at(&y, values->item[last].number),
                (struct str){NULL, 0});
    }
    svg_end(&svg);
}

/* ---- calibration --------------------------------------------------------------------------- */

static struct str calibration_text(struct arena *arena, const struct value *calibration)
{
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < calibration->count; i++) {
        buf_str(&buf, i == 0 ? STR("") : STR(" "));
        buf_str(&buf,
                word_with(arena, W_BOARD_CALIBRATION_POINT,
                          site_percent(arena, site_number(&calibration->item[i], "predicted")),
                          site_percent(arena, site_number(&calibration->item[i], "observed"))));
    }
    return buf_text(&buf);
}

void boardpage_calibration(struct buf *html, const struct value *calibration)
{
    struct svg svg;
    double most = 0.1;
    const double from = 44;
    const double to = CALIBRATION_SIZE - 34;
    for (size_t i = 0; i < calibration->count; i++) {
        most = fmax(most, fmax(site_number(&calibration->item[i], "predicted"),
                               site_number(&calibration->item[i], "observed")));
    }
    const struct axis x = axis_linear((struct range){0, most}, from, CALIBRATION_SIZE - 10);
    const struct axis y = axis_linear((struct range){0, most}, to, 10);
    double tick[TICKS_MAX];
    const size_t ticks = axis_ticks(&x, 50, tick);
    svg_begin(&svg, html, CALIBRATION_SIZE, CALIBRATION_SIZE, false);
    svg_say(&svg, str_from(word(W_BOARD_CALIBRATION)), calibration_text(html->arena, calibration));
    for (size_t t = 0; t < ticks; t++) {
        const struct str mark = str_format(html->arena, "%.0f %%", 100 * tick[t]);
        svg_line(&svg, LIT("grid"), axis_at(&x, tick[t]), 10, axis_at(&x, tick[t]), to);
        svg_line(&svg, LIT("grid"), from, axis_at(&y, tick[t]), CALIBRATION_SIZE - 10,
                 axis_at(&y, tick[t]));
        svg_text(&svg, LIT("soft m"), axis_at(&x, tick[t]), to + 15, mark);
        svg_text(&svg, LIT("soft e"), from - 6, axis_at(&y, tick[t]) + 4, mark);
    }
    svg_line(&svg, LIT("ideal"), axis_at(&x, 0), axis_at(&y, 0), axis_at(&x, most),
             axis_at(&y, most));
    for (size_t i = 0; i < calibration->count; i++) {
        svg_dot(&svg, LIT("dot"), axis_at(&x, site_number(&calibration->item[i], "predicted")),
                axis_at(&y, site_number(&calibration->item[i], "observed")), (struct str){NULL, 0});
    }
    svg_text(&svg, LIT("soft m"), (from + CALIBRATION_SIZE - 10) / 2, CALIBRATION_SIZE - 4,
             str_from(word(W_BOARD_CALIBRATION_AXIS)));
    svg_end(&svg);
}
