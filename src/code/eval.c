/*
 * eval.c - what each expression holds.
 *
 * A value is where it may come from (labels), what it may be used for all the same (safe), the way it came, and what it
 * is by its name ("child_process.exec"). What is made of pieces knows what stands before the part from outside.
 */
#include "inside.h"

#include <string.h>

enum { WORK_MAX = 4000000 };

/* ---- text made of pieces -------------------------------------------------------------------------- */

static enum lead lead_of(struct str text)
{
    const size_t slash = str_find(text, '/');
    if (text.len == 0) {
        return LEAD_START;
    }
    if (str_find(text, '?') < text.len || str_find(text, '#') < text.len) {
        return LEAD_QUERY;
    }
    for (size_t at = slash; at + 1 < text.len; at++) {
        if (text.ptr[at] == '/' && text.ptr[at + 1] == '/') {
            return str_find(str_slice(text, at + 2, text.len), '/') < text.len - at - 2
                       ? LEAD_HOST
                       : LEAD_HOST_OPEN;
        }
    }
    return slash == text.len ? LEAD_OPEN : slash == 0 && text.len == 1 ? LEAD_SLASH : LEAD_PATH;
}

static enum lead lead_both(enum lead left, enum lead right)
{
    if (left == LEAD_START || (left == LEAD_OPEN && right >= LEAD_PATH)) {
        return right;
    }
    if (right == LEAD_QUERY) {
        return LEAD_QUERY;
    }
    return left == LEAD_HOST_OPEN && (right == LEAD_SLASH || right == LEAD_PATH) ? LEAD_HOST : left;
}

struct value concat(const struct analysis *analysis, struct value left, struct value right)
{
    (void)analysis;
    struct value both = value_join(left, right);
    both.literal = 0;
    both.path = STR("");
    both.replaced = (struct replaced){0};
    both.may_steer = false;
    both.is_built = left.is_built || right.is_built || !both.is_constant;
    both.lead = (uint8_t)(left.labels != 0 ? left.lead : lead_both(left.lead, right.lead));
    both.labels |= right.within | left.within;
    return both;
}

static struct value constant_of(const struct analysis *analysis, node_id id)
{
    const struct str text = string_of(analysis->tree, id);
    return (struct value){.literal = id,
                          .is_constant = true,
                          .has_markup = str_find(text, '<') < text.len,
                          .lead = (uint8_t)lead_of(text)};
}

static struct value eval_template(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    struct value all = {.is_constant = true};
    node_id before = 0;
    bool is_first = true;
    for (node_id child = first_of(tree, id); child != 0; child = next_of(tree, child)) {
        const enum node_kind kind = kind_of(tree, child);
        const struct value piece = kind == N_CHUNK || kind == N_STRING
                                       ? constant_of(analysis, child)
                                   : kind == N_FILLED ? eval(analysis, first_of(tree, child))
                                                      : eval(analysis, child);
        if (kind == N_FILLED && before != 0) {
            look_at_attribute(analysis, before, piece, child);
        }
        before = kind == N_CHUNK ? child : 0;
        all = is_first ? piece : concat(analysis, all, piece);
        is_first = false;
    }
    all.path = STR("");
    all.literal = all.is_constant ? id : 0;
    all.is_built = !all.is_constant;
    return all;
}

static struct value eval_string(struct analysis *analysis, node_id id)
{
    for (node_id child = first_of(analysis->tree, id); child != 0;
         child = next_of(analysis->tree, child)) {
        if (kind_of(analysis->tree, child) == N_FILLED) {
            return eval_template(analysis, id);
        }
    }
    return constant_of(analysis, id);
}

/* ---- the rest --------------------------------------------------------------------------------------- */

/* "{{ user.email }}": what a template puts there is somebody's. */
static bool is_filled_with_person(struct str text)
{
    return text.len > 6 && text.len < 120 &&
           (str_contains(text, STR("{{")) || str_contains(text, STR("<?")) ||
            str_contains(text, STR("<%")) || str_contains(text, STR("*|"))) &&
           (has_small(text, "email") || has_small(text, "phone") || has_small(text, "first_name") ||
            has_small(text, "last_name") || has_small(text, "fullname"));
}

/* Whether a request may bring an object there: the body and the query are parsed into such, a path is not. */
bool may_be_object(struct value value)
{
    static const char *const text[] = {".params",  ".headers", ".header", ".url",
                                       ".cookies", ".path",    ".get("};
    if (value.may_steer) {
        return true;
    }
    if ((value.labels & FROM_REQUEST) == 0 || value.is_built ||
        (value.safe & (SAFE_SQL | SAFE_TEXT)) != 0) {
        return false;
    }
    for (size_t t = 0; t < sizeof text / sizeof text[0]; t++) {
        if (str_contains(value.path, str_of(text[t]))) {
            return false;
        }
    }
    return true;
}

