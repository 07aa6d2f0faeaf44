/*
 * run.c - statements in the order in which they run, functions, and the whole program.
 *
 * The file runs first, then each function that was not run where it stands; again while a call gives a function
 * more than it had, four times at most. Functions that are handed over run where they stand, with what is known there.
 */
#include "inside.h"

enum { ROUNDS_MAX = 4 };

/* ---- what a name is given ----------------------------------------------------------------------------- */

static void give_pattern(struct analysis *analysis, node_id target, struct value value)
{
    const struct tree *tree = analysis->tree;
    for (node_id child = first_of(tree, target); child != 0; child = next_of(tree, child)) {
        node_id name = child;
        struct str key = text_of(tree, child);
        if (kind_of(tree, child) == N_PAIR) {
            key = string_of(tree, first_of(tree, child));
            name = next_of(tree, first_of(tree, child));
        } else if (kind_of(tree, child) == N_PARAMETER || kind_of(tree, child) == N_SPREAD) {
            name = first_of(tree, child);
            key = name == 0 ? key : text_of(tree, name);
        }
        struct value held = value;
        held.literal = 0;
        held.is_constant = false;
        held.labels |= held.within;
        held.step = held.step == 0 ? held.within_step : held.step;
        held.path = value.path.len == 0 || value.path.len + key.len > 120
                        ? STR("")
                        : path_below(analysis->arena, value.path, key);
        const struct named *row = NULL;
        while (held.path.len > 0 &&
               (row = match_next(analysis->matcher, language_bit(tree->language), held.path,
                                 IS_SOURCE, row)) != NULL) {
            held.labels |= row->number;
            held.step = step_add(analysis, child, 0, "comes from here");
        }
        if (name != 0 && kind_of(tree, name) == N_NAME) {
            (void)variable_make(analysis, text_of(tree, name), analysis->owner);
        }
        give(analysis, name, held, 0);
    }
}

void give(struct analysis *analysis, node_id target, struct value value, node_id from)
{
    const struct tree *tree = analysis->tree;
    target = target == 0 ? 0 : unwrapped(tree, target);
    if (target == 0) {
        return;
    }
    const enum node_kind kind = kind_of(tree, target);
    if (kind == N_PATTERN || kind == N_ARRAY || kind == N_OBJECT) {
        give_pattern(analysis, target, value);
        return;
    }
    look_at_pair(analysis, target, from, target);
    if ((value.labels & FROM_RANDOM) != 0) {
        look_at_token_made(analysis, target, string_of(tree, target));
    }
    if (value.labels != 0) {
        value.step = step_add(analysis, target, value.step, "is kept here");
    }
    if (kind == N_MEMBER || kind == N_INDEX) {
        const struct value object = eval(analysis, first_of(tree, target));
        const node_id name = nth_of(tree, target, 1);
        const struct value index = kind == N_INDEX ? eval(analysis, name) : (struct value){0};
        const struct str text = kind == N_MEMBER     ? text_of(tree, name)
                                : index.literal != 0 ? string_of(tree, index.literal)
                                                     : STR("[]");
        const struct str on = object.path.len > 0 ? object.path : STR("?");
        check_sinks(analysis, IS_SET_SINK, path_below(analysis->arena, on, str_slice(text, 0, 60)),
                    target, from, value, 0);
        if (kind == N_INDEX && tree->language < CODE_PYTHON && object.within != 0 &&
            str_ends(object.path, STR("[outside]"))) {
            report(analysis, RULE_PROTOTYPE, target, object.within_step);
        } else if (kind == N_INDEX && tree->language < CODE_PYTHON && from != 0 &&
                   index.lead == LEAD_START && label_is_risky(analysis, RULE_MEMBER_WRITE, index)) {
            report(analysis, RULE_MEMBER_WRITE, target, index.step);
        } else if (kind == N_MEMBER && one_of(text, "type")) {
            note_answer_type(analysis, tree->node[target].parent, text);
        }
        const node_id root = first_of(tree, target);
        const uint32_t whole = value.labels != 0 && index.literal == 0 && kind == N_INDEX
                                   ? key_of(analysis, root, false)
                                   : 0;
        if (whole != 0) { /* some member of it */
            variable_set(analysis, whole, value_join(analysis->variable[whole].value, value));
        }
    } else if (kind == N_NAME) {
        check_sinks(analysis, IS_SET_SINK, text_of(tree, target), target, from, value, 0);
    }
    const uint32_t key = key_of(analysis, target, true);
    if (key != 0) {
        variable_set(analysis, key, value);
    }
}

