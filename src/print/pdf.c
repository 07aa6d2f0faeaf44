/*
 * pdf.c - a document on A4.
 *
 * Cairo writes the file and embeds the parts of the fonts that are used; Pango breaks lines. The dates
 * in it are the document's own and nothing else is read from the clock, so the same document gives the
 * same bytes. The outline leads to the sections.
 */
#include "sheet.h"

#include <math.h>
#include <string.h>

#define SERIF "Liberation Serif, DejaVu Serif"
#define SANS "Liberation Sans, DejaVu Sans"

enum { FIGURES_ACROSS = 3 };

/* ---- head ---------------------------------------------------------------------------------- */

static void put_head(struct sheet *sheet)
{
    static const struct typeface kind = {SANS, 9, true, INK_FILL};
    static const struct typeface title = {SERIF, 24, true, INK_TEXT};
    static const struct typeface lead = {SANS, 10.5, false, INK_SOFT};
    const struct document *document = sheet->document;
    struct arena *arena = sheet->job->arena;
    struct buf about = buf_begin(arena);
    buf_str(&about, document->law);
    if (document->until != 0) {
        buf_format(&about, ". From %.*s until %.*s", STR_ARG(str_from_date(arena, document->from)),
                   STR_ARG(str_from_date(arena, document->until)));
    }
    buf_format(&about, ". Made on %.*s by %.*s.", STR_ARG(made_words(document)),
               STR_ARG(document->author));
    sheet_paragraph(sheet, (struct str){document->kind.ptr, document->kind.len}, &kind, SHEET_LEFT,
                    SHEET_INNER);
    sheet->y += 4;
    sheet_paragraph(sheet, document->title, &title, SHEET_LEFT, SHEET_INNER);
    sheet->y += 6;
    sheet_paragraph(sheet, document->summary, &lead, SHEET_LEFT, SHEET_INNER * 0.9);
    sheet->y += 5;
    sheet_paragraph(sheet, buf_text(&about), &face_soft, SHEET_LEFT, SHEET_INNER);
    sheet->y += 10;
}

/* ---- blocks -------------------------------------------------------------------------------- */

/* What a person has to write stands in a frame, so that nobody takes it for an answer. */
static void put_framed(struct sheet *sheet, struct str text, struct lit mark)
{
    static const struct typeface face = {SANS, 8, true, INK_FILL};
    const double inset = 8;
    const double width = SHEET_INNER - 2 * inset;
    PangoLayout *layout = sheet_layout(sheet, text, &face_body, width);
    const double height = layout_height(layout) + 12 + 2 * inset;
    static const double dash[] = {3, 2};
    sheet_need(sheet, height + 4);
    sheet_ink(sheet, INK_SOFT);
    cairo_set_line_width(sheet->cairo, 0.7);
    cairo_set_dash(sheet->cairo, dash, 2, 0);
    cairo_rectangle(sheet->cairo, SHEET_LEFT, sheet->y, SHEET_INNER, height);
    cairo_stroke(sheet->cairo);
    cairo_set_dash(sheet->cairo, NULL, 0, 0);
    (void)sheet_word(sheet, (struct str){mark.ptr, mark.len}, &face, SHEET_LEFT + inset,
                     sheet->y + inset);
    sheet_show(sheet, layout, &face_body, SHEET_LEFT + inset, sheet->y + inset + 12);
    sheet->y += height + 8;
}

static void put_verdict(struct sheet *sheet, const struct doc_block *block)
{
    const double width = SHEET_INNER - 14;
    PangoLayout *layout = sheet_layout(sheet, block->text, &face_body, width);
    const double height = layout_height(layout) + 10;
    sheet_need(sheet, height + 4);
    sheet_box(sheet, (const double[4]){SHEET_LEFT, sheet->y, 3, height},
              block->verdict == VERDICT_BAD ? INK_BAD : INK_FILL);
    sheet_show(sheet, layout, &face_body, SHEET_LEFT + 12, sheet->y + 5);
    sheet->y += height + 8;
}

