/*
 * text.c - a document for a terminal: 100 columns, no colour. A table whose cells would not fit stands
 * as one short list for each row, so that nothing is cut.
 */
#include "print.h"

enum { WIDTH = 100, TABLE_MOST = 112, LABEL_MOST = 34, BAR_WIDTH = 30 };

/* Columns that a text takes: UTF-8 continuation bytes take none. */
static size_t width_of(struct str text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.len; i++) {
        width += ((unsigned char)text.ptr[i] & 0xC0U) != 0x80U;
    }
    return width;
}

static void put_spaces(struct buf *buf, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_u8(buf, ' ');
    }
}

/* Words, wrapped; lines after the first begin at indent. at: where the first begins. */
static void put_wrapped(struct buf *buf, struct str text, size_t at, size_t indent)
{
    size_t column = at;
    bool is_first = true;
    while (text.ptr != NULL) {
        const struct str word = str_cut(&text, ' ');
        const size_t width = width_of(word);
        if (!is_first && column + 1 + width > WIDTH) {
            buf_u8(buf, '\n');
            put_spaces(buf, indent);
            column = indent;
        } else if (!is_first) {
            buf_u8(buf, ' ');
            column++;
        }
        buf_str(buf, word);
        column += width;
        is_first = false;
    }
    buf_u8(buf, '\n');
}

static void put_padded(struct buf *buf, struct str text, size_t width, bool to_the_right)
{
    const size_t own = width_of(text);
    const size_t space = own < width ? width - own : 0;
    put_spaces(buf, to_the_right ? space : 0);
    buf_str(buf, text);
    put_spaces(buf, to_the_right ? 0 : space);
}

static struct str shown(const struct doc_cell *cell)
{
    return cell->text.len == 0 ? STR("\xe2\x80\x93") : cell->text;
}

/* "  [watch] ledger 12 to 14", after what a row says. */
static struct str proof_text(struct arena *arena, const struct doc_row *row)
{
    struct buf text = buf_begin(arena);
    if (row->verdict != VERDICT_NONE) {
        buf_lit(&text, LIT("["));
        buf_lit(&text, verdict_words(row->verdict));
        buf_lit(&text, LIT("]"));
    }
    if (row->entries.count > 0) {
        buf_lit(&text, text.len > 0 ? LIT(" ledger ") : LIT("ledger "));
        buf_str(&text, entries_text(arena, &row->entries));
    }
    return buf_text(&text);
}

/* ---- blocks -------------------------------------------------------------------------------- */

static size_t label_width(const struct doc_block *block)
{
    size_t width = 0;
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        const size_t own = width_of(row->cell[0].text);
        width = own > width ? own : width;
    }
    return width > LABEL_MOST ? LABEL_MOST : width;
}

static void put_facts(struct buf *buf, struct arena *arena, const struct doc_block *block)
{
    const size_t width = label_width(block);
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        const struct str proof = proof_text(arena, row);
        const struct str value = shown(&row->cell[1]);
        put_spaces(buf, 2);
        put_padded(buf, row->cell[0].text, width, false);
        put_spaces(buf, 2);
        const size_t own = width_of(row->cell[0].text);
        const size_t at = 4 + (own > width ? own : width);
        put_wrapped(buf,
                    proof.len == 0
                        ? value
                        : str_format(arena, "%.*s (%.*s)", STR_ARG(value), STR_ARG(proof)),
                    at, width + 4);
    }
}

static void put_figures(struct buf *buf, struct arena *arena, const struct doc_block *block)
{
    const size_t width = label_width(block);
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        const struct str proof = proof_text(arena, row);
        put_spaces(buf, 2);
        put_padded(buf, row->cell[0].text, width, false);
        put_spaces(buf, 2);
        put_padded(buf, shown(&row->cell[1]), 14, true);
        if (row->cell[2].text.len > 0) {
            buf_format(buf, "   before %.*s", STR_ARG(row->cell[2].text));
        }
        if (row->cell[3].text.len > 0) {
            buf_format(buf, "   %.*s", STR_ARG(row->cell[3].text));
        }
        buf_format(buf, proof.len > 0 ? "   %.*s\n" : "%.*s\n", STR_ARG(proof));
    }
}

static void put_bars(struct buf *buf, struct arena *arena, const struct doc_block *block)
{
    const size_t width = label_width(block);
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        const size_t filled = (size_t)(row->share * BAR_WIDTH + 0.5);
        put_spaces(buf, 2);
        put_padded(buf, row->cell[0].text, width, false);
        put_spaces(buf, 2);
        for (size_t i = 0; i < BAR_WIDTH; i++) {
            buf_str(buf, i < filled ? STR("\xe2\x96\x88") : STR(" "));
        }
        buf_format(buf, " %.*s  %.*s\n", STR_ARG(shown(&row->cell[1])),
                   STR_ARG(proof_text(arena, row)));
    }
}

/* ---- tables -------------------------------------------------------------------------------- */

