/*
 * sql_token.c - signs to tokens, whatever the dialect: MySQL, PostgreSQL, SQLite, Transact-SQL, Oracle and fragments.
 *
 * Dialects disagree on quotes, so a text is looked at first for what only MySQL has. What nothing closes ends with its
 * line, so that every sign is read a fixed number of times at most.
 */
#include "inside_sql.h"

#include <string.h>

static bool is_letter(char sign)
{
    return ((sign | 32) >= 'a' && (sign | 32) <= 'z') || sign == '_' || (sign & 0x80) != 0;
}

static bool is_digit(char sign)
{
    return sign >= '0' && sign <= '9';
}

static char peek(const struct sql_reader *reader, size_t ahead)
{
    const size_t at = reader->at + ahead;
    return at < reader->text.len ? reader->text.ptr[at] : '\0';
}

static bool at_line_start(const struct sql_reader *reader)
{
    size_t at = reader->at;
    while (at > 0 && (reader->text.ptr[at - 1] == ' ' || reader->text.ptr[at - 1] == '\t')) {
        at--;
    }
    return at == 0 || reader->text.ptr[at - 1] == '\n';
}

static size_t line_end(const struct sql_reader *reader, size_t at)
{
    return at + str_find(str_slice(reader->text, at, reader->text.len), '\n');
}

void sql_read_begin(struct sql_reader *reader, struct str text, const struct sql_words *words)
{
    static const char *const mysql[] = {"`", "auto_increment", "engine=", "delimiter ", "/*!"};
    static const char *const other[] = {"nvarchar", "\ngo\n",  "\ngo\r", "[dbo]",
                                        "dbo.",     "plpgsql", "#tmp"};
    const struct str head = str_slice(text, 0, 20000);
    *reader = (struct sql_reader){.text = text,
                                  .words = words,
                                  .before = SQL_END,
                                  .is_mysql =
                                      has_one_small(head, mysql, sizeof mysql / sizeof mysql[0]) &&
                                      !has_one_small(head, other, sizeof other / sizeof other[0])};
}

/* ---- what is passed over ------------------------------------------------------------------------ */

static bool says_marketing_in(struct str text)
{
    static const char *const word[] = {"newsletter", "campaign", "mailing",  "marketing",
                                       "promo",      "audience", "kampagne", "werbung",
                                       "call list",  "win-back", "winback",  "outreach"};
    return has_one_small(str_slice(text, 0, 2000), word, sizeof word / sizeof word[0]);
}

static void pass(struct sql_reader *reader, size_t end)
{
    reader->says_marketing =
        reader->says_marketing || says_marketing_in(str_slice(reader->text, reader->at, end));
    reader->at = end;
}

/* Comments stand in one another everywhere but in MySQL; one that nothing closes ends at the first end there is. */
static size_t comment_end(struct sql_reader *reader)
{
    const struct str text = reader->text;
    size_t first = 0;
    size_t open = 0;
    for (size_t at = reader->at; at + 1 < text.len; at++) {
        if (text.ptr[at] == '/' && text.ptr[at + 1] == '*') {
            open++;
            at++;
        } else if (text.ptr[at] == '*' && text.ptr[at + 1] == '/') {
            open--;
            at++;
            first = first == 0 ? at + 1 : first;
            if (open == 0 || reader->is_mysql || reader->has_open_comment) {
                return at + 1;
            }
        }
    }
    reader->has_open_comment = true;
    return first == 0 ? text.len : first;
}

static bool is_remark(const struct sql_reader *reader)
{
    const char sign = peek(reader, 0);
    const char next = peek(reader, 1);
    return (sign == '-' && next == '-') ||
           (sign == '#' && (reader->is_mysql || next == ' ') && next != '>' && next != '-');
}

static void pass_blanks(struct sql_reader *reader)
{
    while (reader->at < reader->text.len) {
        const char sign = peek(reader, 0);
        if (sign == ' ' || sign == '\t' || sign == '\r' || sign == '\n' || sign == '\0') {
            reader->at++;
        } else if (is_remark(reader)) {
            pass(reader, line_end(reader, reader->at));
        } else if (sign == '/' && peek(reader, 1) == '*' && peek(reader, 2) == '!') {
            reader->at += 3; /* MySQL runs what stands in it */
            while (is_digit(peek(reader, 0))) {
                reader->at++;
            }
        } else if (sign == '/' && peek(reader, 1) == '*') {
            pass(reader, comment_end(reader));
        } else if (sign == '*' && peek(reader, 1) == '/') {
            reader->at += 2;
        } else {
            return;
        }
    }
}

/* ---- quotes ---------------------------------------------------------------------------------------- */

/* Whether a backslash before a quote takes its meaning: not where the text ends there all the same (C:\). */
static bool is_escape(const struct sql_reader *reader, size_t at, bool has_escapes)
{
    if (has_escapes || at + 2 >= reader->text.len) {
        return true;
    }
    const char next = reader->text.ptr[at + 1];
    const char after = reader->text.ptr[at + 2];
    return next != '\'' || memchr(",); \n\r", after, 5) == NULL;
}

