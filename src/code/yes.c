/*
 * yes.c - which places of a program wait for a yes.
 *
 * A place waits when something around it does: a condition that asks for consent, a function that is only handed to what
 * comes with a yes or with a click, or that is only called from places that wait.
 */
#include "inside_page.h"

enum { DEEP = 4, REFERENCES_MAX = 40, WORK_MAX = 400000 };

static bool speaks_of_yes(struct str text)
{
    static const char *const word[] = {
        "consent", "accept",        "agree",        "optin",     "opt_in",    "opt-in",
        "choice",  "choose",        "permission",   "cookiebot", "onetrust",  "optanon",
        "didomi",  "tcfapi",        "usercentrics", "klaro",     "cookieyes", "onyes",
        "hasyes",  "cookie-yes",    "granted",      "isallowed", "einwillig", "zustimm",
        "axeptio", "tarteaucitron", "mayuse",       "cookielaw"};
    text = str_slice(text, 0, 400);
    for (size_t i = 0; i < sizeof word / sizeof word[0]; i++) {
        if (has_small(text, word[i])) {
            return true;
        }
    }
    return false;
}

/* ---- conditions ------------------------------------------------------------------------------------------- */

/* A condition that holds when there is no yes: !consent, choice !== 'yes', choice === null. */
static bool is_turned(struct str condition)
{
    while (condition.len > 0 && (condition.ptr[0] == '(' || condition.ptr[0] == ' ')) {
        condition = str_slice(condition, 1, condition.len);
    }
    return (str_starts(condition, STR("!")) && !str_starts(condition, STR("!!"))) ||
           str_contains(condition, STR("!=")) || has_small(condition, "== false") ||
           has_small(condition, "== null") || has_small(condition, "denied") ||
           has_small(condition, "'no'") || has_small(condition, "\"no\"");
}

static bool leaves(const struct tree *tree, node_id id)
{
    id = id != 0 && kind_of(tree, id) == N_BLOCK ? first_of(tree, id) : id;
    for (; id != 0; id = next_of(tree, id)) {
        if (kind_of(tree, id) == N_RETURN || kind_of(tree, id) == N_LEAVE) {
            return true;
        }
        if (kind_of(tree, tree->node[id].parent) != N_BLOCK) {
            break;
        }
    }
    return false;
}

static node_id condition_of(const struct tree *tree, node_id id)
{
    const node_id condition = child_of(tree, id, F_CONDITION);
    return condition == 0 ? first_of(tree, id) : condition;
}

static bool condition_waits(const struct tree *tree, node_id above, node_id at)
{
    const node_id condition = condition_of(tree, above);
    if (condition == 0 || condition == at || !speaks_of_yes(text_of(tree, condition))) {
        return false;
    }
    const bool is_else = kind_of(tree, at) == N_ELSE || tree->node[at].field == F_ALTERNATIVE;
    return is_turned(text_of(tree, condition)) == is_else;
}

/* if (!consent) return; stands before it. */
static bool was_left_before(const struct tree *tree, node_id above, node_id at)
{
    for (node_id child = first_of(tree, above); child != 0 && child != at;
         child = next_of(tree, child)) {
        if (kind_of(tree, child) != N_IF) {
            continue;
        }
        const node_id condition = condition_of(tree, child);
        const node_id yes = condition == 0 ? 0 : next_of(tree, condition);
        if (speaks_of_yes(text_of(tree, condition)) && leaves(tree, yes)) {
            return true;
        }
    }
    return false;
}

/* ---- functions ------------------------------------------------------------------------------------------------ */

static bool is_lifecycle(struct str name)
{
    return one_of(name,
                  "mounted created beforeMount setup componentDidMount ngOnInit ngAfterViewInit "
                  "connectedCallback constructor init render data");
}

/* What is handed to this call comes with a yes, or with a click on something. */
static bool call_waits(const struct tree *tree, node_id call, node_id handed)
{
    const struct node *node = node_of(tree, call);
    const struct str before = {tree->text.ptr + node->start,
                               node_of(tree, handed)->start - node->start};
    if (speaks_of_yes(before)) {
        return true;
    }
    const bool is_page = str_starts(before, STR("document.addEventListener")) ||
                         str_starts(before, STR("window.addEventListener")) ||
                         str_starts(before, STR("document.body")) ||
                         str_starts(before, STR("addEventListener"));
    return !is_page && (has_small(before, "'click'") || has_small(before, "\"click\"") ||
                        has_small(before, "'submit'") || has_small(before, "\"submit\"") ||
                        has_small(before, ".click("));
}

struct waiting {
    const struct tree *tree;
    const struct page *page;
    const struct waiting *outer; /* who asks */
    node_id function;            /* of which it is asked */
    unsigned depth;
    uint32_t *work; /* nodes looked at so far; beyond WORK_MAX nothing waits */
};

static bool waits(const struct waiting *waiting, node_id id);

/* Another script of the page, or an attribute, calls it other than at a click. */
static bool is_called_outside(const struct waiting *waiting, struct str name)
{
    const struct str page = waiting->page->text;
    const struct str own = waiting->tree->text;
    for (size_t at = 0; at + name.len < page.len; at++) {
        const char *here = page.ptr + at;
        if (here >= own.ptr && here < own.ptr + own.len) {
            at = (size_t)(own.ptr - page.ptr) + own.len;
            continue;
        }
        if (page.ptr[at] == name.ptr[0] && page.ptr[at + name.len] == '(' &&
            str_equal(str_slice(page, at, at + name.len), name)) {
            const struct str before = str_slice(page, at < 14 ? 0 : at - 14, at);
            if (!has_small(before, "click=") && !has_small(before, "submit=")) {
                return true;
            }
        }
    }
    return false;
}