static size_t table_widths(const struct doc_block *block, size_t width[DOC_CELLS_MAX])
{
    size_t all = 2;
    for (size_t c = 0; c < block->column_count; c++) {
        width[c] = width_of(block->column[c].title);
        for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
            const size_t own = width_of(shown(&row->cell[c]));
            width[c] = own > width[c] ? own : width[c];
        }
        all += width[c] + 2;
    }
    return all;
}

/* One short list for each row. */
static void put_rows_as_lists(struct buf *buf, struct arena *arena, const struct doc_block *block)
{
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        const struct str proof = proof_text(arena, row);
        buf_format(buf, "  %.*s\n", STR_ARG(shown(&row->cell[0])));
        for (size_t c = 1; c < row->count; c++) {
            if (row->cell[c].text.len == 0) {
                continue;
            }
            put_spaces(buf, 6);
            buf_format(buf, "%.*s: ", STR_ARG(block->column[c].title));
            put_wrapped(buf, shown(&row->cell[c]), 8 + width_of(block->column[c].title), 8);
        }
        if (proof.len > 0) {
            buf_format(buf, "      %.*s\n", STR_ARG(proof));
        }
    }
}

static void put_table(struct buf *buf, struct arena *arena, const struct doc_block *block)
{
    size_t width[DOC_CELLS_MAX];
    const size_t all = table_widths(block, width);
    if (all > TABLE_MOST) {
        put_rows_as_lists(buf, arena, block);
        return;
    }
    put_spaces(buf, 2);
    for (size_t c = 0; c < block->column_count; c++) {
        put_padded(buf, block->column[c].title, width[c], block->column[c].is_number);
        put_spaces(buf, 2);
    }
    buf_u8(buf, '\n');
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        put_spaces(buf, 2);
        for (size_t c = 0; c < row->count; c++) {
            put_padded(buf, shown(&row->cell[c]), width[c], block->column[c].is_number);
            put_spaces(buf, 2);
        }
        buf_format(buf, "%.*s\n", STR_ARG(proof_text(arena, row)));
    }
}

/* ---- the document -------------------------------------------------------------------------- */

static void put_block(struct buf *buf, struct arena *arena, const struct doc_block *block)
{
    buf_u8(buf, '\n');
    if (block->kind == BLOCK_TEXT) {
        put_spaces(buf, 2);
        if (block->verdict != VERDICT_NONE) {
            buf_lit(buf, LIT("["));
            buf_lit(buf, verdict_words(block->verdict));
            buf_lit(buf, LIT("] "));
        }
        put_wrapped(buf, block->text, 2 + verdict_words(block->verdict).len, 2);
        return;
    }
    if (block->title.len > 0) {
        buf_format(buf, "  %.*s\n", STR_ARG(block->title));
    }
    if (block->row_count == 0 && block->text.len > 0) {
        put_spaces(buf, 2);
        put_wrapped(buf, block->text, 2, 2);
        return;
    }
    switch (block->kind) {
    case BLOCK_TEXT:
        break;
    case BLOCK_FACTS:
        put_facts(buf, arena, block);
        break;
    case BLOCK_TABLE:
        put_table(buf, arena, block);
        break;
    case BLOCK_FIGURES:
        put_figures(buf, arena, block);
        break;
    case BLOCK_BARS:
        put_bars(buf, arena, block);
        break;
    }
}

static void put_head(struct buf *buf, const struct document *document)
{
    struct arena *arena = document->arena;
    buf_format(buf, "%.*s: %.*s\n", (int)document->kind.len, document->kind.ptr,
               STR_ARG(document->title));
    if (document->law.len > 0) {
        buf_format(buf, "%.*s\n", STR_ARG(document->law));
    }
    if (document->until != 0) {
        buf_format(buf, "From %.*s until %.*s. ", STR_ARG(str_from_date(arena, document->from)),
                   STR_ARG(str_from_date(arena, document->until)));
    }
    buf_format(buf, "Made on %.*s.\n", STR_ARG(made_words(document)));
    if (document->summary.len > 0) {
        buf_u8(buf, '\n');
        put_wrapped(buf, document->summary, 0, 0);
    }
}

struct str document_as_text(const struct document *document)
{
    struct buf buf = buf_begin(document->arena);
    put_head(&buf, document);
    for (const struct doc_section *section = document->section; section != NULL;
         section = section->next) {
        buf_format(&buf, "\n%.*s\n", STR_ARG(section->title));
        for (size_t i = 0; i < width_of(section->title); i++) {
            buf_u8(&buf, '-');
        }
        buf_u8(&buf, '\n');
        for (const struct doc_block *block = section->block; block != NULL; block = block->next) {
            put_block(&buf, document->arena, block);
        }
    }
    if (document->has_entry) {
        buf_format(&buf, "\nThis report is entry %llu of the ledger; SHA-256 %.*s\n",
                   (unsigned long long)document->entry, STR_ARG(document->digest));
    }
    for (size_t i = 0; i < buf.len; i++) { /* a name must not steer the terminal */
        buf.ptr[i] =
            (buf.ptr[i] < 0x20 && buf.ptr[i] != '\n') || buf.ptr[i] == 0x7f ? '?' : buf.ptr[i];
    }
    return buf_text(&buf);
}