static void put_text(struct sheet *sheet, const struct doc_block *block)
{
    switch (block->verdict) {
    case VERDICT_NONE:
        sheet_paragraph(sheet, block->text, &face_body, SHEET_LEFT, SHEET_INNER);
        sheet->y += 7;
        return;
    case VERDICT_OPEN:
        put_framed(sheet, block->text, verdict_words(VERDICT_OPEN));
        return;
    case VERDICT_GOOD:
    case VERDICT_WATCH:
    case VERDICT_BAD:
        put_verdict(sheet, block);
        return;
    }
}

static double put_small(struct sheet *sheet, struct str text, const struct typeface *face, double x,
                        double y, double width)
{
    PangoLayout *layout = sheet_layout(sheet, text, face, width);
    sheet_show(sheet, layout, face, x, y);
    return layout_height(layout);
}

/* Returns how high it is; draws it unless only measured. */
static double figure_lines(const struct sheet *sheet, const struct doc_row *row, struct str line[4])
{
    struct arena *arena = sheet->job->arena;
    const struct lit words = verdict_words(row->verdict);
    size_t count = 0;
    if (row->cell[2].text.len > 0) {
        line[count++] = str_format(arena, "Before: %.*s", STR_ARG(row->cell[2].text));
    }
    if (row->cell[3].text.len > 0) {
        line[count++] = row->cell[3].text;
    }
    if (row->entries.count > 0) {
        line[count++] =
            str_format(arena, "Ledger %.*s", STR_ARG(entries_text(arena, &row->entries)));
    }
    if (words.len > 0) {
        line[count++] = (struct str){words.ptr, words.len};
    }
    return (double)count;
}

static void put_figure(struct sheet *sheet, const struct doc_row *row, double x, double width,
                       double height)
{
    static const struct typeface value = {SERIF, 17, true, INK_TEXT};
    static const struct typeface bad = {SANS, 8, true, INK_BAD};
    static const struct typeface good = {SANS, 8, true, INK_FILL};
    struct str line[4];
    const size_t count = (size_t)figure_lines(sheet, row, line);
    double y = sheet->y + 8;
    sheet_ink(sheet, INK_LINE);
    cairo_set_line_width(sheet->cairo, 0.6);
    cairo_rectangle(sheet->cairo, x, sheet->y, width, height);
    cairo_stroke(sheet->cairo);
    if (row->verdict == VERDICT_BAD) {
        sheet_box(sheet, (const double[4]){x, sheet->y, 3, height}, INK_BAD);
    }
    y += put_small(sheet, row->cell[0].text, &face_soft, x + 10, y, width - 16) + 2;
    y += put_small(sheet, row->cell[1].text, &value, x + 10, y, width - 16) + 2;
    for (size_t i = 0; i < count; i++) {
        const bool is_verdict = i + 1 == count && row->verdict != VERDICT_NONE;
        const struct typeface *face = !is_verdict                   ? &face_soft
                                      : row->verdict == VERDICT_BAD ? &bad
                                                                    : &good;
        y += put_small(sheet, line[i], face, x + 10, y, width - 16);
    }
}

static double figure_height(struct sheet *sheet, const struct doc_row *row, double width)
{
    static const struct typeface value = {SERIF, 17, true, INK_TEXT};
    struct str line[4];
    const size_t count = (size_t)figure_lines(sheet, row, line);
    double height = 20;
    height += layout_height(sheet_layout(sheet, row->cell[0].text, &face_soft, width - 16));
    height += layout_height(sheet_layout(sheet, row->cell[1].text, &value, width - 16));
    for (size_t i = 0; i < count; i++) {
        height += layout_height(sheet_layout(sheet, line[i], &face_soft, width - 16));
    }
    return height;
}