static bool is_defined_here(const struct tree *tree, node_id name, node_id function)
{
    const struct node *around = node_of(tree, function);
    const struct node *node = node_of(tree, name);
    const node_id above = tree->node[name].parent;
    node_id top = kind_of(tree, above) == N_MEMBER ? above : name;
    const node_id outer = tree->node[top].parent;
    const bool is_target = (kind_of(tree, outer) == N_ASSIGN || kind_of(tree, outer) == N_DECLARE ||
                            kind_of(tree, outer) == N_PAIR) &&
                           first_of(tree, outer) == top;
    return (node->start >= around->start && node->end <= around->end) || is_target ||
           (kind_of(tree, above) == N_FUNCTION && tree->node[name].field == F_NAME);
}

static bool handed_waits(const struct waiting *waiting, node_id id)
{
    const struct tree *tree = waiting->tree;
    const node_id above = tree->node[id].parent;
    if (kind_of(tree, above) == N_ARGUMENTS) {
        return call_waits(tree, tree->node[above].parent, id);
    }
    if (kind_of(tree, above) == N_PAIR) {
        return speaks_of_yes(text_of(tree, first_of(tree, above)));
    }
    if (kind_of(tree, above) == N_ASSIGN) {
        const struct str left = text_of(tree, first_of(tree, above));
        return str_ends(left, STR("onclick")) || str_ends(left, STR("onsubmit")) ||
               speaks_of_yes(left);
    }
    return false;
}

static bool is_asked(const struct waiting *waiting, node_id function)
{
    for (; waiting != NULL; waiting = waiting->outer) {
        if (waiting->function == function) {
            return true;
        }
    }
    return false;
}

static bool references_wait(const struct waiting *waiting, struct str name, node_id function)
{
    const struct tree *tree = waiting->tree;
    unsigned count = 0;
    if (name.len == 0 || waiting->depth >= DEEP) {
        return false;
    }
    if (is_asked(waiting, function)) {
        return true; /* it calls itself: others tell */
    }
    const struct waiting deeper = {tree,     waiting->page,      waiting,
                                   function, waiting->depth + 1, waiting->work};
    for (node_id id = 1; id < tree->count; id++) {
        if (++*waiting->work > WORK_MAX) {
            return false;
        }
        if (kind_of(tree, id) != N_NAME || !str_equal(text_of(tree, id), name) ||
            is_defined_here(tree, id, function)) {
            continue;
        }
        if (++count > REFERENCES_MAX || (!handed_waits(waiting, id) && !waits(&deeper, id))) {
            return false;
        }
    }
    return waiting->page == NULL || !is_called_outside(waiting, name);
}

/* 1: it waits; 0: what is around it tells; -1: it does not. */
static int function_waits(const struct waiting *waiting, node_id function)
{
    const struct tree *tree = waiting->tree;
    node_id at = function;
    node_id above = tree->node[at].parent;
    while (kind_of(tree, above) == N_WRAP) {
        at = above;
        above = tree->node[at].parent;
    }
    const enum node_kind kind = kind_of(tree, above);
    if (handed_waits(waiting, at)) {
        return 1;
    }
    if (kind == N_ARGUMENTS || ((kind == N_CALL || kind == N_NEW) && first_of(tree, above) == at) ||
        kind == N_MEMBER || kind == N_UNARY) {
        return 0; /* it runs where it stands, or on its own in time */
    }
    node_id name = child_of(tree, function, F_NAME);
    if (name == 0 && (kind == N_ASSIGN || kind == N_DECLARE || kind == N_PAIR)) {
        name = first_of(tree, above);
        name = kind_of(tree, name) == N_MEMBER ? nth_of(tree, name, 1) : name;
    }
    if (name == 0) {
        return 0;
    }
    const struct str text = string_of(tree, name);
    if (speaks_of_yes(text) && kind_of(tree, name) == N_STRING) {
        return 1;
    }
    if (is_lifecycle(text) || str_starts(text, STR("on"))) {
        return 0;
    }
    return references_wait(waiting, text, function) ? 1 : -1;
}

static bool waits(const struct waiting *waiting, node_id id)
{
    const struct tree *tree = waiting->tree;
    for (node_id at = id, above = tree->node[id].parent;
         above != at; /* the first is its own parent */
         at = above, above = tree->node[above].parent) {
        const enum node_kind kind = kind_of(tree, above);
        if (kind_of(tree, at) == N_FUNCTION && at != id) {
            const int answer = function_waits(waiting, at);
            if (answer != 0) {
                return answer > 0;
            }
        }
        if ((kind == N_IF || kind == N_CHOICE) && condition_waits(tree, above, at)) {
            return true;
        }
        if (kind == N_BINARY && str_is(sign_of(tree, above), "&&") && first_of(tree, above) != at &&
            speaks_of_yes(text_of(tree, first_of(tree, above))) &&
            !is_turned(text_of(tree, first_of(tree, above)))) {
            return true;
        }
        if ((kind == N_BLOCK || above == 1) && was_left_before(tree, above, at)) {
            return true;
        }
    }
    return false;
}

bool waits_for_yes(const struct analysis *analysis, node_id id)
{
    uint32_t work = 0;
    const struct waiting waiting = {analysis->tree, analysis->page, NULL, 0, 0, &work};
    return waits(&waiting, id);
}
