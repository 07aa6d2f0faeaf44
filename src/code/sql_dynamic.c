/*
 * sql_dynamic.c - statements that are put together and run: what variables hold, and where they are run.
 */
#include "inside_sql.h"

/* ---- what variables hold -------------------------------------------------------------------------------- */

/* Where an expression ends: at a comma of its depth, a bracket, INTO, USING, or the next statement. */
static uint32_t expression_end(struct sql_scan *scan, uint32_t at)
{
    const uint16_t depth = sql_at(scan, at)->depth;
    for (; at < scan->count && sql_spend(scan, 1); at++) {
        const struct sql_token *token = sql_at(scan, at);
        if (token->depth < depth) {
            break;
        }
        if (token->depth > depth) {
            continue;
        }
        if (token->kind == SQL_SIGN && token->sign == ',') {
            break;
        }
        switch (token->kind == SQL_WORD ? token->word : W_NONE) {
        case W_SET:
        case W_EXEC:
        case W_EXECUTE:
        case W_IF:
        case W_BEGIN:
        case W_SELECT:
        case W_DECLARE:
        case W_PRINT:
        case W_RETURN:
        case W_WHERE:
        case W_FROM:
        case W_PREPARE:
        case W_INTO:
        case W_USING:
        case W_WHILE:
        case W_INSERT:
        case W_LOOP:
        case W_OPEN:
        case W_FETCH:
            return at;
        default:
            break;
        }
    }
    return at;
}

static void assign(struct sql_scan *scan, uint32_t name, uint32_t from, bool is_more)
{
    const struct sql_range expression = {from, expression_end(scan, from)};
    enum sql_made made = sql_judge(scan, expression);
    const enum sql_made before = sql_made_of(scan, name);
    /* More of what is not known, at the end of a text. */
    made = is_more && made == SQL_UNKNOWN ? SQL_BUILT : made;
    sql_give(scan, name, is_more && before > made ? before : made);
}

/* DECLARE @a int, @b nvarchar(max) = N'...' */
static void look_at_declare(struct sql_scan *scan, uint32_t at)
{
    for (at++; at < scan->count && sql_spend(scan, 1);) {
        const struct sql_token *token = sql_at(scan, at);
        if (token->kind != SQL_PARAM && token->kind != SQL_WORD) {
            return;
        }
        const uint32_t name = at;
        while (at < scan->count && !sql_is_sign(scan, at, ",") && !sql_is_sign(scan, at, "=") &&
               !sql_is_sign(scan, at, ":=") && at < name + 12) {
            at++;
        }
        if (sql_is_sign(scan, at, "=") || sql_is_sign(scan, at, ":=")) {
            assign(scan, name, at + 1, false);
            at = expression_end(scan, at + 1);
        }
        if (!sql_is_sign(scan, at, ",")) {
            return;
        }
        at++;
    }
}

static void look_at_assignment(struct sql_scan *scan, uint32_t at)
{
    const struct sql_token *token = sql_at(scan, at);
    if (token->kind != SQL_PARAM && token->kind != SQL_WORD) {
        return;
    }
    if (sql_at(scan, at + 1)->kind == SQL_WORD) {
        sql_note_number(scan, at);
        return;
    }
    const bool is_given = sql_is_sign(scan, at + 1, ":=");
    const bool is_more = sql_is_sign(scan, at + 1, "+=");
    const bool is_set = sql_is_sign(scan, at + 1, "=") &&
                        (sql_is_word(scan, at - 1, W_SET) ||
                         (token->kind == SQL_PARAM &&
                          (sql_is_word(scan, at - 1, W_SELECT) ||
                           (sql_is_sign(scan, at - 1, ",") && sql_is_word(scan, 0, W_SELECT)))));
    if (is_given || is_more || is_set) {
        assign(scan, at, at + 2, is_more);
    }
}

/* ---- where they are run ------------------------------------------------------------------------------------ */

