/*
 * plotstep.c - a number: what each value adds, as steps.
 *
 *     +0.5 |      ____            ×1.6      the shape, in its 95 % band
 *        0 |-----|----|---------  ×1        nothing added
 *     −0.5 |_____|    |_____  o   ×0.61     o: missing
 *           ..:|||::...       |             where the training rows are
 *           0   20   40       missing
 *
 * The function is constant between its cuts, and so it is drawn. Bars beneath have the area of their
 * rows, but for the root of their height: few rows are seen beside many.
 */
#include "chart.h"

#include "frame.h"
#include "model.h"

static const double normal_95 = 1.959963984540054;

/* The places of the picture. */
enum {
    LEFT = 46,
    TOP = 22,
    BOTTOM = 150,
    BARS_TOP = 157,
    BARS_BOTTOM = 182,
    MARKS = 198,
    NAME = 217,
};

struct stage {
    struct svg svg;
    const struct plot *plot;
    struct axis x;
    struct axis y;
    double missing_at; /* 0: no row was without a value */
};

/* ---- geometry ---- */

static double edge_low(const struct model_feature *feature, size_t v)
{
    if (v > 0) {
        return feature->cut[v];
    }
    /* A lone first value, as the zeros of many features are, gets a step one can see. */
    const double beyond = feature->value_count > 1 ? feature->cut[1] - feature->high[0] : 0;
    return feature->low[0] - beyond;
}

static double edge_high(const struct model_feature *feature, size_t v)
{
    const size_t last = feature->value_count - 1;
    if (v < last) {
        return feature->cut[v + 1];
    }
    return feature->high[last] + (last > 0 ? feature->low[last] - feature->cut[last] : 0);
}

static double place_y(const struct stage *stage, double value)
{
    const double y = axis_at(&stage->y, value);
    return fmin(fmax(y, (double)TOP), (double)BOTTOM);
}

static double place_x(const struct stage *stage, double value)
{
    return fmin(fmax(axis_at(&stage->x, value), stage->x.from), stage->x.to);
}

static bool is_missing_seen(const struct plot *plot)
{
    for (size_t s = 0; s < plot->series_count; s++) {
        if (plot->series[s].term->weight[BIN_MISSING] > 0) {
            return true;
        }
    }
    return false;
}

static struct axis axis_of_plot(const struct plot *plot, double to)
{
    const struct model_feature *first = series_feature(&plot->series[0]);
    double value[BINS_MAX];
    struct range range = {HUGE_VAL, -HUGE_VAL};
    for (size_t s = 0; s < plot->series_count; s++) {
        const struct model_feature *feature = series_feature(&plot->series[s]);
        if (feature->value_count > 0) {
            const struct range part = {edge_low(feature, 0),
                                       edge_high(feature, feature->value_count - 1)};
            range = range_of_both(range, part);
        }
    }
    if (!(range.high >= range.low)) {
        range = (struct range){0, 0};
    }
    for (size_t v = 0; v < first->value_count; v++) {
        value[v] = first->low[v] + (first->high[v] - first->low[v]) / 2;
    }
    return axis_of_values(value, plot->series[0].term->weight + 1, first->value_count, range, LEFT,
                          to);
}

/* ---- parts ---- */

static void draw_scale(struct stage *stage)
{
    struct arena *arena = stage->plot->arena;
    const struct model *model = stage->plot->series[0].model;
    const double right = stage->missing_at > 0 ? stage->missing_at + 18 : stage->x.to;
    double tick[TICKS_MAX];
    const size_t count = axis_ticks(&stage->y, 24, tick);
    for (size_t i = 0; i < count; i++) {
        const double y = axis_at(&stage->y, tick[i]);
        svg_line(&stage->svg, tick[i] == 0 ? LIT("zero") : LIT("grid"), LEFT, y, right, y);
        svg_text(&stage->svg, LIT("e"), LEFT - 5, y + 4, tick_text(arena, tick[i], true));
        if (is_multiplied(model)) {
            svg_text(&stage->svg, LIT("soft"), right + 5, y + 4, factor_text(arena, tick[i]));
        }
    }
    svg_text(&stage->svg, LIT("soft"), 2, 11, STR("adds"));
    if (is_multiplied(model)) {
        const bool is_odds = model->task == TASK_BINARY || model->task == TASK_CLASSES;
        svg_text(&stage->svg, LIT("e soft"), PLOT_WIDTH - 2, 11,
                 is_odds ? STR("odds") : STR("mean"));
    }
}

