/*
 * mitigatepage.c - the price of treating groups alike: a page with one curve and its numbers.
 */
#include "chart.h"

#include <math.h>

#include "mitigate.h"

enum { LEFT = PLOT_LEFT, TOP = PLOT_TOP, RIGHT = PLOT_RIGHT, BOTTOM = PLOT_BOTTOM, HEIGHT = 300 };

static struct range accuracy_range(const struct mitigating *mitigating)
{
    struct range range = {1, 0};
    for (size_t i = 0; i < mitigating->frontier_count; i++) {
        const struct frontier_point *point = &mitigating->frontier[i];
        range.low = fmin(range.low, point->accuracy);
        range.high = fmax(range.high, fmax(point->accuracy, point->by_lot));
    }
    const double room = fmax(0.1 * (range.high - range.low), 0.0005);
    return (struct range){range.low - room, range.high + room};
}

static double widest(const struct mitigating *mitigating)
{
    double most = 0.01;
    for (size_t i = 0; i < mitigating->frontier_count; i++) {
        most = fmax(most, mitigating->frontier[i].disparity);
    }
    return most;
}

static void draw_scales(struct svg *svg, struct arena *arena, const struct axis *x,
                        const struct axis *y)
{
    plot_scales(svg, arena, (struct plot_axis){x, STR("largest difference between groups")},
                (struct plot_axis){y, STR("decided rightly")});
}

static void draw_points(struct svg *svg, struct arena *arena, const struct mitigating *mitigating,
                        const struct axis *x, const struct axis *y)
{
    svg_path_begin(svg, LIT("shape"));
    for (size_t i = 0; i < mitigating->frontier_count; i++) {
        const struct frontier_point *point = &mitigating->frontier[i];
        svg_path_to(svg, i == 0 ? 'M' : 'L', axis_at(x, point->disparity),
                    axis_at(y, point->accuracy));
    }
    svg_path_end(svg, false);
    for (size_t i = 0; i < mitigating->frontier_count; i++) {
        const struct frontier_point *point = &mitigating->frontier[i];
        svg_dot(svg, LIT("dot"), axis_at(x, point->disparity), axis_at(y, point->accuracy),
                str_format(arena, "difference %.4g, %.2f %% decided rightly", point->disparity,
                           100 * point->accuracy));
    }
}

static void put_plot(struct buf *html, struct arena *arena, const struct mitigating *mitigating)
{
    struct svg svg;
    const struct axis x = axis_linear((struct range){0, widest(mitigating)}, LEFT, RIGHT);
    const struct axis y = axis_linear(accuracy_range(mitigating), BOTTOM, TOP);
    svg_begin(&svg, html, PLOT_WIDTH, HEIGHT, false);
    svg_say(&svg, STR("Frontier"),
            STR("How many are decided rightly at each difference between groups; the table beneath "
                "has the numbers."));
    draw_scales(&svg, arena, &x, &y);
    draw_points(&svg, arena, mitigating, &x, &y);
    svg_end(&svg);
}

static struct str number_or_nothing(struct arena *arena, double number)
{
    return isnan(number) ? STR("") : str_format(arena, "%.4f", number);
}

static void put_table(struct buf *html, struct arena *arena, const struct mitigating *mitigating)
{
    static const struct lit column[] = {
        {"Limit", 5},           {"Difference", 10},           {"Decided rightly", 15},
        {"By lot at most", 14}, {"Held out: difference", 20}, {"Held out: rightly", 17}};
    page_table_begin(html, LIT("Frontier"), column, sizeof column / sizeof column[0]);
    for (size_t i = 0; i < mitigating->frontier_count; i++) {
        const struct frontier_point *point = &mitigating->frontier[i];
        const struct str cell[] = {number_or_nothing(arena, point->limit),
                                   number_or_nothing(arena, point->disparity),
                                   number_or_nothing(arena, point->accuracy),
                                   number_or_nothing(arena, point->by_lot),
                                   number_or_nothing(arena, point->held_out_disparity),
                                   number_or_nothing(arena, point->held_out_accuracy)};
        page_table_row(html, cell, sizeof cell / sizeof cell[0]);
    }
    page_table_end(html);
}

struct str mitigate_page(struct job *job, const struct mitigating *mitigating)
{
    struct buf html = buf_begin(job->arena);
    page_begin(&html, LIT("What equal treatment costs"), str_of(mitigating->asked->groups));
    page_tag(&html, LIT("<p class=\"lead\">"),
             str_format(job->arena,
                        "Method %s, constraint %s. Each dot is the best that the method finds "
                        "within a limit; nobody is decided by lot.",
                        mitigating->asked->method, parity_name(mitigating->parity)),
             LIT("</p></header>"));
    buf_lit(&html, LIT("<section><h2>The frontier</h2><figure>"));
    put_plot(&html, job->arena, mitigating);
    buf_lit(&html, LIT("</figure>"));
    put_table(&html, job->arena, mitigating);
    buf_lit(&html, LIT("</section>"));
    page_end(&html);
    return buf_text(&html);
}