/* ---- branches ------------------------------------------------------------------------------------------ */

static void run_if(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    node_id condition = child_of(tree, id, F_CONDITION);
    condition = condition == 0 ? first_of(tree, id) : condition;
    node_id yes = child_of(tree, id, F_CONSEQUENCE);
    yes = yes == 0 ? child_of(tree, id, F_BODY) : yes;
    yes = yes == 0 && condition != 0 ? next_of(tree, condition) : yes;
    (void)eval(analysis, condition);
    const uint32_t mark = analysis->undo_count;
    refine(analysis, condition, true);
    run(analysis, yes);
    const struct changes changes = branch_end(analysis, mark);
    refine(analysis, condition, false);
    for (node_id no = yes == 0 ? 0 : next_of(tree, yes); no != 0; no = next_of(tree, no)) {
        run(analysis, no);
    }
    const bool both_left = changes.has_left && analysis->has_left;
    branches_join(analysis, mark, &changes);
    analysis->has_left = both_left;
    if (yes != 0 && next_of(tree, yes) == 0 && !both_left) {
        keep_option(analysis, condition, yes, &changes);
    }
}

static void run_children(struct analysis *analysis, node_id id)
{
    for (node_id child = first_of(analysis->tree, id); child != 0;
         child = next_of(analysis->tree, child)) {
        run(analysis, child);
    }
}

/* A part that may run or not. */
static void run_perhaps(struct analysis *analysis, node_id id)
{
    const uint32_t mark = analysis->undo_count;
    run_children(analysis, id);
    struct changes changes = branch_end(analysis, mark);
    changes.has_left = false;
    branches_join(analysis, mark, &changes);
}

/* What a loop gives to its variable: each piece of a list. */
static void give_each(struct analysis *analysis, node_id list, node_id target)
{
    struct value value = eval(analysis, list);
    value.literal = 0;
    value.is_constant = false;
    value.labels |= value.within;
    value.step = value.step == 0 ? value.within_step : value.step;
    if (target != 0 && kind_of(analysis->tree, target) == N_NAME) {
        (void)variable_make(analysis, text_of(analysis->tree, target), analysis->owner);
    }
    value.path = STR("");
    give(analysis, target, value, 0);
}

/* foreach ($list as $key => $value): PHP's grammar has no fields for them. */
static void give_in_php(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    const node_id list = first_of(tree, id);
    node_id target = list == 0 ? 0 : next_of(tree, list);
    if (target != 0 && kind_of(tree, target) == N_PAIR) {
        const node_id key = first_of(tree, target);
        target = key == 0 ? 0 : next_of(tree, key);
    }
    if (target != 0 && tree->node[target].field != F_BODY) {
        give_each(analysis, list, target);
    }
}

static void run_loop(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    const node_id condition = child_of(tree, id, F_CONDITION);
    const bool is_each = kind_of(tree, id) == N_EACH || child_of(tree, id, F_LEFT) != 0;
    const uint32_t mark = analysis->undo_count;
    if (is_each && tree->language == CODE_PHP) {
        give_in_php(analysis, id);
    }
    for (node_id child = first_of(tree, id); child != 0; child = next_of(tree, child)) {
        const uint8_t field = tree->node[child].field;
        if (field == F_RIGHT && is_each) {
            give_each(analysis, child, child_of(tree, id, F_LEFT));
        } else if (field == F_BODY || child == condition || !is_each) {
            run(analysis, child);
        } else if (kind_of(tree, id) == N_EACH && field == F_NONE) {
            run(analysis, child);
        }
        if (child == condition) {
            refine(analysis, condition, true);
            look_at_bound(analysis, condition);
        }
    }
    struct changes changes = branch_end(analysis, mark);
    changes.has_left = false;
    branches_join(analysis, mark, &changes);
}