/* After the quote that closes; 0: none does. */
static size_t quote_end(const struct sql_reader *reader, size_t at, bool has_escapes)
{
    const struct str text = reader->text;
    const char quote = text.ptr[at] == '[' ? ']' : text.ptr[at];
    for (at++; at < text.len; at++) {
        if (text.ptr[at] == '\\' && quote != '`' && quote != ']' &&
            is_escape(reader, at, has_escapes)) {
            at++;
        } else if (text.ptr[at] == quote) {
            if (at + 1 >= text.len || text.ptr[at + 1] != quote) {
                return at + 1;
            }
            at++;
        } else if (text.ptr[at] == '\n' && reader->is_torn) {
            return at;
        }
    }
    return reader->is_torn ? text.len : 0;
}

static void read_quoted(struct sql_reader *reader, struct sql_token *token, size_t prefix,
                        bool has_escapes)
{
    const char quote = peek(reader, prefix);
    size_t end = quote_end(reader, reader->at + prefix, has_escapes || reader->is_mysql);
    if (end == 0) {
        reader->is_torn = true;
        end = quote_end(reader, reader->at + prefix, has_escapes || reader->is_mysql);
    }
    token->kind = quote == '\'' ? SQL_TEXT : SQL_QUOTED;
    reader->at = end;
}

/* [name], but not an index or a list of values. */
static bool is_bracket_name(const struct sql_reader *reader)
{
    if (reader->at > 0) {
        const char before = reader->text.ptr[reader->at - 1];
        if (is_letter(before) || is_digit(before) || before == ']' || before == ')') {
            return false;
        }
    }
    if (!is_letter(peek(reader, 1)) && peek(reader, 1) != '#') {
        return false;
    }
    for (size_t i = 1; i < 130; i++) {
        const char sign = peek(reader, i);
        if (sign == ']' || sign == '\0' || sign == '\n' || sign == '\'' || sign == ',') {
            return sign == ']';
        }
    }
    return false;
}

/* ---- $$ ... $$ ---------------------------------------------------------------------------------------- */

static size_t tag_len(const struct sql_reader *reader)
{
    size_t len = 1;
    while (is_letter(peek(reader, len)) || (len > 1 && is_digit(peek(reader, len)))) {
        len++;
    }
    return peek(reader, len) == '$' && len < 64 ? len + 1 : 0;
}

static bool read_dollar(struct sql_reader *reader, struct sql_token *token)
{
    const size_t len = tag_len(reader);
    const struct str tag = str_slice(reader->text, reader->at, reader->at + len);
    if (len == 0) {
        return false;
    }
    size_t at = reader->at + len;
    while (at < reader->text.len) {
        at += str_find(str_slice(reader->text, at, reader->text.len), '$');
        if (str_starts(str_slice(reader->text, at, reader->text.len), tag)) {
            break;
        }
        at++;
    }
    token->kind = SQL_BODY;
    reader->at = at + len < reader->text.len ? at + len : reader->text.len;
    return true;
}

/* ---- words, numbers, signs ------------------------------------------------------------------------------ */

static void read_word(struct sql_reader *reader, struct sql_token *token)
{
    size_t at = reader->at;
    while (at < reader->text.len) {
        const char sign = reader->text.ptr[at];
        if (!is_letter(sign) && !is_digit(sign) && sign != '$' && sign != '#') {
            break;
        }
        at++;
    }
    token->kind = SQL_WORD;
    token->word = sql_word_find(reader->words, str_slice(reader->text, reader->at, at));
    reader->at = at > reader->at ? at : at + 1;
}

/* @x, @@x, :x, $1, ?, %s, %(x)s, {x}, ${x}, #{x}: what is filled in. */
static bool read_param(struct sql_reader *reader, struct sql_token *token)
{
    const char sign = peek(reader, 0);
    const char next = peek(reader, 1);
    size_t len = 0;
    if (sign == '@' || sign == ':') {
        size_t from = sign == '@' && next == '@' ? 2 : 1;
        len = is_letter(peek(reader, from)) || (sign == ':' && next == '\'') ? from + 1 : 0;
        from = sign == ':' && next == '\'' && len > 0 ? 2 : from;
    } else if (sign == '$' && is_digit(next)) {
        len = 2;
    } else if (sign == '?') {
        token->kind = SQL_PARAM;
        reader->at++;
        return true;
    } else if (sign == '{' || ((sign == '$' || sign == '#') && next == '{')) {
        const size_t end =
            reader->at + str_find(str_slice(reader->text, reader->at, reader->at + 200), '}');
        if (end < reader->text.len && reader->text.ptr[end] == '}') {
            reader->at = end + 1;
            reader->at += peek(reader, 0) == '}';
            token->kind = SQL_PARAM;
            return true;
        }
    } else if (sign == '%' && (next == 's' || next == '(') && reader->before != SQL_NUMBER) {
        len = next == 's'
                  ? 2
                  : 3 + str_find(str_slice(reader->text, reader->at + 1, reader->at + 60), ')');
    }
    if (len == 0) {
        return false;
    }
    size_t at = reader->at + len;
    while (at < reader->text.len &&
           (is_letter(reader->text.ptr[at]) || is_digit(reader->text.ptr[at]) ||
            reader->text.ptr[at] == '$')) {
        at++;
    }
    at += sign == ':' && next == '\'' && at < reader->text.len && reader->text.ptr[at] == '\'';
    token->kind = SQL_PARAM;
    reader->at = at < reader->text.len ? at : reader->text.len;
    return true;
}

