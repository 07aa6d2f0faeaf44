/*
 * html.c - a document as one page, for a screen and for a printer from there.
 *
 * The page room gives head, style and escapes. A row's entries link to their proofs as the server
 * gives them; the numbers stand there in text too, so that paper loses nothing. A table scrolls within
 * itself on a phone; on paper its head is repeated and no row is cut.
 */
#include "print.h"

enum { WHOLE_MOST = 12 }; /* bytes of a cell that is not broken: days, intervals */

static const char style[] =
    ".sheet table{margin:.6rem 0 1.4rem;table-layout:auto}"
    ".sheet thead{display:table-header-group}"
    ".sheet thead th{padding:.35rem .9rem .35rem 0;vertical-align:bottom;font-weight:500}"
    ".sheet tbody td,.sheet tbody th{padding:.4rem .9rem .4rem 0;border-bottom:1px solid "
    "var(--line);"
    "text-align:left;white-space:normal;overflow-wrap:break-word}"
    ".sheet thead th:last-child,.sheet tbody td:last-child{text-align:left;padding-left:0;"
    "padding-right:0;white-space:normal}"
    ".sheet thead th.n,.sheet tbody td.n,.sheet thead th.n:last-child,.sheet tbody td.n:last-child"
    "{text-align:right;white-space:nowrap}"
    ".sheet .facts th{width:15rem;color:var(--soft)}"
    ".sheet h3{margin:1.8rem 0 .2rem}"
    ".sheet section{padding-top:1.4rem;margin-top:2.4rem}"
    ".wide{overflow-x:auto}"
    ".led{color:var(--soft);font-size:.8rem;white-space:nowrap}"
    ".led a{color:inherit;text-decoration:underline;text-decoration-color:var(--line);"
    "text-underline-offset:.2em}"
    ".mark{display:inline-block;padding:0 .5rem;border-radius:1rem;border:1px solid var(--line);"
    "font-size:.78rem;white-space:nowrap;color:var(--soft)}"
    ".mark.good{color:var(--good);border-color:var(--good)}"
    ".mark.bad{color:#fff;background:var(--bad);border-color:var(--bad)}"
    ".mark.watch{color:var(--ink);border-color:var(--ink)}"
    ".mark.open{border-style:dashed;color:var(--ink)}"
    "@media(prefers-color-scheme:dark){.mark.bad{color:#14181f}}"
    ".open-text{border:1px dashed var(--soft);border-radius:.4rem;padding:.7rem .9rem;"
    "margin:.8rem 0;background:var(--card)}"
    ".sheet .figures{grid-template-columns:repeat(3,1fr);margin:1rem 0 1.4rem;gap:.6rem;border:0;"
    "background:none;border-radius:0;overflow:visible}"
    ".sheet .figure{border:1px solid var(--line);border-radius:.5rem}"
    ".sheet a{color:inherit}.sheet td.s{white-space:nowrap}"
    ".sheet .figure{display:flex;flex-direction:column}"
    ".sheet .figure dd{margin:.2rem 0 .4rem}"
    ".sheet .figure .mark{align-self:flex-start;margin-top:.5rem}"
    ".sheet .row{grid-template-columns:12rem 1fr 7rem}"
    ".sheet ol.stairs>li{margin:0 0 .4rem}"
    ".contents{columns:2;margin:1.4rem 0 0;padding-left:1.2rem;color:var(--soft)}"
    ".contents a{color:inherit}"
    "@media(max-width:44rem){.sheet .figures{grid-template-columns:1fr 1fr}.contents{columns:1}"
    ".sheet .facts,.sheet .facts tbody,.sheet .facts tr,.sheet .facts th,.sheet .facts td"
    "{display:block;width:auto}.sheet .facts th{border:0;padding-bottom:0}"
    ".sheet .facts td:last-child{padding-top:.1rem}.sheet .facts td:empty{display:none}"
    ".sheet .row{grid-template-columns:1fr auto}.wide table{min-width:34rem}}"
    "@page{size:A4;margin:18mm 16mm 20mm}"
    "@media print{.sheet section{break-inside:auto;margin-top:1.4rem}h1{font-size:22pt}"
    "h2,h3{break-after:avoid}h2{font-size:14pt}tr,.figure,.open-text{break-inside:avoid}"
    "p{orphans:3;widows:3}.sheet table{font-size:8.5pt}.wide{overflow:visible}"
    ".contents{break-after:auto}.mark.bad{-webkit-print-color-adjust:exact;"
    "print-color-adjust:exact}}";

/* ---- pieces -------------------------------------------------------------------------------- */

static void put_entry(struct buf *html, uint64_t index)
{
    buf_format(html, "<a href=\"/v1/ledger/proof/%llu\">%llu</a>", (unsigned long long)index,
               (unsigned long long)index);
}

