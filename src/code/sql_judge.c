/*
 * sql_judge.c - what an expression is made of: fixed texts, numbers, quoted names, or what may be anything.
 */
#include <string.h>

#include "inside_sql.h"

/* ---- variables ---------------------------------------------------------------------------------------- */

static char made_mark[] = {'f', 'u', 'b', 'n'};
enum { NUMBER_MARK = 3 };

static struct str variable_name(struct sql_scan *scan, uint32_t at)
{
    struct str name = sql_content(scan, at);
    name = str_slice(name, name.len > 0 && name.ptr[0] == '@' ? 1 : 0, name.len);
    return str_lower(scan->arena, name);
}

static const char *mark_of(struct sql_scan *scan, uint32_t at)
{
    const struct str name = variable_name(scan, at);
    return map_get(scan->variable, KEY(name));
}

static void put_mark(struct sql_scan *scan, uint32_t at, char *mark)
{
    const struct str name = variable_name(scan, at);
    if (name.len > 0 && name.len <= 128) {
        map_put(scan->variable, KEY(name), mark);
    }
}

void sql_give(struct sql_scan *scan, uint32_t name, enum sql_made made)
{
    const char *mark = mark_of(scan, name);
    if (mark == NULL || *mark != 'n') {
        put_mark(scan, name, &made_mark[made]);
    }
}

enum sql_made sql_made_of(struct sql_scan *scan, uint32_t name)
{
    const char *mark = mark_of(scan, name);
    return mark == NULL                   ? SQL_UNKNOWN
           : *mark == 'n' || *mark == 'f' ? SQL_FIXED
           : *mark == 'b'                 ? SQL_BUILT
                                          : SQL_UNKNOWN;
}

bool sql_is_variable(struct sql_scan *scan, uint32_t name)
{
    return mark_of(scan, name) != NULL;
}

static bool is_number_type(const struct sql_scan *scan, uint32_t at)
{
    const struct sql_token *token = sql_at(scan, at);
    return token->kind == SQL_WORD && token->word >= W_TYPE_INT &&
           token->word <= W_TYPE_BINARY_INTEGER;
}

void sql_note_number(struct sql_scan *scan, uint32_t at)
{
    uint32_t type = at + 1 + sql_is_word(scan, at + 1, W_AS) + sql_is_word(scan, at + 1, W_IN);
    type += str_is(sql_text(scan, type), "OUT") || str_is(sql_text(scan, type), "out");
    if (is_number_type(scan, type)) {
        put_mark(scan, at, &made_mark[NUMBER_MARK]);
    }
}

/* ---- calls ----------------------------------------------------------------------------------------------- */

/* What gives a name in quotes, a text in quotes, or a number. */
static bool is_cleaner(struct str name)
{
    static const char *const cleaner[] = {"quote_ident",
                                          "quote_literal",
                                          "quote_nullable",
                                          "quotename",
                                          "quote",
                                          "enquote_literal",
                                          "enquote_name",
                                          "simple_sql_name",
                                          "sql_object_name",
                                          "schema_name",
                                          "qualified_sql_name",
                                          "len",
                                          "length",
                                          "char_length",
                                          "abs",
                                          "round",
                                          "floor",
                                          "ceil",
                                          "now",
                                          "getdate",
                                          "sysdate",
                                          "year",
                                          "month",
                                          "day",
                                          "count",
                                          "db_name",
                                          "current_database",
                                          "object_name",
                                          "object_schema_name",
                                          "to_number",
                                          "current_schema",
                                          "identifier",
                                          "safe_identifier",
                                          "str",
                                          "char",
                                          "chr",
                                          "date_format",
                                          "unix_timestamp",
                                          "extract",
                                          "sysutcdatetime"};
    for (size_t i = 0; i < sizeof cleaner / sizeof cleaner[0]; i++) {
        if (same_small(name, cleaner[i])) {
            return true;
        }
    }
    return false;
}

/* CAST(x AS int), CONVERT(int, x) */
static bool is_number_cast(struct sql_scan *scan, uint32_t at, uint32_t close)
{
    if (sql_is_word(scan, at, W_CONVERT)) {
        return is_number_type(scan, at + 2);
    }
    if (!sql_is_word(scan, at, W_CAST) && !sql_is_word(scan, at, W_TRY_CAST)) {
        return false;
    }
    for (uint32_t i = at + 2; i < close && sql_spend(scan, 1); i++) {
        if (sql_is_word(scan, i, W_AS)) {
            return is_number_type(scan, i + 1);
        }
    }
    return false;
}

