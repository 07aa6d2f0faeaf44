/*
 * chart.h - pictures of a model: shared by the pages about models.
 *
 *   plotstep.c     a number: steps with their band, the rows beneath, the missing beside
 *   plotrow.c      categories, ordinals and numbers of few values: a row each
 *   plotheat.c     a pair: a heat map
 *   plotcurve.c    calibration
 *   modelwords.c   what the pages about models say alike
 *
 * A picture is 360 units wide, so that its text is readable on a phone at full width and two of them
 * stand side by side on a desk.
 */
#ifndef CANDOR_FLOW_CHART_H
#define CANDOR_FLOW_CHART_H

#include "flow.h"
#include "page.h"

struct term;
struct measures;

/* ---- plots --------------------------------------------------------------------------------- */

#define PLOT_WIDTH 360.0

/* Two numbers against each other: the grid with its numbers, and what each axis is. */
enum { PLOT_LEFT = 50, PLOT_TOP = 12, PLOT_RIGHT = 348, PLOT_BOTTOM = 252 };
struct plot_axis {
    const struct axis *axis;
    struct str name;
};
void plot_scales(struct svg *svg, struct arena *arena, struct plot_axis across,
                 struct plot_axis up);

#define SERIES_MAX 2

/* A term of a model; of classes, one of them. Two in one picture are compared. */
struct series {
    const struct model *model;
    const struct term *term;
    size_t class;
};

struct plot {
    struct arena *arena;
    struct series series[SERIES_MAX];
    size_t series_count; /* all over the same feature */
    struct range range;  /* of contributions */
    bool is_alone;
};

double series_value(const struct series *series, size_t cell);
double series_sd(const struct series *series, size_t cell);
const struct model_feature *series_feature(const struct series *series);
/* The contributions, and as much of their bands as does not squeeze them. */
struct range series_range(const struct series *series);
/* Adding to the link multiplies the odds, or the mean. */
bool is_multiplied(const struct model *model);
/* "+0.61 (odds ×1.84), 0.5 to 0.72; 2.3 % of the rows" */
struct str cell_words(struct arena *arena, const struct series *series, size_t cell);
/* Where it is highest and lowest, in words. */
struct str shape_words(struct arena *arena, const struct series *series);
/* "37 to 41": the bins in one place along an axis of a pair. */
/* A bin as a sentence calls it: its numbers are short. */
struct str bin_words(struct arena *arena, const struct model_feature *feature, size_t bin);
struct str place_label(struct arena *arena, const struct series *series, size_t side, size_t at);

/* Whichever of the three fits the term. title is what a screen reader says first. */
void plot_term(struct buf *buf, const struct plot *plot, struct str title);
double plot_height(const struct plot *plot);
void plot_steps(struct buf *buf, const struct plot *plot, struct str title);
#define PLOT_STEPS_HEIGHT 224.0
void plot_rows(struct buf *buf, const struct plot *plot, struct str title);
double plot_rows_height(const struct plot *plot);
#define ROWS_SHOWN 16 /* levels of one category */
void plot_heat(struct buf *buf, const struct plot *plot, struct str title);
double plot_heat_height(const struct plot *plot);
void plot_calibration(struct buf *buf, struct arena *arena, const struct measures *measures,
                      bool has_chances);

/* ---- modelwords.c -------------------------------------------------------------------------- */

/* Importances as bars; those that say nothing are "< 0.001". */
struct str importance_text(struct arena *arena, double importance);
/* What one unit of contribution means, for people. */
struct str unit_words(struct arena *arena, const struct model *model);

#endif
