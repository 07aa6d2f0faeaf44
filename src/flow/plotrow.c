/*
 * plotrow.c - categories, ordinals and numbers of few values: a row each.
 *
 *                 −1     0     +1
 *        single       -o-|             ====   share of the rows
 *       married          |  -o-        ==
 *
 * Levels without order are sorted by what they add; the others stand in their order. Missing and other
 * values come last, apart from the rest. Of many levels those with most rows are shown.
 */
#include "chart.h"

#include <stdlib.h>

#include "frame.h"
#include "model.h"

static const double normal_95 = 1.959963984540054;

enum { LABELS = 121, LEFT = 129, TOP = 20, STEP = 19, RIGHT = 300, SHARES = 308, LABEL_FIT = 17 };

/* A level, and which bin of each series it is in. */
struct level {
    struct str label;
    size_t bin[SERIES_MAX];
    bool is_in[SERIES_MAX];
    double weight;
    double value;
    size_t order;
};

struct levels {
    struct level *level;
    size_t count;
    bool is_sorted;
};

/* ---- which rows ---- */

static bool is_value_bin(const struct model_feature *feature, size_t bin)
{
    return bin != BIN_MISSING && bin <= feature->value_count;
}

static struct level level_of_bin(const struct plot *plot, size_t series, size_t bin)
{
    const struct series *of = &plot->series[series];
    struct level level = {.label = feature_bin_label(plot->arena, series_feature(of), bin)};
    level.bin[series] = bin;
    level.is_in[series] = true;
    level.weight = of->term->weight[bin];
    level.value = series_value(of, bin);
    level.order = bin;
    return level;
}

/* The same label in the second series joins the row; a label of its own is a new row. */
static void add_level(struct levels *levels, struct level level, size_t series)
{
    for (size_t i = 0; i < levels->count; i++) {
        struct level *known = &levels->level[i];
        if (str_equal(known->label, level.label)) {
            known->bin[series] = level.bin[series];
            known->is_in[series] = true;
            known->weight = fmax(known->weight, level.weight);
            return;
        }
    }
    levels->level[levels->count++] = level;
}

static int by_weight(const void *left, const void *right)
{
    const struct level *a = left;
    const struct level *b = right;
    if (a->weight != b->weight) {
        return a->weight > b->weight ? -1 : 1;
    }
    return a->order < b->order ? -1 : a->order > b->order;
}

static int by_value(const void *left, const void *right)
{
    const struct level *a = left;
    const struct level *b = right;
    if (a->value != b->value) {
        return a->value > b->value ? -1 : 1;
    }
    return a->order < b->order ? -1 : a->order > b->order;
}

static int by_order(const void *left, const void *right)
{
    const struct level *a = left;
    const struct level *b = right;
    return a->order < b->order ? -1 : a->order > b->order;
}

static void add_rest(const struct plot *plot, struct levels *levels)
{
    for (size_t s = 0; s < plot->series_count; s++) {
        const struct model_feature *feature = series_feature(&plot->series[s]);
        for (size_t bin = 0; bin < feature->bin_count; bin++) {
            if (!is_value_bin(feature, bin) && plot->series[s].term->weight[bin] > 0) {
                add_level(levels, level_of_bin(plot, s, bin), s);
            }
        }
    }
}

static struct levels levels_of(const struct plot *plot)
{
    struct levels levels = {
        .level = NEW_ARRAY(plot->arena, size_mul((size_t)2 * SERIES_MAX, BINS_MAX), struct level)};
    for (size_t s = 0; s < plot->series_count; s++) {
        const struct model_feature *feature = series_feature(&plot->series[s]);
        for (size_t bin = 1; bin <= feature->value_count; bin++) {
            add_level(&levels, level_of_bin(plot, s, bin), s);
        }
    }
    levels.is_sorted = series_feature(&plot->series[0])->kind == COLUMN_CATEGORY;
    if (levels.count > ROWS_SHOWN) {
        qsort(levels.level, levels.count, sizeof *levels.level, by_weight);
        levels.count = ROWS_SHOWN;
    }
    qsort(levels.level, levels.count, sizeof *levels.level, levels.is_sorted ? by_value : by_order);
    add_rest(plot, &levels);
    return levels;
}

/* ---- drawing ---- */

struct stage {
    struct svg svg;
    const struct plot *plot;
    struct axis x;
    double bottom;
    double most; /* the largest share of rows */
};

static double place_x(const struct stage *stage, double value)
{
    return fmin(fmax(axis_at(&stage->x, value), (double)LEFT), (double)RIGHT);
}

