/*
 * pdf_table.c - tables on paper: columns as wide as they need to be, wrapped cells, the head again on
 * each page. A row stands on one page where it fits on one; a longer one goes on, line by line.
 */
#include "sheet.h"

#include <math.h>

enum { LINES_LEAST = 2 }; /* of a long row before a break */

static const double gap = 10;    /* between columns */
static const double above = 3.5; /* in a row */
static const double label_width = 132;

/* A table with its verdicts and entries as columns of their own. */
struct grid {
    size_t count;
    struct str title[DOC_CELLS_MAX + 2];
    bool is_number[DOC_CELLS_MAX + 2];
    double x[DOC_CELLS_MAX + 2];
    double width[DOC_CELLS_MAX + 2];
    bool has_verdicts;
    bool has_entries;
    bool has_head;
};

static struct str cell_at(const struct sheet *sheet, const struct grid *grid,
                          const struct doc_row *row, size_t c)
{
    if (c < row->count) {
        return row->cell[c].text.len == 0 ? STR("\xe2\x80\x93") : row->cell[c].text;
    }
    if (grid->has_verdicts && c == row->count) {
        const struct lit words = verdict_words(row->verdict);
        return (struct str){words.ptr, words.len};
    }
    return entries_text(sheet->job->arena, &row->entries);
}

static const struct typeface *face_at(const struct grid *grid, const struct doc_row *row, size_t c)
{
    static const struct typeface bad = {"Liberation Sans, DejaVu Sans", 8, true, INK_BAD};
    if (c < row->count) {
        return !grid->has_head && c == 0 ? &face_soft : &face_small;
    }
    return grid->has_verdicts && c == row->count && row->verdict == VERDICT_BAD ? &bad : &face_soft;
}

/* ---- widths -------------------------------------------------------------------------------- */

/* The widest word of a text: a column is no narrower, if that can be. */
static double widest_word(const struct sheet *sheet, struct str text, const struct typeface *face)
{
    double widest = 0;
    while (text.ptr != NULL) {
        widest = fmax(widest, text_width(sheet, str_cut(&text, ' '), face));
    }
    return widest;
}

static void measure(const struct sheet *sheet, struct grid *grid, const struct doc_block *block,
                    double *least, double *most)
{
    for (size_t c = 0; c < grid->count; c++) {
        least[c] = widest_word(sheet, grid->title[c], &face_small_bold);
        most[c] = text_width(sheet, grid->title[c], &face_small_bold);
    }
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        const struct arena_mark mark = arena_mark(sheet->job->arena);
        for (size_t c = 0; c < grid->count; c++) {
            const struct str text = cell_at(sheet, grid, row, c);
            const bool is_whole = grid->is_number[c];
            const double whole = text_width(sheet, text, &face_small);
            const double word = is_whole ? whole : fmin(widest_word(sheet, text, &face_small), 110);
            least[c] = fmax(least[c], word);
            most[c] = fmax(most[c], whole);
        }
        arena_rewind(sheet->job->arena, mark);
    }
}

/* Each column gets what it needs at least; what is left goes to those that want more, by how much. */
static void spread(const struct sheet *sheet, struct grid *grid, const struct doc_block *block)
{
    double least[DOC_CELLS_MAX + 2] = {0};
    double most[DOC_CELLS_MAX + 2] = {0};
    double needed = 0;
    double wanted = 0;
    double x = SHEET_LEFT;
    const double inner = SHEET_INNER - gap * (double)(grid->count - 1);
    measure(sheet, grid, block, least, most);
    for (size_t c = 0; c < grid->count; c++) {
        needed += least[c];
        wanted += most[c] - least[c];
    }
    const double left = inner - needed;
    for (size_t c = 0; c < grid->count; c++) {
        const double more = most[c] - least[c];
        const double share = wanted > 0 ? fmin(left / wanted, 1) * more : 0;
        grid->width[c] = left < 0 ? least[c] * inner / needed : least[c] + share;
        grid->x[c] = x;
        x += grid->width[c] + gap;
    }
}

/* ---- rows ---------------------------------------------------------------------------------- */

