/*
 * text.c - rules about patterns, and about text that is replaced.
 */
#include "inside.h"

#include <string.h>

void look_at_text(struct analysis *analysis, node_id id)
{
    const struct str text = text_of(analysis->tree, id);
    if (text.len > 12 && text.len < 400 &&
        (str_starts(text, STR("'http://")) || str_starts(text, STR("\"http://"))) &&
        !has_small(text, "localhost") && !has_small(text, "127.0.0.1") &&
        !has_small(text, "w3.org") && !has_small(text, "/schema") &&
        str_contains(text, STR(".js")) && language_bit(analysis->tree->language) == IN_JS) {
        report(analysis, RULE_DOWNLOAD, id, 0);
    }
}

static bool is_sign_of_meaning(char letter)
{
    return strchr("<>&'\"\\*$%#?[]|;`\n/.", letter) != NULL && letter != '\0';
}

/* x.replace("<", ""): only the first one. */
void look_at_replace(struct analysis *analysis, node_id call, node_id object)
{
    const struct tree *tree = analysis->tree;
    const node_id what = argument_of(tree, call, 0);
    (void)object;
    if (what == 0 || language_bit(tree->language) != IN_JS) {
        return;
    }
    const enum node_kind kind = kind_of(tree, what);
    if (kind == N_STRING || (kind == N_TEMPLATE && text_of(tree, what).len == 3)) {
        const struct str text = string_of(tree, what);
        const bool is_escaped = text.len == 2 && text.ptr[0] == '\\';
        if ((text.len == 1 && is_sign_of_meaning(text.ptr[0])) || is_escaped ||
            str_is(text, "../") || str_is(text, "..") || str_is(text, "/../") ||
            str_is(text, "%25")) {
            const node_id with = argument_of(tree, call, 1);
            const node_id on = first_of(tree, first_of(tree, call));
            const bool is_chained =
                kind_of(tree, on) == N_CALL || kind_of(tree, tree->node[call].parent) == N_MEMBER;
            const bool is_light = one_of(text, "[ ] \\n . ? #") || is_chained;
            if (!is_light && with != 0 &&
                (kind_of(tree, with) == N_STRING || kind_of(tree, with) == N_TEMPLATE ||
                 kind_of(tree, with) == N_FUNCTION)) {
                report(analysis, RULE_CLEANING, call, 0);
            }
        }
        return;
    }
    if (kind_of(tree, what) != N_REGEX) {
        return;
    }
    const struct str text = text_of(tree, what);
    size_t end = text.len;
    while (end > 0 && text.ptr[end - 1] != '/') {
        end--;
    }
    const struct str flags = str_slice(text, end, text.len);
    const struct str pattern = str_slice(text, 1, end > 0 ? end - 1 : 0);
    const bool is_anchored = str_starts(pattern, STR("^")) || str_ends(pattern, STR("$"));
    const bool is_one =
        pattern.len == 1 || (pattern.len == 2 && pattern.ptr[0] == '\\') ||
        (pattern.len >= 3 && pattern.ptr[0] == '[' && pattern.ptr[pattern.len - 1] == ']');
    const char letter = pattern.len == 0   ? '\0'
                        : pattern.len == 2 ? pattern.ptr[1]
                                           : pattern.ptr[0];
    const node_id with = argument_of(tree, call, 1);
    if (str_find(flags, 'g') == flags.len && !is_anchored && is_one && with != 0 &&
        (is_sign_of_meaning(letter) || letter == '[')) {
        report(analysis, RULE_CLEANING, call, 0);
    }
    if (with != 0 && kind_of(tree, with) == N_STRING && str_find(flags, 'g') < flags.len &&
        pattern.len <= 2) {
        const struct str put = string_of(tree, with);
        /* quotes are escaped by a backslash, but backslashes are not */
        if ((letter == '"' || letter == '\'') && put.len >= 2 && put.ptr[0] == '\\' &&
            put.ptr[1] == '\\') {
            const node_id callee = first_of(tree, call);
            node_id above = tree->node[call].parent;
            const bool is_chained =
                kind_of(tree, first_of(tree, callee)) == N_CALL || kind_of(tree, above) == N_MEMBER;
            if (!is_chained) {
                report(analysis, RULE_CLEANING, call, 0);
            }
        }
    }
}

static bool has_open_dot(struct str pattern, size_t *host_end)
{
    static const char *const end[] = {"com", "org", "net", "edu", "gov", "uk", "io"};
    for (size_t at = 1; at + 3 < pattern.len; at++) {
        for (size_t e = 0; e < sizeof end / sizeof end[0]; e++) {
            const size_t len = strlen(end[e]);
            const bool is_end =
                str_starts(str_slice(pattern, at + 1, pattern.len), (struct str){end[e], len});
            const char after = at + 1 + len < pattern.len ? pattern.ptr[at + 1 + len] : '/';
            if (pattern.ptr[at] == '.' && is_end && strchr("/$)\\?:|#", after) != NULL) {
                *host_end = at;
                return true;
            }
        }
    }
    return false;
}

/* A dot before the last part of a host that fits anything: /^https:\/\/example.com/ */
void look_at_pattern(struct analysis *analysis, node_id id)
{
    const struct str pattern = text_of(analysis->tree, id);
    size_t at = 0;
    if (pattern.len < 8 || pattern.len > 400) {
        return;
    }
    if (has_open_dot(pattern, &at)) {
        size_t from = at;
        while (from > 0 && (pattern.ptr[from - 1] | 0x20) >= 'a' &&
               (pattern.ptr[from - 1] | 0x20) <= 'z') {
            from--;
        }
        const bool is_escaped = pattern.ptr[at - 1] == '\\';
        size_t dots = 0;
        for (size_t i = 1; i < at; i++) {
            dots += pattern.ptr[i] == '.' && pattern.ptr[i - 1] != '\\' &&
                    pattern.ptr[i + 1] != '*' && pattern.ptr[i + 1] != '+';
        }
        if ((!is_escaped && from < at) || (is_escaped && dots > 0)) {
            report(analysis, RULE_HOST_PATTERN, id, 0);
            return;
        }
        const bool is_start = pattern.ptr[1] == '^' || str_contains(pattern, STR("(^"));
        if (!is_start && is_escaped) {
            report(analysis, RULE_HOST_PATTERN, id, 0);
            return;
        }
    }
    if (has_small(pattern, "<script") || has_small(pattern, "<!--")) {
        const struct str flags =
            str_slice(pattern, pattern.len > 4 ? pattern.len - 4 : 0, pattern.len);
        const bool is_small = str_find(flags, 'i') == flags.len;
        if ((has_small(pattern, "<script") &&
             (is_small || has_small(pattern, "<\\/script>") || has_small(pattern, ".*")))) {
            report(analysis, RULE_TAG_FILTER, id, 0);
        }
    }
}
