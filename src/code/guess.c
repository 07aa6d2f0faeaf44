/*
 * guess.c - which language a text without a name is in.
 *
 *     <?php, <!doctype html>, <div ..., #!/usr/bin/env python ──the beginning──▶ PHP, HTML, Python, JavaScript
 *     SELECT name FROM people;                                ──the first statement──▶ SQL
 *     .box { margin: 0; }                                     ──selector, brace, property──▶ CSS
 *     lines ──guess_lines.c──▶ Python, JavaScript, TypeScript, PHP
 *
 * Prose must never be read as a program: doubt is CODE_NONE.
 */
#include "inside_guess.h"

enum { LOOK_MAX = 1 << 16 };

static bool is_one_of(struct str text, size_t at, const char *const word[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (begins_word(text, at, word[i])) {
            return true;
        }
    }
    return false;
}

#define IS_ONE_OF(text, at, list) is_one_of(text, at, list, sizeof(list) / sizeof(list)[0])

/* ---- by the beginning ------------------------------------------------------------------------ */

static size_t skip_comments(struct str text, size_t at)
{
    for (;;) {
        const char *end = NULL;
        at = skip_blanks(text, at);
        end = begins(text, at, "/*") ? "*/" : begins(text, at, "<!--") ? "-->" : NULL;
        if (begins(text, at, "//") || begins(text, at, "--")) {
            while (at < text.len && text.ptr[at] != '\n') {
                at++;
            }
            continue;
        }
        if (end == NULL) {
            return at;
        }
        const size_t from = at;
        while (at < text.len && !begins(text, at, end)) {
            at++;
        }
        if (at >= text.len) {
            return from;
        }
        at += strlen(end);
    }
}

static enum code_language by_beginning(struct str text, size_t at)
{
    static const char *const tag[] = {
        "!doctype", "html",   "head",   "body",  "script", "style",    "div",   "span",   "form",
        "table",    "svg",    "meta",   "link",  "title",  "section",  "main",  "nav",    "header",
        "footer",   "button", "input",  "label", "a",      "img",      "p",     "h1",     "h2",
        "ul",       "ol",     "iframe", "video", "select", "template", "aside", "article"};
    if (begins(text, at, "#!")) {
        const struct str line =
            str_slice(text, at, at + str_find(str_slice(text, at, text.len), '\n'));
        return str_contains(line, STR("python")) ? CODE_PYTHON
               : str_contains(line, STR("node")) ? CODE_JAVASCRIPT
               : str_contains(line, STR("php"))  ? CODE_PHP
                                                 : CODE_NONE;
    }
    if (begins(text, at, "<?php") || begins(text, at, "<?=")) {
        return CODE_PHP;
    }
    if (at_of(text, at) != '<' || !IS_ONE_OF(text, at + 1, tag)) {
        return CODE_NONE;
    }
    const struct str rest = str_slice(text, at, text.len);
    const bool is_closed = str_find(rest, '>') < rest.len;
    return !is_closed ? CODE_NONE : str_contains(rest, STR("<?php")) ? CODE_PHP : CODE_HTML;
}

/* ---- SQL ------------------------------------------------------------------------------------- */

/* Behind a table: the end, or a word of SQL. "Select colours from the menu; ..." goes on otherwise. */
static bool ends_or_goes_on(struct str text, size_t table)
{
    static const char *const word[] = {"where", "join",  "inner", "left",   "right", "cross",
                                       "order", "group", "limit", "having", "union", "natural"};
    const size_t end = skip_path(text, table);
    const size_t next = skip_blanks(text, end);
    const bool is_end = next >= text.len || at_of(text, end) == ';' || at_of(text, next) == ',';
    const size_t alias = skip_blanks(text, skip_name(text, next));
    return at_of(text, table) == '(' ||
           (end > table && (is_end || IS_ONE_OF(text, next, word) || IS_ONE_OF(text, alias, word)));
}

/* name, a.b, count(*), *, as names of columns are written; each but the last with a comma. */
static bool columns_then_from(struct str text, size_t at)
{
    enum { COLUMNS_MAX = 40 };
    at = begins_word(text, at, "distinct") ? skip_blanks(text, at + 8) : at;
    for (size_t column = 0; column < COLUMNS_MAX; column++) {
        size_t end = at_of(text, at) == '*' ? at + 1 : skip_path(text, at);
        if (end == at) {
            return false;
        }
        if (begins(text, end, ".*")) {
            end += 2;
        }
        if (at_of(text, end) == '(') {
            for (; end < text.len && text.ptr[end] != ')' && text.ptr[end] != '\n'; end++) {
            }
            end++;
        }
        end = skip_blanks(text, end);
        if (begins_word(text, end, "as")) {
            end = skip_blanks(text, skip_name(text, skip_blanks(text, end + 2)));
        }
        if (at_of(text, end) != ',') {
            return begins_word(text, end, "from") &&
                   ends_or_goes_on(text, skip_blanks(text, end + 4));
        }
        at = skip_blanks(text, end + 1);
    }
    return false;
}

/* Behind the words, with any blanks between them; SIZE_MAX: they do not stand there. */
static size_t behind_words(struct str text, size_t at, const char *words)
{
    struct str rest = str_of(words);
    while (rest.len > 0) {
        const struct str word = str_cut(&rest, ' ');
        char one[16] = {0};
        memcpy(one, word.ptr, word.len < sizeof one - 1 ? word.len : sizeof one - 1);
        if (!begins_word(text, at, one)) {
            return SIZE_MAX;
        }
        at = skip_blanks(text, at + word.len);
    }
    return at;
}

