/*
 * svg.c - SVG that cannot be built wrong: classes are literals, texts are escaped, numbers are finite.
 */
#include "page.h"

#include <math.h>

/* One decimal is finer than any eye; a number that is none would make the picture unreadable. */
static void put_number(struct buf *buf, const char *name, double value)
{
    must(isfinite(value));
    const double shown = fabs(value) < 0.05 ? 0 : value;
    buf_format(buf, " %s=\"%.1f\"", name, shown);
}

static void put_begin(struct svg *svg, struct lit element, struct lit class)
{
    buf_lit(svg->buf, LIT("<"));
    buf_lit(svg->buf, element);
    if (class.len > 0) {
        buf_lit(svg->buf, LIT(" class=\""));
        buf_lit(svg->buf, class);
        buf_lit(svg->buf, LIT("\""));
    }
}

static void put_title(struct svg *svg, struct str title)
{
    buf_lit(svg->buf, LIT("<title>"));
    html_text(svg->buf, title);
    buf_lit(svg->buf, LIT("</title>"));
}

/* The end of an element that holds nothing but its title. */
static void put_end(struct svg *svg, struct lit element, struct str title)
{
    buf_lit(svg->buf, LIT(">"));
    if (title.ptr != NULL) {
        put_title(svg, title);
    }
    buf_lit(svg->buf, LIT("</"));
    buf_lit(svg->buf, element);
    buf_lit(svg->buf, LIT(">"));
}

void svg_begin(struct svg *svg, struct buf *buf, double width, double height, bool is_alone)
{
    *svg = (struct svg){buf};
    buf_lit(buf, LIT("<svg class=\"chart\" role=\"img\""));
    if (is_alone) {
        buf_lit(buf, LIT(" xmlns=\"http://www.w3.org/2000/svg\""));
        put_number(buf, "width", 2 * width);
        put_number(buf, "height", 2 * height);
    }
    buf_format(buf, " viewBox=\"0 0 %.0f %.0f\">", width, height);
    if (is_alone) {
        buf_lit(buf, LIT("<style>"));
        buf_lit(buf, chart_style_alone());
        buf_lit(buf, chart_style());
        buf_lit(buf, LIT("</style>"));
        const double all[4] = {0, 0, width, height};
        svg_rect(svg, LIT("paper"), all, (struct str){NULL, 0});
    }
}

void svg_say(struct svg *svg, struct str title, struct str text)
{
    put_title(svg, title);
    buf_lit(svg->buf, LIT("<desc>"));
    html_text(svg->buf, text);
    buf_lit(svg->buf, LIT("</desc>"));
}

void svg_end(struct svg *svg)
{
    buf_lit(svg->buf, LIT("</svg>"));
}

void svg_line(struct svg *svg, struct lit class, double x1, double y1, double x2, double y2)
{
    put_begin(svg, LIT("line"), class);
    put_number(svg->buf, "x1", x1);
    put_number(svg->buf, "y1", y1);
    put_number(svg->buf, "x2", x2);
    put_number(svg->buf, "y2", y2);
    put_end(svg, LIT("line"), (struct str){NULL, 0});
}

void svg_rect(struct svg *svg, struct lit class, const double box[4], struct str title)
{
    put_begin(svg, LIT("rect"), class);
    put_number(svg->buf, "x", box[0]);
    put_number(svg->buf, "y", box[1]);
    put_number(svg->buf, "width", fmax(box[2], 0));
    put_number(svg->buf, "height", fmax(box[3], 0));
    put_end(svg, LIT("rect"), title);
}

void svg_dot(struct svg *svg, struct lit class, double x, double y, struct str title)
{
    put_begin(svg, LIT("circle"), class);
    put_number(svg->buf, "cx", x);
    put_number(svg->buf, "cy", y);
    buf_lit(svg->buf, LIT(" r=\"3.6\""));
    put_end(svg, LIT("circle"), title);
}

static void put_text(struct svg *svg, struct str text)
{
    buf_lit(svg->buf, LIT(">"));
    html_text(svg->buf, text);
    buf_lit(svg->buf, LIT("</text>"));
}

void svg_text(struct svg *svg, struct lit class, double x, double y, struct str text)
{
    put_begin(svg, LIT("text"), class);
    put_number(svg->buf, "x", x);
    put_number(svg->buf, "y", y);
    put_text(svg, text);
}

void svg_text_turned(struct svg *svg, struct lit class, double x, double y, struct str text)
{
    must(isfinite(x));
    must(isfinite(y));
    put_begin(svg, LIT("text"), class);
    buf_format(svg->buf, " transform=\"translate(%.1f %.1f) rotate(-45)\"", x, y);
    put_text(svg, text);
}

void svg_path_begin(struct svg *svg, struct lit class)
{
    put_begin(svg, LIT("path"), class);
    buf_lit(svg->buf, LIT(" d=\""));
}

void svg_path_to(struct svg *svg, char how, double x, double y)
{
    must(how == 'M' || how == 'L');
    must(isfinite(x));
    must(isfinite(y));
    buf_format(svg->buf, "%c%.1f %.1f", how, x, y);
}

void svg_path_end(struct svg *svg, bool is_closed)
{
    buf_lit(svg->buf, is_closed ? LIT("Z\"></path>") : LIT("\"></path>"));
}
