/*
 * call.c - calls: what they give, and what they do with what they are given.
 *
 *     callee ──▶ its name ──names.def──▶ source, sink, cleaner, carrier
 *           └──▶ a function of the file ──▶ its parameters get the arguments, the call gives what it returns
 */
#include "inside.h"

/* ---- functions of the file ----------------------------------------------------------------------------------- */

struct value call_function(struct analysis *analysis, struct function *function, node_id call,
                           size_t shift)
{
    for (size_t p = 0; p < function->parameter_count; p++) {
        const node_id argument = argument_of(analysis->tree, call, p + shift);
        if (argument == 0) {
            continue;
        }
        struct value value = eval(analysis, argument);
        struct value *held = &function->parameter[p];
        const uint16_t before = held->labels;
        const bool is_weaker =
            held->labels != 0 && (held->safe & ~value.safe) != 0 && value.labels != 0;
        *held = function->is_bound ? value_join(*held, value) : value;
        analysis->has_grown = analysis->has_grown || (before | held->labels) != before || is_weaker;
    }
    function->is_bound = true;
    struct value back = function->back;
    if (back.labels != 0) {
        back.step = step_add(analysis, call, back.step, "is given back here");
    }
    return back;
}

/* ---- functions that are handed over ----------------------------------------------------------------------------- */

static void give_parameter(struct analysis *analysis, struct function *function, size_t index,
                           struct value value)
{
    (void)analysis;
    if (index < function->parameter_count) {
        function->parameter[index] = value;
    }
}

static bool is_route(struct str name)
{
    return one_of(name,
                  "get post put delete patch all use options head param createServer on route");
}

static void run_handed(struct analysis *analysis, node_id call, node_id given, struct str path,
                       struct value receiver)
{
    struct function *function = function_of(analysis, given);
    if (function == NULL || function->is_running) {
        return;
    }
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '.') {
        at--;
    }
    const struct str name = str_slice(path, at, path.len);
    const bool is_server =
        is_route(name) && function->parameter_count >= 2 && function->parameter_count <= 4;
    const node_id event = argument_of(analysis->tree, call, 0);
    function->is_inline = true;
    if (str_is(name, "on") && event != 0 && str_is(string_of(analysis->tree, event), "entry")) {
        give_parameter(analysis, function, 0, /* of an archive that is read */
                       value_from(analysis, FROM_FILES, event, "comes from here"));
    } else if (is_server) {
        const size_t shift = function->parameter_count == 4 ? 1 : 0;
        give_parameter(analysis, function, shift,
                       (struct value){.path = STR("req"), .lead = LEAD_UNKNOWN});
        give_parameter(analysis, function, shift + 1,
                       (struct value){.path = STR("res"), .lead = LEAD_UNKNOWN});
    } else if (one_of(name, "map forEach filter then each find some every flatMap reduce replace "
                            "sort tap subscribe pipe")) {
        struct value value = receiver;
        value.literal = 0;
        value.is_constant = false;
        value.path = STR("");
        give_parameter(analysis, function, one_of(name, "each reduce") ? 1 : 0, value);
    } else if (one_of(name, "addEventListener on")) {
        give_parameter(analysis, function, 0, (struct value){.path = STR("event")});
    }
    run_function(analysis, function);
}

/* ---- the call ------------------------------------------------------------------------------------------------------ */

