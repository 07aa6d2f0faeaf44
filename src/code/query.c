/*
 * query.c - queries that stand in programs: text that goes to a database is read as SQL.
 *
 * Only what is fixed is read: what is put together is a finding of its own, and its end is not to be seen.
 */
#include <string.h>

#include "inside.h"

/* The text of the literal; escapes of line ends and quotes become blanks and quotes, sign for sign, so that places hold. */
static struct str unescaped(struct arena *arena, struct str text)
{
    if (str_find(text, '\\') == text.len) {
        return text;
    }
    struct buf buf = buf_begin(arena);
    buf_str(&buf, text);
    for (size_t at = 0; at + 1 < buf.len; at++) {
        if (buf.ptr[at] != '\\') {
            continue;
        }
        const char next = (char)buf.ptr[at + 1];
        buf.ptr[at] = ' ';
        if (next == 'n' || next == 't' || next == 'r' || next == '\\' || next == '\n') {
            buf.ptr[at + 1] = ' ';
        }
        at++;
    }
    return buf_text(&buf);
}

static bool begins_as_query(struct str text)
{
    const struct str trimmed = str_trim(text);
    size_t end = 0;
    while (end < trimmed.len && memchr(" \t\r\n", trimmed.ptr[end], 4) == NULL) {
        end++;
    }
    static const char *const verb[] = {"select",  "insert",   "update", "delete", "with", "grant",
                                       "drop",    "truncate", "create", "alter",  "copy", "exec",
                                       "execute", "replace",  "load",   "unload"};
    for (size_t i = 0; i < sizeof verb / sizeof verb[0] && end + 2 < trimmed.len; i++) {
        if (same_small(str_slice(trimmed, 0, end), verb[i])) {
            return true;
        }
    }
    return false;
}

void look_at_query(struct analysis *analysis, node_id given, struct value value)
{
    const struct tree *tree = analysis->tree;
    const node_id literal = value.literal != 0 ? value.literal : given;
    const enum node_kind kind = literal == 0 ? N_OTHER : kind_of(tree, literal);
    if (!value.is_constant || (kind != N_STRING && kind != N_TEMPLATE)) {
        return;
    }
    const struct str text = string_of(tree, literal);
    if (!begins_as_query(text) || seen_before(analysis, RULE_NONE, literal)) {
        return;
    }
    scan_sql(unescaped(analysis->arena, text),
             analysis->shift + (size_t)(text.ptr - tree->text.ptr), analysis->findings);
}