/* format('... %s ...'): whether anything goes in as it is. %I and %L put it in quotes. */
static bool fills_plainly(struct str format)
{
    for (size_t at = 0; at + 1 < format.len; at++) {
        if (format.ptr[at] != '%') {
            continue;
        }
        at++;
        while (at < format.len && memchr("0123456789$-*", format.ptr[at], 13) != NULL) {
            at++;
        }
        if (at < format.len && format.ptr[at] == 's') {
            return true;
        }
    }
    return false;
}

/* ---- the expression ------------------------------------------------------------------------------------------ */

struct judging {
    bool has_text;
    bool has_sign; /* it is put together */
    enum sql_made made;
};

static bool is_operand(const struct sql_scan *scan, uint32_t at)
{
    const struct sql_token *token = sql_at(scan, at);
    if (token->kind == SQL_PARAM || token->kind == SQL_QUOTED) {
        return true;
    }
    switch (token->word) {
    case W_CASE:
    case W_ELSE:
    case W_END:
    case W_AS:
    case W_NULL:
    case W_TRUE:
    case W_FALSE:
    case W_IS:
    case W_NOT:
    case W_AND:
    case W_OR:
    case W_DISTINCT:
        return false;
    default:
        return token->kind == SQL_WORD && !sql_is_word(scan, at - 1, W_AS) &&
               !sql_is_sign(scan, at - 1, "::");
    }
}

/* A call within an expression: where it goes on. */
static uint32_t judge_call(struct sql_scan *scan, uint32_t at, struct judging *judging)
{
    const uint32_t close = sql_close(scan, at + 1);
    if (is_cleaner(sql_text(scan, at)) || is_number_cast(scan, at, close)) {
        return close + 1;
    }
    if (sql_is_word(scan, at, W_FORMAT) && sql_at(scan, at + 2)->kind == SQL_TEXT) {
        judging->has_text = true;
        judging->has_sign = true;
        if (!fills_plainly(sql_content(scan, at + 2))) {
            return close + 1;
        }
    }
    const struct str name = sql_text(scan, at);
    judging->has_sign = judging->has_sign || same_small(name, "concat") ||
                        same_small(name, "concat_ws") || same_small(name, "replace");
    return at + 2;
}

static uint32_t after_question(struct sql_scan *scan, uint32_t at, uint32_t to)
{
    while (at < to && !sql_is_word(scan, at, W_THEN) && sql_spend(scan, 1)) {
        at++;
    }
    return at + 1;
}

enum sql_made sql_judge(struct sql_scan *scan, struct sql_range expression)
{
    struct judging judging = {.made = SQL_FIXED};
    for (uint32_t at = expression.from; at < expression.to && sql_spend(scan, 1);) {
        const struct sql_token *token = sql_at(scan, at);
        if (sql_is_word(scan, at, W_WHEN)) { /* what is asked, is not put in */
            at = after_question(scan, at, expression.to);
            continue;
        }
        judging.has_text = judging.has_text || token->kind == SQL_TEXT;
        judging.has_sign = judging.has_sign || sql_is_sign(scan, at, "+") ||
                           sql_is_sign(scan, at, "||") || sql_is_sign(scan, at, "&");
        if (token->kind == SQL_WORD && sql_is_sign(scan, at + 1, "(")) {
            at = judge_call(scan, at, &judging);
            continue;
        }
        if (is_operand(scan, at)) {
            const uint32_t name = sql_name_end(scan, at);
            const bool is_call = sql_is_sign(scan, name + 1, "(") && name > at;
            const bool is_number =
                sql_is_sign(scan, name + 1, "::") && is_number_type(scan, name + 2);
            if (is_call) { /* dbms_assert.simple_sql_name(x) */
                at = judge_call(scan, name, &judging);
                continue;
            }
            const enum sql_made made = is_number ? SQL_FIXED : sql_made_of(scan, name);
            judging.made = made > judging.made ? made : judging.made;
            at = name;
        }
        at++;
    }
    return judging.made == SQL_UNKNOWN && judging.has_sign && judging.has_text ? SQL_BUILT
                                                                               : judging.made;
}
