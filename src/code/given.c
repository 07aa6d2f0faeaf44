/*
 * given.c - what a call is given, and on what it is called: where the same name means different things.
 */
#include "inside.h"

/* options.url = x; request(options) */
bool has_outside_address(struct analysis *analysis, node_id given)
{
    if (given == 0 || kind_of(analysis->tree, given) != N_NAME) {
        return false;
    }
    static const char *const member[] = {".url", ".uri", ".host", ".hostname"};
    const uint32_t root = variable_of(analysis, text_of(analysis->tree, given));
    for (size_t m = 0; root != 0 && m < sizeof member / sizeof member[0]; m++) {
        const struct str name = str_format(analysis->arena, "%.*s%s",
                                           STR_ARG(text_of(analysis->tree, given)), member[m]);
        const uint32_t place = variable_find(analysis, name, analysis->variable[root].owner);
        if (place != 0 && analysis->variable[place].when > analysis->variable[root].when &&
            label_is_risky(analysis, RULE_SSRF, variable_value(analysis, place))) {
            return true;
        }
    }
    return false;
}

/* sendFile(name, {root: folder}) leaves its folder for nobody. */
bool has_folder(const struct tree *tree, const struct named *row, node_id call)
{
    if (!str_ends(row->name, STR("sendFile")) && !str_ends(row->name, STR("sendfile")) &&
        !str_ends(row->name, STR("download"))) {
        return false;
    }
    for (size_t a = 1; a < 3; a++) {
        const node_id settings = argument_of(tree, call, a);
        if (settings != 0 && kind_of(tree, settings) == N_OBJECT &&
            pair_of(tree, settings, "root") != 0) {
            return true;
        }
    }
    return false;
}

/* 'text'.match(x) makes a pattern of x; an object of that method does as it likes, and what is searched may be a shop. */
bool is_text_searched(struct analysis *analysis, node_id call, const struct named *row)
{
    const struct tree *tree = analysis->tree;
    const node_id callee = first_of(tree, call);
    const node_id on =
        kind_of(tree, callee) == N_MEMBER ? unwrapped(tree, first_of(tree, callee)) : 0;
    const node_id literal = on == 0 ? 0 : eval(analysis, on).literal;
    const enum node_kind kind = literal == 0 ? N_OTHER : kind_of(tree, literal);
    return kind == N_STRING || kind == N_TEMPLATE ||
           (str_is(row->name, "match") && on != 0 && literal == 0 && kind_of(tree, on) == N_NAME);
}

/* filter_input(INPUT_GET, 'id', FILTER_VALIDATE_INT) */
bool is_filtered(struct str call)
{
    static const char *const filter[] = {
        "filter_validate_int",       "filter_validate_float",        "filter_validate_bool",
        "filter_sanitize_number",    "filter_sanitize_special_char", "filter_sanitize_full_special",
        "filter_sanitize_add_slash", "filter_validate_ip",           "filter_sanitize_encoded"};
    return has_one_small(call, filter, sizeof filter / sizeof filter[0]);
}

/* Attributes that hold what somebody wrote. */
static bool holds_text(struct str attribute)
{
    return str_starts(attribute, STR("data-")) || str_starts(attribute, STR("aria-")) ||
           one_of(attribute, "name value title alt innerText textContent");
}

/* What is given to it is set, not read; what the page's own server wrote into one place of it is its own. */
bool is_page_read(const struct tree *tree, node_id call, struct value receiver, struct str called)
{
    const node_id first = argument_of(tree, call, 0);
    const bool has_name = one_of(called, "attr prop getAttribute");
    const bool is_own =
        str_is(called, "getAttribute") && (str_ends(receiver.path, STR("getElementById()")) ||
                                           str_ends(receiver.path, STR("querySelector()")));
    return !is_own &&
           (has_name ? first != 0 && kind_of(tree, first) == N_STRING &&
                           argument_of(tree, call, 1) == 0 && holds_text(string_of(tree, first))
                     : first == 0);
}

/* this.show(x) within a class that has a method of that name; 0: there is none. */
node_id own_method(const struct analysis *analysis, node_id callee)
{
    const struct tree *tree = analysis->tree;
    if (callee == 0 || kind_of(tree, callee) != N_MEMBER ||
        kind_of(tree, first_of(tree, callee)) != N_THIS) {
        return 0;
    }
    const node_id name = nth_of(tree, callee, 1);
    node_id around = tree->node[callee].parent;
    while (kind_of(tree, around) != N_CLASS && tree->node[around].parent != around) {
        around = tree->node[around].parent;
    }
    const node_id body = kind_of(tree, around) == N_CLASS ? child_of(tree, around, F_BODY) : 0;
    for (node_id method = body == 0 || name == 0 ? 0 : first_of(tree, body); method != 0;
         method = next_of(tree, method)) {
        const node_id own =
            kind_of(tree, method) == N_FUNCTION ? child_of(tree, method, F_NAME) : 0;
        if (own != 0 && str_equal(text_of(tree, own), text_of(tree, name))) {
            return method;
        }
    }
    return 0;
}
