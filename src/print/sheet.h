/*
 * sheet.h - the pages of a PDF: shared by pdf.c, pdf_table.c and sheet.c. Inside the room only.
 *
 * Lengths are points; y grows downwards. The document is laid out twice: the first time to learn the
 * number of pages, the second to draw it.
 */
#ifndef CANDOR_PRINT_SHEET_H
#define CANDOR_PRINT_SHEET_H

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "print.h"

#define SHEET_WIDTH 595.28 /* A4 */
#define SHEET_HEIGHT 841.89
#define SHEET_LEFT 54.0
#define SHEET_TOP 56.0
#define SHEET_BOTTOM 64.0
#define SHEET_INNER (SHEET_WIDTH - 2 * SHEET_LEFT)

enum ink { INK_TEXT, INK_SOFT, INK_LINE, INK_FILL, INK_TRACK, INK_BAD, INK_PAPER };

struct typeface {
    const char *family;
    double size;
    bool is_bold;
    enum ink ink;
};

struct sheet {
    struct job *job;
    const struct document *document;
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoContext *pango;
    double y;
    int page;       /* from 1 */
    int page_count; /* 0: not known yet */
};

/* ---- sheet.c ------------------------------------------------------------------------------- */

/* The lowest y that may be drawn on. */
double sheet_end(void);
void sheet_begin_page(struct sheet *sheet);
void sheet_end_page(struct sheet *sheet);
/* A new page unless so much room is left. */
void sheet_need(struct sheet *sheet, double height);
void sheet_ink(const struct sheet *sheet, enum ink ink);
void sheet_line(const struct sheet *sheet, double x, double y, double width);
void sheet_box(const struct sheet *sheet, const double box[4], enum ink ink);

/* A text laid out to a width; ends with the job. */
PangoLayout *sheet_layout(const struct sheet *sheet, struct str text, const struct typeface *face,
                          double width);
double layout_height(PangoLayout *layout);
void sheet_show(const struct sheet *sheet, PangoLayout *layout, const struct typeface *face,
                double x, double y);
/* At the cursor, over pages where it must be; never one line alone before or after a break. */
void sheet_paragraph(struct sheet *sheet, struct str text, const struct typeface *face, double x,
                     double width);
/* One line, not wrapped; how wide it is. */
double sheet_word(const struct sheet *sheet, struct str text, const struct typeface *face, double x,
                  double y);
double text_width(const struct sheet *sheet, struct str text, const struct typeface *face);

/* ---- pdf_table.c --------------------------------------------------------------------------- */

void sheet_table(struct sheet *sheet, const struct doc_block *block);
void sheet_facts(struct sheet *sheet, const struct doc_block *block);

extern const struct typeface face_body;
extern const struct typeface face_small;
extern const struct typeface face_small_bold;
extern const struct typeface face_soft;

#endif