static void run_text(struct sql_scan *scan, uint32_t at, struct sql_range expression,
                     bool runs_anything)
{
    const enum sql_made made = sql_judge(scan, expression);
    if (expression.to == expression.from) {
        return;
    }
    if (made == SQL_BUILT || (made == SQL_UNKNOWN && runs_anything)) {
        sql_report(scan, RULE_SQL_DYNAMIC, at, expression.to - 1);
    } else if (expression.to == expression.from + 1 &&
               (sql_at(scan, expression.from)->kind == SQL_TEXT ||
                sql_at(scan, expression.from)->kind == SQL_BODY)) {
        sql_scan_within(scan, expression.from, false);
    }
}

/* sp_executesql [@stmt =] expression, ... */
static void look_at_executesql(struct sql_scan *scan, uint32_t at)
{
    uint32_t from = at + 1;
    from += sql_is_sign(scan, from + 1, "=") ? 2 : 0;
    run_text(scan, at, (struct sql_range){from, expression_end(scan, from)}, true);
}

static void look_at_execute(struct sql_scan *scan, uint32_t at)
{
    uint32_t from = at + 1;
    if (sql_is_sign(scan, from, "(")) {
        const uint32_t close = sql_close(scan, from);
        run_text(scan, at, (struct sql_range){from + 1, close}, true);
        return;
    }
    const bool is_immediate = sql_is_word(scan, from, W_IMMEDIATE);
    from += is_immediate;
    const struct sql_token *token = sql_at(scan, from);
    const bool is_text = token->kind == SQL_TEXT || token->kind == SQL_BODY;
    const bool is_call =
        sql_is_word(scan, from, W_FORMAT) || same_small(sql_text(scan, from), "concat");
    const bool is_held = token->kind == SQL_WORD && sql_is_variable(scan, from);
    const bool is_joined = sql_is_name(scan, from) && sql_is_sign(scan, from + 1, "||");
    if (is_immediate || is_text || is_call || is_held || is_joined) {
        run_text(scan, at, (struct sql_range){from, expression_end(scan, from)}, is_immediate);
    }
}

static void look_at_prepare(struct sql_scan *scan, uint32_t at)
{
    if (sql_is_name(scan, at + 1) && sql_is_word(scan, at + 2, W_FROM)) {
        run_text(scan, at, (struct sql_range){at + 3, expression_end(scan, at + 3)}, true);
    }
}

static void look_at_open(struct sql_scan *scan, uint32_t at)
{
    const bool is_text = sql_at(scan, at + 3)->kind == SQL_TEXT;
    if (sql_is_name(scan, at + 1) && sql_is_word(scan, at + 2, W_FOR) &&
        (is_text || sql_is_variable(scan, at + 3))) {
        run_text(scan, at, (struct sql_range){at + 3, expression_end(scan, at + 3)}, true);
    }
}

/* dbms_sql.parse(cursor, expression, ...) */
static void look_at_parse(struct sql_scan *scan, uint32_t at)
{
    if (sql_is_sign(scan, at - 1, ".") && sql_is_sign(scan, at + 1, "(") &&
        sql_is_sign(scan, at + 3, ",")) {
        run_text(scan, at, (struct sql_range){at + 4, expression_end(scan, at + 4)}, true);
    }
}

void sql_look_at_dynamic(struct sql_scan *scan, uint32_t at)
{
    switch (sql_at(scan, at)->kind == SQL_WORD ? sql_at(scan, at)->word : W_NONE) {
    case W_DECLARE:
        look_at_declare(scan, at);
        break;
    case W_EXEC:
    case W_EXECUTE:
        look_at_execute(scan, at);
        break;
    case W_SP_EXECUTESQL:
        look_at_executesql(scan, at);
        break;
    case W_PREPARE:
        look_at_prepare(scan, at);
        break;
    case W_OPEN:
        look_at_open(scan, at);
        break;
    case W_PARSE:
        look_at_parse(scan, at);
        break;
    default:
        look_at_assignment(scan, at);
        break;
    }
}