static struct value eval_object(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    struct value value = {.literal = id, .is_constant = true};
    for (node_id child = first_of(tree, id); child != 0; child = next_of(tree, child)) {
        const node_id key = first_of(tree, child);
        const bool is_pair = kind_of(tree, child) == N_PAIR && key != 0 && next_of(tree, key) != 0;
        struct value held = eval(analysis, is_pair ? next_of(tree, key) : child);
        const node_id valued = is_pair ? unwrapped(tree, next_of(tree, key)) : 0;
        const bool is_read =
            valued != 0 && (kind_of(tree, valued) == N_NAME || kind_of(tree, valued) == N_MEMBER ||
                            is_filled_with_person(string_of(tree, valued)));
        if (is_read &&
            (word_is_personal(string_of(tree, key)) ||
             is_filled_with_person(string_of(tree, valued))) &&
            (held.labels & FROM_PERSON) == 0) {
            held.labels |= FROM_PERSON;
            held.step = step_add(analysis, key, 0, "is read here");
        }
        if (is_pair) {
            look_at_pair(analysis, key, next_of(tree, key), child);
            if (held.labels != 0) {
                check_sinks(analysis, IS_SET_SINK,
                            str_format(analysis->arena, "{}.%.*s",
                                       STR_ARG(str_slice(string_of(tree, key), 0, 40))),
                            child, 0, held, 0);
            }
        }
        const bool is_chosen = str_ends(held.path, STR("[outside]")); /* from what is our own */
        value.within |= held.labels | (is_chosen ? 0 : held.within);
        value.within_step = value.within_step != 0 ? value.within_step
                            : held.labels != 0     ? held.step
                                                   : held.within_step;
        value.is_constant = value.is_constant && held.is_constant;
        value.may_steer =
            value.may_steer || (may_be_object(held) && !one_of(string_of(tree, key), "$eq"));
    }
    return value;
}

static struct value eval_list(struct analysis *analysis, node_id id)
{
    struct value all = {.is_constant = true};
    bool is_first = true;
    for (node_id child = first_of(analysis->tree, id); child != 0;
         child = next_of(analysis->tree, child)) {
        const struct value piece = eval(analysis, child);
        const struct value both = is_first ? piece : value_join(all, piece);
        const uint8_t lead = is_first ? piece.lead : concat(analysis, all, piece).lead;
        all = both;
        all.lead = lead; /* if it is joined to a text */
        is_first = false;
    }
    all.literal = id;
    all.path = STR("");
    return all;
}

static struct value eval_binary(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    const node_id left_id = first_of(tree, id);
    const node_id right_id = left_id == 0 ? 0 : next_of(tree, left_id);
    const struct str sign = sign_of(tree, id);
    const struct value left = eval(analysis, left_id);
    look_at_binary(analysis, id);
    if (one_of(sign, "&& and || or ??")) {
        const uint32_t mark = analysis->undo_count;
        refine(analysis, left_id, one_of(sign, "&& and"));
        struct value right = eval(analysis, right_id);
        (void)branch_end(analysis, mark);
        if (one_of(sign, "&& and")) {
            return right;
        }
        right = value_join(left, right);
        right.path = left.path;
        return right;
    }
    const struct value right = eval(analysis, right_id);
    const bool is_text =
        one_of(sign, "+ . %") || (one_of(sign, "*") && analysis->tree->language == CODE_PYTHON);
    if (!is_text ||
        (str_is(sign, "%") && (analysis->tree->language != CODE_PYTHON || !left.is_constant))) {
        const unsigned kept =
            FROM_RANDOM | FROM_UNSEEN | (one_of(sign, "* - / **") ? FROM_REQUEST : 0U);
        return (struct value){.labels = (uint16_t)((left.labels | right.labels) & kept),
                              .safe = SAFE_ALL,
                              .step = left.step != 0 ? left.step : right.step,
                              .is_constant = left.is_constant && right.is_constant};
    }
    if (str_is(sign, "+") && right.replaced.signs != 0) {
        look_at_attribute(analysis, left_id, right, right_id);
    }
    return concat(analysis, left, right);
}

/* A plain name or member that says whether something shall be done. */
bool is_option(const struct tree *tree, node_id condition)
{
    condition = condition == 0 ? 0 : unwrapped(tree, condition);
    return condition != 0 &&
           (kind_of(tree, condition) == N_NAME || kind_of(tree, condition) == N_MEMBER);
}

