/*
 * chart.h - pictures of a model: shared by the pages about models.
 *
 *   axis.c         where a value stands on an axis, and which values get a mark
 *   svg.c          SVG that cannot be built wrong
 *   plotstep.c     a number: steps with their band, the rows beneath, the missing beside
 *   plotrow.c      categories, ordinals and numbers of few values: a row each
 *   plotheat.c     a pair: a heat map
 *   plotcurve.c    calibration
 *   chartstyle.c   how all of it looks
 *   pagepart.c     what the pages have in common
 *
 * A picture is 360 units wide, so that its text is readable on a phone at full width and two of them
 * stand side by side on a desk. It knows no colour: classes name what a thing is, the style says how it
 * looks in the light, in the dark and on paper.
 */
#ifndef CANDOR_FLOW_CHART_H
#define CANDOR_FLOW_CHART_H

#include "flow.h"

struct term;
struct measures;

/* ---- axis.c -------------------------------------------------------------------------------- */

enum { TICKS_MAX = 16 };

struct range {
    double low;
    double high;
};

struct range range_of_both(struct range one, struct range other);

/* From values to places. AXIS_LOG is linear within about +-scale of 0 and logarithmic beyond: asinh. */
struct axis {
    enum { AXIS_LINEAR, AXIS_LOG } kind;
    struct range value; /* low < high */
    double scale;       /* AXIS_LOG; above 0 */
    bool is_whole;      /* no marks between whole numbers */
    double from;        /* the place of value.low */
    double to;          /* the place of value.high; may be less than from */
};

/* A range without length is widened. */
struct axis axis_linear(struct range value, double from, double to);

/* Values with their weights, ascending: AXIS_LOG when most of them would crowd in a small part. */
struct axis axis_of_values(const double *value, const double *weight, size_t count,
                           struct range range, double from, double to);

double axis_at(const struct axis *axis, double value);

/* Values to mark: round ones within the range, ascending, gap apart at least. Returns their number. */
size_t axis_ticks(const struct axis *axis, double gap, double tick[TICKS_MAX]);

/* "12.5k" and "−0.25"; signed: "+0.25" too. */
struct str tick_text(struct arena *arena, double value, bool is_signed);
/* "×2", "×0.05": what adding a value to a logarithm multiplies by. */
struct str factor_text(struct arena *arena, double value);
/* At most so many characters; "…" stands for what was cut. */
struct str text_fit(struct arena *arena, struct str text, size_t characters);

/* ---- svg.c --------------------------------------------------------------------------------- */

struct svg {
    struct buf *buf;
};

/* is_alone: a file of its own, with its style. title and text are said to those who do not see it. */
void svg_begin(struct svg *svg, struct buf *buf, double width, double height, bool is_alone);
void svg_say(struct svg *svg, struct str title, struct str text);
void svg_end(struct svg *svg);
void svg_line(struct svg *svg, struct lit class, double x1, double y1, double x2, double y2);
/* title: shown when pointed at; ptr NULL: none. */
void svg_rect(struct svg *svg, struct lit class, const double box[4], struct str title);
void svg_dot(struct svg *svg, struct lit class, double x, double y, struct str title);
void svg_text(struct svg *svg, struct lit class, double x, double y, struct str text);
void svg_text_turned(struct svg *svg, struct lit class, double x, double y, struct str text);
void svg_path_begin(struct svg *svg, struct lit class);
void svg_path_to(struct svg *svg, char how, double x, double y); /* 'M' or 'L' */
void svg_path_end(struct svg *svg, bool is_closed);

/* ---- plots --------------------------------------------------------------------------------- */

#define PLOT_WIDTH 360.0
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

struct lit chart_style(void);
struct lit chart_style_alone(void);

/* ---- pagepart.c ---------------------------------------------------------------------------- */

struct lit page_style(void); /* pagestyle.c */
void page_begin(struct buf *html, struct lit kind, struct str title);
void page_end(struct buf *html);
void page_count(struct buf *html, uint64_t count); /* 12,345 */
void page_tag(struct buf *html, struct lit open, struct str text, struct lit close);
/* Importances as bars; those that say nothing are "< 0.001". */
struct str importance_text(struct arena *arena, double importance);
/* What one unit of contribution means, for people. */
struct str unit_words(struct arena *arena, const struct model *model);

#endif