static struct str callee_path(struct analysis *analysis, node_id id, struct value *receiver,
                              node_id *callee, struct value *itself)
{
    const struct tree *tree = analysis->tree;
    *callee = child_of(tree, id, F_FUNCTION);
    *receiver = (struct value){0};
    *itself = (struct value){0};
    const node_id object = child_of(tree, id, F_OBJECT);
    if (object != 0 && *callee == 0) { /* PHP: $a->b() and A::b() */
        const node_id name = child_of(tree, id, F_NAME);
        *receiver = eval(analysis, object);
        const struct str on = receiver->path.len > 0 ? receiver->path : STR("?");
        return name == 0 ? on
                         : path_below(analysis->arena, str_slice(on, 0, 80),
                                      str_slice(text_of(tree, name), 0, 60));
    }
    *callee = *callee == 0 ? first_of(tree, id) : *callee;
    if (*callee == 0) {
        return STR("");
    }
    const node_id inner = unwrapped(tree, *callee);
    if (kind_of(tree, inner) == N_FUNCTION) {
        *callee = inner;
        itself->literal = inner;
        return STR("");
    }
    struct value value;
    if (kind_of(tree, inner) != N_MEMBER) {
        value = eval(analysis, inner);
        *itself = value;
    } else {
        const node_id name = nth_of(tree, inner, 1);
        *receiver = eval(analysis, first_of(tree, inner));
        value = eval_member(analysis, inner, *receiver);
        *itself = value;
        if (value.path.len == 0 && name != 0) {
            return path_below(analysis->arena, STR("?"), str_slice(text_of(tree, name), 0, 60));
        }
    }
    if (str_ends(value.path, STR("[outside]")) ||
        (kind_of(tree, inner) == N_INDEX && value.within != 0)) {
        *receiver = value;
        return STR("[outside]");
    }
    return value.path;
}

/* Which call made it: a condition on what it gives may say something of what it was given. */
static struct value with_call(struct value value, node_id call)
{
    value.literal = call;
    value.path = STR("");
    value.is_constant = false;
    value.is_built = true;
    return value;
}

static struct value carried(struct analysis *analysis, node_id id, struct str path,
                            struct value receiver, const struct value *argument, size_t count)
{
    struct value value = {0};
    const struct named *row = NULL;
    const unsigned language = language_bit(analysis->tree->language);
    bool is_one = false;
    while (path.len > 0 &&
           (row = match_next(analysis->matcher, language, path, IS_CARRIER, row)) != NULL) {
        is_one = true;
        if (row->argument == -2 && (receiver.labels | receiver.within) != 0) {
            value = value_join(value, receiver);
        }
        for (size_t a = 0; a < count; a++) {
            if (row->argument == -1 || row->argument == (int)a) {
                struct value piece = argument[a];
                piece.labels |= piece.within;
                piece.step = piece.step == 0 ? piece.within_step : piece.step;
                value = a == 0 && row->argument == -1 && value.labels == 0
                            ? piece
                            : concat(analysis, value, piece);
            }
        }
    }
    if (!is_one && analysis->is_fragment) {
        value = receiver;
        for (size_t a = 0; a < count; a++) {
            value.labels |= argument[a].labels & FROM_UNSEEN;
        }
        value.labels |= FROM_UNSEEN;
    }
    if (str_ends(path, STR("path.relative"))) {
        return with_call(value, id);
    }
    if (str_ends(path, STR("JSON.parse"))) {
        value.labels &= (uint16_t)~FROM_PAGE; /* data that the page brings along */
    }
    if (str_ends(path, STR("JSON.parse")) && (value.labels & FROM_REQUEST) != 0) {
        value.may_steer = true;
    }
    value.literal = 0;
    value.path = STR("");
    value.is_constant = false;
    value.is_built = value.is_built || is_one;
    return value;
}

static unsigned cleaned(const struct analysis *analysis, struct str path, bool *is_cleaner)
{
    unsigned safe = 0;
    const struct named *row = NULL;
    while (path.len > 0 &&
           (row = match_next(analysis->matcher, language_bit(analysis->tree->language), path,
                             IS_CLEANER, row)) != NULL) {
        safe |= row->number;
        *is_cleaner = true;
    }
    return safe;
}

static bool word_says_clean(struct str path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '.') {
        at--;
    }
    const struct str name = str_slice(path, at, path.len);
    return has_small(name, "sanitiz") || has_small(name, "escape") || has_small(name, "purify") ||
           has_small(name, "encode") || has_small(name, "quote");
}

static bool is_old_cipher(struct str name)
{
    return has_small(name, "des") || has_small(name, "rc2") || has_small(name, "rc4") ||
           has_small(name, "bf") || has_small(name, "blowfish") || has_small(name, "ecb");
}