static void run_import_from(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    const node_id source = child_of(tree, id, F_SOURCE);
    for (node_id child = first_of(tree, id); child != 0; child = next_of(tree, child)) {
        if (child == source) {
            continue;
        }
        const bool is_alias = kind_of(tree, child) == N_IMPORTED;
        const node_id name = is_alias ? first_of(tree, child) : child;
        const node_id alias = is_alias && next_of(tree, name) != 0 ? next_of(tree, name) : name;
        const struct value value = {
            .path = str_format(analysis->arena, "%.*s.%.*s",
                               STR_ARG(source == 0 ? STR("") : text_of(tree, source)),
                               STR_ARG(text_of(tree, name)))};
        variable_set(analysis, variable_make(analysis, text_of(tree, alias), analysis->owner),
                     value);
    }
}

/* import a from "b"; import { a as c } from "b"; import a.b as c in Python. */
static void bind_imports(struct analysis *analysis, node_id id, struct str module, bool is_below)
{
    const struct tree *tree = analysis->tree;
    for (node_id child = first_of(tree, id); child != 0; child = next_of(tree, child)) {
        if (kind_of(tree, child) == N_STRING) {
            continue;
        }
        const bool is_imported = kind_of(tree, child) == N_IMPORTED;
        if (kind_of(tree, child) != N_NAME && !is_imported) {
            bind_imports(analysis, child, module, true);
            continue;
        }
        const node_id name = is_imported ? first_of(tree, child) : child;
        const node_id alias =
            name != 0 && is_imported && next_of(tree, name) != 0 ? next_of(tree, name) : name;
        const bool is_whole = !is_imported || str_starts(text_of(tree, child), STR("*"));
        if (name == 0) {
            continue;
        }
        if (tree->language == CODE_PYTHON) {
            struct str root = text_of(tree, name);
            const struct value value = {
                .path = alias != name ? root : str_slice(root, 0, str_find(root, '.'))};
            variable_set(analysis,
                         variable_make(analysis, alias != name ? text_of(tree, alias) : value.path,
                                       analysis->owner),
                         value);
            continue;
        }
        const struct value value = {.path = is_whole || module.len == 0
                                                ? module
                                                : str_format(analysis->arena, "%.*s.%.*s",
                                                             STR_ARG(module),
                                                             STR_ARG(text_of(tree, name)))};
        variable_set(analysis, variable_make(analysis, text_of(tree, alias), 0), value);
    }
    (void)is_below;
}

static void run_import(struct analysis *analysis, node_id id)
{
    const node_id source = child_of(analysis->tree, id, F_SOURCE);
    struct str module = source == 0 ? STR("") : string_of(analysis->tree, source);
    module = str_starts(module, STR("node:")) ? str_slice(module, 5, module.len) : module;
    bind_imports(analysis, id, module, false);
}

static void run_with(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    const node_id held = first_of(tree, id); /* f(x) as y is one node within */
    const node_id value_id =
        held == 0 || first_of(tree, held) == 0 || kind_of(tree, held) != N_OTHER
            ? held
            : first_of(tree, held);
    struct value value = eval(analysis, value_id);
    if (value_id != held && next_of(tree, value_id) != 0) {
        const node_id target = first_of(tree, next_of(tree, value_id));
        give(analysis, target, value, value_id);
    }
}

static void run_echo(struct analysis *analysis, node_id id)
{
    for (node_id child = first_of(analysis->tree, id); child != 0;
         child = next_of(analysis->tree, child)) {
        const struct value value = eval(analysis, child);
        check_sinks(analysis, IS_SINK, STR("echo"), child, child, value, 0);
    }
}

/* <?= $name ?>: the grammar has an expression, what stands before it says that it is printed. */
static bool is_printed(const struct tree *tree, node_id id)
{
    size_t at = tree->node[id].start;
    while (at > 0 && (tree->text.ptr[at - 1] == ' ' || tree->text.ptr[at - 1] == '\n')) {
        at--;
    }
    return at >= 3 && str_is(str_slice(tree->text, at - 3, at), "<?=");
}

