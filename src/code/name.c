/*
 * name.c - names and members: what they hold, and what they are called.
 *
 * What is not known by the program is known by its name: "request.query" is a source wherever it is read, and a place such as
 * "request.query.page" keeps what a condition said of it.
 */
#include "inside.h"

struct str path_below(struct arena *arena, struct str path, struct str name)
{
    char *text = arena_new(arena, path.len + name.len + 1);
    bytes_copy(text, path.ptr, path.len);
    text[path.len] = '.';
    bytes_copy(text + path.len + 1, name.ptr, name.len);
    return (struct str){text, path.len + name.len + 1};
}

struct str path_called(struct arena *arena, struct str path)
{
    char *text = arena_new(arena, path.len + 2);
    bytes_copy(text, path.ptr, path.len);
    bytes_copy(text + path.len, "()", 2);
    return (struct str){text, path.len + 2};
}

static struct str joined(struct analysis *analysis, struct str path, struct str name)
{
    enum { PATH_MAX_LEN = 120 };
    if (path.len == 0 || path.len + name.len > PATH_MAX_LEN) {
        return STR("");
    }
    if (path.ptr + path.len + 1 == name.ptr && path.ptr >= analysis->tree->text.ptr &&
        path.ptr[path.len] == '.') {
        return (struct str){path.ptr, path.len + 1 + name.len};
    }
    return path_below(analysis->arena, path, name);
}

/* passwordHash, passwordField, secretPath: not the secret itself. */
static bool is_about_secret(struct str name)
{
    static const char *const part[] = {
        "hash",  "crypt",  "redact", "censor",      "mask",   "obfuscat", "md5",    "sha1",
        "sha2",  "file",   "path",   "url",         "field",  "input",    "label",  "name",
        "valid", "length", "policy", "placeholder", "prompt", "error",    "message"};
    return has_one_small(name, part, sizeof part / sizeof part[0]);
}

/* What a name that tells of a person or a secret holds, where nothing else is known of it. */
static struct value by_name(struct analysis *analysis, struct value value, struct str name,
                            node_id id)
{
    unsigned label = value.is_constant || value.literal != 0 ? 0 : label_of_word(name);
    label = label == FROM_SECRET && is_about_secret(name) ? 0 : label;
    if (label == 0) {
        return value;
    }
    if ((value.labels & ~FROM_UNSEEN) == 0) {
        value.step = step_add(analysis, id, 0, "is read here");
        value.lead = LEAD_START;
        value.safe = 0;
    }
    value.labels |= (uint16_t)label;
    return value;
}

/* The whole address of a page leads to the page, what stands behind its ? and # does not; headers and cookies no other page
 * can choose, but for the one that says where the visitor comes from. */
static uint16_t first_safe(const struct named *row, struct str path)
{
    if ((row->languages & IN_JS) == 0) {
        return 0;
    }
    if (row->number == FROM_ADDRESS) {
        return str_ends(row->name, STR("location")) || str_ends(row->name, STR("URL")) ||
                       str_ends(row->name, STR("URI"))
                   ? SAFE_URL
                   : 0;
    }
    const bool is_header = str_ends(row->name, STR("headers")) ||
                           str_ends(row->name, STR("ookies")) ||
                           str_ends(row->name, STR("rawHeaders"));
    return is_header && !has_small(path, "refer") ? SAFE_OWN : 0;
}

static struct value with_sources(struct analysis *analysis, struct value value, node_id id)
{
    const struct named *row = NULL;
    const unsigned language = language_bit(analysis->tree->language);
    while (value.path.len > 0 &&
           (row = match_next(analysis->matcher, language, value.path, IS_SOURCE, row)) != NULL) {
        if (value.step == 0 || (value.labels & ~FROM_UNSEEN) == 0) {
            value.step = step_add(analysis, id, 0, "comes from here");
        }
        value.labels |= row->number;
        value.lead = LEAD_START;
        value.safe = first_safe(row, value.path);
    }
    return value;
}

static bool word_is_password(struct str name)
{
    return has_small(name, "password") || has_small(name, "passwd") ||
           has_small(name, "passphrase");
}

static bool is_plain_place(const struct tree *tree, node_id id)
{
    for (unsigned depth = 0; depth < 8; depth++) {
        const enum node_kind kind = kind_of(tree, id);
        if (kind == N_NAME || kind == N_THIS) {
            return true;
        }
        if (kind != N_MEMBER && kind != N_INDEX) {
            return false;
        }
        id = first_of(tree, id);
        if (id == 0) {
            return false;
        }
    }
    return false;
}

static node_id root_of(const struct tree *tree, node_id id)
{
    while (kind_of(tree, id) == N_MEMBER || kind_of(tree, id) == N_INDEX) {
        id = first_of(tree, id);
    }
    return id;
}

uint32_t key_of(struct analysis *analysis, node_id id, bool is_made)
{
    const struct tree *tree = analysis->tree;
    id = unwrapped(tree, id);
    if (id == 0 || !is_plain_place(tree, id)) {
        return 0;
    }
    const struct str name = text_of(tree, id);
    const node_id root = root_of(tree, id);
    const uint32_t base = variable_of(analysis, text_of(tree, root));
    const node_id owner = base != 0 ? analysis->variable[base].owner : 0;
    if (root == id && base != 0) {
        return base;
    }
    const uint32_t found = variable_find(analysis, name, owner);
    if (found != 0 && (is_made || base == 0 || root == id ||
                       analysis->variable[found].when >= analysis->variable[base].when)) {
        return found;
    }
    const bool is_own = base == 0 && root == id && analysis->tree->language != CODE_JAVASCRIPT;
    return is_made ? variable_make(analysis, name, is_own ? analysis->owner : owner) : 0;
}

