/*
 * sql.c - SQL, statement by statement. Texts and bodies that are statements themselves are read as well.
 */
#include <string.h>

#include "inside_sql_words.h"

enum { WITHIN_MAX = 4, STATEMENT_MAX = 200000, WORK_MAX = 1 << 26 };

/* ---- tokens --------------------------------------------------------------------------------------- */

const struct sql_token *sql_at(const struct sql_scan *scan, uint32_t at)
{
    static const struct sql_token nothing = {.kind = SQL_END};
    return at < scan->count ? &scan->token[at] : &nothing;
}

struct str sql_text(const struct sql_scan *scan, uint32_t at)
{
    const struct sql_token *token = sql_at(scan, at);
    return str_slice(scan->text, token->start, token->end);
}

struct str sql_content(const struct sql_scan *scan, uint32_t at)
{
    const struct sql_token *token = sql_at(scan, at);
    struct str text = sql_text(scan, at);
    if (token->kind == SQL_BODY) {
        const size_t tag = 1 + str_find(str_slice(text, 1, text.len), '$') + 1;
        const bool is_closed = text.len >= 2 * tag && text.ptr[text.len - 1] == '$';
        return str_slice(text, tag, is_closed ? text.len - tag : text.len);
    }
    if (token->kind != SQL_TEXT && token->kind != SQL_QUOTED) {
        return text;
    }
    text = str_slice(text, token->sign == '\'' || token->kind == SQL_QUOTED ? 1 : 2, text.len);
    const bool is_closed = text.len > 0 && strchr("'\"`]", text.ptr[text.len - 1]) != NULL &&
                           text.ptr[text.len - 1] != '\0';
    return is_closed ? str_slice(text, 0, text.len - 1) : text;
}

bool sql_is_word(const struct sql_scan *scan, uint32_t at, enum sql_word word)
{
    const struct sql_token *token = sql_at(scan, at);
    return token->kind == SQL_WORD && token->word == (uint16_t)word;
}

bool sql_is_sign(const struct sql_scan *scan, uint32_t at, const char *sign)
{
    return sql_at(scan, at)->kind == SQL_SIGN && str_is(sql_text(scan, at), sign);
}

bool sql_is_name(const struct sql_scan *scan, uint32_t at)
{
    return sql_at(scan, at)->kind == SQL_WORD || sql_at(scan, at)->kind == SQL_QUOTED;
}

bool sql_spend(struct sql_scan *scan, uint64_t steps)
{
    scan->work += steps;
    scan->is_cut = scan->is_cut || scan->work > WORK_MAX;
    return !scan->is_cut;
}

uint32_t sql_close(struct sql_scan *scan, uint32_t open)
{
    const uint16_t depth = sql_at(scan, open)->depth;
    uint32_t at = open + 1;
    while (at < scan->count && sql_at(scan, at)->depth > depth && sql_spend(scan, 1)) {
        at++;
    }
    return at;
}

uint32_t sql_name_end(const struct sql_scan *scan, uint32_t at)
{
    while (sql_is_sign(scan, at + 1, ".") && sql_is_name(scan, at + 2)) {
        at += 2;
    }
    return at;
}

/* Words that begin another statement, where nothing needs to stand between two. */
static bool begins(const struct sql_scan *scan, uint32_t at)
{
    switch (sql_at(scan, at)->word) {
    case W_SELECT:
    case W_INSERT:
    case W_DELETE:
    case W_MERGE:
    case W_DROP:
    case W_CREATE:
    case W_ALTER:
    case W_TRUNCATE:
    case W_EXEC:
    case W_EXECUTE:
    case W_DECLARE:
    case W_PRINT:
    case W_COMMIT:
    case W_BEGIN:
    case W_RETURN:
    case W_WHILE:
    case W_PREPARE:
        return true;
    case W_UPDATE:
        return !sql_is_word(scan, at - 1, W_FOR) && !sql_is_word(scan, at - 1, W_KEY) &&
               !sql_is_word(scan, at - 1, W_ON);
    default:
        return false;
    }
}

