/*
 * replace_pattern.c - which signs a pattern stands for, and whether what it takes out can stand there again.
 */
#include "inside_replace.h"

#include <string.h>

static unsigned sign_bit(unsigned char letter)
{
    switch (letter) {
    case '<':
        return SIGN_LESS;
    case '>':
        return SIGN_MORE;
    case '"':
        return SIGN_QUOTE;
    case '\'':
        return SIGN_APOSTROPHE;
    case '&':
        return SIGN_AND;
    case '\\':
        return SIGN_BACKSLASH;
    case '%':
        return SIGN_PERCENT;
    default:
        return SIGN_OTHER;
    }
}

/* ---- patterns ---------------------------------------------------------------------------------- */

/* The sign after a backslash: what it stands for; 0: a class of letters. */
static unsigned escaped(char letter, unsigned *signs)
{
    switch (letter) {
    case 'w':
    case 'd':
    case 's':
    case 'n':
    case 'r':
    case 't':
        *signs |= SIGN_OTHER;
        return letter == 'n' || letter == 'r' || letter == 't' ? '\n' : 0;
    case 'W':
    case 'D':
    case 'S':
        *signs |= SIGNS_ALL;
        return 0;
    case 'b':
    case 'B':
        return 0;
    default:
        *signs |= sign_bit((unsigned char)letter);
        return (unsigned char)letter;
    }
}

/* "[<>&]", from after its bracket; where it ends, or the end of the text. */
static size_t read_class(struct str text, size_t at, unsigned *signs)
{
    const bool is_not = at < text.len && text.ptr[at] == '^';
    unsigned found = 0;
    for (at += is_not; at < text.len && text.ptr[at] != ']'; at++) {
        if (text.ptr[at] == '\\' && at + 1 < text.len) {
            (void)escaped(text.ptr[++at], &found);
        } else if (at + 2 < text.len && text.ptr[at + 1] == '-' && text.ptr[at + 2] != ']') {
            static const char known[] = "<>\"'&\\%";
            for (size_t k = 0; k + 1 < sizeof known; k++) {
                if (known[k] >= text.ptr[at] && known[k] <= text.ptr[at + 2]) {
                    found |= sign_bit((unsigned char)known[k]);
                }
            }
            found |= SIGN_OTHER;
            at += 2;
        } else {
            found |= sign_bit((unsigned char)text.ptr[at]);
        }
    }
    *signs |= is_not ? SIGNS_ALL & ~(found & ~(unsigned)SIGN_OTHER) : found;
    return at < text.len ? at + 1 : at;
}

/* One sign after another between bars: "<|>", "[&<]", "\\/". Anything else is not single. */
static bool read_signs(struct str text, unsigned *signs, char *letter)
{
    while (text.len > 2 && text.ptr[0] == '(' && text.ptr[text.len - 1] == ')') {
        const size_t from = str_starts(text, STR("(?:")) ? 3 : 1;
        text = str_slice(text, from, text.len - 1);
    }
    size_t at = 0;
    size_t units = 0;
    while (at < text.len) {
        if (text.ptr[at] == '[') {
            at = read_class(text, at + 1, signs);
            units++;
        } else if (text.ptr[at] == '\\' && at + 1 < text.len) {
            *letter = (char)escaped(text.ptr[at + 1], signs);
            at += 2;
        } else if (strchr("()*+?.^$", text.ptr[at]) != NULL || (unsigned char)text.ptr[at] >= 128) {
            return false;
        } else {
            *letter = text.ptr[at];
            *signs |= sign_bit((unsigned char)text.ptr[at++]);
        }
        units++;
        at += at < text.len && text.ptr[at] == '+';
        if (at < text.len && text.ptr[at++] != '|') {
            return false;
        }
    }
    *letter = units == 1 ? *letter : '\0';
    return units > 0;
}

bool constant_text(const struct tree *tree, node_id id, struct str *text)
{
    id = unwrapped(tree, id);
    const enum node_kind kind = id == 0 ? N_OTHER : kind_of(tree, id);
    if (kind == N_STRING || kind == N_TEMPLATE) {
        const node_id inner = first_of(tree, id);
        *text = string_of(tree, id);
        return kind == N_STRING || inner == 0 ||
               (kind_of(tree, inner) == N_CHUNK && next_of(tree, inner) == 0);
    }
    if (kind == N_BINARY && str_is(sign_of(tree, id), "+")) {
        struct str right;
        return constant_text(tree, first_of(tree, id), text) &&
               constant_text(tree, next_of(tree, first_of(tree, id)), &right) &&
               (right.len == 0 || text->len == 0) && (text->len > 0 || (*text = right, true));
    }
    return false;
}