static void draw_marks(struct stage *stage)
{
    struct arena *arena = stage->plot->arena;
    double tick[TICKS_MAX];
    const size_t count = axis_ticks(&stage->x, 44, tick);
    svg_line(&stage->svg, LIT("base"), stage->x.from, BARS_BOTTOM, stage->x.to, BARS_BOTTOM);
    for (size_t i = 0; i < count; i++) {
        const double x = axis_at(&stage->x, tick[i]);
        svg_line(&stage->svg, LIT("base"), x, BARS_BOTTOM, x, BARS_BOTTOM + 3);
        svg_text(&stage->svg, LIT("m"), x, MARKS, tick_text(arena, tick[i], false));
    }
    const struct str name = text_fit(arena, series_feature(&stage->plot->series[0])->name,
                                     stage->missing_at > 0 ? 32 : 42);
    svg_text(&stage->svg, LIT("m soft"), (stage->x.from + stage->x.to) / 2, NAME, name);
}

static void draw_band(struct stage *stage, const struct series *series, struct lit class)
{
    const struct model_feature *feature = series_feature(series);
    svg_path_begin(&stage->svg, class);
    for (size_t v = 0; v < feature->value_count; v++) {
        const double y =
            place_y(stage, series_value(series, v + 1) + normal_95 * series_sd(series, v + 1));
        svg_path_to(&stage->svg, v == 0 ? 'M' : 'L', place_x(stage, edge_low(feature, v)), y);
        svg_path_to(&stage->svg, 'L', place_x(stage, edge_high(feature, v)), y);
    }
    for (size_t v = feature->value_count; v-- > 0;) {
        const double y =
            place_y(stage, series_value(series, v + 1) - normal_95 * series_sd(series, v + 1));
        svg_path_to(&stage->svg, 'L', place_x(stage, edge_high(feature, v)), y);
        svg_path_to(&stage->svg, 'L', place_x(stage, edge_low(feature, v)), y);
    }
    svg_path_end(&stage->svg, true);
}

static void draw_shape(struct stage *stage, const struct series *series, struct lit class)
{
    const struct model_feature *feature = series_feature(series);
    svg_path_begin(&stage->svg, class);
    for (size_t v = 0; v < feature->value_count; v++) {
        const double y = place_y(stage, series_value(series, v + 1));
        svg_path_to(&stage->svg, v == 0 ? 'M' : 'L', place_x(stage, edge_low(feature, v)), y);
        svg_path_to(&stage->svg, 'L', place_x(stage, edge_high(feature, v)), y);
    }
    svg_path_end(&stage->svg, false);
}

static double density(const struct stage *stage, const struct series *series, size_t v)
{
    const struct model_feature *feature = series_feature(series);
    const double width =
        place_x(stage, edge_high(feature, v)) - place_x(stage, edge_low(feature, v));
    return series->term->weight[v + 1] / fmax(width, 0.8);
}

