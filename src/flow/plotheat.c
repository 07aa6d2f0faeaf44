/*
 * plotheat.c - a pair: what two features add together beyond what each adds alone.
 *
 * Blue takes away and orange adds, in nine steps that also people who do not see red and green tell
 * apart; pale is nothing. A cell says its number when pointed at. Cells that no training row was in
 * are left empty: what a table says there is guessed from its neighbours.
 */
#include "chart.h"

#include "frame.h"
#include "model.h"

enum {
    LEFT = 98,
    TOP = 24,
    RIGHT = 352,
    STEPS = 9,
    LABEL_FIT = 14,
    ROW_HIGHEST = 22,
    LABELS_DEEP = 80,
    LEGEND_DEEP = 16
};

struct grid {
    struct svg svg;
    const struct plot *plot;
    const struct series *series;
    size_t row[PAIR_AXIS_MAX]; /* places that training rows are in */
    size_t column[PAIR_AXIS_MAX];
    size_t row_count;
    size_t column_count;
    double width;  /* of a cell */
    double height; /* of a cell */
    double most;   /* the largest |contribution| shown */
};

static size_t cell_at(const struct grid *grid, size_t row, size_t column)
{
    return grid->row[row] * grid->series->term->axis_count[1] + grid->column[column];
}

static double weight_of_row(const struct term *term, size_t row)
{
    double sum = 0;
    for (size_t column = 0; column < term->axis_count[1]; column++) {
        sum += term->weight[row * term->axis_count[1] + column];
    }
    return sum;
}

static double weight_of_column(const struct term *term, size_t column)
{
    double sum = 0;
    for (size_t row = 0; row < term->axis_count[0]; row++) {
        sum += term->weight[row * term->axis_count[1] + column];
    }
    return sum;
}

static void find_places(struct grid *grid)
{
    const struct term *term = grid->series->term;
    for (size_t row = 0; row < term->axis_count[0]; row++) {
        if (weight_of_row(term, row) > 0) {
            grid->row[grid->row_count++] = row;
        }
    }
    for (size_t column = 0; column < term->axis_count[1]; column++) {
        if (weight_of_column(term, column) > 0) {
            grid->column[grid->column_count++] = column;
        }
    }
    for (size_t cell = 0; cell < term->cell_count; cell++) {
        if (term->weight[cell] > 0) {
            grid->most = fmax(grid->most, fabs(series_value(grid->series, cell)));
        }
    }
}

/* ---- drawing ---- */

/* 0 .. 8; 4 is about nothing. */
static size_t step_of(double value, double most)
{
    const double part = most > 0 ? value / most : 0;
    const double step = floor((part + 1) / 2 * STEPS);
    return step >= STEPS ? STEPS - 1 : step > 0 ? (size_t)step : 0;
}

static struct lit step_class(size_t step)
{
    switch (step) {
    case 0:
        return LIT("n4");
    case 1:
        return LIT("n3");
    case 2:
        return LIT("n2");
    case 3:
        return LIT("n1");
    case 5:
        return LIT("p1");
    case 6:
        return LIT("p2");
    case 7:
        return LIT("p3");
    case 8:
        return LIT("p4");
    default:
        return LIT("z0");
    }
}

static void draw_cell(struct grid *grid, size_t row, size_t column)
{
    struct arena *arena = grid->plot->arena;
    const size_t cell = cell_at(grid, row, column);
    const double x = LEFT + grid->width * (double)column;
    const double y = TOP + grid->height * (double)row;
    const double box[4] = {x, y, grid->width - 1, grid->height - 1};
    const struct str where = str_format(
        arena, "%.*s and %.*s", STR_ARG(place_label(arena, grid->series, 0, grid->row[row])),
        STR_ARG(place_label(arena, grid->series, 1, grid->column[column])));
    if (!(grid->series->term->weight[cell] > 0)) {
        svg_rect(&grid->svg, LIT("empty"), box,
                 str_format(arena, "%.*s: no training rows", STR_ARG(where)));
        return;
    }
    svg_rect(&grid->svg, step_class(step_of(series_value(grid->series, cell), grid->most)), box,
             str_format(arena, "%.*s: %.*s", STR_ARG(where),
                        STR_ARG(cell_words(arena, grid->series, cell))));
}

