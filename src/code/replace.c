/*
 * replace.c - text that is cleaned by replacing signs in it, and what such cleaning forgets.
 *
 *     x.replace(pattern, with) ──▶ which signs the pattern stands for, and what comes in their place
 *         only the first of them is replaced                       "<" without /g
 *         quotes are escaped, backslashes are not                  /'/g, "\\'"
 *         what was escaped is escaped again, or too early undone   /&/g after /</g; /&amp;/g before /&lt;/g
 *         what spans several signs is taken out once               /<script.*>/g: the rest makes another
 *         a text for markup lacks the sign that ends it            ="' + x.replace(/</g, "")
 *
 * What was replaced already is kept with the value (struct replaced), so it does not matter whether the calls stand
 * in one chain or in several statements. The kinds of fault are those of CWE-116.
 */
#include "inside_replace.h"

#include <string.h>

/* ---- where it stands ----------------------------------------------------------------------------- */

static bool is_in_loop(const struct tree *tree, node_id id)
{
    for (; kind_of(tree, id) != N_FUNCTION && tree->node[id].parent != id;
         id = tree->node[id].parent) {
        if (kind_of(tree, id) == N_LOOP) {
            return true;
        }
    }
    return false;
}

static bool is_replace(const struct tree *tree, node_id call)
{
    const node_id callee = call == 0 || kind_of(tree, call) != N_CALL ? 0 : first_of(tree, call);
    return callee != 0 && kind_of(tree, callee) == N_MEMBER &&
           one_of(text_of(tree, nth_of(tree, callee, 1)), "replace replaceAll");
}

/* The replacing before or after this one in a chain; 0: there is none. */
static node_id chained_before(const struct tree *tree, node_id call)
{
    const node_id on = unwrapped(tree, first_of(tree, first_of(tree, call)));
    return is_replace(tree, on) ? on : 0;
}

static node_id chained_after(const struct tree *tree, node_id call)
{
    const node_id member = tree->node[call].parent;
    const node_id outer =
        member != 0 && kind_of(tree, member) == N_MEMBER && first_of(tree, member) == call
            ? tree->node[member].parent
            : 0;
    return is_replace(tree, outer) ? outer : 0;
}

/* ---- only the first one ----------------------------------------------------------------------------- */

/* replace("[", "").replace("]", ""): a pair is taken off; replace('"', "").replace('"', ""): both ends. */
static bool is_partner(const struct tree *tree, node_id call, const struct pattern *pattern)
{
    static const char pair[][2] = {{'[', ']'}, {'(', ')'}, {'{', '}'}};
    const node_id both[] = {chained_before(tree, call), chained_after(tree, call)};
    for (size_t b = 0; b < 2; b++) {
        const node_id what = both[b] == 0 ? 0 : argument_of(tree, both[b], 0);
        struct str text;
        if (what == 0 || !constant_text(tree, what, &text)) {
            continue;
        }
        if (str_equal(text, pattern->text)) {
            return true;
        }
        for (size_t p = 0; p < sizeof pair / sizeof pair[0] && text.len == 1; p++) {
            const char left = b == 0 ? text.ptr[0] : pattern->letter;
            const char right = b == 0 ? pattern->letter : text.ptr[0];
            if (left == pair[p][0] && right == pair[p][1]) {
                return true;
            }
        }
    }
    return false;
}

static bool looks_at_first_only(const struct tree *tree, node_id call,
                                const struct pattern *pattern, struct str with)
{
    if (pattern->is_global || is_in_loop(tree, call)) {
        return false;
    }
    if (!pattern->is_single) {
        return !pattern->is_regex &&
               one_of(pattern->text, "../ ..\\\\ .. /../ /.. %25 %2e %2E %2f %2F");
    }
    if (pattern->letter == '\0') { /* a class of signs */
        return (pattern->signs & (SIGNS_HTML | SIGN_BACKSLASH | SIGN_PERCENT)) != 0 &&
               pattern->signs != SIGNS_ALL;
    }
    const bool is_escape = with.len > 0 && (with.ptr[0] == '\\' || with.ptr[0] == '%');
    switch (pattern->letter) {
    case '[':
    case ']':
        return is_escape || (pattern->is_regex && with.len == 0);
    case '{':
    case '}':
    case '\n':
        return (is_escape || pattern->is_regex || chained_before(tree, call) != 0 ||
                chained_after(tree, call) != 0) &&
               (is_escape || pattern->is_regex || !is_partner(tree, call, pattern));
    case '/':
        return is_escape;
    default:
        return strchr("<>\"'&\\%*|$`;", pattern->letter) != NULL &&
               (is_escape || !is_partner(tree, call, pattern));
    }
}

/* ---- texts for markup ----------------------------------------------------------------------------------- */

