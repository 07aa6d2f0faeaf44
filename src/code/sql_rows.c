/*
 * sql_rows.c - which rows: all of them, conditions that are always true, what is dropped, columns that nobody may have.
 */
#include <string.h>

#include "inside_sql.h"

/* ---- all rows --------------------------------------------------------------------------------------- */

/* Tables that are there for a moment only. */
static bool is_temporary(struct str name)
{
    return name.len == 0 || name.ptr[0] == '#' || name.ptr[0] == '@' ||
           sql_has_part(name, "tmp temp stg staging scratch");
}

static bool has_word(struct sql_scan *scan, struct sql_range range, enum sql_word word)
{
    for (uint32_t at = range.from; at < range.to && sql_spend(scan, 1); at++) {
        if (sql_is_word(scan, at, word)) {
            return true;
        }
    }
    return false;
}

static bool is_literal(const struct sql_scan *scan, uint32_t at)
{
    return sql_at(scan, at)->kind == SQL_NUMBER || sql_at(scan, at)->kind == SQL_TEXT;
}

/* TRUE, 1, 1 = 1, 'a' = 'a' from there on: where it ends; 0: it is something else. */
static uint32_t always_true(const struct sql_scan *scan, uint32_t at)
{
    if (is_literal(scan, at) && sql_is_sign(scan, at + 1, "=") && is_literal(scan, at + 2)) {
        return str_equal(sql_text(scan, at), sql_text(scan, at + 2)) ? at + 3 : 0;
    }
    if (sql_is_word(scan, at, W_TRUE) ||
        (sql_at(scan, at)->kind == SQL_NUMBER && !str_is(sql_text(scan, at), "0"))) {
        return at + 1;
    }
    return 0;
}

/* Whether a condition ends there. */
static bool ends_condition(const struct sql_scan *scan, uint32_t at, uint32_t end)
{
    return at >= end || sql_is_sign(scan, at, ")") || sql_is_word(scan, at, W_OR) ||
           sql_is_word(scan, at, W_ORDER) || sql_is_word(scan, at, W_RETURNING) ||
           sql_is_word(scan, at, W_GROUP) || sql_is_word(scan, at, W_LIMIT) ||
           sql_is_word(scan, at, W_END);
}

static bool is_bounded(struct sql_scan *scan, uint32_t from, uint32_t end)
{
    const uint16_t depth = sql_at(scan, from)->depth;
    for (uint32_t at = from; at < end && sql_spend(scan, 1); at++) {
        const struct sql_token *token = sql_at(scan, at);
        if (token->kind != SQL_WORD || token->depth != depth) {
            continue;
        }
        if (token->word == W_WHERE) {
            const uint32_t after = always_true(scan, at + 1);
            return after == 0 || !ends_condition(scan, after, end);
        }
        if (token->word == W_JOIN || token->word == W_LIMIT || token->word == W_TOP) {
            return true;
        }
    }
    return false;
}

/* ON DELETE, FOR UPDATE, AFTER INSERT OR UPDATE, GRANT SELECT, UPDATE and the like change nothing. */
static bool is_named_only(struct sql_scan *scan, uint32_t at)
{
    static const enum sql_word word[] = {W_ON,     W_FOR,   W_KEY,     W_OR, W_AFTER,
                                         W_BEFORE, W_GRANT, W_INSTEAD, W_OF, W_REVOKE,
                                         W_DO,     W_AS,    W_COMMIT};
    for (size_t i = 0; i < sizeof word / sizeof word[0]; i++) {
        if (sql_is_word(scan, at - 1, word[i])) {
            return true;
        }
    }
    return sql_is_sign(scan, at - 1, ",") || sql_is_sign(scan, at - 1, ".") ||
           has_word(scan, (struct sql_range){0, at < 400 ? at : 0}, W_MERGE);
}

static uint32_t target_of(struct sql_scan *scan, uint32_t at)
{
    for (at++; at < scan->count && sql_spend(scan, 1); at++) {
        const uint16_t word = sql_at(scan, at)->word;
        if (sql_is_word(scan, at, W_TOP) && sql_is_sign(scan, at + 1, "(")) {
            at = sql_close(scan, at + 1);
        } else if (word != W_FROM && word != W_ONLY && word != W_LOW_PRIORITY && word != W_QUICK &&
                   word != W_IGNORE) {
            break;
        }
    }
    return sql_name_end(scan, at);
}

/* UPDATE t ... FROM #rows AS t: what is changed is there for a moment. */
static bool is_alias_of_temporary(struct sql_scan *scan, uint32_t at, uint32_t end)
{
    for (at++; at < end && sql_spend(scan, 1); at++) {
        if (sql_is_word(scan, at, W_FROM)) {
            return is_temporary(sql_content(scan, sql_name_end(scan, at + 1)));
        }
    }
    return false;
}

static void tell_of_all(struct sql_scan *scan, uint32_t at, uint32_t target)
{
    const uint32_t end = sql_clause_end(scan, at);
    if (!is_bounded(scan, at, end) && !is_temporary(sql_content(scan, target)) &&
        !is_alias_of_temporary(scan, target, end)) {
        sql_report(scan, RULE_SQL_ALL_ROWS, at, target);
    }
}

static void look_at_delete(struct sql_scan *scan, uint32_t at)
{
    const uint32_t target = target_of(scan, at);
    const bool is_name = sql_is_name(scan, target) || sql_at(scan, target)->kind == SQL_PARAM;
    if (!is_name || is_named_only(scan, at) || sql_is_word(scan, at + 1, W_ON) ||
        sql_is_word(scan, at + 1, W_USING) || sql_is_word(scan, at + 1, W_TO) ||
        sql_is_word(scan, at + 1, W_AS) || sql_is_word(scan, at + 1, W_WHEN)) {
        return;
    }
    tell_of_all(scan, at, target);
}