/* id int */
static bool is_column(struct str text, size_t at)
{
    static const char *const type[] = {"int",       "integer",   "bigint", "smallint", "serial",
                                       "text",      "varchar",   "char",   "date",     "datetime",
                                       "timestamp", "boolean",   "bool",   "numeric",  "decimal",
                                       "uuid",      "json",      "jsonb",  "float",    "double",
                                       "blob",      "bigserial", "number", "varchar2", "nvarchar",
                                       "real",      "time",      "bytea",  "character"};
    const size_t name = skip_blanks(text, at);
    const size_t quoted = at_of(text, name) == '`' || at_of(text, name) == '"';
    const size_t end = skip_name(text, name + quoted) + quoted;
    return IS_ONE_OF(text, skip_blanks(text, end), type);
}

static bool is_sql(struct str text, size_t at)
{
    static const struct {
        const char *words;
        char next; /* behind a name; '\0': any */
    } row[] = {{"create table", '('},         {"create table if not exists", '('},
               {"insert into", '('},          {"insert into", 'v'},
               {"alter table", 'a'},          {"alter table", 'd'},
               {"drop table if exists", ';'}, {"drop table", ';'},
               {"delete from", 'w'},          {"delete from", ';'},
               {"create view", 'a'},          {"create or replace view", 'a'},
               {"truncate table", ';'},       {"create index", 'o'},
               {"create unique index", 'o'}};
    const bool has_signs = has_any(text, ";=*(");
    if (begins_word(text, at, "select")) {
        const size_t columns = skip_blanks(text, at + 6);
        return columns_then_from(text, columns) && has_signs;
    }
    if (begins_word(text, at, "update")) {
        const size_t table = skip_blanks(text, at + 6);
        const size_t set = skip_blanks(text, skip_path(text, table));
        const size_t column = skip_blanks(text, set + 3);
        return begins_word(text, set, "set") &&
               at_of(text, skip_blanks(text, skip_path(text, column))) == '=';
    }
    if (begins_word(text, at, "with")) {
        const size_t name = skip_blanks(text, at + 4);
        const size_t as = skip_blanks(text, skip_name(text, name));
        const size_t open = skip_blanks(text, as + 2);
        return begins_word(text, as, "as") && at_of(text, open) == '(' &&
               begins_word(text, skip_blanks(text, open + 1), "select");
    }
    for (size_t i = 0; i < sizeof row / sizeof row[0] && has_signs; i++) {
        const size_t name = behind_words(text, at, row[i].words);
        const size_t next = name == SIZE_MAX ? SIZE_MAX : skip_blanks(text, skip_path(text, name));
        const char letter = next == SIZE_MAX ? '\0' : at_of(text, next);
        if (next != SIZE_MAX && next > name &&
            (is_alpha(letter) ? letter | 0x20 : letter) == row[i].next &&
            (letter != '(' || begins_word(text, at, "insert") || is_column(text, next + 1))) {
            return true;
        }
    }
    return false;
}

/* ---- CSS ------------------------------------------------------------------------------------- */

/* Properties in braces: "margin: 0;" or "}" behind the value. */
static bool is_css(struct str text, size_t at)
{
    static const char *const property[] = {"color",       "background", "background-color",
                                           "margin",      "padding",    "display",
                                           "position",    "width",      "height",
                                           "font",        "font-size",  "font-family",
                                           "border",      "content",    "top",
                                           "left",        "right",      "bottom",
                                           "opacity",     "overflow",   "z-index",
                                           "flex",        "grid",       "transform",
                                           "transition",  "animation",  "text-align",
                                           "line-height", "cursor",     "visibility",
                                           "max-width",   "min-width",  "background-image",
                                           "src",         "list-style", "text-decoration"};
    if (begins(text, at, "@import") || begins(text, at, "@charset")) {
        return has_any(text, ";") &&
               (begins(text, at, "@charset \"") || begins(text, at, "@import url") ||
                begins(text, at, "@import '") || begins(text, at, "@import \""));
    }
    const size_t open = at + str_find(str_slice(text, at, text.len), '{');
    const bool is_nested = begins(text, at, "@media") || begins(text, at, "@supports");
    enum { SELECTOR_MAX = 300 };
    if (open >= text.len || open - at > SELECTOR_MAX || open == at) {
        return false;
    }
    size_t from = skip_blanks(text, open + 1);
    if (is_nested) {
        from = skip_blanks(text, from + str_find(str_slice(text, from, text.len), '{') + 1);
    }
    size_t end = from;
    while (end < text.len && (is_name_byte(text.ptr[end]) || text.ptr[end] == '-')) {
        end++;
    }
    const bool is_variable = begins(text, from, "--") && end > from + 2;
    const struct str selector = str_slice(text, at, open);
    return at_of(text, skip_blanks(text, end)) == ':' &&
           (is_nested || !has_any(selector, has_any(selector, "[") ? ";()" : "=;()")) &&
           (is_variable || IS_ONE_OF(text, from, property)) && has_any(text, "}");
}

enum code_language code_language_guess(struct str text)
{
    const struct str head = str_slice(text, 0, text.len < LOOK_MAX ? text.len : LOOK_MAX);
    const size_t at = skip_comments(head, begins(head, 0, "\xef\xbb\xbf") ? 3 : 0);
    const enum code_language begun = by_beginning(head, at);
    if (begun != CODE_NONE || at >= head.len) {
        return begun;
    }
    return is_sql(head, at) ? CODE_SQL : is_css(head, at) ? CODE_CSS : guess_by_lines(head);
}