static void put_entries(struct buf *html, const struct entries *entries)
{
    if (entries->count == 0) {
        return;
    }
    buf_lit(html, LIT("<span class=\"led\">"));
    const bool has_gaps = entries->last - entries->first + 1 != entries->count;
    if (has_gaps) {
        page_count(html, entries->count);
        buf_lit(html, LIT(" of "));
    }
    put_entry(html, entries->first);
    if (entries->last != entries->first) {
        buf_lit(html, LIT(" to "));
        put_entry(html, entries->last);
    }
    buf_lit(html, LIT("</span>"));
}

static void put_mark(struct buf *html, enum verdict verdict)
{
    if (verdict == VERDICT_NONE) {
        return;
    }
    buf_format(html, "<span class=\"mark %s\">", verdict_name(verdict));
    buf_lit(html, verdict_words(verdict));
    buf_lit(html, LIT("</span>"));
}

static void put_cell(struct buf *html, const struct doc_cell *cell)
{
    if (cell->text.len == 0) {
        buf_lit(html, LIT("<span class=\"small\">\xe2\x80\x93</span>"));
    } else {
        html_text(html, cell->text);
    }
}

/* ---- blocks -------------------------------------------------------------------------------- */

static void put_text(struct buf *html, const struct doc_block *block)
{
    switch (block->verdict) {
    case VERDICT_NONE:
        page_tag(html, LIT("<p>"), block->text, LIT("</p>"));
        return;
    case VERDICT_GOOD:
        page_tag(html, LIT("<p class=\"verdict good\">"), block->text, LIT("</p>"));
        return;
    case VERDICT_WATCH:
        page_tag(html, LIT("<p class=\"verdict\">"), block->text, LIT("</p>"));
        return;
    case VERDICT_BAD:
        page_tag(html, LIT("<p class=\"verdict bad\">"), block->text, LIT("</p>"));
        return;
    case VERDICT_OPEN:
        buf_lit(html, LIT("<p class=\"open-text\">"));
        put_mark(html, VERDICT_OPEN);
        page_tag(html, LIT(" "), block->text, LIT("</p>"));
        return;
    }
}

static void put_facts(struct buf *html, const struct doc_block *block)
{
    const bool has_entries = block_has_entries(block) || block_has_verdicts(block);
    buf_lit(html, LIT("<table class=\"facts\"><tbody>"));
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        page_tag(html, LIT("<tr><th scope=\"row\">"), row->cell[0].text, LIT("</th><td>"));
        put_cell(html, &row->cell[1]);
        buf_lit(html, LIT("</td>"));
        if (has_entries) {
            buf_lit(html, LIT("<td>"));
            put_mark(html, row->verdict);
            put_entries(html, &row->entries);
            buf_lit(html, LIT("</td>"));
        }
        buf_lit(html, LIT("</tr>"));
    }
    buf_lit(html, LIT("</tbody></table>"));
}

static void put_table_head(struct buf *html, const struct doc_block *block, bool has_verdicts,
                           bool has_entries)
{
    buf_lit(html, LIT("<div class=\"wide\"><table><thead><tr>"));
    for (size_t c = 0; c < block->column_count; c++) {
        page_tag(html,
                 block->column[c].is_number ? LIT("<th scope=\"col\" class=\"n\">")
                                            : LIT("<th scope=\"col\">"),
                 block->column[c].title, LIT("</th>"));
    }
    buf_lit(html, has_verdicts ? LIT("<th scope=\"col\">Finding</th>") : LIT(""));
    buf_lit(html, has_entries ? LIT("<th scope=\"col\">Ledger</th>") : LIT(""));
    buf_lit(html, LIT("</tr></thead><tbody>\n"));
}

static void put_table(struct buf *html, const struct doc_block *block)
{
    const bool has_entries = block_has_entries(block);
    const bool has_verdicts = block_has_verdicts(block);
    put_table_head(html, block, has_verdicts, has_entries);
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        buf_lit(html, LIT("<tr>"));
        for (size_t c = 0; c < row->count; c++) {
            buf_lit(html, block->column[c].is_number            ? LIT("<td class=\"n\">")
                          : row->cell[c].text.len <= WHOLE_MOST ? LIT("<td class=\"s\">")
                                                                : LIT("<td>"));
            put_cell(html, &row->cell[c]);
            buf_lit(html, LIT("</td>"));
        }
        if (has_verdicts) {
            buf_lit(html, LIT("<td>"));
            put_mark(html, row->verdict);
            buf_lit(html, LIT("</td>"));
        }
        if (has_entries) {
            buf_lit(html, LIT("<td>"));
            put_entries(html, &row->entries);
            buf_lit(html, LIT("</td>"));
        }
        buf_lit(html, LIT("</tr>\n"));
    }
    buf_lit(html, LIT("</tbody></table></div>"));
}