static void run_expression(struct analysis *analysis, node_id id)
{
    const struct value value = eval(analysis, id);
    if (analysis->tree->language == CODE_PHP && is_printed(analysis->tree, id)) {
        check_sinks(analysis, IS_SINK, STR("echo"), id, id, value, 0);
    }
}

static void run_return(struct analysis *analysis, node_id id)
{
    const struct value value = eval(analysis, first_of(analysis->tree, id));
    if (analysis->running != NULL && analysis->tree->language == CODE_PYTHON) {
        look_at_page_given_back(analysis, id, value);
    }
    if (analysis->running != NULL) {
        struct function *function = analysis->running;
        const uint16_t before = function->back.labels;
        function->back = function->has_back ? value_join(function->back, value) : value;
        function->has_back = true;
        analysis->has_grown = analysis->has_grown || (before | function->back.labels) != before;
    }
    analysis->has_left = true;
}

void run(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    if (id == 0) {
        return;
    }
    switch (kind_of(tree, id)) {
    case N_IF:
        run_if(analysis, id);
        break;
    case N_LOOP:
    case N_EACH:
        run_loop(analysis, id);
        break;
    case N_CASE:
    case N_CATCH:
        run_perhaps(analysis, id);
        break;
    case N_WITH:
        run_with(analysis, id);
        break;
    case N_RETURN:
        run_return(analysis, id);
        break;
    case N_LEAVE:
        for (node_id child = first_of(tree, id); child != 0; child = next_of(tree, child)) {
            const struct value value = eval(analysis, child);
            if (tree->language == CODE_PHP) {
                check_sinks(analysis, IS_SINK, STR("echo"), child, child, value, 0);
            }
        }
        analysis->has_left = true;
        break;
    case N_IMPORT:
        run_import(analysis, id);
        break;
    case N_IMPORT_FROM:
        run_import_from(analysis, id);
        break;
    case N_ECHO:
        run_echo(analysis, id);
        break;
    case N_BLOCK:
    case N_ELSE:
    case N_TRY:
    case N_SWITCH:
    case N_CLASS:
        run_children(analysis, id);
        break;
    default:
        run_expression(analysis, id);
        break;
    }
}

/* ---- functions ------------------------------------------------------------------------------------------ */

static node_id parameters_of(const struct tree *tree, node_id id)
{
    for (node_id child = first_of(tree, id); child != 0; child = next_of(tree, child)) {
        if (kind_of(tree, child) == N_PARAMETERS) {
            return child;
        }
    }
    return 0;
}

/* The parameters are what was given, or what their names say. */
static void bind_parameters(struct analysis *analysis, const struct function *function)
{
    const struct tree *tree = analysis->tree;
    const node_id list = parameters_of(tree, function->node);
    const node_id only =
        list == 0 ? child_of(tree, function->node, F_PARAMETERS) : 0; /* x => ... */
    size_t p = 0;
    for (node_id child = list == 0 ? only : first_of(tree, list); child != 0;
         child = list == 0 ? 0 : next_of(tree, child), p++) {
        node_id name = kind_of(tree, child) == N_PARAMETER || kind_of(tree, child) == N_SPREAD
                           ? first_of(tree, child)
                           : child;
        while (name != 0 && kind_of(tree, name) == N_DECORATOR) {
            name = next_of(tree, name);
        }
        const node_id by_field =
            kind_of(tree, child) == N_PARAMETER ? child_of(tree, child, F_NAME) : 0;
        name = by_field != 0 ? by_field : name;
        if (name == 0) {
            continue;
        }
        struct value value =
            p < function->parameter_count ? function->parameter[p] : (struct value){0};
        const bool is_name = kind_of(tree, name) == N_NAME;
        if (value.labels == 0 && is_of_request(text_of(tree, child))) {
            value = value_from(analysis, FROM_REQUEST, name, "comes from here");
        }
        if (is_name && value.path.len == 0) {
            value.path = text_of(tree, name);
        }
        if (is_name && analysis->is_fragment && value.labels == 0 &&
            !str_is(text_of(tree, name), "self")) {
            value.labels = FROM_UNSEEN;
        }
        if (is_name && value.labels == 0 && !analysis->is_fragment) {
            value = given_by_others(analysis, function, name, value);
        }
        value.lead = value.labels == 0 ? LEAD_UNKNOWN : value.lead;
        if (is_name) {
            (void)variable_make(analysis, text_of(tree, name), function->node);
        }
        give(analysis, name, value, 0);
    }
}