static void draw_bars(struct stage *stage, const struct series *series)
{
    const struct model_feature *feature = series_feature(series);
    double most = 0;
    for (size_t v = 0; v < feature->value_count; v++) {
        most = fmax(most, density(stage, series, v));
    }
    if (!(most > 0)) {
        return;
    }
    svg_path_begin(&stage->svg, LIT("rows"));
    svg_path_to(&stage->svg, 'M', stage->x.from, BARS_BOTTOM);
    for (size_t v = 0; v < feature->value_count; v++) {
        const double from = place_x(stage, edge_low(feature, v));
        const double to = fmax(place_x(stage, edge_high(feature, v)), from + 0.8);
        const double height = sqrt(density(stage, series, v) / most) * (BARS_BOTTOM - BARS_TOP);
        svg_path_to(&stage->svg, 'L', from, BARS_BOTTOM - height);
        svg_path_to(&stage->svg, 'L', to, BARS_BOTTOM - height);
    }
    svg_path_to(&stage->svg, 'L', stage->x.to, BARS_BOTTOM);
    svg_path_end(&stage->svg, true);
}

static void draw_missing(struct stage *stage, const struct series *series, size_t index)
{
    struct arena *arena = stage->plot->arena;
    const double weight = series->term->weight[BIN_MISSING];
    const double x =
        stage->missing_at + (double)index * 7 - (stage->plot->series_count > 1 ? 3.5 : 0);
    const double value = series_value(series, BIN_MISSING);
    const double half = normal_95 * series_sd(series, BIN_MISSING);
    if (!(weight > 0)) {
        return;
    }
    svg_line(&stage->svg, index == 0 ? LIT("whisker") : LIT("whisker two"), x,
             place_y(stage, value - half), x, place_y(stage, value + half));
    svg_dot(&stage->svg, index == 0 ? LIT("dot") : LIT("dot two"), x, place_y(stage, value),
            str_format(arena, "missing: %.*s", STR_ARG(cell_words(arena, series, BIN_MISSING))));
    if (index == 0) {
        svg_text(&stage->svg, LIT("m"), stage->missing_at, MARKS, STR("missing"));
        svg_text(&stage->svg, LIT("m soft"), stage->missing_at, NAME,
                 str_format(arena, "%.2g %%", 100 * weight));
    }
}

/* What is said when a value is pointed at: a column as high as the picture for each step. */
static void draw_pointers(struct stage *stage, const struct series *series)
{
    struct arena *arena = stage->plot->arena;
    const struct model_feature *feature = series_feature(series);
    for (size_t v = 0; v < feature->value_count; v++) {
        const double from = place_x(stage, edge_low(feature, v));
        const double to = place_x(stage, edge_high(feature, v));
        const double box[4] = {from, TOP, fmax(to - from, 0.3), BARS_BOTTOM - TOP};
        svg_rect(&stage->svg, LIT("pointed"), box,
                 str_format(arena, "%.*s: %.*s", STR_ARG(bin_words(arena, feature, v + 1)),
                            STR_ARG(cell_words(arena, series, v + 1))));
    }
}

void plot_steps(struct buf *buf, const struct plot *plot, struct str title)
{
    struct stage stage = {.plot = plot};
    const bool has_factors = is_multiplied(plot->series[0].model);
    const double right = has_factors ? PLOT_WIDTH - 44 : PLOT_WIDTH - 8;
    stage.missing_at = is_missing_seen(plot) ? right - 18 : 0;
    stage.x = axis_of_plot(plot, stage.missing_at > 0 ? stage.missing_at - 40 : right);
    stage.y = axis_linear(plot->range, BOTTOM, TOP);

    svg_begin(&stage.svg, buf, PLOT_WIDTH, PLOT_STEPS_HEIGHT, plot->is_alone);
    svg_say(&stage.svg, title, shape_words(plot->arena, &plot->series[0]));
    draw_scale(&stage);
    draw_bars(&stage, &plot->series[0]);
    draw_marks(&stage);
    for (size_t s = 0; s < plot->series_count; s++) {
        draw_band(&stage, &plot->series[s], s == 0 ? LIT("band") : LIT("band two"));
    }
    for (size_t s = 0; s < plot->series_count; s++) {
        draw_shape(&stage, &plot->series[s], s == 0 ? LIT("shape") : LIT("shape two"));
        draw_missing(&stage, &plot->series[s], s);
    }
    draw_pointers(&stage, &plot->series[0]);
    svg_end(&stage.svg);
}