static void put_head(struct sheet *sheet, const struct grid *grid)
{
    static const struct typeface face = {"Liberation Sans, DejaVu Sans", 8, true, INK_SOFT};
    double height = 0;
    if (!grid->has_head) {
        sheet_line(sheet, SHEET_LEFT, sheet->y, SHEET_INNER);
        return;
    }
    for (size_t c = 0; c < grid->count; c++) {
        height =
            fmax(height, layout_height(sheet_layout(sheet, grid->title[c], &face, grid->width[c])));
    }
    for (size_t c = 0; c < grid->count; c++) {
        PangoLayout *layout = sheet_layout(sheet, grid->title[c], &face, grid->width[c]);
        pango_layout_set_alignment(layout,
                                   grid->is_number[c] ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
        sheet_show(sheet, layout, &face, grid->x[c], sheet->y + height - layout_height(layout));
    }
    sheet->y += height + above;
    sheet_line(sheet, SHEET_LEFT, sheet->y, SHEET_INNER);
}

static double head_height(const struct sheet *sheet, const struct grid *grid)
{
    double height = 0;
    for (size_t c = 0; grid->has_head && c < grid->count; c++) {
        height = fmax(height, layout_height(sheet_layout(sheet, grid->title[c], &face_small_bold,
                                                         grid->width[c])));
    }
    return height + above;
}

static void next_page(struct sheet *sheet, const struct grid *grid)
{
    sheet_end_page(sheet);
    sheet_begin_page(sheet);
    put_head(sheet, grid);
}

/* Lines from..to of each cell, at the cursor. */
static void put_lines(struct sheet *sheet, const struct grid *grid, const struct doc_row *row,
                      PangoLayout *const *layout, int from, int to)
{
    const double line_height = face_small.size * 1.25;
    for (size_t c = 0; c < grid->count; c++) {
        const int count = pango_layout_get_line_count(layout[c]);
        sheet_ink(sheet, face_at(grid, row, c)->ink);
        for (int line = from; line < to && line < count; line++) {
            PangoLayoutLine *shown = pango_layout_get_line_readonly(layout[c], line);
            PangoRectangle logical;
            pango_layout_line_get_extents(shown, NULL, &logical);
            const double width = (double)logical.width / PANGO_SCALE;
            const double x =
                grid->x[c] + (grid->is_number[c] ? fmax(grid->width[c] - width, 0) : 0);
            cairo_move_to(sheet->cairo, x,
                          sheet->y + above + line_height * (double)(line - from) +
                              face_small.size * 0.95);
            pango_cairo_show_layout_line(sheet->cairo, shown);
        }
    }
    sheet->y += above * 2 + line_height * (double)(to - from);
    sheet_line(sheet, SHEET_LEFT, sheet->y, SHEET_INNER);
}

static void put_row(struct sheet *sheet, const struct grid *grid, const struct doc_row *row)
{
    PangoLayout *layout[DOC_CELLS_MAX + 2];
    const double line_height = face_small.size * 1.25;
    const double body = sheet_end() - SHEET_TOP - head_height(sheet, grid);
    int lines = 1;
    int at = 0;
    for (size_t c = 0; c < grid->count; c++) {
        layout[c] = sheet_layout(sheet, cell_at(sheet, grid, row, c), face_at(grid, row, c),
                                 grid->width[c] + 0.5);
        const int count = pango_layout_get_line_count(layout[c]);
        lines = count > lines ? count : lines;
    }
    const double whole = line_height * lines + above * 2;
    if (whole <= body && sheet->y + whole > sheet_end()) {
        next_page(sheet, grid);
    }
    while (at < lines) {
        int here = (int)((sheet_end() - sheet->y - above * 2) / line_height);
        here = here > lines - at ? lines - at : here;
        if (here < lines - at && here < LINES_LEAST) {
            next_page(sheet, grid);
            continue;
        }
        put_lines(sheet, grid, row, layout, at, at + here);
        at += here;
    }
}

static void put_rows(struct sheet *sheet, const struct grid *grid, const struct doc_block *block)
{
    sheet_need(sheet, head_height(sheet, grid) + face_small.size * 4);
    put_head(sheet, grid);
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        const struct arena_mark mark = arena_mark(sheet->job->arena);
        put_row(sheet, grid, row);
        arena_rewind(sheet->job->arena, mark);
    }
    sheet->y += 10;
}

/* ---- tables and facts ---------------------------------------------------------------------- */

static void add_proof(struct grid *grid, const struct doc_block *block)
{
    grid->has_verdicts = block_has_verdicts(block);
    grid->has_entries = block_has_entries(block);
    if (grid->has_verdicts) {
        grid->title[grid->count++] = STR("Finding");
    }
    if (grid->has_entries) {
        grid->title[grid->count++] = STR("Ledger");
    }
}

void sheet_table(struct sheet *sheet, const struct doc_block *block)
{
    struct grid grid = {.has_head = true, .count = block->column_count};
    for (size_t c = 0; c < block->column_count; c++) {
        grid.title[c] = block->column[c].title;
        grid.is_number[c] = block->column[c].is_number;
    }
    add_proof(&grid, block);
    spread(sheet, &grid, block);
    put_rows(sheet, &grid, block);
}

/* Two columns without a head; what is left of the width is the value's. */
void sheet_facts(struct sheet *sheet, const struct doc_block *block)
{
    struct grid grid = {.count = 2};
    double x = SHEET_LEFT + label_width + gap;
    double left = SHEET_INNER - label_width - gap;
    grid.x[0] = SHEET_LEFT;
    grid.width[0] = label_width;
    grid.x[1] = x;
    add_proof(&grid, block);
    for (size_t c = grid.count; c-- > 2;) {
        grid.width[c] = c == 2 && grid.has_verdicts ? 70 : 110;
        left -= grid.width[c] + gap;
    }
    grid.width[1] = left;
    for (size_t c = 2; c < grid.count; c++) {
        grid.x[c] = grid.x[c - 1] + grid.width[c - 1] + gap;
    }
    put_rows(sheet, &grid, block);
}