struct value eval_name(struct analysis *analysis, node_id id)
{
    const struct str name = text_of(analysis->tree, id);
    const uint32_t known = variable_of(analysis, name);
    if (known != 0) {
        return by_name(analysis, variable_value(analysis, known), name, id);
    }
    struct value value = {.path = name, .lead = LEAD_UNKNOWN};
    /* PHP's variables begin with a sign: what has none is a constant. */
    const bool is_constant = analysis->tree->language == CODE_PHP && !str_starts(name, STR("$"));
    if (analysis->is_fragment && !is_constant) {
        value.labels = FROM_UNSEEN;
        value.step = 0;
    }
    return by_name(analysis, with_sources(analysis, value, id), name, id);
}

struct value eval_member(struct analysis *analysis, node_id id, struct value object)
{
    const struct tree *tree = analysis->tree;
    node_id name = child_of(tree, id, F_PROPERTY);
    name = name == 0 ? child_of(tree, id, F_NAME) : name;
    const struct str text = name == 0 ? STR("") : text_of(tree, name);
    const uint32_t key = key_of(analysis, id, false);
    if (key != 0 && analysis->variable[key].when != 0) {
        return variable_value(analysis, key);
    }
    const node_id pair =
        object.literal != 0 && kind_of(tree, object.literal) == N_OBJECT && text.len < 60
            ? pair_of(tree, object.literal, str_z(analysis->arena, text))
            : 0;
    if (pair != 0 && node_of(tree, pair)->depth < DEPTH_MAX / 2 && first_of(tree, pair) == 0) {
        return eval(analysis, pair);
    }
    struct value value = {.labels = object.labels | object.within,
                          .safe = object.labels == 0 ? 0 : object.safe,
                          .step = object.labels != 0 ? object.step : object.within_step,
                          .lead = object.labels != 0 ? object.lead : LEAD_UNKNOWN};
    value.path = joined(analysis, object.path, text);
    if (one_of(text, "hash search searchParams")) {
        value.safe &= (uint16_t)~SAFE_URL;
    } else if (has_small(text, "refer")) {
        value.safe &= (uint16_t)~SAFE_OWN;
    }
    const bool is_own = one_of(text, "path filepath destination") &&
                        (str_ends(object.path, STR("req.file")) ||
                         str_contains(object.path, STR("req.files"))); /* where the server put it */
    const bool is_of_list = str_ends(object.path, STR(".split()")); /* of a list, no piece of it */
    if (is_own || is_of_list || one_of(text, "length size byteLength count status statusCode")) {
        value.labels = 0;
    }
    if (word_is_password(text) &&
        (str_ends(object.path, STR("req.query")) || str_ends(object.path, STR("request.query")) ||
         str_ends(object.path, STR("ctx.query")))) {
        report(analysis, RULE_URL_PII, id, value.step);
    }
    return by_name(analysis, with_sources(analysis, value, id), text, id);
}

struct value eval_index(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    const node_id object_id = first_of(tree, id);
    const node_id index_id = object_id == 0 ? 0 : unwrapped(tree, next_of(tree, object_id));
    const struct value object = eval(analysis, object_id);
    const struct value index = eval(analysis, index_id);
    const uint32_t key = key_of(analysis, id, false);
    if (key != 0 && analysis->variable[key].when != 0) {
        return variable_value(analysis, key);
    }
    struct value value = {.labels = object.labels | object.within,
                          .safe = object.safe,
                          .step = object.labels != 0 ? object.step : object.within_step,
                          .lead = object.labels != 0 ? object.lead : LEAD_UNKNOWN};
    const struct str name = index.literal != 0 && kind_of(tree, index.literal) == N_STRING
                                ? string_of(tree, index.literal)
                                : STR("[]");
    value.path = joined(analysis, object.path, name);
    if (str_ends(object.path, STR("split()")) && index_id != 0 &&
        kind_of(tree, index_id) != N_NUMBER) {
        value.safe &= (uint16_t)~SAFE_PATH; /* which piece it is, is not fixed */
    }
    if (str_ends(object.path, STR("split()")) && index_id != 0 &&
        str_is(text_of(tree, index_id), "0")) {
        value.labels &= (uint16_t)~FROM_ADDRESS; /* what stands before the sign is our own */
    }
    if (str_ends(object.path, STR("argv")) && index_id != 0 &&
        one_of(text_of(tree, index_id), "0 1") && tree->language != CODE_PYTHON) {
        value.labels = 0;
    }
    if (str_is(value.path, "$_SERVER.REMOTE_ADDR")) {
        report(analysis, RULE_ADDRESS_AUTH, id, 0);
    }
    const bool is_known = object.literal != 0 && object.is_constant &&
                          first_of(tree, object.literal) != 0; /* one of what is fixed */
    if (index.lead == LEAD_START && (index.labels & FROM_OUTSIDE) != 0 && !is_known &&
        (index.safe & SAFE_NAME) == 0 && value.labels == 0) {
        value.within =
            index.labels; /* chosen from outside: matters when it is called or written to */
        value.within_step = index.step;
        value.path = joined(analysis, object.path, STR("[outside]"));
        value.path = value.path.len == 0 ? STR("[outside]") : value.path;
    }
    return with_sources(analysis, value, id);
}