/* purify(x) is x, cleaned: whoever set the option chose which of them it is. */
bool is_cleaned_form(const struct tree *tree, node_id call, node_id plain)
{
    const node_id made = call == 0 ? 0 : unwrapped(tree, call);
    const node_id given =
        made == 0 || kind_of(tree, made) != N_CALL ? 0 : argument_of(tree, made, 0);
    return given != 0 && plain != 0 && kind_of(tree, given) == N_NAME &&
           str_equal(text_of(tree, given), text_of(tree, unwrapped(tree, plain)));
}

static struct value eval_choice(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    node_id condition = child_of(tree, id, F_CONDITION);
    node_id yes = child_of(tree, id, F_CONSEQUENCE);
    node_id no = child_of(tree, id, F_ALTERNATIVE);
    if (tree->language == CODE_PYTHON) {
        yes = nth_of(tree, id, 0);
        condition = nth_of(tree, id, 1);
        no = nth_of(tree, id, 2);
    } else if (yes == 0) {
        yes = child_of(tree, id, F_BODY);
    }
    (void)eval(analysis, condition);
    const uint32_t mark = analysis->undo_count;
    refine(analysis, condition, true);
    struct value left = yes == 0 ? eval(analysis, condition) : eval(analysis, yes);
    (void)branch_end(analysis, mark);
    refine(analysis, condition, false);
    struct value right = eval(analysis, no);
    (void)branch_end(analysis, mark);
    if (is_option(tree, condition)) { /* clean ? purify(x) : x */
        right.safe |= is_cleaned_form(tree, yes, no) ? left.safe & SAFE_HTML : 0;
        left.safe |= is_cleaned_form(tree, no, yes) ? right.safe & SAFE_HTML : 0;
    }
    return value_join(left, right);
}

/* dangerouslySetInnerHTML={{ __html: post.html }}: what nobody cleaned here. */
static void look_at_raw_markup(struct analysis *analysis, node_id tag, node_id object)
{
    const struct tree *tree = analysis->tree;
    const node_id markup = kind_of(tree, object) == N_OBJECT ? pair_of(tree, object, "__html") : 0;
    const node_id inner = markup == 0 ? 0 : unwrapped(tree, markup);
    if (inner == 0 || (kind_of(tree, inner) != N_NAME && kind_of(tree, inner) != N_MEMBER)) {
        return;
    }
    const struct value value = eval(analysis, inner);
    if (!value.is_constant && value.literal == 0 && (value.safe & SAFE_HTML) == 0 &&
        !value.is_built) {
        report(analysis, RULE_RAW_MARKUP, tag, value.step);
    }
}

static struct value eval_tag(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    for (node_id child = first_of(tree, id); child != 0; child = next_of(tree, child)) {
        if (kind_of(tree, child) != N_ATTRIBUTE) {
            continue;
        }
        const node_id name = first_of(tree, child);
        const node_id held = name == 0 ? 0 : next_of(tree, name);
        const struct value value = eval(analysis, held);
        const node_id inner = held == 0 ? 0 : unwrapped(tree, held);
        if (str_is(text_of(tree, name), "dangerouslySetInnerHTML") &&
            (inner == 0 || kind_of(tree, inner) != N_OBJECT) && !value.is_constant) {
            report(analysis, RULE_RAW_MARKUP, id, value.step);
        } else if (str_is(text_of(tree, name), "dangerouslySetInnerHTML") && inner != 0) {
            look_at_raw_markup(analysis, id, inner);
        }
        if (one_of(text_of(tree, name), "injectedJavaScript") && value.labels != 0) {
            check_sinks(analysis, IS_SET_SINK, STR("jsx.program"), child, 0, value, 0);
        }
        if (one_of(text_of(tree, name), "href src html url") && value.labels != 0) {
            check_sinks(analysis, IS_SET_SINK, STR("jsx.address"), child, 0, value, 0);
        }
    }
    return (struct value){0};
}

static struct value eval_assign(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    const node_id target = unwrapped(tree, first_of(tree, id));
    node_id held = target == 0 ? 0 : next_of(tree, first_of(tree, id));
    while (held != 0 && next_of(tree, held) != 0 && tree->node[held].field != F_RIGHT) {
        held = next_of(tree, held);
    }
    struct value value = eval(analysis, held);
    if (kind_of(tree, id) == N_GROW) {
        value = concat(analysis, eval(analysis, target), value);
    }
    give(analysis, target, value, held);
    return value;
}

static struct value eval_declare(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    const node_id target = first_of(tree, id);
    node_id held = child_of(tree, id, F_VALUE);
    held = held == 0 && target != 0 ? next_of(tree, target) : held;
    if (held == 0) {
        if (kind_of(tree, target) == N_NAME) {
            (void)variable_make(analysis, text_of(tree, target), analysis->owner);
        }
        return (struct value){0};
    }
    const struct value value = eval(analysis, held);
    if (kind_of(tree, target) == N_NAME) {
        (void)variable_make(analysis, text_of(tree, target), analysis->owner);
    }
    give(analysis, target, value, held);
    return value;
}