/* The last piece of fixed text of what stands before a value. */
static struct str last_text(const struct tree *tree, node_id id)
{
    for (int depth = 0; id != 0 && depth < 40; depth++) {
        id = unwrapped(tree, id);
        const enum node_kind kind = kind_of(tree, id);
        if (kind == N_STRING || kind == N_CHUNK) {
            return string_of(tree, id);
        }
        if (kind != N_BINARY || !str_is(sign_of(tree, id), "+")) {
            break;
        }
        id = next_of(tree, first_of(tree, id));
    }
    return STR("");
}

/* ... onclick="...: a program is written there, until a quote ends it. */
static bool is_in_handler(struct str text)
{
    for (size_t at = 0; at + 4 < text.len; at++) {
        const bool is_word = at == 0 || !(is_letter(text.ptr[at - 1]) || text.ptr[at - 1] == '-');
        if (!is_word || (text.ptr[at] | 0x20) != 'o' || (text.ptr[at + 1] | 0x20) != 'n') {
            continue;
        }
        size_t end = at + 2;
        while (end < text.len && is_letter(text.ptr[end])) {
            end++;
        }
        if (end > at + 3 && end + 1 < text.len && text.ptr[end] == '=' &&
            text.ptr[end + 1] == '"') {
            const struct str rest = str_slice(text, end + 2, text.len);
            return str_find(rest, '"') == rest.len;
        }
    }
    return false;
}

void look_at_attribute(struct analysis *analysis, node_id before, struct value value, node_id at)
{
    const unsigned signs = value.replaced.signs;
    if ((signs & SIGNS_HTML) == 0 || (value.replaced.put & (PUT_NOTHING | PUT_ENTITY)) == 0) {
        return;
    }
    const struct str text = last_text(analysis->tree, before);
    const bool is_quoted = str_ends(text, STR("=\"")) || str_ends(text, STR("=\\\""));
    const bool is_apostrophe = str_ends(text, STR("='")) || str_ends(text, STR("=\\'"));
    const bool is_open = (is_quoted && (signs & SIGN_QUOTE) == 0) ||
                         (is_apostrophe && (signs & SIGN_APOSTROPHE) == 0) ||
                         (is_in_handler(text) && (signs & SIGN_AND) == 0);
    if (is_open) {
        report(analysis, RULE_CLEANING, at, 0);
    }
}

/* A cleaner of markup that goes no further: x.replace(/[<>]/g, ""). */
static void look_at_cleaner(struct analysis *analysis, node_id call, struct replaced replaced)
{
    const struct tree *tree = analysis->tree;
    const unsigned tag = SIGN_LESS | SIGN_MORE;
    const unsigned quotes = SIGN_QUOTE | SIGN_APOSTROPHE;
    const enum node_kind around = kind_of(tree, tree->node[call].parent);
    const bool is_end = around == N_OTHER || around == N_DECLARE || around == N_ASSIGN ||
                        around == N_RETURN || around == N_BLOCK;
    if (!is_end || (replaced.signs & tag) != tag || (replaced.signs & SIGN_OTHER) != 0) {
        return;
    }
    const bool is_removed = replaced.put == PUT_NOTHING && (replaced.signs & quotes) != quotes;
    const bool is_escaped =
        replaced.put == PUT_ENTITY && around == N_RETURN && (replaced.signs & quotes) == 0;
    if (is_removed || is_escaped) {
        report(analysis, RULE_CLEANING, call, 0);
    }
}

/* ---- the call ------------------------------------------------------------------------------------------------ */

/* /&lt;/, "&#39;", /%2F/, /\\n/: an escape, by the sign that begins it. */
static char escape_of(const struct pattern *pattern)
{
    const struct str text = pattern->text;
    if (pattern->is_single || text.len < 3) {
        return '\0';
    }
    if (text.ptr[0] == '&' && text.ptr[text.len - 1] == ';') {
        return '&';
    }
    if (text.ptr[0] == '%' && text.len == 3) {
        return '%';
    }
    return text.ptr[0] == '\\' && text.ptr[1] == '\\' ? '\\' : '\0';
}

static bool gives_back_escape(const struct pattern *pattern, struct str with)
{
    const struct str text = pattern->text;
    return (has_small(text, "&amp;") && text.len == 5 && str_is(with, "&")) ||
           (str_is(text, "%25") && str_is(with, "%")) ||
           (str_is(text, "\\\\\\\\") && str_is(with, "\\\\"));
}

