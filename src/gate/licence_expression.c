/*
 * licence_expression.c - SPDX licence expressions (SPDX 2.3, annex D), and whether the company allows one.
 *
 *     either  = both { "OR" both }
 *     both    = single { "AND" single }
 *     single  = "(" either ")" | identifier [ "+" ] [ "WITH" identifier ]
 */
#include "originated.h"

enum { DEEP_MAX = 32 };

struct expression {
    struct str rest;
    const struct str *allowed;
    size_t allowed_count;
    unsigned deep;
    bool is_wrong;
};

static bool same_small(struct str left, struct str right)
{
    bool same = left.len == right.len;
    for (size_t i = 0; same && i < left.len; i++) {
        same = lower_of(left.ptr[i]) == lower_of(right.ptr[i]);
    }
    return same;
}

static void skip_blanks(struct expression *expression)
{
    struct str *rest = &expression->rest;
    while (rest->len > 0 && is_among(rest->ptr[0], " \t")) {
        *rest = str_slice(*rest, 1, rest->len);
    }
}

static struct str take_identifier(struct expression *expression)
{
    size_t len = 0;
    skip_blanks(expression);
    const struct str rest = expression->rest;
    while (len < rest.len && (is_alnum(rest.ptr[len]) || is_among(rest.ptr[len], ".-+:"))) {
        len++;
    }
    expression->rest = str_slice(rest, len, rest.len);
    return str_slice(rest, 0, len);
}

/* Whether the small word stands next, in any case; then it is taken. */
static bool take_word(struct expression *expression, const char *small)
{
    const struct expression before = *expression;
    const struct str word = take_identifier(expression);
    if (same_small(word, str_of(small))) {
        return true;
    }
    *expression = before;
    return false;
}

static bool take_sign(struct expression *expression, char sign)
{
    skip_blanks(expression);
    if (letter_at(expression->rest, 0) != sign) {
        return false;
    }
    expression->rest = str_slice(expression->rest, 1, expression->rest.len);
    return true;
}

/* "GPL-2.0+" is "GPL-2.0-or-later", "GPL-2.0" is "GPL-2.0-only". */
static struct str root_of(struct str id, char *kind)
{
    *kind = 'o';
    if (str_ends(id, STR("+"))) {
        *kind = 'l';
        return str_slice(id, 0, id.len - 1);
    }
    if (str_ends(id, STR("-or-later"))) {
        *kind = 'l';
        return str_slice(id, 0, id.len - 9);
    }
    return str_ends(id, STR("-only")) ? str_slice(id, 0, id.len - 5) : id;
}

static bool same_licence(struct str left, struct str right)
{
    char left_kind = 0;
    char right_kind = 0;
    const struct str left_root = root_of(left, &left_kind);
    const struct str right_root = root_of(right, &right_kind);
    return left_kind == right_kind && same_small(left_root, right_root);
}

static bool is_listed(const struct expression *expression, struct str id, struct str exception)
{
    for (size_t i = 0; i < expression->allowed_count; i++) {
        struct expression pair = {.rest = expression->allowed[i]};
        const struct str first = take_identifier(&pair);
        const bool has_with = take_word(&pair, "with");
        const struct str second = has_with ? take_identifier(&pair) : STR("");
        if (same_licence(first, id) && (!has_with || same_small(second, exception))) {
            return true;
        }
    }
    return false;
}

static bool is_operator(struct str word)
{
    return same_small(word, STR("and")) || same_small(word, STR("or")) ||
           same_small(word, STR("with"));
}

static bool is_identifier(struct str word)
{
    const struct str bare = str_ends(word, STR("+")) ? str_slice(word, 0, word.len - 1) : word;
    bool has_other = bare.len == 0 || is_operator(bare);
    size_t colons = 0;
    for (size_t i = 0; i < bare.len; i++) {
        has_other = has_other || bare.ptr[i] == '+';
        colons += bare.ptr[i] == ':';
    }
    return !has_other && colons <= (str_starts(bare, STR("DocumentRef-")) ? 1U : 0U);
}

static bool either(struct expression *expression);

static bool single(struct expression *expression)
{
    if (take_sign(expression, '(')) {
        const bool allowed = either(expression);
        expression->is_wrong = expression->is_wrong || !take_sign(expression, ')');
        return allowed;
    }
    const struct str id = take_identifier(expression);
    struct str exception = STR("");
    expression->is_wrong = expression->is_wrong || !is_identifier(id);
    if (take_word(expression, "with")) {
        exception = take_identifier(expression);
        expression->is_wrong = expression->is_wrong || !is_identifier(exception);
    }
    return is_listed(expression, id, exception);
}

static bool both(struct expression *expression)
{
    bool allowed = single(expression);
    while (!expression->is_wrong && take_word(expression, "and")) {
        const bool also = single(expression);
        allowed = allowed && also;
    }
    return allowed;
}

static bool either(struct expression *expression)
{
    if (expression->deep == DEEP_MAX) {
        expression->is_wrong = true;
        return false;
    }
    expression->deep++;
    bool allowed = both(expression);
    while (!expression->is_wrong && take_word(expression, "or")) {
        const bool other = both(expression);
        allowed = allowed || other;
    }
    expression->deep--;
    return allowed;
}

bool licence_is_expression(struct str text)
{
    struct expression expression = {.rest = text};
    (void)either(&expression);
    skip_blanks(&expression);
    return !expression.is_wrong && expression.rest.len == 0;
}

bool licence_is_allowed(struct str text, const struct str *allowed, size_t allowed_count)
{
    struct expression expression = {
        .rest = text, .allowed = allowed, .allowed_count = allowed_count};
    const bool is_allowed = either(&expression);
    skip_blanks(&expression);
    return is_allowed && !expression.is_wrong && expression.rest.len == 0;
}