static void draw_scale(struct stage *stage)
{
    struct arena *arena = stage->plot->arena;
    const struct model *model = stage->plot->series[0].model;
    double tick[TICKS_MAX];
    const size_t count = axis_ticks(&stage->x, 40, tick);
    for (size_t i = 0; i < count; i++) {
        const double x = axis_at(&stage->x, tick[i]);
        svg_line(&stage->svg, tick[i] == 0 ? LIT("zero") : LIT("grid"), x, TOP - 4, x,
                 stage->bottom);
        svg_text(&stage->svg, LIT("m"), x, stage->bottom + 15, tick_text(arena, tick[i], true));
        if (is_multiplied(model)) {
            svg_text(&stage->svg, LIT("m soft"), x, stage->bottom + 29,
                     factor_text(arena, tick[i]));
        }
    }
    svg_text(&stage->svg, LIT("e soft"), LABELS - 26, stage->bottom + 15, STR("adds"));
    if (is_multiplied(model)) {
        const bool is_odds = model->task == TASK_BINARY || model->task == TASK_CLASSES;
        svg_text(&stage->svg, LIT("e soft"), LABELS - 26, stage->bottom + 29,
                 is_odds ? STR("odds") : STR("mean"));
    }
    svg_text(&stage->svg, LIT("e soft"), PLOT_WIDTH - 2, 11, STR("rows"));
}

static void draw_mark(struct stage *stage, const struct level *level, size_t s, double y)
{
    struct arena *arena = stage->plot->arena;
    const struct series *series = &stage->plot->series[s];
    const size_t cell = level->bin[s];
    const double half = normal_95 * series_sd(series, cell);
    const double value = series_value(series, cell);
    svg_line(&stage->svg, s == 0 ? LIT("whisker") : LIT("whisker two"),
             place_x(stage, value - half), y, place_x(stage, value + half), y);
    svg_dot(&stage->svg, s == 0 ? LIT("dot") : LIT("dot two"), place_x(stage, value), y,
            str_format(arena, "%.*s: %.*s", STR_ARG(level->label),
                       STR_ARG(cell_words(arena, series, cell))));
}

static void draw_level(struct stage *stage, const struct level *level, double y)
{
    struct arena *arena = stage->plot->arena;
    const bool is_two = stage->plot->series_count > 1;
    const double share =
        stage->most > 0 ? sqrt(level->weight / stage->most) * (PLOT_WIDTH - 2 - SHARES) : 0;
    const double box[4] = {PLOT_WIDTH - 2 - share, y - 5, share, 10};
    svg_text(&stage->svg, LIT("e"), LABELS, y + 4, text_fit(arena, level->label, LABEL_FIT));
    svg_line(&stage->svg, LIT("grid"), LEFT, y, RIGHT, y);
    svg_rect(
        &stage->svg, LIT("rows"), box,
        str_format(arena, "%.*s: %.3g %% of the rows", STR_ARG(level->label), 100 * level->weight));
    for (size_t s = 0; s < stage->plot->series_count; s++) {
        if (level->is_in[s]) {
            draw_mark(stage, level, s, is_two ? y - 3 + 6 * (double)s : y);
        }
    }
}

static double rows_bottom(size_t count)
{
    return TOP + STEP * (double)count + 2;
}

/* Below the rows: marks, and what they multiply by. */
static double rows_foot(const struct plot *plot)
{
    return is_multiplied(plot->series[0].model) ? 36 : 22;
}

double plot_rows_height(const struct plot *plot)
{
    return rows_bottom(levels_of(plot).count) + rows_foot(plot);
}

void plot_rows(struct buf *buf, const struct plot *plot, struct str title)
{
    const struct levels levels = levels_of(plot);
    struct stage stage = {.plot = plot};
    stage.bottom = rows_bottom(levels.count);
    stage.x = axis_linear(plot->range, LEFT + 2, RIGHT - 2);
    for (size_t i = 0; i < levels.count; i++) {
        stage.most = fmax(stage.most, levels.level[i].weight);
    }
    svg_begin(&stage.svg, buf, PLOT_WIDTH, stage.bottom + rows_foot(plot), plot->is_alone);
    svg_say(&stage.svg, title, shape_words(plot->arena, &plot->series[0]));
    draw_scale(&stage);
    for (size_t i = 0; i < levels.count; i++) {
        draw_level(&stage, &levels.level[i], TOP + STEP * ((double)i + 0.5));
    }
    svg_end(&stage.svg);
}
