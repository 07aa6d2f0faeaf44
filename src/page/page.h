/*
 * page.h - the door of the page room: what people see, in one visual language.
 *
 *   part.c         a page's head and end, counts, tags whose text is escaped
 *   style.c        how pages look, in the light, in the dark, on a phone and on paper
 *   form.c         the shell of a served page; forms, notices, tables
 *   formstyle.c    how those look
 *   axis.c         where a value stands on an axis, and which values get a mark
 *   svg.c          SVG that cannot be built wrong
 *   chartstyle.c   how pictures look
 *   workstyle.c    how pages look on which people decide
 *
 * The room opens base. It is pure. A page needs no script and asks nobody outside. A report stands
 * alone, with its style in it (page_begin); a page of the server links to the one style sheet
 * (page_shell_begin), so that its Content-Security-Policy need not allow inline style. Neither pages nor
 * pictures know a colour: classes name what a thing is, the style says how it looks.
 */
#ifndef CANDOR_PAGE_H
#define CANDOR_PAGE_H

#include "base.h"
#include "text.h"

/* ---- part.c, style.c, chartstyle.c ------------------------------------------------------------ */

struct lit page_style(void);
void page_begin(struct buf *html, struct lit kind, struct str title);
/* The same with more style, and a class on all of it. */
void page_begin_styled(struct buf *html, struct lit kind, struct str title, struct lit style,
                       struct lit class);
void page_end(struct buf *html);
void page_count(struct buf *html, uint64_t count); /* 12,345 */
/* A bar of this share of its width, 0 .. 1; what it shows is said in words beside it. */
void page_bar(struct buf *html, double share);
/* What it is, a bar of its share, and how much in words. */
void page_row(struct buf *html, struct str name, double share, struct str count);
void page_tag(struct buf *html, struct lit open, struct str text, struct lit close);
struct lit chart_style(void);
struct lit chart_style_alone(void);
struct lit work_style(void);

/* ---- form.c, formstyle.c ------------------------------------------------------------------- */

/* What stands in all pages of the server: GET /style.css. */
struct str page_sheet(struct arena *arena);

struct page_item {
    struct lit path;
    struct lit name;
    bool is_here;
};

struct page_shell {
    struct str title;
    struct lit home; /* where the name leads; empty: "/" */
    const struct page_item *item;
    size_t item_count;
    struct str who;        /* is signed in: "ann"; empty: nobody, and no button to sign out */
    struct str form_token; /* of their session */
    bool is_narrow;        /* a page of one form */
    struct lit script;     /* for comfort; empty: none */
};

void page_shell_begin(struct buf *html, const struct page_shell *shell);
void page_shell_end(struct buf *html);

/* POST to action, or to the page's own path when it is empty; form_token is the session's, or empty. */
void page_form_begin(struct buf *html, struct lit action, struct str form_token);
void page_form_end(struct buf *html);
void page_hidden(struct buf *html, struct lit name, struct str value);

enum page_field_kind {
    PAGE_FIELD_TEXT,
    PAGE_FIELD_PASSWORD, /* its value is never put back */
    PAGE_FIELD_CODE,     /* digits */
    PAGE_FIELD_EMAIL,
    PAGE_FIELD_NUMBER,
    PAGE_FIELD_DATE,
};

struct page_field {
    enum page_field_kind kind;
    struct lit name; /* also its id */
    struct lit label;
    struct lit hint;         /* or empty */
    struct str error;        /* or empty */
    struct lit autocomplete; /* as HTML names it, or empty */
    struct str value;
    bool is_optional;
    bool says_optional; /* ... and the label says so */
};

void page_field(struct buf *html, const struct page_field *field);
/* field->value is the choice that stands; kind and autocomplete are not looked at. */
void page_select(struct buf *html, const struct page_field *field, const struct str *choice,
                 size_t choice_count);

/* The same when people read something else than what is sent. */
struct page_option {
    struct str value;
    struct str words;
};
void page_select_of(struct buf *html, const struct page_field *field,
                    const struct page_option *option, size_t option_count);
/* A field for several lines; kind and autocomplete are not looked at. */
void page_area(struct buf *html, const struct page_field *field);

enum page_button { PAGE_BUTTON_MAIN, PAGE_BUTTON_EQUAL, PAGE_BUTTON_QUIET, PAGE_BUTTON_DANGER };
void page_button(struct buf *html, struct lit words, enum page_button kind);
/* One of several buttons of a form: what it sends, and its words. */
void page_answer(struct buf *html, struct lit name, struct lit value, struct lit words,
                 enum page_button kind);
void page_link(struct buf *html, struct lit path, struct lit words);

enum page_notice { PAGE_NOTICE_PLAIN, PAGE_NOTICE_GOOD, PAGE_NOTICE_BAD };
void page_notice(struct buf *html, enum page_notice kind, struct str text); /* empty: nothing */

void page_table_begin(struct buf *html, struct lit caption, const struct lit *column,
                      size_t column_count);
/* numbers: a bit for each column whose cells have the class "number". */
void page_table_begin_with(struct buf *html, struct lit caption, const struct lit *column,
                           size_t column_count, unsigned numbers);
/* The first cell heads its row. */
void page_table_row(struct buf *html, const struct str *cell, size_t cell_count);
void page_table_end(struct buf *html);

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

#endif
