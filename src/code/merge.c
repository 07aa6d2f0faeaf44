/*
 * merge.c - functions that copy members by their names, deep, and so write into the prototype of all objects when a
 * name is __proto__ (CWE-1321, "prototype pollution").
 *
 *     function merge(to, from) { for (key in from) { ... merge(to[key], from[key]); to[key] = from[key]; } }
 *     function set(at, path, value) { for (...) { at = at[path[i]]; } at[last] = value; }
 *
 * Either shape is a finding at the writing, unless the function compares with __proto__, asks whether the member is
 * the object's own, or names a list of what may pass. The work is bounded: long functions, and what is around more than
 * a few of them, are left.
 */
#include "inside.h"

/* Larger functions are left: each writing looks through the functions around it. */
enum {
    FUNCTION_NODES_MAX = 3000,
    FUNCTION_LEN_MAX = 16 << 10,
    FUNCTIONS_AROUND_MAX = 4,
    WRITES_MAX = 400,
    LOOKS_MAX = 4000000, /* at nodes, for all writings together */
};

static node_id end_of(const struct tree *tree, node_id function)
{
    const struct node *whole = node_of(tree, function);
    node_id id = function;
    while (id < tree->count && tree->node[id].start < whole->end &&
           id - function < FUNCTION_NODES_MAX) {
        id++;
    }
    return id;
}

static node_id function_around(const struct tree *tree, node_id id)
{
    node_id at = tree->node[id].parent;
    while (kind_of(tree, at) != N_FUNCTION && tree->node[at].parent != at) {
        at = tree->node[at].parent;
    }
    return kind_of(tree, at) == N_FUNCTION ? at : 0;
}

/* How a function is called: its own name, or what it is kept under. */
static struct str name_of_function(const struct tree *tree, node_id function)
{
    const node_id own = child_of(tree, function, F_NAME);
    if (own != 0) {
        return text_of(tree, own);
    }
    node_id above = tree->node[function].parent;
    while (kind_of(tree, above) == N_WRAP && tree->node[above].parent != above) {
        above = tree->node[above].parent;
    }
    const enum node_kind kind = kind_of(tree, above);
    if (kind != N_DECLARE && kind != N_ASSIGN && kind != N_PAIR) {
        return STR("");
    }
    const node_id target = unwrapped(tree, first_of(tree, above));
    return kind_of(tree, target) == N_MEMBER ? text_of(tree, nth_of(tree, target, 1))
                                             : string_of(tree, target);
}

static bool is_place(const struct tree *tree, node_id id, struct str object, struct str key)
{
    id = id == 0 ? 0 : unwrapped(tree, id);
    if (id != 0 && kind_of(tree, id) == N_BINARY) { /* to[key] || {} */
        id = unwrapped(tree, first_of(tree, id));
    }
    return id != 0 && kind_of(tree, id) == N_INDEX &&
           str_equal(text_of(tree, first_of(tree, id)), object) &&
           str_equal(text_of(tree, nth_of(tree, id, 1)), key);
}

/* Whether the key runs over the names of an object: for (key in from), Object.keys(from).forEach(key => ...). */
static bool runs_over_names(const struct tree *tree, node_id from, struct str key)
{
    for (node_id at = from; tree->node[at].parent != at; at = tree->node[at].parent) {
        const enum node_kind kind = kind_of(tree, at);
        if (kind == N_EACH) {
            const node_id left = child_of(tree, at, F_LEFT);
            if (left != 0 && str_ends(text_of(tree, left), key)) {
                return true;
            }
        }
        const node_id list = tree->node[at].parent;
        if (kind == N_FUNCTION && kind_of(tree, list) == N_ARGUMENTS) {
            const node_id callee = first_of(tree, tree->node[list].parent);
            const node_id parameters = child_of(tree, at, F_PARAMETERS);
            const struct str called = callee == 0 ? STR("") : text_of(tree, callee);
            const bool is_each = str_ends(called, STR("forEach")) ||
                                 str_ends(called, STR("each")) || str_ends(called, STR("forOwn")) ||
                                 str_ends(called, STR("forIn")) || str_ends(called, STR("map"));
            const struct str given = parameters != 0 ? text_of(tree, parameters) : STR("");
            const bool is_named =
                str_contains(given, key) ||
                (first_of(tree, at) != 0 && str_equal(text_of(tree, first_of(tree, at)), key));
            if (is_each && is_named) {
                return true;
            }
        }
    }
    return false;
}