/* What was escaped is escaped again; what was undone is undone again. */
static void look_at_order(struct analysis *analysis, node_id call, const struct pattern *pattern,
                          struct str with, struct replaced *replaced)
{
    const bool is_again =
        pattern->is_single && ((pattern->signs == SIGN_AND && str_starts(with, STR("&")) &&
                                (replaced->put & PUT_ENTITY) != 0) ||
                               (pattern->signs == SIGN_PERCENT && str_starts(with, STR("%")) &&
                                (replaced->put & PUT_PERCENT) != 0) ||
                               (pattern->signs == SIGN_BACKSLASH && str_starts(with, STR("\\\\")) &&
                                (replaced->put & PUT_BACKSLASH) != 0));
    if (is_again && with.len > 1) {
        report(analysis, RULE_DOUBLE, call, 0);
    }
    const char escape = escape_of(pattern);
    if (gives_back_escape(pattern, with)) {
        replaced->undone = call;
        replaced->undone_by = escape;
    } else if (escape != '\0' && replaced->undone != 0 && escape == replaced->undone_by) {
        report(analysis, RULE_DOUBLE, replaced->undone, 0);
        replaced->undone = 0;
    }
}

/* /'/g becomes \', but what stood there as \' becomes \\'. */
static bool forgets_backslash(const struct pattern *pattern, struct str with,
                              struct replaced before)
{
    return pattern->is_regex && pattern->is_global && pattern->is_single &&
           (pattern->signs & (SIGN_QUOTE | SIGN_APOSTROPHE)) != 0 &&
           (pattern->signs & SIGN_BACKSLASH) == 0 && (before.signs & SIGN_BACKSLASH) == 0 &&
           with.len >= 3 && str_starts(with, STR("\\\\"));
}

static unsigned what_is_put(struct str with)
{
    return with.len == 0                                                ? PUT_NOTHING
           : with.len > 1 && with.ptr[0] == '&'                         ? PUT_ENTITY
           : with.len > 1 && with.ptr[0] == '%'                         ? PUT_PERCENT
           : with.len > 2 && with.ptr[0] == '\\' && with.ptr[1] == '\\' ? PUT_BACKSLASH
                                                                        : 0;
}

/* /<(([a-z]+)[^>]*)\/>/g by "<$1></$2>": what is written for a browser is read by a pattern. */
static bool expands_tags(struct str pattern, struct str with)
{
    return str_starts(pattern, STR("<")) && str_ends(pattern, STR("/>")) &&
           str_contains(pattern, STR("[^>]*")) && str_starts(with, STR("<$1></$"));
}

struct replaced look_at_replace(struct analysis *analysis, node_id call, struct value receiver,
                                struct value pattern_value, struct value with_value, bool is_all)
{
    const struct tree *tree = analysis->tree;
    struct replaced replaced = receiver.replaced;
    const node_id what = argument_of(tree, call, 0);
    const node_id by = argument_of(tree, call, 1);
    struct pattern pattern;
    if (what == 0 || by == 0 || !is_replace(tree, call) ||
        !read_pattern(tree, what, pattern_value, is_all, &pattern)) {
        return replaced;
    }
    struct str with = STR("?");
    const bool is_function = kind_of(tree, by) == N_FUNCTION;
    const bool is_fixed =
        !is_function &&
        constant_text(tree, with_value.literal != 0 ? with_value.literal : by, &with);
    if ((is_fixed || is_function) && looks_at_first_only(tree, call, &pattern, with)) {
        report(analysis, RULE_CLEANING, call, 0);
    }
    if (is_fixed && forgets_backslash(&pattern, with, replaced)) {
        report(analysis, RULE_CLEANING, call, 0);
    }
    if (is_fixed && with.len == 0 && pattern.is_regex && !pattern.is_single &&
        !is_in_loop(tree, call) && is_dangerous_removal(analysis->arena, pattern.text)) {
        report(analysis, RULE_REMOVED, call, 0);
    }
    if (is_fixed) {
        look_at_order(analysis, call, &pattern, with, &replaced);
    }
    if (is_fixed && expands_tags(pattern.text, with)) {
        report(analysis, RULE_EXPANSION, call, 0);
    }
    if (pattern.is_global && pattern.is_single) {
        replaced.signs |= (uint8_t)pattern.signs;
        replaced.put |= (uint8_t)(is_fixed ? what_is_put(with) : is_function ? PUT_ENTITY : 0);
    }
    if (chained_after(tree, call) == 0 && pattern.is_single && is_fixed) {
        look_at_cleaner(analysis, call, replaced);
    }
    return replaced;
}

/* What goes through a call as it is, or almost. */
bool keeps_replaced(struct str name)
{
    return one_of(name,
                  "trim trimStart trimEnd trimLeft trimRight toString valueOf slice substring "
                  "substr toLowerCase toUpperCase join split concat String");
}

struct replaced replaced_by_json(void)
{
    return (struct replaced){.signs = SIGN_BACKSLASH};
}