void run_function(struct analysis *analysis, struct function *function)
{
    const struct tree *tree = analysis->tree;
    struct function *const running = analysis->running;
    const node_id owner = analysis->owner;
    const bool has_left = analysis->has_left;
    if (function->is_running) {
        return;
    }
    function->is_running = true;
    analysis->running = function;
    analysis->owner = function->node;
    bind_parameters(analysis, function);
    const node_id body = child_of(tree, function->node, F_BODY);
    if (body != 0 && kind_of(tree, body) != N_BLOCK) { /* x => value */
        const struct value value = eval(analysis, body);
        function->back = function->has_back ? value_join(function->back, value) : value;
        function->has_back = true;
    } else {
        run(analysis, body);
    }
    function->is_running = false;
    analysis->running = running;
    analysis->owner = owner;
    analysis->has_left = has_left;
}

struct function *function_of(struct analysis *analysis, node_id id)
{
    const uint32_t index = id == 0 ? 0 : analysis->function_at[id];
    return index == 0 ? NULL : &analysis->function[index];
}

static void find_functions(struct analysis *analysis)
{
    struct tree *tree = analysis->tree;
    uint32_t count = 1;
    analysis->function_at = NEW_ARRAY(analysis->arena, tree->count, uint32_t);
    for (node_id id = 1; id < tree->count; id++) {
        count += kind_of(tree, id) == N_FUNCTION;
    }
    analysis->function = NEW_ARRAY(analysis->arena, count, struct function);
    analysis->function_count = 1;
    node_id *around = NEW_ARRAY(analysis->arena, tree->count, node_id);
    for (node_id id = 2; id < tree->count; id++) { /* parents stand before their children */
        const node_id parent = tree->node[id].parent;
        around[id] = kind_of(tree, parent) == N_FUNCTION ? parent : around[parent];
        if (kind_of(tree, id) == N_FUNCTION) {
            struct function *function = &analysis->function[analysis->function_count];
            *function = (struct function){.node = id, .outer = around[id]};
            const node_id list = parameters_of(tree, id);
            function->parameter_count = list == 0 ? 1 : count_of(tree, list);
            function->parameter =
                NEW_ARRAY(analysis->arena, function->parameter_count + 1, struct value);
            analysis->function_at[id] = analysis->function_count++;
        }
    }
}

/* Functions that have a name are known before anything runs. */
static void name_functions(struct analysis *analysis)
{
    const struct tree *tree = analysis->tree;
    for (uint32_t f = 1; f < analysis->function_count; f++) {
        const struct function *function = &analysis->function[f];
        const node_id name = child_of(tree, function->node, F_NAME);
        if (name != 0) {
            const uint32_t variable = variable_make(analysis, text_of(tree, name), function->outer);
            variable_set(analysis, variable, (struct value){.literal = function->node});
        }
    }
}

void analyse(struct analysis *analysis)
{
    scope_begin(analysis);
    find_functions(analysis);
    name_functions(analysis);
    analysis->has_grown = true;
    for (analysis->round = 0; analysis->round < ROUNDS_MAX && analysis->has_grown;
         analysis->round++) {
        analysis->has_grown = false;
        analysis->owner = 0;
        analysis->base = 0;
        analysis->running_since = 0;
        analysis->has_left = false;
        run_children(analysis, 1);
        for (uint32_t f = 1; f < analysis->function_count; f++) {
            struct function *function = &analysis->function[f];
            if (function->is_inline) {
                continue;
            }
            analysis->owner = function->outer;
            analysis->base = function->node;
            analysis->running_since = analysis->when;
            analysis->has_left = false;
            run_function(analysis, function);
        }
        analysis->undo_count = 0;
    }
}
