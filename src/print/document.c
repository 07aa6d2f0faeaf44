/*
 * document.c - a document in the making: a list of sections, each a list of blocks, each a list of
 * rows. What is shown is text already; how it looks is for those who write it.
 */
#include "print.h"

#include <math.h>

/* ---- entries ------------------------------------------------------------------------------- */

void entries_add(struct entries *entries, uint64_t index)
{
    const struct entries one = {.count = 1, .first = index, .last = index};
    entries_join(entries, &one);
}

void entries_join(struct entries *entries, const struct entries *more)
{
    if (more->count == 0) {
        return;
    }
    if (entries->count == 0) {
        *entries = *more;
        return;
    }
    entries->count += more->count;
    entries->first = more->first < entries->first ? more->first : entries->first;
    entries->last = more->last > entries->last ? more->last : entries->last;
}

struct str entries_text(struct arena *arena, const struct entries *entries)
{
    if (entries->count == 0) {
        return STR("");
    }
    if (entries->first == entries->last) {
        return str_format(arena, "%llu", (unsigned long long)entries->first);
    }
    const uint64_t all = entries->last - entries->first + 1;
    return all == entries->count
               ? str_format(arena, "%llu to %llu", (unsigned long long)entries->first,
                            (unsigned long long)entries->last)
               : str_format(arena, "%llu of %llu to %llu", (unsigned long long)entries->count,
                            (unsigned long long)entries->first, (unsigned long long)entries->last);
}

/* ---- cells --------------------------------------------------------------------------------- */

static struct doc_cell number_cell(struct str text, double number)
{
    return (struct doc_cell){.text = text, .is_number = true, .number = number};
}

struct doc_cell cell_text_of(struct str text)
{
    return (struct doc_cell){.text = text};
}

struct doc_cell cell_count(struct arena *arena, uint64_t count)
{
    struct buf text = buf_begin(arena);
    page_count(&text, count);
    return number_cell(buf_text(&text), (double)count);
}

struct doc_cell cell_people(struct arena *arena, uint64_t count)
{
    return count == 0 || count >= DOC_FEW
               ? cell_count(arena, count)
               : cell_text_of(str_format(arena, "fewer than %d", DOC_FEW));
}

struct doc_cell cell_share(struct arena *arena, double share)
{
    return isnan(share) ? cell_text_of(STR("not known"))
                        : number_cell(str_format(arena, "%.1f\xc2\xa0%%", 100 * share), share);
}

struct doc_cell cell_days(struct arena *arena, double days)
{
    return isnan(days) ? cell_text_of(STR("not known"))
                       : number_cell(str_format(arena, "%.1f days", days), days);
}

struct doc_cell cell_day(struct arena *arena, int64_t time)
{
    return cell_text_of(time == 0 ? STR("") : str_from_date(arena, time));
}

struct doc_cell cell_number(struct arena *arena, double number, unsigned digits)
{
    return isnan(number) ? cell_text_of(STR("not known"))
                         : number_cell(str_format(arena, "%.*f", (int)digits, number), number);
}

/* ---- verdicts ------------------------------------------------------------------------------ */

const char *verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_NONE:
        return "none";
    case VERDICT_GOOD:
        return "good";
    case VERDICT_WATCH:
        return "watch";
    case VERDICT_BAD:
        return "bad";
    case VERDICT_OPEN:
        return "open";
    }
    return "none";
}

struct lit verdict_words(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_NONE:
        return LIT("");
    case VERDICT_GOOD:
        return LIT("in order");
    case VERDICT_WATCH:
        return LIT("watch");
    case VERDICT_BAD:
        return LIT("act");
    case VERDICT_OPEN:
        return LIT("for a person");
    }
    return LIT("");
}

/* ---- the document -------------------------------------------------------------------------- */

struct document document_begin(struct arena *arena, struct lit report, struct lit kind,
                               struct str title)
{
    return (struct document){.arena = arena, .report = report, .kind = kind, .title = title};
}

