/*
 * plotcurve.c - calibration: what was predicted against what happened, in tenths of the rows.
 *
 * On the dotted line a prediction means what it says. A whisker is the 95 % interval of what happened
 * (Wilson); counts and amounts have none, since the spread of their rows is not kept.
 */
#include "chart.h"

#include "model.h"
#include "numeric.h"

enum { LEFT = PLOT_LEFT, TOP = PLOT_TOP, RIGHT = PLOT_RIGHT, BOTTOM = PLOT_BOTTOM, HEIGHT = 300 };

static struct interval tenth_interval(const struct calibration *tenth)
{
    const double hits = round(tenth->observed * (double)tenth->rows);
    const struct rate rate = {(uint64_t)fmin(fmax(hits, 0), (double)tenth->rows), tenth->rows};
    return wilson_interval(rate, 0.95);
}

static struct range range_of(const struct measures *measures, bool has_chances)
{
    struct range range = {0, 0};
    for (size_t i = 0; i < measures->calibration_count; i++) {
        const struct calibration *tenth = &measures->calibration[i];
        const double high = has_chances ? tenth_interval(tenth).high : 0;
        range.high = fmax(range.high, fmax(high, fmax(tenth->predicted, tenth->observed)));
    }
    return has_chances && range.high > 0.6 ? (struct range){0, 1} : range;
}

void plot_scales(struct svg *svg, struct arena *arena, struct plot_axis across, struct plot_axis up)
{
    double tick[TICKS_MAX];
    const size_t rows = axis_ticks(up.axis, 40, tick);
    for (size_t i = 0; i < rows; i++) {
        const double at = axis_at(up.axis, tick[i]);
        svg_line(svg, LIT("grid"), LEFT, at, RIGHT, at);
        svg_text(svg, LIT("e"), LEFT - 6, at + 4, tick_text(arena, tick[i], false));
    }
    const size_t columns = axis_ticks(across.axis, 44, tick);
    for (size_t i = 0; i < columns; i++) {
        const double at = axis_at(across.axis, tick[i]);
        svg_line(svg, LIT("grid"), at, TOP, at, BOTTOM);
        svg_text(svg, LIT("m"), at, BOTTOM + 16, tick_text(arena, tick[i], false));
    }
    svg_text(svg, LIT("m soft"), (LEFT + RIGHT) / 2.0, BOTTOM + 36, across.name);
    svg_text(svg, LIT("soft"), LEFT + 6, TOP + 12, up.name);
}

static void draw_scales(struct svg *svg, struct arena *arena, const struct axis *x,
                        const struct axis *y)
{
    plot_scales(svg, arena, (struct plot_axis){x, STR("predicted")},
                (struct plot_axis){y, STR("what happened")});
    svg_line(svg, LIT("ideal"), axis_at(x, x->value.low), axis_at(y, x->value.low),
             axis_at(x, x->value.high), axis_at(y, x->value.high));
}

void plot_calibration(struct buf *buf, struct arena *arena, const struct measures *measures,
                      bool has_chances)
{
    struct svg svg;
    const struct range range = range_of(measures, has_chances);
    const struct axis x = axis_linear(range, LEFT, RIGHT);
    const struct axis y = axis_linear(range, BOTTOM, TOP);
    svg_begin(&svg, buf, PLOT_WIDTH, HEIGHT, false);
    svg_say(&svg, STR("Calibration"),
            str_format(arena, "Mean distance between predicted and observed: %.3g",
                       calibration_error(measures)));
    draw_scales(&svg, arena, &x, &y);
    svg_path_begin(&svg, LIT("shape"));
    for (size_t i = 0; i < measures->calibration_count; i++) {
        const struct calibration *tenth = &measures->calibration[i];
        svg_path_to(&svg, i == 0 ? 'M' : 'L', axis_at(&x, tenth->predicted),
                    axis_at(&y, tenth->observed));
    }
    svg_path_end(&svg, false);
    for (size_t i = 0; i < measures->calibration_count; i++) {
        const struct calibration *tenth = &measures->calibration[i];
        const double at = axis_at(&x, tenth->predicted);
        if (has_chances) {
            const struct interval interval = tenth_interval(tenth);
            svg_line(&svg, LIT("whisker"), at, axis_at(&y, interval.low), at,
                     axis_at(&y, interval.high));
        }
        svg_dot(&svg, LIT("dot"), at, axis_at(&y, tenth->observed),
                str_format(arena, "predicted %.4g, observed %.4g, %llu rows", tenth->predicted,
                           tenth->observed, (unsigned long long)tenth->rows));
    }
    svg_end(&svg);
}