/* What is replaced in the text that a call gives. */
static struct replaced replaced_after(struct analysis *analysis, node_id id, struct str path,
                                      struct value receiver, const struct value *argument,
                                      size_t count)
{
    if (language_bit(analysis->tree->language) != IN_JS) {
        return (struct replaced){0};
    }
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '.') {
        at--;
    }
    const struct str name = str_slice(path, at, path.len);
    if (count >= 2 && one_of(name, "replace replaceAll")) {
        return look_at_replace(analysis, id, receiver, argument[0], argument[1],
                               str_is(name, "replaceAll"));
    }
    if (str_is(path, "JSON.stringify")) {
        return replaced_by_json();
    }
    const bool has_any = (receiver.replaced.signs | receiver.replaced.put) != 0 ||
                         receiver.replaced.undone_by != 0 || receiver.replaced.undone != 0;
    return has_any && keeps_replaced(name) ? receiver.replaced : (struct replaced){0};
}

static struct str last_name(struct str path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '.') {
        at--;
    }
    return str_slice(path, at, path.len);
}

struct value eval_call(struct analysis *analysis, node_id id)
{
    enum { ARGUMENTS_MAX = 12 };
    const struct tree *tree = analysis->tree;
    struct value receiver;
    struct value itself;
    node_id callee = 0;
    struct value argument[ARGUMENTS_MAX];
    size_t count = 0;
    struct str path = callee_path(analysis, id, &receiver, &callee, &itself);
    if (str_is(path, "[outside]") && (receiver.safe & SAFE_ALL) != SAFE_ALL) {
        report(analysis, RULE_DYNAMIC_CALL, id, receiver.within_step);
    }
    const node_id first = argument_of(tree, id, 0);
    if (str_is(path, "require") && first != 0 && kind_of(tree, first) == N_STRING) {
        struct str module = string_of(tree, first);
        module = str_starts(module, STR("node:")) ? str_slice(module, 5, module.len) : module;
        return (struct value){.path = module};
    }
    if (itself.literal == 0) {
        itself.literal = own_method(analysis, callee);
        path = itself.literal != 0 ? STR("") : path; /* the program's own, whatever its name is */
    }
    look_at_call(analysis, id, path, receiver);
    for (; count < ARGUMENTS_MAX; count++) {
        const node_id given = argument_of(tree, id, count);
        if (given == 0) {
            break;
        }
        argument[count] = eval(analysis, given);
        check_sinks(analysis, IS_SINK, path, id, given, argument[count], (int)count);
        const node_id made = argument[count].literal;
        if (made != 0 && kind_of(tree, made) == N_FUNCTION && made == given) {
            run_handed(analysis, id, made, path, receiver);
        }
    }
    check_sinks(analysis, IS_SINK, path, id, id, receiver, -2);
    const node_id list = child_of(tree, id, F_ARGUMENTS);
    for (node_id child = list == 0 ? 0 : first_of(tree, list); child != 0;
         child = next_of(tree, child)) {
        if (kind_of(tree, child) == N_NAMED_ARGUMENT) {
            look_at_pair(analysis, child_of(tree, child, F_NAME), child_of(tree, child, F_VALUE),
                         child);
            (void)eval(analysis, child);
        }
    }
    struct function *function = itself.literal == 0 ? NULL : function_of(analysis, itself.literal);
    bool is_cleaner = false;
    const unsigned safe = cleaned(analysis, path, &is_cleaner);
    if (function != NULL && !is_cleaner) {
        const struct value back = call_function(analysis, function, id, 0);
        if (itself.literal == callee) {
            function->is_inline = true;
            run_function(analysis, function);
        }
        return back;
    }
    function = receiver.literal == 0 ? NULL : function_of(analysis, receiver.literal);
    if (function != NULL && (str_ends(path, STR("bind")) || str_ends(path, STR("call")))) {
        const struct value back = call_function(analysis, function, id, 1);
        return str_ends(path, STR("bind")) ? (struct value){.literal = receiver.literal} : back;
    }
    function =
        count < 2 || argument[0].literal == 0 ? NULL : function_of(analysis, argument[0].literal);
    if (function != NULL && str_ends(path, STR(".partial"))) {
        (void)call_function(analysis, function, id, 1);
        return (struct value){.literal = argument[0].literal};
    }
    if (count == 1 && (str_ends(path, STR("promisify")) || one_of(path, "pify thenify"))) {
        return argument[0]; /* the same function, asked in another way */
    }
    struct value value = carried(analysis, id, path, receiver, argument, count);
    const struct str method = last_name(path);
    if ((value.labels & FROM_ADDRESS) != 0 &&
        one_of(method, "substring substr slice split exec match get getAll")) {
        value.safe &= (uint16_t)~SAFE_URL; /* a part of the address */
    }
    value.safe |= (uint16_t)safe_after_replace(tree, id, method);
    if (str_is(method, "split") && first != 0 && kind_of(tree, first) == N_STRING &&
        str_find(string_of(tree, first), '/') < string_of(tree, first).len) {
        value.safe |= SAFE_PATH; /* pieces without slashes, until they are joined */
    } else if (one_of(method, "join reduce concat")) {
        value.safe &= (uint16_t)~SAFE_PATH;
    }
    if (is_cleaner || (word_says_clean(path) && value.labels == 0 && count > 0)) {
        value =
            count > 0 && (argument[0].labels | argument[0].within) != 0 ? argument[0] : receiver;
        if (value.labels == 0) {
            value.labels = value.within;
            value.step = value.within_step;
        }
        value.literal = 0;
        value.path = STR("");
        value.safe |= (uint16_t)(is_cleaner ? safe : SAFE_ALL);
    }
    if (str_is(method, "replace") && first != 0 && str_is(text_of(tree, first), "/./g")) {
        value.labels &= (uint16_t) ~(FROM_SECRET | FROM_PERSON); /* stars in its place */
    }
    value.replaced = replaced_after(analysis, id, path, receiver, argument, count);
    if ((value.replaced.signs & 1) != 0) { /* "<" is replaced; what it forgets is told elsewhere */
        value.safe |= SAFE_HTML;
    }
    if (path.len > 0 && path.len < 120) {
        const bool is_sound = first != 0 && kind_of(tree, first) == N_STRING &&
                              str_contains(path, STR("createCipher")) &&
                              !is_old_cipher(string_of(tree, first));
        const bool is_script = str_is(method, "createElement") && first != 0 &&
                               kind_of(tree, first) == N_STRING &&
                               same_small(string_of(tree, first), "script");
        const bool is_again = is_fluent(receiver.path, method);
        const struct str result = is_sound    ? STR("")
                                  : is_script ? STR("script")
                                  : is_again  ? receiver.path
                                              : path_called(analysis->arena, path);
        value.path = result;
        const struct named *row = NULL;
        while (result.len > 0 && (row = match_next(analysis->matcher, language_bit(tree->language),
                                                   result, IS_SOURCE, row)) != NULL) {
            if (row->number == FROM_PAGE && !is_page_read(tree, id, receiver, method)) {
                continue;
            }
            if (str_is(method, "filter_input") && is_filtered(text_of(tree, id))) {
                continue;
            }
            value.labels |= row->number;
            value.lead = LEAD_START;
            value.step = step_add(analysis, id, 0, "comes from here");
        }
    }
    if (value.labels == 0) {
        value.lead = LEAD_UNKNOWN;
    }
    if (value.labels == 0 && count == 0 && path.len < 60 && has_small(path, "get_password")) {
        value = value_from(analysis, FROM_SECRET, id, "is read here");
    }
    const bool is_start = str_ends(path, STR(".substring")) || str_ends(path, STR(".slice")) ||
                          str_ends(path, STR(".substr"));
    if (is_start && first != 0 && str_is(text_of(tree, first), "0")) {
        value.labels &= (uint16_t)~FROM_ADDRESS; /* an address begins with what is our own */
    }
    return value;
}