static void read_number(struct sql_reader *reader, struct sql_token *token)
{
    while (is_digit(peek(reader, 0)) || peek(reader, 0) == '.' || (peek(reader, 0) | 32) == 'e' ||
           (peek(reader, 0) | 32) == 'x') {
        reader->at++;
    }
    token->kind = SQL_NUMBER;
}

static void read_sign(struct sql_reader *reader, struct sql_token *token)
{
    static const char *const two[] = {"||", "<>", "!=", "<=", ">=", ":=", "+=", "::", "=>"};
    const struct str here = str_slice(reader->text, reader->at, reader->at + 2);
    size_t len = 1;
    for (size_t i = 0; i < sizeof two / sizeof two[0]; i++) {
        len = str_is(here, two[i]) ? 2 : len;
    }
    token->kind = peek(reader, 0) == ';' ? SQL_END : SQL_SIGN;
    reader->at += len;
}

/* GO on a line of its own, "/" on one, DELIMITER //, and the delimiter itself. */
static bool read_end(struct sql_reader *reader, struct sql_token *token)
{
    const struct str rest = str_slice(reader->text, reader->at, reader->text.len);
    if (reader->delimiter.len > 0 && str_starts(rest, reader->delimiter)) {
        reader->at += reader->delimiter.len;
        token->kind = SQL_END;
        return true;
    }
    const char sign = (char)(peek(reader, 0) | 32);
    if ((sign != 'g' && sign != 'd' && sign != '/') || !at_line_start(reader)) {
        return false;
    }
    const size_t end = line_end(reader, reader->at);
    const struct str line = str_trim(str_slice(reader->text, reader->at, end));
    if (same_small(line, "go") || str_is(line, "/")) {
        token->kind = SQL_BATCH;
        reader->at = end;
        return true;
    }
    if (same_small(str_slice(line, 0, 10), "delimiter ")) {
        reader->delimiter = str_trim(str_slice(line, 10, line.len));
        reader->delimiter = str_is(reader->delimiter, ";") ? STR("") : reader->delimiter;
        token->kind = SQL_BATCH;
        reader->at = end;
        return true;
    }
    return false;
}

static void read_any(struct sql_reader *reader, struct sql_token *token)
{
    const char sign = peek(reader, 0);
    const char next = peek(reader, 1);
    if (read_end(reader, token)) {
        return;
    }
    if (sign == '\'' || sign == '"' || sign == '`' || (sign == '[' && is_bracket_name(reader))) {
        read_quoted(reader, token, 0, false);
    } else if (next == '\'' && memchr("nNeExXbBrR", sign, 10) != NULL) {
        read_quoted(reader, token, 1, (sign | 32) == 'e');
    } else if (sign == '$' && read_dollar(reader, token)) {
        return;
    } else if (read_param(reader, token)) {
        return;
    } else if (is_letter(sign) || (sign == '#' && is_letter(next))) {
        if (sign == '#') {
            reader->at++; /* a table for the moment: #name */
        }
        read_word(reader, token);
    } else if (is_digit(sign)) {
        read_number(reader, token);
    } else {
        read_sign(reader, token);
    }
}

bool sql_read(struct sql_reader *reader, struct sql_token *token)
{
    pass_blanks(reader);
    if (reader->at >= reader->text.len) {
        return false;
    }
    *token = (struct sql_token){.start = (uint32_t)reader->at, .sign = peek(reader, 0)};
    read_any(reader, token);
    must(reader->at > token->start && reader->at <= reader->text.len);
    token->end = (uint32_t)reader->at;
    if (token->kind == SQL_SIGN && token->sign == ')' && reader->depth > 0) {
        reader->depth--;
    }
    token->depth = (uint16_t)(reader->depth < UINT16_MAX ? reader->depth : UINT16_MAX);
    if (token->kind == SQL_SIGN && token->sign == '(') {
        reader->depth++;
    } else if (token->kind >= SQL_END) {
        reader->depth = 0;
    }
    reader->before = token->kind;
    reader->word_before = token->word;
    return true;
}
