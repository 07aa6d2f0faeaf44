/*
 * print.h - the door of the print room: a document, and the forms in which it is handed over.
 *
 *   document.c   the document: sections of text, facts, tables, figures and bars
 *   json.c       for machines
 *   text.c       for a terminal
 *   html.c       for a screen, and for a printer from there; through the page room
 *   pdf.c        for paper and archives; sheet.c where things stand on its pages, pdf_table.c tables
 *
 * A document is built once and written in any of them, so that they cannot say different things. What
 * is shown is text; where it is a number the number itself goes along for machines. Each row may name
 * the entries of the ledger that it stands on.
 *
 * The room opens base and page, and alone knows Cairo and Pango. It reads fonts, and nothing else.
 */
#ifndef CANDOR_PRINT_H
#define CANDOR_PRINT_H

#include "base.h"
#include "page.h"

/* ---- document.c ---------------------------------------------------------------------------- */

#define DOC_CELLS_MAX 12
#define DOC_FEW 10 /* fewer people than that are not counted out */

/* What on the ledger shows it. */
struct entries {
    uint64_t count; /* 0: nothing does */
    uint64_t first;
    uint64_t last;
};
void entries_add(struct entries *entries, uint64_t index);
void entries_join(struct entries *entries, const struct entries *more);

/* What is shown, and the number behind it. No text: there is nothing to say. */
struct doc_cell {
    struct str text;
    bool is_number;
    double number;
};
struct doc_cell cell_text_of(struct str text);
struct doc_cell cell_count(struct arena *arena, uint64_t count);
/* "fewer than 10" where there are 1 to 9: too few to stand for nobody. */
struct doc_cell cell_people(struct arena *arena, uint64_t count);
struct doc_cell cell_share(struct arena *arena, double share); /* "12.5 %"; NaN: not known */
struct doc_cell cell_days(struct arena *arena, double days);   /* "3.5 days" */
struct doc_cell cell_day(struct arena *arena, int64_t time);   /* "2026-11-25"; 0: none */
struct doc_cell cell_number(struct arena *arena, double number, unsigned digits);

enum verdict {
    VERDICT_NONE,
    VERDICT_GOOD,
    VERDICT_WATCH,
    VERDICT_BAD,
    VERDICT_OPEN, /* no machine can say: a person has to */
};
const char *verdict_name(enum verdict verdict); /* "open" */
struct lit verdict_words(enum verdict verdict); /* "a person decides" */

enum block_kind {
    BLOCK_TEXT,    /* one paragraph */
    BLOCK_FACTS,   /* label, value */
    BLOCK_TABLE,   /* as its columns say */
    BLOCK_FIGURES, /* label, value, earlier, threshold */
    BLOCK_BARS,    /* label, value; share is the length */
};

struct doc_row {
    struct doc_cell cell[DOC_CELLS_MAX];
    size_t count;
    struct entries entries;
    enum verdict verdict;
    double share; /* 0 .. 1 */
    struct doc_row *next;
};

struct doc_column {
    struct str title;
    bool is_number; /* stands to the right */
};

struct doc_block {
    enum block_kind kind;
    struct str title;     /* may be empty */
    struct str text;      /* of a paragraph; of the others what is said when there are no rows */
    enum verdict verdict; /* of a paragraph */
    struct doc_column column[DOC_CELLS_MAX];
    size_t column_count;
    struct doc_row *row;
    struct doc_row *last;
    size_t row_count;
    struct doc_block *next;
};

struct doc_section {
    struct str name; /* for machines */
    struct str title;
    struct doc_block *block;
    struct doc_block *last;
    struct doc_section *next;
};

struct document {
    struct arena *arena;
    struct lit report;  /* "ropa" */
    struct lit kind;    /* "Record of processing" */
    struct str title;   /* whose */
    struct str law;     /* "GDPR Article 30" */
    struct str summary; /* a sentence or two */
    struct str author;  /* who made it, by role */
    int64_t made;
    int64_t from; /* the period; both 0: none */
    int64_t until;
    struct doc_section *section;
    struct doc_section *last;
    bool has_entry; /* its own, on the ledger */
    uint64_t entry;
    struct str digest; /* of its JSON, in hex */
};

struct document document_begin(struct arena *arena, struct lit report, struct lit kind,
                               struct str title);
/* What follows goes into it. name is for machines; empty: from the title. */
void document_section(struct document *document, struct str title);
void document_text(struct document *document, enum verdict verdict, struct str text);
/* The rest begin a block; nothing is said when it stays empty. */
void document_facts(struct document *document, struct str title);
void document_table(struct document *document, struct str title, const char *const *column,
                    size_t count, struct str nothing);
void document_figures(struct document *document);
void document_bars(struct document *document, struct str title, struct str nothing);

/* A row of the block begun last. */
struct doc_row *document_row(struct document *document, const struct doc_cell *cell, size_t count);
struct doc_row *document_fact(struct document *document, struct str label, struct doc_cell value);
/* "Legal basis" is "legal_basis" for machines. */
struct str document_key(struct arena *arena, struct str title);
/* "120 to 131 (4 entries)". */
struct str entries_text(struct arena *arena, const struct entries *entries);
/* "2026-11-28 at 04:19 UTC". */
struct str made_words(const struct document *document);
bool block_has_entries(const struct doc_block *block);
bool block_has_verdicts(const struct doc_block *block);

/* ---- json.c, text.c, html.c, pdf.c --------------------------------------------------------- */

/* The document as one map: all but its own entry and digest, which come after it. */
void document_json(struct json *json, const struct document *document);
struct str document_as_text(const struct document *document);
struct str document_as_html(const struct document *document);
/*
 * A4, one font family, page n of m, an outline, the document's own instant as its date: the same
 * document gives the same bytes, with the same fonts and libraries.
 *
 * CANDOR_IO         no font is installed, or the library failed
 * CANDOR_NO_MEMORY
 */
CANDOR_MUST_USE enum candor_status document_as_pdf(struct job *job, const struct document *document,
                                                   struct bytes *pdf);

#endif