static void put_figures(struct buf *html, const struct doc_block *block)
{
    buf_lit(html, LIT("<dl class=\"figures\">"));
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        page_tag(html, LIT("<div class=\"figure\"><dt>"), row->cell[0].text, LIT("</dt><dd>"));
        put_cell(html, &row->cell[1]);
        buf_lit(html, LIT("</dd>"));
        if (row->cell[2].text.len > 0) {
            page_tag(html, LIT("<small>Before: "), row->cell[2].text, LIT("</small>"));
        }
        if (row->cell[3].text.len > 0) {
            page_tag(html, LIT("<small>"), row->cell[3].text, LIT("</small>"));
        }
        if (row->entries.count > 0) {
            buf_lit(html, LIT("<small>Ledger "));
            put_entries(html, &row->entries);
            buf_lit(html, LIT("</small>"));
        }
        put_mark(html, row->verdict);
        buf_lit(html, LIT("</div>"));
    }
    buf_lit(html, LIT("</dl>"));
}

static void put_bars(struct buf *html, const struct doc_block *block)
{
    buf_lit(html, LIT("<ol class=\"stairs\">"));
    for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
        page_tag(html, LIT("<li><div class=\"row\"><span class=\"name\">"), row->cell[0].text,
                 LIT("</span>"));
        page_bar(html, row->share);
        page_tag(html, LIT("<b class=\"count\">"), row->cell[1].text, LIT("</b></div></li>"));
    }
    buf_lit(html, LIT("</ol>"));
}

static void put_block(struct buf *html, const struct doc_block *block)
{
    if (block->kind == BLOCK_TEXT) {
        put_text(html, block);
        return;
    }
    if (block->title.len > 0) {
        page_tag(html, LIT("<h3>"), block->title, LIT("</h3>"));
    }
    if (block->row_count == 0) {
        page_tag(html, LIT("<p class=\"note\">"), block->text, LIT("</p>"));
        return;
    }
    switch (block->kind) {
    case BLOCK_TEXT:
        break;
    case BLOCK_FACTS:
        put_facts(html, block);
        break;
    case BLOCK_TABLE:
        put_table(html, block);
        break;
    case BLOCK_FIGURES:
        put_figures(html, block);
        break;
    case BLOCK_BARS:
        put_bars(html, block);
        break;
    }
}

/* ---- the page ------------------------------------------------------------------------------ */

static void put_head(struct buf *html, const struct document *document)
{
    struct arena *arena = document->arena;
    page_tag(html, LIT("<p class=\"lead\">"), document->summary, LIT("</p><p class=\"note\">"));
    html_text(html, document->law);
    if (document->until != 0) {
        html_text(html, str_format(arena, ". From %.*s until %.*s",
                                   STR_ARG(str_from_date(arena, document->from)),
                                   STR_ARG(str_from_date(arena, document->until))));
    }
    html_text(html, str_format(arena, ". Made on %.*s", STR_ARG(made_words(document))));
    page_tag(html, LIT(" by "), document->author, LIT(".</p></header>"));
}

static void put_contents(struct buf *html, const struct document *document)
{
    size_t number = 0;
    buf_lit(html, LIT("<nav aria-label=\"Contents\"><ol class=\"contents\">"));
    for (const struct doc_section *section = document->section; section != NULL;
         section = section->next) {
        buf_format(html, "<li><a href=\"#s%zu\">", ++number);
        page_tag(html, LIT(""), section->title, LIT("</a></li>"));
    }
    buf_lit(html, LIT("</ol></nav>"));
}

static void put_proof(struct buf *html, const struct document *document)
{
    if (!document->has_entry) {
        return;
    }
    buf_lit(html, LIT("<footer><h2>Can it be proved?</h2><p>This report is entry "));
    put_entry(html, document->entry);
    page_tag(html,
             LIT(" of the ledger: it is the one that was made. Numbers under \xe2\x80\x9cLedger"
                 "\xe2\x80\x9d are the entries that a figure stands on: <code>candor ledger show "
                 "NUMBER</code>, <code>candor report verify FILE</code>.</p><p class=\"small\">"
                 "SHA-256 of its content: <code>"),
             document->digest, LIT("</code></p></footer>"));
}

struct str document_as_html(const struct document *document)
{
    struct buf html = buf_begin(document->arena);
    size_t number = 0;
    page_begin_styled(&html, document->kind, document->title, (struct lit){style, sizeof style - 1},
                      LIT("sheet"));
    put_head(&html, document);
    if (document->section != NULL && document->section->next != NULL) {
        put_contents(&html, document);
    }
    for (const struct doc_section *section = document->section; section != NULL;
         section = section->next) {
        buf_format(&html, "<section id=\"s%zu\">", ++number);
        page_tag(&html, LIT("<h2>"), section->title, LIT("</h2>"));
        for (const struct doc_block *block = section->block; block != NULL; block = block->next) {
            put_block(&html, block);
        }
        buf_lit(&html, LIT("</section>\n"));
    }
    put_proof(&html, document);
    page_end(&html);
    return buf_text(&html);
}
