/*
 * guard.c - what a condition says of what it looks at.
 *
 * In the branch where x is equal to something fixed, is one of a list, is a number, or passed a check that says so by its
 * name, x is safe. What is not understood says nothing.
 */
#include "inside.h"

static void make_safe(struct analysis *analysis, node_id id, unsigned safe)
{
    const uint32_t key = id == 0 ? 0 : key_of(analysis, id, true);
    if (key == 0) {
        return;
    }
    struct value value =
        analysis->variable[key].when == 0 ? eval(analysis, id) : variable_value(analysis, key);
    value.safe |= (uint16_t)safe;
    variable_set(analysis, key, value);
}

static bool is_fixed(struct analysis *analysis, node_id id)
{
    return id != 0 && eval(analysis, id).is_constant;
}

/* ---- patterns that leave room for nothing ---------------------------------------------------- */

/* Does a pattern say of all of a text which characters it may have? `is_whole`: the function asks of all anyway. Where
 * one stands for any, or for all but a few, or branches go without brackets, it does not. */
static bool is_narrow(struct str pattern, bool is_whole)
{
    size_t depth = 0;
    bool in_class = false;
    bool has_end = is_whole;
    const bool has_start = is_whole || str_starts(pattern, STR("^"));
    for (size_t i = 0; i < pattern.len; i++) {
        const char c = pattern.ptr[i];
        const char next = i + 1 < pattern.len ? pattern.ptr[i + 1] : '\0';
        has_end = is_whole || (c == '$' && next == '\0');
        if (c == '\\') {
            if (next == 'S' || next == 'D' || next == 'W') {
                return false;
            }
            i++;
        } else if (in_class) {
            in_class = c != ']';
        } else if (c == '[') {
            in_class = true;
            if (next == '^') {
                return false;
            }
        } else if (c == '.' || (c == '|' && depth == 0)) {
            return false;
        } else if (c == '(') {
            depth++;
        } else if (c == ')' && depth > 0) {
            depth--;
        }
    }
    return has_start && has_end && pattern.len > 2;
}

/* What stands between two signs, without what follows: /^a$/i, '/^a$/'. A pattern of lines (m) says nothing of all. */
static bool is_narrow_between(struct str whole)
{
    size_t end = whole.len;
    while (end > 0 && whole.ptr[end - 1] != whole.ptr[0]) {
        end--;
    }
    if (end < 3) {
        return false;
    }
    end--;
    for (size_t i = end + 1; i < whole.len; i++) {
        if (whole.ptr[i] == 'm') {
            return false;
        }
    }
    return is_narrow(str_slice(whole, 1, end), false);
}

static bool is_narrow_node(const struct tree *tree, node_id pattern, bool is_whole)
{
    const enum node_kind kind = kind_of(tree, pattern);
    return kind == N_REGEX    ? is_narrow_between(text_of(tree, pattern))
           : kind == N_STRING ? is_narrow(string_of(tree, pattern), is_whole)
                              : false;
}

/* re.test(x), re.exec(x), x.match(re), re.fullmatch(pattern, x), preg_match(pattern, x): what was looked at, when the
 * pattern leaves room for nothing; 0: nothing. */
static node_id matched_narrowly(struct analysis *analysis, struct str name, node_id call,
                                node_id object)
{
    const struct tree *tree = analysis->tree;
    const node_id first = argument_of(tree, call, 0);
    const node_id second = argument_of(tree, call, 1);
    if (one_of(name, "preg_match")) {
        return second != 0 && kind_of(tree, first) == N_STRING &&
                       is_narrow_between(string_of(tree, first))
                   ? second
                   : 0;
    }
    if (object == 0 || first == 0) {
        return 0;
    }
    if (one_of(name, "fullmatch match") && second != 0) {
        return is_narrow_node(tree, first, one_of(name, "fullmatch")) ? second : 0;
    }
    if (one_of(name, "match") && is_narrow_node(tree, first, false)) {
        return object;
    }
    const node_id literal = eval(analysis, object).literal;
    return one_of(name, "test exec match") && literal != 0 && kind_of(tree, literal) == N_REGEX &&
                   is_narrow_between(text_of(tree, literal))
               ? first
               : 0;
}