static void draw_labels(struct grid *grid)
{
    struct arena *arena = grid->plot->arena;
    for (size_t row = 0; row < grid->row_count; row++) {
        const struct str label = place_label(arena, grid->series, 0, grid->row[row]);
        svg_text(&grid->svg, LIT("e tiny"), LEFT - 5,
                 TOP + grid->height * ((double)row + 0.5) + 3.5,
                 text_fit(arena, label, LABEL_FIT + 2));
    }
    const double y = TOP + grid->height * (double)grid->row_count + 10;
    for (size_t column = 0; column < grid->column_count; column++) {
        const struct str label = place_label(arena, grid->series, 1, grid->column[column]);
        svg_text_turned(&grid->svg, LIT("e tiny"), LEFT + grid->width * ((double)column + 0.5) + 3,
                        y, text_fit(arena, label, LABEL_FIT));
    }
}

/* The names of the axes: the first down, the second across. */
static void draw_names(struct grid *grid)
{
    struct arena *arena = grid->plot->arena;
    const struct model *model = grid->series->model;
    const struct str down =
        text_fit(arena, model->feature[grid->series->term->feature[0]].name, 14);
    const struct str across =
        text_fit(arena, model->feature[grid->series->term->feature[1]].name, 34);
    svg_text(&grid->svg, LIT("e soft"), LEFT - 5, 14,
             str_format(arena, "%.*s \xe2\x86\x93", STR_ARG(down)));
    svg_text(&grid->svg, LIT("soft"), LEFT, 14,
             str_format(arena, "%.*s \xe2\x86\x92", STR_ARG(across)));
}

static void draw_legend(struct grid *grid, double y)
{
    struct arena *arena = grid->plot->arena;
    const double width = 16;
    const double left = RIGHT - width * STEPS - 42;
    for (size_t step = 0; step < STEPS; step++) {
        const double box[4] = {left + width * (double)step, y, width, 9};
        svg_rect(&grid->svg, step_class(step), box, (struct str){NULL, 0});
    }
    struct axis axis =
        axis_linear((struct range){-grid->most, grid->most}, left, left + width * STEPS);
    const struct str high = str_format(arena, "+%.2g", grid->most);
    const struct str low = str_format(arena, "\xe2\x88\x92%.2g", grid->most);
    svg_text(&grid->svg, LIT("e tiny"), left - 5, y + 8, low);
    svg_text(&grid->svg, LIT("tiny"), axis.to + 5, y + 8, high);
}

static struct grid grid_of(const struct plot *plot)
{
    struct grid grid = {.plot = plot, .series = &plot->series[0]};
    find_places(&grid);
    grid.width = (double)(RIGHT - LEFT) / fmax((double)grid.column_count, 1);
    grid.height = fmin(fmax(200 / fmax((double)grid.row_count, 1), 14), ROW_HIGHEST);
    return grid;
}

/* Where the legend is, below cells and labels. */
static double legend_at(const struct grid *grid)
{
    return TOP + grid->height * (double)grid->row_count + LABELS_DEEP;
}

double plot_heat_height(const struct plot *plot)
{
    const struct grid grid = grid_of(plot);
    return legend_at(&grid) + LEGEND_DEEP;
}

void plot_heat(struct buf *buf, const struct plot *plot, struct str title)
{
    struct grid grid = grid_of(plot);
    svg_begin(&grid.svg, buf, PLOT_WIDTH, legend_at(&grid) + LEGEND_DEEP, plot->is_alone);
    svg_say(&grid.svg, title, shape_words(plot->arena, grid.series));
    draw_names(&grid);
    draw_labels(&grid);
    for (size_t row = 0; row < grid.row_count; row++) {
        for (size_t column = 0; column < grid.column_count; column++) {
            draw_cell(&grid, row, column);
        }
    }
    draw_legend(&grid, legend_at(&grid));
    svg_end(&grid.svg);
}