static struct value eval_function(struct analysis *analysis, node_id id)
{
    const struct value value = {.literal = id};
    const node_id name = child_of(analysis->tree, id, F_NAME);
    if (name != 0 && kind_of(analysis->tree, analysis->tree->node[id].parent) != N_CLASS) {
        const uint32_t variable =
            variable_make(analysis, text_of(analysis->tree, name), analysis->owner);
        variable_set(analysis, variable, value);
    }
    return value;
}

static struct value eval_each_child(struct analysis *analysis, node_id id)
{
    struct value last = {0};
    for (node_id child = first_of(analysis->tree, id); child != 0;
         child = next_of(analysis->tree, child)) {
        last = eval(analysis, child);
    }
    return last;
}

struct value eval(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    if (id == 0 || analysis->is_cut) {
        return (struct value){0};
    }
    if (++analysis->work > WORK_MAX) {
        analysis->is_cut = true;
        return (struct value){0};
    }
    switch (kind_of(tree, id)) {
    case N_NAME:
        return eval_name(analysis, id);
    case N_THIS:
        return (struct value){.path = STR("this"),
                              .labels = analysis->is_fragment ? FROM_UNSEEN : 0};
    case N_STRING:
        look_at_text(analysis, id);
        return eval_string(analysis, id);
    case N_TEMPLATE:
        return eval_template(analysis, id);
    case N_CHUNK:
    case N_NUMBER:
    case N_TRUE:
    case N_FALSE:
    case N_NULL:
        return constant_of(analysis, id);
    case N_REGEX:
        look_at_pattern(analysis, id);
        return (struct value){.literal = id, .is_constant = true, .path = STR("RegExp")};
    case N_MEMBER:
        return eval_member(analysis, id, eval(analysis, first_of(tree, id)));
    case N_INDEX:
        return eval_index(analysis, id);
    case N_CALL:
    case N_NEW:
        return eval_call(analysis, id);
    case N_BINARY:
        return eval_binary(analysis, id);
    case N_UNARY: {
        const struct value value = eval_each_child(analysis, id);
        return (struct value){.is_constant = value.is_constant};
    }
    case N_ASSIGN:
    case N_GROW:
        return eval_assign(analysis, id);
    case N_DECLARE:
        return eval_declare(analysis, id);
    case N_FUNCTION:
        return eval_function(analysis, id);
    case N_CHOICE:
        return eval_choice(analysis, id);
    case N_OBJECT:
        return eval_object(analysis, id);
    case N_ARRAY:
        return eval_list(analysis, id);
    case N_TAG:
        return eval_tag(analysis, id);
    case N_SPREAD:
    case N_WRAP:
    case N_FILLED: {
        const node_id inner = first_of(tree, id);
        if (inner != 0 && kind_of(tree, inner) == N_CHUNK &&
            next_of(tree, inner) != 0) { /* (int)$x */
            const struct value value = eval(analysis, next_of(tree, inner));
            return one_of(text_of(tree, inner), "int integer float double bool boolean")
                       ? (struct value){0}
                       : value;
        }
        return eval(analysis, inner);
    }
    case N_INCLUDE: {
        const node_id file = first_of(tree, id);
        check_sinks(analysis, IS_SINK, STR("include"), id, file, eval(analysis, file), 0);
        return (struct value){0};
    }
    case N_SHELL: {
        const struct value value = eval_template(analysis, id);
        if (!value.is_constant) {
            report(analysis, RULE_SHELL, id, value.step);
        }
        return (struct value){0};
    }
    case N_NAMED_ARGUMENT:
        return eval(analysis, child_of(tree, id, F_VALUE));
    case N_PAIR:
    case N_OTHER:
    case N_ERROR:
    case N_SKIP:
    case N_ARGUMENTS:
    case N_PARAMETERS:
    case N_PARAMETER:
    case N_PATTERN:
    case N_ATTRIBUTE:
    case N_DECORATOR:
    case N_IMPORTED:
        return eval_each_child(analysis, id);
    case N_CLASS:
    case N_RETURN:
    case N_LEAVE:
    case N_IF:
    case N_ELSE:
    case N_LOOP:
    case N_EACH:
    case N_SWITCH:
    case N_CASE:
    case N_TRY:
    case N_CATCH:
    case N_WITH:
    case N_BLOCK:
    case N_IMPORT:
    case N_IMPORT_FROM:
    case N_ECHO:
        run(analysis, id);
        break;
    }
    return (struct value){0};
}