bool read_pattern(const struct tree *tree, node_id id, struct value value, bool is_all,
                  struct pattern *pattern)
{
    *pattern = (struct pattern){.node = id, .is_global = is_all};
    if (kind_of(tree, id) != N_REGEX && value.literal != 0) {
        id = value.literal;
    }
    if (kind_of(tree, id) == N_REGEX) {
        const struct str text = text_of(tree, id);
        size_t end = text.len;
        while (end > 0 && text.ptr[end - 1] != '/') {
            end--;
        }
        if (end < 2) {
            return false;
        }
        const struct str flags = str_slice(text, end, text.len);
        pattern->is_regex = true;
        pattern->is_global = is_all || str_find(flags, 'g') < flags.len;
        pattern->text = str_slice(text, 1, end - 1);
        pattern->is_single = read_signs(pattern->text, &pattern->signs, &pattern->letter);
        return true;
    }
    if (!constant_text(tree, id, &pattern->text)) {
        return false;
    }
    const struct str text = pattern->text;
    if (text.len == 2 && text.ptr[0] == '\\') {
        pattern->is_single = true;
        pattern->letter = (char)escaped(text.ptr[1], &pattern->signs);
    } else if (text.len == 1) {
        pattern->is_single = true;
        pattern->letter = text.ptr[0];
        pattern->signs = sign_bit((unsigned char)text.ptr[0]);
    }
    return text.len > 0;
}

/* ---- what spans several signs ------------------------------------------------------------------------- */

/* Without the backslashes that only keep a sign from meaning something. */
static struct str plain_pattern(struct arena *arena, struct str text)
{
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < text.len; i++) {
        const char next = i + 1 < text.len ? text.ptr[i + 1] : '\0';
        const bool is_dot = text.ptr[i] == '\\' && next == 'x' && i + 3 < text.len &&
                            text.ptr[i + 2] == '2' && strchr("EeFf", text.ptr[i + 3]) != NULL;
        if (is_dot) {
            buf_u8(&buf, (uint8_t)((text.ptr[i + 3] | 0x20) == 'e' ? '.' : '/'));
            i += 3;
        } else if (text.ptr[i] == '\\' && next != '\0' &&
                   !((next | 0x20) >= 'a' && (next | 0x20) <= 'z')) {
            buf_u8(&buf, (uint8_t)next);
            i++;
        } else {
            buf_u8(&buf, (uint8_t)text.ptr[i]);
        }
    }
    return buf_text(&buf);
}

bool is_letter(char letter)
{
    return (letter | 0x20) >= 'a' && (letter | 0x20) <= 'z';
}

/* Whether a pattern names nothing but what shall be taken out: /<script.+desktop-only/ looks for one script. */
bool has_other_words(struct str plain, const char *allowed)
{
    bool is_class = false;
    for (size_t at = 0; at < plain.len; at++) {
        is_class = plain.ptr[at] == '[' || (is_class && plain.ptr[at] != ']');
        if (is_class || !is_letter(plain.ptr[at])) {
            continue;
        }
        size_t end = at;
        while (end < plain.len && is_letter(plain.ptr[end])) {
            end++;
        }
        const size_t from = at > 0 && plain.ptr[at - 1] == '\\' ? at + 1 : at;
        struct str word = str_slice(plain, from, end);
        char small[16];
        for (size_t i = 0; i < word.len && i < sizeof small; i++) {
            small[i] = (char)(word.ptr[i] | 0x20);
        }
        if (word.len >= 3 &&
            (word.len > sizeof small || !one_of((struct str){small, word.len}, allowed))) {
            return true;
        }
        at = end;
    }
    return false;
}

bool is_dangerous_removal(struct arena *arena, struct str text)
{
    if (text.len < 3 || text.len > 300 || text.ptr[0] == '^' || str_starts(text, STR("(^")) ||
        text.ptr[text.len - 1] == '$' || str_starts(text, STR(".+"))) {
        return false;
    }
    static const char tags[] =
        "script cript scrip style title iframe object embed svg link meta form del "
        "body html head php img math base";
    const struct str plain = plain_pattern(arena, text);
    const bool is_way = str_contains(plain, STR("../")) || str_contains(plain, STR("/.."));
    if (is_way) {
        for (size_t i = 0; i < plain.len; i++) {
            if (is_letter(plain.ptr[i]) && (i == 0 || plain.ptr[i - 1] != '\\')) {
                return false;
            }
        }
        return true;
    }
    if (str_contains(plain, STR("on\\w")) || str_contains(plain, STR("on[a-z"))) {
        return str_find(plain, '=') < plain.len && !has_other_words(plain, tags);
    }
    const struct str comment = STR("<!--");
    if (str_contains(plain, comment)) {
        return !str_contains(plain, STR("<!--[CDATA")) && !has_other_words(plain, tags);
    }
    const size_t open = str_find(plain, '<');
    if (open == plain.len || has_other_words(plain, tags)) {
        return false;
    }
    struct str rest = str_slice(plain, open + 1, plain.len);
    if (str_starts(rest, STR("/")) && !str_starts(rest, STR("/?"))) {
        return false;
    }
    rest = str_starts(rest, STR("/?")) ? str_slice(rest, 2, rest.len) : rest;
    const bool is_any = str_starts(rest, STR("[a-z")) || str_starts(rest, STR("([a-z")) ||
                        str_starts(rest, STR("\\w")) || str_starts(rest, STR("(\\w"));
    return is_any || has_small(rest, "script") || has_small(rest, "cript") ||
           has_small(rest, "style") || has_small(rest, "iframe");
}