uint32_t sql_clause_end(struct sql_scan *scan, uint32_t at)
{
    const uint16_t depth = sql_at(scan, at)->depth;
    for (at++; at < scan->count && sql_spend(scan, 1); at++) {
        const struct sql_token *token = sql_at(scan, at);
        if (token->depth < depth) {
            break;
        }
        if (token->depth == depth && token->kind == SQL_WORD && begins(scan, at)) {
            break;
        }
    }
    return at;
}

void sql_report(struct sql_scan *scan, enum rule_id rule, uint32_t from, uint32_t last)
{
    last = last < scan->count ? last : scan->count - 1; /* a bracket that nothing closes */
    from = from <= last ? from : last;
    report_at(scan->findings, rule, scan->shift + sql_at(scan, from)->start,
              scan->shift + sql_at(scan, last)->end);
}

/* ---- what is within ----------------------------------------------------------------------------------- */

static void scan_text(struct sql_scan *scan);

/* What the language of a function is: of its body, or CODE_NONE where it is SQL. -1: another one. */
static int language_of(const struct sql_scan *scan)
{
    for (uint32_t at = 0; at < scan->count; at++) {
        if (!sql_is_word(scan, at, W_LANGUAGE)) {
            continue;
        }
        const struct str name = sql_content(scan, at + 1);
        const struct str start = str_slice(name, 0, 8);
        if (same_small(start, "plpython") || same_small(name, "python")) {
            return CODE_PYTHON;
        }
        if (same_small(name, "plv8") || same_small(name, "javascript") || same_small(name, "js")) {
            return CODE_JAVASCRIPT;
        }
        return same_small(name, "sql") || same_small(name, "plpgsql") ? CODE_NONE : -1;
    }
    return CODE_NONE;
}

void sql_scan_within(struct sql_scan *scan, uint32_t at, bool is_export)
{
    const struct str content = sql_content(scan, at);
    if (scan->depth >= WITHIN_MAX || content.len < 6) {
        return;
    }
    struct sql_scan within = *scan;
    within.text = content;
    within.shift = scan->shift + (size_t)(content.ptr - scan->text.ptr);
    within.depth++;
    within.is_export = is_export;
    scan_text(&within);
    scan->work = within.work;
    scan->is_cut = within.is_cut;
    scan->drop = within.drop;
    scan->drop_count = within.drop_count;
}

static void look_at_body(struct sql_scan *scan, uint32_t at, int language)
{
    const struct str content = sql_content(scan, at);
    const bool is_program = sql_is_word(scan, 0, W_CREATE) || sql_is_word(scan, 0, W_DO) ||
                            sql_is_word(scan, 0, W_ALTER);
    if (language == CODE_NONE && is_program) {
        sql_scan_within(scan, at, false);
    } else if (language > 0) {
        scan_program(content, (enum code_language)language,
                     scan->shift + (size_t)(content.ptr - scan->text.ptr), scan->findings);
    }
}

/* ---- statements ----------------------------------------------------------------------------------------- */

static void note_made(struct sql_scan *scan, uint32_t at)
{
    while (at < scan->count && !sql_is_word(scan, at, W_TABLE) &&
           !sql_is_word(scan, at, W_SCHEMA) && !sql_is_word(scan, at, W_DATABASE) &&
           sql_at(scan, at)->kind == SQL_WORD) {
        at++;
    }
    for (at++; sql_is_word(scan, at, W_IF) || sql_is_word(scan, at, W_NOT) ||
               sql_is_word(scan, at, W_EXISTS);) {
        at++;
    }
    if (sql_is_name(scan, at)) {
        const struct str name = str_lower(scan->arena, sql_content(scan, sql_name_end(scan, at)));
        map_put(scan->made, KEY(name), scan);
    }
}

