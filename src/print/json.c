/*
 * json.c - a document for machines.
 *
 *     {"report", "kind", "title", ..., "sections": [{"section", "title", "blocks": [BLOCK, ...]}]}
 *
 * A block has one key that says what it is: "text", "facts", "table", "figures" or "bars". Cells are
 * numbers where there is one, else texts, else null.
 */
#include "print.h"

static void put_cell(struct json *json, const struct doc_cell *cell)
{
    if (cell->is_number) {
        json_f64(json, cell->number);
    } else if (cell->text.len == 0) {
        json_null(json);
    } else {
        json_text(json, cell->text);
    }
}

static void put_key_cell(struct json *json, struct lit key, const struct doc_cell *cell)
{
    json_key(json, key);
    put_cell(json, cell);
}

/* "ledger" and "verdict" of a row, where it has them. */
static void put_proof(struct json *json, const struct doc_row *row)
{
    if (row->verdict != VERDICT_NONE) {
        json_key(json, LIT("verdict"));
        json_text(json, str_of(verdict_name(row->verdict)));
    }
    if (row->entries.count > 0) {
        json_key(json, LIT("ledger"));
        json_map_begin(json);
        json_key(json, LIT("entries"));
        json_u64(json, row->entries.count);
        json_key(json, LIT("first"));
        json_u64(json, row->entries.first);
        json_key(json, LIT("last"));
        json_u64(json, row->entries.last);
        json_map_end(json);
    }
}

static void put_table_row(struct json *json, struct arena *arena, const struct doc_block *block,
                          const struct doc_row *row)
{
    for (size_t c = 0; c < row->count; c++) {
        json_key_str(json, document_key(arena, block->column[c].title));
        put_cell(json, &row->cell[c]);
    }
}

static void put_labelled(struct json *json, struct arena *arena, const struct doc_row *row)
{
    static const struct lit key[] = {{"label", 5}, {"value", 5}, {"earlier", 7}, {"threshold", 9}};
    json_key(json, LIT("key"));
    json_text(json, document_key(arena, row->cell[0].text));
    for (size_t c = 0; c < row->count && c < sizeof key / sizeof key[0]; c++) {
        put_key_cell(json, key[c], &row->cell[c]);
    }
}

static struct lit kind_key(enum block_kind kind)
{
    switch (kind) {
    case BLOCK_TEXT:
        return LIT("text");
    case BLOCK_FACTS:
        return LIT("facts");
    case BLOCK_TABLE:
        return LIT("table");
    case BLOCK_FIGURES:
        return LIT("figures");
    case BLOCK_BARS:
        return LIT("bars");
    }
    return LIT("text");
}

static void put_block(struct json *json, struct arena *arena, const struct doc_block *block)
{
    json_map_begin(json);
    if (block->title.len > 0) {
        json_key(json, LIT("title"));
        json_text(json, block->title);
    }
    if (block->verdict != VERDICT_NONE) {
        json_key(json, LIT("verdict"));
        json_text(json, str_of(verdict_name(block->verdict)));
    }
    json_key(json, kind_key(block->kind));
    if (block->kind == BLOCK_TEXT) {
        json_text(json, block->text);
        json_map_end(json);
        return;
    }
    json_list_begin(json);
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        json_map_begin(json);
        if (block->kind == BLOCK_TABLE) {
            put_table_row(json, arena, block, row);
        } else {
            put_labelled(json, arena, row);
        }
        put_proof(json, row);
        json_map_end(json);
    }
    json_list_end(json);
    json_map_end(json);
}

static void put_text(struct json *json, struct lit key, struct str text)
{
    json_key(json, key);
    json_text(json, text);
}

void document_json(struct json *json, const struct document *document)
{
    struct arena *arena = document->arena;
    json_map_begin(json);
    put_text(json, LIT("report"), str_from(document->report));
    put_text(json, LIT("kind"), str_from(document->kind));
    put_text(json, LIT("title"), document->title);
    put_text(json, LIT("law"), document->law);
    put_text(json, LIT("summary"), document->summary);
    put_text(json, LIT("author"), document->author);
    put_text(json, LIT("made"), str_from_time(arena, document->made));
    if (document->until != 0) {
        put_text(json, LIT("from"), str_from_time(arena, document->from));
        put_text(json, LIT("until"), str_from_time(arena, document->until));
    }
    json_key(json, LIT("sections"));
    json_list_begin(json);
    for (const struct doc_section *section = document->section; section != NULL;
         section = section->next) {
        json_map_begin(json);
        put_text(json, LIT("section"), section->name);
        put_text(json, LIT("title"), section->title);
        json_key(json, LIT("blocks"));
        json_list_begin(json);
        for (const struct doc_block *block = section->block; block != NULL; block = block->next) {
            put_block(json, arena, block);
        }
        json_list_end(json);
        json_map_end(json);
    }
    json_list_end(json);
    json_map_end(json);
}