static void look_at_update(struct sql_scan *scan, uint32_t at)
{
    const uint32_t target = target_of(scan, at);
    if (!sql_is_name(scan, target) || is_named_only(scan, at)) {
        return;
    }
    uint32_t set = target + 1;
    while (set < scan->count && set < target + 60 && !sql_is_word(scan, set, W_SET)) {
        set++;
    }
    if (!sql_is_word(scan, set, W_SET) || sql_is_word(scan, target, W_SET) ||
        sql_at(scan, set)->depth != sql_at(scan, at)->depth) {
        return;
    }
    tell_of_all(scan, at, target);
}

/* ---- what is dropped ------------------------------------------------------------------------------------ */

static void note_drop(struct sql_scan *scan, uint32_t from, uint32_t at)
{
    while (sql_is_word(scan, at, W_IF) || sql_is_word(scan, at, W_EXISTS) ||
           sql_is_word(scan, at, W_ONLY)) {
        at++;
    }
    if (!sql_is_name(scan, at) || sql_at(scan, at)->word == W_PARTITION ||
        sql_at(scan, at)->word == W_FUNCTION || scan->drop_count == SQL_DROPS_MAX) {
        return;
    }
    at = sql_name_end(scan, at);
    const struct str name = str_lower(scan->arena, sql_content(scan, at));
    if (!is_temporary(name)) {
        scan->drop[scan->drop_count++] = (struct sql_drop){
            name, scan->shift + sql_at(scan, from)->start, scan->shift + sql_at(scan, at)->end};
    }
}

static void look_at_drop(struct sql_scan *scan, uint32_t at)
{
    if (sql_is_word(scan, at + 1, W_TABLE) || sql_is_word(scan, at + 1, W_DATABASE) ||
        sql_is_word(scan, at + 1, W_SCHEMA)) {
        note_drop(scan, at, at + 2);
    }
}

static void look_at_truncate(struct sql_scan *scan, uint32_t at)
{
    if (!is_named_only(scan, at) && !sql_is_word(scan, at + 1, W_ON)) {
        note_drop(scan, at, at + 1 + sql_is_word(scan, at + 1, W_TABLE));
    }
}

void sql_look_at_drops(struct sql_scan *scan)
{
    for (size_t i = 0; i < scan->drop_count; i++) {
        const struct sql_drop *drop = &scan->drop[i];
        if (map_get(scan->made, KEY(drop->name)) == NULL) {
            report_at(scan->findings, RULE_SQL_DROP, drop->start, drop->end);
        }
    }
}

/* ---- always true ------------------------------------------------------------------------------------------ */

static void look_at_or(struct sql_scan *scan, uint32_t at)
{
    const uint32_t after = always_true(scan, at + 1);
    if (after != 0 && ends_condition(scan, after, scan->count) &&
        !sql_is_word(scan, at + 1, W_NULL)) {
        sql_report(scan, RULE_SQL_ALWAYS_TRUE, at, after - 1);
    }
}

/* ---- columns ------------------------------------------------------------------------------------------------ */

static void look_at_column(struct sql_scan *scan, uint32_t at)
{
    static const char *const word[] = {"cvv",
                                       "cvc",
                                       "card_verification",
                                       "security_code",
                                       "plain_password",
                                       "password_plain",
                                       "clear_password",
                                       "password_clear",
                                       "plaintext_password",
                                       "password_plaintext",
                                       "cardverification"};
    const struct str name = sql_content(scan, at);
    if (sql_is_name(scan, at) && sql_at(scan, at + 1)->kind == SQL_WORD &&
        has_one_small(name, word, sizeof word / sizeof word[0]) &&
        !sql_has_part(name, "result check status match matched code_result response")) {
        sql_report(scan, RULE_SQL_OPEN_COLUMN, at, at + 1);
    }
}

static void look_at_columns(struct sql_scan *scan, uint32_t at)
{
    while (at < scan->count && !sql_is_sign(scan, at, "(") && !sql_is_word(scan, at, W_AS)) {
        at++;
    }
    if (!sql_is_sign(scan, at, "(")) {
        return;
    }
    const uint32_t end = sql_close(scan, at);
    const uint16_t depth = (uint16_t)(sql_at(scan, at)->depth + 1);
    for (uint32_t i = at + 1; i < end && sql_spend(scan, 1); i++) {
        const bool is_first =
            i == at + 1 || (sql_is_sign(scan, i - 1, ",") && sql_at(scan, i - 1)->depth == depth);
        if (is_first) {
            look_at_column(scan, i);
        }
    }
}

void sql_look_at_rows(struct sql_scan *scan, uint32_t at)
{
    if (sql_at(scan, at)->kind != SQL_WORD) {
        return;
    }
    switch (sql_at(scan, at)->word) {
    case W_DELETE:
        look_at_delete(scan, at);
        break;
    case W_UPDATE:
        look_at_update(scan, at);
        break;
    case W_DROP:
        look_at_drop(scan, at);
        break;
    case W_TRUNCATE:
        look_at_truncate(scan, at);
        break;
    case W_OR:
        look_at_or(scan, at);
        break;
    case W_TABLE:
        if (sql_is_word(scan, 0, W_CREATE)) {
            look_at_columns(scan, at);
        }
        break;
    case W_ADD:
        look_at_column(scan, at + 1 + sql_is_word(scan, at + 1, W_COLUMN));
        break;
    default:
        break;
    }
}