static void look_at_definer(struct sql_scan *scan, uint32_t at)
{
    /* MySQL's SQL SECURITY DEFINER has no path; LANGUAGE sql SECURITY DEFINER has one. */
    bool is_bound = sql_is_word(scan, at - 1, W_SQL) && !sql_is_word(scan, at - 2, W_LANGUAGE);
    for (uint32_t i = 0; i < scan->count && !is_bound && sql_spend(scan, 1); i++) {
        is_bound = sql_is_word(scan, i, W_SEARCH_PATH);
    }
    if (!is_bound && sql_is_word(scan, at + 1, W_DEFINER)) {
        sql_report(scan, RULE_SQL_DEFINER, at, at + 1);
    }
}

static void look_at_statement(struct sql_scan *scan)
{
    const int language = language_of(scan);
    for (uint32_t at = 0; at < scan->count && !scan->is_cut; at++) {
        sql_look_at_phrases(scan, scan->phrases, at);
        sql_look_at_rows(scan, at);
        sql_look_at_secrets(scan, at);
        sql_look_at_dynamic(scan, at);
        if (sql_at(scan, at)->kind == SQL_BODY) {
            look_at_body(scan, at, language);
        } else if (sql_is_word(scan, at, W_CREATE)) {
            note_made(scan, at + 1);
        } else if (sql_is_word(scan, at, W_SECURITY) && at > 0) {
            look_at_definer(scan, at);
        } else if (sql_is_word(scan, at, W_UNLOAD) && sql_is_sign(scan, at + 1, "(")) {
            sql_scan_within(scan, at + 2, true);
        }
    }
    sql_look_at_people(scan);
}

/* The tokens up to the end of the statement; false: there are none any more. */
static bool read_statement(struct sql_reader *reader, struct sql_token *token, uint32_t *count,
                           bool *is_batch)
{
    *count = 0;
    while (*count < STATEMENT_MAX && sql_read(reader, &token[*count])) {
        if (token[*count].kind >= SQL_END) {
            *is_batch = token[*count].kind == SQL_BATCH;
            return true;
        }
        (*count)++;
    }
    return *count > 0;
}

static void scan_text(struct sql_scan *scan)
{
    struct arena *scratch = arena_begin();
    const size_t room = scan->text.len + 1 < STATEMENT_MAX ? scan->text.len + 1 : STATEMENT_MAX;
    struct sql_token *token = TRY_ARRAY(scratch, room, struct sql_token);
    struct sql_reader reader;
    bool is_batch = false;
    sql_read_begin(&reader, scan->text, scan->words);
    scan->token = token;
    while (token != NULL && !scan->is_cut &&
           read_statement(&reader, token, &scan->count, &is_batch)) {
        scan->says_marketing = reader.says_marketing;
        reader.says_marketing = false;
        look_at_statement(scan);
        if (is_batch) {
            scan->variable = map_begin(scan->arena);
            is_batch = false;
        }
    }
    scan->is_cut = scan->is_cut || token == NULL;
    arena_end(scratch);
}

void scan_sql(struct str text, size_t shift, struct code_findings *findings)
{
    struct arena *arena = arena_begin();
    struct sql_words *words = sql_words_begin(arena);
    struct sql_scan scan = {.arena = arena,
                            .findings = findings,
                            .words = words,
                            .phrases = sql_phrases_begin(arena, words),
                            .text = text,
                            .shift = shift,
                            .variable = map_begin(arena),
                            .made = map_begin(arena),
                            .drop = NEW_ARRAY(arena, SQL_DROPS_MAX, struct sql_drop)};
    look_for_hidden_signs(text, shift, findings);
    scan_text(&scan);
    scan.text = text;
    sql_look_at_drops(&scan);
    if (scan.is_cut) {
        report_open(findings, "too much to be checked to the end", shift,
                    shift + (text.len < 40 ? text.len : 40));
    }
    arena_end(arena);
}