struct str document_key(struct arena *arena, struct str title)
{
    struct buf key = buf_begin(arena);
    for (size_t i = 0; i < title.len; i++) {
        const char c = title.ptr[i];
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (is_letter) {
            buf_u8(&key, (uint8_t)c);
        } else if (c >= 'A' && c <= 'Z') {
            buf_u8(&key, (uint8_t)(c - 'A' + 'a'));
        } else if (key.len > 0 && key.ptr[key.len - 1] != '_') {
            buf_u8(&key, '_');
        }
    }
    while (key.len > 0 && key.ptr[key.len - 1] == '_') {
        key.len--;
    }
    return buf_text(&key);
}

void document_section(struct document *document, struct str title)
{
    struct doc_section *section = NEW(document->arena, struct doc_section);
    section->title = title;
    section->name = document_key(document->arena, title);
    if (document->last == NULL) {
        document->section = section;
    } else {
        document->last->next = section;
    }
    document->last = section;
}

static struct doc_block *begin_block(struct document *document, enum block_kind kind,
                                     struct str title)
{
    struct doc_section *section = document->last;
    struct doc_block *block = NEW(document->arena, struct doc_block);
    must(section != NULL);
    block->kind = kind;
    block->title = title;
    if (section->last == NULL) {
        section->block = block;
    } else {
        section->last->next = block;
    }
    section->last = block;
    return block;
}

void document_text(struct document *document, enum verdict verdict, struct str text)
{
    struct doc_block *block = begin_block(document, BLOCK_TEXT, STR(""));
    block->text = text;
    block->verdict = verdict;
}

void document_facts(struct document *document, struct str title)
{
    (void)begin_block(document, BLOCK_FACTS, title);
}

/* A title that begins with '#' is that of numbers. */
void document_table(struct document *document, struct str title, const char *const *column,
                    size_t count, struct str nothing)
{
    struct doc_block *block = begin_block(document, BLOCK_TABLE, title);
    must(count > 0 && count <= DOC_CELLS_MAX);
    block->text = nothing;
    block->column_count = count;
    for (size_t c = 0; c < count; c++) {
        const bool is_number = column[c][0] == '#';
        block->column[c] = (struct doc_column){str_of(column[c] + is_number), is_number};
    }
}

void document_figures(struct document *document)
{
    (void)begin_block(document, BLOCK_FIGURES, STR(""));
}

void document_bars(struct document *document, struct str title, struct str nothing)
{
    begin_block(document, BLOCK_BARS, title)->text = nothing;
}

struct doc_row *document_row(struct document *document, const struct doc_cell *cell, size_t count)
{
    struct doc_block *block = document->last->last;
    struct doc_row *row = NEW(document->arena, struct doc_row);
    must(block != NULL && block->kind != BLOCK_TEXT);
    must(count > 0 && count <= DOC_CELLS_MAX);
    must(block->kind != BLOCK_TABLE || count == block->column_count);
    bytes_copy(row->cell, cell, count * sizeof *cell);
    row->count = count;
    if (block->last == NULL) {
        block->row = row;
    } else {
        block->last->next = row;
    }
    block->last = row;
    block->row_count++;
    return row;
}

struct doc_row *document_fact(struct document *document, struct str label, struct doc_cell value)
{
    const struct doc_cell cell[] = {cell_text_of(label), value};
    return document_row(document, cell, 2);
}

struct str made_words(const struct document *document)
{
    const struct str time = str_from_time(document->arena, document->made);
    return str_format(document->arena, "%.*s at %.*s UTC", 10, time.ptr, 5, time.ptr + 11);
}

bool block_has_entries(const struct doc_block *block)
{
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        if (row->entries.count > 0) {
            return true;
        }
    }
    return false;
}

bool block_has_verdicts(const struct doc_block *block)
{
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        if (row->verdict != VERDICT_NONE) {
            return true;
        }
    }
    return false;
}