/* ---- conditions ------------------------------------------------------------------------------ */

/* A call that answers whether its argument is one of a list. */
static void refine_call(struct analysis *analysis, node_id call, bool is_true)
{
    const struct tree *tree = analysis->tree;
    const node_id callee = first_of(tree, call);
    const node_id argument = argument_of(tree, call, 0);
    const node_id last = kind_of(tree, callee) == N_MEMBER ? nth_of(tree, callee, 1) : callee;
    const struct str name = last == 0 ? STR("") : text_of(tree, last);
    const node_id object = kind_of(tree, callee) == N_MEMBER ? first_of(tree, callee) : 0;
    const struct value object_value = object == 0 ? (struct value){0} : eval(analysis, object);
    const bool is_list = (object_value.labels & FROM_OUTSIDE) == 0;
    if (one_of(name, "isNaN") && !is_true) {
        make_safe(analysis, argument, SAFE_ALL);
    }
    if (!is_true) {
        return;
    }
    if (one_of(name, "includes has hasOwnProperty contains in_array array_key_exists isset any") &&
        is_list) {
        make_safe(analysis, argument, SAFE_ALL);
    } else if (one_of(name, "test exec match fullmatch preg_match")) {
        make_safe(analysis, matched_narrowly(analysis, name, call, object), SAFE_ALL);
    } else if (one_of(name, "isInteger isFinite isSafeInteger is_numeric ctype_digit ctype_alnum "
                            "isdigit isalnum isdecimal isnumeric isUUID isInt")) {
        make_safe(analysis, argument != 0 ? argument : object, SAFE_ALL);
    } else if (one_of(name, "isString is_string")) {
        make_safe(analysis, argument, SAFE_TEXT);
    } else if (has_small(name, "allowed") || has_small(name, "whitelist") ||
               has_small(name, "valid") || has_small(name, "issafe") ||
               has_small(name, "is_safe") || has_small(name, "islocal") ||
               has_small(name, "trusted")) {
        make_safe(analysis, argument, SAFE_ALL);
    } else if (one_of(name, "startsWith startswith") && object != 0) {
        const struct value start = eval(analysis, argument);
        make_safe(analysis, object,
                  start.is_constant && start.lead != LEAD_SLASH && start.lead != LEAD_HOST_OPEN &&
                          start.lead != LEAD_OPEN
                      ? SAFE_URL | SAFE_HOST | SAFE_PATH
                  : start.is_constant ? 0
                                      : SAFE_PATH);
    }
}

static void refine_equal(struct analysis *analysis, node_id left, node_id right)
{
    const struct tree *tree = analysis->tree;
    if (kind_of(tree, left) == N_UNARY && str_starts(text_of(tree, left), STR("typeof"))) {
        if (one_of(string_of(tree, right), "number boolean")) {
            make_safe(analysis, first_of(tree, left), SAFE_ALL);
        } else if (one_of(string_of(tree, right), "string")) {
            make_safe(analysis, first_of(tree, left), SAFE_TEXT);
        }
        return;
    }
    const enum node_kind kind = kind_of(tree, right);
    if (kind == N_NULL || kind == N_TRUE || kind == N_FALSE) {
        return;
    }
    if (is_fixed(analysis, right)) {
        make_safe(analysis, left, SAFE_ALL);
    } else if (is_fixed(analysis, left)) {
        make_safe(analysis, right, SAFE_ALL);
    }
}

