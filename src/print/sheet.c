/*
 * sheet.c - where things stand on the pages: the cursor, page breaks, text.
 */
#include "sheet.h"

#include <math.h>

/* The families that Debian has; Pango takes the first that is installed. */
#define SANS "Liberation Sans, DejaVu Sans"

const struct typeface face_body = {SANS, 9.5, false, INK_TEXT};
const struct typeface face_small = {SANS, 8, false, INK_TEXT};
const struct typeface face_small_bold = {SANS, 8, true, INK_TEXT};
const struct typeface face_soft = {SANS, 8, false, INK_SOFT};

/* As the pages on a screen in the light. */
static const double colour[][3] = {
    [INK_TEXT] = {0.114, 0.141, 0.200},
    [INK_SOFT] = {0.361, 0.392, 0.451},
    [INK_LINE] = {0.84, 0.83, 0.80},
    [INK_FILL] = {0.184, 0.365, 0.384},
    [INK_TRACK] = {0.925, 0.910, 0.871},
    [INK_BAD] = {0.608, 0.173, 0.173},
    [INK_PAPER] = {1, 1, 1},
};

void sheet_ink(const struct sheet *sheet, enum ink ink)
{
    cairo_set_source_rgb(sheet->cairo, colour[ink][0], colour[ink][1], colour[ink][2]);
}

void sheet_line(const struct sheet *sheet, double x, double y, double width)
{
    sheet_ink(sheet, INK_LINE);
    cairo_set_line_width(sheet->cairo, 0.6);
    cairo_move_to(sheet->cairo, x, y);
    cairo_line_to(sheet->cairo, x + width, y);
    cairo_stroke(sheet->cairo);
}

void sheet_box(const struct sheet *sheet, const double box[4], enum ink ink)
{
    sheet_ink(sheet, ink);
    cairo_rectangle(sheet->cairo, box[0], box[1], box[2], box[3]);
    cairo_fill(sheet->cairo);
}

/* ---- text ---------------------------------------------------------------------------------- */

static void drop_layout(void *layout)
{
    g_object_unref(layout);
}

PangoLayout *sheet_layout(const struct sheet *sheet, struct str text, const struct typeface *face,
                          double width)
{
    PangoLayout *layout = pango_layout_new(sheet->pango);
    PangoFontDescription *font = pango_font_description_new();
    arena_defer(sheet->job->arena, drop_layout, layout);
    pango_font_description_set_family(font, face->family);
    pango_font_description_set_absolute_size(font, face->size * PANGO_SCALE);
    pango_font_description_set_weight(font,
                                      face->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    const struct str shown = str_is_utf8(text) ? text : STR("\xef\xbf\xbd"); /* Pango insists */
    pango_layout_set_text(layout, shown.len == 0 ? "" : shown.ptr, (int)shown.len);
    if (width > 0) {
        pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    }
    return layout;
}

double layout_height(PangoLayout *layout)
{
    int width = 0;
    int height = 0;
    pango_layout_get_size(layout, &width, &height);
    return (double)height / PANGO_SCALE;
}

void sheet_show(const struct sheet *sheet, PangoLayout *layout, const struct typeface *face,
                double x, double y)
{
    sheet_ink(sheet, face->ink);
    cairo_move_to(sheet->cairo, x, y);
    pango_cairo_show_layout(sheet->cairo, layout);
}

double text_width(const struct sheet *sheet, struct str text, const struct typeface *face)
{
    int width = 0;
    int height = 0;
    pango_layout_get_size(sheet_layout(sheet, text, face, 0), &width, &height);
    return ceil((double)width / PANGO_SCALE);
}

double sheet_word(const struct sheet *sheet, struct str text, const struct typeface *face, double x,
                  double y)
{
    PangoLayout *layout = sheet_layout(sheet, text, face, 0);
    int width = 0;
    int height = 0;
    sheet_show(sheet, layout, face, x, y);
    pango_layout_get_size(layout, &width, &height);
    return (double)width / PANGO_SCALE;
}

/* How many of the lines from `from` on stay on this page. */
static int lines_here(int from, int count, double line_height, double room)
{
    const int left = count - from;
    int fit = (int)(room / line_height);
    if (fit >= left) {
        return left;
    }
    if (left - fit == 1) {
        fit--; /* two go over, not one */
    }
    return fit < 2 ? 0 : fit;
}

void sheet_paragraph(struct sheet *sheet, struct str text, const struct typeface *face, double x,
                     double width)
{
    PangoLayout *layout = sheet_layout(sheet, text, face, width);
    const int count = pango_layout_get_line_count(layout);
    const double line_height = layout_height(layout) / count;
    for (int at = 0; at < count;) {
        const bool is_fresh = sheet->y <= SHEET_TOP;
        int here = lines_here(at, count, line_height, sheet_end() - sheet->y);
        if (here == 0 && !is_fresh) {
            sheet_end_page(sheet);
            sheet_begin_page(sheet);
            continue;
        }
        here = here == 0 ? 1 : here;
        sheet_ink(sheet, face->ink);
        for (int line = at; line < at + here; line++) {
            PangoLayoutLine *shown = pango_layout_get_line_readonly(layout, line);
            cairo_move_to(sheet->cairo, x, sheet->y + face->size);
            pango_cairo_show_layout_line(sheet->cairo, shown);
            sheet->y += line_height;
        }
        at += here;
    }
}

/* ---- pages --------------------------------------------------------------------------------- */

double sheet_end(void)
{
    return SHEET_HEIGHT - SHEET_BOTTOM;
}

static void put_footer(const struct sheet *sheet)
{
    static const struct typeface face = {SANS, 7.5, false, INK_SOFT};
    const struct document *document = sheet->document;
    struct arena *arena = sheet->job->arena;
    const double y = SHEET_HEIGHT - SHEET_BOTTOM + 22;
    const struct str number = str_format(arena, "%d of %d", sheet->page, sheet->page_count);
    const struct str name = str_format(arena, "%.*s \xc2\xb7 %.*s", STR_ARG(document->title),
                                       (int)document->kind.len, document->kind.ptr);
    sheet_line(sheet, SHEET_LEFT, y - 6, SHEET_INNER);
    (void)sheet_word(sheet, name, &face, SHEET_LEFT, y);
    const double width = text_width(sheet, number, &face);
    (void)sheet_word(sheet, number, &face, SHEET_LEFT + SHEET_INNER - width, y);
}

void sheet_begin_page(struct sheet *sheet)
{
    sheet->page++;
    sheet->y = SHEET_TOP;
}

void sheet_end_page(struct sheet *sheet)
{
    put_footer(sheet);
    cairo_show_page(sheet->cairo);
}

void sheet_need(struct sheet *sheet, double height)
{
    if (sheet->y + height > sheet_end() && sheet->y > SHEET_TOP) {
        sheet_end_page(sheet);
        sheet_begin_page(sheet);
    }
}
