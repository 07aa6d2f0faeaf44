/*
 * answer.c - what a server says of its answers: text or data that no browser reads as a page are no way in for a program.
 *
 * res.type('text/plain'), res.setHeader('Content-Type', ...), res.writeHead(200, {...}), ctx.type = ...: kept as a variable of
 * the function, so that it holds after both branches only if both said so.
 */
#include "inside.h"

static const struct str kept_name = {"=answer", 7};

static bool is_no_page(struct str type)
{
    return type.len > 0 && !has_small(type, "htm") && !has_small(type, "xml") &&
           !has_small(type, "svg");
}

/* Which fixed type an argument or a member says; false: none. */
static bool type_of(struct analysis *analysis, node_id id, struct str *type)
{
    const node_id literal = id == 0 ? 0 : eval(analysis, id).literal;
    if (literal == 0 || kind_of(analysis->tree, literal) != N_STRING) {
        return false;
    }
    *type = string_of(analysis->tree, literal);
    return true;
}

static node_id type_in(const struct tree *tree, node_id object)
{
    if (object == 0 || kind_of(tree, object) != N_OBJECT) {
        return 0;
    }
    for (node_id pair = first_of(tree, object); pair != 0; pair = next_of(tree, pair)) {
        const node_id key = first_of(tree, pair);
        if (kind_of(tree, pair) == N_PAIR && key != 0 &&
            same_small(string_of(tree, key), "content-type")) {
            return next_of(tree, key);
        }
    }
    return 0;
}

static void keep(struct analysis *analysis, struct str type)
{
    const uint32_t variable = variable_make(analysis, kept_name, analysis->owner);
    variable_set(analysis, variable, (struct value){.is_constant = is_no_page(type)});
}

void note_answer_type(struct analysis *analysis, node_id id, struct str name)
{
    const struct tree *tree = analysis->tree;
    struct str type = STR("");
    if (kind_of(tree, id) == N_ASSIGN) { /* ctx.type = 'text/plain' */
        if (type_of(analysis, next_of(tree, first_of(tree, id)), &type)) {
            keep(analysis, type);
        }
        return;
    }
    const char letter = name.len == 0 ? '\0' : name.ptr[0];
    if (letter != 't' && letter != 'c' && letter != 's' && letter != 'h' && letter != 'w') {
        return;
    }
    const node_id first = argument_of(tree, id, 0);
    node_id given = 0;
    if (one_of(name, "type contentType")) {
        given = first;
    } else if (one_of(name, "set header setHeader")) {
        given = first != 0 && kind_of(tree, first) == N_OBJECT ? type_in(tree, first)
                : first != 0 && kind_of(tree, first) == N_STRING &&
                        same_small(string_of(tree, first), "content-type")
                    ? argument_of(tree, id, 1)
                    : 0;
    } else if (str_is(name, "writeHead")) {
        const node_id second = argument_of(tree, id, 1);
        const node_id third = argument_of(tree, id, 2);
        given = type_in(tree, third != 0 ? third : second);
    } else {
        return;
    }
    if (given != 0) {
        keep(analysis, type_of(analysis, given, &type) ? type : STR("?")); /* of files, say */
    }
}

bool is_plain_answer(const struct analysis *analysis, node_id call)
{
    const uint32_t variable = variable_of(analysis, kept_name);
    const bool is_told = variable != 0 && analysis->variable[variable].when != 0;
    /* Fastify sends a text as text/plain, unless it is told otherwise. */
    return is_told ? variable_value(analysis, variable).is_constant
                   : str_starts(text_of(analysis->tree, call), STR("reply."));
}

bool is_fluent(struct str path, struct str name)
{
    return one_of(name, "status type set header code contentType append links vary") &&
           (str_ends(path, STR("res")) || str_ends(path, STR("response")) ||
            str_ends(path, STR("reply")));
}
