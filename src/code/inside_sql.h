/*
 * inside_sql.h - what the files that read SQL share. Inside the room only.
 *
 *   sql_token.c    signs to tokens: quotes, comments and ends of statements of many dialects
 *   sql_words.c    words by their text, parts of names
 *   sql.c          statement by statement
 *   sql_phrase.c   phrases of sql.def
 *   sql_rows.c     which rows: all of them, conditions that are always true, what is dropped
 *   sql_secret.c   passwords, keys and hashes
 *   sql_dynamic.c  statements that are put together and run; sql_judge.c: what an expression is made of
 *   sql_people.c   people: mailings without consent, exports, traits that are nobody's business
 *   sql_agreed.c   whether a condition asks for consent
 */
#ifndef CANDOR_CODE_INSIDE_SQL_H
#define CANDOR_CODE_INSIDE_SQL_H

#include "inside.h"

enum sql_kind {
    SQL_WORD,
    SQL_QUOTED, /* a name in quotes */
    SQL_TEXT,
    SQL_BODY, /* $$ ... $$: a program */
    SQL_NUMBER,
    SQL_PARAM, /* @x, :x, $1, ? */
    SQL_SIGN,
    SQL_END,   /* of a statement */
    SQL_BATCH, /* GO: variables end as well */
};

enum sql_word {
    W_NONE,
#define WORD(id, text) W_##id,
#include "sql_words.def"
#undef WORD
    WORDS,
};

struct sql_token {
    uint32_t start;
    uint32_t end;
    uint16_t word;  /* sql_word, or one that only phrases know; 0: any other */
    uint16_t depth; /* of brackets */
    uint8_t kind;
    char sign; /* the first one */
};

struct sql_words;   /* words by their text */
struct sql_phrases; /* of sql.def */

enum { SQL_DROPS_MAX = 1000 };

struct sql_reader {
    struct str text;
    const struct sql_words *words;
    size_t at;
    uint32_t depth;
    struct str delimiter; /* another end of statements than ';' */
    uint8_t before;       /* kind of the token before */
    uint16_t word_before;
    bool is_mysql;
    bool is_torn; /* a quote that nothing closes: texts end with their line */
    bool has_open_comment;
    bool says_marketing; /* a comment did */
};

/* ---- sql_token.c ------------------------------------------------------------------------------ */

void sql_read_begin(struct sql_reader *reader, struct str text, const struct sql_words *words);
bool sql_read(struct sql_reader *reader, struct sql_token *token); /* false: the end */

/* ---- sql.c ------------------------------------------------------------------------------------ */

struct sql_scan {
    struct arena *arena;
    struct code_findings *findings;
    const struct sql_words *words;
    const struct sql_phrases *phrases;
    struct str text; /* that is read now; a part of the whole */
    size_t shift;    /* where it stands in the whole */
    const struct sql_token *token;
    uint32_t count;
    bool says_marketing; /* a comment at the statement does */
    bool is_export;      /* the statement around hands it out */
    struct map *variable;
    struct map *made;      /* tables that the text makes itself */
    struct sql_drop *drop; /* what the text drops */
    size_t drop_count;
    uint32_t depth; /* texts within texts */
    uint64_t work;
    bool is_cut;
};

struct sql_drop {
    struct str name;
    size_t start;
    size_t end;
};

/* Tokens of a statement from `from` to before `to`. */
struct sql_range {
    uint32_t from;
    uint32_t to;
};

uint16_t sql_word_find(const struct sql_words *words, struct str text);
/* Beyond the end stands a token that is nothing. */
const struct sql_token *sql_at(const struct sql_scan *scan, uint32_t at);
struct str sql_text(const struct sql_scan *scan, uint32_t at);    /* as it stands */
struct str sql_content(const struct sql_scan *scan, uint32_t at); /* without quotes */
bool sql_is_word(const struct sql_scan *scan, uint32_t at, enum sql_word word);
bool sql_is_sign(const struct sql_scan *scan, uint32_t at, const char *sign);
bool sql_is_name(const struct sql_scan *scan, uint32_t at); /* a word, or a name in quotes */
uint32_t sql_close(struct sql_scan *scan, uint32_t open);   /* of a bracket; the end: none */
/* The last part of "a.b.c" that begins there. */
uint32_t sql_name_end(const struct sql_scan *scan, uint32_t at);
/* The first token from there on that ends a clause of its depth: a bracket, or another statement. */
uint32_t sql_clause_end(struct sql_scan *scan, uint32_t at);
bool sql_spend(struct sql_scan *scan, uint64_t steps);
void sql_report(struct sql_scan *scan, enum rule_id rule, uint32_t from, uint32_t last);
/* A text that is a statement as well. */
void sql_scan_within(struct sql_scan *scan, uint32_t at, bool is_export);
/* "first_name", "firstName": whether one of its parts is one of the words. */
bool sql_has_part(struct str name, const char *words);

/* ---- rules ------------------------------------------------------------------------------------- */

void sql_look_at_rows(struct sql_scan *scan, uint32_t at);
void sql_look_at_drops(struct sql_scan *scan);
void sql_look_at_secrets(struct sql_scan *scan, uint32_t at);
bool sql_is_clear(struct str text); /* a password, not its hash and not its place */
void sql_look_at_dynamic(struct sql_scan *scan, uint32_t at);
/* What an expression is made of: fixed, of one thing that is not known, or put together from what is not fixed. */
enum sql_made { SQL_FIXED, SQL_UNKNOWN, SQL_BUILT };
enum sql_made sql_judge(struct sql_scan *scan, struct sql_range expression);
void sql_note_number(struct sql_scan *scan, uint32_t at); /* "@id int": a number builds nothing */
void sql_give(struct sql_scan *scan, uint32_t name, enum sql_made made);
enum sql_made sql_made_of(struct sql_scan *scan, uint32_t name);
bool sql_is_variable(struct sql_scan *scan, uint32_t name); /* it was given something */
void sql_look_at_people(struct sql_scan *scan);
/* Whether what a condition lets through has agreed. */
bool sql_agrees(struct sql_scan *scan, struct sql_range condition);
bool sql_says_yes(struct str name);
bool sql_says_no(struct str name);

#endif