static void put_figures(struct sheet *sheet, const struct doc_block *block)
{
    const double gap = 8;
    const double width = (SHEET_INNER - gap * (FIGURES_ACROSS - 1)) / FIGURES_ACROSS;
    const struct doc_row *row = block->row;
    while (row != NULL) {
        const struct doc_row *of_line = row;
        double height = 0;
        for (size_t i = 0; i < FIGURES_ACROSS && of_line != NULL; i++, of_line = of_line->next) {
            height = fmax(height, figure_height(sheet, of_line, width));
        }
        sheet_need(sheet, height + gap);
        for (size_t i = 0; i < FIGURES_ACROSS && row != NULL; i++, row = row->next) {
            put_figure(sheet, row, SHEET_LEFT + (width + gap) * (double)i, width, height);
        }
        sheet->y += height + gap;
    }
    sheet->y += 4;
}

static void put_bars(struct sheet *sheet, const struct doc_block *block)
{
    const double label = 120;
    const double number = 80;
    const double track = SHEET_INNER - label - number;
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        const struct arena_mark mark = arena_mark(sheet->job->arena);
        sheet_need(sheet, 15);
        (void)put_small(sheet, row->cell[0].text, &face_small, SHEET_LEFT, sheet->y, label - 8);
        sheet_box(sheet, (const double[4]){SHEET_LEFT + label, sheet->y + 1, track, 8}, INK_TRACK);
        if (row->share > 0) {
            sheet_box(sheet,
                      (const double[4]){SHEET_LEFT + label, sheet->y + 1,
                                        fmax(track * fmin(row->share, 1), 1), 8},
                      INK_FILL);
        }
        const double width = text_width(sheet, row->cell[1].text, &face_small_bold);
        (void)sheet_word(sheet, row->cell[1].text, &face_small_bold,
                         SHEET_LEFT + SHEET_INNER - width, sheet->y);
        sheet->y += 15;
        arena_rewind(sheet->job->arena, mark);
    }
    sheet->y += 6;
}

static void put_block(struct sheet *sheet, const struct doc_block *block)
{
    static const struct typeface heading = {SERIF, 11.5, true, INK_TEXT};
    if (block->kind == BLOCK_TEXT) {
        put_text(sheet, block);
        return;
    }
    if (block->title.len > 0) {
        sheet_need(sheet, 70); /* a heading does not stand alone at the foot of a page */
        sheet->y += 5;
        sheet_paragraph(sheet, block->title, &heading, SHEET_LEFT, SHEET_INNER);
        sheet->y += 5;
    }
    if (block->row_count == 0) {
        sheet_paragraph(sheet, block->text, &face_soft, SHEET_LEFT, SHEET_INNER);
        sheet->y += 8;
        return;
    }
    switch (block->kind) {
    case BLOCK_TEXT:
        break;
    case BLOCK_FACTS:
        sheet_facts(sheet, block);
        break;
    case BLOCK_TABLE:
        sheet_table(sheet, block);
        break;
    case BLOCK_FIGURES:
        put_figures(sheet, block);
        break;
    case BLOCK_BARS:
        put_bars(sheet, block);
        break;
    }
}

/* ---- the document -------------------------------------------------------------------------- */

static void put_section(struct sheet *sheet, const struct doc_section *section)
{
    static const struct typeface heading = {SERIF, 15, true, INK_TEXT};
    sheet_need(sheet, 110);
    if (sheet->y > SHEET_TOP) {
        sheet->y += 12;
        sheet_line(sheet, SHEET_LEFT, sheet->y, SHEET_INNER);
        sheet->y += 10;
    }
    const struct str place =
        str_format(sheet->job->arena, "page=%d pos=[%.0f %.0f]", sheet->page, SHEET_LEFT, sheet->y);
    (void)cairo_pdf_surface_add_outline(sheet->surface, CAIRO_PDF_OUTLINE_ROOT,
                                        str_z(sheet->job->arena, section->title),
                                        str_z(sheet->job->arena, place), 0);
    sheet_paragraph(sheet, section->title, &heading, SHEET_LEFT, SHEET_INNER);
    sheet->y += 7;
    for (const struct doc_block *block = section->block; block != NULL; block = block->next) {
        put_block(sheet, block);
    }
}

