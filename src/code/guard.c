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

/* Is it one class of what is left out, and nothing that means something anywhere is let through: [^a-z0-9_-]? */
static bool keeps_plain_only(struct str pattern)
{
    const size_t end = str_find(pattern, ']');
    const struct str rest = str_slice(pattern, end, pattern.len);
    if (!str_starts(pattern, STR("[^")) || end == pattern.len ||
        !(str_is(rest, "]") || str_is(rest, "]+") || str_is(rest, "]*"))) {
        return false;
    }
    for (size_t i = 2; i < end; i++) {
        const char c = pattern.ptr[i];
        const bool is_range = c == '-' && i > 2 && i + 1 < end;
        const bool is_class =
            c == '\\' && i + 1 < end && str_find(STR("dw-_"), pattern.ptr[i + 1]) < 4;
        i += is_class;
        if (is_range) {
            const char to = pattern.ptr[i + 1];
            const char from = pattern.ptr[i - 1];
            if (!((from >= '0' && to <= '9') || (from >= 'a' && to <= 'z') ||
                  (from >= 'A' && to <= 'Z'))) {
                return false;
            }
        } else if (!is_class &&
                   !((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
                     c == '_' || c == '-')) {
            return false;
        }
    }
    return true;
}

unsigned safe_after_replace(const struct tree *tree, node_id call, struct str name)
{
    const node_id first = str_starts(name, STR("replace")) ? argument_of(tree, call, 0) : 0;
    const struct str text =
        first != 0 && kind_of(tree, first) == N_REGEX ? text_of(tree, first) : STR("");
    size_t end = text.len;
    while (end > 1 && text.ptr[end - 1] != '/') {
        end--;
    }
    if (str_starts(text, STR("/^(\\.\\.")) && str_ends(str_slice(text, 0, end), STR(")+/"))) {
        return SAFE_STEPS; /* all that leads upwards is taken from the beginning */
    }
    if (end < 3 || str_find(str_slice(text, end, text.len), 'g') == text.len - end) {
        return 0;
    }
    const struct str pattern = str_slice(text, 1, end - 1);
    const bool is_line =
        one_of(pattern, "\\n \\r \\n|\\r \\r|\\n \\r?\\n [\\r\\n] [\\n\\r] [\\r\\n]+ "
                        "[\\n\\r]+ \\s \\s+ (\\r\\n|\\n|\\r) \\r\\n|\\r|\\n \\r\\n|\\n|\\r");
    const bool is_way = one_of(pattern, "\\/ [\\/] [\\/\\\\] [/\\\\] \\. [.] \\.+ [\\/\\\\]+ \\/+");
    return keeps_plain_only(pattern)             ? SAFE_ALL
           : is_line                             ? SAFE_LOG
           : is_way                              ? SAFE_PATH | SAFE_STEPS
           : one_of(pattern, "\\.\\. (\\.\\.)+") ? SAFE_STEPS
                                                 : 0;
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

/* new URL(x).host is known: x goes nowhere else. */
static void make_host_safe(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    if (id != 0 && kind_of(tree, id) == N_MEMBER &&
        one_of(text_of(tree, nth_of(tree, id, 1)), "host hostname origin")) {
        make_safe(analysis, first_of(tree, id), SAFE_URL | SAFE_HOST);
    }
}

/* !name.includes('..'), !relative.startsWith('..'): it does not lead upwards. */
static void refuse_steps(struct analysis *analysis, node_id object, node_id what)
{
    const struct tree *tree = analysis->tree;
    if (what == 0 || kind_of(tree, what) != N_STRING ||
        !(str_starts(string_of(tree, what), STR("..")) || str_is(string_of(tree, what), "."))) {
        return;
    }
    make_safe(analysis, object, SAFE_STEPS);
    const node_id made = eval(analysis, object).literal;
    if (made != 0 && kind_of(tree, made) == N_CALL) { /* path.relative(folder, full) */
        make_safe(analysis, argument_of(tree, made, 1), SAFE_PATH);
    }
}

/* What begins with that is good for. */
static unsigned safe_behind(struct value start)
{
    if (!start.is_constant) {
        return SAFE_PATH;
    }
    return start.lead != LEAD_SLASH && start.lead != LEAD_HOST_OPEN && start.lead != LEAD_OPEN
               ? SAFE_URL | SAFE_HOST | SAFE_PATH
               : 0;
}

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
    const node_id second = argument_of(tree, call, 1);
    if (is_true && second != 0 &&
        (str_is(name, "hasOwn") || (str_is(name, "call") && object != 0 &&
                                    str_ends(text_of(tree, object), STR("hasOwnProperty"))))) {
        make_safe(analysis, second, SAFE_ALL);
        return;
    }
    if (one_of(name, "isNaN") && !is_true) {
        make_safe(analysis, argument, SAFE_ALL);
    }
    if (!is_true) {
        if (one_of(name, "includes startsWith contains startswith") && object != 0) {
            refuse_steps(analysis, object, argument);
        }
        return;
    }
    if (one_of(name, "isArray")) {
        make_safe(analysis, argument, SAFE_SIZE);
    }
    if (one_of(name, "includes has hasOwnProperty contains in_array array_key_exists isset any") &&
        is_list) {
        make_safe(analysis, argument, SAFE_ALL | SAFE_SIZE);
        make_host_safe(analysis, argument);
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
        make_safe(analysis, object, safe_behind(eval(analysis, argument)));
    }
}

/* location.origin: where the page itself comes from. */
static bool is_own_place(struct analysis *analysis, node_id id)
{
    if (id == 0 || kind_of(analysis->tree, id) != N_MEMBER) {
        return false;
    }
    const struct str path = eval(analysis, id).path;
    return str_ends(path, STR("location.origin")) || str_ends(path, STR("location.host")) ||
           str_ends(path, STR("location.hostname"));
}

static void refine_equal(struct analysis *analysis, node_id left, node_id right)
{
    const struct tree *tree = analysis->tree;
    if (kind_of(tree, left) == N_UNARY && str_starts(text_of(tree, left), STR("typeof"))) {
        if (one_of(string_of(tree, right), "number boolean")) {
            make_safe(analysis, first_of(tree, left), SAFE_ALL);
        } else if (one_of(string_of(tree, right), "function")) {
            const struct str path = eval(analysis, first_of(tree, left)).path;
            make_safe(analysis, first_of(tree, left), /* an object that inherits nothing */
                      str_starts(path, STR("Object.create()")) ? SAFE_ALL : 0);
        } else if (one_of(string_of(tree, right), "string")) {
            make_safe(analysis, first_of(tree, left), SAFE_TEXT);
        }
        return;
    }
    const enum node_kind kind = kind_of(tree, right);
    if (kind == N_NULL || kind == N_TRUE || kind == N_FALSE) {
        return;
    }
    if (is_fixed(analysis, right) || is_own_place(analysis, right)) {
        make_safe(analysis, left, SAFE_ALL | SAFE_SIZE);
        make_host_safe(analysis, left);
    } else if (is_fixed(analysis, left) || is_own_place(analysis, left)) {
        make_safe(analysis, right, SAFE_ALL | SAFE_SIZE);
        make_host_safe(analysis, right);
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
    if (str_is(number, "0") && is_method && one_of(sign, is_true ? "== ===" : "!= !==")) {
        const struct value start = eval(analysis, argument_of(tree, found, 0));
        make_safe(analysis, first_of(tree, callee), safe_behind(start));
        return;
    }
    const bool says_found = (one_of(sign, "!= !== >") && str_is(number, "-1")) ||
                            (one_of(sign, ">=") && str_is(number, "0"));
    const bool says_not = (one_of(sign, "== === <=") && str_is(number, "-1")) ||
                          (one_of(sign, "<") && str_is(number, "0"));
    const bool is_list = kind_of(tree, callee) == N_MEMBER &&
                         (eval(analysis, first_of(tree, callee)).labels & FROM_OUTSIDE) == 0;
    if ((is_true ? says_found : says_not) && is_list) {
        make_safe(analysis, argument_of(tree, found, 0), SAFE_ALL);
    } else if ((is_true ? says_not : says_found) && is_method) {
        refuse_steps(analysis, first_of(tree, callee), argument_of(tree, found, 0));
    }
}

/* n < 100: the smaller side is held. */
static void refine_size(struct analysis *analysis, node_id left, node_id right, struct str sign,
                        bool is_true)
{
    const bool is_less = one_of(sign, "< <=");
    const node_id small = is_less == is_true ? left : right;
    const node_id large = small == left ? right : left;
    const enum node_kind kind = kind_of(analysis->tree, large);
    const bool is_place = kind == N_NAME || kind == N_MEMBER;
    if (!is_place || (eval(analysis, large).labels & FROM_REQUEST) == 0) {
        make_safe(analysis, small, SAFE_SIZE);
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
    if (kind == N_INDEX && is_true) { /* it is there; "constructor" is there as well */
        make_safe(analysis, right, SAFE_ALL & ~SAFE_NAME);
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
        if (one_of(sign, "< <= > >=")) {
            refine_size(analysis, left, right, sign, is_true);
        }
    }
}