/* list.indexOf(x) against -1 or 0; list[x] against nothing. */
static void refine_found(struct analysis *analysis, node_id left, node_id right, struct str sign,
                         bool is_true)
{
    const struct tree *tree = analysis->tree;
    const node_id found =
        kind_of(tree, left) == N_CALL || kind_of(tree, left) == N_INDEX ? left : right;
    const node_id against = found == left ? right : left;
    if (kind_of(tree, found) == N_INDEX &&
        (kind_of(tree, against) == N_NULL || str_starts(text_of(tree, against), STR("void")))) {
        if (str_starts(sign, STR("!")) == is_true) {
            make_safe(analysis, nth_of(tree, found, 1), SAFE_ALL);
        }
        return;
    }
    if (kind_of(tree, found) != N_CALL) {
        return;
    }
    const node_id callee = first_of(tree, found);
    const bool is_method = kind_of(tree, callee) == N_MEMBER;
    const node_id name = is_method ? nth_of(tree, callee, 1) : callee;
    if (kind_of(tree, against) == N_NULL) { /* x.match(re) !== null */
        const bool asks_for = str_starts(sign, STR("!")) || str_is(sign, "is not");
        if (name != 0 && asks_for == is_true) {
            make_safe(analysis,
                      matched_narrowly(analysis, text_of(tree, name), found,
                                       is_method ? first_of(tree, callee) : 0),
                      SAFE_ALL);
        }
        return;
    }
    if (name == 0 ||
        !one_of(text_of(tree, name), "indexOf lastIndexOf findIndex strpos array_search")) {
        return;
    }
    const struct str number = text_of(tree, against);
    const bool says_found = (one_of(sign, "!= !== >") && str_is(number, "-1")) ||
                            (one_of(sign, ">=") && str_is(number, "0"));
    const bool says_not = (one_of(sign, "== === <=") && str_is(number, "-1")) ||
                          (one_of(sign, "<") && str_is(number, "0"));
    const bool is_list = kind_of(tree, callee) == N_MEMBER &&
                         (eval(analysis, first_of(tree, callee)).labels & FROM_OUTSIDE) == 0;
    if ((is_true ? says_found : says_not) && is_list) {
        make_safe(analysis, argument_of(tree, found, 0), SAFE_ALL);
    }
}

void refine(struct analysis *analysis, node_id condition, bool is_true)
{
    const struct tree *tree = analysis->tree;
    condition = condition == 0 ? 0 : unwrapped(tree, condition);
    if (condition == 0) {
        return;
    }
    const enum node_kind kind = kind_of(tree, condition);
    if (kind == N_UNARY) {
        const struct str sign = text_of(tree, condition);
        if (str_starts(sign, STR("!")) || str_starts(sign, STR("not"))) {
            refine(analysis, first_of(tree, condition), !is_true);
        }
        return;
    }
    if (kind == N_CALL) {
        refine_call(analysis, condition, is_true);
        return;
    }
    const node_id left = first_of(tree, condition);
    const node_id right = left == 0 ? 0 : next_of(tree, left);
    if (kind == N_ASSIGN && right != 0) { /* if ((m = /^[0-9]+$/.exec(x))) */
        refine(analysis, right, is_true);
        return;
    }
    if (kind == N_INDEX && is_true) {
        make_safe(analysis, right, SAFE_ALL);
        return;
    }
    if (kind != N_BINARY || right == 0) {
        return;
    }
    const struct str sign = sign_of(tree, condition);
    if (one_of(sign, "&& and") == is_true && one_of(sign, "&& and || or")) {
        refine(analysis, left, is_true);
        refine(analysis, right, is_true);
    } else if (one_of(sign, is_true ? "in" : "not") || (str_is(sign, "not in") && !is_true)) {
        make_safe(analysis, left, SAFE_ALL);
    } else {
        if (one_of(sign, is_true ? "== ===" : "!= !==")) {
            refine_equal(analysis, left, right);
        }
        refine_found(analysis, left, right, sign, is_true);
    }
}
