/*
 * text.c - rules about patterns.
 */
#include "inside_replace.h"

#include <string.h>

/* .js, or what is installed or run: ".exe'" */
static bool is_program_name(struct str text)
{
    static const char *const end[] = {".exe", ".msi", ".dmg",    ".pkg",     ".deb",     ".rpm",
                                      ".apk", ".jar", ".sh",     ".tgz",     ".tar.gz",  ".zip",
                                      ".bin", ".run", ".tar.xz", ".tar.bz2", ".appimage"};
    const struct str inner = str_slice(text, 1, text.len - 1);
    for (size_t e = 0; e < sizeof end / sizeof end[0]; e++) {
        if (str_ends(inner, str_of(end[e]))) {
            return true;
        }
    }
    return str_contains(text, STR(".js"));
}

void look_at_text(struct analysis *analysis, node_id id)
{
    const struct str text = text_of(analysis->tree, id);
    if (text.len > 12 && text.len < 400 &&
        (str_starts(text, STR("'http://")) || str_starts(text, STR("\"http://"))) &&
        !has_small(text, "localhost") && !has_small(text, "127.0.0.1") &&
        !has_small(text, "w3.org") && !has_small(text, "/schema") && is_program_name(text) &&
        language_bit(analysis->tree->language) == IN_JS) {
        report(analysis, RULE_DOWNLOAD, id, 0);
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

/* /^www.a.com|www.b.com/: only one of several is held at its beginning, or at its end. */
static bool is_half_anchored(struct str pattern)
{
    size_t alternatives = 1;
    size_t starts = 0;
    size_t ends = 0;
    size_t words = 0;
    size_t letters = 0;
    int depth = 0;
    bool starts_first = pattern.len > 0 && pattern.ptr[0] == '^';
    for (size_t at = 0; at < pattern.len; at++) {
        const char sign = pattern.ptr[at];
        const bool is_first = at == 0 || (depth == 0 && pattern.ptr[at - 1] == '|');
        const bool is_last = at + 1 == pattern.len || (depth == 0 && pattern.ptr[at + 1] == '|');
        if (sign == '[') {
            while (at < pattern.len && pattern.ptr[at] != ']') {
                at += pattern.ptr[at] == '\\' ? 2 : 1;
            }
            continue;
        }
        if (sign == '\\') {
            at++;
            continue;
        }
        depth += (sign == '(') - (sign == ')');
        starts += sign == '^' && is_first;
        ends += sign == '$' && is_last;
        letters += is_letter(sign);
        words += letters == 2 && is_letter(sign);
        if (depth == 0 && sign == '|') {
            alternatives++;
            letters = 0;
        }
    }
    return alternatives >= 2 && words == alternatives &&
           ((starts_first && starts == 1 && ends == 0) ||
            (starts == 0 && ends == 1 && pattern.ptr[pattern.len - 1] == '$'));
}

/* new RegExp("\d+"): the text loses the backslash before the pattern sees it. */
void look_at_pattern_text(struct analysis *analysis, node_id id)
{
    const struct str text = string_of(analysis->tree, id);
    for (size_t at = 0; at + 1 < text.len; at++) {
        if (text.ptr[at] != '\\') {
            continue;
        }
        if (strchr("dswDSWB.+*?()[]|^$-", text.ptr[++at]) != NULL) {
            report(analysis, RULE_LOST_ESCAPE, id, 0);
            return;
        }
    }
}

/* A dot before the last part of a host that fits anything: /^https:\/\/example.com/ */
void look_at_pattern(struct analysis *analysis, node_id id)
{
    const struct str pattern = text_of(analysis->tree, id);
    size_t at = 0;
    if (pattern.len < 8 || pattern.len > 400) {
        return;
    }
    if (kind_of(analysis->tree, id) == N_REGEX) {
        size_t end = pattern.len;
        while (end > 1 && pattern.ptr[end - 1] != '/') {
            end--;
        }
        if (is_slow_pattern(str_slice(pattern, 1, end - 1))) {
            report(analysis, RULE_SLOW_PATTERN, id, 0);
            return;
        }
        if (is_half_anchored(str_slice(pattern, 1, end - 1))) {
            report(analysis, RULE_HALF_ANCHORED, id, 0);
            return;
        }
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
             !has_other_words(pattern, "script cript scrip style head body noscript") &&
             (is_small || has_small(pattern, "<\\/script>") || has_small(pattern, ".*")))) {
            report(analysis, RULE_TAG_FILTER, id, 0);
        }
    }
}