/* A call of the function within itself that is given what stands in the place: merge(to[key], from[key]). */
static bool goes_deeper(const struct tree *tree, uint32_t *left, node_id function, struct str name,
                        struct str object, struct str key)
{
    const node_id end = end_of(tree, function);
    if (name.len == 0) {
        return false;
    }
    for (node_id id = function; id<end && * left> 0; id++, --*left) {
        if (kind_of(tree, id) != N_CALL) {
            continue;
        }
        const node_id callee = first_of(tree, id);
        const struct str called = callee == 0 ? STR("") : text_of(tree, callee);
        const bool is_same =
            str_equal(called, name) || (callee != 0 && kind_of(tree, callee) == N_MEMBER &&
                                        str_equal(text_of(tree, nth_of(tree, callee, 1)), name));
        if (!is_same || argument_of(tree, id, 1) == 0) {
            continue;
        }
        for (size_t a = 0; a < 6; a++) {
            const node_id given = argument_of(tree, id, a);
            if (given == 0) {
                break;
            }
            if (is_place(tree, given, object, key)) {
                return true;
            }
            if (kind_of(tree, given) != N_NAME) {
                continue;
            }
            const struct str alias = text_of(tree, given); /* const inner = to[key] */
            for (node_id d = function; d<id && * left> 1; d++, --*left) {
                const enum node_kind kind = kind_of(tree, d);
                if ((kind == N_DECLARE || kind == N_ASSIGN) && first_of(tree, d) != 0 &&
                    str_equal(text_of(tree, first_of(tree, d)), alias) &&
                    is_place(tree, next_of(tree, first_of(tree, d)), object, key)) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* at = at[key], again and again: the way down a path of names. */
static bool walks_down(const struct tree *tree, uint32_t *left, node_id function, struct str object)
{
    const node_id end = end_of(tree, function);
    for (node_id id = function; id<end && * left> 0; id++, --*left) {
        if (kind_of(tree, id) != N_ASSIGN) {
            continue;
        }
        const node_id target = first_of(tree, id);
        node_id from = target == 0 ? 0 : unwrapped(tree, next_of(tree, target));
        if (from == 0 || !str_equal(text_of(tree, target), object)) {
            continue;
        }
        while (from != 0 && (kind_of(tree, from) == N_BINARY || kind_of(tree, from) == N_ASSIGN)) {
            from = unwrapped(tree, first_of(tree, from)); /* at[key] = at[key] || {} */
        }
        if (from == 0 || kind_of(tree, from) != N_INDEX ||
            !str_equal(text_of(tree, first_of(tree, from)), object) ||
            kind_of(tree, nth_of(tree, from, 1)) == N_STRING ||
            kind_of(tree, nth_of(tree, from, 1)) == N_NUMBER) {
            continue;
        }
        for (node_id at = id; at != function && tree->node[at].parent != at;
             at = tree->node[at].parent) {
            if (kind_of(tree, at) == N_LOOP || kind_of(tree, at) == N_EACH) {
                return true;
            }
        }
    }
    return false;
}

enum { WAS_READ = 1 << 7 };

/* The function looks at the name, or at whether the member is the object's own. `told`: what the words of each function
 * tell, read once for all of its writings; 0: not yet. */
static bool is_guarded(const struct analysis *analysis, uint8_t *told, node_id function,
                       struct str object)
{
    const struct str text = text_of(analysis->tree, function);
    uint8_t *words = &told[analysis->function_at[function]];
    *words = *words != 0 ? *words : (uint8_t)(words_in(text) | WAS_READ);
    if ((*words & TELLS_GUARD) != 0) {
        return true;
    }
    struct arena *arena = analysis->arena;
    return (*words & TELLS_OWN) != 0 &&
           (str_contains(text, STR("__proto__")) ||
            str_contains(text, STR("Object.create(null)")) ||
            str_contains(text, str_format(arena, "%.*s.hasOwnProperty(", STR_ARG(object))) ||
            str_contains(text, str_format(arena, "wnProperty.call(%.*s", STR_ARG(object))) ||
            str_contains(text, str_format(arena, "wnProperty(%.*s", STR_ARG(object))) ||
            str_contains(text, str_format(arena, "asOwn(%.*s", STR_ARG(object))));
}

void look_at_merging(struct analysis *analysis)
{
    const struct tree *tree = analysis->tree;
    size_t writes = 0;
    uint32_t left = LOOKS_MAX;
    uint8_t *told = NEW_ARRAY(analysis->arena, analysis->function_count, uint8_t);
    for (node_id id = 1; id < tree->count && writes < WRITES_MAX; id++) {
        const node_id target =
            kind_of(tree, id) == N_ASSIGN ? unwrapped(tree, first_of(tree, id)) : 0;
        const node_id held = target == 0 ? 0 : next_of(tree, first_of(tree, id));
        if (target == 0 || held == 0 || kind_of(tree, target) != N_INDEX) {
            continue;
        }
        const node_id index = nth_of(tree, target, 1);
        const node_id root = first_of(tree, target);
        if (index == 0 || kind_of(tree, root) != N_NAME || kind_of(tree, index) == N_STRING ||
            kind_of(tree, index) == N_NUMBER) {
            continue;
        }
        const struct str object = text_of(tree, root);
        const struct str key = text_of(tree, index);
        if (key.len > 0 && ((key.ptr[0] >= 'A' && key.ptr[0] <= 'Z') || key.ptr[0] == '_')) {
            continue; /* a constant by the way it is written */
        }
        const bool is_named = kind_of(tree, index) == N_NAME && runs_over_names(tree, id, key);
        writes++;
        bool is_found = false;
        bool is_safe = false;
        node_id function = function_around(tree, id);
        for (unsigned f = 0; f < FUNCTIONS_AROUND_MAX && function != 0 && !is_safe &&
                             text_of(tree, function).len <= FUNCTION_LEN_MAX;
             f++) {
            is_safe = is_guarded(analysis, told, function, object);
            is_found = is_found ||
                       (is_named && goes_deeper(tree, &left, function,
                                                name_of_function(tree, function), object, key)) ||
                       walks_down(tree, &left, function, object);
            function = function_around(tree, function);
        }
        if (is_found && !is_safe) {
            report(analysis, RULE_MERGE, id, 0);
        }
    }
}