static void put_proof(struct sheet *sheet)
{
    const struct document *document = sheet->document;
    struct arena *arena = sheet->job->arena;
    if (!document->has_entry) {
        return;
    }
    sheet_need(sheet, 50);
    sheet->y += 10;
    sheet_line(sheet, SHEET_LEFT, sheet->y, SHEET_INNER);
    sheet->y += 8;
    sheet_paragraph(
        sheet,
        str_format(arena,
                   "This report is entry %llu of the ledger: it is the one that was made. Numbers "
                   "under \xe2\x80\x9cLedger\xe2\x80\x9d are the entries that a figure stands on: "
                   "candor ledger show NUMBER. SHA-256 of its content: %.*s",
                   (unsigned long long)document->entry, STR_ARG(document->digest)),
        &face_soft, SHEET_LEFT, SHEET_INNER);
}

static cairo_status_t take(void *buf, const unsigned char *data, unsigned length)
{
    buf_bytes(buf, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static void set_metadata(cairo_surface_t *surface, struct arena *arena,
                         const struct document *document)
{
    const struct str title = str_format(arena, "%.*s: %.*s", (int)document->kind.len,
                                        document->kind.ptr, STR_ARG(document->title));
    /* Without the fraction of a second, which the format does not have. */
    const char *made =
        str_z(arena, str_from_time(arena, document->made - document->made % MICROS_PER_SECOND));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, str_z(arena, title));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR,
                                   str_z(arena, document->title));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT,
                                   str_z(arena, document->law));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Candor");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, made);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, made);
}

static void lay_out(struct sheet *sheet)
{
    sheet_begin_page(sheet);
    put_head(sheet);
    for (const struct doc_section *section = sheet->document->section; section != NULL;
         section = section->next) {
        put_section(sheet, section);
    }
    put_proof(sheet);
    sheet_end_page(sheet);
}

/* One pass; how many pages it took. */
static bool draw(struct job *job, const struct document *document, PangoFontMap *fonts,
                 struct buf *bytes, int *page_count)
{
    const struct arena_mark mark = arena_mark(job->arena);
    struct sheet sheet = {.job = job, .document = document, .page_count = *page_count};
    sheet.surface = cairo_pdf_surface_create_for_stream(take, bytes, SHEET_WIDTH, SHEET_HEIGHT);
    set_metadata(sheet.surface, job->arena, document);
    sheet.cairo = cairo_create(sheet.surface);
    sheet.pango = pango_font_map_create_context(fonts);
    pango_cairo_update_context(sheet.cairo, sheet.pango);
    lay_out(&sheet);
    arena_rewind(job->arena, mark); /* the layouts end before their context */
    *page_count = sheet.page;
    g_object_unref(sheet.pango);
    cairo_destroy(sheet.cairo);
    cairo_surface_finish(sheet.surface);
    const bool is_good = cairo_surface_status(sheet.surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(sheet.surface);
    return is_good;
}

static bool has_fonts(PangoFontMap *fonts)
{
    PangoFontFamily **family = NULL;
    int count = 0;
    pango_font_map_list_families(fonts, &family, &count);
    g_free(family);
    return count > 0;
}

enum candor_status document_as_pdf(struct job *job, const struct document *document,
                                   struct bytes *pdf)
{
    struct arena *beside = arena_begin(); /* the passes rewind the job's */
    struct buf thrown_away = buf_begin(beside);
    struct buf kept = buf_begin(beside);
    PangoFontMap *fonts = pango_cairo_font_map_new();
    int page_count = 0;
    const bool is_ready = has_fonts(fonts);
    const bool is_drawn = is_ready && draw(job, document, fonts, &thrown_away, &page_count) &&
                          draw(job, document, fonts, &kept, &page_count);
    if (is_drawn) {
        *pdf = bytes_copy_of(job->arena, buf_all(&kept));
    }
    g_object_unref(fonts);
    arena_end(beside);
    if (!is_ready) {
        return fail(job, CANDOR_IO,
                    "a PDF needs a font and none is installed: install fonts-liberation");
    }
    return is_drawn ? CANDOR_OK : fail(job, CANDOR_IO, "the PDF could not be written");
}
