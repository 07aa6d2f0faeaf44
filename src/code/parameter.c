/*
 * parameter.c - what functions are given by programs that are not seen, and what they give back to them; options.
 */
#include "inside.h"

/* if (clean) { x = purify(x); }: whoever set the option chose which of them it is. */
void keep_option(struct analysis *analysis, node_id condition, node_id yes,
                 const struct changes *changes)
{
    const struct tree *tree = analysis->tree;
    node_id only = kind_of(tree, yes) == N_BLOCK ? first_of(tree, yes) : yes;
    while (only != 0 && kind_of(tree, only) == N_OTHER && next_of(tree, only) == 0) {
        only = first_of(tree, only);
    }
    if (only == 0 || kind_of(tree, only) != N_ASSIGN || !is_option(tree, condition) ||
        !is_cleaned_form(tree, next_of(tree, first_of(tree, only)), first_of(tree, only))) {
        return;
    }
    const uint32_t variable = variable_of(analysis, text_of(tree, first_of(tree, only)));
    for (uint32_t c = 0; c < changes->count; c++) {
        if (changes->item[c].variable == variable) {
            struct value value = analysis->variable[variable].value;
            value.safe |= changes->item[c].value.safe & SAFE_HTML;
            variable_set(analysis, variable, value);
        }
    }
}

/* What a route of Flask gives back is a page. */
void look_at_page_given_back(struct analysis *analysis, node_id id, struct value value)
{
    const struct tree *tree = analysis->tree;
    const node_id around = tree->node[analysis->running->node].parent;
    const node_id decorator = first_of(tree, around);
    if (decorator != 0 && kind_of(tree, decorator) == N_DECORATOR && value.has_markup &&
        str_contains(text_of(tree, decorator), STR(".route(")) &&
        label_is_risky(analysis, RULE_REFLECTED_XSS, value)) {
        report(analysis, RULE_REFLECTED_XSS, id, value.step);
    }
}

/* find(@Query('name') name: string): NestJS says what a parameter is. */
bool is_of_request(struct str parameter)
{
    static const char *const from[] = {"@query(", "@param(", "@body(", "@headers(",
                                       "@uploadedfile("};
    return parameter.len > 0 && parameter.ptr[0] == '@' &&
           has_one_small(str_slice(parameter, 0, 20), from, sizeof from / sizeof from[0]);
}

/* What is left of the sign that gives a function its name, above what is wrapped around it. */
static struct str given_to(const struct tree *tree, node_id function)
{
    const node_id above = tree->node[function].parent;
    return kind_of(tree, above) == N_ASSIGN ? text_of(tree, first_of(tree, above)) : STR("");
}

/* module.exports = function (name) ..., export function f(name) ...: whoever calls it says what it is given; options of
 * a plugin ($.fn.tip = function (options) ...) are texts of pages. */
struct value given_by_others(struct analysis *analysis, const struct function *function,
                             node_id name, struct value value)
{
    const struct tree *tree = analysis->tree;
    const struct str target = given_to(tree, function->node);
    const node_id above = tree->node[function->node].parent;
    const bool is_exported = str_starts(target, STR("module.exports")) ||
                             str_starts(target, STR("exports.")) ||
                             str_starts(text_of(tree, above), STR("export "));
    if (str_starts(target, STR("$.fn")) || str_starts(target, STR("jQuery.fn"))) {
        value = value_from(analysis, FROM_PAGE, name, "is given from outside");
        value.path = text_of(tree, name);
    } else if (is_exported && tree->language < CODE_PYTHON &&
               !one_of(text_of(tree, name), "req res request response ctx context next event err "
                                            "error done cb callback reply h")) {
        value = value_from(analysis, FROM_CALLER, name, "is given from outside");
        value.path = text_of(tree, name);
    }
    return value;
}
